package main

import (
	"net/http"
	"net/url"
	"testing"
)

func init() {
	moreScreens = append(moreScreens, limitScreens)
}

// limitScreens changes a draft of the study only, which no family sees.
func limitScreens(t testing.TB, d *demonstration) []screen {
	clerk := d.family(t, d.login(t, "gestionnaire", ""))
	path, _ := clerk.get(t, "/gestion/reglages/delais").Find(`main h2 a:contains("ÉTUDE")`).Attr("href")
	seen, _ := clerk.get(t, path+"/modifier?cas=reserver-internet-0").Find(`[name="vu"]`).Attr("value")
	clerk.post(t, path+"/modifier", url.Values{"cas": {"reserver-internet-0"}, "vu": {seen}, "forme": {"jours-avant"}, "jours": {"2"}, "heure": {"10 h"}, "sauf-weekend": {"1"}, "sauf-feries": {"1"}}, http.StatusSeeOther)
	cookie := clerk.cookieOf()
	list := []screen{{"delais", "/gestion/reglages/delais", cookie}, {"delais-brouillon", path, cookie}, {"delais-profils", "/gestion/reglages/profils?q=dupont", cookie},
		{"delais-hors-delai", path + "/modifier?action=tardive&canal=internet&profil=0", cookie}}
	for _, shape := range []string{"jours-avant", "jour-de-semaine", "tableau", "dates", "avant-periode"} {
		list = append(list, screen{"delais-" + shape, path + "/modifier?cas=annuler-internet-0&forme=" + shape, cookie})
	}
	return list
}
