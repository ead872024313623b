package db_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"marelle/db"
	"marelle/portal"
)

// TestCopyDays: on a real base, a month with a full day, a closed day, a late day and an overlap lists four reasons and
// copies the rest; on trial it changes nothing.
func TestCopyDays(t *testing.T) {
	tn := newTown(t, 2, 1)
	study, err := tn.SaveActivity(ctx, portal.Activity{StructureID: tn.structure, Name: "ÉTUDE", Short: "Étude", Spoken: "l’étude", Kind: portal.OtherKind, Starts: portal.Clock(17, 0), Ends: portal.Clock(18, 0),
		Opening: portal.Opening{School: portal.EveryDay}, Book: portal.DaysBefore(1, portal.Clock(18, 0)), Cancel: portal.DaysBefore(1, portal.Clock(18, 0))})
	if err != nil {
		t.Fatal(err)
	}
	// The neighbour takes the evening's only place on 1 December; Paolo studies on the 3rd; Amalia does each day of the
	// study from today to the 4th.
	tn.want(t, 1, 0, tn.evening, "2026-12-01", true)
	tn.confirm(t, 1, "voisine")
	tn.want(t, 0, 1, study, "2026-12-03", true)
	for _, day := range []string{"2026-11-24", "2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04"} {
		tn.want(t, 0, 0, study, day, true)
	}
	tn.clock.Set(paris("2026-11-24 07:00:00")) // too late for the 24th
	account, amalia, paolo := tn.parents[0], tn.children[0][0], tn.children[0][1]
	c := db.Copy{Child: amalia, Activity: study, First: portal.MustDate("2026-11-24"), Last: portal.MustDate("2026-12-04"), To: []db.CopyTo{{Child: paolo, Activity: tn.evening}},
		Said: func([]db.CopyTarget) string { return "copié" }}
	before, err := tn.Recap(ctx, account)
	if err != nil {
		t.Fatal(err)
	}
	for _, trial := range []bool{true, false} {
		targets, _, err := tn.CopyDays(ctx, account, c, trial)
		if err != nil {
			t.Fatal(err)
		}
		var done, left []string
		for _, d := range targets[0].Plan.Days {
			done = append(done, d.Slot.Day.String())
		}
		for _, l := range targets[0].Plan.Left {
			left = append(left, fmt.Sprintf("%s:%d", l.Slot.Day, l.Reason))
		}
		if got := strings.Join(done, " "); got != "2026-11-30 2026-12-04" {
			t.Errorf("copied %s", got)
		}
		want := fmt.Sprintf("2026-12-01:%d 2026-12-02:%d 2026-12-03:%d", portal.LeftFull, portal.LeftClosed, portal.LeftClash)
		if got := strings.Join(left, " "); got != want {
			t.Errorf("left out %s, want %s", got, want)
		}
		now, err := tn.Recap(ctx, account)
		if err != nil {
			t.Fatal(err)
		}
		if added := len(now.Requests) - len(before.Requests); added != map[bool]int{true: 0, false: 2}[trial] {
			t.Errorf("trial %t: %d requests added", trial, added)
		}
	}
	// The late day: booked for Amalia, out of time for Paolo.
	tn.confirm(t, 0, "amalia")
	tn.clock.Set(paris("2026-11-29 18:00:01"))
	targets, _, err := tn.CopyDays(ctx, account, db.Copy{Child: amalia, Activity: study, First: portal.MustDate("2026-11-30"), Last: portal.MustDate("2026-11-30"), To: []db.CopyTo{{Child: tn.children[0][1], Activity: study}}, Said: c.Said}, true)
	if err != nil || len(targets[0].Plan.Left) != 1 || targets[0].Plan.Left[0].Reason != portal.LeftLate || !strings.Contains(targets[0].Plan.Left[0].Why, "Le délai pour réserver le lundi 30 novembre est passé") {
		t.Errorf("%+v %v", targets, err)
	}
	if _, _, err := tn.CopyDays(ctx, account, db.Copy{Child: tn.children[1][0], Activity: study, First: c.First, Last: c.Last, To: c.To, Said: c.Said}, true); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindNotFound {
		t.Errorf("somebody else's child is copied: %v", err)
	}
}

