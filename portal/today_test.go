package portal

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestDeskTasks: what goes wrong first, then what cannot wait for tomorrow, then the rest; each role sees its own.
func TestDeskTasks(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, Paris)
	today := DateOf(now)
	full := func(day Date, waiting, left int) DayFigure {
		return DayFigure{Activity: &Activity{Spoken: "le centre"}, Day: day, Limited: true, Places: 10, Waiting: waiting, Left: left}
	}
	night := func(d Date, failed bool) Night {
		n := Night{Date: d, Due: d.At(Clock(1, 15)), Started: d.At(Clock(1, 15))}
		if failed {
			n.Failed = n.Started
		}
		return n
	}
	everything := DeskFacts{Children: 1, Late: []Night{night(today, true)}, Decide: 3, DecideFirst: today + 5, Absent: 2, Today: []DayFigure{full(today, 1, 0)}, NextDay: today + 1, Next: []DayFigure{full(today+1, 2, 0)},
		MailsDead: 1, MailsWaiting: 4, DeadAddresses: 1, Documents: 1, Openings: []Window{{Name: "vacances"}}, Unwritten: 9, Year: "2027-2028", Drafts: []TermsKind{Privacy}}
	for _, c := range []struct {
		name           string
		f              DeskFacts
		manager, admin bool
		want           string
	}{
		{"rien", DeskFacts{Children: 1}, true, true, ""},
		{"commune vide", DeskFacts{}, true, false, "vide"},
		{"commune vide, vue d’un agent", DeskFacts{}, false, false, ""},
		{"tout, administrateur", everything, true, true, "nuit absences complet complet decider courriels adresses justificatifs ouverture lettres annee textes"},
		{"tout, gestionnaire", everything, true, false, "nuit absences complet complet decider courriels adresses justificatifs ouverture lettres annee"},
		{"tout, agent", everything, false, false, "absences complet complet decider"},
		{"une décision pour demain passe devant", DeskFacts{Children: 1, Decide: 1, DecideFirst: today + 1, Absent: 1}, true, false, "decider absences"},
		{"complet sans personne qui attend", DeskFacts{Children: 1, Today: []DayFigure{full(today, 0, 0)}}, true, false, ""},
		{"plus d’enfants que de places", DeskFacts{Children: 1, Today: []DayFigure{full(today, 0, -2)}}, true, false, "complet"},
		{"on attend, et il reste des places", DeskFacts{Children: 1, Today: []DayFigure{full(today, 1, 3)}}, true, false, ""},
		{"complet lundi, vu le vendredi", DeskFacts{Children: 1, NextDay: today + 3, Next: []DayFigure{full(today+3, 1, 0)}}, true, false, ""},
		{"nuit en cours", DeskFacts{Children: 1, Late: []Night{{Date: today, Due: now.Add(-time.Minute), Started: now.Add(-time.Minute)}}}, true, false, ""},
		{"deux nuits manquées", DeskFacts{Children: 1, Late: []Night{{Date: today - 1, Due: now.Add(-30 * time.Hour)}, {Date: today, Due: now.Add(-6 * time.Hour)}}}, true, false, "nuit nuit"},
		{"sans serveur de courrier", DeskFacts{Children: 1, NoMailServer: true, MailsWaiting: 2}, true, false, "serveur"},
		{"aucune année connue ensuite", DeskFacts{Children: 1, YearMissing: true}, true, false, "annee"},
	} {
		c.f.Now = now
		var got []string
		for _, task := range c.f.Tasks(c.manager, c.admin) {
			got = append(got, string(task.Kind))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %s, want %s", c.name, strings.Join(got, " "), c.want)
		}
	}
}

// TestWhatComesNext: the next open day, the openings of the week, the year to prepare.
func TestWhatComesNext(t *testing.T) {
	day := MustDate("2026-11-27") // a Friday
	school := Opening{First: MustDate("2026-09-01"), Last: MustDate("2027-07-02"), School: Days(Monday, Tuesday, Thursday, Friday)}
	at := func(s string) time.Time { return MustDate(s).At(Clock(9, 0)) }
	s := Setup{
		Activities: []Activity{
			{ID: 1, Opening: school, Windows: []Window{{Name: "Noël", First: 1, Opens: at("2026-12-01")}, {Name: "hiver", First: 2, Opens: at("2026-12-10")}}},
			{ID: 2, Opening: school, Windows: []Window{{Name: "Noël", First: 1, Opens: at("2026-12-01")}, {Name: "passée", First: 3, Opens: at("2026-11-01")}}},
		},
		Years: []SchoolYearRef{{Label: "2026-2027", First: MustDate("2026-09-01"), Last: MustDate("2027-07-02")}, {Label: "2027-2028", First: MustDate("2027-09-01"), Last: MustDate("2028-07-07")}},
	}
	if got := s.NextOpenDay(day); got != MustDate("2026-11-30") {
		t.Errorf("after Friday: %s", got)
	}
	if got := s.NextOpenDay(MustDate("2027-07-10")); got != MustDate("2027-07-11") {
		t.Errorf("in summer: %s", got)
	}
	if n := len(s.OpenOn(day)); n != 2 {
		t.Errorf("%d open on Friday", n)
	}
	if got := s.OpeningsSoon(day.At(Clock(9, 0))); len(got) != 1 || got[0].Name != "Noël" {
		t.Errorf("openings %+v", got)
	}
	for date, want := range map[string]string{"2027-05-03": "", "2027-05-04": "2027-2028", "2027-08-31": "2027-2028", "2027-09-01": "", "2028-05-07": "", "2028-05-08": "manque"} {
		year, missing := s.YearToPrepare(MustDate(date))
		got := ""
		if year != nil {
			got = year.Label
		}
		if missing {
			got = "manque"
		}
		if got != want {
			t.Errorf("%s: %q, want %q", date, got, want)
		}
	}
	if year, missing := (&Setup{}).YearToPrepare(day); year != nil || missing {
		t.Error(fmt.Sprint("a structure without years: ", year, missing))
	}
}
