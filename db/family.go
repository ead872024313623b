package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"marelle/portal"
)

// FamilyFile is a family as staff read it.
type FamilyFile struct {
	portal.Family
	Created   time.Time
	Guardians []FamilyGuardian
	Children  []FamilyChild
	Notes     []portal.FamilyNote
}

// FamilyGuardian is a guardian of a family, with where the account stands.
type FamilyGuardian struct {
	portal.GuardianFile
	Login     string
	Agent     bool // of some structure
	Elsewhere bool // a guardian in another structure too
	Letter    time.Time
	Until     time.Time // until when the password of the letter can be used
	FirstSeen time.Time
	LastSeen  time.Time // of the sessions that are remembered
}

// FamilyChild is a child of a family.
type FamilyChild struct {
	portal.ChildFile
	portal.Care
	Others []string // the names of its other families
}

const noFamily = "Cette famille n’existe pas."

// FamilyFile gives a family of a structure; another one's is not found. Whoever is no manager learns only what the day
// needs: names, classes, telephones, care.
func (s *Store) FamilyFile(ctx context.Context, structure portal.StructureID, id portal.FamilyID, manager bool) (*FamilyFile, error) {
	var f *FamilyFile
	err := s.snapshot(ctx, func(r reader) (err error) {
		f, err = s.familyFile(r, structure, id)
		return err
	})
	if err != nil || manager {
		return f, err
	}
	f.Street, f.Postcode, f.Town, f.Notes = "", "", "", nil
	for i := range f.Guardians {
		g := &f.Guardians[i]
		*g = FamilyGuardian{GuardianFile: portal.GuardianFile{ID: g.ID, Civility: g.Civility, LastName: g.LastName, UsedName: g.UsedName, FirstName: g.FirstName, Phones: g.Phones, Rights: g.Rights}}
	}
	return f, nil
}

func (s *Store) familyFile(q querier, structure portal.StructureID, id portal.FamilyID) (f *FamilyFile, err error) {
	f = &FamilyFile{}
	if f.Family, f.Created, err = theFamily(q, structure, id); err != nil {
		return nil, err
	}
	if f.Guardians, err = familyGuardians(q, structure, id); err != nil {
		return nil, err
	}
	if f.Children, err = s.familyChildren(q, id); err != nil {
		return nil, err
	}
	f.Notes, err = familyNotes(q, id)
	return f, err
}

func theFamily(q querier, structure portal.StructureID, id portal.FamilyID) (f portal.Family, created time.Time, err error) {
	f, err = one(q, func(r *sql.Rows) (f portal.Family, err error) {
		err = r.Scan(&f.ID, &f.Name, &f.Street, &f.Postcode, &f.Town, &f.Resident, into{&created})
		return f, err
	}, "SELECT id, name, street, postcode, town, resident, created_at FROM family WHERE id = ? AND structure_id = ?", id, structure)
	return f, created, absent(err, noFamily)
}

const guardianColumns = `SELECT a.id, a.civility, a.last_name, a.used_name, a.first_name, a.home_phone, a.work_phone, a.mobile_phone, a.login,
		g.legal, g.may_see, g.may_book, g.may_pick_up, a.letter_at, a.temporary_until, a.first_seen_at, (SELECT max(seen_at) FROM session x WHERE x.account_id = a.id),
		EXISTS (SELECT 1 FROM staff t WHERE t.account_id = a.id),
		EXISTS (SELECT 1 FROM guardian o JOIN family f2 ON f2.id = o.family_id WHERE o.account_id = a.id AND f2.structure_id <> ?2),
		(SELECT json_group_array(address) FROM (SELECT address FROM account_email e WHERE e.account_id = a.id ORDER BY position))
	FROM guardian g JOIN account a ON a.id = g.account_id WHERE g.family_id = ?1`

func scanGuardian(r *sql.Rows) (g FamilyGuardian, err error) {
	var emails string
	if err := r.Scan(&g.ID, &g.Civility, &g.LastName, &g.UsedName, &g.FirstName, &g.Phones.Home, &g.Phones.Work, &g.Phones.Mobile, &g.Login,
		&g.Rights.Legal, &g.Rights.See, &g.Rights.Book, &g.Rights.PickUp, into{&g.Letter}, into{&g.Until}, into{&g.FirstSeen}, into{&g.LastSeen}, &g.Agent, &g.Elsewhere, &emails); err != nil {
		return g, err
	}
	return g, json.Unmarshal([]byte(emails), &g.Emails)
}

