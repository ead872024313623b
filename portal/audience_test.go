package portal

import (
	"strings"
	"testing"
)

// ruled is a town with two school years, two schools and three holidays.
func ruled() *Setup {
	return &Setup{
		Years:       []SchoolYearRef{{1, "2026-2027", MustDate("2026-09-01"), MustDate("2027-07-02")}, {2, "2027-2028", MustDate("2027-09-01"), MustDate("2028-07-04")}},
		SchoolNames: map[SchoolID]string{1: "École du Bourg", 2: "Sainte-Marie"},
		ClassNames:  map[ClassID]string{7: "CE1 M. GALY"},
		Calendar: Calendar{Holidays: []Period{{"vacances de la Toussaint", MustDate("2026-10-17"), MustDate("2026-11-01")}, {"vacances de Noël", MustDate("2026-12-19"), MustDate("2027-01-03")},
			{"vacances d’hiver", MustDate("2027-02-06"), MustDate("2027-02-21")}}},
	}
}

// TestWhoMayCome: « réservé aux 3-6 ans », « du CP au CE1 », « aux élèves du Bourg »; the age counts on the day, at the
// return to school or on 31 December.
func TestWhoMayCome(t *testing.T) {
	setup := ruled()
	amalia := func(birth string, years ...PupilYear) *Pupil { return &Pupil{Birth: MustDate(birth), Years: years} }
	bourg := PupilYear{1, 1, 7, "CE1"}
	nobody := &Pupil{}
	small := Audience{AgeFrom: 3, AgeTo: 6}
	on := func(day AgeDay) Audience { a := small; a.AgeOn = day; return a }
	for _, c := range []struct {
		name  string
		who   Audience
		pupil *Pupil
		day   string
		want  fit
		words string
	}{
		{"tout le monde", Audience{}, nobody, "2026-12-02", fits, "tous les enfants"},
		{"3 ans le jour même", small, amalia("2023-12-02"), "2026-12-02", fits, "les enfants de 3 à 6 ans"},
		{"3 ans le lendemain", small, amalia("2023-12-03"), "2026-12-02", fitsNot, ""},
		{"7 ans la veille", small, amalia("2019-12-01"), "2026-12-02", fitsNot, ""},
		{"6 ans encore", small, amalia("2019-12-03"), "2026-12-02", fits, ""},
		{"7 ans depuis octobre, 6 à la rentrée", on(AgeOnReturn), amalia("2019-10-01"), "2026-12-02", fits, "les enfants de 3 à 6 ans à la rentrée"},
		{"7 ans la veille de la rentrée", on(AgeOnReturn), amalia("2019-08-31"), "2026-12-02", fitsNot, ""},
		{"3 ans en décembre, admis dès la rentrée", on(AgeOnYear), amalia("2023-12-31"), "2026-09-02", fits, "les enfants de 3 à 6 ans au 31 décembre de l’année scolaire"},
		{"3 ans en janvier", on(AgeOnYear), amalia("2024-01-01"), "2027-01-05", fitsNot, ""},
		{"l’été compte avec l’année qui finit", on(AgeOnYear), amalia("2024-01-01"), "2027-08-20", fitsNot, ""},
		{"né un 29 février", Audience{AgeFrom: 6}, amalia("2020-02-29"), "2026-02-28", fitsNot, "les enfants de 6 ans ou plus"},
		{"naissance inconnue", small, nobody, "2026-12-02", fitsUnknownBirth, ""},
		{"CP et CE1 : CE1", Audience{Grades: []string{"CP", "CE1"}}, amalia("2018-03-01", bourg), "2026-12-02", fits, "les élèves de CP ou CE1"},
		{"petite section : CE1", Audience{Grades: []string{"PS"}}, amalia("2018-03-01", bourg), "2026-12-02", fitsNot, "les élèves de PS"},
		{"élève du Bourg", Audience{Schools: []SchoolID{1}}, amalia("2018-03-01", bourg), "2026-12-02", fits, "les élèves de l’école du Bourg"},
		{"élève d’ailleurs", Audience{Schools: []SchoolID{2}}, amalia("2018-03-01", bourg), "2026-12-02", fitsNot, "les élèves de l’établissement Sainte-Marie"},
		{"la classe de M. Galy, 7 ans", Audience{Classes: []ClassID{7}, AgeFrom: 7}, amalia("2018-03-01", bourg), "2026-12-02", fits, "les élèves de la classe CE1 M. GALY, âgés de 7 ans ou plus"},
		{"pas d’école connue", Audience{Schools: []SchoolID{1}}, amalia("2018-03-01"), "2026-12-02", fitsNot, ""},
		{"les classes de l’an prochain ne sont pas faites", Audience{Grades: []string{"CE2"}}, amalia("2018-03-01", bourg), "2027-09-07", fitsUnknownClass, ""},
		{"parti depuis", Audience{Grades: []string{"CE1"}}, amalia("2018-03-01", PupilYear{2, 1, 7, "CE2"}), "2026-12-02", fitsNot, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.who.fit(c.pupil, MustDate(c.day), setup); got != c.want {
				t.Errorf("fit %d, want %d", got, c.want)
			}
			if words := c.who.Words(setup); c.words != "" && words != c.words {
				t.Errorf("« %s », want « %s »", words, c.words)
			}
		})
	}
}

