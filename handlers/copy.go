package handlers

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// copyURL leads to the copy form: onto the calendar looked at, as the guide does, for its month.
func copyURL(w where, month portal.Month) string {
	q := url.Values{"vers": {fmt.Sprintf("%d-%d", w.child, w.activity)}, "du": {month.First().String()}, "au": {month.Last().String()}}
	return "/copier?" + q.Encode()
}

// copyAsked is the form as it was sent.
type copyAsked struct {
	from        string
	to          []string
	first, last string
}

func (a copyAsked) query() url.Values {
	return url.Values{"de": {a.from}, "vers": a.to, "du": {a.first}, "au": {a.last}}
}

// copyPage shows the form, or, with apercu, what the copy would do.
func (r *request) copyPage() error {
	asked := copyAsked{from: r.Query("de"), first: r.Query("du"), last: r.Query("au")}
	for _, v := range r.Context().QueryArgs().PeekMulti("vers") {
		asked.to = append(asked.to, string(v))
	}
	if r.Query("apercu") == "" {
		return r.copyForm(asked, nil)
	}
	c, faults := asked.read()
	if len(faults) > 0 {
		return r.copyForm(asked, faults)
	}
	targets, _, err := r.site.store.CopyDays(r.ctx(), r.account(), c, true)
	if refused := portal.AsError(err); refused != nil && refused.Kind == portal.KindInvalid {
		return r.copyForm(asked, views.Faults{{Field: "vers", Message: refused.Message}})
	}
	if err != nil {
		return err
	}
	page := views.CopyPreview{Frame: r.frame("Copier des réservations", "/reservations"), BackURL: "/copier?" + asked.query().Encode()}
	if page.From, err = r.copySource(c); err != nil {
		return err
	}
	for _, t := range targets {
		page.Total += len(t.Plan.Days)
		page.Targets = append(page.Targets, views.NewCopyResult(t.Child, t.Activity, t.Plan))
	}
	page.Button = "Copier " + portal.Count(page.Total, "jour")
	for name, values := range asked.query() {
		for _, value := range values {
			page.Hidden = append(page.Hidden, views.Hidden{Name: name, Value: value})
		}
	}
	slices.SortFunc(page.Hidden, func(a, b views.Hidden) int { return strings.Compare(a.Name+a.Value, b.Name+b.Value) })
	return r.render(page)
}

// copySource says what is copied.
func (r *request) copySource(c db.Copy) (string, error) {
	children, err := r.site.store.Children(r.ctx(), r.account())
	if err != nil {
		return "", err
	}
	for _, child := range children {
		if child.ID != c.Child {
			continue
		}
		setup, err := r.site.store.Setup(r.ctx(), child.StructureID)
		if err != nil {
			return "", err
		}
		if a := setup.Activity(c.Activity); a != nil {
			return fmt.Sprintf("D’après %s %s, du %s au %s", a.Spoken, portal.Of(child.FirstName), c.First.LongYear(), c.Last.LongYear()), nil
		}
	}
	return "", portal.NotFound("Cet enfant n’existe pas, ou n’est pas rattaché à votre compte.")
}

// read turns the form into a copy, or says what is to be corrected.
func (a copyAsked) read() (c db.Copy, faults views.Faults) {
	fault := func(field, message string) { faults = append(faults, views.Fault{Field: field, Message: message}) }
	var ok bool
	if c.Child, c.Activity, ok = pair(a.from); !ok {
		fault("de", "Choisissez l’enfant et l’activité à copier.")
	}
	for _, text := range a.to {
		child, activity, ok := pair(text)
		if !ok {
			fault("vers", "Cochez dans la liste où copier.")
			break
		}
		c.To = append(c.To, db.CopyTo{Child: child, Activity: activity})
	}
	if len(a.to) == 0 {
		fault("vers", "Cochez au moins un enfant et une activité où copier.")
	}
	unread := portal.Invalid("Cette copie ne peut pas être faite telle quelle.")
	c.First, c.Last = readDay(a.first, "du", unread), readDay(a.last, "au", unread)
	faults = append(faults, views.FaultsOf(unread)...)
	if c.First == 0 && faults.On("du") == "" {
		fault("du", "Donnez le premier jour à copier.")
	}
	if c.Last == 0 && faults.On("au") == "" {
		fault("au", "Donnez le dernier jour à copier.")
	}
	if c.First != 0 && c.Last != 0 && c.Last < c.First {
		fault("au", "Le dernier jour doit être après le premier.")
	}
	return c, faults
}

