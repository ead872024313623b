package portal

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// oneOfEach has a rule of every shape, with its stored text and its sentence.
var oneOfEach = []struct {
	rule           Cutoff
	text, sentence string
}{
	{Never(), `{"forme":"jamais"}`, "jamais"},
	{NoLimit(), `{"forme":"sans-limite"}`, "jusqu’à la fin du jour même"},
	{DaysBefore(0, Clock(8, 30)), `{"forme":"jours-avant","heure":"08:30"}`, "jusqu’au jour même à 8 h 30"},
	{DaysBefore(0, EndOfDay), `{"forme":"jours-avant","heure":"24:00"}`, "jusqu’à la fin du jour même"},
	{DaysBefore(1, Clock(18, 0)), `{"forme":"jours-avant","jours":1,"heure":"18:00"}`, "jusqu’à la veille à 18 h"},
	{DaysBefore(2, Clock(12, 0)).Except(Skip{Weekdays: Weekend}), `{"forme":"jours-avant","jours":2,"heure":"12:00","sauf":{"jours":["samedi","dimanche"]}}`,
		"jusqu’à 2 jours avant à 12 h, week-ends non comptés"},
	{DaysBefore(1, Clock(11, 0)).Except(Skip{Weekdays: Weekend | Days(Wednesday)}),
		`{"forme":"jours-avant","jours":1,"heure":"11:00","sauf":{"jours":["mercredi","samedi","dimanche"]}}`,
		"jusqu’à la veille à 11 h, week-ends et mercredis non comptés"},
	{DaysBefore(4, EndOfDay), `{"forme":"jours-avant","jours":4,"heure":"24:00"}`, "jusqu’à 4 jours avant à minuit"},
	{DaysBefore(2, EndOfDay).Except(Skip{SchoolHolidays: true}), `{"forme":"jours-avant","jours":2,"heure":"24:00","sauf":{"vacances":true}}`,
		"jusqu’à 2 jours avant à minuit, vacances scolaires non comptées"},
	{DaysBefore(3, Clock(9, 0)).Except(Skip{Weekdays: Weekend, PublicHolidays: true, NoService: true, SchoolHolidays: true}),
		`{"forme":"jours-avant","jours":3,"heure":"09:00","sauf":{"jours":["samedi","dimanche"],"feries":true,"sans_service":true,"vacances":true}}`,
		"jusqu’à 3 jours avant à 9 h, week-ends, jours fériés, jours sans ouverture et vacances scolaires non comptés"},
	{WorkingDaysBefore(2, Clock(10, 0)), `{"forme":"jours-avant","jours":2,"heure":"10:00","sauf":{"jours":["samedi","dimanche"],"feries":true}}`,
		"jusqu’à 2 jours ouvrés avant à 10 h"},
	{WorkingDaysBefore(1, EndOfDay), `{"forme":"jours-avant","jours":1,"heure":"24:00","sauf":{"jours":["samedi","dimanche"],"feries":true}}`,
		"jusqu’au jour ouvré précédent à minuit"},
	{DaysBefore(2, Clock(10, 0)).Except(businessDays), `{"forme":"jours-avant","jours":2,"heure":"10:00","sauf":{"jours":["dimanche"],"feries":true}}`,
		"jusqu’à 2 jours ouvrables avant à 10 h"},
	{ServiceDaysBefore(1, Clock(12, 0)), `{"forme":"jours-avant","jours":1,"heure":"12:00","sauf":{"sans_service":true}}`, "jusqu’au jour d’ouverture précédent à 12 h"},
	{ServiceDaysBefore(2, Clock(12, 0)), `{"forme":"jours-avant","jours":2,"heure":"12:00","sauf":{"sans_service":true}}`, "jusqu’à 2 jours d’ouverture avant à 12 h"},
	{SchoolDaysBefore(1, Clock(11, 0)), `{"forme":"jours-avant","jours":1,"heure":"11:00","sauf":{"feries":true,"sans_service":true,"vacances":true}}`,
		"jusqu’au jour de classe précédent à 11 h"},
	{SchoolDaysBefore(3, Clock(11, 0)), `{"forme":"jours-avant","jours":3,"heure":"11:00","sauf":{"feries":true,"sans_service":true,"vacances":true}}`,
		"jusqu’à 3 jours de classe avant à 11 h"},
	{Cutoff{Shape: ShapeDays, Days: 1, Clear: true, At: EndOfDay}, `{"forme":"jours-avant","jours":1,"francs":true,"heure":"24:00"}`, "jusqu’à 1 jour franc avant"},
	{Cutoff{Shape: ShapeDays, Days: 5, Clear: true, At: Clock(12, 0), Skip: workingDays},
		`{"forme":"jours-avant","jours":5,"francs":true,"heure":"12:00","sauf":{"jours":["samedi","dimanche"],"feries":true}}`,
		"jusqu’à 5 jours francs avant à 12 h, week-ends et jours fériés non comptés"},
	{WeekdayBefore(Thursday, 1, Clock(9, 0)), `{"forme":"jour-de-semaine","semaines":1,"heure":"09:00","jour":"jeudi"}`, "jusqu’au jeudi de la semaine précédente à 9 h"},
	{WeekdayBefore(Monday, 1, EndOfDay), `{"forme":"jour-de-semaine","semaines":1,"heure":"24:00","jour":"lundi"}`, "jusqu’au lundi minuit de la semaine précédente"},
	{WeekdayBefore(Tuesday, 2, Clock(12, 0)), `{"forme":"jour-de-semaine","semaines":2,"heure":"12:00","jour":"mardi"}`, "jusqu’au mardi, 2 semaines avant, à 12 h"},
	{WeekdayBefore(Sunday, 2, EndOfDay).Except(Skip{Weekdays: Days(Wednesday), PublicHolidays: true}),
		`{"forme":"jour-de-semaine","semaines":2,"heure":"24:00","sauf":{"jours":["mercredi"],"feries":true},"jour":"dimanche"}`,
		"jusqu’au dimanche minuit, 2 semaines avant, avancé si c’est un mercredi ou un jour férié"},
	{ByWeekday(TableRow{Days(Monday, Tuesday), Thursday, 1, Clock(10, 0)}, TableRow{Days(Thursday, Friday), Monday, 0, EndOfDay}),
		`{"forme":"tableau","tableau":[{"pour":["lundi","mardi"],"jour":"jeudi","semaines":1,"heure":"10:00"},{"pour":["jeudi","vendredi"],"jour":"lundi","semaines":0,"heure":"24:00"}]}`,
		"pour lundi et mardi : jusqu’au jeudi de la semaine précédente à 10 h ; pour jeudi et vendredi : jusqu’au lundi minuit de la même semaine"},
	{DayOfMonthBefore(25, Clock(18, 0)), `{"forme":"jour-du-mois","quantieme":25,"heure":"18:00"}`, "jusqu’au 25 du mois précédent à 18 h"},
	{DayOfMonthBefore(1, EndOfDay).Except(Skip{Weekdays: Weekend, SchoolHolidays: true}),
		`{"forme":"jour-du-mois","quantieme":1,"heure":"24:00","sauf":{"jours":["samedi","dimanche"],"vacances":true}}`,
		"jusqu’au 1er du mois précédent à minuit, avancé si c’est un week-end ou un jour de vacances scolaires"},
	{DayOfMonthBefore(30, Clock(18, 0)), `{"forme":"jour-du-mois","quantieme":30,"heure":"18:00"}`, "jusqu’au 30 (ou au dernier jour) du mois précédent à 18 h"},
	{DayOfMonthBefore(31, Clock(18, 0)), `{"forme":"jour-du-mois","quantieme":31,"heure":"18:00"}`, "jusqu’au dernier jour du mois précédent à 18 h"},
	{LastFullWeek(Monday, Clock(17, 0)), `{"forme":"semaine-pleine","heure":"17:00","jour":"lundi"}`,
		"jusqu’au lundi de la dernière semaine complète du mois précédent à 17 h"},
	{ByDates(EndOfDay, ForMonth(Month{2026, 9}, MustDate("2026-08-27")), DatedLimit{Period{From: MustDate("2026-10-01"), To: MustDate("2026-12-18")}, MustDate("2026-09-24")},
		DatedLimit{Period{"Mercredis d’hiver", MustDate("2027-01-06"), MustDate("2027-02-03")}, MustDate("2026-12-01")}),
		`{"forme":"dates","heure":"24:00","par_date":[{"du":"2026-09-01","au":"2026-09-30","limite":"2026-08-27"},{"du":"2026-10-01","au":"2026-12-18","limite":"2026-09-24"},` +
			`{"nom":"Mercredis d’hiver","du":"2027-01-06","au":"2027-02-03","limite":"2026-12-01"}]}`,
		"jusqu’au jeudi 27 août 2026 à minuit pour septembre 2026 ; jusqu’au jeudi 24 septembre 2026 à minuit pour la période du 01/10/2026 au 18/12/2026 ; " +
			"jusqu’au mardi 1er décembre 2026 à minuit pour « Mercredis d’hiver »"},
	{ClearDaysBeforePeriod(15), `{"forme":"avant-periode","jours":15,"francs":true,"heure":"24:00"}`,
		"jusqu’à 15 jours francs avant le premier jour des vacances (hors vacances : de la semaine)"},
	{WorkingDaysBeforePeriod(1, Clock(12, 0)), `{"forme":"avant-periode","jours":1,"heure":"12:00","sauf":{"jours":["samedi","dimanche"],"feries":true}}`,
		"jusqu’à 1 jour ouvré avant le premier jour des vacances (hors vacances : de la semaine) à 12 h"},
	{HoursBefore(72), `{"forme":"heures-avant","heures":72}`, "jusqu’à 72 heures avant"},
	{HoursBefore(1), `{"forme":"heures-avant","heures":1}`, "jusqu’à 1 heure avant"},
	{HoursBefore(48).Except(workingDays), `{"forme":"heures-avant","heures":48,"sauf":{"jours":["samedi","dimanche"],"feries":true}}`,
		"jusqu’à 48 heures avant, week-ends et jours fériés non comptés"},
}

