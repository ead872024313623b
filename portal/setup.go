package portal

import (
	"slices"
	"time"
)

// ActivityKind sorts activities for icons and statistics.
type ActivityKind string

// The kinds of activity.
const (
	Canteen       ActivityKind = "cantine"
	BeforeSchool  ActivityKind = "matin"
	AfterSchool   ActivityKind = "soir"
	WednesdayCamp ActivityKind = "mercredi"
	HolidayCamp   ActivityKind = "vacances"
	Transport     ActivityKind = "transport"
	OtherKind     ActivityKind = "autre"
)

// Activity is something a child can be booked for, day by day.
type Activity struct {
	ID           ActivityID
	StructureID  StructureID
	Name         string // as the town hall writes it: « RESTAURATION »
	Short        string // on a chip: « Cantine »
	Spoken       string // in a sentence, with its article: « la cantine »
	Kind         ActivityKind
	Starts, Ends TimeOfDay
	Opening      Opening
	Book, Cancel Cutoff
	Change       Cutoff // to change hours; zero: as Cancel
	Absence      Cutoff // to announce an absence; zero: until the end of the day
	Waitlist     bool   // when full, families may join a waiting list
	WaitMode     WaitMode
	OfferHours   int // how long an offered place is kept
	Counters     []Counter

	AsksArrival, AsksDeparture bool // the family gives hours, within Starts and Ends
	HourStep                   int  // minutes between two hours that can be chosen
	Annual                     bool // families may register for the year
	NoticeDays                 int  // « délai de mise en place » of a registration, in calendar days
	DocumentDays               int  // an absence asks for a document within so many days; 0: none is asked
	Links                      []Link
	Windows                    []Window // ascending

	Audience    Audience // the children it is for
	Enrolment   bool     // staff say who may come
	Decided     bool     // nobody is booked before staff say so
	LeastDays   int      // of a child, per DaysPer; 0: no least
	MostDays    int      // 0: no most
	DaysPer     Span
	WholeWeek   bool // a week is booked as a whole
	Horizon     Horizon
	HorizonDays int        // of HorizonOfDays
	ClosedAt    time.Time  // no longer run since then; zero: it runs
	Priorities  []Priority // who goes first when places are few, the strongest first; published

	// Versions are the limits by day of service, ascending. Where there are some, Book, Cancel, Change and Absence are only
	// the last ones (Govern); limits are asked of Setup, which knows the day.
	Versions []RulesVersion
}

// Span is what a least or a most of days is counted over; the zero value is PerWeek.
type Span string

// The spans.
const (
	PerWeek   Span = "semaine"
	PerPeriod Span = "periode" // school holidays, or the weeks of school between two of them
)

// Horizon is how far ahead families may book; the zero value is the school years known.
type Horizon string

// The horizons.
const (
	HorizonYears    Horizon = ""
	HorizonOfDays   Horizon = "jours"    // so many days
	HorizonHolidays Horizon = "vacances" // until the end of the next school holidays
)

// WaitMode says how who waits gets a place that was given back.
type WaitMode string

// The modes of a waiting list; the zero value is WaitNight.
const (
	WaitNight WaitMode = "nuit"     // the night gives it to the first who waits
	WaitNow   WaitMode = "immediat" // at once
	WaitOffer WaitMode = "offre"    // it is offered to the first, who answers within OfferHours
)

// LinkKind says how two activities of one day go together.
type LinkKind string

// The kinds of link. Without one, two activities whose hours overlap are incompatible.
const (
	Incompatible LinkKind = "incompatible" // never both
	Compatible   LinkKind = "compatible"   // both, although their hours overlap
	Requires     LinkKind = "exige"        // the first needs the other, and may overlap it
)

// Link ties an activity to another one of the structure.
type Link struct {
	Other    ActivityID
	Kind     LinkKind
	Required *Activity // the other one when it is required; set by Setup.Join
}

// Window is a run of days of service that are booked from an instant on, and until another one when there is one.
type Window struct {
	Name          string // as in a sentence: « vacances de Noël »
	First, Last   Date
	Opens, Closes time.Time // Closes is zero when only the cut-off ends it
	OutsideOpens  time.Time // for families who live elsewhere; zero: as everybody
}

// Counter is a stock of places per day, shared by the activities linked to it.
type Counter struct {
	ID       CounterID
	Name     string
	Limited  bool
	Capacity int // places a day; meaningless unless Limited
	Audience Audience
	Special  []Capacity // other places on a weekday or a date
}

// Capacity is the places of a counter on a weekday, or on a date when Day is set.
type Capacity struct {
	Weekday Weekday
	Day     Date
	Limited bool
	Places  int // meaningless unless Limited
}

// On gives the places of a day: those of its date, else of its weekday, else of every day.
func (c *Counter) On(day Date) (places int, limited bool) {
	places, limited = c.Capacity, c.Limited
	for _, s := range c.Special {
		switch {
		case s.Day == day:
			return s.Places, s.Limited
		case s.Day == 0 && s.Weekday == day.Weekday():
			places, limited = s.Places, s.Limited
		}
	}
	return places, limited
}

