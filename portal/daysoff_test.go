package portal

import (
	"strings"
	"testing"
)

func schoolSetup() *Setup {
	d := MustDate
	return &Setup{
		Calendar: Calendar{Holidays: []Period{{"vacances de Noël", d("2026-12-19"), d("2027-01-03")}, {"vacances d’été", d("2027-07-03"), d("2027-08-31")}}},
		Years:    []SchoolYearRef{{ID: 1, Label: "2026-2027", First: d("2026-09-01"), Last: d("2027-07-02")}, {ID: 2, Label: "2027-2028", First: d("2027-09-01"), Last: d("2028-07-04")}},
		Activities: []Activity{
			{ID: 1, Name: "RESTAURATION", Opening: Opening{School: Days(Monday, Tuesday, Thursday, Friday)}},
			{ID: 2, Name: "ALSH VACANCES", Opening: Opening{Holidays: Days(Monday, Tuesday)}},
		},
	}
}

func TestReadDaysOff(t *testing.T) {
	s := schoolSetup()
	year, span, _ := s.YearSpan(1)
	row := func(name, from, to string) OffRow { return OffRow{Kind: OffBridge, Name: name, From: from, To: to} }
	list, err := ReadDaysOff([]OffRow{row("  pont du   14 mai ", "2027-05-14", ""), {}, {Kind: OffClosure, Name: "inventaire", From: "2027-01-04", To: "2027-01-05"},
		{Kind: OffBridge, Name: "x", From: "2027-01-04", Removed: true}}, year, span)
	if err != nil || len(list) != 2 || list[0].Name != "inventaire" || list[1].Name != "pont du 14 mai" || list[1].To != MustDate("2027-05-14") {
		t.Fatalf("%v %v", list, err)
	}
	for _, c := range []struct {
		name  string
		rows  []OffRow
		field string
		words string
	}{
		{"sans premier jour", []OffRow{row("pont", "", "2027-05-14")}, "du-0", "premier jour"},
		{"jour qui n’existe pas", []OffRow{row("pont", "29/02/2027", "")}, "du-0", "Le 29 février 2027 n’existe pas."},
		{"dernier jour illisible", []OffRow{row("pont", "2027-05-14", "14/05")}, "au-0", "n’est pas une date"},
		{"sans nom", []OffRow{row("", "2027-05-14", "")}, "nom-0", "familles"},
		{"à l’envers", []OffRow{row("pont", "2027-05-14", "2027-05-13")}, "au-0", "Échangez"},
		{"une année de trop", []OffRow{row("pont", "2027-05-14", "2028-05-14")}, "au-0", "trop long"},
		{"autre année", []OffRow{row("pont", "2027-10-14", "")}, "du-0", "2026-2027"},
		{"deux fois", []OffRow{row("pont", "2027-05-14", ""), row("fermeture", "2027-05-13", "2027-05-15")}, "du-1", "« pont »"},
	} {
		_, err := ReadDaysOff(c.rows, year, span)
		if refusal := AsError(err); refusal == nil || !strings.Contains(refusal.Field(c.field), c.words) {
			t.Errorf("%s: %v %v", c.name, err, refusal)
		}
	}
}

