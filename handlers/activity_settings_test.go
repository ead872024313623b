package handlers

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"marelle/portal"
	"marelle/views"
)

// untouched gives a form of the page as a browser would send it untouched.
func (b *browser) untouched() url.Values {
	form := url.Values{}
	b.page.Find("main form.formulaire").First().Find("input, select").Each(func(_ int, s *goquery.Selection) {
		name, _ := s.Attr("name")
		switch kind := s.AttrOr("type", ""); {
		case name == "":
		case goquery.NodeName(s) == "select":
			form.Set(name, s.Find("option[selected]").AttrOr("value", s.Find("option").First().AttrOr("value", "")))
		case kind == "checkbox" || kind == "radio":
			if _, on := s.Attr("checked"); on {
				form.Set(name, s.AttrOr("value", "on"))
			}
		default:
			form.Set(name, s.AttrOr("value", ""))
		}
	})
	return form
}

// with changes fields of a form; nothing takes the field out.
func with(form url.Values, fields ...string) url.Values {
	for i := 0; i < len(fields); i += 2 {
		if form.Set(fields[i], fields[i+1]); fields[i+1] == "" {
			form.Del(fields[i])
		}
	}
	return form
}

// setUp sends a form of the settings of activities with some fields changed.
func (b *browser) setUp(path string, fields ...string) *browser {
	b.w.t.Helper()
	return b.post(path, with(b.get(path).want(200).untouched(), fields...))
}

// model creates an activity from a model, and gives the path of its page.
func (b *browser) model(kind string, fields ...string) string {
	b.w.t.Helper()
	b.get(views.ActivitiesPath + "/nouvelle?modele=" + kind).want(200)
	b.post(views.ActivitiesPath+"?modele="+kind, with(b.untouched(), fields...)).want(303)
	path, _, _ := strings.Cut(b.res.Header.Get("Location"), "?")
	return path
}

func TestActivitiesFromNothing(t *testing.T) {
	w := newWorld(t)
	b := w.staffed("PUJOL", portal.Manager)
	b.get("/gestion/reglages").want(200).wantText("Ce que les familles réservent")
	b.get(views.ActivitiesPath).want(200).wantText("Aucune activité. Commencez par la cantine")
	b.get(views.ActivitiesPath + "/nouvelle").want(200).wantText("Le midi, les jours d’école sauf le mercredi.")
	canteen := b.model("cantine", "places", "60", "ecole-mercredi", "1")
	b.get(canteen + "?fait=creee").want(200).wantText("L’activité est créée.").wantText("Restauration scolaire (60 places)").wantText("lundi, mardi, mercredi, jeudi et vendredi").
		wantText("Réserver et annuler : jusqu’au jeudi de la semaine précédente à 9 h.").wantText("Dernier changement : aujourd’hui à 9 h 05, par PUJOL Agnès.")
	evening := b.model("soir")
	b.setUp(evening+"/horaires", "demande_depart", "1", "pas", "30").wantTo(evening + "?fait=enregistre")
	b.follow().wantText("le départ, de 30 en 30 minutes").wantText("Le changement est enregistré.")

	b.get(views.ActivitiesPath).want(200).wantText("2 activités").wantText("16 h 30 – 18 h 30")
	b.post(evening+"/deplacer", url.Values{"rang": {"1"}}).wantTo(views.ActivitiesPath + "?ordre=1")
	b.post(evening+"/deplacer", url.Values{"rang": {"1"}}).follow().wantText("L’ordre est enregistré")
	if got := b.page.Find("tbody th a").First().Text(); got != "Accueil du soir" {
		t.Errorf("first in the list: %s", got)
	}
	b.post(evening+"/deplacer", url.Values{"rang": {"x"}}).want(422)
	if got := w.scalar("SELECT count(*) FROM staff_event WHERE subject = 'activite'"); got != "4" {
		t.Errorf("%s events: two creations, one change, one move", got)
	}

	b.get(canteen + "/apercu?mois=2026-12").want(200).wantText("C’est le calendrier qu’ouvre une famille sans réservation.").wantText("60")
	if b.page.Find("main .mois button, main .cal a").Length() > 0 {
		t.Error("days can be pressed")
	}
	b.get(canteen + "/apercu?mois=2027-08").want(200).wantText("La cantine n’ouvre pas en août 2027.")
	b.get(canteen + "/apercu?mois=bientot").want(422)
}

