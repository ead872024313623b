package views

import (
	"fmt"
	"strings"

	"marelle/portal"
)

var _ = register(CopyForm{}, CopyPreview{})

// CopyForm asks what to copy, from whom, to whom, and for which days.
type CopyForm struct {
	Frame
	Faults     Faults
	Children   []CopyChild
	First      string // "2026-12-01"
	Last       string
	BackURL    string
	Impossible string // said when there is nothing to copy to
}

// Template names the page.
func (CopyForm) Template() string { return "family/copy" }

// CopyChild is a child with what can be copied of it, or to it.
type CopyChild struct {
	Name       string
	Open       bool // its activities are unfolded: one of them is a target, or nothing is chosen yet
	Activities []CopyChoice
}

// CopyChoice is a child and an activity.
type CopyChoice struct {
	Value  string // "12-3"
	Words  string // « Cantine »
	Icon   string
	Source bool // chosen as what is copied
	Target bool // chosen as where it goes
}

// CopyPreview says what will be copied and what cannot be, before anything is.
type CopyPreview struct {
	Frame
	From    string // « la cantine d’Amalia, du 1er au 31 décembre 2026 »
	Targets []CopyResult
	Total   int
	Button  string
	Hidden  []Hidden
	BackURL string
}

// Template names the page.
func (CopyPreview) Template() string { return "family/copy#preview" }

// Hidden is a field that a form carries on.
type Hidden struct{ Name, Value string }

// CopyResult is what a copy does to one target.
type CopyResult struct {
	Who   string // « Paolo, cantine »
	Words string // « 6 jours seront copiés : … »
	Days  string
	Left  []CopyLeft
	Title string // « 2 jours ne peuvent pas l’être »
}

// CopyLeft is a day that cannot be copied, and why.
type CopyLeft struct{ Day, Why string }

// NewCopyResult draws what a copy does to one target.
func NewCopyResult(child portal.Child, a *portal.Activity, plan portal.CopyPlan) CopyResult {
	r := CopyResult{Who: child.FirstName + ", " + WithoutArticle(a.Spoken)}
	var adds, removes []portal.Date
	for _, d := range plan.Days {
		if d.Present {
			adds = append(adds, d.Slot.Day)
		} else {
			removes = append(removes, d.Slot.Day)
		}
	}
	switch {
	case len(removes) == 0:
		r.Words = portal.Count(len(adds), "jour sera copié", "jours seront copiés") + " :"
	case len(adds) == 0:
		r.Words = portal.Count(len(removes), "jour sera annulé", "jours seront annulés") + " :"
	default:
		r.Words = portal.Count(len(adds), "jour sera ajouté", "jours seront ajoutés") + ", " + portal.Count(len(removes), "sera annulé", "seront annulés") + " :"
	}
	r.Days = shortDays(append(adds, removes...))
	switch {
	case r.Days != "":
	case len(plan.Left) == 0:
		r.Words = "Rien n’est réservé ni demandé sur ces jours : il n’y a rien à copier. Choisissez d’autres jours, ou une autre activité à copier."
	default:
		r.Words = "Aucun jour ne sera copié."
	}
	for _, l := range plan.Left {
		r.Left = append(r.Left, CopyLeft{portal.Capital(l.Slot.Day.Long()), l.Why})
	}
	r.Title = portal.Count(len(plan.Left), "jour ne peut pas l’être", "jours ne peuvent pas l’être")
	return r
}

func shortDays(days []portal.Date) string {
	words := make([]string, len(days))
	for i, d := range days {
		words[i] = d.Short()
	}
	return strings.Join(words, ", ")
}

// CopiedWords says what a copy did: « 6 jours copiés pour Paolo. 2 jours n’ont pas été copiés : … »
func CopiedWords(targets []CopyResult, plans []portal.CopyPlan) string {
	var words []string
	for i, t := range targets {
		words = append(words, fmt.Sprintf("%s pour %s.", portal.Count(len(plans[i].Days), "jour copié", "jours copiés"), t.Who))
		if left := LeftWords(plans[i].Left); left != "" {
			words = append(words, left)
		}
	}
	return strings.Join(words, " ")
}
