package db

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"marelle/portal"
)

// advanceFreed gives the places that the lines of a receipt gave back to those who wait, in the same transaction.
func (s *Store) advanceFreed(ctx context.Context, tx *Tx, lines []portal.Movement, now time.Time) error {
	for _, l := range lines {
		if l.Outcome != portal.OutcomeCancelled {
			continue
		}
		setup, err := s.Setup(ctx, l.Child.StructureID)
		if err != nil {
			return err
		}
		if a := setup.Activity(l.ActID); a != nil {
			if err := advance(tx, setup, a, l.Day, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// advance gives or offers the free places of a day to those who wait for the activity, or for one that shares places with it.
// Whoever waits for the night keeps the place that falls to him until then. Done again, it changes nothing.
func advance(tx *Tx, setup *portal.Setup, a *portal.Activity, day portal.Date, now time.Time) error {
	return (&round{tx: tx, setup: setup, now: now}).day(a, day)
}

// round is one advance of waiting lists.
type round struct {
	tx    *Tx
	setup *portal.Setup
	now   time.Time
	night *portal.Night      // nil by day: the lists of the mode « nuit » stand still
	late  map[counterDay]int // places that came free after the night's hour
}

// day advances the lists that share places with an activity, then those of what needs one of these: a place in the meal is
// also one for who waits for the centre.
func (r *round) day(a *portal.Activity, day portal.Date) error {
	next := []*portal.Activity{a}
	done := map[*portal.Activity]bool{}
	for ; len(next) > 0; next = next[1:] {
		if done[next[0]] {
			continue
		}
		lists := sharing(r.setup, next[0])
		if err := r.lists(lists, day); err != nil {
			return err
		}
		for _, a := range lists {
			done[a] = true
		}
		for i := range r.setup.Activities {
			other := &r.setup.Activities[i]
			if slices.ContainsFunc(other.Needs(), func(needed *portal.Activity) bool { return slices.Contains(lists, needed) }) {
				next = append(next, other)
			}
		}
	}
	return nil
}

// lists advances lists that share places.
func (r *round) lists(lists []*portal.Activity, day portal.Date) error {
	for _, a := range lists {
		if err := r.settleOffers(a, day); err != nil {
			return err
		}
	}
	turns, free, err := r.queue(lists, day)
	if err != nil {
		return err
	}
	if turns, err = r.wholeWeeks(lists, turns, day); err != nil {
		return err
	}
	for _, turn := range portal.Served(turns, free) {
		if err := r.serve(turn, day); err != nil {
			return err
		}
	}
	return nil
}

// queue lists the turns of a day of lists that share places, with what each takes besides, and counts the places that are free.
// Who could not have a place for another reason is left out.
func (r *round) queue(lists []*portal.Activity, day portal.Date) (turns []portal.Turn, free map[portal.CounterID]int, err error) {
	free = map[portal.CounterID]int{}
	var waiters []portal.Waiter
	for _, a := range lists {
		if !r.open(a, day) {
			continue
		}
		if err := r.fillFree(free, a, day); err != nil {
			return nil, nil, err
		}
		list, err := waitersOf(r.tx, a, day)
		if err != nil {
			return nil, nil, err
		}
		waiters = append(waiters, list...)
	}
	for c := range free {
		free[c] -= r.late[counterDay{c, day}]
	}
	if turns, err = r.admitted(portal.Turns(waiters), day); err != nil {
		return nil, nil, err
	}
	turns, err = r.withAlong(turns, free, day)
	return turns, free, err
}

// sharing lists an activity, those that have a counter in common with it, those that have one in common with these, and
// so on: a child who needs two counters must not take from the second what falls to somebody who waited longer.
func sharing(setup *portal.Setup, a *portal.Activity) []*portal.Activity {
	list := []*portal.Activity{a}
	for next := 0; next < len(list); next++ {
		for i := range setup.Activities {
			other := &setup.Activities[i]
			if !slices.Contains(list, other) && shareCounter(list[next], other) {
				list = append(list, other)
			}
		}
	}
	return list
}

func shareCounter(a, b *portal.Activity) bool {
	return slices.ContainsFunc(a.Counters, func(mine portal.Counter) bool {
		return slices.ContainsFunc(b.Counters, func(c portal.Counter) bool { return c.ID == mine.ID })
	})
}

// open says whether places of the day still go to who waits: nobody is served who could no longer say no.
func (r *round) open(a *portal.Activity, day portal.Date) bool {
	slot := r.setup.NewSlot(0, a, day)
	if a.Closed(r.now) {
		return false
	}
	if a.WaitMode != portal.WaitOffer {
		return slot.Promotable(r.now)
	}
	if !slot.Open || slot.Book.Passed(r.now) {
		return false
	}
	_, possible := portal.OfferUntil(r.now, a.OfferHours, slot.Book.At)
	return possible
}

// waitersOf lists who waits for a day and is offered nothing yet.
func waitersOf(tx *Tx, a *portal.Activity, day portal.Date) ([]portal.Waiter, error) {
	return all(tx, func(r *sql.Rows) (w portal.Waiter, err error) {
		w.Activity = a
		var groups sql.NullString
		if err := r.Scan(&w.Child, &w.Account, &w.Queue, into{&w.Since}, &w.Together, &groups); err != nil {
			return w, err
		}
		w.Counters, err = countersCounting(a, groups)
		return w, err
	}, `SELECT b.child_id, b.account_id, b.queue, b.since, b.together, b.counters FROM booking b
		WHERE b.activity_id = ? AND b.day = ? AND b.status = 'waiting' AND NOT EXISTS (SELECT 1 FROM offer o JOIN offer_child oc ON oc.offer_id = o.id
			WHERE o.state = 'open' AND o.activity_id = b.activity_id AND o.day = b.day AND oc.child_id = b.child_id)`, a.ID, day)
}

// fillFree counts, for each limited counter of an activity, the places that nobody has and that are offered to nobody.
func (r *round) fillFree(free map[portal.CounterID]int, a *portal.Activity, day portal.Date) error {
	for _, c := range a.Counters {
		if _, known := free[c.ID]; known || !c.Counts() {
			continue
		}
		var n sql.NullInt64
		if err := r.tx.row(&n, freePlaces, c.ID, day); err != nil {
			return err
		}
		if n.Valid {
			free[c.ID] = int(n.Int64)
		}
	}
	return nil
}

// counterDay is a day of a counter.
type counterDay struct {
	counter portal.CounterID
	day     portal.Date
}

// lateOf counts the places that came free after the hour of a night that runs late: they are the next night's, as if this one
// had run on time. Who left a list gave no place back, nor did a child who is booked again.
func lateOf(tx *Tx, setup *portal.Setup, night *portal.Night) (map[counterDay]int, error) {
	type freed struct {
		counterDay
		child portal.ChildID
	}
	list, err := all(tx, func(r *sql.Rows) (f freed, err error) {
		err = r.Scan(&f.counter, &f.day, &f.child)
		return f, err
	}, `SELECT DISTINCT ca.counter_id, m.day, m.child_id FROM movement m JOIN counter_activity ca ON ca.activity_id = m.activity_id
		WHERE m.structure_id = ? AND m.night_id IS NULL AND m.outcome <> 'refused' AND m.at >= ? AND m.outcome = 'cancelled' AND m.registration_id IS NULL AND NOT m.idle
		AND coalesce((SELECT p.outcome FROM movement p WHERE p.child_id = m.child_id AND p.activity_id = m.activity_id AND p.day = m.day AND p.id < m.id
			AND p.action IN ('add', 'promote', 'decide') AND p.outcome <> 'refused' ORDER BY p.id DESC LIMIT 1), 'booked') = 'booked'
		AND NOT EXISTS (SELECT 1 FROM booking b WHERE b.child_id = m.child_id AND b.activity_id = m.activity_id AND b.day = m.day AND b.status = 'booked')
		`, night.Structure, at(night.Due))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	children := make([]portal.ChildID, len(list))
	for i, f := range list {
		children[i] = f.child
	}
	pupils, err := pupilsOf(tx, children)
	if err != nil {
		return nil, err
	}
	counters := map[portal.CounterID]portal.Counter{}
	for _, a := range setup.Activities {
		for _, c := range a.Counters {
			counters[c.ID] = c
		}
	}
	late := map[counterDay]int{}
	for _, f := range list {
		if c, known := counters[f.counter]; known && c.Holds(pupils[f.child], f.day, setup) {
			late[f.counterDay]++
		}
	}
	return late, nil
}

// admitted leaves out the turns of children whom a rule keeps from the day by now: they keep their rank.
func (r *round) admitted(turns []portal.Turn, day portal.Date) ([]portal.Turn, error) {
	var kept []portal.Turn
	for _, turn := range turns {
		why, err := refuseBarred(r.tx, r.setup, turn.Activity, turn.Children, day, r.now)
		if err != nil {
			return nil, err
		}
		if why == nil {
			kept = append(kept, turn)
		}
	}
	return kept, nil
}

// refuseBarred says which rule keeps one of some children from a day, or nothing.
func refuseBarred(tx *Tx, setup *portal.Setup, a *portal.Activity, children []portal.ChildID, day portal.Date, now time.Time) (*portal.Error, error) {
	if !a.AsksWho() && !a.Closed(now) {
		return nil, nil
	}
	for _, child := range children {
		slot, err := slotOf(tx, setup, a, child, day, Draft{})
		if err != nil {
			return nil, err
		}
		if bar := slot.Barred(now); bar != nil {
			return portal.Conflict("%s %s", bar.Why, bar.Do), nil
		}
	}
	return nil, nil
}

// weekDay is a day of a week that is booked as a whole, and who asked for it.
type weekDay struct {
	day     portal.Date
	account portal.AccountID
}

// waitingWeek lists the days for which a child waits in the week of a day that an account asked for. Of a child whom two
// families share it is those of the parent who has that day, unless the account is of both.
func waitingWeek(q querier, a *portal.Activity, account portal.AccountID, child portal.ChildID, day portal.Date) ([]weekDay, error) {
	return all(q, func(r *sql.Rows) (d weekDay, err error) {
		err = r.Scan(&d.day, &d.account)
		return d, err
	}, `SELECT b.day, b.account_id FROM booking b WHERE b.child_id = ?1 AND b.activity_id = ?2 AND b.day BETWEEN ?3 AND ?4 AND b.status = 'waiting'
		AND NOT EXISTS (SELECT 1 FROM custody_day k JOIN custody_day mine ON mine.child_id = k.child_id AND mine.day = ?5 AND mine.family_id <> k.family_id
			WHERE k.child_id = b.child_id AND k.day = b.day
			AND (SELECT count(DISTINCT v.family_id) FROM sees v WHERE v.account_id = ?6 AND v.family_id IN (k.family_id, mine.family_id)) < 2)
		ORDER BY b.day`, child, a.ID, day.Monday(), day.Monday()+6, day, account)
}

// wholeWeeks leaves out the turns that could have a place on the day, but not on all the days of their week that wait: a week
// that is booked as a whole is also given as a whole, after those who waited before for one of its days.
func (r *round) wholeWeeks(lists []*portal.Activity, turns []portal.Turn, day portal.Date) (kept []portal.Turn, err error) {
	week := otherDays{round: r, lists: lists, queues: map[portal.Date]dayQueue{}}
	for _, turn := range turns {
		fits := true
		if turn.Activity.WholeWeek {
			if fits, err = week.fit(turn, day); err != nil {
				return nil, err
			}
		}
		if fits {
			kept = append(kept, turn)
		} else {
			week.left = append(week.left, turn)
		}
	}
	return kept, nil
}

// otherDays is who waits for the other days of a week. Turns that are left out hold no place of these days back from who
// comes after them.
type otherDays struct {
	*round
	lists  []*portal.Activity
	queues map[portal.Date]dayQueue
	left   []portal.Turn
}

// dayQueue is who waits for a day, and the places that are free.
type dayQueue struct {
	turns []portal.Turn
	free  map[portal.CounterID]int
}

// fit says whether the children of a turn would be served on the other days of their week too, and could have what the
// activity needs on all of them.
func (o *otherDays) fit(turn portal.Turn, day portal.Date) (bool, error) {
	for _, child := range turn.Children {
		week, err := waitingWeek(o.tx, turn.Activity, turn.Account, child, day)
		if err != nil {
			return false, err
		}
		for _, d := range week {
			if d.day == day {
				continue
			}
			served, err := o.served(d.day)
			if err != nil || !slices.ContainsFunc(served, func(t portal.Turn) bool { return t.Activity == turn.Activity && slices.Contains(t.Children, child) }) {
				return false, err
			}
		}
	}
	if len(turn.Activity.Needs()) == 0 {
		return true, nil
	}
	return o.take(turn, day, false) // the days of what is needed may be counted too
}

// served lists who would be served on another day.
func (o *otherDays) served(day portal.Date) ([]portal.Turn, error) {
	queue, known := o.queues[day]
	if !known {
		var err error
		if queue.turns, queue.free, err = o.queue(o.lists, day); err != nil {
			return nil, err
		}
		o.queues[day] = queue
	}
	turns := slices.DeleteFunc(slices.Clone(queue.turns), func(t portal.Turn) bool {
		return slices.ContainsFunc(o.left, func(l portal.Turn) bool {
			return l.Activity == t.Activity && slices.ContainsFunc(l.Children, func(c portal.ChildID) bool { return slices.Contains(t.Children, c) })
		})
	})
	return portal.Served(turns, queue.free), nil
}

// withAlong completes turns with what their activity needs besides, and leaves out those who cannot have it: they keep their
// rank. Of what is needed, only the places that nobody waits for are free.
func (r *round) withAlong(turns []portal.Turn, free map[portal.CounterID]int, day portal.Date) ([]portal.Turn, error) {
	var possible []portal.Turn
	for _, turn := range turns {
		along, why, err := alongOf(r.tx, r.setup, turn.Activity, turn.Children, day, r.now)
		if err != nil {
			return nil, err
		}
		if why != nil {
			continue
		}
		for _, n := range along {
			for _, c := range n.Activity.Counters {
				capacity, limited := c.On(day)
				if _, known := free[c.ID]; known || !limited {
					continue
				}
				var left int
				if err := r.tx.row(&left, "SELECT ?1 - coalesce((SELECT taken + waiting FROM counter_day WHERE counter_id = ?2 AND day = ?3), 0)", capacity, c.ID, day); err != nil {
					return nil, err
				}
				free[c.ID] = left
			}
		}
		turn.Along = along
		possible = append(possible, turn)
	}
	return possible, nil
}

// alongOf lists what children need with a place of an activity and do not have yet, what is needed first; why says that
// one of them cannot have it.
func alongOf(tx *Tx, setup *portal.Setup, a *portal.Activity, children []portal.ChildID, day portal.Date, now time.Time) (list []portal.Along, why *portal.Error, err error) {
	if len(a.Needs()) == 0 {
		return nil, nil, nil
	}
	for _, child := range children {
		slot, err := slotOf(tx, setup, a, child, day, Draft{})
		if err != nil {
			return nil, nil, err
		}
		for _, needed := range slot.Missing() {
			there, err := slotOf(tx, setup, needed, child, day, Draft{})
			if err != nil {
				return nil, nil, err
			}
			for _, n := range list { // a sister's place is hers
				if n.Activity == needed {
					there.Left--
				}
			}
			hours, why := slot.BringAlong(&there, now)
			if why != nil {
				return nil, why, nil
			}
			more, why, err := alongOf(tx, setup, needed, []portal.ChildID{child}, day, now)
			if err != nil || why != nil {
				return nil, why, err
			}
			for _, n := range append(more, portal.Along{Child: child, Activity: needed, Hours: hours, Counters: counterIDs(there.Counters)}) {
				if !slices.ContainsFunc(list, func(known portal.Along) bool { return known.Child == n.Child && known.Activity == n.Activity }) {
					list = append(list, n)
				}
			}
		}
	}
	return list, nil, nil
}

// bookAlong books what goes with the place of a turn; m says who, when, and in which night.
func bookAlong(tx *Tx, setup *portal.Setup, along []portal.Along, day portal.Date, m listMovement) error {
	for _, n := range along {
		slot, err := slotOf(tx, setup, n.Activity, n.Child, day, Draft{})
		if err != nil {
			return err
		}
		slot.WishHours = n.Hours
		if err := book(tx, m.account, &slot, m.at); err != nil {
			return err
		}
		m.child, m.activity, m.day, m.action, m.outcome = n.Child, n.Activity.ID, day, "promote", portal.OutcomeBooked
		if err := m.insert(tx, setup.Structure.ID); err != nil {
			return err
		}
	}
	return nil
}

// freePlaces counts the places of the counter ?1 on the day ?2 that nobody has and that are offered to nobody; NULL is unlimited.
var freePlaces = freePlacesOn("?1", "?2")

func freePlacesOn(counter, day string) string {
	return "SELECT " + placesOn(counter, day) + " - coalesce((SELECT taken FROM counter_day WHERE counter_id = " + counter + " AND day = " + day + `), 0)
		- (SELECT count(*) FROM counter c JOIN counter_activity ca ON ca.counter_id = c.id JOIN offer o ON o.activity_id = ca.activity_id AND o.day = ` + day + ` AND o.state = 'open'
			JOIN offer_child oc ON oc.offer_id = o.id JOIN booking b ON b.child_id = oc.child_id AND b.activity_id = o.activity_id AND b.day = o.day
			WHERE c.id = ` + counter + " AND " + counts + ")"
}

// serve does what the mode of the list says for a turn whose places are free. A place that another booking of the day needs
// is not offered: nobody could decline it.
func (r *round) serve(turn portal.Turn, day portal.Date) error {
	mode := turn.Activity.WaitMode
	if mode == portal.WaitOffer {
		needed, err := refuseNeeded(r.tx, r.setup, turn.Activity, turn.Children, day)
		if err != nil {
			return err
		}
		if needed != nil {
			mode = portal.WaitNow
		}
	}
	switch {
	case mode == portal.WaitOffer:
		return r.offer(turn, day)
	case r.night != nil: // the morning's report tells it
		_, err := r.take(turn, day, true)
		return err
	case mode == portal.WaitNow:
		if booked, err := r.take(turn, day, true); err != nil || !booked {
			return err
		}
		_, err := insertOffer(r.tx, r.setup.Structure.ID, turn, day, portal.OfferGiven, time.Time{}, r.now)
		return err
	}
	return nil
}

// take books the children of a turn with what each of their days needs, or changes nothing: when one cannot have that, or
// when it is only tried.
func (r *round) take(turn portal.Turn, day portal.Date, keep bool) (booked bool, err error) {
	if err := r.tx.exec("SAVEPOINT turn"); err != nil {
		return false, err
	}
	if booked, err = r.promote(turn, day); err != nil {
		return false, err
	}
	if !booked || !keep {
		if err := r.tx.exec("ROLLBACK TO turn"); err != nil {
			return false, err
		}
	}
	return booked, r.tx.exec("RELEASE turn")
}

func (r *round) promote(turn portal.Turn, day portal.Date) (booked bool, err error) {
	for _, child := range turn.Children {
		days := []weekDay{{day, turn.Account}}
		if turn.Activity.WholeWeek {
			if days, err = waitingWeek(r.tx, turn.Activity, turn.Account, child, day); err != nil {
				return false, err
			}
		}
		for _, d := range days {
			if booked, err = r.promoteDay(turn.Activity, child, d); err != nil || !booked {
				return false, err
			}
		}
	}
	return true, nil
}

// promoteDay books a day of a waiting child with what it needs. In the night the movement is transmitted at once, else the
// next night does it.
func (r *round) promoteDay(a *portal.Activity, child portal.ChildID, d weekDay) (booked bool, err error) {
	m := listMovement{account: d.account, child: child, activity: a.ID, day: d.day, action: "promote", outcome: portal.OutcomeBooked, at: r.now}
	if r.night != nil {
		m.at, m.night = r.night.Due, r.night.ID
	}
	along, why, err := alongOf(r.tx, r.setup, a, []portal.ChildID{child}, d.day, r.now)
	if err != nil || why != nil {
		return false, err
	}
	if err := bookAlong(r.tx, r.setup, along, d.day, m); err != nil {
		return false, err
	}
	if booked, err = takeWaiting(r.tx, a, child, d.day); err != nil || !booked {
		return false, err
	}
	return true, m.insert(r.tx, r.setup.Structure.ID)
}

// takeWaiting turns a waiting child's request into a booking, when each of the counters has a place.
func takeWaiting(tx *Tx, a *portal.Activity, child portal.ChildID, day portal.Date) (bool, error) {
	counters, err := countedBy(tx, child, a.ID, day)
	if err != nil {
		return false, err
	}
	taken, err := takePlaces(tx, counters, day)
	if err != nil || !taken {
		return false, err
	}
	n, err := tx.change("UPDATE booking SET status = 'booked', queue = NULL WHERE child_id = ? AND activity_id = ? AND day = ? AND status = 'waiting'", child, a.ID, day)
	if err != nil {
		return false, err
	}
	if n == 0 {
		return false, errors.New("db: a child who does not wait was to be served")
	}
	return true, lessWaiting(tx, counters, day)
}

// listMovement is a change that no receipt asked for: the list's own.
type listMovement struct {
	account  portal.AccountID
	child    portal.ChildID
	activity portal.ActivityID
	day      portal.Date
	action   string
	outcome  portal.Outcome
	reason   string
	at       time.Time
	night    portal.NightID // that transmitted it already
}

// insert writes the movement with the hours of the booking, which must still be there.
func (m listMovement) insert(tx *Tx, structure portal.StructureID) error {
	night := sql.NullInt64{Int64: int64(m.night), Valid: m.night != 0}
	return tx.exec(`INSERT INTO movement (structure_id, account_id, child_id, activity_id, day, action, arrival, departure, at, outcome, reason, night_id, final)
		SELECT ?1, ?2, child_id, activity_id, day, ?6, arrival, departure, ?7, ?8, ?9, ?10, iif(?10 IS NULL, NULL, ?8)
		FROM booking WHERE child_id = ?3 AND activity_id = ?4 AND day = ?5`,
		structure, m.account, m.child, m.activity, m.day, m.action, at(m.at), string(m.outcome), m.reason, night)
}

// leaveList takes a waiting child off the list, with the movement that says why.
func leaveList(tx *Tx, structure portal.StructureID, a *portal.Activity, m listMovement) error {
	m.activity, m.action, m.outcome = a.ID, "remove", portal.OutcomeCancelled
	if err := m.insert(tx, structure); err != nil {
		return err
	}
	counters, err := countedBy(tx, m.child, a.ID, m.day)
	if err != nil {
		return err
	}
	n, err := tx.change("DELETE FROM booking WHERE child_id = ? AND activity_id = ? AND day = ? AND status = 'waiting'", m.child, a.ID, m.day)
	if err != nil {
		return err
	}
	if n == 0 {
		return errors.New("db: a child who does not wait was to leave the list")
	}
	return lessWaiting(tx, counters, m.day)
}

// waitedDay is a day that somebody waits for, or is offered a place of.
type waitedDay struct {
	activity portal.ActivityID
	day      portal.Date
}

// waitedDays lists the days to look at: some may have no place to give, advancing them changes nothing.
func waitedDays(q querier, structure portal.StructureID, from portal.Date) ([]waitedDay, error) {
	return all(q, func(r *sql.Rows) (w waitedDay, err error) {
		err = r.Scan(&w.activity, &w.day)
		return w, err
	}, `SELECT ca.activity_id, d.day FROM counter_day d INDEXED BY counter_day_waiting
			JOIN counter c ON c.id = d.counter_id JOIN counter_activity ca ON ca.counter_id = c.id
		WHERE d.waiting > 0 AND d.day >= ?2 AND c.structure_id = ?1 AND d.taken < coalesce(`+placesOn("c.id", "d.day")+`, 9223372036854775807)
		UNION SELECT o.activity_id, o.day FROM offer o WHERE o.structure_id = ?1 AND o.state = 'open'
		ORDER BY 2, 1`, structure, from)
}

// advanceAll advances every list of a structure, many days a transaction so that parents are served in between.
func advanceAll(run steps, setup *portal.Setup, from portal.Date, night *portal.Night) error {
	days, err := waitedDays(run.q, setup.Structure.ID, from)
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(days, 50) {
		err := run.write(func(tx *Tx) (err error) {
			r := &round{tx: tx, setup: setup, now: run.now(), night: night}
			if night != nil { // in each transaction: families give places back in between
				if r.late, err = lateOf(tx, setup, night); err != nil {
					return err
				}
			}
			return r.days(chunk)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *round) days(list []waitedDay) error {
	for _, w := range list {
		if a := r.setup.Activity(w.activity); a != nil {
			if err := r.day(a, w.day); err != nil {
				return err
			}
		}
	}
	return nil
}

// AdvanceLists ends the offers whose time is over and gives or offers the places that are free. The mode « nuit » waits
// for its night.
func (s *Store) AdvanceLists(ctx context.Context, structure portal.StructureID) error {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return err
	}
	return advanceAll(s.steps(ctx), setup, portal.DateOf(s.now()), nil)
}

// advanceAfterSave gives the places that a change of an activity made, and takes back offers that no longer have one.
func advanceAfterSave(tx *Tx, saved *portal.Activity, now time.Time) error {
	days, err := waitedDays(tx, saved.StructureID, portal.DateOf(now))
	if err != nil || len(days) == 0 {
		return err
	}
	setup, err := loadSetup(tx, saved.StructureID) // the one in memory is what it was
	if err != nil {
		return err
	}
	return (&round{tx: tx, setup: setup, now: now}).days(days)
}
