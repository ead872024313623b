package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"marelle/portal"
)

// DecodeText gives a file that a person uploaded as UTF-8: it is UTF-8 already, or UTF-16 with its mark, or else
// Windows-1252, as French programs wrote for thirty years.
func DecodeText(b []byte) (string, error) {
	var from encoding.Encoding = charmap.Windows1252
	switch {
	case len(b) >= 2 && (b[0] == 0xfe && b[1] == 0xff || b[0] == 0xff && b[1] == 0xfe):
		from = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
	case utf8.Valid(b):
		return strings.TrimPrefix(string(b), "\ufeff"), nil
	}
	text, err := from.NewDecoder().Bytes(b)
	if err != nil {
		return "", portal.Invalid("Ce fichier ne se lit pas comme du texte. Choisissez l’export CSV tel que ONDE l’a donné.")
	}
	return string(text), nil
}

// ImportRoll brings the roll of a school into a structure for a school year (its label, or nothing: the year of today): school,
// classes, children, families, and accounts that get their letter apart. What parents or staff wrote since is kept and
// told. All or nothing; the same roll twice changes nothing; a trial does the same work, tells it and writes nothing.
// by is the agent, or nobody when the program itself imports.
func (s *Store) ImportRoll(ctx context.Context, structure portal.StructureID, by portal.AccountID, school string, roll portal.Roll, year string, trial bool) (portal.RollReport, error) {
	setup, y, err := s.importYear(ctx, structure, year)
	if err != nil {
		return portal.RollReport{}, err
	}
	ine := make([]string, len(roll.Pupils))
	for i, p := range roll.Pupils {
		ine[i] = s.ineHash(p.INE)
	}
	var im rollImport
	err = carryOut(ctx, s, func(q querier) (rollState, error) { return readRollState(q, structure, y) }, func(state rollState) (*bulk, error) {
		im = rollImport{s: s, ctx: ctx, structure: setup.Structure, roll: roll, ine: ine, year: y, rollState: state, logins: map[string]bool{}, added: map[familyLink]bool{}}
		im.report = portal.RollReport{Year: y.Label, Pupils: len(roll.Pupils), Guardians: len(roll.Guardians), Families: len(roll.Families)}
		return &im.writes, im.run(school)
	}, func(tx *Tx) error {
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "import", SubjectID: y.ID,
			Words: "Fichiers de l’école importés : " + im.report.School + ", " + y.Label, Changes: im.report.Counts()})
	}, trial)
	return im.report, err
}

// ineHash recognises a national number next year without keeping it.
func (s *Store) ineHash(ine string) string {
	if ine == "" {
		return ""
	}
	sum := sha256.Sum256(append(slices.Clone(s.salt), ine...))
	return string(sum[:])
}

// importYear gives the structure into which files come, and the school year of their classes.
func (s *Store) importYear(ctx context.Context, structure portal.StructureID, label string) (*portal.Setup, portal.SchoolYearRef, error) {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return nil, portal.SchoolYearRef{}, err
	}
	year, err := rollYear(setup, label, portal.DateOf(s.now()))
	return setup, year, err
}

func rollYear(setup *portal.Setup, label string, today portal.Date) (portal.SchoolYearRef, error) {
	if label == "" {
		if y := setup.YearOf(today); y != nil {
			return *y, nil
		}
		return portal.SchoolYearRef{}, portal.Invalid("Cette structure n’a pas encore d’année scolaire. Créez-la, puis recommencez l’import.")
	}
	var known []string
	for _, y := range setup.Years {
		if y.Label == label {
			return y, nil
		}
		known = append(known, y.Label)
	}
	return portal.SchoolYearRef{}, portal.Wrong("annee", "L’année scolaire « %s » n’existe pas. Choisissez parmi : %s.", portal.Clip(label, 20), portal.List(known))
}

// rollState is what a structure holds that an import of a school's roll looks at.
type rollState struct {
	schools   []School
	known     portal.RollKnown
	classes   []rollClass
	placed    []rollPlace
	elsewhere []rollElsewhere
}

type rollClass struct {
	id     portal.ClassID
	school portal.SchoolID
	name   string
}

type rollPlace struct {
	child portal.ChildID
	year  int64
	placement
}

// rollElsewhere is the other school that names a child in the year.
type rollElsewhere struct {
	child  portal.ChildID
	school portal.SchoolID
}

