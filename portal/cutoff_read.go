package portal

import (
	"fmt"
	"strconv"
	"strings"
)

// ReadHour reads an hour as a règlement writes it: « 9 h », « 9h30 », « 09:30 », « midi », « minuit » (the end of the day).
func ReadHour(s string) (TimeOfDay, error) {
	typed := strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(s, "\u00a0", " ")), ""))
	switch typed {
	case "minuit":
		return EndOfDay, nil
	case "midi":
		return Clock(12, 0), nil
	case "":
		return 0, Wrong("heure", "Précisez l’heure limite, par exemple « 9 h », « 18 h 30 » ou « minuit ».")
	}
	hour, minute, _ := strings.Cut(strings.Replace(typed, "h", ":", 1), ":")
	if minute == "" {
		minute = "0"
	}
	h, errH := strconv.Atoi(hour)
	m, errM := strconv.Atoi(minute)
	if errH != nil || errM != nil || h < 0 || m < 0 || m > 59 || h*60+m > int(EndOfDay) || h*60+m == 0 {
		return 0, Wrong("heure", "« %s » n’est pas une heure. Écrivez par exemple « 9 h », « 18 h 30 » ou « minuit ».", Clip(s, 20))
	}
	return Clock(h, m), nil
}

// ShapeWords names a shape as the editor lists it.
func ShapeWords(s Shape) string {
	switch s {
	case ShapeDays:
		return "un nombre de jours avant, ou le jour même"
	case ShapeWeekday:
		return "un jour de la semaine d’avant"
	case ShapeTable:
		return "un délai pour chaque jour de la semaine"
	case ShapeMonthDay:
		return "un jour du mois d’avant"
	case ShapeFullWeek:
		return "la dernière semaine complète du mois d’avant"
	case ShapeDates:
		return "une date fixée par mois ou par période"
	case ShapePeriod:
		return "avant le premier jour des vacances"
	case ShapeHours:
		return "un nombre d’heures avant le service"
	case ShapeNoLimit:
		return "sans limite, jusqu’à la fin du jour même"
	case ShapeNever:
		return "jamais"
	}
	return ""
}

// Shapes lists the shapes in the order of the editor.
var Shapes = []Shape{ShapeDays, ShapeWeekday, ShapeTable, ShapeMonthDay, ShapeFullWeek, ShapeDates, ShapePeriod, ShapeHours, ShapeNoLimit, ShapeNever}

// WeeksWords says a number of weeks before: « la même semaine », « la semaine d’avant », « 2 semaines avant ».
func WeeksWords(n int) string {
	switch n {
	case 0:
		return "la même semaine"
	case 1:
		return "la semaine d’avant"
	}
	return fmt.Sprintf("%d semaines avant", n)
}

// WeeksMost is how many weeks before a limit may lie.
const WeeksMost = maxWeeksBefore

// LimitWords says an instant where there is room for a date: « jeu. 26 nov. 2026, 9 h », « lun. 23 nov. 2026, minuit ».
func LimitWords(l Limit) string {
	if l.Unannounced {
		return "pas encore annoncé"
	}
	if !l.Possible {
		return "jamais"
	}
	day, at := limitDay(l.At)
	return fmt.Sprintf("%s %d, %s", day.Short(), day.Month().Year, strings.ReplaceAll(at.Word(), " ", "\u00a0"))
}

// StartCutoff gives a rule of a shape to start from.
func StartCutoff(s Shape) Cutoff {
	nine := Clock(9, 0)
	switch s {
	case ShapeDays:
		return DaysBefore(1, nine)
	case ShapeWeekday:
		return WeekdayBefore(Thursday, 1, nine)
	case ShapeTable:
		return ByWeekday()
	case ShapeMonthDay:
		return DayOfMonthBefore(25, nine)
	case ShapeFullWeek:
		return LastFullWeek(Friday, nine)
	case ShapeDates:
		return ByDates(EndOfDay)
	case ShapePeriod:
		return DaysBeforePeriod(15, EndOfDay)
	case ShapeHours:
		return HoursBefore(48)
	}
	return Cutoff{Shape: s}
}
