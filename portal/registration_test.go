package portal

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// registering is a structure with the canteen of CarteVille over two school years, two days of notice.
func registering() (*Setup, *Activity) {
	s := &Setup{Years: []SchoolYearRef{{1, "2026-2027", NewDate(2026, 9, 1), NewDate(2027, 7, 2)}, {2, "2027-2028", NewDate(2027, 9, 1), NewDate(2028, 7, 4)}}}
	s.Calendar.Holidays = []Period{{"vacances de Noël", NewDate(2026, 12, 19), NewDate(2027, 1, 3)}, {"vacances d’été", NewDate(2027, 7, 3), NewDate(2027, 8, 31)}}
	a := restauration(false)
	a.Annual, a.NoticeDays = true, 2
	s.Activities = []Activity{*a}
	return s, &s.Activities[0]
}

// TestOneWeekInTwo: anchored on the week of the first day, across ISO week 53; counting even weeks would be wrong.
func TestOneWeekInTwo(t *testing.T) {
	r := Registration{First: MustDate("2026-09-07"), EveryOther: true, Weekdays: Days(Monday, Thursday)}
	parity := func(d Date) bool { // the usual mistake
		_, first := r.First.ISOWeek()
		_, week := d.ISOWeek()
		return r.Weekdays.Has(d.Weekday()) && week%2 == first%2
	}
	wrong := 0
	for _, c := range []struct {
		name, day string
		want      bool
	}{
		{"le premier jour", "2026-09-07", true},
		{"le jeudi de la même semaine", "2026-09-10", true},
		{"un mardi, qui n’est pas coché", "2026-09-08", false},
		{"la semaine suivante", "2026-09-14", false},
		{"deux semaines après", "2026-09-21", true},
		{"après le changement d’heure d’octobre", "2026-11-02", true},
		{"16 semaines après, semaine 53", "2026-12-28", true},
		{"17 semaines après, semaine 1", "2027-01-04", false},
		{"18 semaines après, semaine 2", "2027-01-11", true},
		{"après le changement d’heure de mars", "2027-04-05", true},
		{"la semaine d’avant le début", "2026-08-24", false},
		{"l’année scolaire suivante", "2027-09-06", true},
		{"le 28 février 2028", "2028-02-28", false},
		{"la semaine d’après le 29 février 2028", "2028-03-06", true},
	} {
		day := MustDate(c.day)
		if got := r.Attends(day); got != c.want {
			t.Errorf("%s (%s): %v, want %v", c.name, c.day, got, c.want)
		}
		if parity(day) != c.want {
			wrong++
		}
	}
	if wrong == 0 {
		t.Error("the table does not tell the anchor from the parity of ISO weeks")
	}
}

