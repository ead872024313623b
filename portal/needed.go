package portal

import (
	"slices"
	"sort"
	"time"
)

// Missing lists the activities that this one needs on the same day and in which the child has no place, nor asks for one
// in the same draft. To wait for a place is not to have one.
func (s *Slot) Missing() []*Activity {
	var list []*Activity
	for _, needed := range s.Activity.Needs() {
		if !s.expects(needed.ID) {
			list = append(list, needed)
		}
	}
	return list
}

func (s *Slot) expects(a ActivityID) bool {
	for _, o := range s.Others {
		if o.Activity.ID == a && o.Status != Waiting && o.Status != Requested {
			return true
		}
	}
	return false
}

// Needs lists the activities that this one needs on the same day.
func (a *Activity) Needs() []*Activity {
	var list []*Activity
	for _, l := range a.Links {
		if l.Kind == Requires && l.Required != nil {
			list = append(list, l.Required)
		}
	}
	return list
}

// RequiredBy gives the activity of the same day that needs this one, or nil. One that only waits needs nothing yet: its
// place comes with what it needs, or not at all.
func (s *Slot) RequiredBy() *Activity {
	for _, o := range s.Others {
		if o.Status != Waiting && o.Status != Requested && o.Activity.link(s.Activity.ID) == Requires {
			return o.Activity
		}
	}
	return nil
}

// WishedWith lists the activities of the same day that are only wished and need this one: they are given up with it.
func (s *Slot) WishedWith() []*Activity {
	var list []*Activity
	for _, o := range s.Others {
		if o.Status == NotBooked && o.Activity.link(s.Activity.ID) == Requires {
			list = append(list, o.Activity)
		}
	}
	return list
}

// Depth says how many activities stand behind this one: 0 when it needs none. What is needed is booked first and cancelled last.
func (a *Activity) Depth() int {
	depth := 0
	for _, needed := range a.Needs() {
		depth = max(depth, 1+needed.Depth())
	}
	return depth
}

// refuseMissing refuses to book without a place in what is needed.
func (s *Slot) refuseMissing() *Error {
	missing := s.Missing()
	switch {
	case len(missing) == 0:
		return nil
	case s.stands(missing[0].ID, Waiting):
		return s.refuseWithout(missing[0])
	case missing[0].Decided:
		return s.refuseUndecided(missing[0])
	}
	return Conflict("%s se réserve avec %s, qui n’est pas réservé ce jour-là. Ajoutez les deux, ou appelez la mairie.", Capital(s.Activity.Spoken), missing[0].Spoken)
}

func (s *Slot) stands(a ActivityID, status Status) bool {
	for _, o := range s.Others {
		if o.Activity.ID == a && o.Status == status {
			return true
		}
	}
	return false
}

// refuseUndecided says that what is needed has to be accepted by staff first.
func (s *Slot) refuseUndecided(needed *Activity) *Error {
	return Conflict("%s se réserve avec %s, que la mairie doit d’abord accepter. Demandez d’abord %s, puis revenez quand la mairie aura répondu.", Capital(s.Activity.Spoken), needed.Spoken, needed.Spoken)
}

// refuseWithout says that what is needed is full that day.
func (s *Slot) refuseWithout(needed *Activity) *Error {
	return Conflict("%s se réserve avec %s, où il n’y a plus de place le %s. Attendez d’abord une place sur la liste d’attente, puis demandez %s. Ou choisissez un autre jour.",
		Capital(s.Activity.Spoken), needed.Spoken, s.Day.Long(), s.Activity.Spoken)
}

// BringAlong says at which hours what this one needs is asked, or booked, with it. It is refused when it cannot be had at
// once: full, awaited, closed or out of time.
func (s *Slot) BringAlong(needed *Slot, now time.Time) (Hours, *Error) {
	if needed.Activity.Decided && needed.Status != Booked {
		return Hours{}, s.refuseUndecided(needed.Activity)
	}
	if needed.Status == Waiting || needed.Status == NotBooked && needed.Full() && needed.Activity.Waitlist {
		return Hours{}, s.refuseWithout(needed.Activity)
	}
	_, h, err := needed.Ask(true, Hours{}, now)
	if why := AsError(err); why != nil {
		return Hours{}, Conflict("%s se réserve avec %s. %s", Capital(s.Activity.Spoken), needed.Activity.Spoken, why.Message)
	}
	return h, nil
}

