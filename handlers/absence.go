package handlers

import (
	"fmt"
	"net/url"
	"strconv"

	"marelle/portal"
	"marelle/views"
)

// absences shows what can be announced, what is, and, once days are chosen, what would be.
func (r *request) absences() error {
	page, children, err := r.absencesView()
	if err != nil || page.Nobody != "" {
		return r.renderUnless(err, page)
	}
	if r.Query("du") == "" && r.Query("au") == "" { // nothing is chosen yet
		return r.render(page)
	}
	ask, faults, err := readAbsenceAsk(func(name string) string { return r.Query(name) })
	if err != nil {
		return err
	}
	fillAbsenceForm(page, ask, children)
	page.Taps = nil // the form is what the page is about now
	if r.Query("modifier") != "" {
		return r.render(page)
	}
	return r.checkAbsence(page, ask, faults)
}

func (r *request) renderUnless(err error, page views.Page) error {
	if err != nil {
		return err
	}
	return r.render(page)
}

// checkAbsence shows the days chosen, or what is wrong with the choice.
func (r *request) checkAbsence(page *views.Absences, ask portal.AbsenceAsk, faults *portal.Error) error {
	if refusal := portal.AsError(both(faults, ask.Check(r.now))); refusal != nil {
		page.Faults = views.FaultsOf(refusal)
		return r.renderInvalid(page)
	}
	sheet, err := r.site.store.AbsenceSheet(r.ctx(), r.account(), ask.Child, ask.First, ask.Last)
	if err != nil {
		return err
	}
	r.showCheck(page, sheet, ask)
	return r.render(page)
}

func (r *request) showCheck(page *views.Absences, sheet *portal.AbsenceSheet, ask portal.AbsenceAsk) {
	page.Check = views.NewAbsenceCheck(sheet, ask, r.now, r.session.CSRF)
	page.Heading = "Vérifiez l’absence " + portal.Of(sheet.Child.FirstName)
	page.Title = page.Heading
}

func (r *request) absencesView() (*views.Absences, []portal.Child, error) {
	page := &views.Absences{Frame: r.frame("Mon enfant est malade ou absent", views.AbsencesPath), Heading: "Mon enfant est malade ou absent"}
	children, err := r.site.store.Children(r.ctx(), r.account())
	if err != nil {
		return nil, nil, err
	}
	if len(children) == 0 {
		page.Nobody = r.nobody()
		return page, nil, nil
	}
	if page.Taps, err = r.absenceTaps(views.AbsencesPath); err != nil {
		return nil, nil, err
	}
	spells, err := r.site.store.SpellsShown(r.ctx(), r.account())
	if err != nil {
		return nil, nil, err
	}
	for i := range spells {
		page.Spells = append(page.Spells, views.NewSpellCard(&spells[i], r.now, r.session.CSRF))
	}
	page.TakenBack = r.takenBack()
	asked, _ := strconv.ParseInt(r.Query("enfant"), 10, 64)
	first := portal.DateOf(r.now)
	if len(page.Taps) > 0 {
		first = portal.MustDate(page.Taps[0].Day)
	}
	page.Least = portal.DateOf(r.now).String()
	fillAbsenceForm(page, portal.AbsenceAsk{Child: portal.ChildID(asked), First: first, Last: first, Reason: portal.Sick}, children)
	return page, children, nil
}

// absenceTaps draws « Malade aujourd’hui » for each child who has something booked; from is the page that shows them,
// where the answer leads back.
func (r *request) absenceTaps(from string) ([]views.AbsenceTap, error) {
	today, err := r.site.store.AbsenceToday(r.ctx(), r.account())
	if err != nil {
		return nil, err
	}
	var taps []views.AbsenceTap
	for i := range today {
		taps = append(taps, views.NewAbsenceTap(&today[i], r.now, from, r.session.CSRF))
	}
	return taps, nil
}

// takenBack says what was just taken back, when the address tells it.
func (r *request) takenBack() string {
	n, err := strconv.Atoi(r.Query("presents"))
	if err != nil || n < 0 {
		return ""
	}
	return takenBackWords(n)
}

// takenBackWords says how many absences were ended.
func takenBackWords(n int) string {
	if n == 0 {
		return "Aucune absence n’était signalée ce jour-là : rien n’a changé."
	}
	return portal.Count(n, "absence retirée", "absences retirées") + ". La mairie est prévenue : votre enfant est attendu."
}

// fillAbsenceForm keeps in the form what was chosen.
func fillAbsenceForm(page *views.Absences, ask portal.AbsenceAsk, children []portal.Child) {
	page.First, page.Last, page.Children, page.Reasons = ask.First.String(), ask.Last.String(), nil, nil
	for _, c := range children {
		page.Children = append(page.Children, views.Choice{Value: fmt.Sprint(c.ID), Label: c.FirstName, Current: c.ID == ask.Child || len(children) == 1})
	}
	for _, reason := range []portal.AbsenceReason{portal.Sick, portal.Away} {
		page.Reasons = append(page.Reasons, views.Choice{Value: string(reason), Label: portal.Capital(string(reason)), Current: reason == ask.Reason})
	}
}

