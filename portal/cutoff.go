package portal

import (
	"encoding/json"
	"time"
)

// Shape is the family of rules a Cutoff belongs to; the zero value is refused.
type Shape string

// The shapes of RULES.md, and the two ends: never, and as long as the day lasts.
const (
	ShapeNever    Shape = "jamais"
	ShapeNoLimit  Shape = "sans-limite"
	ShapeDays     Shape = "jours-avant"     // n days before the day of service
	ShapeWeekday  Shape = "jour-de-semaine" // a weekday, one or more weeks before
	ShapeTable    Shape = "tableau"         // a limit for each weekday of service
	ShapeMonthDay Shape = "jour-du-mois"    // day n of the month before
	ShapeFullWeek Shape = "semaine-pleine"  // a weekday of the last full week of the month before
	ShapeDates    Shape = "dates"           // a date typed for each month or period
	ShapePeriod   Shape = "avant-periode"   // n days before the school holidays start
	ShapeHours    Shape = "heures-avant"    // n rolling hours before the service starts
)

// Cutoff is until when something may be done for a day of service: until when to book, to cancel, to announce an absence.
// Only the fields of its Shape matter. It is stored as JSON.
type Cutoff struct {
	Shape      Shape        `json:"forme"`
	Days       int          `json:"jours,omitzero"`     // ShapeDays, ShapePeriod; 0 is the day itself
	Clear      bool         `json:"francs,omitzero"`    // Days are whole days: neither the day of the act nor the last counts
	Hours      int          `json:"heures,omitzero"`    // ShapeHours
	Weekday    Weekday      `json:"jour,omitzero"`      // ShapeWeekday, ShapeFullWeek
	Weeks      int          `json:"semaines,omitzero"`  // ShapeWeekday: 1 is the week before
	DayOfMonth int          `json:"quantieme,omitzero"` // ShapeMonthDay; a shorter month stops at its last day
	At         TimeOfDay    `json:"heure,omitzero"`     // the last minute in time; midnight is EndOfDay
	Skip       Skip         `json:"sauf,omitzero"`      // days left out
	Table      []TableRow   `json:"tableau,omitempty"`  // ShapeTable
	Dates      []DatedLimit `json:"par_date,omitempty"` // ShapeDates
}

// Skip names the days left out of a count. Where nothing is counted (a weekday of the week before, the 25th of the month),
// a limit that falls on a day left out moves to the day before: « si ce jour est férié, la veille ».
type Skip struct {
	Weekdays       WeekdaySet `json:"jours,omitzero"` // week-ends are Saturday and Sunday
	PublicHolidays bool       `json:"feries,omitzero"`
	NoService      bool       `json:"sans_service,omitzero"` // days on which the activity is not open
	SchoolHolidays bool       `json:"vacances,omitzero"`
}

// TableRow is the limit for some weekdays of service; it has its own hour.
type TableRow struct {
	For     WeekdaySet `json:"pour"`
	Weekday Weekday    `json:"jour"`
	Weeks   int        `json:"semaines"` // 0 is the week of the service, 1 the week before
	At      TimeOfDay  `json:"heure"`
}

// DatedLimit is the last day to act for the days of service of a period, a month most often.
type DatedLimit struct {
	Period
	Limit Date `json:"limite"`
}

// The counts that have a name in French law and in règlements.
var (
	workingDays  = Skip{Weekdays: Weekend, PublicHolidays: true}                     // ouvrés
	businessDays = Skip{Weekdays: Days(Sunday), PublicHolidays: true}                // ouvrables
	serviceDays  = Skip{NoService: true}                                             // jours d’ouverture
	schoolDays   = Skip{NoService: true, PublicHolidays: true, SchoolHolidays: true} // jours de classe
)

// Never makes an action impossible: a firm purchase.
func Never() Cutoff { return Cutoff{Shape: ShapeNever} }

// NoLimit allows an action until the end of the day of service.
func NoLimit() Cutoff { return Cutoff{Shape: ShapeNoLimit} }

