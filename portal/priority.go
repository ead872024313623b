package portal

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Criterion is a reason for which some children go before others; it is stored as it is written here.
type Criterion string

// The criteria that the portal knows by itself; those of a grade and of the town hall's own labels are made by ByGrade and ByLabel.
const (
	ByTown    Criterion = "commune" // the family lives in the town
	BySchool  Criterion = "ecole"   // goes to one of the structure's schools
	BySibling Criterion = "fratrie" // a brother or sister has a place on the same day
	ByHabit   Criterion = "ancien"  // came the school year before
)

// LabelID names a criterion of the town hall's own.
type LabelID int64

// ByGrade is the criterion of being in a grade.
func ByGrade(grade string) Criterion { return Criterion("niveau-" + grade) }

// ByLabel is the criterion of a label that staff tick.
func ByLabel(id LabelID) Criterion { return Criterion("mairie-" + strconv.FormatInt(int64(id), 10)) }

// PriorityLabel is a criterion of the town hall's own, that staff tick on children upon a document.
type PriorityLabel struct {
	ID       LabelID
	Name     string // as families read it: « les deux parents travaillent »
	Document string // that staff ask for
}

// LabelMost is how long a label and its document may be.
const LabelMost = 80

// Check refuses a label that families could not read, and tidies what was typed.
func (l *PriorityLabel) Check() error {
	l.Name, l.Document = strings.Join(strings.Fields(l.Name), " "), strings.Join(strings.Fields(l.Document), " ")
	e := Invalid("Ce critère ne peut pas être enregistré tel quel.")
	if l.Name == "" {
		e.Fault("nom", "Donnez le critère comme les familles le liront, par exemple « les deux parents travaillent ».")
	}
	for _, f := range []struct{ field, text string }{{"nom", l.Name}, {"document", l.Document}} {
		if len([]rune(f.text)) > LabelMost {
			e.Fault(f.field, "Écrivez %d caractères au plus.", LabelMost)
		}
	}
	if len(e.Fields) == 0 {
		return nil
	}
	return e
}

// Facts gives the label as the audit log compares it.
func (l *PriorityLabel) Facts() []Fact {
	return []Fact{{"Critère", l.Name}, {"Document demandé", l.Document}}
}

// HeldLabel is a label ticked on a child.
type HeldLabel struct {
	Label LabelID
	Name  string
	Dated Date // of the document
	Last  Date // the last day it holds for; zero: without an end
}

// Holds says whether the label counts for a day.
func (h HeldLabel) Holds(day Date) bool { return h.Last == 0 || day <= h.Last }

// Faults says what is wrong with the days of a ticked label, beside their fields.
func (h HeldLabel) Faults(dated, last string, today Date) (faults []FieldError) {
	switch {
	case h.Dated == 0:
		faults = append(faults, FieldError{dated, "Donnez la date du document : sans elle, le critère ne se coche pas."})
	case h.Dated > today:
		faults = append(faults, FieldError{dated, "Cette date est à venir. Donnez celle qui est écrite sur le document."})
	case h.Last != 0 && h.Last < h.Dated:
		faults = append(faults, FieldError{last, "La fin vient avant la date du document."})
	}
	return faults
}

// Words says upon what it holds: « document du 3 septembre 2026, jusqu’au 31 août 2027 ».
func (h HeldLabel) Words() string {
	words := "document du " + h.Dated.LongYear()
	if h.Last != 0 {
		words += ", jusqu’au " + h.Last.LongYear()
	}
	return words
}

// HeldFacts gives what is ticked on a child as the audit log compares it.
func HeldFacts(list []HeldLabel) []Fact {
	var facts []Fact
	for _, h := range list {
		facts = append(facts, Fact{"Priorité : " + h.Name, h.Words()})
	}
	return facts
}

// Priority is a criterion with its words: « habite la commune ».
type Priority struct {
	Criterion Criterion
	Words     string
}

// Criteria lists what may be published, in the order of the form: what the portal knows, the grades, the labels.
func Criteria(grades []string, labels []PriorityLabel) []Priority {
	list := []Priority{
		{ByTown, "habite la commune"}, {BySchool, "va à une école de la commune"},
		{BySibling, "a un frère ou une sœur qui a une place ce jour-là"}, {ByHabit, "est venu l’année scolaire précédente"},
	}
	for _, g := range grades {
		list = append(list, Priority{ByGrade(g), "est en " + g})
	}
	for _, l := range labels {
		list = append(list, Priority{ByLabel(l.ID), l.Name})
	}
	return list
}

// PriorityOf gives a stored criterion its words; a label that is no longer there has none, and is left out.
func PriorityOf(c Criterion, labels []PriorityLabel) (Priority, bool) {
	var grades []string
	if g, is := strings.CutPrefix(string(c), "niveau-"); is {
		grades = []string{g}
	}
	for _, p := range Criteria(grades, labels) {
		if p.Criterion == c {
			return p, true
		}
	}
	return Priority{}, false
}

