package portal

import (
	"strings"
	"testing"
	"time"
)

// TestWhenRemindersLeave: the day before, by day, and never after the limit.
func TestWhenRemindersLeave(t *testing.T) {
	for _, c := range []struct {
		name, limit, nothing, draft string
	}{
		{"jeudi 9 h", "2026-11-26 09:00:00", "2026-11-25 17:00", "2026-11-25 18:00"},
		{"lundi 8 h : le dimanche", "2026-11-30 08:00:00", "2026-11-29 17:00", "2026-11-29 18:00"},
		{"dimanche 18 h", "2026-11-29 18:00:00", "2026-11-28 17:00", "2026-11-28 18:00"},
		{"20 h juste : encore la veille", "2026-11-26 20:00:00", "2026-11-25 17:00", "2026-11-25 18:00"},
		{"20 h 01 : le matin même", "2026-11-26 20:01:00", "2026-11-26 08:00", "2026-11-26 18:00"},
		{"mercredi minuit : le mercredi matin", "2026-11-25 24:00:00", "2026-11-25 08:00", "2026-11-25 18:00"},
		{"le lendemain du passage à l’heure d’hiver", "2026-10-26 09:00:00", "2026-10-25 17:00", "2026-10-25 18:00"},
		{"le dimanche du passage à l’heure d’été", "2027-03-28 09:00:00", "2027-03-27 17:00", "2027-03-27 18:00"},
	} {
		limit := instantOf(c.limit)
		if got := said(DeadlineReminderAt(limit)); got != c.nothing {
			t.Errorf("%s, rien de réservé: %s, want %s", c.name, got, c.nothing)
		}
		if got := said(DraftReminderAt(limit)); got != c.draft {
			t.Errorf("%s, brouillon: %s, want %s", c.name, got, c.draft)
		}
	}
	for _, c := range []struct{ name, opens, want string }{
		{"mercredi 9 h : aussitôt", "2026-11-25 09:00:00", "2026-11-25 09:00"},
		{"minuit : le matin même à 8 h", "2026-11-25 00:00:00", "2026-11-25 08:00"},
		{"6 h", "2026-11-25 06:00:00", "2026-11-25 08:00"},
		{"20 h : le lendemain matin", "2026-11-25 20:00:00", "2026-11-26 08:00"},
		{"22 h, la nuit du changement d’heure", "2026-10-24 22:00:00", "2026-10-25 08:00"},
	} {
		if got := OpeningReminderAt(at(c.opens)); DateOf(got).String()+" "+TimeOfDayOf(got).String() != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	for now, want := range map[string]bool{"2026-11-25 07:59:59": false, "2026-11-25 08:00:00": true, "2026-11-25 19:59:59": true, "2026-11-25 20:00:00": false, "2026-11-25 00:00:00": false,
		"2026-10-25 02:30:00": false, "2026-10-25 08:00:00": true, "2027-03-28 07:59:00": false, "2027-03-28 08:00:00": true} {
		if ReminderHour(at(now)) != want {
			t.Errorf("reminders at %s: %v", now, !want)
		}
	}
	opens := at("2026-11-25 09:00:00")
	for now, want := range map[string]bool{"2026-11-25 08:59:59": false, "2026-11-25 09:00:00": true, "2026-11-28 08:59:59": true, "2026-11-28 09:00:00": false} {
		if OpeningIsNews(opens, at(now)) != want {
			t.Errorf("news at %s: %v", now, !want)
		}
	}
}

// instantOf reads a moment that may be midnight at the end of a day.
func instantOf(s string) time.Time {
	if day, midnight := strings.CutSuffix(s, " 24:00:00"); midnight {
		return MustDate(day).At(EndOfDay)
	}
	return at(s)
}

// TestUsuallyComes is the rule of the reminder before a deadline: three of the last four weeks with service.
func TestUsuallyComes(t *testing.T) {
	for _, c := range []struct {
		name     string
		activity int
		closing  string // first and last day that close
		booked   string
		want     bool
	}{
		{"quatre semaines sur quatre", 0, "2026-11-30 2026-12-04", "2026-11-02 2026-11-09 2026-11-16 2026-11-23", true},
		{"trois sur quatre, jamais le même jour", 0, "2026-11-30 2026-12-04", "2026-11-03 2026-11-12 2026-11-27", true},
		{"deux sur quatre", 0, "2026-11-30 2026-12-04", "2026-11-16 2026-11-23", false},
		{"toute une semaine ne fait qu’une semaine", 0, "2026-11-30 2026-12-04", "2026-11-23 2026-11-24 2026-11-26 2026-11-27", false},
		{"jamais", 0, "2026-11-30 2026-12-04", "", false},
		{"il y a longtemps", 0, "2026-11-30 2026-12-04", "2026-09-07 2026-09-14 2026-09-21 2026-09-28", false},
		{"les vacances ne comptent pas : la semaine d’avant compte", 0, "2026-11-09 2026-11-13", "2026-10-05 2026-10-12 2026-11-02", true},
		{"la rentrée de janvier : les quatre dernières de décembre", 0, "2027-01-04 2027-01-08", "2026-11-30 2026-12-07 2026-12-14", true},
		{"la veille pour un mardi : les mardis", 1, "2026-12-01 2026-12-01", "2026-11-03 2026-11-10 2026-11-24", true},
		{"la veille pour un mardi : les lundis n’y font rien", 1, "2026-12-01 2026-12-01", "2026-11-02 2026-11-09 2026-11-16 2026-11-23", false},
		{"mercredis, le 11 novembre férié ne compte pas", 2, "2026-12-02 2026-12-02", "2026-11-04 2026-11-18 2026-11-25", true},
		{"mercredis, férié compris il y a cinq semaines", 2, "2026-12-02 2026-12-02", "2026-10-14 2026-11-04 2026-11-25", true},
		{"mercredis, un de moins", 2, "2026-12-02 2026-12-02", "2026-10-07 2026-11-04 2026-11-25", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := wintertime()
			first, last, _ := strings.Cut(c.closing, " ")
			closing := Closing{Activity: &s.Activities[c.activity]}
			for d := MustDate(first); d <= MustDate(last); d++ {
				if open, _ := closing.Activity.Opening.On(d, &s.Calendar); open {
					closing.Days = append(closing.Days, d)
				}
			}
			var booked []Date
			for d := range strings.FieldsSeq(c.booked) {
				booked = append(booked, MustDate(d))
			}
			weeks := s.UsualWeeks(closing)
			if got := UsuallyComes(weeks, booked); got != c.want {
				t.Errorf("usually comes: %v (%v)", got, weeks)
			}
			if got := closing.Forgotten(weeks, booked); got != c.want {
				t.Errorf("forgotten: %v", got)
			}
			if closing.Forgotten(weeks, append(booked, closing.Days[0])) {
				t.Error("forgotten although something is said of the first day")
			}
		})
	}
}

