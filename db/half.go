package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"marelle/portal"
)

// NeedsCode says that the password was right and that the code of the second factor is asked before any session begins.
type NeedsCode struct {
	Token string // of the half session; the browser keeps it until the code comes
}

// Error says it to programs.
func (NeedsCode) Error() string { return "db: the code of the second factor is asked" }

// ErrNoHalfSession says that nobody is waited for: the code took too long, or the password changed meanwhile.
var ErrNoHalfSession = errors.New("db: no sign-in waits for its code")

// halfSession is a sign-in that waits for its code.
type halfSession struct {
	account  portal.AccountID
	login    string
	remember bool
	device   string
	sealed   []byte
	last     int64
}

func (s *Store) half(ctx context.Context, token string) (h halfSession, err error) {
	h, err = one(s.read(ctx), func(r *sql.Rows) (h halfSession, err error) {
		err = r.Scan(&h.account, &h.login, &h.remember, &h.device, &h.sealed, &h.last)
		return h, err
	}, `SELECT h.account_id, a.login, h.remember, h.device, f.secret, f.last_step FROM half_session h JOIN account a ON a.id = h.account_id
		JOIN second_factor f ON f.account_id = h.account_id WHERE h.id_hash = ? AND h.created_at > ? AND f.secret IS NOT NULL`,
		tokenHash(token), at(s.now().Add(-portal.HalfSessionLife)))
	if errors.Is(err, sql.ErrNoRows) {
		return h, ErrNoHalfSession
	}
	return h, err
}

// WaitsForCode says whether a browser's sign-in waits for its code; ErrNoHalfSession when none does.
func (s *Store) WaitsForCode(ctx context.Context, token string) error {
	_, err := s.half(ctx, token)
	return err
}

// SignInCode ends a sign-in with the code of the telephone, or with a recovery code, and begins the session, whose token it
// gives. Neither code can be used twice, and wrong ones are slowed down as wrong passwords are.
func (s *Store) SignInCode(ctx context.Context, half, typed string, visit Visit) (token string, remember bool, err error) {
	h, err := s.half(ctx, half)
	if err != nil {
		return "", false, err
	}
	account, address := s.throttleKey(triesOfCode, h.login), s.addressKey(triesOfCodeAddress, visit.Addr)
	if err := s.reserveTry(ctx, account, address); err != nil {
		return "", false, err
	}
	use, err := s.matchCode(ctx, h, typed)
	if err != nil {
		return "", false, errors.Join(err, s.forgiveTry(account))
	}
	fresh := newSession(h.account, h.remember)
	fresh.device = h.device
	err = s.settleTry(ctx, account, address, use != nil, func(tx *Tx) error {
		n, err := tx.change("DELETE FROM half_session WHERE id_hash = ?", tokenHash(half))
		if err != nil {
			return err
		}
		if n == 0 { // the same form twice, or a new letter meanwhile
			return ErrNoHalfSession
		}
		if err := use(tx); err != nil {
			return err
		}
		return s.enter(tx, fresh, visit.Before)
	})
	switch {
	case err != nil:
		return "", false, err
	case use == nil:
		return "", false, errWrongCode
	}
	return fresh.token, h.remember, nil
}

// matchCode finds what a typed code opens and gives how it is used up, or nothing when it opens nothing.
func (s *Store) matchCode(ctx context.Context, h halfSession, typed string) (use func(*Tx) error, err error) {
	if _, isCode := portal.FactorCode(typed); isCode {
		secret, err := s.openSecret(h.account, h.sealed)
		if errors.Is(err, errSealLost) {
			return nil, portal.Conflict("Le serveur a perdu la clé des seconds facteurs : les codes des téléphones ne peuvent plus être vérifiés. Entrez avec un code de secours, puis préparez votre téléphone de nouveau.")
		}
		if err != nil {
			return nil, err
		}
		step, right := matchStep(secret, typed, s.real(), h.last)
		if !right {
			return nil, nil
		}
		return func(tx *Tx) error {
			return mustTouch(tx, "UPDATE second_factor SET last_step = ?1 WHERE account_id = ?2 AND last_step < ?1", step, h.account)
		}, nil
	}
	type kept struct {
		position int
		hash     string
	}
	list, err := all(s.read(ctx), func(r *sql.Rows) (k kept, err error) {
		err = r.Scan(&k.position, &k.hash)
		return k, err
	}, "SELECT position, hash FROM recovery_code WHERE account_id = ? AND used_at IS NULL ORDER BY position", h.account)
	for _, k := range list {
		if sameCode(k.hash, typed) {
			return func(tx *Tx) error {
				if err := mustTouch(tx, "UPDATE recovery_code SET used_at = ? WHERE account_id = ? AND position = ? AND hash = ? AND used_at IS NULL", at(s.now()), h.account, k.position, k.hash); err != nil {
					return err
				}
				return s.factorChanged(tx, h.account, h.account, portal.RecoveryUsed, Notice{})
			}, nil
		}
	}
	return nil, err
}

// mustTouch refuses the code that another request has just used.
func mustTouch(tx *Tx, query string, args ...any) error {
	n, err := tx.change(query, args...)
	if err == nil && n == 0 {
		return errWrongCode
	}
	return err
}

// enter begins a session at the end of a sign-in.
func (s *Store) enter(tx *Tx, fresh freshSession, before string) error {
	now := s.now()
	if err := fresh.replace(tx, before, now); err != nil {
		return err
	}
	return tx.exec("UPDATE account SET signed_in_at = ?1, first_seen_at = coalesce(first_seen_at, ?1) WHERE id = ?2", at(now), fresh.account)
}

// halfway begins a half session when the account has a second factor; an account that has none enters.
func (s *Store) halfway(tx *Tx, fresh freshSession, before string) (half bool, err error) {
	if err := tx.row(&half, "SELECT EXISTS (SELECT 1 FROM second_factor WHERE account_id = ? AND secret IS NOT NULL)", fresh.account); err != nil {
		return false, err
	}
	if !half {
		return false, s.enter(tx, fresh, before)
	}
	return true, tx.exec("INSERT INTO half_session (id_hash, account_id, remember, device, created_at) VALUES (?, ?, ?, ?, ?)",
		tokenHash(fresh.token), fresh.account, fresh.remember, fresh.device, at(s.now()))
}

// endSessions ends every session of an account, and every sign-in that waits for its code.
func endSessions(tx *Tx, account portal.AccountID) error {
	if err := tx.exec("DELETE FROM half_session WHERE account_id = ?", account); err != nil {
		return err
	}
	return tx.exec("DELETE FROM session WHERE account_id = ?", account)
}

// purgeHalves forgets the sign-ins whose code never came, and the secrets that nobody confirmed.
func purgeHalves(tx *Tx, now time.Time) error {
	if err := tx.exec("DELETE FROM half_session WHERE created_at <= ?", at(now.Add(-portal.HalfSessionLife))); err != nil {
		return err
	}
	if err := tx.exec("DELETE FROM second_factor WHERE secret IS NULL AND pending_at <= ?", at(now.Add(-portal.FactorPendingLife))); err != nil {
		return err
	}
	return tx.exec("UPDATE second_factor SET pending = NULL, pending_at = NULL WHERE pending_at <= ?", at(now.Add(-portal.FactorPendingLife)))
}
