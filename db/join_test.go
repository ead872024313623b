package db_test

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"marelle/db"
	"marelle/portal"
)

// TestJoinKnowsEveryTable: a column that names a child, a family or an account, and that a join does not know, fails.
func TestJoinKnowsEveryTable(t *testing.T) {
	h := newHall(t)
	found := strings.Split(h.scalar(`SELECT group_concat(DISTINCT name) FROM (
		SELECT m.name || '.' || k."from" AS name FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) k WHERE m.type = 'table' AND k."table" IN ('child', 'family', 'account')
		UNION SELECT m.name || '.' || c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name IN ('child_id', 'family_id', 'account_id', 'staff_id', 'by_account'))`), ",")
	sort.Strings(found)
	if len(found) < 60 {
		t.Fatalf("only %d columns: the query finds too little", len(found))
	}
	known := db.JoinRules()
	for _, column := range found {
		if known[column] == "" {
			t.Errorf("a join does not know %s", column)
		}
	}
	for column := range known {
		if !slices.Contains(found, column) {
			t.Errorf("a join knows %s, which is not there", column)
		}
	}
}

// twins is a town whose first family has been typed twice, with the same children and the same mother.
type twins struct {
	*town
	h        *hall
	by       portal.AccountID
	families [2]portal.FamilyID
	kept     portal.ChildID // in the first family
	gone     portal.ChildID // the same child in the second one
}

func newTwins(t *testing.T, places int) *twins {
	t.Helper()
	tn := newTown(t, 3, places)
	w := &twins{town: tn, h: &hall{Store: tn.Store, t: t, structure: tn.structure, clock: tn.clock}}
	agent, err := tn.CreateStaff(ctx, tn.structure, portal.Identity{LastName: "PUJOL", FirstName: "Agnès"}, portal.Manager)
	if err != nil {
		t.Fatal(err)
	}
	w.by = agent.Person.ID
	for i := range w.families {
		page, err := tn.ChildPage(ctx, tn.structure, tn.children[i][0], true)
		if err != nil {
			t.Fatal(err)
		}
		w.families[i] = page.Families[0].ID
	}
	w.kept, w.gone = tn.children[0][0], tn.children[1][0]
	// The second family is the first one, typed again.
	for j := range 2 {
		w.h.raw("UPDATE child SET last_name = 'FAMILLE0000', ine_hash = NULL, birth = (SELECT birth FROM child WHERE id = ?) WHERE id = ?", tn.children[0][j], tn.children[1][j])
	}
	w.h.raw("UPDATE account SET last_name = 'FAMILLE0000' WHERE id = ?", tn.parents[1])
	w.h.raw("UPDATE family SET name = 'FAMILLE0000' WHERE id = ?", w.families[1])
	return w
}

func (w *twins) ask(kept, gone int64, version string, chosen portal.JoinChosen) db.JoinAsk {
	return db.JoinAsk{Structure: w.structure, By: w.by, Kept: kept, Gone: gone, Chosen: chosen, Seen: version}
}

// join joins the two files of the child and gives the plan that was shown.
func (w *twins) join(t *testing.T, chosen portal.JoinChosen) *db.ChildJoin {
	t.Helper()
	plan, err := w.JoiningChildren(ctx, w.structure, w.kept, w.gone)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.JoinChildren(ctx, w.ask(int64(w.kept), int64(w.gone), plan.Version, chosen)); err != nil {
		t.Fatal(err)
	}
	w.wantClean(t)
	return plan
}

func (w *twins) wantClean(t *testing.T) {
	t.Helper()
	if faults, err := w.Audit(ctx); err != nil || len(faults) != 0 {
		t.Errorf("the audit finds %v %v", faults, err)
	}
}

// wantNothingOf looks for a number in every column that a join knows.
func (w *twins) wantNothingOf(t *testing.T, kind string, gone int64) {
	t.Helper()
	for column := range db.JoinRules() {
		table, name, _ := strings.Cut(column, ".")
		of := map[string]bool{"enfant": name == "child_id", "famille": name == "family_id", "compte": name != "child_id" && name != "family_id"}
		if !of[kind] {
			continue
		}
		if n := w.h.scalar(fmt.Sprintf("SELECT count(*) FROM %s WHERE %s = ?", table, name), gone); n != "0" {
			t.Errorf("%s: %s rows about %s %d are left", column, n, kind, gone)
		}
	}
	if n := w.h.scalar("SELECT count(*) FROM "+map[string]string{"enfant": "child", "famille": "family", "compte": "account"}[kind]+" WHERE id = ?", gone); n != "0" {
		t.Errorf("%s %d is still there", kind, gone)
	}
}

