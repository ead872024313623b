package portal

import (
	"fmt"
	"slices"
)

// Run is exceptional days in a row with one reason: what a person types in one line.
type Run struct {
	First, Last Date
	Open        bool
	Why         string
}

// Words says « fermé du 24/12/2026 au 31/12/2026 : congés ».
func (r Run) Words() string {
	words := yesOr(r.Open, "ouvert", "fermé")
	if r.First == r.Last {
		words += " le " + r.First.French()
	} else {
		words += " du " + r.First.French() + " au " + r.Last.French()
	}
	if r.Why != "" {
		words += " : " + r.Why
	}
	return words
}

// Runs groups the exceptional days of an opening, in the order of the calendar.
func (o *Opening) Runs() []Run {
	days := slices.Clone(o.Exceptions)
	slices.SortStableFunc(days, func(a, b Exception) int { return int(a.Day - b.Day) })
	var list []Run
	for _, e := range days {
		if n := len(list); n > 0 && list[n-1].Last+1 == e.Day && list[n-1].Open == e.Open && list[n-1].Why == e.Why {
			list[n-1].Last = e.Day
			continue
		}
		list = append(list, Run{e.Day, e.Day, e.Open, e.Why})
	}
	return list
}

// Exceptions gives the days of a run, a year of them at most.
func (r Run) Exceptions() []Exception {
	var list []Exception
	for d := r.First; d <= r.Last && len(list) < 366; d++ {
		list = append(list, Exception{Day: d, Open: r.Open, Why: r.Why})
	}
	return list
}

// OpenDays gives the first n open days from a day on, that day included; fewer when no more come in 400 days.
func (o *Opening) OpenDays(from Date, n int, cal *Calendar) []Date {
	var list []Date
	for d := from; d < from+nextOpenDays && len(list) < n; d++ {
		if why, _ := o.judge(d, cal); why == notClosed {
			list = append(list, d)
		}
	}
	return list
}

// Mistakes says what keeps an activity from working as the town hall surely means it, from a day on. Nothing here is
// refused when saving: the règlement may be typed in any order.
func (s *Setup) Mistakes(a *Activity, today Date) []string {
	var list []string
	say := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	days := a.Opening.OpenDays(max(today, a.Opening.First), nextOpenDays, &s.Calendar)
	switch {
	case a.Opening.School|a.Opening.Holidays == 0 && len(days) == 0:
		say("Aucun jour d’ouverture n’est choisi.")
	case len(days) == 0 && a.Opening.Last != 0 && a.Opening.Last < today:
		say("Le dernier jour d’ouverture est passé.")
	case len(days) == 0:
		say("Aucun jour d’ouverture ne vient dans l’année.")
	}
	if len(a.Counters) > 0 && len(days) > 0 && a.noPlaceOn(days) {
		say("Il n’y a aucune place : un compteur est à 0.")
	}
	list = append(list, s.windowMistakes(a, today)...)
	for _, needed := range a.Needs() {
		if day := firstClosed(needed, days, &s.Calendar); !needed.ClosedAt.IsZero() {
			say("%s est obligatoire, mais n’est plus proposé aux familles.", Capital(needed.Spoken))
		} else if day != 0 {
			say("%s est obligatoire, mais n’ouvre pas le %s.", Capital(needed.Spoken), day.LongYear())
		}
	}
	if a.Kind == Canteen && a.Decided {
		say("La cantine est un droit pour tous les enfants scolarisés (code de l’éducation, article L131-13) : la mairie ne peut pas choisir les enfants.")
	}
	return list
}

// noPlaceOn says that no day has a place.
func (a *Activity) noPlaceOn(days []Date) bool {
	return !slices.ContainsFunc(days, func(d Date) bool {
		return !slices.ContainsFunc(a.Counters, func(c Counter) bool {
			places, limited := c.On(d)
			return limited && places == 0 && c.Audience.IsZero()
		})
	})
}

func (s *Setup) windowMistakes(a *Activity, today Date) []string {
	var list []string
	coming := false
	for _, w := range a.Windows {
		if w.Last < today {
			continue
		}
		coming = true
		if days := a.Opening.OpenDays(w.First, 1, &s.Calendar); len(days) == 0 || days[0] > w.Last {
			list = append(list, fmt.Sprintf("La période « %s » ne contient aucun jour d’ouverture.", w.Name))
		}
	}
	if len(a.Windows) > 0 && !coming {
		list = append(list, "Toutes les périodes de réservation sont passées : les familles ne peuvent plus réserver.")
	}
	return list
}

func firstClosed(a *Activity, days []Date, cal *Calendar) Date {
	for _, d := range days {
		if why, _ := a.Opening.judge(d, cal); why != notClosed {
			return d
		}
	}
	return 0
}

// ProposedWindows proposes a booking period for each of the school holidays to come on which the activity opens and that
// has none: it opens six weeks before, a Monday at 9:00, and closes on the Sunday of the week before.
func (s *Setup) ProposedWindows(a *Activity, today Date) []Window {
	var list []Window
	for _, h := range s.Calendar.Holidays {
		days := a.Opening.OpenDays(h.From, 1, &s.Calendar)
		if h.From <= today || len(days) == 0 || days[0] > h.To || len(list) == proposedMost {
			continue
		}
		if slices.ContainsFunc(a.Windows, func(w Window) bool { return w.First <= h.To && h.From <= w.Last }) {
			continue
		}
		monday := days[0].Monday()
		list = append(list, Window{Name: h.Name, First: h.From, Last: h.To, Opens: (monday - 42).At(Clock(9, 0)), Closes: (monday - 8).At(EndOfDay)})
	}
	return list
}

// proposedMost is about the holidays of a school year.
const proposedMost = 6
