package db

import (
	"database/sql"
	"slices"
	"strings"

	"marelle/portal"
)

// placement is the class of a child in a school year.
type placement struct {
	class  portal.ClassID
	name   string
	grade  string
	school portal.SchoolID
	year   string
}

// words gives « CM2, CM1-CM2 M. ROUX », and the class alone when it says the grade already.
func (p placement) words() string {
	if p.grade == "" || strings.Contains(portal.FoldName(p.name), portal.FoldName(p.grade)) {
		return p.name
	}
	return p.grade + ", " + p.name
}

// children creates or corrects each child of the roll and puts it in its class, then tells who of the school is missing.
func (im *rollImport) children() error {
	now, before, err := im.placements()
	if err != nil {
		return err
	}
	classes, err := im.classes()
	if err != nil {
		return err
	}
	known := map[portal.ChildID]portal.KnownChild{}
	for _, c := range im.known.Children {
		known[c.ID] = c
	}
	inRoll := map[portal.ChildID]bool{}
	for i, p := range im.roll.Pupils {
		to := placement{name: p.Class, grade: p.Grade, school: im.school}
		if p.Class != "" {
			if to.class, err = im.class(classes, p.Class); err != nil {
				return err
			}
		}
		id := im.match.Children[i]
		if id == 0 {
			if id, err = im.createChild(i, to); err != nil {
				return err
			}
			im.match.Children[i] = id
		} else if err := im.correctChild(i, known[id]); err != nil {
			return err
		}
		if to.class != 0 {
			if err := im.place(id, p, now[id], before[id], to, known[id].ID == 0); err != nil {
				return err
			}
		}
		inRoll[id] = true
	}
	for _, c := range im.known.Children {
		last, current := now[c.ID], true
		if last.class == 0 {
			last, current = before[c.ID], false
		}
		if inRoll[c.ID] || last.school != im.school {
			continue
		}
		what := last.words()
		if !current {
			what += " en " + last.year
		}
		im.report.Say(portal.RollMissing, "%s, %s, n’est plus dans le fichier. Rien n’est supprimé.", fileName(c.LastName, c.UsedName, c.FirstName), what)
	}
	return nil
}

// placements gives each child's class in the year of the import, and in the year before.
func (im *rollImport) placements() (now, before map[portal.ChildID]placement, err error) {
	type row struct {
		child portal.ChildID
		year  int64
		placement
	}
	rows, err := all(im.tx, func(r *sql.Rows) (p row, err error) {
		err = r.Scan(&p.child, &p.year, &p.placement.year, &p.class, &p.name, &p.grade, &p.school)
		return p, err
	}, `SELECT cc.child_id, y.id, y.label, c.id, c.name, cc.grade, c.school_id
		FROM child_class cc JOIN class c ON c.id = cc.class_id JOIN school_year y ON y.id = cc.school_year_id
		WHERE y.structure_id = ?1 AND (y.id = ?2 OR y.id = (SELECT id FROM school_year WHERE structure_id = ?1 AND first < ?3 ORDER BY first DESC LIMIT 1))`,
		im.structure.ID, im.year.ID, im.year.First)
	now, before = map[portal.ChildID]placement{}, map[portal.ChildID]placement{}
	for _, p := range rows {
		if p.year == im.year.ID {
			now[p.child] = p.placement
		} else {
			before[p.child] = p.placement
		}
	}
	return now, before, err
}

// classes gives the school's classes of the year by the way their names are compared.
func (im *rollImport) classes() (map[string]portal.ClassID, error) {
	classes := map[string]portal.ClassID{}
	_, err := all(im.tx, func(r *sql.Rows) (struct{}, error) {
		var id portal.ClassID
		var name string
		err := r.Scan(&id, &name)
		classes[portal.FoldName(name)] = id
		return struct{}{}, err
	}, "SELECT id, name FROM class WHERE school_id = ? AND school_year_id = ? ORDER BY id DESC", im.school, im.year.ID)
	return classes, err
}

