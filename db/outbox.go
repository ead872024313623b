package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"regexp"
	"strings"
	"time"

	"marelle/portal"
)

// Mail is one message of the outbox. Key makes it unique for ever: queued twice, it is one message.
type Mail struct {
	ID         portal.MailID
	Structure  portal.StructureID
	Account    portal.AccountID // zero when it is for nobody's account
	Key        string           // « report:2026-11-24:1:42:a@exemple.fr »
	Kind       string           // « compte-rendu »
	Address    string
	Subject    string
	Text, HTML string
	MessageID  string // without angle brackets; the same at each try
	State      MailState
	Attempts   int
	Created    time.Time
	Next       time.Time
	Sent       time.Time
	Expires    time.Time // worth nothing after that, and sent by day only; zero for a message that always matters
	Fault      string    // the last refusal, without any address
}

// MailState is where a message stands.
type MailState string

// The states of a message.
const (
	MailPending MailState = "pending"
	MailSending MailState = "sending"
	MailSent    MailState = "sent"
	MailDead    MailState = "dead" // refused for good, or tried for two days
)

// queueMail puts a message into the outbox within the transaction of what causes it.
func (s *Store) queueMail(tx *Tx, m Mail) error {
	now := at(s.now())
	sum := sha256.Sum256([]byte(string(s.salt) + m.Key))
	account := sql.NullInt64{Int64: int64(m.Account), Valid: m.Account != 0}
	return tx.exec(`INSERT INTO outbox (structure_id, account_id, key, kind, address, subject, body_text, body_html, message_id, created_at, next_at, expires_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`,
		m.Structure, account, m.Key, m.Kind, m.Address, m.Subject, m.Text, m.HTML, hex.EncodeToString(sum[:16])+"@marelle", now, now, at(m.Expires))
}

// queueMails queues several messages.
func (s *Store) queueMails(tx *Tx, mails []Mail) error {
	for _, m := range mails {
		if err := s.queueMail(tx, m); err != nil {
			return err
		}
	}
	return nil
}

// mailRetries are the pauses after each failed try; after the last a message is dead.
var mailRetries = []time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 12 * time.Hour, 20 * time.Hour,
}

// sendingAtMost is how long a try may last before the process that began it is thought dead.
const sendingAtMost = 5 * time.Minute

// ClaimMails takes up to n messages that are due and marks them as being sent. A message left in that state by a
// process that died is due again: better one mail twice, with the same Message-ID, than none. A reminder whose limit has
// passed is given up; one that is due at night waits for the day.
func (s *Store) ClaimMails(ctx context.Context, n int) (list []Mail, err error) {
	err = s.write(ctx, func(tx *Tx) error {
		now := s.now()
		if err := tx.exec(`UPDATE outbox SET state = 'dead', fault = 'le délai de ce rappel est passé'
			WHERE state IN ('pending', 'sending') AND next_at <= ?1 AND expires_at < ?1`, at(now)); err != nil {
			return err
		}
		ids, err := column[int64](tx, `UPDATE outbox SET state = 'sending', attempts = attempts + 1, next_at = ?2
			WHERE id IN (SELECT id FROM outbox WHERE state IN ('pending', 'sending') AND next_at <= ?1 AND (expires_at IS NULL OR ?4)
				ORDER BY next_at, id LIMIT ?3)
			RETURNING id`, at(now), at(now.Add(sendingAtMost)), n, portal.ReminderHour(now))
		if err != nil {
			return err
		}
		for _, id := range ids {
			m, err := one(tx, scanMail, mailColumns+" WHERE id = ?", id)
			if err != nil {
				return err
			}
			list = append(list, m)
		}
		return nil
	})
	return list, err
}