func TestNewActivityRefusals(t *testing.T) {
	w := newWorld(t)
	b := w.staffed("PUJOL", portal.Manager)
	path := views.ActivitiesPath + "?modele=autre"
	b.get(views.ActivitiesPath + "/nouvelle?modele=autre").want(200)
	form := with(b.untouched(), "nom", "  ÉTUDE   SURVEILLÉE ", "court", "Étude", "parle", "", "places", "douze", "debut", "huit heures")
	b.post(path, form).want(422).wantText("Nous proposons « l’étude surveillée ».").wantText("Un nombre de places s’écrit en chiffres").wantText("n’est pas une heure")
	for field, want := range map[string]string{"parle": "l’étude surveillée", "places": "douze", "debut": "huit heures", "court": "Étude"} {
		if got := b.page.Find("#"+field).AttrOr("value", ""); got != want {
			t.Errorf("%s: %q is kept", field, got)
		}
	}
	form = with(b.untouched(), "places", "12", "debut", "16:30")
	b.post(path, form).want(303)
	created := b.res.Header.Get("Location")
	b.post(path, form).wantTo(created) // the button pressed twice
	b.post(path, with(form, "fin", "18:00")).want(422).wantText("Une autre activité s’appelle déjà «")
	b.post(path, with(form, "nom", "", "court", "Beaucoup trop long")).want(422).wantText("Donnez un nom à l’activité.").wantText("12 caractères au plus ; il y en a 18.")
	if b.page.Find(`.erreurs a[href="#nom"]`).Length() != 1 || b.page.Find(`#nom[aria-invalid]`).Length() != 1 {
		t.Error("the fault does not lead to its field")
	}

	b.get(views.ActivitiesPath + "/nouvelle").wantText("ÉTUDE SURVEILLÉE")
	id := strings.TrimSuffix(strings.TrimPrefix(created, views.ActivitiesPath+"/"), "?fait=creee")
	copied := views.ActivitiesPath + "/nouvelle?copie=" + id
	b.get(copied).want(200)
	if got := b.page.Find("#nom").AttrOr("value", "") + b.page.Find("#places").AttrOr("value", ""); got != "ÉTUDE SURVEILLÉE (copie)12" {
		t.Errorf("the copy begins with %s", got)
	}
	b.post(views.ActivitiesPath+"?copie="+id, with(b.untouched(), "nom", "Étude des grands")).follow().want(200).wantText("Étude des grands (12 places)")
	b.get(views.ActivitiesPath + "/nouvelle?modele=rien").want(404)
	b.get(views.ActivitiesPath + "/nouvelle?copie=999").want(404)
	b.post(views.ActivitiesPath+"?copie=x", url.Values{}).want(404)
}

