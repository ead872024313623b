package db_test

import (
	"fmt"
	"strings"
	"testing"

	"marelle/db"
	"marelle/portal"
)

// The words that each person of a broken household leaves, and that must be nowhere once the person is erased.
var (
	childWords    = []string{"Zibeline", "Zibelune", "2018-11-17", "17/11/2018", "17 novembre 2018", "Noisettine", "Venumamie"}
	fatherWords   = []string{"Ornithorix", "ornito@exemple.fr", "0655667788", "06 55 66 77 88", "Ruellapapa", "Venupapi"}
	stepWords     = []string{"Quetzalo", "quetzal@exemple.fr", "0699887766", "06 99 88 77 66"}
	strangerWords = []string{"Familiaquet", "Ruellaquet"}
	motherWords   = []string{"Marsupila", "mama@exemple.fr", "0611223344", "06 11 22 33 44", "Ruellamama", "Venumamie"}
)

// broken is a household that came apart, made by what staff and parents do: the mother's family, the father's, and that of a
// stepfather, who was a guardian of the mother's and is no more; the child was there for a while. It was typed twice, and so
// was the father's family.
type broken struct {
	*shared
	h                    *hall
	mother, father, step portal.AccountID
	hers, his, others    portal.FamilyID
	old                  portal.ChildID // the number that its file had before two were joined
	admin                db.Proof
	linesOfHers          int
}

