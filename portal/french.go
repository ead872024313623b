package portal

import (
	"fmt"
	"strings"
	"time"
)

var (
	weekdayNames  = [7]string{"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"}
	weekdayShorts = [7]string{"lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."}
	monthNames    = [13]string{"", "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}
	monthShorts   = [13]string{"", "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."}
)

// String gives « lundi ».
func (w Weekday) String() string { return weekdayNames[w%7] }

// Short gives « lun. ».
func (w Weekday) Short() string { return weekdayShorts[w%7] }

// Word gives « novembre 2026 ».
func (m Month) Word() string { return fmt.Sprintf("%s %d", monthNames[m.Month], m.Year) }

// MonthName gives « novembre ».
func (m Month) MonthName() string { return monthNames[m.Month] }

// DayNumber gives the day of the month: « 1er », « 2 ».
func DayNumber(d Date) string {
	if d.Day() == 1 {
		return "1er"
	}
	return fmt.Sprint(d.Day())
}

// Long gives « jeudi 12 novembre », and « vendredi 1er janvier » on the first.
func (d Date) Long() string {
	return fmt.Sprintf("%s %s %s", d.Weekday(), DayNumber(d), d.Month().MonthName())
}

// LongYear gives « jeudi 12 novembre 2026 ».
func (d Date) LongYear() string { return fmt.Sprintf("%s %d", d.Long(), d.Month().Year) }

// Short gives « jeu. 12 nov. ».
func (d Date) Short() string {
	return fmt.Sprintf("%s %s %s", d.Weekday().Short(), DayNumber(d), monthShorts[d.Month().Month])
}

// Numeric gives « lun. 15/05 », as the report mail writes days.
func (d Date) Numeric() string {
	_, m, day := d.Civil()
	return fmt.Sprintf("%s %02d/%02d", d.Weekday().Short(), day, int(m))
}

// French gives « 30/11/2026 ».
func (d Date) French() string {
	y, m, day := d.Civil()
	return fmt.Sprintf("%02d/%02d/%04d", day, int(m), y)
}

// Word gives « 9 h », « 9 h 30 » or « minuit ».
func (t TimeOfDay) Word() string {
	switch {
	case t == EndOfDay || t == 0:
		return "minuit"
	case t%60 == 0:
		return fmt.Sprintf("%d h", t/60)
	}
	return fmt.Sprintf("%d h %02d", t/60, t%60)
}

// TimeOfDayOf gives the time of day it is in France at an instant.
func TimeOfDayOf(t time.Time) TimeOfDay {
	t = t.In(Paris)
	return Clock(t.Hour(), t.Minute())
}

// limitDay gives day and hour of a limit; midnight belongs to the day that ends, as in « lundi minuit ».
func limitDay(t time.Time) (Date, TimeOfDay) {
	day, at := DateOf(t), TimeOfDayOf(t)
	if at == 0 && t.In(Paris).Second() == 0 {
		return day - 1, EndOfDay
	}
	return day, at
}

// LimitDay gives day and hour of a limit as it is said: midnight is 24:00 of the day that ends.
func LimitDay(t time.Time) (Date, TimeOfDay) { return limitDay(t) }

// Until says a limit as one speaks of it at a moment: « jusqu’à demain 9 h », « jusqu’au jeudi 12 novembre à 9 h »,
// « jusqu’à aujourd’hui minuit ».
func Until(limit, now time.Time) string {
	day, at := limitDay(limit)
	switch today := DateOf(now); {
	case day == today:
		return "jusqu’à aujourd’hui " + at.Word()
	case day == today+1:
		return "jusqu’à demain " + at.Word()
	case day.Month().Year != today.Month().Year:
		return "jusqu’au " + day.LongYear() + " à " + at.Word()
	}
	return "jusqu’au " + day.Long() + " à " + at.Word()
}

// UntilShort says a limit where room is scarce: « jusqu’au jeu. 12, 9 h », with the month when it is not the one shown.
func UntilShort(limit, now time.Time, shown Month) string {
	day, at := limitDay(limit)
	hour := strings.ReplaceAll(at.Word(), " ", "\u00a0") // never « 9 » at the end of a line and « h » on the next
	switch today := DateOf(now); {
	case day == today:
		return "jusqu’à aujourd’hui " + hour
	case day == today+1:
		return "jusqu’à demain " + hour
	case day.Month() == shown:
		return fmt.Sprintf("jusqu’au %s %s, %s", day.Weekday().Short(), DayNumber(day), hour)
	}
	return fmt.Sprintf("jusqu’au %s, %s", day.Short(), hour)
}

// Instant says when something happened: « lundi 23 novembre 2026 à 9 h 05 ».
func Instant(t time.Time) string {
	return DateOf(t).LongYear() + " à " + hourWord(t)
}

func hourWord(t time.Time) string {
	t = t.In(Paris)
	if t.Minute() == 0 {
		return fmt.Sprintf("%d h", t.Hour())
	}
	return fmt.Sprintf("%d h %02d", t.Hour(), t.Minute())
}

// InstantSecond says when something happened, to the second: « lundi 23 novembre 2026 à 9 h 05 min 12 s ».
func InstantSecond(t time.Time) string {
	p := t.In(Paris)
	return fmt.Sprintf("%s à %d h %02d min %02d s", DateOf(t).LongYear(), p.Hour(), p.Minute(), p.Second())
}

// Ago says when something happened near a moment: « aujourd’hui à 6 h 02 », « hier à 6 h », else the date.
func Ago(t, now time.Time) string {
	switch DateOf(now) - DateOf(t) {
	case 0:
		return "aujourd’hui à " + hourWord(t)
	case 1:
		return "hier à " + hourWord(t)
	}
	return DateOf(t).LongYear() + " à " + hourWord(t)
}

// NightWords says which night a date of the ledger names: « dans la nuit du 23 au 24 novembre ».
func NightWords(date Date) string {
	before := date - 1
	if before.Month() == date.Month() {
		return fmt.Sprintf("dans la nuit du %s au %s %s", DayNumber(before), DayNumber(date), date.Month().MonthName())
	}
	return fmt.Sprintf("dans la nuit du %s %s au %s %s", DayNumber(before), before.Month().MonthName(), DayNumber(date), date.Month().MonthName())
}

// Count agrees a noun with a number: « 0 ajout », « 1 ajout », « 2 ajouts »; plural is given where it is not made with s.
func Count(n int, singular string, plural ...string) string {
	if n == 0 || n == 1 {
		return fmt.Sprintf("%d %s", n, singular)
	}
	if len(plural) > 0 {
		return fmt.Sprintf("%d %s", n, plural[0])
	}
	return fmt.Sprintf("%d %ss", n, singular)
}

// Ordinal gives « 1re » and « 2e », as ranks on a waiting list (position) are said.
func Ordinal(n int) string {
	if n == 1 {
		return "1re"
	}
	return fmt.Sprintf("%de", n)
}

// Of joins « de » to a name: « de Paolo », « d’Amalia », « d’Hugo ».
func Of(name string) string {
	if startsWithVowel(name) {
		return "d’" + name
	}
	return "de " + name
}

func startsWithVowel(s string) bool {
	if r := []rune(strings.ToLower(s)); len(r) > 1 && r[0] == 'y' && strings.ContainsRune("aeiouéèàâê", r[1]) {
		return false // « de Yasmine », but « d’Yves »
	}
	return strings.ContainsAny(firstLetter(s), "aeiouyhàâäéèêëîïôöùûüœæAEIOUYHÀÂÄÉÈÊËÎÏÔÖÙÛÜŒÆ")
}

func upper(s string) string { return strings.ToUpper(s) }

func lower(s string) string { return strings.ToLower(s) }

func firstLetter(s string) string {
	for _, r := range s {
		return string(r)
	}
	return " "
}

// List joins words as a sentence does: « a, b et c ».
func List(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " et " + words[last]
}
