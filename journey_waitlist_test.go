package main

import (
	"net/mail"
	"strings"
	"testing"

	"marelle/jobs/smtptest"
)

// TestOfferByMail: the mail's link opens the offer without signing in; « Accepter » books, and a second visit says so.
func TestOfferByMail(t *testing.T) {
	server := smtptest.Start(t, smtptest.Options{})
	d := startDemo(t, "--smtp", server.URL())
	var text string
	v := d.visit(t, 390, 844)
	v.until("the mail of the offer", func() bool {
		for _, m := range server.Messages() {
			msg, err := mail.ReadMessage(strings.NewReader(string(m.Data)))
			if err != nil {
				t.Fatal(err)
			}
			if body, _ := readParts(t, msg); strings.Contains(body, "M. DARDENNE Cédric") && strings.Contains(body, "Elle vous est proposée") {
				text = body
			}
		}
		return text != ""
	})
	link := offerLink.FindString(text)
	v.open(link + "?reponse=oui")
	v.wantText("h1", "Une place vous est proposée")
	v.wantAccessible("offre par le lien")
	v.clickTo(`section.offre button[value="oui"]`)
	v.wantText("h1", "C’est réservé")
	v.wantText("main", "Le centre de loisirs des vacances, mardi 22 décembre 2026, pour Cécile")
	v.wantAccessible("offre acceptée")
	v.open(link + "?reponse=non")
	v.wantText("h1", "C’est réservé")

	v.signIn(d.login(t, "parent", "DARDENNE Cédric"))
	v.open("/suivi")
	v.wantText("main", "Place obtenue")
	v.open("/attente")
	v.wantText("main", "Vos enfants n’attendent de place pour aucun jour.")
}

// TestOfferWithoutJavaScript: declined by one family and accepted by the next, with plain forms; a third leaves the list.
func TestOfferWithoutJavaScript(t *testing.T) {
	d := startDemo(t)
	first := d.visit(t, 390, 844)
	first.withoutScripts()
	first.signIn(d.login(t, "parent", "DARDENNE Cédric"))
	first.open("/accueil")
	first.wantText("main", "pour Cécile : une place vous est proposée.")
	first.clickTo(`main a[href^="/attente/offres/"]`)
	first.wantText("main", "Rien n’est fait tant que vous n’avez pas touché l’un des boutons.")
	first.clickTo(`section.offre button[value="non"]`)
	first.wantText("h1", "Place refusée")
	first.open("/suivi")
	first.wantText("main", "place proposée et refusée")

	second := d.visit(t, 1280, 900)
	second.withoutScripts()
	second.signIn(d.login(t, "parent", "TAP Cédric"))
	second.open("/attente")
	second.wantText("main", "une place est proposée")
	second.clickTo(`section.offre button[value="oui"]`)
	second.wantText("h1", "C’est réservé")

	third := d.visit(t, 320, 640)
	third.withoutScripts()
	third.signIn(d.login(t, "parent", "SALVAING Xavier"))
	third.open("/attente")
	third.wantText("main", "personne avant")
	third.clickTo(`main a[href^="/attente/quitter/"]`)
	third.clickTo(`main form.suites button`)
	third.wantText("main", "La demande a quitté la liste d’attente.")
}
