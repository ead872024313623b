package portal

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Audience says which children an activity, or a group of places, is for; its zero value is all of them.
type Audience struct {
	Schools []SchoolID `json:"ecoles,omitempty"`
	Classes []ClassID  `json:"classes,omitempty"`
	Grades  []string   `json:"niveaux,omitempty"` // « CE1 »
	AgeFrom int        `json:"age_min,omitzero"`  // whole years, included; 0: no bound
	AgeTo   int        `json:"age_max,omitzero"`
	AgeOn   AgeDay     `json:"age_le,omitzero"`
}

// AgeDay is the day on which an age counts; the zero value is AgeOnDay.
type AgeDay string

// The days on which an age counts.
const (
	AgeOnDay    AgeDay = ""        // the day of service
	AgeOnReturn AgeDay = "rentree" // the first day of the school year
	AgeOnYear   AgeDay = "annee"   // 31 December of the calendar year in which the school year starts
)

// IsZero says that it is for all children.
func (a Audience) IsZero() bool {
	return len(a.Schools) == 0 && len(a.Classes) == 0 && len(a.Grades) == 0 && a.AgeFrom == 0 && a.AgeTo == 0
}

func (a Audience) asksClass() bool { return len(a.Schools)+len(a.Classes)+len(a.Grades) > 0 }

// Pupil is what the town hall's rules look at of a child.
type Pupil struct {
	Birth      Date        // zero: not known
	Resident   bool        // one of the child's families lives in the town
	Years      []PupilYear // where the child goes to school
	Enrolments []Enrolment
}

// PupilYear is where a child goes to school in a school year.
type PupilYear struct {
	Year   int64    `json:"annee"`
	School SchoolID `json:"ecole"`
	Class  ClassID  `json:"classe"`
	Grade  string   `json:"niveau"`
}

// Enrolment says that staff let a child come to an activity, from a day on.
type Enrolment struct {
	Activity ActivityID `json:"activite"`
	Name     string     `json:"-"` // of the activity
	First    Date       `json:"du"`
	Last     Date       `json:"au,omitzero"` // zero: until further notice
}

// Holds says whether the enrolment is for that activity and that day.
func (e Enrolment) Holds(a ActivityID, day Date) bool {
	return e.Activity == a && e.First <= day && (e.Last == 0 || day <= e.Last)
}

// Bar is a rule that keeps a child from booking a day whatever the limits and the places. What is booked already stays,
// and can be cancelled.
type Bar struct {
	Word  string // in a cell: « Non concerné »
	Why   string // « Le centre des petits est pour les enfants de 3 à 6 ans. »
	Do    string // what can be done
	Later bool   // what it needs to know is not known yet
}

func (b *Bar) refuse() *Error { return Conflict("%s %s", b.Why, b.Do) }

// fit is how a child stands to an audience.
type fit int

const (
	fits fit = iota
	fitsNot
	fitsUnknownBirth
	fitsUnknownClass // the classes of that school year are not known yet
)

// yearHolding gives the school year that a day belongs to for ages and classes, its summer included: the one that began
// last, however many are known.
func (s *Setup) yearHolding(day Date) *SchoolYearRef {
	for i := len(s.Years) - 1; i >= 0; i-- {
		if s.Years[i].First <= day {
			return &s.Years[i]
		}
	}
	if len(s.Years) > 0 {
		return &s.Years[0]
	}
	return nil
}

// ageDay gives the day on which the age counts for a day of service.
func (a Audience) ageDay(day Date, s *Setup) Date {
	y := s.yearHolding(day)
	switch {
	case y == nil:
		return day
	case a.AgeOn == AgeOnReturn:
		return y.First
	case a.AgeOn == AgeOnYear:
		return NewDate(y.First.Month().Year, time.December, 31)
	}
	return day
}

// age counts whole years; a child born on 29 February is a year older on 1 March.
func age(birth, on Date) int {
	by, bm, bd := birth.Civil()
	y, m, d := on.Civil()
	if m < bm || m == bm && d < bd {
		return y - by - 1
	}
	return y - by
}

// fit says whether a child is of the audience on a day. Without a child, the answer is for everybody.
func (a Audience) fit(p *Pupil, day Date, s *Setup) fit {
	if p == nil {
		return fits
	}
	if a.AgeFrom > 0 || a.AgeTo > 0 {
		if p.Birth == 0 {
			return fitsUnknownBirth
		}
		if n := age(p.Birth, a.ageDay(day, s)); n < a.AgeFrom || a.AgeTo > 0 && n > a.AgeTo {
			return fitsNot
		}
	}
	if !a.asksClass() {
		return fits
	}
	y := s.yearHolding(day)
	for _, c := range p.Years {
		if y != nil && c.Year == y.ID {
			if a.asksOf(c) {
				return fits
			}
			return fitsNot
		}
	}
	if y != nil && s.comesAfter(y, p.Years) {
		return fitsUnknownClass
	}
	return fitsNot
}

