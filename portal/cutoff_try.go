package portal

import (
	"fmt"
	"slices"
	"time"
)

// Trial is what new limits would do, before they are published.
type Trial struct {
	Columns []TrialColumn
	Days    []TrialDay
	Notes   []string // what a person should know of them as a whole
}

// TrialColumn is one rule, or several that are the same.
type TrialColumn struct {
	Cases []Case
	Rule  Rule
}

// TrialDay is a telling day with a limit for each column.
type TrialDay struct {
	TellingDay
	Limits []TrialLimit
}

// TrialLimit is the last instant for a day under new limits.
type TrialLimit struct {
	Limit
	Was     Limit    // under those in force
	Changes bool     // for a day that they govern
	Notes   []string // « un dimanche », « déjà passé »
	Kept    Limit    // families were shown a later instant, which stays; not possible: none
}

// TryRules shows what rules would do for an activity if they were published at a moment, for days of service from a day on.
func (s *Setup) TryRules(a *Activity, rules Rules, first Date, now time.Time) Trial {
	next := s.Publishing(a, rules, first, now)
	after := next.Activity(a.ID)
	t := Trial{Columns: trialColumns(rules)}
	for _, day := range s.TellingDays(a, max(DateOf(now), first-1)) {
		line := TrialDay{TellingDay: day}
		for _, c := range t.Columns {
			line.Limits = append(line.Limits, s.tryLimit(next, a, after, c.Cases[0], day.Day, now))
		}
		t.Days = append(t.Days, line)
	}
	for _, c := range t.Columns {
		t.Notes = append(t.Notes, next.columnNotes(after, c, first, now)...)
	}
	return t
}

// Publishing gives the setup as it would be once rules are published, what families were shown kept.
func (s *Setup) Publishing(a *Activity, rules Rules, first Date, now time.Time) *Setup {
	bare := *s
	bare.Activities = slices.Clone(s.Activities)
	next := bare.Activity(a.ID)
	if len(a.Versions) == 0 {
		next.Versions = []RulesVersion{{Rules: a.Plain(nil)}}
	}
	next.Govern(append(slices.Clone(next.Versions), RulesVersion{First: max(first, DateOf(now)), Rules: rules, Published: now}))
	kept := s.Shortened(&bare, now)
	for p, at := range s.Promises {
		if _, ok := kept[p]; !ok {
			kept[p] = at
		}
	}
	bare.Promises = kept
	return &bare
}

// see gives the setup as the people of a case see it.
func (s *Setup) see(c Case) *Setup {
	v := Visitor{Channel: c.Channel}
	if c.Profile != 0 {
		v.Profiles = []Held{{c.Profile, farAway}}
	}
	return s.For(v)
}

func (s *Setup) tryLimit(next *Setup, a, after *Activity, c Case, day Date, now time.Time) TrialLimit {
	bare := *next
	bare.Promises = nil
	l := TrialLimit{Limit: bare.see(c).LimitOf(after, c.Action, day), Was: s.see(c).LimitOf(a, c.Action, day)}
	l.Changes = l.Limit.Possible != l.Was.Possible || !l.Limit.At.Equal(l.Was.At)
	if shown := next.see(c).LimitOf(after, c.Action, day); shown.Possible && (!l.Possible || shown.At.After(l.At)) {
		l.Kept = shown
	}
	if l.Unannounced {
		l.Notes = append(l.Notes, "période pas encore annoncée")
		return l
	}
	if !l.Possible {
		return l
	}
	if l.At.Before(now) {
		l.Notes = append(l.Notes, "déjà passé")
	}
	if l.At.Before(l.From) {
		l.Notes = append(l.Notes, "avant l’ouverture des réservations")
	}
	limit, _ := limitDay(l.At)
	if words := s.closedWords(limit); words != "" {
		l.Notes = append(l.Notes, words)
	}
	return l
}

