package portal

import (
	"strings"
	"testing"
)

// afternoon gives activities of one day: the evening and the study overlap, the dance comes after the study.
func afternoon() (evening, study, dance *Activity) {
	limit := DaysBefore(1, Clock(18, 0))
	act := func(id ActivityID, spoken string, from, to TimeOfDay) *Activity {
		return &Activity{ID: id, Name: spoken, Short: spoken, Spoken: spoken, Starts: from, Ends: to, Opening: Opening{School: EveryDay}, Book: limit, Cancel: limit}
	}
	return act(1, "l’accueil du soir", Clock(16, 30), Clock(18, 30)), act(2, "l’étude", Clock(16, 30), Clock(17, 30)), act(3, "la danse", Clock(17, 30), Clock(18, 30))
}

func TestClash(t *testing.T) {
	now, day := at("2026-11-23 09:00:00"), NewDate(2026, 12, 3)
	for _, c := range []struct {
		name   string
		change func(evening, study, dance *Activity)
		add    int // rank of the activity asked: 0 evening, 1 study, 2 dance
		there  int // rank of the one the child is expected for
		hours  Hours
		want   string
	}{
		{"horaires qui se chevauchent", nil, 0, 1, Hours{}, "L’accueil du soir et l’étude (16 h 30 – 17 h 30) se chevauchent le jeudi 3 décembre. Retirez l’un des deux."},
		{"l’une finit quand l’autre commence", nil, 2, 1, Hours{}, ""},
		{"déclarées incompatibles", func(_, study, dance *Activity) { dance.Links = []Link{{Other: study.ID, Kind: Incompatible}} }, 2, 1, Hours{}, "La danse et l’étude ne vont pas ensemble le même jour (jeudi 3 décembre). Retirez l’un des deux."},
		{"incompatibles, dit par l’autre", func(_, study, dance *Activity) { study.Links = []Link{{Other: dance.ID, Kind: Incompatible}} }, 2, 1, Hours{}, "ne vont pas ensemble"},
		{"déclarées compatibles", func(evening, study, _ *Activity) { evening.Links = []Link{{Other: study.ID, Kind: Compatible}} }, 0, 1, Hours{}, ""},
		{"l’une exige l’autre", func(evening, study, _ *Activity) { study.Links = []Link{{Other: evening.ID, Kind: Requires}} }, 0, 1, Hours{}, ""},
		{"l’accueil commence après l’étude", func(evening, _, _ *Activity) { evening.AsksArrival, evening.HourStep = true, 30 }, 0, 1, Hours{Arrival: Clock(17, 30)}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			evening, study, dance := afternoon()
			if c.change != nil {
				c.change(evening, study, dance)
			}
			list := []*Activity{evening, study, dance}
			slot := (&Setup{}).NewSlot(1, list[c.add], day)
			slot.Others = []Other{{Activity: list[c.there]}}
			_, _, err := slot.Ask(true, c.hours, now)
			if got := messageOf(err); c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func messageOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestRequired: a full day needs its meal: it is missing or not, and does not go before it.
func TestRequired(t *testing.T) {
	now, day := at("2026-11-23 09:00:00"), NewDate(2026, 12, 3)
	camp, meal, _ := afternoon()
	camp.Spoken, meal.Spoken = "le centre", "le repas"
	setup := &Setup{Activities: []Activity{*camp, *meal}}
	setup.Activities[0].Links = []Link{{Other: meal.ID, Kind: Requires}}
	setup.Join()
	camp, meal = &setup.Activities[0], &setup.Activities[1]
	full := setup.NewSlot(1, camp, day)
	if missing := full.Missing(); len(missing) != 1 || missing[0] != meal {
		t.Errorf("missing: %v", missing)
	}
	full.Wish = WishAdd
	if _, why := full.Decide(now); why == nil || !strings.Contains(why.Message, "Le centre se réserve avec le repas, qui n’est pas réservé ce jour-là.") {
		t.Errorf("%v", why)
	}
	full.Others = []Other{{Activity: meal}}
	if outcome, why := full.Decide(now); outcome != OutcomeBooked || why != nil {
		t.Errorf("%s %v", outcome, why)
	}
	lunch := setup.NewSlot(1, meal, day)
	lunch.Status, lunch.Others = Booked, []Other{{Activity: meal}, {Activity: camp}}
	if _, _, err := lunch.Ask(false, Hours{}, now); messageOf(err) != "Le jeudi 3 décembre, le centre se réserve avec le repas. Retirez d’abord le centre." {
		t.Errorf("%v", err)
	}
	if camp.Depth() != 1 || meal.Depth() != 0 {
		t.Error(camp.Depth(), meal.Depth())
	}
	// What is needed is booked first and cancelled last.
	list := []Request{{Slot: Slot{Activity: meal, Day: day, Wish: WishRemove}}, {Slot: Slot{Activity: camp, Day: day, Wish: WishAdd}}, {Slot: Slot{Activity: meal, Day: day, Wish: WishAdd}}, {Slot: Slot{Activity: camp, Day: day, Wish: WishRemove}}}
	SortRequests(list)
	var order []string
	for _, r := range list {
		order = append(order, string(r.Slot.Wish)+" "+r.Slot.Activity.Spoken)
	}
	if got := strings.Join(order, ", "); got != "remove le centre, remove le repas, add le repas, add le centre" {
		t.Error(got)
	}
}

// TestTogether: « les deux ou aucun ».
func TestTogether(t *testing.T) {
	now, day := at("2026-11-23 09:00:00"), NewDate(2026, 12, 3)
	for _, c := range []struct {
		name           string
		left           int
		waitlist       bool
		first          func(*Slot)
		want, sentence string
	}{
		{"deux places pour deux", 2, false, nil, "booked booked", ""},
		{"une place pour deux, sans liste d’attente", 1, false, nil, "refused refused", "Il ne reste que 1 place pour 2 enfants le jeudi 3 décembre"},
		{"une place pour deux, avec liste d’attente", 1, true, nil, "waiting waiting", ""},
		{"plus de place", 0, false, nil, "refused refused", "Il n’y a plus de place le jeudi 3 décembre"},
		{"l’aîné est déjà inscrit : une place suffit", 1, false, func(s *Slot) { s.Status = Booked }, "booked booked", ""},
		{"l’aîné ne peut pas : aucun", 5, false, func(s *Slot) { s.Book.At = now.Add(-1) }, "refused refused", "l’un de vos enfants ne peut pas être inscrit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, _, _ := afternoon()
			a.Waitlist = c.waitlist
			a.Counters = []Counter{{Limited: true, Capacity: 5}}
			var slots []*Slot
			for i := range 2 {
				s := (&Setup{}).NewSlot(ChildID(i+1), a, day)
				s.Wish, s.Left, s.Together = WishAdd, c.left, true
				if i == 0 && c.first != nil {
					c.first(&s)
				}
				slots = append(slots, &s)
			}
			outcomes, whys := DecideTogether(slots, now)
			if got := string(outcomes[0]) + " " + string(outcomes[1]); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			if c.sentence != "" && (whys[1] == nil || !strings.Contains(whys[1].Message, c.sentence)) {
				t.Errorf("%v, want %q", whys[1], c.sentence)
			}
		})
	}
}
