package main

import (
	"net/http"
	"net/url"
	"testing"
)

// The screens of « Suivi », of the histories and of the receipts that staff verify, with the family GARCIA.
func init() {
	moreScreens = append(moreScreens, func(t testing.TB, d *demonstration) []screen {
		f := d.family(t, d.login(t, "parent", "GARCIA François"))
		f.get(t, "/accueil")
		canteen, camp := f.activityOfFirstChild(t, "cantine"), f.activityOfFirstChild(t, "mercredi")
		for path, days := range map[string][]string{canteen: {"2027-01-05:1", "2027-01-07:1"}, camp: {"2026-12-16:1"}} {
			for _, day := range days {
				f.post(t, path, url.Values{"jour": {day}}, http.StatusSeeOther)
			}
		}
		f.validate(t)
		cookie := f.cookieOf()
		clerk := d.family(t, d.login(t, "gestionnaire", "")).cookieOf()
		return []screen{
			{"suivi-famille", "/suivi", cookie}, {"suivi-famille-non-transmise", "/suivi?filtre=1", cookie}, {"suivi-dates", "/suivi?du=2026-12-20&au=2026-12-01", cookie},
			{"suivi-vide", "/suivi?du=2027-06-01", cookie}, {"reservations-a-venir", "/suivi/reservations", cookie}, {"reservations-vide", "/suivi/reservations?du=2027-06-01", cookie},
			{"journal", "/suivi/journal", cookie}, {"consommations", "/historique/consommations", cookie}, {"consommations-vide", "/historique/consommations?mois=2026-10", cookie},
			{"reglements", "/historique/reglements", cookie},
			{"gestion-recus", "/gestion/recus", clerk}, {"gestion-recus-authentique", "/gestion/recus?numero=2026-0002", clerk}, {"gestion-recus-absent", "/gestion/recus?numero=2026-9999", clerk},
		}
	})
}
