package portal

import (
	"sort"
	"strings"
	"time"
)

// DueNights lists the nights that should have run by now and have not, oldest first. A night has the date of the morning
// it ends on; it is due at the structure's hour of that day. last is the last night done, or the day the structure was
// created when none was.
func DueNights(last Date, nightAt TimeOfDay, now time.Time) []Date {
	var due []Date
	for d := last + 1; !d.At(nightAt).After(now); d++ {
		due = append(due, d)
	}
	return due
}

// Night is one transmission of a structure: the ledger says which were done.
type Night struct {
	ID         NightID
	Structure  StructureID
	Date       Date
	Due        time.Time
	Started    time.Time
	Done       time.Time // zero while under way
	Movements  int
	Promotions int
	Reported   time.Time // when its reports were queued; zero before
	Failed     time.Time // when something stopped it; zero once it is done
	Fault      string    // what that was, for the administrator
}

// nightTakes is how long a night may run before it is thought to have been cut.
const nightTakes = 30 * time.Minute

// NightState is where a night stands.
type NightState string

// The states of a night.
const (
	NightDone    NightState = "transmise"
	NightRunning NightState = "en-cours"
	NightFailed  NightState = "echec"
	NightCut     NightState = "coupee" // begun, and nobody goes on with it
	NightMissed  NightState = "manquee"
)

// Words says the state as a sentence goes on: « a échoué ».
func (s NightState) Words() string {
	switch s {
	case NightDone:
		return "transmise"
	case NightRunning:
		return "en cours"
	case NightFailed:
		return "arrêtée par une erreur"
	case NightCut:
		return "interrompue"
	}
	return "n’a pas eu lieu"
}

// State says where a night stands at a moment; one that never began has no Started.
func (n *Night) State(now time.Time) NightState {
	switch {
	case !n.Done.IsZero():
		return NightDone
	case n.Started.IsZero() && now.Sub(n.Due) >= nightTakes:
		return NightMissed
	case n.Started.IsZero():
		return NightRunning // within the minute
	case !n.Failed.IsZero():
		return NightFailed
	case now.Sub(n.Started) < nightTakes:
		return NightRunning
	}
	return NightCut
}

// Stuck says that a night is to be run again.
func (n *Night) Stuck(now time.Time) bool {
	s := n.State(now)
	return s == NightFailed || s == NightCut || s == NightMissed
}

// Report is what a family is told on the morning after: the movements of one account on one structure.
type Report struct {
	Night     Night
	Structure Structure
	To        Person
	Emails    []string
	Movements []Movement
}

// ReportGroup is one line of a report: an activity, a child and the days concerned.
type ReportGroup struct {
	Activity string
	Child    string // « DUPONT Amalia »
	Days     []ReportDay
}

// ReportDay is a day with what came of it.
type ReportDay struct {
	Day     Date
	Outcome Outcome
	Rank    int
	Reason  string
	Desk    bool // staff typed it for the family
	Late    bool // past its limit
}

// Asked counts the requests and the cancellations received; a place given to who waited is neither, nor is a request that
// left the waiting list by the list's own rule, with a reason.
func (r *Report) Asked() (adds, removes int) {
	for _, m := range r.Movements {
		switch m.Action {
		case "add":
			adds++
		case "remove":
			if m.Reason == "" {
				removes++
			}
		}
	}
	return adds, removes
}

// Groups gives the movements of an action, by activity then child then day.
func (r *Report) Groups(action string) []ReportGroup {
	return groupMovements(r.Movements, func(m Movement) bool {
		return m.Action == action && !(action == "remove" && m.Reason != "" && !m.ByDesk())
	})
}

// Absences gives the absences announced, and those taken back: of several words about a day, the last counts.
func (r *Report) Absences() (announced, takenBack []ReportGroup) {
	type day struct {
		child    ChildID
		activity ActivityID
		day      Date
	}
	last := map[day]MovementID{}
	for _, m := range r.Movements {
		if m.Action == "absent" || m.Action == "present" {
			d := day{m.Child.ID, m.ActID, m.Day}
			last[d] = max(last[d], m.ID)
		}
	}
	said := func(action string) []ReportGroup {
		return groupMovements(r.Movements, func(m Movement) bool {
			return m.Action == action && last[day{m.Child.ID, m.ActID, m.Day}] == m.ID
		})
	}
	return said("absent"), said("present")
}

// Others gives what was not simply accepted: waiting lists, refusals, and requests cancelled before the night.
func (r *Report) Others() []ReportGroup {
	return groupMovements(r.Movements, func(m Movement) bool {
		got, _ := m.Result()
		return m.Action == "add" && got != OutcomeBooked || m.Action == "remove" && (got != OutcomeCancelled || m.Reason != "" && !m.ByDesk())
	})
}

// Answers gives what staff decided of requests, or left without an answer.
func (r *Report) Answers() []ReportGroup {
	return groupMovements(r.Movements, func(m Movement) bool { return m.Action == "decide" })
}

func groupMovements(all []Movement, keep func(Movement) bool) []ReportGroup {
	var list []Movement
	for _, m := range all {
		if keep(m) {
			list = append(list, m)
		}
	}
	sort.SliceStable(list, func(i, j int) bool {
		a, b := list[i], list[j]
		if a.ActID != b.ActID {
			return a.ActID < b.ActID
		}
		if a.Child.ID != b.Child.ID {
			return strings.Compare(a.Child.FullName(), b.Child.FullName()) < 0 || a.Child.FullName() == b.Child.FullName() && a.Child.ID < b.Child.ID
		}
		return a.Day < b.Day
	})
	var groups []ReportGroup
	for i, m := range list {
		if i == 0 || m.ActID != list[i-1].ActID || m.Child.ID != list[i-1].Child.ID {
			groups = append(groups, ReportGroup{Activity: m.Activity, Child: m.Child.FullName()})
		}
		g := &groups[len(groups)-1]
		got, rank := m.Result()
		g.Days = append(g.Days, ReportDay{Day: m.Day, Outcome: got, Rank: rank, Reason: m.Reason, Desk: m.ByDesk(), Late: m.Late && m.ByDesk()})
	}
	return groups
}

// DayList gives « lun. 15/05, mar. 16/05 ».
func (g ReportGroup) DayList() string {
	words := make([]string, len(g.Days))
	for i, d := range g.Days {
		words[i] = d.Day.Numeric() + d.deskWords()
	}
	return strings.Join(words, ", ")
}

// Words says what came of a day: « liste d’attente, 2e », « refusée : Il n’y a plus de place ».
func (d ReportDay) Words() string { return OutcomeWords(d.Outcome, d.Rank, d.Reason) + d.deskWords() }

// deskWords says that staff typed the day: « (par la mairie) », and that they passed its limit.
func (d ReportDay) deskWords() string {
	switch {
	case d.Late:
		return " (par la mairie, hors délai)"
	case d.Desk:
		return " (par la mairie)"
	}
	return ""
}

// OutcomeWords says an outcome as « Suivi » and the report write it.
func OutcomeWords(o Outcome, rank int, reason string) string {
	switch o {
	case OutcomeBooked:
		return "acceptée"
	case OutcomeAbsent:
		return "absence signalée"
	case OutcomeCancelled:
		if reason != "" {
			return "annulée : " + reason
		}
		return "annulée"
	case OutcomeAsked:
		return "la mairie répond"
	case OutcomeWaiting:
		if rank > 0 {
			return "liste d’attente, " + Ordinal(rank)
		}
		return "liste d’attente"
	}
	if reason == "" {
		return "refusée"
	}
	return "refusée : " + reason
}
