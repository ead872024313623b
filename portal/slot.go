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
	StateTooLate State = "clos"    // not booked, too late or too early to book
	StateLocked  State = "verrou"  // booked or waiting, too late to change
	StateFree    State = "libre"   // can be booked
	StateAdd     State = "ajout"   // will be booked, or its hours will change, not validated yet
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
	WishChange Wish = "change" // other hours for a day that is booked
)

// Status is what is saved for a child, an activity and a day; the zero value is nothing.
type Status string

// The saved statuses.
const (
	NotBooked Status = ""
	Booked    Status = "booked"
	Waiting   Status = "waiting"
	Requested Status = "asked" // staff have to decide; no place is taken
)

// Slot is everything that decides what can be done for one child, one activity and one day.
// The calendar, the click, the recap and the validation all ask the same Slot.
type Slot struct {
	Child                ChildID
	Activity             *Activity
	Day                  Date
	Open                 bool
	Closed               Closed // why it is not open
	Book, Cancel, Change Limit
	Late                 Limit // until when it may be booked past its limit; not possible: never
	LateMode             LateMode
	Status               Status
	Hours                Hours     // saved
	Rank                 int       // place on the waiting list, from 1, when Waiting
	Since                time.Time // when it was booked
	Together             bool      // saved or wished with brothers and sisters, all or none
	Along                bool      // wished only because another wish of the day needs it
	Wish                 Wish
	WishHours            Hours
	Absent               bool // the child is said to be absent that day; the booking stays
	Limited              bool
	Left                 int // places nobody has or waits for; meaningless unless Limited
	Places               Places
	Counters             []Counter // that the child takes a place of
	Bar                  *Bar      // a rule that keeps the child from booking; nil: none
	Outside              bool      // the family lives elsewhere and books later
	Span, Week           Quota     // where the days of a child are counted
	Others               []Other   // what the child is expected for that day, this activity perhaps among them
	Waiver               Waiver    // staff pass its limits
	AtDesk               bool      // its limits are those of the counter

	bookRule, cancelRule *Rule // what the limits come from
}

// Places are the figures of the counter that decides, at one moment.
type Places struct{ Capacity, Taken, Waiting int }

// Other is an activity that the child is expected for on the same day.
type Other struct {
	Activity *Activity
	Hours    Hours
	Status   Status // saved; nothing: only wished in this draft
}

// NewSlot prepares the slot of a day: opening and limits; what the family and the other families did is added by the caller.
func (s *Setup) NewSlot(child ChildID, a *Activity, day Date) Slot {
	slot := Slot{Child: child, Activity: a, Day: day, Counters: a.Counters, Limited: limitedOn(a.Counters, day)}
	if n := len(s.Years); n > 0 && day > s.Years[n-1].Last+60 { // the summer after the last year known
		slot.Closed = Closed{Word: "Fermé", Why: "Cette année scolaire n’est pas encore ouverte aux réservations."}
		return slot
	}
	slot.Open, slot.Closed = a.Opening.On(day, &s.Calendar)
	if slot.Open {
		slot.Book, slot.bookRule = s.bookLimit(a, day)
		slot.Cancel, slot.cancelRule = s.limit(a, ActionCancel, day)
		slot.Cancel = s.promised(slot.Cancel, a, ActionCancel, day)
		slot.Change = s.LimitOf(a, ActionChange, day)
		slot.Late, slot.LateMode = s.lateLane(a, day)
		if s.visitor.channel() == AtDesk {
			slot.endWithService()
		}
	}
	return slot
}

// Limit is the one that applies to the next thing that can be done: booking what is free, cancelling what is saved.
func (s *Slot) Limit() Limit {
	switch s.Status {
	case NotBooked:
		return s.Book
	case Requested: // it takes no place: it can be withdrawn until the day itself
		return Limit{At: (s.Day - 1).At(EndOfDay), Possible: true}
	}
	return s.Cancel
}

