package db_test

import (
	"reflect"
	"testing"

	"marelle/portal"
)

// TestActivityIsKept: whatever a town hall decides of an activity and its places is found again as it was saved.
func TestActivityIsKept(t *testing.T) {
	tn := newTown(t, 1, 1)
	a := tn.activity(t, tn.canteen)
	a.Audience = portal.Audience{Grades: []string{"PS", "MS"}, AgeFrom: 3, AgeTo: 5, AgeOn: portal.AgeOnYear}
	a.Enrolment, a.Decided, a.WholeWeek = true, true, true
	a.LeastDays, a.MostDays, a.DaysPer = 3, 10, portal.PerPeriod
	a.Horizon, a.HorizonDays = portal.HorizonOfDays, 42
	opens := portal.NewDate(2026, 9, 13).At(portal.Clock(7, 0)).UTC()
	a.Windows = []portal.Window{{Name: "vacances de Noël", First: portal.NewDate(2026, 12, 21), Last: portal.NewDate(2026, 12, 31), Opens: opens, OutsideOpens: opens.AddDate(0, 0, 14)}}
	a.Counters = []portal.Counter{
		{Name: "En tout", Limited: true, Capacity: 70},
		{Name: "3 à 6 ans", Limited: true, Capacity: 32, Audience: portal.Audience{AgeFrom: 3, AgeTo: 6}, Special: []portal.Capacity{
			{Weekday: portal.Monday, Limited: true, Places: 24}, {Weekday: portal.Friday}, {Day: portal.NewDate(2026, 12, 18), Limited: true, Places: 0}}},
	}
	tn.save(t, a)
	got := tn.activity(t, tn.canteen)
	for i := range a.Counters {
		a.Counters[i].ID = got.Counters[i].ID
	}
	if !reflect.DeepEqual(got, a) {
		t.Errorf("got  %+v\nwant %+v", got, a)
	}
	for _, c := range []struct {
		day     string
		places  int
		limited bool
	}{{"2026-12-07", 24, true}, {"2026-12-08", 32, true}, {"2026-12-11", 0, false}, {"2026-12-18", 0, true}} {
		places, limited := got.Counters[1].On(portal.MustDate(c.day))
		if limited != c.limited || limited && places != c.places {
			t.Errorf("%s: %d places, limited %t", c.day, places, limited)
		}
	}
}
