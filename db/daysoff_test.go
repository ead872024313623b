package db_test

import (
	"testing"

	"marelle/db"
	"marelle/portal"
)

func (tn *town) setup(t testing.TB) *portal.Setup {
	t.Helper()
	setup, err := tn.Setup(ctx, tn.structure)
	if err != nil {
		t.Fatal(err)
	}
	return setup
}

// TestBridgeDayOverBookings: the change says what it touches before it is saved; what was booked stays, locked, with the
// reason that families read.
func TestBridgeDayOverBookings(t *testing.T) {
	tn := newTown(t, 2, 5)
	by := tn.administrator(t)
	for parent, key := range []string{"un", "deux"} {
		for _, day := range []string{"2026-12-07", "2026-12-08"} {
			tn.want(t, parent, 0, tn.canteen, day, true)
		}
		tn.confirm(t, parent, key)
	}
	setup := tn.setup(t)
	year, span, _ := setup.YearSpan(setup.YearOf(portal.MustDate("2026-12-07")).ID)
	bridge := []portal.DaysOff{{Kind: portal.OffBridge, Period: portal.Period{Name: "pont de l’Immaculée", From: portal.MustDate("2026-12-07"), To: portal.MustDate("2026-12-07")}}}
	touched, err := tn.Touched(ctx, tn.structure, setup.Calendar.With(false, span, bridge))
	if err != nil {
		t.Fatal(err)
	}
	if len(touched) != 2 || touched[0].Activity.ID != tn.canteen || touched[0].Booked != 2 || len(touched[0].Days) != 1 || touched[1].Booked != 0 {
		t.Fatalf("%+v", touched)
	}
	seen := portal.Version(nil)
	if err := tn.SaveDaysOff(ctx, by, tn.structure, year.ID, false, bridge, seen); err != nil {
		t.Fatal(err)
	}
	slot := tn.state(t, 0, 0, tn.canteen, "2026-12-07")
	if slot.Open || slot.Status != portal.Booked || slot.State(tn.clock.Now()) != portal.StateLocked || slot.Closed.Why != "Fermeture générale : pont de l’Immaculée." {
		t.Errorf("%+v", slot)
	}
	tn.wantState(t, 0, 0, tn.canteen, "2026-12-08", portal.StateBooked)
	if n := tn.lastNote(t); n.Subject != "calendrier" || n.By != by || len(n.Changes) != 1 || n.Changes[0].What != "Pont de l’Immaculée" || n.Changes[0].After != "le lundi 7 décembre 2026" {
		t.Errorf("%+v", n)
	}
	if err := tn.SaveDaysOff(ctx, by, tn.structure, year.ID, false, nil, seen); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindConflict {
		t.Errorf("an old form: %v", err)
	}
	if err := tn.SaveDaysOff(ctx, by, tn.structure, year.ID, false, nil, portal.Version(portal.OffFacts(bridge))); err != nil {
		t.Fatal(err)
	}
	tn.wantState(t, 0, 0, tn.canteen, "2026-12-07", portal.StateBooked)
}

