package db

import (
	"database/sql"
	"encoding/json"
	"slices"

	"marelle/portal"
)

// counts says whether counter c counts booking b of one of its activities: it is for all children, or for a group that the
// child was of when it was booked.
const counts = "(c.audience = '{}' OR c.id IN (SELECT value FROM json_each(b.counters)))"

// placesOn gives the places of a counter on a day, as Counter.On: those of its date, else of its weekday, else of every
// day. NULL is unlimited.
func placesOn(counter, day string) string {
	of := " FROM counter_special x WHERE x.counter_id = " + counter + " AND "
	date, weekday := of+"x.day = "+day, of+"x.weekday = (strftime('%w', "+day+") + 6) % 7"
	return "CASE WHEN EXISTS (SELECT 1" + date + ") THEN (SELECT x.capacity" + date + ") WHEN EXISTS (SELECT 1" + weekday + ") THEN (SELECT x.capacity" + weekday +
		") ELSE (SELECT k.capacity FROM counter k WHERE k.id = " + counter + ") END"
}

func counterIDs(counters []portal.Counter) []portal.CounterID {
	ids := make([]portal.CounterID, len(counters))
	for i, c := range counters {
		ids[i] = c.ID
	}
	return ids
}

// groupsOf lists, as a booking keeps them, the counters for a group that count a child.
func groupsOf(counters []portal.Counter) (sql.NullString, error) {
	var ids []portal.CounterID
	for _, c := range counters {
		if !c.Audience.IsZero() {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) == 0 {
		return sql.NullString{}, nil
	}
	text, err := json.Marshal(ids)
	return sql.NullString{String: string(text), Valid: true}, err
}

// countersCounting lists the counters of an activity that count a booking whose groups are given.
func countersCounting(a *portal.Activity, groups sql.NullString) ([]portal.CounterID, error) {
	var of []portal.CounterID
	if groups.Valid {
		if err := json.Unmarshal([]byte(groups.String), &of); err != nil {
			return nil, err
		}
	}
	ids := []portal.CounterID{}
	for _, c := range a.Counters {
		if c.Audience.IsZero() || slices.Contains(of, c.ID) {
			ids = append(ids, c.ID)
		}
	}
	return ids, nil
}

// countedBy lists the counters that count what is saved for a child.
func countedBy(q querier, child portal.ChildID, activity portal.ActivityID, day portal.Date) ([]portal.CounterID, error) {
	return column[portal.CounterID](q, `SELECT c.id FROM booking b JOIN counter_activity ca ON ca.activity_id = b.activity_id JOIN counter c ON c.id = ca.counter_id
		WHERE b.child_id = ? AND b.activity_id = ? AND b.day = ? AND `+counts+" ORDER BY c.id", child, activity, day)
}

var takePlace = `INSERT INTO counter_day (counter_id, day, taken) SELECT ?1, ?2, 1 WHERE coalesce(` + placesOn("?1", "?2") + `, 1) > 0
	ON CONFLICT DO UPDATE SET taken = taken + 1 WHERE taken < coalesce(` + placesOn("?1", "?2") + `, 9223372036854775807)`

// takePlaces takes one place in each counter, or none at all.
func takePlaces(tx *Tx, counters []portal.CounterID, day portal.Date) (bool, error) {
	for i, c := range counters {
		n, err := tx.change(takePlace, c, day)
		if err != nil {
			return false, err
		}
		if n == 0 {
			return false, givePlaces(tx, counters[:i], day)
		}
	}
	return true, nil
}

func givePlaces(tx *Tx, counters []portal.CounterID, day portal.Date) error {
	for _, c := range counters {
		if err := tx.exec("UPDATE counter_day SET taken = taken - 1 WHERE counter_id = ? AND day = ?", c, day); err != nil {
			return err
		}
	}
	return nil
}

func lessWaiting(tx *Tx, counters []portal.CounterID, day portal.Date) error {
	for _, c := range counters {
		if err := tx.exec("UPDATE counter_day SET waiting = waiting - 1 WHERE counter_id = ? AND day = ?", c, day); err != nil {
			return err
		}
	}
	return nil
}

// recount counts what a counter holds, day by day, from the bookings. Its places stand aside meanwhile: the net that
// refuses to oversell would refuse to write down what was booked before the counter was there.
func recount(tx *Tx, id portal.CounterID) error {
	for _, query := range []string{
		"UPDATE counter SET counting = 1 WHERE id = ?",
		"DELETE FROM counter_day WHERE counter_id = ?",
		`INSERT INTO counter_day (counter_id, day, taken, waiting)
			SELECT c.id, b.day, sum(b.status = 'booked'), sum(b.status = 'waiting')
			FROM counter c JOIN counter_activity ca ON ca.counter_id = c.id JOIN booking b ON b.activity_id = ca.activity_id WHERE c.id = ? AND ` + counts + " GROUP BY b.day",
		"UPDATE counter SET counting = 0 WHERE id = ?",
	} {
		if err := tx.exec(query, id); err != nil {
			return err
		}
	}
	return nil
}

// regroup decides anew which bookings of some activities count for the groups of some counters: their audience changed, or
// the activities joined them. The others stay counted where their child was when they were booked.
func regroup(tx *Tx, structure portal.StructureID, counters []portal.CounterID, of func(portal.ActivityID) bool) error {
	if len(counters) == 0 {
		return nil
	}
	setup, err := loadSetup(tx, structure) // the one in memory is what it was
	if err != nil {
		return err
	}
	for i := range setup.Activities {
		a := &setup.Activities[i]
		grouped := slices.ContainsFunc(a.Counters, func(c portal.Counter) bool { return !c.Audience.IsZero() && slices.Contains(counters, c.ID) })
		if !grouped || !of(a.ID) {
			continue
		}
		if err := regroupBookings(tx, setup, a, counters); err != nil {
			return err
		}
	}
	return nil
}

func everyActivity(portal.ActivityID) bool { return true }

func regroupBookings(tx *Tx, setup *portal.Setup, a *portal.Activity, changed []portal.CounterID) error {
	type booking struct {
		child    portal.ChildID
		day      portal.Date
		counters sql.NullString
	}
	list, err := all(tx, func(r *sql.Rows) (b booking, err error) {
		err = r.Scan(&b.child, &b.day, &b.counters)
		return b, err
	}, "SELECT child_id, day, counters FROM booking WHERE activity_id = ? ORDER BY child_id", a.ID)
	if err != nil {
		return err
	}
	var children []portal.ChildID
	for _, b := range list {
		if n := len(children); n == 0 || children[n-1] != b.child {
			children = append(children, b.child)
		}
	}
	pupils, err := pupilsOf(tx, children)
	if err != nil {
		return err
	}
	for _, b := range list {
		before, err := countersCounting(a, b.counters)
		if err != nil {
			return err
		}
		var counted []portal.Counter
		for _, c := range a.Counters {
			stays := !slices.Contains(changed, c.ID) && slices.Contains(before, c.ID)
			if stays || slices.Contains(changed, c.ID) && c.Holds(pupils[b.child], b.day, setup) {
				counted = append(counted, c)
			}
		}
		groups, err := groupsOf(counted)
		if err != nil {
			return err
		}
		if groups == b.counters {
			continue
		}
		if err := tx.exec("UPDATE booking SET counters = ? WHERE child_id = ? AND activity_id = ? AND day = ?", groups, b.child, a.ID, b.day); err != nil {
			return err
		}
	}
	return nil
}
