package portal

import (
	"slices"
	"strings"
)

// TellingDay is a day of service that shows what a rule does, and why it was chosen.
type TellingDay struct {
	Day Date
	Why string // « rentrée après les vacances de Noël »
}

// tellingDays is how many days the simulator shows, tellingAhead how far it looks for them: the All Saints and the Christmas
// of next year are in.
const (
	tellingDays  = 20
	tellingAhead = 420
)

// TellingDays chooses the days of service after a day that show best what a rule does: an ordinary week, the days around
// holidays, public holidays, bridge days and the ends of months; twenty at most, ascending.
func (s *Setup) TellingDays(a *Activity, after Date) []TellingDay {
	t := &telling{setup: s, activity: a, after: after, last: after + tellingAhead}
	t.week()
	t.holidays("Toussaint", "Noël")
	t.publicHolidays()
	t.monthEnd()
	t.holidays("")
	for day, n := after, 0; n < tellingDays; n++ { // an activity that opens seldom: its next days
		next, ok := t.next(day + 1)
		if !ok {
			break
		}
		t.add(next, "jour ordinaire")
		day = next
	}
	slices.SortFunc(t.list, func(a, b TellingDay) int { return int(a.Day - b.Day) })
	return t.list
}

type telling struct {
	setup       *Setup
	activity    *Activity
	after, last Date
	list        []TellingDay
}

// add keeps a day once, with the first reason that it was chosen for.
func (t *telling) add(day Date, why string) {
	if day <= t.after || day > t.last || len(t.list) >= tellingDays || slices.ContainsFunc(t.list, func(d TellingDay) bool { return d.Day == day }) {
		return
	}
	t.list = append(t.list, TellingDay{day, why})
}

func (t *telling) open(day Date) bool { return t.setup.opensOn(t.activity, day) }

// next finds the first day of service from a day on, previous the last one up to a day.
func (t *telling) next(day Date) (Date, bool) {
	for ; day <= t.last; day++ {
		if t.open(day) {
			return day, true
		}
	}
	return 0, false
}

func (t *telling) previous(day Date) (Date, bool) {
	for ; day > t.after; day-- {
		if t.open(day) {
			return day, true
		}
	}
	return 0, false
}

// week adds the days of the next whole week with service.
func (t *telling) week() {
	first, ok := t.next(t.after.Monday() + 7)
	if !ok {
		return
	}
	for day := first.Monday(); day < first.Monday()+7; day++ {
		if t.open(day) {
			t.add(day, "semaine ordinaire")
		}
	}
}

// holidays adds the days around the next school holidays whose name holds one of the words, and those within where the
// activity opens.
func (t *telling) holidays(words ...string) {
	for _, p := range t.setup.Calendar.Holidays {
		if p.To <= t.after || p.From > t.last || !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(FoldName(p.Name), FoldName(w)) }) {
			continue
		}
		name := theHolidays(p.Name)
		t.around(p.From, p.To, "dernier jour avant "+name, "rentrée après "+name, "lendemain de la rentrée après "+name)
		if first, ok := t.next(max(p.From, t.after+1)); ok && first <= p.To {
			t.add(first, "premier jour pendant "+name)
			if last, ok := t.previous(p.To); ok && last >= p.From {
				t.add(last, "dernier jour pendant "+name)
			}
		}
	}
}

// theHolidays gives a name with its article: « les vacances de Noël », « le pont de l’Ascension ».
func theHolidays(name string) string {
	switch {
	case name == "":
		return "les vacances"
	case strings.HasPrefix(name, "vacances"):
		return "les " + name
	case strings.HasPrefix(name, "pont"):
		return "le " + name
	}
	return "« " + name + " »"
}

// near is how close to holidays a day must lie to be told by them: not across another holiday.
const near Date = 14

// around adds the days of service before and after a run of days; no reason, no day.
func (t *telling) around(from, to Date, before, after, second string) {
	if day, ok := t.previous(from - 1); ok && from-day <= near {
		t.add(day, before)
	}
	day, ok := t.next(to + 1)
	if !ok || day-to > near {
		return
	}
	t.add(day, after)
	if day, ok = t.next(day + 1); ok && second != "" {
		t.add(day, second)
	}
}

// publicHolidays adds the days around the next public holidays that fall within a week with service, bridge days among them.
func (t *telling) publicHolidays() {
	found := 0
	for day := t.after + 1; day <= t.last && found < 3; day++ {
		name := t.setup.Calendar.PublicHoliday(day)
		if name == "" || day.Weekday() > Friday || t.setup.Calendar.SchoolHoliday(day) != "" || !t.servesAround(day) {
			continue
		}
		found++
		named := " (" + name + ")"
		bridge := day + 1
		if day.Weekday() == Tuesday {
			bridge = day - 1
		}
		if (day.Weekday() == Tuesday || day.Weekday() == Thursday) && t.open(bridge) {
			t.add(bridge, "pont"+named)
		}
		t.around(day, day, "veille de jour férié"+named, "après un jour férié"+named, "")
	}
}

// servesAround says whether the activity opens within three days of a day.
func (t *telling) servesAround(day Date) bool {
	for d := day - 3; d <= day+3; d++ {
		if t.open(d) {
			return true
		}
	}
	return false
}

// monthEnd adds the last day of service of a month and the first of the next.
func (t *telling) monthEnd() {
	m := t.after.Month()
	for range 3 {
		last, ended := t.previous(m.Last())
		first, begins := t.next(m.Add(1).First())
		if ended && last.Month() == m && begins && first.Month() == m.Add(1) {
			t.add(last, "fin de mois")
			t.add(first, "début de mois")
			return
		}
		m = m.Add(1)
	}
}
