package views

var (
	_ = part("components/entry", Entry{})
	_ = part("components/pick", Pick{})
)

// Entry is a line to type in a form, with what is wrong with what was typed.
type Entry struct {
	ID       string // also the name under which it is sent
	Label    string
	Hint     string
	Type     string // of the input: text, email, tel, time, date, password, color, file
	Value    string
	Most     int // characters; 0: no bound
	Required bool
	Complete string // what the browser may fill in: autocomplete
	Accept   string // kinds of files
	Fault    string
}

// Pick is a list to choose one entry of.
type Pick struct {
	ID, Label, Hint string
	Choices         []Choice
	Fault           string
}
