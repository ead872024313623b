package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"marelle/portal"
)

// LimitProfiles lists the profiles of a structure that give limits of their own, by name.
func (s *Store) LimitProfiles(ctx context.Context, structure portal.StructureID) ([]portal.LimitProfile, error) {
	return profilesOf(s.read(ctx), structure, false)
}

// profilesOf lists the profiles of a structure, those that were removed included when past rules are to be read.
func profilesOf(q querier, structure portal.StructureID, removed bool) ([]portal.LimitProfile, error) {
	return all(q, func(r *sql.Rows) (p portal.LimitProfile, err error) {
		err = r.Scan(&p.ID, &p.StructureID, &p.Name, &p.Document, &p.Removed)
		return p, err
	}, "SELECT id, structure_id, name, document, removed_at IS NOT NULL FROM limit_profile WHERE structure_id = ? AND (?2 OR removed_at IS NULL) ORDER BY name COLLATE francais", structure, removed)
}

func profileNames(q querier, structure portal.StructureID) (map[portal.ProfileID]string, error) {
	list, err := profilesOf(q, structure, true)
	names := map[portal.ProfileID]string{}
	for _, p := range list {
		names[p.ID] = p.Name
	}
	return names, err
}

// ownProfile refuses another structure's profile, or one that was removed.
func ownProfile(q querier, structure portal.StructureID, id portal.ProfileID) error {
	_, err := one(q, func(r *sql.Rows) (one int, err error) { return one, r.Scan(&one) },
		"SELECT 1 FROM limit_profile WHERE id = ? AND structure_id = ? AND removed_at IS NULL", id, structure)
	return absent(err, "Ce profil n’existe pas, ou a été retiré.")
}

// SaveLimitProfile creates a profile, or changes the name and the document of the one that has its ID.
func (s *Store) SaveLimitProfile(ctx context.Context, by portal.AccountID, p portal.LimitProfile) (portal.ProfileID, error) {
	p.Name, p.Document = strings.TrimSpace(p.Name), strings.TrimSpace(p.Document)
	err := s.write(ctx, func(tx *Tx) error {
		list, err := profilesOf(tx, p.StructureID, false)
		if err != nil {
			return err
		}
		if p.ID != 0 && !slices.ContainsFunc(list, func(own portal.LimitProfile) bool { return own.ID == p.ID }) {
			return portal.NotFound("Ce profil n’existe pas, ou a été retiré.")
		}
		if err := p.Check(); err != nil {
			return err
		}
		var before []portal.Fact
		words := "Profil « " + p.Name + " » créé"
		for _, other := range list {
			switch {
			case other.ID == p.ID:
				before, words = other.Facts(), "Profil « "+p.Name+" » changé"
			case portal.FoldName(other.Name) == portal.FoldName(p.Name):
				return portal.NameTaken("Un autre profil", other.Name)
			}
		}
		changes := portal.Differences(before, p.Facts())
		switch {
		case p.ID == 0:
			n, err := tx.insert("INSERT INTO limit_profile (structure_id, name, document) VALUES (?, ?, ?)", p.StructureID, p.Name, p.Document)
			if err != nil {
				return err
			}
			p.ID = portal.ProfileID(n)
		case len(changes) == 0:
			return nil
		default:
			if err := tx.exec("UPDATE limit_profile SET name = ?, document = ? WHERE id = ? AND structure_id = ?", p.Name, p.Document, p.ID, p.StructureID); err != nil {
				return err
			}
		}
		return s.note(tx, portal.StaffEvent{Structure: p.StructureID, By: by, Subject: "delai", SubjectID: int64(p.ID), Words: words, Changes: changes})
	})
	return p.ID, err
}

// RemoveLimitProfile takes a profile away, from the families that have it too. It is refused while limits name it.
func (s *Store) RemoveLimitProfile(ctx context.Context, structure portal.StructureID, by portal.AccountID, id portal.ProfileID) error {
	return s.write(ctx, func(tx *Tx) error {
		if err := ownProfile(tx, structure, id); err != nil {
			return err
		}
		setup, err := loadSetup(tx, structure)
		if err != nil {
			return err
		}
		for i := range setup.Activities {
			a := &setup.Activities[i]
			for _, v := range a.Versions {
				for _, rule := range v.Rules {
					if rule.Profile == id && a.VersionOn(max(v.First, portal.DateOf(s.now()))).ID == v.ID {
						return portal.Conflict("Ce profil a ses délais pour « %s ». Retirez-les d’abord de ses délais, et publiez.", a.Name)
					}
				}
			}
		}
		var name string
		if err := tx.row(&name, "SELECT name FROM limit_profile WHERE id = ?", id); err != nil {
			return err
		}
		if err := tx.exec("DELETE FROM family_profile WHERE profile_id = ?", id); err != nil {
			return err
		}
		if err := tx.exec("UPDATE limit_profile SET removed_at = ? WHERE id = ?", at(s.now()), id); err != nil {
			return err
		}
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "delai", SubjectID: int64(id), Words: "Profil « " + name + " » retiré"})
	})
}

