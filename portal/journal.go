package portal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// StaffEvent is something that staff changed, as the audit log keeps it.
type StaffEvent struct {
	ID        int64
	Structure StructureID // zero: the site as a whole
	By        AccountID   // zero: the program itself
	At        time.Time
	Subject   string // « activite », « structure », « famille », « compte »…
	SubjectID int64
	Words     string // « Activité « Cantine » : délais changés »
	Changes   []Changed
	Names     []Named // whom the line names beside its subject
}

// Named is a person or a household whom a line of the audit log names, so that an erasure finds the line.
type Named struct {
	Subject string // « enfant », « famille » or « compte »
	ID      int64
}

// Changed is one thing that became another; Before is empty for what is new, After for what is gone.
type Changed struct {
	What   string `json:"quoi"`
	Before string `json:"avant,omitzero"`
	After  string `json:"apres,omitzero"`
}

// Fact is a thing as a person reads it, to be compared with what it was: « Places », « 60 ».
type Fact struct{ What, Value string }

// Differences compares two states of a thing. Facts of the same name are compared, whatever their order; those that are the
// same are left out.
func Differences(before, after []Fact) []Changed {
	was := make(map[string]string, len(before))
	for _, f := range before {
		was[f.What] = f.Value
	}
	var list []Changed
	seen := make(map[string]bool, len(after))
	for _, f := range after {
		seen[f.What] = true
		if was[f.What] != f.Value {
			list = append(list, Changed{f.What, was[f.What], f.Value})
		}
	}
	for _, f := range before {
		if !seen[f.What] && f.Value != "" {
			list = append(list, Changed{f.What, f.Value, ""})
		}
	}
	return list
}

// JournalSubject is a kind of thing that staff change.
type JournalSubject struct{ Key, Label string }

// JournalSubjects lists the kinds in the order of the filter.
func JournalSubjects() []JournalSubject {
	return []JournalSubject{
		{"structure", "Structure"}, {"calendrier", "Calendrier"}, {"ecole", "Écoles et classes"}, {"activite", "Activités"}, {"compteur", "Places"}, {"delai", "Délais"},
		{"famille", "Familles"}, {"enfant", "Enfants"}, {"inscription", "Inscriptions"}, {"demande", "Demandes"}, {"compte", "Comptes et lettres"}, {"equipe", "Équipe"},
		{"texte", "Messages et textes"}, {"courriel", "Courriels"}, {"import", "Imports"}, {"nuit", "Nuits"},
	}
}

// JournalLabel says a kind; one that is not known is said as it is stored.
func JournalLabel(subject string) string {
	for _, s := range JournalSubjects() {
		if s.Key == subject {
			return s.Label
		}
	}
	return subject
}

// Digest is of what the line says, so that it can be blanked when a person is erased, and the chain still holds. changes is
// the list as it is stored.
func (e StaffEvent) Digest(changes string) string { return sum256(e.Words, changes) }

// Seal chains a line of the audit log to the hash of the one before.
func (e StaffEvent) Seal(previous, digest string) string {
	return sum256(previous, fmt.Sprint(e.Structure, e.By, e.At.UnixMilli()), e.Subject, fmt.Sprint(e.SubjectID), digest)
}

// sum256 is the SHA-256 of texts, each with its length before it, so that nothing moves from one to the next unseen.
func sum256(texts ...string) string {
	h := sha256.New()
	for _, t := range texts {
		fmt.Fprintf(h, "%d:%s", len(t), t)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Blanked is what a line of the audit log says once the person it named was erased.
const Blanked = "Effacé (RGPD)"
