package portal

import (
	"fmt"
	"strings"
	"testing"
)

// needing gives a meal with a waiting list, a centre that needs it, and a walk that needs nothing and follows the meal.
func needing() (meal, centre, walk *Activity) {
	limit := DaysBefore(1, Clock(18, 0))
	setup := &Setup{}
	for i, spoken := range []string{"le repas", "le centre", "la marche"} {
		setup.Activities = append(setup.Activities, Activity{ID: ActivityID(i + 1), Name: spoken, Spoken: spoken, Starts: Clock(12+i, 0), Ends: Clock(13+i, 0), Opening: Opening{School: EveryDay}, Book: limit, Cancel: limit, Waitlist: true})
	}
	setup.Activities[1].Links = []Link{{Other: 1, Kind: Requires}}
	setup.Join()
	return &setup.Activities[0], &setup.Activities[1], &setup.Activities[2]
}

// TestWithoutItsMeal: to wait for the meal is not to have it; a centre that waits needs it only with its place.
func TestWithoutItsMeal(t *testing.T) {
	now, day := at("2026-11-23 09:00:00"), NewDate(2026, 12, 3)
	for _, c := range []struct {
		name     string
		meal     []Other
		full     bool
		want     Outcome
		sentence string
	}{
		{"repas réservé", []Other{{Status: Booked}}, false, OutcomeBooked, ""},
		{"repas demandé avec lui", []Other{{}}, false, OutcomeBooked, ""},
		{"repas en attente", []Other{{Status: Waiting}}, false, OutcomeRefused, "Le centre se réserve avec le repas, où il n’y a plus de place le jeudi 3 décembre. Attendez d’abord une place sur la liste d’attente, puis demandez le centre. Ou choisissez un autre jour."},
		{"pas de repas", nil, false, OutcomeRefused, "Le centre se réserve avec le repas, qui n’est pas réservé ce jour-là."},
		{"pas de repas, le centre attend", nil, true, OutcomeWaiting, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			meal, centre, _ := needing()
			slot := (&Setup{}).NewSlot(1, centre, day)
			slot.Wish, slot.Limited = WishAdd, c.full
			for _, o := range c.meal {
				o.Activity = meal
				slot.Others = append(slot.Others, o)
			}
			outcome, why := slot.Decide(now)
			if outcome != c.want || c.sentence == "" && why != nil || c.sentence != "" && (why == nil || !strings.Contains(why.Message, c.sentence)) {
				t.Errorf("%s %v", outcome, why)
			}
		})
	}
}

// TestBringAlong: what is needed comes along only when it can be had at once.
func TestBringAlong(t *testing.T) {
	now, day := at("2026-11-23 09:00:00"), NewDate(2026, 12, 3)
	for _, c := range []struct {
		name   string
		change func(meal *Slot)
		want   string
	}{
		{"une place", func(s *Slot) { s.Limited, s.Left = true, 1 }, ""},
		{"complet, avec une liste d’attente", func(s *Slot) { s.Limited = true }, "où il n’y a plus de place le jeudi 3 décembre"},
		{"complet, sans liste d’attente", func(s *Slot) { s.Limited, s.Activity.Waitlist = true, false }, "Le centre se réserve avec le repas. Il n’y a plus de place le jeudi 3 décembre."},
		{"déjà en attente", func(s *Slot) { s.Status = Waiting }, "où il n’y a plus de place"},
		{"hors délai", func(s *Slot) { s.Book.At = now.Add(-1) }, "Le centre se réserve avec le repas. Le délai pour réserver"},
		{"fermé", func(s *Slot) { s.Open = false }, "Le centre se réserve avec le repas."},
	} {
		t.Run(c.name, func(t *testing.T) {
			meal, centre, _ := needing()
			one, needed := (&Setup{}).NewSlot(1, centre, day), (&Setup{}).NewSlot(1, meal, day)
			c.change(&needed)
			_, why := one.BringAlong(&needed, now)
			if c.want == "" && why != nil || c.want != "" && (why == nil || !strings.Contains(why.Message, c.want)) {
				t.Errorf("%v", why)
			}
		})
	}
}

