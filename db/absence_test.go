package db_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"marelle/portal"
)

// sickTown is a small town whose canteen asks to be told before 9:30 on the day itself, with a document within 3 days.
func sickTown(t testing.TB) *town {
	t.Helper()
	tn := newTown(t, 2, 10)
	setup, err := tn.Setup(ctx, tn.structure)
	if err != nil {
		t.Fatal(err)
	}
	canteen := *setup.Activity(tn.canteen)
	canteen.Absence, canteen.DocumentDays = portal.DaysBefore(0, portal.Clock(9, 30)), 3
	tn.clock.Set(paris("2026-09-15 09:00:00")) // long before: families were shown no other limit for these days
	tn.save(t, canteen)
	tn.clock.Set(paris("2026-11-23 09:00:00"))
	for _, day := range []string{"2026-11-30", "2026-12-01", "2026-12-03"} {
		tn.want(t, 0, 0, tn.canteen, day, true)
	}
	tn.want(t, 0, 0, tn.evening, "2026-11-30", true)
	tn.want(t, 0, 1, tn.evening, "2026-11-30", true)
	if got := outcomes(tn.confirm(t, 0, "semaine")); got != "booked booked booked booked booked" {
		t.Fatal(got)
	}
	tn.clock.Set(paris("2026-11-30 09:00:00"))
	return tn
}

