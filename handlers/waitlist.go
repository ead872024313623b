package handlers

import (
	"fmt"

	"marelle/portal"
	"marelle/views"
)

// waitlist shows the days for which the children wait, and the places that are offered.
func (r *request) waitlist() error {
	page := views.Waitlist{Frame: r.frame("Liste d’attente", "/suivi")}
	if r.Query("quittee") != "" {
		page.Notice = "La demande a quitté la liste d’attente."
	}
	offers, err := r.site.store.OpenOffers(r.ctx(), r.account())
	if err != nil {
		return err
	}
	page.SetOffers(offers, r.now)
	days, err := r.site.store.WaitingDays(r.ctx(), r.account())
	if err != nil {
		return err
	}
	page.SetDays(days, r.now)
	return r.render(page)
}

// waitingDay finds the day of the address among those for which the children wait.
func (r *request) waitingDay() (child portal.ChildID, activity portal.ActivityID, day portal.Date, found *portal.WaitingDay, err error) {
	w, err := r.where()
	if err != nil {
		return 0, 0, 0, nil, err
	}
	child, activity = w.child, w.activity
	if day, err = portal.ParseDate(r.Params("day")); err != nil {
		return 0, 0, 0, nil, portal.NotFound("Cette page n’existe pas.")
	}
	days, err := r.site.store.WaitingDays(r.ctx(), r.account())
	for i := range days {
		if w := &days[i]; w.Child.ID == child && w.Activity.ID == activity && w.Day == day {
			found = w
		}
	}
	return child, activity, day, found, err
}

// leaveListPage asks once more: the rank is lost.
func (r *request) leaveListPage() error {
	_, _, _, found, err := r.waitingDay()
	if err != nil {
		return err
	}
	if found == nil {
		return portal.NotFound("Cet enfant n’attend pas de place ce jour-là.")
	}
	page := views.LeaveList{Frame: r.frame("Quitter la liste d’attente", "/suivi")}
	page.SetDay(found)
	return r.render(page)
}

func (r *request) leaveList() error {
	child, activity, day, _, err := r.waitingDay()
	if err != nil {
		return err
	}
	if err := r.site.store.LeaveList(r.ctx(), r.account(), child, activity, day); err != nil {
		return err
	}
	return r.redirect303("/attente?quittee=1")
}

// offerPage shows an offer to the family that is signed in.
func (r *request) offerPage() error {
	id, err := number[portal.OfferID](r.Params("offer"))
	if err != nil {
		return err
	}
	offer, err := r.site.store.Offer(r.ctx(), r.account(), id)
	if err != nil {
		return err
	}
	return r.showOffer(offer, r.session.CSRF, nil)
}

func (r *request) answerOffer() error {
	id, err := number[portal.OfferID](r.Params("offer"))
	if err != nil {
		return err
	}
	return r.answer(r.session.CSRF, func(accept bool) (*portal.Offer, error) {
		return r.site.store.AnswerOffer(r.ctx(), r.account(), id, accept)
	})
}

// tokenOfferPage shows the offer of a mail's link. Programs that follow the links of mails change nothing: only the
// buttons of the page do.
func (r *request) tokenOfferPage() error {
	offer, err := r.site.store.OfferByToken(r.ctx(), r.Params("token"))
	if err != nil {
		return err
	}
	return r.showOffer(offer, "", nil)
}

// answerTokenOffer answers with the link of the mail. That secret, which no other site can know, stands for the session's
// token; where the request comes from is checked as for every form.
func (r *request) answerTokenOffer() error {
	return r.answer("", func(accept bool) (*portal.Offer, error) {
		return r.site.store.AnswerOfferByToken(r.ctx(), r.Params("token"), accept)
	})
}

// answer sends the browser to what came of the answer; one that did not count is told with the reason.
func (r *request) answer(csrf string, do func(accept bool) (*portal.Offer, error)) error {
	said := r.FormValue("reponse")
	if said != "oui" && said != "non" {
		return portal.Invalid("Cette réponse n’est pas comprise. Rouvrez la proposition, puis touchez « Accepter » ou « Refuser ».")
	}
	offer, err := do(said == "oui")
	refused := portal.AsError(err)
	if err != nil && (refused == nil || offer == nil) {
		return err
	}
	if refused != nil {
		return r.showOffer(offer, csrf, refused)
	}
	return r.redirect303(r.Path())
}

func (r *request) showOffer(offer *portal.Offer, csrf string, refused *portal.Error) error {
	page := views.OfferPage{Frame: r.frame("", "/suivi")}
	page.SetOffer(offer, r.Path(), csrf, r.now)
	page.Title = page.Heading
	if page.Card != nil {
		page.Title = fmt.Sprintf("%s : %s", page.Heading, page.Card.Day)
		page.Card.Refuse = r.Query("reponse") == "non"
	}
	if refused != nil {
		if refused.Message != page.Said {
			page.Refusal = refused.Message
		}
		r.Status(int(refused.Kind))
	}
	return r.render(page)
}
