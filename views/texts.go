package views

import (
	"fmt"
	"strings"
	"time"

	"marelle/portal"
)

var _ = register(Texts{}, MailTextPage{}, TermsPage{}, TermsOld{})

// Texts lists the texts that staff write.
type Texts struct {
	Frame
	Terms []TextLine // nothing for whoever may not write them
	Mails []TextLine
}

// Template names the page.
func (Texts) Template() string { return "staff/texts" }

// TextLine is a text and where it stands.
type TextLine struct {
	URL, Title  string
	Detail      string
	Badge, Icon string
	State       string
}

// NewMailTextLine draws the words of a kind of mail; path comes before its name.
func NewMailTextLine(path string, t portal.MailText, now time.Time) TextLine {
	l := TextLine{URL: path + string(t.Kind), Title: t.Kind.Title(), Detail: t.Kind.When(), State: "texte d’origine"}
	if !t.Standard() {
		l.Badge, l.Icon, l.State = "reserve", "crayon", "changé par "+t.By.Title()+", "+portal.Ago(t.At, now)
	}
	return l
}

// AcceptedWords says how many of those who sign in accepted a text.
func AcceptedWords(accepted, readers int) string {
	return fmt.Sprintf("acceptée par %s sur %d", portal.Count(accepted, "compte"), readers)
}

// MailTextPage is the form of the words of a kind of mail, with an example.
type MailTextPage struct {
	Frame
	Heading, When string
	Action        string
	Seen          int64
	Subject       string // what was typed, as the two others
	Opening       string
	Closing       string
	SubjectMost   int
	WordsMost     int
	Placeholders  []PlaceholderLine
	Faults        Faults
	Conflict      string   // somebody else saved meanwhile
	Theirs        []string // what they saved, part by part
	Done          string
	Changed       string // « Changé par Mme ROUCH Mireille, hier à 9 h », or nothing
	Unsaved       bool   // the example is of what is typed and not saved
	Example       *WrittenMail
}

// Template names the page.
func (MailTextPage) Template() string { return "staff/mailtext" }

// PlaceholderLine is a word in braces.
type PlaceholderLine struct{ Word, Means string }

// SetText shows what was typed, and who changed what is saved.
func (v *MailTextPage) SetText(typed, saved portal.MailText, now time.Time) {
	v.Heading, v.When = typed.Kind.Title(), typed.Kind.When()
	v.Subject, v.Opening, v.Closing = typed.Subject, typed.Opening, typed.Closing
	v.SubjectMost, v.WordsMost = portal.MailSubjectMost, portal.MailWordsMost
	for _, p := range typed.Kind.Placeholders() {
		v.Placeholders = append(v.Placeholders, PlaceholderLine{"{" + p.Name + "}", p.Means})
	}
	if !saved.Standard() {
		v.Changed = "Changé par " + saved.By.Title() + ", " + portal.Ago(saved.At, now) + "."
	}
	v.Theirs = []string{saved.Subject, saved.Opening, saved.Closing}
}

// SetPreview writes an example, when the text can be sent.
func (v *MailTextPage) SetPreview(st portal.Structure, t portal.MailText, url string) error {
	if t.Check() != nil {
		return nil
	}
	m, err := SampleMail(t.Kind, st, t, url)
	v.Example = &m
	return err
}

// SetFaults says what is to be corrected, or that somebody else saved meanwhile.
func (v *MailTextPage) SetFaults(err *portal.Error) {
	if err.Kind == portal.KindConflict {
		v.Conflict = err.Message
		return
	}
	v.Faults = append(v.Faults, FaultsOf(err)...)
}

// TermsPage is one of the two texts that families accept, to write its next version.
type TermsPage struct {
	Frame
	Heading  string
	Action   string
	Seen     int64
	Body     string // what is typed, else the draft, else the text in force
	Most     int
	Readers  string // « 412 comptes »
	Faults   Faults
	Conflict string
	Done     string
	Draft    string // « Enregistré par Mme ROUCH Mireille, hier à 9 h »; nothing when there is no draft
	Blocks   []Block
	Versions []TermsLine
}

// Template names the page.
func (TermsPage) Template() string { return "staff/terms" }

// TermsLine is a version that was published.
type TermsLine struct {
	URL, Title string
	Published  string
	Accepted   string
	Current    bool
}

// AddVersion lists a version.
func (v *TermsPage) AddVersion(t portal.Terms, by portal.Person, current bool, accepted string) {
	l := TermsLine{URL: fmt.Sprintf("%s/versions/%d", v.Action, t.Version), Title: fmt.Sprintf("Version %d", t.Version), Published: portal.DateOf(t.Published).LongYear(), Accepted: accepted, Current: current}
	if by.ID != 0 {
		l.Published += ", par " + by.Title()
	}
	v.Versions = append(v.Versions, l)
}

// SetDraft shows the draft.
func (v *TermsPage) SetDraft(body string, by portal.Person, at, now time.Time) {
	v.Body, v.Blocks, v.Seen = body, Blocks(body), at.UnixMilli()
	v.Draft = "Enregistré par " + by.Title() + ", " + portal.Ago(at, now) + "."
}

// SetFaults says what is to be corrected, or that somebody else saved meanwhile.
func (v *TermsPage) SetFaults(err *portal.Error) {
	v.Faults = append(v.Faults, FaultsOf(err)...)
	if len(err.Fields) == 0 {
		v.Conflict = err.Message
	}
}

// TermsOld is a version of a text, read alone.
type TermsOld struct {
	Frame
	Heading, Back       string
	Published, Accepted string
	Current             bool
	Blocks              []Block
}

// Template names the page.
func (TermsOld) Template() string { return "staff/termsold" }

// TheirWords joins what somebody else saved, to be read.
func (v MailTextPage) TheirWords() string { return strings.Join(v.Theirs, "\n\n") }
