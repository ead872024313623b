package db_test

import (
	"strings"
	"testing"
	"time"

	"marelle/portal"
)

const campDay = "2026-12-09"

// camp adds a meal with places and a waiting list, and a day centre that needs it.
func (tn *town) camp(t testing.TB, mode portal.WaitMode, places int) (meal, centre portal.ActivityID) {
	t.Helper()
	thursday := portal.WeekdayBefore(portal.Thursday, 1, portal.Clock(9, 0))
	a := portal.Activity{StructureID: tn.structure, Kind: portal.OtherKind, Book: thursday, Cancel: thursday,
		Opening: portal.Opening{First: portal.NewDate(2026, 9, 1), Last: portal.NewDate(2027, 7, 2), School: portal.EveryDay}}
	save := func(a portal.Activity) portal.ActivityID {
		id, err := tn.SaveActivity(ctx, a)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	repas, jour := a, a
	repas.Name, repas.Short, repas.Spoken, repas.Starts, repas.Ends = "REPAS", "Repas", "le repas", portal.Clock(12, 0), portal.Clock(13, 0)
	repas.Waitlist, repas.WaitMode, repas.OfferHours = true, mode, 24
	repas.Counters = []portal.Counter{{Name: "Repas", Limited: true, Capacity: places}}
	meal = save(repas)
	jour.Name, jour.Short, jour.Spoken, jour.Starts, jour.Ends = "CENTRE", "Centre", "le centre du jour", portal.Clock(8, 0), portal.Clock(18, 0)
	jour.Links = []portal.Link{{Other: meal, Kind: portal.Requires}}
	return meal, save(jour)
}

// mealWaits books the centre of a child whose meal only waits, behind another family.
func (tn *town) mealWaits(t testing.TB, mode portal.WaitMode) (meal, centre portal.ActivityID) {
	t.Helper()
	meal, centre = tn.camp(t, mode, 1)
	tn.want(t, 1, 0, meal, campDay, true)
	tn.confirm(t, 1, "repas-des-autres")
	tn.want(t, 0, 0, centre, campDay, true)
	tn.confirm(t, 0, "centre-et-repas")
	return meal, centre
}

func (tn *town) wantBoth(t testing.TB, meal, centre portal.ActivityID) {
	t.Helper()
	m, c := tn.state(t, 0, 0, meal, campDay).Status, tn.state(t, 0, 0, centre, campDay).Status
	if m != portal.Waiting || c != portal.Booked {
		t.Errorf("the meal is %q and the centre %q", m, c)
	}
	if faults, err := tn.Audit(ctx); err != nil || len(faults) > 0 {
		t.Errorf("%v %v", faults, err)
	}
}

func wantCentreFirst(t testing.TB, err error) {
	t.Helper()
	if err == nil || portal.AsError(err) == nil || !strings.Contains(err.Error(), "Retirez d’abord le centre du jour.") {
		t.Errorf("got %v", err)
	}
}

// TestTheMealOfABookedCentreIsNotLeft: a required meal that waits stays while the centre is booked.
func TestTheMealOfABookedCentreIsNotLeft(t *testing.T) {
	tn := newTown(t, 2, 2)
	meal, centre := tn.mealWaits(t, portal.WaitNight)
	wantCentreFirst(t, tn.LeaveList(ctx, tn.parents[0], tn.children[0][0], meal, portal.MustDate(campDay)))
	tn.wantBoth(t, meal, centre)
	tn.want(t, 0, 0, centre, campDay, false)
	tn.confirm(t, 0, "plus-de-centre")
	if err := tn.LeaveList(ctx, tn.parents[0], tn.children[0][0], meal, portal.MustDate(campDay)); err != nil {
		t.Error(err)
	}
}

// TestTheMealOfABookedCentreIsNotDeclined: an offered meal is not declined while the centre is booked, and unanswered it
// is offered again.
func TestTheMealOfABookedCentreIsNotDeclined(t *testing.T) {
	tn := newTown(t, 2, 2)
	meal, centre := tn.mealWaits(t, portal.WaitOffer)
	tn.want(t, 1, 0, meal, campDay, false)
	tn.confirm(t, 1, "repas-rendu")
	first := tn.offer(t, 0)
	_, err := tn.AnswerOffer(ctx, tn.parents[0], first.ID, false)
	wantCentreFirst(t, err)
	tn.wantBoth(t, meal, centre)
	tn.wantTold(t, "0:open")
	tn.clock.Set(first.Until.Add(time.Minute))
	tn.advance(t)
	tn.wantBoth(t, meal, centre)
	tn.wantTold(t, "0:open")
	if again := tn.offer(t, 0); again.ID == first.ID {
		t.Errorf("%+v", again)
	}
	if _, err := tn.AnswerOffer(ctx, tn.parents[0], tn.offer(t, 0).ID, true); err != nil {
		t.Error(err)
	}
	if got := tn.state(t, 0, 0, meal, campDay).Status; got != portal.Booked {
		t.Errorf("%q", got)
	}
}

// TestAMealAskedByItselfStays: the centre given up, what was asked only with it goes, what was asked before it stays.
func TestAMealAskedByItselfStays(t *testing.T) {
	tn := newTown(t, 1, 2)
	meal, centre := tn.camp(t, portal.WaitNight, 9)
	left := func(want int) {
		t.Helper()
		tn.want(t, 0, 0, centre, campDay, true)
		tn.want(t, 0, 0, centre, campDay, false)
		if r, err := tn.Recap(ctx, tn.parents[0]); err != nil || len(r.Requests) != want {
			t.Errorf("%+v %v", r.Requests, err)
		}
	}
	left(0)
	tn.want(t, 0, 0, meal, campDay, true)
	left(1)
}