func familyGuardians(q querier, structure portal.StructureID, family portal.FamilyID) ([]FamilyGuardian, error) {
	return all(q, scanGuardian, guardianColumns+" ORDER BY a.id", family, structure)
}

func (s *Store) familyChildren(q querier, family portal.FamilyID) ([]FamilyChild, error) {
	return all(q, func(r *sql.Rows) (c FamilyChild, err error) {
		var others string
		err = scanChild(r, &c.ChildFile, &c.Care, &others)
		c.Others = splitLines(others)
		return c, err
	}, childColumns+` WHERE c.id IN (SELECT child_id FROM family_child WHERE family_id = ?1) ORDER BY c.birth, c.id`, family, portal.DateOf(s.now()))
}

// childColumns reads children c with their class of the year of the day ?2, their care, and the names of their families but ?1.
const childColumns = `SELECT c.id, c.last_name, c.used_name, c.first_name, c.birth, c.sex, coalesce(cl.id, 0), coalesce(cl.name, ''), coalesce(sc.name, ''), coalesce(cc.grade, ''),
		c.diet, c.diet_words, c.allergies, c.pai_first, c.pai_last, c.pai_words, c.leaves_alone,
		coalesce((SELECT group_concat(o.name, char(10)) FROM family_child ofc JOIN family o ON o.id = ofc.family_id WHERE ofc.child_id = c.id AND o.id <> ?1), '')
	FROM child c` + classThisYear + ` LEFT JOIN school sc ON sc.id = cl.school_id`

func scanChild(r *sql.Rows, c *portal.ChildFile, care *portal.Care, others *string) error {
	return r.Scan(&c.ID, &c.LastName, &c.UsedName, &c.FirstName, &c.Birth, &c.Sex, &c.Class, &c.ClassName, &c.School, &c.Grade,
		&care.Diet, &care.DietWords, &care.Allergies, &care.Plan.First, &care.Plan.Last, &care.Plan.Words, &care.LeavesAlone, others)
}

func familyNotes(q querier, family portal.FamilyID) ([]portal.FamilyNote, error) {
	return all(q, func(r *sql.Rows) (n portal.FamilyNote, err error) {
		err = r.Scan(&n.ID, into{&n.At}, &n.Body, &n.By.ID, &n.By.Civility, &n.By.LastName, &n.By.FirstName)
		return n, err
	}, `SELECT n.id, n.at, n.body, a.id, a.civility, iif(a.used_name <> '', a.used_name, a.last_name), a.first_name
		FROM family_note n JOIN account a ON a.id = n.account_id WHERE n.family_id = ? ORDER BY n.id DESC`, family)
}

// once makes something, unless the form with this key has made it already: then it gives the number of what was made.
func (s *Store) once(tx *Tx, by portal.AccountID, key string, create func() (int64, error)) (int64, error) {
	if len(key) < 8 || len(key) > 64 {
		return 0, portal.Invalid("Ce formulaire est incomplet. Rouvrez la page, puis recommencez.")
	}
	var made int64
	err := tx.row(&made, "SELECT made FROM form_sent WHERE key = ? AND account_id = ?", key, by)
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return made, err
	}
	now := s.now()
	if err := tx.exec("DELETE FROM form_sent WHERE at < ?", at(now.Add(-48*time.Hour))); err != nil {
		return 0, err
	}
	if made, err = create(); err != nil {
		return 0, err
	}
	return made, tx.exec("INSERT INTO form_sent (key, account_id, made, at) VALUES (?, ?, ?, ?)", key, by, made, at(now))
}

// noteChanges writes what staff changed of a thing; nothing when nothing did.
func (s *Store) noteChanges(tx *Tx, e portal.StaffEvent) error {
	if len(e.Changes) == 0 {
		return nil
	}
	return s.note(tx, e)
}

