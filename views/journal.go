package views

import (
	"cmp"
	"slices"
	"time"

	"marelle/portal"
)

// Journal is « Journal du compte »: who changed what, and when.
type Journal struct {
	Frame
	Sections []Tab
	Days     []JournalDay
	Total    string
	Pager    Pager
}

// Template names the page.
func (Journal) Template() string { return "family/journal" }

// JournalDay is what was done on a day.
type JournalDay struct {
	Day   string // « Aujourd’hui, lundi 23 novembre »
	Lines []JournalLine
}

// JournalLine is one thing that somebody did. It comes from a movement, or from whatever else happens to an account.
type JournalLine struct {
	At                  time.Time
	Hour                string // « 9 h 05 »
	Who                 string // « vous », « Mme D’HAUTPOUL Delphine », « la mairie », « la nuit »
	What                string // « Réservation : Cantine, Amalia »
	Detail              string // the days
	Icon                string
	Badge, Result       string // what it came to, when that needs saying
	ReceiptURL, Receipt string // the reader's own
}

// MovementLines tells movements as lines of the journal.
func MovementLines(list []portal.Followed, me portal.AccountID, now time.Time) []JournalLine {
	var lines []JournalLine
	for _, b := range portal.Batches(list, nil) {
		line := JournalLine{At: b.At, Who: b.Who(me), Icon: ActivityIcon(b.Icon), What: actionWords(b.Action) + " : " + b.Short + ", " + b.Child.FirstName, Detail: portal.DaysWords(b.Days, portal.DateOf(now).Month().Year)}
		if h := b.Hours.Words(); h != "" {
			line.Detail += " (" + h + ")"
		}
		switch b.Outcome { // what was told at once: the journal says what happened then
		case portal.OutcomeRefused:
			line.Badge, line.Result = "complet", "Refusée"
			if b.Reason != "" {
				line.Detail += ". " + b.Reason
			}
		case portal.OutcomeWaiting:
			line.Badge, line.Result = "attente", "En liste d’attente"
		case portal.OutcomeAsked:
			line.Badge, line.Result = "demande", "La mairie répond"
		}
		if b.Receipt != "" && b.Account == me {
			line.Receipt, line.ReceiptURL = b.Receipt, "/recus/"+b.Receipt
		}
		lines = append(lines, line)
	}
	return lines
}

// EventLine tells something that was done to the reader's own account.
func EventLine(e portal.AccountEvent, me portal.AccountID) JournalLine {
	line := JournalLine{At: e.At, Who: "vous", What: "Compte", Detail: e.Kind.Words(), Icon: "utilisateur"}
	if e.By != me {
		line.Who = "depuis la page de connexion"
	}
	return line
}

// SetLines fills the journal, the newest line first, by day.
func (v *Journal) SetLines(lines []JournalLine, now time.Time) {
	slices.SortStableFunc(lines, func(a, b JournalLine) int { return cmp.Compare(b.At.UnixMilli(), a.At.UnixMilli()) })
	today := portal.DateOf(now)
	var last portal.Date
	for _, l := range lines {
		l.Hour = portal.TimeOfDayOf(l.At).Word()
		if day := portal.DateOf(l.At); day != last || len(v.Days) == 0 {
			words := portal.Capital(day.LongYear())
			switch today - day {
			case 0:
				words = "Aujourd’hui, " + day.Long()
			case 1:
				words = "Hier, " + day.Long()
			}
			v.Days = append(v.Days, JournalDay{Day: words})
			last = day
		}
		d := &v.Days[len(v.Days)-1]
		d.Lines = append(d.Lines, l)
	}
}
