package views

import (
	"fmt"
	"time"

	"marelle/portal"
)

var (
	_ = register(Movements{}, StaffMails{}, StaffMail{}, DeadAddresses{})
	_ = part("staff/parts#pager", Pager{})
	_ = part("staff/parts#asked", []AskedLine{})
	_ = part("staff/parts#no-server", "")
)

// Pager leads to the neighbours of a page of a long list; it says nothing when there is one page.
type Pager struct {
	Prev, Next string // addresses, or nothing
	Words      string // « 51 à 100 sur 292 »
}

// NewPager places a page of at most n lines, beginning at a rank, in a list; url gives the address of a rank.
func NewPager(from, n, total int, url func(from int) string) Pager {
	var p Pager
	if total <= n {
		return p
	}
	p.Words = fmt.Sprintf("%d à %d sur %d", min(from+1, total), min(from+n, total), total)
	if from > 0 {
		p.Prev = url(max(0, from-n))
	}
	if from+n < total {
		p.Next = url(from + n)
	}
	return p
}

// AskedLine is a movement as staff read it.
type AskedLine struct {
	Child, Activity, Icon string
	Day                   string // « lun. 30 nov. »
	By                    string // « M. DUPONT Jean-Paul »
	When                  string // « aujourd’hui à 9 h 05 »
	Receipt               string
	Badge, BadgeIcon      string
	What                  string // « Réservation », « Annulation », « Liste d’attente, 2e »
	Asked                 string // what had been asked, when the outcome is another
	Reason                string
}

// NewAskedLine draws a movement.
func NewAskedLine(m portal.Movement, by portal.Person, now time.Time) AskedLine {
	outcome, rank := m.Result()
	l := AskedLine{
		Child: m.Child.FullName(), Activity: m.Activity, Icon: ActivityIcon(m.Icon), Day: m.Day.Short(), By: by.Title(), When: portal.Ago(m.At, now),
		Receipt: m.Receipt, Reason: m.Reason,
	}
	l.Badge, l.BadgeIcon = outcomeLook(outcome)
	if m.ByDesk() {
		l.By += ", " + portal.DeskWords
	}
	switch {
	case m.Action == "promote":
		l.What, l.By = "Place obtenue", "la liste d’attente"
	case m.Action == "present":
		l.What = "Finalement présent"
	case m.Action == "decide":
		l.What, l.By = "Réponse : "+portal.OutcomeWords(outcome, rank, ""), "la mairie"
	case outcome == portal.OutcomeBooked && m.Outcome == portal.OutcomeWaiting:
		l.What, l.Asked = "Réservation", "était en liste d’attente"
	case outcome == portal.OutcomeBooked:
		l.What = "Réservation"
	case outcome == portal.OutcomeCancelled && m.Action == "add":
		l.What, l.Asked = "Annulation", "avait été demandée, puis annulée"
	case outcome == portal.OutcomeCancelled:
		l.What = "Annulation"
	default:
		l.What = portal.Capital(portal.OutcomeWords(outcome, rank, ""))
	}
	return l
}

// Movements lists what the next night will transmit.
type Movements struct {
	Frame
	Manager bool   // may decide
	Total   string // « 14 demandes »
	Night   string // « cette nuit à 1 h 15 »
	Tonight Tonight
	Lines   []AskedLine
	Pager   Pager
}

// Template names the page.
func (Movements) Template() string { return "staff/movements" }

// StaffMails is the outbox.
type StaffMails struct {
	Frame
	NoServer  string // said when no mail server is set
	Counts    string // « 12 pas encore envoyés, 1 abandonné »
	Dead      string // « 2 adresses à corriger », or nothing
	DeadURL   string
	Done      string // what was just done
	Search    string
	States    []Choice
	Kinds     []Choice
	Filtered  bool
	Wide      string // said when more people are meant than are looked for
	ResendURL string // nothing when nothing can leave
	Fault     string // why nothing was sent again
	Mails     []MailLine
	Older     string // address of the messages before
}

// Template names the page.
func (StaffMails) Template() string { return "staff/mails" }

// MailLine is a message and where it stands.
type MailLine struct {
	ID          portal.MailID
	URL         string
	Subject, To string
	When        string
	Badge, Icon string
	State       string // « pas encore envoyé »
	Detail      string // the last refusal, and when the next try is
}

// SetState says where a message stands; state is one of the outbox's: pending, sending, sent, dead.
func (l *MailLine) SetState(state string, tries int, next, sent time.Time, fault string, now time.Time) {
	switch state {
	case "sent":
		l.Badge, l.Icon, l.State = "fait", "coche", "envoyé le "+portal.Instant(sent)
	case "sending":
		l.Badge, l.Icon, l.State = "reserve", "envoi", "envoi en cours"
	case "dead":
		l.Badge, l.Icon, l.State, l.Detail = "complet", "croix", "abandonné", fault
	default:
		l.Badge, l.Icon, l.State = "ajout", "sablier", "pas encore envoyé"
		if tries > 0 && fault != "" {
			l.Detail = fmt.Sprintf("%s sans succès (%s). Prochain essai : %s.", portal.Count(tries, "essai"), fault, portal.Ago(next, now))
		}
	}
}

// StaffMail is one message, read by staff.
type StaffMail struct {
	Frame
	MailLine
	NoServer  string
	MessageID string
	Text      string
	HTMLURL   string // the HTML part, shown alone and harmless; nothing when there is none
	RetryURL  string // nothing when sending again makes no sense
	RetryTo   string // said of a message that already left
	Retried   string
}

// DeadAddresses lists the addresses that take nothing any more.
type DeadAddresses struct {
	Frame
	Total string
	Done  bool // one was just put back
	Lines []DeadAddressLine
}

// Template names the page.
func (DeadAddresses) Template() string { return "staff/deadaddresses" }

// DeadAddressLine is an address to correct.
type DeadAddressLine struct {
	Account  portal.AccountID
	Address  string
	Person   string // « M. DUPONT Jean-Paul »
	Families string // « famille DUPONT »
	Since    string
	Why      string
}

// OutboxKinds are the kinds of message of the outbox.
var OutboxKinds = []string{"compte-rendu", "rappel", "place", "echange", "mot-de-passe", "compte"}

// MailKindWords says the kind of a message of the outbox.
func MailKindWords(kind string) string {
	switch kind {
	case "compte-rendu":
		return "Comptes rendus"
	case "rappel":
		return "Rappels"
	case "place":
		return "Places proposées ou données"
	case "echange":
		return "Échanges de jours de garde"
	case "mot-de-passe":
		return "Mots de passe oubliés"
	case "compte":
		return "Avis de sécurité"
	}
	return portal.Capital(kind)
}

// Template names the page.
func (StaffMail) Template() string { return "staff/mail" }
