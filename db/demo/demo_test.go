package demo

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"marelle/db"
	"marelle/portal"
)

// build makes a CarteVille and gives its logins and the content of its tables.
func build(t *testing.T) ([]Login, map[string][]string) {
	t.Helper()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "carteville.db")
	clock := NewClock(portal.NewDate(2026, 11, 23).At(portal.Clock(9, 0)), time.Now)
	store, err := db.Open(ctx, db.Options{Path: path, Now: clock.Now, Random: Random(), Create: true, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	logins, err := Open(ctx, store, clock)
	if err != nil {
		t.Fatal(err)
	}
	if faults, err := store.Audit(ctx); err != nil || len(faults) > 0 {
		t.Fatal(faults, err)
	}
	again, err := Open(ctx, store, clock)
	if err != nil || !reflect.DeepEqual(again, logins) {
		t.Fatalf("opened again, the demonstration gives other logins: %v", err)
	}
	store.Close()
	conn, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	tables := map[string][]string{}
	for name, columns := range map[string]string{
		"account": "id, login, last_name, first_name, temporary, temporary_until, letter_at, first_seen_at", // the stored passwords have salts of their own
		"child":   "*", "family": "*", "guardian": "*", "booking": "*", "counter_day": "*", "receipt": "*", "movement": "*", "night": "*", "activity": "*", "cutoff_version": "*", "promised_limit": "*", "announcement": "*", "wish": "*", "staff": "*", "staff_event": "*",
		"registration": "*", "registration_version": "id, registration_id, account_id, at, first, last, weekdays, night_id", "absence": "*", "absence_spell": "*", "offer": "*", "offer_child": "*", "pickup_person": "*", "family_note": "*", "document_asked": "*", "custody": "*", "custody_day": "*", "exchange": "*",
		"child_document":   "child_id, family_id, account_id, kind, expires, at",
		"absence_document": "spell_id, account_id, name, type, hex(sum), late, at, hex(body)", // their numbers are drawn by the system
	} {
		rows, err := conn.Query("SELECT " + columns + " FROM " + name)
		if err != nil {
			t.Fatal(err)
		}
		cols, _ := rows.Columns()
		for rows.Next() {
			values := make([]any, len(cols))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				t.Fatal(err)
			}
			var line strings.Builder
			for _, v := range values {
				fmt.Fprintf(&line, "%v|", *v.(*any))
			}
			tables[name] = append(tables[name], line.String())
		}
		rows.Close()
	}
	return logins, tables
}

// TestSameTownEachTime: the demonstration is deterministic, down to receipts, ranks and logins.
func TestSameTownEachTime(t *testing.T) {
	logins, first := build(t)
	others, second := build(t)
	if !reflect.DeepEqual(logins, others) {
		t.Error("the logins differ")
	}
	for name, rows := range first {
		if !reflect.DeepEqual(rows, second[name]) {
			t.Errorf("%s differs", name)
		}
		if len(rows) == 0 {
			t.Errorf("%s is empty", name)
		}
	}
	if l := logins[0]; l.FirstName != "Jean-Paul" || l.LastName != "DUPONT" || l.Password == Password {
		t.Errorf("the first login is %s %s", l.LastName, l.FirstName)
	}
	t.Logf("%d accounts, %d children, %d bookings, %d receipts, %d nights", len(first["account"]), len(first["child"]), len(first["booking"]), len(first["receipt"]), len(first["night"]))
}

// TestBelievable: a Wednesday that is full with a waiting list, one that is nearly full, a family with something to cancel.
func TestBelievable(t *testing.T) {
	_, tables := build(t)
	waiting := 0
	for _, b := range tables["booking"] {
		if strings.Contains(b, "|waiting|") {
			waiting++
		}
	}
	if waiting == 0 || len(tables["booking"]) < 2000 {
		t.Errorf("%d bookings, %d waiting", len(tables["booking"]), waiting)
	}
}

// TestHabits: registrations for the year were turned into bookings by the nights; one change waits for the next.
func TestHabits(t *testing.T) {
	_, tables := build(t)
	pending, own := 0, 0
	for _, v := range tables["registration_version"] {
		if strings.HasSuffix(v, "|<nil>|") {
			pending++
		}
	}
	for _, m := range tables["movement"] {
		if strings.Contains(m, "|Inscription à l’année.|") {
			own++
		}
	}
	if len(tables["registration"]) != 3 || pending != 1 || own < 100 {
		t.Errorf("%d registrations, %d pending, %d days", len(tables["registration"]), pending, own)
	}
}
