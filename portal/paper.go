package portal

import "time"

// PaperKind is a kind of document that a child's file holds; it is stored.
type PaperKind string

// The kinds.
const (
	Insurance   PaperKind = "assurance"
	Vaccination PaperKind = "vaccins"
	HealthSheet PaperKind = "fiche-sanitaire"
	PlanPaper   PaperKind = "pai"
	Leaving     PaperKind = "sortie"
	Judgment    PaperKind = "jugement"
	Proof       PaperKind = "domicile"
	OtherPaper  PaperKind = "autre"
)

// PaperKinds lists them in the order of the form.
var PaperKinds = []PaperKind{Insurance, Vaccination, HealthSheet, PlanPaper, Leaving, Judgment, Proof, OtherPaper}

// AskedKinds lists those that may be asked of every child.
var AskedKinds = []PaperKind{Insurance, Vaccination, HealthSheet, Leaving, Proof}

// Words names the kind: « Attestation d’assurance scolaire ».
func (k PaperKind) Words() string {
	switch k {
	case Insurance:
		return "Attestation d’assurance scolaire"
	case Vaccination:
		return "Certificat de vaccination"
	case HealthSheet:
		return "Fiche sanitaire"
	case PlanPaper:
		return "PAI signé"
	case Leaving:
		return "Autorisation de sortie"
	case Judgment:
		return "Jugement ou convention de garde"
	case Proof:
		return "Justificatif de domicile"
	}
	return "Autre document"
}

// Spoken names the kind inside a sentence: « attestation d’assurance scolaire », « PAI signé ».
func (k PaperKind) Spoken() string {
	if k == PlanPaper {
		return k.Words()
	}
	return lower(k.Words()[:1]) + k.Words()[1:]
}

// Private says that the document is the affair of the family that brought it: the child's other family learns nothing of it.
func (k PaperKind) Private() bool { return k == Judgment || k == Proof || k == OtherPaper }

// Paper is a document of a child: a file, or what staff saw on paper.
type Paper struct {
	ID         string // drawn at random: it is part of an address
	Kind       PaperKind
	Family     FamilyID
	FamilyName string
	Expires    Date // its last good day; zero: it does not expire
	At         time.Time
	By         Person
	Name       string // of the file, only ever shown; nothing when it was seen on paper
	Type       DocumentType
	Size       int
}

// Facts says what the document is, for the audit log.
func (p Paper) Facts() []Fact {
	return []Fact{{"Document", p.Kind.Words()}, {"Valable jusqu’au", frenchDay(p.Expires)}}
}

// PapersMost is how many documents a child's file holds.
const PapersMost = 40

// PaperSoon is how many days ahead the end of a document is announced.
const PaperSoon = 60

// PaperState is where a document stands on a day.
type PaperState int

// The states of a document.
const (
	PaperGood PaperState = iota
	PaperEndsSoon
	PaperExpired
	PaperMissing
)

// State says where a document that expires stands.
func (p Paper) State(today Date) PaperState { return PaperStateOf(p.Expires, today) }

// PaperStateOf says where a document stands by its last good day; zero: it does not expire.
func PaperStateOf(expires, today Date) PaperState {
	switch {
	case expires == 0 || expires > today+PaperSoon:
		return PaperGood
	case expires < today:
		return PaperExpired
	}
	return PaperEndsSoon
}

// CheckPaper refuses a document without a kind, or with an end that makes no sense.
func CheckPaper(kind PaperKind, expires, today Date) error {
	form := newForm("Ce document ne peut pas être enregistré tel quel.")
	if !known(PaperKinds, kind) {
		form.fault("nature", "Choisissez de quel document il s’agit.")
	}
	switch {
	case expires != 0 && expires < today:
		form.fault("expire", "Ce document n’est plus valable. Vérifiez la date, ou demandez-en un nouveau.")
	case expires > today+366*30:
		form.fault("expire", "Cette date est trop lointaine. Vérifiez l’année.")
	}
	return form.err()
}

// Words gives « à partir du lundi 1er septembre 2026 ».
func (e Enrolment) Words() string {
	if e.Last == 0 {
		return "à partir du " + e.First.LongYear()
	}
	return "du " + e.First.LongYear() + " au " + e.Last.LongYear()
}

// How far from today an enrolment may begin before somebody is asked whether the year is right.
const (
	enrolmentPast  = 400
	enrolmentAhead = 500
)

// OddStart asks about a beginning that looks like a slip of the year; nothing when it does not.
func OddStart(first, today Date) string {
	switch {
	case first == 0:
		return ""
	case first < today-enrolmentPast:
		return "Le " + first.LongYear() + " est passé depuis plus d’un an. Corrigez la date, ou cochez « C’est bien cette date »."
	case first > today+enrolmentAhead:
		return "Le " + first.LongYear() + " est dans plus d’un an. Corrigez la date, ou cochez « C’est bien cette date »."
	}
	return ""
}

// CheckEnrolment refuses an enrolment without a beginning, or that ends before it begins.
func CheckEnrolment(first, last Date) error {
	form := newForm("Cette inscription ne peut pas être enregistrée telle quelle.")
	if first == 0 {
		form.fault("inscrit_du", "Donnez le premier jour.")
	}
	if last != 0 && last < first {
		form.fault("inscrit_au", "Le dernier jour doit être le premier, ou après.")
	}
	return form.err()
}
