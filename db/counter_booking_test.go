package db_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"marelle/db"
	"marelle/portal"
)

// desk is a town with a manager and an agent at its counter.
type desk struct {
	*town
	family         portal.FamilyID
	manager, agent portal.AccountID
}

func newDesk(t *testing.T, families, places int) *desk {
	t.Helper()
	d := &desk{town: newTown(t, families, places)}
	d.manager = d.limitsManager(t)
	letter, err := d.CreateStaff(ctx, d.structure, portal.Identity{LastName: "SERRES", FirstName: "Nadia"}, portal.Agent)
	if err != nil {
		t.Fatal(err)
	}
	d.agent = letter.Person.ID
	d.family = d.familyOf(t, 0)
	return d
}

func (d *desk) familyOf(t *testing.T, i int) portal.FamilyID {
	t.Helper()
	var id int64
	for _, c := range d.text(t, "SELECT family_id FROM family_child WHERE child_id = ?", d.children[i][0]) {
		id = id*10 + int64(c-'0')
	}
	return portal.FamilyID(id)
}

// asks prepares an ask for the first family; a day « !2026-11-24 » passes its limit, « -2026-11-24 » is cancelled.
func (d *desk) asks(key string, activity portal.ActivityID, days ...string) portal.DeskAsk {
	ask := portal.DeskAsk{Family: d.family, For: d.parents[0], Key: "guichet-" + key, Reason: "enfant hospitalisé hier"}
	for _, day := range days {
		w := portal.DeskWish{WishLine: portal.WishLine{Child: d.children[0][0], Activity: activity, Wish: portal.WishAdd}}
		if rest, cut := strings.CutPrefix(day, "!"); cut {
			w.Waive, day = true, rest
		}
		if rest, cut := strings.CutPrefix(day, "-"); cut {
			w.Wish, day = portal.WishRemove, rest
		}
		w.Day = portal.MustDate(day)
		ask.Wishes = append(ask.Wishes, w)
	}
	return ask
}

