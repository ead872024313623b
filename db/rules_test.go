package db_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"marelle/db"
	"marelle/portal"
)

// change saves an activity differently.
func (tn *town) change(t testing.TB, id portal.ActivityID, how func(*portal.Activity)) {
	t.Helper()
	a := tn.activity(t, id)
	how(&a)
	tn.save(t, a)
}

// refused asks for a day and gives the sentence of the refusal.
func (tn *town) refused(t testing.TB, parent, child int, a portal.ActivityID, day string, present bool) string {
	t.Helper()
	_, err := tn.Ask(ctx, tn.parents[parent], db.Want{Child: tn.children[parent][child], Activity: a, Day: portal.MustDate(day), Present: present})
	if err == nil {
		t.Fatalf("%s is not refused", day)
	}
	if portal.AsError(err) == nil {
		t.Fatal(err)
	}
	return err.Error()
}

// agent makes a member of staff.
func (tn *town) agent(t testing.TB) portal.AccountID {
	t.Helper()
	letter, err := tn.CreateStaff(ctx, tn.structure, portal.Identity{LastName: "MARTIN", FirstName: "Lucie", Emails: []string{"lucie@carteville.fr"}}, portal.Manager)
	if err != nil {
		t.Fatal(err)
	}
	return letter.Person.ID
}

// sqlFails runs a statement that the base has to refuse.
func (tn *town) sqlFails(query string) error {
	conn, err := sql.Open("sqlite3", "file:"+tn.Path()+"?_busy_timeout=5000&_txlock=immediate")
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = conn.Exec(query)
	return err
}

// TestAudience: a child who may not come does not choose the activity, is refused by address with the reason, and keeps what
// is booked, which can be cancelled; on the waiting list it keeps its rank and is not served.
func TestAudience(t *testing.T) {
	tn := newTown(t, 1, 1)
	tn.want(t, 0, 0, tn.wednesday, "2026-12-02", true) // the children are born in March 2018: 8 years old
	tn.confirm(t, 0, "amalia")
	tn.want(t, 0, 1, tn.wednesday, "2026-12-02", true)
	tn.confirm(t, 0, "paolo-attend")
	tn.change(t, tn.wednesday, func(a *portal.Activity) { a.Audience = portal.Audience{AgeFrom: 3, AgeTo: 6} })
	const reason = "Le centre est pour les enfants de 3 à 6 ans."
	offered, err := tn.Offered(ctx, tn.parents[0])
	if err != nil {
		t.Fatal(err)
	}
	for i, child := range tn.children[0] {
		if len(offered[child]) != 3 { // something is saved for both
			t.Errorf("child %d is offered %d activities, want 3", i, len(offered[child]))
		}
	}
	if got := tn.refused(t, 0, 0, tn.wednesday, "2026-12-09", true); !strings.Contains(got, reason) {
		t.Error(got)
	}
	tn.wantState(t, 0, 0, tn.wednesday, "2026-12-02", portal.StateBooked)
	tn.wantState(t, 0, 0, tn.wednesday, "2026-12-09", portal.StateTooLate)
	tn.want(t, 0, 0, tn.wednesday, "2026-12-02", false)
	tn.confirm(t, 0, "amalia-annule")
	if err := tn.AdvanceLists(ctx, tn.structure); err != nil {
		t.Fatal(err)
	}
	tn.clock.Set(paris("2026-11-24 01:15:00"))
	if _, err := tn.Transmit(ctx, tn.structure, portal.MustDate("2026-11-24")); err != nil {
		t.Fatal(err)
	}
	if slot := tn.state(t, 0, 1, tn.wednesday, "2026-12-02"); slot.Status != portal.Waiting || slot.Rank != 1 {
		t.Errorf("Paolo is %s, rank %d", slot.Status, slot.Rank)
	}
	_, err = tn.Calendar(ctx, tn.parents[0], tn.children[0][0], tn.wednesday, portal.MustDate("2026-12-01").Month())
	if portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindForbidden || !strings.Contains(err.Error(), reason) {
		t.Errorf("by address: %v", err)
	}
	v, err := tn.AllActivities(ctx, tn.parents[0], tn.children[0][0], portal.MustDate("2026-12-01").Month())
	if err != nil || len(v.Activities) != 2 {
		t.Errorf("%d activities of Amalia, %v", len(v.Activities), err)
	}
	all, err := tn.AllChildren(ctx, tn.parents[0], tn.wednesday, portal.MustDate("2026-12-01").Month())
	if err != nil || len(all.Shown) != 1 || all.Shown[0].ID != tn.children[0][1] {
		t.Errorf("children of the centre: %+v, %v", all, err)
	}
	// By class: the only one is CE1.
	tn.change(t, tn.canteen, func(a *portal.Activity) { a.Audience = portal.Audience{Grades: []string{"CE2"}} })
	if got := tn.refused(t, 0, 0, tn.canteen, "2026-12-07", true); !strings.Contains(got, "La cantine est pour les élèves de CE2.") {
		t.Error(got)
	}
	schools, err := tn.SchoolsOf(ctx, tn.structure)
	if err != nil {
		t.Fatal(err)
	}
	tn.change(t, tn.canteen, func(a *portal.Activity) { a.Audience = portal.Audience{Schools: []portal.SchoolID{schools[0].ID}} })
	tn.want(t, 0, 0, tn.canteen, "2026-12-07", true)
	tn.sound(t)
}

