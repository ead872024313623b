package portal

import (
	"fmt"
	"time"
)

// RegistrationID names a registration for the year.
type RegistrationID int64

// Registration is « inscription à l’année »: a child attends an activity on the same weekdays, week after week.
type Registration struct {
	ID          RegistrationID
	Child       ChildID
	Activity    ActivityID
	First, Last Date // Last is zero when it goes on from one school year to the next
	EveryOther  bool // « une semaine sur deux »
	Anchor      Date // a day of a week of attendance; zero: First
	Weekdays    WeekdaySet
	Hours       Hours
}

// Stop ends a registration: from its first day on nothing is attended any more.
func Stop(from Date) Registration { return Registration{First: from} }

// Stops says that this is the end of a registration.
func (r Registration) Stops() bool { return r.Weekdays == 0 }

// Attends says whether the child is to be there on a day, closed or not. One week in two is counted from the first week of
// attendance and never from the number of the week in the year: 2026 has 53.
func (r Registration) Attends(day Date) bool {
	if day < r.First || r.Last != 0 && day > r.Last || !r.Weekdays.Has(day.Weekday()) {
		return false
	}
	return !r.EveryOther || int(day.Monday()-r.anchor())/7%2 == 0
}

// anchor gives the Monday of a week of attendance.
func (r Registration) anchor() Date {
	if r.Anchor != 0 {
		return r.Anchor.Monday()
	}
	return r.First.Monday()
}

// Days lists the days attended between two days, both included, on which the activity is open.
func (r Registration) Days(from, to Date, o *Opening, cal *Calendar) []Date {
	var days []Date
	for d := max(from, r.First); d <= to; d++ {
		if !r.Attends(d) {
			continue
		}
		if open, _ := o.On(d, cal); open {
			days = append(days, d)
		}
	}
	return days
}

// FirstWeeks gives the Mondays of the first n weeks of attendance, up to a day.
func (r Registration) FirstWeeks(n int, to Date, o *Opening, cal *Calendar) []Date {
	var weeks []Date
	for _, d := range r.Days(r.First, to, o, cal) {
		if i := len(weeks); i < n && (i == 0 || weeks[i-1] != d.Monday()) {
			weeks = append(weeks, d.Monday())
		}
	}
	return weeks
}

// EarliestStart gives the first day on which what is asked now may take effect: the « délai de mise en place » counts
// calendar days, and a night must pass in any case.
func EarliestStart(now time.Time, notice int) Date { return DateOf(now) + Date(max(1, notice)) }

// horizonDays is how long before the end of a school year the next one is booked.
const horizonDays = 45

// BookingHorizon gives the last day for which a night turns registrations into bookings: the end of the school year it is
// in, or of the next one when that is near, as far as the years and the opening of the activity are known.
func (s *Setup) BookingHorizon(a *Activity, night Date) Date {
	to := night + horizonDays
	if y := s.YearOf(to); y != nil {
		to = y.Last
	}
	if a.Opening.Last != 0 {
		to = min(to, a.Opening.Last)
	}
	return to
}

// Unopened says that the town has not opened the day to bookings yet.
func (s *Slot) Unopened(now time.Time) bool {
	return s.Open && (s.Bar == nil && (s.Book.Unannounced || s.Book.Early(now)) || s.Bar != nil && s.Bar.Later)
}

// CheckStart refuses a registration that cannot be asked as it is, with a sentence per field of the form.
func (r Registration) CheckStart(s *Setup, a *Activity, now time.Time) error {
	return r.check(s, a, now, "La date de début", true)
}

// check is CheckStart; what names the date in the form, fresh says that the week of First is the first week of attendance.
func (r Registration) check(s *Setup, a *Activity, now time.Time, what string, fresh bool) error {
	e := Invalid("Cette inscription ne peut pas être enregistrée telle quelle.")
	fault := e.Fault
	if why := checkFirst(r.First, s, a, now, what); why != "" {
		fault("debut", "%s", why)
	}
	if r.Last != 0 && r.First != 0 && r.Last <= r.First {
		fault("fin", "La date de fin doit être après la date de début.")
	}
	if r.Weekdays == 0 {
		fault("jours", "Cochez au moins un jour.")
	}
	for _, w := range (r.Weekdays &^ a.weekdays()).Weekdays() {
		fault("jours", "%s n’ouvre pas le %s. Décochez ce jour.", Capital(a.Spoken), w)
	}
	if why := a.refuseWeekdays(r.Weekdays & a.weekdays()); why != "" && r.Weekdays != 0 {
		fault("jours", "%s", why)
	}
	if hours := AsError(r.Hours.Check(a)); hours != nil {
		e.Fields = append(e.Fields, hours.Fields...)
	}
	if len(e.Fields) == 0 && r.EveryOther && fresh && !r.attendsFirstWeek() {
		fault("debut", "La semaine du %s serait la première semaine de présence, mais aucun jour coché n’y reste à partir du %s. Choisissez une date dans la première semaine de présence.",
			dayMonth(r.First.Monday()), r.First.Long())
	}
	if len(e.Fields) == 0 && r.Last != 0 && len(r.Days(r.First, r.Last, &a.Opening, &s.Calendar)) == 0 {
		fault("fin", "Aucun des jours cochés n’est ouvert entre ces deux dates. Choisissez une autre fin, ou d’autres jours.")
	}
	if len(e.Fields) == 0 {
		return nil
	}
	return e
}

