package portal

import (
	"fmt"
	"time"
)

// State is what a day of the calendar shows; its value is the data-etat of PRODUCT.md §2.
type State string

// The states of a day.
const (
	StateClosed  State = "ferme"   // the activity is not open that day
	StateTooLate State = "clos"    // not booked, too late to book
	StateLocked  State = "verrou"  // booked or waiting, too late to change
	StateFree    State = "libre"   // can be booked
	StateAdd     State = "ajout"   // will be booked, not validated yet
	StateBooked  State = "reserve" // booked
	StateRemove  State = "retrait" // will be cancelled, not validated yet
	StateFull    State = "complet" // full, no waiting list
	StateOffer   State = "offre"   // full, the waiting list can be joined
	StateWaiting State = "attente" // on the waiting list
	StateRequest State = "demande" // asked, staff decide
	StatePartial State = "partiel" // several activities: some are booked
)

// Wish is a click that is not validated yet.
type Wish string

// The wishes; the zero value is none.
const (
	WishNone   Wish = ""
	WishAdd    Wish = "add"
	WishRemove Wish = "remove"
)

// Status is what is saved for a child, an activity and a day; the zero value is nothing.
type Status string

// The saved statuses.
const (
	NotBooked Status = ""
	Booked    Status = "booked"
	Waiting   Status = "waiting"
)

// Slot is everything that decides what can be done for one child, one activity and one day.
// The calendar, the click, the recap and the validation all ask the same Slot.
type Slot struct {
	Child        ChildID
	Activity     *Activity
	Day          Date
	Open         bool
	Closed       Closed // why it is not open
	Book, Cancel Limit
	Status       Status
	Rank         int       // place on the waiting list, from 1, when Waiting
	Since        time.Time // when it was booked
	Wish         Wish
	Limited      bool
	Left         int // places nobody has or waits for; meaningless unless Limited
}

// NewSlot prepares the slot of a day: opening and limits; what the family and the other families did is added by the caller.
func (s *Setup) NewSlot(child ChildID, a *Activity, day Date) Slot {
	slot := Slot{Child: child, Activity: a, Day: day, Limited: a.Limited()}
	if n := len(s.Years); n > 0 && day > s.Years[n-1].Last+60 { // the summer after the last year known
		slot.Closed = Closed{Word: "Fermé", Why: "Cette année scolaire n’est pas encore ouverte aux réservations."}
		return slot
	}
	slot.Open, slot.Closed = a.Opening.On(day, &s.Calendar)
	if slot.Open {
		slot.Book, slot.Cancel = s.Limits(a, day)
	}
	return slot
}

// Limit is the one that applies to the next thing that can be done: booking what is free, cancelling what is saved.
func (s *Slot) Limit() Limit {
	if s.Status == NotBooked {
		return s.Book
	}
	return s.Cancel
}

// Full says that no place is left for one more child.
func (s *Slot) Full() bool { return s.Limited && s.Left <= 0 }

// State gives what the day shows at a moment (order of UX.md part 2, §4).
func (s *Slot) State(now time.Time) State {
	switch {
	case !s.Open:
		if s.Status != NotBooked { // a closure came after the booking: it is still there, and nobody can change it
			return StateLocked
		}
		return StateClosed
	case s.Limit().Passed(now):
		if s.Status != NotBooked {
			return StateLocked
		}
		return StateTooLate
	case s.Status == NotBooked && s.Wish == WishAdd:
		return StateAdd
	case s.Status != NotBooked && s.Wish == WishRemove:
		return StateRemove
	case s.Status == Booked:
		return StateBooked
	case s.Status == Waiting:
		return StateWaiting
	case s.Full() && s.Activity.Waitlist:
		return StateOffer
	case s.Full():
		return StateFull
	}
	return StateFree
}

// Expected says whether the child is to be there, or to wait, once the draft is validated.
func (s *Slot) Expected(now time.Time) bool {
	switch s.State(now) {
	case StateAdd, StateBooked, StateWaiting, StateLocked:
		return true
	}
	return false
}

// Changeable says whether a click can change the day.
func (s *Slot) Changeable(now time.Time) bool {
	switch s.State(now) {
	case StateClosed, StateTooLate, StateLocked, StateFull:
		return false
	}
	return true
}

