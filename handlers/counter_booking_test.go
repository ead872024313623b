package handlers

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"marelle/portal"
	"marelle/views"
)

func init() {
	gestures[counterPath] = func(w *world, b *browser) {
		w.roll(twoPupils, twoGuardians)
		w.asks(portal.MustDate("2026-11-26"))
		b.get(w.deskURL("DUPONT") + "?mois=2026-12").want(200)
		b.tick(w.deskURL("DUPONT"), "enregistrer", b.box("libre")).want(303)
	}
}

func (w *world) deskURL(family string) string {
	return "/gestion/guichet/" + w.scalar("SELECT id FROM family WHERE name = ?", family)
}

// box gives the first box of the page in a state.
func (b *browser) box(state string) string {
	return b.page.Find("[data-etat="+state+"] input[name=jour], label[data-etat="+state+"] input").First().AttrOr("value", "")
}

// tick sends the form of the counter as it stands, with more days ticked; « -7:12:2026-12-01 » unticks, « !7:12:2026-12-01 » passes
// the limit of a day that is ticked, « motif=… » fills a field.
func (b *browser) tick(path, do string, days ...string) *browser {
	b.w.t.Helper()
	form := url.Values{"faire": {do}}
	b.page.Find("form.guichet select").Each(func(_ int, s *goquery.Selection) {
		form.Set(s.AttrOr("name", ""), s.Find("option[selected]").AttrOr("value", s.Find("option").First().AttrOr("value", "")))
	})
	ticked := map[string]bool{}
	b.page.Find("form.guichet input[type=hidden]").Each(func(_ int, s *goquery.Selection) {
		form.Add(s.AttrOr("name", ""), s.AttrOr("value", ""))
	})
	b.page.Find("form.guichet input[name=jour][checked]").Each(func(_ int, s *goquery.Selection) { ticked[s.AttrOr("value", "")] = true })
	form.Del("_csrf")
	form.Set("compte", b.page.Find("#compte option").First().AttrOr("value", ""))
	for _, d := range days {
		switch {
		case strings.HasPrefix(d, "-"):
			delete(ticked, d[1:])
		case strings.HasPrefix(d, "!"):
			form.Add("forcer", d[1:])
		case strings.Contains(d, "="):
			name, value, _ := strings.Cut(d, "=")
			form.Set(name, value)
		default:
			ticked[d] = true
		}
	}
	for d := range ticked {
		form.Add("jour", d)
	}
	return b.post(path, form)
}

