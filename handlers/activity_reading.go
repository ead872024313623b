package handlers

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// reading takes what is typed in a form of settings; what cannot be read is a fault beside its field.
type reading struct {
	r      *request
	faults []portal.FieldError
}

func (r *request) reading() *reading { return &reading{r: r} }

// typed gives what was typed, but for a few fields that are filled for the person.
func (f *reading) typed(instead map[string]string) func(string) string {
	return func(field string) string {
		if value := instead[field]; value != "" {
			return value
		}
		return f.r.FormValue(field)
	}
}

// refused takes the faults of a refusal; any other error is given back.
func (f *reading) refused(err error) error {
	refusal := portal.AsError(err)
	if refusal == nil || refusal.Kind != portal.KindInvalid {
		return err
	}
	f.faults = append(f.faults, refusal.Fields...)
	if len(refusal.Fields) == 0 {
		f.fault("contenu", refusal.Message)
	}
	return nil
}

// judge adds what a check finds to what could not be read, so that everything is said at once; what could not be read is not
// judged as well.
func (f *reading) judge(checked error) {
	if len(f.faults) == 0 {
		return // the operation checks it
	}
	f.faults = portal.AsError(both(&portal.Error{Fields: f.faults}, checked)).Fields
}

// fault says what is wrong with a field; the first sentence about it is enough.
func (f *reading) fault(field, message string) {
	if !slices.ContainsFunc(f.faults, func(e portal.FieldError) bool { return e.Field == field }) {
		f.faults = append(f.faults, portal.FieldError{Field: field, Message: message})
	}
}

func (f *reading) text(field string) string {
	return strings.Join(strings.Fields(f.r.FormValue(field)), " ")
}

func (f *reading) box(field string) bool { return f.r.ticked(field) }

func (f *reading) yes(field string) bool { return f.r.FormValue(field) == "oui" }

// parsed reads a field that may be left empty.
func parsed[T any](f *reading, field, text string, parse func(string) (T, error)) (value T) {
	if text = strings.TrimSpace(text); text == "" {
		return value
	}
	value, err := parse(text)
	if err != nil {
		f.fault(field, err.Error())
	}
	return value
}

// whole reads a whole number; empty is zero.
func (f *reading) whole(field string) int {
	return parsed(f, field, f.r.FormValue(field), func(s string) (int, error) {
		n, err := strconv.Atoi(s)
		if err != nil || n > 1_000_000 || n < -1_000_000 {
			return 0, portal.Invalid("« %s » n’est pas un nombre entier. Écrivez-le en chiffres.", portal.Clip(s, 20))
		}
		return n, nil
	})
}

