package portal

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Date is a civil day: the number of days since 31 December of the year 0, so that 1 is Monday 1 January of the year 1.
// Zero means no date. It is stored as TEXT "YYYY-MM-DD".
type Date int32

const secondsPerDay = 86_400

// daysTo1970 is the Date of 1 January 1970.
const daysTo1970 = 719_163

// NewDate gives the civil day of a year, a month and a day; values out of range roll over as in time.Date.
func NewDate(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix()/secondsPerDay + daysTo1970)
}

// DateOf gives the civil day it is in France at an instant.
func DateOf(t time.Time) Date {
	y, m, d := t.In(Paris).Date()
	return NewDate(y, m, d)
}

// ParseDate reads "2026-11-30"; a day that does not exist (2026-02-30) is refused.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1 {
		return 0, Invalid("« %s » n’est pas une date. Écrivez-la sous la forme 2026-11-30.", Clip(s, 40))
	}
	return NewDate(t.Date()), nil
}

// MustDate reads a date that the program itself wrote; it panics on anything else.
func MustDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func (d Date) time() time.Time {
	return time.Unix((int64(d)-daysTo1970)*secondsPerDay, 0).UTC()
}

// Civil gives year, month and day of the month.
func (d Date) Civil() (int, time.Month, int) { return d.time().Date() }

// Day gives the day of the month, 1 to 31.
func (d Date) Day() int { return d.time().Day() }

// Month gives the month that holds the day.
func (d Date) Month() Month { y, m, _ := d.Civil(); return Month{y, m} }

// Weekday gives Monday (0) to Sunday (6).
func (d Date) Weekday() Weekday { return Weekday((int(d) + 6) % 7) }

// Monday gives the Monday of the day's week.
func (d Date) Monday() Date { return d - Date(d.Weekday()) }

// ISOWeek gives the year and number of the ISO 8601 week; some years (2026) have 53.
func (d Date) ISOWeek() (year, week int) { return d.time().ISOWeek() }

// At gives the instant of a time of day in France; 24:00 is midnight at the end of the day.
// An hour that the clocks skip in March is read as the hour after; of one that comes twice in October, it is the second (winter time).
func (d Date) At(t TimeOfDay) time.Time {
	y, m, day := d.Civil()
	return time.Date(y, m, day, int(t)/60, int(t)%60, 0, 0, Paris)
}

// String gives "2026-11-30", and nothing for no date.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return d.time().Format(time.DateOnly)
}

// Value stores the day as text, and no date as NULL.
func (d Date) Value() (driver.Value, error) {
	if d == 0 {
		return nil, nil
	}
	return d.String(), nil
}

// Scan reads what Value stored.
func (d *Date) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*d = 0
		return nil
	case string:
		got, err := ParseDate(v)
		*d = got
		return err
	}
	return fmt.Errorf("portal: %T is no date", v)
}

// MarshalText writes "2026-11-30"; it serves JSON and form values.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = 0
		return nil
	}
	got, err := ParseDate(string(b))
	*d = got
	return err
}

// Weekday counts from Monday (0) to Sunday (6), as French calendars do.
type Weekday uint8

// The days of the week.
const (
	Monday Weekday = iota
	Tuesday
	Wednesday
	Thursday
	Friday
	Saturday
	Sunday
)

// Month is a month of a year.
type Month struct {
	Year  int
	Month time.Month
}

// ParseMonth reads "2026-11".
func ParseMonth(s string) (Month, error) {
	t, err := time.Parse("2006-01", s)
	if err != nil || t.Year() < 1900 || t.Year() > 2200 {
		return Month{}, Invalid("« %s » n’est pas un mois. Écrivez-le sous la forme 2026-11.", Clip(s, 40))
	}
	return Month{t.Year(), t.Month()}, nil
}

// First gives the first day of the month.
func (m Month) First() Date { return NewDate(m.Year, m.Month, 1) }

// Last gives the last day of the month.
func (m Month) Last() Date { return NewDate(m.Year, m.Month+1, 0) }

// Add gives the month n months later, or earlier when n is negative.
func (m Month) Add(n int) Month { return NewDate(m.Year, m.Month+time.Month(n), 1).Month() }

// String gives "2026-11".
func (m Month) String() string { return fmt.Sprintf("%04d-%02d", m.Year, int(m.Month)) }

// TimeOfDay is a time of day in minutes since midnight, 0 to 1440; 1440 is midnight at the end of the day.
type TimeOfDay int16

// EndOfDay is midnight at the end of the day named: « lundi minuit » is the night from Monday to Tuesday.
const EndOfDay TimeOfDay = 24 * 60

// Clock gives a time of day from hours and minutes.
func Clock(hour, minute int) TimeOfDay { return TimeOfDay(hour*60 + minute) }

// ParseTimeOfDay reads "09:30", and "24:00" for the end of the day.
func ParseTimeOfDay(s string) (TimeOfDay, error) {
	var h, m int
	if n, err := fmt.Sscanf(s, "%d:%d", &h, &m); n != 2 || err != nil || len(s) > 5 || h < 0 || m < 0 || m > 59 || h*60+m > int(EndOfDay) {
		return 0, Invalid("« %s » n’est pas une heure. Écrivez-la sous la forme 09:30.", Clip(s, 20))
	}
	return Clock(h, m), nil
}

// String gives "09:30".
func (t TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", t/60, t%60) }

// Value stores "09:30".
func (t TimeOfDay) Value() (driver.Value, error) { return t.String(), nil }

// Scan reads what Value stored; NULL is midnight.
func (t *TimeOfDay) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*t = 0
		return nil
	case string:
		got, err := ParseTimeOfDay(v)
		*t = got
		return err
	}
	return fmt.Errorf("portal: %T is no time of day", v)
}

// MarshalText writes "09:30".
func (t TimeOfDay) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (t *TimeOfDay) UnmarshalText(b []byte) error {
	got, err := ParseTimeOfDay(string(b))
	*t = got
	return err
}

// Paris is the clock of metropolitan France; every deadline is written in it.
var Paris = mustLocation("Europe/Paris")

func mustLocation(name string) *time.Location {
	l, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // main embeds time/tzdata, tests run where Go is installed
	}
	return l
}