// CreateFamily makes a household in a structure, once per form.
func (s *Store) CreateFamily(ctx context.Context, structure portal.StructureID, by portal.AccountID, f portal.Family, key string) (portal.FamilyID, error) {
	if err := f.Check(); err != nil {
		return 0, err
	}
	var id int64
	err := s.write(ctx, func(tx *Tx) (err error) {
		id, err = s.once(tx, by, key, func() (int64, error) {
			n, err := tx.insert("INSERT INTO family (id, structure_id, name, street, postcode, town, resident, created_at) VALUES ("+nextNumber("family")+", ?, ?, ?, ?, ?, ?, ?)",
				structure, f.Name, f.Street, f.Postcode, f.Town, f.Resident, at(s.now()))
			if err != nil {
				return 0, err
			}
			return n, s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "famille", SubjectID: n, Words: "Famille " + f.Name + " créée", Changes: portal.Differences(nil, f.Facts())})
		})
		return err
	})
	return portal.FamilyID(id), err
}

// SaveFamily changes a household of a structure; seen is the version that the form showed.
func (s *Store) SaveFamily(ctx context.Context, structure portal.StructureID, by portal.AccountID, f portal.Family, seen string) error {
	if err := f.Check(); err != nil {
		return err
	}
	return s.write(ctx, func(tx *Tx) error {
		before, _, err := theFamily(tx, structure, f.ID)
		if err != nil {
			return err
		}
		if portal.Version(before.Facts()) != seen {
			return s.changedMeanwhile(tx, structure, "famille", int64(f.ID))
		}
		if err := tx.exec("UPDATE family SET name = ?, street = ?, postcode = ?, town = ?, resident = ? WHERE id = ? AND structure_id = ?",
			f.Name, f.Street, f.Postcode, f.Town, f.Resident, f.ID, structure); err != nil {
			return err
		}
		return s.noteChanges(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "famille", SubjectID: int64(f.ID), Words: "Famille " + f.Name + " : foyer changé",
			Changes: portal.Differences(before.Facts(), f.Facts())})
	})
}

// WriteNote keeps a note about a family of a structure, once per form.
func (s *Store) WriteNote(ctx context.Context, structure portal.StructureID, by portal.AccountID, family portal.FamilyID, body, key string) error {
	body, err := portal.CheckNote(body)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *Tx) error {
		f, _, err := theFamily(tx, structure, family)
		if err != nil {
			return err
		}
		_, err = s.once(tx, by, key, func() (int64, error) {
			n, err := tx.insert("INSERT INTO family_note (family_id, account_id, at, body) VALUES (?, ?, ?, ?)", family, by, at(s.now()), body)
			if err != nil {
				return 0, err
			}
			return n, s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "famille", SubjectID: int64(family), Words: "Famille " + f.Name + " : note écrite"})
		})
		return err
	})
}

// RemoveNote takes a note about a family of a structure away for good.
func (s *Store) RemoveNote(ctx context.Context, structure portal.StructureID, by portal.AccountID, family portal.FamilyID, note int64) error {
	return s.write(ctx, func(tx *Tx) error {
		f, _, err := theFamily(tx, structure, family)
		if err != nil {
			return err
		}
		n, err := tx.change("DELETE FROM family_note WHERE id = ? AND family_id = ?", note, family)
		if err != nil {
			return err
		}
		if n == 0 {
			return portal.NotFound("Cette note n’existe pas, ou a déjà été retirée.")
		}
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "famille", SubjectID: int64(family), Words: "Famille " + f.Name + " : note retirée"})
	})
}

// FamilyJournal lists what staff changed of a family of a structure, its children and its guardians, newest first: lines from
// a rank on, at most n, and how many there are.
func (s *Store) FamilyJournal(ctx context.Context, structure portal.StructureID, family portal.FamilyID, from, n int) (f portal.Family, list []Recorded, total int, err error) {
	// What is kept has the lines of what was joined into it.
	const where = ` WHERE e.structure_id = ?1 AND (e.subject = 'famille' AND (e.subject_id = ?2 OR e.subject_id IN (SELECT gone FROM joined WHERE subject = 'famille' AND kept = ?2))
		OR e.subject IN ('enfant', 'inscription', 'demande') AND e.subject_id IN (SELECT child_id FROM family_child WHERE family_id = ?2
			UNION SELECT j.gone FROM joined j JOIN family_child fc ON fc.child_id = j.kept WHERE j.subject = 'enfant' AND fc.family_id = ?2)
		OR e.subject = 'compte' AND e.subject_id IN (SELECT account_id FROM guardian WHERE family_id = ?2
			UNION SELECT j.gone FROM joined j JOIN guardian g ON g.account_id = j.kept WHERE j.subject = 'compte' AND g.family_id = ?2))`
	err = s.snapshot(ctx, func(r reader) error {
		if f, _, err = theFamily(r, structure, family); err != nil {
			return err
		}
		if err := r.row(&total, "SELECT count(*) FROM staff_event e"+where, structure, family); err != nil {
			return err
		}
		list, err = recorded(r, where+" ORDER BY e.id DESC LIMIT ?3 OFFSET ?4", structure, family, n, max(from, 0))
		return err
	})
	return f, list, total, err
}

