package portal

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// FamilyFile is what Marelle's own CSV of the families says: households, those responsible and the children. The same
// type holds what a structure has, so that what is exported is what is read.
type FamilyFile struct {
	Families  []FileFamily
	Guardians []FileGuardian
	Children  []FileChild
}

// FileFamily is a household of the file.
type FileFamily struct {
	ID       FamilyID // zero: the file does not give Marelle's number
	Key      string   // what its lines have in common: « F12 », or the secretary's own mark
	Line     int
	Name     string
	Resident string // « oui », « non » or nothing
	RollAddress
	Guardians []int // indexes into FamilyFile.Guardians
	Children  []int // indexes into FamilyFile.Children
}

// FileGuardian is a person responsible, known by the identifiant when the file gives it.
type FileGuardian struct {
	ID    AccountID
	Login string
	Line  int
	RollGuardian

	loginColumn string // where the file gives the identifiant
}

// FileChild is a child, known by Marelle's number when the file gives it. Grade, Class and School are those of one school year.
type FileChild struct {
	ID     ChildID
	Hash   string // of the national number, of a child that is there
	School string
	RollPupil

	Care      Care
	DietGiven bool // the file, or the base, says what the child eats; « standard » is an answer too
}

// fileField is a column of the file: a line here is all that reading, writing and comparing it takes. set says what is
// wrong with a text, as the beginning of a sentence that ends « puis recommencez l’import », or nothing.
type fileField[T any] struct {
	header string
	get    func(*T) string
	set    func(*T, string) string
}

func textField[T any](header string, of func(*T) *string) fileField[T] {
	return fileField[T]{header, func(t *T) string { return *of(t) }, func(t *T, s string) string { *of(t) = s; return "" }}
}

// cleanField is a text that is written in one way.
func cleanField[T any](header string, of func(*T) *string, clean func(string) string) fileField[T] {
	return fileField[T]{header, func(t *T) string { return *of(t) }, func(t *T, s string) string { *of(t) = clean(s); return "" }}
}

func dateField[T any](header string, of func(*T) *Date) fileField[T] {
	return fileField[T]{header, func(t *T) string { return frenchOrNothing(*of(t)) }, func(t *T, s string) string {
		d, ok := rollDate(s)
		if year := d.Month().Year; !ok || year < 1900 || year > 2100 {
			return fmt.Sprintf("« %s » n’est pas une date qui existe. Écrivez-la sous la forme 01/09/2020 ou 2020-09-01", Clip(s, 40))
		}
		*of(t) = d
		return ""
	}}
}

func frenchOrNothing(d Date) string {
	if d == 0 {
		return ""
	}
	return d.French()
}

// FamilyKeyHeader is the column by which the lines of one household are known.
const FamilyKeyHeader = "Famille"

var familyFields = []fileField[FileFamily]{
	textField(FamilyKeyHeader, func(f *FileFamily) *string { return &f.Key }),
	textField("Nom de la famille", func(f *FileFamily) *string { return &f.Name }),
	textField("Adresse", func(f *FileFamily) *string { return &f.Street }),
	cleanField("Code postal", func(f *FileFamily) *string { return &f.PostCode }, rollPostCode),
	textField("Commune", func(f *FileFamily) *string { return &f.Town }),
	{"Résident", func(f *FileFamily) string { return f.Resident }, func(f *FileFamily, s string) string {
		switch FoldName(s) {
		case "oui", "o", "1", "vrai":
			f.Resident = "oui"
		case "non", "n", "0", "faux":
			f.Resident = "non"
		default:
			return fmt.Sprintf("« %s » ne dit pas si la famille habite la commune. Écrivez oui ou non", Clip(s, 20))
		}
		return ""
	}},
}

