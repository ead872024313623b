package portal

import (
	"fmt"
	"strings"
	"testing"
)

// TestPlanSweep: the guide's rule, in the words of the parents' guide. Each letter is a day of the week from Monday 30
// November: . free, R booked, W waiting, + to add, - to cancel, F full, O full with a list, L too late, X closed.
func TestPlanSweep(t *testing.T) {
	now := at("2026-11-23 09:00:00")
	for _, c := range []struct{ name, days, want string }{
		{"le premier jour n’est pas réservé : tous sont réservés", "..R.", "réserver lun mar jeu"},
		{"le premier jour est réservé : tous sont annulés", "R.RR", "annuler lun mer jeu"},
		{"un ajout non validé compte comme réservé", "+..R", "annuler lun jeu"},
		{"une annulation non validée compte comme non réservé", "-R..", "réserver lun mer jeu"},
		{"un jour hors délai ne décide pas", "L.R.", "réserver mar jeu, hors délai lun"},
		{"un jour fermé ne décide pas", "XR..", "annuler mar"},
		{"un jour complet ne gâche pas le reste", "F...", "réserver mar mer jeu, complet lun"},
		{"la liste d’attente ne se prend pas en bloc", ".O..", "réserver lun mer jeu, complet mar"},
		{"en attente : annuler quitte la liste", "WR..", "annuler lun mar"},
		{"tout est déjà réservé", "RRRR", "annuler lun mar mer jeu"},
		{"rien à faire", "XLFX", "rien"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var slots []*Slot
			for i, kind := range c.days {
				a := restauration(kind == 'O')
				a.Opening = Opening{School: EveryDay}
				day := NewDate(2026, 11, 30) + Date(i)
				if kind == 'X' {
					a.Opening = Opening{School: Days(Sunday)}
				}
				s := (&Setup{}).NewSlot(1, a, day)
				switch kind {
				case 'R':
					s.Status = Booked
				case 'W':
					s.Status = Waiting
				case '+':
					s.Wish = WishAdd
				case '-':
					s.Status, s.Wish = Booked, WishRemove
				case 'L':
					s.Book.At = now.Add(-1)
				case 'F', 'O':
					s.Limited = true
				}
				slots = append(slots, &s)
			}
			plan := PlanSweep(slots, now)
			if got := sweepWords(plan); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func sweepWords(s Sweep) string {
	names := func(days []Date) string {
		var words []string
		for _, d := range days {
			words = append(words, strings.TrimSuffix(d.Weekday().Short(), "."))
		}
		return strings.Join(words, " ")
	}
	if !s.Possible() {
		return "rien"
	}
	text := "annuler "
	if s.Present {
		text = "réserver "
	}
	var days []Date
	for _, slot := range s.Slots {
		days = append(days, slot.Day)
	}
	text += names(days)
	words := map[Reason]string{LeftFull: "complet", LeftLate: "hors délai", LeftEarly: "pas ouvert", LeftClash: "incompatible", LeftRequired: "exigé"}
	for r := LeftFull; r <= LeftRequired; r++ {
		var left []Date
		for _, l := range s.Left {
			if l.Reason == r {
				left = append(left, l.Slot.Day)
			}
		}
		if len(left) > 0 {
			text += fmt.Sprintf(", %s %s", words[r], names(left))
		}
	}
	return text
}