// places reads a number of places: empty is unlimited, and so is « x ».
func (f *reading) places(field, name string) (n int, limited bool) {
	text := strings.TrimSpace(f.r.FormValue(name))
	if text == "" || strings.EqualFold(text, "x") {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > portal.CounterMost {
		f.fault(field, "Un nombre de places s’écrit en chiffres, de 0 à "+strconv.Itoa(portal.CounterMost)+". Laissez vide pour un nombre illimité.")
		return 0, false
	}
	return n, true
}

func (f *reading) weekdays(prefix string) (set portal.WeekdaySet) {
	for w := portal.Monday; w <= portal.Sunday; w++ {
		if f.box(prefix + w.String()) {
			set |= portal.Days(w)
		}
	}
	return set
}

func (f *reading) identity(a *portal.Activity) {
	a.Name, a.Short, a.Spoken, a.Kind = f.text("nom"), f.text("court"), f.text("parle"), portal.ActivityKind(f.r.FormValue("sorte"))
}

// proposeSpoken proposes the name of an activity in a sentence when none is typed; a person reads it before it is saved.
func (f *reading) proposeSpoken(a *portal.Activity) string {
	if a.Spoken != "" || a.Name == "" {
		return ""
	}
	proposed := portal.SpokenName(a.Name)
	f.fault("parle", "Nous proposons « "+proposed+" ». Relisez, corrigez s’il le faut, puis enregistrez.")
	return proposed
}

func (f *reading) hours(a *portal.Activity) {
	a.Starts = f.hour("debut", "Écrivez l’heure de début, par exemple 16:30.")
	a.Ends = f.hour("fin", "Écrivez l’heure de fin, par exemple 18:30.")
}

// hour reads a time of day that cannot be left empty: midnight is an answer of its own.
func (f *reading) hour(field, missing string) portal.TimeOfDay {
	text := strings.TrimSpace(f.r.FormValue(field))
	if text == "" {
		f.fault(field, missing)
	}
	return parsed(f, field, text, portal.ParseTimeOfDay)
}

func (f *reading) week(o *portal.Opening) {
	o.School, o.Holidays, o.OnPublicHolidays = f.weekdays("ecole-"), f.weekdays("vacances-"), f.box("feries")
}

func (f *reading) audience(s []db.School, c []db.ClassChoice, grades []string) (a portal.Audience) {
	for _, school := range s {
		if f.box("ecole-" + strconv.FormatInt(int64(school.ID), 10)) {
			a.Schools = append(a.Schools, school.ID)
		}
	}
	for _, class := range c {
		if f.box("classe-" + strconv.FormatInt(int64(class.ID), 10)) {
			a.Classes = append(a.Classes, class.ID)
		}
	}
	for _, g := range grades {
		if f.box("niveau-" + g) {
			a.Grades = append(a.Grades, g)
		}
	}
	a.AgeFrom, a.AgeTo = f.whole("age_min"), f.whole("age_max")
	switch on := portal.AgeDay(f.r.FormValue("age_le")); on {
	case portal.AgeOnReturn, portal.AgeOnYear:
		a.AgeOn = on
	}
	return a
}

// partLines are the lines of a list as they are typed.
type partLines struct {
	runs    []views.RunRow
	windows []views.WindowRow
}

// savedLines shows the lines that are saved.
func savedLines(a *portal.Activity) (l partLines) {
	for _, run := range a.Opening.Runs() {
		l.runs = append(l.runs, views.NewRunRow(run))
	}
	for _, w := range a.Windows {
		l.windows = append(l.windows, views.NewWindowRow(w))
	}
	return l
}

// more adds an empty line at the end.
func (l partLines) more() partLines {
	l.runs, l.windows = append(l.runs, views.RunRow{}), append(l.windows, views.WindowRow{})
	return l
}

// propose adds the booking period that is proposed for the holidays that begin on a day.
func (l *partLines) propose(s *db.ActivitySheet, a *portal.Activity, first string) {
	for _, w := range s.Setup.ProposedWindows(a, portal.DateOf(s.Now)) {
		if w.First.String() == first {
			a.Windows = append(a.Windows, w)
			l.windows = append(l.windows, views.NewWindowRow(w))
		}
	}
}

// linesMost bounds the lines of a form.
const linesMost = 400

// rows reads the lines of a list until one is not in the form; those that are empty or taken off are left out. state is a
// list to choose from, which says nothing alone.
func (f *reading) rows(names ...string) (rows []map[string]string) {
	for i := range linesMost {
		row, filled, there := map[string]string{}, false, false
		for _, name := range names {
			field := ranked(name, i)
			row[name] = strings.TrimSpace(f.r.FormValue(field))
			there = there || f.r.sent(field)
			filled = filled || row[name] != "" && name != "etat"
		}
		if !there {
			return rows
		}
		if filled && !f.box(ranked("retirer", i)) {
			rows = append(rows, row)
		}
	}
	return rows
}

// sent says that a form has a field, be it empty.
func (r *request) sent(name string) bool { return r.Request().PostArgs().Has(name) }

// part reads one part of an activity.
func (f *reading) part(p portal.ActivityPart, a *portal.Activity, s *db.ActivitySheet) (lines partLines) {
	switch p {
	case portal.PartIdentity:
		f.identity(a)
	case portal.PartHours:
		f.hours(a)
		a.AsksArrival, a.AsksDeparture = f.box("demande_arrivee"), f.box("demande_depart")
		if n := f.whole("pas"); n != 0 || a.AsksHours() {
			a.HourStep = n
		}
	case portal.PartAudience:
		a.Audience, a.Enrolment = f.audience(s.Schools, s.Classes, s.Grades), f.yes("inscription")
	case portal.PartOpening:
		f.week(&a.Opening)
		a.Opening.First = parsed(f, "du", f.r.FormValue("du"), portal.ReadDay)
		a.Opening.Last = parsed(f, "au", f.r.FormValue("au"), portal.ReadDay)
		lines.runs = f.exceptions(&a.Opening)
	case portal.PartBooking:
		f.booking(a)
	case portal.PartWindows:
		lines.windows = f.windows(a)
	case portal.PartPlaces:
		a.Counters = nil
		for _, c := range s.Counters {
			if f.box("compteur-" + strconv.FormatInt(int64(c.ID), 10)) {
				a.Counters = append(a.Counters, c)
			}
		}
		a.Waitlist, a.WaitMode = f.box("attente"), portal.WaitNight
		switch mode := portal.WaitMode(f.r.FormValue("mode")); mode {
		case portal.WaitNow, portal.WaitOffer:
			a.WaitMode = mode
		}
		if n := f.whole("delai_offre"); n != 0 || a.WaitMode == portal.WaitOffer {
			a.OfferHours = n
		}
	case portal.PartLinks:
		f.links(a, s)
	}
	return lines
}

func (f *reading) booking(a *portal.Activity) {
	a.Decided, a.WholeWeek = f.yes("decision"), f.yes("semaine")
	a.LeastDays, a.MostDays, a.DaysPer = f.whole("jours_min"), f.whole("jours_max"), portal.PerWeek
	if portal.Span(f.r.FormValue("par")) == portal.PerPeriod {
		a.DaysPer = portal.PerPeriod
	}
	a.Horizon, a.HorizonDays = portal.HorizonYears, 0
	switch h := portal.Horizon(f.r.FormValue("horizon")); h {
	case portal.HorizonHolidays:
		a.Horizon = h
	case portal.HorizonOfDays:
		a.Horizon, a.HorizonDays = h, f.whole("horizon_jours")
	}
	a.Annual, a.NoticeDays, a.DocumentDays = f.box("annuel"), f.whole("mise_en_place"), f.whole("justificatif")
}

func (f *reading) exceptions(o *portal.Opening) (rows []views.RunRow) {
	o.Exceptions = nil
	for i, row := range f.rows("jour", "jusque", "etat", "motif") {
		rows = append(rows, views.RunRow{First: row["jour"], Last: row["jusque"], State: row["etat"], Why: row["motif"]})
		before := len(f.faults)
		run := portal.Run{First: parsed(f, ranked("jour", i), row["jour"], portal.ReadDay), Last: parsed(f, ranked("jusque", i), row["jusque"], portal.ReadDay),
			Open: row["etat"] == "ouvert", Why: row["motif"]}
		if run.Last == 0 {
			run.Last = run.First
		}
		switch {
		case len(f.faults) > before:
		case run.First == 0:
			f.fault(ranked("jour", i), "Donnez le jour, ou retirez la ligne.")
		case run.Last < run.First:
			f.fault(ranked("jusque", i), "Le dernier jour doit être après le premier.")
		case run.Last-run.First > 365:
			f.fault(ranked("jusque", i), "Une ligne couvre un an au plus. Au-delà, changez le premier ou le dernier jour de l’activité.")
		default:
			o.Exceptions = append(o.Exceptions, run.Exceptions()...)
		}
	}
	return rows
}

func (f *reading) windows(a *portal.Activity) (rows []views.WindowRow) {
	a.Windows = nil
	for i, row := range f.rows("nom", "du", "au", "ouverture", "exterieurs", "fermeture") {
		rows = append(rows, views.WindowRow{Name: row["nom"], First: row["du"], Last: row["au"], Opens: row["ouverture"], Outside: row["exterieurs"], Closes: row["fermeture"]})
		date := func(name string) portal.Date { return parsed(f, ranked(name, i), row[name], portal.ReadDay) }
		moment := func(name string) time.Time { return parsed(f, ranked(name, i), row[name], portal.ParseMoment) }
		a.Windows = append(a.Windows, portal.Window{Name: row["nom"], First: date("du"), Last: date("au"), Opens: moment("ouverture"), OutsideOpens: moment("exterieurs"), Closes: moment("fermeture")})
	}
	return rows
}

func (f *reading) links(a *portal.Activity, s *db.ActivitySheet) {
	a.Links = nil
	for i := range s.Setup.Activities {
		other := s.Setup.Activities[i].ID
		switch kind := portal.LinkKind(f.r.FormValue(portal.LinkField(other))); kind {
		case portal.Incompatible, portal.Compatible, portal.Requires:
			a.Links = append(a.Links, portal.Link{Other: other, Kind: kind})
		}
	}
}
