package portal

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Period is a run of days with a name; both ends belong to it.
type Period struct {
	Name string `json:"nom,omitzero"`
	From Date   `json:"du"`
	To   Date   `json:"au"`
}

// Holds says whether a day belongs to the period.
func (p Period) Holds(d Date) bool { return p.From <= d && d <= p.To }

// periodOf finds the period that holds a day; one that nobody named gets a name, since an empty name means no period.
func periodOf(periods []Period, d Date, unnamed string) (Period, bool) {
	for _, p := range periods {
		if p.Holds(d) {
			if p.Name == "" {
				p.Name = unnamed
			}
			return p, true
		}
	}
	return Period{}, false
}

// Territory is the part of France whose public holidays apply; the zero value is Metropole.
type Territory string

// The territories, each with its own public holidays: the Code du travail (L3133-1, L3134-13, L3422-2) for most of them,
// texts of their own for those of the Pacific.
const (
	Metropole          Territory = "metropole"
	AlsaceMoselle      Territory = "alsace-moselle"
	Guadeloupe         Territory = "guadeloupe"
	Guyane             Territory = "guyane"
	Martinique         Territory = "martinique"
	Mayotte            Territory = "mayotte"
	Reunion            Territory = "reunion"
	SaintBarthelemy    Territory = "saint-barthelemy"
	SaintMartin        Territory = "saint-martin"
	SaintPierre        Territory = "saint-pierre-et-miquelon"
	NouvelleCaledonie  Territory = "nouvelle-caledonie"
	PolynesieFrancaise Territory = "polynesie-francaise"
	WallisEtFutuna     Territory = "wallis-et-futuna"
)

// Territories lists the territories in the order in which they are offered.
var Territories = []Territory{Metropole, AlsaceMoselle, Guadeloupe, Guyane, Martinique, Mayotte, Reunion, SaintBarthelemy, SaintMartin, SaintPierre,
	NouvelleCaledonie, PolynesieFrancaise, WallisEtFutuna}

var territoryWords = map[Territory]string{
	Metropole: "France métropolitaine", AlsaceMoselle: "Alsace-Moselle", Guadeloupe: "Guadeloupe", Guyane: "Guyane", Martinique: "Martinique",
	Mayotte: "Mayotte", Reunion: "La Réunion", SaintBarthelemy: "Saint-Barthélemy", SaintMartin: "Saint-Martin", SaintPierre: "Saint-Pierre-et-Miquelon",
	NouvelleCaledonie: "Nouvelle-Calédonie", PolynesieFrancaise: "Polynésie française", WallisEtFutuna: "Wallis-et-Futuna",
}

// Word gives « Alsace-Moselle ».
func (t Territory) Word() string {
	if t == "" {
		t = Metropole
	}
	return territoryWords[t]
}

func (t Territory) known() bool { return t.Word() != "" }

// Calendar is what a town knows of its days whatever the activity; nil is the metropolitan public holidays and nothing else.
type Calendar struct {
	Territory Territory
	Holidays  []Period // school holidays, ascending, named as in a sentence: « vacances de la Toussaint »
	Closures  []Period // days on which the town hall closes everything
	Bridges   []Period // bridge days (« ponts »): closed as well
}

// SchoolHoliday gives the name of the school holidays that hold a day: « vacances de la Toussaint », or nothing.
func (c *Calendar) SchoolHoliday(d Date) string {
	p, _ := c.holidays(d)
	return p.Name
}

func (c *Calendar) holidays(d Date) (Period, bool) {
	if c == nil {
		return Period{}, false
	}
	return periodOf(c.Holidays, d, "vacances scolaires")
}

func (c *Calendar) closure(d Date) (Period, bool) {
	if c == nil {
		return Period{}, false
	}
	if p, closed := periodOf(c.Closures, d, "tous les services"); closed {
		return p, true
	}
	return periodOf(c.Bridges, d, "pont")
}

// Closure gives the name of the closure of the whole town hall that holds a day, or nothing.
func (c *Calendar) Closure(d Date) string {
	p, _ := c.closure(d)
	return p.Name
}

