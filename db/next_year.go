package db

import (
	"context"
	"database/sql"
	"slices"

	"marelle/portal"
)

// yearsAround gives the school year to prepare, the first that has not begun, and the one before it; either may be nil.
func yearsAround(setup *portal.Setup, today portal.Date) (now, next *portal.SchoolYearRef) {
	for i := range setup.Years {
		y := &setup.Years[i]
		if y.First > today {
			return now, y
		}
		now = y
	}
	return now, nil
}

// NextYear compares the school year to come with the one that runs.
func (s *Store) NextYear(ctx context.Context, structure portal.StructureID) (*portal.NextYear, error) {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return nil, err
	}
	now, next := yearsAround(setup, portal.DateOf(s.now()))
	n := portal.NextYear{Now: now, Next: next, Activities: setup.Activities}
	if now == nil {
		n.Now = &portal.SchoolYearRef{}
	}
	if next == nil {
		n.Official, err = NextOfficialYear(setup)
		return &n, err
	}
	for _, h := range setup.Calendar.Holidays {
		if h.From >= next.First && h.From <= next.Last {
			n.Holidays++
		}
	}
	err = s.snapshot(ctx, func(r reader) error { return s.compareYears(r, setup, &n) })
	return &n, err
}

func (s *Store) compareYears(r reader, setup *portal.Setup, n *portal.NextYear) (err error) {
	structure := setup.Structure.ID
	if n.Schools, err = all(r, func(rows *sql.Rows) (sc portal.NextSchool, err error) {
		err = rows.Scan(&sc.ID, &sc.Name, &sc.Now, &sc.Next)
		return sc, err
	}, `SELECT s.id, s.name,
			(SELECT count(*) FROM class c JOIN child_class x ON x.class_id = c.id WHERE c.school_id = s.id AND c.school_year_id = ?2),
			(SELECT count(*) FROM class c JOIN child_class x ON x.class_id = c.id WHERE c.school_id = s.id AND c.school_year_id = ?3)
		FROM school s WHERE s.structure_id = ?1 ORDER BY s.id`, structure, n.Now.ID, n.Next.ID); err != nil {
		return err
	}
	const names = "c.id, iif(c.used_name <> '', c.used_name, c.last_name) || ' ' || c.first_name"
	lists := func(query string, args ...any) ([]portal.YearChild, error) {
		return all(r, func(rows *sql.Rows) (c portal.YearChild, err error) {
			err = rows.Scan(&c.ID, &c.Name, &c.Where, &c.Other)
			return c, err
		}, query, args...)
	}
	const placed = " FROM child_class x JOIN child c ON c.id = x.child_id JOIN class k ON k.id = x.class_id JOIN school s ON s.id = k.school_id WHERE c.structure_id = ?1 AND x.school_year_id = ?2 "
	const elsewhere = "AND NOT EXISTS (SELECT 1 FROM child_class o WHERE o.child_id = c.id AND o.school_year_id = ?3) "
	const order = "ORDER BY 2 COLLATE francais, c.id"
	if n.Leaving, err = lists("SELECT "+names+", k.name || ', ' || s.name, ''"+placed+elsewhere+
		"AND EXISTS (SELECT 1 FROM class nk JOIN child_class nx ON nx.class_id = nk.id WHERE nk.school_id = s.id AND nk.school_year_id = ?3) "+order, structure, n.Now.ID, n.Next.ID); err != nil {
		return err
	}
	if n.Arriving, err = lists("SELECT "+names+", k.name || ', ' || s.name, ''"+placed+elsewhere+order, structure, n.Next.ID, n.Now.ID); err != nil {
		return err
	}
	if n.Twice, err = lists("SELECT "+names+", k.name || ', ' || s.name, e.class || ', ' || es.name FROM child_elsewhere e JOIN child c ON c.id = e.child_id JOIN school es ON es.id = e.school_id "+
		"JOIN child_class x ON x.child_id = c.id AND x.school_year_id = e.school_year_id JOIN class k ON k.id = x.class_id JOIN school s ON s.id = k.school_id "+
		"WHERE c.structure_id = ?1 AND e.school_year_id = ?2 "+order, structure, n.Next.ID); err != nil {
		return err
	}
	if err := s.yearRegistrations(r, setup, n); err != nil {
		return err
	}
	if err := r.row(&n.Unwritten, "SELECT count(*) FROM account a WHERE "+newcomer+" AND "+unwritten, structure, at(s.now())); err != nil {
		return err
	}
	return r.row(&n.Guardianless, "SELECT count(*) FROM family f WHERE f.structure_id = ? AND NOT EXISTS (SELECT 1 FROM guardian g WHERE g.family_id = f.id)", structure)
}

