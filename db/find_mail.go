package db

import (
	"context"
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
// than before (0: the newest).
func (s *Store) FindMails(ctx context.Context, structure portal.StructureID, f MailFilter, before portal.MailID, n int) ([]Mail, error) {
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
	if word := likeWords.Replace(strings.TrimSpace(f.Search)); word != "" {
		where += ` AND (address LIKE ? ESCAPE '\' OR account_id IN (SELECT id FROM account
			WHERE last_name LIKE ? ESCAPE '\' OR used_name LIKE ? ESCAPE '\' OR first_name LIKE ? ESCAPE '\'))`
		args = append(args, "%"+word+"%", word+"%", word+"%", word+"%")
	}
	return all(s.read(ctx), scanMail, mailColumns+where+" ORDER BY id DESC LIMIT ?", append(args, n)...)
}

// likeWords keeps what somebody typed from being a pattern.
var likeWords = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

// MailKinds lists the kinds of message that a structure has sent or has to send.
func (s *Store) MailKinds(ctx context.Context, structure portal.StructureID) ([]string, error) {
	return column[string](s.read(ctx), "SELECT DISTINCT kind FROM outbox WHERE structure_id = ? ORDER BY kind", structure)
}

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
