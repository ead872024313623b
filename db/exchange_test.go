package db_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// writeExchange writes the mails as the site does.
func writeExchange(n *portal.ExchangeNews, text portal.MailText) (db.Notice, error) {
	m, err := views.WriteExchange(n, text, "https://famille.carteville.exemple")
	return db.Notice{Kind: "echange", Subject: m.Subject, Text: m.Text, HTML: m.HTML}, err
}

// exchangeKey is the key of the n-th form.
func exchangeKey(n int) string { return fmt.Sprintf("%032x", n) }

func (s *shared) propose(t *testing.T, parent, n int, ask portal.ExchangeAsk) portal.ExchangeID {
	t.Helper()
	ask.Child = s.child
	if err := s.ProposeExchange(ctx, s.parents[parent], exchangeKey(n), ask, writeExchange); err != nil {
		t.Fatal(err)
	}
	return portal.ExchangeID(exchangeKey(n))
}

// proposing gives why a proposal is refused, the sentence beside its field when it has one.
func (s *shared) proposing(parent, n int, ask portal.ExchangeAsk) string {
	ask.Child = s.child
	return refusalWords(s.ProposeExchange(ctx, s.parents[parent], exchangeKey(n), ask, writeExchange))
}

func refusalWords(err error) string {
	switch refusal := portal.AsError(err); {
	case err == nil:
		return ""
	case refusal == nil:
		return "fault: " + err.Error()
	case len(refusal.Fields) > 0:
		return refusal.Fields[0].Field + ": " + refusal.Fields[0].Message
	default:
		return refusal.Message
	}
}

func (s *shared) answer(parent int, id portal.ExchangeID, accept bool) string {
	return refusalWords(s.AnswerExchange(ctx, s.parents[parent], id, accept, writeExchange))
}

