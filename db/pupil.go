package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"

	"marelle/portal"
)

// pupilsOf reads what rules look at of some children, in one query.
func pupilsOf(q querier, children []portal.ChildID) (map[portal.ChildID]*portal.Pupil, error) {
	ids, err := json.Marshal(children)
	if err != nil {
		return nil, err
	}
	pupils := make(map[portal.ChildID]*portal.Pupil, len(children))
	_, err = all(q, func(r *sql.Rows) (struct{}, error) {
		var id portal.ChildID
		var p portal.Pupil
		var years, enrolments string
		if err := r.Scan(&id, &p.Birth, &p.Resident, &years, &enrolments); err != nil {
			return struct{}{}, err
		}
		if err := json.Unmarshal([]byte(years), &p.Years); err != nil {
			return struct{}{}, err
		}
		pupils[id] = &p
		return struct{}{}, json.Unmarshal([]byte(enrolments), &p.Enrolments)
	}, `SELECT c.id, c.birth, EXISTS (SELECT 1 FROM family_child fc JOIN family f ON f.id = fc.family_id WHERE fc.child_id = c.id AND f.resident),
			(SELECT json_group_array(json_object('annee', cc.school_year_id, 'ecole', cl.school_id, 'classe', cc.class_id, 'niveau', cc.grade))
				FROM child_class cc JOIN class cl ON cl.id = cc.class_id WHERE cc.child_id = c.id),
			(SELECT json_group_array(json_object('activite', e.activity_id, 'du', e.first, 'au', coalesce(e.last, ''))) FROM enrolment e WHERE e.child_id = c.id)
		FROM json_each(?) k JOIN child c ON c.id = k.value`, string(ids))
	return pupils, err
}

// pupilsFor reads the children when the rules of one of the activities look at them, else nothing.
func pupilsFor(q querier, children []portal.ChildID, activities []*portal.Activity) (map[portal.ChildID]*portal.Pupil, error) {
	if !slices.ContainsFunc(activities, (*portal.Activity).AsksWho) {
		return nil, nil
	}
	return pupilsOf(q, children)
}

// offered is which activities each child chooses from.
type offered map[portal.ChildID][]*portal.Activity

// any lists those of all the children, in the town hall's order.
func (o offered) any(setup *portal.Setup) (list []*portal.Activity) {
	for i := range setup.Activities {
		a := &setup.Activities[i]
		for _, of := range o {
			if slices.Contains(of, a) {
				list = append(list, a)
				break
			}
		}
	}
	return list
}

// offeredTo gives the activities that children of a structure choose from: those that they may come to, and those for which
// something is saved from today on.
func (s *Store) offeredTo(q querier, setup *portal.Setup, children []portal.ChildID) (offered, error) {
	now := s.now()
	list := offered{}
	sorted := func(a portal.Activity) bool { return a.Closed(now) || !a.Audience.IsZero() }
	if !slices.ContainsFunc(setup.Activities, sorted) {
		for _, c := range children {
			for i := range setup.Activities {
				list[c] = append(list[c], &setup.Activities[i])
			}
		}
		return list, nil
	}
	pupils, err := pupilsOf(q, children)
	if err != nil {
		return nil, err
	}
	held, err := activitiesHeld(q, children, portal.DateOf(now))
	if err != nil {
		return nil, err
	}
	for _, c := range children {
		for i := range setup.Activities {
			a := &setup.Activities[i]
			if setup.Offered(a, pupils[c], now) || slices.Contains(held[c], a.ID) {
				list[c] = append(list[c], a)
			}
		}
	}
	return list, nil
}

// activitiesHeld lists the activities for which children are booked, wait or have asked, from a day on.
func activitiesHeld(q querier, children []portal.ChildID, from portal.Date) (map[portal.ChildID][]portal.ActivityID, error) {
	ids, err := json.Marshal(children)
	if err != nil {
		return nil, err
	}
	held := map[portal.ChildID][]portal.ActivityID{}
	_, err = all(q, func(r *sql.Rows) (struct{}, error) {
		var child portal.ChildID
		var activity portal.ActivityID
		err := r.Scan(&child, &activity)
		held[child] = append(held[child], activity)
		return struct{}{}, err
	}, `SELECT b.child_id, b.activity_id FROM json_each(?1) k CROSS JOIN booking b ON b.child_id = k.value AND b.day >= ?2
		UNION SELECT q.child_id, q.activity_id FROM json_each(?1) k CROSS JOIN request q ON q.child_id = k.value AND q.day >= ?2`, string(ids), from)
	return held, err
}

// refuseOffered says why a child does not choose from an activity, or nothing when it does.
func (s *Store) refuseOffered(q querier, setup *portal.Setup, a *portal.Activity, child portal.ChildID, list offered) error {
	if slices.Contains(list[child], a) {
		return nil
	}
	pupils, err := pupilsOf(q, []portal.ChildID{child})
	if err != nil {
		return err
	}
	if why := setup.NotOffered(a, pupils[child], s.now()); why != nil {
		return why
	}
	return portal.NotFound("Cette activité n’existe pas, ou n’est pas ouverte à votre enfant.")
}

// Offered lists, for each of an account's children, the activities that it chooses from.
func (s *Store) Offered(ctx context.Context, account portal.AccountID) (map[portal.ChildID][]*portal.Activity, error) {
	list := offered{}
	err := s.snapshot(ctx, func(r reader) error {
		children, err := childrenOf(r, account, portal.DateOf(s.now()))
		if err != nil {
			return err
		}
		list, err = s.offeredToAll(ctx, r, children)
		return err
	})
	return list, err
}

// offeredToAll is offeredTo for children of several structures.
func (s *Store) offeredToAll(ctx context.Context, q querier, children []portal.Child) (offered, error) {
	list := offered{}
	of := map[portal.StructureID][]portal.ChildID{}
	for _, c := range children {
		of[c.StructureID] = append(of[c.StructureID], c.ID)
	}
	for structure, ids := range of {
		setup, err := s.Setup(ctx, structure)
		if err != nil {
			return nil, err
		}
		some, err := s.offeredTo(q, setup, ids)
		if err != nil {
			return nil, err
		}
		for c, activities := range some {
			list[c] = activities
		}
	}
	return list, nil
}

// Enrolments lists the children who are enrolled in an activity of the structure, in the order of names.
func (s *Store) Enrolments(ctx context.Context, structure portal.StructureID, activity portal.ActivityID) ([]Enrolled, error) {
	return all(s.read(ctx), func(r *sql.Rows) (e Enrolled, err error) {
		err = r.Scan(&e.Child.ID, &e.Child.StructureID, &e.Child.LastName, &e.Child.FirstName, &e.Activity, &e.First, &e.Last)
		return e, err
	}, `SELECT c.id, c.structure_id, iif(c.used_name <> '', c.used_name, c.last_name), c.first_name, e.activity_id, e.first, e.last
		FROM enrolment e JOIN child c ON c.id = e.child_id JOIN activity a ON a.id = e.activity_id AND a.structure_id = ?
		WHERE e.activity_id = ? ORDER BY 3, 4, 1`, structure, activity)
}

// Enrolled is a child with its enrolment.
type Enrolled struct {
	portal.Enrolment
	Child portal.Child
}
