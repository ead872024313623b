package handlers

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"marelle/db"
	"marelle/db/demo"
	"marelle/portal"
	"marelle/views"
)

// startOfDemo is when CarteVille is looked at.
var startOfDemo = portal.NewDate(2026, 11, 23).At(portal.Clock(9, 0))

// carteVille is the base of CarteVille, built once for the whole run and copied for each test.
var carteVille = sync.OnceValues(func() (_ []byte, err error) {
	dir, err := os.MkdirTemp("", "carteville")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "carteville.db")
	clock := demo.NewClock(startOfDemo, time.Now)
	store, err := db.Open(context.Background(), db.Options{Path: path, Now: clock.Now, Random: demo.Random(), Create: true, Demo: true})
	if err != nil {
		return nil, err
	}
	_, err = demo.Open(context.Background(), store, clock)
	if err = errors.Join(err, store.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// twoTowns is CarteVille, where there is something of everything, and the structure of a neighbour on the same site.
func twoTowns(t *testing.T) (w *world, neighbour portal.StructureID) {
	t.Helper()
	ctx := context.Background()
	town, err := carteVille()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "carteville.db")
	if err := os.WriteFile(path, town, 0o600); err != nil {
		t.Fatal(err)
	}
	store, err := db.Open(ctx, db.Options{Path: path, Now: demo.NewClock(startOfDemo, time.Now).Now, Random: rand.Reader, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	site, err := newSite(Options{Store: store, BaseURL: "http://localhost:8080", Log: slog.New(slog.DiscardHandler), Demo: &Demo{}})
	if err != nil {
		t.Fatal(err)
	}
	w = &world{t: t, site: site, store: store, structure: 1, log: new(strings.Builder), host: "localhost:8080"}
	// Of what CarteVille has none yet, so that every address has a real number in it.
	for _, q := range []string{
		"INSERT INTO family_note (family_id, account_id, at, body) SELECT f.id, min(g.account_id), 1, 'Une note de CarteVille' FROM family f JOIN guardian g ON g.family_id = f.id WHERE f.structure_id = 1 GROUP BY f.id LIMIT 1",
		"INSERT INTO enrolment (child_id, activity_id, first) SELECT (SELECT min(id) FROM child WHERE structure_id = 1), min(id), '2026-09-01' FROM activity WHERE structure_id = 1",
		"INSERT INTO child_document (id, child_id, family_id, account_id, kind, at, name, type, sum, body) SELECT hex(zeroblob(16)), c.id, f.id, min(g.account_id), 'assurance', 1, 'a.pdf', 'application/pdf', zeroblob(32), CAST('%PDF-1.4' AS BLOB) FROM child c JOIN family_child fc ON fc.child_id = c.id JOIN family f ON f.id = fc.family_id JOIN guardian g ON g.family_id = f.id WHERE c.id = (SELECT min(id) FROM child WHERE structure_id = 1) GROUP BY c.id",
		"INSERT INTO priority_label (structure_id, name, document) SELECT 1, 'Critère de CarteVille', '' WHERE NOT EXISTS (SELECT 1 FROM priority_label WHERE structure_id = 1)",
		"INSERT INTO limit_profile (structure_id, name) VALUES (1, 'Profil de CarteVille')",
		"INSERT INTO outbox (structure_id, key, kind, address, subject, body_text, body_html, message_id, created_at, next_at) VALUES (1, 'essai', 'compte-rendu', 'seul@carteville.example', 'Secret de CarteVille', 'x', 'x', 'm', 1, 1)",
	} {
		w.raw(q)
	}
	neighbour, err = store.CreateStructure(ctx, portal.Structure{Name: "Mairie voisine", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	w.structure = neighbour
	w.roll(strings.ReplaceAll(twoPupils, "DUPONT", "ZVOISIN"), strings.NewReplacer("DUPONT", "ZVOISIN", "D'HAUTPOUL", "ZVOISINE", "jp@", "zvoisin@").Replace(twoGuardians))
	w.structure = 1
	return w, neighbour
}

// realNumbers gives, for each parameter of a route of staff, the number of something that CarteVille has. What is asked of
// one family, one child, one school or one activity belongs together.
func (w *world) realNumbers() map[string]string {
	w.t.Helper()
	numbers := map[string]string{}
	for name, query := range map[string]string{
		"family": "SELECT family_id FROM family_note WHERE body = 'Une note de CarteVille'", "note": "SELECT id FROM family_note WHERE body = 'Une note de CarteVille'",
		"account": "SELECT account_id FROM family_note WHERE body = 'Une note de CarteVille'", "child": "SELECT p.child_id FROM pickup_person p JOIN child c ON c.id = p.child_id WHERE c.structure_id = 1",
		"person": "SELECT p.id FROM pickup_person p JOIN child c ON c.id = p.child_id WHERE c.structure_id = 1", "activity": "SELECT min(id) FROM activity WHERE structure_id = 1",
		"counter": "SELECT min(id) FROM counter WHERE structure_id = 1", "school": "SELECT min(id) FROM school WHERE structure_id = 1",
		"class": "SELECT min(c.id) FROM class c JOIN school s ON s.id = c.school_id WHERE s.structure_id = 1", "year": "SELECT min(id) FROM school_year WHERE structure_id = 1",
		"mail": "SELECT max(id) FROM outbox WHERE structure_id = 1", "message": "SELECT min(id) FROM announcement WHERE structure_id = 1", "agent": "SELECT min(account_id) FROM staff WHERE structure_id = 1",
		"profile": "SELECT min(id) FROM limit_profile WHERE structure_id = 1", "version": "SELECT min(v.id) FROM cutoff_version v JOIN activity a ON a.id = v.activity_id WHERE a.structure_id = 1",
		"label": "SELECT min(id) FROM priority_label WHERE structure_id = 1", "date": "SELECT max(date) FROM night WHERE structure_id = 1", "kind": "SELECT 'rgpd'",
	} {
		numbers[name] = w.scalar("SELECT (" + query + ")")
	}
	return numbers
}

// shared are the parameters that are not the number of a thing: each structure has its own under the same word. Texts are of
// the whole site.
var shared = []string{"date", "kind"}

// at fills a route with numbers; own says that something in it belongs to one structure.
func (r route) at(w *world, numbers map[string]string) (path string, own bool) {
	parts := strings.Split(r.path, "/")
	for i, p := range parts {
		name, is := strings.CutPrefix(p, ":")
		switch {
		case p == "*":
			parts[i] = "nulle-part"
		case !is:
			continue
		case strings.HasPrefix(r.path, "/gestion/attente/"):
			const waiting = " FROM booking b JOIN activity a ON a.id = b.activity_id WHERE a.structure_id = 1 AND b.status = 'waiting' ORDER BY b.day, b.activity_id, b.queue LIMIT 1"
			parts[i], own = w.scalar("SELECT b."+map[string]string{"activity": "activity_id", "day": "day", "child": "child_id"}[name]+waiting), true
		case name == "document" && strings.Contains(r.path, "absences"):
			parts[i], own = w.scalar("SELECT min(id) FROM absence_document"), true
		case name == "document":
			parts[i], own = w.scalar("SELECT min(d.id) FROM child_document d JOIN child c ON c.id = d.child_id WHERE c.structure_id = 1 AND d.body IS NOT NULL"), true
		case name == "other" && strings.Contains(r.path, "/responsables/"):
			parts[i], own = w.scalar("SELECT max(g.account_id) FROM guardian g JOIN family f ON f.id = g.family_id WHERE f.structure_id = 1 AND NOT EXISTS (SELECT 1 FROM staff WHERE account_id = g.account_id)"), true
		case name == "other" && strings.HasPrefix(r.path, childrenPath):
			parts[i], own = w.scalar("SELECT max(fc.child_id) FROM family_child fc JOIN family f ON f.id = fc.family_id WHERE f.structure_id = 1"), true
		case name == "other":
			parts[i], own = w.scalar("SELECT max(id) FROM family WHERE structure_id = 1"), true
		case name == "kind" && strings.Contains(r.path, "courriels"):
			parts[i] = string(portal.MailReport)
		case name == "version" && strings.Contains(r.path, "textes"):
			parts[i] = "1"
		default:
			parts[i], own = numbers[name], own || !slices.Contains(shared, name)
		}
		if parts[i] == "" {
			w.t.Errorf("%s: CarteVille has no %s", r.path, p)
			parts[i] = "1"
		}
	}
	return strings.Join(parts, "/"), own
}

// enter signs somebody in with the password of a letter, on a site without TLS.
func (w *world) enter(letter portal.Letter) *browser {
	w.t.Helper()
	w.settle(letter)
	b := w.browser().signIn(letter.Login, goodPassword).want(http.StatusSeeOther)
	return b.get(b.res.Header.Get("Location")).get("/profil").want(http.StatusOK)
}

// asked is an answer without what differs from one request to the next.
func (b *browser) asked() string {
	body := regexp.MustCompile(`Demande [0-9a-f]{12}`).ReplaceAllString(b.body, "")
	where := b.res.Header.Get("Location")
	if i := strings.Index(where, "retour="); i >= 0 { // back to the address that was asked for
		where = where[:i]
	}
	return fmt.Sprint(b.res.StatusCode, " ", b.res.Header.Get("Content-Type"), " ", where, "\n", body)
}

// everything digests what CarteVille has, to see that nothing was changed.
func (w *world) everything() string {
	w.t.Helper()
	conn, err := sql.Open("marelle", "file:"+w.store.Path()+"?_busy_timeout=5000")
	if err != nil {
		w.t.Fatal(err)
	}
	defer conn.Close()
	var all strings.Builder
	for _, table := range []string{"structure", "family", "child", "activity", "counter", "school", "school_year", "announcement", "limit_profile", "night", "staff_event", "document_asked", "mail_text", "staff", "terms", "terms_draft"} {
		where := " WHERE structure_id = 1"
		switch table {
		case "structure":
			where = " WHERE id = 1"
		case "terms", "terms_draft":
			where = ""
		}
		rows, err := conn.Query("SELECT * FROM " + table + where)
		if err != nil {
			w.t.Fatal(err)
		}
		columns, _ := rows.Columns()
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				w.t.Fatal(err)
			}
			for _, v := range values {
				fmt.Fprint(&all, *v.(*any), "|")
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			w.t.Fatal(err)
		}
	}
	return all.String()
}

// TestWalls: whatever staff may open, an agent of another structure, one whose role is too low, a parent and a visitor get the
// answer of an address that leads nowhere, with the real numbers of CarteVille in it; and nothing of CarteVille changes.
func TestWalls(t *testing.T) {
	t.Parallel()
	w, neighbour := twoTowns(t)
	numbers := w.realNumbers()
	agent := func(structure portal.StructureID, last string, role portal.Role) *browser {
		w.structure = structure
		defer func() { w.structure = 1 }()
		return w.enter(w.agent(last, role))
	}
	people := map[string]struct {
		*browser
		walled func(r route, own bool) bool
	}{
		"personne":   {w.browser(), func(route, bool) bool { return true }},
		"un parent":  {w.enter(w.guardian(1, "PARENT")), func(route, bool) bool { return true }},
		"un agent":   {agent(1, "ZAGENT", portal.Agent), func(r route, _ bool) bool { return len(r.policy.roles) > 0 }},
		"régisseur":  {agent(1, "ZREGIE", portal.Cashier), func(r route, _ bool) bool { return len(r.policy.roles) > 0 }},
		"un manager": {agent(1, "ZCHEF", portal.Manager), func(r route, _ bool) bool { return len(r.policy.roles) == 1 }},
		"un voisin":  {agent(neighbour, "ZVOISIN", portal.Administrator), func(_ route, own bool) bool { return own }},
	}
	before := w.everything()
	walls := map[string]int{}
	for name, p := range people {
		send := func(method, path string) string {
			var form url.Values
			if method == post {
				form = url.Values{"_csrf": {p.csrf}}
			}
			return p.send(method, path, form).asked()
		}
		for _, method := range []string{get, post} {
			nowhere := send(method, "/gestion/nulle-part/424242")
			for _, r := range w.site.table {
				if r.method != method || r.policy.area != staffArea {
					continue
				}
				path, own := r.at(w, numbers)
				if !p.walled(r, own) {
					continue
				}
				walls[name]++
				if got := send(method, path); got != nowhere {
					t.Errorf("%s: %s %s is told apart from an address that leads nowhere:\n%.300s\nwant\n%.300s", name, method, path, got, nowhere)
				}
			}
		}
	}
	if after := w.everything(); after != before {
		t.Error("something of CarteVille changed")
	}
	for name := range people {
		if walls[name] < 5 {
			t.Errorf("%s: only %d walls were tried", name, walls[name])
		}
	}
	t.Log(walls)

	// The numbers are real ones: whoever may opens the same pages.
	own := agent(1, "ZADMIN", portal.Administrator)
	for _, r := range w.site.table {
		if r.method != get || r.policy.area != staffArea || strings.HasSuffix(r.path, "*") || strings.Contains(r.path, "/versions/") {
			continue
		}
		path, _ := r.at(w, numbers)
		if strings.HasSuffix(path, "/delais/modifier") {
			path += "?cas=reserver-internet-0"
		}
		if own.get(path).res.StatusCode >= 400 {
			t.Errorf("nobody can open %s: %d %s", path, own.res.StatusCode, own.text())
		}
	}
}

// words are what CarteVille alone has: names, addresses, logins, and what its activities, classes and messages are called.
func (w *world) words() []string {
	w.t.Helper()
	list := strings.Split(w.scalar(`SELECT group_concat(word, char(10)) FROM (
		SELECT last_name AS word FROM child WHERE structure_id = 1 AND length(last_name) > 4 UNION SELECT name FROM family WHERE structure_id = 1 AND length(name) > 4
		UNION SELECT c.name FROM class c JOIN school s ON s.id = c.school_id WHERE s.structure_id = 1 AND length(c.name) > 6
		UNION SELECT name FROM activity WHERE structure_id = 1 UNION SELECT title FROM announcement WHERE structure_id = 1
		UNION SELECT e.address FROM account_email e JOIN guardian g ON g.account_id = e.account_id JOIN family f ON f.id = g.family_id WHERE f.structure_id = 1
		UNION SELECT a.login FROM account a JOIN guardian g ON g.account_id = a.id JOIN family f ON f.id = g.family_id WHERE f.structure_id = 1
		UNION SELECT address FROM outbox WHERE structure_id = 1)`), "\n")
	list = append(list, "Profil de CarteVille", "Secret de CarteVille", "Une note de CarteVille")
	// The two classes of the neighbour have the names of CarteVille's; DUPONT is an example that forms give.
	return slices.DeleteFunc(list, func(word string) bool { return strings.Contains(twoPupils, word) })
}

// TestNothingOfTheNeighbours: no page, list, search, journal or file of a structure holds a word of another one.
func TestNothingOfTheNeighbours(t *testing.T) {
	t.Parallel()
	w, neighbour := twoTowns(t)
	words := w.words()
	if len(words) < 200 {
		t.Fatalf("only %d words", len(words))
	}
	numbers := w.realNumbers()
	w.structure = neighbour
	b := w.enter(w.agent("ZVOISIN", portal.Administrator))
	paths := []string{}
	for _, r := range w.site.table {
		if r.method != get || r.policy.area != staffArea {
			continue
		}
		if path, own := r.at(w, numbers); !own {
			paths = append(paths, path)
		}
	}
	for _, word := range []string{"dup", "hautpoul", "a", "06", "exemple.fr", "amalia", "CP"} {
		for _, list := range []string{views.FamiliesPath, "/gestion/comptes", "/gestion/courriels", views.StaffJournalPath, limitProfilesPath} {
			paths = append(paths, list+"?q="+url.QueryEscape(word))
		}
	}
	own := 0
	for _, path := range paths {
		b.get(path)
		if strings.Contains(b.body, "ZVOISIN") {
			own++
		}
		if strings.Contains(path, "/textes/courriels/") {
			continue // the mail of an example, always the same one
		}
		for _, word := range words {
			if strings.Contains(b.body, word) {
				t.Errorf("%s says « %s »", path, word)
			}
		}
	}
	if own < 10 {
		t.Errorf("only %d answers hold what is the neighbour's own", own)
	}
	b.get(exportPath)
	b.post(exportPath, url.Values{}).want(http.StatusOK)
	archive, err := zip.NewReader(bytes.NewReader([]byte(b.body)), int64(len(b.body)))
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for _, f := range archive.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&all, in); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(all.String(), "ZVOISIN") {
		t.Error("the export is empty")
	}
	for _, word := range words {
		if strings.Contains(all.String(), word) {
			t.Errorf("the export says « %s »", word)
		}
	}
}
