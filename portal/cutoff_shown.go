package portal

import (
	"slices"
	"time"
)

// Promise names a limit that families were shown for a day of service.
type Promise struct {
	Activity ActivityID
	Day      Date
	Action   Action
	Profile  ProfileID // zero: every family
}

// ShownUntil gives the last day of service whose limits families have before their eyes at a moment: the month that runs and
// the next one. A change of rules, of openings or of the calendar leaves them at least what they were shown for these days.
func ShownUntil(now time.Time) Date { return DateOf(now).Month().Add(1).Last() }

// promised gives a limit no earlier than what families were shown. Staff at the counter were promised nothing.
func (s *Setup) promised(l Limit, a *Activity, action Action, day Date) Limit {
	if len(s.Promises) == 0 || s.visitor.channel() != Online {
		return l
	}
	if at, ok := s.Promises[Promise{a.ID, day, action, 0}]; ok {
		l = l.later(Limit{At: at, Possible: true})
	}
	for _, held := range s.visitor.Profiles {
		if at, ok := s.Promises[Promise{a.ID, day, action, held.Profile}]; ok {
			l = l.later(held.cap(Limit{At: at, Possible: true}))
		}
	}
	return l
}

// farAway ends a profile that is looked at for itself, whoever holds it.
var farAway = MustDate("9999-12-31")

// as gives the setup as a family with one profile sees it, without the promises: those of the profile only come from it.
func (s *Setup) as(profile ProfileID) *Setup {
	if profile == 0 {
		return s.For(Visitor{})
	}
	return s.For(Visitor{Profiles: []Held{{profile, farAway}}})
}

// Shortened lists the limits shown to families at a moment that would be earlier under other settings, with the instants that
// were shown. They are to be kept: what was open to families when the settings changed stays open as long as they were told.
func (s *Setup) Shortened(next *Setup, now time.Time) map[Promise]time.Time {
	kept := map[Promise]time.Time{}
	for i := range s.Activities {
		a := &s.Activities[i]
		after := next.Activity(a.ID)
		if after == nil {
			continue
		}
		for _, profile := range profilesOf(a, after) {
			before, then := s.as(profile), next.as(profile)
			for day := DateOf(now); day <= ShownUntil(now); day++ {
				if !before.opensOn(a, day) || !then.opensOn(after, day) {
					continue
				}
				for _, action := range Actions {
					was, is := before.LimitOf(a, action, day), then.LimitOf(after, action, day)
					if was.Possible && !was.At.Before(now) && !is.Unannounced && (!is.Possible || is.At.Before(was.At)) {
						kept[Promise{a.ID, day, action, profile}] = was.At
					}
				}
			}
		}
	}
	return kept
}

func (s *Setup) opensOn(a *Activity, day Date) bool {
	open, _ := a.Opening.On(day, &s.Calendar)
	return open
}

// profilesOf lists every family (zero) and the profiles for which one of the activities has a rule.
func profilesOf(activities ...*Activity) []ProfileID {
	list := []ProfileID{0}
	for _, a := range activities {
		for _, v := range a.Versions {
			for _, rule := range v.Rules {
				if !slices.Contains(list, rule.Profile) {
					list = append(list, rule.Profile)
				}
			}
		}
	}
	return list
}
