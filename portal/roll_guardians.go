package portal

import (
	"slices"
	"strings"
)

// guardianLine is one line of the guardians' export, before the lines of one person are put together.
type guardianLine struct {
	RollGuardian
	row      rollRow
	children []rollChild
}

// rollChild is what a guardian's line says of a child.
type rollChild struct {
	names rollNames
	shown string
	class string
	col   int // where to point when something is wrong with the child
}

type guardianColumns struct {
	civility, last, used, first, street, postCode, town, email, home, work, mobile int
	children                                                                       []childColumns
}

type childColumns [4]int

// What the four columns of a child say; the block is repeated as often as the largest family of the school needs.
const (
	childUsed = iota
	childLast
	childFirst
	childClass
)

var childHeaders = map[string]int{
	"nom usage enfant": childUsed, "nom usage eleve": childUsed,
	"nom famille enfant": childLast, "nom enfant": childLast, "nom famille eleve": childLast, "nom eleve": childLast,
	"prenom enfant": childFirst, "prenom eleve": childFirst,
	"classe enfant": childClass, "libelle classe enfant": childClass, "classe eleve": childClass, "libelle classe": childClass, "classe": childClass,
}

func findGuardianColumns(s *rollSheet) guardianColumns {
	c := guardianColumns{
		civility: s.column("civilite responsable", "civilite"),
		last:     s.column("nom responsable", "nom famille responsable", "nom naissance responsable", "nom famille", "nom naissance", "nom"),
		used:     s.column("nom usage responsable", "nom usage"),
		first:    s.column("prenom responsable", "prenom"),
		street:   s.column("adresse responsable", "adresse"),
		postCode: s.column("cp responsable", "code postal responsable", "cp", "code postal"),
		town:     s.column("commune responsable", "ville responsable", "commune", "ville"),
		email: s.column("courriel", "courriel responsable", "mel", "mel responsable", "e mail", "e mail responsable", "email", "email responsable",
			"mail", "mail responsable", "adresse mail", "adresse e mail", "adresse email", "adresse courriel", "adresse mel", "adresse electronique"),
		home:     s.column("telephone domicile", "tel domicile", "telephone fixe", "tel fixe", "telephone", "tel"),
		work:     s.column("telephone travail", "tel travail", "telephone professionnel", "tel professionnel"),
		mobile:   s.column("telephone portable", "tel portable", "portable", "telephone mobile", "tel mobile", "mobile"),
		children: findChildColumns(s),
	}
	if s.name = c.last; c.last < 0 {
		s.name = c.used
	}
	var child childColumns
	for i := range child {
		child[i] = -1
		for _, block := range c.children {
			child[i] = max(child[i], block[i])
		}
	}
	s.require("Nom responsable", c.last, c.used)
	s.require("Prénom responsable", c.first)
	s.require("Adresse responsable", c.street) // without it separated parents would share one family
	s.require("Nom de famille enfant", child[childLast], child[childUsed])
	s.require("Prénom enfant", child[childFirst])
	s.refuseMissing()
	if c.email < 0 && !s.broken {
		s.warn(s.head, -1, "Ce fichier n’a pas de colonne « Courriel » : personne ne recevra de courriel. Choisissez un export CSV des responsables qui contient leur courriel, puis recommencez l’import.")
	}
	return c
}

func findChildColumns(s *rollSheet) []childColumns {
	var blocks []childColumns
	for i, key := range s.keys {
		part, ok := childHeaders[key]
		if !ok {
			continue
		}
		if len(blocks) == 0 || blocks[len(blocks)-1][part] >= 0 {
			blocks = append(blocks, childColumns{-1, -1, -1, -1})
		}
		blocks[len(blocks)-1][part] = i
	}
	return blocks
}

func readGuardians(s *rollSheet, c guardianColumns) []guardianLine {
	var lines []guardianLine
	for _, row := range s.rows {
		g := guardianLine{row: row, RollGuardian: RollGuardian{
			Lines:       []int{row.line(0)},
			Civility:    rollCivility(row.cell(c.civility)),
			LastName:    row.cell(c.last),
			UsedName:    row.cell(c.used),
			FirstName:   row.cell(c.first),
			RollAddress: RollAddress{row.cell(c.street), rollPostCode(row.cell(c.postCode)), row.cell(c.town)},
			HomePhone:   frenchPhone(row.cell(c.home)),
			WorkPhone:   frenchPhone(row.cell(c.work)),
			MobilePhone: frenchPhone(row.cell(c.mobile)),
		}}
		if g.LastName == "" {
			g.LastName, g.UsedName = g.UsedName, ""
		}
		if g.LastName == "" {
			s.refuse(row, s.name, "Ce responsable n’a pas de nom de famille. Complétez cette case, puis recommencez l’import.")
			continue
		}
		if g.FirstName == "" {
			s.warn(row, c.first, "Le responsable %s n’a pas de prénom. Si ce n’est pas un organisme, complétez cette case, puis recommencez l’import.", g.DisplayName())
		}
		g.Emails = readEmails(s, row, c.email, g.DisplayName())
		g.children = readChildren(s, row, c.children, g.DisplayName())
		lines = append(lines, g)
	}
	return lines
}

