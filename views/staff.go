package views

import (
	"fmt"
	"time"

	"marelle/portal"
)

var (
	_ = register(Desk{}, Movements{}, Nights{}, Night{}, StaffMails{}, StaffMail{})
	_ = part("staff/parts#pager", Pager{})
	_ = part("staff/parts#asked", []AskedLine{})
	_ = part("staff/parts#no-server", "")
	_ = part("staff/desk#tile", Tile{})
)

// Desk is the first page of staff: what waits, and what happened last night.
type Desk struct {
	Frame
	Today    string // « Lundi 23 novembre »
	Tiles    []Tile
	Tasks    []Task
	Asked    []AskedLine // the last ones
	AskedAll string      // « Voir les 14 demandes »
	Night    string      // when they leave: « cette nuit à 1 h 15 »
}

// Template names the page.
func (Desk) Template() string { return "staff/desk" }

// Tile is a figure and where it comes from; without an address it leads nowhere.
type Tile struct {
	URL, Icon   string
	Long, Label string // « Dernière » « nuit »: a phone shows the second only
	Number      string
	Unit        string
	Detail      string
}

// Task is something to do, with the button that leads there.
type Task struct {
	Text, URL, Button, Icon string
}

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
		Child: m.Child.FullName(), Activity: m.Activity, Icon: string(m.Icon), Day: m.Day.Short(), By: by.Title(), When: portal.Ago(m.At, now),
		Receipt: m.Receipt, Reason: m.Reason,
	}
	l.Badge, l.BadgeIcon = outcomeLook(outcome)
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
	Total string // « 14 demandes »
	Night string // « cette nuit à 1 h 15 »
	Lines []AskedLine
	Pager Pager
}

// Template names the page.
func (Movements) Template() string { return "staff/movements" }

// Nights is the ledger of transmissions.
type Nights struct {
	Frame
	Next   string // « cette nuit à 1 h 15 »
	Nights []NightLine
}

// Template names the page.
func (Nights) Template() string { return "staff/nights" }

// NightLine is one transmission.
type NightLine struct {
	URL, Title string // « Mardi 24 novembre 2026 »
	Done       string // « à 1 h 15 », or that it is under way
	Late       string // said when it ran long after its hour
	Movements  int
	Promotions int
	Reported   string
}

// NewNightLine draws a night; reportAt is the hour of the reports.
func NewNightLine(n portal.Night, reportAt portal.TimeOfDay) NightLine {
	l := NightLine{URL: "/gestion/nuits/" + n.Date.String(), Title: portal.Capital(n.Date.LongYear()), Movements: n.Movements, Promotions: n.Promotions}
	switch {
	case n.Done.IsZero():
		l.Done = "en cours"
	case portal.DateOf(n.Done) == n.Date:
		l.Done = "à " + portal.TimeOfDayOf(n.Done).Word()
	default:
		l.Done = "le " + portal.Instant(n.Done)
	}
	if !n.Done.IsZero() && n.Done.Sub(n.Due) > time.Hour {
		l.Late = "rattrapée : elle était prévue à " + portal.TimeOfDayOf(n.Due).Word()
	}
	switch {
	case n.Reported.IsZero():
		l.Reported = "à préparer à " + reportAt.Word()
	case portal.DateOf(n.Reported) == n.Date:
		l.Reported = "préparés à " + portal.TimeOfDayOf(n.Reported).Word()
	default:
		l.Reported = "préparés le " + portal.DateOf(n.Reported).LongYear()
	}
	return l
}

// Night is one transmission with its lines.
type Night struct {
	Frame
	Heading string // « Nuit du mardi 24 novembre 2026 »
	NightLine
	Lines []AskedLine
	Pager Pager
}

// Template names the page.
func (Night) Template() string { return "staff/night" }

// StaffMails is the outbox.
type StaffMails struct {
	Frame
	NoServer string // said when no mail server is set
	Counts   string // « 12 pas encore envoyés, 1 abandonné »
	Mails    []MailLine
	Older    string // address of the messages before
}

// Template names the page.
func (StaffMails) Template() string { return "staff/mails" }

// MailLine is a message and where it stands.
type MailLine struct {
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
	Retried   bool
}

// Template names the page.
func (StaffMail) Template() string { return "staff/mail" }
