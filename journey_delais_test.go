package main

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// put types a text in place of what a field holds.
func (v *visitor) put(selector, text string) {
	v.t.Helper()
	read(v, chromedp.Evaluate[bool](fmt.Sprintf(`(document.querySelector(%q).value = "", true)`, selector)))
	v.fill(selector, text)
}

// choose picks an option of a list by its value.
func (v *visitor) choose(selector, value string) {
	v.t.Helper()
	if !read(v, chromedp.Evaluate[bool](fmt.Sprintf(`(s => { s.value = %q; s.dispatchEvent(new Event("change", {bubbles: true})); return s.value === %q })(document.querySelector(%q))`, value, value, selector))) {
		v.t.Fatalf("%s has no choice %q\n%s", selector, value, v.where())
	}
}

// tick ticks a box, once more when the page moved under the pointer.
func (v *visitor) tick(selector string) {
	v.t.Helper()
	v.until(selector+" is ticked", func() bool {
		ticked := chromedp.Evaluate[bool](fmt.Sprintf(`document.querySelector(%q).checked`, selector))
		if !read(v, ticked) {
			v.click(selector)
		}
		return read(v, ticked)
	})
}

// limitsOf opens the limits of an activity of CarteVille, and gives their address.
func (v *visitor) limitsOf(name string) string {
	v.t.Helper()
	v.open("/gestion/reglages/delais")
	path := read(v, chromedp.Evaluate[string](fmt.Sprintf(`[...document.querySelectorAll("main h2 a")].find(a => a.textContent.trim() === %q).getAttribute("href")`, name)))
	v.open(path)
	return path
}

// edit opens the form of a rule in a shape.
func (v *visitor) edit(path, at, shape string) {
	v.t.Helper()
	v.open(path + "/modifier?cas=" + at)
	v.choose(`#forme`, shape)
	v.clickTo(`form.filtres button`)
}

// wantLimits presses « Voir les exemples » and waits for the last instant of some days of service in the simulator.
func (v *visitor) wantLimits(limits map[string]string) {
	v.t.Helper()
	v.clickTo(`form.regle button[value="exemples"]`)
	for day, want := range limits {
		line := day + " = " + strings.NewReplacer(" h ", "\u00a0h\u00a0", " h", "\u00a0h").Replace(want)
		v.until(line, func() bool { return slices.Contains(v.limits(), line) })
	}
}

// limits reads the first column of the simulator.
func (v *visitor) limits() []string {
	v.t.Helper()
	return read(v, chromedp.Evaluate[[]string](`[...document.querySelectorAll("main table tbody tr")].map(r => r.querySelector("th").firstChild.textContent + " = " + r.querySelector("td span").firstChild.textContent)`))
}

