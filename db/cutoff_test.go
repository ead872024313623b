package db_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"marelle/db"
	"marelle/portal"
)

// limitsManager creates an agent of a town, and gives the account.
func (tn *town) limitsManager(t testing.TB) portal.AccountID {
	t.Helper()
	letter, err := tn.CreateStaff(ctx, tn.structure, portal.Identity{Civility: "M.", LastName: "PUJOL", FirstName: "Étienne"}, portal.Manager)
	if err != nil {
		t.Fatal(err)
	}
	return letter.Person.ID
}

func (tn *town) sheet(t testing.TB, a portal.ActivityID) *db.CutoffSheet {
	t.Helper()
	sheet, err := tn.Cutoffs(ctx, tn.structure, a)
	if err != nil {
		t.Fatal(err)
	}
	return sheet
}

func bookRule(c portal.Cutoff) portal.Rule {
	return portal.Rule{Action: portal.ActionBook, Channel: portal.Online, Cutoff: c}
}

// limit gives the last instant to do something for a day, as the town hall writes it.
func (tn *town) limit(t testing.TB, a portal.ActivityID, action portal.Action, day string) string {
	t.Helper()
	setup, err := tn.Setup(ctx, tn.structure)
	if err != nil {
		t.Fatal(err)
	}
	l := setup.LimitOf(setup.Activity(a), action, portal.MustDate(day))
	if !l.Possible {
		return "jamais"
	}
	d, at := portal.LimitDay(l.At)
	return d.String() + " " + at.String()
}

func wantRefusal(t testing.TB, err error, kind portal.Kind, words string) {
	t.Helper()
	if e := portal.AsError(err); e == nil || e.Kind != kind || !strings.Contains(e.Message, words) {
		t.Errorf("got %v, want %d « %s »", err, kind, words)
	}
}

