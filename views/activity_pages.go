package views

import (
	"fmt"
	"time"

	"marelle/portal"
)

var (
	_ = register(ActivityList{}, ActivityModels{}, ActivityPage{}, ActivityPreview{}, Places{})
	_ = part("staff/activities#state", ActivityState{})
)

// ActivityList is the activities of a structure in the order that families see.
type ActivityList struct {
	Frame
	Total  string
	Notice string
	Lines  []ActivityLine
}

// Template names the page.
func (ActivityList) Template() string { return "staff/activities" }

// ActivityLine is an activity with where it stands.
type ActivityLine struct {
	ActivityState
	URL, Name, Icon string
	Days, Hours     string
	MoveURL         string
	Up, Down        int // the rank that the buttons give, 0 at the ends
	CSRF            string
}

// ActivityState says whether families can book an activity, and what is wrong with it.
type ActivityState struct {
	Badge, Sign, State string
	Places             string
	Mistakes           []string
}

// NewActivityState says where an activity stands.
func NewActivityState(setup *portal.Setup, a *portal.Activity, now time.Time) ActivityState {
	s := ActivityState{Badge: "fait", Sign: "coche", State: "Ouverte", Places: "Places illimitées"}
	if len(a.Counters) > 0 {
		s.Places = ""
		for i := range a.Counters {
			if i > 0 {
				s.Places += ", "
			}
			s.Places += a.Counters[i].Name + " : " + a.Counters[i].PlacesWords()
		}
	}
	if !a.ClosedAt.IsZero() {
		s.Badge, s.Sign, s.State = "", "verrou", "N’est plus proposée"
		return s
	}
	if s.Mistakes = setup.Mistakes(a, portal.DateOf(now)); len(s.Mistakes) > 0 {
		s.Badge, s.Sign, s.State = "ajout", "alerte", "À vérifier"
	}
	return s
}

// NewActivityLine draws an activity at its rank, from 1.
func NewActivityLine(setup *portal.Setup, a *portal.Activity, rank int, now time.Time, csrf string) ActivityLine {
	l := ActivityLine{ActivityState: NewActivityState(setup, a, now), URL: ActivityPath(a.ID, ""), Name: a.Name, Icon: ActivityIcon(a.Kind),
		Hours: a.Starts.Word() + " – " + a.Ends.Word(), MoveURL: ActivityPath(a.ID, "deplacer"), CSRF: csrf, Days: openingWords(&a.Opening)}
	if rank > 1 {
		l.Up = rank - 1
	}
	if rank < len(setup.Activities) {
		l.Down = rank + 1
	}
	return l
}

func openingWords(o *portal.Opening) string {
	switch {
	case o.School != 0 && o.Holidays != 0:
		return portal.Capital(o.School.String()) + " ; vacances : " + o.Holidays.String()
	case o.Holidays != 0:
		return "Vacances : " + o.Holidays.String()
	}
	return portal.Capital(o.School.String())
}

// ActivityModels is where a new activity begins: from a model, or from another activity.
type ActivityModels struct {
	Frame
	Models, Copies []SettingsLink
}

// Template names the page.
func (ActivityModels) Template() string { return "staff/activity-models" }

// NewModels lists the models.
func NewModels() []SettingsLink {
	var list []SettingsLink
	for _, k := range portal.ActivityKinds {
		list = append(list, SettingsLink{URL: ActivitiesPath + "/nouvelle?modele=" + string(k), Icon: ActivityIcon(k), Label: k.Label(), Detail: k.ModelDetail()})
	}
	return list
}

// CopyLink leads to the form of a new activity that begins as another one.
func CopyLink(a *portal.Activity) SettingsLink {
	return SettingsLink{URL: fmt.Sprintf("%s/nouvelle?copie=%d", ActivitiesPath, a.ID), Icon: "copier", Label: a.Name, Detail: "Les mêmes réglages et les mêmes délais, avec un autre nom."}
}

// ActivityPage is an activity with all that is decided of it.
type ActivityPage struct {
	Frame
	ActivityState
	Heading, Icon, Kind string
	Notice              string
	Cards               []PartCard
	Limits              string // until when one books and cancels
	LimitsURL           string // nothing when the page does not exist
	PreviewURL, CopyURL string
	CloseURL, CloseWord string
	Closed              bool
	Last                string // « Dernier changement : hier à 9 h, par M. PUJOL »
}

