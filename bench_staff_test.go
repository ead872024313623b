package main

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"marelle/db"
	"marelle/handlers"
	"marelle/portal"
)

// bigTown is a base of 20,000 children: 12,500 families, 20,000 guardians, 100 classes, five weeks of their bookings, 60,000
// requests that wait for the night and 60,000 of the last one, 200,000 mails, 100,000 lines of the audit log, absences,
// documents and requests to decide; and a neighbour with as much of nothing.
func bigTown(b *testing.B) (app *fiber.App, token string, real map[string]string) {
	b.Helper()
	ctx := context.Background()
	path := filepath.Join(b.TempDir(), "grande-ville.db")
	begin, start := time.Now(), portal.MustDate("2026-11-23").At(portal.Clock(9, 0))
	store, err := db.Open(ctx, db.Options{Path: path, Now: func() time.Time { return start.Add(time.Since(begin)) }, Random: zeroes{}, Create: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { store.Close() })
	for _, name := range []string{"Mairie de Grande-Ville", "Mairie voisine"} {
		if _, err := store.CreateStructure(ctx, portal.Structure{Name: name, Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)}); err != nil {
			b.Fatal(err)
		}
	}
	for _, kind := range []portal.ActivityKind{portal.Canteen, portal.BeforeSchool, portal.AfterSchool, portal.WednesdayCamp} {
		a := portal.NewActivity(kind)
		a.StructureID, a.Counters = 1, []portal.Counter{{Name: a.Name, Limited: true, Capacity: 19_000}}
		if _, err := store.SaveActivity(ctx, a); err != nil {
			b.Fatal(err)
		}
	}
	letter, err := store.CreateStaff(ctx, 1, portal.Identity{LastName: "ROUCH", FirstName: "Mireille"}, portal.Administrator)
	if err != nil {
		b.Fatal(err)
	}
	fillTown(b, path)
	const password = "girafe tournevis brouillard"
	_, temporary, err := store.SignIn(ctx, letter.Login, letter.Password, db.Visit{Addr: "127.0.0.1"})
	if err != nil {
		b.Fatal(err)
	}
	session, err := store.Session(ctx, temporary)
	if err != nil {
		b.Fatal(err)
	}
	if token, err = store.SetFirstPassword(ctx, session, password); err != nil {
		b.Fatal(err)
	}
	if session, err = store.Session(ctx, token); err != nil {
		b.Fatal(err)
	}
	texts, err := store.TermsDue(ctx, session.Account)
	if err != nil {
		b.Fatal(err)
	}
	var read []portal.TermsID
	for _, x := range texts {
		read = append(read, x.ID)
	}
	if err := store.AcceptTerms(ctx, session.Account, read); err != nil {
		b.Fatal(err)
	}
	if app, err = handlers.New(handlers.Options{Store: store, BaseURL: "http://localhost:8080", Log: slog.New(slog.DiscardHandler)}); err != nil {
		b.Fatal(err)
	}
	return app, token, map[string]string{"family": "4242", "account": fmt.Sprint(4242 + 1000), "child": "4242", "activity": "1", "counter": "1", "school": "1", "class": "7", "year": "1",
		"mail": "4242", "message": "1", "agent": fmt.Sprint(letter.Person.ID), "profile": "1", "date": "2026-11-23", "kind": "compte-rendu", "version": "1", "document": fmt.Sprintf("%032d", 4243)}
}

// zeroes is a random source that needs no entropy: nothing here is a secret.
type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) {
	now := time.Now().UnixNano()
	for i := range p {
		now = now*6364136223846793005 + 1442695040888963407
		p[i] = byte(now >> 33)
	}
	return len(p), nil
}

