package portal

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// crockford is base 32 without I, L, O and U, so that nobody misreads a letter.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewLogin draws an identifiant of 40 random bits, written « K7RM-3QXD ».
func NewLogin(random io.Reader) (string, error) { return drawCode(random, 8) }

// NewTemporaryPassword draws the single-use password of a letter: 60 random bits, written « K7RM-3QXD-9TWH ».
func NewTemporaryPassword(random io.Reader) (string, error) { return drawCode(random, 12) }

func drawCode(random io.Reader, letters int) (string, error) {
	code := make([]byte, letters)
	if _, err := io.ReadFull(random, code); err != nil {
		return "", fmt.Errorf("portal: no randomness: %w", err)
	}
	for i, b := range code {
		code[i] = crockford[b%32] // 256 is a multiple of 32: every letter is as likely
	}
	return grouped(string(code)), nil
}

// NormaliseLogin writes an identifiant as the letter does, whatever the case, spaces and dashes it was typed with;
// O is read as 0, I and L as 1.
func NormaliseLogin(s string) string { return normaliseCode(s) }

// NormaliseTemporary writes a temporary password as the letter does, as NormaliseLogin.
func NormaliseTemporary(s string) string { return normaliseCode(s) }

// longestCode bounds what is looked at in a code that somebody typed.
const longestCode = 64

func normaliseCode(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch r = unicode.ToUpper(r); {
		case r == 'O':
			r = '0'
		case r == 'I' || r == 'L':
			r = '1'
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			continue
		}
		if b.WriteRune(r); b.Len() >= longestCode {
			break
		}
	}
	return grouped(b.String())
}

// grouped puts a dash after every fourth character.
func grouped(code string) string {
	var b strings.Builder
	for i, r := range []rune(code) {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// The lengths of a personal password, in characters (CNIL 2022-100 with the throttling of tries, and ASVS).
const (
	PasswordLeast = 12
	PasswordMost  = 256
)

// PasswordRule is one rule of a personal password, as the screen lists it.
type PasswordRule struct {
	Name     string // what data-regle says
	Sentence string
}

// The names of the rules.
const (
	RuleLength   = "longueur"
	RuleCommon   = "courant"
	RuleRun      = "suite"
	RulePersonal = "personnel"
)

// PasswordRules lists the rules in the order of the screen.
func PasswordRules() []PasswordRule {
	return []PasswordRule{
		{RuleLength, fmt.Sprintf("Au moins %d caractères, tous permis, espaces compris.", PasswordLeast)},
		{RuleCommon, "Pas un mot de passe courant, comme «\u00a0motdepasse2026\u00a0»."},
		{RuleRun, "Pas une suite de touches ni une répétition, comme «\u00a0azertyuiop\u00a0» ou «\u00a0aaaa\u00a0»."},
		{RulePersonal, "Ni votre nom, ni votre identifiant, ni le nom de la commune."},
	}
}

// PasswordFault is a rule that a password breaks, with what to do about it.
type PasswordFault struct {
	Rule    string
	Message string
}

// PasswordOwner is what a password must not be made of.
type PasswordOwner struct {
	Login string
	Names []string // of the person
	Towns []string // of the communes and structures
}

// CheckPassword lists the rules that a personal password breaks, in the order of the screen; none when it is good.
func CheckPassword(password string, owner PasswordOwner) []PasswordFault {
	var faults []PasswordFault
	fault := func(rule, format string, args ...any) {
		faults = append(faults, PasswordFault{rule, fmt.Sprintf(format, args...)})
	}
	switch n := characters(password); {
	case n < PasswordLeast:
		fault(RuleLength, "Il manque %s : il en faut %d au moins.", Count(PasswordLeast-n, "caractère"), PasswordLeast)
	case n > PasswordMost:
		fault(RuleLength, "Il y a %s de trop : %d au plus.", Count(n-PasswordMost, "caractère"), PasswordMost)
		return faults // the other rules are not asked of a novel
	}
	if password == "" {
		return faults
	}
	plain := fold(password)
	if short(withoutCommon(plain), 5) || short(withoutCommon(unleet(plain)), 5) {
		fault(RuleCommon, "Ce mot de passe est trop courant. Choisissez plusieurs mots sans rapport entre eux.")
	}
	if short(withoutRuns(plain), 8) && !short(plain, 8) || repeats(plain) {
		fault(RuleRun, "Il contient une suite de touches ou une répétition. Choisissez plusieurs mots sans rapport entre eux.")
	}
	switch {
	case owner.Login != "" && strings.Contains(normaliseCode(plain), NormaliseLogin(owner.Login)):
		fault(RulePersonal, "Il contient votre identifiant. Choisissez autre chose.")
	case names(plain, owner.Names):
		fault(RulePersonal, "Il contient votre nom ou votre prénom. Choisissez autre chose.")
	case names(plain, owner.Towns):
		fault(RulePersonal, "Il contient le nom de la commune. Choisissez autre chose.")
	}
	return faults
}

// WeakPassword is the fault of a password that obeys the rules one by one and would still be guessed quickly.
func WeakPassword() PasswordFault {
	return PasswordFault{RuleCommon, "Ce mot de passe serait deviné trop vite. Ajoutez-lui un ou deux mots sans rapport."}
}

// characters counts what the eye counts: a letter and its accent typed apart are one.
func characters(s string) int {
	n := 0
	for _, r := range s {
		if !unicode.Is(unicode.Mn, r) {
			n++
		}
	}
	return n
}

func short(s string, least int) bool { return characters(s) < least }

var accents = strings.NewReplacer("à", "a", "â", "a", "ä", "a", "á", "a", "ã", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "ë", "e",
	"î", "i", "ï", "i", "í", "i", "ô", "o", "ö", "o", "ó", "o", "õ", "o", "ù", "u", "û", "u", "ü", "u", "ú", "u", "ÿ", "y", "ñ", "n", "œ", "oe", "æ", "ae")

// fold gives lower case without accents.
func fold(s string) string {
	s = accents.Replace(strings.ToLower(s))
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, s)
}

var leet = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "€", "e", "!", "i")

