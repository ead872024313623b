package views

import (
	"slices"

	"marelle/portal"
)

var (
	_ = register(StaffForm{})
	_ = part("staff/form#field", Field{})
)

// StaffForm is a page of staff with one form: what is asked, group by group.
type StaffForm struct {
	Frame
	Heading, Lead string
	Action        string
	Upload        bool // it sends a file
	Carried       []CarriedValue
	Stamp
	Notice       string      // said above: what could not be done, and why
	Known        []JoinFound // who seems to be there already
	Groups       []FieldGroup
	Button       string
	Back, BackTo string // where « Revenir » leads, and its words
	Remove       string // where the thing is taken away; nothing when it cannot be
	RemoveWords  string
	Faults       Faults
}

// Template names the page.
func (StaffForm) Template() string { return "staff/form" }

// CarriedValue is a value that the form carries along.
type CarriedValue struct{ Name, Value string }

// FieldGroup is a few fields under one title.
type FieldGroup struct {
	Legend, Hint string
	Fields       []Field
	Whole        bool   // its fields are one list, whose length changes
	Tells        bool   // its boxes speak of things that may come and go
	Told         string // these, in words
}

// Field is something asked. Kind is « text », « tel », « email », « date », « file », « area », « list », « radio » or « box ».
type Field struct {
	Kind, ID, Label, Hint string
	Value                 string
	Most                  int // characters
	Required              bool
	Options               []Choice // of a list or of radio buttons
	Checked               bool     // a box
	Fault                 string
}

// SetFaults says what is to be corrected, above the form and beside the fields.
func (v *StaffForm) SetFaults(err *portal.Error) {
	v.Faults = append(v.Faults, FaultsOf(err)...)
	for g := range v.Groups {
		for i := range v.Groups[g].Fields {
			f := &v.Groups[g].Fields[i]
			f.Fault = v.Faults.On(f.ID)
		}
	}
}

// Choose marks the option with a value as the one chosen.
func Choose(options []Choice, value string) []Choice {
	list := slices.Clone(options)
	for i := range list {
		list[i].Current = list[i].Value == value
	}
	return list
}
