package views

import (
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"marelle/portal"
)

// TestICS: what is written is read back as the same days, on both sides of a change of clocks.
func TestICS(t *testing.T) {
	since := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	text := ICS([]portal.CalendarDay{
		{Child: 12, FirstName: "Amalia", Activity: 3, Short: "Cantine", Day: portal.NewDate(2027, 3, 26), Starts: portal.Clock(11, 45), Ends: portal.Clock(13, 30), Since: since},
		{Child: 12, FirstName: "D’Arcy; l’aînée, 1", Activity: 4, Short: "Mercredi", Day: portal.NewDate(2027, 3, 31), Starts: portal.Clock(7, 30), Ends: portal.Clock(18, 30), Waiting: true, Since: since},
	}, "famille.carteville.example")
	if strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") {
		t.Error("lines end with a bare line feed")
	}
	for _, want := range []string{
		"BEGIN:VTIMEZONE\r\nTZID:Europe/Paris\r\nBEGIN:STANDARD\r\nDTSTART:19961027T030000\r\n", "BEGIN:DAYLIGHT\r\n", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n",
		"UID:reservation-12-3-2027-03-26@famille.carteville.example\r\n", "DTSTAMP:20261123T080000Z\r\n", "DTSTART;TZID=Europe/Paris:20270326T114500\r\n",
		"SUMMARY:Cantine – Amalia\r\n", "STATUS:CONFIRMED\r\n", "STATUS:TENTATIVE\r\n", "DTEND;TZID=Europe/Paris:20270331T183000\r\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	cal, err := ics.ParseCalendar(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	events := cal.Events()
	if len(events) != 2 {
		t.Fatalf("%d events", len(events))
	}
	start, err := events[0].GetStartAt() // winter time
	if err != nil || !start.Equal(time.Date(2027, 3, 26, 10, 45, 0, 0, time.UTC)) {
		t.Error(start, err)
	}
	start, err = events[1].GetStartAt() // summer time
	if err != nil || !start.Equal(time.Date(2027, 3, 31, 5, 30, 0, 0, time.UTC)) {
		t.Error(start, err)
	}
	if got := events[1].GetProperty(ics.ComponentPropertySummary).Value; got != "Mercredi – D’Arcy; l’aînée, 1 (liste d’attente)" {
		t.Errorf("summary %q", got)
	}
}
