package portal

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// FileFault is what is wrong in a file of school holidays, with the line where it is when one is known.
type FileFault struct {
	Line    int
	Message string
}

// String gives « Ligne 14 : … ».
func (f FileFault) String() string {
	if f.Line == 0 {
		return f.Message
	}
	return fmt.Sprintf("Ligne %d : %s", f.Line, f.Message)
}

// HolidayFile is what a file of the ministry says of the school holidays of one zone.
type HolidayFile struct {
	Holidays []Period // ascending, each once
	Zones    []string // those that the file speaks of, when it says so
	Faults   []FileFault
}

// fileFaultsMost bounds what is told of a file that is not the right one.
const fileFaultsMost = 20

// fileEvent is a line of a file before it is sorted out.
type fileEvent struct {
	line       int
	name       string
	zones      []string // nothing: every zone
	population string
	start, end Date // the end is the day school starts again, as the ministry writes
	open       bool // without an end
}

// ReadHolidayFile reads the school calendar that the ministry publishes, as iCal (.ics) or as JSON records (« calendrier
// scolaire » of the open data), for a zone: A, B, C, « Corse », « Réunion »…; an empty zone takes the only one of the file.
func ReadHolidayFile(text, zone string) HolidayFile {
	var f HolidayFile
	var events []fileEvent
	switch trimmed := strings.TrimSpace(strings.TrimPrefix(text, "\ufeff")); {
	case trimmed == "":
		f.fault(0, "Le fichier est vide. Téléchargez-le de nouveau.")
	case strings.HasPrefix(trimmed, "BEGIN:VCALENDAR"):
		events = f.readICS(trimmed)
	case trimmed[0] == '[' || trimmed[0] == '{':
		events = f.readRecords(text)
	case strings.HasPrefix(trimmed, "<"):
		f.fault(1, "Ce fichier est une page web, pas un calendrier. Sur la page du ministère, choisissez « Télécharger » au format iCal (.ics) ou JSON.")
	default:
		f.fault(1, "Ce fichier n’est ni un calendrier iCal (il commencerait par « BEGIN:VCALENDAR »), ni du JSON. Téléchargez le calendrier scolaire dans un de ces deux formats.")
	}
	if len(f.Faults) > 0 {
		return f
	}
	f.choose(events, zone)
	return f
}

func (f *HolidayFile) fault(line int, format string, args ...any) {
	if len(f.Faults) < fileFaultsMost {
		f.Faults = append(f.Faults, FileFault{line, fmt.Sprintf(format, args...)})
	}
}

// choose keeps the holidays of pupils in one zone.
func (f *HolidayFile) choose(events []fileEvent, zone string) {
	for _, e := range events {
		for _, z := range e.zones {
			if !slices.Contains(f.Zones, z) {
				f.Zones = append(f.Zones, z)
			}
		}
	}
	slices.Sort(f.Zones)
	if zone == "" && len(f.Zones) > 1 {
		f.fault(0, "Ce fichier parle de plusieurs zones : %s. Dites laquelle lire.", List(f.Zones))
		return
	}
	known := slices.ContainsFunc(f.Zones, func(z string) bool { return FoldName(z) == FoldName(zone) })
	if zone != "" && len(f.Zones) > 0 && !known {
		f.fault(0, "Ce fichier ne parle pas de la zone « %s » : il donne %s. Choisissez une de ces zones, ou un autre fichier.", zone, List(f.Zones))
		return
	}
	for _, e := range events {
		elsewhere := zone != "" && len(e.zones) > 0 && !slices.ContainsFunc(e.zones, func(z string) bool { return FoldName(z) == FoldName(zone) })
		if elsewhere || !e.holiday() {
			continue
		}
		p := e.period()
		same := slices.IndexFunc(f.Holidays, func(o Period) bool { return o.From <= p.To && p.From <= o.To })
		switch {
		case same < 0:
			f.Holidays = append(f.Holidays, p)
		case f.Holidays[same] != p && f.Holidays[same].From != p.From:
			f.fault(e.line, "« %s » (%s) chevauche « %s » (%s). Gardez une seule des deux dans le fichier, ou corrigez les dates après l’import.",
				p.Name, SpanYearWords(p.From, p.To), f.Holidays[same].Name, SpanYearWords(f.Holidays[same].From, f.Holidays[same].To))
		case p.To > f.Holidays[same].To: // a beginning that another line gives the end of
			f.Holidays[same] = p
		}
	}
	if len(f.Holidays) == 0 && len(f.Faults) == 0 {
		f.fault(0, "Ce fichier ne contient aucune vacance scolaire. Téléchargez le « calendrier scolaire » du ministère.")
	}
	slices.SortStableFunc(f.Holidays, func(a, b Period) int { return int(a.From - b.From) })
}

