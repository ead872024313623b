package views

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"marelle/portal"
)

var (
	_ = register(CutoffActivities{}, Cutoffs{}, CutoffEditor{}, CutoffPreview{})
	_ = part("staff/cutoffs#trial", CutoffTrial{})
	_ = part("staff/cutoff#skip", CutoffForm{})
	_ = part("staff/cutoff#hour", CutoffForm{})
)

// CutoffsPath is where the limits of an activity are set.
func CutoffsPath(a portal.ActivityID) string {
	return fmt.Sprintf("/gestion/reglages/activites/%d/delais", a)
}

// CutoffActivities lists the activities with their limits.
type CutoffActivities struct {
	Frame
	Lines []CutoffActivity
}

// Template names the page.
func (CutoffActivities) Template() string { return "staff/cutoff-activities" }

// CutoffActivity is an activity with the sentence of its limits.
type CutoffActivity struct{ URL, Icon, Name, Words, Draft string }

// Cutoffs is the page of the limits of an activity: the rules, what they do, and their versions.
type Cutoffs struct {
	Frame
	Heading  string
	Path     string // of the page; what is done is below it
	Notice   string
	Conflict string
	Draft    string // who edits it, since when; nothing: no draft
	Rules    []CutoffLine
	Actions  []CutoffOption
	Channels []CutoffOption
	Profiles []CutoffOption
	Trial    CutoffTrial
	Impact   []string
	First    string // typed
	Earliest string
	Seen     int64
	Faults   Faults
	Versions []CutoffVersion
}

// Template names the page.
func (Cutoffs) Template() string { return "staff/cutoffs" }

// CutoffOption is a choice of a list.
type CutoffOption struct {
	Value, Label string
	Chosen       bool
}

// CutoffLine is a rule as a sentence.
type CutoffLine struct {
	Key       string
	Label     string // « Annuler, au guichet »
	Sentence  string // « Jusqu’à la veille à 18 h. »
	Was       string // what it is where it changes
	Removable bool
}

// CutoffVersion is a published version.
type CutoffVersion struct {
	Title       string // « À partir du lundi 4 janvier 2027 »
	Published   string
	State       string
	Badge, Icon string
	Rules       []CutoffLine
	WithdrawURL string // nothing: it can no longer be
}

// CutoffTrial shows what limits do, on telling days.
type CutoffTrial struct {
	Columns []string
	Days    []CutoffDay
	Notes   []string
}

// CutoffDay is a telling day.
type CutoffDay struct {
	Day, Why string
	Limits   []CutoffInstant
}

// CutoffInstant is the last instant for a day.
type CutoffInstant struct {
	Column string
	Words  string
	Notes  string // « un dimanche ; déjà passé »
	Was    string // « au lieu de … »
}

// NewCutoffTrial draws a trial; only columns that hold one of the cases are shown when some are given.
func NewCutoffTrial(t portal.Trial, names map[portal.ProfileID]string, only ...portal.Case) CutoffTrial {
	v := CutoffTrial{Notes: t.Notes}
	shown := make([]bool, len(t.Columns))
	for i, c := range t.Columns {
		shown[i] = len(only) == 0 || slices.ContainsFunc(c.Cases, func(at portal.Case) bool { return slices.Contains(only, at) })
		if shown[i] {
			v.Columns = append(v.Columns, c.Label(names))
		}
	}
	for _, d := range t.Days {
		day := CutoffDay{Day: portal.Capital(d.Day.LongYear()), Why: d.Why}
		for i, l := range d.Limits {
			if !shown[i] {
				continue
			}
			instant := CutoffInstant{Column: t.Columns[i].Label(names), Words: portal.LimitWords(l.Limit), Notes: strings.Join(l.Notes, " ; ")}
			if l.Changes {
				instant.Was = "au lieu de " + portal.LimitWords(l.Was)
			}
			if l.Kept.Possible {
				instant.Was = "mais " + portal.LimitWords(l.Kept) + " pour ce jour, déjà montré aux familles"
			}
			day.Limits = append(day.Limits, instant)
		}
		v.Days = append(v.Days, day)
	}
	return v
}

// ImpactWords says whom new limits touch.
func ImpactWords(i portal.Impact) []string {
	count := func(c portal.Counted, one, many string) string {
		return portal.Count(c.Days, one, many) + " de " + portal.Count(c.Families, "famille")
	}
	var list []string
	if i.Moved.Days > 0 {
		list = append(list, "Réservations à venir dont le délai pour annuler change : "+count(i.Moved, "jour", "jours")+".")
	}
	if i.Locked.Days > 0 {
		list = append(list, "Réservations qui ne pourraient plus être annulées, alors qu’elles le peuvent aujourd’hui : "+count(i.Locked, "jour", "jours")+".")
	}
	if i.Wishes.Days > 0 {
		list = append(list, "Demandes pas encore validées qui seraient refusées : "+count(i.Wishes, "jour", "jours")+".")
	}
	since := "Depuis le " + i.Since.Long() + ", "
	if i.LateBooked.Days > 0 {
		list = append(list, since+count(i.LateBooked, "jour", "jours")+" ont été réservés après ce nouveau délai : ces familles auraient été refusées.")
	}
	if i.LateGiven.Days > 0 {
		list = append(list, since+count(i.LateGiven, "jour", "jours")+" ont été annulés après ce nouveau délai : ces familles n’auraient pas pu.")
	}
	if len(list) == 0 {
		list = append(list, since+"aucune famille n’a réservé ni annulé après ce délai, et il ne change rien à ce qui est réservé ou demandé.")
	}
	return list
}

