package handlers

import (
	"net/url"
	"strconv"
	"strings"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

const (
	nightsPath     = "/gestion/nuits"
	nightTrialPath = nightsPath + "/essai"
)

// nightsMost is how many nights are listed: more than a year.
const nightsMost = 400

// nights lists the transmissions, and those that should have run and did not.
func (r *request) nights() error {
	list, err := r.site.store.Nights(r.ctx(), r.structure(), nightsMost)
	if err != nil {
		return err
	}
	late, err := r.site.store.LateNights(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	setup, err := r.site.store.Setup(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	page := views.Nights{Frame: r.frame("Nuits", nightsPath), Next: "cette nuit à " + setup.Structure.NightAt.Word(), TryURL: nightTrialPath}
	for i := len(late) - 1; i >= 0; i-- {
		if late[i].Started.IsZero() {
			page.Nights = append(page.Nights, views.NewNightLine(late[i], setup.Structure.ReportAt, r.now))
		}
	}
	for _, n := range list {
		page.Nights = append(page.Nights, views.NewNightLine(n, setup.Structure.ReportAt, r.now))
	}
	return r.render(page)
}

// nightOf reads the date of the address.
func (r *request) nightOf() (portal.Date, error) {
	date, err := portal.ParseDate(r.Params("date"))
	if err != nil {
		return 0, portal.NotFound("Cette nuit n’existe pas.")
	}
	return date, nil
}

// nightFilter reads what is to be seen of a night, with the words that lead to its other pages.
func (r *request) nightFilter() (f portal.NightFilter, query url.Values, err error) {
	query = url.Values{}
	if text := r.Query("activite"); text != "" {
		if f.Activity, err = number[portal.ActivityID](text); err != nil {
			return f, nil, err
		}
		query.Set("activite", text)
	}
	f.Outcome = r.Query("issue")
	if _, known := f.Wanted(); !known {
		f.Outcome = ""
	} else {
		query.Set("issue", f.Outcome)
	}
	if f.Search = portal.Clip(strings.TrimSpace(r.Query("q")), 100); f.Search != "" {
		query.Set("q", f.Search)
	}
	return f, query, nil
}

// nightForm prepares the form that filters a night.
func (r *request) nightForm(action string, f portal.NightFilter) (views.NightForm, error) {
	setup, err := r.site.store.Setup(r.ctx(), r.structure())
	if err != nil {
		return views.NightForm{}, err
	}
	return views.NewNightForm(action, f, setup.Activities), nil
}

// night shows one transmission with its lines.
func (r *request) night() error {
	date, err := r.nightOf()
	if err != nil {
		return err
	}
	f, query, err := r.nightFilter()
	if err != nil {
		return err
	}
	setup, err := r.site.store.Setup(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	from := r.from()
	night, list, total, err := r.site.store.NightAsked(r.ctx(), r.structure(), date, f, from, linesPerPage)
	if missing := portal.AsError(err); missing != nil {
		if night, err = r.missedNight(date, missing); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	page := views.Night{Frame: r.frame("Nuit du "+date.LongYear(), nightsPath), Heading: "Nuit du " + date.LongYear(), NightLine: views.NewNightLine(*night, setup.Structure.ReportAt, r.now), Lines: r.askedLines(list)}
	page.Pager = pager(page.URL, query, from, total)
	page.Rerun = r.Query("relancee") == "1" && !night.Done.IsZero()
	if page.Filter, err = r.nightForm(page.URL, f); err != nil {
		return err
	}
	page.Found = portal.Count(total, "ligne")
	if !night.Done.IsZero() {
		page.CSVURL, page.JSONURL = page.URL+"/transmission.csv", page.URL+"/transmission.json"
	}
	return r.render(page)
}

// missedNight finds a night that never began; another one is refused as it was.
func (r *request) missedNight(date portal.Date, refusal *portal.Error) (*portal.Night, error) {
	late, err := r.site.store.LateNights(r.ctx(), r.structure())
	if err != nil {
		return nil, err
	}
	for i := range late {
		if late[i].Date == date {
			return &late[i], nil
		}
	}
	return nil, refusal
}

// tryNight shows what the coming night will do. Nothing of it stays.
func (r *request) tryNight() error {
	f, query, err := r.nightFilter()
	if err != nil {
		return err
	}
	from := r.from()
	trial, err := r.site.store.TryNight(r.ctx(), r.structure(), f, from, linesPerPage)
	if err != nil {
		return err
	}
	late, err := r.site.store.LateNights(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	page := views.NightTrial{Frame: r.frame("Ce que la nuit fera", nightsPath), Lines: r.askedLines(trial.Lines), Found: portal.Count(trial.Total, "ligne")}
	page.SetTrial(trial.Night, trial.Registrations, trial.Offers, len(late))
	page.Pager = pager(nightTrialPath, query, from, trial.Total)
	page.Filter, err = r.nightForm(nightTrialPath, f)
	if err != nil {
		return err
	}
	return r.render(page)
}

// rerunNight runs a night again that failed, was cut or never ran.
func (r *request) rerunNight() error {
	date, err := r.nightOf()
	if err != nil {
		return err
	}
	if _, err := r.site.store.RerunNight(r.ctx(), r.structure(), r.account(), date); err != nil {
		return err
	}
	return r.redirect303(nightsPath + "/" + date.String() + "?relancee=1")
}

// nightFile gives a night as a file for other programs (docs/transmission.md).
func nightFile(kind string) handler {
	return func(r *request) error {
		date, err := r.nightOf()
		if err != nil {
			return err
		}
		night, list, _, err := r.site.store.NightAsked(r.ctx(), r.structure(), date, portal.NightFilter{}, 0, db.AllLines)
		if err != nil {
			return err
		}
		if night.Done.IsZero() {
			return portal.Conflict("Cette nuit n’est pas terminée : son fichier n’existe pas encore.")
		}
		setup, err := r.site.store.Setup(r.ctx(), r.structure())
		if err != nil {
			return err
		}
		t := views.NewTransmission(setup.Structure, *night)
		for i := range list {
			t.Add(&list[i].Movement, list[i].By)
		}
		body := t.CSV()
		if kind == "json" {
			if body, err = t.JSON(); err != nil {
				return err
			}
		}
		return r.sendFile("transmission-"+strconv.FormatInt(int64(night.Structure), 10)+"-"+date.String(), kind, body)
	}
}
