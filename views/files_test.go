package views

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/xuri/excelize/v2"

	"marelle/portal"
)

var update = flag.Bool("update", false, "write the golden files again")

// golden compares with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is no longer what it was:\n%s", name, got)
	}
}

const hostileName = "=HYPERLINK(\"http://x\"),;\r\nBEGIN:VALARM\\"

func sampleReservations() []portal.Reservation {
	canteen := &portal.Activity{ID: 2, Name: "RESTAURATION", Short: "Cantine", Starts: portal.Clock(11, 45), Ends: portal.Clock(13, 30)}
	holidays := &portal.Activity{ID: 7, Name: "ALSH VACANCES", Short: "Vacances", Starts: portal.Clock(7, 30), Ends: portal.Clock(18, 30), AsksArrival: true, AsksDeparture: true}
	amalia, hostile := portal.Child{ID: 11, LastName: "DUPONT", FirstName: "Amalia"}, portal.Child{ID: 12, LastName: "@DUPONT", FirstName: hostileName}
	since := time.Date(2026, 11, 23, 9, 5, 0, 0, portal.Paris)
	limit := portal.Limit{At: portal.MustDate("2026-11-26").At(portal.Clock(9, 0)), Possible: true}
	return []portal.Reservation{
		{Child: amalia, Activity: canteen, Day: portal.MustDate("2026-11-30"), Status: portal.Booked, Since: since, Limit: limit},
		{Child: amalia, Activity: holidays, Day: portal.MustDate("2027-04-12"), Status: portal.Booked, Hours: portal.Hours{Arrival: portal.Clock(8, 30), Departure: portal.Clock(17, 0)}, Since: since,
			Limit: portal.Limit{At: portal.MustDate("2027-04-05").At(portal.EndOfDay), Possible: true}},
		{Child: hostile, Activity: canteen, Day: portal.MustDate("2026-12-01"), Status: portal.Waiting, Rank: 2, Since: since},
	}
}

func TestICS(t *testing.T) {
	got := ICS("Réservations – Mairie de CarteVille", BookingEvents(sampleReservations(), "Mairie de CarteVille", "famille.carteville.example"))
	golden(t, "reservations.ics", got)
	cal, err := ics.ParseCalendar(bytes.NewReader(got))
	if err != nil {
		t.Fatal(err)
	}
	events := cal.Events()
	if len(events) != 3 {
		t.Fatalf("%d events, want 3", len(events))
	}
	if start, err := events[1].GetStartAt(); err != nil || !start.Equal(portal.MustDate("2027-04-12").At(portal.Clock(8, 30))) {
		t.Errorf("in summer time the day starts at %v (%v)", start, err)
	}
	if strings.Contains(strings.ReplaceAll(string(got), "\r\n", ""), "\r") || bytes.Contains(got, []byte("\nBEGIN:VALARM")) {
		t.Error("a name ends a line of the file")
	}
	for line := range strings.SplitSeq(string(got), "\r\n") {
		if len(line) > 75 {
			t.Errorf("a line of %d bytes: %s", len(line), line)
		}
	}
}

func TestFollowCSV(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 5, 0, 0, portal.Paris)
	child := portal.Child{ID: 11, LastName: "=DUPONT", FirstName: "+Amalia;\"\r\n"}
	line := func(action string, outcome portal.Outcome, change func(*portal.Followed)) portal.Followed {
		f := portal.Followed{Movement: portal.Movement{Child: child, Activity: "RESTAURATION", Day: portal.MustDate("2026-11-30"), Action: action, At: at, Outcome: outcome, Account: 3, Receipt: "2026-0042"}}
		if change != nil {
			change(&f)
		}
		return f
	}
	list := []portal.Followed{
		line("add", portal.OutcomeBooked, nil),
		line("remove", portal.OutcomeCancelled, func(f *portal.Followed) { f.Night, f.Final = portal.MustDate("2026-11-24"), portal.OutcomeCancelled }),
		line("add", portal.OutcomeWaiting, func(f *portal.Followed) { f.Rank = 2 }),
		line("add", portal.OutcomeRefused, func(f *portal.Followed) { f.Reason = "=Il n’y a plus de place." }),
		line("change", portal.OutcomeBooked, func(f *portal.Followed) {
			f.Hours = portal.Hours{Arrival: portal.Clock(8, 30), Departure: portal.Clock(17, 0)}
		}),
		line("absent", "absent", nil),
		line("present", portal.OutcomeBooked, nil),
		line("promote", portal.OutcomeBooked, func(f *portal.Followed) { f.Night, f.Receipt = portal.MustDate("2026-11-24"), "" }),
		line("add", portal.OutcomeBooked, func(f *portal.Followed) {
			f.Account, f.By = 4, portal.Person{Civility: "Mme", LastName: "D’HAUTPOUL", FirstName: "Delphine"}
		}),
	}
	golden(t, "suivi.csv", FollowSheet(list, 3).CSV())
}

