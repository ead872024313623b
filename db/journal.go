package db

import (
	"context"
	"database/sql"
	"encoding/json"

	"marelle/portal"
)

// note writes what staff changed into the audit log, in the transaction of the change itself.
func (s *Store) note(tx *Tx, e portal.StaffEvent) error {
	if e.Changes == nil {
		e.Changes = []portal.Changed{}
	}
	changes, err := json.Marshal(e.Changes)
	if err != nil {
		return err
	}
	return tx.exec("INSERT INTO staff_event (structure_id, account_id, at, subject, subject_id, words, changes) VALUES (?, ?, ?, ?, ?, ?, ?)",
		sql.NullInt64{Int64: int64(e.Structure), Valid: e.Structure != 0}, sql.NullInt64{Int64: int64(e.By), Valid: e.By != 0},
		at(s.now()), e.Subject, e.SubjectID, e.Words, string(changes))
}

// Recorded is a line of the audit log with the person who acted.
type Recorded struct {
	portal.StaffEvent
	Who portal.Person
}

// Journal lists what staff changed in a structure, newest first: at most n lines after a rank, and how many there are.
// subject narrows it to one kind of thing, id to one thing; both may be empty.
func (s *Store) Journal(ctx context.Context, structure portal.StructureID, subject string, id int64, from, n int) (list []Recorded, total int, err error) {
	const where = " WHERE e.structure_id = ?1 AND (?2 = '' OR e.subject = ?2) AND (?3 = 0 OR e.subject_id = ?3)"
	err = s.snapshot(ctx, func(r reader) error {
		if err := r.row(&total, "SELECT count(*) FROM staff_event e"+where, structure, subject, id); err != nil {
			return err
		}
		list, err = recorded(r, where+" ORDER BY e.id DESC LIMIT ?4 OFFSET ?5", structure, subject, id, n, max(from, 0))
		return err
	})
	return list, total, err
}

// recorded reads lines of the audit log.
func recorded(q querier, where string, args ...any) ([]Recorded, error) {
	return all(q, func(rows *sql.Rows) (e Recorded, err error) {
		var changes string
		if err := rows.Scan(&e.ID, &e.Structure, &e.By, into{&e.At}, &e.Subject, &e.SubjectID, &e.Words, &changes, &e.Who.Civility, &e.Who.LastName, &e.Who.FirstName); err != nil {
			return e, err
		}
		e.Who.ID = e.By
		return e, json.Unmarshal([]byte(changes), &e.Changes)
	}, `SELECT e.id, coalesce(e.structure_id, 0), coalesce(e.account_id, 0), e.at, e.subject, e.subject_id, e.words, e.changes,
			coalesce(a.civility, ''), coalesce(iif(a.used_name <> '', a.used_name, a.last_name), ''), coalesce(a.first_name, '')
		FROM staff_event e LEFT JOIN account a ON a.id = e.account_id`+where, args...)
}
