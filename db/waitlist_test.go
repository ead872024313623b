package db_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"marelle/db"
	"marelle/portal"
)

// list adds an activity with a waiting list of a mode to the town, on its own counter or on those given. It is open every
// day, until the day before at 18:00.
func (tn *town) list(t testing.TB, name string, mode portal.WaitMode, counters ...portal.Counter) portal.ActivityID {
	t.Helper()
	eve := portal.DaysBefore(1, portal.Clock(18, 0))
	setup, err := tn.Setup(ctx, tn.structure)
	if err != nil {
		t.Fatal(err)
	}
	starts := portal.Clock(18+len(setup.Activities)/4, len(setup.Activities)%4*15) // hours of its own: it overlaps nothing
	id, err := tn.SaveActivity(ctx, portal.Activity{StructureID: tn.structure, Name: name, Short: name, Spoken: "le " + name, Kind: portal.OtherKind, Starts: starts, Ends: starts + 15,
		Opening: portal.Opening{School: portal.EveryDay, Holidays: portal.EveryDay, OnPublicHolidays: true}, Book: eve, Cancel: eve, Waitlist: true, WaitMode: mode, OfferHours: 24, Counters: counters})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func places(n int) portal.Counter { return portal.Counter{Name: "Places", Limited: true, Capacity: n} }

// resize changes the places of an activity's only counter.
func (tn *town) resize(t testing.TB, a portal.ActivityID, n int) {
	t.Helper()
	setup, err := tn.Setup(ctx, tn.structure)
	if err != nil {
		t.Fatal(err)
	}
	changed := *setup.Activity(a)
	changed.Counters = slices.Clone(changed.Counters)
	changed.Counters[0].Capacity = n
	if _, err := tn.SaveActivity(ctx, changed); err != nil {
		t.Fatal(err)
	}
}

// put validates one wish of a family's first child.
func (tn *town) put(t testing.TB, parent int, a portal.ActivityID, day string, present bool) {
	t.Helper()
	tn.want(t, parent, 0, a, day, present)
	tn.confirm(t, parent, fmt.Sprintf("%d-%s-%v-%d", a, day, present, tn.clock.Now().UnixMilli()))
	tn.clock.Add(time.Second)
}

// wantStatus reads the statuses of the first children: « booked waiting/1 - ».
func (tn *town) wantStatus(t testing.TB, a portal.ActivityID, day, want string) {
	t.Helper()
	var words []string
	for i := range tn.parents {
		slot := tn.state(t, i, 0, a, day)
		word := string(slot.Status)
		if slot.Status == portal.Waiting {
			word = fmt.Sprintf("waiting/%d", slot.Rank)
		}
		if word == "" {
			word = "-"
		}
		words = append(words, word)
	}
	if got := strings.Join(words, " "); got != want {
		t.Errorf("statuses: %s, want %s", got, want)
	}
	if faults, err := tn.Audit(ctx); err != nil || len(faults) > 0 {
		t.Errorf("%v %v", faults, err)
	}
}

// tell queues what families are owed and gives it in short: « 1:open 2:given », by family.
func (tn *town) tell(t testing.TB) string {
	t.Helper()
	news, err := tn.PlaceNews(ctx, tn.structure)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, n := range news {
		words = append(words, fmt.Sprintf("%d:%s", slices.Index(tn.parents, n.To.ID), n.Offer.State))
		if err := tn.QueuePlaceNews(ctx, &n.Offer, tn.NewOfferToken(), nil); err != nil {
			t.Fatal(err)
		}
	}
	return strings.Join(words, " ")
}

func (tn *town) wantTold(t testing.TB, want string) {
	t.Helper()
	if got := tn.tell(t); got != want {
		t.Errorf("told %q, want %q", got, want)
	}
}

// offer gives the only open offer of a family.
func (tn *town) offer(t testing.TB, parent int) portal.Offer {
	t.Helper()
	list, err := tn.OpenOffers(ctx, tn.parents[parent])
	if err != nil || len(list) != 1 {
		t.Fatalf("%d offers for family %d (%v)", len(list), parent, err)
	}
	return list[0]
}

func (tn *town) advance(t testing.TB) {
	t.Helper()
	if err := tn.AdvanceLists(ctx, tn.structure); err != nil {
		t.Fatal(err)
	}
}

// TestPlaceGivenAtOnce: the validation that frees a place books the next child; the next night transmits it.
func TestPlaceGivenAtOnce(t *testing.T) {
	const day = "2026-12-10"
	tn := newTown(t, 3, 1)
	study := tn.list(t, "étude", portal.WaitNow, places(1))
	for i := range 3 {
		tn.put(t, i, study, day, true)
	}
	tn.wantStatus(t, study, day, "booked waiting/1 waiting/2")
	tn.put(t, 0, study, day, false)
	tn.wantStatus(t, study, day, "- booked waiting/1")
	tn.wantTold(t, "1:given")
	tn.advance(t)
	tn.wantTold(t, "")
	pending, err := tn.Pending(ctx, tn.structure)
	if err != nil || len(pending) != 5 || pending[4].Action != "promote" || pending[4].Night != 0 || pending[4].Account != tn.parents[1] {
		t.Fatalf("%+v %v", pending, err)
	}
	tn.clock.Set(paris("2026-11-24 01:15:00"))
	n, err := tn.Transmit(ctx, tn.structure, portal.MustDate("2026-11-24"))
	if err != nil || n.Promotions != 1 || n.Movements != 4 {
		t.Fatalf("%+v %v", n, err)
	}
	list, err := tn.asked(tn.parents[1], 1)
	if err != nil || list[0].Action != "promote" || list[0].Night == 0 || list[0].Final != portal.OutcomeBooked {
		t.Errorf("%+v %v", list, err)
	}
}

// TestNobodyIsGivenAPlaceTooLate: past the limit the place stays, and the rank too.
func TestNobodyIsGivenAPlaceTooLate(t *testing.T) {
	const day = "2026-12-10"
	for _, mode := range []portal.WaitMode{portal.WaitNow, portal.WaitOffer} {
		tn := newTown(t, 2, 1)
		a := tn.list(t, "étude", mode, places(1))
		for i := range 2 {
			tn.put(t, i, a, day, true)
		}
		tn.clock.Set(paris("2026-12-09 18:00:01"))
		tn.resize(t, a, 2)
		tn.advance(t)
		tn.wantStatus(t, a, day, "booked waiting/1")
		tn.wantTold(t, "")
	}
	tn := newTown(t, 2, 1) // two hours are the least to answer in
	a := tn.list(t, "étude", portal.WaitOffer, places(1))
	for i := range 2 {
		tn.put(t, i, a, day, true)
	}
	tn.clock.Set(paris("2026-12-09 16:00:01"))
	tn.put(t, 0, a, day, false)
	tn.wantStatus(t, a, day, "- waiting/1")
	tn.wantTold(t, "")
}

// TestOffered: offered to the first, accepted; declined, it goes to the next; left on the calendar, too.
func TestOffered(t *testing.T) {
	const day = "2026-12-10"
	tn := newTown(t, 5, 1)
	camp := tn.list(t, "centre", portal.WaitOffer, places(2))
	for i := range 5 {
		tn.put(t, i, camp, day, true)
	}
	tn.put(t, 0, camp, day, false)
	tn.wantStatus(t, camp, day, "- booked waiting/1 waiting/2 waiting/3")
	o := tn.offer(t, 2)
	if got := portal.Instant(o.Until); got != "mardi 24 novembre 2026 à 9 h 01" {
		t.Errorf("until %s", got)
	}
	tn.wantTold(t, "2:open")
	tn.put(t, 0, camp, day, true) // the place is kept: whoever comes now waits
	tn.wantStatus(t, camp, day, "waiting/4 booked waiting/1 waiting/2 waiting/3")
	if _, err := tn.AnswerOffer(ctx, tn.parents[3], o.ID, true); portal.AsError(err) == nil || portal.AsError(err).Kind != portal.KindNotFound {
		t.Errorf("another family answered: %v", err)
	}
	got, err := tn.AnswerOffer(ctx, tn.parents[2], o.ID, true)
	if err != nil || got.State != portal.OfferAccepted {
		t.Fatal(got, err)
	}
	tn.wantStatus(t, camp, day, "waiting/3 booked booked waiting/1 waiting/2")
	tn.put(t, 1, camp, day, false)
	o = tn.offer(t, 3)
	if got, err := tn.AnswerOffer(ctx, tn.parents[3], o.ID, false); err != nil || got.State != portal.OfferDeclined {
		t.Fatal(got, err)
	}
	tn.wantStatus(t, camp, day, "waiting/2 - booked - waiting/1")
	tn.wantTold(t, "4:open") // nothing about what was declined before it was told
	tn.put(t, 4, camp, day, false)
	tn.wantStatus(t, camp, day, "waiting/1 - booked - -")
	tn.wantTold(t, "0:open")
	if err := tn.LeaveList(ctx, tn.parents[0], tn.children[0][0], camp, portal.MustDate(day)); err != nil {
		t.Fatal(err)
	}
	tn.wantStatus(t, camp, day, "- - booked - -")
	tn.wantTold(t, "")
	list, err := tn.asked(tn.parents[3], 1)
	if err != nil || list[0].Action != "remove" || list[0].Reason != portal.ReasonDeclined || list[0].Outcome != portal.OutcomeCancelled {
		t.Errorf("%+v %v", list, err)
	}
}

// TestUnanswered: at its end the offer costs the place, and is told; one that nobody was told of costs nothing.
func TestUnanswered(t *testing.T) {
	const day = "2026-12-10"
	tn := newTown(t, 3, 1)
	camp := tn.list(t, "centre", portal.WaitOffer, places(1))
	for i := range 3 {
		tn.put(t, i, camp, day, true)
	}
	tn.put(t, 0, camp, day, false)
	first := tn.offer(t, 1)
	tn.clock.Set(paris("2026-11-26 10:00:00")) // the server was down all that time: nobody was told
	tn.advance(t)
	tn.wantStatus(t, camp, day, "- waiting/1 waiting/2")
	again := tn.offer(t, 1)
	if again.ID == first.ID || !again.Until.Equal(paris("2026-11-27 10:00:00")) {
		t.Errorf("offered again as %d until %s", again.ID, portal.Instant(again.Until))
	}
	if _, err := tn.AnswerOffer(ctx, tn.parents[1], first.ID, true); portal.AsError(err) == nil {
		t.Error("an offer that was taken back could be accepted")
	}
	tn.wantTold(t, "1:open")
	tn.clock.Set(again.Until)
	tn.advance(t)
	tn.wantStatus(t, camp, day, "- waiting/1 waiting/2") // the last instant is in time
	tn.clock.Add(time.Second)
	if got, err := tn.AnswerOffer(ctx, tn.parents[1], again.ID, true); portal.AsError(err) == nil || got == nil || got.State != portal.OfferOpen {
		t.Errorf("accepted too late: %v %v", got, err)
	}
	for _, date := range []string{"2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27"} { // nights end offers too
		if _, err := tn.Transmit(ctx, tn.structure, portal.MustDate(date)); err != nil {
			t.Fatal(err)
		}
	}
	tn.wantStatus(t, camp, day, "- - waiting/1")
	tn.wantTold(t, "1:expired 2:open")
	list, err := tn.asked(tn.parents[1], 1)
	if err != nil || list[0].Action != "remove" || list[0].Reason != portal.ReasonUnanswered || list[0].Transmitted() {
		t.Errorf("%+v %v", list, err)
	}
}

// TestPlacesAddedAndTakenAway: more places serve who waits, in the very change; fewer take back the newest offer.
func TestPlacesAddedAndTakenAway(t *testing.T) {
	const day = "2026-12-10"
	for mode, want := range map[portal.WaitMode][2]string{
		portal.WaitNight: {"booked waiting/1 waiting/2 waiting/3", "booked booked booked waiting/1"},
		portal.WaitNow:   {"booked booked booked waiting/1", "booked booked booked waiting/1"},
		portal.WaitOffer: {"booked waiting/1 waiting/2 waiting/3", "booked waiting/1 waiting/2 waiting/3"},
	} {
		tn := newTown(t, 4, 1)
		a := tn.list(t, "centre", mode, places(1))
		for i := range 4 {
			tn.put(t, i, a, day, true)
		}
		tn.resize(t, a, 3)
		tn.wantStatus(t, a, day, want[0])
		tn.clock.Set(paris("2026-11-24 01:15:00"))
		if _, err := tn.Transmit(ctx, tn.structure, portal.MustDate("2026-11-24")); err != nil {
			t.Fatal(err)
		}
		tn.wantStatus(t, a, day, want[1])
		if mode != portal.WaitOffer {
			continue
		}
		tn.wantTold(t, "1:open 2:open")
		tn.resize(t, a, 2)
		tn.wantTold(t, "2:withdrawn")
		kept, gone := tn.offer(t, 1), tn.parents[2]
		if list, err := tn.OpenOffers(ctx, gone); err != nil || len(list) != 0 {
			t.Errorf("%v %v", list, err)
		}
		if _, err := tn.AnswerOffer(ctx, tn.parents[1], kept.ID, true); err != nil {
			t.Error(err)
		}
		tn.wantStatus(t, a, day, "booked booked waiting/1 waiting/2")
	}
}

// TestSharedPlaces: a place freed in one activity serves who waits for another that shares the counter.
func TestSharedPlaces(t *testing.T) {
	const day = "2026-12-10"
	tn := newTown(t, 3, 1)
	short := tn.list(t, "centre", portal.WaitNow, places(1))
	setup, err := tn.Setup(ctx, tn.structure)
	if err != nil {
		t.Fatal(err)
	}
	long := tn.list(t, "grand centre", portal.WaitNow, setup.Activity(short).Counters[0], places(1))
	tn.put(t, 0, short, day, true)
	tn.put(t, 1, long, day, true)
	tn.put(t, 2, short, day, true)
	tn.wantStatus(t, long, day, "- waiting/1 -")
	tn.put(t, 0, short, day, false)
	tn.wantStatus(t, long, day, "- booked -")
	tn.wantStatus(t, short, day, "- - waiting/1")
	tn.put(t, 1, long, day, false)
	tn.wantStatus(t, short, day, "- - booked")
}

// TestOfferedPlaceIsNoPlaceOfAWeek: a place that another family is offered is not free for who waits for the whole week.
func TestOfferedPlaceIsNoPlaceOfAWeek(t *testing.T) {
	const tuesday = "2026-12-22"
	tn := newTown(t, 3, 1)
	day := tn.list(t, "centre", portal.WaitOffer, places(1))
	setup, err := tn.Setup(ctx, tn.structure)
	if err != nil {
		t.Fatal(err)
	}
	week := tn.stage(t, 1, func(a *portal.Activity) {
		a.WholeWeek, a.Waitlist, a.WaitMode, a.Counters = true, true, portal.WaitNow, setup.Activity(day).Counters
	})
	tn.put(t, 0, day, tuesday, true)
	tn.put(t, 1, day, tuesday, true)
	tn.put(t, 2, week, tuesday, true)
	tn.wantStatus(t, week, tuesday, "- - waiting/1")
	tn.put(t, 0, day, tuesday, false)
	o := tn.offer(t, 1)
	tn.advance(t) // Monday is free for the week, Tuesday is offered
	tn.wantStatus(t, week, "2026-12-21", "- - waiting/1")
	if _, err := tn.AnswerOffer(ctx, tn.parents[1], o.ID, true); err != nil {
		t.Fatal(err)
	}
	tn.wantStatus(t, day, tuesday, "- booked -")
	tn.put(t, 1, day, tuesday, false)
	tn.advance(t)
	tn.wantStatus(t, week, tuesday, "- - booked")
	tn.sound(t)
}

// TestOfferLinkIsTheFamilys: on a real portal agents read the mail of an offered place without what answers it.
func TestOfferLinkIsTheFamilys(t *testing.T) {
	const day = "2026-12-10"
	tn := newTown(t, 2, 1)
	camp := tn.list(t, "centre", portal.WaitOffer, places(1))
	tn.put(t, 0, camp, day, true)
	tn.put(t, 1, camp, day, true)
	tn.put(t, 0, camp, day, false)
	o, token := tn.offer(t, 1), tn.NewOfferToken()
	link := "https://portail.exemple.fr/places/" + token + "?reponse=oui"
	mail := db.Mail{Structure: tn.structure, Account: tn.parents[1], Key: "place:1", Kind: "place", Address: "a@exemple.fr", Subject: "Une place", Text: "Oui : " + link, HTML: `<a href="` + link + `">Oui</a>`}
	if err := tn.QueuePlaceNews(ctx, &o, token, []db.Mail{mail}); err != nil {
		t.Fatal(err)
	}
	list, _, err := tn.FindMails(ctx, tn.structure, db.MailFilter{}, 0, 1)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	shown, err := tn.Mail(ctx, tn.structure, list[0].ID)
	if err != nil || strings.Contains(shown.Text+shown.HTML, token) || !strings.Contains(shown.Text, "/places/…") {
		t.Errorf("an agent reads %q %v", shown.Text, err)
	}
}

// TestTwoHundredAccepts: pressed two hundred times at once, with the link and signed in, an offer is one booking.
func TestTwoHundredAccepts(t *testing.T) {
	const day = "2026-12-10"
	tn := newTown(t, 2, 1)
	camp := tn.list(t, "centre", portal.WaitOffer, places(1))
	tn.put(t, 0, camp, day, true)
	tn.put(t, 1, camp, day, true)
	tn.put(t, 0, camp, day, false)
	o, token := tn.offer(t, 1), tn.NewOfferToken()
	if err := tn.QueuePlaceNews(ctx, &o, token, nil); err != nil {
		t.Fatal(err)
	}
	if err := tn.QueuePlaceNews(ctx, &o, tn.NewOfferToken(), nil); err != nil { // told already: the first link stays good
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			var err error
			if i%2 == 0 {
				_, err = tn.AnswerOfferByToken(ctx, token, true)
			} else {
				_, err = tn.AnswerOffer(ctx, tn.parents[1], o.ID, true)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	tn.wantStatus(t, camp, day, "- booked")
	list, err := tn.asked(tn.parents[1], 10)
	if err != nil || len(list) != 2 {
		t.Errorf("%d movements, want the request and the place (%v)", len(list), err)
	}
}

// model is what the lists should be, kept the simple way: who has a place, who waits in which order, what is offered.
type model struct {
	places   map[portal.CounterID]int
	counters map[portal.ActivityID][]portal.CounterID
	modes    map[portal.ActivityID]portal.WaitMode
	booked   map[seat]bool
	waiting  []waits // in the order of joining
	offers   []*promise
}

type seat struct {
	child    portal.ChildID
	activity portal.ActivityID
}

type waits struct {
	seat
	account  portal.AccountID
	together bool
}

type promise struct {
	seats []seat
	until time.Time
	told  bool
}

// uses counts who is on a counter: with a place, or waiting.
func (m *model) uses(c portal.CounterID) (taken, waiting, offered int) {
	on := func(s seat) bool { return slices.Contains(m.counters[s.activity], c) }
	for s := range m.booked {
		if on(s) {
			taken++
		}
	}
	for _, w := range m.waiting {
		if on(w.seat) {
			waiting++
		}
	}
	for _, o := range m.offers {
		for _, s := range o.seats {
			if on(s) {
				offered++
			}
		}
	}
	return taken, waiting, offered
}

func (m *model) join(w waits) {
	for _, c := range m.counters[w.activity] {
		if taken, waiting, _ := m.uses(c); m.places[c]-taken-waiting <= 0 {
			m.waiting = append(m.waiting, w)
			return
		}
	}
	m.booked[w.seat] = true
}

func (m *model) leave(s seat) {
	delete(m.booked, s)
	m.waiting = slices.DeleteFunc(m.waiting, func(w waits) bool { return w.seat == s })
}

func (m *model) waits(s seat) bool {
	return slices.ContainsFunc(m.waiting, func(w waits) bool { return w.seat == s })
}

// settle ends the offers that no longer stand.
func (m *model) settle(now time.Time) {
	for _, o := range m.offers {
		o.seats = slices.DeleteFunc(o.seats, func(s seat) bool { return !m.waits(s) })
	}
	for i := len(m.offers) - 1; i >= 0; i-- {
		o := m.offers[i]
		over := false
		for _, c := range m.counters[o.seats0().activity] {
			taken, _, offered := m.uses(c)
			over = over || taken+offered > m.places[c]
		}
		if over && len(o.seats) > 0 || now.After(o.until) || len(o.seats) == 0 {
			if !over && o.told && now.After(o.until) {
				for _, s := range o.seats {
					m.leave(s)
				}
			}
			m.offers = slices.Delete(m.offers, i, i+1)
		}
	}
}

func (o *promise) seats0() seat {
	if len(o.seats) == 0 {
		return seat{}
	}
	return o.seats[0]
}

// advance walks the queue once.
func (m *model) advance(now time.Time, night bool, limit time.Time) {
	m.settle(now)
	held := map[portal.CounterID]int{}
	for _, w := range slices.Clone(m.waiting) {
		group := []seat{w.seat}
		if w.together {
			group = nil
			last := 0
			for j, other := range m.waiting {
				if other.together && other.account == w.account && other.activity == w.activity && !m.offered(other.seat) {
					group, last = append(group, other.seat), j
				}
			}
			if len(group) > 0 && m.waiting[last].seat != w.seat {
				continue // the group stands where its last one stands
			}
		}
		if !m.waits(w.seat) || m.offered(w.seat) {
			continue
		}
		fits := true
		for _, c := range m.counters[w.activity] {
			taken, _, offered := m.uses(c)
			fits = fits && taken+offered+held[c]+len(group) <= m.places[c]
		}
		if !fits {
			continue
		}
		switch mode := m.modes[w.activity]; {
		case mode == portal.WaitOffer:
			if until, possible := portal.OfferUntil(now, 24, limit); possible {
				m.offers = append(m.offers, &promise{seats: group, until: until})
			}
		case mode == portal.WaitNow || night:
			for _, s := range group {
				m.leave(s)
				m.booked[s] = true
			}
		default:
			for _, c := range m.counters[w.activity] {
				held[c] += len(group)
			}
		}
	}
}

func (m *model) offered(s seat) bool {
	return slices.ContainsFunc(m.offers, func(o *promise) bool { return slices.Contains(o.seats, s) })
}

// rows writes the model as the base is read: booking lines with ranks, then the offers.
func (m *model) rows() []string {
	var list []string
	for s := range m.booked {
		list = append(list, fmt.Sprintf("%d/%d booked", s.activity, s.child))
	}
	rank := map[portal.ActivityID]int{}
	for _, w := range m.waiting {
		rank[w.activity]++
		list = append(list, fmt.Sprintf("%d/%d waiting %d", w.activity, w.child, rank[w.activity]))
	}
	for _, o := range m.offers {
		for _, s := range o.seats {
			list = append(list, fmt.Sprintf("%d/%d offered", s.activity, s.child))
		}
	}
	slices.Sort(list)
	return list
}

// TestListsAgainstAModel plays thousands of random operations on three lists that share two counters, and compares the
// base with the model after each: nothing oversold, no rank that grows, brothers and sisters all or none.
func TestListsAgainstAModel(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { playLists(t, seed, 1000) })
	}
}

func playLists(t *testing.T, seed uint64, steps int) {
	const day = "2027-06-16"
	chance := rand.New(rand.NewPCG(2026, seed))
	tn := newTown(t, 6, 1)
	limit := portal.MustDate("2027-06-15").At(portal.Clock(18, 0))
	at := tn.list(t, "étude", portal.WaitNow, places(2))
	load := func() *portal.Setup {
		setup, err := tn.Setup(ctx, tn.structure)
		if err != nil {
			t.Fatal(err)
		}
		return setup
	}
	x := load().Activity(at).Counters[0]
	offered := tn.list(t, "centre", portal.WaitOffer, x, places(8))
	y := load().Activity(offered).Counters[1]
	nightly := tn.list(t, "soir", portal.WaitNight, y)
	activities := []portal.ActivityID{at, offered, offered, nightly}
	m := &model{places: map[portal.CounterID]int{x.ID: 2, y.ID: 8}, booked: map[seat]bool{},
		counters: map[portal.ActivityID][]portal.CounterID{at: {x.ID}, offered: {x.ID, y.ID}, nightly: {y.ID}},
		modes:    map[portal.ActivityID]portal.WaitMode{at: portal.WaitNow, offered: portal.WaitOffer, nightly: portal.WaitNight}}
	conn, err := sql.Open("marelle", "file:"+tn.Path()+"?_busy_timeout=5000&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	rows := func() (list []string, ranks map[string]int) {
		t.Helper()
		r, err := conn.Query(`SELECT b.activity_id || '/' || b.child_id, b.status, iif(b.status = 'waiting', (SELECT count(*) FROM booking w
				WHERE w.activity_id = b.activity_id AND w.day = b.day AND w.status = 'waiting' AND w.queue <= b.queue), 0) FROM booking b
			UNION ALL SELECT o.activity_id || '/' || oc.child_id, 'offered', 0 FROM offer o JOIN offer_child oc ON oc.offer_id = o.id WHERE o.state = 'open'`)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		ranks = map[string]int{}
		for r.Next() {
			var key, status string
			var rank int
			if err := r.Scan(&key, &status, &rank); err != nil {
				t.Fatal(err)
			}
			line := key + " " + status
			if rank > 0 {
				line += fmt.Sprint(" ", rank)
				ranks[key] = rank
			}
			list = append(list, line)
		}
		slices.Sort(list)
		return list, ranks
	}
	keyed := func() string { return fmt.Sprintf("formulaire-%d-%d", seed, tn.clock.Now().UnixMilli()) }
	ask := func(parent int, children []portal.ChildID, a portal.ActivityID, present bool) {
		t.Helper()
		for _, c := range children {
			if _, err := tn.Ask(ctx, tn.parents[parent], db.Want{Child: c, Activity: a, Day: portal.MustDate(day), Present: present}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := tn.Confirm(ctx, tn.parents[parent], keyed(), db.AnyVersion); err != nil {
			t.Fatal(err)
		}
	}
	counts := map[string]int{}
	before := map[string]int{}
	for step := range steps {
		tn.clock.Add(time.Second)
		now := tn.clock.Now()
		parent := chance.IntN(len(tn.parents))
		a := activities[chance.IntN(len(activities))]
		child := tn.children[parent][chance.IntN(2)]
		s := seat{child, a}
		known := m.booked[s] || m.waits(s)
		op := []string{"join", "join", "join", "join", "join together", "cancel", "cancel", "cancel", "leave", "resize", "tick", "answer", "answer"}[chance.IntN(13)]
		switch {
		case op == "join" && !known:
			ask(parent, []portal.ChildID{child}, a, true)
			m.join(waits{s, tn.parents[parent], false})
		case op == "join together":
			pair := tn.children[parent]
			if seats := []seat{{pair[0], a}, {pair[1], a}}; m.booked[seats[0]] || m.waits(seats[0]) || m.booked[seats[1]] || m.waits(seats[1]) {
				continue
			}
			ask(parent, pair, a, true)
			sorted := slices.Sorted(slices.Values(pair)) // a receipt takes brothers and sisters in the order of their numbers
			for _, c := range sorted {
				m.join(waits{seat{c, a}, tn.parents[parent], false})
			}
			if m.waits(seat{sorted[0], a}) && m.waits(seat{sorted[1], a}) {
				if _, err := conn.Exec("UPDATE booking SET together = 1 WHERE activity_id = ? AND child_id IN (?, ?)", a, pair[0], pair[1]); err != nil {
					t.Fatal(err)
				}
				for i := range m.waiting {
					if w := &m.waiting[i]; w.activity == a && slices.Contains(pair, w.child) {
						w.together = true
					}
				}
			}
		case op == "cancel" && known:
			ask(parent, []portal.ChildID{child}, a, false)
			m.leave(s)
			m.advance(now, false, limit)
		case op == "leave" && m.waits(s):
			if err := tn.LeaveList(ctx, tn.parents[parent], child, a, portal.MustDate(day)); err != nil {
				t.Fatal(err)
			}
			m.leave(s)
			m.advance(now, false, limit)
		case op == "resize":
			setup := load()
			changed := *setup.Activity(a)
			changed.Counters = slices.Clone(changed.Counters)
			c := &changed.Counters[chance.IntN(len(changed.Counters))]
			c.Capacity = chance.IntN(7)
			if c.ID == y.ID && chance.IntN(4) > 0 {
				c.Capacity += 6 // mostly the first counter decides
			}
			m.places[c.ID] = c.Capacity
			if _, err := tn.SaveActivity(ctx, changed); err != nil {
				t.Fatal(err)
			}
			if len(m.waiting) > 0 {
				m.advance(now, false, limit)
			}
		case op == "tick":
			tn.clock.Add(time.Duration(chance.IntN(1200)) * time.Minute)
			now = tn.clock.Now()
			due, err := tn.DueNights(ctx, tn.structure)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range due {
				if _, err := tn.Transmit(ctx, tn.structure, d); err != nil {
					t.Fatal(err)
				}
				m.advance(now, true, limit)
				counts["night"]++
			}
			tn.advance(t)
			m.advance(now, false, limit)
			if chance.IntN(4) > 0 { // sometimes the mail is late
				tn.tell(t)
				for _, o := range m.offers {
					o.told = true
				}
			}
		case op == "answer":
			var list []portal.Offer
			for i := 0; i < len(tn.parents) && len(list) == 0; i++ {
				parent = (parent + 1) % len(tn.parents)
				if list, err = tn.OpenOffers(ctx, tn.parents[parent]); err != nil {
					t.Fatal(err)
				}
			}
			if len(list) == 0 {
				continue
			}
			o := list[chance.IntN(len(list))]
			accept := chance.IntN(2) == 0
			op = fmt.Sprintf("answer %v", accept)
			if _, err := tn.AnswerOffer(ctx, tn.parents[parent], o.ID, accept); err != nil {
				t.Fatal(err)
			}
			var answered []seat
			m.offers = slices.DeleteFunc(m.offers, func(p *promise) bool {
				mine := slices.Contains(p.seats, seat{o.Children[0].ID, o.ActID})
				if mine {
					answered = p.seats
				}
				return mine
			})
			for _, s := range answered {
				m.leave(s)
				if accept {
					m.booked[s] = true
				}
			}
			if !accept {
				m.advance(now, false, limit)
			}
		default:
			continue
		}
		counts[op]++
		got, ranks := rows()
		if want := m.rows(); !slices.Equal(got, want) {
			t.Fatalf("step %d, %s of %d/%d:\nthe base:  %v\nthe model: %v\nplaces: %v", step, op, a, child, got, want, m.places)
		}
		for key, rank := range ranks {
			if was, waited := before[key]; waited && rank > was {
				t.Fatalf("step %d, %s: the rank of %s grew from %d to %d", step, op, key, was, rank)
			}
		}
		before = ranks
		if step%25 == 0 {
			if faults, err := tn.Audit(ctx); err != nil || len(faults) > 0 {
				t.Fatalf("step %d, %s: %v %v", step, op, faults, err)
			}
		}
	}
	if faults, err := tn.Audit(ctx); err != nil || len(faults) > 0 {
		t.Fatal(faults, err)
	}
	for _, op := range []string{"join", "join together", "cancel", "leave", "resize", "tick", "night", "answer true", "answer false"} {
		if counts[op] < 3 {
			t.Errorf("only %d × %s", counts[op], op)
		}
	}
	t.Logf("%v, up to %s", counts, portal.Instant(tn.clock.Now()))
}

// asked lists the last movements that a parent follows.
func (tn *town) asked(account portal.AccountID, n int) (list []portal.Movement, err error) {
	f, err := tn.Follow(ctx, account, portal.FollowFilter{}, 0, n)
	if err != nil {
		return nil, err
	}
	for _, l := range f.Lines {
		list = append(list, l.Movement)
	}
	return list, nil
}

// TestALateNightGivesWhatWasFreeAtItsHour: what came free after the hour of a night that runs late is the next night's; what
// came free before is given, also when somebody has left the list since.
func TestALateNightGivesWhatWasFreeAtItsHour(t *testing.T) {
	const day = "2026-12-10"
	for _, c := range []struct {
		name         string
		before       []int // families that give their place back before the hour
		after        []int // that give it back, or leave the list, after
		first, later string
	}{
		{"rendue après l’heure", nil, []int{0}, "- booked waiting/1 waiting/2", "- booked booked waiting/1"},
		{"rendue avant l’heure", []int{0}, nil, "- booked booked waiting/1", "- booked booked waiting/1"},
		{"une avant, une après", []int{0}, []int{1}, "- - booked waiting/1", "- - booked booked"},
		{"le premier de la liste l’a quittée depuis", []int{0}, []int{2}, "- booked - booked", "- booked - booked"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tn := newTown(t, 4, 1)
			study := tn.list(t, "étude", portal.WaitNight, places(2))
			for i := range 4 {
				tn.put(t, i, study, day, true)
			}
			for _, i := range c.before {
				tn.put(t, i, study, day, false)
			}
			tn.clock.Set(paris("2026-11-24 09:00:00"))
			for _, i := range c.after {
				tn.put(t, i, study, day, false)
			}
			transmit := func(night string) {
				t.Helper()
				if _, err := tn.Transmit(ctx, tn.structure, portal.MustDate(night)); err != nil {
					t.Fatal(err)
				}
			}
			transmit("2026-11-24")
			tn.wantStatus(t, study, day, c.first)
			tn.clock.Set(paris("2026-11-25 01:15:00"))
			transmit("2026-11-25")
			tn.wantStatus(t, study, day, c.later)
		})
	}
}

// weekOf reads the statuses of a family's first child over the last week of school of 2026, from Monday to Thursday: « b w - - ».
func (tn *town) weekOf(t testing.TB, parent int, a portal.ActivityID) string {
	t.Helper()
	var words []string
	for d := portal.MustDate("2026-12-21"); d <= portal.MustDate("2026-12-24"); d++ {
		word := string(tn.state(t, parent, 0, a, d.String()).Status)
		if word == "" {
			word = "-"
		}
		words = append(words, word[:1])
	}
	return strings.Join(words, " ")
}

func (tn *town) wantWeek(t testing.TB, parent int, a portal.ActivityID, when, want string) {
	t.Helper()
	if got := tn.weekOf(t, parent, a); got != want {
		t.Errorf("%s: the week of family %d is %s, want %s", when, parent, got, want)
	}
}

// weekWithMeals is a camp of whole weeks with one place, and a waiting list, that needs a meal: two on Wednesday, else many.
func (tn *town) weekWithMeals(t testing.TB, mode portal.WaitMode) (meal, camp portal.ActivityID) {
	t.Helper()
	meal = tn.stage(t, 9, func(a *portal.Activity) {
		a.Name, a.Short, a.Spoken, a.Starts, a.Ends, a.Waitlist = "REPAS", "Repas", "le repas", portal.Clock(12, 0), portal.Clock(13, 0), true
		a.Counters[0].Special = []portal.Capacity{{Day: portal.MustDate("2026-12-23"), Limited: true, Places: 2}}
	})
	return meal, tn.stage(t, 1, func(a *portal.Activity) {
		a.WholeWeek, a.Waitlist, a.WaitMode, a.Links = true, true, mode, []portal.Link{{Other: meal, Kind: portal.Requires}}
	})
}

// TestAWeekIsGivenWithTheMealsOfAllItsDays: a week that needs a meal is given with the meals of all its days, and not at all while
// the meal of one day is full.
func TestAWeekIsGivenWithTheMealsOfAllItsDays(t *testing.T) {
	const wednesday = "2026-12-23"
	for _, mode := range []portal.WaitMode{portal.WaitNow, portal.WaitNight} {
		t.Run(string(mode), func(t *testing.T) {
			tn := newTown(t, 3, 1)
			meal, camp := tn.weekWithMeals(t, mode)
			night := portal.MustDate("2026-11-23")
			pass := func() {
				t.Helper()
				if mode == portal.WaitNow {
					return
				}
				night++
				tn.clock.Set(night.At(portal.Clock(1, 15)))
				if _, err := tn.Transmit(ctx, tn.structure, night); err != nil {
					t.Fatal(err)
				}
				tn.clock.Add(time.Hour)
			}
			tn.put(t, 0, camp, wednesday, true)
			tn.wantWeek(t, 0, meal, "its meals", "b b b b")
			tn.put(t, 1, camp, wednesday, true)
			tn.wantWeek(t, 1, camp, "asked", "w w w w")
			tn.put(t, 2, meal, wednesday, true) // the last meal of Wednesday
			tn.put(t, 0, camp, wednesday, false)
			pass()
			tn.wantWeek(t, 1, camp, "no meal on Wednesday", "w w w w")
			tn.wantWeek(t, 1, meal, "no meal on Wednesday", "- - - -")
			tn.sound(t)
			tn.put(t, 2, meal, wednesday, false)
			pass()
			tn.wantWeek(t, 1, camp, "a meal on Wednesday", "b b b b")
			tn.wantWeek(t, 1, meal, "a meal on Wednesday", "b b b b")
			tn.sound(t)
		})
	}
}

// TestAWeekThatCannotHaveItsMealsHoldsNothingBack: the first of the list cannot have the meals of the whole week: it keeps its
// rank, and the second, who can, is given the week.
func TestAWeekThatCannotHaveItsMealsHoldsNothingBack(t *testing.T) {
	const wednesday = "2026-12-23"
	for name, lacks := range map[string]func(tn *town, meal portal.ActivityID){
		"plus de repas le mercredi": func(tn *town, meal portal.ActivityID) { tn.put(t, 2, meal, wednesday, true) },
		"trois repas par semaine au plus": func(tn *town, meal portal.ActivityID) {
			tn.days(t, 2, 0, meal, true, "2026-12-21", "2026-12-22", wednesday, "2026-12-24")
			tn.change(t, meal, func(a *portal.Activity) { a.MostDays, a.Counters[0].Special = 3, nil })
		},
	} {
		t.Run(name, func(t *testing.T) {
			tn := newTown(t, 3, 1)
			meal, camp := tn.weekWithMeals(t, portal.WaitNow)
			for i := range 3 {
				tn.put(t, i, camp, wednesday, true)
			}
			lacks(tn, meal)
			tn.put(t, 0, camp, wednesday, false)
			tn.wantStatus(t, camp, wednesday, "- waiting/1 booked")
			tn.wantWeek(t, 1, camp, "not all meals", "w w w w")
			tn.wantWeek(t, 1, meal, "not all meals", "- - - -")
			tn.wantWeek(t, 2, camp, "all meals", "b b b b")
			tn.wantWeek(t, 2, meal, "all meals", "b b b b")
			tn.change(t, meal, func(a *portal.Activity) { a.MostDays, a.Counters[0].Special = 0, nil })
			tn.resize(t, camp, 2)
			tn.wantWeek(t, 1, camp, "meals for all", "b b b b")
			tn.wantWeek(t, 1, meal, "meals for all", "b b b b")
			tn.sound(t)
		})
	}
}

// TestAWeekWaitsItsTurnOnSharedPlaces: a week does not pass before a child who waited longer for one of its days on another
// list of the same places; who came after it does not pass before the week.
func TestAWeekWaitsItsTurnOnSharedPlaces(t *testing.T) {
	const tuesday = "2026-12-22"
	for _, c := range []struct {
		name            string
		weekFirst       bool
		wantDay, wantWk string
	}{
		{"le jour attend depuis plus longtemps", false, "- booked -", "w w w w"},
		{"la semaine attend depuis plus longtemps", true, "- waiting/1 -", "b b b b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tn := newTown(t, 3, 1)
			week := tn.stage(t, 1, func(a *portal.Activity) { a.WholeWeek, a.Waitlist, a.WaitMode = true, true, portal.WaitNow })
			day := tn.list(t, "centre", portal.WaitNow, tn.activity(t, week).Counters...)
			tn.put(t, 0, week, tuesday, true)
			if c.weekFirst {
				tn.put(t, 2, week, tuesday, true)
			}
			tn.put(t, 1, day, tuesday, true)
			if !c.weekFirst {
				tn.put(t, 2, week, tuesday, true)
			}
			tn.put(t, 0, week, tuesday, false) // Monday is given first
			tn.wantStatus(t, day, tuesday, c.wantDay)
			tn.wantWeek(t, 2, week, "the week", c.wantWk)
			tn.sound(t)
		})
	}
}
