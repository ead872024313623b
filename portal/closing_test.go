package portal

import (
	"strings"
	"testing"
)

// wintertime is a commune in zone C around the autumn of 2026, with activities as in CarteVille.
func wintertime() *Setup {
	s := &Setup{}
	s.Calendar.Holidays = []Period{
		{"vacances de la Toussaint", MustDate("2026-10-17"), MustDate("2026-11-01")},
		{"vacances de Noël", MustDate("2026-12-19"), MustDate("2027-01-03")},
	}
	school := Days(Monday, Tuesday, Thursday, Friday)
	s.Activities = []Activity{
		{ID: 1, Short: "Cantine", Starts: Clock(11, 45), Ends: Clock(13, 30), Opening: Opening{School: school}, Book: WeekdayBefore(Thursday, 1, Clock(9, 0)), Cancel: WeekdayBefore(Thursday, 1, Clock(9, 0))},
		{ID: 2, Short: "Matin", Starts: Clock(7, 30), Ends: Clock(8, 30), Opening: Opening{School: school}, Book: DaysBefore(1, Clock(18, 0)), Cancel: DaysBefore(1, Clock(18, 0))},
		{ID: 3, Short: "Mercredi", Starts: Clock(7, 30), Ends: Clock(18, 30), Opening: Opening{School: Days(Wednesday)}, Book: WeekdayBefore(Friday, 1, Clock(12, 0)), Cancel: DaysBefore(0, Clock(9, 0))},
		{ID: 4, Short: "Vacances", Starts: Clock(7, 30), Ends: Clock(18, 30), Opening: Opening{Holidays: school | Days(Wednesday)}, Book: DaysBefore(7, EndOfDay), Cancel: DaysBefore(7, EndOfDay),
			Windows: []Window{{Name: "vacances de Noël", First: MustDate("2026-12-19"), Last: MustDate("2027-01-03"),
				Opens: at("2026-11-09 09:00:00"), Closes: MustDate("2026-12-13").At(EndOfDay)}}},
		{ID: 5, Short: "Jamais", Opening: Opening{School: EveryDay}, Book: Never(), Cancel: Never()},
		{ID: 6, Short: "Étude", Opening: Opening{School: Days(Monday)}, Book: ByDates(Clock(9, 0)), Cancel: NoLimit()},
	}
	return s
}

