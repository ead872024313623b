package db

import (
	"context"
	"crypto/sha256"
	"database/sql"

	"marelle/portal"
)

func papersOf(q querier, where string, args ...any) ([]portal.Paper, error) {
	return all(q, func(r *sql.Rows) (p portal.Paper, err error) {
		err = r.Scan(&p.ID, &p.Kind, &p.Family, &p.FamilyName, &p.Expires, into{&p.At}, &p.By.ID, &p.By.Civility, &p.By.LastName, &p.By.FirstName, &p.Name, &p.Type, &p.Size)
		return p, err
	}, `SELECT d.id, d.kind, d.family_id, f.name, d.expires, d.at, a.id, a.civility, iif(a.used_name <> '', a.used_name, a.last_name), a.first_name, d.name, d.type, coalesce(length(d.body), 0)
		FROM child_document d JOIN family f ON f.id = d.family_id JOIN account a ON a.id = d.account_id WHERE `+where+" ORDER BY d.kind, d.expires IS NOT NULL, d.expires DESC, d.at DESC, d.id", args...)
}

// AddPaper keeps a document of a child of a structure that one of its families brought: a file, or nothing when it was seen on
// paper. A form sent twice keeps it once.
func (s *Store) AddPaper(ctx context.Context, structure portal.StructureID, by portal.AccountID, child portal.ChildID, p portal.Paper, body []byte, key string) error {
	if err := portal.CheckPaper(p.Kind, p.Expires, portal.DateOf(s.now())); err != nil {
		return err
	}
	var stored, digest any
	var kind portal.DocumentType
	name := ""
	if body != nil {
		var err error
		if kind, err = portal.CheckDocument(body); err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		stored, digest, name = body, sum[:], portal.CleanFileName(p.Name)
	}
	id, err := s.NewFormKey() // as hard to guess, and as long, as the key of a form
	if err != nil {
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
		_, err = s.once(tx, by, key, func() (int64, error) {
			var n int
			if err := tx.row(&n, "SELECT count(*) FROM child_document WHERE child_id = ?", child); err != nil {
				return 0, err
			}
			if n >= portal.PapersMost {
				return 0, portal.Conflict("Le dossier %s contient déjà %d documents. Retirez ceux qui ne servent plus.", portal.Of(c.FirstName), n)
			}
			if err := tx.exec("INSERT INTO child_document (id, child_id, family_id, account_id, kind, expires, at, name, type, sum, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
				id, child, p.Family, by, string(p.Kind), p.Expires, at(s.now()), name, string(kind), digest, stored); err != nil {
				return 0, err
			}
			return int64(child), s.note(tx, paperEvent(structure, by, c, p.Family, "reçu", nil, p.Facts()))
		})
		return err
	})
}

func paperEvent(structure portal.StructureID, by portal.AccountID, c FamilyChild, brought portal.FamilyID, what string, before, after []portal.Fact) portal.StaffEvent {
	return portal.StaffEvent{Names: []portal.Named{{Subject: "famille", ID: int64(brought)}}, Structure: structure, By: by, Subject: "enfant", SubjectID: int64(c.ID), Words: c.DisplayName() + " : document " + what, Changes: portal.Differences(before, after)}
}

const noPaper = "Ce document n’existe pas, ou a été retiré."

// RemovePaper takes a document of a child of a structure away for good.
func (s *Store) RemovePaper(ctx context.Context, structure portal.StructureID, by portal.AccountID, child portal.ChildID, id string) error {
	return s.write(ctx, func(tx *Tx) error {
		c, err := s.theChild(tx, structure, child)
		if err != nil {
			return err
		}
		list, err := papersOf(tx, "d.child_id = ? AND d.id = ?", child, id)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return portal.NotFound(noPaper)
		}
		if err := tx.exec("DELETE FROM child_document WHERE id = ?", id); err != nil {
			return err
		}
		return s.note(tx, paperEvent(structure, by, c, list[0].Family, "retiré", list[0].Facts(), nil))
	})
}

// StaffPaper gives the file of a document of a child of a structure; another one's, and one without a file, are not found.
func (s *Store) StaffPaper(ctx context.Context, structure portal.StructureID, id string) (*File, error) {
	return s.paper(ctx, "d.id = ? AND d.child_id IN (SELECT id FROM child WHERE structure_id = ?)", id, structure)
}

