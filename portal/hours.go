package portal

import "strings"

// Hours are when a child arrives and leaves, where the activity asks; the zero value of each is: not asked.
type Hours struct{ Arrival, Departure TimeOfDay }

// IsZero says that no hours were given.
func (h Hours) IsZero() bool { return h == Hours{} }

// Within gives the hours that count on a day: those given, else those of the activity.
func (h Hours) Within(a *Activity) (from, to TimeOfDay) {
	from, to = a.Starts, a.Ends
	if h.Arrival != 0 {
		from = h.Arrival
	}
	if h.Departure != 0 {
		to = h.Departure
	}
	return from, to
}

// Words gives « 8 h 30 – 17 h », « arrivée 8 h 30 », « départ 17 h », or nothing.
func (h Hours) Words() string {
	var words string
	switch {
	case h.Arrival != 0 && h.Departure != 0:
		words = h.Arrival.Word() + " – " + h.Departure.Word()
	case h.Arrival != 0:
		words = "arrivée " + h.Arrival.Word()
	case h.Departure != 0:
		words = "départ " + h.Departure.Word()
	}
	return strings.ReplaceAll(words, " ", "\u00a0")
}

// Check refuses hours that the activity does not ask, lacks, or cannot give; the fields are arrivee and depart.
func (h Hours) Check(a *Activity) error {
	e := Invalid("Les heures données ne conviennent pas à l’activité.")
	fault := e.Fault
	check := func(field, what string, asked bool, t TimeOfDay) {
		switch {
		case !asked && t != 0:
			fault(field, "%s ne demande pas d’heure %s.", Capital(a.Spoken), what)
		case !asked:
		case t == 0:
			fault(field, "Choisissez l’heure %s.", what)
		case t < a.Starts || t > a.Ends:
			fault(field, "L’heure %s doit aller de %s à %s.", what, a.Starts.Word(), a.Ends.Word())
		case t != a.Ends && a.HourStep > 0 && int(t-a.Starts)%a.HourStep != 0:
			fault(field, "L’heure %s se choisit dans la liste, de %d en %d minutes.", what, a.HourStep, a.HourStep)
		}
	}
	check("arrivee", "d’arrivée", a.AsksArrival, h.Arrival)
	check("depart", "de départ", a.AsksDeparture, h.Departure)
	if len(e.Fields) == 0 && h.Arrival != 0 && h.Departure != 0 && h.Departure <= h.Arrival {
		fault("depart", "Le départ doit être après l’arrivée.")
	}
	if len(e.Fields) == 0 {
		return nil
	}
	e.Message = e.Fields[0].Message
	return e
}

// Choices lists the hours that a family can choose from, in steps of HourStep from Starts to Ends.
func (a *Activity) Choices() []TimeOfDay {
	step := TimeOfDay(max(1, a.HourStep))
	var list []TimeOfDay
	for t := a.Starts; t < a.Ends; t += step {
		list = append(list, t)
	}
	return append(list, a.Ends)
}

// DefaultHours gives the hours of a day for which the family chose none: the whole of the activity, where it asks.
func (a *Activity) DefaultHours() (h Hours) {
	if a.AsksArrival {
		h.Arrival = a.Starts
	}
	if a.AsksDeparture {
		h.Departure = a.Ends
	}
	return h
}
