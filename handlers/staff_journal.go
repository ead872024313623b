package handlers

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// journalProgram is the choice of the filter for what nobody signed in did.
const journalProgram = "programme"

// journalFilter reads the filter of the address; a date that cannot be read is said beside its field.
func (r *request) journalFilter() (f db.JournalFilter, query url.Values, faults views.Faults) {
	query = url.Values{}
	f.Subject = portal.Clip(r.Query("sujet"), 40)
	switch who := r.Query("qui"); who {
	case "":
	case journalProgram:
		f.Program = true
	default:
		id, err := strconv.ParseInt(who, 10, 64)
		if f.By = portal.AccountID(id); err != nil || id < 1 {
			f.By = -1 // nobody: an address made by hand finds nothing
		}
	}
	for _, d := range []struct {
		name string
		into *portal.Date
	}{{"du", &f.First}, {"au", &f.Last}} {
		typed := r.Query(d.name)
		if typed == "" {
			continue
		}
		var err error
		if *d.into, err = portal.ReadDay(typed); err != nil {
			faults = append(faults, views.Fault{Field: d.name, Message: err.Error()})
		}
	}
	if f.First != 0 && f.Last != 0 && f.Last < f.First {
		faults = append(faults, views.Fault{Field: "au", Message: "Le dernier jour doit être le premier, ou après."})
	}
	for _, name := range []string{"sujet", "qui", "du", "au"} {
		if value := portal.Clip(r.Query(name), 40); value != "" {
			query.Set(name, value)
		}
	}
	return f, query, faults
}

// staffJournal lists what agents changed.
func (r *request) staffJournal() error {
	f, query, faults := r.journalFilter()
	v := views.StaffJournal{Frame: r.frame("Journal des agents", settingsPath), First: query.Get("du"), Last: query.Get("au"), Filtered: len(query) > 0, Faults: faults, CSV: views.StaffJournalPath + ".csv"}
	if len(query) > 0 {
		v.CSV += "?" + query.Encode()
	}
	people, err := r.site.store.JournalPeople(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	v.Subjects = []views.Choice{{Label: "Tous les sujets"}}
	for _, s := range portal.JournalSubjects() {
		v.Subjects = append(v.Subjects, views.Choice{Value: s.Key, Label: s.Label, Current: s.Key == f.Subject})
	}
	v.People = []views.Choice{{Label: "Tout le monde"}}
	for _, p := range people {
		v.People = append(v.People, views.Choice{Value: strconv.FormatInt(int64(p.ID), 10), Label: p.Title(), Current: p.ID == f.By})
	}
	v.People = append(v.People, views.Choice{Value: journalProgram, Label: "Le programme", Current: f.Program})
	if len(faults) > 0 {
		return r.renderInvalid(v)
	}
	from := r.from()
	list, total, err := r.site.store.SearchJournal(r.ctx(), r.structure(), f, from, linesPerPage)
	if err != nil {
		return err
	}
	v.Total = portal.Count(total, "geste")
	for _, e := range list {
		v.Add(e.StaffEvent, e.Who)
	}
	v.Pager = pager(views.StaffJournalPath, query, from, total)
	return r.render(v)
}

// journalRowsMost bounds the file: more than a year of a large town.
const journalRowsMost = 50_000

// staffJournalCSV gives the same lines as a file.
func (r *request) staffJournalCSV() error {
	f, _, faults := r.journalFilter()
	if len(faults) > 0 {
		return portal.Invalid("%s", faults[0].Message)
	}
	list, _, err := r.site.store.SearchJournal(r.ctx(), r.structure(), f, 0, journalRowsMost)
	if err != nil {
		return err
	}
	rows := make([]views.StaffJournalRow, len(list))
	for i, e := range list {
		rows[i] = views.StaffJournalRow{StaffEvent: e.StaffEvent, Who: e.Who}
	}
	r.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	r.Set(fiber.HeaderContentDisposition, `attachment; filename="journal-`+portal.DateOf(r.now).String()+`.csv"`)
	return r.Send(views.StaffJournalCSV(rows))
}
