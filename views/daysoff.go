package views

import (
	"fmt"

	"marelle/portal"
)

var (
	_ = register(Years{}, YearForm{}, CalendarSettings{}, DaysOffForm{}, HolidayImport{}, YearAtAGlance{})
	_ = part("staff/daysoff#touches", []TouchLine{})
	_ = part("staff/daysoff#lines", []TouchLine{})
)

// YearsPath is where staff find the school years.
const YearsPath = "/gestion/reglages/annees"

// Years lists the school years of a structure.
type Years struct {
	Frame
	Notice   string
	Lines    []YearLine
	Official *Choice // the next year that the official data knows
	Label    Entry   // of a year typed by hand
	First    Entry
	Last     Entry
	Faults   Faults
}

// Template names the page.
func (Years) Template() string { return "staff/years" }

// YearLine is a school year: « 2026-2027 », « du 1er septembre 2026 au 2 juillet 2027 ».
type YearLine struct {
	Label, Days, URL, CalendarURL string
	Current                       bool
	Seam                          string // what does not fit with the holidays after it
}

// YearForm changes the two days of a school year.
type YearForm struct {
	Frame
	Stamp
	Heading, Action, RemoveURL string
	Stuck                      string // what could not be done, and why
	Seam                       string // what does not fit with the holidays after it
	Changes                    []string
	Touches                    []TouchLine
	Agreed                     string // stamp of what was said to be touched
	First, Last                Entry
	Faults                     Faults
}

// Template names the page.
func (YearForm) Template() string { return "staff/year" }

// CalendarSettings is the calendar of a school year: holidays, closures, public holidays.
type CalendarSettings struct {
	Frame
	Notice         string
	Years          []YearTab
	Year, Base     string // address of the year's pages
	Zone           string
	Seam           string // what does not fit between the year and its holidays
	Official       bool   // there are official dates for the zone
	Holidays       []OffEntry
	Closures       []OffEntry
	Public         []OffEntry
	Territory      Pick
	Agreed         string // stamp of what the choice of another territory touches
	Touches        []TouchLine
	TerritoryWords string
}

// Template names the page.
func (CalendarSettings) Template() string { return "staff/calendar" }

// OffEntry is a run of days off in a list.
type OffEntry struct{ Name, Days string }

// OffEntries lists days off; bridge days and closures say which they are.
func OffEntries(list []portal.DaysOff) []OffEntry {
	var entries []OffEntry
	for _, d := range list {
		entries = append(entries, OffEntry{d.Label(), portal.SpanYearWords(d.From, d.To)})
	}
	return entries
}

// DaysOffForm is the holidays, or the closures and bridge days, of a school year, to be changed.
type DaysOffForm struct {
	Frame
	Stamp
	Heading, Lead, Action, Back string
	Agreed                      string // stamp of what was said to be touched
	Source                      string // where the lines come from, when they are not what is saved
	Changes                     []string
	Closures                    bool
	Rows                        []OffLine
	Touches                     []TouchLine
	Faults                      Faults
}

// Template names the page.
func (DaysOffForm) Template() string { return "staff/daysoff" }

// OffLine is one line of the form.
type OffLine struct {
	N                             int // from 0
	Rank                          int // from 1
	Bridge                        bool
	Name, From, To                string
	Removed                       bool
	NameFault, FromFault, ToFault string
}

// OffLines draws the lines of a form as they were typed.
func OffLines(rows []portal.OffRow, faults Faults) []OffLine {
	var lines []OffLine
	for i, r := range rows {
		on := func(field string) string { return faults.On(fmt.Sprintf("%s-%d", field, i)) }
		lines = append(lines, OffLine{i, i + 1, r.Kind == portal.OffBridge, r.Name, r.From, r.To, r.Removed, on("nom"), on("du"), on("au")})
	}
	return lines
}

// TouchLine is what a change of the calendar does to an activity.
type TouchLine struct {
	Activity string
	Days     string // « 3 jours ferment, 1 jour ouvre »
	Bookings string // « 12 réservations… », or nothing
	Which    string // « lundi 30 novembre, mardi 1er décembre »
}

// whichMost bounds the days that are named one by one.
const whichMost = 10

