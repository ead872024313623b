package portal

import (
	"slices"
	"strings"
	"testing"
)

// known makes one household of the structure: a child, a guardian, an address.
func knownHousehold() RollKnown {
	return RollKnown{
		Children:  []KnownChild{{ID: 1, LastName: "FABRE", UsedName: "FABRE-DURAN", FirstName: "Hugo", Birth: NewDate(2020, 2, 29), INE: "hash-1"}},
		Guardians: []KnownGuardian{{ID: 10, RollGuardian: RollGuardian{Civility: "M.", LastName: "FABRE", FirstName: "Marc", Emails: []string{"marc@exemple.fr"}}}},
		Families:  []KnownFamily{{ID: 100, Name: "FABRE", RollAddress: RollAddress{Street: "3 impasse du Lavoir", PostCode: "09999"}, Guardians: []AccountID{10}, Children: []ChildID{1}}},
	}
}

func TestMatchRollKnowsAChild(t *testing.T) {
	for _, c := range []struct {
		name  string
		pupil RollPupil
		ine   string
		known bool
	}{
		{"par l’INE, sous un autre nom", RollPupil{LastName: "DURAN", FirstName: "Hugues", Birth: NewDate(2020, 3, 1)}, "hash-1", true},
		{"par les noms et la date, sans INE", RollPupil{LastName: "Fabre", UsedName: "Fabre Duran", FirstName: "HUGO", Birth: NewDate(2020, 2, 29)}, "", true},
		{"par le nom d’usage seul", RollPupil{LastName: "FABRE-DURAN", FirstName: "Hugo", Birth: NewDate(2020, 2, 29)}, "", true},
		{"non : une autre date de naissance", RollPupil{LastName: "FABRE", FirstName: "Hugo", Birth: NewDate(2020, 2, 28)}, "", false},
		{"non : un autre INE, jumeau de nom et de date", RollPupil{LastName: "FABRE", FirstName: "Hugo", Birth: NewDate(2020, 2, 29)}, "hash-2", false},
		{"non : un autre prénom", RollPupil{LastName: "FABRE", FirstName: "Léo", Birth: NewDate(2020, 2, 29)}, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := MatchRoll(Roll{Pupils: []RollPupil{c.pupil}}, []string{c.ine}, knownHousehold())
			if err != nil || (m.Children[0] == 1) != c.known {
				t.Errorf("got %v, %v", m.Children, err)
			}
		})
	}
}

func TestMatchRollRefusesToChooseBetweenTwoChildren(t *testing.T) {
	known := knownHousehold()
	twin := known.Children[0]
	twin.ID, twin.INE = 2, "hash-2"
	known.Children = append(known.Children, twin)
	_, err := MatchRoll(Roll{Pupils: []RollPupil{{Line: 7, LastName: "FABRE", FirstName: "Hugo", Birth: NewDate(2020, 2, 29)}}}, []string{""}, known)
	if e := AsError(err); e == nil || e.Kind != KindConflict || !strings.Contains(e.Message, "la ligne 7") {
		t.Errorf("got %v", err)
	}
}

func TestMatchRollKnowsAGuardian(t *testing.T) {
	hugo := RollPupil{LastName: "FABRE", FirstName: "Hugo", Birth: NewDate(2020, 2, 29)}
	lou := RollPupil{LastName: "FABRE", FirstName: "Lou", Birth: NewDate(2023, 1, 1)}
	home, away := RollAddress{Street: "3, imp. du Lavoir", PostCode: "09999"}, RollAddress{Street: "1 rue Neuve", PostCode: "09000"}
	for _, c := range []struct {
		name     string
		pupil    RollPupil
		guardian RollGuardian
		known    bool
	}{
		{"le même enfant, une autre adresse", hugo, RollGuardian{Civility: "M.", LastName: "FABRE", FirstName: "Marc", RollAddress: away}, true},
		{"le même enfant, mais Madame", hugo, RollGuardian{Civility: "Mme", LastName: "FABRE", FirstName: "Marc", RollAddress: home}, false},
		{"un autre enfant, la même adresse", lou, RollGuardian{Civility: "M.", LastName: "FABRE", FirstName: "Marc", RollAddress: home}, true},
		{"un autre enfant, le même courriel", lou, RollGuardian{LastName: "FABRE", FirstName: "Marc", RollAddress: away, Emails: []string{"MARC@exemple.fr"}}, true},
		{"un autre enfant, ni adresse ni courriel", lou, RollGuardian{LastName: "FABRE", FirstName: "Marc", RollAddress: away}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.guardian.Pupils = []int{0}
			roll := Roll{Pupils: []RollPupil{c.pupil}, Guardians: []RollGuardian{c.guardian},
				Families: []RollFamily{{Guardians: []int{0}, Pupils: []int{0}, RollAddress: c.guardian.RollAddress}}}
			m, err := MatchRoll(roll, []string{""}, knownHousehold())
			if err != nil || (m.Accounts[0] == 10) != c.known {
				t.Errorf("got %v, %v", m.Accounts, err)
			}
		})
	}
}

func TestRollReportSummary(t *testing.T) {
	var r RollReport
	if got := r.Summary(); got != "0 changement" {
		t.Errorf("got %s", got)
	}
	r.Say(RollMissing, "X")
	r.Say(RollNote, "Y")
	if got := r.Summary(); got != "0 changement, 1 enfant n’est plus dans le fichier" {
		t.Errorf("got %s", got)
	}
	r.Say(RollNewChild, "%s", "100 %")
	r.Say(RollNewChild, "B")
	if got := r.Summary(); got != "2 enfants créés, 1 enfant n’est plus dans le fichier" || r.Changes() != 2 || !slices.Equal(r.Of(RollNewChild), []string{"100 %", "B"}) {
		t.Errorf("got %s", got)
	}
	for _, k := range RollKinds {
		if k.Count(2) == "2 " {
			t.Errorf("no words for %s", k)
		}
	}
}
