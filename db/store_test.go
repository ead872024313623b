package db_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"marelle/db"
	"marelle/db/dbtest"
	"marelle/db/demo"
)

// TestOpenRefuses: a database that is missing, foreign, damaged, newer or in use is refused with a sentence, and never
// replaced by an empty one.
func TestOpenRefuses(t *testing.T) {
	now := func() time.Time { return paris("2026-11-23 09:00:00") }
	ours, _ := dbtest.New(t, now())
	write := func(name string, content []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	sqlFile := func(name string, statements ...string) string {
		path := filepath.Join(t.TempDir(), name)
		conn, err := sql.Open("sqlite3", path)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		for _, s := range statements {
			if _, err := conn.Exec(s); err != nil {
				t.Fatal(err)
			}
		}
		return path
	}
	newer := func() string {
		path := filepath.Join(t.TempDir(), "demain.db")
		s, err := db.Open(ctx, db.Options{Path: path, Now: now, Random: demo.Random(), Create: true})
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		conn, err := sql.Open("sqlite3", path)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := conn.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct{ name, path, want string }{
		{"absente", filepath.Join(t.TempDir(), "rien.db"), "n’existe pas ; créez-la avec « marelle init"},
		{"pas une base", write("courrier.db", []byte("Madame, Monsieur, veuillez trouver")), "n’est pas une base de Marelle"},
		{"la base d’un autre programme", sqlFile("autre.db", "CREATE TABLE compta (id)"), "mais pas celle de Marelle"},
		{"coupée", write("coupee.db", append([]byte("SQLite format 3\x00"), make([]byte, 4000)...)), "remettez en place la dernière sauvegarde"},
		{"d’une version plus récente", newer(), "vient d’une version plus récente de Marelle"},
		{"déjà ouverte", ours.Path(), "est déjà ouverte par un autre Marelle"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := db.Open(ctx, db.Options{Path: c.path, Now: now, Random: demo.Random()})
			if err == nil {
				s.Close()
				t.Fatal("it was opened")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("refused with %q, want %q", err, c.want)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(t.TempDir(), "rien.db")); err == nil {
		t.Error("a missing database was created")
	}
}

// TestModeIsForLife: a demonstration never becomes a real town, nor the other way round.
func TestModeIsForLife(t *testing.T) {
	real, _ := dbtest.New(t, paris("2026-11-23 09:00:00"))
	if real.Demo() {
		t.Fatal("a real database says it is a demonstration")
	}
	if _, err := real.DemoAccounts(ctx, 1); err == nil {
		t.Error("a real database gives the accounts of a demonstration")
	}
	if err := real.DemoReady(ctx, nil, demo.Password); err == nil {
		t.Error("a real database takes the password of the demonstration")
	}
	if err := real.SetDemoClock(ctx, time.Hour, time.Hour); err == nil {
		t.Error("a real database moves its clock")
	}
	path := real.Path()
	real.Close()
	conn, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, s := range []string{"UPDATE instance SET value = 'demo' WHERE name = 'mode'", "DELETE FROM instance WHERE name = 'mode'"} {
		if _, err := conn.Exec(s); err == nil {
			t.Errorf("%s was done", s)
		}
	}
}

// TestTheBaseNeverOversells: whatever the program believes, one place too many is refused by the base itself.
func TestTheBaseNeverOversells(t *testing.T) {
	tn := newTown(t, 2, 1)
	tn.want(t, 0, 0, tn.evening, "2026-12-01", true)
	tn.confirm(t, 0, "la seule place")
	path := tn.Path()
	tn.Close()
	conn, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Exec("UPDATE counter_day SET taken = taken + 1 WHERE day = '2026-12-01'"); err == nil || !strings.Contains(err.Error(), "oversold") {
		t.Errorf("oversold: %v", err)
	}
	if _, err := conn.Exec("INSERT INTO counter_day (counter_id, day, taken) SELECT id, '2026-12-03', 2 FROM counter WHERE capacity = 1 LIMIT 1"); err == nil || !strings.Contains(err.Error(), "oversold") {
		t.Errorf("oversold at once: %v", err)
	}
}