// TestPublishedLimits: a draft changes nothing; published, it governs its days of service; what families were shown for the
// days before their eyes stays; withdrawn before its day, it governs nothing and can still be read.
func TestPublishedLimits(t *testing.T) {
	tn := newTown(t, 1, 10)
	by := tn.limitsManager(t)
	if tn.limit(t, tn.evening, portal.ActionBook, "2026-12-04") != "2026-12-03 18:00" {
		t.Fatal(tn.limit(t, tn.evening, portal.ActionBook, "2026-12-04"))
	}
	thursday := portal.WeekdayBefore(portal.Thursday, 1, portal.Clock(9, 0))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(tn.EditCutoff(ctx, tn.structure, by, tn.evening, bookRule(thursday), 0))
	sheet := tn.sheet(t, tn.evening)
	if sheet.Draft == nil || sheet.Draft.EditedBy != by || sheet.People[by].LastName != "PUJOL" || tn.limit(t, tn.evening, portal.ActionBook, "2027-03-05") != "2027-03-04 18:00" {
		t.Fatalf("%+v", sheet.Draft)
	}

	// Somebody else had the page open.
	wantRefusal(t, tn.EditCutoff(ctx, tn.structure, by, tn.evening, bookRule(portal.Never()), 0), portal.KindConflict, "M. PUJOL Étienne a changé ce brouillon")
	wantRefusal(t, tn.PublishCutoffs(ctx, tn.structure, by, tn.evening, portal.MustDate("2026-11-22"), sheet.Seen()), portal.KindInvalid, "aujourd’hui au plus tôt")
	wantRefusal(t, tn.PublishCutoffs(ctx, tn.structure, by, tn.evening, portal.MustDate("2039-11-22"), sheet.Seen()), portal.KindInvalid, "trop lointain")

	impact, err := tn.CutoffImpact(ctx, tn.structure, tn.evening, sheet.Draft.Rules, portal.MustDate("2026-11-23"))
	must(err)
	if impact.LateBooked.Days != 0 || impact.Moved.Days != 0 {
		t.Errorf("%+v", impact)
	}
	must(tn.PublishCutoffs(ctx, tn.structure, by, tn.evening, portal.MustDate("2026-11-23"), sheet.Seen()))
	for day, want := range map[string]string{
		"2026-11-27": "2026-11-26 18:00", "2026-12-18": "2026-12-17 18:00", // shown: they stay
		"2027-01-05": "2026-12-31 09:00", "2027-03-05": "2027-02-25 09:00",
	} {
		if got := tn.limit(t, tn.evening, portal.ActionBook, day); got != want {
			t.Errorf("%s: %s, want %s", day, got, want)
		}
	}
	lines, _, err := tn.Journal(ctx, tn.structure, "delai", int64(tn.evening), 0, 10)
	must(err)
	if len(lines) != 1 || lines[0].By != by || len(lines[0].Changes) != 1 ||
		lines[0].Changes[0] != (portal.Changed{What: "Réserver", Before: "jusqu’à la veille à 18 h", After: "jusqu’au jeudi de la semaine précédente à 9 h"}) {
		t.Errorf("%+v", lines)
	}

	// Two months later the promise has run out.
	tn.clock.Set(paris("2027-01-11 09:00:00"))
	if got := tn.limit(t, tn.evening, portal.ActionBook, "2027-01-29"); got != "2027-01-21 09:00" {
		t.Error(got)
	}

	// A version to come, withdrawn.
	must(tn.EditCutoff(ctx, tn.structure, by, tn.evening, bookRule(portal.Never()), 0))
	must(tn.PublishCutoffs(ctx, tn.structure, by, tn.evening, portal.MustDate("2027-05-03"), tn.sheet(t, tn.evening).Seen()))
	if a, b := tn.limit(t, tn.evening, portal.ActionBook, "2027-04-30"), tn.limit(t, tn.evening, portal.ActionBook, "2027-05-03"); a != "2027-04-22 09:00" || b != "jamais" {
		t.Error(a, b)
	}
	id := tn.sheet(t, tn.evening).Versions[0].ID
	wantRefusal(t, tn.WithdrawCutoffs(ctx, tn.structure+1, by, tn.evening, id), portal.KindNotFound, "n’existe pas")
	wantRefusal(t, tn.WithdrawCutoffs(ctx, tn.structure, by, tn.canteen, id), portal.KindNotFound, "n’existe pas")
	must(tn.WithdrawCutoffs(ctx, tn.structure, by, tn.evening, id))
	must(tn.WithdrawCutoffs(ctx, tn.structure, by, tn.evening, id))
	if got := tn.limit(t, tn.evening, portal.ActionBook, "2027-05-03"); got != "2027-04-29 09:00" {
		t.Error(got)
	}
	versions := tn.sheet(t, tn.evening).Versions
	if len(versions) != 3 || versions[0].Withdrawn.IsZero() || versions[0].WithdrawnBy != by || versions[2].First != 0 {
		t.Errorf("%+v", versions)
	}
	wantRefusal(t, tn.WithdrawCutoffs(ctx, tn.structure, by, tn.evening, versions[1].ID), portal.KindConflict, "vaut déjà")
	wantRefusal(t, tn.PublishCutoffs(ctx, tn.structure, by, tn.evening, portal.MustDate("2027-02-01"), 0), portal.KindConflict, "pas de brouillon")

	must(tn.EditCutoff(ctx, tn.structure, by, tn.evening, bookRule(portal.NoLimit()), 0))
	seen := tn.sheet(t, tn.evening).Seen()
	must(tn.DropCutoffDraft(ctx, tn.structure, tn.evening, seen))
	wantRefusal(t, tn.EditCutoff(ctx, tn.structure, by, tn.evening, bookRule(portal.NoLimit()), seen), portal.KindConflict, "publié ou abandonné")
	wantRefusal(t, tn.EditCutoff(ctx, tn.structure+1, by, tn.evening, bookRule(portal.NoLimit()), 0), portal.KindNotFound, "n’existe pas")
	if _, err := tn.Cutoffs(ctx, tn.structure, 9999); portal.AsError(err) == nil {
		t.Error("an activity that does not exist")
	}
	wantRefusal(t, tn.RemoveCutoff(ctx, tn.structure, by, tn.evening, portal.Case{Action: portal.ActionBook, Channel: portal.Online}, 0), portal.KindConflict, "nécessaire")
	wantRefusal(t, tn.EditCutoff(ctx, tn.structure, by, tn.evening, bookRule(portal.DaysBefore(1, 0)), 0), portal.KindInvalid, "Précisez l’heure")
	wantRefusal(t, tn.EditCutoff(ctx, tn.structure, by, tn.evening, portal.Rule{Action: portal.ActionCancel, Channel: portal.Online, Profile: 99, Cutoff: thursday}, 0), portal.KindNotFound, "profil")
}

