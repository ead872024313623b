package handlers

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// registrations lists the registrations for the year of the family's children.
func (r *request) registrations() error {
	l, err := r.site.store.Registrations(r.ctx(), r.account())
	if err != nil {
		return err
	}
	page := views.Registrations{Frame: r.frame("Inscriptions à l’année", views.RegistrationsPath), Dropped: r.Query("abandonnee") != ""}
	if len(l.Children) == 0 {
		page.Nobody = r.nobody()
	}
	switch r.Query("enregistree") {
	case "inscription":
		page.Saved = "Inscription enregistrée. Elle sera transmise cette nuit ; visible sur le calendrier et dans le suivi demain au plus tôt."
	case "changement":
		page.Saved = "Changement enregistré. Il sera transmis cette nuit ; visible sur le calendrier et dans le suivi demain au plus tôt."
	case "arret":
		page.Saved = "Arrêt enregistré. Il sera transmis cette nuit ; visible sur le calendrier et dans le suivi demain au plus tôt."
	}
	for _, c := range l.Children {
		page.Children = append(page.Children, r.registrationsOf(c, l))
	}
	return r.render(page)
}

// registrationsOf draws one child: what goes on, what is over, and the activities for which nothing goes on.
func (r *request) registrationsOf(c portal.Child, l *db.Registrations) views.RegistrationChild {
	child := views.RegistrationChild{ID: c.ID, Name: c.FirstName, Class: c.Class}
	today, taken := portal.DateOf(l.Now), map[portal.ActivityID]bool{}
	for _, reg := range l.List {
		if reg.Child.ID != c.ID {
			continue
		}
		card := r.registrationCard(&reg, l.Now)
		if reg.Course.Over(today) {
			child.Over = append(child.Over, card)
			continue
		}
		taken[reg.Activity.ID] = taken[reg.Activity.ID] || reg.Course.Last() == 0 || reg.Pending != nil
		child.Cards = append(child.Cards, card)
	}
	for _, a := range l.Offered[c.ID] {
		if a.Annual && !taken[a.ID] {
			child.New = append(child.New, views.ActivityChip(a, views.NewRegistrationPath(c.ID, a.ID), false))
		}
	}
	return child
}

func (r *request) registrationCard(reg *db.Registration, now time.Time) views.RegistrationCard {
	return views.NewRegistrationCard(reg.Course, reg.Activity, reg.Child.FirstName, reg.Pending, reg.Night, now, r.session.CSRF)
}

// registrationForm is a form for a registration of the family: a new one, a change or an end.
type registrationForm struct {
	*db.Registration
	act string // last part of the address: modifier, arreter; nothing for a new one
}

func (r *request) registrationForm() (f registrationForm, err error) {
	if r.Params("registration") == "" {
		w, err := r.where()
		if err != nil {
			return f, err
		}
		f.Registration, err = r.site.store.NewRegistration(r.ctx(), r.account(), w.child, w.activity)
		return f, err
	}
	id, err := number[portal.RegistrationID](r.Params("registration"))
	if err != nil {
		return f, err
	}
	f.act = r.Path()[strings.LastIndex(r.Path(), "/")+1:]
	f.Registration, err = r.site.store.Registration(r.ctx(), r.account(), id)
	return f, err
}

// standing is what the form shows before anything is typed: the first day on which something may change and that the
// registration has, and what holds then.
func (f *registrationForm) standing(now time.Time) (portal.Date, portal.Registration) {
	if f.act == "" {
		return 0, portal.Registration{}
	}
	day := max(portal.EarliestStart(now, f.Activity.NoticeDays), f.Course.First())
	return day, f.Course.Shown(day)
}

// registrationPage shows an empty form, or how a registration stands.
func (r *request) registrationPage() error {
	f, err := r.registrationForm()
	if err != nil {
		return err
	}
	if f.Pending != nil {
		return r.registrationHeld(&f)
	}
	if f.act != "" && f.Course.Over(portal.DateOf(r.now)) {
		return r.redirect303(views.RegistrationsPath)
	}
	page, err := r.drawRegistration(&f)
	if err != nil {
		return err
	}
	day, stands := f.standing(r.now)
	page.First = day.String()
	page.SetRegistration(stands, f.Activity)
	if page.Stop { // the only thing to choose is the day, which is proposed
		w := db.RegistrationWish{Registration: portal.Registration{ID: f.Course.ID, First: day}, Stop: true}
		if page.Preview, err = r.previewRegistration(w, nil); err != nil {
			return err
		}
	}
	return r.render(page)
}

