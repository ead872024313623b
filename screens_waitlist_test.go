package main

import (
	"regexp"
	"strings"
	"testing"
)

// waitingFamilies wait for ALSH VACANCES on 22 December, in their order: the first has an offer when the demonstration opens.
var waitingFamilies = []string{"DARDENNE Cédric", "TAP Cédric", "SALVAING Xavier", "PIQUEMAL François"}

var offerLink = regexp.MustCompile(`/places/[A-Za-z0-9_-]{43}`)

func init() {
	moreScreens = append(moreScreens, func(t testing.TB, d *demonstration) (list []screen) {
		nobody := d.family(t, d.login(t, "parent", "ORTET Xavier"))
		list = append(list, screen{"attente-vide", "/attente", nobody.cookieOf()})
		for _, name := range waitingFamilies { // whoever has the offer by now: nights may have passed
			f := d.family(t, d.login(t, "parent", name))
			page := f.get(t, "/attente")
			action, offered := page.Find("section.offre form").Attr("action")
			if leave, ok := page.Find(`main a[href^="/attente/quitter/"]`).Attr("href"); ok && !offered {
				return append(list, screen{"attente", "/attente", f.cookieOf()}, screen{"attente-quitter", leave, f.cookieOf()})
			}
			if offered {
				list = append(list, screen{"accueil-offre", "/accueil", f.cookieOf()}, screen{"attente-offre", "/attente", f.cookieOf()}, screen{"offre", action, f.cookieOf()},
					screen{"offre-lien", d.offerLink(t), nil})
			}
		}
		return list
	})
}

// offerLink reads the link of the newest mail that offers a place.
func (d *demonstration) offerLink(t testing.TB) string {
	t.Helper()
	clerk := d.family(t, d.login(t, "gestionnaire", ""))
	for path := "/gestion/courriels"; path != ""; {
		page := clerk.get(t, path)
		for _, a := range page.Find(`main table a[href^="/gestion/courriels/"]`).EachIter() {
			if strings.Contains(a.Text(), "Une place vous est proposée") {
				href, _ := a.Attr("href")
				return offerLink.FindString(clerk.get(t, href).Find("main").Text())
			}
		}
		path, _ = page.Find(`a[rel="next"]`).Attr("href")
	}
	t.Fatal("no mail offers a place")
	return ""
}
