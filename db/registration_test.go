package db_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"marelle/db"
	"marelle/portal"
)

// newYear is a town whose activities allow registrations for the year, with two days of notice; the evening has places
// for one child, and closes with the known school years.
func newYear(t testing.TB, families int) *town {
	t.Helper()
	tn := newTown(t, families, 1)
	setup, err := tn.Setup(ctx, tn.structure)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range setup.Activities {
		a.Annual, a.NoticeDays, a.Opening.Last = true, 2, 0
		tn.save(t, a)
	}
	return tn
}

func (tn *town) save(t testing.TB, a portal.Activity) {
	t.Helper()
	if _, err := tn.SaveActivity(ctx, a); err != nil {
		t.Fatal(err)
	}
}

func (tn *town) activity(t testing.TB, id portal.ActivityID) portal.Activity {
	t.Helper()
	setup, err := tn.Setup(ctx, tn.structure)
	if err != nil {
		t.Fatal(err)
	}
	return *setup.Activity(id)
}

// wish is a registration of a family's first child.
func (tn *town) wish(parent int, a portal.ActivityID, first string, days ...portal.Weekday) db.RegistrationWish {
	return db.RegistrationWish{Registration: portal.Registration{Child: tn.children[parent][0], Activity: a, First: portal.MustDate(first), Weekdays: portal.Days(days...)}}
}

var formKeys int

