package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"marelle/portal"
	"marelle/views"
)

// telephone is an application of codes: it knows the secret that the page showed.
type telephone struct {
	w      *world
	secret string
}

// photograph reads the secret of the page.
func (b *browser) photograph() telephone {
	b.w.t.Helper()
	secret := strings.ReplaceAll(b.page.Find("details .code").Text(), " ", "")
	if len(secret) != 32 || b.page.Find("svg.carre-code path").AttrOr("d", "") == "" {
		b.w.t.Fatalf("no secret to photograph:\n%s", b.text())
	}
	return telephone{b.w, secret}
}

func (p telephone) code() string {
	p.w.t.Helper()
	code, err := totp.GenerateCode(p.secret, p.w.clock.Now())
	if err != nil {
		p.w.t.Fatal(err)
	}
	return code
}

// setUpFactor goes through the pages of the second factor.
func (b *browser) setUpFactor() (telephone, []string) {
	b.w.t.Helper()
	b.get(factorPath).want(200).wantText("Préparer mon téléphone")
	b.post(factorPath, url.Values{"faire": {"commencer"}, "actuel": {goodPassword}}).wantTo(factorPhonePath)
	phone := b.get(factorPhonePath).want(200).photograph()
	b.post(factorPhonePath, url.Values{"code": {phone.code()}}).want(200).wantText("Le second facteur est en place.")
	codes := strings.Fields(b.page.Find("ol .code").AppendHtml(" ").Text())
	if len(codes) != portal.RecoveryCodes {
		b.w.t.Fatalf("%d recovery codes: %q", len(codes), codes)
	}
	b.w.clock.Add(time.Minute)
	return phone, codes
}

func TestFactorPages(t *testing.T) {
	w := newWorld(t)
	letter := w.settle(w.agent("ROUCH", portal.Administrator))
	b := w.browser().signIn(letter.Login, goodPassword).want(303)
	b.get("/profil").want(200).wantText("Second facteur").wantText("Un mot de passe volé ne suffit plus")
	b.get(factorPhonePath).wantTo(factorPath)
	b.get(factorPath)
	b.post(factorPath, url.Values{"faire": {"commencer"}, "actuel": {"faux"}}).want(422).wantText("Le mot de passe actuel est incorrect.")
	b.post(factorPath, url.Values{"faire": {"commencer"}, "actuel": {goodPassword}}).follow().want(200)
	b.post(factorPhonePath, url.Values{"code": {"000000"}}).want(422).wantText("Ce code n’est pas le bon")
	phone, codes := b.setUpFactor()
	b.get("/gestion").want(200) // the new session goes on
	b.get("/profil").wantText("10 codes de secours restent")

	// The password alone opens nothing.
	c := w.browser().signIn(letter.Login, goodPassword).wantTo(codePath)
	if c.token() != "" || c.cookies["__Host-etape"] == nil || !c.cookies["__Host-etape"].HttpOnly {
		t.Fatalf("cookies %v", c.cookies)
	}
	c.get("/gestion").want(303)
	c.get(codePath).want(200).wantText("Le mot de passe est juste.")
	c.post(codePath, url.Values{"code": {"123"}}).want(422).wantText("n’est pas le bon")
	c.post(codePath, url.Values{"code": {phone.code()}, "retour": {"/gestion/equipe"}}).wantTo("/gestion/equipe")
	if c.token() == "" || c.cookies["__Host-etape"] != nil {
		t.Errorf("cookies %v", c.cookies)
	}
	c.follow().want(200)
	c.get(codePath).wantTo("/connexion?motif=code")
	c.post(codePath, url.Values{"code": {phone.code()}}).wantTo("/connexion?motif=code")
	w.browser().get("/connexion?motif=code").want(200).wantText("a attendu son code trop longtemps")

	// A recovery code, where somebody wanted to go.
	d := w.browser()
	d.send("POST", "/connexion", url.Values{"identifiant": {letter.Login}, "mot_de_passe": {goodPassword}, "retour": {"/gestion/nuits"}}).wantTo(codePath + "?retour=%2Fgestion%2Fnuits")
	d.follow().want(200)
	if got := d.page.Find("input[name=retour]").AttrOr("value", ""); got != "/gestion/nuits" {
		t.Errorf("goes back to %q", got)
	}
	d.post(codePath, url.Values{"code": {codes[0]}, "retour": {"https://evil.example"}}).wantTo("/")

	// New codes, then nothing any more.
	d.get(factorPath).want(200).wantText("9 codes de secours")
	d.post(factorPath, url.Values{"faire": {"codes"}, "actuel": {goodPassword}}).want(200).wantText("Les anciens ne servent plus.")
	if got := w.scalar("SELECT count(*) FROM staff_event WHERE subject = 'equipe' AND account_id = ?", letter.Person.ID); got != "3" {
		t.Errorf("%s lines in the audit log", got) // set up, a recovery code used, new codes
	}
	d.get(factorPath)
	d.post(factorPath, url.Values{"faire": {"retirer"}, "actuel": {goodPassword}}).follow().want(200).wantText("Le second facteur est retiré.")
	w.browser().signIn(letter.Login, goodPassword).wantTo("/")
	mother := w.settle(w.guardian(w.structure, "DUPONT"))
	w.browser().signIn(mother.Login, goodPassword).get(factorPath).want(404)
}

