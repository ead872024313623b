package portal

import (
	"maps"
	"testing"
)

// TestProposeVerdicts: places first, then the waiting list, and nothing for what a rule keeps from its day or a person has
// answered.
func TestProposeVerdicts(t *testing.T) {
	listed, plain := &Activity{ID: 1, Waitlist: true}, &Activity{ID: 2}
	asked := func(child ChildID, a *Activity, left int, why string) AskedDay {
		return AskedDay{Child: Child{ID: child}, Activity: a, Day: 5, Limited: true, Left: left, Why: why}
	}
	list := []AskedDay{asked(1, listed, 1, ""), asked(2, listed, 0, "Non concerné."), asked(3, listed, 0, ""), asked(4, listed, -1, "Plus de place."), asked(5, plain, -1, "Plus de place."), asked(6, plain, 3, "")}
	chosen := map[RequestKey]Verdict{list[5].Key(): Refuse}
	tried := TriedIfFits(list, chosen)
	for child, want := range map[int]bool{0: true, 1: false, 2: true, 3: true, 4: true, 5: false} {
		if tried[list[child].Key()] != want {
			t.Errorf("the request %d is tried: %t", child, !want)
		}
	}
	ProposeVerdicts(list, tried, chosen)
	want := map[RequestKey]Verdict{list[0].Key(): Accept, list[2].Key(): Accept, list[3].Key(): Wait, list[5].Key(): Refuse}
	if !maps.Equal(chosen, want) {
		t.Errorf("%v", chosen)
	}
}
