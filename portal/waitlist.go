package portal

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Waiter is a child on the waiting list of a day.
type Waiter struct {
	Child    ChildID
	Activity *Activity
	Account  AccountID // who asked
	Queue    int       // its order on the list of the activity
	Since    time.Time
	Together bool        // brothers and sisters have a place all or none
	Counters []CounterID // that count the child; nil: all those of the activity
}

// counted gives the counters that the child takes a place of.
func (w *Waiter) counted() []CounterID {
	if w.Counters != nil {
		return w.Counters
	}
	return counterIDs(w.Activity.Counters)
}

func counterIDs(counters []Counter) []CounterID {
	ids := make([]CounterID, len(counters))
	for i, c := range counters {
		ids[i] = c.ID
	}
	return ids
}

// Turn is who is served at once: a child, or brothers and sisters who have a place all or none.
type Turn struct {
	Activity *Activity
	Account  AccountID
	Children []ChildID
	Places   map[CounterID]int // that they take; nil: one each in all the counters of the activity
	Along    []Along           // what the activity needs and they do not have yet: it is booked with the place
}

// Along is a place that goes with another one.
type Along struct {
	Child    ChildID
	Activity *Activity
	Hours    Hours
	Counters []CounterID // that count the child; nil: all those of the activity
}

// places counts how many places of each counter a turn takes.
func (t *Turn) places() map[CounterID]int {
	n := maps.Clone(t.Places)
	if n == nil {
		n = map[CounterID]int{}
		for _, c := range counterIDs(t.Activity.Counters) {
			n[c] = len(t.Children)
		}
	}
	for _, along := range t.Along {
		counted := along.Counters
		if counted == nil {
			counted = counterIDs(along.Activity.Counters)
		}
		for _, c := range counted {
			n[c]++
		}
	}
	return n
}

// Turns puts those who wait for a day into the order in which they are served. An activity's list keeps its order whatever
// the clock did and whom staff moved; lists that share places are merged by who waited longest, the first of a list with the
// oldest request of that list: a move changes nothing for the others. Brothers and sisters who want all or none stand where
// the last of them stands: nobody passes before others by having joined a brother.
func Turns(waiters []Waiter) []Turn {
	list := slices.Clone(waiters)
	slices.SortFunc(list, func(a, b Waiter) int {
		return cmp.Or(cmp.Compare(a.Activity.ID, b.Activity.ID), cmp.Compare(a.Queue, b.Queue))
	})
	type group struct {
		activity ActivityID
		account  AccountID
	}
	missing := map[group]int{}
	oldest := slices.Clone(list)
	slices.SortFunc(oldest, func(a, b Waiter) int {
		return cmp.Or(cmp.Compare(a.Activity.ID, b.Activity.ID), a.Since.Compare(b.Since))
	})
	for i := range list {
		list[i].Since = oldest[i].Since
		if list[i].Together {
			missing[group{list[i].Activity.ID, list[i].Account}]++
		}
	}
	slices.SortStableFunc(list, func(a, b Waiter) int { return a.Since.Compare(b.Since) })
	var turns []Turn
	siblings := map[group]Turn{}
	for _, w := range list {
		turn := Turn{Activity: w.Activity, Account: w.Account, Children: []ChildID{w.Child}, Places: map[CounterID]int{}}
		g := group{w.Activity.ID, w.Account}
		if earlier, waits := siblings[g]; w.Together && waits {
			turn.Children, turn.Places = append(earlier.Children, w.Child), earlier.Places
		}
		for _, c := range w.counted() {
			turn.Places[c]++
		}
		if w.Together {
			siblings[g] = turn
			if missing[g]--; missing[g] > 0 {
				continue
			}
		}
		turns = append(turns, turn)
	}
	return turns
}

// Served gives the turns that get the free places, in their order. A turn that does not fit is passed over and keeps its
// place on the list; the next one that fits may be served. A counter that is not in free has room for everybody.
func Served(turns []Turn, free map[CounterID]int) []Turn {
	free = maps.Clone(free)
	var served []Turn
	for _, t := range turns {
		taken, fits := t.places(), true
		for c, n := range taken {
			left, counted := free[c]
			fits = fits && (!counted || left >= n)
		}
		if !fits {
			continue
		}
		for c, n := range taken {
			if _, counted := free[c]; counted {
				free[c] -= n
			}
		}
		served = append(served, t)
	}
	return served
}

// Promotable says whether a place of the day may still be given without asking. Past the limit to book, or to cancel where
// that is possible at all, the family could no longer say no.
func (s *Slot) Promotable(now time.Time) bool {
	return s.Open && !s.Book.Passed(now) && !(s.Cancel.Possible && s.Cancel.Passed(now))
}

// The hours in which no offer ends: nobody loses a place for having slept.
const (
	offersRest TimeOfDay = 20 * 60
	offersWake TimeOfDay = 9 * 60
)

// offerLeast is the shortest time that a family is given to answer, unless the town hall itself gives less.
const offerLeast = 2 * time.Hour

