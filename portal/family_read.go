package portal

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// familyLayout says where the columns of a families' file stand; -1 is nowhere.
type familyLayout struct {
	family    []int
	guardians [][]int // by block
	child     []int
}

// guardianBlocksMost bounds the blocks « Responsable n ».
const guardianBlocksMost = 8

// findFamilyColumns knows the columns by their headers, in any order; one that is not known is told and left aside.
func findFamilyColumns(s *rollSheet) familyLayout {
	at := map[string]int{}
	for i, header := range s.columns {
		key := FoldName(header)
		if _, twice := at[key]; twice && key != "" {
			s.refuse(s.head, i, "La colonne « %s » est là deux fois. Retirez-en une, puis recommencez l’import.", Clip(header, 40))
		}
		at[key] = i
	}
	find := func(header string) int {
		i, ok := at[FoldName(header)]
		if !ok {
			return -1
		}
		delete(at, FoldName(header))
		return i
	}
	var l familyLayout
	for _, f := range familyFields {
		l.family = append(l.family, find(f.header))
	}
	for block := 1; block <= guardianBlocksMost; block++ {
		var cols []int
		for _, f := range guardianFields {
			cols = append(cols, find(guardianHeader(block, f.header)))
		}
		if slices.Max(cols) >= 0 {
			l.guardians = append(l.guardians, cols)
		}
	}
	for _, f := range childFields {
		l.child = append(l.child, find(childHeader(f.header)))
	}
	for i, header := range s.columns {
		if _, left := at[FoldName(header)]; left && header != "" {
			s.warn(s.head, i, "Cette colonne n’est pas connue : elle n’est pas lue. Si elle compte, donnez-lui le nom qu’elle a dans le modèle, puis recommencez l’import.")
		}
	}
	s.name = l.family[0]
	s.require(FamilyKeyHeader, l.family[0])
	if len(l.guardians) == 0 {
		s.require(childHeader("nom"), l.child[fieldAt(childFields, "nom")])
		s.require(childHeader("prénom"), l.child[fieldAt(childFields, "prénom")])
	}
	s.refuseMissing()
	return l
}

func fieldAt[T any](fields []fileField[T], header string) int {
	return slices.IndexFunc(fields, func(f fileField[T]) bool { return f.header == header })
}

// ReadFamilies reads Marelle's own CSV, already decoded to UTF-8, and says what it contains and what is wrong in it.
// When a fault is blocking the file is good for nothing but being shown.
func ReadFamilies(file, text string) (FamilyFile, []RollFault) {
	s := openRollSheet(file, text, "familles")
	var r familyReader
	if !s.broken {
		r = newFamilyReader(s, findFamilyColumns(s))
	}
	if !s.broken {
		for _, row := range s.rows {
			r.read(row)
		}
		r.check()
	}
	return r.file, s.sortedFaults()
}

// familyReader puts the lines of a file together.
type familyReader struct {
	s        *rollSheet
	cols     familyLayout
	file     FamilyFile
	families map[string]int
	byLogin  map[string]int
	persons  rollNameIndex // of file.Guardians
	byNumber map[ChildID]int
	byINE    map[string]int
	byNames  map[rollPerson]int
}

// rollPerson is a child as the names and the birth date tell it apart.
type rollPerson struct {
	names rollNames
	birth Date
}

func newFamilyReader(s *rollSheet, cols familyLayout) familyReader {
	return familyReader{s: s, cols: cols, families: map[string]int{}, byLogin: map[string]int{}, byNumber: map[ChildID]int{}, byINE: map[string]int{}, byNames: map[rollPerson]int{}}
}

// unquoted takes away the apostrophe that an export puts before what a spreadsheet would run as a formula.
func unquoted(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune("=+-@", rune(cell[1])) {
		return cell[1:]
	}
	return cell
}

