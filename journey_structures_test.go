package main

import (
	"context"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"marelle/jobs"
	"marelle/portal"
)

// setValue puts a value into a field that typing does not fill: a date, a time, a colour. It works without scripts.
func (v *visitor) setValue(selector, value string) {
	v.t.Helper()
	v.do(chromedp.SetValue(chromedp.CSS(selector), value))
}

// startEmpty serves a site that nobody has entered yet, and gives the code that the program printed.
func startEmpty(t *testing.T) (d *demonstration, code string) {
	t.Helper()
	begin := time.Now()
	d, code, _ = startEmptyAt(t, func() time.Time { return portal.MustDate("2026-11-23").At(portal.Clock(9, 0)).Add(time.Since(begin)) })
	return d, code
}

// startEmptyAt serves a site that nobody has entered yet, by a clock of the test, and gives what runs its jobs too.
func startEmptyAt(t *testing.T, now func() time.Time) (d *demonstration, code string, runner *jobs.Runner) {
	t.Helper()
	base := filepath.Join(t.TempDir(), "marelle.db")
	if _, faults, status := console(t, nil, "init", "--db", base); status != 0 {
		t.Fatal(faults)
	}
	out := &safeBuilder{}
	p := program{env: func(string) string { return "" }, out: out, faults: testWriter{t}, now: now}
	addr := freeAddr(t)
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan string, 1), make(chan error, 1)
	p.ready = func(a string) { ready <- a }
	store, err := p.open(ctx, settings{DB: base}, false)
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + addr
	if err := p.showFirstCode(ctx, store, url); err != nil {
		t.Fatal(err)
	}
	runner = &jobs.Runner{Store: store, URL: url}
	go func() { done <- p.serveSite(ctx, site{store: store, addr: addr, url: url, runner: runner}) }()
	select {
	case <-ready:
	case err := <-done:
		t.Fatal(err)
	case <-time.After(time.Minute):
		t.Fatal("the site does not start")
	}
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	found := regexp.MustCompile(`ne sert qu’une fois :\s+(\S+)`).FindStringSubmatch(out.String())
	if found == nil || !strings.Contains(out.String(), url+"/premiere-installation") {
		t.Fatalf("the program printed no code:\n%s", out.String())
	}
	return &demonstration{url: url}, found[1], runner
}

// safeBuilder is a text that a program writes while a test reads it.
type safeBuilder struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *safeBuilder) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuilder) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// TestFirstInstallation: from an empty base to a structure with its calendar, in the browser alone, with JavaScript and
// without.
func TestFirstInstallation(t *testing.T) {
	for _, scripts := range []bool{true, false} {
		d, code := startEmpty(t)
		v := d.visit(t, 1280, 900)
		if !scripts {
			v.withoutScripts()
		}
		v.open("/")
		v.wantText("h1", "Bienvenue dans Marelle")
		if scripts {
			v.wantAccessible("première installation")
		}
		v.fill("#code", code)
		v.fill("#nom", "Mairie de Tillac")
		v.fill("#commune", "TILLAC")
		v.setValue("#zone", "C")
		v.fill("#votre_nom", "DURAND")
		v.fill("#votre_prenom", "Anne")
		v.fill("#mdp", "girafe tournevis brouillard")
		v.fill("#mdp2", "girafe tournevis brouillard")
		v.clickTo(`main form button.principal`)
		v.wantText("main", "Votre identifiant")
		if scripts {
			v.wantAccessible("portail créé")
		}
		v.clickTo(`main a.principal`)
		v.click(`input[name="rgpd"]`)
		v.click(`input[name="cgu"]`)
		v.clickTo(`main button[type="submit"]`)
		v.wantText("header", "Mairie de Tillac")
		v.open("/gestion/reglages")
		v.clickTo(`main a[href="/gestion/reglages/ecoles"]`)
		v.fill("#nom", "École de Tillac")
		v.clickTo(`main form button.principal`)
		v.wantText("main", "L’école est enregistrée.")
		v.fill("#classe", "CP Mme IZARD")
		v.click(`input[name="niveau-CP"]`)
		v.clickTo(`main form[action$="/classes"] button.principal`)
		v.wantText("main", "0 enfant · CP")
		v.open("/gestion/reglages/calendrier")
		v.wantText("main", "Vacances de Noël")
		v.clickTo(`main a[href$="/fermetures"]`)
		v.wantText("h1", "Fermetures et ponts 2026-2027")
		v.setValue(`select[name="quoi-0"]`, "pont")
		v.fill("#nom-0", "pont de la mairie")
		v.setValue("#du-0", "2026-12-04")
		v.clickTo(`main form button.principal`)
		v.wantText("main", "Pont de la mairie")
		v.clickTo(`main p.suites a.principal`)
		v.wantText(".annee.mots", "Pont de la mairie")
		v.wantText(`td[data-marque="pont"]`, "4 P")
	}
}
