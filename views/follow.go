package views

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"marelle/portal"
)

var _ = register(Follow{}, NoChild{})

// Follow is « Suivi réservations »: what was asked, and where each request stands.
type Follow struct {
	Frame
	FollowFilters
	Transmitted bool // the box « Transmise »
	Groups      []FollowGroup
	Pager       Pager
	CSVURL      string
}

// Template names the page.
func (Follow) Template() string { return "family/follow" }

// FollowGroup is what was asked for a child.
type FollowGroup struct {
	ID     portal.ChildID
	Child  string
	Months []FollowMonth
}

// FollowMonth is what was asked for the days of a month.
type FollowMonth struct {
	Month string // « Décembre 2026 »
	Lines []FollowLine
}

// FollowLine is some days asked at once that came to the same thing.
type FollowLine struct {
	Days, Activity, Icon      string
	Action                    string // « Réservation », « Annulation », « Place obtenue »
	Hours                     string
	Asked                     string // « le lundi 23 novembre 2026 à 9 h 05, par vous »
	State                     string // « Non transmise (sera transmise cette nuit) »
	Badge, BadgeIcon, Outcome string
	Reason                    string
	ReceiptURL, Receipt       string
}

// SetMovements fills the list, by child then month: the months to come first, in their order, then the past ones, the
// last first. me says whose receipts may be opened.
func (v *Follow) SetMovements(children []portal.Child, list []portal.Followed, me portal.AccountID, now time.Time) {
	batches := portal.Batches(list, func(f portal.Followed) string { return f.Day.Month().String() })
	today := portal.DateOf(now).Month()
	slices.SortStableFunc(batches, func(a, b portal.Batch) int {
		return cmp.Or(compareMonths(a.Day.Month(), b.Day.Month(), today), cmp.Compare(a.Day, b.Day))
	})
	for _, c := range children {
		group := FollowGroup{ID: c.ID, Child: c.FullName()}
		for _, b := range batches {
			if b.Child.ID != c.ID {
				continue
			}
			month := portal.Capital(b.Day.Month().Word())
			if n := len(group.Months); n == 0 || group.Months[n-1].Month != month {
				group.Months = append(group.Months, FollowMonth{Month: month})
			}
			m := &group.Months[len(group.Months)-1]
			m.Lines = append(m.Lines, newFollowLine(b, me, now))
		}
		if len(group.Months) > 0 {
			v.Groups = append(v.Groups, group)
		}
	}
}

// compareMonths puts this month and those to come in their order, then the past ones from the last to the first.
func compareMonths(a, b, today portal.Month) int {
	pastA, pastB := a.First() < today.First(), b.First() < today.First()
	switch {
	case pastA && pastB:
		return cmp.Compare(b.First(), a.First())
	case pastA != pastB && pastA:
		return 1
	case pastA != pastB:
		return -1
	}
	return cmp.Compare(a.First(), b.First())
}

func newFollowLine(b portal.Batch, me portal.AccountID, now time.Time) FollowLine {
	line := FollowLine{
		Days: portal.DaysInMonth(b.Days), Activity: b.Short, Icon: ActivityIcon(b.Icon), Hours: b.Hours.Words(), Reason: b.Reason,
		Action: actionWords(b.Action), Asked: askedWords(b.At, now) + ", " + b.From(me), State: stateWords(b.Followed),
	}
	if b.Action == "promote" && b.Night != 0 {
		line.Asked = portal.NightWords(b.Night) // nobody asked that night
	}
	line.Badge, line.BadgeIcon, line.Outcome = resultLook(b.Followed)
	if b.Receipt != "" && b.Account == me {
		line.Receipt, line.ReceiptURL = b.Receipt, "/recus/"+b.Receipt
	}
	return line
}

// askedWords says when something was asked, in little room: « hier à 18 h 20 », « lun. 26 oct. à 18 h 20 ».
func askedWords(t, now time.Time) string {
	day, today := portal.DateOf(t), portal.DateOf(now)
	switch {
	case today-day < 2:
		return portal.Ago(t, now)
	case day.Month().Year != today.Month().Year:
		return day.French() + " à " + portal.TimeOfDayOf(t).Word()
	}
	return day.Short() + " à " + portal.TimeOfDayOf(t).Word()
}

// actionWords names what was asked.
func actionWords(action string) string {
	switch action {
	case "add":
		return "Réservation"
	case "remove":
		return "Annulation"
	case "change":
		return "Changement d’horaires"
	case "absent":
		return "Absence"
	case "present":
		return "Finalement présent"
	case "decide":
		return "Réponse de la mairie"
	}
	return "Place obtenue"
}

// stateWords says whether a request was transmitted; a refused one never is.
func stateWords(f portal.Followed) string {
	outcome, _ := f.Result()
	switch {
	case outcome == portal.OutcomeRefused && f.Action == "decide":
		return "Réponse donnée"
	case outcome == portal.OutcomeRefused:
		return "Non enregistrée"
	case !f.Transmitted():
		return "Non transmise (sera transmise cette nuit)"
	}
	return "Transmise"
}

// resultLook says what a request came to.
func resultLook(f portal.Followed) (badge, icon, words string) {
	outcome, rank := f.Result()
	badge, icon = outcomeLook(outcome)
	switch {
	case outcome == portal.OutcomeRefused:
		return badge, icon, "Refusée"
	case f.Action == "promote":
		return "fait", "coche", "Place obtenue"
	case f.Action == "absent":
		return "ajout", "moins", "Absence signalée"
	case f.Action == "present":
		return "reserve", "coche", "Absence retirée"
	case outcome == portal.OutcomeWaiting && rank > 0:
		return badge, icon, "En liste d’attente, " + portal.Ordinal(rank)
	case outcome == portal.OutcomeWaiting:
		return badge, icon, "En liste d’attente"
	}
	return badge, icon, portal.Capital(portal.OutcomeWords(outcome, rank, ""))
}

// FollowSheet is « Suivi » as a file, a line a day.
func FollowSheet(list []portal.Followed, me portal.AccountID) Sheet {
	s := Sheet{Name: "Suivi", Head: []string{"Enfant", "Activité", "Jour", "Arrivée", "Départ", "Demande", "État", "Résultat", "Motif", "Demandé le", "À", "Par", "Reçu"}}
	for _, f := range list {
		_, _, result := resultLook(f)
		receipt := ""
		if f.Account == me {
			receipt = f.Receipt
		}
		s.Rows = append(s.Rows, []any{f.Child.FullName(), f.Activity, f.Day, f.Hours.Arrival, f.Hours.Departure, actionWords(f.Action), stateWords(f), result, f.Reason,
			portal.DateOf(f.At), portal.TimeOfDayOf(f.At), f.Who(me), receipt})
	}
	return s
}

// NoChild says what to do when no child is attached to the account.
type NoChild struct {
	Frame
	Nobody string
}

// Template names the page.
func (NoChild) Template() string { return "family/nochild" }

// WithoutArticle gives « accueil du matin » from « l’accueil du matin ».
func WithoutArticle(spoken string) string {
	for _, article := range []string{"la ", "le ", "les ", "l’", "l'"} {
		if rest, cut := strings.CutPrefix(spoken, article); cut {
			return rest
		}
	}
	return spoken
}