func TestXLSX(t *testing.T) {
	canteen := &portal.Activity{ID: 2, Name: "RESTAURATION", Short: "Cantine", Starts: portal.Clock(11, 45), Ends: portal.Clock(13, 30)}
	list := []portal.Consumption{
		{Child: portal.Child{ID: 1, LastName: "=1+1", FirstName: "@SUM(A1)"}, Activity: canteen, Day: portal.MustDate("2026-10-05"), Presence: portal.PresenceBooked},
		{Child: portal.Child{ID: 1, LastName: "=1+1", FirstName: "@SUM(A1)"}, Activity: canteen, Day: portal.MustDate("2024-02-29"), Presence: portal.PresenceAbsent},
	}
	b, err := XLSX(ConsumptionSheets(list)...)
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("Consommations")
	if err != nil || len(rows) != 3 {
		t.Fatalf("%v %v", rows, err)
	}
	for i, want := range []string{"Enfant|Activité|Jour|Arrivée|Départ|État", "=1+1 @SUM(A1)|RESTAURATION|05/10/2026|11:45|13:30|Réservé", "=1+1 @SUM(A1)|RESTAURATION|29/02/2024|11:45|13:30|Absence signalée"} {
		if got := strings.Join(rows[i], "|"); got != want {
			t.Errorf("line %d: %s, want %s", i+1, got, want)
		}
	}
	if formula, err := f.GetCellFormula("Consommations", "A2"); formula != "" || err != nil {
		t.Errorf("a name became the formula %q %v", formula, err)
	}
	for cell, want := range map[string]excelize.CellType{"C2": excelize.CellTypeUnset, "D2": excelize.CellTypeUnset, "A2": excelize.CellTypeInlineString} {
		if got, err := f.GetCellType("Consommations", cell); got != want || err != nil { // unset is a number
			t.Errorf("%s has the type %v (%v), want %v", cell, got, err, want)
		}
	}
	if raw, err := f.GetCellValue("Consommations", "C2", excelize.Options{RawCellValue: true}); raw != "46300" || err != nil {
		t.Errorf("5 October 2026 is the day %s (%v)", raw, err)
	}
	if panes, err := f.GetPanes("Consommations"); err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("the header does not stay: %+v %v", panes, err)
	}
	totals, err := f.GetRows("Totaux")
	if err != nil || len(totals) != 2 || strings.Join(totals[1], "|") != "=1+1 @SUM(A1)|RESTAURATION|1|1|0" {
		t.Errorf("%v %v", totals, err)
	}
	empty, err := XLSX(PaymentSheet())
	if err != nil {
		t.Fatal(err)
	}
	g, err := excelize.OpenReader(bytes.NewReader(empty))
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	if rows, err := g.GetRows("Règlements"); err != nil || len(rows) != 1 || rows[0][0] != "Date" {
		t.Errorf("an empty month: %v %v", rows, err)
	}
}

// TestMonthsInTheOrderOfReading: what is to come first, then the past from the last month back.
func TestMonthsInTheOrderOfReading(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 5, 0, 0, portal.Paris)
	child := portal.Child{ID: 1, LastName: "DUPONT", FirstName: "Amalia"}
	var list []portal.Followed
	for _, day := range []string{"2026-09-07", "2027-01-04", "2026-11-30", "2026-10-05", "2026-12-07"} {
		list = append(list, portal.Followed{Movement: portal.Movement{Child: child, Day: portal.MustDate(day), Action: "add", Outcome: portal.OutcomeBooked, At: now}})
	}
	var page Follow
	page.SetMovements([]portal.Child{child}, list, 1, now)
	var months []string
	for _, m := range page.Groups[0].Months {
		months = append(months, m.Month)
	}
	if got := strings.Join(months, ", "); got != "Novembre 2026, Décembre 2026, Janvier 2027, Octobre 2026, Septembre 2026" {
		t.Error(got)
	}
}