// TestJoinChildren: what was booked under the file that goes is the other one's, a day booked twice gives its place to who waits
// for it, the receipts still verify, and both histories are the child's.
func TestJoinChildren(t *testing.T) {
	w := newTwins(t, 2)
	w.want(t, 0, 0, w.wednesday, "2026-12-02", true)
	first := w.confirm(t, 0, "premier")
	w.want(t, 1, 0, w.wednesday, "2026-12-02", true)
	w.want(t, 1, 0, w.canteen, "2026-12-03", true)
	w.want(t, 1, 0, w.evening, "2026-12-04", true)
	second := w.confirm(t, 1, "second")
	w.want(t, 2, 0, w.wednesday, "2026-12-02", true)
	if got := outcomes(w.confirm(t, 2, "troisieme")); got != "waiting/1" {
		t.Fatalf("the third child: %s", got)
	}
	w.want(t, 1, 0, w.canteen, "2026-12-07", true)                                                  // a click that is not validated
	for child, day := range map[portal.ChildID]string{w.kept: "2026-12-03", w.gone: "2026-12-08"} { // asked under one file what is booked under the other
		w.h.raw("INSERT INTO request (child_id, activity_id, day, account_id, since) VALUES (?, ?, ?, ?, 1)", child, w.canteen, day, w.parents[0])
	}
	plan := w.join(t, nil)
	if got := w.h.scalar("SELECT group_concat(m.account_id || ' ' || m.day || ' ' || m.outcome) FROM movement m JOIN answer a ON a.movement_id = m.id WHERE m.action = 'decide' AND m.child_id = ? AND m.reason LIKE '%déjà réservé%'", w.kept); len(plan.Asked) != 1 || got != fmt.Sprintf("%d 2026-12-03 refused", w.parents[0]) {
		t.Errorf("answered: %s, announced: %+v", got, plan.Asked)
	}
	var words []string
	for _, f := range plan.Figures {
		if f.N > 0 {
			words = append(words, portal.Count(f.N, f.One, f.Many))
		}
	}
	if got := strings.Join(words, ", "); got != "3 réservations, 1 demande à décider, 1 jour non validé, 3 lignes d’historique" {
		t.Errorf("announced: %s", got)
	}
	if got := portal.JoinDayWords(plan.Days); len(got) != 1 || !strings.HasPrefix(got[0], "1 jour est réservé dans les deux fiches") {
		t.Errorf("said of the days: %q", got)
	}
	w.wantNothingOf(t, "enfant", int64(w.gone))
	if got := w.h.scalar("SELECT group_concat(activity_id || ' ' || day || ' ' || status, ', ') FROM (SELECT * FROM booking WHERE child_id = ? ORDER BY day)", w.kept); got != fmt.Sprintf("%d 2026-12-02 booked, %d 2026-12-03 booked, %d 2026-12-04 booked", w.wednesday, w.canteen, w.evening) {
		t.Errorf("booked: %s", got)
	}
	if got := w.h.scalar("SELECT taken || ' ' || waiting FROM counter_day d JOIN counter_activity ca ON ca.counter_id = d.counter_id WHERE ca.activity_id = ? AND d.day = '2026-12-02'", w.wednesday); got != "1 1" {
		t.Errorf("taken and waiting: %s", got) // the night gives the place
	}
	if got := w.h.scalar("SELECT group_concat(child_id || ' ' || day) FROM request"); got != fmt.Sprintf("%d 2026-12-08", w.kept) {
		t.Errorf("asked of staff: %s", got)
	}
	for _, r := range []*portal.Receipt{first, second} {
		v, err := w.VerifyReceipt(ctx, w.structure, r.Number)
		if err != nil || len(v.Faults) != 0 {
			t.Errorf("receipt %s: %v %v", r.Number, v, err)
		}
	}
	for parent, days := range [][]string{{"2026-12-02"}, {"2026-12-02", "2026-12-03", "2026-12-04"}} { // each home follows its own side
		kids, err := w.Children(ctx, w.parents[parent])
		if err != nil || !slices.ContainsFunc(kids, func(c portal.Child) bool { return c.ID == w.kept }) {
			t.Errorf("parent %d has %v %v", parent, kids, err)
		}
		got := strings.Join(w.followed(t, parent, portal.FollowFilter{Child: w.kept}), "\n")
		for _, day := range days {
			if !strings.Contains(got, day) {
				t.Errorf("parent %d follows no %s:\n%s", parent, day, got)
			}
		}
	}
	if to, err := w.JoinedInto(ctx, w.structure, "enfant", int64(w.gone)); err != nil || to != int64(w.kept) {
		t.Errorf("the old number leads to %d %v", to, err)
	}
	if got := w.h.scalar("SELECT changes FROM staff_event WHERE subject = 'enfant' AND subject_id = ?", w.kept); !strings.Contains(got, "3 réservations") || !strings.Contains(got, "Jours en double") {
		t.Errorf("the audit log says %s", got)
	}
	// Nothing of it was a fake: with the number forgotten, the chain breaks.
	w.h.raw("UPDATE movement SET sealed_child = NULL")
	if faults, err := w.Audit(ctx); err != nil || len(faults) == 0 {
		t.Errorf("the seal does not hold the child: %v %v", faults, err)
	}
}

// TestJoinWaiting: booked goes before waiting and the better rank stays, whichever file has it.
func TestJoinWaiting(t *testing.T) {
	for _, c := range []struct {
		name         string
		order        []int // of the families that ask
		places       int
		want         string
		taken, queue string
	}{
		{"the one that stays is booked", []int{0, 1, 2}, 1, "booked", "1", "1"},
		{"the one that goes is booked", []int{1, 0, 2}, 1, "booked", "1", "1"},
		{"the one that goes waits before", []int{2, 1, 0}, 1, "waiting 1", "1", "1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newTwins(t, c.places)
			for _, parent := range c.order {
				w.want(t, parent, 0, w.wednesday, "2026-12-02", true)
				w.confirm(t, parent, fmt.Sprintf("famille-%d", parent))
			}
			w.join(t, nil)
			if got := w.h.scalar("SELECT trim(status || ' ' || coalesce(queue, '')) FROM booking WHERE child_id = ?", w.kept); got != c.want {
				t.Errorf("the child is %s, want %s", got, c.want)
			}
			if got := w.h.scalar("SELECT taken || waiting FROM counter_day d JOIN counter_activity ca ON ca.counter_id = d.counter_id WHERE ca.activity_id = ?", w.wednesday); got != c.taken+c.queue {
				t.Errorf("taken and waiting: %s, want %s", got, c.taken+c.queue)
			}
		})
	}
}

