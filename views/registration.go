package views

import (
	"fmt"
	"strings"
	"time"

	"marelle/portal"
)

var (
	_ = register(Registrations{}, RegistrationForm{}, RegistrationHeld{}, RegistrationPreview{})
	_ = part("family/registrations#card", RegistrationCard{})
	_ = part("family/registration#dates", RegistrationDates{})
)

// RegistrationsPath is the list of the registrations for the year.
const RegistrationsPath = "/inscriptions"

// NewRegistrationPath is the form of a new registration.
func NewRegistrationPath(child portal.ChildID, activity portal.ActivityID) string {
	return fmt.Sprintf("%s/nouvelle/%d/%d", RegistrationsPath, child, activity)
}

// RegistrationPath is what is done with a registration: modifier, arreter, abandonner.
func RegistrationPath(id portal.RegistrationID, act string) string {
	return fmt.Sprintf("%s/%d/%s", RegistrationsPath, id, act)
}

// Registrations is « Inscriptions à l’année »: what stands, child by child.
type Registrations struct {
	Frame
	Saved    string // said after a request was recorded
	Dropped  bool   // a request was just dropped
	Children []RegistrationChild
	Nobody   string // said when no child is attached to the account
}

// Template names the page.
func (Registrations) Template() string { return "family/registrations" }

// RegistrationChild is a child with its registrations and the activities that allow one more.
type RegistrationChild struct {
	ID          portal.ChildID
	Name, Class string
	Cards, Over []RegistrationCard
	New         []Chip
}

// RegistrationCard is one registration.
type RegistrationCard struct {
	ID                  string // where the page goes back to
	Icon, Activity      string
	Badge, Sign, State  string // « En cours », « À venir », « Terminée »
	Words               string
	Later               []string
	Pending             string // what is asked, and waits for the night
	Held                string // why nothing else can be asked meanwhile
	DropURL             string // forgets it, as long as it can be
	ChangeURL, StopURL  string
	Child, Spoken, CSRF string
}

// NewRegistrationCard draws a registration; pending is what is asked of it, or nil, for the night of an instant.
func NewRegistrationCard(course portal.Course, a *portal.Activity, child string, pending *portal.Registration, night, now time.Time, csrf string) RegistrationCard {
	today := portal.DateOf(now)
	c := RegistrationCard{ID: fmt.Sprintf("i-%d", course.ID), Icon: ActivityIcon(a.Kind), Activity: portal.Capital(WithoutArticle(a.Spoken)), Child: child, Spoken: a.Spoken, CSRF: csrf}
	begun := len(course.Versions) > 0
	switch {
	case !begun:
		c.Badge, c.Sign, c.State = "ajout", "plus", "Pas encore transmise"
		c.Words = portal.Course{Versions: []portal.Registration{*pending}}.Words(today)
	case course.Over(today):
		c.State, c.Sign = "Terminée", "ok"
		c.Words = course.Words(today)
		return c
	case course.First() > today:
		c.Badge, c.Sign, c.State = "reserve", "demain", "À venir"
		c.Words = course.Words(today)
	default:
		c.Badge, c.Sign, c.State = "reserve", "coche", "En cours"
		c.Words = course.Words(today)
	}
	for _, v := range course.ToCome(today) {
		if v.First != course.First() && !v.Stops() { // an end to come is in the words already
			c.Later = append(c.Later, v.ChangeWords()+".")
		}
	}
	if pending == nil {
		c.ChangeURL, c.StopURL = RegistrationPath(course.ID, "modifier"), RegistrationPath(course.ID, "arreter")
		return c
	}
	if begun {
		c.Pending = pending.ChangeWords() + ". "
	}
	c.Pending += "Cette demande sera transmise cette nuit ; visible sur le calendrier et dans le suivi demain au plus tôt."
	c.Held = portal.HeldWords(night, now)
	if !now.Before(night) {
		c.Pending = strings.Replace(c.Pending, "sera transmise cette nuit", "est en cours de transmission", 1)
	} else {
		c.DropURL = RegistrationPath(course.ID, "abandonner")
	}
	return c
}

