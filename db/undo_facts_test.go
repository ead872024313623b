package db_test

import (
	"fmt"
	"testing"

	"marelle/db"
	"marelle/portal"
)

// TestWhatTheOtherParentCancelledIsNotTakenBack: a validation that found the day cancelled already has nothing to undo.
func TestWhatTheOtherParentCancelledIsNotTakenBack(t *testing.T) {
	const day = "2026-12-07"
	tn := newTown(t, 2, 5)
	tn.raw(t, "INSERT INTO guardian (family_id, account_id) SELECT family_id, ? FROM guardian WHERE account_id = ?", tn.parents[1], tn.parents[0])
	ask := func(parent int, present bool) {
		t.Helper()
		if _, err := tn.Ask(ctx, tn.parents[parent], db.Want{Child: tn.children[0][0], Activity: tn.evening, Day: portal.MustDate(day), Present: present}); err != nil {
			t.Fatal(err)
		}
	}
	ask(0, true)
	tn.confirm(t, 0, "premier-recu")
	ask(0, false)
	ask(1, false)
	tn.confirm(t, 0, "annulation-du-pere")
	r := tn.confirm(t, 1, "annulation-de-la-mere")
	if !r.Lines[0].Idle || r.Undoable(tn.clock.Now()) {
		t.Errorf("%+v", r.Lines[0])
	}
	if _, err := tn.UndoReceipt(ctx, tn.parents[1], r.Number, "retour-de-la-mere"); portal.AsError(err) == nil {
		t.Errorf("got %v", err)
	}
	if got := tn.state(t, 0, 0, tn.evening, day).Status; got != portal.NotBooked {
		t.Errorf("%q", got)
	}
}

// TestAllOrNoneIsGivenBack: brothers and sisters whose places were all or none are so again once their cancellation is undone.
func TestAllOrNoneIsGivenBack(t *testing.T) {
	const day = "2026-12-02"
	tn := newTown(t, 2, 1)
	tn.want(t, 1, 0, tn.wednesday, day, true)
	d := portal.MustDate(day)
	set := db.Set{Children: tn.children[0], Activity: tn.wednesday, Month: d.Month(), Days: []portal.Date{d}, Present: true, Together: true, Said: func(portal.Sweep) string { return "" }}
	if _, err := tn.Sweep(ctx, tn.parents[0], set); err != nil {
		t.Fatal(err)
	}
	tn.confirm(t, 1, "la-place")
	tn.confirm(t, 0, "tous-ou-aucun")
	tn.want(t, 0, 0, tn.wednesday, day, false)
	tn.want(t, 0, 1, tn.wednesday, day, false)
	r := tn.confirm(t, 0, "annulation")
	if _, err := tn.UndoReceipt(ctx, tn.parents[0], r.Number, "retour-en-arriere"); err != nil {
		t.Fatal(err)
	}
	for c := range 2 {
		if s := tn.state(t, 0, c, tn.wednesday, day); s.Status != portal.Waiting || !s.Together {
			t.Errorf("child %d: %q, together %v", c, s.Status, s.Together)
		}
	}
}

// TestNothingDoneIsNotTheActionBefore: a week that changes nothing does not offer to take back the one before.
func TestNothingDoneIsNotTheActionBefore(t *testing.T) {
	tn := newTown(t, 1, 5)
	sweep := func(day string) {
		t.Helper()
		d := portal.MustDate(day)
		set := db.Set{Children: tn.children[0][:1], Activity: tn.evening, Month: d.Month(), Days: []portal.Date{d}, Present: true,
			Words: "ajouter", Said: func(p portal.Sweep) string { return fmt.Sprint(len(p.Slots)) }}
		if _, err := tn.Sweep(ctx, tn.parents[0], set); err != nil {
			t.Fatal(err)
		}
	}
	offered := func() string {
		t.Helper()
		r, err := tn.Recap(ctx, tn.parents[0])
		if err != nil || len(r.Requests) != 1 {
			t.Fatalf("%+v %v", r, err)
		}
		return r.Undo
	}
	sweep("2026-12-07")
	if got := offered(); got != "ajouter" {
		t.Errorf("%q", got)
	}
	sweep("2026-12-06") // a Sunday
	if got := offered(); got != "" {
		t.Errorf("%q", got)
	}
	if _, err := tn.UndoDraft(ctx, tn.parents[0]); portal.AsError(err) == nil {
		t.Errorf("got %v", err)
	}
}

// TestTheLostAbsenceIsSaid: a cancellation that is taken back gives the booking without its absence, and says so; without an
// absence, or with one that was ended before, nothing is said.
func TestTheLostAbsenceIsSaid(t *testing.T) {
	tn := sickTown(t)
	for _, day := range []string{"2026-12-07", "2026-12-08"} {
		tn.want(t, 0, 0, tn.evening, day, true)
	}
	tn.confirm(t, 0, "deux-soirs")
	tn.sick(t, "2026-12-07", "2026-12-08")
	if _, err := tn.TakeBackAbsence(ctx, tn.parents[0], tn.children[0][0], portal.MustDate("2026-12-08")); err != nil {
		t.Fatal(err)
	}
	tn.want(t, 0, 0, tn.evening, "2026-12-07", false)
	tn.want(t, 0, 0, tn.evening, "2026-12-08", false)
	r := tn.confirm(t, 0, "annulation")
	back, err := tn.UndoReceipt(ctx, tn.parents[0], r.Number, "formulaire-retour")
	if err != nil || outcomes(back) != "booked booked" {
		t.Fatalf("%+v %v", back, err)
	}
	if back.Lines[0].Reason != "L’absence signalée pour ce jour n’est pas rétablie. Signalez-la de nouveau si l’enfant ne vient pas." || back.Lines[1].Reason != "" {
		t.Errorf("%+v", back.Lines)
	}
	if tn.state(t, 0, 0, tn.evening, "2026-12-07").Absent {
		t.Error("still absent")
	}
	tn.sound(t)
}
