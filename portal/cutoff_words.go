package portal

import (
	"fmt"
	"strings"
)

// The largest figures a rule may hold; beyond them somebody typed one thing for another.
const (
	maxDaysBefore  = 366
	maxCountedDays = 60 // with days left out: maxWalk still finds sixty days of a weekly activity
	maxWeeksBefore = 12
	maxHoursBefore = 90 * 24
)

// Check refuses a rule that cannot be applied; the sentence names what is wrong and what to do, its field is a key of the JSON.
func (c Cutoff) Check() error {
	if e := c.check(); e != nil {
		return e
	}
	return nil
}

// CheckFor refuses, beyond Check, a rule that leaves no day to count given the days on which the activity opens.
func (c Cutoff) CheckFor(o *Opening) error {
	if err := c.Check(); err != nil {
		return err
	}
	served := o.School | o.Holidays
	if c.Skip.SchoolHolidays {
		served = o.School
	}
	if c.Skip.NoService && served&^c.Skip.Weekdays == 0 {
		return Wrong("sauf", "Les jours d’ouverture de l’activité sont tous exclus du délai : il ne resterait aucun jour à compter. Laissez-en au moins un.")
	}
	return nil
}

func (c Cutoff) check() *Error {
	if e := c.checkSkip(); e != nil {
		return e
	}
	switch c.Shape {
	case ShapeNever, ShapeNoLimit:
		return nil
	case ShapeDays, ShapePeriod:
		return firstOf(c.checkDays(), checkTime(c.At))
	case ShapeWeekday:
		return firstOf(checkWeekday(c.Weekday), checkWeeks(c.Weeks, 1), checkTime(c.At))
	case ShapeTable:
		return c.checkTable()
	case ShapeMonthDay:
		if c.DayOfMonth < 1 || c.DayOfMonth > 31 {
			return Wrong("quantieme", "Le jour du mois doit aller de 1 à 31.")
		}
		return checkTime(c.At)
	case ShapeFullWeek:
		return firstOf(checkWeekday(c.Weekday), checkTime(c.At))
	case ShapeDates:
		return firstOf(c.checkDates(), checkTime(c.At))
	case ShapeHours:
		if c.Hours < 1 || c.Hours > maxHoursBefore {
			return Wrong("heures", "Le nombre d’heures doit aller de 1 à %d.", maxHoursBefore)
		}
		return nil
	case "":
		return Wrong("forme", "Aucun délai n’est choisi. Choisissez une forme de délai, « sans limite » ou « jamais ».")
	}
	return Wrong("forme", "La forme de délai « %s » n’existe pas. Choisissez-en une dans la liste.", Clip(string(c.Shape), 40))
}

func firstOf(faults ...*Error) *Error {
	for _, e := range faults {
		if e != nil {
			return e
		}
	}
	return nil
}

func (c Cutoff) checkSkip() *Error {
	if c.Skip == (Skip{}) {
		return nil
	}
	if c.Skip.Weekdays&EveryDay == EveryDay {
		return Wrong("sauf", "Tous les jours de la semaine sont exclus : il ne resterait aucun jour à compter. Laissez-en au moins un.")
	}
	switch c.Shape {
	case ShapeDates:
		return Wrong("sauf", "Une date fixée ne se déplace pas. Retirez les jours exclus, ou changez la date.")
	case ShapeNever, ShapeNoLimit:
		return Wrong("sauf", "Ce délai ne compte aucun jour. Retirez les jours exclus.")
	}
	return nil
}

func (c Cutoff) checkDays() *Error {
	if (c.Shape == ShapePeriod || c.Clear) && c.Days < 1 {
		return Wrong("jours", "Le nombre de jours doit être d’au moins 1.")
	}
	if c.Days == 0 && c.Skip != (Skip{}) {
		return Wrong("sauf", "Le jour même, aucun jour n’est compté. Retirez les jours exclus, ou choisissez au moins 1 jour avant.")
	}
	most := maxDaysBefore
	if c.Skip != (Skip{}) {
		most = maxCountedDays
	}
	if c.Days < 0 || c.Days > most {
		return Wrong("jours", "Le nombre de jours doit aller de 0 à %d.", most)
	}
	return nil
}

func checkTime(at TimeOfDay) *Error {
	switch {
	case at == 0:
		return Wrong("heure", "Précisez l’heure limite. Pour minuit, écrivez 24:00 : minuit est la fin du jour nommé.")
	case at < 0 || at > EndOfDay:
		return Wrong("heure", "L’heure limite doit aller de 00:01 à 24:00.")
	}
	return nil
}