// TestUnit: what is settled as one.
func TestUnit(t *testing.T) {
	meal, centre, walk := needing()
	day := NewDate(2026, 12, 3)
	request := func(child ChildID, a *Activity, day Date, w Wish, together bool) Request {
		return Request{Slot: Slot{Child: child, Activity: a, Day: day, Wish: w, Together: together}}
	}
	list := []Request{
		0:  request(1, centre, day, WishAdd, true),
		1:  request(1, meal, day, WishAdd, false),
		2:  request(2, centre, day, WishAdd, true), // a sister, all or none
		3:  request(2, meal, day, WishAdd, false),
		4:  request(3, centre, day, WishAdd, false),
		5:  request(1, meal, day+1, WishAdd, false),
		6:  request(1, walk, day, WishAdd, false),
		7:  request(3, meal, day, WishRemove, false),
		8:  request(4, meal, day, WishChange, false),
		9:  request(4, walk, day, WishChange, false),
		10: request(5, walk, day, WishChange, false),
	}
	for i, want := range map[int]string{0: "[0 1 2 3]", 3: "[0 1 2 3]", 4: "[4]", 5: "[5]", 6: "[6]", 7: "[7]", 8: "[8 9]", 10: "[10]"} {
		if got := fmt.Sprint(Unit(list, i)); got != want {
			t.Errorf("unit of %d: %s, want %s", i, got, want)
		}
	}
	MarkAlong(list)
	var along []int
	for i := range list {
		if list[i].Slot.Along {
			along = append(along, i)
		}
	}
	if got := fmt.Sprint(along); got != "[1 3]" {
		t.Errorf("along: %s", got)
	}
}

// TestServedWithWhatIsNeeded: a place is given with what goes with it, or to the next.
func TestServedWithWhatIsNeeded(t *testing.T) {
	meal, centre, _ := needing()
	meal.Counters, centre.Counters = []Counter{{ID: 1, Limited: true}}, []Counter{{ID: 2, Limited: true}}
	with := func(child ChildID, along ...Along) Turn {
		return Turn{Activity: centre, Children: []ChildID{child}, Along: along}
	}
	turns := []Turn{with(1, Along{Child: 1, Activity: meal}), with(2, Along{Child: 2, Activity: meal}), with(3)}
	for _, c := range []struct {
		meals, places int
		want          string
	}{{2, 3, "1 2 3"}, {1, 3, "1 3"}, {0, 1, "3"}, {2, 1, "1"}} {
		var got []string
		for _, turn := range Served(turns, map[CounterID]int{1: c.meals, 2: c.places}) {
			got = append(got, fmt.Sprint(turn.Children[0]))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%d meals and %d places: %v, want %s", c.meals, c.places, got, c.want)
		}
	}
}

// TestDiscords: only what is booked counts, a need is kept by a place and not by a wait.
func TestDiscords(t *testing.T) {
	meal, centre, walk := needing()
	walk.Starts = meal.Starts
	for want, day := range map[string][]Other{
		"[]":                          {{Activity: meal, Status: Booked}, {Activity: centre, Status: Booked}},
		"[le centre/le repas true]":   {{Activity: meal, Status: Waiting}, {Activity: centre, Status: Booked}},
		"[le repas/la marche false]":  {{Activity: meal, Status: Booked}, {Activity: walk, Status: Booked}},
		"[le centre/la marche false]": {{Activity: meal, Status: Booked}, {Activity: centre, Status: Booked}, {Activity: walk, Status: Booked, Hours: Hours{Arrival: Clock(13, 30)}}},
	} {
		got := []string{}
		for _, d := range Discords(day) {
			got = append(got, fmt.Sprintf("%s/%s %t", d.One.Spoken, d.Other.Spoken, d.Lacks))
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%v, want %s", got, want)
		}
	}
}
