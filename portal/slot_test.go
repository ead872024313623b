package portal

import (
	"strings"
	"testing"
	"time"
)

// restauration is the canteen of CarteVille, bookable until Thursday of the week before at 9.
func restauration(waitlist bool) *Activity {
	limit := WeekdayBefore(Thursday, 1, Clock(9, 0))
	return &Activity{ID: 1, Name: "RESTAURATION", Short: "Cantine", Spoken: "la cantine", Starts: Clock(11, 45), Ends: Clock(13, 30),
		Opening: Opening{School: Days(Monday, Tuesday, Thursday, Friday)}, Book: limit, Cancel: limit, Waitlist: waitlist}
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", s, Paris)
	if err != nil {
		panic(err)
	}
	return t
}

// TestDayStates goes through the order of UX.md part 2 §4, one case per state and per way to reach it.
func TestDayStates(t *testing.T) {
	monday := NewDate(2026, 11, 30) // limit: Thursday 26 November, 9:00
	early, exact, late := at("2026-11-23 09:00:00"), at("2026-11-26 09:00:00"), at("2026-11-26 09:00:01")
	for _, c := range []struct {
		name     string
		day      Date
		now      time.Time
		change   func(*Slot)
		waitlist bool
		want     State
	}{
		{"mercredi : fermé", NewDate(2026, 12, 2), early, nil, false, StateClosed},
		{"11 novembre : férié", NewDate(2026, 11, 11), early, nil, false, StateClosed},
		{"libre, sans limite de places", monday, early, nil, false, StateFree},
		{"à l’instant même du délai : encore libre", monday, exact, nil, false, StateFree},
		{"une seconde après : trop tard", monday, late, nil, false, StateTooLate},
		{"une seconde après, demande non validée : trop tard quand même", monday, late, func(s *Slot) { s.Wish = WishAdd }, false, StateTooLate},
		{"réservé", monday, early, func(s *Slot) { s.Status = Booked }, false, StateBooked},
		{"réservé, délai dépassé", monday, late, func(s *Slot) { s.Status = Booked }, false, StateLocked},
		{"en attente, délai dépassé", monday, late, func(s *Slot) { s.Status = Waiting }, true, StateLocked},
		{"à ajouter", monday, early, func(s *Slot) { s.Wish = WishAdd }, false, StateAdd},
		{"à ajouter sur une journée pleine avec liste", monday, early, func(s *Slot) { s.Wish = WishAdd; s.Limited = true }, true, StateAdd},
		{"à annuler", monday, early, func(s *Slot) { s.Status = Booked; s.Wish = WishRemove }, false, StateRemove},
		{"quitter la liste d’attente", monday, early, func(s *Slot) { s.Status = Waiting; s.Wish = WishRemove }, true, StateRemove},
		{"en attente", monday, early, func(s *Slot) { s.Status = Waiting }, true, StateWaiting},
		{"complet", monday, early, func(s *Slot) { s.Limited = true }, false, StateFull},
		{"complet, liste ouverte", monday, early, func(s *Slot) { s.Limited = true }, true, StateOffer},
		{"une place", monday, early, func(s *Slot) { s.Limited, s.Left = true, 1 }, false, StateFree},
		{"réservé puis fermé : on ne l’efface pas", NewDate(2026, 12, 2), early, func(s *Slot) { s.Status = Booked }, false, StateLocked},
		{"demande d’ajout déjà faite par l’autre parent", monday, early, func(s *Slot) { s.Status, s.Wish = Booked, WishAdd }, false, StateBooked},
	} {
		t.Run(c.name, func(t *testing.T) {
			setup := &Setup{}
			slot := setup.NewSlot(1, restauration(c.waitlist), c.day)
			if c.change != nil {
				c.change(&slot)
			}
			if got := slot.State(c.now); got != c.want {
				t.Errorf("state %s, want %s", got, c.want)
			}
		})
	}
}

