package db

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"marelle/portal"
)

// Calendar is a month of one child and one activity, as an account sees it.
type Calendar struct {
	Now      time.Time
	Children []portal.Child // all the account's, to choose from
	Child    portal.Child
	Setup    *portal.Setup
	Activity *portal.Activity
	Offered  []*portal.Activity // to choose from
	Month    portal.Month
	Slots    []portal.Slot // one a day, from the first of the month
	Draft    Draft
}

// Calendar gives a month of one of the account's children, or, for no month, the first that has a day to change;
// somebody else's child is not found.
func (s *Store) Calendar(ctx context.Context, account portal.AccountID, child portal.ChildID, activity portal.ActivityID, month portal.Month) (*Calendar, error) {
	c := &Calendar{Now: s.now(), Month: month}
	err := s.snapshot(ctx, func(r reader) (err error) {
		if c.Children, err = childrenOf(r, account, portal.DateOf(c.Now)); err != nil {
			return err
		}
		if c.Child, c.Setup, c.Activity, err = s.choose(ctx, c.Children, child, activity); err != nil {
			return err
		}
		if c.Setup, err = setupOf(r, c.Setup, child); err != nil {
			return err
		}
		list, err := s.offeredTo(r, c.Setup, []portal.ChildID{child})
		if err != nil {
			return err
		}
		if c.Offered = list[child]; !slices.Contains(c.Offered, c.Activity) {
			return s.refuseOffered(r, c.Setup, c.Activity, child, list)
		}
		if c.Draft, err = draftOf(r, account); err != nil {
			return err
		}
		if c.Month == (portal.Month{}) {
			c.Month = c.Setup.FirstMonth(c.Activity, c.Now)
		}
		g, err := ownGrid(r, account, c.Setup, []portal.ChildID{child}, []*portal.Activity{c.Activity}, c.Month.First(), c.Month.Last(), c.Draft.Wishes)
		if err == nil {
			c.Slots = g.row(0, 0)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// Several is a month, or a day, of several children or several activities, as an account sees it.
type Several struct {
	Now        time.Time
	Children   []portal.Child // all the account's, to choose from
	Shown      []portal.Child // those whose days these are
	Setup      *portal.Setup
	Activities []*portal.Activity
	Offered    []*portal.Activity // to choose from
	First      portal.Date
	Last       portal.Date
	Draft      Draft
	grid       grid
}

// Slot gives the slot of a child shown, an activity shown and a day, by their ranks.
func (v *Several) Slot(child, activity int, day portal.Date) *portal.Slot {
	return &v.grid.row(child, activity)[day-v.First]
}

// AllActivities gives a month of every activity for one of the account's children; for no month, the present one, or the
// first in which something can be booked.
func (s *Store) AllActivities(ctx context.Context, account portal.AccountID, child portal.ChildID, month portal.Month) (*Several, error) {
	return s.several(ctx, account, func(r reader, v *Several) error {
		if err := s.oneChild(ctx, r, v, child); err != nil {
			return err
		}
		v.span(month, v.Activities...)
		return nil
	})
}

// AllChildren gives a month of one activity for all the account's children of its structure.
func (s *Store) AllChildren(ctx context.Context, account portal.AccountID, activity portal.ActivityID, month portal.Month) (*Several, error) {
	return s.several(ctx, account, func(r reader, v *Several) error {
		if err := s.allChildren(ctx, r, v, activity); err != nil {
			return err
		}
		v.span(month, v.Activities...)
		return nil
	})
}

// AllChildrenOfDay gives one day of one activity for all the account's children of its structure.
func (s *Store) AllChildrenOfDay(ctx context.Context, account portal.AccountID, activity portal.ActivityID, day portal.Date) (*Several, error) {
	return s.several(ctx, account, func(r reader, v *Several) error {
		v.First, v.Last = day, day
		return s.allChildren(ctx, r, v, activity)
	})
}

// oneChild shows a child with the activities that it chooses from.
func (s *Store) oneChild(ctx context.Context, r reader, v *Several, child portal.ChildID) error {
	c, setup, err := s.childOf(ctx, v.Children, child)
	if err != nil {
		return err
	}
	list, err := s.offeredTo(r, setup, []portal.ChildID{child})
	v.Shown, v.Setup, v.Activities, v.Offered = []portal.Child{c}, setup, list[child], list[child]
	return err
}

// allChildren shows the children who choose from an activity.
func (s *Store) allChildren(ctx context.Context, r reader, v *Several, activity portal.ActivityID) error {
	for _, c := range v.Children {
		setup, err := s.Setup(ctx, c.StructureID)
		if err != nil {
			return err
		}
		if a := setup.Activity(activity); a != nil {
			v.Setup, v.Activities = setup, []*portal.Activity{a}
			v.Shown = append(v.Shown, c)
		}
	}
	if v.Setup == nil {
		return portal.NotFound("Cette activité n’existe pas, ou n’est pas ouverte à vos enfants.")
	}
	ids := childIDs(v.Shown)
	list, err := s.offeredTo(r, v.Setup, ids)
	if err != nil {
		return err
	}
	v.Offered = list.any(v.Setup)
	v.Shown = slices.DeleteFunc(v.Shown, func(c portal.Child) bool { return !slices.Contains(list[c.ID], v.Activities[0]) })
	if len(v.Shown) == 0 {
		return s.refuseOffered(r, v.Setup, v.Activities[0], ids[0], list)
	}
	return nil
}

// AllOfDay gives one day of every activity for one of the account's children.
func (s *Store) AllOfDay(ctx context.Context, account portal.AccountID, child portal.ChildID, day portal.Date) (*Several, error) {
	return s.several(ctx, account, func(r reader, v *Several) error {
		v.First, v.Last = day, day
		return s.oneChild(ctx, r, v, child)
	})
}

func (s *Store) several(ctx context.Context, account portal.AccountID, choose func(reader, *Several) error) (*Several, error) {
	v := &Several{Now: s.now()}
	err := s.snapshot(ctx, func(r reader) (err error) {
		if v.Children, err = childrenOf(r, account, portal.DateOf(v.Now)); err != nil {
			return err
		}
		if err := choose(r, v); err != nil {
			return err
		}
		if v.Draft, err = draftOf(r, account); err != nil {
			return err
		}
		v.grid, err = ownGrid(r, account, v.Setup, childIDs(v.Shown), v.Activities, v.First, v.Last, v.Draft.Wishes)
		return err
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

// span sets the month shown; for none, the first in which one of the activities has a day to book.
func (v *Several) span(month portal.Month, activities ...*portal.Activity) {
	if month == (portal.Month{}) {
		for _, a := range activities {
			first := v.Setup.FirstMonth(a, v.Now)
			if month == (portal.Month{}) || first.First() < month.First() {
				month = first
			}
		}
		if len(activities) == 0 {
			month = portal.DateOf(v.Now).Month()
		}
	}
	v.First, v.Last = month.First(), month.Last()
}

// childOf finds a child among those of an account.
func (s *Store) childOf(ctx context.Context, children []portal.Child, child portal.ChildID) (portal.Child, *portal.Setup, error) {
	for _, c := range children {
		if c.ID == child {
			setup, err := s.Setup(ctx, c.StructureID)
			return c, setup, err
		}
	}
	return portal.Child{}, nil, portal.NotFound("Cet enfant n’existe pas, ou n’est pas rattaché à votre compte.")
}

// choose finds a child among those of an account, and one of its structure's activities.
func (s *Store) choose(ctx context.Context, children []portal.Child, child portal.ChildID, activity portal.ActivityID) (portal.Child, *portal.Setup, *portal.Activity, error) {
	c, setup, err := s.childOf(ctx, children, child)
	if err != nil {
		return c, nil, nil, err
	}
	a := setup.Activity(activity)
	if a == nil {
		return c, nil, nil, portal.NotFound("Cette activité n’existe pas, ou n’est pas ouverte à %s.", c.FirstName)
	}
	return c, setup, a, nil
}

// Children lists the children whose guardian the account is, with their class of the school year.
func (s *Store) Children(ctx context.Context, account portal.AccountID) ([]portal.Child, error) {
	return childrenOf(s.read(ctx), account, portal.DateOf(s.now()))
}

func childrenOf(q querier, account portal.AccountID, today portal.Date) ([]portal.Child, error) {
	type row struct {
		portal.Child
		birth portal.Date
	}
	rows, err := all(q, func(r *sql.Rows) (c row, err error) {
		err = r.Scan(&c.ID, &c.StructureID, &c.LastName, &c.FirstName, &c.Grade, &c.Class, &c.birth, &c.Shared)
		return c, err
	}, `SELECT c.id, c.structure_id, iif(c.used_name <> '', c.used_name, c.last_name), c.first_name, coalesce(cc.grade, ''), coalesce(cl.name, ''), c.birth,
			EXISTS (SELECT 1 FROM custody k WHERE k.child_id = c.id)
		FROM sees g JOIN family_child fc ON fc.family_id = g.family_id JOIN child c ON c.id = fc.child_id
		LEFT JOIN child_class cc ON cc.child_id = c.id AND cc.school_year_id =
			(SELECT y.id FROM school_year y WHERE y.structure_id = c.structure_id AND y.last >= ?2 ORDER BY y.first LIMIT 1)
		LEFT JOIN class cl ON cl.id = cc.class_id
		WHERE g.account_id = ?1`, account, today)
	if err != nil {
		return nil, err
	}
	// A few rows: sorted here, the query needs no table of its own, which cost more than all the rest of it.
	slices.SortFunc(rows, func(a, b row) int { return cmp.Or(cmp.Compare(a.birth, b.birth), cmp.Compare(a.ID, b.ID)) })
	var children []portal.Child
	for i, r := range rows {
		if i == 0 || r.ID != rows[i-1].ID { // somebody may be the child's guardian in two families
			children = append(children, r.Child)
		}
	}
	return children, nil
}

// Emails lists the addresses of an account that take messages, the first one first.
func (s *Store) Emails(ctx context.Context, account portal.AccountID) ([]string, error) {
	return column[string](s.read(ctx), everyAddress, account)
}
