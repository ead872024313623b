package db

import (
	"context"
	"database/sql"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"marelle/portal"
)

// Profile is what a person sees and changes of the own account.
type Profile struct {
	Login     string
	Person    portal.Person
	Phones    portal.Phones
	Addresses []portal.Address
	Devices   []OpenDevice
	Calendar  time.Time // when the calendar address was made; zero: there is none
}

// OpenDevice is a session that can still be used.
type OpenDevice struct {
	ID       string // tells it apart from the account's others; opens nothing
	Words    string // « Chrome sur Android »
	Remember bool
	Created  time.Time
	Seen     time.Time
	This     bool // the one that asks
}

// Profile gives the account of whoever is signed in.
func (s *Store) Profile(ctx context.Context, session *Session) (p Profile, err error) {
	err = s.snapshot(ctx, func(r reader) error {
		p, err = one(r, func(r *sql.Rows) (p Profile, err error) {
			err = r.Scan(&p.Login, &p.Phones.Home, &p.Phones.Work, &p.Phones.Mobile, into{&p.Calendar})
			return p, err
		}, `SELECT a.login, a.home_phone, a.work_phone, a.mobile_phone, (SELECT created_at FROM calendar_address c WHERE c.account_id = a.id)
			FROM account a WHERE a.id = ?`, session.Account)
		if err != nil {
			return absent(err, "Ce compte n’existe pas.")
		}
		p.Person = session.Person
		if p.Addresses, err = addressesOf(r, session.Account); err != nil {
			return err
		}
		p.Devices, err = s.devices(r, session)
		return err
	})
	return p, err
}

func addressesOf(q querier, account portal.AccountID) ([]portal.Address, error) {
	return all(q, func(r *sql.Rows) (a portal.Address, err error) {
		err = r.Scan(&a.Email, &a.Reports, &a.Reminders, &a.Dead)
		return a, err
	}, "SELECT address, reports, reminders, dead_at IS NOT NULL FROM account_email WHERE account_id = ? ORDER BY position", account)
}

// devices lists the sessions of an account that are still good, the one that asks first, then the last used.
func (s *Store) devices(q querier, session *Session) ([]OpenDevice, error) {
	now := s.now()
	list, err := all(q, func(r *sql.Rows) (d OpenDevice, err error) {
		var hash []byte
		err = r.Scan(&hash, &d.Words, &d.Remember, into{&d.Created}, into{&d.Seen})
		d.ID, d.This, d.Words = deviceID(hash), slices.Equal(hash, session.hash), portal.DeviceWords(d.Words)
		return d, err
	}, "SELECT id_hash, device, remember, created_at, seen_at FROM session WHERE account_id = ?1 ORDER BY id_hash <> ?2, seen_at DESC", session.Account, session.hash)
	return slices.DeleteFunc(list, func(d OpenDevice) bool {
		idle, whole := session.lifeOf(d.Remember)
		return now.Sub(d.Seen) >= idle || now.Sub(d.Created) >= whole
	}), err
}

// deviceIDBytes is how much of the stored hash tells the sessions of one account apart.
const deviceIDBytes = 8

func deviceID(hash []byte) string { return hex.EncodeToString(hash[:deviceIDBytes]) }

// CloseDevice ends one of the account's sessions; one that is over already is no matter.
func (s *Store) CloseDevice(ctx context.Context, session *Session, id string) error {
	return s.write(ctx, func(tx *Tx) error {
		n, err := tx.change("DELETE FROM session WHERE account_id = ? AND lower(hex(substr(id_hash, 1, ?))) = ?", session.Account, deviceIDBytes, id)
		if err != nil || n == 0 {
			return err
		}
		return s.record(tx, session.Account, portal.SessionClosed, session.Account, Notice{})
	})
}

// CloseOtherDevices ends every session of the account but the one that asks.
func (s *Store) CloseOtherDevices(ctx context.Context, session *Session) error {
	return s.write(ctx, func(tx *Tx) error {
		n, err := tx.change("DELETE FROM session WHERE account_id = ? AND id_hash <> ?", session.Account, session.hash)
		if err != nil || n == 0 {
			return err
		}
		return s.record(tx, session.Account, portal.OthersClosed, session.Account, Notice{})
	})
}

// SaveAddresses replaces the addresses of the account and what each gets, once the password is given again. A change of the
// addresses themselves is told to the old ones, and ends the links that were sent to them.
func (s *Store) SaveAddresses(ctx context.Context, session *Session, current, addr string, list []portal.Address, notice Notice) error {
	if err := s.askAgain(ctx, session, current, addr); err != nil {
		return err
	}
	return s.write(ctx, func(tx *Tx) error {
		before, err := addressesOf(tx, session.Account)
		if err != nil {
			return err
		}
		for i := range list { // whoever leaves an address as it is has not corrected it
			list[i].Dead = slices.ContainsFunc(before, func(a portal.Address) bool { return a.Dead && strings.EqualFold(a.Email, list[i].Email) })
		}
		if slices.Equal(before, list) {
			return nil
		}
		if sameEmails(before, list) {
			notice = Notice{}
		}
		if err := s.record(tx, session.Account, portal.AddressesChanged, session.Account, notice); err != nil {
			return err
		}
		if err := closeLinks(tx, session.Account); err != nil {
			return err
		}
		return setAddresses(tx, session.Account, list)
	})
}

func sameEmails(a, b []portal.Address) bool {
	return slices.EqualFunc(a, b, func(x, y portal.Address) bool { return strings.EqualFold(x.Email, y.Email) })
}

// setAddresses replaces the addresses of an account; the first one is the one that gets payment tickets. An address that
// stays and takes nothing any more stays so.
func setAddresses(tx *Tx, account portal.AccountID, list []portal.Address) error {
	dead, err := all(tx, scanDeadMark, "DELETE FROM account_email WHERE account_id = ? RETURNING address, dead_at, dead_why", account)
	if err != nil {
		return err
	}
	for i, a := range list {
		if err := tx.exec("INSERT INTO account_email (account_id, position, address, reports, reminders) VALUES (?, ?, ?, ?, ?)", account, i, a.Email, a.Reports, a.Reminders); err != nil {
			return err
		}
	}
	for _, d := range dead {
		if d.since.IsZero() {
			continue
		}
		if err := tx.exec("UPDATE account_email SET dead_at = ?, dead_why = ? WHERE account_id = ? AND address = ? COLLATE NOCASE", at(d.since), d.why, account, d.address); err != nil {
			return err
		}
	}
	return nil
}

// SavePhones replaces the telephone numbers of the account.
func (s *Store) SavePhones(ctx context.Context, session *Session, p portal.Phones) error {
	p, err := p.Check()
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *Tx) error {
		n, err := tx.change("UPDATE account SET home_phone = ?1, work_phone = ?2, mobile_phone = ?3 WHERE id = ?4 AND (home_phone, work_phone, mobile_phone) <> (?1, ?2, ?3)",
			p.Home, p.Work, p.Mobile, session.Account)
		if err != nil || n == 0 {
			return err
		}
		return s.record(tx, session.Account, portal.PhonesChanged, session.Account, Notice{})
	})
}