// TestBarred: whoever may not come is refused with the reason; what is booked stays, and can be cancelled.
func TestBarred(t *testing.T) {
	setup, now := ruled(), at("2026-11-23 09:00:00")
	centre := func(change func(*Activity)) *Activity {
		a := &Activity{ID: 4, Spoken: "le centre des petits", Short: "Petits", Opening: Opening{School: EveryDay}, Book: DaysBefore(1, Clock(18, 0)), Cancel: DaysBefore(1, Clock(18, 0)), Ends: Clock(18, 0)}
		change(a)
		return a
	}
	tall := &Pupil{Birth: MustDate("2018-03-01")}
	enrolled := func(first, last string) *Pupil {
		e := Enrolment{Activity: 4, First: MustDate(first)}
		if last != "" {
			e.Last = MustDate(last)
		}
		return &Pupil{Birth: MustDate("2018-03-01"), Enrolments: []Enrolment{{Activity: 9, First: MustDate("2026-09-01")}, e}}
	}
	small := func(a *Activity) { a.Audience = Audience{AgeFrom: 3, AgeTo: 6} }
	asks := func(a *Activity) { a.Enrolment = true }
	for _, c := range []struct {
		name   string
		a      *Activity
		p      *Pupil
		word   string
		reason string
	}{
		{"le centre des petits", centre(small), tall, "Non concerné", "Le centre des petits est pour les enfants de 3 à 6 ans. Choisissez une autre activité"},
		{"pas inscrit", centre(asks), tall, "À inscrire", "Le centre des petits demande une inscription, que votre enfant n’a pas. Demandez-la à la mairie."},
		{"inscrit", centre(asks), enrolled("2026-09-01", ""), "", ""},
		{"inscrit à partir de janvier", centre(asks), enrolled("2027-01-04", ""), "À inscrire", "L’inscription de votre enfant pour le centre des petits commence le lundi 4 janvier 2027."},
		{"inscription finie", centre(asks), enrolled("2026-09-01", "2026-11-30"), "À inscrire", "s’est terminée le lundi 30 novembre 2026. Demandez une nouvelle inscription"},
		{"activité arrêtée", centre(func(a *Activity) { a.ClosedAt = now }), tall, "Arrêté", "Le centre des petits n’est plus proposé depuis le lundi 23 novembre 2026."},
		{"arrêtée la semaine prochaine", centre(func(a *Activity) { a.ClosedAt = now.AddDate(0, 0, 7) }), tall, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			slot := setup.NewSlot(1, c.a, MustDate("2026-12-02"))
			setup.Admit(&slot, c.p)
			_, _, err := slot.Ask(true, Hours{}, now)
			if c.reason == "" {
				if err != nil || slot.State(now) != StateFree {
					t.Fatal(slot.State(now), err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.reason) || slot.State(now) != StateTooLate || slot.Barred(now).Word != c.word {
				t.Errorf("%s, %v", slot.State(now), err)
			}
			if why := slot.Explain(now); why.Answer == "" || why.Do == "" || !strings.Contains(err.Error(), why.Answer) {
				t.Errorf("explained by %+v", why)
			}
			slot.Wish = WishAdd
			if outcome, why := slot.Decide(now); outcome != OutcomeRefused || why == nil {
				t.Error("validated all the same")
			}
			slot.Wish, slot.Status = WishNone, Booked
			if _, _, err := slot.Ask(false, Hours{}, now); err != nil || slot.State(now) != StateBooked {
				t.Errorf("booked already: %s, %v", slot.State(now), err)
			}
		})
	}
}

// TestHowFarAhead: « jusqu’à 6 semaines à l’avance », « de vacances à vacances », « les habitants d’abord ».
func TestHowFarAhead(t *testing.T) {
	setup := ruled()
	a := func(change func(*Activity)) *Activity {
		a := &Activity{ID: 4, Spoken: "le centre", Opening: Opening{School: EveryDay, Holidays: EveryDay}, Book: DaysBefore(1, Clock(18, 0)), Cancel: DaysBefore(1, Clock(18, 0))}
		change(a)
		return a
	}
	sixWeeks := a(func(a *Activity) { a.Horizon, a.HorizonDays = HorizonOfDays, 42 })
	holidays := a(func(a *Activity) { a.Horizon = HorizonHolidays })
	winter := a(func(a *Activity) {
		a.Windows = []Window{{Name: "vacances d’hiver", First: MustDate("2027-02-06"), Last: MustDate("2027-02-21"), Opens: at("2027-01-11 07:00:00"), OutsideOpens: at("2027-01-18 07:00:00")}}
	})
	here, outside := &Pupil{Resident: true}, &Pupil{}
	for _, c := range []struct {
		name string
		a    *Activity
		p    *Pupil
		day  string
		now  string
		want State
	}{
		{"42 jours avant, à minuit", sixWeeks, here, "2027-01-13", "2026-12-02 00:00:00", StateFree},
		{"une seconde plus tôt", sixWeeks, here, "2027-01-13", "2026-12-01 23:59:59", StateTooLate},
		{"avant Noël : jusqu’au dernier jour des vacances de Noël", holidays, here, "2027-01-03", "2026-11-23 09:00:00", StateFree},
		{"avant Noël : pas la rentrée de janvier", holidays, here, "2027-01-04", "2026-12-18 23:59:59", StateTooLate},
		{"dès le premier jour de Noël : jusqu’à la fin de l’hiver", holidays, here, "2027-02-21", "2026-12-19 00:00:00", StateFree},
		{"et pas au-delà", holidays, here, "2027-02-22", "2026-12-19 00:00:00", StateTooLate},
		{"habitant, à 7 h", winter, here, "2027-02-08", "2027-01-11 07:00:00", StateFree},
		{"d’ailleurs, à 7 h", winter, outside, "2027-02-08", "2027-01-11 07:00:00", StateTooLate},
		{"d’ailleurs, une semaine après", winter, outside, "2027-02-08", "2027-01-18 07:00:00", StateFree},
	} {
		t.Run(c.name, func(t *testing.T) {
			slot := setup.NewSlot(1, c.a, MustDate(c.day))
			setup.Admit(&slot, c.p)
			now := at(c.now)
			if got := slot.State(now); got != c.want {
				t.Errorf("%s, want %s (opens %s)", got, c.want, slot.Book.From)
			}
			if c.want == StateTooLate {
				_, _, err := slot.Ask(true, Hours{}, now)
				if err == nil || !strings.Contains(err.Error(), "ouvrent le "+Instant(slot.Book.From)) {
					t.Error(err)
				}
				if facts := strings.Join(slot.Explain(now).Facts, " "); !strings.Contains(facts, "Ouverture : "+Instant(slot.Book.From)) ||
					c.a != winter && !strings.Contains(facts, "Règle de la mairie : réserver : ") || c.p == outside && !strings.Contains(facts, "Les familles de la commune réservent d’abord") {
					t.Error(facts)
				}
			}
		})
	}
}

// TestGroupPlaces: « 32 places pour les 3-6 ans, 46 pour les grands, 70 en tout »; « 24 le lundi », « aucune le 18 ».
func TestGroupPlaces(t *testing.T) {
	setup := ruled()
	a := &Activity{ID: 4, Opening: Opening{School: EveryDay}, Counters: []Counter{
		{ID: 1, Limited: true, Capacity: 70},
		{ID: 2, Limited: true, Capacity: 32, Audience: Audience{AgeTo: 6}, Special: []Capacity{{Weekday: Monday, Limited: true, Places: 24}}},
		{ID: 3, Audience: Audience{AgeFrom: 7}, Special: []Capacity{{Day: MustDate("2026-12-18"), Limited: true}}},
	}}
	for _, c := range []struct{ birth, want string }{{"2021-03-01", "1 2"}, {"2018-03-01", "1 3"}} {
		slot := setup.NewSlot(1, a, MustDate("2026-12-07"))
		setup.Admit(&slot, &Pupil{Birth: MustDate(c.birth)})
		var got []string
		for _, counter := range slot.Counters {
			got = append(got, Count(int(counter.ID), "")[:1])
		}
		if strings.Join(got, " ") != c.want || !slot.Limited {
			t.Errorf("born %s: counters %v, want %s", c.birth, got, c.want)
		}
	}
	alone := &Activity{ID: 4, Counters: a.Counters[2:]}
	for day, want := range map[string]bool{"2026-12-17": false, "2026-12-18": true} {
		if got := limitedOn(alone.Counters, MustDate(day)); got != want || !alone.Limited() {
			t.Errorf("%s: limited %t", day, got)
		}
	}
}

// TestOpeningForWhom: the news of an opening goes to the families of the town when it is theirs, to the others when theirs
// comes, and to nobody who may not come.
func TestOpeningForWhom(t *testing.T) {
	setup := ruled()
	opens := at("2027-01-11 09:00:00")
	setup.Activities = []Activity{{ID: 4, Opening: Opening{Holidays: EveryDay}, Book: DaysBefore(1, Clock(18, 0)), Cancel: DaysBefore(1, Clock(18, 0)), Audience: Audience{AgeTo: 6},
		Windows: []Window{{Name: "vacances d’hiver", First: MustDate("2027-02-06"), Last: MustDate("2027-02-21"), Opens: opens, OutsideOpens: opens.AddDate(0, 0, 7)}}}}
	here, outside, tall := &Pupil{Birth: MustDate("2022-01-01"), Resident: true}, &Pupil{Birth: MustDate("2022-01-01")}, &Pupil{Birth: MustDate("2015-01-01"), Resident: true}
	for _, c := range []struct {
		now           string
		who           Openers
		here, outside bool
	}{{"2027-01-11 09:00:00", OpensForResidents, true, false}, {"2027-01-18 09:00:00", OpensForOthers, false, true}} {
		now := at(c.now)
		list := setup.OpenPeriods(now)
		if len(list) != 1 || list[0].For != c.who || !list[0].Opens.Equal(now) {
			t.Fatalf("%s: %+v", c.now, list)
		}
		if p := &list[0]; p.Holds(setup, here, now) != c.here || p.Holds(setup, outside, now) != c.outside || p.Holds(setup, tall, now) {
			t.Errorf("%s: told to the wrong families", c.now)
		}
	}
}

// TestOffered: an activity is offered to whoever may come on some day of the year to come; the classes of next year, which
// are not made yet, hide nothing more and offer nothing more.
func TestOffered(t *testing.T) {
	setup := ruled()
	ce1 := &Pupil{Birth: MustDate("2018-03-01"), Years: []PupilYear{{1, 1, 7, "CE1"}}}
	for _, c := range []struct {
		name string
		who  Audience
		now  string
		want bool
	}{
		{"tout le monde", Audience{}, "2026-11-23 09:00:00", true},
		{"sa classe", Audience{Grades: []string{"CE1"}}, "2026-11-23 09:00:00", true},
		{"la classe de l’an prochain", Audience{Grades: []string{"CE2"}}, "2026-11-23 09:00:00", false},
		{"à la rentrée, les classes ne sont pas faites", Audience{Grades: []string{"CE2"}}, "2027-09-01 09:00:00", true},
		{"il aura bientôt 9 ans", Audience{AgeFrom: 9}, "2026-11-23 09:00:00", true},
		{"il aura 10 ans dans deux ans", Audience{AgeFrom: 10}, "2026-11-23 09:00:00", false},
		{"trop grand", Audience{AgeTo: 6}, "2026-11-23 09:00:00", false},
	} {
		if got := setup.Offered(&Activity{Audience: c.who}, ce1, at(c.now)); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}
