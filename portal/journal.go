package portal

import "time"

// StaffEvent is something that staff changed, as the audit log keeps it.
type StaffEvent struct {
	ID        int64
	Structure StructureID // zero: the site as a whole
	By        AccountID   // zero: the program itself
	At        time.Time
	Subject   string // « activite », « structure », « famille », « compte »…
	SubjectID int64
	Words     string // « Activité « Cantine » : délais changés »
	Changes   []Changed
}

// Changed is one thing that became another; Before is empty for what is new, After for what is gone.
type Changed struct {
	What   string `json:"quoi"`
	Before string `json:"avant,omitzero"`
	After  string `json:"apres,omitzero"`
}

// Fact is a thing as a person reads it, to be compared with what it was: « Places », « 60 ».
type Fact struct{ What, Value string }

// Differences compares two states of a thing. Facts of the same name are compared, whatever their order; those that are the
// same are left out.
func Differences(before, after []Fact) []Changed {
	was := make(map[string]string, len(before))
	for _, f := range before {
		was[f.What] = f.Value
	}
	var list []Changed
	seen := make(map[string]bool, len(after))
	for _, f := range after {
		seen[f.What] = true
		if was[f.What] != f.Value {
			list = append(list, Changed{f.What, was[f.What], f.Value})
		}
	}
	for _, f := range before {
		if !seen[f.What] && f.Value != "" {
			list = append(list, Changed{f.What, f.Value, ""})
		}
	}
	return list
}
