package db_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"sort"
	"strings"
	"testing"

	"marelle/db"
	"marelle/portal"
)

// TestErasureKnowsEveryTable: a table that speaks of a child, a family or an account, and that the erasure does not know, fails.
func TestErasureKnowsEveryTable(t *testing.T) {
	h := newHall(t)
	names := h.scalar(`SELECT group_concat(DISTINCT m.name) FROM sqlite_schema m LEFT JOIN pragma_foreign_key_list(m.name) k LEFT JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND (k."table" IN ('child', 'family', 'account') OR c.name IN ('child_id', 'family_id', 'account_id', 'staff_id', 'by_account') OR m.name IN ('child', 'family', 'account'))`)
	known := db.ErasedTables()
	found := strings.Split(names, ",")
	sort.Strings(found)
	if len(found) < 40 {
		t.Fatalf("only %d tables: the query finds too little", len(found))
	}
	for _, table := range found {
		if known[table] == "" {
			t.Errorf("the erasure does not know the table %s", table)
		}
	}
	for table := range known {
		if h.scalar("SELECT count(*) FROM sqlite_schema WHERE name = ?", table) != "1" {
			t.Errorf("the erasure knows a table %s that is not there", table)
		}
	}
}

// TestEraseFamily: nothing personal of the family is left anywhere in the file, figures and chains are, the other families stay.
func TestEraseFamily(t *testing.T) {
	h := newHall(t)
	_, admin := h.staffed("DURAND", portal.Administrator)
	by := admin.Session.Account
	parent := h.guardian(h.structure, "CANARIO")
	other := h.guardian(h.structure, "GALY")
	family, child := portal.FamilyID(parent), portal.ChildID(parent*10)
	g, err := h.Guardian(ctx, h.structure, family, parent)
	if err != nil {
		t.Fatal(err)
	}
	file := g.GuardianFile
	file.Emails, file.Phones.Mobile = []string{"canario@canari.example"}, "0612345678"
	page, err := h.ChildPage(ctx, h.structure, child, true)
	if err != nil {
		t.Fatal(err)
	}
	c := page.ChildFile
	c.FirstName = "Canarinette"
	for _, err := range []error{
		h.SaveGuardian(ctx, h.structure, by, family, file, portal.Version(g.GuardianFile.Facts()), true, db.Notice{}),
		h.SaveChild(ctx, h.structure, by, c, portal.Version(page.ChildFile.Facts())),
		h.SaveCare(ctx, h.structure, by, child, portal.Care{Allergies: "Canari-noisette"}, portal.Version(page.Care.Facts())),
		h.SavePickup(ctx, h.structure, by, child, portal.PickupPerson{Family: family, Name: "Rose CANARIMARTY"}, "formulaire-rose", ""),
		h.AddPaper(ctx, h.structure, by, child, portal.Paper{Kind: portal.Insurance, Family: family, Name: "canari.pdf", Expires: portal.NewDate(2027, 8, 31)}, []byte("%PDF-1.7 canari"), "formulaire-papier"),
		h.WriteNote(ctx, h.structure, by, family, "Canari dit", "formulaire-note"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	h.raw("INSERT INTO outbox (structure_id, account_id, key, kind, address, subject, body_text, body_html, message_id, created_at, next_at) VALUES (?, ?, 'canari', 'x', 'canario@canari.example', 's', 'Bonjour CANARIO', '', '', 0, 0)", h.structure, parent)
	h.raw("INSERT INTO exchange (id, structure_id, child_id, account_id, family_id, other_id, day, takes, word, state, made_at, until) VALUES (?, ?, ?, ?, ?, ?, '2026-10-01', 1, 'Canari dit', 'declined', 0, 0)", exchangeKey(1), h.structure, child, parent, family, other)
	canteen, err := h.SaveActivity(ctx, portal.Activity{StructureID: h.structure, Name: "RESTAURATION", Short: "Cantine", Spoken: "la cantine", Kind: portal.Canteen, Starts: portal.Clock(12, 0), Ends: portal.Clock(13, 30),
		Opening: portal.Opening{First: portal.NewDate(2026, 9, 1), Last: portal.NewDate(2027, 7, 2), School: portal.Days(portal.Monday, portal.Tuesday)}, Book: portal.DaysBefore(0, portal.Clock(23, 0)), Cancel: portal.DaysBefore(0, portal.Clock(23, 0))})
	if err != nil {
		t.Fatal(err)
	}
	day := portal.DateOf(h.clock.Now())
	for day.Weekday() != portal.Monday {
		day++
	}
	if _, err := h.Ask(ctx, parent, db.Want{Child: child, Activity: canteen, Day: day, Present: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Confirm(ctx, parent, "formulaire-midi", db.AnyVersion); err != nil {
		t.Fatal(err)
	}
	err = h.EraseFamily(ctx, h.structure, admin, family)
	if refusal := portal.AsError(err); refusal == nil || refusal.Kind != portal.KindConflict {
		t.Fatalf("erased while a day is to come: %v", err)
	}
	h.clock.Set((day + 3).At(portal.Clock(9, 0)))
	wrong := admin
	wrong.Password = "autre-chose-2026"
	if err := h.EraseFamily(ctx, h.structure, wrong, family); portal.AsError(err) == nil || h.scalar("SELECT count(*) FROM erasure") != "0" {
		t.Fatalf("a wrong password erases: %v", err)
	}
	if err := h.EraseFamily(ctx, h.structure, admin, family); err != nil {
		t.Fatal(err)
	}
	h.wantNowhere("canari")
	h.wantNowhere("0612345678")
	if got := h.scalar("SELECT (SELECT count(*) FROM booking) || ' ' || (SELECT count(*) FROM movement) || ' ' || (SELECT count(*) FROM receipt) || ' ' || (SELECT count(*) FROM erasure)"); got != "1 1 1 4" {
		t.Errorf("bookings, movements, receipts, erasures: %s", got)
	}
	faults, err := h.Audit(ctx)
	if err != nil || len(faults) != 0 {
		t.Errorf("the audit finds %v %v", faults, err)
	}
	if list, total, err := h.Families(ctx, h.structure, db.FamilyAsk{}, 0, 10); err != nil || total != 1 || list[0].Name != "GALY" {
		t.Errorf("families left: %+v %v", list, err)
	}
	if kids, err := h.Children(ctx, other); err != nil || len(kids) != 2 {
		t.Errorf("the other family has %v %v", kids, err)
	}
}

// TestEraseChildUnwritesMails: what was mailed about an erased child says nothing any more and never leaves, with its guardians
// of today and with those of before; what is about an account, and what others got, stays.
func TestEraseChildUnwritesMails(t *testing.T) {
	h, by, mother, father, amalia := separated(t)
	_, admin := h.staffed("DURAND", portal.Administrator)
	other := h.guardian(h.structure, "GALY")
	passive := h.guardian(h.structure, "AUTRE")
	if err := h.RemoveChild(ctx, h.structure, by, h.familyOf(father), amalia); err != nil { // he is a guardian no more, and did something once
		t.Fatal(err)
	}
	h.raw("INSERT INTO absence_spell (structure_id, child_id, account_id, first, last, reason, document, at) VALUES (?, ?, ?, '2026-10-05', '2026-10-05', 'malade', 'aucun', 0)", h.structure, amalia, father)
	h.raw("DELETE FROM guardian WHERE account_id = ?", passive) // he never did anything, and is nobody's guardian any more
	h.raw("UPDATE child SET first_name = 'Canarinette' WHERE id = ?", amalia)
	for _, m := range []struct {
		key, kind, state string
		account          portal.AccountID
		words            string
	}{
		{"mother", "compte-rendu", "sent", mother, "Canarinette"}, {"waiting", "rappel", "pending", mother, "Canarinette"}, {"leaving", "place", "sending", father, "Canarinette"},
		{"dead", "reponse", "dead", passive, "Canarinette"}, {"other", "compte-rendu", "pending", other, "Paolo"}, {"stranger", "compte-rendu", "sent", passive, "Paolo"}, {"account", "compte", "pending", mother, "vos adresses"},
	} {
		h.raw("INSERT INTO outbox (structure_id, account_id, key, kind, address, subject, body_text, body_html, message_id, created_at, next_at, state) VALUES (?, ?, ?, ?, 'x@exemple.fr', ?, ?, ?, '', 0, 0, ?)",
			h.structure, m.account, m.key, m.kind, "sujet "+m.words, "texte "+m.words, "<p>"+m.words, m.state)
	}
	if err := h.EraseChild(ctx, h.structure, admin, amalia); err != nil {
		t.Fatal(err)
	}
	h.wantNowhere("canarinette")
	if got := h.scalar("SELECT group_concat(key || ':' || state || iif(subject = 'Effacé (RGPD)' AND body_text || body_html = '', '', ' kept'), ', ') FROM (SELECT * FROM outbox WHERE message_id = '' ORDER BY id)"); got !=
		"mother:sent, waiting:dead, leaving:dead, dead:dead, other:pending kept, stranger:sent kept, account:pending kept" {
		t.Error(got)
	}
	for _, key := range []string{"mother", "waiting", "leaving", "dead"} {
		var id portal.MailID
		fmt.Sscan(h.scalar("SELECT id FROM outbox WHERE key = ?", key), &id)
		if sent, _, err := h.ResendMails(ctx, h.structure, by, []portal.MailID{id}); err != nil || sent != 0 {
			t.Errorf("%s leaves again: %d %v", key, sent, err)
		}
	}
	leaving, err := h.ClaimMails(ctx, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range leaving {
		if m.Text == "" {
			t.Errorf("an empty message leaves: %s", m.Key)
		}
	}
}

// wantNowhere looks for words in the bytes of every column of every table, whatever their case.
func (h *hall) wantNowhere(words ...string) {
	h.t.Helper()
	for _, found := range h.saying(words...) {
		h.t.Errorf("still there: %s", found)
	}
}

// saying lists the cells that hold one of some words, as « staff_event.words: … ».
func (h *hall) saying(words ...string) (found []string) {
	h.t.Helper()
	conn, err := sql.Open("sqlite3", "file:"+h.Path()+"?_busy_timeout=5000")
	if err != nil {
		h.t.Fatal(err)
	}
	defer conn.Close()
	tables := strings.Split(h.scalar("SELECT group_concat(name) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"), ",")
	if len(tables) < 60 {
		h.t.Fatalf("only %d tables: the query finds too little", len(tables))
	}
	for _, table := range tables {
		rows, err := conn.Query(`SELECT * FROM "` + table + `"`)
		if err != nil {
			h.t.Fatal(err)
		}
		names, err := rows.Columns()
		if err != nil {
			h.t.Fatal(err)
		}
		cells, into := make([]sql.RawBytes, len(names)), make([]any, len(names))
		for i := range cells {
			into[i] = &cells[i]
		}
		for rows.Next() {
			if err := rows.Scan(into...); err != nil {
				h.t.Fatal(err)
			}
			for i, cell := range cells {
				low := bytes.ToLower(cell)
				for _, word := range words {
					if bytes.Contains(low, bytes.ToLower([]byte(word))) {
						found = append(found, fmt.Sprintf("%s.%s says %s: %.200q", table, names[i], word, cell))
					}
				}
			}
		}
		if err := rows.Err(); err != nil {
			h.t.Fatal(err)
		}
		rows.Close()
	}
	return found
}

// TestEraseOneOfTwoFamilies: the child of both leaves the one and stays in the other with what is booked.
func TestEraseOneOfTwoFamilies(t *testing.T) {
	h, _, mother, father, amalia := separated(t)
	_, admin := h.staffed("DURAND", portal.Administrator)
	plan, err := h.ErasingFamily(ctx, h.structure, h.familyOf(father))
	if err != nil || len(plan.Children) != 0 || len(plan.People) != 1 || len(plan.Stay) != 1 || plan.Refused != "" {
		t.Fatalf("%+v %v", plan, err)
	}
	if err := h.EraseFamily(ctx, h.structure, admin, h.familyOf(father)); err != nil {
		t.Fatal(err)
	}
	page, err := h.ChildPage(ctx, h.structure, amalia, true)
	if err != nil || page.FirstName != "Amalia" || len(page.Families) != 1 {
		t.Errorf("%+v %v", page, err)
	}
	if kids, err := h.Children(ctx, mother); err != nil || len(kids) != 2 {
		t.Errorf("%v %v", kids, err)
	}
	if err := h.EraseChild(ctx, h.structure, admin, amalia); err != nil {
		t.Fatal(err)
	}
	if kids, err := h.Children(ctx, mother); err != nil || len(kids) != 1 {
		t.Errorf("%v %v", kids, err)
	}
}

// TestArchive: a family that left is in no list, its guardians are signed out and find nothing; it comes back whole.
func TestArchive(t *testing.T) {
	s := newShared(t)
	s.book(t, 0, "formulaire-un", "2026-11-30")
	first, second := s.families[0], s.families[1]
	s.share(t, s.rule())
	if err := s.ArchiveFamily(ctx, s.structure, s.by, second); err != nil { // the first one follows the child
		t.Fatal(err)
	}
	if sheet, err := s.CustodySheet(ctx, s.structure, s.child); err != nil || !sheet.Rule.IsZero() {
		t.Errorf("custody goes on with a family that left: %+v %v", sheet, err)
	}
	if kids, err := s.Children(ctx, s.parents[1]); err != nil || len(kids) != 0 {
		t.Errorf("they see %v %v", kids, err)
	}
	for archived, want := range map[bool]int{false: 1, true: 1} {
		if list, total, err := s.Families(ctx, s.structure, db.FamilyAsk{Archived: archived}, 0, 10); err != nil || total != want || (list[0].ID == second) != archived {
			t.Errorf("archived %v: %+v %v", archived, list, err)
		}
	}
	if err := s.ArchiveFamily(ctx, s.structure, s.by, first); portal.AsError(err) == nil || !strings.Contains(err.Error(), "que personne d’autre ne suit") {
		t.Errorf("a child is expected and nobody follows it: %v", err)
	}
	if err := s.UnarchiveFamily(ctx, s.structure, s.by, second); err != nil {
		t.Fatal(err)
	}
	if kids, err := s.Children(ctx, s.parents[1]); err != nil || len(kids) != 3 {
		t.Errorf("back, they see %v %v", kids, err)
	}
	if err := s.RemoveChild(ctx, s.structure, s.by, second, s.children[1][0]); portal.AsError(err) == nil {
		t.Error("a child left its only family")
	}
	if err := s.RemoveChild(ctx, s.structure, s.by, second, s.child); err != nil {
		t.Fatal(err)
	}
	if kids, err := s.Children(ctx, s.parents[1]); err != nil || len(kids) != 2 {
		t.Errorf("without it, they see %v %v", kids, err)
	}
}
