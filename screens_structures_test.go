package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func init() { moreScreens = append(moreScreens, structureScreens) }

// structureScreens are the settings of the structure as its administrator sees them. Nothing of the demonstration changes.
func structureScreens(t testing.TB, d *demonstration) []screen {
	t.Helper()
	chief := d.family(t, d.login(t, "administrateur", ""))
	cookie := chief.cookieOf()
	list := []screen{{"reglages", "/gestion/reglages", cookie}}
	add := func(name, path string) { list = append(list, screen{name, path, cookie}) }
	for _, path := range []string{"/gestion/reglages/structure", "/gestion/reglages/structure/nouvelle", "/gestion/reglages/apparence", "/gestion/reglages/ecoles", "/gestion/reglages/annees", "/gestion/reglages/calendrier"} {
		add(strings.ReplaceAll(strings.TrimPrefix(path, "/gestion/"), "/", "-"), path)
	}
	school, _ := chief.get(t, "/gestion/reglages/ecoles").Find("main h2 a").First().Attr("href")
	add("reglages-ecole", school)
	add("reglages-reunir", strings.Split(school, "?")[0]+"/reunir")
	class, _ := chief.get(t, school).Find("main dl a").First().Attr("href")
	add("reglages-classe", class)
	year, _ := chief.get(t, "/gestion/reglages/annees").Find(`main dl a[href^="/gestion/reglages/annees/"]`).First().Attr("href")
	add("reglages-annee", year)
	page := chief.get(t, "/gestion/reglages/calendrier")
	base, _ := page.Find(`main a[href$="/fermetures"]`).Attr("href")
	base = strings.TrimSuffix(base, "/fermetures")
	for _, name := range []string{"", "/vacances", "/vacances?depuis=officielles", "/fermetures", "/import"} {
		add("reglages-calendrier-annee"+strings.NewReplacer("/", "-", "?", "-", "=", "-").Replace(name), base+name)
	}
	return list
}

// TestStructureScreens runs axe-core on these screens, and on those that only a form shows: what a change touches, what is
// wrong, the colour tried.
func TestStructureScreens(t *testing.T) {
	d := startDemo(t)
	list := structureScreens(t, d)
	for _, size := range [][2]int64{{390, 844}, {1280, 900}, {320, 640}} {
		for _, theme := range []string{"light", "dark"} {
			if size[0] == 320 && theme == "dark" {
				continue // the same layout, the colours are checked at 390
			}
			v := d.visit(t, size[0], size[1])
			v.theme(theme)
			for _, s := range list {
				v.look(s)
				v.wantAccessible(s.name)
			}
			v.look(screen{path: list[0].path, who: list[0].who})
			base := strings.TrimSuffix(list[len(list)-1].path, "/import")
			v.open(base + "/fermetures")
			v.fill("#nom-2", "pont de l’école")
			v.setValue("#du-2", "2026-12-01")
			v.clickTo(`main form button[value="enregistrer"]`)
			v.wantText("main", "Des réservations tombent sur des jours qui ferment")
			v.wantAccessible("ce qu’une fermeture touche")
			v.setValue("#au-2", "2026-11-01")
			v.clickTo(`main form button[value="enregistrer"]`)
			v.wantText("main", "Échangez les deux dates.")
			v.wantAccessible("dates à corriger")
			v.open("/gestion/reglages/apparence")
			v.setValue("#couleur", "#7a1f3d")
			v.clickTo(`main form button[value="apercu"]`)
			v.wantText("main", "rien n’est encore enregistré")
			v.wantAccessible("une autre couleur")
		}
	}
}

// TestSwitchingStructures: who sees two structures goes from one to the other, and finds in each its own settings only.
func TestSwitchingStructures(t *testing.T) {
	d := startDemo(t)
	chief := d.family(t, d.login(t, "administrateur", ""))
	form := chief.get(t, "/gestion/reglages/structure/nouvelle").Find("main form").First()
	key, _ := form.Find(`[name="cle"]`).Attr("value")
	chief.post(t, "/gestion/reglages/structure/nouvelle", url.Values{"cle": {key}, "nom": {"SIVOM du Salat"}, "zone": {"A"}, "territoire": {"metropole"}, "nuit": {"01:30"}, "matin": {"07:30"}}, http.StatusSeeOther)
	if got, _ := chief.get(t, "/gestion/reglages/structure").Find("#nom").Attr("value"); got != "SIVOM du Salat" {
		t.Errorf("the new structure is not shown: %q", got)
	}
	if text := chief.get(t, "/gestion/reglages/ecoles").Find("main h2 a").Text(); strings.Contains(text, "Jean-Jaurès") {
		t.Error("the schools of another structure are shown")
	}
	chief.post(t, "/structure", url.Values{"structure": {"1"}}, http.StatusSeeOther)
	if text := chief.get(t, "/gestion/reglages/ecoles").Find("main h2 a").Text(); !strings.Contains(text, "Jean-Jaurès") {
		t.Error("the schools of the first structure are gone")
	}
}
