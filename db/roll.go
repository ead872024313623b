package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
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

// errDryRun undoes a trial once its report is complete.
var errDryRun = errors.New("db: a trial changes nothing")

// ImportRoll brings the roll of a school into a structure for a school year (its label, or nothing: the year of today): school,
// classes, children, families, and accounts that get their letter apart. What parents or staff wrote since is kept and
// told. All or nothing; the same roll twice changes nothing; a trial does the same work, tells it and undoes it.
func (s *Store) ImportRoll(ctx context.Context, structure portal.StructureID, school string, roll portal.Roll, year string, dryRun bool) (portal.RollReport, error) {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return portal.RollReport{}, err
	}
	y, err := rollYear(setup, year, portal.DateOf(s.now()))
	if err != nil {
		return portal.RollReport{}, err
	}
	ine := make([]string, len(roll.Pupils))
	for i, p := range roll.Pupils {
		ine[i] = s.ineHash(p.INE)
	}
	var report portal.RollReport
	err = s.write(ctx, func(tx *Tx) error {
		im := rollImport{s: s, tx: tx, structure: setup.Structure, roll: roll, ine: ine, year: y}
		im.report = portal.RollReport{Year: y.Label, Pupils: len(roll.Pupils), Guardians: len(roll.Guardians), Families: len(roll.Families)}
		if err := im.run(school); err != nil {
			return err
		}
		report = im.report
		if dryRun {
			return errDryRun
		}
		return nil
	})
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return report, err
}

// ineHash recognises a national number next year without keeping it.
func (s *Store) ineHash(ine string) string {
	if ine == "" {
		return ""
	}
	sum := sha256.Sum256(append(slices.Clone(s.salt), ine...))
	return string(sum[:])
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
	e := portal.Invalid("L’année scolaire « %s » n’existe pas. Choisissez parmi : %s.", portal.Clip(label, 20), portal.List(known))
	e.Fields = []portal.FieldError{{Field: "annee", Message: e.Message}}
	return portal.SchoolYearRef{}, e
}

// rollImport is one import under way, inside its transaction.
type rollImport struct {
	s         *Store
	tx        *Tx
	structure portal.Structure
	roll      portal.Roll
	ine       []string // hash of each pupil's national number
	year      portal.SchoolYearRef
	school    portal.SchoolID
	known     portal.RollKnown
	match     portal.RollMatch // filled in as people are created
	report    portal.RollReport
}

func (im *rollImport) run(school string) error {
	for _, step := range []func() error{
		func() error { return im.findSchool(school) },
		im.load,
		im.recognise,
		im.children,
		im.accounts,
		im.families,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// findSchool finds the school by its name, written in any way; without a name it is the only one there is.
func (im *rollImport) findSchool(name string) error {
	name = strings.Join(strings.Fields(name), " ")
	type school struct {
		id   portal.SchoolID
		name string
	}
	list, err := all(im.tx, func(r *sql.Rows) (sc school, err error) {
		err = r.Scan(&sc.id, &sc.name)
		return sc, err
	}, "SELECT id, name FROM school WHERE structure_id = ? ORDER BY id", im.structure.ID)
	if err != nil {
		return err
	}
	var names []string
	for _, sc := range list {
		names = append(names, sc.name)
		if name == "" && len(list) == 1 || portal.FoldName(sc.name) == portal.FoldName(name) {
			im.school, im.report.School = sc.id, sc.name
			return nil
		}
	}
	if name == "" && len(list) > 1 {
		e := portal.Invalid("Cette structure a plusieurs écoles : %s. Dites de laquelle viennent ces fichiers.", portal.List(names))
		e.Fields = []portal.FieldError{{Field: "ecole", Message: e.Message}}
		return e
	}
	if name == "" {
		name = "École"
		if im.structure.Town != "" {
			name += " " + portal.Of(im.structure.Town)
		}
	}
	im.tx.after(im.s.setups.forget) // it knows how schools and classes are called
	n, err := im.tx.insert("INSERT INTO school (structure_id, name) VALUES (?, ?)", im.structure.ID, name)
	im.school, im.report.School = portal.SchoolID(n), name
	im.report.Say(portal.RollNewSchool, "%s", name)
	return err
}

// load reads once all that the structure knows of children, families and guardians.
func (im *rollImport) load() (err error) {
	if im.known.Children, err = all(im.tx, func(r *sql.Rows) (c portal.KnownChild, err error) {
		var ine []byte
		err = r.Scan(&c.ID, &c.LastName, &c.UsedName, &c.FirstName, &c.Birth, &c.Sex, &ine)
		c.INE = string(ine)
		return c, err
	}, "SELECT id, last_name, used_name, first_name, birth, sex, ine_hash FROM child WHERE structure_id = ? ORDER BY id", im.structure.ID); err != nil {
		return err
	}
	if im.known.Families, err = all(im.tx, func(r *sql.Rows) (f portal.KnownFamily, err error) {
		err = r.Scan(&f.ID, &f.Name, &f.Street, &f.PostCode, &f.Town)
		return f, err
	}, "SELECT id, name, street, postcode, town FROM family WHERE structure_id = ? ORDER BY id", im.structure.ID); err != nil {
		return err
	}
	families := map[portal.FamilyID]*portal.KnownFamily{}
	for i := range im.known.Families {
		families[im.known.Families[i].ID] = &im.known.Families[i]
	}
	type link struct {
		family portal.FamilyID
		member int64
	}
	links := func(query string) ([]link, error) {
		return all(im.tx, func(r *sql.Rows) (l link, err error) {
			err = r.Scan(&l.family, &l.member)
			return l, err
		}, query, im.structure.ID)
	}
	children, err := links("SELECT fc.family_id, fc.child_id FROM family_child fc JOIN family f ON f.id = fc.family_id WHERE f.structure_id = ? ORDER BY fc.family_id, fc.child_id")
	if err != nil {
		return err
	}
	for _, l := range children {
		families[l.family].Children = append(families[l.family].Children, portal.ChildID(l.member))
	}
	guardians, err := links("SELECT g.family_id, g.account_id FROM guardian g JOIN family f ON f.id = g.family_id WHERE f.structure_id = ? ORDER BY g.family_id, g.account_id")
	if err != nil {
		return err
	}
	for _, l := range guardians {
		families[l.family].Guardians = append(families[l.family].Guardians, portal.AccountID(l.member))
	}
	if im.known.Guardians, err = all(im.tx, func(r *sql.Rows) (g portal.KnownGuardian, err error) {
		var emails string
		err = r.Scan(&g.ID, &g.Civility, &g.LastName, &g.UsedName, &g.FirstName, &g.HomePhone, &g.WorkPhone, &g.MobilePhone, &emails)
		g.Emails = strings.Fields(emails)
		return g, err
	}, `SELECT a.id, a.civility, a.last_name, a.used_name, a.first_name, a.home_phone, a.work_phone, a.mobile_phone,
			(SELECT coalesce(group_concat(address, ' '), '') FROM (SELECT address FROM account_email e WHERE e.account_id = a.id ORDER BY position))
		FROM account a WHERE a.id IN (SELECT g.account_id FROM guardian g JOIN family f ON f.id = g.family_id WHERE f.structure_id = ?) ORDER BY a.id`,
		im.structure.ID); err != nil {
		return err
	}
	return nil
}

func (im *rollImport) recognise() (err error) {
	im.match, err = portal.MatchRoll(im.roll, im.ine, im.known)
	return err
}
