package views

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"marelle/portal"
)

var (
	_ = register(Exchanges{}, ExchangePage{}, ExchangeForm{})
	_ = part("family/exchanges#notes", []ExchangeNote{})
)

// ExchangesPath is where the exchanges of days of shared custody are.
const ExchangesPath = "/echanges"

// ExchangePath is the page of a proposal.
func ExchangePath(id portal.ExchangeID) string { return ExchangesPath + "/" + string(id) }

// NewExchangePath is where a day of a child is proposed; day may be nothing.
func NewExchangePath(child portal.ChildID, day string) string {
	path := ExchangesPath + "/nouveau/" + strconv.FormatInt(int64(child), 10)
	if day != "" {
		path += "?jour=" + day
	}
	return path
}

// ExchangeNote says on other pages that the other parent waits for an answer.
type ExchangeNote struct{ Words, Until, URL string }

// NewExchangeNotes prepares the notes of the proposals to answer.
func NewExchangeNotes(list []portal.ExchangeSheet, now time.Time) []ExchangeNote {
	notes := make([]ExchangeNote, len(list))
	for i := range list {
		x := &list[i]
		notes[i] = ExchangeNote{Words: "L’autre parent " + portal.Of(x.Kid.FirstName) + " propose d’échanger " + exchangeDays(&x.Exchange) + ".",
			Until: portal.Capital(portal.Until(x.Until, now)) + ".", URL: ExchangePath(x.ID)}
	}
	return notes
}

// exchangeDays gives « le mardi 8 décembre et le jeudi 10 décembre ».
func exchangeDays(e *portal.Exchange) string {
	var days []string
	for _, m := range e.Moves() {
		days = append(days, "le "+m.Day.Long())
	}
	return portal.List(days)
}

// Exchanges lists what was proposed to a parent, and by the parent.
type Exchanges struct {
	Frame
	Children []Chip // with whom a day can be exchanged
	Open     []ExchangeLine
	Over     []ExchangeLine
}

// Template names the page.
func (Exchanges) Template() string { return "family/exchanges" }

// ExchangeLine is one proposal.
type ExchangeLine struct{ Days, What, Badge, Icon, State, URL string }

// exchangeSigns are how each state of a proposal looks.
var exchangeSigns = map[portal.ExchangeState]struct{ badge, icon, word string }{
	portal.ExchangeOpen:      {"attente", "sablier", "Sans réponse encore"},
	portal.ExchangeAccepted:  {"reserve", "coche", "Accepté"},
	portal.ExchangeDeclined:  {"complet", "croix", "Refusé"},
	portal.ExchangeWithdrawn: {"ajout", "annuler", "Retiré"},
	portal.ExchangeExpired:   {"ajout", "horloge", "Resté sans réponse"},
}

// Add adds a proposal to the list.
func (v *Exchanges) Add(x *portal.ExchangeSheet, now time.Time) {
	state := x.StateAt(now)
	sign := exchangeSigns[state]
	line := ExchangeLine{Days: portal.Capital(exchangeDays(&x.Exchange)) + ", " + x.Kid.FirstName, What: whoProposed(x), Badge: sign.badge, Icon: sign.icon, State: sign.word, URL: ExchangePath(x.ID)}
	if state != portal.ExchangeOpen {
		v.Over = append(v.Over, line)
		return
	}
	if x.Mine == x.To {
		line.State = "À vous de répondre"
	}
	line.What += ", " + portal.Until(x.Until, now)
	v.Open = append(v.Open, line)
}

// whoProposed says who made a proposal, never by name.
func whoProposed(x *portal.ExchangeSheet) string {
	switch {
	case x.Own:
		return "Proposé par vous"
	case x.Mine == x.From:
		return "Proposé par votre foyer"
	}
	return "Proposé par l’autre parent"
}

// moveLines says what a proposal changes, or changed, for one of the two households.
func moveLines(e *portal.Exchange, mine portal.FamilyID) (list []string) {
	for _, m := range e.Moves() {
		words := " : chez l’autre parent, au lieu de chez vous."
		if m.To == mine {
			words = " : chez vous, au lieu de chez l’autre parent."
		}
		list = append(list, portal.Capital(m.Day.LongYear())+words)
	}
	return list
}

// ExchangePage is a proposal: what it changes, and the answer.
type ExchangePage struct {
	Frame
	Heading  string
	Done     string
	Refusal  string
	Who      string // « Proposé par l’autre parent, il y a deux heures »
	Lines    []string
	Word     string
	Badge    string
	Icon     string
	State    string
	Said     string // what has come of it, and what is to be done
	Booked   []string
	Unseen   string // what goes with a day of the other parent
	Action   string
	Answer   bool
	Withdraw bool
	Calendar []Chip // the month of each day
	New      string // where another is proposed
}

