package db_test

import (
	"fmt"
	"strings"
	"testing"

	"marelle/db"
	"marelle/portal"
)

const listDay = "2026-12-02"

// publish makes a label and publishes two criteria for the wednesday.
func (tn *town) publish(t testing.TB, by portal.AccountID) portal.LabelID {
	t.Helper()
	if err := tn.SavePriorityLabel(ctx, tn.structure, by, portal.PriorityLabel{Name: "les deux parents travaillent", Document: "attestation"}); err != nil {
		t.Fatal(err)
	}
	labels, err := tn.PriorityLabels(ctx, tn.structure)
	if err != nil || len(labels) != 1 {
		t.Fatal(labels, err)
	}
	a := tn.activity(t, tn.wednesday)
	if err := tn.SavePriorities(ctx, tn.structure, by, tn.wednesday, portal.Version(a.PriorityFacts()), []portal.Criterion{portal.ByLabel(labels[0].ID), portal.ByTown}); err != nil {
		t.Fatal(err)
	}
	return labels[0].ID
}

// tickChild ticks a label on the child of a family.
func (tn *town) tickChild(t testing.TB, by portal.AccountID, parent int, label portal.LabelID) {
	t.Helper()
	held := []portal.HeldLabel{{Label: label, Dated: portal.MustDate("2026-09-03"), Last: portal.MustDate("2027-08-31")}}
	if err := tn.SaveChildPriorities(ctx, tn.structure, by, tn.children[parent][0], portal.Version(nil), held); err != nil {
		t.Fatal(err)
	}
}

// TestRequestsInOrder: requests stand in the order of the published criteria, each line with its reasons, and the places
// follow that order. A canteen has none, and another structure's label or child does not exist.
func TestRequestsInOrder(t *testing.T) {
	tn, by := decidedTown(t, 4, 2)
	for p := range tn.parents {
		tn.ask(t, p, listDay, "asked")
	}
	label := tn.publish(t, by)
	tn.tickChild(t, by, 3, label)
	tn.sql(t, "UPDATE family SET resident = 0 WHERE id = (SELECT family_id FROM guardian WHERE account_id = ?)", tn.parents[0])

	list, _, err := tn.Requests(ctx, tn.structure, db.RequestFilter{}, 0, db.AllLines)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range list {
		for p := range tn.children {
			if tn.children[p][0] == d.Child.ID {
				got = append(got, fmt.Sprintf("%d %d %s", p, d.Left, d.Activity.StandingWords(d.Standing)))
			}
		}
	}
	if want := "3 1 1. les deux parents travaillent ; 2. habite la commune|1 0 2. habite la commune|2 -1 2. habite la commune|0 -2 aucun critère : à son tour"; strings.Join(got, "|") != want {
		t.Errorf("%s\nwant %s", strings.Join(got, "|"), want)
	}
	// Only what is accepted takes a place.
	key := func(p int) portal.RequestKey {
		return portal.RequestKey{Child: tn.children[p][0], Activity: tn.wednesday, Day: portal.MustDate(listDay)}
	}
	if list, _, err = tn.Requests(ctx, tn.structure, db.RequestFilter{Accepted: map[portal.RequestKey]bool{key(3): true}}, 0, db.AllLines); err != nil || list[3].Left != 0 {
		t.Errorf("%d left for the last, %v", list[3].Left, err)
	}

	a := tn.activity(t, tn.canteen)
	if err := tn.SavePriorities(ctx, tn.structure, by, tn.canteen, portal.Version(a.PriorityFacts()), []portal.Criterion{portal.ByTown}); portal.AsError(err) == nil || portal.AsError(err).Message != portal.CanteenLaw {
		t.Errorf("a canteen publishes priorities: %v", err)
	}
	if err := tn.SavePriorities(ctx, tn.structure, by, tn.wednesday, "old", nil); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindConflict {
		t.Errorf("an old form wins: %v", err)
	}
	if err := tn.RemovePriorityLabel(ctx, tn.structure, by, label); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindConflict {
		t.Errorf("a published criterion is removed: %v", err)
	}
	other, err := tn.CreateStructure(ctx, portal.Structure{Name: "Mairie d’à côté", Zone: "C"})
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"label":      tn.RemovePriorityLabel(ctx, other, by, label),
		"rename":     tn.SavePriorityLabel(ctx, other, by, portal.PriorityLabel{ID: label, Name: "autre"}),
		"priorities": tn.SavePriorities(ctx, other, by, tn.wednesday, "", nil),
		"child":      tn.SaveChildPriorities(ctx, other, by, tn.children[3][0], "", nil),
		"list":       tn.RemoveWaiting(ctx, db.WaitAct{Structure: other, By: by, Activity: tn.wednesday, Day: portal.MustDate(listDay), Child: tn.children[3][0], Reason: "non"}),
	} {
		if refusal := portal.AsError(err); refusal == nil || refusal.Kind != portal.KindNotFound {
			t.Errorf("another structure, %s: %v", name, err)
		}
	}
	events := tn.journal(t, "activite")
	if len(events) == 0 || events[0].Changes[0].After != "1. les deux parents travaillent ; 2. habite la commune" {
		t.Errorf("%+v", events)
	}
	tn.change(t, tn.wednesday, func(a *portal.Activity) { a.Kind = portal.Canteen })
	if a := tn.activity(t, tn.wednesday); len(a.Priorities) > 0 {
		t.Error("what became a canteen still has priorities")
	}
}