func TestActivityParts(t *testing.T) {
	w := newWorld(t)
	w.roll(twoPupils, twoGuardians)
	b := w.staffed("PUJOL", portal.Manager)
	meal, camp := b.model("cantine", "nom", "Repas du centre", "court", "Repas", "parle", "le repas du centre"), b.model("vacances")
	mealID := strings.TrimPrefix(meal, views.ActivitiesPath+"/")
	campID := strings.TrimPrefix(camp, views.ActivitiesPath+"/")
	for _, c := range []struct {
		part   string
		fields []string
		want   string // on the page of the activity, or of the form that is refused
	}{
		{"presentation", []string{"nom", "ALSH VACANCES", "parle", "le centre"}, "ALSH VACANCES"},
		{"presentation", []string{"parle", ""}, "! Nous proposons « l’ALSH vacances »."},
		{"presentation", []string{"nom", "Repas du centre"}, "! Une autre activité s’appelle déjà «"},
		{"presentation", []string{"sorte", "prison"}, "! Choisissez une sorte d’activité."},
		{"horaires", []string{"debut", "07:00", "demande_arrivee", "1"}, "l’arrivée, de 15 en 15 minutes"},
		{"horaires", []string{"debut", ""}, "! Écrivez l’heure de début, par exemple 16:30."},
		{"horaires", []string{"fin", ""}, "! Écrivez l’heure de fin, par exemple 18:30."},
		{"horaires", []string{"debut", "", "pas", "999", "demande_arrivee", "1"}, "! Le pas des heures doit aller de 1 à 120 minutes."},
		{"horaires", []string{"fin", "06:00"}, "! L’heure de fin doit être après l’heure de début."},
		{"horaires", []string{"demande_depart", "1", "pas", "0"}, "! Le pas des heures doit aller de 1 à 120 minutes."},
		{"enfants", []string{"ecole-1", "1", "niveau-CP", "1", "age_min", "3", "age_max", "11", "age_le", "annee", "inscription", "oui"},
			"école : École Jean-Jaurès ; niveau : CP ; de 3 à 11 ans au 31 décembre de l’année de la rentrée"},
		{"enfants", []string{"age_min", "12", "age_max", "6"}, "! L’âge le plus grand doit être au moins l’âge le plus petit."},
		{"enfants", []string{"age_min", "douze"}, "! « douze » n’est pas un nombre entier."},
		{"ouverture", []string{"du", "2026-10-01", "jour-0", "2026-12-24", "jusque-0", "2026-12-31", "motif-0", "congés"}, "fermé du 24/12/2026 au 31/12/2026 : congés"},
		{"ouverture", []string{"jour-1", "2026-12-25", "etat-1", "ouvert"}, "! Le vendredi 25 décembre 2026 a deux décisions"},
		{"ouverture", []string{"jour-0", "jeudi"}, "! « jeudi » n’est pas une date."},
		{"ouverture", []string{"motif-1", "grève"}, "! Donnez le jour, ou retirez la ligne."},
		{"ouverture", []string{"jour-1", "2027-02-10", "jusque-1", "2027-02-01"}, "! Le dernier jour doit être après le premier."},
		{"ouverture", []string{"retirer-0", "1"}, "- fermé du"},
		{"ouverture", []string{"du", "2026-10-01", "au", "2026-09-01"}, "! Le dernier jour doit être après le premier."},
		{"reservation", []string{"decision", "oui", "semaine", "oui", "jours_min", "5", "jours_max", "10", "par", "periode", "horizon", "vacances", "mise_en_place", "5", "justificatif", "8"},
			"de 5 à 10 jours par période"},
		{"reservation", []string{"annuel", "1"}, "! Une activité que la mairie décide jour par jour ne se réserve pas à l’année."},
		{"places", []string{"attente", "1", "mode", "offre", "delai_offre", "48"}, "! Une semaine entière ne se propose pas jour par jour"},
		{"reservation", []string{"decision", "non", "semaine", "non", "annuel", "1"}, "de 5 à 10 jours par période"},
		{"reservation", []string{"jours_min", "9", "jours_max", "4"}, "! Le plus grand nombre de jours doit être au moins le plus petit."},
		{"reservation", []string{"horizon", "jours", "horizon_jours", ""}, "! On réserve de 1 à 800 jours à l’avance."},
		{"reservation", []string{"horizon", "jours", "horizon_jours", "42"}, "42 jours à l’avance"},
		{"reservation", []string{"mise_en_place", "900", "justificatif", "100"}, "! Un justificatif se demande dans les 60 jours au plus."},
		{"periodes", []string{"nom-0", "vacances de Noël", "du-0", "2026-12-19", "au-0", "2027-01-03", "ouverture-0", "2026-11-09T09:00", "exterieurs-0", "2026-11-23T09:00", "fermeture-0", "2026-12-13T23:59"},
			"du 19/12/2026 au 03/01/2027 ; ouverture le lundi 9 novembre 2026 à 9 h ; pour les familles d’ailleurs le lundi 23 novembre 2026 à 9 h ; fermeture le dimanche 13 décembre 2026 à minuit"},
		{"periodes", []string{"exterieurs-0", "2026-11-01T09:00"}, "! Les familles d’ailleurs ne réservent pas avant celles de la commune."},
		{"periodes", []string{"fermeture-0", "2026-10-01T09:00"}, "! La fermeture doit être après l’ouverture."},
		{"periodes", []string{"ouverture-0", "demain"}, "! « demain » n’est pas un jour suivi d’une heure."},
		{"periodes", []string{"nom-1", "Noël", "du-1", "2027-01-01", "au-1", "2027-01-02", "ouverture-1", "2026-11-09T09:00"}, "! Ces jours sont déjà dans la période « vacances de Noël »."},
		{"periodes", []string{"nom-1", "hiver"}, "! Donnez le premier jour de la période."},
		{"places", []string{"attente", "1", "mode", "offre", "delai_offre", "48"}, "oui : la place libérée est proposée, à accepter sous 48 heures"},
		{"places", []string{"mode", "offre", "delai_offre", "900"}, "! Une place proposée se garde de 1 à 240 heures."},
		{"liens", []string{"lien-" + mealID, "exige"}, "obligatoire : elle est réservée avec celle-ci"},
	} {
		path, events := camp+"/"+c.part, w.scalar("SELECT count(*) FROM staff_event")
		b.setUp(path, c.fields...)
		if noted := w.scalar("SELECT count(*) FROM staff_event") != events; noted == strings.HasPrefix(c.want, "! ") {
			t.Errorf("%s %v: written in the audit log: %t", c.part, c.fields, noted)
		}
		refused, isRefused := strings.CutPrefix(c.want, "! ")
		gone, isGone := strings.CutPrefix(c.want, "- ")
		switch {
		case isRefused:
			b.want(422).wantText(refused)
			if link := b.page.Find(".erreurs a").First().AttrOr("href", ""); b.page.Find(link).Length() != 1 {
				t.Errorf("%s %v: the fault leads to %q", c.part, c.fields, link)
			}
		case isGone:
			b.wantTo(camp + "?fait=enregistre").follow().want(200).wantNoText(gone)
		default:
			b.wantTo(camp + "?fait=enregistre").follow().want(200).wantText(c.want)
		}
	}
	b.setUp(meal+"/liens", "lien-"+campID, "exige").want(422).wantText("Le centre exige déjà le repas du centre : changez d’abord ce lien-là.")
	b.get(meal + "/liens").wantText("ALSH VACANCES exige cette activité. Changer ce lien")
	b.get(camp).wantText("Le repas du centre est obligatoire, mais n’ouvre pas le")

	// Nothing that is only looked at is saved.
	before := w.scalar("SELECT group_concat(opening) FROM activity") + w.scalar("SELECT count(*) FROM booking_window")
	b.setUp(camp+"/ouverture", "vacances-samedi", "1", "faire", "apercu").want(200).wantText("Les 20 prochains jours d’ouverture").wantText("Samedi")
	b.setUp(camp+"/ouverture", "jour-0", "2027-02-08", "faire", "ligne").want(200)
	if n := b.page.Find(".ligne-form").Length(); n != 2 {
		t.Errorf("%d lines after one more was asked", n)
	}
	b.setUp(camp+"/periodes", "faire", "proposer-2027-02-06").want(200)
	if got := b.page.Find("#ouverture-1").AttrOr("value", ""); got != "2026-12-28T09:00" {
		t.Errorf("winter is proposed from %q", got)
	}
	if after := w.scalar("SELECT group_concat(opening) FROM activity") + w.scalar("SELECT count(*) FROM booking_window"); after != before {
		t.Errorf("%s\n%s", before, after)
	}
	b.post(camp+"/periodes", b.untouched()).follow().wantText("Vacances d’hiver")
	for _, path := range []string{"/999", "/abc", "/999/places", "/999/apercu", "/999/fermer", "/1/rien"} {
		b.get(views.ActivitiesPath + path).want(404)
	}
	for _, path := range []string{"/999/places", "/999/fermer", "/999/rouvrir"} {
		b.post(views.ActivitiesPath+path, url.Values{}).want(404)
	}
	b.post(views.ActivitiesPath+"/999/deplacer", url.Values{"rang": {"1"}}).want(404)
}