// PublicHoliday gives the name of the public holiday that falls on a day: « Armistice 1918 », or nothing.
func (c *Calendar) PublicHoliday(d Date) string {
	if d <= 0 {
		return ""
	}
	year, month, day := d.Civil()
	dayOfYear := int(month)*100 + day
	switch dayOfYear {
	case 101:
		return "Jour de l’an"
	case 501:
		return "Fête du Travail"
	case 508:
		return "Victoire 1945"
	case 714:
		return "Fête nationale"
	case 815:
		return "Assomption"
	case 1101:
		return "Toussaint"
	case 1111:
		return "Armistice 1918"
	case 1225:
		return "Noël"
	}
	afterEaster := int(d - easter(year))
	switch afterEaster {
	case 1:
		return "Lundi de Pâques"
	case 39:
		return "Ascension"
	case 50:
		return "Lundi de Pentecôte"
	}
	if c == nil {
		return ""
	}
	return c.Territory.ownHoliday(dayOfYear, afterEaster)
}

// ownHoliday names the public holidays that only one territory has.
func (t Territory) ownHoliday(dayOfYear, afterEaster int) string {
	if afterEaster == -2 && (t == AlsaceMoselle || t == PolynesieFrancaise) {
		return "Vendredi saint"
	}
	return ownDays[t][dayOfYear]
}

const abolition = "Abolition de l’esclavage"

// ownDays are the days of the year, written month and day, that are public holidays in one territory only. Polynesia keeps
// Matari’i since 2025 in place of the day of its autonomy.
var ownDays = map[Territory]map[int]string{
	AlsaceMoselle:      {1226: "Saint-Étienne"},
	Mayotte:            {427: abolition},
	Martinique:         {522: abolition},
	Guadeloupe:         {527: abolition},
	SaintMartin:        {528: abolition},
	Guyane:             {610: abolition},
	SaintBarthelemy:    {1009: abolition},
	Reunion:            {1220: abolition},
	NouvelleCaledonie:  {924: "Fête de la citoyenneté"},
	PolynesieFrancaise: {305: "Arrivée de l’Évangile", 1120: "Matari’i"},
	WallisEtFutuna:     {428: "Saint-Pierre-Chanel", 629: "Saint-Pierre et Saint-Paul", 729: "Fête du territoire"},
}

// easter gives Easter Sunday, by the Gregorian computus of Meeus, Jones and Butcher: a dozen divisions, so nothing is kept.
func easter(year int) Date {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 19*l) / 433
	return NewDate(year, time.March, 22) + Date(h+l-7*m)
}

// SchoolYear is a school year of one zone with its holidays, the summer after it included.
type SchoolYear struct {
	Label       string // « 2026-2027 »
	First, Last Date   // first and last day of school
	Holidays    []Period
	ToVerify    bool // the official text is still to be checked
}

// holidayFile is the layout of data/vacances-scolaires.json.
type holidayFile struct {
	Years map[string]holidayYear `json:"annees"`
}

type holidayYear struct {
	Start     string     `json:"rentree"`
	Autumn    schoolSpan `json:"toussaint"`
	Christmas schoolSpan `json:"noel"`
	Winter    schoolSpan `json:"hiver"`
	Spring    schoolSpan `json:"printemps"`
	Bridge    schoolSpan `json:"pont_ascension"`
	Summer    string     `json:"ete"`
	ToVerify  bool       `json:"a_verifier"`
}

// schoolSpan is [first day without school, day school starts again], the same everywhere (under "") or by zone.
type schoolSpan map[string][]string

// UnmarshalJSON reads a list for every zone or an object with a list per zone.
func (s *schoolSpan) UnmarshalJSON(b []byte) error {
	if b[0] != '[' {
		return json.Unmarshal(b, (*map[string][]string)(s))
	}
	var all []string
	err := json.Unmarshal(b, &all)
	*s = schoolSpan{"": all}
	return err
}

// period reads the span of a zone; the day school starts again is not in it, and it is never empty.
func (s schoolSpan) period(name, zone string) (Period, error) {
	days, ok := s[zone]
	if !ok {
		days, ok = s[""]
	}
	if !ok {
		return Period{}, Invalid("il n’y a pas de dates pour la zone %s. Ajoutez-les.", zone)
	}
	if len(days) != 2 {
		return Period{}, Invalid("il faut deux dates, le premier jour sans école et le jour de la reprise.")
	}
	from, err := ParseDate(days[0])
	if err != nil {
		return Period{}, err
	}
	back, err := ParseDate(days[1])
	if err != nil {
		return Period{}, err
	}
	if back < from {
		return Period{}, Invalid("la reprise (%s) tombe avant le premier jour sans école (%s). Échangez les deux dates.", back.French(), from.French())
	}
	return Period{name, from, max(from, back-1)}, nil
}

