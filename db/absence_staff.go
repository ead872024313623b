package db

import (
	"context"
	"database/sql"
	"time"

	"marelle/portal"
)

// StaffAbsence is an announced absence of one day as staff read it.
type StaffAbsence struct {
	portal.Absence
	Child     portal.Child
	Activity  string
	Icon      portal.ActivityKind
	At        time.Time
	By        portal.Person
	State     portal.DocumentState // what only managers may know: else none
	Documents []portal.Document
}

// StaffAbsences lists the absences of a structure from today on, in the order of days: those from a rank on, at most n,
// and how many there are. Whoever is no manager learns neither why nor anything of a document.
func (s *Store) StaffAbsences(ctx context.Context, structure portal.StructureID, manager bool, from, n int) (list []StaffAbsence, total int, err error) {
	today := portal.DateOf(s.now())
	err = s.snapshot(ctx, func(r reader) error {
		if err := r.row(&total, "SELECT count(*) FROM absence a JOIN absence_spell s ON s.id = a.spell_id WHERE s.structure_id = ? AND a.day >= ?", structure, today); err != nil {
			return err
		}
		list, err = all(r, func(rows *sql.Rows) (a StaffAbsence, err error) {
			err = rows.Scan(&a.Spell, &a.Child.ID, &a.Child.LastName, &a.Child.FirstName, &a.Child.Class, &a.Activity, &a.Icon, &a.Day, &a.Reason, &a.DocumentBy,
				&a.State, into{&a.At}, &a.By.ID, &a.By.Civility, &a.By.LastName, &a.By.FirstName)
			return a, err
		}, `SELECT s.id, c.id, iif(c.used_name <> '', c.used_name, c.last_name), c.first_name, coalesce(cl.name, ''), t.name, t.kind, a.day,
				iif(?3, s.reason, 'absent'),
				iif(?3 AND a.document_by IS NOT NULL, (SELECT min(x.document_by) FROM absence x WHERE x.spell_id = s.id), NULL), iif(?3, s.document, 'aucun'), s.at,
				p.id, p.civility, iif(p.used_name <> '', p.used_name, p.last_name), p.first_name
			FROM absence a JOIN absence_spell s ON s.id = a.spell_id JOIN child c ON c.id = a.child_id JOIN activity t ON t.id = a.activity_id
			JOIN account p ON p.id = s.account_id
			LEFT JOIN child_class cc ON cc.child_id = c.id AND cc.school_year_id =
				(SELECT y.id FROM school_year y WHERE y.structure_id = c.structure_id AND y.last >= ?2 ORDER BY y.first LIMIT 1)
			LEFT JOIN class cl ON cl.id = cc.class_id
			WHERE s.structure_id = ?1 AND a.day >= ?2
			ORDER BY a.day, t.starts, t.position, t.id, 3 COLLATE francais, 4 COLLATE francais, c.id LIMIT ?4 OFFSET ?5`,
			structure, today, manager, n, max(from, 0))
		if err != nil || !manager {
			return err
		}
		for i := range list {
			if list[i].DocumentBy == 0 {
				continue
			}
			if list[i].Documents, err = documentsOf(r, "d.spell_id = ? AND s.structure_id = ?", list[i].Spell, structure); err != nil {
				return err
			}
		}
		return nil
	})
	return list, total, err
}
