package views

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"marelle/portal"
)

var (
	_ = register(Bookings{}, Journal{})
	_ = part("family/follow#tabs", []Tab{})
	_ = part("family/follow#filters", FollowFilters{})
	_ = part("family/follow#printed", FollowFilters{})
)

// FollowFilters is what « Suivi » and « Mes réservations » let a family choose, and what it chose.
type FollowFilters struct {
	Path       string // of the page
	Sections   []Tab
	Box        bool // there is a box « Transmise »
	BoxTicked  bool
	Children   []Chip // to choose from, « Tous » first; none when there is one child
	Periods    []Chip
	Activities []Option
	Child      portal.ChildID
	From, To   string // 2026-12-01
	Chosen     bool   // something is left out
	Faults     Faults
	Total      string // « 14 demandes »
	Printed    string // what the printed page is about: « DUPONT Amalia, du 01/12/2026 au 31/12/2026 »
	PrintedOn  string
}

// Option is one choice of a list.
type Option struct {
	Value, Label string
	Current      bool
}

// SetFilter draws the filters of a page for a family. Periods that are over are left out where only the future is shown.
func (v *FollowFilters) SetFilter(f portal.FollowFilter, children []portal.Child, setups []*portal.Setup, now time.Time) {
	today := portal.DateOf(now)
	v.Child, v.From, v.To, v.BoxTicked = f.Child, f.From.String(), f.To.String(), !f.Pending
	v.PrintedOn = portal.Instant(now)
	v.Chosen = f != portal.FollowFilter{}
	v.Activities = []Option{{Label: "Toutes", Current: f.Activity == 0}}
	var chosen *portal.Activity
	for _, s := range setups {
		for i := range s.Activities {
			a := &s.Activities[i]
			if a.ID == f.Activity {
				chosen = a
			}
			v.Activities = append(v.Activities, Option{Value: strconv.FormatInt(int64(a.ID), 10), Label: a.Short, Current: a.ID == f.Activity})
		}
	}
	v.Printed = f.Words(children, chosen)
	if len(children) > 1 {
		all := f
		all.Child = 0
		v.Children = []Chip{{URL: v.URL(all, 0), Label: "Tous", Icon: "personnes", Current: f.Child == 0}}
		for _, c := range children {
			one := f
			one.Child = c.ID
			v.Children = append(v.Children, Chip{URL: v.URL(one, 0), Initial: string([]rune(c.FirstName)[:1]), Label: c.FirstName, Current: c.ID == f.Child})
		}
	}
	for _, p := range portal.QuickPeriods(today) {
		if !v.Box && (p.From == today && p.To == 0 || p.To != 0 && p.To < today) {
			continue
		}
		then := f
		then.From, then.To = p.From, p.To
		v.Periods = append(v.Periods, Chip{URL: v.URL(then, 0), Label: p.Label, Icon: "calendrier", Current: p.From == f.From && p.To == f.To})
	}
}

// SetFaults says what is wrong with the period, which keeps what was typed.
func (v *FollowFilters) SetFaults(e *portal.Error, from, to string) {
	v.From, v.To, v.Total = from, to, "Période à corriger"
	v.Faults = append(v.Faults, FaultsOf(e)...)
}

// URL is the address of the page with a filter, from a line on.
func (v *FollowFilters) URL(f portal.FollowFilter, from int) string {
	return FollowURL(v.Path, f, from)
}

