package db

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
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

// SaveActivity creates an activity, or changes the one that has its ID, with its limits and its counters.
// A counter without ID is created.
func (s *Store) SaveActivity(ctx context.Context, a portal.Activity) (portal.ActivityID, error) {
	if err := a.Check(); err != nil {
		return 0, err
	}
	opening, err := json.Marshal(a.Opening)
	if err != nil {
		return 0, err
	}
	rules := map[string][]byte{}
	for action, c := range map[string]portal.Cutoff{"reserver": a.Book, "annuler": a.Cancel} {
		if rules[action], err = json.Marshal(c); err != nil {
			return 0, err
		}
	}
	err = s.write(ctx, func(tx *Tx) error {
		if a.ID == 0 {
			n, err := tx.insert(`INSERT INTO activity (structure_id, position, name, short, spoken, kind, starts, ends, opening, waitlist)
				VALUES (?, (SELECT count(*) FROM activity WHERE structure_id = ?1), ?, ?, ?, ?, ?, ?, ?, ?)`,
				a.StructureID, a.Name, a.Short, a.Spoken, string(a.Kind), a.Starts, a.Ends, string(opening), a.Waitlist)
			if err != nil {
				return err
			}
			a.ID = portal.ActivityID(n)
		} else {
			n, err := tx.change(`UPDATE activity SET name = ?, short = ?, spoken = ?, kind = ?, starts = ?, ends = ?, opening = ?, waitlist = ?
				WHERE id = ? AND structure_id = ?`,
				a.Name, a.Short, a.Spoken, string(a.Kind), a.Starts, a.Ends, string(opening), a.Waitlist, a.ID, a.StructureID)
			if err != nil {
				return err
			}
			if n == 0 {
				return portal.NotFound("Cette activité n’existe pas.")
			}
		}
		for action, rule := range rules {
			if err := tx.exec(`INSERT INTO cutoff (activity_id, action, rule) VALUES (?, ?, ?)
				ON CONFLICT DO UPDATE SET rule = excluded.rule`, a.ID, action, string(rule)); err != nil {
				return err
			}
		}
		if err := saveCounters(tx, &a); err != nil {
			return err
		}
		tx.after(s.setups.forget)
		return nil
	})
	return a.ID, err
}

func saveCounters(tx *Tx, a *portal.Activity) error {
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
	}
	return nil
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
	return &setup, nil
}

func loadActivities(q querier, id portal.StructureID) ([]portal.Activity, error) {
	list, err := all(q, func(r *sql.Rows) (a portal.Activity, err error) {
		var opening, book, cancel string
		err = r.Scan(&a.ID, &a.StructureID, &a.Name, &a.Short, &a.Spoken, &a.Kind, &a.Starts, &a.Ends, &opening, &a.Waitlist, &book, &cancel)
		for _, part := range []struct {
			text string
			into any
		}{{opening, &a.Opening}, {book, &a.Book}, {cancel, &a.Cancel}} {
			if err == nil {
				err = json.Unmarshal([]byte(part.text), part.into)
			}
		}
		return a, err
	}, `SELECT a.id, a.structure_id, a.name, a.short, a.spoken, a.kind, a.starts, a.ends, a.opening, a.waitlist, b.rule, c.rule
		FROM activity a
		JOIN cutoff b ON b.activity_id = a.id AND b.action = 'reserver'
		JOIN cutoff c ON c.activity_id = a.id AND c.action = 'annuler'
		WHERE a.structure_id = ? ORDER BY a.position, a.id`, id)
	if err != nil {
		return nil, err
	}
	type link struct {
		activity portal.ActivityID
		counter  portal.Counter
	}
	links, err := all(q, func(r *sql.Rows) (l link, err error) {
		var capacity sql.NullInt64
		err = r.Scan(&l.activity, &l.counter.ID, &l.counter.Name, &capacity)
		l.counter.Limited, l.counter.Capacity = capacity.Valid, int(capacity.Int64)
		return l, err
	}, `SELECT ca.activity_id, c.id, c.name, c.capacity FROM counter c JOIN counter_activity ca ON ca.counter_id = c.id
		WHERE c.structure_id = ? ORDER BY c.id`, id)
	if err != nil {
		return nil, err
	}
	for _, l := range links {
		for i := range list {
			if list[i].ID == l.activity {
				list[i].Counters = append(list[i].Counters, l.counter)
			}
		}
	}
	return list, nil
}
