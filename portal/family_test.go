package portal

import (
	"slices"
	"strings"
	"testing"
)

func TestSearchTerms(t *testing.T) {
	for typed, want := range map[string]string{
		"":                     "",
		"Dupont":               "dupont",
		"D’HAUTPOUL Élodie":    "d hautpoul elodie",
		"Œuvrard":              "oeuvrard",
		"06 91 67 60 89":       "0691676089",
		"06.91.67":             "069167",
		"+33 (0)6 91 67 60 89": "0691676089",
		"+336 91 67":           "069167",
		"dupont 06 91":         "dupont 0691",
		"12":                   "12",
		"JP.Dupont@Exemple.FR": "jp.dupont@exemple.fr",
		"7K2M-PX4Q":            "7k2m px4q",
		"  a  a  a ":           "a",
		"un deux trois quatre cinq six sept huit": "un deux trois quatre cinq six",
		"<script> %_ \\": "script",
	} {
		if got := strings.Join(SearchTerms(typed), " "); got != want {
			t.Errorf("« %s » gives « %s », want « %s »", typed, got, want)
		}
	}
}

func TestSearchedLines(t *testing.T) {
	s := Searched{Name: "DUPONT", Names: []string{"DUPONT", "D’Hautpoul", "Élodie"}, Phones: []string{"06 91 67 60 89", "", "+33 5 61 00 00 00"}, Emails: []string{"Elo@Exemple.fr"}, Logins: []string{"7K2M-PX4Q"}}
	if got := s.Day(); got != " dupont d hautpoul elodie 0691676089 0561000000 " {
		t.Errorf("%q", got)
	}
	if got := s.Rest(); got != " elo@exemple.fr 7k2mpx4q 7k2m px4q " {
		t.Errorf("%q", got)
	}
	if got := (Searched{}).Day() + (Searched{}).Rest(); got != "" {
		t.Errorf("%q", got)
	}
}

// fieldsOf lists the fields that a check refuses.
func fieldsOf(err error) string {
	e := AsError(err)
	if e == nil {
		return ""
	}
	var list []string
	for _, f := range e.Fields {
		list = append(list, f.Field)
	}
	return strings.Join(list, " ")
}