// Namesake is somebody whom the structure knows already by the name that was typed.
type Namesake struct {
	ID     int64
	Name   string
	Detail string          // where to recognise the person by
	Home   portal.FamilyID // one of its families; zero: none
	Here   bool            // in the family that it would be added to already
}

// GuardianNamesakes lists the guardians of a structure who have the name or an address of e-mail that was typed; those of the
// family itself come first.
func (s *Store) GuardianNamesakes(ctx context.Context, structure portal.StructureID, family portal.FamilyID, g portal.GuardianFile) ([]Namesake, error) {
	type known struct {
		Namesake
		portal.GuardianFile
	}
	list, err := all(s.read(ctx), func(r *sql.Rows) (k known, err error) {
		var families, emails string
		err = r.Scan(&k.Namesake.ID, &k.Civility, &k.LastName, &k.UsedName, &k.FirstName, &emails, &families, &k.Home, &k.Here)
		k.Emails = strings.Fields(emails)
		k.Name, k.Detail = k.DisplayName(), "famille "+strings.Join(splitLines(families), ", ")
		return k, err
	}, `SELECT a.id, a.civility, a.last_name, a.used_name, a.first_name,
			coalesce((SELECT group_concat(address, ' ') FROM account_email e WHERE e.account_id = a.id), ''),
			coalesce((SELECT group_concat(f.name, char(10)) FROM guardian g JOIN family f ON f.id = g.family_id WHERE g.account_id = a.id AND f.structure_id = ?1), ''),
			coalesce((SELECT min(f.id) FROM guardian g JOIN family f ON f.id = g.family_id WHERE g.account_id = a.id AND f.structure_id = ?1), 0),
			EXISTS (SELECT 1 FROM guardian g WHERE g.account_id = a.id AND g.family_id = ?2) AS here
		FROM account a WHERE `+guardianOf+` ORDER BY here DESC, a.id`, structure, family)
	if err != nil {
		return nil, err
	}
	var found []Namesake
	for _, k := range list {
		if same, _ := k.SameGuardian(g); same {
			found = append(found, k.Namesake)
		}
	}
	return found, nil
}

// FamilyNamesakes lists the families of a structure that have the name and the address that were typed, archived ones too.
func (s *Store) FamilyNamesakes(ctx context.Context, structure portal.StructureID, typed portal.Family) ([]Namesake, error) {
	type known struct {
		portal.Family
		archived bool
	}
	list, err := all(s.read(ctx), func(r *sql.Rows) (k known, err error) {
		err = r.Scan(&k.ID, &k.Name, &k.Street, &k.Postcode, &k.Town, &k.archived)
		return k, err
	}, "SELECT id, name, street, postcode, town, archived_at IS NOT NULL FROM family WHERE structure_id = ? ORDER BY id", structure)
	if err != nil {
		return nil, err
	}
	var found []Namesake
	for _, k := range list {
		if !k.SameHousehold(typed) {
			continue
		}
		n := Namesake{ID: int64(k.ID), Name: "Famille " + k.Name, Home: k.ID, Detail: k.Address()}
		if n.Detail == "" {
			n.Detail = "sans adresse"
		}
		if k.archived {
			n.Detail += ", archivée"
		}
		found = append(found, n)
	}
	return found, nil
}

// FormSent says that the form with this one-time key has made something already: sent again, it makes nothing.
func (s *Store) FormSent(ctx context.Context, by portal.AccountID, key string) (sent bool, err error) {
	err = s.read(ctx).row(&sent, "SELECT EXISTS (SELECT 1 FROM form_sent WHERE key = ? AND account_id = ?)", key, by)
	return sent, err
}