func TestCounter(t *testing.T) {
	h := newHousehold(t)
	path := h.deskURL("DUPONT")
	b := h.staffed("PUJOL", portal.Manager)
	b.get(h.familyURL("DUPONT")).wantText("Réserver pour cette famille")
	b.get(path).want(200).wantText("Réserver pour ")
	page := fmt.Sprintf("%s?enfant=%d&mois=2026-11", path, h.amalia)
	box := func(day string) string { return fmt.Sprintf("%d:%d:%s", h.amalia, h.canteen, day) }
	late, fine, passed := box("2026-11-24"), box("2026-12-07"), box("2026-11-20")
	b.get(page).want(200).wantText("Réserver pour Amalia")
	if b.page.Find("input[value='"+late+"']").Length() != 1 || b.page.Find("input[value='"+passed+"']").Length() != 0 {
		t.Error("boxes of days to come, and of them only")
	}
	b.tick(path, "verifier").want(409).wantText("Rien n’a changé")
	b.get(page).tick(path, "verifier", fine, late).want(200).wantText("Ce qui sera fait").wantText("lundi 7 décembre, Cantine").wantText("Ce qui ne peut pas être fait").wantText("Faire quand même")
	if got := h.scalar("SELECT count(*) FROM movement"); got != "0" {
		t.Fatalf("a trial left %s movements", got)
	}
	if b.page.Find("input[value='"+late+"'][name=jour][checked]").Length() != 1 {
		t.Error("what cannot be done is not kept ticked")
	}
	b.tick(path, "enregistrer", fine, late, "!"+late).want(422).wantText("Dites en quelques mots pourquoi le délai est dépassé")
	b.tick(path, "enregistrer", fine, late, "!"+late, "motif=mère hospitalisée hier").want(303)
	b.follow().want(200).wantText("2 demandes enregistrées").wantText("Réservé hors délai").wantText("Reçu n° 2026-0001")
	b.get("/gestion/recus?numero=2026-0001").wantText("Saisi par la mairie").wantText("mère hospitalisée hier")
	b.get("/gestion/mouvements").wantText("saisi par la mairie")
	h.father.get("/suivi").wantText("par la mairie").wantText("Hors délai, accepté par la mairie : mère hospitalisée hier.")
	h.father.get("/recus/2026-0001").wantText("Saisi par la mairie").wantText("Réservé hors délai")
	h.father.get("/suivi/journal").wantText("la mairie")

	b.get(page + "&activite=" + fmt.Sprint(h.canteen)).want(200).wantText("Cantine")
	b.tick(path, "enregistrer", "-"+late).want(409).wantText("Rien n’a été enregistré")
	b.tick(path, "enregistrer", "!"+late, "motif=finalement avec sa tante").want(303)
	b.follow().want(200).wantText("Annulé")
	if got := h.scalar("SELECT count(*) FROM booking"); got != "1" {
		t.Errorf("%s bookings", got)
	}
	b.get(page + "&recu=2026-0099").want(404)
	b.get(page + "&activite=999").want(404)
	b.get(path + "?enfant=999").want(404)
}

func TestCounterOfAgents(t *testing.T) {
	h := newHousehold(t)
	path := h.deskURL("DUPONT")
	box := func(day string) string { return fmt.Sprintf("%d:%d:%s", h.amalia, h.canteen, day) }
	late := box("2026-11-24")
	b := h.staffed("SERRES", portal.Agent)
	b.get(fmt.Sprintf("%s?mois=2026-11&enfant=%d", path, h.amalia)).want(200).tick(path, "verifier", late).want(200).wantText("Un gestionnaire peut passer outre").wantNoText("quand même")
	b.tick(path, "enregistrer", "!"+late, "motif=mère hospitalisée hier").want(404)
	b.get(fmt.Sprintf("%s?mois=2026-12&enfant=%d", path, h.amalia)).tick(path, "enregistrer", box("2026-12-07")).want(303)
	b.follow().want(200).wantText("1 demande enregistrée").wantNoText("Voir le reçu")

	neighbour := h.neighbour()
	home := h.structure
	h.structure = neighbour
	stranger := h.staffed("LOPEZ", portal.Manager)
	h.structure = home
	stranger.get(path).want(404)
	stranger.get(path + "/papier").want(404)
	stranger.get("/gestion")
	stranger.post(path, url.Values{"compte": {"1"}, "jour": {late}}).want(404)
	h.father.get(path).want(404)
}

func TestPaperForms(t *testing.T) {
	h := newHousehold(t)
	b := h.staffed("SERRES", portal.Agent)
	b.get(h.deskURL("DUPONT") + "/papier?mois=2026-12").want(200).wantText("DUPONT Amalia").wantText("DUPONT Paolo").wantText(fmt.Sprintf("%s/reservations/%d?mois=2026-12", baseURL, h.amalia)).wantText("mar. 1")
	if got := b.page.Find("article.lettre svg.carre-code").Length(); got != 2 {
		t.Errorf("%d squares", got)
	}
	b.get(h.deskURL("DUPONT") + "/papier?mois=2027-08").want(200).wantText("Aucune activité n’est ouverte")
	b.get(views.PaperPath).want(200).wantText("Choisissez une classe et un mois")
	class := b.page.Find("#classe option").Eq(1).AttrOr("value", "")
	page := views.PaperPath + "?mois=2026-12&classe=" + class
	named := b.get(page + "&vierges=0").want(200).page.Find("article.lettre").Length()
	b.get(page).want(200).wantText("Nom et prénom de l’enfant :").wantText("Saisir les feuilles de la classe")
	if got := b.page.Find("article.lettre").Length(); named == 0 || got != named+1 {
		t.Errorf("%d sheets, %d of them with a name", got, named)
	}
	b.get(views.PaperPath + "?classe=999").want(404)
}

