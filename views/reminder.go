package views

import (
	"time"

	"marelle/portal"
)

var _ = register(ReminderSettings{})

// MailEnd is how a reminder ends: why one gets it, and how to get it no more.
type MailEnd struct {
	Why string
	URL string // where reminders are turned off
}

// ReminderSettingsPath is the page where a family chooses its reminders.
const ReminderSettingsPath = "/profil/rappels"

func mailEnd(why, url string) MailEnd { return MailEnd{why, url + ReminderSettingsPath} }

// DeadlineMail reminds a family that nothing is booked where it usually books.
type DeadlineMail struct {
	Words portal.MailWords
	To    string
	Lines []DeadlineMailLine
	URL   string
	End   MailEnd
}

// DeadlineMailLine is what closes, and for whom nothing is booked.
type DeadlineMailLine struct {
	What     string // « Cantine, du 30 novembre au 4 décembre »
	Until    string // « jusqu’au jeudi 26 novembre à 9 h »
	Children string // « Amalia et Paolo »
	URL      string // the month, for the first of them
}

// NewDeadlineMail fills a reminder; text is the structure's, url the address of the site, without a slash at the end.
func NewDeadlineMail(r *portal.DeadlineReminder, text portal.MailText, url string) DeadlineMail {
	m := DeadlineMail{To: r.Person.Title(), URL: url + "/reservations"}
	m.End = mailEnd("Vous recevez ce rappel parce que vous réservez d’habitude ces activités, et que rien n’est réservé cette fois.", url)
	var names []string
	for _, l := range r.Lines {
		m.Lines = append(m.Lines, DeadlineMailLine{
			What: l.Activity.Short + ", " + l.Span(), Until: portal.UntilOn(l.At), Children: portal.List(firstNames(l.Children)),
			URL: url + CalendarURL(l.Children[0].ID, l.Activity.ID, l.Days[0].Month()),
		})
		names = append(names, l.Activity.Short)
	}
	what := portal.List(names)
	if len(m.Lines) == 1 {
		what = m.Lines[0].What
	}
	m.Words = text.Words([]portal.MailValue{{Name: "activites", Value: what}}, remindedValues(r.Reminded))
	return m
}

// remindedValues gives what replaces the words in braces about whom a reminder is for.
func remindedValues(r portal.Reminded) []portal.MailValue {
	return append(portal.PersonValues(r.Person), portal.StructureValues(r.Structure)...)
}

// Subject gives the subject of the mail.
func (m DeadlineMail) Subject() string { return m.Words.Subject }

// Render writes both parts of the mail.
func (m DeadlineMail) Render() (text, html string, err error) { return renderMail("deadline", m) }

// DraftMail reminds a family of what it did not validate.
type DraftMail struct {
	Words         portal.MailWords
	To            string
	Count         string // « 4 demandes ne sont pas validées »
	Until         string // of the nearest limit
	Adds, Removes []DraftMailLine
	URL           string
	End           MailEnd
}

// DraftMailLine is one request.
type DraftMailLine struct{ Day, Child, Activity, Limit string }

// NewDraftMail fills a reminder at a moment; text is the structure's.
func NewDraftMail(r *portal.DraftReminder, text portal.MailText, now time.Time, url string) DraftMail {
	m := DraftMail{To: r.Person.Title(), URL: url + "/recapitulatif", Until: portal.UntilOn(r.Limit)}
	m.Count = portal.Count(len(r.Requests), "demande n’est pas validée", "demandes ne sont pas validées")
	m.Words = text.Words([]portal.MailValue{{Name: "demandes", Value: m.Count}, {Name: "delai", Value: m.Until}}, remindedValues(r.Reminded))
	m.End = mailEnd("Vous recevez ce rappel parce que des demandes attendent sur le portail, et qu’elles ne comptent pas tant que vous ne les avez pas validées.", url)
	for i := range r.Requests {
		slot := &r.Requests[i].Slot
		line := DraftMailLine{Day: slot.Day.Numeric(), Child: r.Requests[i].Child.FirstName, Activity: slot.Activity.Short, Limit: "délai dépassé"}
		if l := slot.Limit(); slot.Open && !l.Passed(now) {
			line.Limit = portal.UntilOn(l.At)
		}
		if !r.Requests[i].Removing() {
			m.Adds = append(m.Adds, line)
		} else {
			m.Removes = append(m.Removes, line)
		}
	}
	return m
}

