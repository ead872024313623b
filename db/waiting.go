package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"marelle/portal"
)

// WaitLists lists the days of a structure for which children wait, the nearest first, without who waits: those from a rank
// on, at most n, and how many there are.
func (s *Store) WaitLists(ctx context.Context, structure portal.StructureID, f RequestFilter, from, n int) (page []portal.WaitList, total int, err error) {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return nil, 0, err
	}
	now := s.now()
	err = s.snapshot(ctx, func(r reader) error {
		lists, err := all(r, func(rows *sql.Rows) (l portal.WaitList, err error) {
			var activity portal.ActivityID
			err = rows.Scan(&activity, &l.Day, &l.N)
			l.Activity = setup.Activity(activity)
			return l, err
		}, `SELECT b.activity_id, b.day, count(*) FROM activity a JOIN booking b ON b.activity_id = a.id AND b.day >= max(?5, coalesce(?3, ?5)) AND b.status = 'waiting'
			WHERE a.structure_id = ?1 AND (?2 = 0 OR a.id = ?2) AND (?4 IS NULL OR b.day <= ?4)
			GROUP BY b.activity_id, b.day ORDER BY b.day, a.position, a.id`, structure, f.Activity, f.First, f.Last, portal.DateOf(now))
		if err != nil {
			return err
		}
		total = len(lists)
		page = pageOf(lists, from, n)
		days := make([]freeDay, len(page))
		for i, l := range page {
			days[i] = freeDay{counters: l.Activity.Counters, day: l.Day}
		}
		if err := countFree(r, days); err != nil {
			return err
		}
		for i := range page {
			l := &page[i]
			slot := setup.NewSlot(0, l.Activity, l.Day)
			l.Stands, l.Free, l.Limited = slot.StandsStill(now), days[i].free, days[i].limited
		}
		return nil
	})
	return page, total, err
}

// freeDay is the places of a day that nobody has and that are offered to nobody: those of the scarcest counter.
type freeDay struct {
	counters []portal.Counter
	day      portal.Date
	free     int
	limited  bool
}

// countFree counts the free places of days, in one query.
func countFree(q querier, days []freeDay) error {
	type row struct {
		Rank    int              `json:"r"`
		Counter portal.CounterID `json:"c"`
		Day     string           `json:"d"`
	}
	rows := []row{}
	for i := range days {
		for _, c := range days[i].counters {
			rows = append(rows, row{i, c.ID, days[i].day.String()})
		}
	}
	wanted, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	_, err = all(q, func(r *sql.Rows) (struct{}, error) {
		var i int
		var n sql.NullInt64
		err := r.Scan(&i, &n)
		if d := &days[i]; err == nil && n.Valid && (!d.limited || int(n.Int64) < d.free) {
			d.free, d.limited = int(n.Int64), true
		}
		return struct{}{}, err
	}, "SELECT want.value ->> 'r', ("+freePlacesOn("want.value ->> 'c'", "want.value ->> 'd'")+") FROM json_each(?) want", string(wanted))
	return err
}

// WaitList gives who waits for a day of a structure's activity, in the order of the list; another structure's is not found.
func (s *Store) WaitList(ctx context.Context, structure portal.StructureID, activity portal.ActivityID, day portal.Date) (l *portal.WaitList, err error) {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return nil, err
	}
	err = s.snapshot(ctx, func(r reader) error {
		l, err = s.waitList(r, setup, activity, day)
		return err
	})
	return l, err
}

