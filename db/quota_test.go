package db_test

import (
	"fmt"
	"strings"
	"testing"

	"marelle/db"
	"marelle/portal"
)

// stage adds an activity open from Monday to Friday, with a counter.
func (tn *town) stage(t testing.TB, places int, how func(*portal.Activity)) portal.ActivityID {
	t.Helper()
	eve := portal.DaysBefore(1, portal.Clock(18, 0))
	a := portal.Activity{StructureID: tn.structure, Name: "STAGE", Short: "Stage", Spoken: "le stage", Kind: portal.HolidayCamp, Starts: portal.Clock(19, 0), Ends: portal.Clock(20, 0),
		Opening: portal.Opening{School: 0b11111, Holidays: 0b11111}, Book: eve, Cancel: eve, Counters: []portal.Counter{{Name: "Stage", Limited: true, Capacity: places}}}
	how(&a)
	id, err := tn.SaveActivity(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (tn *town) days(t testing.TB, parent, child int, a portal.ActivityID, present bool, days ...string) *portal.Receipt {
	t.Helper()
	for _, day := range days {
		tn.want(t, parent, child, a, day, present)
	}
	tn.clock.Add(1)
	return tn.confirm(t, parent, fmt.Sprintf("%d-%d-%v-%s-%d", parent, child, present, days[0], len(days)))
}

// TestLeastDays: less than three days of a week are not booked, and not left by a cancellation; moving one is allowed.
func TestLeastDays(t *testing.T) {
	tn := newTown(t, 2, 9)
	camp := tn.stage(t, 9, func(a *portal.Activity) { a.LeastDays = 3 })
	r := tn.days(t, 0, 0, camp, true, "2026-12-07", "2026-12-08")
	if outcomes(r) != "refused refused" || !strings.Contains(r.Lines[0].Reason, "Le stage se réserve 3 jours au moins par semaine") {
		t.Errorf("%s: %s", outcomes(r), r.Lines[0].Reason)
	}
	if got := outcomes(tn.days(t, 0, 0, camp, true, "2026-12-07", "2026-12-08", "2026-12-10", "2026-12-15")); got != "booked booked booked refused" {
		t.Error(got)
	}
	if got := outcomes(tn.days(t, 0, 0, camp, false, "2026-12-08")); got != "refused" {
		t.Error(got)
	}
	tn.wantState(t, 0, 0, camp, "2026-12-08", portal.StateBooked)
	tn.want(t, 0, 0, camp, "2026-12-08", false)
	tn.want(t, 0, 0, camp, "2026-12-11", true)
	if got := outcomes(tn.confirm(t, 0, "deplace")); got != "cancelled booked" {
		t.Error(got)
	}
	if got := outcomes(tn.days(t, 0, 0, camp, false, "2026-12-07", "2026-12-10", "2026-12-11")); got != "cancelled cancelled cancelled" {
		t.Error(got)
	}
	tn.sound(t)
}

// TestLeastDaysWhenOneIsFull: the week that would have too few days without the one that is full is not booked at all, and
// neither is the meal that came with it.
func TestLeastDaysWhenOneIsFull(t *testing.T) {
	tn := newTown(t, 2, 9)
	camp := tn.stage(t, 1, func(a *portal.Activity) {
		a.LeastDays, a.Links = 2, []portal.Link{{Other: tn.canteen, Kind: portal.Requires}}
	})
	for _, day := range []string{"2026-12-07", "2026-12-08"} {
		tn.want(t, 0, 0, camp, day, true) // while there is a place
		tn.want(t, 1, 0, camp, day, true)
	}
	if got := outcomes(tn.confirm(t, 1, "voisine")); got != "booked booked booked booked" {
		t.Fatal(got)
	}
	tn.want(t, 0, 0, camp, "2026-12-10", true)
	r := tn.confirm(t, 0, "trop-peu")
	for _, l := range r.Lines {
		if l.Outcome != portal.OutcomeRefused {
			t.Errorf("%s of %s: %s %s", l.Short, l.Day, l.Outcome, l.Reason)
		}
	}
	tn.wantState(t, 0, 0, tn.canteen, "2026-12-10", portal.StateFree)
	tn.sound(t)
}

// TestMostDays: the third day of a week is refused at the click, by the tools, the copy, the validation and the registration.
func TestMostDays(t *testing.T) {
	tn := newTown(t, 2, 9)
	camp := tn.stage(t, 9, func(a *portal.Activity) { a.MostDays, a.Annual, a.DaysPer = 2, true, portal.PerWeek })
	tn.want(t, 0, 0, camp, "2026-12-07", true)
	tn.want(t, 0, 0, camp, "2026-12-08", true)
	if got := tn.refused(t, 0, 0, camp, "2026-12-10", true); got != "Le stage se réserve 2 jours au plus par semaine, et votre enfant les a déjà du 7 au 11 décembre. Retirez un de ces jours, ou choisissez-en un autre." {
		t.Error(got)
	}
	tn.confirm(t, 0, "deux")
	december := portal.MustDate("2026-12-01").Month()
	var all []portal.Date
	for d := portal.MustDate("2026-12-07"); d <= portal.MustDate("2026-12-18"); d++ {
		all = append(all, d)
	}
	plan, err := tn.Sweep(ctx, tn.parents[0], db.Set{Children: tn.children[0], Activity: camp, Month: december, Days: all, Present: true, Said: func(portal.Sweep) string { return "" }})
	if err != nil || len(plan.Slots) != 6 { // Amalia: 2 of the second week; Paolo: 2 of each
		t.Errorf("%d days by the tool, %v", len(plan.Slots), err)
	}
	if got := outcomes(tn.confirm(t, 0, "outil")); got != strings.TrimSpace(strings.Repeat("booked ", 6)) {
		t.Error(got)
	}
	// The other parent, or an old draft: the validation counts again.
	tn.change(t, camp, func(a *portal.Activity) { a.MostDays = 3 })
	for _, day := range []string{"2026-12-07", "2026-12-08", "2026-12-09"} {
		tn.want(t, 1, 0, camp, day, true)
	}
	tn.change(t, camp, func(a *portal.Activity) { a.MostDays = 2 })
	if got := outcomes(tn.confirm(t, 1, "moins")); got != "booked booked refused" {
		t.Error(got)
	}
	wish := db.RegistrationWish{Registration: portal.Registration{Child: tn.children[1][1], Activity: camp, First: portal.MustDate("2026-12-07"), Weekdays: portal.Days(portal.Monday, portal.Tuesday, portal.Friday)}}
	if _, err := tn.AskRegistration(ctx, tn.parents[1], "inscription-1", wish); err == nil || !strings.Contains(portal.AsError(err).Field("jours"), "2 jours au plus par semaine") {
		t.Errorf("%v", err)
	}
	tn.days(t, 1, 1, camp, true, "2026-12-10")
	wish.Weekdays = portal.Days(portal.Monday, portal.Friday)
	if _, err := tn.AskRegistration(ctx, tn.parents[1], "inscription-2", wish); err != nil {
		t.Fatal(err)
	}
	tn.clock.Set(paris("2026-11-24 01:15:00"))
	if _, err := tn.Transmit(ctx, tn.structure, portal.MustDate("2026-11-24")); err != nil {
		t.Fatal(err)
	}
	tn.wantState(t, 1, 1, camp, "2026-12-07", portal.StateBooked)
	if slot := tn.state(t, 1, 1, camp, "2026-12-11"); slot.Status != portal.NotBooked {
		t.Error("a third day of the week is booked by the registration")
	}
	if got := tn.text(t, "SELECT reason FROM movement WHERE child_id = ? AND day = '2026-12-11'", tn.children[1][1]); !strings.Contains(got, "2 jours au plus par semaine") {
		t.Error(got)
	}
	tn.wantState(t, 1, 1, camp, "2026-12-14", portal.StateBooked)
	tn.sound(t)
}

// TestMostDaysOfAPeriod: the days of the whole holidays count together, across the months.
func TestMostDaysOfAPeriod(t *testing.T) {
	tn := newTown(t, 1, 9)
	camp := tn.stage(t, 9, func(a *portal.Activity) { a.MostDays, a.DaysPer = 2, portal.PerPeriod })
	tn.days(t, 0, 0, camp, true, "2026-12-21", "2026-12-28")
	if got := tn.refused(t, 0, 0, camp, "2026-12-30", true); !strings.Contains(got, "2 jours au plus par période") {
		t.Error(got)
	}
	tn.want(t, 0, 0, camp, "2027-01-05", true) // school again
}

// TestWholeWeek: a click asks for the week; it is booked, refused, waited for, given and cancelled as a whole.
func TestWholeWeek(t *testing.T) {
	tn := newTown(t, 3, 9)
	camp := tn.stage(t, 1, func(a *portal.Activity) { a.WholeWeek = true })
	statuses := func(parent int) string {
		t.Helper()
		var words []string
		for d := portal.MustDate("2026-12-21"); d <= portal.MustDate("2026-12-24"); d++ {
			slot := tn.state(t, parent, 0, camp, d.String())
			words = append(words, string(slot.Status))
		}
		return strings.Join(words, " ")
	}
	tn.want(t, 0, 0, camp, "2026-12-23", true)
	recap, err := tn.Recap(ctx, tn.parents[0])
	if err != nil || len(recap.Requests) != 4 { // Friday is Christmas
		t.Fatal(len(recap.Requests), err)
	}
	tn.want(t, 0, 0, camp, "2026-12-22", false) // the whole week is given up
	if recap, _ = tn.Recap(ctx, tn.parents[0]); len(recap.Requests) != 0 {
		t.Errorf("%d left", len(recap.Requests))
	}
	tn.want(t, 0, 0, camp, "2026-12-23", true)
	tn.want(t, 1, 0, camp, "2026-12-23", true)
	if got := outcomes(tn.confirm(t, 0, "semaine")); got != "booked booked booked booked" {
		t.Error(got)
	}
	if got := outcomes(tn.confirm(t, 1, "complete")); got != "refused refused refused refused" || statuses(1) != "   " {
		t.Errorf("%s: %s", got, statuses(1))
	}
	tn.sound(t)

	// One of the days is full, and there is a waiting list: the whole week waits, and is given as a whole.
	tn.change(t, camp, func(a *portal.Activity) {
		a.Waitlist, a.WaitMode = true, portal.WaitNow
		a.Counters[0].Special = []portal.Capacity{{Day: portal.MustDate("2026-12-21"), Limited: true, Places: 2}, {Day: portal.MustDate("2026-12-22"), Limited: true, Places: 2}}
	})
	tn.want(t, 1, 0, camp, "2026-12-21", true)
	if got := outcomes(tn.confirm(t, 1, "attend")); got != "waiting/1 waiting/1 waiting/1 waiting/1" {
		t.Error(got)
	}
	tn.advance(t)
	if got := statuses(1); got != "waiting waiting waiting waiting" {
		t.Errorf("a part of the week was given: %s", got)
	}
	tn.want(t, 0, 0, camp, "2026-12-26", false) // closed: the week stays
	if recap, err := tn.Recap(ctx, tn.parents[0]); err != nil || len(recap.Requests) != 0 {
		t.Errorf("%d asked, %v", len(recap.Requests), err)
	}
	tn.want(t, 0, 0, camp, "2026-12-24", false)
	if got := outcomes(tn.confirm(t, 0, "annule")); got != "cancelled cancelled cancelled cancelled" {
		t.Error(got)
	}
	if got := statuses(1); got != "booked booked booked booked" {
		t.Errorf("the week is not given: %s", got)
	}
	tn.want(t, 2, 0, camp, "2026-12-22", true)
	tn.confirm(t, 2, "attend-aussi")
	if err := tn.LeaveList(ctx, tn.parents[2], tn.children[2][0], camp, portal.MustDate("2026-12-23")); err != nil || statuses(2) != "   " {
		t.Errorf("%v: %s", err, statuses(2))
	}
	tn.sound(t)
	// Once Monday has begun, the week stays.
	tn.clock.Set(paris("2026-12-21 08:00:00"))
	if got := tn.refused(t, 1, 0, camp, "2026-12-24", false); !strings.Contains(got, "à la semaine entière") || !strings.Contains(got, "lundi 21 décembre est passé") {
		t.Error(got)
	}
}

// TestWholeWeekHasNoOffers: a week is not offered day by day.
func TestWholeWeekHasNoOffers(t *testing.T) {
	tn := newTown(t, 1, 9)
	a := tn.activity(t, tn.wednesday)
	a.WholeWeek, a.WaitMode, a.OfferHours = true, portal.WaitOffer, 24
	if _, err := tn.SaveActivity(ctx, a); portal.AsError(err) == nil || portal.AsError(err).Field("mode") == "" {
		t.Error(err)
	}
}
