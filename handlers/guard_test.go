package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"marelle/portal"
)

func TestRouteNeedsPolicy(t *testing.T) {
	w := newWorld(t)
	defer func() {
		if recover() == nil {
			t.Error("a route without a policy was registered")
		}
	}()
	w.site.Route(get, "/ouverte", policy{}, func(*request) error { return nil })
}

// TestEveryRouteIsInTheTable fails when somebody registers a route beside Route.
func TestEveryRouteIsInTheTable(t *testing.T) {
	w := newWorld(t)
	for _, r := range w.site.app.GetRoutes(true) {
		method := r.Method
		if method == fiber.MethodHead {
			method = get
		}
		if !slices.ContainsFunc(w.site.table, func(x route) bool { return x.method == method && x.path == r.Path }) {
			t.Errorf("%s %s is not in the table", r.Method, r.Path)
		}
	}
}

// sample fills the parameters of a route with numbers that exist nowhere.
func sample(r route) string {
	parts := strings.Split(r.path, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, ":") || p == "*" {
			parts[i] = "424242"
		}
	}
	return strings.Join(parts, "/")
}

// TestAccess asks for every route as everybody.
func TestAccess(t *testing.T) {
	w := newWorld(t)
	w.site.Route(get, "/essai/agent", staff, func(r *request) error { return r.SendString("agent") })
	w.site.Route(get, "/essai/regie", staffWith(portal.Cashier), func(r *request) error { return r.SendString("régie") })
	w.site.Route(get, "/essai/parent", parent, func(r *request) error { return r.SendString("parent") })
	w.site.Route(get, "/essai/connecte", signedIn, func(r *request) error { return r.SendString("connecté") })

	entering := func(letter portal.Letter, password string) *browser {
		return w.browser().signIn(letter.Login, password).want(303)
	}
	newcomer := w.guardian(w.structure, "NOUVEAU")
	halfway := w.guardian(w.structure, "MOITIE")
	b := entering(halfway, halfway.Password).get("/premiere-connexion")
	b.post("/premiere-connexion", passwords(goodPassword, goodPassword)).want(303)
	dupont := w.settle(w.guardian(w.structure, "DUPONT"))
	agent, cashier := w.settle(w.agent("ROUCH", portal.Agent)), w.settle(w.agent("PUJOL", portal.Cashier))
	former := w.settle(w.guardian(w.structure, "ANCIEN"))
	w.raw("DELETE FROM guardian WHERE account_id = ?", former.Person.ID)

	missing := w.browser().get("/nulle-part").want(404)
	for name, visitor := range map[string]struct {
		browser *browser
		admits  func(policy) int // the status a page of that policy answers; 0 when it depends on the page
	}{
		"personne": {w.browser(), func(p policy) int { return http.StatusSeeOther }},
		"mot de passe à changer": {entering(newcomer, newcomer.Password), func(p policy) int {
			if p.state == firstPassword.state || p.state == anyState {
				return 0
			}
			return http.StatusSeeOther
		}},
		"textes à accepter": {entering(halfway, goodPassword), func(p policy) int {
			if p.state == reader || p.state == anyState {
				return 0
			}
			return http.StatusSeeOther
		}},
		"parent": {entering(dupont, goodPassword), func(p policy) int {
			if p.area == staffArea {
				return http.StatusNotFound
			}
			return 0
		}},
		"ancien parent": {entering(former, goodPassword), func(p policy) int {
			if p.area != commonArea {
				return http.StatusNotFound
			}
			return 0
		}},
		"agent": {entering(agent, goodPassword), func(p policy) int {
			if p.area == familyArea || len(p.roles) > 0 && !slices.Contains(p.roles, portal.Agent) {
				return http.StatusNotFound
			}
			return 0
		}},
		"régisseur": {entering(cashier, goodPassword), func(p policy) int {
			if p.area == familyArea || len(p.roles) > 0 && !slices.Contains(p.roles, portal.Cashier) {
				return http.StatusNotFound
			}
			return 0
		}},
	} {
		csrf := w.scalar("SELECT coalesce((SELECT csrf FROM session WHERE id_hash = ?), '')", hash(visitor.browser.token()))
		for _, r := range w.site.table {
			want := visitor.admits(r.policy)
			if r.policy.admit == nil || r.method != get && want == 0 {
				continue
			}
			var form url.Values
			if r.method != get {
				form = url.Values{"_csrf": {csrf}}
			}
			got := visitor.browser.send(r.method, sample(r), form)
			switch {
			case want == 0 && got.res.StatusCode >= 500, want != 0 && got.res.StatusCode != want:
				t.Errorf("%s: %s %s (%s) gives %d, want %d", name, r.method, r.path, r.policy.name, got.res.StatusCode, want)
			case want == http.StatusNotFound && got.body != missing.body:
				t.Errorf("%s: %s %s is told apart from a page that does not exist", name, r.method, r.path)
			}
		}
	}
}

