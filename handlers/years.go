package handlers

import (
	"fmt"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

const yearsPath = views.YearsPath

func dayEntry(id, label string, value string, faults views.Faults) views.Entry {
	return views.Entry{ID: id, Label: label, Type: "date", Value: value, Required: true, Fault: faults.On(id)}
}

func (r *request) yearsView(faults views.Faults) (views.Years, error) {
	page := views.Years{Frame: r.frame("Années scolaires", settingsPath), Faults: faults}
	setup, err := r.site.store.Setup(r.ctx(), r.structure())
	if err != nil {
		return page, err
	}
	now := setup.YearOf(portal.DateOf(r.now))
	for _, y := range setup.Years {
		line := views.YearLine{Label: y.Label, Days: portal.SpanYearWords(y.First, y.Last), URL: fmt.Sprintf("%s/%d", yearsPath, y.ID),
			CalendarURL: fmt.Sprintf("%s?annee=%d", calendarPath, y.ID), Current: now != nil && y.ID == now.ID}
		if y.Last >= portal.DateOf(r.now) {
			line.Seam = setup.Calendar.YearSeam(y)
		}
		page.Lines = append(page.Lines, line)
	}
	official, err := nextOfficial(setup)
	if err != nil {
		return page, err
	}
	if official != nil {
		words := "Elle va " + portal.SpanYearWords(official.First, official.Last)
		if len(official.Holidays) > 0 {
			words += ", avec les vacances officielles de la zone " + setup.Structure.Zone
		}
		if official.ToVerify {
			words += " ; le texte officiel reste à vérifier"
		}
		page.Official = &views.Choice{Value: official.Label, Label: words + "."}
	}
	page.Label = views.Entry{ID: "annee", Label: "Quelle année ?", Hint: "Sous la forme 2028-2029.", Type: "text", Value: portal.Clip(r.FormValue("annee"), 20), Most: 9, Required: true, Fault: faults.On("annee")}
	page.First = dayEntry("premier", "Premier jour de classe", portal.Clip(r.FormValue("premier"), 20), faults)
	page.Last = dayEntry("dernier", "Dernier jour de classe", portal.Clip(r.FormValue("dernier"), 20), faults)
	switch r.Query("enregistre") {
	case "1":
		page.Notice = "L’année scolaire est enregistrée."
	case "retrait":
		page.Notice = "L’année scolaire est retirée."
	}
	return page, nil
}

// nextOfficial gives the first official year after those of a structure, or nothing.
func nextOfficial(setup *portal.Setup) (*portal.SchoolYear, error) {
	years, err := db.OfficialYears(setup.Structure.Zone)
	if err != nil {
		return nil, err
	}
	for _, y := range years {
		if n := len(setup.Years); n == 0 || y.First > setup.Years[n-1].Last {
			return &y, nil
		}
	}
	return nil, nil
}

// years lists the school years.
func (r *request) years() error {
	page, err := r.yearsView(nil)
	if err != nil {
		return err
	}
	return r.render(page)
}

// createYear opens a school year, official or typed by hand.
func (r *request) createYear() error {
	y := portal.SchoolYear{Label: r.FormValue("annee")}
	faults := portal.Invalid("Cette année scolaire ne peut pas être enregistrée telle quelle.")
	y.First, y.Last = r.typedDay("premier", faults), r.typedDay("dernier", faults)
	if r.FormValue("faire") == "officielle" {
		setup, err := r.site.store.Setup(r.ctx(), r.structure())
		if err != nil {
			return err
		}
		official, err := nextOfficial(setup)
		if err != nil {
			return err
		}
		if official == nil || official.Label != y.Label { // pressed twice: it is there
			return r.redirect303(yearsPath + "?enregistre=1")
		}
		y, faults.Fields = *official, nil
	}
	err := both(faults, nil)
	if err == nil {
		_, err = r.site.store.CreateYear(r.ctx(), r.account(), r.structure(), y)
	}
	if refusal := portal.AsError(err); refusal != nil && len(refusal.Fields) > 0 {
		page, err := r.yearsView(views.FaultsOf(refusal))
		if err != nil {
			return err
		}
		return r.renderInvalid(page)
	}
	if err != nil {
		return err
	}
	return r.redirect303(yearsPath + "?enregistre=1")
}

func (r *request) yearView(c calendarYear, first, last string, faults views.Faults) views.YearForm {
	y := c.year
	page := views.YearForm{Frame: r.frame("Année scolaire "+y.Label, settingsPath), Heading: "Année scolaire " + y.Label, Action: fmt.Sprintf("%s/%d", yearsPath, y.ID), Stamp: views.Stamp{Seen: portal.Version(portal.YearFacts(y))}, Faults: faults}
	page.RemoveURL, page.Seam = page.Action+"/retirer", c.setup.Calendar.YearSeam(y)
	page.First, page.Last = dayEntry("premier", "Premier jour de classe", first, faults), dayEntry("dernier", "Dernier jour de classe", last, faults)
	return page
}

// year shows the two days of a school year.
func (r *request) year() error {
	c, err := r.calendarYear()
	if err != nil {
		return err
	}
	return r.render(r.yearView(c, c.year.First.String(), c.year.Last.String(), nil))
}

// changeYear gives a school year other days.
func (r *request) changeYear() error {
	c, err := r.calendarYear()
	if err != nil {
		return err
	}
	faults := portal.Invalid("Cette année scolaire ne peut pas être enregistrée telle quelle.")
	is := c.year
	is.First, is.Last = r.typedDay("premier", faults), r.typedDay("dernier", faults)
	if len(faults.Fields) > 0 {
		return r.yearSaved(c, both(faults, portal.CheckYear(is, c.setup.Years)), "1")
	}
	if portal.CheckYear(is, c.setup.Years) == nil {
		list, err := r.site.store.TouchedByYear(r.ctx(), r.structure(), c.year, is)
		if err != nil {
			return err
		}
		if touches, stamp := r.agreedTo(list); stamp != "" {
			page := r.yearView(c, is.First.String(), is.Last.String(), nil)
			r.keepStamp(&page)
			page.Touches, page.Agreed, page.Changes = touches, stamp, portal.YearChangeWords(c.year, is, &c.setup.Calendar)
			return r.render(page)
		}
	}
	return r.yearSaved(c, r.site.store.ChangeYear(r.ctx(), r.account(), r.structure(), c.year.ID, is.First, is.Last, r.FormValue("vu")), "1")
}

// removeYear takes back a year without classes.
func (r *request) removeYear() error {
	c, err := r.calendarYear()
	if err != nil {
		return err
	}
	return r.yearSaved(c, r.site.store.RemoveYear(r.ctx(), r.account(), r.structure(), c.year.ID), "retrait")
}

func (r *request) yearSaved(c calendarYear, err error, what string) error {
	if err == nil {
		return r.redirect303(yearsPath + "?enregistre=" + what)
	}
	refusal := portal.AsError(err)
	if refusal == nil || refusal.Kind == portal.KindNotFound {
		return err
	}
	first, last := r.FormValue("premier"), r.FormValue("dernier")
	if what == "retrait" {
		first, last = c.year.First.String(), c.year.Last.String()
	}
	page := r.yearView(c, portal.Clip(first, 20), portal.Clip(last, 20), views.FaultsOf(refusal))
	now := r.yearView(c, c.year.First.String(), c.year.Last.String(), nil)
	switch {
	case refusal.Kind != portal.KindConflict:
		r.keepStamp(&page)
	case what == "retrait":
		page.Stuck = refusal.Message
	default:
		return r.renderStale(&page, &now, refusal)
	}
	r.Status(int(refusal.Kind))
	return r.render(page)
}