func TestBookAtDesk(t *testing.T) {
	d := newDesk(t, 1, 10)
	d.want(t, 0, 1, d.canteen, "2026-12-10", true) // the family's own draft
	r, err := d.BookAtDesk(ctx, d.structure, d.agent, d.asks("un", d.canteen, "2026-11-24", "2026-12-07"))
	if err != nil || outcomes(r) != "refused booked" {
		t.Fatal(outcomes(r), err)
	}
	if r.Account != d.parents[0] || !r.Lines[1].ByDesk() || r.Lines[1].Late || r.Lines[1].Staff != d.agent {
		t.Errorf("%+v", r)
	}
	again, err := d.BookAtDesk(ctx, d.structure, d.agent, d.asks("un", d.canteen, "2026-11-24", "2026-12-07"))
	if err != nil || again.Number != r.Number {
		t.Error("the same form again:", again, err)
	}
	if _, err := d.BookAtDesk(ctx, d.structure, d.agent, d.asks("un", d.canteen, "2026-12-07", "2026-12-08")); err == nil || !strings.Contains(err.Error(), "déjà été enregistré (reçu n° "+r.Number+"), avec d’autres jours") {
		t.Error("the form again, with another day:", err)
	}
	if _, err := d.BookAtDesk(ctx, d.structure, d.agent, d.asks("deux", d.canteen, "!2026-11-24")); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindNotFound {
		t.Error("an agent passes no limit:", err)
	}
	trial, err := d.TryAtDesk(ctx, d.structure, d.manager, d.asks("", d.canteen, "2026-11-24"))
	if err != nil || len(trial.Waivable) != 1 || outcomes(trial.Receipt) != "refused" {
		t.Fatal(trial, err)
	}
	without := d.asks("trois", d.canteen, "!2026-11-24")
	without.Reason = "oui"
	if _, err := d.BookAtDesk(ctx, d.structure, d.manager, without); err == nil || len(portal.AsError(err).Fields) != 1 {
		t.Error("a reason is needed:", err)
	}
	if r, err = d.BookAtDesk(ctx, d.structure, d.manager, d.asks("quatre", d.canteen, "!2026-11-24")); err != nil || outcomes(r) != "booked" || !r.Lines[0].Late {
		t.Fatal(r, err)
	}
	if r.Lines[0].Reason != "Hors délai, accepté par la mairie : enfant hospitalisé hier." {
		t.Error(r.Lines[0].Reason)
	}
	if _, err := d.BookAtDesk(ctx, d.structure, d.manager, d.asks("cinq", d.canteen, "-2026-11-24")); portal.AsError(err) == nil {
		t.Error("cancelled past the limit without a waiver")
	}
	for query, want := range map[string]string{
		"SELECT count(*) FROM booking WHERE late = 1":                                         "1",
		"SELECT count(*) FROM wish":                                                           "1",
		"SELECT count(*) FROM movement WHERE staff_id IS NOT NULL AND account_id <> staff_id": "3",
		"SELECT count(*) FROM receipt WHERE staff_id IS NOT NULL":                             "2",
		"SELECT count(*) FROM staff_event WHERE subject = 'famille'":                          "2",
	} {
		if got := d.text(t, query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	if r, err = d.BookAtDesk(ctx, d.structure, d.manager, d.asks("six", d.canteen, "!-2026-11-24")); err != nil || outcomes(r) != "cancelled" {
		t.Fatal(r, err)
	}
	if faults, err := d.Audit(ctx); err != nil || len(faults) > 0 {
		t.Error(faults, err)
	}
}

// TestDeskNeverOversells: no reason makes a place where there is none.
func TestDeskNeverOversells(t *testing.T) {
	d := newDesk(t, 2, 1)
	d.want(t, 1, 0, d.wednesday, "2026-12-02", true)
	d.confirm(t, 1, "premier")
	r, err := d.BookAtDesk(ctx, d.structure, d.manager, d.asks("plein", d.wednesday, "!2026-12-02"))
	if err != nil || outcomes(r) != "waiting/1" {
		t.Fatal(outcomes(r), err)
	}
	d.clock.Set(paris("2026-12-02 07:00:00"))
	other := d.asks("encore", d.wednesday, "!2026-12-02")
	other.Wishes[0].Child = d.children[0][1]
	if _, err := d.BookAtDesk(ctx, d.structure, d.manager, other); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindConflict {
		t.Error("past the limit of a full day:", err)
	}
	if faults, err := d.Audit(ctx); err != nil || len(faults) > 0 {
		t.Error(faults, err)
	}
}

// TestDeskLimits: the counter has limits of its own, which the site does not have.
func TestDeskLimits(t *testing.T) {
	d := newDesk(t, 1, 10)
	rule := portal.Rule{Action: portal.ActionBook, Channel: portal.AtDesk, Cutoff: portal.DaysBefore(0, portal.Clock(10, 0))}
	if err := d.EditCutoff(ctx, d.structure, d.manager, d.canteen, rule, 0); err != nil {
		t.Fatal(err)
	}
	if err := d.PublishCutoffs(ctx, d.structure, d.manager, d.canteen, portal.MustDate("2026-11-23"), d.sheet(t, d.canteen).Seen()); err != nil {
		t.Fatal(err)
	}
	r, err := d.BookAtDesk(ctx, d.structure, d.agent, d.asks("tard", d.canteen, "2026-11-24"))
	if err != nil || outcomes(r) != "booked" || r.Lines[0].Late || r.Lines[0].Reason != "" {
		t.Fatal(outcomes(r), err)
	}
}

// deskLimit lets the counter book until an hour of the day itself.
func (d *desk) deskLimit(t *testing.T, a portal.ActivityID, until portal.TimeOfDay) {
	t.Helper()
	rule := portal.Rule{Action: portal.ActionBook, Channel: portal.AtDesk, Cutoff: portal.DaysBefore(0, until)}
	if err := d.EditCutoff(ctx, d.structure, d.manager, a, rule, 0); err != nil {
		t.Fatal(err)
	}
	if err := d.PublishCutoffs(ctx, d.structure, d.manager, a, portal.MustDate("2026-11-23"), d.sheet(t, a).Seen()); err != nil {
		t.Fatal(err)
	}
}

// TestDeskAfterTheService: whatever the counter's limit, a day is not booked once its service is over. Whoever may pass limits
// enters the same day a child who was there, for a reason; the next day nobody does.
func TestDeskAfterTheService(t *testing.T) {
	d := newDesk(t, 1, 10)
	d.deskLimit(t, d.canteen, portal.Clock(23, 0))
	d.clock.Set(paris("2026-11-24 12:00:00")) // at table
	if r, err := d.BookAtDesk(ctx, d.structure, d.agent, d.asks("midi", d.canteen, "2026-11-24")); err != nil || outcomes(r) != "booked" || r.Lines[0].Late {
		t.Fatal("in time for the counter:", r, err)
	}
	d.clock.Set(paris("2026-11-24 16:00:00"))
	later := func(key, day string) portal.DeskAsk {
		ask := d.asks(key, d.canteen, day)
		ask.Wishes[0].Child = d.children[0][1]
		return ask
	}
	trial, err := d.TryAtDesk(ctx, d.structure, d.agent, later("", "2026-11-24"))
	if err != nil || outcomes(trial.Receipt) != "refused" || len(trial.Waivable) != 1 || !strings.HasPrefix(trial.Receipt.Lines[0].Reason, "Le service du mardi 24 novembre est terminé depuis") {
		t.Fatal(trial, err)
	}
	if _, err := d.BookAtDesk(ctx, d.structure, d.agent, later("agent", "2026-11-24")); portal.AsError(err) == nil {
		t.Error("an agent booked a service that is over")
	}
	if _, err := d.BookAtDesk(ctx, d.structure, d.agent, d.asks("retrait", d.canteen, "-2026-11-24")); portal.AsError(err) == nil {
		t.Error("an agent cancelled a meal that was eaten")
	}
	r, err := d.BookAtDesk(ctx, d.structure, d.manager, later("gestion", "!2026-11-24"))
	if err != nil || outcomes(r) != "booked" || !r.Lines[0].Late || r.Lines[0].Reason != "Présence constatée, saisie par la mairie après le service : enfant hospitalisé hier." {
		t.Fatal(r, err)
	}
	d.clock.Set(paris("2026-11-25 08:00:00"))
	if _, err := d.BookAtDesk(ctx, d.structure, d.manager, later("demain", "!2026-11-23")); portal.AsError(err) == nil {
		t.Error("entered the day after")
	}
	if faults, err := d.Audit(ctx); err != nil || len(faults) > 0 {
		t.Error(faults, err)
	}
}

// TestDeskChangesHours: the hours of a day that is booked are changed at the counter, past the limit for a reason only.
func TestDeskChangesHours(t *testing.T) {
	d := newDesk(t, 1, 10)
	setup, err := d.Setup(ctx, d.structure)
	if err != nil {
		t.Fatal(err)
	}
	centre := *setup.Activity(d.wednesday)
	centre.AsksArrival, centre.AsksDeparture, centre.HourStep = true, true, 30
	if _, err := d.SaveActivity(ctx, centre); err != nil {
		t.Fatal(err)
	}
	if _, err := d.BookAtDesk(ctx, d.structure, d.agent, d.asks("pose", d.wednesday, "2026-12-02")); err != nil {
		t.Fatal(err)
	}
	change := func(key string, waive bool) portal.DeskAsk {
		ask := d.asks(key, d.wednesday, "2026-12-02")
		ask.Wishes[0].Wish, ask.Wishes[0].Waive, ask.Wishes[0].Hours = portal.WishChange, waive, portal.Hours{Arrival: portal.Clock(9, 0), Departure: portal.Clock(17, 0)}
		return ask
	}
	r, err := d.BookAtDesk(ctx, d.structure, d.agent, change("change", false))
	if err != nil || r.Count().Changed != 1 || !r.Lines[0].ByDesk() {
		t.Fatal(r, err)
	}
	if got := d.text(t, "SELECT arrival || ' ' || departure FROM booking"); got != "09:00 17:00" {
		t.Error(got)
	}
	if got := d.text(t, "SELECT json_extract(changes, '$[0].quoi') || json_extract(changes, '$[0].apres') FROM staff_event ORDER BY id DESC LIMIT 1"); got != "Horaires changés1" {
		t.Error(got)
	}
	d.sql(t, "UPDATE booking SET arrival = '08:00'")
	d.clock.Set(paris("2026-12-02 07:00:00"))
	trial, err := d.TryAtDesk(ctx, d.structure, d.manager, change("", false))
	if err != nil || outcomes(trial.Receipt) != "refused" || len(trial.Waivable) != 1 {
		t.Fatal(trial, err)
	}
	if r, err = d.BookAtDesk(ctx, d.structure, d.manager, change("quand même", true)); err != nil || r.Count().Changed != 1 || !strings.HasPrefix(r.Lines[0].Reason, "Hors délai, accepté") {
		t.Fatal(r, err)
	}
}

// TestClassesByYear: the classes of this year come first, then those to come, then those that are over; the sheets of a class to
// come are for the children who will be in it, each typed for a family where somebody may book.
func TestClassesByYear(t *testing.T) {
	d := newDesk(t, 3, 10)
	for _, y := range []string{"2024", "2025", "2027"} {
		d.sql(t, "INSERT OR IGNORE INTO school_year (structure_id, label, first, last) VALUES (?1, ?2 || '-' || (?2 + 1), ?2 || '-09-01', (?2 + 1) || '-07-05')", d.structure, y)
		d.sql(t, "INSERT INTO class (school_id, school_year_id, name) SELECT (SELECT min(id) FROM school), id, 'CP ' || label FROM school_year WHERE label LIKE ? || '-%'", y)
	}
	classes, err := d.Classes(ctx, d.structure)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range classes {
		got = append(got, fmt.Sprintf("%s %t %t", c.Year, c.Current, c.Over))
	}
	if want := "2026-2027 true false, 2027-2028 false false, 2025-2026 false true, 2024-2025 false true"; strings.Join(got, ", ") != want {
		t.Errorf("%q, want %q", got, want)
	}
	next, december := classes[1], portal.MustDate("2026-12-01").Month()
	d.sql(t, "INSERT INTO child_class (child_id, school_year_id, class_id, grade) SELECT ?, school_year_id, id, 'CM1' FROM class WHERE id = ?", d.children[2][0], next.ID)
	d.sql(t, "INSERT INTO child_class (child_id, school_year_id, class_id, grade) SELECT ?, school_year_id, id, 'CM1' FROM class WHERE id = ?", d.children[0][1], next.ID)
	pupils, err := d.ClassPupils(ctx, d.structure, next.ID, december)
	if err != nil || len(pupils) != 2 || pupils[0].Child.ID != d.children[0][1] || pupils[0].Family != d.family || pupils[0].Child.Class != "CP 2027-2028" {
		t.Fatal(pupils, err)
	}
	d.sql(t, "UPDATE guardian SET may_book = 0 WHERE account_id = ?", d.parents[2])
	if pupils, err = d.ClassPupils(ctx, d.structure, next.ID, december); err != nil || len(pupils) != 1 {
		t.Error("a child for whom nobody may book:", pupils, err)
	}
	sheets, err := d.PaperMonths(ctx, d.structure, 0, next.ID, december)
	if err != nil || len(sheets) != 2 {
		t.Error(len(sheets), err)
	}
	blank, err := d.PaperBlank(ctx, d.structure, next.ID, december)
	if err != nil || blank.Child.ID != 0 || blank.Child.Class != "CP 2027-2028" || len(blank.Activities) != 3 {
		t.Error("the sheet without a name:", err)
	}
	d.change(t, d.wednesday, func(a *portal.Activity) { a.Audience.Classes = []portal.ClassID{classes[0].ID} })
	if blank, err = d.PaperBlank(ctx, d.structure, next.ID, december); err != nil || len(blank.Activities) != 2 {
		t.Error("what is not open to the class is on its sheet:", err)
	}
	other, err := d.CreateStructure(ctx, portal.Structure{Name: "Voisine", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.PaperBlank(ctx, other, next.ID, december); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindNotFound {
		t.Error("another structure's class:", err)
	}
	if pupils, err := d.ClassPupils(ctx, other, next.ID, december); err != nil || len(pupils) > 0 {
		t.Error("another structure's pupils:", pupils, err)
	}
}

// TestDeskWalls: another family's child or guardian, another structure's family, are not found.
func TestDeskWalls(t *testing.T) {
	d := newDesk(t, 2, 10)
	notFound := func(what string, err error) {
		t.Helper()
		if e := portal.AsError(err); e == nil || e.Kind != portal.KindNotFound {
			t.Errorf("%s: %v", what, err)
		}
	}
	ask := d.asks("murs", d.canteen, "2026-12-07")
	ask.For = d.parents[1]
	_, err := d.BookAtDesk(ctx, d.structure, d.manager, ask)
	notFound("another family's guardian", err)
	ask = d.asks("murs", d.canteen, "2026-12-07")
	ask.Wishes[0].Child = d.children[1][0]
	_, err = d.BookAtDesk(ctx, d.structure, d.manager, ask)
	notFound("another family's child", err)
	other, err := d.CreateStructure(ctx, portal.Structure{Name: "Voisine", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.BookAtDesk(ctx, other, d.manager, d.asks("murs", d.canteen, "2026-12-07"))
	notFound("another structure's family", err)
	_, err = d.DeskMonth(ctx, other, d.family, db.DeskView{})
	notFound("another structure's month", err)
	_, err = d.PaperMonths(ctx, other, d.family, 0, portal.MustDate("2026-12-01").Month())
	notFound("another structure's paper", err)
	if _, err = d.DeskMonth(ctx, d.structure, d.family, db.DeskView{Child: d.children[1][0]}); err == nil {
		t.Error("another family's child")
	}
	d.sql(t, "UPDATE guardian SET may_book = 0 WHERE account_id = ?", d.parents[0])
	_, err = d.BookAtDesk(ctx, d.structure, d.manager, d.asks("murs", d.canteen, "2026-12-07"))
	notFound("a guardian who may not book", err)
}

// TestDeskOfTwoHomes: at the counter and on paper a day of a shared child is booked with the home where the child is, and each
// home finds only its own days.
func TestDeskOfTwoHomes(t *testing.T) {
	s := newShared(t)
	s.share(t, s.rule())
	s.book(t, 1, "formulaire-pere", "2026-12-08") // the week of the other home
	ask := portal.DeskAsk{Key: "guichet-deux-foyers", Family: s.families[0], For: s.parents[0], Wishes: []portal.DeskWish{
		{WishLine: portal.WishLine{Child: s.child, Activity: s.evening, Day: portal.MustDate("2026-12-03"), Wish: portal.WishAdd}},
		{WishLine: portal.WishLine{Child: s.child, Activity: s.evening, Day: portal.MustDate("2026-12-10"), Wish: portal.WishAdd}},
		{WishLine: portal.WishLine{Child: s.child, Activity: s.evening, Day: portal.MustDate("2026-12-08"), Wish: portal.WishRemove}}}}
	r, err := s.BookAtDesk(ctx, s.structure, s.by, ask)
	if err != nil || outcomes(r) != "refused booked refused" || r.Lines[0].Reason != portal.OtherParentsDay().Why || r.Lines[2].Reason != portal.OtherParentsDay().Why {
		t.Fatal(outcomes(r), r.Lines, err)
	}
	if got := s.text(t, "SELECT status FROM booking WHERE child_id = ? AND day = '2026-12-08'", s.child); got != "booked" {
		t.Errorf("the day of the other home is %q", got)
	}
	december := portal.MustDate("2026-12-01").Month()
	for family, own := range map[portal.FamilyID]string{s.families[0]: "2026-12-03", s.families[1]: "2026-12-08"} {
		m, err := s.DeskMonth(ctx, s.structure, family, db.DeskView{Child: s.child, Month: december})
		if err != nil || len(m.Homes) != 1 || m.Homes[0].Family == family || m.Homes[0].Name == "" {
			t.Fatal(m, err)
		}
		if got := bookedDays(&m.Several); got != own {
			t.Errorf("family %d finds %s at the counter, want %s", family, got, own)
		}
	}
	id, err := strconv.ParseInt(s.text(t, "SELECT class_id FROM child_class WHERE child_id = ?", s.child), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	class := portal.ClassID(id)
	for _, family := range []portal.FamilyID{0, s.families[0], s.families[1]} {
		of := class
		if family != 0 {
			of = 0
		}
		sheets, err := s.PaperMonths(ctx, s.structure, family, of, december)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range sheets {
			if p.Child.ID == s.child {
				got = append(got, fmt.Sprint(p.Family, " ", p.Name != "", " ", bookedDays(&p.Several)))
			}
		}
		both := []string{fmt.Sprint(s.families[0], " true 2026-12-03"), fmt.Sprint(s.families[1], " true 2026-12-08")}
		switch family {
		case s.families[0]:
			both = both[:1]
		case s.families[1]:
			both = both[1:]
		}
		if strings.Join(got, ", ") != strings.Join(both, ", ") {
			t.Errorf("sheets of family %d: %q, want %q", family, got, both)
		}
	}
	pupils, err := s.ClassPupils(ctx, s.structure, class, december)
	if err != nil {
		t.Fatal(err)
	}
	var typed []portal.FamilyID
	for _, p := range pupils {
		if p.Child.ID == s.child {
			typed = append(typed, p.Family)
		}
	}
	if fmt.Sprint(typed) != fmt.Sprint(s.families[:]) {
		t.Errorf("typed for %v, want %v", typed, s.families)
	}
}

// TestPaperFollowsTheHomes: a home that a child has left has no form, a custody that is over gives one for everybody, and a third
// family of a shared child finds what is left to it.
func TestPaperFollowsTheHomes(t *testing.T) {
	s := newShared(t)
	s.book(t, 0, "formulaire-mere", "2026-12-03", "2026-12-17")
	s.share(t, s.rule())
	class, err := strconv.ParseInt(s.text(t, "SELECT class_id FROM child_class WHERE child_id = ?", s.child), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	third, err := s.CreateFamily(ctx, s.structure, s.by, portal.Family{Name: "TIERS"}, "formulaire-tiers")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.LinkChild(ctx, s.structure, s.by, third, s.child, "formulaire-lien-tiers"); err != nil {
		t.Fatal(err)
	}
	december := portal.MustDate("2026-12-01").Month()
	// forms lists the forms of the child: the family where a home is named, and the days booked there.
	forms := func(family portal.FamilyID) string {
		t.Helper()
		of := portal.ClassID(class)
		if family != 0 {
			of = 0
		}
		sheets, err := s.PaperMonths(ctx, s.structure, family, of, december)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range sheets {
			if p.Child.ID == s.child {
				home := "—"
				if p.Name != "" {
					home = fmt.Sprint("chez ", p.Family)
				}
				got = append(got, home+": "+bookedDays(&p.Several))
			}
		}
		return strings.Join(got, ", ")
	}
	typed := func() string {
		t.Helper()
		pupils, err := s.ClassPupils(ctx, s.structure, portal.ClassID(class), december)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range pupils {
			if p.Child.ID == s.child {
				got = append(got, fmt.Sprint(p.Family, p.Name != ""))
			}
		}
		return strings.Join(got, ", ")
	}
	want := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	a, b := s.families[0], s.families[1]
	want("the class", forms(0), fmt.Sprintf("chez %d: 2026-12-03 2026-12-17, chez %d: ", a, b))
	want("the third family", forms(third), "—: ")

	s.clock.Set(portal.MustDate("2026-12-10").At(portal.Clock(9, 0)))
	if err := s.RemoveChild(ctx, s.structure, s.by, b, s.child); err != nil {
		t.Fatal(err)
	}
	want("the home that stays", forms(a), "—: 2026-12-03 2026-12-17")
	want("the home that it left", forms(b), "")
	want("the third family, once the custody is over", forms(third), "—: 2026-12-17")
	want("the class, once the custody is over", forms(0), "—: 2026-12-17")
	want("the round", typed(), fmt.Sprint(a, false))
	if m, err := s.DeskMonth(ctx, s.structure, a, db.DeskView{Child: s.child, Month: december}); err != nil || len(m.Homes) != 0 {
		t.Errorf("the counter sends to %v %v", m, err)
	}

	s.clock.Set(portal.MustDate("2027-01-05").At(portal.Clock(9, 0))) // a month that is over names no home that it left either
	want("the class, a month later", forms(0), "—: 2026-12-17")
	want("the round, a month later", typed(), fmt.Sprint(a, false))
}

// bookedDays lists the days on which the first child of a month is booked.
func bookedDays(m *db.Several) string {
	var list []string
	for a := range m.Activities {
		for d := m.First; d <= m.Last; d++ {
			if m.Slot(0, a, d).Status == portal.Booked {
				list = append(list, d.String())
			}
		}
	}
	return strings.Join(list, " ")
}