// TestNextLimits: the deadlines of the home page, said as families read them.
func TestNextLimits(t *testing.T) {
	amalia, paolo, other := Child{ID: 7, FirstName: "Amalia"}, Child{ID: 8, FirstName: "Paolo"}, Child{ID: 9, StructureID: 2, FirstName: "Inconnu"}
	booked := func(child ChildID, a ActivityID, status Status, days string) (list []SavedDay) {
		for d := range strings.FieldsSeq(days) {
			list = append(list, SavedDay{BookedDay: BookedDay{Child: child, ActID: a, Day: MustDate(d), Status: status}})
		}
		return list
	}
	for _, c := range []struct {
		name     string
		now      string
		activity ActivityID
		booked   []SavedDay
		wishes   []WishLine
		want     string
	}{
		{"lundi matin, la semaine d’après", "2026-11-23 09:00:00", 1, booked(7, 1, Booked, "2026-11-30 2026-12-01 2026-12-07"), nil,
			"Cantine, du 30 novembre au 4 décembre : jusqu’au jeudi 26 novembre à 9 h. Amalia : 2 jours réservés. Paolo : rien de réservé"},
		{"la veille", "2026-11-25 18:00:00", 1, nil, nil, "Cantine, du 30 novembre au 4 décembre : jusqu’à demain 9 h. Amalia : rien de réservé. Paolo : rien de réservé"},
		{"le jour même : aujourd’hui", "2026-11-26 08:00:00", 1, nil, nil, "Cantine, du 30 novembre au 4 décembre : jusqu’à aujourd’hui 9 h. Amalia : rien de réservé. Paolo : rien de réservé"},
		{"à l’instant même du délai", "2026-11-26 09:00:00", 1, nil, nil, "Cantine, du 30 novembre au 4 décembre : jusqu’à aujourd’hui 9 h. Amalia : rien de réservé. Paolo : rien de réservé"},
		{"une seconde après : la semaine suivante", "2026-11-26 09:00:01", 1, nil, nil, "Cantine, du 7 au 11 décembre : jusqu’au jeudi 3 décembre à 9 h. Amalia : rien de réservé. Paolo : rien de réservé"},
		{"vendredi soir : lundi se ferme dimanche", "2026-11-27 20:00:00", 2, nil, nil, "Matin, le lundi 30 novembre : jusqu’au dimanche 29 novembre à 18 h. Amalia : rien de réservé. Paolo : rien de réservé"},
		{"vendredi soir, mercredi : le délai de midi est passé", "2026-11-27 20:00:00", 3, nil, nil, "Mercredi, le mercredi 9 décembre : jusqu’au vendredi 4 décembre à 12 h. Amalia : rien de réservé. Paolo : rien de réservé"},
		{"les vacances entre deux : la rentrée, onze jours avant", "2026-12-18 10:00:00", 1, nil, nil, "Cantine, du 4 au 8 janvier : jusqu’au jeudi 31 décembre à 9 h. Amalia : rien de réservé. Paolo : rien de réservé"},
		{"les vacances entre deux : trop loin pour être dit", "2026-12-16 10:00:00", 1, nil, nil, ""},
		{"les vacances entre deux, la veille : le dimanche de la rentrée", "2026-12-19 10:00:00", 2, nil, nil, ""},
		{"la semaine du changement d’heure", "2026-10-19 10:00:00", 1, nil, nil, "Cantine, du 2 au 6 novembre : jusqu’au jeudi 29 octobre à 9 h. Amalia : rien de réservé. Paolo : rien de réservé"},
		{"le dimanche du changement d’heure, 18 h restent 18 h", "2027-03-28 17:59:00", 2, nil, nil, "Matin, le mardi 30 mars : jusqu’à demain 18 h. Amalia : rien de réservé. Paolo : rien de réservé"}, // Easter Monday
		{"une période : sa fermeture avant le délai de ses jours", "2026-12-01 10:00:00", 4, nil, nil, "Vacances, du 21 au 31 décembre : jusqu’au dimanche 13 décembre à minuit. Amalia : rien de réservé. Paolo : rien de réservé"},
		{"une période close n’est plus dite", "2026-12-14 10:00:00", 4, nil, nil, ""},
		{"ce qui ne se réserve jamais en ligne", "2026-11-23 09:00:00", 5, nil, nil, ""},
		{"un jour sans date butoir", "2026-11-23 09:00:00", 6, nil, nil, ""},
		{"en attente, et à valider", "2026-11-23 09:00:00", 1, append(booked(7, 1, Booked, "2026-11-30"), booked(7, 1, Waiting, "2026-12-01 2026-12-03")...),
			[]WishLine{{Child: 8, Activity: 1, Day: MustDate("2026-11-30"), Wish: WishAdd}, {Child: 8, Activity: 1, Day: MustDate("2026-12-14"), Wish: WishAdd}, {Child: 7, Activity: 1, Day: MustDate("2026-11-30"), Wish: WishRemove}, {Child: 7, Activity: 1, Day: MustDate("2026-12-01"), Wish: WishAdd}},
			"Cantine, du 30 novembre au 4 décembre : jusqu’au jeudi 26 novembre à 9 h. Amalia : 1 jour réservé et 2 jours en attente. Paolo : 1 jour à valider"},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := at(c.now)
			got := ""
			for _, n := range NextLimits(wintertime().NextClosings(now), []Child{amalia, paolo, other}, c.booked, c.wishes, now) {
				if n.Activity.ID != c.activity {
					continue
				}
				got = n.Activity.Short + ", " + n.Span() + " : " + Until(n.At, now)
				for _, child := range n.Children {
					got += ". " + child.Child.FirstName + " : " + child.Words()
				}
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestNextLimitsInOrder: the soonest first, and what the family uses is told from the rest.
func TestNextLimitsInOrder(t *testing.T) {
	now := at("2026-11-23 09:00:00")
	booked := []SavedDay{{BookedDay: BookedDay{Child: 7, ActID: 3, Day: MustDate("2026-11-04"), Status: Booked}}, {BookedDay: BookedDay{Child: 7, ActID: 1, Day: MustDate("2026-10-05"), Status: Booked}}}
	var got []string
	for _, n := range NextLimits(wintertime().NextClosings(now), []Child{{ID: 7}}, booked, nil, now) {
		word := n.Activity.Short
		if n.Used {
			word += " (utilisée)"
		}
		got = append(got, word)
	}
	if want := "Matin, Cantine, Mercredi (utilisée)"; strings.Join(got, ", ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, ", "), want)
	}
}

// TestWindowNotOpen: days that cannot be booked yet have no deadline to remember.
func TestWindowNotOpen(t *testing.T) {
	s := wintertime()
	if got := s.Closings(&s.Activities[3], at("2026-11-09 08:59:59"), at("2026-12-31 00:00:00")); len(got) != 0 {
		t.Errorf("before the opening: %v", got)
	}
	got := s.Closings(&s.Activities[3], at("2026-11-09 09:00:00"), at("2026-12-31 00:00:00"))
	if len(got) != 1 || !got[0].At.Equal(MustDate("2026-12-13").At(EndOfDay)) || len(got[0].Days) != 8 {
		t.Errorf("from the opening on: %+v", got)
	}
}

// TestWishLimit: until when each kind of click can be validated.
func TestWishLimit(t *testing.T) {
	s := wintertime()
	now := at("2026-11-23 09:00:00")
	for _, c := range []struct {
		name     string
		activity ActivityID
		day      string
		wish     Wish
		want     string
	}{
		{"ajouter un mercredi : le vendredi d’avant", 3, "2026-12-02", WishAdd, "2026-11-27 12:00"},
		{"l’annuler : le matin même", 3, "2026-12-02", WishRemove, "2026-12-02 09:00"},
		{"changer les heures suit l’annulation", 3, "2026-12-02", "change", "2026-12-02 09:00"},
		{"un jour fermé depuis", 3, "2026-12-03", WishRemove, ""},
		{"une activité qui n’existe plus", 99, "2026-12-02", WishAdd, ""},
		{"un jour de vacances : la fermeture de la période", 4, "2026-12-28", WishAdd, "2026-12-13 24:00"},
	} {
		got := s.WishLimit(WishLine{Activity: c.activity, Day: MustDate(c.day), Wish: c.wish}, now)
		words := ""
		if got.Possible {
			words = said(got.At)
		}
		if words != c.want {
			t.Errorf("%s: %q, want %q", c.name, words, c.want)
		}
	}
	late, soon, far := Limit{At: at("2026-11-22 09:00:00"), Possible: true}, Limit{At: at("2026-11-24 09:00:00"), Possible: true}, Limit{At: at("2026-11-25 09:00:00"), Possible: true}
	if first, ok := EarliestLimit([]Limit{far, late, {}, soon}, now); !ok || !first.Equal(soon.At) {
		t.Errorf("earliest: %v %v", first, ok)
	}
	if _, ok := EarliestLimit([]Limit{late, {}}, now); ok {
		t.Error("an earliest limit where all have passed")
	}
}

// TestLostWait: a child still waits, but the place can no longer come.
func TestLostWait(t *testing.T) {
	s := wintertime()
	waits := SavedDay{BookedDay: BookedDay{ActID: 3, Day: MustDate("2026-12-02"), Status: Waiting}}
	if s.LostWait(waits, at("2026-11-27 12:00:00")) || !s.LostWait(waits, at("2026-11-27 12:00:01")) {
		t.Error("the limit of Friday noon decides")
	}
	waits.Status = Booked
	if s.LostWait(waits, at("2026-12-01 09:00:00")) {
		t.Error("a booked day waits for nothing")
	}
}

func TestHoursOfASavedDay(t *testing.T) {
	a := &Activity{Starts: Clock(7, 30), Ends: Clock(18, 30)}
	for want, h := range map[string]Hours{"7 h 30 – 18 h 30": {}, "8 h 30 – 18 h 30": {Arrival: Clock(8, 30)}, "7 h 30 – 17 h": {Departure: Clock(17, 0)}} {
		if got := strings.ReplaceAll(SavedDay{Hours: h}.HoursOf(a), "\u00a0", " "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