// readCells fills a thing from a line; filled says that the line says anything of it, right that nothing is wrong.
func readCells[T any](s *rollSheet, row rollRow, fields []fileField[T], cols []int) (t T, filled, right bool) {
	right = true
	for i, f := range fields {
		text := unquoted(row.cell(cols[i]))
		if text == "" {
			continue
		}
		filled = true
		if fault := f.set(&t, text); fault != "" {
			s.refuse(row, cols[i], "%s, puis recommencez l’import.", Capital(fault))
			right = false
		}
	}
	return t, filled, right
}

// mergeCells completes a thing by a further line about it, and refuses a line that says something else.
func mergeCells[T any](s *rollSheet, row rollRow, fields []fileField[T], cols []int, kept *T, again T, what string, line int) {
	for i, f := range fields {
		have, text := f.get(kept), f.get(&again)
		switch {
		case text == "" || strings.EqualFold(text, have):
		case have == "":
			f.set(kept, text)
		default:
			s.refuse(row, cols[i], "%s : « %s » ici, mais « %s » à la ligne %d. Écrivez partout la même chose, ou videz cette case, puis recommencez l’import.", what, Clip(text, 60), Clip(have, 60), line)
		}
	}
}

func (r *familyReader) read(row rollRow) {
	family, _, ok := readCells(r.s, row, familyFields, r.cols.family)
	if family.Key == "" {
		r.s.refuse(row, r.cols.family[0], "Rien ne dit à quelle famille appartient cette ligne. Écrivez dans cette case le même repère sur toutes les lignes de la famille, par exemple 1, puis recommencez l’import.")
		return
	}
	home := r.home(row, family, ok)
	for b := range r.cols.guardians {
		r.readGuardian(row, home, r.cols.guardians[b])
	}
	r.readChild(row, home)
}

func (r *familyReader) home(row rollRow, family FileFamily, ok bool) int {
	i, known := r.families[family.Key]
	if !known {
		i = len(r.file.Families)
		r.families[family.Key] = i
		family.Line, family.ID = row.line(r.cols.family[0]), familyNumber(family.Key)
		r.file.Families = append(r.file.Families, family)
	} else if ok {
		kept := &r.file.Families[i]
		mergeCells(r.s, row, familyFields, r.cols.family, kept, family, "Famille "+kept.Key, kept.Line)
	}
	return i
}

func (r *familyReader) readGuardian(row rollRow, home int, cols []int) {
	g, filled, ok := readCells(r.s, row, guardianFields, cols)
	if !filled || !ok {
		return
	}
	last := cols[fieldAt(guardianFields, "nom")]
	if g.LastName == "" {
		g.LastName, g.UsedName = g.UsedName, ""
	}
	if g.LastName == "" {
		r.s.refuse(row, last, "Ce responsable n’a pas de nom de famille. Complétez cette case, ou videz les autres cases de ce responsable, puis recommencez l’import.")
		return
	}
	family := &r.file.Families[home]
	g.RollAddress, g.Line = family.RollAddress, row.line(last)
	if g.Login != "" {
		g.loginColumn = r.s.columns[cols[0]]
	}
	i := r.person(g, family)
	if i < 0 {
		i = len(r.file.Guardians)
		r.file.Guardians = append(r.file.Guardians, g)
		r.persons.add(g.names())
	} else {
		kept := &r.file.Guardians[i]
		mergeCells(r.s, row, guardianFields, cols, kept, g, kept.DisplayName(), kept.Line)
		kept.loginColumn = cmp.Or(kept.loginColumn, g.loginColumn)
		g.Login = kept.Login
	}
	if g.Login != "" {
		r.byLogin[g.Login] = i
	}
	if !slices.Contains(family.Guardians, i) {
		family.Guardians = append(family.Guardians, i)
	}
}

