package views

import (
	"fmt"
	"slices"
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
	_ = part("family/calendar#card", CardCell{})
	_ = part("family/calendar#lines", CardCell{})
	_ = part("family/calendar#hours", HoursForm{})
	_ = part("family/calendar#undo", Undo{})
	_ = part("family/calendar#basket", Basket{})
	_ = part("family/calendar#legend", Legend{})
)

// Calendar is the month of one child and one activity, of one child and all activities, or of all the children and one
// activity.
type Calendar struct {
	Frame
	Heading    string // « Réserver la cantine d’Amalia »
	Guide      string // « Touchez un jour pour choisir ses activités. »
	Cards      bool   // several children or activities: a day lists them
	Tools      bool   // the quick tools make sense: one activity
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
	Undo       *Undo
	Hours      *HoursForm // the hours of the days that are added
	Together   string     // « Les deux ou aucun » where places are counted
	TogetherOn bool
	CopyURL    string
	Exchange   string // where a day of shared custody is exchanged
	Basket     Basket
}

// Undo offers to take the last action back.
type Undo struct{ Label, Words, CSRF string }

// NewUndo offers to take an action back, or nothing when there is none; again says that it brings something back.
func NewUndo(words string, again bool, csrf string) *Undo {
	if words == "" {
		return nil
	}
	if again {
		return &Undo{"Rétablir", words, csrf}
	}
	return &Undo{"Annuler cette action", words, csrf}
}

// HoursForm asks for hours where an activity does.
type HoursForm struct {
	ID                 string // of its fields, so that several stand on a page
	Form               string // id of the form that the fields belong to; nothing inside it
	Arrival, Departure []HourChoice
	Label              string
}

// HourChoice is an hour that can be chosen.
type HourChoice struct {
	Value, Word string
	Chosen      bool
}

// NewHoursForm asks for the hours of an activity, with those that stand now; nothing when it asks none.
func NewHoursForm(id, form, label string, a *portal.Activity, now portal.Hours) *HoursForm {
	if !a.AsksHours() {
		return nil
	}
	choices := func(asked bool, chosen portal.TimeOfDay) (list []HourChoice) {
		if !asked {
			return nil
		}
		for _, t := range a.Choices() {
			list = append(list, HourChoice{t.String(), t.Word(), t == chosen})
		}
		return list
	}
	return &HoursForm{ID: id, Form: form, Label: label, Arrival: choices(a.AsksArrival, now.Arrival), Departure: choices(a.AsksDeparture, now.Departure)}
}

// Cell is a day of the grid, drawn once and kept: its value says everything that its look depends on.
type Cell interface{ cell() string }

func (DayCell) cell() string  { return "family/calendar#cell" }
func (CardCell) cell() string { return "family/calendar#card" }

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
	Days   []Cell

	first, last int // days of the month, for weeks that are joined
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
	Why     bool   // the day's own page says why, or lets hours be chosen
	Hours   string // « 7h30–18h30 », when they can be chosen there
	Version int    // of the draft when the cell answers a click; in a whole month, the month says it
}

// Basket is the bar that keeps what is not validated in sight.
type Basket struct {
	Version       int
	Adds, Removes int
	Lines         []BasketLine
	CSRF          string
	Said, Undo    string // of the last action on many days, and what it is called when it is offered to be taken back
}

// Empty says that there is nothing to validate.
func (b Basket) Empty() bool { return b.Adds+b.Removes == 0 }

// Words gives « 3 ajouts, 1 annulation ».
func (b Basket) Words() string { return DraftWords(b.Adds, b.Removes) }

// DropLabel names the button that drops everything: « Annuler ces 4 demandes ».
func (b Basket) DropLabel() string {
	if b.Adds+b.Removes == 1 {
		return "Annuler cette demande"
	}
	return fmt.Sprintf("Annuler ces %d demandes", b.Adds+b.Removes)
}

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
	Card    *CardCell
	Partial bool // the click came from elsewhere: the cell is not the target
	Basket  Basket
	Said    string // a success, announced
	Refusal string // a refusal, shown as an alert
	Warning string // done, but not as the family may think: shown too
}

