package db

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"marelle/portal"
)

// Home is what the first page of a family shows.
type Home struct {
	Now           time.Time
	Children      []portal.Child
	Setups        map[portal.StructureID]*portal.Setup // of the children's structures
	Announcements []portal.Announcement
	Wishes        []portal.WishLine // what is not validated yet
	Booked        []portal.SavedDay // of the last weeks, of this one and of the days that close soon
	Limits        []portal.NextLimit
	Offered       map[portal.ChildID][]*portal.Activity // to choose from
	Refused       []portal.Movement
}

// bookedLately is how many days back the home page reads bookings.
const bookedLately = 28

// refusedLately is how long the home page tells a refusal.
const refusedLately = 14 * 24 * time.Hour

// Home gives what the first page of an account shows.
func (s *Store) Home(ctx context.Context, account portal.AccountID) (*Home, error) {
	h := &Home{Now: s.now(), Setups: map[portal.StructureID]*portal.Setup{}}
	today := portal.DateOf(h.Now)
	err := s.snapshot(ctx, func(r reader) (err error) {
		if h.Children, err = childrenOf(r, account, today); err != nil || len(h.Children) == 0 {
			return err
		}
		var closings []portal.Closing
		for _, c := range h.Children {
			if h.Setups[c.StructureID] != nil {
				continue
			}
			if h.Setups[c.StructureID], err = s.Setup(ctx, c.StructureID); err != nil {
				return err
			}
			theirs, err := setupOf(r, h.Setups[c.StructureID], childrenIn(h.Children, c.StructureID)...)
			if err != nil {
				return err
			}
			closings = append(closings, theirs.NextClosings(h.Now)...)
		}
		draft, err := draftOf(r, account)
		if err != nil {
			return err
		}
		h.Wishes = ownWishes(draft.Wishes, h.Children)
		last := today.Monday() + 13
		for _, c := range closings {
			last = max(last, c.Days[len(c.Days)-1])
		}
		if h.Booked, err = familyDays(r, account, today-bookedLately, last); err != nil {
			return err
		}
		if h.Offered, err = s.offeredToAll(ctx, r, h.Children); err != nil {
			return err
		}
		h.Limits = portal.OnlyOffered(portal.NextLimits(closings, h.Children, h.Booked, h.Wishes, h.Now), h.Offered)
		if h.Limits, err = ownLimits(r, account, h.Limits, h.Children, last); err != nil {
			return err
		}
		if h.Announcements, err = announcementsFor(r, account, today); err != nil {
			return err
		}
		h.Refused, err = refusedMovements(r, account, today, h.Now.Add(-refusedLately))
		return err
	})
	return h, err
}

// ownLimits leaves out, of what closes next, the children who are with the other parent on all of its days.
func ownLimits(q querier, account portal.AccountID, limits []portal.NextLimit, children []portal.Child, last portal.Date) (own []portal.NextLimit, err error) {
	var shared []portal.ChildID
	for _, c := range children {
		if c.Shared {
			shared = append(shared, c.ID)
		}
	}
	if len(shared) == 0 || len(limits) == 0 {
		return limits, nil
	}
	others, err := othersDays(q, account, shared, limits[0].Days[0].Month().First(), last)
	for _, l := range limits {
		l.Children = slices.DeleteFunc(slices.Clone(l.Children), func(c portal.ChildSpan) bool {
			return !slices.ContainsFunc(l.Days, func(d portal.Date) bool { return !others[childDay{child: c.Child.ID, day: d}] })
		})
		if len(l.Children) > 0 {
			own = append(own, l)
		}
	}
	return own, err
}

// childrenIn lists the children of a structure.
func childrenIn(children []portal.Child, structure portal.StructureID) (ids []portal.ChildID) {
	for _, c := range children {
		if c.StructureID == structure {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// ownWishes leaves out the clicks for a child that the account has lost meanwhile.
func ownWishes(wishes []portal.WishLine, children []portal.Child) (own []portal.WishLine) {
	mine := map[portal.ChildID]bool{}
	for _, c := range children {
		mine[c.ID] = true
	}
	for _, w := range wishes {
		if mine[w.Child] {
			own = append(own, w)
		}
	}
	return own
}

// announced says whether a booking b is announced as an absence.
const announced = "EXISTS (SELECT 1 FROM absence x WHERE x.child_id = b.child_id AND x.activity_id = b.activity_id AND x.day = b.day)"

// familyDays lists what is saved for the account's children between two days, in the order of days and hours.
func familyDays(q querier, account portal.AccountID, first, last portal.Date) ([]portal.SavedDay, error) {
	return all(q, func(rows *sql.Rows) (b portal.SavedDay, err error) {
		err = rows.Scan(&b.Child, &b.ActID, &b.Activity, &b.Day, &b.Status, &b.Hours.Arrival, &b.Hours.Departure, &b.Absent)
		return b, err
	}, `SELECT b.child_id, a.id, a.name, b.day, b.status, b.arrival, b.departure, `+announced+` FROM booking b JOIN activity a ON a.id = b.activity_id
		WHERE b.child_id IN (SELECT fc.child_id FROM sees g JOIN family_child fc ON fc.family_id = g.family_id WHERE g.account_id = ?1)
		AND b.day BETWEEN ?2 AND ?3 AND`+notOthers("?1", "b.child_id", "b.day")+` ORDER BY b.day, a.starts, a.id`, account, first, last)
}

// refusedMovements lists what the account's families asked since an instant for days still to come and was refused, at
// once or by the night, newest first. What was obtained since is left out.
func refusedMovements(q querier, account portal.AccountID, today portal.Date, since time.Time) ([]portal.Movement, error) {
	return all(q, scanMovement, movementColumns+` WHERE m.child_id IN (SELECT fc.child_id FROM sees g JOIN family_child fc ON fc.family_id = g.family_id WHERE g.account_id = ?1)
		AND m.account_id IN (SELECT other.account_id FROM sees me JOIN guardian other ON other.family_id = me.family_id WHERE me.account_id = ?1)
		AND (m.outcome = 'refused' OR m.final = 'refused') AND m.at >= ?2 AND m.day >= ?3
		AND NOT EXISTS (SELECT 1 FROM movement later WHERE later.child_id = m.child_id AND later.activity_id = m.activity_id AND later.day = m.day AND later.id > m.id)
		ORDER BY m.id DESC LIMIT 20`, account, at(since), today)
}
