package portal

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// wednesdayCamp and holidayCamp are what docs/regles.md calls « mercredi » and « vacances ».
var (
	wednesdayCamp = &Opening{School: Days(Wednesday)}
	holidayCamp   = &Opening{Holidays: EveryDay &^ Weekend}
)

// writtenRules are the rules of docs/regles.md as the editor keeps them, by commune and label.
func writtenRules(t *testing.T) map[string]Rule {
	month := func(s string) Month { m, err := ParseMonth(s); must(t, err); return m }
	weekend := Skip{Weekdays: Weekend}
	late := func(mode LateMode, c Cutoff) Rule {
		return Rule{Action: ActionLate, Channel: Online, Cutoff: c, Late: mode}
	}
	book := func(c Cutoff) Rule { return online(ActionBook, c) }
	cancel := func(c Cutoff) Rule { return online(ActionCancel, c) }
	absence := func(c Cutoff) Rule { return online(ActionAbsence, c) }
	return map[string]Rule{
		"A01 Réserver":                           book(WeekdayBefore(Wednesday, 1, EndOfDay)),
		"A02 Réserver et annuler":                book(WeekdayBefore(Tuesday, 1, Clock(23, 59))),
		"A03 Réserver et annuler":                book(DaysBefore(1, Clock(18, 0))),
		"A04 Réserver":                           book(ByDates(EndOfDay, DatedLimit{Period{"1er trimestre", MustDate("2026-09-01"), MustDate("2026-12-18")}, MustDate("2026-08-17")})),
		"A04 Annuler":                            cancel(DaysBefore(1, Clock(17, 0))),
		"A06 Réserver et annuler":                book(DaysBefore(2, Clock(12, 0)).Except(weekend)),
		"A06 Réserver et annuler (mercredi)":     book(WeekdayBefore(Thursday, 1, Clock(12, 0))),
		"A07 Réserver (activité « avec repas »)": book(WorkingDaysBefore(3, EndOfDay)),
		"A07 Réserver (activité « sans repas »)": book(DaysBefore(1, EndOfDay)),
		"A07 Annuler":                            cancel(Never()),
		"A09 Réserver et annuler":                book(ByWeekday(TableRow{Days(Monday, Tuesday), Thursday, 1, Clock(10, 0)}, TableRow{Days(Thursday, Friday), Tuesday, 0, Clock(10, 0)})),
		"A10 Réserver":                           book(WeekdayBefore(Monday, 1, EndOfDay)),
		"A11 Réserver":                           book(WeekdayBefore(Tuesday, 1, Clock(12, 0))),
		"A11 Annuler":                            cancel(WeekdayBefore(Monday, 1, Clock(12, 0))),
		"A11 Réserver et annuler, au guichet":    {Action: ActionBook, Channel: AtDesk, Cutoff: Never()},
		"A12 Réserver":                           book(WeekdayBefore(Tuesday, 1, Clock(10, 0))),
		"A12 Annuler":                            cancel(DaysBefore(2, EndOfDay)),
		"A12 Réserver hors délai":                late(LateSurcharged, DaysBefore(2, EndOfDay)),
		"A13 Réserver":                           book(DaysBefore(4, EndOfDay)),
		"A13 Annuler":                            cancel(ServiceDaysBefore(1, Clock(12, 0))),
		"A15 Réserver et annuler":                book(WeekdayBefore(Thursday, 1, EndOfDay)),
		"A16 Réserver et annuler":                book(WeekdayBefore(Thursday, 1, Clock(9, 0))),
		"A16 Signaler une absence":               absence(DaysBefore(0, Clock(10, 0))),
		"A17 Annuler":                            cancel(SchoolDaysBefore(1, Clock(11, 0))),
		"A18 Réserver":                           book(WeekdayBefore(Friday, 1, Clock(12, 0))),
		"A18 Réserver hors délai":                late(LateApproved, DaysBefore(0, Clock(10, 30))),
		"A20 Réserver et annuler":                book(WeekdayBefore(Tuesday, 1, Clock(23, 0))),
		"A20 Réserver et annuler (périscolaire)": book(DaysBefore(1, EndOfDay)),
		"A21 Réserver":                           book(HoursBefore(72)),
		"A21 Annuler":                            cancel(DaysBefore(0, Clock(8, 30))),
		"A22 Réserver":                           book(HoursBefore(72)),
		"A22 Réserver (vacances)":                book(ClearDaysBeforePeriod(15)),
		"A23 Réserver":                           book(WorkingDaysBefore(2, EndOfDay)),
		"A23 Réserver (mercredi)":                book(DaysBefore(7, EndOfDay)),
		"A23 Réserver (vacances)":                book(DaysBefore(7, EndOfDay)),
		"A25 Réserver (mercredi)":                book(WeekdayBefore(Sunday, 1, EndOfDay)),
		"A25 Annuler (mercredi)":                 cancel(HoursBefore(72)),
		"A28 Réserver":                           book(WeekdayBefore(Sunday, 2, EndOfDay)),
		"A28 Réserver, au guichet":               {Action: ActionBook, Channel: AtDesk, Cutoff: WeekdayBefore(Friday, 2, Clock(17, 0))},
		"A28 Réserver, profil « Horaires de travail variables »": {Action: ActionBook, Channel: Online, Profile: 1, Cutoff: DaysBefore(1, Clock(12, 0))},
		"A29 Réserver":                       book(ByDates(EndOfDay, ForMonth(month("2024-09"), MustDate("2024-08-27")), ForMonth(month("2024-10"), MustDate("2024-09-24")))),
		"A29 Réserver hors délai":            late(LateSurcharged, DaysBefore(1, EndOfDay)),
		"A29 Signaler une absence":           absence(DaysBefore(0, Clock(8, 30))),
		"A30 Réserver":                       book(LastFullWeek(Sunday, EndOfDay)),
		"A30 Réserver hors délai":            late(LateApproved, WeekdayBefore(Friday, 1, EndOfDay)),
		"A30 Signaler une absence":           absence(DaysBefore(1, EndOfDay)),
		"A34 Réserver (mercredi)":            book(DaysBefore(1, Clock(9, 0))),
		"A34 Annuler (mercredi)":             cancel(DaysBefore(7, EndOfDay)),
		"A34 Réserver et annuler":            book(DaysBefore(1, Clock(9, 0)).Except(weekend)),
		"A34 Réserver (vacances)":            book(DaysBeforePeriod(21, EndOfDay)),
		"A35 Réserver et annuler":            book(ServiceDaysBefore(1, Clock(9, 30))),
		"A37 Réserver":                       book(DaysBefore(1, Clock(17, 0))),
		"B08 Réserver":                       book(WeekdayBefore(Friday, 2, Clock(16, 0))),
		"B08 Annuler":                        cancel(Never()),
		"B11 Annuler (vacances)":             cancel(DaysBeforePeriod(8, EndOfDay)),
		"B11 Réserver hors délai (vacances)": late(LateSurcharged, DaysBefore(1, EndOfDay)),
		"B19 Réserver hors délai":            late(LateSurcharged, DaysBefore(1, EndOfDay)),
		"B20 Réserver hors délai":            late(LateApproved, HoursBefore(48)),
	}
}