// TestAsk: what a click leads to; asking twice is harmless, a refusal says why and what to do.
func TestAsk(t *testing.T) {
	early, late := at("2026-11-23 09:00:00"), at("2026-11-26 09:30:00")
	for _, c := range []struct {
		name    string
		slot    func(*Slot)
		present bool
		now     time.Time
		want    Wish
		refusal string
	}{
		{"réserver un jour libre", func(*Slot) {}, true, early, WishAdd, ""},
		{"deux fois de suite", func(s *Slot) { s.Wish = WishAdd }, true, early, WishAdd, ""},
		{"se raviser", func(s *Slot) { s.Wish = WishAdd }, false, early, WishNone, ""},
		{"se raviser après le délai reste permis", func(s *Slot) { s.Wish = WishAdd }, false, late, WishNone, ""},
		{"annuler un jour réservé", func(s *Slot) { s.Status = Booked }, false, early, WishRemove, ""},
		{"garder un jour qu’on voulait annuler", func(s *Slot) { s.Status, s.Wish = Booked, WishRemove }, true, early, WishNone, ""},
		{"réserver trop tard", func(*Slot) {}, true, late, WishNone, "Le délai pour réserver le lundi 30 novembre est passé depuis aujourd’hui 9 h. Appelez la mairie"},
		{"annuler trop tard", func(s *Slot) { s.Status = Booked }, false, late, WishNone, "Le délai pour annuler le lundi 30 novembre est passé"},
		{"réserver un jour plein", func(s *Slot) { s.Limited = true }, true, early, WishNone, "Il n’y a plus de place le lundi 30 novembre."},
	} {
		t.Run(c.name, func(t *testing.T) {
			setup := &Setup{}
			slot := setup.NewSlot(1, restauration(false), NewDate(2026, 11, 30))
			c.slot(&slot)
			got, _, err := slot.Ask(c.present, Hours{}, c.now)
			if got != c.want || (err != nil) != (c.refusal != "") || err != nil && !strings.Contains(err.Error(), c.refusal) {
				t.Errorf("wish %q, refusal %v; want %q, %q", got, err, c.want, c.refusal)
			}
		})
	}
}

// TestSortRequests: a place given back must be free before it is asked for.
func TestSortRequests(t *testing.T) {
	a := restauration(false)
	line := func(child ChildID, day Date, w Wish) Request {
		return Request{Child: Child{ID: child}, Slot: Slot{Child: child, Activity: a, Day: day, Wish: w}}
	}
	list := []Request{line(1, 20, WishAdd), line(2, 30, WishRemove), line(2, 20, WishAdd), line(1, 10, WishRemove)}
	SortRequests(list)
	var got []string
	for _, r := range list {
		got = append(got, string(r.Slot.Wish)+string(rune('0'+r.Child.ID)))
	}
	if want := "remove1 remove2 add1 add2"; strings.Join(got, " ") != want {
		t.Errorf("order %v, want %s", got, want)
	}
}

// TestReceiptChain: any change to what was told breaks the chain.
func TestReceiptChain(t *testing.T) {
	r := Receipt{Number: "2026-0001", Account: 7, At: at("2026-11-23 09:05:12"), Lines: []Movement{{Child: Child{ID: 3}, ActID: 1, Day: 700000, Action: "add", Outcome: OutcomeBooked}}}
	first := r.Seal()
	if first != r.Seal() || len(first) != 64 {
		t.Fatalf("seal %q is not stable", first)
	}
	for name, change := range map[string]func(*Receipt){
		"numéro": func(r *Receipt) { r.Number = "2026-0002" }, "compte": func(r *Receipt) { r.Account = 8 },
		"instant": func(r *Receipt) { r.At = r.At.Add(time.Second) }, "résultat": func(r *Receipt) { r.Lines[0].Outcome = OutcomeWaiting },
		"jour": func(r *Receipt) { r.Lines[0].Day++ }, "reçu précédent": func(r *Receipt) { r.Previous = "x" },
	} {
		changed := r
		changed.Lines = append([]Movement(nil), r.Lines...)
		change(&changed)
		if changed.Seal() == first {
			t.Errorf("%s: the seal did not change", name)
		}
	}
}