func checkWeekday(w Weekday) *Error {
	if w > Sunday {
		return Wrong("jour", "Choisissez le jour limite, du lundi au dimanche.")
	}
	return nil
}

func checkWeeks(n, least int) *Error {
	if n < least || n > maxWeeksBefore {
		return Wrong("semaines", "Le nombre de semaines avant doit aller de %d à %d.", least, maxWeeksBefore)
	}
	return nil
}

func (c Cutoff) checkTable() *Error {
	if len(c.Table) == 0 {
		return Wrong("tableau", "Le tableau est vide. Ajoutez une ligne par groupe de jours.")
	}
	var seen WeekdaySet
	for _, row := range c.Table {
		if e := firstOf(checkWeekday(row.Weekday), checkWeeks(row.Weeks, 0), checkTime(row.At)); e != nil {
			return e
		}
		if row.For&EveryDay == 0 {
			return Wrong("tableau", "Une ligne du tableau ne concerne aucun jour. Cochez ses jours, ou retirez-la.")
		}
		if twice := seen & row.For; twice != 0 {
			return Wrong("tableau", "Le tableau donne deux limites pour %s. Gardez-en une.", twice)
		}
		seen |= row.For
		for _, w := range row.For.Weekdays() {
			if row.Weeks == 0 && row.Weekday > w {
				return Wrong("tableau", "Pour le %s, la limite tomberait le %s suivant, après le service. Choisissez la semaine précédente.", w, row.Weekday)
			}
		}
	}
	return nil
}

func (c Cutoff) checkDates() *Error {
	if len(c.Dates) == 0 {
		return Wrong("par_date", "Aucune date limite n’est fixée. Ajoutez une date par mois ou par période.")
	}
	for i, d := range c.Dates {
		switch {
		case d.From == 0 || d.To < d.From:
			return Wrong("par_date", "La ligne %d n’a pas de période. Donnez son premier et son dernier jour, dans l’ordre.", i+1)
		case d.Limit == 0 || d.Limit > d.From:
			return Wrong("par_date", "La date limite %s doit tomber au plus tard le %s, premier jour de la période. Corrigez-la.", d.forPeriod(), d.From.French())
		}
		for _, other := range c.Dates[:i] {
			if other.From <= d.To && d.From <= other.To {
				return Wrong("par_date", "Deux dates limites valent %s et %s, qui se chevauchent. Séparez les périodes.", other.forPeriod(), d.forPeriod())
			}
		}
	}
	return nil
}

// Sentence says the rule in French: « jusqu’au jeudi de la semaine précédente à 9 h ».
func (c Cutoff) Sentence() string {
	switch c.Shape {
	case ShapeNever:
		return "jamais"
	case ShapeNoLimit:
		return "jusqu’à la fin du jour même"
	case ShapeDays:
		return c.daysSentence()
	case ShapePeriod:
		return fmt.Sprintf("jusqu’à %s avant le premier jour des vacances (hors vacances : de la semaine)%s%s", c.count(), c.hour(), c.notCounted())
	case ShapeHours:
		return "jusqu’à " + Count(c.Hours, "heure") + " avant" + c.notCounted()
	case ShapeWeekday:
		return "jusqu’au " + weekdayLimit(c.Weekday, c.Weeks, c.At) + c.movedBack()
	case ShapeTable:
		rows := make([]string, len(c.Table))
		for i, r := range c.Table {
			rows[i] = fmt.Sprintf("pour %s : jusqu’au %s", r.For, weekdayLimit(r.Weekday, r.Weeks, r.At))
		}
		return strings.Join(rows, " ; ") + c.movedBack()
	case ShapeMonthDay:
		return fmt.Sprintf("jusqu’au %s du mois précédent%s%s", c.dayOfMonth(), atHour(c.At), c.movedBack())
	case ShapeFullWeek:
		return fmt.Sprintf("jusqu’au %s de la dernière semaine complète du mois précédent%s%s", c.Weekday, atHour(c.At), c.movedBack())
	case ShapeDates:
		limits := make([]string, len(c.Dates))
		for i, d := range c.Dates {
			limits[i] = "jusqu’au " + d.Limit.LongYear() + atHour(c.At) + " " + d.forPeriod()
		}
		return strings.Join(limits, " ; ")
	}
	return "délai non défini"
}

// atHour says an hour after a day: « à 9 h », « à minuit ».
func atHour(t TimeOfDay) string { return " à " + t.Word() }

// hour says the last minute; clear days are whole, so that their end goes without saying.
func (c Cutoff) hour() string {
	if c.Clear && c.At == EndOfDay {
		return ""
	}
	return atHour(c.At)
}

