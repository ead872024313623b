package portal

import (
	"maps"
	"strings"
	"testing"
)

func TestPublicHolidays(t *testing.T) {
	metropole := map[string]string{
		"2026-01-01": "Jour de l’an",
		"2026-04-06": "Lundi de Pâques",
		"2026-05-01": "Fête du Travail",
		"2026-05-08": "Victoire 1945",
		"2026-05-14": "Ascension",
		"2026-05-25": "Lundi de Pentecôte",
		"2026-07-14": "Fête nationale",
		"2026-08-15": "Assomption",
		"2026-11-01": "Toussaint",
		"2026-11-11": "Armistice 1918",
		"2026-12-25": "Noël",
		"2027-01-01": "Jour de l’an",
		"2027-03-29": "Lundi de Pâques",
		"2027-05-01": "Fête du Travail",
		"2027-05-06": "Ascension",
		"2027-05-08": "Victoire 1945",
		"2027-05-17": "Lundi de Pentecôte",
		"2027-07-14": "Fête nationale",
		"2027-08-15": "Assomption",
		"2027-11-01": "Toussaint",
		"2027-11-11": "Armistice 1918",
		"2027-12-25": "Noël",
	}
	and := func(more map[string]string) map[string]string {
		all := maps.Clone(metropole)
		maps.Copy(all, more)
		return all
	}
	const abolition = "Abolition de l’esclavage"
	for _, c := range []struct {
		name string
		cal  *Calendar
		want map[string]string
	}{
		{"no calendar", nil, metropole},
		{"territory not said", &Calendar{}, metropole},
		{"métropole", &Calendar{Territory: Metropole}, metropole},
		{"Alsace-Moselle", &Calendar{Territory: AlsaceMoselle}, and(map[string]string{
			"2026-04-03": "Vendredi saint", "2026-12-26": "Saint-Étienne",
			"2027-03-26": "Vendredi saint", "2027-12-26": "Saint-Étienne",
		})},
		{"Guadeloupe", &Calendar{Territory: Guadeloupe}, and(map[string]string{"2026-05-27": abolition, "2027-05-27": abolition})},
		{"Guyane", &Calendar{Territory: Guyane}, and(map[string]string{"2026-06-10": abolition, "2027-06-10": abolition})},
		{"Martinique", &Calendar{Territory: Martinique}, and(map[string]string{"2026-05-22": abolition, "2027-05-22": abolition})},
		{"Mayotte", &Calendar{Territory: Mayotte}, and(map[string]string{"2026-04-27": abolition, "2027-04-27": abolition})},
		{"La Réunion", &Calendar{Territory: Reunion}, and(map[string]string{"2026-12-20": abolition, "2027-12-20": abolition})},
		{"Saint-Barthélemy", &Calendar{Territory: SaintBarthelemy}, and(map[string]string{"2026-10-09": abolition, "2027-10-09": abolition})},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := map[string]string{}
			for d := MustDate("2026-01-01"); d <= MustDate("2027-12-31"); d++ {
				if name := c.cal.PublicHoliday(d); name != "" {
					got[d.String()] = name
				}
			}
			if !maps.Equal(got, c.want) {
				t.Errorf("got  %v\nwant %v", got, c.want)
			}
		})
	}
	if name := (&Calendar{}).PublicHoliday(0); name != "" {
		t.Errorf("no date is %q", name)
	}
}

func TestEaster(t *testing.T) {
	for _, want := range []string{
		"1818-03-22", "1943-04-25", "2000-04-23", "2008-03-23", "2011-04-24", "2016-03-27", "2019-04-21", "2024-03-31",
		"2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2029-04-01", "2030-04-21", "2038-04-25", "2285-03-22",
	} {
		year, _, _ := MustDate(want).Civil()
		if got := easter(year); got != MustDate(want) {
			t.Errorf("Easter %d is %s, want %s", year, got, want)
		}
	}
	for year := 1900; year < 2300; year++ {
		if d := easter(year); d.Weekday() != Sunday || d < NewDate(year, 3, 22) || d > NewDate(year, 4, 25) {
			t.Errorf("Easter %d cannot be %s", year, d.LongYear())
		}
	}
}

