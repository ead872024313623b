package portal

import (
	"fmt"
	"slices"
	"strings"
)

// OffKind says why there is no school, or no service, on some days.
type OffKind string

// The kinds of days off that a town hall writes down; public holidays are computed.
const (
	OffHolidays OffKind = "vacances"
	OffClosure  OffKind = "fermeture"
	OffBridge   OffKind = "pont"
)

// Word gives the kind as a list says it.
func (k OffKind) Word() string {
	switch k {
	case OffHolidays:
		return "Vacances scolaires"
	case OffBridge:
		return "Pont"
	}
	return "Fermeture"
}

// DaysOff is a run of days of the calendar of a structure.
type DaysOff struct {
	Kind OffKind
	Period
}

// Label names days off in a list: « Vacances de Noël », « Pont de l’Ascension », « Fermeture : inventaire ».
func (d DaysOff) Label() string {
	if d.Kind == OffHolidays || strings.HasPrefix(FoldName(d.Name), FoldName(d.Kind.Word())) {
		return Capital(d.Name)
	}
	return d.Kind.Word() + " : " + d.Name
}

// OffRow is a line of the form of a calendar as it was typed.
type OffRow struct {
	Kind           OffKind
	Name, From, To string
	Removed        bool
}

// Blank says that nothing was typed in a line.
func (r OffRow) Blank() bool { return strings.TrimSpace(r.Name+r.From+r.To) == "" }

// longestOff bounds a run of days off: the summer has about sixty.
const longestOff = 200

// ReadDaysOff reads the lines of a form for a school year: blank and removed lines are left out, a line without last day is
// one day long. Faults are about the fields nom-0, du-0, au-0, nom-1…
func ReadDaysOff(rows []OffRow, year SchoolYearRef, span Period) ([]DaysOff, error) {
	e := Invalid("Ces dates ne peuvent pas être enregistrées telles quelles.")
	var list []DaysOff
	for i, r := range rows {
		if r.Blank() || r.Removed {
			continue
		}
		fault := func(field, format string, args ...any) {
			e.Fault(fmt.Sprintf("%s-%d", field, i), format, args...)
		}
		d := DaysOff{r.Kind, Period{Name: Clip(strings.Join(strings.Fields(r.Name), " "), 80)}}
		var errFrom, errTo error
		d.From, errFrom = ReadDay(r.From)
		d.To = d.From
		if strings.TrimSpace(r.To) != "" {
			d.To, errTo = ReadDay(r.To)
		}
		switch {
		case strings.TrimSpace(r.From) == "":
			fault("du", "Donnez le premier jour.")
		case errFrom != nil:
			fault("du", "%s", errFrom.Error())
		case errTo != nil:
			fault("au", "%s", errTo.Error())
		case d.Name == "":
			fault("nom", "Donnez un nom : les familles le lisent.")
		case d.To < d.From:
			fault("au", "Le dernier jour tombe avant le premier. Échangez les deux dates.")
		case d.To-d.From >= longestOff:
			fault("au", "C’est trop long : %d jours. Vérifiez l’année des deux dates.", d.To-d.From+1)
		case !span.Holds(d.From):
			fault("du", "Ce jour n’est pas dans l’année %s, qui va du %s au %s.", year.Label, max(span.From, year.First).LongYear(), min(span.To, year.Last+80).LongYear())
		case overlapping(list, d) != "":
			fault("du", "Ces dates en chevauchent d’autres : « %s ». Corrigez l’une des deux lignes.", overlapping(list, d))
		}
		list = append(list, d)
	}
	if len(e.Fields) > 0 {
		return nil, e
	}
	slices.SortStableFunc(list, func(a, b DaysOff) int { return int(a.From - b.From) })
	return list, nil
}

// overlapping gives the name of what shares a day with new days off of the same sort: two holidays, or two closures.
func overlapping(list []DaysOff, d DaysOff) string {
	for _, o := range list {
		if (o.Kind == OffHolidays) == (d.Kind == OffHolidays) && o.From <= d.To && d.From <= o.To {
			return o.Name
		}
	}
	return ""
}

// OffFacts says days off as a person reads them; of two that have the same name, the second says so.
func OffFacts(list []DaysOff) []Fact {
	var facts []Fact
	seen := map[string]int{}
	for _, d := range list {
		name := d.Label()
		if seen[name]++; seen[name] > 1 {
			name = fmt.Sprintf("%s (%d)", name, seen[name])
		}
		facts = append(facts, Fact{name, SpanYearWords(d.From, d.To)})
	}
	return facts
}

// SpanYearWords says a run of days with its year: « le vendredi 14 mai 2027 », « du 19 décembre 2026 au 3 janvier 2027 ».
func SpanYearWords(first, last Date) string {
	a, b := first.Month(), last.Month()
	switch {
	case first == last:
		return "le " + first.LongYear()
	case a.Year != b.Year:
		return fmt.Sprintf("du %s %s au %s %s", DayNumber(first), a.Word(), DayNumber(last), b.Word())
	}
	return fmt.Sprintf("%s %d", SpanWords(first, last), b.Year)
}

// YearSpan gives the days that belong to a school year with its summer: until the day before the next one. The first year
// known takes what was before, the last what comes after, so that every day belongs to one.
func (s *Setup) YearSpan(id int64) (year SchoolYearRef, span Period, ok bool) {
	for i, y := range s.Years {
		if y.ID != id {
			continue
		}
		span = Period{Name: y.Label, From: y.First, To: y.Last + 400}
		if i == 0 {
			span.From = y.First - 400
		}
		if i+1 < len(s.Years) {
			span.To = s.Years[i+1].First - 1
		}
		return y, span, true
	}
	return SchoolYearRef{}, Period{}, false
}

