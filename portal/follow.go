package portal

import (
	"fmt"
	"strings"
	"time"
)

// FollowFilter is what a family chooses to see in « Suivi »; its zero value leaves nothing out.
type FollowFilter struct {
	Child    ChildID
	Activity ActivityID
	From, To Date // days of service; zero: no bound
	Pending  bool // the box « Transmise » unticked: only what was just asked
}

// Check refuses a period that ends before it starts.
func (f FollowFilter) Check() error {
	if f.From == 0 || f.To == 0 || f.To >= f.From {
		return nil
	}
	e := Invalid("La période se termine avant de commencer.")
	e.Fault("au", "La date de fin doit être la même que celle de début, ou après.")
	return e
}

// Words says what a filter keeps, for the head of a printed page: « Amalia, du 01/12/2026 au 31/12/2026 », or nothing.
func (f FollowFilter) Words(children []Child, a *Activity) string {
	var words []string
	for _, c := range children {
		if f.Child == 0 || c.ID == f.Child {
			words = append(words, c.FullName())
		}
	}
	if a != nil {
		words = append(words, a.Short)
	}
	switch {
	case f.From != 0 && f.To != 0:
		words = append(words, "du "+f.From.French()+" au "+f.To.French())
	case f.From != 0:
		words = append(words, "à partir du "+f.From.French())
	case f.To != 0:
		words = append(words, "jusqu’au "+f.To.French())
	}
	return strings.Join(words, ", ")
}

// QuickPeriod is a period that is chosen with one touch.
type QuickPeriod struct {
	Label    string
	From, To Date
}

// QuickPeriods lists the periods worth a button, on a day.
func QuickPeriods(today Date) []QuickPeriod {
	m := today.Month()
	return []QuickPeriod{
		{"Toutes les dates", 0, 0},
		{"À venir", today, 0},
		{"Ce mois-ci", m.First(), m.Last()},
		{"Mois prochain", m.Add(1).First(), m.Add(1).Last()},
		{"Mois dernier", m.Add(-1).First(), m.Add(-1).Last()},
	}
}

// Followed is a movement as the family follows it: with its hours and who asked for it.
type Followed struct {
	Movement
	By   Person
	Town bool // an agent did it
}

// Who says who made the movement, to an account: « vous », « la mairie », « la liste d’attente », else the other parent by name.
func (f Followed) Who(me AccountID) string {
	switch {
	case f.Action == "promote":
		return "la liste d’attente"
	case f.Action == "decide":
		return "la mairie"
	case f.ByDesk():
		return "la mairie"
	case f.Account == me:
		return "vous"
	case f.Town:
		return "la mairie"
	}
	return f.By.Title()
}

// Batch is several days of one child and one activity that were asked at once and came to the same thing.
type Batch struct {
	Followed
	Days []Date // ascending
}

// Batches gathers movements that differ by their day only, in the order in which they first come. by sets apart what
// must not be gathered: the month, where a list has a title for each.
func Batches(list []Followed, by func(Followed) string) []Batch {
	type key struct {
		Child    ChildID
		Activity ActivityID
		Account  AccountID
		At       time.Time
		Action   string
		Outcome  Outcome
		Result   Outcome
		Rank     int
		Reason   string
		Night    Date
		Hours    Hours
		Receipt  string
		By       string
		Staff    AccountID
	}
	var batches []Batch
	known := map[key]int{}
	for _, f := range list {
		k := key{Child: f.Child.ID, Activity: f.ActID, Account: f.Account, At: f.At, Action: f.Action, Outcome: f.Outcome, Reason: f.Reason, Night: f.Night, Hours: f.Hours, Receipt: f.Receipt, Staff: f.Staff}
		k.Result, k.Rank = f.Result()
		if by != nil {
			k.By = by(f)
		}
		i, seen := known[k]
		if !seen {
			i = len(batches)
			known[k] = i
			batches = append(batches, Batch{Followed: f})
		}
		b := &batches[i]
		b.Days = insertDay(b.Days, f.Day)
		b.Day = b.Days[0]
	}
	return batches
}

// insertDay keeps the days ascending.
func insertDay(days []Date, d Date) []Date {
	i := len(days)
	for i > 0 && days[i-1] > d {
		i--
	}
	days = append(days, 0)
	copy(days[i+1:], days[i:])
	days[i] = d
	return days
}

// DaysInMonth says days of one month whose name is known: « lun. 7, mar. 8 ».
func DaysInMonth(days []Date) string {
	words := make([]string, len(days))
	for i, d := range days {
		words[i] = d.Weekday().Short() + "\u00a0" + DayNumber(d)
	}
	return strings.Join(words, ", ")
}

// DaysWords says ascending days, with each month named once: « lun. 30 novembre ; mar. 1er, jeu. 3 décembre ». The year
// is said where it is not the given one.
func DaysWords(days []Date, year int) string {
	var words []string
	for i := 0; i < len(days); {
		m, j := days[i].Month(), i
		for j < len(days) && days[j].Month() == m {
			j++
		}
		month := m.MonthName()
		if m.Year != year {
			month = m.Word()
		}
		words = append(words, fmt.Sprintf("%s\u00a0%s", DaysInMonth(days[i:j]), month))
		i = j
	}
	return strings.Join(words, " ; ")
}

// Reservation is a day that is booked, or waited for.
type Reservation struct {
	Child    Child
	Activity *Activity
	Day      Date
	Status   Status
	Rank     int // on the waiting list
	Hours    Hours
	Since    time.Time
	Limit    Limit // until when it can be cancelled
	Absent   bool  // announced as not coming
}

// CancelLimit gives until when a saved day can be cancelled: never once the activity is closed that day.
func (s *Setup) CancelLimit(a *Activity, day Date) Limit {
	if open, _ := a.Opening.On(day, &s.Calendar); !open {
		return Limit{}
	}
	_, cancel := s.Limits(a, day)
	return cancel
}
