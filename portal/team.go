package portal

import (
	"strings"
	"time"
)

// Roles lists the roles in the order of what they may do.
func Roles() []Role { return []Role{Agent, Cashier, Manager, Administrator} }

// Explain says in a sentence what the role may do.
func (r Role) Explain() string {
	switch r {
	case Agent:
		return "Voit la journée : demandes, absences. Ne change aucun réglage."
	case Cashier:
		return "S’occupe de l’argent. Pour le reste, voit ce que voit un agent."
	case Manager:
		return "Règle les activités, suit les familles, les nuits et les courriels."
	case Administrator:
		return "Fait tout ce que fait un gestionnaire, et s’occupe de l’équipe."
	}
	return ""
}

// Teammate is an agent of a structure, as its administrators see the team.
type Teammate struct {
	Person
	Login    string
	Role     Role
	Emails   int
	SignedIn time.Time // the last time; zero: never
	Letter   time.Time // when the last letter was printed
	Until    time.Time // until when its password can be used; zero: the agent has a password of the own
	Factor   time.Time // since when there is a second factor; zero: none
	Codes    int       // recovery codes left
	Guardian bool      // of a family of the structure too
	Sessions []OpenSession
}

// OpenSession is where an agent is signed in.
type OpenSession struct {
	Device string // « Chrome sur Windows »
	Seen   time.Time
}

// Civilities lists the ways a person is addressed.
func Civilities() []string { return []string{"Mme", "M."} }

// CheckAgent reads who is to become an agent, and refuses beside its field what is missing or wrong.
func CheckAgent(who Identity, role Role) (Identity, error) {
	e := Invalid("Vérifiez la fiche de l’agent.")
	clean := func(s string) string { return Clip(strings.Join(strings.Fields(s), " "), 80) }
	who.LastName, who.UsedName, who.FirstName = upper(clean(who.LastName)), upper(clean(who.UsedName)), clean(who.FirstName)
	fault := func(field, sentence string) { e.Fault(field, "%s", sentence) }
	if who.Civility != "" && who.Civility != "Mme" && who.Civility != "M." {
		fault("civilite", "Choisissez Mme ou M., ou laissez vide.")
	}
	if who.LastName == "" {
		fault("nom", "Donnez le nom de l’agent.")
	}
	if who.FirstName == "" {
		fault("prenom", "Donnez le prénom de l’agent.")
	}
	for _, email := range who.Emails {
		if !addressValid(email) {
			fault("courriel", "« "+Clip(email, 60)+" » n’est pas une adresse. Écrivez-la comme prenom.nom@exemple.fr.")
		}
	}
	if !role.Valid() {
		fault("role", "Choisissez un rôle.")
	}
	if len(e.Fields) > 0 {
		return who, e
	}
	return who, nil
}

// ErrLastAdministrator refuses to leave a structure without anybody who looks after its team.
var ErrLastAdministrator = Conflict("C’est le dernier administrateur de la structure. Nommez d’abord un autre administrateur, puis recommencez.")

// ErrFactorRequired refuses to give up a second factor that the structure requires.
var ErrFactorRequired = Conflict("Votre structure exige un second facteur pour votre rôle : il ne se retire pas. Vous pouvez changer de téléphone.")
