package views

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"marelle/portal"
)

var (
	_ = register(Counter{}, Paper{})
	_ = part("staff/counter#day", DeskCell{})
	_ = part("staff/counter#face", DeskCell{})
	_ = part("staff/counter#hours", DeskHours{})
	_ = part("staff/counter#weeks", DeskWeeks{})
	_ = part("staff/counter#boxes", DeskBoxes{})
	_ = part("staff/counter#legend", Counter{})
	_ = part("staff/counter#outcome", Counter{})
	_ = part("staff/counter#line", DeskLine{})
	_ = part("staff/paper#sheet", PaperSheet{})
)

// DeskPath is where staff book for a family.
func DeskPath(id portal.FamilyID) string { return fmt.Sprintf("/gestion/guichet/%d", id) }

// PaperPath is where the month forms of a class are printed.
const PaperPath = "/gestion/formulaires-papier"

// Counter is « Réserver pour une famille »: a month of a child, or of all of them for one activity, as boxes to tick, what
// they will do, and what they did.
type Counter struct {
	Frame
	Heading   string // « Réserver pour Lina »
	Family    string // « Famille BENALI »
	FamilyURL string
	PaperURL  string // the month form of the family
	Calendar         // of one activity
	Boxes     DeskBoxes
	Past      DeskPast // the days of the month that are over
	Child     string   // its number, or « tous »
	Chosen    string   // the activity, or nothing for all of them
	MonthKey  string   // « 2026-12 »
	Key       string   // one-time key of the form
	Seen      []string
	Weekdays  []Choice // that are ticked at once
	Guardians []Choice
	Hours     []DeskHours
	Days      []DeskHours // the hours of days that are saved
	HoursSeen []string    // the same, as they were shown
	HoursOpen bool        // some were changed
	Round     *DeskRound  // the paper forms of a class are typed one after the other
	Manager   bool        // may pass limits
	Nobody    string      // why nothing can be asked
	Remedies  []Remedy    // what to do then
	Homes     []Remedy    // where the days of children that two families share are booked with the other one
	Refused   string      // why nothing was done

	Tried, Saved *DeskOutcome
	Waivable     bool // a limit may be passed
	Reason       string
	ReasonMost   int
	Faults       Faults
}

// Remedy leads to where something is put right.
type Remedy struct{ URL, Icon, Label string }

// DeskRound is where one is in the paper forms of a class.
type DeskRound struct {
	Class    string // its number
	Words    string // « CP A : feuille 3 sur 24 »
	Next     string // « DUPONT Amalia », or nothing at the last one
	Prev     string
	PrevURL  string
	NextURL  string // without saving anything
	Before   string // what was just saved for the child before
	PaperURL string
}

// DeskPast is what is over of the month, folded.
type DeskPast struct {
	Label string // « Jours passés, du 2 au 20 »
	Boxes DeskBoxes
	Weeks DeskWeeks
}

// DeskWeeks are weeks of a calendar with their head.
type DeskWeeks struct {
	Caption string
	Columns []Column
	Weeks   []Week
}

// Template names the page.
func (Counter) Template() string { return "staff/counter" }

// Outcome gives what is told of the days: those just saved, or those that would be.
func (v Counter) Outcome() *DeskOutcome {
	if v.Tried != nil {
		return v.Tried
	}
	return v.Saved
}

// DeskBoxes is a month in a table: a row a day, a column an activity or a child.
type DeskBoxes struct {
	Columns []Chip
	Rows    []DeskRow
}

// DeskRow is a day.
type DeskRow struct {
	Day   string // « lun. 30 »
	First bool   // of its week
	Cells []DeskCell
}

// DeskCell is a day of an activity, with its box when it can be ticked.
type DeskCell struct {
	DayCell
	Key     string // « 7:12:2026-11-30 »; nothing: no box
	Ticked  bool
	Spoken  string // « Cantine, lundi 30 novembre : réservé »
	Compact bool   // in a table
	Weekday int    // from 1, when its box is ticked with those of its weekday
	Focused bool   // where the keyboard starts
}

func (DeskCell) cell() string { return "staff/counter#day" }