// TestAudienceAtValidation: a wish made before the rule is refused when it is validated, with the reason.
func TestAudienceAtValidation(t *testing.T) {
	tn := newTown(t, 1, 5)
	tn.want(t, 0, 0, tn.wednesday, "2026-12-02", true)
	tn.change(t, tn.wednesday, func(a *portal.Activity) { a.Audience = portal.Audience{AgeTo: 6} })
	r := tn.confirm(t, 0, "trop-grande")
	if outcomes(r) != "refused" || !strings.Contains(r.Lines[0].Reason, "Le centre est pour les enfants de 6 ans au plus.") {
		t.Errorf("%s: %s", outcomes(r), r.Lines[0].Reason)
	}
}

// TestEnrolment: without an enrolment that holds the day nothing is booked; staff enrol and end, and the audit log says so.
func TestEnrolment(t *testing.T) {
	tn := newTown(t, 2, 5)
	by := tn.agent(t)
	tn.change(t, tn.evening, func(a *portal.Activity) { a.Enrolment = true })
	if got := tn.refused(t, 0, 0, tn.evening, "2026-12-01", true); got != "L’accueil du soir demande une inscription, que votre enfant n’a pas. Demandez-la à la mairie." {
		t.Error(got)
	}
	child := tn.children[0][0]
	set := func(first, last string) {
		t.Helper()
		var days [2]portal.Date
		for i, text := range []string{first, last} {
			if text != "" {
				days[i] = portal.MustDate(text)
			}
		}
		err := tn.RemoveEnrolment(ctx, tn.structure, by, child, tn.evening)
		if days[0] != 0 {
			err = tn.SaveEnrolment(ctx, tn.structure, by, child, portal.Enrolment{Activity: tn.evening, First: days[0], Last: days[1]})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	set("2026-11-30", "2026-12-18")
	tn.want(t, 0, 0, tn.evening, "2026-12-01", true)
	tn.confirm(t, 0, "inscrite")
	if got := tn.refused(t, 0, 0, tn.evening, "2026-12-21", true); !strings.Contains(got, "Fermé") && !strings.Contains(got, "ouverture") && !strings.Contains(got, "acances") && !strings.Contains(got, "terminée") {
		t.Error(got)
	}
	if got := tn.refused(t, 0, 1, tn.evening, "2026-12-01", true); !strings.Contains(got, "demande une inscription") {
		t.Error(got)
	}
	set("", "")
	tn.wantState(t, 0, 0, tn.evening, "2026-12-01", portal.StateBooked) // what is booked stays
	if got := tn.refused(t, 0, 0, tn.evening, "2026-12-03", true); !strings.Contains(got, "demande une inscription") {
		t.Error(got)
	}
	other, err := tn.CreateStructure(ctx, portal.Structure{Name: "Mairie d’à côté", Zone: "C"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		structure portal.StructureID
		child     portal.ChildID
	}{{other, child}, {tn.structure, 99999}} {
		if err := tn.SaveEnrolment(ctx, c.structure, by, c.child, portal.Enrolment{Activity: tn.evening, First: portal.MustDate("2026-12-01")}); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindNotFound {
			t.Errorf("another structure's: %v", err)
		}
	}
}

// TestResidentsFirst: the families of the town book first; a child of two families is of the town when one of them is.
func TestResidentsFirst(t *testing.T) {
	tn := newTown(t, 2, 5)
	opens := portal.NewDate(2026, 11, 23).At(portal.Clock(7, 0))
	tn.change(t, tn.wednesday, func(a *portal.Activity) {
		a.Windows = []portal.Window{{Name: "décembre", First: portal.MustDate("2026-12-01"), Last: portal.MustDate("2026-12-31"), Opens: opens, OutsideOpens: opens.AddDate(0, 0, 2)}}
	})
	tn.sql(t, "UPDATE family SET resident = 0 WHERE id = (SELECT family_id FROM family_child WHERE child_id = ?)", tn.children[1][0])
	tn.want(t, 0, 0, tn.wednesday, "2026-12-02", true)
	if got := tn.refused(t, 1, 0, tn.wednesday, "2026-12-02", true); !strings.Contains(got, "ouvrent le mercredi 25 novembre 2026 à 7 h") {
		t.Error(got)
	}
	if why := func() portal.Why {
		s := tn.state(t, 1, 0, tn.wednesday, "2026-12-02")
		return s.Explain(tn.clock.Now())
	}(); !strings.Contains(strings.Join(why.Facts, " "), "Les familles de la commune réservent d’abord") {
		t.Errorf("%+v", why)
	}
	tn.sql(t, "INSERT INTO family_child (family_id, child_id) SELECT family_id, ? FROM family_child WHERE child_id = ?", tn.children[1][0], tn.children[0][0])
	tn.want(t, 1, 0, tn.wednesday, "2026-12-02", true)
	if got := tn.refused(t, 1, 1, tn.wednesday, "2026-12-02", true); !strings.Contains(got, "ouvrent le") {
		t.Error(got)
	}
	tn.clock.Set(opens.AddDate(0, 0, 2))
	tn.want(t, 1, 1, tn.wednesday, "2026-12-02", true)
}

// TestHorizon: nothing is booked beyond the horizon; a registration for the year comes back to each day when it opens.
func TestHorizon(t *testing.T) {
	tn := newTown(t, 1, 5)
	tn.change(t, tn.evening, func(a *portal.Activity) { a.Horizon, a.HorizonDays, a.Annual = portal.HorizonOfDays, 14, true })
	tn.want(t, 0, 0, tn.evening, "2026-12-07", true)
	if got := tn.refused(t, 0, 0, tn.evening, "2026-12-08", true); !strings.Contains(got, "Les réservations du mardi 8 décembre ouvrent le mardi 24 novembre 2026 à 0 h") {
		t.Error(got)
	}
	wish := db.RegistrationWish{Registration: portal.Registration{Child: tn.children[0][1], Activity: tn.evening, First: portal.MustDate("2026-12-01"), Weekdays: portal.Days(portal.Tuesday)}}
	if _, err := tn.AskRegistration(ctx, tn.parents[0], "inscription-soir", wish); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ night, booked, open string }{{"2026-11-24", "2026-12-08", "2026-12-15"}, {"2026-12-01", "2026-12-15", "2027-01-05"}} {
		tn.clock.Set(paris(c.night + " 01:15:00"))
		for night := portal.MustDate(c.night) - 7; night <= portal.MustDate(c.night); night++ {
			if _, err := tn.Transmit(ctx, tn.structure, night); err != nil && portal.AsError(err) == nil {
				t.Fatal(err)
			}
		}
		tn.wantState(t, 0, 1, tn.evening, c.booked, portal.StateBooked)
		if slot := tn.state(t, 0, 1, tn.evening, c.open); slot.Status != portal.NotBooked {
			t.Errorf("%s is booked already", c.open)
		}
	}
	tn.sound(t)
}

// TestClosedActivity takes nothing new; what is booked stays until its day and can be cancelled; nobody is promoted.
func TestClosedActivity(t *testing.T) {
	tn := newTown(t, 1, 1)
	tn.want(t, 0, 0, tn.wednesday, "2026-12-02", true)
	tn.confirm(t, 0, "amalia")
	tn.want(t, 0, 1, tn.wednesday, "2026-12-02", true)
	tn.confirm(t, 0, "paolo-attend")
	tn.change(t, tn.wednesday, func(a *portal.Activity) { a.ClosedAt = tn.clock.Now() })
	if got := tn.refused(t, 0, 0, tn.wednesday, "2026-12-09", true); !strings.Contains(got, "Le centre n’est plus proposé depuis le lundi 23 novembre 2026.") {
		t.Error(got)
	}
	tn.want(t, 0, 0, tn.wednesday, "2026-12-02", false)
	tn.confirm(t, 0, "annulee")
	tn.clock.Set(paris("2026-11-24 01:15:00"))
	if _, err := tn.Transmit(ctx, tn.structure, portal.MustDate("2026-11-24")); err != nil {
		t.Fatal(err)
	}
	if slot := tn.state(t, 0, 1, tn.wednesday, "2026-12-02"); slot.Status != portal.Waiting {
		t.Errorf("promoted into a closed activity: %s", slot.Status)
	}
	offered, err := tn.Offered(ctx, tn.parents[0])
	if err != nil || len(offered[tn.children[0][0]]) != 2 || len(offered[tn.children[0][1]]) != 3 {
		t.Errorf("%d and %d activities, %v", len(offered[tn.children[0][0]]), len(offered[tn.children[0][1]]), err)
	}
	tn.sound(t)
}

// TestGroupsOfPlaces: 1 place for the small ones, 1 for the tall, 2 in all, none on the 16th and one more on Thursdays.
func TestGroupsOfPlaces(t *testing.T) {
	tn := newTown(t, 3, 9)
	// The first families' children become small, the last one's stay 8 years old.
	for _, p := range []int{0, 1} {
		for _, child := range tn.children[p] {
			tn.sql(t, "UPDATE child SET birth = '2021-05-01' WHERE id = ?", child)
		}
	}
	small, tall := portal.Audience{AgeTo: 6}, portal.Audience{AgeFrom: 7}
	tn.change(t, tn.wednesday, func(a *portal.Activity) {
		a.Opening.School |= portal.Days(portal.Thursday)
		a.Counters = []portal.Counter{
			{Name: "En tout", Limited: true, Capacity: 2, Special: []portal.Capacity{{Weekday: portal.Thursday}, {Day: portal.MustDate("2026-12-16"), Limited: true, Places: 0}}},
			{Name: "Petits", Limited: true, Capacity: 1, Audience: small, Special: []portal.Capacity{{Weekday: portal.Thursday, Limited: true, Places: 2}}},
			{Name: "Grands", Limited: true, Capacity: 1, Audience: tall},
		}
		a.Waitlist = false
	})
	book := func(parent, child int, day, want string) {
		t.Helper()
		tn.want(t, parent, child, tn.wednesday, day, true)
		if got := outcomes(tn.confirm(t, parent, fmt.Sprintf("%d-%d-%s", parent, child, day))); got != want {
			t.Errorf("family %d, %s: %s, want %s", parent, day, got, want)
		}
		tn.sound(t)
	}
	full := func(parent, child int, day string) {
		t.Helper()
		if got := tn.refused(t, parent, child, tn.wednesday, day, true); !strings.Contains(got, "Il n’y a plus de place") {
			t.Error(got)
		}
	}
	book(0, 0, "2026-12-02", "booked")
	full(1, 0, "2026-12-02")           // the small ones' only place
	book(2, 0, "2026-12-02", "booked") // the tall have theirs
	full(2, 1, "2026-12-02")
	full(0, 0, "2026-12-16") // none that day
	book(0, 0, "2026-12-03", "booked")
	book(0, 1, "2026-12-03", "booked") // two small ones on Thursdays, whatever the whole
	full(1, 0, "2026-12-03")
	book(2, 0, "2026-12-03", "booked")

	// Amalia turns out older than was thought: her place is given back where it was taken.
	tn.sql(t, "UPDATE child SET birth = '2018-05-01' WHERE id = ?", tn.children[0][0])
	tn.want(t, 0, 0, tn.wednesday, "2026-12-02", false)
	tn.confirm(t, 0, "annule")
	tn.sound(t)
	book(1, 0, "2026-12-02", "booked")

	// Fewer places than are taken: the bookings stay, and it is said.
	tn.change(t, tn.wednesday, func(a *portal.Activity) { a.Counters[0].Capacity = 1 })
	tn.wantState(t, 1, 0, tn.wednesday, "2026-12-02", portal.StateBooked)
	uses, err := tn.CounterUses(ctx, tn.structure)
	i := slices.IndexFunc(uses, func(u db.CounterUse) bool { return u.Name == "En tout" })
	if err != nil || i < 0 || len(uses[i].Over) != 1 || uses[i].Over[0].Day != portal.MustDate("2026-12-02") || uses[i].Over[0].Places != 1 || uses[i].Over[0].Taken != 2 {
		t.Errorf("%+v %v", uses, err)
	}
	tn.wantState(t, 2, 0, tn.wednesday, "2026-12-02", portal.StateBooked)
	full(2, 1, "2026-12-02")
	// Another group, another count.
	tn.change(t, tn.wednesday, func(a *portal.Activity) {
		a.Counters[1].Audience, a.Counters[2].Audience = portal.Audience{AgeTo: 4}, portal.Audience{AgeFrom: 5}
	})
	tn.sound(t)
	// The base itself never sells more, whatever the program believes.
	if err := tn.sqlFails("UPDATE counter_day SET taken = taken + 1 WHERE day = '2026-12-02'"); err == nil || !strings.Contains(err.Error(), "oversold") {
		t.Errorf("the net let it pass: %v", err)
	}
	if err := tn.sqlFails("INSERT INTO counter_day (counter_id, day, taken) SELECT id, '2026-12-16', 1 FROM counter WHERE name = 'En tout'"); err == nil || !strings.Contains(err.Error(), "oversold") {
		t.Errorf("the net let it pass: %v", err)
	}
}

// TestPlacesOfAGroupStay: a booking counts for the group of which its child was when it was booked; what is saved beside does
// not decide it anew, an activity that joins a counter brings its own bookings, and another group counts all of them again.
func TestPlacesOfAGroupStay(t *testing.T) {
	tn := newTown(t, 2, 9)
	by := tn.clerk(t, "PUJOL")
	for _, child := range []int{0, 1} {
		tn.sql(t, "UPDATE child SET birth = '2021-05-01' WHERE id = ?", tn.children[child][0])
	}
	tn.change(t, tn.wednesday, func(a *portal.Activity) {
		a.Counters = []portal.Counter{{Name: "En tout", Limited: true, Capacity: 9}, {Name: "Petits", Limited: true, Capacity: 9, Audience: portal.Audience{AgeTo: 6}}}
	})
	for p, id := range []portal.ActivityID{tn.wednesday, tn.wednesday} {
		tn.want(t, p, 0, id, "2026-12-02", true)
		tn.confirm(t, p, fmt.Sprint("reserve", p))
	}
	counters := tn.activity(t, tn.wednesday).Counters
	taken := func(step, want string) {
		t.Helper()
		tn.sound(t)
		if got := tn.text(t, "SELECT coalesce(group_concat(c.name || ' ' || d.taken, ', ' ORDER BY c.id), '') FROM counter c JOIN counter_day d ON d.counter_id = c.id WHERE d.day = '2026-12-02' AND c.id IN (?, ?)", counters[0].ID, counters[1].ID); got != want {
			t.Errorf("%s: %q, want %q", step, got, want)
		}
	}
	part := func(change func(*portal.Activity)) {
		t.Helper()
		if impact, err := tn.edit(t, by, tn.wednesday, portal.PartPlaces, "", change); err != nil || impact != nil {
			t.Fatal(impact, err)
		}
	}
	counter := func(change func(*db.CounterEdit)) {
		t.Helper()
		u, err := tn.CounterUse(ctx, tn.structure, counters[1].ID)
		if err != nil {
			t.Fatal(err)
		}
		e := db.CounterEdit{Counter: u.Counter, Activities: u.Activities, Seen: u.Version()}
		change(&e)
		if _, impact, err := tn.SaveCounter(ctx, tn.structure, by, e); err != nil || impact != nil {
			t.Fatal(impact, err)
		}
	}
	taken("booked", "En tout 2, Petits 2")
	tn.sql(t, "UPDATE child SET birth = '2017-05-01' WHERE id = ?", tn.children[0][0]) // older than was thought, or another class since
	part(func(a *portal.Activity) { a.Waitlist = !a.Waitlist })
	taken("the waiting list", "En tout 2, Petits 2")
	counter(func(e *db.CounterEdit) { e.Capacity = 8 })
	taken("other places", "En tout 2, Petits 2")
	part(func(a *portal.Activity) { a.Counters = counters[1:] })
	taken("the whole is left", "Petits 2")
	part(func(a *portal.Activity) { a.Counters = counters })
	taken("the whole is joined", "En tout 2, Petits 2")
	part(func(a *portal.Activity) { a.Counters = counters[:1] })
	taken("the group is left", "En tout 2")
	part(func(a *portal.Activity) { a.Counters = counters })
	taken("the group is joined", "En tout 2, Petits 1")
	tn.sql(t, "UPDATE child SET birth = '2021-05-01' WHERE id = ?", tn.children[0][0])
	counter(func(e *db.CounterEdit) { e.Name = "Les petits" })
	taken("another name", "En tout 2, Les petits 1")
	counter(func(e *db.CounterEdit) { e.Audience.AgeTo = 7 })
	taken("another group", "En tout 2, Les petits 2")
}

// TestGroupsOnTheWaitingList: a place of a group goes to the first of that group, not to the first of the list.
func TestGroupsOnTheWaitingList(t *testing.T) {
	tn := newTown(t, 3, 9)
	for _, p := range []int{0, 2} {
		tn.sql(t, "UPDATE child SET birth = '2021-05-01' WHERE id = ?", tn.children[p][0])
	}
	tn.change(t, tn.wednesday, func(a *portal.Activity) {
		a.WaitMode = portal.WaitNow
		a.Counters = []portal.Counter{{Name: "Petits", Limited: true, Capacity: 1, Audience: portal.Audience{AgeTo: 6}}, {Name: "Grands", Limited: true, Capacity: 0, Audience: portal.Audience{AgeFrom: 7}}}
	})
	tn.put(t, 0, tn.wednesday, "2026-12-02", true)
	tn.put(t, 1, tn.wednesday, "2026-12-02", true)
	tn.put(t, 2, tn.wednesday, "2026-12-02", true)
	tn.wantStatus(t, tn.wednesday, "2026-12-02", "booked waiting/1 waiting/2")
	tn.put(t, 0, tn.wednesday, "2026-12-02", false)
	tn.wantStatus(t, tn.wednesday, "2026-12-02", "- waiting/1 booked")
}
