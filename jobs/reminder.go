package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// remind queues the reminders that are due, by day only. One kind that fails does not stop the next.
func (r *Runner) remind(ctx context.Context, _ portal.Date) error {
	if !portal.ReminderHour(r.Store.Now()) {
		return nil
	}
	return errors.Join(
		r.eachStructure(ctx, func(st portal.Structure) error {
			batches, err := r.Store.OpeningReminders(ctx, st.ID)
			return queueReminders(ctx, r, batches, err, func(o *portal.OpeningReminder) portal.StructureID { return o.Structure.ID }, openingMail)
		}),
		r.eachStructure(ctx, func(st portal.Structure) error {
			batches, err := r.Store.DeadlineReminders(ctx, st.ID)
			return queueReminders(ctx, r, batches, err, func(d *portal.DeadlineReminder) portal.StructureID { return d.Structure.ID }, deadlineMail)
		}),
		func() error {
			batches, err := r.Store.DraftReminders(ctx)
			return queueReminders(ctx, r, batches, err, func(d *portal.DraftReminder) portal.StructureID { return d.Structure.ID }, draftMail)
		}(),
	)
}

// reminderMail is a reminder in words, with who it is for and until when it is worth something.
type reminderMail struct {
	mail interface {
		Subject() string
		Render() (text, html string, err error)
	}
	to    portal.Reminded
	until time.Time
}

func deadlineMail(d *portal.DeadlineReminder, setup *portal.Setup, _ time.Time, url string) reminderMail {
	until := d.Lines[0].At
	for _, l := range d.Lines {
		if l.At.Before(until) {
			until = l.At
		}
	}
	return reminderMail{views.NewDeadlineMail(d, setup.MailText(portal.MailDeadline), url), d.Reminded, until}
}

func draftMail(d *portal.DraftReminder, setup *portal.Setup, now time.Time, url string) reminderMail {
	return reminderMail{views.NewDraftMail(d, setup.MailText(portal.MailDraft), now, url), d.Reminded, d.Limit}
}

func openingMail(o *portal.OpeningReminder, setup *portal.Setup, _ time.Time, url string) reminderMail {
	return reminderMail{views.NewOpeningMail(o, setup.MailText(portal.MailOpening), url), o.Reminded, o.Period.LatestLimit}
}

// queueReminders writes one mail for each address of each reminder, batch by batch.
func queueReminders[T any](ctx context.Context, r *Runner, batches []db.ReminderBatch[T], err error, of func(*T) portal.StructureID, write func(*T, *portal.Setup, time.Time, string) reminderMail) error {
	if err != nil {
		return err
	}
	for _, b := range batches {
		var mails []db.Mail
		for i := range b.Reminders {
			setup, err := r.Store.Setup(ctx, of(&b.Reminders[i]))
			if err != nil {
				return err
			}
			m := write(&b.Reminders[i], setup, r.Store.Now(), r.URL)
			text, html, err := m.mail.Render()
			if err != nil {
				return err
			}
			mails = append(mails, toEach(db.Mail{
				Structure: m.to.Structure.ID, Account: m.to.Person.ID, Kind: "rappel", Key: fmt.Sprintf("rappel:%s:%d", b.Key, m.to.Person.ID),
				Subject: m.mail.Subject(), Text: text, HTML: html, Expires: m.until,
			}, m.to.Emails)...)
		}
		if err := r.Store.QueueReminders(ctx, b.Key, mails); err != nil {
			return err
		}
		if len(mails) > 0 {
			slog.Info("reminders queued", "batch", b.Key, "mails", len(mails))
		}
	}
	return nil
}
