package portal

import (
	"strings"
	"testing"
	"time"
)

// absenceTown is a structure that serves a canteen on school days and a centre every day of the week.
func absenceTown(absence Cutoff) *Setup {
	return &Setup{
		Structure: Structure{Phone: "05 61 00 00 00"},
		Calendar:  Calendar{Holidays: []Period{{Name: "vacances de Noël", From: NewDate(2026, 12, 19), To: NewDate(2027, 1, 3)}}},
		Activities: []Activity{
			{ID: 1, Spoken: "la cantine", Starts: Clock(11, 45), Ends: Clock(13, 30), Absence: absence, DocumentDays: 3,
				Opening: Opening{School: Days(Monday, Tuesday, Thursday, Friday)}},
			{ID: 2, Spoken: "le centre", Starts: Clock(7, 30), Ends: Clock(18, 30), Absence: absence, Opening: Opening{School: EveryDay, Holidays: EveryDay}},
		},
	}
}

// TestAbsenceLimits says until when, in the words of the town halls.
func TestAbsenceLimits(t *testing.T) {
	for _, test := range []struct {
		name     string
		rule     Cutoff
		activity ActivityID
		day      string // of the absence
		inTime   string // the last instant; nothing: never
		why      string // said one second later
	}{
		{"le jour même jusqu’à 9 h 30", DaysBefore(0, Clock(9, 30)), 1, "2026-11-23", "2026-11-23 09:30:00",
			"Trop tard depuis aujourd’hui 9 h 30. Règle : jusqu’au jour même à 9 h 30. Appelez la mairie au 05 61 00 00 00."},
		{"la veille 17 h", DaysBefore(1, Clock(17, 0)), 1, "2026-11-24", "2026-11-23 17:00:00",
			"Trop tard depuis aujourd’hui 17 h. Règle : jusqu’à la veille à 17 h. Appelez la mairie au 05 61 00 00 00."},
		{"la veille, pour un lundi : le dimanche", DaysBefore(1, Clock(17, 0)), 1, "2026-11-30", "2026-11-29 17:00:00", "Trop tard depuis aujourd’hui 17 h."},
		{"le jour d’école d’avant, pour un lundi : le vendredi", SchoolDaysBefore(1, Clock(17, 0)), 1, "2026-11-30", "2026-11-27 17:00:00",
			"Règle : jusqu’au jour de classe précédent à 17 h."},
		{"le jour d’école d’avant, pour un jeudi : le mardi", SchoolDaysBefore(1, Clock(17, 0)), 1, "2026-11-26", "2026-11-24 17:00:00", "Trop tard depuis aujourd’hui 17 h."},
		{"le jour d’école d’avant, à la rentrée de janvier", SchoolDaysBefore(1, Clock(17, 0)), 1, "2027-01-04", "2026-12-18 17:00:00", "Trop tard depuis aujourd’hui 17 h."},
		{"un samedi au centre, le jour même", DaysBefore(0, Clock(8, 0)), 2, "2026-11-28", "2026-11-28 08:00:00", "Trop tard depuis aujourd’hui 8 h."},
		{"aucun délai choisi : la fin du jour", Cutoff{}, 1, "2026-11-23", "2026-11-24 00:00:00", "Trop tard depuis hier minuit. Règle : jusqu’à la fin du jour même."},
		{"jamais en ligne", Never(), 1, "2026-11-30", "", "Une absence ne se signale pas en ligne pour la cantine. Appelez la mairie au 05 61 00 00 00."},
	} {
		setup := absenceTown(test.rule)
		d := setup.NewAbsenceDay(setup.Activity(test.activity), MustDate(test.day))
		d.Status = Booked
		late := MustDate(test.day).At(0)
		if test.inTime != "" {
			last := at(test.inTime)
			if got := d.State(last); got != AbsencePossible || d.Refuse(last) != nil {
				t.Errorf("%s: the limit itself is %s", test.name, got)
			}
			late = last.Add(time.Second)
		}
		if got := d.State(late); got != AbsenceTooLate {
			t.Errorf("%s: %s after the limit", test.name, got)
		}
		if why := d.Refuse(late); why == nil || !strings.Contains(why.Message, test.why) {
			t.Errorf("%s: %v, want %q", test.name, why, test.why)
		}
		// What was announced is taken back within the same limit.
		d.Absence = &Absence{}
		if got := d.State(late); got != AbsenceAnnounced || d.Refuse(late) != nil {
			t.Errorf("%s: announced, it is %s", test.name, got)
		}
		if d.RefusePresent(late) == nil || test.inTime != "" && d.RefusePresent(at(test.inTime)) != nil {
			t.Errorf("%s: taken back beside its limit", test.name)
		}
	}
}

