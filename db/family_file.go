package db

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"marelle/portal"
)

// childFields are the columns of a child that a families' file fills, one line each.
var childFields = []struct {
	column string
	of     func(*portal.FileChild) any
}{
	{"last_name", func(c *portal.FileChild) any { return &c.LastName }},
	{"used_name", func(c *portal.FileChild) any { return &c.UsedName }},
	{"first_name", func(c *portal.FileChild) any { return &c.FirstName }},
	{"birth", func(c *portal.FileChild) any { return &c.Birth }},
	{"sex", func(c *portal.FileChild) any { return &c.Sex }},
	{"diet", func(c *portal.FileChild) any { return (*string)(&c.Care.Diet) }},
	{"diet_words", func(c *portal.FileChild) any { return &c.Care.DietWords }},
	{"allergies", func(c *portal.FileChild) any { return &c.Care.Allergies }},
	{"pai_first", func(c *portal.FileChild) any { return &c.Care.Plan.First }},
	{"pai_last", func(c *portal.FileChild) any { return &c.Care.Plan.Last }},
	{"pai_words", func(c *portal.FileChild) any { return &c.Care.Plan.Words }},
}

// fileColumns lists them for a statement.
var fileColumns = func() string {
	var names []string
	for _, f := range childFields {
		names = append(names, f.column)
	}
	return strings.Join(names, ", ")
}()

// updateChild writes all of them.
var updateChild = "UPDATE child SET " + strings.ReplaceAll(fileColumns, ",", " = ?,") + " = ?, ine_hash = ? WHERE id = ?"

func childValues(c *portal.FileChild) []any {
	var values []any
	for _, f := range childFields {
		values = append(values, f.of(c))
	}
	return values
}

// FileOfFamilies gives all households of a structure with those responsible and the children, each in the class of a school
// year, as the families' file holds them.
func (s *Store) FileOfFamilies(ctx context.Context, structure portal.StructureID) (*portal.FamilyFile, error) {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return nil, err
	}
	year := setup.YearOf(portal.DateOf(s.now()))
	if year == nil {
		year = &portal.SchoolYearRef{}
	}
	var file portal.FamilyFile
	err = s.snapshot(ctx, func(r reader) error {
		file, err = readFamilies(r, structure, *year)
		return err
	})
	return &file, err
}

// readFamilies reads the families of a structure in the order of their numbers.
func readFamilies(q querier, structure portal.StructureID, year portal.SchoolYearRef) (f portal.FamilyFile, err error) {
	child := map[portal.ChildID]int{}
	if f.Children, err = all(q, func(r *sql.Rows) (c portal.FileChild, err error) {
		var hash []byte
		into := []any{&c.ID, &hash, &c.School, &c.Class, &c.Grade}
		for _, field := range childFields {
			into = append(into, field.of(&c))
		}
		err = r.Scan(into...)
		c.Hash, c.DietGiven = string(hash), true
		return c, err
	}, `SELECT child.id, ine_hash, coalesce(s.name, ''), coalesce(k.name, ''), coalesce(cc.grade, ''), `+fileColumns+`
		FROM child LEFT JOIN child_class cc ON cc.child_id = child.id AND cc.school_year_id = ?2 LEFT JOIN class k ON k.id = cc.class_id LEFT JOIN school s ON s.id = k.school_id
		WHERE child.structure_id = ?1 ORDER BY child.id`, structure, year.ID); err != nil {
		return f, err
	}
	for i := range f.Children {
		child[f.Children[i].ID] = i
	}
	if f.Guardians, err = guardiansOf(q, structure); err != nil {
		return f, err
	}
	guardian := map[portal.AccountID]int{}
	for i := range f.Guardians {
		guardian[f.Guardians[i].ID] = i
	}
	if f.Families, err = all(q, func(r *sql.Rows) (h portal.FileFamily, err error) {
		var resident bool
		err = r.Scan(&h.ID, &h.Name, &h.Street, &h.PostCode, &h.Town, &resident)
		h.Key, h.Resident = h.ID.FileKey(), "non"
		if resident {
			h.Resident = "oui"
		}
		return h, err
	}, "SELECT id, name, street, postcode, town, resident FROM family WHERE structure_id = ? ORDER BY id", structure); err != nil {
		return f, err
	}
	family := map[portal.FamilyID]*portal.FileFamily{}
	for i := range f.Families {
		family[f.Families[i].ID] = &f.Families[i]
	}
	children, guardians, err := familyLinks(q, structure)
	for _, l := range children {
		if i, ok := child[portal.ChildID(l.member)]; ok {
			family[l.family].Children = append(family[l.family].Children, i)
		}
	}
	for _, l := range guardians {
		family[l.family].Guardians = append(family[l.family].Guardians, guardian[portal.AccountID(l.member)])
	}
	return f, err
}