func (c Cutoff) daysSentence() string {
	switch unit, named := c.Skip.unit(); {
	case c.Days == 0 && c.At == EndOfDay:
		return "jusqu’à la fin du jour même"
	case c.Days == 0:
		return "jusqu’au jour même" + atHour(c.At)
	case c.Days == 1 && !c.Clear && named:
		return "jusqu’au " + unit + " précédent" + atHour(c.At)
	case c.Days == 1 && !c.Clear:
		return "jusqu’à la veille" + atHour(c.At) + c.notCounted()
	}
	return "jusqu’à " + c.count() + " avant" + c.hour() + c.notCounted()
}

// count gives « 2 jours », « 2 jours ouvrés », « 15 jours francs ».
func (c Cutoff) count() string {
	unit, _ := c.Skip.unit()
	if c.Clear {
		unit = "jour franc"
	}
	// Only what follows « jour » without « de » or « d’ » agrees with it.
	noun, adjective, _ := strings.Cut(unit, " ")
	switch {
	case c.Days == 1 || adjective == "":
		return Count(c.Days, unit)
	case strings.HasPrefix(adjective, "d"):
		return fmt.Sprintf("%d %ss %s", c.Days, noun, adjective)
	}
	return fmt.Sprintf("%d %ss %ss", c.Days, noun, adjective)
}

// unit names what is counted, when that count has a name.
func (k Skip) unit() (name string, named bool) {
	switch k {
	case workingDays:
		return "jour ouvré", true
	case businessDays:
		return "jour ouvrable", true
	case serviceDays:
		return "jour d’ouverture", true
	case schoolDays:
		return "jour de classe", true
	}
	return "jour", false
}

// notCounted says what a count leaves out: « , week-ends et jours fériés non comptés »; nothing when its unit says it.
func (c Cutoff) notCounted() string {
	if _, named := c.Skip.unit(); c.Skip == (Skip{}) || named && !c.Clear && c.Shape != ShapeHours {
		return ""
	}
	if c.Skip == (Skip{SchoolHolidays: true}) {
		return ", vacances scolaires non comptées"
	}
	words := c.Skip.words("week-ends", "s", "jours fériés", "jours sans ouverture", "vacances scolaires")
	return ", " + List(words) + " non comptés"
}

// movedBack says when a named day moves: « , avancé si c’est un jour férié ».
func (c Cutoff) movedBack() string {
	if c.Skip == (Skip{}) {
		return ""
	}
	words := c.Skip.words("week-end", "", "jour férié", "jour sans ouverture", "jour de vacances scolaires")
	return ", avancé si c’est un " + strings.Join(words, " ou un ")
}

func (k Skip) words(weekend, dayEnding, publicHolidays, noService, schoolHolidays string) []string {
	var words []string
	days := k.Weekdays
	if days&Weekend == Weekend {
		words, days = append(words, weekend), days&^Weekend
	}
	words = append(words, days.words(dayEnding)...)
	for _, flag := range []struct {
		set  bool
		word string
	}{{k.PublicHolidays, publicHolidays}, {k.NoService, noService}, {k.SchoolHolidays, schoolHolidays}} {
		if flag.set {
			words = append(words, flag.word)
		}
	}
	return words
}

// weekdayLimit gives « jeudi de la semaine précédente à 9 h », « lundi minuit de la semaine précédente »,
// « mardi, 2 semaines avant, à 12 h ».
func weekdayLimit(w Weekday, weeks int, t TimeOfDay) string {
	week, hour := " de la semaine précédente", atHour(t)
	switch {
	case weeks == 0:
		week = " de la même semaine"
	case weeks > 1:
		week, hour = fmt.Sprintf(", %d semaines avant", weeks), ","+hour
	}
	if t == EndOfDay {
		return w.String() + " minuit" + week
	}
	return w.String() + week + hour
}

func (c Cutoff) dayOfMonth() string {
	switch {
	case c.DayOfMonth == 1:
		return "1er"
	case c.DayOfMonth == 31:
		return "dernier jour"
	case c.DayOfMonth > 28:
		return fmt.Sprintf("%d (ou au dernier jour)", c.DayOfMonth)
	}
	return fmt.Sprint(c.DayOfMonth)
}

// forPeriod gives « pour septembre 2026 », or « pour la période du 01/09/2026 au 18/12/2026 ».
func (d DatedLimit) forPeriod() string {
	m := d.From.Month()
	switch {
	case d.Name != "":
		return "pour « " + d.Name + " »"
	case d.From == m.First() && d.To == m.Last():
		return "pour " + m.Word()
	}
	return fmt.Sprintf("pour la période du %s au %s", d.From.French(), d.To.French())
}