// Unit gives the ranks of the requests that are settled as one, in the order of the list: for a child and a day, what is
// added with what it needs, and changes of hours; brothers and sisters who have a place all or none, with theirs.
func Unit(list []Request, i int) []int {
	unit := []int{i}
	inside := map[int]bool{i: true}
	for next := 0; next < len(unit); next++ {
		for k := range list {
			if !inside[k] && list[k].goesWith(&list[unit[next]]) {
				inside[k] = true
				unit = append(unit, k)
			}
		}
	}
	sort.Ints(unit)
	return unit
}

func (r *Request) goesWith(other *Request) bool {
	a, b := &r.Slot, &other.Slot
	switch {
	case a.Day != b.Day || a.Wish != b.Wish:
		return false
	case a.Wish == WishChange:
		return a.Child == b.Child
	case a.Wish != WishAdd:
		return false
	}
	return a.needs(b) || b.needs(a) || a.Together && b.Together && a.Activity.ID == b.Activity.ID
}

func (s *Slot) needs(other *Slot) bool {
	return s.Child == other.Child && s.Day == other.Day && s.Activity.link(other.Activity.ID) == Requires
}

// Bringers gives the ranks, among those of a unit, of the requests that need one of them.
func Bringers(list []Request, unit []int, k int) []int {
	var by []int
	for _, b := range unit {
		if list[b].Slot.Wish == WishAdd && list[b].Slot.needs(&list[k].Slot) {
			by = append(by, b)
		}
	}
	return by
}

// foresee gives a slot of a draft as its validation will find it: what it needs and is wished too, but is full, will wait.
func foresee(list []Request, k int) *Slot {
	slot := list[k].Slot
	if len(slot.Activity.Needs()) == 0 {
		return &slot
	}
	slot.Others = slices.Clone(slot.Others)
	for i := range list {
		needed := &list[i].Slot
		if !slot.needs(needed) || needed.Wish != WishAdd || needed.Status != NotBooked || !needed.Full() {
			continue
		}
		for n := range slot.Others {
			if slot.Others[n].Activity.ID == needed.Activity.ID && slot.Others[n].Status == NotBooked {
				slot.Others[n].Status = Waiting
			}
		}
	}
	return &slot
}

// DecideChanges settles the changes of hours of a unit with the hours that all of them ask; fit says that all can be done.
func DecideChanges(list []Request, unit []int, now time.Time) (outcomes []Outcome, fit bool) {
	asked := map[ActivityID]Hours{}
	for _, k := range unit {
		asked[list[k].Slot.Activity.ID] = list[k].Slot.WishHours
	}
	for _, k := range unit {
		slot := list[k].Slot
		slot.Others = slices.Clone(slot.Others)
		for i := range slot.Others {
			if h, changes := asked[slot.Others[i].Activity.ID]; changes {
				slot.Others[i].Hours = h
			}
		}
		outcome, why := slot.Decide(now)
		if why != nil {
			return nil, false
		}
		outcomes = append(outcomes, outcome)
	}
	return outcomes, true
}

// Discord is two activities of a child's day that do not go together.
type Discord struct {
	One, Other *Activity
	Lacks      bool // the first needs the other, which is not booked; else both are booked and clash
}

// Discords lists what does not go together among the activities of a day; only those that are booked count.
func Discords(day []Other) []Discord {
	day = slices.DeleteFunc(slices.Clone(day), func(o Other) bool { return o.Status != Booked })
	var list []Discord
	for i, o := range day {
		slot := Slot{Activity: o.Activity, Others: day}
		for _, needed := range slot.Missing() {
			list = append(list, Discord{o.Activity, needed, true})
		}
		for _, p := range day[i+1:] {
			if clashes, _ := clash(o.Activity, o.Hours, p.Activity, p.Hours); clashes {
				list = append(list, Discord{o.Activity, p.Activity, false})
			}
		}
	}
	return list
}

// MarkAlong marks the bookings that others of the same list need, so that they are kept with them or not at all: what a
// validation cancelled together comes back together.
func MarkAlong(list []Request) {
	for i := range list {
		if s := &list[i].Slot; s.Wish == WishAdd && len(Bringers(list, Unit(list, i), i)) > 0 {
			s.Along = true
		}
	}
}

// RefuseAlong says why what came along with another request is not kept: that one is refused.
func (s *Slot) RefuseAlong(by *Activity) *Error {
	return Conflict("Cette demande allait avec %s, qu’il n’a pas été possible de réserver. Pour la faire quand même, choisissez %s sur le calendrier.", by.Spoken, s.Activity.Spoken)
}

// AlongWords says of a request that waits when what it needs is booked.
func AlongWords(needed *Activity) string {
	return Capital(needed.Spoken) + " se réservera avec la place."
}