// OfferUntil says when a place offered now stops being kept: so many hours later, on a whole minute, but never at night
// (then at nine in the morning) and never after the limit to book (then at the limit, or at eight in the evening before
// it). It is not possible when less than two hours would remain.
func OfferUntil(now time.Time, hours int, limit time.Time) (until time.Time, possible bool) {
	kept := time.Duration(hours) * time.Hour
	until = now.Add(kept + time.Minute - 1).Truncate(time.Minute)
	switch at, day := TimeOfDayOf(until), DateOf(until); {
	case at > offersRest:
		until = (day + 1).At(offersWake)
	case at < offersWake:
		until = day.At(offersWake)
	}
	if until.After(limit) {
		until = limit
		switch at, day := TimeOfDayOf(limit), DateOf(limit); {
		case at < offersWake:
			until = (day - 1).At(offersRest)
		case limit.After(day.At(offersRest)):
			until = day.At(offersRest)
		}
	}
	return until, until.Sub(now) >= min(offerLeast, kept)
}

// OfferID names an offer.
type OfferID int64

// OfferState is where an offer stands.
type OfferState string

// The states of an offer.
const (
	OfferOpen      OfferState = "open"      // the family has to answer
	OfferGiven     OfferState = "given"     // the place was given at once, without asking
	OfferAccepted  OfferState = "accepted"  // the day is booked
	OfferDeclined  OfferState = "declined"  // the family said no, or left the list
	OfferExpired   OfferState = "expired"   // nobody answered
	OfferWithdrawn OfferState = "withdrawn" // the place is no longer there; the children keep their rank
)

// Offer is a place that was given back and goes to children who wait: offered, or given at once.
type Offer struct {
	ID        OfferID
	Structure StructureID
	Account   AccountID // whose request it answers
	Children  []Child   // who have a place all or none
	ActID     ActivityID
	Short     string // « Vacances »
	Spoken    string // « le centre de loisirs des vacances »
	Icon      ActivityKind
	Day       Date
	State     OfferState
	Until     time.Time // the last instant to answer
	Made      time.Time
	Answered  time.Time
}

// Names gives « Amalia et Paolo ».
func (o *Offer) Names() string {
	names := make([]string, len(o.Children))
	for i, c := range o.Children {
		names[i] = c.FirstName
	}
	return List(names)
}

// What gives « le centre de loisirs des vacances, mardi 22 décembre 2026, pour Amalia ».
func (o *Offer) What() string {
	return fmt.Sprintf("%s, %s, pour %s", o.Spoken, o.Day.LongYear(), o.Names())
}

// Reasons that « Suivi » shows beside a request that left the list.
const (
	ReasonUnanswered = "offre restée sans réponse"
	ReasonDeclined   = "place proposée et refusée"
)

// Answer decides whether an answer still counts. Said twice, it is done already; anything that comes too late, or after
// the contrary, is refused with the reason and changes nothing.
func (o *Offer) Answer(accept bool, now time.Time) (done bool, refused *Error) {
	switch o.State {
	case OfferOpen:
		if now.After(o.Until) {
			return false, Conflict("Cette proposition s’est terminée le %s. La place va à la famille suivante.", Instant(o.Until))
		}
		return false, nil
	case OfferAccepted:
		if accept {
			return true, nil
		}
		return false, Conflict("Vous avez déjà accepté cette place. Pour y renoncer, annulez la réservation sur le calendrier.")
	case OfferDeclined:
		if !accept {
			return true, nil
		}
		return false, Conflict("Cette place a déjà été refusée : elle est allée à la famille suivante. Vous pouvez demander de nouveau la liste d’attente sur le calendrier.")
	case OfferExpired:
		return false, Conflict("Cette proposition s’est terminée le %s sans réponse : la place est allée à la famille suivante. Vous pouvez demander de nouveau la liste d’attente sur le calendrier.", Instant(o.Until))
	}
	return false, Conflict("Cette place n’est plus disponible. Votre demande garde son rang sur la liste d’attente.")
}

// WaitWords says how a place that is given back reaches who waits, as a sentence.
func (a *Activity) WaitWords() string {
	switch a.WaitMode {
	case WaitNow:
		return "Une place qui se libère est donnée aussitôt au premier de la liste, et un message vous prévient."
	case WaitOffer:
		return fmt.Sprintf("Une place qui se libère est proposée au premier de la liste, qui a %s pour répondre ; ce délai ne finit jamais la nuit. Sans réponse, la demande quitte la liste.", Count(a.OfferHours, "heure"))
	}
	return "Une place qui se libère est donnée au premier de la liste la nuit suivante, et le compte rendu du matin vous prévient."
}

// WaitingDay is a day for which a child waits.
type WaitingDay struct {
	Child    Child
	Activity *Activity
	Day      Date
	Rank     int // from 1
	Together bool
	Offered  bool // a place is offered at this moment
	Slot     Slot
}

// PlaceNews is something about a place that a family is still to be told by mail.
type PlaceNews struct {
	Offer     Offer
	Structure Structure
	To        Person
	Emails    []string
}
