package db

import (
	"context"
	"database/sql"
	"iter"

	"marelle/portal"
)

// ExportTo takes what a structure holds, in this order. What is long comes row by row and must be taken to its end.
type ExportTo interface {
	Families(*portal.FamilyFile) error
	Settings(*portal.Setup, []portal.ClassRef, []portal.Counter) error
	Bookings(iter.Seq2[portal.ExportedBooking, error]) error
	Movements(iter.Seq2[portal.ExportedMovement, error]) error
	Table(portal.ExportedTable, iter.Seq2[[]any, error]) error
}

// exportedChild names a child in the tables of an export.
const exportedChild = "c.id, iif(c.used_name <> '', c.used_name, c.last_name), c.first_name"

// exportedTables are the queries of the tables of an export; ?1 is the structure. Columns are texts, days, figures, boxes (0
// or 1) and instants (milliseconds), as views.ExportTables reads them.
var exportedTables = map[portal.ExportedTable]string{
	portal.ExportedRights: `SELECT 'F' || f.id, f.name, o.login, o.last_name, o.first_name, g.legal, g.may_see, g.may_book, g.may_pick_up, f.archived_at
		FROM guardian g JOIN family f ON f.id = g.family_id JOIN account o ON o.id = g.account_id WHERE f.structure_id = ?1 ORDER BY f.id, o.id`,
	portal.ExportedRegistrations: "SELECT " + exportedChild + `, a.name, v.first, v.last, v.every_other, v.anchor, v.weekdays, v.arrival, v.departure, o.login, v.at
		FROM registration r JOIN registration_version v ON v.registration_id = r.id JOIN child c ON c.id = r.child_id JOIN activity a ON a.id = r.activity_id JOIN account o ON o.id = v.account_id
		WHERE r.structure_id = ?1 ORDER BY r.id, v.id`,
	portal.ExportedEnrolments: "SELECT " + exportedChild + `, a.name, e.first, e.last FROM enrolment e JOIN child c ON c.id = e.child_id JOIN activity a ON a.id = e.activity_id
		WHERE a.structure_id = ?1 ORDER BY a.id, c.id`,
	portal.ExportedRequests: "SELECT " + exportedChild + `, a.name, q.day, q.late, o.login, q.since FROM request q JOIN child c ON c.id = q.child_id JOIN activity a ON a.id = q.activity_id JOIN account o ON o.id = q.account_id
		WHERE a.structure_id = ?1 ORDER BY q.day, a.id, c.id`,
	portal.ExportedPeople: "SELECT " + exportedChild + `, p.name, p.phone, p.link, p.barred, p.first, p.last, p.note, p.judged_on, p.judged_by FROM pickup_person p JOIN child c ON c.id = p.child_id
		WHERE c.structure_id = ?1 ORDER BY c.id, p.id`,
	portal.ExportedCustody: "SELECT " + exportedChild + `, k.day, 'F' || k.family_id FROM custody_day k JOIN child c ON c.id = k.child_id WHERE c.structure_id = ?1 ORDER BY c.id, k.day`,
	portal.ExportedPapers:  "SELECT " + exportedChild + `, d.kind, d.expires, d.name, d.at FROM child_document d JOIN child c ON c.id = d.child_id WHERE c.structure_id = ?1 ORDER BY c.id, d.at, d.id`,
	portal.ExportedNotes: `SELECT 'F' || f.id, f.name, n.at, o.last_name, o.first_name, n.body FROM family_note n JOIN family f ON f.id = n.family_id JOIN account o ON o.id = n.account_id
		WHERE f.structure_id = ?1 ORDER BY f.id, n.id`,
}

// NoteExport writes into the audit log that an agent takes away everything of a structure.
func (s *Store) NoteExport(ctx context.Context, structure portal.StructureID, by portal.AccountID) error {
	return s.write(ctx, func(tx *Tx) error {
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "import", SubjectID: int64(structure), Words: "Toutes les données de la structure exportées"})
	})
}

