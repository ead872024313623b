package portal

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
