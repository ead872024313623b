package portal

import (
	"fmt"
	"time"
)

// WaitList is the waiting list of a day as staff see it.
type WaitList struct {
	Activity *Activity
	Day      Date
	N        int
	Limited  bool
	Free     int    // places that nobody has and that are offered to nobody
	Stands   string // why nobody is served by itself; nothing: places that come free are given
	Lines    []WaitLine
}

// WaitLine is a child on it.
type WaitLine struct {
	Child    Child
	By       Person // who asked
	Rank     int
	Since    time.Time
	Together bool
	Offered  time.Time // until when a place is offered; zero: none is
	Told     bool      // the message of that offer has left
	Why      string    // why it could not be served as things stand
	Standing Standing
	Proposed int // the rank that the published criteria propose; 0: there are none
}

// Seen marks the order of a list, so that a form knows whether it changed meanwhile.
func (l *WaitList) Seen() string {
	var facts []Fact
	for _, w := range l.Lines {
		facts = append(facts, Fact{fmt.Sprint(w.Child.ID), fmt.Sprint(w.Rank)})
	}
	return Version(facts)
}

// Line finds a child on the list, or nil.
func (l *WaitList) Line(child ChildID) *WaitLine {
	for i := range l.Lines {
		if l.Lines[i].Child.ID == child {
			return &l.Lines[i]
		}
	}
	return nil
}

// What says which list it is: « le centre de loisirs des vacances, mardi 22 décembre 2026 ».
func (l *WaitList) What() string { return l.Activity.Spoken + ", " + l.Day.LongYear() }

// InOrder says that the list stands as its criteria propose, or has none.
func (l *WaitList) InOrder() bool {
	for _, w := range l.Lines {
		if w.Proposed != 0 && w.Proposed != w.Rank {
			return false
		}
	}
	return true
}

// StandsStill says why the list of a day serves nobody by itself, or nothing.
func (s *Slot) StandsStill(now time.Time) string {
	switch {
	case !s.Open:
		return "Ce jour est fermé : " + lowerFirst(s.Closed.Why)
	case s.Activity.Closed(now):
		return "Cette activité n’est plus proposée."
	case s.Book.Passed(now):
		return "Passé : le délai pour réserver est dépassé depuis le " + Instant(s.Book.At) + ". Une place ne se donne plus qu’à la main."
	case s.Activity.WaitMode == WaitOffer:
		if _, possible := OfferUntil(now, s.Activity.OfferHours, s.Book.At); !possible {
			return "Passé : la famille n’aurait plus le temps de répondre à une proposition. Une place ne se donne plus qu’à la main."
		}
	case !s.Promotable(now):
		return "Passé : la famille n’aurait plus pu annuler (délai jusqu’au " + Instant(s.Cancel.At) + "). Une place ne se donne plus qu’à la main."
	}
	return ""
}

// Place decides whether staff may give a place of the waiting list by hand. The limits of families do not hold.
func (s *Slot) Place(free int, limited bool, now time.Time) *Error {
	switch {
	case s.Status != Waiting:
		return Conflict("Cet enfant n’est plus sur la liste : la famille l’a quittée, ou il a déjà une place.")
	case !s.Open:
		return Conflict("%s", s.Closed.Why)
	case limited && free <= 0:
		return Conflict("Aucune place n’est libre le %s : celles qui restent sont prises, ou proposées à d’autres.", s.Day.Long())
	}
	if bar := s.Barred(now); bar != nil {
		return Conflict("%s", bar.Why)
	}
	if why := s.refuseMost(0); why != nil {
		return why
	}
	return s.refuseClash(s.Hours)
}

// CheckWaitReason refuses an act on a waiting list that gives the family no reason.
func CheckWaitReason(reason string) error {
	if reason != "" && len([]rune(reason)) <= ReasonMost {
		return nil
	}
	if reason != "" {
		return Wrong("motif", "Écrivez %d caractères au plus.", ReasonMost)
	}
	return Wrong("motif", "Donnez la raison en une phrase : elle reste au journal, et la famille la lit si l’enfant quitte la liste.")
}

// ReasonMost is how long a reason of staff may be.
const ReasonMost = 200
