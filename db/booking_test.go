package db_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"marelle/db"
	"marelle/db/dbtest"
	"marelle/portal"
)

// town is a small commune made by the same operations as a real one.
type town struct {
	*db.Store
	clock     *dbtest.Clock
	structure portal.StructureID
	canteen   portal.ActivityID // until Thursday of the week before, 9:00; no limit of places
	wednesday portal.ActivityID // until Friday before, noon; limited, waiting list
	evening   portal.ActivityID // until the day before, 18:00; limited, no waiting list
	parents   []portal.AccountID
	children  [][]portal.ChildID // by parent
}

func paris(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", s, portal.Paris)
	if err != nil {
		panic(err)
	}
	return t
}

// newTown has families of two children each, and places in its limited activities.
func newTown(t testing.TB, families, places int) *town {
	t.Helper()
	store, clock := dbtest.New(t, paris("2026-11-23 09:00:00"))
	tn := &town{Store: store, clock: clock}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	tn.structure, err = store.CreateStructure(ctx, portal.Structure{Name: "Mairie de CarteVille", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	must(err)
	var roll portal.Roll
	for i := range families {
		name := fmt.Sprintf("FAMILLE%04d", i)
		address := portal.RollAddress{Street: fmt.Sprintf("%d rue des Écoles", i+1), PostCode: "09140", Town: "CARTEVILLE"}
		n := len(roll.Pupils)
		for j, first := range []string{"Amalia", "Paolo"} {
			roll.Pupils = append(roll.Pupils, portal.RollPupil{Line: n + j + 2, LastName: name, FirstName: first, Birth: portal.NewDate(2018, 3, 1) + portal.Date(i*2+j),
				INE: fmt.Sprintf("%09d%s", n+j, "AB"), Grade: "CE1", Class: "CE1 M. GALY", RollAddress: address})
		}
		roll.Guardians = append(roll.Guardians, portal.RollGuardian{Lines: []int{i + 2}, Civility: "Mme", LastName: name, FirstName: "Claire", RollAddress: address,
			Emails: []string{fmt.Sprintf("claire%d@exemple.fr", i)}, Pupils: []int{n, n + 1}})
		roll.Families = append(roll.Families, portal.RollFamily{Name: name, Guardians: []int{i}, Pupils: []int{n, n + 1}, RollAddress: address})
	}
	_, err = store.ImportRoll(ctx, tn.structure, 0, "École du Bourg", roll, "", false)
	must(err)
	opening := func(days ...portal.Weekday) portal.Opening {
		return portal.Opening{First: portal.NewDate(2026, 9, 1), Last: portal.NewDate(2027, 7, 2), School: portal.Days(days...)}
	}
	save := func(a portal.Activity) portal.ActivityID {
		t.Helper()
		a.StructureID = tn.structure
		id, err := store.SaveActivity(ctx, a)
		must(err)
		return id
	}
	thursday, friday, eve := portal.WeekdayBefore(portal.Thursday, 1, portal.Clock(9, 0)), portal.WeekdayBefore(portal.Friday, 1, portal.Clock(12, 0)), portal.DaysBefore(1, portal.Clock(18, 0))
	tn.canteen = save(portal.Activity{Name: "RESTAURATION", Short: "Cantine", Spoken: "la cantine", Kind: portal.Canteen, Starts: portal.Clock(11, 45), Ends: portal.Clock(13, 30),
		Opening: opening(portal.Monday, portal.Tuesday, portal.Thursday, portal.Friday), Book: thursday, Cancel: thursday})
	tn.wednesday = save(portal.Activity{Name: "ALSH MERCREDI", Short: "Mercredi", Spoken: "le centre", Kind: portal.WednesdayCamp, Starts: portal.Clock(7, 30), Ends: portal.Clock(18, 30),
		Opening: opening(portal.Wednesday), Book: friday, Cancel: friday, Waitlist: true, Counters: []portal.Counter{{Name: "Centre", Limited: true, Capacity: places}}})
	tn.evening = save(portal.Activity{Name: "APS SOIR", Short: "Soir", Spoken: "l’accueil du soir", Kind: portal.AfterSchool, Starts: portal.Clock(16, 30), Ends: portal.Clock(18, 30),
		Opening: opening(portal.Monday, portal.Tuesday, portal.Thursday, portal.Friday), Book: eve, Cancel: eve, Counters: []portal.Counter{{Name: "Soir", Limited: true, Capacity: places}}})
	letters, err := store.IssueFamilyLetters(ctx, tn.structure, true, db.AnyLetter) // in the order of names
	must(err)
	for _, l := range letters {
		tn.parents = append(tn.parents, l.Person.ID)
		children, err := store.Children(ctx, l.Person.ID)
		must(err)
		var ids []portal.ChildID
		for _, c := range children {
			ids = append(ids, c.ID)
		}
		tn.children = append(tn.children, ids)
	}
	if len(tn.parents) != families {
		t.Fatalf("%d accounts, want %d", len(tn.parents), families)
	}
	return tn
}

func (tn *town) want(t testing.TB, parent, child int, a portal.ActivityID, day string, present bool) {
	t.Helper()
	if _, err := tn.Ask(ctx, tn.parents[parent], db.Want{Child: tn.children[parent][child], Activity: a, Day: portal.MustDate(day), Present: present}); err != nil {
		t.Fatal(err)
	}
}

func (tn *town) confirm(t testing.TB, parent int, key string) *portal.Receipt {
	t.Helper()
	r, err := tn.Confirm(ctx, tn.parents[parent], "formulaire-"+key, db.AnyVersion)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// outcomes writes a receipt in short: « booked cancelled waiting/2 refused ».
func outcomes(r *portal.Receipt) string {
	var words []string
	for _, l := range r.Lines {
		w := string(l.Outcome)
		if l.Rank > 0 {
			w += fmt.Sprintf("/%d", l.Rank)
		}
		words = append(words, w)
	}
	return strings.Join(words, " ")
}

// state reads a day as the calendar shows it.
func (tn *town) state(t testing.TB, parent, child int, a portal.ActivityID, day string) portal.Slot {
	t.Helper()
	d := portal.MustDate(day)
	c, err := tn.Calendar(ctx, tn.parents[parent], tn.children[parent][child], a, d.Month())
	if err != nil {
		t.Fatal(err)
	}
	return c.Slots[d-d.Month().First()]
}

func (tn *town) wantState(t testing.TB, parent, child int, a portal.ActivityID, day string, want portal.State) {
	t.Helper()
	slot := tn.state(t, parent, child, a, day)
	if got := slot.State(tn.clock.Now()); got != want {
		t.Errorf("%s: %s, want %s", day, got, want)
	}
}

func TestBookValidateCancel(t *testing.T) {
	tn := newTown(t, 1, 10)
	for _, day := range []string{"2026-11-30", "2026-12-01", "2026-12-03"} {
		tn.want(t, 0, 0, tn.canteen, day, true)
	}
	tn.wantState(t, 0, 0, tn.canteen, "2026-11-30", portal.StateAdd)
	r := tn.confirm(t, 0, "un")
	if got := outcomes(r); got != "booked booked booked" || r.Number != "2026-0001" {
		t.Fatalf("%s: %s", r.Number, got)
	}
	tn.wantState(t, 0, 0, tn.canteen, "2026-11-30", portal.StateBooked)
	tn.want(t, 0, 0, tn.canteen, "2026-12-01", false)
	tn.wantState(t, 0, 0, tn.canteen, "2026-12-01", portal.StateRemove)
	if got := outcomes(tn.confirm(t, 0, "deux")); got != "cancelled" {
		t.Fatal(got)
	}
	tn.wantState(t, 0, 0, tn.canteen, "2026-12-01", portal.StateFree)
}

// TestSameFormTwice: the second sending finds the first receipt, and books nothing more.
func TestSameFormTwice(t *testing.T) {
	tn := newTown(t, 2, 10)
	tn.want(t, 0, 0, tn.wednesday, "2026-12-02", true)
	first := tn.confirm(t, 0, "cle")
	tn.want(t, 0, 1, tn.wednesday, "2026-12-02", true)
	second := tn.confirm(t, 0, "cle")
	if first.Number != second.Number || first.Hash != second.Hash || len(second.Lines) != 1 {
		t.Fatalf("%v then %v", first, second)
	}
	if list, err := tn.Recap(ctx, tn.parents[0]); err != nil || len(list.Requests) != 1 {
		t.Fatalf("the wish of the other child was lost: %v %v", list, err)
	}
	tn.want(t, 1, 0, tn.wednesday, "2026-12-02", true)
	other, err := tn.Confirm(ctx, tn.parents[1], "formulaire-cle", db.AnyVersion) // another family with the same key
	if err != nil || other.Number == first.Number {
		t.Fatal(other, err)
	}
}

// TestOnlyWhatWasRead: a draft changed in another window is not validated by a page that shows the old one.
func TestOnlyWhatWasRead(t *testing.T) {
	tn := newTown(t, 1, 10)
	tn.want(t, 0, 0, tn.canteen, "2026-11-30", true)
	read, err := tn.Recap(ctx, tn.parents[0])
	if err != nil {
		t.Fatal(err)
	}
	tn.want(t, 0, 0, tn.canteen, "2026-12-01", true) // in the other window
	if _, err := tn.Confirm(ctx, tn.parents[0], "formulaire-ancien", read.Version); !errors.Is(err, db.ErrDraftChanged) {
		t.Fatalf("validated what was not read: %v", err)
	}
	tn.wantState(t, 0, 0, tn.canteen, "2026-12-01", portal.StateAdd)
	if read, err = tn.Recap(ctx, tn.parents[0]); err != nil {
		t.Fatal(err)
	}
	r, err := tn.Confirm(ctx, tn.parents[0], "formulaire-relu", read.Version)
	if err != nil || len(r.Lines) != 2 {
		t.Fatal(r, err)
	}
	again, err := tn.Confirm(ctx, tn.parents[0], "formulaire-relu", read.Version) // sent twice: the version is old by now
	if err != nil || again.Number != r.Number {
		t.Fatal(again, err)
	}
}

// TestNothingToValidate: an empty draft gives a sentence, not a receipt.
func TestNothingToValidate(t *testing.T) {
	tn := newTown(t, 1, 10)
	_, err := tn.Confirm(ctx, tn.parents[0], "formulaire", db.AnyVersion)
	if e := portal.AsError(err); e == nil || e.Kind != portal.KindConflict {
		t.Fatal(err)
	}
}

// TestPartialSuccess: what still holds is done, the rest is listed with its reason.
func TestPartialSuccess(t *testing.T) {
	tn := newTown(t, 2, 1)
	tn.want(t, 0, 0, tn.canteen, "2026-11-30", true) // limit Thursday 26, 9:00
	tn.want(t, 0, 0, tn.canteen, "2026-12-07", true)
	tn.want(t, 0, 0, tn.evening, "2026-12-07", true) // one place, taken meanwhile
	tn.want(t, 1, 0, tn.evening, "2026-12-07", true)
	tn.confirm(t, 1, "autre famille")
	tn.clock.Set(paris("2026-11-26 09:00:01"))
	r := tn.confirm(t, 0, "trop tard")
	if got := outcomes(r); got != "refused booked refused" {
		t.Fatal(got)
	}
	if !strings.Contains(r.Lines[0].Reason, "délai") || !strings.Contains(r.Lines[2].Reason, "plus de place") {
		t.Errorf("reasons: %q, %q", r.Lines[0].Reason, r.Lines[2].Reason)
	}
	pending, err := tn.Pending(ctx, tn.structure)
	if err != nil || len(pending) != 2 {
		t.Errorf("%d pending movements, want 2: a refusal is not transmitted (%v)", len(pending), err)
	}
}

// TestSiblingTakesThePlaceGivenBack: cancellations come first within one validation.
func TestSiblingTakesThePlaceGivenBack(t *testing.T) {
	tn := newTown(t, 1, 1)
	tn.want(t, 0, 0, tn.evening, "2026-12-01", true)
	tn.confirm(t, 0, "aînée")
	if _, err := tn.Ask(ctx, tn.parents[0], db.Want{Child: tn.children[0][1], Activity: tn.evening, Day: portal.MustDate("2026-12-01"), Present: true}); err == nil {
		t.Fatal("a full day could be asked for")
	}
	tn.want(t, 0, 0, tn.evening, "2026-12-01", false)
	tn.confirm(t, 0, "rendue")
	tn.want(t, 0, 1, tn.evening, "2026-12-01", true)
	if got := outcomes(tn.confirm(t, 0, "cadet")); got != "booked" {
		t.Fatal(got)
	}
}

// TestOtherFamilysChild: absent and foreign are the same answer.
func TestOtherFamilysChild(t *testing.T) {
	tn := newTown(t, 2, 1)
	day := portal.MustDate("2026-11-30")
	_, foreign := tn.Ask(ctx, tn.parents[0], db.Want{Child: tn.children[1][0], Activity: tn.canteen, Day: day, Present: true})
	_, absent := tn.Ask(ctx, tn.parents[0], db.Want{Child: 999_999, Activity: tn.canteen, Day: day, Present: true})
	if foreign == nil || absent == nil || foreign.Error() != absent.Error() || portal.AsError(foreign).Kind != portal.KindNotFound {
		t.Errorf("foreign: %v; absent: %v", foreign, absent)
	}
	if _, err := tn.Calendar(ctx, tn.parents[0], tn.children[1][0], tn.canteen, day.Month()); portal.AsError(err) == nil {
		t.Error(err)
	}
	tn.want(t, 0, 0, tn.canteen, "2026-11-30", true)
	r := tn.confirm(t, 0, "à moi")
	if _, err := tn.Receipt(ctx, tn.parents[1], r.Number); portal.AsError(err) == nil {
		t.Errorf("another family reads the receipt: %v", err)
	}
}

// TestReceiptsAreChained: each hash covers the one before, across families.
func TestReceiptsAreChained(t *testing.T) {
	tn := newTown(t, 2, 5)
	previous := ""
	for i, key := range []string{"a", "b", "c"} {
		tn.want(t, i%2, 0, tn.canteen, fmt.Sprintf("2026-12-%02d", 7+i%2+7*(i/2)), true)
		r := tn.confirm(t, i%2, "chaîne-"+key)
		if r.Previous != previous || r.Seal() != r.Hash {
			t.Fatalf("receipt %d: previous %q, want %q; seal %q, kept %q", i, r.Previous, previous, r.Seal(), r.Hash)
		}
		previous = r.Hash
	}
}

// TestLastPlaces: many families validate at once for few places. Nobody is lost, nobody twice, ranks follow each other.
func TestLastPlaces(t *testing.T) {
	const families, places = 60, 10
	tn := newTown(t, families, places)
	for i := range families {
		tn.want(t, i, 0, tn.wednesday, "2026-12-02", true)
	}
	var wg sync.WaitGroup
	results := make([]*portal.Receipt, families)
	for i := range families {
		wg.Go(func() {
			r, err := tn.Confirm(ctx, tn.parents[i], fmt.Sprintf("formulaire-%d", i), db.AnyVersion)
			if err != nil {
				t.Error(err)
				return
			}
			results[i] = r
		})
	}
	wg.Wait()
	booked, ranks := 0, map[int]bool{}
	for _, r := range results {
		if r == nil {
			continue
		}
		switch l := r.Lines[0]; l.Outcome {
		case portal.OutcomeBooked:
			booked++
		case portal.OutcomeWaiting:
			if ranks[l.Rank] {
				t.Errorf("rank %d given twice", l.Rank)
			}
			ranks[l.Rank] = true
		}
	}
	if booked != places || len(ranks) != families-places || !ranks[1] || !ranks[families-places] {
		t.Errorf("%d booked, %d waiting", booked, len(ranks))
	}
}

// TestNobodyJumpsTheQueue: a place given back is for those who wait, not for who comes next.
func TestNobodyJumpsTheQueue(t *testing.T) {
	tn := newTown(t, 3, 1)
	for i := range 2 {
		tn.want(t, i, 0, tn.wednesday, "2026-12-02", true)
		tn.confirm(t, i, fmt.Sprint("premier-", i))
	}
	tn.wantState(t, 1, 0, tn.wednesday, "2026-12-02", portal.StateWaiting)
	tn.want(t, 0, 0, tn.wednesday, "2026-12-02", false)
	tn.confirm(t, 0, "rendue")
	tn.wantState(t, 2, 0, tn.wednesday, "2026-12-02", portal.StateOffer)
	tn.want(t, 2, 0, tn.wednesday, "2026-12-02", true)
	if got := outcomes(tn.confirm(t, 2, "troisième")); got != "waiting/2" {
		t.Fatal(got)
	}
	tn.clock.Set(paris("2026-11-24 01:15:00"))
	n, err := tn.Transmit(ctx, tn.structure, portal.MustDate("2026-11-24"))
	if err != nil || n.Promotions != 1 || n.Movements != 4 {
		t.Fatalf("%+v %v", n, err)
	}
	tn.wantState(t, 1, 0, tn.wednesday, "2026-12-02", portal.StateBooked)
	if slot := tn.state(t, 2, 0, tn.wednesday, "2026-12-02"); slot.Rank != 1 || slot.Status != portal.Waiting {
		t.Errorf("the third family is %s, rank %d", slot.Status, slot.Rank)
	}
}

// TestTheNightRunsOnce: twice, late or after days of outage, the same nights come out.
func TestTheNightRunsOnce(t *testing.T) {
	tn := newTown(t, 2, 1)
	night := portal.MustDate("2026-11-24")
	tn.want(t, 0, 0, tn.canteen, "2026-11-30", true)
	tn.confirm(t, 0, "lundi soir")
	if _, err := tn.Transmit(ctx, tn.structure, night); portal.AsError(err) == nil {
		t.Fatalf("a night ran before its hour: %v", err)
	}
	tn.clock.Set(paris("2026-11-24 03:00:00")) // the night is late, a parent comes before it
	tn.want(t, 1, 0, tn.canteen, "2026-11-30", true)
	tn.confirm(t, 1, "après l’heure")
	tn.clock.Set(paris("2026-11-26 10:00:00")) // two days of outage
	due, err := tn.DueNights(ctx, tn.structure)
	if err != nil || len(due) != 3 {
		t.Fatalf("due: %v %v", due, err)
	}
	want := map[string]int{"2026-11-24": 1, "2026-11-25": 1, "2026-11-26": 0}
	for range 2 {
		for _, d := range due {
			n, err := tn.Transmit(ctx, tn.structure, d)
			if err != nil || n.Movements != want[d.String()] || n.Done.IsZero() {
				t.Errorf("%v: %+v %v, want %d movements", d, n, err, want[d.String()])
			}
		}
	}
	if due, _ := tn.DueNights(ctx, tn.structure); len(due) != 0 {
		t.Errorf("still due: %v", due)
	}
	list, err := tn.Follow(ctx, tn.parents[1], portal.FollowFilter{}, 0, 10)
	if err != nil || len(list.Lines) != 1 || list.Lines[0].Night != night+1 || list.Lines[0].Final != portal.OutcomeBooked {
		t.Errorf("%+v %v", list, err)
	}
}

// TestTooLateIsNotPromoted: whoever could no longer say no is left waiting.
func TestTooLateIsNotPromoted(t *testing.T) {
	tn := newTown(t, 2, 1)
	for i := range 2 {
		tn.want(t, i, 0, tn.wednesday, "2026-12-02", true)
		tn.confirm(t, i, fmt.Sprint("famille-", i))
	}
	tn.want(t, 0, 0, tn.wednesday, "2026-12-02", false)
	tn.clock.Set(paris("2026-11-27 12:00:00")) // the very limit
	tn.confirm(t, 0, "au dernier instant")
	tn.clock.Set(paris("2026-11-28 02:00:00"))
	for d := portal.MustDate("2026-11-24"); d <= portal.MustDate("2026-11-28"); d++ {
		if _, err := tn.Transmit(ctx, tn.structure, d); err != nil {
			t.Fatal(err)
		}
	}
	if slot := tn.state(t, 1, 0, tn.wednesday, "2026-12-02"); slot.Status != portal.Waiting {
		t.Errorf("promoted after the limit: %s", slot.Status)
	}
}

// TestOneBadRequestDoesNotSpoilTheGroup: the writer undoes a failing request alone, a panic too.
func TestOneBadRequestDoesNotSpoilTheGroup(t *testing.T) {
	tn := newTown(t, 40, 20)
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			child := tn.children[i][0]
			if i%4 == 0 {
				child = 999_999
			}
			_, err := tn.Ask(ctx, tn.parents[i], db.Want{Child: child, Activity: tn.canteen, Day: portal.MustDate("2026-11-30"), Present: true})
			if (err != nil) != (i%4 == 0) {
				t.Errorf("family %d: %v", i, err)
			}
		})
	}
	wg.Wait()
}

