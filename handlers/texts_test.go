package handlers

import (
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"marelle/portal"
)

// form gives what a form of the page would send, as a browser fills it; the token is added by post.
func (b *browser) form(action string) url.Values {
	b.w.t.Helper()
	values := url.Values{}
	form := b.page.Find(`form[action="` + action + `"]`).First()
	if form.Length() == 0 {
		b.w.t.Fatalf("no form for %s", action)
	}
	form.Find("input[name]:not([name=_csrf]), textarea[name]").Each(func(_ int, s *goquery.Selection) {
		values.Set(s.AttrOr("name", ""), s.AttrOr("value", s.Text()))
	})
	return values
}

// TestWordsOfAMail: a word in braces that does not exist is refused with those that do; an example shows the rest; two
// agents do not write over each other; the standard text comes back.
func TestWordsOfAMail(t *testing.T) {
	w := newWorld(t)
	b := w.staffed("PUJOL", portal.Manager)
	const path = "/gestion/textes/courriels/compte-rendu"
	b.get("/gestion/textes").want(200).wantText("Compte rendu du matin").wantText("texte d’origine").wantNoText("Ce que les familles acceptent")
	b.get(path).want(200).wantText("Compte rendu de vos demandes de réservation – Mairie de CarteVille")
	form := b.form(path)
	form.Set("debut", "Bonjour {prenom},\n\nvoici vos {reservation}.")
	b.post(path, form).want(422).wantText("« {reservation} » n’est pas un mot à remplacer. Ce message connaît {nuit}, {civilite}, {prenom}, {nom}, {structure}, {telephone} et {courriel}.")
	if got := b.page.Find("#debut").Text(); !strings.Contains(got, "{reservation}") {
		t.Errorf("what was typed is lost: %q", got)
	}
	form = b.form(path)
	form.Set("debut", "Bonjour {prenom},\n\nvoici vos demandes du {nuit}.")
	form.Set("fin", "")
	preview := url.Values{"faire": {"apercu"}}
	for name, values := range form {
		preview[name] = values
	}
	b.post(path, preview).want(200).wantText("rien n’est encore enregistré").wantText("Bonjour Jean-Paul,").wantText("voici vos demandes du mardi 24 novembre 2026.")
	b.post(path+"/html", form).want(200)
	if got := b.res.Header.Get("Content-Security-Policy"); !strings.HasPrefix(got, "sandbox;") || !strings.Contains(b.body, "<p>Bonjour Jean-Paul,</p>") {
		t.Errorf("%s: %s", got, b.body)
	}
	if got := w.scalar("SELECT count(*) FROM mail_text"); got != "0" {
		t.Fatal("a preview was saved")
	}
	b.get(path).post(path, form).follow().want(200).wantText("Le texte est enregistré").wantText("Changé par PUJOL Agnès, aujourd’hui à 9 h 05.")
	late := w.staffed("ROUCH", portal.Administrator)
	form.Del("_csrf")
	form.Set("objet", "Un autre objet")
	late.get(path).post(path, form).want(409).wantText("PUJOL Agnès a changé ce texte aujourd’hui à 9 h 05.").wantText("voici vos demandes du {nuit}.")
	if got := late.page.Find("#objet").AttrOr("value", ""); got != "Un autre objet" {
		t.Errorf("what was typed is lost: %q", got)
	}
	again := late.form(path)
	late.post(path+"/origine", url.Values{"vu": {"0"}}).want(409).wantText("PUJOL Agnès a changé ce texte aujourd’hui à 9 h 05. Relisez-le ci-dessous").wantText("voici vos demandes du {nuit}.")
	late.post(path, again).follow().wantText("Changé par ROUCH Agnès")
	late.post(path+"/origine", late.form(path+"/origine")).follow().wantText("Le texte d’origine est remis.")
	late.post(path+"/origine", url.Values{"vu": {"1"}}).want(409).wantText("remis à l’origine entre-temps : il n’y a plus rien à faire.").wantText("Phrases de début")
	if got := w.scalar("SELECT count(*) || ' ' || (SELECT count(*) FROM staff_event WHERE subject = 'texte' AND structure_id = 1) FROM mail_text"); got != "0 3" {
		t.Errorf("texts and events: %s", got)
	}
	for _, kind := range portal.MailKinds {
		b.get("/gestion/textes/courriels/" + string(kind)).want(200).wantText(kind.Title()).wantText("Exemple")
	}
	b.get("/gestion/textes/courriels/facture").want(404)
	b.post("/gestion/textes/courriels/facture", url.Values{}).want(404)
	w.staffed("SERRES", portal.Agent).get("/gestion/textes").want(404)
}