// TestBothOrNeither: the last place goes to neither of two who want both; with a waiting list both wait; the base stays exact.
func TestBothOrNeither(t *testing.T) {
	tn := newTown(t, 2, 1)
	day := portal.MustDate("2026-12-03")
	both := func(parent int, a portal.ActivityID, day portal.Date) {
		t.Helper()
		_, err := tn.Sweep(ctx, tn.parents[parent], db.Set{Children: tn.children[parent], Activity: a, Month: day.Month(), Days: []portal.Date{day}, Present: true, Together: true, Said: func(portal.Sweep) string { return "" }})
		if err != nil {
			t.Fatal(err)
		}
	}
	both(0, tn.evening, day)
	if got := outcomes(tn.confirm(t, 0, "soir")); got != "refused refused" {
		t.Errorf("evening: %s", got)
	}
	both(0, tn.wednesday, portal.MustDate("2026-12-02"))
	if got := outcomes(tn.confirm(t, 0, "mercredi")); got != "waiting/1 waiting/2" {
		t.Errorf("wednesday: %s", got)
	}
	if faults, err := tn.Audit(ctx); err != nil || len(faults) > 0 {
		t.Error(faults, err)
	}
}

// TestGridAgreesWithOneByOne: the month of several children and activities says, for every day, what each calendar says
// alone, after many random clicks and validations.
func TestGridAgreesWithOneByOne(t *testing.T) {
	tn := newTown(t, 3, 2)
	chance := rand.New(rand.NewPCG(1, 2))
	activities := []portal.ActivityID{tn.canteen, tn.wednesday, tn.evening}
	for i := range 300 {
		p := chance.IntN(3)
		w := db.Want{Child: tn.children[p][chance.IntN(2)], Activity: activities[chance.IntN(3)], Day: portal.MustDate("2026-12-01") + portal.Date(chance.IntN(31)), Present: chance.IntN(3) > 0}
		if _, err := tn.Ask(ctx, tn.parents[p], w); err != nil && portal.AsError(err) == nil {
			t.Fatal(err)
		}
		if i%40 == 39 {
			if _, err := tn.Confirm(ctx, tn.parents[p], fmt.Sprintf("formulaire-%d", i), db.AnyVersion); err != nil && portal.AsError(err) == nil {
				t.Fatal(err)
			}
		}
	}
	december := portal.MustDate("2026-12-01").Month()
	for p := range tn.parents {
		for a, activity := range activities {
			all, err := tn.AllChildren(ctx, tn.parents[p], activity, december)
			if err != nil {
				t.Fatal(err)
			}
			for c, child := range tn.children[p] {
				alone, err := tn.Calendar(ctx, tn.parents[p], child, activity, december)
				if err != nil {
					t.Fatal(err)
				}
				every, err := tn.AllActivities(ctx, tn.parents[p], child, december)
				if err != nil {
					t.Fatal(err)
				}
				for d := december.First(); d <= december.Last(); d++ {
					one := fmt.Sprintf("%+v", alone.Slots[d-december.First()])
					if got := fmt.Sprintf("%+v", *all.Slot(c, 0, d)); got != one {
						t.Fatalf("%s\n%s", got, one)
					}
					if got := fmt.Sprintf("%+v", *every.Slot(0, a, d)); got != one {
						t.Fatalf("%s\n%s", got, one)
					}
				}
			}
		}
	}
}

// TestNoCircle: an activity that would need itself is refused when it is saved.
func TestNoCircle(t *testing.T) {
	tn := newTown(t, 1, 1)
	setup, err := tn.Setup(ctx, tn.structure)
	if err != nil {
		t.Fatal(err)
	}
	canteen, evening := *setup.Activity(tn.canteen), *setup.Activity(tn.evening)
	canteen.Links = []portal.Link{{Other: tn.evening, Kind: portal.Requires}}
	if _, err := tn.SaveActivity(ctx, canteen); err != nil {
		t.Fatal(err)
	}
	evening.Links = []portal.Link{{Other: tn.canteen, Kind: portal.Requires}}
	if _, err := tn.SaveActivity(ctx, evening); portal.AsError(err) == nil || !strings.Contains(err.Error(), "s’exigerait elle-même") {
		t.Errorf("a circle was saved: %v", err)
	}
}