// TestJoinFreesForWhoWaits: the place of a day booked twice goes at once to who waits where places are given at once.
func TestJoinFreesForWhoWaits(t *testing.T) {
	w := newTwins(t, 2)
	study := w.list(t, "ÉTUDE", portal.WaitNow, places(2))
	for _, parent := range []int{0, 1, 2} {
		w.want(t, parent, 0, study, "2026-12-03", true)
		w.confirm(t, parent, fmt.Sprintf("etude-%d", parent))
	}
	w.join(t, nil)
	if got := w.h.scalar("SELECT status FROM booking WHERE child_id = ? AND activity_id = ?", w.children[2][0], study); got != "booked" {
		t.Errorf("who waited is %s", got)
	}
}

// TestJoinClashes: two activities that overlap do not stand together; the one of the file that goes is cancelled, with its reason
// in the history, and what it lacks after that goes with it.
func TestJoinClashes(t *testing.T) {
	w := newTwins(t, 5)
	study := w.list(t, "ÉTUDE", portal.WaitNight, places(5)) // at the hours of the evening
	w.h.raw("UPDATE activity SET starts = '17:00', ends = '18:00' WHERE id = ?", study)
	w.want(t, 0, 0, w.evening, "2026-12-03", true)
	w.confirm(t, 0, "premier")
	w.want(t, 1, 0, study, "2026-12-03", true)
	w.confirm(t, 1, "second")
	plan := w.join(t, nil)
	if got := strings.Join(portal.JoinDayWords(plan.Days), ""); !strings.Contains(got, "Le jeudi 3 décembre 2026") || !strings.Contains(got, "ne va pas avec « APS SOIR »") {
		t.Fatalf("said of the days: %s", got)
	}
	if got := w.h.scalar("SELECT group_concat(activity_id) FROM booking WHERE child_id = ?", w.kept); got != fmt.Sprint(w.evening) {
		t.Errorf("booked: %s", got)
	}
	if got := w.h.scalar("SELECT reason FROM movement WHERE child_id = ? AND action = 'remove'", w.kept); !strings.Contains(got, "Deux fiches de l’enfant ont été réunies") {
		t.Errorf("the history says %q", got)
	}
}

