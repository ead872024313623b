package db

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"marelle/portal"
)

// DeadAddress is an address that refused a message for good, with whose it is.
type DeadAddress struct {
	Account  portal.Person
	Address  string
	Since    time.Time
	Why      string // what the server said, without any address
	Families []string
	Agent    bool // it is an agent's
}

type deadMark struct {
	address, why string
	since        time.Time
}

func scanDeadMark(r *sql.Rows) (d deadMark, err error) {
	err = r.Scan(&d.address, into{&d.since}, &d.why)
	return d, err
}

// loseAddress marks an address as one that takes nothing any more, on every account that has it, and gives up what waits
// for it. A link that somebody asked for is still tried: it is asked for by whoever reads the address.
func (s *Store) loseAddress(tx *Tx, address, why string) error {
	if err := tx.exec("UPDATE account_email SET dead_at = ?, dead_why = ? WHERE address = ? COLLATE NOCASE AND dead_at IS NULL", at(s.now()), why, address); err != nil {
		return err
	}
	return tx.exec(`UPDATE outbox SET state = 'dead', fault = 'cette adresse ne reçoit plus rien : elle est à corriger'
		WHERE state = 'pending' AND address = ? COLLATE NOCASE AND kind <> ?`, address, KindReset)
}

// DeadAddresses lists the addresses of a structure's families and agents that are to be corrected, the latest first.
func (s *Store) DeadAddresses(ctx context.Context, structure portal.StructureID) ([]DeadAddress, error) {
	return all(s.read(ctx), func(r *sql.Rows) (d DeadAddress, err error) {
		var families string
		err = r.Scan(&d.Account.ID, &d.Account.Civility, &d.Account.LastName, &d.Account.FirstName, &d.Address, into{&d.Since}, &d.Why, &families, &d.Agent)
		if families != "" {
			d.Families = strings.Split(families, "\n")
		}
		return d, err
	}, `SELECT a.id, a.civility, iif(a.used_name <> '', a.used_name, a.last_name), a.first_name, e.address, e.dead_at, e.dead_why,
			(SELECT coalesce(group_concat(name, char(10)), '') FROM (SELECT f.name FROM guardian g JOIN family f ON f.id = g.family_id
				WHERE g.account_id = a.id AND f.structure_id = ?1 ORDER BY f.id)),
			EXISTS (SELECT 1 FROM staff t WHERE t.account_id = a.id AND t.structure_id = ?1)
		FROM account_email e JOIN account a ON a.id = e.account_id WHERE e.dead_at IS NOT NULL AND `+accountOfStructure+` ORDER BY e.dead_at DESC, a.id, e.position`, structure)
}

// LiftAddress says that an address of somebody of the structure works again: it gets what is sent from now on.
func (s *Store) LiftAddress(ctx context.Context, structure portal.StructureID, by, account portal.AccountID, address string) error {
	return s.write(ctx, func(tx *Tx) error {
		var ours bool
		if err := tx.row(&ours, "SELECT EXISTS (SELECT 1 FROM account a WHERE a.id = ?2 AND "+accountOfStructure+")", structure, account); err != nil {
			return err
		}
		if !ours {
			return portal.NotFound("Cette adresse n’existe pas.")
		}
		n, err := tx.change("UPDATE account_email SET dead_at = NULL, dead_why = '' WHERE account_id = ? AND address = ? AND dead_at IS NOT NULL", account, address)
		if err != nil || n == 0 {
			return err
		}
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "compte", SubjectID: int64(account),
			Words: "Adresse e-mail remise en service", Changes: []portal.Changed{{What: "Adresse " + address, Before: "à corriger", After: "en service"}}})
	})
}
