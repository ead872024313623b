package portal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
)

// Request is one line of a draft: what the family asks, with the facts of the moment.
type Request struct {
	Child Child
	Slot  Slot
}

// order is the rank of a request among those that are settled together: cancellations, changes of hours, bookings.
func (r Request) order() int {
	switch depth := r.Slot.Activity.Depth(); r.Slot.Wish {
	case WishRemove:
		return -1 - depth
	case WishChange:
		return 0
	default:
		return 1 + depth
	}
}

// Removing says whether the line asks for a cancellation; else it asks for a booking, or for other hours.
func (r Request) Removing() bool { return r.Slot.Wish == WishRemove }

// SortRequests puts cancellations before bookings, so that a place given back can be taken by a brother or sister in the
// same validation; an activity that another one needs is booked before it and cancelled after it; then come the orders of
// days, children and activities.
func SortRequests(list []Request) {
	sort.SliceStable(list, func(i, j int) bool {
		a, b := list[i], list[j]
		if a.order() != b.order() {
			return a.order() < b.order()
		}
		if a.Slot.Day != b.Slot.Day {
			return a.Slot.Day < b.Slot.Day
		}
		if a.Child.ID != b.Child.ID {
			return a.Child.ID < b.Child.ID
		}
		return a.Slot.Activity.ID < b.Slot.Activity.ID
	})
}

// Movement is one request and what came of it.
type Movement struct {
	ID        MovementID
	Account   AccountID // who asked
	Child     Child
	Activity  string // the activity's name: « RESTAURATION »
	Short     string // as the calendar calls it: « Cantine »
	Icon      ActivityKind
	ActID     ActivityID
	Day       Date
	Action    string // add, remove, change (of hours), promote (a place for a child who waited), absent, present, decide (by staff)
	Hours     Hours
	Was       Hours // before a change
	At        time.Time
	Outcome   Outcome
	Rank      int // place on the waiting list at that moment
	Reason    string
	Night     Date // the night that transmitted it; zero while « Non transmise »
	Final     Outcome
	FinalRank int
	Receipt   string    // number of its receipt
	Idle      bool      // what was asked was so already: nothing changed
	Together  bool      // with brothers and sisters, all or none
	Late      bool      // asked past the limit
	Staff     AccountID // the agent who typed it for the family, or who decided; zero: the family itself
	Sealed    ChildID   // the number that the child had on the receipt, when it has another one since; zero: it is the same
}

// sealed gives the number that the child had on the receipt.
func (m Movement) sealed() ChildID {
	if m.Sealed != 0 {
		return m.Sealed
	}
	return m.Child.ID
}

// Transmitted says whether a night closed the movement.
func (m Movement) Transmitted() bool { return m.Night != 0 }

// Result is the outcome known today: the night's once transmitted.
func (m Movement) Result() (Outcome, int) {
	if m.Final != "" {
		return m.Final, m.FinalRank
	}
	return m.Outcome, m.Rank
}

// Receipt is the proof of a validation: a number, an instant, and every line with its outcome.
type Receipt struct {
	ID       ReceiptID
	Number   string // « 2026-0042 »
	Account  AccountID
	At       time.Time
	Lines    []Movement
	Previous string // hash of the receipt before, in hexadecimal
	Hash     string
	Undoes   string    // number of the receipt that this one takes back
	UndoneBy string    // number of the receipt that took this one back
	Sealed   AccountID // the number that the account had then, when it has another one since; zero: it is the same
}

// LostAbsence stands beside a booking that is given back without the absence that was announced for it.
const LostAbsence = "L’absence signalée pour ce jour n’est pas rétablie. Signalez-la de nouveau si l’enfant ne vient pas."

// UndoLife is how long a validation can be taken back.
const UndoLife = 15 * time.Minute

// Undoable says whether « Revenir en arrière » is still possible: within UndoLife, once, and something was done.
func (r *Receipt) Undoable(now time.Time) bool {
	did := func(l Movement) bool { return l.Outcome != OutcomeRefused && !l.Idle }
	return r.UndoneBy == "" && r.Undoes == "" && slices.ContainsFunc(r.Lines, did) && now.Sub(r.At) <= UndoLife && !now.Before(r.At)
}

// Seal gives the hash that chains the receipt to the one before: SHA-256, in hexadecimal, over the previous hash and
// over what was told to the family, ids only.
func (r *Receipt) Seal() string {
	var b strings.Builder
	account := r.Account
	if r.Sealed != 0 {
		account = r.Sealed
	}
	fmt.Fprintf(&b, "%s\n%s\n%d\n%d\n", r.Previous, r.Number, account, r.At.UnixMilli())
	for _, l := range r.Lines {
		fmt.Fprintf(&b, "%d|%d|%s|%s|%s|%d|%s", l.sealed(), l.ActID, l.Day, l.Action, l.Outcome, l.Rank, l.Reason)
		if !l.Hours.IsZero() || !l.Was.IsZero() {
			fmt.Fprintf(&b, "|%d|%d|%d|%d", l.Hours.Arrival, l.Hours.Departure, l.Was.Arrival, l.Was.Departure)
		}
		b.WriteByte('\n')
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

// ReceiptNumber writes « 2026-0042 ».
func ReceiptNumber(year, seq int) string { return fmt.Sprintf("%04d-%04d", year, seq) }

// ParseReceiptNumber reads « 2026-0042 ».
func ParseReceiptNumber(s string) (year, seq int, err error) {
	if n, scan := fmt.Sscanf(s, "%4d-%d", &year, &seq); n != 2 || scan != nil || seq < 1 || ReceiptNumber(year, seq) != s {
		return 0, 0, NotFound("Ce reçu n’existe pas.")
	}
	return year, seq, nil
}

// Counts of a list of movements by what they came to.
type Counts struct{ Added, Changed, Waiting, Asked, Removed, Refused int }

// Count sorts the lines of a receipt by outcome.
func (r *Receipt) Count() (c Counts) {
	for _, l := range r.Lines {
		switch l.Outcome {
		case OutcomeBooked:
			if l.Action == string(WishChange) {
				c.Changed++
				continue
			}
			c.Added++
		case OutcomeWaiting:
			c.Waiting++
		case OutcomeAsked:
			c.Asked++
		case OutcomeCancelled:
			c.Removed++
		default:
			c.Refused++
		}
	}
	return c
}

// Done counts what was recorded.
func (c Counts) Done() int { return c.Added + c.Changed + c.Waiting + c.Asked + c.Removed }
