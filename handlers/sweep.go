package handlers

import (
	"fmt"
	"strconv"
	"strings"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

var errSet = portal.Invalid("Cet ensemble de jours n’est pas compris. Rouvrez le calendrier, puis recommencez.")

// sweep runs a quick tool: field ensemble, « 2026-11/semaine/2026-11-30:1 », « 2026-11/colonne/4:0 », « 2026-11/mois/:1 ».
func (r *request) sweep(w where, text string) error {
	set, err := parseSet(text)
	if err != nil {
		return err
	}
	if w.activity == 0 {
		return errSet
	}
	if set.Hours, err = r.hoursAsked(); err != nil {
		return err
	}
	if set.Children, err = r.childrenOf(w); err != nil {
		return err
	}
	set.Activity, set.Together = w.activity, r.FormValue("tous_ou_aucun") != ""
	return r.sweepSet(w, set, w.url(set.Month)+"&fait=%d#mois")
}

// childrenOf lists the children that a calendar is about.
func (r *request) childrenOf(w where) ([]portal.ChildID, error) {
	if w.child != 0 {
		return []portal.ChildID{w.child}, nil
	}
	v, err := r.site.store.AllChildrenOfDay(r.ctx(), r.account(), w.activity, portal.DateOf(r.now))
	if err != nil {
		return nil, err
	}
	var ids []portal.ChildID
	for _, c := range v.Shown {
		ids = append(ids, c.ID)
	}
	return ids, nil
}

// sweepSet does it and shows the month as it is now.
func (r *request) sweepSet(w where, set db.Set, back string) error {
	set.Words, set.Said = "le dernier outil", views.SweptWords
	if _, err := r.site.store.Sweep(r.ctx(), r.account(), set); err != nil {
		return err
	}
	page, err := r.calendarPage(w, set.Month.String())
	if err != nil {
		return err
	}
	if r.isHTMX() {
		return r.render(views.SweepAnswer{Calendar: *page, Said: page.Basket.Said, Undo: views.NewUndo(page.Basket.Undo, false, r.session.CSRF)})
	}
	return r.redirect303(fmt.Sprintf(back, page.Version))
}

// askEverybody brings a day to one end for all the children at once.
func (r *request) askEverybody(w where, day portal.Date, present bool, hours portal.Hours) error {
	children, err := r.childrenOf(w)
	if err != nil {
		return err
	}
	set := db.Set{Children: children, Activity: w.activity, Month: day.Month(), Days: []portal.Date{day}, Present: present, Hours: hours,
		Together: r.FormValue("tous_ou_aucun") != "", Words: "le dernier changement", Said: views.SweptChildren}
	plan, err := r.site.store.Sweep(r.ctx(), r.account(), set)
	if err != nil {
		return err
	}
	v, err := r.site.store.AllChildrenOfDay(r.ctx(), r.account(), w.activity, day)
	if err != nil {
		return err
	}
	if !r.isHTMX() {
		return r.redirect303(fmt.Sprintf("%s&fait=%d#j-%s", w.url(day.Month()), v.Draft.Version, day))
	}
	card := views.NewCardCell(labelled(w, v, day), true, v.Now, v.Draft.Version)
	answer := views.Answer{Card: &card, Basket: r.basket(v.Draft, v.Children, v.Setup), Said: v.Draft.Said}
	if len(plan.Left) > 0 {
		answer.Warning = v.Draft.Said
	}
	return r.render(answer)
}

// parseSet reads which days a tool is about, and the wished end.
func parseSet(text string) (set db.Set, err error) {
	what, wish, _ := strings.Cut(text, ":")
	parts := strings.Split(what, "/")
	if wish != "0" && wish != "1" || len(parts) != 3 {
		return set, errSet
	}
	if set.Month, err = portal.ParseMonth(parts[0]); err != nil {
		return set, errSet
	}
	for d := set.Month.First(); d <= set.Month.Last(); d++ {
		switch parts[1] {
		case "mois":
			set.Days = append(set.Days, d)
		case "semaine":
			if d.Monday().String() == parts[2] {
				set.Days = append(set.Days, d)
			}
		case "colonne":
			if strconv.Itoa(int(d.Weekday())+1) == parts[2] {
				set.Days = append(set.Days, d)
			}
		}
	}
	if len(set.Days) == 0 {
		return set, errSet
	}
	set.Present = wish == "1"
	return set, nil
}
