package portal

import (
	"slices"
	"time"
)

// ReminderKind is a kind of reminder that a family can turn off.
type ReminderKind string

// The kinds of reminder.
const (
	RemindDeadline ReminderKind = "delai"     // nothing is booked, and the limit comes
	RemindDraft    ReminderKind = "brouillon" // clicks are not validated, and their limit comes
	RemindOpening  ReminderKind = "ouverture" // a period can be booked from now on
)

// ReminderKinds lists them in the order in which a family reads them.
var ReminderKinds = []ReminderKind{RemindDeadline, RemindDraft, RemindOpening}

// Valid says whether it is one of the kinds.
func (k ReminderKind) Valid() bool { return slices.Contains(ReminderKinds, k) }

// Reminders leave by day only: from 8:00 until before 20:00, on the clock of France.
const (
	remindersFrom = TimeOfDay(8 * 60)
	remindersTo   = TimeOfDay(20 * 60)
)

// ReminderHour says whether reminders may leave at a moment.
func ReminderHour(now time.Time) bool {
	at := TimeOfDayOf(now)
	return at >= remindersFrom && at < remindersTo
}

// DeadlineReminderAt says from when a family is reminded of a limit: at 17:00 on the day before. A limit later in its day
// than 20:00 leaves the whole day, and is told on its morning, at 8:00.
func DeadlineReminderAt(limit time.Time) time.Time {
	day, at := limitDay(limit)
	if at > remindersTo {
		return day.At(remindersFrom)
	}
	return (day - 1).At(Clock(17, 0))
}

// DraftReminderAt says from when a family is reminded of what it did not validate: at 18:00 on the evening before the
// limit. For a limit later in its day than 20:00 that is the same day.
func DraftReminderAt(limit time.Time) time.Time {
	day, at := limitDay(limit)
	if at > remindersTo {
		return day.At(Clock(18, 0))
	}
	return (day - 1).At(Clock(18, 0))
}

// UntilOn says a limit so that it stays true whenever it is read: « jusqu’au jeudi 26 novembre à 9 h ».
func UntilOn(limit time.Time) string {
	day, at := limitDay(limit)
	return "jusqu’au " + day.Long() + " à " + at.Word()
}

// DraftRest is how long a draft must have been left alone before its family is reminded: nobody is interrupted.
const DraftRest = 30 * time.Minute

// OpeningReminderAt says from when families are told that a period can be booked: at once, else on the next morning.
func OpeningReminderAt(opens time.Time) time.Time {
	day, at := DateOf(opens), TimeOfDayOf(opens)
	switch {
	case at < remindersFrom:
		return day.At(remindersFrom)
	case at >= remindersTo:
		return (day + 1).At(remindersFrom)
	}
	return opens
}

// openingNews is how long an opening is news: after an interruption longer than that, nobody is told any more.
const openingNews = 3 * 24 * time.Hour

// OpeningIsNews says whether an opening is to be told at a moment.
func OpeningIsNews(opens, now time.Time) bool {
	from := OpeningReminderAt(opens)
	return !now.Before(from) && now.Before(from.Add(openingNews))
}

// A child usually comes when it was booked in usualLeast of the last usualWeeks weeks in which the activity was open on
// the weekdays that close. Holidays are no weeks; a school year that begins has none before it.
const (
	usualWeeks    = 4
	usualLeast    = 3
	usualLookBack = 26 // weeks, within which those four are looked for
)

// UsualWeeks gives the weeks that say who usually comes on the days of a closing: the open days of each, latest week first.
func (s *Setup) UsualWeeks(c Closing) [][]Date {
	var weekdays WeekdaySet
	for _, d := range c.Days {
		weekdays |= Days(d.Weekday())
	}
	var weeks [][]Date
	monday := c.Days[0].Monday()
	for range usualLookBack {
		monday -= 7
		var days []Date
		for d := monday; d < monday+7; d++ {
			if open, _ := c.Activity.Opening.On(d, &s.Calendar); open && weekdays.Has(d.Weekday()) {
				days = append(days, d)
			}
		}
		if len(days) > 0 {
			weeks = append(weeks, days)
		}
		if len(weeks) == usualWeeks {
			break
		}
	}
	return weeks
}

// UsuallyComes says whether a child booked on these days usually comes, by the weeks that UsualWeeks gives.
func UsuallyComes(weeks [][]Date, booked []Date) bool {
	came := 0
	for _, days := range weeks {
		if slices.ContainsFunc(days, func(d Date) bool { return slices.Contains(booked, d) }) {
			came++
		}
	}
	return came >= usualLeast
}

