package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"marelle/portal"
)

// PriorityLabels lists the criteria of a structure's own, by name.
func (s *Store) PriorityLabels(ctx context.Context, structure portal.StructureID) ([]portal.PriorityLabel, error) {
	return labelsOf(s.read(ctx), structure)
}

func labelsOf(q querier, structure portal.StructureID) ([]portal.PriorityLabel, error) {
	return all(q, func(r *sql.Rows) (l portal.PriorityLabel, err error) {
		err = r.Scan(&l.ID, &l.Name, &l.Document)
		return l, err
	}, "SELECT id, name, document FROM priority_label WHERE structure_id = ? ORDER BY name COLLATE francais, id", structure)
}

// loadPriorities completes activities with what is published of who goes first.
func loadPriorities(q querier, structure portal.StructureID, byID map[portal.ActivityID]*portal.Activity) error {
	labels, err := labelsOf(q, structure)
	if err != nil {
		return err
	}
	_, err = all(q, func(r *sql.Rows) (struct{}, error) {
		var id portal.ActivityID
		var stored string
		if err := r.Scan(&id, &stored); err != nil {
			return struct{}{}, err
		}
		a := byID[id]
		if a == nil || a.Kind == portal.Canteen { // it may have become one since
			return struct{}{}, nil
		}
		var criteria []portal.Criterion
		err := json.Unmarshal([]byte(stored), &criteria)
		for _, c := range criteria {
			if p, known := portal.PriorityOf(c, labels); known {
				a.Priorities = append(a.Priorities, p)
			}
		}
		return struct{}{}, err
	}, "SELECT id, priorities FROM activity WHERE structure_id = ? AND priorities <> '[]'", structure)
	return err
}

// KnownCriteria lists what a structure may publish.
func (s *Store) KnownCriteria(ctx context.Context, structure portal.StructureID) ([]portal.Priority, error) {
	return knownCriteria(s.read(ctx), structure)
}

func knownCriteria(q querier, structure portal.StructureID) ([]portal.Priority, error) {
	grades, err := column[string](q, `SELECT DISTINCT cc.grade FROM child_class cc JOIN class cl ON cl.id = cc.class_id JOIN school s ON s.id = cl.school_id
		WHERE s.structure_id = ? AND cc.grade <> ''`, structure)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(grades, portal.CompareGrades)
	labels, err := labelsOf(q, structure)
	return portal.Criteria(grades, labels), err
}

// SavePriorities publishes who goes first for an activity, in place of the order that the form showed (its version).
func (s *Store) SavePriorities(ctx context.Context, structure portal.StructureID, by portal.AccountID, activity portal.ActivityID, seen string, list []portal.Criterion) error {
	return s.write(ctx, func(tx *Tx) error {
		setup, err := loadSetup(tx, structure)
		if err != nil {
			return err
		}
		a := setup.Activity(activity)
		if a == nil {
			return portal.NotFound("Cette activité n’existe pas.")
		}
		known, err := knownCriteria(tx, structure)
		if err != nil {
			return err
		}
		known = append(known, a.Priorities...) // a grade that nobody is in any more may stay
		if err := portal.CheckPriorities(a, list, known); err != nil {
			return err
		}
		before := a.PriorityFacts()
		if seen != portal.Version(before) {
			return s.changedMeanwhile(tx, structure, "activite", int64(activity))
		}
		a.Priorities = nil
		for _, c := range list {
			i := slices.IndexFunc(known, func(p portal.Priority) bool { return p.Criterion == c })
			a.Priorities = append(a.Priorities, known[i])
		}
		if list == nil {
			list = []portal.Criterion{}
		}
		stored, err := json.Marshal(list)
		if err != nil {
			return err
		}
		if err := tx.exec("UPDATE activity SET priorities = ? WHERE id = ?", string(stored), activity); err != nil {
			return err
		}
		tx.after(s.setups.forget)
		return s.noteChanges(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "activite", SubjectID: int64(activity),
			Words: "Activité « " + a.Name + " » : priorités", Changes: portal.Differences(before, a.PriorityFacts())})
	})
}