// RegistrationHeld stands for the form of a registration of which something is asked already: why it is not there, and what
// can be done.
type RegistrationHeld struct {
	Frame
	Heading, Why string
	Card         RegistrationCard
}

// Template names the page.
func (RegistrationHeld) Template() string { return "family/registration-held" }

// RegistrationForm is the form of a new registration, of a change or of an end, with what it would bring.
type RegistrationForm struct {
	Frame
	Heading              string
	Children, Activities []Chip // of a new registration: to choose another one
	Now                  string // of an old one: how it stands
	Action               string
	Key                  string // one-time key of the form: sent twice, one request
	Stop, Change         bool
	FirstLabel           string
	First, Last          string // as typed
	Earliest             string // for the date field
	FirstHint            string // the délai de mise en place, in words
	CalendarURL          string // where the days before it are changed
	Notice               string // « les 2 prochains jours »
	EveryOther           bool
	WasEveryOther        bool // the weeks can be swapped
	Swap                 bool
	EveryOtherHint       string
	Weekdays             []WeekdayBox
	Arrivals, Departures []HourChoice
	Faults               Faults
	Conflict             string // why it cannot be recorded at all
	ConflictURL          string // where to go instead
	Button               string
	Preview              RegistrationPreview
}

// Template names the page.
func (RegistrationForm) Template() string { return "family/registration" }

// WeekdayBox is a weekday to tick; the first one has the field's name as its id, where its fault leads.
type WeekdayBox struct {
	ID      string
	Value   portal.Weekday
	Label   string
	Checked bool
}

// SetRegistration shows what is typed, or what stands, in the fields.
func (v *RegistrationForm) SetRegistration(r portal.Registration, a *portal.Activity) {
	v.EveryOther, v.Last = r.EveryOther, r.Last.String()
	for i, w := range a.RegistrationWeekdays() {
		box := WeekdayBox{ID: fmt.Sprintf("jours-%d", i), Value: w, Label: portal.Capital(w.String()), Checked: r.Weekdays.Has(w)}
		if i == 0 {
			box.ID = "jours"
		}
		v.Weekdays = append(v.Weekdays, box)
	}
	if a.AsksArrival {
		v.Arrivals = hourChoices(a, r.Hours.Arrival)
	}
	if a.AsksDeparture {
		v.Departures = hourChoices(a, r.Hours.Departure)
	}
}

func hourChoices(a *portal.Activity, chosen portal.TimeOfDay) []HourChoice {
	list := []HourChoice{{Value: "", Word: "Choisir"}}
	for _, t := range a.Choices() {
		list = append(list, HourChoice{t.String(), t.Word(), t == chosen})
	}
	return list
}

// SetNotice says the délai de mise en place beside the date.
func (v *RegistrationForm) SetNotice(earliest portal.Date, a *portal.Activity, child portal.ChildID) {
	v.Earliest, v.CalendarURL = earliest.String(), CalendarPath(child, a.ID)
	v.Notice = "Pour changer les " + portal.Count(a.NoticeDays, "prochain jour", "prochains jours") + ", utilisez le"
	delay := portal.Count(a.NoticeDays, "jour") + " de délai"
	switch a.NoticeDays {
	case 0:
		v.Notice, delay = "Pour changer aujourd’hui, utilisez le", "la nuit doit passer"
	case 1:
		v.Notice = "Pour changer demain, utilisez le"
	}
	what := "Début"
	if v.Change {
		what = "Changement"
	}
	if v.Stop {
		what = "Arrêt"
	}
	v.FirstHint = fmt.Sprintf("%s : au plus tôt le %s (%s).", what, earliest.Long(), delay)
}

// RegistrationPreview is what a request would bring, in dates.
type RegistrationPreview struct {
	Asked   bool   // there is something to say
	Fault   string // why nothing can be said yet
	Said    string // the summary, said aloud too
	Weeks   string // « Premières semaines : 30 novembre, 14 décembre, 28 décembre »
	Until   string // how far bookings go for now
	Dates   []RegistrationDates
	Notes   []PreviewNote
	Partial bool // it travels alone, into the page
}

// Template names the fragment.
func (RegistrationPreview) Template() string { return "family/registration#preview" }