// DaysBefore is n calendar days before, 0 being the day itself.
func DaysBefore(n int, at TimeOfDay) Cutoff { return Cutoff{Shape: ShapeDays, Days: n, At: at} }

// WorkingDaysBefore is n working days (ouvrés, Monday to Friday but public holidays) before.
func WorkingDaysBefore(n int, at TimeOfDay) Cutoff { return DaysBefore(n, at).Except(workingDays) }

// ServiceDaysBefore is n days on which the activity is open before.
func ServiceDaysBefore(n int, at TimeOfDay) Cutoff { return DaysBefore(n, at).Except(serviceDays) }

// WeekdayBefore is a weekday of the week before, or of an earlier one.
func WeekdayBefore(day Weekday, weeks int, at TimeOfDay) Cutoff {
	return Cutoff{Shape: ShapeWeekday, Weekday: day, Weeks: weeks, At: at}
}

// ByWeekday is a limit for each weekday of service; the action is impossible on the others.
func ByWeekday(rows ...TableRow) Cutoff { return Cutoff{Shape: ShapeTable, Table: rows} }

// DayOfMonthBefore is day n of the month before.
func DayOfMonthBefore(n int, at TimeOfDay) Cutoff {
	return Cutoff{Shape: ShapeMonthDay, DayOfMonth: n, At: at}
}

// LastFullWeek is a weekday of the last week that lies, Monday to Sunday, in the month before.
func LastFullWeek(day Weekday, at TimeOfDay) Cutoff {
	return Cutoff{Shape: ShapeFullWeek, Weekday: day, At: at}
}

// ByDates is a typed date for each month or period; the action is impossible outside them.
func ByDates(at TimeOfDay, limits ...DatedLimit) Cutoff {
	return Cutoff{Shape: ShapeDates, At: at, Dates: limits}
}

// DaysBeforePeriod is n calendar days before the school holidays start.
func DaysBeforePeriod(n int, at TimeOfDay) Cutoff {
	return Cutoff{Shape: ShapePeriod, Days: n, At: at}
}

// HoursBefore is n rolling hours before the service starts.
func HoursBefore(n int) Cutoff { return Cutoff{Shape: ShapeHours, Hours: n} }

// Except gives the same rule with some days left out.
func (c Cutoff) Except(days Skip) Cutoff {
	c.Skip = days
	return c
}

// IsZero says that no rule was chosen.
func (c Cutoff) IsZero() bool { return c.Shape == "" }

// MarshalJSON writes the rule; Monday is written out where a weekday is part of it.
func (c Cutoff) MarshalJSON() ([]byte, error) {
	type fields Cutoff
	out := struct {
		fields
		Weekday *Weekday `json:"jour,omitempty"`
	}{fields: fields(c)}
	if c.Shape == ShapeWeekday || c.Shape == ShapeFullWeek {
		out.Weekday = &c.Weekday
	}
	return json.Marshal(out)
}

// ServiceDay is a day of service with what a limit depends on.
type ServiceDay struct {
	Day      Date
	Start    TimeOfDay // when the service starts, for rolling hours
	Opening  *Opening  // nil: every day has service
	Calendar *Calendar // nil: no school holidays

	// Shown is the limit that families were already shown for this day, when there is one. A closure added since makes a count
	// of days longer; it never gives families less time than they were promised.
	Shown time.Time
}

// Deadline gives the last instant still in time for a day of service, on the clock of Paris; not possible means that the
// action never is: the rule says so, or no limit exists for that day (a month without a date, no counted day in two years).
func (c Cutoff) Deadline(s ServiceDay) (limit time.Time, possible bool) {
	if s.Day <= 0 || c.Shape == ShapeNever {
		return time.Time{}, false
	}
	limit, possible = c.instant(s)
	if limit.Before(s.Shown) {
		return s.Shown, true
	}
	return limit, possible
}

func (c Cutoff) instant(s ServiceDay) (time.Time, bool) {
	switch c.Shape {
	case ShapeNoLimit:
		return s.Day.At(EndOfDay), true
	case ShapeHours:
		return c.hoursBefore(s)
	}
	day, at, ok := c.lastDay(s)
	if !ok {
		return time.Time{}, false
	}
	return day.At(at), true
}