// MailSent writes that the server took a message: an address that was thought dead works again.
func (s *Store) MailSent(ctx context.Context, id portal.MailID) error {
	return s.write(ctx, func(tx *Tx) error {
		if err := tx.exec("UPDATE outbox SET state = 'sent', sent_at = ?, fault = '' WHERE id = ? AND state = 'sending'", at(s.now()), id); err != nil {
			return err
		}
		if err := tx.exec(`UPDATE account_email SET dead_at = NULL, dead_why = '' WHERE dead_at IS NOT NULL
			AND address = (SELECT address FROM outbox WHERE id = ?) COLLATE NOCASE`, id); err != nil || s.demo {
			return err
		}
		// The link has left: its reader alone holds it now.
		return tx.exec("UPDATE outbox SET body_text = '', body_html = '' WHERE id = ? AND kind = ?", id, KindReset)
	})
}

// MailFault is why a try failed.
type MailFault struct {
	Permanent bool // this address or this message will never be taken
	Address   bool // it is about the address, and not about the message
	Setup     bool // our own set-up is at fault: never counted against the message
	Words     string
}

// MailFailed writes why a try failed: dead when the refusal is for good or the tries are over, else due again later. An
// address that took nothing for good gets nothing any more.
func (s *Store) MailFailed(ctx context.Context, m Mail, why MailFault) error {
	state, pause := MailPending, mailRetries[min(m.Attempts, len(mailRetries))-1]
	switch {
	case why.Setup:
		pause = mailRetries[1]
	case why.Permanent || m.Attempts >= len(mailRetries):
		state = MailDead
	}
	return s.write(ctx, func(tx *Tx) error {
		words := portal.Clip(why.Words, 300)
		n, err := tx.change("UPDATE outbox SET state = ?, next_at = ?, fault = ?, attempts = attempts - ? WHERE id = ? AND state = 'sending'",
			string(state), at(s.now().Add(pause)), words, why.Setup, m.ID)
		if err != nil || n == 0 || state != MailDead || !why.Address {
			return err
		}
		return s.loseAddress(tx, m.Address, words)
	})
}

const mailColumns = `SELECT id, structure_id, coalesce(account_id, 0), key, kind, address, subject, body_text, body_html, message_id, state, attempts,
	created_at, next_at, sent_at, expires_at, fault FROM outbox`

func scanMail(r *sql.Rows) (m Mail, err error) {
	err = r.Scan(&m.ID, &m.Structure, &m.Account, &m.Key, &m.Kind, &m.Address, &m.Subject, &m.Text, &m.HTML, &m.MessageID, &m.State, &m.Attempts,
		into{&m.Created}, into{&m.Next}, into{&m.Sent}, into{&m.Expires}, &m.Fault)
	return m, err
}

// offerLink is the link of a mail that answers an offered place without signing in.
var offerLink = regexp.MustCompile(`/places/[A-Za-z0-9_-]+`)

// Mail gives one message of the structure, without what would let its reader act in the family's name.
func (s *Store) Mail(ctx context.Context, structure portal.StructureID, id portal.MailID) (*Mail, error) {
	m, err := one(s.read(ctx), scanMail, mailColumns+" WHERE structure_id = ? AND id = ?", structure, id)
	if err != nil {
		return nil, absent(err, "Ce message n’existe pas.")
	}
	if m.Kind == KindReset && !s.demo { // whoever reads the link takes the account
		m.Text, m.HTML = "Ce message porte un lien personnel : il n’est pas montré ici.", ""
	}
	if !s.demo { // whoever reads it answers in the family's name
		m.Text, m.HTML = offerLink.ReplaceAllString(m.Text, "/places/…"), offerLink.ReplaceAllString(m.HTML, "/places/…")
	}
	return &m, nil
}

// MailCounts says how many messages of a structure stand in each state.
func (s *Store) MailCounts(ctx context.Context, structure portal.StructureID) (map[MailState]int, error) {
	return mailCounts(s.read(ctx), structure, "")
}

func mailCounts(q querier, structure portal.StructureID, states string) (map[MailState]int, error) {
	counts := map[MailState]int{}
	_, err := all(q, func(r *sql.Rows) (struct{}, error) {
		var state string
		var n int
		err := r.Scan(&state, &n)
		counts[MailState(strings.Clone(state))] = n
		return struct{}{}, err
	}, "SELECT state, count(*) FROM outbox WHERE structure_id = ? "+states+" GROUP BY state", structure)
	return counts, err
}
