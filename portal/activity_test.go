package portal

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestModelsAreSound(t *testing.T) {
	setup := &Setup{Calendar: Calendar{Holidays: []Period{{"vacances de Noël", NewDate(2026, 12, 19), NewDate(2027, 1, 3)}}}}
	for _, k := range ActivityKinds {
		a := NewActivity(k)
		if k == OtherKind {
			a.Name, a.Short, a.Spoken = "Étude", "Étude", "l’étude"
		}
		if err := a.Check(); err != nil {
			t.Errorf("%s: %v %v", k, err, AsError(err).Fields)
		}
		if m := setup.Mistakes(&a, NewDate(2026, 11, 23)); len(m) > 0 {
			t.Errorf("%s: %v", k, m)
		}
		if a.Kind != k || k.Label() == "" || k.ModelDetail() == "" {
			t.Errorf("%s is not itself", k)
		}
	}
}

func TestSpokenName(t *testing.T) {
	for name, want := range map[string]string{
		"RESTAURATION": "la restauration", "Cantine": "la cantine", "ÉTUDE SURVEILLÉE": "l’étude surveillée", "Accueil du soir": "l’accueil du soir", "APS MATIN": "l’APS matin",
		"ALSH vacances": "l’ALSH vacances", "Repas du centre": "le repas du centre", "Centre Jean-Jaurès": "le centre Jean-Jaurès", "Garderie": "la garderie", "Mercredis": "les mercredis",
		"Ateliers": "les ateliers", "Aide aux devoirs": "l’aide aux devoirs", "Handball": "le handball", "Natation": "la natation", "Goûter": "le goûter", "TAP": "le TAP", "Musée": "le musée",
		"Le car": "le car", "L’étude": "l’étude", "Bus scolaire": "le bus scolaire", "Sieste": "la sieste", "  ": "", "Heure du conte": "l’heure du conte", "Danse": "la danse",
	} {
		if got := SpokenName(name); got != want {
			t.Errorf("%q is said %q, want %q", name, got, want)
		}
	}
}