// TestCounterHours: an activity that asks hours asks them at the counter too, for the days that are added, where one can be;
// those of a day that is booked are seen and changed.
func TestCounterHours(t *testing.T) {
	h := newHousehold(t)
	setup, err := h.store.Setup(context.Background(), h.structure)
	if err != nil {
		t.Fatal(err)
	}
	centre := *setup.Activity(h.alsh)
	centre.AsksArrival, centre.AsksDeparture, centre.HourStep = true, true, 30
	if _, err := h.store.SaveActivity(context.Background(), centre); err != nil {
		t.Fatal(err)
	}
	b, path, id := h.staffed("SERRES", portal.Agent), h.deskURL("DUPONT"), fmt.Sprint(h.alsh)
	address := fmt.Sprintf("%s?enfant=%d&mois=", path, h.amalia)
	b.get(address + "2027-08").wantNoText("horaires des jours ajoutés")
	b.get(address + "2026-12").want(200).wantText("Mercredi : horaires des jours ajoutés").wantNoText("Horaires des jours réservés")
	if got := b.page.Find("select[name=arrivee-" + id + "], select[name=depart-" + id + "]").Length(); got != 2 {
		t.Errorf("%d choices of hours", got)
	}
	day := fmt.Sprintf("%d:%s:2026-12-09", h.amalia, id)
	b.tick(path, "enregistrer", day).want(303)
	if got := h.scalar("SELECT arrival || ' ' || departure FROM booking"); got != "07:30 18:30" {
		t.Errorf("booked from %s", got)
	}
	b.get(address + "2026-12").wantText("Horaires des jours réservés").wantText("7h30–18h30")
	if got := b.page.Find("select[name='arrivee-"+day+"'] option[selected]").AttrOr("value", ""); got != "07:30" {
		t.Errorf("arrives at %q", got)
	}
	b.tick(path, "verifier").want(409).wantText("Rien n’a changé")
	b.get(address+"2026-12").tick(path, "verifier", "arrivee-"+day+"=09:00").want(200).wantText("Horaires changés")
	if got := b.page.Find("details[open] select[name='arrivee-"+day+"'] option[selected]").AttrOr("value", ""); got != "09:00" {
		t.Errorf("what was typed is not kept: %q", got)
	}
	b.tick(path, "enregistrer", "arrivee-"+day+"=09:00").want(303)
	b.follow().want(200).wantText("Horaires changés")
	if got := h.scalar("SELECT arrival || ' ' || departure FROM booking"); got != "09:00 18:30" {
		t.Errorf("booked from %s", got)
	}
	h.father.get("/suivi").wantText("saisi par la mairie")
	// Hours that somebody else changes while the page is open are not put back by whoever did not touch them.
	other := fmt.Sprintf("%d:%s:2026-12-16", h.amalia, id)
	b.get(address + "2026-12")
	h.raw("UPDATE booking SET arrival = '08:00'")
	b.tick(path, "verifier", other).want(200)
	if got := b.page.Find("select[name='arrivee-"+day+"'] option[selected]").AttrOr("value", ""); got != "08:00" {
		t.Errorf("the page shows %q, which nobody wants any more", got)
	}
	b.tick(path, "enregistrer", other).want(303)
	if got := h.scalar("SELECT arrival FROM booking WHERE day = '2026-12-09'"); got != "08:00" {
		t.Errorf("put back to %s", got)
	}
	h.raw("DELETE FROM booking WHERE day = '2026-12-16'")
	b.get(address+"2026-12").tick(path, "enregistrer", "-"+day, "arrivee-"+day+"=10:00").want(303)
	if got := h.scalar("SELECT count(*) FROM booking"); got != "0" {
		t.Errorf("%s bookings after it was unticked", got)
	}
}