// TestFactorIsRequired: who has none is led to it, and to nothing else.
func TestFactorIsRequired(t *testing.T) {
	w := newWorld(t)
	chief := w.settle(w.agent("ROUCH", portal.Administrator))
	clerk := w.settle(w.agent("SERRES", portal.Agent))
	b := w.browser().signIn(chief.Login, goodPassword).want(303)
	b.get(views.TeamPath).want(200).wantText("Non : chacun choisit.").wantText("1 gestionnaire ou administrateur n’en a pas encore.")
	b.post(views.TeamPath+"/exigence", url.Values{"exige": {"oui"}, "actuel": {"faux"}}).want(422).wantText("Le mot de passe actuel est incorrect.")
	w.clock.Add(time.Minute)
	b.post(views.TeamPath+"/exigence", url.Values{"exige": {"oui"}, "actuel": {goodPassword}}).follow().want(200).wantText("Le second facteur est exigé")
	b.get("/gestion").want(200) // whoever is at work goes on
	w.clock.Add(time.Minute)
	w.browser().signIn(clerk.Login, goodPassword).follow().follow().want(200).wantText("Espace agents")
	c := w.browser().signIn(chief.Login, goodPassword).wantTo("/").follow().wantTo(factorPath)
	for _, path := range []string{"/gestion", views.TeamPath, "/profil"} {
		c.get(path).wantTo(factorPath)
	}
	c.follow().want(200).wantText("Votre structure exige un second facteur.")
	if n := c.page.Find("nav.nav a").Length(); n != 0 {
		t.Errorf("%d tabs lead nowhere", n)
	}
	c.setUpFactor()
	c.get("/gestion").want(200)
	c.get(factorPath).want(200).wantText("pas se retirer")
	c.post(factorPath, url.Values{"faire": {"retirer"}, "actuel": {goodPassword}}).want(http.StatusConflict).wantText("exige un second facteur")
	c.get(views.TeamPath)
	c.post(views.TeamPath+"/exigence", url.Values{"exige": {"non"}, "actuel": {goodPassword}}).follow().wantText("n’est plus exigé")
}