func TestAttendance(t *testing.T) {
	for _, c := range []struct {
		name string
		r    Registration
		day  string
		want bool
	}{
		{"veille du début", Registration{First: MustDate("2026-12-01"), Weekdays: EveryDay}, "2026-11-30", false},
		{"dernier jour", Registration{First: MustDate("2026-12-01"), Last: MustDate("2026-12-10"), Weekdays: EveryDay}, "2026-12-10", true},
		{"lendemain du dernier jour", Registration{First: MustDate("2026-12-01"), Last: MustDate("2026-12-10"), Weekdays: EveryDay}, "2026-12-11", false},
		{"sans fin, deux ans après", Registration{First: MustDate("2026-12-01"), Weekdays: Days(Tuesday)}, "2028-02-29", true},
		{"début un vendredi, lundi de la deuxième semaine", Registration{First: MustDate("2026-12-04"), EveryOther: true, Weekdays: EveryDay}, "2026-12-07", false},
		{"début un vendredi, lundi de la troisième", Registration{First: MustDate("2026-12-04"), EveryOther: true, Weekdays: EveryDay}, "2026-12-14", true},
		{"semaine de référence à venir", Registration{First: MustDate("2026-12-01"), Anchor: MustDate("2026-12-07"), EveryOther: true, Weekdays: EveryDay}, "2026-12-02", false},
		{"arrêtée", Stop(MustDate("2026-12-01")), "2026-12-01", false},
	} {
		if got := c.r.Attends(MustDate(c.day)); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestNoticeOfARegistration(t *testing.T) {
	for _, c := range []struct {
		name, now string
		notice    int
		want      string
	}{
		{"deux jours", "2026-11-23 09:00:00", 2, "2026-11-25"},
		{"deux jours de calendrier, le dimanche compte", "2026-11-27 23:59:59", 2, "2026-11-29"},
		{"aucun délai : demain, une nuit doit passer", "2026-11-23 09:00:00", 0, "2026-11-24"},
		{"nuit du changement d’heure d’octobre", "2026-10-24 23:30:00", 1, "2026-10-25"},
		{"nuit du changement d’heure de mars", "2027-03-27 23:30:00", 2, "2027-03-29"},
		{"29 février", "2028-02-27 12:00:00", 2, "2028-02-29"},
	} {
		if got := EarliestStart(at(c.now), c.notice); got.String() != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestRegistrationRefused: each fault has its sentence, beside its field.
func TestRegistrationRefused(t *testing.T) {
	s, a := registering()
	monday := Days(Monday)
	for _, c := range []struct {
		name, now string
		r         Registration
		field     string
		says      string
	}{
		{"rien coché", "2026-11-24 09:00:00", Registration{First: MustDate("2026-11-30")}, "jours", "Cochez au moins un jour."},
		{"trop tôt", "2026-11-24 09:00:00", Registration{First: MustDate("2026-11-25"), Weekdays: monday}, "debut", "La date de début doit être le jeudi 26 novembre ou après."},
		{"trop tôt, autour du Nouvel An", "2026-12-31 09:00:00", Registration{First: MustDate("2027-01-01"), Weekdays: monday}, "debut", "La date de début doit être le samedi 2 janvier 2027 ou après."},
		{"pas de début", "2026-11-24 09:00:00", Registration{Weekdays: monday}, "debut", "La date de début manque. Choisissez un jour."},
		{"trop loin", "2026-11-24 09:00:00", Registration{First: MustDate("2062-11-30"), Weekdays: monday}, "debut", "La date de début est trop lointaine : les années scolaires sont connues jusqu’au mardi 4 juillet 2028."},
		{"fin avant le début", "2026-11-24 09:00:00", Registration{First: MustDate("2026-11-30"), Last: MustDate("2026-11-27"), Weekdays: monday}, "fin", "La date de fin doit être après la date de début."},
		{"fin le jour du début", "2026-11-24 09:00:00", Registration{First: MustDate("2026-11-30"), Last: MustDate("2026-11-30"), Weekdays: monday}, "fin", "La date de fin doit être après la date de début."},
		{"jour où l’activité n’ouvre jamais", "2026-11-24 09:00:00", Registration{First: MustDate("2026-11-30"), Weekdays: Days(Monday, Wednesday)}, "jours", "La cantine n’ouvre pas le mercredi. Décochez ce jour."},
		{"première semaine vide", "2026-11-24 09:00:00", Registration{First: MustDate("2026-11-27"), EveryOther: true, Weekdays: monday}, "debut",
			"La semaine du 23 novembre serait la première semaine de présence, mais aucun jour coché n’y reste à partir du vendredi 27 novembre. Choisissez une date dans la première semaine de présence."},
		{"rien d’ouvert", "2026-11-24 09:00:00", Registration{First: MustDate("2026-12-21"), Last: MustDate("2027-01-01"), Weekdays: monday}, "fin",
			"Aucun des jours cochés n’est ouvert entre ces deux dates. Choisissez une autre fin, ou d’autres jours."},
		{"heures non demandées", "2026-11-24 09:00:00", Registration{First: MustDate("2026-11-30"), Weekdays: monday, Hours: Hours{Arrival: Clock(12, 0)}}, "arrivee", "La cantine ne demande pas d’heure d’arrivée."},
	} {
		e := AsError(c.r.CheckStart(s, a, at(c.now)))
		if got := e.Field(c.field); got != c.says || e != nil && len(e.Fields) != 1 {
			t.Errorf("%s: %+v, want %s : %s", c.name, e, c.field, c.says)
		}
	}
	for _, first := range []string{"2026-11-26", "2026-11-27"} {
		if err := (Registration{First: MustDate(first), Weekdays: monday}).CheckStart(s, a, at("2026-11-24 09:00:00")); err != nil {
			t.Errorf("%s: %v", first, err)
		}
	}
}

func TestBookingHorizon(t *testing.T) {
	s, a := registering()
	for _, c := range []struct{ name, night, until, want string }{
		{"en novembre : la fin de l’année", "2026-11-24", "", "2027-07-02"},
		{"45 jours avant la fin : encore celle-ci", "2027-05-18", "", "2027-07-02"},
		{"44 jours avant : la suivante", "2027-05-19", "", "2028-07-04"},
		{"l’ouverture de l’activité s’arrête avant", "2027-05-19", "2027-07-02", "2027-07-02"},
		{"après la dernière année connue", "2028-08-01", "", "2028-07-04"},
	} {
		a.Opening.Last = 0
		if c.until != "" {
			a.Opening.Last = MustDate(c.until)
		}
		if got := s.BookingHorizon(a, MustDate(c.night)); got.String() != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if got := new(Setup).BookingHorizon(restauration(false), MustDate("2026-11-24")); got.String() != "2027-01-08" {
		t.Errorf("aucune année scolaire : %s", got)
	}
}

// TestCourse: changes and ends asked over time, as the family's list tells them.
func TestCourse(t *testing.T) {
	start := Registration{First: MustDate("2026-09-07"), EveryOther: true, Weekdays: Days(Monday, Thursday)}
	course := Course{Versions: []Registration{start}}
	tuesdays := course.Change(Registration{First: MustDate("2026-11-25"), EveryOther: true, Weekdays: Days(Tuesday)}, false)
	swapped := course.Change(Registration{First: MustDate("2026-11-25"), EveryOther: true, Weekdays: Days(Tuesday)}, true)
	for day, want := range map[string][2]bool{"2026-12-01": {true, false}, "2026-12-08": {false, true}, "2026-12-29": {true, false}} {
		if _, kept := course.With(tuesdays).Attends(MustDate(day)); kept != want[0] {
			t.Errorf("%s, mêmes semaines : %v", day, kept)
		}
		if _, other := course.With(swapped).Attends(MustDate(day)); other != want[1] {
			t.Errorf("%s, semaines inversées : %v", day, other)
		}
	}
	if _, before := course.With(tuesdays).Attends(MustDate("2026-11-16")); !before {
		t.Error("un changement touche les jours d’avant")
	}
	today := MustDate("2026-11-23")
	ending := start
	ending.Last = MustDate("2027-07-02")
	for _, c := range []struct {
		name string
		c    Course
		want string
		over bool
	}{
		{"en cours", course, "Lundi et jeudi, une semaine sur deux, depuis le 7 septembre 2026, sans date de fin", false},
		{"en cours, avec une fin", Course{Versions: []Registration{ending}}, "Lundi et jeudi, une semaine sur deux, depuis le 7 septembre 2026, jusqu’au 2 juillet 2027", false},
		{"à venir", Course{Versions: []Registration{{First: MustDate("2026-12-01"), Weekdays: Days(Tuesday)}}}, "Mardi, à partir du 1er décembre 2026, sans date de fin", false},
		{"arrêt à venir", course.With(Stop(MustDate("2027-01-01"))), "Lundi et jeudi, une semaine sur deux, depuis le 7 septembre 2026, jusqu’au 31 décembre 2026", false},
		{"arrêtée", course.With(Stop(MustDate("2026-11-02"))), "Lundi et jeudi, une semaine sur deux, du 7 septembre 2026 au 1er novembre 2026", true},
		{"arrêtée après sa fin", Course{Versions: []Registration{{First: MustDate("2026-09-07"), Last: MustDate("2026-09-30"), Weekdays: Days(Monday)}}}.With(Stop(MustDate("2026-11-02"))),
			"Lundi, du 7 septembre 2026 au 30 septembre 2026", true},
		{"arrêtée avant d’avoir commencé", Course{Versions: []Registration{{First: MustDate("2026-12-01"), Weekdays: Days(Tuesday)}}}.With(Stop(MustDate("2026-11-30"))),
			"Mardi, arrêtée avant d’avoir commencé", true},
		{"avec un départ", Course{Versions: []Registration{{First: MustDate("2026-09-07"), Weekdays: Days(Monday), Hours: Hours{Departure: Clock(17, 30)}}}},
			"Lundi, départ 17 h 30, depuis le 7 septembre 2026, sans date de fin", false},
	} {
		if got := strings.ReplaceAll(c.c.Words(today), "\u00a0", " "); got != c.want || c.c.Over(today) != c.over {
			t.Errorf("%s: %q, over %v", c.name, got, c.c.Over(today))
		}
	}
	if none := (Course{}); none.Over(today) || none.First() != 0 || none.Last() != 0 {
		t.Error("what no night has applied yet is over")
	}
	if got := course.With(tuesdays).ToCome(today); len(got) != 1 || got[0].ChangeWords() != "À partir du 25 novembre 2026 : mardi, une semaine sur deux, sans date de fin" {
		t.Errorf("%+v", got)
	}
	later := Registration{First: MustDate("2027-03-01"), Last: MustDate("2027-04-30"), Weekdays: Days(Friday)}
	if got := course.With(later).With(Stop(MustDate("2027-01-04"))).ToCome(today); len(got) != 1 || got[0].ChangeWords() != "Arrêt à partir du 4 janvier 2027" {
		t.Errorf("what an end replaced is still to come: %+v", got)
	}
	if got := later.ChangeWords(); got != "À partir du 1er mars 2027 : vendredi, jusqu’au 30 avril 2027" {
		t.Error(got)
	}
}

func TestHeldWords(t *testing.T) {
	night := at("2026-11-24 01:15:00")
	waits := " cette inscription ne peut être ni modifiée ni arrêtée : une demande attend déjà la nuit. Revenez ensuite, ou abandonnez cette demande pour en faire une autre."
	leaves := "La demande faite pour cette inscription est en cours de transmission : d’ici là, l’inscription ne peut être ni modifiée ni arrêtée. Revenez dans quelques minutes."
	for _, c := range []struct{ name, now, want string }{
		{"la veille", "2026-11-23 09:00:00", "Jusqu’à demain 1 h 15," + waits},
		{"après minuit", "2026-11-24 00:30:00", "Jusqu’à aujourd’hui 1 h 15," + waits},
		{"à son heure", "2026-11-24 01:15:00", leaves},
		{"en retard", "2026-11-24 08:00:00", leaves},
	} {
		if got := HeldWords(night, at(c.now)); got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

func TestOverlap(t *testing.T) {
	start := Registration{First: MustDate("2026-09-07"), Weekdays: Days(Monday)}
	open, stopped := Course{Versions: []Registration{start}}, Course{Versions: []Registration{start, Stop(MustDate("2026-12-01"))}}
	for _, c := range []struct {
		name        string
		c           Course
		first, last string
		want        bool
	}{
		{"sans fin, après", open, "2027-09-01", "", true},
		{"avant le début", open, "2026-09-01", "2026-09-06", false},
		{"jusqu’au premier jour", open, "2026-09-01", "2026-09-07", true},
		{"le jour de l’arrêt", stopped, "2026-12-01", "", false},
		{"la veille de l’arrêt", stopped, "2026-11-30", "", true},
		{"aucune", Course{}, "2026-11-30", "", false},
		{"arrêtée avant d’avoir commencé", Course{Versions: []Registration{start, Stop(MustDate("2026-09-01"))}}, "2026-09-07", "", false},
	} {
		var last Date
		if c.last != "" {
			last = MustDate(c.last)
		}
		if got := c.c.Overlaps(MustDate(c.first), last); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestChangeRefused(t *testing.T) {
	s, a := registering()
	now := at("2026-11-23 09:00:00")
	course := Course{Versions: []Registration{{First: MustDate("2026-09-07"), EveryOther: true, Weekdays: Days(Monday)}}}
	over := course.With(Stop(MustDate("2026-11-02")))
	change := func(first string, days WeekdaySet, swap bool) Registration {
		return course.Change(Registration{First: MustDate(first), EveryOther: true, Weekdays: days}, swap)
	}
	for _, c := range []struct {
		name        string
		c           Course
		next        Registration
		field, says string
	}{
		{"jour où l’activité n’ouvre jamais", course, change("2026-11-30", Days(Wednesday), false), "jours", "La cantine n’ouvre pas le mercredi."},
		{"rien de changé", course, change("2026-11-30", Days(Monday), false), "jours", "Rien n’a été changé."},
		{"trop tôt", course, change("2026-11-24", Days(Tuesday), false), "debut", "La date du changement doit être le mercredi 25 novembre ou après."},
		{"arrêt trop tôt", course, Stop(MustDate("2026-11-24")), "debut", "La date d’arrêt doit être le mercredi 25 novembre ou après."},
		{"arrêt après la fin", course.With(Stop(MustDate("2026-11-30"))), Stop(MustDate("2026-12-15")), "debut", "Cette inscription se termine déjà le 29 novembre 2026."},
		{"terminée", over, change("2026-11-30", Days(Tuesday), false), "", "Cette inscription est terminée. Faites une nouvelle inscription."},
		{"semaines inversées : permis", course, change("2026-11-30", Days(Monday), true), "", ""},
		{"une semaine d’absence au changement : permis", course, change("2026-11-27", Days(Tuesday), false), "", ""},
		{"arrêt : permis", course, Stop(MustDate("2026-11-25")), "", ""},
	} {
		e := AsError(c.c.CheckChange(c.next, s, a, now))
		if c.next.Stops() {
			e = AsError(c.c.CheckStop(c.next.First, s, a, now))
		}
		switch {
		case c.says == "" && e != nil, c.says != "" && e == nil:
			t.Errorf("%s: %v", c.name, e)
		case c.field != "" && !strings.HasPrefix(e.Field(c.field), c.says), c.says != "" && c.field == "" && !strings.HasPrefix(e.Message, c.says):
			t.Errorf("%s: %+v", c.name, e)
		}
	}
}

// TestPlan: one day per case; days that a family changed by hand are never overwritten in silence.
func TestPlan(t *testing.T) {
	monday, late := MustDate("2026-11-30"), Hours{Departure: Clock(17, 0)}
	old := Registration{First: MustDate("2026-09-07"), Weekdays: Days(Monday)}
	course := Course{Versions: []Registration{old}}
	change := func(days WeekdaySet, h Hours) *Registration {
		return &Registration{First: MustDate("2026-11-25"), Weekdays: days, Hours: h}
	}
	for _, c := range []struct {
		name     string
		next     *Registration
		through  Date
		day      RegistrationDay
		waitlist bool
		want     RegistrationAct
	}{
		{"un jour à réserver", nil, monday - 1, RegistrationDay{Slot: &Slot{Open: true}}, false, RegistrationAdds},
		{"déjà fait", nil, monday, RegistrationDay{Slot: &Slot{Open: true}}, false, ""},
		{"fermé", nil, monday - 1, RegistrationDay{Slot: &Slot{}}, false, RegistrationClosed},
		{"complet", nil, monday - 1, RegistrationDay{Slot: &Slot{Open: true, Limited: true}}, false, RegistrationFull},
		{"complet, liste d’attente", nil, monday - 1, RegistrationDay{Slot: &Slot{Open: true, Limited: true}}, true, RegistrationWaits},
		{"la dernière place", nil, monday - 1, RegistrationDay{Slot: &Slot{Open: true, Limited: true, Left: 1}}, false, RegistrationAdds},
		{"déjà réservé à la main", nil, monday - 1, RegistrationDay{Slot: &Slot{Open: true, Status: Booked}}, false, RegistrationByHand},
		{"pas encore ouvert aux réservations", nil, monday - 1, RegistrationDay{Slot: &Slot{Open: true}, Unopened: true}, false, RegistrationLater},
		{"toujours pas ouvert", nil, monday, RegistrationDay{Slot: &Slot{Open: true}, Unopened: true, Later: true}, false, RegistrationLater},
		{"ouvert depuis", nil, monday, RegistrationDay{Slot: &Slot{Open: true}, Later: true}, false, RegistrationAdds},
		{"ouvert depuis, réservé à la main aussitôt", nil, monday, RegistrationDay{Slot: &Slot{Open: true, Status: Booked}, Later: true}, false, RegistrationByHand},
		{"ouvert depuis, mais arrêt", &Registration{First: MustDate("2026-11-25")}, monday, RegistrationDay{Slot: &Slot{Open: true}, Later: true}, false, ""},
		{"ajouté par un changement, pas encore ouvert", &Registration{First: MustDate("2026-11-25"), Last: monday, Weekdays: EveryDay}, monday, RegistrationDay{Slot: &Slot{Open: true}, Unopened: true, Later: true}, false, RegistrationLater},
		{"fermé, d’une période pas encore ouverte", nil, monday - 1, RegistrationDay{Slot: &Slot{}, Unopened: true}, false, RegistrationClosed},
		{"annulé à la main", nil, monday - 1, RegistrationDay{Slot: &Slot{Open: true}, Exception: true}, false, RegistrationException},
		{"jour gardé par un changement : intact", change(Days(Monday, Tuesday), Hours{}), monday, RegistrationDay{Slot: &Slot{Open: true, Status: Booked}, Own: true}, false, ""},
		{"jour gardé, annulé à la main : intact", change(Days(Monday, Tuesday), Hours{}), monday, RegistrationDay{Slot: &Slot{Open: true}, Exception: true}, false, ""},
		{"jour gardé, refusé autrefois : intact", change(Days(Monday, Tuesday), Hours{}), monday, RegistrationDay{Slot: &Slot{Open: true}}, false, ""},
		{"jour retiré", change(Days(Tuesday), Hours{}), monday, RegistrationDay{Slot: &Slot{Open: true, Status: Booked}, Own: true}, false, RegistrationRemoves},
		{"jour retiré, qu’une autre inscription a aussi", change(Days(Tuesday), Hours{}), monday, RegistrationDay{Slot: &Slot{Open: true, Status: Booked}, Own: true, Also: 7}, false, RegistrationHands},
		{"jour retiré, en liste d’attente", change(Days(Tuesday), Hours{}), monday, RegistrationDay{Slot: &Slot{Open: true, Status: Waiting}, Own: true}, false, RegistrationRemoves},
		{"jour retiré, réservé à la main", change(Days(Tuesday), Hours{}), monday, RegistrationDay{Slot: &Slot{Open: true, Status: Booked}}, false, RegistrationByHand},
		{"jour retiré, heures changées à la main", change(Days(Tuesday), Hours{}), monday, RegistrationDay{Slot: &Slot{Open: true, Status: Booked}, Own: true, Hours: late}, false, RegistrationOwnHours},
		{"jour retiré, annulé déjà", change(Days(Tuesday), Hours{}), monday, RegistrationDay{Slot: &Slot{Open: true}, Exception: true}, false, ""},
		{"arrêt", &Registration{First: MustDate("2026-11-25")}, monday, RegistrationDay{Slot: &Slot{Open: true, Status: Booked}, Own: true}, false, RegistrationRemoves},
		{"autres heures", change(Days(Monday), late), monday, RegistrationDay{Slot: &Slot{Open: true, Status: Booked}, Own: true}, false, RegistrationChanges},
		{"autres heures, changées à la main déjà", change(Days(Monday), late), monday, RegistrationDay{Slot: &Slot{Open: true, Status: Booked}, Own: true, Hours: Hours{Departure: Clock(18, 0)}}, false, RegistrationOwnHours},
		{"autres heures, qui empiètent sur une autre activité", change(Days(Monday), late), monday, RegistrationDay{Slot: &Slot{Open: true, Status: Booked, Others: []Other{{Activity: &Activity{ID: 9, Spoken: "l’étude", Starts: Clock(16, 45), Ends: Clock(18, 0)}}}}, Own: true}, false, RegistrationClash},
		{"arrêt, heures d’avant gardées par la nuit", &Registration{First: MustDate("2026-11-25")}, monday, RegistrationDay{Slot: &Slot{Open: true, Status: Booked}, Own: true, Hours: late, Given: late}, false, RegistrationRemoves},
		{"arrêt, heures d’avant gardées puis changées à la main", &Registration{First: MustDate("2026-11-25")}, monday, RegistrationDay{Slot: &Slot{Open: true, Status: Booked}, Own: true, Hours: Hours{Departure: Clock(18, 0)}, Given: late}, false, RegistrationOwnHours},
		{"autres heures, heures d’avant gardées par la nuit", change(Days(Monday), late), monday, RegistrationDay{Slot: &Slot{Open: true, Status: Booked}, Own: true, Hours: Hours{Departure: Clock(17, 30)}, Given: Hours{Departure: Clock(17, 30)}}, false, RegistrationChanges},
		{"autres heures, qui sont déjà celles du jour", change(Days(Monday), late), monday, RegistrationDay{Slot: &Slot{Open: true, Status: Booked}, Own: true, Hours: late, Given: late}, false, ""},
		{"changement plus tard : intact", &Registration{First: MustDate("2026-12-25")}, monday, RegistrationDay{Slot: &Slot{Open: true, Status: Booked}, Own: true}, false, ""},
	} {
		c.day.Slot.Day, c.day.Slot.Activity = monday, &Activity{Waitlist: c.waitlist, Spoken: "le soir", Starts: Clock(16, 30), Ends: Clock(18, 0)}
		var got RegistrationAct
		if steps := course.Plan(c.next, c.through, []RegistrationDay{c.day}); len(steps) == 1 {
			got = steps[0].Act
			if c.want == RegistrationChanges && steps[0].Hours != late {
				t.Errorf("%s: hours %v", c.name, steps[0].Hours)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestDaysOfARegistration leaves out what is closed.
func TestDaysOfARegistration(t *testing.T) {
	s, a := registering()
	var got []string
	for _, d := range (Registration{First: MustDate("2026-12-07"), EveryOther: true, Weekdays: Days(Monday)}).Days(MustDate("2026-11-01"), MustDate("2027-02-01"), &a.Opening, &s.Calendar) {
		got = append(got, d.String())
	}
	if words := strings.Join(got, " "); words != "2026-12-07 2027-01-04 2027-01-18 2027-02-01" {
		t.Error(words)
	}
	weeks := Registration{First: MustDate("2026-12-10"), EveryOther: true, Weekdays: Days(Tuesday, Thursday)}.FirstWeeks(3, MustDate("2027-07-02"), &a.Opening, &s.Calendar)
	if len(weeks) != 3 || weeks[0] != MustDate("2026-12-07") || weeks[1] != MustDate("2027-01-04") || weeks[2] != MustDate("2027-01-18") {
		t.Error(weeks)
	}
	if d := EarliestStart(time.Date(2026, 11, 23, 22, 59, 0, 0, time.UTC), 0); d != MustDate("2026-11-24") {
		t.Errorf("the day is not the one in France: %s", d)
	}
}

// TestPlansThatMoveTogether: while the centre stands on the day, its meal stays; once it has left, the meal leaves too, and
// only what leaves is given back first.
func TestPlansThatMoveTogether(t *testing.T) {
	monday := MustDate("2026-11-30")
	meal := &Activity{ID: 1, Spoken: "la cantine"}
	centre := Other{Activity: &Activity{ID: 2, Spoken: "le centre", Links: []Link{{Other: 1, Kind: Requires, Required: meal}}}}
	course := Course{Versions: []Registration{{First: MustDate("2026-09-07"), Weekdays: Days(Monday)}}}
	moved := &Registration{First: MustDate("2026-11-25"), Weekdays: Days(Tuesday)}
	for _, c := range []struct {
		name      string
		others    []Other
		want      RegistrationAct
		givenBack int
	}{
		{"le centre est encore là", []Other{centre}, RegistrationNeeded, 0},
		{"le centre est parti", nil, RegistrationRemoves, 1},
	} {
		days := []RegistrationDay{
			{Slot: &Slot{Open: true, Activity: meal, Day: monday, Status: Booked, Others: c.others}, Own: true},
			{Slot: &Slot{Open: true, Activity: meal, Day: monday + 1}},
		}
		steps := course.Plan(moved, monday+30, days)
		if len(steps) != 2 || steps[0].Act != c.want || steps[1].Act != RegistrationAdds {
			t.Errorf("%s: %+v", c.name, steps)
		}
		if back := GivenBack(steps); len(back) != c.givenBack || len(back) == 1 && back[0].Slot.Day != monday {
			t.Errorf("%s: %+v is given back", c.name, back)
		}
	}
}

// TestPlanNight: the registrations of a child make room for one another as in the night, whatever their order.
func TestPlanNight(t *testing.T) {
	monday := MustDate("2026-11-30")
	meal := &Activity{ID: 1, Spoken: "la cantine"}
	centre := &Activity{ID: 2, Spoken: "le centre", Links: []Link{{Other: 1, Kind: Requires, Required: meal}}}
	study := &Activity{ID: 3, Spoken: "l’étude", Links: []Link{{Other: 1, Kind: Incompatible}}}
	registration := func(a *Activity, from, to Weekday, together ...*Activity) NightRegistration {
		r := NightRegistration{Activity: a, Through: monday + 1, Next: &Registration{First: monday, Weekdays: Days(to)},
			Course: Course{Versions: []Registration{{First: MustDate("2026-09-07"), Weekdays: Days(from)}}}}
		for d := monday; d <= monday+1; d++ {
			day := RegistrationDay{Slot: &Slot{Open: true, Activity: a, Day: d}}
			if d.Weekday() == from {
				day.Slot.Status, day.Own = Booked, true
				for _, o := range together {
					day.Slot.Others = append(day.Slot.Others, Other{Activity: o})
				}
			}
			r.Days = append(r.Days, day)
		}
		return r
	}
	alone := registration(meal, Monday, Tuesday, meal, centre)
	swapped := registration(study, Tuesday, Monday, study)
	swapped.Days[0].Slot.Others = []Other{{Activity: meal}}
	other := registration(meal, Monday, Tuesday, meal)
	other.Days[1].Slot.Others = []Other{{Activity: study}}
	for _, c := range []struct {
		name string
		list []NightRegistration
		want []RegistrationAct
	}{
		{"le repas seul : le centre l’exige encore", []NightRegistration{alone}, []RegistrationAct{RegistrationNeeded, RegistrationAdds}},
		{"le repas, puis le centre", []NightRegistration{registration(meal, Monday, Tuesday, meal, centre), registration(centre, Monday, Tuesday, meal, centre)}, []RegistrationAct{RegistrationRemoves, RegistrationAdds}},
		{"le centre, puis le repas", []NightRegistration{registration(centre, Monday, Tuesday, meal, centre), registration(meal, Monday, Tuesday, meal, centre)}, []RegistrationAct{RegistrationRemoves, RegistrationAdds}},
		{"deux activités qui changent de place", []NightRegistration{swapped, other}, []RegistrationAct{RegistrationAdds, RegistrationRemoves}},
	} {
		var got []RegistrationAct
		for _, s := range PlanNight(c.list)[0] {
			got = append(got, s.Act)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
