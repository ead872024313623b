package views

import (
	"fmt"
	"time"

	"marelle/portal"
)

var _ = register(Waitlist{}, OfferPage{}, LeaveList{})

var (
	_ = part("family/waitlist#offer", OfferCard{})
	_ = part("family/waitlist#notes", []OfferNote{})
)

// OfferNote says on other pages that a place waits for an answer.
type OfferNote struct{ Words, Until, URL string }

// NewOfferNotes prepares the notes of the offers that are open.
func NewOfferNotes(list []portal.Offer, now time.Time) []OfferNote {
	notes := make([]OfferNote, len(list))
	for i := range list {
		o := &list[i]
		notes[i] = OfferNote{Words: portal.Capital(o.What()) + " : une place vous est proposée.", Until: portal.Capital(portal.Until(o.Until, now)) + ".", URL: offerPath(o.ID)}
	}
	return notes
}

func offerPath(id portal.OfferID) string { return fmt.Sprintf("/attente/offres/%d", id) }

// Waitlist is « Liste d’attente »: the days for which the children wait, and the places that are offered.
type Waitlist struct {
	Frame
	Notice string // what was just done
	Offers []OfferCard
	Lists  []WaitingList
}

// Template names the page.
func (Waitlist) Template() string { return "family/waitlist" }

// OfferCard is an offer that can be answered.
type OfferCard struct {
	CSRF             string // nothing where the link of the mail is the proof
	Action           string
	ID               string // unique on the page
	Icon, Short, Day string
	Names            string
	Until            string
	Each             string // said when brothers and sisters have a place all or none
	Refuse           bool   // the mail's link was « refuser »: that button comes first
}

// NewOfferCard prepares an offer to answer.
func NewOfferCard(o *portal.Offer, action, csrf string, now time.Time) OfferCard {
	c := OfferCard{CSRF: csrf, Action: action, ID: fmt.Sprintf("offre-%d", o.ID), Icon: ActivityIcon(o.Icon), Short: o.Short, Day: o.Day.LongYear(), Names: o.Names(),
		Until: portal.Until(o.Until, now)}
	if len(o.Children) > 1 {
		c.Each = "Tous ou aucun : la réponse vaut pour chacun."
	}
	return c
}

// SetOffers shows the offers that are open.
func (v *Waitlist) SetOffers(list []portal.Offer, now time.Time) {
	for i := range list {
		v.Offers = append(v.Offers, NewOfferCard(&list[i], offerPath(list[i].ID), v.CSRF, now))
	}
}

// WaitingList is an activity with the days for which the children wait.
type WaitingList struct {
	ID, Name, Icon string
	How            string // how a place reaches who waits
	Days           []WaitingLine
}

// WaitingLine is a day for which a child waits.
type WaitingLine struct {
	Day, Child string
	Rank       string // « 2e »
	Ahead      string // « 1 enfant avant »
	Together   bool
	Offered    bool
	Limit      string // until when the list can be left
	LeaveURL   string // nothing when it no longer can
}

// SetDays groups the days by activity, in the order in which they come.
func (v *Waitlist) SetDays(list []portal.WaitingDay, now time.Time) {
	byID := map[portal.ActivityID]int{}
	for i := range list {
		w := &list[i]
		at, known := byID[w.Activity.ID]
		if !known {
			at = len(v.Lists)
			byID[w.Activity.ID] = at
			v.Lists = append(v.Lists, WaitingList{ID: fmt.Sprintf("liste-%d", w.Activity.ID), Name: portal.Capital(WithoutArticle(w.Activity.Spoken)), Icon: ActivityIcon(w.Activity.Kind), How: w.Activity.WaitWords()})
		}
		line := WaitingLine{Day: w.Day.LongYear(), Child: w.Child.FirstName, Rank: portal.Ordinal(w.Rank), Ahead: aheadWords(w.Rank - 1), Together: w.Together, Offered: w.Offered}
		line.Limit = leaveLimit(w, now)
		if w.Slot.Changeable(now) {
			line.LeaveURL = leavePath(w)
		}
		v.Lists[at].Days = append(v.Lists[at].Days, line)
	}
}

func aheadWords(n int) string {
	if n == 0 {
		return "personne avant"
	}
	return portal.Count(n, "enfant") + " avant"
}

func leaveLimit(w *portal.WaitingDay, now time.Time) string {
	if !w.Slot.Changeable(now) {
		return w.Slot.LimitWords(now)
	}
	return portal.Capital(portal.Until(w.Slot.Limit().At, now))
}

func leavePath(w *portal.WaitingDay) string {
	return fmt.Sprintf("/attente/quitter/%d/%d/%s", w.Child.ID, w.Activity.ID, w.Day)
}

