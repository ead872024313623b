package handlers

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// familiesPerPage is how many families stand on one page of the list: a search as one types draws it anew at each pause.
const familiesPerPage = 50

// childrenPath is before the number of a child in its addresses.
const childrenPath = "/gestion/enfants/"

// counterPath is where one books for a family.
const counterPath = "/gestion/guichet/:family"

// families lists the families that a search finds, or all of them.
func (r *request) families() error {
	ask := db.FamilyAsk{Search: portal.Clip(r.Query("q"), 100), Manager: r.mayManage()}
	ask.Archived = ask.Manager && r.Query("archives") == "1"
	classes, err := r.classChoices(r.Query("classe"), "Toutes les classes")
	if err != nil {
		return err
	}
	query := url.Values{}
	if ask.Archived {
		query.Set("archives", "1")
	}
	if ask.Search != "" {
		query.Set("q", ask.Search)
	}
	if n, err := strconv.ParseInt(r.Query("classe"), 10, 64); err == nil && n > 0 {
		ask.Class = portal.ClassID(n)
		query.Set("classe", r.Query("classe"))
	}
	from := r.from()
	list, total, err := r.site.store.Families(r.ctx(), r.structure(), ask, from, familiesPerPage)
	if err != nil {
		return err
	}
	page := views.Families{Frame: r.frame("Familles", views.FamiliesPath), Search: ask.Search, Class: query.Get("classe"), Total: portal.Count(total, "famille"), Manager: ask.Manager, Archived: ask.Archived}
	if r.Query("fait") == "efface" {
		page.Done = "L’effacement est fait. Il est noté dans le journal, sans nom."
	}
	if ask.Search != "" {
		page.Title = "Familles : « " + ask.Search + " »"
	}
	if len(classes) > 1 {
		page.Classes = classes
	}
	for _, f := range list {
		page.Rows = append(page.Rows, familyRow(f, ask.Manager))
	}
	page.Pager = views.NewPager(from, familiesPerPage, total, func(from int) string {
		q := url.Values{"q": query["q"], "classe": query["classe"], "archives": query["archives"]}
		if from > 0 {
			q.Set("a_partir", strconv.Itoa(from))
		}
		return views.FamiliesPath + "?" + q.Encode()
	})
	return r.render(page)
}

func familyRow(f db.FamilyLine, manager bool) views.FamilyRow {
	row := views.FamilyRow{URL: views.FamilyPath(f.ID), Name: f.Name, Outside: !f.Resident}
	if manager {
		row.Address = f.Address()
	}
	for _, g := range f.Guardians {
		row.Guardians = append(row.Guardians, views.GuardianLine{Name: g.Title(), Phones: views.NewPhones(g.Phones...)})
	}
	for _, c := range f.Children {
		row.Children = append(row.Children, views.ChildLink{URL: views.ChildPath(c.ID), Name: c.Name, Class: c.Class})
	}
	switch len(f.Children) {
	case 0:
	case 1:
		row.Book = views.DeskPath(f.ID)
	default:
		row.Book = views.DeskPath(f.ID) + "?enfant=" + everyChild
	}
	return row
}

// classChoices lists the classes of the year; the first choice is none of them.
func (r *request) classChoices(chosen, none string) ([]views.Choice, error) {
	return r.classesIn(chosen, none, func(c db.ClassChoice) bool { return c.Current })
}

// classesIn lists the classes of some school years; the first choice is none of them.
func (r *request) classesIn(chosen, none string, in func(db.ClassChoice) bool) ([]views.Choice, error) {
	classes, err := r.site.store.Classes(r.ctx(), r.structure())
	if err != nil {
		return nil, err
	}
	classes = slices.DeleteFunc(classes, func(c db.ClassChoice) bool { return !in(c) })
	several := slices.ContainsFunc(classes, func(c db.ClassChoice) bool { return c.School != classes[0].School })
	list := []views.Choice{{Label: none}}
	for _, c := range classes {
		label := c.Name
		if several {
			label += ", " + c.School
		}
		if !c.Current {
			label += ", " + c.Year
		}
		list = append(list, views.Choice{Value: fmt.Sprint(c.ID), Label: label})
	}
	return views.Choose(list, chosen), nil
}

// familyDone says what was just done, by the word in the address.
var familyDone = map[string]string{
	"creee":         "La famille est créée. Ajoutez maintenant un responsable, puis les enfants.",
	"foyer":         "Le foyer est enregistré.",
	"responsable":   "Le responsable est ajouté. Éditez sa lettre : elle lui donne son identifiant et un mot de passe provisoire.",
	"rattache":      "Le responsable est rattaché à cette famille. Il garde son compte et son mot de passe.",
	"fiche":         "La fiche du responsable est enregistrée.",
	"retire":        "Le responsable n’est plus dans cette famille. Son compte et ce qu’il a fait sont gardés.",
	"enfant":        "L’enfant est ajouté.",
	"note":          "La note est enregistrée.",
	"archivee":      "La famille est archivée : elle n’est plus dans les listes, et ses responsables ne la trouvent plus sur le portail.",
	"desarchivee":   "La famille est sortie des archives.",
	"enfant-retire": "L’enfant ne fait plus partie de cette famille.",
	"note-retire":   "La note est retirée.",
	"reunie":        "Les deux fiches de cette famille sont réunies.",
	"reunie-relire": "Les deux fiches de cette famille sont réunies. Les fiches d’un enfant ne disaient pas la même chose de sa santé ou de son repas : les deux textes sont gardés, relisez-les sur sa fiche.",
	"comptes":       "Les deux comptes sont réunis. Les adresses de la personne reçoivent un message qui dit l’identifiant à garder.",
	"connu":         "Cette personne est déjà responsable dans cette famille : rien n’a été ajouté.",
	"numero":        "La fiche que vous demandiez a été réunie avec celle-ci.",
}

