package portal

import (
	"strings"
	"time"
)

// RuleWords says until when a month's days are booked and cancelled, what changes from a day on, and that some days keep a
// limit that was shown before.
func (s *Setup) RuleWords(a *Activity, month Month, now time.Time) string {
	return s.ruleWords(a, month, now, func(Date) bool { return true })
}

// MonthRuleWords is RuleWords without what changes after the month: a form on paper is for its month alone.
func (s *Setup) MonthRuleWords(a *Activity, month Month, now time.Time) string {
	return s.ruleWords(a, month, now, func(first Date) bool { return first <= month.Last() })
}

func (s *Setup) ruleWords(a *Activity, month Month, now time.Time, told func(first Date) bool) string {
	first := max(month.First(), min(DateOf(now), month.Last()))
	words := s.rulesSentence(a.RulesOn(first))
	for i := range a.Versions {
		if v := &a.Versions[i]; v.First > first && told(v.First) && a.VersionOn(v.First) == v {
			words += " À partir du " + v.First.LongYear() + " : " + lowerFirst(s.rulesSentence(v.Rules))
		}
	}
	for p, at := range s.Promises {
		if p.Activity == a.ID && p.Day.Month() == month && !at.Before(now) {
			return words + " Le délai a changé depuis que ces jours vous sont montrés : ils gardent l’ancien quand il est plus tard ; c’est celui écrit sur chaque jour."
		}
	}
	return words
}

// rulesSentence says the limits of who looks: « Réserver et annuler : jusqu’à la veille à 18 h. »
func (s *Setup) rulesSentence(rules Rules) string {
	channel := s.visitor.channel()
	var list []string
	say := func(rule *Rule, label string) {
		if rule != nil {
			list = append(list, label+" : "+rule.Sentence()+".")
		}
	}
	book, cancel := rules.For(ActionBook, channel, 0), rules.For(ActionCancel, channel, 0)
	if book != nil && cancel != nil && book.Sentence() == cancel.Sentence() {
		say(book, "Réserver et annuler")
	} else {
		say(book, "Réserver")
		say(cancel, "Annuler")
	}
	say(rules.For(ActionLate, channel, 0), "Hors délai")
	for _, held := range s.visitor.Profiles {
		say(rules.For(ActionBook, channel, held.Profile), "Avec votre profil, réserver")
		say(rules.For(ActionCancel, channel, held.Profile), "Avec votre profil, annuler")
	}
	return strings.Join(list, " ")
}
