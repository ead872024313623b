package handlers

import (
	"strconv"
	"strings"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

var errLine = portal.Invalid("Cette demande n’est pas comprise. Rouvrez le jour, puis touchez l’activité de nouveau.")

// day shows one day of a calendar, in the panel over it or on a page of its own.
func (r *request) day(w where, text string) error {
	day, err := portal.ParseDate(text)
	if err != nil {
		return err
	}
	body, _, err := r.dayBody(w, day)
	if err != nil {
		return err
	}
	if r.isHTMX() {
		return r.render(views.DayPanel{Body: *body})
	}
	return r.dayPage(w, body)
}

func (r *request) dayPage(w where, body *views.DayBody) error {
	frame := r.frame(body.Heading+", "+body.Who, "/reservations")
	return r.render(views.Day{Frame: frame, Body: *body})
}

// dayBody gives a day with all that a calendar shows of it.
func (r *request) dayBody(w where, day portal.Date) (*views.DayBody, *db.Several, error) {
	var v *db.Several
	var err error
	if w.child == 0 {
		v, err = r.site.store.AllChildrenOfDay(r.ctx(), r.account(), w.activity, day)
	} else {
		v, err = r.site.store.AllOfDay(r.ctx(), r.account(), w.child, day)
	}
	if err != nil {
		return nil, nil, err
	}
	body := &views.DayBody{Heading: portal.Capital(day.LongYear()), Day: day.String(), Action: w.path(), CSRF: r.session.CSRF, Version: v.Draft.Version, BackURL: w.url(day.Month()) + "#j-" + day.String()}
	names := make([]string, len(v.Shown))
	known := false
	for c, child := range v.Shown {
		names[c] = child.FirstName
		for a, activity := range v.Activities {
			slot := v.Slot(c, a, day)
			if w.activity != 0 && activity.ID != w.activity {
				continue
			}
			known = true
			if w.activity == 0 && !slot.Open && slot.Status == portal.NotBooked {
				continue
			}
			name := portal.Capital(views.WithoutArticle(activity.Spoken))
			if w.child == 0 {
				name = child.FirstName
			}
			body.AddRow(name, slot, v.Now)
		}
	}
	if !known {
		return nil, nil, portal.NotFound("Cette activité n’existe pas, ou n’est pas ouverte à votre enfant.")
	}
	body.Who = portal.List(names)
	if w.child != 0 && v.Shown[0].Shared && day > portal.DateOf(r.now) {
		body.Exchange = views.NewExchangePath(w.child, day.String())
	}
	if len(body.Rows) == 0 {
		body.Empty = "Aucune activité n’ouvre ce jour-là."
		if len(v.Activities) > 0 {
			body.Empty = v.Slot(0, 0, day).Closed.Why
		}
	}
	return body, v, nil
}

// askInDay writes a click on the page of a day: field date, with ligne (« 12-3:1 », a child, an activity and the wished
// end) or horaires (« 12-3 », with arrivee and depart).
func (r *request) askInDay(w where) error {
	day, err := portal.ParseDate(r.FormValue("date"))
	if err != nil {
		return errLine
	}
	want, err := r.dayWant(day)
	if err != nil {
		return err
	}
	if w.child != 0 && want.Child != w.child || w.activity != 0 && want.Activity != w.activity {
		return errLine
	}
	got, err := r.site.store.Ask(r.ctx(), r.account(), want)
	refused := portal.AsError(err)
	if err != nil && (refused == nil || refused.Kind == portal.KindNotFound) {
		return err
	}
	if r.isHTMX() && refused == nil && got.Activity.WholeWeek { // other days of the calendar behind changed too
		return r.redirect303(w.url(day.Month()) + "#j-" + day.String())
	}
	if !r.isHTMX() && refused == nil {
		return r.redirect303(w.path() + "?jour=" + day.String() + "#r-" + strconv.FormatInt(int64(want.Child), 10) + "-" + strconv.FormatInt(int64(want.Activity), 10))
	}
	body, v, err := r.dayBody(w, day)
	if err != nil {
		return err
	}
	if refused != nil {
		body.Refusal = refused.Message
		r.Status(int(refused.Kind))
	}
	if !r.isHTMX() {
		return r.dayPage(w, body)
	}
	answer := views.DayAnswer{Basket: r.basket(v.Draft, v.Children, v.Setup)}
	if refused == nil {
		body.Said = views.PanelSaid(&got.Slot, want.Present, got.Along, got.Now, answer.Basket)
		body.Refusal = views.ClickWarning(&got.Slot, want.Present, got.Along, got.Now)
	}
	answer.Body = *body
	if w.child != 0 && w.activity != 0 {
		for a, activity := range v.Activities {
			if activity.ID == w.activity {
				cell := views.NewDayCell(v.Slot(0, a, day), v.Now, v.Draft.Version)
				answer.Cell = &cell
			}
		}
	} else {
		card := views.NewCardCell(labelled(w, v, day), w.child == 0, v.Now, v.Draft.Version)
		answer.Card = &card
	}
	return r.render(answer)
}

func (r *request) dayWant(day portal.Date) (want db.Want, err error) {
	line, wish, toggles := strings.Cut(r.FormValue("ligne"), ":")
	want = db.Want{Day: day, Present: wish == "1"}
	if !toggles {
		line, want.Present, want.SetHours = r.FormValue("horaires"), true, true
		if want.Hours, err = r.hoursAsked(); err != nil {
			return want, err
		}
	} else if wish != "0" && wish != "1" {
		return want, errLine
	}
	child, activity, ok := strings.Cut(line, "-")
	if !ok {
		return want, errLine
	}
	if want.Child, err = number[portal.ChildID](child); err != nil {
		return want, errLine
	}
	if want.Activity, err = number[portal.ActivityID](activity); err != nil {
		return want, errLine
	}
	return want, nil
}
