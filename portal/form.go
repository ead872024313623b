package portal

import (
	"fmt"
	"hash/fnv"
	"strings"
	"unicode/utf8"
)

// Version tells two states of a thing apart: a form carries that of what it showed.
func Version(facts []Fact) string {
	h := fnv.New64a()
	for _, f := range facts {
		fmt.Fprintf(h, "%s\x00%s\x00", f.What, f.Value)
	}
	return fmt.Sprintf("%016x", h.Sum64())
}

// form gathers the faults of what was typed, each beside its field.
type form struct{ refusal *Error }

func newForm(format string, args ...any) *form { return &form{Invalid(format, args...)} }

func (f *form) fault(field, format string, args ...any) {
	f.refusal.Fault(field, format, args...)
}

// add takes over the faults of another check.
func (f *form) add(err error) {
	if e := AsError(err); e != nil {
		f.refusal.Fields = append(f.refusal.Fields, e.Fields...)
	}
}

// line puts a text on one line and refuses one that is too long.
func (f *form) line(text *string, field string, most int) {
	*text = strings.Join(strings.Fields(*text), " ")
	f.short(*text, field, most)
}

// text trims a text of several lines and refuses one that is too long.
func (f *form) text(text *string, field string, most int) {
	*text = strings.TrimSpace(strings.ReplaceAll(*text, "\r\n", "\n"))
	f.short(*text, field, most)
}

func (f *form) short(text, field string, most int) {
	if n := utf8.RuneCountInString(text); n > most {
		f.fault(field, "Ce texte fait %d caractères. Raccourcissez-le à %d.", n, most)
	}
}

// need is line for what cannot stay empty.
func (f *form) need(text *string, field string, most int, missing string) {
	if f.line(text, field, most); *text == "" {
		f.fault(field, "%s", missing)
	}
}

// between refuses a number outside its bounds.
func (f *form) between(field string, n, least, most int, format string) {
	if n < least || n > most {
		f.fault(field, format, least, most)
	}
}

// name refuses a name that is missing, or longer than it may be.
func (f *form) name(field, name string, most int, missing string) {
	switch n := utf8.RuneCountInString(name); {
	case strings.TrimSpace(name) == "":
		f.fault(field, "%s", missing)
	case n > most:
		f.fault(field, "%d caractères au plus ; il y en a %d.", most, n)
	}
}

// err gives the refusal when there is a fault.
func (f *form) err() error {
	if len(f.refusal.Fields) == 0 {
		return nil
	}
	return f.refusal
}
