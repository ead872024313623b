package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"marelle/db/demo"
)

func init() {
	moreScreens = append(moreScreens, severalScreens, refusalScreens)
}

// severalScreens are the months and days of the family of five children and seven activities.
func severalScreens(t testing.TB, d *demonstration) []screen {
	t.Helper()
	f := d.family(t, d.login(t, "parent", "BENALI Samira"))
	camp := f.activityOfFirstChild(t, "vacances")
	child := camp[:strings.LastIndex(camp, "/")]
	canteen := f.activityOfFirstChild(t, "cantine")
	all := "/reservations/tous" + strings.TrimPrefix(canteen, child)
	allCamp := "/reservations/tous" + strings.TrimPrefix(camp, child)
	f.get(t, "/accueil")
	f.post(t, allCamp, url.Values{"jour": {"2026-12-28:1"}, "tous_ou_aucun": {"1"}, "arrivee": {"08:30"}, "depart": {"17:00"}}, http.StatusSeeOther)
	f.validate(t)
	for _, day := range []string{"2026-12-04", "2026-12-07"} {
		f.post(t, all, url.Values{"jour": {day + ":1"}}, http.StatusSeeOther)
	}
	f.post(t, child, url.Values{"date": {"2026-12-28"}, "horaires": {strings.ReplaceAll(strings.TrimPrefix(camp, "/reservations/"), "/", "-")}, "arrivee": {"09:00"}, "depart": {"16:00"}}, http.StatusSeeOther)
	me := f.cookieOf()
	source := strings.ReplaceAll(strings.TrimPrefix(canteen, "/reservations/"), "/", "-")
	target := strings.ReplaceAll(strings.TrimPrefix(camp, "/reservations/"), "/", "-")
	return []screen{
		{"cinq-enfants-accueil", "/accueil", me}, {"cinq-enfants-toutes", child + "?mois=2026-12", me}, {"cinq-enfants-tous", all + "?mois=2026-12", me},
		{"cinq-enfants-tous-horaires", allCamp + "?mois=2026-12", me}, {"cinq-enfants-jour", child + "?jour=2026-12-28", me}, {"cinq-enfants-jour-tous", all + "?jour=2026-12-07", me},
		{"cinq-enfants-recapitulatif", "/recapitulatif", me}, {"copier", "/copier?vers=" + target + "&du=2026-12-01&au=2026-12-31", me},
		{"copier-faute", "/copier?apercu=1&de=" + source, me}, {"copier-apercu", "/copier?apercu=1&de=" + source + "&vers=" + target + "&du=2026-12-01&au=2026-12-31", me},
		{"pas-encore-ouvert", camp + "?mois=2027-02", me},
	}
}

// refusalScreens are a recap whose lines no longer all hold, and the receipt of it.
func refusalScreens(t testing.TB, d *demonstration) []screen {
	t.Helper()
	const day = "2027-01-14"
	var late *family
	var asked string
	for _, l := range d.logins {
		if l.Role != "parent" || l.Password != demo.Password || l.LastName == "BENALI" || l.LastName == "BOYER" { // BOYER has just got a new letter
			continue
		}
		f := d.family(t, l)
		path := f.activityOfFirstChild(t, "soir")
		if path == "" || path == asked {
			continue
		}
		cell := f.get(t, path+"?mois=2027-01").Find(`[data-jour="` + day + `"]`)
		if state, _ := cell.Attr("data-etat"); state != "libre" {
			continue
		}
		f.post(t, path, url.Values{"jour": {day + ":1"}}, http.StatusSeeOther)
		if late == nil {
			late, asked = f, path
			continue
		}
		f.validate(t)
		late.get(t, "/recapitulatif")
		if strings.Contains(late.get(t, "/recapitulatif").Find("main").Text(), "Il n’y a plus de place") {
			break
		}
	}
	if late == nil {
		t.Fatal("nobody asks for the evening of " + day)
	}
	return []screen{{"recapitulatif-refus", "/recapitulatif", late.cookieOf()}}
}
