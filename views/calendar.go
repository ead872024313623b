package views

import (
	"fmt"
	"strings"
	"time"

	"marelle/portal"
)

var (
	_ = register(Calendar{}, Answer{})
	_ = part("family/calendar#month", Calendar{})
	_ = part("family/calendar#chip", Chip{})
	_ = part("family/calendar#cell", DayCell{})
	_ = part("family/calendar#face", DayCell{})
	_ = part("family/calendar#basket", Basket{})
	_ = part("family/calendar#legend", Legend{})
)

// Calendar is the month of one child and one activity.
type Calendar struct {
	Frame
	Heading    string // « Réserver la cantine d’Amalia »
	Children   []Chip
	Activities []Chip
	Action     string // where the days are posted
	Version    int    // of the draft
	Month      string // « Novembre 2026 »
	Prev, Next MonthLink
	Caption    string
	Tool       *Tool // for the whole month
	Columns    []Column
	Seven      bool // Saturday and Sunday are shown
	Weeks      []Week
	Empty      string // said instead of the grid when the activity does not open that month
	Rule       string // the cut-offs in words
	Refusal    string // why the last click was refused, without JavaScript
	Notice     string // « 4 demandes abandonnées. »
	Basket     Basket
}

// Template names the page.
func (Calendar) Template() string { return "family/calendar" }

// Legend explains the signs; it is the same for everybody.
type Legend struct{}

// Chip is a choice among children or activities.
type Chip struct {
	URL     string
	Icon    string // the activity's; nothing for a child
	Initial string // the child's
	Label   string
	Small   string
	Current bool
}

// MonthLink leads to a neighbour month.
type MonthLink struct{ URL, Label string }

// Column heads the days of a weekday.
type Column struct {
	Short, Name string
	Tool        *Tool
}

// Week is a row of the month.
type Week struct {
	Label  string // « Du 16 au 20 »
	Past   bool   // nothing can be changed any more: compact
	Joined bool   // its label stands on the first of the past weeks
	Note   string // why nothing can be done that week
	Limits []LimitLine
	Tool   *Tool
	Days   []DayCell
}

// LimitLine says until when some days of a week can be changed; Days is empty when all have the same limit.
type LimitLine struct{ Days, Until string }

// DayCell is one day of the grid. It is also the fragment that answers a click.
type DayCell struct {
	Day     string // "2026-11-20"; empty: the cell belongs to another month
	Number  int
	Weekday string
	Month   string
	State   portal.State
	Aim     portal.State // what the cell will be once clicked
	Value   string       // "2026-11-20:1": the day and the wished end, never « toggle »
	Pressed bool         // the child will be there
	Today   bool
	Word    string // « Réservé », « places »
	Rank    string // « 2e » when waiting
	Left    int    // places left, when they are counted
	Last    bool   // one place left: the word is bold
	Spoken  string // what a screen reader adds
	Icon    string
	Version int // of the draft when the cell answers a click; in a whole month, the month says it
}

// Basket is the bar that keeps what is not validated in sight.
type Basket struct {
	Version       int
	Adds, Removes int
	Lines         []BasketLine
	CSRF          string
}

// Empty says that there is nothing to validate.
func (b Basket) Empty() bool { return b.Adds+b.Removes == 0 }

// Words gives « 3 ajouts, 1 annulation ».
func (b Basket) Words() string { return DraftWords(b.Adds, b.Removes) }

// DraftWords says how much a draft asks for: « 3 ajouts, 1 annulation ».
func DraftWords(adds, removes int) string {
	var words []string
	if adds > 0 {
		words = append(words, portal.Count(adds, "ajout"))
	}
	if removes > 0 {
		words = append(words, portal.Count(removes, "annulation"))
	}
	return strings.Join(words, ", ")
}

// BasketLine is one click not validated, with the button that takes it back.
type BasketLine struct {
	Add    bool
	Day    string // « mar. 17 nov. »
	What   string // « Amalia, cantine »
	Action string
	Value  string
}

// Answer is what a click gets: the true cell, the basket, and what is said aloud.
type Answer struct {
	Cell    *DayCell
	Partial bool // the click came from the basket: the cell is not the target
	Basket  Basket
	Said    string // a success, announced
	Refusal string // a refusal, shown as an alert
	Warning string // done, but not as the family may think: shown too
}