// TouchLines says what a change of the calendar touches, activity by activity.
func TouchLines(list []portal.Touch) []TouchLine {
	var lines []TouchLine
	for _, t := range list {
		l := TouchLine{Activity: t.Activity.Name}
		switch {
		case t.Closes > 0 && t.Opens > 0:
			l.Days = portal.Count(t.Closes, "jour ferme", "jours ferment") + ", " + portal.Count(t.Opens, "jour ouvre", "jours ouvrent")
		case t.Closes > 0:
			l.Days = portal.Count(t.Closes, "jour ferme", "jours ferment")
		case t.Opens > 0:
			l.Days = portal.Count(t.Opens, "jour ouvre", "jours ouvrent")
		default:
			l.Days = "hors de l’année scolaire"
		}
		if len(t.Days) > 0 {
			l.Bookings = portal.Count(t.Booked, "réservation")
			if t.Waiting > 0 {
				l.Bookings += " et " + portal.Count(t.Waiting, "demande en liste d’attente", "demandes en liste d’attente")
			}
			if t.Registrations > 0 {
				l.Bookings += ", dont celles de " + portal.Count(t.Registrations, "inscription à l’année", "inscriptions à l’année")
			}
			var words []string
			for _, d := range t.Days[:min(len(t.Days), whichMost)] {
				words = append(words, d.Short())
			}
			if left := len(t.Days) - whichMost; left > 0 {
				words = append(words, portal.Count(left, "autre jour", "autres jours"))
			}
			l.Which = portal.List(words)
		}
		lines = append(lines, l)
	}
	return lines
}

// HolidayImport is where a file of school holidays comes in.
type HolidayImport struct {
	Frame
	Heading, Action, Back string
	File                  Entry
	Zone                  Pick
	Lines                 []string // what is wrong in the file
	Faults                Faults
}

// Template names the page.
func (HolidayImport) Template() string { return "staff/holidayimport" }

// YearAtAGlance is a school year on one sheet of paper.
type YearAtAGlance struct {
	Frame
	Heading, Structure, Back string
	Years                    []YearTab
	Months                   []GlanceMonth
	Lists                    []GlanceList
}

// Template names the page.
func (YearAtAGlance) Template() string { return "staff/glance" }

// GlanceMonth is a small month, Monday first.
type GlanceMonth struct {
	Title string
	Weeks [][]GlanceDay
}

// GlanceDay is a day of it; Number is 0 outside the month.
type GlanceDay struct {
	Number int
	Mark   portal.DayMark
	Letter string
}

// GlanceList is a kind of days off in words, with its letter.
type GlanceList struct {
	Mark          portal.DayMark
	Letter, Title string
	Entries       []OffEntry
}

// NewYearAtAGlance draws a school year.
func NewYearAtAGlance(f Frame, setup *portal.Setup, year portal.SchoolYearRef) YearAtAGlance {
	v := YearAtAGlance{Frame: f, Heading: "L’année " + year.Label + " d’un coup d’œil", Structure: setup.Structure.Name}
	months := year.Months()
	for _, m := range months {
		v.Months = append(v.Months, glanceMonth(&setup.Calendar, m))
	}
	span := portal.Period{From: months[0].First(), To: months[11].Last()}
	var public []OffEntry
	for _, p := range setup.Calendar.PublicHolidays(span.From, span.To) {
		public = append(public, OffEntry{p.Name, p.From.LongYear()})
	}
	var closures, bridges []portal.DaysOff
	for _, d := range setup.Calendar.DaysOff(false, span) {
		if d.Kind == portal.OffBridge {
			bridges = append(bridges, d)
		} else {
			closures = append(closures, d)
		}
	}
	v.Lists = []GlanceList{
		{portal.MarkHolidays, "V", "Vacances scolaires", OffEntries(setup.Calendar.DaysOff(true, span))},
		{portal.MarkPublic, "F", "Jours fériés", public},
		{portal.MarkClosure, "X", "Fermetures", OffEntries(closures)},
		{portal.MarkBridge, "P", "Ponts", OffEntries(bridges)},
	}
	return v
}

func glanceMonth(c *portal.Calendar, m portal.Month) GlanceMonth {
	month := GlanceMonth{Title: portal.Capital(m.Word())}
	for day := m.First().Monday(); day <= m.Last(); day += 7 {
		var week []GlanceDay
		for d := day; d < day+7; d++ {
			if d.Month() != m {
				week = append(week, GlanceDay{})
				continue
			}
			mark := c.Mark(d)
			week = append(week, GlanceDay{d.Day(), mark, mark.Letter()})
		}
		month.Weeks = append(month.Weeks, week)
	}
	return month
}
