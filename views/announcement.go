package views

import (
	"fmt"
	"strings"

	"marelle/portal"
)

var _ = register(StaffAnnouncements{}, StaffAnnouncement{})

// StaffAnnouncements lists the messages of a structure to its families.
type StaffAnnouncements struct {
	Frame
	Total   string // « 3 messages »
	Lines   []AnnouncementLine
	Notice  string // « Message enregistré. »
	UndoURL string // where the message just removed is put back
}

// Template names the page.
func (StaffAnnouncements) Template() string { return "staff/messages" }

// AnnouncementLine is one message with where it stands.
type AnnouncementLine struct {
	URL, Title         string
	Dates              string // « du 23 novembre au 4 décembre »
	Audience           string // « toutes les familles », « Cantine », « École Jean-Jaurès »
	Badge, Icon, State string
}

// NewAnnouncementLine draws a message on a day.
func NewAnnouncementLine(a portal.Announcement, audience string, today portal.Date) AnnouncementLine {
	l := AnnouncementLine{URL: AnnouncementPath(a.ID), Title: a.Title, Dates: portal.SpanWords(a.First, a.Last), Audience: audience}
	switch {
	case today < a.First:
		l.Badge, l.Icon, l.State = "ajout", "sablier", "À venir"
	case today > a.Last:
		l.Badge, l.Icon, l.State = "", "historique", "Passé"
	default:
		l.Badge, l.Icon, l.State = "fait", "coche", "Affiché"
	}
	return l
}

// AnnouncementsPath is where staff find the messages to families.
const AnnouncementsPath = "/gestion/messages"

// AnnouncementPath is the page of one of them.
func AnnouncementPath(id portal.AnnouncementID) string {
	return fmt.Sprintf("%s/%d", AnnouncementsPath, id)
}

// StaffAnnouncement is the form of a message.
type StaffAnnouncement struct {
	Frame
	Heading      string
	Action       string
	RemoveURL    string // nothing for a new message
	Key          string // one-time key of a new one
	TitleText    string // what was typed
	Body         string
	First, Last  string
	TitleMost    int
	BodyMost     int
	Audiences    []AudienceChoice
	Faults       Faults
	Preview      bool
	PreviewTitle string
	Blocks       []Block
	PreviewWords string // « Affiché du … au …, pour toutes les familles. »
}

// Template names the page.
func (StaffAnnouncement) Template() string { return "staff/message" }

// AudienceChoice is who a message may be for.
type AudienceChoice struct {
	Value, Label string
	Current      bool
}

// SetAnnouncement shows what a message says.
func (v *StaffAnnouncement) SetAnnouncement(a portal.Announcement) {
	v.TitleText, v.Body, v.First, v.Last = a.Title, a.Body, a.First.String(), a.Last.String()
	v.TitleMost, v.BodyMost = portal.AnnouncementTitleMost, portal.AnnouncementBodyMost
}

// SetFaults says what is to be corrected.
func (v *StaffAnnouncement) SetFaults(err *portal.Error) {
	v.Faults = append(v.Faults, FaultsOf(err)...)
}

// SetPreview shows the message as families read it.
func (v *StaffAnnouncement) SetPreview(a portal.Announcement) {
	v.Preview, v.PreviewTitle, v.Blocks = true, a.Title, Blocks(a.Body)
	who := "toutes les familles"
	for _, c := range v.Audiences {
		if c.Current {
			who = strings.ToLower(c.Label[:1]) + c.Label[1:]
		}
	}
	v.PreviewWords = "Affiché " + portal.SpanWords(a.First, a.Last) + ", pour " + who + "."
}