// familyPage shows a family.
func (r *request) familyPage() error {
	page, err := r.familyView()
	if err != nil {
		return err
	}
	page.Done = familyDone[r.Query("fait")]
	return r.render(page)
}

func (r *request) familyView() (*views.FamilyPage, error) {
	id, err := number[portal.FamilyID](r.Params("family"))
	if err != nil {
		return nil, err
	}
	f, err := r.site.store.FamilyFile(r.ctx(), r.structure(), id, r.mayManage())
	if err != nil {
		return nil, err
	}
	page := &views.FamilyPage{Frame: r.frame("Famille "+f.Name, views.FamiliesPath), Heading: "Famille " + f.Name, URL: views.FamilyPath(id), Manager: r.mayManage(),
		Address: f.Address(), Resident: f.Resident, NoteMost: portal.FamilyNoteMost}
	when, err := r.site.store.FamilyShelf(r.ctx(), r.structure(), id)
	if err != nil {
		return nil, err
	}
	if !when.IsZero() {
		page.Archived = portal.DateOf(when).LongYear()
	}
	if page.Manager && page.Archived == "" {
		page.Join = page.URL + joinPath
	}
	page.Admin = r.session.Desk().Role == portal.Administrator
	if r.site.opens(counterPath, r.session) {
		page.Book = views.DeskPath(id)
	}
	for _, g := range f.Guardians {
		page.Guardians = append(page.Guardians, r.guardianCard(page.URL, g))
	}
	for _, c := range f.Children {
		page.Children = append(page.Children, views.NewFamilyChild(c.ChildFile, c.Care, c.Others, r.now))
	}
	if !page.Manager {
		return page, nil
	}
	for _, n := range f.Notes {
		page.Notes = append(page.Notes, views.NoteLine{When: portal.Instant(n.At), By: n.By.Title(), Text: n.Body, Remove: fmt.Sprintf("%s/notes/%d/retirer", page.URL, n.ID), CSRF: r.session.CSRF})
	}
	page.Key, err = r.site.store.NewFormKey()
	return page, err
}

func (r *request) guardianCard(family string, g db.FamilyGuardian) views.GuardianCard {
	card := views.NewGuardianCard(g.GuardianFile)
	if !r.mayManage() {
		return card
	}
	card.SetAccount(g.Login, g.Letter, g.Until, g.FirstSeen, g.LastSeen, r.now)
	card.CSRF, card.LetterSeen, card.ChangeURL = r.session.CSRF, milliseconds(g.Letter), fmt.Sprintf("%s/responsables/%d", family, g.ID)
	card.JoinURL = card.ChangeURL + joinPath
	if administrators.admit(r.session) {
		card.DataURL = card.ChangeURL + dataPath
	}
	if r.mayWriteTo(db.AccountLine{Agent: g.Agent}) {
		card.LetterURL = fmt.Sprintf("/gestion/comptes/%d/lettre", g.ID)
	}
	return card
}

// writeNote keeps a note about a family.
func (r *request) writeNote() error {
	id, err := number[portal.FamilyID](r.Params("family"))
	if err != nil {
		return err
	}
	err = r.site.store.WriteNote(r.ctx(), r.structure(), r.account(), id, r.FormValue("note"), r.FormValue("cle"))
	if refusal := portal.AsError(err); refusal != nil && len(refusal.Fields) > 0 {
		page, err := r.familyView()
		if err != nil {
			return err
		}
		page.Faults, page.Note = views.FaultsOf(refusal), r.FormValue("note")
		return r.renderInvalid(page)
	}
	if err != nil {
		return err
	}
	return r.redirect303(views.FamilyPath(id) + "?fait=note#t-notes")
}

// removeNote takes a note away.
func (r *request) removeNote() error {
	id, err := number[portal.FamilyID](r.Params("family"))
	if err != nil {
		return err
	}
	note, err := number[int64](r.Params("note"))
	if err != nil {
		return err
	}
	if err := r.site.store.RemoveNote(r.ctx(), r.structure(), r.account(), id, note); err != nil {
		return err
	}
	return r.redirect303(views.FamilyPath(id) + "?fait=note-retire#t-notes")
}

// familyJournal lists what staff changed of a family.
func (r *request) familyJournal() error {
	id, err := number[portal.FamilyID](r.Params("family"))
	if err != nil {
		return err
	}
	from := r.from()
	f, list, total, err := r.site.store.FamilyJournal(r.ctx(), r.structure(), id, from, linesPerPage)
	if err != nil {
		return err
	}
	page := views.FamilyJournal{Frame: r.frame("Historique de la famille "+f.Name, views.FamiliesPath), Heading: "Historique de la famille " + f.Name, URL: views.FamilyPath(id), Name: "Famille " + f.Name}
	for _, e := range list {
		by := "le portail"
		if e.By != 0 {
			by = e.Who.Title()
		}
		page.Lines = append(page.Lines, views.NewJournalEvent(e.StaffEvent, by, r.now))
	}
	page.Pager = pager(page.URL+"/historique", nil, from, total)
	return r.render(page)
}
