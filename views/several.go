package views

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"marelle/portal"
)

// CardCell is a day of several children or several activities: it lists them.
type CardCell struct {
	Day     string
	Number  int
	Weekday string
	Month   string
	State   portal.State
	Icon    string
	Today   bool
	Word    string      // said instead of the list when nothing can be listed
	Lines   [3]CardLine // the first ones
	More    int         // how many are not shown
	Spoken  string      // all of them, for screen readers
	Link    bool        // the day opens a panel
	Aim     portal.State
	Value   string // the wished end of all of them, when a click changes them together
	Pressed bool
	Version int
}

// CardLine is one child, or one activity, of a day.
type CardLine struct {
	Icon, Word string
	Off        bool // not expected
}

// Labelled is a slot with how it is called in a card.
type Labelled struct {
	Word string // « Cantine », « Amalia »
	Slot *portal.Slot
}

// NewCardCell draws a day; toggles says that a click changes all of them together.
func NewCardCell(list []Labelled, toggles bool, now time.Time, version int) CardCell {
	day := list[0].Slot.Day
	c := CardCell{Day: day.String(), Number: day.Day(), Weekday: day.Weekday().String(), Month: day.Month().MonthName(), Today: day == portal.DateOf(now), Version: version}
	c.State = cardState(list, now)
	c.Icon = stateIcons[c.State]
	var spoken []string
	n := 0
	// What the child is expected for comes first: a phone shows three lines.
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Labelled) int { return cmp.Compare(notExpected(a.Slot, now), notExpected(b.Slot, now)) })
	for _, l := range list {
		state := l.Slot.State(now)
		if state == portal.StateClosed {
			continue
		}
		word, more := cellWords(l.Slot, state, now)
		if state == portal.StateFree && !l.Slot.InLateLane(now) {
			word, more = "libre", ""
		}
		spoken = append(spoken, l.Word+" : "+strings.ToLower(word)+more)
		if n < len(c.Lines) {
			c.Lines[n] = CardLine{stateIcons[state], l.Word, !l.Slot.Expected(now)}
		}
		n++
	}
	switch {
	case n == 0:
		c.Word = list[0].Slot.Closed.Word
	case n > len(c.Lines): // the last line counts the others
		c.More = n - len(c.Lines)
	}
	c.Spoken = strings.Join(spoken, ", ")
	c.Link = day >= portal.DateOf(now)
	if toggles {
		c.toggle(list, now)
	}
	return c
}

func notExpected(s *portal.Slot, now time.Time) int {
	if s.Expected(now) {
		return 0
	}
	return 1
}

// toggle lets a click bring them all to one end: present unless the first that can be changed is expected already.
func (c *CardCell) toggle(list []Labelled, now time.Time) {
	slots := make([]*portal.Slot, len(list))
	for i, l := range list {
		slots[i] = l.Slot
	}
	plan := portal.PlanSweep(slots, now)
	if !plan.Possible() {
		return
	}
	c.Value, c.Pressed = c.Day+":"+wanted(plan.Present), !plan.Present
	c.Aim = portal.StateRemove
	if plan.Present {
		c.Aim = portal.StateAdd
	}
}

// cardState gives the frame of a day: what is pending first, then how much of it is booked.
func cardState(list []Labelled, now time.Time) portal.State {
	count := map[portal.State]int{}
	expected, changeable := 0, false
	for _, l := range list {
		count[l.Slot.State(now)]++
		if l.Slot.Expected(now) {
			expected++
		}
		changeable = changeable || l.Slot.Changeable(now)
	}
	open := len(list) - count[portal.StateClosed]
	switch {
	case open == 0:
		return portal.StateClosed
	case count[portal.StateAdd] > 0:
		return portal.StateAdd
	case count[portal.StateRemove] > 0:
		return portal.StateRemove
	case !changeable && expected > 0:
		return portal.StateLocked
	case !changeable && count[portal.StateFull] > 0:
		return portal.StateFull
	case !changeable:
		return portal.StateTooLate
	case count[portal.StateRequest] == open:
		return portal.StateRequest
	case count[portal.StateBooked] == open:
		return portal.StateBooked
	case expected > 0:
		return portal.StatePartial
	case count[portal.StateFree] == 0 && count[portal.StateOffer] > 0:
		return portal.StateOffer
	case count[portal.StateFree] == 0 && count[portal.StateFull] > 0:
		return portal.StateFull
	}
	return portal.StateFree
}

// SetCards draws a month in which each day lists several children or activities; of gives them.
func (v *Calendar) SetCards(setup *portal.Setup, month portal.Month, of func(portal.Date) []Labelled, toggles bool, now time.Time, version int) {
	v.Version, v.Cards, v.Tools = version, true, toggles
	slotsOf := func(d portal.Date) []*portal.Slot {
		var slots []*portal.Slot
		for _, l := range of(d) {
			slots = append(slots, l.Slot)
		}
		return slots
	}
	limits := func(slots []*portal.Slot) []LimitLine { return activityLimits(slots, now) }
	if toggles {
		limits = func(slots []*portal.Slot) []LimitLine { return limitLines(slots, now) }
	}
	v.setGrid(setup, month, now, slotsOf, func(s []*portal.Slot) Cell { return NewCardCell(of(s[0].Day), toggles, now, 0) }, limits)
	if len(v.Weeks) == 0 {
		v.Empty = fmt.Sprintf("Rien n’ouvre en %s.", month.Word())
	}
}

// activityLimits says, for a week of several activities, the soonest limit of each; one line when all have the same.
func activityLimits(slots []*portal.Slot, now time.Time) []LimitLine {
	type soonest struct {
		name  string
		limit time.Time
	}
	var list []soonest
	rank := map[portal.ActivityID]int{}
	for _, s := range slots {
		if !s.Changeable(now) {
			continue
		}
		at := s.LimitNow(now).At
		i, known := rank[s.Activity.ID]
		switch {
		case !known:
			rank[s.Activity.ID] = len(list)
			list = append(list, soonest{s.Activity.Short, at})
		case at.Before(list[i].limit):
			list[i].limit = at
		}
	}
	var lines []LimitLine
	var names [][]string
	for _, s := range list {
		until := portal.UntilShort(s.limit, now, slots[0].Day.Month())
		found := false
		for i := range lines {
			if lines[i].Until == until {
				names[i], found = append(names[i], s.name), true
			}
		}
		if !found {
			lines, names = append(lines, LimitLine{Until: until}), append(names, []string{s.name})
		}
	}
	if len(lines) > 1 {
		for i := range lines {
			lines[i].Days = strings.Join(names[i], ", ")
		}
	}
	return lines
}
