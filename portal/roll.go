package portal

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
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

// rollSheet is one CSV file cut into rows, and what is wrong in it.
type rollSheet struct {
	file    string
	subject string   // « élèves » or « responsables »
	columns []string // headers as written
	keys    []string // headers as they are compared
	head    rollRow
	rows    []rollRow
	name    int // the column of the family name, where a whole line is pointed at
	missing []string
	faults  []RollFault
	broken  bool // the file as a whole cannot be used
}

type rollRow struct {
	cells []string
	lines []int // a quoted cell may span lines, so each cell has its own
}

func (r rollRow) cell(col int) string {
	if col < 0 || col >= len(r.cells) {
		return ""
	}
	return rollClean(r.cells[col])
}

func (r rollRow) line(col int) int {
	switch {
	case len(r.lines) == 0:
		return 1
	case col < 0 || col >= len(r.lines):
		return r.lines[0]
	}
	return r.lines[col]
}

func (s *rollSheet) say(blocking bool, row rollRow, col int, format string, args []any) {
	f := RollFault{File: s.file, Line: row.line(col), Message: fmt.Sprintf(format, args...), Blocking: blocking}
	if col >= 0 && col < len(s.columns) {
		f.Column = s.columns[col]
	}
	s.faults = append(s.faults, f)
}

func (s *rollSheet) refuse(row rollRow, col int, format string, args ...any) {
	s.say(true, row, col, format, args)
}

func (s *rollSheet) warn(row rollRow, col int, format string, args ...any) {
	s.say(false, row, col, format, args)
}

func (s *rollSheet) refuseFile(format string, args ...any) {
	s.say(true, s.head, -1, format, args)
	s.broken = true
}

func (s *rollSheet) sortedFaults() []RollFault {
	slices.SortStableFunc(s.faults, func(a, b RollFault) int { return cmp.Compare(a.Line, b.Line) })
	return s.faults
}

func openRollSheet(file, text, subject string) *rollSheet {
	s := &rollSheet{file: file, subject: subject}
	text = strings.TrimPrefix(text, "\ufeff")
	if strings.HasPrefix(text, "PK\x03\x04") || strings.Contains(text, "\x00") {
		s.refuseFile("Ce fichier n’est pas un CSV, mais sans doute un classeur ou une archive. Choisissez l’export CSV des %s.", subject)
		return s
	}
	if line := rollGarbledLine(text); line > 0 {
		s.head.lines = []int{line}
		s.refuseFile("Des lettres accentuées sont illisibles dans ce fichier. Choisissez l’export CSV des %s tel que ONDE l’a donné, sans l’avoir enregistré depuis un tableur.", subject)
		return s
	}
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, "\r", "\n") // as old Macintosh programs end lines
	}
	s.cut(text)
	if s.columns == nil && !s.broken {
		s.refuseFile("Ce fichier est vide. Choisissez l’export CSV des %s.", subject)
	}
	return s
}

// rollGarbledLine gives the line of the first sign that the text was decoded wrongly, or 0.
func rollGarbledLine(text string) int {
	text = strings.ToValidUTF8(text, "\ufffd")
	for _, sign := range []string{"\ufffd", "Ã©", "Ã¨", "Ã‰"} {
		if before, _, found := strings.Cut(text, sign); found {
			return 1 + strings.Count(before, "\n")
		}
	}
	return 0
}

func (s *rollSheet) cut(text string) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = rollSeparator(text)
	r.FieldsPerRecord = -1 // exports drop the empty cells at the end of a line, or add some
	for {
		cells, err := r.Read()
		if err == io.EOF {
			return
		}
		if err != nil {
			bad := &csv.ParseError{StartLine: 1}
			errors.As(err, &bad)
			s.head.lines = []int{bad.StartLine}
			// What follows a stray quote cannot be trusted: a whole class may have been swallowed by one cell.
			s.refuseFile("Un guillemet est mal placé dans la ligne qui commence ici, et la suite du fichier ne peut pas être lue. Retirez ce guillemet, ou exportez de nouveau le fichier, puis recommencez l’import.")
			return
		}
		row := rollRow{cells, make([]int, len(cells))}
		for i := range cells {
			row.lines[i], _ = r.FieldPos(i)
		}
		s.add(row)
	}
}

func (s *rollSheet) add(row rollRow) {
	filled := slices.ContainsFunc(row.cells, func(c string) bool { return rollClean(c) != "" })
	switch {
	case !filled:
	case s.columns == nil:
		s.head = row
		for i := range row.cells {
			s.columns = append(s.columns, row.cell(i))
			s.keys = append(s.keys, rollHeaderKey(row.cells[i]))
		}
		for s.columns[len(s.columns)-1] == "" {
			s.columns = s.columns[:len(s.columns)-1]
			s.keys = s.keys[:len(s.columns)]
		}
	case rollOverflows(row, len(s.columns)):
		s.refuse(row, -1, "Cette ligne a plus de cases que le fichier n’a de colonnes : un séparateur se trouve sans doute à l’intérieur d’un texte. Retirez-le, ou mettez ce texte entre guillemets, puis recommencez l’import.")
	default:
		s.rows = append(s.rows, row)
	}
}

