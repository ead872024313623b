package main

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/chromedp"

	"marelle/portal"
)

func init() { moreScreens = append(moreScreens, activityScreens) }

// activityScreens are the settings of activities and places of the administrator: every part, a form with faults, and a
// change that touches bookings. Nothing is saved.
func activityScreens(t testing.TB, d *demonstration) []screen {
	t.Helper()
	clerk := d.family(t, d.login(t, "administrateur", ""))
	cookie := clerk.cookieOf()
	const path = "/gestion/reglages/activites"
	page := clerk.get(t, path).Find("tbody th a")
	where := func(name string) string {
		return page.FilterFunction(func(_ int, s *goquery.Selection) bool { return s.Text() == name }).AttrOr("href", "")
	}
	camp, canteen := where("ALSH VACANCES"), where("RESTAURATION")
	if camp == "" || canteen == "" {
		t.Fatal("the activities of the demonstration are not in the list")
	}
	counter := clerk.get(t, "/gestion/reglages/places").Find("tbody th a").First().AttrOr("href", "")
	list := []screen{{"reglages", "/gestion/reglages", cookie}, {"activites", path, cookie}, {"activite-modeles", path + "/nouvelle", cookie}, {"activite-nouvelle", path + "/nouvelle?modele=cantine", cookie},
		{"activite", camp, cookie}, {"activite-apercu", camp + "/apercu?mois=2026-12", cookie}, {"activite-fermer", canteen + "/fermer", cookie},
		{"places", "/gestion/reglages/places", cookie}, {"compteur", counter, cookie}, {"compteur-nouveau", "/gestion/reglages/places/nouveau", cookie}}
	for _, p := range portal.ActivityParts {
		list = append(list, screen{"activite-" + string(p), camp + "/" + string(p), cookie})
	}
	return list
}

// TestSettingsOfActivitiesAreAccessible looks at the forms that come back: what is wrong, which bookings are touched, who
// else saved. They are answers to a form, that no address shows.
func TestSettingsOfActivitiesAreAccessible(t *testing.T) {
	d := startDemo(t)
	screens := activityScreens(t, d)
	var canteen string
	for _, s := range screens {
		if s.name == "activite-fermer" {
			canteen = s.path[:len(s.path)-len("/fermer")]
		}
	}
	for _, size := range [][2]int64{{390, 844}, {1280, 900}, {320, 640}} {
		for _, theme := range []string{"light", "dark"} {
			v := d.visit(t, size[0], size[1])
			v.theme(theme)
			v.look(screens[0])
			v.open(canteen + "/fermer")
			v.clickTo(`main form button.principal`)
			v.wantText("main", "à honorer")
			v.wantAccessible("activite-fermer-touche")
			v.open(canteen + "/horaires")
			v.do(chromedp.SetValue(chromedp.CSS("#fin"), "06:00"))
			v.clickTo(`main form button.principal`)
			v.wantText(".erreurs", "L’heure de fin doit être après l’heure de début.")
			v.wantAccessible("activite-horaires-fautes")
		}
	}
	other := d.family(t, d.login(t, "gestionnaire", ""))
	form := other.get(t, canteen+"/horaires")
	seen := form.Find("[name=vu]").AttrOr("value", "")
	v := d.visit(t, 390, 844)
	v.look(screens[0])
	v.open(canteen + "/horaires")
	other.post(t, canteen+"/horaires", url.Values{"vu": {seen}, "debut": {"11:40"}, "fin": {"13:30"}}, http.StatusSeeOther)
	v.do(chromedp.SetValue(chromedp.CSS("#debut"), "11:50"))
	v.clickTo(`main form button.principal`)
	v.wantText("main", "M. PUJOL Étienne a enregistré un changement")
	v.wantAccessible("activite-horaires-conflit")
}
