package main

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"marelle/db/demo"
)

// secretShown reads the key that the page gives to whoever cannot photograph.
func (v *visitor) secretShown() string {
	v.t.Helper()
	return strings.ReplaceAll(v.text("details .code"), " ", "")
}

// nextCode waits for the code after one that has served.
func nextCode(t testing.TB, secret string, used string) string {
	t.Helper()
	for at := time.Now(); ; at = at.Add(time.Second) {
		if code := codeOf(t, secret, at); code != used {
			return code // at most 30 s ahead: a telephone's clock may be
		}
	}
}

// TestSecondFactorJourney: an agent sets up the second factor on a phone, signs out, and comes back with the code of the
// telephone, then with a recovery code; the administrator looks after the rest.
func TestSecondFactorJourney(t *testing.T) {
	d := startDemo(t)
	l := d.login(t, "gestionnaire", "")
	v := d.visit(t, 390, 844)
	v.signIn(l)
	v.open("/profil")
	v.clickTo(`main a[href="/profil/second-facteur"]`)
	v.wantText("h1", "Second facteur")
	v.fill("#actuel", l.Password)
	v.clickTo(`button[value="commencer"]`)
	v.wantText("h1", "Préparer le téléphone")
	v.click("details.groupe summary")
	secret := v.secretShown()
	v.fill("#code", "000000")
	v.clickTo(`main button.principal`)
	v.wantText(".erreurs", "Ce code n’est pas le bon")
	v.wantAccessible("code faux")
	used := codeOf(t, secret, time.Now())
	v.fill("#code", used)
	v.clickTo(`main button.principal`)
	v.wantText("h1", "Vos codes de secours")
	v.wantAccessible("codes de secours")
	recovery := v.text("ol li:first-child .code")
	v.clickTo(`main a.principal`)
	v.wantText(".marque", "Espace agents")

	v.click(".menu:not(.compte) summary")
	v.clickTo(`.menu:not(.compte) form button`)
	v.signIn(l)
	v.wantText("h2", "Code de connexion")
	v.fill("#code", used)
	v.clickTo(`main button[type="submit"]`)
	v.wantText("#faute", "il a déjà servi")
	v.wantAccessible("code déjà servi")
	v.fill("#code", nextCode(t, secret, used))
	v.clickTo(`main button[type="submit"]`)
	v.wantText(".marque", "Espace agents")

	other := d.visit(t, 1280, 900)
	other.withoutScripts()
	other.signIn(demo.Login{Login: l.Login, Password: l.Password})
	other.wantText("h2", "Code de connexion")
	other.fill("#code", strings.ToLower(recovery))
	other.clickTo(`main button[type="submit"]`)
	other.wantText(".marque", "Espace agents")
	other.open("/profil/second-facteur")
	other.wantText("main", "9 codes de secours")
}

// TestTeamJourney: without JavaScript, the administrator adds an agent, changes the role, requires the second factor, and
// reads all of it in the audit log.
func TestTeamJourney(t *testing.T) {
	d := startDemo(t)
	l := d.login(t, "administrateur", "")
	v := d.visit(t, 1280, 900)
	v.withoutScripts()
	v.signIn(l)
	v.open("/gestion/reglages")
	v.clickTo(`main a[href="/gestion/equipe"]`)
	v.wantText("main", "5 agents")
	v.clickTo(`main a[href="/gestion/equipe/nouveau"]`)
	v.fill("#nom", "Estève")
	v.fill("#prenom", "Chloé")
	v.do(chromedp.Click(chromedp.CSS(`input[name="role"][value="regisseur"]`)))
	v.fill("#actuel", l.Password)
	v.clickTo(`main button.principal`)
	v.wantText(".lettre", "Mot de passe provisoire")
	v.open("/gestion/equipe")
	v.wantText("main", "6 agents")
	v.clickTo(`main table tr:first-child th a`) // ESTÈVE comes before GASC
	v.wantText("h1", "ESTÈVE Chloé")
	v.do(chromedp.Click(chromedp.CSS(`input[name="role"][value="gestionnaire"]`)))
	v.fill("#actuel", "faux")
	v.clickTo(`button[value="role"]`)
	v.wantText(".erreurs", "Le mot de passe actuel est incorrect.")
	v.fill("#actuel", l.Password)
	v.clickTo(`button[value="role"]`)
	v.wantText("main", "Le rôle est changé.")
	v.open("/gestion/equipe")
	v.fill("#actuel", l.Password)
	v.clickTo(`button[name="exige"]`)
	v.wantText("main", "Le second facteur est exigé")
	v.open("/gestion/journal?sujet=equipe")
	v.wantText("main", "Second facteur exigé : non → oui")
	v.wantText("main", "Rôle : régisseur → gestionnaire")
	v.wantText("main", "Agent ajouté : ESTÈVE Chloé")

	w := d.visit(t, 390, 844)
	w.signIn(d.login(t, "gestionnaire", ""))
	w.wantText("main", "Votre structure exige un second facteur.")
	w.wantAccessible("second facteur exigé")
}
