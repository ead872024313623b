package views

import (
	"encoding/json"
	"fmt"
	"strings"

	"marelle/portal"
)

var _ = part("components/meanwhile", Meanwhile{})

// Form is a page with a form that changes a thing: it can say what each of its questions holds.
type Form interface {
	Page
	questions() []question
	stamp() *Stamp
}

// Stamp is what a form carries of the thing that it changes, to find out what somebody else changed meanwhile.
type Stamp struct {
	Seen  string     // the version that it showed
	First string     // what its questions held then, as it came back; nothing on a form that is shown for the first time
	Stale *Meanwhile // said above
}

func (s *Stamp) stamp() *Stamp { return s }

// Meanwhile tells what somebody else saved while a form was being filled in.
type Meanwhile struct {
	Lead    string // who saved, and when
	Changes []MeanwhileChange
}

// MeanwhileChange is what happened to one question of a form.
type MeanwhileChange struct {
	Label         string
	Field         string // where the answer stands in the form
	Before, After string
	Known         bool // the form knows what stood before
	Both          bool // the person had changed the answer too, and keeps it
}

// question is what a form asks as one: a field, or all the lines of a list.
type question struct {
	id, title string
	answerer
}

// answerer is a question with its answer: as it is sent, and as a person reads it.
type answerer interface {
	answer() (sent, read string)
	take(other answerer) // the answer of the same question on another page
	say(sentence string) // beside the question
}

// KeepStamp makes a form that is shown again carry what it carried when it was sent: whoever was not told of a change has
// not seen it.
func KeepStamp(page Form, seen, first string) {
	if seen == "" {
		return
	}
	s := page.stamp()
	s.Seen, s.First = seen, first
	if first == "" {
		s.First = forgotten
	}
}

// Reconcile puts into a form, as it was typed, what somebody else saved meanwhile. now is the same form filled with what is
// kept now, first what it held when the person opened it. An answer that the person did not touch becomes that of now; one
// that both changed stays as typed, with the other beside it. The form then carries the version that stands now.
func Reconcile(page, now Form, first, lead string) {
	before, known := readShown(first)
	stands := map[string]question{}
	for _, q := range now.questions() {
		stands[q.id] = q
	}
	m := &Meanwhile{Lead: lead}
	for _, mine := range page.questions() {
		theirs, there := stands[mine.id]
		if !there {
			continue
		}
		was := before[mine.id]
		typed, _ := mine.answer()
		sent, read := theirs.answer()
		change := MeanwhileChange{Label: mine.title, Field: mine.id, Before: was.read, After: read, Known: known}
		switch {
		case known && sent == was.sent, !known && sent == typed:
			continue
		case known && (typed == was.sent || typed == sent):
			mine.take(theirs.answerer)
		default:
			change.Both = true
			mine.say("Maintenant enregistré : " + quoted(read) + ". Gardez votre réponse, ou reprenez celle-ci.")
		}
		m.Changes = append(m.Changes, change)
	}
	s := page.stamp()
	s.Stale, s.Seen, s.First = m, now.stamp().Seen, shown(now.questions())
}

// Words says what became of an answer.
func (c MeanwhileChange) Words() string {
	words := "maintenant " + quoted(c.After) + "."
	if c.Known {
		before, after := apart(c.Before, c.After)
		words = "avant " + quoted(before) + ", maintenant " + quoted(after) + "."
	}
	if c.Both {
		return words + " Vous l’avez changé aussi : votre réponse est gardée."
	}
	return words + " C’est repris ci-dessous."
}

// quoted shows an answer in a sentence, whole: what is cut off cannot be compared.
func quoted(read string) string {
	if read == "" {
		return "rien"
	}
	return "« " + strings.Join(strings.Fields(read), " ") + " »"
}

// longAnswer is how many words two answers have before what they share at their beginning and their end is left out.
const longAnswer = 40

// apart leaves out what two long answers share, but for a few words around what differs.
func apart(before, after string) (string, string) {
	b, a := strings.Fields(before), strings.Fields(after)
	if len(b) <= longAnswer && len(a) <= longAnswer {
		return before, after
	}
	same, least := 0, min(len(b), len(a))
	for same < least && b[same] == a[same] {
		same++
	}
	tail := 0
	for tail < least-same && b[len(b)-1-tail] == a[len(a)-1-tail] {
		tail++
	}
	from, less := max(0, same-5), max(0, tail-5)
	cut := func(words []string) string {
		text := strings.Join(words[from:len(words)-less], " ")
		if from > 0 {
			text = "… " + text
		}
		if less > 0 {
			text += " …"
		}
		return text
	}
	return cut(b), cut(a)
}

// forgotten is carried by a form that does not know what it held at first.
const forgotten = "-"

// held is what a question held: as it is sent, and as a person reads it.
type held struct{ sent, read string }

