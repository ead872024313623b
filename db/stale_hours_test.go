package db_test

import (
	"strings"
	"testing"

	"marelle/portal"
)

// TestHoursTheActivityNoLongerGives: what was wished before the activity changed its hours is not booked with them.
func TestHoursTheActivityNoLongerGives(t *testing.T) {
	tn := newTown(t, 1, 9)
	eve := portal.DaysBefore(1, portal.Clock(18, 0))
	a := portal.Activity{StructureID: tn.structure, Name: "SOIR", Short: "Soir", Spoken: "le soir", Kind: portal.AfterSchool, Starts: portal.Clock(16, 30), Ends: portal.Clock(18, 30),
		Opening: portal.Opening{First: portal.NewDate(2026, 9, 1), Last: portal.NewDate(2027, 7, 2), School: portal.EveryDay}, Book: eve, Cancel: eve, AsksDeparture: true, HourStep: 15}
	save := func() {
		t.Helper()
		id, err := tn.SaveActivity(ctx, a)
		if err != nil {
			t.Fatal(err)
		}
		a.ID = id
	}
	refused := func(key, day, why string) {
		t.Helper()
		tn.want(t, 0, 0, a.ID, day, true)
		if key == "fin-avancee" {
			a.Ends = portal.Clock(17, 30)
		} else {
			a.AsksDeparture = true
		}
		save()
		r := tn.confirm(t, 0, key)
		if r.Lines[0].Outcome != portal.OutcomeRefused || !strings.Contains(r.Lines[0].Reason, why) {
			t.Errorf("%+v", r.Lines[0])
		}
	}
	save()
	refused("fin-avancee", "2026-12-07", "L’heure de départ doit aller de")
	a.AsksDeparture = false
	save()
	refused("heure-demandee", "2026-12-10", "Choisissez l’heure de départ.")
}
