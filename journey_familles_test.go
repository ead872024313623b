package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestSearchAsOneTypes: the list follows the keys, the address follows the list, the keyboard goes on to the family and its
// child; a number and accents do not matter.
func TestSearchAsOneTypes(t *testing.T) {
	d := startDemo(t)
	v := d.visit(t, 1280, 900)
	v.signIn(d.login(t, "gestionnaire", ""))
	v.clickTo(`.nav a[href="/gestion/familles"]`)
	v.until("htmx is there", func() bool { return read(v, chromedp.Evaluate[bool]("!!window.htmx")) })
	all := v.text("#resultats [role=status]")
	v.fill("#q", "d’hautpoul dél")
	v.wantText("#resultats [role=status]", "1 famille")
	v.wantText("#resultats table", "D'HAUTPOUL Delphine")
	if got := v.path(); !strings.Contains(got, "q=") {
		t.Errorf("the address is %s", got)
	}
	if got := v.focused(); got != "q" {
		t.Errorf("the focus went to %q", got)
	}
	v.wantAccessible("familles trouvées")
	v.open(v.path()) // the address alone shows the same
	v.wantText("#resultats [role=status]", "1 famille")
	v.open("/gestion/familles")
	v.wantText("#resultats [role=status]", all)
	v.until("htmx is there", func() bool { return read(v, chromedp.Evaluate[bool]("!!window.htmx")) })
	v.fill("#q", "benali lina\r") // Enter, as in any form
	v.wantText("#resultats [role=status]", "1 famille")
	v.do(chromedp.Focus(chromedp.CSS("#resultats th a")))
	v.fill("#resultats th a", "\r")
	v.wantText("h1", "Famille BENALI")
	v.wantText("main", "3 chemin du Moulin, 09140 CARTEVILLE")
	v.clickTo(`main th a`)
	v.wantText("main", "Qui peut venir le chercher")
}

// TestSetUpAFamilyWithoutScripts: search, household, guardian with a letter, child, health, who fetches it, a note; on a phone,
// with JavaScript off.
func TestSetUpAFamilyWithoutScripts(t *testing.T) {
	d := startDemo(t)
	v := d.visit(t, 390, 844)
	v.withoutScripts()
	v.signIn(d.login(t, "gestionnaire", ""))
	v.open("/gestion/familles")
	v.fill("#q", "quintard")
	v.clickTo(`main form.filtres button`)
	v.wantText("#resultats", "Aucune famille ne correspond.")
	v.clickTo(`a[href="/gestion/familles/nouvelle"]`)
	v.clickTo(`main form button.principal`)
	v.wantText(".erreurs", "Donnez le nom de la famille")
	v.fill("#nom", "QUINTARD")
	v.fill("#rue", "5 rue du Pont")
	v.clickTo(`main form button.principal`)
	v.wantText("main .note", "La famille est créée.")

	v.clickTo(`a[href$="/responsables/nouveau"]`)
	v.fill("#prenom", "Odile")
	v.fill("#portable", "0611223344")
	v.clickTo(`main form button.principal`)
	v.wantText("main .note", "Éditez sa lettre")
	v.wantText("main", "06 11 22 33 44")

	v.clickTo(`a[href$="/enfants/nouveau"]`)
	v.fill("#prenom", "Tom")
	v.clickTo(`main form button.principal`)
	v.wantText("main .note", "L’enfant est ajouté.")
	v.fill("#note", "Emménage en janvier.")
	v.clickTo(`form[action$="/notes"] button`)
	v.wantText("main", "Emménage en janvier.")

	v.clickTo(`main th a`)
	v.clickTo(`a[href$="/sante"]`)
	v.click(`input[name="regime"][value="sans-porc"]`)
	v.fill("#allergies", "Kiwi")
	v.clickTo(`main form button.principal`)
	v.wantText("main .note", "La santé et les repas sont enregistrés.")
	v.wantText("main", "Kiwi")
	v.clickTo(`a[href$="/personnes/nouvelle"]`)
	v.fill("#personne", "Rose QUINTARD")
	v.clickTo(`main form button.principal`)
	v.wantText("main", "Rose QUINTARD")

	v.open("/gestion/familles?q=0611223344")
	v.wantText("#resultats", "QUINTARD Tom")
	v.clickTo(`#resultats th a`)
	v.clickTo(`form[action$="/lettre"] button`)
	v.wantText("main", "1 lettre à imprimer")

	// The agent of the day reads what is needed, and nothing else.
	agent := d.family(t, d.login(t, "agent", ""))
	text := agent.get(t, "/gestion/familles?q=quintard").Find("main").Text()
	if !strings.Contains(text, "06 11 22 33 44") || strings.Contains(text, "rue du Pont") {
		t.Errorf("the agent reads:\n%s", text)
	}
}