// guardianFields stand in each block « Responsable 1 : … », « Responsable 2 : … ».
var guardianFields = []fileField[FileGuardian]{
	cleanField("identifiant", func(g *FileGuardian) *string { return &g.Login }, NormaliseLogin),
	cleanField("civilité", func(g *FileGuardian) *string { return &g.Civility }, rollCivility),
	textField("nom", func(g *FileGuardian) *string { return &g.LastName }),
	textField("nom d’usage", func(g *FileGuardian) *string { return &g.UsedName }),
	textField("prénom", func(g *FileGuardian) *string { return &g.FirstName }),
	{"courriels", func(g *FileGuardian) string { return strings.Join(g.Emails, ", ") }, setEmailsOf},
	cleanField("portable", func(g *FileGuardian) *string { return &g.MobilePhone }, frenchPhone),
	cleanField("domicile", func(g *FileGuardian) *string { return &g.HomePhone }, frenchPhone),
	cleanField("travail", func(g *FileGuardian) *string { return &g.WorkPhone }, frenchPhone),
}

// childFields are the columns « Enfant : … ».
var childFields = []fileField[FileChild]{
	{"numéro", func(c *FileChild) string {
		if c.ID == 0 {
			return ""
		}
		return strconv.FormatInt(int64(c.ID), 10)
	}, func(c *FileChild, s string) string {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n < 1 {
			return fmt.Sprintf("« %s » n’est pas un numéro que Marelle a donné. Laissez cette case vide pour un nouvel enfant", Clip(s, 20))
		}
		c.ID = ChildID(n)
		return ""
	}},
	textField("nom", func(c *FileChild) *string { return &c.LastName }),
	textField("nom d’usage", func(c *FileChild) *string { return &c.UsedName }),
	textField("prénom", func(c *FileChild) *string { return &c.FirstName }),
	dateField("naissance", func(c *FileChild) *Date { return &c.Birth }),
	{"sexe", func(c *FileChild) string { return c.Sex }, func(c *FileChild, s string) string {
		switch FoldName(s) {
		case "f", "feminin", "fille":
			c.Sex = "F"
		case "m", "masculin", "garcon":
			c.Sex = "M"
		default:
			return fmt.Sprintf("« %s » ne se lit pas. Écrivez F ou M, ou videz cette case", Clip(s, 20))
		}
		return ""
	}},
	{"INE", func(c *FileChild) string { return c.INE }, func(c *FileChild, s string) string {
		ine := strings.ToUpper(strings.ReplaceAll(s, " ", ""))
		if len(ine) != 11 || strings.Trim(ine, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			return fmt.Sprintf("le numéro INE « %s » n’a pas ses 11 chiffres et lettres. Recopiez-le, ou videz cette case", Clip(s, 20))
		}
		c.INE = ine
		return ""
	}},
	{"régime", func(c *FileChild) string {
		if !c.DietGiven {
			return ""
		}
		return c.Care.DietLine()
	}, setDiet},
	textField("allergies", func(c *FileChild) *string { return &c.Care.Allergies }),
	dateField("PAI, du", func(c *FileChild) *Date { return &c.Care.Plan.First }),
	dateField("PAI, au", func(c *FileChild) *Date { return &c.Care.Plan.Last }),
	textField("PAI, que faire", func(c *FileChild) *string { return &c.Care.Plan.Words }),
	textField("école", func(c *FileChild) *string { return &c.School }),
	textField("niveau", func(c *FileChild) *string { return &c.Grade }),
	textField("classe", func(c *FileChild) *string { return &c.Class }),
}

// setDiet reads a diet of the list, or the foods that a child does not eat.
func setDiet(c *FileChild, s string) string {
	c.DietGiven, c.Care.Diet, c.Care.DietWords = true, OtherDiet, s
	for _, d := range Diets {
		if d != OtherDiet && FoldName(d.Words()) == FoldName(s) {
			c.Care.Diet, c.Care.DietWords = d, ""
		}
	}
	return ""
}

// setEmailsOf reads addresses separated by commas, semicolons or spaces.
func setEmailsOf(g *FileGuardian, s string) string {
	g.Emails = nil
	for _, e := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" ;,", r) }) {
		if !addressValid(e) {
			return fmt.Sprintf("« %s » n’est pas une adresse de courriel. Corrigez-la, par exemple prenom.nom@exemple.fr", Clip(e, 60))
		}
		if rollShare(g.Emails, []string{e}) < 1 {
			g.Emails = append(g.Emails, e)
		}
	}
	return ""
}

