package views

import (
	"strings"
	"time"

	"marelle/portal"
)

var (
	_ = register(ChildPage{}, OwnChildren{})
	_ = part("staff/child#pickup", PickupLine{})
	_ = part("staff/child#paper", PaperLine{})
)

// ChildPage is a child as staff read it.
type ChildPage struct {
	Frame
	Heading    string
	URL        string
	Manager    bool
	Done       string
	Birth, Age string
	Sex        string
	Class      string
	Care       CareLines
	Families   []FamilyLink
	Siblings   []ChildLink
	Guardians  []PickupLine // who may fetch it as a guardian
	NoPickup   []GuardianLine
	Pickups    []PickupLine
	Barred     []PickupLine
	Papers     []PaperLine
	Missing    []string // documents that are asked and not there
	Enrolments []EnrolmentLine
	Leave      []FamilyLink // where the child is taken out of one of its families
	Erase      string       // where an administrator erases the child
	Join       string       // where the child's other file is looked for
}

// Template names the page.
func (ChildPage) Template() string { return "staff/child" }

// FamilyLink leads to a family.
type FamilyLink struct{ URL, Name, Address string }

// SetChild fills who the child is.
func (v *ChildPage) SetChild(c portal.ChildFile, care portal.Care, now time.Time) {
	today := portal.DateOf(now)
	v.Heading, v.URL, v.Class, v.Care = c.DisplayName(), ChildPath(c.ID), c.ClassWords(), NewCareLines(care, today)
	if c.UsedName != "" {
		v.Heading += " (nom de naissance : " + c.LastName + ")"
	}
	if c.Birth != 0 {
		v.Birth = c.Birth.LongYear()
		_, v.Age = portal.Age(c.Birth, today)
	}
	v.Sex = map[string]string{"F": "fille", "M": "garçon"}[c.Sex]
}

// PickupLine is somebody who may fetch a child, or must not.
type PickupLine struct {
	Name, Link string
	Phones     []Phone
	Detail     string // dates and note
	Family     string // who named the person, where the child has two families
	Now        bool   // it holds today
	ChangeURL  string
}

// NewPickupLine draws a person.
func NewPickupLine(p portal.PickupPerson, today portal.Date) PickupLine {
	l := PickupLine{Name: p.Name, Link: p.Link, Phones: NewPhones(p.Phone), Now: p.On(today)}
	words := []string{p.Dates(), p.Note}
	if p.Barred {
		judged := "décision du " + p.JudgedOn.LongYear()
		if p.JudgedBy != "" {
			judged += ", " + p.JudgedBy
		}
		words = append([]string{judged}, words...)
	}
	var kept []string
	for _, w := range words {
		if w != "" {
			kept = append(kept, w)
		}
	}
	l.Detail = portal.Capital(strings.Join(kept, " ; "))
	return l
}

// PaperLine is a document of a child.
type PaperLine struct {
	Kind               string
	Badge, Icon, State string
	Detail             string // when it came, and from whom
	File, URL          string // its name, and where it is opened
	Remove             string
	CSRF               string
}

// NewPaperLine draws a document on a day.
func NewPaperLine(p portal.Paper, now time.Time) PaperLine {
	l := PaperLine{Kind: p.Kind.Words(), File: p.Name, Detail: "Reçu le " + portal.DateOf(p.At).LongYear()}
	l.Badge, l.Icon, l.State = paperLook(p.Expires, portal.DateOf(now), false)
	if p.Name == "" {
		l.Detail = "Vu sur papier le " + portal.DateOf(p.At).LongYear()
	} else {
		l.Detail += ", " + p.Type.Word() + ", " + portal.Megabytes(p.Size)
	}
	return l
}

// paperLook says where a document stands.
func paperLook(expires, today portal.Date, missing bool) (badge, icon, state string) {
	switch {
	case missing:
		return "complet", "croix", "Manquant"
	case expires == 0:
		return "fait", "coche", "Sans date de fin"
	}
	switch portal.PaperStateOf(expires, today) {
	case portal.PaperExpired:
		return "complet", "alerte", "Périmé depuis le " + expires.LongYear()
	case portal.PaperEndsSoon:
		return "ajout", "horloge", "Valable jusqu’au " + expires.LongYear()
	}
	return "fait", "coche", "Valable jusqu’au " + expires.LongYear()
}

// EnrolmentLine is an activity that a child may come to.
type EnrolmentLine struct {
	Activity, Words string
	ChangeURL       string
}

// OwnChildren is what the town hall keeps of a parent's children, as the parent reads it.
type OwnChildren struct {
	Frame
	Phone    string // of the town hall
	Children []OwnChild
}

// Template names the page.
func (OwnChildren) Template() string { return "account/children" }

// OwnChild is a child as its parent reads it.
type OwnChild struct {
	ID         string
	Name       string
	Birth      string
	Class      string
	Care       CareLines
	Pickups    []PickupLine
	Barred     []PickupLine
	Papers     []PaperLine
	Enrolments []EnrolmentLine
	Custody    *OwnCustody // nil: none
}

// NewOwnChild draws a child; the class is as the page says it.
func NewOwnChild(c portal.ChildFile, care portal.Care, now time.Time) OwnChild {
	o := OwnChild{ID: "enfant-" + c.FirstName, Name: c.DisplayName(), Class: c.ClassWords(), Care: NewCareLines(care, portal.DateOf(now))}
	o.ID = "t-" + strings.ReplaceAll(portal.FoldName(c.DisplayName()), " ", "-")
	if c.Birth != 0 {
		o.Birth = c.Birth.LongYear()
	}
	return o
}
