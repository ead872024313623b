package views

import (
	"net/url"

	"marelle/portal"
)

var _ = register(DuePapers{})

// PapersPath is where staff see which documents end or are missing.
const PapersPath = "/gestion/documents"

// DuePapersPath is the list of one kind.
func DuePapersPath(kind portal.PaperKind) string {
	return PapersPath + "?" + url.Values{"nature": {string(kind)}}.Encode()
}

// DuePapers lists the children whose document of a kind ends soon, has ended or is missing.
type DuePapers struct {
	Frame
	Kinds   []PaperTab
	Kind    string
	Total   string // « 12 manquants, 3 périmés, 5 bientôt »
	Asked   bool   // the kind is asked of every child
	IsPlan  bool   // it is asked of children who have a PAI
	Lines   []DueLine
	Pager   Pager
	AskedAt string // where the kinds that are asked are chosen
}

// Template names the page.
func (DuePapers) Template() string { return "staff/papers" }

// PaperTab is a kind of document to look at.
type PaperTab struct {
	URL, Label string
	Current    bool
}

// DueLine is a child whose document is to be renewed.
type DueLine struct {
	URL, Name, Class   string
	Badge, Icon, State string
}

// NewDueLine draws a child; expires is zero when the document is missing.
func NewDueLine(child portal.ChildID, name, class, school string, expires, today portal.Date) DueLine {
	l := DueLine{URL: ChildPath(child), Name: name, Class: class}
	if school != "" {
		l.Class += ", " + school
	}
	l.Badge, l.Icon, l.State = paperLook(expires, today, expires == 0)
	return l
}

// DueWords counts documents: « 12 manquants, 3 périmés, 5 à renouveler bientôt ».
func DueWords(missing, expired, soon int) string {
	var words []string
	if missing > 0 {
		words = append(words, portal.Count(missing, "manquant"))
	}
	if expired > 0 {
		words = append(words, portal.Count(expired, "périmé"))
	}
	if soon > 0 {
		words = append(words, portal.Count(soon, "à renouveler bientôt", "à renouveler bientôt"))
	}
	if len(words) == 0 {
		return "Rien à demander"
	}
	return portal.List(words)
}
