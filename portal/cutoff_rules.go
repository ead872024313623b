package portal

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Action is what a limit is about.
type Action string

// The actions. What has no rule of its own follows another: hours follow ActionCancel, an absence can be told until the end
// of the day, and without a rule there is no late lane.
const (
	ActionBook    Action = "reserver"
	ActionCancel  Action = "annuler"
	ActionChange  Action = "changer" // hours
	ActionAbsence Action = "absence"
	ActionLate    Action = "tardive" // to book past the limit, until this one
)

// Actions lists them in the order of the editor.
var Actions = []Action{ActionBook, ActionCancel, ActionChange, ActionAbsence, ActionLate}

// Label names the action as the editor does: « Réserver ».
func (a Action) Label() string {
	switch a {
	case ActionBook:
		return "Réserver"
	case ActionCancel:
		return "Annuler"
	case ActionChange:
		return "Changer les horaires"
	case ActionAbsence:
		return "Signaler une absence"
	case ActionLate:
		return "Réserver hors délai"
	}
	return ""
}

// Question asks for the limit as a règlement answers it.
func (a Action) Question() string {
	switch a {
	case ActionBook:
		return "Jusqu’à quand peut-on réserver ?"
	case ActionCancel:
		return "Jusqu’à quand peut-on annuler ?"
	case ActionChange:
		return "Jusqu’à quand peut-on changer les horaires ?"
	case ActionAbsence:
		return "Jusqu’à quand peut-on signaler une absence ?"
	case ActionLate:
		return "Hors délai, jusqu’à quand peut-on encore réserver ?"
	}
	return ""
}

// Channel is where somebody acts: families on the site, or staff at the counter for them.
type Channel string

// The channels; a counter without a rule of its own follows the site.
const (
	Online Channel = "internet"
	AtDesk Channel = "guichet"
)

// ProfileID names a profile of families: « horaires de travail variables ».
type ProfileID int64

// LateMode is what happens to a day that is booked past its limit.
type LateMode string

// The late modes.
const (
	LateSurcharged LateMode = "majore" // booked at once, marked late
	LateApproved   LateMode = "accord" // a request that staff decide
)

// Words says how a late booking is taken: « majoré », « sur accord de la mairie ».
func (m LateMode) Words() string {
	if m == LateApproved {
		return "sur accord de la mairie"
	}
	return "majoré"
}

// Rule is until when one thing may be done, where, and by which families.
type Rule struct {
	Action  Action    `json:"action"`
	Channel Channel   `json:"canal"`
	Profile ProfileID `json:"profil,omitzero"` // zero: every family
	Cutoff  Cutoff    `json:"delai"`
	Late    LateMode  `json:"tardive,omitzero"` // of ActionLate
}

// Case gives what the rule is for.
func (r Rule) Case() Case { return Case{r.Action, r.Channel, r.Profile} }

// Sentence says the rule without its action: « jusqu’à la veille à 18 h », « majoré, jusqu’au jour même à 9 h ».
func (r Rule) Sentence() string {
	if r.Action == ActionLate {
		return r.Late.Words() + ", " + r.Cutoff.Sentence()
	}
	return r.Cutoff.Sentence()
}

// Rules are the limits of an activity.
type Rules []Rule

// Find gives the rule written for one case, or nil.
func (r Rules) Find(action Action, channel Channel, profile ProfileID) *Rule {
	for i := range r {
		if r[i].Action == action && r[i].Channel == channel && r[i].Profile == profile {
			return &r[i]
		}
	}
	return nil
}

// Set gives the rules with one more, in place of that of the same case.
func (r Rules) Set(rule Rule) Rules {
	list := slices.Clone(r)
	if same := list.Find(rule.Action, rule.Channel, rule.Profile); same != nil {
		*same = rule
		return list
	}
	list = append(list, rule)
	list.sort()
	return list
}

// Without gives the rules but the one of a case.
func (r Rules) Without(action Action, channel Channel, profile ProfileID) Rules {
	return slices.DeleteFunc(slices.Clone(r), func(rule Rule) bool {
		return rule.Action == action && rule.Channel == channel && rule.Profile == profile
	})
}

func (r Rules) sort() {
	slices.SortStableFunc(r, func(a, b Rule) int {
		if n := slices.Index(Actions, a.Action) - slices.Index(Actions, b.Action); n != 0 {
			return n
		}
		if a.Channel != b.Channel {
			return map[Channel]int{Online: -1, AtDesk: 1}[a.Channel]
		}
		return int(a.Profile - b.Profile)
	})
}

// For gives the rule that applies to a case: that of the case, else the one it follows; nil when it follows none.
func (r Rules) For(action Action, channel Channel, profile ProfileID) *Rule {
	if rule := r.Find(action, channel, profile); rule != nil {
		return rule
	}
	if channel == AtDesk {
		if rule := r.Find(action, Online, profile); rule != nil {
			return rule
		}
	}
	switch {
	case action == ActionChange:
		return r.For(ActionCancel, channel, profile)
	case action == ActionAbsence && profile == 0:
		return &untilTheEnd
	}
	return nil
}

