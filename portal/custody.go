package portal

import (
	"fmt"
	"slices"
	"strings"
)

// CustodyRhythm says how the weeks of shared custody alternate.
type CustodyRhythm string

// The rhythms of shared custody.
const (
	CustodyAnchored CustodyRhythm = "ancre" // one week in two, counted from the first one
	CustodyParity   CustodyRhythm = "paire" // even and odd weeks of the calendar, as some judgments say
)

// CustodyHolidays says how school holidays are shared.
type CustodyHolidays string

// The ways to share school holidays.
const (
	HolidaysAsWeeks CustodyHolidays = "semaines" // the weeks go on
	HolidaysHalves  CustodyHolidays = "moities"  // a half each
	HolidaysWhole   CustodyHolidays = "entieres" // all to one, in turn from year to year
)

// custodyHolidayLeast is how many days school holidays have at least to be shared; a bridge day follows the weeks.
const custodyHolidayLeast = 7

// Custody says whose day it is, of a child that two families share.
type Custody struct {
	A        FamilyID           `json:"a"` // has the week of Start, or the even weeks
	B        FamilyID           `json:"b"`
	Start    Date               `json:"debut"`
	Rhythm   CustodyRhythm      `json:"rythme"`
	Change   Weekday            `json:"jour"` // of the week on which the child changes
	Hour     TimeOfDay          `json:"heure"`
	Holidays CustodyHolidays    `json:"vacances"`
	Even     FamilyID           `json:"annees_paires,omitzero"` // has the first half, or all of them, in even years
	Special  []CustodyException `json:"exceptions,omitempty"`
}

// CustodyException gives some days to a family whatever the weeks say. The last one that holds a day decides.
type CustodyException struct {
	First    Date     `json:"du"`
	Last     Date     `json:"au"`
	Family   FamilyID `json:"famille"`
	Why      string   `json:"motif,omitempty"`
	Exchange bool     `json:"echange,omitzero"` // the parents agreed on it
}

// IsZero says that there is no rule.
func (c *Custody) IsZero() bool { return c == nil || c.Start == 0 }

// Has says whether a family shares the child.
func (c *Custody) Has(f FamilyID) bool { return f != 0 && (f == c.A || f == c.B) }

// Other gives the other family.
func (c *Custody) Other(f FamilyID) FamilyID {
	if f == c.A {
		return c.B
	}
	return c.A
}

// byMorning says whether the child changes before noon: the day is then of the family that it comes to.
func (c *Custody) byMorning() bool { return c.Hour < Clock(12, 0) }

// turn gives the day on which the child came to the family that has it on a day.
func (c *Custody) turn(day Date) Date {
	if !c.byMorning() {
		day-- // the day of the change is still of the family that brought the child in the morning
	}
	return day - Date((int(day.Weekday())-int(c.Change)+7)%7)
}

// even says whether the week that begins at a change is even. A Sunday counts with the week that follows.
func evenWeek(turn Date) bool {
	if turn.Weekday() == 6 {
		turn++
	}
	_, week := turn.ISOWeek()
	return week%2 == 0
}

// Owner gives the family whose day it is; zero before the rule begins. A day is of one family only: the one with which the
// child wakes up, or, when it changes in the morning, the one that it comes to.
func (c *Custody) Owner(day Date, cal *Calendar) FamilyID {
	if c.IsZero() || day < c.Start {
		return 0
	}
	for i := len(c.Special) - 1; i >= 0; i-- {
		if s := &c.Special[i]; s.First <= day && day <= s.Last {
			return s.Family
		}
	}
	if p, ok := cal.holidays(day); ok && c.Holidays != HolidaysAsWeeks && p.To-p.From+1 >= custodyHolidayLeast {
		return c.inHolidays(day, p)
	}
	return c.byWeeks(day)
}

// byWeeks gives whose the week is, holidays or not.
func (c *Custody) byWeeks(day Date) FamilyID {
	mine := false
	if c.Rhythm == CustodyParity {
		mine = evenWeek(c.turn(day))
	} else {
		mine = int(c.turn(day)-c.turn(c.Start))/7%2 == 0
	}
	if mine {
		return c.A
	}
	return c.B
}

// inHolidays shares a run of holidays by its days, whatever is closed among them; the day in the middle of an odd run is of
// the first half. The year is the one in which they begin.
func (c *Custody) inHolidays(day Date, p Period) FamilyID {
	first := c.Even
	if p.From.Month().Year%2 != 0 {
		first = c.Other(first)
	}
	half := (p.To - p.From + 2) / 2
	if c.Holidays == HolidaysHalves && day >= p.From+half {
		return c.Other(first)
	}
	return first
}

// Reason says why a day is whose it is when the weeks alone do not: holidays, an exception, an exchange.
func (c *Custody) Reason(day Date, cal *Calendar) string {
	for i := len(c.Special) - 1; i >= 0; i-- {
		if s := &c.Special[i]; s.First <= day && day <= s.Last {
			switch {
			case s.Why != "":
				return s.Why
			case s.Exchange:
				return "échange"
			}
			return "exception"
		}
	}
	if p, ok := cal.holidays(day); ok && c.Holidays != HolidaysAsWeeks && p.To-p.From+1 >= custodyHolidayLeast {
		return p.Name
	}
	return ""
}

// TwiceRunning gives the changes up to a day at which the numbers of the weeks give the child to the same family twice
// running: week 53 is followed by week 1, both odd.
func (c *Custody) TwiceRunning(from, to Date) (list []Date) {
	if c.Rhythm != CustodyParity {
		return nil
	}
	for t := c.turn(max(from, c.Start)); t <= to; t += 7 {
		if evenWeek(t) == evenWeek(t-7) {
			list = append(list, t)
		}
	}
	return list
}

