package handlers

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"marelle/db"
	"marelle/db/dbtest"
	"marelle/portal"
	"marelle/views"
)

const baseURL = "https://famille.carteville.example"

// areas are the templates that the tests of this package must all execute.
var areas = []string{"account", "components", "family", "icone", "layouts", "staff"}

func TestMain(m *testing.M) {
	views.Watch()
	code := m.Run()
	if unseen := views.Unseen(areas...); code == 0 && len(unseen) > 0 && len(os.Args) > 0 && !filtered() {
		os.Stderr.WriteString("no test executed these templates: " + strings.Join(unseen, ", ") + "\n")
		code = 1
	}
	if list := unnoted(); code == 0 && len(list) > 0 && !filtered() {
		os.Stderr.WriteString("no test saw these gestures of staff in the audit log: " + strings.Join(list, ", ") + "\n")
		code = 1
	}
	os.Exit(code)
}

// filtered says that only some tests were asked for.
func filtered() bool {
	for _, a := range os.Args {
		if strings.HasPrefix(a, "-test.run=") || strings.HasPrefix(a, "-test.list=") || a == "-test.bench=." {
			return true
		}
	}
	return false
}

// world is a site on a real database, with a structure.
type world struct {
	t         *testing.T
	site      *Site
	store     *db.Store
	clock     *dbtest.Clock
	structure portal.StructureID
	log       *strings.Builder
	host      string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	store, clock := dbtest.New(t, time.Date(2026, 11, 23, 9, 5, 0, 0, portal.Paris))
	structure, err := store.CreateStructure(context.Background(), portal.Structure{
		Name: "Mairie de CarteVille", Street: "1 place de la Mairie", Postcode: "09140", Town: "CarteVille", Phone: "05 61 00 00 00",
		Email: "mairie@carteville.example", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0),
	})
	if err != nil {
		t.Fatal(err)
	}
	log := new(strings.Builder)
	site, err := newSite(Options{Store: store, BaseURL: baseURL, Log: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	seenTable = site.table
	return &world{t: t, site: site, store: store, clock: clock, structure: structure, log: log, host: strings.TrimPrefix(baseURL, "https://")}
}

// browser keeps cookies and says where its requests come from, as browsers do.
type browser struct {
	w       *world
	cookies map[string]*http.Cookie
	page    *goquery.Document
	res     *http.Response
	body    string
	headers http.Header // added to each request
	csrf    string      // the token of the last page that had forms
}

func (w *world) browser() *browser {
	return &browser{w: w, cookies: map[string]*http.Cookie{}, headers: http.Header{"Sec-Fetch-Site": {"same-origin"}}}
}

func (b *browser) send(method, path string, form url.Values) *browser {
	b.w.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req := httptest.NewRequest(method, path, body)
	req.Host = b.w.host
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, c := range b.cookies {
		req.AddCookie(c)
	}
	for name, values := range b.headers {
		req.Header[name] = values
	}
	return b.do(req)
}

func (b *browser) do(req *http.Request) *browser {
	b.w.t.Helper()
	gesture := req.Method == http.MethodPost && strings.HasPrefix(req.URL.Path, "/gestion")
	before := ""
	if gesture {
		before = b.w.scalar("SELECT coalesce(max(id), 0) FROM staff_event")
	}
	res, err := b.w.site.app.Test(req, -1)
	if err != nil {
		b.w.t.Fatal(err)
	}
	if gesture && b.w.scalar("SELECT coalesce(max(id), 0) FROM staff_event") != before {
		for _, r := range b.w.site.table {
			if r.method == post && r.matches(req.URL.Path) {
				noted.Store(r.path, true)
			}
		}
	}
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	for _, c := range res.Cookies() {
		if c.MaxAge < 0 || c.Value == "" {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c
		}
	}
	if b.res, b.body = res, string(raw); strings.Contains(b.body, "ZgotmplZ") {
		b.w.t.Errorf("%s %s: html/template refused an address or a value of the page", req.Method, req.URL.Path)
	}
	if b.page, err = goquery.NewDocumentFromReader(strings.NewReader(b.body)); err != nil {
		b.w.t.Fatal(err)
	}
	if token, ok := b.page.Find("input[name=_csrf]").First().Attr("value"); ok {
		b.csrf = token
	}
	return b
}

func (b *browser) get(path string) *browser { return b.send("GET", path, nil) }

// post sends a form with the token of the last page that had one.
func (b *browser) post(path string, form url.Values) *browser {
	if form.Get("_csrf") == "" {
		form.Set("_csrf", b.csrf)
	}
	return b.send("POST", path, form)
}

// follow goes where the answer sends.
func (b *browser) follow() *browser {
	b.w.t.Helper()
	b.want(http.StatusSeeOther)
	return b.get(b.res.Header.Get("Location"))
}

func (b *browser) want(status int) *browser {
	b.w.t.Helper()
	if b.res.StatusCode != status {
		b.w.t.Fatalf("got %d, want %d\n%s\n%s", b.res.StatusCode, status, b.res.Header, b.text())
	}
	return b
}

// wantTo checks where the answer sends.
func (b *browser) wantTo(path string) *browser {
	b.w.t.Helper()
	b.want(http.StatusSeeOther)
	if got := b.res.Header.Get("Location"); got != path {
		b.w.t.Fatalf("sent to %s, want %s", got, path)
	}
	return b
}

func (b *browser) text() string { return strings.Join(strings.Fields(b.page.Text()), " ") }

func (b *browser) wantText(sentence string) *browser {
	b.w.t.Helper()
	if !strings.Contains(b.text(), sentence) {
		b.w.t.Fatalf("« %s » is not on the page:\n%s", sentence, b.text())
	}
	return b
}

func (b *browser) wantNoText(sentence string) *browser {
	b.w.t.Helper()
	if strings.Contains(b.text(), sentence) {
		b.w.t.Fatalf("« %s » is on the page:\n%s", sentence, b.text())
	}
	return b
}

func (b *browser) signIn(login, password string) *browser {
	return b.get("/connexion").send("POST", "/connexion", url.Values{"identifiant": {login}, "mot_de_passe": {password}})
}

const goodPassword = "girafe tournevis brouillard"

// raw runs SQL beside the store, for what no operation makes yet.
func (w *world) raw(query string, args ...any) {
	w.t.Helper()
	conn, err := sql.Open("marelle", "file:"+w.store.Path()+"?_busy_timeout=5000&_txlock=immediate&_foreign_keys=on")
	if err != nil {
		w.t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Exec(query, args...); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) scalar(query string, args ...any) string {
	w.t.Helper()
	conn, err := sql.Open("marelle", "file:"+w.store.Path()+"?_busy_timeout=5000")
	if err != nil {
		w.t.Fatal(err)
	}
	defer conn.Close()
	var value sql.NullString
	if err := conn.QueryRow(query, args...).Scan(&value); err != nil {
		w.t.Fatal(err)
	}
	return value.String
}

// guardian makes a family of a structure and its guardian, with a letter.
func (w *world) guardian(structure portal.StructureID, last string) portal.Letter {
	w.t.Helper()
	id, err := strconv.Atoi(w.scalar("SELECT coalesce(max(id), 0) + 1 FROM account"))
	if err != nil {
		w.t.Fatal(err)
	}
	w.raw("INSERT INTO account (id, login, civility, last_name, first_name, created_at) VALUES (?, ?, 'M.', ?, 'Jean-Paul', 0)", id, fmt.Sprintf("AAAA-%04d", id), last)
	w.raw("INSERT INTO family (id, structure_id, name, created_at) VALUES (?, ?, ?, 0)", id, structure, last)
	w.raw("INSERT INTO guardian (family_id, account_id) VALUES (?, ?)", id, id)
	w.raw("INSERT INTO child (id, structure_id, last_name, first_name, created_at) VALUES (?, ?, ?, 'Amalia', 0)", id, structure, last)
	w.raw("INSERT INTO family_child (family_id, child_id) VALUES (?, ?)", id, id)
	letters, err := w.store.IssueLetters(context.Background(), structure, 0, []portal.AccountID{portal.AccountID(id)}, db.AnyLetter)
	if err != nil {
		w.t.Fatal(err)
	}
	return letters[0]
}

// agent makes an agent of the structure, with a letter.
func (w *world) agent(last string, role portal.Role) portal.Letter {
	w.t.Helper()
	letter, err := w.store.CreateStaff(context.Background(), w.structure, portal.Identity{LastName: last, FirstName: "Agnès"}, role)
	if err != nil {
		w.t.Fatal(err)
	}
	return letter
}

// settle gives an account its password and accepts the texts.
func (w *world) settle(letter portal.Letter) portal.Letter {
	w.t.Helper()
	b := w.browser().signIn(letter.Login, letter.Password).follow().follow()
	b.post("/premiere-connexion", url.Values{"mot_de_passe": {goodPassword}, "confirmation": {goodPassword}}).follow().get("/conditions").want(200)
	b.post("/conditions", b.boxes()).want(303)
	return letter
}

// boxes gives the boxes of the page, all ticked.
func (b *browser) boxes() url.Values {
	form := url.Values{}
	b.page.Find("input[type=checkbox]").Each(func(_ int, box *goquery.Selection) {
		form.Set(box.AttrOr("name", ""), box.AttrOr("value", "on"))
	})
	return form
}

// token gives the session's cookie.
func (b *browser) token() string {
	if c := b.cookies["__Host-sid"]; c != nil {
		return c.Value
	}
	return ""
}
