package db_test

import (
	"fmt"
	"strings"
	"testing"

	"marelle/db"
	"marelle/portal"
)

// raw runs SQL beside the store, for what no operation makes.
func (tn *town) raw(t *testing.T, query string, args ...any) {
	t.Helper()
	(&hall{Store: tn.Store, t: t}).raw(query, args...)
}

// followed writes what a parent follows in short: « add 2026-12-02 booked vous ».
func (tn *town) followed(t *testing.T, parent int, f portal.FollowFilter) []string {
	t.Helper()
	list, err := tn.Follow(ctx, tn.parents[parent], f, 0, db.AllLines)
	if err != nil {
		t.Fatal(err)
	}
	if list.Total != len(list.Lines) {
		t.Errorf("%d lines of %d", len(list.Lines), list.Total)
	}
	var lines []string
	for _, l := range list.Lines {
		got, _ := l.Result()
		lines = append(lines, fmt.Sprintf("%s %s %s %s", l.Action, l.Day, got, l.Who(tn.parents[parent])))
	}
	return lines
}

func wantLines(t testing.TB, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func (tn *town) transmit(t *testing.T, date string) {
	t.Helper()
	if _, err := tn.Transmit(ctx, tn.structure, portal.MustDate(date)); err != nil {
		t.Fatal(err)
	}
}

func TestFollowFilters(t *testing.T) {
	tn := newTown(t, 2, 5)
	tn.want(t, 0, 0, tn.canteen, "2026-11-30", true)
	tn.want(t, 0, 1, tn.wednesday, "2026-12-02", true)
	tn.confirm(t, 0, "première")
	tn.clock.Set(paris("2026-11-24 02:00:00"))
	tn.transmit(t, "2026-11-24")
	tn.want(t, 0, 0, tn.canteen, "2026-11-30", false)
	tn.want(t, 0, 0, tn.canteen, "2027-01-04", true)
	tn.confirm(t, 0, "seconde")

	wantLines(t, tn.followed(t, 0, portal.FollowFilter{}), "add 2027-01-04 booked vous", "remove 2026-11-30 cancelled vous", "add 2026-12-02 booked vous", "add 2026-11-30 booked vous")
	wantLines(t, tn.followed(t, 0, portal.FollowFilter{Pending: true}), "add 2027-01-04 booked vous", "remove 2026-11-30 cancelled vous")
	wantLines(t, tn.followed(t, 0, portal.FollowFilter{Child: tn.children[0][1]}), "add 2026-12-02 booked vous")
	wantLines(t, tn.followed(t, 0, portal.FollowFilter{Activity: tn.wednesday}), "add 2026-12-02 booked vous")
	wantLines(t, tn.followed(t, 0, portal.FollowFilter{From: portal.MustDate("2026-12-02"), To: portal.MustDate("2026-12-02")}), "add 2026-12-02 booked vous")
	wantLines(t, tn.followed(t, 0, portal.FollowFilter{From: portal.MustDate("2027-01-01")}), "add 2027-01-04 booked vous")
	wantLines(t, tn.followed(t, 1, portal.FollowFilter{}))

	foreign := portal.FollowFilter{Child: tn.children[1][0]}
	_, one := tn.Follow(ctx, tn.parents[0], foreign, 0, 10)
	_, two := tn.Follow(ctx, tn.parents[0], portal.FollowFilter{Child: 999_999}, 0, 10)
	if one == nil || two == nil || one.Error() != two.Error() || portal.AsError(one).Kind != portal.KindNotFound {
		t.Errorf("foreign: %v; absent: %v", one, two)
	}
	if _, err := tn.Reservations(ctx, tn.parents[0], foreign); portal.AsError(err) == nil {
		t.Errorf("bookings of another family's child: %v", err)
	}
	if _, err := tn.Follow(ctx, tn.parents[0], portal.FollowFilter{Activity: 999_999}, 0, 10); portal.AsError(err) == nil {
		t.Error("an activity that does not exist was accepted")
	}

	page, err := tn.Follow(ctx, tn.parents[0], portal.FollowFilter{}, 3, 2)
	if err != nil || page.Total != 4 || len(page.Lines) != 1 || page.Lines[0].Day != portal.MustDate("2026-11-30") {
		t.Errorf("the page from the fourth line on: %+v %v", page, err)
	}
}

// TestRefusedLeavesWithTheNight: what was refused is « what was just done » until the next night only.
func TestRefusedLeavesWithTheNight(t *testing.T) {
	tn := newTown(t, 1, 5)
	tn.want(t, 0, 0, tn.canteen, "2026-11-30", true)
	tn.clock.Set(paris("2026-11-26 09:00:01"))
	tn.confirm(t, 0, "trop tard")
	wantLines(t, tn.followed(t, 0, portal.FollowFilter{Pending: true}), "add 2026-11-30 refused vous")
	tn.clock.Set(paris("2026-11-27 02:00:00"))
	for _, d := range []string{"2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27"} {
		tn.transmit(t, d)
	}
	wantLines(t, tn.followed(t, 0, portal.FollowFilter{Pending: true}))
	wantLines(t, tn.followed(t, 0, portal.FollowFilter{}), "add 2026-11-30 refused vous")
}

// TestWhoIsFollowed: the other parent of the family and the town hall are shown, the other household of a child is not.
func TestWhoIsFollowed(t *testing.T) {
	tn := newTown(t, 3, 5)
	// Account 1 becomes the second guardian of family 0; the first child of family 0 is also family 2's.
	tn.raw(t, "INSERT INTO guardian (family_id, account_id) SELECT family_id, ? FROM guardian WHERE account_id = ?", tn.parents[1], tn.parents[0])
	tn.raw(t, "INSERT INTO family_child (family_id, child_id) SELECT family_id, ? FROM guardian WHERE account_id = ?", tn.children[0][0], tn.parents[2])
	tn.children[1] = append(tn.children[1], tn.children[0][0])
	tn.children[2] = append(tn.children[2], tn.children[0][0])
	tn.want(t, 0, 0, tn.canteen, "2026-11-30", true)
	tn.confirm(t, 0, "mère")
	tn.clock.Set(paris("2026-11-23 09:10:00"))
	tn.want(t, 1, 2, tn.canteen, "2026-12-01", true)
	tn.want(t, 1, 0, tn.canteen, "2026-12-01", true) // a child of account 1 alone
	tn.confirm(t, 1, "père")
	tn.clock.Set(paris("2026-11-23 09:20:00"))
	tn.want(t, 2, 2, tn.canteen, "2026-12-03", true)
	tn.confirm(t, 2, "autre foyer")
	letter, err := tn.CreateStaff(ctx, tn.structure, portal.Identity{LastName: "PUJOL", FirstName: "Étienne"}, portal.Manager)
	if err != nil {
		t.Fatal(err)
	}
	tn.raw(t, `INSERT INTO movement (structure_id, account_id, child_id, activity_id, day, action, arrival, departure, at, outcome)
		VALUES (?, ?, ?, ?, '2026-12-04', 'change', '12:00', '13:00', ?, 'booked')`, tn.structure, letter.Person.ID, tn.children[0][0], tn.canteen, paris("2026-11-23 09:30:00").UnixMilli())

	wantLines(t, tn.followed(t, 0, portal.FollowFilter{}), "change 2026-12-04 booked la mairie", "add 2026-12-01 booked Mme FAMILLE0001 Claire", "add 2026-11-30 booked vous")
	wantLines(t, tn.followed(t, 2, portal.FollowFilter{}), "change 2026-12-04 booked la mairie", "add 2026-12-03 booked vous")
	list, err := tn.Follow(ctx, tn.parents[0], portal.FollowFilter{}, 0, 1)
	if err != nil || list.Lines[0].Hours != (portal.Hours{Arrival: portal.Clock(12, 0), Departure: portal.Clock(13, 0)}) {
		t.Errorf("hours: %+v %v", list.Lines, err)
	}
}

func TestReservations(t *testing.T) {
	tn := newTown(t, 3, 1)
	for i := range 2 {
		tn.want(t, i, 0, tn.wednesday, "2026-12-02", true)
		tn.confirm(t, i, fmt.Sprint("famille-", i))
	}
	tn.want(t, 1, 1, tn.canteen, "2026-11-30", true)
	tn.want(t, 1, 0, tn.canteen, "2026-12-01", true)
	tn.confirm(t, 1, "cantine")
	tn.raw(t, "UPDATE booking SET day = '2026-11-20' WHERE child_id = ? AND day = '2026-12-01'", tn.children[1][0]) // past by now
	list, err := tn.Reservations(ctx, tn.parents[1], portal.FollowFilter{From: portal.MustDate("2026-01-01")})
	if err != nil || len(list.Lines) != 2 {
		t.Fatalf("%+v %v", list, err)
	}
	w, c := list.Lines[0], list.Lines[1]
	if w.Child.ID != tn.children[1][0] || w.Status != portal.Waiting || w.Rank != 1 || !w.Limit.At.Equal(paris("2026-11-27 12:00:00")) {
		t.Errorf("waiting: %+v", w)
	}
	if c.Child.ID != tn.children[1][1] || c.Status != portal.Booked || c.Activity.ID != tn.canteen || !c.Limit.At.Equal(paris("2026-11-26 09:00:00")) || !c.Since.Equal(paris("2026-11-23 09:00:00")) {
		t.Errorf("booked: %+v", c)
	}
	only, err := tn.Reservations(ctx, tn.parents[1], portal.FollowFilter{Activity: tn.canteen, Child: tn.children[1][0]})
	if err != nil || len(only.Lines) != 0 {
		t.Errorf("canteen of the first child: %+v %v", only.Lines, err)
	}
	none, err := tn.Reservations(ctx, tn.parents[2], portal.FollowFilter{})
	if err != nil || len(none.Lines) != 0 || len(none.Children) != 2 {
		t.Errorf("another family: %+v %v", none, err)
	}
}

func TestConsumptions(t *testing.T) {
	tn := newTown(t, 2, 1)
	for i := range 2 {
		tn.want(t, i, 0, tn.wednesday, "2026-12-02", true)
		tn.confirm(t, i, fmt.Sprint("mercredi-", i))
	}
	for _, day := range []string{"2026-11-30", "2026-12-01", "2026-12-03", "2026-12-04"} {
		tn.want(t, 1, 0, tn.canteen, day, true)
	}
	tn.confirm(t, 1, "cantine")
	tell := func(action, outcome, day string) {
		tn.raw(t, "INSERT INTO movement (structure_id, account_id, child_id, activity_id, day, action, at, outcome) VALUES (?, ?, ?, ?, ?, ?, 1, ?)",
			tn.structure, tn.parents[1], tn.children[1][0], tn.canteen, day, action, outcome)
	}
	tell("absent", "absent", "2026-12-01")
	tell("absent", "absent", "2026-12-03")
	tell("present", "booked", "2026-12-03") // after all
	tell("absent", "refused", "2026-11-30")
	tn.clock.Set(paris("2026-12-04 18:00:00"))

	say := func(h *db.History, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, l := range h.Lines {
			words = append(words, l.Day.String()+" "+string(l.Presence))
		}
		return strings.Join(words, ", ")
	}
	if got := say(tn.Consumptions(ctx, tn.parents[1], portal.Month{})); got != "2026-12-01 absence, 2026-12-03 reserve, 2026-12-02 attente" {
		t.Errorf("December: %s", got)
	}
	if got := say(tn.Consumptions(ctx, tn.parents[1], portal.Month{Year: 2026, Month: 11})); got != "2026-11-30 reserve" {
		t.Errorf("November: %s", got)
	}
	if got := say(tn.Consumptions(ctx, tn.parents[0], portal.Month{Year: 2026, Month: 11})); got != "" {
		t.Errorf("another family: %s", got)
	}
	for _, m := range []portal.Month{{Year: 2026, Month: 10}, {Year: 2027, Month: 1}} {
		if _, err := tn.Consumptions(ctx, tn.parents[1], m); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindNotFound {
			t.Errorf("%s: %v", m, err)
		}
		if _, err := tn.HistoryMonth(ctx, tn.parents[1], m); portal.AsError(err) == nil {
			t.Errorf("payments of %s: %v", m, err)
		}
	}
	tn.clock.Set(paris("2027-03-01 08:00:00")) // months are kept as long as there is something in them
	h, err := tn.HistoryMonth(ctx, tn.parents[1], portal.Month{})
	if err != nil || h.First.String() != "2026-11" || h.Month.String() != "2027-03" {
		t.Errorf("%+v %v", h, err)
	}
}

func TestVerifyReceipt(t *testing.T) {
	tn := newTown(t, 2, 5)
	var receipts []*portal.Receipt
	for i, day := range []string{"2026-12-07", "2026-12-08", "2026-12-10"} {
		tn.want(t, i%2, 0, tn.canteen, day, true)
		receipts = append(receipts, tn.confirm(t, i%2, "vérifié-"+day))
	}
	faults := func(i int) string {
		t.Helper()
		v, err := tn.VerifyReceipt(ctx, tn.structure, receipts[i].Number)
		if err != nil {
			t.Fatal(err)
		}
		if v.Holder.LastName == "" || len(v.Receipt.Lines) != 1 || v.Others != 0 {
			t.Errorf("%+v", v)
		}
		var words []string
		for _, f := range v.Faults {
			words = append(words, map[portal.ReceiptFault]string{portal.ReceiptChanged: "changé", portal.ReceiptBeforeChanged: "précédent changé",
				portal.ReceiptUnlinked: "délié", portal.ReceiptNotFollowed: "non suivi"}[f])
		}
		return strings.Join(words, ", ")
	}
	want := func(what string, want ...string) {
		t.Helper()
		for i, w := range want {
			if got := faults(i); got != w {
				t.Errorf("%s: receipt %d says %q, want %q", what, i, got, w)
			}
		}
	}
	want("as given", "", "", "")
	tamper := func(what, query, back string, args ...any) func(...string) {
		return func(words ...string) {
			t.Helper()
			tn.raw(t, query, args...)
			want(what, words...)
			tn.raw(t, back, args...)
			want(what+", put back", "", "", "")
		}
	}
	tamper("a line", "UPDATE movement SET outcome = 'cancelled' WHERE receipt_id = ?", "UPDATE movement SET outcome = 'booked' WHERE receipt_id = ?", receipts[1].ID)("", "changé", "précédent changé")
	tamper("the instant", "UPDATE receipt SET at = at + 1 WHERE id = ?", "UPDATE receipt SET at = at - 1 WHERE id = ?", receipts[0].ID)("changé", "précédent changé", "")
	tamper("the holder", fmt.Sprintf("UPDATE receipt SET account_id = %d WHERE id = ?", tn.parents[1]), fmt.Sprintf("UPDATE receipt SET account_id = %d WHERE id = ?", tn.parents[0]), receipts[2].ID)("", "", "changé")

	// Sealed again after the change: it fits in itself, no longer in the chain.
	forged := *receipts[1]
	forged.Lines[0].Outcome = portal.OutcomeCancelled
	tn.raw(t, "UPDATE movement SET outcome = 'cancelled' WHERE receipt_id = ?", forged.ID)
	tn.raw(t, "UPDATE receipt SET hash = ? WHERE id = ?", forged.Seal(), forged.ID)
	want("sealed again", "", "non suivi", "délié")

	// Another structure's agents do not find it.
	other, err := tn.CreateStructure(ctx, portal.Structure{Name: "Syndicat", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	_, foreign := tn.VerifyReceipt(ctx, other, receipts[0].Number)
	_, absent := tn.VerifyReceipt(ctx, tn.structure, "2026-9999")
	if foreign == nil || absent == nil || foreign.Error() != absent.Error() || portal.AsError(foreign).Kind != portal.KindNotFound {
		t.Errorf("foreign: %v; absent: %v", foreign, absent)
	}
	if _, err := tn.VerifyReceipt(ctx, tn.structure, "n’importe quoi"); portal.AsError(err) == nil {
		t.Error(err)
	}
}
