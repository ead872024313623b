package handlers

import (
	"fmt"
	"strconv"
	"strings"

	"marelle/portal"
	"marelle/views"
)

// announcements lists the messages to families.
func (r *request) announcements() error {
	list, err := r.site.store.Announcements(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	choices, err := r.audiences()
	if err != nil {
		return err
	}
	page := views.StaffAnnouncements{Frame: r.frame("Messages aux familles", views.AnnouncementsPath), Total: portal.Count(len(list), "message")}
	for _, a := range list {
		page.Lines = append(page.Lines, views.NewAnnouncementLine(a, audienceLabel(choices, a), portal.DateOf(r.now)))
	}
	switch {
	case r.Query("retire") != "":
		id, err := number[portal.AnnouncementID](r.Query("retire"))
		if err != nil {
			return err
		}
		removed, err := r.site.store.Announcement(r.ctx(), r.structure(), id)
		if err != nil {
			return err
		}
		page.Notice, page.UndoURL = "Le message « "+removed.Title+" » est retiré.", views.AnnouncementPath(id)+"/remettre"
	case r.Query("enregistre") != "":
		page.Notice = "Le message est enregistré."
	}
	return r.render(page)
}

// audiences lists who a message may be for: everybody, an activity's children, a school.
func (r *request) audiences() ([]views.AudienceChoice, error) {
	setup, err := r.site.store.Setup(r.ctx(), r.structure())
	if err != nil {
		return nil, err
	}
	schools, err := r.site.store.SchoolsOf(r.ctx(), r.structure())
	if err != nil {
		return nil, err
	}
	list := []views.AudienceChoice{{Value: "tous", Label: "Toutes les familles"}}
	for _, a := range setup.Activities {
		list = append(list, views.AudienceChoice{Value: audienceValue(portal.Announcement{Activity: a.ID}), Label: "Les familles qui réservent " + a.Spoken})
	}
	for _, s := range schools {
		list = append(list, views.AudienceChoice{Value: audienceValue(portal.Announcement{School: s.ID}), Label: "Les familles de l’établissement " + s.Name})
	}
	return list, nil
}

func audienceValue(a portal.Announcement) string {
	switch {
	case a.Activity != 0:
		return fmt.Sprintf("activite-%d", a.Activity)
	case a.School != 0:
		return fmt.Sprintf("ecole-%d", a.School)
	}
	return "tous"
}

func audienceLabel(choices []views.AudienceChoice, a portal.Announcement) string {
	for _, c := range choices {
		if c.Value == audienceValue(a) {
			return c.Label
		}
	}
	return choices[0].Label
}

// setAudience reads who a message is for; known is false for words that no form of ours sends.
func setAudience(a *portal.Announcement, value string) (known bool) {
	kind, id, _ := strings.Cut(value, "-")
	n, err := strconv.ParseInt(id, 10, 64)
	switch {
	case value == "tous":
		return true
	case err == nil && n > 0 && kind == "activite":
		a.Activity = portal.ActivityID(n)
		return true
	case err == nil && n > 0 && kind == "ecole":
		a.School = portal.SchoolID(n)
		return true
	}
	return false
}

// announcementForm prepares the form of a message; a new one has a one-time key.
func (r *request) announcementForm(a portal.Announcement, key string) (views.StaffAnnouncement, error) {
	page := views.StaffAnnouncement{Frame: r.frame("Nouveau message", views.AnnouncementsPath), Heading: "Nouveau message", Action: views.AnnouncementsPath, Key: key}
	if a.ID != 0 {
		page.Heading, page.Action = "Changer un message", views.AnnouncementPath(a.ID)
		page.Title, page.RemoveURL = "Message : "+a.Title, page.Action+"/retirer"
	}
	page.SetAnnouncement(a)
	var err error
	if page.Audiences, err = r.audiences(); err != nil {
		return page, err
	}
	for i := range page.Audiences {
		page.Audiences[i].Current = page.Audiences[i].Value == audienceValue(a)
	}
	return page, nil
}

// newAnnouncement asks for a message, shown a fortnight unless staff say otherwise.
func (r *request) newAnnouncement() error {
	key, err := r.site.store.NewFormKey()
	if err != nil {
		return err
	}
	today := portal.DateOf(r.now)
	page, err := r.announcementForm(portal.Announcement{First: today, Last: today + 14}, key)
	if err != nil {
		return err
	}
	return r.render(page)
}

// theAnnouncement finds the message of the address; another structure's is not found.
func (r *request) theAnnouncement() (*portal.Announcement, error) {
	id, err := number[portal.AnnouncementID](r.Params("message"))
	if err != nil {
		return nil, err
	}
	return r.site.store.Announcement(r.ctx(), r.structure(), id)
}

// announcement shows a message to change it.
func (r *request) announcement() error {
	a, err := r.theAnnouncement()
	if err != nil {
		return err
	}
	page, err := r.announcementForm(*a, "")
	if err != nil {
		return err
	}
	return r.render(page)
}

// writeAnnouncement keeps a new message, or shows it beforehand.
func (r *request) writeAnnouncement() error {
	return r.takeAnnouncement(portal.Announcement{Structure: r.structure()}, func(a portal.Announcement) error {
		_, err := r.site.store.WriteAnnouncement(r.ctx(), r.account(), a, r.FormValue("cle"))
		return err
	})
}

// changeAnnouncement replaces a message, or shows it beforehand.
func (r *request) changeAnnouncement() error {
	a, err := r.theAnnouncement()
	if err != nil {
		return err
	}
	return r.takeAnnouncement(portal.Announcement{ID: a.ID, Structure: r.structure()}, func(a portal.Announcement) error {
		return r.site.store.ChangeAnnouncement(r.ctx(), r.account(), a)
	})
}

// takeAnnouncement reads the form of a message, then shows it or saves it.
func (r *request) takeAnnouncement(a portal.Announcement, save func(portal.Announcement) error) error {
	a.Title, a.Body = strings.TrimSpace(r.FormValue("titre")), strings.TrimSpace(r.FormValue("texte"))
	faults := portal.Invalid("Ce message ne peut pas être enregistré tel quel.")
	a.First, a.Last = r.typedDay("du", faults), r.typedDay("au", faults)
	known := setAudience(&a, r.FormValue("pour"))
	err := both(faults, a.Check())
	if !known {
		err = portal.UnknownAudience(err)
	}
	preview := r.FormValue("faire") == "apercu"
	if err == nil && !preview {
		if err = save(a); err == nil {
			return r.redirect303(views.AnnouncementsPath + "?enregistre=1")
		}
	}
	refusal := portal.AsError(err)
	if err != nil && (refusal == nil || len(refusal.Fields) == 0) {
		return err
	}
	page, formErr := r.announcementForm(a, r.FormValue("cle"))
	if formErr != nil {
		return formErr
	}
	if refusal != nil {
		page.First, page.Last = r.FormValue("du"), r.FormValue("au")
		page.SetFaults(refusal)
		return r.renderInvalid(page)
	}
	page.SetPreview(a)
	return r.render(page)
}

// removeAnnouncement takes a message off; the list offers to put it back.
func (r *request) removeAnnouncement() error {
	a, err := r.theAnnouncement()
	if err != nil {
		return err
	}
	if err := r.site.store.RemoveAnnouncement(r.ctx(), r.structure(), r.account(), a.ID, true); err != nil {
		return err
	}
	return r.redirect303(fmt.Sprintf("%s?retire=%d", views.AnnouncementsPath, a.ID))
}

// restoreAnnouncement puts a message back.
func (r *request) restoreAnnouncement() error {
	a, err := r.theAnnouncement()
	if err != nil {
		return err
	}
	if err := r.site.store.RemoveAnnouncement(r.ctx(), r.structure(), r.account(), a.ID, false); err != nil {
		return err
	}
	return r.redirect303(views.AnnouncementsPath)
}
