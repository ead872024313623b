package db_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"marelle/db"
	"marelle/portal"
)

const otherPassword = "hérisson parapluie canapé"

// parent makes a guardian with addresses and a personal password, signed in.
func (h *hall) parent(last string, emails ...string) *db.Session {
	h.t.Helper()
	account := h.guardian(h.structure, last)
	for i, e := range emails {
		h.raw("INSERT INTO account_email (account_id, position, address) VALUES (?, ?, ?)", account, i, e)
	}
	letters, err := h.IssueLetters(ctx, h.structure, 0, []portal.AccountID{account}, db.AnyLetter)
	if err != nil {
		h.t.Fatal(err)
	}
	session, _ := h.enter(letters[0].Login, letters[0].Password)
	token, err := h.SetFirstPassword(ctx, session, goodPassword)
	if err != nil {
		h.t.Fatal(err)
	}
	if session, err = h.Session(ctx, token); err != nil {
		h.t.Fatal(err)
	}
	return session
}

var told = db.Notice{Kind: "compte", Subject: "Changé", Text: "texte", HTML: "<p>texte</p>"}

// link asks for a link as somebody does who knows both.
func (h *hall) link(s *db.Session, email string) string {
	h.t.Helper()
	token := db.NewResetToken()
	err := h.AskReset(ctx, db.ResetRequest{Login: s.Login, Email: email, Addr: "192.0.2.7", Token: token, Mail: db.Notice{Subject: "Lien", Text: "lien " + token, HTML: "<p>" + token}})
	if err != nil {
		h.t.Fatal(err)
	}
	return token
}

func TestResetIsUsedOnce(t *testing.T) {
	h := newHall(t)
	s := h.parent("DUPONT", "jp@exemple.fr", "jp@travail.exemple")
	first, second := h.link(s, "JP@travail.exemple"), h.link(s, "jp@exemple.fr")
	if len(first) != 43 || first == second {
		t.Errorf("tokens %q %q", first, second)
	}
	if to := h.scalar("SELECT group_concat(address || ' ' || kind) FROM outbox"); to != "jp@travail.exemple mot-de-passe,jp@exemple.fr mot-de-passe" {
		t.Errorf("mails %s", to)
	}
	if h.scalar("SELECT count(*) FROM password_reset WHERE instr(token_hash, ?)", first) != "0" {
		t.Error("the token itself is stored")
	}
	refused(t, h.Reset(ctx, first, "court", told), portal.KindInvalid, "Il manque")

	// Twenty clicks at once: one password is set, the others are told.
	var wg sync.WaitGroup
	results := make([]error, 20)
	for i := range results {
		wg.Go(func() {
			results[i] = h.Reset(ctx, []string{first, second}[i%2], fmt.Sprintf("%s %d", otherPassword, i), told)
		})
	}
	wg.Wait()
	done := 0
	for i, err := range results {
		if err == nil {
			done++
			if _, _, err := h.SignIn(ctx, s.Login, fmt.Sprintf("%s %d", otherPassword, i), db.Visit{Addr: "192.0.2.1"}); err != nil {
				t.Error(err)
			}
			continue
		}
		refused(t, err, portal.KindNotFound, "Ce lien ne sert plus")
	}
	if done != 1 {
		t.Fatalf("%d passwords were set by links of one account", done)
	}
	if n := h.scalar("SELECT count(*) FROM outbox WHERE kind = 'compte'"); n != "2" {
		t.Errorf("%s addresses are told", n)
	}
	if _, err := h.ResetOwner(ctx, second); portal.AsError(err) == nil {
		t.Error("the other link still opens")
	}
}

// TestWhatEndsALink: whatever gives or takes the account otherwise.
func TestWhatEndsALink(t *testing.T) {
	for name, end := range map[string]func(*hall, *db.Session) error{
		"une nouvelle lettre": func(h *hall, s *db.Session) error {
			_, err := h.IssueLetters(ctx, h.structure, 0, []portal.AccountID{s.Account}, db.AnyLetter)
			return err
		},
		"d’autres adresses": func(h *hall, s *db.Session) error {
			return h.SaveAddresses(ctx, s, goodPassword, "192.0.2.1", []portal.Address{{Email: "autre@exemple.fr"}}, told)
		},
		"un autre mot de passe": func(h *hall, s *db.Session) error {
			_, err := h.ChangePassword(ctx, s, goodPassword, otherPassword, "192.0.2.1", told)
			return err
		},
		"un compte fermé": func(h *hall, s *db.Session) error {
			h.raw("UPDATE account SET password = '' WHERE id = ?", s.Account)
			return nil
		},
		"une heure": func(h *hall, _ *db.Session) error { h.clock.Add(time.Hour); return nil },
	} {
		h := newHall(t)
		s := h.parent("DUPONT", "jp@exemple.fr")
		token := h.link(s, "jp@exemple.fr")
		if _, err := h.ResetOwner(ctx, token); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := end(h, s); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		refused(t, h.Reset(ctx, token, otherPassword+" encore", told), portal.KindNotFound, "Ce lien ne sert plus")
	}
}

