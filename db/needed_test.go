package db_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"marelle/db"
	"marelle/portal"
)

const campDay = "2026-12-09"

// camp adds a meal with places and a waiting list, and a day centre that needs it; the centre has places and a waiting list
// of the same mode when centrePlaces is not zero.
func (tn *town) camp(t testing.TB, mode portal.WaitMode, mealPlaces, centrePlaces int) (meal, centre portal.ActivityID) {
	t.Helper()
	thursday := portal.WeekdayBefore(portal.Thursday, 1, portal.Clock(9, 0))
	a := portal.Activity{StructureID: tn.structure, Kind: portal.OtherKind, Book: thursday, Cancel: thursday, WaitMode: mode, OfferHours: 24,
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
	repas.Waitlist = true
	repas.Counters = []portal.Counter{{Name: "Repas", Limited: true, Capacity: mealPlaces}}
	meal = save(repas)
	jour.Name, jour.Short, jour.Spoken, jour.Starts, jour.Ends = "CENTRE", "Centre", "le centre du jour", portal.Clock(8, 0), portal.Clock(18, 0)
	if centrePlaces > 0 {
		jour.Waitlist, jour.Counters = true, []portal.Counter{{Name: "Centre", Limited: true, Capacity: centrePlaces}}
	}
	jour.Links = []portal.Link{{Other: meal, Kind: portal.Requires}}
	return meal, save(jour)
}

// link changes what an activity says of others.
func (tn *town) link(t testing.TB, a portal.ActivityID, links ...portal.Link) {
	t.Helper()
	setup, err := tn.Setup(ctx, tn.structure)
	if err != nil {
		t.Fatal(err)
	}
	changed := *setup.Activity(a)
	changed.Links = links
	if _, err := tn.SaveActivity(ctx, changed); err != nil {
		t.Fatal(err)
	}
}

// mealWaits books the centre of a child whose meal only waits, behind another family: the town hall says afterwards that
// the one needs the other.
func (tn *town) mealWaits(t testing.TB, mode portal.WaitMode) (meal, centre portal.ActivityID) {
	t.Helper()
	meal, centre = tn.camp(t, mode, 1, 0)
	tn.link(t, centre, portal.Link{Other: meal, Kind: portal.Compatible})
	tn.put(t, 1, meal, campDay, true)
	tn.put(t, 0, meal, campDay, true)
	tn.put(t, 0, centre, campDay, true)
	tn.link(t, centre, portal.Link{Other: meal, Kind: portal.Requires})
	return meal, centre
}

// wantDay reads the meal and the centre of a family's first child: « booked waiting ».
func (tn *town) wantDay(t testing.TB, parent int, meal, centre portal.ActivityID, want string) {
	t.Helper()
	var words []string
	for _, a := range []portal.ActivityID{meal, centre} {
		word := string(tn.state(t, parent, 0, a, campDay).Status)
		if word == "" {
			word = "-"
		}
		words = append(words, word)
	}
	if got := strings.Join(words, " "); got != want {
		t.Errorf("meal and centre of family %d: %s, want %s", parent, got, want)
	}
}

func (tn *town) sound(t testing.TB) {
	t.Helper()
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

// TestTheMealOfABookedCentreIsNotLeft: a required meal that waits stays while the centre is booked; the audit names it.
func TestTheMealOfABookedCentreIsNotLeft(t *testing.T) {
	tn := newTown(t, 2, 2)
	meal, centre := tn.mealWaits(t, portal.WaitNight)
	wantCentreFirst(t, tn.LeaveList(ctx, tn.parents[0], tn.children[0][0], meal, portal.MustDate(campDay)))
	want := fmt.Sprintf("[child %d on 2026-12-09: CENTRE and REPAS do not stand: the first is booked and needs the second, which is not]", tn.children[0][0])
	if faults, err := tn.Audit(ctx); err != nil || fmt.Sprint(faults) != want {
		t.Errorf("%v %v", faults, err)
	}
	tn.wantDay(t, 0, meal, centre, "waiting booked")
	tn.put(t, 0, centre, campDay, false)
	if err := tn.LeaveList(ctx, tn.parents[0], tn.children[0][0], meal, portal.MustDate(campDay)); err != nil {
		t.Error(err)
	}
	tn.sound(t)
}

// TestTheMealOfABookedCentreIsGiven: what a booked centre needs is not offered, it could not be declined: it is given at once,
// and once.
func TestTheMealOfABookedCentreIsGiven(t *testing.T) {
	tn := newTown(t, 2, 2)
	meal, centre := tn.mealWaits(t, portal.WaitOffer)
	tn.put(t, 1, meal, campDay, false)
	tn.wantDay(t, 0, meal, centre, "booked booked")
	tn.wantTold(t, "0:given")
	tn.advance(t)
	tn.wantTold(t, "")
	tn.sound(t)
}

// TestAnOfferOfWhatIsNeededSince: an offer that was open when the town hall said that the centre needs the meal is not
// declined; unanswered, the place is given and nothing is offered again.
func TestAnOfferOfWhatIsNeededSince(t *testing.T) {
	tn := newTown(t, 2, 2)
	meal, centre := tn.mealWaits(t, portal.WaitOffer)
	tn.link(t, centre, portal.Link{Other: meal, Kind: portal.Compatible})
	tn.put(t, 1, meal, campDay, false)
	first := tn.offer(t, 0)
	tn.link(t, centre, portal.Link{Other: meal, Kind: portal.Requires})
	_, err := tn.AnswerOffer(ctx, tn.parents[0], first.ID, false)
	wantCentreFirst(t, err)
	tn.wantDay(t, 0, meal, centre, "waiting booked")
	tn.wantTold(t, "0:open")
	tn.clock.Set(first.Until.Add(time.Minute))
	tn.advance(t)
	tn.wantDay(t, 0, meal, centre, "booked booked")
	tn.wantTold(t, "0:given")
	tn.advance(t)
	tn.wantTold(t, "")
}

// TestNoCentreWithoutItsMeal: where the meal can only be waited for, the centre is refused at the click and at the
// validation, and what came along with it goes too.
func TestNoCentreWithoutItsMeal(t *testing.T) {
	const sentence = "Le centre du jour se réserve avec le repas, où il n’y a plus de place le mercredi 9 décembre. Attendez d’abord une place sur la liste d’attente, puis demandez le centre du jour. Ou choisissez un autre jour."
	tn := newTown(t, 2, 2)
	meal, centre := tn.camp(t, portal.WaitNight, 1, 0)
	ask := db.Want{Child: tn.children[0][0], Activity: centre, Day: portal.MustDate(campDay), Present: true}
	tn.want(t, 0, 0, centre, campDay, true)
	tn.put(t, 1, meal, campDay, true) // the last meal goes between the click and the validation
	recap, err := tn.Recap(ctx, tn.parents[0])
	if err != nil || len(recap.Requests) != 2 {
		t.Fatalf("%+v %v", recap, err)
	}
	if _, whys := portal.DecideGroup(recap.Requests, []int{1}, recap.Now); whys[0] == nil || whys[0].Message != sentence {
		t.Errorf("the recap says %v", whys)
	}
	r := tn.confirm(t, 0, "repas-perdu")
	if got := outcomes(r); got != "refused refused" || r.Lines[1].Reason != sentence ||
		r.Lines[0].Reason != "Cette demande allait avec le centre du jour, qu’il n’a pas été possible de réserver. Pour la faire quand même, choisissez le repas sur le calendrier." {
		t.Errorf("%s %+v", got, r.Lines)
	}
	tn.wantDay(t, 0, meal, centre, "- -")
	if _, err := tn.Ask(ctx, tn.parents[0], ask); err == nil || err.Error() != sentence {
		t.Errorf("the meal is full: %v", err)
	}
	tn.put(t, 0, meal, campDay, true)
	if _, err := tn.Ask(ctx, tn.parents[0], ask); err == nil || err.Error() != sentence {
		t.Errorf("the meal waits: %v", err)
	}
	tn.put(t, 1, meal, campDay, false)
	tn.clock.Set(paris("2026-11-24 01:15:00"))
	if _, err := tn.Transmit(ctx, tn.structure, portal.MustDate("2026-11-24")); err != nil {
		t.Fatal(err)
	}
	tn.put(t, 0, centre, campDay, true)
	tn.wantDay(t, 0, meal, centre, "booked booked")
	tn.sound(t)
}

// TestAMealAskedByItselfWaits: its own request stays on the list when the centre is refused.
func TestAMealAskedByItselfWaits(t *testing.T) {
	tn := newTown(t, 2, 2)
	meal, centre := tn.camp(t, portal.WaitNight, 1, 0)
	tn.want(t, 0, 0, meal, campDay, true)
	tn.want(t, 0, 0, centre, campDay, true)
	tn.put(t, 1, meal, campDay, true)
	if got := outcomes(tn.confirm(t, 0, "les-deux")); got != "waiting/1 refused" {
		t.Error(got)
	}
	tn.wantDay(t, 0, meal, centre, "waiting -")
	tn.sound(t)
}

// TestNoMealWithoutItsCentre: the centre's last place goes to a sister: the brother's meal that came along is not kept, one
// that was asked by itself is.
func TestNoMealWithoutItsCentre(t *testing.T) {
	for _, c := range []struct {
		name   string
		itself bool
		want   string
		left   int
	}{
		{"le repas suit le centre", false, "booked refused booked refused", 1},
		{"le repas est demandé pour lui-même", true, "booked booked booked refused", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			tn := newTown(t, 1, 2)
			meal, centre := tn.camp(t, portal.WaitNight, 2, 1)
			setup, err := tn.Setup(ctx, tn.structure)
			if err != nil {
				t.Fatal(err)
			}
			short := *setup.Activity(centre)
			short.Waitlist = false
			if _, err := tn.SaveActivity(ctx, short); err != nil {
				t.Fatal(err)
			}
			tn.want(t, 0, 0, centre, campDay, true)
			if c.itself {
				tn.want(t, 0, 1, meal, campDay, true)
			}
			tn.want(t, 0, 1, centre, campDay, true)
			if got := outcomes(tn.confirm(t, 0, "deux-enfants")); got != c.want {
				t.Error(got)
			}
			if got := tn.state(t, 0, 1, meal, campDay).Left; got != c.left {
				t.Errorf("%d meals left", got)
			}
			tn.sound(t)
		})
	}
}

// TestBothOrNeitherWithTheirMeals: brother and sister who wait for the centre, all or none, need two meals.
func TestBothOrNeitherWithTheirMeals(t *testing.T) {
	for meals, want := range map[int]portal.Status{3: portal.Waiting, 4: portal.Booked} {
		tn := newTown(t, 2, 2)
		meal, centre := tn.camp(t, portal.WaitNow, meals, 2)
		day := portal.MustDate(campDay)
		for child := range 2 {
			tn.want(t, 1, child, centre, campDay, true)
		}
		tn.confirm(t, 1, "les-places")
		for _, child := range tn.children[0] { // a waiting list is joined day by day
			if _, err := tn.Ask(ctx, tn.parents[0], db.Want{Child: child, Activity: centre, Day: day, Present: true, Together: true}); err != nil {
				t.Fatal(err)
			}
		}
		if got := outcomes(tn.confirm(t, 0, "tous-ou-aucun")); got != "waiting/1 waiting/2" {
			t.Error(got)
		}
		for child := range 2 {
			tn.want(t, 1, child, centre, campDay, false)
		}
		tn.confirm(t, 1, "places-rendues")
		for child := range 2 {
			if got := tn.state(t, 0, child, centre, campDay).Status; got != want {
				t.Errorf("%d meals: the centre of child %d is %q", meals, child, got)
			}
			if got := tn.state(t, 0, child, meal, campDay).Status; (got == portal.Booked) != (want == portal.Booked) {
				t.Errorf("%d meals: the meal of child %d is %q", meals, child, got)
			}
		}
		tn.sound(t)
	}
}

// TestACentreThatWaitsTakesItsMealAlong: nothing is booked for the meal while the centre waits; both are booked with the place,
// whatever the mode of the list.
func TestACentreThatWaitsTakesItsMealAlong(t *testing.T) {
	for _, mode := range []portal.WaitMode{portal.WaitNight, portal.WaitNow, portal.WaitOffer} {
		t.Run(string(mode), func(t *testing.T) {
			tn := newTown(t, 2, 2)
			meal, centre := tn.camp(t, mode, 5, 1)
			tn.put(t, 1, centre, campDay, true)
			tn.want(t, 0, 0, centre, campDay, true)
			r := tn.confirm(t, 0, "en-attente")
			if got := outcomes(r); got != "waiting/1" || r.Lines[0].Reason != "Le repas se réservera avec la place." {
				t.Errorf("%s %+v", got, r.Lines)
			}
			tn.wantDay(t, 0, meal, centre, "- waiting")
			tn.put(t, 1, centre, campDay, false)
			switch mode {
			case portal.WaitNight:
				tn.clock.Set(paris("2026-11-24 01:15:00"))
				if n, err := tn.Transmit(ctx, tn.structure, portal.MustDate("2026-11-24")); err != nil || n.Promotions != 2 {
					t.Fatalf("%+v %v", n, err)
				}
			case portal.WaitOffer:
				if _, err := tn.AnswerOffer(ctx, tn.parents[0], tn.offer(t, 0).ID, true); err != nil {
					t.Fatal(err)
				}
			}
			tn.wantDay(t, 0, meal, centre, "booked booked")
			tn.sound(t)
		})
	}
}

// TestACentreWaitsForItsMealToo: a place in the centre goes to nobody who cannot have the meal; it is given when a meal comes
// free, and an offer whose meal is gone is taken back.
func TestACentreWaitsForItsMealToo(t *testing.T) {
	for _, mode := range []portal.WaitMode{portal.WaitNow, portal.WaitOffer} {
		t.Run(string(mode), func(t *testing.T) {
			tn := newTown(t, 3, 2)
			meal, centre := tn.camp(t, mode, 2, 1)
			tn.put(t, 1, centre, campDay, true)
			tn.put(t, 0, centre, campDay, true)
			tn.put(t, 2, meal, campDay, true) // the last meal
			tn.put(t, 1, centre, campDay, false)
			tn.wantDay(t, 0, meal, centre, "- waiting")
			tn.put(t, 2, meal, campDay, false)
			if mode == portal.WaitNow {
				tn.wantDay(t, 0, meal, centre, "booked booked")
				tn.sound(t)
				return
			}
			o := tn.offer(t, 0)
			tn.wantTold(t, "0:open")
			tn.put(t, 2, meal, campDay, true)
			if _, err := tn.AnswerOffer(ctx, tn.parents[0], o.ID, true); err == nil || !strings.Contains(err.Error(), "où il n’y a plus de place le mercredi 9 décembre") {
				t.Errorf("%v", err)
			}
			tn.advance(t)
			tn.wantTold(t, "0:withdrawn")
			tn.wantDay(t, 0, meal, centre, "- waiting")
			tn.sound(t)
		})
	}
}

// TestTheDraftLosesBoth: the meal taken out of the draft takes the centre along, and both come back together.
func TestTheDraftLosesBoth(t *testing.T) {
	tn := newTown(t, 1, 2)
	meal, centre := tn.camp(t, portal.WaitNight, 5, 0)
	tn.want(t, 0, 0, centre, campDay, true)
	got, err := tn.Ask(ctx, tn.parents[0], db.Want{Child: tn.children[0][0], Activity: meal, Day: portal.MustDate(campDay)})
	if err != nil || len(got.Along) != 1 || got.Along[0].ID != centre || len(got.Draft.Wishes) != 0 {
		t.Fatalf("%+v %v", got, err)
	}
	if r, err := tn.Recap(ctx, tn.parents[0]); err != nil || r.Undo != "le retrait de demandes qui vont ensemble" {
		t.Errorf("%q %v", r.Undo, err)
	}
	if n, err := tn.UndoDraft(ctx, tn.parents[0]); err != nil || n != 2 {
		t.Error(n, err)
	}
	if got := outcomes(tn.confirm(t, 0, "les-deux")); got != "booked booked" {
		t.Error(got)
	}
}

// TestWhatWasCancelledTogetherComesBackTogether: the centre's place gone meanwhile, its meal is not booked again alone.
func TestWhatWasCancelledTogetherComesBackTogether(t *testing.T) {
	tn := newTown(t, 2, 2)
	meal, centre := tn.camp(t, portal.WaitNow, 5, 1)
	tn.put(t, 0, centre, campDay, true)
	tn.want(t, 0, 0, centre, campDay, false)
	tn.want(t, 0, 0, meal, campDay, false)
	r := tn.confirm(t, 0, "annulation")
	tn.put(t, 1, centre, campDay, true)
	undone, err := tn.UndoReceipt(ctx, tn.parents[0], r.Number, "formulaire-retour")
	if err != nil || outcomes(undone) != "waiting/1" {
		t.Fatalf("%+v %v", undone, err)
	}
	tn.wantDay(t, 0, meal, centre, "- waiting")
	tn.sound(t)
}

// TestAMealAskedByItselfStays: the centre given up, what was asked only with it goes, what was asked before it stays.
func TestAMealAskedByItselfStays(t *testing.T) {
	tn := newTown(t, 1, 2)
	meal, centre := tn.camp(t, portal.WaitNight, 9, 0)
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

// TestChangesThatFitTogether: two changes of hours of one day are settled by what they come to, whatever their order; one
// that no longer fits does not spoil the other.
func TestChangesThatFitTogether(t *testing.T) {
	for _, c := range []struct {
		name          string
		first, second [2]int // hours that are asked, the second first
		meanwhile     bool   // the other parent books the chess, from 12 to 13
		want          string
	}{
		{"l’une laisse la place à l’autre", [2]int{8, 11}, [2]int{11, 12}, false, "booked booked"},
		{"l’une ne va plus", [2]int{9, 10}, [2]int{11, 13}, true, "booked refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tn := newTown(t, 2, 2)
			tn.raw(t, "INSERT INTO guardian (family_id, account_id) SELECT family_id, ? FROM guardian WHERE account_id = ?", tn.parents[1], tn.parents[0])
			eve := portal.DaysBefore(1, portal.Clock(18, 0))
			activity := func(spoken string) portal.ActivityID {
				id, err := tn.SaveActivity(ctx, portal.Activity{StructureID: tn.structure, Name: spoken, Short: spoken, Spoken: spoken, Kind: portal.OtherKind, Starts: portal.Clock(8, 0), Ends: portal.Clock(18, 0),
					Opening: portal.Opening{First: portal.NewDate(2026, 9, 1), Last: portal.NewDate(2027, 7, 2), School: portal.EveryDay}, Book: eve, Cancel: eve, AsksArrival: true, AsksDeparture: true, HourStep: 30})
				if err != nil {
					t.Fatal(err)
				}
				return id
			}
			workshop, fencing, chess := activity("l’atelier"), activity("l’escrime"), activity("les échecs")
			ask := func(parent int, a portal.ActivityID, h [2]int) {
				t.Helper()
				if _, err := tn.Ask(ctx, tn.parents[parent], db.Want{Child: tn.children[0][0], Activity: a, Day: portal.MustDate(campDay), Present: true, SetHours: true, Hours: portal.Hours{Arrival: portal.Clock(h[0], 0), Departure: portal.Clock(h[1], 0)}}); err != nil {
					t.Fatal(err)
				}
			}
			ask(0, workshop, [2]int{8, 10})
			ask(0, fencing, [2]int{10, 12})
			tn.confirm(t, 0, "les-heures")
			ask(0, fencing, c.second)
			ask(0, workshop, c.first)
			if c.meanwhile {
				ask(1, chess, [2]int{12, 13})
				tn.confirm(t, 1, "les-echecs")
			}
			if got := outcomes(tn.confirm(t, 0, "autres-heures")); got != c.want {
				t.Error(got)
			}
			tn.sound(t)
		})
	}
}

// TestAuditOfClashes: what the town hall calls incompatible once both are booked is named, until the days are over.
func TestAuditOfClashes(t *testing.T) {
	tn := newTown(t, 1, 2)
	meal, centre := tn.camp(t, portal.WaitNight, 5, 0)
	tn.put(t, 0, centre, campDay, true)
	tn.sound(t)
	tn.link(t, centre, portal.Link{Other: meal, Kind: portal.Incompatible})
	want := fmt.Sprintf("[child %d on 2026-12-09: REPAS and CENTRE are both booked and do not go together]", tn.children[0][0])
	if faults, err := tn.Audit(ctx); err != nil || fmt.Sprint(faults) != want {
		t.Errorf("%v %v", faults, err)
	}
	tn.clock.Set(paris("2026-12-10 00:00:00"))
	tn.sound(t)
}