// TestForgery sends every change as another site would: nothing is done.
func TestForgery(t *testing.T) {
	w := newWorld(t)
	dupont := w.settle(w.guardian(w.structure, "DUPONT"))
	agent := w.settle(w.agent("ROUCH", portal.Administrator))
	newcomer := w.guardian(w.structure, "NOUVEAU")
	people := map[string]*browser{
		"parent": w.browser().signIn(dupont.Login, goodPassword), "agent": w.browser().signIn(agent.Login, goodPassword), "premier": w.browser().signIn(newcomer.Login, newcomer.Password),
	}
	tokens := map[string]string{}
	for name, b := range people {
		tokens[name] = w.scalar("SELECT csrf FROM session WHERE id_hash = ?", hash(b.token()))
	}
	everything := "SELECT (SELECT count(*) FROM session) || (SELECT count(*) FROM wish) || (SELECT count(*) FROM receipt) || (SELECT group_concat(password) FROM account) || (SELECT count(*) FROM terms_acceptance)"
	before := w.scalar(everything)
	for _, attack := range []struct {
		name    string
		headers http.Header
		token   func(who string) string
	}{
		{"sans jeton", http.Header{"Sec-Fetch-Site": {"same-origin"}}, func(string) string { return "" }},
		{"sans jeton ni en-tête", http.Header{}, func(string) string { return "" }},
		{"jeton d’un autre", http.Header{"Sec-Fetch-Site": {"same-origin"}}, func(who string) string {
			return tokens[map[string]string{"parent": "agent", "agent": "parent", "premier": "parent"}[who]]
		}},
		{"autre site", http.Header{"Sec-Fetch-Site": {"cross-site"}}, func(who string) string { return tokens[who] }},
		{"site voisin", http.Header{"Sec-Fetch-Site": {"same-site"}}, func(who string) string { return tokens[who] }},
		{"vieux navigateur, autre site", http.Header{"Origin": {"https://evil.example"}}, func(who string) string { return tokens[who] }},
		{"vieux navigateur, autre port", http.Header{"Origin": {baseURL + ":8443"}}, func(who string) string { return tokens[who] }},
		{"vieux navigateur, sans chiffrement", http.Header{"Origin": {strings.Replace(baseURL, "https", "http", 1)}}, func(who string) string { return tokens[who] }},
		{"origine cachée", http.Header{"Origin": {"null"}}, func(who string) string { return tokens[who] }},
	} {
		for who, b := range people {
			b.headers = attack.headers
			for _, r := range w.site.table {
				blind := r.policy.admit == nil && attack.token(who) != tokens[who] // the token is the session's: the sign-in form has none
				if r.method == get || blind {
					continue
				}
				form := passwords(goodPassword+"!", goodPassword+"!")
				form.Set("identifiant", dupont.Login)
				form.Set("_csrf", attack.token(who))
				if form.Get("_csrf") == "" {
					form.Set("_csrf", "x")
				}
				if got := b.send(r.method, sample(r), form); got.res.StatusCode != http.StatusForbidden {
					t.Errorf("%s, %s: %s %s gives %d", attack.name, who, r.method, r.path, got.res.StatusCode)
				}
			}
		}
		if after := w.scalar(everything); after != before {
			t.Fatalf("%s changed something", attack.name)
		}
	}
	people["parent"].wantText("Rien n’a été enregistré")
}

// TestOwnForms: the same requests pass when they come from our pages, whatever the age of the browser.
func TestOwnForms(t *testing.T) {
	w := newWorld(t)
	letter := w.settle(w.guardian(w.structure, "DUPONT"))
	for name, headers := range map[string]http.Header{
		"navigateur":       {"Sec-Fetch-Site": {"same-origin"}, "Origin": {baseURL}},
		"vieux navigateur": {"Origin": {baseURL}},
		"programme":        {},
	} {
		b := w.browser()
		b.headers = headers
		b.signIn(letter.Login, goodPassword).want(303)
		b.get("/suivi").want(200)
		if got := b.post("/deconnexion", url.Values{}); got.res.StatusCode != 303 {
			t.Errorf("%s: %d", name, got.res.StatusCode)
		}
	}
	// htmx may send the token in a header instead.
	b := w.browser().signIn(letter.Login, goodPassword)
	b.headers.Set("X-Csrf-Token", w.scalar("SELECT csrf FROM session WHERE id_hash = ?", hash(b.token())))
	b.send("POST", "/deconnexion", url.Values{}).want(303)
}

