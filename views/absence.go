package views

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"marelle/portal"
)

var (
	_ = register(Absences{})
	_ = part("family/absence#tap", AbsenceTap{})
	_ = part("family/absence#rows", []AbsenceRow{})
	_ = part("family/absences#choose", Absences{})
	_ = part("family/absences#check", AbsenceCheck{})
)

// Where absences are announced, and taken back.
const (
	AbsencesPath    = "/absences"
	absenceDocument = AbsencesPath + "/justificatifs/"
)

// SpellPath is the page of an announced absence.
func SpellPath(id portal.SpellID) string {
	return AbsencesPath + "/" + strconv.FormatInt(int64(id), 10)
}

// AbsenceTap is « Malade aujourd’hui » for one child: the button, or what was told and how to take it back.
type AbsenceTap struct {
	Child    portal.ChildID
	Name     string
	Day      string // « 2026-11-23 »
	When     string // « aujourd’hui »
	What     string // what the button announces: « cantine et accueil du soir »; nothing: there is no button
	Told     string // what the town hall knows, once announced
	Undo     bool
	Notes    []string // what is too late, with its rule
	Document string   // what is asked, until when
	URL      string   // of the announced absence
	More     string   // address where other days and reasons are chosen
	From     string   // the page that shows it, where the answer leads back
	CSRF     string
}

// NewAbsenceTap draws the one tap of a child; from is the page that shows it.
func NewAbsenceTap(s *portal.AbsenceSheet, now time.Time, from, csrf string) AbsenceTap {
	t := AbsenceTap{
		Child: s.Child.ID, Name: s.Child.FirstName, Day: s.First.String(), When: nearDay(s.First, now), From: from, CSRF: csrf,
		What: activityWords(s.In(portal.AbsencePossible, now)), More: AbsencesPath + "?enfant=" + strconv.FormatInt(int64(s.Child.ID), 10) + "#t-choisir",
	}
	announced := s.In(portal.AbsenceAnnounced, now)
	if len(announced) > 0 {
		t.Told = fmt.Sprintf("La mairie est prévenue : %s ne vient pas %s (%s).", whoWords(t.Name, announced[0].Absence.Reason), t.When, activityWords(announced))
		t.URL = SpellPath(announced[0].Absence.Spell)
	}
	for _, d := range announced {
		if why := d.RefusePresent(now); why != nil {
			t.Notes = append(t.Notes, activityWord(d.Activity)+" : "+lowerFirst(why.Message))
		} else {
			t.Undo = true
		}
		if by := d.Absence.DocumentBy; by != 0 && t.Document == "" && !s.DocumentSent {
			t.Document = documentAsked(int(by-d.Day), by)
		}
	}
	for _, d := range s.In(portal.AbsenceTooLate, now) {
		t.Notes = append(t.Notes, activityWord(d.Activity)+" : "+lowerFirst(d.Refuse(now).Message))
	}
	return t
}

// whoWords gives « Amalia, malade, ».
func whoWords(name string, reason portal.AbsenceReason) string {
	if reason == portal.Sick {
		return name + ", malade,"
	}
	return name
}

// documentAsked says what paper is asked and until when.
func documentAsked(days int, by portal.Date) string {
	return fmt.Sprintf("Un justificatif est demandé dans les %s, au plus tard le %s.", portal.Count(days, "jour"), by.Long())
}

// nearDay gives « aujourd’hui », « demain », or « le lundi 30 novembre ».
func nearDay(day portal.Date, now time.Time) string {
	switch day - portal.DateOf(now) {
	case 0:
		return "aujourd’hui"
	case 1:
		return "demain"
	}
	return "le " + day.Long()
}

// activityWord gives « Accueil du soir ».
func activityWord(a *portal.Activity) string { return portal.Capital(WithoutArticle(a.Spoken)) }

// activityWords gives « cantine et accueil du soir ».
func activityWords(days []portal.AbsenceDay) string {
	var words []string
	for _, d := range days {
		words = append(words, WithoutArticle(d.Activity.Spoken))
	}
	return portal.List(words)
}

// lowerFirst lets a sentence follow a colon.
func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	first := string([]rune(s)[:1])
	return strings.ToLower(first) + s[len(first):]
}

// Absences is « Mon enfant est malade ou absent ».
type Absences struct {
	Frame
	Heading     string
	Nobody      string // said when no child is attached to the account
	Taps        []AbsenceTap
	Children    []Choice
	Reasons     []Choice
	First, Last string // « 2026-11-23 »
	Least       string // the first day that can be chosen
	Faults      Faults
	Check       *AbsenceCheck // the days chosen, to be looked at before they are announced
	Refusal     string        // why nothing was recorded
	TakenBack   string        // what was just taken back
	Spells      []SpellCard
}

