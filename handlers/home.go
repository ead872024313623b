package handlers

import (
	"marelle/views"
)

// home is the family's first page.
func (r *request) home() error {
	page := views.Home{Frame: r.frame("Accueil", "/accueil"), Hello: "Bonjour " + r.session.Person.FirstName}
	recap, err := r.site.store.Recap(r.ctx(), r.account())
	if err != nil {
		return err
	}
	page.Adds, page.Removes = 0, 0 // said in full below
	page.SetPending(recap.Requests, recap.Now)
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
		page.AddChild(c, setup, week.Booked, recap.Now)
	}
	return r.render(page)
}
