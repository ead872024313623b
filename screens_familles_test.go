package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The screens of families: those of the demonstration as they are, and a parent, LAFFONT Karine, who reads the files of her children.
func init() {
	moreScreens = append(moreScreens, familyScreens)
}

func familyScreens(t testing.TB, d *demonstration) []screen {
	t.Helper()
	manager, agent, parent := d.family(t, d.login(t, "gestionnaire", "")), d.family(t, d.login(t, "agent", "")), d.family(t, d.login(t, "parent", "LAFFONT Karine"))
	family, child := manager.familyWith(t, "PAI du")
	guardian, _ := manager.get(t, family).Find(`a[href*="/responsables/"]`).First().Attr("href")
	manager.post(t, child+"/personnes", url.Values{"cle": {"ecran-personne"}, "ecartee": {"oui"}, "personne": {"Luc NOIR"}, "decision": {"2026-03-02"}, "juge": {"Juge aux affaires familiales, Foix"}}, http.StatusSeeOther)
	cookie := manager.cookieOf()
	list := []screen{
		{"gestion-familles", "/gestion/familles", cookie}, {"gestion-familles-trouvees", "/gestion/familles?q=dupont", cookie}, {"gestion-familles-aucune", "/gestion/familles?q=zzzz", cookie},
		{"gestion-famille", family, cookie}, {"gestion-famille-responsable", guardian, cookie}, {"gestion-enfant", child, cookie},
		{"gestion-documents", "/gestion/documents", cookie}, {"gestion-documents-demandes", "/gestion/reglages/documents", cookie}, {"gestion-famille-nouvelle", "/gestion/familles/nouvelle", cookie},
		{"gestion-familles-agent", "/gestion/familles?q=a", agent.cookieOf()}, {"gestion-famille-agent", family, agent.cookieOf()}, {"gestion-enfant-agent", child, agent.cookieOf()},
		{"profil-enfants", "/profil/enfants", parent.cookieOf()},
	}
	for name, path := range map[string]string{"foyer": "/foyer", "historique": "/historique", "responsable-nouveau": "/responsables/nouveau", "enfant-nouveau": "/enfants/nouveau"} {
		list = append(list, screen{"gestion-famille-" + name, family + path, cookie})
	}
	for name, path := range map[string]string{"fiche": "/fiche", "sante": "/sante", "personne": "/personnes/nouvelle", "document": "/documents", "inscription": "/inscriptions"} {
		list = append(list, screen{"gestion-enfant-" + name, child + path, cookie})
	}
	return list
}

// familyWith finds a family whose page says something, and its child of whom it is said.
func (f *family) familyWith(t testing.TB, words string) (family, child string) {
	t.Helper()
	for page := "/gestion/familles"; page != ""; {
		list := f.get(t, page)
		for _, a := range list.Find(`#resultats th a`).EachIter() {
			href, _ := a.Attr("href")
			for _, row := range f.get(t, href).Find("main table tr").EachIter() {
				if strings.Contains(row.Text(), words) {
					child, _ = row.Find("th a").Attr("href")
					return href, child
				}
			}
		}
		page, _ = list.Find(`a[rel="next"]`).Attr("href")
	}
	t.Fatalf("no family page says « %s »", words)
	return "", ""
}
