package portal

import (
	"strings"
)

// ChildFile is who a child is and where it goes to school in a year, as staff type it.
type ChildFile struct {
	ID                            ChildID
	LastName, UsedName, FirstName string
	Birth                         Date   // zero: not known
	Sex                           string // « F », « M », or nothing
	Class                         ClassID
	ClassName, School             string // of Class
	Grade                         string // « CE1 »
}

// DisplayName gives « DUPONT Amalia », by the used name when there is one.
func (c ChildFile) DisplayName() string {
	if c.UsedName != "" {
		return c.UsedName + " " + c.FirstName
	}
	return c.LastName + " " + c.FirstName
}

// ClassWords gives « CE1, CE1-CE2 M. GALY, École Jean-Jaurès », and the class alone when it says the grade already.
func (c ChildFile) ClassWords() string {
	var words []string
	if c.Grade != "" && !strings.Contains(FoldName(c.ClassName), FoldName(c.Grade)) {
		words = append(words, c.Grade)
	}
	for _, w := range []string{c.ClassName, c.School} {
		if w != "" {
			words = append(words, w)
		}
	}
	return strings.Join(words, ", ")
}

// Facts says who the child is, for the audit log.
func (c ChildFile) Facts() []Fact {
	return []Fact{{"Nom", c.LastName}, {"Nom d’usage", c.UsedName}, {"Prénom", c.FirstName}, {"Né(e) le", frenchDay(c.Birth)}, {"Sexe", c.Sex}, {"Classe", c.ClassName},
		{"École", c.School}, {"Niveau", c.Grade}}
}

// childAgeMost is how old a child may be, in years: older, a digit of the year is wrong.
const childAgeMost = 20

// Check trims what was typed and refuses what cannot be a child.
func (c *ChildFile) Check(today Date) error {
	form := newForm("L’enfant ne peut pas être enregistré tel quel.")
	form.need(&c.LastName, "nom", 100, "Donnez le nom de famille.")
	form.line(&c.UsedName, "nom_usage", 100)
	form.need(&c.FirstName, "prenom", 100, "Donnez le prénom.")
	year, month, day := today.Civil()
	switch {
	case c.Birth == 0:
	case c.Birth > today:
		form.fault("naissance", "La date de naissance est dans le futur. Vérifiez l’année.")
	case c.Birth < NewDate(year-childAgeMost, month, day):
		form.fault("naissance", "Cette date donne plus de %d ans. Vérifiez l’année.", childAgeMost)
	}
	if c.Sex != "" && c.Sex != "F" && c.Sex != "M" {
		form.fault("sexe", "Choisissez une réponse de la liste, ou « non précisé ».")
	}
	form.line(&c.Grade, "niveau", 20)
	return form.err()
}

// Age gives the age of a child in whole years, and « 8 ans »; nothing when its birth is not known.
func Age(birth, today Date) (years int, words string) {
	if birth == 0 || birth > today {
		return 0, ""
	}
	years = age(birth, today)
	return years, Count(years, "an")
}

// Diet is what a child eats, in words of the kitchen and of nothing else; the zero value is the standard meal.
type Diet string

// The diets.
const (
	StandardDiet   Diet = ""
	NoMeat         Diet = "sans-viande"
	NoPork         Diet = "sans-porc"
	VegetarianDiet Diet = "vegetarien"
	OtherDiet      Diet = "autre"
)

// Diets lists them in the order of the form.
var Diets = []Diet{StandardDiet, NoMeat, NoPork, VegetarianDiet, OtherDiet}

// Words gives the diet as the kitchen reads it.
func (d Diet) Words() string {
	switch d {
	case NoMeat:
		return "sans viande"
	case NoPork:
		return "sans porc"
	case VegetarianDiet:
		return "végétarien"
	case OtherDiet:
		return "autre"
	}
	return "standard"
}

// Care is what those who look after a child must know of it.
type Care struct {
	Diet        Diet
	DietWords   string // what OtherDiet is
	Allergies   string
	Plan        CarePlan
	LeavesAlone bool // it may go home alone
}

// CarePlan is a « projet d’accueil individualisé » (PAI): from when until when, and what is to be done.
type CarePlan struct {
	First, Last Date // First is zero when there is none; Last is zero while it holds until further notice
	Words       string
}

// Exists says that there is a plan, past or not.
func (p CarePlan) Exists() bool { return p.First != 0 }

// Holds says that the plan is in force on a day.
func (p CarePlan) Holds(day Date) bool {
	return p.Exists() && p.First <= day && (p.Last == 0 || day <= p.Last)
}

// Dates gives « du 1er septembre 2026 au 31 août 2027 », or « depuis le … ».
func (p CarePlan) Dates() string {
	switch {
	case !p.Exists():
		return ""
	case p.Last == 0:
		return "à partir du " + p.First.LongYear()
	}
	return "du " + p.First.LongYear() + " au " + p.Last.LongYear()
}

// DietLine gives « sans porc », or the words of another diet.
func (c Care) DietLine() string {
	if c.Diet == OtherDiet {
		return c.DietWords
	}
	return c.Diet.Words()
}

// Facts says what is kept, word for word; the audit log has CareChanges.
func (c Care) Facts() []Fact {
	return []Fact{{"Régime", c.DietLine()}, {"Allergies", c.Allergies}, {"PAI", c.Plan.Dates()}, {"PAI, que faire", c.Plan.Words}, {"Part seul", yesNo(c.LeavesAlone)}}
}

