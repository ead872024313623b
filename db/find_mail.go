package db

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"marelle/portal"
)

// MailFilter is what staff choose to see of the outbox; its zero value leaves nothing out.
type MailFilter struct {
	State  MailState // MailPending is also what is being sent
	Kind   string
	Search string // part of an address, or of the name of whoever it is for
}

// IsZero says that everything is shown.
func (f MailFilter) IsZero() bool { return f == MailFilter{} }

// FindMails lists the messages of a structure that a filter keeps, newest first, at most n, from the first that is older
// than before (0: the newest). wide says that more people are meant by the search than are looked for.
func (s *Store) FindMails(ctx context.Context, structure portal.StructureID, f MailFilter, before portal.MailID, n int) (list []Mail, wide bool, err error) {
	if before == 0 {
		before = 1 << 62
	}
	where, args := " WHERE structure_id = ? AND id < ?", []any{structure, before}
	switch f.State { // a condition of its own for each, so that the few that failed are found by their index
	case "":
	case MailPending:
		where += " AND state IN ('pending', 'sending')"
	default:
		where, args = where+" AND state = ?", append(args, string(f.State))
	}
	if f.Kind != "" {
		where, args = where+" AND kind = ?", append(args, f.Kind)
	}
	if f.Search != "" {
		accounts, more, err := s.mailedAccounts(ctx, f.Search)
		if err != nil {
			return nil, false, err
		}
		wide = more
		where += ` AND id IN (SELECT o.id FROM outbox o WHERE o.account_id IN (SELECT value FROM json_each(?)) UNION SELECT o.id FROM outbox o WHERE o.address = ? COLLATE NOCASE)`
		args = append(args, accounts, f.Search)
	}
	// Without statistics about the one word that is asked for, SQLite would read every message to find a few.
	index := ""
	switch {
	case f.Search != "":
	case f.State == MailPending || f.State == MailDead:
		index = " INDEXED BY outbox_state"
	case f.Kind != "":
		index = " INDEXED BY outbox_kind"
	}
	list, err = all(s.read(ctx), scanMail, mailColumns+index+where+" ORDER BY id DESC LIMIT ?", append(args, n)...)
	return list, wide, err
}

// MailedMost bounds how many people a search of messages looks for; whoever means more is asked for more letters.
const MailedMost = 200

// mailedAccounts finds, in JSON, the accounts whose names begin with what somebody typed, or one of whose addresses holds
// it, at most MailedMost; more says that others are left out.
func (s *Store) mailedAccounts(ctx context.Context, search string) (list string, more bool, err error) {
	word := likeWords.Replace(search)
	ids, err := column[portal.AccountID](s.read(ctx), `SELECT id FROM account WHERE last_name LIKE ?1 ESCAPE '\' OR used_name LIKE ?1 ESCAPE '\' OR first_name LIKE ?1 ESCAPE '\'
		UNION SELECT account_id FROM account_email WHERE address LIKE ?2 ESCAPE '\' LIMIT ?3`, word+"%", "%"+word+"%", MailedMost+1)
	if err != nil {
		return "", false, err
	}
	if more = len(ids) > MailedMost; more {
		ids = ids[:MailedMost]
	}
	text, err := json.Marshal(append([]portal.AccountID{}, ids...))
	return string(text), more, err
}

// likeWords keeps what somebody typed from being a pattern.
var likeWords = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

// resendMost bounds how many messages are sent again at once.
const resendMost = 200

// ResendMails makes messages of the structure leave again: those that did not leave are due at once, where their address
// is still in use; the others leave once more to the addresses that their account has today. A message that is worth
// nothing any more, or that held a personal link, is left aside. It gives how many leave, and how many were left aside.
func (s *Store) ResendMails(ctx context.Context, structure portal.StructureID, by portal.AccountID, ids []portal.MailID) (sent, aside int, err error) {
	if len(ids) == 0 {
		return 0, 0, portal.Invalid("Cochez au moins un message.")
	}
	if len(ids) > resendMost {
		return 0, 0, portal.Invalid("Renvoyez au plus %d messages à la fois.", resendMost)
	}
	err = s.write(ctx, func(tx *Tx) error {
		sent, aside = 0, 0
		for _, id := range ids {
			m, err := one(tx, scanMail, mailColumns+" WHERE id = ? AND structure_id = ?", id, structure)
			if err != nil {
				return absent(err, "Ce message n’existe pas.")
			}
			n, err := s.resend(tx, &m)
			if err != nil {
				return err
			}
			if n == 0 {
				aside++
			}
			sent += n
		}
		if sent == 0 {
			return nil
		}
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "texte", SubjectID: int64(ids[0]),
			Words: "Courriels renvoyés", Changes: []portal.Changed{{What: "Messages renvoyés", After: fmt.Sprint(sent)}}})
	})
	return sent, aside, err
}

// resend makes one message leave again; it gives how many leave.
func (s *Store) resend(tx *Tx, m *Mail) (int, error) {
	now := s.now()
	if m.Text == "" || m.State == MailSending || !m.Expires.IsZero() && m.Expires.Before(now) {
		return 0, nil
	}
	var used bool
	if err := tx.row(&used, "SELECT ?1 = 0 OR EXISTS (SELECT 1 FROM account_email WHERE account_id = ?1 AND address = ?2 COLLATE NOCASE)", m.Account, m.Address); err != nil {
		return 0, err
	}
	if m.State != MailSent && used {
		return 1, tx.exec("UPDATE outbox SET state = 'pending', attempts = 0, next_at = ? WHERE id = ?", at(now), m.ID)
	}
	if m.Kind == KindReset {
		return 0, nil
	}
	addresses := []string{m.Address}
	if m.Account != 0 {
		var err error
		if addresses, err = column[string](tx, everyAddress, m.Account); err != nil {
			return 0, err
		}
	}
	for _, address := range addresses {
		copied := *m
		copied.Address, copied.Key = address, fmt.Sprintf("renvoi:%d:%d:%s", m.ID, now.UnixMilli(), address)
		if err := s.queueMail(tx, copied); err != nil {
			return 0, err
		}
	}
	return len(addresses), nil
}