func (s *Store) waitList(q querier, setup *portal.Setup, activity portal.ActivityID, day portal.Date) (*portal.WaitList, error) {
	now := s.now()
	a := setup.Activity(activity)
	if a == nil {
		return nil, portal.NotFound("Cette liste d’attente n’existe pas.")
	}
	day0 := setup.NewSlot(0, a, day)
	places := []freeDay{{counters: a.Counters, day: day}}
	err := countFree(q, places)
	if err != nil {
		return nil, err
	}
	l := &portal.WaitList{Activity: a, Day: day, Stands: day0.StandsStill(now), Free: places[0].free, Limited: places[0].limited}
	l.Lines, err = all(q, func(r *sql.Rows) (w portal.WaitLine, err error) {
		err = r.Scan(&w.Child.ID, &w.Child.StructureID, &w.Child.LastName, &w.Child.FirstName, &w.By.ID, &w.By.Civility, &w.By.LastName, &w.By.FirstName, into{&w.Since}, &w.Together,
			into{&w.Offered}, &w.Told)
		return w, err
	}, `SELECT c.id, c.structure_id, iif(c.used_name <> '', c.used_name, c.last_name), c.first_name, p.id, p.civility, iif(p.used_name <> '', p.used_name, p.last_name), p.first_name,
			b.since, b.together, o.until, o.told IS NOT NULL
		FROM booking b JOIN child c ON c.id = b.child_id JOIN account p ON p.id = b.account_id
		LEFT JOIN offer o ON o.activity_id = b.activity_id AND o.day = b.day AND o.state = 'open' AND EXISTS (SELECT 1 FROM offer_child oc WHERE oc.offer_id = o.id AND oc.child_id = b.child_id)
		WHERE b.activity_id = ? AND b.day = ? AND b.status = 'waiting' ORDER BY b.queue`, activity, day)
	if err != nil {
		return nil, err
	}
	l.N = len(l.Lines)
	children := make([]portal.ChildID, l.N)
	days := make([]dayOf, l.N)
	for i := range l.Lines {
		w := &l.Lines[i]
		w.Rank, children[i], days[i] = i+1, w.Child.ID, dayOf{w.Child.ID, activity, day}
	}
	if l.N == 0 {
		return l, nil
	}
	if err := s.whyNot(q, setup, l, children); err != nil || len(a.Priorities) == 0 {
		return l, err
	}
	pupils, err := pupilsOf(q, children)
	if err != nil {
		return nil, err
	}
	known, err := claimsOf(q, setup, pupils, days)
	if err != nil {
		return nil, err
	}
	order := make([]*portal.WaitLine, l.N)
	for i := range l.Lines {
		w := &l.Lines[i]
		w.Standing, order[i] = setup.Stand(a, known.of(w.Child.ID, activity, day), day, w.Since), w
	}
	slices.SortStableFunc(order, func(x, y *portal.WaitLine) int { return x.Standing.Compare(y.Standing) })
	for i, w := range order {
		w.Proposed = i + 1
	}
	return l, nil
}

// whyNot says of each child on a list what keeps it from a place besides places.
func (s *Store) whyNot(q querier, setup *portal.Setup, l *portal.WaitList, children []portal.ChildID) error {
	g, err := loadGrid(q, setup, children, []*portal.Activity{l.Activity}, l.Day, l.Day, nil)
	if err != nil {
		return err
	}
	for i := range g.slots {
		slot := &g.slots[i]
		w := l.Line(slot.Child)
		if w == nil {
			continue
		}
		if why := slot.Place(0, false, s.now()); why != nil {
			w.Why = why.Message
		}
	}
	return nil
}

// WaitAct is what staff do to a child on a waiting list.
type WaitAct struct {
	Structure portal.StructureID
	By        portal.AccountID
	Activity  portal.ActivityID
	Day       portal.Date
	Child     portal.ChildID
	Seen      string // the order that was shown; a list that changed meanwhile is not touched
	Reason    string
}