// TestUsualAtTheBeginning: an activity that opened two weeks ago has no habits yet, nor has a school year that begins.
func TestUsualAtTheBeginning(t *testing.T) {
	s := wintertime()
	a := &s.Activities[0]
	a.Opening.First = MustDate("2026-11-16")
	c := Closing{Activity: a, Days: []Date{MustDate("2026-11-30")}}
	if weeks := s.UsualWeeks(c); len(weeks) != 2 || UsuallyComes(weeks, []Date{MustDate("2026-11-16"), MustDate("2026-11-23")}) {
		t.Errorf("two weeks are a habit: %v", weeks)
	}
}

// TestOpenPeriods: activities that open together are told together, while a day can still be booked.
func TestOpenPeriods(t *testing.T) {
	s := wintertime()
	meal := s.Activities[3]
	meal.ID, meal.Short, meal.Book = 7, "Repas", DaysBefore(12, EndOfDay)
	s.Activities = append(s.Activities, meal)
	if got := s.OpenPeriods(at("2026-11-09 08:59:00")); len(got) != 0 {
		t.Errorf("before the opening: %v", got)
	}
	got := s.OpenPeriods(at("2026-11-09 09:00:00"))
	if len(got) != 1 || len(got[0].Activities) != 2 || said(got[0].FirstLimit) != "2026-12-09 24:00" || said(got[0].LatestLimit) != "2026-12-13 24:00" {
		t.Fatalf("at the opening: %+v", got)
	}
	s.Activities[3].Windows[0].Closes = at("2026-11-09 10:00:00")
	s.Activities = s.Activities[:4]
	if got := s.OpenPeriods(at("2026-11-09 10:00:01")); len(got) != 0 {
		t.Errorf("closed already: %v", got)
	}
}

func TestReminderKinds(t *testing.T) {
	for _, k := range ReminderKinds {
		if !k.Valid() {
			t.Errorf("%s", k)
		}
	}
	if ReminderKind("").Valid() || ReminderKind("publicite").Valid() {
		t.Error("a kind that does not exist")
	}
}
