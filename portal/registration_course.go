package portal

import "time"

// Course is a registration with all that was asked of it, in the order asked: what was asked last holds from its first day on.
type Course struct {
	ID       RegistrationID
	Versions []Registration
}

// On gives what holds on a day; false before the registration begins.
func (c Course) On(day Date) (Registration, bool) {
	for i := len(c.Versions) - 1; i >= 0; i-- {
		if c.Versions[i].First <= day {
			return c.Versions[i], true
		}
	}
	return Registration{}, false
}

// Attends gives what holds on a day, and whether the child is to be there.
func (c Course) Attends(day Date) (Registration, bool) {
	r, ok := c.On(day)
	return r, ok && r.Attends(day)
}

// With gives the course once something more was asked.
func (c Course) With(next Registration) Course {
	versions := make([]Registration, 0, len(c.Versions)+1)
	return Course{c.ID, append(append(versions, c.Versions...), next)}
}

// newest is what was asked last.
func (c Course) newest() Registration {
	if n := len(c.Versions); n > 0 {
		return c.Versions[n-1]
	}
	return Registration{}
}

// First gives the first day of the registration.
func (c Course) First() Date {
	var first Date
	for _, v := range c.Versions {
		if first == 0 || v.First < first {
			first = v.First
		}
	}
	return first
}

// Last gives its last day, or zero when it goes on from one school year to the next.
func (c Course) Last() Date {
	v := c.newest()
	if len(c.Versions) == 0 || !v.Stops() {
		return v.Last
	}
	last := v.First - 1
	if before, ok := c.On(last); ok && before.Last != 0 {
		return min(last, before.Last)
	}
	return last
}

// Over says that nothing is left to come, today included.
func (c Course) Over(today Date) bool {
	last := c.Last()
	return last != 0 && (last < today || last < c.First())
}

// Overlaps says whether the registration holds on some day between two; a zero last is no end.
func (c Course) Overlaps(first, last Date) bool {
	from, to := max(c.First(), first), c.Last()
	if to == 0 || last != 0 && last < to {
		to = last
	}
	return len(c.Versions) > 0 && (to == 0 || from <= to)
}

// ToCome lists what was asked and begins after a day.
func (c Course) ToCome(today Date) []Registration {
	var list []Registration
	for i, v := range c.Versions {
		superseded := false
		for _, later := range c.Versions[i+1:] {
			superseded = superseded || later.First <= v.First
		}
		if v.First > today && !superseded {
			list = append(list, v)
		}
	}
	return list
}

// Words gives « Lundi et jeudi, une semaine sur deux, depuis le 7 septembre 2026, sans date de fin ».
func (c Course) Words(today Date) string {
	first, last := c.First(), c.Last()
	shown := c.Shown(today)
	switch {
	case last != 0 && last < first:
		return shown.Pattern() + ", arrêtée avant d’avoir commencé"
	case last != 0 && last < today:
		return shown.Pattern() + ", du " + dayYear(first) + " au " + dayYear(last)
	}
	words := shown.Pattern() + ", depuis le " + dayYear(first)
	if first > today {
		words = shown.Pattern() + ", à partir du " + dayYear(first)
	}
	if last == 0 {
		return words + ", sans date de fin"
	}
	return words + ", jusqu’au " + dayYear(last)
}

// Shown gives what describes the registration on a day: what holds, else what comes first, and never its end.
func (c Course) Shown(today Date) Registration {
	now, ok := c.On(today)
	if !ok {
		now, _ = c.On(c.First())
	}
	for i := len(c.Versions) - 1; now.Stops() && i >= 0; i-- {
		now = c.Versions[i]
	}
	return now
}

// ChangeWords says what something asked for later brings: « À partir du 4 janvier 2027 : mardi, sans date de fin ».
func (r Registration) ChangeWords() string {
	if r.Stops() {
		return "Arrêt à partir du " + dayYear(r.First)
	}
	words := "À partir du " + dayYear(r.First) + " : " + lowerFirst(r.Pattern())
	if r.Last == 0 {
		return words + ", sans date de fin"
	}
	return words + ", jusqu’au " + dayYear(r.Last)
}

// Change prepares what the family asks from a day on: the weeks of attendance stay the same, unless they are swapped, or
// there were none to keep.
func (c Course) Change(next Registration, swap bool) Registration {
	next.Anchor = next.First.Monday()
	if before, ok := c.On(next.First); ok && next.EveryOther && before.EveryOther {
		next.Anchor = before.anchor()
		if swap {
			next.Anchor += 7
		}
	}
	return next
}

// CheckChange refuses a change that cannot be asked as it is, with a sentence per field of the form.
func (c Course) CheckChange(next Registration, s *Setup, a *Activity, now time.Time) error {
	if c.Over(DateOf(now)) {
		return isOver
	}
	before, held := c.On(next.First)
	fresh := !held || !before.EveryOther
	if err := next.check(s, a, now, "La date du changement", fresh); err != nil {
		return err
	}
	if held && c.newest() == before && before.sameAs(next) {
		return Wrong("jours", "Rien n’a été changé. Changez les jours, le rythme ou la date de fin, ou revenez à la liste.")
	}
	return nil
}

var isOver = Conflict("Cette inscription est terminée. Faites une nouvelle inscription.")

// sameAs says that a version asks exactly what this one does.
func (r Registration) sameAs(next Registration) bool {
	return r.Last == next.Last && r.EveryOther == next.EveryOther && r.Weekdays == next.Weekdays && r.Hours == next.Hours &&
		(!r.EveryOther || int(next.anchor()-r.anchor())/7%2 == 0)
}

// CheckStop refuses an end that cannot be asked from that day on.
func (c Course) CheckStop(from Date, s *Setup, a *Activity, now time.Time) error {
	if c.Over(DateOf(now)) {
		return isOver
	}
	if why := checkFirst(from, s, a, now, "La date d’arrêt"); why != "" {
		return Wrong("debut", why)
	}
	if last := c.Last(); last != 0 && last < from {
		return Wrong("debut", "%s", "Cette inscription se termine déjà le "+dayYear(last)+".")
	}
	return nil
}
