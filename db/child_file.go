package db

import (
	"context"
	"database/sql"
	"fmt"

	"marelle/portal"
)

// ChildPage is all that staff keep of a child.
type ChildPage struct {
	portal.ChildFile
	Care       portal.Care
	Families   []portal.Family // addresses are for managers
	Siblings   []LineChild
	Pickups    []portal.PickupPerson
	Guardians  []FamilyGuardian // of all its families, who may fetch it and who is to be called
	Papers     []portal.Paper
	Enrolments []portal.Enrolment
}

const noChild = "Cet enfant n’existe pas."

func (s *Store) theChild(q querier, structure portal.StructureID, id portal.ChildID) (c FamilyChild, err error) {
	c, err = one(q, func(r *sql.Rows) (c FamilyChild, err error) {
		var others string
		err = scanChild(r, &c.ChildFile, &c.Care, &others)
		c.Others = splitLines(others)
		return c, err
	}, childColumns+" WHERE c.id = ?3 AND c.structure_id = ?4", 0, portal.DateOf(s.now()), id, structure)
	return c, absent(err, noChild)
}

// ChildPage gives a child of a structure; another one's is not found. Whoever is no manager learns nothing of its documents
// and of its families' addresses.
func (s *Store) ChildPage(ctx context.Context, structure portal.StructureID, id portal.ChildID, manager bool) (p *ChildPage, err error) {
	err = s.snapshot(ctx, func(r reader) error {
		p, err = s.childPage(r, structure, id, manager)
		return err
	})
	return p, err
}

func (s *Store) childPage(q querier, structure portal.StructureID, id portal.ChildID, manager bool) (*ChildPage, error) {
	c, err := s.theChild(q, structure, id)
	if err != nil {
		return nil, err
	}
	p := &ChildPage{ChildFile: c.ChildFile, Care: c.Care}
	if p.Families, err = familiesOfChild(q, id); err != nil {
		return nil, err
	}
	for i := range p.Families {
		guardians, err := familyGuardians(q, structure, p.Families[i].ID)
		if err != nil {
			return nil, err
		}
		for _, g := range guardians {
			p.Guardians = append(p.Guardians, FamilyGuardian{GuardianFile: portal.GuardianFile{ID: g.ID, Civility: g.Civility, LastName: g.LastName, UsedName: g.UsedName, FirstName: g.FirstName, Phones: g.Phones, Rights: g.Rights}})
		}
		if !manager {
			p.Families[i] = portal.Family{ID: p.Families[i].ID, Name: p.Families[i].Name, Resident: true}
		}
	}
	if p.Siblings, err = s.siblings(q, id); err != nil {
		return nil, err
	}
	if p.Pickups, err = pickupsOf(q, "p.child_id = ?1", id); err != nil {
		return nil, err
	}
	if p.Enrolments, err = enrolmentsOf(q, id); err != nil || !manager {
		return p, err
	}
	p.Papers, err = papersOf(q, "d.child_id = ?1", id)
	return p, err
}

func familiesOfChild(q querier, child portal.ChildID) ([]portal.Family, error) {
	return all(q, func(r *sql.Rows) (f portal.Family, err error) {
		err = r.Scan(&f.ID, &f.Name, &f.Street, &f.Postcode, &f.Town, &f.Resident)
		return f, err
	}, "SELECT f.id, f.name, f.street, f.postcode, f.town, f.resident FROM family_child fc JOIN family f ON f.id = fc.family_id WHERE fc.child_id = ? ORDER BY f.id", child)
}

func (s *Store) siblings(q querier, child portal.ChildID) ([]LineChild, error) {
	return all(q, func(r *sql.Rows) (c LineChild, err error) {
		err = r.Scan(&c.ID, &c.Name, &c.Class)
		return c, err
	}, `SELECT c.id, iif(c.used_name <> '', c.used_name, c.last_name) || ' ' || c.first_name, coalesce(cl.name, '') FROM child c`+classThisYear+`
		WHERE c.id <> ?1 AND c.id IN (SELECT o.child_id FROM family_child me JOIN family_child o ON o.family_id = me.family_id WHERE me.child_id = ?1)
		ORDER BY c.birth, c.id`, child, portal.DateOf(s.now()))
}

