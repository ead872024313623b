package handlers

import (
	"fmt"
	"slices"
	"strconv"

	"marelle/portal"
	"marelle/views"
)

// priorities shows who goes first for each activity, and the town hall's own criteria.
func (r *request) priorities() error {
	page, err := r.prioritiesPage()
	if err != nil {
		return err
	}
	page.Notice = map[string]string{"publiees": "Les priorités sont publiées : les familles les lisent sur le calendrier.", "critere": "Le critère est enregistré.", "retire": "Le critère est retiré."}[r.Query("fait")]
	return r.render(page)
}

func (r *request) prioritiesPage() (views.Priorities, error) {
	page := views.Priorities{Frame: r.frame("Priorités", settingsPath), Law: portal.CanteenLaw, New: labelFields(0, "", "", nil)}
	setup, err := r.site.store.Setup(r.ctx(), r.structure())
	if err != nil {
		return page, err
	}
	page.SetActivities(setup, r.now)
	labels, err := r.site.store.PriorityLabels(r.ctx(), r.structure())
	for _, l := range labels {
		page.Labels = append(page.Labels, views.PriorityLabel{ID: l.ID, Name: l.Name, Document: l.Document, Fields: labelFields(l.ID, l.Name, l.Document, nil)})
	}
	return page, err
}

// savePriorityLabel makes a criterion of the town hall's own.
func (r *request) savePriorityLabel() error { return r.takeLabel(0) }

