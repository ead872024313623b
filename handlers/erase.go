package handlers

import (
	"fmt"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

const (
	erasePath     = "/effacer"
	archivePath   = "/archiver"
	unarchivePath = "/desarchiver"
	dataPath      = "/donnees"
)

// eraseView draws what an erasure would do; back is the page of who it is about.
func (r *request) eraseView(e *db.Erasing, back string) views.ErasePage {
	return views.ErasePage{Frame: r.frame("Effacer "+e.Name, views.FamiliesPath), Heading: "Effacer " + e.Name, Action: back + erasePath, Back: back, Refused: e.Refused,
		Children: e.Children, People: e.People, Stay: e.Stay, Rules: portal.RetentionRules()}
}

// refuseErasure shows the page again with what keeps the erasure from being done.
func (r *request) refuseErasure(page views.ErasePage, err error) error {
	if refusal := portal.AsError(err); refusal != nil && refusal.Kind == portal.KindConflict {
		page.Refused = refusal.Message
		r.Status(int(refusal.Kind))
		return r.render(page)
	}
	if page.Faults, err = r.formFaults(err); err != nil {
		return err
	}
	return r.render(page)
}

func (r *request) erasingFamily() (portal.FamilyID, views.ErasePage, error) {
	id, err := number[portal.FamilyID](r.Params("family"))
	if err != nil {
		return 0, views.ErasePage{}, err
	}
	e, err := r.site.store.ErasingFamily(r.ctx(), r.structure(), id)
	return id, r.eraseView(e, views.FamilyPath(id)), err
}

// eraseFamilyPage shows the rules of retention and what the erasure of a family would do.
func (r *request) eraseFamilyPage() error {
	_, page, err := r.erasingFamily()
	if err != nil {
		return err
	}
	return r.render(page)
}

// eraseFamily erases a family.
func (r *request) eraseFamily() error {
	id, page, err := r.erasingFamily()
	if err != nil {
		return err
	}
	if err := r.site.store.EraseFamily(r.ctx(), r.structure(), r.proof(), id); err != nil {
		return r.refuseErasure(page, err)
	}
	return r.redirect303(views.FamiliesPath + "?fait=efface")
}

func (r *request) erasingChild() (portal.ChildID, views.ErasePage, error) {
	id, err := number[portal.ChildID](r.Params("child"))
	if err != nil {
		return 0, views.ErasePage{}, err
	}
	e, err := r.site.store.ErasingChild(r.ctx(), r.structure(), id)
	return id, r.eraseView(e, views.ChildPath(id)), err
}

// eraseChildPage shows the rules of retention and what the erasure of a child would do.
func (r *request) eraseChildPage() error {
	_, page, err := r.erasingChild()
	if err != nil {
		return err
	}
	return r.render(page)
}

// eraseChild erases a child.
func (r *request) eraseChild() error {
	id, page, err := r.erasingChild()
	if err != nil {
		return err
	}
	if err := r.site.store.EraseChild(r.ctx(), r.structure(), r.proof(), id); err != nil {
		return r.refuseErasure(page, err)
	}
	return r.redirect303(views.FamiliesPath + "?fait=efface")
}

// shelve does something to a family, and shows it again with what came of it.
func (r *request) shelve(do func(portal.FamilyID) error, done string) error {
	id, err := number[portal.FamilyID](r.Params("family"))
	if err != nil {
		return err
	}
	err = do(id)
	if refusal := portal.AsError(err); refusal != nil && refusal.Kind == portal.KindConflict {
		page, err := r.familyView()
		if err != nil {
			return err
		}
		page.Refused = refusal.Message
		r.Status(int(refusal.Kind))
		return r.render(page)
	}
	if err != nil {
		return err
	}
	return r.redirect303(views.FamilyPath(id) + "?fait=" + done)
}

// archiveFamily takes a family out of the lists.
func (r *request) archiveFamily() error {
	return r.shelve(func(id portal.FamilyID) error {
		return r.site.store.ArchiveFamily(r.ctx(), r.structure(), r.account(), id)
	}, "archivee")
}

// unarchiveFamily puts a family back into the lists.
func (r *request) unarchiveFamily() error {
	return r.shelve(func(id portal.FamilyID) error {
		return r.site.store.UnarchiveFamily(r.ctx(), r.structure(), r.account(), id)
	}, "desarchivee")
}

// removeChild takes a child out of a family.
func (r *request) removeChild() error {
	child, err := number[portal.ChildID](r.Params("child"))
	if err != nil {
		return err
	}
	return r.shelve(func(id portal.FamilyID) error {
		return r.site.store.RemoveChild(r.ctx(), r.structure(), r.account(), id, child)
	}, "enfant-retire")
}

func (r *request) guardianDataForm(family portal.FamilyID, g *db.FamilyGuardian) (views.StaffForm, error) {
	page, err := r.newStaffForm("Copie des données de "+g.DisplayName(), fmt.Sprintf("%s/responsables/%d%s", views.FamilyPath(family), g.ID, dataPath), false)
	page.Lead = "Pour une personne qui la demande sur papier : tout ce que le portail garde d’elle et de ses enfants, dans un fichier JSON, sans rien de l’autre parent. Vérifiez son identité avant de la lui remettre."
	page.Back, page.BackTo, page.Button = views.FamilyPath(family), "Revenir à la famille", "Télécharger"
	page.Groups = []views.FieldGroup{{Fields: []views.Field{{Kind: "password", ID: "actuel", Label: "Votre mot de passe actuel", Required: true}}}}
	return page, err
}

// guardianDataPage asks the password before a guardian's data are downloaded.
func (r *request) guardianDataPage() error {
	family, g, err := r.theGuardian()
	if err != nil {
		return err
	}
	page, err := r.guardianDataForm(family, g)
	if err != nil {
		return err
	}
	return r.render(page)
}

// exportGuardian gives everything kept about a guardian in one file.
func (r *request) exportGuardian() error {
	family, g, err := r.theGuardian()
	if err != nil {
		return err
	}
	data, err := r.site.store.ExportGuardian(r.ctx(), r.structure(), r.proof(), family, g.ID)
	if err != nil {
		page, formErr := r.guardianDataForm(family, g)
		if formErr != nil {
			return formErr
		}
		return r.refuseForm(page, err)
	}
	return r.sendPersonal(data, fmt.Sprintf("donnees-%d.json", g.ID))
}
