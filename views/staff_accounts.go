package views

import (
	"fmt"
	"time"

	"marelle/portal"
)

var (
	_ = register(Accounts{}, LetterChoice{}, Letters{})
	_ = part("staff/print#letter", LetterSheet{})
)

// Accounts lists the guardians.
type Accounts struct {
	Frame
	Search string
	Total  string // « 292 comptes »
	Rows   []AccountRow
	Pager  Pager
	Unread string // « 38 comptes attendent une lettre », or nothing
}

// Template names the page.
func (Accounts) Template() string { return "staff/accounts" }

// AccountRow is one account.
type AccountRow struct {
	Name, Login    string
	Badge, Icon    string
	State, Detail  string // « Jamais connecté », « lettre éditée le 23/11/2026 »
	Families       string // « DUPONT, VIDAL / BLANC »
	Children       []string
	NoEmail, Agent bool
	LetterURL      string // where a new letter is made; nothing when one may not
	Seen           int64  // of the last letter: what the form was drawn upon
	CSRF           string
}

// SetState says how far the person has come: letter, end of its validity and first sign-in, zero when there was none.
func (a *AccountRow) SetState(letter, until, firstSeen, now time.Time) {
	day := func(t time.Time) string { return portal.DateOf(t).French() }
	printed := ""
	switch {
	case letter.IsZero():
		printed = "aucune lettre"
	case until.IsZero():
	case until.After(now):
		printed = fmt.Sprintf("lettre éditée le %s, valable jusqu’au %s", day(letter), day(until))
	default:
		printed = fmt.Sprintf("lettre éditée le %s, périmée depuis le %s", day(letter), day(until))
	}
	switch {
	case firstSeen.IsZero() && until.After(now):
		a.Badge, a.Icon, a.State, a.Detail = "reserve", "lettre", "Jamais connecté", printed
	case firstSeen.IsZero():
		a.Badge, a.Icon, a.State, a.Detail = "ajout", "sablier", "Jamais connecté", printed
	case until.IsZero():
		a.Badge, a.Icon, a.State = "fait", "coche", "Premier accès le "+day(firstSeen)
	default:
		a.Badge, a.Icon, a.State, a.Detail = "reserve", "lettre", "Premier accès le "+day(firstSeen), "nouvelle "+printed
	}
}

// LetterChoice is where letters are asked for.
type LetterChoice struct {
	Frame
	Never   int // people who never signed in
	Missing int // of them, those without a letter they can use
	Seen    int64
	Days    int    // how long a letter can be used
	Fault   string // why nothing was made
}

// Template names the page.
func (LetterChoice) Template() string { return "staff/letters" }

// Letters is what is printed: a sheet for each person.
type Letters struct {
	Frame
	Total           string // « 38 lettres »
	Sheets          []LetterSheet
	Back, BackLabel string // where the agent came from
}

// Template names the page.
func (Letters) Template() string { return "staff/print" }

// LetterSheet is one letter on one sheet of A4.
type LetterSheet struct {
	Structure              portal.Structure
	Today                  string
	Portal                 string // « famille.oust.fr »
	To                     string
	Street, Postcode, Town string
	Login, Password        string
	Until                  string
	Children               string // « Amalia et Paolo »
	Agent                  bool   // of a person who works here and has no family here
}

// NewLetterSheet fills a letter; base is the address of the site.
func NewLetterSheet(l portal.Letter, st portal.Structure, base string, now time.Time) LetterSheet {
	return LetterSheet{
		Structure: st, Today: portal.DateOf(now).LongYear(), Portal: base, To: l.Person.Title(), Street: l.Street, Postcode: l.Postcode, Town: l.Town,
		Login: l.Login, Password: l.Password, Until: portal.DateOf(l.Until).LongYear(), Children: portal.List(l.Children), Agent: l.Agent,
	}
}

// LettersCSV writes the letters as a table, for a mail merge.
func LettersCSV(letters []portal.Letter, base string) []byte {
	var rows [][]string
	for _, l := range letters {
		rows = append(rows, []string{l.Person.Civility, l.Person.LastName, l.Person.FirstName, l.Street, l.Postcode, l.Town, portal.List(l.Children),
			base, l.Login, l.Password, portal.DateOf(l.Until).French()})
	}
	return CSV([]string{"Civilité", "Nom", "Prénom", "Adresse", "Code postal", "Commune", "Enfants", "Portail", "Identifiant", "Mot de passe provisoire", "Valable jusqu’au"}, rows)
}
