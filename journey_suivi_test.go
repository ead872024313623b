package main

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	ical "github.com/arran4/golang-ical"
	"github.com/chromedp/chromedp"
)

// followed is a family that has just asked something, after four weeks that were transmitted.
func followed(t *testing.T, d *demonstration) *family {
	t.Helper()
	f := d.family(t, d.login(t, "parent", "GARCIA François"))
	f.get(t, "/accueil")
	for _, day := range []string{"2027-01-05:1", "2027-01-07:1"} {
		f.post(t, f.activityOfFirstChild(t, "cantine"), url.Values{"jour": {day}}, http.StatusSeeOther)
	}
	f.validate(t)
	return f
}

// TestFollowWithABrowser: the box « Transmise » leaves what was just done, the address follows, Back brings the rest again.
func TestFollowWithABrowser(t *testing.T) {
	d := startDemo(t)
	followed(t, d)
	v := d.visit(t, 390, 844)
	v.signIn(d.login(t, "parent", "GARCIA François"))
	v.open("/suivi")
	all := v.text("#titre-mois")
	v.until("htmx is there", func() bool { return read(v, chromedp.Evaluate[bool]("!!window.htmx")) })
	v.click("#transmise")
	v.wantText("#titre-mois", "2 demandes")
	v.wantText("#annonce", "2 demandes")
	v.wantText("#resultats table", "mar. 5, jeu. 7")
	if strings.Contains(strings.ReplaceAll(v.text("#resultats table"), "Non transmise", ""), "Transmise") {
		t.Error("something that was transmitted is still there")
	}
	if got := v.path(); !strings.Contains(got, "filtre=1") || strings.Contains(got, "transmise=1") {
		t.Errorf("the address is %s", got)
	}
	if got := v.focused(); got != "transmise" {
		t.Errorf("the focus went to %q", got)
	}
	v.open(v.path()) // the address alone shows the same
	v.wantText("#titre-mois", "2 demandes")
	v.click("#transmise")
	v.wantText("#titre-mois", all)
	v.do(chromedp.NavigateBack())
	v.wantText("#titre-mois", "2 demandes")

	v.open("/suivi")
	v.until("htmx is there", func() bool { return read(v, chromedp.Evaluate[bool]("!!window.htmx")) })
	read(v, chromedp.Evaluate[bool](`(() => { const s = document.querySelector('#activite'); s.value = [...s.options].find(o => o.text == 'Soir').value; s.dispatchEvent(new Event('change', {bubbles: true})); return true })()`))
	v.until("only the evenings are left", func() bool { return !strings.Contains(v.text("#resultats table"), "Cantine") })
	v.clickTo(`nav[aria-label="Période"] a:nth-child(4)`) // « Mois prochain » keeps the activity
	v.wantText("#resultats table", "Décembre 2026")
	if text := v.text("#resultats table"); strings.Contains(text, "Cantine") || strings.Contains(text, "Novembre") {
		t.Errorf("the filters are lost: %s", text)
	}

	v.open("/historique/consommations")
	v.wantText("#titre-mois", "Novembre 2026")
	v.until("htmx is there", func() bool { return read(v, chromedp.Evaluate[bool]("!!window.htmx")) })
	v.click("#mois-avant")
	v.wantText("#titre-mois", "Octobre 2026")
	v.wantText("#historique", "Aucune consommation en octobre.")
	v.wantText("#historique", "L’historique s’arrête en octobre 2026.")
	if got := v.path(); got != "/historique/consommations?mois=2026-10" {
		t.Errorf("the address is %s", got)
	}
}

// TestFollowWithoutJavaScript: the same with plain forms and links, files included.
func TestFollowWithoutJavaScript(t *testing.T) {
	d := startDemo(t)
	f := followed(t, d)
	v := d.visit(t, 390, 844)
	v.withoutScripts()
	v.signIn(d.login(t, "parent", "GARCIA François"))
	v.open("/suivi")
	v.click("#transmise")
	v.clickTo("#filtres button")
	v.wantText("#titre-mois", "2 demandes")
	v.wantText("#resultats", "Non transmise (sera transmise cette nuit)")
	v.clickTo(`nav[aria-label="Enfant"] a:last-child`)
	v.wantText("#resultats", "Rien à transmettre")
	v.open("/suivi")
	v.clickTo(`nav[aria-label="Dans cette partie"] a:nth-child(2)`)
	v.wantText("h1", "Mes réservations")
	v.wantText("main", "mar. 5, jeu. 7 janvier 2027")
	v.clickTo(`nav[aria-label="Dans cette partie"] a:last-child`)
	v.wantText("h1", "Journal du compte")
	v.wantText("main", "mar. 5, jeu. 7 janvier 2027")
	v.wantText("main", "Par vous · reçu")
	v.open("/historique/consommations")
	v.clickTo("#mois-avant")
	v.wantText("main", "Octobre 2026")
	v.clickTo(`nav[aria-label="Dans cette partie"] a:nth-child(2)`)
	v.wantText("main", "Aucun règlement : le paiement n’est pas encore ouvert sur ce portail.")

	res, err := f.client.Get(d.url + "/suivi/reservations.ics?du=2027-01-01")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	cal, err := ical.ParseCalendar(res.Body)
	if err != nil || len(cal.Events()) != 2 {
		t.Errorf("the agenda: %v %v", cal, err)
	}
	res, err = f.client.Get(d.url + "/suivi/demandes.csv?filtre=1")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, err := io.ReadAll(res.Body); err != nil || strings.Count(string(b), "\r\n") != 3 {
		t.Errorf("the file: %s %v", b, err)
	}

	clerk := d.visit(t, 1280, 900)
	clerk.withoutScripts()
	clerk.signIn(d.login(t, "gestionnaire", ""))
	clerk.open("/gestion/recus")
	clerk.fill("#numero", "2026-141")
	clerk.clickTo("main form button")
	clerk.wantText("main", "Ce reçu est authentique : son empreinte et celle du reçu précédent sont justes.")
	clerk.wantText("main", "Compte de Mme NGUYEN Émilie")
}
