package main

import (
	"mime"
	"net/http"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"marelle/db/demo"
	"marelle/jobs/smtptest"
)

// TestAccountJourney: a password forgotten and chosen again with the message read on a real mail server; while it travels,
// another parent goes through the whole profile without JavaScript.
func TestAccountJourney(t *testing.T) {
	const address, password = "celine.tap@exemple.fr", "le chat dort sous 3 tilleuls"
	server := smtptest.Start(t, smtptest.Options{})
	d := startDemo(t, "--smtp", server.URL())
	l := d.login(t, "parent", "TAP Céline")
	v := d.visit(t, 390, 844)
	v.expect404 = true
	v.open("/connexion")
	v.clickTo(`.aide a[href="/mot-de-passe-oublie"]`)
	v.wantText("h1", "Réinitialiser votre mot de passe")
	v.clickTo(`main form button`)
	v.wantText(".erreurs", "Il y a 2 points à corriger")
	v.wantAccessible("mot de passe oublié, à corriger")
	v.fill(`input[name="identifiant"]`, strings.ToLower(l.Login))
	v.fill(`input[name="courriel"]`, address)
	v.clickTo(`main form button`)
	v.wantText("main", "Si ces informations sont correctes, un message part dans la minute. Pensez aux indésirables.")

	profileWithoutScripts(t, d, server)

	link := linkIn(t, arrives(t, server, address, "Choisir un nouveau mot de passe – Mairie de CarteVille"))
	v.open(link)
	v.fill(`input[name="mot_de_passe"]`, password)
	v.fill(`input[name="confirmation"]`, "autre chose")
	v.clickTo(`main form button[type="submit"]`)
	v.wantText(".erreurs", "Les deux mots de passe sont différents")
	v.wantAccessible("nouveau mot de passe, à corriger")
	v.fill(`input[name="mot_de_passe"]`, password)
	v.fill(`input[name="confirmation"]`, password)
	v.clickTo(`main form button[type="submit"]`)
	v.wantText("main", "Le mot de passe a bien été enregistré.")
	v.open(link)
	v.wantText("main", "Ce lien ne sert plus")
	v.signIn(demo.Login{Login: l.Login, Password: password})
	if got := v.path(); got != "/accueil" {
		t.Errorf("the new password leads to %s", got)
	}
	v.click(".menu:not(.compte) summary")
	v.clickTo(`.menu:not(.compte) a[href="/profil"]`)
	v.wantText("h1", "Profil utilisateur")
	v.wantText("main", "Chrome sur Linux")
	v.wantText("main", "cet appareil")
}

// profileWithoutScripts changes everything of a profile with plain forms.
func profileWithoutScripts(t *testing.T, d *demonstration, server *smtptest.Server) {
	t.Helper()
	l := d.login(t, "parent", "VILLENEUVE Mathieu")
	elsewhere := d.family(t, l)
	v := d.visit(t, 390, 844)
	v.withoutScripts()
	v.signIn(l)

	v.open("/profil/adresses")
	v.clickTo(`button[name="ajouter"]`)
	v.fill("#adresse2", "mathieu@travail.example;m.v@exemple.fr")
	v.click(`input[name="rappels2"]`)
	v.fill("#actuel", "faux")
	v.press("\r") // Enter saves: it does not add a line
	v.wantText("main .erreurs", "Le mot de passe actuel est incorrect.")
	v.fill("#actuel", l.Password)
	v.clickTo(`main button.principal`)
	v.wantText("main", "Vos adresses sont enregistrées.")
	v.wantText("main", "m.v@exemple.fr")

	v.open("/profil/telephones")
	v.do(chromedp.Clear(chromedp.CSS("#portable")))
	v.fill("#portable", "0612345678")
	v.clickTo(`main button.principal`)
	v.wantText("main", "06 12 34 56 78")

	v.clickTo(`button[name="appareil"][value="autres"]`)
	v.wantText("main", "Tous vos autres appareils sont déconnectés.")
	if res, err := elsewhere.client.Get(d.url + "/accueil"); err != nil || res.StatusCode != http.StatusSeeOther {
		t.Errorf("the other device is still signed in: %v %v", res, err)
	}

	v.clickTo(`button[name="action"][value="creer"]`)
	v.wantText("main", "le portail ne peut pas la montrer une seconde fois")
	secret := v.text("#agenda")
	res, err := http.Get(secret)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/calendar; charset=utf-8" {
		t.Errorf("the calendar answers %s %s", res.Status, res.Header)
	}
	v.clickTo(`main a[href="/profil"]`)
	v.clickTo(`button[name="action"][value="retirer"]`)
	v.wantText("main", "L’adresse d’agenda est retirée")

	v.open("/profil/mot-de-passe")
	v.fill("#actuel", l.Password)
	v.fill("#mdp", "trois girafes sur un tandem")
	v.fill("#mdp2", "trois girafes sur un tandem")
	v.clickTo(`main button.principal`)
	v.wantText("main", "Le mot de passe a bien été enregistré.")
	for _, subject := range []string{"Les adresses e-mail de votre compte ont été changées", "Votre mot de passe a été changé"} {
		arrives(t, server, "mathieu.villeneuve@exemple.fr", subject+" – Mairie de CarteVille")
	}
}

// arrives waits for a message: the jobs run once a minute.
func arrives(t testing.TB, server *smtptest.Server, address, subject string) smtptest.Message {
	t.Helper()
	for deadline := time.Now().Add(90 * time.Second); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		for _, m := range messagesTo(server, address) {
			if msg, err := mail.ReadMessage(strings.NewReader(string(m.Data))); err == nil {
				if got, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); err == nil && got == subject {
					return m
				}
			}
		}
	}
	t.Fatalf("« %s » never came to %s", subject, address)
	return smtptest.Message{}
}

// linkIn reads the link of a mail, and gives its path.
func linkIn(t testing.TB, m smtptest.Message) string {
	t.Helper()
	msg, err := mail.ReadMessage(strings.NewReader(string(m.Data)))
	if err != nil {
		t.Fatal(err)
	}
	text, html := readParts(t, msg)
	found := linkInText.FindStringSubmatch(text)
	if found == nil || !strings.Contains(html, found[0]) {
		t.Fatalf("no link in\n%s\n%s", text, html)
	}
	return found[1]
}
