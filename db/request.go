package db

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"marelle/portal"
)

// dropRequest takes back what was asked of staff.
func dropRequest(tx *Tx, slot *portal.Slot) error {
	return tx.exec("DELETE FROM request WHERE child_id = ? AND activity_id = ? AND day = ?", slot.Child, slot.Activity.ID, slot.Day)
}

// RequestFilter is which requests staff look at; its zero value is all those to come.
type RequestFilter struct {
	Activity    portal.ActivityID
	Child       portal.ChildID
	First, Last portal.Date
	// Accepted, when there is one, keeps the places to these requests: the others take none from the lines after them.
	Accepted map[portal.RequestKey]bool
	// IfFit besides count in their turn, when there is a place left.
	IfFit map[portal.RequestKey]bool
}

// Requests lists what families asked of a structure's staff, by day, activity and who asked first, with the places counted
// from line to line: each line says what is left once those before it are accepted.
func (s *Store) Requests(ctx context.Context, structure portal.StructureID, f RequestFilter) (list []portal.AskedDay, err error) {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return nil, err
	}
	err = s.snapshot(ctx, func(r reader) error {
		list, err = askedDays(r, setup, f, portal.DateOf(s.now()))
		if err != nil {
			return err
		}
		var children []portal.ChildID
		for _, d := range list {
			children = append(children, d.Child.ID)
		}
		pupils, err := pupilsOf(r, children)
		if err != nil {
			return err
		}
		if err := rankAsked(r, setup, list, pupils); err != nil {
			return err
		}
		for i := range list {
			key := list[i].Key()
			list[i].IfFits = f.IfFit[key]
			list[i].Skipped = f.Accepted != nil && !f.Accepted[key] && !f.IfFit[key]
		}
		taken, err := placesTaken(r, structure, list)
		if err != nil {
			return err
		}
		portal.CountAsked(list, func(i int) []portal.Counter {
			slot := setup.NewSlot(list[i].Child.ID, list[i].Activity, list[i].Day)
			setup.Admit(&slot, pupils[list[i].Child.ID])
			return slot.Counters
		}, func(c portal.CounterID, day portal.Date) portal.Places { return taken[counterDay{c, day}] })
		return s.foreseeAccepted(r, setup, list, pupils)
	})
	return list, err
}

// rankAsked puts the requests of an activity that publishes priorities into their order, day by day.
func rankAsked(q querier, setup *portal.Setup, list []portal.AskedDay, pupils map[portal.ChildID]*portal.Pupil) error {
	var days []dayOf
	for i := range list {
		if d := &list[i]; len(d.Activity.Priorities) > 0 {
			days = append(days, dayOf{d.Child.ID, d.Activity.ID, d.Day})
		}
	}
	if len(days) == 0 {
		return nil
	}
	known, err := claimsOf(q, setup, pupils, days)
	if err != nil {
		return err
	}
	for i := range list {
		d := &list[i]
		d.Standing = portal.Standing{Since: d.Since}
		if len(d.Activity.Priorities) > 0 {
			d.Standing = setup.Stand(d.Activity, known.of(d.Child.ID, d.Activity.ID, d.Day), d.Day, d.Since)
		}
	}
	for first := 0; first < len(list); {
		last := first + 1
		for last < len(list) && list[last].Day == list[first].Day && list[last].Activity == list[first].Activity {
			last++
		}
		if len(list[first].Activity.Priorities) > 0 {
			slices.SortStableFunc(list[first:last], func(a, b portal.AskedDay) int { return a.Standing.Compare(b.Standing) })
		}
		first = last
	}
	return nil
}

func askedDays(q querier, setup *portal.Setup, f RequestFilter, today portal.Date) ([]portal.AskedDay, error) {
	return all(q, func(r *sql.Rows) (d portal.AskedDay, err error) {
		var activity portal.ActivityID
		err = r.Scan(&d.Child.ID, &d.Child.StructureID, &d.Child.LastName, &d.Child.FirstName, &activity, &d.Day, &d.Hours.Arrival, &d.Hours.Departure,
			&d.By.ID, &d.By.Civility, &d.By.LastName, &d.By.FirstName, into{&d.Since}, &d.Late)
		d.Activity = setup.Activity(activity)
		return d, err
	}, `SELECT c.id, c.structure_id, iif(c.used_name <> '', c.used_name, c.last_name), c.first_name, a.id, q.day, q.arrival, q.departure,
			p.id, p.civility, iif(p.used_name <> '', p.used_name, p.last_name), p.first_name, q.since, q.late
		FROM request q JOIN activity a ON a.id = q.activity_id JOIN child c ON c.id = q.child_id JOIN account p ON p.id = q.account_id
		WHERE a.structure_id = ?1 AND (?2 = 0 OR a.id = ?2) AND (?3 = 0 OR c.id = ?3) AND q.day >= max(?6, coalesce(?4, ?6)) AND (?5 IS NULL OR q.day <= ?5)
		ORDER BY q.day, a.position, a.id, q.since, c.id`, setup.Structure.ID, f.Activity, f.Child, f.First, f.Last, today)
}

