package db

import (
	"context"
	"database/sql"
	"time"

	"marelle/portal"
)

// archivedAt says when a family was archived; zero: it is not.
func archivedAt(q querier, family portal.FamilyID) (when time.Time, err error) {
	return when, oneRow(q, into{&when}, "SELECT archived_at FROM family WHERE id = ?", []any{family})
}

// expected holds for a child c that has something to come on or after the day ?3: booked, asked, or by a registration.
const expected = `(EXISTS (SELECT 1 FROM booking b WHERE b.child_id = c.id AND b.day >= ?3) OR EXISTS (SELECT 1 FROM request q WHERE q.child_id = c.id AND q.day >= ?3)
	OR EXISTS (SELECT 1 FROM registration r JOIN registration_version v ON v.registration_id = r.id WHERE r.child_id = c.id
		AND v.id = (SELECT max(id) FROM registration_version WHERE registration_id = r.id) AND v.weekdays <> 0 AND (v.last IS NULL OR v.last >= ?3)))`

// leftAlone lists the first names of a family's children (of one of them unless child is zero) that have something to come
// and that nobody would follow without this family.
func (s *Store) leftAlone(q querier, family portal.FamilyID, child portal.ChildID) ([]string, error) {
	return column[string](q, `SELECT c.first_name FROM family_child fc JOIN child c ON c.id = fc.child_id WHERE fc.family_id = ?1 AND (?2 = 0 OR c.id = ?2)
		AND NOT EXISTS (SELECT 1 FROM sees g JOIN family_child o ON o.family_id = g.family_id WHERE o.child_id = c.id AND g.family_id <> ?1)
		AND `+expected+" ORDER BY c.birth, c.id", family, child, portal.DateOf(s.now()))
}

func refuseAlone(left []string, what string) error {
	if len(left) == 0 {
		return nil
	}
	have := "a"
	if len(left) > 1 {
		have = "ont"
	}
	return portal.Conflict("%s %s des réservations, des demandes ou des inscriptions à venir, que personne d’autre ne suit. Annulez-les d’abord, puis %s.", portal.List(left), have, what)
}

// signOut ends the sessions of those who find nothing on the portal any more, and forgets the clicks that lost their child.
func signOut(tx *Tx, accounts []portal.AccountID) error {
	for _, a := range accounts {
		if err := dropLostWishes(tx, a); err != nil {
			return err
		}
		for _, table := range []string{"session", "half_session"} {
			if err := tx.exec("DELETE FROM "+table+` WHERE account_id = ?1 AND NOT EXISTS (SELECT 1 FROM sees WHERE account_id = ?1)
				AND NOT EXISTS (SELECT 1 FROM staff WHERE account_id = ?1)`, a); err != nil {
				return err
			}
		}
	}
	return nil
}

func guardiansIn(q querier, family portal.FamilyID) ([]portal.AccountID, error) {
	return column[portal.AccountID](q, "SELECT account_id FROM guardian WHERE family_id = ? ORDER BY 1", family)
}

// endCustodyWith ends the shared custody that a family is part of, of one child unless child is zero.
func (s *Store) endCustodyWith(tx *Tx, structure portal.StructureID, by portal.AccountID, family portal.FamilyID, child portal.ChildID) error {
	children, err := column[portal.ChildID](tx, "SELECT child_id FROM family_child WHERE family_id = ?1 AND (?2 = 0 OR child_id = ?2)", family, child)
	if err != nil {
		return err
	}
	for _, c := range children {
		rule, err := custodyOf(tx, c)
		if err != nil {
			return err
		}
		if !rule.Has(family) {
			continue
		}
		families, err := familiesOfChild(tx, c)
		if err != nil {
			return err
		}
		names, err := custodyNames(tx, families)
		if err != nil {
			return err
		}
		who, err := s.theChild(tx, structure, c)
		if err != nil {
			return err
		}
		homes, err := namedHomes(tx, families)
		if err != nil {
			return err
		}
		if err := s.writeCustody(tx, structure, by, c, portal.Custody{}); err != nil {
			return err
		}
		if err := s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "enfant", SubjectID: int64(c), Words: who.DisplayName() + " : fin de la garde alternée",
			Changes: portal.Differences(rule.Facts(names), nil), Names: homes}); err != nil {
			return err
		}
	}
	return nil
}

