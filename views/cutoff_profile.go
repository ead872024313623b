package views

import "marelle/portal"

var _ = register(LimitProfiles{})

// LimitProfiles is the page of the profiles that give families limits of their own.
type LimitProfiles struct {
	Frame
	Notice   string
	Conflict string
	Profiles []LimitProfile
	New      NamedDocument
	Typed    string // searched
	Found    []ProfileFamily
	Nobody   bool // the search found nobody
	Until    string
	Earliest string
	Choices  []CutoffOption
	Faults   Faults
}

// Template names the page.
func (LimitProfiles) Template() string { return "staff/limit-profiles" }

// LimitProfile is a profile with the families that have it.
type LimitProfile struct {
	ID       portal.ProfileID
	Name     string
	Document string
	Fields   NamedDocument
	Families []ProfileFamily
}

// ProfileFamily is a family that has a profile, or may be given one.
type ProfileFamily struct {
	ID          portal.FamilyID
	Name        string
	Children    string
	Until       string // « jusqu’au 30/06/2027 »
	Badge, Icon string
	Chosen      bool
}

// NewProfileHolder draws a family with the last day of its document, on a day.
func NewProfileHolder(id portal.FamilyID, name string, until, today portal.Date) ProfileFamily {
	f := ProfileFamily{ID: id, Name: name, Until: "jusqu’au " + until.French(), Badge: "fait", Icon: "coche"}
	switch {
	case until < today:
		f.Until, f.Badge, f.Icon = "expiré depuis le "+until.French(), "complet", "croix"
	case until < today+30:
		f.Badge, f.Icon = "ajout", "sablier"
	}
	return f
}