// placesTaken reads what the counters of a structure hold over the days of some requests.
func placesTaken(q querier, structure portal.StructureID, list []portal.AskedDay) (map[counterDay]portal.Places, error) {
	taken := map[counterDay]portal.Places{}
	if len(list) == 0 {
		return taken, nil
	}
	_, err := all(q, func(r *sql.Rows) (struct{}, error) {
		var c counterDay
		var p portal.Places
		err := r.Scan(&c.counter, &c.day, &p.Taken, &p.Waiting)
		taken[c] = p
		return struct{}{}, err
	}, "SELECT d.counter_id, d.day, d.taken, d.waiting FROM counter c JOIN counter_day d ON d.counter_id = c.id WHERE c.structure_id = ? AND d.day BETWEEN ? AND ?",
		structure, list[0].Day, list[len(list)-1].Day)
	return taken, err
}

// foreseeAccepted says why some requests could not be accepted as things stand.
func (s *Store) foreseeAccepted(q querier, setup *portal.Setup, list []portal.AskedDay, pupils map[portal.ChildID]*portal.Pupil) error {
	if len(list) == 0 {
		return nil
	}
	var children []portal.ChildID
	first, last := list[0].Day, list[len(list)-1].Day
	for _, d := range list {
		if !slices.Contains(children, d.Child.ID) {
			children = append(children, d.Child.ID)
		}
	}
	saved, err := savedOf(q, children, first, last)
	if err != nil {
		return err
	}
	for i := range list {
		d := &list[i]
		slot := setup.NewSlot(d.Child.ID, d.Activity, d.Day)
		setup.Admit(&slot, pupils[d.Child.ID])
		slot.Status, slot.Hours, slot.Limited, slot.Left, slot.Places = portal.Requested, d.Hours, d.Limited, d.Left+1, d.Places
		for _, b := range saved {
			if a := setup.Activity(b.activity); a != nil && b.child == d.Child.ID && b.day == d.Day {
				slot.Others = append(slot.Others, portal.Other{Activity: a, Hours: b.hours, Status: b.status})
			}
		}
		_, why := slot.Judge(portal.Accept, s.now())
		if why == nil {
			continue
		}
		d.Why = why.Message
		if free := d.Places.Capacity - d.Places.Taken; d.Limited && d.Left < 0 && free > 0 {
			slot.Left = 1
			if _, alone := slot.Judge(portal.Accept, s.now()); alone == nil {
				d.Why = portal.TakenAbove(free)
			}
		}
	}
	return nil
}

// Decide carries out what staff decide of requests, in one transaction: each is checked again at that instant and done if
// it can be, in the order given; those that cannot are given back with the reason, and stay requests. The families are
// told by mail.
func (s *Store) Decide(ctx context.Context, structure portal.StructureID, by portal.AccountID, list []portal.Decision) (undecided []portal.Undecided, err error) {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return nil, err
	}
	err = s.write(ctx, func(tx *Tx) error {
		undecided = nil
		done := map[portal.Verdict]int{}
		for _, d := range list {
			a := setup.Activity(d.Activity)
			if a == nil {
				return portal.NotFound("Cette demande n’existe pas.")
			}
			why, err := s.decideOne(tx, setup, a, by, d)
			if err != nil {
				return err
			}
			if why != nil {
				undecided = append(undecided, portal.Undecided{Decision: d, Why: why})
				continue
			}
			done[d.Verdict]++
		}
		return s.noteDecisions(tx, structure, by, list, undecided, done)
	})
	return undecided, err
}