func (r Registration) attendsFirstWeek() bool {
	for d := r.First; d <= r.First.Monday()+6; d++ {
		if r.Attends(d) {
			return true
		}
	}
	return false
}

// checkFirst says what is wrong with the day from which something is asked, or nothing.
func checkFirst(first Date, s *Setup, a *Activity, now time.Time, what string) string {
	earliest := EarliestStart(now, a.NoticeDays)
	last := Date(0)
	if n := len(s.Years); n > 0 {
		last = s.Years[n-1].Last
	}
	if a.Opening.Last != 0 && a.Opening.Last > last {
		last = a.Opening.Last
	}
	switch {
	case first == 0:
		return what + " manque. Choisissez un jour."
	case first < earliest:
		return fmt.Sprintf("%s doit être le %s ou après.", what, longDay(earliest, DateOf(now)))
	case last != 0 && first > last:
		return fmt.Sprintf("%s est trop lointaine : les années scolaires sont connues jusqu’au %s.", what, last.LongYear())
	}
	return ""
}

// longDay adds the year where it is not this one.
func longDay(d, today Date) string {
	if d.Month().Year != today.Month().Year {
		return d.LongYear()
	}
	return d.Long()
}

// refuseWeekdays says why a registration cannot be for these weekdays: too few, or too many; nothing when it can.
func (a *Activity) refuseWeekdays(days WeekdaySet) string {
	n, all := len(days.Weekdays()), len(a.weekdays().Weekdays())
	switch {
	case a.WholeWeek && n < all:
		return fmt.Sprintf("%s se réserve à la semaine entière : cochez tous ses jours.", Capital(a.Spoken))
	case a.DaysPer == PerPeriod:
	case n < min(a.LeastDays, all):
		return fmt.Sprintf("%s se réserve %s : cochez-en davantage.", Capital(a.Spoken), a.leastWords())
	case a.MostDays > 0 && n > a.MostDays:
		return fmt.Sprintf("%s se réserve %s : décochez-en.", Capital(a.Spoken), a.mostWords())
	}
	return ""
}

// weekdays gives the weekdays on which the activity ever opens.
func (a *Activity) weekdays() WeekdaySet {
	set := a.Opening.School | a.Opening.Holidays
	for _, e := range a.Opening.Exceptions {
		if e.Open {
			set |= Days(e.Day.Weekday())
		}
	}
	return set
}

// RegistrationWeekdays lists the weekdays that a family can tick.
func (a *Activity) RegistrationWeekdays() []Weekday { return a.weekdays().Weekdays() }

// Pattern gives « Lundi et jeudi, une semaine sur deux, départ 17 h ».
func (r Registration) Pattern() string {
	words := Capital(r.Weekdays.String())
	if r.EveryOther {
		words += ", une semaine sur deux"
	}
	if h := r.Hours.Words(); h != "" {
		words += ", " + h
	}
	return words
}

// HeldWords says why a registration of which something is asked already can be neither changed nor stopped, until when, and
// what to do instead; night is the instant of the night that transmits what is asked.
func HeldWords(night, now time.Time) string {
	if !now.Before(night) {
		return "La demande faite pour cette inscription est en cours de transmission : d’ici là, l’inscription ne peut être ni modifiée ni arrêtée. Revenez dans quelques minutes."
	}
	return Capital(Until(night, now)) + ", cette inscription ne peut être ni modifiée ni arrêtée : une demande attend déjà la nuit. Revenez ensuite, ou abandonnez cette demande pour en faire une autre."
}

// dayMonth gives « 30 novembre », dayYear « 30 novembre 2026 ».
func dayMonth(d Date) string { return DayNumber(d) + " " + d.Month().MonthName() }

func dayYear(d Date) string { return DayNumber(d) + " " + d.Month().Word() }
