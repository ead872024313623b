package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"
	"time"

	"github.com/pressly/goose/v3"
)

// TestMigrateTheFirstSchema: a base of the first schema, with a family's bookings, wishes, movements, limits and receipt,
// becomes one of today's and loses nothing.
func TestMigrateTheFirstSchema(t *testing.T) {
	ctx := context.Background()
	registerDriver()
	path := filepath.Join(t.TempDir(), "ancienne.db")
	old, err := sql.Open("marelle", "file:"+path+"?mode=rwc&_txlock=immediate&"+pragmas)
	if err != nil {
		t.Fatal(err)
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, old, files)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(ctx, 1); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{
		fmt.Sprintf("PRAGMA application_id=%d", applicationID),
		"INSERT INTO instance VALUES ('mode', 'production'), ('salt', '00')",
		"INSERT INTO structure (id, name, zone, created_at) VALUES (1, 'Mairie de CarteVille', 'C', 0)",
		"INSERT INTO family (id, structure_id, name, created_at) VALUES (1, 1, 'DUPONT', 0)",
		"INSERT INTO child (id, structure_id, last_name, first_name, created_at) VALUES (1, 1, 'DUPONT', 'Amalia', 0), (2, 1, 'DUPONT', 'Paolo', 0)",
		"INSERT INTO family_child VALUES (1, 1), (1, 2)",
		"INSERT INTO account (id, login, last_name, first_name, password, temporary, created_at) VALUES (1, 'AAAA-0001', 'DUPONT', 'Jean-Paul', 'x', 0, 0)",
		"INSERT INTO account_email VALUES (1, 0, 'jp@exemple.fr')",
		"INSERT INTO guardian VALUES (1, 1)",
		`INSERT INTO activity (id, structure_id, position, name, short, spoken, kind, starts, ends, opening, waitlist) VALUES (1, 1, 0, 'ÉTUDE', 'Étude', 'l’étude', 'autre', '16:30', '17:30', '{"ecole":["lundi","jeudi"]}', 1)`,
		`INSERT INTO cutoff VALUES (1, 'reserver', '{"forme":"jours-avant","jours":1,"heure":"18:00"}'), (1, 'annuler', '{"forme":"jamais"}')`,
		"INSERT INTO counter VALUES (1, 1, 'Étude', 1)", "INSERT INTO counter_activity VALUES (1, 1)", "INSERT INTO counter_day VALUES (1, '2026-12-03', 1, 1)",
		"INSERT INTO booking VALUES (1, 1, '2026-12-03', 'booked', NULL, 1, 1000), (2, 1, '2026-12-03', 'waiting', 1, 1, 1000)",
		"INSERT INTO draft VALUES (1, 7, 1000)", "INSERT INTO wish VALUES (1, 1, 1, '2026-12-03', 'remove', 1000)",
		"INSERT INTO night (id, structure_id, date, due_at, started_at, done_at) VALUES (1, 1, '2026-11-24', 1, 1, 2)",
		"INSERT INTO receipt VALUES (1, 2026, 1, 1, 'formulaire', 1000, '', 'a0')",
		"INSERT INTO movement (id, structure_id, receipt_id, account_id, child_id, activity_id, day, action, at, outcome, rank, night_id, final) VALUES (5, 1, 1, 1, 1, 1, '2026-12-03', 'add', 1000, 'booked', 0, 1, 'booked'), (9, 1, 1, 1, 2, 1, '2026-12-03', 'add', 1000, 'waiting', 1, NULL, NULL)",
	} {
		if _, err := old.ExecContext(ctx, q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	counts := func(conn *sql.DB) string {
		text := ""
		for _, table := range []string{"structure", "child", "account", "account_email", "activity", "counter_day", "booking", "draft", "wish", "night", "receipt", "movement"} {
			var n int
			if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n); err != nil {
				t.Fatal(err)
			}
			text += fmt.Sprintf("%s %d, ", table, n)
		}
		return text
	}
	before := counts(old)
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	store, err := Open(ctx, Options{Path: path, Now: func() time.Time { return time.UnixMilli(5000) }, Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if after := counts(store.readDB); after != before {
		t.Errorf("before: %s\nafter:  %s", before, after)
	}
	setup, err := store.Setup(ctx, 1)
	if err != nil || len(setup.Activities) != 1 || setup.Activities[0].WaitMode != "nuit" || setup.Activities[0].Cancel.Shape != "jamais" {
		t.Fatalf("%+v %v", setup, err)
	}
	recap, err := store.Recap(ctx, 1)
	if err != nil || len(recap.Requests) != 1 || recap.Version != 7 || recap.Requests[0].Slot.Status != "booked" {
		t.Fatalf("%+v %v", recap, err)
	}
	var next int64 // the numbers of movements go on, none is given twice
	if err := store.readDB.QueryRowContext(ctx, "SELECT seq FROM sqlite_sequence WHERE name = 'movement'").Scan(&next); err != nil || next != 9 {
		t.Errorf("the last movement is %d (%v)", next, err)
	}
	var broken int
	if err := store.readDB.QueryRowContext(ctx, "SELECT count(*) FROM pragma_foreign_key_check").Scan(&broken); err != nil || broken != 0 {
		t.Errorf("%d broken references (%v)", broken, err)
	}
}