// TestCounterTogether: the days of brothers and sisters are ticked by weekday, and saved at once with one receipt.
func TestCounterTogether(t *testing.T) {
	h := newHousehold(t)
	b, path := h.staffed("SERRES", portal.Agent), h.deskURL("DUPONT")
	b.get(path + "?enfant=tous&mois=2026-12").want(200).wantText("Réserver pour tous les enfants").wantText("Mardis").wantNoText("Mercredis")
	b.tick(path, "enregistrer", "cocher=2").want(200)
	if got := h.scalar("SELECT count(*) FROM booking"); got != "0" {
		t.Fatal("ticking a weekday saved something")
	}
	if got := b.page.Find("input[name=jour][checked]").Length(); got != 6 {
		t.Fatalf("%d boxes are ticked, not the three Tuesdays of two children", got)
	}
	b.tick(path, "verifier").want(200).wantText("mardi 1er décembre, Amalia, Cantine").wantText("mardi 1er décembre, Paolo, Cantine")
	b.tick(path, "enregistrer").want(303)
	b.follow().want(200).wantText("6 demandes enregistrées")
	if got := h.scalar("SELECT count(*) || ' ' || count(DISTINCT child_id) FROM booking"); got != "6 2" {
		t.Errorf("%s bookings and children", got)
	}
	b.get(path + fmt.Sprintf("?enfant=tous&activite=%d&mois=2026-12", h.alsh)).want(200).wantText("Mercredis")
	b.get(path + "?enfant=tous&activite=999").want(404)
}

// TestCounterOfTheDay: once the service is over the counter books it no more; a manager notes who was there, and the family
// reads it.
func TestCounterOfTheDay(t *testing.T) {
	h := newHousehold(t)
	path := h.deskURL("DUPONT")
	today := fmt.Sprintf("%d:%d:2026-11-23", h.amalia, h.canteen)
	h.clock.Set(portal.MustDate("2026-11-23").At(portal.Clock(15, 0)))
	b := h.staffed("PUJOL", portal.Manager)
	b.get(fmt.Sprintf("%s?enfant=%d&mois=2026-11", path, h.amalia)).tick(path, "verifier", today).want(200).wantText("Le service du lundi 23 novembre est terminé depuis").wantText("Constater la présence").wantNoText("Appelez la mairie")
	b.tick(path, "enregistrer", "!"+today, "motif=a mangé sans être inscrit").want(303)
	b.follow().want(200).wantText("Présence constatée")
	father := h.browser().signIn(h.scalar("SELECT login FROM account WHERE id = ?", b.page.Find("#compte option[selected]").AttrOr("value", "")), goodPassword).want(303)
	father.get("/suivi").wantText("Présence constatée, saisie par la mairie après le service : a mangé sans être inscrit.").wantText("saisi par la mairie")
}

// TestCounterOfNothing: who cannot book anything is told so, with where it is put right.
func TestCounterOfNothing(t *testing.T) {
	h := newHousehold(t)
	setup, err := h.store.Setup(context.Background(), h.structure)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range setup.Activities {
		a.Audience.Grades = []string{"CM2"}
		if _, err := h.store.SaveActivity(context.Background(), a); err != nil {
			t.Fatal(err)
		}
	}
	b, path := h.staffed("SERRES", portal.Agent), h.deskURL("DUPONT")
	b.get(fmt.Sprintf("%s?enfant=%d", path, h.amalia)).want(200).wantText("Aucune activité n’est ouverte à Amalia")
	if got := b.page.Find(fmt.Sprintf("a[href='%s']", views.ChildPath(h.amalia))).Length(); got != 1 {
		t.Error("no way to the child's file")
	}
	b.get(path + "?enfant=tous").want(200).wantText("Aucune activité n’est ouverte aux enfants")
}

