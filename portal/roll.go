package portal

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Roll is what the two CSV exports of ONDE, the national school roll, say: children, those responsible for them, and
// their families. Everything stands in the order of the files.
type Roll struct {
	Pupils    []RollPupil
	Guardians []RollGuardian
	Families  []RollFamily
}

// RollPupil is one child of the pupils' export; the columns that the town hall has no use for are not read.
type RollPupil struct {
	Line      int    // where the record begins in the file
	LastName  string // never empty; the used name when the file gives no other
	UsedName  string
	FirstName string
	Birth     Date
	Sex       string // "F", "M" or nothing
	INE       string // national number, or nothing
	Grade     string // « CE2 »
	Class     string // « CE1-CE2 M. GALY »; nothing while the school has not placed the child
	ClassID   string // one per class and grade: a class of two grades has two
	RollAddress

	second RollAddress // at the other parent's
}

// RollGuardian is one person responsible for children of the roll; several lines of the file may speak of one person.
type RollGuardian struct {
	Lines     []int  // where the person's records begin in the file
	Civility  string // « M. » or « Mme »; other words are kept as written
	LastName  string // never empty; the used name when the file gives no other
	UsedName  string
	FirstName string // may be empty: a guardian can be an institution
	RollAddress
	Emails      []string // those that are valid
	HomePhone   string
	WorkPhone   string
	MobilePhone string
	Pupils      []int // indexes into Roll.Pupils, never empty
}

// RollFamily is a household: guardians at one address and their children. Separated parents have a family each.
type RollFamily struct {
	Name      string
	Guardians []int // indexes into Roll.Guardians; empty when the roll names nobody for the children
	Pupils    []int // indexes into Roll.Pupils
	RollAddress
}

// RollAddress is a postal address as the school wrote it.
type RollAddress struct{ Street, PostCode, Town string }

// DisplayName gives « Amalia DUPONT ».
func (p RollPupil) DisplayName() string { return rollName(p.FirstName, p.LastName, p.UsedName) }

// DisplayName gives « Mme Claire YILMAZ », by the used name when there is one.
func (g RollGuardian) DisplayName() string {
	return rollClean(g.Civility + " " + rollName(g.FirstName, g.LastName, g.UsedName))
}

func rollName(first, last, used string) string { return rollClean(first + " " + cmp.Or(used, last)) }

// RollFault is something wrong in one of the two files.
type RollFault struct {
	File     string
	Line     int    // as a text editor counts, from 1
	Column   string // the header as written in the file; nothing when no single column is at fault
	Message  string // names the thing and the remedy
	Blocking bool   // nothing may be imported before it is mended
}

// RollBlocked says whether one of the faults forbids the import.
func RollBlocked(faults []RollFault) bool {
	return slices.ContainsFunc(faults, func(f RollFault) bool { return f.Blocking })
}

// ReadRoll reads the two CSV exports of ONDE, already decoded to UTF-8, and says what they contain and what is wrong in them.
// When a fault is blocking the roll is incomplete and good for nothing but being shown.
func ReadRoll(pupilsName, pupils, guardiansName, guardians string) (Roll, []RollFault) {
	p := openRollSheet(pupilsName, pupils, "élèves")
	g := openRollSheet(guardiansName, guardians, "responsables")
	rollRefuseWrongFiles(p, g)

	var roll Roll
	var lines []guardianLine
	if c := findPupilColumns(p); !p.broken {
		roll.Pupils = readPupils(p, c)
	}
	if c := findGuardianColumns(g); !g.broken {
		lines = readGuardians(g, c)
	}
	if !p.broken && !g.broken {
		roll.link(p, g, lines)
	}
	return roll, append(p.sortedFaults(), g.sortedFaults()...)
}

func rollRefuseWrongFiles(p, g *rollSheet) {
	pWrong := !p.broken && p.holds() == "responsables"
	gWrong := !g.broken && g.holds() == "élèves"
	switch {
	case pWrong && gWrong:
		p.refuseFile("Les deux fichiers sont intervertis : « %s » est l’export des responsables et « %s » celui des élèves. Donnez d’abord l’export des élèves, puis celui des responsables.", p.file, g.file)
		g.broken = true
	case pWrong:
		p.refuseFile("Ce fichier est l’export des responsables, pas celui des élèves. Choisissez l’export CSV des élèves.")
	case gWrong:
		g.refuseFile("Ce fichier est l’export des élèves, pas celui des responsables. Choisissez l’export CSV des responsables.")
	}
}

var rollBirthNames = []string{"date naissance", "date naissance eleve", "naissance"}

