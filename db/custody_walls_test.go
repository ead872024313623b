package db_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"marelle/db"
	"marelle/portal"
)

// registration is one of the shared child, on weekdays of every week.
func (s *shared) registration(t *testing.T, parent int, a portal.ActivityID, first string, days ...portal.Weekday) (db.RegistrationWish, portal.RegistrationID) {
	t.Helper()
	w := db.RegistrationWish{Registration: portal.Registration{Child: s.child, Activity: a, First: portal.MustDate(first), Weekdays: portal.Days(days...)}}
	formKeys++
	id, err := s.AskRegistration(ctx, s.parents[parent], fmt.Sprintf("inscription-%d", formKeys), w)
	if err != nil {
		t.Fatal(err)
	}
	w.ID = id
	return w, id
}

// days lists the days of the shared child that a parent reads as saved, up to the end of a month.
func (s *shared) read(t *testing.T, parent int, a portal.ActivityID, month string) string {
	t.Helper()
	m, err := portal.ParseMonth(month)
	if err != nil {
		t.Fatal(err)
	}
	saved, err := s.Reservations(ctx, s.parents[parent], portal.FollowFilter{Child: s.child, Activity: a, From: m.First(), To: m.Last()})
	if err != nil {
		t.Fatal(err)
	}
	var days []string
	for _, l := range saved.Lines {
		days = append(days, fmt.Sprint(l.Day.Day()))
	}
	return strings.Join(days, " ")
}

func (s *shared) exchanged(t *testing.T, parent, n int, day string) {
	t.Helper()
	owner := s.text(t, "SELECT family_id FROM custody_day WHERE child_id = ? AND day = ?", s.child, day)
	id := s.propose(t, parent, n, portal.ExchangeAsk{Day: portal.MustDate(day), Takes: owner != fmt.Sprint(s.families[parent])})
	if got := s.answer(1-parent, id, true); got != "" {
		t.Fatal(got)
	}
}