// Full says that no place is left for one more child.
func (s *Slot) Full() bool { return s.Limited && s.Left <= 0 }

// shut says that no place is left and nobody decides who gets the next one.
func (s *Slot) shut() bool { return s.Full() && !s.Activity.Decided }

// Barred gives the rule that keeps the child from booking the day at a moment, or nothing.
func (s *Slot) Barred(now time.Time) *Bar {
	if s.Activity.Closed(now) {
		return s.Activity.closedBar()
	}
	return s.Bar
}

// State gives what the day shows at a moment (order of UX.md part 2, §4).
func (s *Slot) State(now time.Time) State {
	switch {
	case !s.Open:
		if s.Status != NotBooked { // a closure came after the booking: it is still there, and nobody can change it
			return StateLocked
		}
		return StateClosed
	case s.Status != NotBooked && s.Wish == WishChange && !s.changeLimit().Passed(now):
		return StateAdd
	case s.Status == NotBooked && s.Barred(now) != nil:
		return StateTooLate
	case s.Limit().Early(now) || s.Limit().Passed(now) && !s.InLateLane(now):
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
	case s.Status == Requested:
		return StateRequest
	case s.shut() && s.Activity.Waitlist && !s.InLateLane(now): // nobody is promoted past the limit
		return StateOffer
	case s.shut():
		return StateFull
	}
	return StateFree
}

// changeLimit is until when the hours of a saved day can change.
func (s *Slot) changeLimit() Limit {
	if s.Status == Requested {
		return s.Limit()
	}
	return s.Change
}

// Expected says whether the child is to be there, to wait, or to have asked, once the draft is validated.
func (s *Slot) Expected(now time.Time) bool {
	switch s.State(now) {
	case StateAdd, StateBooked, StateWaiting, StateRequest, StateLocked:
		return true
	}
	return false
}

// ExpectedHours gives the hours of the day once the draft is validated.
func (s *Slot) ExpectedHours() Hours {
	if s.Wish == WishAdd || s.Wish == WishChange {
		return s.WishHours
	}
	return s.Hours
}

// Changeable says whether a click can change the day.
func (s *Slot) Changeable(now time.Time) bool {
	switch s.State(now) {
	case StateClosed, StateTooLate, StateLocked, StateFull:
		return false
	case StateAdd: // hours being changed on a day that can no longer be cancelled
		return s.Status == NotBooked || !s.Limit().Passed(now)
	}
	return true
}

// HoursChangeable says whether other hours can be asked for a day on which the child is expected.
func (s *Slot) HoursChangeable(now time.Time) bool {
	if !s.Activity.AsksHours() || !s.Open {
		return false
	}
	if s.Status == NotBooked {
		return s.Wish == WishAdd && !s.LimitNow(now).Passed(now)
	}
	return s.Wish != WishRemove && !s.changeLimit().Passed(now)
}

// Ask gives the wish that brings the day to the state wanted: present or not. Asking twice is harmless. Hours matter where
// the activity asks them; none means the hours that are saved, or asked already, else those of the activity.
// What cannot be done is refused with the reason and what can be done instead.
func (s *Slot) Ask(present bool, h Hours, now time.Time) (Wish, Hours, error) {
	if !present {
		if s.Status == NotBooked {
			return WishNone, Hours{}, nil
		}
		if why := s.refuseRemove(now); why != nil {
			return WishNone, Hours{}, why
		}
		return WishRemove, Hours{}, nil
	}
	h, err := s.hoursAsked(h)
	if err != nil {
		return WishNone, Hours{}, err
	}
	if s.Status == NotBooked {
		if why := s.refuseAdd(h, now); why != nil {
			return WishNone, Hours{}, why
		}
		return WishAdd, h, nil
	}
	if h == s.Hours {
		return WishNone, Hours{}, nil
	}
	if why := s.refuseChange(h, now); why != nil {
		return WishNone, Hours{}, why
	}
	return WishChange, h, nil
}

