package views

import (
	"strings"
	"time"
	"unicode"

	ics "github.com/arran4/golang-ical"
)

// CalendarEvent is something that an agenda shows.
type CalendarEvent struct {
	UID        string // the same each time: the agenda then knows the event again
	Summary    string // « Cantine – Amalia »
	Place      string
	Start, End time.Time
	Since      time.Time // when it was last changed
	Tentative  bool      // not sure yet: on a waiting list
}

// ICS writes events in the format of agendas (RFC 5545), under a name that the agenda shows. Hours are written in UTC:
// every agenda puts them back into its own, whatever it knows of France's clocks.
func ICS(name string, events []CalendarEvent) []byte {
	cal := ics.NewCalendarFor("Marelle")
	cal.SetProductId("-//Marelle//Portail famille//FR")
	cal.SetCalscale("GREGORIAN")
	cal.SetMethod(ics.MethodPublish)
	cal.SetXWRCalName(oneLine(name))
	for _, e := range events {
		event := cal.AddEvent(e.UID)
		event.SetDtStampTime(e.Since)
		event.SetStartAt(e.Start)
		event.SetEndAt(e.End)
		event.SetSummary(oneLine(e.Summary))
		if e.Place != "" {
			event.SetLocation(oneLine(e.Place))
		}
		event.SetStatus(ics.ObjectStatusConfirmed)
		if e.Tentative {
			event.SetStatus(ics.ObjectStatusTentative)
		}
		event.SetTimeTransparency(ics.TransparencyTransparent) // a child's canteen does not make the parent busy
	}
	return []byte(cal.Serialize(ics.WithNewLineWindows))
}

// oneLine drops what could end a line of the file and begin another.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}