// familyNumber reads Marelle's own number of a household, « F12 »; zero when the text is something else.
func familyNumber(key string) FamilyID {
	if len(key) < 2 || key[0] != 'F' && key[0] != 'f' {
		return 0
	}
	n, err := strconv.ParseInt(key[1:], 10, 64)
	if err != nil || n < 1 {
		return 0
	}
	return FamilyID(n)
}

// guardianHeader gives « Responsable 2 : prénom », childHeader « Enfant : prénom ».
func guardianHeader(block int, field string) string {
	return fmt.Sprintf("Responsable %d : %s", block, field)
}

func childHeader(field string) string { return "Enfant : " + field }

// Rows writes the file as a table: a line per child of each household, the household's own cells on each of them.
func (f *FamilyFile) Rows() (head []string, rows [][]string) {
	blocks := 2
	for _, family := range f.Families {
		blocks = max(blocks, len(family.Guardians))
	}
	for _, field := range familyFields {
		head = append(head, field.header)
	}
	for b := range blocks {
		for _, field := range guardianFields {
			head = append(head, guardianHeader(b+1, field.header))
		}
	}
	for _, field := range childFields {
		head = append(head, childHeader(field.header))
	}
	for i := range f.Families {
		family := &f.Families[i]
		children := family.Children
		if len(children) == 0 {
			children = []int{-1}
		}
		for _, c := range children {
			row := make([]string, 0, len(head))
			for _, field := range familyFields {
				row = append(row, field.get(family))
			}
			for b := range blocks {
				var g FileGuardian
				if b < len(family.Guardians) {
					g = f.Guardians[family.Guardians[b]]
				}
				for _, field := range guardianFields {
					row = append(row, field.get(&g))
				}
			}
			var child FileChild
			if c >= 0 {
				child = f.Children[c]
			}
			for _, field := range childFields {
				row = append(row, field.get(&child))
			}
			rows = append(rows, row)
		}
	}
	return head, rows
}

// ModelFamilies is the example that a secretary begins with: two families, one of them with two homes' worth of cells.
func ModelFamilies() FamilyFile {
	return FamilyFile{
		Guardians: []FileGuardian{
			{RollGuardian: RollGuardian{Civility: "Mme", LastName: "EXEMPLE", FirstName: "Claire", Emails: []string{"claire@exemple.fr"}, MobilePhone: "06 00 00 00 01"}},
			{RollGuardian: RollGuardian{Civility: "M.", LastName: "EXEMPLE", FirstName: "Paul", Emails: []string{"paul@exemple.fr", "paul.travail@exemple.fr"}, MobilePhone: "06 00 00 00 02", WorkPhone: "05 00 00 00 02"}},
			{RollGuardian: RollGuardian{Civility: "M.", LastName: "MODÈLE", FirstName: "Karim", Emails: []string{"karim@exemple.fr"}, HomePhone: "05 00 00 00 03"}},
		},
		Children: []FileChild{
			{School: "École Jean-Jaurès", RollPupil: RollPupil{LastName: "EXEMPLE", FirstName: "Léa", Birth: MustDate("2020-02-03"), Sex: "F", Grade: "CP", Class: "CP Mme AUBÉ"}, DietGiven: true, Care: Care{Diet: NoPork}},
			{School: "École Jean-Jaurès", RollPupil: RollPupil{LastName: "EXEMPLE", FirstName: "Théo", Birth: MustDate("2018-11-14"), Sex: "M", Grade: "CE2", Class: "CE1-CE2 M. NOËL"}, DietGiven: true,
				Care: Care{Allergies: "arachide", Plan: CarePlan{First: MustDate("2026-09-01"), Last: MustDate("2027-08-31"), Words: "Trousse au secrétariat. Stylo injecteur, puis le 15."}}},
			{School: "École Jean-Jaurès", RollPupil: RollPupil{LastName: "MODÈLE", UsedName: "MODÈLE-ROUX", FirstName: "Inès", Birth: MustDate("2022-09-17"), Sex: "F", Grade: "PS", Class: "PS-MS Mme ROUX"}},
		},
		Families: []FileFamily{
			{Key: "1", Resident: "oui", RollAddress: RollAddress{"1 rue des Tilleuls", "09140", "CARTEVILLE"}, Guardians: []int{0, 1}, Children: []int{0, 1}},
			{Key: "2", Resident: "non", RollAddress: RollAddress{"40 route du Col", "09200", "SAINT-GIRONS"}, Guardians: []int{2}, Children: []int{2}},
		},
	}
}