// Ask gives the wish that brings the day to the state wanted: present or not. Asking twice is harmless.
// What cannot be done is refused with the reason and what can be done instead.
func (s *Slot) Ask(present bool, now time.Time) (Wish, error) {
	if s.Status != NotBooked {
		if present {
			return WishNone, nil
		}
		if why := s.refuseRemove(now); why != nil {
			return WishNone, why
		}
		return WishRemove, nil
	}
	if !present {
		return WishNone, nil
	}
	if why := s.refuseAdd(now); why != nil {
		return WishNone, why
	}
	return WishAdd, nil
}

func (s *Slot) refuseAdd(now time.Time) *Error {
	switch {
	case !s.Open:
		return Conflict("%s %s", s.Closed.Why, "Choisissez un autre jour.")
	case !s.Book.Possible:
		return Conflict("%s ne se réserve pas en ligne ce jour-là. Appelez la mairie.", Capital(s.Activity.Spoken))
	case s.Book.Passed(now):
		return Conflict("Le délai pour réserver le %s est passé depuis %s. Appelez la mairie pour un cas exceptionnel.", s.Day.Long(), since(s.Book.At, now))
	case s.Full() && !s.Activity.Waitlist:
		return Conflict("Il n’y a plus de place le %s. Choisissez un autre jour, ou appelez la mairie.", s.Day.Long())
	}
	return nil
}

func (s *Slot) refuseRemove(now time.Time) *Error {
	switch {
	case !s.Open:
		return Conflict("%s La réservation ne peut plus être changée ici ; appelez la mairie.", s.Closed.Why)
	case !s.Cancel.Possible:
		return Conflict("%s : une réservation du %s ne s’annule pas en ligne. Appelez la mairie.", Capital(s.Activity.Spoken), s.Day.Long())
	case s.Cancel.Passed(now):
		return Conflict("Le délai pour annuler le %s est passé depuis %s. Appelez la mairie pour un cas exceptionnel.", s.Day.Long(), since(s.Cancel.At, now))
	}
	return nil
}

// since says when a limit fell: « 9 h » today, « hier 9 h », else the day too.
func since(limit, now time.Time) string {
	day, at := limitDay(limit)
	switch DateOf(now) - day {
	case 0:
		return "aujourd’hui " + at.Word()
	case 1:
		return "hier " + at.Word()
	}
	return fmt.Sprintf("le %s à %s", day.Long(), at.Word())
}

// Outcome is what a validation, or a night, made of one request.
type Outcome string

// The outcomes.
const (
	OutcomeBooked    Outcome = "booked"
	OutcomeWaiting   Outcome = "waiting"
	OutcomeCancelled Outcome = "cancelled"
	OutcomeRefused   Outcome = "refused"
)

// Decide settles a wish at the instant of validation, with the facts of that instant. A refusal carries its reason.
// A wish that has nothing left to do (booked meanwhile by the other parent) succeeds as it is.
func (s *Slot) Decide(now time.Time) (Outcome, *Error) {
	switch s.Wish {
	case WishAdd:
		if s.Status == Booked {
			return OutcomeBooked, nil
		}
		if s.Status == Waiting {
			return OutcomeWaiting, nil
		}
		if why := s.refuseAdd(now); why != nil {
			return OutcomeRefused, why
		}
		if s.Full() {
			return OutcomeWaiting, nil
		}
		return OutcomeBooked, nil
	case WishRemove:
		if s.Status == NotBooked {
			return OutcomeCancelled, nil
		}
		if why := s.refuseRemove(now); why != nil {
			return OutcomeRefused, why
		}
		return OutcomeCancelled, nil
	}
	return OutcomeRefused, Conflict("Cette demande n’existe plus.")
}

// LimitWords says until when the day can be changed, or that it no longer can, as a sentence for the day itself.
func (s *Slot) LimitWords(now time.Time) string {
	l := s.Limit()
	switch {
	case !s.Open:
		return s.Closed.Why
	case !l.Possible && s.Status == NotBooked:
		return "Ne se réserve pas en ligne."
	case !l.Possible:
		return "Ne s’annule pas en ligne."
	case l.Passed(now) && s.Status == NotBooked:
		return "Délai dépassé depuis " + since(l.At, now) + "."
	case l.Passed(now):
		return "Plus modifiable depuis " + since(l.At, now) + "."
	}
	return "Modifiable " + Until(l.At, now) + "."
}

// Capital writes the first letter of a sentence large.
func Capital(s string) string {
	first := firstLetter(s)
	if len(s) < len(first) {
		return s
	}
	return upper(first) + s[len(first):]
}
