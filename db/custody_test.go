package db_test

import (
	"fmt"
	"strings"
	"testing"

	"marelle/db"
	"marelle/portal"
)

// shared is a child of two families: weeks are counted from Monday 30 November 2026, the first one is of the first family.
type shared struct {
	*town
	by       portal.AccountID
	child    portal.ChildID
	families [2]portal.FamilyID
}

func newShared(t *testing.T) *shared {
	t.Helper()
	s := &shared{town: newTown(t, 2, 5)}
	s.child = s.children[0][0]
	agent, err := s.CreateStaff(ctx, s.structure, portal.Identity{LastName: "PUJOL", FirstName: "Agnès"}, portal.Manager)
	if err != nil {
		t.Fatal(err)
	}
	s.by = agent.Person.ID
	page, err := s.ChildPage(ctx, s.structure, s.child, true)
	if err != nil {
		t.Fatal(err)
	}
	other, err := s.ChildPage(ctx, s.structure, s.children[1][0], true)
	if err != nil {
		t.Fatal(err)
	}
	s.families = [2]portal.FamilyID{page.Families[0].ID, other.Families[0].ID}
	if _, err := s.LinkChild(ctx, s.structure, s.by, s.families[1], s.child, "formulaire-garde"); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *shared) rule() portal.Custody {
	return portal.Custody{A: s.families[0], B: s.families[1], Start: portal.MustDate("2026-11-30"), Rhythm: portal.CustodyAnchored, Change: portal.Monday, Hour: portal.Clock(8, 0),
		Holidays: portal.HolidaysHalves, Even: s.families[1]}
}

func (s *shared) version(t *testing.T) string {
	t.Helper()
	sheet, err := s.CustodySheet(ctx, s.structure, s.child)
	if err != nil {
		t.Fatal(err)
	}
	return portal.Version(sheet.Rule.Facts(sheet.Names))
}

func (s *shared) share(t *testing.T, rule portal.Custody) {
	t.Helper()
	if err := s.SaveCustody(ctx, s.structure, s.by, s.child, rule, s.version(t)); err != nil {
		t.Fatal(err)
	}
}

// book books some days for the child and gives what came of each: « booked », or why not.
func (s *shared) book(t *testing.T, parent int, key string, days ...string) (said []string) {
	t.Helper()
	asked := 0
	for _, day := range days {
		_, err := s.Ask(ctx, s.parents[parent], want(s.child, s.evening, day, true))
		switch refusal := portal.AsError(err); {
		case refusal != nil:
			said = append(said, refusal.Message)
		case err != nil:
			t.Fatal(err)
		default:
			asked++
			said = append(said, "booked")
		}
	}
	if asked > 0 {
		if _, err := s.Confirm(ctx, s.parents[parent], key, -1); err != nil {
			t.Fatal(err)
		}
	}
	return said
}

// TestOwnDaysOnly: each parent books own days and finds nothing of the other's anywhere.
func TestOwnDaysOnly(t *testing.T) {
	s := newShared(t)
	s.share(t, s.rule())
	if got := s.book(t, 0, "formulaire-mere", "2026-11-30", "2026-12-07"); got[0] != "booked" || !strings.HasPrefix(got[1], "C’est un jour de l’autre parent.") {
		t.Fatalf("the first parent: %q", got)
	}
	if got := s.book(t, 1, "formulaire-pere", "2026-12-07", "2026-11-30"); got[0] != "booked" || !strings.HasPrefix(got[1], "C’est un jour de l’autre parent.") {
		t.Fatalf("the second parent: %q", got)
	}
	for i, want := range []string{"2026-11-30", "2026-12-07"} {
		account, other := s.parents[i], []string{"2026-12-07", "2026-11-30"}[i]
		cal, err := s.Calendar(ctx, account, s.child, s.evening, portal.MustDate(other).Month())
		if err != nil {
			t.Fatal(err)
		}
		for _, slot := range cal.Slots {
			if own := slot.Closed != portal.OtherParentsDay(); slot.Day.String() == other && (own || slot.Status != portal.NotBooked || slot.Others != nil) {
				t.Errorf("parent %d sees %s: %+v", i, other, slot)
			}
		}
		saved, err := s.Reservations(ctx, account, portal.FollowFilter{})
		if err != nil || len(saved.Lines) != 1 || saved.Lines[0].Day.String() != want {
			t.Errorf("parent %d reads the reservations %+v %v", i, saved.Lines, err)
		}
		follow, err := s.Follow(ctx, account, portal.FollowFilter{}, 0, -1)
		if err != nil || len(follow.Lines) != 1 || follow.Lines[0].Day.String() != want {
			t.Errorf("parent %d follows %+v %v", i, follow.Lines, err)
		}
		home, err := s.Home(ctx, account)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range home.Booked {
			if b.Day.String() == other {
				t.Errorf("the first page of parent %d tells %+v", i, b)
			}
		}
		day := portal.MustDate(other)
		sheet, err := s.AbsenceSheet(ctx, account, s.child, day, day)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range sheet.Days {
			if d.Status != portal.NotBooked {
				t.Errorf("the absence of parent %d tells %+v", i, d)
			}
		}
		several, err := s.AllOfDay(ctx, account, s.child, day)
		if err != nil {
			t.Fatal(err)
		}
		for a := range several.Activities {
			if slot := several.Slot(0, a, day); slot.Open || slot.Status != portal.NotBooked {
				t.Errorf("the day of parent %d tells %+v", i, slot)
			}
		}
	}
	if n := s.bookings(t); n != 2 {
		t.Errorf("%d bookings", n)
	}
}