// A token in the address is no token: only what the form carries counts.
func TestFormComesFromTheBody(t *testing.T) {
	w := newWorld(t)
	letter := w.settle(w.guardian(w.structure, "DUPONT"))
	b := w.browser().signIn(letter.Login, goodPassword)
	token := w.scalar("SELECT csrf FROM session WHERE id_hash = ?", hash(b.token()))
	b.send("POST", "/deconnexion?_csrf="+token, url.Values{}).want(403)
	w.browser().send("POST", "/connexion?identifiant="+letter.Login+"&mot_de_passe="+url.QueryEscape(goodPassword), url.Values{}).want(422)
}

func TestAddress(t *testing.T) {
	for _, test := range []struct {
		name      string
		proxies   []string
		forwarded string
		want      string
	}{
		{"sans mandataire", nil, "198.51.100.7", "0.0.0.0"},
		{"un mandataire", []string{"0.0.0.0"}, "198.51.100.7", "198.51.100.7"},
		{"le visiteur invente", []string{"0.0.0.0/8"}, "203.0.113.9, 198.51.100.7", "198.51.100.7"},
		{"deux mandataires", []string{"0.0.0.0", "10.0.0.0/8"}, "203.0.113.9, 198.51.100.7, 10.1.2.3", "198.51.100.7"},
		{"que des mandataires", []string{"0.0.0.0", "10.0.0.0/8"}, "10.1.2.3", "0.0.0.0"},
		{"illisible", []string{"0.0.0.0"}, "198.51.100.7, <script>", "0.0.0.0"},
		{"rien", []string{"0.0.0.0"}, "", "0.0.0.0"},
		{"IPv6", []string{"0.0.0.0"}, "2001:db8::1", "2001:db8::1"},
	} {
		w := newWorld(t)
		site, err := newSite(Options{Store: w.store, BaseURL: baseURL, TrustedProxies: test.proxies, Log: w.site.log})
		if err != nil {
			t.Fatal(err)
		}
		site.Route(get, "/essai/adresse", public, func(r *request) error { return r.SendString(r.address()) })
		w.site = site
		b := w.browser()
		b.headers.Set("X-Forwarded-For", test.forwarded)
		if got := b.get("/essai/adresse").body; got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
	if _, err := parseProxies([]string{"pas une adresse"}); err == nil {
		t.Error("a wrong proxy passed")
	}
}

func TestHost(t *testing.T) {
	w := newWorld(t)
	for host, want := range map[string]int{
		"famille.carteville.example":      200,
		"FAMILLE.carteville.example":      200,
		"famille.carteville.example:8443": 421,
		"evil.example":                    421,
		"127.0.0.1":                       421,
		"localhost":                       421,
	} {
		req, _ := http.NewRequest("GET", "/connexion", nil)
		req.Host = host
		b := w.browser().do(req).want(want)
		if strings.Contains(b.body, host) && want != 200 {
			t.Errorf("%s is written in the page", host)
		}
	}
	watcher, _ := http.NewRequest("GET", "/healthz", nil)
	watcher.Host = "127.0.0.1:8080"
	w.browser().do(watcher).want(200)
}

func TestLocalHosts(t *testing.T) {
	for base, want := range map[string][]string{
		"http://localhost:8080":   {"127.0.0.1:8080", "[::1]:8080", "localhost:8080"},
		"http://127.0.0.1":        {"127.0.0.1", "[::1]", "localhost"},
		"https://localhost:8443":  {"localhost:8443"},
		"https://famille.oust.fr": {"famille.oust.fr"},
	} {
		u, _ := url.Parse(base)
		var got []string
		for host := range ourHosts(u) {
			got = append(got, host)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", base, got, want)
		}
	}
}

func TestSiteRefusesUnsafeAddresses(t *testing.T) {
	w := newWorld(t)
	for _, base := range []string{"", "famille.oust.fr", "http://famille.oust.fr", "ftp://x", "https://x/portail", "://"} {
		if _, err := New(Options{Store: w.store, BaseURL: base}); err == nil {
			t.Errorf("%q passed", base)
		}
	}
	if _, err := New(Options{Store: w.store, BaseURL: baseURL, Demo: &Demo{}}); err == nil {
		t.Error("a real base is served as a demonstration")
	}
}

var errBroken = errors.New("broken on purpose: secret detail")