// holiday says whether a line gives days without school to pupils: returns to school and days for teachers are in the file
// as well.
func (e fileEvent) holiday() bool {
	name := FoldName(e.name)
	return !strings.Contains(name, "rentree") && FoldName(e.population) != "enseignants" && !strings.Contains(name, "enseignants") &&
		(strings.Contains(name, "vacances") || strings.Contains(name, "pont") || strings.Contains(name, "conge"))
}

// period gives the days without school. The summer often has a beginning only: it lasts until 31 August.
func (e fileEvent) period() Period {
	last := e.end - 1
	if e.open || last < e.start {
		last = e.start
		if strings.Contains(FoldName(e.name), "ete") && e.start.Month().Month < time.September {
			last = NewDate(e.start.Month().Year, time.August, 31)
		}
	}
	return Period{holidayName(e.name), e.start, last}
}

// holidayName writes an official name as in a sentence: « Vacances d'Hiver » becomes « vacances d’hiver ».
func holidayName(official string) string {
	name := strings.ReplaceAll(strings.Join(strings.Fields(official), " "), "'", "’")
	if at := zoneWords.FindStringIndex(name); at != nil {
		name = strings.TrimRight(name[:at[0]], " -–(")
	}
	folded := FoldName(name)
	for _, known := range []struct{ word, name string }{
		{"toussaint", "vacances de la Toussaint"}, {"noel", "vacances de Noël"}, {"hiver", "vacances d’hiver"}, {"carnaval", "vacances de carnaval"},
		{"printemps", "vacances de printemps"}, {"ascension", "pont de l’Ascension"}, {"vacances d ete", "vacances d’été"},
	} {
		if strings.Contains(folded, known.word) {
			return known.name
		}
	}
	if name == "" {
		return "vacances scolaires"
	}
	return lower(firstLetter(name)) + strings.TrimPrefix(name, firstLetter(name))
}

var zoneWords = regexp.MustCompile(`(?i)\bzones?\s+[A-C](?:\s*(?:,|et|-|/|\s)\s*[A-C])*\b`)

var zoneLetter = regexp.MustCompile(`\b[A-C]\b`)

// zonesIn finds « Zones A, B et C » in a text.
func zonesIn(text string) []string {
	var zones []string
	for _, words := range zoneWords.FindAllString(text, -1) {
		words = strings.TrimLeft(words[4:], "sS")
		for _, z := range zoneLetter.FindAllString(strings.ToUpper(strings.ReplaceAll(words, "et", " ")), -1) {
			if !slices.Contains(zones, z) {
				zones = append(zones, z)
			}
		}
	}
	return zones
}

// fileDay reads a day as the ministry writes it: a date, or midnight of that day on the clock of the place, in UTC
// (2026-10-16T22:00:00+00:00 is the 17th). The midnight of the farthest territory is eleven hours away: the nearest midnight
// in UTC is that of the right day.
func fileDay(s string) (Date, error) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.DateOnly, "20060102", "20060102T150405", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return nearestMidnight(t), nil
		}
	}
	for _, layout := range []string{time.RFC3339, "20060102T150405Z"} {
		if t, err := time.Parse(layout, s); err == nil {
			return nearestMidnight(t.UTC()), nil
		}
	}
	return 0, errors.New("no date")
}