// SavePriorityLabel makes a criterion of a structure's own, or renames it.
func (s *Store) SavePriorityLabel(ctx context.Context, structure portal.StructureID, by portal.AccountID, l portal.PriorityLabel) error {
	if err := l.Check(); err != nil {
		return err
	}
	return s.write(ctx, func(tx *Tx) error {
		list, err := labelsOf(tx, structure)
		if err != nil {
			return err
		}
		var before []portal.Fact
		words := "Critère de priorité « " + l.Name + " » créé"
		for _, other := range list {
			switch {
			case other.ID == l.ID:
				before, words = other.Facts(), "Critère de priorité « "+l.Name+" » changé"
			case portal.FoldName(other.Name) == portal.FoldName(l.Name):
				return portal.NameTaken("Un autre critère", other.Name)
			}
		}
		switch {
		case l.ID == 0:
			n, err := tx.insert("INSERT INTO priority_label (structure_id, name, document) VALUES (?, ?, ?)", structure, l.Name, l.Document)
			if err != nil {
				return err
			}
			l.ID = portal.LabelID(n)
		case before == nil:
			return portal.NotFound("Ce critère n’existe pas, ou a été retiré.")
		default:
			if err := tx.exec("UPDATE priority_label SET name = ?, document = ? WHERE id = ? AND structure_id = ?", l.Name, l.Document, l.ID, structure); err != nil {
				return err
			}
		}
		tx.after(s.setups.forget)
		return s.noteChanges(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "demande", Words: words, Changes: portal.Differences(before, l.Facts())})
	})
}

// RemovePriorityLabel takes a criterion away, from the children who have it too. It is refused while an activity publishes it.
func (s *Store) RemovePriorityLabel(ctx context.Context, structure portal.StructureID, by portal.AccountID, id portal.LabelID) error {
	return s.write(ctx, func(tx *Tx) error {
		setup, err := loadSetup(tx, structure)
		if err != nil {
			return err
		}
		list, err := labelsOf(tx, structure)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(l portal.PriorityLabel) bool { return l.ID == id })
		if i < 0 {
			return portal.NotFound("Ce critère n’existe pas, ou a déjà été retiré.")
		}
		for _, a := range setup.Activities {
			if slices.ContainsFunc(a.Priorities, func(p portal.Priority) bool { return p.Criterion == portal.ByLabel(id) }) {
				return portal.Conflict("« %s » fait partie des priorités publiées : %s. Retirez-le d’abord de cette activité.", list[i].Name, a.Name)
			}
		}
		n, err := tx.change("DELETE FROM child_priority WHERE label_id = ?", id)
		if err != nil {
			return err
		}
		if err := tx.exec("DELETE FROM priority_label WHERE id = ?", id); err != nil {
			return err
		}
		tx.after(s.setups.forget)
		changes := portal.Differences(list[i].Facts(), nil)
		if n > 0 {
			changes = append(changes, portal.Changed{What: "Enfants qui l’avaient", Before: fmt.Sprint(n)})
		}
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "demande", Words: "Critère de priorité « " + list[i].Name + " » retiré", Changes: changes})
	})
}

// heldLabels lists what is ticked on children.
func heldLabels(q querier, children []portal.ChildID) (map[portal.ChildID][]portal.HeldLabel, error) {
	ids, err := json.Marshal(children)
	if err != nil {
		return nil, err
	}
	held := map[portal.ChildID][]portal.HeldLabel{}
	_, err = all(q, func(r *sql.Rows) (struct{}, error) {
		var child portal.ChildID
		var h portal.HeldLabel
		err := r.Scan(&child, &h.Label, &h.Name, &h.Dated, &h.Last)
		held[child] = append(held[child], h)
		return struct{}{}, err
	}, `SELECT p.child_id, l.id, l.name, p.dated, p.last FROM child_priority p JOIN priority_label l ON l.id = p.label_id
		WHERE p.child_id IN (SELECT value FROM json_each(?)) ORDER BY l.name COLLATE francais, l.id`, string(ids))
	return held, err
}

// ChildPriorities lists the labels ticked on a child of a structure; another one's is not found.
func (s *Store) ChildPriorities(ctx context.Context, structure portal.StructureID, child portal.ChildID) ([]portal.HeldLabel, error) {
	r := s.read(ctx)
	if _, err := s.theChild(r, structure, child); err != nil {
		return nil, err
	}
	held, err := heldLabels(r, []portal.ChildID{child})
	return held[child], err
}