func TestActivityCheck(t *testing.T) {
	long := strings.Repeat("é", 61)
	opens := NewDate(2026, 11, 9).At(Clock(9, 0))
	window := Window{Name: "vacances de Noël", First: NewDate(2026, 12, 19), Last: NewDate(2027, 1, 3), Opens: opens}
	for _, c := range []struct {
		name   string
		change func(*Activity)
		fields []string
	}{
		{"un modèle", func(*Activity) {}, nil},
		{"rien", func(a *Activity) { *a = Activity{Book: NoLimit(), Cancel: NoLimit(), DaysPer: PerWeek} }, []string{"nom", "court", "parle", "sorte", "fin"}},
		{"noms trop longs", func(a *Activity) { a.Name, a.Short, a.Spoken = long, "Restauration scolaire", long }, []string{"nom", "court", "parle"}},
		{"fin avant le début", func(a *Activity) { a.Ends = a.Starts }, []string{"fin"}},
		{"fin le lendemain", func(a *Activity) { a.Ends = EndOfDay + 1 }, []string{"fin"}},
		{"jusqu’à minuit", func(a *Activity) { a.Ends = EndOfDay }, nil},
		{"heures sans pas", func(a *Activity) { a.AsksArrival, a.HourStep = true, 0 }, []string{"pas"}},
		{"âges à l’envers", func(a *Activity) { a.Audience = Audience{AgeFrom: 6, AgeTo: 3} }, []string{"age_max"}},
		{"âge impossible", func(a *Activity) { a.Audience = Audience{AgeFrom: -1, AgeTo: 26} }, []string{"age_min", "age_max"}},
		{"dates à l’envers", func(a *Activity) { a.Opening.First, a.Opening.Last = NewDate(2026, 9, 2), NewDate(2026, 9, 1) }, []string{"au"}},
		{"un jour deux fois", func(a *Activity) {
			a.Opening.Exceptions = []Exception{{Day: NewDate(2026, 9, 1)}, {Day: NewDate(2026, 9, 1), Open: true}}
		}, []string{"exceptions"}},
		{"trop de jours", func(a *Activity) {
			for d := range Date(exceptionDaysMost + 1) {
				a.Opening.Exceptions = append(a.Opening.Exceptions, Exception{Day: NewDate(2026, 9, 1) + d})
			}
		}, []string{"exceptions"}},
		{"minimum au-dessus du maximum", func(a *Activity) { a.LeastDays, a.MostDays = 4, 3 }, []string{"jours_max"}},
		{"huit jours par semaine", func(a *Activity) { a.MostDays = 8 }, []string{"jours_max"}},
		{"deux semaines par période", func(a *Activity) { a.WholeWeek, a.MostDays, a.DaysPer = true, 10, PerPeriod }, nil},
		{"semaine entière et jours par semaine", func(a *Activity) { a.WholeWeek, a.LeastDays = true, 3 }, []string{"jours_min"}},
		{"horizon sans jours", func(a *Activity) { a.Horizon = HorizonOfDays }, []string{"horizon_jours"}},
		{"offre trop longue", func(a *Activity) { a.WaitMode, a.OfferHours = WaitOffer, 241 }, []string{"delai_offre"}},
		{"lien avec elle-même", func(a *Activity) { a.ID, a.Links = 3, []Link{{Other: 3, Kind: Compatible}} }, []string{"lien-3"}},
		{"deux liens", func(a *Activity) { a.Links = []Link{{Other: 4, Kind: Compatible}, {Other: 4, Kind: Requires}} }, []string{"lien-4"}},
		{"une période", func(a *Activity) { a.Windows = []Window{window} }, nil},
		{"une période vide", func(a *Activity) { a.Windows = []Window{{}} }, []string{"nom-0", "du-0", "ouverture-0"}},
		{"deux périodes qui se croisent", func(a *Activity) { a.Windows = []Window{window, window} }, []string{"du-1"}},
		{"les extérieurs d’abord", func(a *Activity) { w := window; w.OutsideOpens = opens.Add(-time.Hour); a.Windows = []Window{w} }, []string{"exterieurs-0"}},
		{"fermée avant les extérieurs", func(a *Activity) {
			w := window
			w.OutsideOpens, w.Closes = opens.AddDate(0, 0, 14), opens.AddDate(0, 0, 7)
			a.Windows = []Window{w}
		}, []string{"fermeture-0"}},
		{"délais sans jour à compter", func(a *Activity) {
			a.Opening.School = Days(Wednesday)
			a.Book = DaysBefore(1, Clock(9, 0)).Except(Skip{Weekdays: Days(Wednesday), NoService: true})
		}, []string{"delai_reserver"}},
	} {
		a := NewActivity(Canteen)
		c.change(&a)
		var fields []string
		if e := AsError(a.Check()); e != nil {
			for _, f := range e.Fields {
				fields = append(fields, f.Field)
			}
		}
		if !slices.Equal(fields, c.fields) {
			t.Errorf("%s: faults at %v, want %v", c.name, fields, c.fields)
		}
	}
}

func TestVersionOfAPart(t *testing.T) {
	a := NewActivity(HolidayCamp)
	a.Counters = []Counter{{ID: 4, Name: "En tout", Limited: true, Capacity: 16}}
	a.Links = []Link{{Other: 2, Kind: Requires, Required: &Activity{ID: 2}}}
	before := map[ActivityPart]string{}
	for _, p := range ActivityParts {
		before[p] = a.Version(p)
	}
	b := a
	b.Counters = []Counter{{ID: 4, Name: "En tout", Limited: true, Capacity: 20}}
	b.Links = []Link{{Other: 2, Kind: Requires}}
	b.Opening.OnPublicHolidays = true
	for _, p := range ActivityParts {
		if same := b.Version(p) == before[p]; same != (p != PartOpening) {
			t.Errorf("%s: same %t", p, same)
		}
	}
	for _, p := range ActivityParts {
		var c Activity
		c.Take(p, &a)
		if c.Version(p) != before[p] {
			t.Errorf("%s is not taken whole", p)
		}
	}
}

func TestRunsOfExceptions(t *testing.T) {
	runs := []Run{{NewDate(2026, 12, 24), NewDate(2026, 12, 31), false, "congés"}, {NewDate(2027, 1, 1), NewDate(2027, 1, 1), true, "fête"}, {NewDate(2027, 1, 2), NewDate(2027, 1, 2), true, ""}}
	var o Opening
	for i := range runs {
		o.Exceptions = append(o.Exceptions, runs[len(runs)-1-i].Exceptions()...)
	}
	if got := o.Runs(); !reflect.DeepEqual(got, runs) {
		t.Errorf("got %v", got)
	}
	if n := len(Run{First: 1, Last: 5000}.Exceptions()); n != 366 {
		t.Errorf("%d days in a line", n)
	}
}