// noteDecisions writes one line of the audit log for decisions taken together.
func (s *Store) noteDecisions(tx *Tx, structure portal.StructureID, by portal.AccountID, list []portal.Decision, undecided []portal.Undecided, done map[portal.Verdict]int) error {
	if len(undecided) == len(list) {
		return nil
	}
	var changes []portal.Changed
	for _, v := range []portal.Verdict{portal.Accept, portal.Wait, portal.Refuse} {
		if done[v] > 0 {
			changes = append(changes, portal.Changed{What: v.Words(), After: fmt.Sprint(done[v])})
		}
	}
	child := list[0].Child
	if slices.ContainsFunc(list, func(d portal.Decision) bool { return d.Child != child }) {
		child = 0 // it is nobody's own
	}
	return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "demande", SubjectID: int64(child),
		Words: "Réponse à " + portal.Count(len(list)-len(undecided), "demande"), Changes: changes})
}

func (s *Store) decideOne(tx *Tx, setup *portal.Setup, a *portal.Activity, by portal.AccountID, d portal.Decision) (why *portal.Error, err error) {
	now := s.now()
	var known bool
	if err := tx.row(&known, "SELECT EXISTS (SELECT 1 FROM child WHERE id = ? AND structure_id = ?)", d.Child, setup.Structure.ID); err != nil || !known {
		return nil, cmp.Or(err, error(portal.NotFound("Cette demande n’existe pas.")))
	}
	slot, err := slotOf(tx, setup, a, d.Child, d.Day, Draft{})
	if err != nil {
		return nil, err
	}
	outcome, why := slot.Judge(d.Verdict, now)
	if why != nil {
		return why, nil
	}
	var along []portal.Along
	if outcome == portal.OutcomeBooked {
		if along, why, err = alongOf(tx, setup, a, []portal.ChildID{d.Child}, d.Day, now); err != nil || why != nil {
			return why, err
		}
	}
	asked, err := askedBy(tx, d.Child, a.ID, d.Day)
	if err != nil {
		return nil, err
	}
	if err := dropRequest(tx, &slot); err != nil {
		return nil, err
	}
	slot.WishHours = slot.Hours
	m := decided{listMovement{account: asked.account, child: d.Child, activity: a.ID, day: d.Day, action: "decide", outcome: outcome, reason: d.Reason, at: now}, by, slot.Hours, asked.late}
	switch outcome {
	case portal.OutcomeBooked:
		if err := bookAlong(tx, setup, along, d.Day, listMovement{account: asked.account, at: now}); err != nil {
			return nil, err
		}
		err = book(tx, asked.account, &slot, now)
	case portal.OutcomeWaiting:
		err = wait(tx, asked.account, &slot, now)
	}
	if err == nil && asked.late && outcome != portal.OutcomeRefused {
		err = tx.exec("UPDATE booking SET late = 1 WHERE child_id = ? AND activity_id = ? AND day = ?", d.Child, a.ID, d.Day)
	}
	if err != nil {
		return nil, err
	}
	return nil, m.tell(tx, setup.Structure.ID)
}

// asker says who asked for a day, and whether it was late.
type asker struct {
	account portal.AccountID
	late    bool
}

func askedBy(q querier, child portal.ChildID, activity portal.ActivityID, day portal.Date) (asker, error) {
	return one(q, func(r *sql.Rows) (a asker, err error) {
		err = r.Scan(&a.account, &a.late)
		return a, err
	}, "SELECT account_id, late FROM request WHERE child_id = ? AND activity_id = ? AND day = ?", child, activity, day)
}

// decided is the movement of a decision of staff, or of a request that nobody answered (by is zero then).
type decided struct {
	listMovement
	by    portal.AccountID
	hours portal.Hours
	late  bool
}

// insert writes the movement; a refusal is never transmitted, unless a night itself makes it.
func (m decided) insert(tx *Tx, structure portal.StructureID) (int64, error) {
	rank := 0
	if m.outcome == portal.OutcomeWaiting {
		if err := tx.row(&rank, rankQuery, m.activity, m.day, m.child); err != nil {
			return 0, err
		}
	}
	night := sql.NullInt64{Int64: int64(m.night), Valid: m.night != 0}
	return tx.insert(`INSERT INTO movement (structure_id, account_id, child_id, activity_id, day, action, arrival, departure, at, outcome, rank, reason, night_id, final, staff_id, late)
		VALUES (?1, ?2, ?3, ?4, ?5, 'decide', ?6, ?7, ?8, ?9, ?10, ?11, ?12, iif(?12 IS NULL, NULL, ?9), ?13, ?14)`,
		structure, m.account, m.child, m.activity, m.day, hour(m.hours.Arrival), hour(m.hours.Departure), at(m.at), string(m.outcome), rank, m.reason, night,
		sql.NullInt64{Int64: int64(m.by), Valid: m.by != 0}, m.late)
}

