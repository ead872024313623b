package views

import (
	"slices"

	"marelle/portal"
)

var (
	_ = register(Import{})
	_ = part("staff/import#form", Import{})
	_ = part("staff/import#families", Import{})
	_ = part("staff/import#progress", Import{})
	_ = part("staff/import#faults", Import{})
	_ = part("staff/import#report", ImportReport{})
)

// Import is where files come in: the school's two, or Marelle's own file of the families.
type Import struct {
	Frame
	ImportForm
	Faults   Faults         // of the form
	Lines    []RollFaultRow // what is wrong in the files
	Left     int            // faults beyond those shown
	Blocked  bool           // nothing can be imported before it is mended
	Tried    bool           // the report says what would happen
	Done     bool           // the report says what happened
	Running  bool           // it is under way
	Percent  int            // how far
	Progress string         // « Enregistrement : 4 000 sur 20 000 »
	Key      string         // of what was tried, to import exactly that
	Report   ImportReport
}

// ImportForm is what the form of an import asks.
type ImportForm struct {
	Path     string
	Families bool // Marelle's own file
	Schools  []string
	School   string // what was typed
	Years    []Choice
	Minutes  int // how long a trial is kept
}

// NewSchoolImport is the form of the school's two files.
func NewSchoolImport(f Frame, path string) *Import {
	return &Import{Frame: f, ImportForm: ImportForm{Path: path}}
}

// NewFamilyImport is the form of the families' file.
func NewFamilyImport(f Frame, path string) *Import {
	return &Import{Frame: f, ImportForm: ImportForm{Path: path, Families: true}}
}

// Template names the page.
func (Import) Template() string { return "staff/import" }

// FirstFile names the field of the first file of the form.
func (f ImportForm) FirstFile() string {
	if f.Families {
		return "familles"
	}
	return "eleves"
}

// ChooseYear keeps the school year that was chosen.
func (f *ImportForm) ChooseYear(label string) {
	for i := range f.Years {
		if label != "" {
			f.Years[i].Current = f.Years[i].Value == label
		}
	}
}

// progressSeconds is after how long a browser without scripts looks again how far an import is.
const progressSeconds = 2

// SetProgress says how far an import is.
func (v *Import) SetProgress(p portal.Progress) {
	v.Running, v.Percent, v.Progress = true, p.Percent(), p.Words()
	v.Title, v.Again = "L’import est en cours", progressSeconds
}

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
	Where    string // « École Jean-Jaurès, 2026-2027 »
	Files    string // « 237 élèves, 292 responsables, 175 familles »
	Summary  string
	Sections []ImportSection
}

// ImportSection is the lines of one kind.
type ImportSection struct {
	Title string // « 237 enfants créés »
	Lines []string
	Left  int // lines beyond those shown
	Open  bool
}

// sectionLinesMost bounds the lines of a section: a page of twenty thousand lines shows nobody anything.
const sectionLinesMost = 1000

// sectionOpenMost is how many lines are shown without asking.
const sectionOpenMost = 12

// NewImportReport draws a report: what staff must look at comes first.
func NewImportReport(r portal.RollReport) ImportReport {
	v := ImportReport{Where: r.Year, Summary: portal.Capital(r.Summary()) + "."}
	pupils := portal.Count(r.Pupils, "enfant")
	if r.School != "" {
		v.Where = r.School + ", " + r.Year
		pupils = portal.Count(r.Pupils, "élève")
	}
	v.Files = pupils + ", " + portal.Count(r.Guardians, "responsable") + ", " + portal.Count(r.Families, "famille")
	kinds := slices.Clone(portal.RollKinds)
	slices.SortStableFunc(kinds, func(a, b portal.RollKind) int { return order(a.Changes()) - order(b.Changes()) })
	for _, kind := range kinds {
		if lines := r.Of(kind); len(lines) > 0 {
			shown := lines[:min(len(lines), sectionLinesMost)]
			v.Sections = append(v.Sections, ImportSection{Title: portal.Capital(kind.Count(len(lines))), Lines: shown, Left: len(lines) - len(shown), Open: len(lines) <= sectionOpenMost || !kind.Changes()})
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