func newBroken(t *testing.T) *broken {
	t.Helper()
	s := newShared(t)
	b := &broken{shared: s, h: &hall{Store: s.Store, t: t, structure: s.structure, clock: s.clock}}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	form := 0
	key := func() string { form++; return fmt.Sprintf("formulaire-menage-%d", form) }
	home := func(name, street string) portal.FamilyID {
		t.Helper()
		id, err := s.CreateFamily(ctx, s.structure, s.by, portal.Family{Name: name, Street: street, Postcode: "09140", Town: "CARTEVILLE"}, key())
		must(err)
		return id
	}
	add := func(family portal.FamilyID, last, email, phone string) portal.AccountID {
		t.Helper()
		id, err := s.AddGuardian(ctx, s.structure, s.by, family, portal.GuardianFile{LastName: last, FirstName: "Dominique", Emails: []string{email}, Phones: portal.Phones{Mobile: phone}, Rights: portal.AllRights()}, key())
		must(err)
		return id
	}
	page, err := s.ChildPage(ctx, s.structure, s.child, true)
	must(err)
	file := portal.ChildFile{LastName: "COMMUN", FirstName: "Zibelune", Birth: portal.NewDate(2018, 11, 17), Class: page.Class, Grade: page.Grade}

	b.hers, b.his, b.others = home("MARSUPILA", "1 Ruellamama"), home("ORNITHORIX", "2 Ruellapapa"), home("FAMILIAQUET", "3 Ruellaquet")
	b.mother, b.father = add(b.hers, "MARSUPILA", "mama@exemple.fr", "0611223344"), add(b.his, "ORNITHORIX", "ornito@exemple.fr", "0655667788")
	b.step = add(b.hers, "QUETZALO", "quetzal@exemple.fr", "0699887766")
	_, err = s.LinkGuardian(ctx, s.structure, s.by, b.others, b.step, portal.AllRights(), key())
	must(err)
	b.old, err = s.AddChild(ctx, s.structure, s.by, b.hers, file, key())
	must(err)
	for _, f := range []portal.FamilyID{b.his, b.others} {
		_, err = s.LinkChild(ctx, s.structure, s.by, f, b.old, key())
		must(err)
	}
	b.child, b.parents, b.families = b.old, []portal.AccountID{b.mother, b.father}, [2]portal.FamilyID{b.hers, b.his}
	seen, err := s.ChildPage(ctx, s.structure, b.old, true)
	must(err)
	renamed := seen.ChildFile
	renamed.FirstName = "Zibeline" // what was written before says another name
	must(s.SaveChild(ctx, s.structure, s.by, renamed, portal.Version(seen.ChildFile.Facts())))
	must(s.SaveCare(ctx, s.structure, s.by, b.old, portal.Care{Allergies: "Noisettine"}, portal.Version(portal.Care{}.Facts())))
	must(s.SavePickup(ctx, s.structure, s.by, b.old, portal.PickupPerson{Family: b.hers, Name: "VENUMAMIE Rose"}, key(), ""))
	must(s.SavePickup(ctx, s.structure, s.by, b.old, portal.PickupPerson{Family: b.his, Name: "VENUPAPI Paul"}, key(), ""))
	must(s.AddPaper(ctx, s.structure, s.by, b.old, portal.Paper{Kind: portal.Insurance, Family: b.his, Name: "ornithorix.pdf", Expires: portal.NewDate(2027, 8, 31)}, []byte("%PDF-1.7 Ornithorix"), key()))
	must(s.WriteNote(ctx, s.structure, s.by, b.his, "M. Ornithorix a appelé pour Zibeline", key()))

	// The custody names the guardians of both homes and of the third one, under the old number of the child.
	b.share(t, b.rule())
	id := b.propose(t, 0, 1, portal.ExchangeAsk{Day: portal.MustDate("2026-12-08"), Takes: true, Word: "Zibeline est chez Ornithorix"})
	if got := b.answer(1, id, true); got != "" {
		t.Fatal(got)
	}
	_, err = s.BookAtDesk(ctx, s.structure, s.by, portal.DeskAsk{Key: key(), Family: b.hers, For: b.mother, Wishes: []portal.DeskWish{
		{WishLine: portal.WishLine{Child: b.child, Activity: s.evening, Day: portal.MustDate("2026-12-03"), Wish: portal.WishAdd}}}})
	must(err)
	must(s.RemoveChild(ctx, s.structure, s.by, b.others, b.old))
	must(s.RemoveGuardian(ctx, s.structure, s.by, b.hers, b.step))
	must(s.ArchiveFamily(ctx, s.structure, s.by, b.others))
	must(s.UnarchiveFamily(ctx, s.structure, s.by, b.others))

	// Typed twice: the child's file becomes the other one's, and so does the father's family with its account.
	b.child, err = s.AddChild(ctx, s.structure, s.by, b.hers, renamed, key())
	must(err)
	children, err := s.JoiningChildren(ctx, s.structure, b.child, b.old)
	must(err)
	ask := db.JoinAsk{Structure: s.structure, By: s.by, Kept: int64(b.child), Gone: int64(b.old), Seen: children.Version}
	_, err = s.JoinChildren(ctx, ask)
	must(err)
	twice := home("ORNITHORIX", "2 Ruellapapa")
	again := add(twice, "ORNITHORIX", "ornito@exemple.fr", "0655667788")
	families, err := s.JoiningFamilies(ctx, s.structure, twice, b.his)
	must(err)
	if families.Refused != "" || len(families.People) != 1 {
		t.Fatalf("%q %v", families.Refused, families.People)
	}
	ask.Kept, ask.Gone, ask.Seen = int64(twice), int64(b.his), families.Version
	_, err = s.JoinFamilies(ctx, db.FamilyJoinAsk{JoinAsk: ask, People: []portal.AccountID{b.father}, Notices: map[portal.AccountID]db.Notice{b.father: {Kind: "compte", Subject: "Comptes réunis", Text: "M. ORNITHORIX", HTML: "h"}}})
	must(err)
	if got := b.h.scalar("SELECT count(*) FROM account WHERE id = ?", again); got != "0" {
		t.Fatal("the father still has two accounts")
	}
	b.his = twice
	b.h.raw("INSERT INTO movement (structure_id, account_id, child_id, activity_id, day, action, at, outcome, reason) VALUES (?, ?, ?, ?, '2026-12-03', 'remove', 0, 'cancelled', 'Deux fiches de Zibeline ont été réunies')", s.structure, b.mother, b.child, s.evening)

	s.clock.Set(portal.MustDate("2027-01-20").At(portal.Clock(9, 0)))
	_, b.admin = b.h.staffed("DURAND", portal.Administrator)
	_, _, b.linesOfHers, err = s.FamilyJournal(ctx, s.structure, b.hers, 0, 1)
	must(err)
	return b
}