// hoursAsked completes and checks the hours of a click.
func (s *Slot) hoursAsked(h Hours) (Hours, error) {
	switch {
	case !s.Activity.AsksHours():
		return Hours{}, nil
	case h.IsZero() && s.Status != NotBooked: // a change of hours is given up
		return s.Hours, nil
	case h.IsZero() && s.Wish == WishAdd:
		return s.WishHours, nil
	case h.IsZero():
		return s.Activity.DefaultHours(), nil
	}
	return h, h.Check(s.Activity)
}

func (s *Slot) refuseAdd(h Hours, now time.Time) *Error {
	switch bar := s.Barred(now); {
	case !s.Open:
		return Conflict("%s %s", s.Closed.Why, "Choisissez un autre jour.")
	case bar != nil:
		return bar.refuse()
	case s.Book.Unannounced:
		return Conflict("%s ne se réserve pas encore pour le %s : l’ouverture de cette période n’est pas annoncée. Elle le sera ici.", Capital(s.Activity.Spoken), s.Day.Long())
	case s.Book.Early(now):
		return Conflict("Les réservations du %s ouvrent le %s. Revenez à ce moment-là.", s.Day.Long(), Instant(s.Book.From))
	case s.InLateLane(now):
		if s.Full() {
			return Conflict("Il n’y a plus de place le %s. Choisissez un autre jour, ou appelez la mairie.", s.Day.Long())
		}
	case s.Served(now) && s.Book.Passed(now):
		return Conflict("Le service du %s est terminé depuis %s. Si l’enfant y était, un gestionnaire peut le constater aujourd’hui, avec un motif.", s.Day.Long(), s.Activity.Ends.Word())
	case !s.Book.Possible:
		return Conflict("%s ne se réserve pas en ligne ce jour-là. Appelez la mairie.", Capital(s.Activity.Spoken))
	case s.Book.Passed(now):
		return Conflict("Le délai pour réserver le %s est passé depuis %s. Appelez la mairie pour un cas exceptionnel.", s.Day.Long(), since(s.Book.At, now))
	case s.shut() && (!s.Activity.Waitlist || s.waived(now)): // nobody is promoted past the limit
		return s.refuseFull()
	}
	if why := s.refuseMost(0); why != nil {
		return why
	}
	return s.refuseClash(h)
}

func (s *Slot) refuseFull() *Error {
	return Conflict("Il n’y a plus de place le %s. Choisissez un autre jour, ou appelez la mairie.", s.Day.Long())
}

func (s *Slot) refuseRemove(now time.Time) *Error {
	switch {
	case !s.Open:
		return Conflict("%s La réservation ne peut plus être changée ici ; appelez la mairie.", s.Closed.Why)
	case s.Status == Requested && !s.Limit().Passed(now):
		return nil
	case !s.Cancel.Possible:
		return Conflict("%s : une réservation du %s ne s’annule pas en ligne. Appelez la mairie.", Capital(s.Activity.Spoken), s.Day.Long())
	case s.Cancel.Passed(now):
		return Conflict("Le délai pour annuler le %s est passé depuis %s. Appelez la mairie pour un cas exceptionnel.", s.Day.Long(), since(s.Cancel.At, now))
	}
	return s.RefuseNeeded()
}

// RefuseNeeded refuses to give up what another activity of the same day needs; nothing when none does.
func (s *Slot) RefuseNeeded() *Error {
	if by := s.RequiredBy(); by != nil {
		return Conflict("Le %s, %s se réserve avec %s. Retirez d’abord %s.", s.Day.Long(), by.Spoken, s.Activity.Spoken, by.Spoken)
	}
	return nil
}

