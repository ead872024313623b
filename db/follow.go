package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"marelle/portal"
)

// Follow is what a family follows: its children, what they can be booked for, and the lines that a filter keeps.
type Follow struct {
	Now      time.Time
	Children []portal.Child
	Setups   []*portal.Setup // of the children's structures
	Lines    []portal.Followed
	Total    int // lines of all the pages
}

// Activity finds an activity of the family's structures, or nil.
func (f *Follow) Activity(id portal.ActivityID) *portal.Activity { return activityOf(f.Setups, id) }

func activityOf(setups []*portal.Setup, id portal.ActivityID) *portal.Activity {
	for _, s := range setups {
		if a := s.Activity(id); a != nil {
			return a
		}
	}
	return nil
}

// AllLines asks for every line of a list.
const AllLines = -1

// pageOf cuts a page out of a list: the lines from a rank on, at most n.
func pageOf[T any](list []T, from, n int) []T {
	from = min(max(from, 0), len(list))
	if n == AllLines {
		return list[from:]
	}
	return list[from:min(from+n, len(list))]
}

// followedWhere keeps what the account, another guardian of the same family or an agent asked for one of its children.
// A child of separated parents is in two families: each sees what was asked from its own side. ?1 is the account.
var followedWhere = ` WHERE m.child_id IN (SELECT fc.child_id FROM sees me JOIN family_child fc ON fc.family_id = me.family_id WHERE me.account_id = ?1)
	AND (EXISTS (SELECT 1 FROM sees me JOIN guardian other ON other.family_id = me.family_id JOIN family_child fc ON fc.family_id = me.family_id
			WHERE me.account_id = ?1 AND other.account_id = m.account_id AND fc.child_id = m.child_id)
		OR ` + askedByTown + ` AND` + notOthers("?1", "m.child_id", "m.day") + `)
	AND ` + cameToOwn("?1") + ` AND (?2 = 0 OR m.child_id = ?2) AND (?3 = 0 OR m.activity_id = ?3) AND (?4 IS NULL OR m.day >= ?4) AND (?5 IS NULL OR m.day <= ?5)
	AND (NOT ?6 OR m.night_id IS NULL AND (m.outcome <> 'refused' OR m.at >= coalesce((SELECT max(n.due_at) FROM night n
		WHERE n.structure_id = m.structure_id AND n.done_at IS NOT NULL), 0)))`

// askedByTown holds for a movement that an agent made, for a child that is not the agent's own.
const askedByTown = `EXISTS (SELECT 1 FROM staff w WHERE w.account_id = m.account_id AND w.structure_id = m.structure_id)
	AND NOT EXISTS (SELECT 1 FROM guardian g JOIN family_child fc ON fc.family_id = g.family_id WHERE g.account_id = m.account_id AND fc.child_id = m.child_id)`

