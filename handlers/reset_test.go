package handlers

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"marelle/portal"
)

const otherPassword = "hérisson parapluie canapé"

func asked(login, email string) url.Values {
	return url.Values{"identifiant": {login}, "courriel": {email}}
}

var linkInMail = regexp.MustCompile(`https://\S+/mot-de-passe/\S+`)

// lastLink reads the link of the last mail of its kind, and gives its path.
func (w *world) lastLink() string {
	w.t.Helper()
	link := linkInMail.FindString(w.scalar("SELECT body_text FROM outbox WHERE kind = 'mot-de-passe' ORDER BY id DESC LIMIT 1"))
	path, ours := strings.CutPrefix(link, baseURL)
	if !ours {
		w.t.Fatalf("the link %q does not begin with the address of the site", link)
	}
	return path
}

func TestForgottenPassword(t *testing.T) {
	h := newHousehold(t)
	login := h.scalar("SELECT login FROM account WHERE last_name = 'DUPONT'")
	h.father.get("/accueil").want(200)
	b := h.browser()
	link := b.get("/connexion").page.Find(`.aide a[href="/mot-de-passe-oublie"]`)
	if !strings.Contains(link.Text(), "Mot de passe oublié") {
		t.Fatalf("no link on the sign-in page: %s", b.text())
	}
	b.wantText("05 61 00 00 00") // the second way
	b.get("/mot-de-passe-oublie").want(200).wantText("Réinitialiser votre mot de passe")
	b.post("/mot-de-passe-oublie", asked("", "jp")).want(422).wantText("Il y a 2 points à corriger").wantText("Donnez votre identifiant.")
	if b.page.Find("#courriel").AttrOr("value", "") != "jp" {
		t.Error("what was typed is lost")
	}
	// The identifiant as one types it, the address in capitals; the host of the request is not believed.
	b.headers.Set("X-Forwarded-Host", "evil.example")
	b.post("/mot-de-passe-oublie", asked(strings.ToLower(strings.ReplaceAll(login, "-", " ")), " JP@Exemple.fr ")).follow().
		wantText("Si ces informations sont correctes, un message part dans la minute. Pensez aux indésirables.")
	if to := h.scalar("SELECT group_concat(address) FROM outbox WHERE kind = 'mot-de-passe'"); to != "jp@exemple.fr" {
		t.Fatalf("the mail goes to %q", to)
	}
	path := h.lastLink()
	for range 3 { // reading consumes nothing
		b.get(path).want(200).wantText("Choisissez votre mot de passe")
	}
	b.page.Find("a[href], link[href], script[src], img[src]").Each(func(_ int, s *goquery.Selection) {
		if to := s.AttrOr("href", s.AttrOr("src", "")); !strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "#") {
			t.Errorf("the page of the link leads elsewhere: %s", to)
		}
	})
	if b.res.Header.Get("Referrer-Policy") != "same-origin" || b.res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", b.res.Header)
	}
	b.post(path, passwords("dupont", "dupond")).want(422).wantText("Il contient votre nom").wantText("Les deux mots de passe sont différents")
	b.post(path, passwords(otherPassword, otherPassword)).wantTo("/connexion?motif=mot-de-passe").follow().wantText("Le mot de passe a bien été enregistré.")
	h.father.get("/accueil").wantTo("/connexion?retour=%2Faccueil")
	if told := h.scalar("SELECT group_concat(address || ' ' || subject) FROM outbox WHERE kind = 'compte'"); told != "jp@exemple.fr Votre mot de passe a été changé – Mairie de CarteVille" {
		t.Errorf("told %q", told)
	}
	if text := h.scalar("SELECT body_text FROM outbox WHERE kind = 'compte'"); !strings.Contains(text, "le lundi 23 novembre 2026 à 9 h 05") || !strings.Contains(text, "au 05 61 00 00 00") {
		t.Errorf("the notice says\n%s", text)
	}

	// Once used, done; and a clear way on.
	for _, gone := range []string{path, "/mot-de-passe/" + strings.Repeat("A", 43), "/mot-de-passe/x"} {
		b.get(gone).want(404).wantText("Ce lien ne sert plus : il a plus d’une heure, ou il a déjà servi.")
		if b.page.Find(`main a[href="/mot-de-passe-oublie"]`).Length() != 1 {
			t.Error("no way to ask again")
		}
		b.post(gone, passwords(goodPassword, goodPassword)).want(404)
	}
	h.browser().signIn(login, goodPassword).want(422)
	h.browser().signIn(login, otherPassword).want(303)
	if events := h.scalar("SELECT group_concat(kind) FROM (SELECT kind FROM account_event WHERE account_id = ? ORDER BY id)", h.accountOf("DUPONT")); events != "mot-de-passe,textes-acceptes,lien-demande,lien-utilise" {
		t.Errorf("events %s", events)
	}
	for _, secret := range []string{path, strings.TrimPrefix(path, resetPath), "jp@exemple.fr", "JP@Exemple.fr", otherPassword, login} {
		if strings.Contains(h.log.String(), secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
	if stored := h.scalar("SELECT count(*) FROM password_reset"); stored != "0" {
		t.Errorf("%s links are left", stored)
	}
}

func TestLinkLivesAnHour(t *testing.T) {
	h := newHousehold(t)
	login := h.scalar("SELECT login FROM account WHERE last_name = 'DUPONT'")
	h.browser().post("/mot-de-passe-oublie", asked(login, "jp@exemple.fr")).want(303)
	path := h.lastLink()
	h.clock.Add(time.Hour - time.Millisecond)
	b := h.browser().get(path).want(200)
	h.clock.Add(time.Millisecond)
	b.post(path, passwords(otherPassword, otherPassword)).want(404)
	b.get(path).want(404)
	h.browser().signIn(login, goodPassword).want(303)
}

// TestForgottenTellsNothing: whoever asks learns nothing of who exists.
func TestForgottenTellsNothing(t *testing.T) {
	h := newHousehold(t)
	login := h.scalar("SELECT login FROM account WHERE last_name = 'DUPONT'")
	ortet := h.scalar("SELECT login FROM account WHERE last_name = 'ORTET'")
	h.raw("UPDATE account SET password = '' WHERE last_name = 'ORTET'")
	answer := func(login, email string) (string, http.Header) {
		b := h.browser().send("POST", "/mot-de-passe-oublie", asked(login, email))
		headers := maps.Clone(b.res.Header)
		b.follow().want(200)
		maps.Copy(headers, b.res.Header)
		headers.Del("Date")
		return b.body, headers
	}
	body, headers := answer(login, "jp@exemple.fr")
	sent := h.scalar("SELECT count(*) FROM outbox")
	for name, who := range map[string][2]string{
		"identifiant inconnu":                    {"ZZZZ-ZZZZ", "jp@exemple.fr"},
		"adresse d’un autre":                     {login, "x@exemple.fr"},
		"adresse inconnue":                       {login, "rien@exemple.fr"},
		"compte sans mot de passe":               {ortet, "x@exemple.fr"},
		"les deux inconnus, avec des caractères": {"' OR 1=1 --", "a@b.fr"},
	} {
		other, same := answer(who[0], who[1])
		if other != body {
			t.Errorf("%s is told by the page", name)
		}
		for key := range headers {
			if strings.Join(headers[key], ",") != strings.Join(same[key], ",") {
				t.Errorf("%s is told by %s: %q, %q", name, key, headers[key], same[key])
			}
		}
		if now := h.scalar("SELECT count(*) FROM outbox"); now != sent {
			t.Errorf("%s: a message leaves", name)
		}
	}
	if h.scalar("SELECT count(*) FROM account_event WHERE kind = 'lien-demande'") != "1" {
		t.Error("a request that matched nobody is in somebody's journal")
	}
}

// TestForgottenIsThrottled: three an hour for what is typed, known or not, ten for an address.
func TestForgottenIsThrottled(t *testing.T) {
	h := newHousehold(t)
	login := h.scalar("SELECT login FROM account WHERE last_name = 'DUPONT'")
	for _, who := range []string{login, "ZZZZ-ZZZZ"} {
		b := h.browser()
		for range 3 {
			b.post("/mot-de-passe-oublie", asked(who, "jp@exemple.fr")).want(303)
		}
		b.post("/mot-de-passe-oublie", asked(who, "jp@exemple.fr")).want(429).wantText("Trop d’essais. Réessayez dans 60 minutes, ou appelez la mairie.")
		if b.res.Header.Get("Retry-After") == "" || b.page.Find("#id").AttrOr("value", "") != who {
			t.Error("no Retry-After, or what was typed is lost")
		}
	}
	for _, who := range []string{"AAAA-0001", "AAAA-0002", "AAAA-0003", "AAAA-0004"} {
		h.browser().post("/mot-de-passe-oublie", asked(who, "jp@exemple.fr")).want(303)
	}
	h.browser().post("/mot-de-passe-oublie", asked("AAAA-0005", "jp@exemple.fr")).want(429)
	h.browser().signIn(login, goodPassword).want(303) // signing in has counts of its own
	h.clock.Add(time.Hour)
	h.browser().post("/mot-de-passe-oublie", asked(login, "jp@exemple.fr")).want(303)
}

// TestResetFromTheLetter: somebody who lost the letter before the first sign-in can begin by mail.
func TestResetFromTheLetter(t *testing.T) {
	h := newHousehold(t)
	letter := h.letterOf("ORTET")
	h.browser().post("/mot-de-passe-oublie", asked(letter.Login, "x@exemple.fr")).want(303)
	path := h.lastLink()
	b := h.browser()
	b.get(path).post(path, passwords(letter.Password, letter.Password)).want(422).wantText("C’est le mot de passe de la lettre.")
	b.post(path, passwords(otherPassword, otherPassword)).want(303)
	b.signIn(letter.Login, letter.Password).want(422)
	b.signIn(letter.Login, otherPassword).follow().wantTo("/conditions")
}

// TestTheTownHallNeverSeesALink: on a real portal the mail that holds one is not shown to agents.
func TestTheTownHallNeverSeesALink(t *testing.T) {
	h := newHousehold(t)
	manager := h.browser().signIn(h.settle(h.agent("PUJOL", portal.Manager)).Login, goodPassword).want(303)
	h.browser().post("/mot-de-passe-oublie", asked(h.scalar("SELECT login FROM account WHERE last_name = 'DUPONT'"), "jp@exemple.fr")).want(303)
	path := h.lastLink()
	mail := "/gestion/courriels/" + h.scalar("SELECT id FROM outbox WHERE kind = 'mot-de-passe'")
	manager.get("/gestion/courriels").want(200).wantText("Choisir un nouveau mot de passe")
	if manager.get(mail).want(200).wantText("Ce message porte un lien personnel"); strings.Contains(manager.body, path) {
		t.Error("the link is shown")
	}
	if manager.get(mail + "/html"); manager.res.StatusCode != 404 || strings.Contains(manager.body, path) {
		t.Error("the link is shown in HTML")
	}
}
