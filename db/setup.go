package db

import (
	"context"
	"database/sql"
	_ "embed"
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
	if setup.Promises, err = loadPromises(q, id); err != nil {
		return nil, err
	}
	setup.Join()
	return &setup, nil
}
