package handlers

import (
	"net/url"
	"testing"
)

// tool reads the value of a quick tool on the page.
func (b *browser) tool(set string, n int) string {
	value, _ := b.page.Find(`button[data-ensemble="` + set + `"]`).Eq(n).Attr("value")
	return value
}

func TestQuickTools(t *testing.T) {
	h := newHousehold(t)
	b := h.father
	path := h.path(h.canteen)
	b.get(path + "?mois=2026-12").want(200).wantText("Réserver tout le mois").wantText("Jeudi : réserver tous les jeudis")

	// A week, with htmx: one request, the whole month as it is now.
	week := b.tool("semaine", 1)
	if week != "2026-12/semaine/2026-12-07:1" {
		t.Fatalf("the tool of the second week is %q", week)
	}
	b.htmx(true).post(path+"?mois=2026-12", url.Values{"ensemble": {week}}).want(200).wantText("4 jours ajoutés.").wantText("Récapitulatif (4 ajouts)")
	b.wantState("2026-12-07", "ajout").wantState("2026-12-11", "ajout").wantState("2026-12-09", "ferme").wantState("2026-12-14", "libre")
	// Twice is harmless: the button carries the wished end.
	b.post(path+"?mois=2026-12", url.Values{"ensemble": {week}}).want(200).wantText("Aucun jour changé.").wantState("2026-12-07", "ajout")
	b.htmx(false).get(path + "?mois=2026-12")
	if got := b.tool("semaine", 1); got != "2026-12/semaine/2026-12-07:0" {
		t.Errorf("booked, the week would be %q", got)
	}

	// A column without JavaScript: the first Thursday is free, so all Thursdays become booked.
	b.post(path, url.Values{"ensemble": {b.tool("colonne", 2)}}).follow().want(200).wantText("2 jours ajoutés.").wantState("2026-12-03", "ajout").wantState("2026-12-17", "ajout")
	// The month: its first day that can be changed (1 December) is free, so the rest is booked too.
	b.post(path, url.Values{"ensemble": {b.tool("mois", 0)}}).follow().want(200).wantText("jours ajoutés.").wantState("2026-12-01", "ajout").wantState("2026-12-18", "ajout").wantState("2026-12-21", "ferme")
	b.post(path, url.Values{"ensemble": {b.tool("mois", 0)}}).follow().want(200).wantText("jours retirés de vos demandes.").wantState("2026-12-01", "libre")

	// Late days stay what they are, and are named.
	b.get(path+"?mois=2026-11").post(path, url.Values{"ensemble": {b.tool("mois", 0)}}).follow().want(200)
	b.wantText("1 jour ajouté.").wantText("3 jours hors délai laissés de côté : mardi 24, jeudi 26 et vendredi 27.").wantText("mardi 24").wantState("2026-11-30", "ajout").wantState("2026-11-24", "clos")

	for _, bad := range []string{"x", "2026-12/semaine/2026-12-07", "2026-12/semaine/2026-11-02:1", "2026-12/colonne/9:1", "2026-13/mois/:1", "2026-12/annee/:1", "2026-12/mois/:2"} {
		b.post(path, url.Values{"ensemble": {bad}}).want(422).wantText("Cet ensemble de jours n’est pas compris.")
	}
	b.post("/reservations/424242/1", url.Values{"ensemble": {"2026-12/mois/:1"}}).want(404)
	// What was done is told from the base: an address made by hand tells nothing.
	b.get(path + "?mois=2026-12&fait=9999").want(200).wantNoText("jours ajoutés.")
}