// ProfileHolder is a family with a profile and the last day of its document.
type ProfileHolder struct {
	Family portal.FamilyID
	Name   string
	portal.Held
}

// ProfileHolders lists the families of a structure that have a profile, by name; the ones whose document has expired too.
func (s *Store) ProfileHolders(ctx context.Context, structure portal.StructureID) ([]ProfileHolder, error) {
	return all(s.read(ctx), func(r *sql.Rows) (h ProfileHolder, err error) {
		err = r.Scan(&h.Family, &h.Name, &h.Profile, &h.Until)
		return h, err
	}, `SELECT f.id, f.name, fp.profile_id, fp.until FROM family_profile fp JOIN family f ON f.id = fp.family_id
		WHERE f.structure_id = ? ORDER BY f.name COLLATE francais, f.id, fp.profile_id`, structure)
}

// GiveProfile gives a family a profile until the last day of its document, or moves that day.
func (s *Store) GiveProfile(ctx context.Context, structure portal.StructureID, by portal.AccountID, family portal.FamilyID, profile portal.ProfileID, until portal.Date) error {
	if err := portal.CheckHeld(until, portal.DateOf(s.now())); err != nil {
		return err
	}
	return s.changeHolder(ctx, structure, by, family, profile, until)
}

// TakeProfile takes a profile back from a family; taken back twice, it is taken back once.
func (s *Store) TakeProfile(ctx context.Context, structure portal.StructureID, by portal.AccountID, family portal.FamilyID, profile portal.ProfileID) error {
	return s.changeHolder(ctx, structure, by, family, profile, 0)
}

// changeHolder writes until when a family has a profile; no day: it has it no more.
func (s *Store) changeHolder(ctx context.Context, structure portal.StructureID, by portal.AccountID, family portal.FamilyID, profile portal.ProfileID, until portal.Date) error {
	return s.write(ctx, func(tx *Tx) error {
		if err := ownProfile(tx, structure, profile); err != nil {
			return err
		}
		var name string
		if err := tx.row(&name, "SELECT name FROM family WHERE id = ? AND structure_id = ?", family, structure); err != nil {
			return absent(err, "Cette famille n’existe pas.")
		}
		names, err := profileNames(tx, structure)
		if err != nil {
			return err
		}
		was, err := column[portal.Date](tx, "SELECT until FROM family_profile WHERE family_id = ? AND profile_id = ?", family, profile)
		if err != nil {
			return err
		}
		before, after := []portal.Fact{}, []portal.Fact{}
		if len(was) > 0 {
			before = append(before, portal.Fact{What: names[profile], Value: "jusqu’au " + was[0].French()})
		}
		if until != 0 {
			after = append(after, portal.Fact{What: names[profile], Value: "jusqu’au " + until.French()})
		}
		changes := portal.Differences(before, after)
		if len(changes) == 0 {
			return nil
		}
		if until == 0 {
			err = tx.exec("DELETE FROM family_profile WHERE family_id = ? AND profile_id = ?", family, profile)
		} else {
			err = tx.exec(`INSERT INTO family_profile (family_id, profile_id, until, given_at, given_by) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT DO UPDATE SET until = excluded.until, given_at = excluded.given_at, given_by = excluded.given_by`, family, profile, until, at(s.now()), by)
		}
		if err != nil {
			return err
		}
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "famille", SubjectID: int64(family), Words: "Profil de la famille " + name + " changé", Changes: changes})
	})
}

// heldBy gives the profiles of the families of some children, by child.
func heldBy(q querier, children []portal.ChildID) (map[portal.ChildID][]portal.Held, error) {
	ids, err := json.Marshal(children)
	if err != nil {
		return nil, err
	}
	held := map[portal.ChildID][]portal.Held{}
	_, err = all(q, func(r *sql.Rows) (struct{}, error) {
		var child portal.ChildID
		var h portal.Held
		err := r.Scan(&child, &h.Profile, &h.Until)
		held[child] = append(held[child], h)
		return struct{}{}, err
	}, `SELECT fc.child_id, fp.profile_id, max(fp.until) FROM json_each(?) c JOIN family_child fc ON fc.child_id = c.value
		JOIN family_profile fp ON fp.family_id = fc.family_id GROUP BY 1, 2 ORDER BY 1, 2`, string(ids))
	return held, err
}

// profilesHeld reads the profiles of some children's families where a limit depends on them; elsewhere nothing is read.
func profilesHeld(q querier, setup *portal.Setup, children []portal.ChildID) (map[portal.ChildID][]portal.Held, error) {
	if !setup.HasProfiles() {
		return nil, nil
	}
	return heldBy(q, children)
}

// setupOf gives the setup with the limits of the families of some children, taken together.
func setupOf(q querier, setup *portal.Setup, children ...portal.ChildID) (*portal.Setup, error) {
	held, err := profilesHeld(q, setup, children)
	if err != nil {
		return nil, err
	}
	var profiles []portal.Held
	for _, c := range children {
		profiles = append(profiles, held[c]...)
	}
	return setup.ForFamily(profiles), nil
}
