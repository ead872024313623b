package portal

import (
	"slices"
	"time"
)

// AbsenceReason is why a child does not come, as the family says it.
type AbsenceReason string

// The reasons of an absence.
const (
	Sick AbsenceReason = "malade"
	Away AbsenceReason = "absent"
)

// OutcomeAbsent is what an announced absence came to: the booking stays, the child is not expected.
const OutcomeAbsent Outcome = "absent"

// absenceDaysMost bounds the days of one announcement.
const absenceDaysMost = 31

// Absence is a booked day on which a child is known not to come.
type Absence struct {
	Spell      SpellID
	Child      ChildID
	Activity   ActivityID
	Day        Date
	Reason     AbsenceReason
	DocumentBy Date // last day for the document; zero when none is asked
}

// AbsenceAsk is what a family announces: one child, a run of days, a reason.
type AbsenceAsk struct {
	Child       ChildID
	First, Last Date
	Reason      AbsenceReason
}

// Check refuses an announcement that makes no sense at a moment; the fields are enfant, du, au and motif.
func (a AbsenceAsk) Check(now time.Time) error {
	e := Invalid("L’absence ne peut pas être signalée telle quelle.")
	fault := e.Fault
	if a.Child == 0 {
		fault("enfant", "Choisissez l’enfant absent.")
	}
	switch today := DateOf(now); {
	case a.First == 0:
		fault("du", "Donnez le premier jour d’absence.")
	case a.First < today:
		fault("du", "Le premier jour d’absence doit être aujourd’hui ou après. Pour un jour passé, appelez la mairie.")
	case a.First > today+366:
		fault("du", "Le premier jour d’absence est trop lointain. Vérifiez l’année.")
	}
	switch {
	case a.Last == 0:
		fault("au", "Donnez le dernier jour d’absence. Pour un seul jour, c’est le même que le premier.")
	case a.First != 0 && a.Last < a.First:
		fault("au", "Le dernier jour d’absence doit être le premier, ou après.")
	case a.First != 0 && a.Last-a.First >= absenceDaysMost:
		fault("au", "Une absence se signale pour %d jours au plus. Choisissez un dernier jour plus proche, puis signalez la suite à part.", absenceDaysMost)
	}
	if a.Reason != Sick && a.Reason != Away {
		fault("motif", "Choisissez « malade » ou « absent ».")
	}
	if len(e.Fields) == 0 {
		return nil
	}
	e.Message = e.Fields[0].Message
	return e
}

// AbsenceState is where a day stands for whom would announce an absence.
type AbsenceState string

// The states of a day.
const (
	AbsencePossible  AbsenceState = "possible"
	AbsenceAnnounced AbsenceState = "signalee"
	AbsenceTooLate   AbsenceState = "tard"
	AbsenceNoBooking AbsenceState = "rien" // nothing is booked: there is nothing to announce
	AbsenceClosed    AbsenceState = "ferme"
)

// AbsenceDay is everything that decides whether an absence can be announced, or taken back, for one child, one activity
// and one day.
type AbsenceDay struct {
	Activity *Activity
	Day      Date
	Open     bool
	Closed   Closed
	Status   Status
	Absence  *Absence // nil: none is announced
	Limit    Limit
	Call     string // « Appelez la mairie au 05 61 00 00 00. »

	rule *Rule // what the limit comes from
}

// NewAbsenceDay prepares a day: opening and limit; what is booked and announced is added by the caller.
func (s *Setup) NewAbsenceDay(a *Activity, day Date) AbsenceDay {
	d := AbsenceDay{Activity: a, Day: day, Call: s.Structure.Call()}
	d.Open, d.Closed = a.Opening.On(day, &s.Calendar)
	d.Limit, d.rule = s.limit(a, ActionAbsence, day)
	d.Limit = s.promised(d.Limit, a, ActionAbsence, day)
	return d
}

func (d *AbsenceDay) ruleWords() string {
	if d.rule == nil {
		return d.Activity.AbsenceCutoff().Sentence()
	}
	return d.rule.Sentence()
}

// Call says to telephone the town hall, with its number when it is known.
func (st Structure) Call() string {
	if st.Phone == "" {
		return "Appelez la mairie."
	}
	return "Appelez la mairie au " + st.Phone + "."
}

