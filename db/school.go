package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"marelle/portal"
)

// Class is a class of a school in a school year.
type Class struct {
	ID       portal.ClassID
	School   portal.SchoolID
	Year     int64
	Name     string
	Grades   []string // that the town hall gave it
	Seen     []string // of its children
	Children int
}

// Levels gives the levels of a class: those it was given, else those of its children.
func (c *Class) Levels() []string {
	if len(c.Grades) > 0 {
		return c.Grades
	}
	return c.Seen
}

// Facts are what staff decide of a class.
func (c *Class) Facts() []portal.Fact {
	return []portal.Fact{{What: "Nom", Value: c.Name}, {What: "Niveaux", Value: strings.Join(c.Grades, ", ")}}
}

const classColumns = `SELECT c.id, c.school_id, c.school_year_id, c.name, c.grades,
		(SELECT count(*) FROM child_class x WHERE x.class_id = c.id),
		(SELECT json_group_array(grade) FROM (SELECT DISTINCT grade FROM child_class x WHERE x.class_id = c.id AND grade <> '' ORDER BY grade))
	FROM class c JOIN school s ON s.id = c.school_id WHERE s.structure_id = ?`

func scanClass(r *sql.Rows) (c Class, err error) {
	var grades, seen string
	if err := r.Scan(&c.ID, &c.School, &c.Year, &c.Name, &grades, &c.Children, &seen); err != nil {
		return c, err
	}
	if err := json.Unmarshal([]byte(grades), &c.Grades); err != nil {
		return c, err
	}
	err = json.Unmarshal([]byte(seen), &c.Seen)
	slices.SortFunc(c.Seen, portal.CompareGrades)
	return c, err
}

// ClassesOf lists the classes of a structure in a school year, school by school.
func (s *Store) ClassesOf(ctx context.Context, structure portal.StructureID, year int64) ([]Class, error) {
	return all(s.read(ctx), scanClass, classColumns+" AND c.school_year_id = ? ORDER BY c.school_id, c.name COLLATE francais, c.id", structure, year)
}

// ClassOf gives one class of a structure.
func (s *Store) ClassOf(ctx context.Context, structure portal.StructureID, id portal.ClassID) (*Class, error) {
	c, err := one(s.read(ctx), scanClass, classColumns+" AND c.id = ?", structure, id)
	if err != nil {
		return nil, absent(err, "Cette classe n’existe pas.")
	}
	return &c, nil
}

// tidyName takes superfluous blanks out of a name; nothing and a name too long are refused beside its field.
func tidyName(name, missing string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	switch {
	case name == "":
		return "", portal.Wrong("nom", "%s", missing)
	case len([]rune(name)) > 100:
		return "", portal.Wrong("nom", "Ce nom est trop long. Il a au plus 100 caractères.")
	}
	return name, nil
}

// Facts are what staff decide of a school.
func (sc School) Facts() []portal.Fact { return []portal.Fact{{What: "Nom", Value: sc.Name}} }

// SaveSchool adds a school to a structure, or renames the one that has this number; seen is then the version that the form
// showed.
func (s *Store) SaveSchool(ctx context.Context, by portal.AccountID, structure portal.StructureID, id portal.SchoolID, name, seen string) (portal.SchoolID, error) {
	name, err := tidyName(name, "Donnez le nom de l’école.")
	if err != nil {
		return 0, err
	}
	err = s.write(ctx, func(tx *Tx) error {
		schools, err := schoolsOf(tx, structure)
		if err != nil {
			return err
		}
		var was School
		for _, sc := range schools {
			if sc.ID == id {
				was = sc
			} else if portal.FoldName(sc.Name) == portal.FoldName(name) {
				return portal.NameTaken("Une autre école", sc.Name, "ou réunissez les deux écoles")
			}
		}
		words := "École renommée"
		switch {
		case id != 0 && was.ID == 0:
			return portal.NotFound("Cette école n’existe pas.")
		case was.Name == name:
			return nil
		case id != 0 && portal.Version(was.Facts()) != seen:
			return s.changedMeanwhile(tx, structure, "ecole", int64(id))
		case id == 0:
			n, err := tx.insert("INSERT INTO school (structure_id, name) VALUES (?, ?)", structure, name)
			if err != nil {
				return err
			}
			id, words = portal.SchoolID(n), "École ajoutée"
		default:
			if err := tx.exec("UPDATE school SET name = ? WHERE id = ? AND structure_id = ?", name, id, structure); err != nil {
				return err
			}
		}
		tx.after(s.setups.forget)
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "ecole", SubjectID: int64(id), Words: words + " : " + name,
			Changes: portal.Differences(was.Facts(), School{Name: name}.Facts())})
	})
	return id, err
}

