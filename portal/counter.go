package portal

import (
	"strings"
	"time"
	"unicode"
)

// DeskAsk is what staff type at the counter for a family: days of its children, in the name of one of its guardians.
type DeskAsk struct {
	Family FamilyID
	For    AccountID // the guardian who asks
	Key    string    // one-time key of the form
	Wishes []DeskWish
	Reason string // why limits are passed; needed where one is waived
}

// DeskWish is a day that staff ask for a family.
type DeskWish struct {
	WishLine
	Waive bool // even past its limit
}

// Waives says whether a limit is to be passed.
func (a DeskAsk) Waives() bool {
	for _, w := range a.Wishes {
		if w.Waive {
			return true
		}
	}
	return false
}

// DeskReasonMost bounds the reason for which a limit is passed.
const DeskReasonMost = 200

// deskReasonLeast is how many letters a reason has at the least: one word explains nothing a year later.
const deskReasonLeast = 8

// Check refuses an ask whose limits are passed without a reason of a few words; the field is motif.
func (a DeskAsk) Check() error {
	if !a.Waives() {
		return nil
	}
	letters := 0
	for _, c := range a.Reason {
		if unicode.IsLetter(c) {
			letters++
		}
	}
	switch {
	case letters < deskReasonLeast || len(strings.Fields(a.Reason)) < 2:
		return Wrong("motif", "Dites en quelques mots pourquoi le délai est dépassé : la famille et vos collègues le liront.")
	case len([]rune(a.Reason)) > DeskReasonMost:
		return Wrong("motif", "%d caractères au plus.", DeskReasonMost)
	}
	return nil
}

// Waiver is how staff pass the limits of a day; its zero value passes none.
type Waiver struct {
	Reason             string
	book, cancel, hour Limit // the limits themselves
}

// Waive lets staff pass the limits of a day, for a reason, until that day ends. Time is all it gives: places, closures,
// openings to come, who may come and what goes together stay as they are.
func (s *Slot) Waive(reason string) {
	s.Waiver = Waiver{Reason: strings.Join(strings.Fields(reason), " "), book: s.Book, cancel: s.Cancel, hour: s.Change}
	end := Limit{At: s.Day.At(EndOfDay), Possible: true}
	if !s.Book.Unannounced {
		s.Book = s.Book.later(end)
	}
	s.Cancel, s.Change = s.Cancel.later(end), s.Change.later(end)
}

// waived says that what is wished is possible at a moment only because staff pass its limit.
func (s *Slot) waived(now time.Time) bool {
	if s.Waiver.Reason == "" {
		return false
	}
	switch s.Wish {
	case WishAdd:
		return s.Waiver.book.Passed(now)
	case WishRemove:
		return s.Status != Requested && s.Waiver.cancel.Passed(now)
	case WishChange:
		return s.Status != Requested && s.Waiver.hour.Passed(now)
	}
	return false
}

// PastLimit says that what is wished is booked past the limit: through the late lane, or by staff.
func (s *Slot) PastLimit(now time.Time) bool {
	return s.Wish == WishAdd && s.InLateLane(now) || s.waived(now)
}

// WaiverWords says why staff passed the limit of what is wished, or nothing when they did not.
func (s *Slot) WaiverWords(now time.Time) string {
	if !s.waived(now) {
		return ""
	}
	return "Hors délai, accepté par la mairie : " + strings.TrimRight(s.Waiver.Reason, ". ") + "."
}

// Waivable says that what is wished is refused at a moment because of its limit, and that staff may pass it: the day is not
// over and, to be booked, has a place left.
func (s *Slot) Waivable(now time.Time) bool {
	if !s.Open || now.After(s.Day.At(EndOfDay)) {
		return false
	}
	switch s.Wish {
	case WishAdd:
		return s.Status == NotBooked && s.Barred(now) == nil && !s.Book.Unannounced && !s.Book.Early(now) && s.Book.Passed(now) && !s.InLateLane(now) && !s.shut()
	case WishRemove:
		return s.Status != NotBooked && s.Limit().Passed(now)
	}
	return false
}

// ByDesk says that staff typed the movement for the family.
func (m Movement) ByDesk() bool { return m.Staff != 0 && m.Action != "decide" }

// DeskWords stands beside what staff typed for a family.
const DeskWords = "saisi par la mairie"
