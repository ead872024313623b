package handlers

import (
	"fmt"
	"strconv"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

const calendarPath = settingsPath + "/calendrier"

func yearCalendarPath(year int64) string { return fmt.Sprintf("%s/%d", calendarPath, year) }

// calendarYear is the school year of the address with its days.
type calendarYear struct {
	setup *portal.Setup
	year  portal.SchoolYearRef
	span  portal.Period
}

func (r *request) calendarYear() (c calendarYear, err error) {
	id, err := number[int64](r.Params("year"))
	if err != nil {
		return c, err
	}
	if c.setup, err = r.site.store.Setup(r.ctx(), r.structure()); err != nil {
		return c, err
	}
	var ok bool
	if c.year, c.span, ok = c.setup.YearSpan(id); !ok {
		return c, portal.NotFound("Cette année scolaire n’existe pas.")
	}
	return c, nil
}

// calendarView shows the calendar of a year.
func (r *request) calendarView(territory portal.Territory) (views.CalendarSettings, error) {
	page := views.CalendarSettings{Frame: r.frame("Calendrier", settingsPath)}
	setup, err := r.site.store.Setup(r.ctx(), r.structure())
	if err != nil {
		return page, err
	}
	year, tabs, err := r.chosenYear(calendarPath, r.Query("annee"))
	if err != nil {
		return page, err
	}
	page.Years, page.Year, page.Zone = tabs, yearTitle(year), portal.ZoneWords(setup.Structure.Zone)
	if territory == "" {
		territory = setup.Structure.Territory
	}
	page.Territory = views.TerritoryPick(territory)
	page.Territory.Hint = "La loi n’en fixe pas les mêmes partout."
	shown := portal.Calendar{Territory: territory}
	if year.ID != 0 {
		_, span, _ := setup.YearSpan(year.ID)
		page.Seam = setup.Calendar.YearSeam(year)
		page.Base, page.Official = yearCalendarPath(year.ID), setup.Structure.Zone != ""
		page.Holidays, page.Closures = views.OffEntries(setup.Calendar.DaysOff(true, span)), views.OffEntries(setup.Calendar.DaysOff(false, span))
		months := year.Months()
		for _, p := range shown.PublicHolidays(months[0].First(), months[11].Last()) {
			page.Public = append(page.Public, views.OffEntry{Name: p.Name, Days: p.From.LongYear()})
		}
	}
	switch r.Query("enregistre") {
	case "1":
		page.Notice = "Le calendrier est enregistré. Les familles le voient tout de suite."
	case "feries":
		page.Notice = "Les jours fériés sont enregistrés."
	}
	return page, nil
}

// calendarSettings shows the calendar of a year.
func (r *request) calendarSettings() error {
	page, err := r.calendarView("")
	if err != nil {
		return err
	}
	return r.render(page)
}

// agreed says whether the agent was told what a change touches; else what to tell.
func (r *request) agreed(after portal.Calendar) (touches []views.TouchLine, stamp string, err error) {
	list, err := r.site.store.Touched(r.ctx(), r.structure(), after)
	if err != nil {
		return nil, "", err
	}
	touches, stamp = r.agreedTo(list)
	return touches, stamp, nil
}

// agreedTo says whether the agent was told of bookings that a change touches; else what to tell.
func (r *request) agreedTo(list []portal.Touch) (touches []views.TouchLine, stamp string) {
	facts := portal.TouchFacts(list)
	stamp = portal.Version(facts)
	if len(facts) == 0 || r.FormValue("accord") == stamp {
		return nil, ""
	}
	return views.TouchLines(list), stamp
}

// saveTerritory chooses whose public holidays are kept, once the agent knows what that touches.
func (r *request) saveTerritory() error {
	setup, err := r.site.store.Setup(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	territory := portal.Territory(r.FormValue("territoire"))
	after := setup.Calendar
	after.Territory = territory
	touches, stamp, err := r.agreed(after)
	if err != nil {
		return err
	}
	if stamp != "" {
		page, err := r.calendarView(territory)
		if err != nil {
			return err
		}
		page.Touches, page.Agreed = touches, stamp
		return r.render(page)
	}
	if err := r.site.store.SaveTerritory(r.ctx(), r.account(), r.structure(), territory); err != nil {
		return err
	}
	return r.redirect303(calendarPath + "?enregistre=feries")
}

// yearAtAGlance shows a whole year on one sheet.
func (r *request) yearAtAGlance() error {
	c, err := r.calendarYear()
	if err != nil {
		return err
	}
	page := views.NewYearAtAGlance(r.frame("L’année "+c.year.Label, settingsPath), c.setup, c.year)
	page.Back = fmt.Sprintf("%s?annee=%d", calendarPath, c.year.ID)
	for _, y := range c.setup.Years {
		page.Years = append(page.Years, views.YearTab{URL: yearCalendarPath(y.ID), Label: y.Label, Current: y.ID == c.year.ID})
	}
	return r.render(page)
}

// What is drawn of a form of days off beyond the lines there are, and the most it may have.
const (
	blankRows   = 2
	daysOffMost = 60
)

func offRows(list []portal.DaysOff) []portal.OffRow {
	var rows []portal.OffRow
	for _, d := range list {
		rows = append(rows, portal.OffRow{Kind: d.Kind, Name: d.Name, From: d.From.String(), To: d.To.String()})
	}
	return rows
}

// daysOffForm draws the holidays, or the closures, of a year.
func (r *request) daysOffForm(c calendarYear, holidays bool, rows []portal.OffRow, faults views.Faults) views.DaysOffForm {
	path := yearCalendarPath(c.year.ID)
	page := views.DaysOffForm{Closures: !holidays, Back: fmt.Sprintf("%s?annee=%d", calendarPath, c.year.ID), Faults: faults,
		Stamp: views.Stamp{Seen: portal.Version(portal.OffFacts(c.setup.Calendar.DaysOff(holidays, c.span)))}}
	page.Heading, page.Action = "Fermetures et ponts "+c.year.Label, path+"/fermetures"
	page.Lead = "Ces jours-là, toute la structure est fermée. Un seul jour : laissez le dernier vide."
	if holidays {
		page.Heading, page.Action = "Vacances scolaires "+c.year.Label, path+"/vacances"
		page.Lead = "Le premier et le dernier jour sans école sont compris."
	}
	page.Frame = r.frame(page.Heading, settingsPath)
	blank := portal.OffRow{Kind: portal.OffClosure}
	if holidays {
		blank.Kind = portal.OffHolidays
	}
	for len(rows) > 0 && rows[len(rows)-1].Blank() && r.FormValue("faire") != "ligne" {
		rows = rows[:len(rows)-1] // those that were added for nothing
	}
	for range blankRows {
		if len(rows) < daysOffMost {
			rows = append(rows, blank)
		}
	}
	page.Rows = views.OffLines(rows, faults)
	return page
}

// savedDaysOff draws the days off as they are kept.
func (r *request) savedDaysOff(c calendarYear, holidays bool) views.DaysOffForm {
	return r.daysOffForm(c, holidays, offRows(c.setup.Calendar.DaysOff(holidays, c.span)), nil)
}

// propose draws the form with holidays that come from elsewhere, and says what they change.
func (r *request) propose(c calendarYear, holidays []portal.Period, source string) error {
	var list []portal.DaysOff
	for _, p := range holidays {
		list = append(list, portal.DaysOff{Kind: portal.OffHolidays, Period: p})
	}
	page, now := r.daysOffForm(c, true, offRows(list), nil), r.savedDaysOff(c, true)
	page.Source, page.First = source, now.Shown()
	for _, ch := range portal.Differences(portal.OffFacts(c.setup.Calendar.DaysOff(true, c.span)), portal.OffFacts(list)) {
		switch {
		case ch.Before == "":
			page.Changes = append(page.Changes, "Ajouté : "+ch.What+", "+ch.After)
		case ch.After == "":
			page.Changes = append(page.Changes, "Retiré : "+ch.What+", "+ch.Before)
		default:
			page.Changes = append(page.Changes, "Déplacé : "+ch.What+", "+ch.After+" (avant : "+ch.Before+")")
		}
	}
	if page.Changes == nil {
		page.Source = source + " Ces dates sont déjà celles du portail."
	}
	return r.render(page)
}

// daysOffPage shows the holidays, or the closures, to change them; the official dates when they are asked for.
func daysOffPage(holidays bool) handler {
	return func(r *request) error {
		c, err := r.calendarYear()
		if err != nil {
			return err
		}
		if !holidays || r.Query("depuis") != "officielles" {
			return r.render(r.savedDaysOff(c, holidays))
		}
		years, err := db.OfficialYears(c.setup.Structure.Zone)
		if err != nil {
			return err
		}
		for _, y := range years {
			if y.Label == c.year.Label && len(y.Holidays) > 0 {
				source := "Voici les dates officielles de la zone " + c.setup.Structure.Zone + ". Relisez-les, puis enregistrez."
				if y.ToVerify {
					source = "Voici les dates connues de la zone " + c.setup.Structure.Zone + " ; le texte officiel reste à vérifier. Relisez-les, puis enregistrez."
				}
				return r.propose(c, y.Holidays, source)
			}
		}
		page := r.savedDaysOff(c, true)
		page.Source = "Le portail n’a pas de dates officielles pour l’année " + c.year.Label + ". Saisissez-les, ou importez le fichier du ministère."
		return r.render(page)
	}
}

// readRows reads the lines of the form as they were typed.
func (r *request) readRows(holidays bool) []portal.OffRow {
	n, _ := strconv.Atoi(r.FormValue("lignes"))
	var rows []portal.OffRow
	for i := range min(max(n, 0), daysOffMost) {
		field := func(name string) string { return portal.Clip(r.FormValue(fmt.Sprintf("%s-%d", name, i)), 200) }
		row := portal.OffRow{Kind: portal.OffClosure, Name: field("nom"), From: field("du"), To: field("au"), Removed: field("retirer") != ""}
		switch {
		case holidays:
			row.Kind = portal.OffHolidays
		case field("quoi") == string(portal.OffBridge):
			row.Kind = portal.OffBridge
		}
		rows = append(rows, row)
	}
	return rows
}

// saveDaysOff saves the holidays, or the closures, of a year, once the agent knows which bookings that touches.
func saveDaysOff(holidays bool) handler {
	return func(r *request) error {
		c, err := r.calendarYear()
		if err != nil {
			return err
		}
		rows := r.readRows(holidays)
		if r.FormValue("faire") == "ligne" {
			page := r.daysOffForm(c, holidays, rows, nil)
			r.keepStamp(&page)
			return r.render(page)
		}
		list, err := portal.ReadDaysOff(rows, c.year, c.span)
		if err != nil {
			page := r.daysOffForm(c, holidays, rows, views.FaultsOf(portal.AsError(err)))
			r.keepStamp(&page)
			return r.renderInvalid(page)
		}
		touches, stamp, err := r.agreed(c.setup.Calendar.With(holidays, c.span, list))
		if err != nil {
			return err
		}
		if stamp != "" {
			page := r.daysOffForm(c, holidays, rows, nil)
			r.keepStamp(&page)
			page.Touches, page.Agreed = touches, stamp
			return r.render(page)
		}
		err = r.site.store.SaveDaysOff(r.ctx(), r.account(), r.structure(), c.year.ID, holidays, list, r.FormValue("vu"))
		if refusal := portal.AsError(err); refusal != nil && refusal.Kind == portal.KindConflict {
			page := r.daysOffForm(c, holidays, rows, nil)
			now := r.savedDaysOff(c, holidays)
			return r.renderStale(&page, &now, refusal)
		}
		if err != nil {
			return err
		}
		return r.redirect303(fmt.Sprintf("%s?annee=%d&enregistre=1", calendarPath, c.year.ID))
	}
}

// fileZones are the zones that the ministry's files name.
var fileZones = []string{"A", "B", "C", "Corse", "Guadeloupe", "Guyane", "Martinique", "Mayotte", "Nouvelle Calédonie", "Polynésie", "Réunion", "Saint Pierre et Miquelon", "Wallis et Futuna"}

func (r *request) holidayImportView(c calendarYear, zone string, faults views.Faults) views.HolidayImport {
	path := yearCalendarPath(c.year.ID)
	page := views.HolidayImport{Heading: "Importer les vacances " + c.year.Label, Action: path + "/import", Back: fmt.Sprintf("%s?annee=%d", calendarPath, c.year.ID), Faults: faults}
	page.Frame = r.frame(page.Heading, settingsPath)
	page.File = views.Entry{ID: "fichier", Label: "Fichier du calendrier scolaire", Hint: "iCal (.ics) ou JSON, tel que le ministère le donne.", Type: "file", Required: true,
		Accept: ".ics,.json,text/calendar,application/json", Fault: faults.On("fichier")}
	page.Zone = views.Pick{ID: "zone", Label: "Quelle zone y lire ?"}
	for _, z := range fileZones {
		label := z
		if len(z) == 1 {
			label = "Zone " + z
		}
		page.Zone.Choices = append(page.Zone.Choices, views.Choice{Value: z, Label: label, Current: z == zone})
	}
	page.Zone.Choices = append(page.Zone.Choices, views.Choice{Label: "La seule du fichier", Current: zone == ""})
	return page
}

// holidayImportPage asks for a file of the ministry.
func (r *request) holidayImportPage() error {
	c, err := r.calendarYear()
	if err != nil {
		return err
	}
	return r.render(r.holidayImportView(c, c.setup.Structure.Zone, nil))
}

// importHolidays reads a file of the ministry and proposes its dates for the year; nothing is saved yet.
func (r *request) importHolidays() error {
	c, err := r.calendarYear()
	if err != nil {
		return err
	}
	zone := portal.Clip(r.FormValue("zone"), 40)
	_, body, err := r.upload("fichier")
	if err != nil {
		return err
	}
	if body == nil {
		return r.renderInvalid(r.holidayImportView(c, zone, views.Faults{{Field: "fichier", Message: "Choisissez un fichier."}}))
	}
	text, err := db.DecodeText(body)
	if err != nil {
		return r.renderInvalid(r.holidayImportView(c, zone, views.Faults{{Field: "fichier", Message: "Ce fichier ne se lit pas comme du texte. Téléchargez-le de nouveau."}}))
	}
	file := portal.ReadHolidayFile(text, zone)
	page := r.holidayImportView(c, zone, nil)
	for _, f := range file.Faults {
		page.Lines = append(page.Lines, f.String())
	}
	found := file.Within(c.year, c.span)
	if len(page.Lines) == 0 && len(found) == 0 {
		page.Lines = []string{"Ce fichier n’a aucune date de l’année " + c.year.Label + " : il va " + portal.SpanYearWords(file.Holidays[0].From, file.Holidays[len(file.Holidays)-1].To) + ". Choisissez l’année qui convient, ou un fichier plus récent."}
	}
	if len(page.Lines) > 0 {
		return r.renderInvalid(page)
	}
	return r.propose(c, found, "Voici les dates du fichier pour l’année "+c.year.Label+". Relisez-les, puis enregistrez.")
}