// registrationHeld says why a registration that waits for the night is not changed or stopped now.
func (r *request) registrationHeld(f *registrationForm) error {
	title := f.title()
	v := views.RegistrationHeld{Frame: r.frame(title, views.RegistrationsPath), Heading: title, Why: "Une demande attend déjà la nuit", Card: r.registrationCard(f.Registration, r.now)}
	if f.Leaving {
		v.Why = "Une demande est en cours de transmission"
	}
	return r.render(v)
}

// title says what the form does.
func (f *registrationForm) title() string {
	of := f.Activity.Spoken + " " + portal.Of(f.Child.FirstName)
	switch f.act {
	case "":
		return "Inscrire " + f.Child.FirstName + " à l’année : " + f.Activity.Spoken
	case "arreter":
		return "Arrêter l’inscription à l’année : " + of
	}
	return "Modifier l’inscription à l’année : " + of
}

// drawRegistration makes the form without what is typed in it.
func (r *request) drawRegistration(f *registrationForm) (*views.RegistrationForm, error) {
	v := &views.RegistrationForm{Action: r.Path(), FirstLabel: "Date de début", Button: "Enregistrer l’inscription",
		EveryOtherHint: "La date de début doit tomber dans la première semaine de présence."}
	switch f.act {
	case "":
		children, err := r.site.store.Children(r.ctx(), r.account())
		if err != nil {
			return nil, err
		}
		v.Children = childChips(children, f.Child.ID, func(id portal.ChildID) string { return views.NewRegistrationPath(id, f.Activity.ID) })
		offered, err := r.site.store.Offered(r.ctx(), r.account())
		if err != nil {
			return nil, err
		}
		for _, a := range offered[f.Child.ID] {
			if a.Annual {
				v.Activities = append(v.Activities, views.ActivityChip(a, views.NewRegistrationPath(f.Child.ID, a.ID), a.ID == f.Activity.ID))
			}
		}
	case "arreter":
		v.Stop, v.FirstLabel, v.Button = true, "Arrêter à partir du", "Arrêter l’inscription"
	default:
		v.Change, v.FirstLabel, v.Button = true, "Changement à partir du", "Enregistrer le changement"
		v.EveryOtherHint = "La date du changement doit tomber dans la première semaine de présence."
		if _, stands := f.standing(r.now); stands.EveryOther {
			v.WasEveryOther, v.EveryOtherHint = true, "Les semaines de présence restent les mêmes, sauf si vous les échangez."
		}
	}
	if f.act != "" {
		v.Now = f.Course.Words(portal.DateOf(r.now))
	}
	title := f.title()
	v.Heading, v.Frame = title, r.frame(title, views.RegistrationsPath)
	v.SetNotice(portal.EarliestStart(r.now, f.Activity.NoticeDays), f.Activity, f.Child.ID)
	key, err := r.site.store.NewFormKey()
	v.Key = key
	return v, err
}

// typedRegistration reads the form; a date or an hour that is none becomes a fault of its field.
func (r *request) typedRegistration(f *registrationForm) (w db.RegistrationWish, faults views.Faults) {
	w.ID, w.Child, w.Activity = f.Course.ID, f.Child.ID, f.Activity.ID
	w.First = readField(r, "debut", portal.ReadDay, &faults)
	if w.Stop = f.act == "arreter"; w.Stop {
		return w, faults
	}
	w.Last = readField(r, "fin", portal.ReadDay, &faults)
	w.EveryOther, w.Swap = r.FormValue("une_semaine_sur_deux") == "1", r.FormValue("inverser") == "1"
	for d := portal.Monday; d <= portal.Sunday; d++ {
		if r.FormValue("jour-"+d.String()) == "1" {
			w.Weekdays |= portal.Days(d)
		}
	}
	w.Hours = portal.Hours{Arrival: readField(r, "arrivee", portal.ParseTimeOfDay, &faults), Departure: readField(r, "depart", portal.ParseTimeOfDay, &faults)}
	return w, faults
}