// Follow lists what was asked for the account's children by itself, the other guardians of the same family or the town
// hall, newest first: lines from a rank on, at most n. A child or an activity that is not the family's is not found.
func (s *Store) Follow(ctx context.Context, account portal.AccountID, f portal.FollowFilter, from, n int) (*Follow, error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	list := &Follow{Now: s.now()}
	err := s.snapshot(ctx, func(r reader) (err error) {
		if list.Children, list.Setups, err = s.familyOf(r, account, f, list.Now); err != nil {
			return err
		}
		args := []any{account, f.Child, f.Activity, f.From, f.To, f.Pending}
		if err := r.row(&list.Total, "SELECT count(*) FROM movement m"+followedWhere, args...); err != nil {
			return err
		}
		movements, err := all(r, scanMovement, movementColumns+followedWhere+" ORDER BY m.at DESC, m.id DESC LIMIT ?7 OFFSET ?8", append(args, n, max(from, 0))...)
		if err != nil {
			return err
		}
		list.Lines, err = followed(r, movements)
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// familyOf gives an account's children and their structures' setups, and refuses a filter that names somebody else's.
func (s *Store) familyOf(r reader, account portal.AccountID, f portal.FollowFilter, now time.Time) (children []portal.Child, setups []*portal.Setup, err error) {
	if children, err = childrenOf(r, account, portal.DateOf(now)); err != nil {
		return nil, nil, err
	}
	mine := f.Child == 0
	seen := map[portal.StructureID]bool{}
	for _, c := range children {
		mine = mine || c.ID == f.Child
		if seen[c.StructureID] {
			continue
		}
		seen[c.StructureID] = true
		setup, err := s.Setup(r.ctx, c.StructureID)
		if err != nil {
			return nil, nil, err
		}
		setups = append(setups, setup)
	}
	if !mine {
		return nil, nil, portal.NotFound("Cet enfant n’existe pas, ou n’est pas rattaché à votre compte.")
	}
	if f.Activity != 0 && activityOf(setups, f.Activity) == nil {
		return nil, nil, portal.NotFound("Cette activité n’existe pas, ou n’est pas ouverte à vos enfants.")
	}
	return children, setups, nil
}

// followed adds people to movements.
func followed(r reader, movements []portal.Movement) ([]portal.Followed, error) {
	list := make([]portal.Followed, len(movements))
	ids := make([]portal.MovementID, len(movements))
	rank := map[portal.MovementID]int{}
	for i, m := range movements {
		list[i].Movement, ids[i], rank[m.ID] = m, m.ID, i
	}
	wanted, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	_, err = all(r, func(rows *sql.Rows) (struct{}, error) {
		var id portal.MovementID
		var f portal.Followed
		err := rows.Scan(&id, &f.By.ID, &f.By.Civility, &f.By.LastName, &f.By.FirstName, &f.Town)
		line := &list[rank[id]]
		line.By, line.Town = f.By, f.Town
		return struct{}{}, err
	}, `SELECT m.id, a.id, a.civility, iif(a.used_name <> '', a.used_name, a.last_name), a.first_name, `+askedByTown+`
		FROM movement m JOIN account a ON a.id = m.account_id WHERE m.id IN (SELECT value FROM json_each(?))`, string(wanted))
	return list, err
}

// Reservations is what a family has booked from today on.
type Reservations struct {
	Now      time.Time
	Children []portal.Child
	Setups   []*portal.Setup
	Lines    []portal.Reservation // by child, then activity, then day
}

// Activity finds an activity of the family's structures, or nil.
func (l *Reservations) Activity(id portal.ActivityID) *portal.Activity {
	return activityOf(l.Setups, id)
}

// Reservations lists what the account's children are booked for or wait for, from today on.
func (s *Store) Reservations(ctx context.Context, account portal.AccountID, f portal.FollowFilter) (*Reservations, error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	list := &Reservations{Now: s.now()}
	f.From = max(f.From, portal.DateOf(list.Now))
	err := s.snapshot(ctx, func(r reader) (err error) {
		if list.Children, list.Setups, err = s.familyOf(r, account, f, list.Now); err != nil {
			return err
		}
		list.Lines, err = savedDays(r, account, list.Children, list.Setups, f)
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// savedDays reads bookings of these children, in the order of the children, then the town hall's of activities, then days.
func savedDays(r reader, account portal.AccountID, children []portal.Child, setups []*portal.Setup, f portal.FollowFilter) ([]portal.Reservation, error) {
	var list []portal.Reservation
	for _, c := range children {
		if f.Child != 0 && c.ID != f.Child {
			continue
		}
		theirs := make([]*portal.Setup, len(setups))
		for i, setup := range setups {
			var err error
			if theirs[i], err = setupOf(r, setup, c.ID); err != nil {
				return nil, err
			}
		}
		saved, err := all(r, func(rows *sql.Rows) (l portal.Reservation, err error) {
			var activity portal.ActivityID
			err = rows.Scan(&activity, &l.Day, &l.Status, &l.Rank, &l.Hours.Arrival, &l.Hours.Departure, into{&l.Since}, &l.Absent)
			l.Child, l.Activity = c, activityOf(setups, activity)
			return l, err
		}, `SELECT b.activity_id, b.day, b.status, iif(b.status = 'waiting', 1 + (SELECT count(*) FROM booking w
				WHERE w.activity_id = b.activity_id AND w.day = b.day AND w.status = 'waiting' AND w.queue < b.queue), 0), b.arrival, b.departure, b.since, `+announced+`
			FROM booking b JOIN activity a ON a.id = b.activity_id
			WHERE b.child_id = ?1 AND b.day >= ?2 AND (?3 IS NULL OR b.day <= ?3) AND (?4 = 0 OR b.activity_id = ?4) AND`+notOthers("?5", "b.child_id", "b.day")+`
			ORDER BY a.position, a.id, b.day`, c.ID, f.From, f.To, f.Activity, account)
		if err != nil {
			return nil, err
		}
		for _, l := range saved {
			for _, setup := range theirs {
				if l.Activity != nil && l.Activity.StructureID == setup.Structure.ID {
					l.Limit = setup.CancelLimit(l.Activity, l.Day)
					list = append(list, l)
				}
			}
		}
	}
	return list, nil
}