// FollowURL is the address of a page or a file of « Suivi » with a filter, from a line on.
func FollowURL(path string, f portal.FollowFilter, from int) string {
	q := url.Values{}
	set := func(name string, n int64) {
		if n != 0 {
			q.Set(name, strconv.FormatInt(n, 10))
		}
	}
	set("enfant", int64(f.Child))
	set("activite", int64(f.Activity))
	set("a_partir", int64(from))
	if f.From != 0 {
		q.Set("du", f.From.String())
	}
	if f.To != 0 {
		q.Set("au", f.To.String())
	}
	if f.Pending {
		q.Set("filtre", "1")
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// Bookings is « Mes réservations »: what is booked from today on.
type Bookings struct {
	Frame
	FollowFilters
	Groups         []BookedChild
	CSVURL, ICSURL string
}

// Template names the page.
func (Bookings) Template() string { return "family/bookings" }

// BookedChild is a child with what it is booked for.
type BookedChild struct {
	ID         portal.ChildID
	Child      string
	Activities []BookedActivity
}

// BookedActivity is an activity with its days, a line for each week.
type BookedActivity struct {
	Activity, Icon string
	URL            string // its calendar
	Count          string // « 12 jours »
	Lines          []BookedLine
}

// BookedLine is some days of a week that stand alike.
type BookedLine struct {
	Days, Hours        string
	Badge, Icon, Words string
	Limits             []string // until when they can be changed
	Locked             bool
	monday             portal.Date
	status             portal.Status
	rank               int
	absent             bool
	hours              portal.Hours
	days               []portal.Date
	limits             []portal.Limit
}

// SetReservations fills the list from days in the order of children, activities and days.
func (v *Bookings) SetReservations(list []portal.Reservation, now time.Time) {
	for _, l := range list {
		if n := len(v.Groups); n == 0 || v.Groups[n-1].ID != l.Child.ID {
			v.Groups = append(v.Groups, BookedChild{ID: l.Child.ID, Child: l.Child.FullName()})
		}
		child := &v.Groups[len(v.Groups)-1]
		url := CalendarURL(l.Child.ID, l.Activity.ID, l.Day.Month())
		name := portal.Capital(WithoutArticle(l.Activity.Spoken))
		if n := len(child.Activities); n == 0 || child.Activities[n-1].Activity != name {
			child.Activities = append(child.Activities, BookedActivity{Activity: name, Icon: ActivityIcon(l.Activity.Kind), URL: url})
		}
		activity := &child.Activities[len(child.Activities)-1]
		activity.add(l)
	}
	for i := range v.Groups {
		for j := range v.Groups[i].Activities {
			v.Groups[i].Activities[j].say(now)
		}
	}
	v.Total = portal.Count(len(list), "réservation")
}

func (a *BookedActivity) add(l portal.Reservation) {
	n := len(a.Lines)
	if n == 0 || !a.Lines[n-1].holds(l) {
		a.Lines = append(a.Lines, BookedLine{monday: l.Day.Monday(), status: l.Status, rank: l.Rank, hours: l.Hours, absent: l.Absent})
		n++
	}
	line := &a.Lines[n-1]
	line.days, line.limits = append(line.days, l.Day), append(line.limits, l.Limit)
}

func (b *BookedLine) holds(l portal.Reservation) bool {
	return b.monday == l.Day.Monday() && b.status == l.Status && b.rank == l.Rank && b.hours == l.Hours && b.absent == l.Absent
}

func (a *BookedActivity) say(now time.Time) {
	days := 0
	for i := range a.Lines {
		a.Lines[i].say(now)
		days += len(a.Lines[i].days)
	}
	a.Count = portal.Count(days, "jour")
}

func (b *BookedLine) say(now time.Time) {
	b.Days, b.Hours = portal.DaysWords(b.days, portal.DateOf(now).Month().Year), b.hours.Words()
	b.Badge, b.Icon, b.Words = "reserve", "coche", "Réservé"
	if b.absent {
		b.Badge, b.Icon, b.Words = "ajout", "moins", "Absence signalée"
	}
	if b.status == portal.Waiting {
		b.Badge, b.Icon, b.Words = "attente", "sablier", "En liste d’attente, "+portal.Ordinal(b.rank)
	}
	b.Locked = true
	for i := 0; i < len(b.days); {
		j := i
		for j < len(b.days) && b.limitWords(j, now) == b.limitWords(i, now) {
			j++
		}
		words := b.limitWords(i, now)
		if i > 0 || j < len(b.days) {
			words = portal.DaysInMonth(b.days[i:j]) + " : " + words
		}
		b.Limits = append(b.Limits, words)
		b.Locked = b.Locked && b.limits[i].Passed(now)
		i = j
	}
}

// limitWords says until when a day can be changed; the month of the day goes without saying.
func (b *BookedLine) limitWords(i int, now time.Time) string {
	if b.limits[i].Passed(now) {
		return "plus modifiable"
	}
	return portal.UntilShort(b.limits[i].At, now, b.days[i].Month())
}

// BookingsSheet is « Mes réservations » as a file, a line a day.
func BookingsSheet(list []portal.Reservation, now time.Time) Sheet {
	s := Sheet{Name: "Réservations", Head: []string{"Enfant", "Activité", "Jour", "Arrivée", "Départ", "État", "Position", "Modifiable jusqu’au", "À"}}
	for _, l := range list {
		state, rank := "Réservé", any("")
		if l.Absent {
			state = "Absence signalée"
		}
		if l.Status == portal.Waiting {
			state, rank = "En liste d’attente", any(l.Rank)
		}
		var day portal.Date
		var hour portal.TimeOfDay
		if !l.Limit.Passed(now) {
			day, hour = portal.LimitDay(l.Limit.At)
		}
		from, to := l.Hours.Within(l.Activity)
		s.Rows = append(s.Rows, []any{l.Child.FullName(), l.Activity.Name, l.Day, from, to, state, rank, day, hour})
	}
	return s
}

// BookingEvents makes the events of an agenda; host tells this portal's events from others'.
func BookingEvents(list []portal.Reservation, place, host string) []CalendarEvent {
	var events []CalendarEvent
	for _, l := range list {
		from, to := l.Hours.Within(l.Activity)
		e := CalendarEvent{
			UID: fmt.Sprintf("reservation-%d-%d-%s@%s", l.Child.ID, l.Activity.ID, l.Day, host), Summary: l.Activity.Short + " – " + l.Child.FirstName, Place: place,
			Start: l.Day.At(from), End: l.Day.At(to), Since: l.Since,
		}
		if l.Status == portal.Waiting {
			e.Summary, e.Tentative = e.Summary+" (liste d’attente)", true
		}
		events = append(events, e)
	}
	return events
}
