package handlers

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// decideFilter is which requests or lists staff look at.
type decideFilter struct {
	activity    portal.ActivityID
	week        string
	first, last portal.Date
	child       string
	query       url.Values
	faults      views.Faults
}

// decideFilter reads the filter of the address.
func (r *request) decideFilter() (f decideFilter) {
	f.query = url.Values{}
	for _, name := range []string{"activite", "semaine", "enfant"} {
		if value := strings.TrimSpace(portal.Clip(r.Query(name), 80)); value != "" {
			f.query.Set(name, value)
		}
	}
	if id, err := strconv.ParseInt(f.query.Get("activite"), 10, 64); err == nil && id > 0 {
		f.activity = portal.ActivityID(id)
	}
	f.week, f.child = f.query.Get("semaine"), f.query.Get("enfant")
	if f.week != "" {
		day, err := portal.ReadDay(f.week)
		if err != nil {
			f.faults = append(f.faults, views.Fault{Field: "semaine", Message: err.Error()})
			return f
		}
		f.first, f.last = day.Monday(), day.Monday()+6
	}
	return f
}

// url gives an address with the filter.
func (f *decideFilter) url(path string) string {
	if len(f.query) == 0 {
		return path
	}
	return path + "?" + f.query.Encode()
}

// activityChoices lists the activities to filter by.
func (r *request) activityChoices(current portal.ActivityID) ([]views.Choice, error) {
	setup, err := r.site.store.Setup(r.ctx(), r.structure())
	if err != nil {
		return nil, err
	}
	list := []views.Choice{{Value: "", Label: "Toutes"}}
	for _, a := range setup.Activities {
		list = append(list, views.Choice{Value: fmt.Sprint(a.ID), Label: a.Short, Current: a.ID == current})
	}
	return list, nil
}

// answers is what staff chose on the page of requests.
type answers struct {
	order   []portal.RequestKey // as the lines of the page stand
	chosen  map[portal.RequestKey]portal.Verdict
	reasons map[portal.RequestKey]string
	faults  map[portal.RequestKey]string
}

// count says how many of each answer are chosen.
func (a *answers) count() map[portal.Verdict]int {
	n := map[portal.Verdict]int{}
	for _, v := range a.chosen {
		n[v]++
	}
	return n
}

// accepted gives the requests that take a place while staff choose.
func (a *answers) accepted() map[portal.RequestKey]bool {
	list := map[portal.RequestKey]bool{}
	for k, v := range a.chosen {
		list[k] = v == portal.Accept
	}
	return list
}

// typedAnswers reads the form of requests.
func (r *request) typedAnswers() answers {
	a := answers{chosen: map[portal.RequestKey]portal.Verdict{}, reasons: map[portal.RequestKey]string{}, faults: map[portal.RequestKey]string{}}
	for name, value := range r.Request().PostArgs().All() {
		text, is := strings.CutPrefix(string(name), "v-")
		key, ok := readRequestKey(text)
		if !is || !ok || slices.Contains(a.order, key) || len(a.order) == linesPerPage {
			continue
		}
		a.order = append(a.order, key)
		if v := portal.Verdict(value); v != "" {
			a.chosen[key] = v
		}
		a.reasons[key] = strings.TrimSpace(portal.Clip(r.FormValue("m-"+text), portal.ReasonMost))
	}
	return a
}

// readRequestKey reads the name of a request's fields.
func readRequestKey(text string) (k portal.RequestKey, ok bool) {
	parts := strings.SplitN(text, "-", 3)
	if len(parts) != 3 {
		return k, false
	}
	child, err := number[portal.ChildID](parts[0])
	if err != nil {
		return k, false
	}
	activity, err := number[portal.ActivityID](parts[1])
	if err != nil {
		return k, false
	}
	day, err := portal.ParseDate(parts[2])
	return portal.RequestKey{Child: child, Activity: activity, Day: day}, err == nil
}

// decidePage draws the requests with what staff chose so far; propose chooses for them, as a proposal.
func (r *request) decidePage(a answers, propose, counted bool) (views.Decide, error) {
	f := r.decideFilter()
	page := views.Decide{Frame: r.frame("Demandes à décider", "/gestion/mouvements"), Action: f.url(views.DecidePath), Week: f.week, Child: f.child, Filtered: len(f.query) > 0, Faults: f.faults, Proposed: propose}
	var err error
	if page.Activities, err = r.activityChoices(f.activity); err != nil {
		return page, err
	}
	find := db.RequestFilter{First: f.first, Last: f.last, Activity: f.activity, Name: f.child}
	if counted {
		find.Accepted = a.accepted()
	}
	from := r.from()
	list, total, err := r.site.store.Requests(r.ctx(), r.structure(), find, from, linesPerPage)
	if err != nil {
		return page, err
	}
	if at := pageOf(from, total); at != from { // the list has grown shorter
		from = at
		if list, total, err = r.site.store.Requests(r.ctx(), r.structure(), find, from, linesPerPage); err != nil {
			return page, err
		}
	}
	page.Total = portal.Count(total, "demande")
	page.Pager = pager(views.DecidePath, f.query, from, total)
	for i := range list {
		d := &list[i]
		key := d.Key()
		page.Add(d, a.chosen[key], a.reasons[key], a.faults[key], r.now)
		if a.faults[key] != "" {
			page.Faults = append(page.Faults, views.Fault{Field: "m-" + views.RequestName(key), Message: d.Child.FirstName + " : " + a.faults[key]})
		}
	}
	if from > 0 {
		page.Action += map[bool]string{true: "&", false: "?"}[len(f.query) > 0] + "a_partir=" + strconv.Itoa(from)
	}
	page.Count.SetCount(a.count())
	return page, nil
}

