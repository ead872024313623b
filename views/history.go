package views

import (
	"time"

	"marelle/portal"
)

var (
	_ = register(ConsumptionHistory{}, PaymentHistory{})
	_ = part("family/history#months", HistoryMonth{})
	_ = part("family/history#files", HistoryMonth{})
)

// HistoryMonth is the month of a history with the way to its neighbours, or why there is none.
type HistoryMonth struct {
	Month           string // « Octobre 2026 »
	Prev, Next      *MonthLink
	Limit           string // « L’historique s’arrête en … », where an arrow would be
	CSVURL, XLSXURL string
	Sections        []Tab
	PrintedOn       string
}

// SetMonth draws the arrows of a history among the months that are kept.
func (v *HistoryMonth) SetMonth(path string, first, last, month portal.Month, now time.Time) {
	url := func(suffix string, m portal.Month) string { return path + suffix + "?mois=" + m.String() }
	v.Month, v.PrintedOn = portal.Capital(month.Word()), portal.Instant(now)
	v.CSVURL, v.XLSXURL = url(".csv", month), url(".xlsx", month)
	if before := month.Add(-1); month != first {
		v.Prev = &MonthLink{URL: url("", before), Label: "Mois précédent : " + before.Word()}
	}
	if after := month.Add(1); month != last {
		v.Next = &MonthLink{URL: url("", after), Label: "Mois suivant : " + after.Word()}
	}
	v.Limit = "L’historique s’arrête en " + month.Word() + "."
}

// ConsumptionHistory is « Historique des consommations ».
type ConsumptionHistory struct {
	Frame
	HistoryMonth
	Groups []ConsumedChild
	Empty  string
}

// Template names the page.
func (ConsumptionHistory) Template() string { return "family/history" }

// ConsumedChild is a child with its past days.
type ConsumedChild struct {
	ID    portal.ChildID
	Child string
	Lines []ConsumedLine
}

// ConsumedLine is the days of a child in an activity that came to the same thing.
type ConsumedLine struct {
	Activity, Icon, Days, Hours string
	Badge, BadgeIcon, Words     string
	Count                       int
}

// SetConsumptions fills the page from days in the order of children, activities and days.
func (v *ConsumptionHistory) SetConsumptions(list []portal.Consumption, month portal.Month) {
	if len(list) == 0 {
		v.Empty = "Aucune consommation en " + month.MonthName() + "."
		return
	}
	for i := 0; i < len(list); {
		c, j := list[i], i
		for j < len(list) && list[j].Child.ID == c.Child.ID {
			j++
		}
		v.Groups = append(v.Groups, ConsumedChild{ID: c.Child.ID, Child: c.Child.FullName(), Lines: consumedLines(list[i:j])})
		i = j
	}
}

// consumedLines gathers the days of a child that differ by their date only.
func consumedLines(list []portal.Consumption) []ConsumedLine {
	type alike struct {
		activity portal.ActivityID
		presence portal.Presence
		hours    portal.Hours
	}
	var lines []ConsumedLine
	rank := map[alike]int{}
	days := [][]portal.Date{}
	for _, c := range list {
		k := alike{c.Activity.ID, c.Presence, c.Hours}
		i, seen := rank[k]
		if !seen {
			i = len(lines)
			rank[k] = i
			l := ConsumedLine{Activity: c.Activity.Short, Icon: ActivityIcon(c.Activity.Kind), Hours: c.Hours.Words(), Words: c.Presence.Words()}
			l.Badge, l.BadgeIcon = presenceLook(c.Presence)
			lines, days = append(lines, l), append(days, nil)
		}
		days[i] = append(days[i], c.Day)
	}
	for i := range lines {
		lines[i].Days, lines[i].Count = portal.DaysInMonth(days[i]), len(days[i])
	}
	return lines
}

func presenceLook(p portal.Presence) (badge, icon string) {
	switch p {
	case portal.PresenceAbsent:
		return "ajout", "moins"
	case portal.PresenceWaiting:
		return "attente", "sablier"
	}
	return "reserve", "coche"
}

// ConsumptionSheets is a month as files: a line a day, and the totals.
func ConsumptionSheets(list []portal.Consumption) []Sheet {
	days := Sheet{Name: "Consommations", Head: []string{"Enfant", "Activité", "Jour", "Arrivée", "Départ", "État"}}
	for _, c := range list {
		from, to := c.Hours.Within(c.Activity)
		days.Rows = append(days.Rows, []any{c.Child.FullName(), c.Activity.Name, c.Day, from, to, c.Presence.Words()})
	}
	totals := Sheet{Name: "Totaux", Head: []string{"Enfant", "Activité", "Jours réservés", "Absences signalées", "Sans place"}}
	for _, t := range portal.Totals(list) {
		totals.Rows = append(totals.Rows, []any{t.Child.FullName(), t.Activity.Name, t.Booked, t.Absent, t.Waiting})
	}
	return []Sheet{days, totals}
}

// PaymentHistory is « Historique des règlements », empty as long as nothing is paid on the portal.
type PaymentHistory struct {
	Frame
	HistoryMonth
}

// Template names the page.
func (PaymentHistory) Template() string { return "family/payments" }

// PaymentSheet is a month of payments as a file.
func PaymentSheet() Sheet {
	return Sheet{Name: "Règlements", Head: []string{"Date", "Référence", "Moyen de paiement", "Montant"}}
}