func (s *shared) bookings(t *testing.T) (n int) {
	t.Helper()
	sheet, err := s.CustodySheet(ctx, s.structure, s.child)
	if err != nil {
		t.Fatal(err)
	}
	for _, taken := range sheet.Taken {
		n += taken
	}
	return n
}

// TestNothingChangesWithoutARule: both families see all, as before, and again once the rule is removed.
func TestNothingChangesWithoutARule(t *testing.T) {
	s := newShared(t)
	see := func(when string, want int) {
		t.Helper()
		for i := range s.parents {
			saved, err := s.Reservations(ctx, s.parents[i], portal.FollowFilter{Child: s.child})
			if err != nil || len(saved.Lines) != want {
				t.Errorf("%s: parent %d reads %d days, want %d (%v)", when, i, len(saved.Lines), want, err)
			}
		}
	}
	s.book(t, 0, "formulaire-un", "2026-11-30", "2026-12-07")
	see("before", 2)
	s.share(t, s.rule())
	see("shared", 1) // what was booked stays, and is of who has the day
	if err := s.RemoveCustody(ctx, s.structure, s.by, s.child, s.version(t)); err != nil {
		t.Fatal(err)
	}
	see("after", 2)
}

// TestWishOfBefore: a click on a day that meanwhile became the other parent's books and cancels nothing.
func TestWishOfBefore(t *testing.T) {
	s := newShared(t)
	s.book(t, 0, "formulaire-un", "2026-12-07")
	for _, w := range []struct {
		day     string
		present bool
	}{{"2026-12-07", false}, {"2026-12-08", true}} {
		if _, err := s.Ask(ctx, s.parents[0], want(s.child, s.evening, w.day, w.present)); err != nil {
			t.Fatal(err)
		}
	}
	s.share(t, s.rule())
	receipt, err := s.Confirm(ctx, s.parents[0], "formulaire-deux", -1)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range receipt.Lines {
		if l.Outcome == portal.OutcomeBooked || l.Outcome == portal.OutcomeCancelled && !l.Idle {
			t.Errorf("%s: %s", l.Day, l.Outcome)
		}
	}
	saved, err := s.Reservations(ctx, s.parents[1], portal.FollowFilter{Child: s.child})
	if err != nil || len(saved.Lines) != 1 {
		t.Errorf("the other parent has %+v %v", saved.Lines, err)
	}
}

// TestSharedCustodyIsChecked: families that are not the child's, a form that is old, another structure.
func TestSharedCustodyIsChecked(t *testing.T) {
	s := newShared(t)
	old := s.version(t)
	s.share(t, s.rule())
	kind := func(what string, err error, want portal.Kind) {
		t.Helper()
		if refusal := portal.AsError(err); refusal == nil || refusal.Kind != want {
			t.Errorf("%s: %v", what, err)
		}
	}
	kind("an old form", s.SaveCustody(ctx, s.structure, s.by, s.child, s.rule(), old), portal.KindConflict)
	stranger := s.rule()
	stranger.B = 999
	stranger.Even = 999
	kind("a stranger", s.SaveCustody(ctx, s.structure, s.by, s.child, stranger, s.version(t)), portal.KindNotFound)
	other, err := s.CreateStructure(ctx, portal.Structure{Name: "Mairie voisine", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	kind("another structure", s.SaveCustody(ctx, other, s.by, s.child, s.rule(), ""), portal.KindNotFound)
	events, _, err := s.SearchJournal(ctx, s.structure, db.JournalFilter{Subject: "enfant", ID: int64(s.child)}, 0, 5)
	if err != nil || len(events) == 0 || !strings.Contains(fmt.Sprint(events[0].Changes), "Une semaine sur deux") {
		t.Errorf("the audit log: %+v %v", events, err)
	}
}

func want(child portal.ChildID, activity portal.ActivityID, day string, present bool) db.Want {
	return db.Want{Child: child, Activity: activity, Day: portal.MustDate(day), Present: present}
}