// TestUnknownCostsTheSame: the time of the answer does not say whether the account exists.
func TestUnknownCostsTheSame(t *testing.T) {
	h := newHall(t)
	s := h.parent("DUPONT", "jp@exemple.fr")
	times := map[string][]time.Duration{}
	for i := range 60 {
		for _, login := range []string{s.Login, "ZZZZ-ZZZZ"} {
			h.clock.Add(2 * time.Hour) // the throttle is not what is measured
			token := db.NewResetToken()
			begin := time.Now()
			if err := h.AskReset(ctx, db.ResetRequest{Login: login, Email: "jp@exemple.fr", Addr: "192.0.2.7", Token: token, Mail: db.Notice{Subject: "Lien", Text: strings.Repeat("x", 500), HTML: strings.Repeat("x", 900)}}); err != nil {
				t.Fatal(i, err)
			}
			times[login] = append(times[login], time.Since(begin))
		}
	}
	median := func(list []time.Duration) time.Duration { slices.Sort(list); return list[len(list)/2] }
	known, unknown := median(times[s.Login]), median(times["ZZZZ-ZZZZ"])
	if apart := (known - unknown).Abs(); apart >= 2*time.Millisecond {
		t.Errorf("known %v, unknown %v", known, unknown)
	}
	if n := h.scalar("SELECT count(*) FROM outbox"); n != "60" {
		t.Errorf("%s messages for 60 requests that were right", n)
	}
}

// TestALinkLeavesNoTrace: once sent, or too old, the mail no longer holds its link, and cannot leave again empty.
func TestALinkLeavesNoTrace(t *testing.T) {
	h := newHall(t)
	s := h.parent("DUPONT", "jp@exemple.fr")
	sent := h.link(s, "jp@exemple.fr")
	mails, err := h.ClaimMails(ctx, 1)
	if err != nil || len(mails) != 1 || !strings.Contains(mails[0].Text, sent) {
		t.Fatal(mails, err)
	}
	if err := h.MailSent(ctx, mails[0].ID); err != nil {
		t.Fatal(err)
	}
	kept := h.link(s, "jp@exemple.fr")
	holds := func(token string) bool {
		return h.scalar("SELECT count(*) FROM outbox WHERE instr(body_text || body_html, ?)", token) != "0"
	}
	if holds(sent) || !holds(kept) {
		t.Error("the link is kept after it left, or lost before")
	}
	shown, err := h.Mail(ctx, h.structure, mails[0].ID+1)
	if err != nil || strings.Contains(shown.Text+shown.HTML, kept) || shown.Text == "" {
		t.Errorf("an agent reads %q %v", shown.Text, err)
	}
	h.clock.Add(time.Hour - time.Millisecond)
	if err := h.PurgeAccess(ctx); err != nil || !holds(kept) || h.scalar("SELECT count(*) FROM password_reset") != "2" {
		t.Fatal("purged too early", err)
	}
	h.clock.Add(time.Millisecond)
	if err := h.PurgeAccess(ctx); err != nil || holds(kept) || h.scalar("SELECT count(*) FROM password_reset") != "0" {
		t.Fatal("not purged", err)
	}
	if state := h.scalar("SELECT group_concat(state) FROM (SELECT state FROM outbox ORDER BY id)"); state != "sent,dead" {
		t.Errorf("states %s", state)
	}
	var by portal.AccountID
	if _, err := fmt.Sscan(h.scalar("SELECT min(id) FROM account"), &by); err != nil {
		t.Fatal(err)
	}
	if sent, aside, err := h.ResendMails(ctx, h.structure, by, []portal.MailID{mails[0].ID + 1}); err != nil || sent != 0 || aside != 1 {
		t.Errorf("%d sent, %d aside, %v", sent, aside, err)
	}
}

