package portal

import (
	"fmt"
	"time"
)

// AskedDay is a day that a family asked for and that staff have to decide.
type AskedDay struct {
	Child    Child
	Activity *Activity
	Day      Date
	Hours    Hours
	By       Person // who asked
	Since    time.Time
	Late     bool // asked past the limit
	Limited  bool
	Left     int    // places once all the requests listed before this one are accepted; negative: too few
	Places   Places // as they are now
	Why      string // why it could not be accepted as things stand; nothing: it could
	Standing Standing
	Skipped  bool // not among those that are counted: it takes none of the places of the lines after it
	IfFits   bool // counted only when there is a place
}

// Verdict is what staff decide of a request.
type Verdict string

// The verdicts.
const (
	Accept Verdict = "accepter"
	Refuse Verdict = "refuser"
	Wait   Verdict = "attente" // the waiting list
)

// Words gives « Acceptées », to count them.
func (v Verdict) Words() string {
	switch v {
	case Accept:
		return "Acceptées"
	case Wait:
		return "En liste d’attente"
	}
	return "Refusées"
}

// Decision is a verdict on one request; the family reads the reason.
type Decision struct {
	Child    ChildID
	Activity ActivityID
	Day      Date
	Verdict  Verdict
	Reason   string
}

// Key names the day that a request is for.
func (d Decision) Key() RequestKey { return RequestKey{d.Child, d.Activity, d.Day} }

// RequestKey names a request: there is one at most.
type RequestKey struct {
	Child    ChildID
	Activity ActivityID
	Day      Date
}

// Key names the request.
func (d *AskedDay) Key() RequestKey { return RequestKey{d.Child.ID, d.Activity.ID, d.Day} }

// Undecided is a decision that could not be carried out, and why: the request stays.
type Undecided struct {
	Decision
	Why *Error
}

// Judge settles a request by the verdict of staff, with the facts of that instant. The limits of families do not hold: it
// was asked in time, or staff accept that it was not.
func (s *Slot) Judge(v Verdict, now time.Time) (Outcome, *Error) {
	switch {
	case s.Status != Requested:
		return OutcomeRefused, Conflict("Cette demande n’attend plus de réponse : la famille l’a retirée, ou quelqu’un a déjà répondu.")
	case v == Refuse:
		return OutcomeRefused, nil
	case v != Accept && v != Wait:
		return OutcomeRefused, Invalid("Cette réponse n’existe pas. Choisissez accepter, refuser ou liste d’attente.")
	case !s.Open:
		return OutcomeRefused, Conflict("%s La demande ne peut qu’être refusée.", s.Closed.Why)
	}
	if bar := s.Barred(now); bar != nil {
		return OutcomeRefused, Conflict("%s", bar.Why)
	}
	if v == Wait {
		if !s.Activity.Waitlist {
			return OutcomeRefused, Conflict("%s n’a pas de liste d’attente.", Capital(s.Activity.Spoken))
		}
		return OutcomeWaiting, nil
	}
	if s.Full() {
		return OutcomeRefused, Conflict("Plus de place le %s pour %s : %s, %s.", s.Day.Long(), s.Activity.Spoken, Count(s.Places.Capacity, "place"), Count(s.Places.Taken, "prise"))
	}
	if why := s.refuseMost(0); why != nil {
		return OutcomeRefused, why
	}
	if why := s.refuseClash(s.Hours); why != nil {
		return OutcomeRefused, why
	}
	return OutcomeBooked, nil
}

// ReasonUndecided stands beside a request whose day came before an answer.
const ReasonUndecided = "la mairie n’a pas répondu avant le jour demandé"

// Answer is what a family is to be told by mail of the decisions of staff.
type Answer struct {
	Structure Structure
	To        Person
	Emails    []string
	Movements []Movement
}

// AnswerWords says what came of a request, for the mail: « mardi 22 décembre 2026, pour Amalia : acceptée ».
func (m Movement) AnswerWords() string {
	return fmt.Sprintf("%s, pour %s : %s", m.Day.LongYear(), m.Child.FirstName, OutcomeWords(m.Outcome, m.Rank, m.Reason))
}

// TakenAbove says why a request comes too late although places are free now: those listed before it take them.
func TakenAbove(free int) string {
	if free == 1 {
		return "La place libre va à une demande au-dessus."
	}
	return fmt.Sprintf("Les %d places libres vont aux demandes au-dessus.", free)
}

// CountAsked counts the places from line to line: each line says what is left once it is accepted, and those before it that
// are counted.
func CountAsked(list []AskedDay, counters func(i int) []Counter, taken func(CounterID, Date) Places) {
	type at struct {
		counter CounterID
		day     Date
	}
	more := map[at]int{}
	for i := range list {
		d := &list[i]
		of := counters(i)
		for _, c := range of {
			places, limited := c.On(d.Day)
			if !limited {
				continue
			}
			p := taken(c.ID, d.Day)
			p.Capacity = places
			if left := places - p.Taken - more[at{c.ID, d.Day}] - 1; !d.Limited || left < d.Left {
				d.Limited, d.Left, d.Places = true, left, p
			}
		}
		if d.Skipped || d.IfFits && d.Limited && d.Left < 0 {
			continue
		}
		for _, c := range of {
			more[at{c.ID, d.Day}]++
		}
	}
}
