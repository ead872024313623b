package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// The screens of registrations for the year: ROGALLE Nathalie and MAURY Mathieu, who have some since the autumn.
func init() {
	moreScreens = append(moreScreens, func(t testing.TB, d *demonstration) []screen {
		mother := d.family(t, d.login(t, "parent", "ROGALLE Nathalie"))
		list := mother.get(t, "/inscriptions")
		form, _ := list.Find(`main nav a[href^="/inscriptions/nouvelle/"]`).Last().Attr("href")
		mother.register(t, form, url.Values{"debut": {"2026-11-30"}, "jour-lundi": {"1"}, "une_semaine_sur_deux": {"1"}})
		screens := []screen{{"inscriptions", "/inscriptions?enregistree=inscription", mother.cookieOf()}, {"inscription-nouvelle", form, mother.cookieOf()}}
		drop, ok := mother.get(t, "/inscriptions").Find(`form[action$="/abandonner"]`).First().Attr("action")
		if !ok {
			t.Fatal("nothing waits for the night")
		}
		screens = append(screens, screen{"inscription-en-attente", strings.Replace(drop, "abandonner", "arreter", 1), mother.cookieOf()})
		regular := d.family(t, d.login(t, "parent", "MAURY Mathieu"))
		for name, end := range map[string]string{"inscription-modifier": "modifier", "inscription-arreter": "arreter"} {
			path, ok := regular.get(t, "/inscriptions").Find(`main a[href$="/` + end + `"]`).First().Attr("href")
			if !ok {
				t.Fatalf("nothing to %s", end)
			}
			screens = append(screens, screen{name, path, regular.cookieOf()})
		}
		return append(screens, screen{"inscriptions-en-cours", "/inscriptions", regular.cookieOf()})
	})
}

// register sends the form of a registration with what its page holds.
func (f *family) register(t testing.TB, path string, fields url.Values) {
	t.Helper()
	f.get(t, path).Find("main form input[type=hidden]").Each(func(_ int, i *goquery.Selection) {
		fields.Set(i.AttrOr("name", ""), i.AttrOr("value", ""))
	})
	f.post(t, path, fields, http.StatusSeeOther)
}