// TestPaperFull: a day without a place says so beside its box, and the sheet tells the rules of its own month only.
func TestPaperFull(t *testing.T) {
	h := newHousehold(t)
	h.raw("INSERT INTO cutoff_version (activity_id, first, rules, edited_at, published_at) SELECT activity_id, '2027-01-04', rules, edited_at, published_at FROM cutoff_version WHERE activity_id = ?", h.canteen)
	h.change(t, h.alsh, func(a *portal.Activity) {
		a.Counters = []portal.Counter{{Name: "Centre", Limited: true, Special: []portal.Capacity{{Day: portal.MustDate("2026-12-09"), Limited: true, Places: 3}}}}
	})
	b := h.staffed("SERRES", portal.Agent)
	b.get(h.deskURL("DUPONT") + "/papier?mois=2026-12").want(200).wantNoText("4 janvier")
	b.get(h.deskURL("DUPONT") + "/papier?mois=2027-01").want(200).wantText("À partir du lundi 4 janvier 2027")
	b.get(h.deskURL("DUPONT") + "/papier?mois=2026-12")
	row := func(day string) string {
		return strings.TrimSpace(b.page.Find("article.lettre").First().Find("tr").FilterFunction(func(_ int, tr *goquery.Selection) bool { return tr.Find("th").Text() == day }).Text())
	}
	if got := row("mer. 2"); !strings.HasSuffix(got, "complet") {
		t.Errorf("the second: %q", got)
	}
	if got := row("mer. 9"); strings.Contains(got, "complet") || got == "" {
		t.Errorf("the ninth: %q", got)
	}
}

// TestTypeAClass: the sheets of a class are typed one after the other, in the order in which they are printed; a sheet that
// cannot be done whole is not left.
func TestTypeAClass(t *testing.T) {
	h := newHousehold(t)
	b := h.staffed("SERRES", portal.Agent)
	h.raw("UPDATE child_class SET class_id = (SELECT min(class_id) FROM child_class)")
	class := h.scalar("SELECT min(class_id) FROM child_class")
	var order []string
	b.get(views.PaperPath + "?mois=2026-12&vierges=0&classe=" + class).page.Find("article.lettre h2").Each(func(_ int, s *goquery.Selection) { order = append(order, s.Text()) })
	if len(order) != 3 {
		t.Fatal(order)
	}
	at := b.page.Find("a:contains('Saisir les feuilles')").AttrOr("href", "")
	for i := range order {
		b.get(at).want(200).wantText(fmt.Sprintf("feuille %d sur 3", i+1)).wantText("Réserver pour " + strings.Fields(order[i])[1])
		path, _, _ := strings.Cut(at, "?")
		child := b.page.Find("input[name=enfant]").AttrOr("value", "")
		if i == 1 { // an empty sheet
			b.tick(path, "suivant").want(303)
		} else {
			b.tick(path, "suivant", fmt.Sprintf("%s:%d:2026-12-07", child, h.canteen)).want(303)
		}
		at = b.res.Header.Get("Location")
	}
	b.get(at).want(200).wantText("tout est saisi")
	if got := h.scalar("SELECT count(*) FROM booking"); got != "2" {
		t.Errorf("%s bookings", got)
	}
	late := fmt.Sprintf("%d:%d:2026-11-24", h.amalia, h.canteen)
	b.get(fmt.Sprintf("%s?enfant=%d&mois=2026-11&classe=%s", h.deskURL("DUPONT"), h.amalia, class)).want(200)
	b.tick(h.deskURL("DUPONT"), "suivant", late, fmt.Sprintf("%d:%d:2026-11-30", h.amalia, h.canteen)).want(303)
	b.follow().want(200).wantText("Impossible").wantText("Réserver pour Amalia")
}
