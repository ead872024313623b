package views

import (
	"fmt"
	"strings"
	"time"

	"marelle/portal"
)

var (
	_ = register(Counter{}, Paper{})
	_ = part("staff/counter#day", DeskCell{})
	_ = part("staff/counter#face", DeskCell{})
	_ = part("staff/counter#hours", DeskHours{})
	_ = part("staff/counter#outcome", Counter{})
	_ = part("staff/counter#line", DeskLine{})
	_ = part("staff/paper#sheet", PaperSheet{})
)

// DeskPath is where staff book for a family.
func DeskPath(id portal.FamilyID) string { return fmt.Sprintf("/gestion/guichet/%d", id) }

// PaperPath is where the month forms of a class are printed.
const PaperPath = "/gestion/formulaires-papier"

// Counter is « Réserver pour une famille »: a month of a child as boxes to tick, what they will do, and what they did.
type Counter struct {
	Frame
	Heading   string // « Réserver pour Lina »
	Family    string // « Famille BENALI »
	FamilyURL string
	PaperURL  string // the month form of the family
	Calendar         // of one activity
	Boxes     DeskBoxes
	Child     portal.ChildID
	Chosen    string // the activity, or nothing for all of them
	MonthKey  string // « 2026-12 »
	Key       string // one-time key of the form
	Seen      []string
	Guardians []Choice
	Hours     []DeskHours
	Manager   bool   // may pass limits
	Nobody    string // why nothing can be asked
	Refused   string // why nothing was done

	Tried, Saved *DeskOutcome
	Waivable     bool // a limit may be passed
	Reason       string
	ReasonMost   int
	Faults       Faults
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

// DeskBoxes is a month of all the activities of a child: a row a day, a column an activity.
type DeskBoxes struct {
	Activities []Chip
	Rows       []DeskRow
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
	Key     string // « 12:2026-11-30 »; nothing: no box
	Ticked  bool
	Spoken  string // « Cantine, lundi 30 novembre : réservé »
	Compact bool   // in the table of all the activities
}

func (DeskCell) cell() string { return "staff/counter#day" }

// DeskHours asks for the hours of the days that are added.
type DeskHours struct {
	Activity, ID       string
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

// DeskLine is a day and what it came to; Key lets a manager pass its limit.
type DeskLine struct {
	Day, Activity, Hours string
	Badge, Icon, Words   string
	Reason               string
	Key                  string
	Forced               bool
}

// DeskKey names a day of an activity in the form.
func DeskKey(a portal.ActivityID, day portal.Date) string { return fmt.Sprintf("%d:%s", a, day) }

// NewDeskCell draws a day; ticked says whether its box is.
func NewDeskCell(s *portal.Slot, now time.Time, ticked func(string) bool) DeskCell {
	c := DeskCell{DayCell: NewDayCell(s, now, 0)}
	c.Spoken = s.Activity.Short + ", " + s.Day.Long() + " : " + c.Word + c.DayCell.Spoken
	if c.Left > 1 {
		c.Spoken = fmt.Sprintf("%s, %s : %d places", s.Activity.Short, s.Day.Long(), c.Left)
	}
	if s.Day >= portal.DateOf(now) && (s.Open || s.Status != portal.NotBooked) {
		c.Key = DeskKey(s.Activity.ID, s.Day)
		c.Ticked = ticked(c.Key)
	}
	return c
}

// SetCalendar draws a month of one activity.
func (v *Counter) SetCalendar(setup *portal.Setup, a *portal.Activity, of func(portal.Date) *portal.Slot, month portal.Month, now time.Time, ticked func(string) bool) {
	v.SetRules(setup, a, month, false, now)
	v.setGrid(setup, month, now, func(d portal.Date) []*portal.Slot { return []*portal.Slot{of(d)} },
		func(s []*portal.Slot) Cell { return NewDeskCell(s[0], now, ticked) }, func(days []*portal.Slot) []LimitLine { return limitLines(days, now) })
	for i := range v.Weeks {
		v.Weeks[i].Past = false // a manager may pass the limit
	}
	if len(v.Weeks) == 0 {
		v.Empty = notOpenIn(setup, a, month, now)
	}
}

// SetBoxes draws a month of all the activities; a day on which none is open has no row.
func (v *Counter) SetBoxes(activities []*portal.Activity, of func(int, portal.Date) *portal.Slot, month portal.Month, now time.Time, ticked func(string) bool) {
	v.Month = portal.Capital(month.Word())
	for _, a := range activities {
		v.Boxes.Activities = append(v.Boxes.Activities, ActivityChip(a, "", false))
	}
	var week portal.Date
	for d := month.First(); d <= month.Last(); d++ {
		row := DeskRow{Day: d.Weekday().Short() + " " + fmt.Sprint(d.Day())}
		open := false
		for i := range activities {
			s := of(i, d)
			open = open || s.Open || s.Status != portal.NotBooked
			c := NewDeskCell(s, now, ticked)
			c.Compact = true
			row.Cells = append(row.Cells, c)
		}
		if open {
			row.First, week = d.Monday() != week && week != 0, d.Monday()
			v.Boxes.Rows = append(v.Boxes.Rows, row)
		}
	}
	if len(v.Boxes.Rows) == 0 {
		v.Empty = "Aucune activité n’est ouverte à cet enfant en " + month.Word() + "."
	}
}

// NewDeskHours asks for the hours of an activity that asks them, and stands as they were sent.
func NewDeskHours(a *portal.Activity, h portal.Hours) DeskHours {
	form := NewHoursForm("", "", "", a, h)
	return DeskHours{Activity: a.Short, ID: fmt.Sprint(a.ID), Arrival: form.Arrival, Departure: form.Departure}
}

// NewDeskOutcome tells the lines of a receipt; saved says that it was given. key names the days whose limit may be passed.
func NewDeskOutcome(r *portal.Receipt, saved bool, key func(portal.Movement) (key string, forced bool)) *DeskOutcome {
	v := &DeskOutcome{Heading: "Ce qui sera fait"}
	if saved {
		v.Heading, v.Number = doneWords(r.Count()), r.Number
	}
	for _, m := range r.Lines {
		l := DeskLine{Day: m.Day.Long(), Activity: m.Short, Hours: m.Hours.Words(), Words: receiptWords(m), Reason: atDesk(m.Reason)}
		l.Badge, l.Icon = outcomeLook(m.Outcome)
		if m.Idle {
			l.Words = "Déjà fait"
		}
		if key != nil {
			l.Key, l.Forced = key(m)
		}
		if m.Outcome == portal.OutcomeRefused || l.Forced {
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
	Sheets    []PaperSheet
	Empty     string
}

// Template names the page.
func (Paper) Template() string { return "staff/paper" }

// PaperSheet is the form of a child.
type PaperSheet struct {
	Structure  string
	Child      string
	Class      string
	Month      string // « décembre 2026 »
	QR         QRCode
	URL        string
	Activities []Chip
	Rows       []PaperRow
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
	Word   string // « attente », « 2e »
}

// NewPaperSheet draws the form of a child; none when no activity opens that month.
func NewPaperSheet(setup *portal.Setup, child portal.Child, activities []*portal.Activity, of func(int, portal.Date) *portal.Slot, month portal.Month, now time.Time, url string) (*PaperSheet, error) {
	s := &PaperSheet{Structure: setup.Structure.Name, Phone: setup.Structure.Phone, Child: child.FullName(), Class: child.Class, Month: month.Word(), URL: url}
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
				s.Limits = append(s.Limits, a.Short+" : "+lowerFirst(setup.RuleWords(a, month, now)))
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
			switch slot.Status {
			case portal.Waiting:
				cell.Word = "attente"
			case portal.Requested:
				cell.Word = "demandé"
			}
			open = open || slot.Open
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
