package main

import (
	"fmt"
	"mime"
	"net/mail"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"marelle/db/demo"
	"marelle/jobs/smtptest"
)

// firstSignIn is what Jean-Paul DUPONT does with the letter of the town hall.
func firstSignIn(v *visitor, l demo.Login, password string) {
	v.t.Helper()
	v.signIn(l)
	if got := v.path(); got != "/premiere-connexion" {
		v.t.Fatalf("a temporary password led to %s", got)
	}
	v.fill(`input[name="mot_de_passe"]`, "marelle")
	v.fill(`input[name="confirmation"]`, "marelle")
	v.clickTo(`main button[type="submit"]`)
	v.wantText("main", "12 caractères")
	v.do(chromedp.Clear(chromedp.CSS(`input[name="mot_de_passe"]`)), chromedp.Clear(chromedp.CSS(`input[name="confirmation"]`)))
	v.fill(`input[name="mot_de_passe"]`, password)
	v.fill(`input[name="confirmation"]`, password)
	v.clickTo(`main button[type="submit"]`)
	v.wantText("main", "Le mot de passe a bien été enregistré")
	v.clickTo(`main a.bouton, main form button`)
	if got := v.path(); got != "/conditions" {
		v.t.Fatalf("after the password comes %s", got)
	}
	v.clickTo(`main form button[type="submit"]`) // the boxes are not ticked
	v.wantText("main .erreurs", "Il y a 2 points à corriger")
	v.click(`input[type="checkbox"][name="rgpd"]`)
	v.click(`input[type="checkbox"][name="cgu"]`)
	v.clickTo(`main form button[type="submit"]`)
	if got := v.path(); got != "/accueil" {
		v.t.Fatalf("after the terms comes %s", got)
	}
}

// amalia opens the canteen calendar of Amalia for a month.
func amalia(v *visitor, month string) {
	v.t.Helper()
	v.open("/reservations")
	chips := read(v, chromedp.Evaluate[[]string](`[...document.querySelectorAll('nav[aria-label="Enfant"] a')].filter(a => a.textContent.includes('Amalia')).map(a => a.pathname)`))
	if len(chips) != 1 {
		v.t.Fatalf("Amalia is not there: %v\n%s", chips, v.where())
	}
	v.open(chips[0])
	links := read(v, chromedp.Evaluate[[]string](`[...document.querySelectorAll('nav[aria-label="Activité"] a')].filter(a => /cantine/i.test(a.textContent)).map(a => a.pathname)`))
	if len(links) == 0 {
		v.t.Fatalf("no canteen\n%s", v.where())
	}
	v.open(links[0] + "?mois=" + month)
}

// TestMainJob is the product's main job from a letter to a mailbox: first sign-in, four days booked, one cancelled,
// recap, validation, the night, the report on a real SMTP server.
func TestMainJob(t *testing.T) {
	server := smtptest.Start(t, smtptest.Options{})
	d := startDemo(t, "--smtp", server.URL())
	v := d.visit(t, 390, 844)
	firstSignIn(v, d.login(t, "parent", "DUPONT Jean-Paul"), "le chat dort sous 3 tilleuls")

	amalia(v, "2026-11")
	v.click("#j-2026-11-30")
	v.wantDay("2026-11-30", "ajout")
	v.wantText("#annonce", "Lundi 30 novembre ajouté. 1 demande à valider.")
	amalia(v, "2026-12")
	week := `button[data-ensemble="semaine"][value^="2026-12/semaine/2026-12-14"]`
	v.click(week) // a quick tool, and back
	v.wantDay("2026-12-14", "ajout")
	v.wantText("#alerte", "2 jours ajoutés.")
	v.click(week)
	v.wantDay("2026-12-14", "libre")
	v.wantDay("2026-12-15", "retrait")
	v.click("#j-2026-12-15")
	v.click("#j-2026-12-17")
	v.wantDay("2026-12-17", "reserve")
	for _, day := range []string{"2026-12-04", "2026-12-07", "2026-12-11"} {
		v.click("#j-" + day)
		v.wantDay(day, "ajout")
	}
	v.wantDay("2026-12-08", "reserve")
	v.click("#j-2026-12-08")
	v.wantDay("2026-12-08", "retrait")
	v.wantText("#panier", "Récapitulatif (4 ajouts, 1 annulation)")
	v.clickTo("#vers-recap")
	v.wantText("h1", "Vérifiez vos demandes")
	v.wantText("main", "Rien n’est encore enregistré")
	v.clickTo("#valider button.principal")
	v.wantText("h1", "5 demandes enregistrées")
	if got := v.path(); !strings.HasPrefix(got, "/recus/2026-") {
		t.Errorf("the receipt stands at %s", got)
	}

	v.open("/suivi")
	v.wantText("main", "Non transmise")
	v.clickTo(".bandeau-demo button")
	v.open("/suivi")
	if strings.Contains(v.text("table"), "Non transmise") {
		t.Error("the night left something « Non transmise »")
	}

	address := "jean.paul.dupont34@exemple.fr"
	v.until("the report at the mail server", func() bool { return len(messagesTo(server, address)) > 0 })
	list := messagesTo(server, address)
	if len(list) != 1 {
		t.Fatalf("%d messages, want 1", len(list))
	}
	text, html := parts(t, list[0])
	for _, want := range []string{
		"M. DUPONT Jean-Paul", "sur la structure : Mairie de CarteVille.",
		"5 mouvements sur vos demandes de réservations ont été reçus, dont :", "- 4 nouvelles demandes de réservation", "- 1 demande d'annulation",
		"--> Activité : RESTAURATION :\nDUPONT Amalia : lun. 30/11, ven. 04/12, lun. 07/12, ven. 11/12", "--> Activité : RESTAURATION :\nDUPONT Amalia : mar. 08/12",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text part lacks %q:\n%s", want, text)
		}
	}
	if !strings.Contains(html, "lun. 30/11, ven. 04/12") {
		t.Errorf("the HTML part lacks the days:\n%s", html)
	}

	secretary := d.visit(t, 1280, 900)
	secretary.signIn(d.login(t, "gestionnaire", ""))
	secretary.open("/gestion/courriels")
	secretary.wantText("main", "Compte rendu de vos demandes de réservation")
	secretary.clickTo(`main table a[href^="/gestion/courriels/"]`)
	secretary.wantText("main", "5 mouvements sur vos demandes de réservations ont été reçus")
}