// rollImport is one import under way: what it read, and the writes that it makes up.
type rollImport struct {
	rollState
	s         *Store
	ctx       context.Context
	structure portal.Structure
	roll      portal.Roll
	ine       []string // hash of each pupil's national number
	year      portal.SchoolYearRef
	school    portal.SchoolID
	match     portal.RollMatch // filled in as people are created
	writes    bulk
	logins    map[string]bool     // drawn by this import
	added     map[familyLink]bool // children who joined a household
	report    portal.RollReport
}

func (im *rollImport) run(school string) error {
	progress(im.ctx, portal.ProgressMatching, 0, 0)
	if err := im.findSchool(school); err != nil {
		return err
	}
	var err error
	if im.match, err = portal.MatchRoll(im.roll, im.ine, im.known); err != nil {
		return err
	}
	im.children()
	if err := im.accounts(); err != nil {
		return err
	}
	im.families()
	return nil
}

// planned tells how many of the children are seen to.
func (im *rollImport) planned(done, total int) {
	if done%100 == 0 {
		progress(im.ctx, portal.ProgressPlanning, done, total)
	}
}

// findSchool finds the school by its name, written in any way; without a name it is the only one there is.
func (im *rollImport) findSchool(name string) error {
	name = strings.Join(strings.Fields(name), " ")
	var names []string
	for _, sc := range im.schools {
		names = append(names, sc.Name)
		if name == "" && len(im.schools) == 1 || portal.FoldName(sc.Name) == portal.FoldName(name) {
			im.school, im.report.School = sc.ID, sc.Name
			return nil
		}
	}
	if name == "" && len(im.schools) > 1 {
		return portal.Wrong("ecole", "Cette structure a plusieurs écoles : %s. Dites de laquelle viennent ces fichiers.", portal.List(names))
	}
	if name == "" {
		name = "École"
		if im.structure.Town != "" {
			name += " " + portal.Of(im.structure.Town)
		}
	}
	im.school, im.report.School = portal.SchoolID(im.writes.add(bulkSchool, im.structure.ID, name)), name
	im.report.Say(portal.RollNewSchool, "%s", name)
	return nil
}

// freeLogin draws an identifiant that nobody has.
func (im *rollImport) freeLogin() (string, error) {
	for {
		login, err := im.s.newLogin()
		if err != nil {
			return "", err
		}
		taken := im.logins[login]
		if !taken {
			if err := im.s.read(im.ctx).row(&taken, "SELECT EXISTS (SELECT 1 FROM account WHERE login = ?)", login); err != nil {
				return "", err
			}
		}
		if !taken {
			im.logins[login] = true
			return login, nil
		}
	}
}

// readRollState reads once all that the structure knows of schools, classes, children, families and guardians.
func readRollState(q querier, structure portal.StructureID, year portal.SchoolYearRef) (st rollState, err error) {
	if st.schools, err = schoolsOf(q, structure); err != nil {
		return st, err
	}
	if st.known, err = rollKnown(q, structure); err != nil {
		return st, err
	}
	if st.classes, err = rollClasses(q, structure, year); err != nil {
		return st, err
	}
	if st.placed, err = all(q, func(r *sql.Rows) (p rollPlace, err error) {
		err = r.Scan(&p.child, &p.year, &p.placement.year, &p.class, &p.name, &p.grade, &p.school, &p.schoolName)
		return p, err
	}, `SELECT cc.child_id, y.id, y.label, c.id, c.name, cc.grade, c.school_id, s.name
		FROM child_class cc JOIN class c ON c.id = cc.class_id JOIN school s ON s.id = c.school_id JOIN school_year y ON y.id = cc.school_year_id
		WHERE y.structure_id = ?1 AND (y.id = ?2 OR y.id = (SELECT id FROM school_year WHERE structure_id = ?1 AND first < ?3 ORDER BY first DESC LIMIT 1))
		ORDER BY cc.child_id, y.id`, structure, year.ID, year.First); err != nil {
		return st, err
	}
	st.elsewhere, err = all(q, func(r *sql.Rows) (e rollElsewhere, err error) {
		err = r.Scan(&e.child, &e.school)
		return e, err
	}, "SELECT child_id, school_id FROM child_elsewhere WHERE school_year_id = ? ORDER BY 1, 2", year.ID)
	return st, err
}