func schoolsOf(q querier, structure portal.StructureID) ([]School, error) {
	return all(q, func(r *sql.Rows) (sc School, err error) {
		err = r.Scan(&sc.ID, &sc.Name, &sc.Classes)
		return sc, err
	}, "SELECT s.id, s.name, (SELECT count(*) FROM class c WHERE c.school_id = s.id) FROM school s WHERE s.structure_id = ? ORDER BY s.id", structure)
}

func mustBeSchool(q querier, structure portal.StructureID, id portal.SchoolID) (School, error) {
	schools, err := schoolsOf(q, structure)
	if err != nil {
		return School{}, err
	}
	for _, sc := range schools {
		if sc.ID == id {
			return sc, nil
		}
	}
	return School{}, portal.NotFound("Cette école n’existe pas.")
}

// SchoolOf gives one school of a structure.
func (s *Store) SchoolOf(ctx context.Context, structure portal.StructureID, id portal.SchoolID) (School, error) {
	return mustBeSchool(s.read(ctx), structure, id)
}

// RemoveSchool takes away a school that never had a class and that nothing speaks of.
func (s *Store) RemoveSchool(ctx context.Context, by portal.AccountID, structure portal.StructureID, id portal.SchoolID) error {
	return s.write(ctx, func(tx *Tx) error {
		sc, err := mustBeSchool(tx, structure, id)
		if err != nil {
			return err
		}
		var used bool
		if err := tx.row(&used, "SELECT EXISTS (SELECT 1 FROM class WHERE school_id = ?1) OR EXISTS (SELECT 1 FROM announcement WHERE school_id = ?1)", id); err != nil {
			return err
		}
		if used {
			return portal.Conflict("L’école « %s » a des classes ou des messages : elle ne peut pas être retirée. Si elle est là deux fois, réunissez les deux.", sc.Name)
		}
		if err := mustBeNobodysAudience(tx, structure, id, 0); err != nil {
			return err
		}
		if err := tx.exec("DELETE FROM school WHERE id = ? AND structure_id = ?", id, structure); err != nil {
			return err
		}
		tx.after(s.setups.forget)
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "ecole", SubjectID: int64(id), Words: "École retirée : " + sc.Name})
	})
}

// SaveClass adds a class to a school in a school year, or changes the name and the levels of the one that has this number; seen
// is then the version that the form showed.
func (s *Store) SaveClass(ctx context.Context, by portal.AccountID, structure portal.StructureID, c Class, seen string) (portal.ClassID, error) {
	name, err := tidyName(c.Name, "Donnez le nom de la classe, par exemple « CE1 Mme IZARD ».")
	if err != nil {
		return 0, err
	}
	c.Name = name
	slices.SortFunc(c.Grades, portal.CompareGrades)
	if c.Grades == nil {
		c.Grades = []string{}
	}
	grades, err := json.Marshal(c.Grades)
	if err != nil {
		return 0, err
	}
	err = s.write(ctx, func(tx *Tx) error {
		var was Class
		words := "Classe ajoutée"
		if c.ID != 0 {
			if was, err = one(tx, scanClass, classColumns+" AND c.id = ?", structure, c.ID); err != nil {
				return absent(err, "Cette classe n’existe pas.")
			}
			if portal.Version(was.Facts()) != seen {
				return s.changedMeanwhile(tx, structure, "ecole", int64(was.School))
			}
			c.School, c.Year, words = was.School, was.Year, "Classe changée"
		}
		if _, err := mustBeSchool(tx, structure, c.School); err != nil {
			return err
		}
		others, err := all(tx, scanClass, classColumns+" AND c.school_id = ? AND c.school_year_id = ?", structure, c.School, c.Year)
		if err != nil {
			return err
		}
		for _, o := range others {
			if o.ID != c.ID && portal.FoldName(o.Name) == portal.FoldName(c.Name) {
				return portal.NameTaken("Une autre classe de cette école", o.Name)
			}
		}
		changes := portal.Differences(was.Facts(), c.Facts())
		switch {
		case len(changes) == 0:
			return nil
		case c.ID == 0:
			n, err := tx.insert("INSERT INTO class (school_id, school_year_id, name, grades) SELECT ?, id, ?, ? FROM school_year WHERE id = ? AND structure_id = ?",
				c.School, c.Name, string(grades), c.Year, structure)
			if err != nil {
				return err
			}
			c.ID = portal.ClassID(n)
			var there bool
			if err := tx.row(&there, "SELECT EXISTS (SELECT 1 FROM school_year WHERE id = ? AND structure_id = ?)", c.Year, structure); err != nil {
				return err
			}
			if !there {
				return portal.NotFound("Cette année scolaire n’existe pas.")
			}
		default:
			if err := tx.exec("UPDATE class SET name = ?, grades = ? WHERE id = ?", c.Name, string(grades), c.ID); err != nil {
				return err
			}
		}
		tx.after(s.setups.forget)
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "ecole", SubjectID: int64(c.School), Words: words + " : " + c.Name, Changes: changes})
	})
	return c.ID, err
}