// CareChanges says what changed, for the audit log. Texts about health are told as written or not, never word for word: the
// log is kept longer, and read by others, than the text.
func CareChanges(before, after Care) []Changed {
	list := Differences(before.Facts(), after.Facts())
	for i := range list {
		if list[i].What != "Allergies" && list[i].What != "PAI, que faire" {
			continue
		}
		was, is := list[i].Before != "", list[i].After != ""
		list[i].Before, list[i].After = "", ""
		if was {
			list[i].Before = "renseigné"
		}
		if is {
			list[i].After = "renseigné"
		}
		if was && is {
			list[i].After = "renseigné autrement"
		}
	}
	return list
}

// How long texts about care may be, in characters.
const (
	AllergiesMost = 500
	PlanWordsMost = 1500
)

// beliefs are words that a diet is not written in: what a child eats is asked for, not why.
var beliefs = []string{"halal", "hallal", "casher", "cacher", "kasher", "kosher", "musulman", "juif", "juive", "chretien", "catholique", "religi", "ramadan", "hindou", "bouddhi", "islam", "careme"}

// Check trims what was typed and refuses what cannot be kept: a diet in religious words, a plan without dates.
func (c *Care) Check() error {
	form := newForm("Ces renseignements ne peuvent pas être enregistrés tels quels.")
	form.line(&c.DietWords, "regime_autre", 200)
	form.text(&c.Allergies, "allergies", AllergiesMost)
	form.text(&c.Plan.Words, "pai_consigne", PlanWordsMost)
	switch {
	case !known(Diets, c.Diet):
		form.fault("regime", "Choisissez un régime de la liste.")
	case c.Diet != OtherDiet:
		c.DietWords = ""
	case c.DietWords == "":
		form.fault("regime_autre", "Dites ce que l’enfant mange ou ne mange pas, par exemple « sans lactose ».")
	}
	for _, b := range beliefs {
		if strings.Contains(FoldName(c.DietWords), b) {
			form.fault("regime_autre", "Écrivez les aliments, jamais la religion : la loi interdit de l’enregistrer. Par exemple « sans porc » ou « sans viande ».")
			break
		}
	}
	switch {
	case c.Plan.First == 0 && (c.Plan.Last != 0 || c.Plan.Words != ""):
		form.fault("pai_du", "Donnez la date de début du PAI.")
	case c.Plan.Last != 0 && c.Plan.Last < c.Plan.First:
		form.fault("pai_au", "La fin du PAI doit être après son début.")
	case c.Plan.First != 0 && c.Plan.Words == "":
		form.fault("pai_consigne", "Écrivez ce qu’il faut faire : où est la trousse, quel geste, qui appeler.")
	}
	return form.err()
}

func known[T comparable](list []T, one T) bool {
	for _, x := range list {
		if x == one {
			return true
		}
	}
	return false
}

// PickupPerson is somebody who may fetch a child, or who must not.
type PickupPerson struct {
	ID          int64
	Family      FamilyID // who named the person; the child's other family learns nothing of it
	FamilyName  string
	Barred      bool // must not, by a judgment
	Name, Phone string
	Link        string // « grand-mère »
	First, Last Date   // zero: no bound
	Note        string // « 16 ans, vient avec sa carte d’identité »
	JudgedOn    Date   // of a barred person
	JudgedBy    string // « Juge aux affaires familiales, Foix »
}

// Facts says who the person is, for the audit log.
func (p PickupPerson) Facts() []Fact {
	return []Fact{{"Nom", p.Name}, {"Ne doit pas venir chercher", yesNo(p.Barred)}, {"Téléphone", p.Phone}, {"Lien", p.Link}, {"À partir du", frenchDay(p.First)},
		{"Jusqu’au", frenchDay(p.Last)}, {"Précision", p.Note}, {"Décision du", frenchDay(p.JudgedOn)}, {"Rendue par", p.JudgedBy}}
}

// Dates gives « à partir du 1er janvier 2027 », « jusqu’au 31 août 2027 », or nothing.
func (p PickupPerson) Dates() string {
	var words []string
	if p.First != 0 {
		words = append(words, "à partir du "+p.First.LongYear())
	}
	if p.Last != 0 {
		words = append(words, "jusqu’au "+p.Last.LongYear())
	}
	return strings.Join(words, " ")
}

// On says that what the person may, or must not, holds on a day.
func (p PickupPerson) On(day Date) bool {
	return (p.First == 0 || p.First <= day) && (p.Last == 0 || day <= p.Last)
}

// PickupsMost is how many persons a child may have.
const PickupsMost = 20

// Check trims what was typed and refuses what cannot be kept; nobody is barred without a judgment.
func (p *PickupPerson) Check(today Date) error {
	form := newForm("Cette personne ne peut pas être enregistrée telle quelle.")
	form.need(&p.Name, "personne", 100, "Donnez le nom et le prénom de la personne.")
	form.line(&p.Link, "lien", 60)
	form.line(&p.Note, "precision", 200)
	form.line(&p.JudgedBy, "juge", 100)
	number, ok := readPhone(p.Phone)
	if !ok {
		form.fault("telephone", "Ce numéro n’est pas complet. Écrivez-le comme 06 12 34 56 78, ou avec + pour un numéro étranger.")
	}
	p.Phone = number
	if p.First != 0 && p.Last != 0 && p.Last < p.First {
		form.fault("jusqu_au", "Le dernier jour doit être le premier, ou après.")
	}
	switch {
	case !p.Barred:
		p.JudgedOn, p.JudgedBy = 0, ""
	case p.JudgedOn == 0:
		form.fault("decision", "Un parent ou un proche n’est écarté que par une décision de justice. Donnez sa date.")
	case p.JudgedOn > today:
		form.fault("decision", "La date de la décision est dans le futur. Vérifiez-la.")
	}
	return form.err()
}

// frenchDay writes a day for the audit log, and no date as nothing.
func frenchDay(d Date) string {
	if d == 0 {
		return ""
	}
	return d.French()
}
