package handlers

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"marelle/db"
	"marelle/portal"
)

func TestDemonstration(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 5, 0, 0, portal.Paris)
	store, err := db.Open(context.Background(), db.Options{Path: filepath.Join(t.TempDir(), "demo.db"), Now: func() time.Time { return now }, Random: rand.Reader, Create: true, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	structure, err := store.CreateStructure(context.Background(), portal.Structure{Name: "Mairie de CarteVille", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	mornings := 0
	site, err := newSite(Options{Store: store, BaseURL: "http://localhost:8080", Log: slog.New(slog.DiscardHandler), Demo: &Demo{Tomorrow: func(context.Context) error {
		mornings++
		now = now.Add(23 * time.Hour)
		return nil
	}}})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, site: site, store: store, structure: structure, log: new(strings.Builder), host: "127.0.0.1:8080"}
	agent := w.agent("ROUCH", portal.Agent)

	b := w.browser()
	for _, path := range []string{"/connexion", "/rgpd", "/nulle-part"} {
		banner := b.get(path).page.Find(".bandeau-demo")
		if !strings.Contains(banner.Text(), "Nous sommes le lundi 23 novembre 2026 à 9 h 05.") || banner.Find("form[action='/demo/demain'] button").Text() == "" {
			t.Errorf("%s: banner %q", path, banner.Text())
		}
	}
	b.headers.Set("Sec-Fetch-Site", "cross-site")
	b.send("POST", "/demo/demain", url.Values{}).want(403)
	b.headers.Set("Sec-Fetch-Site", "same-origin")
	b.headers.Set("Referer", "http://127.0.0.1:8080/rgpd?x=1")
	b.send("POST", "/demo/demain", url.Values{}).wantTo("/rgpd?x=1").follow().wantText("Nous sommes le mardi 24 novembre 2026 à 8 h 05.")
	b.headers.Set("Referer", "https://evil.example/x")
	b.send("POST", "/demo/demain", url.Values{}).wantTo("/")
	if mornings != 2 {
		t.Errorf("%d mornings", mornings)
	}

	// On this machine, without TLS, the cookie has its plain name.
	b.signIn(agent.Login, agent.Password).want(303)
	c := b.cookies["sid"]
	if c == nil || c.Secure || !c.HttpOnly || b.res.Header.Get("Strict-Transport-Security") != "" {
		t.Errorf("cookie %q", b.res.Header["Set-Cookie"])
	}
	b.get("/premiere-connexion").want(200)
}

func TestNoDemonstrationOnARealPortal(t *testing.T) {
	w := newWorld(t)
	w.browser().send("POST", "/demo/demain", url.Values{}).want(404)
	if w.browser().get("/connexion").page.Find(".bandeau-demo").Length() != 0 {
		t.Error("a banner")
	}
}
