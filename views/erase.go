package views

import "marelle/portal"

var _ = register(ErasePage{})

// ErasePage is what an administrator reads before somebody is erased.
type ErasePage struct {
	Frame
	Heading  string
	Action   string
	Back     string
	Refused  string // what has to be done first
	Children []string
	People   []string
	Stay     []string
	Rules    []portal.RetentionRule
	Faults   Faults
}

// Template names the page.
func (ErasePage) Template() string { return "staff/erase" }