// Template names the fragment.
func (Answer) Template() string { return "family/calendar#answer" }

// CalendarURL is the address of a month of one child and one activity.
func CalendarURL(child portal.ChildID, activity portal.ActivityID, month portal.Month) string {
	return fmt.Sprintf("%s?mois=%s", CalendarPath(child, activity), month)
}

// CalendarPath is the address of the calendar of one child and one activity.
func CalendarPath(child portal.ChildID, activity portal.ActivityID) string {
	return fmt.Sprintf("/reservations/%d/%d", child, activity)
}

var stateIcons = map[portal.State]string{
	portal.StateTooLate: "verrou", portal.StateLocked: "coche", portal.StateFree: "rond", portal.StateAdd: "plus", portal.StateBooked: "coche",
	portal.StateRemove: "moins", portal.StateFull: "croix", portal.StateOffer: "sablier", portal.StateWaiting: "sablier", portal.StateRequest: "aide",
}

// NewDayCell draws a slot as a cell.
func NewDayCell(s *portal.Slot, now time.Time, version int) DayCell {
	state := s.State(now)
	c := DayCell{
		Day: s.Day.String(), Number: s.Day.Day(), Weekday: s.Day.Weekday().String(), Month: s.Day.Month().MonthName(),
		State: state, Icon: stateIcons[state], Today: s.Day == portal.DateOf(now), Version: version, Pressed: s.Expected(now),
	}
	c.Word, c.Spoken = cellWords(s, state)
	if state == portal.StateWaiting {
		c.Rank = portal.Ordinal(s.Rank)
	}
	if state == portal.StateFree && s.Limited {
		c.Left, c.Last = s.Left, s.Left == 1
	}
	if s.Changeable(now) {
		c.Aim = aim(s, state)
		c.Value = c.Day + ":" + wanted(!c.Pressed)
		c.Spoken += ". " + s.LimitWords(now)
	}
	return c
}

func wanted(present bool) string {
	if present {
		return "1"
	}
	return "0"
}

// aim is the state that a click leads to, so that the cell takes that look while the answer is on its way.
func aim(s *portal.Slot, state portal.State) portal.State {
	switch state {
	case portal.StateFree, portal.StateOffer:
		return portal.StateAdd
	case portal.StateBooked, portal.StateWaiting:
		return portal.StateRemove
	case portal.StateRemove:
		if s.Status == portal.Waiting {
			return portal.StateWaiting
		}
		return portal.StateBooked
	}
	if s.Full() {
		return portal.StateOffer
	}
	return portal.StateFree
}

func cellWords(s *portal.Slot, state portal.State) (word, spoken string) {
	switch state {
	case portal.StateClosed:
		return s.Closed.Word, ""
	case portal.StateTooLate:
		return "Non réservé", ", délai dépassé"
	case portal.StateLocked:
		if s.Status == portal.Waiting {
			return "Attente", ", sur la liste d’attente, modification close"
		}
		return "Réservé", ", modification close"
	case portal.StateAdd:
		if s.Full() {
			return "En attente", ", demande de liste d’attente, pas encore enregistrée"
		}
		return "À ajouter", ", pas encore enregistré"
	case portal.StateRemove:
		return "À annuler", ", pas encore enregistré"
	case portal.StateBooked:
		return "Réservé", ""
	case portal.StateWaiting:
		return "Attente", fmt.Sprintf(", sur la liste d’attente, position %d", s.Rank)
	case portal.StateFull:
		return "Complet", ""
	case portal.StateOffer:
		return "Liste d’attente", " possible, complet"
	}
	if s.Limited {
		if s.Left > 1 {
			return "places", " disponibles"
		}
		return "place", " disponible"
	}
	return "Libre", ""
}