// familyState is what a structure holds that an import of its families looks at.
type familyState struct {
	has     portal.FamilyFile
	schools []School
	classes []rollClass
}

func readFamilyState(q querier, structure portal.StructureID, year portal.SchoolYearRef) (st familyState, err error) {
	if st.has, err = readFamilies(q, structure, year); err != nil {
		return st, err
	}
	if st.schools, err = schoolsOf(q, structure); err != nil {
		return st, err
	}
	st.classes, err = rollClasses(q, structure, year)
	return st, err
}

// ImportFamilies brings a families' file into a structure: it creates who is new, corrects who is known by what the cells
// say, and joins people to households; nobody is ever taken out. Classes are those of a school year (its label, or
// nothing: the year of today). All or nothing; the same file twice changes nothing; a trial tells and writes nothing.
func (s *Store) ImportFamilies(ctx context.Context, structure portal.StructureID, by portal.AccountID, name string, file portal.FamilyFile, year string, trial bool) (portal.RollReport, error) {
	setup, y, err := s.importYear(ctx, structure, year)
	if err != nil {
		return portal.RollReport{}, err
	}
	ine := make([]string, len(file.Children))
	for i, c := range file.Children {
		ine[i] = s.ineHash(c.INE)
	}
	var im familyImport
	err = carryOut(ctx, s, func(q querier) (familyState, error) { return readFamilyState(q, structure, y) }, func(state familyState) (*bulk, error) {
		im = familyImport{rollImport: rollImport{s: s, ctx: ctx, structure: setup.Structure, ine: ine, year: y, logins: map[string]bool{}, added: map[familyLink]bool{}},
			familyState: state, by: by, file: file}
		im.report = portal.RollReport{Year: y.Label, Pupils: len(file.Children), Guardians: len(file.Guardians), Families: len(file.Families)}
		return &im.writes, im.run(name)
	}, func(tx *Tx) error {
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "import", SubjectID: y.ID, Words: "Fichier des familles importé, " + y.Label, Changes: im.report.Counts()})
	}, trial)
	return im.report, err
}

// familyImport is one import of families under way; of a school's import it has all but the roll.
type familyImport struct {
	rollImport
	familyState
	by   portal.AccountID
	file portal.FamilyFile
}

func (im *familyImport) run(name string) error {
	progress(im.ctx, portal.ProgressMatching, 0, 0)
	im.match, im.report.Faults = portal.MatchFamilies(name, &im.file, &im.has, im.ine)
	if len(im.report.Faults) > 0 {
		return nil
	}
	im.rollImport.schools, im.rollImport.classes = im.familyState.schools, im.familyState.classes
	im.children()
	if err := im.accounts(); err != nil {
		return err
	}
	im.families()
	return nil
}

// children creates or corrects each child of the file and puts it in the class that the file gives.
func (im *familyImport) children() {
	known := map[portal.ChildID]portal.FileChild{}
	for _, c := range im.has.Children {
		known[c.ID] = c
	}
	classes := map[portal.SchoolID]map[string]portal.ClassID{}
	for i, read := range im.file.Children {
		im.planned(i, len(im.file.Children))
		var school portal.SchoolID
		if read.Class != "" {
			school, read.School = im.schoolNamed(read.School)
		}
		c := known[im.match.Children[i]]
		if portal.FoldName(read.Class) == portal.FoldName(c.Class) {
			read.Class = c.Class // written in another way
		}
		after, changes := c.With(read)
		fresh := c.ID == 0
		switch {
		case fresh:
			im.match.Children[i] = portal.ChildID(im.writes.add(bulkChild, append([]any{im.structure.ID, nullBytes(im.ine[i]), at(im.s.now())}, childValues(&after)...)...))
			im.report.Say(portal.RollNewChild, "%s, %s le %s, %s", fileName(after.LastName, after.UsedName, after.FirstName), born(after.Sex), after.Birth.French(), classWords(after))
		default:
			im.change(c, after, changes, im.ine[i])
		}
		if read.Class == "" || !fresh && after.Class == c.Class && after.School == c.School && after.Grade == c.Grade {
			continue
		}
		if classes[school] == nil {
			im.school = school
			classes[school] = im.classesByName()
		}
		im.school = school
		to := im.class(classes[school], read.Class)
		if !fresh {
			im.report.Say(portal.RollMovedChild, "%s : %s", fileName(after.LastName, after.UsedName, after.FirstName), classWords(after))
		}
		im.writes.add(bulkPlace, bulkRef{bulkChild, int64(im.match.Children[i])}, im.year.ID, bulkRef{bulkClass, int64(to)}, after.Grade)
	}
	im.school = 0
}