func rollOverflows(row rollRow, columns int) bool {
	for i := columns; i < len(row.cells); i++ {
		if row.cell(i) != "" {
			return true
		}
	}
	return false
}

func rollSeparator(text string) rune {
	head, _, _ := strings.Cut(strings.TrimLeft(text, "\r\n"), "\n")
	best := ';'
	for _, sep := range ",\t" {
		if strings.Count(head, string(sep)) > strings.Count(head, string(best)) {
			best = sep
		}
	}
	return best
}

// rollHeaderKey reduces a header to what does not vary from one export to another:
// « Nom d'usage élève » is "nom usage eleve", « Adresse1 » is "adresse", « Classes enfants » is "classe enfant".
func rollHeaderKey(header string) string {
	header = strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return ' '
		}
		return r
	}, header)
	var words []string
	for _, w := range strings.Fields(FoldName(header)) {
		switch w {
		case "d", "de", "du", "des", "l", "la", "le", "les", "s":
			continue
		}
		if len(w) > 3 {
			w = strings.TrimSuffix(w, "s")
		}
		words = append(words, w)
	}
	return strings.Join(words, " ")
}

// column finds the first column called by one of the names, the likeliest name first; -1 when there is none.
func (s *rollSheet) column(names ...string) int {
	for _, name := range names {
		if i := slices.Index(s.keys, name); i >= 0 {
			return i
		}
	}
	return -1
}

// next finds the column called like another one further to the right: « Adresse2 » after « Adresse1 ».
func (s *rollSheet) next(col int) int {
	for i := col + 1; col >= 0 && i < len(s.keys); i++ {
		if s.keys[i] == s.keys[col] {
			return i
		}
	}
	return -1
}

func (s *rollSheet) require(label string, cols ...int) {
	if slices.Max(cols) < 0 {
		s.missing = append(s.missing, "« "+label+" »")
	}
}

// refuseMissing tells all missing columns at once, and that there are lines at all.
func (s *rollSheet) refuseMissing() {
	if s.broken {
		return
	}
	if len(s.missing) == 0 {
		if len(s.rows) == 0 && len(s.faults) == 0 {
			s.refuseFile("Ce fichier n’a que sa ligne d’en-tête. Choisissez l’export CSV des %s, avec toutes les classes.", s.subject)
		}
		return
	}
	what := "la colonne "
	if len(s.missing) > 1 {
		what = "les colonnes "
	}
	var found []string
	for _, c := range s.columns {
		if found = append(found, "« "+Clip(c, 30)+" »"); len(found) == 30 {
			break
		}
	}
	s.refuseFile("Il manque %s%s ; ce fichier contient %s. Choisissez l’export CSV des %s, sans en renommer ni en retirer les colonnes.",
		what, List(s.missing), List(found), s.subject)
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

// rollPostCode gives back the zero that a spreadsheet takes from 09140.
func rollPostCode(s string) string {
	if len(s) == 4 && strings.Trim(s, "0123456789") == "" {
		return "0" + s
	}
	return s
}

// rollClean trims, makes every run of spaces one space and drops what cannot be seen.
func rollClean(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// FoldName reduces a name to what is compared and searched: lower case, no accents, one space between words.
// « D’HAUTPOUL-ŒUVRARD » is "d hautpoul oeuvrard".
func FoldName(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range s {
		r = unicode.ToLower(r)
		switch {
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r):
			continue // an accent written apart from its letter, or nothing at all
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		if plain, ok := plainLetters[r]; ok {
			b.WriteString(plain)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

var plainLetters = func() map[rune]string {
	m := map[rune]string{'œ': "oe", 'æ': "ae", 'ß': "ss", 'þ': "th", 'ĳ': "ij", 'ŋ': "ng"}
	for _, family := range []string{
		"aàáâãäåāăąǎạảấầẩẫậắằẳẵặ", "cçćĉċč", "dďđð", "eèéêëēĕėęěẹẻẽếềểễệ", "gĝğġģǧ", "hĥħ", "iìíîïĩīĭįıǐỉị", "jĵ", "kķǩ", "lĺļľŀł",
		"nñńņňŉ", "oòóôõöøōŏőơǒọỏốồổỗộớờởỡợ", "rŕŗř", "sśŝşšș", "tţťŧț", "uùúûüũūŭůűųưǔụủứừửữự", "wŵẁẃẅ", "yýÿŷỳỵỷỹ", "zźżž",
	} {
		for _, r := range family {
			m[r] = family[:1]
		}
	}
	return m
}()