func TestFamilyChecks(t *testing.T) {
	today := NewDate(2026, 11, 23)
	long := strings.Repeat("é", 101)
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"une famille", (&Family{Name: " DUPONT  / MARTIN ", Postcode: "09140"}).Check(), ""},
		{"sans nom, code postal faux", (&Family{Name: " ", Postcode: "9140A"}).Check(), "nom code_postal"},
		{"un nom sans fin", (&Family{Name: long}).Check(), "nom"},
		{"un responsable", (&GuardianFile{LastName: "DUPONT", FirstName: "Jean", Rights: AllRights()}).Check(), ""},
		{"un responsable sans rien", (&GuardianFile{Civility: "Dr", Phones: Phones{Work: "12"}, Rights: Rights{Book: true}}).Check(), "civilite nom prenom travail reserver"},
		{"un enfant", (&ChildFile{LastName: "DUPONT", FirstName: "Amalia", Birth: NewDate(2018, 2, 28)}).Check(today), ""},
		{"un enfant à naître", (&ChildFile{LastName: "D", FirstName: "A", Birth: today + 1, Sex: "?"}).Check(today), "naissance sexe"},
		{"un enfant de 21 ans", (&ChildFile{LastName: "D", FirstName: "A", Birth: NewDate(2006, 11, 22)}).Check(today), "naissance"},
		{"une personne", (&PickupPerson{Name: "Rose", Phone: "0612345678"}).Check(today), ""},
		{"une personne sans nom, jours à l’envers", (&PickupPerson{Phone: "06", First: today, Last: today - 1}).Check(today), "personne telephone jusqu_au"},
		{"écartée sans jugement", (&PickupPerson{Name: "Luc", Barred: true}).Check(today), "decision"},
		{"écartée par un jugement à venir", (&PickupPerson{Name: "Luc", Barred: true, JudgedOn: today + 1}).Check(today), "decision"},
		{"écartée par un jugement", (&PickupPerson{Name: "Luc", Barred: true, JudgedOn: today}).Check(today), ""},
		{"un document périmé, de rien", CheckPaper("rien", today-1, today), "nature expire"},
		{"un document valable ce jour", CheckPaper(Insurance, today, today), ""},
		{"un document pour un siècle", CheckPaper(Insurance, NewDate(2126, 1, 1), today), "expire"},
		{"une inscription sans début", CheckEnrolment(0, today), "inscrit_du"},
		{"une inscription à l’envers", CheckEnrolment(today, today-1), "inscrit_au"},
		{"une note vide", func() error { _, err := CheckNote(" \n "); return err }(), "note"},
		{"une note sans fin", func() error { _, err := CheckNote(strings.Repeat("é", FamilyNoteMost+1)); return err }(), "note"},
	} {
		if got := fieldsOf(c.err); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestCare(t *testing.T) {
	first, last := NewDate(2026, 9, 1), NewDate(2027, 8, 31)
	for _, c := range []struct {
		name string
		care Care
		want string
	}{
		{"rien", Care{}, ""},
		{"sans porc est un aliment", Care{Diet: NoPork}, ""},
		{"autre, dit", Care{Diet: OtherDiet, DietWords: "sans lactose"}, ""},
		{"autre, non dit", Care{Diet: OtherDiet}, "regime_autre"},
		{"un régime inventé", Care{Diet: "gras"}, "regime"},
		{"une religion", Care{Diet: OtherDiet, DietWords: "Repas HALAL"}, "regime_autre"},
		{"une religion, avec accents", Care{Diet: OtherDiet, DietWords: "Carême"}, "regime_autre"},
		{"un PAI", Care{Plan: CarePlan{First: first, Last: last, Words: "Appeler le 15"}}, ""},
		{"un PAI sans début", Care{Plan: CarePlan{Last: last, Words: "Appeler le 15"}}, "pai_du"},
		{"un PAI à l’envers", Care{Plan: CarePlan{First: last, Last: first, Words: "Appeler le 15"}}, "pai_au"},
		{"un PAI qui ne dit rien", Care{Plan: CarePlan{First: first}}, "pai_consigne"},
		{"des allergies sans fin", Care{Allergies: strings.Repeat("é", AllergiesMost+1)}, "allergies"},
	} {
		if got := fieldsOf(c.care.Check()); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	plan := CarePlan{First: first, Last: last}
	for day, want := range map[Date]bool{first - 1: false, first: true, last: true, last + 1: false} {
		if plan.Holds(day) != want {
			t.Errorf("%s: %t", day, !want)
		}
	}
	if (CarePlan{}).Holds(first) || !(CarePlan{First: first}).Holds(last+400) {
		t.Error("a plan without dates, or without an end")
	}
	left := Care{Diet: NoMeat, DietWords: "reste d’un autre choix"}
	if err := left.Check(); err != nil || left.DietWords != "" {
		t.Errorf("%q %v", left.DietWords, err)
	}
}

// TestCareChanges: the audit log tells that health changed, and never what it is.
func TestCareChanges(t *testing.T) {
	before := Care{Allergies: "Arachide", Plan: CarePlan{First: NewDate(2026, 9, 1), Words: "Trousse rouge"}}
	after := Care{Diet: NoPork, Allergies: "Arachide, œuf", Plan: CarePlan{First: NewDate(2026, 9, 1)}}
	want := []Changed{{"Régime", "standard", "sans porc"}, {"Allergies", "renseigné", "renseigné autrement"}, {"PAI, que faire", "renseigné", ""}}
	if got := CareChanges(before, after); !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	if got := CareChanges(before, before); len(got) != 0 {
		t.Errorf("nothing changed, and %+v", got)
	}
	same := before
	if Version(before.Facts()) == Version(after.Facts()) || Version(before.Facts()) != Version(same.Facts()) {
		t.Error("versions")
	}
}

func TestAge(t *testing.T) {
	for _, c := range []struct{ birth, today, want string }{
		{"2018-11-24", "2026-11-23", "7 ans"}, {"2018-11-23", "2026-11-23", "8 ans"}, {"2024-02-29", "2025-02-28", "0 an"}, {"2024-02-29", "2025-03-01", "1 an"},
	} {
		if _, got := Age(MustDate(c.birth), MustDate(c.today)); got != c.want {
			t.Errorf("born %s, on %s: %s, want %s", c.birth, c.today, got, c.want)
		}
	}
	if _, got := Age(0, NewDate(2026, 11, 23)); got != "" {
		t.Error(got)
	}
}

func TestPaperState(t *testing.T) {
	today := NewDate(2026, 11, 23)
	for expires, want := range map[Date]PaperState{0: PaperGood, today - 1: PaperExpired, today: PaperEndsSoon, today + PaperSoon: PaperEndsSoon, today + PaperSoon + 1: PaperGood} {
		if got := (Paper{Expires: expires}).State(today); got != want {
			t.Errorf("%s: %d, want %d", expires, got, want)
		}
	}
}

func TestRightsWords(t *testing.T) {
	for want, r := range map[string]Rights{
		"responsable légal, consulte et réserve, peut venir chercher les enfants":                AllRights(),
		"responsable légal, consulte, sans réserver, ne vient pas chercher les enfants":          {Legal: true, See: true},
		"n’est pas responsable légal, n’a pas accès au portail, peut venir chercher les enfants": {PickUp: true},
	} {
		if got := r.Words(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