// TestAbsenceNothingToSay: not booked, waiting, closed.
func TestAbsenceNothingToSay(t *testing.T) {
	setup, now := absenceTown(Cutoff{}), at("2026-11-23 08:00:00")
	for _, test := range []struct {
		name, day string
		status    Status
		want      AbsenceState
		why       string
	}{
		{"rien de réservé", "2026-11-24", NotBooked, AbsenceNoBooking, "Rien n’est réservé : il n’y a rien à signaler."},
		{"en attente", "2026-11-24", Waiting, AbsenceNoBooking, "En liste d’attente seulement : il n’y a rien à signaler."},
		{"fermé depuis la réservation", "2026-11-25", Booked, AbsenceClosed, "Pas d’ouverture le mercredi. Il n’y a rien à signaler."},
	} {
		d := setup.NewAbsenceDay(setup.Activity(1), MustDate(test.day))
		d.Status = test.status
		if got, why := d.State(now), d.Refuse(now); got != test.want || why == nil || why.Message != test.why {
			t.Errorf("%s: %s, %v", test.name, got, why)
		}
	}
}

func TestAbsenceAskCheck(t *testing.T) {
	now := at("2026-11-23 08:00:00")
	for _, test := range []struct{ name, first, last, reason, field, want string }{
		{"un jour", "2026-11-23", "2026-11-23", "malade", "", ""},
		{"31 jours", "2026-11-23", "2026-12-23", "absent", "", ""},
		{"32 jours", "2026-11-23", "2026-12-24", "absent", "au", "Une absence se signale pour 31 jours au plus."},
		{"hier", "2026-11-22", "2026-11-23", "malade", "du", "aujourd’hui ou après"},
		{"à l’envers", "2026-11-25", "2026-11-24", "malade", "au", "doit être le premier, ou après"},
		{"sans fin", "2026-11-25", "", "malade", "au", "Donnez le dernier jour"},
		{"sans début", "", "2026-11-25", "malade", "du", "Donnez le premier jour"},
		{"dans dix ans", "2036-11-25", "2036-11-25", "malade", "du", "trop lointain"},
		{"sans motif", "2026-11-25", "2026-11-25", "", "motif", "Choisissez « malade » ou « absent »."},
		{"motif inventé", "2026-11-25", "2026-11-25", "grève", "motif", "Choisissez « malade » ou « absent »."},
	} {
		ask := AbsenceAsk{Child: 1, Reason: AbsenceReason(test.reason)}
		ask.First.UnmarshalText([]byte(test.first))
		ask.Last.UnmarshalText([]byte(test.last))
		err := ask.Check(now)
		if test.field == "" {
			if err != nil {
				t.Errorf("%s: %v", test.name, err)
			}
		} else if got := AsError(err).Field(test.field); !strings.Contains(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestAbsenceTapDay: today, until the last service of the day has ended.
func TestAbsenceTapDay(t *testing.T) {
	setup := absenceTown(Cutoff{})
	for _, test := range []struct {
		name, now, want string
		booked          []ActivityID
	}{
		{"le matin", "2026-11-23 07:00:00", "2026-11-23", []ActivityID{1}},
		{"pendant la cantine", "2026-11-23 13:29:59", "2026-11-23", []ActivityID{1}},
		{"après la cantine, rien d’autre", "2026-11-23 13:30:00", "2026-11-24", []ActivityID{1}},
		{"après la cantine, le centre aussi", "2026-11-23 13:30:00", "2026-11-23", []ActivityID{1, 2}},
		{"rien aujourd’hui, le centre est ouvert", "2026-11-23 13:30:00", "2026-11-23", nil},
		{"le soir", "2026-11-23 18:30:00", "2026-11-24", nil},
		{"à minuit moins une", "2026-11-23 23:59:59", "2026-11-24", []ActivityID{1, 2}},
	} {
		if got := setup.AbsenceTapDay(test.booked, at(test.now)); got != MustDate(test.want) {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}