// asksOf says whether a child of that class is of the audience.
func (a Audience) asksOf(c PupilYear) bool {
	return (len(a.Schools) == 0 || slices.Contains(a.Schools, c.School)) &&
		(len(a.Classes) == 0 || slices.Contains(a.Classes, c.Class)) &&
		(len(a.Grades) == 0 || slices.Contains(a.Grades, c.Grade))
}

// comesAfter says that a child has classes, all of them in school years before that one.
func (s *Setup) comesAfter(y *SchoolYearRef, classes []PupilYear) bool {
	known := false
	for _, other := range s.Years {
		if slices.ContainsFunc(classes, func(c PupilYear) bool { return c.Year == other.ID }) {
			if other.First > y.First {
				return false
			}
			known = true
		}
	}
	return known
}

// Words says who it is for: « les enfants de 3 à 6 ans », « les élèves de CP et CE1 de l’école du Bourg ».
func (a Audience) Words(s *Setup) string {
	words := "tous les enfants"
	if !a.IsZero() {
		words = "les enfants"
	}
	if a.asksClass() {
		words = "les élèves"
	}
	if len(a.Grades) > 0 {
		words += " de " + either(a.Grades)
	}
	var names []string
	for _, id := range a.Schools {
		names = append(names, schoolWords(s.SchoolNames[id]))
	}
	if len(names) > 0 {
		words += " " + either(names)
	}
	names = nil
	for _, id := range a.Classes {
		names = append(names, s.ClassNames[id])
	}
	switch len(names) {
	case 0:
	case 1:
		words += " de la classe " + names[0]
	default:
		words += " des classes " + either(names)
	}
	return words + a.ageWords(len(a.Grades)+len(a.Schools)+len(a.Classes) > 0)
}

// either gives « CP, CE1 ou CE2 ».
func either(words []string) string {
	if n := len(words) - 1; n > 0 {
		return strings.Join(words[:n], ", ") + " ou " + words[n]
	}
	return strings.Join(words, "")
}

// schoolWords gives « de l’école du Bourg ».
func schoolWords(name string) string {
	for _, start := range []string{"École ", "Ecole ", "école "} {
		if rest, ok := strings.CutPrefix(name, start); ok {
			return "de l’école " + rest
		}
	}
	return "de l’établissement " + name
}

func (a Audience) ageWords(after bool) string {
	var words string
	switch {
	case a.AgeFrom > 0 && a.AgeTo > 0 && a.AgeFrom == a.AgeTo:
		words = fmt.Sprintf(" de %d ans", a.AgeFrom)
	case a.AgeFrom > 0 && a.AgeTo > 0:
		words = fmt.Sprintf(" de %d à %d ans", a.AgeFrom, a.AgeTo)
	case a.AgeFrom > 0:
		words = fmt.Sprintf(" de %d ans ou plus", a.AgeFrom)
	case a.AgeTo > 0:
		words = fmt.Sprintf(" de %d ans au plus", a.AgeTo)
	default:
		return ""
	}
	if after {
		words = "," + strings.Replace(words, " de ", " âgés de ", 1)
	}
	switch a.AgeOn {
	case AgeOnReturn:
		words += " à la rentrée"
	case AgeOnYear:
		words += " au 31 décembre de l’année scolaire"
	}
	return words
}

// are gives « est » or « sont », as the name of the activity asks.
func (a *Activity) are() string {
	if strings.HasPrefix(a.Spoken, "les ") {
		return "sont"
	}
	return "est"
}

// barOf gives what keeps a child from an activity on a day, or nothing.
func (s *Setup) barOf(a *Activity, p *Pupil, day Date) *Bar {
	if p == nil {
		return nil
	}
	if !a.Audience.IsZero() {
		switch a.Audience.fit(p, day, s) {
		case fitsNot:
			return &Bar{Word: "Non concerné", Why: fmt.Sprintf("%s %s pour %s.", Capital(a.Spoken), a.are(), a.Audience.Words(s)), Do: "Choisissez une autre activité, ou appelez la mairie si c’est une erreur."}
		case fitsUnknownBirth:
			return &Bar{Word: "À préciser", Why: fmt.Sprintf("%s %s pour %s, et la date de naissance de votre enfant n’est pas connue.", Capital(a.Spoken), a.are(), a.Audience.Words(s)), Do: "Donnez-la à la mairie."}
		case fitsUnknownClass:
			return &Bar{Word: "Pas ouvert", Why: fmt.Sprintf("%s %s pour %s, et les classes de l’année %s ne sont pas encore connues.", Capital(a.Spoken), a.are(), a.Audience.Words(s), s.yearHolding(day).Label),
				Do: "Revenez à la rentrée, ou appelez la mairie.", Later: true}
		}
	}
	if a.Enrolment {
		return a.enrolmentBar(p, day)
	}
	return nil
}