// onList runs an act on a waiting list as it stands at that instant.
func (s *Store) onList(ctx context.Context, act WaitAct, do func(tx *Tx, setup *portal.Setup, l *portal.WaitList) error) error {
	setup, err := s.Setup(ctx, act.Structure)
	if err != nil {
		return err
	}
	if err := portal.CheckWaitReason(act.Reason); err != nil {
		return err
	}
	return s.write(ctx, func(tx *Tx) error {
		l, err := s.waitList(tx, setup, act.Activity, act.Day)
		if err != nil {
			return err
		}
		if l.Seen() != act.Seen {
			return portal.Conflict("La liste a changé pendant que vous la lisiez. Rien n’a été fait. Revenez à la liste pour la relire, puis recommencez.")
		}
		return do(tx, setup, l)
	})
}

// MoveWaiting gives a child another rank on a waiting list; those in between make room.
func (s *Store) MoveWaiting(ctx context.Context, act WaitAct, rank int) error {
	return s.onList(ctx, act, func(tx *Tx, _ *portal.Setup, l *portal.WaitList) error {
		w := l.Line(act.Child)
		if w == nil {
			return portal.NotFound("Cet enfant n’est pas sur la liste.")
		}
		if rank < 1 || rank > l.N {
			return portal.Wrong("rang", "La liste va du rang 1 au rang %d.", l.N)
		}
		if rank == w.Rank {
			return portal.Wrong("rang", "%s est déjà au rang %d : choisissez un autre rang.", w.Child.FirstName, rank)
		}
		order := make([]portal.WaitLine, 0, l.N)
		for _, other := range l.Lines {
			if other.Child.ID != act.Child {
				order = append(order, other)
			}
		}
		return s.reorder(tx, act, l, slices.Insert(order, rank-1, *w), func(c portal.ChildID) bool { return c == act.Child })
	})
}

// OrderWaiting puts a waiting list into the order of the published criteria.
func (s *Store) OrderWaiting(ctx context.Context, act WaitAct) error {
	act.Reason = "ordre des priorités publiées"
	return s.onList(ctx, act, func(tx *Tx, _ *portal.Setup, l *portal.WaitList) error {
		if len(l.Activity.Priorities) == 0 {
			return portal.Conflict("Cette activité ne publie pas de priorités : la liste suit l’ordre des demandes.")
		}
		order := slices.Clone(l.Lines)
		slices.SortStableFunc(order, func(a, b portal.WaitLine) int { return a.Proposed - b.Proposed })
		return s.reorder(tx, act, l, order, func(portal.ChildID) bool { return true })
	})
}

