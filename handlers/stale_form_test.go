package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"marelle/portal"
	"marelle/views"
)

// TestTypingFaultHidesNoChange: who mistypes while a colleague saves the same thing is still told of it: the page with the fault
// carries the version that was on the form, not the one that stands now.
func TestTypingFaultHidesNoChange(t *testing.T) {
	h := newBusyHousehold(t)
	day := portal.MustDate("2026-12-03")
	ambre := portal.ChildID(h.id("SELECT id FROM child WHERE first_name = 'Ambre'"))
	h.validated(h.accountOf("DUPONT"), h.amalia, h.study, true, day.String())
	h.validated(h.accountOf("DUPONT"), h.paolo, h.study, true, day.String())
	h.validated(h.accountOf("ORTET"), ambre, h.study, true, day.String())
	h.raw("INSERT INTO family_child (family_id, child_id) SELECT id, ? FROM family WHERE name = 'ORTET'", h.amalia)
	h.raw("INSERT INTO priority_label (id, structure_id, name, document) VALUES (7, ?, 'les deux parents travaillent', '')", h.structure)
	h.raw("INSERT INTO pickup_person (id, child_id, family_id, barred, name, phone, link, note, judged_by) SELECT 7, ?, id, 0, 'Rose MARTY', '', '', '', '' FROM family WHERE name = 'DUPONT'", h.amalia)
	one, two := h.clerk("PUJOL", portal.Administrator), h.clerk("ROUCH", portal.Administrator)
	child, dupont := fmt.Sprintf("%s%d", childrenPath, h.amalia), h.scalar("SELECT id FROM family WHERE name = 'DUPONT'")
	custody := url.Values{"debut": {"2026-11-30"}, "rythme": {"ancre"}, "premiere": {dupont}, "jour": {"0"}, "heure": {"08:00"}, "vacances": {"moities"}, "annees_paires": {dupont}}
	for name, c := range map[string]struct {
		path                   string
		base, theirs, bad, fix url.Values
	}{
		"a household":      {path: h.familyURL("DUPONT") + "/foyer", theirs: url.Values{"rue": {"3 rue Neuve"}}, bad: url.Values{"nom": {""}}, fix: url.Values{"nom": {"DUPOND"}}},
		"a guardian":       {path: h.familyURL("DUPONT") + fmt.Sprintf("/responsables/%d", h.accountOf("DUPONT")), theirs: url.Values{"portable": {"0700000000"}}, bad: url.Values{"nom": {""}}, fix: url.Values{"nom": {"DUPOND"}}},
		"a child":          {path: child + "/fiche", theirs: url.Values{"niveau": {"CE1"}}, bad: url.Values{"naissance": {"31/31/2018"}}, fix: url.Values{"naissance": {"2018-03-02"}}},
		"health and meals": {path: child + "/sante", theirs: url.Values{"allergies": {"Arachide"}}, bad: url.Values{"pai_du": {"demain"}}, fix: url.Values{"pai_du": {""}, "seul": {"1"}}},
		"who may come":     {path: child + "/personnes/7", theirs: url.Values{"ecartee": {"oui"}, "decision": {"2026-03-02"}, "juge": {"JAF Foix"}}, bad: url.Values{"telephone": {"12"}}, fix: url.Values{"telephone": {"0561000001"}}},
		"custody":          {path: child + custodyPath + "/modifier", base: custody, bad: url.Values{"debut": {""}}, fix: url.Values{"debut": {"2026-12-07"}}},
		"a waiting list":   {path: fmt.Sprintf("%s/%d", views.WaitListPath(h.study, day), ambre), base: url.Values{"faire": {"monter"}, "motif": {"Décision de la commission"}}, bad: url.Values{"motif": {""}}, fix: url.Values{"faire": {"descendre"}, "motif": {"Urgence familiale"}}}, // the other put it first
		"priorities":       {path: fmt.Sprintf("%s/%d", views.PrioritiesPath, h.study), base: url.Values{"critere-1": {"commune"}}, bad: url.Values{"critere-2": {"commune"}}, fix: url.Values{"critere-2": {"fratrie"}}},
		"a child’s labels": {path: child + "/priorites", base: url.Values{"critere-7": {"1"}, "date-7": {"2026-09-03"}}, bad: url.Values{"date-7": {"hier"}}, fix: url.Values{"date-7": {"2026-09-04"}}},
	} {
		t.Run(name, func(t *testing.T) {
			here := *h.world
			here.t = t
			one, two := here.browserOf(one), here.browserOf(two)
			fill := func(b *browser, changes ...url.Values) *browser {
				form := b.filled(c.base)
				for _, list := range changes {
					for name, values := range list {
						form[name] = values
					}
				}
				return b.post(b.page.Find("main form.formulaire").First().AttrOr("action", ""), form)
			}
			one.get(c.path).want(http.StatusOK)
			fill(two.get(c.path), c.theirs).want(http.StatusSeeOther)
			fill(one, c.bad).want(http.StatusUnprocessableEntity)
			fill(one, c.fix).want(http.StatusConflict)
			fill(one, c.fix).want(http.StatusSeeOther) // who was told replaces knowingly
		})
	}

	year := yearsPath + "/" + h.scalar("SELECT id FROM school_year WHERE label = '2026-2027'")
	one.get(year)
	two.get(year).fill(url.Values{"dernier": {"2027-07-01"}}).want(http.StatusSeeOther)
	one.fill(url.Values{"dernier": {"2020-01-01"}}).want(http.StatusConflict) // a year looks at its version before its days
}