// TestWaitingListByHand: a child moves up with a reason that stays in the audit log and the family's history, the list is
// put into the published order, a free place is given past others, one is taken off; what was read too long ago is refused.
func TestWaitingListByHand(t *testing.T) {
	tn, by := decidedTown(t, 4, 1)
	for p := range tn.parents {
		tn.ask(t, p, listDay, "asked")
	}
	if left, err := tn.Decide(ctx, tn.structure, by, []portal.Decision{tn.verdict(0, listDay, portal.Accept, ""), tn.verdict(1, listDay, portal.Wait, ""), tn.verdict(2, listDay, portal.Wait, ""), tn.verdict(3, listDay, portal.Wait, "")}); err != nil || len(left) > 0 {
		t.Fatal(left, err)
	}
	tn.wantStatus(t, tn.wednesday, listDay, "booked waiting/1 waiting/2 waiting/3")
	look := func() *portal.WaitList {
		t.Helper()
		l, err := tn.WaitList(ctx, tn.structure, tn.wednesday, portal.MustDate(listDay))
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	act := func(p int, reason string) db.WaitAct {
		return db.WaitAct{Structure: tn.structure, By: by, Activity: tn.wednesday, Day: portal.MustDate(listDay), Child: tn.children[p][0], Seen: look().Seen(), Reason: reason}
	}
	refused := func(name string, err error, kind portal.Kind) {
		t.Helper()
		if refusal := portal.AsError(err); refusal == nil || refusal.Kind != kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	lists, _, err := tn.WaitLists(ctx, tn.structure, db.RequestFilter{}, 0, db.AllLines)
	if err != nil || len(lists) != 1 || lists[0].N != 3 || lists[0].Free != 0 {
		t.Fatalf("%+v %v", lists, err)
	}
	if page, total, err := tn.WaitLists(ctx, tn.structure, db.RequestFilter{}, 1, 100); err != nil || len(page) != 0 || total != 1 {
		t.Fatalf("%+v of %d %v", page, total, err)
	}
	counting, queries := db.CountQueries(ctx)
	if _, _, err := tn.WaitLists(counting, tn.structure, db.RequestFilter{}, 0, db.AllLines); err != nil || queries.Load() > 2 {
		t.Errorf("%d queries %v", queries.Load(), err)
	}
	old := act(3, "Décision de la commission du 24 novembre")
	if err := tn.MoveWaiting(ctx, old, 1); err != nil {
		t.Fatal(err)
	}
	tn.wantStatus(t, tn.wednesday, listDay, "booked waiting/2 waiting/3 waiting/1")
	refused("an old list", tn.MoveWaiting(ctx, old, 2), portal.KindConflict)
	refused("no reason", tn.MoveWaiting(ctx, act(1, ""), 1), portal.KindInvalid)
	refused("the rank that it has", tn.MoveWaiting(ctx, act(3, "urgence familiale"), 1), portal.KindInvalid)
	refused("a rank that is none", tn.MoveWaiting(ctx, act(1, "non"), 4), portal.KindInvalid)
	refused("no place is free", tn.GiveWaiting(ctx, act(1, "urgence")), portal.KindConflict)
	events := tn.journal(t, "demande")
	if e := events[0]; e.SubjectID != int64(tn.children[3][0]) || e.Changes[0].Before != "3" || e.Changes[0].After != "1" || e.Changes[1].After != old.Reason {
		t.Errorf("%+v", e)
	}
	family := portal.FamilyID(0)
	if _, err := fmt.Sscan(tn.text(t, "SELECT family_id FROM guardian WHERE account_id = ?", tn.parents[3]), &family); err != nil {
		t.Fatal(err)
	}
	if _, lines, n, err := tn.FamilyJournal(ctx, tn.structure, family, 0, 9); err != nil || n != 1 || !strings.Contains(lines[0].Words, "rang changé") {
		t.Errorf("the family's history: %d %+v %v", n, lines, err)
	}

	refused("no priorities", tn.OrderWaiting(ctx, act(0, "")), portal.KindConflict)
	tn.tickChild(t, by, 2, tn.publish(t, by))
	if l := look(); l.InOrder() || l.Lines[2].Proposed != 1 {
		t.Errorf("%+v", l.Lines)
	}
	if err := tn.OrderWaiting(ctx, act(0, "")); err != nil {
		t.Fatal(err)
	}
	tn.wantStatus(t, tn.wednesday, listDay, "booked waiting/3 waiting/1 waiting/2") // asked at the same instant, the others keep their order
	if !look().InOrder() {
		t.Error("still not in order")
	}

	tn.resize(t, tn.wednesday, 2)
	if err := tn.GiveWaiting(ctx, act(3, "Fratrie séparée")); err != nil {
		t.Fatal(err)
	}
	tn.wantStatus(t, tn.wednesday, listDay, "booked waiting/2 waiting/1 booked")
	if err := tn.RemoveWaiting(ctx, act(2, "Dossier incomplet malgré deux rappels")); err != nil {
		t.Fatal(err)
	}
	tn.wantStatus(t, tn.wednesday, listDay, "booked waiting/1 - booked")
	answers, err := tn.Answers(ctx, tn.structure)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, a := range answers {
		last := a.Movements[len(a.Movements)-1]
		told = append(told, portal.OutcomeWords(last.Outcome, last.Rank, last.Reason))
	}
	if got := strings.Join(told, "|"); got != "acceptée|liste d’attente, 1re|annulée : Dossier incomplet malgré deux rappels|acceptée" && got != "acceptée|liste d’attente, 1er|annulée : Dossier incomplet malgré deux rappels|acceptée" {
		t.Error(got)
	}
	f, err := tn.Follow(ctx, tn.parents[2], portal.FollowFilter{}, 0, 10)
	if err != nil || f.Lines[0].Reason != "Dossier incomplet malgré deux rappels" || f.Lines[0].Who(tn.parents[2]) != "la mairie" {
		t.Errorf("%+v %v", f.Lines[0], err)
	}
	tn.night(t, "2026-11-24")
	tn.sound(t)
}
