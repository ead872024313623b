package portal

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Spell is an announced absence: one child, a run of days, a reason, and the documents that go with it.
type Spell struct {
	ID          SpellID
	Child       Child
	By          AccountID
	First, Last Date // as the family gave them
	Reason      AbsenceReason
	At          time.Time
	Document    DocumentState
	Days        []AbsenceDay // those announced, and still so
	Documents   []Document
}

// DocumentState is where the document of an absence stands.
type DocumentState string

// The states of a document.
const (
	DocumentNone     DocumentState = "aucun" // none is asked
	DocumentExpected DocumentState = "attendu"
	DocumentReceived DocumentState = "recu"
	DocumentAccepted DocumentState = "accepte"
	DocumentRefused  DocumentState = "refuse"
)

// Document is one file that a family sent for an absence.
type Document struct {
	ID   string // drawn at random: it is part of an address
	Name string // as the family's file was called, cleaned; only ever shown
	Type DocumentType
	Size int
	At   time.Time
	Late bool // it came after the last day
}

// What a family may send.
const (
	DocumentBytesMost  = 5 << 20
	DocumentsMost      = 2  // for one absence
	DocumentsMonthMost = 20 // that one account sends in 31 days
)

// DocumentMonths is how long the documents of an absence are kept after its last day: the school year's invoices and
// their contestation are over by then.
const DocumentMonths = 13

// DocumentsForgottenBefore gives the day before which the documents of an absence are no longer kept.
func DocumentsForgottenBefore(now time.Time) Date {
	year, month, day := DateOf(now).Civil()
	return NewDate(year, month-DocumentMonths, day)
}

// Asked gives the last day for the document: the earliest of its days; no date when none is asked.
func (s *Spell) Asked() Date {
	var by Date
	for _, d := range s.Days {
		if d.Absence != nil && d.Absence.DocumentBy != 0 && (by == 0 || d.Absence.DocumentBy < by) {
			by = d.Absence.DocumentBy
		}
	}
	return by
}

// AskedWithin gives within how many days of its first day the document is asked.
func (s *Spell) AskedWithin() int {
	for _, d := range s.Days {
		if d.Absence != nil && d.Absence.DocumentBy == s.Asked() {
			return int(d.Absence.DocumentBy - d.Day)
		}
	}
	return 0
}

// RefuseDocument says why no more file can be sent for the absence; nil when one can.
func (s *Spell) RefuseDocument() *Error {
	switch {
	case s.Asked() == 0:
		return Conflict("Aucun justificatif n’est demandé pour cette absence.")
	case s.Document == DocumentAccepted:
		return Conflict("Le justificatif de cette absence est déjà accepté : il ne peut plus être changé.")
	case len(s.Documents) >= DocumentsMost:
		return Conflict("Vous avez déjà envoyé %d fichiers pour cette absence. Retirez-en un pour en envoyer un autre.", DocumentsMost)
	}
	return nil
}

// RefuseDrop says why a file can no longer be taken back; nil when it can.
func (s *Spell) RefuseDrop() *Error {
	if s.Document == DocumentAccepted {
		return Conflict("Le justificatif de cette absence est déjà accepté : il ne peut plus être retiré.")
	}
	return nil
}

// DocumentType is the kind of a file, recognised by its content and never by its name.
type DocumentType string

// The kinds of file that a family may send; the values are media types.
const (
	PDF  DocumentType = "application/pdf"
	JPEG DocumentType = "image/jpeg"
	PNG  DocumentType = "image/png"
)

// Ext gives the ending of a file's name: « .pdf ».
func (t DocumentType) Ext() string {
	switch t {
	case PDF:
		return ".pdf"
	case JPEG:
		return ".jpg"
	}
	return ".png"
}

// Word gives « PDF », « photo JPEG » or « image PNG ».
func (t DocumentType) Word() string {
	switch t {
	case PDF:
		return "PDF"
	case JPEG:
		return "photo JPEG"
	}
	return "image PNG"
}

// CheckDocument recognises a file by its first bytes, and refuses what is empty, too big or of another kind; the field is
// fichier.
func CheckDocument(body []byte) (DocumentType, error) {
	switch {
	case len(body) == 0:
		return "", Wrong("fichier", "Ce fichier est vide. Choisissez-en un autre.")
	case len(body) > DocumentBytesMost:
		return "", Wrong("fichier", "Ce fichier pèse %s : le plus lourd accepté est de %s. Envoyez une photo plus petite, ou un PDF.", Megabytes(len(body)), Megabytes(DocumentBytesMost))
	case bytes.HasPrefix(body, []byte("%PDF-")):
		return PDF, nil
	case bytes.HasPrefix(body, []byte("\xff\xd8\xff")):
		return JPEG, nil
	case bytes.HasPrefix(body, []byte("\x89PNG\r\n\x1a\n")):
		return PNG, nil
	}
	return "", Wrong("fichier", "Ce fichier n’est ni un PDF, ni une photo JPEG ou PNG. Prenez le document en photo, ou enregistrez-le en PDF, puis envoyez-le.")
}

// Megabytes gives « 5 Mo », « 1,4 Mo » or « 12 ko ».
func Megabytes(n int) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d\u00a0ko", max(1, n>>10))
	}
	tenths := (n*10 + 1<<20 - 1) >> 20 // rounded up: what is over a limit is never shown as the limit itself
	if tenths%10 == 0 {
		return fmt.Sprintf("%d\u00a0Mo", tenths/10)
	}
	return fmt.Sprintf("%d,%d\u00a0Mo", tenths/10, tenths%10)
}

// CleanFileName keeps of a file's name what can be shown: its last part, in letters, figures and plain marks.
func CleanFileName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsMark(r), unicode.IsDigit(r), strings.ContainsRune("-_.,()’'", r):
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return -1
	}, strings.ToValidUTF8(name, ""))
	name = Clip(strings.Trim(strings.Join(strings.Fields(name), " "), ". "), 60)
	if name == "" {
		return "justificatif"
	}
	return name
}