var untilTheEnd = Rule{Action: ActionAbsence, Channel: Online, Cutoff: NoLimit()}

// HasProfiles says whether a rule is for some families only.
func (r Rules) HasProfiles() bool {
	return slices.ContainsFunc(r, func(rule Rule) bool { return rule.Profile != 0 })
}

// CheckFor refuses rules that could not work for an activity. A fault's field is the case that it is about (Case).
func (r Rules) CheckFor(a *Activity) error {
	e := Invalid("Ces délais ne peuvent pas être enregistrés tels quels.")
	fault := e.Fault
	for _, needed := range []Action{ActionBook, ActionCancel} {
		if r.Find(needed, Online, 0) == nil {
			fault(Case{needed, Online, 0}.Key(), "Il manque un délai : %s", needed.Question())
		}
	}
	for i, rule := range r {
		at := rule.Case()
		if !at.valid() || r[:i].Find(rule.Action, rule.Channel, rule.Profile) != nil {
			fault(at.Key(), "Ce délai n’a pas de sens, ou est écrit deux fois. Retirez-le.")
			continue
		}
		if rule.Action == ActionLate && rule.Late != LateSurcharged && rule.Late != LateApproved {
			fault(at.Key(), "Choisissez comment une réservation hors délai est prise : majorée, ou sur accord.")
		}
		if err := rule.Cutoff.CheckFor(&a.Opening); err != nil {
			fault(at.Key(), "%s : %s", rule.Action.Label(), err)
		}
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

// Case is what a rule is for.
type Case struct {
	Action  Action
	Channel Channel
	Profile ProfileID
}

// Key writes the case as forms carry it: « annuler-guichet-0 ».
func (c Case) Key() string { return fmt.Sprintf("%s-%s-%d", c.Action, c.Channel, c.Profile) }

// ParseCase reads what Key wrote.
func ParseCase(s string) (Case, error) {
	action, rest, _ := strings.Cut(s, "-")
	channel, id, _ := strings.Cut(rest, "-")
	n, err := strconv.ParseInt(id, 10, 64)
	c := Case{Action(action), Channel(channel), ProfileID(n)}
	if err != nil || !c.valid() {
		return Case{}, NotFound("Ce délai n’existe pas.")
	}
	return c, nil
}

// Words says where the case stands apart from every family on the site: « au guichet », « profil « Horaires variables » »;
// nothing when it does not. The name of a profile is found in names.
func (c Case) Words(names map[ProfileID]string) string {
	var words []string
	if c.Channel == AtDesk {
		words = append(words, "au guichet")
	}
	if c.Profile != 0 {
		words = append(words, "profil « "+names[c.Profile]+" »")
	}
	return strings.Join(words, ", ")
}

// Label names the case: « Annuler », « Réserver, au guichet ».
func (c Case) Label(names map[ProfileID]string) string {
	if words := c.Words(names); words != "" {
		return c.Action.Label() + ", " + words
	}
	return c.Action.Label()
}

// Facts says the rules as a person reads them.
func (r Rules) Facts(names map[ProfileID]string) []Fact {
	var list []Fact
	for _, rule := range r {
		list = append(list, Fact{rule.Case().Label(names), rule.Sentence()})
	}
	return list
}

// valid says whether such a case exists.
func (c Case) valid() bool {
	return c.Action.Label() != "" && (c.Channel == Online || c.Channel == AtDesk) && c.Profile >= 0
}

// FirstDayMost is how far ahead the first day of service of a version may lie.
const FirstDayMost Date = 800

// RulesVersion is the limits of an activity from a day of service on.
type RulesVersion struct {
	ID          int64
	First       Date // first day of service that it governs; zero: every day
	Rules       Rules
	Edited      time.Time
	EditedBy    AccountID
	Published   time.Time // zero: a draft
	PublishedBy AccountID
	Withdrawn   time.Time // before its day came; zero: it holds
	WithdrawnBy AccountID
}

// Govern gives an activity the versions that hold, and lets its plain limits be those of the last one.
func (a *Activity) Govern(versions []RulesVersion) {
	slices.SortStableFunc(versions, func(a, b RulesVersion) int {
		if a.First != b.First {
			return int(a.First - b.First)
		}
		return a.Published.Compare(b.Published)
	})
	a.Versions = versions
	if len(versions) == 0 {
		return
	}
	a.Book, a.Cancel, a.Change, a.Absence = Cutoff{}, Cutoff{}, Cutoff{}, Cutoff{}
	last := versions[len(versions)-1].Rules
	for action, into := range map[Action]*Cutoff{ActionBook: &a.Book, ActionCancel: &a.Cancel, ActionChange: &a.Change, ActionAbsence: &a.Absence} {
		if rule := last.Find(action, Online, 0); rule != nil {
			*into = rule.Cutoff
		}
	}
}

// Plain gives the rules that Book, Cancel, Change and Absence say, in place of those of the same cases in others.
func (a *Activity) Plain(others Rules) Rules {
	rules := slices.Clone(others)
	for _, plain := range []struct {
		Action
		Cutoff
	}{{ActionBook, a.Book}, {ActionCancel, a.Cancel}, {ActionChange, a.Change}, {ActionAbsence, a.Absence}} {
		if plain.Cutoff.IsZero() {
			rules = rules.Without(plain.Action, Online, 0)
			continue
		}
		rules = rules.Set(Rule{Action: plain.Action, Channel: Online, Cutoff: plain.Cutoff})
	}
	return rules
}

// RulesOn gives the limits that govern a day of service: those of the version that starts last, among those that have
// started by then; of two that start on the same day, the one published last.
func (a *Activity) RulesOn(day Date) Rules {
	if v := a.VersionOn(day); v != nil {
		return v.Rules
	}
	return a.Plain(nil)
}

// VersionOn gives the version that governs a day of service, or nil.
func (a *Activity) VersionOn(day Date) *RulesVersion {
	for i := len(a.Versions) - 1; i >= 0; i-- {
		if a.Versions[i].First <= day {
			return &a.Versions[i]
		}
	}
	return nil
}

// Visitor is who acts, as far as limits depend on it; its zero value is a family without a profile, on the site.
type Visitor struct {
	Channel  Channel
	Profiles []Held
}

// Held is a profile that a family has, until a day.
type Held struct {
	Profile ProfileID
	Until   Date // the last day
}

// cap ends a limit with the profile that gives it: past its last day it gives nothing more.
func (h Held) cap(l Limit) Limit {
	if end := h.Until.At(EndOfDay); l.Possible && l.At.After(end) {
		l.At = end
	}
	return l
}

func (v Visitor) channel() Channel {
	if v.Channel == "" {
		return Online
	}
	return v.Channel
}

// For gives the setup with the limits of who acts. The value may be s itself: nobody may change it.
func (s *Setup) For(v Visitor) *Setup {
	if v.channel() == s.visitor.channel() && len(v.Profiles) == 0 && len(s.visitor.Profiles) == 0 {
		return s
	}
	theirs := *s
	theirs.visitor = v
	return &theirs
}

// ForFamily gives the setup with the limits of a family that has profiles, on the channel that it is looked at on.
func (s *Setup) ForFamily(profiles []Held) *Setup {
	return s.For(Visitor{Channel: s.visitor.Channel, Profiles: profiles})
}

// HasProfiles says whether some limit depends on the profiles of a family.
func (s *Setup) HasProfiles() bool {
	for i := range s.Activities {
		for _, v := range s.Activities[i].Versions {
			if v.Rules.HasProfiles() {
				return true
			}
		}
	}
	return false
}

// later moves a limit to another instant when that one is later.
func (l Limit) later(other Limit) Limit {
	if other.Possible && (!l.Possible || other.At.After(l.At)) {
		l.At, l.Possible = other.At, true
	}
	return l
}

// limit gives until when who acts may do something for a day of service: the best of what every family may and of what the
// profiles held allow. The rule is the one that gives it.
func (s *Setup) limit(a *Activity, action Action, day Date) (l Limit, by *Rule) {
	rules, d, channel := a.RulesOn(day), s.serviceDay(a, day), s.visitor.channel()
	if by = rules.For(action, channel, 0); by != nil {
		l.At, l.Possible = by.Cutoff.Deadline(d)
	}
	for _, held := range s.visitor.Profiles {
		rule := rules.For(action, channel, held.Profile)
		if rule == nil {
			continue
		}
		var theirs Limit
		theirs.At, theirs.Possible = rule.Cutoff.Deadline(d)
		if best := l.later(held.cap(theirs)); best != l {
			l, by = best, rule
		}
	}
	return l, by
}

// LimitOf gives until when something may be done for a day of service, what families were shown included.
func (s *Setup) LimitOf(a *Activity, action Action, day Date) Limit {
	switch action {
	case ActionBook:
		book, _ := s.Limits(a, day)
		return book
	case ActionLate:
		late, _ := s.lateLane(a, day)
		return late
	}
	l, _ := s.limit(a, action, day)
	return s.promised(l, a, action, day)
}

// lateLane gives until when a day may be booked past its limit, and how.
func (s *Setup) lateLane(a *Activity, day Date) (Limit, LateMode) {
	l, by := s.limit(a, ActionLate, day)
	mode := LateApproved // what was promised and has no rule any more: staff see to it
	if by != nil {
		mode = by.Late
	}
	return s.promised(l, a, ActionLate, day), mode
}
