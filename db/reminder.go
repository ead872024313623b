package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"marelle/portal"
)

// ReminderBatch is the reminders of one cause that are due. Key makes it unique for ever: queued twice, it is one batch.
type ReminderBatch[T any] struct {
	Key       string
	Reminders []T
}

// deadlineAhead bounds how long before a limit its reminder may be due.
const deadlineAhead = 40 * time.Hour

// DeadlineReminders lists, for a structure, the reminders of limits that are due and not queued yet, the oldest moment
// first: families that usually book an activity and have said nothing of the days that close.
func (s *Store) DeadlineReminders(ctx context.Context, structure portal.StructureID) ([]ReminderBatch[portal.DeadlineReminder], error) {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return nil, err
	}
	now := s.now()
	due := map[time.Time][]portal.Closing{}
	var moments []time.Time
	for i := range setup.Activities {
		for _, c := range setup.Closings(&setup.Activities[i], now, now.Add(deadlineAhead)) {
			moment := portal.DeadlineReminderAt(c.At)
			if moment.After(now) {
				continue
			}
			if due[moment] == nil {
				moments = append(moments, moment)
			}
			due[moment] = append(due[moment], c)
		}
	}
	slices.SortFunc(moments, time.Time.Compare)
	var batches []ReminderBatch[portal.DeadlineReminder]
	for _, moment := range moments {
		batch := ReminderBatch[portal.DeadlineReminder]{Key: fmt.Sprintf("%s:%d:%d", portal.RemindDeadline, structure, moment.Unix())}
		err := s.snapshot(ctx, func(r reader) error {
			done, err := reminderDone(r, batch.Key)
			if err != nil || done {
				return err
			}
			batch.Reminders, err = deadlineReminders(r, setup, due[moment])
			batches = append(batches, batch)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return batches, nil
}

func reminderDone(q querier, key string) (done bool, err error) {
	err = oneRow(q, &done, "SELECT EXISTS (SELECT 1 FROM reminder WHERE key = ?)", []any{key})
	return done, err
}

// deadlineReminders groups by account the closings that were forgotten for its children.
func deadlineReminders(q querier, setup *portal.Setup, closings []portal.Closing) ([]portal.DeadlineReminder, error) {
	var lines []usualComers
	var children []portal.ChildID
	for _, c := range closings {
		usual, err := usuallyComing(q, setup, c)
		if err != nil {
			return nil, err
		}
		if len(usual.children) > 0 {
			lines, children = append(lines, usual), append(children, usual.children...)
		}
	}
	families, err := remindedFamilies(q, setup.Structure, children, portal.RemindDeadline)
	if err != nil {
		return nil, err
	}
	var first, last portal.Date
	for _, l := range lines {
		if first == 0 || l.Days[0] < first {
			first = l.Days[0]
		}
		last = max(last, l.Days[len(l.Days)-1])
	}
	var list []portal.DeadlineReminder
	for _, f := range families {
		reminder := portal.DeadlineReminder{Reminded: f.Reminded}
		others, err := othersDays(q, f.Person.ID, children, first, last)
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			reminder.Lines = append(reminder.Lines, l.forgotten(f.children, others)...)
		}
		if len(reminder.Lines) > 0 {
			list = append(list, reminder)
		}
	}
	return list, nil
}

// usualComers are the children who usually come to what closes, with the days that each has: booked, waited for or clicked.
type usualComers struct {
	portal.Closing
	children []portal.ChildID
	days     map[portal.ChildID][]portal.Date
}

// forgotten lists those of some children for whom nothing is there on the days that close, those of the other parent left
// out: children of whom the same days are own share a line.
func (u *usualComers) forgotten(children []portal.Child, others map[childDay]bool) (lines []portal.ForgottenLine) {
	for _, c := range children {
		if !slices.Contains(u.children, c.ID) {
			continue
		}
		own := u.Closing
		own.Days = slices.DeleteFunc(slices.Clone(u.Days), func(d portal.Date) bool { return others[childDay{child: c.ID, day: d}] })
		if len(own.Days) == 0 || slices.ContainsFunc(own.Days, func(d portal.Date) bool { return slices.Contains(u.days[c.ID], d) }) {
			continue
		}
		i := slices.IndexFunc(lines, func(l portal.ForgottenLine) bool { return slices.Equal(l.Days, own.Days) })
		if i < 0 {
			i = len(lines)
			lines = append(lines, portal.ForgottenLine{Closing: own})
		}
		lines[i].Children = append(lines[i].Children, c)
	}
	return lines
}

// usuallyComing lists the children who usually come to what closes, and for whom nothing is there on its days; of a child that
// two families share, each parent's days are looked at one by one later.
func usuallyComing(q querier, setup *portal.Setup, c portal.Closing) (u usualComers, err error) {
	u = usualComers{Closing: c, days: map[portal.ChildID][]portal.Date{}}
	weeks := setup.UsualWeeks(c)
	if len(weeks) == 0 {
		return u, nil
	}
	first, last := weeks[len(weeks)-1][0], c.Days[len(c.Days)-1]
	_, err = all(q, func(r *sql.Rows) (struct{}, error) {
		var child portal.ChildID
		var day portal.Date
		err := r.Scan(&child, &day)
		if u.days[child] == nil {
			u.children = append(u.children, child)
		}
		u.days[child] = append(u.days[child], day)
		return struct{}{}, err
	}, `SELECT child_id, day FROM booking WHERE activity_id = ?1 AND day BETWEEN ?2 AND ?3
		UNION SELECT child_id, day FROM wish WHERE activity_id = ?1 AND day BETWEEN ?4 AND ?3 ORDER BY 1, 2`, c.Activity.ID, first, last, c.Days[0])
	if err != nil {
		return u, err
	}
	shared, err := column[portal.ChildID](q, "SELECT child_id FROM custody WHERE structure_id = ?", setup.Structure.ID)
	u.children = slices.DeleteFunc(u.children, func(child portal.ChildID) bool {
		return !c.Forgotten(weeks, u.days[child]) && !(slices.Contains(shared, child) && portal.UsuallyComes(weeks, u.days[child]))
	})
	return u, err
}

// remindedFamily is an account to remind, with those of some children that are its own.
type remindedFamily struct {
	portal.Reminded
	children []portal.Child
}

// reminderAddress is the one place that says which addresses get the reminders of a kind: those of accounts that were
// used once, where reminders are wanted and messages arrive, and that did not turn the kind off. ?1 is the kind.
const reminderAddress = `account_email e JOIN account a ON a.id = e.account_id
	WHERE e.reminders = 1 AND e.dead_at IS NULL AND a.first_seen_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM account_reminder_off o WHERE o.account_id = a.id AND o.kind = ?1)`

// remindedFamilies lists the guardians of some children who have an address for a kind of reminder, each with its own
// children among them, the elder first.
func remindedFamilies(q querier, structure portal.Structure, children []portal.ChildID, kind portal.ReminderKind) ([]remindedFamily, error) {
	if len(children) == 0 {
		return nil, nil
	}
	wanted, err := json.Marshal(children)
	if err != nil {
		return nil, err
	}
	var list []remindedFamily
	_, err = all(q, func(r *sql.Rows) (struct{}, error) {
		f := remindedFamily{Reminded: portal.Reminded{Structure: structure}}
		var c portal.Child
		var emails string
		err := r.Scan(&f.Person.ID, &f.Person.Civility, &f.Person.LastName, &f.Person.FirstName, &c.ID, &c.StructureID, &c.LastName, &c.FirstName, &emails)
		if err != nil {
			return struct{}{}, err
		}
		if n := len(list); n == 0 || list[n-1].Person.ID != f.Person.ID {
			if err := json.Unmarshal([]byte(emails), &f.Emails); err != nil {
				return struct{}{}, err
			}
			list = append(list, f)
		}
		last := &list[len(list)-1]
		if n := len(last.children); n == 0 || last.children[n-1].ID != c.ID { // somebody may be the child's guardian in two families
			last.children = append(last.children, c)
		}
		return struct{}{}, nil
	}, `WITH to_whom AS MATERIALIZED (SELECT account_id, json_group_array(address ORDER BY position) AS emails
			FROM (SELECT e.account_id, e.address, e.position FROM `+reminderAddress+`) GROUP BY account_id)
		SELECT a.id, a.civility, iif(a.used_name <> '', a.used_name, a.last_name), a.first_name,
			c.id, c.structure_id, iif(c.used_name <> '', c.used_name, c.last_name), c.first_name, w.emails
		FROM json_each(?2) k JOIN child c ON c.id = k.value AND c.structure_id = ?3
		JOIN family_child fc ON fc.child_id = c.id JOIN sees g ON g.family_id = fc.family_id
		JOIN to_whom w ON w.account_id = g.account_id JOIN account a ON a.id = g.account_id
		ORDER BY a.id, c.birth, c.id`, string(kind), string(wanted), structure.ID)
	return list, err
}

// DraftReminders lists the drafts that nobody has touched for a while and whose nearest limit is close, each in a batch of
// its own: an account is reminded of its draft once a day at most.
func (s *Store) DraftReminders(ctx context.Context) ([]ReminderBatch[portal.DraftReminder], error) {
	now := s.now()
	drafts, err := s.restingDrafts(ctx, now)
	if err != nil {
		return nil, err
	}
	var batches []ReminderBatch[portal.DraftReminder]
	for _, d := range drafts {
		limit, ok := portal.EarliestLimit(d.limits, now)
		if !ok || portal.DraftReminderAt(limit).After(now) {
			continue
		}
		key := fmt.Sprintf("%s:%d:%s", portal.RemindDraft, d.account, portal.DateOf(portal.DraftReminderAt(limit)))
		done, err := reminderDone(s.read(ctx), key)
		if err != nil {
			return nil, err
		}
		if done {
			continue
		}
		batch := ReminderBatch[portal.DraftReminder]{Key: key}
		reminder, err := s.draftReminder(ctx, d.account, limit)
		if err != nil {
			return nil, err
		}
		if reminder != nil {
			batch.Reminders = append(batch.Reminders, *reminder)
		}
		batches = append(batches, batch)
	}
	return batches, nil
}

type restingDraft struct {
	account portal.AccountID
	limits  []portal.Limit
}

// restingDrafts reads the limits of every click of the drafts left alone for a while.
func (s *Store) restingDrafts(ctx context.Context, now time.Time) ([]restingDraft, error) {
	type click struct {
		portal.WishLine
		account   portal.AccountID
		structure portal.StructureID
	}
	clicks, err := all(s.read(ctx), func(r *sql.Rows) (c click, err error) {
		err = r.Scan(&c.account, &c.structure, &c.Child, &c.Activity, &c.Day, &c.Wish)
		return c, err
	}, `SELECT w.account_id, c.structure_id, w.child_id, w.activity_id, w.day, w.action FROM draft d JOIN wish w ON w.account_id = d.account_id
		JOIN child c ON c.id = w.child_id WHERE d.updated_at <= ? AND w.day >= ?
		AND EXISTS (SELECT 1 FROM sees g JOIN family_child fc ON fc.family_id = g.family_id WHERE g.account_id = w.account_id AND fc.child_id = c.id)
		ORDER BY w.account_id, w.day`, at(now.Add(-portal.DraftRest)), portal.DateOf(now))
	if err != nil {
		return nil, err
	}
	var drafts []restingDraft
	for _, c := range clicks {
		setup, err := s.Setup(ctx, c.structure)
		if err != nil {
			return nil, err
		}
		if n := len(drafts); n == 0 || drafts[n-1].account != c.account {
			drafts = append(drafts, restingDraft{account: c.account})
		}
		last := &drafts[len(drafts)-1]
		last.limits = append(last.limits, setup.WishLimit(c.WishLine, now))
	}
	return drafts, nil
}

// draftReminder completes the reminder of a draft; nil when it has no line left, or nobody wants it.
func (s *Store) draftReminder(ctx context.Context, account portal.AccountID, limit time.Time) (*portal.DraftReminder, error) {
	recap, err := s.Recap(ctx, account)
	if err != nil || len(recap.Requests) == 0 {
		return nil, err
	}
	r := s.read(ctx)
	reminder := &portal.DraftReminder{Limit: limit, Requests: recap.Requests}
	reminder.Emails, err = column[string](r, "SELECT e.address FROM "+reminderAddress+" AND a.id = ?2 ORDER BY e.position", string(portal.RemindDraft), account)
	if err != nil || len(reminder.Emails) == 0 {
		return nil, err
	}
	if reminder.Person, err = person(r, account); err != nil {
		return nil, err
	}
	setup, err := s.Setup(ctx, recap.Requests[0].Child.StructureID)
	if err != nil {
		return nil, err
	}
	reminder.Structure = setup.Structure
	return reminder, nil
}

// OpeningReminders lists, for a structure, the booking periods that have just opened and whose news is not queued yet, with
// every family that has a child in one of its classes this year, or booked within a year.
func (s *Store) OpeningReminders(ctx context.Context, structure portal.StructureID) ([]ReminderBatch[portal.OpeningReminder], error) {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return nil, err
	}
	now := s.now()
	var batches []ReminderBatch[portal.OpeningReminder]
	for _, p := range setup.OpenPeriods(now) {
		batch := ReminderBatch[portal.OpeningReminder]{Key: fmt.Sprintf("%s:%d:%s:%s:%d", portal.RemindOpening, structure, p.First, p.Last, p.Opens.Unix())}
		switch p.For {
		case portal.OpensForResidents:
			batch.Key += ":commune"
		case portal.OpensForOthers:
			batch.Key += ":ailleurs"
		}
		err := s.snapshot(ctx, func(r reader) error {
			done, err := reminderDone(r, batch.Key)
			if err != nil || done {
				return err
			}
			children, err := presentChildren(r, structure, portal.DateOf(now))
			if err != nil {
				return err
			}
			pupils, err := pupilsOf(r, children)
			if err != nil {
				return err
			}
			children = slices.DeleteFunc(children, func(c portal.ChildID) bool { return !p.Holds(setup, pupils[c], now) })
			families, err := remindedFamilies(r, setup.Structure, children, portal.RemindOpening)
			for _, f := range families {
				batch.Reminders = append(batch.Reminders, portal.OpeningReminder{Reminded: f.Reminded, Period: p, Children: f.children})
			}
			batches = append(batches, batch)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return batches, nil
}

// presentChildren lists the children of a structure who are in a class of this school year, or the next, or who booked
// something within a year; those who left are not among them.
func presentChildren(q querier, structure portal.StructureID, today portal.Date) ([]portal.ChildID, error) {
	return column[portal.ChildID](q, `SELECT c.id FROM child c WHERE c.structure_id = ?1 AND (
			EXISTS (SELECT 1 FROM child_class cc JOIN school_year y ON y.id = cc.school_year_id WHERE cc.child_id = c.id AND y.last >= ?2)
			OR EXISTS (SELECT 1 FROM booking b WHERE b.child_id = c.id AND b.day >= ?3)) ORDER BY c.id`, structure, today, today-365)
}

// QueueReminders puts the mails of a batch into the outbox and remembers that it is done, at once; a batch that is done
// already queues nothing.
func (s *Store) QueueReminders(ctx context.Context, key string, mails []Mail) error {
	return s.write(ctx, func(tx *Tx) error {
		n, err := tx.change("INSERT INTO reminder (key, at) VALUES (?, ?) ON CONFLICT DO NOTHING", key, at(s.now()))
		if err != nil || n == 0 {
			return err
		}
		return s.queueMails(tx, mails)
	})
}

// RemindersOff lists the kinds of reminder that an account does not want.
func (s *Store) RemindersOff(ctx context.Context, account portal.AccountID) ([]portal.ReminderKind, error) {
	return column[portal.ReminderKind](s.read(ctx), "SELECT kind FROM account_reminder_off WHERE account_id = ? ORDER BY kind", account)
}

// SetRemindersOff replaces the kinds of reminder that an account does not want.
func (s *Store) SetRemindersOff(ctx context.Context, account portal.AccountID, kinds []portal.ReminderKind) error {
	for _, k := range kinds {
		if !k.Valid() {
			return portal.Invalid("Ce rappel n’existe pas. Rouvrez la page, puis recommencez.")
		}
	}
	return s.write(ctx, func(tx *Tx) error {
		if err := tx.exec("DELETE FROM account_reminder_off WHERE account_id = ?", account); err != nil {
			return err
		}
		for _, k := range kinds {
			if err := tx.exec("INSERT INTO account_reminder_off (account_id, kind) VALUES (?, ?) ON CONFLICT DO NOTHING", account, string(k)); err != nil {
				return err
			}
		}
		return nil
	})
}
