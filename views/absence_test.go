package views

import (
	"slices"
	"testing"

	"marelle/portal"
)

// TestAbsenceLimits: a day of an announced absence says its limit once, or each activity's own when they differ.
func TestAbsenceLimits(t *testing.T) {
	day := portal.NewDate(2026, 11, 30)
	now := portal.NewDate(2026, 11, 23).At(portal.Clock(9, 0))
	at := func(h, m int) portal.Limit { return portal.Limit{At: day.At(portal.Clock(h, m)), Possible: true} }
	canteen, evening := &portal.Activity{ID: 1, Spoken: "la cantine"}, &portal.Activity{ID: 2, Spoken: "l’accueil du soir"}
	open := []portal.AbsenceDay{{Activity: canteen, Day: day, Limit: at(9, 30)}, {Activity: evening, Day: day, Limit: at(9, 30)}}

	var same SpellDay
	same.setLimits(open, now)
	if same.Words != "Modifiable jusqu’au lundi 30 novembre à 9 h 30." || same.Notes != nil {
		t.Errorf("one limit: %q, %q", same.Words, same.Notes)
	}
	open[1].Limit = at(14, 0)
	var two SpellDay
	two.setLimits(open, now)
	want := []string{"Cantine : modifiable jusqu’au lundi 30 novembre à 9 h 30.", "Accueil du soir : modifiable jusqu’au lundi 30 novembre à 14 h."}
	if two.Words != "" || !slices.Equal(two.Notes, want) {
		t.Errorf("two limits: %q, %q", two.Words, two.Notes)
	}
}