func TestAscensionOnTheFirstOfMay(t *testing.T) {
	if got := (&Calendar{}).PublicHoliday(MustDate("2008-05-01")); got != "Fête du Travail" {
		t.Errorf("got %q", got)
	}
}

func TestCalendarNames(t *testing.T) {
	cal := &Calendar{
		Holidays: []Period{{"vacances de Noël", MustDate("2026-12-19"), MustDate("2027-01-03")}, {"", MustDate("2027-02-06"), MustDate("2027-02-06")}},
		Closures: []Period{{"pont du 14 juillet", MustDate("2026-07-13"), MustDate("2026-07-13")}, {"", MustDate("2027-07-16"), MustDate("2027-07-16")}},
	}
	for _, c := range []struct{ day, holiday, closure string }{
		{"2026-12-18", "", ""},
		{"2026-12-19", "vacances de Noël", ""},
		{"2027-01-03", "vacances de Noël", ""},
		{"2027-01-04", "", ""},
		{"2027-02-06", "vacances scolaires", ""},
		{"2026-07-13", "", "pont du 14 juillet"},
		{"2027-07-16", "", "tous les services"},
	} {
		d := MustDate(c.day)
		if h, f := cal.SchoolHoliday(d), cal.Closure(d); h != c.holiday || f != c.closure {
			t.Errorf("%s: %q, %q; want %q, %q", c.day, h, f, c.holiday, c.closure)
		}
		if h, f := (*Calendar)(nil).SchoolHoliday(d), (*Calendar)(nil).Closure(d); h != "" || f != "" {
			t.Errorf("%s: no calendar says %q, %q", c.day, h, f)
		}
	}
}

const threeYears = `{"annees": {
	"2027-2028": {"a_verifier": true,
		"toussaint": ["2027-10-23", "2027-11-08"], "noel": ["2027-12-18", "2028-01-03"],
		"hiver": {"A": ["2028-02-19", "2028-03-06"], "C": ["2028-02-12", "2028-02-28"]},
		"printemps": {"A": ["2028-04-22", "2028-05-09"], "C": ["2028-04-15", "2028-05-02"]}},
	"2025-2026": {"rentree": "2025-09-01",
		"toussaint": ["2025-10-18", "2025-11-03"], "noel": ["2025-12-20", "2026-01-05"],
		"hiver": {"A": ["2026-02-07", "2026-02-23"], "C": ["2026-02-21", "2026-03-09"]},
		"printemps": {"A": ["2026-04-04", "2026-04-20"], "C": ["2026-04-18", "2026-05-04"]},
		"pont_ascension": ["2026-05-15", "2026-05-16"], "ete": "2026-07-04"},
	"2026-2027": {"rentree": "2026-09-02",
		"toussaint": ["2026-10-17", "2026-11-02"], "noel": ["2026-12-19", "2027-01-04"],
		"hiver": {"A": ["2027-02-13", "2027-03-01"], "C": ["2027-02-06", "2027-02-22"]},
		"printemps": {"A": ["2027-04-10", "2027-04-26"], "C": ["2027-04-03", "2027-04-19"]},
		"pont_ascension": ["2027-05-07", "2027-05-07"], "ete": "2027-07-03"}
}}`

func TestParseSchoolHolidays(t *testing.T) {
	years, err := ParseSchoolHolidays([]byte(threeYears), "C")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, y := range years {
		got.WriteString(y.Label + " " + y.First.String() + " " + y.Last.String())
		if y.ToVerify {
			got.WriteString(" à vérifier")
		}
		got.WriteString("\n")
		for _, p := range y.Holidays {
			got.WriteString("  " + p.From.String() + " " + p.To.String() + " " + p.Name + "\n")
		}
	}
	const want = `2025-2026 2025-09-01 2026-07-03
  2025-10-18 2025-11-02 vacances de la Toussaint
  2025-12-20 2026-01-04 vacances de Noël
  2026-02-21 2026-03-08 vacances d’hiver
  2026-04-18 2026-05-03 vacances de printemps
  2026-05-15 2026-05-15 pont de l’Ascension
  2026-07-04 2026-09-01 vacances d’été
2026-2027 2026-09-02 2027-07-02
  2026-10-17 2026-11-01 vacances de la Toussaint
  2026-12-19 2027-01-03 vacances de Noël
  2027-02-06 2027-02-21 vacances d’hiver
  2027-04-03 2027-04-18 vacances de printemps
  2027-05-07 2027-05-07 pont de l’Ascension
  2027-07-03 2027-08-31 vacances d’été
2027-2028 2027-09-01 2028-07-05 à vérifier
  2027-10-23 2027-11-07 vacances de la Toussaint
  2027-12-18 2028-01-02 vacances de Noël
  2028-02-12 2028-02-27 vacances d’hiver
  2028-04-15 2028-05-01 vacances de printemps
  2028-07-06 2028-08-31 vacances d’été
`
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
	a, err := ParseSchoolHolidays([]byte(threeYears), "A")
	if err != nil {
		t.Fatal(err)
	}
	if h := a[1].Holidays[2]; h.From != MustDate("2027-02-13") || h.To != MustDate("2027-02-28") {
		t.Errorf("zone A, winter: %v", h)
	}
}

