package db

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"

	"marelle/portal"
)

// SaveActivity creates an activity, or changes the one that has its ID, with its limits, its counters, its links and its
// windows. A counter without ID is created.
func (s *Store) SaveActivity(ctx context.Context, a portal.Activity) (portal.ActivityID, error) {
	if a.WaitMode == "" {
		a.WaitMode = portal.WaitNight
	}
	a.HourStep, a.OfferHours, a.DaysPer = cmp.Or(a.HourStep, 15), cmp.Or(a.OfferHours, 24), cmp.Or(a.DaysPer, portal.PerWeek)
	if err := a.Check(); err != nil {
		return 0, err
	}
	opening, err := json.Marshal(a.Opening)
	if err != nil {
		return 0, err
	}
	audience, err := json.Marshal(a.Audience)
	if err != nil {
		return 0, err
	}
	document := sql.NullInt64{Int64: int64(a.DocumentDays), Valid: a.DocumentDays > 0}
	save := func(tx *Tx) error {
		values := []any{a.Name, a.Short, a.Spoken, string(a.Kind), a.Starts, a.Ends, string(opening), a.Waitlist, string(a.WaitMode), a.OfferHours,
			a.AsksArrival, a.AsksDeparture, a.HourStep, a.Annual, a.NoticeDays, document,
			string(audience), a.Enrolment, a.Decided, a.LeastDays, a.MostDays, string(a.DaysPer), a.WholeWeek, string(a.Horizon), a.HorizonDays, at(a.ClosedAt), a.StructureID}
		if a.ID == 0 {
			n, err := tx.insert(`INSERT INTO activity (name, short, spoken, kind, starts, ends, opening, waitlist, waitlist_mode, offer_hours,
					asks_arrival, asks_departure, hour_step, annual, notice_days, document_days,
					audience, enrolment, decided, least_days, most_days, days_per, whole_week, horizon, horizon_days, closed_at, structure_id, position)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?27, (SELECT count(*) FROM activity WHERE structure_id = ?27))`, values...)
			if err != nil {
				return err
			}
			a.ID = portal.ActivityID(n)
		} else {
			n, err := tx.change(`UPDATE activity SET name = ?, short = ?, spoken = ?, kind = ?, starts = ?, ends = ?, opening = ?, waitlist = ?, waitlist_mode = ?, offer_hours = ?,
					asks_arrival = ?, asks_departure = ?, hour_step = ?, annual = ?, notice_days = ?, document_days = ?,
					audience = ?, enrolment = ?, decided = ?, least_days = ?, most_days = ?, days_per = ?, whole_week = ?, horizon = ?, horizon_days = ?, closed_at = ?
				WHERE structure_id = ? AND id = ?`, append(values, a.ID)...)
			if err != nil {
				return err
			}
			if n == 0 {
				return portal.NotFound("Cette activité n’existe pas.")
			}
		}
		if err := s.savePlainRules(tx, &a); err != nil {
			return err
		}
		for _, save := range []func(*Tx, *portal.Activity) error{saveCounters, saveLinks, saveWindows} {
			if err := save(tx, &a); err != nil {
				return err
			}
		}
		return nil
	}
	err = s.write(ctx, func(tx *Tx) error {
		if err := s.shown(tx, a.StructureID, func() error { return save(tx) }); err != nil {
			return err
		}
		return advanceAfterSave(tx, &a, s.now())
	})
	return a.ID, err
}

func saveLinks(tx *Tx, a *portal.Activity) error {
	if err := tx.exec("DELETE FROM activity_link WHERE activity_id = ?", a.ID); err != nil {
		return err
	}
	for _, l := range a.Links {
		n, err := tx.change(`INSERT INTO activity_link (activity_id, other_id, kind)
			SELECT ?, id, ? FROM activity WHERE id = ? AND structure_id = ?`, a.ID, string(l.Kind), l.Other, a.StructureID)
		if err != nil {
			return err
		}
		if n == 0 {
			return portal.NotFound("L’activité liée n’existe pas.")
		}
	}
	var circle bool
	err := tx.row(&circle, `WITH RECURSIVE needed(id) AS (SELECT other_id FROM activity_link WHERE activity_id = ?1 AND kind = 'exige'
			UNION SELECT l.other_id FROM activity_link l JOIN needed n ON l.activity_id = n.id WHERE l.kind = 'exige')
		SELECT EXISTS (SELECT 1 FROM needed WHERE id = ?1)`, a.ID)
	if err == nil && circle {
		return portal.Invalid("L’activité « %s » s’exigerait elle-même : une activité qu’elle exige l’exige aussi. Retirez un des deux liens.", a.Name)
	}
	return err
}

