package handlers

import (
	"fmt"
	"strconv"
	"strings"

	"marelle/portal"
	"marelle/views"
)

// rowsMost bounds the lines of a table and the periods of a calendar of dates.
const rowsMost = 40

// formOf shows a rule in the form of its shape, with some empty lines to fill where it has lines.
func formOf(rule portal.Rule, empty int) views.CutoffForm {
	c := rule.Cutoff
	f := views.CutoffForm{Shape: c.Shape, Days: strconv.Itoa(c.Days), Clear: c.Clear, Hours: strconv.Itoa(c.Hours), DayOfMonth: strconv.Itoa(c.DayOfMonth), At: hourTyped(c.At),
		Weekdays: weekdayOptions(c.Weekday), Weeks: weekOptions(c.Weeks, 1), Counts: c.Shape == portal.ShapeDays || c.Shape == portal.ShapePeriod || c.Shape == portal.ShapeHours,
		Public: c.Skip.PublicHolidays, NoService: c.Skip.NoService, Holidays: c.Skip.SchoolHolidays}
	for _, s := range portal.Shapes {
		f.Shapes = append(f.Shapes, views.CutoffOption{Value: string(s), Label: portal.ShapeWords(s), Chosen: s == c.Shape})
	}
	if rule.Action == portal.ActionLate {
		f.Late = []views.CutoffOption{
			{Value: string(portal.LateSurcharged), Label: "la réservation est prise aussitôt, marquée hors délai et majorée", Chosen: rule.Late != portal.LateApproved},
			{Value: string(portal.LateApproved), Label: "la mairie donne ou non son accord", Chosen: rule.Late == portal.LateApproved},
		}
	}
	others := c.Skip.Weekdays
	if others&portal.Weekend == portal.Weekend {
		f.WeekEnds, others = true, others&^portal.Weekend
	}
	f.OtherDays, f.SomeOther = weekdaySet(others), others != 0
	for i, row := range c.Table {
		f.Rows = append(f.Rows, views.CutoffRow{N: i, For: weekdaySet(row.For), Weekdays: weekdayOptions(row.Weekday), Weeks: weekOptions(row.Weeks, 0), At: hourTyped(row.At)})
	}
	for i, d := range c.Dates {
		f.Dates = append(f.Dates, views.CutoffDates{N: i, Name: d.Name, From: d.From.String(), To: d.To.String(), Limit: d.Limit.String()})
	}
	for range empty {
		if c.Shape == portal.ShapeTable {
			f.Rows = append(f.Rows, views.CutoffRow{N: len(f.Rows), For: weekdaySet(0), Weekdays: weekdayOptions(portal.Monday), Weeks: weekOptions(1, 0), Empty: true})
		}
		if c.Shape == portal.ShapeDates {
			f.Dates = append(f.Dates, views.CutoffDates{N: len(f.Dates), Empty: true})
		}
	}
	return f
}

func hourTyped(t portal.TimeOfDay) string {
	if t == 0 {
		return ""
	}
	return t.Word()
}

func weekdayOptions(chosen portal.Weekday) (list []views.CutoffOption) {
	for w := portal.Monday; w <= portal.Sunday; w++ {
		list = append(list, views.CutoffOption{Value: w.String(), Label: w.String(), Chosen: w == chosen})
	}
	return list
}

func weekdaySet(chosen portal.WeekdaySet) (list []views.CutoffOption) {
	for w := portal.Monday; w <= portal.Sunday; w++ {
		list = append(list, views.CutoffOption{Value: w.String(), Label: w.String(), Chosen: chosen.Has(w)})
	}
	return list
}

func weekOptions(chosen, least int) (list []views.CutoffOption) {
	for n := least; n <= portal.WeeksMost; n++ {
		list = append(list, views.CutoffOption{Value: strconv.Itoa(n), Label: portal.WeeksWords(n), Chosen: n == chosen})
	}
	return list
}

// ruleReader reads a rule and keeps what could not be read.
type ruleReader struct {
	*reading
	dated []views.CutoffDates // the days of a calendar of dates as they were typed
}

func (f *ruleReader) number(name string) int {
	typed := strings.TrimSpace(f.r.FormValue(name))
	n, err := strconv.Atoi(typed)
	if err != nil || n < 0 || n > 9999 {
		f.fault(name, "Écrivez un nombre entier, par exemple 2.")
		return 0
	}
	return n
}

func (f *ruleReader) hour(name, field string) portal.TimeOfDay {
	at, err := portal.ReadHour(f.r.FormValue(name))
	if refusal := portal.AsError(err); refusal != nil {
		f.fault(field, refusal.Message)
	}
	return at
}

func (f *ruleReader) weekday(name, field string) portal.Weekday {
	w, err := portal.ParseWeekday(f.r.FormValue(name))
	if err != nil {
		f.fault(field, "Choisissez le jour limite, du lundi au dimanche.")
	}
	return w
}

