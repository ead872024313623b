package portal

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Family is a household as staff keep it.
type Family struct {
	ID                     FamilyID
	Name                   string
	Street, Postcode, Town string
	Resident               bool // lives in the commune, or in one that is treated so
}

// Address gives « 7 rue Jean-Jaurès, 09140 CARTEVILLE », or nothing.
func (f Family) Address() string {
	town := strings.TrimSpace(f.Postcode + " " + f.Town)
	switch {
	case f.Street == "":
		return town
	case town == "":
		return f.Street
	}
	return f.Street + ", " + town
}

// Facts says what the household is, for the audit log.
func (f Family) Facts() []Fact {
	return []Fact{{"Nom de la famille", f.Name}, {"Adresse", f.Street}, {"Code postal", f.Postcode}, {"Commune", f.Town}, {"Habite la commune", yesNo(f.Resident)}}
}

// Check trims what was typed and refuses a household that cannot be written on an envelope.
func (f *Family) Check() error {
	form := newForm("La famille ne peut pas être enregistrée telle quelle.")
	form.need(&f.Name, "nom", 100, "Donnez le nom de la famille, par exemple DUPONT ou DUPONT / MARTIN.")
	form.line(&f.Street, "rue", 200)
	form.line(&f.Town, "commune", 100)
	form.line(&f.Postcode, "code_postal", 5)
	if f.Postcode != "" && (len(f.Postcode) != 5 || strings.Trim(f.Postcode, "0123456789") != "") {
		form.fault("code_postal", "Un code postal a cinq chiffres, par exemple 09140.")
	}
	return form.err()
}

// Rights is what a guardian may do for the children of a family.
type Rights struct {
	Legal  bool // « responsable légal »
	See    bool // finds the children on the portal
	Book   bool // changes their days
	PickUp bool // may fetch them
}

// AllRights is what a parent has.
func AllRights() Rights { return Rights{true, true, true, true} }

// Words gives the rights in a sentence: « responsable légal, peut consulter et réserver, peut venir chercher les enfants ».
func (r Rights) Words() string {
	words := []string{"n’est pas responsable légal"}
	if r.Legal {
		words[0] = "responsable légal"
	}
	switch {
	case r.See && r.Book:
		words = append(words, "consulte et réserve")
	case r.See:
		words = append(words, "consulte, sans réserver")
	default:
		words = append(words, "n’a pas accès au portail")
	}
	if r.PickUp {
		return strings.Join(append(words, "peut venir chercher les enfants"), ", ")
	}
	return strings.Join(append(words, "ne vient pas chercher les enfants"), ", ")
}

// Facts says the rights, for the audit log.
func (r Rights) Facts() []Fact {
	return []Fact{{"Responsable légal", yesNo(r.Legal)}, {"Peut consulter", yesNo(r.See)}, {"Peut réserver", yesNo(r.Book)}, {"Peut venir chercher", yesNo(r.PickUp)}}
}

// Check refuses rights that contradict each other.
func (r Rights) Check() error {
	form := newForm("Ces droits ne vont pas ensemble.")
	if r.Book && !r.See {
		form.fault("reserver", "Pour réserver, il faut pouvoir consulter. Cochez « Peut consulter », ou décochez « Peut réserver ».")
	}
	return form.err()
}

// GuardianFile is a guardian of a family as staff type it.
type GuardianFile struct {
	ID                            AccountID
	Civility                      string // « M. », « Mme », or nothing
	LastName, UsedName, FirstName string
	Phones                        Phones
	Emails                        []string
	Rights                        Rights
}

// DisplayName gives « Mme DUPONT Élodie », by the used name when there is one.
func (g GuardianFile) DisplayName() string {
	p := Person{Civility: g.Civility, LastName: g.LastName, FirstName: g.FirstName}
	if g.UsedName != "" {
		p.LastName = g.UsedName
	}
	return p.Title()
}

// Facts says who the guardian is, for the audit log.
func (g GuardianFile) Facts() []Fact {
	return append([]Fact{{"Civilité", g.Civility}, {"Nom", g.LastName}, {"Nom d’usage", g.UsedName}, {"Prénom", g.FirstName}, {"Portable", g.Phones.Mobile},
		{"Domicile", g.Phones.Home}, {"Travail", g.Phones.Work}, {"Adresses e-mail", strings.Join(g.Emails, ", ")}}, g.Rights.Facts()...)
}

// Check trims what was typed, writes the numbers as they are read out, and refuses what cannot be kept. The addresses were
// read before, by ReadAddresses.
func (g *GuardianFile) Check() error {
	form := newForm("Ce responsable ne peut pas être enregistré tel quel.")
	if g.Civility != "" && g.Civility != "M." && g.Civility != "Mme" {
		form.fault("civilite", "Choisissez « Mme », « M. » ou rien.")
	}
	form.need(&g.LastName, "nom", 100, "Donnez le nom de famille.")
	form.line(&g.UsedName, "nom_usage", 100)
	form.need(&g.FirstName, "prenom", 100, "Donnez le prénom.")
	phones, err := g.Phones.Check()
	form.add(err)
	g.Phones = phones
	form.add(g.Rights.Check())
	return form.err()
}

// FamilyNoteMost is how long a note may be, in characters.
const FamilyNoteMost = 2000

// FamilyNote is what a manager wrote down about a family.
type FamilyNote struct {
	ID   int64
	At   time.Time
	By   Person
	Body string
}

// CheckNote trims a note and refuses an empty or endless one; the field is note.
func CheckNote(body string) (string, error) {
	body = strings.TrimSpace(strings.ReplaceAll(body, "\r\n", "\n"))
	switch n := utf8.RuneCountInString(body); {
	case n == 0:
		return "", Wrong("note", "Écrivez la note avant de l’enregistrer.")
	case n > FamilyNoteMost:
		return "", Wrong("note", "La note fait %d caractères. Raccourcissez-la à %d.", n, FamilyNoteMost)
	}
	return body, nil
}

// yesNo writes a box for the audit log.
func yesNo(ticked bool) string {
	if ticked {
		return "oui"
	}
	return "non"
}
