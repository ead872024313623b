package handlers

import (
	"fmt"
	"slices"

	"marelle/portal"
	"marelle/views"
)

// childDone says what was just done, by the word in the address.
var childDone = map[string]string{
	"fiche":               "L’état civil et la classe sont enregistrés.",
	"sante":               "La santé et les repas sont enregistrés.",
	"personne":            "La personne est enregistrée.",
	"personne-retiree":    "La personne est retirée de la liste.",
	"document":            "Le document est enregistré.",
	"document-retire":     "Le document est retiré.",
	"priorites":           "Les priorités sont enregistrées.",
	"inscription":         "L’inscription est enregistrée.",
	"inscription-retiree": "L’inscription est retirée. Ce qui est réservé le reste.",
	"reuni":               "Les deux fiches de cet enfant sont réunies.",
	"reuni-relire":        "Les deux fiches de cet enfant sont réunies. Elles ne disaient pas la même chose de la santé ou du repas : les deux textes sont gardés. Relisez-les avec la famille, puis corrigez.",
	"connu":               "Cet enfant est déjà dans la famille : rien n’a été ajouté.",
	"numero":              "La fiche que vous demandiez a été réunie avec celle-ci.",
}

// childPage shows a child.
func (r *request) childPage() error {
	c, err := r.theChild()
	if err != nil {
		return err
	}
	page := views.ChildPage{Frame: r.frame("Fiche "+portal.Of(c.DisplayName()), views.FamiliesPath), Manager: r.mayManage(), Done: childDone[r.Query("fait")]}
	page.SetChild(c.ChildFile, c.Care, r.now)
	today, several := portal.DateOf(r.now), len(c.Families) > 1
	for _, f := range c.Families {
		page.Families = append(page.Families, views.FamilyLink{URL: views.FamilyPath(f.ID), Name: f.Name, Address: f.Address()})
	}
	if page.Manager && several {
		for _, f := range c.Families {
			page.Leave = append(page.Leave, views.FamilyLink{URL: fmt.Sprintf("%s/enfants/%d/retirer", views.FamilyPath(f.ID), c.ID), Name: f.Name, Address: f.Address()})
		}
	}
	if page.Manager {
		page.Join = page.URL + joinPath
	}
	if r.session.Desk().Role == portal.Administrator {
		page.Erase = page.URL + erasePath
	}
	for _, s := range c.Siblings {
		page.Siblings = append(page.Siblings, views.ChildLink{URL: views.ChildPath(s.ID), Name: s.Name, Class: s.Class})
	}
	for _, g := range c.Guardians {
		phones := views.NewPhones(g.Phones.Mobile, g.Phones.Home, g.Phones.Work)
		if g.Rights.PickUp {
			page.Guardians = append(page.Guardians, views.PickupLine{Name: g.DisplayName(), Link: "responsable", Phones: phones, Now: true})
		} else {
			page.NoPickup = append(page.NoPickup, views.GuardianLine{Name: g.DisplayName(), Phones: phones})
		}
	}
	for _, p := range c.Pickups {
		line := views.NewPickupLine(p, today)
		if several {
			line.Family = p.FamilyName
		}
		if page.Manager {
			line.ChangeURL = fmt.Sprintf("%s/personnes/%d", page.URL, p.ID)
		}
		if p.Barred {
			page.Barred = append(page.Barred, line)
		} else {
			page.Pickups = append(page.Pickups, line)
		}
	}
	for _, e := range c.Enrolments {
		line := views.EnrolmentLine{Activity: e.Name, Words: portal.Capital(e.Words())}
		if page.Manager {
			line.ChangeURL = fmt.Sprintf("%s/inscriptions?activite=%d", page.URL, e.Activity)
		}
		page.Enrolments = append(page.Enrolments, line)
	}
	if page.Manager {
		if err := r.addPapers(&page, c.Papers, c.Care, several); err != nil {
			return err
		}
	}
	return r.render(page)
}

// addPapers lists the documents of a child, and those that are asked and not there.
func (r *request) addPapers(page *views.ChildPage, papers []portal.Paper, care portal.Care, several bool) error {
	for _, p := range papers {
		line := views.NewPaperLine(p, r.now)
		line.Remove, line.CSRF = page.URL+"/documents/"+p.ID+"/retirer", r.session.CSRF
		if p.Name != "" {
			line.URL = views.PapersPath + "/" + p.ID
		}
		if several {
			line.Detail += ", famille " + p.FamilyName
		}
		page.Papers = append(page.Papers, line)
	}
	asked, err := r.site.store.AskedPapers(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	if care.Plan.Holds(portal.DateOf(r.now)) {
		asked = append(asked, portal.PlanPaper)
	}
	for _, k := range asked {
		if !slices.ContainsFunc(papers, func(p portal.Paper) bool { return p.Kind == k }) {
			page.Missing = append(page.Missing, k.Spoken())
		}
	}
	return nil
}

// ownChildren shows a parent what the town hall keeps of the children.
func (r *request) ownChildren() error {
	list, err := r.site.store.OwnChildren(r.ctx(), r.account())
	if err != nil {
		return err
	}
	setup, err := r.site.store.Setup(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	page := views.OwnChildren{Frame: r.frame("Les fiches de mes enfants", profilePath), Phone: setup.Structure.Call()}
	shared, err := r.site.store.OwnCustody(r.ctx(), r.account())
	if err != nil {
		return err
	}
	today := portal.DateOf(r.now)
	for _, c := range list {
		o := views.NewOwnChild(c.ChildFile, c.Care, r.now)
		for _, p := range c.Pickups {
			if line := views.NewPickupLine(p, today); p.Barred {
				o.Barred = append(o.Barred, line)
			} else {
				o.Pickups = append(o.Pickups, line)
			}
		}
		for _, p := range c.Papers {
			line := views.NewPaperLine(p, r.now)
			if p.Name != "" {
				line.URL = "/profil/enfants/documents/" + p.ID
			}
			if p.Family == 0 {
				line.Detail = "Apporté par l’autre famille de l’enfant"
			}
			o.Papers = append(o.Papers, line)
		}
		for _, e := range c.Enrolments {
			o.Enrolments = append(o.Enrolments, views.EnrolmentLine{Activity: e.Name, Words: portal.Capital(e.Words())})
		}
		if own, ok := shared[c.ID]; ok {
			o.Custody = views.NewOwnCustody(&own.Rule, own.Mine, own.Calendar, r.now)
			o.Custody.Exchange = views.NewExchangePath(c.ID, "")
		}
		page.Children = append(page.Children, o)
	}
	return r.render(page)
}

// openOwnPaper gives a parent a file that the family brought.
func (r *request) openOwnPaper() error {
	f, err := r.site.store.FamilyPaper(r.ctx(), r.account(), r.Params("document"))
	if err != nil {
		return err
	}
	return r.download(f)
}

// openPaper gives a manager a file of a child.
func (r *request) openPaper() error {
	f, err := r.site.store.StaffPaper(r.ctx(), r.structure(), r.Params("document"))
	if err != nil {
		return err
	}
	return r.download(f)
}
