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
	Undo     *Undo
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
	t.Spoken = fmt.Sprintf("%s du %s au %s", t.Label, first.Long(), last.Long())
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
func SweptWords(plan portal.Sweep) string {
	n := len(plan.Slots)
	done := removedWords(plan)
	if plan.Present {
		done = portal.Count(n, "jour ajouté", "jours ajoutés")
	}
	if n == 0 {
		done = "Aucun jour changé"
	}
	text := done + "."
	if left := LeftWords(plan.Left); left != "" {
		text += " " + left
	}
	return text
}

// SweptChildren says what a click did for all the children at once, and what it left out and why.
func SweptChildren(plan portal.Sweep) string {
	n := len(plan.Slots)
	done := portal.Count(n, "annulation demandée", "annulations demandées")
	switch {
	case n == 0:
		done = "Aucun enfant ajouté ni retiré"
	case plan.Present:
		done = portal.Count(n, "enfant ajouté", "enfants ajoutés")
	case removedOnly(plan):
		done = portal.Count(n, "enfant retiré de vos demandes", "enfants retirés de vos demandes")
	}
	text := done + "."
	if n > 0 {
		text = portal.Capital(plan.Slots[0].Day.Long()) + " : " + text
	}
	if left := LeftWords(plan.Left); left != "" {
		text += " " + left
	}
	return text
}

func removedOnly(plan portal.Sweep) bool {
	for _, s := range plan.Slots {
		if s.Status != portal.NotBooked {
			return false
		}
	}
	return true
}

// UndoneWords says that the last action was taken back.
func UndoneWords(n int) string {
	return "Retour en arrière : " + portal.Count(n, "demande est comme avant", "demandes sont comme avant") + "."
}

// TogetherWords names the box that gives brothers and sisters a place all or none; nothing where places are not counted.
func TogetherWords(children int, limited bool) string {
	switch {
	case !limited || children < 2:
		return ""
	case children == 2:
		return "Les deux ou aucun : une place pour chacun, ou pour personne"
	}
	return "Tous ou aucun : une place pour chacun, ou pour personne"
}

// removedWords tells what is to be cancelled from what was only asked and is taken back.
func removedWords(plan portal.Sweep) string {
	back := 0
	for _, s := range plan.Slots {
		if s.Status == portal.NotBooked {
			back++
		}
	}
	var words []string
	if n := len(plan.Slots) - back; n > 0 {
		words = append(words, portal.Count(n, "jour à annuler", "jours à annuler"))
	}
	if back > 0 {
		words = append(words, portal.Count(back, "jour retiré de vos demandes", "jours retirés de vos demandes"))
	}
	return strings.Join(words, ", ")
}

// leftWords are the words of each reason, for one day and for several.
var leftWords = map[portal.Reason][2]string{
	portal.LeftFull:     {"jour complet laissé de côté", "jours complets laissés de côté"},
	portal.LeftLate:     {"jour hors délai laissé de côté", "jours hors délai laissés de côté"},
	portal.LeftEarly:    {"jour pas encore ouvert laissé de côté", "jours pas encore ouverts laissés de côté"},
	portal.LeftClash:    {"jour laissé de côté, horaires incompatibles", "jours laissés de côté, horaires incompatibles"},
	portal.LeftRequired: {"jour laissé de côté, exigé par une autre activité", "jours laissés de côté, exigés par une autre activité"},
	portal.LeftClosed:   {"jour fermé", "jours fermés"},
	portal.LeftAlready:  {"jour déjà réservé ou demandé", "jours déjà réservés ou demandés"},
	portal.LeftMost:     {"jour laissé de côté, nombre de jours atteint", "jours laissés de côté, nombre de jours atteint"},
	portal.LeftBarred:   {"jour impossible pour cet enfant", "jours impossibles pour cet enfant"},
	portal.LeftOther:    {"jour impossible", "jours impossibles"},
}

// LeftWords says which days were left aside, reason by reason.
func LeftWords(left []portal.LeftOut) string {
	var sentences []string
	for reason := portal.LeftFull; reason <= portal.LeftOther; reason++ {
		var days []portal.Date
		why := ""
		for _, l := range left {
			if l.Reason == reason && (len(days) == 0 || days[len(days)-1] != l.Slot.Day) {
				days = append(days, l.Slot.Day)
				why = l.Why
			}
		}
		if len(days) == 0 {
			continue
		}
		sentence := portal.Count(len(days), leftWords[reason][0], leftWords[reason][1]) + " : " + dayNames(days) + "."
		if reason == portal.LeftOther || reason == portal.LeftBarred {
			sentence += " " + why
		}
		sentences = append(sentences, sentence)
	}
	return strings.Join(sentences, " ")
}

func dayNames(days []portal.Date) string {
	words := make([]string, len(days))
	for i, d := range days {
		words[i] = d.Weekday().String() + " " + portal.DayNumber(d)
	}
	return portal.List(words)
}
