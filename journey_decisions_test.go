package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/chromedp"
)

// sent gives what a form of a page sends by itself.
func sent(form *goquery.Selection) url.Values {
	values := url.Values{}
	form.Find("input[name], select[name]").Each(func(_ int, field *goquery.Selection) {
		name, kind := field.AttrOr("name", ""), field.AttrOr("type", "")
		switch {
		case goquery.NodeName(field) == "select":
			values.Set(name, field.Find("option[selected]").AttrOr("value", field.Find("option").First().AttrOr("value", "")))
		case kind != "radio" && kind != "checkbox" || field.Is("[checked]"):
			values.Add(name, field.AttrOr("value", ""))
		}
	})
	return values
}

// TestRequestsAreDecided: staff decide the wednesdays. Three families ask; without scripts the manager asks for a proposal,
// changes one answer and records them; with scripts the places are counted as answers are chosen.
func TestRequestsAreDecided(t *testing.T) {
	d := startDemo(t)
	clerk := d.family(t, d.login(t, "gestionnaire", ""))
	part, _ := clerk.get(t, "/gestion/reglages/activites").Find(`main a:contains("ALSH MERCREDI")`).First().Attr("href")
	form := sent(clerk.get(t, part+"/reservation").Find("main form.formulaire").First())
	form.Set("decision", "oui")
	clerk.post(t, part+"/reservation", form, http.StatusSeeOther)
	for _, name := range []string{"ORTET Xavier", "D'HAUTPOUL Delphine", "LOUBET Benoît"} {
		parent := d.family(t, d.login(t, "parent", name))
		parent.get(t, "/accueil")
		parent.post(t, parent.activityOfFirstChild(t, "mercredi"), url.Values{"jour": {"2027-01-13:1"}}, http.StatusSeeOther)
		parent.validate(t)
	}

	v := d.visit(t, 390, 844)
	v.withoutScripts()
	v.signIn(d.login(t, "gestionnaire", ""))
	v.wantText("main", "11 demandes attendent votre décision") // eight of them for the day in the snow
	wednesdays := "/gestion/demandes-a-decider?activite=" + part[strings.LastIndex(part, "/")+1:]
	v.open(wednesdays)
	v.wantText("h1", "Demandes à décider")
	v.clickTo(`button[value="proposer"]`)
	v.wantText("main", "Ce n’est qu’une proposition : rien n’est encore enregistré.")
	v.wantText("#compte", "3 acceptées, 0 en liste d’attente, 0 refusée")
	v.wantNoSideways("demandes à décider")
	v.setValue(`main tbody tr:nth-child(3) select`, "")
	v.setValue(`main tbody tr:nth-child(2) select`, "refuser")
	v.clickTo(`form.pile button.principal`)
	v.wantText(".erreurs", "donnez la raison du refus ; la famille la lira.")
	v.fill(`main tbody tr:nth-child(2) input.saisie`, "Priorité aux enfants de la commune.")
	v.clickTo(`form.pile button.principal`)
	v.wantText("main", "2 réponses sont enregistrées.")
	v.wantText(".titre", "1 demande")

	for _, size := range [][2]int64{{390, 844}, {1280, 900}} {
		for _, theme := range []string{"light", "dark"} {
			w := d.visit(t, size[0], size[1])
			w.theme(theme)
			w.signIn(d.login(t, "gestionnaire", ""))
			w.open(wednesdays)
			w.wantText("#compte", "Aucune réponse n’est choisie.")
			w.do(chromedp.SetValue(chromedp.CSS(`main tbody select`), "accepter"))
			read(w, chromedp.Evaluate[bool](`document.querySelector("main tbody select").dispatchEvent(new Event("change", {bubbles: true}))`))
			w.wantText("#compte", "1 acceptée, 0 en liste d’attente, 0 refusée : rien n’est encore enregistré.")
			w.wantAccessible("demandes à décider")
			w.wantNoSideways("demandes à décider")
			if dir := os.Getenv("MARELLE_PICTURES"); dir != "" {
				w.decisionPictures(dir, fmt.Sprintf("%d-%s", size[0], theme))
			}
		}
	}
	parent := d.family(t, d.login(t, "parent", "D'HAUTPOUL Delphine"))
	other := d.family(t, d.login(t, "parent", "ORTET Xavier"))
	third := d.family(t, d.login(t, "parent", "LOUBET Benoît"))
	said := 0
	for _, f := range []*family{parent, other, third} {
		if strings.Contains(f.get(t, "/suivi").Find("main").Text(), "Priorité aux enfants de la commune.") {
			said++
		}
	}
	if said != 1 {
		t.Errorf("%d families read the reason", said)
	}
}

// decisionPictures takes pictures of the pages of this subject.
func (v *visitor) decisionPictures(dir, name string) {
	v.t.Helper()
	keep := func(page string) {
		var picture []byte = read(v, chromedp.CaptureScreenshot())
		if err := os.WriteFile(filepath.Join(dir, page+"-"+name+".png"), picture, 0o644); err != nil {
			v.t.Fatal(err)
		}
	}
	keep("demandes")
	v.open("/gestion/attente")
	keep("attente")
	v.wantAccessible("listes d’attente")
	v.open(read(v, chromedp.Evaluate[string](`[...document.querySelectorAll("main tbody tr")].find(r => r.textContent.includes("Vacances")).querySelector("th a").getAttribute("href")`)))
	keep("liste")
	v.wantAccessible("liste")
	v.open(read(v, chromedp.Evaluate[string](`document.querySelector("main tbody td a").getAttribute("href")`)))
	keep("rang")
	v.open("/gestion/reglages/priorites")
	keep("priorites")
	v.wantAccessible("priorités")
	v.open(read(v, chromedp.Evaluate[string](`[...document.querySelectorAll("main a")].find(a => a.textContent.includes("VACANCES")).getAttribute("href")`)))
	keep("criteres")
	v.wantAccessible("critères")
}
