package handlers

import (
	"strconv"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

const cutoffsPath = settingsPath + "/delais"

// cutoffActivities lists the activities with their limits.
func (r *request) cutoffActivities() error {
	setup, err := r.site.store.Setup(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	drafts, err := r.site.store.CutoffDrafts(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	page := views.CutoffActivities{Frame: r.frame("Délais", settingsPath)}
	for i := range setup.Activities {
		a := &setup.Activities[i]
		line := views.CutoffActivity{URL: views.CutoffsPath(a.ID), Icon: views.ActivityIcon(a.Kind), Name: a.Name, Words: setup.RuleWords(a, portal.DateOf(r.now).Month(), r.now)}
		if drafts[a.ID] {
			line.Draft = "Brouillon à publier"
		}
		page.Lines = append(page.Lines, line)
	}
	return r.render(page)
}

// cutoffSheet finds the limits of the activity of the address; another structure's is not found.
func (r *request) cutoffSheet() (*db.CutoffSheet, error) {
	id, err := number[portal.ActivityID](r.Params("activity"))
	if err != nil {
		return nil, err
	}
	return r.site.store.Cutoffs(r.ctx(), r.structure(), id)
}

// cutoffs shows the limits of an activity, what they do, and their versions.
func (r *request) cutoffs() error {
	sheet, err := r.cutoffSheet()
	if err != nil {
		return err
	}
	page, err := r.cutoffsPage(sheet, 0)
	if err != nil {
		return err
	}
	switch r.Query("fait") {
	case "brouillon":
		page.Notice = "C’est dans le brouillon. Regardez ce que cela donne, puis publiez."
	case "publie":
		page.Notice = "Les délais sont publiés."
	case "abandonne":
		page.Notice = "Le brouillon est abandonné. Les délais publiés n’ont pas changé."
	case "retire":
		page.Notice = "La version à venir est retirée."
	}
	return r.render(page)
}

// cutoffsPage draws the limits of an activity; first is the day of service from which the draft is tried, today for none.
func (r *request) cutoffsPage(sheet *db.CutoffSheet, first portal.Date) (views.Cutoffs, error) {
	a, names, today := sheet.Activity, sheet.Names(), portal.DateOf(r.now)
	if first == 0 {
		first = today
	}
	page := views.Cutoffs{
		Frame: r.frame("Délais : "+a.Short, settingsPath), Heading: "Délais : " + a.Spoken, Path: views.CutoffsPath(a.ID), Seen: sheet.Seen(),
		First: first.String(), Earliest: today.String(),
	}
	rules := sheet.Rules()
	published := a.RulesOn(max(first, today))
	if sheet.Draft == nil {
		page.Rules = views.NewCutoffLines(rules, nil, names)
	} else {
		page.Draft = "Changé le " + portal.Instant(sheet.Draft.Edited) + "."
		if p, known := sheet.People[sheet.Draft.EditedBy]; known {
			page.Draft = "Changé par " + p.Title() + " le " + portal.Instant(sheet.Draft.Edited) + "."
		}
		page.Rules = views.NewCutoffLines(rules, published, names)
		for _, gone := range views.GoneCutoffLines(rules, published, names) {
			page.Rules = append(page.Rules, views.CutoffLine{Label: "Retiré", Sentence: gone})
		}
		impact, err := r.site.store.CutoffImpact(r.ctx(), r.structure(), a.ID, rules, first)
		if err != nil {
			return page, err
		}
		page.Impact = views.ImpactWords(impact)
	}
	page.Trial = views.NewCutoffTrial(sheet.Setup.TryRules(a, rules, first, r.now), names)
	page.Actions, page.Channels, page.Profiles = cutoffChoices(sheet)
	for _, v := range sheet.Versions {
		page.Versions = append(page.Versions, views.NewCutoffVersion(v, a, page.Path, names, sheet.People, r.now))
	}
	return page, nil
}

func cutoffChoices(sheet *db.CutoffSheet) (actions, channels, profiles []views.CutoffOption) {
	for _, action := range portal.Actions {
		if action != portal.ActionChange || sheet.Activity.AsksHours() {
			actions = append(actions, views.CutoffOption{Value: string(action), Label: portal.Capital(action.Label())})
		}
	}
	channels = []views.CutoffOption{{Value: string(portal.Online), Label: "Les familles, par internet"}, {Value: string(portal.AtDesk), Label: "Les agents, au guichet"}}
	profiles = []views.CutoffOption{{Value: "0", Label: "Toutes"}}
	for _, p := range sheet.Profiles {
		if !p.Removed {
			profiles = append(profiles, views.CutoffOption{Value: strconv.FormatInt(int64(p.ID), 10), Label: "Profil « " + p.Name + " »"})
		}
	}
	return actions, channels, profiles
}

// theCase reads what rule is edited: as one word, or as the three choices of a new one.
func (r *request) theCase(sheet *db.CutoffSheet, value string) (portal.Case, error) {
	if value == "" {
		value = r.Query("action") + "-" + r.Query("canal") + "-" + r.Query("profil")
	}
	c, err := portal.ParseCase(value)
	if err != nil {
		return c, err
	}
	if _, known := sheet.Names()[c.Profile]; c.Profile != 0 && !known {
		return c, portal.NotFound("Ce profil n’existe pas.")
	}
	return c, nil
}

// cutoffEditor prepares the form of a rule.
func (r *request) cutoffEditor(sheet *db.CutoffSheet, c portal.Case, form views.CutoffForm, seen int64) views.CutoffEditor {
	page := views.CutoffEditor{Frame: r.frame(c.Label(sheet.Names())+" : "+sheet.Activity.Short, settingsPath), Heading: c.Action.Question(), Path: views.CutoffsPath(sheet.Activity.ID),
		Case: c.Key(), Seen: seen, Form: form, Who: portal.Capital(sheet.Activity.Spoken)}
	if words := c.Words(sheet.Names()); words != "" {
		page.Who += ", " + words
	}
	return page
}

// cutoffPage asks for a rule in its shape.
func (r *request) cutoffPage() error {
	sheet, err := r.cutoffSheet()
	if err != nil {
		return err
	}
	c, err := r.theCase(sheet, r.Query("cas"))
	if err != nil {
		return err
	}
	rule := startRule(sheet.Rules(), c)
	if shape := portal.Shape(r.Query("forme")); shape != "" && portal.ShapeWords(shape) != "" && shape != rule.Cutoff.Shape {
		rule.Cutoff = portal.StartCutoff(shape)
	}
	return r.render(r.cutoffEditor(sheet, c, formOf(rule, 1), sheet.Seen()))
}

// startRule gives what the form of a case starts from: its rule, else the one it follows.
func startRule(rules portal.Rules, c portal.Case) portal.Rule {
	rule := portal.Rule{Action: c.Action, Channel: c.Channel, Profile: c.Profile, Cutoff: portal.StartCutoff(portal.ShapeDays)}
	for _, from := range []*portal.Rule{rules.For(c.Action, c.Channel, c.Profile), rules.For(c.Action, c.Channel, 0), rules.For(portal.ActionBook, portal.Online, 0)} {
		if from != nil {
			rule.Cutoff, rule.Late = from.Cutoff, from.Late
			break
		}
	}
	if c.Action == portal.ActionLate && rule.Late == "" {
		rule.Late = portal.LateSurcharged
	}
	return rule
}

// editCutoff keeps a rule in the draft, or shows what it gives.
func (r *request) editCutoff() error {
	sheet, err := r.cutoffSheet()
	if err != nil {
		return err
	}
	c, err := r.theCase(sheet, r.FormValue("cas"))
	if err != nil {
		return err
	}
	seen := r.seen()
	rule, form, refusal := r.readRule(c)
	if refusal == nil {
		refusal = portal.AsError(rule.Cutoff.CheckFor(&sheet.Activity.Opening))
	}
	page := r.cutoffEditor(sheet, c, form, seen)
	preview := r.FormValue("faire") == "exemples" || r.isHTMX()
	switch {
	case r.FormValue("faire") == "ligne":
		page.Form = formOf(rule, 2)
		return r.render(page)
	case refusal != nil && r.isHTMX():
		return r.render(views.CutoffPreview{Fault: refusal.Message, Partial: true})
	case refusal != nil:
		page.Faults = formFaults(rule.Cutoff.Shape, refusal)
		page.Form.Faults = page.Faults
		return r.renderInvalid(page)
	case preview:
		if page.Preview, err = r.cutoffPreview(sheet, rule); err != nil {
			return err
		}
		if r.isHTMX() {
			page.Preview.Partial = true
			return r.render(page.Preview)
		}
		return r.render(page)
	}
	err = r.site.store.EditCutoff(r.ctx(), r.structure(), r.account(), sheet.Activity.ID, rule, seen)
	if refusal := portal.AsError(err); refusal != nil && refusal.Kind == portal.KindConflict {
		page.Conflict, page.Seen = refusal.Message, sheet.Seen() // sent again, it replaces knowingly
		r.Status(int(refusal.Kind))
		return r.render(page)
	}
	if err != nil {
		return err
	}
	return r.redirect303(page.Path + "?fait=brouillon#" + c.Key())
}

// seen reads which state of the draft the page showed.
func (r *request) seen() int64 {
	n, err := strconv.ParseInt(r.FormValue("vu"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// cutoffPreview shows the sentence of a rule, its dated examples and whom it would touch.
func (r *request) cutoffPreview(sheet *db.CutoffSheet, rule portal.Rule) (views.CutoffPreview, error) {
	a, rules, today := sheet.Activity, sheet.Rules().Set(rule), portal.DateOf(r.now)
	impact, err := r.site.store.CutoffImpact(r.ctx(), r.structure(), a.ID, rules, today)
	if err != nil {
		return views.CutoffPreview{}, err
	}
	names := sheet.Names()
	p := views.CutoffPreview{Asked: true, Sentence: rule.Case().Label(names) + " : " + rule.Sentence() + ".", Impact: views.ImpactWords(impact)}
	trial := sheet.Setup.TryRules(a, portal.Rules{rule}, today, r.now)
	p.Trial = views.NewCutoffTrial(trial, names)
	return p, nil
}

// changeDraft runs something on the draft of the activity of the address; what somebody else changed meanwhile is said on the page.
func (r *request) changeDraft(done string, change func(activity portal.ActivityID, seen int64) error) error {
	sheet, err := r.cutoffSheet()
	if err != nil {
		return err
	}
	err = change(sheet.Activity.ID, r.seen())
	refusal := portal.AsError(err)
	if refusal == nil || refusal.Kind != portal.KindConflict && len(refusal.Fields) == 0 {
		if err != nil {
			return err
		}
		return r.redirect303(views.CutoffsPath(sheet.Activity.ID) + "?fait=" + done)
	}
	first, _ := portal.ReadDay(r.FormValue("a_partir"))
	page, err := r.cutoffsPage(sheet, max(first, 0))
	if err != nil {
		return err
	}
	if typed := r.FormValue("a_partir"); typed != "" {
		page.First = portal.Clip(typed, 20)
	}
	if len(refusal.Fields) > 0 {
		page.Faults = formFaults("", refusal)
		return r.renderInvalid(page)
	}
	page.Conflict = refusal.Message
	r.Status(int(refusal.Kind))
	return r.render(page)
}

// removeCutoff takes a rule out of the draft.
func (r *request) removeCutoff() error {
	return r.changeDraft("brouillon", func(activity portal.ActivityID, seen int64) error {
		c, err := portal.ParseCase(r.FormValue("cas"))
		if err != nil {
			return err
		}
		return r.site.store.RemoveCutoff(r.ctx(), r.structure(), r.account(), activity, c, seen)
	})
}

// dropCutoffs forgets the draft.
func (r *request) dropCutoffs() error {
	return r.changeDraft("abandonne", func(activity portal.ActivityID, seen int64) error {
		return r.site.store.DropCutoffDraft(r.ctx(), r.structure(), activity, seen)
	})
}

// publishCutoffs publishes the draft from a day of service on, or shows what it would do from that day.
func (r *request) publishCutoffs() error {
	faults := portal.Invalid("Ces délais ne peuvent pas être publiés tels quels.")
	first := r.typedDay("a_partir", faults)
	if r.FormValue("faire") == "essai" && first >= portal.DateOf(r.now) && first <= portal.DateOf(r.now)+portal.FirstDayMost {
		sheet, err := r.cutoffSheet()
		if err != nil {
			return err
		}
		page, err := r.cutoffsPage(sheet, first)
		if err != nil {
			return err
		}
		return r.render(page)
	}
	return r.changeDraft("publie", func(activity portal.ActivityID, seen int64) error {
		if err := both(faults, nil); err != nil {
			return err
		}
		return r.site.store.PublishCutoffs(r.ctx(), r.structure(), r.account(), activity, first, seen)
	})
}

// withdrawCutoffs takes back a version before its day.
func (r *request) withdrawCutoffs() error {
	version, err := number[int64](r.Params("version"))
	if err != nil {
		return err
	}
	return r.changeDraft("retire", func(activity portal.ActivityID, _ int64) error {
		return r.site.store.WithdrawCutoffs(r.ctx(), r.structure(), r.account(), activity, version)
	})
}
