package views

import (
	"fmt"
	"strings"

	"marelle/portal"
)

var (
	_ = register(ActivityForm{})
	_ = part("staff/activity-form#input", Input{})
	_ = part("staff/activity-form#impact", ActivityForm{})
)

// ActivityForm is a form of the settings of activities: a part of one, a new one, a counter of places. What it asks stands
// in sections, as in a règlement.
type ActivityForm struct {
	Frame
	Heading string
	Subject string // « Restauration scolaire »
	Lead    string
	Action  string
	Back    Link
	Stamp
	Agreed      string // the key of the impact that is shown
	Impact      []TouchedLine
	Faults      Faults
	Sections    []Section
	Buttons     []FormChoice // beside the first one: an empty line more, a preview
	Save        string       // what the first button says
	Danger      *FormChoice  // a button apart: to take a counter off
	DangerURL   string
	PreviewHead string
	Preview     []string
}

// Template names the page.
func (ActivityForm) Template() string { return "staff/activity-form" }

// Link leads somewhere else.
type Link struct{ URL, Label string }

// TouchedLine is what a change does to bookings for one reason.
type TouchedLine struct {
	Why  string
	Days []string
}

// Section is a question of the form with its fields, or with its lines.
type Section struct {
	ID, Legend, Hint, Fault string
	Pair                    bool // its fields stand side by side where there is room
	Inputs                  []Input
	Rows                    []Row
	Links                   []Link
}

// Row is a line of a list: an exceptional day, a booking period, a date.
type Row struct {
	Legend string
	Inputs []Input
}

// Input is what is asked: a field to fill in, a list to choose from, boxes or buttons of which one is pressed.
type Input struct {
	ID, Label, Hint, Fault string // boxes and buttons need no label where the section asks the question
	Type                   string // of the field: text, number, time, date, datetime-local; "select", "cases" or "radio"
	Value, Min, Max        string
	Most                   int  // characters
	Long                   bool // answers are sentences, one under the other
	Choices                []FormChoice
}

// FormChoice is an answer; boxes have a name each.
type FormChoice struct {
	ID, Name, Value, Label string
	Checked                bool
}

// Field says that it is filled in.
func (i Input) Field() bool { return i.Type != "select" && i.Type != "cases" && i.Type != "radio" }

// Select says that it is a list to choose from.
func (i Input) Select() bool { return i.Type == "select" }

// Radio says that one of its answers is pressed.
func (i Input) Radio() bool { return i.Type == "radio" }

// Described gives what a screen reader reads with the field.
func (i Input) Described() string {
	var ids []string
	if i.Hint != "" {
		ids = append(ids, "aide-"+i.ID)
	}
	if i.Fault != "" {
		ids = append(ids, "faute-"+i.ID)
	}
	return strings.Join(ids, " ")
}

// KeptWords says that bookings stay.
func (ActivityForm) KeptWords() string { return portal.KeptWords }

// inputs visits every input of the form.
func (v *ActivityForm) inputs(visit func(*Input)) {
	for s := range v.Sections {
		for i := range v.Sections[s].Inputs {
			visit(&v.Sections[s].Inputs[i])
		}
		for r := range v.Sections[s].Rows {
			for i := range v.Sections[s].Rows[r].Inputs {
				visit(&v.Sections[s].Rows[r].Inputs[i])
			}
		}
	}
}

// Keep shows again what was typed in the fields and chosen in the lists outside the lines, which are made from it.
func (v *ActivityForm) Keep(typed func(string) string) {
	for s := range v.Sections {
		for i := range v.Sections[s].Inputs {
			if in := &v.Sections[s].Inputs[i]; in.Field() {
				in.Value = typed(in.ID)
			}
		}
	}
}

// SetFaults says what is to be corrected, beside the field where there is one.
func (v *ActivityForm) SetFaults(list []portal.FieldError) {
	places := map[string]bool{}
	v.inputs(func(in *Input) { places[in.ID] = true })
	for i := range v.Sections {
		if v.Sections[i].ID != "" {
			places[v.Sections[i].ID] = true
		}
	}
	for _, f := range list {
		field := f.Field
		if !places[field] {
			field = "contenu" // of another page: the limits, most often
		}
		v.Faults = append(v.Faults, Fault{field, f.Message})
	}
	v.inputs(func(in *Input) { in.Fault = v.Faults.On(in.ID) })
	for i := range v.Sections {
		if id := v.Sections[i].ID; id != "" {
			v.Sections[i].Fault = v.Faults.On(id)
		}
	}
}

// SetImpact says which bookings a change touches, and what the person agrees to by saving.
func (v *ActivityForm) SetImpact(i portal.Touches) {
	v.Agreed, v.Save = i.Key(), "Enregistrer quand même"
	for _, t := range i {
		v.Impact = append(v.Impact, TouchedLine{t.Why, t.Days})
	}
}

// SetOver lists the days on which a counter holds more than its places.
func (v *ActivityForm) SetOver(over []portal.Load) {
	for _, t := range portal.Overfull(nil, over) {
		v.PreviewHead, v.Preview = portal.Capital(t.Why), t.Days
	}
}

func textInput(id, label, hint, value string, most int) Input {
	return Input{ID: id, Label: label, Hint: hint, Type: "text", Value: value, Most: most}
}

// numberInput asks for a number; zero is left empty.
func numberInput(id, label, hint string, n, least, most int) Input {
	in := Input{ID: id, Label: label, Hint: hint, Type: "number", Min: fmt.Sprint(least), Max: fmt.Sprint(most)}
	if n != 0 {
		in.Value = fmt.Sprint(n)
	}
	return in
}

func timeInput(id, label string, t portal.TimeOfDay) Input {
	return Input{ID: id, Label: label, Type: "time", Value: t.String()}
}

func dateInput(id, label, hint, value string) Input {
	return Input{ID: id, Label: label, Hint: hint, Type: "date", Value: value}
}

// choose asks for one of some answers; kind is "radio" or "select".
func choose(kind, id, label, chosen string, answers ...[2]string) Input {
	in := Input{ID: id, Label: label, Type: kind, Long: kind == "radio"}
	for i, a := range answers {
		c := FormChoice{ID: id, Name: id, Value: a[0], Label: a[1], Checked: a[0] == chosen}
		if i > 0 {
			c.ID = fmt.Sprintf("%s-%d", id, i)
		}
		in.Choices = append(in.Choices, c)
	}
	return in
}

// boxes asks for any of some answers; the first has the id of the whole, where a fault leads.
func boxes(id, label string, list ...FormChoice) Input {
	for i := range list {
		list[i].ID, list[i].Value = id, "1"
		if i > 0 {
			list[i].ID = fmt.Sprintf("%s-%d", id, i)
		}
	}
	return Input{ID: id, Label: label, Type: "cases", Choices: list, Long: len(list) == 1}
}

func weekdayBoxes(id, label, prefix string, set portal.WeekdaySet) Input {
	var list []FormChoice
	for w := portal.Monday; w <= portal.Sunday; w++ {
		list = append(list, FormChoice{Name: prefix + w.String(), Label: portal.Capital(w.String()), Checked: set.Has(w)})
	}
	return boxes(id, label, list...)
}

func answered(yes bool) string {
	if yes {
		return "oui"
	}
	return "non"
}
