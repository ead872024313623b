package handlers

import (
	"fmt"
	"slices"
	"strconv"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// identityForm is the form of who a child is and where it goes to school.
func (r *request) identityForm(heading, action, back, to string, c portal.ChildFile, birth string, version string) (views.StaffForm, error) {
	page, err := r.newStaffForm(heading, action, version == "")
	if err != nil {
		return page, err
	}
	page.Back, page.BackTo = back, to
	if version != "" {
		page.Seen = version
	}
	chosen := ""
	if c.Class != 0 {
		chosen = fmt.Sprint(c.Class)
	}
	classes, err := r.classChoices(chosen, "Sans classe cette année")
	if err != nil {
		return page, err
	}
	sexes := []views.Choice{{Label: "Non précisé"}, {Value: "F", Label: "Fille"}, {Value: "M", Label: "Garçon"}}
	page.Groups = []views.FieldGroup{{Fields: []views.Field{
		textField("nom", "Nom de famille", c.LastName, 100), textField("nom_usage", "Nom d’usage, s’il est différent", c.UsedName, 100), textField("prenom", "Prénom", c.FirstName, 100),
		{Kind: "date", ID: "naissance", Label: "Date de naissance", Value: birth, Hint: "Elle sert aux activités réservées à un âge."},
		{Kind: "list", ID: "sexe", Label: "Sexe (facultatif)", Options: views.Choose(sexes, c.Sex)},
		{Kind: "list", ID: "classe", Label: "Classe de l’année", Options: classes}, fieldMaker(textField("niveau", "Niveau", c.Grade, 20)).with("Par exemple CE1, surtout dans une classe à deux niveaux."),
	}}}
	return page, nil
}

// typedChild reads the form of a child.
func (r *request) typedChild() (c portal.ChildFile, faults *portal.Error) {
	faults = portal.Invalid("L’enfant ne peut pas être enregistré tel quel.")
	c = portal.ChildFile{LastName: r.typed("nom"), UsedName: r.typed("nom_usage"), FirstName: r.typed("prenom"), Sex: r.typed("sexe"), Grade: r.typed("niveau")}
	c.Birth = r.typedDay("naissance", faults)
	if class := r.FormValue("classe"); class != "" {
		n, err := strconv.ParseInt(class, 10, 64)
		if err != nil || n < 1 {
			faults.Fault("classe", "Choisissez une classe de la liste.")
		}
		c.Class = portal.ClassID(n)
	}
	return c, faults
}

func (r *request) newChildForm(f *db.FamilyFile, c portal.ChildFile, birth string) (views.StaffForm, error) {
	return r.identityForm("Ajouter un enfant à la famille "+f.Name, views.FamilyPath(f.ID)+"/enfants", views.FamilyPath(f.ID), "Revenir à la famille", c, birth, "")
}

// newChild asks for a child.
func (r *request) newChild() error {
	f, err := r.theFamily()
	if err != nil {
		return err
	}
	c := portal.ChildFile{LastName: f.Name}
	if len(f.Children) > 0 {
		c.LastName = f.Children[0].LastName
	}
	page, err := r.newChildForm(f, c, "")
	if err != nil {
		return err
	}
	return r.render(page)
}

// addChild makes a child, or ties one that is known to the family.
func (r *request) addChild() error {
	f, err := r.theFamily()
	if err != nil {
		return err
	}
	c, faults := r.typedChild()
	page, err := r.newChildForm(f, c, r.FormValue("naissance"))
	if err != nil {
		return err
	}
	checked := c
	if err := both(faults, checked.Check(portal.DateOf(r.now))); err != nil {
		return r.refuseForm(page, err)
	}
	known, err := r.unlessSent(func() ([]db.Namesake, error) {
		return r.site.store.ChildNamesakes(r.ctx(), r.structure(), f.ID, c)
	})
	if err != nil {
		return err
	}
	same, decided := r.sameAs(&page, known, "Un enfant porte déjà ce nom dans le portail.", func(k db.Namesake) string { return views.ChildPath(portal.ChildID(k.ID)) })
	switch {
	case !decided:
		return r.renderInvalid(page)
	case hasHere(known, same):
		return r.redirect303(views.ChildPath(portal.ChildID(same)) + "?fait=connu")
	}
	if same != 0 {
		_, err = r.site.store.LinkChild(r.ctx(), r.structure(), r.account(), f.ID, portal.ChildID(same), r.FormValue("cle"))
	} else {
		_, err = r.site.store.AddChild(r.ctx(), r.structure(), r.account(), f.ID, c, r.FormValue("cle"))
	}
	if err != nil {
		return r.refuseForm(page, err)
	}
	return r.redirect303(views.FamilyPath(f.ID) + "?fait=enfant#t-enfants")
}

// theChild finds the child of the address; another structure's is not found.
func (r *request) theChild() (*db.ChildPage, error) {
	id, err := number[portal.ChildID](r.Params("child"))
	if err != nil {
		return nil, err
	}
	return r.site.store.ChildPage(r.ctx(), r.structure(), id, r.mayManage())
}

func (r *request) changeChildForm(now *db.ChildPage, c portal.ChildFile, birth string) (views.StaffForm, error) {
	return r.identityForm("État civil et classe "+portal.Of(now.FirstName), views.ChildPath(now.ID)+"/fiche", views.ChildPath(now.ID), "Revenir à la fiche", c, birth, portal.Version(now.ChildFile.Facts()))
}

// identityPage shows who a child is, to change it.
func (r *request) identityPage() error {
	c, err := r.theChild()
	if err != nil {
		return err
	}
	page, err := r.changeChildForm(c, c.ChildFile, c.Birth.String())
	if err != nil {
		return err
	}
	return r.render(page)
}

// saveIdentity changes who a child is.
func (r *request) saveIdentity() error {
	now, err := r.theChild()
	if err != nil {
		return err
	}
	c, faults := r.typedChild()
	c.ID = now.ID
	page, err := r.changeChildForm(now, c, r.FormValue("naissance"))
	if err != nil {
		return err
	}
	checked := c
	if len(faults.Fields) > 0 {
		return r.refuseForm(page, both(faults, checked.Check(portal.DateOf(r.now))))
	}
	if err := r.site.store.SaveChild(r.ctx(), r.structure(), r.account(), c, r.FormValue("vu")); err != nil {
		return r.refuseChange(page, err, func() (views.StaffForm, error) { return r.changeChildForm(now, now.ChildFile, now.Birth.String()) })
	}
	return r.redirect303(views.ChildPath(c.ID) + "?fait=fiche")
}

// careForm is the form of what those who look after a child must know; first and last are the plan's days as typed.
func (r *request) careForm(now *db.ChildPage, c portal.Care, first, last string) (views.StaffForm, error) {
	page, err := r.newStaffForm("Santé et repas "+portal.Of(now.FirstName), views.ChildPath(now.ID)+"/sante", false)
	page.Back, page.BackTo = views.ChildPath(now.ID), "Revenir à la fiche"
	page.Seen = portal.Version(now.Care.Facts())
	page.Lead = "Ces renseignements sont lus par les agents qui s’occupent de l’enfant, et par ses parents."
	var diets []views.Choice
	for _, d := range portal.Diets {
		label := portal.Capital(d.Words())
		if d == portal.OtherDiet {
			label = "Autre, à préciser"
		}
		diets = append(diets, views.Choice{Value: string(d), Label: label})
	}
	page.Groups = []views.FieldGroup{
		{Fields: []views.Field{{Kind: "radio", ID: "regime", Label: "Repas", Options: views.Choose(diets, string(c.Diet))},
			fieldMaker(textField("regime_autre", "Si autre, ce que l’enfant mange ou ne mange pas", c.DietWords, 200)).with("Des aliments seulement : la loi interdit d’enregistrer une religion."),
			{Kind: "area", ID: "allergies", Label: "Allergies", Value: c.Allergies, Most: portal.AllergiesMost}}},
		{Legend: "Projet d’accueil individualisé (PAI)", Fields: []views.Field{
			{Kind: "date", ID: "pai_du", Label: "Du", Value: first}, {Kind: "date", ID: "pai_au", Label: "Au (facultatif)", Value: last},
			{Kind: "area", ID: "pai_consigne", Label: "Que faire ?", Value: c.Plan.Words, Most: portal.PlanWordsMost, Hint: "En quelques lignes : où est la trousse, quel geste, qui appeler."}}},
		{Fields: []views.Field{fieldMaker(boxField("seul", "Autorisé à partir seul", c.LeavesAlone)).with("Seulement avec une autorisation écrite des parents.")}},
	}
	return page, err
}

// carePage shows health and meals, to change them.
func (r *request) carePage() error {
	c, err := r.theChild()
	if err != nil {
		return err
	}
	page, err := r.careForm(c, c.Care, c.Care.Plan.First.String(), c.Care.Plan.Last.String())
	if err != nil {
		return err
	}
	return r.render(page)
}

// saveCare changes health and meals.
func (r *request) saveCare() error {
	now, err := r.theChild()
	if err != nil {
		return err
	}
	faults := portal.Invalid("Ces renseignements ne peuvent pas être enregistrés tels quels.")
	care := portal.Care{Diet: portal.Diet(r.FormValue("regime")), DietWords: r.typed("regime_autre"), Allergies: r.typed("allergies"), LeavesAlone: r.ticked("seul"),
		Plan: portal.CarePlan{First: r.typedDay("pai_du", faults), Last: r.typedDay("pai_au", faults), Words: r.typed("pai_consigne")}}
	page, err := r.careForm(now, care, r.FormValue("pai_du"), r.FormValue("pai_au"))
	if err != nil {
		return err
	}
	if len(faults.Fields) > 0 {
		return r.refuseForm(page, both(faults, care.Check()))
	}
	if err := r.site.store.SaveCare(r.ctx(), r.structure(), r.account(), now.ID, care, r.FormValue("vu")); err != nil {
		return r.refuseChange(page, err, func() (views.StaffForm, error) {
			return r.careForm(now, now.Care, now.Care.Plan.First.String(), now.Care.Plan.Last.String())
		})
	}
	return r.redirect303(views.ChildPath(now.ID) + "?fait=sante")
}

// pickupForm is the form of a person who may fetch a child; days are as typed, the version is of the person who is there.
func (r *request) pickupForm(now *db.ChildPage, p portal.PickupPerson, first, last, judged, version string) (views.StaffForm, error) {
	heading, action := "Ajouter une personne pour "+now.FirstName, views.ChildPath(now.ID)+"/personnes"
	if p.ID != 0 {
		heading, action = "Changer "+p.Name, fmt.Sprintf("%s/personnes/%d", views.ChildPath(now.ID), p.ID)
	}
	page, err := r.newStaffForm(heading, action, p.ID == 0)
	page.Back, page.BackTo = views.ChildPath(now.ID), "Revenir à la fiche"
	if p.ID != 0 {
		page.Seen = version
		page.Remove, page.RemoveWords = action+"/retirer", "Retirer de la liste"
	}
	barred := "non"
	if p.Barred {
		barred = "oui"
	}
	identity := views.FieldGroup{Fields: []views.Field{
		{Kind: "radio", ID: "ecartee", Label: "Cette personne", Options: views.Choose([]views.Choice{{Value: "non", Label: "peut venir chercher l’enfant"}, {Value: "oui", Label: "ne doit pas venir le chercher, par décision de justice"}}, barred)},
		textField("personne", "Nom et prénom", p.Name, 100), fieldMaker(textField("lien", "Lien avec l’enfant", p.Link, 60)).with("Grand-mère, voisine, grand frère…"),
		{Kind: "tel", ID: "telephone", Label: "Téléphone", Value: p.Phone, Most: 40},
	}}
	if len(now.Families) > 1 {
		var families []views.Choice
		for _, f := range now.Families {
			families = append(families, views.Choice{Value: fmt.Sprint(f.ID), Label: "Famille " + f.Name})
		}
		identity.Fields = append(identity.Fields, views.Field{Kind: "list", ID: "famille", Label: "Indiquée par", Options: views.Choose(families, fmt.Sprint(p.Family)),
			Hint: "L’autre famille de l’enfant ne voit ni ce nom, ni ce numéro."})
	}
	page.Groups = []views.FieldGroup{identity,
		{Legend: "Précisions", Fields: []views.Field{{Kind: "date", ID: "a_partir_du", Label: "À partir du (facultatif)", Value: first}, {Kind: "date", ID: "jusqu_au", Label: "Jusqu’au (facultatif)", Value: last},
			fieldMaker(textField("precision", "À savoir", p.Note, 200)).with("Par exemple « 16 ans, vient avec sa carte d’identité » : le règlement fixe l’âge minimal.")}},
		{Legend: "Décision de justice", Hint: "À remplir seulement si la personne ne doit pas venir.", Fields: []views.Field{{Kind: "date", ID: "decision", Label: "Date de la décision", Value: judged},
			fieldMaker(textField("juge", "Rendue par", p.JudgedBy, 100)).with("Par exemple : juge aux affaires familiales, Foix.")}},
	}
	return page, err
}

// newPickup asks for a person.
func (r *request) newPickup() error {
	c, err := r.theChild()
	if err != nil {
		return err
	}
	page, err := r.pickupForm(c, portal.PickupPerson{}, "", "", "", "")
	if err != nil {
		return err
	}
	return r.render(page)
}

// thePickup finds the person of the address.
func (r *request) thePickup() (*db.ChildPage, portal.PickupPerson, error) {
	c, err := r.theChild()
	if err != nil {
		return nil, portal.PickupPerson{}, err
	}
	id, err := number[int64](r.Params("person"))
	if err != nil {
		return nil, portal.PickupPerson{}, err
	}
	for _, p := range c.Pickups {
		if p.ID == id {
			return c, p, nil
		}
	}
	return nil, portal.PickupPerson{}, portal.NotFound("Cette personne n’existe pas, ou a été retirée.")
}

// pickupPage shows a person to change it.
func (r *request) pickupPage() error {
	c, p, err := r.thePickup()
	if err != nil {
		return err
	}
	page, err := r.savedPickupForm(c, p)
	if err != nil {
		return err
	}
	return r.render(page)
}

// savedPickupForm shows a person as it is kept.
func (r *request) savedPickupForm(c *db.ChildPage, p portal.PickupPerson) (views.StaffForm, error) {
	return r.pickupForm(c, p, p.First.String(), p.Last.String(), p.JudgedOn.String(), portal.Version(p.Facts()))
}

// addPickup adds a person to a child.
func (r *request) addPickup() error {
	c, err := r.theChild()
	if err != nil {
		return err
	}
	return r.takePickup(c, portal.PickupPerson{})
}

// savePickup changes a person.
func (r *request) savePickup() error {
	c, p, err := r.thePickup()
	if err != nil {
		return err
	}
	return r.takePickup(c, p)
}

func (r *request) takePickup(c *db.ChildPage, now portal.PickupPerson) error {
	faults := portal.Invalid("Cette personne ne peut pas être enregistrée telle quelle.")
	p := portal.PickupPerson{ID: now.ID, Barred: r.FormValue("ecartee") == "oui", Name: r.typed("personne"), Phone: portal.Clip(r.FormValue("telephone"), 60), Link: r.typed("lien"), Note: r.typed("precision"), JudgedBy: r.typed("juge"),
		First: r.typedDay("a_partir_du", faults), Last: r.typedDay("jusqu_au", faults), JudgedOn: r.typedDay("decision", faults)}
	p.Family = r.familyOfForm(c)
	page, err := r.pickupForm(c, p, r.FormValue("a_partir_du"), r.FormValue("jusqu_au"), r.FormValue("decision"), portal.Version(now.Facts()))
	if err != nil {
		return err
	}
	if len(faults.Fields) > 0 {
		return r.refuseForm(page, both(faults, p.Check(portal.DateOf(r.now))))
	}
	if err := r.site.store.SavePickup(r.ctx(), r.structure(), r.account(), c.ID, p, r.FormValue("cle"), r.FormValue("vu")); err != nil {
		return r.refuseChange(page, err, func() (views.StaffForm, error) { return r.savedPickupForm(c, now) })
	}
	return r.redirect303(views.ChildPath(c.ID) + "?fait=personne#t-personnes")
}

// familyOfForm reads which of a child's families something comes from; with one family it is that one.
func (r *request) familyOfForm(c *db.ChildPage) portal.FamilyID {
	n, err := strconv.ParseInt(r.FormValue("famille"), 10, 64)
	if err != nil && len(c.Families) > 0 {
		return c.Families[0].ID
	}
	return portal.FamilyID(n)
}

// removePickup takes a person off the list.
func (r *request) removePickup() error {
	c, p, err := r.thePickup()
	if err != nil {
		return err
	}
	if err := r.site.store.RemovePickup(r.ctx(), r.structure(), r.account(), c.ID, p.ID); err != nil {
		return err
	}
	return r.redirect303(views.ChildPath(c.ID) + "?fait=personne-retiree#t-personnes")
}

// enrolmentForm is the form that lets a child come to an activity.
func (r *request) enrolmentForm(c *db.ChildPage, activity portal.ActivityID, first, last string) (views.StaffForm, error) {
	page, err := r.newStaffForm("Inscrire "+c.FirstName+" à une activité", views.ChildPath(c.ID)+"/inscriptions", false)
	if err != nil {
		return page, err
	}
	page.Back, page.BackTo = views.ChildPath(c.ID), "Revenir à la fiche"
	setup, err := r.site.store.Setup(r.ctx(), r.structure())
	if err != nil {
		return page, err
	}
	var choices []views.Choice
	for i := range setup.Activities {
		a := &setup.Activities[i]
		if a.ClosedAt.IsZero() {
			choices = append(choices, views.Choice{Value: fmt.Sprint(a.ID), Label: a.Name})
		}
	}
	for _, e := range c.Enrolments {
		if e.Activity == activity {
			page.Remove, page.RemoveWords = fmt.Sprintf("%s/inscriptions/%d/retirer", views.ChildPath(c.ID), activity), "Retirer l’inscription à « "+e.Name+" »"
		}
	}
	page.Lead = "Une activité peut demander une inscription : seuls les enfants inscrits la trouvent sur le portail. Ce qui est déjà réservé reste réservé."
	page.Groups = []views.FieldGroup{{Fields: []views.Field{{Kind: "list", ID: "activite", Label: "Activité", Options: views.Choose(choices, fmt.Sprint(activity))},
		{Kind: "date", ID: "inscrit_du", Label: "À partir du", Value: first}, {Kind: "date", ID: "inscrit_au", Label: "Jusqu’au (facultatif)", Value: last}}}}
	return page, nil
}

// enrolmentPage asks for an enrolment, or shows one to change it.
func (r *request) enrolmentPage() error {
	c, err := r.theChild()
	if err != nil {
		return err
	}
	n, _ := strconv.ParseInt(r.Query("activite"), 10, 64) // an activity that is none is no choice yet
	activity, first, last := portal.ActivityID(n), portal.DateOf(r.now).String(), ""
	for _, e := range c.Enrolments {
		if e.Activity == activity {
			first, last = e.First.String(), e.Last.String()
		}
	}
	page, err := r.enrolmentForm(c, activity, first, last)
	if err != nil {
		return err
	}
	return r.render(page)
}

// saveEnrolment lets a child come to an activity.
func (r *request) saveEnrolment() error {
	c, err := r.theChild()
	if err != nil {
		return err
	}
	activity, err := number[portal.ActivityID](r.FormValue("activite"))
	if err != nil {
		return err
	}
	faults := portal.Invalid("Cette inscription ne peut pas être enregistrée telle quelle.")
	e := portal.Enrolment{Activity: activity, First: r.typedDay("inscrit_du", faults), Last: r.typedDay("inscrit_au", faults)}
	page, err := r.enrolmentForm(c, activity, r.FormValue("inscrit_du"), r.FormValue("inscrit_au"))
	if err != nil {
		return err
	}
	if len(faults.Fields) > 0 {
		return r.refuseForm(page, both(faults, portal.CheckEnrolment(e.First, e.Last)))
	}
	was := slices.IndexFunc(c.Enrolments, func(k portal.Enrolment) bool { return k.Activity == activity && k.First == e.First })
	if odd := portal.OddStart(e.First, portal.DateOf(r.now)); odd != "" && was < 0 && !r.ticked("sure-"+e.First.String()) {
		page.Groups[0].Fields = append(page.Groups[0].Fields, views.Field{Kind: "box", ID: "sure-" + e.First.String(), Label: "C’est bien cette date : le " + e.First.LongYear()})
		return r.refuseForm(page, portal.Wrong("inscrit_du", "%s", odd))
	}
	if err := r.site.store.SaveEnrolment(r.ctx(), r.structure(), r.account(), c.ID, e); err != nil {
		return r.refuseForm(page, err)
	}
	return r.redirect303(views.ChildPath(c.ID) + "?fait=inscription#t-inscriptions")
}

// removeEnrolment ends an enrolment.
func (r *request) removeEnrolment() error {
	c, err := r.theChild()
	if err != nil {
		return err
	}
	activity, err := number[portal.ActivityID](r.Params("activity"))
	if err != nil {
		return err
	}
	if err := r.site.store.RemoveEnrolment(r.ctx(), r.structure(), r.account(), c.ID, activity); err != nil {
		return err
	}
	return r.redirect303(views.ChildPath(c.ID) + "?fait=inscription-retiree#t-inscriptions")
}
