package db

import (
	"context"
	"database/sql"
	"errors"

	"marelle/portal"
)

// firstCode is where the hash of the code of the first installation is kept until it has served.
const firstCode = "premier-code"

// Deserted says whether the site waits for its first administrator: a code was drawn, and nobody has an account yet.
func (s *Store) Deserted(ctx context.Context) (bool, error) {
	if s.peopled.Load() {
		return false, nil
	}
	somebody, waiting := false, false
	_, err := one(s.read(ctx), func(r *sql.Rows) (struct{}, error) { return struct{}{}, r.Scan(&somebody, &waiting) },
		"SELECT EXISTS (SELECT 1 FROM account), EXISTS (SELECT 1 FROM instance WHERE name = ?)", firstCode)
	if err == nil && somebody { // for ever: an account is never the last to go
		s.peopled.Store(true)
	}
	return waiting && !somebody, err
}

// NewFirstCode draws the code that lets the first administrator in, and forgets the one drawn before; nothing once somebody
// has an account. Only its hash is kept.
func (s *Store) NewFirstCode(ctx context.Context) (code string, err error) {
	var somebody bool
	if err := s.read(ctx).row(&somebody, "SELECT EXISTS (SELECT 1 FROM account)"); err != nil || somebody {
		return "", err
	}
	code, stored, err := s.newTemporaryPassword()
	if err != nil {
		return "", err
	}
	return code, s.write(ctx, func(tx *Tx) error {
		return tx.exec("INSERT INTO instance (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", firstCode, stored)
	})
}

// Installation is what the first person of a site types.
type Installation struct {
	Code      string // printed by the program at its start
	Structure portal.Structure
	Admin     portal.Identity
	Password  string
	Visit     Visit
}

// errInstalled answers the second of two people who install a site, as if the page had never been.
var errInstalled = portal.NotFound("Cette page n’existe pas.")

// Install makes the first structure of a site and the account of its first administrator, who is signed in: it gives the
// session's token. The code serves once; wrong ones are counted and slowed down like passwords.
func (s *Store) Install(ctx context.Context, in Installation) (token string, err error) {
	if err := in.Structure.Check(); err != nil {
		return "", err
	}
	stored, err := s.instance(ctx, firstCode)
	if errors.Is(err, sql.ErrNoRows) {
		return "", errInstalled
	}
	if err != nil {
		return "", err
	}
	code, address := s.throttleKey(triesOfAccount, firstCode), s.addressKey(triesOfAddress, in.Visit.Addr)
	if err := s.reserveTry(ctx, code, address); err != nil {
		return "", err
	}
	right := sameCode(stored, in.Code)
	years, err := OfficialYears(in.Structure.Zone)
	if err != nil {
		return "", err
	}
	hashed, err := hashPassword(ctx, in.Password)
	if err != nil {
		return "", errors.Join(err, s.forgiveTry(code))
	}
	err = s.settleTry(ctx, code, address, right, func(tx *Tx) error {
		var somebody bool
		if err := tx.row(&somebody, "SELECT EXISTS (SELECT 1 FROM account)"); err != nil {
			return err
		}
		if somebody {
			return errInstalled
		}
		token, err = s.install(tx, in, years, hashed)
		return err
	})
	if err == nil && !right {
		return "", portal.Wrong("code", "Ce code n’est pas celui que le programme a affiché. Recopiez-le, ou relancez le programme pour en avoir un autre.")
	}
	return token, err
}

func (s *Store) install(tx *Tx, in Installation, years []portal.SchoolYear, hashed string) (token string, err error) {
	structure, err := s.createStructure(tx, in.Structure, years, "")
	if err != nil {
		return "", err
	}
	account, err := s.createAccount(tx, in.Admin)
	if err != nil {
		return "", err
	}
	if err := storePassword(tx, account, hashed); err != nil {
		return "", err
	}
	now := s.now()
	if err := tx.exec("UPDATE account SET first_seen_at = ? WHERE id = ?", at(now), account); err != nil {
		return "", err
	}
	if err := tx.exec("INSERT INTO staff (account_id, structure_id, role) VALUES (?, ?, ?)", account, structure, string(portal.Administrator)); err != nil {
		return "", err
	}
	if err := tx.exec("DELETE FROM instance WHERE name = ?", firstCode); err != nil {
		return "", err
	}
	if err := s.note(tx, portal.StaffEvent{Structure: structure, By: account, Subject: "structure", SubjectID: int64(structure), Words: "Portail installé : " + in.Structure.Name,
		Changes: portal.Differences(nil, in.Structure.Facts())}); err != nil {
		return "", err
	}
	fresh := newSession(account, false)
	fresh.device = in.Visit.Device
	return fresh.token, fresh.replace(tx, in.Visit.Before, now)
}
