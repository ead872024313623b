package portal

import (
	"encoding/json"
	"slices"
	"strings"
)

// WeekdaySet is a set of weekdays, bit 0 for Monday; in JSON it is a list of French names: ["lundi","mardi"].
type WeekdaySet uint8

// Sets of weekdays that have a name.
const (
	Weekend  WeekdaySet = 1<<Saturday | 1<<Sunday
	EveryDay WeekdaySet = 1<<7 - 1
)

// Days gives the set of some weekdays.
func Days(days ...Weekday) WeekdaySet {
	var s WeekdaySet
	for _, w := range days {
		s |= 1 << w
	}
	return s
}

// Has says whether a weekday is in the set.
func (s WeekdaySet) Has(w Weekday) bool { return s&(1<<w) != 0 }

// Weekdays lists the set from Monday to Sunday.
func (s WeekdaySet) Weekdays() []Weekday {
	days := []Weekday{}
	for w := Monday; w <= Sunday; w++ {
		if s.Has(w) {
			days = append(days, w)
		}
	}
	return days
}

// String gives « lundi, mardi, jeudi et vendredi », « tous les jours » or « aucun jour ».
func (s WeekdaySet) String() string {
	switch s & EveryDay {
	case 0:
		return "aucun jour"
	case EveryDay:
		return "tous les jours"
	}
	return List(s.words(""))
}

func (s WeekdaySet) words(ending string) []string {
	var words []string
	for _, w := range s.Weekdays() {
		words = append(words, w.String()+ending)
	}
	return words
}

// MarshalJSON writes ["lundi","mardi"].
func (s WeekdaySet) MarshalJSON() ([]byte, error) { return json.Marshal(s.Weekdays()) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *WeekdaySet) UnmarshalJSON(b []byte) error {
	var days []Weekday
	if err := json.Unmarshal(b, &days); err != nil {
		return err
	}
	*s = Days(days...)
	return nil
}

// ParseWeekday reads « lundi ».
func ParseWeekday(s string) (Weekday, error) {
	i := slices.Index(weekdayNames[:], s)
	if i < 0 {
		return 0, Invalid("« %s » n’est pas un jour de la semaine. Écrivez lundi, mardi… ou dimanche.", Clip(s, 20))
	}
	return Weekday(i), nil
}

// MarshalText writes « lundi »; it serves JSON.
func (w Weekday) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (w *Weekday) UnmarshalText(b []byte) error {
	got, err := ParseWeekday(string(b))
	*w = got
	return err
}

// Exception is a day that does not follow the pattern of the week: opened or closed by decision.
type Exception struct {
	Day  Date   `json:"jour"`
	Open bool   `json:"ouvert,omitzero"`
	Why  string `json:"motif,omitzero"` // as it follows a colon: « grève »
}

// Opening says on which days an activity is open.
type Opening struct {
	First            Date        `json:"du,omitzero"` // no bound when zero
	Last             Date        `json:"au,omitzero"`
	School           WeekdaySet  `json:"ecole,omitzero"`    // open weekdays while there is school
	Holidays         WeekdaySet  `json:"vacances,omitzero"` // open weekdays during school holidays
	OnPublicHolidays bool        `json:"feries,omitzero"`
	Exceptions       []Exception `json:"exceptions,omitempty"`
}

// Closed says why an activity is not open on a day: a word for the cell, a sentence for the day itself.
type Closed struct {
	Word string // « Fermé » or « Férié »
	Why  string // « Le mercredi 11 novembre est férié : Armistice 1918. »
}

// reason is what decides that a day is closed.
type reason uint8

const (
	notClosed reason = iota
	closedByException
	closedBeforeFirst
	closedAfterLast
	closedByTown
	closedPublicHoliday
	closedAllHolidays   // the activity never opens during school holidays
	closedHolidayDay    // it does, on other weekdays
	closedAllSchoolDays // the activity opens during school holidays only
	closedWeekday
)

// judge decides whether a day is open, the town's most precise word first: the decision for that day, the bounds of the
// activity, the closures of the town hall, public holidays, school holidays, then the pattern of the week.
// The name is that of the closure or of the holiday.
func (o *Opening) judge(d Date, cal *Calendar) (why reason, name string) {
	for _, e := range o.Exceptions {
		if e.Day == d {
			if e.Open {
				return notClosed, ""
			}
			return closedByException, e.Why
		}
	}
	if d < o.First {
		return closedBeforeFirst, ""
	}
	if o.Last != 0 && d > o.Last {
		return closedAfterLast, ""
	}
	if p, closed := cal.closure(d); closed {
		return closedByTown, p.Name
	}
	if name := cal.PublicHoliday(d); name != "" && !o.OnPublicHolidays {
		return closedPublicHoliday, name
	}
	if p, holidays := cal.holidays(d); holidays {
		switch {
		case o.Holidays.Has(d.Weekday()):
			return notClosed, ""
		case o.Holidays == 0:
			return closedAllHolidays, p.Name
		}
		return closedHolidayDay, p.Name
	}
	switch {
	case o.School.Has(d.Weekday()):
		return notClosed, ""
	case o.School == 0 && o.Holidays != 0:
		return closedAllSchoolDays, ""
	}
	return closedWeekday, ""
}

// On says whether the activity is open on a day, and why when it is not.
func (o *Opening) On(d Date, cal *Calendar) (open bool, closed Closed) {
	why, name := o.judge(d, cal)
	switch why {
	case notClosed:
		return true, Closed{}
	case closedPublicHoliday:
		return false, Closed{"Férié", "Le " + d.Long() + " est férié : " + name + "."}
	case closedByException:
		return false, Closed{"Fermé", because("Fermeture exceptionnelle", name)}
	case closedByTown:
		return false, Closed{"Fermé", because("Fermeture générale", name)}
	case closedBeforeFirst:
		return false, Closed{"Fermé", "Pas d’ouverture avant le " + o.First.LongYear() + "."}
	case closedAfterLast:
		return false, Closed{"Fermé", "Pas d’ouverture après le " + o.Last.LongYear() + "."}
	case closedAllHolidays:
		return false, Closed{"Fermé", Capital(name) + "."}
	case closedHolidayDay:
		return false, Closed{"Fermé", "Pas d’ouverture le " + d.Weekday().String() + " pendant ces vacances (" + name + ")."}
	case closedAllSchoolDays:
		return false, Closed{"Fermé", "Ouverture pendant les vacances scolaires seulement."}
	}
	return false, Closed{"Fermé", "Pas d’ouverture le " + d.Weekday().String() + "."}
}

func because(what, why string) string {
	why = strings.TrimRight(why, " .")
	if why == "" {
		return what + "."
	}
	return what + " : " + why + "."
}

// serves says whether a day counts as a day with service; the bounds of the activity do not matter, so that the first day
// of a year has days before it to count.
func (o *Opening) serves(d Date, cal *Calendar) bool {
	if o == nil {
		return true
	}
	unbounded := *o
	unbounded.First, unbounded.Last = 0, 0
	why, _ := unbounded.judge(d, cal)
	return why == notClosed
}

// nextOpenDays bounds NextOpen: over a year, so that a yearly camp is found.
const nextOpenDays = 400

// NextOpen gives the first open day from a day on, that day included; false when none comes in 400 days.
func (o *Opening) NextOpen(from Date, cal *Calendar) (Date, bool) {
	for d := from; d < from+nextOpenDays; d++ {
		if why, _ := o.judge(d, cal); why == notClosed {
			return d, true
		}
	}
	return 0, false
}
