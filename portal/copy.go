package portal

import "time"

// CopyDay is one day that a copy changes on its target.
type CopyDay struct {
	Slot    *Slot
	Present bool
	Hours   Hours
}

// CopyPlan is what a copy does, and what it leaves aside with the reason of each day.
type CopyPlan struct {
	Days []CopyDay
	Left []LeftOut
}

// PlanCopy copies what is expected of one child and activity to another child, or to another activity of the same child:
// the days on which the source will be there are booked on the target, those whose cancellation is asked are cancelled.
// Both lists hold the same days. Every day that cannot be copied is listed with its reason; the others are copied.
func PlanCopy(source, target []Slot, now time.Time) CopyPlan {
	var plan CopyPlan
	for i := range source {
		from, to := &source[i], &target[i]
		switch {
		case from.Wish == WishRemove && from.Status != NotBooked:
			plan.remove(to, now)
		case from.Expected(now):
			plan.add(from, to, now)
		}
	}
	return plan
}

func (p *CopyPlan) add(from, to *Slot, now time.Time) {
	if to.Expected(now) {
		p.Left = append(p.Left, LeftOut{to, LeftAlready, "Déjà réservé ou demandé."})
		return
	}
	h := to.Activity.DefaultHours()
	if asked := from.ExpectedHours(); to.Activity.AsksHours() && asked.Check(to.Activity) == nil {
		h = asked
	}
	if to.Status != NotBooked { // its cancellation is asked: the copy takes that back
		h = Hours{}
	}
	if full := to.State(now) == StateOffer; full { // a waiting list is joined day by day, knowingly
		p.Left = append(p.Left, LeftOut{to, LeftFull, "Complet ; la liste d’attente se demande sur le calendrier."})
		return
	}
	if _, _, err := to.Ask(true, h, now); err != nil {
		p.Left = append(p.Left, LeftOut{to, to.reasonNot(now), err.Error()})
		return
	}
	p.Days = append(p.Days, CopyDay{to, true, h})
}

func (p *CopyPlan) remove(to *Slot, now time.Time) {
	if to.Status == NotBooked {
		if to.Wish == WishAdd {
			p.Days = append(p.Days, CopyDay{Slot: to})
		}
		return
	}
	if to.Wish == WishRemove {
		return
	}
	if _, _, err := to.Ask(false, Hours{}, now); err != nil {
		p.Left = append(p.Left, LeftOut{to, to.reasonNot(now), err.Error()})
		return
	}
	p.Days = append(p.Days, CopyDay{Slot: to})
}

// reasonNot sorts why a day cannot be changed.
func (s *Slot) reasonNot(now time.Time) Reason {
	switch {
	case !s.Open:
		return LeftClosed
	case s.Status == NotBooked && s.Barred(now) != nil:
		return LeftBarred
	case s.Limit().Early(now) || s.Limit().Unannounced:
		return LeftEarly
	case s.Limit().Passed(now):
		return LeftLate
	case s.Status == NotBooked && s.shut():
		return LeftFull
	case s.Status == NotBooked && s.refuseMost(0) != nil:
		return LeftMost
	case s.Status != NotBooked:
		return LeftRequired
	}
	return LeftClash
}
