package portal

import (
	"fmt"
	"slices"
	"strings"
)

// HeldDay is a booking of a day to come, with what decides whether a change of its activity touches it.
type HeldDay struct {
	Child    ChildID
	Activity ActivityID
	Day      Date
	Hours    Hours
	Waiting  bool
	Enrolled bool // staff said that the child may come that day
	School   SchoolID
	Class    ClassID
	Grade    string
	Birth    Date
}

// Load is what a counter holds on a day beside what it may hold.
type Load struct {
	Counter       string
	Day           Date
	Taken, Places int
}

// TouchedDays is what a change does to bookings for one reason. They are all kept.
type TouchedDays struct {
	Why   string // « 12 réservations tombent sur un jour qui ferme »
	Days  []string
	Count int
}

// Touches is all that a change does to bookings; empty when it touches none.
type Touches []TouchedDays

// Key is what a person agrees to: it changes with the bookings that are touched. It is empty when none is.
func (i Touches) Key() string {
	if len(i) == 0 {
		return ""
	}
	return fingerprint(fmt.Sprint(i))
}

// touchDaysMost is how many days are named; the others are counted.
const touchDaysMost = 10

// touching gathers bookings by reason and day.
type touching struct {
	days map[Date]int
	n    int
}

func (t *touching) add(d Date) {
	if t.days == nil {
		t.days = map[Date]int{}
	}
	t.days[d]++
	t.n++
}

func (t *touching) touch(one, many string) Touches {
	if t.n == 0 {
		return nil
	}
	var days []Date
	for d := range t.days {
		days = append(days, d)
	}
	slices.Sort(days)
	var words []string
	for _, d := range days {
		words = append(words, fmt.Sprintf("%s : %d", d.LongYear(), t.days[d]))
	}
	return Touches{{Why: Count(t.n, one, many), Days: shortened(words), Count: t.n}}
}

func shortened(words []string) []string {
	if more := len(words) - touchDaysMost; more > 1 {
		return append(words[:touchDaysMost:touchDaysMost], "et "+Count(more, "autre jour", "autres jours"))
	}
	return words
}

// TouchedBy says which bookings a change of an activity touches: on days that close, of children for whom it is no longer,
// with hours that it no longer gives, beside others that no longer go with it. held are the bookings to come of the
// children who are booked in it, in the order of children and days, whatever their activity.
func TouchedBy(before, after *Setup, id ActivityID, held []HeldDay) Touches {
	was, is := before.Activity(id), after.Activity(id)
	if was == nil || is == nil {
		return nil
	}
	var closed, excluded, unenrolled, hours, discord touching
	for from := 0; from < len(held); {
		to := from
		for to < len(held) && held[to].Child == held[from].Child && held[to].Day == held[from].Day {
			to++
		}
		day := held[from:to]
		from = to
		i := slices.IndexFunc(day, func(h HeldDay) bool { return h.Activity == id })
		if i < 0 {
			continue
		}
		h := day[i]
		wasOpen, _ := was.Opening.On(h.Day, &before.Calendar)
		if isOpen, _ := is.Opening.On(h.Day, &after.Calendar); wasOpen && !isOpen {
			closed.add(h.Day)
		}
		if was.Audience.fit(h.pupil(before), h.Day, before) == fits && is.Audience.fit(h.pupil(after), h.Day, after) != fits {
			excluded.add(h.Day)
		}
		if is.Enrolment && !was.Enrolment && !h.Enrolled {
			unenrolled.add(h.Day)
		}
		if h.Hours.Check(was) == nil && h.Hours.Check(is) != nil {
			hours.add(h.Day)
		}
		if len(Discords(others(after, day))) > len(Discords(others(before, day))) {
			discord.add(h.Day)
		}
	}
	return slices.Concat(
		closed.touch("réservation tombe sur un jour qui ferme", "réservations tombent sur un jour qui ferme"),
		excluded.touch("réservation est celle d’un enfant pour qui l’activité n’est plus proposée", "réservations sont celles d’enfants pour qui l’activité n’est plus proposée"),
		unenrolled.touch("réservation est celle d’un enfant que la mairie n’a pas inscrit", "réservations sont celles d’enfants que la mairie n’a pas inscrits"),
		hours.touch("réservation a des heures qui ne conviennent plus", "réservations ont des heures qui ne conviennent plus"),
		discord.touch("réservation ne va plus avec une autre du même enfant, le même jour", "réservations ne vont plus avec une autre du même enfant, le même jour"),
	)
}

func others(s *Setup, day []HeldDay) []Other {
	var list []Other
	for _, h := range day {
		status := Booked
		if h.Waiting {
			status = Waiting
		}
		if a := s.Activity(h.Activity); a != nil {
			list = append(list, Other{Activity: a, Hours: h.Hours, Status: status})
		}
	}
	return list
}

// pupil gives the child of a booking as an audience looks at it.
func (h HeldDay) pupil(s *Setup) *Pupil {
	p := &Pupil{Birth: h.Birth}
	if y := s.yearHolding(h.Day); y != nil && h.Class != 0 {
		p.Years = []PupilYear{{Year: y.ID, School: h.School, Class: h.Class, Grade: h.Grade}}
	}
	return p
}

// StillHeld says which bookings an activity that is no longer offered still has.
func StillHeld(held []HeldDay, id ActivityID) Touches {
	var t touching
	for _, h := range held {
		if h.Activity == id {
			t.add(h.Day)
		}
	}
	return t.touch("réservation à venir reste à honorer, ou à annuler avec la famille", "réservations à venir restent à honorer, ou à annuler avec les familles")
}

// Overfull says on which days a counter holds more children than before beyond its places. before are the loads that were
// over already.
func Overfull(before, after []Load) Touches {
	was := map[Load]int{}
	for _, l := range before {
		was[Load{Counter: l.Counter, Day: l.Day}] = l.Taken - l.Places
	}
	var words []string
	n, days := 0, map[Date]bool{}
	for _, l := range after {
		over := l.Taken - l.Places
		if over <= max(0, was[Load{Counter: l.Counter, Day: l.Day}]) {
			continue
		}
		n += over
		days[l.Day] = true
		words = append(words, fmt.Sprintf("%s : %s pour %s, %d de trop (%s)", l.Day.LongYear(), Count(l.Taken, "enfant"), placesWords(l.Places, true), over, l.Counter))
	}
	if n == 0 {
		return nil
	}
	return Touches{{Why: Count(len(days), "jour a", "jours ont") + " plus d’enfants que de places", Days: shortened(words), Count: n}}
}

// KeptWords says what becomes of bookings that a change touches.
const KeptWords = "Toutes les réservations sont gardées : appelez les familles, ou prévenez-les par un message."

// Short sums an impact up for the audit log: « 12 réservations tombent sur un jour qui ferme ».
func (i Touches) Short() string {
	var words []string
	for _, t := range i {
		words = append(words, t.Why)
	}
	return strings.Join(words, " ; ")
}
