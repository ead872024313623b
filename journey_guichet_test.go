package main

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestCounterWithoutScripts: a manager looks a family up, ticks a day in time and one past its limit, reads what it will do,
// passes the limit for a reason, and prints the month form. On a phone, with JavaScript off.
func TestCounterWithoutScripts(t *testing.T) {
	d := startDemo(t)
	v := d.visit(t, 390, 844)
	v.withoutScripts()
	v.signIn(d.login(t, "gestionnaire", ""))
	v.open("/gestion/familles?q=laffont")
	v.clickTo(`#resultats th a`)
	v.clickTo(`a[href^="/gestion/guichet/"]`)
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
}

// TestTypeAMonth: the boxes of a paper form are ticked with the keyboard, and sent at once.
func TestTypeAMonth(t *testing.T) {
	d := startDemo(t)
	v := d.visit(t, 1280, 900)
	v.signIn(d.login(t, "agent", ""))
	v.open("/gestion/familles?q=laffont")
	v.clickTo(`#resultats th a`)
	v.clickTo(`a[href^="/gestion/guichet/"]`)
	v.open(v.path() + "?mois=2026-12")
	v.do(chromedp.Focus(chromedp.CSS(`td[data-etat=libre] input`)))
	v.do(chromedp.KeyEvent(" "), chromedp.KeyEvent("\t"), chromedp.KeyEvent(" "))
	v.clickTo(`form.guichet .formulaire button[value=enregistrer]`)
	v.wantText("#bilan", "2 demandes enregistrées")
}
