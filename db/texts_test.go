package db_test

import (
	"fmt"
	"testing"
	"time"

	"marelle/db"
	"marelle/portal"
)

// TestTrialIsTheNight: what the trial shows, with a place given and one that still waits, is line for line what the night then
// does; the base is the same before and after the trial.
func TestTrialIsTheNight(t *testing.T) {
	tn := newTown(t, 3, 1)
	for i := range 3 {
		tn.want(t, i, 0, tn.wednesday, "2026-12-02", true)
		tn.confirm(t, i, fmt.Sprint("un", i))
	}
	tn.want(t, 0, 0, tn.wednesday, "2026-12-02", false)
	tn.confirm(t, 0, "rendue")
	state := func() string {
		h := &hall{tn.Store, t, tn.clock, tn.structure}
		return h.scalar("SELECT (SELECT group_concat(child_id || status || coalesce(queue, '')) FROM booking) || (SELECT count(*) || total(night_id) FROM movement) || (SELECT count(*) FROM night) || (SELECT group_concat(taken || waiting) FROM counter_day)")
	}
	before := state()
	trial, err := tn.TryNight(ctx, tn.structure, portal.NightFilter{}, 0, db.AllLines)
	if err != nil {
		t.Fatal(err)
	}
	if after := state(); after != before {
		t.Errorf("the trial changed\n%s into\n%s", before, after)
	}
	if trial.Total != 5 || trial.Night.Movements != 4 || trial.Night.Promotions != 1 || trial.Night.Date != portal.MustDate("2026-11-24") {
		t.Errorf("%d lines, %+v", trial.Total, trial.Night)
	}
	tn.clock.Set(paris("2026-11-24 01:15:00"))
	if _, err := tn.Transmit(ctx, tn.structure, trial.Night.Date); err != nil {
		t.Fatal(err)
	}
	_, lines, total, err := tn.NightAsked(ctx, tn.structure, trial.Night.Date, portal.NightFilter{}, 0, db.AllLines)
	if err != nil || total != trial.Total {
		t.Fatal(total, err)
	}
	for i := range lines {
		if lines[i] != trial.Lines[i] {
			t.Errorf("line %d: the trial said %+v, the night did %+v", i, trial.Lines[i], lines[i])
		}
	}
	for outcome, want := range map[string]int{"place": 1, "attente": 1, "annulee": 1, "acceptee": 2, "refusee": 0} {
		if _, _, n, err := tn.NightAsked(ctx, tn.structure, trial.Night.Date, portal.NightFilter{Outcome: outcome}, 0, db.AllLines); err != nil || n != want {
			t.Errorf("%s: %d lines, want %d (%v)", outcome, n, want, err)
		}
	}
}

// TestMailTextsAreKept: of one structure only, changed from what was seen only, and each change in the journal.
func TestMailTextsAreKept(t *testing.T) {
	tn := newTown(t, 1, 1)
	by := tn.parents[0]
	words := portal.MailText{Kind: portal.MailReport, Subject: "À nous", Opening: "Bonjour,", Closing: ""}
	if err := tn.SaveMailText(ctx, tn.structure, by, words, time.Time{}); err != nil {
		t.Fatal(err)
	}
	setup, err := tn.Setup(ctx, tn.structure)
	if err != nil {
		t.Fatal(err)
	}
	saved := setup.MailText(portal.MailReport)
	if saved.Subject != "À nous" || saved.By.ID != by || saved.Standard() || !setup.MailText(portal.MailDraft).Standard() {
		t.Fatalf("%+v", saved)
	}
	words.Subject = "Autrement"
	refused(t, tn.SaveMailText(ctx, tn.structure, by, words, time.Time{}), portal.KindConflict, "a changé ce texte")
	refused(t, tn.SaveMailText(ctx, tn.structure, by, portal.MailText{Kind: portal.MailReport, Subject: "{x}", Opening: "y"}, saved.At), portal.KindInvalid, "tel quel")
	refused(t, tn.SaveMailText(ctx, tn.structure, by, portal.MailText{Kind: "autre", Subject: "x", Opening: "y"}, saved.At), portal.KindNotFound, "n’existe pas")
	words.Subject = "À nous" // nothing new: no line in the journal
	if err := tn.SaveMailText(ctx, tn.structure, by, words, saved.At); err != nil {
		t.Fatal(err)
	}
	if err := tn.ResetMailText(ctx, tn.structure, by, portal.MailReport, saved.At); err != nil {
		t.Fatal(err)
	}
	refused(t, tn.SaveMailText(ctx, tn.structure, by, words, saved.At), portal.KindConflict, "remis à l’origine")
	list, total, err := tn.SearchJournal(ctx, tn.structure, db.JournalFilter{Subject: "texte"}, 0, 10)
	if err != nil || total != 2 || list[1].Words != "Courriel « Compte rendu du matin » : texte changé" || len(list[1].Changes) != 3 || list[1].Changes[0].After != "À nous" {
		t.Errorf("%+v %v", list, err)
	}
}

