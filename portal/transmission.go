package portal

// NightOutcome is what may come of a line of a night, under the word that addresses and files use.
type NightOutcome struct {
	Code, Label string
	Outcome     Outcome
	Promoted    bool // a place of a waiting list
}

// NightOutcomes lists what may come of a line, in the order of a list to choose from.
var NightOutcomes = []NightOutcome{
	{"acceptee", "Réservations acceptées", OutcomeBooked, false},
	{"place", "Places données à qui attendait", OutcomeBooked, true},
	{"attente", "En liste d’attente", OutcomeWaiting, false},
	{"annulee", "Annulations", OutcomeCancelled, false},
	{"refusee", "Refus", OutcomeRefused, false},
	{"absence", "Absences signalées", OutcomeAbsent, false},
}

// NightFilter is what staff choose to see of a night; its zero value leaves nothing out.
type NightFilter struct {
	Activity ActivityID
	Outcome  string // a code of NightOutcomes
	Search   string // words of a child's name
}

// IsZero says that everything is shown.
func (f NightFilter) IsZero() bool { return f == NightFilter{} }

// Wanted finds the outcome that the filter asks for; ok is false when it asks for none, or for one that does not exist.
func (f NightFilter) Wanted() (o NightOutcome, ok bool) {
	for _, o := range NightOutcomes {
		if o.Code == f.Outcome {
			return o, true
		}
	}
	return o, false
}

// ResultCode says what came of a movement in the word of files.
func (m Movement) ResultCode() string {
	got, _ := m.Result()
	for _, o := range NightOutcomes {
		if o.Outcome == got && o.Promoted == (m.Action == "promote") {
			return o.Code
		}
	}
	return "demandee"
}

// AskedCode says what was asked in the word of files.
func (m Movement) AskedCode() string {
	switch m.Action {
	case "add":
		return "reserver"
	case "remove":
		return "annuler"
	case "change":
		return "changer"
	case "promote":
		return "place"
	case "absent":
		return "absence"
	case "present":
		return "presence"
	}
	return "decision"
}
