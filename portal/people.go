package portal

import (
	"cmp"
	"slices"
	"strings"
)

// Child is a child as the calendar needs to know it.
type Child struct {
	ID          ChildID
	StructureID StructureID
	LastName    string
	FirstName   string
	Grade       string // « CE1 »
	Class       string // « CE1-CE2 M. GALY »
	Shared      bool   // two families share its days
}

// FullName gives « DUPONT Amalia ».
func (c Child) FullName() string { return c.LastName + " " + c.FirstName }

// Person is the holder of an account.
type Person struct {
	ID                            AccountID
	Civility, LastName, FirstName string
}

// Title gives « M. DUPONT Jean-Paul », as a letter begins.
func (p Person) Title() string {
	name := p.LastName
	if p.FirstName != "" {
		name += " " + p.FirstName
	}
	if p.Civility == "" {
		return name
	}
	return p.Civility + " " + name
}

// Grades lists the levels of nursery and primary school, youngest first.
var Grades = []string{"TPS", "PS", "MS", "GS", "CP", "CE1", "CE2", "CM1", "CM2"}

// CompareGrades sorts levels from the youngest to the oldest; others come after, by name.
func CompareGrades(a, b string) int {
	rank := func(g string) int {
		if i := slices.Index(Grades, g); i >= 0 {
			return i
		}
		return len(Grades)
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a, b))
}