// TestDropDraft: « Annuler » drops every click and changes nothing that is booked.
func TestDropDraft(t *testing.T) {
	tn := newTown(t, 1, 1)
	tn.want(t, 0, 0, tn.canteen, "2026-11-30", true)
	tn.want(t, 0, 1, tn.canteen, "2026-12-01", true)
	n, err := tn.DropDraft(ctx, tn.parents[0])
	if err != nil || n != 2 {
		t.Fatal(n, err)
	}
	tn.wantState(t, 0, 0, tn.canteen, "2026-11-30", portal.StateFree)
}

// TestClosedStore: a write after closing is refused, not lost in silence.
func TestClosedStore(t *testing.T) {
	tn := newTown(t, 1, 1)
	tn.Close()
	_, err := tn.DropDraft(ctx, tn.parents[0])
	if err == nil {
		t.Fatal(err)
	}
}

// TestColdStartUnderABurst: many parents on a store that has prepared nothing yet. Snapshots that wait for each other's
// connections would stop the site for ever.
func TestColdStartUnderABurst(t *testing.T) {
	tn := newTown(t, 64, 10)
	path := tn.Path()
	tn.Close()
	for range 60 { // the unlucky moment is short
		cold, err := db.Open(ctx, db.Options{Path: path, Now: tn.clock.Now, Random: rand.Reader})
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		gate := make(chan struct{})
		for i, account := range tn.parents {
			wg.Go(func() {
				<-gate
				a := tn.wednesday
				if i%2 == 0 {
					a = tn.canteen
				}
				if _, err := cold.Calendar(ctx, account, tn.children[i][0], a, portal.Month{}); err != nil {
					t.Error(err)
				}
				if _, err := cold.Recap(ctx, account); err != nil {
					t.Error(err)
				}
				if _, err := cold.Home(ctx, account); err != nil {
					t.Error(err)
				}
			})
		}
		close(gate)
		done := make(chan struct{})
		go func() { wg.Wait(); close(done) }()
		select {
		case <-done:
		case <-time.After(30 * time.Second):
			t.Fatal("the readers wait for each other")
		}
		cold.Close()
	}
}
