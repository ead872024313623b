package handlers

import (
	"strconv"
	"strings"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// places lists the counters of places.
func (r *request) places() error {
	list, err := r.site.store.CounterUses(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	s, err := r.site.store.ActivitySheet(r.ctx(), r.structure(), 0)
	if err != nil {
		return err
	}
	page := views.Places{Frame: r.frame("Compteurs de places", settingsPath)}
	switch r.Query("fait") {
	case "enregistre":
		page.Notice = "Le compteur est enregistré."
	case "retire":
		page.Notice = "Le compteur est retiré."
	}
	for i := range list {
		var uses []string
		for _, id := range list[i].Activities {
			uses = append(uses, s.Names.Activities[id])
		}
		page.Lines = append(page.Lines, views.NewCounterLine(&list[i].Counter, uses, list[i].Over, s.Names))
	}
	return r.render(page)
}

// theCounter finds the counter of the address, or an empty one for a new one.
func (r *request) theCounter() (*db.CounterUse, error) {
	if r.Params("counter") == "" {
		return &db.CounterUse{}, nil
	}
	id, err := number[portal.CounterID](r.Params("counter"))
	if err != nil {
		return nil, err
	}
	return r.site.store.CounterUse(r.ctx(), r.structure(), id)
}

func (r *request) counterForm(c *db.CounterUse) *views.ActivityForm {
	page := &views.ActivityForm{Frame: r.frame("Nouveau compteur de places", settingsPath), Heading: "Nouveau compteur de places", Action: views.CounterPath(c.ID),
		Save: "Enregistrer", Back: views.Link{URL: views.PlacesPath, Label: "Revenir aux compteurs"}}
	if c.ID == 0 {
		return page
	}
	page.Title, page.Heading, page.Subject, page.Seen = "Compteur de places : "+c.Name, "Compteur de places", c.Name, c.Version()
	if len(c.Activities) == 0 {
		page.Danger, page.DangerURL = &views.FormChoice{Label: "Retirer ce compteur"}, views.CounterPath(c.ID)+"/retirer"
	}
	page.SetOver(c.Over)
	return page
}

// savedPlaces shows the places of a counter in the fields of its form.
func savedPlaces(c *portal.Counter) (p views.CounterPlaces) {
	word := func(n int, limited bool, unlimited string) string {
		if !limited {
			return unlimited
		}
		return strconv.Itoa(n)
	}
	p.Every = word(c.Capacity, c.Limited, "")
	for _, s := range c.Special {
		if s.Day != 0 {
			p.Dates = append(p.Dates, views.DateRow{Day: s.Day.String(), Places: word(s.Places, s.Limited, ""), Unlimited: !s.Limited})
			continue
		}
		p.Weekdays[s.Weekday] = word(s.Places, s.Limited, "x")
	}
	return p
}

// counterPage shows a counter to change it, or an empty form.
func (r *request) counterPage() error {
	c, err := r.theCounter()
	if err != nil {
		return err
	}
	s, err := r.site.store.ActivitySheet(r.ctx(), r.structure(), 0)
	if err != nil {
		return err
	}
	return r.render(r.savedCounterForm(c, s))
}

// savedCounterForm shows a counter as it is kept.
func (r *request) savedCounterForm(c *db.CounterUse, s *db.ActivitySheet) *views.ActivityForm {
	page, places := r.counterForm(c), savedPlaces(&c.Counter)
	places.Dates = append(places.Dates, views.DateRow{})
	page.SetCounter(&c.Counter, c.Activities, s.Setup.Activities, places, groupChoices(s.Schools, s.Classes, s.Grades))
	return page
}

// counter reads the form of a counter, and gives its places as they are typed.
func (f *reading) counter(s *db.ActivitySheet) (e db.CounterEdit, typed views.CounterPlaces) {
	e.Name = f.text("nom")
	e.Capacity, e.Limited = f.places("places", "places")
	typed.Every = f.r.FormValue("places")
	e.Counter.Audience = f.audience(s.Schools, s.Classes, s.Grades)
	for _, a := range s.Setup.Activities {
		if f.box("activite-" + strconv.FormatInt(int64(a.ID), 10)) {
			e.Activities = append(e.Activities, a.ID)
		}
	}
	for w := portal.Monday; w <= portal.Sunday; w++ {
		field := "places-" + w.String()
		typed.Weekdays[w] = strings.TrimSpace(f.r.FormValue(field))
		if typed.Weekdays[w] != "" {
			n, limited := f.places(field, field)
			e.Special = append(e.Special, portal.Capacity{Weekday: w, Limited: limited, Places: n})
		}
	}
	for i, row := range f.rows("jour", "places", "illimite") {
		typed.Dates = append(typed.Dates, views.DateRow{Day: row["jour"], Places: row["places"], Unlimited: row["illimite"] != ""})
		day := parsed(f, ranked("jour", i), row["jour"], portal.ReadDay)
		if row["jour"] == "" {
			f.fault(ranked("jour", i), "Donnez la date, ou retirez la ligne.")
		}
		special := portal.Capacity{Day: day, Limited: row["illimite"] == ""}
		switch {
		case row["places"] != "" && !special.Limited:
			f.fault(ranked("places", i), "Vous avez écrit un nombre de places et coché « Sans limite ce jour-là ». Gardez l’un des deux.")
		case special.Limited:
			special.Places = f.datedPlaces(ranked("places", i), row["places"])
		}
		e.Special = append(e.Special, special)
	}
	return e, typed
}

// datedPlaces reads the places of a date. Nothing typed is no answer there: a day without places and a day without a limit are
// too far apart to be guessed.
func (f *reading) datedPlaces(field, text string) int {
	n, err := strconv.Atoi(text)
	switch {
	case text == "":
		f.fault(field, "Écrivez le nombre de places de ce jour-là, 0 s’il n’y en a aucune, ou cochez « Sans limite ce jour-là ».")
	case err != nil:
		f.fault(field, "Un nombre de places s’écrit en chiffres.")
	}
	return n
}

// saveCounter creates a counter or changes one, as changeActivity does.
func (r *request) saveCounter() error {
	c, err := r.theCounter()
	if err != nil {
		return err
	}
	s, err := r.site.store.ActivitySheet(r.ctx(), r.structure(), 0)
	if err != nil {
		return err
	}
	read := r.reading()
	e, typed := read.counter(s)
	read.judge(e.Check())
	e.ID, e.Seen, e.Agreed = c.ID, r.FormValue("vu"), r.FormValue("accord")
	page := r.counterForm(c)
	again := func() {
		if len(read.faults) == 0 {
			typed.Dates = append(typed.Dates, views.DateRow{})
		}
		page.SetCounter(&e.Counter, e.Activities, s.Setup.Activities, typed, groupChoices(s.Schools, s.Classes, s.Grades))
		page.Keep(read.typed(nil))
		r.keepStamp(page)
	}
	if r.FormValue("faire") != "" {
		again()
		page.SetFaults(read.faults)
		return r.render(page)
	}
	if len(read.faults) == 0 {
		_, impact, err := r.site.store.SaveCounter(r.ctx(), r.structure(), r.account(), e)
		switch {
		case err == nil && len(impact) == 0:
			return r.redirect303(views.PlacesPath + "?fait=enregistre")
		case err == nil:
			again()
			page.SetImpact(impact)
			return r.render(page)
		}
		if refusal := portal.AsError(err); refusal != nil && refusal.Kind == portal.KindConflict {
			again()
			return r.renderStale(page, r.savedCounterForm(c, s), refusal)
		}
		if err := read.refused(err); err != nil {
			return err
		}
	}
	again()
	page.SetFaults(read.faults)
	return r.renderInvalid(page)
}

// removeCounter takes a counter off that no activity uses.
func (r *request) removeCounter() error {
	id, err := number[portal.CounterID](r.Params("counter"))
	if err != nil {
		return err
	}
	if err := r.site.store.RemoveCounter(r.ctx(), r.structure(), r.account(), id); err != nil {
		return err
	}
	return r.redirect303(views.PlacesPath + "?fait=retire")
}