// readField reads a field that may be left empty; what cannot be read is a fault beside it.
func readField[T any](r *request, field string, parse func(string) (T, error), faults *views.Faults) (value T) {
	text := r.FormValue(field)
	if text == "" {
		return value
	}
	value, err := parse(text)
	if err != nil {
		*faults = append(*faults, views.Fault{Field: field, Message: err.Error()})
	}
	return value
}

// askRegistration records what the family asks; asked to, it only shows the dates.
func (r *request) askRegistration() error {
	f, err := r.registrationForm()
	if err != nil {
		return err
	}
	w, faults := r.typedRegistration(&f)
	if r.isHTMX() {
		preview, err := r.previewRegistration(w, faults)
		if err != nil {
			return err
		}
		preview.Partial = true
		return r.render(preview)
	}
	if len(faults) == 0 && r.FormValue("apercu") == "" {
		_, err = r.site.store.AskRegistration(r.ctx(), r.account(), r.FormValue("cle"), w)
		if err == nil {
			return r.redirect303(views.RegistrationsPath + "?enregistree=" + recorded[f.act])
		}
	}
	return r.registrationAgain(&f, w, faults, err)
}

// recorded says in the address what was recorded.
var recorded = map[string]string{"": "inscription", "modifier": "changement", "arreter": "arret"}

// registrationAgain shows the form with what was typed: with its dates when these were asked for, else with what is wrong.
func (r *request) registrationAgain(f *registrationForm, w db.RegistrationWish, faults views.Faults, err error) error {
	refusal := portal.AsError(err)
	if err != nil && refusal == nil {
		return err
	}
	page, failed := r.drawRegistration(f)
	if failed != nil {
		return failed
	}
	page.First = r.FormValue("debut")
	page.SetRegistration(w.Registration, f.Activity)
	page.Swap, page.Last = w.Swap, r.FormValue("fin")
	if key := r.FormValue("cle"); key != "" {
		page.Key = key // the same request, not a second one
	}
	page.Faults = append(page.Faults, faults...)
	switch {
	case refusal != nil && len(refusal.Fields) > 0:
		for _, field := range refusal.Fields {
			page.Faults = append(page.Faults, views.Fault{Field: field.Field, Message: field.Message})
		}
	case refusal != nil:
		page.Conflict, page.ConflictURL = refusal.Message, views.RegistrationsPath
		r.Status(int(refusal.Kind))
		return r.render(page)
	case len(faults) == 0:
		page.Preview, err = r.previewRegistration(w, nil)
		if err != nil {
			return err
		}
		return r.render(page)
	}
	r.Status(http.StatusUnprocessableEntity)
	return r.render(page)
}

// previewRegistration says what a request would bring, or the first reason why it cannot be asked.
func (r *request) previewRegistration(w db.RegistrationWish, faults views.Faults) (v views.RegistrationPreview, err error) {
	if len(faults) > 0 {
		v.Fault = faults[0].Message
		return v, nil
	}
	preview, err := r.site.store.PreviewRegistration(r.ctx(), r.account(), w)
	if refusal := portal.AsError(err); refusal != nil && refusal.Kind != portal.KindNotFound {
		v.Fault = refusal.Message
		if len(refusal.Fields) > 0 {
			v.Fault = refusal.Fields[0].Message
		}
		return v, nil
	}
	if err != nil {
		return v, err
	}
	v.SetSteps(preview.Next, preview.Horizon, preview.Steps)
	v.SetWeeks(preview.Weeks)
	return v, nil
}

// dropRegistration forgets what was asked and waits for the night.
func (r *request) dropRegistration() error {
	id, err := number[portal.RegistrationID](r.Params("registration"))
	if err != nil {
		return err
	}
	if err := r.site.store.DropRegistrationRequest(r.ctx(), r.account(), id); err != nil {
		return err
	}
	return r.redirect303(fmt.Sprintf("%s?abandonnee=1#i-%d", views.RegistrationsPath, id))
}
