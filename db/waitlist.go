package db

import (
	"context"
	"database/sql"
	"time"

	"marelle/portal"
)

// waiter is a child on a waiting list.
type waiter struct {
	child    portal.ChildID
	activity portal.ActivityID
	day      portal.Date
	account  portal.AccountID
}

// promote gives the places that were freed to the children who wait, in the order in which they joined. Whoever is past
// the limit to book by now is not promoted, even in a night that runs late: the family could no longer say no.
func (s *Store) promote(ctx context.Context, setup *portal.Setup, night *portal.Night) error {
	list, err := all(s.read(ctx), func(r *sql.Rows) (w waiter, err error) {
		err = r.Scan(&w.child, &w.activity, &w.day, &w.account)
		return w, err
	}, `SELECT b.child_id, b.activity_id, b.day, b.account_id
		FROM booking b JOIN activity a ON a.id = b.activity_id
		WHERE a.structure_id = ? AND b.status = 'waiting' AND b.day >= ?
		AND NOT EXISTS (SELECT 1 FROM counter_activity ca JOIN counter c ON c.id = ca.counter_id
			JOIN counter_day d ON d.counter_id = c.id AND d.day = b.day
			WHERE ca.activity_id = b.activity_id AND d.taken >= c.capacity)
		ORDER BY b.day, b.since, b.activity_id, b.queue`, setup.Structure.ID, night.Date)
	if err != nil {
		return err
	}
	for len(list) > 0 {
		chunk := list[:min(nightChunk, len(list))]
		list = list[len(chunk):]
		err := s.write(ctx, func(tx *Tx) error {
			for _, w := range chunk {
				if err := promoteOne(tx, setup, night, w, s.now()); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func promoteOne(tx *Tx, setup *portal.Setup, night *portal.Night, w waiter, now time.Time) error {
	a := setup.Activity(w.activity)
	if a == nil {
		return nil
	}
	slot := setup.NewSlot(w.child, a, w.day)
	if !slot.Open || slot.Book.Passed(now) {
		return nil
	}
	var still int
	if err := tx.row(&still, "SELECT count(*) FROM booking WHERE child_id = ? AND activity_id = ? AND day = ? AND status = 'waiting'", w.child, w.activity, w.day); err != nil || still == 0 {
		return err
	}
	taken, err := takePlaces(tx, a, w.day)
	if err != nil || !taken {
		return err
	}
	if err := tx.exec("UPDATE booking SET status = 'booked', queue = NULL WHERE child_id = ? AND activity_id = ? AND day = ?", w.child, w.activity, w.day); err != nil {
		return err
	}
	for _, c := range a.Counters {
		if err := tx.exec("UPDATE counter_day SET waiting = waiting - 1 WHERE counter_id = ? AND day = ?", c.ID, w.day); err != nil {
			return err
		}
	}
	return tx.exec(`INSERT INTO movement (structure_id, account_id, child_id, activity_id, day, action, at, outcome, night_id, final)
		VALUES (?, ?, ?, ?, ?, 'promote', ?, 'booked', ?, 'booked')`,
		setup.Structure.ID, w.account, w.child, w.activity, w.day, at(night.Due), night.ID)
}