func TestTwoAgentsAtOnce(t *testing.T) {
	w := newWorld(t)
	one, two := w.staffed("PUJOL", portal.Manager), w.staffed("ROUCH", portal.Administrator)
	camp := one.model("mercredi", "places", "24")
	late := two.get(camp + "/presentation").untouched()
	one.setUp(camp+"/presentation", "court", "Centre").want(303)
	two.get(camp+"/horaires").post(camp+"/horaires", with(two.untouched(), "fin", "18:00")).want(303) // another part: no quarrel
	two.post(camp+"/presentation", with(late, "court", "Loisirs")).want(409).wantText("ROUCH Agnès a enregistré un changement aujourd’hui à").wantText("Rien de ce que vous avez écrit n’a été enregistré")
	if got := two.page.Find("#court").AttrOr("value", ""); got != "Loisirs" {
		t.Errorf("%q is kept of what was typed", got)
	}
	two.post(camp+"/presentation", two.untouched()).want(303)
	if got := w.scalar("SELECT short FROM activity"); got != "Loisirs" {
		t.Errorf("got %s", got)
	}

	counter := views.PlacesPath + "/" + w.scalar("SELECT id FROM counter")
	late = two.get(counter).untouched()
	one.setUp(counter, "places", "30").want(303)
	two.post(counter, with(late, "places", "28")).want(409).wantText("PUJOL Agnès a enregistré un changement").wantText("Places par jour : avant « 24 », maintenant « 30 ».")
	two.post(counter, two.untouched()).want(303)
	if got := w.scalar("SELECT capacity FROM counter"); got != "28" {
		t.Errorf("got %s", got)
	}
}