// yearRegistrations lists the registrations that still run.
func (s *Store) yearRegistrations(r reader, setup *portal.Setup, n *portal.NextYear) error {
	rows, err := registrationRows(r, "r.structure_id = ?", setup.Structure.ID)
	if err != nil {
		return err
	}
	names := map[portal.ChildID]string{}
	if _, err := all(r, func(rows *sql.Rows) (struct{}, error) {
		var id portal.ChildID
		var name string
		err := rows.Scan(&id, &name)
		names[id] = name
		return struct{}{}, err
	}, "SELECT DISTINCT c.id, iif(c.used_name <> '', c.used_name, c.last_name) || ' ' || c.first_name FROM registration r JOIN child c ON c.id = r.child_id WHERE r.structure_id = ?", setup.Structure.ID); err != nil {
		return err
	}
	today := portal.DateOf(s.now())
	for i := range rows {
		row := &rows[i]
		activity := setup.Activity(row.activity)
		if len(row.course.Versions) == 0 || row.course.Over(today) || activity == nil {
			continue
		}
		n.Registrations = append(n.Registrations, portal.YearRegistration{Child: row.child, Name: names[row.child], Activity: activity.Name, Last: row.course.Last(),
			Leaving: slices.ContainsFunc(n.Leaving, func(c portal.YearChild) bool { return c.ID == row.child })})
	}
	return nil
}

// AddNextYear adds the year after the last one of a structure, with its official dates and holidays.
func (s *Store) AddNextYear(ctx context.Context, structure portal.StructureID, by portal.AccountID, label string) error {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return err
	}
	y, err := NextOfficialYear(setup)
	if err != nil {
		return err
	}
	if y == nil || y.Label != label {
		return portal.Conflict("L’année %s est déjà là, ou ses dates ne sont pas connues. Rien n’a été changé.", portal.Clip(label, 20))
	}
	_, err = s.CreateYear(ctx, by, structure, *y)
	return err
}

// RemoveNextYearClasses takes back what was imported of a school for the year to come: its classes and who is in them. The
// children, the families and the accounts stay. It gives how many children lost their class.
func (s *Store) RemoveNextYearClasses(ctx context.Context, structure portal.StructureID, by portal.AccountID, school portal.SchoolID, label string) (children int, err error) {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return 0, err
	}
	_, next := yearsAround(setup, portal.DateOf(s.now()))
	if next == nil || next.Label != label {
		return 0, portal.Conflict("L’année %s a commencé : ses classes ne peuvent plus être retirées d’un coup. Rien n’a été changé.", portal.Clip(label, 20))
	}
	err = s.write(ctx, func(tx *Tx) error {
		var name string
		if err := tx.row(&name, "SELECT name FROM school WHERE id = ? AND structure_id = ?", school, structure); err != nil {
			return absent(err, "Cette école n’existe pas.")
		}
		const of = "(SELECT id FROM class WHERE school_id = ? AND school_year_id = ?)"
		n, err := tx.change("DELETE FROM child_class WHERE class_id IN "+of, school, next.ID)
		if err != nil {
			return err
		}
		if children = int(n); n == 0 {
			return nil
		}
		if err := tx.exec("DELETE FROM child_elsewhere WHERE school_year_id = ? AND (school_id = ? OR child_id NOT IN (SELECT child_id FROM child_class WHERE school_year_id = ?))", next.ID, school, next.ID); err != nil {
			return err
		}
		if err := tx.exec("DELETE FROM class WHERE school_id = ? AND school_year_id = ?", school, next.ID); err != nil {
			return err
		}
		tx.after(s.setups.forget)
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "import", SubjectID: next.ID, Words: "Classes de " + label + " retirées : " + name,
			Changes: []portal.Changed{{What: "Enfants placés", Before: portal.Count(children, "enfant")}}})
	})
	return children, err
}