func nearestMidnight(t time.Time) Date { return NewDate(t.Add(12 * time.Hour).Date()) }

// plausibleDay holds for the days that a school calendar may speak of; others are a slip of the pen.
func plausibleDay(d Date) bool { return d > NewDate(2000, 1, 1) && d < NewDate(2100, 1, 1) }

// dates reads both ends of a line, and says what is wrong with them.
func (f *HolidayFile) dates(e *fileEvent, start, end string) {
	var err error
	e.start, err = fileDay(start)
	switch {
	case start == "":
		f.fault(e.line, "« %s » n’a pas de premier jour. Complétez la ligne, ou téléchargez le fichier de nouveau.", Clip(e.name, 60))
	case err != nil || !plausibleDay(e.start):
		f.fault(e.line, "« %s » n’est pas une date. Corrigez-la, ou téléchargez le fichier de nouveau.", Clip(start, 40))
	case end == "":
		e.open = true
	default:
		e.end, err = fileDay(end)
		switch {
		case err != nil || !plausibleDay(e.end):
			f.fault(e.line, "« %s » n’est pas une date. Corrigez-la, ou téléchargez le fichier de nouveau.", Clip(end, 40))
		case e.end < e.start:
			f.fault(e.line, "« %s » finit (%s) avant de commencer (%s). Échangez les deux dates.", Clip(e.name, 60), e.end.French(), e.start.French())
		case e.end-e.start > longestOff:
			f.fault(e.line, "« %s » dure %d jours. Vérifiez les deux dates.", Clip(e.name, 60), e.end-e.start)
		}
	}
}

// readICS reads the events of an iCal file (RFC 5545): folded lines, dates with or without hours.
func (f *HolidayFile) readICS(text string) []fileEvent {
	var events []fileEvent
	var fields map[string]string
	begun := 0
	for _, l := range unfold(text) {
		name, value, ok := strings.Cut(l.text, ":")
		name, _, _ = strings.Cut(name, ";")
		name = strings.ToUpper(name)
		switch {
		case !ok && strings.TrimSpace(l.text) != "":
			f.fault(l.line, "« %s » n’est pas une ligne d’un calendrier iCal. Téléchargez le fichier de nouveau, sans l’ouvrir dans un traitement de texte.", Clip(l.text, 40))
		case name == "BEGIN" && value == "VEVENT":
			if fields != nil {
				f.fault(l.line, "Un événement commence avant la fin du précédent (ligne %d). Téléchargez le fichier de nouveau.", begun)
				return nil
			}
			fields, begun = map[string]string{}, l.line
		case name == "END" && value == "VEVENT" && fields != nil:
			e := fileEvent{line: begun, name: unescapeICS(fields["SUMMARY"]), zones: zonesIn(unescapeICS(fields["SUMMARY"] + " / " + fields["DESCRIPTION"] + " / " + fields["LOCATION"]))}
			if e.name == "" {
				e.name = unescapeICS(fields["DESCRIPTION"])
			}
			f.dates(&e, fields["DTSTART"], fields["DTEND"])
			events = append(events, e)
			fields = nil
		case fields != nil:
			fields[name] = value
		}
	}
	if fields != nil {
		f.fault(begun, "Cet événement n’a pas de fin : le fichier est coupé. Téléchargez-le de nouveau.")
	}
	if len(events) == 0 {
		f.fault(0, "Ce calendrier ne contient aucun événement. Téléchargez celui de votre zone.")
	}
	return events
}

type icsLine struct {
	line int
	text string
}