// DaysOff lists the holidays, or the closures and bridge days, that begin within a span.
func (c *Calendar) DaysOff(holidays bool, span Period) []DaysOff {
	var list []DaysOff
	add := func(kind OffKind, periods []Period) {
		for _, p := range periods {
			if span.Holds(p.From) {
				list = append(list, DaysOff{kind, p})
			}
		}
	}
	if holidays {
		add(OffHolidays, c.Holidays)
	} else {
		add(OffClosure, c.Closures)
		add(OffBridge, c.Bridges)
	}
	slices.SortStableFunc(list, func(a, b DaysOff) int { return int(a.From - b.From) })
	return list
}

// With gives the calendar in which the holidays, or the closures, of a span are replaced by others.
func (c Calendar) With(holidays bool, span Period, list []DaysOff) Calendar {
	replace := func(kind OffKind, periods []Period) []Period {
		var out []Period
		for _, p := range periods {
			if !span.Holds(p.From) {
				out = append(out, p)
			}
		}
		for _, d := range list {
			if d.Kind == kind {
				out = append(out, d.Period)
			}
		}
		slices.SortStableFunc(out, func(a, b Period) int { return int(a.From - b.From) })
		return out
	}
	if holidays {
		c.Holidays = replace(OffHolidays, c.Holidays)
	} else {
		c.Closures, c.Bridges = replace(OffClosure, c.Closures), replace(OffBridge, c.Bridges)
	}
	return c
}

// BookedCount is how many children are booked, or wait, for a day of an activity.
type BookedCount struct {
	Activity        ActivityID
	Day             Date
	Booked, Waiting int
}

// Touch is what a change of the calendar does to an activity.
type Touch struct {
	Activity        *Activity
	Closes, Opens   int    // days that close, that open
	Days            []Date // that close although somebody is booked or waits
	Booked, Waiting int    // on those days
	Registrations   int    // for the year, that had made some of these bookings
}

// Touched says, activity by activity, what another calendar changes from a day on. What is booked on a day that closes stays
// booked and is shown as locked.
func (s *Setup) Touched(after *Calendar, booked []BookedCount, from Date) []Touch {
	end := from + 366
	if n := len(s.Years); n > 0 {
		end = max(end, s.Years[n-1].Last+100)
	}
	var list []Touch
	for i := range s.Activities {
		t := Touch{Activity: &s.Activities[i]}
		opening := &t.Activity.Opening
		closing := map[Date]bool{}
		for day := from; day <= end; day++ {
			was, _ := opening.On(day, &s.Calendar)
			will, _ := opening.On(day, after)
			switch {
			case was && !will:
				t.Closes++
				closing[day] = true
			case !was && will:
				t.Opens++
			}
		}
		for _, b := range booked {
			if b.Activity == t.Activity.ID && closing[b.Day] {
				t.Days, t.Booked, t.Waiting = append(t.Days, b.Day), t.Booked+b.Booked, t.Waiting+b.Waiting
			}
		}
		if t.Closes+t.Opens > 0 {
			list = append(list, t)
		}
	}
	return list
}

// TouchFacts marks what was said of a change, so that whoever agreed to it agreed to just that.
func TouchFacts(list []Touch) []Fact {
	var facts []Fact
	for _, t := range list {
		if len(t.Days) > 0 {
			facts = append(facts, Fact{t.Activity.Name, fmt.Sprintln(t.Days, t.Booked, t.Waiting, t.Registrations)})
		}
	}
	return facts
}

// CheckYear refuses a school year that could not be: its label, its two days, or another year on the same days.
func CheckYear(y SchoolYearRef, others []SchoolYearRef) error {
	e := Invalid("Cette année scolaire ne peut pas être enregistrée telle quelle.")
	fault := e.Fault
	start, err := startYear(y.Label)
	if err != nil {
		fault("annee", "%s", err.Error())
	}
	switch {
	case y.First == 0:
		fault("premier", "Donnez le premier jour de classe.")
	case err == nil && (y.First < NewDate(start, 7, 1) || y.First > NewDate(start+1, 3, 31)): // Wallis begins in February
		fault("premier", "Le premier jour de classe de l’année %s ne peut pas être le %s.", y.Label, y.First.LongYear())
	}
	switch {
	case y.Last == 0:
		fault("dernier", "Donnez le dernier jour de classe.")
	case y.First != 0 && (y.Last < y.First+90 || y.Last > y.First+366):
		fault("dernier", "Le dernier jour de classe doit être de trois mois à un an après le premier.")
	}
	for _, o := range others {
		switch {
		case o.ID == y.ID:
		case o.Label == y.Label:
			fault("annee", "L’année %s existe déjà.", y.Label)
		case y.First <= o.Last && o.First <= y.Last:
			fault("premier", "Ces dates chevauchent l’année %s (%s).", o.Label, SpanYearWords(o.First, o.Last))
		}
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

// YearFacts says a school year as a person reads it.
func YearFacts(y SchoolYearRef) []Fact {
	return []Fact{{"Premier jour de classe", y.First.LongYear()}, {"Dernier jour de classe", y.Last.LongYear()}}
}