func (tn *town) sick(t testing.TB, first, last string) portal.SpellID {
	t.Helper()
	id, _, err := tn.Announce(ctx, tn.parents[0], portal.AbsenceAsk{Child: tn.children[0][0], First: portal.MustDate(first), Last: portal.MustDate(last), Reason: portal.Sick})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// moved writes the movements that the night will transmit since a rank: « 2026-11-30 absent→absent ».
func (tn *town) moved(t testing.TB, from int) string {
	t.Helper()
	list, err := tn.Pending(ctx, tn.structure)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, m := range list[from:] {
		words = append(words, fmt.Sprintf("%s %s %s→%s", m.Day, m.Short, m.Action, m.Outcome))
	}
	return strings.Join(words, ", ")
}

func TestAnnounceAndTakeBack(t *testing.T) {
	tn := sickTown(t)
	id := tn.sick(t, "2026-11-30", "2026-12-02")
	if got := tn.moved(t, 5); got != "2026-11-30 Cantine absent→absent, 2026-11-30 Soir absent→absent, 2026-12-01 Cantine absent→absent" {
		t.Fatal(got)
	}
	tn.wantState(t, 0, 0, tn.canteen, "2026-11-30", portal.StateLocked) // the booking stays
	if again := tn.sick(t, "2026-11-30", "2026-12-02"); again != id || tn.moved(t, 8) != "" {
		t.Fatalf("announced twice: %d then %d, %s", id, again, tn.moved(t, 8))
	}
	spell, sheet, err := tn.Spell(ctx, tn.parents[0], id)
	if err != nil || len(spell.Days) != 3 || spell.Document != portal.DocumentExpected || spell.Asked() != portal.MustDate("2026-12-03") {
		t.Fatalf("%+v %v", spell, err)
	}
	if sheet.Back == nil || sheet.Back.Day != portal.MustDate("2026-12-03") || len(sheet.Empty) != 1 || sheet.Empty[0] != portal.MustDate("2026-12-02") {
		t.Errorf("back %v, empty %v", sheet.Back, sheet.Empty)
	}

	tn.clock.Set(paris("2026-11-30 09:30:00")) // the limit itself
	if n, err := tn.TakeBackAbsence(ctx, tn.parents[0], tn.children[0][0], portal.MustDate("2026-12-01")); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if n, err := tn.TakeBackAbsence(ctx, tn.parents[0], tn.children[0][0], portal.MustDate("2026-12-01")); n != 0 || err != nil {
		t.Fatal("taken back twice", n, err)
	}
	tn.clock.Add(time.Second)
	if n, err := tn.TakeBackAbsence(ctx, tn.parents[0], tn.children[0][0], portal.MustDate("2026-11-30")); n != 1 || err != nil { // the evening; not the canteen
		t.Fatal(n, err)
	}
	if _, err := tn.TakeBackAbsence(ctx, tn.parents[0], tn.children[0][0], portal.MustDate("2026-11-30")); portal.AsError(err) == nil || !strings.HasPrefix(err.Error(), "La cantine : Plus modifiable depuis aujourd’hui 9 h 30.") {
		t.Fatal(err)
	}
	if got := tn.moved(t, 8); got != "2026-12-01 Cantine present→booked, 2026-11-30 Soir present→booked" {
		t.Fatal(got)
	}

	// The night transmits all of it, once.
	tn.clock.Set(paris("2026-12-01 01:15:00"))
	night, err := tn.Transmit(ctx, tn.structure, portal.MustDate("2026-12-01"))
	if err != nil || night.Movements != 10 { // the five bookings were pending too
		t.Fatalf("%+v %v", night, err)
	}
	if got := tn.moved(t, 0); got != "" {
		t.Errorf("left behind: %s", got)
	}
	if faults, err := tn.Audit(ctx); err != nil || len(faults) > 0 {
		t.Error(faults, err)
	}
}

// TestTooLateToAnnounce: what is in time is recorded, the rest is left out; when nothing is, nothing is written.
func TestTooLateToAnnounce(t *testing.T) {
	tn := sickTown(t)
	tn.clock.Set(paris("2026-11-30 10:00:00"))
	tn.sick(t, "2026-11-30", "2026-11-30")
	if got := tn.moved(t, 5); got != "2026-11-30 Soir absent→absent" {
		t.Fatal(got)
	}
	ask := portal.AbsenceAsk{Child: tn.children[0][0], First: portal.MustDate("2026-12-02"), Last: portal.MustDate("2026-12-02"), Reason: portal.Away}
	id, sheet, err := tn.Announce(ctx, tn.parents[0], ask)
	if e := portal.AsError(err); e == nil || e.Kind != portal.KindConflict || id != 0 || sheet == nil {
		t.Fatal(id, sheet, err)
	}
	if got := tn.moved(t, 6); got != "" {
		t.Fatal(got)
	}
}

// TestForeignAbsence: another family's child, absence and document are not found; each child's other guardians share them.
func TestForeignAbsence(t *testing.T) {
	tn := sickTown(t)
	id := tn.sick(t, "2026-11-30", "2026-11-30")
	stranger, child, day := tn.parents[1], tn.children[0][0], portal.MustDate("2026-11-30")
	if err := tn.SendDocument(ctx, tn.parents[0], id, "certificat.pdf", []byte("%PDF-1.4")); err != nil {
		t.Fatal(err)
	}
	spell, _, err := tn.Spell(ctx, tn.parents[0], id)
	if err != nil || len(spell.Documents) != 1 {
		t.Fatal(spell, err)
	}
	document := spell.Documents[0].ID
	for name, try := range map[string]func() error{
		"announce": func() error {
			_, _, err := tn.Announce(ctx, stranger, portal.AbsenceAsk{Child: child, First: day, Last: day, Reason: portal.Sick})
			return err
		},
		"take back": func() error { _, err := tn.TakeBackAbsence(ctx, stranger, child, day); return err },
		"look":      func() error { _, err := tn.AbsenceSheet(ctx, stranger, child, day, day); return err },
		"open":      func() error { _, _, err := tn.Spell(ctx, stranger, id); return err },
		"send":      func() error { return tn.SendDocument(ctx, stranger, id, "x.pdf", []byte("%PDF-1.5")) },
		"read":      func() error { _, err := tn.FamilyDocument(ctx, stranger, document); return err },
		"drop":      func() error { _, err := tn.DropDocument(ctx, stranger, document); return err },
		"staff of another structure": func() error {
			_, err := tn.StaffDocument(ctx, tn.structure+1, document)
			return err
		},
	} {
		if e := portal.AsError(try()); e == nil || e.Kind != portal.KindNotFound {
			t.Errorf("%s: %v", name, e)
		}
	}
	if list, err := tn.SpellsShown(ctx, stranger); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
	if list, err := tn.AbsenceToday(ctx, tn.parents[0]); err != nil || len(list) != 2 || list[0].Days[0].Absence == nil || list[1].Days[0].Absence != nil {
		t.Errorf("%+v %v", list, err)
	}
}

// TestDocuments: kept, marked late, once for the same file, two at most, forgotten in time.
func TestDocuments(t *testing.T) {
	tn := sickTown(t)
	me := tn.parents[0]
	id := tn.sick(t, "2026-11-30", "2026-12-01")
	send := func(body string) error {
		return tn.SendDocument(ctx, me, id, "../certificat.pdf", []byte("%PDF-1.4 "+body))
	}
	state := func() portal.Spell {
		t.Helper()
		s, _, err := tn.Spell(ctx, me, id)
		if err != nil {
			t.Fatal(err)
		}
		return *s
	}
	tn.clock.Set(paris("2026-12-03 23:59:00")) // the last day
	for range 2 {
		if err := send("un"); err != nil {
			t.Fatal(err)
		}
	}
	if s := state(); len(s.Documents) != 1 || s.Documents[0].Late || s.Documents[0].Name != "certificat.pdf" || s.Document != portal.DocumentReceived {
		t.Fatalf("%+v", s)
	}
	tn.clock.Set(paris("2026-12-04 00:00:00"))
	if err := send("deux"); err != nil {
		t.Fatal(err)
	}
	s := state()
	if len(s.Documents) != 2 || !s.Documents[1].Late {
		t.Fatalf("%+v", s.Documents)
	}
	if err := send("trois"); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindConflict {
		t.Fatal(err)
	}
	if err := send("un"); err != nil {
		t.Fatalf("the first form sent again: %v", err)
	}
	f, err := tn.FamilyDocument(ctx, me, s.Documents[1].ID)
	if err != nil || !bytes.Equal(f.Body, []byte("%PDF-1.4 deux")) || f.Type != portal.PDF {
		t.Fatal(f, err)
	}
	for i, want := range []portal.DocumentState{portal.DocumentReceived, portal.DocumentExpected} {
		if got, err := tn.DropDocument(ctx, me, s.Documents[i].ID); err != nil || got != id {
			t.Fatal(got, err)
		}
		if got := state(); got.Document != want || len(got.Documents) != 1-i {
			t.Fatalf("after %d: %+v", i+1, got)
		}
	}
	if err := send("un"); err != nil {
		t.Fatal(err)
	}
	tn.clock.Set(paris("2028-01-01 12:00:00"))
	if err := tn.PurgeDocuments(ctx); err != nil || len(state().Documents) != 1 {
		t.Fatal("forgotten too early", err)
	}
	tn.clock.Set(paris("2028-01-02 12:00:00"))
	if err := tn.PurgeDocuments(ctx); err != nil || len(state().Documents) != 0 {
		t.Fatal("kept too long", err)
	}
}

// TestCancelledBookingTakesItsAbsence: the last one takes the announcement and its documents along.
func TestCancelledBookingTakesItsAbsence(t *testing.T) {
	tn := sickTown(t)
	tn.want(t, 0, 0, tn.canteen, "2026-12-14", true)
	tn.confirm(t, 0, "loin")
	id := tn.sick(t, "2026-12-14", "2026-12-14")
	if err := tn.SendDocument(ctx, tn.parents[0], id, "c.png", []byte("\x89PNG\r\n\x1a\n")); err != nil {
		t.Fatal(err)
	}
	tn.want(t, 0, 0, tn.canteen, "2026-12-14", false)
	if got := outcomes(tn.confirm(t, 0, "annule")); got != "cancelled" {
		t.Fatal(got)
	}
	if _, _, err := tn.Spell(ctx, tn.parents[0], id); portal.AsError(err) == nil {
		t.Fatalf("the absence of a cancelled booking is still there: %v", err)
	}
	if list, n, err := tn.StaffAbsences(ctx, tn.structure, true, 0, 10); err != nil || n != 0 || len(list) != 0 {
		t.Error(list, n, err)
	}
}

// TestStaffAbsences: agents learn that the child does not come, managers learn why and hold the document.
func TestStaffAbsences(t *testing.T) {
	tn := sickTown(t)
	id := tn.sick(t, "2026-11-30", "2026-12-01")
	if err := tn.SendDocument(ctx, tn.parents[0], id, "c.pdf", []byte("%PDF-1.4")); err != nil {
		t.Fatal(err)
	}
	for _, manager := range []bool{false, true} {
		list, n, err := tn.StaffAbsences(ctx, tn.structure, manager, 0, 10)
		if err != nil || n != 3 || len(list) != 3 || list[0].Activity != "RESTAURATION" || list[1].Activity != "APS SOIR" || list[0].Day != portal.MustDate("2026-11-30") {
			t.Fatalf("%+v %d %v", list, n, err)
		}
		a := list[0]
		if told := a.Reason == portal.Sick && a.State == portal.DocumentReceived && len(a.Documents) == 1 && a.DocumentBy != 0; told != manager {
			t.Errorf("manager %v: %+v", manager, a)
		}
		if !manager && (a.Reason != portal.Away || a.State != portal.DocumentNone || a.DocumentBy != 0 || a.Documents != nil) {
			t.Errorf("an agent learns %+v", a)
		}
	}
	if list, n, err := tn.StaffAbsences(ctx, tn.structure+1, true, 0, 10); err != nil || n != 0 || len(list) != 0 {
		t.Error(list, n, err)
	}
	if list, n, err := tn.StaffAbsences(ctx, tn.structure, true, 2, 10); err != nil || n != 3 || len(list) != 1 {
		t.Error(list, n, err)
	}
}

// TestDocumentsOfAMonth: one account cannot fill the base.
func TestDocumentsOfAMonth(t *testing.T) {
	tn := sickTown(t)
	days := strings.Fields("2026-12-14 2026-12-15 2026-12-17 2026-12-18 2027-01-04 2027-01-05 2027-01-07 2027-01-08 2027-01-11 2027-01-12 2027-01-14")
	for _, day := range days {
		tn.want(t, 0, 0, tn.canteen, day, true)
	}
	tn.confirm(t, 0, "hiver")
	sent := 0
	for _, day := range days {
		id := tn.sick(t, day, day)
		for n := range portal.DocumentsMost {
			err := tn.SendDocument(ctx, tn.parents[0], id, "c.pdf", fmt.Appendf(nil, "%%PDF-1.4 %s %d", day, n))
			if sent < portal.DocumentsMonthMost {
				if sent++; err != nil {
					t.Fatal(sent, err)
				}
			} else if e := portal.AsError(err); e == nil || e.Kind != portal.KindTooMany {
				t.Fatalf("one more: %v", err)
			}
		}
	}
}
