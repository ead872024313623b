package db

import (
	"context"
	"database/sql"
	"fmt"

	"marelle/portal"
)

// Audit checks what must always hold and lists what does not: SQLite's own integrity, counters against bookings, no place
// sold or offered twice, no booking from today on that clashes with another or lacks what it needs, the chains of receipts and of
// the audit log, no movement without its receipt.
func (s *Store) Audit(ctx context.Context) (faults []string, err error) {
	err = s.snapshot(ctx, func(r reader) error {
		whole, err := column[string](r, "PRAGMA integrity_check")
		if err != nil {
			return err
		}
		if len(whole) != 1 || whole[0] != "ok" {
			faults = append(faults, whole...)
		}
		counters, err := all(r, func(rows *sql.Rows) (string, error) {
			var counter, taken, booked, waiting, queued int
			var day string
			err := rows.Scan(&counter, &day, &taken, &waiting, &booked, &queued)
			return fmt.Sprintf("counter %d on %s: %d places taken for %d bookings, %d waiting for %d in the queue", counter, day, taken, booked, waiting, queued), err
		}, `SELECT * FROM (SELECT d.counter_id, d.day, d.taken, d.waiting,
				(SELECT count(*) FROM booking b JOIN counter_activity ca ON ca.activity_id = b.activity_id WHERE ca.counter_id = d.counter_id AND b.day = d.day AND b.status = 'booked' AND `+counts+`) AS booked,
				(SELECT count(*) FROM booking b JOIN counter_activity ca ON ca.activity_id = b.activity_id WHERE ca.counter_id = d.counter_id AND b.day = d.day AND b.status = 'waiting' AND `+counts+`) AS queued
			FROM counter_day d JOIN counter c ON c.id = d.counter_id) WHERE taken <> booked OR waiting <> queued`)
		if err != nil {
			return err
		}
		uncounted, err := all(r, func(rows *sql.Rows) (string, error) {
			var counter, n int
			var day string
			err := rows.Scan(&counter, &day, &n)
			return fmt.Sprintf("counter %d on %s: %d bookings that are not counted", counter, day, n), err
		}, `SELECT ca.counter_id, b.day, count(*) FROM booking b JOIN counter_activity ca ON ca.activity_id = b.activity_id JOIN counter c ON c.id = ca.counter_id
			WHERE `+counts+` AND NOT EXISTS (SELECT 1 FROM counter_day d WHERE d.counter_id = ca.counter_id AND d.day = b.day) GROUP BY 1, 2`)
		if err != nil {
			return err
		}
		faults = append(append(faults, counters...), uncounted...)
		twice, err := column[string](r, `SELECT printf('child %d on %s, activity %d: asked of staff and saved', q.child_id, q.day, q.activity_id)
			FROM request q JOIN booking b ON b.child_id = q.child_id AND b.activity_id = q.activity_id AND b.day = q.day`)
		if err != nil {
			return err
		}
		faults = append(faults, twice...)
		promised, err := auditOffers(r)
		if err != nil {
			return err
		}
		discords, err := s.auditDays(ctx, r)
		if err != nil {
			return err
		}
		rewritten, err := auditJournal(r)
		if err != nil {
			return err
		}
		broken, err := s.auditReceipts(r)
		faults = append(append(append(append(faults, promised...), discords...), rewritten...), broken...)
		return err
	})
	return faults, err
}

// auditDays looks at each child's days for what does not go together. Days that are over are left: nobody can mend them,
// and the town hall's rules were others then.
func (s *Store) auditDays(ctx context.Context, q querier) (faults []string, err error) {
	structures, err := column[portal.StructureID](q, "SELECT id FROM structure ORDER BY id")
	if err != nil {
		return nil, err
	}
	activities := map[portal.ActivityID]*portal.Activity{}
	for _, id := range structures {
		setup, err := s.Setup(ctx, id)
		if err != nil {
			return nil, err
		}
		for i := range setup.Activities {
			activities[setup.Activities[i].ID] = &setup.Activities[i]
		}
	}
	type row struct {
		child    portal.ChildID
		day      portal.Date
		activity portal.ActivityID
		hours    portal.Hours
	}
	rows, err := all(q, func(r *sql.Rows) (b row, err error) {
		err = r.Scan(&b.child, &b.day, &b.activity, &b.hours.Arrival, &b.hours.Departure)
		return b, err
	}, "SELECT child_id, day, activity_id, arrival, departure FROM booking WHERE status = 'booked' AND day >= ? ORDER BY child_id, day, activity_id", portal.DateOf(s.now()))
	if err != nil {
		return nil, err
	}
	var day []portal.Other
	for i, b := range rows {
		if a := activities[b.activity]; a != nil {
			day = append(day, portal.Other{Activity: a, Hours: b.hours, Status: portal.Booked})
		}
		if i+1 < len(rows) && rows[i+1].child == b.child && rows[i+1].day == b.day {
			continue
		}
		for _, d := range portal.Discords(day) {
			words := "are both booked and do not go together"
			if d.Lacks {
				words = "do not stand: the first is booked and needs the second, which is not"
			}
			faults = append(faults, fmt.Sprintf("child %d on %s: %s and %s %s", b.child, b.day, d.One.Name, d.Other.Name, words))
		}
		day = day[:0]
	}
	return faults, nil
}

// auditReceipts follows the chain from the first receipt to the last.
func (s *Store) auditReceipts(q querier) (faults []string, err error) {
	receipts, err := all(q, func(rows *sql.Rows) (r portal.Receipt, err error) {
		var year, seq int
		err = rows.Scan(&r.ID, &year, &seq, &r.Account, into{&r.At}, &r.Previous, &r.Hash)
		r.Number = portal.ReceiptNumber(year, seq)
		return r, err
	}, "SELECT id, year, seq, coalesce(sealed_account, account_id), at, previous, hash FROM receipt ORDER BY id")
	if err != nil {
		return nil, err
	}
	lines, err := all(q, func(rows *sql.Rows) (l struct {
		receipt portal.ReceiptID
		portal.Movement
	}, err error) {
		err = rows.Scan(&l.receipt, &l.Child.ID, &l.ActID, &l.Day, &l.Action, &l.Outcome, &l.Rank, &l.Reason, &l.Hours.Arrival, &l.Hours.Departure, &l.Was.Arrival, &l.Was.Departure)
		return l, err
	}, "SELECT receipt_id, coalesce(sealed_child, child_id), activity_id, day, action, outcome, rank, reason, arrival, departure, was_arrival, was_departure FROM movement WHERE receipt_id IS NOT NULL ORDER BY receipt_id, id")
	if err != nil {
		return nil, err
	}
	previous := ""
	for _, r := range receipts {
		for len(lines) > 0 && lines[0].receipt == r.ID {
			r.Lines = append(r.Lines, lines[0].Movement)
			lines = lines[1:]
		}
		if r.Previous != previous {
			faults = append(faults, "receipt "+r.Number+" does not follow the one before")
		}
		if r.Seal() != r.Hash {
			faults = append(faults, "receipt "+r.Number+" is not what it was when it was given")
		}
		previous = r.Hash
	}
	return faults, nil
}
