package portal

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"
)

// AddressesMost is how many e-mail addresses an account may have.
const AddressesMost = 5

// addressLongest is the longest address that mail servers carry (RFC 5321).
const addressLongest = 254

// Address is an e-mail address of an account, and what is sent to it.
type Address struct {
	Email     string
	Reports   bool // « comptes rendus » of the night
	Reminders bool // before a limit
	Dead      bool // messages no longer arrive there
}

// ReadAddresses reads the lines of a form, one address each; a line that holds several (« a@b.fr ; c@d.fr ») gives them
// all, an empty one none. What is wrong is refused beside its line: « adresse1 » is the first.
func ReadAddresses(lines []Address) ([]Address, error) {
	var list []Address
	e := Invalid("Vérifiez vos adresses.")
	for i, line := range lines {
		field := fmt.Sprintf("adresse%d", i+1)
		for email := range strings.FieldsFuncSeq(line.Email, func(r rune) bool { return r == ';' || r == ',' }) {
			email = strings.TrimSpace(email)
			switch {
			case email == "":
			case !addressValid(email):
				e.Fault(field, "« %s » n’est pas une adresse. Écrivez-la comme prenom.nom@exemple.fr.", Clip(email, 60))
			case slices.ContainsFunc(list, func(a Address) bool { return strings.EqualFold(a.Email, email) }):
				e.Fault(field, "« %s » est écrite deux fois. Gardez-la une fois.", email)
			case len(list) == AddressesMost:
				e.Fault(field, "Il y a trop d’adresses : %d au plus.", AddressesMost)
			default:
				list = append(list, Address{Email: email, Reports: line.Reports, Reminders: line.Reminders})
			}
		}
	}
	if len(e.Fields) > 0 {
		return nil, e
	}
	return list, nil
}

// addressValid accepts a bare address: no name around it, no line break that could add a header to a message.
func addressValid(email string) bool {
	parsed, err := mail.ParseAddress(email)
	return err == nil && parsed.Address == email && len(email) <= addressLongest && emailValid(email)
}

// Phones are the numbers of a person, each of them optional.
type Phones struct{ Home, Work, Mobile string }

// Check writes each number as it is read out, « 06 12 34 56 78 », and refuses what is none.
func (p Phones) Check() (Phones, error) {
	e := Invalid("Vérifiez vos numéros de téléphone.")
	for _, n := range []struct {
		field  string
		number *string
	}{{"domicile", &p.Home}, {"travail", &p.Work}, {"portable", &p.Mobile}} {
		number, ok := readPhone(*n.number)
		if !ok {
			e.Fault(n.field, "Ce numéro n’est pas complet. Écrivez-le comme 06 12 34 56 78, ou avec + pour un numéro étranger.")
		}
		*n.number = number
	}
	if len(e.Fields) > 0 {
		return p, e
	}
	return p, nil
}

// readPhone writes a French number by pairs and keeps a foreign one as it is.
func readPhone(s string) (string, bool) {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" {
		return "", true
	}
	number := frenchPhone(s)
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" .-()/", r) {
			return -1
		}
		return r
	}, number)
	if foreign, cut := strings.CutPrefix(digits, "+"); cut {
		return Clip(number, 30), len(foreign) >= 8 && len(foreign) <= 15 && strings.Trim(foreign, "0123456789") == ""
	}
	return number, len(digits) == 10 && digits[0] == '0' && strings.Trim(digits, "0123456789") == ""
}

// someBrowser is said of what is not recognised.
const someBrowser = "un navigateur"

// Device says in words what a browser says of itself: « Chrome sur Android », « Safari sur iPhone », else « un
// navigateur ». It serves to tell one's own devices apart, nothing else depends on it.
func Device(userAgent string) string {
	browser := firstMark(userAgent, "Edg", "Edge", "OPR/", "Opera", "SamsungBrowser/", "Samsung Internet", "Firefox/", "Firefox", "FxiOS/", "Firefox",
		"CriOS/", "Chrome", "Chrome/", "Chrome", "Safari/", "Safari")
	system := firstMark(userAgent, "iPhone", "iPhone", "iPad", "iPad", "Android", "Android", "Windows", "Windows", "CrOS", "Chromebook", "Macintosh", "Mac", "Linux", "Linux")
	switch {
	case browser == "":
		return someBrowser
	case system == "":
		return browser
	}
	return browser + " sur " + system
}

// firstMark gives the name that follows the first mark found; the order counts, for browsers name each other.
func firstMark(s string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		if strings.Contains(s, pairs[i]) {
			return pairs[i+1]
		}
	}
	return ""
}

// DeviceWords gives the words kept with a session, or those for what is not known.
func DeviceWords(kept string) string {
	if kept == "" {
		return someBrowser
	}
	return kept
}

// AccountEventKind says what was done to an account; it is stored.
type AccountEventKind string

// The kinds of event.
const (
	PasswordChanged  AccountEventKind = "mot-de-passe"
	ResetAsked       AccountEventKind = "lien-demande"
	ResetUsed        AccountEventKind = "lien-utilise"
	AddressesChanged AccountEventKind = "adresses"
	PhonesChanged    AccountEventKind = "telephones"
	SessionClosed    AccountEventKind = "appareil-ferme"
	OthersClosed     AccountEventKind = "autres-appareils-fermes"
	CalendarCreated  AccountEventKind = "agenda-cree"
	CalendarRenewed  AccountEventKind = "agenda-renouvele"
	CalendarRemoved  AccountEventKind = "agenda-retire"
	DataExported     AccountEventKind = "export"
	TermsAccepted    AccountEventKind = "textes-acceptes"
	FactorSet        AccountEventKind = "second-facteur-mis"
	FactorRemoved    AccountEventKind = "second-facteur-retire"
	RecoveryDrawn    AccountEventKind = "codes-de-secours"
	RecoveryUsed     AccountEventKind = "code-de-secours-utilise"
	AccountsJoined   AccountEventKind = "comptes-reunis"
)

// Words says the event in the family's journal: « Mot de passe changé ».
func (k AccountEventKind) Words() string {
	switch k {
	case PasswordChanged:
		return "Mot de passe changé"
	case ResetAsked:
		return "Lien de nouveau mot de passe demandé"
	case ResetUsed:
		return "Nouveau mot de passe choisi par le lien reçu"
	case AddressesChanged:
		return "Adresses e-mail changées"
	case PhonesChanged:
		return "Téléphones changés"
	case SessionClosed:
		return "Appareil déconnecté"
	case OthersClosed:
		return "Autres appareils déconnectés"
	case CalendarCreated:
		return "Adresse d’agenda créée"
	case CalendarRenewed:
		return "Adresse d’agenda renouvelée"
	case CalendarRemoved:
		return "Adresse d’agenda retirée"
	case DataExported:
		return "Données du compte téléchargées"
	case TermsAccepted:
		return "Textes du portail acceptés"
	case FactorSet:
		return "Second facteur mis en place"
	case FactorRemoved:
		return "Second facteur retiré"
	case RecoveryDrawn:
		return "Nouveaux codes de secours"
	case RecoveryUsed:
		return "Code de secours utilisé"
	case AccountsJoined:
		return "Deux comptes de la même personne réunis par la mairie"
	}
	return string(k)
}

// AccountEvent is one thing done to an account.
type AccountEvent struct {
	Account AccountID
	At      time.Time
	Kind    AccountEventKind
	By      AccountID // who was signed in; zero: nobody
}