// setClass puts a child in a class of its structure in the school year of today; zero takes it out.
func (s *Store) setClass(tx *Tx, structure portal.StructureID, c portal.ChildFile) error {
	today := portal.DateOf(s.now())
	const year = "(SELECT y.id FROM school_year y WHERE y.structure_id = ? AND y.last >= ? ORDER BY y.first LIMIT 1)"
	if c.Class == 0 {
		return tx.exec("DELETE FROM child_class WHERE child_id = ? AND school_year_id = "+year, c.ID, structure, today)
	}
	n, err := tx.change(`INSERT INTO child_class (child_id, school_year_id, class_id, grade)
		SELECT ?, cl.school_year_id, cl.id, ? FROM class cl JOIN school s ON s.id = cl.school_id WHERE cl.id = ? AND s.structure_id = ? AND cl.school_year_id = `+year+`
		ON CONFLICT DO UPDATE SET class_id = excluded.class_id, grade = excluded.grade`, c.ID, c.Grade, c.Class, structure, structure, today)
	if err == nil && n == 0 {
		return portal.Wrong("classe", "Choisissez une classe de la liste.")
	}
	return err
}

// AddChild makes a child of a family of a structure, once per form.
func (s *Store) AddChild(ctx context.Context, structure portal.StructureID, by portal.AccountID, family portal.FamilyID, c portal.ChildFile, key string) (portal.ChildID, error) {
	if err := c.Check(portal.DateOf(s.now())); err != nil {
		return 0, err
	}
	return s.addChild(ctx, structure, by, family, key, func(tx *Tx) (FamilyChild, error) {
		n, err := tx.insert("INSERT INTO child (id, structure_id, last_name, used_name, first_name, birth, sex, created_at) VALUES ("+nextNumber("child")+", ?, ?, ?, ?, ?, ?, ?)",
			structure, c.LastName, c.UsedName, c.FirstName, c.Birth, c.Sex, at(s.now()))
		if err != nil {
			return FamilyChild{}, err
		}
		c.ID = portal.ChildID(n)
		if err := s.setClass(tx, structure, c); err != nil {
			return FamilyChild{}, err
		}
		return s.theChild(tx, structure, c.ID)
	})
}

// LinkChild makes a child whom the structure knows already one of another family too: separated parents have a family each.
func (s *Store) LinkChild(ctx context.Context, structure portal.StructureID, by portal.AccountID, family portal.FamilyID, child portal.ChildID, key string) (portal.ChildID, error) {
	return s.addChild(ctx, structure, by, family, key, func(tx *Tx) (FamilyChild, error) { return s.theChild(tx, structure, child) })
}

func (s *Store) addChild(ctx context.Context, structure portal.StructureID, by portal.AccountID, family portal.FamilyID, key string, find func(*Tx) (FamilyChild, error)) (portal.ChildID, error) {
	var made int64
	err := s.write(ctx, func(tx *Tx) error {
		f, _, err := theFamily(tx, structure, family)
		if err != nil {
			return err
		}
		made, err = s.once(tx, by, key, func() (int64, error) {
			c, err := find(tx)
			if err != nil {
				return 0, err
			}
			n, err := tx.change("INSERT INTO family_child (family_id, child_id) VALUES (?, ?) ON CONFLICT DO NOTHING", family, c.ID)
			if err != nil {
				return 0, err
			}
			if n == 0 {
				return 0, portal.Conflict("%s est déjà dans cette famille.", c.FirstName)
			}
			return int64(c.ID), s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "famille", SubjectID: int64(family),
				Words: fmt.Sprintf("Famille %s : %s ajouté", f.Name, c.DisplayName()), Changes: portal.Differences(nil, c.ChildFile.Facts()), Names: []portal.Named{{Subject: "enfant", ID: int64(c.ID)}}})
		})
		return err
	})
	return portal.ChildID(made), err
}

