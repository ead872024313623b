package db

import (
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"marelle/portal"
)

// grid holds one slot for each child, activity and day of a span, complete with what is saved, wished and left.
type grid struct {
	first, last portal.Date
	activities  int
	slots       []portal.Slot // by child, then activity, then day
}

func (g *grid) days() int { return int(g.last-g.first) + 1 }

// row gives the days of a child and an activity, by their ranks.
func (g *grid) row(child, activity int) []portal.Slot {
	from := (child*g.activities + activity) * g.days()
	return g.slots[from : from+g.days() : from+g.days()]
}

// loadGrid reads everything that decides about some children's days in some activities of one structure: three queries at
// most, whatever their number.
func loadGrid(q querier, setup *portal.Setup, children []portal.ChildID, activities []*portal.Activity, first, last portal.Date, wishes []portal.WishLine) (grid, error) {
	return loadGridBeside(q, setup, children, activities, first, last, wishes, nil)
}

// loadGridBeside is loadGrid for somebody for whom some days are the other parent's: they are counted apart.
func loadGridBeside(q querier, setup *portal.Setup, children []portal.ChildID, activities []*portal.Activity, first, last portal.Date, wishes []portal.WishLine, others map[childDay]bool) (grid, error) {
	g := grid{first: first, last: last, activities: len(activities)}
	if len(children) == 0 || len(activities) == 0 {
		return g, nil
	}
	bare := make([]portal.Slot, 0, len(activities)*g.days())
	for _, a := range activities {
		for d := first; d <= last; d++ {
			bare = append(bare, setup.NewSlot(0, a, d)) // opening and limits are every child's
		}
	}
	pupils, err := pupilsFor(q, children, activities)
	if err != nil {
		return g, err
	}
	held, err := profilesHeld(q, setup, children)
	if err != nil {
		return g, err
	}
	g.slots = make([]portal.Slot, 0, len(children)*len(bare))
	for _, c := range children {
		from := len(g.slots)
		g.slots = append(g.slots, bare...)
		if theirs := setup.ForFamily(held[c]); theirs != setup { // a family with a profile has limits of its own
			for i := range bare {
				g.slots[from+i] = theirs.NewSlot(c, bare[i].Activity, bare[i].Day)
			}
		}
		for i := from; i < len(g.slots); i++ {
			g.slots[i].Child = c
			setup.Admit(&g.slots[i], pupils[c])
		}
	}
	from, to := countedDays(setup, activities, first, last)
	saved, err := savedOf(q, children, from, to)
	if err != nil {
		return g, err
	}
	g.count(setup, children, activities, saved, wishes, others)
	saved = slices.DeleteFunc(saved, func(b savedDay) bool { return b.day < first || b.day > last })
	g.mark(setup, children, activities, saved, wishes)
	return g, fillPlaces(q, activities, g.slots, first, last)
}

// countedDays widens a run of days to the weeks and periods over which the days of a child are counted.
func countedDays(setup *portal.Setup, activities []*portal.Activity, first, last portal.Date) (from, to portal.Date) {
	from, to = first, last
	for _, a := range activities {
		if !a.CountsDays() {
			continue
		}
		one, _ := setup.SpanOf(a, first)
		_, other := setup.SpanOf(a, last)
		from, to = min(from, one, first.Monday()), max(to, other, last.Monday()+6)
	}
	return from, to
}

// count writes how many days each child has, and will have once the draft is validated, over the week and the period of
// each slot whose activity counts them; others are days of the other parent.
func (g *grid) count(setup *portal.Setup, children []portal.ChildID, activities []*portal.Activity, saved []savedDay, wishes []portal.WishLine, others map[childDay]bool) {
	for i, a := range activities {
		if !a.CountsDays() {
			continue
		}
		for c, child := range children {
			before, after := map[portal.Date]bool{}, map[portal.Date]bool{}
			theirs := func(d portal.Date) bool { return others[childDay{child: child, day: d}] }
			for _, b := range saved {
				if b.child == child && b.activity == a.ID {
					before[b.day], after[b.day] = true, true
				}
			}
			for _, w := range wishes {
				if w.Child == child && w.Activity == a.ID {
					after[w.Day] = w.Wish != portal.WishRemove
				}
			}
			quota := func(day, first, last portal.Date, known *portal.Quota) portal.Quota {
				if known.First != first || known.Last != last {
					*known = setup.NewQuota(a, first, last, theirs)
				}
				q := *known
				for d := first; d <= last; d++ {
					switch {
					case theirs(d) && before[d]:
						q.Elsewhere++
					case theirs(d):
					default:
						if before[d] {
							q.Before++
						}
						if after[d] && d != day {
							q.Besides++
						}
					}
				}
				return q
			}
			var span, week portal.Quota
			row := g.row(c, i)
			for d := range row {
				slot := &row[d]
				first, last := setup.SpanOf(a, slot.Day)
				slot.Span = quota(slot.Day, first, last, &span)
				slot.Week = quota(slot.Day, slot.Day.Monday(), slot.Day.Monday()+6, &week)
			}
		}
	}
}

// savedDay is a row of booking, or of request.
type savedDay struct {
	child    portal.ChildID
	activity portal.ActivityID
	day      portal.Date
	status   portal.Status
	hours    portal.Hours
	rank     int
	since    time.Time
	together bool
	absent   bool
}