// SaveChildPriorities replaces the labels ticked on a child; seen is the version of what the form showed.
func (s *Store) SaveChildPriorities(ctx context.Context, structure portal.StructureID, by portal.AccountID, child portal.ChildID, seen string, list []portal.HeldLabel) error {
	return s.write(ctx, func(tx *Tx) error {
		c, err := s.theChild(tx, structure, child)
		if err != nil {
			return err
		}
		labels, err := labelsOf(tx, structure)
		if err != nil {
			return err
		}
		held, err := heldLabels(tx, []portal.ChildID{child})
		if err != nil {
			return err
		}
		before := portal.HeldFacts(held[child])
		if seen != portal.Version(before) {
			return s.changedMeanwhile(tx, structure, "enfant", int64(child))
		}
		if err := tx.exec("DELETE FROM child_priority WHERE child_id = ?", child); err != nil {
			return err
		}
		for _, h := range list {
			if !slices.ContainsFunc(labels, func(l portal.PriorityLabel) bool { return l.ID == h.Label }) {
				return portal.NotFound("Ce critère n’existe pas, ou a été retiré.")
			}
			var last any
			if h.Last != 0 {
				last = h.Last
			}
			if err := tx.exec("INSERT INTO child_priority (child_id, label_id, dated, last) VALUES (?, ?, ?, ?)", child, h.Label, h.Dated, last); err != nil {
				return err
			}
		}
		if held, err = heldLabels(tx, []portal.ChildID{child}); err != nil {
			return err
		}
		return s.noteChanges(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "enfant", SubjectID: int64(child),
			Words: "Enfant " + c.DisplayName() + " : priorités", Changes: portal.Differences(before, portal.HeldFacts(held[child]))})
	})
}

// dayOf is a day of an activity for a child.
type dayOf struct {
	child    portal.ChildID
	activity portal.ActivityID
	day      portal.Date
}

// claims reads what the base knows of children for days of activities that publish priorities.
type claims struct {
	pupils  map[portal.ChildID]*portal.Pupil
	labels  map[portal.ChildID][]portal.HeldLabel
	sibling map[dayOf]bool
	came    map[dayOf]bool
}

func (c *claims) of(child portal.ChildID, a portal.ActivityID, day portal.Date) portal.Claims {
	key := dayOf{child, a, day}
	return portal.Claims{Pupil: c.pupils[child], Labels: c.labels[child], Before: c.sibling[key], Came: c.came[key]}
}

// claimsOf reads the claims of some days in three queries.
func claimsOf(q querier, setup *portal.Setup, pupils map[portal.ChildID]*portal.Pupil, days []dayOf) (*claims, error) {
	c := &claims{pupils: pupils, sibling: map[dayOf]bool{}, came: map[dayOf]bool{}}
	type row struct {
		Child    portal.ChildID    `json:"c"`
		Activity portal.ActivityID `json:"a"`
		Day      string            `json:"d"`
		From     string            `json:"f"` // the school year before
		To       string            `json:"t"`
	}
	var rows []row
	var children []portal.ChildID
	for _, d := range days {
		first, last := setup.YearBefore(d.day)
		rows = append(rows, row{d.child, d.activity, d.day.String(), first.String(), last.String()})
		children = append(children, d.child)
	}
	wanted, err := json.Marshal(rows)
	if err != nil {
		return nil, err
	}
	if c.labels, err = heldLabels(q, children); err != nil {
		return nil, err
	}
	_, err = all(q, func(r *sql.Rows) (struct{}, error) {
		var key dayOf
		var sibling, came bool
		err := r.Scan(&key.child, &key.activity, &key.day, &sibling, &came)
		c.sibling[key], c.came[key] = sibling, came
		return struct{}{}, err
	}, `SELECT k.value ->> 'c', k.value ->> 'a', k.value ->> 'd',
			EXISTS (SELECT 1 FROM family_child me JOIN family_child other ON other.family_id = me.family_id AND other.child_id <> me.child_id
				JOIN booking b ON b.child_id = other.child_id AND b.activity_id = k.value ->> 'a' AND b.day = k.value ->> 'd' AND b.status = 'booked'
				WHERE me.child_id = k.value ->> 'c'),
			EXISTS (SELECT 1 FROM booking b WHERE b.child_id = k.value ->> 'c' AND b.activity_id = k.value ->> 'a' AND b.status = 'booked'
				AND b.day BETWEEN k.value ->> 'f' AND k.value ->> 't')
		FROM json_each(?) k`, string(wanted))
	return c, err
}