func pair(text string) (portal.ChildID, portal.ActivityID, bool) {
	first, second, _ := strings.Cut(text, "-")
	child, err := number[portal.ChildID](first)
	if err != nil {
		return 0, 0, false
	}
	activity, err := number[portal.ActivityID](second)
	return child, activity, err == nil
}

func (r *request) copyForm(asked copyAsked, faults views.Faults) error {
	page := views.CopyForm{Frame: r.frame("Copier des réservations", "/reservations"), Faults: faults, First: asked.first, Last: asked.last, BackURL: "/reservations"}
	children, err := r.site.store.Children(r.ctx(), r.account())
	if err != nil {
		return err
	}
	offered, err := r.site.store.Offered(r.ctx(), r.account())
	if err != nil {
		return err
	}
	choices := 0
	for _, c := range children {
		child := views.CopyChild{Name: c.FirstName, Open: len(asked.to) == 0}
		for _, a := range offered[c.ID] {
			choice := views.CopyChoice{Value: fmt.Sprintf("%d-%d", c.ID, a.ID), Words: a.Short, Icon: views.ActivityIcon(a.Kind)}
			choice.Source, choice.Target = choice.Value == asked.from, slices.Contains(asked.to, choice.Value)
			child.Open = child.Open || choice.Target
			child.Activities = append(child.Activities, choice)
			choices++
		}
		page.Children = append(page.Children, child)
	}
	if choices < 2 {
		page.Impossible = "Il n’y a rien d’autre où copier : un seul enfant et une seule activité."
	}
	if len(asked.to) > 0 {
		if child, activity, ok := pair(asked.to[0]); ok {
			page.BackURL = views.CalendarPath(child, activity)
			if d, err := portal.ReadDay(asked.first); err == nil {
				page.BackURL = views.CalendarURL(child, activity, d.Month())
			}
		}
	}
	if len(faults) > 0 {
		return r.renderInvalid(page)
	}
	return r.render(page)
}

// copyDays does what the preview said, as things stand now.
func (r *request) copyDays() error {
	asked := copyAsked{from: r.FormValue("de"), first: r.FormValue("du"), last: r.FormValue("au")}
	for _, v := range r.Request().PostArgs().PeekMulti("vers") {
		asked.to = append(asked.to, string(v))
	}
	c, faults := asked.read()
	if len(faults) > 0 {
		return r.copyForm(asked, faults)
	}
	c.Said = copiedWords
	_, version, err := r.site.store.CopyDays(r.ctx(), r.account(), c, false)
	if refused := portal.AsError(err); refused != nil && refused.Kind == portal.KindInvalid {
		return r.copyForm(asked, views.Faults{{Field: "vers", Message: refused.Message}})
	}
	if err != nil {
		return err
	}
	to := where{c.To[0].Child, c.To[0].Activity}
	return r.redirect303(fmt.Sprintf("%s&fait=%d", to.url(c.First.Month()), version))
}

func copiedWords(targets []db.CopyTarget) string {
	results, plans := make([]views.CopyResult, len(targets)), make([]portal.CopyPlan, len(targets))
	for i, t := range targets {
		results[i], plans[i] = views.NewCopyResult(t.Child, t.Activity, t.Plan), t.Plan
	}
	return views.CopiedWords(results, plans)
}
