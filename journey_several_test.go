package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// month opens the several-activities month of a child by first name.
func (v *visitor) month(first, month string) {
	v.t.Helper()
	v.open("/reservations")
	paths := read(v, chromedp.Evaluate[[]string](fmt.Sprintf(`[...document.querySelectorAll('nav[aria-label="Enfant"] a')].filter(a => a.textContent.includes(%q)).map(a => a.pathname)`, first)))
	if len(paths) == 0 {
		v.t.Fatalf("no child %s\n%s", first, v.where())
	}
	v.open(paths[0] + "?mois=" + month)
}

// row is the selector of an activity in the panel of a day, by its name.
func (v *visitor) row(name string) string {
	v.t.Helper()
	var ids []string
	v.until("the row "+name, func() bool {
		ids = read(v, chromedp.Evaluate[[]string](fmt.Sprintf(`[...document.querySelectorAll('.acti')].filter(a => a.querySelector('b').textContent === %q).map(a => '#' + a.id)`, name)))
		return len(ids) == 1
	})
	return ids[0]
}

func (v *visitor) wantRow(name, state string) {
	v.t.Helper()
	v.do(chromedp.WaitReady(chromedp.CSS(fmt.Sprintf(`%s[data-etat="%s"]`, v.row(name), state))))
}

// TestSeveralActivitiesOneDay: « ne sélectionnez pas d’activité », tap a day, its activities, back to the calendar, validate.
func TestSeveralActivitiesOneDay(t *testing.T) {
	d := startDemo(t)
	v := d.visit(t, 390, 844)
	v.signIn(d.login(t, "parent", "D'HAUTPOUL Delphine"))
	v.month("Amalia", "2026-12")
	v.click("#j-2026-12-04")
	v.wantText("#volet-titre", "Vendredi 4 décembre 2026")
	v.click(v.row("Cantine"))
	v.wantRow("Cantine", "ajout")
	v.click(v.row("Accueil du matin"))
	v.wantRow("Accueil du matin", "ajout")
	v.click(`#volet form[method="dialog"] .principal`) // « Revenir au calendrier »
	v.until("the panel closes", func() bool { return !read(v, chromedp.Evaluate[bool](`document.getElementById("volet").open`)) })
	if got := v.focused(); got != "j-2026-12-04" {
		t.Errorf("after the panel the focus is on %q", got)
	}
	v.wantDay("2026-12-04", "ajout")
	v.wantText("#panier", "Récapitulatif (2 ajouts)")

	// The 3rd is a Thursday: the study and the evening overlap, and the panel says so.
	v.click("#j-2026-12-03")
	v.click(v.row("Accueil du soir"))
	v.wantRow("Accueil du soir", "ajout")
	v.click(v.row("Étude surveillée"))
	v.wantText("#volet-corps", "L’étude surveillée et l’accueil du soir (16 h 30 – 18 h 30) se chevauchent le jeudi 3 décembre. Retirez l’un des deux.")
	v.wantRow("Étude surveillée", "offre")
	v.click(v.row("Accueil du soir"))
	v.wantRow("Accueil du soir", "libre")
	v.press(kb.Escape)
	v.clickTo("#vers-recap")
	v.clickTo("#valider button.principal")
	v.wantText("h1", "2 demandes enregistrées")
	v.month("Amalia", "2026-12")
	v.wantDay("2026-12-04", "partiel")
}

// TestSeveralActivitiesWithoutJavaScript: the same with plain pages, then « Pourquoi ? » of a closed day.
func TestSeveralActivitiesWithoutJavaScript(t *testing.T) {
	d := startDemo(t)
	v := d.visit(t, 390, 844)
	v.withoutScripts()
	v.signIn(d.login(t, "parent", "D'HAUTPOUL Delphine"))
	v.month("Amalia", "2026-12")
	v.clickTo("#j-2026-12-04")
	v.wantText("h1", "Vendredi 4 décembre 2026")
	v.clickTo(v.row("Cantine"))
	v.wantRow("Cantine", "ajout")
	v.clickTo(v.row("Accueil du matin"))
	v.wantRow("Accueil du matin", "ajout")
	v.clickTo("main .suites a") // « Revenir au calendrier »
	v.wantDay("2026-12-04", "ajout")
	v.wantText("#panier", "Récapitulatif (2 ajouts)")
	v.clickTo("#panier form.etat button") // « Annuler »
	v.wantDay("2026-12-04", "libre")
	v.wantText("main", "2 demandes abandonnées.")
	v.clickTo(".note .reprendre button")
	v.wantDay("2026-12-04", "ajout")
	v.open(strings.Split(v.path(), "?")[0] + "?jour=2026-12-25")
	v.wantText("main", "Le vendredi 25 décembre est férié : Noël.")
}