func TestMistakes(t *testing.T) {
	today := NewDate(2026, 11, 23)
	christmas := Period{"vacances de Noël", NewDate(2026, 12, 19), NewDate(2027, 1, 3)}
	meal := NewActivity(Canteen)
	for name, c := range map[string]struct {
		change func(*Activity)
		want   string
	}{
		"aucun jour":                {func(a *Activity) { a.Opening = Opening{} }, "Aucun jour d’ouverture n’est choisi."},
		"un seul jour, décidé":      {func(a *Activity) { a.Opening = Opening{Exceptions: []Exception{{Day: today + 3, Open: true}}} }, ""},
		"terminée":                  {func(a *Activity) { a.Opening.Last = NewDate(2026, 7, 3) }, "Le dernier jour d’ouverture est passé."},
		"fermée pour de bon":        {func(a *Activity) { a.Opening.First, a.Opening.Last = NewDate(2026, 12, 25), NewDate(2026, 12, 25) }, "Aucun jour d’ouverture ne vient dans l’année."},
		"zéro place":                {func(a *Activity) { a.Counters = []Counter{{Limited: true}} }, "Il n’y a aucune place : un compteur est à 0."},
		"zéro place pour un groupe": {func(a *Activity) { a.Counters = []Counter{{Limited: true, Audience: Audience{AgeTo: 5}}} }, ""},
		"période sans jour": {func(a *Activity) {
			a.Windows = []Window{{Name: "pont", First: NewDate(2026, 12, 5), Last: NewDate(2026, 12, 6)}}
		}, "La période « pont » ne contient aucun jour d’ouverture."},
		"périodes passées": {func(a *Activity) {
			a.Windows = []Window{{Name: "été", First: NewDate(2026, 7, 6), Last: NewDate(2026, 8, 31)}}
		}, "Toutes les périodes de réservation sont passées : les familles ne peuvent plus réserver."},
		"repas un autre jour":  {func(a *Activity) { a.Links = []Link{{Kind: Requires, Required: &meal}} }, "La cantine est obligatoire, mais n’ouvre pas le mercredi 25 novembre 2026."},
		"cantine sur décision": {func(a *Activity) { a.Kind, a.Decided = Canteen, true }, "La cantine est un droit pour tous les enfants scolarisés (code de l’éducation, article L131-13) : la mairie ne peut pas choisir les enfants."},
		"centre sur décision":  {func(a *Activity) { a.Decided = true }, ""},
	} {
		setup := Setup{Calendar: Calendar{Holidays: []Period{christmas}}}
		a := NewActivity(WednesdayCamp)
		c.change(&a)
		if got := strings.Join(setup.Mistakes(&a, today), " "); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestProposedWindows(t *testing.T) {
	setup := Setup{Calendar: Calendar{Holidays: []Period{{"vacances de la Toussaint", NewDate(2026, 10, 17), NewDate(2026, 11, 1)}, {"vacances de Noël", NewDate(2026, 12, 19), NewDate(2027, 1, 3)},
		{"vacances d’hiver", NewDate(2027, 2, 6), NewDate(2027, 2, 21)}, {"pont de l’Ascension", NewDate(2027, 5, 8), NewDate(2027, 5, 9)}}}}
	a := NewActivity(HolidayCamp)
	a.Windows = []Window{{Name: "Noël", First: NewDate(2026, 12, 21), Last: NewDate(2026, 12, 24)}}
	got := setup.ProposedWindows(&a, NewDate(2026, 11, 23))
	want := []Window{{Name: "vacances d’hiver", First: NewDate(2027, 2, 6), Last: NewDate(2027, 2, 21), Opens: NewDate(2026, 12, 28).At(Clock(9, 0)), Closes: NewDate(2027, 1, 31).At(EndOfDay)}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestMoments(t *testing.T) {
	for text, want := range map[string]time.Time{"2026-11-09T09:00": NewDate(2026, 11, 9).At(Clock(9, 0)), "2026-11-09 09:00": NewDate(2026, 11, 9).At(Clock(9, 0)),
		"2026-12-13T23:59": NewDate(2026, 12, 13).At(EndOfDay), "2026-12-13T08:30:00": NewDate(2026, 12, 13).At(Clock(8, 30)), "2027-03-28T02:30": NewDate(2027, 3, 28).At(Clock(2, 30))} {
		got, err := ParseMoment(text)
		if err != nil || !got.Equal(want) {
			t.Errorf("%s: %v, %v", text, got, err)
		}
		if again, err := ParseMoment(FormLimit(got)); err != nil || !again.Equal(want) {
			t.Errorf("%s comes back as %v, %v", text, again, err)
		}
	}
	for _, text := range []string{"", "demain", "2026-02-30T09:00", "2026-11-09", "2026-11-09T25:00"} {
		if got, err := ParseMoment(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
	if FormMoment(time.Time{})+FormLimit(time.Time{}) != "" || FormMoment(NewDate(2026, 9, 13).At(0)) != "2026-09-13T00:00" {
		t.Error("an instant is not shown as it is typed")
	}
}

func TestTouchedBy(t *testing.T) {
	monday, tuesday := NewDate(2026, 12, 7), NewDate(2026, 12, 8)
	canteen, study := NewActivity(Canteen), NewActivity(AfterSchool)
	canteen.ID, study.ID = 1, 2
	born := func(y int) Date { return NewDate(y, 12, 7) }
	held := []HeldDay{
		{Child: 1, Activity: 1, Day: monday, School: 1, Class: 1, Grade: "CP", Birth: born(2020), Enrolled: true}, {Child: 1, Activity: 2, Day: monday},
		{Child: 1, Activity: 1, Day: tuesday, School: 1, Class: 1, Grade: "CP", Birth: born(2020), Enrolled: true},
		{Child: 2, Activity: 1, Day: monday, School: 2, Class: 2, Grade: "CM2", Birth: born(2016), Waiting: true},
		{Child: 3, Activity: 2, Day: monday},
	}
	for name, c := range map[string]struct {
		change func(*Activity)
		want   string
	}{
		"rien":                   {func(*Activity) {}, ""},
		"le lundi":               {func(a *Activity) { a.Opening.School = Days(Tuesday) }, "2 réservations tombent sur un jour qui ferme [lundi 7 décembre 2026 : 2]"},
		"un mardi":               {func(a *Activity) { a.Opening.Exceptions = []Exception{{Day: tuesday}} }, "1 réservation tombe sur un jour qui ferme [mardi 8 décembre 2026 : 1]"},
		"une école":              {func(a *Activity) { a.Audience.Schools = []SchoolID{1} }, "1 réservation est celle d’un enfant pour qui l’activité n’est plus proposée [lundi 7 décembre 2026 : 1]"},
		"une classe":             {func(a *Activity) { a.Audience.Classes = []ClassID{1} }, "1 réservation est celle d’un enfant pour qui l’activité n’est plus proposée [lundi 7 décembre 2026 : 1]"},
		"6 ans le jour venu":     {func(a *Activity) { a.Audience = Audience{AgeFrom: 6} }, ""},
		"6 ans à la rentrée":     {func(a *Activity) { a.Audience = Audience{AgeFrom: 6, AgeOn: AgeOnReturn} }, "2 réservations sont celles d’enfants pour qui l’activité n’est plus proposée [lundi 7 décembre 2026 : 1 mardi 8 décembre 2026 : 1]"},
		"6 ans dans l’année":     {func(a *Activity) { a.Audience = Audience{AgeFrom: 6, AgeOn: AgeOnYear} }, ""},
		"9 ans au plus":          {func(a *Activity) { a.Audience = Audience{AgeTo: 9} }, "1 réservation est celle d’un enfant pour qui l’activité n’est plus proposée [lundi 7 décembre 2026 : 1]"},
		"inscription":            {func(a *Activity) { a.Enrolment = true }, "1 réservation est celle d’un enfant que la mairie n’a pas inscrit [lundi 7 décembre 2026 : 1]"},
		"heures demandées":       {func(a *Activity) { a.AsksDeparture = true }, "3 réservations ont des heures qui ne conviennent plus [lundi 7 décembre 2026 : 2 mardi 8 décembre 2026 : 1]"},
		"jamais les deux":        {func(a *Activity) { a.Links = []Link{{Other: 2, Kind: Incompatible}} }, "1 réservation ne va plus avec une autre du même enfant, le même jour [lundi 7 décembre 2026 : 1]"},
		"horaires qui se mêlent": {func(a *Activity) { a.Ends = Clock(17, 0) }, "1 réservation ne va plus avec une autre du même enfant, le même jour [lundi 7 décembre 2026 : 1]"},
	} {
		years := []SchoolYearRef{{ID: 1, Label: "2026-2027", First: NewDate(2026, 9, 1), Last: NewDate(2027, 7, 2)}}
		before, after := &Setup{Years: years, Activities: []Activity{canteen, study}}, &Setup{Years: years, Activities: []Activity{canteen, study}}
		c.change(&after.Activities[0])
		var words []string
		for _, touch := range TouchedBy(before, after, 1, held) {
			words = append(words, touch.Why+" ["+strings.Join(touch.Days, " ")+"]")
		}
		if got := strings.Join(words, " "); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := StillHeld(held, 1); got[0].Count != 3 || StillHeld(held, 9) != nil {
		t.Errorf("got %v", got)
	}
}

func TestOverfull(t *testing.T) {
	monday := NewDate(2026, 12, 7)
	over := []Load{{"Centre", monday, 63, 60}, {"Centre", monday + 1, 61, 60}}
	if got := Overfull(over, over); got != nil {
		t.Errorf("nothing changed: %v", got)
	}
	got := Overfull(over, []Load{{"Centre", monday, 63, 50}, {"Centre", monday + 1, 61, 60}, {"3 à 5 ans", monday, 9, 0}})
	want := Touches{{Why: "1 jour a plus d’enfants que de places", Count: 22, Days: []string{"lundi 7 décembre 2026 : 63 enfants pour 50 places, 13 de trop (Centre)", "lundi 7 décembre 2026 : 9 enfants pour aucune place, 9 de trop (3 à 5 ans)"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
	if got.Key() == "" || got.Key() == Overfull(nil, over).Key() || (Touches{}).Key() != "" {
		t.Error("what is agreed to is not told apart")
	}
	var many []Load
	for i := range Date(30) {
		many = append(many, Load{"Centre", monday + i, 2, 1})
	}
	if days := Overfull(nil, many)[0].Days; len(days) != touchDaysMost+1 || days[touchDaysMost] != "et 20 autres jours" {
		t.Errorf("got %v", days)
	}
}

func TestCheckChange(t *testing.T) {
	one, two, three := NewActivity(HolidayCamp), NewActivity(Canteen), NewActivity(AfterSchool)
	one.ID, two.ID, three.ID = 1, 2, 3
	one.Links = []Link{{Other: 2, Kind: Requires}}
	two.Links = []Link{{Other: 3, Kind: Requires}}
	setup := &Setup{Activities: []Activity{one, two, three}}
	setup.Join()
	names := Names{Schools: map[SchoolID]string{1: "École du Bourg"}}
	for name, c := range map[string]struct {
		id    ActivityID
		link  Link
		field string
	}{
		"un lien de plus":       {1, Link{Other: 3, Kind: Incompatible}, ""},
		"dans l’autre sens":     {2, Link{Other: 1, Kind: Compatible}, "lien-1"},
		"en rond, par un tiers": {3, Link{Other: 1, Kind: Requires}, "lien-1"},
	} {
		a := *setup.Activity(c.id)
		a.Links = append(slices.Clone(a.Links), c.link)
		e := AsError(setup.CheckChange(PartLinks, &a, names))
		if got := e != nil; got != (c.field != "") || got && e.Fields[0].Field != c.field {
			t.Errorf("%s: %v", name, e)
		}
	}
	for _, foreign := range []Audience{{Schools: []SchoolID{2}}, {Classes: []ClassID{7}}} {
		a := one
		a.Audience = foreign
		if e := AsError(setup.CheckChange(PartAudience, &a, names)); e == nil || e.Kind != KindNotFound {
			t.Errorf("%v: %v", foreign, e)
		}
	}
}

func TestCounterCheck(t *testing.T) {
	day := NewDate(2026, 12, 18)
	for name, c := range map[string]struct {
		counter Counter
		field   string
	}{
		"sans limite":     {Counter{Name: "Centre"}, ""},
		"aucune place":    {Counter{Name: "Centre", Limited: true}, ""},
		"sans nom":        {Counter{}, "nom"},
		"en dessous de 0": {Counter{Name: "Centre", Limited: true, Capacity: -1}, "places"},
		"trop le lundi":   {Counter{Name: "Centre", Special: []Capacity{{Weekday: Monday, Limited: true, Places: 10_001}}}, "places-lundi"},
		"trop un jour":    {Counter{Name: "Centre", Special: []Capacity{{Weekday: Monday}, {Day: day, Limited: true, Places: -1}}}, "places-0"},
		"deux fois":       {Counter{Name: "Centre", Special: []Capacity{{Day: day}, {Day: day, Limited: true, Places: 2}}}, "jour-1"},
	} {
		e := AsError(c.counter.Check())
		if got := e != nil; got != (c.field != "") || got && e.Fields[0].Field != c.field {
			t.Errorf("%s: %v", name, e)
		}
	}
}
