package handlers

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// followMost is how many movements stand on one page of « Suivi » or of the journal; older ones are on the next.
const followMost = 300

// followSections leads from one page of « Suivi » to another.
func followSections(current string) []views.Tab {
	return sections(current, []views.Tab{
		{Label: "Mes demandes", Path: "/suivi", Icon: "suivi"},
		{Label: "Mes réservations", Path: "/suivi/reservations", Icon: "calendrier"},
		{Label: "Liste d’attente", Path: "/attente", Icon: "sablier"},
		{Label: "Journal", Path: "/suivi/journal", Icon: "historique"},
	})
}

// sections marks the page that is shown.
func sections(current string, tabs []views.Tab) []views.Tab {
	for i := range tabs {
		tabs[i].Current = tabs[i].Path == current
	}
	return tabs
}

// followFilter reads what is to be seen; a fault is a period that cannot be read. « filtre » says that the form was sent:
// then a box that is missing was unticked.
func (r *request) followFilter() (f portal.FollowFilter, fault *portal.Error, err error) {
	f.Pending = r.Query("filtre") != "" && r.Query("transmise") == ""
	if text := r.Query("enfant"); text != "" {
		if f.Child, err = number[portal.ChildID](text); err != nil {
			return f, nil, err
		}
	}
	if text := r.Query("activite"); text != "" {
		if f.Activity, err = number[portal.ActivityID](text); err != nil {
			return f, nil, err
		}
	}
	if fault = r.followPeriod(&f); fault != nil {
		f.From, f.To = 0, 0 // the rest of the page is shown with it
	}
	return f, fault, nil
}

func (r *request) followPeriod(f *portal.FollowFilter) *portal.Error {
	wrong := portal.Invalid("La période n’est pas comprise.")
	for _, bound := range []struct {
		name string
		into *portal.Date
	}{{"du", &f.From}, {"au", &f.To}} {
		text := r.Query(bound.name)
		if text == "" {
			continue
		}
		var err error
		if *bound.into, err = portal.ReadDay(text); err != nil {
			wrong.Fault(bound.name, "%s", err.Error())
		}
	}
	if len(wrong.Fields) > 0 {
		return wrong
	}
	return portal.AsError(f.Check())
}

// fileFilter reads the same for a file, which is not made of a period that cannot be read.
func (r *request) fileFilter() (portal.FollowFilter, error) {
	f, fault, err := r.followFilter()
	if fault != nil {
		return f, fault
	}
	return f, err
}

// follow lists what was asked and where each request stands.
func (r *request) follow() error {
	f, fault, err := r.followFilter()
	if err != nil {
		return err
	}
	from := r.from()
	list, err := r.site.store.Follow(r.ctx(), r.account(), f, from, followMost)
	if err != nil {
		return err
	}
	page := views.Follow{Frame: r.frame("Suivi des réservations", "/suivi"), Transmitted: !f.Pending}
	page.Path, page.Box, page.Sections = "/suivi", true, followSections("/suivi")
	page.SetFilter(f, list.Children, list.Setups, list.Now)
	if fault != nil {
		page.SetFaults(fault, r.Query("du"), r.Query("au"))
		return r.renderInvalid(page)
	}
	page.SetMovements(list.Children, list.Lines, r.account(), list.Now)
	page.Total = portal.Count(list.Total, "demande")
	page.Pager = views.NewPager(from, followMost, list.Total, func(from int) string { return page.URL(f, from) })
	page.CSVURL = views.FollowURL("/suivi/demandes.csv", f, 0)
	return r.render(page)
}

// followCSV gives the same list as a file.
func (r *request) followCSV() error {
	f, err := r.fileFilter()
	if err != nil {
		return err
	}
	list, err := r.site.store.Follow(r.ctx(), r.account(), f, 0, db.AllLines)
	if err != nil {
		return err
	}
	return r.sendFile("suivi-"+portal.DateOf(list.Now).String(), "csv", views.FollowSheet(list.Lines, r.account()).CSV())
}

