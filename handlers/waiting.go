package handlers

import (
	"fmt"
	"strconv"
	"strings"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// waitLists lists the days for which children wait.
func (r *request) waitLists() error {
	f := r.decideFilter()
	page := views.WaitLists{Frame: r.frame("Listes d’attente", "/gestion/mouvements"), Week: f.week, Filtered: len(f.query) > 0, Faults: f.faults}
	var err error
	if page.Activities, err = r.activityChoices(f.activity); err != nil {
		return err
	}
	lists, err := r.site.store.WaitLists(r.ctx(), r.structure(), db.RequestFilter{Activity: f.activity, First: f.first, Last: f.last})
	if err != nil {
		return err
	}
	from := r.from()
	page.Total = portal.Count(len(lists), "liste")
	page.Pager = pager(views.WaitingPath, f.query, from, len(lists))
	for i := min(from, len(lists)); i < min(from+linesPerPage, len(lists)); i++ {
		page.Lines = append(page.Lines, views.NewWaitDayLine(&lists[i]))
	}
	return r.render(page)
}

// theWaitList finds the list of the address; another structure's is not found.
func (r *request) theWaitList() (*portal.WaitList, error) {
	activity, err := number[portal.ActivityID](r.Params("activity"))
	if err != nil {
		return nil, err
	}
	day, err := portal.ParseDate(r.Params("day"))
	if err != nil {
		return nil, portal.NotFound("Cette liste d’attente n’existe pas.")
	}
	return r.site.store.WaitList(r.ctx(), r.structure(), activity, day)
}

// waitDone says what was just done, by the word in the address.
var waitDone = map[string]string{
	"rang":    "Le rang est changé. Le changement et sa raison sont au journal.",
	"ordre":   "La liste est dans l’ordre des priorités publiées.",
	"place":   "La place est donnée. La famille le lit par courriel.",
	"retiree": "L’enfant a quitté la liste. La famille en lit la raison par courriel.",
}

// waitList shows who waits for a day.
func (r *request) waitList() error {
	l, err := r.theWaitList()
	if err != nil {
		return err
	}
	page := views.WaitListPage{Frame: r.frame("Liste d’attente, "+l.What(), "/gestion/mouvements"), Notice: waitDone[r.Query("fait")]}
	page.SetList(l, r.now)
	return r.render(page)
}

// orderWaiting puts a list into the order of the published criteria.
func (r *request) orderWaiting() error {
	l, err := r.theWaitList()
	if err != nil {
		return err
	}
	act := db.WaitAct{Structure: r.structure(), By: r.account(), Activity: l.Activity.ID, Day: l.Day, Seen: r.FormValue("vu")}
	if err := r.site.store.OrderWaiting(r.ctx(), act); err != nil {
		refusal := portal.AsError(err)
		if refusal == nil || refusal.Kind != portal.KindConflict {
			return err
		}
		page := views.WaitListPage{Frame: r.frame("Liste d’attente, "+l.What(), "/gestion/mouvements"), Warning: refusal.Message}
		page.SetList(l, r.now)
		r.Status(int(refusal.Kind))
		return r.render(page)
	}
	return r.redirect303(views.WaitListPath(l.Activity.ID, l.Day) + "?fait=ordre")
}

// waitingForm is the form of what staff do to a child on a list; the line is nil when the child has left it.
func (r *request) waitingForm() (l *portal.WaitList, w *portal.WaitLine, page views.StaffForm, err error) {
	if l, err = r.theWaitList(); err != nil {
		return nil, nil, page, err
	}
	child, err := number[portal.ChildID](r.Params("child"))
	if err != nil {
		return nil, nil, page, err
	}
	if w = l.Line(child); w == nil {
		return nil, nil, page, portal.NotFound("Cet enfant n’est pas, ou plus, sur cette liste d’attente.")
	}
	list := views.WaitListPath(l.Activity.ID, l.Day)
	if page, err = r.newStaffForm(w.Child.FullName()+", rang "+strconv.Itoa(w.Rank), fmt.Sprintf("%s/%d", list, child), false); err != nil {
		return nil, nil, page, err
	}
	page.Frame = r.frame(page.Heading, "/gestion/mouvements")
	page.Lead = portal.Capital(l.What()) + ". " + portal.Count(l.N, "enfant attend", "enfants attendent") + " ; " + freeSentence(l)
	if words := l.Activity.StandingWords(w.Standing); words != "" {
		page.Lead += " Critères remplis : " + words + "."
	}
	page.Seen = l.Seen()
	page.Back, page.BackTo = list, "Revenir à la liste"
	choices := []views.Choice{{Value: "monter", Label: "Monter d’un rang"}, {Value: "descendre", Label: "Descendre d’un rang"}, {Value: "rang", Label: "Mettre à un autre rang, choisi ci-dessous"},
		{Value: "place", Label: "Donner une place maintenant"}, {Value: "retirer", Label: "Retirer de la liste"}}
	var ranks []views.Choice
	for n := 1; n <= l.N; n++ {
		ranks = append(ranks, views.Choice{Value: strconv.Itoa(n), Label: "Rang " + strconv.Itoa(n)})
	}
	page.Groups = []views.FieldGroup{{Fields: []views.Field{
		{Kind: "radio", ID: "faire", Label: "Que faut-il faire\u00a0?", Options: views.Choose(choices, r.FormValue("faire"))},
		{Kind: "list", ID: "rang", Label: "Rang", Options: views.Choose(ranks, r.FormValue("rang"))},
		{Kind: "text", ID: "motif", Label: "Pour quelle raison\u00a0?", Hint: "Elle reste au journal. La famille la lit quand l’enfant quitte la liste.", Value: r.FormValue("motif"), Most: portal.ReasonMost},
	}}}
	return l, w, page, nil
}

// freeSentence says how many places can be given by hand.
func freeSentence(l *portal.WaitList) string {
	switch {
	case !l.Limited:
		return "les places sont illimitées."
	case l.Free <= 0:
		return "aucune place n’est libre."
	}
	return portal.Count(l.Free, "place est libre", "places sont libres") + "."
}

// waitingPage asks what to do to a child on a list.
func (r *request) waitingPage() error {
	_, _, page, err := r.waitingForm()
	if err != nil {
		return err
	}
	return r.render(page)
}

// changeWaiting moves a child on a list, gives it a place, or takes it off.
func (r *request) changeWaiting() error {
	l, w, page, err := r.waitingForm()
	if err != nil {
		return err
	}
	act := db.WaitAct{Structure: r.structure(), By: r.account(), Activity: l.Activity.ID, Day: l.Day, Child: w.Child.ID, Seen: r.FormValue("vu"), Reason: strings.Join(strings.Fields(r.typed("motif")), " ")}
	done := "rang"
	switch r.FormValue("faire") {
	case "monter":
		err = r.site.store.MoveWaiting(r.ctx(), act, max(1, w.Rank-1))
	case "descendre":
		err = r.site.store.MoveWaiting(r.ctx(), act, min(l.N, w.Rank+1))
	case "rang":
		rank, _ := strconv.Atoi(r.FormValue("rang")) // no number is no rank of the list
		err = r.site.store.MoveWaiting(r.ctx(), act, rank)
	case "place":
		done, err = "place", r.site.store.GiveWaiting(r.ctx(), act)
	case "retirer":
		done, err = "retiree", r.site.store.RemoveWaiting(r.ctx(), act)
	default:
		e := portal.Wrong("faire", "Choisissez ce qu’il faut faire.")
		err = e
	}
	if err != nil {
		return r.refuseForm(page, err)
	}
	return r.redirect303(views.WaitListPath(l.Activity.ID, l.Day) + "?fait=" + done)
}