// FileKey gives the number by which an exported household is known again: « F12 ».
func (id FamilyID) FileKey() string { return "F" + strconv.FormatInt(int64(id), 10) }

// changesOf compares two states of a thing, field by field.
func changesOf[T any](fields []fileField[T], before, after *T) []Changed {
	var was, is []Fact
	for _, f := range fields {
		was, is = append(was, Fact{f.header, f.get(before)}), append(is, Fact{f.header, f.get(after)})
	}
	return Differences(was, is)
}

// merged gives what is known, completed and corrected by what was read: an empty cell changes nothing.
func merged[T any](fields []fileField[T], known, read T) T {
	for _, f := range fields {
		if text := f.get(&read); text != "" {
			f.set(&known, text)
		}
	}
	return known
}

// With gives the child as the file has it now, and what that changes.
func (c FileChild) With(read FileChild) (FileChild, []Changed) {
	if read.Class == "" { // a grade or a school without its class says nothing
		read.School, read.Grade = "", ""
	}
	after := merged(childFields, c, read)
	after.INE = ""
	return after, changesOf(childFields, &c, &after)
}

// With gives the person as the file has them now, and what that changes.
func (g FileGuardian) With(read FileGuardian) (FileGuardian, []Changed) {
	g.Emails = slices.Clone(g.Emails)
	after := merged(guardianFields, g, read)
	return after, changesOf(guardianFields, &g, &after)
}

// With gives the household as the file has it now, and what that changes.
func (f FileFamily) With(read FileFamily) (FileFamily, []Changed) {
	read.Key = f.Key
	after := merged(familyFields, f, read)
	return after, changesOf(familyFields, &f, &after)
}

// roll gives the file as a school roll, which is how people are recognised.
func (f *FamilyFile) roll() Roll {
	r := Roll{}
	for _, c := range f.Children {
		r.Pupils = append(r.Pupils, c.RollPupil)
	}
	for _, g := range f.Guardians {
		r.Guardians = append(r.Guardians, g.RollGuardian)
	}
	for _, family := range f.Families {
		r.Families = append(r.Families, RollFamily{Name: family.Name, Guardians: family.Guardians, Pupils: family.Children, RollAddress: family.RollAddress})
	}
	return r
}

// known gives what a structure has, as recognising asks it.
func (f *FamilyFile) known() RollKnown {
	var k RollKnown
	for _, c := range f.Children {
		k.Children = append(k.Children, KnownChild{ID: c.ID, LastName: c.LastName, UsedName: c.UsedName, FirstName: c.FirstName, Birth: c.Birth, Sex: c.Sex, INE: c.Hash})
	}
	for _, g := range f.Guardians {
		k.Guardians = append(k.Guardians, KnownGuardian{ID: g.ID, RollGuardian: g.RollGuardian})
	}
	for _, family := range f.Families {
		known := KnownFamily{ID: family.ID, Name: family.Name, RollAddress: family.RollAddress}
		for _, g := range family.Guardians {
			known.Guardians = append(known.Guardians, f.Guardians[g].ID)
		}
		for _, c := range family.Children {
			known.Children = append(known.Children, f.Children[c].ID)
		}
		k.Families = append(k.Families, known)
	}
	return k
}

// DefaultName is what a household is called that the file gives no name: as its children, else as those responsible.
func (f *FamilyFile) DefaultName(i int) string {
	var names []string
	add := func(name string) {
		if !slices.ContainsFunc(names, func(n string) bool { return FoldName(n) == FoldName(name) }) {
			names = append(names, name)
		}
	}
	for _, c := range f.Families[i].Children {
		add(cmp.Or(f.Children[c].UsedName, f.Children[c].LastName))
	}
	if len(names) == 0 {
		for _, g := range f.Families[i].Guardians {
			add(cmp.Or(f.Guardians[g].UsedName, f.Guardians[g].LastName))
		}
	}
	return strings.Join(names, " / ")
}
