package db

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"marelle/portal"
)

// ResetLife is how long the link of a forgotten password can be used.
const ResetLife = time.Hour

// KindReset is the kind of the mails that hold such a link. Their text is a key: it is shown to nobody else and forgotten
// once it has left.
const KindReset = "mot-de-passe"

// ErrNoReset says that a link was used, is too old, or never was.
var ErrNoReset = portal.NotFound("Ce lien ne sert plus : il a plus d’une heure, ou il a déjà servi. Demandez-en un autre.")

// NewResetToken draws the secret of a link: 256 bits.
func NewResetToken() string { return newToken() }

// ResetRequest is « Mot de passe oublié » as it was typed, with the mail that answers when it is right.
type ResetRequest struct {
	Login, Email string
	Addr         string // network address
	Token        string
	Mail         Notice
}

// AskReset queues the mail with its link when the identifiant and the e-mail address go together. It tells nobody whether
// they do: the same rows are written and the same refusals given. Too many requests wait, on a known account or not.
func (s *Store) AskReset(ctx context.Context, ask ResetRequest) error {
	login := portal.NormaliseLogin(ask.Login)
	account, address := s.throttleKey(resetsOfAccount, login), s.addressKey(resetsOfAddress, ask.Addr)
	ask.Mail.Kind = KindReset
	return s.write(ctx, func(tx *Tx) error {
		if err := s.countReset(tx, account, address); err != nil {
			return err
		}
		who, to, err := resetAddress(tx, login, ask.Email)
		if err != nil {
			return err
		}
		hash := tokenHash(ask.Token)
		if err := tx.exec("INSERT INTO password_reset (token_hash, account_id, asked_at) VALUES (?, ?, ?)",
			hash, sql.NullInt64{Int64: int64(who), Valid: who != 0}, at(s.now())); err != nil {
			return err
		}
		structure, err := structureOf(tx, who)
		if err != nil {
			return err
		}
		key := "lien:" + hex.EncodeToString(hash[:16])
		if err := s.queueMail(tx, ask.Mail.to(structure, who, key, to)); err != nil {
			return err
		}
		if who == 0 { // queued and taken back: the work is the same, and nothing leaves
			return tx.exec("DELETE FROM outbox WHERE key = ?", key)
		}
		return s.record(tx, who, portal.ResetAsked, 0, Notice{})
	})
}

// countReset counts a request against the account typed and the address it comes from, and refuses one too many.
func (s *Store) countReset(tx *Tx, account, address string) error {
	now := s.now()
	for _, count := range []struct {
		key  string
		most int
	}{{address, resetsPerAddress}, {account, resetsPerAccount}} {
		if err := readFailures(tx, count.key, now, time.Hour, waitReset(count.most)); err != nil {
			return err
		}
		if err := addFailure(tx, count.key, now); err != nil {
			return err
		}
	}
	return nil
}

// resetAddress finds the account and its address among those that could be meant, all of them compared; zero when none is.
// An account that has no password at all yet, or no more, cannot be opened by mail.
func resetAddress(q querier, login, email string) (who portal.AccountID, to string, err error) {
	type candidate struct {
		account portal.AccountID
		address string
	}
	list, err := all(q, func(r *sql.Rows) (c candidate, err error) {
		err = r.Scan(&c.account, &c.address)
		return c, err
	}, "SELECT a.id, e.address FROM account a JOIN account_email e ON e.account_id = a.id WHERE a.login = ? AND a.password <> ''", login)
	typed := strings.ToLower(strings.TrimSpace(email))
	for _, c := range list {
		if subtle.ConstantTimeCompare([]byte(strings.ToLower(c.address)), []byte(typed)) == 1 {
			who, to = c.account, c.address
		}
	}
	return who, to, err
}

// openLink holds for a link that still opens its account: ?1 is its hash, ?2 an hour ago.
const openLink = ` FROM password_reset r JOIN account a ON a.id = r.account_id
	WHERE r.token_hash = ?1 AND r.asked_at > ?2 AND a.password <> ''`

func (s *Store) linkOwner(q querier, token string) (account portal.AccountID, err error) {
	err = oneRow(q, &account, "SELECT r.account_id"+openLink, []any{tokenHash(token), at(s.now().Add(-ResetLife))})
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrNoReset
	}
	return account, err
}

// ResetOwner gives what the new password must not be made of, or ErrNoReset; the link can still be used afterwards.
func (s *Store) ResetOwner(ctx context.Context, token string) (portal.PasswordOwner, error) {
	account, err := s.linkOwner(s.read(ctx), token)
	if err != nil {
		return portal.PasswordOwner{}, err
	}
	return s.PasswordOwner(ctx, account)
}

// Reset sets the password of the account that a link opens. Every session of the account ends, every link is consumed, the
// tries of sign-in are forgotten, and the notice goes to all the addresses.
func (s *Store) Reset(ctx context.Context, token, password string, notice Notice) error {
	account, err := s.linkOwner(s.read(ctx), token)
	if err != nil {
		return err
	}
	if err := s.refusePassword(ctx, account, password); err != nil {
		return err
	}
	found, err := s.credentials(ctx, byAccount, account)
	if err != nil {
		return absent(err, "Ce compte n’existe pas.")
	}
	if sameCode(found.stored, password) {
		return errLetterCode
	}
	stored, err := hashPassword(ctx, password)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *Tx) error {
		// While we hashed, the link may have been used by a second click, or closed by a new letter.
		if _, err := s.linkOwner(tx, token); err != nil {
			return err
		}
		if err := storePassword(tx, account, stored); err != nil {
			return err
		}
		var login string
		if err := tx.row(&login, "SELECT login FROM account WHERE id = ?", account); err != nil {
			return err
		}
		if err := tx.exec("DELETE FROM sign_in_failure WHERE key = ?", s.throttleKey(triesOfAccount, login)); err != nil {
			return err
		}
		return s.record(tx, account, portal.ResetUsed, 0, notice)
	})
}

// closeLinks ends every link of an account.
func closeLinks(tx *Tx, account portal.AccountID) error {
	return tx.exec("DELETE FROM password_reset WHERE account_id = ?", account)
}

// purgeLinks forgets the links that are too old, and the text of the mails that hold them.
func (s *Store) purgeLinks(tx *Tx, now time.Time) error {
	over := at(now.Add(-ResetLife))
	if err := tx.exec("DELETE FROM password_reset WHERE asked_at <= ?", over); err != nil || s.demo {
		return err
	}
	return tx.exec(`UPDATE outbox SET body_text = '', body_html = '', state = iif(state = 'sent', 'sent', 'dead'),
		fault = iif(state = 'sent', '', 'le lien n’est plus valable') WHERE kind = ? AND created_at <= ? AND state <> 'sending' AND body_text <> ''`, KindReset, over)
}
