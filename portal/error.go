package portal

import (
	"errors"
	"fmt"
)

// Kind says what sort of refusal an Error is; its value is the HTTP status that tells it to a browser.
type Kind int

// The kinds of refusal.
const (
	KindInvalid   Kind = 422 // what was typed cannot be accepted as it is
	KindForbidden Kind = 403 // the person may not do this
	KindNotFound  Kind = 404 // there is no such thing, or it belongs to somebody else
	KindConflict  Kind = 409 // the state changed meanwhile
	KindTooMany   Kind = 429 // too many tries
)

// Error is a refusal to be read by a person: a French sentence that says what happened and what to do.
type Error struct {
	Kind    Kind
	Message string
	Fields  []FieldError // sentences to show beside the fields of the form, in their order on the screen
}

// FieldError is the sentence that stands beside one field of a form.
type FieldError struct {
	Field   string // the name of the form field
	Message string
}

// Error gives the French sentence.
func (e *Error) Error() string { return e.Message }

// Field gives the sentence about a field, or nothing.
func (e *Error) Field(name string) string {
	if e == nil {
		return ""
	}
	for _, f := range e.Fields {
		if f.Field == name {
			return f.Message
		}
	}
	return ""
}

func refusal(k Kind, format string, args []any) *Error {
	return &Error{Kind: k, Message: fmt.Sprintf(format, args...)}
}

// Invalid refuses what was typed.
func Invalid(format string, args ...any) *Error { return refusal(KindInvalid, format, args) }

// Wrong refuses what was typed in one field, with the sentence that stands beside it.
func Wrong(field, format string, args ...any) *Error {
	e := Invalid(format, args...)
	e.Fields = []FieldError{{field, e.Message}}
	return e
}

// NameTaken refuses the name of another thing, « Une autre classe »; or is what else can be done than choosing another name.
func NameTaken(what, name string, or ...string) *Error {
	remedy := "Choisissez un autre nom"
	for _, other := range or {
		remedy += ", " + other
	}
	return Wrong("nom", "%s s’appelle déjà « %s ». %s.", what, name, remedy)
}

// Fault adds a sentence about a field to a refusal.
func (e *Error) Fault(field, format string, args ...any) {
	e.Fields = append(e.Fields, FieldError{field, fmt.Sprintf(format, args...)})
}

// Forbidden refuses what the person may not do.
func Forbidden(format string, args ...any) *Error { return refusal(KindForbidden, format, args) }

// NotFound says that there is no such thing; somebody else's thing is answered the same way.
func NotFound(format string, args ...any) *Error { return refusal(KindNotFound, format, args) }

// Conflict says that the state changed meanwhile.
func Conflict(format string, args ...any) *Error { return refusal(KindConflict, format, args) }

// TooMany refuses one try too many.
func TooMany(format string, args ...any) *Error { return refusal(KindTooMany, format, args) }

// AsError finds the refusal in an error, or nil when the fault is ours.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// Clip shortens a text that somebody typed before it is quoted in a sentence, to at most n characters.
func Clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
