package jobs

import (
	"strings"
	"testing"

	"marelle/portal"
)

// TestAnswerMails: what staff decided is told once to each address, word for word, and again in the morning's report.
func TestAnswerMails(t *testing.T) {
	h := newHousehold(t, "2023-04-28 10:00", "jean.paul@exemple.fr", "delphine@exemple.fr")
	setup, err := h.Setup(background, h.structure)
	if err != nil {
		t.Fatal(err)
	}
	camp := *setup.Activity(h.camp)
	camp.Decided = true
	if _, err := h.SaveActivity(background, camp); err != nil {
		t.Fatal(err)
	}
	h.ask(t, h.father, h.amalia, h.camp, true, "05-09 05-10 05-11")
	h.confirm(t, h.father, "avril")
	agent, err := h.CreateStaff(background, h.structure, portal.Identity{LastName: "MARTIN"}, portal.Manager)
	if err != nil {
		t.Fatal(err)
	}
	decide := func(day string, v portal.Verdict, reason string) portal.Decision {
		return portal.Decision{Child: h.amalia, Activity: h.camp, Day: portal.MustDate("2023-" + day), Verdict: v, Reason: reason}
	}
	undecided, err := h.Decide(background, h.structure, agent.Person.ID, []portal.Decision{decide("05-09", portal.Accept, ""), decide("05-10", portal.Refuse, "Le groupe de ce jour est complet."), decide("05-11", portal.Wait, "")})
	if err != nil || len(undecided) > 0 {
		t.Fatal(undecided, err)
	}
	runner := &Runner{Store: h.Store, URL: "https://famille.carteville.exemple"}
	for range 3 {
		if err := runner.Tick(background); err != nil {
			t.Fatal(err)
		}
	}
	mails := h.newest(t)
	if len(mails) != 2 {
		t.Fatalf("%d mails, want one for each address", len(mails))
	}
	m := mails[0]
	want := `M. DUPONT Jean-Paul

Mairie de CarteVille a répondu à vos demandes de réservation :

- Centre, mardi 9 mai 2023, pour Amalia : acceptée
- Centre, mercredi 10 mai 2023, pour Amalia : refusée : Le groupe de ce jour est complet.
- Centre, jeudi 11 mai 2023, pour Amalia : liste d’attente, 1re

Ce qui est accepté est réservé : vous n'avez rien d'autre à faire. Retrouvez vos demandes sur notre site Internet :
https://famille.carteville.exemple/suivi
`
	if m.Text != want || m.Subject != "Réponse à vos demandes de réservation – Mairie de CarteVille" {
		t.Errorf("%s\n%s", m.Subject, m.Text)
	}
	for _, words := range []string{"<li>Centre, mardi 9 mai 2023, pour Amalia : acceptée</li>", `href="https://famille.carteville.exemple/suivi"`} {
		if !strings.Contains(m.HTML, words) {
			t.Errorf("the HTML lacks %q:\n%s", words, m.HTML)
		}
	}
	h.clock.Set(paris("2023-04-29 07:00"))
	if err := runner.Tick(background); err != nil {
		t.Fatal(err)
	}
	if report := h.newest(t)[0].Text; !strings.Contains(report, "RÉPONSES DE LA MAIRIE À VOS DEMANDES\n\n--> Activité : ALSH :\nDUPONT Amalia : mar. 09/05 (acceptée)") || strings.Contains(report, "la mairie répond)") {
		t.Errorf("the report says\n%s", report)
	}
}
