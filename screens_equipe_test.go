package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/pquerna/otp/totp"

	"marelle/db/demo"
)

func init() { moreScreens = append(moreScreens, teamScreens) }

// teamScreens are those of the administrator ROUCH Mireille, who looks after the team, and of the cashier GASC Laurent, who sets
// up a second factor and then is asked for its code.
func teamScreens(t testing.TB, d *demonstration) []screen {
	t.Helper()
	chief := d.family(t, d.login(t, "administrateur", ""))
	cashier := d.login(t, "regisseur", "")
	clerk := d.family(t, cashier)
	agent, _ := chief.get(t, "/gestion/equipe").Find(`main table a:contains("SERRES")`).Attr("href")
	clerk.factor(t)
	own, _ := chief.get(t, "/gestion/equipe").Find(`main table a:contains("GASC")`).Attr("href")
	clerk.post(t, "/profil/second-facteur", url.Values{"faire": {"commencer"}, "actuel": {demo.Password}}, http.StatusSeeOther)
	half := d.family(t, cashier)
	cookie := chief.cookieOf()
	return []screen{
		{"gestion-equipe", "/gestion/equipe", cookie}, {"gestion-equipe-exige", "/gestion/equipe?fait=exige", cookie}, {"gestion-agent", agent, cookie}, {"gestion-agent-facteur", own, cookie},
		{"gestion-agent-nouveau", "/gestion/equipe/nouveau", cookie}, {"gestion-agent-compte", "/gestion/equipe/nouveau?compte=1", cookie},
		{"gestion-journal", "/gestion/journal", cookie}, {"gestion-journal-vide", "/gestion/journal?sujet=delai&du=2026-11-01", cookie},
		{"second-facteur", "/profil/second-facteur", cookie}, {"second-facteur-en-place", "/profil/second-facteur", clerk.cookieOf()},
		{"second-facteur-telephone", "/profil/second-facteur/telephone", clerk.cookieOf()}, {"profil-second-facteur", "/profil", clerk.cookieOf()},
		{"connexion-code", "/connexion/code", half.cookieOf()}, {"connexion-code-depasse", "/connexion?motif=code", nil},
	}
}

// factor sets up the second factor of an agent, and gives its secret and its recovery codes.
func (f *family) factor(t testing.TB) (secret string, codes []string) {
	t.Helper()
	f.get(t, "/profil/second-facteur")
	f.post(t, "/profil/second-facteur", url.Values{"faire": {"commencer"}, "actuel": {demo.Password}}, http.StatusSeeOther)
	secret = strings.ReplaceAll(f.get(t, "/profil/second-facteur/telephone").Find("details .code").Text(), " ", "")
	res, err := f.send("/profil/second-facteur/telephone", url.Values{"code": {codeOf(t, secret, time.Now())}})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	doc, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	doc.Find("ol .code").Each(func(_ int, s *goquery.Selection) { codes = append(codes, s.Text()) })
	if len(codes) != 10 {
		t.Fatalf("%s: %d recovery codes", res.Status, len(codes))
	}
	f.csrf, _ = doc.Find(`input[name="_csrf"]`).Attr("value")
	return secret, codes
}

// codeOf computes what a telephone shows.
func codeOf(t testing.TB, secret string, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}