// FamilyPaper gives the file of a document that a family of the account brought; the other family's is not found.
func (s *Store) FamilyPaper(ctx context.Context, account portal.AccountID, id string) (*File, error) {
	return s.paper(ctx, "d.id = ? AND d.family_id IN (SELECT family_id FROM sees WHERE account_id = ?)", id, account)
}

func (s *Store) paper(ctx context.Context, where string, args ...any) (*File, error) {
	f, err := one(s.read(ctx), func(r *sql.Rows) (f File, err error) {
		err = r.Scan(&f.ID, &f.Name, &f.Type, &f.Body, into{&f.At})
		f.Size = len(f.Body)
		return f, err
	}, "SELECT d.id, d.name, d.type, d.body, d.at FROM child_document d WHERE d.type <> '' AND "+where, args...)
	if err != nil {
		return nil, absent(err, noPaper)
	}
	return &f, nil
}

// AskedPapers lists the kinds of document that a structure asks of every child.
func (s *Store) AskedPapers(ctx context.Context, structure portal.StructureID) ([]portal.PaperKind, error) {
	return askedPapers(s.read(ctx), structure)
}

func askedPapers(q querier, structure portal.StructureID) ([]portal.PaperKind, error) {
	return column[portal.PaperKind](q, "SELECT kind FROM document_asked WHERE structure_id = ? ORDER BY kind", structure)
}

// AskPapers replaces the kinds of document that a structure asks of every child.
func (s *Store) AskPapers(ctx context.Context, structure portal.StructureID, by portal.AccountID, kinds []portal.PaperKind) error {
	facts := func(kinds []portal.PaperKind) (list []portal.Fact) {
		for _, k := range kinds {
			list = append(list, portal.Fact{What: k.Words(), Value: "demandé"})
		}
		return list
	}
	return s.write(ctx, func(tx *Tx) error {
		before, err := askedPapers(tx, structure)
		if err != nil {
			return err
		}
		if err := tx.exec("DELETE FROM document_asked WHERE structure_id = ?", structure); err != nil {
			return err
		}
		for _, k := range kinds {
			if err := tx.exec("INSERT INTO document_asked (structure_id, kind) VALUES (?, ?) ON CONFLICT DO NOTHING", structure, string(k)); err != nil {
				return err
			}
		}
		return s.noteChanges(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "structure", SubjectID: int64(structure), Words: "Documents demandés aux familles changés",
			Changes: portal.Differences(facts(before), facts(kinds))})
	})
}

// DuePaper is a document of a child that is missing, or ends soon, or has ended.
type DuePaper struct {
	Child         portal.ChildID
	Name          string
	Class, School string
	Expires       portal.Date // zero: it is missing
}

// DueCounts says how many documents are missing, over, or over soon.
type DueCounts struct{ Missing, Expired, Soon int }

// DuePapers lists the children of a structure, by school and class, whose document of a kind is missing or ends within 60
// days: those from a rank on, at most n, and how many there are. Children who neither have a class this year nor anything
// booked are left out. The latest document of a child counts.
func (s *Store) DuePapers(ctx context.Context, structure portal.StructureID, kind portal.PaperKind, from, n int) (list []DuePaper, counts DueCounts, err error) {
	today := portal.DateOf(s.now())
	err = s.snapshot(ctx, func(r reader) error {
		var year int64
		if err := r.row(&year, "SELECT coalesce((SELECT y.id FROM school_year y WHERE y.structure_id = ? AND y.last >= ? ORDER BY y.first LIMIT 1), 0)", structure, today); err != nil {
			return err
		}
		args := []any{structure, today, string(kind), today + portal.PaperSoon, kind == portal.PlanPaper, year}
		classes, err := dueClasses(r, args)
		if err != nil {
			return err
		}
		skip := max(from, 0)
		for _, c := range classes {
			counts.Missing, counts.Expired, counts.Soon = counts.Missing+c.Missing, counts.Expired+c.Expired, counts.Soon+c.Soon
			here := c.Missing + c.Expired + c.Soon
			if skip >= here || len(list) == n {
				skip = max(0, skip-here)
				continue
			}
			lines, err := dueOfClass(r, c, append(args, n-len(list), skip))
			if err != nil {
				return err
			}
			list, skip = append(list, lines...), 0
		}
		return nil
	})
	return list, counts, err
}