// reorder writes a new order, and a line of the audit log for each child that it was made for and whose rank changed.
func (s *Store) reorder(tx *Tx, act WaitAct, l *portal.WaitList, order []portal.WaitLine, noted func(portal.ChildID) bool) error {
	for i, w := range order {
		if err := tx.exec("UPDATE booking SET queue = ? WHERE child_id = ? AND activity_id = ? AND day = ? AND status = 'waiting'", i+1, w.Child.ID, act.Activity, act.Day); err != nil {
			return err
		}
	}
	for i, w := range order {
		if w.Rank == i+1 || !noted(w.Child.ID) {
			continue
		}
		if err := s.noteWaiting(tx, act, l, w.Child.ID, "rang changé", portal.Changed{What: "Rang", Before: fmt.Sprint(w.Rank), After: fmt.Sprint(i + 1)}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) noteWaiting(tx *Tx, act WaitAct, l *portal.WaitList, child portal.ChildID, words string, changes ...portal.Changed) error {
	return s.note(tx, portal.StaffEvent{Structure: act.Structure, By: act.By, Subject: "demande", SubjectID: int64(child), Words: "Liste d’attente, " + l.What() + " : " + words,
		Changes: append(changes, portal.Changed{What: "Raison", After: act.Reason})})
}

// GiveWaiting gives a free place to a child of a waiting list, whatever its rank and the limits of families; its family is
// told by mail. Where weeks are booked as a whole, the week is given.
func (s *Store) GiveWaiting(ctx context.Context, act WaitAct) error {
	return s.onList(ctx, act, func(tx *Tx, setup *portal.Setup, l *portal.WaitList) error {
		w := l.Line(act.Child)
		switch {
		case w == nil:
			return portal.NotFound("Cet enfant n’est pas sur la liste.")
		case !w.Offered.IsZero():
			return portal.Conflict("Une place est déjà proposée à cet enfant jusqu’au %s : la famille répond.", portal.Instant(w.Offered))
		}
		days, err := act.days(tx, l.Activity, w.By.ID)
		if err != nil {
			return err
		}
		for _, d := range days {
			if err := s.give(tx, setup, l.Activity, act, d); err != nil {
				return err
			}
		}
		changes := []portal.Changed{{What: "Rang", Before: fmt.Sprint(w.Rank)}}
		if len(days) > 1 {
			changes = append(changes, portal.Changed{What: "Jours", After: fmt.Sprint(len(days))})
		}
		return s.noteWaiting(tx, act, l, act.Child, "place donnée à la main", changes...)
	})
}

// days lists the days that an act on what an account asked is about.
func (act *WaitAct) days(q querier, a *portal.Activity, account portal.AccountID) ([]weekDay, error) {
	if !a.WholeWeek {
		return []weekDay{{act.Day, account}}, nil
	}
	return waitingWeek(q, a, account, act.Child, act.Day)
}

func (s *Store) give(tx *Tx, setup *portal.Setup, a *portal.Activity, act WaitAct, d weekDay) error {
	now, day := s.now(), d.day
	slot, err := slotOf(tx, setup, a, act.Child, day, Draft{})
	if err != nil {
		return err
	}
	places := []freeDay{{counters: slot.Counters, day: day}}
	if err := countFree(tx, places); err != nil {
		return err
	}
	if why := slot.Place(places[0].free, places[0].limited, now); why != nil {
		return why
	}
	along, why, err := alongOf(tx, setup, a, []portal.ChildID{act.Child}, day, now)
	if err != nil {
		return err
	}
	if why != nil {
		return why
	}
	if err := bookAlong(tx, setup, along, day, listMovement{account: d.account, at: now}); err != nil {
		return err
	}
	taken, err := takeWaiting(tx, a, act.Child, day)
	if err != nil {
		return err
	}
	if !taken {
		return portal.Conflict("Aucune place n’est libre le %s.", day.Long())
	}
	m := decided{listMovement{account: d.account, child: act.Child, activity: a.ID, day: day, outcome: portal.OutcomeBooked, reason: act.Reason, at: now}, act.By, slot.Hours, false}
	return m.tell(tx, act.Structure)
}

// RemoveWaiting takes a child off a waiting list; its family reads the reason, and is told by mail.
func (s *Store) RemoveWaiting(ctx context.Context, act WaitAct) error {
	return s.onList(ctx, act, func(tx *Tx, setup *portal.Setup, l *portal.WaitList) error {
		w := l.Line(act.Child)
		if w == nil {
			return portal.NotFound("Cet enfant n’est pas sur la liste.")
		}
		days, err := act.days(tx, l.Activity, w.By.ID)
		if err != nil {
			return err
		}
		for _, d := range days {
			slot, err := slotOf(tx, setup, l.Activity, act.Child, d.day, Draft{})
			if err != nil {
				return err
			}
			m := decided{listMovement{account: d.account, child: act.Child, activity: act.Activity, day: d.day, outcome: portal.OutcomeCancelled, reason: act.Reason, at: s.now()}, act.By, slot.Hours, false}
			if err := m.tell(tx, act.Structure); err != nil {
				return err
			}
			if err := cancelBooking(tx, &slot); err != nil {
				return err
			}
			if err := advance(tx, setup, l.Activity, d.day, s.now()); err != nil {
				return err
			}
		}
		return s.noteWaiting(tx, act, l, act.Child, "enfant retiré de la liste", portal.Changed{What: "Rang", Before: fmt.Sprint(w.Rank)})
	})
}
