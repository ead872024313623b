package main

import (
	"net/http"
	"net/url"
	"testing"
)

func init() { moreScreens = append(moreScreens, textScreens) }

// textScreens are the night tried and read line by line, the messages that do not arrive, and the texts that staff write:
// with what is typed wrong, an example, a draft, an old version. The administrator ROUCH does it; no family is touched.
func textScreens(t testing.TB, d *demonstration) []screen {
	t.Helper()
	clerk := d.family(t, d.login(t, "administrateur", ""))
	clerk.get(t, "/gestion")
	agent := d.family(t, d.login(t, "agent", ""))
	const words = "/gestion/textes/courriels/ouverture"
	clerk.get(t, words)
	clerk.post(t, words, url.Values{"objet": {"Ouverture {periode}"}, "debut": {"Bonjour {enfant},"}}, http.StatusUnprocessableEntity)
	cookie := clerk.cookieOf()
	return []screen{
		{"gestion-agent", "/gestion", agent.cookieOf()}, {"gestion-administrateur", "/gestion", cookie}, {"gestion-nuit-essai", "/gestion/nuits/essai", cookie},
		{"gestion-nuit-filtre", "/gestion/nuits/2026-11-24?issue=acceptee&q=ortet", cookie}, {"gestion-nuit-rien", "/gestion/nuits/2026-11-24?q=zzz", cookie},
		{"gestion-courriels-abandonnes", "/gestion/courriels?etat=dead", cookie}, {"gestion-adresses", "/gestion/courriels/adresses", cookie},
		{"gestion-textes", "/gestion/textes", cookie}, {"gestion-texte-courriel", words, cookie}, {"gestion-texte-origine", "/gestion/textes/courriels/compte-rendu", cookie},
		{"gestion-texte-cgu", "/gestion/textes/cgu", cookie}, {"gestion-texte-rgpd", "/gestion/textes/rgpd", cookie}, {"gestion-texte-version", "/gestion/textes/rgpd/versions/1", cookie},
	}
}
