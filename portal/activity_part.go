package portal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ActivityPart is a part of what a town hall decides of an activity; each has a page, and a version, of its own.
type ActivityPart string

// The parts of an activity; its limits are a subject of their own.
const (
	PartIdentity ActivityPart = "presentation"
	PartHours    ActivityPart = "horaires"
	PartAudience ActivityPart = "enfants"
	PartOpening  ActivityPart = "ouverture"
	PartBooking  ActivityPart = "reservation"
	PartWindows  ActivityPart = "periodes"
	PartPlaces   ActivityPart = "places"
	PartLinks    ActivityPart = "liens"
)

// ActivityParts lists the parts in the order in which a règlement writes them.
var ActivityParts = []ActivityPart{PartIdentity, PartHours, PartAudience, PartOpening, PartBooking, PartWindows, PartPlaces, PartLinks}

var partTitles = map[ActivityPart]string{
	PartIdentity: "Présentation", PartHours: "Horaires", PartAudience: "Pour quels enfants", PartOpening: "Jours d’ouverture", PartBooking: "Comment on réserve",
	PartWindows: "Périodes de réservation", PartPlaces: "Places et liste d’attente", PartLinks: "Avec quelles autres activités",
}

// Title heads the part on the page of the activity.
func (p ActivityPart) Title() string { return partTitles[p] }

// Take copies one part from another state of the activity.
func (a *Activity) Take(p ActivityPart, from *Activity) {
	switch p {
	case PartIdentity:
		a.Name, a.Short, a.Spoken, a.Kind = from.Name, from.Short, from.Spoken, from.Kind
	case PartHours:
		a.Starts, a.Ends, a.AsksArrival, a.AsksDeparture, a.HourStep = from.Starts, from.Ends, from.AsksArrival, from.AsksDeparture, from.HourStep
	case PartAudience:
		a.Audience, a.Enrolment = from.Audience, from.Enrolment
	case PartOpening:
		a.Opening = from.Opening
	case PartBooking:
		a.Decided, a.WholeWeek, a.LeastDays, a.MostDays, a.DaysPer = from.Decided, from.WholeWeek, from.LeastDays, from.MostDays, from.DaysPer
		a.Horizon, a.HorizonDays, a.Annual, a.NoticeDays, a.DocumentDays = from.Horizon, from.HorizonDays, from.Annual, from.NoticeDays, from.DocumentDays
	case PartWindows:
		a.Windows = from.Windows
	case PartPlaces:
		a.Counters, a.Waitlist, a.WaitMode, a.OfferHours = from.Counters, from.Waitlist, from.WaitMode, from.OfferHours
	case PartLinks:
		a.Links = from.Links
	}
}

// Version is a word that changes when a part does: a form carries the one that it showed. Counters have versions of their
// own, what counts here is which ones the activity takes its places from.
func (a *Activity) Version(p ActivityPart) string {
	var only Activity
	only.Take(p, a)
	only.Counters = slices.Clone(only.Counters)
	for i := range only.Counters {
		only.Counters[i] = Counter{ID: only.Counters[i].ID}
	}
	only.Links = slices.Clone(only.Links)
	for i := range only.Links {
		only.Links[i].Required = nil
	}
	return fingerprint(fmt.Sprintf("%+v", only))
}

