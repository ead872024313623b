package db_test

import (
	"strings"
	"testing"
	"time"

	"marelle/db"
	"marelle/portal"
)

// decidedTown has a wednesday that staff decide.
func decidedTown(t testing.TB, families, places int) (*town, portal.AccountID) {
	t.Helper()
	tn := newTown(t, families, places)
	tn.change(t, tn.wednesday, func(a *portal.Activity) { a.Decided = true })
	return tn, tn.agent(t)
}

func (tn *town) ask(t testing.TB, parent int, day, want string) {
	t.Helper()
	tn.want(t, parent, 0, tn.wednesday, day, true)
	if got := outcomes(tn.confirm(t, parent, day+"-demande")); got != want {
		t.Errorf("family %d: %s, want %s", parent, got, want)
	}
}

func (tn *town) verdict(parent int, day string, v portal.Verdict, reason string) portal.Decision {
	return portal.Decision{Child: tn.children[parent][0], Activity: tn.wednesday, Day: portal.MustDate(day), Verdict: v, Reason: reason}
}

// TestRequests: a validated wish is a request that takes no place; staff see the places from line to line, and decide many
// at once: the one that is full says so and stays. The families are told by mail, once.
func TestRequests(t *testing.T) {
	tn, by := decidedTown(t, 4, 2)
	const day = "2026-12-02"
	for p := range tn.parents {
		tn.ask(t, p, day, "asked")
	}
	tn.sound(t)
	slot := tn.state(t, 0, 0, tn.wednesday, day)
	if slot.State(tn.clock.Now()) != portal.StateRequest || slot.Places.Taken != 0 {
		t.Errorf("%s, %+v", slot.State(tn.clock.Now()), slot.Places)
	}
	list, _, err := tn.Requests(ctx, tn.structure, db.RequestFilter{Activity: tn.wednesday}, 0, db.AllLines)
	if err != nil || len(list) != 4 {
		t.Fatal(len(list), err)
	}
	for i, want := range []int{1, 0, -1, -2} {
		if d := list[i]; d.Child.ID != tn.children[i][0] || d.Left != want || (d.Why != "") != (want < 0) || d.By.ID != tn.parents[i] {
			t.Errorf("line %d: %+v, want %d left", i, d, want)
		}
	}
	// A page, an activity or a name narrow what is shown, never what is counted.
	for f, want := range map[string]struct {
		filter   db.RequestFilter
		from, n  int
		total    int
		left, of int
	}{
		"la page d’après":    {db.RequestFilter{}, 2, 1, 4, -1, 2},
		"un nom":             {db.RequestFilter{Name: list[1].Child.LastName + " " + list[1].Child.FirstName}, 0, 100, 1, 0, 1},
		"une page au-delà":   {db.RequestFilter{}, 9, 100, 4, 0, -1},
		"une autre activité": {db.RequestFilter{Activity: tn.canteen}, 0, 100, 0, 0, -1},
	} {
		page, total, err := tn.Requests(ctx, tn.structure, want.filter, want.from, want.n)
		if err != nil || total != want.total || (want.of < 0) != (len(page) == 0) || want.of >= 0 && (page[0].Child.ID != tn.children[want.of][0] || page[0].Left != want.left) {
			t.Errorf("%s: %d lines of %d, %+v %v", f, len(page), total, page, err)
		}
	}
	// The fourth withdraws.
	tn.want(t, 3, 0, tn.wednesday, day, false)
	if got := outcomes(tn.confirm(t, 3, "retire")); got != "cancelled" {
		t.Error(got)
	}
	undecided, err := tn.Decide(ctx, tn.structure, by, []portal.Decision{
		tn.verdict(2, day, portal.Accept, ""), tn.verdict(1, day, portal.Accept, ""), tn.verdict(0, day, portal.Accept, ""), tn.verdict(3, day, portal.Refuse, "")})
	if err != nil || len(undecided) != 2 || undecided[0].Child != tn.children[0][0] || undecided[0].Why.Message != "Plus de place le mercredi 2 décembre pour le centre : 2 places, 2 prises." ||
		!strings.Contains(undecided[1].Why.Message, "n’attend plus de réponse") {
		t.Fatalf("%+v %v", undecided, err)
	}
	tn.wantStatus(t, tn.wednesday, day, "asked booked booked -")
	if undecided, err = tn.Decide(ctx, tn.structure, by, []portal.Decision{tn.verdict(0, day, portal.Wait, "")}); err != nil || len(undecided) > 0 {
		t.Fatal(undecided, err)
	}
	tn.wantStatus(t, tn.wednesday, day, "waiting/1 booked booked -")
	answers, err := tn.Answers(ctx, tn.structure)
	if err != nil || len(answers) != 3 || answers[0].To.ID != tn.parents[0] || len(answers[0].Emails) != 1 {
		t.Fatalf("%+v %v", answers, err)
	}
	if got := answers[0].Movements[0].AnswerWords(); got != "mercredi 2 décembre 2026, pour Amalia : liste d’attente, 1re" && got != "mercredi 2 décembre 2026, pour Amalia : liste d’attente, 1er" {
		t.Error(got)
	}
	for range 2 { // told twice, it is told once
		if err := tn.QueueAnswer(ctx, &answers[1], []db.Mail{{Structure: tn.structure, Account: answers[1].To.ID, Kind: "reponse", Key: "a", Address: "x@exemple.fr", Subject: "s", Text: "t", HTML: "h"}}); err != nil {
			t.Fatal(err)
		}
	}
	if left, err := tn.Answers(ctx, tn.structure); err != nil || len(left) != 2 {
		t.Errorf("%d left to tell, %v", len(left), err)
	}
	if events, n, err := tn.SearchJournal(ctx, tn.structure, db.JournalFilter{Subject: "demande"}, 0, 10); err != nil || n != 2 || events[1].Words != "Réponse à 2 demandes" {
		t.Errorf("%d %+v %v", n, events, err)
	}

	// The night closes what was asked with what came of it.
	tn.clock.Set(paris("2026-11-24 01:15:00"))
	if _, err := tn.Transmit(ctx, tn.structure, portal.MustDate("2026-11-24")); err != nil {
		t.Fatal(err)
	}
	movements, err := tn.transmitted("2026-11-24")
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, m := range movements {
		result, _ := m.Result()
		words = append(words, m.Action+":"+string(result))
	}
	if got := strings.Join(words, " "); got != "add:waiting add:booked add:booked add:cancelled remove:cancelled decide:booked decide:booked decide:waiting" {
		t.Error(got)
	}
	f, err := tn.Follow(ctx, tn.parents[1], portal.FollowFilter{}, 0, 10)
	if err != nil || f.Lines[0].Action != "decide" || f.Lines[0].Who(tn.parents[1]) != "la mairie" {
		t.Errorf("%+v %v", f.Lines, err)
	}
	tn.sound(t)
}