// TestReportsGoWhereTheyAreWanted: an address that wants no report gets none; one that wants some does.
func TestReportsGoWhereTheyAreWanted(t *testing.T) {
	tn := newTown(t, 1, 10)
	h := &hall{tn.Store, t, tn.clock, tn.structure}
	h.raw("DELETE FROM account_email")
	for i, wants := range []int{1, 0, 1} {
		h.raw("INSERT INTO account_email (account_id, position, address, reports) VALUES (?, ?, ?, ?)", tn.parents[0], i, fmt.Sprintf("a%d@exemple.fr", i), wants)
	}
	tn.want(t, 0, 0, tn.canteen, "2026-12-07", true)
	tn.confirm(t, 0, "clé")
	tn.clock.Set(paris("2026-11-24 07:00:00"))
	if _, err := tn.Transmit(ctx, tn.structure, portal.NewDate(2026, 11, 24)); err != nil {
		t.Fatal(err)
	}
	_, reports, err := tn.Reports(ctx, tn.structure)
	if err != nil || len(reports) != 1 || strings.Join(reports[0].Emails, " ") != "a0@exemple.fr a2@exemple.fr" {
		t.Errorf("%+v %v", reports, err)
	}
}

func TestAccountEvents(t *testing.T) {
	h := newHall(t)
	s := h.parent("DUPONT", "jp@exemple.fr")
	other := h.parent("ORTET", "x@exemple.fr")
	elsewhere, err := h.OpenSession(ctx, s.Account, false, "")
	if err != nil {
		t.Fatal(err)
	}
	phones := portal.Phones{Mobile: "06 12 34 56 78"}
	var shown time.Time
	for _, step := range []func() error{
		func() error { return h.CloseDevice(ctx, other, h.deviceOf(s, elsewhere)) }, // not hers: nothing
		func() error { return h.CloseDevice(ctx, s, h.deviceOf(s, elsewhere)) },
		func() error { return h.CloseOtherDevices(ctx, s) }, // nobody else is left
		func() error { return h.SavePhones(ctx, s, phones) },
		func() error { return h.SavePhones(ctx, s, phones) }, // the same: nothing
		func() error { _, err := h.MakeCalendar(ctx, s, shown); return err },
		func() error { _, err := h.MakeCalendar(ctx, s, monday); return err },
		func() error { return h.RemoveCalendar(ctx, s) },
		func() error { return h.RemoveCalendar(ctx, s) },
		func() error { _, err := h.Export(ctx, s, goodPassword, "192.0.2.1"); return err },
		func() error {
			return h.SaveAddresses(ctx, s, goodPassword, "192.0.2.1", []portal.Address{{Email: "jp@exemple.fr", Reports: true, Reminders: true}}, told)
		},
		func() error {
			return h.SaveAddresses(ctx, s, goodPassword, "192.0.2.1", []portal.Address{{Email: "jp@exemple.fr", Reports: true}}, told)
		},
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	_, err = h.MakeCalendar(ctx, s, monday)
	refused(t, err, portal.KindConflict, "reste valable")
	_, err = h.Export(ctx, s, "faux", "192.0.2.1")
	refused(t, err, portal.KindInvalid, "Le mot de passe actuel est incorrect.")
	h.link(s, "jp@exemple.fr")
	list, err := h.AccountEvents(ctx, s.Account, 50)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range slices.Backward(list) {
		if e.Account != s.Account || !e.At.Equal(monday) || (e.By == 0) != (e.Kind == portal.ResetAsked) {
			t.Errorf("%+v", e)
		}
		got = append(got, string(e.Kind))
	}
	if said := strings.Join(got, " "); said != "mot-de-passe appareil-ferme telephones agenda-cree agenda-renouvele agenda-retire export adresses lien-demande" {
		t.Errorf("the journal says %s", said)
	}
	if few, err := h.AccountEvents(ctx, s.Account, 2); err != nil || len(few) != 2 || few[0].Kind != portal.ResetAsked {
		t.Errorf("%v %v", few, err)
	}
	if hers, err := h.AccountEvents(ctx, other.Account, 50); err != nil || len(hers) != 1 {
		t.Errorf("the other account's: %v %v", hers, err)
	}
	if h.scalar("SELECT count(*) FROM outbox WHERE kind = 'compte'") != "0" {
		t.Error("a notice for what is no change of addresses")
	}
}

// deviceOf gives the number under which the profile shows a session.
func (h *hall) deviceOf(s *db.Session, token string) string {
	h.t.Helper()
	that, err := h.Session(ctx, token)
	if err != nil {
		h.t.Fatal(err)
	}
	p, err := h.Profile(ctx, that)
	if err != nil || len(p.Devices) == 0 || !p.Devices[0].This || p.Person.ID != s.Account {
		h.t.Fatal(p, err)
	}
	return p.Devices[0].ID
}