// TestJoinKeepsHealth: nothing of what must be known of the child is lost, and who reads again is told.
func TestJoinKeepsHealth(t *testing.T) {
	w := newTwins(t, 5)
	for child, care := range map[portal.ChildID]portal.Care{
		w.kept: {Allergies: "Arachide", LeavesAlone: true},
		w.gone: {Allergies: "Œufs", Diet: portal.NoPork, Plan: portal.CarePlan{First: portal.MustDate("2026-09-01"), Words: "Trousse rouge"}},
	} {
		if err := w.SaveCare(ctx, w.structure, w.by, child, care, portal.Version(portal.Care{}.Facts())); err != nil {
			t.Fatal(err)
		}
	}
	for i, p := range []portal.PickupPerson{
		{Family: w.families[1], Name: "Jean MARTY", Barred: true, JudgedOn: portal.MustDate("2026-01-05")}, {Family: w.families[1], Name: "Rose MARTY", Link: "voisine"}} {
		if err := w.SavePickup(ctx, w.structure, w.by, w.gone, p, fmt.Sprintf("formulaire-%d", i), ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.AddPaper(ctx, w.structure, w.by, w.gone, portal.Paper{Kind: portal.Insurance, Family: w.families[1], Name: "a.pdf", Expires: portal.NewDate(2027, 8, 31)}, []byte("%PDF-1.7 x"), "formulaire-papier"); err != nil {
		t.Fatal(err)
	}
	w.h.raw("UPDATE child SET first_name = 'Amália' WHERE id = ?", w.gone)
	plan := w.join(t, portal.JoinChosen{"prenom": true})
	if got := portal.List(plan.Reread); got != "le régime, les allergies et le départ seul, qui n’est plus autorisé" {
		t.Errorf("to read again: %s", got)
	}
	page, err := w.ChildPage(ctx, w.structure, w.kept, true)
	if err != nil {
		t.Fatal(err)
	}
	want := portal.Care{Allergies: "Arachide\nAutre fiche : Œufs", Diet: portal.NoPork, Plan: portal.CarePlan{First: portal.MustDate("2026-09-01"), Words: "Trousse rouge"}}
	if page.Care != want {
		t.Errorf("known of the child: %+v", page.Care)
	}
	if page.FirstName != "Amália" || len(page.Pickups) != 2 || len(page.Papers) != 1 || len(page.Families) != 2 {
		t.Errorf("%s has %d people, %d papers, %d families", page.FirstName, len(page.Pickups), len(page.Papers), len(page.Families))
	}
	if got := w.h.scalar("SELECT group_concat(changes) FROM staff_event WHERE words LIKE '%fiches réunies%'"); strings.Contains(got, "Œufs") || !strings.Contains(got, "Allergies") {
		t.Errorf("the audit log says %s", got)
	}
}

// TestJoinAbsences: an absence announced under the file that goes is the child's; of two announcements of one day the documents
// stay.
func TestJoinAbsences(t *testing.T) {
	w := newTwins(t, 5)
	for _, parent := range []int{0, 1} {
		w.want(t, parent, 0, w.evening, "2026-12-03", true)
		if parent == 1 {
			w.want(t, parent, 0, w.evening, "2026-12-04", true)
		}
		w.confirm(t, parent, fmt.Sprintf("soir-%d", parent))
	}
	for i, q := range []string{
		"INSERT INTO absence_spell (id, structure_id, child_id, account_id, first, last, reason, document, at) VALUES (1, ?1, ?2, ?4, '2026-12-03', '2026-12-03', 'malade', 'attendu', 1), (2, ?1, ?3, ?5, '2026-12-03', '2026-12-03', 'malade', 'recu', 1), (3, ?1, ?3, ?5, '2026-12-04', '2026-12-04', 'absent', 'aucun', 1)",
		"INSERT INTO absence (child_id, activity_id, day, spell_id) VALUES (?2, ?6, '2026-12-03', 1), (?3, ?6, '2026-12-03', 2), (?3, ?6, '2026-12-04', 3)",
		"INSERT INTO absence_document (id, spell_id, account_id, name, type, sum, late, at, body) VALUES (hex(zeroblob(16)), 2, ?5, 'certificat.pdf', 'application/pdf', zeroblob(32), 0, 1, x'25')",
	} {
		_ = i
		w.h.raw(q, w.structure, w.kept, w.gone, w.parents[0], w.parents[1], w.evening)
	}
	w.join(t, nil)
	if got := w.h.scalar("SELECT group_concat(day || ' ' || spell_id, ', ') FROM (SELECT * FROM absence WHERE child_id = ? ORDER BY day)", w.kept); got != "2026-12-03 1, 2026-12-04 3" {
		t.Errorf("absent: %s", got)
	}
	if got := w.h.scalar("SELECT s.id || ' ' || s.document || ' ' || d.name FROM absence_spell s JOIN absence_document d ON d.spell_id = s.id"); got != "1 recu certificat.pdf" {
		t.Errorf("the document: %s", got)
	}
}

// TestJoinFamilies: a household typed twice is one again, with its twins; what is refused says why.
func TestJoinFamilies(t *testing.T) {
	w := newTwins(t, 5)
	w.want(t, 0, 0, w.canteen, "2026-12-04", true)
	w.confirm(t, 0, "premier")
	w.want(t, 1, 0, w.canteen, "2026-12-03", true)
	receipt := w.confirm(t, 1, "second")
	if err := w.WriteNote(ctx, w.structure, w.by, w.families[1], "Emménage en mars", "formulaire-note"); err != nil {
		t.Fatal(err)
	}
	plan, err := w.JoiningFamilies(ctx, w.structure, w.families[0], w.families[1])
	if err != nil || plan.Refused != "" {
		t.Fatalf("%v %v", plan, err)
	}
	if len(plan.Children) != 2 || len(plan.People) != 1 || !plan.Children[0].Surely || plan.People[0].Surely {
		t.Fatalf("twins: %d children, %d people", len(plan.Children), len(plan.People))
	}
	if len(plan.Facts) != 1 || plan.Facts[0].Key != "adresse" {
		t.Errorf("they differ on %v", plan.Facts)
	}
	ask := db.FamilyJoinAsk{JoinAsk: w.ask(int64(w.families[0]), int64(w.families[1]), plan.Version, portal.JoinChosen{"adresse": true}),
		Children: []portal.ChildID{w.gone, w.children[1][1]}, People: []portal.AccountID{w.parents[1]}, Notices: map[portal.AccountID]db.Notice{w.parents[1]: {Kind: "compte", Subject: "Comptes réunis", Text: "t", HTML: "h"}}}
	stale := ask
	stale.Seen = "autre"
	if _, err := w.JoinFamilies(ctx, stale); portal.AsError(err) == nil {
		t.Fatalf("joined what was not shown: %v", err)
	}
	if _, err := w.JoinFamilies(ctx, ask); err != nil {
		t.Fatal(err)
	}
	w.wantClean(t)
	w.wantNothingOf(t, "famille", int64(w.families[1]))
	w.wantNothingOf(t, "enfant", int64(w.gone))
	w.wantNothingOf(t, "compte", int64(w.parents[0])) // the account of the second family was chosen to stay
	f, err := w.FamilyFile(ctx, w.structure, w.families[0], true)
	if err != nil || len(f.Children) != 2 || len(f.Guardians) != 1 || len(f.Notes) != 1 || f.Street != "2 rue des Écoles" {
		t.Errorf("the family is %+v %v", f, err)
	}
	if got := strings.Join(f.Guardians[0].Emails, " "); got != "claire1@exemple.fr claire0@exemple.fr" {
		t.Errorf("addresses: %s", got)
	}
	if got := w.h.scalar("SELECT count(*) FROM outbox WHERE subject = 'Comptes réunis'"); got != "2" {
		t.Errorf("%s addresses are told", got)
	}
	if _, err := w.Receipt(ctx, w.parents[1], receipt.Number); err != nil {
		t.Error(err)
	}
	if got := strings.Join(w.followed(t, 1, portal.FollowFilter{Child: w.kept}), "\n"); !strings.Contains(got, "2026-12-03") || !strings.Contains(got, "2026-12-04") {
		t.Errorf("the family follows\n%s", got)
	}
	if list, total, err := w.Families(ctx, w.structure, db.FamilyAsk{Search: "famille0000", Manager: true}, 0, 10); err != nil || total != 1 || list[0].ID != w.families[0] {
		t.Errorf("the search finds %+v %v", list, err)
	}
	// A number that is gone is nobody else's.
	id, err := w.CreateFamily(ctx, w.structure, w.by, portal.Family{Name: "NOUVELLE"}, "formulaire-nouvelle")
	if err != nil || id <= w.families[1] {
		t.Errorf("the next family is %d %v", id, err)
	}
}

// TestJoinRefusals: what is not a duplicate, and what cannot be joined from here, is told with what to do.
func TestJoinRefusals(t *testing.T) {
	s := newShared(t)
	s.share(t, s.rule())
	plan, err := s.JoiningFamilies(ctx, s.structure, s.families[0], s.families[1])
	if err != nil || !strings.Contains(plan.Refused, "ce sont deux foyers, pas un doublon") {
		t.Errorf("two homes: %v %v", plan, err)
	}
	ask := db.FamilyJoinAsk{JoinAsk: db.JoinAsk{Structure: s.structure, By: s.by, Kept: int64(s.families[0]), Gone: int64(s.families[1]), Seen: plan.Version}}
	if _, err := s.JoinFamilies(ctx, ask); portal.AsError(err) == nil {
		t.Errorf("two homes were joined: %v", err)
	}
	if _, err := s.JoiningFamilies(ctx, s.structure+1, s.families[0], s.families[1]); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindNotFound {
		t.Errorf("from another structure: %v", err)
	}
	if plan, err := s.JoiningFamilies(ctx, s.structure, s.families[0], s.families[0]); err != nil || plan.Refused == "" {
		t.Errorf("a family with itself: %v", err)
	}
	// A third household that is the second one, typed twice: the rule of custody follows.
	third, err := s.CreateFamily(ctx, s.structure, s.by, portal.Family{Name: "FAMILLE0001"}, "formulaire-trois")
	if err != nil {
		t.Fatal(err)
	}
	plan, err = s.JoiningFamilies(ctx, s.structure, third, s.families[1])
	if err != nil || plan.Refused != "" {
		t.Fatalf("%v %v", plan, err)
	}
	ask.Kept, ask.Seen = int64(third), plan.Version
	if _, err := s.JoinFamilies(ctx, ask); err != nil {
		t.Fatal(err)
	}
	sheet, err := s.CustodySheet(ctx, s.structure, s.child)
	if err != nil || sheet.Rule.B != third || sheet.Rule.Even != third {
		t.Errorf("the rule is %+v %v", sheet.Rule, err)
	}
	// Agents' accounts stay apart.
	h := &hall{Store: s.Store, t: t, structure: s.structure, clock: s.clock}
	h.raw("INSERT INTO staff (account_id, structure_id, role) VALUES (?, ?, 'agent')", s.parents[1], s.structure)
	twin, err := s.JoiningAccounts(ctx, s.structure, s.parents[0], s.parents[1])
	if err != nil || !strings.Contains(twin.Refused, "agent de la mairie") {
		t.Errorf("an agent: %v %v", twin, err)
	}
	if err := s.ArchiveFamily(ctx, s.structure, s.by, third); err != nil {
		t.Fatal(err)
	}
	if plan, err := s.JoiningFamilies(ctx, s.structure, s.families[0], third); err != nil || !strings.Contains(plan.Refused, "archivée") {
		t.Errorf("archived: %v %v", plan, err)
	}
}

// TestJoinLeavesTakenRights: a right that one of two files took away is not given back by joining them.
func TestJoinLeavesTakenRights(t *testing.T) {
	w := newTwins(t, 5)
	if _, err := w.LinkGuardian(ctx, w.structure, w.by, w.families[1], w.parents[0], portal.Rights{Legal: true}, "formulaire-lien"); err != nil {
		t.Fatal(err)
	}
	w.wantRightsRefused(t)
	plan, err := w.JoiningFamilies(ctx, w.structure, w.families[0], w.families[1])
	if err != nil || len(plan.Lessened) != 1 || len(plan.Children) != 2 || plan.Children[0].Refused != "" {
		t.Fatalf("%v %v", plan, err)
	}
	if _, err := w.JoinFamilies(ctx, db.FamilyJoinAsk{JoinAsk: w.ask(int64(w.families[0]), int64(w.families[1]), plan.Version, nil), Children: []portal.ChildID{w.gone, w.children[1][1]}}); err != nil {
		t.Fatal(err)
	}
	if kids, err := w.Children(ctx, w.parents[0]); err != nil || len(kids) != 0 {
		t.Errorf("who may not see finds %v %v", kids, err)
	}
}

func (w *twins) wantRightsRefused(t *testing.T) {
	t.Helper()
	plan, err := w.JoiningChildren(ctx, w.structure, w.kept, w.gone)
	if err != nil || !strings.Contains(plan.Refused, "n’a pas les mêmes droits dans les familles des deux fiches") || !strings.Contains(plan.Refused, "réunissez d’abord les familles") {
		t.Fatalf("%v %v", plan, err)
	}
	if _, err := w.JoinChildren(ctx, w.ask(int64(w.kept), int64(w.gone), plan.Version, nil)); portal.AsError(err) == nil {
		t.Errorf("a right comes back: %v", err)
	}
}

// TestJoinTwinsWithOtherRights: likewise when the person has an account in each family, which the page of the families says.
func TestJoinTwinsWithOtherRights(t *testing.T) {
	for _, right := range []string{"may_see", "may_book", "may_pick_up"} {
		for parent := range 2 {
			w := newTwins(t, 5)
			w.h.raw("UPDATE guardian SET "+right+" = 0 WHERE account_id = ?", w.parents[parent])
			w.wantRightsRefused(t)
			plan, err := w.JoiningFamilies(ctx, w.structure, w.families[0], w.families[1])
			if err != nil || len(plan.Unequal) != 1 || plan.Unequal[0].Kept.ID != w.parents[0] || plan.Children[0].Refused != "" {
				t.Errorf("%s: %+v %v", right, plan, err)
			}
		}
	}
	w := newTwins(t, 5) // somebody else's rights are no matter
	w.h.raw("UPDATE guardian SET may_see = 0 WHERE account_id = ?", w.parents[1])
	w.h.raw("UPDATE account SET first_name = 'Rose' WHERE id = ?", w.parents[1])
	w.join(t, nil)
}

// TestJoinAccounts: two accounts whose forms had the same keys, and whose rights differ in a family: the least stay, told before
// and in the log; what changes meanwhile is seen; families of another structure are not named.
func TestJoinAccounts(t *testing.T) {
	w := newTwins(t, 5)
	w.change(t, w.canteen, func(a *portal.Activity) { a.Annual = true })
	for parent := range 2 {
		w.want(t, parent, 0, w.canteen, "2026-12-03", true)
		w.confirm(t, parent, "formulaire-meme") // one key, for two accounts
		w.register(t, parent, w.wish(parent, w.canteen, "2026-12-07", portal.Monday))
	}
	w.h.raw("UPDATE registration_version SET form_key = 'inscription-meme'")
	if _, err := w.LinkGuardian(ctx, w.structure, w.by, w.families[0], w.parents[1], portal.Rights{Legal: true, See: true}, "formulaire-lien"); err != nil {
		t.Fatal(err)
	}
	look := func() *db.AccountJoin {
		t.Helper()
		plan, err := w.JoiningAccounts(ctx, w.structure, w.parents[0], w.parents[1])
		if err != nil || plan.Refused != "" {
			t.Fatalf("%v %v", plan, err)
		}
		return plan
	}
	plan := look()
	if len(plan.Lessened) != 1 || len(plan.TwoNames) != 0 || len(plan.GoneHomes) != 2 {
		t.Errorf("%+v", plan)
	}
	w.h.raw("UPDATE account SET first_name = 'Rose' WHERE id = ?", w.parents[1])
	if two := look(); len(two.TwoNames) != 1 {
		t.Errorf("two first names: %+v", two)
	}
	w.h.raw("UPDATE account SET first_name = 'Claire' WHERE id = ?", w.parents[1])
	w.h.raw("UPDATE guardian SET may_pick_up = 1 - may_pick_up WHERE account_id = ? AND family_id = ?", w.parents[1], w.families[1])
	if err := w.JoinAccounts(ctx, w.ask(int64(w.parents[0]), int64(w.parents[1]), plan.Version, nil), db.Notice{Kind: "compte", Subject: "Comptes réunis", Text: "t", HTML: "h"}); portal.AsError(err) == nil {
		t.Fatalf("rights that were not shown: %v", err)
	}
	if err := w.JoinAccounts(ctx, w.ask(int64(w.parents[0]), int64(w.parents[1]), look().Version, nil), db.Notice{Kind: "compte", Subject: "Comptes réunis", Text: "t", HTML: "h"}); err != nil {
		t.Fatal(err)
	}
	w.wantClean(t)
	w.wantNothingOf(t, "compte", int64(w.parents[1]))
	if got := w.h.scalar("SELECT (SELECT count(*) FROM receipt WHERE account_id = ?1) || ' ' || (SELECT count(DISTINCT form_key) FROM registration_version WHERE account_id = ?1)", w.parents[0]); got != "2 2" {
		t.Errorf("receipts and forms: %s", got)
	}
	if got := w.h.scalar("SELECT may_see || ' ' || may_book FROM guardian WHERE account_id = ? AND family_id = ?", w.parents[0], w.families[0]); got != "1 0" {
		t.Errorf("rights: %s", got)
	}
	if got := w.h.scalar("SELECT changes FROM staff_event WHERE subject = 'compte' AND subject_id = ?", w.parents[0]); !strings.Contains(got, "Droits, les moindres des deux comptes") {
		t.Errorf("the audit log says %s", got)
	}
	neighbour, err := w.CreateStructure(ctx, portal.Structure{Name: "Mairie voisine", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	w.h.raw("INSERT INTO family (id, structure_id, name, created_at) VALUES (900, ?, 'AILLEURS', 1)", neighbour)
	w.h.raw("INSERT INTO guardian (family_id, account_id, legal, may_see, may_book, may_pick_up) VALUES (900, ?, 1, 1, 1, 1)", w.parents[0])
	away, err := w.JoiningAccounts(ctx, w.structure, w.parents[0], w.parents[2])
	if err != nil || slices.Contains(away.KeptHomes, "AILLEURS") || len(away.KeptHomes) != 2 || away.Refused == "" {
		t.Errorf("%+v %v", away, err)
	}
}

// TestJoinAnswersRequests: of two requests for one day the one that goes is answered, with its reason, and told; one whose day
// is given up by the other file stays.
func TestJoinAnswersRequests(t *testing.T) {
	w := newTwins(t, 5)
	for i, child := range []portal.ChildID{w.kept, w.gone} {
		w.h.raw("INSERT INTO request (child_id, activity_id, day, account_id, since) VALUES (?, ?, '2026-12-08', ?, 1)", child, w.canteen, w.parents[i])
	}
	study := w.list(t, "ÉTUDE", portal.WaitNight, places(5))
	w.h.raw("UPDATE activity SET starts = '17:00', ends = '18:00' WHERE id = ?", study)
	w.want(t, 0, 0, w.evening, "2026-12-03", true)
	w.confirm(t, 0, "premier")
	w.want(t, 1, 0, study, "2026-12-03", true)
	w.confirm(t, 1, "second")
	w.h.raw("INSERT INTO request (child_id, activity_id, day, account_id, since) VALUES (?, ?, '2026-12-03', ?, 1)", w.kept, study, w.parents[0])
	plan := w.join(t, nil)
	if len(plan.Asked) != 1 || !strings.Contains(plan.Asked[0].Words(), "Le mardi 8 décembre 2026") || !strings.Contains(plan.Asked[0].Words(), "dans les deux fiches") {
		t.Errorf("announced: %+v", plan.Asked)
	}
	if got := w.h.scalar("SELECT group_concat(account_id || ' ' || day, ', ') FROM (SELECT * FROM request WHERE child_id = ? ORDER BY day)", w.kept); got != fmt.Sprintf("%d 2026-12-03, %d 2026-12-08", w.parents[0], w.parents[0]) {
		t.Errorf("asked: %s", got)
	}
	if got := w.h.scalar("SELECT m.account_id || ' ' || m.outcome || ' ' || m.reason FROM movement m JOIN answer a ON a.movement_id = m.id"); got != fmt.Sprintf("%d refused deux fiches de l’enfant ont été réunies, et ce jour est déjà demandé sur l’autre", w.parents[1]) {
		t.Errorf("answered: %s", got)
	}
}

// TestJoinRegistrations: of two registrations of one activity, the one too many is stopped without a day lost; the other one
// then has them, and gives them up when it stops too.
func TestJoinRegistrations(t *testing.T) {
	for first := range 2 { // whichever is stopped first
		w := newTwins(t, 5)
		w.change(t, w.canteen, func(a *portal.Activity) { a.Annual, a.NoticeDays = true, 2 })
		var ids [2]portal.RegistrationID
		for parent := range ids {
			wish := w.wish(parent, w.canteen, "2026-11-30", portal.Monday, []portal.Weekday{portal.Tuesday, portal.Thursday}[parent])
			wish.Last = portal.MustDate("2026-12-18")
			ids[parent] = w.register(t, parent, wish)
		}
		w.night(t, "2026-11-24")
		plan := w.join(t, nil)
		if len(plan.Registered) != 1 {
			t.Fatalf("announced: %v", plan.Registered)
		}
		w.wantBooked(t, 0, w.canteen, "2026-12", "1 3 7 8 10 14 15 17")
		stop := func(parent int) {
			t.Helper()
			wish := db.RegistrationWish{Registration: portal.Registration{ID: ids[parent], Child: w.kept, First: portal.MustDate("2026-12-01")}, Stop: true}
			w.register(t, parent, wish)
		}
		preview, err := w.PreviewRegistration(ctx, w.parents[first], db.RegistrationWish{Registration: portal.Registration{ID: ids[first], Child: w.kept, First: portal.MustDate("2026-12-01")}, Stop: true})
		if err != nil {
			t.Fatal(err)
		}
		said := map[portal.RegistrationAct]int{}
		for _, s := range preview.Steps {
			said[s.Act]++
		}
		stop(first)
		w.night(t, "2026-11-25")
		want := []string{"3 7 10 14 17", "1 7 8 14 15"}[first]
		w.wantBooked(t, 0, w.canteen, "2026-12", want)
		if said[portal.RegistrationRemoves] != 3 || said[portal.RegistrationHands]+said[portal.RegistrationByHand] != 2 {
			t.Errorf("the preview says %v", said)
		}
		stop(1 - first)
		w.night(t, "2026-11-26")
		w.wantBooked(t, 0, w.canteen, "2026-12", "")
		w.wantClean(t)
	}
}

// TestEraseAfterJoin: an erasure takes the words out of what was written under the numbers that a file had before.
func TestEraseAfterJoin(t *testing.T) {
	w := newTwins(t, 5)
	w.h.raw("UPDATE child SET first_name = 'Canarinette' WHERE id IN (?, ?)", w.kept, w.gone)
	study := w.list(t, "ÉTUDE", portal.WaitNight, places(5)) // does not go with the evening
	w.h.raw("UPDATE activity SET starts = '17:00', ends = '18:00' WHERE id = ?", study)
	for parent, activity := range []portal.ActivityID{w.evening, study} {
		w.want(t, parent, 0, activity, "2026-12-03", true)
		w.confirm(t, parent, fmt.Sprintf("soir-%d", parent))
		w.h.raw("INSERT INTO request (child_id, activity_id, day, account_id, since) VALUES (?, ?, '2026-12-08', ?, 1)", w.children[parent][0], w.canteen, w.parents[parent])
	}
	if err := w.SaveCare(ctx, w.structure, w.by, w.gone, portal.Care{Allergies: "Kiwi"}, portal.Version(portal.Care{}.Facts())); err != nil {
		t.Fatal(err)
	}
	w.join(t, nil)
	if got := w.h.scalar("SELECT count(*) FROM movement WHERE child_id = ? AND reason LIKE '%fiches de l’enfant%'", w.kept); got != "2" {
		t.Fatalf("%s movements say why", got)
	}
	if got := w.h.scalar("SELECT count(*) FROM staff_event WHERE words LIKE '%Canarinette%' AND subject_id = ?", w.gone); got != "1" {
		t.Fatalf("%s lines name the child", got)
	}
	w.clock.Set(paris("2026-12-20 09:00:00")) // nothing is to come
	_, admin := w.h.staffed("DURAND", portal.Administrator)
	if err := w.EraseChild(ctx, w.structure, admin, w.kept); err != nil {
		t.Fatal(err)
	}
	w.h.wantNowhere("Canarinette")
	w.wantClean(t)
}

// TestJoinTakesExchangesAlong: what two households exchanged follows the file that stays; two files that were two homes, and
// are one now, keep no proposal of one to the other.
func TestJoinTakesExchangesAlong(t *testing.T) {
	s := newShared(t)
	s.share(t, s.rule())
	id := s.propose(t, 0, 1, portal.ExchangeAsk{Day: portal.MustDate("2026-12-08"), Takes: true})
	third, err := s.CreateFamily(ctx, s.structure, s.by, portal.Family{Name: "FAMILLE0001"}, "formulaire-trois")
	if err != nil {
		t.Fatal(err)
	}
	join := func(kept portal.FamilyID) {
		t.Helper()
		gone := s.families[1]
		if kept == s.families[0] {
			gone = third
		}
		plan, err := s.JoiningFamilies(ctx, s.structure, kept, gone)
		if err != nil || plan.Refused != "" {
			t.Fatalf("%v %v", plan, err)
		}
		if _, err := s.JoinFamilies(ctx, db.FamilyJoinAsk{JoinAsk: db.JoinAsk{Structure: s.structure, By: s.by, Kept: int64(kept), Gone: int64(gone), Seen: plan.Version}}); err != nil {
			t.Fatal(err)
		}
	}
	join(third)
	if got := s.answer(1, id, true); got != "" {
		t.Errorf("the proposal followed, and is refused: %s", got)
	}
	if got := s.text(t, "SELECT family_id FROM custody_day WHERE child_id = ? AND day = '2026-12-08'", s.child); got != fmt.Sprint(s.families[0]) {
		t.Errorf("the day is of family %s", got)
	}
	if plan, err := s.JoiningAccounts(ctx, s.structure, s.parents[1], s.parents[0]); err != nil || !strings.Contains(plan.Refused, "d’un même enfant dans deux foyers (Amalia)") {
		t.Errorf("the two parents: %v %v", plan, err)
	}
	// The log keeps the account of who agreed: of two accounts of one person, that one stays, even when the proposal is gone, and
	// the words about the child with it.
	twice, err := s.AddGuardian(ctx, s.structure, s.by, third, portal.GuardianFile{Civility: "Mme", LastName: "FAMILLE0001", FirstName: "Claire", Rights: portal.AllRights()}, "formulaire-double")
	if err != nil {
		t.Fatal(err)
	}
	wantKept := func(when string) {
		t.Helper()
		if plan, err := s.JoiningAccounts(ctx, s.structure, twice, s.parents[1]); err != nil || !strings.Contains(plan.Refused, "Gardez plutôt celui-ci.") {
			t.Errorf("%s: %v %v", when, plan, err)
		}
		if plan, err := s.JoiningAccounts(ctx, s.structure, s.parents[1], twice); err != nil || plan.Refused != "" {
			t.Errorf("%s: %v %v", when, plan, err)
		}
	}
	wantKept("agreed")
	s.sql(t, "DELETE FROM exchange WHERE id = ?", string(id))
	wantKept("the proposal is gone")
	s.sql(t, "UPDATE staff_event SET words = ?, changes = '[]' WHERE subject = 'enfant'", portal.Blanked)
	wantKept("the words are gone")
	// Whoever was an agent besides is one for ever.
	if err := s.WriteNote(ctx, s.structure, s.parents[1], third, "Rappeler", "formulaire-note"); err != nil {
		t.Fatal(err)
	}
	if plan, err := s.JoiningAccounts(ctx, s.structure, s.parents[1], twice); err != nil || !strings.Contains(plan.Refused, "agent de la mairie") {
		t.Errorf("an agent of before: %v %v", plan, err)
	}
	if err := s.RemoveCustody(ctx, s.structure, s.by, s.child, s.version(t)); err != nil {
		t.Fatal(err)
	}
	join(s.families[0])
	if got := s.text(t, "SELECT count(*) FROM exchange"); got != "0" {
		t.Errorf("%s proposals of a household to itself", got)
	}
}
