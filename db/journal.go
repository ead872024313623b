package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"marelle/portal"
)

// note writes what staff changed into the audit log, in the transaction of the change itself. Whoever is named beside the subject
// must be in Names: an erasure blanks the lines about a person, and those that name one.
func (s *Store) note(tx *Tx, e portal.StaffEvent) error {
	if e.Changes == nil {
		e.Changes = []portal.Changed{}
	}
	changes, err := json.Marshal(e.Changes)
	if err != nil {
		return err
	}
	var previous string
	if err := tx.row(&previous, "SELECT hash FROM staff_event ORDER BY id DESC LIMIT 1"); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	e.At = s.now()
	digest := e.Digest(string(changes))
	id, err := tx.insert("INSERT INTO staff_event (structure_id, account_id, at, subject, subject_id, words, changes, digest, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		sql.NullInt64{Int64: int64(e.Structure), Valid: e.Structure != 0}, sql.NullInt64{Int64: int64(e.By), Valid: e.By != 0},
		at(e.At), e.Subject, e.SubjectID, e.Words, string(changes), digest, e.Seal(previous, digest))
	if err != nil {
		return err
	}
	for _, n := range e.Names {
		if err := tx.exec("INSERT INTO staff_event_name (event_id, subject, subject_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", id, n.Subject, n.ID); err != nil {
			return err
		}
	}
	return nil
}

// Recorded is a line of the audit log with the person who acted.
type Recorded struct {
	portal.StaffEvent
	Who portal.Person
}

// JournalFilter narrows the audit log; what is empty narrows nothing.
type JournalFilter struct {
	Subject     string // one kind of thing
	ID          int64  // one thing of that kind
	By          portal.AccountID
	Program     bool // what the program itself did, at the console
	First, Last portal.Date
}

// SearchJournal lists what staff changed in a structure as a filter narrows it, newest first: at most n lines after a rank,
// and how many there are.
func (s *Store) SearchJournal(ctx context.Context, structure portal.StructureID, f JournalFilter, from, n int) (list []Recorded, total int, err error) {
	const where = ` WHERE e.structure_id = ?1 AND (?2 = '' OR e.subject = ?2) AND (?3 = 0 OR e.subject_id = ?3) AND (?4 = 0 OR e.account_id = ?4)
		AND (?5 = 0 OR e.account_id IS NULL) AND (?6 IS NULL OR e.at >= ?6) AND (?7 IS NULL OR e.at < ?7)`
	var since, before instant
	if f.First != 0 {
		since = at(f.First.At(0))
	}
	if f.Last != 0 {
		before = at((f.Last + 1).At(0))
	}
	args := []any{structure, f.Subject, f.ID, f.By, f.Program, since, before}
	err = s.snapshot(ctx, func(r reader) error {
		if err := r.row(&total, "SELECT count(*) FROM staff_event e"+where, args...); err != nil {
			return err
		}
		list, err = recorded(r, where+" ORDER BY e.id DESC LIMIT ?8 OFFSET ?9", append(args, n, max(from, 0))...)
		return err
	})
	return list, total, err
}

// lastChange gives the last line of the audit log about a thing; the zero line when there is none.
func lastChange(q querier, structure portal.StructureID, subject string, id int64) (Recorded, error) {
	list, err := recorded(q, " WHERE e.structure_id = ? AND e.subject = ? AND e.subject_id = ? ORDER BY e.id DESC LIMIT 1", structure, subject, id)
	if err != nil || len(list) == 0 {
		return Recorded{}, err
	}
	return list[0], nil
}

// changedMeanwhile refuses a form that shows what is no longer so, and says who changed it and when.
func (s *Store) changedMeanwhile(q querier, structure portal.StructureID, subject string, id int64) error {
	last, err := lastChange(q, structure, subject, id)
	if err != nil {
		return err
	}
	return portal.ChangedMeanwhile(last.StaffEvent, last.Who, s.now())
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

// JournalPeople lists who is in the audit log of a structure, by name.
func (s *Store) JournalPeople(ctx context.Context, structure portal.StructureID) ([]portal.Person, error) {
	return all(s.read(ctx), func(r *sql.Rows) (p portal.Person, err error) {
		err = r.Scan(&p.ID, &p.Civility, &p.LastName, &p.FirstName)
		return p, err
	}, `SELECT a.id, a.civility, iif(a.used_name <> '', a.used_name, a.last_name) AS name, a.first_name FROM account a
		WHERE a.id IN (SELECT DISTINCT account_id FROM staff_event WHERE structure_id = ?) ORDER BY name COLLATE francais, a.first_name COLLATE francais, a.id`, structure)
}

// auditJournal checks the chain of the audit log, and what its lines say when they were not blanked.
func auditJournal(q querier) (faults []string, err error) {
	type kept struct {
		Recorded
		changes, digest, hash string
	}
	list, err := all(q, func(r *sql.Rows) (k kept, err error) {
		err = r.Scan(&k.ID, &k.Structure, &k.By, into{&k.At}, &k.Subject, &k.SubjectID, &k.Words, &k.changes, &k.digest, &k.hash)
		return k, err
	}, "SELECT id, coalesce(structure_id, 0), coalesce(account_id, 0), at, subject, subject_id, words, changes, digest, hash FROM staff_event ORDER BY id")
	previous := ""
	for _, k := range list {
		switch {
		case k.hash == "" && previous == "": // written before the log was chained
		case k.hash != k.Seal(previous, k.digest):
			faults = append(faults, fmt.Sprintf("audit log: line %d does not follow the one before", k.ID))
		case k.Words != portal.Blanked && k.digest != k.Digest(k.changes):
			faults = append(faults, fmt.Sprintf("audit log: line %d was rewritten", k.ID))
		}
		previous = k.hash
	}
	return faults, err
}
