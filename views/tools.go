package views

import (
	"fmt"
	"strings"
	"time"

	"marelle/portal"
)

// Tool is a quick tool: a week, a weekday of the month, or the month. It says what it will do before it is pressed.
type Tool struct {
	ID      string
	Set     string // semaine, colonne, mois
	Value   string // "2026-11/semaine/2026-11-30:1": the set and the wished end
	Present bool   // it books; else it cancels
	Label   string // « Tout réserver »
	Spoken  string // « Tout réserver du 30 novembre au 4 décembre »
}

// SweepAnswer is what a quick tool gets: the month as it is now, the basket, and the sentence.
type SweepAnswer struct {
	Calendar Calendar
	Said     string
}

// Template names the fragment.
func (SweepAnswer) Template() string { return "family/calendar#swept" }

var _ = register(SweepAnswer{})

func weekTool(days []*portal.Slot, now time.Time) *Tool {
	plan := portal.PlanSweep(days, now)
	if !plan.Possible() || plan.Among == 1 { // a single day is its own tool
		return nil
	}
	first, last := days[0].Day, days[len(days)-1].Day
	t := newTool("semaine", first.Month().String()+"/semaine/"+first.Monday().String(), plan)
	t.Spoken = fmt.Sprintf("%s du %s %s au %s", t.Label, portal.DayNumber(first), first.Month().MonthName(), last.Long())
	return t
}

func columnTool(days []*portal.Slot, now time.Time) *Tool {
	plan := portal.PlanSweep(days, now)
	if !plan.Possible() {
		return nil
	}
	weekday := days[0].Day.Weekday()
	t := newTool("colonne", fmt.Sprintf("%s/colonne/%d", days[0].Day.Month(), weekday+1), plan)
	verb := "annuler"
	if plan.Present {
		verb = "réserver"
	}
	t.Spoken = fmt.Sprintf("%s : %s tous les %ss", portal.Capital(weekday.String()), verb, weekday)
	return t
}

func monthTool(days []*portal.Slot, now time.Time) *Tool {
	plan := portal.PlanSweep(days, now)
	if !plan.Possible() {
		return nil
	}
	t := newTool("mois", days[0].Day.Month().String()+"/mois/", plan)
	t.Label = "Annuler tout le mois"
	if plan.Present {
		t.Label = "Réserver tout le mois"
	}
	return t
}

func newTool(set, value string, plan portal.Sweep) *Tool {
	t := &Tool{ID: "t-" + strings.ReplaceAll(strings.TrimSuffix(value, "/"), "/", "-"), Set: set, Value: value + ":" + wanted(plan.Present), Present: plan.Present, Label: "Tout annuler"}
	if plan.Present {
		t.Label = "Tout réserver"
	}
	return t
}

// SweptWords says what a quick tool did, and what it left out and why.
func SweptWords(n int, present bool, full, late []portal.Date) string {
	done := portal.Count(n, "jour à annuler", "jours à annuler")
	if present {
		done = portal.Count(n, "jour ajouté", "jours ajoutés")
	}
	if n == 0 {
		done = "Aucun jour changé"
	}
	text := done + "."
	if len(full) > 0 {
		text += " " + portal.Count(len(full), "jour complet laissé de côté", "jours complets laissés de côté") + " : " + dayNames(full) + "."
	}
	if len(late) > 0 {
		text += " " + portal.Count(len(late), "jour hors délai laissé de côté", "jours hors délai laissés de côté") + " : " + dayNames(late) + "."
	}
	return text
}

func dayNames(days []portal.Date) string {
	words := make([]string, len(days))
	for i, d := range days {
		words[i] = d.Weekday().String() + " " + portal.DayNumber(d)
	}
	return portal.List(words)
}
