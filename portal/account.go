package portal

import "time"

// Role is what an agent may do in a structure.
type Role string

// The roles of an agent.
const (
	Agent         Role = "agent"          // the day
	Manager       Role = "gestionnaire"   // setting up, families, bookings, nights
	Cashier       Role = "regisseur"      // money
	Administrator Role = "administrateur" // the site
)

// Word gives the role as a screen says it.
func (r Role) Word() string {
	if r == Cashier {
		return "régisseur"
	}
	return string(r)
}

// Valid says whether the role exists.
func (r Role) Valid() bool {
	switch r {
	case Agent, Manager, Cashier, Administrator:
		return true
	}
	return false
}

// Identity is who an account is made for.
type Identity struct {
	Civility                          string
	LastName, UsedName, FirstName     string
	HomePhone, WorkPhone, MobilePhone string
	Emails                            []string
}

// TemporaryLife is how long the password of a letter can be used.
const TemporaryLife = 15 * 24 * time.Hour

// Letter is what the town hall prints for a person: how to sign in for the first time.
type Letter struct {
	Person                 Person
	Login                  string
	Password               string // temporary; only the letter holds it
	Until                  time.Time
	Street, Postcode, Town string
	Children               []string // their first names, so that school can hand the letter over
	Agent                  bool     // the person works here and has no family here
}

// TermsKind says which text is to be accepted.
type TermsKind string

// The texts to accept.
const (
	Privacy    TermsKind = "rgpd"
	Conditions TermsKind = "cgu"
)

// Valid says whether the text exists.
func (k TermsKind) Valid() bool { return k == Privacy || k == Conditions }

// TermsMost is how long such a text may be, in characters.
const TermsMost = 60_000

// Title gives the name of the text.
func (k TermsKind) Title() string {
	if k == Privacy {
		return "Protection des données personnelles (RGPD)"
	}
	return "Conditions générales d’utilisation du portail"
}

// Terms is one version of a text to accept.
type Terms struct {
	ID        TermsID
	Kind      TermsKind
	Version   int
	Body      string // paragraphs, « ## » titles, « - » lists
	Published time.Time
}
