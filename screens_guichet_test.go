package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The screens of the counter: the family BENALI, looked at only; nothing is booked for it here.
func init() {
	moreScreens = append(moreScreens, counterScreens)
}

func counterScreens(t testing.TB, d *demonstration) []screen {
	t.Helper()
	manager, agent := d.family(t, d.login(t, "gestionnaire", "")), d.family(t, d.login(t, "agent", ""))
	family, _ := manager.get(t, "/gestion/familles?q=benali").Find("#resultats th a").First().Attr("href")
	counter := strings.Replace(family, "/gestion/familles/", "/gestion/guichet/", 1)
	page := manager.get(t, counter+"?mois=2026-12")
	activity, _ := page.Find(`nav[aria-label="Activité"] a`).Eq(1).Attr("href")
	class, _ := manager.get(t, "/gestion/formulaires-papier").Find("#classe option").Eq(1).Attr("value")
	round, _ := manager.get(t, "/gestion/formulaires-papier?mois=2026-12&classe="+class).Find(`a[href*="classe="]`).Attr("href")
	return []screen{
		{"guichet", counter + "?mois=2026-12", manager.cookieOf()},
		{"guichet-novembre", counter + "?mois=2026-11", agent.cookieOf()},
		{"guichet-activite", activity, manager.cookieOf()},
		{"guichet-tous", counter + "?mois=2026-12&enfant=tous", agent.cookieOf()},
		{"guichet-classe", round, agent.cookieOf()},
		{"guichet-papier", counter + "/papier?mois=2026-12", manager.cookieOf()},
		{"guichet-papier-classe", "/gestion/formulaires-papier", manager.cookieOf()},
		{"guichet-papier-classe-pages", "/gestion/formulaires-papier?mois=2026-12&classe=" + class, manager.cookieOf()},
		{"guichet-recu", manager.typeDays(t, "laffont"), manager.cookieOf()},
	}
}

// typeDays ticks a day in time and one past its limit for a family, and gives the page that tells it.
func (f *family) typeDays(t testing.TB, name string) string {
	t.Helper()
	family, _ := f.get(t, "/gestion/familles?q="+name).Find("#resultats th a").First().Attr("href")
	counter := strings.Replace(family, "/gestion/familles/", "/gestion/guichet/", 1)
	page := f.get(t, counter+"?mois=2026-11")
	form := url.Values{"faire": {"enregistrer"}, "compte": {page.Find("#compte option").First().AttrOr("value", "")}}
	for _, field := range []string{"cle", "enfant", "mois"} {
		form.Set(field, page.Find("form.guichet input[name="+field+"]").AttrOr("value", ""))
	}
	for _, state := range []string{"libre", "clos"} {
		box, found := page.Find(`td[data-etat=` + state + `] input`).Last().Attr("value")
		if !found {
			t.Fatalf("no day is %s", state)
		}
		form.Add("jour", box)
	}
	return f.post(t, counter, form, http.StatusSeeOther)
}