// tell writes the movement, and that the family is to be told of it by mail.
func (m decided) tell(tx *Tx, structure portal.StructureID) error {
	id, err := m.insert(tx, structure)
	if err != nil {
		return err
	}
	return tx.exec("INSERT INTO answer (movement_id) VALUES (?)", id)
}

// endRequests refuses, in a night, the requests whose day came before an answer; the morning's report tells it.
func endRequests(run steps, setup *portal.Setup, night *portal.Night) error {
	return run.write(func(tx *Tx) error {
		type left struct {
			asker
			child    portal.ChildID
			activity portal.ActivityID
			day      portal.Date
			hours    portal.Hours
		}
		list, err := all(tx, func(r *sql.Rows) (l left, err error) {
			err = r.Scan(&l.child, &l.activity, &l.day, &l.account, &l.late, &l.hours.Arrival, &l.hours.Departure)
			return l, err
		}, `SELECT q.child_id, q.activity_id, q.day, q.account_id, q.late, q.arrival, q.departure FROM request q JOIN activity a ON a.id = q.activity_id
			WHERE a.structure_id = ? AND q.day < ? ORDER BY q.day, q.activity_id, q.child_id`, setup.Structure.ID, night.Date)
		if err != nil {
			return err
		}
		for _, l := range list {
			if err := tx.exec("DELETE FROM request WHERE child_id = ? AND activity_id = ? AND day = ?", l.child, l.activity, l.day); err != nil {
				return err
			}
			m := decided{listMovement{account: l.account, child: l.child, activity: l.activity, day: l.day, outcome: portal.OutcomeRefused, reason: portal.ReasonUndecided, at: night.Due, night: night.ID},
				0, l.hours, l.late}
			if _, err := m.insert(tx, setup.Structure.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// Answers lists, account by account, the decisions of staff that families are still to be told by mail. Those about a child
// whom the asker sees no more are told to nobody.
func (s *Store) Answers(ctx context.Context, structure portal.StructureID) (answers []portal.Answer, err error) {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return nil, err
	}
	if err := s.settle(ctx, "SELECT w.movement_id FROM answer w JOIN movement m ON m.id = w.movement_id WHERE w.told_at IS NULL AND m.structure_id = ? AND NOT "+askerSees,
		"UPDATE answer SET told_at = ?2 WHERE told_at IS NULL AND movement_id IN (SELECT value FROM json_each(?1))", structure); err != nil {
		return nil, err
	}
	err = s.snapshot(ctx, func(r reader) error {
		list, err := all(r, scanMovement, movementColumns+` JOIN answer w ON w.movement_id = m.id AND w.told_at IS NULL
			WHERE m.structure_id = ? AND `+askerSees+` ORDER BY m.account_id, m.day, m.id`, structure)
		if err != nil {
			return err
		}
		for i, m := range list {
			if i == 0 || m.Account != list[i-1].Account {
				to, emails, err := addressee(r, m.Account, everyAddress)
				if err != nil {
					return err
				}
				answers = append(answers, portal.Answer{Structure: setup.Structure, To: to, Emails: emails})
			}
			last := &answers[len(answers)-1]
			last.Movements = append(last.Movements, m)
		}
		return nil
	})
	return answers, err
}

// settle marks as told what a query finds that is owed to nobody any more; the writer is asked for only when there is some.
func (s *Store) settle(ctx context.Context, owed, mark string, structure portal.StructureID) error {
	ids, err := column[int64](s.read(ctx), owed, structure)
	if err != nil || len(ids) == 0 {
		return err
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *Tx) error { return tx.exec(mark, string(list), at(s.now())) })
}

// QueueAnswer puts the mails of an answer into the outbox and writes that it is told, at once; told already, it queues nothing.
// Told in part meanwhile, it fails and changes nothing.
func (s *Store) QueueAnswer(ctx context.Context, a *portal.Answer, mails []Mail) error {
	ids := make([]portal.MovementID, len(a.Movements))
	for i, m := range a.Movements {
		ids[i] = m.ID
	}
	wanted, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *Tx) error {
		n, err := tx.change("UPDATE answer SET told_at = ? WHERE told_at IS NULL AND movement_id IN (SELECT value FROM json_each(?))", at(s.now()), string(wanted))
		switch {
		case err != nil || n == 0:
			return err
		case int(n) < len(ids): // the mail would say some of it twice: the next tick tells what is left
			return fmt.Errorf("db: %d of the %d decisions of an answer were told already", len(ids)-int(n), len(ids))
		}
		return s.queueMails(tx, mails)
	})
}