// ChildNamesakes lists the children of a structure who have the name that was typed, and not another birth; those of the family
// itself come first.
func (s *Store) ChildNamesakes(ctx context.Context, structure portal.StructureID, family portal.FamilyID, c portal.ChildFile) ([]Namesake, error) {
	type known struct {
		Namesake
		portal.ChildFile
	}
	list, err := all(s.read(ctx), func(r *sql.Rows) (k known, err error) {
		var families string
		err = r.Scan(&k.Namesake.ID, &k.LastName, &k.UsedName, &k.FirstName, &k.Birth, &families, &k.Here)
		k.Name, k.Detail = k.DisplayName(), "famille "+portal.List(splitLines(families))
		if k.Birth != 0 {
			k.Detail = "né(e) le " + k.Birth.French() + ", " + k.Detail
		}
		return k, err
	}, `SELECT c.id, c.last_name, c.used_name, c.first_name, c.birth,
			coalesce((SELECT group_concat(f.name, char(10)) FROM family_child fc JOIN family f ON f.id = fc.family_id WHERE fc.child_id = c.id), ''),
			EXISTS (SELECT 1 FROM family_child fc WHERE fc.child_id = c.id AND fc.family_id = ?2) AS here
		FROM child c WHERE c.structure_id = ?1 ORDER BY here DESC, c.id`, structure, family)
	if err != nil {
		return nil, err
	}
	var found []Namesake
	for _, k := range list {
		if k.SameChild(c) {
			found = append(found, k.Namesake)
		}
	}
	return found, nil
}

// SaveChild changes who a child of a structure is and its class of the year; seen is the version that the form showed.
func (s *Store) SaveChild(ctx context.Context, structure portal.StructureID, by portal.AccountID, c portal.ChildFile, seen string) error {
	if err := c.Check(portal.DateOf(s.now())); err != nil {
		return err
	}
	return s.write(ctx, func(tx *Tx) error {
		before, err := s.theChild(tx, structure, c.ID)
		if err != nil {
			return err
		}
		if portal.Version(before.ChildFile.Facts()) != seen {
			return s.changedMeanwhile(tx, structure, "enfant", int64(c.ID))
		}
		if err := tx.exec("UPDATE child SET last_name = ?, used_name = ?, first_name = ?, birth = ?, sex = ? WHERE id = ? AND structure_id = ?",
			c.LastName, c.UsedName, c.FirstName, c.Birth, c.Sex, c.ID, structure); err != nil {
			return err
		}
		if err := s.setClass(tx, structure, c); err != nil {
			return err
		}
		after, err := s.theChild(tx, structure, c.ID)
		if err != nil {
			return err
		}
		return s.noteChanges(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "enfant", SubjectID: int64(c.ID), Words: after.DisplayName() + " : état civil et classe changés",
			Changes: portal.Differences(before.ChildFile.Facts(), after.ChildFile.Facts())})
	})
}

// SaveCare changes what those who look after a child of a structure must know; seen is the version that the form showed.
func (s *Store) SaveCare(ctx context.Context, structure portal.StructureID, by portal.AccountID, child portal.ChildID, care portal.Care, seen string) error {
	if err := care.Check(); err != nil {
		return err
	}
	return s.write(ctx, func(tx *Tx) error {
		before, err := s.theChild(tx, structure, child)
		if err != nil {
			return err
		}
		if portal.Version(before.Care.Facts()) != seen {
			return s.changedMeanwhile(tx, structure, "enfant", int64(child))
		}
		if err := tx.exec("UPDATE child SET diet = ?, diet_words = ?, allergies = ?, pai_first = ?, pai_last = ?, pai_words = ?, leaves_alone = ? WHERE id = ? AND structure_id = ?",
			string(care.Diet), care.DietWords, care.Allergies, care.Plan.First, care.Plan.Last, care.Plan.Words, care.LeavesAlone, child, structure); err != nil {
			return err
		}
		return s.noteChanges(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "enfant", SubjectID: int64(child), Words: before.DisplayName() + " : santé et repas changés",
			Changes: portal.CareChanges(before.Care, care)})
	})
}