// dueClass is how many documents are due in a class; no class is the last.
type dueClass struct {
	id           portal.ClassID
	Name, School string
	DueCounts
}

// dueClasses counts by class, in one pass over the classes of the year: sorting all the children for one page would cost more.
func dueClasses(q querier, args []any) ([]dueClass, error) {
	return all(q, func(r *sql.Rows) (c dueClass, err error) {
		err = r.Scan(&c.id, &c.Name, &c.School, &c.Missing, &c.Expired, &c.Soon)
		return c, err
	}, `WITH kid AS (SELECT cc.child_id AS id, cl.id AS class_id FROM school sc JOIN class cl ON cl.school_id = sc.id AND cl.school_year_id = ?6
				JOIN child_class cc ON cc.class_id = cl.id WHERE sc.structure_id = ?1
			UNION ALL SELECT k.id, 0 FROM child k WHERE `+outOfClass+`),
		paper AS MATERIALIZED (SELECT class_id, `+dueUntil+` AS until, `+dueWanted+` AS wanted FROM kid k)
		SELECT d.class_id, coalesce(cl.name, ''), coalesce(sc.name, ''), d.missing, d.expired, d.soon FROM (
			SELECT class_id, sum(until IS NULL) AS missing, coalesce(sum(until < ?2), 0) AS expired, coalesce(sum(until >= ?2), 0) AS soon
			FROM paper WHERE until <= ?4 OR until IS NULL AND wanted GROUP BY class_id) d
		LEFT JOIN class cl ON cl.id = d.class_id LEFT JOIN school sc ON sc.id = cl.school_id ORDER BY cl.id IS NULL, sc.id, cl.name COLLATE francais, cl.id`, args...)
}

func dueOfClass(q querier, c dueClass, args []any) ([]DuePaper, error) {
	in := "k.id IN (SELECT child_id FROM child_class WHERE class_id = ?9 AND school_year_id = ?6)"
	if c.id == 0 {
		in = outOfClass + " AND ?9 = 0"
	}
	return all(q, func(r *sql.Rows) (d DuePaper, err error) {
		d.Class, d.School = c.Name, c.School
		err = r.Scan(&d.Child, &d.Name, &d.Expires)
		return d, err
	}, `SELECT id, name, until FROM (SELECT k.id, iif(k.used_name <> '', k.used_name, k.last_name) || ' ' || k.first_name AS name, `+dueUntil+` AS until, `+dueWanted+` AS wanted
			FROM child k WHERE `+in+`)
		WHERE until <= ?4 OR until IS NULL AND wanted ORDER BY name COLLATE francais, id LIMIT ?7 OFFSET ?8`, append(args, c.id)...)
}

// What DuePapers asks of a child k: ?1 is the structure, ?2 today, ?3 the kind, ?5 says that it is the PAI's, ?6 is the school year.
const (
	// outOfClass holds for a child without a class this year that has something booked.
	outOfClass = `k.structure_id = ?1 AND NOT EXISTS (SELECT 1 FROM child_class cc WHERE cc.child_id = k.id AND cc.school_year_id = ?6)
		AND EXISTS (SELECT 1 FROM booking b WHERE b.child_id = k.id AND b.day >= ?2)`
	// dueUntil is the last good day of its latest document of the kind.
	dueUntil = "(SELECT max(coalesce(d.expires, '9999-12-31')) FROM child_document d WHERE d.child_id = k.id AND d.kind = ?3)"
	// dueWanted says that it must have one: it is asked of all, or the child has a PAI.
	dueWanted = `iif(?5, (SELECT p.pai_first <= ?2 AND (p.pai_last IS NULL OR p.pai_last >= ?2) FROM child p WHERE p.id = k.id),
		EXISTS (SELECT 1 FROM document_asked a WHERE a.structure_id = ?1 AND a.kind = ?3))`
)