// DeskHours asks for the hours of the days that are added, or of one that is saved.
type DeskHours struct {
	Label, ID          string // « Mercredi : horaires des jours ajoutés », « 12 »
	Arrival, Departure []HourChoice
}

// DeskOutcome is what days came to, or would.
type DeskOutcome struct {
	Heading    string
	Number     string // of the receipt, once there is one
	ReceiptURL string
	Done       []DeskLine
	Refused    []DeskLine
}

// DeskLine is a day and what it came to.
type DeskLine struct {
	Day, Activity, Hours string
	Badge, Icon, Words   string
	Reason               string
	Pass                 DeskPass
}

// DeskKey names a day of an activity for a child in the form.
func DeskKey(s *portal.Slot) string { return deskKey(s.Child, s.Activity.ID, s.Day) }

// DeskLineKey is DeskKey for a line of a receipt.
func DeskLineKey(l portal.Movement) string { return deskKey(l.Child.ID, l.ActID, l.Day) }

func deskKey(child portal.ChildID, activity portal.ActivityID, day portal.Date) string {
	return fmt.Sprintf("%d:%d:%s", child, activity, day)
}

// DeskHoursKey names the hours that were shown of a saved day, so that the form knows which were changed.
func DeskHoursKey(s *portal.Slot) string {
	return DeskKey(s) + "=" + s.Hours.Arrival.String() + "/" + s.Hours.Departure.String()
}

// NewDeskCell draws a day; who is said before it where several children are shown; ticked says whether its box is.
func NewDeskCell(s *portal.Slot, who string, now time.Time, ticked func(string) bool) DeskCell {
	c := DeskCell{DayCell: NewDayCell(s, now, 0)}
	what := who + s.Activity.Short + ", " + s.Day.Long() + " : "
	c.Spoken = what + c.Word + c.DayCell.Spoken
	if c.Left > 1 {
		c.Spoken = fmt.Sprintf("%s%d places", what, c.Left)
	}
	if c.Hours = ""; s.Status != portal.NotBooked && !s.Hours.IsZero() {
		c.Hours = tightHours(s.Hours)
		c.Spoken += ", " + s.Hours.Words()
	}
	if s.Day >= portal.DateOf(now) && (s.Open || s.Status != portal.NotBooked) {
		c.Key = DeskKey(s)
		c.Ticked = ticked(c.Key)
		if c.State == portal.StateFree && !s.InLateLane(now) {
			c.Weekday = int(s.Day.Weekday()) + 1
		}
	}
	return c
}

// SetCalendar draws a month of one activity of a child.
func (v *Counter) SetCalendar(setup *portal.Setup, a *portal.Activity, of func(portal.Date) *portal.Slot, month portal.Month, now time.Time, ticked func(string) bool) {
	v.SetRules(setup, a, month, false, now)
	v.setGrid(setup, month, now, func(d portal.Date) []*portal.Slot { return []*portal.Slot{of(d)} },
		func(s []*portal.Slot) Cell {
			c := NewDeskCell(s[0], "", now, ticked)
			v.weekday(c.Weekday)
			return c
		}, func(days []*portal.Slot) []LimitLine { return limitLines(days, now) })
	over := 0
	for i := range v.Weeks {
		w := &v.Weeks[i]
		first, last := month.First()+portal.Date(w.first-1), month.First()+portal.Date(w.last-1)
		w.Past, w.Joined, w.Label = false, false, weekLabel(first, last) // a manager may pass the limit
		if last < portal.DateOf(now) {
			over, v.Past.Label = i+1, pastDays(month, last)
		}
	}
	if len(v.Weeks) == 0 {
		v.Empty = notOpenIn(setup, a, month, now)
	}
	if over > 0 {
		v.Past.Weeks = DeskWeeks{v.Caption, v.Columns, v.Weeks[:over]}
		v.Weeks = v.Weeks[over:]
	}
}

// Weekly gives the weeks that are not over.
func (v Counter) Weekly() DeskWeeks { return DeskWeeks{v.Caption, v.Columns, v.Weeks} }

// DeskColumn is a column of the table: an activity of a child, or a child for the activity that is looked at.
type DeskColumn struct {
	Chip Chip
	Who  string // « Lina, » where several children are shown
	Of   func(portal.Date) *portal.Slot
}

