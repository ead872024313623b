package portal

import "time"

// Acted is something a family did, or has, for a day of service.
type Acted struct {
	Family FamilyID
	Day    Date
	At     time.Time // when it was done
	Cancel bool      // a cancellation; else a booking
}

// Counted is how many days of service of how many families.
type Counted struct{ Days, Families int }

// Impact says whom new limits touch.
type Impact struct {
	Moved      Counted // booked days to come whose limit to cancel becomes another
	Locked     Counted // among them, those that could be cancelled and no longer can
	Wishes     Counted // clicks not validated yet that would be refused
	LateBooked Counted // days booked in the last month after the new limit
	LateGiven  Counted // and cancelled after it
	Since      Date    // the month that was looked at
}

// ImpactDays is how far back an impact looks.
const ImpactDays = 30

// Impact compares the limits in force with those that would follow: booked are days to come, wishes clicks not validated
// yet, acts what families did in the last month. Past acts are measured against the new rules whatever day they start on.
func (s *Setup) Impact(next *Setup, activity ActivityID, booked, wishes, acts []Acted, now time.Time) Impact {
	a, after := s.Activity(activity), next.Activity(activity)
	i := Impact{Since: DateOf(now) - ImpactDays}
	var moved, locked, refused, lateBooked, lateGiven counting
	for _, b := range booked {
		was, is := s.LimitOf(a, ActionCancel, b.Day), next.LimitOf(after, ActionCancel, b.Day)
		if was.Possible == is.Possible && was.At.Equal(is.At) {
			continue
		}
		moved.add(b.Family)
		if !was.Passed(now) && is.Passed(now) {
			locked.add(b.Family)
		}
	}
	for _, w := range wishes {
		action := ActionBook
		if w.Cancel {
			action = ActionCancel
		}
		if !s.LimitOf(a, action, w.Day).Passed(now) && next.LimitOf(after, action, w.Day).Passed(now) {
			refused.add(w.Family)
		}
	}
	rules := after.Versions[len(after.Versions)-1].Rules
	if v := draftOf(after, now); v != nil {
		rules = v.Rules
	}
	for _, act := range acts {
		action, count := ActionBook, &lateBooked
		if act.Cancel {
			action, count = ActionCancel, &lateGiven
		}
		rule := rules.For(action, Online, 0)
		if rule == nil {
			continue
		}
		var l Limit
		if l.At, l.Possible = rule.Cutoff.Deadline(next.serviceDay(after, act.Day)); l.Passed(act.At) {
			count.add(act.Family)
		}
	}
	i.Moved, i.Locked, i.Wishes, i.LateBooked, i.LateGiven = moved.counted(), locked.counted(), refused.counted(), lateBooked.counted(), lateGiven.counted()
	return i
}

// draftOf finds the version that Publishing added at a moment.
func draftOf(a *Activity, now time.Time) *RulesVersion {
	for i := range a.Versions {
		if v := &a.Versions[i]; v.ID == 0 && v.Published.Equal(now) {
			return v
		}
	}
	return nil
}

// counting counts days and the families they belong to.
type counting struct {
	days     int
	families map[FamilyID]bool
}

func (c *counting) add(f FamilyID) {
	if c.families == nil {
		c.families = map[FamilyID]bool{}
	}
	c.days++
	c.families[f] = true
}

func (c *counting) counted() Counted { return Counted{c.days, len(c.families)} }
