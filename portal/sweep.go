package portal

import "time"

// Sweep is what a quick tool (a week, a weekday of the month, the month) would do on its days.
type Sweep struct {
	Present bool   // book them all; else cancel them all
	Among   int    // how many days of the set can be changed at all
	Days    []Date // those that change
	Full    []Date // left out for lack of places, when booking
	Late    []Date // left out because the limit is past, when booking
}

// Possible says whether the tool would change anything.
func (s Sweep) Possible() bool { return len(s.Days) > 0 }

// PlanSweep follows the guide's rule: when the first bookable day is not booked, all bookable days become booked; when it
// is, all are cancelled. A day asked for and not validated counts as booked. Closed and late days are left alone, and a
// full day never spoils the rest: its waiting list is joined day by day, knowingly.
func PlanSweep(slots []*Slot, now time.Time) Sweep {
	for _, slot := range slots {
		if sweepable(slot, now) {
			return PlanTo(slots, !slot.Expected(now), now)
		}
	}
	return Sweep{}
}

// PlanTo gives what brings a set of days to a wished end, whatever the first of them says.
func PlanTo(slots []*Slot, present bool, now time.Time) Sweep {
	s := Sweep{Present: present}
	for _, slot := range slots {
		if !sweepable(slot, now) {
			continue
		}
		s.Among++
		if slot.Expected(now) != present {
			s.Days = append(s.Days, slot.Day)
		}
	}
	if present {
		s.Full, s.Late = leftOut(slots, now)
	}
	return s
}

// sweepable says whether a quick tool may change a day.
func sweepable(s *Slot, now time.Time) bool {
	switch s.State(now) {
	case StateFree, StateBooked, StateWaiting, StateAdd, StateRemove:
		return true
	}
	return false
}

func leftOut(slots []*Slot, now time.Time) (full, late []Date) {
	for _, slot := range slots {
		switch slot.State(now) {
		case StateFull, StateOffer:
			full = append(full, slot.Day)
		case StateTooLate:
			if slot.Day > DateOf(now) {
				late = append(late, slot.Day)
			}
		}
	}
	return full, late
}
