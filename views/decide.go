package views

import (
	"fmt"
	"time"

	"marelle/portal"
)

var (
	_ = register(Decide{}, DecideCount{}, WaitLists{}, WaitListPage{}, Priorities{})
	_ = part("staff/decide#line", DecideLine{})
)

// The addresses of requests and waiting lists.
const (
	DecidePath  = "/gestion/demandes-a-decider"
	WaitingPath = "/gestion/attente"
)

// Decide is the requests that staff accept, refuse or put on the waiting list.
type Decide struct {
	Frame
	Total      string
	Action     string // with the filter
	Notice     string // what was just done
	Warning    string // what could not be done
	Proposed   bool
	Activities []Choice
	Week       string
	Child      string
	Filtered   bool
	Groups     []DecideGroup
	Count      DecideCount
	Faults     Faults
	Pager      Pager
}

// Template names the page.
func (Decide) Template() string { return "staff/decide" }

// DecideGroup is an activity on a day.
type DecideGroup struct {
	ID, Icon, Title string // « Centre de loisirs, mercredi 2 décembre 2026 »
	Places          string // « 16 places, 12 prises, 1 enfant en attente »
	Rule            string // the published criteria
	WaitURL         string
	Lines           []DecideLine
}

// DecideLine is a request.
type DecideLine struct {
	Name            string // of its fields: « 12-3-2026-12-02 »
	Child, ChildURL string
	What            string // « de 8 h à 17 h »
	By, Since       string
	Late            bool
	Standing        string
	Left, Badge     string
	Why             string
	Verdicts        []Choice
	Reason          string
	Fault           string
	ReasonMost      int
}

// DecideCount is what changes on the page while staff choose.
type DecideCount struct {
	Words string
	Lines []DecideLine // when it travels alone
}

// Template names the fragment.
func (DecideCount) Template() string { return "staff/decide#count" }

// RequestName names the fields of a request.
func RequestName(k portal.RequestKey) string {
	return fmt.Sprintf("%d-%d-%s", k.Child, k.Activity, k.Day)
}

// verdicts are the answers to choose from.
func verdicts(a *portal.Activity, chosen portal.Verdict) []Choice {
	list := []Choice{{Value: "", Label: "Décider plus tard"}, {Value: string(portal.Accept), Label: "Accepter"}}
	if a.Waitlist {
		list = append(list, Choice{Value: string(portal.Wait), Label: "Liste d’attente"})
	}
	return Choose(append(list, Choice{Value: string(portal.Refuse), Label: "Refuser"}), string(chosen))
}

// Add draws a request with what staff chose so far, in the group of its activity and day.
func (v *Decide) Add(d *portal.AskedDay, chosen portal.Verdict, reason, fault string, now time.Time) {
	id := fmt.Sprintf("g-%d-%s", d.Activity.ID, d.Day)
	if n := len(v.Groups); n == 0 || v.Groups[n-1].ID != id {
		g := DecideGroup{ID: id, Icon: ActivityIcon(d.Activity.Kind), Title: portal.Capital(WithoutArticle(d.Activity.Spoken)) + ", " + d.Day.LongYear(), Places: "Places illimitées", Rule: d.Activity.PriorityWords()}
		if d.Limited {
			g.Places = fmt.Sprintf("%s, %s", portal.Count(d.Places.Capacity, "place"), portal.Count(d.Places.Taken, "prise"))
		}
		if d.Places.Waiting > 0 {
			g.Places += ", " + portal.Count(d.Places.Waiting, "enfant en attente", "enfants en attente")
			g.WaitURL = WaitListPath(d.Activity.ID, d.Day)
		}
		v.Groups = append(v.Groups, g)
	}
	l := DecideLine{Name: RequestName(d.Key()), Child: d.Child.FullName(), ChildURL: ChildPath(d.Child.ID), What: d.Hours.Words(), By: d.By.Title(), Since: portal.Instant(d.Since), Late: d.Late,
		Standing: portal.Capital(d.Activity.StandingWords(d.Standing)), Why: d.Why, Verdicts: verdicts(d.Activity, chosen), Reason: reason, Fault: fault, ReasonMost: portal.ReasonMost}
	switch {
	case !d.Limited:
		l.Left, l.Badge = "illimitées", "fait"
	case d.Left < 0:
		l.Left, l.Badge = "plus de place", "complet"
	case d.Left == 0:
		l.Left, l.Badge = "la dernière place", "ajout"
	default:
		l.Left, l.Badge = "reste "+portal.Count(d.Left, "place"), "fait"
	}
	g := &v.Groups[len(v.Groups)-1]
	g.Lines = append(g.Lines, l)
	v.Count.Lines = append(v.Count.Lines, l)
}

// SetCount says how many answers are chosen and not recorded yet.
func (v *DecideCount) SetCount(chosen map[portal.Verdict]int) {
	accept, wait, refuse := chosen[portal.Accept], chosen[portal.Wait], chosen[portal.Refuse]
	if accept+wait+refuse == 0 {
		v.Words = "Aucune réponse n’est choisie."
		return
	}
	v.Words = fmt.Sprintf("%s, %d en liste d’attente, %s : rien n’est encore enregistré.", portal.Count(accept, "acceptée"), wait, portal.Count(refuse, "refusée"))
}

// WaitListPath is the page of the waiting list of a day.
func WaitListPath(a portal.ActivityID, day portal.Date) string {
	return fmt.Sprintf("%s/%d/%s", WaitingPath, a, day)
}