func TestCutoffJSON(t *testing.T) {
	shapes := map[Shape]bool{}
	for _, c := range oneOfEach {
		shapes[c.rule.Shape] = true
		b, err := json.Marshal(c.rule)
		if err != nil || string(b) != c.text {
			t.Errorf("written %s, %v\nwant    %s", b, err, c.text)
		}
		var back Cutoff
		if err := json.Unmarshal(b, &back); err != nil || !reflect.DeepEqual(back, c.rule) {
			t.Errorf("%s is read %+v, %v", b, back, err)
		}
		if c.rule.IsZero() {
			t.Errorf("%s is zero", b)
		}
	}
	if len(shapes) != 10 {
		t.Errorf("%d shapes of 10 are tried", len(shapes))
	}
}

func TestCutoffSentence(t *testing.T) {
	for _, c := range oneOfEach {
		must(t, c.rule.Check())
		if got := c.rule.Sentence(); got != c.sentence {
			t.Errorf("said %s\nwant %s", got, c.sentence)
		}
	}
	if got := (Cutoff{}).Sentence(); got != "délai non défini" {
		t.Errorf("no rule is said %q", got)
	}
}

func TestCutoffCheckRefuses(t *testing.T) {
	nine := Clock(9, 0)
	row := TableRow{For: Days(Monday), Weekday: Thursday, Weeks: 1, At: nine}
	rows := func(change func(*TableRow)) Cutoff { r := row; change(&r); return ByWeekday(r) }
	september := ForMonth(Month{2026, 9}, MustDate("2026-08-27"))
	for _, c := range []struct {
		name        string
		rule        Cutoff
		field, want string
	}{
		{"rien", Cutoff{}, "forme", "Aucun délai n’est choisi"},
		{"forme inconnue", Cutoff{Shape: "lune"}, "forme", "« lune »"},
		{"tous les jours exclus", DaysBefore(1, nine).Except(Skip{Weekdays: EveryDay}), "sauf", "Tous les jours de la semaine sont exclus"},
		{"tous les jours exclus, en heures", HoursBefore(48).Except(Skip{Weekdays: EveryDay}), "sauf", "Tous les jours de la semaine sont exclus"},
		{"tous les jours exclus, en semaine", WeekdayBefore(Monday, 1, nine).Except(Skip{Weekdays: EveryDay}), "sauf", "Tous les jours de la semaine sont exclus"},
		{"jamais, sauf le week-end", Never().Except(Skip{Weekdays: Weekend}), "sauf", "ne compte aucun jour"},
		{"dates, sauf le week-end", ByDates(nine, september).Except(Skip{Weekdays: Weekend}), "sauf", "Une date fixée ne se déplace pas"},
		{"jours négatifs", DaysBefore(-1, nine), "jours", "de 0 à 366"},
		{"trop de jours", DaysBefore(367, nine), "jours", "de 0 à 366"},
		{"trop de jours comptés", WorkingDaysBefore(61, nine), "jours", "de 0 à 60"},
		{"le jour même, jours exclus", WorkingDaysBefore(0, nine), "sauf", "Le jour même, aucun jour n’est compté"},
		{"zéro jour franc", Cutoff{Shape: ShapeDays, Clear: true, At: nine}, "jours", "au moins 1"},
		{"zéro jour avant les vacances", DaysBeforePeriod(0, nine), "jours", "au moins 1"},
		{"sans heure", DaysBefore(1, 0), "heure", "24:00"},
		{"heure impossible", DaysBefore(1, 2000), "heure", "de 00:01 à 24:00"},
		{"heure négative", DaysBefore(1, -5), "heure", "de 00:01 à 24:00"},
		{"la semaine même", WeekdayBefore(Monday, 0, nine), "semaines", "de 1 à 12"},
		{"trop de semaines", WeekdayBefore(Monday, 13, nine), "semaines", "de 1 à 12"},
		{"jour inconnu", WeekdayBefore(7, 1, nine), "jour", "du lundi au dimanche"},
		{"semaine sans heure", WeekdayBefore(Monday, 1, 0), "heure", "Précisez l’heure"},
		{"tableau vide", ByWeekday(), "tableau", "Le tableau est vide"},
		{"tableau, ligne sans jour", rows(func(r *TableRow) { r.For = 0 }), "tableau", "ne concerne aucun jour"},
		{"tableau, deux fois lundi", ByWeekday(row, row), "tableau", "deux limites pour lundi"},
		{"tableau, après le service", rows(func(r *TableRow) { r.Weeks = 0 }), "tableau", "Pour le lundi, la limite tomberait le jeudi suivant"},
		{"tableau, jour inconnu", rows(func(r *TableRow) { r.Weekday = 9 }), "jour", "du lundi au dimanche"},
		{"tableau, semaines négatives", rows(func(r *TableRow) { r.Weeks = -1 }), "semaines", "de 0 à 12"},
		{"tableau, sans heure", rows(func(r *TableRow) { r.At = 0 }), "heure", "Précisez l’heure"},
		{"le 0 du mois", DayOfMonthBefore(0, nine), "quantieme", "de 1 à 31"},
		{"le 32 du mois", DayOfMonthBefore(32, nine), "quantieme", "de 1 à 31"},
		{"le 25 sans heure", DayOfMonthBefore(25, 0), "heure", "Précisez l’heure"},
		{"semaine complète, jour inconnu", LastFullWeek(8, nine), "jour", "du lundi au dimanche"},
		{"semaine complète, sans heure", LastFullWeek(Friday, 0), "heure", "Précisez l’heure"},
		{"aucune date", ByDates(nine), "par_date", "Aucune date limite"},
		{"date sans période", ByDates(nine, DatedLimit{Limit: MustDate("2026-08-27")}), "par_date", "La ligne 1 n’a pas de période"},
		{"date absente", ByDates(nine, ForMonth(Month{2026, 9}, 0)), "par_date", "pour septembre 2026 doit tomber au plus tard le 01/09/2026"},
		{"date après le début du mois", ByDates(nine, ForMonth(Month{2026, 9}, MustDate("2026-09-02"))), "par_date", "au plus tard le 01/09/2026"},
		{"deux fois septembre", ByDates(nine, september, september), "par_date", "se chevauchent"},
		{"dates sans heure", ByDates(0, september), "heure", "Précisez l’heure"},
		{"zéro heure", HoursBefore(0), "heures", "de 1 à 2160"},
		{"trop d’heures", HoursBefore(2161), "heures", "de 1 à 2160"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := AsError(c.rule.Check())
			if e == nil || e.Kind != KindInvalid || !strings.Contains(e.Field(c.field), c.want) || e.Message != e.Field(c.field) {
				t.Errorf("got %+v, want %s: « %s »", e, c.field, c.want)
			}
		})
	}
}

func TestCutoffCheckFor(t *testing.T) {
	o := canteen()
	for _, c := range []struct {
		name string
		rule Cutoff
		o    *Opening
		want string
	}{
		{"jours de service", ServiceDaysBefore(1, Clock(12, 0)), o, ""},
		{"les quatre jours d’école exclus", DaysBefore(1, Clock(12, 0)).Except(Skip{Weekdays: fourDays, NoService: true}), o, "sont tous exclus"},
		{"les quatre jours d’école exclus, mais tous les jours comptent", DaysBefore(1, Clock(12, 0)).Except(Skip{Weekdays: fourDays}), o, ""},
		{"jours de classe d’un centre de vacances", SchoolDaysBefore(1, Clock(12, 0)), &Opening{Holidays: fourDays}, "sont tous exclus"},
		{"rien", Cutoff{}, o, "Aucun délai"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.rule.CheckFor(c.o)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want « %s »", err, c.want)
			}
		})
	}
}