// ExportAll gives everything of a structure as it is at one instant.
func (s *Store) ExportAll(ctx context.Context, structure portal.StructureID, to ExportTo) error {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return err
	}
	year := setup.YearOf(portal.DateOf(s.now()))
	if year == nil {
		year = &portal.SchoolYearRef{}
	}
	return s.snapshot(ctx, func(r reader) error {
		families, err := readFamilies(r, structure, *year)
		if err != nil {
			return err
		}
		if err := to.Families(&families); err != nil {
			return err
		}
		classes, err := classRefs(r, structure)
		if err != nil {
			return err
		}
		counters, err := countersOf(r, structure)
		if err != nil {
			return err
		}
		if err := to.Settings(setup, classes, counters); err != nil {
			return err
		}
		if err := to.Bookings(each(r, scanExportedBooking, `SELECT b.child_id, iif(c.used_name <> '', c.used_name, c.last_name), c.first_name, a.name, b.day, b.status = 'waiting',
				b.arrival, b.departure, b.since, o.login
			FROM activity a JOIN booking b ON b.activity_id = a.id JOIN child c ON c.id = b.child_id JOIN account o ON o.id = b.account_id
			WHERE a.structure_id = ? ORDER BY a.id, b.day, b.status, b.queue, b.child_id`, structure)); err != nil {
			return err
		}
		for _, table := range portal.ExportedTables {
			if err := to.Table(table, each(r, scanCells, exportedTables[table], structure)); err != nil {
				return err
			}
		}
		return to.Movements(each(r, scanExportedMovement, `SELECT m.id, m.at, o.login, m.child_id, iif(c.used_name <> '', c.used_name, c.last_name), c.first_name, a.name, m.day, m.action,
				m.arrival, m.departure, m.outcome, m.rank, m.reason, n.date, coalesce(m.final, ''), m.final_rank, coalesce(r.year, 0), coalesce(r.seq, 0)
			FROM movement m JOIN child c ON c.id = m.child_id JOIN activity a ON a.id = m.activity_id JOIN account o ON o.id = m.account_id
				LEFT JOIN night n ON n.id = m.night_id LEFT JOIN receipt r ON r.id = m.receipt_id
			WHERE m.structure_id = ? ORDER BY m.id`, structure))
	})
}

// scanCells gives a row as it is stored.
func scanCells(r *sql.Rows) ([]any, error) {
	names, err := r.Columns()
	if err != nil {
		return nil, err
	}
	cells, into := make([]any, len(names)), make([]any, len(names))
	for i := range cells {
		into[i] = &cells[i]
	}
	return cells, r.Scan(into...)
}

func scanExportedBooking(r *sql.Rows) (b portal.ExportedBooking, err error) {
	err = r.Scan(&b.Child, &b.LastName, &b.FirstName, &b.Activity, &b.Day, &b.Waiting, &b.Hours.Arrival, &b.Hours.Departure, into{&b.Since}, &b.Login)
	return b, err
}

func scanExportedMovement(r *sql.Rows) (m portal.ExportedMovement, err error) {
	var year, seq int
	err = r.Scan(&m.ID, into{&m.At}, &m.Login, &m.Child, &m.LastName, &m.FirstName, &m.Activity, &m.Day, &m.Action,
		&m.Hours.Arrival, &m.Hours.Departure, &m.Outcome, &m.Rank, &m.Reason, &m.Night, &m.Final, &m.FinalRank, &year, &seq)
	if seq != 0 {
		m.Receipt = portal.ReceiptNumber(year, seq)
	}
	return m, err
}

// each gives every row as it is read: nothing is kept.
func each[T any](q querier, scan func(*sql.Rows) (T, error), query string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		rows, err := q.query(query, args...)
		if err != nil {
			yield(none, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			got, err := scan(rows)
			if !yield(got, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, err)
		}
	}
}

func classRefs(q querier, structure portal.StructureID) ([]portal.ClassRef, error) {
	return all(q, func(r *sql.Rows) (c portal.ClassRef, err error) {
		err = r.Scan(&c.School, &c.Year, &c.Name, &c.Children)
		return c, err
	}, `SELECT s.name, y.label, c.name, (SELECT count(*) FROM child_class x WHERE x.class_id = c.id)
		FROM class c JOIN school s ON s.id = c.school_id JOIN school_year y ON y.id = c.school_year_id
		WHERE s.structure_id = ? ORDER BY y.first, s.id, c.name COLLATE francais`, structure)
}
