package jobs

import (
	"regexp"
	"strings"
	"testing"

	"marelle/jobs/smtptest"
	"marelle/portal"
)

// mode changes how the camp of the household serves who waits.
func (h *household) mode(t testing.TB, mode portal.WaitMode, places int) {
	t.Helper()
	setup, err := h.Setup(background, h.structure)
	if err != nil {
		t.Fatal(err)
	}
	camp := *setup.Activity(h.camp)
	camp.WaitMode = mode
	camp.Counters = []portal.Counter{{ID: camp.Counters[0].ID, Name: "Centre", Limited: true, Capacity: places}}
	if _, err := h.SaveActivity(background, camp); err != nil {
		t.Fatal(err)
	}
}

// waits makes the neighbour take the camp's place on a day, and both DUPONT children wait for it.
func (h *household) waits(t testing.TB, day string) {
	t.Helper()
	h.ask(t, h.neighbour, h.neighbourChild, h.camp, true, day)
	h.confirm(t, h.neighbour, "voisin-"+day)
	h.ask(t, h.father, h.amalia, h.camp, true, day)
	h.confirm(t, h.father, "amalia-"+day)
	h.ask(t, h.father, h.paolo, h.camp, true, day)
	h.confirm(t, h.father, "paolo-"+day)
}

func (h *household) gives(t testing.TB, day string) {
	t.Helper()
	h.ask(t, h.neighbour, h.neighbourChild, h.camp, false, day)
	h.confirm(t, h.neighbour, "rendue-"+day)
}

var secret = regexp.MustCompile(`/places/[A-Za-z0-9_-]{43}`)

// TestPlaceMails: an offer, its end without an answer, a place that is gone and one given at once, word for word; each mail
// leaves once for each address, however often the job runs.
func TestPlaceMails(t *testing.T) {
	server := smtptest.Start(t, smtptest.Options{})
	h := newHousehold(t, "2023-04-28 10:00", "jean.paul@exemple.fr", "delphine@exemple.fr")
	runner := h.runner(t, server)
	tick := func(at string) {
		t.Helper()
		h.clock.Set(paris(at))
		for range 3 {
			if err := runner.Tick(background); err != nil {
				t.Fatal(err)
			}
		}
	}
	sent := 0
	wantSent := func(subject, file string, copies int) {
		t.Helper()
		list := server.Messages()
		if len(list)-sent != copies {
			t.Fatalf("%d messages left, want %d", len(list)-sent, copies)
		}
		sent = len(list)
		mail := h.newest(t)[0]
		if mail.Subject != subject+" – Mairie de CarteVille" || mail.Account != h.father {
			t.Errorf("%q to account %d", mail.Subject, mail.Account)
		}
		golden(t, "testdata/"+file+".txt", secret.ReplaceAllString(mail.Text, "/places/SECRET"))
		golden(t, "testdata/"+file+".html", secret.ReplaceAllString(mail.HTML, "/places/SECRET"))
	}
	h.mode(t, portal.WaitOffer, 1)
	h.waits(t, "05-10")
	h.gives(t, "05-10")
	tick("2023-04-28 10:01")
	wantSent("Une place vous est proposée", "place-proposee", 2)
	links := secret.FindAllString(h.newest(t)[0].Text, -1)
	if len(links) != 2 || links[0] != links[1] {
		t.Fatalf("links: %v", links)
	}
	if offer, err := h.OfferByToken(background, strings.TrimPrefix(links[0], "/places/")); err != nil || offer.Names() != "Amalia" {
		t.Fatal(offer, err)
	}

	tick("2023-04-29 09:30") // the reports of the night
	reports := len(server.Messages()) - sent
	sent = len(server.Messages())
	if reports != 3 {
		t.Errorf("%d reports", reports)
	}
	tick("2023-04-29 10:01") // at the end nobody has answered: Paolo's turn
	var subjects []string
	for _, m := range h.newest(t)[:4] {
		subjects = append(subjects, strings.TrimSuffix(m.Subject, " – Mairie de CarteVille"))
		if strings.HasPrefix(m.Subject, "Une place proposée est restée") {
			golden(t, "testdata/place-sans-reponse.txt", m.Text)
			golden(t, "testdata/place-sans-reponse.html", m.HTML)
		}
	}
	if got := strings.Join(subjects, "|"); got != "Une place vous est proposée|Une place vous est proposée|Une place proposée est restée sans réponse|Une place proposée est restée sans réponse" {
		t.Errorf("told: %s", got)
	}
	sent += 4
	h.mode(t, portal.WaitOffer, 0)
	tick("2023-04-29 10:02")
	wantSent("Une place proposée n’est plus disponible", "place-disparue", 2)

	h.mode(t, portal.WaitNow, 1) // given at once, in the change itself
	tick("2023-04-29 10:03")
	wantSent("Une place s’est libérée", "place-obtenue", 2)

	tick("2023-04-30 07:00")
	for _, m := range h.newest(t) {
		if m.Account == h.father && strings.HasPrefix(m.Key, "report:2023-04-30:") {
			golden(t, "testdata/compte-rendu-offre.txt", m.Text)
			return
		}
	}
	t.Error("no report for the father")
}

// TestPlaceMailAfterAnInterruption: a place given just before the program died is told by the next tick; a family without
// an address is passed over.
func TestPlaceMailAfterAnInterruption(t *testing.T) {
	h := newHousehold(t, "2023-04-28 10:00", "jean.paul@exemple.fr")
	h.mode(t, portal.WaitNow, 1)
	h.waits(t, "05-10")
	h.gives(t, "05-10")
	h.clock.Set(paris("2023-04-30 12:00")) // two days without the program
	runner := &Runner{Store: h.Store, URL: "https://famille.carteville.exemple"}
	if err := runner.Run(background, "attente", 0); err != nil {
		t.Fatal(err)
	}
	if list := h.newest(t); len(list) != 1 || !strings.Contains(list[0].Text, "Le centre, mercredi 10 mai 2023, pour Amalia") {
		t.Fatalf("%+v", list)
	}

	mute := newHousehold(t, "2023-04-28 10:00")
	mute.mode(t, portal.WaitNow, 1)
	mute.waits(t, "05-10")
	mute.gives(t, "05-10")
	runner.Store = mute.Store
	if err := runner.Run(background, "attente", 0); err != nil {
		t.Fatal(err)
	}
	if list := mute.newest(t); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	if news, err := mute.PlaceNews(background, mute.structure); err != nil || len(news) != 0 {
		t.Errorf("still to be told: %v %v", news, err)
	}
}
