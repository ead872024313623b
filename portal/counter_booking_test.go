package portal

import (
	"strings"
	"testing"
)

// TestWaiverPassesLimitsOnly: a waiver gives time, and nothing else.
func TestWaiverPassesLimitsOnly(t *testing.T) {
	day := MustDate("2026-11-24")
	now := MustDate("2026-11-23").At(Clock(9, 0))
	passed, coming := Limit{At: MustDate("2026-11-20").At(Clock(9, 0)), Possible: true}, Limit{From: MustDate("2026-11-25").At(0), At: day.At(EndOfDay), Possible: true}
	for name, c := range map[string]struct {
		change   func(*Slot)
		waive    bool
		want     Outcome
		waivable bool
		late     bool
	}{
		"refused past the limit":               {func(*Slot) {}, false, OutcomeRefused, true, false},
		"booked with a waiver":                 {func(*Slot) {}, true, OutcomeBooked, false, true},
		"never on line, booked at the desk":    {func(s *Slot) { s.Book = Limit{} }, true, OutcomeBooked, false, true},
		"in time, a waiver changes nothing":    {func(s *Slot) { s.Book.At = day.At(EndOfDay) }, true, OutcomeBooked, false, false},
		"closed stays closed":                  {func(s *Slot) { s.Open, s.Closed = false, Closed{Why: "Férié."} }, true, OutcomeRefused, false, true},
		"full stays full, even with a list":    {func(s *Slot) { s.Limited, s.Left, s.Activity.Waitlist = true, 0, true }, true, OutcomeRefused, false, true},
		"full and in time: the waiting list":   {func(s *Slot) { s.Book.At = day.At(EndOfDay); s.Limited, s.Activity.Waitlist = true, true }, true, OutcomeWaiting, false, false},
		"not open yet":                         {func(s *Slot) { s.Book = coming }, true, OutcomeRefused, false, false},
		"its opening is not announced":         {func(s *Slot) { s.Book = Limit{Unannounced: true} }, true, OutcomeRefused, false, true},
		"barred stays barred":                  {func(s *Slot) { s.Bar = &Bar{Why: "Réservé aux élèves de maternelle."} }, true, OutcomeRefused, false, true},
		"the day is over":                      {func(s *Slot) { s.Day -= 3 }, true, OutcomeRefused, false, true},
		"cancelling past the limit":            {func(s *Slot) { s.Wish, s.Status = WishRemove, Booked }, false, OutcomeRefused, true, false},
		"cancelled with a waiver":              {func(s *Slot) { s.Wish, s.Status = WishRemove, Booked }, true, OutcomeCancelled, false, true},
		"never cancelled on line, at the desk": {func(s *Slot) { s.Wish, s.Status, s.Cancel = WishRemove, Booked, Limit{} }, true, OutcomeCancelled, false, true},
		"a place too many days": {func(s *Slot) {
			s.Activity.MostDays = 1
			s.Week = Quota{Besides: 1}
			s.Span = Quota{Besides: 1}
		}, true, OutcomeRefused, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := Slot{Activity: &Activity{ID: 1, Short: "Cantine", Spoken: "la cantine"}, Day: day, Open: true, Book: passed, Cancel: passed, Change: passed, Wish: WishAdd}
			c.change(&s)
			if got := s.Waivable(now); got != c.waivable && !c.waive {
				t.Errorf("waivable: %t", got)
			}
			if c.waive {
				s.Waive("  enfant   hospitalisé. ")
			}
			got, why := s.Decide(now)
			if got != c.want {
				t.Errorf("%s, %v", got, why)
			}
			if got := s.PastLimit(now); got != c.late {
				t.Errorf("past the limit: %t", got)
			}
			if words := s.WaiverWords(now); (words == "Hors délai, accepté par la mairie : enfant hospitalisé.") != (c.late && c.waive) {
				t.Errorf("it says %q", words)
			}
		})
	}
}

func TestDeskReason(t *testing.T) {
	waives := []DeskWish{{Waive: true}}
	for reason, fine := range map[string]bool{"": false, "urgence": false, "a b": false, "........ ........": false, "mère hospitalisée hier": true, strings.Repeat("mot ", 60): false} {
		if err := (DeskAsk{Wishes: waives, Reason: reason}).Check(); (err == nil) != fine {
			t.Errorf("%q: %v", reason, err)
		}
	}
	if err := (DeskAsk{Wishes: []DeskWish{{}}}).Check(); err != nil {
		t.Error(err)
	}
}

// TestReportSaysTheDesk: what staff typed is told as such, a cancellation past its limit among the cancellations.
func TestReportSaysTheDesk(t *testing.T) {
	add := Movement{ID: 1, Action: "add", Outcome: OutcomeBooked, Day: MustDate("2026-11-24"), ActID: 1, Staff: 7, Late: true, Reason: "Hors délai, accepté par la mairie : x."}
	gone := Movement{ID: 2, Action: "remove", Outcome: OutcomeCancelled, Day: MustDate("2026-11-26"), ActID: 1, Staff: 7}
	r := &Report{Movements: []Movement{add, gone}}
	if got := r.Groups("add")[0].DayList(); got != "mar. 24/11 (par la mairie, hors délai)" {
		t.Error(got)
	}
	if got := r.Groups("remove")[0].DayList(); got != "jeu. 26/11 (par la mairie)" {
		t.Error(got)
	}
	gone.Reason = add.Reason
	if r.Movements[1] = gone; len(r.Groups("remove")) != 1 || len(r.Others()) != 0 {
		t.Error(r.Others())
	}
	if got := (Followed{Movement: add}).Who(add.Account); got != "la mairie" {
		t.Error(got)
	}
	if got := (Followed{Movement: add}).From(add.Account); got != DeskWords {
		t.Error(got)
	}
}