func readChildren(s *rollSheet, row rollRow, blocks []childColumns, guardian string) []rollChild {
	var children []rollChild
	for _, b := range blocks {
		last, used, first := row.cell(b[childLast]), row.cell(b[childUsed]), row.cell(b[childFirst])
		if last == "" && used == "" && first == "" {
			continue
		}
		if first == "" || last == "" && used == "" {
			s.warn(row, b[childFirst], "L’enfant « %s » %s n’a pas de nom ou de prénom : ce lien est laissé de côté. Complétez la case vide, puis recommencez l’import.", rollName(first, last, used), Of(guardian))
			continue
		}
		children = append(children, rollChild{newRollNames(last, used, first), rollName(first, last, used), FoldName(row.cell(b[childClass])), b[childFirst]})
	}
	return children
}

func readEmails(s *rollSheet, row rollRow, col int, name string) []string {
	var emails []string
	for _, e := range strings.FieldsFunc(row.cell(col), func(r rune) bool { return strings.ContainsRune(" ;,/<>", r) }) {
		e = strings.TrimPrefix(e, "mailto:")
		if !emailValid(e) {
			s.warn(row, col, "Le courriel %s, « %s », n’est pas valable : aucun message ne partira à cette adresse. Corrigez-la, puis recommencez l’import.", Of(name), Clip(e, 60))
			continue
		}
		if !slices.ContainsFunc(emails, func(known string) bool { return strings.EqualFold(known, e) }) {
			emails = append(emails, e)
		}
	}
	return emails
}

// emailValid accepts what the mail providers of families give; an accent is always a slip of the keyboard.
func emailValid(e string) bool {
	local, domain, found := strings.Cut(e, "@")
	if !found || local == "" || len(local) > 64 || len(domain) > 253 || strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(e, "..") {
		return false
	}
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	if strings.Trim(local, letters+"0123456789.!#$%&'*+-=?^_`{|}~") != "" {
		return false
	}
	labels := strings.Split(domain, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' || strings.Trim(l, letters+"0123456789-") != "" {
			return false
		}
	}
	top := labels[len(labels)-1]
	return len(labels) > 1 && len(top) > 1 && strings.Trim(top, "0123456789") != ""
}

func rollCivility(s string) string {
	switch FoldName(s) {
	case "m", "mr", "monsieur":
		return "M."
	case "mme", "madame", "mlle", "mademoiselle": // « Mademoiselle » left the administration's forms in 2012
		return "Mme"
	}
	return s
}

// frenchPhone writes a French number « 06 91 67 60 89 »; any other is kept as it is.
func frenchPhone(s string) string {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" .-()+/", r) {
			return -1
		}
		return r
	}, s)
	switch {
	case strings.HasPrefix(digits, "0033"):
		digits = digits[4:]
	case strings.HasPrefix(s, "+33"):
		digits = digits[2:]
	case strings.HasPrefix(s, "+"):
		return s
	}
	digits = strings.TrimPrefix(digits, "0") // a spreadsheet may have taken it already
	if len(digits) != 9 || digits[0] == '0' || strings.Trim(digits, "0123456789") != "" {
		return s
	}
	return "0" + digits[:1] + " " + digits[1:3] + " " + digits[3:5] + " " + digits[5:7] + " " + digits[7:]
}

