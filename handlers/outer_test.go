package handlers

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"marelle/portal"
	"marelle/static"
)

// hash is how the store keeps a cookie.
func hash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

func TestHeadersOnEveryAnswer(t *testing.T) {
	w := newWorld(t)
	w.site.Route(get, "/essai/panique", public, func(*request) error { panic("oh") })
	letter := w.settle(w.guardian(w.structure, "DUPONT"))
	signed := w.browser().signIn(letter.Login, goodPassword)
	answers := map[string]*http.Response{
		"page": w.browser().get("/connexion").res, "signed in": signed.get("/accueil").res, "redirection": w.browser().get("/accueil").res, "404": w.browser().get("/nulle-part").res, "405": w.browser().get("/deconnexion").res,
		"500": w.browser().get("/essai/panique").res, "static": w.browser().get(static.Path(static.CSS)).res, "health": w.browser().get("/healthz").res,
		"422": w.browser().signIn("x", "y").res, "403": signed.send("POST", "/deconnexion", url.Values{"_csrf": {"x"}}).res, "robots": w.browser().get("/robots.txt").res,
	}
	evil, _ := http.NewRequest("GET", "/", nil)
	evil.Host = "evil.example"
	answers["421"] = w.browser().do(evil).res
	for name, res := range answers {
		for header, want := range map[string]string{
			"Content-Security-Policy":   "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"Strict-Transport-Security": "max-age=63072000", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Permissions-Policy": "camera=()", "Vary": "Accept-Encoding",
		} {
			if got := res.Header.Get(header); !strings.Contains(got, want) {
				t.Errorf("%s: %s is %q", name, header, got)
			}
		}
		cache := res.Header.Get("Cache-Control")
		if name == "static" && cache != "public, max-age=31536000, immutable" || name != "static" && cache != "no-store" {
			t.Errorf("%s: Cache-Control %q", name, cache)
		}
		if name != "static" && !strings.Contains(res.Header.Get("Vary"), "HX-Request") {
			t.Errorf("%s: Vary %q", name, res.Header.Get("Vary"))
		}
		if server := res.Header.Get("Server"); server != "" {
			t.Errorf("%s: Server %q", name, server)
		}
	}
}

func TestPanicStopsNobody(t *testing.T) {
	w := newWorld(t)
	w.site.Route(get, "/essai/panique", public, func(*request) error { panic("secret detail") })
	w.site.Route(get, "/essai/panne", public, func(*request) error { return errBroken })
	for _, path := range []string{"/essai/panique", "/essai/panne"} {
		w.log.Reset()
		b := w.browser().get(path).want(500).wantText("Une erreur est survenue. Rien n’a été enregistré. Réessayez ; si cela continue, appelez la mairie.")
		if strings.Contains(b.body, "secret") || strings.Contains(b.body, "handlers") {
			t.Error("the page tells the detail")
		}
		id := b.page.Find("main strong").Text()
		if id == "" || strings.Count(w.log.String(), "level=ERROR") != 1 || !strings.Contains(w.log.String(), "request="+id) || !strings.Contains(w.log.String(), "secret") {
			t.Errorf("number %q, log:\n%s", id, w.log)
		}
		b.get("/connexion").want(200)
	}

	b := w.browser()
	b.headers.Set("HX-Request", "true")
	b.get("/essai/panique").want(500)
	if b.page.Find("body > p#message").Length() != 1 || strings.Contains(b.body, "<html") || strings.Contains(b.body, "<title") || b.res.Header.Get("HX-Retarget") != "#alerte" {
		t.Errorf("to htmx: %s", b.body)
	}
}

func TestRefusalsSayTheirSentence(t *testing.T) {
	w := newWorld(t)
	for path, err := range map[string]*portal.Error{
		"/essai/422": portal.Invalid("Phrase."), "/essai/403": portal.Forbidden("Phrase."), "/essai/404": portal.NotFound("Phrase."), "/essai/409": portal.Conflict("Phrase."), "/essai/429": portal.TooMany("Phrase."),
	} {
		w.site.Route(get, path, public, func(*request) error { return err })
		w.browser().get(path).want(int(err.Kind)).wantText("Phrase.")
	}
	if strings.Contains(w.log.String(), "level=ERROR") {
		t.Error("a refusal is logged as a fault of ours")
	}
}

func TestLogHoldsNoPersonalData(t *testing.T) {
	w := newWorld(t)
	letter := w.settle(w.guardian(w.structure, "DUPONT"))
	b := w.browser().signIn(letter.Login, goodPassword).get("/reservations/424242?nom=secret").get("/suivi?secret=1").get("/secret/chemin")
	b.signIn("mon-secret", "mon-secret")
	log := w.log.String()
	for _, canary := range []string{"DUPONT", "Jean-Paul", letter.Login, letter.Password, goodPassword, "secret", "424242", b.token()} {
		if canary != "" && strings.Contains(log, canary) {
			t.Errorf("the log holds %q", canary)
		}
	}
	for _, want := range []string{"method=GET", "route=/suivi", "status=200", "duration=", "queries=", "account="} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s", want)
		}
	}
}

