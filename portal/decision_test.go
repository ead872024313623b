package portal

import (
	"strings"
	"testing"
)

// TestStaffDecide: what a family asks of an activity that staff decide is a request: it takes no place, is told, and can be
// withdrawn; staff accept, refuse or put on the waiting list with the facts of that instant.
func TestStaffDecide(t *testing.T) {
	now, late := at("2026-11-23 09:00:00"), at("2026-12-06 20:00:00")
	day := MustDate("2026-12-07")
	a := &Activity{ID: 4, Spoken: "le centre", Decided: true, Opening: Opening{School: EveryDay}, Book: DaysBefore(3, Clock(18, 0)), Cancel: DaysBefore(3, Clock(18, 0)), Starts: Clock(9, 0), Ends: Clock(17, 0)}
	fresh := func() Slot {
		s := (&Setup{}).NewSlot(1, a, day)
		s.Limited, s.Places = true, Places{Capacity: 12, Taken: 12}
		return s
	}
	slot := fresh()
	if slot.State(now) != StateFree {
		t.Errorf("full, but staff decide: %s", slot.State(now))
	}
	slot.Wish = WishAdd
	if outcome, why := slot.Decide(now); outcome != OutcomeAsked || why != nil {
		t.Fatal(outcome, why)
	}
	slot = fresh()
	slot.Status, slot.Since = Requested, now
	if slot.State(now) != StateRequest || slot.State(late) != StateRequest || !slot.Expected(now) || !slot.Changeable(late) {
		t.Errorf("%s, then %s", slot.State(now), slot.State(late))
	}
	if why := slot.Explain(now); !strings.Contains(why.Answer, "chez la mairie") || !strings.Contains(strings.Join(why.Facts, " "), "Demandé le lundi 23 novembre") {
		t.Errorf("%+v", why)
	}
	if wish, _, err := slot.Ask(false, Hours{}, late); wish != WishRemove || err != nil {
		t.Errorf("withdrawn past the limit: %s %v", wish, err)
	}
	if _, _, err := slot.Ask(false, Hours{}, day.At(Clock(7, 0))); err == nil {
		t.Error("withdrawn on the day itself")
	}
	free := func(change func(*Slot)) Slot {
		s := fresh()
		s.Status, s.Left, s.Places.Taken = Requested, 1, 11
		change(&s)
		return s
	}
	dance := &Activity{ID: 9, Spoken: "la danse", Starts: Clock(10, 0), Ends: Clock(11, 0)}
	for _, c := range []struct {
		name    string
		slot    Slot
		verdict Verdict
		want    Outcome
		why     string
	}{
		{"accepter", free(func(*Slot) {}), Accept, OutcomeBooked, ""},
		{"refuser, même complet", free(func(s *Slot) { s.Left = 0 }), Refuse, OutcomeRefused, ""},
		{"accepter alors que c’est complet", free(func(s *Slot) { s.Left, s.Places.Taken = 0, 12 }), Accept, OutcomeRefused, "Plus de place le lundi 7 décembre pour le centre : 12 places, 12 prises."},
		{"retirée entre-temps", free(func(s *Slot) { s.Status = NotBooked }), Accept, OutcomeRefused, "n’attend plus de réponse"},
		{"acceptée par un collègue", free(func(s *Slot) { s.Status = Booked }), Refuse, OutcomeRefused, "n’attend plus de réponse"},
		{"pas de liste d’attente", free(func(*Slot) {}), Wait, OutcomeRefused, "Le centre n’a pas de liste d’attente."},
		{"réservé ailleurs à la même heure", free(func(s *Slot) { s.Others = []Other{{Activity: dance, Status: Booked}} }), Accept, OutcomeRefused, "se chevauchent"},
		{"plus de l’âge", free(func(s *Slot) { s.Bar = &Bar{Why: "Le centre est pour les enfants de 3 à 6 ans."} }), Accept, OutcomeRefused, "3 à 6 ans"},
		{"fermé depuis", free(func(s *Slot) { s.Open, s.Closed.Why = false, "Fermeture exceptionnelle." }), Accept, OutcomeRefused, "ne peut qu’être refusée"},
		{"une réponse inventée", free(func(*Slot) {}), "oui", OutcomeRefused, "n’existe pas"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, why := c.slot.Judge(c.verdict, late)
			if got != c.want || (why != nil) != (c.why != "") || why != nil && !strings.Contains(why.Message, c.why) {
				t.Errorf("%s %v, want %s « %s »", got, why, c.want, c.why)
			}
		})
	}
}

// TestPlacesFromLineToLine: each request says what is left once those listed before it are accepted, in its own group.
func TestPlacesFromLineToLine(t *testing.T) {
	all, small := Counter{ID: 1, Limited: true, Capacity: 5}, Counter{ID: 2, Limited: true, Capacity: 3}
	monday, tuesday := MustDate("2026-12-07"), MustDate("2026-12-08")
	list := []AskedDay{{Day: monday}, {Day: monday}, {Day: monday}, {Day: tuesday}, {Day: monday}}
	counters := [][]Counter{{all, small}, {all}, {all, small}, {all}, {all}}
	CountAsked(list, func(i int) []Counter { return counters[i] }, func(c CounterID, _ Date) Places {
		return Places{Taken: map[CounterID]int{1: 2, 2: 2}[c]}
	})
	for i, want := range []int{0, 1, -1, 2, -1} {
		if !list[i].Limited || list[i].Left != want {
			t.Errorf("line %d: %d left, want %d", i, list[i].Left, want)
		}
	}
}

// TestNeedsWhatStaffDecide: nothing is booked with what staff have not accepted yet.
func TestNeedsWhatStaffDecide(t *testing.T) {
	now, day := at("2026-11-23 09:00:00"), MustDate("2026-12-07")
	centre := &Activity{ID: 4, Spoken: "le centre", Decided: true, Opening: Opening{School: EveryDay}, Book: DaysBefore(1, Clock(18, 0)), Cancel: DaysBefore(1, Clock(18, 0))}
	outing := &Activity{ID: 5, Spoken: "la sortie", Opening: centre.Opening, Book: centre.Book, Cancel: centre.Cancel, Links: []Link{{Other: 4, Kind: Requires, Required: centre}}}
	slot, needed := (&Setup{}).NewSlot(1, outing, day), (&Setup{}).NewSlot(1, centre, day)
	if _, why := slot.BringAlong(&needed, now); why == nil || !strings.Contains(why.Message, "que la mairie doit d’abord accepter") {
		t.Error(why)
	}
	slot.Wish, slot.Others = WishAdd, []Other{{Activity: centre, Status: Requested}}
	if outcome, why := slot.Decide(now); outcome != OutcomeRefused || why == nil || !strings.Contains(why.Message, "que la mairie doit d’abord accepter") {
		t.Error(outcome, why)
	}
	needed.Status = Booked
	if _, why := slot.BringAlong(&needed, now); why != nil {
		t.Error(why)
	}
}
