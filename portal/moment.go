package portal

import (
	"strings"
	"time"
)

// FormMoment writes an instant as the field of a form holds it, on the clock of Paris: « 2026-11-09T09:00 »; nothing for no
// instant.
func FormMoment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return DateOf(t).String() + "T" + TimeOfDayOf(t).String()
}

// FormLimit writes an instant that ends something: midnight is 23:59 of the day that ends, as a person says « jusqu’à
// dimanche minuit ».
func FormLimit(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	day, at := LimitDay(t)
	return day.String() + "T" + min(at, Clock(23, 59)).String()
}

// ParseMoment reads what FormMoment and FormLimit wrote, or what people type; 23:59 is the midnight that ends the day.
func ParseMoment(s string) (time.Time, error) {
	text, hour := strings.TrimSpace(s), ""
	if i := strings.LastIndexAny(text, "T "); i >= 0 {
		text, hour = text[:i], text[i+1:]
	}
	day, err := ReadDay(text)
	at, wrong := ParseTimeOfDay(strings.TrimSuffix(hour, ":00"))
	if len(hour) == len("09:00") {
		at, wrong = ParseTimeOfDay(hour)
	}
	if err != nil || wrong != nil {
		return time.Time{}, Invalid("« %s » n’est pas un jour suivi d’une heure. Écrivez-le comme 09/11/2026 09:00.", Clip(s, 40))
	}
	if at == Clock(23, 59) {
		at = EndOfDay
	}
	return day.At(at), nil
}