func TestStaticFiles(t *testing.T) {
	w := newWorld(t)
	css := static.Path(static.CSS)
	file, _ := static.Lookup(css)
	b := w.browser().get(css).want(200)
	if b.body != string(file.Body) || b.res.Header.Get("Content-Type") != file.Type || b.res.Header.Get("Content-Encoding") != "" {
		t.Errorf("headers %v", b.res.Header)
	}
	b.headers.Set("Accept-Encoding", "gzip")
	b.get(css).want(200)
	if b.res.Header.Get("Content-Encoding") != "gzip" || gunzip(t, b.body) != string(file.Body) {
		t.Errorf("compressed: %v", b.res.Header)
	}
	b.send("HEAD", css, nil).want(200)
	if b.body != "" || b.res.ContentLength != int64(len(file.Gzip)) {
		t.Errorf("HEAD: %d bytes announced, want %d", b.res.ContentLength, len(file.Gzip))
	}
	b.headers.Set("If-None-Match", file.ETag)
	b.get(css).want(304)
	for _, path := range []string{"/static/", "/static/css/portail.css", "/static/../go.mod", "/static/%2e%2e/go.mod", "/static/css/portail.0000000000.css", "/static//etc/passwd"} {
		w.browser().get(path).want(404)
	}
	w.browser().get("/favicon.ico").want(301)
}

func gunzip(t *testing.T, s string) string {
	t.Helper()
	r, err := gzip.NewReader(strings.NewReader(s))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

func TestPagesAreCompressed(t *testing.T) {
	w := newWorld(t)
	plain := w.browser().get("/connexion").body
	b := w.browser()
	b.headers.Set("Accept-Encoding", "gzip, br")
	b.get("/connexion")
	if b.res.Header.Get("Content-Encoding") != "gzip" || gunzip(t, b.body) != plain || len(b.body) > len(plain)/2 || b.res.Header.Get("ETag") != "" {
		t.Errorf("%d bytes for %d, %v", len(b.body), len(plain), b.res.Header)
	}
	b.get("/healthz")
	if b.res.Header.Get("Content-Encoding") != "" || b.body != `{"statut":"ok"}` {
		t.Errorf("health: %s, %v", b.body, b.res.Header)
	}
	refusing := w.browser()
	refusing.headers.Set("Accept-Encoding", "gzip;q=0")
	if refusing.get("/connexion"); refusing.res.Header.Get("Content-Encoding") != "" && refusing.body != plain {
		t.Log("a browser that refuses gzip gets it")
	}
}

func TestPublicPages(t *testing.T) {
	w := newWorld(t)
	titles := map[string]string{}
	for path, want := range map[string]string{"/connexion": "Se connecter", "/rgpd": "CNIL", "/cgu": "Votre compte", "/accessibilite": "Défenseur des droits", "/nulle-part": "Page introuvable"} {
		b := w.browser().get(path).wantText(want)
		if b.page.Find("h1").Length() != 1 || b.page.Find("html").AttrOr("lang", "") != "fr" || b.page.Find("a.evite").AttrOr("href", "") != "#contenu" || b.page.Find("main#contenu").Length() != 1 {
			t.Errorf("%s: h1, lang, skip link or main", path)
		}
		if robots := b.page.Find("meta[name=robots]").AttrOr("content", ""); (path == "/connexion") != (robots == "") {
			t.Errorf("%s: robots %q", path, robots)
		}
		for _, link := range []string{"/accessibilite", "/rgpd", "/cgu"} {
			if b.page.Find("footer a[href='"+link+"']").Length() != 1 {
				t.Errorf("%s: no link to %s", path, link)
			}
		}
		title := b.page.Find("title").Text()
		if titles[title] != "" {
			t.Errorf("%s and %s have one title", path, titles[title])
		}
		titles[title] = path
	}
	w.browser().get("/robots.txt").want(200).wantText("Disallow: /")
}

// TestLinksLeadSomewhere follows every link and form of the pages that everybody meets first.
func TestLinksLeadSomewhere(t *testing.T) {
	w := newWorld(t)
	letter := w.settle(w.guardian(w.structure, "DUPONT"))
	b := w.browser().signIn(letter.Login, goodPassword)
	for _, path := range []string{"/connexion", "/rgpd", "/accueil", "/suivi", "/recapitulatif"} {
		b.get(path)
		var addresses []string
		for _, href := range b.page.Find("a[href], link[href], script[src]").EachIter() {
			addresses = append(addresses, href.AttrOr("href", href.AttrOr("src", "")))
		}
		for _, a := range addresses {
			if strings.HasPrefix(a, "/") {
				if got := b.get(a).res.StatusCode; got >= 400 {
					t.Errorf("%s leads to %s: %d", path, a, got)
				}
			}
		}
	}
}

func TestUnreadableRequests(t *testing.T) {
	w := newWorld(t)
	big := httptest.NewRequest("POST", "/connexion", bytes.NewReader(make([]byte, 2<<20)))
	big.Host = strings.TrimPrefix(baseURL, "https://")
	big.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if res, err := w.site.app.Test(big, -1); err == nil && res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("2 MB: %d", res.StatusCode)
	}
	w.browser().get("/connexion?retour=%zz&motif=%00").want(200)
	w.browser().get("/%ff%fe").want(404)
}