// readAbsenceAsk reads the fields enfant, du, au and motif; what is missing is left out, and Check says so. What is no day is a
// fault.
func readAbsenceAsk(field func(string) string) (ask portal.AbsenceAsk, faults *portal.Error, err error) {
	faults = portal.Invalid("Cette absence ne peut pas être signalée telle quelle.")
	if child := field("enfant"); child != "" {
		if ask.Child, err = number[portal.ChildID](child); err != nil {
			return ask, faults, portal.NotFound("Cet enfant n’existe pas, ou n’est pas rattaché à votre compte.")
		}
	}
	ask.First, ask.Last = readDay(field("du"), "du", faults), readDay(field("au"), "au", faults)
	ask.Reason = portal.AbsenceReason(field("motif"))
	return ask, faults, nil
}

// announce records an absence at once.
func (r *request) announce() error {
	ask, faults, err := readAbsenceAsk(func(name string) string { return r.FormValue(name) })
	if err != nil {
		return err
	}
	if len(faults.Fields) > 0 {
		return r.announceRefused(ask, nil, portal.AsError(both(faults, ask.Check(r.now))))
	}
	id, sheet, err := r.site.store.Announce(r.ctx(), r.account(), ask)
	refused := portal.AsError(err)
	switch {
	case refused != nil && refused.Kind != portal.KindNotFound:
		return r.announceRefused(ask, sheet, refused)
	case err != nil:
		return err
	case r.FormValue("depuis") != "":
		return r.redirect303(absenceBack(r.FormValue("depuis"), ask.Child))
	}
	return r.redirect303(views.SpellPath(id) + "?signalee=1")
}

// announceRefused shows the form, or the days chosen, with the reason why nothing was recorded.
func (r *request) announceRefused(ask portal.AbsenceAsk, sheet *portal.AbsenceSheet, refused *portal.Error) error {
	page, children, err := r.absencesView()
	if err != nil {
		return err
	}
	fillAbsenceForm(page, ask, children)
	page.Faults, page.Taps = views.FaultsOf(refused), nil
	if sheet != nil {
		page.Refusal = refused.Message
		r.showCheck(page, sheet, ask)
	}
	r.Status(int(refused.Kind))
	return r.render(page)
}

// absenceBack leads back to the page where the one tap stands; any other address is refused.
func absenceBack(from string, child portal.ChildID) string {
	if from != "/accueil" {
		from = views.AbsencesPath
	}
	return fmt.Sprintf("%s#absence-%d", from, child)
}

// takeBack records that the child comes after all.
func (r *request) takeBack() error {
	child, err := number[portal.ChildID](r.FormValue("enfant"))
	if err != nil {
		return portal.NotFound("Cet enfant n’existe pas, ou n’est pas rattaché à votre compte.")
	}
	day, err := portal.ParseDate(r.FormValue("jour"))
	if err != nil {
		return portal.Invalid("Ce jour n’est pas compris. Rouvrez la page de vos absences, puis recommencez.")
	}
	ended, err := r.site.store.TakeBackAbsence(r.ctx(), r.account(), child, day)
	if err != nil {
		return err
	}
	to := views.AbsencesPath
	if from := r.FormValue("depuis"); from == "/accueil" {
		to = from
	}
	return r.redirect303(to + "?" + url.Values{"presents": {strconv.Itoa(ended)}}.Encode())
}

// spellPage prepares the page of an announced absence; another family's is not found.
func (r *request) spellPage() (*views.SpellPage, portal.SpellID, error) {
	id, err := number[portal.SpellID](r.Params("spell"))
	if err != nil {
		return nil, 0, err
	}
	spell, sheet, err := r.site.store.Spell(r.ctx(), r.account(), id)
	if err != nil {
		return nil, 0, err
	}
	heading := "Absence " + portal.Of(spell.Child.FirstName)
	page := &views.SpellPage{Frame: r.frame(heading+", à partir du "+spell.First.Long(), views.AbsencesPath), Heading: heading}
	page.SetSpell(spell, sheet, r.now)
	return page, id, nil
}

// absence shows an announced absence.
func (r *request) absence() error {
	page, _, err := r.spellPage()
	if err != nil {
		return err
	}
	switch {
	case r.Query("signalee") != "":
		page.Done = "La mairie est prévenue. Les réservations ne sont pas annulées. La transmission se fait cette nuit, et un compte rendu part demain matin."
	case r.Query("envoye") != "":
		page.Notice = "La mairie a reçu votre fichier."
	case r.Query("retire") != "":
		page.Notice = "Le fichier est retiré : la mairie ne le voit plus."
	}
	return r.render(page)
}
