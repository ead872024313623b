package db

import (
	"context"
	"database/sql"
	"sync"

	"marelle/portal"
)

// Structures lists the structures of the site in their order of creation.
func (s *Store) Structures(ctx context.Context) ([]portal.Structure, error) {
	return all(s.read(ctx), scanStructure, structureColumns+" ORDER BY s.id")
}

const structureColumns = `SELECT s.id, s.name, s.street, s.postcode, s.town, s.phone, s.email, s.sender_name, s.reply_to, s.zone, s.territory, s.night_at, s.report_at,
	s.colour, coalesce(l.name, '') FROM structure s LEFT JOIN structure_logo l ON l.structure_id = s.id`

func scanStructure(r *sql.Rows) (st portal.Structure, err error) {
	err = r.Scan(&st.ID, &st.Name, &st.Street, &st.Postcode, &st.Town, &st.Phone, &st.Email, &st.SenderName, &st.ReplyTo, &st.Zone, &st.Territory, &st.NightAt, &st.ReportAt,
		&st.Colour, &st.Logo)
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

// names reads how things are called.
func names[T ~int64](q querier, query string, structure portal.StructureID) (map[T]string, error) {
	list := map[T]string{}
	_, err := all(q, func(r *sql.Rows) (struct{}, error) {
		var id T
		var name string
		err := r.Scan(&id, &name)
		list[id] = name
		return struct{}{}, err
	}, query, structure)
	return list, err
}

func loadSetup(q querier, id portal.StructureID) (*portal.Setup, error) {
	var setup portal.Setup
	st, err := one(q, scanStructure, structureColumns+" WHERE s.id = ?", id)
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
	closures, err := all(q, func(r *sql.Rows) (d portal.DaysOff, err error) {
		err = r.Scan(&d.Kind, &d.Name, &d.From, &d.To)
		return d, err
	}, "SELECT kind, name, first, last FROM closure WHERE structure_id = ? ORDER BY first", id)
	if err != nil {
		return nil, err
	}
	for _, d := range closures {
		if d.Kind == portal.OffBridge {
			setup.Calendar.Bridges = append(setup.Calendar.Bridges, d.Period)
		} else {
			setup.Calendar.Closures = append(setup.Calendar.Closures, d.Period)
		}
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
	if setup.SchoolNames, err = names[portal.SchoolID](q, "SELECT id, name FROM school WHERE structure_id = ?", id); err != nil {
		return nil, err
	}
	if setup.ClassNames, err = names[portal.ClassID](q, "SELECT cl.id, cl.name FROM class cl JOIN school s ON s.id = cl.school_id WHERE s.structure_id = ?", id); err != nil {
		return nil, err
	}
	if setup.MailTexts, err = mailTexts(q, id); err != nil {
		return nil, err
	}
	if setup.Promises, err = loadPromises(q, id); err != nil {
		return nil, err
	}
	setup.Join()
	return &setup, nil
}