// SetMonth draws the days of a month, week by week.
func (v *Calendar) SetMonth(setup *portal.Setup, a *portal.Activity, slots []portal.Slot, now time.Time, version int) {
	v.Version = version
	open := false
	weekend := false
	for i := range slots {
		open = open || slots[i].Open || slots[i].Status != portal.NotBooked
		weekend = weekend || slots[i].Day.Weekday() >= portal.Saturday && slots[i].Open
	}
	month := slots[0].Day.Month()
	v.Month = portal.Capital(month.Word())
	v.Caption = fmt.Sprintf("Jours de %s", month.Word())
	if !open {
		v.Empty = notOpenIn(setup, a, month, now)
		return
	}
	days := 5
	if weekend {
		days, v.Seven = 7, true
	}
	shown := make([]*portal.Slot, 0, len(slots))
	byWeekday := [7][]*portal.Slot{}
	for i := range slots {
		if w := slots[i].Day.Weekday(); int(w) < days {
			shown, byWeekday[w] = append(shown, &slots[i]), append(byWeekday[w], &slots[i])
		}
	}
	v.Tool = monthTool(shown, now)
	for w := portal.Monday; int(w) < days; w++ {
		v.Columns = append(v.Columns, Column{portal.Capital(strings.TrimSuffix(w.Short(), ".")), w.String(), columnTool(byWeekday[w], now)})
	}
	for monday := month.First().Monday(); monday <= month.Last(); monday += 7 {
		if w, any := newWeek(setup, slots, monday, days, now); any {
			v.Weeks = append(v.Weeks, w)
		}
	}
	joinPastWeeks(v.Weeks)
}

func notOpenIn(setup *portal.Setup, a *portal.Activity, month portal.Month, now time.Time) string {
	text := fmt.Sprintf("%s n’ouvre pas en %s.", portal.Capital(a.Spoken), month.Word())
	from := max(month.First(), portal.DateOf(now))
	if next, ok := a.Opening.NextOpen(from, &setup.Calendar); ok {
		text += " Prochain jour : " + next.LongYear() + "."
	}
	return text
}

func newWeek(setup *portal.Setup, slots []portal.Slot, monday portal.Date, days int, now time.Time) (w Week, any bool) {
	month := slots[0].Day.Month()
	var first, last portal.Date
	changeable := false
	var inMonth []*portal.Slot
	for d := monday; d < monday+portal.Date(days); d++ {
		if d.Month() != month {
			w.Days = append(w.Days, DayCell{})
			continue
		}
		s := &slots[d-month.First()]
		w.Days = append(w.Days, NewDayCell(s, now, 0))
		inMonth = append(inMonth, s)
		changeable = changeable || s.Changeable(now)
		if first == 0 {
			first = d
		}
		last = d
	}
	if first == 0 {
		return w, false
	}
	w.Label = weekLabel(first, last)
	if changeable {
		w.Limits, w.Tool = limitLines(inMonth, now), weekTool(inMonth, now)
		return w, true
	}
	w.Past = true
	w.Note = weekNote(setup, inMonth, now)
	return w, true
}

func weekLabel(first, last portal.Date) string {
	if first == last {
		return portal.Capital(first.Weekday().String()) + " " + portal.DayNumber(first)
	}
	return rangeLabel(first.Day(), last.Day())
}

// rangeLabel gives « Du 1er au 4 ».
func rangeLabel(first, last int) string {
	if first == 1 {
		return fmt.Sprintf("Du 1er au %d", last)
	}
	return fmt.Sprintf("Du %d au %d", first, last)
}

// weekNote says why nothing can be changed in a week.
func weekNote(setup *portal.Setup, days []*portal.Slot, now time.Time) string {
	late, full := false, false
	for _, s := range days {
		switch s.State(now) {
		case portal.StateTooLate, portal.StateLocked:
			late = true
		case portal.StateFull:
			full = true
		}
	}
	switch {
	case full:
		return "complet"
	case late:
		return "délai dépassé"
	}
	if name := setup.Calendar.SchoolHoliday(days[0].Day); name != "" {
		return name
	}
	return "fermé"
}