// gatherGuardians makes one guardian of the lines that speak of one person.
func (r *Roll) gatherGuardians(g *rollSheet, lines []guardianLine) {
	var index rollNameIndex
	namesakes := make([][]int, len(lines)) // of each line, the lines before it
	same := newRollGroups(len(lines))
	for i, line := range lines {
		names := line.names()
		for _, j := range index.alike(names) {
			if sameCivility(line.Civility, lines[j].Civility) {
				namesakes[i] = append(namesakes[i], j)
			}
		}
		index.add(names)
		for _, j := range namesakes[i] {
			if samePerson(line.RollGuardian, lines[j].RollGuardian) {
				same.join(j, i)
			}
		}
	}
	kept := map[int]int{} // the person's first line, to the person
	for i, line := range lines {
		first := same.of(i)
		if first == i {
			warnLookalike(g, lines, line, namesakes[i])
			kept[i] = len(r.Guardians)
			r.Guardians = append(r.Guardians, line.RollGuardian)
			continue
		}
		mergeGuardian(g, &r.Guardians[kept[first]], line)
	}
	r.Guardians = slices.DeleteFunc(r.Guardians, func(a RollGuardian) bool {
		if len(a.Pupils) > 0 {
			return false
		}
		row := rollRow{lines: a.Lines[:1]}
		g.warn(row, g.name, "%s n’est lié à aucun élève : aucun compte ne sera créé. Vérifiez le nom et le prénom des enfants dans les deux fichiers, puis recommencez l’import.", a.DisplayName())
		return true
	})
}

// sameCivility keeps « M. Camille » and « Mme Camille » under one roof a couple.
func sameCivility(a, b string) bool { return a == b || a == "" || b == "" }

// samePerson decides whether two lines with the same names speak of one person: at one address they do; at two addresses
// an e-mail or a phone must say so, and the other must not deny it. In doubt they stay two people: two letters for one
// parent are a small harm, the children of somebody else on one's screen are a great one.
func samePerson(a, b RollGuardian) bool {
	if a.key() != "" && a.key() == b.key() {
		return true
	}
	return rollShare(a.Emails, b.Emails)+rollShare(a.phones(), b.phones()) > 0
}

// rollShare gives 1 when two lists have something in common, -1 when they do not, and 0 when one says nothing.
func rollShare(a, b []string) int {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	for _, x := range a {
		if slices.ContainsFunc(b, func(y string) bool { return strings.EqualFold(x, y) }) {
			return 1
		}
	}
	return -1
}

func (g RollGuardian) phones() []string {
	return slices.DeleteFunc([]string{g.HomePhone, g.WorkPhone, g.MobilePhone}, func(s string) bool { return s == "" })
}

// warnLookalike tells that a person who stayed alone has the names and the e-mail or phone of an earlier one.
func warnLookalike(g *rollSheet, lines []guardianLine, a guardianLine, namesakes []int) {
	for _, j := range namesakes {
		b := lines[j]
		shared := "le même courriel"
		if rollShare(a.Emails, b.Emails) < 1 {
			shared = "le même téléphone"
			if rollShare(a.phones(), b.phones()) < 1 {
				continue
			}
		}
		g.warn(a.row, g.name, "%s est peut-être %s de la ligne %d, qui a %s ; comme le reste diffère, deux comptes séparés seront créés. Si c’est la même personne, écrivez la même adresse aux deux lignes, puis recommencez l’import.",
			a.DisplayName(), b.DisplayName(), b.Lines[0], shared)
		return
	}
}

// mergeGuardian adds a further line to a person; what the first line says is kept.
func mergeGuardian(g *rollSheet, kept *RollGuardian, line guardianLine) {
	kept.Lines = append(kept.Lines, line.Lines...)
	rollComplete(&kept.Civility, line.Civility)
	if kept.UsedName == "" && FoldName(line.LastName) == FoldName(kept.LastName) {
		kept.UsedName = line.UsedName
	} else if kept.UsedName == "" && line.UsedName != "" {
		kept.LastName, kept.UsedName = line.LastName, line.UsedName // the first line gave the used name alone
	}
	var differ []string
	if kept.key() == "" {
		kept.RollAddress = line.RollAddress
	} else if line.key() != "" && line.key() != kept.key() {
		differ = append(differ, "une autre adresse")
	}
	for _, phone := range []struct {
		what  string
		kept  *string
		other string
	}{
		{"un autre téléphone du domicile", &kept.HomePhone, line.HomePhone},
		{"un autre téléphone du travail", &kept.WorkPhone, line.WorkPhone},
		{"un autre téléphone portable", &kept.MobilePhone, line.MobilePhone},
	} {
		if !rollComplete(phone.kept, phone.other) {
			differ = append(differ, phone.what)
		}
	}
	if len(differ) > 0 {
		g.warn(line.row, g.name, "%s a ici %s que ce que dit la ligne %d, qui est retenue. Corrigez la ligne qui est fausse, puis recommencez l’import.", line.DisplayName(), List(differ), kept.Lines[0])
	}
	for _, e := range line.Emails {
		if rollShare(kept.Emails, []string{e}) < 1 {
			kept.Emails = append(kept.Emails, e)
		}
	}
	for _, p := range line.Pupils {
		if !slices.Contains(kept.Pupils, p) {
			kept.Pupils = append(kept.Pupils, p)
		}
	}
}