func (a *Activity) enrolmentBar(p *Pupil, day Date) *Bar {
	bar := &Bar{Word: "À inscrire", Why: fmt.Sprintf("%s demande une inscription, que votre enfant n’a pas.", Capital(a.Spoken)), Do: "Demandez-la à la mairie."}
	for _, e := range p.Enrolments {
		switch {
		case e.Holds(a.ID, day):
			return nil
		case e.Activity != a.ID:
		case day < e.First:
			bar.Why = fmt.Sprintf("L’inscription de votre enfant pour %s commence le %s.", a.Spoken, e.First.LongYear())
			bar.Do = "Choisissez un jour à partir de cette date, ou appelez la mairie."
		default:
			bar.Why = fmt.Sprintf("L’inscription de votre enfant pour %s s’est terminée le %s.", a.Spoken, e.Last.LongYear())
			bar.Do = "Demandez une nouvelle inscription à la mairie."
		}
	}
	return bar
}

// Closed says that the activity no longer runs.
func (a *Activity) Closed(now time.Time) bool { return !a.ClosedAt.IsZero() && !now.Before(a.ClosedAt) }

// closedBar says that the activity no longer runs.
func (a *Activity) closedBar() *Bar {
	return &Bar{Word: "Arrêté", Why: fmt.Sprintf("%s n’est plus proposé depuis le %s. Ce qui est réservé reste réservé.", Capital(a.Spoken), DateOf(a.ClosedAt).LongYear()), Do: "Choisissez une autre activité, ou appelez la mairie."}
}

// AsksWho says whether the rules of an activity look at the child.
func (a *Activity) AsksWho() bool {
	return a.Enrolment || !a.Audience.IsZero() || a.hasGroups() ||
		slices.ContainsFunc(a.Windows, func(w Window) bool { return !w.OutsideOpens.IsZero() })
}

func (a *Activity) hasGroups() bool {
	return slices.ContainsFunc(a.Counters, func(c Counter) bool { return !c.Audience.IsZero() })
}

// Admit completes the slot of a day with the rules that look at the child.
func (s *Setup) Admit(slot *Slot, p *Pupil) {
	a := slot.Activity
	if p == nil || !a.AsksWho() {
		return
	}
	slot.Bar = s.barOf(a, p, slot.Day)
	if w := a.Window(slot.Day); w != nil && !p.Resident && w.OutsideOpens.After(slot.Book.From) {
		slot.Book.From, slot.Outside = w.OutsideOpens, true
	}
	if a.hasGroups() {
		slot.Counters = s.countersFor(a, p, slot.Day)
		slot.Limited = limitedOn(slot.Counters, slot.Day)
	}
}

// CountersOf gives the counters that a child takes a place of on a day of an activity; without a pupil, those of everybody.
func (s *Setup) CountersOf(a *Activity, p *Pupil, day Date) []Counter {
	if p == nil || !a.hasGroups() {
		return a.Counters
	}
	return s.countersFor(a, p, day)
}

// countersFor gives the counters that a child takes a place of on a day.
func (s *Setup) countersFor(a *Activity, p *Pupil, day Date) []Counter {
	var list []Counter
	for _, c := range a.Counters {
		if c.Holds(p, day, s) {
			list = append(list, c)
		}
	}
	return list
}

// Holds says whether a child takes a place of the counter on a day.
func (c *Counter) Holds(p *Pupil, day Date, s *Setup) bool {
	return c.Audience.IsZero() || c.Audience.fit(p, day, s) == fits
}

// offeredAhead is how far ahead an activity is looked for a day on which a child may come.
const offeredAhead = 366

// Offered says whether a child may come to an activity on some day of the year to come: it is among those to choose from.
func (s *Setup) Offered(a *Activity, p *Pupil, now time.Time) bool {
	if a.Closed(now) {
		return false
	}
	if p == nil || a.Audience.IsZero() {
		return true
	}
	today, known := DateOf(now), false
	for day := today; day < today+offeredAhead; day += 7 {
		switch a.Audience.fit(p, day, s) {
		case fits, fitsUnknownBirth:
			return true
		case fitsNot:
			known = true
		}
	}
	return !known // no class is known yet: the family reads why it cannot book
}

// NotOffered says why an activity is not among those that a child chooses from.
func (s *Setup) NotOffered(a *Activity, p *Pupil, now time.Time) *Error {
	bar := a.closedBar()
	if !a.Closed(now) {
		if bar = s.barOf(a, p, DateOf(now)); bar == nil {
			return nil
		}
	}
	return Forbidden("%s %s", bar.Why, bar.Do)
}

// Facts gives the enrolment as the audit log compares it; nothing when there is none.
func (e Enrolment) Facts() []Fact {
	if e.Activity == 0 {
		return nil
	}
	last := "sans date de fin"
	if e.Last != 0 {
		last = e.Last.LongYear()
	}
	return []Fact{{"À partir du", e.First.LongYear()}, {"Jusqu’au", last}}
}
