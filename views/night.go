package views

import (
	"fmt"
	"time"

	"marelle/portal"
)

var (
	_ = register(Nights{}, Night{}, NightTrial{})
	_ = part("staff/night#filter", NightForm{})
	_ = part("staff/parts#tonight", Tonight{})
)

// Nights is the ledger of transmissions.
type Nights struct {
	Frame
	Next   string // « cette nuit à 1 h 15 »
	TryURL string // « Ce que la nuit fera »
	Nights []NightLine
}

// Template names the page.
func (Nights) Template() string { return "staff/nights" }

// NightLine is one transmission.
type NightLine struct {
	URL, Title  string // « Mardi 24 novembre 2026 »
	Done        string // « à 1 h 15 », or what became of it
	Late        string // said when it ran long after its hour
	Badge, Icon string // of a night that is not done
	Stopped     string // « Cette nuit a été interrompue. »
	Fault       string // what stopped it
	RerunURL    string // nothing for a night that is done, or under way
	Movements   int
	Promotions  int
	Reported    string
}

// NewNightLine draws a night at a moment; reportAt is the hour of the reports.
func NewNightLine(n portal.Night, reportAt portal.TimeOfDay, now time.Time) NightLine {
	l := NightLine{URL: "/gestion/nuits/" + n.Date.String(), Title: portal.Capital(n.Date.LongYear()), Movements: n.Movements, Promotions: n.Promotions, Fault: n.Fault}
	switch state := n.State(now); state {
	case portal.NightDone:
		l.Done = "à " + portal.TimeOfDayOf(n.Done).Word()
		if portal.DateOf(n.Done) != n.Date {
			l.Done = "le " + portal.Instant(n.Done)
		}
		if n.Done.Sub(n.Due) > time.Hour {
			l.Late = "rattrapée : elle était prévue à " + portal.TimeOfDayOf(n.Due).Word()
		}
	case portal.NightRunning:
		l.Done, l.Badge, l.Icon = state.Words(), "reserve", "lune"
	default:
		l.Done, l.Badge, l.Icon = state.Words(), "complet", "alerte"
	}
	if n.Stuck(now) {
		l.RerunURL, l.Stopped = l.URL+"/relancer", "Cette nuit a été "+n.State(now).Words()+"."
		if n.Started.IsZero() {
			l.Stopped = "Cette nuit n’a pas eu lieu."
		}
	}
	switch {
	case n.Done.IsZero():
		l.Reported = "après la nuit"
	case n.Reported.IsZero():
		l.Reported = "à préparer à " + reportAt.Word()
	case portal.DateOf(n.Reported) == n.Date:
		l.Reported = "préparés à " + portal.TimeOfDayOf(n.Reported).Word()
	default:
		l.Reported = "préparés le " + portal.DateOf(n.Reported).LongYear()
	}
	return l
}

// Night is one transmission with its lines.
type Night struct {
	Frame
	Heading string // « Nuit du mardi 24 novembre 2026 »
	NightLine
	Rerun           bool // it was run again, and is done
	Filter          NightForm
	Found           string // « 14 lignes »
	Lines           []AskedLine
	Pager           Pager
	CSVURL, JSONURL string // nothing until it is done
}

// Template names the page.
func (Night) Template() string { return "staff/night" }

// NightForm chooses what is seen of a night.
type NightForm struct {
	Action     string
	Search     string
	Activities []Choice
	Outcomes   []Choice
	Filtered   bool
}

// NewNightForm prepares the form as it was sent.
func NewNightForm(action string, f portal.NightFilter, activities []portal.Activity) NightForm {
	form := NightForm{Action: action, Search: f.Search, Filtered: !f.IsZero(), Activities: []Choice{{"", "Toutes", f.Activity == 0}}, Outcomes: []Choice{{"", "Toutes", f.Outcome == ""}}}
	for i := range activities {
		a := &activities[i]
		form.Activities = append(form.Activities, Choice{fmt.Sprint(a.ID), a.Name, a.ID == f.Activity})
	}
	for _, o := range portal.NightOutcomes {
		form.Outcomes = append(form.Outcomes, Choice{o.Code, o.Label, o.Code == f.Outcome})
	}
	return form
}

// NightTrial is « Ce que la nuit fera »: the coming night, run and undone.
type NightTrial struct {
	Frame
	Night     string // « dans la nuit du 23 au 24 novembre, à 1 h 15 »
	Movements string // « 14 demandes transmises »
	Changed   string // « 2 changements d’inscriptions à l’année »
	Given     string // « 2 places données à des enfants qui attendent »
	Offered   string
	Late      string // said when earlier nights are still to be run
	Filter    NightForm
	Found     string
	Lines     []AskedLine
	Pager     Pager
}

// Template names the page.
func (NightTrial) Template() string { return "staff/nighttrial" }

// registrationsWords counts the registrations for the year that a night opens, changes or ends.
func registrationsWords(n int) string {
	return portal.Count(n, "changement d’inscription à l’année", "changements d’inscriptions à l’année")
}

// Tonight is what the next night does beside the requests that wait: registrations for the year.
type Tonight struct {
	Words string // « + 2 changements d’inscriptions à l’année », or nothing
	URL   string // the trial of the night; nothing for who may not open it
}

// NewTonight says how many registrations wait for the night.
func NewTonight(registrations int, url string) Tonight {
	if registrations == 0 {
		return Tonight{}
	}
	return Tonight{"+ " + registrationsWords(registrations), url}
}

// SetTrial says what the night would come to; late is how many nights before it are not done.
func (v *NightTrial) SetTrial(n portal.Night, registrations, offers, late int) {
	v.Night = portal.NightWords(n.Date) + ", à " + portal.TimeOfDayOf(n.Due).Word()
	v.Movements = portal.Count(n.Movements, "demande transmise", "demandes transmises")
	if registrations > 0 {
		v.Changed = registrationsWords(registrations) + ", dont les jours sont dans ces demandes"
	}
	if n.Promotions > 0 {
		v.Given = portal.Count(n.Promotions, "place donnée à un enfant qui attend", "places données à des enfants qui attendent")
	}
	if offers > 0 {
		v.Offered = portal.Count(offers, "place proposée, à laquelle une famille devra répondre", "places proposées, auxquelles des familles devront répondre")
	}
	if late > 0 {
		v.Late = "1 nuit plus ancienne n’est pas terminée : elle passera d’abord."
		if late > 1 {
			v.Late = portal.Count(late, "nuit", "nuits plus anciennes ne sont pas terminées") + " : elles passeront d’abord."
		}
	}
}
