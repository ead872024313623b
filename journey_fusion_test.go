package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// typedTwice types the family of a guardian of the demonstration a second time, and gives both families, the child of each and
// the name of the child.
func typedTwice(t *testing.T, f *family, search string) (families, children [2]string, name string) {
	t.Helper()
	families[0] = f.familyOf(t, search)
	page := f.get(t, families[0])
	children[0], _ = page.Find("main table th a").First().Attr("href")
	name = page.Find("main table th a").First().Text()
	guardian, _ := page.Find(`main a[href*="/responsables/"]`).First().Attr("href")
	value := func(path, field string) string {
		v, _ := f.get(t, path).Find("#" + field).Attr("value")
		return v
	}
	made := f.post(t, "/gestion/familles", url.Values{"cle": {"voyage-famille"}, "quand_meme": {"1"}, "nom": {value(families[0]+"/foyer", "nom")}, "rue": {"1 rue Retapée"}, "resident": {"1"}}, http.StatusSeeOther)
	families[1], _, _ = strings.Cut(made, "?")
	f.post(t, families[1]+"/responsables", url.Values{"cle": {"voyage-parent"}, "meme": {"autre"}, "nom": {value(guardian, "nom")}, "prenom": {value(guardian, "prenom")}, "courriel1": {value(guardian, "courriel1")},
		"consulter": {"1"}, "reserver": {"1"}}, http.StatusSeeOther)
	f.post(t, families[1]+"/enfants", url.Values{"cle": {"voyage-enfant"}, "meme": {"autre"}, "nom": {value(children[0]+"/fiche", "nom")}, "prenom": {value(children[0]+"/fiche", "prenom")},
		"naissance": {value(children[0]+"/fiche", "naissance")}}, http.StatusSeeOther)
	children[1], _ = f.get(t, families[1]).Find("main table th a").First().Attr("href")
	seen, _ := f.get(t, children[1]+"/sante").Find("input[name=vu]").Attr("value")
	f.post(t, children[1]+"/sante", url.Values{"vu": {seen}, "allergies": {"Noix de cajou"}}, http.StatusSeeOther)
	return families, children, name
}

// TestJoinFamiliesInABrowser: a secretary finds that a family was typed twice and makes one of it; with the keyboard's search as
// she types, and everything of both is in the family afterwards.
func TestJoinFamiliesInABrowser(t *testing.T) {
	d := startDemo(t)
	f := d.family(t, d.login(t, "gestionnaire", ""))
	families, children, name := typedTwice(t, f, "ORTET Xavier")
	v := d.visit(t, 1280, 900)
	v.signIn(d.login(t, "gestionnaire", ""))
	v.open(families[0])
	v.clickTo(`a[href="` + families[0] + `/reunir"]`)
	v.wantText("#resultats", "Famille ORTET")
	v.until("htmx is there", func() bool { return read(v, chromedp.Evaluate[bool]("!!window.htmx")) })
	v.fill("#q", " rien de tel")
	v.wantText("#resultats", "Aucune autre fiche ne correspond.")
	v.open(families[0] + "/reunir?q=") // nothing typed: the families of that name
	v.wantText("#resultats", "Famille ORTET")
	v.until("htmx is there", func() bool { return read(v, chromedp.Evaluate[bool]("!!window.htmx")) })
	v.fill("#q", "ortet xavier")
	v.wantText("#resultats", "1 rue Retapée")
	v.wantAccessible("chercher l’autre fiche")
	v.clickTo(`#resultats a[href="` + families[0] + "/reunir" + strings.TrimPrefix(families[1], "/gestion/familles") + `"]`)
	v.wantText("main", "Ce qui va se passer")
	v.wantText("main", "1 enfant et 1 responsable passent à la famille n°")
	v.wantAccessible("deux familles côte à côte")
	v.click(`input[name="fait_adresse"][value="autre"]`)
	v.clickTo(`main form.formulaire button.principal`)
	v.wantText("main .note", "Les deux fiches de cette famille sont réunies.")
	v.wantText("main", "1 rue Retapée")
	v.wantText("main", "Noix de cajou")
	if got := len(f.get(t, families[0]).Find("main table th a").Nodes); got != 2 {
		t.Errorf("the family has %d children", got)
	}
	if text := f.get(t, families[0]).Find("main table").Text(); strings.Count(text, name) != 1 {
		t.Errorf("the child is there more than once:\n%s", text)
	}
	v.open(families[1]) // the old address
	if got := v.path(); got != families[0]+"?fait=numero" {
		t.Errorf("the old address leads to %s", got)
	}
	v.open(children[1])
	v.wantText("main .note", "a été réunie avec celle-ci")

	// The parent finds the child once, with what was booked before.
	p := d.family(t, d.login(t, "parent", "ORTET Xavier"))
	if text := p.get(t, "/accueil").Find("main").Text(); !strings.Contains(text, "Agathe") {
		t.Errorf("the parent reads:\n%s", text)
	}
}

// TestTypedTwiceWithoutScripts: on a phone, with JavaScript off, what is typed a second time is told before it is there, can be
// saved all the same, and is made one again from the child's page; allergies of both are to be read again.
func TestTypedTwiceWithoutScripts(t *testing.T) {
	d := startDemo(t)
	f := d.family(t, d.login(t, "gestionnaire", ""))
	household := f.get(t, f.familyOf(t, "BENALI Samira")+"/foyer")
	name, _ := household.Find("#nom").Attr("value")
	street, _ := household.Find("#rue").Attr("value")
	v := d.visit(t, 390, 844)
	v.withoutScripts()
	v.signIn(d.login(t, "gestionnaire", ""))
	v.open("/gestion/familles/nouvelle")
	v.fill("#nom", name)
	v.fill("#rue", street)
	v.clickTo(`main form button.principal`)
	v.wantText("main", "Existe déjà")
	v.wantText("main form button.principal", "Enregistrer quand même")
	v.clickTo(`main form button.principal`)
	v.wantText("main .note", "La famille est créée.")
	v.clickTo(`a[href$="/enfants/nouveau"]`)
	v.fill("#prenom", "Lina")
	v.clickTo(`main form button.principal`)
	v.wantText(".erreurs", "Un enfant porte déjà ce nom dans le portail.")
	v.click(`input[name="meme"][value="autre"]`)
	v.clickTo(`main form button.principal`)
	v.clickTo(`main th a`)
	v.clickTo(`a[href$="/sante"]`)
	v.fill("#allergies", "Sésame")
	v.clickTo(`main form button.principal`)
	v.clickTo(`a[href$="/reunir"]`)
	v.wantText("#resultats", "BENALI Lina")
	v.clickTo(`#resultats li:first-child a`)
	v.wantText("main", "L’enfant sera dans 2 familles")
	v.clickTo(`main p.suites a[href*="/reunir/"]`) // the older file is the better one
	v.wantText("main", "CE2 M. FAUR")              // of the file that stays now
	v.wantText("main", "Allergies, régime et PAI des deux fiches sont gardés.")
	v.clickTo(`main form.formulaire button.principal`)
	v.wantText("main .note", "Les deux fiches de cet enfant sont réunies.")
	v.wantText("main", "Sésame")
	v.wantNoSideways("enfant réuni")
}

// familyOf finds the page of the family of somebody.
func (f *family) familyOf(t testing.TB, search string) string {
	t.Helper()
	path, ok := f.get(t, "/gestion/familles?q="+url.QueryEscape(search)).Find("#resultats th a").First().Attr("href")
	if !ok {
		t.Fatalf("no family is found for %s", search)
	}
	return path
}