// RegistrationDates are days that are added, cancelled or changed, month by month.
type RegistrationDates struct {
	Kind, Sign, Title string
	Count             int
	Months            []RegistrationMonth
}

// RegistrationMonth is a month with its days: « lun. 7, jeu. 10 ».
type RegistrationMonth struct{ Month, Days string }

// PreviewNote tells of days that do not simply follow.
type PreviewNote struct {
	Icon, Text string
	Items      []string
}

// SetSteps says what a request would bring; horizon is how far bookings go for now.
func (v *RegistrationPreview) SetSteps(next portal.Registration, horizon portal.Date, steps []portal.RegistrationStep) {
	v.Asked = true
	by := map[portal.RegistrationAct][]portal.RegistrationStep{}
	for _, s := range steps {
		by[s.Act] = append(by[s.Act], s)
	}
	adds, removes, changes := by[portal.RegistrationAdds], by[portal.RegistrationRemoves], by[portal.RegistrationChanges]
	v.addDates("plus", "plus", "Réservations à ajouter", adds)
	v.addDates("moins", "moins", "Réservations à annuler", removes)
	v.addDates("plus", "horloge", "Horaires à changer", changes)
	v.Said = previewWords(len(adds), len(removes), len(changes))
	if !next.Stops() && (next.Last == 0 || next.Last > horizon) {
		v.Until = untilWords(next.First, horizon, len(by[portal.RegistrationLater]) > 0)
	}
	v.addNote("sablier", by[portal.RegistrationWaits], "jour complet : votre enfant sera sur la liste d’attente", "jours complets : votre enfant sera sur la liste d’attente")
	v.addNote("alerte", by[portal.RegistrationClash], "jour laissé de côté, à cause d’une autre activité du même jour", "jours laissés de côté, à cause d’une autre activité du même jour")
	v.addNote("alerte", by[portal.RegistrationNeeded], "jour qui reste réservé, parce qu’une autre activité l’exige", "jours qui restent réservés, parce qu’une autre activité les exige")
	v.addNote("alerte", by[portal.RegistrationBarred], "jour laissé de côté : une règle de l’activité l’empêche", "jours laissés de côté : une règle de l’activité les empêche")
	v.addNote("croix", by[portal.RegistrationFull], "jour complet, qui ne pourra pas être réservé", "jours complets, qui ne pourront pas être réservés")
	v.addNote("coche", by[portal.RegistrationHands], "jour reste réservé : une autre inscription à l’année de votre enfant l’a aussi", "jours restent réservés : une autre inscription à l’année de votre enfant les a aussi")
	v.addNote("coche", by[portal.RegistrationByHand], "jour réservé à la main reste comme il est", "jours réservés à la main restent comme ils sont")
	v.addNote("crayon", by[portal.RegistrationOwnHours], "jour aux horaires changés à la main reste comme il est", "jours aux horaires changés à la main restent comme ils sont")
	v.addNote("annuler", by[portal.RegistrationException], "jour annulé à la main reste annulé", "jours annulés à la main restent annulés")
	v.addLater(by[portal.RegistrationLater])
	v.addClosed(by[portal.RegistrationClosed])
}

// untilWords says how far bookings go for now; later says that some days before that are not open to bookings yet.
func untilWords(first, horizon portal.Date, later bool) string {
	what := "Les jours"
	switch {
	case first > horizon:
		return "Ces jours seront réservés quand leur année scolaire approchera et que ses réservations seront ouvertes."
	case later:
		what = "Les jours ouverts aux réservations"
	}
	return what + " sont réservés jusqu’au " + horizon.LongYear() + " pour le moment ; ceux d’après suivront d’eux-mêmes."
}

func previewWords(adds, removes, changes int) string {
	var words []string
	if adds > 0 {
		words = append(words, portal.Count(adds, "jour à réserver", "jours à réserver"))
	}
	if removes > 0 {
		words = append(words, portal.Count(removes, "jour à annuler", "jours à annuler"))
	}
	if changes > 0 {
		words = append(words, portal.Count(changes, "horaire à changer", "horaires à changer"))
	}
	if len(words) == 0 {
		return "Aucun jour ne change pour le moment."
	}
	return portal.Capital(portal.List(words)) + "."
}

