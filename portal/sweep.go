package portal

import "time"

// Sweep is what a quick tool (a week, a weekday of the month, the month) would do on its days, for one child or several.
type Sweep struct {
	Present bool    // book them all; else cancel them all
	Among   int     // how many days of the set can be changed at all
	Slots   []*Slot // those that change
	Left    []LeftOut
}

// LeftOut is a day that a tool or a copy leaves aside, and why.
type LeftOut struct {
	Slot   *Slot
	Reason Reason
	Why    string // the whole sentence
}

// Reason sorts the days left out, in the order in which they are told.
type Reason int

// The reasons.
const (
	LeftFull     Reason = iota // complet
	LeftLate                   // hors délai
	LeftEarly                  // pas encore ouvert
	LeftClash                  // horaires incompatibles
	LeftRequired               // exigé par une autre activité
	LeftClosed                 // fermé
	LeftAlready                // déjà réservé
	LeftMost                   // le nombre de jours est atteint
	LeftBarred                 // une règle l’empêche pour cet enfant
	LeftOther                  // une autre raison, dite en entier
)

// Possible says whether the tool would change anything.
func (s Sweep) Possible() bool { return len(s.Slots) > 0 }

// PlanSweep follows the guide's rule: when the first bookable day is not booked, all bookable days become booked; when it
// is, all are cancelled. A day asked for and not validated counts as booked. Closed and late days are left alone, and a
// full day never spoils the rest: its waiting list is joined day by day, knowingly.
func PlanSweep(slots []*Slot, now time.Time) Sweep {
	for _, slot := range slots {
		if present := !slot.Expected(now); sweepable(slot, present, now) {
			return PlanTo(slots, present, now)
		}
	}
	return Sweep{}
}

// PlanTo gives what brings a set of days to a wished end, whatever the first of them says.
func PlanTo(slots []*Slot, present bool, now time.Time) Sweep {
	s := Sweep{Present: present}
	for _, slot := range slots {
		switch {
		case !sweepable(slot, present, now):
			if left, told := leftOut(slot, present, now); told {
				s.Left = append(s.Left, left)
			}
		case slot.Expected(now) != present:
			s.Among++
			s.Slots = append(s.Slots, slot)
		default:
			s.Among++
		}
	}
	return s
}

// sweepable says whether a quick tool may bring a day to that end.
func sweepable(s *Slot, present bool, now time.Time) bool {
	switch s.State(now) {
	case StateFree:
		if s.InLateLane(now) { // asked day by day, knowingly
			return false
		}
		with, _ := s.Clash(s.Activity.DefaultHours())
		return with == nil && (!present || s.refuseMost(0) == nil)
	case StateRemove: // bringing it back needs nothing
		return true
	case StateBooked, StateWaiting, StateRequest, StateAdd:
		return s.Changeable(now) && (present || s.RequiredBy() == nil)
	}
	return false
}

// leftOut says why a tool leaves a day alone; closed and past days go without saying.
func leftOut(s *Slot, present bool, now time.Time) (LeftOut, bool) {
	left := LeftOut{Slot: s}
	state := s.State(now)
	switch {
	case !present && s.Status != NotBooked && state != StateLocked && s.RequiredBy() != nil:
		left.Reason = LeftRequired
	case !present:
		return left, false
	case state == StateFull || state == StateOffer:
		left.Reason = LeftFull
	case state == StateTooLate && s.Barred(now) != nil:
		left.Reason, left.Why = LeftBarred, s.Barred(now).Why
	case state == StateTooLate && (s.Book.Early(now) || s.Book.Unannounced):
		left.Reason = LeftEarly
	case state == StateTooLate && s.Day > DateOf(now):
		left.Reason = LeftLate
	case state == StateFree && s.InLateLane(now):
		left.Reason = LeftLate
	case state == StateFree && s.refuseMost(0) != nil:
		left.Reason = LeftMost
	case state == StateFree:
		left.Reason = LeftClash
	default:
		return left, false
	}
	return left, true
}
