package main

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// counterOf looks a family up, and goes to the counter for it.
func (v *visitor) counterOf(name string) {
	v.t.Helper()
	v.open("/gestion/familles?q=" + name)
	v.clickTo(`#resultats th a`)
	v.clickTo(`a[href^="/gestion/guichet/"]`)
}

// TestCounterWithoutScripts: a manager looks a family up, ticks a day in time and one past its limit, reads what it will do,
// passes the limit for a reason, and prints the month form. On a phone, with JavaScript off.
func TestCounterWithoutScripts(t *testing.T) {
	d := startDemo(t)
	v := d.visit(t, 390, 844)
	v.withoutScripts()
	v.signIn(d.login(t, "gestionnaire", ""))
	v.counterOf("laffont")
	v.wantText("h1", "Réserver pour Noémie")
	counter := v.path()
	v.open(counter + "?mois=2026-11")
	v.click(`td[data-etat=libre] input`)
	v.click(`td[data-etat=clos] input`)
	v.clickTo(`form.guichet button[value=verifier]`)
	v.wantText("#bilan", "Ce qui sera fait")
	v.wantText("#bilan", "Ce qui ne peut pas être fait")
	v.click(`#bilan input[name=forcer]`)
	v.clickTo(`#bilan button[value=enregistrer]`)
	v.wantText(".erreurs", "Dites en quelques mots")
	v.fill("#motif", "mère hospitalisée hier")
	v.clickTo(`#bilan button[value=enregistrer]`)
	v.wantText("#bilan", "2 demandes enregistrées")
	v.wantText("#bilan", "Réservé hors délai")
	v.clickTo(`a[href*="/papier?mois="]`)
	v.wantText("article", "LAFFONT Noémie")

	// Both children, the canteen, every Monday of the month: without a script the weekday is ticked by the server.
	v.open(counter + "?mois=2026-12&enfant=tous")
	v.clickTo(`button[name=cocher][value="1"]`)
	v.wantText("h1", "Réserver pour tous les enfants")
	v.clickTo(`form.guichet .formulaire button[value=enregistrer]`)
	v.wantText("#bilan", "demandes enregistrées")
}

// TestTypeAMonth: the boxes of a paper form are ticked with the keyboard, and sent at once.
func TestTypeAMonth(t *testing.T) {
	d := startDemo(t)
	v := d.visit(t, 1280, 900)
	v.signIn(d.login(t, "agent", ""))
	v.counterOf("laffont")
	v.open(v.path() + "?mois=2026-12")
	v.do(chromedp.Focus(chromedp.CSS(`td[data-etat=libre] input`)))
	v.do(chromedp.KeyEvent(" "), chromedp.KeyEvent("\t"), chromedp.KeyEvent(" "))
	v.clickTo(`form.guichet .formulaire button[value=enregistrer]`)
	v.wantText("#bilan", "2 demandes enregistrées")
}

// TestFourDaysForTwoChildren: « la cantine du lundi au jeudi pour mes deux enfants », with a line of parents waiting: from the
// list of families, one click a day of the week, and it is saved.
func TestFourDaysForTwoChildren(t *testing.T) {
	d := startDemo(t)
	v := d.visit(t, 1280, 900)
	v.signIn(d.login(t, "agent", ""))
	v.open("/gestion/familles?q=benali")
	v.clickTo(`#resultats a[href$="?enfant=tous"]`)
	v.clickTo(`a[rel=next]`)                          // the demonstration is at the end of November
	for _, weekday := range []string{"1", "2", "4"} { // no school on Wednesdays
		v.click(`button[name=cocher][value="` + weekday + `"]`)
	}
	v.clickTo(`form.guichet .formulaire button[value=enregistrer]`)
	v.wantText("#bilan", "demandes enregistrées")
	v.wantText("#bilan", "lundi 14 décembre, Lina, Cantine")
}

// TestTypeAClassWithTheKeyboard: the sheets of a class are typed without a mouse: the first box has the keyboard, the arrows
// go down a column, Entrée saves and brings the next child.
func TestTypeAClassWithTheKeyboard(t *testing.T) {
	d := startDemo(t)
	v := d.visit(t, 1280, 900)
	v.signIn(d.login(t, "agent", ""))
	v.open("/gestion/formulaires-papier?mois=2026-12&classe=1")
	v.clickTo(`a[href*="classe="]`)
	v.wantText("main", "feuille 1 sur")
	v.press(kb.ArrowDown)
	v.press(" ")
	v.pressTo(kb.Enter)
	v.wantText("main", "feuille 2 sur")
	v.wantText("main", "enregistré, reçu n°")
	v.pressTo(kb.Enter) // an empty sheet
	v.wantText("main", "feuille 3 sur")
}