// holds says which of the two exports this is, by what only one of them has.
func (s *rollSheet) holds() string {
	birth := s.column(rollBirthNames...) >= 0
	switch {
	case s.column("prenom enfant") >= 0, s.column("prenom responsable") >= 0 && !birth:
		return "responsables"
	case birth:
		return "élèves"
	}
	return ""
}

type pupilColumns struct {
	last, used, first, birth, sex, ine, grade, class, classID int
	street, postCode, town, street2, postCode2, town2         int
}

func findPupilColumns(s *rollSheet) pupilColumns {
	c := pupilColumns{
		last:     s.column("nom eleve", "nom famille eleve", "nom famille", "nom naissance", "nom"),
		used:     s.column("nom usage eleve", "nom usage"),
		first:    s.column("prenom eleve", "prenom"),
		birth:    s.column(rollBirthNames...),
		sex:      s.column("sexe", "sexe eleve", "genre"),
		ine:      s.column("ine", "ine eleve", "numero ine", "n ine", "identifiant national eleve", "identifiant national"),
		grade:    s.column("niveau", "niveau eleve"),
		class:    s.column("libelle classe", "classe", "classe eleve", "nom classe"),
		classID:  s.column("identifiant classe", "id classe", "code classe"),
		street:   s.column("adresse", "adresse eleve"),
		postCode: s.column("cp", "code postal", "cp eleve", "code postal eleve"),
		town:     s.column("commune", "ville", "commune eleve", "ville eleve"),
	}
	c.street2, c.postCode2, c.town2 = s.next(c.street), s.next(c.postCode), s.next(c.town)
	if s.name = c.last; c.last < 0 {
		s.name = c.used
	}
	s.require("Nom élève", c.last, c.used)
	s.require("Prénom élève", c.first)
	s.require("Date naissance", c.birth)
	s.require("Libellé classe", c.class)
	s.refuseMissing()
	return c
}

func readPupils(s *rollSheet, c pupilColumns) []RollPupil {
	var pupils []RollPupil
	byINE := map[string]int{}
	type person struct {
		names rollNames
		birth Date
	}
	byNames := map[person]int{}
	for _, row := range s.rows {
		p := readPupil(s, c, row)
		if p.LastName == "" || p.FirstName == "" {
			continue // told already
		}
		who := person{p.names(), p.Birth}
		i, known := byINE[p.INE]
		if !known || p.INE == "" {
			i, known = byNames[who]
		}
		if known && p.Birth != 0 {
			samePupilTwice(s, row, &pupils[i], p)
		} else {
			i = len(pupils)
			pupils = append(pupils, p)
		}
		byNames[who], byINE[pupils[i].INE] = i, i
	}
	return pupils
}

func readPupil(s *rollSheet, c pupilColumns, row rollRow) RollPupil {
	p := RollPupil{
		Line:        row.line(0),
		LastName:    row.cell(c.last),
		UsedName:    row.cell(c.used),
		FirstName:   row.cell(c.first),
		Grade:       row.cell(c.grade),
		Class:       row.cell(c.class),
		ClassID:     row.cell(c.classID),
		RollAddress: RollAddress{row.cell(c.street), rollPostCode(row.cell(c.postCode)), row.cell(c.town)},
		second:      RollAddress{row.cell(c.street2), rollPostCode(row.cell(c.postCode2)), row.cell(c.town2)},
	}
	if p.LastName == "" {
		p.LastName, p.UsedName = p.UsedName, ""
	}
	name := p.DisplayName()
	if name == "" {
		s.refuse(row, s.name, "Cette ligne ne nomme aucun élève. Complétez le nom et le prénom, ou retirez la ligne, puis recommencez l’import.")
		return p
	}
	if p.LastName == "" {
		s.refuse(row, s.name, "L’élève %s n’a pas de nom de famille. Complétez cette case, puis recommencez l’import.", name)
	}
	if p.FirstName == "" {
		s.refuse(row, c.first, "L’élève %s n’a pas de prénom. Complétez cette case, puis recommencez l’import.", name)
	}
	p.Birth = readBirth(s, row, c.birth, name)
	p.Sex = readSex(s, row, c.sex, name)
	p.INE = readINE(s, row, c.ine, name)
	if p.Class == "" {
		s.warn(row, c.class, "Aucune classe n’est indiquée pour %s : l’enfant sera importé sans classe. Quand l’école l’aura placé, exportez de nouveau les deux fichiers et recommencez l’import.", name)
	}
	return p
}

