package portal

import "time"

// Structure is a town hall or a body that runs activities for children.
type Structure struct {
	ID                     StructureID
	Name                   string // « Mairie de CarteVille »
	Street, Postcode, Town string
	Phone, Email           string
	Zone                   string // school holiday zone: A, B, C, or nothing for an own calendar
	Territory              Territory
	NightAt, ReportAt      TimeOfDay // when the day's requests are transmitted, when reports leave; never 02:00 to 03:00
}

// ActivityKind sorts activities for icons and statistics.
type ActivityKind string

// The kinds of activity.
const (
	Canteen       ActivityKind = "cantine"
	BeforeSchool  ActivityKind = "matin"
	AfterSchool   ActivityKind = "soir"
	WednesdayCamp ActivityKind = "mercredi"
	HolidayCamp   ActivityKind = "vacances"
	Transport     ActivityKind = "transport"
	OtherKind     ActivityKind = "autre"
)

// Activity is something a child can be booked for, day by day.
type Activity struct {
	ID           ActivityID
	StructureID  StructureID
	Name         string // as the town hall writes it: « RESTAURATION »
	Short        string // on a chip: « Cantine »
	Spoken       string // in a sentence, with its article: « la cantine »
	Kind         ActivityKind
	Starts, Ends TimeOfDay
	Opening      Opening
	Book, Cancel Cutoff
	Waitlist     bool // when full, families may join a waiting list
	Counters     []Counter
}

// Counter is a stock of places per day, shared by the activities linked to it.
type Counter struct {
	ID       CounterID
	Name     string
	Limited  bool
	Capacity int // places a day; meaningless unless Limited
}

// Setup is what a structure has decided: everything about its days that does not depend on a family.
type Setup struct {
	Structure  Structure
	Calendar   Calendar
	Years      []SchoolYearRef // ascending
	Activities []Activity      // in the town hall's order
}

// SchoolYearRef is a school year of a structure.
type SchoolYearRef struct {
	ID          int64
	Label       string
	First, Last Date
}

// Activity finds an activity of the structure, or nil.
func (s *Setup) Activity(id ActivityID) *Activity {
	for i := range s.Activities {
		if s.Activities[i].ID == id {
			return &s.Activities[i]
		}
	}
	return nil
}

// Limit is the last instant at which an action is in time; not Possible when it never is.
type Limit struct {
	At       time.Time
	Possible bool
}

// Passed says that it is too late; the instant of the limit itself is in time.
func (l Limit) Passed(now time.Time) bool { return !l.Possible || now.After(l.At) }

// Limits gives the last instants to book a day of an activity and to cancel it.
func (s *Setup) Limits(a *Activity, day Date) (book, cancel Limit) {
	d := ServiceDay{Day: day, Start: a.Starts, Opening: &a.Opening, Calendar: &s.Calendar}
	book.At, book.Possible = a.Book.Deadline(d)
	cancel.At, cancel.Possible = a.Cancel.Deadline(d)
	return book, cancel
}

// Limited says whether the activity's places are counted.
func (a *Activity) Limited() bool {
	for _, c := range a.Counters {
		if c.Limited {
			return true
		}
	}
	return false
}

// YearOf finds the school year that holds a day, else the next one to come, else the last; nil when there is none.
// The summer belongs to the year that comes.
func (s *Setup) YearOf(day Date) *SchoolYearRef {
	for i := range s.Years {
		if day <= s.Years[i].Last {
			return &s.Years[i]
		}
	}
	if n := len(s.Years); n > 0 {
		return &s.Years[n-1]
	}
	return nil
}

// Check refuses an activity that could not work, with a sentence per field.
func (a *Activity) Check() error {
	e := Invalid("L’activité « %s » ne peut pas être enregistrée telle quelle.", a.Name)
	fault := func(field, message string) { e.Fields = append(e.Fields, FieldError{field, message}) }
	if a.Name == "" {
		fault("nom", "Donnez un nom à l’activité.")
	}
	if a.Ends <= a.Starts {
		fault("fin", "L’heure de fin doit être après l’heure de début.")
	}
	for _, rule := range []struct {
		field string
		Cutoff
	}{{"delai_reserver", a.Book}, {"delai_annuler", a.Cancel}} {
		if err := rule.CheckFor(&a.Opening); err != nil {
			fault(rule.field, err.Error())
		}
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

// FirstMonth gives the month of the first day that can still be booked, within four months; else the present one.
func (s *Setup) FirstMonth(a *Activity, now time.Time) Month {
	today := DateOf(now)
	for day := today; day < today+120; day++ {
		if slot := s.NewSlot(0, a, day); slot.Open && !slot.Book.Passed(now) {
			return day.Month()
		}
	}
	return today.Month()
}
