package db

import (
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

	schoolName string
}

// words gives « CM2, CM1-CM2 M. ROUX », and the class alone when it says the grade already.
func (p placement) words() string {
	if p.grade == "" || strings.Contains(portal.FoldName(p.name), portal.FoldName(p.grade)) {
		return p.name
	}
	return p.grade + ", " + p.name
}

// children creates or corrects each child of the roll and puts it in its class, then tells who of the school is missing.
func (im *rollImport) children() {
	now, before := im.placements()
	classes := im.classesByName()
	known := map[portal.ChildID]portal.KnownChild{}
	for _, c := range im.known.Children {
		known[c.ID] = c
	}
	elsewhere := map[portal.ChildID]bool{} // children of whom another school's file holds the class, and this one's is the other
	for _, e := range im.elsewhere {
		if e.school == im.school {
			elsewhere[e.child] = true
		}
	}
	inRoll := map[portal.ChildID]bool{}
	for i, p := range im.roll.Pupils {
		im.planned(i, len(im.roll.Pupils))
		to := placement{name: p.Class, grade: p.Grade, school: im.school}
		if p.Class != "" {
			to.class = im.class(classes, p.Class)
		}
		id := im.match.Children[i]
		fresh := id == 0
		if fresh {
			id = im.createChild(i, to)
			im.match.Children[i] = id
		} else {
			im.correctChild(i, known[id])
		}
		if to.class != 0 {
			im.place(id, p, now[id], before[id], to, fresh)
			if elsewhere[id] {
				im.forgetElsewhere(id)
			}
		}
		inRoll[id] = true
	}
	for _, c := range im.known.Children {
		if !inRoll[c.ID] {
			im.tellMissing(c, now[c.ID], before[c.ID])
		}
		if elsewhere[c.ID] && !inRoll[c.ID] {
			im.forgetElsewhere(c.ID)
		}
	}
}

func (im *rollImport) tellMissing(c portal.KnownChild, last, before placement) {
	what := last.words()
	if last.class == 0 {
		last = before
		what = last.words() + " en " + last.year
	}
	if last.school == im.school {
		im.report.Say(portal.RollMissing, "%s, %s, n’est plus dans le fichier. Rien n’est supprimé.", fileName(c.LastName, c.UsedName, c.FirstName), what)
	}
}

func (im *rollImport) forgetElsewhere(child portal.ChildID) {
	im.writes.do("DELETE FROM child_elsewhere WHERE child_id = ? AND school_year_id = ? AND school_id = ?", child, im.year.ID, im.school)
}

// placements gives each child's class in the year of the import, and in the year before.
func (im *rollImport) placements() (now, before map[portal.ChildID]placement) {
	now, before = map[portal.ChildID]placement{}, map[portal.ChildID]placement{}
	for _, p := range im.placed {
		if p.year == im.year.ID {
			now[p.child] = p.placement
		} else {
			before[p.child] = p.placement
		}
	}
	return now, before
}

// classesByName gives the school's classes of the year by the way their names are compared.
func (im *rollImport) classesByName() map[string]portal.ClassID {
	classes := map[string]portal.ClassID{}
	for _, c := range im.classes {
		if key := portal.FoldName(c.name); c.school == im.school && classes[key] == 0 {
			classes[key] = c.id
		}
	}
	return classes
}

func (im *rollImport) class(classes map[string]portal.ClassID, name string) portal.ClassID {
	key := portal.FoldName(name)
	if id := classes[key]; id != 0 {
		return id
	}
	classes[key] = portal.ClassID(im.writes.add(bulkClass, bulkRef{bulkSchool, int64(im.school)}, im.year.ID, name))
	im.report.Say(portal.RollNewClass, "%s, %s", name, im.year.Label)
	return classes[key]
}

func (im *rollImport) createChild(i int, to placement) portal.ChildID {
	p := im.roll.Pupils[i]
	n := im.writes.add(bulkChild, append([]any{im.structure.ID, nullBytes(im.ine[i]), at(im.s.now())}, childValues(&portal.FileChild{RollPupil: p})...)...)
	class := "sans classe"
	if to.class != 0 {
		class = to.words()
	}
	im.report.Say(portal.RollNewChild, "%s, %s le %s, %s", fileName(p.LastName, p.UsedName, p.FirstName), born(p.Sex), p.Birth.French(), class)
	return portal.ChildID(n)
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
func (im *rollImport) correctChild(i int, c portal.KnownChild) {
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
		return
	}
	im.report.Say(portal.RollChangedChild, "%s : %s", fileName(c.LastName, c.UsedName, c.FirstName), strings.Join(what, " ; "))
	im.writes.do("UPDATE child SET last_name = ?, used_name = ?, first_name = ?, birth = ?, sex = ?, ine_hash = ? WHERE id = ?",
		last, used, first, birth, sex, nullBytes(ine), c.ID)
}

// place writes the class of a child for the year; the classes of the years before stay.
func (im *rollImport) place(id portal.ChildID, p portal.RollPupil, now, before, to placement, fresh bool) {
	if to.grade == "" && now.class == to.class {
		to.grade = now.grade
	}
	if now.class == to.class && now.grade == to.grade {
		return
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
	if now.class != 0 && now.school != im.school {
		im.writes.add(bulkElsewhere, bulkRef{bulkChild, int64(id)}, im.year.ID, now.school, now.words())
		im.report.Say(portal.RollNote, "%s était aussi dans le fichier de %s (%s) pour %s : c’est maintenant cette école qui compte. Quand l’autre école l’aura retiré de son fichier, importez-le de nouveau.",
			fileName(p.LastName, p.UsedName, p.FirstName), now.schoolName, now.words(), im.year.Label)
	}
	im.writes.add(bulkPlace, bulkRef{bulkChild, int64(id)}, im.year.ID, bulkRef{bulkClass, int64(to.class)}, to.grade)
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
			im.completeAccount(known[id], g)
			continue
		}
		id, err := im.createAccount(g)
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

// createAccount makes an account nobody can sign in to until a letter is issued.
func (im *rollImport) createAccount(g portal.RollGuardian) (portal.AccountID, error) {
	login, err := im.freeLogin()
	if err != nil {
		return 0, err
	}
	n := im.writes.add(bulkAccount, login, g.Civility, g.LastName, g.UsedName, g.FirstName, g.HomePhone, g.WorkPhone, g.MobilePhone, at(im.s.now()))
	im.addEmails(portal.AccountID(n), g.Emails)
	return portal.AccountID(n), nil
}

func (im *rollImport) addEmails(account portal.AccountID, emails []string) {
	for i, e := range emails {
		im.writes.add(bulkEmail, bulkRef{bulkAccount, int64(account)}, i, e)
	}
}

// completeAccount fills what was empty. What the parent, or staff, wrote is never replaced: the difference is told.
func (im *rollImport) completeAccount(k portal.KnownGuardian, g portal.RollGuardian) {
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
		return
	}
	im.report.Say(portal.RollChangedAccount, "%s : %s", guardianName(before), strings.Join(added, ", "))
	if emails {
		im.addEmails(k.ID, g.Emails)
	}
	im.writes.do("UPDATE account SET civility = ?, last_name = ?, used_name = ?, first_name = ?, home_phone = ?, work_phone = ?, mobile_phone = ? WHERE id = ?",
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
