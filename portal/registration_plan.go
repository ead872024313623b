package portal

import "slices"

// RegistrationAct is what a registration does with one of its days, or why it leaves it as it is.
type RegistrationAct string

// The acts. Days that were changed by hand are never overwritten in silence.
const (
	RegistrationAdds      RegistrationAct = "add"       // it is booked
	RegistrationWaits     RegistrationAct = "wait"      // it is full: the child waits
	RegistrationRemoves   RegistrationAct = "remove"    // it is cancelled
	RegistrationHands     RegistrationAct = "hand"      // it stays booked: another registration of the child has it too
	RegistrationChanges   RegistrationAct = "change"    // its hours change
	RegistrationFull      RegistrationAct = "full"      // it is full, and there is no waiting list
	RegistrationClash     RegistrationAct = "clash"     // another activity of that day does not go with it, or one that it needs is missing; what is booked keeps its hours
	RegistrationNeeded    RegistrationAct = "needed"    // another activity of that day needs it, and it stays
	RegistrationLater     RegistrationAct = "later"     // the town has not opened it to bookings yet: the night after it does comes back to it
	RegistrationBarred    RegistrationAct = "barred"    // a rule keeps the child from it, or it has all the days that it may have
	RegistrationClosed    RegistrationAct = "closed"    // it is not open
	RegistrationByHand    RegistrationAct = "by hand"   // it was booked by hand and stays
	RegistrationOwnHours  RegistrationAct = "own hours" // its hours were changed by hand and stay
	RegistrationException RegistrationAct = "exception" // it was cancelled by hand and stays so
)

// RegistrationDay is what stands on a day when a registration comes to it.
type RegistrationDay struct {
	Slot      *Slot
	Own       bool           // the registration itself booked it
	Hours     Hours          // saved
	Given     Hours          // what the registration itself gave the day last: not what was asked, where that clashed
	Exception bool           // the family cancelled by hand what the registration had booked
	Unopened  bool           // the town has not opened it to bookings yet
	Later     bool           // it had not when a night came to it: nothing was done there
	Bar       *Bar           // a rule that keeps the child from booking it
	Also      RegistrationID // of the child for the same activity, that has the day too
}

// RegistrationStep is one day that a registration touches, or has to leave alone.
type RegistrationStep struct {
	Slot  *Slot
	Act   RegistrationAct
	By    Registration   // what was asked, and is done here
	Hours Hours          // the new ones, where they are added or changed
	Why   string         // the sentence of what does not go together
	To    RegistrationID // that has the day from now on
}

// Plan compares what the registration has booked with what it is to book once next was asked (nil: nothing more). It was
// turned into bookings up to through. Days that are the same before and after are left untouched.
func (c Course) Plan(next *Registration, through Date, days []RegistrationDay) []RegistrationStep {
	after := c
	if next != nil {
		after = c.With(*next)
	}
	var steps []RegistrationStep
	more := map[Date]int{} // days added so far, less those given up, by the span that they are counted over
	for i := range days {
		d := &days[i]
		old, was := c.Attends(d.Slot.Day)
		was = was && d.Slot.Day <= through && !d.Later
		by, will := after.Attends(d.Slot.Day)
		var act RegistrationAct
		switch {
		case was && will:
			act = d.going(old.Hours, by.Hours)
		case will:
			act = d.coming(by.Hours, more[d.Slot.Span.First])
		case was:
			act = d.leaving(old.Hours)
		}
		if act != "" {
			steps = append(steps, RegistrationStep{Slot: d.Slot, Act: act, By: by, Hours: by.Hours, Why: d.why(act, by.Hours, more[d.Slot.Span.First]), To: d.Also})
		}
		switch act {
		case RegistrationAdds, RegistrationWaits:
			more[d.Slot.Span.First]++
		case RegistrationRemoves:
			more[d.Slot.Span.First]--
		}
	}
	return steps
}

// GivenBack keeps the days that are cancelled. A night does those of all registrations before anything else, what needs
// another activity first: what is needed can then leave the day too, and the places are there for what comes.
func GivenBack(steps []RegistrationStep) []RegistrationStep {
	return slices.DeleteFunc(slices.Clone(steps), func(s RegistrationStep) bool { return s.Act != RegistrationRemoves })
}

// why gives the sentence of a day that does not go with another activity.
func (d *RegistrationDay) why(act RegistrationAct, h Hours, more int) string {
	switch act {
	case RegistrationBarred:
		if d.Bar != nil {
			return d.Bar.Why
		}
		if most := d.Slot.refuseMost(more); most != nil {
			return most.Message
		}
		return "la mairie décide jour par jour pour " + d.Slot.Activity.Spoken + "."
	case RegistrationClash:
		if clash := d.Slot.refuseClash(h); clash != nil && d.Slot.Status != NotBooked {
			return "les horaires n’ont pas changé. " + clash.Message
		} else if clash != nil {
			return clash.Message
		}
		return Capital(d.Slot.Activity.Spoken) + " se réserve avec " + d.Slot.Missing()[0].Spoken + ", qui n’est pas réservé ce jour-là."
	case RegistrationNeeded:
		return Capital(d.Slot.RequiredBy().Spoken) + " se réserve avec " + d.Slot.Activity.Spoken + ", qui reste donc réservé ce jour-là."
	}
	return ""
}

// coming decides a day that the registration did not have, at these hours; more is how many days it adds besides over the
// span that days are counted over.
func (d *RegistrationDay) coming(h Hours, more int) RegistrationAct {
	clash, _ := d.Slot.Clash(h)
	switch {
	case !d.Slot.Open:
		return RegistrationClosed
	case d.Exception:
		return RegistrationException
	case d.Slot.Status != NotBooked:
		return RegistrationByHand
	case d.Unopened:
		return RegistrationLater
	case d.Bar != nil || d.Slot.Activity.Decided || d.Slot.refuseMost(more) != nil:
		return RegistrationBarred
	case clash != nil || len(d.Slot.Missing()) > 0:
		return RegistrationClash
	case d.Slot.Full() && d.Slot.Activity.Waitlist:
		return RegistrationWaits
	case d.Slot.Full():
		return RegistrationFull
	}
	return RegistrationAdds
}

// leaving decides a day that the registration no longer has.
func (d *RegistrationDay) leaving(old Hours) RegistrationAct {
	switch {
	case d.Slot.Status == NotBooked:
		return ""
	case !d.Own:
		return RegistrationByHand
	case d.ownHours(old):
		return RegistrationOwnHours
	case d.Also != 0:
		return RegistrationHands
	case d.Slot.RequiredBy() != nil:
		return RegistrationNeeded
	}
	return RegistrationRemoves
}

// ownHours says that the family changed the hours of the day by hand: they are neither those that were asked nor those that
// the day kept because these clashed.
func (d *RegistrationDay) ownHours(asked Hours) bool { return d.Hours != asked && d.Hours != d.Given }

// going decides a day that the registration keeps.
func (d *RegistrationDay) going(old, hours Hours) RegistrationAct {
	clash, _ := d.Slot.Clash(hours)
	switch {
	case old == hours || d.Hours == hours || !d.Own || d.Slot.Status == NotBooked:
		return ""
	case d.ownHours(old):
		return RegistrationOwnHours
	case clash != nil:
		return RegistrationClash
	}
	return RegistrationChanges
}