// TestNextVersionOfAText: a draft that families do not see, read again, published; the old version stays readable and its
// acceptances counted.
func TestNextVersionOfAText(t *testing.T) {
	w := newWorld(t)
	parent := w.settle(w.guardian(w.structure, "DUPONT"))
	b := w.staffed("ROUCH", portal.Administrator)
	const path = "/gestion/textes/cgu"
	b.get("/gestion/textes").want(200).wantText("Ce que les familles acceptent").wantText("version 1")
	b.get(path).want(200).wantText("Version 1").wantText("acceptée par 2 comptes sur 2").wantNoText("Publier cette version")
	form := b.form(path)
	first := form.Get("texte")
	if !strings.Contains(first, "Mairie de CarteVille") {
		t.Errorf("the text in force is not there to begin with: %q", first)
	}
	form.Set("texte", " ")
	b.post(path, form).want(422).wantText("Le texte est vide.")
	form.Set("texte", "## Du neuf\n\nUne phrase <b>.")
	b.get(path).post(path, form).follow().want(200).wantText("Le brouillon est enregistré.").wantText("Du neuf").wantText("Publier remplace le texte en vigueur : 2 comptes")
	b.get("/gestion/textes").wantText("brouillon à publier")
	b.get("/cgu").want(200).wantNoText("Du neuf")
	other := w.staffed("VIDAL", portal.Administrator)
	form.Del("_csrf")
	form.Set("texte", "Une autre idée.")
	other.get(path).post(path, form).want(409).wantText("ROUCH Agnès a changé ce texte").wantText("Une autre idée.")
	b.get(path).post(path+"/publier", b.form(path+"/publier")).follow().want(303) // the administrator too is to accept
	b.get("/conditions").want(200).wantText("Du neuf")
	b.post("/conditions", b.boxes()).want(303)
	b.get(path).want(200).wantText("Version 2 en vigueur").wantText("acceptée par 1 compte sur 3").wantText("par ROUCH Agnès").wantText("acceptée par 3 comptes sur 3")
	b.get(path + "/versions/1").want(200).wantText("Remplacée")
	b.get(path + "/versions/2").want(200).wantText("En vigueur").wantText("Une phrase <b>.")
	b.get(path + "/versions/3").want(404)
	w.browser().signIn(parent.Login, goodPassword).get("/accueil").wantTo("/conditions")
	b.get(path).post(path, url.Values{"texte": {"À jeter."}, "vu": {"0"}}).follow()
	b.post(path+"/abandonner", b.form(path+"/abandonner")).follow().wantText("Le brouillon est abandonné.")
	b.get(path).post(path+"/publier", url.Values{"vu": {"0"}}).want(409).wantText("Rien n’a été enregistré. Il n’y a pas de brouillon à publier.").wantText("Écrire la version suivante")
	b.post(path+"/publier", url.Values{"vu": {"1"}}).want(409).wantText("publié ou abandonné entre-temps. Relisez le texte en vigueur.").wantNoText("ce que vous avez écrit")
	b.post(path, url.Values{"texte": {"À relire."}, "vu": {"0"}}).want(303)
	for _, act := range []string{"/publier", "/abandonner"} {
		b.get(path).post(path+act, url.Values{"vu": {"1"}}).want(409).wantText("ROUCH Agnès a changé ce texte aujourd’hui à 9 h 05. Relisez-le ci-dessous, puis recommencez.").wantText("À relire.")
	}
	b.post(path+"/abandonner", b.form(path+"/abandonner")).want(303)
	b.get("/gestion/textes/autre").want(404)
	manager := w.staffed("PUJOL", portal.Manager)
	for _, p := range []string{path, path + "/versions/1", "/gestion/textes/rgpd"} {
		manager.get(p).want(404)
	}
	manager.get("/gestion").want(200)
	manager.post(path+"/publier", url.Values{}).want(404)
	if got := w.scalar("SELECT group_concat(words, ' / ') FROM staff_event WHERE structure_id IS NULL AND subject = 'texte'"); strings.Count(got, "brouillon") != 5 || strings.Count(got, "version 2 publiée") != 1 {
		t.Errorf("the journal keeps %s", got)
	}
}

