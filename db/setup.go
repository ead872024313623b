package db

import (
	"cmp"
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"slices"
	"sync"

	"marelle/portal"
)

//go:embed calendars/vacances-scolaires.json
var officialHolidays []byte

// CreateStructure makes a structure with the official school holidays of its zone, which staff may then change.
func (s *Store) CreateStructure(ctx context.Context, st portal.Structure) (portal.StructureID, error) {
	years, err := portal.ParseSchoolHolidays(officialHolidays, st.Zone)
	if err != nil {
		return 0, err
	}
	var id portal.StructureID
	err = s.write(ctx, func(tx *Tx) error {
		n, err := tx.insert(`INSERT INTO structure (name, street, postcode, town, phone, email, zone, territory, night_at, report_at, created_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			st.Name, st.Street, st.Postcode, st.Town, st.Phone, st.Email, st.Zone, string(st.Territory), st.NightAt, st.ReportAt, at(s.now()))
		if err != nil {
			return err
		}
		id = portal.StructureID(n)
		for _, y := range years {
			if err := tx.exec("INSERT INTO school_year (structure_id, label, first, last) VALUES (?, ?, ?, ?)", id, y.Label, y.First, y.Last); err != nil {
				return err
			}
			for _, p := range y.Holidays {
				if err := tx.exec("INSERT INTO school_holiday (structure_id, name, first, last) VALUES (?, ?, ?, ?)", id, p.Name, p.From, p.To); err != nil {
					return err
				}
			}
		}
		return s.defaultTerms(tx, st)
	})
	return id, err
}

// SaveActivity creates an activity, or changes the one that has its ID, with its limits, its counters, its links and its
// windows. A counter without ID is created.
func (s *Store) SaveActivity(ctx context.Context, a portal.Activity) (portal.ActivityID, error) {
	if a.WaitMode == "" {
		a.WaitMode = portal.WaitNight
	}
	a.HourStep, a.OfferHours = cmp.Or(a.HourStep, 15), cmp.Or(a.OfferHours, 24)
	if err := a.Check(); err != nil {
		return 0, err
	}
	opening, err := json.Marshal(a.Opening)
	if err != nil {
		return 0, err
	}
	rules, err := cutoffRules(&a)
	if err != nil {
		return 0, err
	}
	document := sql.NullInt64{Int64: int64(a.DocumentDays), Valid: a.DocumentDays > 0}
	err = s.write(ctx, func(tx *Tx) error {
		values := []any{a.Name, a.Short, a.Spoken, string(a.Kind), a.Starts, a.Ends, string(opening), a.Waitlist, string(a.WaitMode), a.OfferHours,
			a.AsksArrival, a.AsksDeparture, a.HourStep, a.Annual, a.NoticeDays, document, a.StructureID}
		if a.ID == 0 {
			n, err := tx.insert(`INSERT INTO activity (name, short, spoken, kind, starts, ends, opening, waitlist, waitlist_mode, offer_hours,
					asks_arrival, asks_departure, hour_step, annual, notice_days, document_days, structure_id, position)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?17, (SELECT count(*) FROM activity WHERE structure_id = ?17))`, values...)
			if err != nil {
				return err
			}
			a.ID = portal.ActivityID(n)
		} else {
			n, err := tx.change(`UPDATE activity SET name = ?, short = ?, spoken = ?, kind = ?, starts = ?, ends = ?, opening = ?, waitlist = ?, waitlist_mode = ?, offer_hours = ?,
					asks_arrival = ?, asks_departure = ?, hour_step = ?, annual = ?, notice_days = ?, document_days = ?
				WHERE structure_id = ? AND id = ?`, append(values, a.ID)...)
			if err != nil {
				return err
			}
			if n == 0 {
				return portal.NotFound("Cette activité n’existe pas.")
			}
		}
		if err := tx.exec("DELETE FROM cutoff WHERE activity_id = ?", a.ID); err != nil {
			return err
		}
		for action, rule := range rules {
			if err := tx.exec("INSERT INTO cutoff (activity_id, action, rule) VALUES (?, ?, ?)", a.ID, action, rule); err != nil {
				return err
			}
		}
		for _, save := range []func(*Tx, *portal.Activity) error{saveCounters, saveLinks, saveWindows} {
			if err := save(tx, &a); err != nil {
				return err
			}
		}
		tx.after(s.setups.forget)
		return advanceAfterSave(tx, &a, s.now())
	})
	return a.ID, err
}

// cutoffRules writes the limits of an activity as they are stored; a limit that follows another one is not.
func cutoffRules(a *portal.Activity) (map[string]string, error) {
	rules := map[string]string{}
	for action, c := range map[string]portal.Cutoff{"reserver": a.Book, "annuler": a.Cancel, "changer": a.Change, "absence": a.Absence} {
		if c.IsZero() {
			continue
		}
		rule, err := json.Marshal(c)
		if err != nil {
			return nil, err
		}
		rules[action] = string(rule)
	}
	return rules, nil
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
		if err := tx.exec("INSERT INTO booking_window (activity_id, name, first, last, opens_at, closes_at) VALUES (?, ?, ?, ?, ?, ?)",
			a.ID, w.Name, w.First, w.Last, at(w.Opens), at(w.Closes)); err != nil {
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
	for i := range a.Counters {
		c := &a.Counters[i]
		capacity := sql.NullInt64{Int64: int64(c.Capacity), Valid: c.Limited}
		if c.ID == 0 {
			n, err := tx.insert("INSERT INTO counter (structure_id, name, capacity) VALUES (?, ?, ?)", a.StructureID, c.Name, capacity)
			if err != nil {
				return err
			}
			c.ID = portal.CounterID(n)
		} else if err := tx.exec("UPDATE counter SET name = ?, capacity = ? WHERE id = ? AND structure_id = ?", c.Name, capacity, c.ID, a.StructureID); err != nil {
			return err
		}
		if err := tx.exec("INSERT INTO counter_activity (counter_id, activity_id) VALUES (?, ?)", c.ID, a.ID); err != nil {
			return err
		}
		if !slices.Contains(before, c.ID) {
			before = append(before, c.ID)
		}
	}
	for _, id := range before {
		if err := recount(tx, id); err != nil {
			return err
		}
	}
	return nil
}

// recount counts what a counter holds, day by day, from the bookings. Its capacity stands aside meanwhile: the net that
// refuses to oversell would refuse to write down what was booked before the counter was there.
func recount(tx *Tx, id portal.CounterID) error {
	var capacity sql.NullInt64
	if err := tx.row(&capacity, "SELECT capacity FROM counter WHERE id = ?", id); err != nil {
		return err
	}
	if err := tx.exec("UPDATE counter SET capacity = NULL WHERE id = ?", id); err != nil {
		return err
	}
	if err := tx.exec("DELETE FROM counter_day WHERE counter_id = ?", id); err != nil {
		return err
	}
	if err := tx.exec(`INSERT INTO counter_day (counter_id, day, taken, waiting)
		SELECT ca.counter_id, b.day, sum(b.status = 'booked'), sum(b.status = 'waiting')
		FROM counter_activity ca JOIN booking b ON b.activity_id = ca.activity_id WHERE ca.counter_id = ? GROUP BY b.day`, id); err != nil {
		return err
	}
	return tx.exec("UPDATE counter SET capacity = ? WHERE id = ?", capacity, id)
}

// Structures lists the structures of the site in their order of creation.
func (s *Store) Structures(ctx context.Context) ([]portal.Structure, error) {
	return all(s.read(ctx), scanStructure, structureColumns+" ORDER BY id")
}

const structureColumns = "SELECT id, name, street, postcode, town, phone, email, zone, territory, night_at, report_at FROM structure"

func scanStructure(r *sql.Rows) (st portal.Structure, err error) {
	err = r.Scan(&st.ID, &st.Name, &st.Street, &st.Postcode, &st.Town, &st.Phone, &st.Email, &st.Zone, &st.Territory, &st.NightAt, &st.ReportAt)
	return st, err
}

// Setup gives what a structure has decided, from memory. The value is shared: nobody may change it.
func (s *Store) Setup(ctx context.Context, id portal.StructureID) (*portal.Setup, error) {
	// No snapshot here, a snapshot may be asking: a setup read while a write changes it is used once and not kept.
	return s.setups.get(id, func() (*portal.Setup, error) { return loadSetup(s.read(ctx), id) })
}

// setupCache keeps each structure's setup until a write changes one.
type setupCache struct {
	mu         sync.Mutex
	generation int
	kept       map[portal.StructureID]*portal.Setup
}

func (c *setupCache) get(id portal.StructureID, load func() (*portal.Setup, error)) (*portal.Setup, error) {
	c.mu.Lock()
	kept, generation := c.kept[id], c.generation
	c.mu.Unlock()
	if kept != nil {
		return kept, nil
	}
	got, err := load()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.generation == generation { // else a write came while we read: what we hold may be old, so it is not kept
		if c.kept == nil {
			c.kept = map[portal.StructureID]*portal.Setup{}
		}
		c.kept[id] = got
	}
	return got, nil
}

func (c *setupCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	c.kept = nil
}

func loadSetup(q querier, id portal.StructureID) (*portal.Setup, error) {
	var setup portal.Setup
	st, err := one(q, scanStructure, structureColumns+" WHERE id = ?", id)
	if err != nil {
		return nil, absent(err, "Cette structure n’existe pas.")
	}
	setup.Structure = st
	setup.Calendar.Territory = st.Territory
	setup.Calendar.Holidays, err = all(q, func(r *sql.Rows) (p portal.Period, err error) {
		err = r.Scan(&p.Name, &p.From, &p.To)
		return p, err
	}, "SELECT name, first, last FROM school_holiday WHERE structure_id = ? ORDER BY first", id)
	if err != nil {
		return nil, err
	}
	setup.Years, err = all(q, func(r *sql.Rows) (y portal.SchoolYearRef, err error) {
		err = r.Scan(&y.ID, &y.Label, &y.First, &y.Last)
		return y, err
	}, "SELECT id, label, first, last FROM school_year WHERE structure_id = ? ORDER BY first", id)
	if err != nil {
		return nil, err
	}
	if setup.Activities, err = loadActivities(q, id); err != nil {
		return nil, err
	}
	setup.Join()
	return &setup, nil
}

func loadActivities(q querier, id portal.StructureID) ([]portal.Activity, error) {
	list, err := all(q, func(r *sql.Rows) (a portal.Activity, err error) {
		var opening string
		var rules [4]sql.NullString
		err = r.Scan(&a.ID, &a.StructureID, &a.Name, &a.Short, &a.Spoken, &a.Kind, &a.Starts, &a.Ends, &opening, &a.Waitlist, &a.WaitMode, &a.OfferHours,
			&a.AsksArrival, &a.AsksDeparture, &a.HourStep, &a.Annual, &a.NoticeDays, &a.DocumentDays, &rules[0], &rules[1], &rules[2], &rules[3])
		if err == nil {
			err = json.Unmarshal([]byte(opening), &a.Opening)
		}
		for i, into := range []*portal.Cutoff{&a.Book, &a.Cancel, &a.Change, &a.Absence} {
			if err == nil && rules[i].Valid {
				err = json.Unmarshal([]byte(rules[i].String), into)
			}
		}
		return a, err
	}, `SELECT a.id, a.structure_id, a.name, a.short, a.spoken, a.kind, a.starts, a.ends, a.opening, a.waitlist, a.waitlist_mode, a.offer_hours,
			a.asks_arrival, a.asks_departure, a.hour_step, a.annual, a.notice_days, coalesce(a.document_days, 0),
			(SELECT rule FROM cutoff WHERE activity_id = a.id AND action = 'reserver'), (SELECT rule FROM cutoff WHERE activity_id = a.id AND action = 'annuler'),
			(SELECT rule FROM cutoff WHERE activity_id = a.id AND action = 'changer'), (SELECT rule FROM cutoff WHERE activity_id = a.id AND action = 'absence')
		FROM activity a WHERE a.structure_id = ? ORDER BY a.position, a.id`, id)
	if err != nil {
		return nil, err
	}
	byID := map[portal.ActivityID]*portal.Activity{}
	for i := range list {
		byID[list[i].ID] = &list[i]
	}
	_, err = all(q, func(r *sql.Rows) (struct{}, error) {
		var activity portal.ActivityID
		var c portal.Counter
		var capacity sql.NullInt64
		err := r.Scan(&activity, &c.ID, &c.Name, &capacity)
		c.Limited, c.Capacity = capacity.Valid, int(capacity.Int64)
		if a := byID[activity]; a != nil {
			a.Counters = append(a.Counters, c)
		}
		return struct{}{}, err
	}, `SELECT ca.activity_id, c.id, c.name, c.capacity FROM counter c JOIN counter_activity ca ON ca.counter_id = c.id
		WHERE c.structure_id = ? ORDER BY c.id`, id)
	if err != nil {
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
		err := r.Scan(&activity, &w.Name, &w.First, &w.Last, into{&w.Opens}, into{&w.Closes})
		if a := byID[activity]; a != nil {
			a.Windows = append(a.Windows, w)
		}
		return struct{}{}, err
	}, `SELECT w.activity_id, w.name, w.first, w.last, w.opens_at, w.closes_at FROM booking_window w JOIN activity a ON a.id = w.activity_id
		WHERE a.structure_id = ? ORDER BY w.first`, id)
	return list, err
}
