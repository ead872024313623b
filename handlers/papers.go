package handlers

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

const askedPapersPath = settingsPath + "/documents"

// duePapers lists the children whose document of a kind is missing, or ends soon.
func (r *request) duePapers() error {
	asked, err := r.site.store.AskedPapers(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	kind := portal.PaperKind(r.Query("nature"))
	if r.Query("nature") == "" {
		kind = portal.Insurance
		if len(asked) > 0 && !slices.Contains(asked, kind) {
			kind = asked[0]
		}
	}
	if !slices.Contains(portal.PaperKinds, kind) {
		return fiber.ErrNotFound
	}
	from := r.from()
	list, counts, err := r.site.store.DuePapers(r.ctx(), r.structure(), kind, from, linesPerPage)
	if err != nil {
		return err
	}
	page := views.DuePapers{Frame: r.frame("Pièces qui expirent : "+kind.Words(), views.FamiliesPath), Kind: kind.Words(), Total: views.DueWords(counts.Missing, counts.Expired, counts.Soon),
		Asked: slices.Contains(asked, kind), IsPlan: kind == portal.PlanPaper, AskedAt: askedPapersPath}
	for _, k := range portal.PaperKinds {
		page.Kinds = append(page.Kinds, views.PaperTab{URL: views.DuePapersPath(k), Label: k.Words(), Current: k == kind})
	}
	for _, d := range list {
		page.Lines = append(page.Lines, views.NewDueLine(d.Child, d.Name, d.Class, d.School, d.Expires, portal.DateOf(r.now)))
	}
	page.Pager = pager(views.PapersPath, url.Values{"nature": {string(kind)}}, from, counts.Missing+counts.Expired+counts.Soon)
	return r.render(page)
}

// askedPapersForm is the form of the kinds of document that are asked of every child.
func (r *request) askedPapersForm() error {
	asked, err := r.site.store.AskedPapers(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	page, err := r.newStaffForm("Documents demandés aux familles", askedPapersPath, false)
	if err != nil {
		return err
	}
	page.Frame = r.frame(page.Heading, settingsPath)
	page.Back, page.BackTo = views.PapersPath, "Voir les pièces qui expirent"
	page.Lead = "Quels documents demandez-vous pour chaque enfant ? Ceux qui manquent sont signalés sur la fiche de l’enfant et dans la liste des pièces qui expirent. Un enfant qui a un PAI doit toujours donner le PAI signé."
	group := views.FieldGroup{Legend: "Pour chaque enfant"}
	for _, k := range portal.AskedKinds {
		group.Fields = append(group.Fields, boxField(string(k), k.Words(), slices.Contains(asked, k)))
	}
	page.Groups = []views.FieldGroup{group}
	return r.render(page)
}

// askPapers replaces the kinds of document that are asked.
func (r *request) askPapers() error {
	var kinds []portal.PaperKind
	for _, k := range portal.AskedKinds {
		if r.ticked(string(k)) {
			kinds = append(kinds, k)
		}
	}
	if err := r.site.store.AskPapers(r.ctx(), r.structure(), r.account(), kinds); err != nil {
		return err
	}
	return r.redirect303(views.PapersPath)
}

// paperForm is the form of a document of a child.
func (r *request) paperForm(c *db.ChildPage, kind, expires string, family portal.FamilyID) (views.StaffForm, error) {
	page, err := r.newStaffForm("Ajouter un document pour "+c.FirstName, views.ChildPath(c.ID)+"/documents", true)
	page.Upload, page.Back, page.BackTo = true, views.ChildPath(c.ID), "Revenir à la fiche"
	kinds := []views.Choice{{Label: "Choisissez…"}}
	for _, k := range portal.PaperKinds {
		kinds = append(kinds, views.Choice{Value: string(k), Label: k.Words()})
	}
	fields := []views.Field{{Kind: "list", ID: "nature", Label: "Quel document ?", Options: views.Choose(kinds, kind)},
		{Kind: "date", ID: "expire", Label: "Valable jusqu’au (facultatif)", Value: expires, Hint: "Une attestation d’assurance va souvent jusqu’au 31 août."}}
	if len(c.Families) > 1 {
		var families []views.Choice
		for _, f := range c.Families {
			families = append(families, views.Choice{Value: fmt.Sprint(f.ID), Label: "Famille " + f.Name})
		}
		fields = append(fields, views.Field{Kind: "list", ID: "famille", Label: "Apporté par", Options: views.Choose(families, fmt.Sprint(family)), Hint: "L’autre famille de l’enfant ne peut pas l’ouvrir."})
	}
	fields = append(fields, views.Field{Kind: "file", ID: "fichier", Label: "Fichier (facultatif)", Hint: "Un PDF, ou une photo JPEG ou PNG, de " + portal.Megabytes(portal.DocumentBytesMost) + " au plus. Sans fichier, le document est noté comme vu sur papier."})
	page.Groups = []views.FieldGroup{{Fields: fields}}
	return page, err
}

// newPaper asks for a document.
func (r *request) newPaper() error {
	c, err := r.theChild()
	if err != nil {
		return err
	}
	page, err := r.paperForm(c, r.Query("nature"), "", 0)
	if err != nil {
		return err
	}
	return r.render(page)
}

// addPaper keeps a document of a child.
func (r *request) addPaper() error {
	c, err := r.theChild()
	if err != nil {
		return err
	}
	name, body, err := r.upload("fichier")
	if err != nil {
		return err
	}
	faults := portal.Invalid("Ce document ne peut pas être enregistré tel quel.")
	p := portal.Paper{Kind: portal.PaperKind(r.FormValue("nature")), Expires: r.typedDay("expire", faults), Family: r.familyOfForm(c), Name: name}
	page, err := r.paperForm(c, r.FormValue("nature"), r.FormValue("expire"), p.Family)
	if err != nil {
		return err
	}
	if len(faults.Fields) > 0 {
		return r.refuseForm(page, faults)
	}
	if err := r.site.store.AddPaper(r.ctx(), r.structure(), r.account(), c.ID, p, body, r.FormValue("cle")); err != nil {
		return r.refuseForm(page, err)
	}
	return r.redirect303(views.ChildPath(c.ID) + "?fait=document#t-documents")
}

// removePaper takes a document away.
func (r *request) removePaper() error {
	c, err := r.theChild()
	if err != nil {
		return err
	}
	if err := r.site.store.RemovePaper(r.ctx(), r.structure(), r.account(), c.ID, r.Params("document")); err != nil {
		return err
	}
	return r.redirect303(views.ChildPath(c.ID) + "?fait=document-retire#t-documents")
}