// TestOwnDaysOfRegistrations: a registration books the days of the parent who asked for it only; the other parent finds
// nothing of it; ended, it leaves alone a day that it had booked and that is the other parent's by now.
func TestOwnDaysOfRegistrations(t *testing.T) {
	s := newShared(t)
	evening := s.activity(t, s.evening)
	evening.Annual = true
	s.save(t, evening)
	s.share(t, s.rule())
	w, _ := s.registration(t, 0, s.evening, "2026-11-30", portal.Monday, portal.Tuesday)
	s.night(t, "2026-11-24")
	if mine, theirs := s.read(t, 0, s.evening, "2026-12"), s.read(t, 1, s.evening, "2026-12"); mine != "1 14 15" || theirs != "" {
		t.Fatalf("the registration of the first parent: %q and %q", mine, theirs)
	}
	if l, err := s.Registrations(ctx, s.parents[1]); err != nil || len(l.List) != 0 {
		t.Errorf("the other parent reads the registration: %+v %v", l.List, err)
	}
	if _, err := s.AskRegistration(ctx, s.parents[1], "inscription-autre", db.RegistrationWish{Registration: portal.Registration{ID: w.ID, Child: s.child, Activity: s.evening, First: portal.MustDate("2026-12-07")}, Stop: true}); portal.AsError(err) == nil {
		t.Error("the other parent ends it")
	}
	s.exchanged(t, 0, 1, "2026-12-15") // goes to the other parent, with its booking
	preview, err := s.PreviewRegistration(ctx, s.parents[0], db.RegistrationWish{Registration: portal.Registration{ID: w.ID, Child: s.child, Activity: s.evening, First: portal.MustDate("2026-11-30")}, Stop: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range preview.Steps {
		if step.Slot.Day == portal.MustDate("2026-12-15") {
			t.Errorf("the preview of the end speaks of the day that was given: %+v", step)
		}
	}
	stop := db.RegistrationWish{Registration: portal.Registration{ID: w.ID, Child: s.child, Activity: s.evening, First: portal.MustDate("2026-11-30")}, Stop: true}
	formKeys++
	if _, err := s.AskRegistration(ctx, s.parents[0], fmt.Sprintf("inscription-%d", formKeys), stop); err != nil {
		t.Fatal(err)
	}
	s.night(t, "2026-11-25")
	if mine, theirs := s.read(t, 0, s.evening, "2026-12"), s.read(t, 1, s.evening, "2026-12"); mine != "" || theirs != "15" {
		t.Errorf("after the end: %q and %q", mine, theirs)
	}
	// A registration tells nothing of what the other parent booked.
	s.book(t, 1, "formulaire-pere", "2026-12-08")
	formKeys++
	preview, err = s.PreviewRegistration(ctx, s.parents[0], db.RegistrationWish{Registration: portal.Registration{Child: s.child, Activity: s.evening, First: portal.MustDate("2026-12-07"), Weekdays: portal.Days(portal.Tuesday)}})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range preview.Steps {
		if step.Slot.Day == portal.MustDate("2026-12-08") && (step.Act != portal.RegistrationClosed || step.Slot.Status != portal.NotBooked) {
			t.Errorf("the preview tells of the other parent's day: %+v", step)
		}
	}
}

// TestOwnDaysOfWaitingLists: of the other parent's day neither the rank is read, nor the list left, nor the place answered.
func TestOwnDaysOfWaitingLists(t *testing.T) {
	s := newShared(t)
	a := s.list(t, "STAGE", portal.WaitOffer, portal.Counter{Name: "Stage", Limited: true, Capacity: 1})
	s.share(t, s.rule())
	const day = "2026-12-02" // the first parent's
	s.want(t, 1, 0, a, day, true)
	s.confirm(t, 1, "prend")
	if _, err := s.Ask(ctx, s.parents[0], want(s.child, a, day, true)); err != nil {
		t.Fatal(err)
	}
	s.confirm(t, 0, "attend")
	for parent, want := range []int{1, 0} {
		if days, err := s.WaitingDays(ctx, s.parents[parent]); err != nil || len(days) != want {
			t.Errorf("parent %d waits for %+v %v", parent, days, err)
		}
	}
	if err := s.LeaveList(ctx, s.parents[1], s.child, a, portal.MustDate(day)); err != nil {
		t.Fatal(err)
	}
	if n := s.text(t, "SELECT count(*) FROM booking WHERE child_id = ? AND status = 'waiting'", s.child); n != "1" {
		t.Fatalf("the other parent left the list: %s waiting", n)
	}
	s.want(t, 1, 0, a, day, false)
	s.confirm(t, 1, "rend")
	mine, err := s.OpenOffers(ctx, s.parents[0])
	if err != nil || len(mine) != 1 {
		t.Fatalf("the offers of the first parent: %+v %v", mine, err)
	}
	if theirs, err := s.OpenOffers(ctx, s.parents[1]); err != nil || len(theirs) != 0 {
		t.Errorf("the offers of the other parent: %+v %v", theirs, err)
	}
	for _, accept := range []bool{true, false} {
		if _, err := s.AnswerOffer(ctx, s.parents[1], mine[0].ID, accept); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindNotFound {
			t.Errorf("the other parent answers: %v", err)
		}
	}
	// A place that comes once the day was given is the other parent's: the first one is not told of it.
	s.exchanged(t, 0, 1, day)
	theirs, err := s.OpenOffers(ctx, s.parents[1])
	if err != nil || len(theirs) != 1 {
		t.Fatalf("the day was given, and the offer is not: %+v %v", theirs, err)
	}
	if _, err := s.AnswerOffer(ctx, s.parents[0], mine[0].ID, true); portal.AsError(err) == nil {
		t.Error("the offer of a day that was given is answered")
	}
	if _, err := s.AnswerOffer(ctx, s.parents[1], mine[0].ID, true); err != nil {
		t.Fatal(err)
	}
	if list, err := s.Follow(ctx, s.parents[0], portal.FollowFilter{Child: s.child, Activity: a}, 0, db.AllLines); err != nil || len(list.Lines) != 1 || list.Lines[0].Action != "add" {
		t.Errorf("the first parent follows %+v %v", list.Lines, err)
	}
	s.sound(t)
}

// TestPlaceGivenByTheNightOfADayThatWasGiven: the report of the morning tells the parent who waited nothing of it.
func TestPlaceGivenByTheNightOfADayThatWasGiven(t *testing.T) {
	s := newShared(t)
	a := s.list(t, "STAGE", portal.WaitNight, portal.Counter{Name: "Stage", Limited: true, Capacity: 1})
	s.share(t, s.rule())
	const day = "2026-12-10" // the second parent's
	s.want(t, 0, 1, a, day, true)
	s.confirm(t, 0, "prend")
	if _, err := s.Ask(ctx, s.parents[1], want(s.child, a, day, true)); err != nil {
		t.Fatal(err)
	}
	s.confirm(t, 1, "attend")
	s.night(t, "2026-11-24")
	s.clock.Set(paris("2026-11-24 07:01:00"))
	_, reports, err := s.Reports(ctx, s.structure)
	if err != nil || len(reports) != 2 {
		t.Fatalf("the reports of the first night: %+v %v", reports, err)
	}
	s.exchanged(t, 1, 1, day)
	s.want(t, 0, 1, a, day, false)
	s.confirm(t, 0, "rend")
	night, err := s.Transmit(ctx, s.structure, portal.MustDate("2026-11-24"))
	if err != nil || night == nil {
		t.Fatal(err)
	}
	if err := s.QueueReports(ctx, night.ID, nil); err != nil {
		t.Fatal(err)
	}
	s.night(t, "2026-11-25")
	s.clock.Set(paris("2026-11-25 07:01:00"))
	_, reports, err = s.Reports(ctx, s.structure)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reports {
		if r.To.ID == s.parents[1] {
			t.Errorf("the parent who gave the day is told %+v", r.Movements)
		}
	}
	follow, err := s.Follow(ctx, s.parents[1], portal.FollowFilter{Child: s.child, Activity: a}, 0, db.AllLines)
	if err != nil || len(follow.Lines) != 1 || follow.Lines[0].Action != "add" {
		t.Errorf("the parent who gave the day follows %+v %v", follow.Lines, err)
	}
	if got := s.text(t, "SELECT status FROM booking WHERE child_id = ? AND activity_id = ?", s.child, a); got != "booked" {
		t.Fatalf("the night gave no place: %q", got)
	}
}

// TestOwnDaysOfFiles: the calendar address, the export of one's data, the follow-up.
func TestOwnDaysOfFiles(t *testing.T) {
	s := newShared(t)
	h := &hall{s.Store, t, s.clock, s.structure}
	s.share(t, s.rule())
	s.book(t, 0, "formulaire-mere", "2026-12-03")
	s.book(t, 1, "formulaire-pere", "2026-12-10")
	for parent, days := range [][2]string{{"2026-12-03", "2026-12-10"}, {"2026-12-10", "2026-12-03"}} {
		export := h.export(s.parents[parent])
		if !strings.Contains(export, days[0]) || strings.Contains(export, days[1]) {
			t.Errorf("the export of parent %d", parent)
		}
		letters, err := s.IssueLetters(ctx, s.structure, 0, []portal.AccountID{s.parents[parent]}, db.AnyLetter)
		if err != nil {
			t.Fatal(err)
		}
		session, _ := h.enter(letters[0].Login, letters[0].Password)
		token, err := s.MakeCalendar(ctx, session, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		agenda, err := s.CalendarDays(ctx, token)
		if err != nil || len(agenda) != 1 || agenda[0].Day.String() != days[0] {
			t.Errorf("the calendar of parent %d: %+v %v", parent, agenda, err)
		}
		follow, err := s.Follow(ctx, s.parents[parent], portal.FollowFilter{}, 0, db.AllLines)
		if err != nil || len(follow.Lines) != 1 || follow.Lines[0].Day.String() != days[0] {
			t.Errorf("parent %d follows %+v %v", parent, follow.Lines, err)
		}
	}
	s.clock.Set(paris("2026-12-20 09:00:00"))
	for parent, day := range []string{"2026-12-03", "2026-12-10"} {
		history, err := s.Consumptions(ctx, s.parents[parent], portal.Month{Year: 2026, Month: 12})
		if err != nil || len(history.Lines) != 1 || history.Lines[0].Day.String() != day {
			t.Errorf("the history of parent %d: %+v %v", parent, history, err)
		}
	}
}

// TestOwnDaysOfTools: the quick tools, the copy and what is taken back touch own days only.
func TestOwnDaysOfTools(t *testing.T) {
	s := newShared(t)
	s.share(t, s.rule())
	s.book(t, 0, "formulaire-mere", "2026-12-03", "2026-12-04")
	december := portal.Month{Year: 2026, Month: 12}
	all := db.Set{Children: []portal.ChildID{s.child}, Activity: s.evening, Month: december, Words: "tout le mois", Said: func(portal.Sweep) string { return "" }}
	for d := december.First(); d <= december.Last(); d++ {
		all.Days = append(all.Days, d)
	}
	if plan, err := s.Sweep(ctx, s.parents[1], all); err != nil || len(plan.Slots) != 0 {
		t.Errorf("the second parent cancels %+v %v", plan.Slots, err)
	}
	all.Present = true
	plan, err := s.Sweep(ctx, s.parents[1], all)
	if err != nil || len(plan.Slots) == 0 {
		t.Fatal(plan, err)
	}
	for _, slot := range plan.Slots {
		if slot.Day < portal.MustDate("2026-12-07") || slot.Day > portal.MustDate("2026-12-11") {
			t.Errorf("the second parent books %s", slot.Day)
		}
	}
	for _, left := range plan.Left {
		if left.Slot.Status != portal.NotBooked {
			t.Errorf("what is left aside tells of %s", left.Slot.Day)
		}
	}
	if n, err := s.UndoDraft(ctx, s.parents[1]); err != nil || n != 4 {
		t.Errorf("taken back: %d %v", n, err)
	}
	copied, _, err := s.CopyDays(ctx, s.parents[1], db.Copy{Child: s.child, Activity: s.evening, First: december.First(), Last: december.Last(), To: []db.CopyTo{{s.children[1][1], s.evening}}, Said: func([]db.CopyTarget) string { return "" }}, true)
	if err != nil || len(copied) != 1 || len(copied[0].Plan.Days) > 0 {
		t.Errorf("the copy tells of the first parent's days: %+v %v", copied, err)
	}
	// What was validated is taken back, but not on a day that was given meanwhile.
	if _, err := s.Ask(ctx, s.parents[0], want(s.child, s.evening, "2026-12-01", true)); err != nil {
		t.Fatal(err)
	}
	receipt := s.confirm(t, 0, "a-reprendre")
	s.exchanged(t, 0, 1, "2026-12-01")
	undone, err := s.UndoReceipt(ctx, s.parents[0], receipt.Number, "formulaire-reprise")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range undone.Lines {
		if l.Outcome == portal.OutcomeCancelled && !l.Idle {
			t.Errorf("taken back on the other parent's day: %+v", l)
		}
	}
	if got := s.read(t, 1, s.evening, "2026-12"); got != "1" {
		t.Errorf("the second parent has %q", got)
	}
	s.sound(t)
}

// TestOwnDaysOfReminders: a week that both parents share is looked at day by day: who booked own days is told nothing, who
// forgot own days is told of these only.
func TestOwnDaysOfReminders(t *testing.T) {
	s := newShared(t)
	s.share(t, s.rule())
	s.exchanged(t, 0, 1, "2026-12-01")
	for _, day := range []string{"2026-11-03", "2026-11-05", "2026-11-09", "2026-11-12", "2026-11-16", "2026-11-19", "2026-11-23", "2026-11-24"} {
		s.raw(t, "INSERT INTO booking (child_id, activity_id, day, status, account_id, since) VALUES (?, ?, ?, 'booked', ?, 0)", s.child, s.canteen, day, s.parents[0])
	}
	s.raw(t, "UPDATE account SET first_seen_at = 1")
	if _, err := s.Ask(ctx, s.parents[0], want(s.child, s.canteen, "2026-11-30", true)); err != nil {
		t.Fatal(err)
	}
	s.confirm(t, 0, "lundi")
	told := map[portal.AccountID]string{}
	for _, hour := range []string{"2026-11-25 09:30:00", "2026-11-25 18:30:00", "2026-11-26 08:30:00"} {
		s.clock.Set(paris(hour))
		batches, err := s.DeadlineReminders(ctx, s.structure)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range batches {
			for _, r := range b.Reminders {
				for _, l := range r.Lines {
					if l.Activity.ID == s.canteen {
						told[r.Person.ID] = fmt.Sprint(l.Days)
					}
				}
			}
		}
	}
	if told[s.parents[0]] != "" || told[s.parents[1]] != "[2026-12-01]" {
		t.Errorf("told: %v", told)
	}
	s.clock.Set(paris("2026-11-26 10:00:00")) // what closes next is the week of the second parent
	for parent, wanted := range []bool{false, true} {
		home, err := s.Home(ctx, s.parents[parent])
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for _, l := range home.Limits {
			if l.Activity.ID != s.canteen {
				continue
			}
			seen++
			if got := slices.ContainsFunc(l.Children, func(c portal.ChildSpan) bool { return c.Child.ID == s.child }); got != wanted {
				t.Errorf("the first page of parent %d asks for the child on %v: %v", parent, l.Days, got)
			}
		}
		if seen != 1 {
			t.Errorf("the first page of parent %d tells of %d limits of the canteen", parent, seen)
		}
	}
}

// TestOwnQuota: a least, and a whole week, are asked of each parent's own days; the most is the child's, and says neither
// where nor when the other parent has the rest of it.
func TestOwnQuota(t *testing.T) {
	s := newShared(t)
	least := s.stage(t, 9, func(a *portal.Activity) { a.LeastDays = 3 })
	most := s.stage(t, 9, func(a *portal.Activity) {
		a.Name, a.Short, a.Spoken, a.MostDays, a.Starts, a.Ends = "ATELIER", "Atelier", "l’atelier", 2, portal.Clock(20, 0), portal.Clock(21, 0)
	})
	week := s.stage(t, 9, func(a *portal.Activity) {
		a.Name, a.Short, a.Spoken, a.WholeWeek, a.Starts, a.Ends = "SÉJOUR", "Séjour", "le séjour", true, portal.Clock(21, 0), portal.Clock(22, 0)
	})
	rule := s.rule()
	rule.Change = portal.Thursday // Monday to Wednesday with one parent, Thursday and Friday with the other
	s.share(t, rule)
	days := func(parent int) (list []string) {
		for d := portal.MustDate("2026-12-07"); d <= portal.MustDate("2026-12-11"); d++ {
			if s.text(t, "SELECT family_id FROM custody_day WHERE child_id = ? AND day = ?", s.child, d.String()) == fmt.Sprint(s.families[parent]) {
				list = append(list, d.String())
			}
		}
		return list
	}
	both := [2][]string{days(0), days(1)}
	if len(both[0])+len(both[1]) != 5 || len(both[0]) < 2 || len(both[1]) < 2 {
		t.Fatalf("the week is shared as %v", both)
	}
	book := func(parent int, a portal.ActivityID, key string, list ...string) string {
		t.Helper()
		for _, day := range list {
			if _, err := s.Ask(ctx, s.parents[parent], want(s.child, a, day, true)); err != nil {
				return refusalWords(err)
			}
		}
		r, err := s.Confirm(ctx, s.parents[parent], "formulaire-"+key, db.AnyVersion)
		if err != nil {
			t.Fatal(err)
		}
		return outcomes(r)
	}
	// The parent of two days books both: three cannot be asked of two. One alone is refused, whatever the other parent has.
	two := 0
	if len(both[1]) == 2 {
		two = 1
	}
	if got := book(1-two, least, "trois", both[1-two]...); got != "booked booked booked" {
		t.Errorf("three days: %s", got)
	}
	if got := book(two, least, "un", both[two][0]); got != "refused" {
		t.Errorf("one day out of two own: %s", got)
	}
	if got := book(two, least, "deux", both[two]...); got != "booked booked" {
		t.Errorf("both own days: %s", got)
	}
	if got := book(two, week, "semaine", both[two][0]); got != "booked booked" { // the week of this parent is two days
		t.Errorf("the whole week of own days: %s", got)
	}
	if got := book(1-two, most, "plus", both[1-two][0]); got != "booked" {
		t.Errorf("the first of two: %s", got)
	}
	if got := book(two, most, "plus-autre", both[two][0]); got != "booked" {
		t.Errorf("the second of two: %s", got)
	}
	got := book(two, most, "trop", both[two][1])
	if !strings.HasPrefix(got, "L’atelier se réserve 2 jours au plus par semaine pour un enfant, les jours de ses deux parents ensemble, et il n’en reste pas") {
		t.Errorf("one too many: %s", got)
	}
	if other := portal.MustDate(both[1-two][0]); strings.Contains(got, other.Long()) || strings.Contains(got, other.String()) {
		t.Errorf("the refusal tells of the other parent's day: %s", got)
	}
	s.sound(t)
}

// TestOwnWeeksOfWaitingLists: of a week that two parents share each waits for its own days: what is given to one, or taken off
// the list by staff, is not the other's, and what is given is written in the name of who asked.
func TestOwnWeeksOfWaitingLists(t *testing.T) {
	s := newShared(t)
	const monday, thursday = "2026-12-14", "2026-12-17"
	week := s.stage(t, 1, func(a *portal.Activity) { a.WholeWeek, a.Waitlist, a.WaitMode = true, true, portal.WaitNow })
	day := s.list(t, "JOUR", portal.WaitNow, s.activity(t, week).Counters...)
	rule := s.rule()
	rule.Change = portal.Thursday // Monday to Wednesday with one parent, Thursday and Friday with the other
	s.share(t, rule)
	first, second := 0, 1
	if s.text(t, "SELECT family_id FROM custody_day WHERE child_id = ? AND day = ?", s.child, monday) != fmt.Sprint(s.families[0]) {
		first, second = 1, 0
	}
	sister := s.children[1][1] // of the second family alone
	for d := portal.MustDate(monday); d <= portal.MustDate(monday)+4; d++ {
		if _, err := s.Ask(ctx, s.parents[1], want(sister, day, d.String(), true)); err != nil {
			t.Fatal(err)
		}
	}
	s.confirm(t, 1, "prend-tout")
	wait := func(parent int, on, key string) {
		t.Helper()
		s.clock.Add(time.Second)
		if _, err := s.Ask(ctx, s.parents[parent], want(s.child, week, on, true)); err != nil {
			t.Fatal(err)
		}
		s.confirm(t, parent, key)
	}
	wants := func(when, want string) {
		t.Helper()
		if got := s.text(t, `SELECT group_concat(substr(status, 1, 1), ' ') FROM (SELECT b.status FROM booking b WHERE b.child_id = ? AND b.activity_id = ? ORDER BY b.day)`, s.child, week); got != want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
		s.sound(t)
	}
	act := func(on string) db.WaitAct {
		t.Helper()
		l, err := s.WaitList(ctx, s.structure, week, portal.MustDate(on))
		if err != nil {
			t.Fatal(err)
		}
		return db.WaitAct{Structure: s.structure, By: s.by, Activity: week, Day: portal.MustDate(on), Child: s.child, Seen: l.Seen(), Reason: "Fratrie"}
	}
	free := func(key string, days ...string) {
		t.Helper()
		for _, d := range days {
			if _, err := s.Ask(ctx, s.parents[1], want(sister, day, d, false)); err != nil {
				t.Fatal(err)
			}
		}
		s.clock.Add(time.Second)
		s.confirm(t, 1, key)
	}
	wait(first, monday, "attend")
	wait(second, thursday, "attend-aussi")
	wants("both wait", "w w w w w")
	if err := s.RemoveWaiting(ctx, act(monday)); err != nil {
		t.Fatal(err)
	}
	wants("staff take the days of one off the list", "w w")
	wait(first, monday, "attend-encore")
	free("rend-le-debut", monday, "2026-12-15", "2026-12-16")
	wants("the days of one are free", "b b b w w")
	free("rend-la-fin", thursday, "2026-12-18")
	wants("all are", "b b b b b")
	for parent, days := range map[int]string{first: "2026-12-14 2026-12-15 2026-12-16", second: "2026-12-17 2026-12-18"} {
		if got := s.text(t, `SELECT group_concat(day, ' ') FROM (SELECT day FROM movement WHERE child_id = ? AND activity_id = ? AND action = 'promote' AND account_id = ? ORDER BY day)`, s.child, week, s.parents[parent]); got != days {
			t.Errorf("in the name of parent %d: %s, want %s", parent, got, days)
		}
	}
	// By hand, too: the other parent's days are not given, and need no place.
	for _, parent := range []int{first, second} {
		if _, err := s.Ask(ctx, s.parents[parent], want(s.child, week, []string{monday, thursday}[parent^first], false)); err != nil {
			t.Fatal(err)
		}
		s.confirm(t, parent, fmt.Sprint("annule-", parent))
	}
	s.resize(t, week, 0)
	wait(first, monday, "attend-main")
	wait(second, thursday, "attend-main-aussi")
	s.change(t, week, func(a *portal.Activity) { a.WaitMode = portal.WaitNight })
	s.resize(t, week, 1)
	if err := s.GiveWaiting(ctx, act(thursday)); err != nil {
		t.Fatal(err)
	}
	wants("staff give the days of one", "w w w b b")
}