// TestSavedActivityKeepsWhatWasShown: a closure added to an activity, or limits saved with it, never give families less time
// than the pages told them; an activity saved as it is publishes nothing.
func TestSavedActivityKeepsWhatWasShown(t *testing.T) {
	tn := newTown(t, 1, 10)
	a := tn.activity(t, tn.evening)
	a.Book = portal.ServiceDaysBefore(1, portal.Clock(12, 0))
	tn.clock.Set(paris("2026-09-15 09:00:00"))
	tn.save(t, a)
	tn.clock.Set(paris("2026-11-23 09:00:00"))
	if n := len(tn.sheet(t, tn.evening).Versions); n != 2 {
		t.Fatalf("%d versions", n)
	}
	a = tn.activity(t, tn.evening)
	tn.save(t, a)
	a.Opening.Exceptions = []portal.Exception{{Day: portal.MustDate("2026-12-03"), Why: "grève"}}
	tn.save(t, a)
	if n := len(tn.sheet(t, tn.evening).Versions); n != 2 {
		t.Errorf("saved as it was, %d versions", n)
	}
	if got := tn.limit(t, tn.evening, portal.ActionBook, "2026-12-04"); got != "2026-12-03 12:00" {
		t.Errorf("after a closure, %s", got)
	}
	a.Opening.Exceptions = append(a.Opening.Exceptions, portal.Exception{Day: portal.MustDate("2027-03-04"), Why: "grève"})
	tn.save(t, a)
	if got := tn.limit(t, tn.evening, portal.ActionBook, "2027-03-05"); got != "2027-03-02 12:00" {
		t.Errorf("far away, nothing was shown: %s", got)
	}
}

