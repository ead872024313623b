package portal

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
)

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
	if err := CheckCSV([]byte(text)); err != nil {
		s.refuseFile("%s", err.Error())
		return s
	}
	if line := rollGarbledLine(text); line > 0 {
		s.head.lines = []int{line}
		s.refuseFile("Des lettres accentuées sont illisibles dans ce fichier. %s", s.again())
		return s
	}
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, "\r", "\n") // as old Macintosh programs end lines
	}
	s.cut(text)
	if s.columns == nil && !s.broken {
		s.refuseFile("Ce fichier est vide. %s", s.choose())
	}
	return s
}

// choose says which file is wanted.
func (s *rollSheet) choose() string {
	if s.subject == "familles" {
		return "Choisissez le fichier CSV des familles, fait d’après le modèle."
	}
	return "Choisissez l’export CSV des " + s.subject + "."
}

// again says where to take a file whose letters are right: the school's comes from ONDE, the families' from a spreadsheet.
func (s *rollSheet) again() string {
	if s.subject == "familles" {
		return "Enregistrez-le de nouveau depuis votre tableur, au format « CSV UTF-8 », puis recommencez l’import."
	}
	return "Choisissez l’export CSV des " + s.subject + " tel que ONDE l’a donné, sans l’avoir enregistré depuis un tableur."
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
		if len(s.rows) == 0 && !RollBlocked(s.faults) {
			s.refuseFile("Ce fichier n’a que sa ligne d’en-tête. %s", strings.TrimSuffix(s.choose(), ".")+", avec toutes ses lignes.")
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
	s.refuseFile("Il manque %s%s ; ce fichier contient %s. %s",
		what, List(s.missing), List(found), strings.TrimSuffix(s.choose(), ".")+", sans en renommer ni en retirer les colonnes.")
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