// lastDay gives the last day to act and its last minute.
func (c Cutoff) lastDay(s ServiceDay) (day Date, at TimeOfDay, ok bool) {
	switch c.Shape {
	case ShapeDays:
		day, ok = s.back(s.Day, c.steps(), c.Skip)
	case ShapePeriod:
		day, ok = s.back(s.periodStart(), c.steps(), c.Skip)
	case ShapeWeekday:
		day, ok = s.notAfter(s.weekday(c.Weekday, c.Weeks), c.Skip)
	case ShapeTable:
		for _, row := range c.Table {
			if row.For.Has(s.Day.Weekday()) {
				day, ok = s.notAfter(s.weekday(row.Weekday, row.Weeks), c.Skip)
				return day, row.At, ok
			}
		}
	case ShapeMonthDay:
		before := s.Day.Month().Add(-1)
		day, ok = s.notAfter(min(before.First()+Date(c.DayOfMonth-1), before.Last()), c.Skip)
	case ShapeFullWeek:
		monday := s.Day.Month().First().Monday() - 7
		day, ok = s.notAfter(monday+Date(c.Weekday), c.Skip)
	case ShapeDates:
		for _, d := range c.Dates {
			if d.Holds(s.Day) {
				return d.Limit, c.At, true
			}
		}
	}
	return day, c.At, ok
}

// steps is how many counted days to go back: n clear days lie strictly between the act and the day.
func (c Cutoff) steps() int {
	if c.Clear {
		return c.Days + 1
	}
	return c.Days
}

// hoursBefore counts real hours (a night when clocks change has 23 or 25 of them); hours of days left out do not count,
// but those of the day of service do.
func (c Cutoff) hoursBefore(s ServiceDay) (time.Time, bool) {
	at, left := s.Day.At(s.Start), time.Duration(c.Hours)*time.Hour
	if c.Skip == (Skip{}) {
		return at.Add(-left), true
	}
	day, ok := s.Day, true
	for {
		hours := at.Sub(day.At(0))
		if left <= hours {
			return at.Add(-left), true
		}
		left -= hours
		if day, ok = s.back(day, 1, c.Skip); !ok {
			return time.Time{}, false
		}
		at = day.At(EndOfDay)
	}
}

// weekday gives a weekday of the week of the service, or of one some weeks before.
func (s ServiceDay) weekday(w Weekday, weeks int) Date {
	return s.Day.Monday() - Date(7*weeks) + Date(w)
}

// periodStart gives the first day of the school holidays that hold the day. Outside holidays a period is a week: it starts
// on Monday, or on the day school starts again.
func (s ServiceDay) periodStart() Date {
	if p, ok := s.Calendar.holidays(s.Day); ok {
		return p.From
	}
	start := s.Day
	for start > s.Day.Monday() && s.Calendar.SchoolHoliday(start-1) == "" {
		start--
	}
	return start
}

// maxWalk bounds a count of days: over two years, so that fifty Wednesdays can be counted.
const maxWalk = 800

// back goes n counted days back from a day, which does not count itself; the day reached is never one left out.
func (s ServiceDay) back(from Date, n int, skip Skip) (Date, bool) {
	if skip == (Skip{}) {
		return from - Date(n), true
	}
	d := from
	for range maxWalk {
		if n == 0 {
			return d, true
		}
		d--
		if !s.leftOut(d, skip) {
			n--
		}
	}
	return 0, false
}

// notAfter gives the day itself, or the nearest day before it that is not left out.
func (s ServiceDay) notAfter(d Date, skip Skip) (Date, bool) { return s.back(d+1, 1, skip) }

func (s ServiceDay) leftOut(d Date, skip Skip) bool {
	return skip.Weekdays.Has(d.Weekday()) ||
		skip.PublicHolidays && s.Calendar.PublicHoliday(d) != "" ||
		skip.SchoolHolidays && s.Calendar.SchoolHoliday(d) != "" ||
		skip.NoService && !s.Opening.serves(d, s.Calendar)
}
