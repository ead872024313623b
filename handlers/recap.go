package handlers

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// recap shows what the family asks, before anything is booked.
func (r *request) recap() error {
	page, err := r.recapPage()
	if err != nil {
		return err
	}
	page.Dropped = views.DroppedWords(r.QueryInt("abandonnees"))
	if back := r.QueryInt("reprises", -1); back >= 0 {
		page.Dropped = views.UndoneWords(back)
	}
	page.TakenBack = r.Query("retiree") != ""
	if r.Query("retiree") == "ensemble" {
		page.Dropped = "Ces demandes allaient ensemble : elles sont retirées toutes les deux."
	}
	return r.render(page)
}

func (r *request) recapPage() (*views.Recap, error) {
	recap, err := r.site.store.Recap(r.ctx(), r.account())
	if err != nil {
		return nil, err
	}
	page := &views.Recap{Frame: r.frame("Récapitulatif de vos demandes", "/reservations"), Version: recap.Version}
	page.Frame.Adds, page.Frame.Removes = 0, 0 // the page is about nothing else
	if page.Key, err = r.site.store.NewFormKey(); err != nil {
		return nil, err
	}
	if page.Emails, err = r.site.store.Emails(r.ctx(), r.account()); err != nil {
		return nil, err
	}
	if page.Last, err = r.site.store.LastReceipt(r.ctx(), r.account()); err != nil {
		return nil, err
	}
	page.Undo = views.NewUndo(recap.Undo, true, r.session.CSRF)
	page.SetRequests(recap.Requests, recap.Now)
	return page, nil
}

// confirm validates the draft that was shown, once per form.
func (r *request) confirm() error {
	version, err := strconv.Atoi(r.FormValue("version"))
	if err != nil || version < 0 {
		return portal.Invalid("Ce formulaire est incomplet. Rouvrez le récapitulatif, puis validez de nouveau.")
	}
	receipt, err := r.site.store.Confirm(r.ctx(), r.account(), r.FormValue("cle"), version)
	if errors.Is(err, db.ErrDraftChanged) {
		page, err := r.recapPage()
		if err != nil {
			return err
		}
		page.Changed = db.ErrDraftChanged.Message
		r.Status(int(db.ErrDraftChanged.Kind))
		return r.render(page)
	}
	if err != nil {
		return err
	}
	return r.redirect303("/recus/" + receipt.Number)
}

// abandon drops the draft; what is booked does not change.
func (r *request) abandon() error {
	dropped, err := r.site.store.DropDraft(r.ctx(), r.account())
	if err != nil {
		return err
	}
	back, err := url.Parse(r.cameFrom())
	if err != nil || !strings.HasPrefix(back.Path, "/reservations/") {
		back = &url.URL{Path: "/recapitulatif"}
	}
	query := back.Query()
	query.Set("abandonnees", strconv.Itoa(dropped))
	back.RawQuery = query.Encode()
	return r.redirect303(back.String())
}

// restore takes the last action on the draft back, and shows the page where it was asked.
func (r *request) restore() error {
	back, err := r.site.store.UndoDraft(r.ctx(), r.account())
	if err != nil {
		return err
	}
	to, err := url.Parse(r.cameFrom())
	if err != nil || to.Path == "" {
		to = &url.URL{Path: "/recapitulatif"}
	}
	query := to.Query()
	for _, told := range []string{"abandonnees", "fait", "retiree"} {
		query.Del(told)
	}
	query.Set("reprises", strconv.Itoa(back))
	to.RawQuery = query.Encode()
	return r.redirect303(to.String())
}

// undoReceipt takes a validation back within fifteen minutes.
func (r *request) undoReceipt() error {
	receipt, err := r.site.store.UndoReceipt(r.ctx(), r.account(), r.Params("number"), r.FormValue("cle"))
	if err != nil {
		return err
	}
	return r.redirect303("/recus/" + receipt.Number)
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
	page.Holder = r.session.Person.Title()
	page.SetReceipt(receipt, r.now)
	if page.Key, err = r.site.store.NewFormKey(); err != nil {
		return err
	}
	page.Title = fmt.Sprintf("%s, reçu n° %s", page.Heading, receipt.Number)
	return r.render(page)
}
