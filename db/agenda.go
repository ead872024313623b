package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"marelle/portal"
)

// calendarBack is how many days of the past a calendar address still shows.
const calendarBack = 30

// ErrCalendarMade refuses the same form sent twice: it would make void the address that has just been shown.
var ErrCalendarMade = portal.Conflict("L’adresse d’agenda a changé depuis que cette page est ouverte. Rien n’a été refait : la dernière adresse montrée reste valable. Rouvrez votre profil pour en demander une autre.")

// MakeCalendar gives the account a new secret calendar address and its token, kept nowhere; the one before no longer
// works. It is refused with ErrCalendarMade when the page that asks did not show the address in force (zero: none).
func (s *Store) MakeCalendar(ctx context.Context, session *Session, shown time.Time) (token string, err error) {
	token = newToken()
	return token, s.write(ctx, func(tx *Tx) error {
		var made time.Time
		err := tx.row(into{&made}, "SELECT created_at FROM calendar_address WHERE account_id = ?", session.Account)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if !made.Equal(shown) {
			return ErrCalendarMade
		}
		kind := portal.CalendarCreated
		if !made.IsZero() {
			kind = portal.CalendarRenewed
		}
		if err := tx.exec("INSERT OR REPLACE INTO calendar_address (account_id, token_hash, created_at) VALUES (?, ?, ?)", session.Account, tokenHash(token), at(s.now())); err != nil {
			return err
		}
		return s.record(tx, session.Account, kind, session.Account, Notice{})
	})
}

// RemoveCalendar makes the calendar address of the account open nothing any more.
func (s *Store) RemoveCalendar(ctx context.Context, session *Session) error {
	return s.write(ctx, func(tx *Tx) error {
		n, err := tx.change("DELETE FROM calendar_address WHERE account_id = ?", session.Account)
		if err != nil || n == 0 {
			return err
		}
		return s.record(tx, session.Account, portal.CalendarRemoved, session.Account, Notice{})
	})
}

// CalendarDays lists what is booked for the children of the account that a calendar address belongs to, from thirty days
// back; an address that is no more is not found.
func (s *Store) CalendarDays(ctx context.Context, token string) (list []portal.Reservation, err error) {
	err = s.snapshot(ctx, func(r reader) error {
		var account portal.AccountID
		if err := r.row(&account, "SELECT account_id FROM calendar_address WHERE token_hash = ?", tokenHash(token)); err != nil {
			return absent(err, "Cette adresse d’agenda ne sert plus.")
		}
		back := portal.FollowFilter{From: portal.DateOf(s.now()) - calendarBack}
		children, setups, err := s.familyOf(r, account, back, s.now())
		if err != nil {
			return err
		}
		list, err = savedDays(r, account, children, setups, back)
		return err
	})
	return list, err
}
