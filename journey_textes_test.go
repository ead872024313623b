package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestWordsOfAMailInTheBrowser: with and without JavaScript, the secretary changes the words of a mail, is told which word
// does not exist, looks at an example, saves, and gives the standard text back.
func TestWordsOfAMailInTheBrowser(t *testing.T) {
	d := startDemo(t)
	for _, scripts := range []bool{true, false} {
		v := d.visit(t, 390, 844)
		if !scripts {
			v.withoutScripts()
		}
		v.expect404 = true // a 422 is said in the console too
		v.signIn(d.login(t, "gestionnaire", ""))
		v.open("/gestion/reglages")
		v.clickTo(`a[href="/gestion/textes"]`)
		v.clickTo(`a[href="/gestion/textes/courriels/rappel-delai"]`)
		v.wantText("main", "Rien n’est réservé pour ces jours")
		v.rewrite("#debut", "Bonjour {enfant},")
		v.clickTo(`main form button.principal`)
		v.wantText("main", "« {enfant} » n’est pas un mot à remplacer.")
		v.rewrite("#debut", "Bonjour {prenom}, il reste un jour pour {activites}.")
		v.clickTo(`button[value="apercu"]`)
		v.wantText("main", "rien n’est encore enregistré")
		v.wantText(".courriel", "Bonjour Jean-Paul, il reste un jour pour Cantine, du 30 novembre au 4 décembre.")
		v.clickTo(`main form button.principal`)
		v.wantText("main", "Le texte est enregistré : les prochains messages le portent.")
		if scripts {
			v.wantAccessible("texte-courriel")
		}
		v.clickTo(`form[action$="/origine"] button`)
		v.wantText("main", "Le texte d’origine est remis.")
	}
}

// rewrite replaces what a field holds.
func (v *visitor) rewrite(selector, text string) {
	v.t.Helper()
	v.do(chromedp.Clear(chromedp.CSS(selector)))
	v.fill(selector, text)
}

// TestDayOfStaff: what needs someone, and the night as it will be; a draft is published and asks the agents too.
func TestDayOfStaff(t *testing.T) {
	d := startDemo(t)
	v := d.visit(t, 1280, 900)
	v.signIn(d.login(t, "administrateur", ""))
	v.open("/gestion")
	v.wantText("main", "Attendus aujourd’hui")
	v.wantText("main", "1 adresse de courriel ne reçoit plus rien.")
	v.clickTo(`a[href="/gestion/courriels/adresses"]`)
	v.wantText("main", "boîte inconnue")
	v.clickTo(`main td form button`)
	v.wantText("main", "L’adresse est remise en service")
	v.open("/gestion/nuits")
	v.clickTo(`a[href="/gestion/nuits/essai"]`)
	v.wantText("main", "C’est un essai : rien n’est changé.")
	v.open("/gestion")
	v.clickTo(`a[href="/gestion/textes/cgu"]`)
	v.wantText("main", "les familles ne le voient pas encore")
	v.clickTo(`form[action$="/publier"] button`)
	if got := v.path(); got != "/conditions" {
		t.Errorf("the administrator is sent to %s", got)
	}
	if text := v.text("main"); !strings.Contains(text, "Les absences") {
		t.Error("the new version is not the one to accept")
	}
}
