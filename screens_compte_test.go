package main

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"
)

func init() { moreScreens = append(moreScreens, accountScreens) }

// accountScreens are those of LABORDE Julien, who forgot his password and has a profile, and of SENTENAC Benoît, who has no
// e-mail address.
func accountScreens(t testing.TB, d *demonstration) []screen {
	t.Helper()
	julien := d.login(t, "parent", "LABORDE Julien")
	father := d.family(t, julien)
	d.family(t, julien) // a second device
	father.get(t, "/profil")
	res, err := father.send("/profil/agenda", url.Values{"action": {"creer"}, "vu": {"0"}})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("no calendar address: %s", res.Status)
	}
	link := d.linkFor(t, julien.Login, "julien.laborde@exemple.fr")
	benoit := d.family(t, d.login(t, "parent", "SENTENAC Benoît"))
	clerk := d.family(t, d.login(t, "agent", ""))
	cookie := father.cookieOf()
	return []screen{
		{"mot-de-passe-oublie", "/mot-de-passe-oublie", nil}, {"mot-de-passe-oublie-demande", "/mot-de-passe-oublie?demande=1", nil},
		{"mot-de-passe-nouveau", link, nil}, {"mot-de-passe-lien-depasse", "/mot-de-passe/x", nil}, {"connexion-mot-de-passe", "/connexion?motif=mot-de-passe", nil},
		{"connexion-delai", "/connexion?motif=delai", nil},
		{"profil", "/profil", cookie}, {"profil-fait", "/profil?fait=adresses", cookie}, {"profil-sans-adresse", "/profil", benoit.cookieOf()}, {"profil-agent", "/profil", clerk.cookieOf()},
		{"profil-adresses", "/profil/adresses", cookie}, {"profil-telephones", "/profil/telephones", cookie},
		{"profil-mot-de-passe", "/profil/mot-de-passe", cookie}, {"profil-donnees", "/profil/donnees", cookie},
	}
}

var linkInText = regexp.MustCompile(`https?://[^/\s]+(/mot-de-passe/[\w-]+)`)

// linkFor asks for a new password, and reads the link where the demonstration shows its mails.
func (d *demonstration) linkFor(t testing.TB, login, email string) string {
	t.Helper()
	newFamily(d.url).post(t, "/mot-de-passe-oublie", url.Values{"identifiant": {login}, "courriel": {email}}, http.StatusSeeOther)
	clerk := d.family(t, d.login(t, "gestionnaire", ""))
	mail, _ := clerk.get(t, "/gestion/courriels").Find(`main table a:contains("Choisir un nouveau mot de passe")`).First().Attr("href")
	found := linkInText.FindStringSubmatch(clerk.get(t, mail).Find("main").Text())
	if found == nil {
		t.Fatalf("no link in %s", mail)
	}
	return found[1]
}
