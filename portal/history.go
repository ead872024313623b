package portal

// Presence is what is known of a past day that had been asked for.
type Presence string

// What a past day came to. Who was really there is not recorded: « réservé » is what the family had asked and had not
// taken back.
const (
	PresenceBooked  Presence = "reserve"
	PresenceAbsent  Presence = "absence" // the family had said that the child would not come
	PresenceWaiting Presence = "attente" // still on the waiting list when the day came
)

// Words gives « Réservé », as the history writes it.
func (p Presence) Words() string {
	switch p {
	case PresenceAbsent:
		return "Absence signalée"
	case PresenceWaiting:
		return "En liste d’attente, sans place"
	}
	return "Réservé"
}

// Consumption is a past day of a child in an activity.
type Consumption struct {
	Child    Child
	Activity *Activity
	Day      Date
	Hours    Hours
	Presence Presence
}

// ConsumptionTotal counts the days of a child in an activity.
type ConsumptionTotal struct {
	Child                   Child
	Activity                *Activity
	Booked, Absent, Waiting int
}

// Totals counts days by child and activity, in the order in which they first come.
func Totals(list []Consumption) []ConsumptionTotal {
	var totals []ConsumptionTotal
	for _, c := range list {
		i := 0
		for i < len(totals) && (totals[i].Child.ID != c.Child.ID || totals[i].Activity.ID != c.Activity.ID) {
			i++
		}
		if i == len(totals) {
			totals = append(totals, ConsumptionTotal{Child: c.Child, Activity: c.Activity})
		}
		switch c.Presence {
		case PresenceBooked:
			totals[i].Booked++
		case PresenceAbsent:
			totals[i].Absent++
		case PresenceWaiting:
			totals[i].Waiting++
		}
	}
	return totals
}

// HistoryMonths are the months of which a history is kept: at least the current one and the one before.
func HistoryMonths(first Date, today Date) (from, to Month) {
	to = today.Month()
	from = to.Add(-1)
	if first != 0 && first < from.First() {
		from = first.Month()
	}
	return from, to
}
