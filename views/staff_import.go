package views

import (
	"slices"

	"marelle/portal"
)

var (
	_ = register(Import{})
	_ = part("staff/import#form", Import{})
	_ = part("staff/import#faults", Import{})
	_ = part("staff/import#report", ImportReport{})
)

// Import is where the school's two files come in.
type Import struct {
	Frame
	Schools []string
	School  string // what was typed
	Years   []Choice
	Faults  Faults         // of the form
	Lines   []RollFaultRow // what is wrong in the files
	Left    int            // faults beyond those shown
	Blocked bool           // nothing can be imported before it is mended
	Tried   bool           // the report says what would happen
	Done    bool           // the report says what happened
	Key     string         // of what was tried, to import exactly that
	Minutes int            // how long it is kept
	Report  ImportReport
}

// Template names the page.
func (Import) Template() string { return "staff/import" }

// Choice is an entry of a list to choose from.
type Choice struct {
	Value, Label string
	Current      bool
}

// RollFaultRow is a fault of a file.
type RollFaultRow struct {
	File     string
	Line     int
	Column   string
	Message  string
	Blocking bool
}

// rollFaultsMost bounds the faults on one page: who has more has chosen the wrong file.
const rollFaultsMost = 300

// SetFaults lists what is wrong in the files, what forbids the import first.
func (v *Import) SetFaults(faults []portal.RollFault) {
	v.Blocked = portal.RollBlocked(faults)
	for _, blocking := range []bool{true, false} {
		for _, f := range faults {
			switch {
			case f.Blocking != blocking:
			case len(v.Lines) == rollFaultsMost:
				v.Left++
			default:
				v.Lines = append(v.Lines, RollFaultRow(f))
			}
		}
	}
}

// FaultsTitle gives « 3 points à corriger » or « 2 remarques ».
func (v Import) FaultsTitle() string {
	blocking := 0
	for _, l := range v.Lines {
		if l.Blocking {
			blocking++
		}
	}
	if blocking > 0 {
		return portal.Count(blocking, "point") + " à corriger dans les fichiers"
	}
	return portal.Count(len(v.Lines)+v.Left, "remarque") + " sur les fichiers"
}

// ImportReport is what an import does, or would do.
type ImportReport struct {
	School, Year string
	Files        string // « 237 élèves, 292 responsables, 175 familles »
	Summary      string
	Sections     []ImportSection
}

// ImportSection is the lines of one kind.
type ImportSection struct {
	Title string // « 237 enfants créés »
	Lines []string
	Open  bool
}

// sectionOpenMost is how many lines are shown without asking.
const sectionOpenMost = 12

// NewImportReport draws a report: what staff must look at comes first.
func NewImportReport(r portal.RollReport) ImportReport {
	v := ImportReport{School: r.School, Year: r.Year, Summary: portal.Capital(r.Summary()) + "."}
	v.Files = portal.Count(r.Pupils, "élève") + ", " + portal.Count(r.Guardians, "responsable") + ", " + portal.Count(r.Families, "famille")
	kinds := slices.Clone(portal.RollKinds)
	slices.SortStableFunc(kinds, func(a, b portal.RollKind) int { return order(a.Changes()) - order(b.Changes()) })
	for _, kind := range kinds {
		if lines := r.Of(kind); len(lines) > 0 {
			v.Sections = append(v.Sections, ImportSection{Title: portal.Capital(kind.Count(len(lines))), Lines: lines, Open: len(lines) <= sectionOpenMost || !kind.Changes()})
		}
	}
	return v
}

func order(last bool) int {
	if last {
		return 1
	}
	return 0
}
