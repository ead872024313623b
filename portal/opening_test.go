package portal

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// zoneC is a town of zone C in 2026-2027, closed on the bridge of 14 July.
func zoneC() *Calendar {
	p := func(name, from, to string) Period { return Period{name, MustDate(from), MustDate(to)} }
	return &Calendar{
		Territory: Metropole,
		Holidays: []Period{
			p("vacances d’été", "2026-07-04", "2026-08-31"),
			p("vacances de la Toussaint", "2026-10-17", "2026-11-01"),
			p("vacances de Noël", "2026-12-19", "2027-01-03"),
			p("vacances d’hiver", "2027-02-06", "2027-02-21"),
			p("vacances de printemps", "2027-04-03", "2027-04-18"),
			p("pont de l’Ascension", "2027-05-07", "2027-05-07"),
			p("vacances d’été", "2027-07-03", "2027-08-31"),
		},
		Closures: []Period{p("pont du 14 juillet", "2027-07-15", "2027-07-16")},
	}
}

var fourDays = Days(Monday, Tuesday, Thursday, Friday)

// canteen opens on the four school days of 2026-2027.
func canteen() *Opening {
	return &Opening{First: MustDate("2026-09-01"), Last: MustDate("2027-07-02"), School: fourDays}
}

func TestOpeningOn(t *testing.T) {
	strike := canteen()
	strike.Exceptions = []Exception{
		{Day: MustDate("2026-12-03"), Why: "grève."},
		{Day: MustDate("2026-12-04")},
		{Day: MustDate("2026-11-11"), Open: true},
		{Day: MustDate("2026-12-12"), Open: true, Why: "samedi de rattrapage"},
		{Day: MustDate("2027-07-15"), Open: true},
		{Day: MustDate("2026-08-31"), Open: true},
	}
	holidayCamp := &Opening{Holidays: Days(Monday, Tuesday, Wednesday, Thursday, Friday)}
	camp := &Opening{School: Days(Wednesday), Holidays: Days(Monday, Tuesday), OnPublicHolidays: true}
	for _, c := range []struct {
		name, day string
		o         *Opening
		word, why string // nothing: open
	}{
		{"un lundi d’école", "2026-11-30", canteen(), "", ""},
		{"le mercredi", "2026-12-02", canteen(), "Fermé", "Pas d’ouverture le mercredi."},
		{"11 novembre", "2026-11-11", canteen(), "Férié", "Le mercredi 11 novembre est férié : Armistice 1918."},
		{"Pâques le lendemain du changement d’heure", "2027-03-29", canteen(), "Férié", "Le lundi 29 mars est férié : Lundi de Pâques."},
		{"jour de l’an, pendant les vacances", "2027-01-01", canteen(), "Férié", "Le vendredi 1er janvier est férié : Jour de l’an."},
		{"vacances", "2026-10-19", canteen(), "Fermé", "Vacances de la Toussaint."},
		{"dernier jour des vacances", "2027-01-03", canteen(), "Fermé", "Vacances de Noël."},
		{"jour de la rentrée de janvier", "2027-01-04", canteen(), "", ""},
		{"pont de l’Ascension", "2027-05-07", canteen(), "Fermé", "Pont de l’Ascension."},
		{"rentrée", "2026-09-01", canteen(), "", ""},
		{"veille de la rentrée", "2026-08-31", canteen(), "Fermé", "Pas d’ouverture avant le mardi 1er septembre 2026."},
		{"dernier jour", "2027-07-02", canteen(), "", ""},
		{"après la fin", "2027-07-05", canteen(), "Fermé", "Pas d’ouverture après le vendredi 2 juillet 2027."},
		{"grève", "2026-12-03", strike, "Fermé", "Fermeture exceptionnelle : grève."},
		{"fermeture sans motif", "2026-12-04", strike, "Fermé", "Fermeture exceptionnelle."},
		{"ouverture un jour férié", "2026-11-11", strike, "", ""},
		{"samedi de rattrapage", "2026-12-12", strike, "", ""},
		{"ouverture malgré la fermeture de la mairie", "2027-07-15", strike, "", ""},
		{"ouverture avant la rentrée", "2026-08-31", strike, "", ""},
		{"centre de loisirs des vacances, en vacances", "2026-10-19", holidayCamp, "", ""},
		{"centre de loisirs des vacances, pendant l’école", "2026-11-30", holidayCamp, "Fermé", "Ouverture pendant les vacances scolaires seulement."},
		{"centre de loisirs, fermeture de la mairie", "2027-07-16", holidayCamp, "Fermé", "Fermeture générale : pont du 14 juillet."},
		{"centre de loisirs, le samedi des vacances", "2026-10-17", holidayCamp, "Fermé", "Pas d’ouverture le samedi pendant ces vacances (vacances de la Toussaint)."},
		{"ouvert les jours fériés", "2026-11-11", camp, "", ""},
		{"ouvert les jours fériés, mais pas ce jour-là", "2027-05-06", camp, "Fermé", "Pas d’ouverture le jeudi."},
		{"mercredi de vacances sans ouverture", "2026-10-21", camp, "Fermé", "Pas d’ouverture le mercredi pendant ces vacances (vacances de la Toussaint)."},
	} {
		t.Run(c.name, func(t *testing.T) {
			open, closed := c.o.On(MustDate(c.day), zoneC())
			if open != (c.word == "") || closed != (Closed{c.word, c.why}) {
				t.Errorf("open %t, %+v; want %q, %q", open, closed, c.word, c.why)
			}
		})
	}
}

