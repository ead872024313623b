package db

import (
	"context"
	"errors"
	"slices"

	"marelle/portal"
)

// CounterUse is a counter with the activities that take their places from it, and the days to come on which it is over full.
type CounterUse struct {
	portal.Counter
	Activities []portal.ActivityID
	Over       []portal.Load
}

// Version is that of the counter with its uses.
func (u *CounterUse) Version() string { return u.Counter.Version(u.Activities) }

// CounterUses lists the counters of a structure with their uses, in their order of creation.
func (s *Store) CounterUses(ctx context.Context, structure portal.StructureID) (list []CounterUse, err error) {
	err = s.snapshot(ctx, func(r reader) error {
		list, err = usesOf(r, structure, portal.DateOf(s.now()))
		return err
	})
	return list, err
}

// CounterUse gives one counter of the structure; another structure's is not found.
func (s *Store) CounterUse(ctx context.Context, structure portal.StructureID, id portal.CounterID) (*CounterUse, error) {
	list, err := s.CounterUses(ctx, structure)
	if err != nil {
		return nil, err
	}
	return counterAmong(list, id)
}

func counterAmong(list []CounterUse, id portal.CounterID) (*CounterUse, error) {
	i := slices.IndexFunc(list, func(u CounterUse) bool { return u.ID == id })
	if i < 0 {
		return nil, portal.NotFound("Ce compteur de places n’existe pas.")
	}
	return &list[i], nil
}

func usesOf(q querier, structure portal.StructureID, today portal.Date) ([]CounterUse, error) {
	counters, err := countersOf(q, structure)
	if err != nil {
		return nil, err
	}
	loads, err := loadsOf(q, structure, today)
	if err != nil {
		return nil, err
	}
	var list []CounterUse
	for _, c := range counters {
		u := CounterUse{Counter: c}
		u.Activities, err = column[portal.ActivityID](q, "SELECT activity_id FROM counter_activity WHERE counter_id = ? ORDER BY activity_id", c.ID)
		if err != nil {
			return nil, err
		}
		for _, l := range loads {
			if l.Counter == c.Name {
				u.Over = append(u.Over, l)
			}
		}
		list = append(list, u)
	}
	return list, nil
}

// CounterEdit is a counter as staff typed it, a new one when it has no ID.
type CounterEdit struct {
	portal.Counter
	Activities   []portal.ActivityID
	Seen, Agreed string // as in ActivityEdit
}

// SaveCounter creates a counter of places, or changes one. Fewer places than bookings are not written before the person
// agreed to it: the impact comes back. Bookings are kept. Sent twice, a new counter is one counter.
func (s *Store) SaveCounter(ctx context.Context, structure portal.StructureID, by portal.AccountID, e CounterEdit) (id portal.CounterID, impact portal.Touches, err error) {
	if err := e.Check(); err != nil {
		return 0, nil, err
	}
	slices.Sort(e.Activities)
	e.Activities = slices.Compact(e.Activities)
	err = s.write(ctx, func(tx *Tx) error {
		today := portal.DateOf(s.now())
		names, list, err := countersNow(tx, structure, today)
		if err != nil {
			return err
		}
		if err := knownUses(names, &e); err != nil {
			return err
		}
		was, same, err := s.counterBefore(tx, structure, list, &e)
		if err != nil || same {
			id = was.ID
			return err
		}
		loads, err := loadsOf(tx, structure, today)
		if err != nil {
			return err
		}
		if _, err := saveCounter(tx, structure, &e.Counter); err != nil { // all its bookings are grouped anew below
			return err
		}
		id = e.ID
		if err := saveCounterUses(tx, structure, &e); err != nil {
			return err
		}
		now, err := loadsOf(tx, structure, today)
		if err != nil {
			return err
		}
		impact = portal.Overfull(loads, now)
		if key := impact.Key(); key != "" && key != e.Agreed {
			return errUnagreed
		}
		var before []portal.Fact
		words := "Places « " + e.Name + " » : créées"
		if was.ID != 0 {
			before, words = was.Facts(was.Activities, names), "Places « "+e.Name+" » : changées"
		}
		return s.noteCounter(tx, structure, by, &e, words, portal.Differences(before, e.Facts(e.Activities, names)), impact)
	})
	if errors.Is(err, errUnagreed) {
		return id, impact, nil
	}
	return id, nil, err
}