// changePriorityLabel renames one, or takes it away.
func (r *request) changePriorityLabel() error {
	id, err := number[portal.LabelID](r.Params("label"))
	if err != nil {
		return err
	}
	labels, err := r.site.store.PriorityLabels(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(labels, func(l portal.PriorityLabel) bool { return l.ID == id }) {
		return portal.NotFound("Ce critère n’existe pas.")
	}
	return r.takeLabel(id)
}

func (r *request) takeLabel(id portal.LabelID) error {
	l := portal.PriorityLabel{ID: id, Name: r.typed("nom"), Document: r.typed("document")}
	done, remove := "critere", id != 0 && r.FormValue("faire") == "retirer"
	var err error
	if remove {
		done, err = "retire", r.site.store.RemovePriorityLabel(r.ctx(), r.structure(), r.account(), id)
	} else {
		err = r.site.store.SavePriorityLabel(r.ctx(), r.structure(), r.account(), l)
	}
	if err == nil {
		return r.redirect303(views.PrioritiesPath + "?fait=" + done)
	}
	refusal := portal.AsError(err)
	if refusal == nil || refusal.Kind == portal.KindNotFound {
		return err
	}
	page, formErr := r.prioritiesPage()
	if formErr != nil {
		return formErr
	}
	page.Faults = views.FaultsOf(refusal)
	if len(refusal.Fields) == 0 {
		page.Warning = refusal.Message
	}
	if id == 0 {
		page.New = labelFields(0, l.Name, l.Document, page.Faults)
	} else {
		page.Faults = page.Faults.OfForm(fmt.Sprint(id))
	}
	for i := range page.Labels {
		if p := &page.Labels[i]; p.ID == id && !remove {
			p.Fields = labelFields(id, l.Name, l.Document, page.Faults)
		}
	}
	r.Status(int(refusal.Kind))
	return r.render(page)
}

// labelFields asks for the words and the document of a criterion, as they are typed; zero is a new one.
func labelFields(id portal.LabelID, name, document string, faults views.Faults) views.NamedDocument {
	if id != 0 {
		return views.NewNamedDocument(fmt.Sprint(id), "Critère", name, document, portal.LabelMost, faults)
	}
	f := views.NewNamedDocument("", "Nouveau critère, comme les familles le liront", name, document, portal.LabelMost, faults)
	f.Name.Example = "les deux parents travaillent"
	return f
}

// emptyCriteria is how many empty lines the form of priorities has below those that are chosen.
const emptyCriteria = 3

// priorityForm is the ordered list of the criteria of an activity: typed ones, or those that are published.
func (r *request) priorityForm(list []portal.Criterion, typed bool) (a *portal.Activity, page views.StaffForm, err error) {
	id, err := number[portal.ActivityID](r.Params("activity"))
	if err != nil {
		return nil, page, err
	}
	setup, err := r.site.store.Setup(r.ctx(), r.structure())
	if err != nil {
		return nil, page, err
	}
	if a = setup.Activity(id); a == nil {
		return nil, page, portal.NotFound("Cette activité n’existe pas.")
	}
	if a.Kind == portal.Canteen {
		return nil, page, portal.Forbidden("%s", portal.CanteenLaw)
	}
	if page, err = r.newStaffForm("Priorités : "+a.Name, fmt.Sprintf("%s/%d", views.PrioritiesPath, id), false); err != nil {
		return nil, page, err
	}
	if !typed {
		for _, p := range a.Priorities {
			list = append(list, p.Criterion)
		}
	}
	page.Frame = r.frame(page.Heading, settingsPath)
	page.Lead = "Le premier critère départage d’abord ; à égalité le suivant, et à la fin la demande la plus ancienne. Les familles lisent cet ordre. Il propose un rang : la décision reste la vôtre."
	page.Seen = portal.Version(a.PriorityFacts())
	page.Button, page.Back, page.BackTo = "Publier", views.PrioritiesPath, "Revenir aux priorités"
	known, err := r.site.store.KnownCriteria(r.ctx(), r.structure())
	if err != nil {
		return nil, page, err
	}
	choices := []views.Choice{{Value: "", Label: "Aucun"}}
	for _, p := range known {
		choices = append(choices, views.Choice{Value: string(p.Criterion), Label: portal.Capital(p.Words)})
	}
	var fields []views.Field
	for n := 1; n <= min(len(list)+emptyCriteria, portal.PrioritiesMost); n++ {
		value := ""
		if n <= len(list) {
			value = string(list[n-1])
		}
		fields = append(fields, views.Field{Kind: "list", ID: fmt.Sprintf("critere-%d", n), Label: "Critère " + strconv.Itoa(n), Options: views.Choose(choices, value)})
	}
	page.Groups = []views.FieldGroup{{Whole: true, Legend: "L’enfant qui…", Hint: "« Aucun » retire un critère ; ceux d’après montent d’un rang. Des critères à vous se créent à la page des priorités.", Fields: fields}}
	return a, page, nil
}

// priorityPage shows the criteria of an activity to change them.
func (r *request) priorityPage() error {
	_, page, err := r.priorityForm(nil, false)
	if err != nil {
		return err
	}
	return r.render(page)
}

// savePriorities publishes the criteria of an activity.
func (r *request) savePriorities() error {
	var list []portal.Criterion
	for n := 1; n <= portal.PrioritiesMost; n++ {
		if c := portal.Criterion(portal.Clip(r.FormValue(fmt.Sprintf("critere-%d", n)), 60)); c != "" {
			list = append(list, c)
		}
	}
	a, page, err := r.priorityForm(list, true)
	if err != nil {
		return err
	}
	if err := r.site.store.SavePriorities(r.ctx(), r.structure(), r.account(), a.ID, r.FormValue("vu"), list); err != nil {
		return r.refuseChange(page, err, func() (views.StaffForm, error) {
			_, now, err := r.priorityForm(nil, false)
			return now, err
		})
	}
	return r.redirect303(views.PrioritiesPath + "?fait=publiees")
}

// childPriorityForm asks which criteria staff tick on a child.
func (r *request) childPriorityForm() (child portal.ChildID, labels []portal.PriorityLabel, page views.StaffForm, err error) {
	c, err := r.theChild()
	if err != nil {
		return 0, nil, page, err
	}
	if labels, err = r.site.store.PriorityLabels(r.ctx(), r.structure()); err != nil {
		return 0, nil, page, err
	}
	held, err := r.site.store.ChildPriorities(r.ctx(), r.structure(), c.ID)
	if err != nil {
		return 0, nil, page, err
	}
	if page, err = r.newStaffForm("Priorités "+portal.Of(c.FirstName), views.ChildPath(c.ID)+"/priorites", false); err != nil {
		return 0, nil, page, err
	}
	page.Back, page.BackTo = views.ChildPath(c.ID), "Revenir à la fiche"
	page.Seen = portal.Version(portal.HeldFacts(held))
	page.Lead = "Cochez ce que la famille a prouvé. Le portail sait le reste : la commune, l’école, la classe, les frères et sœurs."
	if len(labels) == 0 {
		page.Lead = "Aucun critère n’est encore créé : Réglages, « Priorités », « Nouveau critère »."
	}
	for _, l := range labels {
		id := strconv.FormatInt(int64(l.ID), 10)
		box, dated, last := boxField("critere-"+id, portal.Capital(l.Name), false), views.Field{Kind: "date", ID: "date-" + id, Label: "Date du document"}, views.Field{Kind: "date", ID: "fin-" + id, Label: "Valable jusqu’au (facultatif)"}
		if l.Document != "" {
			dated.Hint = "À présenter : " + l.Document + "."
		}
		for _, h := range held {
			if h.Label == l.ID {
				box.Checked, dated.Value, last.Value = true, h.Dated.String(), h.Last.String()
			}
		}
		page.Groups = append(page.Groups, views.FieldGroup{Legend: portal.Capital(l.Name), Fields: []views.Field{box, dated, last}})
	}
	return c.ID, labels, page, nil
}

// childPriorities shows the criteria ticked on a child.
func (r *request) childPriorities() error {
	_, _, page, err := r.childPriorityForm()
	if err != nil {
		return err
	}
	return r.render(page)
}

// saveChildPriorities ticks criteria on a child, each with the day of its document.
func (r *request) saveChildPriorities() error {
	child, labels, page, err := r.childPriorityForm()
	if err != nil {
		return err
	}
	faults := portal.Invalid("Ces priorités ne peuvent pas être enregistrées telles quelles.")
	var list []portal.HeldLabel
	for i, l := range labels {
		id := strconv.FormatInt(int64(l.ID), 10)
		fields := page.Groups[i].Fields
		fields[0].Checked, fields[1].Value, fields[2].Value = r.ticked("critere-"+id), r.typed("date-"+id), r.typed("fin-"+id)
		if !fields[0].Checked {
			continue
		}
		before := len(faults.Fields)
		h := portal.HeldLabel{Label: l.ID, Name: l.Name, Dated: r.typedDay("date-"+id, faults), Last: r.typedDay("fin-"+id, faults)}
		if len(faults.Fields) == before {
			faults.Fields = append(faults.Fields, h.Faults("date-"+id, "fin-"+id, portal.DateOf(r.now))...)
		}
		list = append(list, h)
	}
	if len(faults.Fields) > 0 {
		return r.refuseForm(page, faults)
	}
	if err := r.site.store.SaveChildPriorities(r.ctx(), r.structure(), r.account(), child, r.FormValue("vu"), list); err != nil {
		return r.refuseChange(page, err, func() (views.StaffForm, error) {
			_, _, now, err := r.childPriorityForm()
			return now, err
		})
	}
	return r.redirect303(views.ChildPath(child) + "?fait=priorites")
}
