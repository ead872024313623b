package main

import "testing"

func init() { moreScreens = append(moreScreens, decisionScreens) }

// decisionScreens are those of the manager who decides and reorders; nothing is changed. The requests themselves are looked
// at by TestRequestsAreDecided, in a town of its own.
func decisionScreens(t testing.TB, d *demonstration) []screen {
	t.Helper()
	clerk := d.family(t, d.login(t, "gestionnaire", ""))
	list, _ := clerk.get(t, "/gestion/attente").Find(`main tbody tr:contains("Vacances") th a`).First().Attr("href")
	act, _ := clerk.get(t, list).Find(`main tbody td a:contains("Changer")`).First().Attr("href")
	child, _ := clerk.get(t, list).Find(`main tbody th a`).First().Attr("href")
	page, _ := clerk.get(t, "/gestion/reglages/priorites").Find(`main a:contains("VACANCES")`).First().Attr("href")
	if list == "" || act == "" || child == "" || page == "" {
		t.Fatalf("no list, no child or no activity: %q %q %q %q", list, act, child, page)
	}
	cookie := clerk.cookieOf()
	return []screen{{"decisions-demandes", "/gestion/demandes-a-decider", cookie}, {"decisions-attente", "/gestion/attente", cookie}, {"decisions-liste", list, cookie}, {"decisions-rang", act, cookie},
		{"decisions-priorites", "/gestion/reglages/priorites", cookie}, {"decisions-criteres", page, cookie}, {"decisions-enfant", child + "/priorites", cookie}}
}