// change writes what is no longer as it was of a child, its class apart.
func (im *familyImport) change(c, after portal.FileChild, changes []portal.Changed, ine string) {
	changes = slices.DeleteFunc(changes, func(ch portal.Changed) bool { return ch.What == "école" || ch.What == "niveau" || ch.What == "classe" })
	words := changedWords(changes)
	hash := c.Hash
	if hash == "" && ine != "" {
		hash = ine
		words = append(words, "numéro INE reconnu désormais")
	}
	if len(words) == 0 {
		return
	}
	im.report.Say(portal.RollChangedChild, "%s : %s", fileName(c.LastName, c.UsedName, c.FirstName), strings.Join(words, " ; "))
	im.writes.do(updateChild, append(childValues(&after), nullBytes(hash), c.ID)...)
}

func classWords(c portal.FileChild) string {
	if c.Class == "" {
		return "sans classe"
	}
	return placement{name: c.Class, grade: c.Grade}.words() + ", " + c.School
}

// changedWords gives « nom : DUPONT devient DUPOND ».
func changedWords(changes []portal.Changed) []string {
	var words []string
	for _, c := range changes {
		switch {
		case c.Before == "":
			words = append(words, c.What+" : "+c.After)
		default:
			words = append(words, c.What+" : « "+c.Before+" » devient « "+c.After+" »")
		}
	}
	return words
}

// schoolNamed finds a school, written in any way, or adds it; without a name it is the only one there is.
func (im *familyImport) schoolNamed(name string) (portal.SchoolID, string) {
	schools := &im.rollImport.schools
	if name == "" && len(*schools) == 1 {
		return (*schools)[0].ID, (*schools)[0].Name
	}
	if name == "" {
		name = "École"
	}
	for _, sc := range *schools {
		if portal.FoldName(sc.Name) == portal.FoldName(name) {
			return sc.ID, sc.Name
		}
	}
	id := portal.SchoolID(im.writes.add(bulkSchool, im.structure.ID, name))
	im.report.Say(portal.RollNewSchool, "%s", name)
	*schools = append(slices.Clone(*schools), School{ID: id, Name: name})
	return id, name
}

// accounts creates an account for each new person and corrects the others.
func (im *familyImport) accounts() error {
	known := map[portal.AccountID]portal.FileGuardian{}
	for _, g := range im.has.Guardians {
		known[g.ID] = g
	}
	for i, read := range im.file.Guardians {
		g := known[im.match.Accounts[i]]
		if g.ID == 0 {
			id, err := im.createAccount(read.RollGuardian)
			if err != nil {
				return err
			}
			im.match.Accounts[i] = id
			contact := "sans courriel"
			if len(read.Emails) > 0 {
				contact = strings.Join(read.Emails, ", ")
			}
			im.report.Say(portal.RollNewAccount, "%s, %s", guardianName(read.RollGuardian), contact)
			continue
		}
		read.Login = g.Login
		after, changes := g.With(read)
		if len(changes) == 0 {
			continue
		}
		im.report.Say(portal.RollChangedAccount, "%s : %s", guardianName(g.RollGuardian), strings.Join(changedWords(changes), " ; "))
		im.writes.do("UPDATE account SET civility = ?, last_name = ?, used_name = ?, first_name = ?, home_phone = ?, work_phone = ?, mobile_phone = ? WHERE id = ?",
			after.Civility, after.LastName, after.UsedName, after.FirstName, after.HomePhone, after.WorkPhone, after.MobilePhone, g.ID)
		if !slices.Equal(g.Emails, after.Emails) {
			im.changeEmails(g.ID, g.Emails, after.Emails)
		}
	}
	return nil
}