// TestHolidaysOfOneYear: the holidays of one year are replaced, those of the others stay.
func TestHolidaysOfOneYear(t *testing.T) {
	tn := newTown(t, 1, 1)
	by := tn.administrator(t)
	setup := tn.setup(t)
	y := setup.YearOf(portal.MustDate("2026-12-07"))
	_, span, _ := setup.YearSpan(y.ID)
	all := len(setup.Calendar.Holidays)
	was := setup.Calendar.DaysOff(true, span)
	own := []portal.DaysOff{{Kind: portal.OffHolidays, Period: portal.Period{Name: "vacances d’octobre", From: portal.MustDate("2026-10-10"), To: portal.MustDate("2026-10-25")}}}
	if err := tn.SaveDaysOff(ctx, by, tn.structure, y.ID, true, own, portal.Version(portal.OffFacts(was))); err != nil {
		t.Fatal(err)
	}
	setup = tn.setup(t)
	if got := setup.Calendar.DaysOff(true, span); len(got) != 1 || got[0] != own[0] {
		t.Errorf("%v", got)
	}
	if got := len(setup.Calendar.Holidays); got != all-len(was)+1 {
		t.Errorf("%d holidays, of %d before", got, all)
	}
	other, err := tn.CreateStructure(ctx, portal.Structure{Name: "Syndicat", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	if err := tn.SaveDaysOff(ctx, by, other, y.ID, true, nil, ""); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindNotFound {
		t.Errorf("the year of another structure: %v", err)
	}
}

func TestSaveTerritory(t *testing.T) {
	tn := newTown(t, 1, 1)
	by := tn.administrator(t)
	if err := tn.SaveTerritory(ctx, by, tn.structure, portal.AlsaceMoselle); err != nil {
		t.Fatal(err)
	}
	if got := tn.setup(t).Calendar.PublicHoliday(portal.MustDate("2027-03-26")); got != "Vendredi saint" {
		t.Errorf("%q", got)
	}
	if err := tn.SaveTerritory(ctx, by, tn.structure, "bretagne"); portal.AsError(err).Field("territoire") == "" {
		t.Errorf("%v", err)
	}
}

// TestSchoolYears: a year is created, changed and taken back; one that has classes stays.
func TestSchoolYears(t *testing.T) {
	tn := newTown(t, 1, 1)
	by := tn.administrator(t)
	setup := tn.setup(t)
	last := setup.Years[len(setup.Years)-1]
	if _, err := tn.CreateYear(ctx, by, tn.structure, portal.SchoolYear{Label: last.Label, First: last.First, Last: last.Last}); portal.AsError(err).Field("annee") == "" {
		t.Errorf("a year twice: %v", err)
	}
	first := portal.NewDate(last.Last.Month().Year, 9, 1)
	label := last.Label[5:] + "-" + portal.NewDate(last.Last.Month().Year+1, 1, 1).String()[:4]
	id, err := tn.CreateYear(ctx, by, tn.structure, portal.SchoolYear{Label: label, First: first, Last: first + 300,
		Holidays: []portal.Period{{Name: "vacances de Noël", From: first + 110, To: first + 124}}})
	if err != nil {
		t.Fatal(err)
	}
	setup = tn.setup(t)
	y, _, ok := setup.YearSpan(id)
	if !ok || y.Label != label || setup.Calendar.SchoolHoliday(first+115) != "vacances de Noël" {
		t.Errorf("%+v", y)
	}
	seen := portal.Version(portal.YearFacts(y))
	if err := tn.ChangeYear(ctx, by, tn.structure, id, first+1, first+301, seen); err != nil {
		t.Fatal(err)
	}
	if err := tn.ChangeYear(ctx, by, tn.structure, id, first+2, first+302, seen); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindConflict {
		t.Errorf("an old form: %v", err)
	}
	if err := tn.RemoveYear(ctx, by, tn.structure, id); err != nil {
		t.Error(err)
	}
	used := setup.YearOf(portal.MustDate("2026-12-07"))
	if err := tn.RemoveYear(ctx, by, tn.structure, used.ID); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindConflict {
		t.Errorf("a year with classes: %v", err)
	}
}

// TestMergeSchools: a school typed twice becomes one; children, classes, messages and audiences follow, nobody is lost.
func TestMergeSchools(t *testing.T) {
	tn := newTown(t, 2, 1)
	by := tn.administrator(t)
	schools, err := tn.SchoolsOf(ctx, tn.structure)
	if err != nil || len(schools) != 1 {
		t.Fatal(schools, err)
	}
	bourg := schools[0].ID
	year := tn.setup(t).YearOf(portal.MustDate("2026-12-07")).ID
	twice, err := tn.SaveSchool(ctx, by, tn.structure, 0, "Ecole du Bourg (2)", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tn.SaveSchool(ctx, by, tn.structure, 0, "ÉCOLE DU BOURG", ""); portal.AsError(err).Field("nom") == "" {
		t.Errorf("the same name: %v", err)
	}
	if _, err := tn.SaveClass(ctx, by, tn.structure, db.Class{School: twice, Year: year, Name: "ce1 m galy", Grades: []string{"CE2", "CE1"}}, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := tn.SaveClass(ctx, by, tn.structure, db.Class{School: twice, Year: year, Name: "CE1 M. GALY"}, ""); portal.AsError(err).Field("nom") == "" {
		t.Errorf("the same class: %v", err)
	}
	if _, err := tn.SaveClass(ctx, by, tn.structure, db.Class{School: twice, Year: year, Name: "CP Mme IZARD"}, ""); err != nil {
		t.Fatal(err)
	}
	a := tn.activity(t, tn.canteen)
	a.Audience = portal.Audience{Schools: []portal.SchoolID{bourg}}
	if _, err := tn.SaveActivity(ctx, a); err != nil {
		t.Fatal(err)
	}
	if err := tn.RemoveSchool(ctx, by, tn.structure, bourg); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindConflict {
		t.Errorf("a school with classes: %v", err)
	}
	if _, err := tn.WriteAnnouncement(ctx, 0, portal.Announcement{Structure: tn.structure, Title: "Fête", Body: "Samedi.", First: portal.MustDate("2026-11-23"), Last: portal.MustDate("2026-12-01"), School: bourg}, "formulaire"); err != nil {
		t.Fatal(err)
	}
	plan, err := tn.PlanMerge(ctx, tn.structure, bourg, twice)
	if err != nil || plan.Children != 4 || plan.Classes != 0 || len(plan.Joined) != 1 || plan.Messages != 1 || plan.Settings != 1 {
		t.Fatalf("%+v %v", plan, err)
	}
	if schools, _ := tn.SchoolsOf(ctx, tn.structure); len(schools) != 2 {
		t.Fatal("looking at what would change changed something")
	}
	if _, err := tn.MergeSchools(ctx, by, tn.structure, bourg, twice); err != nil {
		t.Fatal(err)
	}
	classes, err := tn.ClassesOf(ctx, tn.structure, year)
	if err != nil || len(classes) != 2 || classes[0].Name != "ce1 m galy" || classes[0].Children != 4 || classes[0].School != twice {
		t.Errorf("%+v %v", classes, err)
	}
	if got := tn.activity(t, tn.canteen).Audience.Schools; len(got) != 1 || got[0] != twice {
		t.Errorf("the canteen is for %v", got)
	}
	list, err := tn.Announcements(ctx, tn.structure)
	if err != nil || list[0].School != twice {
		t.Errorf("%+v %v", list, err)
	}
	if schools, _ := tn.SchoolsOf(ctx, tn.structure); len(schools) != 1 || schools[0].ID != twice {
		t.Errorf("%v", schools)
	}
	if _, err := tn.MergeSchools(ctx, by, tn.structure, twice, twice); portal.AsError(err).Field("dans") == "" {
		t.Errorf("with itself: %v", err)
	}
}

// TestNamesOfSchoolsAndClasses: what families read of a school and a class is its name of today.
func TestNamesOfSchoolsAndClasses(t *testing.T) {
	tn := newTown(t, 1, 1)
	by := tn.administrator(t)
	year := tn.setup(t).YearOf(portal.MustDate("2026-12-07")).ID
	var school portal.SchoolID
	var class portal.ClassID
	for _, step := range []struct {
		what          string
		do            func() error
		school, class string
	}{
		{"a school added", func() (err error) {
			school, err = tn.SaveSchool(ctx, by, tn.structure, 0, "École du Lac", "")
			return err
		}, "École du Lac", ""},
		{"a school renamed", func() error {
			_, err := tn.SaveSchool(ctx, by, tn.structure, school, "École des Pins", portal.Version(db.School{Name: "École du Lac"}.Facts()))
			return err
		}, "École des Pins", ""},
		{"a class added", func() (err error) {
			class, err = tn.SaveClass(ctx, by, tn.structure, db.Class{School: school, Year: year, Name: "CP"}, "")
			return err
		}, "École des Pins", "CP"},
		{"a class renamed", func() error {
			_, err := tn.SaveClass(ctx, by, tn.structure, db.Class{ID: class, Name: "CP Mme IZARD"}, portal.Version((&db.Class{Name: "CP"}).Facts()))
			return err
		}, "École des Pins", "CP Mme IZARD"},
		{"a class taken away", func() error { return tn.RemoveClass(ctx, by, tn.structure, class) }, "École des Pins", ""},
		{"a school taken away", func() error { return tn.RemoveSchool(ctx, by, tn.structure, school) }, "", ""},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.what, err)
		}
		setup := tn.setup(t)
		if got := setup.SchoolNames[school]; got != step.school {
			t.Errorf("%s: the school is « %s »", step.what, got)
		}
		if got := setup.ClassNames[class]; got != step.class {
			t.Errorf("%s: the class is « %s »", step.what, got)
		}
	}
}

// TestClasses: levels, renaming, taking away.
func TestClasses(t *testing.T) {
	tn := newTown(t, 1, 1)
	by := tn.administrator(t)
	year := tn.setup(t).YearOf(portal.MustDate("2026-12-07")).ID
	classes, err := tn.ClassesOf(ctx, tn.structure, year)
	if err != nil || len(classes) != 1 || len(classes[0].Levels()) != 1 || classes[0].Levels()[0] != "CE1" {
		t.Fatalf("%+v %v", classes, err)
	}
	if err := tn.RemoveClass(ctx, by, tn.structure, classes[0].ID); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindConflict {
		t.Errorf("a class with children: %v", err)
	}
	id, err := tn.SaveClass(ctx, by, tn.structure, db.Class{School: classes[0].School, Year: year, Name: "  PS   Mme VIDAL ", Grades: []string{"MS", "PS"}}, "")
	if err != nil {
		t.Fatal(err)
	}
	c, err := tn.ClassOf(ctx, tn.structure, id)
	if err != nil || c.Name != "PS Mme VIDAL" || c.Grades[0] != "PS" {
		t.Errorf("%+v %v", c, err)
	}
	a := tn.activity(t, tn.evening)
	a.Audience = portal.Audience{Classes: []portal.ClassID{id}}
	if _, err := tn.SaveActivity(ctx, a); err != nil {
		t.Fatal(err)
	}
	if err := tn.RemoveClass(ctx, by, tn.structure, id); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindConflict {
		t.Errorf("a class that an activity is for: %v", err)
	}
	a.Audience = portal.Audience{}
	if _, err := tn.SaveActivity(ctx, a); err != nil {
		t.Fatal(err)
	}
	if err := tn.RemoveClass(ctx, by, tn.structure, id); err != nil {
		t.Error(err)
	}
	if _, err := tn.SaveClass(ctx, by, tn.structure, db.Class{School: classes[0].School, Year: 4242, Name: "CP"}, ""); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindNotFound {
		t.Errorf("a year that is not there: %v", err)
	}
}
