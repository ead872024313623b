package portal

import (
	"fmt"
	"time"
)

// horizonOpens gives the instant from which the horizon of an activity lets a day be booked; zero: it is within it.
func (s *Setup) horizonOpens(a *Activity, day Date) time.Time {
	switch a.Horizon {
	case HorizonOfDays:
		return (day - Date(a.HorizonDays)).At(0)
	case HorizonHolidays:
		return s.holidaysOpen(day)
	}
	return time.Time{}
}

// holidaysOpen gives the first day of the holidays that let a day be booked: from then on, the next holidays are those
// that end with that day or after it. Zero when nothing comes before.
func (s *Setup) holidaysOpen(day Date) time.Time {
	var before Date // first day of the last holidays that end before the day
	for _, p := range s.Calendar.Holidays {
		if p.To < day && p.From > before {
			before = p.From
		}
	}
	if before == 0 {
		return time.Time{}
	}
	return before.At(0)
}

// HorizonWords says how far ahead the activity is booked, or nothing: « Réserver : 42 jours à l’avance au plus. »
func (a *Activity) HorizonWords() string {
	switch a.Horizon {
	case HorizonOfDays:
		return fmt.Sprintf("Réserver : %s à l’avance au plus.", Count(a.HorizonDays, "jour"))
	case HorizonHolidays:
		return "Réserver : jusqu’à la fin des prochaines vacances scolaires."
	}
	return ""
}
