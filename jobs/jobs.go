// Package jobs does what happens without a click: the nights, the reports of the morning, the mails.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/go-co-op/gocron/v2"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// Runner runs the jobs of one site.
type Runner struct {
	Store *db.Store
	Mail  *Mailer // nil: mails stay in the outbox
	From  string  // sender of the mails
	URL   string  // address of the site, for links

	purging sync.Mutex // a tick and a press on « Passer à demain matin » may meet
	purged  time.Time  // when the last purge of this process ran
}

// Job is one thing that happens by itself; a command runs it too.
type Job struct {
	Name     string
	Sentence string // what it does, in French, for the help
	run      func(*Runner, context.Context, portal.Date) error
}

// Jobs lists the jobs in the order in which a tick runs them.
var Jobs = []Job{
	{"transmission", "transmet les demandes de chaque nuit échue et fait avancer les listes d’attente", (*Runner).transmit},
	{"attente", "termine les offres sans réponse, donne ou propose les places libres et prépare les messages aux familles", (*Runner).waitlists},
	{"reponses", "prépare les messages qui disent aux familles ce que la mairie a répondu à leurs demandes", (*Runner).answer},
	{"echanges", "termine les échanges de jours de garde restés sans réponse et prépare les messages aux deux parents", (*Runner).exchanges},
	{"comptes-rendus", "prépare les comptes rendus du matin pour chaque nuit transmise", (*Runner).report},
	{"rappels", "prépare, de jour, les rappels : délai proche, demandes non validées, ouverture d’une période", (*Runner).remind},
	{"courriels", "envoie les messages qui attendent", (*Runner).send},
	{"purge", "oublie les sessions finies, les liens de mot de passe, les essais de connexion anciens et les justificatifs d’absence de plus de treize mois", (*Runner).purge},
}

// Names gives the names of the jobs, for the help.
func Names() string {
	names := make([]string, len(Jobs))
	for i, j := range Jobs {
		names[i] = j.Name
	}
	return strings.Join(names, ", ")
}

// Run runs one job by name now; night, when given, asks the transmission for that night only.
func (r *Runner) Run(ctx context.Context, name string, night portal.Date) error {
	for _, j := range Jobs {
		if j.Name == name {
			return j.run(r, ctx, night)
		}
	}
	return portal.Invalid("Le travail « %s » n’existe pas. Choisissez parmi : %s.", portal.Clip(name, 40), Names())
}

// Tick runs everything that is due: nights first, then their reports, the reminders, then the mails. One that fails does not stop the next.
func (r *Runner) Tick(ctx context.Context) error {
	var errs []error
	for _, j := range Jobs {
		if err := r.guarded(ctx, j); err != nil {
			slog.Error("job failed", "job", j.Name, "error", err)
			errs = append(errs, fmt.Errorf("%s: %w", j.Name, err))
		}
	}
	return errors.Join(errs...)
}

func (r *Runner) guarded(ctx context.Context, j Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return j.run(r, ctx, 0)
}

// Start ticks once now and then every minute until stop is called. gocron only ticks: the ledger of nights says what is
// due, so a night missed, late or interrupted is caught up.
func (r *Runner) Start(ctx context.Context) (stop func() error, err error) {
	scheduler, err := gocron.NewScheduler(gocron.WithStopTimeout(30 * time.Second))
	if err != nil {
		return nil, err
	}
	_, err = scheduler.NewJob(gocron.DurationJob(time.Minute), gocron.NewTask(func() { r.Tick(ctx) }),
		gocron.WithSingletonMode(gocron.LimitModeReschedule), gocron.JobOption(gocron.WithStartImmediately()))
	if err != nil {
		return nil, err
	}
	scheduler.Start()
	return scheduler.Shutdown, nil
}

// transmit runs the nights that are due, oldest first; with a date, that night.
func (r *Runner) transmit(ctx context.Context, night portal.Date) error {
	return r.eachStructure(ctx, func(st portal.Structure) error {
		due := []portal.Date{night}
		if night == 0 {
			var err error
			if due, err = r.Store.DueNights(ctx, st.ID); err != nil {
				return err
			}
		}
		for _, date := range due {
			n, err := r.Store.Transmit(ctx, st.ID, date)
			if err != nil {
				return err
			}
			slog.Info("night done", "structure", st.ID, "night", date.String(), "movements", n.Movements, "promotions", n.Promotions)
		}
		return nil
	})
}

