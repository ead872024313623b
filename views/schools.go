package views

var (
	_ = register(Schools{}, SchoolPage{}, ClassPage{}, SchoolMerge{})
	_ = part("staff/school#class", ClassFields{})
)

// Schools lists the schools of a structure with their classes of one school year.
type Schools struct {
	Frame
	Notice string
	Years  []YearTab
	Year   string
	Cards  []SchoolCard
	Name   Entry // of a new school
	Faults Faults
}

// Template names the page.
func (Schools) Template() string { return "staff/schools" }

// YearTab leads to the same page for another school year.
type YearTab struct {
	URL, Label string
	Current    bool
}

// SchoolCard is a school with its classes.
type SchoolCard struct {
	Name, URL string
	Total     string // « 3 classes, 58 enfants »
	Classes   []ClassLine
}

// ClassLine is a class of a school year.
type ClassLine struct{ Name, URL, Levels, Children string }

// SchoolPage is one school: its name, its classes, what can be done with it.
type SchoolPage struct {
	Frame
	Stamp
	Heading, Action    string
	Notice             string
	Stuck              string // what could not be done, and why
	Name               Entry
	Years              []YearTab
	Year               string
	YearID             int64
	Classes            []ClassLine
	New                ClassFields
	Others             bool // there is another school to put it together with
	Empty              bool // it can be taken away
	RemoveURL, JoinURL string
	Faults             Faults
}

// Template names the page.
func (SchoolPage) Template() string { return "staff/school" }

// ClassFields are the name and the levels of a class.
type ClassFields struct {
	Name   Entry
	Levels []Choice
}

// ClassPage changes a class.
type ClassPage struct {
	Frame
	Stamp
	Heading, Action, Back string
	Children              string
	Fields                ClassFields
	RemoveURL             string // nothing while there are children in it
	Stuck                 string
	Faults                Faults
}

// Template names the page.
func (ClassPage) Template() string { return "staff/class" }

// SchoolMerge puts a school together with another one.
type SchoolMerge struct {
	Frame
	Heading, Action, Back string
	Into                  Pick
	Tried                 bool
	Target                string   // number of the school chosen
	Sentence              string   // « L’école … disparaît ; tout passe dans … »
	Lines                 []string // what moves
	Faults                Faults
}

// Template names the page.
func (SchoolMerge) Template() string { return "staff/merge" }
