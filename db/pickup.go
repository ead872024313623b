package db

import (
	"context"
	"database/sql"

	"marelle/portal"
)

func pickupsOf(q querier, where string, args ...any) ([]portal.PickupPerson, error) {
	return all(q, func(r *sql.Rows) (p portal.PickupPerson, err error) {
		err = r.Scan(&p.ID, &p.Family, &p.FamilyName, &p.Barred, &p.Name, &p.Phone, &p.Link, &p.First, &p.Last, &p.Note, &p.JudgedOn, &p.JudgedBy)
		return p, err
	}, `SELECT p.id, p.family_id, f.name, p.barred, p.name, p.phone, p.link, p.first, p.last, p.note, p.judged_on, p.judged_by
		FROM pickup_person p JOIN family f ON f.id = p.family_id WHERE `+where+" ORDER BY p.barred DESC, p.name COLLATE francais, p.id", args...)
}

// SavePickup makes or changes a person who may fetch a child of a structure, or must not: a new one once per form, one that is
// there when it still is what was seen. The family that names the person is one of the child's.
func (s *Store) SavePickup(ctx context.Context, structure portal.StructureID, by portal.AccountID, child portal.ChildID, p portal.PickupPerson, key, seen string) error {
	if err := p.Check(portal.DateOf(s.now())); err != nil {
		return err
	}
	return s.write(ctx, func(tx *Tx) error {
		c, err := s.theChild(tx, structure, child)
		if err != nil {
			return err
		}
		if err := childInFamily(tx, child, p.Family); err != nil {
			return err
		}
		event := portal.StaffEvent{Structure: structure, By: by, Subject: "enfant", SubjectID: int64(child), Words: c.DisplayName() + " : " + pickupWords(p), Names: []portal.Named{{Subject: "famille", ID: int64(p.Family)}}}
		values := []any{child, p.Family, p.Barred, p.Name, p.Phone, p.Link, p.First, p.Last, p.Note, p.JudgedOn, p.JudgedBy}
		if p.ID == 0 {
			_, err := s.once(tx, by, key, func() (int64, error) {
				var n int
				if err := tx.row(&n, "SELECT count(*) FROM pickup_person WHERE child_id = ?", child); err != nil {
					return 0, err
				}
				if n >= portal.PickupsMost {
					return 0, portal.Conflict("%s a déjà %d personnes. Retirez-en une avant d’en ajouter.", c.FirstName, n)
				}
				event.Changes = portal.Differences(nil, p.Facts())
				if err := s.note(tx, event); err != nil {
					return 0, err
				}
				return tx.insert("INSERT INTO pickup_person (child_id, family_id, barred, name, phone, link, first, last, note, judged_on, judged_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values...)
			})
			return err
		}
		before, err := thePickup(tx, child, p.ID)
		if err != nil {
			return err
		}
		if portal.Version(before.Facts()) != seen {
			return s.changedMeanwhile(tx, structure, "enfant", int64(child))
		}
		if err := tx.exec("UPDATE pickup_person SET child_id = ?, family_id = ?, barred = ?, name = ?, phone = ?, link = ?, first = ?, last = ?, note = ?, judged_on = ?, judged_by = ? WHERE id = ?", append(values, p.ID)...); err != nil {
			return err
		}
		event.Changes, event.Names = portal.Differences(before.Facts(), p.Facts()), append(event.Names, portal.Named{Subject: "famille", ID: int64(before.Family)})
		return s.noteChanges(tx, event)
	})
}

func pickupWords(p portal.PickupPerson) string {
	if p.Barred {
		return p.Name + " ne doit pas venir chercher l’enfant"
	}
	return p.Name + " peut venir chercher l’enfant"
}

func thePickup(q querier, child portal.ChildID, id int64) (portal.PickupPerson, error) {
	list, err := pickupsOf(q, "p.child_id = ? AND p.id = ?", child, id)
	if err == nil && len(list) == 0 {
		return portal.PickupPerson{}, portal.NotFound("Cette personne n’existe pas, ou a été retirée.")
	}
	if err != nil {
		return portal.PickupPerson{}, err
	}
	return list[0], nil
}

// childInFamily refuses a family that is not one of the child's.
func childInFamily(q querier, child portal.ChildID, family portal.FamilyID) error {
	var found bool
	err := oneRow(q, &found, "SELECT EXISTS (SELECT 1 FROM family_child WHERE child_id = ? AND family_id = ?)", []any{child, family})
	if err == nil && !found {
		return portal.NotFound("Cet enfant n’est pas dans cette famille.")
	}
	return err
}

// RemovePickup takes a person off the list of a child of a structure.
func (s *Store) RemovePickup(ctx context.Context, structure portal.StructureID, by portal.AccountID, child portal.ChildID, id int64) error {
	return s.write(ctx, func(tx *Tx) error {
		c, err := s.theChild(tx, structure, child)
		if err != nil {
			return err
		}
		p, err := thePickup(tx, child, id)
		if err != nil {
			return err
		}
		if err := tx.exec("DELETE FROM pickup_person WHERE id = ?", id); err != nil {
			return err
		}
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "enfant", SubjectID: int64(child), Words: c.DisplayName() + " : " + p.Name + " retiré de la liste",
			Changes: portal.Differences(p.Facts(), nil), Names: []portal.Named{{Subject: "famille", ID: int64(p.Family)}}})
	})
}

