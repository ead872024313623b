package handlers

import (
	"fmt"
	"slices"
	"strings"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

const schoolsPath = settingsPath + "/ecoles"

func schoolPath(id portal.SchoolID) string { return fmt.Sprintf("%s/%d", schoolsPath, id) }

// chosenYear gives the school year that a page is about, that of today unless another one is asked for; with the way to the
// others.
func (r *request) chosenYear(path, asked string) (portal.SchoolYearRef, []views.YearTab, error) {
	setup, err := r.site.store.Setup(r.ctx(), r.structure())
	if err != nil {
		return portal.SchoolYearRef{}, nil, err
	}
	var year portal.SchoolYearRef
	if y := setup.YearOf(portal.DateOf(r.now)); y != nil {
		year = *y
	}
	for _, y := range setup.Years {
		if fmt.Sprint(y.ID) == asked {
			year = y
		}
	}
	var tabs []views.YearTab
	for _, y := range setup.Years {
		tabs = append(tabs, views.YearTab{URL: fmt.Sprintf("%s?annee=%d", path, y.ID), Label: y.Label, Current: y.ID == year.ID})
	}
	return year, tabs, nil
}

func yearTitle(y portal.SchoolYearRef) string {
	if y.ID == 0 {
		return "Aucune année scolaire"
	}
	return "Année scolaire " + y.Label
}

func classLine(c db.Class) views.ClassLine {
	return views.ClassLine{Name: c.Name, URL: fmt.Sprintf("%s/classes/%d", schoolPath(c.School), c.ID), Levels: strings.Join(c.Levels(), ", "), Children: portal.Count(c.Children, "enfant")}
}

func (r *request) schoolsView(typed string, faults views.Faults) (views.Schools, error) {
	page := views.Schools{Frame: r.frame("Écoles et classes", settingsPath), Faults: faults,
		Name: views.Entry{ID: "nom", Label: "Nom de l’école", Hint: "Comme les familles le disent : « École Jean-Jaurès ».", Type: "text", Value: typed, Most: 100, Required: true, Fault: faults.On("nom")}}
	year, tabs, err := r.chosenYear(schoolsPath, r.Query("annee"))
	if err != nil {
		return page, err
	}
	page.Years, page.Year = tabs, yearTitle(year)
	schools, err := r.site.store.SchoolsOf(r.ctx(), r.structure())
	if err != nil {
		return page, err
	}
	classes, err := r.site.store.ClassesOf(r.ctx(), r.structure(), year.ID)
	if err != nil {
		return page, err
	}
	for _, sc := range schools {
		card := views.SchoolCard{Name: sc.Name, URL: fmt.Sprintf("%s?annee=%d", schoolPath(sc.ID), year.ID)}
		children := 0
		for _, c := range classes {
			if c.School == sc.ID {
				card.Classes = append(card.Classes, classLine(c))
				children += c.Children
			}
		}
		card.Total = portal.Count(len(card.Classes), "classe") + ", " + portal.Count(children, "enfant")
		page.Cards = append(page.Cards, card)
	}
	switch r.Query("enregistre") {
	case "retrait":
		page.Notice = "L’école est retirée."
	case "reunion":
		page.Notice = "Les deux écoles sont réunies."
	}
	return page, nil
}

// schools lists the schools and their classes.
func (r *request) schools() error {
	page, err := r.schoolsView("", nil)
	if err != nil {
		return err
	}
	return r.render(page)
}

// addSchool adds a school and shows it.
func (r *request) addSchool() error {
	id, err := r.site.store.SaveSchool(r.ctx(), r.account(), r.structure(), 0, r.FormValue("nom"), "")
	if refusal := portal.AsError(err); refusal != nil && len(refusal.Fields) > 0 {
		page, err := r.schoolsView(portal.Clip(r.FormValue("nom"), 200), views.FaultsOf(refusal))
		if err != nil {
			return err
		}
		return r.renderInvalid(page)
	}
	if err != nil {
		return err
	}
	return r.redirect303(schoolPath(id) + "?enregistre=1")
}

// theSchool finds the school of the address; another structure's is not found.
func (r *request) theSchool() (db.School, error) {
	id, err := number[portal.SchoolID](r.Params("school"))
	if err != nil {
		return db.School{}, err
	}
	return r.site.store.SchoolOf(r.ctx(), r.structure(), id)
}

func classFields(c db.Class, faults views.Faults) views.ClassFields {
	f := views.ClassFields{Name: views.Entry{ID: "classe", Label: "Nom de la classe", Hint: "Par exemple « CE1 Mme IZARD ».", Type: "text", Value: c.Name, Most: 100, Required: true, Fault: faults.On("classe")}}
	for _, g := range portal.Grades {
		f.Levels = append(f.Levels, views.Choice{Value: g, Label: g, Current: slices.Contains(c.Grades, g)})
	}
	return f
}

// readClass reads the name and the levels of a class over what it was.
func (r *request) readClass(c db.Class) db.Class {
	c.Name, c.Grades = portal.Clip(strings.TrimSpace(r.FormValue("classe")), 200), nil
	for _, g := range portal.Grades {
		if r.FormValue("niveau-"+g) != "" {
			c.Grades = append(c.Grades, g)
		}
	}
	return c
}

// classFaults brings the refusal of a class to the fields of its form.
func classFaults(refusal *portal.Error) views.Faults {
	faults := views.FaultsOf(refusal)
	for i := range faults {
		faults[i].Field = strings.Replace(faults[i].Field, "nom", "classe", 1)
	}
	return faults
}

func (r *request) schoolView(sc db.School, typed string, class db.Class, faults views.Faults) (views.SchoolPage, error) {
	path := schoolPath(sc.ID)
	page := views.SchoolPage{Frame: r.frame("École : "+sc.Name, settingsPath), Heading: sc.Name, Action: path, Stamp: views.Stamp{Seen: portal.Version(sc.Facts())}, RemoveURL: path + "/retirer", JoinURL: path + "/reunir", Faults: faults,
		Name: views.Entry{ID: "nom", Label: "Nom de l’école", Type: "text", Value: typed, Most: 100, Required: true, Fault: faults.On("nom")}, New: classFields(class, faults)}
	asked := r.Query("annee")
	if r.FormValue("annee") != "" {
		asked = r.FormValue("annee")
	}
	year, tabs, err := r.chosenYear(path, asked)
	if err != nil {
		return page, err
	}
	page.Years, page.Year, page.YearID = tabs, yearTitle(year), year.ID
	schools, err := r.site.store.SchoolsOf(r.ctx(), r.structure())
	if err != nil {
		return page, err
	}
	page.Others, page.Empty = len(schools) > 1, sc.Classes == 0
	classes, err := r.site.store.ClassesOf(r.ctx(), r.structure(), year.ID)
	if err != nil {
		return page, err
	}
	for _, c := range classes {
		if c.School == sc.ID {
			page.Classes = append(page.Classes, classLine(c))
		}
	}
	switch r.Query("enregistre") {
	case "1":
		page.Notice = "L’école est enregistrée."
	case "classe":
		page.Notice = "La classe est enregistrée."
	case "retrait":
		page.Notice = "La classe est retirée."
	}
	return page, nil
}

// school shows a school.
func (r *request) school() error {
	sc, err := r.theSchool()
	if err != nil {
		return err
	}
	page, err := r.schoolView(sc, sc.Name, db.Class{}, nil)
	if err != nil {
		return err
	}
	return r.render(page)
}

// schoolRefused shows a school with what is wrong in one of its forms, or what cannot be done.
func (r *request) schoolRefused(sc db.School, err error, typed string, class db.Class, faults func(*portal.Error) views.Faults) error {
	refusal := portal.AsError(err)
	if refusal == nil || refusal.Kind == portal.KindNotFound {
		return err
	}
	page, viewErr := r.schoolView(sc, typed, class, faults(refusal))
	if viewErr != nil {
		return viewErr
	}
	r.keepStamp(&page)
	if refusal.Kind == portal.KindConflict {
		now, viewErr := r.schoolView(sc, sc.Name, db.Class{}, nil)
		if viewErr != nil {
			return viewErr
		}
		if seen := r.FormValue("vu"); seen != "" && seen != now.Seen {
			return r.renderStale(&page, &now, refusal)
		}
		page.Stuck = refusal.Message
	}
	r.Status(int(refusal.Kind))
	return r.render(page)
}

// renameSchool gives a school another name.
func (r *request) renameSchool() error {
	sc, err := r.theSchool()
	if err != nil {
		return err
	}
	if _, err := r.site.store.SaveSchool(r.ctx(), r.account(), r.structure(), sc.ID, r.FormValue("nom"), r.FormValue("vu")); err != nil {
		return r.schoolRefused(sc, err, portal.Clip(r.FormValue("nom"), 200), db.Class{}, views.FaultsOf)
	}
	return r.redirect303(schoolPath(sc.ID) + "?enregistre=1")
}

// removeSchool takes an empty school away.
func (r *request) removeSchool() error {
	sc, err := r.theSchool()
	if err != nil {
		return err
	}
	if err := r.site.store.RemoveSchool(r.ctx(), r.account(), r.structure(), sc.ID); err != nil {
		return r.schoolRefused(sc, err, sc.Name, db.Class{}, views.FaultsOf)
	}
	return r.redirect303(schoolsPath + "?enregistre=retrait")
}

// addClass adds a class to a school in the year shown.
func (r *request) addClass() error {
	sc, err := r.theSchool()
	if err != nil {
		return err
	}
	year, _, err := r.chosenYear(schoolsPath, r.FormValue("annee"))
	if err != nil {
		return err
	}
	class := r.readClass(db.Class{School: sc.ID, Year: year.ID})
	if _, err := r.site.store.SaveClass(r.ctx(), r.account(), r.structure(), class, ""); err != nil {
		return r.schoolRefused(sc, err, sc.Name, class, classFaults)
	}
	return r.redirect303(fmt.Sprintf("%s?annee=%d&enregistre=classe", schoolPath(sc.ID), year.ID))
}

// theClass finds the class of the address in its school.
func (r *request) theClass() (*db.Class, error) {
	sc, err := r.theSchool()
	if err != nil {
		return nil, err
	}
	id, err := number[portal.ClassID](r.Params("class"))
	if err != nil {
		return nil, err
	}
	c, err := r.site.store.ClassOf(r.ctx(), r.structure(), id)
	if err == nil && c.School != sc.ID {
		return nil, portal.NotFound("Cette classe n’existe pas.")
	}
	return c, err
}

func (r *request) classView(was, typed db.Class, faults views.Faults) views.ClassPage {
	path := schoolPath(was.School)
	page := views.ClassPage{Frame: r.frame("Classe : "+was.Name, settingsPath), Heading: was.Name, Action: fmt.Sprintf("%s/classes/%d", path, was.ID),
		Stamp: views.Stamp{Seen: portal.Version(was.Facts())}, Back: fmt.Sprintf("%s?annee=%d", path, was.Year), Children: portal.Count(was.Children, "enfant"), Fields: classFields(typed, faults), Faults: faults}
	if was.Children == 0 {
		page.RemoveURL = page.Action + "/retirer"
	}
	return page
}

// class shows a class to change it; its levels are those of its children until the town hall says them.
func (r *request) class() error {
	c, err := r.theClass()
	if err != nil {
		return err
	}
	return r.render(r.savedClass(*c))
}

func (r *request) savedClass(c db.Class) views.ClassPage {
	typed := c
	typed.Grades = c.Levels()
	return r.classView(c, typed, nil)
}

// changeClass gives a class another name or other levels.
func (r *request) changeClass() error {
	c, err := r.theClass()
	if err != nil {
		return err
	}
	typed := r.readClass(*c)
	_, err = r.site.store.SaveClass(r.ctx(), r.account(), r.structure(), typed, r.FormValue("vu"))
	return r.classSaved(*c, typed, err, "classe")
}

// removeClass takes an empty class away.
func (r *request) removeClass() error {
	c, err := r.theClass()
	if err != nil {
		return err
	}
	return r.classSaved(*c, *c, r.site.store.RemoveClass(r.ctx(), r.account(), r.structure(), c.ID), "retrait")
}

func (r *request) classSaved(was, typed db.Class, err error, what string) error {
	if err == nil {
		return r.redirect303(fmt.Sprintf("%s?annee=%d&enregistre=%s", schoolPath(was.School), was.Year, what))
	}
	refusal := portal.AsError(err)
	if refusal == nil || refusal.Kind == portal.KindNotFound {
		return err
	}
	page := r.classView(was, typed, classFaults(refusal))
	r.keepStamp(&page)
	if refusal.Kind == portal.KindConflict {
		if now := r.savedClass(was); what != "retrait" {
			return r.renderStale(&page, &now, refusal)
		}
		page.Stuck = refusal.Message
	}
	r.Status(int(refusal.Kind))
	return r.render(page)
}

func (r *request) mergeView(sc db.School, into portal.SchoolID, faults views.Faults) (views.SchoolMerge, error) {
	page := views.SchoolMerge{Frame: r.frame("Réunir : "+sc.Name, settingsPath), Heading: "Réunir « " + sc.Name + " » avec une autre école", Action: schoolPath(sc.ID) + "/reunir", Back: schoolPath(sc.ID), Faults: faults,
		Into: views.Pick{ID: "dans", Label: "Quelle école garder ?", Hint: "« " + sc.Name + " » disparaît, tout ce qu’elle a passe dans l’école choisie ici.", Fault: faults.On("dans")}}
	schools, err := r.site.store.SchoolsOf(r.ctx(), r.structure())
	if err != nil {
		return page, err
	}
	for _, other := range schools {
		if other.ID != sc.ID {
			page.Into.Choices = append(page.Into.Choices, views.Choice{Value: fmt.Sprint(other.ID), Label: other.Name, Current: other.ID == into})
		}
	}
	return page, nil
}

// mergePage asks which school to keep.
func (r *request) mergePage() error {
	sc, err := r.theSchool()
	if err != nil {
		return err
	}
	page, err := r.mergeView(sc, 0, nil)
	if err != nil {
		return err
	}
	return r.render(page)
}

// mergeSchools shows what putting two schools together moves, then does it.
func (r *request) mergeSchools() error {
	sc, err := r.theSchool()
	if err != nil {
		return err
	}
	into, err := number[portal.SchoolID](r.FormValue("dans"))
	if err != nil {
		page, err := r.mergeView(sc, 0, views.Faults{{Field: "dans", Message: "Choisissez l’école à garder."}})
		if err != nil {
			return err
		}
		return r.renderInvalid(page)
	}
	if r.FormValue("faire") == "reunir" {
		if _, err := r.site.store.MergeSchools(r.ctx(), r.account(), r.structure(), sc.ID, into); err != nil {
			return err
		}
		return r.redirect303(schoolsPath + "?enregistre=reunion")
	}
	m, err := r.site.store.PlanMerge(r.ctx(), r.structure(), sc.ID, into)
	if err != nil {
		return err
	}
	page, err := r.mergeView(sc, into, nil)
	if err != nil {
		return err
	}
	page.Tried, page.Target = true, fmt.Sprint(into)
	page.Sentence = fmt.Sprintf("« %s » disparaît. Tout ce qu’elle a passe dans « %s » :", m.From.Name, m.Into.Name)
	page.Lines = []string{portal.Count(m.Children, "place d’enfant dans une classe", "places d’enfants dans une classe") + ", toutes années confondues", portal.Count(m.Classes, "classe") + " telle quelle"}
	if m.Classes > 1 {
		page.Lines[1] = portal.Count(m.Classes, "classe") + " telles quelles"
	}
	if len(m.Joined) > 0 {
		page.Lines = append(page.Lines, portal.Count(len(m.Joined), "classe du même nom réunie", "classes du même nom réunies")+" : "+portal.List(m.Joined))
	}
	if m.Messages > 0 {
		page.Lines = append(page.Lines, portal.Count(m.Messages, "message aux familles", "messages aux familles"))
	}
	if m.Settings > 0 {
		page.Lines = append(page.Lines, portal.Count(m.Settings, "réglage d’activité ou de places", "réglages d’activité ou de places")+" pour cette école")
	}
	return r.render(page)
}