// ArchiveFamily takes a family of a structure out of the lists; its guardians find it on the portal no more, and those who
// have nothing else there are signed out. It is refused while a child would be expected without anybody.
func (s *Store) ArchiveFamily(ctx context.Context, structure portal.StructureID, by portal.AccountID, family portal.FamilyID) error {
	return s.write(ctx, func(tx *Tx) error {
		f, _, err := theFamily(tx, structure, family)
		if err != nil {
			return err
		}
		when, err := archivedAt(tx, family)
		if err != nil || !when.IsZero() {
			return err
		}
		left, err := s.leftAlone(tx, family, 0)
		if err != nil {
			return err
		}
		if err := refuseAlone(left, "archivez la famille"); err != nil {
			return err
		}
		if err := s.endCustodyWith(tx, structure, by, family, 0); err != nil {
			return err
		}
		if err := tx.exec("UPDATE family SET archived_at = ? WHERE id = ?", at(s.now()), family); err != nil {
			return err
		}
		accounts, err := guardiansIn(tx, family)
		if err != nil {
			return err
		}
		if err := signOut(tx, accounts); err != nil {
			return err
		}
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "famille", SubjectID: int64(family), Words: "Famille " + f.Name + " archivée"})
	})
}

// UnarchiveFamily puts a family of a structure back into the lists.
func (s *Store) UnarchiveFamily(ctx context.Context, structure portal.StructureID, by portal.AccountID, family portal.FamilyID) error {
	return s.write(ctx, func(tx *Tx) error {
		f, _, err := theFamily(tx, structure, family)
		if err != nil {
			return err
		}
		n, err := tx.change("UPDATE family SET archived_at = NULL WHERE id = ? AND archived_at IS NOT NULL", family)
		if err != nil || n == 0 {
			return err
		}
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "famille", SubjectID: int64(family), Words: "Famille " + f.Name + " sortie des archives"})
	})
}

// RemoveChild takes a child of a structure out of one of its families. Its last family it keeps; nothing to come is left
// without anybody.
func (s *Store) RemoveChild(ctx context.Context, structure portal.StructureID, by portal.AccountID, family portal.FamilyID, child portal.ChildID) error {
	return s.write(ctx, func(tx *Tx) error {
		f, _, err := theFamily(tx, structure, family)
		if err != nil {
			return err
		}
		c, err := s.theChild(tx, structure, child)
		if err != nil {
			return err
		}
		if err := childInFamily(tx, child, family); err != nil {
			return err
		}
		families, err := familiesOfChild(tx, child)
		if err != nil {
			return err
		}
		if len(families) < 2 {
			return portal.Conflict("La famille %s est la seule de %s. Rattachez d’abord l’enfant à une autre famille, ou archivez celle-ci.", f.Name, c.FirstName)
		}
		left, err := s.leftAlone(tx, family, child)
		if err != nil {
			return err
		}
		if err := refuseAlone(left, "retirez l’enfant de la famille"); err != nil {
			return err
		}
		if err := s.endCustodyWith(tx, structure, by, family, child); err != nil {
			return err
		}
		if err := tx.exec("DELETE FROM family_child WHERE family_id = ? AND child_id = ?", family, child); err != nil {
			return err
		}
		accounts, err := guardiansIn(tx, family)
		if err != nil {
			return err
		}
		for _, a := range accounts {
			if err := dropLostWishes(tx, a); err != nil {
				return err
			}
		}
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "famille", SubjectID: int64(family), Words: "Famille " + f.Name + " : " + c.DisplayName() + " n’en fait plus partie",
			Names: []portal.Named{{Subject: "enfant", ID: int64(child)}}})
	})
}

// FamilyShelf says when a family of a structure was archived; zero: it is not.
func (s *Store) FamilyShelf(ctx context.Context, structure portal.StructureID, family portal.FamilyID) (when time.Time, err error) {
	err = s.read(ctx).row(into{&when}, "SELECT archived_at FROM family WHERE id = ? AND structure_id = ?", family, structure)
	if err == sql.ErrNoRows {
		return when, portal.NotFound(noFamily)
	}
	return when, err
}