// wantThere fails unless each word is somewhere.
func (b *broken) wantThere(words ...string) {
	b.h.t.Helper()
	for _, word := range words {
		if len(b.h.saying(word)) == 0 {
			b.h.t.Errorf("%s is nowhere: it is not erased, or the test looks for nothing", word)
		}
	}
}

// wantStanding fails when the chains do not hold, or when the mother's family lost a line of its journal.
func (b *broken) wantStanding(more int) {
	b.h.t.Helper()
	if faults, err := b.Audit(ctx); err != nil || len(faults) != 0 {
		b.h.t.Errorf("the audit finds %v %v", faults, err)
	}
	_, list, total, err := b.FamilyJournal(ctx, b.structure, b.hers, 0, 100)
	if err != nil || total != b.linesOfHers+more {
		b.h.t.Errorf("the journal of the family has %d lines, had %d: %v", total, b.linesOfHers, err)
	}
	for _, line := range list {
		if line.Words == "Famille MARSUPILA créée" {
			return
		}
	}
	b.h.t.Error("what is about nobody erased is blanked too")
}

// TestEraseChildLeavesNoName: nothing says who the child was, whatever was done with it.
func TestEraseChildLeavesNoName(t *testing.T) {
	b := newBroken(t)
	b.wantThere("Zibeline", "Zibelune", "2018-11-17", "Noisettine", "Venumamie")
	if err := b.EraseChild(ctx, b.structure, b.admin, b.child); err != nil {
		t.Fatal(err)
	}
	b.h.wantNowhere(childWords...)
	b.wantThere("Marsupila", "Ornithorix", "Quetzalo")
	if blanked := b.h.scalar("SELECT count(*) FROM staff_event WHERE subject = 'famille' AND subject_id = ? AND words LIKE 'Effac%'", b.hers); blanked != "3" {
		t.Errorf("%s lines of the family are blanked, want 3: the child was added twice, and booked at the counter", blanked)
	}
}

// TestEraseFamilyLeavesNoName: nothing says who the father was, though the child stays with the mother.
func TestEraseFamilyLeavesNoName(t *testing.T) {
	b := newBroken(t)
	b.wantThere("Ornithorix", "ornito@exemple.fr", "Ruellapapa", "Venupapi")
	if err := b.EraseFamily(ctx, b.structure, b.admin, b.his); err != nil {
		t.Fatal(err)
	}
	b.h.wantNowhere(fatherWords...)
	b.wantThere("Zibeline", "Zibelune", "Venumamie", "Marsupila")
	b.wantStanding(1) // the end of the custody
}

// TestEraseGuardianLeavesNoName: who was a guardian of two families is erased with the last one; the first one names the person
// no more.
func TestEraseGuardianLeavesNoName(t *testing.T) {
	b := newBroken(t)
	b.wantThere("Quetzalo", "quetzal@exemple.fr", "Familiaquet", "Ruellaquet")
	if err := b.EraseFamily(ctx, b.structure, b.admin, b.others); err != nil {
		t.Fatal(err)
	}
	b.h.wantNowhere(append(stepWords, strangerWords...)...)
	b.wantThere("Zibeline", "Marsupila", "Ornithorix")
	b.wantStanding(0)
}

// TestEraseAllLeavesNoName: nothing is left of anybody once every household is erased, and what is kept says only figures.
func TestEraseAllLeavesNoName(t *testing.T) {
	b := newBroken(t)
	for _, family := range []portal.FamilyID{b.his, b.others, b.hers} {
		if err := b.EraseFamily(ctx, b.structure, b.admin, family); err != nil {
			t.Fatal(err)
		}
	}
	for _, words := range [][]string{childWords, fatherWords, stepWords, strangerWords, motherWords} {
		b.h.wantNowhere(words...)
	}
	if got := b.h.scalar("SELECT group_concat(words, '|') FROM staff_event WHERE words LIKE '%garde alternée%'"); strings.Contains(got, "garde") {
		t.Error(got)
	}
}
