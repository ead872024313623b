package views

var (
	_ = part("components/entry", Entry{})
	_ = part("components/pick", Pick{})
)

// Entry is a line to type in a form, with what is wrong with what was typed.
type Entry struct {
	ID       string // also the name under which it is sent
	As       string // that name, where several forms of a page ask for the same
	Example  string // shown while nothing is typed
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

// NamedDocument asks for the name of something that families show a document for, and for that document.
type NamedDocument struct{ Name, Document Entry }

// NewNamedDocument asks for them; id tells the form apart from others of the page, and is nothing in that of a new one.
func NewNamedDocument(id string, label, name, document string, most int, faults Faults) NamedDocument {
	if id != "" {
		id = "-" + id
	}
	f := NamedDocument{
		Name:     Entry{ID: "nom" + id, As: "nom", Label: label, Type: "text", Value: name, Most: most, Required: true},
		Document: Entry{ID: "document" + id, As: "document", Label: "Document à présenter (facultatif)", Type: "text", Value: document, Most: most, Example: "attestation de l’employeur"},
	}
	f.Name.Fault, f.Document.Fault = faults.On(f.Name.ID), faults.On(f.Document.ID)
	return f
}

// Wrong says that something is to be corrected, so that a folded form is shown open.
func (f NamedDocument) Wrong() bool { return f.Name.Fault+f.Document.Fault != "" }

// OfForm names the fields of faults as the form with this id has them on a page with several.
func (f Faults) OfForm(id string) Faults {
	var list Faults
	for _, fault := range f {
		list = append(list, Fault{fault.Field + "-" + id, fault.Message})
	}
	return list
}
