package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// setDate fills a date field as its picker does; with scripts the page hears of it.
func (v *visitor) setDate(selector, day string) {
	v.t.Helper()
	read(v, chromedp.Evaluate[bool](fmt.Sprintf(`(() => { const i = document.querySelector(%q); i.value = %q; i.dispatchEvent(new Event('change', {bubbles: true})); return true })()`, selector, day)))
}

// newRegistration opens the form of the first child for the canteen.
func newRegistration(v *visitor) {
	v.t.Helper()
	v.open("/inscriptions")
	links := read(v, chromedp.Evaluate[[]string](`[...document.querySelectorAll('main nav a[href^="/inscriptions/nouvelle/"]')].filter(a => /cantine/i.test(a.textContent)).map(a => a.pathname)`))
	if len(links) == 0 {
		v.t.Fatalf("no canteen to register for\n%s", v.where())
	}
	v.open(links[0])
}

// TestRegisteredForTheYear: the dates show while the form is filled; the night books them, a change says what it cancels.
func TestRegisteredForTheYear(t *testing.T) {
	d := startDemo(t)
	v := d.visit(t, 390, 844)
	v.signIn(d.login(t, "parent", "BENALI Samira"))
	newRegistration(v)
	v.wantText("#indice-debut", "Début : au plus tôt le mercredi 25 novembre (2 jours de délai).")
	v.setDate("#debut", "2026-11-30")
	v.wantText("#apercu", "Cochez au moins un jour.")
	v.click(`input[name="jour-lundi"]`)
	v.wantText("#apercu", "Réservations à ajouter")
	v.click(`input[name="une_semaine_sur_deux"]`)
	v.wantText("#apercu", "Premières semaines : 30 novembre, 14 décembre, 11 janvier.")
	v.wantText("#annonce", "jours à réserver.")
	v.wantAccessible("les dates en direct")
	if got := read(v, chromedp.Evaluate[string]("document.activeElement.name")); got != "une_semaine_sur_deux" {
		t.Errorf("the dates took the focus: %q", got)
	}
	v.clickTo(`main form button.principal`)
	v.wantText(".note.succes", "Inscription enregistrée. Elle sera transmise cette nuit")
	v.wantText("main", "Lundi, une semaine sur deux, à partir du 30 novembre 2026, sans date de fin.")
	v.clickTo(".bandeau-demo button")
	v.open("/suivi")
	v.wantText("table", "Inscription à l’année.")
	v.open("/inscriptions")
	v.clickTo(`main a[href$="/modifier"]`)
	v.click(`input[name="jour-mardi"]`)
	v.wantText("#apercu", "Réservations à ajouter")
	v.click(`input[name="jour-lundi"]`)
	v.wantText("#apercu", "Réservations à annuler")
	v.wantAccessible("un changement en direct")
	v.clickTo(`main form button.principal`)
	v.wantText(".note.succes", "Changement enregistré.")
	v.clickTo(`form[action$="/abandonner"] button`)
	v.wantText("main", "Demande abandonnée. Vos réservations n’ont pas changé.")
}

// TestRegisteredWithoutJavaScript: the same with plain forms, faults and end included.
func TestRegisteredWithoutJavaScript(t *testing.T) {
	d := startDemo(t)
	v := d.visit(t, 390, 844)
	v.withoutScripts()
	v.signIn(d.login(t, "parent", "BENALI Samira"))
	newRegistration(v)
	v.setDate("#debut", "2026-11-30")
	v.setDate("#fin", "2026-11-27")
	v.clickTo(`main form button.principal`)
	v.wantText(".erreurs", "Il y a 2 points à corriger")
	v.wantText("#faute-fin", "La date de fin doit être après la date de début.")
	v.setDate("#fin", "2026-12-18")
	v.click(`input[name="jour-jeudi"]`)
	v.clickTo(`main form button[name="apercu"]`)
	v.wantText("#apercu", "3 jours à réserver.")
	v.wantText("#apercu", "jeu. 3, jeu. 10, jeu. 17")
	v.clickTo(`main form button.principal`)
	v.wantText("main", "Jeudi, à partir du 30 novembre 2026, jusqu’au 18 décembre 2026.")
	v.clickTo(".bandeau-demo button")
	v.open("/inscriptions")
	v.clickTo(`main a[href$="/arreter"]`)
	v.setDate("#debut", "2026-12-04")
	v.clickTo(`main form button[name="apercu"]`)
	v.wantText("#apercu", "2 jours à annuler.")
	v.clickTo(`main form button.principal`)
	v.wantText("main", "Arrêt à partir du 4 décembre 2026.")
	if strings.Contains(v.text("main"), "Une erreur est survenue") {
		t.Error(v.where())
	}
}
