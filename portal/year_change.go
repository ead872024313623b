package portal

import "fmt"

// takenOut gives the days that a school year loses when its two days change.
func takenOut(was, is SchoolYearRef) []Period {
	var list []Period
	if is.First > was.First {
		list = append(list, Period{From: was.First, To: min(is.First-1, was.Last)})
	}
	if is.Last < was.Last {
		list = append(list, Period{From: max(is.Last+1, was.First), To: was.Last})
	}
	return list
}

// TouchedByYear says, activity by activity, what is booked from a day on and falls outside of a school year when its two days
// change. All of it stays booked.
func (s *Setup) TouchedByYear(was, is SchoolYearRef, booked []BookedCount, from Date) []Touch {
	var list []Touch
	out := takenOut(was, is)
	for i := range s.Activities {
		t := Touch{Activity: &s.Activities[i]}
		for _, b := range booked {
			if b.Activity == t.Activity.ID && b.Day >= from && periodsHold(out, b.Day) {
				t.Days, t.Booked, t.Waiting = append(t.Days, b.Day), t.Booked+b.Booked, t.Waiting+b.Waiting
			}
		}
		if len(t.Days) > 0 {
			list = append(list, t)
		}
	}
	return list
}

func periodsHold(list []Period, d Date) bool {
	for _, p := range list {
		if p.Holds(d) {
			return true
		}
	}
	return false
}

// YearChangeWords says what changes with the two days of a school year, and what does not by itself.
func YearChangeWords(was, is SchoolYearRef, cal *Calendar) []string {
	var list []string
	for _, c := range Differences(YearFacts(was), YearFacts(is)) {
		list = append(list, fmt.Sprintf("%s : %s au lieu du %s.", c.What, "le "+c.After, c.Before))
	}
	if is.Last > was.Last {
		list = append(list, "Les inscriptions à l’année réservent jusqu’au "+is.Last.LongYear()+" dès la prochaine nuit.")
	}
	if seam := cal.YearSeam(is); seam != "" {
		list = append(list, seam)
	}
	return list
}

// seamMost is how far after the last day of class the summer is looked for.
const seamMost = 60

// YearSeam says in a sentence what does not fit between the last day of a school year and the holidays that follow it, and how
// to mend it; nothing when they fit. Neither moves the other.
func (c *Calendar) YearSeam(y SchoolYearRef) string {
	if name := c.SchoolHoliday(y.Last); name != "" {
		return fmt.Sprintf("Le dernier jour de classe, le %s, tombe pendant les %s. Corrigez l’année scolaire, ou les vacances.", y.Last.LongYear(), name)
	}
	school := false
	for d := y.Last + 1; d <= y.Last+seamMost; d++ {
		if c.SchoolHoliday(d) == "" {
			school = school || !Weekend.Has(d.Weekday())
			continue
		}
		if !school {
			return ""
		}
		return fmt.Sprintf("%s, après le dernier jour de classe, il n’y a pas encore de vacances : ce qui ouvre les semaines d’école y reste ouvert. Corrigez l’année scolaire, ou les vacances.", Capital(SpanYearWords(y.Last+1, d-1)))
	}
	return fmt.Sprintf("Aucunes vacances ne suivent le dernier jour de classe, le %s : ce qui ouvre les semaines d’école y reste ouvert. Écrivez les vacances d’été.", y.Last.LongYear())
}