// State gives where the day stands at a moment; the instant of the limit itself is in time.
func (d *AbsenceDay) State(now time.Time) AbsenceState {
	switch {
	case d.Absence != nil:
		return AbsenceAnnounced
	case d.Status != Booked:
		return AbsenceNoBooking
	case !d.Open:
		return AbsenceClosed
	case d.Limit.Passed(now):
		return AbsenceTooLate
	}
	return AbsencePossible
}

// Refuse says why an absence cannot be announced, with the rule, the limit and what can be done; nil when it can, or is.
func (d *AbsenceDay) Refuse(now time.Time) *Error {
	switch d.State(now) {
	case AbsenceNoBooking:
		if d.Status == Waiting {
			return Conflict("En liste d’attente seulement : il n’y a rien à signaler.")
		}
		return Conflict("Rien n’est réservé : il n’y a rien à signaler.")
	case AbsenceClosed:
		return Conflict("%s Il n’y a rien à signaler.", d.Closed.Why)
	case AbsenceTooLate:
		if !d.Limit.Possible {
			return Conflict("Une absence ne se signale pas en ligne pour %s. %s", d.Activity.Spoken, d.Call)
		}
		return Conflict("Trop tard depuis %s. Règle : %s. %s", since(d.Limit.At, now), d.ruleWords(), d.Call)
	}
	return nil
}

// RefusePresent says why an announced absence can no longer be taken back; nil when it can, or when none is announced.
func (d *AbsenceDay) RefusePresent(now time.Time) *Error {
	if d.Absence == nil || !d.Limit.Passed(now) {
		return nil
	}
	if !d.Limit.Possible {
		return Conflict("Une absence ne se retire pas en ligne pour %s. %s", d.Activity.Spoken, d.Call)
	}
	return Conflict("Plus modifiable depuis %s. %s", since(d.Limit.At, now), d.Call)
}

// DocumentBy gives the last day for the document of an absence, or no date when none is asked.
func (a *Activity) DocumentBy(day Date) Date {
	if a.DocumentDays == 0 {
		return 0
	}
	return day + Date(a.DocumentDays)
}

// AbsenceSheet is a child's run of days with what is booked, as a family announces an absence.
type AbsenceSheet struct {
	Child       Child
	Call        string
	First, Last Date
	Days        []AbsenceDay // by day, then as the town hall orders its activities; only what is booked or waited for
	Empty       []Date       // days on which something opens and nothing is booked
	Back        *AbsenceDay  // the next thing booked after Last, unless it is an absence too
	// DocumentSent says that the document of the absence announced that day has come already.
	DocumentSent bool
}

// On lists what is booked on a day.
func (s *AbsenceSheet) On(day Date) []AbsenceDay {
	var list []AbsenceDay
	for _, d := range s.Days {
		if d.Day == day {
			list = append(list, d)
		}
	}
	return list
}

// In lists what stands in a state at a moment.
func (s *AbsenceSheet) In(state AbsenceState, now time.Time) []AbsenceDay {
	var list []AbsenceDay
	for _, d := range s.Days {
		if d.State(now) == state {
			list = append(list, d)
		}
	}
	return list
}

// FillEmpty notes the days of the sheet on which some activity opens and nothing is booked.
func (s *AbsenceSheet) FillEmpty(setup *Setup) {
	s.Empty = nil
	for day := s.First; day <= s.Last; day++ {
		if len(s.On(day)) == 0 && setup.opens(day) {
			s.Empty = append(s.Empty, day)
		}
	}
}

// opens says whether any activity is open on a day.
func (s *Setup) opens(day Date) bool {
	return slices.ContainsFunc(s.Activities, func(a Activity) bool {
		open, _ := a.Opening.On(day, &s.Calendar)
		return open
	})
}

// AbsenceTapDay gives the day that one tap is about: today, or tomorrow once the last service of today has ended. The
// services of today are those the child is booked for, else all those that are open.
func (s *Setup) AbsenceTapDay(booked []ActivityID, now time.Time) Date {
	today, ends, own := DateOf(now), TimeOfDay(0), TimeOfDay(0)
	for i := range s.Activities {
		a := &s.Activities[i]
		if open, _ := a.Opening.On(today, &s.Calendar); !open {
			continue
		}
		ends = max(ends, a.Ends)
		if slices.Contains(booked, a.ID) {
			own = max(own, a.Ends)
		}
	}
	if own > 0 {
		ends = own
	}
	if TimeOfDayOf(now) < ends {
		return today
	}
	return today + 1
}
