package main

import (
	"context"
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"marelle/jobs"
)

// startCommune runs « marelle init » and serves what it made: a structure with nothing in it but its administrator, whose
// letter is given.
func startCommune(t testing.TB) (d *demonstration, login, password string) {
	t.Helper()
	env := map[string]string{"MARELLE_DB": filepath.Join(t.TempDir(), "marelle.db")}
	out, faults, status := console(t, env, "init", "--nom", "Mairie de CarteVille", "--zone", "C", "--administrateur", "ROUCH Mireille")
	letter := regexp.MustCompile(`identifiant +(\S+)\s+mot de passe provisoire (\S+)`).FindStringSubmatch(out)
	if status != 0 || letter == nil {
		t.Fatal(out, faults)
	}
	addr := freeAddr(t)
	d = &demonstration{url: "http://" + addr, out: &strings.Builder{}}
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	offset := time.Until(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	p := program{out: d.out, faults: testWriter{t}, now: func() time.Time { return time.Now().Add(offset) }, ready: func(a string) { ready <- a }}
	store, err := p.open(ctx, settings{DB: env["MARELLE_DB"]}, false)
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	// « serve » takes nothing but https; this one is looked at on this very machine, as a demonstration is.
	go func() {
		ended <- p.serveSite(ctx, site{store: store, addr: addr, url: d.url, runner: &jobs.Runner{Store: store, URL: d.url}})
	}()
	select {
	case <-ready:
	case err := <-ended:
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-ended, store.Close()); err != nil {
			t.Error(err)
		}
	})
	return d, letter[1], letter[2]
}

// secretary is somebody who sets the portal up, and counts the forms that it takes.
type secretary struct {
	*visitor
	forms int
}

// set writes into a field, in place of what stands there.
func (s *secretary) set(fields ...string) {
	s.t.Helper()
	for i := 0; i < len(fields); i += 2 {
		if fields[i+1] == "" {
			read(s.visitor, chromedp.Evaluate[string](`document.getElementById("`+fields[i]+`").value = ""`))
			continue
		}
		s.do(chromedp.SetValue(chromedp.CSS("#"+fields[i]), fields[i+1]))
	}
}

// save sends the form of the page, and reads what the next page says.
func (s *secretary) save(want string) {
	s.t.Helper()
	s.forms++
	s.clickTo("main form .principal")
	s.wantText("main", want)
}

// part opens a part of the activity whose page is shown.
func (s *secretary) part(name string) {
	s.t.Helper()
	s.clickTo(`main a[href$="/` + name + `"]`)
}

// model begins a new activity.
func (s *secretary) model(kind string) {
	s.t.Helper()
	s.open("/gestion/reglages")
	s.clickTo(`a[href="/gestion/reglages/activites"]`)
	s.clickTo(`main a[href$="/nouvelle"]`)
	s.clickTo(`main a[href$="modele=` + kind + `"]`)
}

// TestActivitiesFromAnEmptyStructure: a canteen of 60 places Monday to Friday, an evening care with hours, a holiday centre
// with its meal, its two age groups and its booking period; typed without JavaScript.
func TestActivitiesFromAnEmptyStructure(t *testing.T) {
	d, login, password := startCommune(t)
	s := &secretary{visitor: d.visit(t, 390, 844)}
	s.withoutScripts()
	s.open("/connexion")
	s.set("id", login, "mdp", password)
	s.clickTo(`main button[type="submit"]`)
	s.set("mdp", "girafe tournevis brouillard", "mdp2", "girafe tournevis brouillard")
	s.clickTo(`main button[type="submit"]`)
	s.open("/conditions")
	s.click(`input[name="rgpd"]`)
	s.click(`input[name="cgu"]`)
	s.clickTo(`main form button[type="submit"]`)

	s.model("cantine")
	s.click(`[name="ecole-mercredi"]`)
	s.set("places", "60")
	s.save("L’activité est créée.")
	s.wantText("main", "lundi, mardi, mercredi, jeudi et vendredi")
	s.wantText("main", "Restauration scolaire (60 places)")

	s.model("soir")
	s.save("L’activité est créée.")
	s.part("horaires")
	s.click(`[name="demande_depart"]`)
	s.set("pas", "30")
	s.save("le départ, de 30 en 30 minutes")

	s.model("cantine")
	s.set("nom", "Repas du centre", "court", "Repas", "parle", "")
	for _, day := range []string{"lundi", "mardi", "jeudi", "vendredi"} {
		s.click(`[name="ecole-` + day + `"]`)
	}
	for _, day := range []string{"lundi", "mardi", "mercredi", "jeudi", "vendredi"} {
		s.click(`[name="vacances-` + day + `"]`)
	}
	s.save("Nous proposons « le repas du centre ».")
	s.save("L’activité est créée.")

	s.model("vacances")
	s.save("L’activité est créée.")
	camp := strings.TrimSuffix(s.path(), "?fait=creee")
	s.part("liens")
	s.do(chromedp.SetValue(chromedp.CSS(`main form.formulaire .champ:last-of-type select`), "exige"))
	s.save("obligatoire : elle est réservée avec celle-ci")
	s.part("periodes")
	s.forms++
	s.clickTo(`button[value^="proposer-"]`)
	s.save("Vacances de Noël")
	for _, group := range [][4]string{{"3 à 5 ans", "16", "3", "5"}, {"6 à 11 ans", "24", "6", "11"}} {
		s.open(camp)
		s.part("places")
		s.clickTo(`main a[href$="/places/nouveau"]`)
		s.set("nom", group[0], "places", group[1], "age_min", group[2], "age_max", group[3])
		s.click(`[name="activite-` + camp[strings.LastIndex(camp, "/")+1:] + `"]`)
		s.save("Le compteur est enregistré.")
	}
	s.open(camp)
	s.wantText("main", "3 à 5 ans (16 places) ; 6 à 11 ans (24 places)")
	s.clickTo(`main a[href$="/apercu"]`)
	s.wantText("main", "C’est le calendrier qu’ouvre une famille sans réservation.")
	s.open("/gestion/reglages/activites")
	s.wantText("main", "4 activités")
	if text := s.text("main"); strings.Count(text, "Ouverte") != 4 || strings.Contains(text, "À vérifier") {
		t.Errorf("not everything is open: %s", text)
	}
	if s.forms != 11 {
		t.Errorf("%d forms", s.forms)
	}
}
