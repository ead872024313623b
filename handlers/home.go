package handlers

import (
	"slices"

	"marelle/portal"
	"marelle/views"
)

// home is the family's first page.
func (r *request) home() error {
	h, err := r.site.store.Home(r.ctx(), r.account())
	if err != nil {
		return err
	}
	page := views.Home{Frame: r.frame("Accueil", "/accueil"), Hello: "Bonjour " + r.session.Person.FirstName, TakenBack: r.takenBack()}
	page.Adds, page.Removes = 0, 0 // said in full below
	if len(h.Children) == 0 {
		page.Nobody = r.nobody()
		return r.render(page)
	}
	children := map[portal.ChildID]portal.Child{}
	for _, c := range h.Children {
		children[c.ID] = c
		page.AddChild(c, h.Setups[c.StructureID], h.Offered[c.ID], h.Booked, h.Now)
	}
	offers, err := r.site.store.OpenOffers(r.ctx(), r.account())
	if err != nil {
		return err
	}
	page.Offers = views.NewOfferNotes(offers, r.now)
	if slices.ContainsFunc(h.Children, func(c portal.Child) bool { return c.Shared }) {
		open, err := r.site.store.OpenExchanges(r.ctx(), r.account())
		if err != nil {
			return err
		}
		page.Exchanges = views.NewExchangeNotes(open, r.now)
	}
	taps, err := r.absenceTaps("/accueil")
	if err != nil {
		return err
	}
	for i := range page.Children {
		for k := range taps {
			if taps[k].Child == page.Children[i].ID {
				page.Children[i].Tap = &taps[k]
			}
		}
	}
	for _, a := range h.Announcements {
		message := views.NewHomeAnnouncement(a)
		if len(h.Setups) > 1 {
			message.From = h.Setups[a.Structure].Structure.Name
		}
		page.Announcements = append(page.Announcements, message)
	}
	var limits []portal.Limit
	for _, w := range h.Wishes {
		limits = append(limits, h.Setups[children[w.Child].StructureID].WishLimit(w, h.Now))
	}
	page.SetPending(len(h.Wishes), limits, h.Now)
	page.SetLimits(h.Limits, h.Now)
	for _, m := range h.Refused {
		page.AddRefused(m)
	}
	today := portal.DateOf(h.Now)
	for _, b := range h.Booked {
		child := children[b.Child]
		if setup := h.Setups[child.StructureID]; b.Day >= today && setup.LostWait(b, h.Now) {
			page.AddLostWait(b, setup.Activity(b.ActID), child)
		}
	}
	return r.render(page)
}
