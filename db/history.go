package db

import (
	"context"
	"database/sql"

	"marelle/portal"
)

// History is a month of what a family's children came to, among the months that are kept.
type History struct {
	First, Last portal.Month // that can be looked at
	Month       portal.Month
	Children    []portal.Child
	Lines       []portal.Consumption // by child, then activity, then day
}

// Consumptions gives the past days of a month, for no month the current one; a month outside those kept is not found.
func (s *Store) Consumptions(ctx context.Context, account portal.AccountID, month portal.Month) (*History, error) {
	h := &History{}
	err := s.snapshot(ctx, func(r reader) (err error) {
		now := s.now()
		var setups []*portal.Setup
		if h.Children, setups, err = s.familyOf(r, account, portal.FollowFilter{}, now); err != nil {
			return err
		}
		if err := h.choose(r, account, month, portal.DateOf(now)); err != nil {
			return err
		}
		yesterday := portal.DateOf(now) - 1 // today is not over
		saved, err := savedDays(r, account, h.Children, setups, portal.FollowFilter{From: h.Month.First(), To: min(h.Month.Last(), yesterday)})
		if err != nil {
			return err
		}
		away, err := absences(r, account, h.Month)
		for _, l := range saved {
			c := portal.Consumption{Child: l.Child, Activity: l.Activity, Day: l.Day, Hours: l.Hours, Presence: portal.PresenceBooked}
			switch {
			case l.Status == portal.Waiting:
				c.Presence = portal.PresenceWaiting
			case away[childDay{l.Child.ID, l.Activity.ID, l.Day}]:
				c.Presence = portal.PresenceAbsent
			}
			h.Lines = append(h.Lines, c)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return h, nil
}

// HistoryMonth gives the months that are kept, and the one chosen among them.
func (s *Store) HistoryMonth(ctx context.Context, account portal.AccountID, month portal.Month) (*History, error) {
	h := &History{}
	return h, s.snapshot(ctx, func(r reader) error { return h.choose(r, account, month, portal.DateOf(s.now())) })
}

// choose finds the month among those kept.
func (h *History) choose(r reader, account portal.AccountID, month portal.Month, today portal.Date) error {
	var first portal.Date
	if err := r.row(&first, `SELECT min(b.day) FROM booking b
		WHERE b.child_id IN (SELECT fc.child_id FROM sees g JOIN family_child fc ON fc.family_id = g.family_id WHERE g.account_id = ?1) AND`+notOthers("?1", "b.child_id", "b.day"), account); err != nil {
		return err
	}
	h.First, h.Last = portal.HistoryMonths(first, today)
	h.Month = month
	if month == (portal.Month{}) {
		h.Month = h.Last
	}
	if h.Month.First() < h.First.First() || h.Month.First() > h.Last.First() {
		return portal.NotFound("L’historique va de %s à %s : choisissez un mois entre les deux.", h.First.Word(), h.Last.Word())
	}
	return nil
}

type childDay struct {
	child    portal.ChildID
	activity portal.ActivityID
	day      portal.Date
}

// absences lists the days of a month for which the last word was that the child would not come. It is the one place
// that says so to the history.
func absences(q querier, account portal.AccountID, month portal.Month) (map[childDay]bool, error) {
	away := map[childDay]bool{}
	_, err := all(q, func(rows *sql.Rows) (struct{}, error) {
		var d childDay
		var action string
		err := rows.Scan(&d.child, &d.activity, &d.day, &action)
		away[d] = action == "absent"
		return struct{}{}, err
	}, `SELECT m.child_id, m.activity_id, m.day, m.action FROM movement m
		WHERE m.child_id IN (SELECT fc.child_id FROM sees g JOIN family_child fc ON fc.family_id = g.family_id WHERE g.account_id = ?1)
		AND m.day BETWEEN ?2 AND ?3 AND m.action IN ('absent', 'present') AND m.outcome <> 'refused' AND`+notOthers("?1", "m.child_id", "m.day")+` ORDER BY m.id`, account, month.First(), month.Last())
	return away, err
}
