package handlers

import (
	"slices"

	"marelle/portal"
	"marelle/views"
)

// reminderSettings shows which reminders the account gets.
func (r *request) reminderSettings() error {
	off, err := r.site.store.RemindersOff(r.ctx(), r.account())
	if err != nil {
		return err
	}
	emails, err := r.site.store.Emails(r.ctx(), r.account())
	if err != nil {
		return err
	}
	page := views.ReminderSettings{Frame: r.frame("Rappels par courriel", ""), Saved: r.Query("enregistre") != "", NoEmail: len(emails) == 0}
	for _, k := range portal.ReminderKinds {
		page.Choices = append(page.Choices, views.NewReminderChoice(k, !slices.Contains(off, k)))
	}
	return r.render(page)
}

// setReminders keeps which reminders the account gets: a box left empty turns its kind off.
func (r *request) setReminders() error {
	var off []portal.ReminderKind
	for _, k := range portal.ReminderKinds {
		if r.FormValue(string(k)) == "" {
			off = append(off, k)
		}
	}
	if err := r.site.store.SetRemindersOff(r.ctx(), r.account(), off); err != nil {
		return err
	}
	return r.redirect303(views.ReminderSettingsPath + "?enregistre=1")
}
