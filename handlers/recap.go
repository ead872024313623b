package handlers

import (
	"fmt"
	"strings"

	"marelle/portal"
	"marelle/views"
)

// recap shows what the family asks, before anything is booked.
func (r *request) recap() error {
	list, now, err := r.site.store.Recap(r.ctx(), r.account())
	if err != nil {
		return err
	}
	page := views.Recap{Frame: r.frame("Récapitulatif de vos demandes", "/reservations")}
	page.Frame.Adds, page.Frame.Removes = 0, 0 // the page is about nothing else
	if page.Key, err = r.site.store.NewFormKey(); err != nil {
		return err
	}
	if page.Emails, err = r.site.store.Emails(r.ctx(), r.account()); err != nil {
		return err
	}
	page.SetRequests(list, now)
	return r.render(page)
}

// confirm validates the draft, once per form.
func (r *request) confirm() error {
	receipt, err := r.site.store.Confirm(r.ctx(), r.account(), r.FormValue("cle"))
	if err != nil {
		return err
	}
	return r.redirect303("/recus/" + receipt.Number)
}

// abandon drops the draft; what is booked does not change.
func (r *request) abandon() error {
	back := r.cameFrom()
	if _, err := r.site.store.DropDraft(r.ctx(), r.account()); err != nil {
		return err
	}
	if !strings.HasPrefix(back, "/reservations/") {
		back = "/recapitulatif"
	}
	return r.redirect303(back)
}

// receipt shows the proof of a validation.
func (r *request) receipt() error {
	receipt, err := r.site.store.Receipt(r.ctx(), r.account(), r.Params("number"))
	if err != nil {
		return err
	}
	page := views.Receipt{Frame: r.frame("Reçu n° "+receipt.Number, "/suivi")}
	if page.Emails, err = r.site.store.Emails(r.ctx(), r.account()); err != nil {
		return err
	}
	page.SetReceipt(receipt)
	page.Title = fmt.Sprintf("%s, reçu n° %s", page.Heading, receipt.Number)
	return r.render(page)
}

// followMost bounds the list of requests; the filters of « Suivi » find older ones.
const followMost = 300

// follow lists what was asked and where each request stands.
func (r *request) follow() error {
	list, err := r.site.store.Movements(r.ctx(), r.account(), followMost)
	if err != nil {
		return err
	}
	page := views.Follow{Frame: r.frame("Suivi réservations", "/suivi")}
	page.Transmitted = r.Query("filtre") == "" || r.Query("transmise") != ""
	var shown []portal.Movement
	for _, m := range list {
		if page.Transmitted || !m.Transmitted() {
			shown = append(shown, m)
		}
	}
	page.SetMovements(shown, r.account())
	return r.render(page)
}

// home is the family's first page.
func (r *request) home() error {
	page := views.Home{Frame: r.frame("Accueil", "/accueil"), Hello: "Bonjour " + r.session.Person.FirstName}
	list, now, err := r.site.store.Recap(r.ctx(), r.account())
	if err != nil {
		return err
	}
	page.Adds, page.Removes = 0, 0 // said in full below
	page.SetPending(list, now)
	week, err := r.site.store.Week(r.ctx(), r.account())
	if err != nil {
		return err
	}
	if len(week.Children) == 0 {
		page.Nobody = r.nobody()
	}
	for _, c := range week.Children {
		setup, err := r.site.store.Setup(r.ctx(), c.StructureID)
		if err != nil {
			return err
		}
		page.AddChild(c, setup, week.Booked, now)
	}
	return r.render(page)
}
