package portal

import (
	"cmp"
	"slices"
)

// NightRegistration is a registration that a night has something to do for, with the days that it touches, in order.
type NightRegistration struct {
	Activity *Activity
	Course   Course
	Next     *Registration // what is asked, or nil
	Through  Date
	Days     []RegistrationDay
}

// PlanNight gives the steps of a child's registrations as the night does them: what is given up goes first, what needs another
// activity before what it needs; then the rest, the other way round. The days given are changed on the way.
func PlanNight(list []NightRegistration) [][]RegistrationStep {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(list[x].Activity.Depth(), list[y].Activity.Depth()) })
	steps := make([][]RegistrationStep, len(list))
	for _, i := range slices.Backward(order) {
		steps[i] = GivenBack(list[i].plan())
		for _, s := range steps[i] {
			s.Slot.Status = NotBooked
			expectOn(list, s.Slot, nil)
		}
	}
	for _, i := range order {
		rest := list[i].plan()
		for _, s := range rest {
			if s.Act == RegistrationAdds || s.Act == RegistrationWaits || s.Act == RegistrationChanges {
				expectOn(list, s.Slot, &Other{Activity: s.Slot.Activity, Hours: s.Hours})
			}
		}
		steps[i] = append(steps[i], rest...)
		slices.SortStableFunc(steps[i], func(x, y RegistrationStep) int { return cmp.Compare(x.Slot.Day, y.Slot.Day) })
	}
	return steps
}

func (r *NightRegistration) plan() []RegistrationStep {
	return r.Course.Plan(r.Next, r.Through, r.Days)
}

// expectOn says to all the registrations how the child is expected for a slot's activity on its day; nil: no longer.
func expectOn(list []NightRegistration, slot *Slot, expected *Other) {
	for i := range list {
		for k := range list[i].Days {
			s := list[i].Days[k].Slot
			if s.Day != slot.Day {
				continue
			}
			s.Others = slices.DeleteFunc(slices.Clone(s.Others), func(o Other) bool { return o.Activity.ID == slot.Activity.ID })
			if expected != nil {
				s.Others = append(s.Others, *expected)
			}
		}
	}
}
