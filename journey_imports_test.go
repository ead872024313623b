package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestFamiliesImportedWithoutJavaScript is a secretary's afternoon: a file with a fault, the file mended and tried, imported,
// exported and imported again, then a look at the year to come.
func TestFamiliesImportedWithoutJavaScript(t *testing.T) {
	d := startDemo(t)
	v := d.visit(t, 390, 844)
	v.signIn(d.login(t, "gestionnaire", ""))
	v.withoutScripts()
	v.open("/gestion/reglages")
	v.clickTo(`a[href="/gestion/import"]`)
	v.clickTo(`.onglets a[href="/gestion/import/familles"]`)
	choose := func(text string) {
		v.do(chromedp.SetUploadFiles(chromedp.CSS("#familles"), []string{familiesFile(t, text)}))
	}
	choose(strings.Replace(newFamilies, "03/02/2020", "31/02/2020", 1))
	v.clickTo(`button[value="essayer"]`)
	v.wantText("main", "Rien n’a été importé.")
	v.wantText("main", "« 31/02/2020 » n’est pas une date qui existe")
	choose(newFamilies)
	v.clickTo(`button[value="essayer"]`)
	v.wantText("main", "Essai : rien n’a été changé")
	v.wantText("main", "1 enfant créé, 1 famille créée, 1 compte de parent créé")
	v.clickTo(`.principal[value="importer"]`)
	v.wantText("main", "L’import est fait.")
	v.open("/gestion/import/familles")
	choose(newFamilies)
	v.clickTo(`button[value="importer"]`)
	v.wantText("main", "0 changement")

	v.open("/gestion/reglages/annee-suivante")
	v.wantText("main", "4 enfants ont une classe en 2027-2028. Il manque encore : École Jean-Jaurès.")
	v.click("#t-listes ~ div summary")
	v.clickTo(`button[value="retirer"]`)
	v.wantText("main", "Les classes sont retirées.")
	v.wantText("main", "Aucun fichier de 2027-2028 n’est encore importé.")
}
