package db

import (
	"context"
	"maps"
	"slices"
	"time"

	"marelle/portal"
)

// ActivitySheet is an activity with all that its pages of settings show.
type ActivitySheet struct {
	Setup    *portal.Setup
	Activity portal.Activity // a copy; its links hold both ways
	Names    portal.Names
	Counters []portal.Counter // of the structure
	Schools  []School
	Classes  []ClassChoice
	Grades   []string
	Held     int // bookings to come
	Last     *Recorded
	Now      time.Time
}

// ActivitySheet reads an activity of the structure; zero is one that is still to be made.
func (s *Store) ActivitySheet(ctx context.Context, structure portal.StructureID, id portal.ActivityID) (*ActivitySheet, error) {
	sheet := &ActivitySheet{Now: s.now()}
	err := s.snapshot(ctx, func(r reader) (err error) {
		if sheet.Setup, err = loadSetup(r, structure); err != nil {
			return err
		}
		sheet.Activity.StructureID = structure
		if id != 0 {
			if sheet.Activity, err = ofSetup(sheet.Setup, id); err != nil {
				return err
			}
			if err := r.row(&sheet.Held, "SELECT count(*) FROM booking WHERE activity_id = ? AND day >= ?", id, portal.DateOf(sheet.Now)); err != nil {
				return err
			}
		}
		if sheet.Counters, err = countersOf(r, structure); err != nil {
			return err
		}
		if sheet.Names, err = namesOf(r, sheet.Setup); err != nil {
			return err
		}
		if sheet.Schools, sheet.Classes, sheet.Grades, err = audienceGroups(r, structure, portal.DateOf(sheet.Now)); err != nil || id == 0 {
			return err
		}
		last, err := lastChange(r, structure, "activite", int64(id))
		if last.ID != 0 {
			sheet.Last = &last
		}
		return err
	})
	return sheet, err
}

// audienceGroups lists what an audience may be made of: schools, classes of the years that are not over, levels.
func audienceGroups(q querier, structure portal.StructureID, today portal.Date) (schools []School, classes []ClassChoice, grades []string, err error) {
	if schools, err = schoolsOf(q, structure); err != nil {
		return nil, nil, nil, err
	}
	if classes, err = classesOf(q, structure, today); err != nil {
		return nil, nil, nil, err
	}
	known, err := column[string](q, "SELECT DISTINCT cc.grade FROM child_class cc JOIN school_year y ON y.id = cc.school_year_id WHERE y.structure_id = ? AND cc.grade <> '' ORDER BY 1", structure)
	if err != nil {
		return nil, nil, nil, err
	}
	grades = slices.Clone(portal.Grades)
	for _, g := range known {
		if !slices.Contains(grades, g) {
			grades = append(grades, g)
		}
	}
	return schools, classes, grades, nil
}

// namesOf tells how things of a structure are called.
func namesOf(q querier, setup *portal.Setup) (portal.Names, error) {
	n := portal.Names{Schools: map[portal.SchoolID]string{}, Classes: map[portal.ClassID]string{}, Activities: map[portal.ActivityID]string{}}
	for _, a := range setup.Activities {
		n.Activities[a.ID] = a.Name
	}
	maps.Copy(n.Schools, setup.SchoolNames)
	classes, err := classesOf(q, setup.Structure.ID, 0)
	for _, c := range classes {
		n.Classes[c.ID] = c.Label()
	}
	return n, err
}

// ActivityMonth is a month of an activity as any family of the structure sees it, nobody's bookings in it.
type ActivityMonth struct {
	Setup    *portal.Setup
	Activity *portal.Activity
	Month    portal.Month
	Slots    []portal.Slot
	Now      time.Time
}

// ActivityMonth reads a month of an activity of the structure; the zero month is the first one that can be booked.
func (s *Store) ActivityMonth(ctx context.Context, structure portal.StructureID, id portal.ActivityID, month portal.Month) (*ActivityMonth, error) {
	m := &ActivityMonth{Month: month, Now: s.now()}
	err := s.snapshot(ctx, func(r reader) (err error) {
		if m.Setup, err = s.Setup(ctx, structure); err != nil {
			return err
		}
		if m.Activity = m.Setup.Activity(id); m.Activity == nil {
			return portal.NotFound("Cette activité n’existe pas.")
		}
		if m.Month == (portal.Month{}) {
			m.Month = m.Setup.FirstMonth(m.Activity, m.Now)
		}
		for d := m.Month.First(); d <= m.Month.Last(); d++ {
			m.Slots = append(m.Slots, m.Setup.NewSlot(0, m.Activity, d))
		}
		return fillPlaces(r, []*portal.Activity{m.Activity}, m.Slots, m.Month.First(), m.Month.Last())
	})
	return m, err
}