func TestLabels(t *testing.T) {
	for _, c := range []struct {
		kind       OffKind
		name, want string
	}{{OffHolidays, "vacances de Noël", "Vacances de Noël"}, {OffBridge, "pont du 14 juillet", "Pont du 14 juillet"}, {OffBridge, "vendredi après l’Ascension", "Pont : vendredi après l’Ascension"}, {OffClosure, "inventaire", "Fermeture : inventaire"}} {
		if got := (DaysOff{c.kind, Period{Name: c.name}}).Label(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	twice := []DaysOff{{OffClosure, Period{"travaux", MustDate("2027-05-03"), MustDate("2027-05-03")}}, {OffClosure, Period{"travaux", MustDate("2027-06-03"), MustDate("2027-06-04")}}}
	if facts := OffFacts(twice); facts[0].What == facts[1].What || facts[1].Value != "du 3 au 4 juin 2027" {
		t.Errorf("%v", facts)
	}
}

func TestYearSpan(t *testing.T) {
	s := schoolSetup()
	_, first, _ := s.YearSpan(1)
	_, second, _ := s.YearSpan(2)
	if first.To != MustDate("2027-08-31") || second.From != MustDate("2027-09-01") || !first.Holds(MustDate("2026-08-15")) || !second.Holds(MustDate("2028-08-31")) {
		t.Errorf("%v %v", first, second)
	}
	if _, _, ok := s.YearSpan(3); ok {
		t.Error("a year that is not there has days")
	}
}

// TestTouched: what closes, what opens, and the bookings on what closes.
func TestTouched(t *testing.T) {
	s := schoolSetup()
	_, span, _ := s.YearSpan(1)
	d := MustDate
	from := d("2026-11-23")
	booked := []BookedCount{{1, d("2027-01-04"), 12, 2}, {1, d("2027-01-05"), 3, 0}, {1, d("2027-01-07"), 9, 0}, {2, d("2026-12-21"), 4, 0}, {1, d("2026-11-20"), 7, 0}}
	longer := s.Calendar.With(true, span, []DaysOff{{OffHolidays, Period{"vacances de Noël", d("2026-12-19"), d("2027-01-05")}}, {OffHolidays, Period{"vacances d’été", d("2027-07-03"), d("2027-08-31")}}})
	list := s.Touched(&longer, booked, from)
	if len(list) != 2 {
		t.Fatalf("%v", list)
	}
	if c := list[0]; c.Closes != 2 || c.Opens != 0 || len(c.Days) != 2 || c.Booked != 15 || c.Waiting != 2 {
		t.Errorf("canteen: %+v", c)
	}
	if c := list[1]; c.Closes != 0 || c.Opens != 2 || c.Booked != 0 {
		t.Errorf("holiday centre: %+v", c)
	}
	bridge := s.Calendar.With(false, span, []DaysOff{{OffBridge, Period{"pont", d("2026-12-21"), d("2026-12-21")}}})
	list = s.Touched(&bridge, booked, from)
	if len(list) != 1 || list[0].Activity.ID != 2 || list[0].Booked != 4 {
		t.Errorf("bridge day: %+v", list)
	}
	if open, closed := s.Activities[1].Opening.On(d("2026-12-21"), &bridge); open || closed.Why != "Fermeture générale : pont." {
		t.Errorf("%v %v", open, closed)
	}
	same := s.Calendar
	if list := s.Touched(&same, booked, from); len(list) != 0 {
		t.Errorf("nothing changed: %v", list)
	}
}

func TestCheckYear(t *testing.T) {
	d := MustDate
	others := schoolSetup().Years
	if err := CheckYear(SchoolYearRef{Label: "2028-2029", First: d("2028-09-01"), Last: d("2029-07-03")}, others); err != nil {
		t.Error(err)
	}
	if err := CheckYear(SchoolYearRef{ID: 1, Label: "2026-2027", First: d("2026-09-02"), Last: d("2027-07-01")}, others); err != nil {
		t.Errorf("a year on its own days: %v", err)
	}
	for _, c := range []struct {
		y     SchoolYearRef
		field string
	}{
		{SchoolYearRef{Label: "2028", First: d("2028-09-01"), Last: d("2029-07-03")}, "annee"},
		{SchoolYearRef{Label: "2027-2028", First: d("2028-08-01"), Last: d("2029-07-03")}, "annee"},
		{SchoolYearRef{Label: "2028-2029", First: d("2027-12-01"), Last: d("2028-10-03")}, "premier"},
		{SchoolYearRef{Label: "2028-2029", Last: d("2029-07-03")}, "premier"},
		{SchoolYearRef{Label: "2028-2029", First: d("2028-09-01")}, "dernier"},
		{SchoolYearRef{Label: "2028-2029", First: d("2028-09-01"), Last: d("2028-10-01")}, "dernier"},
		{SchoolYearRef{Label: "2028-2029", First: d("2028-07-03"), Last: d("2029-07-01")}, "premier"},
	} {
		if refusal := AsError(CheckYear(c.y, others)); refusal == nil || refusal.Field(c.field) == "" {
			t.Errorf("%+v: %v %v", c.y, refusal, c.field)
		}
	}
}

func TestMark(t *testing.T) {
	d := MustDate
	c := &Calendar{Territory: AlsaceMoselle, Holidays: []Period{{"vacances de Noël", d("2026-12-19"), d("2027-01-03")}}, Closures: []Period{{"inventaire", d("2026-12-28"), d("2026-12-28")}}, Bridges: []Period{{"pont", d("2027-05-07"), d("2027-05-07")}}}
	for day, want := range map[string]DayMark{"2026-12-18": MarkNone, "2026-12-21": MarkHolidays, "2026-12-25": MarkPublic, "2026-12-26": MarkPublic, "2026-12-28": MarkClosure, "2027-05-07": MarkBridge, "2027-05-08": MarkPublic, "2027-05-09": MarkWeekend, "2026-12-20": MarkHolidays} {
		if got := c.Mark(d(day)); got != want {
			t.Errorf("%s: %q, want %q", day, got, want)
		}
	}
	if got := len((&Calendar{}).PublicHolidays(d("2026-01-01"), d("2026-12-31"))); got != 11 {
		t.Errorf("%d public holidays, want 11", got)
	}
	months := (SchoolYearRef{First: d("2026-09-01")}).Months()
	if len(months) != 12 || months[11].String() != "2027-08" {
		t.Errorf("%v", months)
	}
}

// TestOverseas: the days that one territory alone has.
func TestOverseas(t *testing.T) {
	for _, c := range []struct {
		where     Territory
		day, want string
	}{
		{SaintMartin, "2027-05-28", "Abolition de l’esclavage"}, {SaintPierre, "2027-05-28", ""}, {NouvelleCaledonie, "2026-09-24", "Fête de la citoyenneté"},
		{PolynesieFrancaise, "2027-03-26", "Vendredi saint"}, {PolynesieFrancaise, "2027-03-05", "Arrivée de l’Évangile"}, {PolynesieFrancaise, "2026-11-20", "Matari’i"},
		{WallisEtFutuna, "2027-07-29", "Fête du territoire"}, {WallisEtFutuna, "2027-04-28", "Saint-Pierre-Chanel"}, {Guadeloupe, "2027-05-28", ""}, {Metropole, "2027-03-26", ""},
	} {
		if got := (&Calendar{Territory: c.where}).PublicHoliday(MustDate(c.day)); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.where, c.day, got, c.want)
		}
	}
	for _, where := range Territories {
		if where.Word() == "" {
			t.Errorf("%s has no name", where)
		}
	}
}
