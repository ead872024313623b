package views

var _ = register(JoinPage{}, JoinSearch{})

// JoinSearch is where staff look for the other file of a family, a child or a guardian.
type JoinSearch struct {
	Frame
	Heading, Lead string
	Action        string
	Search        string
	Rows          []JoinFound
	More          bool // there are others, that a closer search would find
	Back, BackTo  string
}

// Template names the page.
func (JoinSearch) Template() string { return "staff/join-search" }

// JoinFound is a file that may be the other one.
type JoinFound struct{ URL, Name, Detail string }

// JoinPage shows two files side by side, what stays of each, and joins them with one button.
type JoinPage struct {
	Frame
	Heading      string
	Action       string
	Notice       string // said above: it changed meanwhile
	Refused      string // why it cannot be done, and what to do
	Kept, Gone   JoinSide
	Rows         []JoinRow
	Swap         string // the same page, the other way round
	Goes         []string
	Warnings     []string
	Groups       []FieldGroup
	Version      string
	Button       string
	Back, BackTo string
}

// Template names the page.
func (JoinPage) Template() string { return "staff/join" }

// JoinSide names one of two files.
type JoinSide struct{ URL, Name string }

// JoinRow is what both files say of one thing.
type JoinRow struct {
	What       string
	Kept, Gone []string
	Quiet      bool // it always differs, which tells nothing
}

// Same says that both files say it alike, or that it is no matter.
func (r JoinRow) Same() bool {
	if r.Quiet {
		return true
	}
	if len(r.Kept) != len(r.Gone) {
		return false
	}
	for i := range r.Kept {
		if r.Kept[i] != r.Gone[i] {
			return false
		}
	}
	return true
}
