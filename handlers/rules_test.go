package handlers

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"marelle/portal"
)

// change saves an activity of the household differently.
func (h *household) change(t *testing.T, id portal.ActivityID, how func(*portal.Activity)) {
	t.Helper()
	setup, err := h.store.Setup(context.Background(), h.structure)
	if err != nil {
		t.Fatal(err)
	}
	a := *setup.Activity(id)
	how(&a)
	if _, err := h.store.SaveActivity(context.Background(), a); err != nil {
		t.Fatal(err)
	}
}

// TestNotForThisChild: an activity that is not for a child is not among those offered, is refused by address with the reason,
// and a day of it that is booked keeps it in sight, with « Pourquoi ? ».
func TestNotForThisChild(t *testing.T) {
	h := newBusyHousehold(t)
	b := h.father
	camp := fmt.Sprintf("/reservations/%d/%d", h.amalia, h.evening)
	chips := func() string {
		return b.get(h.child() + "?mois=2026-12").page.Find(`nav[aria-label="Activité"]`).Text()
	}
	if !strings.Contains(chips(), "Soir") {
		t.Fatal(chips())
	}
	h.change(t, h.evening, func(a *portal.Activity) { a.Audience = portal.Audience{AgeFrom: 3, AgeTo: 4} })
	if strings.Contains(chips(), "Soir") {
		t.Errorf("offered all the same: %s", chips())
	}
	if home := b.get("/accueil").want(200).page.Find("main").Text(); strings.Contains(home, "Soir") {
		t.Error("offered on the first page")
	}
	const reason = "L’accueil du soir est pour les enfants de 3 à 4 ans."
	b.get(camp + "?mois=2026-12").want(403).wantText(reason)
	b.post(camp, url.Values{"jour": {"2026-12-03:1"}}).want(403).wantText(reason)
	b.htmx(true).post(camp, url.Values{"jour": {"2026-12-03:1"}}).want(409).wantText(reason)
	b.htmx(false)

	h.change(t, h.evening, func(a *portal.Activity) { a.Audience = portal.Audience{} })
	b.post(camp, url.Values{"jour": {"2026-12-03:1"}}).follow().want(200)
	b.post("/recapitulatif", hiddenOf(b.get("/recapitulatif"))).follow().want(200)
	h.change(t, h.evening, func(a *portal.Activity) { a.Audience = portal.Audience{AgeFrom: 3, AgeTo: 4} })
	b.get(camp+"?mois=2026-12").want(200).wantState("2026-12-03", "reserve").wantState("2026-12-04", "clos").wantText("Non concerné")
	b.get(camp + "?jour=2026-12-04").want(200).wantText(reason).wantText("Pourquoi ?").wantText("appelez la mairie si c’est une erreur")
	b.post(camp, url.Values{"jour": {"2026-12-03:0"}}).follow().wantState("2026-12-03", "retrait")
}

// TestAskedOfStaff: the recap, the receipt, the calendar and « Suivi » say that the town hall answers; the parent withdraws.
func TestAskedOfStaff(t *testing.T) {
	h := newBusyHousehold(t)
	b := h.father
	h.change(t, h.evening, func(a *portal.Activity) { a.Decided = true })
	evening := fmt.Sprintf("/reservations/%d/%d", h.amalia, h.evening)
	b.get(evening+"?mois=2026-12").want(200).wantState("2026-12-03", "libre").wantText("sur demande : la mairie répond").wantText("La mairie accepte ou refuse chaque demande.")
	b.htmx(true).post(evening, url.Values{"jour": {"2026-12-03:1"}}).want(200).wantText("La mairie doit accepter cette demande : vous aurez sa réponse par courriel.")
	b.htmx(false).post(evening, url.Values{"jour": {"2026-12-03:1"}}).follow().wantState("2026-12-03", "ajout").wantText("la mairie répondra, pas encore enregistré")
	b.get("/recapitulatif").want(200).wantText("La mairie répond")
	b.post("/recapitulatif", hiddenOf(b.get("/recapitulatif"))).follow().want(200).wantText("1 demande à la mairie.").
		wantText("La mairie répond à 1 demande par courriel ; aucune place n’est encore prise.").wantText("La mairie répond")
	b.get(evening+"?mois=2026-12").wantState("2026-12-03", "demande").wantText("Demandé")
	b.get(evening+"?jour=2026-12-03").want(200).wantText("La demande est chez la mairie").wantRow(h.amalia, h.evening, "demande")
	b.get(h.child() + "?mois=2026-12").want(200).wantText("Soir : demandé")
	b.get("/suivi").want(200).wantText("La mairie répond")
	b.post(evening, url.Values{"jour": {"2026-12-03:0"}}).follow().wantState("2026-12-03", "retrait")
	b.post("/recapitulatif", hiddenOf(b.get("/recapitulatif"))).follow().want(200).wantText("1 annulation")
	b.get(evening+"?mois=2026-12").wantState("2026-12-03", "libre")

	// Asked again, and refused with a reason: « Suivi » and the first page tell it.
	b.post(evening, url.Values{"jour": {"2026-12-04:1"}}).follow()
	b.post("/recapitulatif", hiddenOf(b.get("/recapitulatif"))).follow().want(200)
	_, err := h.store.Decide(context.Background(), h.structure, h.accountOf("DUPONT"), []portal.Decision{{Child: h.amalia, Activity: h.evening, Day: portal.MustDate("2026-12-04"), Verdict: portal.Refuse, Reason: "Les places vont d’abord aux parents qui travaillent."}})
	if err != nil {
		t.Fatal(err)
	}
	b.get("/suivi").want(200).wantText("Réponse de la mairie").wantText("Les places vont d’abord aux parents qui travaillent.").wantText("la mairie")
	b.get("/accueil").want(200).wantText("Demande refusée").wantText("Les places vont d’abord aux parents qui travaillent.")
}

