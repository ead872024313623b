package views

import "marelle/portal"

var _ = register(NextYear{})

// NextYear is the preparation of the school year to come: what is done, what remains.
type NextYear struct {
	Frame
	Path    string
	Year    string // label of the year to come
	Heading string // « Préparer 2027-2028 »
	Left    string // « Il reste 3 étapes. »
	Notice  string // what was just done
	Fault   string // why it was not
	Steps   []YearStepLine
	AddYear string // label of the year that can be added
	Remove  []YearSchool
	Lists   []YearList
}

// Template names the page.
func (NextYear) Template() string { return "staff/next_year" }

// YearStepLine is a step with its sign.
type YearStepLine struct {
	portal.YearStep
	Badge, Icon, Word string
}

// YearSchool is a school whose classes of the year to come can be taken back.
type YearSchool struct {
	ID     portal.SchoolID
	Button string // « Retirer les 237 enfants de École Jean-Jaurès »
}

// YearList is a list to look through.
type YearList struct {
	ID, Title string
	Lines     []string
	Left      int // beyond those shown
}

// NewNextYear draws the preparation of a year.
func NewNextYear(f Frame, path string, n *portal.NextYear) NextYear {
	v := NextYear{Frame: f, Path: path, Heading: "Préparer l’année suivante"}
	steps := n.Steps()
	for _, s := range steps {
		line := YearStepLine{YearStep: s}
		switch s.State {
		case portal.StepDone:
			line.Badge, line.Icon, line.Word = "fait", "coche", "Fait"
		case portal.StepOpen:
			line.Badge, line.Icon, line.Word = "ajout", "alerte", "À faire"
		case portal.StepWait:
			line.Icon, line.Word = "sablier", "Plus tard"
		case portal.StepLook:
			line.Icon, line.Word = "oeil", "À voir"
		}
		v.Steps = append(v.Steps, line)
	}
	v.Left = "Tout est prêt."
	if left := portal.Left(steps); left > 0 {
		v.Left = "Il reste " + portal.Count(left, "étape") + "."
	}
	if n.Next == nil {
		if n.Official != nil {
			v.AddYear = n.Official.Label
		}
		return v
	}
	v.Heading, v.Year = "Préparer "+n.Next.Label, n.Next.Label
	for _, sc := range n.Schools {
		if sc.Next > 0 {
			v.Remove = append(v.Remove, YearSchool{sc.ID, "Retirer les classes de " + n.Next.Label + " : " + sc.Name + ", " + portal.Count(sc.Next, "enfant")})
		}
	}
	v.addList("deux-ecoles", "Dans les fichiers de deux écoles", n.Twice)
	v.addList("partent", "Les enfants qui partent", n.Leaving)
	v.addList("arrivent", "Les enfants qui arrivent", n.Arriving)
	v.addRegistrations(n)
	return v
}

func (v *NextYear) addList(id, title string, list []portal.YearChild) {
	var lines []string
	for _, c := range list {
		line := c.Name + ", " + c.Where
		if c.Other != "" {
			line += ". Aussi : " + c.Other
		}
		lines = append(lines, line)
	}
	v.addLines(id, title, lines)
}

func (v *NextYear) addLines(id, title string, lines []string) {
	if len(lines) > 0 {
		shown := lines[:min(len(lines), sectionLinesMost)]
		v.Lists = append(v.Lists, YearList{id, title + " (" + portal.Thousands(len(lines)) + ")", shown, len(lines) - len(shown)})
	}
}

func (v *NextYear) addRegistrations(n *portal.NextYear) {
	var left, end, goOn []string
	for _, r := range n.Registrations {
		line := r.Name + ", " + r.Activity
		switch {
		case !r.Continues(n.Next.First):
			end = append(end, line+", jusqu’au "+r.Last.LongYear())
		case r.Leaving:
			left = append(left, line)
		default:
			goOn = append(goOn, line)
		}
	}
	v.addLines("inscriptions-departs", "Inscriptions qui continuent pour des enfants qui partent", left)
	v.addLines("inscriptions-fin", "Inscriptions qui se terminent avant la rentrée", end)
	v.addLines("inscriptions-suite", "Inscriptions qui continuent", goOn)
}