func saveWindows(tx *Tx, a *portal.Activity) error {
	if err := tx.exec("DELETE FROM booking_window WHERE activity_id = ?", a.ID); err != nil {
		return err
	}
	for _, w := range a.Windows {
		if err := tx.exec("INSERT INTO booking_window (activity_id, name, first, last, opens_at, closes_at, outside_opens_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
			a.ID, w.Name, w.First, w.Last, at(w.Opens), at(w.Closes), at(w.OutsideOpens)); err != nil {
			return err
		}
	}
	return nil
}

// saveCounters writes which counters an activity takes its places from, and counts anew what each of them holds: bookings
// made before an activity joined a counter take places of it, those of an activity that left it no longer do. More places
// taken than the counter has are kept; only taking one more is refused.
func saveCounters(tx *Tx, a *portal.Activity) error {
	before, err := column[portal.CounterID](tx, "SELECT counter_id FROM counter_activity WHERE activity_id = ?", a.ID)
	if err != nil {
		return err
	}
	if err := tx.exec("DELETE FROM counter_activity WHERE activity_id = ?", a.ID); err != nil {
		return err
	}
	var regrouped []portal.CounterID
	for i := range a.Counters {
		c := &a.Counters[i]
		changed, err := saveCounter(tx, a.StructureID, c)
		if err != nil {
			return err
		}
		if changed || !slices.Contains(before, c.ID) {
			regrouped = append(regrouped, c.ID)
		}
		if err := tx.exec("INSERT INTO counter_activity (counter_id, activity_id) VALUES (?, ?)", c.ID, a.ID); err != nil {
			return err
		}
		if !slices.Contains(before, c.ID) {
			before = append(before, c.ID)
		}
	}
	if err := regroup(tx, a.StructureID, regrouped, everyActivity); err != nil {
		return err
	}
	for _, id := range before {
		if err := recount(tx, id); err != nil {
			return err
		}
	}
	return nil
}

// saveCounter creates a counter, or changes the one that has its ID, with its places on some weekdays and dates; regroup
// says that it is now for other children.
func saveCounter(tx *Tx, structure portal.StructureID, c *portal.Counter) (regroup bool, err error) {
	if c.Audience.IsZero() {
		c.Audience = portal.Audience{}
	}
	audience, err := json.Marshal(c.Audience)
	if err != nil {
		return false, err
	}
	capacity := sql.NullInt64{Int64: int64(c.Capacity), Valid: c.Limited}
	if c.ID == 0 {
		n, err := tx.insert("INSERT INTO counter (structure_id, name, capacity, audience) VALUES (?, ?, ?, ?)", structure, c.Name, capacity, string(audience))
		if err != nil {
			return false, err
		}
		c.ID = portal.CounterID(n)
	} else {
		if err := tx.row(&regroup, "SELECT count(*) FROM counter WHERE id = ? AND audience <> ?", c.ID, string(audience)); err != nil {
			return false, err
		}
		n, err := tx.change("UPDATE counter SET name = ?, capacity = ?, audience = ? WHERE id = ? AND structure_id = ?", c.Name, capacity, string(audience), c.ID, structure)
		if err != nil {
			return false, err
		}
		if n == 0 {
			return false, portal.NotFound("Ce compteur de places n’existe pas.")
		}
	}
	if err := tx.exec("DELETE FROM counter_special WHERE counter_id = ?", c.ID); err != nil {
		return false, err
	}
	for _, s := range c.Special {
		places := sql.NullInt64{Int64: int64(s.Places), Valid: s.Limited}
		weekday, day := any(int(s.Weekday)), any(nil)
		if s.Day != 0 {
			weekday, day = nil, s.Day
		}
		if err := tx.exec("INSERT INTO counter_special (counter_id, weekday, day, capacity) VALUES (?, ?, ?, ?)", c.ID, weekday, day, places); err != nil {
			return false, err
		}
	}
	return regroup, nil
}