func (im *rollImport) class(classes map[string]portal.ClassID, name string) (portal.ClassID, error) {
	key := portal.FoldName(name)
	if id := classes[key]; id != 0 {
		return id, nil
	}
	im.tx.after(im.s.setups.forget)
	n, err := im.tx.insert("INSERT INTO class (school_id, school_year_id, name) VALUES (?, ?, ?)", im.school, im.year.ID, name)
	classes[key] = portal.ClassID(n)
	im.report.Say(portal.RollNewClass, "%s, %s", name, im.year.Label)
	return classes[key], err
}

func (im *rollImport) createChild(i int, to placement) (portal.ChildID, error) {
	p := im.roll.Pupils[i]
	n, err := im.tx.insert("INSERT INTO child (structure_id, last_name, used_name, first_name, birth, sex, ine_hash, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		im.structure.ID, p.LastName, p.UsedName, p.FirstName, p.Birth, p.Sex, nullBytes(im.ine[i]), at(im.s.now()))
	class := "sans classe"
	if to.class != 0 {
		class = to.words()
	}
	im.report.Say(portal.RollNewChild, "%s, %s le %s, %s", fileName(p.LastName, p.UsedName, p.FirstName), born(p.Sex), p.Birth.French(), class)
	return portal.ChildID(n), err
}

func born(sex string) string {
	switch sex {
	case "F":
		return "née"
	case "M":
		return "né"
	}
	return "né(e)"
}

// correctChild writes what the school knows better: it is the school that registers children.
func (im *rollImport) correctChild(i int, c portal.KnownChild) error {
	p := im.roll.Pupils[i]
	var what []string
	last, used, first := portal.KeepNames(c.LastName, c.UsedName, c.FirstName, p.LastName, p.UsedName, p.FirstName)
	if last != c.LastName || used != c.UsedName || first != c.FirstName {
		what = append(what, "s’appelle maintenant "+fileName(last, used, first))
	}
	birth, sex, ine := c.Birth, c.Sex, c.INE
	if p.Birth != birth {
		birth = p.Birth
		what = append(what, "date de naissance : "+birth.French())
	}
	if p.Sex != "" && p.Sex != sex {
		sex = p.Sex
		what = append(what, "sexe : "+sex)
	}
	if ine == "" && im.ine[i] != "" {
		ine = im.ine[i]
		what = append(what, "numéro INE reconnu désormais")
	}
	if len(what) == 0 {
		return nil
	}
	im.report.Say(portal.RollChangedChild, "%s : %s", fileName(c.LastName, c.UsedName, c.FirstName), strings.Join(what, " ; "))
	return im.tx.exec("UPDATE child SET last_name = ?, used_name = ?, first_name = ?, birth = ?, sex = ?, ine_hash = ? WHERE id = ?",
		last, used, first, birth, sex, nullBytes(ine), c.ID)
}

// place writes the class of a child for the year; the classes of the years before stay.
func (im *rollImport) place(id portal.ChildID, p portal.RollPupil, now, before, to placement, fresh bool) error {
	if to.grade == "" && now.class == to.class {
		to.grade = now.grade
	}
	if now.class == to.class && now.grade == to.grade {
		return nil
	}
	if !fresh {
		from := now
		if from.class == 0 {
			from = before
		}
		what := "entre en " + to.words()
		if from.class != 0 {
			what = "passe de « " + from.words() + " » à « " + to.words() + " »"
		}
		im.report.Say(portal.RollMovedChild, "%s %s", fileName(p.LastName, p.UsedName, p.FirstName), what)
	}
	return im.tx.exec(`INSERT INTO child_class (child_id, school_year_id, class_id, grade) VALUES (?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET class_id = excluded.class_id, grade = excluded.grade`, id, im.year.ID, to.class, to.grade)
}

// accounts creates an account for each new guardian, and completes the others without touching what is there.
func (im *rollImport) accounts() error {
	known := map[portal.AccountID]portal.KnownGuardian{}
	namesakes := map[string]int{}
	for _, g := range im.known.Guardians {
		known[g.ID] = g
		namesakes[portal.FoldName(g.LastName+" "+g.FirstName)]++
	}
	for i, g := range im.roll.Guardians {
		if id := im.match.Accounts[i]; id != 0 {
			if err := im.completeAccount(known[id], g); err != nil {
				return err
			}
			continue
		}
		id, err := im.s.createAccount(im.tx, portal.Identity{
			Civility: g.Civility, LastName: g.LastName, UsedName: g.UsedName, FirstName: g.FirstName,
			HomePhone: g.HomePhone, WorkPhone: g.WorkPhone, MobilePhone: g.MobilePhone, Emails: g.Emails,
		})
		if err != nil {
			return err
		}
		im.match.Accounts[i] = id
		contact := "sans courriel"
		if len(g.Emails) > 0 {
			contact = strings.Join(g.Emails, ", ")
		}
		im.report.Say(portal.RollNewAccount, "%s, %s", guardianName(g), contact)
		if namesakes[portal.FoldName(g.LastName+" "+g.FirstName)] > 0 {
			im.report.Say(portal.RollNote, "%s : un autre compte porte déjà ce nom, avec d’autres enfants, une autre adresse ou un autre courriel. Deux comptes séparés sont gardés.", guardianName(g))
		}
	}
	return nil
}

// completeAccount fills what was empty. What the parent, or staff, wrote is never replaced: the difference is told.
func (im *rollImport) completeAccount(k portal.KnownGuardian, g portal.RollGuardian) error {
	var added, differ []string
	fill := func(what string, kept *string, read string) {
		switch {
		case *kept == "" && read != "":
			*kept = read
			added = append(added, what+" "+read)
		case read != "" && portal.FoldName(strings.ReplaceAll(*kept, " ", "")) != portal.FoldName(strings.ReplaceAll(read, " ", "")):
			differ = append(differ, what+" "+read)
		}
	}
	before := k.RollGuardian
	fill("civilité", &k.Civility, g.Civility)
	k.LastName, k.UsedName, k.FirstName = portal.KeepNames(k.LastName, k.UsedName, k.FirstName, g.LastName, g.UsedName, g.FirstName)
	if k.LastName != before.LastName || k.UsedName != before.UsedName || k.FirstName != before.FirstName {
		added = append(added, "nom "+fileName(k.LastName, k.UsedName, k.FirstName))
	}
	fill("téléphone du domicile", &k.HomePhone, g.HomePhone)
	fill("téléphone du travail", &k.WorkPhone, g.WorkPhone)
	fill("téléphone portable", &k.MobilePhone, g.MobilePhone)
	emails := len(k.Emails) == 0 && len(g.Emails) > 0
	for _, e := range g.Emails {
		switch {
		case emails:
			added = append(added, "courriel "+e)
		case !slices.ContainsFunc(k.Emails, func(known string) bool { return strings.EqualFold(known, e) }):
			differ = append(differ, "courriel "+e)
		}
	}
	if len(differ) > 0 {
		im.report.Say(portal.RollNote, "%s : le fichier donne autre chose (%s) ; ce qui est dans le portail est gardé.", guardianName(before), strings.Join(differ, ", "))
	}
	if len(added) == 0 {
		return nil
	}
	im.report.Say(portal.RollChangedAccount, "%s : %s", guardianName(before), strings.Join(added, ", "))
	if emails {
		if err := setEmails(im.tx, k.ID, g.Emails); err != nil {
			return err
		}
	}
	return im.tx.exec("UPDATE account SET civility = ?, last_name = ?, used_name = ?, first_name = ?, home_phone = ?, work_phone = ?, mobile_phone = ? WHERE id = ?",
		k.Civility, k.LastName, k.UsedName, k.FirstName, k.HomePhone, k.WorkPhone, k.MobilePhone, k.ID)
}

// fileName gives « DUPONT Amalia », as staff lists write people, by the used name when there is one.
func fileName(last, used, first string) string {
	if used != "" {
		last = used
	}
	return strings.TrimSpace(last + " " + first)
}

func guardianName(g portal.RollGuardian) string {
	return strings.TrimSpace(g.Civility + " " + fileName(g.LastName, g.UsedName, g.FirstName))
}

// nullBytes stores bytes, and nothing as NULL.
func nullBytes(s string) []byte {
	if s == "" {
		return nil
	}
	return []byte(s)
}
