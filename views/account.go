package views

import (
	"fmt"

	"marelle/portal"
)

var _ = register(SignIn{}, FirstPassword{}, PasswordSaved{}, Terms{}, Text{}, Forgotten{}, ResetPassword{}, ResetGone{})

var (
	_ = part("account/text#blocks", []Block{})
	_ = part("account/terms#blocks", []Block{})
	_ = part("account/password#fields", NewPassword{})
	_ = part("components/faults", Faults{})
)

// SignIn is « Connexion ».
type SignIn struct {
	Cover
	Login    string // what was typed
	Remember bool
	Return   string // where to go once signed in
	Fault    string // why the sign-in was refused
	Notice   string // why one is asked to sign in
	Good     bool   // the notice is good news
	Phone    string // of the town hall
}

// Template names the page.
func (SignIn) Template() string { return "account/signin" }

// Faults is the summary of what is to be corrected in a form; each line leads to its field.
type Faults []Fault

// FaultsOf brings a refusal to the fields of its form.
func FaultsOf(refusal *portal.Error) Faults {
	if refusal == nil {
		return nil
	}
	var faults Faults
	for _, f := range refusal.Fields {
		faults = append(faults, Fault(f))
	}
	return faults
}

// Fault is a sentence about a field.
type Fault struct {
	Field   string // id of the field
	Message string
}

// Title gives « Il y a 2 points à corriger ».
func (f Faults) Title() string { return "Il y a " + portal.Count(len(f), "point") + " à corriger" }

// On gives the first sentence about a field, or nothing.
func (f Faults) On(field string) string {
	for _, fault := range f {
		if fault.Field == field {
			return fault.Message
		}
	}
	return ""
}

// NewPassword is the two fields of a password that is chosen, with its rules.
type NewPassword struct {
	Least  int // characters
	Rules  []RuleLine
	Faults Faults
}

// FirstPassword is the choice of a personal password at the first sign-in.
type FirstPassword struct {
	Cover
	NewPassword
	Login string // for the browser's password keeper
}

// Template names the page.
func (FirstPassword) Template() string { return "account/password" }

// Forgotten is « Réinitialiser votre mot de passe ».
type Forgotten struct {
	Cover
	Login, Email string // what was typed
	Phone        string // of the town hall
	Sent         bool   // it was asked; nobody is told whether a message leaves
	Refused      string // too many requests
	Faults       Faults
}

// Template names the page.
func (Forgotten) Template() string { return "account/forgotten" }

// ResetPassword is where the link of a forgotten password leads.
type ResetPassword struct {
	Cover
	NewPassword
	Action string // where the form goes: the address of the link
}

// Template names the page.
func (ResetPassword) Template() string { return "account/reset" }

// ResetGone says that a link can no longer be used.
type ResetGone struct {
	Cover
	Message string
}

// Template names the page.
func (ResetGone) Template() string { return "account/gone" }

// RuleLine is a rule of passwords and whether the one that was typed obeys it.
type RuleLine struct {
	Name     string
	Sentence string
	Kept     bool
	Broken   bool // neither: nothing was typed yet
}

// SetRules lists the rules; once a password was typed, each is ticked or crossed.
func (v *NewPassword) SetRules(rules []portal.PasswordRule, faults []portal.PasswordFault, typed bool) {
	broken := map[string]bool{}
	for _, f := range faults {
		broken[f.Rule] = true
		v.Faults = append(v.Faults, Fault{"mdp", f.Message})
	}
	for _, r := range rules {
		v.Rules = append(v.Rules, RuleLine{Name: r.Name, Sentence: r.Sentence, Kept: typed && !broken[r.Name], Broken: broken[r.Name]})
	}
}

// PasswordSaved says that the personal password is recorded.
type PasswordSaved struct {
	Cover
	Next string // where « Continuer » leads
}

// Template names the page.
func (PasswordSaved) Template() string { return "account/saved" }

// Terms is the page where the texts in force are read and accepted.
type Terms struct {
	Cover
	Texts  []TermsText
	Faults Faults
}

// Template names the page.
func (Terms) Template() string { return "account/terms" }

// TermsText is one text to accept.
type TermsText struct {
	ID      portal.TermsID
	Kind    portal.TermsKind // also the name of its box
	Title   string
	Path    string // its own page
	Agree   string // what the box says
	Version string
	Blocks  []Block
	Checked bool
	Fault   string
}

// NewTermsText prepares a text to accept.
func NewTermsText(t portal.Terms) TermsText {
	text := TermsText{ID: t.ID, Kind: t.Kind, Title: t.Kind.Title(), Path: "/" + string(t.Kind), Version: versionWords(t), Blocks: Blocks(t.Body)}
	text.Agree = "J’ai pris connaissance des conditions générales d’utilisation du portail et je les accepte."
	if t.Kind == portal.Privacy {
		text.Agree = "J’ai pris connaissance du texte sur la protection des données personnelles (RGPD)."
	}
	return text
}

func versionWords(t portal.Terms) string {
	return fmt.Sprintf("Version %d, du %s", t.Version, portal.DateOf(t.Published).LongYear())
}

// Text is a page of text: personal data, conditions of use, accessibility.
type Text struct {
	Frame
	Heading string
	Version string
	Blocks  []Block
}

// Template names the page.
func (Text) Template() string { return "account/text" }

// NewText prepares the page of a published text.
func NewText(f Frame, t portal.Terms) Text {
	return Text{Frame: f, Heading: t.Kind.Title(), Version: versionWords(t), Blocks: Blocks(t.Body)}
}
