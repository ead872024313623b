package portal

import (
	"fmt"
	"strings"
)

// RollReport says what the import of a roll does, or would do, line by line, in the order of the files.
type RollReport struct {
	School, Year                string
	Pupils, Guardians, Families int // what the files hold
	Lines                       []RollLine
	Faults                      []RollFault // what forbids the import; nothing was written
}

// RollLine is one thing that an import does, or wants known.
type RollLine struct {
	Kind RollKind
	Text string
}

// RollKind sorts the lines of a report.
type RollKind string

// The kinds of line, in the order in which a report shows them.
const (
	RollNewSchool      RollKind = "ecole"
	RollNewClass       RollKind = "classe"
	RollNewChild       RollKind = "enfant"
	RollMovedChild     RollKind = "passage"
	RollChangedChild   RollKind = "enfant-corrige"
	RollNewFamily      RollKind = "famille"
	RollChangedFamily  RollKind = "famille-changee"
	RollNewAccount     RollKind = "compte"
	RollChangedAccount RollKind = "compte-complete"
	RollMissing        RollKind = "absent" // changes nothing
	RollNote           RollKind = "note"   // changes nothing
)

// RollKinds lists the kinds in the order of a report.
var RollKinds = []RollKind{RollNewSchool, RollNewClass, RollNewChild, RollMovedChild, RollChangedChild, RollNewFamily, RollChangedFamily,
	RollNewAccount, RollChangedAccount, RollMissing, RollNote}

var rollKindWords = map[RollKind][2]string{
	RollNewSchool:      {"école créée", "écoles créées"},
	RollNewClass:       {"classe créée", "classes créées"},
	RollNewChild:       {"enfant créé", "enfants créés"},
	RollMovedChild:     {"enfant change de classe", "enfants changent de classe"},
	RollChangedChild:   {"fiche d’enfant corrigée", "fiches d’enfant corrigées"},
	RollNewFamily:      {"famille créée", "familles créées"},
	RollChangedFamily:  {"changement dans une famille", "changements dans les familles"},
	RollNewAccount:     {"compte de parent créé", "comptes de parent créés"},
	RollChangedAccount: {"compte de parent complété", "comptes de parent complétés"},
	RollMissing:        {"enfant n’est plus dans le fichier", "enfants ne sont plus dans le fichier"},
	RollNote:           {"remarque", "remarques"},
}

// Changes says whether lines of this kind change something.
func (k RollKind) Changes() bool { return k != RollMissing && k != RollNote }

// Count says how many lines there are of a kind: « 12 enfants créés ».
func (k RollKind) Count(n int) string { return Count(n, rollKindWords[k][0], rollKindWords[k][1]) }

// Of gives the lines of a kind.
func (r RollReport) Of(kind RollKind) []string {
	var texts []string
	for _, l := range r.Lines {
		if l.Kind == kind {
			texts = append(texts, l.Text)
		}
	}
	return texts
}

// Changes counts the lines that change something.
func (r RollReport) Changes() int {
	n := 0
	for _, l := range r.Lines {
		if l.Kind.Changes() {
			n++
		}
	}
	return n
}

// Summary says the report in one sentence: « 1 école créée, 237 enfants créés », or « 0 changement ».
func (r RollReport) Summary() string {
	words := []string{}
	if r.Changes() == 0 {
		words = append(words, "0 changement")
	}
	for _, k := range RollKinds {
		if n := len(r.Of(k)); n > 0 && k != RollNote {
			words = append(words, k.Count(n))
		}
	}
	return strings.Join(words, ", ")
}

// Say adds a line.
func (r *RollReport) Say(kind RollKind, format string, args ...any) {
	r.Lines = append(r.Lines, RollLine{kind, fmt.Sprintf(format, args...)})
}

// Counts says what was changed, kind by kind, for the audit log.
func (r RollReport) Counts() []Changed {
	var list []Changed
	for _, k := range RollKinds {
		if n := len(r.Of(k)); n > 0 && k.Changes() {
			list = append(list, Changed{What: Capital(rollKindWords[k][1]), After: fmt.Sprint(n)})
		}
	}
	return list
}