// shown writes down what questions hold; what is empty is left out.
func shown(list []question) string {
	all := map[string][2]string{}
	for _, q := range list {
		if sent, read := q.answer(); sent != "" {
			all[q.id] = [2]string{sent, read}
		}
	}
	text, err := json.Marshal(all)
	if err != nil { // texts always can be
		return ""
	}
	return string(text)
}

// readShown reads what shown wrote; a form without it has no memory.
func readShown(text string) (map[string]held, bool) {
	var all map[string][2]string
	if text == "" || json.Unmarshal([]byte(text), &all) != nil {
		return nil, false
	}
	list := map[string]held{}
	for id, a := range all {
		list[id] = held{a[0], a[1]}
	}
	return list, true
}

// carried is what a form carries of its first answers.
func (s *Stamp) carried(list []question) string {
	if s.First != "" {
		return s.First
	}
	return shown(list)
}

// typedText is a text as browsers send it, without what they add.
func typedText(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }

// readAs says how a person reads what a field of a type holds.
func readAs(kind, value string) string {
	if kind == "date" {
		if d, err := portal.ParseDate(value); err == nil {
			return d.LongYear()
		}
	}
	return value
}

// asTitle is what a question asks for, without its question mark.
func asTitle(label string) string {
	return strings.TrimRight(strings.TrimSuffix(label, " (facultatif)"), " \u00a0?:…")
}

func ticked(yes bool) (sent, read string) {
	if yes {
		return "1", "oui"
	}
	return "", "non"
}

func (f *Field) answer() (sent, read string) {
	switch f.Kind {
	case "box":
		return ticked(f.Checked)
	case "list", "radio":
		return chosen(f.Options, f.Kind == "list")
	}
	sent = typedText(f.Value)
	return sent, readAs(f.Kind, sent)
}

func (f *Field) take(other answerer) {
	o := other.(*Field)
	f.Value, f.Checked, f.Options = o.Value, o.Checked, o.Options
}

func (f *Field) say(sentence string) { f.Fault = sentence }

// chosen gives the answer among several; of a list, browsers choose the first when none is.
func chosen(list []Choice, first bool) (sent, read string) {
	for _, c := range list {
		if c.Current {
			return c.Value, c.Label
		}
	}
	if first && len(list) > 0 {
		return list[0].Value, list[0].Label
	}
	return "", ""
}

func (e *Entry) answer() (sent, read string) {
	sent = typedText(e.Value)
	return sent, readAs(e.Type, sent)
}

func (e *Entry) take(other answerer) { e.Value = other.(*Entry).Value }

func (e *Entry) say(sentence string) { e.Fault = sentence }

func (p *Pick) answer() (sent, read string) { return chosen(p.Choices, true) }

func (p *Pick) take(other answerer) { p.Choices = other.(*Pick).Choices }

func (p *Pick) say(sentence string) { p.Fault = sentence }

func (i *Input) answer() (sent, read string) {
	if i.Field() {
		sent = typedText(i.Value)
		return sent, readAs(i.Type, sent)
	}
	var values, labels []string
	for _, c := range i.Choices {
		if c.Checked {
			values, labels = append(values, c.Name+"="+c.Value), append(labels, c.Label)
		}
	}
	sent, read = strings.Join(values, "&"), strings.Join(labels, ", ")
	if len(i.Choices) == 1 && i.Type == "cases" {
		_, read = ticked(sent != "")
	}
	return sent, read
}

func (i *Input) take(other answerer) {
	o := other.(*Input)
	i.Value, i.Choices = o.Value, o.Choices
}

func (i *Input) say(sentence string) { i.Fault = sentence }

// lines are the rows of a section, as one.
type lines struct{ *Section }

func (l lines) answer() (sent, read string) {
	var rows, words []string
	for _, r := range l.Rows {
		var values, parts []string
		filled := false
		for i := range r.Inputs {
			in := &r.Inputs[i]
			sent, read := in.answer()
			filled = filled || in.Field() && sent != ""
			values = append(values, sent)
			switch {
			case in.Type == "cases" && sent != "":
				parts = append(parts, in.Choices[0].Label)
			case in.Type != "cases" && read != "":
				parts = append(parts, read)
			}
		}
		if filled {
			rows, words = append(rows, strings.Join(values, "\t")), append(words, strings.Join(parts, ", "))
		}
	}
	return strings.Join(rows, "\n"), strings.Join(words, " ; ")
}

func (l lines) take(other answerer) { l.Rows = other.(lines).Rows }

func (l lines) say(sentence string) { l.Fault = sentence }

// group are the fields of a group, as one: a list whose length changes.
type group struct{ *FieldGroup }

func (g group) answer() (sent, read string) {
	var values, words []string
	for i := range g.Fields {
		if sent, read := g.Fields[i].answer(); sent != "" {
			values, words = append(values, sent), append(words, read)
		}
	}
	return strings.Join(values, "\n"), strings.Join(words, ", ")
}

