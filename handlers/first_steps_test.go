package handlers

import (
	"slices"
	"strings"
	"testing"

	"marelle/portal"
	"marelle/views"
)

// steps reads the first steps of the settings page: « title: state ».
func (b *browser) steps() (list []string) {
	for _, li := range b.page.Find("main ol li").EachIter() {
		list = append(list, li.Find("strong").Text()+" : "+strings.TrimSpace(li.Find(".badge").Text()))
	}
	return list
}

// TestFirstSteps: on an empty base « Réglages » leads step by step to the first booking; what is done is ticked, what is not
// needed is only to be read again, and the list goes once families can book.
func TestFirstSteps(t *testing.T) {
	w := newWorld(t)
	b := w.staffed("ROUCH", portal.Administrator)
	b.get("/gestion").want(200).wantText("« Réglages » dit par où commencer, pas à pas.")
	b.get(settingsPath).want(200).wantText("Encore 3 étapes avant la première réservation.")
	want := []string{"La structure : fait", "Le calendrier : fait", "Les enfants : à faire", "Les activités : à faire", "Les places : à relire", "Les délais : à relire", "Les textes : à relire", "L’équipe : à relire", "Les lettres : à faire"}
	if got := b.steps(); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	for _, link := range b.page.Find("main ol a").EachIter() {
		w.browserOf(b).get(link.AttrOr("href", "")).want(200)
	}
	w.raw("UPDATE structure SET phone = '' WHERE id = ?", w.structure)
	b.get(settingsPath).wantText("Encore 4 étapes")
	w.raw("UPDATE structure SET phone = '05 61 00 00 00' WHERE id = ?", w.structure)

	manager := w.staffed("PUJOL", portal.Manager)
	if got := manager.get(settingsPath).want(200).steps(); slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "L’équipe") }) {
		t.Errorf("a manager is sent to the team: %q", got)
	}
	if got := b.get(settingsPath).steps(); got[7] != "L’équipe : fait" {
		t.Errorf("a colleague came: %q", got)
	}
	w.roll(twoPupils, twoGuardians)
	meal := manager.model("cantine", "places", "60")
	manager.get(settingsPath).wantText("Encore 1 étape avant la première réservation.")
	manager.get(meal + "/delais/modifier?cas=reserver-internet-0")
	manager.post(meal+"/delais/modifier", manager.rule("jours", "1", "heure", "9 h", "jour", "jeudi", "semaines", "1")).want(303)
	seen := manager.get(meal+"/delais").page.Find(`#publier [name="vu"]`).First().AttrOr("value", "")
	manager.post(meal+"/delais/publier", map[string][]string{"vu": {seen}, "a_partir": {"2026-11-23"}}).want(303)
	if got := manager.get(settingsPath).steps(); got[4] != "Les places : fait" || got[5] != "Les délais : fait" || got[6] != "Les textes : à relire" {
		t.Errorf("got %q", got)
	}
	seen = manager.get("/gestion/lettres").page.Find(`main form [name="vu"]`).AttrOr("value", "")
	manager.post("/gestion/lettres", map[string][]string{"qui": {"tous"}, "forme": {"page"}, "vu": {seen}}).want(200)
	manager.get(settingsPath).wantNoText("Mise en place")

	// A neighbour that has just come begins at the beginning.
	other, err := w.store.CreateStructure(t.Context(), portal.Structure{Name: "Mairie voisine", Zone: "", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	w.structure = other
	c := w.staffed("ZVOISIN", portal.Administrator)
	if got := c.get(settingsPath).wantText("Encore 5 étapes").steps(); len(got) != len(views.NewFirstSteps(portal.Begun{}, func(string) bool { return true }).Steps) {
		t.Errorf("got %q", got)
	}
}
