package handlers

import (
	"marelle/portal"
	"marelle/views"
)

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