var (
	ruleTitle   = regexp.MustCompile(`^### ([AB]\d\d)`)
	ruleSetting = regexp.MustCompile(`^- ((?:Réserver|Annuler|Signaler)[^:]*) : (.+)$`)
	ruleDate    = regexp.MustCompile(`^  - (\S+) → (.+)$`)
)

// TestPublishedRules reads docs/regles.md: each setting is the sentence of a rule, each dated example is what the simulator
// computes, and nothing of the list is left out.
func TestPublishedRules(t *testing.T) {
	text, err := os.ReadFile("../docs/regles.md")
	must(t, err)
	written, seen, communes := writtenRules(t), map[string]bool{}, map[string]bool{}
	var id string
	var s *Setup
	var rule Rule
	dates := 0
	for _, line := range strings.Split(string(text), "\n") {
		if m := ruleTitle.FindStringSubmatch(line); m != nil {
			id, s, communes[m[1]] = m[1], nil, true
			continue
		}
		if m := ruleSetting.FindStringSubmatch(line); m != nil {
			key, found := id+" "+m[1], false
			if rule, found = written[key]; !found {
				t.Errorf("%q has no rule in this test", key)
				s = nil
				continue
			}
			seen[key] = true
			if got := rule.Sentence(); got != m[2] {
				t.Errorf("%s is written %q, said %q", key, m[2], got)
			}
			opening := canteen()
			switch {
			case strings.HasSuffix(m[1], "(mercredi)"):
				opening = wednesdayCamp
			case strings.HasSuffix(m[1], "(vacances)"):
				opening = holidayCamp
			}
			must(t, rule.Cutoff.CheckFor(opening))
			s = ruledSetup(RulesVersion{Rules: Rules{rule}})
			s.Activities[0].Opening = *opening
			continue
		}
		if m := ruleDate.FindStringSubmatch(line); m != nil && s != nil {
			dates++
			l := s.see(rule.Case()).LimitOf(&s.Activities[0], rule.Action, MustDate(m[1]))
			got := "jamais"
			if l.Possible {
				got = said(l.At)
			}
			if got != m[2] {
				t.Errorf("%s, %s, %s: %s, written %s", id, rule.Action.Label(), m[1], got, m[2])
			}
		}
	}
	for key := range written {
		if !seen[key] {
			t.Errorf("%q is not in docs/regles.md", key)
		}
	}
	if dates < 90 {
		t.Errorf("%d dated examples only", dates)
	}
	for _, id := range strings.Fields("A01 A02 A03 A04 A06 A07 A09 A10 A11 A12 A13 A15 A16 A17 A18 A20 A21 A22 A23 A25 A28 A29 A30 A34 A35 A37 B01 B02 B04 B05 B07 B08 B10 B11 B13 B14 B16 B19 B20 B22 B23 B25 B26") {
		if !communes[id] {
			t.Errorf("%s is missing", id)
		}
	}
}
