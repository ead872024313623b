package jobs

import (
	"strings"
	"testing"
	"time"

	"marelle/db"
	"marelle/jobs/smtptest"
	"marelle/portal"
)

// TestReportInTheWordsOfTheTownHall: a changed text, both parts, around the same data.
func TestReportInTheWordsOfTheTownHall(t *testing.T) {
	h := newHousehold(t, "2023-04-28 10:00", "jean.paul@exemple.fr")
	words := portal.MailText{Kind: portal.MailReport, Subject: "{prenom}, vos demandes – {structure}",
		Opening: "Bonjour {civilite} {nom},\n\nvoici ce que la nuit du {nuit} a transmis <à la mairie>.", Closing: "Une question ? Écrivez à {courriel}."}
	if err := h.SaveMailText(background, h.structure, h.father, words, time.Time{}); err != nil {
		t.Fatal(err)
	}
	h.guide(t)
	h.clock.Set(paris("2023-05-04 07:00"))
	runner := &Runner{Store: h.Store, URL: "https://famille.carteville.exemple"}
	if err := runner.Tick(background); err != nil {
		t.Fatal(err)
	}
	mail := h.newest(t)[0]
	golden(t, "testdata/compte-rendu-change.txt", mail.Text)
	golden(t, "testdata/compte-rendu-change.html", mail.HTML)
	if mail.Subject != "Jean-Paul, vos demandes – Mairie de CarteVille" {
		t.Errorf("subject %q", mail.Subject)
	}
}

// TestDeadAddress: an address that the server refuses for good gets nothing any more, and again once it is corrected; the
// family's other address goes on.
func TestDeadAddress(t *testing.T) {
	h := newHousehold(t, "2023-04-28 10:00", "perdue@exemple.fr", "bonne@exemple.fr")
	server := smtptest.Start(t, smtptest.Options{})
	server.RefuseAddress("perdue@exemple.fr", 550, "5.1.1", "no such user")
	runner := h.runner(t, server)
	h.ask(t, h.father, h.amalia, h.canteen, true, "05-10")
	h.confirm(t, h.father, "un")
	morning := func(day string) {
		t.Helper()
		h.clock.Set(paris(day + " 07:00"))
		if err := runner.Tick(background); err != nil {
			t.Fatal(err)
		}
	}
	morning("2023-04-29")
	state := func() string {
		t.Helper()
		dead, err := h.DeadAddresses(background, h.structure)
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, d := range dead {
			words = append(words, d.Address, strings.Join(d.Families, ","))
		}
		return strings.Join(words, " ")
	}
	if got := state(); got != "perdue@exemple.fr DUPONT" {
		t.Fatalf("dead: %s", got)
	}
	h.clock.Set(paris("2023-04-29 10:00"))
	h.ask(t, h.father, h.amalia, h.canteen, true, "05-11")
	h.confirm(t, h.father, "deux")
	morning("2023-04-30")
	list := h.newest(t)
	if len(list) != 3 || list[0].Address != "bonne@exemple.fr" || list[0].State != db.MailSent {
		t.Fatalf("%d mails, the last to %s, %s", len(list), list[0].Address, list[0].State)
	}
	if err := h.LiftAddress(background, h.structure, h.father, h.father, "perdue@exemple.fr"); err != nil || state() != "" {
		t.Fatal(err, state())
	}
}