// ParseSchoolHolidays reads the official school holidays of zone A, B or C, in the layout of data/vacances-scolaires.json,
// years ascending. A year without « rentree » starts on 1 September, one without « ete » ends on 5 July; the summer lasts
// until the day before the next year, or 31 August.
func ParseSchoolHolidays(data []byte, zone string) ([]SchoolYear, error) {
	if zone != "A" && zone != "B" && zone != "C" {
		return nil, Invalid("La zone « %s » n’existe pas. Choisissez A, B ou C.", Clip(zone, 20))
	}
	var file holidayFile
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, unreadable(err)
	}
	if len(file.Years) == 0 {
		return nil, Invalid("Le fichier des vacances scolaires ne contient aucune année. Vérifiez sa rubrique « annees ».")
	}
	var years []SchoolYear
	for _, label := range slices.Sorted(maps.Keys(file.Years)) {
		y, err := file.Years[label].read(label, zone)
		if err != nil {
			return nil, err
		}
		years = append(years, y)
	}
	for i := range years {
		y := &years[i]
		if i+1 < len(years) && years[i+1].Label[:4] == y.Label[5:] {
			y.Holidays[len(y.Holidays)-1].To = years[i+1].First - 1
		}
		if err := y.inOrder(); err != nil {
			return nil, err
		}
	}
	return years, nil
}

// read gives a year whose last holiday is the summer, until 31 August.
func (h holidayYear) read(label, zone string) (SchoolYear, error) {
	start, err := startYear(label)
	if err != nil {
		return SchoolYear{}, err
	}
	first, err := dateOr(h.Start, NewDate(start, time.September, 1))
	if err != nil {
		return SchoolYear{}, wrongYear(label, "rentrée", err)
	}
	summer, err := dateOr(h.Summer, NewDate(start+1, time.July, 6))
	if err != nil {
		return SchoolYear{}, wrongYear(label, "vacances d’été", err)
	}
	y := SchoolYear{Label: label, First: first, Last: summer - 1, ToVerify: h.ToVerify}
	for _, named := range []struct {
		name string
		span schoolSpan
	}{
		{"vacances de la Toussaint", h.Autumn},
		{"vacances de Noël", h.Christmas},
		{"vacances d’hiver", h.Winter},
		{"vacances de printemps", h.Spring},
		{"pont de l’Ascension", h.Bridge},
	} {
		if named.span == nil && named.name == "pont de l’Ascension" {
			continue // not every year has one
		}
		p, err := named.span.period(named.name, zone)
		if err != nil {
			return SchoolYear{}, wrongYear(label, named.name, err)
		}
		y.Holidays = append(y.Holidays, p)
	}
	y.Holidays = append(y.Holidays, Period{"vacances d’été", summer, NewDate(start+1, time.August, 31)})
	return y, nil
}

// inOrder sorts the holidays and refuses those that overlap or leave the school year.
func (y *SchoolYear) inOrder() error {
	slices.SortStableFunc(y.Holidays, func(a, b Period) int { return int(a.From - b.From) })
	before := Period{"rentrée", y.First, y.First}
	for _, p := range y.Holidays {
		if p.From <= before.To || p.To < p.From {
			return Invalid("Année %s : les dates « %s » et « %s » se chevauchent ou sont dans le désordre. Corrigez-les.", y.Label, before.Name, p.Name)
		}
		before = p
	}
	return nil
}

func startYear(label string) (int, error) {
	from, to, _ := strings.Cut(label, "-")
	a, errA := strconv.Atoi(from)
	b, errB := strconv.Atoi(to)
	if errA != nil || errB != nil || len(label) != 9 || b != a+1 {
		return 0, Invalid("« %s » n’est pas une année scolaire. Écrivez-la sous la forme 2026-2027.", Clip(label, 40))
	}
	return a, nil
}

func dateOr(s string, otherwise Date) (Date, error) {
	if s == "" {
		return otherwise, nil
	}
	return ParseDate(s)
}

func wrongYear(label, name string, err error) error {
	return Invalid("Année %s, %s : %s", label, name, err)
}

func unreadable(err error) error {
	var typed *json.UnmarshalTypeError
	if errors.As(err, &typed) {
		return Invalid("Le fichier des vacances scolaires ne se lit pas : la rubrique « %s » n’a pas la forme attendue. Corrigez-la.", Clip(typed.Field, 60))
	}
	return Invalid("Le fichier des vacances scolaires ne se lit pas : ce n’est pas du JSON complet. Reprenez le fichier d’origine.")
}
