package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"net/netip"
	"time"

	"marelle/portal"
)

// The throttling of sign-ins (SAFETY D24). It slows guessing down and locks nobody out for good.
const (
	freeFailures    = 4                // wrong tries that cost nothing
	longestDelay    = 15 * time.Minute // between two tries on one account
	failuresPerDay  = 25               // on one account
	failuresPerHour = 100              // from one address: many families may share it
)

// What tries are counted of; each has counts of its own.
const (
	triesOfAccount  = "compte"
	triesOfAddress  = "adresse"
	triesOfCode     = "code-compte"
	resetsOfAccount = "oubli-compte"
	resetsOfAddress = "oubli-adresse"

	triesOfCodeAddress = "code-adresse"
)

// The throttling of forgotten passwords: what one hour allows.
const (
	resetsPerAccount = 3
	resetsPerAddress = 10
)

// failures is what is remembered of the wrong tries of one account or one address.
type failures struct {
	n           int
	first, last time.Time
}

// wait gives how long the next try on an account must wait.
func (f failures) wait(now time.Time) time.Duration {
	switch {
	case f.n >= failuresPerDay:
		return f.first.Add(24 * time.Hour).Sub(now)
	case f.n <= freeFailures:
		return 0
	}
	delay := min(longestDelay, time.Second<<min(f.n-freeFailures, 20))
	return f.last.Add(delay).Sub(now)
}

// waitAddress gives how long the next try from an address must wait.
func (f failures) waitAddress(now time.Time) time.Duration {
	if f.n < failuresPerHour {
		return 0
	}
	return f.first.Add(time.Hour).Sub(now)
}

// waitReset gives how long the next request for a link must wait, after so many in an hour.
func waitReset(most int) func(failures, time.Time) time.Duration {
	return func(f failures, now time.Time) time.Duration {
		if f.n < most {
			return 0
		}
		return f.first.Add(time.Hour).Sub(now)
	}
}

// throttleKey hides what was typed: somebody may have typed a password in the wrong field.
func (s *Store) throttleKey(kind, value string) string {
	sum := sha256.Sum256([]byte(string(s.salt) + kind + "\x00" + value))
	return kind + ":" + hex.EncodeToString(sum[:16])
}

func (s *Store) addressKey(kind, addr string) string {
	ip, err := netip.ParseAddr(addr)
	if err != nil {
		return s.throttleKey(kind, "inconnue")
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is6() {
		prefix, _ := ip.Prefix(64) // one house is given at least a /64
		ip = prefix.Addr()
	}
	return s.throttleKey(kind, ip.String())
}

// reserveTry counts the try as failed before it is verified, so that a hundred tries at once are a hundred tries;
// it refuses the one that comes too early. An unknown login is counted like another.
func (s *Store) reserveTry(ctx context.Context, account, address string) error {
	now := s.now()
	return s.write(ctx, func(tx *Tx) error {
		if err := readFailures(tx, address, now, time.Hour, failures.waitAddress); err != nil {
			return err
		}
		if err := readFailures(tx, account, now, 24*time.Hour, failures.wait); err != nil {
			return err
		}
		return addFailure(tx, account, now)
	})
}

// readFailures refuses when it is too early, and forgets what is older than the window.
func readFailures(tx *Tx, key string, now time.Time, window time.Duration, wait func(failures, time.Time) time.Duration) error {
	f, err := one(tx, func(r *sql.Rows) (f failures, err error) {
		err = r.Scan(&f.n, into{&f.first}, into{&f.last})
		return f, err
	}, "SELECT failures, first_at, last_at FROM sign_in_failure WHERE key = ?", key)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if now.Sub(f.first) >= window || now.Before(f.last) { // a clock set back must not lock anybody out
		return tx.exec("DELETE FROM sign_in_failure WHERE key = ?", key)
	}
	if left := wait(f, now); left > 0 {
		return later(left, portal.TooMany("Trop d’essais. Réessayez dans %s, ou appelez la mairie.", waitWords(left)))
	}
	return nil
}

func addFailure(tx *Tx, key string, now time.Time) error {
	return tx.exec(`INSERT INTO sign_in_failure (key, failures, first_at, last_at) VALUES (?, 1, ?2, ?2)
		ON CONFLICT DO UPDATE SET failures = failures + 1, last_at = excluded.last_at`, key, at(now))
}

// settleTry corrects the count once the password is verified: a right one clears the account, a wrong one counts
// against the address too. Both write, so that neither is told by its time.
func (s *Store) settleTry(ctx context.Context, account, address string, right bool, then func(*Tx) error) error {
	return s.write(ctx, func(tx *Tx) error {
		if !right {
			return addFailure(tx, address, s.now())
		}
		if err := tx.exec("DELETE FROM sign_in_failure WHERE key = ?", account); err != nil {
			return err
		}
		return then(tx)
	})
}

// forgiveTry takes back a try that could not be verified: too many people at once, or a browser that left.
func (s *Store) forgiveTry(account string) error {
	return s.write(context.Background(), func(tx *Tx) error {
		return tx.exec("UPDATE sign_in_failure SET failures = failures - 1 WHERE key = ?", account)
	})
}
