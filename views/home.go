package views

import (
	"slices"
	"strings"
	"time"

	"marelle/portal"
)

var (
	_ = register(Home{})
	_ = part("components/blocks", []Block{})
	_ = part("family/home#limit", HomeLimit{})
)

// Home is the first page after signing in: what waits comes first.
type Home struct {
	Frame
	Hello         string
	TakenBack     string // the absence that was just taken back
	Announcements []HomeAnnouncement
	Pending       string // « Vous avez 4 demandes à valider. »
	Nearest       string // « Délai le plus proche : … »
	Offers        []OfferNote
	Exchanges     []ExchangeNote
	Limits        []HomeLimit // of the activities that the family uses
	OtherLimits   []HomeLimit // of the others
	Others        string      // « Délais de 4 autres activités »
	Children      []HomeChild
	Refused       []HomeRefusal
	Nobody        string // said when no child is attached to the account
}

// Template names the page.
func (Home) Template() string { return "family/home" }

// HomeAnnouncement is a message of the town hall.
type HomeAnnouncement struct {
	ID     portal.AnnouncementID
	Title  string
	From   string // the structure, said when the family has several
	Blocks []Block
}

// NewHomeAnnouncement prepares a message to be read.
func NewHomeAnnouncement(a portal.Announcement) HomeAnnouncement {
	return HomeAnnouncement{ID: a.ID, Title: a.Title, Blocks: Blocks(a.Body)}
}

// HomeLimit is the next deadline of an activity.
type HomeLimit struct {
	Icon, Activity string
	Span           string // « du 30 novembre au 4 décembre »
	Until          string // « jusqu’au jeudi 26 novembre à 9 h »
	Groups         []HomeLimitGroup
}

// HomeLimitGroup is the children of whom the same is to be said.
type HomeLimitGroup struct {
	Children []HomeLimitChild
	Words    string // « 2 jours réservés », « rien de réservé »
}

// HomeLimitChild leads to the month of a child; Before is what stands between it and the one before: « , » or « et ».
type HomeLimitChild struct{ Name, URL, Before string }

// HomeRefusal is what a family asked and did not get.
type HomeRefusal struct {
	What   string // « Cantine, mardi 1er décembre, Amalia »
	Badge  string
	Icon   string
	State  string // « Réservation refusée », « Pas de place »
	Reason string
	URL    string // the month of that day
}

// HomeChild is a child with the way to its calendars.
type HomeChild struct {
	ID          portal.ChildID
	Name, Class string
	WeekTitle   string // « Cette semaine », « La semaine prochaine »
	Empty       string // said when nothing is saved that week
	Week        []HomeDay
	Activities  []Chip
	Tap         *AbsenceTap // « Malade aujourd’hui », when something is booked
}

// HomeDay is a day of the week, with what is saved.
type HomeDay struct {
	Day   string
	Today bool
	What  []HomeBooking
}

// HomeBooking is one thing saved for a day.
type HomeBooking struct{ Word, Hours, Badge, Icon string }

// SetPending says what waits for its validation, and until when.
func (v *Home) SetPending(wishes int, limits []portal.Limit, now time.Time) {
	if wishes == 0 {
		return
	}
	v.Pending = "Vous avez " + portal.Count(wishes, "demande") + " à valider."
	if limit, ok := portal.EarliestLimit(limits, now); ok {
		v.Nearest = "Délai le plus proche : " + strings.TrimPrefix(strings.TrimPrefix(portal.Until(limit, now), "jusqu’au "), "jusqu’à ") + "."
	}
}

// SetLimits says what closes next. What the family uses is in sight; the rest unfolds, unless there is nothing else.
func (v *Home) SetLimits(limits []portal.NextLimit, now time.Time) {
	some := slices.ContainsFunc(limits, func(l portal.NextLimit) bool { return l.Used })
	for _, l := range limits {
		line := newHomeLimit(l, now)
		if l.Used || !some {
			v.Limits = append(v.Limits, line)
		} else {
			v.OtherLimits = append(v.OtherLimits, line)
		}
	}
	v.Others = "Délais de " + portal.Count(len(v.OtherLimits), "autre activité", "autres activités")
}