func fingerprint(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

// LinksOf lists the links of an activity as it sees them: its own, and those of others that hold both ways.
func (s *Setup) LinksOf(a *Activity) []Link {
	list := slices.Clone(a.Links)
	for i := range s.Activities {
		other := &s.Activities[i]
		if kind := other.link(a.ID); kind != "" && kind != Requires && a.link(other.ID) == "" {
			list = append(list, Link{Other: other.ID, Kind: kind})
		}
	}
	slices.SortFunc(list, func(x, y Link) int { return int(x.Other - y.Other) })
	return list
}

// RequiredFor lists the activities that need this one on the same day.
func (s *Setup) RequiredFor(a *Activity) []*Activity {
	var list []*Activity
	for i := range s.Activities {
		if s.Activities[i].link(a.ID) == Requires {
			list = append(list, &s.Activities[i])
		}
	}
	return list
}

// Names are how things are called that an activity knows by their numbers only.
type Names struct {
	Schools    map[SchoolID]string
	Classes    map[ClassID]string
	Activities map[ActivityID]string
}

func named[K comparable](names map[K]string, ids []K) []string {
	var list []string
	for _, id := range ids {
		name := names[id]
		if name == "" {
			name = "(retirée)"
		}
		list = append(list, name)
	}
	return list
}

// Facts tells everything that is decided of an activity but its limits, as a person reads it.
func (a *Activity) Facts(n Names) []Fact {
	var list []Fact
	for _, p := range ActivityParts {
		list = append(list, a.PartFacts(p, n)...)
	}
	if !a.ClosedAt.IsZero() {
		list = append(list, Fact{"Proposée aux familles", "plus depuis le " + DateOf(a.ClosedAt).LongYear()})
	}
	return list
}

// PartFacts tells what is decided of one part of an activity.
func (a *Activity) PartFacts(p ActivityPart, n Names) []Fact {
	switch p {
	case PartIdentity:
		return []Fact{{"Nom", a.Name}, {"Nom court", a.Short}, {"Dans une phrase", a.Spoken}, {"Sorte", a.Kind.Label()}}
	case PartHours:
		return []Fact{{"Horaires", "de " + a.Starts.Word() + " à " + a.Ends.Word()}, {"Heures demandées aux familles", a.askedHoursWords()}}
	case PartAudience:
		return []Fact{{"Enfants", a.Audience.Told(n)}, {"Inscription préalable", yesOr(a.Enrolment, "oui : la mairie inscrit l’enfant avant toute réservation", "non : tous ces enfants peuvent réserver")}}
	case PartOpening:
		return a.Opening.facts()
	case PartBooking:
		return a.bookingFacts()
	case PartWindows:
		return a.windowFacts()
	case PartPlaces:
		return a.placeFacts()
	case PartLinks:
		return a.linkFacts(n)
	}
	return nil
}

func yesOr(yes bool, one, other string) string {
	if yes {
		return one
	}
	return other
}

func (a *Activity) askedHoursWords() string {
	what := "aucune"
	switch {
	case a.AsksArrival && a.AsksDeparture:
		what = "l’arrivée et le départ"
	case a.AsksArrival:
		what = "l’arrivée"
	case a.AsksDeparture:
		what = "le départ"
	default:
		return what
	}
	return fmt.Sprintf("%s, de %d en %d minutes", what, a.HourStep, a.HourStep)
}

// Told says which children it is: « 3 à 5 ans le jour venu, de l’École Jean-Jaurès », or « tous les enfants ».
func (a Audience) Told(n Names) string {
	if a.IsZero() {
		return "tous les enfants"
	}
	var words []string
	if len(a.Schools) > 0 {
		words = append(words, Count(len(a.Schools), "école")[2:]+" : "+List(named(n.Schools, a.Schools)))
	}
	if len(a.Classes) > 0 {
		words = append(words, Count(len(a.Classes), "classe")[2:]+" : "+List(named(n.Classes, a.Classes)))
	}
	if len(a.Grades) > 0 {
		words = append(words, Count(len(a.Grades), "niveau", "niveaux")[2:]+" : "+List(a.Grades))
	}
	if age := a.toldAges(); age != "" {
		words = append(words, age)
	}
	return strings.Join(words, "\u00a0; ")
}

func (a Audience) toldAges() (words string) {
	switch {
	case a.AgeFrom > 0 && a.AgeTo > 0:
		words = fmt.Sprintf("de %d à %d ans", a.AgeFrom, a.AgeTo)
	case a.AgeFrom > 0:
		words = fmt.Sprintf("à partir de %d ans", a.AgeFrom)
	case a.AgeTo > 0:
		words = fmt.Sprintf("jusqu’à %d ans", a.AgeTo)
	default:
		return ""
	}
	return words + " " + a.AgeOn.Words()
}

// Words says on which day an age counts: « le jour venu ».
func (d AgeDay) Words() string {
	switch d {
	case AgeOnReturn:
		return "le jour de la rentrée"
	case AgeOnYear:
		return "au 31 décembre de l’année de la rentrée"
	}
	return "le jour venu"
}

func (o *Opening) facts() []Fact {
	list := []Fact{
		{"Semaines d’école", o.School.String()}, {"Vacances scolaires", o.Holidays.String()}, {"Jours fériés", yesOr(o.OnPublicHolidays, "ouvert", "fermé")},
		{"Premier jour", dateOrWords(o.First, "sans limite")}, {"Dernier jour", dateOrWords(o.Last, "sans limite")},
	}
	var words []string
	for _, r := range o.Runs() {
		words = append(words, r.Words())
	}
	if len(words) > 0 {
		list = append(list, Fact{"Jours exceptionnels", strings.Join(words, "\u00a0; ")})
	}
	return list
}

func dateOrWords(d Date, none string) string {
	if d == 0 {
		return none
	}
	return d.LongYear()
}

func (a *Activity) bookingFacts() []Fact {
	list := []Fact{
		{"Qui dit oui", yesOr(a.Decided, "la mairie, demande par demande", "le portail, dans l’ordre des demandes")},
		{"On réserve", yesOr(a.WholeWeek, "par semaine entière", "jour par jour")},
		{"Jours par enfant", a.daysWords()}, {"Jusqu’où", a.horizonWords()},
		{"Inscription à l’année", "non"}, {"Justificatif d’absence", "non demandé"},
	}
	if a.Annual {
		list[4].Value = "oui, " + Count(a.NoticeDays, "jour") + " de mise en place"
	}
	if a.DocumentDays > 0 {
		list[5].Value = "dans les " + Count(a.DocumentDays, "jour")
	}
	return list
}

func (a *Activity) daysWords() string {
	per := yesOr(a.DaysPer == PerPeriod, " par période", " par semaine")
	switch {
	case a.LeastDays > 0 && a.MostDays > 0:
		return fmt.Sprintf("de %d à %s%s", a.LeastDays, Count(a.MostDays, "jour"), per)
	case a.LeastDays > 0:
		return fmt.Sprintf("%s au moins%s", Count(a.LeastDays, "jour"), per)
	case a.MostDays > 0:
		return fmt.Sprintf("%s au plus%s", Count(a.MostDays, "jour"), per)
	}
	return "sans limite"
}

func (a *Activity) horizonWords() string {
	switch a.Horizon {
	case HorizonOfDays:
		return Count(a.HorizonDays, "jour") + " à l’avance"
	case HorizonHolidays:
		return "jusqu’à la fin des prochaines vacances scolaires"
	}
	return "toute l’année scolaire"
}

func (a *Activity) windowFacts() []Fact {
	var list []Fact
	for _, w := range a.Windows {
		list = append(list, Fact{Capital(w.Name), w.Words()})
	}
	return list
}

// Words says what is booked in a period, and when: « du 19/12/2026 au 03/01/2027 ; ouverture le lundi 9 novembre 2026 à 9 h ».
func (w *Window) Words() string {
	words := []string{"du " + w.First.French() + " au " + w.Last.French(), "ouverture le " + Instant(w.Opens)}
	if !w.OutsideOpens.IsZero() {
		words = append(words, "pour les familles d’ailleurs le "+Instant(w.OutsideOpens))
	}
	if !w.Closes.IsZero() {
		words = append(words, "fermeture le "+closingWords(w.Closes))
	}
	return strings.Join(words, "\u00a0; ")
}

func closingWords(t time.Time) string {
	day, at := LimitDay(t)
	return day.LongYear() + " à " + at.Word()
}

func (a *Activity) placeFacts() []Fact {
	words := "illimitées : aucun compteur"
	var list []string
	for i := range a.Counters {
		list = append(list, a.Counters[i].Name+" ("+a.Counters[i].PlacesWords()+")")
	}
	if len(list) > 0 {
		words = strings.Join(list, "\u00a0; ")
	}
	wait := "non"
	if a.Waitlist {
		wait = "oui : " + a.WaitMode.Words(a.OfferHours)
	}
	return []Fact{{"Places", words}, {"Liste d’attente", wait}}
}

// Words says how who waits gets a place.
func (m WaitMode) Words(hours int) string {
	switch m {
	case WaitNow:
		return "la place libérée est donnée aussitôt"
	case WaitOffer:
		return "la place libérée est proposée, à accepter sous " + Count(hours, "heure")
	}
	return "la place libérée est donnée la nuit"
}

func (a *Activity) linkFacts(n Names) []Fact {
	var list []Fact
	for _, l := range a.Links {
		list = append(list, Fact{"Avec « " + named(n.Activities, []ActivityID{l.Other})[0] + " »", l.Kind.Words()})
	}
	return list
}

// Words says how two activities of one day go together.
func (k LinkKind) Words() string {
	switch k {
	case Incompatible:
		return "jamais les deux le même jour"
	case Compatible:
		return "les deux le même jour, même si les heures se croisent"
	case Requires:
		return "obligatoire : elle est réservée avec celle-ci"
	}
	return "les deux le même jour, sauf si les heures se croisent"
}