// rollClasses gives the classes of a year of all the schools of a structure.
func rollClasses(q querier, structure portal.StructureID, year portal.SchoolYearRef) ([]rollClass, error) {
	return all(q, func(r *sql.Rows) (c rollClass, err error) {
		err = r.Scan(&c.id, &c.school, &c.name)
		return c, err
	}, "SELECT c.id, c.school_id, c.name FROM class c JOIN school s ON s.id = c.school_id WHERE s.structure_id = ? AND c.school_year_id = ? ORDER BY c.id", structure, year.ID)
}

func rollKnown(q querier, structure portal.StructureID) (known portal.RollKnown, err error) {
	if known.Children, err = all(q, func(r *sql.Rows) (c portal.KnownChild, err error) {
		var ine []byte
		err = r.Scan(&c.ID, &c.LastName, &c.UsedName, &c.FirstName, &c.Birth, &c.Sex, &ine)
		c.INE = string(ine)
		return c, err
	}, "SELECT id, last_name, used_name, first_name, birth, sex, ine_hash FROM child WHERE structure_id = ? ORDER BY id", structure); err != nil {
		return known, err
	}
	if known.Families, err = all(q, func(r *sql.Rows) (f portal.KnownFamily, err error) {
		err = r.Scan(&f.ID, &f.Name, &f.Street, &f.PostCode, &f.Town)
		return f, err
	}, "SELECT id, name, street, postcode, town FROM family WHERE structure_id = ? ORDER BY id", structure); err != nil {
		return known, err
	}
	families := map[portal.FamilyID]*portal.KnownFamily{}
	for i := range known.Families {
		families[known.Families[i].ID] = &known.Families[i]
	}
	children, guardians, err := familyLinks(q, structure)
	if err != nil {
		return known, err
	}
	for _, l := range children {
		families[l.family].Children = append(families[l.family].Children, portal.ChildID(l.member))
	}
	for _, l := range guardians {
		families[l.family].Guardians = append(families[l.family].Guardians, portal.AccountID(l.member))
	}
	people, err := guardiansOf(q, structure)
	for _, g := range people {
		known.Guardians = append(known.Guardians, portal.KnownGuardian{ID: g.ID, RollGuardian: g.RollGuardian})
	}
	return known, err
}

// familyLink ties somebody to a household.
type familyLink struct {
	family portal.FamilyID
	member int64
}

// familyLinks gives who belongs to each household of a structure.
func familyLinks(q querier, structure portal.StructureID) (children, guardians []familyLink, err error) {
	links := func(query string) ([]familyLink, error) {
		return all(q, func(r *sql.Rows) (l familyLink, err error) {
			err = r.Scan(&l.family, &l.member)
			return l, err
		}, query, structure)
	}
	if children, err = links("SELECT fc.family_id, fc.child_id FROM family_child fc JOIN family f ON f.id = fc.family_id WHERE f.structure_id = ? ORDER BY fc.family_id, fc.child_id"); err != nil {
		return nil, nil, err
	}
	guardians, err = links("SELECT g.family_id, g.account_id FROM guardian g JOIN family f ON f.id = g.family_id WHERE f.structure_id = ? ORDER BY g.family_id, g.account_id")
	return children, guardians, err
}

// guardiansOf gives the accounts that have a family in a structure.
func guardiansOf(q querier, structure portal.StructureID) ([]portal.FileGuardian, error) {
	return all(q, func(r *sql.Rows) (g portal.FileGuardian, err error) {
		var emails string
		err = r.Scan(&g.ID, &g.Login, &g.Civility, &g.LastName, &g.UsedName, &g.FirstName, &g.HomePhone, &g.WorkPhone, &g.MobilePhone, &emails)
		g.Emails = strings.Fields(emails)
		return g, err
	}, `SELECT a.id, a.login, a.civility, a.last_name, a.used_name, a.first_name, a.home_phone, a.work_phone, a.mobile_phone,
			(SELECT coalesce(group_concat(address, ' '), '') FROM (SELECT address FROM account_email e WHERE e.account_id = a.id ORDER BY position))
		FROM account a WHERE a.id IN (SELECT g.account_id FROM guardian g JOIN family f ON f.id = g.family_id WHERE f.structure_id = ?) ORDER BY a.id`, structure)
}