func newHomeLimit(l portal.NextLimit, now time.Time) HomeLimit {
	line := HomeLimit{Icon: ActivityIcon(l.Activity.Kind), Activity: l.Activity.Short, Span: l.Span(), Until: strings.ReplaceAll(portal.Until(l.At, now), " h", "\u00a0h")}
	for _, c := range l.Children {
		child := HomeLimitChild{Name: c.Child.FirstName, URL: CalendarURL(c.Child.ID, l.Activity.ID, l.Days[0].Month())}
		words := c.Words()
		i := slices.IndexFunc(line.Groups, func(g HomeLimitGroup) bool { return g.Words == words })
		if i < 0 {
			i = len(line.Groups)
			line.Groups = append(line.Groups, HomeLimitGroup{Words: words})
		}
		line.Groups[i].Children = append(line.Groups[i].Children, child)
	}
	for _, g := range line.Groups {
		for i := 1; i < len(g.Children); i++ {
			g.Children[i].Before = ", "
			if i == len(g.Children)-1 {
				g.Children[i].Before = " et "
			}
		}
	}
	return line
}

// AddRefused says that a request was refused, and why.
func (v *Home) AddRefused(m portal.Movement) {
	r := HomeRefusal{
		What: m.Short + ", " + m.Day.Long() + ", " + m.Child.FirstName, Badge: "complet", Icon: "croix", State: "Réservation refusée", Reason: m.Reason,
		URL: CalendarURL(m.Child.ID, m.ActID, m.Day.Month()),
	}
	switch {
	case m.Action != "add":
		r.State = "Annulation refusée"
	case m.Outcome == portal.OutcomeWaiting:
		r.State, r.Badge, r.Icon = "Pas de place", "attente", "sablier"
	}
	if m.Action == "decide" {
		r.State = "Demande refusée"
	}
	if r.Reason == "" {
		r.Reason = "Choisissez un autre jour, ou appelez la mairie."
	}
	v.Refused = append(v.Refused, r)
}

// AddLostWait says that a place which a child waited for can no longer come.
func (v *Home) AddLostWait(b portal.SavedDay, a *portal.Activity, child portal.Child) {
	v.Refused = append(v.Refused, HomeRefusal{
		What: a.Short + ", " + b.Day.Long() + ", " + child.FirstName, Badge: "attente", Icon: "sablier", State: "Pas de place",
		Reason: "Aucune place ne s’est libérée avant la fin du délai. Appelez la mairie pour un cas exceptionnel.", URL: CalendarURL(child.ID, a.ID, b.Day.Month()),
	})
}

// AddChild shows a child's week and the way to its calendars.
func (v *Home) AddChild(c portal.Child, setup *portal.Setup, offered []*portal.Activity, booked []portal.SavedDay, now time.Time) {
	h := HomeChild{ID: c.ID, Name: c.FirstName, Class: c.Class, WeekTitle: "Cette semaine"}
	for _, a := range offered {
		h.Activities = append(h.Activities, ActivityChip(a, CalendarPath(c.ID, a.ID), false))
	}
	today := portal.DateOf(now)
	monday := today.Monday()
	if today.Weekday() >= portal.Saturday { // the week that matters is the one to come
		monday += 7
		h.WeekTitle = "La semaine prochaine"
	}
	empty := true
	for d := monday; d < monday+7; d++ {
		day := HomeDay{Day: d.Weekday().Short() + " " + portal.DayNumber(d), Today: d == today, What: savedOn(d, c.ID, setup, booked)}
		if d.Weekday() < portal.Saturday || len(day.What) > 0 {
			h.Week = append(h.Week, day)
		}
		empty = empty && len(day.What) == 0
	}
	if empty {
		h.Week, h.Empty = nil, c.FirstName+" n’a rien de réservé "+strings.ToLower(h.WeekTitle)+"."
	}
	v.Children = append(v.Children, h)
}

// savedOn lists what is saved for a child on a day, with its hours.
func savedOn(d portal.Date, child portal.ChildID, setup *portal.Setup, booked []portal.SavedDay) (list []HomeBooking) {
	for _, b := range booked {
		if b.Child != child || b.Day != d {
			continue
		}
		what := HomeBooking{Word: b.Activity, Badge: "reserve", Icon: "coche"}
		if a := setup.Activity(b.ActID); a != nil {
			what.Word, what.Hours = strings.ToLower(a.Short), b.HoursOf(a)
		}
		if b.Absent {
			what.Word, what.Badge, what.Icon = what.Word+" (absent)", "ajout", "moins"
		}
		if b.Status == portal.Waiting {
			what.Word, what.Badge, what.Icon = what.Word+" (en attente)", "attente", "sablier"
		}
		list = append(list, what)
	}
	return list
}