// Setup is what a structure has decided: everything about its days that does not depend on a family.
type Setup struct {
	Structure   Structure
	Calendar    Calendar
	Years       []SchoolYearRef // ascending
	Activities  []Activity      // in the town hall's order
	SchoolNames map[SchoolID]string
	ClassNames  map[ClassID]string
	MailTexts   []MailText // those that staff changed
	Promises    map[Promise]time.Time

	visitor Visitor // whose limits these are
}

// SchoolYearRef is a school year of a structure.
type SchoolYearRef struct {
	ID          int64
	Label       string
	First, Last Date
}

// Activity finds an activity of the structure, or nil.
func (s *Setup) Activity(id ActivityID) *Activity {
	for i := range s.Activities {
		if s.Activities[i].ID == id {
			return &s.Activities[i]
		}
	}
	return nil
}

// Join lets each activity know those that it requires; whoever fills Activities calls it once.
func (s *Setup) Join() {
	for i := range s.Activities {
		for j := range s.Activities[i].Links {
			l := &s.Activities[i].Links[j]
			if l.Kind == Requires {
				l.Required = s.Activity(l.Other)
			}
		}
	}
}

// Limit is the last instant at which an action is in time, and the first one where there is one; not Possible when it never is.
type Limit struct {
	From        time.Time // the action opens then; zero: it is open
	At          time.Time
	Possible    bool
	Unannounced bool // the day belongs to a period whose opening is not announced yet
}

// Passed says that it is too late; the instant of the limit itself is in time.
func (l Limit) Passed(now time.Time) bool { return !l.Possible || now.After(l.At) }

// Early says that the action is not open yet.
func (l Limit) Early(now time.Time) bool { return l.Possible && now.Before(l.From) }

// Limits gives the last instants to book a day of an activity and to cancel it. Where the activity is booked by periods,
// a day is booked within the window of its period, and its cut-off still holds.
func (s *Setup) Limits(a *Activity, day Date) (book, cancel Limit) {
	book, _ = s.bookLimit(a, day)
	cancel, _ = s.limit(a, ActionCancel, day)
	return book, s.promised(cancel, a, ActionCancel, day)
}

func (s *Setup) bookLimit(a *Activity, day Date) (book Limit, by *Rule) {
	book, by = s.limit(a, ActionBook, day)
	if len(a.Windows) > 0 {
		w := a.Window(day)
		if w == nil {
			return Limit{Unannounced: true}, by
		}
		book.From = w.Opens
		if !w.Closes.IsZero() && w.Closes.Before(book.At) {
			book.At = w.Closes
		}
	}
	if opens := s.horizonOpens(a, day); opens.After(book.From) {
		book.From = opens
	}
	return s.promised(book, a, ActionBook, day), by
}

func (s *Setup) serviceDay(a *Activity, day Date) ServiceDay {
	return ServiceDay{Day: day, Start: a.Starts, Opening: &a.Opening, Calendar: &s.Calendar}
}

// Window gives the booking window that holds a day of service, or nil.
func (a *Activity) Window(day Date) *Window {
	for i := range a.Windows {
		if w := &a.Windows[i]; w.First <= day && day <= w.Last {
			return w
		}
	}
	return nil
}

// AsksHours says whether the family gives hours.
func (a *Activity) AsksHours() bool { return a.AsksArrival || a.AsksDeparture }

// AbsenceCutoff is until when an absence may be announced: the end of the day, unless the town hall chose otherwise.
func (a *Activity) AbsenceCutoff() Cutoff {
	if a.Absence.IsZero() {
		return NoLimit()
	}
	return a.Absence
}

// Limited says whether the activity's places are counted, on some day at least.
func (a *Activity) Limited() bool {
	return slices.ContainsFunc(a.Counters, func(c Counter) bool { return c.Counts() })
}

// Counts says whether the places of the counter are limited, on some day at least.
func (c *Counter) Counts() bool {
	return c.Limited || slices.ContainsFunc(c.Special, func(s Capacity) bool { return s.Limited })
}

// limitedOn says whether one of some counters limits the places of a day.
func limitedOn(counters []Counter, day Date) bool {
	for i := range counters {
		if _, limited := counters[i].On(day); limited {
			return true
		}
	}
	return false
}

// YearOf finds the school year that holds a day, else the next one to come, else the last; nil when there is none.
// The summer belongs to the year that comes.
func (s *Setup) YearOf(day Date) *SchoolYearRef {
	for i := range s.Years {
		if day <= s.Years[i].Last {
			return &s.Years[i]
		}
	}
	if n := len(s.Years); n > 0 {
		return &s.Years[n-1]
	}
	return nil
}

// FirstMonth gives the month of the first day that can still be booked, within four months; else the present one.
func (s *Setup) FirstMonth(a *Activity, now time.Time) Month {
	today := DateOf(now)
	for day := today; day < today+120; day++ {
		if slot := s.NewSlot(0, a, day); slot.Open && !slot.Book.Passed(now) && !slot.Book.Early(now) {
			return day.Month()
		}
	}
	return today.Month()
}