// countersNow gives the counters of a structure as they stand, with how things are called.
func countersNow(tx *Tx, structure portal.StructureID, today portal.Date) (names portal.Names, list []CounterUse, err error) {
	setup, err := loadSetup(tx, structure)
	if err != nil {
		return names, nil, err
	}
	if names, err = namesOf(tx, setup); err != nil {
		return names, nil, err
	}
	list, err = usesOf(tx, structure, today)
	return names, list, err
}

// counterBefore finds what a counter was, and says that a new one is there already as it is typed.
func (s *Store) counterBefore(tx *Tx, structure portal.StructureID, list []CounterUse, e *CounterEdit) (was CounterUse, same bool, err error) {
	for _, u := range list {
		if u.Name != e.Name || u.ID == e.ID {
			continue
		}
		u.Counter.ID = 0
		if e.ID == 0 && u.Version() == e.Version(e.Activities) {
			return list[slices.IndexFunc(list, func(o CounterUse) bool { return o.Name == e.Name })], true, nil
		}
		return was, false, portal.NameTaken("Un autre compteur", u.Name)
	}
	if e.ID == 0 {
		return was, false, nil
	}
	found, err := counterAmong(list, e.ID)
	if err != nil {
		return was, false, err
	}
	if found.Version() != e.Seen {
		return was, false, s.changedMeanwhile(tx, structure, "compteur", int64(e.ID))
	}
	return *found, false, nil
}

// knownUses refuses what belongs to another structure.
func knownUses(names portal.Names, e *CounterEdit) error {
	for _, id := range e.Activities {
		if names.Activities[id] == "" {
			return portal.NotFound("Cette activité n’existe pas.")
		}
	}
	return e.Audience.Known(names)
}

func saveCounterUses(tx *Tx, structure portal.StructureID, e *CounterEdit) error {
	if err := tx.exec("DELETE FROM counter_activity WHERE counter_id = ?", e.ID); err != nil {
		return err
	}
	for _, a := range e.Activities {
		if err := tx.exec("INSERT INTO counter_activity (counter_id, activity_id) VALUES (?, ?)", e.ID, a); err != nil {
			return err
		}
	}
	if err := regroup(tx, structure, []portal.CounterID{e.ID}); err != nil {
		return err
	}
	return recount(tx, e.ID)
}

// noteCounter writes the change into the audit log, and lets the waiting lists take the places that it gives.
func (s *Store) noteCounter(tx *Tx, structure portal.StructureID, by portal.AccountID, e *CounterEdit, words string, changes []portal.Changed, impact portal.Touches) error {
	if len(changes) == 0 {
		return nil
	}
	if len(impact) > 0 {
		changes = append(changes, portal.Changed{What: "Réservations touchées", After: impact.Short()})
	}
	tx.after(s.setups.forget)
	if err := s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "compteur", SubjectID: int64(e.ID), Words: words, Changes: changes}); err != nil {
		return err
	}
	return advanceAfterSave(tx, &portal.Activity{StructureID: structure}, s.now())
}

// RemoveCounter takes a counter of the structure off. One that an activity still takes its places from stays.
func (s *Store) RemoveCounter(ctx context.Context, structure portal.StructureID, by portal.AccountID, id portal.CounterID) error {
	return s.write(ctx, func(tx *Tx) error {
		names, list, err := countersNow(tx, structure, portal.DateOf(s.now()))
		if err != nil {
			return err
		}
		c, err := counterAmong(list, id)
		if err != nil {
			return err
		}
		if len(c.Activities) > 0 {
			return portal.Conflict("Le compteur « %s » compte encore les places d’une activité. Décochez d’abord ses activités, puis retirez-le.", c.Name)
		}
		for _, table := range []string{"counter_special", "counter_day"} {
			if err := tx.exec("DELETE FROM "+table+" WHERE counter_id = ?", id); err != nil {
				return err
			}
		}
		if err := tx.exec("DELETE FROM counter WHERE id = ?", id); err != nil {
			return err
		}
		return s.noteCounter(tx, structure, by, &CounterEdit{Counter: c.Counter}, "Places « "+c.Name+" » : retirées", portal.Differences(c.Facts(nil, names), nil), nil)
	})
}
