package views

import (
	"strings"
	"time"

	"marelle/portal"
)

var _ = register(Home{})

// Home is the first page after signing in.
type Home struct {
	Frame
	Hello    string
	Pending  string // « Vous avez 4 demandes à valider. »
	Nearest  string // « Délai le plus proche : … »
	Children []HomeChild
	Nobody   string // said when no child is attached to the account
}

// Template names the page.
func (Home) Template() string { return "family/home" }

// HomeChild is a child with the way to its calendars.
type HomeChild struct {
	ID                   portal.ChildID
	Name, Initial, Class string
	Activities           []Chip
	Week                 []HomeDay
}

// HomeDay is a day of the week to come, with what is booked.
type HomeDay struct {
	Day   string
	Today bool
	What  []HomeBooking
}

// HomeBooking is one thing saved for a day.
type HomeBooking struct{ Word, Badge, Icon string }

// SetPending says what waits for its validation, and until when.
func (v *Home) SetPending(list []portal.Request, now time.Time) {
	if len(list) == 0 {
		return
	}
	v.Pending = "Vous avez " + portal.Count(len(list), "demande") + " à valider."
	if limit, ok := portal.NearestLimit(list, now); ok {
		v.Nearest = "Délai le plus proche : " + strings.TrimPrefix(strings.TrimPrefix(portal.Until(limit, now), "jusqu’au "), "jusqu’à ") + "."
	}
}

// AddChild shows a child's week and the way to its calendars.
func (v *Home) AddChild(c portal.Child, setup *portal.Setup, booked []portal.BookedDay, now time.Time) {
	h := HomeChild{ID: c.ID, Name: c.FirstName, Class: c.Class}
	for i := range setup.Activities {
		a := &setup.Activities[i]
		h.Activities = append(h.Activities, ActivityChip(a, CalendarPath(c.ID, a.ID), false))
	}
	today := portal.DateOf(now)
	monday := today.Monday()
	if today.Weekday() >= portal.Saturday { // the week that matters is the one to come
		monday += 7
	}
	for d := monday; d < monday+5; d++ {
		day := HomeDay{Day: d.Weekday().Short() + " " + portal.DayNumber(d), Today: d == today}
		for _, b := range booked {
			if b.Child != c.ID || b.Day != d {
				continue
			}
			what := HomeBooking{Word: b.Activity, Badge: "reserve", Icon: "coche"}
			if a := setup.Activity(b.ActID); a != nil {
				what.Word = strings.ToLower(a.Short)
			}
			if b.Status == portal.Waiting {
				what.Word, what.Badge, what.Icon = what.Word+" (en attente)", "attente", "sablier"
			}
			day.What = append(day.What, what)
		}
		h.Week = append(h.Week, day)
	}
	v.Children = append(v.Children, h)
}