// TestWaitingKeepsItsInstant: a request that staff put on the waiting list takes the rank of the instant at which it was made,
// in whatever order they answer; where criteria are published, theirs.
func TestWaitingKeepsItsInstant(t *testing.T) {
	tn, by := decidedTown(t, 5, 1)
	for p := range tn.parents {
		tn.ask(t, p, listDay, "asked")
		tn.clock.Add(time.Minute)
	}
	wait := func(p int) {
		t.Helper()
		if left, err := tn.Decide(ctx, tn.structure, by, []portal.Decision{tn.verdict(p, listDay, portal.Wait, "")}); err != nil || len(left) > 0 {
			t.Fatal(left, err)
		}
		tn.sound(t)
	}
	wait(3)
	wait(1)
	tn.wantStatus(t, tn.wednesday, listDay, "asked waiting/1 asked waiting/2 asked")
	wait(2)
	tn.wantStatus(t, tn.wednesday, listDay, "asked waiting/1 waiting/2 waiting/3 asked")
	if got := tn.text(t, "SELECT group_concat(rank) FROM (SELECT rank FROM movement WHERE action = 'decide' ORDER BY id)"); got != "1,1,2" {
		t.Errorf("families were told the ranks %s", got)
	}
	if got := tn.text(t, "SELECT count(*) FROM booking b JOIN movement m ON m.child_id = b.child_id AND m.action = 'add' AND m.at = b.since"); got != "3" {
		t.Errorf("%s wait since they asked", got)
	}
	tn.tickChild(t, by, 4, tn.publish(t, by))
	wait(4)
	tn.wantStatus(t, tn.wednesday, listDay, "asked waiting/2 waiting/3 waiting/4 waiting/1")
	wait(0)
	tn.wantStatus(t, tn.wednesday, listDay, "waiting/2 waiting/3 waiting/4 waiting/5 waiting/1")
}

