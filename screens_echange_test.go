package main

import (
	"strings"
	"testing"
)

// The screens of exchanges, with the child that two families of the demonstration share: SALVAING Julie proposed, BERNADAC
// Olivier is to answer.
func init() { moreScreens = append(moreScreens, exchangeScreens) }

func exchangeScreens(t testing.TB, d *demonstration) []screen {
	t.Helper()
	father, mother := d.family(t, d.login(t, "parent", "BERNADAC Olivier")), d.family(t, d.login(t, "parent", "SALVAING Julie"))
	manager := d.family(t, d.login(t, "gestionnaire", ""))
	list := father.get(t, "/echanges")
	form := list.Find(`main a[href^="/echanges/nouveau/"]`).AttrOr("href", "")
	child := strings.TrimPrefix(form, "/echanges/nouveau/")
	proposal := list.Find(`main .delais a[href^="/echanges/"]`).AttrOr("href", "")
	if child == "" || proposal == "" {
		t.Fatalf("no proposal is there: %q %q", form, proposal)
	}
	cookie := father.cookieOf()
	return []screen{
		{"echanges", "/echanges", cookie}, {"echange-a-repondre", proposal, cookie}, {"echange-propose", proposal, mother.cookieOf()}, {"echange-nouveau", form + "?jour=2026-12-10", cookie},
		{"accueil-echange", "/accueil", cookie}, {"calendrier-autre-parent", "/reservations/" + child + "?mois=2026-12", cookie}, {"jour-autre-parent", "/reservations/" + child + "?jour=2026-12-10", cookie},
		{"profil-garde", "/profil/enfants", cookie}, {"gestion-garde-echange", "/gestion/enfants/" + child + "/garde", manager.cookieOf()},
	}
}
