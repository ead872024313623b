package views

import (
	"fmt"
	"strings"
	"time"

	"marelle/portal"
)

var (
	_ = register(Families{}, FamilyPage{}, FamilyJournal{})
	_ = part("staff/family#guardian", GuardianCard{})
	_ = part("staff/child#care", CareLines{})
)

// FamiliesPath is where staff look for families.
const FamiliesPath = "/gestion/familles"

// FamilyPath is the page of a family, for staff.
func FamilyPath(id portal.FamilyID) string { return fmt.Sprintf("%s/%d", FamiliesPath, id) }

// ChildPath is the page of a child, for staff.
func ChildPath(id portal.ChildID) string { return fmt.Sprintf("/gestion/enfants/%d", id) }

// Families is where staff look for a family.
type Families struct {
	Frame
	Search   string
	Class    string // chosen
	Classes  []Choice
	Total    string // « 3 familles »
	Rows     []FamilyRow
	Pager    Pager
	Manager  bool
	Archived bool // those that left are shown
	Done     string
}

// Template names the page.
func (Families) Template() string { return "staff/families" }

// FamilyRow is a family of the list.
type FamilyRow struct {
	URL, Name string
	Address   string // for managers
	Outside   bool   // lives elsewhere
	Guardians []GuardianLine
	Children  []ChildLink
	Book      string // the counter, for all the children where there are several
}

// GuardianLine is a guardian with the numbers to call.
type GuardianLine struct {
	Name   string
	Phones []Phone
}

// Phone is a number that a telephone can call.
type Phone struct{ Number, Digits string }

// NewPhones writes numbers so that they can be called.
func NewPhones(numbers ...string) (list []Phone) {
	for _, n := range numbers {
		if n != "" {
			list = append(list, Phone{n, strings.NewReplacer(" ", "", ".", "", "-", "").Replace(n)})
		}
	}
	return list
}

// ChildLink leads to a child.
type ChildLink struct{ URL, Name, Class string }

// FamilyPage is a family as staff read it.
type FamilyPage struct {
	Frame
	Archived  string // since when; nothing: it is not
	Admin     bool
	Refused   string
	Heading   string // « Famille DUPONT »
	URL       string
	Manager   bool
	Done      string // what was just done
	Address   string
	Resident  bool
	Guardians []GuardianCard
	Children  []FamilyChild
	Notes     []NoteLine
	Note      string // typed, and refused
	NoteMost  int
	Key       string // one-time, of the note
	Faults    Faults
	Book      string // where one books for the family; nothing when one cannot
	Join      string // where its other file is looked for
}

// Template names the page.
func (FamilyPage) Template() string { return "staff/family" }

// GuardianCard is a guardian with all that may be known.
type GuardianCard struct {
	DataURL            string // where an administrator downloads all that is kept of the person
	Name               string
	Rights             string
	Phones             []Phone
	Manager            bool
	Emails             []string
	Login              string
	State, Badge, Icon string // of the account
	Detail             string
	Seen               string // last visit
	ChangeURL          string
	JoinURL            string // where the person's other account is looked for
	RemoveURL          string
	LetterURL          string // where a new letter is made; nothing when one may not
	LetterSeen         int64
	CSRF               string
}

// NewGuardianCard draws what everybody of the staff may know of a guardian.
func NewGuardianCard(g portal.GuardianFile) GuardianCard {
	c := GuardianCard{Name: g.DisplayName(), Rights: portal.Capital(g.Rights.Words()), Phones: NewPhones(g.Phones.Mobile, g.Phones.Home, g.Phones.Work), Emails: g.Emails}
	if g.UsedName != "" {
		c.Name += " (nom de naissance : " + g.LastName + ")"
	}
	return c
}

// SetAccount says where the account stands, for managers.
func (c *GuardianCard) SetAccount(login string, letter, until, firstSeen, lastSeen, now time.Time) {
	var row AccountRow
	row.SetState(letter, until, firstSeen, now)
	c.Manager, c.Login, c.State, c.Badge, c.Icon, c.Detail = true, login, row.State, row.Badge, row.Icon, row.Detail
	if !lastSeen.IsZero() {
		c.Seen = "Dernière visite : " + portal.Ago(lastSeen, now)
	}
}

// FamilyChild is a child of a family, with what the day must know.
type FamilyChild struct {
	URL, Name, Age, Class string
	Care                  CareLines
	Others                string // « aussi dans la famille MARTIN »
}

// NewFamilyChild draws a child.
func NewFamilyChild(c portal.ChildFile, care portal.Care, others []string, now time.Time) FamilyChild {
	today := portal.DateOf(now)
	l := FamilyChild{URL: ChildPath(c.ID), Name: c.DisplayName(), Class: c.ClassWords(), Care: NewCareLines(care, today)}
	_, l.Age = portal.Age(c.Birth, today)
	if len(others) > 0 {
		l.Others = "Aussi dans la famille " + portal.List(others)
	}
	return l
}

// CareLines is what those who look after a child must know.
type CareLines struct {
	Diet        string // nothing when it eats like everybody
	Allergies   string
	Plan        string // « PAI du … au … »
	PlanWords   string
	PlanHolds   bool
	LeavesAlone bool
}

// NewCareLines draws it on a day.
func NewCareLines(c portal.Care, today portal.Date) CareLines {
	l := CareLines{Allergies: c.Allergies, PlanWords: c.Plan.Words, PlanHolds: c.Plan.Holds(today), LeavesAlone: c.LeavesAlone}
	if c.Diet != portal.StandardDiet {
		l.Diet = portal.Capital(c.DietLine())
	}
	if c.Plan.Exists() {
		l.Plan = "PAI " + c.Plan.Dates()
		if !l.PlanHolds && c.Plan.Last != 0 && c.Plan.Last < today {
			l.Plan += ", terminé"
		}
	}
	return l
}

// Any says that there is something to know.
func (l CareLines) Any() bool { return l.Diet != "" || l.Allergies != "" || l.Plan != "" }

// NoteLine is a note about a family.
type NoteLine struct {
	When, By, Text string
	Remove         string
	CSRF           string
}

// FamilyJournal lists what staff changed of a family.
type FamilyJournal struct {
	Frame
	Heading   string
	URL, Name string // back to the family
	Lines     []JournalEvent
	Pager     Pager
}

// Template names the page.
func (FamilyJournal) Template() string { return "staff/family-journal" }

// JournalEvent is a line of the audit log.
type JournalEvent struct {
	When, By, Words string
	Changes         []ChangeLine
}

// ChangeLine is one thing that became another.
type ChangeLine struct{ What, Before, After string }

// NewJournalEvent draws a line of the audit log.
func NewJournalEvent(e portal.StaffEvent, by string, now time.Time) JournalEvent {
	l := JournalEvent{When: portal.Capital(portal.Ago(e.At, now)), By: by, Words: e.Words}
	for _, c := range e.Changes {
		l.Changes = append(l.Changes, ChangeLine{c.What, c.Before, c.After})
	}
	return l
}