// Template names the page.
func (ExchangePage) Template() string { return "family/exchange" }

// SetExchange draws a proposal for one of its two households.
func (v *ExchangePage) SetExchange(x *portal.ExchangeSheet, now time.Time) {
	state := x.StateAt(now)
	sign := exchangeSigns[state]
	v.Who = whoProposed(x) + ", " + portal.Ago(x.Made, now) + "."
	v.Lines, v.Word, v.Badge, v.Icon, v.State = moveLines(&x.Exchange, x.Mine), x.Word, sign.badge, sign.icon, sign.word
	v.Action, v.New = ExchangePath(x.ID), NewExchangePath(x.Child, "")
	until := strings.TrimPrefix(portal.Until(x.Until, now), "jusqu’")
	toAnswer := x.Mine == x.To
	switch {
	case state == portal.ExchangeOpen && !x.Held:
		v.Said = "La garde alternée " + portal.Of(x.Kid.FirstName) + " a changé depuis cette proposition : elle ne peut plus être acceptée."
		v.Withdraw = !toAnswer && x.MayBook
	case state == portal.ExchangeOpen && !x.MayBook:
		v.Said = "Votre compte permet de consulter les jours " + portal.Of(x.Kid.FirstName) + ", pas de les changer : un autre responsable de votre foyer s’en occupe."
	case state == portal.ExchangeOpen && toAnswer:
		v.Answer, v.State = true, "À vous de répondre"
		v.Said = "Répondez " + "jusqu’" + until + ". Sans réponse, rien ne change."
	case state == portal.ExchangeOpen:
		v.Withdraw = true
		v.Said = "L’autre parent peut répondre jusqu’" + until + ". D’ici là rien ne change, et vous pouvez retirer la proposition."
	case state == portal.ExchangeAccepted:
		v.Said = "C’est convenu depuis le " + portal.Instant(x.Answered) + "."
	case state == portal.ExchangeExpired:
		v.Said = "Personne n’a répondu à temps. Rien n’a changé."
	default:
		v.Said = "Rien n’a changé."
	}
	v.setBooked(x, state)
	for _, m := range x.Moves() {
		v.Calendar = append(v.Calendar, Chip{URL: CalendarURL(x.Child, 0, m.Day.Month()), Icon: "calendrier", Label: portal.Capital(m.Day.Month().Word())})
	}
	v.Calendar = slices.CompactFunc(v.Calendar, func(a, b Chip) bool { return a.URL == b.URL })
}

// setBooked says what is booked on the days, as far as the household may see it.
func (v *ExchangePage) setBooked(x *portal.ExchangeSheet, state portal.ExchangeState) {
	if state != portal.ExchangeOpen && state != portal.ExchangeAccepted || !x.Held {
		return
	}
	for _, m := range x.Moves() {
		var what []string
		for _, b := range x.Bookings {
			if b.Day != m.Day {
				continue
			}
			switch {
			case b.Waiting:
				what = append(what, b.Activity+" (liste d’attente)")
			case b.Asked:
				what = append(what, b.Activity+" (demandé à la mairie)")
			default:
				what = append(what, b.Activity)
			}
		}
		seen := slices.Contains(x.Seen, m.Day)
		switch {
		case len(what) > 0:
			v.Booked = append(v.Booked, portal.Capital(m.Day.Long())+" : "+portal.List(what)+".")
		case seen:
			v.Booked = append(v.Booked, portal.Capital(m.Day.Long())+" : rien n’est réservé.")
		}
		if !seen && state == portal.ExchangeOpen {
			v.Unseen = "Ce que l’autre parent a réservé sur son jour viendra chez vous avec le jour."
		}
	}
}

// ExchangeForm proposes a day.
type ExchangeForm struct {
	Frame
	Heading string
	Lead    string
	Action  string
	Key     string
	Notice  string
	Fields  []Field
	Faults  Faults
	Rule    []string
	Spans   []SpanLine
	Back    string
}

// Template names the page.
func (ExchangeForm) Template() string { return "family/propose" }

// SetFaults says what is to be corrected, above the form and beside the fields.
func (v *ExchangeForm) SetFaults(err *portal.Error) {
	for _, f := range err.Fields {
		v.Faults = append(v.Faults, Fault{f.Field, f.Message})
	}
	for i := range v.Fields {
		v.Fields[i].Fault = v.Faults.On(v.Fields[i].ID)
	}
}

// ExchangeMail tells a household what the other one proposes. It names nobody but the child and whom it is for.
type ExchangeMail struct {
	Words portal.MailWords
	To    string
	Lines []string
	Word  string
	Until string
	URL   string
}

