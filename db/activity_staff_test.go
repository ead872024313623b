package db_test

import (
	"strings"
	"sync"
	"testing"

	"marelle/db"
	"marelle/portal"
)

// clerk makes an agent of the structure.
func (tn *town) clerk(t testing.TB, name string) portal.AccountID {
	t.Helper()
	letter, err := tn.CreateStaff(ctx, tn.structure, portal.Identity{LastName: name, FirstName: "Anne"}, portal.Manager)
	if err != nil {
		t.Fatal(err)
	}
	return letter.Person.ID
}

// edit changes a part of an activity as a form would, and gives the impact that was not agreed to.
func (tn *town) edit(t testing.TB, by portal.AccountID, id portal.ActivityID, part portal.ActivityPart, agreed string, change func(*portal.Activity)) (portal.Touches, error) {
	t.Helper()
	sheet, err := tn.ActivitySheet(ctx, tn.structure, id)
	if err != nil {
		t.Fatal(err)
	}
	e := db.ActivityEdit{Part: part, To: sheet.Activity, Seen: sheet.Activity.Version(part), Agreed: agreed}
	change(&e.To)
	return tn.ChangeActivity(ctx, tn.structure, by, e)
}

func (tn *town) journal(t testing.TB, subject string) []db.Recorded {
	t.Helper()
	list, _, err := tn.Journal(ctx, tn.structure, subject, 0, 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestPartsAreChangedAlone: a part that is saved leaves the others, the limits and what is not on its page as they were.
func TestPartsAreChangedAlone(t *testing.T) {
	tn := newTown(t, 1, 1)
	by := tn.clerk(t, "PUJOL")
	before := tn.activity(t, tn.wednesday)
	impact, err := tn.edit(t, by, tn.wednesday, portal.PartHours, "", func(a *portal.Activity) {
		*a = portal.Activity{ID: a.ID, Name: "Un autre nom", Starts: portal.Clock(8, 0), Ends: portal.Clock(18, 0), HourStep: 15} // what the page does not show is not even read
	})
	if err != nil || impact != nil {
		t.Fatal(impact, err)
	}
	after := tn.activity(t, tn.wednesday)
	before.Starts, before.Ends = portal.Clock(8, 0), portal.Clock(18, 0)
	if got, want := after.Facts(portal.Names{}), before.Facts(portal.Names{}); len(portal.Differences(want, got)) > 0 || after.Book.Sentence() != before.Book.Sentence() || after.Version(portal.PartPlaces) != before.Version(portal.PartPlaces) {
		t.Errorf("%v\n%v", got, want)
	}
	events := tn.journal(t, "activite")
	if len(events) != 1 || events[0].By != by || events[0].Words != "Activité « ALSH MERCREDI » : Horaires" || len(events[0].Changes) != 1 ||
		events[0].Changes[0] != (portal.Changed{What: "Horaires", Before: "de 7 h 30 à 18 h 30", After: "de 8 h à 18 h"}) {
		t.Errorf("the log holds %+v", events)
	}
	if _, err := tn.edit(t, by, tn.wednesday, portal.PartHours, "", func(*portal.Activity) {}); err != nil || len(tn.journal(t, "activite")) != 1 {
		t.Errorf("nothing changed, and it is in the log: %v", err)
	}
}

// TestFewerPlacesThenMore: bookings stay when places go, and who waits gets those that come.
func TestFewerPlacesThenMore(t *testing.T) {
	tn := newTown(t, 2, 1)
	by := tn.clerk(t, "PUJOL")
	a := tn.activity(t, tn.wednesday)
	a.WaitMode = portal.WaitNow
	tn.save(t, a)
	day := portal.MustDate("2026-12-09")
	tn.want(t, 0, 0, tn.wednesday, day.String(), true)
	tn.confirm(t, 0, "aaaaaaaa")
	tn.want(t, 1, 0, tn.wednesday, day.String(), true)
	tn.confirm(t, 1, "bbbbbbbb")
	tn.wantState(t, 1, 0, tn.wednesday, day.String(), portal.StateWaiting)
	use := func() db.CounterUse {
		t.Helper()
		u, err := tn.CounterUse(ctx, tn.structure, a.Counters[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		return *u
	}
	save := func(places int, agreed string) portal.Touches {
		t.Helper()
		u := use()
		e := db.CounterEdit{Counter: u.Counter, Activities: u.Activities, Seen: u.Version(), Agreed: agreed}
		e.Capacity = places
		_, impact, err := tn.SaveCounter(ctx, tn.structure, by, e)
		if err != nil {
			t.Fatal(err)
		}
		return impact
	}
	impact := save(0, "")
	if len(impact) != 1 || impact[0].Days[0] != "mercredi 9 décembre 2026 : 1 enfant pour aucune place, 1 de trop (Centre)" || use().Capacity != 1 {
		t.Fatalf("%v, %d places", impact, use().Capacity)
	}
	if save(0, "autre chose") == nil || use().Capacity != 1 {
		t.Fatal("another impact than the one that was shown was agreed to")
	}
	if again := save(0, impact.Key()); again != nil || use().Capacity != 0 || len(use().Over) != 1 {
		t.Fatalf("%v, %d places", again, use().Capacity)
	}
	tn.wantState(t, 0, 0, tn.wednesday, day.String(), portal.StateBooked)
	if save(2, "") != nil {
		t.Fatal("more places touch nobody")
	}
	tn.wantState(t, 1, 0, tn.wednesday, day.String(), portal.StateBooked)
	events := tn.journal(t, "compteur")
	if len(events) != 2 || !strings.Contains(events[1].Changes[len(events[1].Changes)-1].After, "plus d’enfants que de places") {
		t.Errorf("the log holds %+v", events)
	}
	if faults, err := tn.Audit(ctx); err != nil || len(faults) > 0 {
		t.Fatal(faults, err)
	}
}

// TestLinksHoldBothWays: a link that two activities share is changed from either side, and is never written twice.
func TestLinksHoldBothWays(t *testing.T) {
	tn := newTown(t, 1, 1)
	by := tn.clerk(t, "PUJOL")
	link := func(id, other portal.ActivityID, kind portal.LinkKind) error {
		t.Helper()
		_, err := tn.edit(t, by, id, portal.PartLinks, "", func(a *portal.Activity) {
			a.Links = nil
			if kind != "" {
				a.Links = []portal.Link{{Other: other, Kind: kind}}
			}
		})
		return err
	}
	kinds := func(id portal.ActivityID) string {
		t.Helper()
		sheet, err := tn.ActivitySheet(ctx, tn.structure, id)
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, l := range sheet.Activity.Links {
			words = append(words, string(l.Kind))
		}
		return strings.Join(words, ",")
	}
	if err := link(tn.canteen, tn.evening, portal.Incompatible); err != nil || kinds(tn.evening) != "incompatible" || kinds(tn.canteen) != "incompatible" {
		t.Fatalf("%v, %s", err, kinds(tn.evening))
	}
	if err := link(tn.evening, tn.canteen, portal.Compatible); err != nil || kinds(tn.evening) != "compatible" || kinds(tn.canteen) != "compatible" {
		t.Fatalf("%v, %s, %s", err, kinds(tn.evening), kinds(tn.canteen))
	}
	if err := link(tn.canteen, 0, ""); err != nil || kinds(tn.evening)+kinds(tn.canteen) != "" {
		t.Fatalf("%v, %s", err, kinds(tn.evening))
	}
	if err := link(tn.wednesday, tn.canteen, portal.Requires); err != nil || kinds(tn.canteen) != "" {
		t.Fatalf("%v, %s", err, kinds(tn.canteen))
	}
	if err := link(tn.canteen, tn.evening, portal.Requires); err != nil {
		t.Fatal(err)
	}
	if e := portal.AsError(link(tn.evening, tn.wednesday, portal.Requires)); e == nil || e.Fields[0].Field != portal.LinkField(tn.wednesday) {
		t.Errorf("a circle: %v", e)
	}
	if e := portal.AsError(link(tn.evening, 999, portal.Compatible)); e == nil || e.Kind != portal.KindNotFound {
		t.Errorf("nobody's activity: %v", e)
	}
}

// TestAgentsSavingTogether: of two agents who save what they saw, one wins and the other is told so; both never do.
func TestAgentsSavingTogether(t *testing.T) {
	tn := newTown(t, 1, 1)
	sheet, err := tn.ActivitySheet(ctx, tn.structure, tn.canteen)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		by := tn.clerk(t, "AGENT")
		wg.Go(func() {
			e := db.ActivityEdit{Part: portal.PartIdentity, To: sheet.Activity, Seen: sheet.Activity.Version(portal.PartIdentity)}
			e.To.Short = "C" + string(rune('0'+i))
			_, errs[i] = tn.ChangeActivity(ctx, tn.structure, by, e)
		})
	}
	wg.Wait()
	saved := 0
	for _, err := range errs {
		if e := portal.AsError(err); e == nil {
			saved++
		} else if e.Kind != portal.KindConflict || !strings.Contains(e.Message, "AGENT Anne a enregistré un changement aujourd’hui à 9 h") {
			t.Errorf("refused with %v", err)
		}
	}
	if saved != 1 || len(tn.journal(t, "activite")) != 1 {
		t.Errorf("%d agents saved, %d events", saved, len(tn.journal(t, "activite")))
	}
}

// TestNewActivityIsWhole: what a model brings, with its limits and its places, is found again; sent twice, it is there once.
func TestNewActivityIsWhole(t *testing.T) {
	tn := newTown(t, 1, 1)
	by := tn.clerk(t, "PUJOL")
	a := portal.NewActivity(portal.HolidayCamp)
	a.Counters = []portal.Counter{{Name: a.Name, Limited: true, Capacity: 16}}
	a.Links = []portal.Link{{Other: tn.canteen, Kind: portal.Requires}}
	a.Audience = portal.Audience{Schools: []portal.SchoolID{1}}
	id, err := tn.CreateActivity(ctx, tn.structure, by, a)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := tn.CreateActivity(ctx, tn.structure, by, a); err != nil || again != id {
		t.Fatalf("%d and %d, %v", id, again, err)
	}
	got := tn.activity(t, id)
	for _, p := range portal.ActivityParts {
		if p != portal.PartPlaces && got.Version(p) != a.Version(p) {
			t.Errorf("%s: %v", p, got.PartFacts(p, portal.Names{}))
		}
	}
	if len(got.Counters) != 1 || got.Counters[0].Capacity != 16 || got.Book.Sentence() != a.Book.Sentence() || got.Absence.IsZero() != a.Absence.IsZero() {
		t.Errorf("got %+v", got)
	}
	other := a
	other.Audience.Schools = []portal.SchoolID{999}
	other.Name = "Ailleurs"
	if _, err := tn.CreateActivity(ctx, tn.structure, by, other); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindNotFound {
		t.Errorf("somebody else's school: %v", err)
	}
	if n := len(tn.journal(t, "activite")); n != 1 {
		t.Errorf("%d events", n)
	}
}