func TestTeamPages(t *testing.T) {
	w := newWorld(t)
	chief := w.settle(w.agent("ROUCH", portal.Administrator))
	b := w.browser().signIn(chief.Login, goodPassword).want(303)
	b.get("/gestion/reglages").want(200).wantText("Les agents, leurs rôles, leur second facteur.").wantText("Journal des agents")
	b.get(views.TeamPath).want(200).wantText("1 agent").wantText("ROUCH Agnès").wantText("vous").wantText("Administrateur")

	b.get(views.TeamPath + "/nouveau").want(200).wantText("Ne change aucun réglage.")
	key := b.page.Find("input[name=cle]").AttrOr("value", "")
	b.post(views.TeamPath+"/nouveau", url.Values{"cle": {key}, "nom": {"Pujol"}, "prenom": {""}, "courriel": {"pujol"}, "role": {"gestionnaire"}, "civilite": {"M."}, "actuel": {goodPassword}}).want(422)
	b.wantText("Il y a 2 points à corriger").wantText("Donnez le prénom de l’agent.").wantText("n’est pas une adresse")
	for selector, want := range map[string]string{"#nom": "Pujol", "#courriel": "pujol", "input[name=role][checked]": "gestionnaire", "#civilite option[selected]": "M."} {
		if got := b.page.Find(selector).AttrOr("value", ""); got != want {
			t.Errorf("%s lost: %q", selector, got)
		}
	}
	b.post(views.TeamPath+"/nouveau", url.Values{"cle": {key}, "nom": {"Pujol"}, "prenom": {"Étienne"}, "courriel": {"e@exemple.fr"}, "role": {"gestionnaire"}, "civilite": {"M."}, "actuel": {"faux"}}).want(422).wantText("Le mot de passe actuel est incorrect.")
	b.post(views.TeamPath+"/nouveau", url.Values{"cle": {key}, "nom": {"Pujol"}, "prenom": {"Étienne"}, "courriel": {"e@exemple.fr"}, "role": {"gestionnaire"}, "civilite": {"M."}, "actuel": {goodPassword}}).want(200)
	codes := b.page.Find(".lettre .code")
	b.wantText("Ce compte vous ouvre l’espace des agents").wantText("Revenir à l’équipe").wantNoText("réserver en ligne la cantine")
	login, password := codes.Eq(0).Text(), codes.Eq(1).Text()
	b.get(views.TeamPath)
	b.post(views.TeamPath+"/nouveau", url.Values{"cle": {key}, "nom": {"Pujol"}, "prenom": {"Étienne"}, "role": {"gestionnaire"}, "actuel": {goodPassword}}).want(http.StatusConflict).wantText("vient d’être ajouté")
	pujol := w.settle(portal.Letter{Login: login, Password: password})
	b.get(views.TeamPath).wantText("2 agents").wantText("M. PUJOL Étienne")

	// Somebody who has an account.
	mother := w.settle(w.guardian(w.structure, "DUPONT"))
	b.get(views.TeamPath + "/nouveau?compte=1").want(200).wantText("Son identifiant")
	b.post(views.TeamPath+"/nouveau", url.Values{"compte": {"1"}, "identifiant": {"ZZZZ-ZZZZ"}, "role": {"agent"}, "actuel": {goodPassword}}).want(422).wantText("Personne n’a cet identifiant.")
	b.post(views.TeamPath+"/nouveau", url.Values{"compte": {"1"}, "identifiant": {mother.Login}, "role": {"agent"}, "actuel": {goodPassword}}).follow().want(200).wantText("La personne fait partie de l’équipe.")
	m := w.browser().signIn(mother.Login, goodPassword)
	m.get("/gestion").want(200).wantText("Espace famille")

	// The page of an agent.
	id := w.scalar("SELECT id FROM account WHERE login = ?", login)
	path := views.TeamPath + "/" + id
	e := w.browser().signIn(pujol.Login, goodPassword)
	phone, _ := e.setUpFactor()
	_ = phone
	b.get(path).want(200).wantText("10 codes de secours").wantText("Retirer son second facteur")
	b.post(path, url.Values{"faire": {"role"}, "montre": {"agent"}, "role": {"regisseur"}, "actuel": {goodPassword}}).want(http.StatusConflict).wantText("Entre-temps, M. PUJOL Étienne est devenu gestionnaire.")
	if got := b.page.Find("input[name=role][checked]").AttrOr("value", ""); got != "regisseur" {
		t.Errorf("what was chosen is lost: %q", got)
	}
	b.post(path, url.Values{"faire": {"role"}, "montre": {"gestionnaire"}, "role": {"regisseur"}, "actuel": {"faux"}}).want(422).wantText("Le mot de passe actuel est incorrect.")
	b.get(path).post(path, url.Values{"faire": {"role"}, "montre": {"gestionnaire"}, "role": {"regisseur"}, "actuel": {goodPassword}}).follow().want(200).wantText("Le rôle est changé.")
	e.get("/gestion/courriels").want(404) // at once
	b.post(path, url.Values{"faire": {"danser"}}).want(http.StatusConflict)
	b.post(path, url.Values{"faire": {"facteur"}, "actuel": {goodPassword}}).follow().want(200).wantText("Le second facteur est retiré.")
	e.get("/gestion").want(303)
	e.signIn(pujol.Login, goodPassword).wantTo("/")
	b.get(path).wantText("Déconnecter de tous ses appareils")
	b.post(path, url.Values{"faire": {"sessions"}}).follow().want(200).wantText("aucun appareil")
	b.post(path, url.Values{"faire": {"lettre"}, "vu": {seenIn(b)}, "actuel": {goodPassword}}).want(200).wantText("Mot de passe provisoire")
	b.get(path)
	b.post(path, url.Values{"faire": {"retirer"}, "actuel": {goodPassword}}).follow().want(200).wantText("L’agent ne fait plus partie de l’équipe.")
	b.get(path).want(404)
	own := views.AgentPath(chief.Person.ID)
	b.get(own).wantText("c’est vous").post(own, url.Values{"faire": {"retirer"}, "actuel": {goodPassword}}).want(http.StatusConflict).wantText("C’est le dernier administrateur")

	// Another structure's agent is a page that does not exist.
	here := w.structure
	w.structure = w.neighbour()
	foreign := w.agent("VOISIN", portal.Administrator)
	w.structure = here
	missing := b.get(views.TeamPath + "/424242").want(404).body
	if got := b.get(views.AgentPath(foreign.Person.ID)).want(404).body; got != missing {
		t.Error("another structure's agent is told apart from nobody")
	}
	b.get("/gestion")
	if got := b.post(views.AgentPath(foreign.Person.ID), url.Values{"faire": {"sessions"}}).want(404).body; got != missing {
		t.Error("another structure's agent is told apart from nobody")
	}
	b.get(views.TeamPath + "/exigence").want(404)
}

