package handlers

import (
	"fmt"
	"strconv"
	"strings"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// custodyPath is after the address of a child.
const custodyPath = "/garde"

// custodyDone says what was just done, by the word in the address.
var custodyDone = map[string]string{
	"garde":   "La garde alternée est enregistrée. Elle s’applique à partir d’aujourd’hui ; les jours passés ne changent pas.",
	"retiree": "La garde alternée est retirée. Les deux familles voient de nouveau tous les jours de l’enfant.",
}

// theCustody finds the shared custody of the child of the address.
func (r *request) theCustody() (*db.CustodySheet, error) {
	id, err := number[portal.ChildID](r.Params("child"))
	if err != nil {
		return nil, err
	}
	return r.site.store.CustodySheet(r.ctx(), r.structure(), id)
}

// custodyPage shows whose days are whose.
func (r *request) custodyPage() error {
	c, err := r.theCustody()
	if err != nil {
		return err
	}
	names := c.Names
	page := views.CustodyPage{Frame: r.frame("Garde alternée", views.FamiliesPath), Heading: "Garde alternée " + portal.Of(c.Child.FirstName), Child: views.ChildPath(c.Child.ID),
		URL: views.ChildPath(c.Child.ID) + custodyPath, Done: custodyDone[r.Query("fait")], Families: len(c.Families), CSRF: r.session.CSRF, Version: portal.Version(c.Rule.Facts(names))}
	if !c.Rule.IsZero() {
		page.Rule, page.Warnings, page.Spans = c.Rule.Words(names), views.TwiceWords(&c.Rule, names, r.now), views.SpanLines(&c.Rule, c.Calendar, names, r.now)
		page.Written = "Écrit par " + c.By.Title() + ", " + portal.Ago(c.At, r.now) + "."
		for _, f := range []portal.FamilyID{c.Rule.A, c.Rule.B} {
			page.Taken = append(page.Taken, fmt.Sprintf("%s : %s à venir sur ses jours.", names[f], portal.Count(c.Taken[f], "réservation")))
		}
	}
	return r.render(page)
}

// custodyForm is the form of shared custody; typed gives what was typed of an exception to add.
func (r *request) custodyForm(c *db.CustodySheet, rule portal.Custody, start string, typed func(string) string) (views.StaffForm, error) {
	names := c.Names
	page, err := r.newStaffForm("Garde alternée "+portal.Of(c.Child.FirstName), views.ChildPath(c.Child.ID)+custodyPath, false)
	if err != nil {
		return page, err
	}
	page.Back, page.BackTo = views.ChildPath(c.Child.ID)+custodyPath, "Revenir sans enregistrer"
	page.Lead = "Chaque parent réserve, annule et voit les jours où l’enfant est chez lui, et eux seuls. De l’autre parent il ne voit ni réservation, ni adresse. Un jour est à un seul parent : celui chez qui l’enfant se réveille ; si le changement se fait le matin, celui chez qui il arrive. Ce qui est déjà réservé reste réservé, et passe au parent dont c’est le jour."
	page.Seen = portal.Version(c.Rule.Facts(names))
	families := func(chosen portal.FamilyID) []views.Choice {
		var list []views.Choice
		for _, f := range c.Families {
			list = append(list, views.Choice{Value: fmt.Sprint(f.ID), Label: portal.Capital(names[f.ID])})
		}
		return views.Choose(list, fmt.Sprint(chosen))
	}
	var days []views.Choice
	for d := portal.Monday; d <= portal.Sunday; d++ {
		days = append(days, views.Choice{Value: fmt.Sprint(int(d)), Label: portal.Capital(d.String())})
	}
	hours := []views.Choice{{Value: "08:00", Label: "Le matin, en arrivant à l’école"}, {Value: "12:00", Label: "À midi"}, {Value: "16:30", Label: "Le soir, à la sortie de l’école"}, {Value: "18:00", Label: "À 18 h"}}
	page.Groups = []views.FieldGroup{
		{Legend: "Les semaines", Fields: []views.Field{
			{Kind: "date", ID: "debut", Label: "À partir de quel jour ?", Value: start, Hint: "Le premier jour chez la famille choisie ci-dessous."},
			{Kind: "radio", ID: "rythme", Label: "Comment les semaines alternent-elles ?", Options: views.Choose([]views.Choice{
				{Value: string(portal.CustodyAnchored), Label: "Une semaine sur deux, comptées à partir de ce jour"},
				{Value: string(portal.CustodyParity), Label: "Semaines paires et impaires du calendrier, si le jugement le dit"}}, string(rule.Rhythm)),
				Hint: "Comptées, les semaines alternent toujours. Paires et impaires, l’enfant reste deux semaines de suite au même endroit quand une année a 53 semaines, comme 2026. La semaine est celle du jour du changement ; un dimanche compte avec la semaine qui suit."},
			{Kind: "list", ID: "premiere", Label: "Qui a l’enfant la première semaine, ou les semaines paires ?", Options: families(rule.A)},
			{Kind: "list", ID: "jour", Label: "Quel jour l’enfant change-t-il de foyer ?", Options: views.Choose(days, fmt.Sprint(int(rule.Change)))},
			{Kind: "list", ID: "heure", Label: "À quel moment ?", Options: views.Choose(hours, rule.Hour.String())}}},
		{Legend: "Les vacances scolaires", Fields: []views.Field{
			{Kind: "radio", ID: "vacances", Label: "Comment sont-elles partagées ?", Options: views.Choose([]views.Choice{
				{Value: string(portal.HolidaysHalves), Label: "Par moitiés"}, {Value: string(portal.HolidaysWhole), Label: "En entier, une année sur deux"}, {Value: string(portal.HolidaysAsWeeks), Label: "Les semaines continuent"}}, string(rule.Holidays)),
				Hint: "Les moitiés se comptent en jours, fériés compris ; le jour du milieu va à la première. Un pont de moins de sept jours suit les semaines."},
			{Kind: "list", ID: "annees_paires", Label: "Qui a la première moitié, ou les vacances entières, les années paires ?", Options: families(rule.Even), Hint: "L’année est celle où les vacances commencent. Les années impaires, c’est l’inverse."}}},
	}
	var told []string
	exceptions := views.FieldGroup{Legend: "Exceptions et échanges", Hint: "Des jours qui reviennent à une famille quoi que disent les semaines."}
	for _, s := range rule.Special {
		words := "Retirer : du " + s.First.LongYear() + " au " + s.Last.LongYear() + ", " + names[s.Family]
		if s.First == s.Last {
			words = "Retirer : le " + s.First.LongYear() + ", " + names[s.Family]
		}
		if s.Why != "" {
			words += " (" + s.Why + ")"
		}
		told = append(told, strings.TrimPrefix(words, "Retirer : "))
		exceptions.Fields = append(exceptions.Fields, boxField(takenOff(s), words, typed(takenOff(s)) == "1"))
	}
	exceptions.Fields = append(exceptions.Fields,
		views.Field{Kind: "date", ID: "exception_du", Label: "Ajouter : du (facultatif)", Value: typed("exception_du")},
		views.Field{Kind: "date", ID: "exception_au", Label: "Au, s’il y a plusieurs jours", Value: typed("exception_au")},
		views.Field{Kind: "list", ID: "exception_famille", Label: "Ces jours reviennent à", Options: views.Choose(families(0), typed("exception_famille"))},
		fieldMaker(textField("exception_motif", "Motif", typed("exception_motif"), 100)).with("Par exemple : échange demandé par les deux parents."))
	exceptions.Tells, exceptions.Told = true, strings.Join(told, " ; ")
	page.Groups = append(page.Groups, exceptions)
	return page, nil
}

// changeCustodyPage asks whose days are whose.
func (r *request) changeCustodyPage() error {
	c, err := r.theCustody()
	if err != nil {
		return err
	}
	if len(c.Families) < 2 {
		return r.redirect303(views.ChildPath(c.Child.ID) + custodyPath)
	}
	page, err := r.savedCustodyForm(c)
	if err != nil {
		return err
	}
	return r.render(page)
}

// savedCustodyForm shows the shared custody as it is kept, or what it begins with.
func (r *request) savedCustodyForm(c *db.CustodySheet) (views.StaffForm, error) {
	rule := c.Rule
	if rule.IsZero() {
		rule = portal.Custody{A: c.Families[0].ID, Even: c.Families[0].ID, Rhythm: portal.CustodyAnchored, Change: portal.Friday, Hour: portal.Clock(16, 30), Holidays: portal.HolidaysHalves}
	}
	return r.custodyForm(c, rule, rule.Start.String(), func(string) string { return "" })
}

// takenOff names the box that takes an exception off: the days it is about, so that it means the same one after a change.
func takenOff(s portal.CustodyException) string {
	return "retirer-" + s.First.String() + "-" + s.Last.String()
}

// typedCustody reads the form of shared custody.
func (r *request) typedCustody(c *db.CustodySheet) (rule portal.Custody, faults *portal.Error) {
	faults = portal.Invalid("Cette garde alternée ne peut pas être enregistrée telle quelle.")
	fault := func(field, words string) {
		faults.Fault(field, "%s", words)
	}
	family := func(name string) portal.FamilyID {
		n, _ := strconv.ParseInt(r.FormValue(name), 10, 64)
		for _, f := range c.Families {
			if int64(f.ID) == n {
				return f.ID
			}
		}
		return 0
	}
	rule = portal.Custody{A: family("premiere"), Even: family("annees_paires"), Rhythm: portal.CustodyRhythm(r.typed("rythme")), Holidays: portal.CustodyHolidays(r.typed("vacances"))}
	rule.Start = r.typedDay("debut", faults)
	for _, f := range c.Families {
		if f.ID != rule.A && (rule.B == 0 || c.Rule.Has(f.ID)) {
			rule.B = f.ID
		}
	}
	day, err := strconv.ParseUint(r.FormValue("jour"), 10, 8)
	if err != nil || day > 6 {
		day = 7
	}
	rule.Change = portal.Weekday(day)
	if rule.Hour, err = portal.ParseTimeOfDay(r.FormValue("heure")); err != nil {
		fault("heure", "Choisissez le moment du changement.")
	}
	if rule.Holidays == portal.HolidaysAsWeeks {
		rule.Even = 0
	}
	for _, s := range c.Rule.Special {
		if !r.ticked(takenOff(s)) {
			rule.Special = append(rule.Special, s)
		}
	}
	if strings.TrimSpace(r.FormValue("exception_du")+r.FormValue("exception_au")+r.FormValue("exception_motif")) != "" {
		s := portal.CustodyException{First: r.typedDay("exception_du", faults), Last: r.typedDay("exception_au", faults), Family: family("exception_famille"), Why: strings.TrimSpace(portal.Clip(r.FormValue("exception_motif"), 100))}
		if r.FormValue("exception_au") == "" {
			s.Last = s.First
		}
		if s.Why == "" {
			fault("exception_motif", "Écrivez le motif : il est relu quand les parents ne sont pas d’accord.")
		}
		rule.Special = append(rule.Special, s)
	}
	return rule, faults
}

// saveCustody says whose days are whose.
func (r *request) saveCustody() error {
	c, err := r.theCustody()
	if err != nil {
		return err
	}
	rule, faults := r.typedCustody(c)
	shown := rule
	shown.Special = c.Rule.Special
	page, err := r.custodyForm(c, shown, r.FormValue("debut"), r.typed)
	if err != nil {
		return err
	}
	if len(faults.Fields) > 0 {
		return r.refuseForm(page, both(faults, rule.Check()))
	}
	if err := r.site.store.SaveCustody(r.ctx(), r.structure(), r.account(), c.Child.ID, rule, r.FormValue("vu")); err != nil {
		return r.refuseChange(page, err, func() (views.StaffForm, error) { return r.savedCustodyForm(c) })
	}
	return r.redirect303(views.ChildPath(c.Child.ID) + custodyPath + "?fait=garde")
}

// removeCustody ends shared custody.
func (r *request) removeCustody() error {
	c, err := r.theCustody()
	if err != nil {
		return err
	}
	if err := r.site.store.RemoveCustody(r.ctx(), r.structure(), r.account(), c.Child.ID, r.FormValue("vu")); err != nil {
		return err
	}
	return r.redirect303(views.ChildPath(c.Child.ID) + custodyPath + "?fait=retiree")
}