func (s *Slot) refuseChange(h Hours, now time.Time) *Error {
	switch limit := s.changeLimit(); {
	case !s.Open:
		return Conflict("%s Les horaires ne peuvent plus être changés ici ; appelez la mairie.", s.Closed.Why)
	case !limit.Possible:
		return Conflict("%s : les horaires du %s ne se changent pas en ligne. Appelez la mairie.", Capital(s.Activity.Spoken), s.Day.Long())
	case limit.Passed(now):
		return Conflict("Le délai pour changer les horaires du %s est passé depuis %s. Appelez la mairie pour un cas exceptionnel.", s.Day.Long(), since(limit.At, now))
	}
	return s.refuseClash(h)
}

// refuseHours refuses the hours wished when the activity has changed since, and no longer gives them or asks for others.
func (s *Slot) refuseHours() *Error {
	err := AsError(s.WishHours.Check(s.Activity))
	if err == nil {
		return nil
	}
	return Conflict("%s a changé depuis votre demande. %s Choisissez de nouveau le %s sur le calendrier.", Capital(s.Activity.Spoken), err.Message, s.Day.Long())
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
	OutcomeAsked     Outcome = "asked" // staff will answer
)

// Decide settles a wish at the instant of validation, with the facts of that instant. A refusal carries its reason.
// A wish that has nothing left to do (booked meanwhile by the other parent) succeeds as it is.
func (s *Slot) Decide(now time.Time) (Outcome, *Error) {
	if s.Withheld() { // nothing is known of it: to take away what is not seen would be told as done
		return OutcomeRefused, Conflict("%s", s.Closed.Why)
	}
	switch s.Wish {
	case WishAdd:
		if s.Status == Booked {
			return OutcomeBooked, nil
		}
		if s.Status == Waiting {
			return OutcomeWaiting, nil
		}
		if s.Status == Requested {
			return OutcomeAsked, nil
		}
		if why := s.refuseAdd(s.WishHours, now); why != nil {
			return OutcomeRefused, why
		}
		if why := s.refuseHours(); why != nil {
			return OutcomeRefused, why
		}
		if s.Activity.Decided || s.LateApproval(now) {
			return OutcomeAsked, nil
		}
		if s.Full() {
			return OutcomeWaiting, nil
		}
		if why := s.refuseMissing(); why != nil {
			return OutcomeRefused, why
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
	case WishChange:
		if s.Status == NotBooked {
			return OutcomeRefused, Conflict("Cette réservation n’existe plus : ses horaires ne peuvent pas être changés. Ajoutez d’abord le jour.")
		}
		if why := s.refuseChange(s.WishHours, now); why != nil {
			return OutcomeRefused, why
		}
		if why := s.refuseHours(); why != nil {
			return OutcomeRefused, why
		}
		switch s.Status {
		case Waiting:
			return OutcomeWaiting, nil
		case Requested:
			return OutcomeAsked, nil
		}
		return OutcomeBooked, nil
	}
	return OutcomeRefused, Conflict("Cette demande n’existe plus.")
}

// Settled says that what is wished is so already: there is nothing to do.
func (s *Slot) Settled() bool {
	switch s.Wish {
	case WishAdd:
		return s.Status != NotBooked
	case WishRemove:
		return s.Status == NotBooked
	}
	return s.Wish == WishNone || s.WishHours == s.Hours
}

// LimitWords says until when the day can be changed, or that it no longer can, as a sentence for the day itself.
func (s *Slot) LimitWords(now time.Time) string {
	l := s.Limit()
	switch bar := s.Barred(now); {
	case !s.Open:
		return s.Closed.Why
	case s.Status == NotBooked && bar != nil:
		return bar.Why
	case s.Status == Requested && !l.Passed(now):
		return "La mairie répond. La demande peut être retirée d’ici là."
	case l.Unannounced:
		return "Pas encore ouvert aux réservations."
	case !l.Possible && s.Status == NotBooked && !s.InLateLane(now):
		return "Ne se réserve pas en ligne."
	case !l.Possible && s.Status != NotBooked:
		return "Ne s’annule pas en ligne."
	case l.Early(now):
		return "Ouvre le " + Instant(l.From) + "."
	case s.InLateLane(now):
		return s.LateWords(now)
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
