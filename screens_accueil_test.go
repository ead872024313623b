package main

import (
	"net/http"
	"net/url"
	"testing"
)

func init() { moreScreens = append(moreScreens, homeScreens) }

// homeScreens are the first page of families that nobody else uses (five children with nothing booked, a family that
// forgets, one that did not validate), the choice of reminders, and the messages of the town hall as managers see them.
func homeScreens(t testing.TB, d *demonstration) []screen {
	t.Helper()
	large := d.family(t, d.login(t, "parent", "BENALI Samira"))
	forgets := d.family(t, d.login(t, "parent", "LAFFONT Karine"))
	waits := d.family(t, d.login(t, "parent", "DIALLO Céline"))
	clerk := d.family(t, d.login(t, "gestionnaire", ""))
	message, _ := clerk.get(t, "/gestion/messages").Find("main table a").First().Attr("href")
	clerk.post(t, message+"/retirer", url.Values{}, http.StatusSeeOther)
	clerk.post(t, message+"/remettre", url.Values{}, http.StatusSeeOther)
	cookie := clerk.cookieOf()
	return []screen{
		{"accueil-famille-nombreuse", "/accueil", large.cookieOf()}, {"accueil-oubli", "/accueil", forgets.cookieOf()}, {"accueil-a-valider", "/accueil", waits.cookieOf()},
		{"rappels", "/profil/rappels", waits.cookieOf()}, {"rappels-enregistres", "/profil/rappels?enregistre=1", waits.cookieOf()},
		{"gestion-messages", "/gestion/messages", cookie}, {"gestion-message-retire", "/gestion/messages?retire=" + message[len("/gestion/messages/"):], cookie},
		{"gestion-message", message, cookie}, {"gestion-message-nouveau", "/gestion/messages/nouveau", cookie},
	}
}
