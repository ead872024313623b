package views

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"marelle/portal"
)

var _ = register(StaffJournal{})

// StaffJournalPath is the audit log of what agents change.
const StaffJournalPath = "/gestion/journal"

// StaffJournal is « Journal des agents »: who changed what, from what to what.
type StaffJournal struct {
	Frame
	Total       string // « 214 gestes »
	Subjects    []Choice
	People      []Choice
	First, Last string // as typed
	Filtered    bool
	CSV         string // address of the file
	Days        []StaffDay
	Pager       Pager
	Faults      Faults
}

// Template names the page.
func (StaffJournal) Template() string { return "staff/journal" }

// StaffDay is what was changed on a day.
type StaffDay struct {
	Day   string // « Lundi 23 novembre 2026 »
	Lines []StaffJournalLine
}

// StaffJournalLine is one change.
type StaffJournalLine struct {
	Hour    string // « 9 h 05 »
	Who     string // « M. PUJOL Étienne », « le programme »
	Subject string // « Activités »
	Words   string
	Changes []portal.Changed
}

// StaffAuthor says who acted, or that nobody was signed in.
func StaffAuthor(by portal.Person) string {
	if by.ID == 0 {
		return "le programme"
	}
	return by.Title()
}

// longestValue is how much of a value the page shows; the file has it whole.
const longestValue = 400

// Add puts a line under its day; lines come newest first.
func (v *StaffJournal) Add(e portal.StaffEvent, by portal.Person) {
	day := portal.Capital(portal.DateOf(e.At).LongYear())
	if n := len(v.Days); n == 0 || v.Days[n-1].Day != day {
		v.Days = append(v.Days, StaffDay{Day: day})
	}
	l := StaffJournalLine{Hour: portal.TimeOfDayOf(e.At).Word(), Who: StaffAuthor(by), Subject: portal.JournalLabel(e.Subject), Words: e.Words}
	for _, c := range e.Changes {
		l.Changes = append(l.Changes, portal.Changed{What: c.What, Before: clipValue(c.Before), After: clipValue(c.After)})
	}
	d := &v.Days[len(v.Days)-1]
	d.Lines = append(d.Lines, l)
}

func clipValue(s string) string {
	if short := portal.Clip(s, longestValue); short != s {
		return short + "…"
	}
	return s
}

// StaffJournalRow is a line of the audit log for the file.
type StaffJournalRow struct {
	portal.StaffEvent
	Who portal.Person
}

// StaffJournalCSV writes the audit log as a table, one line for each value that changed.
func StaffJournalCSV(rows []StaffJournalRow) []byte {
	var table [][]string
	for _, r := range rows {
		at := r.At.In(portal.Paris)
		head := []string{strconv.FormatInt(r.ID, 10), portal.DateOf(at).French(), at.Format(time.TimeOnly), StaffAuthor(r.Who), portal.JournalLabel(r.Subject), fmt.Sprint(r.SubjectID), r.Words}
		if len(r.Changes) == 0 {
			table = append(table, append(head, "", "", ""))
		}
		for _, c := range r.Changes {
			table = append(table, append(append([]string{}, head...), c.What, inOneCell(c.Before), inOneCell(c.After)))
		}
	}
	return CSV([]string{"Ligne", "Date", "Heure", "Qui", "Sujet", "Numéro", "Geste", "Quoi", "Avant", "Après"}, table)
}

// inOneCell keeps a text of several paragraphs in one cell that every spreadsheet reads.
func inOneCell(s string) string { return strings.Join(strings.Fields(s), " ") }