// unfold joins the lines that were folded; each keeps the number of its first one.
func unfold(text string) []icsLine {
	var lines []icsLine
	for i, l := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if n := len(lines); n > 0 && (strings.HasPrefix(l, " ") || strings.HasPrefix(l, "\t")) {
			lines[n-1].text += l[1:]
			continue
		}
		lines = append(lines, icsLine{i + 1, strings.TrimRight(l, "\r")})
	}
	return lines
}

func unescapeICS(s string) string {
	return strings.TrimSpace(strings.NewReplacer(`\n`, " ", `\N`, " ", `\,`, ",", `\;`, ";", `\\`, `\`).Replace(s))
}

// calendarRecord is a record of the open data, in the layout of each of its three interfaces.
type calendarRecord struct {
	Description string          `json:"description"`
	Population  string          `json:"population"`
	Start       string          `json:"start_date"`
	End         string          `json:"end_date"`
	Zones       string          `json:"zones"`
	Fields      *calendarRecord `json:"fields"`
}

// readRecords reads JSON records: a list, or an object that holds one under « results » or « records ».
func (f *HolidayFile) readRecords(text string) []fileEvent {
	dec := json.NewDecoder(strings.NewReader(text))
	line := func(offset int64) int { return 1 + strings.Count(text[:min(int(offset), len(text))], "\n") }
	if err := intoRecords(dec); err != nil {
		f.fault(line(dec.InputOffset()), "Ce JSON n’est pas une liste de vacances. Téléchargez le jeu de données « calendrier scolaire » de data.education.gouv.fr au format JSON.")
		return nil
	}
	var events []fileEvent
	for dec.More() {
		at := dec.InputOffset() // just after the record before
		begin := line(at + int64(max(0, strings.IndexByte(text[at:], '{'))))
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			f.fault(begin, "Le fichier est abîmé ou coupé à cet endroit. Téléchargez-le de nouveau.")
			return nil
		}
		var r calendarRecord
		if err := json.Unmarshal(raw, &r); err != nil {
			f.fault(begin, "Cet enregistrement n’a pas la forme attendue (description, start_date, end_date, zones). Téléchargez le fichier de nouveau.")
			continue
		}
		if r.Fields != nil {
			r = *r.Fields
		}
		e := fileEvent{line: begin, name: r.Description, population: r.Population}
		if e.name == "" {
			f.fault(begin, "Cet enregistrement n’a pas de « description ». Est-ce bien le calendrier scolaire du ministère ?")
			continue
		}
		if zone := strings.TrimSpace(r.Zones); zone != "" {
			if e.zones = zonesIn(zone); e.zones == nil {
				e.zones = []string{zone}
			}
		}
		f.dates(&e, r.Start, r.End)
		events = append(events, e)
	}
	if _, err := dec.Token(); err != nil { // the end of the list
		f.fault(line(dec.InputOffset()), "Le fichier est coupé à cet endroit. Téléchargez-le de nouveau.")
		return nil
	}
	if len(events) == 0 && len(f.Faults) == 0 {
		f.fault(0, "Ce fichier ne contient aucun enregistrement. Téléchargez-le de nouveau.")
	}
	return events
}

// intoRecords goes to the beginning of the list of records.
func intoRecords(dec *json.Decoder) error {
	t, err := dec.Token()
	if err != nil || t == json.Delim('[') {
		return err
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		if key == "results" || key == "records" {
			if t, err = dec.Token(); err != nil || t != json.Delim('[') {
				return errors.Join(err, errors.New("no list"))
			}
			return nil
		}
		var skipped json.RawMessage
		if err := dec.Decode(&skipped); err != nil {
			return err
		}
	}
	return errors.New("no list")
}

// Within gives the holidays of a file that belong to a school year, its summer included.
func (f *HolidayFile) Within(year SchoolYearRef, span Period) []Period {
	var list []Period
	for _, p := range f.Holidays {
		if p.From >= year.First && p.From <= min(span.To, year.Last+80) {
			list = append(list, p)
		}
	}
	return list
}