// TestRefusedWithAReason: the reason of staff is what the family reads; another structure's request does not exist.
func TestRefusedWithAReason(t *testing.T) {
	tn, by := decidedTown(t, 1, 5)
	tn.ask(t, 0, "2026-12-02", "asked")
	other, err := tn.CreateStructure(ctx, portal.Structure{Name: "Mairie d’à côté", Zone: "C"})
	if err != nil {
		t.Fatal(err)
	}
	refuse := []portal.Decision{tn.verdict(0, "2026-12-02", portal.Refuse, "Priorité aux enfants dont les deux parents travaillent.")}
	if _, err := tn.Decide(ctx, other, by, refuse); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindNotFound {
		t.Errorf("another structure decides: %v", err)
	}
	if _, err := tn.Decide(ctx, tn.structure, by, refuse); err != nil {
		t.Fatal(err)
	}
	tn.wantState(t, 0, 0, tn.wednesday, "2026-12-02", portal.StateFree)
	f, err := tn.Follow(ctx, tn.parents[0], portal.FollowFilter{}, 0, 10)
	if err != nil || f.Lines[0].Outcome != portal.OutcomeRefused || f.Lines[0].Reason != refuse[0].Reason {
		t.Errorf("%+v %v", f.Lines[0], err)
	}
	home, err := tn.Home(ctx, tn.parents[0])
	if err != nil || len(home.Refused) != 1 || home.Refused[0].Reason != refuse[0].Reason {
		t.Errorf("%+v %v", home.Refused, err)
	}
}

// TestRequestTakenBack: « Revenir en arrière » withdraws what was asked, and asks again for what was withdrawn.
func TestRequestTakenBack(t *testing.T) {
	tn, _ := decidedTown(t, 1, 5)
	tn.want(t, 0, 0, tn.wednesday, "2026-12-02", true)
	r := tn.confirm(t, 0, "demande")
	back, err := tn.UndoReceipt(ctx, tn.parents[0], r.Number, "formulaire-retour")
	if err != nil || outcomes(back) != "cancelled" {
		t.Fatal(err, outcomes(back))
	}
	tn.wantState(t, 0, 0, tn.wednesday, "2026-12-02", portal.StateFree)
	tn.ask(t, 0, "2026-12-02", "asked")
	tn.want(t, 0, 0, tn.wednesday, "2026-12-02", false)
	r = tn.confirm(t, 0, "retrait")
	if back, err = tn.UndoReceipt(ctx, tn.parents[0], r.Number, "formulaire-retour-2"); err != nil || outcomes(back) != "asked" {
		t.Fatal(err, outcomes(back))
	}
	tn.sound(t)
}