// person finds somebody of whom a line before spoke: by the identifiant, else by the names within the household, else by
// the names with an e-mail or a phone. -1 is somebody new.
func (r *familyReader) person(g FileGuardian, family *FileFamily) int {
	if i, ok := r.byLogin[g.Login]; ok && g.Login != "" {
		return i
	}
	for _, i := range r.persons.alike(g.names()) {
		k := &r.file.Guardians[i]
		two := g.Login != "" && k.Login != ""
		if !two && sameCivility(g.Civility, k.Civility) && (slices.Contains(family.Guardians, i) || samePerson(g.RollGuardian, k.RollGuardian)) {
			return i
		}
	}
	return -1
}

func (r *familyReader) readChild(row rollRow, home int) {
	c, filled, ok := readCells(r.s, row, childFields, r.cols.child)
	if !filled || !ok || !r.childIsWhole(row, &c) {
		return
	}
	c.Line = row.line(max(0, r.cols.child[fieldAt(childFields, "nom")]))
	who := rollPerson{c.names(), c.Birth}
	i, known := r.byNumber[c.ID]
	if c.ID == 0 || !known {
		if i, known = r.byINE[c.INE]; c.INE == "" || !known {
			i, known = r.byNames[who]
			known = known && c.Birth != 0 && (c.ID == 0 || r.file.Children[i].ID == 0 || c.ID == r.file.Children[i].ID) &&
				(c.INE == "" || r.file.Children[i].INE == "")
		}
	}
	family := &r.file.Families[home]
	if !known {
		i = len(r.file.Children)
		r.file.Children = append(r.file.Children, c)
	} else {
		kept := &r.file.Children[i]
		mergeCells(r.s, row, childFields, r.cols.child, kept, c, kept.DisplayName(), kept.Line)
		if slices.Contains(family.Children, i) {
			r.s.warn(row, r.cols.child[fieldAt(childFields, "nom")], "%s figure déjà à la ligne %d pour cette famille : rien n’est ajouté. Pour ne plus lire ce message, retirez cette ligne.", kept.DisplayName(), kept.Line)
		}
	}
	r.byNames[who], r.byNumber[c.ID], r.byINE[c.INE] = i, i, i
	if !slices.Contains(family.Children, i) {
		family.Children = append(family.Children, i)
	}
}

// careColumns are the columns of what Care.Check finds.
var careColumns = map[string]string{"regime": "régime", "regime_autre": "régime", "allergies": "allergies", "pai_du": "PAI, du", "pai_au": "PAI, au", "pai_consigne": "PAI, que faire"}

// childIsWhole refuses a child of whom too little is said.
func (r *familyReader) childIsWhole(row rollRow, c *FileChild) bool {
	col := func(header string) int { return r.cols.child[fieldAt(childFields, header)] }
	if c.LastName == "" {
		c.LastName, c.UsedName = c.UsedName, ""
	}
	name := cmp.Or(c.DisplayName(), "Cet enfant")
	whole := true
	refuse := func(header, format string, args ...any) {
		whole = false
		r.s.refuse(row, col(header), format+", puis recommencez l’import.", args...)
	}
	if c.LastName == "" {
		refuse("nom", "%s n’a pas de nom de famille. Complétez cette case", name)
	}
	if c.FirstName == "" {
		refuse("prénom", "%s n’a pas de prénom. Complétez cette case", name)
	}
	if c.Birth == 0 && c.ID == 0 {
		refuse("naissance", "%s n’a pas de date de naissance. Écrivez-la sous la forme 01/09/2020", name)
	}
	if year := c.Birth.Month().Year; c.Birth != 0 && (year < 1990 || year > 2100) {
		refuse("naissance", "%s serait né(e) le %s. Corrigez l’année", name, c.Birth.French())
	}
	if why := AsError(c.Care.Check()); why != nil {
		for _, f := range why.Fields {
			refuse(careColumns[f.Field], "%s : %s", name, strings.TrimSuffix(lowerFirst(f.Message), "."))
		}
	}
	if c.Class == "" && c.Grade != "" {
		refuse("classe", "%s a un niveau, mais pas de classe. Écrivez le nom de la classe, ou videz le niveau", name)
	}
	return whole
}

