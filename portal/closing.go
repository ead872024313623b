package portal

import (
	"slices"
	"time"
)

// Closing is a run of days of service of an activity whose bookings close at the same instant.
type Closing struct {
	Activity *Activity
	At       time.Time // the last instant in time
	Days     []Date    // ascending, never empty
}

// closingDays bounds how far ahead a day may lie whose bookings close soon: the longest holidays, and the month before them.
const closingDays = 120

// Closings lists what closes from an instant to another, both included, soonest first. Days that cannot be booked yet, or
// any more, are in none.
func (s *Setup) Closings(a *Activity, from, to time.Time) []Closing {
	var list []Closing
	first := DateOf(from)
	for day := first; day < first+closingDays; day++ {
		limit := s.bookable(a, day, from)
		if !limit.Possible || limit.At.Before(from) || limit.At.After(to) {
			continue
		}
		i := slices.IndexFunc(list, func(c Closing) bool { return c.At.Equal(limit.At) })
		if i < 0 {
			i = len(list)
			list = append(list, Closing{Activity: a, At: limit.At})
		}
		list[i].Days = append(list[i].Days, day)
	}
	slices.SortStableFunc(list, func(a, b Closing) int { return a.At.Compare(b.At) })
	return list
}

// bookable gives until when a day may be booked; not possible on a closed day, nor before its booking window opens.
func (s *Setup) bookable(a *Activity, day Date, now time.Time) Limit {
	slot := s.NewSlot(0, a, day)
	if !slot.Open || slot.Book.Early(now) || a.Closed(now) {
		return Limit{}
	}
	return slot.Book
}

// Span says the days of the closing: « le mardi 24 novembre », « du 30 novembre au 4 décembre ».
func (c Closing) Span() string { return SpanWords(c.Days[0], c.Days[len(c.Days)-1]) }

// SpanWords says a run of days: « le mardi 24 novembre », « du 7 au 11 décembre », « du 30 novembre au 4 décembre ».
func SpanWords(first, last Date) string {
	switch {
	case first == last:
		return "le " + first.Long()
	case first.Month() == last.Month():
		return "du " + DayNumber(first) + " au " + DayNumber(last) + " " + last.Month().MonthName()
	}
	return "du " + DayNumber(first) + " " + first.Month().MonthName() + " au " + DayNumber(last) + " " + last.Month().MonthName()
}

// NextLimitDays is how many days ahead the next deadlines are shown to a family.
const NextLimitDays = 14

// NextClosings gives the soonest closing of each activity within NextLimitDays.
func (s *Setup) NextClosings(now time.Time) []Closing {
	var list []Closing
	until := (DateOf(now) + NextLimitDays).At(EndOfDay)
	for i := range s.Activities {
		if soon := s.Closings(&s.Activities[i], now, until); len(soon) > 0 {
			list = append(list, soon[0])
		}
	}
	slices.SortStableFunc(list, func(a, b Closing) int { return a.At.Compare(b.At) })
	return list
}

// NextLimit is a closing with what stands for each child of a family over its days.
type NextLimit struct {
	Closing
	Used     bool // one of the children is booked for the activity, or was lately
	Children []ChildSpan
}

// ChildSpan counts what a child has over some days: booked, on a waiting list, or asked and not validated.
type ChildSpan struct {
	Child                  Child
	Booked, Waiting, Asked int
}

// usedLately is how far back a booking says that the family uses an activity.
const usedLately = 28

// NextLimits completes closings, soonest first, with the days of children. Bookings are those of the last weeks and of
// the days that close.
func NextLimits(closings []Closing, children []Child, booked []SavedDay, wishes []WishLine, now time.Time) []NextLimit {
	since := DateOf(now) - usedLately
	var list []NextLimit
	for _, c := range closings {
		n := NextLimit{Closing: c}
		n.Used = slices.ContainsFunc(booked, func(b SavedDay) bool { return b.ActID == c.Activity.ID && b.Day >= since })
		for _, child := range children {
			if child.StructureID == c.Activity.StructureID {
				n.Children = append(n.Children, c.span(child, booked, wishes))
			}
		}
		if len(n.Children) > 0 {
			list = append(list, n)
		}
	}
	return list
}