// WaitLists is the days for which children wait.
type WaitLists struct {
	Frame
	Total      string
	Activities []Choice
	Week       string
	Filtered   bool
	Lines      []WaitDayLine
	Pager      Pager
	Faults     Faults
}

// Template names the page.
func (WaitLists) Template() string { return "staff/waiting" }

// WaitDayLine is a day of an activity for which children wait.
type WaitDayLine struct {
	URL, Day, Activity, Icon string
	Waiting, Free, Badge     string
	How                      string
}

// NewWaitDayLine draws a list among the others.
func NewWaitDayLine(l *portal.WaitList) WaitDayLine {
	v := WaitDayLine{URL: WaitListPath(l.Activity.ID, l.Day), Day: l.Day.LongYear(), Activity: l.Activity.Short, Icon: ActivityIcon(l.Activity.Kind), Waiting: portal.Count(l.N, "enfant"), How: l.Stands}
	v.Free, v.Badge = freeWords(l)
	if v.How == "" {
		v.How = waitModes[l.Activity.WaitMode]
	}
	return v
}

// waitModes say in a few words how a place reaches who waits.
var waitModes = map[portal.WaitMode]string{portal.WaitNow: "Donnée aussitôt", portal.WaitOffer: "Proposée au premier"}

func freeWords(l *portal.WaitList) (words, badge string) {
	switch {
	case !l.Limited:
		return "illimitées", "fait"
	case l.Free <= 0:
		return "aucune", ""
	}
	return portal.Count(l.Free, "libre"), "ajout"
}

// WaitListPage is the waiting list of a day.
type WaitListPage struct {
	Frame
	Heading, Icon string
	Places, How   string
	Stands        string
	Rule          string // the published criteria
	OrderURL      string // where the list is put into their order; nothing when it is
	Seen          string
	Notice        string
	Warning       string
	Lines         []WaitingChild
}

// Template names the page.
func (WaitListPage) Template() string { return "staff/waitlist" }

// WaitingChild is a child on it.
type WaitingChild struct {
	Child, ChildURL, Rank string
	By, Since             string
	Together              bool
	Offered, OfferBadge   string
	Why                   string
	Standing, Proposed    string
	ActURL                string
}

// SetList draws a waiting list.
func (v *WaitListPage) SetList(l *portal.WaitList, now time.Time) {
	v.Heading, v.Icon = portal.Capital(WithoutArticle(l.Activity.Spoken))+", "+l.Day.LongYear(), ActivityIcon(l.Activity.Kind)
	v.Stands, v.Rule, v.Seen, v.How = l.Stands, l.Activity.PriorityWords(), l.Seen(), l.Activity.WaitWords()
	free, _ := freeWords(l)
	v.Places = portal.Count(l.N, "enfant") + " en attente, places : " + free
	if !l.InOrder() {
		v.OrderURL = WaitListPath(l.Activity.ID, l.Day) + "/ordonner"
	}
	for _, w := range l.Lines {
		c := WaitingChild{Child: w.Child.FullName(), ChildURL: ChildPath(w.Child.ID), Rank: portal.Ordinal(w.Rank), By: w.By.Title(), Since: portal.Instant(w.Since), Together: w.Together, Why: w.Why,
			Standing: portal.Capital(l.Activity.StandingWords(w.Standing)), ActURL: fmt.Sprintf("%s/%d", WaitListPath(l.Activity.ID, l.Day), w.Child.ID)}
		if w.Proposed != 0 && w.Proposed != w.Rank {
			c.Proposed = fmt.Sprintf("selon les priorités : rang %d", w.Proposed)
		}
		if !w.Offered.IsZero() {
			c.Offered, c.OfferBadge = "proposée "+portal.Until(w.Offered, now), "ajout"
			if w.Told {
				c.Offered += ", famille prévenue"
			} else {
				c.Offered += ", message à partir"
			}
		}
		v.Lines = append(v.Lines, c)
	}
}

// PrioritiesPath is where staff publish who goes first.
const PrioritiesPath = "/gestion/reglages/priorites"

// Priorities is what is published of who goes first, and the criteria of the town hall's own.
type Priorities struct {
	Frame
	Notice, Warning string
	Law             string
	Activities      []PriorityLine
	Labels          []PriorityLabel
	New             NamedDocument
	Faults          Faults
}

// Template names the page.
func (Priorities) Template() string { return "staff/priorities" }

// PriorityLine is an activity with its criteria.
type PriorityLine struct {
	URL, Name, Icon string // no address for a canteen
	Criteria        []string
}

// PriorityLabel is a criterion of the town hall's own.
type PriorityLabel struct {
	ID             portal.LabelID
	Name, Document string
	Fields         NamedDocument
}

// SetActivities lists the activities that families can book.
func (v *Priorities) SetActivities(setup *portal.Setup, now time.Time) {
	for i := range setup.Activities {
		a := &setup.Activities[i]
		if a.Closed(now) {
			continue
		}
		l := PriorityLine{Name: a.Name, Icon: ActivityIcon(a.Kind)}
		if a.Kind != portal.Canteen {
			l.URL = fmt.Sprintf("%s/%d", PrioritiesPath, a.ID)
		}
		for _, p := range a.Priorities {
			l.Criteria = append(l.Criteria, p.Words)
		}
		v.Activities = append(v.Activities, l)
	}
}