// check refuses households of which nobody could be recognised the next time.
func (r *familyReader) check() {
	for i := range r.file.Families {
		f := &r.file.Families[i]
		row := rollRow{lines: []int{f.Line}}
		switch {
		case f.ID != 0 || len(f.Children) > 0:
		case len(f.Guardians) == 0:
			if !RollBlocked(r.s.faults) { // else its people were refused above
				r.s.refuse(row, r.cols.family[0], "La famille %s n’a ni responsable ni enfant. Complétez la ligne, ou retirez-la, puis recommencez l’import.", Clip(f.Key, 40))
			}
		default:
			for _, n := range f.Guardians {
				g := &r.file.Guardians[n]
				if g.Login == "" && g.key() == "" && len(g.Emails) == 0 && len(g.phones()) == 0 {
					r.s.refuse(row, r.cols.family[0], "Rien ne permettra de reconnaître %s à l’import suivant. Donnez l’adresse, un courriel ou un téléphone, puis recommencez l’import.", g.DisplayName())
				}
			}
		}
	}
	r.fillPupils()
}

// fillPupils tells each guardian the children of the households.
func (r *familyReader) fillPupils() {
	for i := range r.file.Families {
		f := &r.file.Families[i]
		for _, g := range f.Guardians {
			who := &r.file.Guardians[g]
			for _, c := range f.Children {
				if !slices.Contains(who.Pupils, c) {
					who.Pupils = append(who.Pupils, c)
				}
			}
		}
	}
}

// MatchFamilies recognises the people of a families' file: by Marelle's numbers and the identifiants, else as a school roll
// is. ine is the hash of each child's national number, or nothing. A number that is not of the structure is a fault.
func MatchFamilies(file string, read, has *FamilyFile, ine []string) (RollMatch, []RollFault) {
	preset := RollMatch{Children: make([]ChildID, len(read.Children)), Accounts: make([]AccountID, len(read.Guardians)), Families: make([]FamilyID, len(read.Families))}
	var faults []RollFault
	refuse := func(line int, column, format string, args ...any) {
		faults = append(faults, RollFault{File: file, Line: line, Column: column, Message: fmt.Sprintf(format, args...), Blocking: true})
	}
	children, logins, families := map[ChildID]bool{}, map[string]AccountID{}, map[FamilyID]bool{}
	for _, c := range has.Children {
		children[c.ID] = true
	}
	for _, g := range has.Guardians {
		logins[g.Login] = g.ID
	}
	for _, f := range has.Families {
		families[f.ID] = true
	}
	for i, c := range read.Children {
		if preset.Children[i] = c.ID; c.ID != 0 && !children[c.ID] {
			refuse(c.Line, childHeader("numéro"), "Aucun enfant de cette structure n’a le numéro %d. Videz cette case pour un nouvel enfant, ou recopiez le numéro de l’export, puis recommencez l’import.", c.ID)
		}
	}
	for i, g := range read.Guardians {
		if preset.Accounts[i] = logins[g.Login]; g.Login != "" && preset.Accounts[i] == 0 {
			refuse(g.Line, g.loginColumn, "Aucun responsable de cette structure n’a l’identifiant %s. Videz cette case pour une nouvelle personne, ou recopiez l’identifiant de l’export, puis recommencez l’import.", Clip(g.Login, 20))
		}
	}
	for i, f := range read.Families {
		if preset.Families[i] = f.ID; f.ID != 0 && !families[f.ID] {
			refuse(f.Line, FamilyKeyHeader, "Aucune famille de cette structure n’a le numéro %s. Écrivez un repère à vous, par exemple 1, pour une nouvelle famille, puis recommencez l’import.", Clip(f.Key, 20))
		}
	}
	if len(faults) > 0 {
		return preset, faults
	}
	match, err := matchRoll(read.roll(), ine, has.known(), preset)
	if e := AsError(err); e != nil {
		refuse(1, "", "%s", e.Message)
	}
	return match, faults
}