func TestReceiptNumbers(t *testing.T) {
	for _, bad := range []string{"", "2026", "2026-42", "2026-0042x", "26-0042", "2026--042", "2026-0042\n"} {
		if _, _, err := ParseReceiptNumber(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
	for _, good := range []string{"2026-0042", "2027-12345"} {
		if y, n, err := ParseReceiptNumber(good); err != nil || ReceiptNumber(y, n) != good {
			t.Errorf("%q: %v", good, err)
		}
	}
}

// TestDueNights: the ledger catches up whatever happened to the clock.
func TestDueNights(t *testing.T) {
	at115 := Clock(1, 15)
	for _, c := range []struct {
		name string
		last Date
		now  string
		want string
	}{
		{"avant l’heure : rien", NewDate(2026, 11, 23), "2026-11-24 01:14:59", ""},
		{"à l’heure juste", NewDate(2026, 11, 23), "2026-11-24 01:15:00", "2026-11-24"},
		{"déjà faite", NewDate(2026, 11, 24), "2026-11-24 09:00:00", ""},
		{"trois jours de panne", NewDate(2026, 11, 21), "2026-11-24 09:00:00", "2026-11-22 2026-11-23 2026-11-24"},
		{"nuit du passage à l’heure d’été", NewDate(2027, 3, 27), "2027-03-28 03:00:00", "2027-03-28"},
		{"nuit du passage à l’heure d’hiver", NewDate(2026, 10, 24), "2026-10-25 01:20:00", "2026-10-25"},
		{"29 février", NewDate(2028, 2, 28), "2028-03-01 02:00:00", "2028-02-29 2028-03-01"},
		{"horloge revenue en arrière", NewDate(2026, 11, 24), "2026-11-20 09:00:00", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, d := range DueNights(c.last, at115, at(c.now)) {
				got = append(got, d.String())
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %v, want %s", got, c.want)
			}
		})
	}
}

// TestLimitWords: deadlines as people say them.
func TestLimitWords(t *testing.T) {
	limit := at("2026-11-19 10:00:00")
	for _, c := range []struct{ now, want string }{
		{"2026-11-16 08:00:00", "jusqu’au jeudi 19 novembre à 10 h"},
		{"2026-11-18 23:59:00", "jusqu’à demain 10 h"},
		{"2026-11-19 09:59:00", "jusqu’à aujourd’hui 10 h"},
	} {
		if got := Until(limit, at(c.now)); got != c.want {
			t.Errorf("%s: %q, want %q", c.now, got, c.want)
		}
	}
	if got, want := Until(NewDate(2026, 11, 23).At(EndOfDay), at("2026-11-20 08:00:00")), "jusqu’au lundi 23 novembre à minuit"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := Until(NewDate(2027, 1, 1).At(Clock(9, 30)), at("2026-11-20 08:00:00")), "jusqu’au vendredi 1er janvier 2027 à 9 h 30"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestDates: the civil calendar on its ugly days.
func TestDates(t *testing.T) {
	if d := NewDate(2026, 11, 23); d.Weekday() != Monday || d.String() != "2026-11-23" || d.Numeric() != "lun. 23/11" || d.Long() != "lundi 23 novembre" {
		t.Errorf("%v %v %v", d.Weekday(), d, d.Numeric())
	}
	if _, err := ParseDate("2026-02-30"); err == nil {
		t.Error("30 février accepté")
	}
	if y, w := NewDate(2027, 1, 3).ISOWeek(); y != 2026 || w != 53 {
		t.Errorf("week %d-%d, want 2026-53", y, w)
	}
	for d := NewDate(1999, 12, 25); d < NewDate(2101, 1, 5); d++ {
		if back := MustDate(d.String()); back != d {
			t.Fatalf("%v became %v", d, back)
		}
	}
	if got := NewDate(2026, 10, 24).At(EndOfDay); DateOf(got) != NewDate(2026, 10, 25) {
		t.Errorf("minuit le 24 octobre tombe le %v", DateOf(got))
	}
}