// NewCutoffLines draws rules; those that differ from others are shown with what they were.
func NewCutoffLines(rules, was portal.Rules, names map[portal.ProfileID]string) []CutoffLine {
	var list []CutoffLine
	for _, rule := range rules {
		at := rule.Case()
		line := CutoffLine{Key: at.Key(), Label: at.Label(names), Sentence: portal.Capital(rule.Sentence()) + ".",
			Removable: !at.Necessary()}
		before := was.Find(at.Action, at.Channel, at.Profile)
		switch {
		case before == nil && was != nil:
			line.Was = "Nouveau."
		case before != nil && before.Sentence() != rule.Sentence():
			line.Was = "Publié : " + before.Sentence() + "."
		}
		list = append(list, line)
	}
	return list
}

// GoneCutoffLines lists the rules that were and are no more.
func GoneCutoffLines(rules, was portal.Rules, names map[portal.ProfileID]string) []string {
	var list []string
	for _, rule := range was {
		at := rule.Case()
		if rules.Find(at.Action, at.Channel, at.Profile) == nil {
			list = append(list, at.Label(names)+" : "+rule.Sentence()+".")
		}
	}
	return list
}

// NewCutoffVersion draws a published version at a moment; who acted is found in people.
func NewCutoffVersion(v portal.RulesVersion, a *portal.Activity, path string, names map[portal.ProfileID]string, people map[portal.AccountID]portal.Person, now time.Time) CutoffVersion {
	by := func(id portal.AccountID) string {
		if p, known := people[id]; known {
			return ", par " + p.Title()
		}
		return ""
	}
	c := CutoffVersion{Title: "Depuis toujours", Published: "Publiée le " + portal.Instant(v.Published) + by(v.PublishedBy), Rules: NewCutoffLines(v.Rules, nil, names)}
	if v.First != 0 {
		c.Title = "À partir du " + v.First.LongYear()
	}
	today := portal.DateOf(now)
	current := a.VersionOn(today)
	switch {
	case !v.Withdrawn.IsZero():
		c.Badge, c.Icon, c.State = "", "refus", "Retirée le "+portal.Instant(v.Withdrawn)+by(v.WithdrawnBy)
	case v.First > today:
		c.Badge, c.Icon, c.State, c.WithdrawURL = "ajout", "sablier", "À venir", fmt.Sprintf("%s/versions/%d/retirer", path, v.ID)
	case current != nil && current.ID == v.ID:
		c.Badge, c.Icon, c.State = "fait", "coche", "En vigueur"
	default:
		c.Badge, c.Icon, c.State = "", "historique", "Remplacée"
	}
	return c
}

// CutoffEditor is the form of one rule, as a sentence.
type CutoffEditor struct {
	Frame
	Heading  string // « Jusqu’à quand peut-on réserver ? »
	Who      string // « au guichet »
	Path     string // of the limits of the activity
	Case     string
	Conflict string
	Seen     int64
	Form     CutoffForm
	Faults   Faults
	Preview  CutoffPreview
}

// Template names the page.
func (CutoffEditor) Template() string { return "staff/cutoff" }

// CutoffForm is a rule as it is typed: only the fields of its shape are shown.
type CutoffForm struct {
	Shape      portal.Shape
	Shapes     []CutoffOption
	Late       []CutoffOption // how a late booking is taken; nothing where it is not asked
	Days       string
	Clear      bool
	Hours      string
	Weekdays   []CutoffOption
	Weeks      []CutoffOption
	DayOfMonth string
	At         string
	Counts     bool // days are counted; else a named day moves
	WeekEnds   bool
	Public     bool
	NoService  bool
	Holidays   bool
	OtherDays  []CutoffOption
	SomeOther  bool
	Rows       []CutoffRow
	Dates      []CutoffDates
	Faults     Faults
}

// Skips says whether the shape leaves days out.
func (f CutoffForm) Skips() bool {
	switch f.Shape {
	case portal.ShapeNever, portal.ShapeNoLimit, portal.ShapeDates:
		return false
	}
	return true
}

// CutoffRow is a line of a table: some weekdays of service and their limit.
type CutoffRow struct {
	N        int
	For      []CutoffOption
	Weekdays []CutoffOption
	Weeks    []CutoffOption
	At       string
	Empty    bool // offered to be filled
}

// CutoffDates is a typed date for a period.
type CutoffDates struct {
	N                     int
	Name, From, To, Limit string
	Empty                 bool
}

// CutoffPreview shows the sentence of a rule that is typed, and its examples.
type CutoffPreview struct {
	Fault    string // why there is nothing to show
	Asked    bool
	Sentence string
	Trial    CutoffTrial
	Impact   []string
	Partial  bool
}

// Template names the fragment.
func (CutoffPreview) Template() string { return "staff/cutoff#preview" }