// unleet reads « m0td3p@$$e » as « motdepasse ».
func unleet(s string) string { return leet.Replace(s) }

var years = regexp.MustCompile(`(19|20)\d\d`)

// withoutCommon takes away what a guesser tries first: common words, keyboard runs and years.
func withoutCommon(s string) string {
	for _, word := range commonByLength {
		s = strings.ReplaceAll(s, word, "")
	}
	return withoutRuns(years.ReplaceAllString(s, ""))
}

// CommonWords lists what French passwords are most often made of, the most frequent first.
func CommonWords() []string { return slices.Clone(commonWords) }

var commonWords = strings.Fields(`
	motdepasse azerty password bonjour loulou doudou soleil marseille chouchou coucou jetaime bonheur vanille caramel papillon princesse
	chocolat football portugal nicolas camille alexandre julien thomas sebastien maman papa famille enfant enfants amour amours coeur
	bisous bisou chaton minou toutou lapin poussin nounours licorne fraise cerise orange citron banane noisette praline cannelle biscuit
	voiture maison jardin ecole cantine mairie portail vacances piscine montagne plage ocean paris lyon toulouse bordeaux nantes lille
	france espagne italie bretagne corse algerie maroc tunisie secret secrets admin administrateur utilisateur identifiant connexion
	welcome iloveyou sunshine princess superman batman pokemon starwars dragon monkey shadow master qwerty letmein trustno login
	changeme changezmoi provisoire nouveau noel juillet septembre octobre novembre decembre janvier fevrier printemps automne hiver
	lundi mardi mercredi jeudi vendredi samedi dimanche samsung orange iphone google facebook internet ordinateur computer musique`)

var commonByLength = func() []string {
	words := slices.Clone(commonWords)
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	return words
}()

// rows are what fingers follow on keyboards and in the alphabet.
var rows = func() (both []string) {
	for _, r := range []string{"azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz", "01234567890", "&é\"'(-è_çà)=", "&e\"'(-e_ca)="} {
		back := []rune(r)
		slices.Reverse(back)
		both = append(both, r, string(back))
	}
	return both
}()

// withoutRuns takes away runs of four keys or more, and leaves one of three equal characters or more.
func withoutRuns(s string) string {
	r := []rune(s)
	var left []rune
	for i := 0; i < len(r); {
		same := 1
		for i+same < len(r) && r[i+same] == r[i] {
			same++
		}
		run := runAt(r[i:])
		switch {
		case run >= 4:
			i += run
		case same >= 3:
			left = append(left, r[i])
			i += same
		default:
			left = append(left, r[i])
			i++
		}
	}
	return string(left)
}

// runAt gives how many characters at the start follow each other on a keyboard row or in the alphabet.
func runAt(r []rune) int {
	best := 0
	for _, row := range rows {
		n := 2
		for n <= len(r) && strings.Contains(row, string(r[:n])) {
			n++
		}
		best = max(best, n-1)
	}
	return best
}

// repeats says whether the whole is one short piece written again and again, or has hardly any variety.
func repeats(s string) bool {
	r := []rune(s)
	if len(r) < PasswordLeast {
		return false // the length says it already
	}
	for piece := 1; piece < PasswordLeast && piece*2 <= len(r); piece++ {
		if strings.HasPrefix(strings.Repeat(string(r[:piece]), len(r)/piece+1), s) {
			return true
		}
	}
	seen := map[rune]bool{}
	for _, c := range r {
		seen[c] = true
	}
	return len(seen) < 5
}

// everyday are pieces of names that say nothing of the person.
var everyday = []string{"saint", "sainte", "ville", "mairie", "commune", "communaute", "communes", "syndicat", "intercommunal", "grand", "grande", "petit", "petite"}

// names says whether a password is made of one of the names: a long name anywhere, a short one as a word of its own.
func names(plain string, list []string) bool {
	words := append(letters(plain), letters(unleet(plain))...)
	for _, name := range list {
		parts := letters(fold(name))
		for _, part := range append(parts, strings.Join(parts, "")) {
			if len(part) < 3 || slices.Contains(everyday, part) {
				continue
			}
			for _, word := range words {
				if word == part || len(part) >= 5 && strings.Contains(word, part) {
					return true
				}
			}
		}
		if joined := strings.Join(parts, ""); len(joined) >= 5 && strings.Contains(strings.Join(letters(plain), ""), joined) {
			return true
		}
	}
	return false
}

// letters cuts a text into its words.
func letters(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
}