func TestParseSchoolHolidaysRefuses(t *testing.T) {
	const good = `{"annees": {"2026-2027": {"rentree": "2026-09-01",
		"toussaint": ["2026-10-17", "2026-11-02"], "noel": ["2026-12-19", "2027-01-04"],
		"hiver": {"C": ["2027-02-06", "2027-02-22"]}, "printemps": {"C": ["2027-04-03", "2027-04-19"]}, "ete": "2027-07-03"}}}`
	if _, err := ParseSchoolHolidays([]byte(good), "C"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, new, zone, want string }{
		{"unknown zone", "", "", "D", "La zone « D » n’existe pas"},
		{"zone without dates", "", "", "B", "Année 2026-2027, vacances d’hiver : il n’y a pas de dates pour la zone B"},
		{"not JSON", `{"annees"`, `annees`, "C", "ce n’est pas du JSON complet"},
		{"a number for a date", `"2027-07-03"`, `3`, "C", ".ete » n’a pas la forme attendue"},
		{"a word for a list", `["2026-12-19", "2027-01-04"]`, `"Noël"`, "C", "n’a pas la forme attendue"},
		{"no year", `"annees"`, `"années"`, "C", "aucune année"},
		{"year badly written", `"2026-2027"`, `"2026-2028"`, "C", "« 2026-2028 » n’est pas une année scolaire"},
		{"30 February", "2027-02-06", "2027-02-30", "C", "Année 2026-2027, vacances d’hiver : « 2027-02-30 » n’est pas une date"},
		{"bad first day of school", "2026-09-01", "01/09/2026", "C", "Année 2026-2027, rentrée : « 01/09/2026 » n’est pas une date"},
		{"bad summer", "2027-07-03", "juillet", "C", "Année 2026-2027, vacances d’été : « juillet » n’est pas une date"},
		{"bad return", "2027-02-22", "?", "C", "vacances d’hiver : « ? » n’est pas une date"},
		{"one date only", `["2026-12-19", "2027-01-04"]`, `["2026-12-19"]`, "C", "vacances de Noël : il faut deux dates"},
		{"no Christmas", `"noel"`, `"noël"`, "C", "vacances de Noël : il n’y a pas de dates"},
		{"return before the start", "2026-11-02", "2026-10-02", "C", "la reprise (02/10/2026) tombe avant"},
		{"overlap", "2026-11-02", "2026-12-25", "C", "« vacances de la Toussaint » et « vacances de Noël » se chevauchent"},
		{"holidays before the year", "2026-09-01", "2026-11-20", "C", "« rentrée » et « vacances de la Toussaint »"},
		{"summer too early", "2027-07-03", "2027-04-10", "C", "« vacances de printemps » et « vacances d’été »"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseSchoolHolidays([]byte(strings.Replace(good, c.old, c.new, 1)), c.zone)
			if e := AsError(err); e == nil || e.Kind != KindInvalid || !strings.Contains(e.Message, c.want) {
				t.Errorf("got %v, want « %s »", err, c.want)
			}
		})
	}
}

func BenchmarkPublicHoliday(b *testing.B) {
	cal, d := &Calendar{}, MustDate("2027-03-01")
	for i := 0; b.Loop(); i++ {
		cal.PublicHoliday(d + Date(i%42))
	}
}