func (g group) take(other answerer) { g.Fields = other.(group).Fields }

func (g group) say(sentence string) { g.Fields[0].Fault = sentence }

// told is what a form lists without asking it: the exceptions that a box takes off.
type told struct{ words string }

func (t told) answer() (sent, read string) { return t.words, t.words }

func (told) take(answerer) {}

func (told) say(string) {}

func (v *StaffForm) questions() (list []question) {
	for i := range v.Groups {
		g := &v.Groups[i]
		if g.Whole {
			list = append(list, question{g.Fields[0].ID, asTitle(g.Legend), group{g}})
			continue
		}
		if g.Tells {
			list = append(list, question{"#" + g.Legend, g.Legend, told{g.Told}})
		}
		for k := range g.Fields {
			f := &g.Fields[k]
			title := asTitle(f.Label)
			if g.Legend != "" && g.Legend != f.Label {
				title = asTitle(g.Legend) + " : " + title
			}
			list = append(list, question{f.ID, title, f})
		}
	}
	return list
}

// Shown is what the form carries of its first answers.
func (v StaffForm) Shown() string { return v.carried(v.questions()) }

func (v *ActivityForm) questions() (list []question) {
	for i := range v.Sections {
		s := &v.Sections[i]
		legend := asTitle(s.Legend)
		for k := range s.Inputs {
			in := &s.Inputs[k]
			title := legend
			if in.Label != "" {
				title = asTitle(in.Label)
			}
			list = append(list, question{in.ID, title, in})
		}
		if len(s.Rows) > 0 {
			list = append(list, question{s.ID, legend, lines{s}})
		}
	}
	return list
}

// Shown is what the form carries of its first answers.
func (v ActivityForm) Shown() string { return v.carried(v.questions()) }

// entries are the questions of a form of entries and lists.
func entries(list ...any) (all []question) {
	for _, e := range list {
		switch e := e.(type) {
		case *Entry:
			all = append(all, question{e.ID, asTitle(e.Label), e})
		case *Pick:
			all = append(all, question{e.ID, asTitle(e.Label), e})
		}
	}
	return all
}

func (v *StructureForm) questions() []question {
	f := &v.Fields
	return entries(&f.Name, &f.Street, &f.Postcode, &f.Town, &f.Phone, &f.Email, &f.Sender, &f.ReplyTo, &f.Night, &f.Report, &f.Zone, &f.Territory)
}

// Shown is what the form carries of its first answers.
func (v StructureForm) Shown() string { return v.carried(v.questions()) }

func (v *YearForm) questions() []question { return entries(&v.First, &v.Last) }

// Shown is what the form carries of its first answers.
func (v YearForm) Shown() string { return v.carried(v.questions()) }

// levels are the levels of a class, as one.
type levels struct{ *ClassFields }

func (l levels) answer() (sent, read string) {
	var list []string
	for _, c := range l.Levels {
		if c.Current {
			list = append(list, c.Label)
		}
	}
	read = strings.Join(list, ", ")
	return read, read
}

func (l levels) take(other answerer) { l.Levels = other.(levels).Levels }

func (l levels) say(sentence string) {
	l.Name.Fault = strings.TrimSpace(l.Name.Fault + " Niveaux. " + sentence)
}

func (v *ClassPage) questions() []question {
	return append(entries(&v.Fields.Name), question{"niveaux", "Niveaux", levels{&v.Fields}})
}

// Shown is what the form carries of its first answers.
func (v ClassPage) Shown() string { return v.carried(v.questions()) }

func (v *SchoolPage) questions() []question { return entries(&v.Name) }

// Shown is what the form carries of its first answers.
func (v SchoolPage) Shown() string { return v.carried(v.questions()) }

// offLines are the lines of a calendar, as one.
type offLines struct{ *DaysOffForm }

func (l offLines) answer() (sent, read string) {
	var rows, words []string
	for _, r := range l.Rows {
		if r.Name+r.From+r.To == "" || r.Removed {
			continue
		}
		rows = append(rows, fmt.Sprint(r.Bridge, "\t", typedText(r.Name), "\t", r.From, "\t", r.To))
		days := readAs("date", r.From)
		if r.To != "" && r.To != r.From {
			days = "du " + days + " au " + readAs("date", r.To)
		}
		words = append(words, strings.TrimSpace(r.Name)+", "+days)
	}
	return strings.Join(rows, "\n"), strings.Join(words, " ; ")
}

func (l offLines) take(other answerer) { l.Rows = other.(offLines).Rows }

func (l offLines) say(sentence string) {
	if len(l.Rows) > 0 {
		l.Rows[0].NameFault = sentence
	}
}

func (v *DaysOffForm) questions() []question {
	return []question{{"nom-0", v.Heading, offLines{v}}}
}

// Shown is what the form carries of its first answers.
func (v DaysOffForm) Shown() string { return v.carried(v.questions()) }
