package portal

import (
	"strings"
	"testing"
	"time"
)

func days(list ...string) []Date {
	var d []Date
	for _, s := range list {
		d = append(d, MustDate(s))
	}
	return d
}

func TestDaysWords(t *testing.T) {
	for _, c := range []struct {
		days []Date
		want string
	}{
		{nil, ""},
		{days("2026-11-30"), "lun. 30 novembre"},
		{days("2026-11-30", "2026-12-01", "2026-12-03"), "lun. 30 novembre ; mar. 1er, jeu. 3 décembre"},
		{days("2026-12-18", "2027-01-04"), "ven. 18 décembre ; lun. 4 janvier 2027"},
		{days("2024-02-29"), "jeu. 29 février 2024"},
	} {
		if got := strings.ReplaceAll(DaysWords(c.days, 2026), "\u00a0", " "); got != c.want {
			t.Errorf("%v: %q, want %q", c.days, got, c.want)
		}
	}
}

func TestQuickPeriods(t *testing.T) {
	got := map[string][2]string{}
	for _, p := range QuickPeriods(MustDate("2027-01-31")) {
		got[p.Label] = [2]string{p.From.String(), p.To.String()}
	}
	for label, want := range map[string][2]string{
		"Toutes les dates": {"", ""}, "À venir": {"2027-01-31", ""}, "Ce mois-ci": {"2027-01-01", "2027-01-31"},
		"Mois prochain": {"2027-02-01", "2027-02-28"}, "Mois dernier": {"2026-12-01", "2026-12-31"},
	} {
		if got[label] != want {
			t.Errorf("%s: %v, want %v", label, got[label], want)
		}
	}
}

func TestPeriodThatEndsBeforeItStarts(t *testing.T) {
	day := MustDate("2026-12-01")
	for _, f := range []FollowFilter{{}, {From: day}, {To: day}, {From: day, To: day}} {
		if err := f.Check(); err != nil {
			t.Errorf("%+v: %v", f, err)
		}
	}
	if e := AsError(FollowFilter{From: day, To: day - 1}.Check()); e == nil || e.Kind != KindInvalid || e.Field("au") == "" {
		t.Errorf("a period that ends before it starts: %v", e)
	}
}

// TestBatches: days asked at once that came to the same thing stand on one line; nothing else is gathered.
func TestBatches(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, Paris)
	one := Followed{Movement: Movement{Child: Child{ID: 1}, ActID: 2, Account: 3, Day: MustDate("2026-12-08"), Action: "add", At: at, Outcome: OutcomeBooked}}
	with := func(day string, change func(*Followed)) Followed {
		f := one
		f.Day = MustDate(day)
		if change != nil {
			change(&f)
		}
		return f
	}
	list := []Followed{
		with("2026-12-08", nil), with("2026-12-07", nil), with("2026-12-15", nil),
		with("2026-12-09", func(f *Followed) { f.Child.ID = 9 }),
		with("2026-12-09", func(f *Followed) { f.ActID = 9 }),
		with("2026-12-09", func(f *Followed) { f.Account = 9 }),
		with("2026-12-09", func(f *Followed) { f.At = at.Add(time.Second) }),
		with("2026-12-09", func(f *Followed) { f.Action = "remove" }),
		with("2026-12-09", func(f *Followed) { f.Outcome, f.Rank = OutcomeWaiting, 1 }),
		with("2026-12-10", func(f *Followed) { f.Outcome, f.Rank = OutcomeWaiting, 2 }),
		with("2026-12-09", func(f *Followed) { f.Final = OutcomeCancelled }),
		with("2026-12-09", func(f *Followed) { f.Reason = "complet" }),
		with("2026-12-09", func(f *Followed) { f.Night = MustDate("2026-11-24") }),
		with("2026-12-09", func(f *Followed) { f.Hours.Arrival = Clock(8, 0) }),
	}
	got := Batches(list, nil)
	if len(got) != len(list)-2 {
		t.Fatalf("%d batches, want %d", len(got), len(list)-2)
	}
	if words := strings.ReplaceAll(DaysInMonth(got[0].Days), "\u00a0", " "); words != "lun. 7, mar. 8, mar. 15" || got[0].Day != MustDate("2026-12-07") {
		t.Errorf("%s, first %s", words, got[0].Day)
	}
	apart := Batches(list[:3], func(f Followed) string { return f.Day.Monday().String() })
	if len(apart) != 2 {
		t.Errorf("%d batches set apart by week, want 2", len(apart))
	}
}

func TestWhoDidIt(t *testing.T) {
	f := Followed{Movement: Movement{Account: 3, Action: "add"}, By: Person{Civility: "Mme", LastName: "D’HAUTPOUL", FirstName: "Delphine"}}
	if got := f.Who(3); got != "vous" {
		t.Error(got)
	}
	if got := f.Who(4); got != "Mme D’HAUTPOUL Delphine" {
		t.Error(got)
	}
	f.Town = true
	if got := f.Who(4); got != "la mairie" {
		t.Error(got)
	}
	f.Action = "promote"
	if got := f.Who(3); got != "la liste d’attente" {
		t.Error(got)
	}
}

func TestHistoryMonths(t *testing.T) {
	for _, c := range []struct{ first, today, want string }{
		{"", "2026-11-23", "2026-10 2026-11"},
		{"2026-11-30", "2026-11-23", "2026-10 2026-11"},
		{"2026-09-01", "2026-11-23", "2026-09 2026-11"},
		{"2025-12-31", "2027-01-01", "2025-12 2027-01"},
	} {
		var first Date
		if c.first != "" {
			first = MustDate(c.first)
		}
		from, to := HistoryMonths(first, MustDate(c.today))
		if got := from.String() + " " + to.String(); got != c.want {
			t.Errorf("from %s on %s: %s, want %s", c.first, c.today, got, c.want)
		}
	}
}

func TestTotals(t *testing.T) {
	canteen, evening := &Activity{ID: 1}, &Activity{ID: 2}
	list := []Consumption{
		{Child: Child{ID: 1}, Activity: canteen, Presence: PresenceBooked}, {Child: Child{ID: 1}, Activity: evening, Presence: PresenceWaiting},
		{Child: Child{ID: 1}, Activity: canteen, Presence: PresenceAbsent}, {Child: Child{ID: 1}, Activity: canteen, Presence: PresenceBooked}, {Child: Child{ID: 2}, Activity: canteen, Presence: PresenceBooked},
	}
	got := Totals(list)
	if len(got) != 3 || got[0].Booked != 2 || got[0].Absent != 1 || got[0].Waiting != 0 || got[1].Waiting != 1 || got[2].Booked != 1 {
		t.Errorf("%+v", got)
	}
}

func TestTypedReceiptNumber(t *testing.T) {
	for typed, want := range map[string]string{"2026-0042": "2026-0042", " 2026-42 ": "2026-0042", "n° 2026 0042": "2026-0042", "2026/12345": "2026-12345", "Reçu n°2026-0001": "2026-0001"} {
		if got, err := TypedReceiptNumber(typed); got != want || err != nil {
			t.Errorf("%q: %q %v, want %q", typed, got, err, want)
		}
	}
	for _, typed := range []string{"", "42", "reçu", "2026-", "2026-0042-7", "2026-0042 ' OR 1", "2026-99999999999"} {
		if got, err := TypedReceiptNumber(typed); AsError(err) == nil {
			t.Errorf("%q was read as %q", typed, got)
		}
	}
}