func TestStaffJournalPages(t *testing.T) {
	w := newWorld(t)
	b := w.staffed("ROUCH", portal.Administrator)
	w.announced(b)
	path := views.AnnouncementsPath + "/" + w.scalar("SELECT max(id) FROM announcement")
	b.post(path, url.Values{"titre": {"=Fermeture"}, "texte": {"Le portail ferme."}, "du": {"2026-11-23"}, "au": {"2026-11-30"}, "pour": {"tous"}}).want(303)
	b.get(views.StaffJournalPath).want(200).wantText("3 gestes").wantText("Message changé : « =Fermeture »").wantText("Titre : Fermeture → =Fermeture").wantText("Messages et textes · par ROUCH Agnès").wantText("Équipe · par le programme")
	b.get(views.StaffJournalPath + "?sujet=equipe").want(200).wantText("1 geste").wantNoText("Fermeture")
	if got := b.page.Find("#sujet option[selected]").AttrOr("value", ""); got != "equipe" {
		t.Errorf("the filter is lost: %q", got)
	}
	who := b.page.Find("#qui option").Eq(1).AttrOr("value", "")
	b.get(views.StaffJournalPath + "?qui=" + who).wantText("2 gestes")
	b.get(views.StaffJournalPath + "?qui=programme").wantText("1 geste")
	b.get(views.StaffJournalPath + "?qui=moi").wantText("Rien ne correspond à ce filtre.")
	b.get(views.StaffJournalPath + "?du=2026-11-24").wantText("Rien ne correspond à ce filtre.")
	b.get(views.StaffJournalPath + "?au=2026-11-23").wantText("3 gestes")
	b.get(views.StaffJournalPath + "?du=demain").want(422).wantText("« demain » n’est pas une date.")
	b.get(views.StaffJournalPath + "?du=2026-11-24&au=2026-11-23").want(422).wantText("Le dernier jour doit être le premier, ou après.")
	b.get(views.StaffJournalPath + ".csv?du=demain").want(422)
	b.get(views.StaffJournalPath + ".csv?sujet=texte").want(200)
	rows, err := readCSV(b.body)
	if err != nil || len(rows) != 6 || rows[1][6] != "Message changé : « =Fermeture »" || rows[1][7] != "Titre" || rows[1][8] != "Fermeture" || rows[1][9] != "'=Fermeture" || rows[1][1] != "23/11/2026" {
		t.Fatalf("%q %v", rows, err)
	}
	if got := b.res.Header.Get("Content-Disposition"); got != `attachment; filename="journal-2026-11-23.csv"` {
		t.Errorf("got %s", got)
	}
	for role, want := range map[portal.Role]int{portal.Manager: 200, portal.Agent: 404, portal.Cashier: 404} {
		c := w.staffed(strings.ToUpper(string(role)), role)
		c.get(views.StaffJournalPath).want(want)
		c.get(views.StaffJournalPath + ".csv").want(want)
		c.get(views.TeamPath).want(404)
		c.get("/gestion").wantNoText("Équipe")
	}
}
