package portal

import (
	"fmt"
	"time"
)

// link gives how an activity stands to another one; nothing when the town hall said nothing.
func (a *Activity) link(other ActivityID) LinkKind {
	for _, l := range a.Links {
		if l.Other == other {
			return l.Kind
		}
	}
	return ""
}

// clash says how two activities of one day stand to each other, with their hours.
func clash(a *Activity, ha Hours, b *Activity, hb Hours) (clashes, overlap bool) {
	one, two := a.link(b.ID), b.link(a.ID)
	switch {
	case one == Incompatible || two == Incompatible:
		return true, false
	case one != "" || two != "":
		return false, false
	}
	fromA, toA := ha.Within(a)
	fromB, toB := hb.Within(b)
	overlap = fromA < toB && fromB < toA
	return overlap, overlap
}

// Clash gives the activity of the same day that cannot go with this one at these hours, or nil; overlap says that their
// hours are the reason.
func (s *Slot) Clash(h Hours) (with *Other, overlap bool) {
	for i := range s.Others {
		o := &s.Others[i]
		if o.Activity.ID == s.Activity.ID {
			continue
		}
		if clashes, overlap := clash(s.Activity, h, o.Activity, o.Hours); clashes {
			return o, overlap
		}
	}
	return nil, false
}

func (s *Slot) refuseClash(h Hours) *Error {
	with, overlap := s.Clash(h)
	if with == nil {
		return nil
	}
	if !overlap {
		return Conflict("%s et %s ne vont pas ensemble le même jour (%s). Retirez l’un des deux.", Capital(s.Activity.Spoken), with.Activity.Spoken, s.Day.Long())
	}
	from, to := with.Hours.Within(with.Activity)
	return Conflict("%s et %s (%s – %s) se chevauchent le %s. Retirez l’un des deux.", Capital(s.Activity.Spoken), with.Activity.Spoken, from.Word(), to.Word(), s.Day.Long())
}

// DecideTogether settles the bookings of brothers and sisters for one activity and one day who have a place all or none.
// When one of them cannot be booked at all, or when there are too few places and no waiting list, none is; when there are
// too few places and a waiting list, all wait.
func DecideTogether(slots []*Slot, now time.Time) ([]Outcome, []*Error) {
	outcomes, whys := make([]Outcome, len(slots)), make([]*Error, len(slots))
	needed, refused := 0, -1
	for i, s := range slots {
		outcomes[i], whys[i] = s.Decide(now)
		if s.Status == NotBooked {
			needed++
		}
		if whys[i] != nil && refused < 0 {
			refused = i
		}
	}
	a, day := slots[0].Activity, slots[0].Day
	few := slots[0].Limited && slots[0].Left < needed && !a.Decided
	switch {
	case refused >= 0:
		for i := range slots {
			if whys[i] == nil && slots[i].Status == NotBooked {
				outcomes[i] = OutcomeRefused
				whys[i] = Conflict("Vous avez demandé une place pour tous ou pour aucun le %s, et l’un de vos enfants ne peut pas être inscrit : %s", day.Long(), whys[refused].Message)
			}
		}
	case few && a.Waitlist:
		for i, s := range slots {
			if s.Status == NotBooked {
				outcomes[i] = OutcomeWaiting
			}
		}
	case few:
		left := "Il n’y a plus de place"
		if slots[0].Left > 0 {
			left = fmt.Sprintf("Il ne reste que %s pour %d enfants", Count(slots[0].Left, "place"), needed)
		}
		for i, s := range slots {
			if s.Status == NotBooked {
				outcomes[i], whys[i] = OutcomeRefused, Conflict("%s le %s, et vous avez demandé une place pour tous ou pour aucun. Choisissez un autre jour, ou demandez-les séparément.", left, day.Long())
			}
		}
	}
	return outcomes, whys
}

// TogetherWith gives the ranks of the requests that stand or fall with one of them: brothers and sisters who have a place
// all or none.
func TogetherWith(list []Request, i int) []int {
	me := &list[i].Slot
	if !me.Together || me.Wish != WishAdd {
		return []int{i}
	}
	var group []int
	for k := range list {
		s := &list[k].Slot
		if s.Together && s.Wish == WishAdd && s.Activity.ID == me.Activity.ID && s.Day == me.Day {
			group = append(group, k)
		}
	}
	return group
}

// DecideGroup settles the requests of TogetherWith, or foresees, in a draft, how they will be.
func DecideGroup(list []Request, group []int, now time.Time) ([]Outcome, []*Error) {
	slots := make([]*Slot, len(group))
	for n, k := range group {
		slots[n] = foresee(list, k)
	}
	if len(slots) == 1 {
		outcome, why := slots[0].Decide(now)
		return []Outcome{outcome}, []*Error{why}
	}
	return DecideTogether(slots, now)
}