// Template names the page.
func (ActivityPage) Template() string { return "staff/activity" }

// PartCard is a part of an activity with what is decided, and where it is changed.
type PartCard struct {
	Title, URL string
	Facts      []portal.Fact
	Empty      string
}

// SetActivity shows what is decided.
func (v *ActivityPage) SetActivity(setup *portal.Setup, a *portal.Activity, names portal.Names, now time.Time) {
	v.Heading, v.Icon, v.Kind, v.Closed = a.Name, ActivityIcon(a.Kind), a.Kind.Label(), !a.ClosedAt.IsZero()
	v.ActivityState = NewActivityState(setup, a, now)
	for _, p := range portal.ActivityParts {
		card := PartCard{Title: p.Title(), URL: ActivityPath(a.ID, string(p)), Facts: a.PartFacts(p, names)}
		switch {
		case p == portal.PartWindows && len(card.Facts) == 0:
			card.Empty = "Aucune période : on réserve quand on veut, dans les délais."
		case p == portal.PartLinks && len(card.Facts) == 0:
			card.Empty = "Aucun lien : deux activités du même jour vont ensemble, sauf si leurs heures se croisent."
		}
		v.Cards = append(v.Cards, card)
	}
	v.Limits = setup.RuleWords(a, portal.DateOf(now).Month(), now)
	v.PreviewURL, v.CopyURL = ActivityPath(a.ID, "apercu"), CopyLink(a).URL
	v.CloseURL, v.CloseWord = ActivityPath(a.ID, "fermer"), "Ne plus proposer"
	if v.Closed {
		v.CloseURL, v.CloseWord = ActivityPath(a.ID, "rouvrir"), "Proposer de nouveau"
	}
}

// ActivityPreview is a month of an activity as a family sees it; nothing can be pressed in it.
type ActivityPreview struct {
	Frame
	Heading  string
	Back     Link
	Calendar Calendar
}

// Template names the page.
func (ActivityPreview) Template() string { return "staff/activity-preview" }

// SetMonth draws the days.
func (v *ActivityPreview) SetMonth(setup *portal.Setup, a *portal.Activity, slots []portal.Slot, now time.Time) {
	c := &v.Calendar
	month := slots[0].Day.Month()
	c.Prev = MonthLink{"?mois=" + month.Add(-1).String(), "Mois précédent : " + month.Add(-1).Word()}
	c.Next = MonthLink{"?mois=" + month.Add(1).String(), "Mois suivant : " + month.Add(1).Word()}
	c.setGrid(setup, month, now, func(d portal.Date) []*portal.Slot { return []*portal.Slot{&slots[d-slots[0].Day]} },
		func(s []*portal.Slot) Cell {
			cell := NewDayCell(s[0], now, 0)
			cell.Value, cell.Why, cell.Hours, cell.Aim, cell.Pressed = "", false, "", "", false
			return cell
		}, func(days []*portal.Slot) []LimitLine { return limitLines(days, now) })
	if len(c.Weeks) == 0 {
		c.Empty = notOpenIn(setup, a, month, now)
	}
	c.SetRules(setup, a, month, false, now)
}

// Places is the counters of places of a structure.
type Places struct {
	Frame
	Notice string
	Lines  []CounterLine
}

// Template names the page.
func (Places) Template() string { return "staff/places" }

// CounterLine is a counter with what takes its places.
type CounterLine struct {
	URL, Name, Places, Children, Activities string
	Over                                    string // « 3 jours ont plus d’enfants que de places »
}

// NewCounterLine draws a counter.
func NewCounterLine(c *portal.Counter, activities []string, over []portal.Load, names portal.Names) CounterLine {
	l := CounterLine{URL: CounterPath(c.ID), Name: c.Name, Places: portal.Capital(c.PlacesWords()), Children: portal.Capital(c.Audience.Told(names)), Activities: "Aucune activité"}
	if len(activities) > 0 {
		l.Activities = portal.List(activities)
	}
	if len(c.Special) > 0 {
		l.Places += ", d’autres " + portal.Count(len(c.Special), "jour")
	}
	if i := portal.Overfull(nil, over); len(i) > 0 {
		l.Over = i[0].Why + ", à partir du " + over[0].Day.LongYear()
	}
	return l
}
