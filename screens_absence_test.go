package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The screens of absences: LOUBET Benoît has announced nothing, GARCIA François one tap and a week, JOFFRES Rémi sent his
// document and AUBERT Stéphane not (both are the demonstration's).
func init() {
	moreScreens = append(moreScreens, func(t testing.TB, d *demonstration) []screen {
		quiet, busy := d.family(t, d.login(t, "parent", "LOUBET Benoît")), d.family(t, d.login(t, "parent", "GARCIA François"))
		check := "/absences?" + firstChild(t, quiet, "2026-11-24", "2026-12-02").Encode()
		faulty := "/absences?" + firstChild(t, quiet, "2026-11-20", "2027-02-02").Encode()

		tap := busy.get(t, "/absences").Find(".malade form").First()
		form := url.Values{"motif": {"malade"}}
		for _, name := range []string{"enfant", "du", "au", "depuis"} {
			form.Set(name, tap.Find("input[name="+name+"]").AttrOr("value", ""))
		}
		busy.post(t, "/absences", form, http.StatusSeeOther)
		week := busy.post(t, "/absences", firstChild(t, busy, "2026-11-26", "2026-12-04"), http.StatusSeeOther)

		manager, agent := d.family(t, d.login(t, "gestionnaire", "")), d.family(t, d.login(t, "agent", ""))
		return []screen{
			{"absences", "/absences", quiet.cookieOf()}, {"absences-verifier", check, quiet.cookieOf()}, {"absences-fautes", faulty, quiet.cookieOf()},
			{"absences-signalees", "/absences", busy.cookieOf()}, {"absence", week, busy.cookieOf()},
			{"absence-justificatif-recu", ownAbsence(t, d, "JOFFRES Rémi"), d.family(t, d.login(t, "parent", "JOFFRES Rémi")).cookieOf()},
			{"absence-justificatif-attendu", ownAbsence(t, d, "AUBERT Stéphane"), d.family(t, d.login(t, "parent", "AUBERT Stéphane")).cookieOf()},
			{"gestion-absences", "/gestion/absences", manager.cookieOf()}, {"gestion-absences-agent", "/gestion/absences", agent.cookieOf()},
		}
	})
}

// firstChild gives the fields of an absence of a family's first child.
func firstChild(t testing.TB, f *family, first, last string) url.Values {
	t.Helper()
	child, _ := f.get(t, "/absences").Find(`input[name="enfant"][type="radio"]`).First().Attr("value")
	return url.Values{"enfant": {child}, "du": {first}, "au": {last}, "motif": {"malade"}}
}

// ownAbsence finds the page of the first absence that a family announced.
func ownAbsence(t testing.TB, d *demonstration, name string) string {
	t.Helper()
	path := ""
	f := d.family(t, d.login(t, "parent", name))
	for _, a := range f.get(t, "/absences").Find("main a").EachIter() {
		if href, _ := a.Attr("href"); path == "" && strings.HasPrefix(href, "/absences/") {
			path = href
		}
	}
	if path == "" {
		t.Fatalf("%s has announced nothing", name)
	}
	return path
}
