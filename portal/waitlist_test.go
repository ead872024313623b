package portal

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func clockAt(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05", s, Paris)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestOfferUntil: a family is never asked at night, and never past the limit to book.
func TestOfferUntil(t *testing.T) {
	for name, c := range map[string]struct {
		now   string
		hours int
		limit string
		want  string // "" : no offer
	}{
		"en journée : vingt-quatre heures plus tard":                  {"2026-11-23 10:00:00", 24, "2026-12-13 24:00", "2026-11-24 10:00"},
		"la minute entamée est laissée entière":                       {"2026-11-23 10:37:12", 24, "2026-12-13 24:00", "2026-11-24 10:38"},
		"quatre heures, dans l’après-midi":                            {"2026-11-23 10:00:00", 4, "2026-12-13 24:00", "2026-11-23 14:00"},
		"à vingt heures juste, il fait encore jour":                   {"2026-11-23 16:00:00", 4, "2026-12-13 24:00", "2026-11-23 20:00"},
		"une minute après vingt heures : neuf heures du matin":        {"2026-11-23 16:01:00", 4, "2026-12-13 24:00", "2026-11-24 09:00"},
		"la nuit offre à une heure et quart":                          {"2026-11-24 01:15:00", 24, "2026-12-13 24:00", "2026-11-25 09:00"},
		"la nuit, pour quatre heures : neuf heures le même matin":     {"2026-11-24 01:15:00", 4, "2026-12-13 24:00", "2026-11-24 09:00"},
		"neuf heures juste":                                           {"2026-11-24 05:00:00", 4, "2026-12-13 24:00", "2026-11-24 09:00"},
		"le vendredi soir pour le samedi soir : dimanche neuf heures": {"2026-11-27 21:30:00", 24, "2026-12-13 24:00", "2026-11-29 09:00"},
		"soixante-douze heures depuis le vendredi soir":               {"2026-11-27 19:00:00", 72, "2026-12-13 24:00", "2026-11-30 19:00"},
		"le délai pour réserver tombe avant":                          {"2026-11-26 15:00:00", 24, "2026-11-27 12:00", "2026-11-27 12:00"},
		"un délai à minuit : vingt heures la veille de minuit":        {"2026-11-23 10:00:00", 48, "2026-11-23 24:00", "2026-11-23 20:00"},
		"un délai à sept heures : la veille à vingt heures":           {"2026-11-23 10:00:00", 24, "2026-11-24 07:00", "2026-11-23 20:00"},
		"repoussée au matin, le délai tombe dans la nuit":             {"2026-11-23 16:30:00", 4, "2026-11-23 24:00", "2026-11-23 20:00"},
		"deux heures restent":                                         {"2026-11-27 10:00:00", 24, "2026-11-27 12:00", "2026-11-27 12:00"},
		"moins de deux heures : pas d’offre":                          {"2026-11-27 10:00:01", 24, "2026-11-27 12:00", ""},
		"le soir d’un délai à minuit : pas d’offre":                   {"2026-11-23 18:30:00", 24, "2026-11-23 24:00", ""},
		"le délai est passé":                                          {"2026-11-28 10:00:00", 24, "2026-11-27 12:00", ""},
		"la mairie ne laisse qu’une heure":                            {"2026-11-23 10:00:00", 1, "2026-12-13 24:00", "2026-11-23 11:00"},
		"une heure, mais le délai en laisse la moitié":                {"2026-11-27 11:30:00", 1, "2026-11-27 12:00", ""},
		"la nuit d’octobre compte vingt-cinq heures":                  {"2026-10-24 10:30:00", 24, "2026-12-13 24:00", "2026-10-25 09:30"},
		"la nuit d’octobre ramène avant neuf heures":                  {"2026-10-24 09:30:00", 24, "2026-12-13 24:00", "2026-10-25 09:00"},
		"la nuit de mars compte vingt-trois heures":                   {"2027-03-27 18:30:00", 24, "2027-05-13 24:00", "2027-03-28 19:30"},
		"la nuit de mars mène après vingt heures":                     {"2027-03-27 19:30:00", 24, "2027-05-13 24:00", "2027-03-29 09:00"},
		"une fin dans l’heure qui n’existe pas":                       {"2027-03-28 00:30:00", 2, "2027-05-13 24:00", "2027-03-28 09:00"},
		"une fin dans l’heure qui vient deux fois":                    {"2026-10-25 00:30:00", 2, "2026-12-13 24:00", "2026-10-25 09:00"},
	} {
		day, clock, _ := strings.Cut(c.limit, " ")
		at, err := ParseTimeOfDay(clock)
		if err != nil {
			t.Fatal(err)
		}
		until, possible := OfferUntil(clockAt(t, c.now), c.hours, MustDate(day).At(at))
		got := ""
		if possible {
			got = until.In(Paris).Format("2006-01-02 15:04")
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestOfferNeverEndsAtNight walks through a year, hour after hour, clock changes included.
func TestOfferNeverEndsAtNight(t *testing.T) {
	end := clockAt(t, "2027-09-01 00:00:00")
	for now := clockAt(t, "2026-09-01 00:07:00"); now.Before(end); now = now.Add(53 * time.Minute) {
		for _, hours := range []int{1, 4, 24, 72} {
			for _, limit := range []time.Time{now.Add(100 * time.Hour), DateOf(now).At(EndOfDay), (DateOf(now) + 2).At(Clock(7, 30))} {
				until, possible := OfferUntil(now, hours, limit)
				at := TimeOfDayOf(until)
				switch {
				case !possible:
				case at < Clock(9, 0) || at > Clock(20, 0) || until.After(limit) || until.Sub(now) < min(2*time.Hour, time.Duration(hours)*time.Hour):
					t.Fatalf("offered %s for %d h, limit %s: until %s", now.In(Paris), hours, limit.In(Paris), until.In(Paris))
				}
			}
		}
	}
}

// TestWhoIsServed: the queue, brothers and sisters, and lists that share their places.
func TestWhoIsServed(t *testing.T) {
	centre, minibus := Counter{ID: 1, Limited: true}, Counter{ID: 2, Limited: true}
	a := &Activity{ID: 1, Counters: []Counter{centre}}
	b := &Activity{ID: 2, Counters: []Counter{centre, minibus}}
	free := func(n ...int) map[CounterID]int {
		m := map[CounterID]int{}
		for i, left := range n {
			m[CounterID(i+1)] = left
		}
		return m
	}
	start := NewDate(2026, 11, 23).At(Clock(9, 0))
	// « 3a » is child 3 of its own family on the list a; « 3aF » one of family F, all or none.
	waiting := func(words string) (list []Waiter) {
		queue := map[*Activity]int{}
		for i, w := range strings.Fields(words) {
			activity := a
			if w[1] == 'b' {
				activity = b
			}
			queue[activity]++
			waiter := Waiter{Child: ChildID(w[0] - '0'), Activity: activity, Account: AccountID(w[0] - '0'), Queue: queue[activity], Since: start.Add(time.Duration(i) * time.Minute)}
			if len(w) > 2 {
				waiter.Account, waiter.Together = AccountID(w[2]), true
			}
			list = append(list, waiter)
		}
		return list
	}
	for name, c := range map[string]struct {
		waiting string
		free    map[CounterID]int
		want    string
	}{
		"une place, le premier l’a":                                    {"1a 2a 3a", free(1), "1"},
		"aucune place":                                                 {"1a 2a", free(0), ""},
		"la capacité a baissé sous ce qui est pris":                    {"1a", free(-2), ""},
		"deux places, les deux premiers":                               {"1a 2a 3a", free(2), "1 2"},
		"plus de limite : tout le monde":                               {"1a 2a 3a", free(), "1 2 3"},
		"deux frères pour une place : le suivant":                      {"1aF 2aF 3a", free(1), "3"},
		"deux frères pour deux places":                                 {"1aF 2aF 3a", free(2), "1+2"},
		"deux frères et un troisième enfant":                           {"1aF 2aF 3a", free(3), "1+2 3"},
		"le frère venu plus tard ne passe pas avant les autres":        {"1aF 3a 2aF", free(2), "3"},
		"le frère venu plus tard, s’il y a assez de places":            {"1aF 3a 2aF", free(3), "3 1+2"},
		"trois frères ne tiennent pas, deux autres si":                 {"1aF 2aF 3aF 4aG 5aG", free(2), "4+5"},
		"des frères qui acceptent d’être séparés":                      {"1a 2a", free(1), "1"},
		"deux activités, un compteur : le plus ancien":                 {"1b 2a", free(1, 1), "1"},
		"le plus ancien n’a pas de place dans le minibus : le suivant": {"1b 2a", free(1, 0), "2"},
		"le minibus se remplit, le centre continue":                    {"1b 2b 3a", free(3, 1), "1 3"},
		"les mêmes frères sur deux listes restent deux demandes":       {"1aF 1bF", free(1, 1), "1"},
		"personne n’attend":                                            {"", free(4), ""},
	} {
		var words []string
		for _, turn := range Served(Turns(waiting(c.waiting)), c.free) {
			var names []string
			for _, child := range turn.Children {
				names = append(names, fmt.Sprint(child))
			}
			words = append(words, strings.Join(names, "+"))
		}
		if got := strings.Join(words, " "); got != c.want {
			t.Errorf("%s: served %q, want %q", name, got, c.want)
		}
	}
	back := waiting("1a 2a 3b")
	back[1].Since = start.Add(-time.Hour) // the clock went back: the queue does not
	if got := Turns(back); got[0].Children[0] != 1 || got[1].Children[0] != 2 {
		t.Errorf("a clock that went back changed the order: %v", got)
	}
}

// TestMovedOnAListThatShares: whom staff put first is served with the oldest request of the list; the list as a whole loses
// nothing to one that shares its places.
func TestMovedOnAListThatShares(t *testing.T) {
	centre := []Counter{{ID: 1, Limited: true}}
	a, b := &Activity{ID: 1, Counters: centre}, &Activity{ID: 2, Counters: centre}
	asked := func(child ChildID, on *Activity, queue int, hour TimeOfDay) Waiter {
		return Waiter{Child: child, Account: AccountID(child), Activity: on, Queue: queue, Since: NewDate(2026, 11, 23).At(hour)}
	}
	moved := []Waiter{asked(3, a, 1, Clock(12, 0)), asked(1, a, 2, Clock(8, 0)), asked(4, a, 3, Clock(11, 0)), asked(2, b, 1, Clock(10, 0)), asked(5, b, 2, Clock(11, 30))}
	var got []ChildID
	for _, turn := range Turns(moved) {
		got = append(got, turn.Children...)
	}
	if want := []ChildID{3, 2, 1, 5, 4}; !slices.Equal(got, want) {
		t.Errorf("served %v, want %v", got, want)
	}
}

// TestPromotable: nobody gets a place who could no longer say no.
func TestPromotable(t *testing.T) {
	now := NewDate(2026, 11, 23).At(Clock(9, 0))
	later, past, never := Limit{At: now, Possible: true}, Limit{At: now.Add(-time.Second), Possible: true}, Limit{}
	for name, c := range map[string]struct {
		slot Slot
		want bool
	}{
		"dans les délais, à l’instant du délai": {Slot{Open: true, Book: later, Cancel: later}, true},
		"trop tard pour réserver":               {Slot{Open: true, Book: past, Cancel: later}, false},
		"trop tard pour annuler":                {Slot{Open: true, Book: later, Cancel: past}, false},
		"ne s’annule jamais, on le savait":      {Slot{Open: true, Book: later, Cancel: never}, true},
		"ne se réserve pas en ligne":            {Slot{Open: true, Book: never, Cancel: later}, false},
		"fermé depuis":                          {Slot{Book: later, Cancel: later}, false},
	} {
		if got := c.slot.Promotable(now); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestAnswer: what an answer does, in every state of an offer.
func TestAnswer(t *testing.T) {
	now := NewDate(2026, 11, 23).At(Clock(9, 0))
	for name, c := range map[string]struct {
		state   OfferState
		until   time.Time
		accept  bool
		done    bool
		refused string
	}{
		"ouverte":                      {OfferOpen, now.Add(time.Hour), true, false, ""},
		"au dernier instant":           {OfferOpen, now, true, false, ""},
		"un instant trop tard":         {OfferOpen, now.Add(-time.Second), true, false, "s’est terminée le lundi 23 novembre 2026 à 8 h 59"},
		"non, un instant trop tard":    {OfferOpen, now.Add(-time.Second), false, false, "s’est terminée"},
		"acceptée deux fois":           {OfferAccepted, now, true, true, ""},
		"refusée après avoir accepté":  {OfferAccepted, now, false, false, "annulez la réservation"},
		"refusée deux fois":            {OfferDeclined, now, false, true, ""},
		"acceptée après avoir refusé":  {OfferDeclined, now, true, false, "a déjà été refusée"},
		"restée sans réponse":          {OfferExpired, now, true, false, "sans réponse"},
		"la place n’est plus là":       {OfferWithdrawn, now, true, false, "garde son rang"},
		"donnée, il n’y a rien à dire": {OfferGiven, now, false, false, "n’est plus disponible"},
	} {
		o := Offer{State: c.state, Until: c.until}
		done, refused := o.Answer(c.accept, now)
		if done != c.done || (refused == nil) != (c.refused == "") || refused != nil && !strings.Contains(refused.Message, c.refused) {
			t.Errorf("%s: %v %v", name, done, refused)
		}
	}
}

// TestWaitWords: each mode in a sentence.
func TestWaitWords(t *testing.T) {
	for mode, want := range map[WaitMode]string{"": "la nuit suivante", WaitNight: "la nuit suivante", WaitNow: "aussitôt", WaitOffer: "qui a 24 heures pour répondre"} {
		if got := (&Activity{WaitMode: mode, OfferHours: 24}).WaitWords(); !strings.Contains(got, want) {
			t.Errorf("%s: %q", mode, got)
		}
	}
	o := Offer{Spoken: "le centre", Day: NewDate(2026, 12, 22), Children: []Child{{FirstName: "Amalia"}, {FirstName: "Paolo"}}}
	if got := o.What(); got != "le centre, mardi 22 décembre 2026, pour Amalia et Paolo" {
		t.Error(got)
	}
}
