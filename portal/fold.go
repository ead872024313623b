package portal

import (
	"strings"
	"unicode"
)

// FoldName reduces a name to what is compared and searched: lower case, no accents, one space between words.
// « D’HAUTPOUL-ŒUVRARD » is "d hautpoul oeuvrard".
func FoldName(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range s {
		r = unicode.ToLower(r)
		switch {
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r):
			continue // an accent written apart from its letter, or nothing at all
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		if plain, ok := plainLetters[r]; ok {
			b.WriteString(plain)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

var plainLetters = func() map[rune]string {
	m := map[rune]string{'œ': "oe", 'æ': "ae", 'ß': "ss", 'þ': "th", 'ĳ': "ij", 'ŋ': "ng"}
	for _, family := range []string{
		"aàáâãäåāăąǎạảấầẩẫậắằẳẵặ", "cçćĉċč", "dďđð", "eèéêëēĕėęěẹẻẽếềểễệ", "gĝğġģǧ", "hĥħ", "iìíîïĩīĭįıǐỉị", "jĵ", "kķǩ", "lĺļľŀł",
		"nñńņňŉ", "oòóôõöøōŏőơǒọỏốồổỗộớờởỡợ", "rŕŗř", "sśŝşšș", "tţťŧț", "uùúûüũūŭůűųưǔụủứừửữự", "wŵẁẃẅ", "yýÿŷỳỵỷỹ", "zźżž",
	} {
		for _, r := range family {
			m[r] = family[:1]
		}
	}
	return m
}()
