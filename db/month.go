package db

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"marelle/portal"
)

// Calendar is a month of one child and one activity, as an account sees it.
type Calendar struct {
	Now      time.Time
	Children []portal.Child // all the account's, to choose from
	Child    portal.Child
	Setup    *portal.Setup
	Activity *portal.Activity
	Month    portal.Month
	Slots    []portal.Slot // one a day, from the first of the month
	Draft    Draft
}

// Calendar gives a month of one of the account's children, or, for no month, the first that has a day to change;
// somebody else's child is not found.
func (s *Store) Calendar(ctx context.Context, account portal.AccountID, child portal.ChildID, activity portal.ActivityID, month portal.Month) (*Calendar, error) {
	c := &Calendar{Now: s.now(), Month: month}
	err := s.snapshot(ctx, func(r reader) (err error) {
		if c.Children, err = childrenOf(r, account, portal.DateOf(c.Now)); err != nil {
			return err
		}
		if c.Child, c.Setup, c.Activity, err = s.choose(ctx, c.Children, child, activity); err != nil {
			return err
		}
		if c.Draft, err = draftOf(r, account); err != nil {
			return err
		}
		if c.Month == (portal.Month{}) {
			c.Month = c.Setup.FirstMonth(c.Activity, c.Now)
		}
		c.Slots, err = slotsBetween(r, c.Setup, c.Activity, child, c.Month.First(), c.Month.Last(), c.Draft.Wishes)
		return err
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// choose finds a child among those of an account, and one of its structure's activities.
func (s *Store) choose(ctx context.Context, children []portal.Child, child portal.ChildID, activity portal.ActivityID) (portal.Child, *portal.Setup, *portal.Activity, error) {
	for _, c := range children {
		if c.ID != child {
			continue
		}
		setup, err := s.Setup(ctx, c.StructureID)
		if err != nil {
			return c, nil, nil, err
		}
		a := setup.Activity(activity)
		if a == nil {
			return c, nil, nil, portal.NotFound("Cette activité n’existe pas, ou n’est pas ouverte à %s.", c.FirstName)
		}
		return c, setup, a, nil
	}
	return portal.Child{}, nil, nil, portal.NotFound("Cet enfant n’existe pas, ou n’est pas rattaché à votre compte.")
}

// Children lists the children whose guardian the account is, with their class of the school year.
func (s *Store) Children(ctx context.Context, account portal.AccountID) ([]portal.Child, error) {
	return childrenOf(s.read(ctx), account, portal.DateOf(s.now()))
}

func childrenOf(q querier, account portal.AccountID, today portal.Date) ([]portal.Child, error) {
	type row struct {
		portal.Child
		birth portal.Date
	}
	rows, err := all(q, func(r *sql.Rows) (c row, err error) {
		err = r.Scan(&c.ID, &c.StructureID, &c.LastName, &c.FirstName, &c.Grade, &c.Class, &c.birth)
		return c, err
	}, `SELECT c.id, c.structure_id, iif(c.used_name <> '', c.used_name, c.last_name), c.first_name, coalesce(cc.grade, ''), coalesce(cl.name, ''), c.birth
		FROM guardian g JOIN family_child fc ON fc.family_id = g.family_id JOIN child c ON c.id = fc.child_id
		LEFT JOIN child_class cc ON cc.child_id = c.id AND cc.school_year_id =
			(SELECT y.id FROM school_year y WHERE y.structure_id = c.structure_id AND y.last >= ?2 ORDER BY y.first LIMIT 1)
		LEFT JOIN class cl ON cl.id = cc.class_id
		WHERE g.account_id = ?1`, account, today)
	if err != nil {
		return nil, err
	}
	// A few rows: sorted here, the query needs no table of its own, which cost more than all the rest of it.
	slices.SortFunc(rows, func(a, b row) int { return cmp.Or(cmp.Compare(a.birth, b.birth), cmp.Compare(a.ID, b.ID)) })
	var children []portal.Child
	for i, r := range rows {
		if i == 0 || r.ID != rows[i-1].ID { // somebody may be the child's guardian in two families
			children = append(children, r.Child)
		}
	}
	return children, nil
}

// slotsBetween gives one slot a day from first to last, with what is saved, wished and left.
func slotsBetween(q querier, setup *portal.Setup, a *portal.Activity, child portal.ChildID, first, last portal.Date, wishes []portal.WishLine) ([]portal.Slot, error) {
	slots := make([]portal.Slot, 0, last-first+1)
	for d := first; d <= last; d++ {
		slots = append(slots, setup.NewSlot(child, a, d))
	}
	for _, w := range wishes {
		if w.Child == child && w.Activity == a.ID && w.Day >= first && w.Day <= last {
			slots[w.Day-first].Wish = w.Wish
		}
	}
	type saved struct {
		day    portal.Date
		status portal.Status
		rank   int
		since  time.Time
	}
	bookings, err := all(q, func(r *sql.Rows) (b saved, err error) {
		err = r.Scan(&b.day, &b.status, &b.rank, into{&b.since})
		return b, err
	}, `SELECT b.day, b.status, iif(b.status = 'waiting', 1 + (SELECT count(*) FROM booking w
			WHERE w.activity_id = b.activity_id AND w.day = b.day AND w.status = 'waiting' AND w.queue < b.queue), 0), b.since
		FROM booking b WHERE b.child_id = ? AND b.activity_id = ? AND b.day BETWEEN ? AND ?`, child, a.ID, first, last)
	if err != nil {
		return nil, err
	}
	for _, b := range bookings {
		slot := &slots[b.day-first]
		slot.Status, slot.Rank, slot.Since = b.status, b.rank, b.since
	}
	if a.Limited() {
		err = fillPlaces(q, a, slots, first, last)
	}
	return slots, err
}

// fillPlaces writes how many places are left: the least of the activity's counters, those who wait counted as served first.
func fillPlaces(q querier, a *portal.Activity, slots []portal.Slot, first, last portal.Date) error {
	counted := false
	for _, c := range a.Counters {
		if !c.Limited {
			continue
		}
		used, err := all(q, func(r *sql.Rows) (u struct {
			day portal.Date
			n   int
		}, err error) {
			err = r.Scan(&u.day, &u.n)
			return u, err
		}, "SELECT day, taken + waiting FROM counter_day WHERE counter_id = ? AND day BETWEEN ? AND ?", c.ID, first, last)
		if err != nil {
			return err
		}
		left := make([]int, len(slots))
		for i := range left {
			left[i] = c.Capacity
		}
		for _, u := range used {
			left[u.day-first] = max(0, c.Capacity-u.n)
		}
		for i := range slots {
			if !counted || left[i] < slots[i].Left {
				slots[i].Left = left[i]
			}
		}
		counted = true
	}
	return nil
}

// Week is what is saved for the account's children this week and the next.
type Week struct {
	Children []portal.Child
	Booked   []portal.BookedDay
}

// Week gives the account's children with what is saved for them this week and the next.
func (s *Store) Week(ctx context.Context, account portal.AccountID) (w Week, err error) {
	today := portal.DateOf(s.now())
	err = s.snapshot(ctx, func(r reader) error {
		if w.Children, err = childrenOf(r, account, today); err != nil {
			return err
		}
		w.Booked, err = all(r, func(rows *sql.Rows) (b portal.BookedDay, err error) {
			err = rows.Scan(&b.Child, &b.ActID, &b.Activity, &b.Day, &b.Status)
			return b, err
		}, `SELECT b.child_id, a.id, a.name, b.day, b.status FROM booking b JOIN activity a ON a.id = b.activity_id
			WHERE b.child_id IN (SELECT fc.child_id FROM guardian g JOIN family_child fc ON fc.family_id = g.family_id WHERE g.account_id = ?)
			AND b.day BETWEEN ? AND ? ORDER BY b.day, a.starts`, account, today.Monday(), today.Monday()+13)
		return err
	})
	return w, err
}

// Emails lists the addresses of an account, the first one first.
func (s *Store) Emails(ctx context.Context, account portal.AccountID) ([]string, error) {
	return column[string](s.read(ctx), "SELECT address FROM account_email WHERE account_id = ? ORDER BY position", account)
}