// CustodySpan is a run of days of one family.
type CustodySpan struct {
	First, Last Date
	Family      FamilyID
	Why         string
}

// Spans lists the runs of days of each family between two days.
func (c *Custody) Spans(from, to Date, cal *Calendar) (list []CustodySpan) {
	for day := max(from, c.Start); day <= to; day++ {
		owner, why := c.Owner(day, cal), c.Reason(day, cal)
		if n := len(list); n > 0 && list[n-1].Family == owner && list[n-1].Why == why {
			list[n-1].Last = day
			continue
		}
		list = append(list, CustodySpan{day, day, owner, why})
	}
	return list
}

// CustodyMost bounds the exceptions of a rule.
const CustodyMost = 200

// Check refuses a rule that cannot hold as it is, with a sentence per field of the form.
func (c *Custody) Check() error {
	e := Invalid("Cette garde alternée ne peut pas être enregistrée telle quelle.")
	fault := func(field, message string) { e.Fault(field, "%s", message) }
	if c.Start == 0 {
		fault("debut", "Écrivez le premier jour où cette organisation s’applique.")
	}
	if c.Rhythm != CustodyAnchored && c.Rhythm != CustodyParity {
		fault("rythme", "Dites comment les semaines alternent.")
	}
	if c.A == 0 || c.B == 0 || c.A == c.B {
		fault("premiere", "Choisissez la famille.")
	}
	if c.Change > 6 {
		fault("jour", "Choisissez le jour du changement.")
	}
	if c.Hour < 0 || c.Hour >= Clock(24, 0) {
		fault("heure", "Choisissez le moment du changement.")
	}
	switch c.Holidays {
	case HolidaysAsWeeks:
	case HolidaysHalves, HolidaysWhole:
		if !c.Has(c.Even) {
			fault("annees_paires", "Dites quelle famille commence les années paires.")
		}
	default:
		fault("vacances", "Dites comment les vacances sont partagées.")
	}
	if len(c.Special) > CustodyMost {
		fault("exception_du", fmt.Sprintf("Il y a déjà %d exceptions. Retirez les plus anciennes.", len(c.Special)))
	}
	for _, s := range c.Special {
		if s.First == 0 || s.Last < s.First || s.Last-s.First > 366 {
			fault("exception_du", "Écrivez le premier et le dernier jour de l’exception, dans cet ordre.")
		} else if !c.Has(s.Family) {
			fault("exception_famille", "Choisissez à quelle famille ces jours reviennent.")
		}
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

// Give adds an exception for a day that was exchanged, and forgets those that are over or were about that very day.
func (c *Custody) Give(day Date, to FamilyID, why string, exchange bool, today Date) {
	c.Special = slices.DeleteFunc(slices.Clone(c.Special), func(s CustodyException) bool {
		return s.Last < today-366 || s.Exchange && s.First == day && s.Last == day
	})
	c.Special = append(c.Special, CustodyException{day, day, to, why, exchange})
}

// ChangeWords gives « le vendredi, à la sortie de l’école ».
func (c *Custody) ChangeWords() string {
	words := "le " + c.Change.String()
	if c.byMorning() {
		return words + ", le matin à " + c.Hour.Word()
	}
	return words + ", à " + c.Hour.Word()
}

// Words says the rule, each family by its name.
func (c *Custody) Words(names map[FamilyID]string) []string {
	a, b := names[c.A], names[c.B]
	list := []string{fmt.Sprintf("Une semaine sur deux à partir du %s : d’abord %s, puis %s.", c.Start.LongYear(), a, b)}
	if c.Rhythm == CustodyParity {
		list[0] = fmt.Sprintf("À partir du %s, les semaines paires %s, les semaines impaires %s.", c.Start.LongYear(), a, b)
	}
	list = append(list, "L’enfant change de foyer "+c.ChangeWords()+".")
	switch c.Holidays {
	case HolidaysHalves:
		list = append(list, fmt.Sprintf("Vacances scolaires par moitiés : la première %s les années paires, %s les années impaires.", names[c.Even], names[c.Other(c.Even)]))
	case HolidaysWhole:
		list = append(list, fmt.Sprintf("Vacances scolaires entières : %s les années paires, %s les années impaires.", names[c.Even], names[c.Other(c.Even)]))
	default:
		list = append(list, "Pendant les vacances scolaires, les semaines continuent.")
	}
	return list
}

// Facts gives the rule as the audit log compares it; nothing when there is none.
func (c *Custody) Facts(names map[FamilyID]string) []Fact {
	if c.IsZero() {
		return nil
	}
	facts := []Fact{{"Garde alternée", strings.Join(c.Words(names), " ")}}
	for _, s := range c.Special {
		what := "Exception du " + s.First.LongYear()
		if s.Last != s.First {
			what += " au " + s.Last.LongYear()
		}
		value := names[s.Family]
		if s.Why != "" {
			value += " (" + s.Why + ")"
		}
		facts = append(facts, Fact{what, value})
	}
	return facts
}

// OtherParentsDay says why a day cannot be changed: it is of the child's other family.
func OtherParentsDay() Closed {
	return Closed{Word: "Autre parent", Why: "C’est un jour de l’autre parent."}
}

// Withheld says that the day is of the other parent.
func (s *Slot) Withheld() bool { return s.Closed == OtherParentsDay() }

// Withhold makes a slot say that the day is of the other parent, and nothing else.
func (s *Slot) Withhold() {
	s.Open, s.Closed = false, OtherParentsDay()
	s.Status, s.Hours, s.Rank, s.Together, s.Absent, s.Others = NotBooked, Hours{}, 0, false, false, nil
}