// OnlyOffered leaves out the children who do not choose from the activity that closes, and what then concerns nobody.
func OnlyOffered(limits []NextLimit, offered map[ChildID][]*Activity) (list []NextLimit) {
	for _, l := range limits {
		l.Children = slices.DeleteFunc(l.Children, func(c ChildSpan) bool { return !slices.Contains(offered[c.Child.ID], l.Activity) })
		if len(l.Children) > 0 {
			list = append(list, l)
		}
	}
	return list
}

func (c Closing) span(child Child, booked []SavedDay, wishes []WishLine) ChildSpan {
	n := ChildSpan{Child: child}
	saved := map[Date]bool{}
	for _, b := range booked {
		if b.Child != child.ID || b.ActID != c.Activity.ID || !slices.Contains(c.Days, b.Day) {
			continue
		}
		saved[b.Day] = true
		if b.Status == Waiting {
			n.Waiting++
		} else {
			n.Booked++
		}
	}
	for _, w := range wishes {
		if w.Child == child.ID && w.Activity == c.Activity.ID && w.Wish == WishAdd && !saved[w.Day] && slices.Contains(c.Days, w.Day) {
			n.Asked++
		}
	}
	return n
}

// Words says what a child has: « 2 jours réservés », « rien de réservé », « 1 jour réservé, 1 en attente, 1 à valider ».
func (n ChildSpan) Words() string {
	words := "rien de réservé"
	if n.Booked > 0 {
		words = Count(n.Booked, "jour réservé", "jours réservés")
	}
	var more []string
	if n.Waiting > 0 {
		more = append(more, Count(n.Waiting, "jour en attente", "jours en attente"))
	}
	if n.Asked > 0 {
		more = append(more, Count(n.Asked, "jour à valider", "jours à valider"))
	}
	if len(more) > 0 && n.Booked == 0 {
		return List(more)
	}
	return List(append([]string{words}, more...))
}

// WishLimit gives until when a click can still be validated.
func (s *Setup) WishLimit(w WishLine, now time.Time) Limit {
	a := s.Activity(w.Activity)
	if a == nil {
		return Limit{}
	}
	if w.Wish == WishAdd {
		return s.bookable(a, w.Day, now)
	}
	slot := s.NewSlot(w.Child, a, w.Day)
	switch {
	case !slot.Open:
		return Limit{}
	case w.Wish == WishRemove:
		return slot.Cancel
	}
	return slot.Change
}

// EarliestLimit gives the first of the limits that are still in time; ok is false when none is.
func EarliestLimit(limits []Limit, now time.Time) (first time.Time, ok bool) {
	in := slices.DeleteFunc(slices.Clone(limits), func(l Limit) bool { return l.Passed(now) })
	if len(in) == 0 {
		return time.Time{}, false
	}
	return slices.MinFunc(in, func(a, b Limit) int { return a.At.Compare(b.At) }).At, true
}

// LostWait says whether a place that a child waits for can no longer come: the limit of its day has passed.
func (s *Setup) LostWait(b SavedDay, now time.Time) bool {
	a := s.Activity(b.ActID)
	return a != nil && b.Status == Waiting && s.bookable(a, b.Day, now).Passed(now)
}

// SavedDay is a saved day of a child, with its hours where the activity asks.
type SavedDay struct {
	BookedDay
	Hours  Hours
	Absent bool // announced as not coming
}

// HoursOf gives the hours that count for a saved day of an activity: « 8 h 30 – 17 h ».
func (b SavedDay) HoursOf(a *Activity) string {
	from, to := b.Hours.Within(a)
	return Hours{from, to}.Words()
}