// readRule reads the form of a rule. The form given back shows what was typed, readable or not.
func (r *request) readRule(c portal.Case) (portal.Rule, views.CutoffForm, *portal.Error) {
	f := &ruleReader{reading: r.reading()}
	rule := portal.Rule{Action: c.Action, Channel: c.Channel, Profile: c.Profile}
	if c.Action == portal.ActionLate {
		rule.Late = portal.LateMode(r.FormValue("tardive"))
		if rule.Late != portal.LateSurcharged && rule.Late != portal.LateApproved {
			f.fault("tardive", "Choisissez comment une réservation hors délai est prise.")
		}
	}
	rule.Cutoff = f.cutoff()
	form := formOf(rule, 1)
	for name, into := range map[string]*string{"jours": &form.Days, "heures": &form.Hours, "quantieme": &form.DayOfMonth, "heure": &form.At} {
		*into = portal.Clip(r.FormValue(name), 20)
	}
	for i, d := range f.dated {
		form.Dates[i].From, form.Dates[i].To, form.Dates[i].Limit = d.From, d.To, d.Limit
	}
	if len(f.faults) == 0 {
		return rule, form, nil
	}
	refusal := portal.Invalid("%s", f.faults[0].Message)
	refusal.Fields = f.faults
	return rule, form, refusal
}

func (f *ruleReader) cutoff() portal.Cutoff {
	c := portal.Cutoff{Shape: portal.Shape(f.r.FormValue("forme"))}
	if portal.ShapeWords(c.Shape) == "" {
		c.Shape = portal.ShapeDays
		f.fault("forme", "Choisissez comment la limite se compte.")
	}
	switch c.Shape {
	case portal.ShapeDays, portal.ShapePeriod:
		c.Days, c.Clear = f.number("jours"), f.box("francs")
	case portal.ShapeWeekday:
		c.Weekday, c.Weeks = f.weekday("jour", "jour"), f.number("semaines")
	case portal.ShapeFullWeek:
		c.Weekday = f.weekday("jour", "jour")
	case portal.ShapeMonthDay:
		c.DayOfMonth = f.number("quantieme")
	case portal.ShapeHours:
		c.Hours = f.number("heures")
	case portal.ShapeTable:
		c.Table = f.table()
	case portal.ShapeDates:
		c.Dates = f.dates()
	}
	switch c.Shape {
	case portal.ShapeNever, portal.ShapeNoLimit, portal.ShapeHours, portal.ShapeTable:
	default:
		c.At = f.hour("heure", "heure")
	}
	switch c.Shape {
	case portal.ShapeNever, portal.ShapeNoLimit, portal.ShapeDates:
	default:
		c.Skip = portal.Skip{Weekdays: f.weekdays("sauf-"), PublicHolidays: f.box("sauf-feries"), NoService: f.box("sauf-service"), SchoolHolidays: f.box("sauf-vacances")}
		if f.box("sauf-weekend") {
			c.Skip.Weekdays |= portal.Weekend
		}
	}
	return c
}

// table reads the lines of a table; one that was left empty, or that is taken away, is no line.
func (f *ruleReader) table() (rows []portal.TableRow) {
	for n := range rowsMost {
		at, days := fmt.Sprintf("heure-%d", n), f.weekdays(fmt.Sprintf("pour-%d-", n))
		if f.box(fmt.Sprintf("retirer-%d", n)) || days == 0 && strings.TrimSpace(f.r.FormValue(at)) == "" {
			continue
		}
		row := portal.TableRow{For: days, Weekday: f.weekday(fmt.Sprintf("jour-%d", n), "tableau"), Weeks: f.number(fmt.Sprintf("semaines-%d", n))}
		row.At = f.hour(at, "tableau")
		rows = append(rows, row)
	}
	return rows
}

// dates reads the periods of a calendar of dates.
func (f *ruleReader) dates() (list []portal.DatedLimit) {
	for n := range rowsMost {
		typed := func(name string) string { return strings.TrimSpace(f.r.FormValue(fmt.Sprintf("%s-%d", name, n))) }
		if typed("retirer") == "1" || typed("nom")+typed("du")+typed("au")+typed("limite") == "" {
			continue
		}
		day := func(name string) (d portal.Date) {
			if typed(name) == "" { // Check says what is missing
				return 0
			}
			d, err := portal.ReadDay(typed(name))
			if err != nil {
				f.fault(fmt.Sprintf("%s-%d", name, len(list)), err.Error())
			}
			return d
		}
		var d portal.DatedLimit
		d.Name, d.From, d.To, d.Limit = portal.Clip(typed("nom"), 60), day("du"), day("au"), day("limite")
		list = append(list, d)
		f.dated = append(f.dated, views.CutoffDates{From: portal.Clip(typed("du"), 20), To: portal.Clip(typed("au"), 20), Limit: portal.Clip(typed("limite"), 20)})
	}
	return list
}

// formFaults says what is to be corrected where it stands in the form: in a table, faults of its lines belong to it.
func formFaults(shape portal.Shape, refusal *portal.Error) (faults views.Faults) {
	for _, e := range refusal.Fields {
		field := e.Field
		if shape == portal.ShapeTable && field != "sauf" && field != "tardive" {
			field = "tableau"
		}
		if strings.HasPrefix(field, "semaines-") {
			field = "semaines"
		}
		faults = append(faults, views.Fault{Field: field, Message: e.Message})
	}
	return faults
}
