package portal

// DayMark says what a day of the year is, at a glance; the zero value is an ordinary day.
type DayMark string

// The marks of a day; each has a letter, so that colour is never alone to say it.
const (
	MarkNone     DayMark = ""
	MarkWeekend  DayMark = "weekend"
	MarkHolidays DayMark = "vacances"
	MarkPublic   DayMark = "ferie"
	MarkClosure  DayMark = "fermeture"
	MarkBridge   DayMark = "pont"
)

// Letter gives the sign of a mark: V, F, X, P, or nothing.
func (m DayMark) Letter() string {
	return map[DayMark]string{MarkHolidays: "V", MarkPublic: "F", MarkClosure: "X", MarkBridge: "P"}[m]
}

// Mark says what a day is: the town's own closures first, then public holidays, then school holidays.
func (c *Calendar) Mark(d Date) DayMark {
	if _, closed := periodOf(c.Closures, d, "x"); closed {
		return MarkClosure
	}
	if _, bridge := periodOf(c.Bridges, d, "x"); bridge {
		return MarkBridge
	}
	if c.PublicHoliday(d) != "" {
		return MarkPublic
	}
	if _, holidays := c.holidays(d); holidays {
		return MarkHolidays
	}
	if Weekend.Has(d.Weekday()) {
		return MarkWeekend
	}
	return MarkNone
}

// PublicHolidays lists the public holidays from a day to another, both included.
func (c *Calendar) PublicHolidays(from, to Date) []Period {
	var list []Period
	for d := from; d <= to; d++ {
		if name := c.PublicHoliday(d); name != "" {
			list = append(list, Period{name, d, d})
		}
	}
	return list
}

// Months gives the twelve months of a school year, from that of its first day.
func (y SchoolYearRef) Months() []Month {
	var list []Month
	for i := range 12 {
		list = append(list, y.First.Month().Add(i))
	}
	return list
}
