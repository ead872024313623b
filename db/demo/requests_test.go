package demo

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"marelle/db"
	"marelle/portal"
)

// TestRequestsToDecide: staff of the demonstration find more requests than places, ranked by what the town hall published and
// not by who asked first, and a waiting list that was reordered with its reason.
func TestRequestsToDecide(t *testing.T) {
	ctx := context.Background()
	clock := NewClock(portal.NewDate(2026, 11, 23).At(portal.Clock(9, 0)), time.Now)
	store, err := db.Open(ctx, db.Options{Path: filepath.Join(t.TempDir(), "carteville.db"), Now: clock.Now, Random: Random(), Create: true, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if _, err := Open(ctx, store, clock); err != nil {
		t.Fatal(err)
	}
	list, err := store.Requests(ctx, 1, db.RequestFilter{})
	if err != nil {
		t.Fatal(err)
	}
	standings, overtaken := map[string]bool{}, false
	for i, d := range list {
		meets := fmt.Sprint(d.Standing.Meets)
		standings[meets] = true
		overtaken = overtaken || i > 0 && d.Since.Before(list[i-1].Since)
		t.Log(d.Child.LastName, d.Child.FirstName, d.Since.Format("15:04"), meets, d.Left, d.Why)
	}
	if len(list) != tripAsked || len(list) <= tripPlaces {
		t.Errorf("%d requests for %d places", len(list), tripPlaces)
	}
	if !overtaken || len(standings) < 3 {
		t.Errorf("nobody goes first for a reason: %v", standings)
	}
	if why := list[len(list)-1].Why; why != "Les 5 places libres vont aux demandes au-dessus." {
		t.Errorf("the last one is told %q", why)
	}
	found, _, err := store.SearchJournal(ctx, 1, db.JournalFilter{Subject: "demande"}, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	moved := false
	for _, e := range found {
		moved = moved || strings.Contains(e.Words, "rang changé")
	}
	if !moved {
		t.Error("no waiting list was reordered")
	}
}