// closedWords says why nobody is at the town hall on a day: « un dimanche », « férié : Noël »; nothing when somebody is.
func (s *Setup) closedWords(day Date) string {
	switch name := s.Calendar.PublicHoliday(day); {
	case name != "":
		return "férié : " + name
	case s.Calendar.Closure(day) != "":
		return "fermé : " + s.Calendar.Closure(day)
	case day.Weekday() >= Saturday:
		return "un " + day.Weekday().String()
	case s.Calendar.SchoolHoliday(day) != "":
		return "pendant " + theHolidays(s.Calendar.SchoolHoliday(day))
	}
	return ""
}

// trialColumns groups the rules that say the same.
func trialColumns(rules Rules) []TrialColumn {
	var list []TrialColumn
	for _, rule := range rules {
		same := slices.IndexFunc(list, func(c TrialColumn) bool {
			return rule.Action != ActionLate && c.Rule.Action != ActionLate && c.Rule.Channel == rule.Channel && c.Rule.Profile == rule.Profile &&
				c.Rule.Cutoff.Sentence() == rule.Cutoff.Sentence()
		})
		if same >= 0 {
			list[same].Cases = append(list[same].Cases, rule.Case())
			continue
		}
		list = append(list, TrialColumn{[]Case{rule.Case()}, rule})
	}
	return list
}

// Label names the column: « Réserver et annuler », « Réserver, au guichet ».
func (c TrialColumn) Label(names map[ProfileID]string) string {
	words := make([]string, len(c.Cases))
	for i, at := range c.Cases {
		words[i] = at.Action.Label()
		if i > 0 {
			words[i] = lowerFirst(words[i])
		}
	}
	label := List(words)
	if more := c.Cases[0].Words(names); more != "" {
		label += ", " + more
	}
	return label
}

// columnNotes warns of limits that can never be met, that fall where nobody is there, or that serve nothing, over a year.
func (s *Setup) columnNotes(a *Activity, c TrialColumn, first Date, now time.Time) []string {
	served, never, closed, late, useless := 0, 0, 0, 0, 0
	theirs := s.see(c.Cases[0])
	for day := max(DateOf(now)+1, first); day <= DateOf(now)+365; day++ {
		if !s.opensOn(a, day) {
			continue
		}
		served++
		l := theirs.LimitOf(a, c.Rule.Action, day)
		switch {
		case l.Unannounced:
			continue
		case !l.Possible || l.At.Before(l.From):
			never++
			continue
		case l.At.Before(now):
			late++
		}
		limit, _ := limitDay(l.At)
		if words := s.closedWords(limit); words != "" && c.Rule.Cutoff.Shape != ShapeNoLimit {
			closed++
		}
		if book := theirs.LimitOf(a, ActionBook, day); c.Rule.Action == ActionLate && book.Possible && !l.At.After(book.At) {
			useless++
		}
	}
	label := c.Rule.Action.Label()
	var notes []string
	say := func(n int, one, many string) {
		if n > 0 {
			notes = append(notes, fmt.Sprintf("%s : %s sur %s à venir %s.", label, Count(n, "jour de service", "jours de service"), fmt.Sprint(served), map[bool]string{true: one, false: many}[n == 1]))
		}
	}
	if served == 0 {
		return nil
	}
	if c.Rule.Cutoff.Shape == ShapeNever {
		return []string{label + " : impossible en toute circonstance, pour tous les jours de service."}
	}
	say(never, "a un délai impossible à tenir", "ont un délai impossible à tenir")
	say(late, "a sa limite déjà passée", "ont leur limite déjà passée")
	say(closed, "a sa limite un jour où la mairie ou l’école est fermée", "ont leur limite un jour où la mairie ou l’école est fermée")
	say(useless, "a sa limite hors délai avant le délai ordinaire : elle n’y sert pas", "ont leur limite hors délai avant le délai ordinaire : elle n’y sert pas")
	return notes
}