// Template names the page.
func (Absences) Template() string { return "family/absences" }

// AbsenceCheck is a run of days with what is booked, before it is announced.
type AbsenceCheck struct {
	Name        string
	Days        string // « du lundi 23 au mercredi 25 novembre »
	Reason      string // « malade »
	Rows        []AbsenceRow
	Button      string // « Signaler l’absence (3 réservations) »; nothing: none can be
	Back        string // when the child is expected again
	Document    string
	Edit        string // address of the form as it was filled
	CSRF        string
	Child       portal.ChildID
	First, Last string
	Value       string // of the reason
}

// AbsenceRow is a day of a run, with what is booked on it.
type AbsenceRow struct {
	Day   string
	Lines []AbsenceLine
}

// AbsenceLine is one booking of a day, or the word that there is none.
type AbsenceLine struct {
	What, Icon       string
	Badge, BadgeIcon string
	State            string // « À signaler », « Trop tard », « Rien de réservé »
	Detail           string // until when, or why not
}

// NewAbsenceCheck draws the days that a family asks about.
func NewAbsenceCheck(s *portal.AbsenceSheet, ask portal.AbsenceAsk, now time.Time, csrf string) *AbsenceCheck {
	c := &AbsenceCheck{
		Name: s.Child.FirstName, Days: runWords(s.First, s.Last), Reason: string(ask.Reason), Back: backWords(s), CSRF: csrf,
		Child: ask.Child, First: s.First.String(), Last: s.Last.String(), Value: string(ask.Reason),
	}
	c.Edit = AbsencesPath + "?" + url.Values{"enfant": {fmt.Sprint(ask.Child)}, "du": {c.First}, "au": {c.Last}, "motif": {c.Value}, "modifier": {"1"}}.Encode()
	var by portal.Date
	for day := s.First; day <= s.Last; day++ {
		row := AbsenceRow{Day: portal.Capital(day.Long())}
		for _, d := range s.On(day) {
			row.Lines = append(row.Lines, newAbsenceLine(&d, now))
			if asked := d.Activity.DocumentBy(day); d.State(now) == portal.AbsencePossible && asked != 0 && (by == 0 || asked < by) {
				by = asked
				c.Document = documentAsked(d.Activity.DocumentDays, by)
			}
		}
		if slices.Contains(s.Empty, day) {
			row.Lines = append(row.Lines, AbsenceLine{State: "Rien de réservé", BadgeIcon: "rond"})
		}
		if len(row.Lines) > 0 {
			c.Rows = append(c.Rows, row)
		}
	}
	switch n := len(s.In(portal.AbsencePossible, now)); n {
	case 0:
	case 1:
		c.Button = "Signaler l’absence"
	default:
		c.Button = fmt.Sprintf("Signaler l’absence (%d réservations)", n)
	}
	return c
}

func newAbsenceLine(d *portal.AbsenceDay, now time.Time) AbsenceLine {
	l := AbsenceLine{What: activityWord(d.Activity), Icon: ActivityIcon(d.Activity.Kind)}
	if why := d.Refuse(now); why != nil {
		l.Detail = why.Message
	}
	switch d.State(now) {
	case portal.AbsencePossible:
		l.Badge, l.BadgeIcon, l.State = "ajout", "horloge", "À signaler"
		l.Detail = "Possible " + portal.UntilShort(d.Limit.At, now, d.Day.Month()) + "."
	case portal.AbsenceAnnounced:
		l.Badge, l.BadgeIcon, l.State = "fait", "coche", "Déjà signalée"
	case portal.AbsenceTooLate:
		l.Badge, l.BadgeIcon, l.State = "complet", "verrou", "Trop tard"
		if !d.Limit.Possible {
			l.State = "Pas en ligne"
		}
	case portal.AbsenceClosed:
		l.BadgeIcon, l.State = "rond", "Fermé"
	default:
		l.BadgeIcon, l.State = "sablier", "Pas réservé"
	}
	return l
}

// runWords gives « le lundi 23 novembre », or « du lundi 23 novembre au mercredi 25 novembre ».
func runWords(first, last portal.Date) string {
	if first == last {
		return "le " + first.Long()
	}
	return "du " + first.Long() + " au " + last.Long()
}

// backWords says when the child is expected again.
func backWords(s *portal.AbsenceSheet) string {
	if s.Back == nil {
		return "Rien d’autre n’est réservé ensuite."
	}
	return fmt.Sprintf("De retour le %s (%s).", s.Back.Day.Long(), WithoutArticle(s.Back.Activity.Spoken))
}