// Subject gives the subject of the mail.
func (m DraftMail) Subject() string { return m.Words.Subject }

// Render writes both parts of the mail.
func (m DraftMail) Render() (text, html string, err error) { return renderMail("draft", m) }

// OpeningMail tells a family that a period can be booked.
type OpeningMail struct {
	Words      portal.MailWords
	To         string
	Name       string // « vacances de Noël »
	Span       string // « du 19 décembre au 3 janvier »
	Activities string // « Repas et Vacances »
	Children   string // « Amalia et Paolo »
	Until      string
	Sooner     string // said when the first days close before the others
	URL        string
	End        MailEnd
}

// NewOpeningMail fills the news of an opening; text is the structure's.
func NewOpeningMail(r *portal.OpeningReminder, text portal.MailText, url string) OpeningMail {
	m := OpeningMail{
		To: r.Person.Title(), Name: r.Period.Name, Span: portal.SpanWords(r.Period.First, r.Period.Last),
		Children: portal.List(firstNames(r.Children)), Until: portal.UntilOn(r.Period.LatestLimit), URL: url + "/reservations",
	}
	m.Words = text.Words([]portal.MailValue{{Name: "periode", Value: m.Name}, {Name: "dates", Value: m.Span}}, remindedValues(r.Reminded))
	var names []string
	for _, a := range r.Period.Activities {
		names = append(names, a.Spoken)
	}
	m.Activities = portal.List(names)
	if r.Period.FirstLimit.Before(r.Period.LatestLimit) {
		m.Sooner = "Les premiers jours se réservent " + portal.UntilOn(r.Period.FirstLimit) + "."
	}
	m.End = mailEnd("Vous recevez ce message parce que votre enfant fréquente une école ou une activité de la commune.", url)
	if len(r.Children) > 1 {
		m.End.Why = "Vous recevez ce message parce que vos enfants fréquentent une école ou une activité de la commune."
	}
	return m
}

// Subject gives the subject of the mail.
func (m OpeningMail) Subject() string { return m.Words.Subject }

// Render writes both parts of the mail.
func (m OpeningMail) Render() (text, html string, err error) { return renderMail("opening", m) }

func firstNames(children []portal.Child) []string {
	names := make([]string, len(children))
	for i, c := range children {
		names[i] = c.FirstName
	}
	return names
}

// ReminderSettings is the page where a family chooses its reminders.
type ReminderSettings struct {
	Frame
	Choices []ReminderChoice
	Saved   bool
	NoEmail bool // no address, no reminder
}

// Template names the page.
func (ReminderSettings) Template() string { return "family/reminders" }

// ReminderChoice is a kind of reminder and whether it is wanted.
type ReminderChoice struct {
	Kind        portal.ReminderKind // also the name of its box
	Label, More string
	Wanted      bool
}

// NewReminderChoice says a kind of reminder in plain words.
func NewReminderChoice(k portal.ReminderKind, wanted bool) ReminderChoice {
	c := ReminderChoice{Kind: k, Wanted: wanted}
	switch k {
	case portal.RemindDraft:
		c.Label, c.More = "J’ai des demandes que je n’ai pas validées", "Le soir avant leur délai, à 18 h."
	case portal.RemindOpening:
		c.Label, c.More = "Une période de vacances s’ouvre aux réservations", "Le jour de l’ouverture, avec la date limite."
	default:
		c.Label, c.More = "Je n’ai rien réservé alors que je réserve d’habitude", "La veille du délai, à partir de 17 h ; le matin même quand le délai est le soir."
	}
	return c
}