// TestProfilesExpire: a family with a profile has its limits up to the last day of its document, brothers and sisters alike;
// the others do not.
func TestProfilesExpire(t *testing.T) {
	tn := newTown(t, 2, 10)
	by := tn.limitsManager(t)
	profile, err := tn.SaveLimitProfile(ctx, by, portal.LimitProfile{StructureID: tn.structure, Name: " Horaires variables ", Document: "attestation de l’employeur"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = tn.SaveLimitProfile(ctx, by, portal.LimitProfile{StructureID: tn.structure, Name: "horaires VARIABLES"})
	wantRefusal(t, err, portal.KindInvalid, "s’appelle déjà")
	_, err = tn.SaveLimitProfile(ctx, by, portal.LimitProfile{ID: 999, StructureID: tn.structure, Name: "Autre"})
	wantRefusal(t, err, portal.KindNotFound, "n’existe pas")
	rule := portal.Rule{Action: portal.ActionBook, Channel: portal.Online, Profile: profile, Cutoff: portal.DaysBefore(0, portal.Clock(8, 0))}
	if err := tn.EditCutoff(ctx, tn.structure, by, tn.canteen, rule, 0); err != nil {
		t.Fatal(err)
	}
	if err := tn.PublishCutoffs(ctx, tn.structure, by, tn.canteen, portal.MustDate("2026-11-23"), tn.sheet(t, tn.canteen).Seen()); err != nil {
		t.Fatal(err)
	}
	found, _, err := tn.Families(ctx, tn.structure, db.FamilyAsk{Search: "famille0000", Manager: true}, 0, 5)
	if err != nil || len(found) != 1 || len(found[0].Children) == 0 {
		t.Fatal(found, err)
	}
	wantRefusal(t, tn.GiveProfile(ctx, tn.structure, by, found[0].ID, profile, portal.MustDate("2026-11-22")), portal.KindInvalid, "valable aujourd’hui")
	wantRefusal(t, tn.GiveProfile(ctx, tn.structure, by, 9999, profile, portal.MustDate("2026-12-01")), portal.KindNotFound, "famille")
	wantRefusal(t, tn.GiveProfile(ctx, tn.structure+1, by, found[0].ID, profile, portal.MustDate("2026-12-01")), portal.KindNotFound, "profil")
	if err := tn.GiveProfile(ctx, tn.structure, by, found[0].ID, profile, portal.MustDate("2026-12-01")); err != nil {
		t.Fatal(err)
	}
	month := portal.Month{Year: 2026, Month: time.December}
	limit := func(parent, child int, day string) string {
		t.Helper()
		c, err := tn.Calendar(ctx, tn.parents[parent], tn.children[parent][child], tn.canteen, month)
		if err != nil {
			t.Fatal(err)
		}
		d, at := portal.LimitDay(c.Slots[portal.MustDate(day)-month.First()].Book.At)
		return d.String() + " " + at.String()
	}
	for _, c := range []struct {
		parent, child int
		day, want     string
	}{{0, 0, "2026-12-01", "2026-12-01 08:00"}, {0, 1, "2026-12-01", "2026-12-01 08:00"}, {0, 0, "2026-12-03", "2026-12-01 24:00"}, {0, 0, "2026-12-18", "2026-12-10 09:00"}, {1, 0, "2026-12-01", "2026-11-26 09:00"}} {
		if got := limit(c.parent, c.child, c.day); got != c.want {
			t.Errorf("family %d, %s: %s, want %s", c.parent, c.day, got, c.want)
		}
	}

	tn.clock.Set(paris("2026-12-01 07:59:00"))
	for parent, want := range []string{"booked", "refused"} {
		if _, err := tn.Ask(ctx, tn.parents[parent], db.Want{Child: tn.children[parent][0], Activity: tn.canteen, Day: portal.MustDate("2026-12-01"), Present: true}); (err == nil) != (want == "booked") {
			t.Errorf("parent %d: %v", parent, err)
		}
	}
	if got := outcomes(tn.confirm(t, 0, "profil")); got != "booked" {
		t.Error(got)
	}
	wantRefusal(t, tn.RemoveLimitProfile(ctx, tn.structure, by, profile), portal.KindConflict, "RESTAURATION")
	if err := tn.TakeProfile(ctx, tn.structure, by, found[0].ID, profile); err != nil {
		t.Fatal(err)
	}
	if got := limit(0, 0, "2026-12-04"); got != "2026-11-26 09:00" {
		t.Error(got)
	}
	if err := tn.RemoveCutoff(ctx, tn.structure, by, tn.canteen, rule.Case(), 0); err != nil {
		t.Fatal(err)
	}
	if err := tn.PublishCutoffs(ctx, tn.structure, by, tn.canteen, portal.MustDate("2026-12-01"), tn.sheet(t, tn.canteen).Seen()); err != nil {
		t.Fatal(err)
	}
	if err := tn.RemoveLimitProfile(ctx, tn.structure, by, profile); err != nil {
		t.Fatal(err)
	}
	if list, err := tn.LimitProfiles(ctx, tn.structure); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
	if names := tn.sheet(t, tn.canteen).Names(); names[profile] != "Horaires variables" {
		t.Errorf("past rules no longer name their profile: %v", names)
	}
	lines, n, err := tn.Journal(ctx, tn.structure, "famille", int64(found[0].ID), 0, 10)
	if err != nil || n != 2 || lines[0].Changes[0] != (portal.Changed{What: "Horaires variables", Before: "jusqu’au 01/12/2026"}) {
		t.Errorf("%+v %v", lines, err)
	}
}

// TestLateBooking: past the limit, a surcharged day is booked and marked late; on the town hall's word, it is a request that
// takes no place.
func TestLateBooking(t *testing.T) {
	for _, c := range []struct {
		mode                   portal.LateMode
		outcome                string
		booked, requests, late int
	}{{portal.LateSurcharged, "booked", 1, 0, 1}, {portal.LateApproved, "asked", 0, 1, 0}} {
		t.Run(string(c.mode), func(t *testing.T) {
			tn := newTown(t, 1, 10)
			by := tn.limitsManager(t)
			rule := portal.Rule{Action: portal.ActionLate, Channel: portal.Online, Cutoff: portal.DaysBefore(0, portal.Clock(8, 0)), Late: c.mode}
			if err := tn.EditCutoff(ctx, tn.structure, by, tn.evening, rule, 0); err != nil {
				t.Fatal(err)
			}
			if err := tn.PublishCutoffs(ctx, tn.structure, by, tn.evening, portal.MustDate("2026-11-23"), tn.sheet(t, tn.evening).Seen()); err != nil {
				t.Fatal(err)
			}
			tn.clock.Set(paris("2026-11-24 07:30:00"))
			tn.want(t, 0, 0, tn.evening, "2026-11-24", true)
			r := tn.confirm(t, 0, "tardive")
			if outcomes(r) != c.outcome || !r.Lines[0].Late {
				t.Fatalf("%s, late %t", outcomes(r), r.Lines[0].Late)
			}
			tn.want(t, 0, 0, tn.evening, "2026-11-27", true)
			if r := tn.confirm(t, 0, "a temps"); outcomes(r) != "booked" || r.Lines[0].Late {
				t.Errorf("in time: %s, late %t", outcomes(r), r.Lines[0].Late)
			}
			for query, want := range map[string]int{"SELECT count(*) FROM booking WHERE day = '2026-11-24'": c.booked, "SELECT count(*) FROM request WHERE late = 1": c.requests,
				"SELECT count(*) FROM booking WHERE late = 1": c.late, "SELECT count(*) FROM movement WHERE late = 1": 1, "SELECT coalesce(sum(taken), 0) FROM counter_day WHERE day = '2026-11-24'": c.booked} {
				if got := tn.text(t, query); got != fmt.Sprint(want) {
					t.Errorf("%s: %s, want %d", query, got, want)
				}
			}
			if faults, err := tn.Audit(ctx); err != nil || len(faults) > 0 {
				t.Error(faults, err)
			}
		})
	}
}
