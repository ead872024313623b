package main

import (
	"net/http"
	"net/url"
	"testing"
)

// The screens of shared custody and of departures, with the first child of the demonstration that has two families.
func init() { moreScreens = append(moreScreens, custodyScreens) }

func custodyScreens(t testing.TB, d *demonstration) []screen {
	t.Helper()
	manager, admin := d.family(t, d.login(t, "gestionnaire", "")), d.family(t, d.login(t, "administrateur", ""))
	family, child := manager.familyWith(t, "Aussi dans la famille")
	first := manager.get(t, child+"/garde/modifier").Find("#premiere option").First().AttrOr("value", "")
	manager.post(t, child+"/garde", url.Values{"debut": {"2026-11-02"}, "rythme": {"paire"}, "premiere": {first}, "jour": {"4"}, "heure": {"16:30"}, "vacances": {"moities"}, "annees_paires": {first},
		"exception_du": {"2026-12-10"}, "exception_famille": {first}, "exception_motif": {"Spectacle de l’école"},
		"vu": {manager.get(t, child+"/garde/modifier").Find("input[name=vu]").AttrOr("value", "")}}, http.StatusSeeOther)
	cookie := manager.cookieOf()
	return []screen{
		{"gestion-garde", child + "/garde", cookie}, {"gestion-garde-modifier", child + "/garde/modifier", cookie}, {"gestion-enfant-garde", child, admin.cookieOf()},
		{"gestion-famille-depart", family, admin.cookieOf()}, {"gestion-effacer", family + "/effacer", admin.cookieOf()}, {"gestion-effacer-enfant", child + "/effacer", admin.cookieOf()},
		{"gestion-familles-archivees", "/gestion/familles?archives=1", cookie},
	}
}
