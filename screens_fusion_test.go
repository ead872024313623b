package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The screens of files typed twice: a family of this file alone, CASTAGNÉ, made here twice.
func init() { moreScreens = append(moreScreens, joinScreens) }

func joinScreens(t testing.TB, d *demonstration) []screen {
	t.Helper()
	f := d.family(t, d.login(t, "gestionnaire", ""))
	f.get(t, "/gestion/familles/nouvelle")
	var families, children, guardians [2]string
	for i, key := range []string{"ecran-fusion-un", "ecran-fusion-deux"} {
		made := f.post(t, "/gestion/familles", url.Values{"cle": {key}, "quand_meme": {"1"}, "nom": {"CASTAGNÉ"}, "rue": {[]string{"3 rue du Four", "5 rue du Four"}[i]}, "resident": {"1"}}, http.StatusSeeOther)
		families[i], _, _ = strings.Cut(made, "?")
		f.post(t, families[i]+"/responsables", url.Values{"cle": {key + "-parent"}, "meme": {"autre"}, "nom": {"CASTAGNÉ"}, "prenom": {"Odette"}, "courriel1": {"odette.castagne@exemple.fr"}, "consulter": {"1"}, "reserver": {"1"}}, http.StatusSeeOther)
		f.post(t, families[i]+"/enfants", url.Values{"cle": {key + "-enfant"}, "meme": {"autre"}, "nom": {"CASTAGNÉ"}, "prenom": {"Lilou"}, "naissance": {"2019-04-02"}}, http.StatusSeeOther)
		page := f.get(t, families[i])
		children[i], _ = page.Find("main table th a").First().Attr("href")
		guardians[i], _ = page.Find(`main a[href*="/responsables/"]`).First().Attr("href")
		seen, _ := f.get(t, children[i]+"/sante").Find("input[name=vu]").Attr("value")
		f.post(t, children[i]+"/sante", url.Values{"vu": {seen}, "allergies": {[]string{"Arachide", "Œufs"}[i]}}, http.StatusSeeOther)
	}
	number := func(path string) string { return path[strings.LastIndex(path, "/")+1:] }
	cookie := f.cookieOf()
	return []screen{
		{"gestion-fusion-chercher", families[0] + "/reunir", cookie}, {"gestion-fusion-familles", families[0] + "/reunir/" + number(families[1]), cookie},
		{"gestion-fusion-enfants", children[0] + "/reunir/" + number(children[1]), cookie}, {"gestion-fusion-comptes", guardians[0] + "/reunir/" + number(guardians[1]), cookie},
		{"gestion-fusion-refus", families[0] + "/reunir/" + number(families[0]), cookie},
	}
}