// Template names the fragment.
func (Answer) Template() string { return "family/calendar#answer" }

// CalendarURL is the address of a month of a calendar.
func CalendarURL(child portal.ChildID, activity portal.ActivityID, month portal.Month) string {
	return fmt.Sprintf("%s?mois=%s", CalendarPath(child, activity), month)
}

// CalendarPath is the address of the calendar of a child (zero: all of them) and an activity (zero: all of them).
func CalendarPath(child portal.ChildID, activity portal.ActivityID) string {
	path := fmt.Sprintf("/reservations/%d", child)
	if child == 0 {
		path = "/reservations/tous"
	}
	if activity == 0 {
		return path
	}
	return fmt.Sprintf("%s/%d", path, activity)
}

var stateIcons = map[portal.State]string{
	portal.StateTooLate: "verrou", portal.StateLocked: "coche", portal.StateFree: "rond", portal.StateAdd: "plus", portal.StateBooked: "coche",
	portal.StateRemove: "moins", portal.StateFull: "croix", portal.StateOffer: "sablier", portal.StateWaiting: "sablier", portal.StateRequest: "aide", portal.StatePartial: "coche",
}

// NewDayCell draws a slot as a cell.
func NewDayCell(s *portal.Slot, now time.Time, version int) DayCell {
	state := s.State(now)
	c := DayCell{
		Day: s.Day.String(), Number: s.Day.Day(), Weekday: s.Day.Weekday().String(), Month: s.Day.Month().MonthName(),
		State: state, Icon: stateIcons[state], Today: s.Day == portal.DateOf(now), Version: version, Pressed: s.Expected(now),
	}
	c.Word, c.Spoken = cellWords(s, state, now)
	if state == portal.StateFree && s.Activity.Decided {
		c.Icon = stateIcons[portal.StateRequest]
	}
	if state == portal.StateWaiting {
		c.Rank = portal.Ordinal(s.Rank)
	}
	if state == portal.StateFree && s.Limited && !s.Activity.Decided && !s.InLateLane(now) {
		c.Left, c.Last = s.Left, s.Left == 1
	}
	if s.Changeable(now) {
		c.Aim = aim(s, state)
		c.Value = c.Day + ":" + wanted(!c.Pressed)
		c.Spoken += ". " + s.LimitWords(now)
	}
	if s.HoursChangeable(now) {
		c.Hours = tightHours(s.ExpectedHours())
	}
	c.Why = s.Day >= portal.DateOf(now) && (c.Value == "" || state == portal.StateWaiting || state == portal.StateRequest || state == portal.StateOffer || c.Hours != "")
	if s.Absent && s.Status == portal.Booked {
		c.Word, c.Spoken = "Absent", ", absence signalée"+c.Spoken
	}
	return c
}

// tightHours gives « 7h30–18h », as it fits in a cell.
func tightHours(h portal.Hours) string {
	tight := strings.NewReplacer("\u00a0", "", " ", "")
	switch {
	case h.Arrival == 0:
		return "→ " + tight.Replace(h.Departure.Word())
	case h.Departure == 0:
		return tight.Replace(h.Arrival.Word()) + " →"
	}
	return tight.Replace(h.Arrival.Word()) + "–" + tight.Replace(h.Departure.Word())
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
	case portal.StateBooked, portal.StateWaiting, portal.StateRequest:
		return portal.StateRemove
	case portal.StateAdd:
		if s.Status != portal.NotBooked { // other hours were asked: a click cancels the day
			return portal.StateRemove
		}
	case portal.StateRemove:
		switch s.Status {
		case portal.Waiting:
			return portal.StateWaiting
		case portal.Requested:
			return portal.StateRequest
		}
		return portal.StateBooked
	}
	if s.Full() && !s.Activity.Decided {
		return portal.StateOffer
	}
	return portal.StateFree
}