// booked lists what is booked from today on.
func (r *request) booked() error {
	f, fault, err := r.followFilter()
	if err != nil {
		return err
	}
	f.Pending = false // the box is not on this page
	list, err := r.site.store.Reservations(r.ctx(), r.account(), f)
	if err != nil {
		return err
	}
	page := views.Bookings{Frame: r.frame("Mes réservations", "/suivi")}
	page.Path, page.Sections = "/suivi/reservations", followSections("/suivi/reservations")
	page.SetFilter(f, list.Children, list.Setups, list.Now)
	if fault != nil {
		page.SetFaults(fault, r.Query("du"), r.Query("au"))
		return r.renderInvalid(page)
	}
	page.SetReservations(list.Lines, list.Now)
	page.CSVURL, page.ICSURL = views.FollowURL("/suivi/reservations.csv", f, 0), views.FollowURL("/suivi/reservations.ics", f, 0)
	return r.render(page)
}

// bookedLines gives the same list for a file.
func (r *request) bookedLines() (*db.Reservations, error) {
	f, err := r.fileFilter()
	if err != nil {
		return nil, err
	}
	return r.site.store.Reservations(r.ctx(), r.account(), f)
}

// bookedCSV gives the list to a spreadsheet.
func (r *request) bookedCSV() error {
	list, err := r.bookedLines()
	if err != nil {
		return err
	}
	return r.sendFile("reservations-"+portal.DateOf(list.Now).String(), "csv", views.BookingsSheet(list.Lines, list.Now).CSV())
}

// bookedICS gives the list to an agenda.
func (r *request) bookedICS() error {
	list, err := r.bookedLines()
	if err != nil {
		return err
	}
	place := r.place().Name
	events := views.BookingEvents(list.Lines, place, r.site.base.Hostname())
	return r.sendFile("reservations-"+portal.DateOf(list.Now).String(), "ics", views.ICS("Réservations – "+place, events))
}

// journal tells who changed what, and when.
func (r *request) journal() error {
	from := r.from()
	list, err := r.site.store.Follow(r.ctx(), r.account(), portal.FollowFilter{}, from, followMost)
	if err != nil {
		return err
	}
	page := views.Journal{Frame: r.frame("Journal du compte", "/suivi"), Sections: followSections("/suivi/journal")}
	lines := views.MovementLines(list.Lines, r.account(), list.Now)
	events, err := r.site.store.AccountEvents(r.ctx(), r.account(), followMost)
	if err != nil {
		return err
	}
	for _, e := range events {
		if onPage(e.At, list, from) {
			lines = append(lines, views.EventLine(e, r.account()))
		}
	}
	page.SetLines(lines, list.Now)
	page.Pager = views.NewPager(from, followMost, list.Total, func(from int) string {
		if from == 0 {
			return "/suivi/journal"
		}
		return "/suivi/journal?a_partir=" + strconv.Itoa(from)
	})
	return r.render(page)
}

// onPage says whether an instant falls among the movements of a page of the journal.
func onPage(at time.Time, list *db.Follow, from int) bool {
	if n := len(list.Lines); n > 0 && from+n < list.Total && at.Before(list.Lines[n-1].At) {
		return false // it comes on a later page
	}
	return from == 0 || len(list.Lines) > 0 && !at.After(list.Lines[0].At)
}

// fileTypes are the files that the portal gives.
var fileTypes = map[string]string{
	"csv":  "text/csv; charset=utf-8",
	"ics":  "text/calendar; charset=utf-8",
	"json": "application/json; charset=utf-8",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// sendFile gives a file to keep.
func (r *request) sendFile(name, kind string, body []byte) error {
	r.Set(fiber.HeaderContentType, fileTypes[kind])
	r.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+"."+kind+`"`)
	return r.Send(body)
}