// report queues the reports of every night whose hour has come.
func (r *Runner) report(ctx context.Context, _ portal.Date) error {
	return r.eachStructure(ctx, func(st portal.Structure) error {
		for {
			night, reports, err := r.Store.Reports(ctx, st.ID)
			if err != nil || night == nil {
				return err
			}
			setup, err := r.Store.Setup(ctx, st.ID)
			if err != nil {
				return err
			}
			mails, err := r.reportMails(reports, setup.MailText(portal.MailReport))
			if err != nil {
				return err
			}
			if err := r.Store.QueueReports(ctx, night.ID, mails); err != nil {
				return err
			}
			slog.Info("reports queued", "structure", st.ID, "night", night.Date.String(), "mails", len(mails))
		}
	})
}

// reportMails writes one mail for each address of each account that has something to be told.
func (r *Runner) reportMails(reports []portal.Report, words portal.MailText) ([]db.Mail, error) {
	var mails []db.Mail
	for i := range reports {
		rep := &reports[i]
		m := views.NewReportMail(rep, words, r.URL)
		text, html, err := m.Render()
		if err != nil {
			return nil, err
		}
		mails = append(mails, toEach(db.Mail{
			Structure: rep.Structure.ID, Account: rep.To.ID, Kind: "compte-rendu", Key: fmt.Sprintf("report:%s:%d:%d", rep.Night.Date, rep.Structure.ID, rep.To.ID),
			Subject: m.Subject(), Text: text, HTML: html,
		}, rep.Emails)...)
	}
	return mails, nil
}

// mailsAtOnce bounds how many messages are claimed together.
const mailsAtOnce = 4 // a minute each at most, well within the time a claim lasts

// send sends the messages that are due. Without a mail server they stay where they are.
func (r *Runner) send(ctx context.Context, _ portal.Date) error {
	if r.Mail == nil {
		return nil
	}
	defer r.Mail.Close()
	for {
		mails, err := r.Store.ClaimMails(ctx, mailsAtOnce)
		if err != nil || len(mails) == 0 {
			return err
		}
		down := false
		for _, m := range mails {
			if down { // the server does not answer: the rest is put back without counting a try
				err = r.Store.MailFailed(context.WithoutCancel(ctx), m, db.MailFault{Setup: true, Words: "le serveur de courrier ne répond pas"})
			} else {
				down, err = r.sendOne(ctx, m)
			}
			if err != nil {
				return err
			}
		}
		if down {
			return nil
		}
	}
}

// sendOne sends a message and writes down what came of it; down says that the server itself is at fault, not the message.
func (r *Runner) sendOne(ctx context.Context, m db.Mail) (down bool, err error) {
	setup, err := r.Store.Setup(ctx, m.Structure)
	if err != nil {
		return false, err
	}
	err = r.Mail.Send(ctx, Mail{
		MessageID: m.MessageID, From: r.From, FromName: setup.Structure.Sender(), ReplyTo: setup.Structure.Answers(),
		To: m.Address, Subject: m.Subject, Text: m.Text, HTML: m.HTML, Date: m.Created, // the same at each try
	})
	if err == nil {
		return false, r.Store.MailSent(ctx, m.ID)
	}
	var refused *SendError
	if !errors.As(err, &refused) {
		refused = &SendError{}
	}
	slog.Warn("mail refused", "mail", m.ID, "try", m.Attempts, "code", refused.Code, "permanent", refused.Permanent, "setup", refused.Setup)
	stopping := errors.Is(err, context.Canceled)
	return stopping || refused.Unavailable(), r.Store.MailFailed(context.WithoutCancel(ctx), m,
		db.MailFault{Permanent: refused.Permanent, Address: refused.OfAddress(), Setup: refused.Setup || stopping, Words: err.Error()})
}

// purgeEvery is enough for what is forgotten: nothing there can be used any more.
const purgeEvery = time.Hour

// purge forgets the sessions and links that are over, the failed sign-ins that no longer count and the documents of old
// absences.
func (r *Runner) purge(ctx context.Context, _ portal.Date) error {
	r.purging.Lock()
	defer r.purging.Unlock()
	now := r.Store.Now()
	if since := now.Sub(r.purged); since >= 0 && since < purgeEvery {
		return nil
	}
	if err := r.Store.PurgeAccess(ctx); err != nil {
		return err
	}
	if err := r.Store.PurgeDocuments(ctx); err != nil {
		return err
	}
	r.purged = now
	return nil
}

func (r *Runner) eachStructure(ctx context.Context, do func(portal.Structure) error) error {
	list, err := r.Store.Structures(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, st := range list {
		if err := do(st); err != nil {
			errs = append(errs, fmt.Errorf("structure %d: %w", st.ID, err))
		}
	}
	return errors.Join(errs...)
}

// toEach writes one mail to each address; its key is made each address's own.
func toEach(m db.Mail, addresses []string) []db.Mail {
	var mails []db.Mail
	for _, address := range addresses {
		one := m
		one.Address, one.Key = address, m.Key+":"+address
		mails = append(mails, one)
	}
	return mails
}
