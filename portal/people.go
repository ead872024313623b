package portal

// Child is a child as the calendar needs to know it.
type Child struct {
	ID          ChildID
	StructureID StructureID
	LastName    string
	FirstName   string
	Grade       string // « CE1 »
	Class       string // « CE1-CE2 M. GALY »
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
