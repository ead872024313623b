package portal

import (
	"testing"
	"time"
)

// said gives a limit as the town hall writes it: "2026-11-23 24:00" is Monday midnight.
func said(t time.Time) string {
	day, at := limitDay(t)
	return day.String() + " " + at.String()
}

// TestDeadline holds every dated example of RULES.md and the readings of its rules A01 to A37.
func TestDeadline(t *testing.T) {
	saintJean := ByWeekday(
		TableRow{For: Days(Monday, Tuesday), Weekday: Thursday, Weeks: 1, At: Clock(10, 0)},
		TableRow{For: Days(Thursday, Friday), Weekday: Tuesday, Weeks: 0, At: Clock(10, 0)})
	rontalon := ByWeekday(
		TableRow{For: Days(Monday), Weekday: Friday, Weeks: 1, At: Clock(11, 0)},
		TableRow{For: Days(Tuesday), Weekday: Monday, At: Clock(11, 0)},
		TableRow{For: Days(Thursday), Weekday: Tuesday, At: Clock(11, 0)},
		TableRow{For: Days(Friday), Weekday: Thursday, At: Clock(11, 0)})
	voulangis := ByWeekday(
		TableRow{For: Days(Monday), Weekday: Friday, Weeks: 1, At: Clock(9, 30)},
		TableRow{For: Days(Tuesday), Weekday: Monday, At: Clock(9, 30)},
		TableRow{For: Days(Thursday), Weekday: Tuesday, At: Clock(9, 30)},
		TableRow{For: Days(Friday), Weekday: Thursday, At: Clock(9, 30)}).Except(Skip{PublicHolidays: true})
	month := func(s string) Month { m, err := ParseMonth(s); must(t, err); return m }
	lons := ByDates(EndOfDay, ForMonth(month("2024-09"), MustDate("2024-08-27")), ForMonth(month("2024-10"), MustDate("2024-09-24")))
	veyrasTAP := ByDates(EndOfDay, DatedLimit{Period{"1er trimestre", MustDate("2026-09-01"), MustDate("2026-12-18")}, MustDate("2026-08-17")})
	weekend := Skip{Weekdays: Weekend}

	type dates [][2]string // day of service, last instant
	for _, c := range []struct {
		name string
		rule Cutoff
		want dates
	}{
		// The dated examples.
		{"Cruas : J-2 à 12 h, week-end non compté", DaysBefore(2, Clock(12, 0)).Except(weekend), dates{
			{"2026-11-30", "2026-11-26 12:00"}, {"2026-12-01", "2026-11-27 12:00"}, {"2026-12-03", "2026-12-01 12:00"}, {"2026-12-04", "2026-12-02 12:00"}}},
		{"2 jours ouvrés, 10 h, autour du 11 novembre", WorkingDaysBefore(2, Clock(10, 0)), dates{
			{"2026-11-13", "2026-11-10 10:00"}, {"2026-11-12", "2026-11-09 10:00"}}},
		{"Villes Sœurs : 3 jours ouvrés avant, le soir", WorkingDaysBefore(3, EndOfDay), dates{
			{"2026-11-30", "2026-11-25 24:00"}, {"2026-12-01", "2026-11-26 24:00"}, {"2026-12-02", "2026-11-27 24:00"},
			{"2026-12-03", "2026-11-30 24:00"}, {"2026-12-04", "2026-12-01 24:00"}}},
		{"Rontalon : le jour d’école précédent à 11 h", SchoolDaysBefore(1, Clock(11, 0)), dates{
			{"2026-12-03", "2026-12-01 11:00"}, {"2027-01-04", "2026-12-18 11:00"}}},
		{"Espondeilhan : lundi soir minuit de la semaine précédente", WeekdayBefore(Monday, 1, EndOfDay), dates{
			{"2026-12-04", "2026-11-23 24:00"}}},
		{"la veille 11 h, sans week-end ni mercredi", DaysBefore(1, Clock(11, 0)).Except(Skip{Weekdays: Weekend | Days(Wednesday)}), dates{
			{"2026-11-23", "2026-11-20 11:00"}, {"2026-11-24", "2026-11-23 11:00"}, {"2026-11-26", "2026-11-24 11:00"}, {"2026-11-27", "2026-11-26 11:00"}}},
		{"mardi 12 h, deux semaines avant", WeekdayBefore(Tuesday, 2, Clock(12, 0)), dates{
			{"2026-11-23", "2026-11-10 12:00"}, {"2026-11-27", "2026-11-10 12:00"}}},
		{"le 25 du mois précédent à 18 h", DayOfMonthBefore(25, Clock(18, 0)), dates{
			{"2026-11-02", "2026-10-25 18:00"}, {"2026-12-18", "2026-11-25 18:00"}}},

		// The rules of RULES.md, in its order.
		{"A01 Montagnac : mercredi minuit pour la semaine d’après", WeekdayBefore(Wednesday, 1, EndOfDay), dates{
			{"2026-11-30", "2026-11-25 24:00"}, {"2026-12-04", "2026-11-25 24:00"}}},
		{"A02 Veyras cantine : mardi 23 h 59 pour la semaine suivante", WeekdayBefore(Tuesday, 1, Clock(23, 59)), dates{
			{"2026-11-30", "2026-11-24 23:59"}, {"2026-12-04", "2026-11-24 23:59"}}},
		{"A03 Veyras garderie : la veille 18 h, dimanche compris", DaysBefore(1, Clock(18, 0)), dates{
			{"2026-11-30", "2026-11-29 18:00"}, {"2026-12-01", "2026-11-30 18:00"}}},
		{"A04 Veyras TAP : inscription de la période avant le 17 août", veyrasTAP, dates{
			{"2026-09-01", "2026-08-17 24:00"}, {"2026-12-18", "2026-08-17 24:00"}, {"2027-01-04", ""}}},
		{"A04 Veyras TAP : annulation la veille 17 h", DaysBefore(1, Clock(17, 0)), dates{{"2026-09-04", "2026-09-03 17:00"}}},
		{"A06 Cruas, centre de loisirs du mercredi : jeudi 12 h de la semaine précédente", WeekdayBefore(Thursday, 1, Clock(12, 0)), dates{
			{"2026-12-02", "2026-11-26 12:00"}}},
		{"A07 Villes Sœurs, sans repas : la veille", DaysBefore(1, EndOfDay), dates{{"2026-11-30", "2026-11-29 24:00"}}},
		{"A07 Villes Sœurs : tout achat est ferme", Never(), dates{{"2026-11-30", ""}}},
		{"A09 Saint-Jean-du-Bois : jeudi 10 h pour lundi et mardi, mardi 10 h pour jeudi et vendredi", saintJean, dates{
			{"2026-11-30", "2026-11-26 10:00"}, {"2026-12-01", "2026-11-26 10:00"}, {"2026-12-02", ""},
			{"2026-12-03", "2026-12-01 10:00"}, {"2026-12-04", "2026-12-01 10:00"}}},
		{"A11 Bertholène : réservation mardi 12 h de la semaine précédente", WeekdayBefore(Tuesday, 1, Clock(12, 0)), dates{{"2026-12-03", "2026-11-24 12:00"}}},
		{"A11 Bertholène : modification lundi 12 h de la semaine précédente", WeekdayBefore(Monday, 1, Clock(12, 0)), dates{{"2026-12-03", "2026-11-23 12:00"}}},
		{"A12 Villeneuve-de-Rivière : mardi 10 h pour la semaine d’après", WeekdayBefore(Tuesday, 1, Clock(10, 0)), dates{{"2026-11-30", "2026-11-24 10:00"}}},
		{"A12 Villeneuve-de-Rivière : réajustement jusqu’à 2 jours avant", DaysBefore(2, EndOfDay), dates{{"2026-11-30", "2026-11-28 24:00"}}},
		{"A13 Rovon : réservation 4 jours avant", DaysBefore(4, EndOfDay), dates{{"2026-12-03", "2026-11-29 24:00"}}},
		{"A13 Rovon : annulation la veille midi, mercredi sauté", ServiceDaysBefore(1, Clock(12, 0)), dates{
			{"2026-12-03", "2026-12-01 12:00"}, {"2026-11-30", "2026-11-27 12:00"}, {"2026-12-04", "2026-12-03 12:00"}, {"2026-11-02", "2026-10-16 12:00"}}},
		{"A15 Vigneux : jeudi de la semaine précédente", WeekdayBefore(Thursday, 1, EndOfDay), dates{{"2026-11-30", "2026-11-26 24:00"}}},
		{"A16 Boisemont : jeudi 9 h de la semaine précédente", WeekdayBefore(Thursday, 1, Clock(9, 0)), dates{
			{"2026-11-30", "2026-11-26 09:00"}, {"2026-12-04", "2026-11-26 09:00"}}},
		{"A16 Boisemont, malade : 10 h le jour de l’absence", DaysBefore(0, Clock(10, 0)), dates{{"2026-12-04", "2026-12-04 10:00"}}},
		{"A17 Rontalon, en tableau", rontalon, dates{
			{"2026-11-30", "2026-11-27 11:00"}, {"2026-12-01", "2026-11-30 11:00"}, {"2026-12-03", "2026-12-01 11:00"}, {"2026-12-04", "2026-12-03 11:00"}}},
		{"A17 Rontalon, en tableau : la rentrée après les vacances", rontalon.Except(serviceDays), dates{
			{"2027-01-04", "2026-12-18 11:00"}, {"2026-11-02", "2026-10-16 11:00"}, {"2026-11-30", "2026-11-27 11:00"}}},
		{"A17 Rontalon : la rentrée de septembre", SchoolDaysBefore(1, Clock(11, 0)), dates{{"2026-09-01", "2026-07-03 11:00"}}},
		{"A18 Mollégès : vendredi midi pour la semaine d’après", WeekdayBefore(Friday, 1, Clock(12, 0)), dates{{"2026-11-30", "2026-11-27 12:00"}}},
		{"A20 Saint-Cyprien : mardi 23 h pour la semaine d’après", WeekdayBefore(Tuesday, 1, Clock(23, 0)), dates{{"2026-11-30", "2026-11-24 23:00"}}},
		{"A21 Cuillé : réservation 72 h avant midi", HoursBefore(72), dates{{"2026-12-03", "2026-11-30 12:00"}, {"2026-11-30", "2026-11-27 12:00"}}},
		{"A21 Cuillé : annulation le jour même 8 h 30", DaysBefore(0, Clock(8, 30)), dates{{"2026-12-03", "2026-12-03 08:30"}}},
		{"A22 Éragny : 15 jours francs avant le premier jour des vacances", ClearDaysBeforePeriod(15), dates{
			{"2026-10-17", "2026-10-01 24:00"}, {"2026-10-30", "2026-10-01 24:00"}, {"2027-01-02", "2026-12-03 24:00"}}},
		{"A23 Cœur de Garonne, ALAE : 2 jours ouvrés", WorkingDaysBefore(2, EndOfDay), dates{{"2026-11-30", "2026-11-26 24:00"}}},
		{"A23 Cœur de Garonne, mercredis et vacances : 7 jours", DaysBefore(7, EndOfDay), dates{{"2026-12-02", "2026-11-25 24:00"}}},
		{"A25 Cournon : dimanche soir pour mercredi", WeekdayBefore(Sunday, 1, EndOfDay), dates{{"2026-12-02", "2026-11-29 24:00"}}},
		{"A28 Sète, en ligne : dimanche, deux semaines avant", WeekdayBefore(Sunday, 2, EndOfDay), dates{
			{"2022-11-28", "2022-11-20 24:00"}, {"2022-12-02", "2022-11-20 24:00"}}},
		{"A28 Sète, au guichet : vendredi, deux semaines avant", WeekdayBefore(Friday, 2, Clock(17, 0)), dates{{"2022-11-28", "2022-11-18 17:00"}}},
		{"A29 Lons-le-Saunier : tableau des dates butoirs", lons, dates{
			{"2024-09-02", "2024-08-27 24:00"}, {"2024-09-30", "2024-08-27 24:00"}, {"2024-10-01", "2024-09-24 24:00"}, {"2024-11-04", ""}}},
		{"A29 Lons-le-Saunier : absence annoncée jusqu’à 8 h 30", DaysBefore(0, Clock(8, 30)), dates{{"2024-09-02", "2024-09-02 08:30"}}},
		{"A30 Peipin : dernière semaine complète du mois précédent", LastFullWeek(Sunday, EndOfDay), dates{
			{"2026-12-01", "2026-11-29 24:00"}, {"2026-12-18", "2026-11-29 24:00"}, // November ends on a Monday
			{"2026-11-02", "2026-10-25 24:00"}, // October ends on a Saturday
			{"2026-06-01", "2026-05-31 24:00"}, // May ends on a Sunday
			{"2027-03-01", "2027-02-28 24:00"}, // four full weeks
			{"2027-01-04", "2026-12-27 24:00"}}},
		{"A30 Peipin : jusqu’au vendredi de cette semaine", LastFullWeek(Friday, Clock(17, 0)), dates{{"2026-12-01", "2026-11-27 17:00"}}},
		{"A34 Espace Citoyens : veille 9 h, lundi ← vendredi 9 h", DaysBefore(1, Clock(9, 0)).Except(weekend), dates{
			{"2026-11-30", "2026-11-27 09:00"}, {"2026-12-01", "2026-11-30 09:00"}}},
		{"A34 Espace Citoyens, vacances : clôture 3 semaines avant", DaysBeforePeriod(21, EndOfDay), dates{{"2026-10-21", "2026-09-26 24:00"}}},
		{"A35 Voulangis : le jour de service précédent, 9 h 30", ServiceDaysBefore(1, Clock(9, 30)), dates{
			{"2026-11-30", "2026-11-27 09:30"}, {"2026-12-01", "2026-11-30 09:30"}, {"2026-12-03", "2026-12-01 09:30"}, {"2026-12-04", "2026-12-03 09:30"}}},
		{"A35 Voulangis, en tableau : le lundi de Pâques ne compte pas", voulangis, dates{
			{"2027-03-30", "2027-03-28 09:30"}, {"2027-03-23", "2027-03-22 09:30"}, {"2027-05-07", "2027-05-05 09:30"}}},
		{"A37 Altkirch : la veille 17 h", DaysBefore(1, Clock(17, 0)), dates{{"2026-12-04", "2026-12-03 17:00"}}},
		{"B08 Alès : vendredi 16 h, dix jours avant la semaine", WeekdayBefore(Friday, 2, Clock(16, 0)), dates{{"2026-11-30", "2026-11-20 16:00"}}},
		{"B11 Wervicq-Sud : 8 jours avant le début des vacances", DaysBeforePeriod(8, EndOfDay), dates{{"2026-12-22", "2026-12-11 24:00"}}},

		// Other words of the law.
		{"sans limite : jusqu’à la fin du jour", NoLimit(), dates{{"2026-12-04", "2026-12-04 24:00"}}},
		{"2 jours ouvrables : le samedi compte", DaysBefore(2, Clock(10, 0)).Except(businessDays), dates{
			{"2026-11-30", "2026-11-27 10:00"}, {"2026-11-12", "2026-11-09 10:00"}}},
		{"5 jours francs avant le jour", Cutoff{Shape: ShapeDays, Days: 5, Clear: true, At: EndOfDay}, dates{{"2026-12-07", "2026-12-01 24:00"}}},
		{"10 jours ouvrés avant les vacances", WorkingDaysBeforePeriod(10, Clock(12, 0)), dates{{"2026-12-23", "2026-12-07 12:00"}}},
		{"hors vacances, la période est la semaine", DaysBeforePeriod(3, EndOfDay), dates{
			{"2026-12-02", "2026-11-27 24:00"}, {"2027-05-08", "2027-05-05 24:00"}, {"2027-05-07", "2027-05-04 24:00"}}},
		{"vacances scolaires non comptées", DaysBefore(2, EndOfDay).Except(Skip{SchoolHolidays: true}), dates{{"2026-11-03", "2026-10-16 24:00"}}},
		{"48 h, week-ends non comptés", HoursBefore(48).Except(weekend), dates{
			{"2026-11-30", "2026-11-26 12:00"}, {"2026-12-01", "2026-11-27 12:00"}, {"2026-12-04", "2026-12-02 12:00"}, {"2026-11-28", "2026-11-26 12:00"}}},
		{"12 h avant midi, week-ends non comptés : minuit juste", HoursBefore(12).Except(weekend), dates{{"2026-11-30", "2026-11-29 24:00"}}},
		{"jeudi de la semaine précédente, la veille s’il est férié", WeekdayBefore(Thursday, 1, Clock(9, 0)).Except(Skip{PublicHolidays: true}), dates{
			{"2027-05-10", "2027-05-05 09:00"}, {"2027-05-03", "2027-04-29 09:00"}}},
		{"le 1er du mois précédent, avancé s’il est férié ou le week-end", DayOfMonthBefore(1, EndOfDay).Except(workingDays), dates{
			{"2026-12-15", "2026-10-30 24:00"}, {"2027-02-01", "2026-12-31 24:00"}}},

		// The ugly days.
		{"29 février : le 30 du mois précédent", DayOfMonthBefore(30, Clock(18, 0)), dates{
			{"2028-03-06", "2028-02-29 18:00"}, {"2027-03-08", "2027-02-28 18:00"}, {"2028-02-29", "2028-01-30 18:00"}}},
		{"29 février : deux jours avant le 1er mars", DaysBefore(1, Clock(12, 0)), dates{{"2028-03-01", "2028-02-29 12:00"}, {"2028-02-29", "2028-02-28 12:00"}}},
		{"semaine 53 : lundi minuit de la semaine précédente", WeekdayBefore(Monday, 1, EndOfDay), dates{
			{"2026-12-28", "2026-12-21 24:00"}, {"2027-01-03", "2026-12-21 24:00"}, {"2027-01-04", "2026-12-28 24:00"}}},
		{"au lendemain des vacances de Noël : jeudi de la semaine précédente", WeekdayBefore(Thursday, 1, Clock(9, 0)), dates{{"2027-01-04", "2026-12-31 09:00"}}},
		{"au lendemain des vacances de Noël : 2 jours ouvrés", WorkingDaysBefore(2, Clock(10, 0)), dates{{"2027-01-04", "2026-12-30 10:00"}}},
		{"passage de l’année : le 25 du mois précédent", DayOfMonthBefore(25, Clock(18, 0)), dates{{"2027-01-04", "2026-12-25 18:00"}}},
		{"passage de l’année : 72 h", HoursBefore(72), dates{{"2027-01-02", "2026-12-30 12:00"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			must(t, c.rule.Check())
			for _, w := range c.want {
				s := ServiceDay{Day: MustDate(w[0]), Start: Clock(12, 0), Opening: canteen(), Calendar: zoneC()}
				limit, possible := c.rule.Deadline(s)
				if possible != (w[1] != "") || possible && said(limit) != w[1] {
					t.Errorf("%s: %s, possible %t; want %s", s.Day.Long(), said(limit), possible, w[1])
				}
				if possible && limit.Location() != Paris {
					t.Errorf("%s: the limit is on the clock of %s", s.Day, limit.Location())
				}
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestDeadlineWhenClocksChange(t *testing.T) {
	for _, c := range []struct {
		name string
		rule Cutoff
		s    ServiceDay
		want string
	}{
		{"2 h 30 n’existe pas la nuit du 28 mars : 3 h 30", DaysBefore(1, Clock(2, 30)), ServiceDay{Day: MustDate("2027-03-29")}, "2027-03-28T03:30:00+02:00"},
		{"minuit du 25 octobre, un jour de 25 h", DaysBefore(1, EndOfDay), ServiceDay{Day: MustDate("2026-10-26")}, "2026-10-26T00:00:00+01:00"},
		{"minuit du 28 mars, un jour de 23 h", DaysBefore(1, EndOfDay), ServiceDay{Day: MustDate("2027-03-29")}, "2027-03-29T00:00:00+02:00"},
		{"la veille à 18 h, après le changement", DaysBefore(1, Clock(18, 0)), ServiceDay{Day: MustDate("2026-10-26")}, "2026-10-25T18:00:00+01:00"},
		{"24 vraies heures par la nuit de 25 h", HoursBefore(24), ServiceDay{Day: MustDate("2026-10-25"), Start: Clock(12, 0)}, "2026-10-24T13:00:00+02:00"},
		{"72 vraies heures par la nuit de 23 h", HoursBefore(72), ServiceDay{Day: MustDate("2027-03-30"), Start: Clock(8, 0)}, "2027-03-27T07:00:00+01:00"},
		{"24 h hors dimanche, le jour qui change ne compte pas", HoursBefore(24).Except(Skip{Weekdays: Days(Sunday)}),
			ServiceDay{Day: MustDate("2027-03-29"), Start: Clock(8, 0)}, "2027-03-27T08:00:00+01:00"},
		{"24 h hors mercredi, le dimanche long compte 25 h", HoursBefore(24).Except(Skip{Weekdays: Days(Wednesday)}),
			ServiceDay{Day: MustDate("2026-10-26"), Start: Clock(8, 0)}, "2026-10-25T08:00:00+01:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			limit, possible := c.rule.Deadline(c.s)
			if got := limit.Format(time.RFC3339); !possible || got != c.want {
				t.Errorf("got %s, possible %t; want %s", got, possible, c.want)
			}
		})
	}
}

// 2 h 30 comes twice in the night of 25 October 2026: which of the two is meant is for Date.At to say.
func TestDeadlineInTheHourThatComesTwice(t *testing.T) {
	limit, possible := DaysBefore(1, Clock(2, 30)).Deadline(ServiceDay{Day: MustDate("2026-10-26")})
	if !possible || said(limit) != "2026-10-25 02:30" || !limit.Equal(MustDate("2026-10-25").At(Clock(2, 30))) {
		t.Errorf("got %s, possible %t", limit, possible)
	}
}

func TestDeadlineWithoutCalendarOrOpening(t *testing.T) {
	for _, c := range []Cutoff{ServiceDaysBefore(1, Clock(12, 0)), SchoolDaysBefore(1, Clock(12, 0)), DaysBeforePeriod(1, Clock(12, 0))} {
		if limit, ok := c.Deadline(ServiceDay{Day: MustDate("2026-11-30")}); !ok || said(limit) != "2026-11-29 12:00" {
			t.Errorf("%s: %s, %t", c.Sentence(), said(limit), ok)
		}
	}
}

func TestDeadlineImpossible(t *testing.T) {
	day := ServiceDay{Day: MustDate("2026-11-30"), Opening: &Opening{}, Calendar: zoneC()}
	for _, c := range []struct {
		name string
		rule Cutoff
		s    ServiceDay
	}{
		{"aucun délai choisi", Cutoff{}, day},
		{"forme inconnue", Cutoff{Shape: "lune"}, day},
		{"jamais", Never(), day},
		{"aucun jour", DaysBefore(1, Clock(12, 0)), ServiceDay{}},
		{"aucun jour de service à compter", ServiceDaysBefore(1, Clock(12, 0)), day},
		{"aucune heure d’un jour de service à compter", HoursBefore(48).Except(serviceDays), day},
		{"tous les jours exclus", DaysBefore(1, Clock(12, 0)).Except(Skip{Weekdays: EveryDay}), day},
	} {
		t.Run(c.name, func(t *testing.T) {
			if limit, ok := c.rule.Deadline(c.s); ok || !limit.IsZero() {
				t.Errorf("got %s, %t", said(limit), ok)
			}
		})
	}
}

func TestClosureAddedLater(t *testing.T) {
	rule := ServiceDaysBefore(1, Clock(12, 0))
	s := ServiceDay{Day: MustDate("2026-12-04"), Opening: canteen(), Calendar: zoneC()}
	shown, _ := rule.Deadline(s)
	if said(shown) != "2026-12-03 12:00" {
		t.Fatalf("shown %s", said(shown))
	}
	s.Opening.Exceptions = []Exception{{Day: MustDate("2026-12-03"), Why: "grève"}}
	if limit, _ := rule.Deadline(s); said(limit) != "2026-12-01 12:00" {
		t.Errorf("nobody was shown a limit: %s", said(limit))
	}
	s.Shown = shown
	if limit, ok := rule.Deadline(s); !ok || !limit.Equal(shown) {
		t.Errorf("families were shown %s, now %s", said(shown), said(limit))
	}
	if limit, _ := DaysBefore(0, Clock(8, 30)).Deadline(s); said(limit) != "2026-12-04 08:30" {
		t.Errorf("a later limit is kept from families: %s", said(limit))
	}
	if _, ok := Never().Deadline(s); ok {
		t.Error("never became possible")
	}
	s.Opening = &Opening{}
	if limit, ok := rule.Deadline(s); !ok || !limit.Equal(shown) {
		t.Errorf("every day is closed, families were shown %s, now %s", said(shown), said(limit))
	}
}

// skips are the counts that the properties try.
var skips = []Skip{
	{}, {Weekdays: Weekend}, {Weekdays: Weekend | Days(Wednesday)}, {PublicHolidays: true}, {NoService: true}, {SchoolHolidays: true},
	workingDays, businessDays, schoolDays, {Weekdays: Days(Monday), PublicHolidays: true, NoService: true, SchoolHolidays: true},
}

// walks are rules whose limit is a day that is counted or moved back, so never one left out.
func walks() (rules []Cutoff) {
	for _, skip := range skips {
		for _, rule := range []Cutoff{
			DaysBefore(1, Clock(9, 0)), DaysBefore(2, EndOfDay), DaysBefore(9, Clock(2, 30)),
			{Shape: ShapeDays, Days: 3, Clear: true, At: EndOfDay},
			DaysBeforePeriod(1, Clock(12, 0)), ClearDaysBeforePeriod(15),
			WeekdayBefore(Thursday, 1, Clock(9, 0)), WeekdayBefore(Sunday, 2, EndOfDay),
			DayOfMonthBefore(25, Clock(18, 0)), DayOfMonthBefore(31, EndOfDay), LastFullWeek(Friday, EndOfDay),
		} {
			rules = append(rules, rule.Except(skip))
		}
	}
	return rules
}

// everyDay calls a function with every day of the school year and of the summers around it, for a canteen of zone C.
func everyDay(visit func(ServiceDay)) {
	s := ServiceDay{Start: Clock(11, 30), Opening: canteen(), Calendar: zoneC()}
	for s.Day = MustDate("2026-07-20"); s.Day <= MustDate("2027-08-31"); s.Day++ {
		visit(s)
	}
}

func TestLimitIsNeverOnADayLeftOut(t *testing.T) {
	for _, rule := range walks() {
		must(t, rule.Check())
		everyDay(func(s ServiceDay) {
			limit, possible := rule.Deadline(s)
			day, _, ok := rule.lastDay(s)
			if !possible || !ok {
				t.Fatalf("%s, %s: no limit", rule.Sentence(), s.Day.LongYear())
			}
			if s.leftOut(day, rule.Skip) {
				t.Errorf("%s, %s: the limit falls on %s, left out", rule.Sentence(), s.Day.LongYear(), day.LongYear())
			}
			if !limit.Before(s.Day.At(0).Add(time.Minute)) {
				t.Errorf("%s, %s: the limit %s is after the day starts", rule.Sentence(), s.Day.LongYear(), said(limit))
			}
		})
	}
}

// A later day of service never has an earlier limit, for every shape that gives all weekdays the same rule: counts of days and of
// hours, a weekday of a week before, the month before, periods, no limit. It does not hold for a table (each weekday has its own
// limit: only a week later is never earlier, see below) nor for typed dates (the town hall may type October's before September's).
// For hours it holds between days that are counted: on a day of service left out itself, the night when clocks change weighs an hour.
func TestLaterDayNeverHasAnEarlierLimit(t *testing.T) {
	rules := append(walks(), NoLimit(), DaysBefore(0, Clock(8, 30)))
	for _, skip := range skips {
		rules = append(rules, HoursBefore(1).Except(skip), HoursBefore(24).Except(skip), HoursBefore(72).Except(skip))
	}
	for _, rule := range rules {
		must(t, rule.Check())
		var before time.Time
		everyDay(func(s ServiceDay) {
			limit, possible := rule.Deadline(s)
			if rule.Shape == ShapeHours && s.leftOut(s.Day, rule.Skip) {
				return
			}
			if !possible || limit.Before(before) {
				t.Errorf("%s: %s has %s, the day before %s", rule.Sentence(), s.Day.LongYear(), said(limit), said(before))
			}
			before = limit
		})
	}
}

func TestTableNeverGoesBackFromWeekToWeek(t *testing.T) {
	for _, skip := range skips {
		rule := ByWeekday(
			TableRow{For: Days(Monday, Tuesday), Weekday: Thursday, Weeks: 1, At: Clock(10, 0)},
			TableRow{For: EveryDay &^ Days(Monday, Tuesday), Weekday: Tuesday, At: Clock(10, 0)}).Except(skip)
		everyDay(func(s ServiceDay) {
			limit, _ := rule.Deadline(s)
			s.Day += 7
			if later, ok := rule.Deadline(s); !ok || later.Before(limit) {
				t.Errorf("%s: %s has %s, a week before %s", rule.Sentence(), s.Day.LongYear(), said(later), said(limit))
			}
		})
	}
}

// A month of the calendar is 42 days; each asks the limit to book and the limit to cancel.
func BenchmarkDeadlinesOf42Days(b *testing.B) {
	for _, rule := range []Cutoff{
		WeekdayBefore(Thursday, 1, Clock(9, 0)), WorkingDaysBefore(2, Clock(10, 0)), SchoolDaysBefore(1, Clock(11, 0)),
		DayOfMonthBefore(25, Clock(18, 0)), HoursBefore(72),
	} {
		b.Run(rule.Sentence(), func(b *testing.B) {
			s := ServiceDay{Start: Clock(11, 30), Opening: canteen(), Calendar: zoneC()}
			b.ReportAllocs()
			for b.Loop() {
				for s.Day = MustDate("2026-12-14"); s.Day < MustDate("2026-12-14")+42; s.Day++ {
					rule.Deadline(s)
				}
			}
		})
	}
}

// SchoolDaysBefore is n school days before: days of service that are not in the holidays.
func SchoolDaysBefore(n int, at TimeOfDay) Cutoff { return DaysBefore(n, at).Except(schoolDays) }

// ForMonth is the last day to act for a month of service.
func ForMonth(m Month, limit Date) DatedLimit {
	return DatedLimit{Period{From: m.First(), To: m.Last()}, limit}
}

// ClearDaysBeforePeriod leaves n whole days (jours francs) between the last day to act and the start of the school holidays.
func ClearDaysBeforePeriod(n int) Cutoff {
	return Cutoff{Shape: ShapePeriod, Days: n, Clear: true, At: EndOfDay}
}

// WorkingDaysBeforePeriod is n working days (ouvrés) before the school holidays start.
func WorkingDaysBeforePeriod(n int, at TimeOfDay) Cutoff {
	return DaysBeforePeriod(n, at).Except(workingDays)
}