// SetBoxes draws a month as a table; a day on which nothing is open has no row.
func (v *Counter) SetBoxes(columns []DeskColumn, month portal.Month, now time.Time, ticked func(string) bool) {
	v.Month = portal.Capital(month.Word())
	for _, c := range columns {
		v.Boxes.Columns = append(v.Boxes.Columns, c.Chip)
	}
	v.Past.Boxes.Columns = v.Boxes.Columns
	var week portal.Date
	for d := month.First(); d <= month.Last(); d++ {
		row := DeskRow{Day: d.Weekday().Short() + " " + fmt.Sprint(d.Day())}
		open := false
		for _, column := range columns {
			s := column.Of(d)
			open = open || s.Open || s.Status != portal.NotBooked
			c := NewDeskCell(s, column.Who, now, ticked)
			c.Compact = true
			if v.Chosen != "" {
				v.weekday(c.Weekday)
			}
			row.Cells = append(row.Cells, c)
		}
		into := &v.Boxes
		if open && d < portal.DateOf(now) {
			into, v.Past.Label = &v.Past.Boxes, pastDays(month, d)
		}
		if open {
			row.First, week = d.Monday() != week && len(into.Rows) > 0, d.Monday()
			into.Rows = append(into.Rows, row)
		}
	}
	if len(v.Boxes.Rows)+len(v.Past.Boxes.Rows) == 0 {
		v.Empty = "Rien n’est ouvert en " + month.Word() + "."
	}
}

// Focus puts the keyboard on the first box of the table.
func (v *Counter) Focus() {
	for _, row := range v.Boxes.Rows {
		for i := range row.Cells {
			if row.Cells[i].Key != "" {
				row.Cells[i].Focused = true
				return
			}
		}
	}
}

// weekday says that the days of a weekday (from 1) can be ticked at once.
func (v *Counter) weekday(n int) {
	if n == 0 || slices.ContainsFunc(v.Weekdays, func(c Choice) bool { return c.Value == fmt.Sprint(n) }) {
		return
	}
	v.Weekdays = append(v.Weekdays, Choice{Value: fmt.Sprint(n), Label: portal.Capital(portal.Weekday(n-1).String()) + "s"})
	slices.SortFunc(v.Weekdays, func(a, b Choice) int { return strings.Compare(a.Value, b.Value) })
}

// pastDays gives « Jours passés, du 2 au 20 »; the last is always before today.
func pastDays(month portal.Month, last portal.Date) string {
	if last == month.First() {
		return "Jour passé : " + last.Long()
	}
	return "Jours passés, jusqu’au " + last.Long()
}

// NewDeskHours asks for the hours of an activity that asks them, and stands as they were sent.
func NewDeskHours(a *portal.Activity, id, label string, h portal.Hours) DeskHours {
	form := NewHoursForm("", "", "", a, h)
	return DeskHours{Label: label, ID: id, Arrival: withHour(form.Arrival, h.Arrival), Departure: withHour(form.Departure, h.Departure)}
}

// withHour adds an hour that was chosen and that the activity no longer gives: a list never changes what it shows.
func withHour(list []HourChoice, t portal.TimeOfDay) []HourChoice {
	if len(list) == 0 || t == 0 || slices.ContainsFunc(list, func(c HourChoice) bool { return c.Chosen }) {
		return list
	}
	return append([]HourChoice{{t.String(), t.Word(), true}}, list...)
}

// DeskPass is how the limit of a day may be passed.
type DeskPass struct {
	Key    string // of the day; nothing: it may not
	Label  string // « Faire quand même »
	Forced bool   // it is asked already
}