func messagesTo(s *smtptest.Server, address string) (list []smtptest.Message) {
	for _, m := range s.Messages() {
		if len(m.To) == 1 && m.To[0] == address {
			list = append(list, m)
		}
	}
	return list
}

// parts reads the two parts of a message.
func parts(t testing.TB, m smtptest.Message) (text, html string) {
	t.Helper()
	msg, err := mail.ReadMessage(strings.NewReader(string(m.Data)))
	if err != nil {
		t.Fatal(err)
	}
	if msg.Header.Get("Message-Id") == "" || msg.Header.Get("Date") == "" {
		t.Errorf("headers: %v", msg.Header)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	if err != nil || subject != "Compte rendu de vos demandes de réservation – Mairie de CarteVille" {
		t.Errorf("subject %q %v", subject, err)
	}
	return readParts(t, msg)
}

// TestWithoutJavaScript: the same job with plain forms.
func TestWithoutJavaScript(t *testing.T) {
	d := startDemo(t)
	v := d.visit(t, 390, 844)
	v.withoutScripts()
	v.signIn(d.login(t, "parent", "D'HAUTPOUL Delphine"))
	amalia(v, "2026-12")
	for _, day := range []string{"2026-12-04", "2026-12-07", "2026-12-11"} {
		v.clickTo("#j-" + day)
		v.wantDay(day, "ajout")
	}
	v.clickTo(`button[data-ensemble="colonne"][value^="2026-12/colonne/1"]`) // all Mondays: the first is to be added, so all go
	v.wantDay("2026-12-07", "libre")
	v.clickTo(`button[data-ensemble="colonne"][value^="2026-12/colonne/1"]`)
	v.wantText("main", "2 jours ajoutés.")
	v.wantDay("2026-12-14", "ajout")
	v.clickTo("#j-2026-12-14")
	v.clickTo("#j-2026-12-11") // and thinks again
	v.wantDay("2026-12-11", "libre")
	v.clickTo("#vers-recap")
	v.clickTo(`.bloc.plus tbody tr:nth-child(2) button`) // « Retirer »
	v.wantText("#valider", "Valider ma demande")
	v.clickTo("#valider a.bouton") // « Modifier »
	v.wantDay("2026-12-04", "ajout")
	v.clickTo("#vers-recap")
	v.clickTo("#valider button.principal")
	v.wantText("h1", "1 demande enregistrée")
	amalia(v, "2026-12")
	v.wantDay("2026-12-04", "reserve")
	v.clickTo("#j-2026-12-04")
	v.wantDay("2026-12-04", "retrait")
	v.clickTo("#panier form.etat button") // « Annuler »
	v.wantDay("2026-12-04", "reserve")
	v.click("details.menu:not(.compte) > summary")
	v.clickTo("details.menu:not(.compte) form button") // « Se déconnecter »
	v.open("/suivi")
	if got := v.path(); !strings.HasPrefix(got, "/connexion") {
		t.Errorf("signed out, /suivi shows %s", got)
	}
}

// TestKeyboardOnly: from sign-in to receipt without touching the mouse; the focus never gets lost.
func TestKeyboardOnly(t *testing.T) {
	d := startDemo(t)
	v := d.visit(t, 1280, 900)
	l := d.login(t, "parent", "D'HAUTPOUL Delphine")
	v.open("/connexion")
	v.tabTo(`input[name="identifiant"]`)
	v.press(l.Login)
	v.tabTo(`input[name="mot_de_passe"]`)
	v.press(l.Password)
	v.pressTo(kb.Enter)
	amalia(v, "2026-12")
	v.tabTo("#j-2026-12-04")
	v.press(" ")
	v.wantDay("2026-12-04", "ajout")
	if got := v.focused(); got != "j-2026-12-04" {
		t.Errorf("after the click the focus is on %q", got)
	}
	v.press(kb.ArrowDown)
	if got := v.focused(); got != "j-2026-12-11" {
		t.Errorf("arrow down leads to %q", got)
	}
	v.press(kb.ArrowLeft)
	if got := v.focused(); got != "j-2026-12-10" {
		t.Errorf("arrow left leads to %q", got)
	}
	v.press(kb.Enter)
	v.wantDay("2026-12-10", "retrait")
	v.wantText("#vers-recap", "1 ajout, 1 annulation")
	v.tabTo("#vers-recap")
	v.pressTo(kb.Enter)
	v.tabTo("#valider button.principal")
	v.pressTo(kb.Enter)
	v.wantText("h1", "2 demandes enregistrées")
}

// tabTo presses Tab until the element has the focus.
func (v *visitor) tabTo(selector string) {
	v.t.Helper()
	for range 120 {
		v.do(chromedp.KeyEvent(kb.Tab))
		if read(v, chromedp.Evaluate[bool](fmt.Sprintf("document.activeElement.matches(%q)", selector))) {
			if !read(v, chromedp.Evaluate[bool]("(() => { const r = document.activeElement.getBoundingClientRect(); return r.width > 0 && r.bottom > 0 && r.top < innerHeight })()")) {
				v.t.Errorf("%s has the focus out of sight", selector)
			}
			return
		}
	}
	v.t.Fatalf("Tab never reaches %s\n%s", selector, v.where())
}

func (v *visitor) press(keys string) { v.t.Helper(); v.do(chromedp.KeyEvent(keys)) }

func (v *visitor) pressTo(keys string) {
	v.t.Helper()
	if _, err := chromedp.RunResponse(v.ctx, chromedp.KeyEvent(keys)); err != nil {
		v.t.Fatal(err)
	}
}

func (v *visitor) focused() string {
	v.t.Helper()
	return read(v, chromedp.Evaluate[string]("document.activeElement.id"))
}

// TestTwoParentsAndTheLastPlace: both see it free, both ask for it, one gets it and the other is first to wait.
func TestTwoParentsAndTheLastPlace(t *testing.T) {
	const day = "2027-01-06"
	d := startDemo(t)
	var last []*visitor
	var asked string // the calendar of the first parent's child: the other parent of that child would not be a rival
	for _, l := range d.logins {
		if l.Role != "parent" || l.Password != demo.Password {
			continue
		}
		f := d.family(t, l)
		path := f.activityOfFirstChild(t, "mercredi")
		if path == "" || path == asked {
			continue
		}
		cell := f.get(t, path+"?mois=2027-01").Find(fmt.Sprintf(`[data-jour="%s"]`, day))
		if etat, _ := cell.Attr("data-etat"); etat != "libre" {
			continue
		}
		if cell.Find(".mot").Text() != "1 place" { // somebody else takes one more
			f.post(t, path, url.Values{"jour": {day + ":1"}}, 303)
			f.validate(t)
			continue
		}
		asked = path
		v := d.visit(t, 390, 844)
		v.signIn(l)
		v.open(path + "?mois=2027-01")
		v.click("#j-" + day)
		v.wantDay(day, "ajout")
		v.open("/recapitulatif")
		v.wantText("main", "dernière place")
		if last = append(last, v); len(last) == 2 {
			break
		}
	}
	if len(last) != 2 {
		t.Fatalf("%d parents stand before the last place, want 2", len(last))
	}
	last[0].clickTo("#valider button.principal")
	last[0].wantText("main", "Réservé")
	last[1].clickTo("#valider button.principal")
	last[1].wantText("main", "Liste d’attente, 1re")
}