// TestLimitsAreTyped: a manager types published rules of real communes, one in each shape, and reads their dated examples in
// the simulator before anything is published; one is published from a day on, said to families, and withdrawn.
func TestLimitsAreTyped(t *testing.T) {
	d := startDemo(t)
	v := d.visit(t, 1280, 900)
	v.signIn(d.login(t, "gestionnaire", ""))
	path := v.limitsOf("RESTAURATION")
	book := "reserver-internet-0"

	// Cruas: « J-2 week-end non compté à 12 h ».
	v.edit(path, book, "jours-avant")
	v.put("#jours", "2")
	v.put("#heure", "12 h")
	v.tick(`input[name="sauf-weekend"]`)
	v.wantText("#exemples", "Réserver : jusqu’à 2 jours avant à 12 h, week-ends non comptés.") // as it is typed
	v.wantLimits(map[string]string{"Lundi 30 novembre 2026": "jeu. 26 nov. 2026, 12 h", "Mardi 1er décembre 2026": "ven. 27 nov. 2026, 12 h",
		"Jeudi 3 décembre 2026": "mar. 1er déc. 2026, 12 h", "Vendredi 4 décembre 2026": "mer. 2 déc. 2026, 12 h"})
	v.wantAccessible("un délai et ses exemples")

	// Rontalon: the school day before at 11 h, the last one before the holidays for the return.
	v.edit(path, book, "jours-avant")
	v.put("#jours", "1")
	v.put("#heure", "11h")
	for _, flag := range []string{"feries", "service", "vacances"} {
		v.tick(`input[name="sauf-` + flag + `"]`)
	}
	v.wantLimits(map[string]string{"Jeudi 3 décembre 2026": "mar. 1er déc. 2026, 11 h", "Lundi 4 janvier 2027": "ven. 18 déc. 2026, 11 h"})
	v.wantText("#exemples", "jusqu’au jour de classe précédent à 11 h")
	v.wantText("#exemples", "rentrée après les vacances de Noël")

	// Espondeilhan: Monday midnight of the week before.
	v.edit(path, book, "jour-de-semaine")
	v.choose("#jour", "lundi")
	v.choose("#semaines", "1")
	v.put("#heure", "minuit")
	v.wantLimits(map[string]string{"Vendredi 4 décembre 2026": "lun. 23 nov. 2026, minuit"})

	// Saint-Jean-du-Bois: Thursday 10 h for Monday and Tuesday, Tuesday 10 h for Thursday and Friday.
	v.edit(path, book, "tableau")
	line := func(n int, limit, weeks string, days ...string) {
		for _, day := range days {
			v.tick(fmt.Sprintf(`input[name="pour-%d-%s"]`, n, day))
		}
		v.choose(fmt.Sprintf("#jour-%d", n), limit)
		v.choose(fmt.Sprintf("#semaines-%d", n), weeks)
		v.put(fmt.Sprintf("#heure-%d", n), "10 h")
	}
	line(0, "jeudi", "1", "lundi", "mardi")
	v.clickTo(`button[value="ligne"]`)
	line(1, "mardi", "0", "jeudi", "vendredi")
	v.wantLimits(map[string]string{"Lundi 30 novembre 2026": "jeu. 26 nov. 2026, 10 h", "Mardi 1er décembre 2026": "jeu. 26 nov. 2026, 10 h",
		"Jeudi 3 décembre 2026": "mar. 1er déc. 2026, 10 h", "Vendredi 4 décembre 2026": "mar. 1er déc. 2026, 10 h"})

	// The 25th of the month before at 18 h.
	v.edit(path, book, "jour-du-mois")
	v.put("#quantieme", "25")
	v.put("#heure", "18 h")
	v.wantLimits(map[string]string{"Vendredi 18 décembre 2026": "mer. 25 nov. 2026, 18 h", "Mardi 1er décembre 2026": "mer. 25 nov. 2026, 18 h"})

	// Peipin: the last full week of the month before.
	v.edit(path, book, "semaine-pleine")
	v.choose("#jour", "dimanche")
	v.put("#heure", "minuit")
	v.wantLimits(map[string]string{"Vendredi 18 décembre 2026": "dim. 29 nov. 2026, minuit", "Lundi 4 janvier 2027": "dim. 27 déc. 2026, minuit"})
	v.wantText("#exemples", "un dimanche")

	// Lons-le-Saunier: a table of dates; a month without one cannot be booked, and the simulator says so.
	v.edit(path, book, "dates")
	for id, date := range map[string]string{"#du-0": "2026-12-01", "#au-0": "2026-12-31", "#limite-0": "2026-11-24"} {
		v.choose(id, date)
	}
	v.put("#heure", "minuit")
	v.wantLimits(map[string]string{"Mardi 1er décembre 2026": "mar. 24 nov. 2026, minuit", "Lundi 4 janvier 2027": "jamais"})
	v.wantText("#exemples", "ont un délai impossible à tenir")

	// Cuillé: 72 hours before.
	v.edit(path, book, "heures-avant")
	v.put("#heures", "72")
	v.wantLimits(map[string]string{"Jeudi 3 décembre 2026": "lun. 30 nov. 2026, 11 h 45"})

	// Éragny: 15 clear days before the holidays begin, for the centre of the holidays.
	camp := v.limitsOf("ALSH VACANCES")
	v.edit(camp, book, "avant-periode")
	v.put("#jours", "15")
	v.choose("#francs", "1")
	v.put("#heure", "minuit")
	v.wantLimits(map[string]string{"Lundi 21 décembre 2026": "jeu. 3 déc. 2026, minuit"})

	// What is kept is a draft; it is published from a day on, and families read it.
	v.edit(path, book, "jour-de-semaine")
	v.choose("#jour", "mardi")
	v.choose("#semaines", "1")
	v.put("#heure", "23 h")
	v.clickTo(`form.regle button.principal`)
	v.wantText("main", "Brouillon : rien n’est encore publié.")
	v.wantText("main", "Publié : jusqu’au jeudi de la semaine précédente à 9 h.")
	v.wantText("main", "Depuis le samedi 24 octobre,")
	v.wantAccessible("les délais et leur brouillon")
	v.choose("#a_partir", "2027-03-01")
	v.clickTo(`#publier button[value="essai"]`)
	v.wantText("main", "Si ce brouillon était publié maintenant")
	v.clickTo(`#publier button.principal`)
	v.wantText("main", "Les délais sont publiés.")
	v.wantText("main", "À partir du lundi 1er mars 2027")
	f := d.family(t, d.login(t, "parent", "D'HAUTPOUL Delphine"))
	if words := f.get(t, f.activityOfFirstChild(t, "cantine")+"?mois=2027-03").Find("main").Text(); !strings.Contains(words, "mardi de la semaine précédente à 23 h") {
		t.Error("the calendar of March does not say the new limit")
	}
	if words := f.get(t, f.activityOfFirstChild(t, "cantine")+"?mois=2026-12").Find("main").Text(); !strings.Contains(strings.Join(strings.Fields(words), " "), "jeudi de la semaine précédente à 9 h. À partir du lundi 1er mars 2027 : réserver : jusqu’au mardi") {
		t.Error("the calendar of December does not announce the new limit")
	}
	v.click("main details:first-of-type summary")
	v.do(chromedp.WaitReady(chromedp.CSS(`main details[open] form[action*="/versions/"]`)))
	v.do(chromedp.ScrollIntoView(chromedp.CSS(`main details[open] form[action*="/versions/"] button`)))
	v.clickTo(`main details[open] form[action*="/versions/"] button`)
	v.wantText("main", "La version à venir est retirée.")
}