// limitLines says the limits of a week's days that can be changed, days with the same limit together.
func limitLines(days []*portal.Slot, now time.Time) []LimitLine {
	var lines []LimitLine
	var names [][]string
	for _, s := range days {
		if !s.Changeable(now) {
			continue
		}
		until := portal.UntilShort(s.Limit().At, now, s.Day.Month())
		if n := len(lines); n > 0 && lines[n-1].Until == until {
			names[n-1] = append(names[n-1], s.Day.Weekday().Short())
			continue
		}
		lines = append(lines, LimitLine{Until: until})
		names = append(names, []string{s.Day.Weekday().Short()})
	}
	if len(lines) > 1 {
		for i := range lines {
			lines[i].Days = strings.Join(names[i], " ")
		}
	}
	return lines
}

// joinPastWeeks lets the label of the first of several past weeks stand for all of them, as on the phone only it is shown.
func joinPastWeeks(weeks []Week) {
	for i := 0; i < len(weeks); i++ {
		j := i
		for j+1 < len(weeks) && weeks[i].Past && weeks[j+1].Past && weeks[j+1].Note == weeks[i].Note {
			j++
		}
		if j > i {
			var first, last int
			for _, d := range weeks[i].Days {
				if d.Day != "" && first == 0 {
					first = d.Number
				}
			}
			for _, d := range weeks[j].Days {
				if d.Day != "" {
					last = d.Number
				}
			}
			weeks[i].Label = rangeLabel(first, last)
		}
		for k := i + 1; k <= j; k++ {
			weeks[k].Joined = true
		}
		i = j
	}
}

// activityIcons are the icons of the kinds of activity.
var activityIcons = map[portal.ActivityKind]string{
	portal.Canteen: "cantine", portal.BeforeSchool: "matin", portal.AfterSchool: "soir", portal.WednesdayCamp: "mercredi",
}

// ActivityIcon names the icon of a kind of activity.
func ActivityIcon(k portal.ActivityKind) string {
	if icon := activityIcons[k]; icon != "" {
		return icon
	}
	return "calendrier"
}

// ActivityChip is the choice of an activity.
func ActivityChip(a *portal.Activity, url string, current bool) Chip {
	return Chip{URL: url, Icon: ActivityIcon(a.Kind), Label: a.Short, Current: current}
}

// SetRules says until when days are booked and cancelled.
func (v *Calendar) SetRules(a *portal.Activity) { v.Rule = ruleWords(a) }

func ruleWords(a *portal.Activity) string {
	book, cancel := a.Book.Sentence(), a.Cancel.Sentence()
	if book == cancel {
		return "Réserver et annuler : " + book + "."
	}
	return "Réserver : " + book + ". Annuler : " + cancel + "."
}

// NewBasketLine draws one click of the draft, with the button that takes it back.
func NewBasketLine(w portal.WishLine, child string, a *portal.Activity) BasketLine {
	add := w.Wish == portal.WishAdd
	return BasketLine{
		Add: add, Day: w.Day.Short(), What: child + ", " + strings.ToLower(a.Short),
		Action: CalendarPath(w.Child, w.Activity), Value: w.Day.String() + ":" + wanted(!add),
	}
}

// ClickSaid says aloud what a click did: « Vendredi 20 novembre ajouté. 4 demandes à valider. »
func ClickSaid(s *portal.Slot, present bool, now time.Time, b Basket) string {
	done := "retiré de vos demandes"
	switch state := s.State(now); {
	case state == portal.StateAdd && s.Full():
		done = "ajouté, en liste d’attente"
	case state == portal.StateAdd:
		done = "ajouté"
	case state == portal.StateRemove:
		done = ": annulation demandée"
	case state == portal.StateBooked && present:
		done = "reste réservé"
	case state == portal.StateWaiting && present:
		done = "reste en liste d’attente"
	}
	text := fmt.Sprintf("%s %s.", portal.Capital(s.Day.Long()), done)
	if n := b.Adds + b.Removes; n > 0 {
		return text + " " + portal.Count(n, "demande") + " à valider."
	}
	return text + " Aucune demande à valider."
}

// ClickWarning says what a family must know of a click that was done: there is no place, only a waiting list.
func ClickWarning(s *portal.Slot, now time.Time) string {
	if s.State(now) == portal.StateAdd && s.Full() {
		return "Il n’y a plus de place le " + s.Day.Long() + " : votre demande est pour la liste d’attente."
	}
	return ""
}