func readBirth(s *rollSheet, row rollRow, col int, name string) Date {
	text := row.cell(col)
	d, ok := rollDate(text)
	year := d.Month().Year
	switch {
	case text == "":
		s.refuse(row, col, "La date de naissance %s manque. Écrivez-la sous la forme 01/09/2020 ou 2020-09-01, puis recommencez l’import.", Of(name))
	case !ok:
		s.refuse(row, col, "La date de naissance %s, « %s », n’existe pas ou ne se lit pas. Écrivez-la sous la forme 01/09/2020 ou 2020-09-01, puis recommencez l’import.", Of(name), Clip(text, 40))
	case year < 1990 || year > 2100:
		s.refuse(row, col, "La date de naissance %s, %s, n’est pas celle d’un élève. Corrigez l’année, puis recommencez l’import.", Of(name), d.French())
	default:
		return d
	}
	return 0
}

// rollDate reads 01/09/2020 and 2020-09-01; a spreadsheet may have added midnight.
func rollDate(s string) (Date, bool) {
	s, _, _ = strings.Cut(s, " ")
	s, _, _ = strings.Cut(s, "T")
	if d, err := ParseDate(s); err == nil {
		return d, true
	}
	t, err := time.Parse("2/1/2006", strings.NewReplacer("-", "/", ".", "/").Replace(s))
	if err != nil || t.Year() < 1 {
		return 0, false
	}
	return NewDate(t.Date()), true
}

func readSex(s *rollSheet, row rollRow, col int, name string) string {
	switch text := row.cell(col); FoldName(text) {
	case "f", "feminin", "fille", "femme":
		return "F"
	case "m", "h", "masculin", "garcon", "homme":
		return "M"
	case "":
	default:
		s.warn(row, col, "Le sexe %s, « %s », ne se lit pas et ne sera pas retenu. Écrivez F ou M, puis recommencez l’import.", Of(name), Clip(text, 20))
	}
	return ""
}

// readINE refuses to trust a number that a spreadsheet has turned into 1,2E+10: it would be the same for many children.
func readINE(s *rollSheet, row rollRow, col int, name string) string {
	text := row.cell(col)
	ine := strings.ToUpper(strings.ReplaceAll(text, " ", ""))
	plain := strings.Trim(ine, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
	if ine == "" || len(ine) == 11 && plain {
		return ine
	}
	s.warn(row, col, "Le numéro INE %s, « %s », n’a pas ses 11 chiffres et lettres et ne sera pas retenu ; l’enfant sera reconnu par ses noms et sa date de naissance. Exportez de nouveau le fichier, sans l’enregistrer depuis un tableur, puis recommencez l’import.", Of(name), Clip(text, 20))
	return ""
}

// samePupilTwice completes the pupil with a second line, and refuses it when the two lines contradict each other.
func samePupilTwice(s *rollSheet, row rollRow, kept *RollPupil, again RollPupil) {
	var differ []string
	compare := func(what string, kept *string, again string) {
		if !rollComplete(kept, again) && !slices.Contains(differ, what) {
			differ = append(differ, what)
		}
	}
	compare("le nom", &kept.LastName, again.LastName)
	compare("le nom d’usage", &kept.UsedName, again.UsedName)
	compare("le prénom", &kept.FirstName, again.FirstName)
	if kept.Birth != again.Birth {
		differ = append(differ, "la date de naissance")
	}
	compare("le sexe", &kept.Sex, again.Sex)
	compare("le numéro INE", &kept.INE, again.INE)
	compare("le niveau", &kept.Grade, again.Grade)
	compare("la classe", &kept.Class, again.Class)
	compare("l’identifiant de classe", &kept.ClassID, again.ClassID)
	compare("l’adresse", &kept.Street, again.Street)
	compare("l’adresse", &kept.PostCode, again.PostCode)
	compare("l’adresse", &kept.Town, again.Town)
	compare("la seconde adresse", &kept.second.Street, again.second.Street)
	compare("la seconde adresse", &kept.second.PostCode, again.second.PostCode)
	compare("la seconde adresse", &kept.second.Town, again.second.Town)
	if len(differ) == 0 {
		s.warn(row, s.name, "%s figure déjà à la ligne %d : cette ligne est ignorée. Pour ne plus lire ce message, retirez-la.", again.DisplayName(), kept.Line)
		return
	}
	s.refuse(row, s.name, "%s semble être %s de la ligne %d, mais les deux lignes ne disent pas la même chose pour %s. Retirez la ligne qui est fausse, puis recommencez l’import.",
		again.DisplayName(), kept.DisplayName(), kept.Line, List(differ))
}

// rollComplete fills what was empty and says whether both agree.
func rollComplete(kept *string, other string) bool {
	if *kept == "" {
		*kept = other
	}
	return other == "" || FoldName(*kept) == FoldName(other)
}