// TestRequestNobodyAnswered ends in the night after its day, with the reason, once, and the report tells it.
func TestRequestNobodyAnswered(t *testing.T) {
	tn, _ := decidedTown(t, 1, 5)
	tn.ask(t, 0, "2026-12-02", "asked")
	for night := portal.MustDate("2026-11-24"); night <= portal.MustDate("2026-12-03"); night++ {
		tn.clock.Set(night.At(portal.Clock(1, 15)))
		if night == portal.MustDate("2026-12-03") {
			if slot := tn.state(t, 0, 0, tn.wednesday, "2026-12-02"); slot.Status != portal.Requested {
				t.Errorf("ended too early: %q", slot.Status)
			}
		}
		for range 2 {
			if _, err := tn.Transmit(ctx, tn.structure, night); err != nil {
				t.Fatal(err)
			}
		}
	}
	if slot := tn.state(t, 0, 0, tn.wednesday, "2026-12-02"); slot.Status != portal.NotBooked {
		t.Errorf("still %s", slot.Status)
	}
	list, err := tn.transmitted("2026-12-03")
	if err != nil || len(list) != 1 || list[0].Action != "decide" || list[0].Outcome != portal.OutcomeRefused || list[0].Reason != portal.ReasonUndecided {
		t.Errorf("%+v %v", list, err)
	}
	report := portal.Report{Movements: list}
	if got := report.Answers(); len(got) != 1 || got[0].Days[0].Words() != "refusée : la mairie n’a pas répondu avant le jour demandé" {
		t.Errorf("%+v", got)
	}
	tn.sound(t)
}

// TestAcceptedWithTheMeal: what the activity needs is not booked while staff think, and comes with their answer.
func TestAcceptedWithTheMeal(t *testing.T) {
	tn, by := decidedTown(t, 1, 5)
	tn.change(t, tn.canteen, func(a *portal.Activity) { a.Opening.School |= portal.Days(portal.Wednesday) })
	tn.change(t, tn.wednesday, func(a *portal.Activity) { a.Links = []portal.Link{{Other: tn.canteen, Kind: portal.Requires}} })
	tn.ask(t, 0, "2026-12-02", "asked")
	tn.wantState(t, 0, 0, tn.canteen, "2026-12-02", portal.StateFree)
	if undecided, err := tn.Decide(ctx, tn.structure, by, []portal.Decision{tn.verdict(0, "2026-12-02", portal.Accept, "")}); err != nil || len(undecided) > 0 {
		t.Fatal(undecided, err)
	}
	tn.wantState(t, 0, 0, tn.canteen, "2026-12-02", portal.StateBooked)
	tn.wantState(t, 0, 0, tn.wednesday, "2026-12-02", portal.StateBooked)
	tn.sound(t)
}

// TestNobodyElseIsMailedAName: an account whose right to see was taken away is mailed nothing about the child: no answer, no
// place, no report. What is settled meanwhile is told to nobody, and does not come when the right is given back.
func TestNobodyElseIsMailedAName(t *testing.T) {
	const day = "2026-12-10"
	tn, by := decidedTown(t, 4, 5)
	h := &hall{tn.Store, t, tn.clock, tn.structure}
	see := func(may int) { h.raw("UPDATE guardian SET may_see = ?", may) }
	tn.ask(t, 0, "2026-12-02", "asked")
	now, offered := tn.list(t, "centre", portal.WaitNow, places(1)), tn.list(t, "club", portal.WaitOffer, places(1))
	for _, a := range []portal.ActivityID{now, offered} {
		for parent := range 2 {
			tn.put(t, parent, a, day, true)
		}
		tn.put(t, 0, a, day, false)
	}
	if _, err := tn.Decide(ctx, tn.structure, by, []portal.Decision{tn.verdict(0, "2026-12-02", portal.Accept, "")}); err != nil {
		t.Fatal(err)
	}
	see(0)
	if answers, err := tn.Answers(ctx, tn.structure); err != nil || len(answers) != 0 {
		t.Errorf("%+v %v", answers, err)
	}
	tn.wantTold(t, "")
	see(1)
	if answers, err := tn.Answers(ctx, tn.structure); err != nil || len(answers) != 0 {
		t.Errorf("told late: %+v %v", answers, err)
	}
	tn.wantTold(t, "1:open") // still to be answered, and known to nobody until now
	tn.clock.Set(paris("2026-11-24 07:00:00"))
	if _, err := tn.Transmit(ctx, tn.structure, portal.MustDate("2026-11-24")); err != nil {
		t.Fatal(err)
	}
	if _, reports, err := tn.Reports(ctx, tn.structure); err != nil || len(reports) != 2 {
		t.Errorf("%d reports, %v", len(reports), err)
	}
	h.raw("UPDATE guardian SET may_see = 0 WHERE account_id = ?", tn.parents[0])
	if _, reports, err := tn.Reports(ctx, tn.structure); err != nil || len(reports) != 1 || reports[0].To.ID != tn.parents[1] {
		t.Errorf("%+v %v", reports, err)
	}
}