func TestNextOpen(t *testing.T) {
	cal := zoneC()
	for _, c := range []struct {
		name, from, want string
		o                *Opening
	}{
		{"le jour même", "2026-11-30", "2026-11-30", canteen()},
		{"le mercredi, on attend jeudi", "2026-12-02", "2026-12-03", canteen()},
		{"pendant les vacances de Noël", "2026-12-19", "2027-01-04", canteen()},
		{"avant la première rentrée", "2026-07-10", "2026-09-01", canteen()},
		{"après la fin", "2027-07-03", "", canteen()},
		{"jamais ouvert", "2026-09-01", "", &Opening{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := c.o.NextOpen(MustDate(c.from), cal)
			if got.String() != c.want || ok != (c.want != "") {
				t.Errorf("got %s, %t; want %s", got, ok, c.want)
			}
		})
	}
}

func TestWeekdaySet(t *testing.T) {
	for _, c := range []struct {
		set        WeekdaySet
		words, txt string
	}{
		{fourDays, "lundi, mardi, jeudi et vendredi", `["lundi","mardi","jeudi","vendredi"]`},
		{Days(Wednesday), "mercredi", `["mercredi"]`},
		{Weekend, "samedi et dimanche", `["samedi","dimanche"]`},
		{EveryDay, "tous les jours", `["lundi","mardi","mercredi","jeudi","vendredi","samedi","dimanche"]`},
		{0, "aucun jour", `[]`},
	} {
		if got := c.set.String(); got != c.words {
			t.Errorf("%v is said %q, want %q", c.set, got, c.words)
		}
		b, err := json.Marshal(c.set)
		if err != nil || string(b) != c.txt {
			t.Errorf("%v is written %s, %v; want %s", c.set, b, err, c.txt)
		}
		back := EveryDay
		if err := json.Unmarshal(b, &back); err != nil || back != c.set {
			t.Errorf("%s is read %v, %v", b, back, err)
		}
	}
	var s WeekdaySet
	if err := json.Unmarshal([]byte(`["lundo"]`), &s); AsError(err) == nil || !strings.Contains(err.Error(), "« lundo »") {
		t.Errorf("lundo gives %v, %v", s, err)
	}
	if fourDays.Has(Wednesday) || !fourDays.Has(Friday) {
		t.Error("the four school days are wrong")
	}
}

func TestOpeningJSON(t *testing.T) {
	full := Opening{
		First: MustDate("2026-09-01"), Last: MustDate("2027-07-02"), School: fourDays, Holidays: Days(Monday), OnPublicHolidays: true,
		Exceptions: []Exception{{Day: MustDate("2026-12-03"), Why: "grève"}, {Day: MustDate("2026-12-12"), Open: true}},
	}
	const want = `{"du":"2026-09-01","au":"2027-07-02","ecole":["lundi","mardi","jeudi","vendredi"],"vacances":["lundi"],"feries":true,` +
		`"exceptions":[{"jour":"2026-12-03","motif":"grève"},{"jour":"2026-12-12","ouvert":true}]}`
	for _, c := range []struct {
		o    Opening
		text string
	}{{full, want}, {Opening{}, `{}`}} {
		b, err := json.Marshal(c.o)
		if err != nil || string(b) != c.text {
			t.Errorf("written %s, %v\nwant %s", b, err, c.text)
		}
		var back Opening
		if err := json.Unmarshal(b, &back); err != nil || !reflect.DeepEqual(back, c.o) {
			t.Errorf("read %+v, %v", back, err)
		}
	}
}
