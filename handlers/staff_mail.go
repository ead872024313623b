package handlers

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// noServer is said after the sentence that mails do not leave.
func (r *request) noServer() string {
	switch {
	case r.site.mailing:
		return ""
	case r.site.demo != nil:
		return "C’est voulu dans la démonstration : lisez-les ici, ou relancez-la avec --smtp."
	}
	return "Réglez MARELLE_SMTP, puis relancez le portail : ceux qui attendent partiront alors."
}

// mails lists the outbox, newest first.
func (r *request) mails() error {
	var before portal.MailID
	if asked := r.Query("avant"); asked != "" {
		var err error
		if before, err = number[portal.MailID](asked); err != nil {
			return err
		}
	}
	list, err := r.site.store.Mails(r.ctx(), r.structure(), before, linesPerPage+1)
	if err != nil {
		return err
	}
	counts, err := r.site.store.MailCounts(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	page := views.StaffMails{Frame: r.frame("Courriels", settingsPath), NoServer: r.noServer(), Counts: mailCounts(counts)}
	for i, m := range list {
		if i == linesPerPage {
			page.Older = "/gestion/courriels?avant=" + strconv.FormatInt(int64(list[i-1].ID), 10)
			break
		}
		page.Mails = append(page.Mails, r.mailLine(m))
	}
	return r.render(page)
}

func mailCounts(counts map[db.MailState]int) string {
	var words []string
	for _, c := range []struct {
		n         int
		one, many string
	}{
		{counts[db.MailPending] + counts[db.MailSending], "pas encore envoyé", "pas encore envoyés"},
		{counts[db.MailDead], "abandonné", "abandonnés"},
		{counts[db.MailSent], "envoyé", "envoyés"},
	} {
		if c.n > 0 {
			words = append(words, portal.Count(c.n, c.one, c.many))
		}
	}
	return strings.Join(words, ", ")
}

func (r *request) mailLine(m db.Mail) views.MailLine {
	l := views.MailLine{URL: fmt.Sprintf("/gestion/courriels/%d", m.ID), Subject: m.Subject, To: m.Address, When: portal.Ago(m.Created, r.now)}
	l.SetState(string(m.State), m.Attempts, m.Next, m.Sent, m.Fault, r.now)
	return l
}

// theMail finds the message of the address; another structure's is not found.
func (r *request) theMail() (*db.Mail, error) {
	id, err := number[portal.MailID](r.Params("mail"))
	if err != nil {
		return nil, err
	}
	return r.site.store.Mail(r.ctx(), r.structure(), id)
}

// mail shows one message as its reader gets it.
func (r *request) mail() error {
	m, err := r.theMail()
	if err != nil {
		return err
	}
	page := views.StaffMail{
		Frame: r.frame("Courriel : "+m.Subject, "/gestion/courriels"), MailLine: r.mailLine(*m), NoServer: "", MessageID: m.MessageID, Text: m.Text,
		Retried: r.Query("renvoye") == "1" && m.State == db.MailPending,
	}
	waits := m.State == db.MailPending || m.State == db.MailDead
	if waits {
		page.NoServer = r.noServer()
	}
	if m.HTML != "" {
		page.HTMLURL = page.URL + "/html"
	}
	if waits && r.site.mailing && (m.State == db.MailDead || m.Attempts > 0) {
		page.RetryURL = page.URL + "/renvoyer"
	}
	return r.render(page)
}

// mailHTML shows the HTML part alone, where nothing of it can run, load or reach the portal.
func (r *request) mailHTML() error {
	m, err := r.theMail()
	if err != nil {
		return err
	}
	if m.HTML == "" {
		return portal.NotFound("Ce message n’a pas de version HTML.")
	}
	r.Set("Content-Security-Policy", "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	r.Type("html", "utf-8")
	return r.SendString(m.HTML)
}

// retryMail makes a message leave again at once.
func (r *request) retryMail() error {
	m, err := r.theMail()
	if err != nil {
		return err
	}
	if err := r.site.store.RetryMail(r.ctx(), r.structure(), r.account(), m.ID); err != nil {
		return err
	}
	return r.Redirect(fmt.Sprintf("/gestion/courriels/%d?renvoye=1", m.ID), fiber.StatusSeeOther)
}
