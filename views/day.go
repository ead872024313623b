package views

import (
	"fmt"
	"strings"
	"time"

	"marelle/portal"
)

var (
	_ = register(Day{}, DayPanel{}, DayAnswer{})
	_ = part("family/day#body", DayBody{})
	_ = part("family/day#row", DayRow{})
)

// Day is one day on a page of its own: what a browser without JavaScript gets instead of the panel.
type Day struct {
	Frame
	Body DayBody
}

// Template names the page.
func (Day) Template() string { return "family/day" }

// DayPanel is the same day in the panel over the calendar.
type DayPanel struct{ Body DayBody }

// Template names the fragment.
func (DayPanel) Template() string { return "family/day#panel" }

// DayBody is a day with its activities, or its children: what each is, until when it can be changed, and why not.
type DayBody struct {
	Heading string // « Jeudi 19 novembre »
	Who     string // « Amalia », « Cantine d’Amalia »
	Day     string // "2026-11-19"
	Action  string // where its buttons post
	CSRF    string
	Version int
	BackURL string
	Rows    []DayRow
	Empty   string // said when nothing opens
	Refusal string
	Said    string

	Exchange string // where the day is exchanged with the other parent
}

// DayRow is one activity of a child on that day.
type DayRow struct {
	ID       string // "r-12-3"
	Line     string // "12-3:1": child, activity and the wished end; nothing when it cannot change
	Icon     string
	Name     string // « Cantine »
	When     string // « 11 h 45 – 13 h 30 · 6 places »
	State    portal.State
	Sign     string
	Word     string
	Pressed  bool
	Limit    string
	Why      portal.Why
	Ask      bool   // « Pourquoi ? » is worth asking
	Absence  string // where an absence is announced, for a booked day that is not over
	Hours    *HoursForm
	HoursFor string // "12-3": whose hours the form changes
	CSRF     string
	Day      string
	Action   string
}

// DayAnswer is what a click in the panel gets: the day as it is now, the cell behind it, the basket and the sentence.
type DayAnswer struct {
	Body   DayBody
	Cell   *DayCell
	Card   *CardCell
	Basket Basket
}

// Template names the fragment.
func (DayAnswer) Template() string { return "family/day#answer" }

// AddRow adds a slot to the day; name is what it is called there.
func (b *DayBody) AddRow(name string, s *portal.Slot, now time.Time) {
	state := s.State(now)
	row := DayRow{
		ID: fmt.Sprintf("r-%d-%d", s.Child, s.Activity.ID), Icon: ActivityIcon(s.Activity.Kind), Name: name, State: state, Sign: stateIcons[state],
		Pressed: s.Expected(now), Limit: s.LimitWords(now), Why: s.Explain(now), CSRF: b.CSRF, Day: b.Day, Action: b.Action,
	}
	row.Word, _ = cellWords(s, state, now)
	switch {
	case state == portal.StateWaiting:
		row.Word += " : " + portal.Ordinal(s.Rank)
	case state == portal.StateFree && s.Activity.Decided:
		row.Word, row.Sign = "Sur demande", stateIcons[portal.StateRequest]
	case state == portal.StateFree && !s.InLateLane(now):
		row.Word = "Libre"
	}
	row.When = hours(s.Activity)
	if h := s.ExpectedHours().Words(); h != "" && row.Pressed {
		row.When = h
	}
	if s.Limited && state == portal.StateFree {
		row.When += " · " + portal.Count(s.Left, "place")
	}
	if s.Changeable(now) {
		row.Line = fmt.Sprintf("%d-%d:%s", s.Child, s.Activity.ID, wanted(!row.Pressed))
	}
	switch state {
	case portal.StateFree, portal.StateBooked, portal.StateAdd, portal.StateRemove:
		with, _ := s.Clash(s.ExpectedHours())
		row.Ask = (with != nil || row.Why.Do == "" && row.Why.Answer != row.Limit) && s.Status == portal.NotBooked
	default:
		row.Ask = true
	}
	if s.Status == portal.Booked && s.Day >= portal.DateOf(now) {
		row.Absence = fmt.Sprintf("/absences?enfant=%d&du=%s&au=%s", s.Child, s.Day, s.Day)
		if s.Absent {
			row.Limit = "Absence signalée ; la réservation reste. " + row.Limit
		}
	}
	if s.HoursChangeable(now) {
		stand := s.ExpectedHours()
		row.HoursFor = fmt.Sprintf("%d-%d", s.Child, s.Activity.ID)
		row.Hours = NewHoursForm("h-"+row.HoursFor, "", "Horaires de "+strings.ToLower(name), s.Activity, stand)
	}
	b.Rows = append(b.Rows, row)
}
