package db

import (
	"context"
	"database/sql"
	"fmt"

	"marelle/portal"
)

// Notice is a message to an account, written before it is known to which addresses it goes; the zero value is none.
type Notice struct {
	Kind       string
	Subject    string
	Text, HTML string
}

// record writes what was done to an account and by whom (zero: nobody signed in), and queues the notice of it to every
// address that the account has at that moment and that takes messages.
func (s *Store) record(tx *Tx, account portal.AccountID, kind portal.AccountEventKind, by portal.AccountID, notice Notice) error {
	event, err := tx.insert("INSERT INTO account_event (account_id, at, kind, by_account) VALUES (?, ?, ?, ?)",
		account, at(s.now()), string(kind), sql.NullInt64{Int64: int64(by), Valid: by != 0})
	if err != nil || notice == (Notice{}) {
		return err
	}
	structure, err := structureOf(tx, account)
	if err != nil {
		return err
	}
	addresses, err := column[string](tx, everyAddress, account)
	if err != nil {
		return err
	}
	for _, address := range addresses {
		if err := s.queueMail(tx, notice.to(structure, account, fmt.Sprintf("compte:%d:%s", event, address), address)); err != nil {
			return err
		}
	}
	return nil
}

// to addresses a notice.
func (n Notice) to(structure portal.StructureID, account portal.AccountID, key, address string) Mail {
	return Mail{Structure: structure, Account: account, Key: key, Kind: n.Kind, Address: address, Subject: n.Subject, Text: n.Text, HTML: n.HTML}
}

// structureOf gives the structure that writes to an account: a family's, else an agent's, else the first of the site.
func structureOf(tx *Tx, account portal.AccountID) (id portal.StructureID, err error) {
	err = tx.row(&id, `SELECT coalesce((SELECT min(f.structure_id) FROM guardian g JOIN family f ON f.id = g.family_id WHERE g.account_id = ?1),
		(SELECT min(structure_id) FROM staff WHERE account_id = ?1), (SELECT min(id) FROM structure))`, account)
	return id, err
}

// AccountEvents lists what was done to an account, newest first, at most n.
func (s *Store) AccountEvents(ctx context.Context, account portal.AccountID, n int) ([]portal.AccountEvent, error) {
	return accountEvents(s.read(ctx), account, n)
}

func accountEvents(q querier, account portal.AccountID, n int) ([]portal.AccountEvent, error) {
	return all(q, func(r *sql.Rows) (e portal.AccountEvent, err error) {
		err = r.Scan(&e.Account, into{&e.At}, &e.Kind, &e.By)
		return e, err
	}, "SELECT account_id, at, kind, coalesce(by_account, 0) FROM account_event WHERE account_id = ? ORDER BY id DESC LIMIT ?", account, n)
}