// RemoveClass takes away a class in which there is no child.
func (s *Store) RemoveClass(ctx context.Context, by portal.AccountID, structure portal.StructureID, id portal.ClassID) error {
	return s.write(ctx, func(tx *Tx) error {
		c, err := one(tx, scanClass, classColumns+" AND c.id = ?", structure, id)
		if err != nil {
			return absent(err, "Cette classe n’existe pas.")
		}
		if c.Children > 0 {
			return portal.Conflict("La classe « %s » a %s : elle ne peut pas être retirée. Changez d’abord les enfants de classe.", c.Name, portal.Count(c.Children, "enfant"))
		}
		if err := mustBeNobodysAudience(tx, structure, 0, id); err != nil {
			return err
		}
		if err := tx.exec("DELETE FROM class WHERE id = ?", id); err != nil {
			return err
		}
		tx.after(s.setups.forget)
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "ecole", SubjectID: int64(c.School), Words: "Classe retirée : " + c.Name})
	})
}

// Merge says what putting two schools together moves.
type Merge struct {
	From, Into School
	Classes    int // that move as they are
	Joined     []string
	Children   int // of all the years
	Messages   int
	Settings   int // activities and counters for one of the two schools
}

// PlanMerge says what MergeSchools would do, without doing it.
func (s *Store) PlanMerge(ctx context.Context, structure portal.StructureID, from, into portal.SchoolID) (m Merge, err error) {
	err = s.write(ctx, func(tx *Tx) error {
		if m, err = mergeSchools(tx, structure, from, into); err != nil {
			return err
		}
		return errDryRun
	})
	if err == errDryRun {
		err = nil
	}
	return m, err
}

// MergeSchools puts all that a school has into another one and takes the first away: its classes, of which two of the same
// name and year become one, the messages for it, and the activities that are for its children. Nobody loses anything.
func (s *Store) MergeSchools(ctx context.Context, by portal.AccountID, structure portal.StructureID, from, into portal.SchoolID) (m Merge, err error) {
	err = s.write(ctx, func(tx *Tx) error {
		if m, err = mergeSchools(tx, structure, from, into); err != nil {
			return err
		}
		tx.after(s.setups.forget)
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "ecole", SubjectID: int64(into), Words: "Écoles réunies : " + m.From.Name + " dans " + m.Into.Name,
			Changes: []portal.Changed{{What: "École", Before: m.From.Name, After: m.Into.Name}, {What: "Enfants déplacés", After: portal.Count(m.Children, "enfant")}}})
	})
	return m, err
}

