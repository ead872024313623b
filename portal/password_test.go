package portal

import (
	"bytes"
	"crypto/rand"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func TestCodes(t *testing.T) {
	for name, test := range map[string]struct {
		draw  func() (string, error)
		shape string
	}{
		"identifiant":             {func() (string, error) { return NewLogin(rand.Reader) }, `^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$`},
		"mot de passe provisoire": {func() (string, error) { return NewTemporaryPassword(rand.Reader) }, `^([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}$`},
	} {
		drawn := map[string]bool{}
		for range 1000 {
			code, err := test.draw()
			if err != nil || !regexp.MustCompile(test.shape).MatchString(code) {
				t.Fatalf("%s: %q, %v", name, code, err)
			}
			if normaliseCode(code) != code {
				t.Errorf("%s %s is not written as it is normalised", name, code)
			}
			drawn[code] = true
		}
		if len(drawn) != 1000 {
			t.Errorf("%s: only %d different in 1000", name, len(drawn))
		}
	}
	if code, err := NewLogin(bytes.NewReader([]byte{0, 31, 32, 63, 255, 10, 200, 128})); err != nil || code != "0Z0Z-ZA80" {
		t.Errorf("got %q, %v", code, err)
	}
	if _, err := NewLogin(iotest.ErrReader(errors.New("broken"))); err == nil {
		t.Error("a login without randomness")
	}
}

func TestCodesAsTheyAreTyped(t *testing.T) {
	for typed, want := range map[string]string{
		"K7RM-3QXD":        "K7RM-3QXD",
		"k7rm3qxd":         "K7RM-3QXD",
		" k7rm 3qxd ":      "K7RM-3QXD",
		"K7RM—3QXD":        "K7RM-3QXD",
		"kIrm-OlxD":        "K1RM-01XD",
		"K7RM3QXD9TWH":     "K7RM-3QXD-9TWH",
		"":                 "",
		"jean.dupont@x.fr": "JEAN-DUP0-NTXF-R",
	} {
		if got := NormaliseLogin(typed); got != want {
			t.Errorf("login %q: got %q, want %q", typed, got, want)
		}
		if got := NormaliseTemporary(typed); got != want {
			t.Errorf("password %q: got %q, want %q", typed, got, want)
		}
	}
	if got := NormaliseLogin(strings.Repeat("A", 100_000)); len(got) > 100 {
		t.Errorf("%d characters are kept", len(got))
	}
}

var dupont = PasswordOwner{Login: "K7RM-3QXD", Names: []string{"DUPONT", "", "Jean-Paul"}, Towns: []string{"Mairie de CarteVille", "CarteVille", "Oust"}}

func TestPasswordRules(t *testing.T) {
	for _, test := range []struct{ name, password, want string }{
		{"une phrase", "le chat dort sur la table", ""},
		{"des mots sans rapport", "girafe tournevis brouillard", ""},
		{"tiré au hasard", "x9$Kq2!vLp0z", ""},
		{"avec des accents", "forêt œuf château hérisson", ""},
		{"un emoji compte pour un", "🦒 tournevis brouillard", ""},
		{"vide", "", "longueur"},
		{"11 caractères", "xq8!vLp0zKw", "longueur"},
		{"12 caractères", "xq8!vLp0zKwr", ""},
		{"11 et un accent décomposé", "xe\u03018!vLp0zKw", "longueur"},
		{"256 caractères", strings.Repeat("girafe lune ", 30)[:250] + "xyz123", ""},
		{"257 caractères", strings.Repeat("a b c d e f g h ", 20)[:257], "longueur"},
		{"courant", "motdepasse2026", "courant"},
		{"courant en capitales", "MotDePasse2026!", "courant"},
		{"courant déguisé", "M0td3p@$$e2026", "courant"},
		{"deux mots courants", "bonjour soleil", "courant"},
		{"suite de touches", "azertyuiop123456", "courant suite"},
		{"suite à l’envers", "poiuytreza 54321", "courant suite"},
		{"alphabet", "abcdefghijklmnop", "courant suite"},
		{"une seule lettre", "aaaaaaaaaaaaaa", "courant suite"},
		{"un morceau répété", "girafegirafe", "suite"},
		{"deux lettres", "abababbabaab", "suite"},
		{"une suite dans une phrase", "girafe azerty brouillard", ""},
		{"le nom", "Dupont-girafe-tournevis", "personnel"},
		{"le nom collé", "girafedupont42xyz", "personnel"},
		{"le nom déguisé", "girafe-dup0nt-tournevis", "personnel"},
		{"le prénom", "jeanpaul et la girafe", "personnel"},
		{"un prénom court est un mot", "la girafe de paul", "personnel"},
		{"un prénom court dans un mot", "les epaules du tournevis", ""},
		{"la commune", "j'habite à carteville", "personnel"},
		{"la commune en deux mots", "j'habite carte ville", "personnel"},
		{"une commune courte dans un mot", "trois moustiques verts", ""},
		{"l’identifiant", "k7rm3qxd bonne nuit", "personnel"},
		{"l’identifiant comme sur la lettre", "K7RM-3QXD-bonne-nuit", "personnel"},
	} {
		var got []string
		for _, f := range CheckPassword(test.password, dupont) {
			got = append(got, f.Rule)
			if f.Message == "" || !strings.HasSuffix(f.Message, ".") {
				t.Errorf("%s: %q is no sentence", test.name, f.Message)
			}
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s (%q): got %q, want %q", test.name, test.password, got, test.want)
		}
	}
}

func TestPasswordSentences(t *testing.T) {
	for password, want := range map[string]string{
		"neuflettr":               "Il manque 3 caractères : il en faut 12 au moins.",
		"xq8!vLp0zKw":             "Il manque 1 caractère : il en faut 12 au moins.",
		"motdepasse2026":          "Ce mot de passe est trop courant. Choisissez plusieurs mots sans rapport entre eux.",
		"une girafe chez Dupont":  "Il contient votre nom ou votre prénom. Choisissez autre chose.",
		"une girafe à CarteVille": "Il contient le nom de la commune. Choisissez autre chose.",
	} {
		faults := CheckPassword(password, dupont)
		if len(faults) != 1 || faults[0].Message != want {
			t.Errorf("%q: got %q, want %q", password, faults, want)
		}
	}
}

func TestEveryFaultIsARuleOnTheScreen(t *testing.T) {
	var names []string
	for _, r := range PasswordRules() {
		names = append(names, r.Name)
	}
	if !slices.Equal(names, []string{RuleLength, RuleCommon, RuleRun, RulePersonal}) || !slices.Contains(names, WeakPassword().Rule) {
		t.Errorf("got %q", names)
	}
}

func FuzzCheckPassword(f *testing.F) {
	f.Add("motdepasse2026", "Dupont")
	f.Add("é\u0301\xff", "\xff")
	f.Fuzz(func(t *testing.T, password, name string) {
		CheckPassword(password, PasswordOwner{Login: name, Names: []string{name}, Towns: []string{name}})
	})
}

func BenchmarkCheckPassword(b *testing.B) {
	long := strings.Repeat("girafe lune ", 22)[:256]
	for b.Loop() {
		CheckPassword(long, dupont)
	}
}
