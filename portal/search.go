package portal

import (
	"slices"
	"strings"
)

// searchTermsMost is how many words of a search are looked for.
const searchTermsMost = 6

// SearchTerms reads what somebody typed to find a family as words folded like what is searched: a telephone number is one
// word whatever its spaces, dots and prefix; an address of e-mail stays whole.
func SearchTerms(typed string) []string {
	if number := searchedPhone(typed); len(number) >= 4 {
		return []string{number}
	}
	var terms []string
	digits := false // the word before was of digits
	for piece := range strings.FieldsSeq(Clip(typed, 200)) {
		if strings.Contains(piece, "@") {
			terms, digits = append(terms, strings.ToLower(piece)), false
			continue
		}
		for word := range strings.FieldsSeq(FoldName(piece)) {
			number := strings.Trim(word, "0123456789") == ""
			if number && digits {
				terms[len(terms)-1] += word
			} else if !slices.Contains(terms, word) {
				terms = append(terms, word)
			}
			digits = number
		}
	}
	return terms[:min(len(terms), searchTermsMost)]
}

// searchedPhone gives the digits of what is a telephone number and nothing else, the French prefix as 0.
func searchedPhone(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" .-()/\u00a0\u202f", r) {
			return -1
		}
		return r
	}, s)
	if rest, foreign := strings.CutPrefix(s, "+33"); foreign {
		s = "0" + strings.TrimPrefix(rest, "0")
	}
	s = strings.TrimPrefix(s, "+")
	if strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return s
}

// Searched is what a family is found by.
type Searched struct {
	Name   string   // of the family
	Names  []string // of its guardians and children
	Phones []string
	Emails []string
	Logins []string
}

// Day gives the line that everybody of the staff searches: names and telephones, each word after a space.
func (s Searched) Day() string {
	var words []string
	for _, name := range append([]string{s.Name}, s.Names...) {
		words = append(words, strings.Fields(FoldName(name))...)
	}
	for _, p := range s.Phones {
		words = append(words, searchedPhone(p))
	}
	return searchLine(words)
}

// Rest gives the line that only managers search besides.
func (s Searched) Rest() string {
	var words []string
	for _, e := range s.Emails {
		words = append(words, strings.ToLower(e))
	}
	for _, l := range s.Logins {
		words = append(words, strings.ToLower(strings.ReplaceAll(l, "-", "")))
		words = append(words, strings.Fields(FoldName(l))...)
	}
	return searchLine(words)
}

// searchLine writes words once each, with a space before and after every one: a whole word is then found with its spaces.
func searchLine(words []string) string {
	var b strings.Builder
	seen := map[string]bool{"": true}
	for _, w := range words {
		if !seen[w] {
			seen[w] = true
			b.WriteByte(' ')
			b.WriteString(w)
		}
	}
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	return b.String()
}