// savedOf reads what is saved for some children, whatever the activity: what one is booked for decides about the others.
// CROSS JOIN begins with the children: SQLite would begin with the requests of the days, thousands after an opening.
func savedOf(q querier, children []portal.ChildID, first, last portal.Date) ([]savedDay, error) {
	ids, err := json.Marshal(children)
	if err != nil {
		return nil, err
	}
	return all(q, func(r *sql.Rows) (b savedDay, err error) {
		err = r.Scan(&b.child, &b.activity, &b.day, &b.status, &b.hours.Arrival, &b.hours.Departure, &b.rank, into{&b.since}, &b.together, &b.absent)
		return b, err
	}, `SELECT b.child_id, b.activity_id AS activity, b.day, b.status, b.arrival, b.departure, iif(b.status = 'waiting', 1 + (SELECT count(*) FROM booking w
			WHERE w.activity_id = b.activity_id AND w.day = b.day AND w.status = 'waiting' AND w.queue < b.queue), 0), b.since, b.together, `+announced+`
		FROM json_each(?1) c CROSS JOIN booking b ON b.child_id = c.value AND b.day BETWEEN ?2 AND ?3
		UNION ALL SELECT q.child_id, q.activity_id, q.day, 'asked', q.arrival, q.departure, 0, q.since, 0, 0
		FROM json_each(?1) c CROSS JOIN request q ON q.child_id = c.value AND q.day BETWEEN ?2 AND ?3 ORDER BY activity`, string(ids), first, last)
}

// mark writes into each slot what is saved and wished, and what the child is expected for besides.
func (g *grid) mark(setup *portal.Setup, children []portal.ChildID, activities []*portal.Activity, saved []savedDay, wishes []portal.WishLine) {
	childRank, activityRank := map[portal.ChildID]int{}, map[portal.ActivityID]int{}
	for i, c := range children {
		childRank[c] = i
	}
	for i, a := range activities {
		activityRank[a.ID] = i
	}
	type at struct {
		child    portal.ChildID
		activity portal.ActivityID
		day      portal.Date
	}
	wished := make(map[at]portal.WishLine, len(wishes))
	for _, w := range wishes {
		wished[at{w.Child, w.Activity, w.Day}] = w
	}
	others := make([][]portal.Other, len(children)*g.days())
	expect := func(child portal.ChildID, activity portal.ActivityID, day portal.Date, h portal.Hours, status portal.Status) {
		if a := setup.Activity(activity); a != nil {
			i := childRank[child]*g.days() + int(day-g.first)
			others[i] = append(others[i], portal.Other{Activity: a, Hours: h, Status: status})
		}
	}
	for _, b := range saved {
		w := wished[at{b.child, b.activity, b.day}]
		if rank, shown := activityRank[b.activity]; shown {
			slot := &g.row(childRank[b.child], rank)[b.day-g.first]
			slot.Status, slot.Hours, slot.Rank, slot.Since, slot.Together, slot.Absent = b.status, b.hours, b.rank, b.since, b.together, b.absent
		}
		switch w.Wish {
		case portal.WishRemove:
		case portal.WishChange:
			expect(b.child, b.activity, b.day, w.Hours, b.status)
		default:
			expect(b.child, b.activity, b.day, b.hours, b.status)
		}
	}
	for _, w := range wishes {
		rank, ours := childRank[w.Child]
		if !ours || w.Day < g.first || w.Day > g.last {
			continue
		}
		if i, shown := activityRank[w.Activity]; shown {
			slot := &g.row(rank, i)[w.Day-g.first]
			slot.Wish, slot.WishHours, slot.Together, slot.Along = w.Wish, w.Hours, slot.Together || w.Together, w.Along
		}
		if w.Wish == portal.WishAdd && !expectedAlready(others[rank*g.days()+int(w.Day-g.first)], w.Activity) {
			expect(w.Child, w.Activity, w.Day, w.Hours, portal.NotBooked)
		}
	}
	for c := range children {
		for a := range activities {
			row := g.row(c, a)
			for d := range row {
				row[d].Others = others[c*g.days()+d]
			}
		}
	}
}

func expectedAlready(others []portal.Other, a portal.ActivityID) bool {
	for _, o := range others {
		if o.Activity.ID == a {
			return true
		}
	}
	return false
}

// fillPlaces writes how many places are left: the least of the activity's counters, those who wait counted as served first.
// Slots may belong to any child and any of the activities.
func fillPlaces(q querier, activities []*portal.Activity, slots []portal.Slot, first, last portal.Date) error {
	var ids []portal.CounterID
	for _, a := range activities {
		for _, c := range a.Counters {
			if c.Counts() {
				ids = append(ids, c.ID)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	type at struct {
		counter portal.CounterID
		day     portal.Date
	}
	used := map[at]portal.Places{}
	_, err = all(q, func(r *sql.Rows) (struct{}, error) {
		var key at
		var p portal.Places
		err := r.Scan(&key.counter, &key.day, &p.Taken, &p.Waiting)
		used[key] = p
		return struct{}{}, err
	}, "SELECT counter_id, day, taken, waiting FROM counter_day WHERE counter_id IN (SELECT value FROM json_each(?)) AND day BETWEEN ? AND ?", string(list), first, last)
	if err != nil {
		return err
	}
	for i := range slots {
		slot, counted := &slots[i], false
		for _, c := range slot.Counters {
			capacity, limited := c.On(slot.Day)
			if !limited {
				continue
			}
			p := used[at{c.ID, slot.Day}]
			p.Capacity = capacity
			if left := max(0, p.Capacity-p.Taken-p.Waiting); !counted || left < slot.Left {
				slot.Left, slot.Places, counted = left, p, true
			}
		}
	}
	return nil
}

// hour stores a time of day that may not be asked: NULL then.
func hour(t portal.TimeOfDay) any {
	if t == 0 {
		return nil
	}
	return t.String()
}