// NewDeskOutcome tells the lines of a receipt; saved says that it was given, several that children are to be named. pass says
// which days may pass their limit.
func NewDeskOutcome(r *portal.Receipt, saved, several bool, pass func(portal.Movement) DeskPass) *DeskOutcome {
	v := &DeskOutcome{Heading: "Ce qui sera fait"}
	if saved {
		v.Heading, v.Number = doneWords(r.Count()), r.Number
	}
	for _, m := range r.Lines {
		l := DeskLine{Day: m.Day.Long(), Activity: m.Short, Pass: pass(m), Hours: m.Hours.Words(), Words: receiptWords(m), Reason: atDesk(m.Reason)}
		l.Badge, l.Icon = outcomeLook(m.Outcome)
		if m.Idle {
			l.Words = "Déjà fait"
		}
		if several {
			l.Activity = m.Child.FirstName + ", " + l.Activity
		}
		if m.Outcome == portal.OutcomeRefused || l.Pass.Forced {
			v.Refused = append(v.Refused, l)
		} else {
			v.Done = append(v.Done, l)
		}
	}
	return v
}

// atDesk gives a reason without the advice that families read: who is at the counter has the town hall before them.
func atDesk(reason string) string {
	for _, advice := range []string{" Appelez la mairie pour un cas exceptionnel.", ", ou appelez la mairie", " Appelez la mairie."} {
		reason = strings.ReplaceAll(reason, advice, "")
	}
	return reason
}

// Paper is « Formulaires papier »: a month form for each child of a family or of a class, to be printed.
type Paper struct {
	Frame
	Heading   string
	Back      string
	BackLabel string
	Action    string
	Classes   []Choice // nothing for a family
	Months    []Choice
	Blanks    []Choice // how many sheets without a name
	Round     string   // where the sheets of the class are typed
	Done      string
	Sheets    []PaperSheet
	Empty     string
}

// Template names the page.
func (Paper) Template() string { return "staff/paper" }

// PaperSheet is the form of a child.
type PaperSheet struct {
	Structure  string
	Child      string // nothing: the name is written by hand
	Class      string
	Home       string // « Mme RIEU Hélène »: the form is for the days there
	Month      string // « décembre 2026 »
	QR         QRCode
	URL        string
	Activities []Chip
	Rows       []PaperRow
	Full       bool     // some days are full
	Limits     []string // « Cantine : … »
	Phone      string
}

// PaperRow is a day of the form.
type PaperRow struct {
	Day   string // « lun. 30 »
	First bool
	Cells []PaperCell
}

// PaperCell is a box: nothing when closed, ticked when booked already.
type PaperCell struct {
	Open   bool
	Booked bool
	Word   string // « attente », « complet »
}

// NewPaperSheet draws the form of a child; none when no activity opens that month.
func NewPaperSheet(setup *portal.Setup, child portal.Child, activities []*portal.Activity, of func(int, portal.Date) *portal.Slot, month portal.Month, now time.Time, url string) (*PaperSheet, error) {
	s := &PaperSheet{Structure: setup.Structure.Name, Phone: setup.Structure.Phone, Class: child.Class, Month: month.Word(), URL: url}
	if child.ID != 0 {
		s.Child = child.FullName()
	}
	var err error
	if s.QR, err = NewQRCode(url); err != nil {
		return nil, err
	}
	var shown []int
	for i, a := range activities {
		for d := month.First(); d <= month.Last(); d++ {
			if of(i, d).Open {
				shown = append(shown, i)
				s.Activities = append(s.Activities, ActivityChip(a, "", false))
				s.Limits = append(s.Limits, a.Short+" : "+lowerFirst(setup.MonthRuleWords(a, month, now)))
				break
			}
		}
	}
	var week portal.Date
	for d := month.First(); d <= month.Last(); d++ {
		row, open := PaperRow{Day: d.Weekday().Short() + " " + fmt.Sprint(d.Day())}, false
		for _, i := range shown {
			slot := of(i, d)
			cell := PaperCell{Open: slot.Open, Booked: slot.Status == portal.Booked}
			switch state := slot.State(now); {
			case slot.Status == portal.Waiting:
				cell.Word = "attente"
			case slot.Status == portal.Requested:
				cell.Word = "demandé"
			case state == portal.StateFull || state == portal.StateOffer:
				cell.Word = "complet"
			}
			open, s.Full = open || slot.Open, s.Full || cell.Word == "complet"
			row.Cells = append(row.Cells, cell)
		}
		if open {
			row.First, week = d.Monday() != week && week != 0, d.Monday()
			s.Rows = append(s.Rows, row)
		}
	}
	if len(s.Rows) == 0 {
		return nil, nil
	}
	return s, nil
}
