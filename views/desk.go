package views

import (
	"fmt"
	"strings"
	"time"

	"marelle/portal"
)

var (
	_ = register(Desk{})
	_ = part("staff/desk#tile", Tile{})
	_ = part("staff/desk#day", DeskDay{})
)

// Desk is the first page of staff: who is expected, what needs someone, and what happened last night.
type Desk struct {
	Frame
	Today    string // « Lundi 23 novembre »
	Day      DeskDay
	Next     DeskDay
	Tiles    []Tile
	Tasks    []Task
	Asked    []AskedLine // the last ones
	AskedAll string      // « Voir les 14 demandes »
	Night    string      // when they leave: « cette nuit à 1 h 15 »
}

// Template names the page.
func (Desk) Template() string { return "staff/desk" }

// DeskDay is who is expected on a day, activity by activity.
type DeskDay struct {
	Title   string // « Demain, mardi 24 novembre »
	Figures []Gauge
	Closed  string // said when nothing is open
}

// Gauge is the figures of an activity on a day.
type Gauge struct {
	Icon, Name string
	Booked     int
	Places     int    // 0 when they are not counted
	Value      int    // of the bar, at most Places
	Detail     string // « 2 absents · 3 en attente · 1 place restante »
	Full       bool
}

// NewGauge draws the figures of an activity.
func NewGauge(f portal.DayFigure) Gauge {
	g := Gauge{Icon: ActivityIcon(f.Activity.Kind), Name: f.Activity.Short, Booked: f.Booked, Full: f.Full()}
	var words []string
	if f.Absent > 0 {
		words = append(words, portal.Count(f.Absent, "absent"))
	}
	if f.Waiting > 0 {
		words = append(words, fmt.Sprintf("%d en attente", f.Waiting))
	}
	if f.Limited {
		g.Places, g.Value = f.Places, min(f.Booked, f.Places)
		switch {
		case f.Left < 0:
			words = append(words, portal.Count(-f.Left, "enfant")+" de trop")
		case f.Left == 0:
			words = append(words, "complet")
		default:
			words = append(words, portal.Count(f.Left, "place restante", "places restantes"))
		}
	}
	g.Detail = strings.Join(words, " · ")
	return g
}

// SetDays shows who is expected today, and on the next day on which something is open.
func (v *Desk) SetDays(f *portal.DeskFacts) {
	today := portal.DateOf(f.Now)
	v.Day.Title = "Attendus aujourd’hui"
	v.Next.Title = portal.Capital(f.NextDay.Long())
	if f.NextDay == today+1 {
		v.Next.Title = "Demain, " + f.NextDay.Long()
	}
	for _, fig := range f.Today {
		v.Day.Figures = append(v.Day.Figures, NewGauge(fig))
	}
	for _, fig := range f.Next {
		v.Next.Figures = append(v.Next.Figures, NewGauge(fig))
	}
	if len(f.Today) == 0 {
		v.Day.Closed = "Aucune activité n’est ouverte aujourd’hui."
	}
	if len(f.Next) == 0 {
		v.Next.Closed = "Aucune activité n’est ouverte dans les jours qui viennent."
	}
}

// Tile is a figure and where it comes from; without an address it leads nowhere.
type Tile struct {
	URL, Icon   string
	Long, Label string // « Dernière » « nuit »: a phone shows the second only
	Number      string
	Unit        string
	Detail      string
}

// Task is something to do, with the button that leads there; without an address there is none.
type Task struct {
	Text, URL, Button, Icon string
	Urgent                  bool // something is broken
}

// NewTask chooses the words of a task; decide is where staff decide requests.
func NewTask(t portal.DeskTask, decide string, now time.Time) Task {
	switch t.Kind {
	case portal.TaskEmpty:
		return Task{"Aucun enfant n’est encore enregistré. « Réglages » dit par où commencer, pas à pas.", "/gestion/reglages", "Commencer", "crayon", false}
	case portal.TaskNight:
		words := "est " + t.Night.Words()
		if t.Night == portal.NightMissed {
			words = t.Night.Words()
		}
		return Task{"La nuit du " + t.Day.Long() + " " + words + ".", "/gestion/nuits/" + t.Day.String(), "Relancer", "actualiser", true}
	case portal.TaskDecide:
		return Task{portal.Count(t.N, "demande attend", "demandes attendent") + " votre décision, la première pour " + dayFrom(t.Day, now) + ".", decide, "Décider", "coche", false}
	case portal.TaskAbsent:
		return Task{portal.Count(t.N, "enfant est annoncé absent", "enfants sont annoncés absents") + " aujourd’hui.", "/gestion/absences", "Voir les absences", "refus", false}
	case portal.TaskFull:
		return Task{fullWords(t, now), PlacesPath, "Voir les places", ActivityIcon(t.Figure.Activity.Kind), false}
	case portal.TaskMails:
		return Task{portal.Count(t.N, "message n’a pas pu partir", "messages n’ont pas pu partir") + ".", "/gestion/courriels?etat=dead", "Voir", "mail", false}
	case portal.TaskNoServer:
		return Task{"Aucun serveur de courrier n’est réglé : " + portal.Count(t.N, "message attend", "messages attendent") + ".", "/gestion/courriels", "Lire", "boite", false}
	case portal.TaskAddresses:
		return Task{portal.Count(t.N, "adresse de courriel ne reçoit plus rien", "adresses de courriel ne reçoivent plus rien") + ".", "/gestion/courriels/adresses", "Corriger", "crayon", false}
	case portal.TaskDocuments:
		return Task{portal.Count(t.N, "justificatif d’absence est à lire", "justificatifs d’absence sont à lire") + ".", "/gestion/absences", "Lire", "fichier", false}
	case portal.TaskOpening:
		return Task{"Les réservations s’ouvrent le " + portal.Instant(t.Window.Opens) + " : " + t.Window.Name + ".", ActivitiesPath, "Vérifier les places", "calendrier", false}
	case portal.TaskLetters:
		return Task{portal.Count(t.N, "parent attend sa", "parents attendent leur") + " lettre de premier accès.", "/gestion/lettres", "Éditer les lettres", "lettre", false}
	case portal.TaskYear:
		if t.Year == "" {
			return Task{"L’année scolaire qui vient n’est pas encore connue du portail.", YearsPath, "Préparer", "annee", false}
		}
		return Task{"L’année scolaire " + t.Year + " n’a encore aucune classe.", "/gestion/import", "Préparer", "annee", false}
	}
	return Task{"Un brouillon attend d’être publié : « " + t.Terms.Title() + " ».", "/gestion/textes/" + string(t.Terms), "Relire", "crayon", false}
}

func fullWords(t portal.DeskTask, now time.Time) string {
	name := portal.Capital(t.Figure.Activity.Spoken) + ", " + dayFrom(t.Day, now)
	if over := -t.Figure.Left; over > 0 {
		return name + " : " + portal.Count(over, "enfant") + " de plus que de places."
	}
	return name + " : complet, " + portal.Count(t.N, "enfant attend", "enfants attendent") + "."
}

// dayFrom says a day as one speaks of it today.
func dayFrom(day portal.Date, now time.Time) string {
	switch day - portal.DateOf(now) {
	case 0:
		return "aujourd’hui"
	case 1:
		return "demain"
	}
	return "le " + day.Long()
}
