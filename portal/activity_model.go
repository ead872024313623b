package portal

import "strings"

// ActivityKinds lists the kinds of activity in the order of a child's day, then of the year.
var ActivityKinds = []ActivityKind{Canteen, BeforeSchool, AfterSchool, WednesdayCamp, HolidayCamp, Transport, OtherKind}

// Label gives « Accueil du matin ».
func (k ActivityKind) Label() string {
	switch k {
	case Canteen:
		return "Cantine"
	case BeforeSchool:
		return "Accueil du matin"
	case AfterSchool:
		return "Accueil du soir"
	case WednesdayCamp:
		return "Mercredi"
	case HolidayCamp:
		return "Vacances"
	case Transport:
		return "Transport"
	}
	return "Autre activité"
}

// NewActivity gives what a town hall would most likely write in its règlement for an activity of a kind: a start, to be
// changed. It has no counter of places.
func NewActivity(kind ActivityKind) Activity {
	school := Days(Monday, Tuesday, Thursday, Friday)
	dayBefore := DaysBefore(1, Clock(18, 0))
	a := Activity{Kind: kind, Opening: Opening{School: school}, Book: dayBefore, Cancel: dayBefore, NoticeDays: 2, HourStep: 15, OfferHours: 24, WaitMode: WaitNight, DaysPer: PerWeek}
	name := func(name, short, spoken string, from, to TimeOfDay) {
		a.Name, a.Short, a.Spoken, a.Starts, a.Ends = name, short, spoken, from, to
	}
	switch kind {
	case Canteen:
		name("Restauration scolaire", "Cantine", "la cantine", Clock(11, 45), Clock(13, 30))
		a.Book = WeekdayBefore(Thursday, 1, Clock(9, 0))
		a.Cancel, a.Absence, a.Annual = a.Book, DaysBefore(0, Clock(9, 30)), true
	case BeforeSchool:
		name("Accueil du matin", "Matin", "l’accueil du matin", Clock(7, 30), Clock(8, 30))
		a.Annual = true
	case AfterSchool:
		name("Accueil du soir", "Soir", "l’accueil du soir", Clock(16, 30), Clock(18, 30))
		a.Annual = true
	case WednesdayCamp:
		name("Centre de loisirs du mercredi", "Mercredi", "le centre de loisirs du mercredi", Clock(7, 30), Clock(18, 30))
		a.Opening.School, a.Waitlist = Days(Wednesday), true
		a.Book = WeekdayBefore(Friday, 1, Clock(12, 0))
		a.Cancel = a.Book
	case HolidayCamp:
		name("Centre de loisirs des vacances", "Vacances", "le centre de loisirs des vacances", Clock(7, 30), Clock(18, 30))
		a.Opening, a.Waitlist = Opening{Holidays: EveryDay &^ Weekend}, true
		a.Book = DaysBefore(7, EndOfDay)
		a.Cancel = a.Book
	case Transport:
		name("Transport scolaire", "Car", "le transport scolaire", Clock(7, 45), Clock(8, 15))
		a.Annual = true
	default:
		a.Kind = OtherKind
		a.Starts, a.Ends = Clock(16, 30), Clock(17, 30)
	}
	return a
}

// ModelDetail says in a sentence what a model brings.
func (k ActivityKind) ModelDetail() string {
	switch k {
	case Canteen:
		return "Le midi, les jours d’école sauf le mercredi. Réservation jusqu’au jeudi d’avant, 9 h."
	case BeforeSchool:
		return "Avant la classe. Réservation jusqu’à la veille, 18 h."
	case AfterSchool:
		return "Après la classe. Réservation jusqu’à la veille, 18 h."
	case WednesdayCamp:
		return "La journée du mercredi. Liste d’attente, réservation jusqu’au vendredi d’avant, midi."
	case HolidayCamp:
		return "Du lundi au vendredi des vacances. Liste d’attente, réservation jusqu’à 7 jours avant."
	case Transport:
		return "Le car du matin. Réservation jusqu’à la veille, 18 h."
	}
	return "Étude, atelier, sport… Tout est à choisir."
}

// SpokenName proposes how an activity is called in a sentence: « ÉTUDE SURVEILLÉE » gives « l’étude surveillée ». A person
// reads it again: French articles follow no rule that holds for every word.
func SpokenName(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return ""
	}
	for i, w := range words {
		switch {
		case acronyms[FoldName(w)]:
		case w == upper(w), i == 0:
			words[i] = lower(w)
		}
	}
	spoken := strings.Join(words, " ")
	first, _, _ := strings.Cut(FoldName(words[0]), " ")
	switch {
	case first == "le" || first == "la" || first == "les" || first == "l":
		return spoken
	case strings.HasPrefix(spoken, "l’") || strings.HasPrefix(spoken, "l'"):
		return spoken
	case (strings.HasSuffix(first, "s") || strings.HasSuffix(first, "x")) && !singular[first] && !acronyms[first]:
		return "les " + spoken
	case !strings.HasPrefix(first, "h") && startsWithVowel(spoken) || first == "heure" || first == "histoire":
		return "l’" + spoken
	case feminine(first):
		return "la " + spoken
	}
	return "le " + spoken
}

// set makes a set of words.
func set(words ...string) map[string]bool {
	m := map[string]bool{}
	for _, w := range words {
		m[w] = true
	}
	return m
}

var (
	acronyms = set("alsh", "aps", "tap", "nap", "clas", "clsh", "alae", "alac", "mjc", "ram", "ulis")
	singular = set("repas", "bus", "minibus", "cours", "temps", "parcours", "relais", "tennis")
	women    = set("cantine", "garderie", "danse", "piscine", "navette", "semaine", "halte", "sortie", "colonie", "pause", "sieste", "classe", "ludotheque", "bibliotheque",
		"mediatheque", "gym", "musique", "chorale", "formule", "lecture", "fete")
	men           = set("comite", "musee", "lycee", "trajet", "groupe", "gouter", "pique", "theatre", "genie", "cafe")
	womensEndings = []string{"ie", "tion", "sion", "te", "ure", "ence", "ance", "ette", "ade", "ine", "elle", "esse", "ee", "euse", "trice"}
)

func feminine(word string) bool {
	if men[word] || women[word] {
		return women[word]
	}
	for _, ending := range womensEndings {
		if strings.HasSuffix(word, ending) {
			return true
		}
	}
	return false
}