func loadActivities(q querier, id portal.StructureID) ([]portal.Activity, error) {
	list, err := all(q, func(r *sql.Rows) (a portal.Activity, err error) {
		var opening, audience string
		err = r.Scan(&a.ID, &a.StructureID, &a.Name, &a.Short, &a.Spoken, &a.Kind, &a.Starts, &a.Ends, &opening, &a.Waitlist, &a.WaitMode, &a.OfferHours,
			&a.AsksArrival, &a.AsksDeparture, &a.HourStep, &a.Annual, &a.NoticeDays, &a.DocumentDays,
			&audience, &a.Enrolment, &a.Decided, &a.LeastDays, &a.MostDays, &a.DaysPer, &a.WholeWeek, &a.Horizon, &a.HorizonDays, into{&a.ClosedAt})
		if err == nil {
			err = json.Unmarshal([]byte(opening), &a.Opening)
		}
		if err == nil {
			err = json.Unmarshal([]byte(audience), &a.Audience)
		}
		return a, err
	}, `SELECT a.id, a.structure_id, a.name, a.short, a.spoken, a.kind, a.starts, a.ends, a.opening, a.waitlist, a.waitlist_mode, a.offer_hours,
			a.asks_arrival, a.asks_departure, a.hour_step, a.annual, a.notice_days, coalesce(a.document_days, 0),
			a.audience, a.enrolment, a.decided, a.least_days, a.most_days, a.days_per, a.whole_week, a.horizon, a.horizon_days, a.closed_at
		FROM activity a WHERE a.structure_id = ? ORDER BY a.position, a.id`, id)
	if err != nil {
		return nil, err
	}
	byID := map[portal.ActivityID]*portal.Activity{}
	for i := range list {
		byID[list[i].ID] = &list[i]
	}
	if err := loadCounters(q, id, byID); err != nil {
		return nil, err
	}
	if err := loadVersions(q, id, byID); err != nil {
		return nil, err
	}
	_, err = all(q, func(r *sql.Rows) (struct{}, error) {
		var activity portal.ActivityID
		var l portal.Link
		err := r.Scan(&activity, &l.Other, &l.Kind)
		if a := byID[activity]; a != nil {
			a.Links = append(a.Links, l)
		}
		return struct{}{}, err
	}, "SELECT l.activity_id, l.other_id, l.kind FROM activity_link l JOIN activity a ON a.id = l.activity_id WHERE a.structure_id = ? ORDER BY 1, 2", id)
	if err != nil {
		return nil, err
	}
	_, err = all(q, func(r *sql.Rows) (struct{}, error) {
		var activity portal.ActivityID
		var w portal.Window
		err := r.Scan(&activity, &w.Name, &w.First, &w.Last, into{&w.Opens}, into{&w.Closes}, into{&w.OutsideOpens})
		if a := byID[activity]; a != nil {
			a.Windows = append(a.Windows, w)
		}
		return struct{}{}, err
	}, `SELECT w.activity_id, w.name, w.first, w.last, w.opens_at, w.closes_at, w.outside_opens_at FROM booking_window w JOIN activity a ON a.id = w.activity_id
		WHERE a.structure_id = ? ORDER BY w.first`, id)
	if err != nil {
		return nil, err
	}
	return list, loadPriorities(q, id, byID)
}

// Counters lists the counters of places of a structure, in their order of creation.
func (s *Store) Counters(ctx context.Context, structure portal.StructureID) ([]portal.Counter, error) {
	return countersOf(s.read(ctx), structure)
}

func countersOf(q querier, structure portal.StructureID) ([]portal.Counter, error) {
	special := map[portal.CounterID][]portal.Capacity{}
	_, err := all(q, func(r *sql.Rows) (struct{}, error) {
		var id portal.CounterID
		var c portal.Capacity
		var places sql.NullInt64
		err := r.Scan(&id, &c.Weekday, &c.Day, &places)
		c.Limited, c.Places = places.Valid, int(places.Int64)
		special[id] = append(special[id], c)
		return struct{}{}, err
	}, `SELECT s.counter_id, coalesce(s.weekday, 0), s.day, s.capacity FROM counter_special s JOIN counter c ON c.id = s.counter_id
		WHERE c.structure_id = ? ORDER BY s.day, s.weekday`, structure)
	if err != nil {
		return nil, err
	}
	return all(q, func(r *sql.Rows) (c portal.Counter, err error) {
		var places sql.NullInt64
		var audience string
		if err := r.Scan(&c.ID, &c.Name, &places, &audience); err != nil {
			return c, err
		}
		c.Limited, c.Capacity, c.Special = places.Valid, int(places.Int64), special[c.ID]
		return c, json.Unmarshal([]byte(audience), &c.Audience)
	}, "SELECT id, name, capacity, audience FROM counter WHERE structure_id = ? ORDER BY id", structure)
}

// loadCounters gives each activity the counters that it takes its places from.
func loadCounters(q querier, structure portal.StructureID, activities map[portal.ActivityID]*portal.Activity) error {
	list, err := countersOf(q, structure)
	if err != nil {
		return err
	}
	byID := map[portal.CounterID]portal.Counter{}
	for _, c := range list {
		byID[c.ID] = c
	}
	_, err = all(q, func(r *sql.Rows) (struct{}, error) {
		var activity portal.ActivityID
		var counter portal.CounterID
		err := r.Scan(&activity, &counter)
		if a := activities[activity]; a != nil {
			a.Counters = append(a.Counters, byID[counter])
		}
		return struct{}{}, err
	}, "SELECT ca.activity_id, ca.counter_id FROM counter_activity ca JOIN counter c ON c.id = ca.counter_id WHERE c.structure_id = ? ORDER BY ca.counter_id", structure)
	return err
}
