package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"marelle/portal"
)

// errNotDemo keeps the operations of the demonstration away from a real town.
var errNotDemo = errors.New("db: only a demonstration database allows this")

// DemoAccount is an account of the demonstration.
type DemoAccount struct {
	ID                         portal.AccountID
	Login, LastName, FirstName string
	Staff                      bool
}

// DemoAccounts lists the accounts of a demonstration, in the order of their creation.
func (s *Store) DemoAccounts(ctx context.Context, structure portal.StructureID) ([]DemoAccount, error) {
	if !s.demo {
		return nil, errNotDemo
	}
	return all(s.read(ctx), func(r *sql.Rows) (a DemoAccount, err error) {
		err = r.Scan(&a.ID, &a.Login, &a.LastName, &a.FirstName, &a.Staff)
		return a, err
	}, `SELECT a.id, a.login, iif(a.used_name <> '', a.used_name, a.last_name), a.first_name, EXISTS (SELECT 1 FROM staff t WHERE t.account_id = a.id)
		FROM account a WHERE `+accountOfStructure+` ORDER BY a.id`, structure)
}

// DemoReady gives accounts of a demonstration the common password and accepts the terms for them: 292 people cannot go
// through their first sign-in while somebody waits.
func (s *Store) DemoReady(ctx context.Context, accounts []portal.AccountID, password string) error {
	if !s.demo {
		return errNotDemo
	}
	hash, err := hashPassword(ctx, password)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *Tx) error {
		now := at(s.now())
		for _, account := range accounts {
			if err := tx.exec("UPDATE account SET password = ?1, temporary = 0, temporary_until = NULL, first_seen_at = ?2, signed_in_at = ?2 WHERE id = ?3", hash, now, account); err != nil {
				return err
			}
			if err := tx.exec("INSERT INTO terms_acceptance (account_id, terms_id, at) SELECT ?, id, ? FROM terms", account, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// DemoAttended writes days that a child attended before a demonstration opened, so that its family has a habit. The
// activity must have no counted places.
func (s *Store) DemoAttended(ctx context.Context, account portal.AccountID, child portal.ChildID, activity portal.ActivityID, days []portal.Date) error {
	if !s.demo {
		return errNotDemo
	}
	return s.write(ctx, func(tx *Tx) error {
		if err := mustBeGuardian(tx, account, child); err != nil {
			return err
		}
		for _, day := range days {
			if err := tx.exec(`INSERT INTO booking (child_id, activity_id, day, status, account_id, since)
				SELECT ?1, ?2, ?3, 'booked', ?4, ?5 WHERE NOT EXISTS (SELECT 1 FROM counter_activity WHERE activity_id = ?2)
				ON CONFLICT DO NOTHING`, child, activity, day, account, at(s.now())); err != nil {
				return err
			}
		}
		return nil
	})
}

// DemoUndelivered queues a message of a demonstration as one that was refused for good.
func (s *Store) DemoUndelivered(ctx context.Context, m Mail, fault string) error {
	if !s.demo {
		return errNotDemo
	}
	return s.write(ctx, func(tx *Tx) error {
		if err := s.queueMail(tx, m); err != nil {
			return err
		}
		if err := tx.exec("UPDATE outbox SET state = 'dead', attempts = 1, fault = ? WHERE key = ?", fault, m.Key); err != nil {
			return err
		}
		return s.loseAddress(tx, m.Address, fault)
	})
}

// SetDemoClock remembers how far the clock of a demonstration is from the real one, and keeps everybody signed in while
// it moves: sessions are moved by as much.
func (s *Store) SetDemoClock(ctx context.Context, offset, moved time.Duration) error {
	if !s.demo {
		return errNotDemo
	}
	return s.write(ctx, func(tx *Tx) error {
		if err := tx.exec("INSERT INTO instance (name, value) VALUES ('demo_clock', ?) ON CONFLICT DO UPDATE SET value = excluded.value", offset.String()); err != nil {
			return err
		}
		return tx.exec("UPDATE session SET created_at = created_at + ?1, seen_at = seen_at + ?1", moved.Milliseconds())
	})
}

// DemoClock gives what SetDemoClock remembered; ok is false in a new demonstration.
func (s *Store) DemoClock(ctx context.Context) (offset time.Duration, ok bool, err error) {
	text, err := s.instance(ctx, "demo_clock")
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	offset, err = time.ParseDuration(text)
	return offset, true, err
}

// KeepDemoLogins keeps the logins that were printed, so that a demonstration opened again prints them again.
func (s *Store) KeepDemoLogins(ctx context.Context, text string) error {
	if !s.demo {
		return errNotDemo
	}
	return s.write(ctx, func(tx *Tx) error {
		return tx.exec("INSERT INTO instance (name, value) VALUES ('demo_logins', ?) ON CONFLICT DO UPDATE SET value = excluded.value", text)
	})
}

// DemoLogins gives what KeepDemoLogins kept.
func (s *Store) DemoLogins(ctx context.Context) (string, error) {
	return s.instance(ctx, "demo_logins")
}