// CanteenLaw says why a canteen has no priorities.
const CanteenLaw = "La cantine n’a pas de priorités : la loi l’interdit. Tous les enfants scolarisés ont le droit d’y être inscrits, et aucune différence ne peut être faite selon leur situation ou celle de leur famille (article L131-13 du Code de l’éducation)."

// PrioritiesMost is how many criteria an activity may have.
const PrioritiesMost = 12

// CheckPriorities refuses criteria that could not be published for an activity; the field of the nth is « critere-n ».
func CheckPriorities(a *Activity, list []Criterion, known []Priority) error {
	if a.Kind == Canteen && len(list) > 0 {
		return Conflict("%s", CanteenLaw)
	}
	e := Invalid("Ces priorités ne peuvent pas être enregistrées telles quelles.")
	for i, c := range list {
		field := fmt.Sprintf("critere-%d", i+1)
		switch {
		case i >= PrioritiesMost:
			e.Fault(field, "Choisissez %d critères au plus.", PrioritiesMost)
		case !slices.ContainsFunc(known, func(p Priority) bool { return p.Criterion == c }):
			e.Fault(field, "Ce critère n’existe pas, ou plus. Choisissez-en un dans la liste.")
		case slices.Contains(list[:i], c):
			e.Fault(field, "Ce critère est déjà plus haut. Un critère ne compte qu’une fois.")
		}
	}
	if len(e.Fields) == 0 {
		return nil
	}
	return e
}

// PriorityFacts gives the published order as the audit log compares it.
func (a *Activity) PriorityFacts() []Fact {
	var words []string
	for i, p := range a.Priorities {
		words = append(words, fmt.Sprintf("%d. %s", i+1, p.Words))
	}
	return []Fact{{"Priorités", strings.Join(words, " ; ")}}
}

// PriorityWords says the published order, or nothing: « Les places vont d’abord à l’enfant qui : 1. habite la commune ; 2. …
// À égalité, à la demande la plus ancienne. »
func (a *Activity) PriorityWords() string {
	if len(a.Priorities) == 0 {
		return ""
	}
	return "Priorités, dans cet ordre : " + a.PriorityFacts()[0].Value + ". À égalité, la demande la plus ancienne passe d’abord. La mairie décide."
}

// Claims is what the base knows of a child for a day of an activity.
type Claims struct {
	Pupil  *Pupil
	Before bool // a brother or sister has a place on that day
	Came   bool // the school year before
	Labels []HeldLabel
}

// meets says whether a child meets a criterion on a day.
func (s *Setup) meets(c Criterion, k Claims, day Date) bool {
	var now PupilYear
	if y := s.yearHolding(day); y != nil && k.Pupil != nil {
		for _, p := range k.Pupil.Years {
			if p.Year == y.ID {
				now = p
			}
		}
	}
	switch c {
	case ByTown:
		return k.Pupil != nil && k.Pupil.Resident
	case BySchool:
		return now.School != 0
	case BySibling:
		return k.Before
	case ByHabit:
		return k.Came
	}
	if grade, is := strings.CutPrefix(string(c), "niveau-"); is {
		return grade != "" && now.Grade == grade
	}
	return slices.ContainsFunc(k.Labels, func(h HeldLabel) bool { return ByLabel(h.Label) == c && h.Holds(day) })
}

// Standing is where a child stands by the published criteria of an activity.
type Standing struct {
	Meets []bool // each criterion, in their order
	Since time.Time
}

// Stand says where a child stands for a day that was asked at an instant.
func (s *Setup) Stand(a *Activity, k Claims, day Date, since time.Time) Standing {
	st := Standing{Since: since}
	for _, p := range a.Priorities {
		st.Meets = append(st.Meets, s.meets(p.Criterion, k, day))
	}
	return st
}

// Compare puts first who meets the strongest criterion that the other does not meet, then who asked first.
func (st Standing) Compare(other Standing) int {
	for i := range min(len(st.Meets), len(other.Meets)) {
		if st.Meets[i] != other.Meets[i] {
			if st.Meets[i] {
				return -1
			}
			return 1
		}
	}
	return cmp.Compare(st.Since.UnixMilli(), other.Since.UnixMilli())
}

// StandingWords says why a child stands where it does: « 1. habite la commune ; 3. est en CP ».
func (a *Activity) StandingWords(st Standing) string {
	if len(a.Priorities) == 0 {
		return ""
	}
	var words []string
	for i, met := range st.Meets {
		if met {
			words = append(words, fmt.Sprintf("%d. %s", i+1, a.Priorities[i].Words))
		}
	}
	if len(words) == 0 {
		return "aucun critère : à son tour"
	}
	return strings.Join(words, " ; ")
}

// YearBefore gives the first and the last day of the school year before the one that a day belongs to, its summer included;
// zero when it is not known.
func (s *Setup) YearBefore(day Date) (first, last Date) {
	y := s.yearHolding(day)
	if y == nil {
		return 0, 0
	}
	for _, other := range s.Years {
		if other.First < y.First {
			first, last = other.First, y.First-1
		}
	}
	return first, last
}