// requests lists what families asked and staff decide.
func (r *request) requests() error {
	page, err := r.decidePage(answers{}, false, false)
	if err != nil {
		return err
	}
	if n, err := strconv.Atoi(r.Query("fait")); err == nil && n > 0 {
		page.Notice = portal.Count(n, "réponse est enregistrée", "réponses sont enregistrées") + ". Les familles le lisent par courriel, ou dans « Suivi » si elles n’ont pas d’adresse."
	}
	return r.render(page)
}

// decide records the answers of staff, or counts the places that they leave, or proposes some.
func (r *request) decide() error {
	a := r.typedAnswers()
	switch do := r.FormValue("faire"); {
	case r.isHTMX():
		page, err := r.decidePage(a, false, len(a.chosen) > 0)
		if err != nil {
			return err
		}
		return r.render(page.Count)
	case do == "compter":
		return r.decideAgain(a, false)
	case do == "proposer":
		if err := r.proposeAnswers(&a); err != nil {
			return err
		}
		return r.decideAgain(a, true)
	}
	var list []portal.Decision
	for _, key := range a.order {
		v := a.chosen[key]
		if v == portal.Refuse && a.reasons[key] == "" {
			a.faults[key] = "donnez la raison du refus ; la famille la lira."
		}
		if v != "" {
			list = append(list, portal.Decision{Child: key.Child, Activity: key.Activity, Day: key.Day, Verdict: v, Reason: a.reasons[key]})
		}
	}
	if len(a.faults) > 0 {
		page, err := r.decidePage(a, false, true)
		if err != nil {
			return err
		}
		return r.renderInvalid(page)
	}
	if len(list) == 0 {
		page, err := r.decidePage(a, false, false)
		if err != nil {
			return err
		}
		page.Warning = "Choisissez une réponse au moins, puis enregistrez."
		return r.renderInvalid(page)
	}
	left, err := r.site.store.Decide(r.ctx(), r.structure(), r.account(), list)
	if err != nil {
		return err
	}
	if len(left) == 0 {
		f := r.decideFilter()
		f.query.Set("fait", strconv.Itoa(len(list)))
		return r.redirect303(f.url(views.DecidePath))
	}
	return r.undecided(a, left, len(list)-len(left))
}

// undecided shows what could not be done, with its reason and what was chosen; what was done has left the page.
func (r *request) undecided(a answers, left []portal.Undecided, done int) error {
	for _, d := range left {
		a.faults[d.Key()] = d.Why.Message
	}
	for key := range a.chosen {
		if a.faults[key] == "" {
			delete(a.chosen, key)
		}
	}
	page, err := r.decidePage(a, false, true)
	if err != nil {
		return err
	}
	if done > 0 {
		page.Notice = portal.Count(done, "réponse est enregistrée", "réponses sont enregistrées") + "."
	}
	page.Warning = portal.Count(len(left), "réponse n’a pas pu être enregistrée", "réponses n’ont pas pu être enregistrées") + " : la raison est à côté de chaque demande qui reste."
	if len(page.Faults) < len(left) { // withdrawn, or answered by somebody else
		page.Warning = portal.Count(len(left), "réponse n’a pas pu être enregistrée", "réponses n’ont pas pu être enregistrées") + ". " + left[0].Why.Message
	}
	r.Status(int(portal.KindConflict))
	return r.render(page)
}

// decideAgain shows the page with what is chosen and the places that it leaves; nothing is recorded.
func (r *request) decideAgain(a answers, proposed bool) error {
	page, err := r.decidePage(a, proposed, true)
	if err != nil {
		return err
	}
	return r.render(page)
}

// proposeAnswers chooses an answer for each request of the page that has none; the requests of other pages are left alone.
func (r *request) proposeAnswers(a *answers) error {
	f := r.decideFilter()
	find := db.RequestFilter{First: f.first, Last: f.last, Accepted: a.accepted(), IfFit: map[portal.RequestKey]bool{}}
	for _, key := range a.order {
		find.IfFit[key] = a.chosen[key] == ""
	}
	list, _, err := r.site.store.Requests(r.ctx(), r.structure(), find, 0, db.AllLines)
	if err != nil {
		return err
	}
	find.IfFit = portal.TriedIfFits(ofPage(list, a), a.chosen)
	if list, _, err = r.site.store.Requests(r.ctx(), r.structure(), find, 0, db.AllLines); err != nil {
		return err
	}
	portal.ProposeVerdicts(ofPage(list, a), find.IfFit, a.chosen)
	return nil
}

// ofPage keeps the requests that the form of the page has.
func ofPage(list []portal.AskedDay, a *answers) []portal.AskedDay {
	return slices.DeleteFunc(list, func(d portal.AskedDay) bool { return !slices.Contains(a.order, d.Key()) })
}