// ExchangedMail tells both households what came of a proposal.
type ExchangedMail struct {
	Words portal.MailWords
	To    string
	Said  string
	Lines []string
	URL   string
}

// exchangeTitles are what a mail says of a proposal that is over.
var exchangeTitles = map[portal.ExchangeState]string{
	portal.ExchangeAccepted: "Échange accepté", portal.ExchangeDeclined: "Échange refusé", portal.ExchangeWithdrawn: "Échange retiré", portal.ExchangeExpired: "Échange resté sans réponse",
}

// WriteExchange writes the mail of a piece of news with the text of the structure; url is the address of the site, without a
// slash at the end.
func WriteExchange(n *portal.ExchangeNews, text portal.MailText, url string) (WrittenMail, error) {
	x := &n.Exchange
	values := []portal.MailValue{{Name: "enfant", Value: x.Kid.FirstName}, {Name: "jours", Value: mailDays(x)}, {Name: "reponse", Value: exchangeTitles[n.State] + " pour " + x.Kid.FirstName}}
	words := text.Words(values, portal.PersonValues(n.To), portal.StructureValues(n.Structure))
	url += ExchangePath(x.ID)
	var m interface {
		Subject() string
		Render() (text, html string, err error)
	} = ExchangedMail{Words: words, To: n.To.Title(), Said: exchangeSaid(n), Lines: moveLines(x, n.Mine), URL: url}
	if n.State == portal.ExchangeOpen {
		day, hour := portal.LimitDay(x.Until)
		m = ExchangeMail{Words: words, To: n.To.Title(), Lines: moveLines(x, n.Mine), Word: x.Word, Until: day.LongYear() + " à " + hour.Word(), URL: url}
	}
	plain, html, err := m.Render()
	return WrittenMail{m.Subject(), plain, html}, err
}

func mailDays(x *portal.Exchange) string {
	var days []string
	for _, m := range x.Moves() {
		days = append(days, m.Day.LongYear())
	}
	return portal.List(days)
}

// exchangeSaid says what came of a proposal to one of the households.
func exchangeSaid(n *portal.ExchangeNews) string {
	proposer := n.Proposer()
	switch n.State {
	case portal.ExchangeAccepted:
		if proposer {
			return "L’autre parent a accepté. L’échange est enregistré, et ce qui est réservé ces jours-là suit le jour."
		}
		return "Votre foyer a accepté. L’échange est enregistré, et ce qui est réservé ces jours-là suit le jour."
	case portal.ExchangeDeclined:
		if proposer {
			return "L’autre parent a refusé. Rien n’a changé."
		}
		return "Votre foyer a refusé. Rien n’a changé."
	case portal.ExchangeWithdrawn:
		return "L’autre parent a retiré sa proposition. Rien n’a changé, et vous n’avez pas à répondre."
	}
	if proposer {
		return "L’autre parent n’a pas répondu à temps. Rien n’a changé."
	}
	return "Votre foyer n’a pas répondu à temps. Rien n’a changé."
}

// Subject gives the subject of the mail.
func (m ExchangeMail) Subject() string { return m.Words.Subject }

// Render writes both parts of the mail.
func (m ExchangeMail) Render() (text, html string, err error) { return renderMail("exchange", m) }

// Subject gives the subject of the mail.
func (m ExchangedMail) Subject() string { return m.Words.Subject }

// Render writes both parts of the mail.
func (m ExchangedMail) Render() (text, html string, err error) { return renderMail("exchanged", m) }

// StaffExchanges says to staff what the parents of a child agreed on, and what waits for an answer. people gives who acted,
// names the households.
func StaffExchanges(list []portal.Exchange, people map[portal.AccountID]portal.Person, names map[portal.FamilyID]string, now time.Time) (lines []SpanLine) {
	for i := range list {
		x := &list[i]
		line := SpanLine{Why: people[x.By].Title(), Whose: exchangeSigns[x.StateAt(now)].word}
		switch x.StateAt(now) {
		case portal.ExchangeAccepted:
			line.Why = "Échange convenu le " + portal.DateOf(x.Answered).LongYear() + " entre " + people[x.By].Title() + " et " + people[x.Answerer].Title() + "."
			line.Whose = "Convenu"
		case portal.ExchangeOpen:
			line.Why = "Proposé par " + people[x.By].Title() + ", réponse possible " + portal.Until(x.Until, now) + "."
		default:
			line.Why = "Proposé par " + people[x.By].Title() + " le " + portal.DateOf(x.Made).LongYear() + "."
		}
		var days []string
		for _, m := range x.Moves() {
			days = append(days, m.Day.Long()+" chez "+names[m.To])
		}
		line.Days = portal.Capital(portal.List(days))
		lines = append(lines, line)
	}
	return lines
}