// TestLimitsWithoutJavaScript: the same with plain forms on a telephone, faults and a late lane included.
func TestLimitsWithoutJavaScript(t *testing.T) {
	d := startDemo(t)
	v := d.visit(t, 390, 844)
	v.withoutScripts()
	v.signIn(d.login(t, "gestionnaire", ""))
	path := v.limitsOf("APS SOIR")
	v.edit(path, "reserver-internet-0", "jours-avant")
	v.put("#jours", "deux")
	v.put("#heure", "25 h")
	v.clickTo(`form.regle button.principal`)
	v.wantText("main", "Il y a 2 points à corriger")
	v.wantText("#faute-heure", "« 25 h » n’est pas une heure.")
	if typed := read(v, chromedp.Evaluate[string](`document.querySelector("#jours").value`)); typed != "deux" {
		t.Errorf("what was typed became %q", typed)
	}

	// A late lane: until 8 h the same day, on the town hall's word.
	v.open(path + "/modifier?" + url.Values{"action": {"tardive"}, "canal": {"internet"}, "profil": {"0"}}.Encode())
	v.tick(`input[name="tardive"][value="accord"]`)
	v.put("#jours", "0")
	v.put("#heure", "8 h")
	v.clickTo(`form.regle button[value="exemples"]`)
	v.wantText("#exemples", "Réserver hors délai : sur accord de la mairie, jusqu’au jour même à 8 h.")
	v.clickTo(`form.regle button.principal`)
	v.wantText("main", "Réserver hors délai")
	v.clickTo(`#publier button.principal`)
	v.wantText("main", "Les délais sont publiés.")

	// A profile and a family that has it.
	v.open("/gestion/reglages/profils")
	v.fill("#nom", "Horaires d’hôpital")
	v.clickTo(`form[action="/gestion/reglages/profils"] button.principal`)
	v.wantText("main", "Le profil est créé.")
	v.fill("#q", "dupont")
	v.clickTo(`form[role="search"] button`)
	v.tick(`input[name="famille"]`)
	v.choose("#jusqu_au", "2027-06-30")
	v.clickTo(`form[action$="/familles"] button.principal`)
	v.wantText("main", "La famille a ce profil.")
	v.wantText("main", "jusqu’au 30/06/2027")
}