func mergeSchools(tx *Tx, structure portal.StructureID, from, into portal.SchoolID) (m Merge, err error) {
	if m.From, err = mustBeSchool(tx, structure, from); err != nil {
		return m, err
	}
	if m.Into, err = mustBeSchool(tx, structure, into); err != nil {
		return m, err
	}
	if from == into {
		return m, portal.Wrong("dans", "Choisissez une autre école que celle-ci.")
	}
	moving, err := all(tx, scanClass, classColumns+" AND c.school_id = ? ORDER BY c.id", structure, from)
	if err != nil {
		return m, err
	}
	there, err := all(tx, scanClass, classColumns+" AND c.school_id = ? ORDER BY c.id", structure, into)
	if err != nil {
		return m, err
	}
	joined := map[portal.ClassID]portal.ClassID{}
	for _, c := range moving {
		m.Children += c.Children
		i := slices.IndexFunc(there, func(o Class) bool { return o.Year == c.Year && portal.FoldName(o.Name) == portal.FoldName(c.Name) })
		if i < 0 {
			m.Classes++
			if err := tx.exec("UPDATE class SET school_id = ? WHERE id = ?", into, c.ID); err != nil {
				return m, err
			}
			continue
		}
		joined[c.ID] = there[i].ID
		m.Joined = append(m.Joined, there[i].Name)
		if err := tx.exec("UPDATE child_class SET class_id = ? WHERE class_id = ?", there[i].ID, c.ID); err != nil {
			return m, err
		}
		if err := tx.exec("DELETE FROM class WHERE id = ?", c.ID); err != nil {
			return m, err
		}
	}
	messages, err := tx.change("UPDATE announcement SET school_id = ? WHERE school_id = ?", into, from)
	if err != nil {
		return m, err
	}
	m.Messages = int(messages)
	if m.Settings, err = replaceInAudiences(tx, structure, from, into, joined); err != nil {
		return m, err
	}
	return m, tx.exec("DELETE FROM school WHERE id = ? AND structure_id = ?", from, structure)
}

// mustBeNobodysAudience refuses to take away a school or a class that an activity or a counter is for: it would be for
// everybody then.
func mustBeNobodysAudience(tx *Tx, structure portal.StructureID, school portal.SchoolID, class portal.ClassID) error {
	names, err := column[string](tx, `SELECT name FROM (SELECT name, audience FROM activity WHERE structure_id = ?1 UNION ALL SELECT name, audience FROM counter WHERE structure_id = ?1) x
		WHERE EXISTS (SELECT 1 FROM json_each(x.audience, '$.ecoles') WHERE value = ?2) OR EXISTS (SELECT 1 FROM json_each(x.audience, '$.classes') WHERE value = ?3)`,
		structure, school, class)
	if err == nil && len(names) > 0 {
		return portal.Conflict("%s : ces réglages sont pour ces enfants seulement. Changez-les d’abord.", portal.List(names))
	}
	return err
}

// audienceRow is who an activity or a counter is for.
type audienceRow struct {
	id       int64
	audience portal.Audience
}

// replaceInAudiences puts a school, and classes, in place of others wherever an activity or a counter is for them. It says
// how many were changed.
func replaceInAudiences(tx *Tx, structure portal.StructureID, from, into portal.SchoolID, classes map[portal.ClassID]portal.ClassID) (int, error) {
	changed := 0
	for _, table := range []string{"activity", "counter"} {
		rows, err := all(tx, func(r *sql.Rows) (x audienceRow, err error) {
			var text string
			if err := r.Scan(&x.id, &text); err != nil {
				return x, err
			}
			return x, json.Unmarshal([]byte(text), &x.audience)
		}, "SELECT id, audience FROM "+table+" WHERE structure_id = ?", structure)
		if err != nil {
			return changed, err
		}
		for _, x := range rows {
			schools := replaced(x.audience.Schools, map[portal.SchoolID]portal.SchoolID{from: into})
			rooms := replaced(x.audience.Classes, classes)
			if slices.Equal(schools, x.audience.Schools) && slices.Equal(rooms, x.audience.Classes) {
				continue
			}
			x.audience.Schools, x.audience.Classes = schools, rooms
			text, err := json.Marshal(x.audience)
			if err != nil {
				return changed, err
			}
			if err := tx.exec("UPDATE "+table+" SET audience = ? WHERE id = ?", string(text), x.id); err != nil {
				return changed, err
			}
			changed++
		}
	}
	return changed, nil
}

// replaced puts other numbers in place of some, each once.
func replaced[T ~int64](list []T, by map[T]T) []T {
	var out []T
	for _, id := range list {
		if other, gone := by[id]; gone {
			id = other
		}
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