func (v *RegistrationPreview) addDates(kind, sign, title string, steps []portal.RegistrationStep) {
	if len(steps) == 0 {
		return
	}
	d := RegistrationDates{Kind: kind, Sign: sign, Title: title, Count: len(steps)}
	for i, s := range steps {
		day := strings.ReplaceAll(s.Slot.Day.Weekday().Short()+" "+portal.DayNumber(s.Slot.Day), " ", "\u00a0")
		if i > 0 && s.Slot.Day.Month() == steps[i-1].Slot.Day.Month() {
			last := &d.Months[len(d.Months)-1]
			last.Days += ", " + day
			continue
		}
		d.Months = append(d.Months, RegistrationMonth{portal.Capital(s.Slot.Day.Month().Word()), day})
	}
	v.Dates = append(v.Dates, d)
}

// SetWeeks says, for one week in two, which weeks come first.
func (v *RegistrationPreview) SetWeeks(mondays []portal.Date) {
	var weeks []string
	for _, m := range mondays {
		weeks = append(weeks, portal.DayNumber(m)+" "+m.Month().MonthName())
	}
	if len(weeks) > 0 {
		v.Weeks = "Premières semaines : " + strings.Join(weeks, ", ") + "."
	}
}

// addNote lists days that are left aside, the first ones by name.
func (v *RegistrationPreview) addNote(icon string, steps []portal.RegistrationStep, one, many string) {
	if len(steps) == 0 {
		return
	}
	var days []string
	for _, s := range steps {
		days = append(days, s.Slot.Day.Short())
	}
	v.Notes = append(v.Notes, PreviewNote{Icon: icon, Text: portal.Count(len(steps), one, many) + " : " + strings.TrimSuffix(shortList(days), ".") + "."})
}

// shownDays bounds a list of days within a sentence.
const shownDays = 8

func shortList(days []string) string {
	if len(days) <= shownDays+1 {
		return portal.List(days)
	}
	return strings.Join(days[:shownDays], ", ") + fmt.Sprintf(" et %d autres", len(days)-shownDays)
}

// addLater gathers the days that the town has not opened to bookings yet by the instant of their opening.
func (v *RegistrationPreview) addLater(steps []portal.RegistrationStep) {
	if len(steps) == 0 {
		return
	}
	var openings []string
	days := map[string][]string{}
	for _, s := range steps {
		when := "Ouverture pas encore annoncée"
		if !s.Slot.Book.Unannounced {
			when = "Ouverture le " + portal.Instant(s.Slot.Book.From)
		}
		if days[when] == nil {
			openings = append(openings, when)
		}
		days[when] = append(days[when], strings.ReplaceAll(s.Slot.Day.Short(), " ", "\u00a0"))
	}
	n := PreviewNote{Icon: "demain", Text: portal.Count(len(steps), "jour attend l’ouverture des réservations de sa période : il sera réservé de lui-même la nuit suivante.",
		"jours attendent l’ouverture des réservations de leur période : ils seront réservés d’eux-mêmes la nuit suivante.")}
	for _, when := range openings {
		n.Items = append(n.Items, when+" : "+strings.TrimSuffix(shortList(days[when]), ".")+".")
	}
	v.Notes = append(v.Notes, n)
}

// addClosed gathers the closed days by their reason.
func (v *RegistrationPreview) addClosed(steps []portal.RegistrationStep) {
	if len(steps) == 0 {
		return
	}
	var reasons []string
	count := map[string]int{}
	for _, s := range steps {
		why := strings.TrimSuffix(s.Slot.Closed.Why, ".")
		if count[why] == 0 {
			reasons = append(reasons, why)
		}
		count[why]++
	}
	n := PreviewNote{Icon: "fermer", Text: portal.Count(len(steps), "jour fermé ne sera pas réservé.", "jours fermés ne seront pas réservés.")}
	for _, why := range reasons {
		if count[why] > 1 {
			why += " : " + portal.Count(count[why], "jour")
		}
		n.Items = append(n.Items, why+".")
	}
	v.Notes = append(v.Notes, n)
}