// fillTown writes the rows of a big town beside the store.
func fillTown(b *testing.B, path string) {
	b.Helper()
	conn, err := sql.Open("marelle", "file:"+path+"?_busy_timeout=5000&_txlock=immediate&_synchronous=OFF")
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	const numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
	const last = "upper(char(65 + i %% 26, 97 + i * 7 %% 26, 97 + i / 26 %% 26, 97 + i * 11 %% 26) || 'ard')"
	const first = "char(65 + i * 3 %% 26) || char(97 + i * 5 %% 26) || 'élie'"
	const year = "(SELECT id FROM school_year WHERE structure_id = 1 AND last >= '2026-11-23' ORDER BY first LIMIT 1)"
	const days = "(WITH RECURSIVE d(day, n) AS (SELECT '2026-11-02', 0 UNION ALL SELECT date(day, '1 day'), n + 1 FROM d WHERE n < 34) SELECT day FROM d WHERE strftime('%w', day) IN ('1', '2', '4', '5'))"
	for _, q := range []string{
		"INSERT INTO school (id, structure_id, name) VALUES (1, 1, 'École A'), (2, 1, 'École B')",
		fmt.Sprintf(numbers+"INSERT INTO class (id, school_id, school_year_id, name) SELECT i, 1 + i %% 2, "+year+", 'Classe ' || i FROM n", 100),
		fmt.Sprintf(numbers+"INSERT INTO family (id, structure_id, name, street, postcode, town, created_at) SELECT i, 1, "+last+", i || ' rue Neuve', '31000', 'GRANDE-VILLE', 0 FROM n", 12_500),
		fmt.Sprintf(numbers+"INSERT INTO account (id, login, last_name, first_name, mobile_phone, temporary, first_seen_at, temporary_until, letter_at, created_at) SELECT i + 1000, printf('A%%07d', i), "+last+", "+first+", printf('06 %%02d %%02d %%02d %%02d', i / 10000, i / 100 %% 100, i %% 100, i * 7 %% 100), i %% 2, iif(i %% 2, NULL, 1), 1, 1, 0 FROM n", 20_000),
		"INSERT INTO guardian (family_id, account_id) SELECT 1 + (id - 1001) % 12500, id FROM account WHERE id > 1000",
		"INSERT INTO account_email (account_id, position, address, dead_at) SELECT id, 0, lower(last_name) || id || '@exemple.fr', iif(id % 50, NULL, 1) FROM account WHERE id > 1000",
		fmt.Sprintf(numbers+"INSERT INTO child (id, structure_id, last_name, first_name, birth, created_at) SELECT i, 1, "+last+", "+first+", date('2015-01-01', (i %% 2500) || ' days'), 0 FROM n", 20_000),
		"INSERT INTO family_child (family_id, child_id) SELECT 1 + (id - 1) % 12500, id FROM child",
		"INSERT INTO child_class (child_id, school_year_id, class_id, grade) SELECT id, " + year + ", 1 + id % 100, 'CP' FROM child",
		"INSERT INTO document_asked (structure_id, kind) VALUES (1, 'assurance')",
		"INSERT INTO child_document (id, child_id, family_id, account_id, kind, expires, at, name, type, sum, body) SELECT printf('%032d', id), id, 1 + (id - 1) % 12500, 1001, 'assurance', date('2026-11-01', (id % 400) || ' days'), 0, 'a.pdf', 'application/pdf', zeroblob(32), CAST('%PDF-1.4' AS BLOB) FROM child WHERE id % 3 > 0",
		"INSERT INTO booking (child_id, activity_id, day, status, account_id, since) SELECT c.id, 1 + c.id % 3, d.day, 'booked', c.id + 1000, 0 FROM child c, " + days + " d",
		"INSERT INTO booking (child_id, activity_id, day, status, queue, account_id, since) SELECT c.id, 4, '2026-12-02', 'waiting', c.id, c.id + 1000, 0 FROM child c WHERE c.id < 3000",
		"INSERT INTO counter_day (counter_id, day, taken) SELECT ca.counter_id, b.day, count(*) FROM booking b JOIN counter_activity ca ON ca.activity_id = b.activity_id WHERE b.status = 'booked' GROUP BY 1, 2",
		"INSERT INTO night (id, structure_id, date, due_at, started_at, done_at, movements) SELECT 1, 1, '2026-11-23', 1, 1, 2, 60000",
		fmt.Sprintf(numbers+"INSERT INTO receipt (id, year, seq, account_id, form_key, at, previous, hash) SELECT i, 2026, i, 1001 + i %% 20000, 'k' || i, 1795000000000 + i, '', 'h' FROM n", 40_000),
		fmt.Sprintf(numbers+"INSERT INTO movement (structure_id, receipt_id, account_id, child_id, activity_id, day, action, at, outcome, night_id, final) SELECT 1, 1 + i %% 40000, 1001 + i %% 20000, 1 + i %% 20000, 1 + i %% 4, date('2026-12-01', (i %% 90) || ' days'), 'add', 1795000000000 + i, 'booked', iif(i > 60000, NULL, 1), iif(i > 60000, NULL, 'booked') FROM n", 120_000),
		"INSERT INTO absence_spell (id, structure_id, child_id, account_id, first, last, reason, document, at) SELECT id, 1, id, id + 1000, '2026-11-23', '2026-11-24', 'malade', 'attendu', 1 FROM child WHERE id % 7 = 0",
		"INSERT INTO absence (child_id, activity_id, day, spell_id) SELECT s.child_id, b.activity_id, b.day, s.id FROM absence_spell s JOIN booking b ON b.child_id = s.child_id AND b.day BETWEEN s.first AND s.last",
		"INSERT INTO request (child_id, activity_id, day, account_id, since) SELECT id, 4, '2026-12-09', id + 1000, id FROM child WHERE id < 5000",
		fmt.Sprintf(numbers+"INSERT INTO outbox (id, structure_id, account_id, key, kind, address, subject, body_text, body_html, message_id, state, created_at, next_at, sent_at) SELECT i, 1, 1001 + i %% 20000, 'k' || i, 'compte-rendu', 'a' || i || '@exemple.fr', 'Compte rendu', hex(zeroblob(300)), hex(zeroblob(600)), 'm' || i, iif(i %% 1000, 'sent', 'dead'), 1795000000000, 0, 1 FROM n", 200_000),
		fmt.Sprintf(numbers+"INSERT INTO staff_event (structure_id, account_id, at, subject, subject_id, words, changes) SELECT 1, 1, 1795000000000 + i, 'famille', 1 + i %% 12500, 'Famille changée', '[]' FROM n", 100_000),
		fmt.Sprintf(numbers+"INSERT INTO announcement (id, structure_id, form_key, title, body, first, last, written_at) SELECT i, 1, 'k' || i, 'Message ' || i, 'Un texte.', '2026-11-01', '2026-12-31', 1 FROM n", 60),
		"INSERT INTO limit_profile (id, structure_id, name) VALUES (1, 1, 'Horaires variables')",
		"INSERT INTO family_profile (family_id, profile_id, until, given_at, given_by) SELECT id, 1, '2027-07-05', 1, 1 FROM family WHERE id % 10 = 0",
		"ANALYZE",
	} {
		if _, err := conn.Exec(q); err != nil {
			b.Fatalf("%.120s: %v", q, err)
		}
	}
}

