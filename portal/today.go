package portal

import (
	"cmp"
	"slices"
	"time"
)

// DayFigure is how many children an activity expects on a day.
type DayFigure struct {
	Activity *Activity
	Day      Date
	Booked   int
	Absent   int // of them, announced absent
	Waiting  int
	Limited  bool
	Places   int // of the counter that has the fewest left
	Left     int // may be negative: places were taken back after they were booked
}

// Full says that nobody can be booked any more.
func (f DayFigure) Full() bool { return f.Limited && f.Left <= 0 }

// OpenOn lists the activities of a structure that are open on a day, in their order.
func (s *Setup) OpenOn(day Date) []*Activity {
	var list []*Activity
	for i := range s.Activities {
		a := &s.Activities[i]
		if open, _ := a.Opening.On(day, &s.Calendar); open {
			list = append(list, a)
		}
	}
	return list
}

// openAhead is how far the next day on which something is open is looked for.
const openAhead = 14

// NextOpenDay gives the first day after another one on which something is open, or the day after when none is near.
func (s *Setup) NextOpenDay(day Date) Date {
	for d := day + 1; d <= day+openAhead; d++ {
		if len(s.OpenOn(d)) > 0 {
			return d
		}
	}
	return day + 1
}

// yearAhead is how long before its first day a school year should be prepared.
const yearAhead = 120

// YearToPrepare gives the next school year when it begins within four months; missing says that none is known although
// the last one ends by then.
func (s *Setup) YearToPrepare(today Date) (year *SchoolYearRef, missing bool) {
	for i := range s.Years {
		if s.Years[i].First > today {
			if s.Years[i].First-today <= yearAhead {
				return &s.Years[i], false
			}
			return nil, false
		}
	}
	n := len(s.Years)
	return nil, n > 0 && s.Years[n-1].Last-today <= yearAhead/2
}

// openingAhead is how long before an opening staff are told of it.
const openingAhead = 7 * 24 * time.Hour

// OpeningsSoon lists the booking windows that open within a week, each once, the nearest first.
func (s *Setup) OpeningsSoon(now time.Time) []Window {
	var list []Window
	for _, a := range s.Activities {
		for _, w := range a.Windows {
			if in := w.Opens.Sub(now); in <= 0 || in > openingAhead {
				continue
			}
			if !slices.ContainsFunc(list, func(x Window) bool { return x.Name == w.Name && x.First == w.First && x.Opens.Equal(w.Opens) }) {
				list = append(list, w)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Window) int { return a.Opens.Compare(b.Opens) })
	return list
}

// DeskFacts is what the first page of staff is drawn from; NoMailServer and Unwritten are told by whoever knows them.
type DeskFacts struct {
	Now           time.Time
	Children      int
	Late          []Night // not done, though their hour has come
	Today, Next   []DayFigure
	NextDay       Date
	Decide        int  // requests that staff are to decide
	DecideFirst   Date // the nearest day of them
	Absent        int  // children announced absent today
	Documents     int  // that families sent for an absence, to be read
	MailsDead     int  // given up within a fortnight
	MailsWaiting  int
	NoMailServer  bool
	DeadAddresses int
	Openings      []Window
	Unwritten     int // people without a letter that they can use
	Year          string
	YearMissing   bool // no school year is known after this one
	Drafts        []TermsKind
}

// TaskKind is what somebody is to do.
type TaskKind string

// The tasks.
const (
	TaskEmpty     TaskKind = "vide" // no child yet
	TaskNight     TaskKind = "nuit"
	TaskDecide    TaskKind = "decider"
	TaskAbsent    TaskKind = "absences"
	TaskFull      TaskKind = "complet"
	TaskMails     TaskKind = "courriels"
	TaskNoServer  TaskKind = "serveur"
	TaskAddresses TaskKind = "adresses"
	TaskDocuments TaskKind = "justificatifs"
	TaskOpening   TaskKind = "ouverture"
	TaskLetters   TaskKind = "lettres"
	TaskYear      TaskKind = "annee"
	TaskTerms     TaskKind = "textes"
)

// DeskTask is one thing that needs someone.
type DeskTask struct {
	Kind   TaskKind
	N      int
	Day    Date
	Night  NightState
	Figure DayFigure
	Window Window
	Year   string
	Terms  TermsKind
	rank   int
}

// The ranks of tasks: what goes wrong, what cannot wait for tomorrow, what is good to know today, what can wait.
const (
	rankBroken = iota
	rankToday
	rankKnow
	rankLater
)

// Tasks lists what needs someone, the most urgent first. Agents see the day; managers what goes wrong and what is to be
// prepared too; administrators what is the site's.
func (f *DeskFacts) Tasks(manager, administrator bool) []DeskTask {
	today := DateOf(f.Now)
	var list []DeskTask
	add := func(due bool, rank int, t DeskTask) {
		if due {
			t.rank = rank
			list = append(list, t)
		}
	}
	add(manager && f.Children == 0, rankBroken, DeskTask{Kind: TaskEmpty})
	for _, n := range f.Late {
		add(manager && n.Stuck(f.Now), rankBroken, DeskTask{Kind: TaskNight, Day: n.Date, Night: n.State(f.Now)})
	}
	decide := rankKnow
	if f.DecideFirst <= today+1 {
		decide = rankToday
	}
	add(f.Decide > 0, decide, DeskTask{Kind: TaskDecide, N: f.Decide, Day: f.DecideFirst})
	add(f.Absent > 0, rankToday, DeskTask{Kind: TaskAbsent, N: f.Absent, Day: today})
	for _, fig := range slices.Concat(f.Today, f.Next) {
		if fig.Day <= today+1 {
			add(fig.Full() && fig.Waiting > 0 || fig.Left < 0, rankToday, DeskTask{Kind: TaskFull, N: fig.Waiting, Day: fig.Day, Figure: fig})
		}
	}
	add(manager && f.NoMailServer && f.MailsWaiting > 0, rankKnow, DeskTask{Kind: TaskNoServer, N: f.MailsWaiting})
	add(manager && f.MailsDead > 0, rankKnow, DeskTask{Kind: TaskMails, N: f.MailsDead})
	add(manager && f.DeadAddresses > 0, rankKnow, DeskTask{Kind: TaskAddresses, N: f.DeadAddresses})
	add(manager && f.Documents > 0, rankKnow, DeskTask{Kind: TaskDocuments, N: f.Documents})
	if manager {
		for _, w := range f.Openings {
			add(true, rankKnow, DeskTask{Kind: TaskOpening, Window: w, Day: DateOf(w.Opens)})
		}
	}
	add(manager && f.Unwritten > 0, rankLater, DeskTask{Kind: TaskLetters, N: f.Unwritten})
	add(manager && (f.Year != "" || f.YearMissing), rankLater, DeskTask{Kind: TaskYear, Year: f.Year})
	if administrator {
		for _, kind := range f.Drafts {
			add(true, rankLater, DeskTask{Kind: TaskTerms, Terms: kind})
		}
	}
	slices.SortStableFunc(list, func(a, b DeskTask) int { return cmp.Compare(a.rank, b.rank) })
	return list
}
