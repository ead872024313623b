package db_test

import (
	"testing"

	"marelle/db"
	"marelle/portal"
)

// TestCounterAddedLater is a canteen that gets a number of places once meals are booked, and loses it again.
func TestCounterAddedLater(t *testing.T) {
	tn := newTown(t, 3, 2)
	sound := func() {
		t.Helper()
		if faults, err := tn.Audit(ctx); err != nil || len(faults) > 0 {
			t.Fatal(faults, err)
		}
	}
	tn.want(t, 0, 0, tn.canteen, "2026-12-07", true)
	tn.confirm(t, 0, "aaaaaaaa")
	a := tn.activity(t, tn.canteen)
	a.Waitlist, a.Counters = false, []portal.Counter{{Name: "Places", Limited: true, Capacity: 1}}
	tn.save(t, a)
	sound()
	tn.wantState(t, 1, 0, tn.canteen, "2026-12-07", portal.StateFull)

	tn.want(t, 0, 0, tn.canteen, "2026-12-07", false)
	tn.confirm(t, 0, "bbbbbbbb")
	sound()
	tn.want(t, 1, 0, tn.canteen, "2026-12-07", true)
	if r, err := tn.Confirm(ctx, tn.parents[1], "cccccccc", db.AnyVersion); err != nil || r.Count().Added != 1 {
		t.Fatal(r, err)
	}
	sound()

	a = tn.activity(t, tn.canteen)
	counters := a.Counters
	a.Counters = nil
	tn.save(t, a)
	tn.want(t, 1, 0, tn.canteen, "2026-12-07", false)
	tn.confirm(t, 1, "dddddddd")
	a.Counters = counters
	tn.save(t, a)
	sound()
	tn.wantState(t, 0, 0, tn.canteen, "2026-12-07", portal.StateFree)
}

// TestCopyIsBounded is a form of copy that names one target many times, or far too many.
func TestCopyIsBounded(t *testing.T) {
	tn := newTown(t, 2, 2)
	day := portal.MustDate("2026-12-07")
	c := db.Copy{Child: tn.children[0][0], Activity: tn.canteen, First: day, Last: day, Said: func([]db.CopyTarget) string { return "" }}
	for range 5000 {
		c.To = append(c.To, db.CopyTo{Child: tn.children[0][1], Activity: tn.canteen})
	}
	if targets, _, err := tn.CopyDays(ctx, tn.parents[0], c, true); err != nil || len(targets) != 1 {
		t.Fatal(len(targets), err)
	}
	for i := range c.To {
		c.To[i].Activity = portal.ActivityID(i + 1000)
	}
	if _, _, err := tn.CopyDays(ctx, tn.parents[0], c, true); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindInvalid {
		t.Fatal(err)
	}
}
