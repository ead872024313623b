package demo

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"marelle/db"
	"marelle/portal"
)

// TestJoinAnybody: whoever of CarteVille is joined with whom, the base stays whole, nothing is left of who went, and the next
// nights run.
func TestJoinAnybody(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "carteville.db")
	clock := NewClock(portal.NewDate(2026, 11, 23).At(portal.Clock(9, 0)), time.Now)
	store, err := db.Open(ctx, db.Options{Path: path, Now: clock.Now, Random: Random(), Create: true, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	if _, err := Open(ctx, store, clock); err != nil {
		t.Fatal(err)
	}
	conn, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	j := &joiner{t: t, store: store, conn: conn, chance: rand.New(rand.NewPCG(2026, 22)), by: j0(t, conn, "SELECT account_id FROM staff WHERE role = 'gestionnaire'")}
	for round := range 3 {
		for range 12 {
			j.families()
			j.children()
			j.accounts()
		}
		if faults, err := store.Audit(ctx); err != nil || len(faults) > 0 {
			t.Fatal(faults, err)
		}
		err := Tomorrow(ctx, store, clock, (&town{store: store, structure: 1}).nights)
		if err != nil {
			t.Fatalf("night %d: %v", round, err)
		}
		if faults, err := store.Audit(ctx); err != nil || len(faults) > 0 {
			t.Fatal(faults, err)
		}
	}
	t.Logf("%d joined, %d refused", j.done, j.refused)
	if j.done < 60 || j.refused > j.done/2 {
		t.Errorf("only %d were joined, %d refused", j.done, j.refused)
	}
}

type joiner struct {
	t             *testing.T
	store         *db.Store
	conn          *sql.DB
	chance        *rand.Rand
	by            int64
	done, refused int
}

func j0(t *testing.T, conn *sql.DB, query string) (n int64) {
	t.Helper()
	if err := conn.QueryRow(query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// pair draws two rows of a query; half the time two that have much.
func (j *joiner) pair(query string) (kept, gone int64) {
	j.t.Helper()
	rows, err := j.conn.Query(query)
	if err != nil {
		j.t.Fatal(err)
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			j.t.Fatal(err)
		}
		ids = append(ids, id)
	}
	n := len(ids)
	if j.chance.IntN(2) == 0 {
		n = min(n, 20)
	}
	for kept == gone {
		kept, gone = ids[j.chance.IntN(n)], ids[j.chance.IntN(n)]
	}
	return kept, gone
}

func (j *joiner) ask(kept, gone int64, version string) db.JoinAsk {
	chosen := portal.JoinChosen{}
	for _, key := range []string{"nom", "adresse", "classe", "naissance", "portable"} {
		chosen[key] = j.chance.IntN(2) == 0
	}
	return db.JoinAsk{Structure: 1, By: portal.AccountID(j.by), Kept: kept, Gone: gone, Chosen: chosen, Seen: version}
}

// settled counts a join, and looks for what is left of who went.
func (j *joiner) settled(err error, kind string, gone int64) {
	j.t.Helper()
	if portal.AsError(err) != nil {
		j.refused++
		return
	}
	if err != nil {
		j.t.Fatal(err)
	}
	j.done++
	for rule := range db.JoinRules() {
		table, column, _ := strings.Cut(rule, ".")
		if column == kind && j0(j.t, j.conn, "SELECT count(*) FROM "+table+" WHERE "+column+" = "+fmt.Sprint(gone)) != 0 {
			j.t.Errorf("%s is left of %s %d", rule, kind, gone)
		}
	}
}

func (j *joiner) families() {
	ctx := context.Background()
	kept, gone := j.pair("SELECT id FROM family WHERE structure_id = 1 AND archived_at IS NULL ORDER BY id")
	plan, err := j.store.JoiningFamilies(ctx, 1, portal.FamilyID(kept), portal.FamilyID(gone))
	if err != nil {
		j.t.Fatal(err)
	}
	ask := db.FamilyJoinAsk{JoinAsk: j.ask(kept, gone, plan.Version)}
	for _, c := range plan.Children {
		ask.Children = append(ask.Children, c.Gone.ID)
	}
	for _, p := range plan.People {
		ask.People = append(ask.People, p.Gone.ID)
	}
	_, err = j.store.JoinFamilies(ctx, ask)
	j.settled(err, "family_id", gone)
}

func (j *joiner) children() {
	ctx := context.Background()
	kept, gone := j.pair("SELECT c.id FROM child c WHERE c.structure_id = 1 ORDER BY (SELECT count(*) FROM booking b WHERE b.child_id = c.id AND (b.activity_id, b.day) IN (SELECT activity_id, day FROM booking WHERE status = 'waiting')) DESC, c.id")
	plan, err := j.store.JoiningChildren(ctx, 1, portal.ChildID(kept), portal.ChildID(gone))
	if err != nil {
		j.t.Fatal(err)
	}
	_, err = j.store.JoinChildren(ctx, j.ask(kept, gone, plan.Version))
	j.settled(err, "child_id", gone)
}

func (j *joiner) accounts() {
	ctx := context.Background()
	kept, gone := j.pair("SELECT a.id FROM account a WHERE EXISTS (SELECT 1 FROM guardian g WHERE g.account_id = a.id) ORDER BY (SELECT count(*) FROM receipt r WHERE r.account_id = a.id) DESC, a.id")
	plan, err := j.store.JoiningAccounts(ctx, 1, portal.AccountID(kept), portal.AccountID(gone))
	if err != nil {
		j.t.Fatal(err)
	}
	err = j.store.JoinAccounts(ctx, j.ask(kept, gone, plan.Version), db.Notice{})
	j.settled(err, "account_id", gone)
}