func cellWords(s *portal.Slot, state portal.State, now time.Time) (word, spoken string) {
	switch state {
	case portal.StateFree:
		if s.InLateLane(now) {
			return s.LateBadge(), ", hors délai"
		}
	case portal.StateClosed:
		return s.Closed.Word, ""
	case portal.StateTooLate:
		if bar := s.Barred(now); bar != nil {
			return bar.Word, ", " + lowerFirst(strings.TrimSuffix(bar.Why, "."))
		}
		if s.Book.Unannounced || s.Book.Early(now) {
			return "Pas ouvert", ", pas encore ouvert aux réservations"
		}
		return "Non réservé", ", délai dépassé"
	case portal.StateLocked:
		switch s.Status {
		case portal.Waiting:
			return "Attente", ", sur la liste d’attente, modification close"
		case portal.Requested:
			return "Demandé", ", demandé à la mairie, modification close"
		}
		return "Réservé", ", modification close"
	case portal.StateAdd:
		if s.Wish == portal.WishChange {
			return "Horaires", " à changer, pas encore enregistré"
		}
		if s.Activity.Decided {
			return "À ajouter", ", la mairie répondra, pas encore enregistré"
		}
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
	case portal.StateRequest:
		return "Demandé", ", la mairie répond"
	case portal.StateFull:
		return "Complet", ""
	case portal.StateOffer:
		return "Liste d’attente", " possible, complet"
	}
	if s.Activity.Decided {
		return "Libre", ", sur demande : la mairie répond"
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
	v.Version, v.Tools = version, true
	month := slots[0].Day.Month()
	v.setGrid(setup, month, now, func(d portal.Date) []*portal.Slot { return []*portal.Slot{&slots[d-slots[0].Day]} },
		func(s []*portal.Slot) Cell { return NewDayCell(s[0], now, 0) }, func(days []*portal.Slot) []LimitLine { return limitLines(days, now) })
	if len(v.Weeks) == 0 {
		v.Empty = notOpenIn(setup, a, month, now)
	}
}

// setGrid draws a month, week by week: of gives the slots of a day, draw its cell, limits what is said of a week. A month
// with no day to show stays empty.
func (v *Calendar) setGrid(setup *portal.Setup, month portal.Month, now time.Time, of func(portal.Date) []*portal.Slot, draw func([]*portal.Slot) Cell, limits func([]*portal.Slot) []LimitLine) {
	open, weekend := false, false
	for d := month.First(); d <= month.Last(); d++ {
		for _, s := range of(d) {
			open = open || s.Open || s.Status != portal.NotBooked
			weekend = weekend || d.Weekday() >= portal.Saturday && s.Open
		}
	}
	v.Month = portal.Capital(month.Word())
	v.Caption = fmt.Sprintf("Jours de %s", month.Word())
	if !open {
		return
	}
	days := 5
	if weekend {
		days, v.Seven = 7, true
	}
	var shown []*portal.Slot
	byWeekday := [7][]*portal.Slot{}
	for d := month.First(); d <= month.Last(); d++ {
		if w := d.Weekday(); int(w) < days {
			shown, byWeekday[w] = append(shown, of(d)...), append(byWeekday[w], of(d)...)
		}
	}
	if v.Tools {
		v.Tool = monthTool(shown, now)
	}
	for w := portal.Monday; int(w) < days; w++ {
		c := Column{Short: portal.Capital(strings.TrimSuffix(w.Short(), ".")), Name: w.String()}
		if v.Tools {
			c.Tool = columnTool(byWeekday[w], now)
		}
		v.Columns = append(v.Columns, c)
	}
	for monday := month.First().Monday(); monday <= month.Last(); monday += 7 {
		var w Week
		var slots []*portal.Slot
		for d := monday; d < monday+portal.Date(days); d++ {
			if d.Month() != month {
				w.Days = append(w.Days, DayCell{})
				continue
			}
			w.Days = append(w.Days, draw(of(d)))
			slots = append(slots, of(d)...)
		}
		if len(slots) == 0 {
			continue
		}
		w.describe(setup, slots, now, limits)
		if v.Tools && !w.Past {
			w.Tool = weekTool(slots, now)
		}
		v.Weeks = append(v.Weeks, w)
	}
	joinPastWeeks(v.Weeks)
}

// describe writes the head of a week: its days, and until when they can be changed or why they cannot.
func (w *Week) describe(setup *portal.Setup, slots []*portal.Slot, now time.Time, limits func([]*portal.Slot) []LimitLine) {
	first, last := slots[0].Day, slots[len(slots)-1].Day
	w.first, w.last = first.Day(), last.Day()
	w.Label = weekLabel(first, last)
	for _, s := range slots {
		if s.Changeable(now) {
			w.Limits = limits(slots)
			return
		}
	}
	w.Past, w.Note = true, weekNote(setup, slots, now)
}

func notOpenIn(setup *portal.Setup, a *portal.Activity, month portal.Month, now time.Time) string {
	text := fmt.Sprintf("%s n’ouvre pas en %s.", portal.Capital(a.Spoken), month.Word())
	from := max(month.First(), portal.DateOf(now))
	if next, ok := a.Opening.NextOpen(from, &setup.Calendar); ok {
		text += " Prochain jour : " + next.LongYear() + "."
	}
	return text
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
	late, full, early := false, false, false
	barred := ""
	for _, s := range days {
		switch s.State(now) {
		case portal.StateTooLate, portal.StateLocked:
			late = true
			if bar := s.Barred(now); bar != nil && s.Day >= portal.DateOf(now) {
				barred = strings.ToLower(bar.Word)
			}
			early = early || s.Status == portal.NotBooked && (s.Book.Early(now) || s.Book.Unannounced)
		case portal.StateFull:
			full = true
		}
	}
	switch {
	case barred != "":
		return barred
	case early:
		return "pas encore ouvert"
	case full:
		return "complet"
	case late:
		return "délai dépassé"
	}
	if slices.ContainsFunc(days, func(s *portal.Slot) bool { return s.Withheld() }) {
		return "autre parent"
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
		until := portal.UntilShort(s.LimitNow(now).At, now, s.Day.Month())
		if n := len(lines); n > 0 && lines[n-1].Until == until {
			if day := s.Day.Weekday().Short(); names[n-1][len(names[n-1])-1] != day { // once for all the children
				names[n-1] = append(names[n-1], day)
			}
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
			weeks[i].Label = rangeLabel(weeks[i].first, weeks[j].last)
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

// SetRules says until when days are booked and cancelled, and for a month that is booked by periods, when they open.
// A family that lives elsewhere reads when it may book itself.
func (v *Calendar) SetRules(setup *portal.Setup, a *portal.Activity, month portal.Month, outside bool, now time.Time) {
	v.Rule = strings.TrimSpace(setup.RuleWords(a, month, now) + " " + a.QuotaWords())
	if horizon := a.HorizonWords(); horizon != "" {
		v.Rule += " " + horizon
	}
	if a.Decided {
		v.Rule += " La mairie accepte ou refuse chaque demande."
	}
	if words := a.PriorityWords(); words != "" {
		v.Rule += " " + words
	}
	if a.Enrolment {
		v.Rule += " Une inscription à la mairie est nécessaire."
	}
	for _, w := range a.Windows {
		if w.Last < month.First() || w.First > month.Last() {
			continue
		}
		if outside && w.OutsideOpens.After(w.Opens) {
			w.Opens = w.OutsideOpens
		}
		v.Rule += " " + windowWords(w, now)
	}
}

// windowWords says when a period is booked: « Vacances de Noël : réservations jusqu’au dimanche 13 décembre à minuit. »
func windowWords(w portal.Window, now time.Time) string {
	name := portal.Capital(w.Name) + " : "
	switch {
	case now.Before(w.Opens):
		return name + "réservations à partir du " + portal.Instant(w.Opens) + "."
	case w.Closes.IsZero():
		return name + "réservations ouvertes."
	case now.After(w.Closes):
		return name + "réservations closes."
	}
	return name + "réservations " + portal.Until(w.Closes, now) + "."
}

// NewBasketLine draws one click of the draft, with the button that takes it back.
func NewBasketLine(w portal.WishLine, child string, a *portal.Activity) BasketLine {
	add := w.Wish != portal.WishRemove
	what := child + ", " + strings.ToLower(a.Short)
	if h := w.Hours.Words(); h != "" {
		what += ", " + h
	}
	value := wanted(w.Wish != portal.WishAdd)
	return BasketLine{
		Add: add, Day: w.Day.Short(), What: what,
		Action: CalendarPath(w.Child, w.Activity), Value: w.Day.String() + ":" + value,
	}
}

// ClickSaid says aloud what a click did: « Vendredi 20 novembre ajouté. 4 demandes à valider. »
func ClickSaid(s *portal.Slot, present bool, along []*portal.Activity, now time.Time, b Basket) string {
	done := "retiré de vos demandes"
	switch state := s.State(now); {
	case s.Wish == portal.WishChange:
		done = ": changement d’horaires demandé"
	case state == portal.StateAdd && s.Activity.Decided:
		done = "à demander à la mairie"
	case state == portal.StateAdd && s.Full():
		done = "ajouté, en liste d’attente"
	case state == portal.StateAdd:
		done = "ajouté"
	case state == portal.StateRemove:
		done = ": annulation demandée"
	case s.Status == portal.Booked && present:
		done = "reste réservé"
	case s.Status == portal.Waiting && present:
		done = "reste en liste d’attente"
	case s.Status == portal.Requested && present:
		done = "reste demandé à la mairie"
	}
	text := fmt.Sprintf("%s %s.", portal.Capital(s.Day.Long()), done)
	if words := alongWords(along, present); words != "" {
		text += " " + words
	}
	if n := b.Adds + b.Removes; n > 0 {
		return text + " " + portal.Count(n, "demande") + " à valider."
	}
	return text + " Aucune demande à valider."
}

// WeekSaid says aloud what a click did where weeks are booked as a whole.
func WeekSaid(s *portal.Slot, present bool, b Basket) string {
	done := "retirés de vos demandes, ou à annuler"
	if present {
		done = "ajoutés"
	}
	text := fmt.Sprintf("%s se réserve à la semaine entière : les jours %s sont %s.", portal.Capital(s.Activity.Spoken), s.Week.Words(), done)
	if n := b.Adds + b.Removes; n > 0 {
		return text + " " + portal.Count(n, "demande") + " à valider."
	}
	return text + " Aucune demande à valider."
}

// PanelSaid says aloud what a click did in a panel of several activities: « Cantine, vendredi 20 novembre ajouté. … »
func PanelSaid(s *portal.Slot, present bool, along []*portal.Activity, now time.Time, b Basket) string {
	return activityWord(s.Activity) + ", " + lowerFirst(ClickSaid(s, present, along, now, b))
}

// alongWords says what was asked, or taken back, with a day because the activity needs it.
func alongWords(along []*portal.Activity, present bool) string {
	if len(along) == 0 {
		return ""
	}
	names := make([]string, len(along))
	for i, a := range along {
		names[i] = a.Spoken
	}
	if present {
		return portal.Capital(portal.List(names)) + " : demandé aussi, l’un ne va pas sans l’autre."
	}
	return portal.Capital(portal.List(names)) + " : retiré aussi."
}

// ClickWarning says what a family must know of a click that was done: there is no place, only a waiting list; something
// else was asked with it.
func ClickWarning(s *portal.Slot, present bool, along []*portal.Activity, now time.Time) string {
	var words []string
	if s.State(now) == portal.StateAdd && s.Activity.Decided && s.Status == portal.NotBooked {
		words = append(words, "La mairie doit accepter cette demande : vous aurez sa réponse par courriel.")
	}
	if few := s.FewWords(now); few != "" {
		words = append(words, few)
	}
	if s.State(now) == portal.StateAdd && s.Full() && !s.Activity.Decided && s.Status == portal.NotBooked {
		words = append(words, "Il n’y a plus de place le "+s.Day.Long()+" : votre demande est pour la liste d’attente.")
	}
	if more := alongWords(along, present); more != "" {
		words = append(words, more)
	}
	return strings.Join(words, " ")
}
