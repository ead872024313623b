package portal

import (
	"strings"
	"testing"
)

// TestJoinCareLosesNothing: whatever two files say of allergies, diets and plans, every word of both is there afterwards, and
// nobody goes home alone unless both say so.
func TestJoinCareLosesNothing(t *testing.T) {
	sept, oct := MustDate("2026-09-01"), MustDate("2026-10-01")
	cares := []Care{{}, {Allergies: "Arachide"}, {Allergies: "arachide."}, {Allergies: "Œufs", LeavesAlone: true}, {Diet: NoPork}, {Diet: VegetarianDiet}, {Diet: OtherDiet, DietWords: "sans lactose"},
		{Plan: CarePlan{First: sept, Words: "Trousse rouge"}}, {Plan: CarePlan{First: oct, Last: oct + 30, Words: "Appeler le 15"}, Allergies: "Kiwi"}}
	for _, a := range cares {
		for _, b := range cares {
			c, reread := JoinCare(a, b)
			all := FoldName(strings.Join([]string{c.DietLine(), c.Allergies, c.Plan.Words}, " "))
			for _, words := range []string{a.Allergies, b.Allergies, a.DietWords, b.DietWords, a.Plan.Words, b.Plan.Words} {
				if !strings.Contains(all, FoldName(words)) {
					t.Errorf("%+v and %+v: « %s » is lost in %+v", a, b, words, c)
				}
			}
			for _, d := range []Care{a, b} {
				if d.Diet != StandardDiet && !strings.Contains(all, FoldName(d.DietLine())) {
					t.Errorf("%+v and %+v: the diet %s is lost in %+v", a, b, d.Diet, c)
				}
				if d.Plan.Exists() && (c.Plan.First > d.Plan.First || c.Plan.Last != 0 && (d.Plan.Last == 0 || c.Plan.Last < d.Plan.Last)) {
					t.Errorf("%+v and %+v: the plan ends too soon: %+v", a, b, c.Plan)
				}
			}
			if c.LeavesAlone && !(a.LeavesAlone && b.LeavesAlone) {
				t.Errorf("%+v and %+v: the child goes home alone", a, b)
			}
			if a == b && (c != a || len(reread) > 0) {
				t.Errorf("%+v twice is %+v, to read again: %v", a, c, reread)
			}
			if a.Allergies != "" && b.Allergies != "" && FoldName(a.Allergies) != FoldName(b.Allergies) && !strings.Contains(List(reread), "allergies") {
				t.Errorf("%+v and %+v: nobody reads the allergies again", a, b)
			}
			if err := c.Check(); err != nil {
				t.Errorf("%+v and %+v: what stays cannot be saved: %v", a, b, err)
			}
		}
	}
}

// TestJoinFacts: only what both files say, and say differently, is asked; what one of them says alone is kept.
func TestJoinFacts(t *testing.T) {
	kept := Family{Name: "DUPONT", Street: "7 rue Jean-Jaurès", Resident: true}
	gone := Family{Name: "DUPONT", Street: "9 rue Neuve", Postcode: "09140", Town: "CARTEVILLE"}
	keys := ""
	for _, f := range kept.JoinFacts(gone) {
		keys += f.Key + " "
	}
	if keys != "adresse resident " {
		t.Errorf("asked: %s", keys)
	}
	if f := kept.Join(gone, nil); f != kept {
		t.Errorf("nothing chosen: %+v", f)
	}
	if f := kept.Join(gone, JoinChosen{"adresse": true}); f.Address() != "9 rue Neuve, 09140 CARTEVILLE" || !f.Resident {
		t.Errorf("the other address: %+v", f)
	}
	if f := (Family{Name: "A"}).Join(gone, nil); f.Street != "9 rue Neuve" {
		t.Errorf("the only address is lost: %+v", f)
	}
	one := GuardianFile{LastName: "DUPONT", FirstName: "Élodie", Emails: []string{"a@exemple.fr"}, Phones: Phones{Mobile: "06 11 22 33 44"}}
	two := GuardianFile{LastName: "MARTIN", UsedName: "Dupont", FirstName: "elodie", Emails: []string{"A@exemple.fr", "b@exemple.fr"}, Phones: Phones{Home: "05 61 00 00 00"}}
	if same, surely := one.SameGuardian(two); !same || !surely {
		t.Error("one person is taken for two")
	}
	if g := one.Join(two, nil); strings.Join(g.Emails, " ") != "a@exemple.fr b@exemple.fr" || g.Phones.Home == "" || g.UsedName != "Dupont" {
		t.Errorf("joined: %+v", g)
	}
	two.FirstName, two.Emails = "Jean", nil
	if same, _ := one.SameGuardian(two); same {
		t.Error("two persons are taken for one")
	}
	if got := JoinSentence([]JoinFigure{{14, "réservation", "réservations"}, {0, "note", "notes"}, {1, "demande", "demandes"}}, "DUPONT Amalia"); got != "14 réservations et 1 demande passent à DUPONT Amalia." {
		t.Error(got)
	}
	if got := JoinSentence([]JoinFigure{{1, "demande", "demandes"}}, "X"); got != "1 demande passe à X." {
		t.Error(got)
	}
}