// TestWeekAsAWhole: a click asks for the week, without JavaScript and with htmx, which gets the whole month.
func TestWeekAsAWhole(t *testing.T) {
	h := newBusyHousehold(t)
	b := h.father
	h.change(t, h.study, func(a *portal.Activity) { a.WholeWeek = true })
	study := fmt.Sprintf("/reservations/%d/%d", h.amalia, h.study)
	b.get(study + "?mois=2026-12").want(200).wantText("Réserver à la semaine entière.")
	b.post(study, url.Values{"jour": {"2026-12-03:1"}}).follow().wantState("2026-12-01", "ajout").wantState("2026-12-04", "ajout").wantText("Récapitulatif (4 ajouts)")
	b.post(study, url.Values{"jour": {"2026-12-04:0"}}).follow().wantState("2026-12-01", "libre").wantState("2026-12-03", "libre")
	b.htmx(true).post(study, url.Values{"jour": {"2026-12-03:1"}}).want(200).wantState("2026-12-01", "ajout").wantText("L’étude surveillée se réserve à la semaine entière : les jours du 30 novembre au 4 décembre sont ajoutés.")
	if got := b.res.Header.Get("HX-Retarget"); got != "#mois" {
		t.Errorf("retargeted to %q", got)
	}
	b.post(study, url.Values{"jour": {"2026-12-03:0"}, "depuis": {"panier"}}).want(200)
	if b.res.Header.Get("HX-Redirect") == "" {
		t.Error("the month is not drawn again")
	}
	b.post(h.child(), url.Values{"date": {"2026-12-03"}, "ligne": {h.line(h.study, "1")}}).want(200)
	if b.res.Header.Get("HX-Redirect") == "" {
		t.Error("the month behind the panel is not drawn again")
	}
	b.htmx(false).post("/recapitulatif", hiddenOf(b.get("/recapitulatif"))).follow().want(200).wantText("4 réservations")
}

// TestFewAndMany: how many days are still to choose is said at the click, and read in the recap.
func TestFewAndMany(t *testing.T) {
	h := newBusyHousehold(t)
	b := h.father
	h.change(t, h.evening, func(a *portal.Activity) { a.LeastDays, a.MostDays = 2, 3 })
	evening := fmt.Sprintf("/reservations/%d/%d", h.amalia, h.evening)
	b.get(evening + "?mois=2026-12").want(200).wantText("Réserver 2 jours au moins par semaine et 3 jours au plus par semaine.")
	b.htmx(true).post(evening, url.Values{"jour": {"2026-12-07:1"}}).want(200).wantText("Encore 1 jour à choisir du 7 au 11 décembre : l’accueil du soir se réserve 2 jours au moins par semaine.")
	b.htmx(false).get("/recapitulatif").want(200).wantText("du 7 au 11 décembre n’y seraient que pour 1 jour")
	for _, day := range []string{"2026-12-08", "2026-12-10"} {
		b.post(evening, url.Values{"jour": {day + ":1"}}).follow().want(200)
	}
	b.post(evening, url.Values{"jour": {"2026-12-11:1"}}).want(409).wantText("L’accueil du soir se réserve 3 jours au plus par semaine, et votre enfant les a déjà du 7 au 11 décembre.")
	b.get(evening + "?jour=2026-12-11").want(200).wantText("3 jours au plus par semaine")
	b.post("/recapitulatif", hiddenOf(b.get("/recapitulatif"))).follow().want(200).wantText("3 réservations")
}
