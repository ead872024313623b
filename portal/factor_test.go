package portal

import (
	"crypto/rand"
	"slices"
	"testing"
	"time"
)

func TestFactorSteps(t *testing.T) {
	at := func(sec int64) time.Time { return time.Unix(sec, 0) }
	for _, c := range []struct {
		name string
		now  time.Time
		last int64
		want []int64
	}{
		{"jamais servi", at(3000), 0, []int64{100, 99, 101}},
		{"juste avant le code suivant", at(3029), 0, []int64{100, 99, 101}},
		{"le code suivant", at(3030), 0, []int64{101, 100, 102}},
		{"le code présent a servi", at(3000), 100, []int64{101}},
		{"le précédent a servi", at(3000), 99, []int64{100, 101}},
		{"un téléphone en avance a servi", at(3000), 101, nil},
	} {
		if got := FactorSteps(c.now, c.last); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestFactorCode(t *testing.T) {
	for typed, want := range map[string]string{"123456": "123456", " 123 456 ": "123456", "12345": "", "1234567": "", "12345a": "", "K7RM-3QXD-9TWH": "", "": ""} {
		if code, ok := FactorCode(typed); ok != (want != "") || ok && code != want {
			t.Errorf("%q: %q %t", typed, code, ok)
		}
	}
}

func TestRecoveryCodes(t *testing.T) {
	codes, err := NewRecoveryCodes(rand.Reader)
	if err != nil || len(codes) != RecoveryCodes {
		t.Fatalf("%q %v", codes, err)
	}
	slices.Sort(codes)
	if len(slices.Compact(codes)) != RecoveryCodes || len(codes[0]) != len("K7RM-3QXD-9TWH") {
		t.Errorf("%q", codes)
	}
}

func TestCheckAgent(t *testing.T) {
	for _, c := range []struct {
		name  string
		who   Identity
		role  Role
		field string
	}{
		{"tout va bien", Identity{Civility: "Mme", LastName: " rouch ", FirstName: "Mireille", Emails: []string{"m@exemple.fr"}}, Manager, ""},
		{"sans civilité ni adresse", Identity{LastName: "ROUCH", FirstName: "Mireille"}, Agent, ""},
		{"sans nom", Identity{LastName: "  ", FirstName: "Mireille"}, Agent, "nom"},
		{"sans prénom", Identity{LastName: "ROUCH"}, Agent, "prenom"},
		{"civilité inventée", Identity{Civility: "Me", LastName: "ROUCH", FirstName: "M"}, Agent, "civilite"},
		{"adresse fausse", Identity{LastName: "ROUCH", FirstName: "M", Emails: []string{"m.exemple.fr"}}, Agent, "courriel"},
		{"adresse avec un en-tête", Identity{LastName: "ROUCH", FirstName: "M", Emails: []string{"m@exemple.fr\nBcc: x@y.fr"}}, Agent, "courriel"},
		{"rôle inventé", Identity{LastName: "ROUCH", FirstName: "M"}, "chef", "role"},
	} {
		who, err := CheckAgent(c.who, c.role)
		switch e := AsError(err); {
		case c.field == "" && err != nil, c.field != "" && (e == nil || e.Field(c.field) == ""):
			t.Errorf("%s: %v", c.name, err)
		case c.field == "" && who.LastName != "ROUCH":
			t.Errorf("%s: %q", c.name, who.LastName)
		}
	}
}

// TestRolesExplained: each role has its word and its sentence, and two must have the second factor where it is required.
func TestRolesExplained(t *testing.T) {
	must := map[Role]bool{Manager: true, Administrator: true}
	for _, r := range Roles() {
		if !r.Valid() || r.Explain() == "" || r.MustHaveFactor() != must[r] {
			t.Errorf("%s: %q", r, r.Explain())
		}
	}
	if Role("chef").Explain() != "" {
		t.Error("an unknown role is explained")
	}
}

// TestJournalIsSealed: whatever is changed in a line breaks the chain, but for words that were blanked.
func TestJournalIsSealed(t *testing.T) {
	e := StaffEvent{Structure: 1, By: 2, At: time.UnixMilli(3), Subject: "activite", SubjectID: 4, Words: "Activité changée"}
	digest := e.Digest("[]")
	hash := e.Seal("avant", digest)
	for name, change := range map[string]func(*StaffEvent) (previous, changes string){
		"structure": func(e *StaffEvent) (string, string) { e.Structure = 9; return "avant", "[]" },
		"auteur":    func(e *StaffEvent) (string, string) { e.By = 9; return "avant", "[]" },
		"instant":   func(e *StaffEvent) (string, string) { e.At = time.UnixMilli(9); return "avant", "[]" },
		"sujet":     func(e *StaffEvent) (string, string) { e.Subject = "delai"; return "avant", "[]" },
		"objet":     func(e *StaffEvent) (string, string) { e.SubjectID = 9; return "avant", "[]" },
		"mots":      func(e *StaffEvent) (string, string) { e.Words = "Rien"; return "avant", "[]" },
		"valeurs":   func(e *StaffEvent) (string, string) { return "avant", `[{"quoi":"Places"}]` },
		"ordre":     func(e *StaffEvent) (string, string) { return "autre", "[]" },
	} {
		other := e
		previous, changes := change(&other)
		if other.Seal(previous, other.Digest(changes)) == hash {
			t.Errorf("%s: the chain does not see it", name)
		}
	}
	if JournalLabel("delai") != "Délais" || JournalLabel("inconnu") != "inconnu" {
		t.Error("subjects are not said")
	}
}
