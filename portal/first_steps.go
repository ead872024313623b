package portal

// FirstStep is a step from an empty base to the first booking.
type FirstStep string

// The steps, in the order in which a town hall takes them.
const (
	StepStructure  FirstStep = "structure"
	StepCalendar   FirstStep = "calendrier"
	StepSchool     FirstStep = "ecole"
	StepActivities FirstStep = "activites"
	StepPlaces     FirstStep = "places"
	StepLimits     FirstStep = "delais"
	StepTexts      FirstStep = "textes"
	StepTeam       FirstStep = "equipe"
	StepLetters    FirstStep = "lettres"
)

// FirstSteps lists the steps in their order.
var FirstSteps = []FirstStep{StepStructure, StepCalendar, StepSchool, StepActivities, StepPlaces, StepLimits, StepTexts, StepTeam, StepLetters}

// Needed says whether nobody can book before the step is done; the others are only to be read again.
func (s FirstStep) Needed() bool {
	switch s {
	case StepStructure, StepCalendar, StepSchool, StepActivities, StepLetters:
		return true
	}
	return false
}

// Begun is which of the first steps a structure has done.
type Begun map[FirstStep]bool

// Left counts the needed steps that are still to be done.
func (b Begun) Left() (n int) {
	for _, s := range FirstSteps {
		if s.Needed() && !b[s] {
			n++
		}
	}
	return n
}
