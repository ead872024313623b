package db_test

import (
	"database/sql"
	"fmt"
	"testing"

	"marelle/db"
	"marelle/portal"
)

// rawSQL runs SQL beside the store.
func rawSQL(tb testing.TB, s *db.Store, queries ...string) {
	tb.Helper()
	conn, err := sql.Open("marelle", "file:"+s.Path()+"?_busy_timeout=5000&_txlock=immediate&_foreign_keys=on")
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close()
	for _, q := range queries {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			tb.Fatalf("%s: %v", q, err)
		}
	}
}

// TestDeskFacts: figures by activity for today and the next open day, and what waits, of one structure only.
func TestDeskFacts(t *testing.T) {
	tn := newTown(t, 3, 2)
	for i := range 3 {
		tn.want(t, i, 0, tn.evening, "2026-11-24", i < 2)
		tn.want(t, i, 0, tn.wednesday, "2026-12-02", true)
		tn.confirm(t, i, fmt.Sprint("un", i))
	}
	other, err := tn.CreateStructure(ctx, portal.Structure{Name: "Mairie voisine", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	rawSQL(t, tn.Store,
		fmt.Sprintf("INSERT INTO absence_spell (id, structure_id, child_id, account_id, first, last, reason, document, at) VALUES (1, %d, %d, %d, '2026-11-24', '2026-11-24', 'malade', 'recu', 1)", tn.structure, tn.children[0][0], tn.parents[0]),
		fmt.Sprintf("INSERT INTO absence (child_id, activity_id, day, spell_id) VALUES (%d, %d, '2026-11-24', 1)", tn.children[0][0], tn.evening),
		fmt.Sprintf("INSERT INTO request (child_id, activity_id, day, account_id, since) VALUES (%d, %d, '2026-12-03', %d, 1), (%[1]d, %[2]d, '2026-11-01', %[3]d, 1)", tn.children[0][0], tn.canteen, tn.parents[0]),
		fmt.Sprintf("UPDATE account_email SET dead_at = 1 WHERE account_id = %d", tn.parents[0]))
	tn.clock.Set(paris("2026-11-24 09:00:00"))
	queries := func(structure portal.StructureID) (*portal.DeskFacts, int64) {
		counting, n := db.CountQueries(ctx)
		f, err := tn.DeskFacts(counting, structure)
		if err != nil {
			t.Fatal(err)
		}
		return f, n.Load()
	}
	f, _ := queries(tn.structure)
	if len(f.Today) != 2 || f.Today[1].Activity.ID != tn.evening || f.Today[1].Booked != 2 || f.Today[1].Absent != 1 || !f.Today[1].Full() || f.Today[1].Places != 2 {
		t.Errorf("today %+v", f.Today)
	}
	if f.NextDay != portal.MustDate("2026-11-25") || len(f.Next) != 1 || f.Next[0].Activity.ID != tn.wednesday || f.Next[0].Booked != 0 || f.Next[0].Left != 2 {
		t.Errorf("next %s %+v", f.NextDay, f.Next)
	}
	if f.Decide != 1 || f.DecideFirst != portal.MustDate("2026-12-03") || f.Absent != 1 || f.Documents != 1 || f.DeadAddresses != 1 || f.Children != 1 || len(f.Late) != 1 || f.Late[0].Date != portal.MustDate("2026-11-24") {
		t.Errorf("%+v", f)
	}
	if _, n := queries(tn.structure); n > 12 {
		t.Errorf("%d queries", n)
	}
	if f, _ := queries(other); f.Decide+f.Absent+f.Documents+f.DeadAddresses+f.Children+len(f.Today) != 0 {
		t.Errorf("the neighbours see %+v", f)
	}
}

// BenchmarkDeskFacts is the first page of staff in a town of 20,000 children on a full day, half of whose parents were never seen.
func BenchmarkDeskFacts(b *testing.B) {
	tn := newTown(b, 1, 60_000)
	rawSQL(b, tn.Store,
		fmt.Sprintf("WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 20999) INSERT INTO account (id, login, last_name, first_name, temporary, first_seen_at, temporary_until, letter_at, created_at) SELECT i, 'L' || i, 'PARENT' || i, 'Claire', i %% 2, iif(i %% 2, NULL, 1), 1, 1, 0 FROM n"),
		"INSERT INTO account_email (account_id, position, address) SELECT id, 0, 'a' || id || '@exemple.fr' FROM account WHERE id >= 1000",
		fmt.Sprintf("INSERT INTO family (id, structure_id, name, created_at) SELECT id, %d, last_name, 0 FROM account WHERE id >= 1000", tn.structure),
		fmt.Sprintf("INSERT INTO child (id, structure_id, last_name, first_name, created_at) SELECT id, %d, last_name, 'Amalia', 0 FROM account WHERE id >= 1000", tn.structure),
		"INSERT INTO guardian (family_id, account_id) SELECT id, id FROM account WHERE id >= 1000",
		"INSERT INTO family_child (family_id, child_id) SELECT id, id FROM account WHERE id >= 1000",
		fmt.Sprintf("INSERT INTO booking (child_id, activity_id, day, status, account_id, since) SELECT c.id, a.id, d.day, 'booked', c.id, 0 FROM child c, activity a, (SELECT '2026-11-23' AS day UNION SELECT '2026-11-24') d WHERE c.id >= 1000 AND a.structure_id = %d AND a.id <> %d", tn.structure, tn.wednesday),
		"INSERT INTO counter_day (counter_id, day, taken) SELECT id, '2026-11-23', 20000 FROM counter",
		fmt.Sprintf("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) INSERT INTO outbox (structure_id, account_id, key, kind, address, subject, body_text, body_html, message_id, state, created_at, next_at, sent_at) SELECT %d, 1000 + i %% 20000, 'k' || i, 'compte-rendu', 'a' || (1000 + i %% 20000) || '@exemple.fr', 'Compte rendu', hex(zeroblob(300)), hex(zeroblob(600)), 'm' || i, iif(i %% 1000, 'sent', 'dead'), 0, 0, 1 FROM n", tn.structure),
		"ANALYZE")
	for name, run := range map[string]func() error{
		"tableau": func() error { _, err := tn.DeskFacts(ctx, tn.structure); return err },
		"bureau":  func() error { _, err := tn.Desk(ctx, tn.structure); return err },
		"courriels": func() error {
			_, _, err := tn.FindMails(ctx, tn.structure, db.MailFilter{}, 0, 101)
			return err
		},
		"courriels d’un nom": func() error {
			_, _, err := tn.FindMails(ctx, tn.structure, db.MailFilter{Search: "parent12345"}, 0, 101)
			return err
		},
		"courriels abandonnés": func() error {
			_, _, err := tn.FindMails(ctx, tn.structure, db.MailFilter{State: db.MailDead}, 0, 101)
			return err
		},
		"courriels d’un genre": func() error {
			_, _, err := tn.FindMails(ctx, tn.structure, db.MailFilter{Kind: "rappel"}, 0, 101)
			return err
		},
		"courriels de beaucoup": func() error {
			_, _, err := tn.FindMails(ctx, tn.structure, db.MailFilter{Search: "parent"}, 0, 101)
			return err
		},
		"états des courriels": func() error { _, err := tn.MailCounts(ctx, tn.structure); return err },
		"adresses":            func() error { _, err := tn.DeadAddresses(ctx, tn.structure); return err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