// TestDeadAddressesAndSeveralMails: an address that refuses for good is listed with its family and put back; several
// messages leave again at once; the list is filtered and searched.
func TestDeadAddressesAndSeveralMails(t *testing.T) {
	w := newWorld(t)
	w.roll(twoPupils, twoGuardians)
	b := w.staffed("PUJOL", portal.Manager)
	b.get("/gestion/courriels/adresses").want(200).wantText("Toutes les adresses reçoivent leurs messages.")
	w.raw("UPDATE account_email SET dead_at = ?, dead_why = 'boîte inconnue' WHERE address = 'jp@exemple.fr'", w.clock.Now().UnixMilli())
	account := w.scalar("SELECT account_id FROM account_email WHERE address = 'jp@exemple.fr'")
	b.get("/gestion/courriels").want(200).wantText("1 adresse à corriger : plus rien n’y est envoyé.")
	b.get("/gestion/courriels/adresses").wantText("M. DUPONT Jean-Paul").wantText("Famille DUPONT").wantText("jp@exemple.fr").wantText("boîte inconnue")
	stranger := w.neighbour()
	w.raw("UPDATE account_email SET dead_at = 1 WHERE account_id IN (SELECT g.account_id FROM guardian g JOIN family f ON f.id = g.family_id WHERE f.structure_id = ?)", stranger)
	b.get("/gestion/courriels/adresses").wantNoText("VOISIN")
	foreign := w.scalar("SELECT max(account_id) FROM account_email WHERE dead_at = 1")
	b.post("/gestion/courriels/adresses", url.Values{"compte": {foreign}, "adresse": {"jp@exemple.fr"}}).want(404)
	b.get("/gestion/courriels/adresses").post("/gestion/courriels/adresses", url.Values{"compte": {account}, "adresse": {"jp@exemple.fr"}}).follow().wantText("L’adresse est remise en service")
	if got := w.scalar("SELECT count(*) FROM account_email WHERE dead_at IS NOT NULL AND account_id = ?", account) + w.scalar("SELECT words FROM staff_event WHERE subject = 'compte'"); got != "0Adresse e-mail remise en service" {
		t.Errorf("got %s", got)
	}

	one := w.mailed(w.structure, "jp@exemple.fr", "Compte rendu", "x", "")
	two := w.mailed(w.structure, "delphine@exemple.fr", "Rappel", "x", "")
	w.raw("UPDATE outbox SET kind = 'rappel', state = 'dead', attempts = 3 WHERE id = ?", two)
	foreignMail := w.mailed(stranger, "voisin@exemple.fr", "Secret", "x", "")
	for query, want := range map[string]string{
		"?etat=dead": "delphine@exemple.fr", "?genre=rappel": "delphine@exemple.fr", "?q=Delphine@exemple.fr": "delphine@exemple.fr", "?etat=pending": "jp@exemple.fr", "?q=%25": "Aucun message ne correspond.", "?etat=nimporte": "jp@exemple.fr",
	} {
		b.get("/gestion/courriels" + query).want(200).wantText(want).wantNoText("voisin@exemple.fr")
	}
	b.get("/gestion/courriels?etat=dead").wantNoText("jp@exemple.fr")
	w.site.mailing = true
	b.get("/gestion/courriels").wantText("Renvoyer les messages cochés")
	b.post("/gestion/courriels/renvoyer", url.Values{"courriel": {one, two}}).follow().want(200).wantText("2 messages repartent dans la minute.")
	if got := w.scalar("SELECT group_concat(state || attempts) FROM (SELECT * FROM outbox ORDER BY id)"); got != "pending0,pending0,pending0" {
		t.Errorf("states %s", got)
	}
	b.post("/gestion/courriels/renvoyer", url.Values{}).want(422).wantText("Cochez au moins un message.")
	b.post("/gestion/courriels/renvoyer", url.Values{"courriel": {foreignMail}}).want(404)
	w.raw("UPDATE outbox SET state = 'sent', kind = 'mot-de-passe', body_text = '' WHERE id = ?", one)
	b.post("/gestion/courriels/renvoyer", url.Values{"courriel": {one}}).want(422).wantText("Aucun de ces messages ne peut repartir")
}