// TestAddressesLiveAndDie: marked on every account that has it, kept while the family only changes what it gets, forgotten
// with the address; what waited for it is given up, but not a link that was asked for.
func TestAddressesLiveAndDie(t *testing.T) {
	tn := newTown(t, 2, 1)
	h := &hall{tn.Store, t, tn.clock, tn.structure}
	h.raw("UPDATE account_email SET address = 'Commune@exemple.fr'")
	mail := func(key, kind string) db.Mail {
		return db.Mail{Structure: tn.structure, Account: tn.parents[0], Key: key, Kind: kind, Address: "commune@exemple.fr", Subject: key, Text: "x"}
	}
	if err := tn.QueueReminders(ctx, "essai", []db.Mail{mail("un", "rappel")}); err != nil {
		t.Fatal(err)
	}
	claimed, err := tn.ClaimMails(ctx, 5)
	if err != nil || len(claimed) != 1 {
		t.Fatal(claimed, err)
	}
	if err := tn.QueueReminders(ctx, "suite", []db.Mail{mail("deux", "rappel"), mail("lien", db.KindReset)}); err != nil {
		t.Fatal(err)
	}
	if err := tn.MailFailed(ctx, claimed[0], db.MailFault{Permanent: true, Address: true, Words: "inconnue"}); err != nil {
		t.Fatal(err)
	}
	if got := h.scalar("SELECT group_concat(state) FROM (SELECT state FROM outbox ORDER BY id)"); got != "dead,dead,pending" {
		t.Errorf("states %s", got)
	}
	dead := func() string { return h.scalar("SELECT count(*) FROM account_email WHERE dead_at IS NOT NULL") }
	if list, err := tn.DeadAddresses(ctx, tn.structure); err != nil || len(list) != 2 || list[0].Why != "inconnue" {
		t.Errorf("%+v %v", list, err)
	}
	if emails, err := tn.Emails(ctx, tn.parents[0]); err != nil || len(emails) != 0 {
		t.Errorf("still written to: %v %v", emails, err)
	}
	h.raw("UPDATE account_email SET address = 'neuve@exemple.fr' WHERE account_id = ?", tn.parents[1]) // the town hall corrects one
	if dead() != "1" {
		t.Error("a new address is thought dead")
	}
	link, err := tn.ClaimMails(ctx, 5)
	if err != nil || len(link) != 1 {
		t.Fatal(link, err)
	}
	if err := tn.MailSent(ctx, link[0].ID); err != nil || dead() != "0" {
		t.Errorf("an address where a message arrives is still thought dead (%v)", err)
	}
	// A message that is refused for itself says nothing of the address.
	if err := tn.QueueReminders(ctx, "autre", []db.Mail{mail("trois", "rappel")}); err != nil {
		t.Fatal(err)
	}
	claimed, err = tn.ClaimMails(ctx, 5)
	if err != nil || len(claimed) != 1 {
		t.Fatal(claimed, err)
	}
	if err := tn.MailFailed(ctx, claimed[0], db.MailFault{Permanent: true, Words: "trop gros"}); err != nil || dead() != "0" {
		t.Errorf("the address pays for its message (%v)", err)
	}
}

// TestResendGoesWhereTheAccountIsRead: a message that came back from an address since corrected leaves to the new one.
func TestResendGoesWhereTheAccountIsRead(t *testing.T) {
	tn := newTown(t, 1, 1)
	h := &hall{tn.Store, t, tn.clock, tn.structure}
	if err := tn.QueueReminders(ctx, "essai", []db.Mail{{Structure: tn.structure, Account: tn.parents[0], Key: "un", Kind: "compte-rendu", Address: "ancienne@exemple.fr", Subject: "Compte rendu", Text: "x"}}); err != nil {
		t.Fatal(err)
	}
	h.raw("UPDATE outbox SET state = 'dead'")
	list, _, err := tn.FindMails(ctx, tn.structure, db.MailFilter{}, 0, 10)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	for range 2 {
		if sent, aside, err := tn.ResendMails(ctx, tn.structure, tn.parents[0], []portal.MailID{list[0].ID}); err != nil || sent != 1 || aside != 0 {
			t.Fatal(sent, aside, err)
		}
	}
	if got := h.scalar("SELECT group_concat(address || ' ' || state) FROM (SELECT * FROM outbox ORDER BY id)"); got != "ancienne@exemple.fr dead,claire0@exemple.fr pending" {
		t.Errorf("got %s", got) // pressed twice within the same instant, it is one message
	}
	refused(t, second(tn.ResendMails(ctx, tn.structure+1, tn.parents[0], []portal.MailID{list[0].ID})), portal.KindNotFound, "n’existe pas")
	refused(t, second(tn.ResendMails(ctx, tn.structure, tn.parents[0], nil)), portal.KindInvalid, "Cochez")
}

func second(_, _ int, err error) error { return err }
