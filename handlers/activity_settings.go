package handlers

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// limitsPath is the page of the limits of an activity, when there is one.
const limitsPath = views.ActivitiesPath + "/:activity/delais"

// activities lists the activities with where they stand.
func (r *request) activities() error {
	setup, err := r.site.store.Setup(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	page := views.ActivityList{Frame: r.frame("Activités", settingsPath), Total: portal.Count(len(setup.Activities), "activité")}
	if r.Query("ordre") != "" {
		page.Notice = "L’ordre est enregistré : les familles le voient ainsi."
	}
	for i := range setup.Activities {
		page.Lines = append(page.Lines, views.NewActivityLine(setup, &setup.Activities[i], i+1, r.now, r.session.CSRF))
	}
	return r.render(page)
}

// sheet reads the activity of the address.
func (r *request) sheet() (*db.ActivitySheet, error) {
	id, err := number[portal.ActivityID](r.Params("activity"))
	if err != nil {
		return nil, err
	}
	return r.site.store.ActivitySheet(r.ctx(), r.structure(), id)
}

// activityPage shows all that is decided of an activity.
func (r *request) activityPage() error {
	s, err := r.sheet()
	if err != nil {
		return err
	}
	page := views.ActivityPage{Frame: r.frame(s.Activity.Name, settingsPath)}
	page.SetActivity(s.Setup, &s.Activity, s.Names, r.now)
	if r.site.opens(limitsPath, r.session) {
		page.LimitsURL = views.ActivityPath(s.Activity.ID, "delais")
	}
	if s.Last != nil {
		page.Last = "Dernier changement : " + portal.Ago(s.Last.At, r.now)
		if who := s.Last.Who.Title(); who != "" {
			page.Last += ", par " + who
		}
		page.Last += "."
	}
	switch r.Query("fait") {
	case "creee":
		page.Notice = "L’activité est créée. Relisez chaque partie, puis regardez-la comme une famille."
	case "enregistre":
		page.Notice = "Le changement est enregistré."
	case "rouverte":
		page.Notice = "L’activité est de nouveau proposée aux familles."
	}
	return r.render(page)
}

// activityPreview shows a month as a family would see it.
func (r *request) activityPreview() error {
	id, err := number[portal.ActivityID](r.Params("activity"))
	if err != nil {
		return err
	}
	var month portal.Month
	if asked := r.Query("mois"); asked != "" {
		if month, err = portal.ParseMonth(asked); err != nil {
			return err
		}
	}
	m, err := r.site.store.ActivityMonth(r.ctx(), r.structure(), id, month)
	if err != nil {
		return err
	}
	heading := "Comme une famille\u00a0: " + m.Activity.Name
	page := views.ActivityPreview{Frame: r.frame(heading+", "+m.Month.Word(), settingsPath), Heading: heading, Back: views.Link{URL: views.ActivityPath(id, ""), Label: "Revenir à l’activité"}}
	page.SetMonth(m.Setup, m.Activity, m.Slots, m.Now)
	return r.render(page)
}

// moveActivity gives an activity its rank.
func (r *request) moveActivity() error {
	s, err := r.sheet()
	if err != nil {
		return err
	}
	rank, err := strconv.Atoi(r.FormValue("rang"))
	if err != nil {
		return portal.Invalid("Cette place dans la liste n’est pas comprise. Rouvrez la liste des activités.")
	}
	if err := r.site.store.MoveActivity(r.ctx(), r.structure(), r.account(), s.Activity.ID, rank); err != nil {
		return err
	}
	return r.redirect303(views.ActivitiesPath + "?ordre=1")
}

// closingForm asks whether an activity is really no longer to be offered.
func (r *request) closingForm(s *db.ActivitySheet) views.ActivityForm {
	title := "Ne plus proposer " + s.Activity.Spoken
	page := views.ActivityForm{Frame: r.frame(title, settingsPath), Heading: title, Action: r.Path(), Save: "Ne plus proposer", Back: views.Link{URL: views.ActivityPath(s.Activity.ID, ""), Label: "Revenir à l’activité"}}
	page.Lead = "Les familles ne verront plus cette activité dans ce qu’elles peuvent réserver. Vous pourrez la proposer de nouveau. Aucune réservation n’est à venir."
	if s.Held > 0 {
		page.Lead = "Les familles ne verront plus cette activité dans ce qu’elles peuvent réserver. Vous pourrez la proposer de nouveau."
	}
	return page
}

func (r *request) closeActivityPage() error {
	s, err := r.sheet()
	if err != nil {
		return err
	}
	page := r.closingForm(s)
	return r.render(&page)
}

// closeActivity stops offering an activity, once the person has seen what is still booked in it.
func (r *request) closeActivity() error {
	s, err := r.sheet()
	if err != nil {
		return err
	}
	impact, err := r.site.store.CloseActivity(r.ctx(), r.structure(), r.account(), s.Activity.ID, true, r.FormValue("accord"))
	if err != nil {
		return err
	}
	if len(impact) > 0 {
		page := r.closingForm(s)
		page.SetImpact(impact)
		return r.render(&page)
	}
	return r.redirect303(views.ActivityPath(s.Activity.ID, ""))
}

func (r *request) reopenActivity() error {
	id, err := number[portal.ActivityID](r.Params("activity"))
	if err != nil {
		return err
	}
	if _, err := r.site.store.CloseActivity(r.ctx(), r.structure(), r.account(), id, false, ""); err != nil {
		return err
	}
	return r.redirect303(views.ActivityPath(id, "") + "?fait=rouverte")
}

// model gives what a new activity begins with: a model, or another activity without its places.
func (r *request) model(kind, copied string) (*db.ActivitySheet, error) {
	id := portal.ActivityID(0)
	if copied != "" {
		n, err := number[portal.ActivityID](copied)
		if err != nil {
			return nil, err
		}
		id = n
	}
	s, err := r.site.store.ActivitySheet(r.ctx(), r.structure(), id)
	if err != nil || id != 0 {
		return s, err
	}
	for _, k := range portal.ActivityKinds {
		if string(k) == kind {
			s.Activity = portal.NewActivity(k)
			s.Activity.StructureID = r.structure()
			return s, nil
		}
	}
	return nil, portal.NotFound("Ce modèle n’existe pas.")
}

// newActivity lists the models, or shows the form that one of them fills.
func (r *request) newActivity() error {
	kind, copied := r.Query("modele"), r.Query("copie")
	if kind == "" && copied == "" {
		setup, err := r.site.store.Setup(r.ctx(), r.structure())
		if err != nil {
			return err
		}
		page := views.ActivityModels{Frame: r.frame("Nouvelle activité", settingsPath), Models: views.NewModels()}
		for i := range setup.Activities {
			page.Copies = append(page.Copies, views.CopyLink(&setup.Activities[i]))
		}
		return r.render(page)
	}
	s, err := r.model(kind, copied)
	if err != nil {
		return err
	}
	places := ""
	if copied != "" {
		if len(s.Activity.Counters) == 1 && s.Activity.Counters[0].Limited {
			places = strconv.Itoa(s.Activity.Counters[0].Capacity)
		}
		s.Activity.Name += " (copie)"
	}
	page := r.newActivityForm(s, kind, copied)
	page.SetNew(&s.Activity, places)
	return r.render(page)
}

func (r *request) newActivityForm(s *db.ActivitySheet, kind, copied string) *views.ActivityForm {
	page := &views.ActivityForm{Frame: r.frame("Nouvelle activité", settingsPath), Heading: "Nouvelle activité", Subject: "Modèle : " + s.Activity.Kind.Label(),
		Action: views.ActivitiesPath + "?modele=" + kind, Save: "Créer l’activité", Back: views.Link{URL: views.ActivitiesPath + "/nouvelle", Label: "Choisir un autre modèle"}}
	page.Lead = "L’essentiel d’abord. Les enfants, les périodes, la façon de réserver et les délais se règlent ensuite, partie par partie."
	if copied != "" {
		page.Subject, page.Action = "D’après une autre activité", views.ActivitiesPath+"?copie="+copied
	}
	return page
}

// createActivity adds the activity that is typed to what its model brings.
func (r *request) createActivity() error {
	kind, copied := r.Query("modele"), r.Query("copie")
	s, err := r.model(kind, copied)
	if err != nil {
		return err
	}
	a, read := s.Activity, r.reading()
	a.ID, a.Counters = 0, nil
	read.identity(&a)
	read.hours(&a)
	read.week(&a.Opening)
	if places, limited := read.places("places", "places"); limited {
		a.Counters = []portal.Counter{{Name: cmp.Or(a.Name, a.Short), Limited: true, Capacity: places}}
	}
	proposed := read.proposeSpoken(&a)
	read.judge(a.Check())
	if len(read.faults) == 0 {
		id, err := r.site.store.CreateActivity(r.ctx(), r.structure(), r.account(), a)
		if err == nil {
			return r.redirect303(views.ActivityPath(id, "") + "?fait=creee")
		}
		if err := read.refused(err); err != nil {
			return err
		}
	}
	page := r.newActivityForm(s, kind, copied)
	page.SetNew(&a, r.FormValue("places"))
	page.Keep(read.typed(map[string]string{"parle": proposed}))
	page.SetFaults(read.faults)
	return r.renderInvalid(page)
}

// partForm prepares the page of one part of an activity.
func (r *request) partForm(p portal.ActivityPart, s *db.ActivitySheet) *views.ActivityForm {
	return &views.ActivityForm{Frame: r.frame(p.Title()+", "+s.Activity.Name, settingsPath), Heading: p.Title(), Subject: s.Activity.Name,
		Action: views.ActivityPath(s.Activity.ID, string(p)), Stamp: views.Stamp{Seen: s.Activity.Version(p)}, Save: "Enregistrer", Back: views.Link{URL: views.ActivityPath(s.Activity.ID, ""), Label: "Revenir à l’activité"}}
}

// fillPart asks what a part holds; lines are those of its list, as they are typed.
func fillPart(page *views.ActivityForm, p portal.ActivityPart, s *db.ActivitySheet, a *portal.Activity, lines partLines) {
	switch p {
	case portal.PartIdentity:
		page.SetIdentity(a)
	case portal.PartHours:
		page.SetHours(a)
	case portal.PartAudience:
		page.SetAudience(a, groupChoices(s.Schools, s.Classes, s.Grades))
	case portal.PartOpening:
		page.SetOpening(&a.Opening, lines.runs)
		page.SetOpenDays(a.Opening.OpenDays(portal.DateOf(s.Now), openDaysShown, &s.Setup.Calendar))
	case portal.PartBooking:
		page.SetBooking(a)
	case portal.PartWindows:
		page.SetWindows(lines.windows, s.Setup.ProposedWindows(a, portal.DateOf(s.Now)))
	case portal.PartPlaces:
		page.SetPlaces(a, s.Counters)
	case portal.PartLinks:
		page.SetLinks(a, s.Setup.Activities, s.Setup.RequiredFor(a))
	}
}

// openDaysShown is how many open days show what a choice brings.
const openDaysShown = 20

func groupChoices(schools []db.School, classes []db.ClassChoice, grades []string) views.GroupChoices {
	g := views.GroupChoices{Grades: grades}
	for _, s := range schools {
		g.Schools = append(g.Schools, views.NamedGroup{ID: int64(s.ID), Label: s.Name})
	}
	for _, c := range classes {
		g.Classes = append(g.Classes, views.NamedGroup{ID: int64(c.ID), Label: c.Label, Over: c.Over})
	}
	return g
}

// activityPart shows one part to change it.
func (r *request) activityPart(p portal.ActivityPart) error {
	s, err := r.sheet()
	if err != nil {
		return err
	}
	page := r.partForm(p, s)
	fillPart(page, p, s, &s.Activity, savedLines(&s.Activity).more())
	return r.render(page)
}

// changeActivity changes one part: what is typed is saved, or comes back with what is wrong, with what it does to bookings,
// with what somebody else saved meanwhile, or with one line more.
func (r *request) changeActivity(p portal.ActivityPart) error {
	s, err := r.sheet()
	if err != nil {
		return err
	}
	a, read := s.Activity, r.reading()
	lines := read.part(p, &a, s)
	proposed := ""
	if p == portal.PartIdentity {
		proposed = read.proposeSpoken(&a)
	}
	read.judge(a.Check())
	page := r.partForm(p, s)
	do := r.FormValue("faire")
	if chosen, asked := strings.CutPrefix(do, "proposer-"); asked {
		lines.propose(s, &a, chosen)
	}
	again := func() {
		shown := lines
		if do != "" || len(read.faults) == 0 {
			shown = lines.more()
		}
		fillPart(page, p, s, &a, shown)
		page.Keep(read.typed(map[string]string{"parle": proposed}))
		r.keepStamp(page)
	}
	if do != "" {
		again()
		page.SetFaults(read.faults)
		if strings.HasPrefix(do, "proposer-") {
			page.Lead = "Rien n’est encore enregistré : relisez la période proposée, puis enregistrez."
		}
		return r.render(page)
	}
	if len(read.faults) == 0 {
		impact, err := r.site.store.ChangeActivity(r.ctx(), r.structure(), r.account(), db.ActivityEdit{Part: p, To: a, Seen: r.FormValue("vu"), Agreed: r.FormValue("accord")})
		switch {
		case err == nil && len(impact) == 0:
			return r.redirect303(views.ActivityPath(a.ID, "") + "?fait=enregistre")
		case err == nil:
			again()
			page.SetImpact(impact)
			return r.render(page)
		}
		if refusal := portal.AsError(err); refusal != nil && refusal.Kind == portal.KindConflict {
			again()
			now := r.partForm(p, s)
			fillPart(now, p, s, &s.Activity, savedLines(&s.Activity).more())
			return r.renderStale(page, now, refusal)
		}
		if err := read.refused(err); err != nil {
			return err
		}
	}
	again()
	page.SetFaults(read.faults)
	return r.renderInvalid(page)
}

// ranked names a field with its rank in a list.
func ranked(name string, i int) string { return fmt.Sprintf("%s-%d", name, i) }
