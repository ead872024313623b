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

// annual lets the household's activities be registered for the year; the Wednesday centre asks when children leave.
func annual(t *testing.T) *household {
	t.Helper()
	h := newHousehold(t)
	setup, err := h.store.Setup(context.Background(), h.structure)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range setup.Activities {
		a.Annual, a.NoticeDays = true, 2
		if a.ID == h.alsh {
			a.AsksDeparture, a.HourStep, a.AsksArrival = true, 30, true
		}
		if _, err := h.store.SaveActivity(context.Background(), a); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// tonight runs the night of a date; the father comes back after it.
func (h *household) tonight(date string) {
	h.t.Helper()
	day := portal.MustDate(date)
	h.clock.Set(day.At(portal.Clock(1, 16)))
	if _, err := h.store.Transmit(context.Background(), h.structure, day); err != nil {
		h.t.Fatal(err)
	}
	h.comeBack()
}

// comeBack signs the father in again: his session ended while the clock moved.
func (h *household) comeBack() {
	h.t.Helper()
	h.father.signIn(h.scalar("SELECT login FROM account WHERE last_name = 'DUPONT'"), goodPassword).want(303)
}

// typed gives the one-time key of the form on the page, with what a family types into it.
func (b *browser) typed(fields ...string) url.Values {
	form := url.Values{"cle": {b.page.Find(`main input[name=cle]`).AttrOr("value", "")}}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return form
}

func TestRegistrationJourney(t *testing.T) {
	h := annual(t)
	b := h.father
	form := views.NewRegistrationPath(h.amalia, h.canteen)
	b.get("/inscriptions").want(200).wantText("Aucune inscription à l’année pour Amalia.")
	b.get(form).want(200).wantText("Début : au plus tôt le mercredi 25 novembre (2 jours de délai). Pour changer les 2 prochains jours, utilisez le calendrier.").
		wantText("Sans date, l’inscription continue l’année suivante.").wantText("La date de début doit tomber dans la première semaine de présence.")
	if got := b.page.Find(`#debut`).AttrOr("min", ""); got != "2026-11-25" {
		t.Errorf("the date begins at %q", got)
	}
	if b.page.Find(`[name="jour-mercredi"]`).Length() != 0 {
		t.Error("Wednesday can be ticked, and the canteen never opens then")
	}
	asked := b.typed("debut", "2026-11-30", "jour-lundi", "1", "jour-jeudi", "1", "une_semaine_sur_deux", "1")

	// The dates, with htmx and without: nothing is recorded.
	b.htmx(true).post(form, asked).want(200).wantText("Premières semaines : 30 novembre, 14 décembre, 11 janvier.").wantText("Rien n’est encore enregistré.")
	if strings.Contains(b.body, "<form") || !strings.Contains(b.body, `hx-target="#annonce"`) {
		t.Errorf("no fragment:\n%s", b.body)
	}
	b.wantText("jours fermés ne seront pas réservés.").wantText("Vacances de Noël").wantText("Les jours sont réservés jusqu’au vendredi 2 juillet 2027 pour le moment")
	look := url.Values{"apercu": {"1"}}
	for name, value := range asked {
		look[name] = value
	}
	b.htmx(false).post(form, look).want(200).wantText("Décembre 2026").wantText("lun. 14, jeu. 17")
	if got := b.page.Find(`input[name=cle]`).AttrOr("value", ""); got != asked.Get("cle") || b.page.Find(`#debut`).AttrOr("value", "") != "2026-11-30" {
		t.Error("what was typed is lost")
	}
	if n := h.scalar("SELECT count(*) FROM registration"); n != "0" {
		t.Errorf("looking at the dates recorded %s registrations", n)
	}

	// Recorded once, however often it is sent.
	b.post(form, asked).wantTo("/inscriptions?enregistree=inscription")
	b.post(form, asked).wantTo("/inscriptions?enregistree=inscription")
	if n := h.scalar("SELECT count(*) FROM registration"); n != "1" {
		t.Errorf("%s registrations", n)
	}
	b.get("/inscriptions?enregistree=inscription").want(200).wantText("Inscription enregistrée. Elle sera transmise cette nuit ; visible sur le calendrier et dans le suivi demain au plus tôt.").
		wantText("Lundi et jeudi, une semaine sur deux, à partir du 30 novembre 2026, sans date de fin.").wantText("Pas encore transmise").wantText("Abandonner cette demande").wantNoText("terminée")
	drop, _ := b.page.Find(`form[action$="/abandonner"]`).Attr("action")
	b.post(drop, url.Values{}).follow().want(200).wantText("Demande abandonnée. Vos réservations n’ont pas changé.")
	b.get(form)
	asked.Set("cle", b.typed().Get("cle"))
	b.post(form, asked).want(303)

	h.tonight("2026-11-24")
	b.get("/inscriptions").want(200).wantText("À venir").wantNoText("Abandonner")
	b.get(h.path(h.canteen)+"?mois=2026-12").wantState("2026-12-14", "reserve").wantState("2026-12-07", "libre")
	b.get("/suivi").want(200).wantText("Inscription à l’année.").wantText("Transmise")

	// A second one at the same dates leads to the first.
	b.get(form)
	b.post(form, b.typed("debut", "2026-12-01", "jour-mardi", "1")).want(409).wantText("Amalia a déjà une inscription à l’année à ces dates pour la cantine. Modifiez-la au lieu d’en faire une autre.").wantText("Voir et modifier l’inscription")
	if !b.page.Find(`[name="jour-mardi"]`).Is("[checked]") {
		t.Error("what was ticked is lost")
	}

	// A change, with what it cancels; a day changed by hand stays.
	b.post(h.path(h.canteen), url.Values{"jour": {"2026-12-14:0"}}).want(303)
	b.get("/recapitulatif")
	b.post("/recapitulatif", url.Values{"cle": {b.page.Find("#valider input[name=cle]").AttrOr("value", "")}, "version": {b.page.Find("#valider input[name=version]").AttrOr("value", "")}}).want(303)
	h.tonight("2026-11-25")
	id := h.id("SELECT id FROM registration")
	change := fmt.Sprintf("/inscriptions/%d/modifier", id)
	b.get(change).want(200).wantText("Lundi et jeudi, une semaine sur deux, à partir du 30 novembre 2026, sans date de fin.").wantText("Les semaines de présence restent les mêmes, sauf si vous les échangez.")
	if !b.page.Find(`[name="une_semaine_sur_deux"]`).Is("[checked]") || !b.page.Find(`[name="jour-lundi"]`).Is("[checked]") {
		t.Error("the form does not show how the registration stands")
	}
	weekly := b.typed("debut", "2026-12-07", "jour-lundi", "1", "fin", "2026-12-18")
	b.htmx(true).post(change, weekly).want(200).wantText("1 jour à réserver et").wantText("Réservations à annuler").wantNoText("Premières semaines").wantNoText("jours sont réservés jusqu’au")
	b.htmx(false).post(change, weekly).wantTo("/inscriptions?enregistree=changement")
	b.get("/inscriptions?enregistree=changement").wantText("À partir du 7 décembre 2026 : lundi, jusqu’au 18 décembre 2026. Cette demande sera transmise cette nuit").wantNoText("Modifier")
	held := "Jusqu’à demain 1 h 15, cette inscription ne peut être ni modifiée ni arrêtée : une demande attend déjà la nuit. Revenez ensuite, ou abandonnez cette demande pour en faire une autre."
	b.wantText(held)
	for _, act := range []string{"modifier", "arreter"} {
		b.get(fmt.Sprintf("/inscriptions/%d/%s", id, act)).want(200).wantText(held).wantText("À partir du 7 décembre 2026 : lundi, jusqu’au 18 décembre 2026.").wantText("Abandonner cette demande").wantText("Revenir à la liste")
		if b.page.Find(`main input[name=debut]`).Length() != 0 || b.page.Find("h1").Text() == "" {
			t.Errorf("%s: the form stands there all the same", act)
		}
	}
	b.post(fmt.Sprintf("/inscriptions/%d/arreter", id), url.Values{"cle": {"ouverte-avant"}, "debut": {"2026-12-01"}}).want(409).wantText(held)
	h.tonight("2026-11-26")
	b.get(h.path(h.canteen)+"?mois=2026-12").wantState("2026-12-03", "reserve").wantState("2026-12-07", "reserve").wantState("2026-12-14", "libre").wantState("2026-12-17", "libre")
	b.get("/inscriptions").wantText("À partir du 7 décembre 2026 : lundi, jusqu’au 18 décembre 2026.")

	// The end.
	stop := fmt.Sprintf("/inscriptions/%d/arreter", id)
	b.get(stop).want(200).wantText("Arrêt : au plus tôt le samedi 28 novembre (2 jours de délai).")
	b.post(stop, b.typed("debut", "2026-11-27")).want(422).wantText("La date d’arrêt doit être le samedi 28 novembre ou après.")
	b.post(stop, b.typed("debut", "2026-11-30", "apercu", "1")).want(200).wantText("3 jours à annuler.")
	b.post(stop, b.typed("debut", "2026-11-30")).wantTo("/inscriptions?enregistree=arret")
	b.get("/inscriptions?enregistree=arret").wantText("Arrêt enregistré.").wantText("Arrêt à partir du 30 novembre 2026. Cette demande sera transmise cette nuit")
	h.clock.Set(portal.MustDate("2026-11-27").At(portal.Clock(1, 15))) // the night has come and has not run yet
	h.comeBack()
	b.get("/inscriptions").wantText("est en cours de transmission").wantText("Revenez dans quelques minutes.").wantNoText("bandonner").wantNoText("bandonnez")
	b.get(stop).want(200).wantText("Une demande est en cours de transmission").wantText("Revenez dans quelques minutes.").wantNoText("bandonnez")
	b.post(fmt.Sprintf("/inscriptions/%d/abandonner", id), url.Values{}).want(409)
	h.tonight("2026-11-27")
	b.get("/inscriptions").wantText("1 inscription terminée").wantText("arrêtée avant d’avoir commencé")
	b.get(stop).wantTo("/inscriptions")
}

// TestRegistrationFaults: everything typed is kept, each fault stands beside its field and in the summary.
func TestRegistrationFaults(t *testing.T) {
	h := annual(t)
	b := h.father
	form := views.NewRegistrationPath(h.amalia, h.alsh)
	b.get(form).want(200)
	b.post(form, b.typed("debut", "2026-11-24", "fin", "2026-11-23", "une_semaine_sur_deux", "1", "arrivee", "08:00")).want(422).
		wantText("Il y a 4 points à corriger").wantText("Cochez au moins un jour.").wantText("La date de début doit être le mercredi 25 novembre ou après.").
		wantText("La date de fin doit être après la date de début.").wantText("Choisissez l’heure de départ.")
	for selector, want := range map[string]string{"#debut": "2026-11-24", "#fin": "2026-11-23", "#arrivee option[selected]": "08:00"} {
		if got := b.page.Find(selector).AttrOr("value", ""); got != want {
			t.Errorf("%s: %q", selector, got)
		}
	}
	if !b.page.Find(`[name="une_semaine_sur_deux"]`).Is("[checked]") || b.page.Find(`#debut[aria-invalid]`).Length() != 1 {
		t.Error("the form lost what was typed, or does not mark the field")
	}
	for _, href := range b.page.Find(".erreurs a").Map(func(_ int, a *goquery.Selection) string { return a.AttrOr("href", "") }) {
		if b.page.Find(href).Length() != 1 {
			t.Errorf("the summary leads to %s, which is not on the page", href)
		}
	}
	b.post(form, b.typed("debut", "demain", "jour-mercredi", "1", "depart", "99:99")).want(422).wantText("« demain » n’est pas une date.").wantText("n’est pas une heure")
	b.htmx(true).post(form, b.typed("debut", "2026-12-02")).want(200).wantText("Cochez au moins un jour.")
	b.htmx(false)
	b.get(form)
	b.post(form, b.typed("debut", "2026-12-02", "jour-mercredi", "1", "jour-jeudi", "1", "arrivee", "08:00", "depart", "17:00")).want(422).wantText("Le centre n’ouvre pas le jeudi. Décochez ce jour.")
	b.post(form, url.Values{"debut": {"2026-12-02"}, "jour-mercredi": {"1"}, "arrivee": {"08:00"}, "depart": {"17:00"}}).want(422).wantText("Ce formulaire est incomplet.")
}

// TestRegistrationOfAnotherFamily: absent and foreign are the same answer, for each thing that can be done.
func TestRegistrationOfAnotherFamily(t *testing.T) {
	h := annual(t)
	neighbour := h.parent("ORTET")
	ambre := portal.ChildID(h.id("SELECT id FROM child WHERE last_name = 'ORTET'"))
	form := views.NewRegistrationPath(ambre, h.canteen)
	neighbour.get(form)
	neighbour.post(form, neighbour.typed("debut", "2026-11-30", "jour-lundi", "1")).want(303)
	id := h.id("SELECT id FROM registration")
	b := h.father.get("/accueil")
	b.get(form).want(404)
	b.post(form, b.typed("debut", "2026-11-30", "jour-lundi", "1")).want(404)
	for _, act := range []string{"modifier", "arreter"} {
		path := fmt.Sprintf("/inscriptions/%d/%s", id, act)
		b.get(path).want(404)
		b.post(path, url.Values{"cle": {"une-cle-inventee"}, "debut": {"2026-11-30"}}).want(404)
	}
	b.post(fmt.Sprintf("/inscriptions/%d/abandonner", id), url.Values{}).want(404)
	b.get("/inscriptions/zero/modifier").want(404)
	if n := h.scalar("SELECT count(*) FROM registration_version"); n != "1" {
		t.Errorf("%s requests", n)
	}
}

// TestFullDaysInThePreview: full days, those booked by hand and those cancelled by hand are told before saving.
func TestFullDaysInThePreview(t *testing.T) {
	h := annual(t)
	neighbour := h.parent("ORTET")
	ambre := h.id("SELECT id FROM child WHERE last_name = 'ORTET'")
	wednesdays := fmt.Sprintf("/reservations/%d/%d", ambre, h.alsh)
	neighbour.get(wednesdays).post(wednesdays, url.Values{"jour": {"2026-12-02:1"}}).want(303)
	neighbour.get("/recapitulatif")
	neighbour.post("/recapitulatif", url.Values{"cle": {"cle-du-voisin"}, "version": {"1"}}).want(303)
	b := h.father
	form := views.NewRegistrationPath(h.amalia, h.alsh)
	b.get(h.path(h.alsh)).post(h.path(h.alsh), url.Values{"jour": {"2026-12-09:1"}}).want(303)
	b.post("/recapitulatif", url.Values{"cle": {"cle-du-pere"}, "version": {"1"}}).want(303)
	b.get(form)
	typed := b.typed("debut", "2026-12-01", "fin", "2026-12-18", "jour-mercredi", "1", "arrivee", "08:00", "depart", "17:00")
	b.htmx(true).post(form, typed).want(200).wantText("1 jour à réserver.").wantText("1 jour complet, qui ne pourra pas être réservé : mer. 2 déc.").wantText("1 jour réservé à la main reste comme il est : mer. 9 déc.")
	a, err := h.store.Setup(context.Background(), h.structure)
	if err != nil {
		t.Fatal(err)
	}
	centre := *a.Activity(h.alsh)
	centre.Waitlist = true
	if _, err := h.store.SaveActivity(context.Background(), centre); err != nil {
		t.Fatal(err)
	}
	b.post(form, typed).want(200).wantText("1 jour complet : votre enfant sera sur la liste d’attente : mer. 2 déc.")
}

// TestDaysNotOpenYetInThePreview: days that wait for a booking window are told with the instant at which it opens.
func TestDaysNotOpenYetInThePreview(t *testing.T) {
	h := annual(t)
	setup, err := h.store.Setup(context.Background(), h.structure)
	if err != nil {
		t.Fatal(err)
	}
	canteen := *setup.Activity(h.canteen)
	canteen.Windows = []portal.Window{
		{Name: "Automne", First: portal.MustDate("2026-09-01"), Last: portal.MustDate("2027-01-03"), Opens: portal.MustDate("2026-08-01").At(portal.Clock(8, 0))},
		{Name: "Hiver", First: portal.MustDate("2027-01-04"), Last: portal.MustDate("2027-01-22"), Opens: portal.MustDate("2026-12-10").At(portal.Clock(8, 0))},
	}
	if _, err := h.store.SaveActivity(context.Background(), canteen); err != nil {
		t.Fatal(err)
	}
	b := h.father
	form := views.NewRegistrationPath(h.amalia, h.canteen)
	b.get(form)
	b.htmx(true).post(form, b.typed("debut", "2026-12-07", "fin", "2027-01-29", "jour-lundi", "1")).want(200).wantText("2 jours à réserver.").
		wantText("4 jours attendent l’ouverture des réservations de leur période : ils seront réservés d’eux-mêmes la nuit suivante.").
		wantText("Ouverture le jeudi 10 décembre 2026 à 8 h : lun. 4 janv., lun. 11 janv. et lun. 18 janv.").
		wantText("Ouverture pas encore annoncée : lun. 25 janv.").wantNoText("approchera")
	b.post(form, b.typed("debut", "2027-01-04", "jour-lundi", "1")).want(200).wantText("Aucun jour ne change pour le moment.").wantText("jours attendent l’ouverture").
		wantText("Les jours ouverts aux réservations sont réservés jusqu’au vendredi 2 juillet 2027 pour le moment").wantNoText("approchera")
}

// TestNoChildToRegister: an account without children is told what to do.
func TestNoChildToRegister(t *testing.T) {
	h := annual(t)
	h.raw("DELETE FROM family_child WHERE family_id IN (SELECT family_id FROM guardian WHERE account_id = ?)", h.accountOf("ORTET"))
	h.parent("ORTET").get("/inscriptions").want(200).wantText("Aucun enfant n’est rattaché à votre compte.")
}