// booked books children into an activity for some days, and transmits nothing.
func (w *world) booked(path, status string, days ...string) {
	w.t.Helper()
	id := strings.TrimPrefix(path, views.ActivitiesPath+"/")
	for _, day := range days {
		w.raw(`INSERT INTO booking (child_id, activity_id, day, status, queue, account_id, since) SELECT id, ?, ?, ?, iif(?3 = 'booked', NULL, id), (SELECT min(id) FROM account), 0 FROM child`, id, day, status)
	}
	w.raw(`INSERT INTO counter_day (counter_id, day, taken) SELECT ca.counter_id, b.day, count(*) FROM counter_activity ca JOIN booking b ON b.activity_id = ca.activity_id
		WHERE ca.activity_id = ? AND b.status = 'booked' GROUP BY 1, 2`, id)
}

func TestBookingsTouchedAreSaidFirst(t *testing.T) {
	w := newWorld(t)
	w.roll(twoPupils, twoGuardians)
	b := w.staffed("PUJOL", portal.Manager)
	canteen, evening := b.model("cantine", "places", "60"), b.model("soir", "debut", "13:00", "fin", "14:00")
	w.booked(canteen, "booked", "2026-12-07", "2026-12-08", "2026-11-16")
	w.booked(evening, "booked", "2026-12-07")
	bookings := w.scalar("SELECT count(*) FROM booking")
	for _, c := range []struct {
		path   string
		fields []string
		want   []string
	}{
		{canteen + "/ouverture", []string{"ecole-lundi", ""}, []string{"2 réservations tombent sur un jour qui ferme.", "lundi 7 décembre 2026 : 2"}},
		{canteen + "/ouverture", []string{"jour-0", "2026-12-08", "motif-0", "grève"}, []string{"2 réservations tombent sur un jour qui ferme.", "mardi 8 décembre 2026 : 2"}},
		{canteen + "/enfants", []string{"niveau-CP", "1"}, []string{"2 réservations sont celles d’enfants pour qui l’activité n’est plus proposée."}},
		{canteen + "/enfants", []string{"inscription", "oui"}, []string{"4 réservations sont celles d’enfants que la mairie n’a pas inscrits."}},
		{canteen + "/horaires", []string{"demande_depart", "1"}, []string{"4 réservations ont des heures qui ne conviennent plus."}},
		{canteen + "/liens", []string{strings.Replace(evening, views.ActivitiesPath+"/", "lien-", 1), "exige"}, []string{"2 réservations ne vont plus avec une autre du même enfant, le même jour."}},
		{views.PlacesPath + "/" + w.scalar("SELECT id FROM counter"), []string{"places", "1"}, []string{"2 jours ont plus d’enfants que de places.", "lundi 7 décembre 2026 : 2 enfants pour 1 place, 1 de trop (Restauration scolaire)"}},
		{canteen + "/fermer", nil, []string{"4 réservations à venir restent à honorer, ou à annuler avec les familles."}},
	} {
		saved := w.scalar("SELECT count(*) FROM staff_event")
		b.setUp(c.path, c.fields...).want(200).wantText("Rien n’est encore enregistré.").wantText("Toutes les réservations sont gardées")
		for _, want := range c.want {
			b.wantText(want)
		}
		if got := w.scalar("SELECT count(*) FROM staff_event"); got != saved {
			t.Fatalf("%s: saved before anybody agreed", c.path)
		}
		b.post(c.path, b.untouched()).want(303)
		if got := w.scalar("SELECT count(*) FROM booking"); got != bookings {
			t.Fatalf("%s: %s bookings, there were %s", c.path, got, bookings)
		}
		if got := w.scalar("SELECT changes FROM staff_event ORDER BY id DESC LIMIT 1"); !strings.Contains(got, "Réservations touchées") {
			t.Errorf("%s: the log holds %s", c.path, got)
		}
	}
	b.get(canteen).wantText("Cette activité n’est plus proposée aux familles.")
	b.get(views.ActivitiesPath).wantText("N’est plus proposée")
	b.post(canteen+"/rouvrir", url.Values{}).follow().wantText("L’activité est de nouveau proposée aux familles.")
	if got := w.scalar("SELECT words FROM staff_event ORDER BY id DESC LIMIT 1"); !strings.Contains(got, "proposée") {
		t.Errorf("the log says %q of the opening", got)
	}
	b.get(views.PlacesPath).wantText("2 jours ont plus d’enfants que de places, à partir du lundi 7 décembre 2026")
	faults, err := w.store.Audit(context.Background())
	for _, f := range faults {
		if !strings.Contains(f, "is booked and needs the second") && !strings.Contains(f, "do not go together") {
			t.Error(f)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestCounters(t *testing.T) {
	w := newWorld(t)
	w.roll(twoPupils, twoGuardians)
	b := w.staffed("PUJOL", portal.Manager)
	camp := b.model("vacances")
	id := strings.TrimPrefix(camp, views.ActivitiesPath+"/")
	b.get(views.PlacesPath).want(200).wantText("Aucun compteur : toutes les activités ont des places illimitées.")
	create := views.PlacesPath + "/nouveau"
	form := with(b.get(create).want(200).untouched(), "nom", "3 à 5 ans", "places", "32", "age_min", "3", "age_max", "5", "activite-"+id, "1", "places-lundi", "24", "places-mardi", "x", "jour-0", "2026-12-24", "places-0", "0")
	b.post(create, form).wantTo(views.PlacesPath + "?fait=enregistre")
	b.post(create, form).wantTo(views.PlacesPath + "?fait=enregistre") // twice
	b.follow().want(200).wantText("Le compteur est enregistré.").wantText("32 places, d’autres 3 jours").wantText("De 3 à 5 ans le jour venu").wantText("Centre de loisirs des vacances")
	if got := w.scalar("SELECT count(*) FROM counter"); got != "1" {
		t.Fatalf("%s counters", got)
	}
	b.post(create, with(form, "places", "12")).want(422).wantText("Un autre compteur s’appelle déjà « 3 à 5 ans ». Choisissez un autre nom.")
	path := views.PlacesPath + "/" + w.scalar("SELECT id FROM counter")
	b.get(path).want(200)
	for field, want := range map[string]string{"places-lundi": "24", "places-mardi": "x", "places-mercredi": "", "places-0": "0", "jour-0": "2026-12-24", "places": "32"} {
		if got := b.page.Find("#"+field).AttrOr("value", ""); got != want {
			t.Errorf("%s shows %q", field, got)
		}
	}
	for _, c := range [][3]string{
		{"nom", "", "Donnez un nom au compteur"}, {"places", "-3", "Un nombre de places s’écrit en chiffres"}, {"places-lundi", "plein", "Un nombre de places s’écrit en chiffres"},
		{"jour-1", "2026-12-24", "Le jeudi 24 décembre 2026 est déjà écrit plus haut."}, {"places-1", "4", "Donnez la date, ou retirez la ligne."}, {"places-0", "beaucoup", "Un nombre de places s’écrit en chiffres."},
		{"places-0", "", "Écrivez le nombre de places de ce jour-là, 0 s’il n’y en a aucune, ou cochez « Sans limite ce jour-là »."}, {"illimite-0", "1", "Gardez l’un des deux."},
		{"age_max", "2", "L’âge le plus grand doit être au moins l’âge le plus petit."},
	} {
		b.setUp(path, c[0], c[1]).want(422).wantText(c[2])
	}
	b.setUp(path, "jour-0", "24/12/26", "places-0", "", "illimite-0", "1").want(303)
	if b.get(path).page.Find("#illimite-0[checked]").Length() != 1 || w.scalar("SELECT count(*) FROM counter_special WHERE day = '2026-12-24' AND capacity IS NULL") != "1" {
		t.Error("a day without a limit is not what the page shows")
	}
	b.setUp(path, "faire", "ligne").want(200)
	b.get(camp + "/places").wantText("3 à 5 ans : 32 places")
	b.post(path+"/retirer", url.Values{}).want(409).wantText("compte encore les places d’une activité")
	b.setUp(path, "activite-"+id, "", "places", "", "retirer-0", "1").follow().wantText("Places illimitées").wantText("Aucune activité")
	b.get(camp+"/places").post(camp+"/places", with(b.untouched(), "compteur-"+strings.TrimPrefix(path, views.PlacesPath+"/"), "1")).follow().wantText("3 à 5 ans (places illimitées)")
	b.setUp(path, "activite-"+id, "").want(303)
	b.get(path).wantText("Retirer ce compteur").post(path+"/retirer", url.Values{}).follow().wantText("Le compteur est retiré.")
	if n := w.scalar("SELECT count(DISTINCT words) FROM staff_event WHERE subject = 'compteur'"); n != "3" { // made, changed, taken away
		t.Errorf("%s kinds of lines in the audit log", n)
	}
	for _, gone := range []string{path, views.PlacesPath + "/abc"} {
		b.get(gone).want(404)
		b.post(gone, url.Values{}).want(404)
		b.post(gone+"/retirer", url.Values{}).want(404)
	}
}

func TestOtherStructuresActivities(t *testing.T) {
	w := newWorld(t)
	there := w.neighbour()
	foreign, err := w.store.CreateActivity(context.Background(), there, 1, func() portal.Activity {
		a := portal.NewActivity(portal.Canteen)
		a.Counters = []portal.Counter{{Name: "Réfectoire", Limited: true, Capacity: 9}}
		return a
	}())
	if err != nil {
		t.Fatal(err)
	}
	b, agent := w.staffed("PUJOL", portal.Manager), w.staffed("SERRES", portal.Agent)
	own := b.model("soir")
	agent.get("/gestion").want(200)
	before := w.scalar("SELECT group_concat(name || starts) FROM activity") + w.scalar("SELECT count(*) FROM staff_event")
	path := views.ActivityPath(foreign, "")
	for _, part := range portal.ActivityParts {
		b.get(path + "/" + string(part)).want(404)
		b.post(path+"/"+string(part), url.Values{}).want(404)
		agent.get(own + "/" + string(part)).want(404)
		agent.post(own+"/"+string(part), url.Values{}).want(404)
	}
	counter := views.CounterPath(1)
	for _, missing := range []string{path, path + "/apercu", path + "/fermer", counter, views.ActivitiesPath + "/nouvelle?copie=" + strings.TrimPrefix(path, views.ActivitiesPath+"/")} {
		b.get(missing).want(404)
	}
	for _, missing := range []string{path + "/fermer", path + "/rouvrir", counter, counter + "/retirer"} {
		b.post(missing, url.Values{}).want(404)
	}
	b.post(path+"/deplacer", url.Values{"rang": {"1"}}).want(404)
	// A foreign number in a form is not even looked at: the boxes are those of the structure.
	b.setUp(own+"/places", "compteur-1", "1").want(303)
	b.setUp(own+"/enfants", "ecole-"+w.scalar("SELECT id FROM school WHERE structure_id = ?", there), "1").want(303)
	if after := w.scalar("SELECT group_concat(name || starts) FROM activity") + w.scalar("SELECT count(*) FROM staff_event"); after != before {
		t.Errorf("%s\n%s", before, after)
	}
}