// LeaveList asks once more before a child leaves a list: the rank is lost.
type LeaveList struct {
	Frame
	Action  string
	What    string // « Amalia, centre de loisirs du mercredi, mercredi 2 décembre 2026 »
	Rank    string
	Offered bool
}

// Template names the page.
func (LeaveList) Template() string { return "family/leavelist" }

// SetDay says which list is left.
func (v *LeaveList) SetDay(w *portal.WaitingDay) {
	v.Action = leavePath(w)
	v.What = fmt.Sprintf("%s, %s, %s", w.Child.FirstName, WithoutArticle(w.Activity.Spoken), w.Day.LongYear())
	v.Rank, v.Offered = portal.Ordinal(w.Rank), w.Offered
}

// OfferPage is an offer alone: to answer, or what came of it.
type OfferPage struct {
	Frame
	Own      bool // seen by the family that is signed in, not through the link of a mail
	Heading  string
	Card     *OfferCard // nil once it is answered or over
	Good     bool       // what is said is good news
	Said     string
	Refusal  string // why an answer did not count
	What     string
	Calendar string // where the day is seen
}

// Template names the page.
func (OfferPage) Template() string { return "family/offer" }

// SetOffer chooses the words for an offer as it stands. csrf is the session's token, or nothing where the link of the mail
// is the proof.
func (v *OfferPage) SetOffer(o *portal.Offer, action, csrf string, now time.Time) {
	v.What = portal.Capital(o.What())
	if v.Own = csrf != ""; v.Own {
		v.Calendar = CalendarURL(o.Children[0].ID, o.ActID, o.Day.Month())
	}
	if _, over := o.Answer(true, now); over == nil && o.State == portal.OfferOpen {
		card := NewOfferCard(o, action, csrf, now)
		v.Card, v.Heading = &card, "Une place vous est proposée"
		return
	}
	switch o.State {
	case portal.OfferAccepted:
		v.Good, v.Heading = true, "C’est réservé"
		v.Said = "Réservé depuis le " + portal.Instant(o.Answered) + ". Vous retrouvez cette réservation dans «\u00a0Suivi\u00a0» ; elle sera transmise la nuit suivante."
	case portal.OfferDeclined:
		v.Heading, v.Said = "Place refusée", "La place va à la famille suivante, et cette demande a quitté la liste d’attente. Vous pouvez la demander de nouveau sur le calendrier."
	default:
		_, over := o.Answer(true, now)
		v.Heading, v.Said = "Cette proposition est terminée", over.Message
	}
}

// PlaceMail tells a family about a place of a waiting list: offered, given, lost for want of an answer, gone.
type PlaceMail struct {
	Words           portal.MailWords
	To, Structure   string
	What            string // « le centre de loisirs, mardi 22 décembre 2026, pour Amalia »
	Each            bool   // brothers and sisters, all or none
	Until           string
	Accept, Decline string // addresses; nothing when there is nothing to answer
	Given           bool
	Expired         bool
	URL             string // « Liste d’attente », or « Suivi » once a place was given
}

// NewPlaceMail fills a piece of news; text is the structure's, url the address of the site, link that of the offer's page.
func NewPlaceMail(n *portal.PlaceNews, text portal.MailText, url, link string) PlaceMail {
	m := PlaceMail{To: n.To.Title(), Structure: n.Structure.Name, What: portal.Capital(n.Offer.What()), Each: len(n.Offer.Children) > 1, URL: url + "/attente"}
	m.Words = text.Words([]portal.MailValue{{Name: "place", Value: n.Offer.What()}}, portal.PersonValues(n.To), portal.StructureValues(n.Structure))
	switch n.Offer.State {
	case portal.OfferOpen:
		m.Until, m.Accept, m.Decline = portal.Instant(n.Offer.Until), link+"?reponse=oui", link+"?reponse=non"
	case portal.OfferGiven:
		m.Given, m.URL = true, url+"/suivi"
	case portal.OfferExpired:
		m.Expired, m.Until = true, portal.Instant(n.Offer.Until)
	}
	return m
}

// PlaceMailKind gives the kind of the mail that tells how an offer stands.
func PlaceMailKind(s portal.OfferState) portal.MailKind {
	switch s {
	case portal.OfferOpen:
		return portal.MailOffered
	case portal.OfferGiven:
		return portal.MailGiven
	case portal.OfferExpired:
		return portal.MailExpired
	}
	return portal.MailWithdrawn
}

// Subject gives the subject of the mail.
func (m PlaceMail) Subject() string { return m.Words.Subject }

// Render writes both parts of the mail.
func (m PlaceMail) Render() (text, html string, err error) { return renderMail("place", m) }
