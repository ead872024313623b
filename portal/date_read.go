package portal

import (
	"strconv"
	"strings"
	"time"
)

// ReadDay reads a day as people type or paste it: « 2026-12-01 », « 01/12/2026 », « 1.12.26 », « 1er décembre 2026 ». What is
// no day is refused in words: that there is no 31 February, or how to write one.
func ReadDay(s string) (Date, error) {
	year, month, day, ok := dayParts(s)
	if !ok {
		return 0, Invalid("« %s » n’est pas une date. Choisissez-la dans le calendrier, ou écrivez-la comme 01/12/2026.", Clip(strings.TrimSpace(s), 40))
	}
	if year < 1900 || year > 2199 {
		return 0, Invalid("L’année %d ne peut pas être la bonne. Écrivez la date comme 01/12/2026.", year)
	}
	if month < 1 || month > 12 {
		return 0, Invalid("Il n’y a pas de mois %d. Écrivez d’abord le jour, puis le mois : 01/12/2026.", month)
	}
	d := NewDate(year, time.Month(month), day)
	if day < 1 || d.Day() != day {
		return 0, Invalid("Le %d %s %d n’existe pas. Corrigez le jour ou le mois.", day, Month{year, time.Month(month)}.MonthName(), year)
	}
	return d, nil
}

// dayParts takes a day apart: year, month and day, written in numbers or with the name of the month.
func dayParts(s string) (year, month, day int, ok bool) {
	parts := strings.Fields(FoldName(s))      // whatever stands between them
	if len(parts) == 4 && len(parts[0]) > 4 { // « lundi 30 novembre 2026 »
		parts = parts[1:]
	}
	if len(parts) != 3 {
		return 0, 0, 0, false
	}
	if len(parts[0]) == 4 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	day, errDay := strconv.Atoi(strings.TrimSuffix(parts[0], "er"))
	year, errYear := strconv.Atoi(parts[2])
	if errDay != nil || errYear != nil || len(parts[0]) > 4 || len(parts[2]) == 3 || len(parts[2]) > 4 {
		return 0, 0, 0, false
	}
	if len(parts[2]) <= 2 { // two figures: of this century, but for who was born in the last one
		if year += 2000; year > 2069 {
			year -= 100
		}
	}
	for m := time.January; m <= time.December; m++ {
		if parts[1] == FoldName((Month{year, m}).MonthName()) {
			return year, int(m), day, true
		}
	}
	month, err := strconv.Atoi(parts[1])
	return year, month, day, err == nil && len(parts[1]) <= 2
}
