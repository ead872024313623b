package demo

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"marelle/db"
	"marelle/portal"
)

// TestWaitingLists: the demonstration opens on an offer to answer for one named family, and on two full days with a list.
func TestWaitingLists(t *testing.T) {
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
	accounts, err := store.DemoAccounts(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	var offered []string
	waiting, seen := map[string]int{}, map[portal.ChildID]bool{}
	for _, a := range accounts {
		offers, err := store.OpenOffers(ctx, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range offers {
			offered = append(offered, a.LastName+" "+a.FirstName+" : "+o.What())
		}
		days, err := store.WaitingDays(ctx, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range days {
			if !seen[w.Child.ID] && (w.Day == fullHolidays || w.Day == fullStudy) {
				waiting[w.Activity.Short]++
				seen[w.Child.ID] = true
				t.Logf("%s %s: %s, %s, rank %d", a.LastName, a.FirstName, w.Activity.Short, w.Day, w.Rank)
			}
		}
	}
	if waiting["Vacances"] != 4 || waiting["Étude"] != 3 {
		t.Errorf("waiting: %v", waiting)
	}
	if got := strings.Join(offered, "\n"); !strings.Contains(got, "le centre de loisirs des vacances, mardi 22 décembre 2026") {
		t.Errorf("offered: %s", got)
	}
	t.Logf("offered: %q", offered)
}