func (s *shared) sheetOf(t *testing.T, parent int, id portal.ExchangeID) *portal.ExchangeSheet {
	t.Helper()
	x, err := s.ExchangeSheet(ctx, s.parents[parent], id)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// mailsTo lists the subjects of the mails of exchanges to a parent, the oldest first.
func (s *shared) mailsTo(t *testing.T, parent int) string {
	t.Helper()
	return s.text(t, "SELECT coalesce(group_concat(subject, '|'), '') FROM (SELECT subject FROM outbox WHERE kind = 'echange' AND account_id = ? ORDER BY id)", s.parents[parent])
}

func (s *shared) wantOwner(t *testing.T, day string, family int) {
	t.Helper()
	if got := s.text(t, "SELECT family_id FROM custody_day WHERE child_id = ? AND day = ?", s.child, day); got != fmt.Sprint(s.families[family]) {
		t.Errorf("%s is of family %s, want %d", day, got, s.families[family])
	}
}

// TestExpireOthers: a proposal that cannot be ended keeps none of the others.
func TestExpireOthers(t *testing.T) {
	s := newShared(t)
	s.share(t, s.rule())
	for n, day := range []string{"2026-12-08", "2026-12-10"} {
		s.propose(t, 0, n+1, portal.ExchangeAsk{Day: portal.MustDate(day), Takes: true})
	}
	s.clock.Add(30 * 24 * time.Hour)
	n, err := s.ExpireExchanges(ctx, s.structure, func(n *portal.ExchangeNews, text portal.MailText) (db.Notice, error) {
		if n.Exchange.Day == portal.MustDate("2026-12-08") {
			return db.Notice{}, errors.New("no words for it")
		}
		return writeExchange(n, text)
	})
	if n != 1 || err == nil || !strings.Contains(err.Error(), "no words for it") {
		t.Errorf("%d ended, %v", n, err)
	}
	if got := s.text(t, "SELECT group_concat(day || ' ' || state, ', ') FROM (SELECT * FROM exchange ORDER BY day)"); got != "2026-12-08 open, 2026-12-10 expired" {
		t.Error(got)
	}
}

// TestExchangeAccepted: proposed, told, seen, accepted: the day and what is booked on it change household, both are told, and
// staff read who agreed.
func TestExchangeAccepted(t *testing.T) {
	s := newShared(t)
	s.share(t, s.rule())
	s.book(t, 0, "formulaire-mere", "2026-12-03")
	s.book(t, 1, "formulaire-pere", "2026-12-08")
	id := s.propose(t, 0, 1, portal.ExchangeAsk{Day: portal.MustDate("2026-12-08"), Takes: true, Back: portal.MustDate("2026-12-03"), Word: "Le spectacle est mardi."})
	s.propose(t, 0, 1, portal.ExchangeAsk{Day: portal.MustDate("2026-12-08"), Takes: true}) // the form sent twice
	if got := s.text(t, "SELECT count(*) FROM exchange"); got != "1" {
		t.Errorf("%s proposals", got)
	}
	if s.mailsTo(t, 0) != "" || s.mailsTo(t, 1) != "Un échange de jour vous est proposé pour Amalia – Mairie de CarteVille" {
		t.Errorf("told: %q, %q", s.mailsTo(t, 0), s.mailsTo(t, 1))
	}
	body := s.text(t, "SELECT body_text || body_html FROM outbox WHERE kind = 'echange'")
	for _, words := range []string{"Mardi 8 décembre 2026 : chez l’autre parent, au lieu de chez vous.", "Jeudi 3 décembre 2026 : chez vous, au lieu de chez l’autre parent.", "Son mot : « Le spectacle est mardi. »",
		"https://famille.carteville.exemple/echanges/" + string(id), "Vous pouvez répondre jusqu’au jeudi 26 novembre 2026 à 9 h."} {
		if !strings.Contains(body, words) {
			t.Errorf("the mail does not say %q:\n%s", words, body)
		}
	}
	for _, words := range []string{"FAMILLE0000", "claire0@", "1 rue des Écoles"} { // the proposer's
		if strings.Contains(body, words) {
			t.Errorf("the mail tells of the other parent: %q", words)
		}
	}
	// Whoever proposes sees own bookings only; whoever answers sees those of the day to come as well.
	if x := s.sheetOf(t, 0, id); len(x.Bookings) != 1 || x.Bookings[0].Day != portal.MustDate("2026-12-03") || !x.Own {
		t.Errorf("the proposer sees %+v", x)
	}
	if x := s.sheetOf(t, 1, id); len(x.Bookings) != 2 || x.Own || !x.MayBook {
		t.Errorf("the other parent sees %+v", x)
	}
	if open, err := s.OpenExchanges(ctx, s.parents[1]); err != nil || len(open) != 1 {
		t.Errorf("to answer: %+v %v", open, err)
	}
	if open, err := s.OpenExchanges(ctx, s.parents[0]); err != nil || len(open) != 0 {
		t.Errorf("the proposer has to answer %+v %v", open, err)
	}
	if got := s.answer(0, id, true); !strings.HasPrefix(got, "C’est votre foyer qui propose cet échange") {
		t.Errorf("the proposer answers: %q", got)
	}
	s.wantOwner(t, "2026-12-08", 1)
	for range 2 { // twice is once
		if got := s.answer(1, id, true); got != "" {
			t.Fatal(got)
		}
	}
	s.wantOwner(t, "2026-12-08", 0)
	s.wantOwner(t, "2026-12-03", 1)
	s.wantOwner(t, "2026-12-07", 1)
	for parent, want := range []string{"2026-12-08", "2026-12-03"} {
		saved, err := s.Reservations(ctx, s.parents[parent], portal.FollowFilter{Child: s.child})
		if err != nil || len(saved.Lines) != 1 || saved.Lines[0].Day.String() != want {
			t.Errorf("parent %d reads %+v %v", parent, saved.Lines, err)
		}
		if !strings.HasSuffix(s.mailsTo(t, parent), "Échange accepté pour Amalia – Mairie de CarteVille") || strings.Count(s.mailsTo(t, parent), "accepté") != 1 {
			t.Errorf("parent %d was told %q", parent, s.mailsTo(t, parent))
		}
	}
	// The parent who has the day cancels what the other one booked there.
	if _, err := s.Ask(ctx, s.parents[0], want(s.child, s.evening, "2026-12-08", false)); err != nil {
		t.Error(err)
	}
	if _, err := s.Ask(ctx, s.parents[1], want(s.child, s.evening, "2026-12-08", true)); !strings.HasPrefix(refusalWords(err), "C’est un jour de l’autre parent.") {
		t.Error("the parent who gave the day still changes it")
	}
	sheet, err := s.CustodySheet(ctx, s.structure, s.child)
	if err != nil || len(sheet.Exchanges) != 1 || sheet.Exchanges[0].Answerer != s.parents[1] || sheet.People[s.parents[0]].LastName != "FAMILLE0000" {
		t.Errorf("staff read %+v %v", sheet, err)
	}
	if sheet.By.LastName != "PUJOL" || len(sheet.Rule.Special) != 2 || !sheet.Rule.Special[0].Exchange {
		t.Errorf("the rule: %+v by %+v", sheet.Rule, sheet.By)
	}
	events, _, err := s.SearchJournal(ctx, s.structure, db.JournalFilter{Subject: "enfant", ID: int64(s.child)}, 0, 5)
	if err != nil || events[0].Words != "FAMILLE0000 Amalia : échange convenu entre les parents, garde alternée" || events[0].By != s.parents[1] || len(events[0].Changes) != 2 {
		t.Errorf("the journal: %+v %v", events[0], err)
	}
	// A form of staff that was open meanwhile is an old form.
	if got := refusalWords(s.SaveCustody(ctx, s.structure, s.by, s.child, s.rule(), portal.Version(func() *portal.Custody { r := s.rule(); return &r }().Facts(sheet.Names)))); !strings.HasPrefix(got, "Mme FAMILLE0001 Claire a enregistré un changement") {
		t.Errorf("the old form of staff: %q", got)
	}
	s.sound(t)
}

// TestExchangeRefusals: each thing that cannot be proposed or answered has its sentence, and changes nothing.
func TestExchangeRefusals(t *testing.T) {
	s := newShared(t)
	day := portal.MustDate
	if got := s.proposing(0, 1, portal.ExchangeAsk{Day: day("2026-12-08")}); !strings.Contains(got, "n’est pas en garde alternée sur le portail") {
		t.Errorf("no rule: %q", got)
	}
	s.share(t, s.rule())
	for name, c := range map[string]struct {
		ask  portal.ExchangeAsk
		says string
	}{
		"before the rule":    {portal.ExchangeAsk{Day: day("2026-11-26")}, "jour: La garde alternée d’Amalia commence le lundi 30 novembre 2026"},
		"past":               {portal.ExchangeAsk{Day: day("2026-11-20")}, "jour: Le vendredi 20 novembre 2026 est passé"},
		"mine":               {portal.ExchangeAsk{Day: day("2026-12-01"), Takes: true}, "jour: Mardi 1er décembre 2026 : c’est déjà un de vos jours"},
		"theirs":             {portal.ExchangeAsk{Day: day("2026-12-08")}, "jour: Mardi 8 décembre 2026 : c’est déjà un jour de l’autre parent"},
		"the wrong exchange": {portal.ExchangeAsk{Day: day("2026-12-08"), Takes: true, Back: day("2026-12-10")}, "contre: Jeudi 10 décembre 2026 : c’est déjà un jour de l’autre parent"},
	} {
		if got := s.proposing(0, 1, c.ask); !strings.HasPrefix(got, c.says) {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := refusalWords(s.ProposeExchange(ctx, s.parents[0], "trop-court", portal.ExchangeAsk{Child: s.child}, writeExchange)); !strings.Contains(got, "formulaire est incomplet") {
		t.Errorf("no key: %q", got)
	}
	stranger := newTown(t, 3, 5)
	if got := refusalWords(stranger.ProposeExchange(ctx, stranger.parents[2], exchangeKey(1), portal.ExchangeAsk{Child: stranger.children[0][0], Day: day("2026-12-08")}, writeExchange)); !strings.Contains(got, "n’est pas rattaché à votre compte") {
		t.Errorf("a stranger: %q", got)
	}
	id := s.propose(t, 0, 2, portal.ExchangeAsk{Day: day("2026-12-08"), Takes: true})
	if got := s.proposing(0, 3, portal.ExchangeAsk{Day: day("2026-12-08"), Takes: true}); !strings.HasPrefix(got, "jour: Un échange est déjà proposé pour le mardi 8 décembre") {
		t.Errorf("a second proposal: %q", got)
	}
	if got := s.proposing(1, 3, portal.ExchangeAsk{Day: day("2026-12-03"), Takes: true, Back: day("2026-12-08")}); !strings.HasPrefix(got, "contre: L’autre parent vous propose déjà un échange pour le mardi 8 décembre") {
		t.Errorf("a proposal across: %q", got)
	}
	if got := refusalWords(s.WithdrawExchange(ctx, s.parents[1], id, writeExchange)); !strings.Contains(got, "lui seul peut le retirer") {
		t.Errorf("the other parent withdraws: %q", got)
	}
	if _, err := s.ExchangeSheet(ctx, s.by, id); !strings.Contains(refusalWords(err), "n’est pas pour vous") {
		t.Errorf("somebody else reads it: %v", err)
	}
	if got := refusalWords(s.ProposeExchange(ctx, s.parents[1], string(id), portal.ExchangeAsk{Child: s.child, Day: day("2026-12-07")}, writeExchange)); !strings.Contains(got, "n’existe pas, ou n’est pas pour vous") {
		t.Errorf("the key of somebody else: %q", got)
	}

	s.raw(t, "UPDATE guardian SET may_book = 0 WHERE family_id = ?", s.families[1])
	if got := s.answer(1, id, true); !strings.HasPrefix(got, "Votre compte permet de consulter les jours d’Amalia") {
		t.Errorf("who may not book answers: %q", got)
	}
	if got := s.proposing(1, 4, portal.ExchangeAsk{Day: day("2026-12-10")}); !strings.HasPrefix(got, "Votre compte permet de consulter les jours d’Amalia") {
		t.Errorf("who may not book proposes: %q", got)
	}
	if got := s.proposing(0, 4, portal.ExchangeAsk{Day: day("2026-12-03")}); !strings.HasPrefix(got, "Personne de l’autre foyer ne peut répondre sur le portail.") {
		t.Errorf("nobody can answer: %q", got)
	}
	s.raw(t, "UPDATE guardian SET may_book = 1 WHERE family_id = ?", s.families[1])
	s.raw(t, "UPDATE guardian SET may_book = 0 WHERE family_id = ?", s.families[0])
	if got := s.answer(1, id, true); !strings.HasPrefix(got, "Le foyer qui a proposé cet échange ne peut plus changer les jours d’Amalia.") {
		t.Errorf("the proposer lost the right: %q", got)
	}
	s.raw(t, "UPDATE guardian SET may_book = 1, may_see = 0 WHERE family_id = ?", s.families[1])
	if got := s.answer(1, id, true); !strings.Contains(got, "n’est pas pour vous") {
		t.Errorf("who sees the child no more answers: %q", got)
	}
	s.raw(t, "UPDATE guardian SET may_book = 1, may_see = 1")

	changed := s.rule()
	changed.A, changed.B = changed.B, changed.A
	s.share(t, changed)
	if got := s.answer(1, id, true); !strings.HasPrefix(got, "La garde alternée d’Amalia a changé depuis cette proposition") {
		t.Errorf("the rule changed: %q", got)
	}
	if x := s.sheetOf(t, 1, id); x.Held || len(x.Seen) != 0 {
		t.Errorf("the page says %+v", x)
	}
	s.wantOwner(t, "2026-12-08", 0) // by the new rule
	if err := s.RemoveCustody(ctx, s.structure, s.by, s.child, s.version(t)); err != nil {
		t.Fatal(err)
	}
	if got := s.answer(1, id, true); !strings.HasPrefix(got, "La garde alternée d’Amalia a changé") {
		t.Errorf("the rule is gone: %q", got)
	}
	if got := s.answer(1, id, false); got != "" {
		t.Errorf("declined all the same: %q", got)
	}
	if got := s.answer(1, id, true); got != "Cet échange a déjà été refusé. Rien n’a changé." {
		t.Errorf("accepted after all: %q", got)
	}
	if strings.Count(s.mailsTo(t, 0), "Échange refusé") != 1 || strings.Count(s.mailsTo(t, 1), "Échange refusé") != 1 {
		t.Errorf("told: %q, %q", s.mailsTo(t, 0), s.mailsTo(t, 1))
	}
}

// TestExchangeEnds: withdrawn, or left without an answer: read as over at once, ended and told once by the job.
func TestExchangeEnds(t *testing.T) {
	s := newShared(t)
	s.share(t, s.rule())
	id := s.propose(t, 1, 1, portal.ExchangeAsk{Day: portal.MustDate("2026-12-07")})
	for range 2 {
		if err := s.WithdrawExchange(ctx, s.parents[1], id, writeExchange); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.answer(0, id, true); got != "Cet échange a été retiré par le parent qui l’avait proposé. Rien n’a changé." {
		t.Error(got)
	}
	if got := s.mailsTo(t, 0); strings.Count(got, "Échange retiré pour Amalia") != 1 || s.mailsTo(t, 1) != "" {
		t.Errorf("told: %q, %q", got, s.mailsTo(t, 1))
	}
	id = s.propose(t, 1, 2, portal.ExchangeAsk{Day: portal.MustDate("2026-12-11")})
	until := s.sheetOf(t, 0, id).Until
	s.clock.Set(until) // the instant itself is in time
	if n, err := s.ExpireExchanges(ctx, s.structure, writeExchange); n != 0 || err != nil {
		t.Fatal(n, err)
	}
	s.clock.Set(until.Add(time.Second))
	if x := s.sheetOf(t, 0, id); x.StateAt(s.Now()) != portal.ExchangeExpired {
		t.Errorf("read as %s", x.StateAt(s.Now()))
	}
	if open, err := s.OpenExchanges(ctx, s.parents[0]); err != nil || len(open) != 0 {
		t.Errorf("to answer: %+v %v", open, err)
	}
	if got := s.answer(0, id, true); !strings.HasPrefix(got, "Cette proposition attendait une réponse, et sa date est passée.") {
		t.Error(got)
	}
	s.wantOwner(t, "2026-12-11", 1)
	second := s.propose(t, 1, 3, portal.ExchangeAsk{Day: portal.MustDate("2026-12-11")}) // over, it is in nobody's way
	for want := 1; want >= 0; want-- {
		if n, err := s.ExpireExchanges(ctx, s.structure, writeExchange); n != want || err != nil {
			t.Fatal(n, err)
		}
	}
	for parent := range s.parents {
		if got := s.mailsTo(t, parent); strings.Count(got, "Échange resté sans réponse pour Amalia") != 1 {
			t.Errorf("parent %d was told %q", parent, got)
		}
	}
	list, err := s.Exchanges(ctx, s.parents[0])
	if err != nil || len(list) != 3 || list[0].ID != second {
		t.Errorf("listed: %+v %v", list, err)
	}
}

// TestExchangeHouseholds: with two guardians in each household either of the other one answers, and nobody of the household
// that proposed; whoever is in both proposes nothing.
func TestExchangeHouseholds(t *testing.T) {
	s := newShared(t)
	s.share(t, s.rule())
	second := make([]portal.AccountID, 2)
	for i, name := range []string{"MARTIN", "LOPEZ"} {
		var err error
		if second[i], err = s.AddGuardian(ctx, s.structure, s.by, s.families[i], portal.GuardianFile{LastName: name, FirstName: "Zoé", Emails: []string{name + "@exemple.fr"}, Rights: portal.AllRights()}, "formulaire-"+name); err != nil {
			t.Fatal(err)
		}
	}
	id := s.propose(t, 0, 1, portal.ExchangeAsk{Day: portal.MustDate("2026-12-08"), Takes: true})
	if got := s.text(t, "SELECT group_concat(address) FROM (SELECT address FROM outbox WHERE kind = 'echange' ORDER BY address)"); got != "LOPEZ@exemple.fr,claire1@exemple.fr" {
		t.Errorf("told: %s", got)
	}
	if got := refusalWords(s.AnswerExchange(ctx, second[0], id, true, writeExchange)); !strings.HasPrefix(got, "C’est votre foyer qui propose") {
		t.Errorf("the proposer's household answers: %q", got)
	}
	if x, err := s.ExchangeSheet(ctx, second[0], id); err != nil || x.Own || !x.MayBook {
		t.Errorf("the proposer's household reads %+v %v", x, err)
	}
	if got := refusalWords(s.AnswerExchange(ctx, second[1], id, true, writeExchange)); got != "" {
		t.Errorf("the second guardian of the other household: %q", got)
	}
	if got := s.text(t, "SELECT count(DISTINCT account_id) FROM outbox WHERE kind = 'echange' AND subject LIKE 'Échange accepté%'"); got != "4" {
		t.Errorf("%s people were told", got)
	}
	s.raw(t, "INSERT INTO guardian (family_id, account_id, legal, may_see, may_book, may_pick_up) VALUES (?, ?, 1, 1, 1, 1)", s.families[1], s.parents[0])
	if got := s.proposing(0, 2, portal.ExchangeAsk{Day: portal.MustDate("2026-12-10"), Takes: true}); !strings.HasPrefix(got, "Vous êtes responsable de cet enfant dans ses deux foyers") {
		t.Errorf("a guardian of both: %q", got)
	}
	if _, err := s.ExchangeSheet(ctx, s.parents[0], id); refusalWords(err) == "" {
		t.Error("a guardian of both reads a proposal of one")
	}
	if list, err := s.Exchanges(ctx, s.parents[0]); err != nil || len(list) != 0 {
		t.Errorf("a guardian of both lists %+v %v", list, err)
	}
}

// TestExchangeWhenAFamilyLeaves: an archived family finds nothing, and its proposal cannot be accepted; erased, nothing of
// it is left.
func TestExchangeWhenAFamilyLeaves(t *testing.T) {
	s := newShared(t)
	s.share(t, s.rule())
	id := s.propose(t, 0, 1, portal.ExchangeAsk{Day: portal.MustDate("2026-12-08"), Takes: true, Word: "Un mot personnel"})
	if err := s.ArchiveFamily(ctx, s.structure, s.by, s.families[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ExchangeSheet(ctx, s.parents[0], id); refusalWords(err) == "" {
		t.Error("an archived family reads its proposal")
	}
	if got := s.answer(1, id, true); !strings.HasPrefix(got, "La garde alternée d’Amalia a changé") {
		t.Error(got)
	}
	s.clock.Add(30 * 24 * time.Hour)
	if n, err := s.ExpireExchanges(ctx, s.structure, writeExchange); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if got := s.mailsTo(t, 0); got != "" {
		t.Errorf("an archived family was told %q", got)
	}
}

// TestExchangesADay: proposals are mails to the other parent, and so are bounded.
func TestExchangesADay(t *testing.T) {
	s := newShared(t)
	s.share(t, s.rule())
	for n := range 10 {
		s.propose(t, 0, n, portal.ExchangeAsk{Day: portal.MustDate("2027-01-25") + portal.Date(n%5+n/5*14)})
	}
	if got := s.proposing(0, 99, portal.ExchangeAsk{Day: portal.MustDate("2026-12-03")}); !strings.HasPrefix(got, "Votre foyer a proposé 10 échanges depuis hier pour Amalia.") {
		t.Error(got)
	}
	s.clock.Add(25 * time.Hour)
	s.propose(t, 0, 99, portal.ExchangeAsk{Day: portal.MustDate("2026-12-03")})
}

// TestExchangeInTheExport: each parent exports the proposals of own household and those made to it, without the other's words.
func TestExchangeInTheExport(t *testing.T) {
	s := newShared(t)
	h := &hall{s.Store, t, s.clock, s.structure}
	s.share(t, s.rule())
	s.propose(t, 0, 1, portal.ExchangeAsk{Day: portal.MustDate("2026-12-08"), Takes: true, Back: portal.MustDate("2026-12-03"), Word: "Un mot personnel"})
	mine, theirs := h.export(s.parents[0]), h.export(s.parents[1])
	for _, words := range []string{`"jour": "2026-12-08"`, `"vient_chez_la_personne": true`, `"en_echange_de": "2026-12-03"`, `"mot": "Un mot personnel"`, `"etat": "proposé"`} {
		if !strings.Contains(mine, words) {
			t.Errorf("the proposer's export misses %s", words)
		}
	}
	for _, words := range []string{`"jour": "2026-12-08"`, `"vient_chez_la_personne": false`, `"propose_par_la_personne": false`} {
		if !strings.Contains(theirs, words) {
			t.Errorf("the other parent's export misses %s", words)
		}
	}
	for _, words := range []string{"Un mot personnel", "claire0@", "FAMILLE0000 Claire"} {
		if strings.Contains(theirs, words) {
			t.Errorf("the other parent's export says %s", words)
		}
	}
	s.clock.Add(30 * 24 * time.Hour)
	if !strings.Contains(h.export(s.parents[0]), `"etat": "sans réponse"`) {
		t.Error("a proposal that is over is exported as open")
	}
}