// TestAnswerToldInPart: an answer of which a part was told meanwhile changes nothing; what is left is told by the next look.
func TestAnswerToldInPart(t *testing.T) {
	tn, by := decidedTown(t, 1, 5)
	h := &hall{tn.Store, t, tn.clock, tn.structure}
	tn.ask(t, 0, "2026-12-02", "asked")
	tn.ask(t, 0, "2026-12-09", "asked")
	if _, err := tn.Decide(ctx, tn.structure, by, []portal.Decision{tn.verdict(0, "2026-12-02", portal.Accept, ""), tn.verdict(0, "2026-12-09", portal.Accept, "")}); err != nil {
		t.Fatal(err)
	}
	answers, err := tn.Answers(ctx, tn.structure)
	if err != nil || len(answers) != 1 || len(answers[0].Movements) != 2 {
		t.Fatalf("%+v %v", answers, err)
	}
	h.raw("UPDATE answer SET told_at = 1 WHERE movement_id = ?", answers[0].Movements[0].ID)
	mail := []db.Mail{{Structure: tn.structure, Account: tn.parents[0], Kind: "reponse", Key: "a", Address: "x@exemple.fr", Subject: "s", Text: "t", HTML: "h"}}
	if err := tn.QueueAnswer(ctx, &answers[0], mail); err == nil || portal.AsError(err) != nil {
		t.Errorf("half of an answer is told: %v", err)
	}
	if got := h.scalar("SELECT count(*) FROM outbox WHERE key = 'a'"); got != "0" {
		t.Errorf("%s mails are queued", got)
	}
	if answers, err = tn.Answers(ctx, tn.structure); err != nil || len(answers) != 1 || len(answers[0].Movements) != 1 {
		t.Fatalf("what is left is forgotten: %+v %v", answers, err)
	}
	if err := tn.QueueAnswer(ctx, &answers[0], mail); err != nil || h.scalar("SELECT count(*) FROM outbox WHERE key = 'a'") != "1" {
		t.Errorf("what is left is not told: %v", err)
	}
}

// TestLastGuardianOfARequest: who alone follows a child that something was asked for stays; taken out of a family with nothing
// else, a guardian is signed out; an agent is not, nor a guardian of another family.
func TestLastGuardianOfARequest(t *testing.T) {
	tn, by := decidedTown(t, 2, 5)
	h := &hall{tn.Store, t, tn.clock, tn.structure}
	tn.ask(t, 0, "2026-12-02", "asked")
	parent := tn.parents[0]
	family := h.familyOf(parent)
	refused(t, tn.RemoveGuardian(ctx, tn.structure, by, family, parent), portal.KindConflict, "est le seul responsable qui suit Amalia sur le portail")
	if _, err := tn.Decide(ctx, tn.structure, by, []portal.Decision{tn.verdict(0, "2026-12-02", portal.Refuse, "")}); err != nil {
		t.Fatal(err)
	}
	agent, err := tn.CreateStaff(ctx, tn.structure, portal.Identity{LastName: "ROUCH"}, portal.Manager)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := tn.parents[1]
	for _, account := range []portal.AccountID{agent.Person.ID, elsewhere} {
		h.raw("INSERT INTO guardian (family_id, account_id) VALUES (?, ?)", family, account)
	}
	for account, stays := range map[portal.AccountID]bool{parent: false, agent.Person.ID: true, elsewhere: true} {
		token, err := tn.OpenSession(ctx, account, false, "")
		if err != nil {
			t.Fatal(err)
		}
		if err := tn.RemoveGuardian(ctx, tn.structure, by, family, account); err != nil {
			t.Fatal(err)
		}
		if _, err := tn.Session(ctx, token); (err == nil) != stays {
			t.Errorf("account %d stays signed in: %v", account, err)
		}
	}
}
