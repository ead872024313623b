package portal

import "fmt"

// NextYear is what a structure knows of the school year to come, to be compared with the one that runs.
type NextYear struct {
	Now, Next     *SchoolYearRef // Next is nil when it is not there yet
	Official      *SchoolYear    // the official dates of the year to come, when the program ships them and it is not there
	Holidays      int            // periods of school holidays known in it
	Schools       []NextSchool
	Leaving       []YearChild // of schools whose file of the year to come is imported
	Arriving      []YearChild
	Twice         []YearChild // named by the files of two schools
	Registrations []YearRegistration
	Activities    []Activity
	Unwritten     int // parents without a letter that they can use
	Guardianless  int // families without anybody responsible
}

// NextSchool is a school with how many children it has in both years.
type NextSchool struct {
	ID        SchoolID
	Name      string
	Now, Next int
}

// YearChild is a child of one of the lists.
type YearChild struct {
	ID    ChildID
	Name  string // « DUPONT Amalia »
	Where string // « CM2 M. ROUX, École Jean-Jaurès »
	Other string // the other school that names the child
}

// YearRegistration is a registration that still runs.
type YearRegistration struct {
	Child    ChildID
	Name     string
	Activity string
	Last     Date // zero: it goes on
	Leaving  bool // the child has left
}

// Continues says that the registration goes on into a year that begins on a day.
func (r YearRegistration) Continues(first Date) bool { return r.Last == 0 || r.Last >= first }

// StepState says where a step stands.
type StepState string

// The states of a step.
const (
	StepDone StepState = "fait"
	StepOpen StepState = "a-faire"
	StepWait StepState = "plus-tard" // another step comes first
	StepLook StepState = "a-voir"    // nothing need be done, somebody should look
)

// YearStep is a step of the preparation of a school year.
type YearStep struct {
	Key    string
	Title  string
	State  StepState
	Words  string
	URL    string // where it is done; nothing when it is done here
	Button string
}

// Steps lists what there is to prepare, in the order in which it is done.
func (n *NextYear) Steps() []YearStep {
	steps := []YearStep{n.yearStep()}
	if n.Next == nil {
		return steps
	}
	return append(steps, n.rollStep(), n.twiceStep(), n.childrenStep(), n.registrationStep(), n.activityStep(), n.letterStep())
}

func (n *NextYear) yearStep() YearStep {
	s := YearStep{Key: "annee", Title: "Les dates de l’année"}
	switch {
	case n.Next == nil && n.Official != nil:
		s.State = StepOpen
		s.Words = fmt.Sprintf("L’année %s n’est pas encore là. Ses dates officielles sont connues : du %s au %s.", n.Official.Label, n.Official.First.LongYear(), n.Official.Last.LongYear())
	case n.Next == nil:
		s.State, s.Words = StepWait, "Les dates officielles de l’année suivante ne sont pas encore connues de Marelle."
	case n.Holidays == 0:
		s.State, s.Words = StepOpen, fmt.Sprintf("L’année %s va du %s au %s, mais elle n’a pas encore de vacances scolaires.", n.Next.Label, n.Next.First.LongYear(), n.Next.Last.LongYear())
	default:
		s.State, s.Words = StepDone, fmt.Sprintf("L’année %s va du %s au %s, avec %s.", n.Next.Label, n.Next.First.LongYear(), n.Next.Last.LongYear(), Count(n.Holidays, "période de vacances", "périodes de vacances"))
	}
	return s
}

func (n *NextYear) rollStep() YearStep {
	s := YearStep{Key: "fichiers", Title: "Les fichiers des écoles", Button: "Importer", URL: "/gestion/import?annee=" + n.Next.Label}
	var missing []string
	children := 0
	for _, sc := range n.Schools {
		children += sc.Next
		if sc.Next == 0 && sc.Now > 0 {
			missing = append(missing, sc.Name)
		}
	}
	switch {
	case children == 0:
		s.State, s.Words = StepOpen, "Aucun fichier de "+n.Next.Label+" n’est encore importé. Demandez à chaque école ses deux exports de ONDE. L’essai montre tout sans rien changer."
	case len(missing) > 0:
		s.State, s.Words = StepOpen, fmt.Sprintf("%s ont une classe en %s. Il manque encore : %s.", Count(children, "enfant"), n.Next.Label, List(missing))
	default:
		s.State, s.Words = StepDone, fmt.Sprintf("%s ont une classe en %s.", Count(children, "enfant"), n.Next.Label)
	}
	return s
}