func enrolmentsOf(q querier, child portal.ChildID) ([]portal.Enrolment, error) {
	return all(q, func(r *sql.Rows) (e portal.Enrolment, err error) {
		err = r.Scan(&e.Activity, &e.Name, &e.First, &e.Last)
		return e, err
	}, "SELECT a.id, a.name, e.first, e.last FROM enrolment e JOIN activity a ON a.id = e.activity_id WHERE e.child_id = ? ORDER BY a.position, a.id", child)
}

// SaveEnrolment lets a child of a structure come to an activity from a day on, and until another one when there is one; what
// was there before is replaced.
func (s *Store) SaveEnrolment(ctx context.Context, structure portal.StructureID, by portal.AccountID, child portal.ChildID, e portal.Enrolment) error {
	if err := portal.CheckEnrolment(e.First, e.Last); err != nil {
		return err
	}
	return s.changeEnrolment(ctx, structure, by, child, e.Activity, func(tx *Tx) error {
		return tx.exec(`INSERT INTO enrolment (child_id, activity_id, first, last) VALUES (?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET first = excluded.first, last = excluded.last`, child, e.Activity, e.First, e.Last)
	})
}

// RemoveEnrolment ends an enrolment as if it had never been; what is booked stays.
func (s *Store) RemoveEnrolment(ctx context.Context, structure portal.StructureID, by portal.AccountID, child portal.ChildID, activity portal.ActivityID) error {
	return s.changeEnrolment(ctx, structure, by, child, activity, func(tx *Tx) error {
		return tx.exec("DELETE FROM enrolment WHERE child_id = ? AND activity_id = ?", child, activity)
	})
}

func (s *Store) changeEnrolment(ctx context.Context, structure portal.StructureID, by portal.AccountID, child portal.ChildID, activity portal.ActivityID, change func(*Tx) error) error {
	return s.write(ctx, func(tx *Tx) error {
		c, err := s.theChild(tx, structure, child)
		if err != nil {
			return err
		}
		var name string
		if err := tx.row(&name, "SELECT name FROM activity WHERE id = ? AND structure_id = ?", activity, structure); err != nil {
			return absent(err, "Cette activité n’existe pas.")
		}
		facts := func() ([]portal.Fact, error) {
			list, err := enrolmentsOf(tx, child)
			var facts []portal.Fact
			for _, e := range list {
				facts = append(facts, portal.Fact{What: e.Name, Value: e.Words()})
			}
			return facts, err
		}
		before, err := facts()
		if err != nil {
			return err
		}
		if err := change(tx); err != nil {
			return err
		}
		after, err := facts()
		if err != nil {
			return err
		}
		return s.noteChanges(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "enfant", SubjectID: int64(child), Words: c.DisplayName() + " : inscription à « " + name + " »",
			Changes: portal.Differences(before, after)})
	})
}