// Forgotten says whether a family should be reminded of a closing for a child: it usually comes, and nothing is said of
// the days that close. Days are those booked, waited for or clicked.
func (c Closing) Forgotten(weeks [][]Date, days []Date) bool {
	return UsuallyComes(weeks, days) && !slices.ContainsFunc(c.Days, func(d Date) bool { return slices.Contains(days, d) })
}

// Reminded is who a reminder is for.
type Reminded struct {
	Person    Person
	Emails    []string
	Structure Structure
}

// DeadlineReminder tells a family that nothing is booked where it usually books.
type DeadlineReminder struct {
	Reminded
	Lines []ForgottenLine
}

// ForgottenLine is a closing with the children for whom nothing is booked.
type ForgottenLine struct {
	Closing
	Children []Child
}

// DraftReminder tells a family what it did not validate.
type DraftReminder struct {
	Reminded
	Limit    time.Time // the nearest
	Requests []Request
}

// OpeningReminder tells a family that a period can be booked.
type OpeningReminder struct {
	Reminded
	Period   OpenPeriod
	Children []Child
}

// OpenPeriod is a booking window with the activities that share it, and until when its days can be booked.
type OpenPeriod struct {
	Window
	Activities  []*Activity
	FirstLimit  time.Time // of the days that close first
	LatestLimit time.Time // of those that close last
	For         Openers   // whom it opens for
}

// Openers are the families that a booking period opens for at an instant.
type Openers int

// The openers; the zero value is everybody.
const (
	OpensForAll Openers = iota
	OpensForResidents
	OpensForOthers // those who live elsewhere, later
)

// Holds says whether a child is of a family that the period opens for, and may come to one of its activities.
func (p *OpenPeriod) Holds(s *Setup, child *Pupil, now time.Time) bool {
	if child == nil || p.For == OpensForResidents && !child.Resident || p.For == OpensForOthers && child.Resident {
		return false
	}
	return slices.ContainsFunc(p.Activities, func(a *Activity) bool { return s.Offered(a, child, now) })
}

// openings gives when a window opens, and for whom.
func (w Window) openings() map[Openers]Window {
	if !w.OutsideOpens.After(w.Opens) {
		return map[Openers]Window{OpensForAll: w}
	}
	later := w
	later.Opens = w.OutsideOpens
	return map[Openers]Window{OpensForResidents: w, OpensForOthers: later}
}

// OpenPeriods gathers the windows of a structure whose opening is news at a moment and that still have a day to book.
func (s *Setup) OpenPeriods(now time.Time) []OpenPeriod {
	var list []OpenPeriod
	for i := range s.Activities {
		a := &s.Activities[i]
		for _, w := range a.Windows {
			openings := w.openings()
			for _, who := range []Openers{OpensForAll, OpensForResidents, OpensForOthers} {
				if w, opens := openings[who]; opens && OpeningIsNews(w.Opens, now) {
					list = s.addOpening(list, a, w, who, now)
				}
			}
		}
	}
	return list
}

// addOpening adds the opening of a window to those that are the same for other activities.
func (s *Setup) addOpening(list []OpenPeriod, a *Activity, w Window, who Openers, now time.Time) []OpenPeriod {
	first, latest, ok := s.windowLimits(a, w, now)
	if !ok {
		return list
	}
	same := slices.IndexFunc(list, func(p OpenPeriod) bool {
		return p.Name == w.Name && p.First == w.First && p.Last == w.Last && p.Opens.Equal(w.Opens) && p.For == who
	})
	if same < 0 {
		return append(list, OpenPeriod{w, []*Activity{a}, first, latest, who})
	}
	p := &list[same]
	p.Activities = append(p.Activities, a)
	if first.Before(p.FirstLimit) {
		p.FirstLimit = first
	}
	if latest.After(p.LatestLimit) {
		p.LatestLimit = latest
	}
	return list
}

// windowLimits gives the first and the last of the limits of a window's days that can still be booked.
func (s *Setup) windowLimits(a *Activity, w Window, now time.Time) (first, latest time.Time, ok bool) {
	for day := w.First; day <= w.Last; day++ {
		limit := s.bookable(a, day, now)
		if limit.Passed(now) {
			continue
		}
		if !ok || limit.At.Before(first) {
			first = limit.At
		}
		if !ok || limit.At.After(latest) {
			latest = limit.At
		}
		ok = true
	}
	return first, latest, ok
}
