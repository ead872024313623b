package handlers

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"marelle/portal"
)

// busyHousehold is a household with an evening, a study that overlaps it, and a holiday camp that asks hours and needs its meal.
type busyHousehold struct {
	*household
	evening, study, lunch, camp portal.ActivityID
	paolo                       portal.ChildID
}

func newBusyHousehold(t *testing.T) *busyHousehold {
	t.Helper()
	b := &busyHousehold{household: newHousehold(t)}
	save := func(a portal.Activity) portal.ActivityID {
		t.Helper()
		a.StructureID = b.structure
		id, err := b.store.SaveActivity(context.Background(), a)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	eve := portal.DaysBefore(1, portal.Clock(18, 0))
	school := portal.Opening{School: portal.Days(portal.Monday, portal.Tuesday, portal.Thursday, portal.Friday)}
	holidays := portal.Opening{Holidays: portal.EveryDay &^ portal.Weekend}
	b.evening = save(portal.Activity{Name: "APS SOIR", Short: "Soir", Spoken: "l’accueil du soir", Kind: portal.AfterSchool, Starts: portal.Clock(16, 30), Ends: portal.Clock(18, 30),
		Opening: school, Book: eve, Cancel: eve, Counters: []portal.Counter{{Name: "Soir", Limited: true, Capacity: 1}}})
	b.study = save(portal.Activity{Name: "ÉTUDE", Short: "Étude", Spoken: "l’étude surveillée", Kind: portal.OtherKind, Starts: portal.Clock(16, 30), Ends: portal.Clock(17, 30),
		Opening: school, Book: eve, Cancel: eve, Waitlist: true, Counters: []portal.Counter{{Name: "Étude", Limited: true, Capacity: 1}}})
	windows := []portal.Window{{Name: "vacances de Noël", First: portal.MustDate("2026-12-19"), Last: portal.MustDate("2027-01-03"), Opens: portal.MustDate("2026-11-20").At(portal.Clock(9, 0)), Closes: portal.MustDate("2026-12-13").At(portal.EndOfDay)},
		{Name: "vacances d’hiver", First: portal.MustDate("2027-02-06"), Last: portal.MustDate("2027-02-21"), Opens: portal.MustDate("2026-12-01").At(portal.Clock(9, 0))}}
	b.lunch = save(portal.Activity{Name: "REPAS", Short: "Repas", Spoken: "le repas", Kind: portal.Canteen, Starts: portal.Clock(12, 0), Ends: portal.Clock(13, 30), Opening: holidays, Book: eve, Cancel: eve})
	b.camp = save(portal.Activity{Name: "ALSH", Short: "Centre", Spoken: "le centre de loisirs", Kind: portal.HolidayCamp, Starts: portal.Clock(7, 30), Ends: portal.Clock(18, 30), Opening: holidays,
		Book: eve, Cancel: eve, Windows: windows, AsksArrival: true, AsksDeparture: true, HourStep: 30, Links: []portal.Link{{Other: b.lunch, Kind: portal.Requires}}})
	children, err := b.store.Children(context.Background(), b.accountOf("DUPONT"))
	if err != nil {
		t.Fatal(err)
	}
	b.paolo = children[0].ID
	return b
}

func (h *busyHousehold) child() string { return fmt.Sprintf("/reservations/%d", h.amalia) }

func (h *busyHousehold) line(a portal.ActivityID, wish string) string {
	return fmt.Sprintf("%d-%d:%s", h.amalia, a, wish)
}

// row reads how an activity of a day stands on the page.
func (b *browser) row(child portal.ChildID, a portal.ActivityID) string {
	return b.page.Find(fmt.Sprintf("#r-%d-%d", child, a)).AttrOr("data-etat", "")
}

func (b *browser) wantRow(child portal.ChildID, a portal.ActivityID, want string) *browser {
	b.w.t.Helper()
	if got := b.row(child, a); got != want {
		b.w.t.Fatalf("activity %d is %q, want %q\n%s", a, got, want, b.text())
	}
	return b
}

// TestSeveralActivities: the month, a day on a page of its own, two activities asked without JavaScript.
func TestSeveralActivities(t *testing.T) {
	h := newBusyHousehold(t)
	b := h.father
	b.get(h.child()+"?mois=2026-12").want(200).wantText("Touchez un jour pour choisir ses activités.").wantState("2026-12-03", "libre").wantState("2026-12-02", "libre").wantState("2026-12-05", "")
	if n := b.page.Find(`[data-jour="2026-12-03"] .barrettes svg`).Length(); n != 3 { // canteen, evening, study
		t.Errorf("3 December lists %d activities", n)
	}
	b.get(h.child() + "?jour=2026-12-03").want(200).wantText("Jeudi 3 décembre 2026").wantText("Modifiable jusqu’au jeudi 26 novembre à 9 h.").wantText("Revenir au calendrier")
	b.wantRow(h.amalia, h.canteen, "libre").wantRow(h.amalia, h.alsh, "")
	b.post(h.child(), url.Values{"date": {"2026-12-03"}, "ligne": {h.line(h.canteen, "1")}}).follow().want(200).wantRow(h.amalia, h.canteen, "ajout")
	b.post(h.child(), url.Values{"date": {"2026-12-03"}, "ligne": {h.line(h.evening, "1")}}).follow().want(200).wantRow(h.amalia, h.evening, "ajout")
	b.post(h.child(), url.Values{"date": {"2026-12-03"}, "ligne": {h.line(h.study, "1")}}).want(409).
		wantText("L’étude surveillée et l’accueil du soir (16 h 30 – 18 h 30) se chevauchent le jeudi 3 décembre. Retirez l’un des deux.").wantRow(h.amalia, h.study, "libre")
	b.get(h.child()+"?mois=2026-12").wantState("2026-12-03", "ajout").wantText("Récapitulatif (2 ajouts)")

	// With htmx the panel, the day behind it and the basket come together.
	b.htmx(true).get(h.child() + "?jour=2026-12-03").want(200).wantBody(`id="volet-titre"`)
	b.post(h.child(), url.Values{"date": {"2026-12-03"}, "ligne": {h.line(h.evening, "0")}}).want(200).wantBody(`hx-target="#c-2026-12-03"`).wantText("Récapitulatif (1 ajout)")
	b.htmx(false).post("/recapitulatif", hiddenOf(b.get("/recapitulatif"))).follow().want(200)
	b.get(h.child()+"?mois=2026-12").wantState("2026-12-03", "partiel")

	for _, bad := range []url.Values{{"date": {"2026-12-03"}, "ligne": {"x"}}, {"date": {"2026-12-03"}, "ligne": {"1-1:2"}}, {"date": {"hier"}, "ligne": {h.line(h.canteen, "1")}},
		{"date": {"2026-12-03"}, "ligne": {fmt.Sprintf("%d-%d:1", h.paolo, h.canteen)}}, {"jour": {"2026-12-03:1"}}, {"ensemble": {"2026-12/mois/:1"}}} {
		b.post(h.child(), bad).want(422)
	}
	b.get("/reservations/999999").want(404)
	b.get(fmt.Sprintf("/reservations/%d/999?jour=2026-12-03", h.amalia)).want(404)
	b.get(h.child() + "?jour=demain").want(422)
}

// hiddenOf gathers what the form of the recap sends by itself.
func hiddenOf(b *browser) url.Values {
	form := url.Values{}
	b.page.Find("#valider input").Each(func(_ int, i *goquery.Selection) { form.Set(i.AttrOr("name", ""), i.AttrOr("value", "")) })
	return form
}

// TestHoursAndMeal: a holiday camp asks hours and brings its meal; hours change later, by themselves.
func TestHoursAndMeal(t *testing.T) {
	h := newBusyHousehold(t)
	b, path := h.father, h.path(h.camp)
	b.get(path + "?mois=2026-12").want(200).wantText("Arrivée").wantText("Vacances de Noël : réservations jusqu’au dimanche 13 décembre à minuit.")
	b.post(path, url.Values{"jour": {"2026-12-21:1"}, "arrivee": {"09:00"}, "depart": {"08:00"}}).want(422).wantText("Le départ doit être après l’arrivée.")
	b.htmx(true).post(path, url.Values{"jour": {"2026-12-21:1"}, "arrivee": {"09:00"}, "depart": {"17:00"}}).want(200).wantText("Le repas : demandé aussi, l’un ne va pas sans l’autre.").wantText("Récapitulatif (2 ajouts)")
	b.htmx(false).get("/recapitulatif").wantText("9 h – 17 h")
	b.post("/recapitulatif", hiddenOf(b)).follow().want(200).wantText("2 demandes enregistrées").wantText("9 h – 17 h")
	b.get(path+"?mois=2026-12").wantState("2026-12-21", "reserve").wantText("9h–17h")

	// The meal alone is not given up.
	b.post(h.path(h.lunch), url.Values{"jour": {"2026-12-21:0"}}).want(409).wantText("Le lundi 21 décembre, le centre de loisirs se réserve avec le repas. Retirez d’abord le centre de loisirs.")
	// Clicking the day away and back does not change its hours, whatever the fields of the month say.
	b.post(path, url.Values{"jour": {"2026-12-21:0"}, "arrivee": {"07:30"}, "depart": {"18:30"}}).follow().wantState("2026-12-21", "retrait")
	b.post(path, url.Values{"jour": {"2026-12-21:1"}, "arrivee": {"07:30"}, "depart": {"18:30"}}).follow().wantState("2026-12-21", "reserve")
	// Hours are changed on the page of the day.
	b.get(path + "?jour=2026-12-21").want(200).wantText("Changer les horaires")
	change := url.Values{"date": {"2026-12-21"}, "horaires": {fmt.Sprintf("%d-%d", h.amalia, h.camp)}, "arrivee": {"08:30"}, "depart": {"17:00"}}
	b.post(path, change).follow().want(200).wantRow(h.amalia, h.camp, "ajout").wantText("Horaires")
	b.get("/recapitulatif").wantText("avant : 9 h – 17 h").wantText("8 h 30 – 17 h")
	b.post("/recapitulatif", hiddenOf(b)).follow().want(200).wantText("1 changement d’horaires").wantText("Horaires changés")
	b.get(path+"?mois=2026-12").wantState("2026-12-21", "reserve").wantText("8h30–17h")
	change.Set("arrivee", "08:40")
	b.post(path, change).want(422).wantText("L’heure d’arrivée se choisit dans la liste")

	// A period that is not open yet says when it opens.
	b.get(path+"?mois=2027-02").wantState("2027-02-08", "clos").wantText("Vacances d’hiver : réservations à partir du mardi 1er décembre 2026 à 9 h.")
	b.post(path, url.Values{"jour": {"2027-02-08:1"}}).want(409).wantText("Les réservations du lundi 8 février ouvrent le mardi 1er décembre 2026 à 9 h.")
	b.get(path + "?jour=2027-02-08").wantText("Cette période n’est pas encore ouverte aux réservations.")
	b.get(path+"?mois=2027-04").wantState("2027-04-12", "clos")
	b.post(path, url.Values{"jour": {"2027-04-12:1"}}).want(409).wantText("l’ouverture de cette période n’est pas annoncée")
}

// TestAllMyChildren: a day for both at once, both or neither where one place is left.
func TestAllMyChildren(t *testing.T) {
	h := newBusyHousehold(t)
	b, path := h.father, fmt.Sprintf("/reservations/tous/%d", h.evening)
	b.get("/reservations/tous").follow().want(200).wantText("pour tous vos enfants")
	b.get(path+"?mois=2026-12").want(200).wantText("Les deux ou aucun").wantState("2026-12-03", "libre")
	b.post(path, url.Values{"jour": {"2026-12-03:1"}, "tous_ou_aucun": {"1"}}).follow().want(200).wantState("2026-12-03", "ajout").wantText("Jeudi 3 décembre : 2 enfants ajoutés.")
	b.get("/recapitulatif").wantText("avec Amalia, les deux ou aucun").wantText("Il ne reste que 1 place pour 2 enfants")
	b.post("/recapitulatif", hiddenOf(b)).follow().want(200).wantText("Aucune demande enregistrée, 2 impossibles")

	study := fmt.Sprintf("/reservations/tous/%d", h.study) // with a waiting list
	b.htmx(true).post(study, url.Values{"jour": {"2026-12-03:1"}, "tous_ou_aucun": {"1"}}).want(200).wantBody(`data-jour="2026-12-03" data-etat="ajout"`)
	b.htmx(false).get("/recapitulatif").wantText("Liste d’attente pour tous")
	b.post("/recapitulatif", hiddenOf(b)).follow().want(200).wantText("Liste d’attente, 1re").wantText("Liste d’attente, 2e")

	// One by one, from the page of the day; a week at once.
	b.post(path, url.Values{"date": {"2026-12-04"}, "ligne": {fmt.Sprintf("%d-%d:1", h.paolo, h.evening)}}).follow().want(200).wantRow(h.paolo, h.evening, "ajout").wantRow(h.amalia, h.evening, "libre")
	b.get(path + "?mois=2026-12")
	b.post(path, url.Values{"ensemble": {b.tool("semaine", 1)}}).follow().want(200).wantText("8 jours ajoutés.").wantState("2026-12-07", "ajout")
	b.post(path, url.Values{"jour": {"2026-12-04:0"}}).follow().want(200).wantState("2026-12-04", "libre").wantText("1 enfant retiré de vos demandes.")
	b.get(fmt.Sprintf("/reservations/tous/%d", 999)).want(404)
}

// TestTakeBack: the last action on the draft comes back, dropped or swept; so does a validation, for fifteen minutes.
func TestTakeBack(t *testing.T) {
	h := newBusyHousehold(t)
	b, path := h.father, h.path(h.canteen)
	b.get(path + "?mois=2026-12")
	b.post(path, url.Values{"ensemble": {b.tool("semaine", 1)}}).follow().want(200).wantText("4 jours ajoutés.").wantText("Annuler cette action")
	b.post("/recapitulatif/retablir", url.Values{}).follow().want(200).wantText("Retour en arrière : 4 demandes sont comme avant.")
	b.get(path+"?mois=2026-12").wantState("2026-12-07", "libre")
	b.post("/recapitulatif/retablir", url.Values{}).want(303) // taken back twice: done again
	b.get(path+"?mois=2026-12").wantState("2026-12-07", "ajout")
	b.post("/recapitulatif/abandonner", url.Values{}).follow().want(200).wantText("4 demandes abandonnées.").wantText("Rétablir")
	b.post("/recapitulatif/retablir", url.Values{}).want(303)
	b.get("/recapitulatif").wantText("Valider mes 4 demandes")
	h.clock.Add(11 * 60 * 1e9)
	b.post("/recapitulatif/retablir", url.Values{}).want(409).wantText("Il n’y a plus rien à rétablir")

	b.get("/recapitulatif")
	b.post("/recapitulatif", hiddenOf(b)).follow().want(200).wantText("Vous pouvez revenir en arrière jusqu’à 9 h 31")
	form := b.page.Find(`form[action$="/revenir"]`)
	action, key := form.AttrOr("action", ""), form.Find(`[name="cle"]`).AttrOr("value", "")
	b.post(action, url.Values{"cle": {key}}).follow().want(200).wantText("4 annulations.").wantText("Ce reçu revient sur le reçu 2026-0001.")
	b.post(action, url.Values{"cle": {key}}).wantTo("/recus/2026-0002") // twice is harmless
	b.post(action, url.Values{"cle": {"autre-formulaire"}}).want(409).wantText("ne peut plus être repris")
	b.get("/recus/2026-0001").wantText("Cette validation a été reprise").wantNoText("Vous pouvez revenir en arrière")
	b.get(path+"?mois=2026-12").wantState("2026-12-07", "libre")
	if faults, err := h.store.Audit(context.Background()); err != nil || len(faults) > 0 {
		t.Error(faults, err)
	}
}

// TestCopyForm: from one child to another and to another activity, seen beforehand; what is wrong keeps what was typed.
func TestCopyForm(t *testing.T) {
	h := newBusyHousehold(t)
	b, path := h.father, h.path(h.canteen)
	for _, day := range []string{"2026-12-03:1", "2026-12-04:1"} {
		b.get(path+"?mois=2026-12").post(path, url.Values{"jour": {day}}).want(303)
	}
	b.get(fmt.Sprintf("/reservations/%d/%d?mois=2026-12", h.paolo, h.canteen))
	link, _ := b.page.Find(`a[href^="/copier"]`).Attr("href")
	b.get(link).want(200).wantText("Copier des réservations")
	from := fmt.Sprintf("%d-%d", h.amalia, h.canteen)
	if got := b.page.Find(`[name="vers"][checked]`).AttrOr("value", ""); got != fmt.Sprintf("%d-%d", h.paolo, h.canteen) {
		t.Errorf("the calendar it comes from is not the target: %q", got)
	}
	b.get("/copier?apercu=1&vers=" + from + "&du=2026-12-31&au=2026-12-01").want(422).wantText("Choisissez l’enfant et l’activité à copier.").wantText("Le dernier jour doit être après le premier.")
	if got := b.page.Find(`[name="du"]`).AttrOr("value", ""); got != "2026-12-31" {
		t.Errorf("what was typed is lost: %q", got)
	}
	b.get("/copier?apercu=1&de=" + from + "&vers=" + from + "&du=2026-12-01&au=2026-12-31").want(422).wantText("Choisissez un autre enfant, ou une autre activité")
	b.get(fmt.Sprintf("/copier?apercu=1&de=%s&vers=999-%d&du=2026-12-01&au=2026-12-31", from, h.canteen)).want(404)
	query := fmt.Sprintf("de=%s&vers=%d-%d&vers=%d-%d&du=2026-12-01&au=2026-12-31", from, h.paolo, h.canteen, h.amalia, h.evening)
	b.get("/copier?apercu=1&" + query).want(200).wantText("Voici ce qui sera copié").wantText("2 jours seront copiés : jeu. 3 déc., ven. 4 déc.").wantText("Copier 4 jours")
	b.get("/recapitulatif").wantText("Valider mes 2 demandes") // seeing changes nothing
	form, _ := url.ParseQuery(query)
	b.post("/copier", form).follow().want(200).wantText("2 jours copiés pour Paolo, cantine.").wantState("2026-12-03", "ajout").wantText("Récapitulatif (6 ajouts)")
	b.post("/recapitulatif/retablir", url.Values{}).want(303)
	b.get("/recapitulatif").wantText("Valider mes 2 demandes")
	b.post("/copier", url.Values{"de": {from}, "du": {"x"}, "au": {"2026-12-31"}}).want(422).wantText("Cochez au moins un enfant et une activité où copier.")
	b.get("/copier?apercu=1&de=" + from + fmt.Sprintf("&vers=%d-%d&du=2026-12-07&au=2026-12-08", h.paolo, h.canteen)).wantText("Rien ne peut être copié")
}

// TestWhy: every locked, refused or waiting day answers with the rule, its figures and what can be done.
func TestWhy(t *testing.T) {
	h := newBusyHousehold(t)
	b := h.father
	for _, c := range []struct {
		path  string
		words []string
	}{
		{h.path(h.canteen) + "?jour=2026-11-24", []string{"Le délai pour réserver ce jour est dépassé.", "Règle de la mairie : réserver jusqu’au jeudi de la semaine précédente à 9 h.", "Pour le mardi 24 novembre : jusqu’au jeudi 19 novembre 2026 à 9 h.", "Il est maintenant : lundi 23 novembre 2026 à 9 h 05.", "Appelez la mairie"}},
		{h.path(h.canteen) + "?jour=2026-11-25", []string{"Pas d’ouverture le mercredi."}},
		{h.path(h.canteen) + "?jour=2026-12-25", []string{"Le vendredi 25 décembre est férié : Noël."}},
	} {
		b.get(c.path).want(200)
		for _, w := range c.words {
			b.wantText(w)
		}
	}
	other := h.parent("ORTET")
	children, err := h.store.Children(context.Background(), h.accountOf("ORTET"))
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []portal.ActivityID{h.evening, h.study} {
		path := fmt.Sprintf("/reservations/%d/%d", children[0].ID, a)
		day := map[portal.ActivityID]string{h.evening: "2026-12-03:1", h.study: "2026-12-04:1"}[a]
		other.get(path+"?mois=2026-12").post(path, url.Values{"jour": {day}}).want(303)
	}
	other.post("/recapitulatif", hiddenOf(other.get("/recapitulatif"))).want(303)
	b.get(h.path(h.evening)+"?mois=2026-12").wantState("2026-12-03", "complet")
	b.get(h.path(h.evening) + "?jour=2026-12-03").wantText("Toutes les places sont prises, et cette activité n’a pas de liste d’attente.").wantText("En ce moment : 1 place, 1 prise.")
	b.get(h.path(h.study) + "?jour=2026-12-04").wantText("Vous pouvez demander la liste d’attente")
	b.get(h.path(h.study)+"?mois=2026-12").post(h.path(h.study), url.Values{"jour": {"2026-12-04:1"}}).want(303)
	b.post("/recapitulatif", hiddenOf(b.get("/recapitulatif"))).want(303)
	b.get(h.path(h.study) + "?jour=2026-12-04").wantText("Votre enfant attend une place, en 1re position.").wantText("1 enfant en attente")
	if !strings.Contains(b.get(h.path(h.study)+"?mois=2026-12").body, `href="?jour=2026-12-04"`) {
		t.Error("the waiting day does not lead to its reasons")
	}
}

// TestTheRecapLosesBoth: the meal of a camp taken back in the recap takes the camp along, says so, and both come back.
func TestTheRecapLosesBoth(t *testing.T) {
	h := newBusyHousehold(t)
	b := h.father
	b.get(h.path(h.camp) + "?mois=2026-12").want(200)
	b.post(h.path(h.camp), url.Values{"jour": {"2026-12-21:1"}, "arrivee": {"08:00"}, "depart": {"17:30"}}).want(303)
	b.get("/recapitulatif").wantText("Valider mes 2 demandes")
	b.post(h.path(h.lunch), url.Values{"jour": {"2026-12-21:0"}, "depuis": {"recapitulatif"}}).wantTo("/recapitulatif?retiree=ensemble")
	b.get("/recapitulatif?retiree=ensemble").wantText("elles sont retirées toutes les deux").wantText("Rétablir").wantText("rien à valider")
	b.post("/recapitulatif/retablir", url.Values{})
	b.get("/recapitulatif").wantText("Valider mes 2 demandes")
}
