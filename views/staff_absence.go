package views

import (
	"time"

	"marelle/portal"
)

var _ = register(StaffAbsences{})

// StaffAbsences lists the children who are known not to come, today and on the coming days.
type StaffAbsences struct {
	Frame
	Total   string // « 12 absences signalées »
	Manager bool   // reasons and documents are shown
	Lines   []StaffAbsence
	Pager   Pager
}

// Template names the page.
func (StaffAbsences) Template() string { return "staff/absences" }

// StaffAbsence is one child, one activity, one day.
type StaffAbsence struct {
	Day, Child, Class string
	Activity, Icon    string
	Today             bool
	Reason            string // « Malade », « Absent »
	By, When          string
	Document          string // where its document stands
	Badge, BadgeIcon  string
	Files             []DocumentLine
}

// NewStaffAbsence draws an absence; by is who announced it.
func NewStaffAbsence(a portal.Absence, child portal.Child, activity string, icon portal.ActivityKind, by portal.Person, at, now time.Time) StaffAbsence {
	return StaffAbsence{
		Day: a.Day.Short(), Child: child.FullName(), Class: child.Class, Activity: activity, Icon: ActivityIcon(icon), Today: a.Day == portal.DateOf(now),
		Reason: portal.Capital(string(a.Reason)), By: by.Title(), When: portal.Ago(at, now),
	}
}

// SetDocument says where the document stands; path is where files are opened.
func (l *StaffAbsence) SetDocument(by portal.Date, state portal.DocumentState, files []portal.Document, path string, now time.Time) {
	if by == 0 {
		return
	}
	asked := portal.Spell{Document: state, Documents: files, Days: []portal.AbsenceDay{{Absence: &portal.Absence{DocumentBy: by}}}}
	l.Document, l.Badge, l.BadgeIcon = documentLook(&asked, now)
	for _, f := range files {
		l.Files = append(l.Files, NewDocumentLine(f, path))
	}
}
