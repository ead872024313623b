package main

import (
	"net/mail"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"marelle/jobs/smtptest"
)

var exchangeLink = regexp.MustCompile(`https?://[^/\s]+(/echanges/[0-9a-f]{32})`)

// TestSeparatedParents: one parent, on a telephone, books an own day, cannot touch the other's, and proposes to give a day;
// the other one reads it in a mail of a real server, signs in from its link and accepts, without JavaScript, then books that
// day; the first one is told, and staff read who agreed.
func TestSeparatedParents(t *testing.T) {
	server := smtptest.Start(t, smtptest.Options{})
	d := startDemo(t, "--smtp", server.URL())
	father, mother := d.login(t, "parent", "BERNADAC Olivier"), d.login(t, "parent", "SALVAING Julie")
	const hisAddress, herAddress, town = "olivier.bernadac46@exemple.fr", "julie.salvaing@exemple.fr", " – Mairie de CarteVille"

	a := d.visit(t, 390, 844)
	a.signIn(father)
	a.wantText("main", "L’autre parent de Gaël propose d’échanger le jeudi 3 décembre et le mardi 8 décembre.")
	a.open("/reservations")
	calendar := morningOf(a)
	a.open(calendar + "?mois=2026-12")
	a.wantDay("2026-12-01", "libre")
	a.click("#j-2026-12-01")
	a.wantDay("2026-12-01", "ajout")
	a.clickTo("#vers-recap")
	a.clickTo("#valider button.principal")
	a.wantText("h1", "1 demande enregistrée")

	a.open(calendar + "?mois=2026-12")
	a.wantDay("2026-12-10", "ferme")
	a.wantText("#c-2026-12-10", "Autre parent")
	if n := read(a, chromedp.Evaluate[int](`document.querySelectorAll('#c-2026-12-10 button').length`)); n != 0 {
		t.Error("the other parent's day can be clicked")
	}
	a.click("#j-2026-12-10")
	a.wantText("#volet", "C’est un jour de l’autre parent.")
	a.wantAccessible("le jour de l’autre parent")
	a.clickTo(`#volet a[href^="/echanges/nouveau/"]`)
	a.wantText("h1", "Échanger un jour de garde de Gaël")
	a.do(chromedp.SetValue(chromedp.CSS("#jour"), "2026-12-17")) // an own day: it is not « chez moi »
	a.clickTo("main form button.principal")
	a.wantText("main .erreurs", "c’est déjà un de vos jours")
	a.wantAccessible("échange à corriger")
	a.click(`input[name="sens"][value="autre"]`)
	a.fill("#mot", "Je rentre tard ce jour-là.")
	a.clickTo("main form button.principal")
	a.wantText("main", "Votre proposition est partie.")
	a.wantText("main", "Jeudi 17 décembre 2026 : chez l’autre parent, au lieu de chez vous.")
	a.wantAccessible("échange proposé")
	proposal, _, _ := strings.Cut(a.path(), "?")

	message := arrives(t, server, herAddress, "Un échange de jour vous est proposé pour Gaël"+town)
	msg, err := mail.ReadMessage(strings.NewReader(string(message.Data)))
	if err != nil {
		t.Fatal(err)
	}
	text, html := readParts(t, msg)
	found := exchangeLink.FindStringSubmatch(text)
	if found == nil || found[1] != proposal || !strings.Contains(html, found[0]) {
		t.Fatalf("the mail leads to %v, not to %s\n%s", found, proposal, text)
	}
	for _, words := range []string{"BERNADAC", hisAddress} {
		if strings.Contains(text+html, words) {
			t.Errorf("the mail tells of the other parent: %s", words)
		}
	}

	b := d.visit(t, 1280, 900)
	b.withoutScripts()
	b.open(found[1])
	if got := b.path(); !strings.HasPrefix(got, "/connexion?retour=") {
		t.Fatalf("signed out, the link opens %s", got)
	}
	b.fill(`input[name="identifiant"]`, mother.Login)
	b.fill(`input[name="mot_de_passe"]`, mother.Password)
	b.clickTo(`main form button[type="submit"]`)
	if got := b.path(); got != proposal {
		t.Fatalf("signed in, the link opens %s", got)
	}
	b.wantText("main", "Jeudi 17 décembre 2026 : chez vous, au lieu de chez l’autre parent.")
	b.wantText("main", "« Je rentre tard ce jour-là. »")
	b.wantText("main", "Jeudi 17 décembre : la cantine.")
	b.clickTo(`button[name="reponse"][value="oui"]`)
	b.wantText("main", "L’échange est enregistré.")
	b.open(calendar + "?mois=2026-12")
	b.clickTo("#j-2026-12-17")
	b.wantDay("2026-12-17", "ajout")
	b.open("/recapitulatif")
	b.clickTo("#valider button.principal")
	b.wantText("h1", "1 demande enregistrée")

	arrives(t, server, hisAddress, "Échange accepté pour Gaël"+town)
	a.open(calendar + "?mois=2026-12")
	a.wantText("#c-2026-12-17", "Autre parent")
	a.open(proposal)
	a.wantText("main", "Accepté")

	staff := d.visit(t, 1280, 900)
	staff.signIn(d.login(t, "gestionnaire", ""))
	staff.open("/gestion/enfants/" + strings.Split(calendar, "/")[2] + "/garde")
	staff.wantText("main", "Échange convenu le lundi 23 novembre 2026 entre M. BERNADAC Olivier et Mme SALVAING Julie.")
	staff.wantAccessible("garde alternée avec un échange")
}

// morningOf gives the calendar of the mornings of the child shown.
func morningOf(v *visitor) string {
	v.t.Helper()
	links := read(v, chromedp.Evaluate[[]string](`[...document.querySelectorAll('nav[aria-label="Activité"] a')].filter(a => /matin/i.test(a.textContent)).map(a => a.pathname)`))
	if len(links) != 1 {
		v.t.Fatalf("no mornings\n%s", v.where())
	}
	return links[0]
}