func (tn *town) register(t testing.TB, parent int, w db.RegistrationWish) portal.RegistrationID {
	t.Helper()
	formKeys++
	id, err := tn.AskRegistration(ctx, tn.parents[parent], fmt.Sprintf("inscription-%d", formKeys), w)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// night runs the night of a date a minute after its hour.
func (tn *town) night(t testing.TB, date string) *portal.Night {
	t.Helper()
	tn.clock.Set(paris(date + " 01:16:00"))
	n, err := tn.Transmit(ctx, tn.structure, portal.MustDate(date))
	if err != nil {
		t.Fatal(err)
	}
	if faults, err := tn.Audit(ctx); err != nil || len(faults) > 0 {
		t.Fatal(faults, err)
	}
	return n
}

// booked lists the days of a month that are saved for a family's first child, those of a waiting list with their rank.
func (tn *town) booked(t testing.TB, parent int, a portal.ActivityID, month string) string {
	t.Helper()
	m, err := portal.ParseMonth(month)
	if err != nil {
		t.Fatal(err)
	}
	c, err := tn.Calendar(ctx, tn.parents[parent], tn.children[parent][0], a, m)
	if err != nil {
		t.Fatal(err)
	}
	var days []string
	for _, s := range c.Slots {
		switch s.Status {
		case portal.Booked:
			days = append(days, fmt.Sprint(s.Day.Day()))
		case portal.Waiting:
			days = append(days, fmt.Sprintf("%d(%d)", s.Day.Day(), s.Rank))
		}
	}
	return strings.Join(days, " ")
}

func (tn *town) wantBooked(t testing.TB, parent int, a portal.ActivityID, month, want string) {
	t.Helper()
	if got := tn.booked(t, parent, a, month); got != want {
		t.Errorf("%s: %q, want %q", month, got, want)
	}
}

// transmitted lists what a night transmitted.
func (tn *town) transmitted(night string) (list []portal.Movement, err error) {
	_, lines, _, err := tn.NightAsked(ctx, tn.structure, portal.MustDate(night), portal.NightFilter{}, 0, db.AllLines)
	for _, l := range lines {
		list = append(list, l.Movement)
	}
	return list, err
}

// told lists what a night settled, in short: « add booked 2026-11-30 ».
func (tn *town) told(t testing.TB, night string) string {
	t.Helper()
	list, err := tn.transmitted(night)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, m := range list {
		got, rank := m.Result()
		line := fmt.Sprintf("%s %s %s", m.Action, got, m.Day)
		if rank > 0 {
			line += fmt.Sprintf(" %d", rank)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestRegistrationStarts(t *testing.T) {
	tn := newYear(t, 1)
	w := tn.wish(0, tn.canteen, "2026-11-30", portal.Monday, portal.Thursday)
	w.EveryOther, w.Last = true, portal.MustDate("2027-01-29")
	id := tn.register(t, 0, w)
	tn.wantBooked(t, 0, tn.canteen, "2026-11", "")
	n := tn.night(t, "2026-11-24")
	tn.wantBooked(t, 0, tn.canteen, "2026-11", "30")
	tn.wantBooked(t, 0, tn.canteen, "2026-12", "3 14 17") // 28 and 31 are holidays
	tn.wantBooked(t, 0, tn.canteen, "2027-01", "11 14 25 28")
	if n.Movements != 8 {
		t.Errorf("%d movements", n.Movements)
	}
	followed, err := tn.Follow(ctx, tn.parents[0], portal.FollowFilter{}, 0, 100)
	if err != nil || len(followed.Lines) != 8 {
		t.Fatal(followed, err)
	}
	for _, m := range followed.Lines {
		if m.Action != "add" || m.Final != portal.OutcomeBooked || m.Night != n.Date || m.Reason != "Inscription à l’année." || !m.At.Equal(paris("2026-11-23 09:00:00")) {
			t.Fatalf("%+v", m)
		}
	}
	again := tn.night(t, "2026-11-24")
	if again.Movements != 8 || tn.night(t, "2026-11-25").Movements != 0 {
		t.Error("the night after does it again")
	}
	reg, err := tn.Registration(ctx, tn.parents[0], id)
	if err != nil || reg.Pending != nil || len(reg.Course.Versions) != 1 {
		t.Fatal(reg, err)
	}
}

// TestRegistrationStops: what it booked is cancelled from that day on, what was booked by hand stays.
func TestRegistrationStops(t *testing.T) {
	tn := newYear(t, 1)
	id := tn.register(t, 0, tn.wish(0, tn.canteen, "2026-11-26", portal.Monday, portal.Tuesday))
	tn.want(t, 0, 0, tn.canteen, "2026-12-08", true) // a Tuesday, booked by hand before the night
	tn.want(t, 0, 0, tn.canteen, "2026-12-11", true) // a Friday
	tn.confirm(t, 0, "à la main")
	tn.night(t, "2026-11-24")
	tn.wantBooked(t, 0, tn.canteen, "2026-12", "1 7 8 11 14 15")
	w := db.RegistrationWish{Registration: portal.Registration{ID: id, First: portal.MustDate("2026-12-02")}, Stop: true}
	tn.register(t, 0, w)
	if _, err := tn.AskRegistration(ctx, tn.parents[0], "formulaire-deux", w); portal.AsError(err) == nil || !strings.HasPrefix(portal.AsError(err).Message, "Jusqu’à demain 1 h 15, cette inscription") {
		t.Errorf("changed a second time before the night: %v", err)
	}
	tn.night(t, "2026-11-25")
	tn.wantBooked(t, 0, tn.canteen, "2026-12", "1 8 11")
	tn.wantBooked(t, 0, tn.canteen, "2027-03", "")
	if told := tn.told(t, "2026-11-25"); !strings.HasPrefix(told, "remove cancelled 2026-12-07\nremove cancelled 2026-12-14") || strings.Contains(told, "add") {
		t.Error(told)
	}
	tn.night(t, "2027-05-25") // towards the next school year
	tn.wantBooked(t, 0, tn.canteen, "2027-09", "")
}

// TestRegistrationChanges: days kept are left alone, days added and removed follow the anchor.
func TestRegistrationChanges(t *testing.T) {
	tn := newYear(t, 1)
	w := tn.wish(0, tn.canteen, "2026-11-30", portal.Monday, portal.Thursday)
	w.EveryOther = true
	id := tn.register(t, 0, w)
	tn.night(t, "2026-11-24")
	change := db.RegistrationWish{Registration: portal.Registration{ID: id, First: portal.MustDate("2026-12-10"), EveryOther: true, Weekdays: portal.Days(portal.Tuesday, portal.Thursday),
		Last: portal.MustDate("2027-01-29")}}
	tn.register(t, 0, change)
	tn.night(t, "2026-11-25")
	tn.wantBooked(t, 0, tn.canteen, "2026-11", "30")
	tn.wantBooked(t, 0, tn.canteen, "2026-12", "3 15 17")
	tn.wantBooked(t, 0, tn.canteen, "2027-01", "12 14 26 28")
	tn.wantBooked(t, 0, tn.canteen, "2027-03", "")
	told := tn.told(t, "2026-11-25")
	for line, want := range map[string]bool{"remove cancelled 2026-12-14": true, "add booked 2026-12-15": true, "2026-12-17": false, "2026-12-03": false, "remove cancelled 2027-03-08": true} {
		if strings.Contains(told, line) != want {
			t.Errorf("%s: %v", line, !want)
		}
	}
	// The weeks of attendance become those of absence.
	swap := change
	swap.First, swap.Swap = portal.MustDate("2027-01-04"), true
	tn.register(t, 0, swap)
	tn.night(t, "2026-11-26")
	tn.wantBooked(t, 0, tn.canteen, "2026-12", "3 15 17")
	tn.wantBooked(t, 0, tn.canteen, "2027-01", "5 7 19 21")
}

// TestChangedByHand: a day cancelled on the calendar stays cancelled through changes, and belongs to the registration
// again when it is booked again.
func TestChangedByHand(t *testing.T) {
	tn := newYear(t, 1)
	id := tn.register(t, 0, tn.wish(0, tn.canteen, "2026-11-30", portal.Monday))
	tn.night(t, "2026-11-24")
	tn.want(t, 0, 0, tn.canteen, "2026-12-07", false)
	tn.want(t, 0, 0, tn.canteen, "2026-12-14", false)
	tn.confirm(t, 0, "annule")
	tn.night(t, "2026-11-25")
	tn.wantBooked(t, 0, tn.canteen, "2026-12", "")
	change := db.RegistrationWish{Registration: portal.Registration{ID: id, First: portal.MustDate("2026-12-01"), Weekdays: portal.Days(portal.Monday, portal.Tuesday)}}
	preview, err := tn.PreviewRegistration(ctx, tn.parents[0], change)
	if err != nil || len(preview.Steps) < 3 || preview.Steps[0].Act != portal.RegistrationAdds {
		t.Fatal(preview, err)
	}
	tn.register(t, 0, change)
	tn.night(t, "2026-11-26")
	tn.wantBooked(t, 0, tn.canteen, "2026-12", "1 8 15")
	// Removed from the pattern and back: the exception holds.
	change.First, change.Weekdays = portal.MustDate("2026-12-02"), portal.Days(portal.Tuesday)
	tn.register(t, 0, change)
	tn.night(t, "2026-11-27")
	change.First, change.Weekdays = portal.MustDate("2026-12-03"), portal.Days(portal.Monday, portal.Tuesday)
	tn.register(t, 0, change)
	tn.night(t, "2026-11-28")
	tn.wantBooked(t, 0, tn.canteen, "2026-12", "1 8 15")
	tn.wantBooked(t, 0, tn.canteen, "2027-01", "4 5 11 12 18 19 25 26")
	// Booked again: the registration's once more.
	tn.want(t, 0, 0, tn.canteen, "2026-12-14", true)
	tn.confirm(t, 0, "finalement")
	stop := db.RegistrationWish{Registration: portal.Registration{ID: id, First: portal.MustDate("2026-12-01")}, Stop: true}
	tn.register(t, 0, stop)
	tn.night(t, "2026-11-29")
	tn.wantBooked(t, 0, tn.canteen, "2026-12", "")
}

// TestRegistrationAndPlaces: no place and no list is a refusal with its reason; a list is joined, and served in the same
// night when a registration that stops gives a place back.
func TestRegistrationAndPlaces(t *testing.T) {
	tn := newYear(t, 2)
	for _, a := range []portal.ActivityID{tn.evening, tn.wednesday} {
		day := "2026-12-03"
		if a == tn.wednesday {
			day = "2026-12-02"
		}
		tn.want(t, 1, 0, a, day, true)
		tn.confirm(t, 1, fmt.Sprint("voisin-", a))
	}
	tn.register(t, 0, tn.wish(0, tn.evening, "2026-11-26", portal.Thursday))
	wednesdays := tn.register(t, 0, tn.wish(0, tn.wednesday, "2026-11-26", portal.Wednesday))
	n := tn.night(t, "2026-11-24")
	tn.wantBooked(t, 0, tn.evening, "2026-12", "10 17")
	tn.wantBooked(t, 0, tn.wednesday, "2026-12", "2(1) 9 16")
	told := tn.told(t, "2026-11-24")
	if !strings.Contains(told, "add refused 2026-12-03") || !strings.Contains(told, "add waiting 2026-12-02 1") {
		t.Error(told)
	}
	tn.clock.Set(n.Date.At(portal.Clock(7, 0)))
	_, reports, err := tn.Reports(ctx, tn.structure)
	if err != nil || len(reports) != 2 {
		t.Fatal(reports, err)
	}
	if others := reports[0].Others(); len(others) != 2 {
		t.Errorf("the report: %+v", others)
	} else if words := others[1].Days[0].Words(); words != "refusée : Inscription à l’année : il n’y avait plus de place." {
		t.Error(words)
	}
	// The neighbour registers for Wednesdays and waits behind; the first registration stops.
	tn.register(t, 1, tn.wish(1, tn.wednesday, "2026-11-26", portal.Wednesday))
	tn.night(t, "2026-11-25")
	tn.wantBooked(t, 1, tn.wednesday, "2026-12", "2 9(1) 16(1)")
	stop := db.RegistrationWish{Registration: portal.Registration{ID: wednesdays, First: portal.MustDate("2026-12-08")}, Stop: true}
	tn.register(t, 0, stop)
	tn.night(t, "2026-11-26")
	tn.wantBooked(t, 0, tn.wednesday, "2026-12", "2(1)")
	tn.wantBooked(t, 1, tn.wednesday, "2026-12", "2 9 16")
	if told := tn.told(t, "2026-11-26"); !strings.Contains(told, "remove cancelled 2026-12-09") || !strings.Contains(told, "promote booked 2026-12-09") {
		t.Error(told)
	}
}

// TestRegistrationGoesOn: from one school year to the next, once that is near; closed days are left out.
func TestRegistrationGoesOn(t *testing.T) {
	tn := newYear(t, 1)
	tn.register(t, 0, tn.wish(0, tn.canteen, "2026-11-30", portal.Tuesday))
	canteen := tn.activity(t, tn.canteen)
	canteen.Opening.Exceptions = []portal.Exception{{Day: portal.MustDate("2027-09-14"), Why: "travaux"}}
	canteen.Opening.Last = portal.MustDate("2027-07-02")
	tn.save(t, canteen)
	tn.night(t, "2026-11-24")
	tn.wantBooked(t, 0, tn.canteen, "2027-06", "1 8 15 22 29")
	for _, night := range []string{"2027-05-18", "2027-05-19", "2027-05-25"} {
		if n := tn.night(t, night); n.Movements != 0 {
			t.Errorf("%s: %d movements before the town opens the next year", night, n.Movements)
		}
	}
	canteen.Opening.Last = 0
	tn.save(t, canteen)
	if n := tn.night(t, "2027-05-26"); n.Movements == 0 {
		t.Fatal("the registration does not go on")
	}
	tn.wantBooked(t, 0, tn.canteen, "2027-06", "1 8 15 22 29")
	tn.wantBooked(t, 0, tn.canteen, "2027-07", "")
	tn.wantBooked(t, 0, tn.canteen, "2027-09", "7 21 28")
	tn.wantBooked(t, 0, tn.canteen, "2027-11", "9 16 23 30") // after the holidays and the change of clocks
	tn.wantBooked(t, 0, tn.canteen, "2028-02", "1 8 29")
	if n := tn.night(t, "2027-05-27"); n.Movements != 0 {
		t.Errorf("%d movements", n.Movements)
	}
}

// TestLateOpening: when the town opens a year late, days within the notice are not booked behind its back.
func TestLateOpening(t *testing.T) {
	tn := newYear(t, 1)
	canteen := tn.activity(t, tn.canteen)
	canteen.Opening.Last = portal.MustDate("2027-07-02")
	tn.save(t, canteen)
	tn.register(t, 0, tn.wish(0, tn.canteen, "2026-11-30", portal.Monday, portal.Tuesday, portal.Thursday, portal.Friday))
	tn.night(t, "2026-11-24")
	canteen.Opening.Last = 0
	tn.save(t, canteen)
	tn.night(t, "2027-09-13") // two days of notice: Wednesday 15
	tn.wantBooked(t, 0, tn.canteen, "2027-09", "16 17 20 21 23 24 27 28 30")
}

// TestLateNight: a night that runs days late gives what it would have given on time, and takes nothing that came after its hour.
func TestLateNight(t *testing.T) {
	tn := newYear(t, 2)
	tn.register(t, 0, tn.wish(0, tn.canteen, "2026-11-26", portal.Thursday))
	tn.clock.Set(paris("2026-11-24 01:15:00")) // the very hour belongs to the next night
	tn.register(t, 1, tn.wish(1, tn.canteen, "2026-11-27", portal.Friday))
	tn.clock.Set(paris("2026-11-30 10:00:00"))
	if _, err := tn.Transmit(ctx, tn.structure, portal.MustDate("2026-11-24")); err != nil {
		t.Fatal(err)
	}
	tn.wantBooked(t, 0, tn.canteen, "2026-11", "26")
	tn.wantBooked(t, 1, tn.canteen, "2026-11", "")
	if _, err := tn.Transmit(ctx, tn.structure, portal.MustDate("2026-11-25")); err != nil {
		t.Fatal(err)
	}
	tn.wantBooked(t, 1, tn.canteen, "2026-11", "27")
}

// TestInterruptedNight: stopped between any two transactions and run again, the night gives the same result.
func TestInterruptedNight(t *testing.T) {
	const families = 12 // each registers for about 100 days: two transactions of at most 1,000 movements
	fill := func() *town {
		tn := newYear(t, families)
		for i := range families {
			tn.register(t, i, tn.wish(i, tn.canteen, "2026-11-26", portal.Monday, portal.Tuesday, portal.Thursday, portal.Friday))
		}
		tn.clock.Set(paris("2026-11-24 01:16:00"))
		return tn
	}
	whole := fill()
	if n, err := whole.Transmit(ctx, whole.structure, portal.MustDate("2026-11-24")); err != nil || n.Movements <= 1000 {
		t.Fatalf("the night fits into one transaction: %+v %v", n, err)
	}
	want := whole.told(t, "2026-11-24")
	for name, stop := range map[string]string{
		"avant la première inscription": "UPDATE OF through ON registration WHEN NEW.id = 1",
		"au milieu des inscriptions":    "UPDATE OF through ON registration WHEN NEW.id = 11",
		"avant de fermer les demandes":  "UPDATE OF night_id ON movement WHEN NEW.id = 1",
		"au milieu des demandes":        "UPDATE OF night_id ON movement WHEN NEW.id = 1001",
		"avant d’écrire la nuit":        "UPDATE OF done_at ON night",
	} {
		tn := fill()
		tn.sql(t, "CREATE TRIGGER killed BEFORE "+stop+" BEGIN SELECT RAISE(ABORT, 'killed'); END")
		if _, err := tn.Transmit(ctx, tn.structure, portal.MustDate("2026-11-24")); err == nil {
			t.Errorf("%s: the night was not stopped", name)
		}
		if faults, err := tn.Audit(ctx); err != nil || len(faults) > 0 {
			t.Fatal(name, faults, err)
		}
		tn.sql(t, "DROP TRIGGER killed")
		tn.night(t, "2026-11-24")
		if got := tn.told(t, "2026-11-24"); got != want {
			t.Errorf("%s: the night is another one: %d lines, want %d", name, strings.Count(got, "\n"), strings.Count(want, "\n"))
		}
	}
}

func TestDropRegistrationRequest(t *testing.T) {
	tn := newYear(t, 2)
	id := tn.register(t, 0, tn.wish(0, tn.canteen, "2026-11-30", portal.Monday))
	if err := tn.DropRegistrationRequest(ctx, tn.parents[1], id); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindNotFound {
		t.Errorf("dropped by another family: %v", err)
	}
	if err := tn.DropRegistrationRequest(ctx, tn.parents[0], id); err != nil {
		t.Fatal(err)
	}
	if n := tn.night(t, "2026-11-24"); n.Movements != 0 {
		t.Errorf("%d movements", n.Movements)
	}
	if l, err := tn.Registrations(ctx, tn.parents[0]); err != nil || len(l.List) != 0 {
		t.Errorf("%+v %v", l, err)
	}
	id = tn.register(t, 0, tn.wish(0, tn.canteen, "2026-11-30", portal.Monday))
	held := func(leaving bool, night string) {
		t.Helper()
		reg, err := tn.Registration(ctx, tn.parents[0], id)
		if err != nil || reg.Pending == nil || reg.Leaving != leaving || !reg.Night.Equal(paris(night)) {
			t.Errorf("%+v %v", reg, err)
		}
	}
	held(false, "2026-11-25 01:15:00")
	tn.clock.Set(paris("2026-11-25 00:30:00"))
	held(false, "2026-11-25 01:15:00")
	tn.clock.Set(paris("2026-11-25 01:15:30")) // its night has come and runs late
	held(true, "2026-11-25 01:15:00")
	if err := tn.DropRegistrationRequest(ctx, tn.parents[0], id); portal.AsError(err) == nil {
		t.Error("dropped while it was being transmitted")
	}
	tn.night(t, "2026-11-25")
	stop := db.RegistrationWish{Registration: portal.Registration{ID: id, First: portal.MustDate("2026-11-30")}, Stop: true}
	tn.register(t, 0, stop)
	for range 2 { // pressed twice
		if err := tn.DropRegistrationRequest(ctx, tn.parents[0], id); err != nil {
			t.Fatal(err)
		}
	}
	tn.night(t, "2026-11-26")
	tn.wantBooked(t, 0, tn.canteen, "2026-11", "30")
}

// TestOneRegistrationAtATime: the second form, the second window and the other parent find the first one.
func TestOneRegistrationAtATime(t *testing.T) {
	tn := newYear(t, 2)
	w := tn.wish(0, tn.canteen, "2026-11-30", portal.Monday)
	var wg sync.WaitGroup
	ids := make([]portal.RegistrationID, 8)
	for i := range ids {
		wg.Go(func() {
			var err error
			if ids[i], err = tn.AskRegistration(ctx, tn.parents[0], "le-meme-formulaire", w); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id == 0 || id != ids[0] {
			t.Errorf("sent twice: %v", ids)
		}
	}
	_, err := tn.AskRegistration(ctx, tn.parents[0], "un-autre-formulaire", w)
	if e := portal.AsError(err); e == nil || e.Kind != portal.KindConflict || !strings.Contains(e.Message, "Modifiez-la") {
		t.Errorf("a second registration at the same dates: %v", err)
	}
	if l, err := tn.Registrations(ctx, tn.parents[0]); err != nil || len(l.List) != 1 || l.List[0].Pending == nil {
		t.Errorf("%+v %v", l, err)
	}
	for name, foreign := range map[string]db.RegistrationWish{
		"autre enfant":      {Registration: portal.Registration{Child: tn.children[1][0], Activity: tn.canteen, First: w.First, Weekdays: w.Weekdays}},
		"autre inscription": {Registration: portal.Registration{ID: ids[0] + 1, First: w.First, Weekdays: w.Weekdays}},
	} {
		if _, err := tn.AskRegistration(ctx, tn.parents[0], "formulaire-"+name, foreign); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := w
	other.ID = ids[0]
	if _, err := tn.PreviewRegistration(ctx, tn.parents[1], other); portal.AsError(err) == nil {
		t.Error("another family previews the registration")
	}
	a := tn.activity(t, tn.evening)
	a.Annual = false
	tn.save(t, a)
	if _, err := tn.AskRegistration(ctx, tn.parents[0], "pas-a-l-annee", tn.wish(0, tn.evening, "2026-11-30", portal.Monday)); portal.AsError(err) == nil {
		t.Error("an activity that is not for the year")
	}
}

// TestHoursOfARegistration: hours change where they were the registration's, and stay where the family chose others.
func TestHoursOfARegistration(t *testing.T) {
	tn := newYear(t, 1)
	a := tn.activity(t, tn.wednesday)
	a.AsksDeparture, a.HourStep = true, 30
	tn.save(t, a)
	w := tn.wish(0, tn.wednesday, "2026-11-30", portal.Wednesday)
	if _, err := tn.AskRegistration(ctx, tn.parents[0], "sans-heure", w); portal.AsError(err).Field("depart") == "" {
		t.Errorf("no hours: %v", err)
	}
	w.Hours.Departure = portal.Clock(17, 0)
	id := tn.register(t, 0, w)
	tn.night(t, "2026-11-24")
	tn.sql(t, "UPDATE booking SET departure = '12:00' WHERE day = '2026-12-09'") // on the calendar
	change := db.RegistrationWish{Registration: portal.Registration{ID: id, First: portal.MustDate("2026-11-30"), Weekdays: w.Weekdays, Hours: portal.Hours{Departure: portal.Clock(18, 0)}}}
	tn.register(t, 0, change)
	tn.night(t, "2026-11-25")
	for day, want := range map[string]string{"2026-12-02": "18:00", "2026-12-09": "12:00", "2026-12-16": "18:00"} {
		if got := tn.text(t, "SELECT departure FROM booking WHERE day = ?", day); got != want {
			t.Errorf("%s: %s, want %s", day, got, want)
		}
	}
	if told := tn.told(t, "2026-11-25"); !strings.HasPrefix(told, "change booked 2026-12-02\nchange booked 2026-12-16") {
		t.Error(told)
	}
}

// sql runs a statement beside the store, for what no operation makes yet.
func (tn *town) sql(t testing.TB, query string, args ...any) {
	t.Helper()
	conn, err := sql.Open("sqlite3", "file:"+tn.Path()+"?_busy_timeout=5000&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Exec(query, args...); err != nil {
		t.Fatal(err)
	}
}

func (tn *town) text(t testing.TB, query string, args ...any) (value string) {
	t.Helper()
	conn, err := sql.Open("sqlite3", "file:"+tn.Path()+"?_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.QueryRow(query, args...).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// TestRegistrationBesideOtherActivities: a day on which the child has an activity that does not go with it is refused with
// the reason; the others are booked.
func TestRegistrationBesideOtherActivities(t *testing.T) {
	tn := newTown(t, 1, 5)
	eve := portal.DaysBefore(1, portal.Clock(18, 0))
	study, err := tn.SaveActivity(ctx, portal.Activity{StructureID: tn.structure, Name: "ÉTUDE", Short: "Étude", Spoken: "l’étude", Kind: portal.OtherKind, Starts: portal.Clock(16, 30), Ends: portal.Clock(17, 30),
		Opening: portal.Opening{School: portal.Days(portal.Monday, portal.Thursday)}, Book: eve, Cancel: eve, Annual: true, NoticeDays: 2})
	if err != nil {
		t.Fatal(err)
	}
	tn.want(t, 0, 0, tn.evening, "2026-12-03", true)
	tn.confirm(t, 0, "soir")
	w := tn.wish(0, study, "2026-11-30", portal.Monday, portal.Thursday)
	w.Last = portal.MustDate("2026-12-11")
	tn.register(t, 0, w)
	tn.night(t, "2026-11-24")
	tn.wantBooked(t, 0, study, "2026-12", "7 10")
	list, err := tn.transmitted("2026-11-24")
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, m := range list {
		if m.Outcome == portal.OutcomeRefused {
			refused++
			if m.Day != portal.MustDate("2026-12-03") || m.Reason != "Inscription à l’année : L’étude et l’accueil du soir (16 h 30 – 18 h 30) se chevauchent le jeudi 3 décembre. Retirez l’un des deux." {
				t.Errorf("%s: %s", m.Day, m.Reason)
			}
		}
	}
	if refused != 1 {
		t.Errorf("%d refusals", refused)
	}
}

// eveningAndStudy is a registration for the Mondays of the evening from 7 December, until 17 h 30; on the first two the child
// has the study too, from 17 h 30.
func eveningAndStudy(t *testing.T) (*town, db.RegistrationWish, portal.ActivityID) {
	t.Helper()
	tn := newYear(t, 1)
	evening := tn.activity(t, tn.evening)
	evening.AsksDeparture, evening.HourStep, evening.Starts, evening.Ends = true, 15, portal.Clock(16, 30), portal.Clock(18, 30)
	tn.save(t, evening)
	study := evening
	study.Counters = nil
	study.ID, study.Name, study.Short, study.Spoken, study.AsksDeparture, study.Starts = 0, "ÉTUDE", "Étude", "l’étude", false, portal.Clock(17, 30)
	id, err := tn.SaveActivity(ctx, study)
	if err != nil {
		t.Fatal(err)
	}
	w := tn.wish(0, tn.evening, "2026-12-07", portal.Monday)
	w.Hours = portal.Hours{Departure: portal.Clock(17, 30)}
	w.ID = tn.register(t, 0, w)
	tn.night(t, "2026-11-24")
	tn.want(t, 0, 0, id, "2026-12-07", true)
	tn.want(t, 0, 0, id, "2026-12-14", true)
	tn.confirm(t, 0, "étude deux fois")
	return tn, w, id
}

// TestHoursClashIsNotByHand: days that kept their hours because the new ones clashed are still the registration's: it changes
// them when it can, and cancels them when it stops. Hours chosen by hand since then stay.
func TestHoursClashIsNotByHand(t *testing.T) {
	tn, w, study := eveningAndStudy(t)
	w.Hours.Departure = portal.Clock(18, 30)
	tn.register(t, 0, w)
	tn.night(t, "2026-11-25")
	if told := tn.told(t, "2026-11-25"); strings.Count(told, "change refused") != 2 {
		t.Fatal(told)
	}
	tn.want(t, 0, 0, study, "2026-12-14", false)
	tn.confirm(t, 0, "plus d’étude le 14")
	w.Hours.Departure = portal.Clock(18, 0)
	tn.register(t, 0, w)
	tn.night(t, "2026-11-26")
	for day, want := range map[string]portal.TimeOfDay{"2026-12-07": portal.Clock(17, 30), "2026-12-14": portal.Clock(18, 0), "2027-01-04": portal.Clock(18, 0)} {
		if s := tn.state(t, 0, 0, tn.evening, day); s.Hours.Departure != want {
			t.Errorf("%s: %s", day, s.Hours.Words())
		}
	}
	if _, err := tn.Ask(ctx, tn.parents[0], db.Want{Child: tn.children[0][0], Activity: tn.evening, Day: portal.MustDate("2027-01-11"), Present: true, SetHours: true, Hours: portal.Hours{Departure: portal.Clock(17, 0)}}); err != nil {
		t.Fatal(err)
	}
	tn.confirm(t, 0, "un autre départ")
	tn.register(t, 0, db.RegistrationWish{Registration: portal.Registration{ID: w.ID, First: w.First}, Stop: true})
	tn.night(t, "2026-11-27")
	tn.wantBooked(t, 0, tn.evening, "2026-12", "")
	tn.wantBooked(t, 0, tn.evening, "2027-01", "11")
}

// TestRegistrationHoursClash: new hours that would reach into another activity are not taken, and the family reads so.
func TestRegistrationHoursClash(t *testing.T) {
	tn, w, study := eveningAndStudy(t)
	tn.want(t, 0, 0, study, "2026-12-14", false)
	tn.confirm(t, 0, "étude une fois")
	w.Hours.Departure = portal.Clock(18, 30)
	tn.register(t, 0, w)
	tn.night(t, "2026-11-25")
	for day, want := range map[string]portal.TimeOfDay{"2026-12-07": portal.Clock(17, 30), "2026-12-14": portal.Clock(18, 30)} {
		if s := tn.state(t, 0, 0, tn.evening, day); s.Status != portal.Booked || s.Hours.Departure != want {
			t.Errorf("%s: %s %s", day, s.Status, s.Hours.Words())
		}
	}
	list, err := tn.transmitted("2026-11-25")
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, m := range list {
		if m.Outcome == portal.OutcomeRefused {
			refused++
			if m.Action != "change" || m.Day != portal.MustDate("2026-12-07") || !strings.HasPrefix(m.Reason, "Inscription à l’année : les horaires n’ont pas changé. ") {
				t.Errorf("%+v", m)
			}
		}
	}
	if refused != 1 {
		t.Errorf("%d refusals", refused)
	}
}

// TestRegistrationAndWindows: days of periods that the town has not opened yet are booked by the night after they open.
func TestRegistrationAndWindows(t *testing.T) {
	tn := newYear(t, 1)
	canteen := tn.activity(t, tn.canteen)
	winter := portal.Window{Name: "Janvier", First: portal.MustDate("2027-01-04"), Last: portal.MustDate("2027-02-05"), Opens: paris("2026-12-10 08:00:00")}
	canteen.Windows = []portal.Window{winter}
	tn.save(t, canteen)
	tn.register(t, 0, tn.wish(0, tn.canteen, "2026-12-07", portal.Monday))
	tn.night(t, "2026-11-24")
	tn.wantBooked(t, 0, tn.canteen, "2026-12", "")
	tn.wantBooked(t, 0, tn.canteen, "2027-01", "")
	canteen = tn.activity(t, tn.canteen)
	autumn := portal.Window{Name: "Automne", First: portal.MustDate("2026-09-01"), Last: portal.MustDate("2027-01-03"), Opens: paris("2026-11-24 08:00:00")}
	canteen.Windows = []portal.Window{autumn, winter}
	tn.save(t, canteen)
	tn.night(t, "2026-11-25") // announced meanwhile, and open
	tn.wantBooked(t, 0, tn.canteen, "2026-12", "7 14")
	tn.wantBooked(t, 0, tn.canteen, "2027-01", "")
	tn.night(t, "2026-12-10") // the window opens that morning
	tn.wantBooked(t, 0, tn.canteen, "2027-01", "")
	tn.night(t, "2026-12-11")
	tn.wantBooked(t, 0, tn.canteen, "2027-01", "4 11 18 25")
	tn.wantBooked(t, 0, tn.canteen, "2027-02", "1")
	if n := tn.night(t, "2026-12-12"); n.Movements != 0 {
		t.Errorf("%d movements", n.Movements)
	}
}

// windows replaces the booking windows of the canteen.
func (tn *town) windows(t testing.TB, list ...portal.Window) {
	t.Helper()
	canteen := tn.activity(t, tn.canteen)
	canteen.Windows = list
	tn.save(t, canteen)
}

// TestGapBetweenWindows: days that no window holds keep back neither those of the window after them, nor the rest of the year
// once they are announced.
func TestGapBetweenWindows(t *testing.T) {
	tn := newYear(t, 1)
	december := portal.Window{Name: "Décembre", First: portal.MustDate("2026-12-01"), Last: portal.MustDate("2026-12-11"), Opens: paris("2026-11-01 08:00:00")}
	winter := portal.Window{Name: "Hiver", First: portal.MustDate("2027-01-11"), Last: portal.MustDate("2027-02-05"), Opens: paris("2026-11-25 08:00:00")}
	tn.windows(t, december, winter)
	tn.register(t, 0, tn.wish(0, tn.canteen, "2026-12-07", portal.Monday))
	tn.night(t, "2026-11-24")
	tn.wantBooked(t, 0, tn.canteen, "2026-12", "7")
	tn.night(t, "2026-11-25") // before the hour of the opening
	tn.wantBooked(t, 0, tn.canteen, "2027-01", "")
	tn.night(t, "2026-11-26")
	tn.wantBooked(t, 0, tn.canteen, "2026-12", "7")
	tn.wantBooked(t, 0, tn.canteen, "2027-01", "11 18 25")
	tn.wantBooked(t, 0, tn.canteen, "2027-02", "1")
	if n := tn.night(t, "2026-11-27"); n.Movements != 0 {
		t.Errorf("%d movements", n.Movements)
	}
	tn.want(t, 0, 0, tn.canteen, "2027-01-18", false)
	tn.confirm(t, 0, "pas le 18 janvier")
	tn.windows(t, december, portal.Window{Name: "Noël", First: portal.MustDate("2026-12-12"), Last: portal.MustDate("2027-01-10"), Opens: paris("2026-11-28 08:00:00")}, winter)
	tn.night(t, "2026-11-29") // the gap is announced, and open
	tn.wantBooked(t, 0, tn.canteen, "2026-12", "7 14")
	tn.wantBooked(t, 0, tn.canteen, "2027-01", "4 11 25")
	tn.windows(t)
	tn.night(t, "2027-03-03") // nothing is booked by periods any more; two days of notice
	tn.wantBooked(t, 0, tn.canteen, "2027-03", "8 15 22")
}

// TestChangeBeforeTheOpening: days that a change adds before they are open are booked once they are, whether they were closed
// to bookings when the registration was asked or only afterwards; days that a stop takes away before that are not.
func TestChangeBeforeTheOpening(t *testing.T) {
	winter := portal.Window{Name: "Hiver", First: portal.MustDate("2027-01-04"), Last: portal.MustDate("2027-02-05"), Opens: paris("2026-12-10 08:00:00")}
	rest := []portal.Window{
		{Name: "Automne", First: portal.MustDate("2026-09-01"), Last: portal.MustDate("2027-01-03"), Opens: paris("2026-09-01 08:00:00")}, winter,
		{Name: "Printemps", First: portal.MustDate("2027-02-06"), Last: portal.MustDate("2027-08-31"), Opens: paris("2026-09-01 08:00:00")},
	}
	for _, before := range []bool{true, false} {
		tn := newYear(t, 1)
		if before {
			tn.windows(t, rest...)
		}
		id := tn.register(t, 0, tn.wish(0, tn.canteen, "2026-12-07", portal.Monday))
		tn.night(t, "2026-11-24")
		mondays := map[bool]string{true: "", false: "4 11 18 25"}[before]
		tn.wantBooked(t, 0, tn.canteen, "2027-01", mondays)
		tn.windows(t, rest...)
		both := db.RegistrationWish{Registration: portal.Registration{ID: id, First: portal.MustDate("2026-12-08"), Weekdays: portal.Days(portal.Monday, portal.Tuesday)}}
		preview, err := tn.PreviewRegistration(ctx, tn.parents[0], both)
		if err != nil {
			t.Fatal(err)
		}
		later := 0
		for _, s := range preview.Steps {
			if s.Act == portal.RegistrationLater {
				later++
			}
		}
		if want := map[bool]int{true: 10, false: 5}[before]; later != want || preview.Horizon != portal.MustDate("2027-07-02") {
			t.Errorf("%d days that are not open yet, want %d; up to %s", later, want, preview.Horizon)
		}
		tn.register(t, 0, both)
		tn.night(t, "2026-11-25")
		tn.wantBooked(t, 0, tn.canteen, "2026-12", "7 8 14 15")
		tn.wantBooked(t, 0, tn.canteen, "2027-01", mondays)
		tn.wantBooked(t, 0, tn.canteen, "2027-03", "1 2 8 9 15 16 22 23 30") // the 29th is Easter Monday
		tn.register(t, 0, db.RegistrationWish{Registration: portal.Registration{ID: id, First: portal.MustDate("2027-01-18")}, Stop: true})
		tn.night(t, "2026-11-26")
		tn.night(t, "2026-12-10")
		tn.wantBooked(t, 0, tn.canteen, "2027-01", strings.TrimSuffix(mondays, " 18 25"))
		if n := tn.night(t, "2026-12-11"); n.Movements == 0 || n.Due.Before(winter.Opens) {
			t.Errorf("%+v", n)
		}
		tn.wantBooked(t, 0, tn.canteen, "2027-01", "4 5 11 12")
		tn.wantBooked(t, 0, tn.canteen, "2027-02", "")
		if n := tn.night(t, "2026-12-12"); n.Movements != 0 {
			t.Errorf("%d movements", n.Movements)
		}
	}
}

// TestRegistrationsInOrder: whichever was asked first, the meal is booked before the centre that needs it, and cancelled
// after it.
func TestRegistrationsInOrder(t *testing.T) {
	for _, mealFirst := range []bool{false, true} {
		tn := newYear(t, 1)
		order := []portal.ActivityID{tn.centre(t), tn.canteen}
		if mealFirst {
			slices.Reverse(order)
		}
		var asked []portal.RegistrationID
		for _, a := range order {
			asked = append(asked, tn.register(t, 0, tn.wish(0, a, "2026-12-07", portal.Monday)))
		}
		tn.night(t, "2026-11-24")
		for _, a := range order {
			tn.wantBooked(t, 0, a, "2026-12", "7 14")
		}
		for _, id := range asked {
			tn.register(t, 0, db.RegistrationWish{Registration: portal.Registration{ID: id, First: portal.MustDate("2026-12-14")}, Stop: true})
		}
		tn.night(t, "2026-11-25")
		for _, a := range order {
			tn.wantBooked(t, 0, a, "2026-12", "7")
			tn.wantBooked(t, 0, a, "2027-01", "")
		}
	}
}

// beside adds an activity of the canteen's days that the town hall linked to it.
func (tn *town) beside(t testing.TB, short, spoken string, kind portal.LinkKind) portal.ActivityID {
	t.Helper()
	a := tn.activity(t, tn.canteen)
	a.ID, a.Name, a.Short, a.Spoken, a.Counters = 0, strings.ToUpper(short), short, spoken, nil
	a.Links = []portal.Link{{Other: tn.canteen, Kind: kind}}
	id, err := tn.SaveActivity(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// centre adds one that needs the meal.
func (tn *town) centre(t testing.TB) portal.ActivityID {
	t.Helper()
	return tn.beside(t, "Centre", "le centre", portal.Requires)
}

// TestRegistrationsMovedTogether: a meal and the centre that needs it move to another weekday in one night, whichever was
// asked first and wherever the night is cut; the old pair goes and the new one comes.
func TestRegistrationsMovedTogether(t *testing.T) {
	for name, stop := range map[string]string{
		"d’une traite":                     "",
		"coupée dans ce qui est rendu":     "DELETE ON booking WHEN OLD.day = '2027-01-18'",
		"coupée avant la première":         "UPDATE OF through ON registration WHEN NEW.id = 1",
		"coupée avant la seconde":          "UPDATE OF through ON registration WHEN NEW.id = 2",
		"coupée avant d’écrire la nuit":    "UPDATE OF done_at ON night",
		"coupée au milieu des nouveaux":    "INSERT ON booking WHEN NEW.day = '2027-01-19'",
		"coupée entre les deux demandes":   "UPDATE OF night_id ON registration_version WHEN NEW.registration_id = 2",
		"coupée avant la première demande": "UPDATE OF night_id ON registration_version WHEN NEW.registration_id = 1",
	} {
		for _, mealFirst := range []bool{false, true} {
			tn := newYear(t, 1)
			order := []portal.ActivityID{tn.centre(t), tn.canteen}
			if mealFirst {
				slices.Reverse(order)
			}
			var asked []portal.RegistrationID
			for _, a := range order {
				asked = append(asked, tn.register(t, 0, tn.wish(0, a, "2026-12-07", portal.Monday)))
			}
			tn.night(t, "2026-11-24")
			for i, id := range asked {
				w := db.RegistrationWish{Registration: portal.Registration{ID: id, First: portal.MustDate("2026-12-08"), Weekdays: portal.Days(portal.Tuesday)}}
				if together := tn.movesFreely(t, w); together != (i == 1) {
					t.Errorf("%s: the preview of change %d says %v", name, i+1, together)
				}
				tn.register(t, 0, w)
			}
			if stop != "" {
				tn.clock.Set(paris("2026-11-25 01:16:00"))
				tn.sql(t, "CREATE TRIGGER killed BEFORE "+stop+" BEGIN SELECT RAISE(ABORT, 'killed'); END")
				if _, err := tn.Transmit(ctx, tn.structure, portal.MustDate("2026-11-25")); err == nil {
					t.Errorf("%s: the night was not stopped", name)
				}
				tn.sql(t, "DROP TRIGGER killed")
			}
			tn.night(t, "2026-11-25")
			for _, a := range order {
				tn.wantBooked(t, 0, a, "2026-12", "7 8 15")
				tn.wantBooked(t, 0, a, "2027-01", "5 12 19 26")
			}
			if told := tn.told(t, "2026-11-25"); strings.Contains(told, "refused") || strings.Count(told, "remove cancelled 2026-12-14") != 2 || strings.Count(told, "add booked 2026-12-15") != 2 {
				t.Errorf("%s, meal first %v:\n%s", name, mealFirst, told)
			}
		}
	}
}

// movesFreely says whether the preview of a change only cancels and books.
func (tn *town) movesFreely(t testing.TB, w db.RegistrationWish) bool {
	t.Helper()
	p, err := tn.PreviewRegistration(ctx, tn.parents[0], w)
	if err != nil {
		t.Fatal(err)
	}
	acts := map[portal.RegistrationAct]int{}
	for _, s := range p.Steps {
		acts[s.Act]++
	}
	return acts[portal.RegistrationNeeded]+acts[portal.RegistrationClash] == 0 && acts[portal.RegistrationAdds] > 0 && acts[portal.RegistrationRemoves] > 0
}

// TestRegistrationsSwapped: two activities that do not go together change places in one night.
func TestRegistrationsSwapped(t *testing.T) {
	tn := newYear(t, 1)
	id := tn.beside(t, "Étude", "l’étude", portal.Incompatible)
	meals := tn.register(t, 0, tn.wish(0, tn.canteen, "2026-12-07", portal.Monday))
	studies := tn.register(t, 0, tn.wish(0, id, "2026-12-07", portal.Tuesday))
	tn.night(t, "2026-11-24")
	tn.register(t, 0, db.RegistrationWish{Registration: portal.Registration{ID: meals, First: portal.MustDate("2026-12-07"), Weekdays: portal.Days(portal.Tuesday)}})
	tn.register(t, 0, db.RegistrationWish{Registration: portal.Registration{ID: studies, First: portal.MustDate("2026-12-07"), Weekdays: portal.Days(portal.Monday)}})
	tn.night(t, "2026-11-25")
	tn.wantBooked(t, 0, tn.canteen, "2026-12", "8 15")
	tn.wantBooked(t, 0, id, "2026-12", "7 14")
}