// changeEmails replaces the addresses of an account: what each of those that stay gets is kept, and the links that were sent
// to the old ones are worth nothing any more.
func (im *familyImport) changeEmails(account portal.AccountID, before, after []string) {
	const off = 1000 // out of the way of the positions to come
	im.writes.do("UPDATE account_email SET position = position + ? WHERE account_id = ?", off, account)
	for i, e := range after {
		im.writes.do(`INSERT INTO account_email (account_id, position, address, reports, reminders)
			SELECT ?1, ?2, ?3, coalesce((SELECT reports FROM account_email WHERE account_id = ?1 AND address = ?3 COLLATE NOCASE), 1),
				coalesce((SELECT reminders FROM account_email WHERE account_id = ?1 AND address = ?3 COLLATE NOCASE), 1)`, account, i, e)
	}
	im.writes.do("DELETE FROM account_email WHERE account_id = ? AND position >= ?", account, off)
	im.writes.do("DELETE FROM password_reset WHERE account_id = ?", account)
	im.writes.do("INSERT INTO account_event (account_id, at, kind, by_account) VALUES (?, ?, ?, ?)", account, at(im.s.now()), string(portal.AddressesChanged), sql.NullInt64{Int64: int64(im.by), Valid: im.by != 0})
}

// families creates or corrects each household of the file and joins its people to it.
func (im *familyImport) families() {
	known := map[portal.FamilyID]portal.FileFamily{}
	for _, f := range im.has.Families {
		known[f.ID] = f
	}
	for i, read := range im.file.Families {
		f, fresh := known[im.match.Families[i]], im.match.Families[i] == 0
		if fresh {
			im.createHousehold(i, read)
		} else if after, changes := f.With(read); len(changes) > 0 {
			im.report.Say(portal.RollChangedFamily, "Famille %s : %s", f.Name, strings.Join(changedWords(changes), " ; "))
			im.writes.do("UPDATE family SET name = ?, street = ?, postcode = ?, town = ?, resident = ? WHERE id = ?",
				after.Name, after.Street, after.PostCode, after.Town, after.Resident != "non", f.ID)
		}
		im.joinHousehold(i, f, fresh)
	}
}

func (im *familyImport) createHousehold(i int, read portal.FileFamily) {
	name := read.Name
	if name == "" {
		name = im.file.DefaultName(i)
	}
	im.match.Families[i] = portal.FamilyID(im.writes.add(bulkFamily, im.structure.ID, name, read.Street, read.PostCode, read.Town, read.Resident != "non", at(im.s.now())))
	who, children := []string{}, []string{}
	for _, g := range read.Guardians {
		who = append(who, guardianName(im.file.Guardians[g].RollGuardian))
	}
	for _, c := range read.Children {
		children = append(children, im.file.Children[c].FirstName)
	}
	if len(who) == 0 {
		who = []string{"sans responsable"}
	}
	if len(children) == 0 {
		children = []string{"sans enfant"}
	}
	im.report.Say(portal.RollNewFamily, "Famille %s, %s : %s", name, portal.List(who), portal.List(children))
}

func (im *familyImport) joinHousehold(i int, f portal.FileFamily, fresh bool) {
	read, id := im.file.Families[i], bulkRef{bulkFamily, int64(im.match.Families[i])}
	here := func(list []int, is func(int) bool) bool { return slices.ContainsFunc(list, is) }
	var added []string
	for _, g := range read.Guardians {
		a := im.match.Accounts[g]
		if !here(f.Guardians, func(n int) bool { return im.has.Guardians[n].ID == a }) {
			im.writes.add(bulkGuardian, id, bulkRef{bulkAccount, int64(a)})
			added = append(added, guardianName(im.file.Guardians[g].RollGuardian))
		}
	}
	for _, n := range read.Children {
		c := im.match.Children[n]
		if !here(f.Children, func(n int) bool { return im.has.Children[n].ID == c }) {
			im.writes.add(bulkFamChild, id, bulkRef{bulkChild, int64(c)})
			added = append(added, im.file.Children[n].FirstName)
		}
	}
	if !fresh && len(added) > 0 {
		im.report.Say(portal.RollChangedFamily, "Famille %s : s’y ajoutent %s", f.Name, portal.List(added))
	}
}
