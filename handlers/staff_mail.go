package handlers

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

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

const mailsPath = "/gestion/courriels"

// mailFilter reads what is to be seen of the outbox, with the words that lead to its other pages.
func (r *request) mailFilter() (f db.MailFilter, query url.Values) {
	query = url.Values{}
	for _, s := range mailStates {
		if s.state != "" && string(s.state) == r.Query("etat") {
			f.State = s.state
			query.Set("etat", string(s.state))
		}
	}
	if f.Kind = portal.Clip(r.Query("genre"), 40); f.Kind != "" {
		query.Set("genre", f.Kind)
	}
	if f.Search = portal.Clip(strings.TrimSpace(r.Query("q")), 100); f.Search != "" {
		query.Set("q", f.Search)
	}
	return f, query
}

var mailStates = []struct {
	state db.MailState
	label string
}{{"", "Tous"}, {db.MailPending, "Pas encore envoyés"}, {db.MailDead, "Abandonnés"}, {db.MailSent, "Envoyés"}}

// mails lists the outbox, newest first.
func (r *request) mails() error { return r.showMails("") }

// showMails lists the outbox, with why nothing was sent again.
func (r *request) showMails(fault string) error {
	var before portal.MailID
	if asked := r.Query("avant"); asked != "" {
		var err error
		if before, err = number[portal.MailID](asked); err != nil {
			return err
		}
	}
	f, query := r.mailFilter()
	list, wide, err := r.site.store.FindMails(r.ctx(), r.structure(), f, before, linesPerPage+1)
	if err != nil {
		return err
	}
	page := views.StaffMails{Frame: r.frame("Courriels", settingsPath), NoServer: r.noServer(), Search: f.Search, Filtered: !f.IsZero(), DeadURL: deadAddressesPath, Fault: fault}
	if wide {
		page.Wide = fmt.Sprintf("Plus de %d personnes correspondent : tous leurs messages ne sont pas dans cette liste. Tapez plus de lettres.", db.MailedMost)
	}
	if err := r.mailChoices(&page, f); err != nil {
		return err
	}
	if r.site.mailing {
		page.ResendURL = mailsPath + "/renvoyer"
	}
	if n, err := strconv.Atoi(r.Query("renvoyes")); err == nil && n > 0 {
		page.Done = portal.Count(n, "message repart", "messages repartent") + " dans la minute."
	}
	for i, m := range list {
		if i == linesPerPage {
			query.Set("avant", strconv.FormatInt(int64(list[i-1].ID), 10))
			page.Older = mailsPath + "?" + query.Encode()
			break
		}
		page.Mails = append(page.Mails, r.mailLine(m))
	}
	if fault != "" {
		return r.renderInvalid(page)
	}
	return r.render(page)
}

// mailChoices fills what the list of messages can be narrowed to, and how many there are.
func (r *request) mailChoices(page *views.StaffMails, f db.MailFilter) error {
	counts, err := r.site.store.MailCounts(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	dead, err := r.site.store.DeadAddresses(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	page.Counts = mailCounts(counts)
	if len(dead) > 0 {
		page.Dead = portal.Count(len(dead), "adresse à corriger", "adresses à corriger")
	}
	for _, s := range mailStates {
		page.States = append(page.States, views.Choice{Value: string(s.state), Label: s.label, Current: s.state == f.State})
	}
	page.Kinds = []views.Choice{{Label: "Tous", Current: f.Kind == ""}}
	for _, k := range views.OutboxKinds {
		page.Kinds = append(page.Kinds, views.Choice{Value: k, Label: views.MailKindWords(k), Current: k == f.Kind})
	}
	return nil
}

// resendMails makes the messages that were ticked leave again.
func (r *request) resendMails() error {
	var ids []portal.MailID
	for _, text := range r.Request().PostArgs().PeekMulti("courriel") {
		id, err := number[portal.MailID](string(text))
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	sent, aside, err := r.site.store.ResendMails(r.ctx(), r.structure(), r.account(), ids)
	if refusal := portal.AsError(err); refusal != nil && refusal.Kind == portal.KindInvalid {
		return r.showMails(refusal.Message)
	}
	if err != nil {
		return err
	}
	if sent == 0 && aside > 0 {
		return r.showMails("Aucun de ces messages ne peut repartir : il est en train de partir, ne sert plus, ou portait un lien personnel.")
	}
	return r.redirect303(mailsPath + "?renvoyes=" + strconv.Itoa(sent))
}

const deadAddressesPath = mailsPath + "/adresses"

// deadAddresses lists the addresses that take nothing any more.
func (r *request) deadAddresses() error {
	list, err := r.site.store.DeadAddresses(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	page := views.DeadAddresses{Frame: r.frame("Adresses à corriger", settingsPath), Total: portal.Count(len(list), "adresse"), Done: r.Query("fait") == "1"}
	for _, d := range list {
		line := views.DeadAddressLine{Account: d.Account.ID, Address: d.Address, Person: d.Account.Title(), Since: portal.DateOf(d.Since).LongYear(), Why: d.Why}
		switch {
		case len(d.Families) > 0:
			line.Families = "Famille " + portal.List(d.Families)
		case d.Agent:
			line.Families = "Agent"
		}
		page.Lines = append(page.Lines, line)
	}
	return r.render(page)
}

// liftAddress says that an address works again.
func (r *request) liftAddress() error {
	account, err := number[portal.AccountID](r.FormValue("compte"))
	if err != nil {
		return err
	}
	if err := r.site.store.LiftAddress(r.ctx(), r.structure(), r.account(), account, r.FormValue("adresse")); err != nil {
		return err
	}
	return r.redirect303(deadAddressesPath + "?fait=1")
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
	l := views.MailLine{ID: m.ID, URL: fmt.Sprintf("/gestion/courriels/%d", m.ID), Subject: m.Subject, To: m.Address, When: portal.Ago(m.Created, r.now)}
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
	}
	if r.Query("renvoye") == "1" {
		page.Retried = "Ce message repart dans la minute."
	}
	waits := m.State == db.MailPending || m.State == db.MailDead
	if waits {
		page.NoServer = r.noServer()
	}
	if m.HTML != "" {
		page.HTMLURL = page.URL + "/html"
	}
	switch {
	case !r.site.mailing || m.State == db.MailSending || m.State == db.MailPending && m.Attempts == 0:
	case m.State == db.MailSent && m.Kind == db.KindReset:
	default:
		page.RetryURL = page.URL + "/renvoyer"
	}
	if m.State == db.MailSent {
		page.RetryTo = "Envoyer encore une fois"
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
	return r.showMailHTML(m.HTML)
}

// resendMail makes one message leave again.
func (r *request) resendMail() error {
	m, err := r.theMail()
	if err != nil {
		return err
	}
	sent, _, err := r.site.store.ResendMails(r.ctx(), r.structure(), r.account(), []portal.MailID{m.ID})
	if err != nil {
		return err
	}
	if sent == 0 {
		return portal.Conflict("Ce message est en train de partir, ne sert plus, ou portait un lien personnel. Rien n’a été renvoyé.")
	}
	return r.redirect303(fmt.Sprintf("%s/%d?renvoye=1", mailsPath, m.ID))
}