// TestDayPanelByKeyboard: the panel of a day, an activity, « Pourquoi ? », and back, without touching the mouse.
func TestDayPanelByKeyboard(t *testing.T) {
	d := startDemo(t)
	v := d.visit(t, 1280, 900)
	v.signIn(d.login(t, "parent", "D'HAUTPOUL Delphine"))
	v.month("Amalia", "2026-12")
	v.tabTo("#j-2026-12-04")
	v.press(kb.Enter)
	v.wantText("#volet-titre", "Vendredi 4 décembre 2026")
	v.tabTo(v.row("Cantine"))
	v.press(" ")
	v.wantRow("Cantine", "ajout")
	if got := "#" + v.focused(); got != v.row("Cantine") {
		t.Errorf("after the click the focus is on %q", got)
	}
	v.press(kb.Escape)
	v.until("the focus comes back to the day", func() bool { return v.focused() == "j-2026-12-04" })
	v.open(strings.Split(v.path(), "?")[0] + "?mois=2026-11")
	v.tabTo("#j-2026-11-23") // too late for the canteen, a page of reasons
	v.press(kb.Enter)
	v.wantText("#volet-titre", "Lundi 23 novembre 2026")
	v.tabTo("#volet details summary")
	v.press(" ")
	v.wantText("#volet", "Le délai pour réserver ce jour est dépassé.")
	v.wantText("#volet", "Règle de la mairie")
}

// TestCopyJourney: the guide's direction, from the target's calendar, without JavaScript: a preview, then the copy.
func TestCopyJourney(t *testing.T) {
	d := startDemo(t)
	v := d.visit(t, 390, 844)
	v.withoutScripts()
	v.signIn(d.login(t, "parent", "D'HAUTPOUL Delphine"))
	amalia(v, "2026-12")
	canteen := strings.Split(v.path(), "?")[0]
	for _, day := range []string{"2026-12-04", "2026-12-11"} {
		v.clickTo("#j-" + day)
		v.wantDay(day, "ajout")
	}
	source := strings.ReplaceAll(strings.TrimPrefix(canteen, "/reservations/"), "/", "-")
	v.clickTo(`nav[aria-label="Enfant"] a[href*="?mois"]:has(.pastille):not([aria-current])`) // Paolo, the same activity
	v.clickTo(`.mois-outils a[href^="/copier"]`)
	v.wantText("h1", "Copier des réservations")
	v.do(chromedp.SetValue(chromedp.CSS("#de"), source))
	v.clickTo("main form button.principal")
	v.wantText("h1", "Voici ce qui sera copié")
	v.wantText("main", "ven. 4 déc.")
	v.wantText("main", "Déjà réservé ou demandé.") // Tuesdays and Thursdays
	v.clickTo("main form button.principal")
	v.wantText("main", "pour Paolo, cantine.")
	v.wantDay("2026-12-04", "ajout")
	v.wantDay("2026-12-11", "ajout")
	v.clickTo(".note .reprendre button")
	v.wantDay("2026-12-11", "libre")
}

// TestAllChildrenJourney: one tap for both, with hours and « les deux ou aucun », then the receipt and back.
func TestAllChildrenJourney(t *testing.T) {
	d := startDemo(t)
	v := d.visit(t, 390, 844)
	v.signIn(d.login(t, "parent", "D'HAUTPOUL Delphine"))
	v.open("/reservations/tous")
	path := read(v, chromedp.Evaluate[string](`[...document.querySelectorAll('nav[aria-label="Activité"] a')].find(a => a.textContent.includes('Vacances')).pathname`))
	v.open(path + "?mois=2026-12")
	v.do(chromedp.SetValue(chromedp.CSS("#horaires-a"), "09:00"))
	v.click(`input[name="tous_ou_aucun"]`)
	v.click("#j-2026-12-28")
	v.wantDay("2026-12-28", "ajout")
	v.wantText("#annonce", "Lundi 28 décembre : 2 enfants ajoutés.")
	v.wantText("#panier", "Récapitulatif (4 ajouts)") // the centre and its meal, for both
	v.clickTo("#vers-recap")
	v.wantText("main", "9 h – 18 h 30")
	v.wantText("main", "les deux ou aucun")
	v.clickTo("#valider button.principal")
	v.wantText("h1", "4 demandes enregistrées")
	v.clickTo(`form[action$="/revenir"] button`) // « Revenir en arrière »
	v.wantText("main", "4 annulations.")
	v.open(path + "?mois=2026-12")
	v.wantDay("2026-12-28", "libre")
}