// imported says whether a file of the year to come is there.
func (n *NextYear) imported() bool {
	for _, sc := range n.Schools {
		if sc.Next > 0 {
			return true
		}
	}
	return false
}

func (n *NextYear) twiceStep() YearStep {
	s := YearStep{Key: "deux-ecoles", Title: "Les enfants inscrits dans deux écoles", State: StepWait, Words: "On le saura une fois les fichiers importés."}
	switch {
	case len(n.Twice) > 0:
		s.State, s.Words = StepOpen, Count(len(n.Twice), "enfant est dans les fichiers de deux écoles", "enfants sont dans les fichiers de deux écoles")+
			". Demandez aux écoles laquelle est la bonne ; l’autre retire l’enfant, puis son fichier est importé de nouveau."
	case n.imported():
		s.State, s.Words = StepDone, "Aucun enfant n’est dans les fichiers de deux écoles."
	}
	return s
}

func (n *NextYear) childrenStep() YearStep {
	s := YearStep{Key: "enfants", Title: "Qui part, qui arrive", State: StepWait, Words: "On le saura une fois les fichiers importés."}
	if n.imported() {
		s.State, s.Words = StepLook, Count(len(n.Leaving), "enfant part", "enfants partent")+", "+Count(len(n.Arriving), "enfant arrive", "enfants arrivent")+". Rien n’est supprimé : les familles gardent leur compte."
	}
	return s
}

func (n *NextYear) registrationStep() YearStep {
	s := YearStep{Key: "inscriptions", Title: "Les inscriptions à l’année"}
	goOn, end, left := 0, 0, 0
	for _, r := range n.Registrations {
		switch {
		case !r.Continues(n.Next.First):
			end++
		case r.Leaving:
			left++
		default:
			goOn++
		}
	}
	s.Words = Count(goOn, "inscription continue", "inscriptions continuent") + " en " + n.Next.Label + ", " + Count(end, "se termine avant", "se terminent avant") + "."
	switch {
	case left > 0:
		s.State = StepOpen
		s.Words += " " + Count(left, "inscription continue", "inscriptions continuent") + " pour des enfants qui partent : demandez à leurs parents de l’arrêter."
	case len(n.Registrations) == 0:
		s.State, s.Words = StepDone, "Aucune inscription à l’année n’est en cours."
	case !n.imported():
		s.State = StepWait
	default:
		s.State = StepDone
	}
	return s
}

func (n *NextYear) activityStep() YearStep {
	s := YearStep{Key: "activites", Title: "Les activités", State: StepDone, Words: "Chaque activité ouvre en " + n.Next.Label + "."}
	var stop, unannounced []string
	for i := range n.Activities {
		a := &n.Activities[i]
		if !a.ClosedAt.IsZero() {
			continue
		}
		if a.Opening.Last != 0 && a.Opening.Last < n.Next.First {
			stop = append(stop, a.Name)
		} else if len(a.Windows) > 0 && a.Windows[len(a.Windows)-1].Last < n.Next.First {
			unannounced = append(unannounced, a.Name)
		}
	}
	if len(stop)+len(unannounced) > 0 {
		s.State, s.Words = StepOpen, ""
	}
	if len(stop) > 0 {
		s.Words = "S’arrêtent avant la rentrée : " + List(stop) + "."
	}
	if len(unannounced) > 0 {
		if s.Words != "" {
			s.Words += " "
		}
		s.Words += "N’ont pas encore de période de réservation : " + List(unannounced) + "."
	}
	return s
}

func (n *NextYear) letterStep() YearStep {
	s := YearStep{Key: "lettres", Title: "Les premiers accès", State: StepDone, Words: "Chaque parent a une lettre, ou s’est déjà connecté."}
	if n.Unwritten > 0 {
		s.State, s.Words = StepOpen, Count(n.Unwritten, "parent attend", "parents attendent")+" sa lettre de premier accès."
		s.URL, s.Button = "/gestion/lettres", "Éditer les lettres"
	}
	if n.Guardianless > 0 {
		s.State = StepOpen
		s.Words += " " + Count(n.Guardianless, "famille n’a", "familles n’ont") + " aucun responsable : demandez leur nom à l’école."
	}
	return s
}

// Left counts the steps that remain.
func Left(steps []YearStep) int {
	n := 0
	for _, s := range steps {
		if s.State == StepOpen || s.State == StepWait {
			n++
		}
	}
	return n
}