// mostPerPage is the most processor that a page or a list of staff may take in a big town.
const mostPerPage = 50 * time.Millisecond

// heavy are the answers that hold the whole town: they are files, not pages.
var heavy = []string{"/gestion/export/familles.csv", "/gestion/journal.csv", "/gestion/nuits/:date/transmission.csv", "/gestion/nuits/:date/transmission.json", "/gestion/nuits/essai"}

// BenchmarkStaff measures every page of staff in a town of 20,000 children, search included, and fails where one takes more
// than 50 ms of processor.
func BenchmarkStaff(b *testing.B) {
	app, token, real := bigTown(b)
	var paths []string
	for _, r := range app.GetRoutes(true) {
		if r.Method != fiber.MethodGet || !strings.HasPrefix(r.Path, "/gestion") || strings.HasSuffix(r.Path, "*") || slices.Contains(heavy, r.Path) {
			continue
		}
		parts := strings.Split(r.Path, "/")
		for i, p := range parts {
			if name, is := strings.CutPrefix(p, ":"); is {
				parts[i] = real[name]
			}
		}
		paths = append(paths, strings.Join(parts, "/"))
	}
	for _, q := range []string{"q=a", "q=ard", "q=bvhrard+melie", "q=06+01+23", "q=zzzzzz", "a_partir=12400"} {
		paths = append(paths, "/gestion/familles?"+q, "/gestion/comptes?"+q, "/gestion/courriels?"+q)
	}
	paths = append(paths, "/gestion/absences?a_partir=2800", "/gestion/mouvements?a_partir=59900", "/gestion/nuits/2026-11-23?a_partir=59900", "/gestion/nuits/2026-11-23?q=bvhrard", "/gestion/documents?a_partir=6900", "/gestion/journal?a_partir=99900", "/gestion/journal?q=famille")
	slices.Sort(paths)
	handler := app.Handler()
	ask := func(path string) int {
		var c fasthttp.RequestCtx
		c.Request.Header.SetMethod(http.MethodGet)
		c.Request.SetRequestURI(path)
		c.Request.Header.SetHost("localhost:8080")
		c.Request.Header.SetCookie("sid", token)
		c.Request.Header.Set("Accept-Encoding", "gzip")
		handler(&c)
		return c.Response.StatusCode()
	}
	for _, path := range slices.Compact(paths) {
		if status := ask(path); status == http.StatusNotFound || status == http.StatusForbidden { // its thing is no thing of this town, or of a canteen
			b.Logf("%s: none here", path)
			continue
		}
		b.Run(strings.ReplaceAll(strings.Trim(path, "/"), "/", "."), func(b *testing.B) {
			best := time.Hour // others use the processors too
			before := cpuTime(b)
			for b.Loop() {
				one := cpuTime(b)
				if status := ask(path); status >= http.StatusBadRequest {
					b.Fatalf("status %d", status)
				}
				best = min(best, cpuTime(b)-one)
			}
			b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N)/1e6, "cpu-ms/op")
			if best > mostPerPage {
				b.Errorf("%s of processor", best)
			}
		})
	}
}
