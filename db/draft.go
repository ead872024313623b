package db

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"marelle/portal"
)

// Draft is what an account clicked and did not validate. Version grows with each change, so that an old answer that
// arrives late is known as old.
type Draft struct {
	Version int
	Wishes  []portal.WishLine // in the order of days
	Said    string            // what was told of the last action on many days

	undo  string
	until time.Time
}

// Undo names what « Annuler cette action » would take back at a moment, or nothing.
func (d Draft) Undo(now time.Time) string {
	if now.After(d.until) {
		return ""
	}
	return d.undo
}

// Counts says how many bookings (changes of hours among them) and cancellations the draft asks for.
func (d Draft) Counts() (adds, removes int) {
	for _, w := range d.Wishes {
		if w.Wish == portal.WishRemove {
			removes++
		} else {
			adds++
		}
	}
	return adds, removes
}

func draftOf(q querier, account portal.AccountID) (d Draft, err error) {
	rows, err := q.query(`SELECT d.version, d.said, iif(d.undo IS NULL, '', d.undo_words), d.undo_until, w.child_id, w.activity_id, w.day, w.action, w.arrival, w.departure, w.together, w.along
		FROM draft d LEFT JOIN wish w ON w.account_id = d.account_id
		WHERE d.account_id = ? ORDER BY w.day, w.activity_id, w.child_id`, account)
	if err != nil {
		return d, err
	}
	defer rows.Close()
	for rows.Next() {
		var child, activity sql.NullInt64
		var w portal.WishLine
		var action sql.NullString
		var together, along sql.NullBool
		if err := rows.Scan(&d.Version, &d.Said, &d.undo, into{&d.until}, &child, &activity, &w.Day, &action, &w.Hours.Arrival, &w.Hours.Departure, &together, &along); err != nil {
			return d, err
		}
		if action.Valid {
			w.Child, w.Activity, w.Wish, w.Together, w.Along = portal.ChildID(child.Int64), portal.ActivityID(activity.Int64), portal.Wish(action.String), together.Bool, along.Bool
			d.Wishes = append(d.Wishes, w)
		}
	}
	return d, rows.Err()
}

// Want is one day a family wants changed: the child there, or not.
type Want struct {
	Child    portal.ChildID
	Activity portal.ActivityID
	Day      portal.Date
	Present  bool
	Hours    portal.Hours // for a day that is added; none means those of the activity
	SetHours bool         // the hours are asked even for a day that is booked already
	Together bool         // a place for all the brothers and sisters, or for none

	along bool // another wish of the day needs it
	week  bool // the other days of the week are asked too
}

// Day is one day after a click: its true state, and the draft as it is now.
type Day struct {
	Now      time.Time
	Children []portal.Child
	Child    portal.Child
	Setup    *portal.Setup
	Activity *portal.Activity
	Slot     portal.Slot
	Along    []*portal.Activity // what changed with it: the meal that a full day needs
	Draft    Draft
}

// Ask writes into the account's draft that the child should be present, or not, on a day; nothing is booked yet. What the
// activity needs (a meal) is asked with it. What cannot be asked is refused by a conflict, and the Day returned with it
// shows the true state.
func (s *Store) Ask(ctx context.Context, account portal.AccountID, w Want) (*Day, error) {
	children, err := s.Children(ctx, account)
	if err != nil {
		return nil, err
	}
	d := &Day{Children: children}
	if d.Child, d.Setup, d.Activity, err = s.choose(ctx, children, w.Child, w.Activity); err != nil {
		return nil, err
	}
	var refused error
	err = s.write(ctx, func(tx *Tx) (err error) {
		d.Now = s.now()
		if err := mustBeGuardian(tx, account, w.Child); err != nil {
			return err
		}
		if d.Draft, err = draftOf(tx, account); err != nil {
			return err
		}
		words, err := d.undoWords(tx, account, w)
		if err != nil {
			return err
		}
		refused, err = changeDraft(tx, account, words, d.Now, func() (refused, err error) {
			d.Along, refused, err = ask(tx, account, d.Setup, d.Activity, w, d.Draft, d.Now)
			return refused, err
		})
		if err != nil {
			return err
		}
		if d.Draft, err = draftOf(tx, account); err != nil {
			return err
		}
		d.Slot, err = ownSlot(tx, account, d.Setup, d.Activity, w.Child, w.Day, d.Draft)
		return err
	})
	if err != nil {
		return nil, err
	}
	return d, refused
}

// undoWords names a click that gives up several wishes at once, so that it can be taken back whole; any other is taken back
// by the contrary click.
func (d *Day) undoWords(tx *Tx, account portal.AccountID, w Want) (string, error) {
	if w.Present {
		return "", nil
	}
	slot, err := ownSlot(tx, account, d.Setup, d.Activity, w.Child, w.Day, d.Draft)
	if err != nil || slot.Wish != portal.WishAdd || len(slot.WishedWith()) == 0 {
		return "", err
	}
	return "le retrait de demandes qui vont ensemble", nil
}

func slotOf(q querier, setup *portal.Setup, a *portal.Activity, child portal.ChildID, day portal.Date, draft Draft) (portal.Slot, error) {
	g, err := loadGrid(q, setup, []portal.ChildID{child}, []*portal.Activity{a}, day, day, draft.Wishes)
	if err != nil {
		return portal.Slot{}, err
	}
	return g.slots[0], nil
}

// Set is the days of a quick tool: a week, a weekday, or all of a month, for some children and one activity.
type Set struct {
	Children []portal.ChildID
	Activity portal.ActivityID
	Month    portal.Month
	Days     []portal.Date
	Present  bool
	Hours    portal.Hours
	Together bool
	Words    string // how the action is called when it is offered to be taken back
	Said     func(portal.Sweep) string
}

// Sweep brings every day of a set that can be changed to the wished end, in the account's draft. The end comes from the
// button, so that twice does the same; a set whose rule has changed meanwhile is done as the button said.
func (s *Store) Sweep(ctx context.Context, account portal.AccountID, set Set) (plan portal.Sweep, err error) {
	mine, err := s.Children(ctx, account)
	if err != nil {
		return plan, err
	}
	var setup *portal.Setup
	var a *portal.Activity
	for _, child := range set.Children {
		if _, setup, a, err = s.choose(ctx, mine, child, set.Activity); err != nil {
			return plan, err
		}
	}
	if a == nil {
		return plan, portal.NotFound("Cet enfant n’existe pas, ou n’est pas rattaché à votre compte.")
	}
	err = s.write(ctx, func(tx *Tx) error {
		now := s.now()
		for _, child := range set.Children {
			if err := mustBeGuardian(tx, account, child); err != nil {
				return err
			}
		}
		draft, err := draftOf(tx, account)
		if err != nil {
			return err
		}
		g, err := ownGrid(tx, account, setup, set.Children, []*portal.Activity{a}, set.Month.First(), set.Month.Last(), draft.Wishes)
		if err != nil {
			return err
		}
		var slots []*portal.Slot
		for _, d := range set.Days {
			for c := range set.Children {
				if d.Month() == set.Month {
					slots = append(slots, &g.row(c, 0)[d-g.first])
				}
			}
		}
		plan = portal.PlanTo(slots, set.Present, now)
		refused, err := changeDraft(tx, account, set.Words, now, func() (refused, err error) {
			var done []*portal.Slot
			for _, slot := range plan.Slots {
				if a.CountsDays() { // the days asked so far count
					if draft, err = draftOf(tx, account); err != nil {
						return nil, err
					}
				}
				w := Want{Child: slot.Child, Activity: set.Activity, Day: slot.Day, Present: set.Present, Hours: set.Hours, Together: set.Together}
				_, why, err := ask(tx, account, setup, a, w, draft, now)
				if err != nil {
					return nil, err
				}
				if why != nil { // what the activity needs cannot be had that day
					plan.Left = append(plan.Left, portal.LeftOut{Slot: slot, Reason: portal.LeftOther, Why: why.Error()})
					continue
				}
				done = append(done, slot)
			}
			plan.Slots = done
			return nil, nil
		})
		if err != nil || refused != nil {
			return cmp.Or(err, refused)
		}
		return tx.exec("UPDATE draft SET said = ? WHERE account_id = ?", set.Said(plan), account)
	})
	return plan, err
}

// LeftOut is a day that could not be asked, and why.
type LeftOut struct {
	Want Want
	Why  error
}

// AskMany writes many days into the account's draft at once. A day that cannot be asked never spoils the rest: it is left
// out, with its reason.
func (s *Store) AskMany(ctx context.Context, account portal.AccountID, wants []Want) (left []LeftOut, err error) {
	children, err := s.Children(ctx, account)
	if err != nil {
		return nil, err
	}
	err = s.write(ctx, func(tx *Tx) error {
		now := s.now()
		_, err := changeDraft(tx, account, "", now, func() (error, error) {
			for _, w := range wants {
				_, setup, a, err := s.choose(ctx, children, w.Child, w.Activity)
				if err != nil {
					return nil, err
				}
				draft, err := draftOfDay(tx, account, setup, w.Child, w.Day)
				if err != nil {
					return nil, err
				}
				_, refused, err := ask(tx, account, setup, a, w, draft, now)
				if err != nil {
					return nil, err
				}
				if refused != nil {
					left = append(left, LeftOut{w, refused})
				}
			}
			return nil, nil
		})
		return err
	})
	return left, err
}

// draftOfDay reads the wishes of one child on one day: all that another wish of that day depends on, unless an activity
// counts the days of a child.
func draftOfDay(q querier, account portal.AccountID, setup *portal.Setup, child portal.ChildID, day portal.Date) (d Draft, err error) {
	if slices.ContainsFunc(setup.Activities, func(a portal.Activity) bool { return a.CountsDays() }) {
		return draftOf(q, account)
	}
	d.Wishes, err = all(q, func(r *sql.Rows) (w portal.WishLine, err error) {
		w.Child, w.Day = child, day
		err = r.Scan(&w.Activity, &w.Wish, &w.Hours.Arrival, &w.Hours.Departure, &w.Together, &w.Along)
		return w, err
	}, "SELECT activity_id, action, arrival, departure, together, along FROM wish WHERE account_id = ? AND child_id = ? AND day = ? ORDER BY activity_id", account, child, day)
	return d, err
}

// ask writes one wish, with those that it needs; refused is why it cannot be asked. along lists what changed with it.
func ask(tx *Tx, account portal.AccountID, setup *portal.Setup, a *portal.Activity, w Want, draft Draft, now time.Time) (along []*portal.Activity, refused, err error) {
	if a.WholeWeek && !w.week {
		return askWeek(tx, account, setup, a, w, draft, now)
	}
	slot, err := ownSlot(tx, account, setup, a, w.Child, w.Day, draft)
	if err != nil {
		return nil, nil, err
	}
	hours := w.Hours
	if slot.Status != portal.NotBooked && !w.SetHours {
		hours = portal.Hours{}
	}
	wish, hours, refused := slot.Ask(w.Present, hours, now)
	if refused != nil {
		return nil, refused, nil
	}
	line := portal.WishLine{Child: w.Child, Activity: w.Activity, Day: w.Day, Wish: wish, Hours: hours, Together: w.Together && wish == portal.WishAdd && slot.Limited, Along: w.along}
	if slot.Wish == wish && slot.WishHours == hours && slot.Together == line.Together {
		return nil, nil, nil
	}
	if w.Present {
		if along, refused, err = askNeeded(tx, account, setup, &slot, w, draft, now); err != nil || refused != nil {
			return nil, refused, err
		}
	}
	if err := saveWish(tx, account, line, now); err != nil {
		return nil, nil, err
	}
	if !w.Present && slot.Wish == portal.WishAdd {
		if along, err = dropNeeded(tx, account, &slot, now); err != nil {
			return nil, nil, err
		}
		more, err := dropNeeding(tx, account, setup, &slot, draft, now)
		return append(along, more...), nil, err
	}
	return along, nil, nil
}

// askWeek asks for all the days of a week on which the activity is open, or gives them all up: one that cannot be changed
// keeps the others from changing.
func askWeek(tx *Tx, account portal.AccountID, setup *portal.Setup, a *portal.Activity, w Want, draft Draft, now time.Time) (along []*portal.Activity, refused, err error) {
	monday := w.Day.Monday()
	g, err := ownGrid(tx, account, setup, []portal.ChildID{w.Child}, []*portal.Activity{a}, monday, monday+6, draft.Wishes)
	if err != nil {
		return nil, nil, err
	}
	var days []portal.Date
	for i := range g.slots {
		slot := &g.slots[i]
		if !slot.Open && slot.Day == w.Day { // it is of no week
			_, _, refused := slot.Ask(w.Present, portal.Hours{}, now)
			return nil, refused, nil
		}
		if !slot.Open {
			continue
		}
		hours := w.Hours
		if slot.Status != portal.NotBooked && !w.SetHours {
			hours = portal.Hours{}
		}
		if _, _, why := slot.Ask(w.Present, hours, now); why != nil {
			if slot.Day == w.Day {
				return nil, why, nil
			}
			return nil, slot.Spoilt(portal.AsError(why)), nil
		}
		days = append(days, slot.Day)
	}
	for _, day := range days {
		one := w
		one.Day, one.week = day, true
		more, why, err := ask(tx, account, setup, a, one, draft, now)
		if err != nil || why != nil {
			return nil, why, err
		}
		for _, other := range more {
			if !slices.Contains(along, other) {
				along = append(along, other)
			}
		}
	}
	return along, nil, nil
}

// dropNeeding takes back, with a wish that is given up, those that need it, and what was asked for their sake besides.
func dropNeeding(tx *Tx, account portal.AccountID, setup *portal.Setup, slot *portal.Slot, draft Draft, now time.Time) (along []*portal.Activity, err error) {
	for _, by := range slot.WishedWith() {
		more, _, err := ask(tx, account, setup, by, Want{Child: slot.Child, Activity: by.ID, Day: slot.Day}, draft, now)
		if err != nil {
			return nil, err
		}
		along = append(along, by)
		for _, a := range more {
			if a != slot.Activity && !slices.Contains(along, a) {
				along = append(along, a)
			}
		}
	}
	return along, nil
}

// askNeeded asks for what an activity needs on the same day and the child is not expected for. It is refused when what is
// needed can only be waited for: nobody has the one without the other.
func askNeeded(tx *Tx, account portal.AccountID, setup *portal.Setup, slot *portal.Slot, w Want, draft Draft, now time.Time) (along []*portal.Activity, refused, err error) {
	if slot.Status == portal.Waiting { // what it needs comes with its place
		return nil, nil, nil
	}
	for _, needed := range slot.Activity.Needs() {
		there, err := ownSlot(tx, account, setup, needed, w.Child, w.Day, draft)
		if err != nil {
			return nil, nil, err
		}
		if there.Status == portal.Booked && there.Wish != portal.WishRemove || there.Status == portal.Waiting && slot.Status == portal.Booked {
			continue
		}
		if _, why := slot.BringAlong(&there, now); why != nil {
			return nil, why, nil
		}
		if there.Wish == portal.WishAdd {
			continue
		}
		w := w
		w.Activity, w.Hours, w.SetHours, w.along, w.week = needed.ID, portal.Hours{}, false, true, false
		more, why, err := ask(tx, account, setup, needed, w, draft, now)
		if err != nil || why != nil {
			return nil, why, err
		}
		along = append(append(along, needed), more...)
	}
	return along, nil, nil
}

// dropNeeded takes back, with a wish that is given up, what was asked for its sake and nothing else needs.
func dropNeeded(tx *Tx, account portal.AccountID, slot *portal.Slot, now time.Time) (along []*portal.Activity, err error) {
	for _, l := range slot.Activity.Links {
		if l.Kind != portal.Requires || l.Required == nil || neededBesides(slot, l.Other) {
			continue
		}
		n, err := tx.change("DELETE FROM wish WHERE account_id = ? AND child_id = ? AND activity_id = ? AND day = ? AND action = 'add' AND along", account, slot.Child, l.Other, slot.Day)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			along = append(along, l.Required)
		}
	}
	return along, nil
}

func neededBesides(slot *portal.Slot, needed portal.ActivityID) bool {
	for _, o := range slot.Others {
		if o.Activity.ID == slot.Activity.ID {
			continue
		}
		for _, l := range o.Activity.Links {
			if l.Kind == portal.Requires && l.Other == needed {
				return true
			}
		}
	}
	return false
}

// mustBeGuardian refuses an account that does not find the child on the portal, or may not change its days.
func mustBeGuardian(tx *Tx, account portal.AccountID, child portal.ChildID) error {
	var n int
	if err := tx.row(&n, `SELECT count(*) FROM sees g JOIN family_child fc ON fc.family_id = g.family_id
		WHERE g.account_id = ? AND fc.child_id = ?`, account, child); err != nil {
		return err
	}
	if n == 0 {
		return portal.NotFound("Cet enfant n’existe pas, ou n’est pas rattaché à votre compte.")
	}
	return mayBook(tx, account, child)
}

// draftMost bounds a draft: more than a family of five can click in a year.
const draftMost = 3000

func saveWish(tx *Tx, account portal.AccountID, w portal.WishLine, now time.Time) error {
	if w.Wish == portal.WishNone {
		return tx.exec("DELETE FROM wish WHERE account_id = ? AND child_id = ? AND activity_id = ? AND day = ?", account, w.Child, w.Activity, w.Day)
	}
	var n int
	if err := tx.row(&n, "SELECT count(*) FROM wish WHERE account_id = ?", account); err != nil {
		return err
	}
	if n >= draftMost {
		return portal.Conflict("Vous avez déjà %d demandes en attente. Validez-les, puis continuez.", n)
	}
	return tx.exec(`INSERT INTO wish (account_id, child_id, activity_id, day, action, arrival, departure, together, along, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET action = excluded.action, arrival = excluded.arrival, departure = excluded.departure, together = excluded.together, along = excluded.along, at = excluded.at`,
		account, w.Child, w.Activity, w.Day, string(w.Wish), hour(w.Hours.Arrival), hour(w.Hours.Departure), w.Together, w.Along, at(now))
}

// DropDraft forgets everything the account clicked and did not validate; what is booked does not change. For ten minutes
// it can be taken back.
func (s *Store) DropDraft(ctx context.Context, account portal.AccountID) (dropped int, err error) {
	err = s.write(ctx, func(tx *Tx) error {
		_, err := changeDraft(tx, account, "l’abandon de vos demandes", s.now(), func() (error, error) {
			n, err := tx.change("DELETE FROM wish WHERE account_id = ?", account)
			dropped = int(n)
			return nil, err
		})
		return err
	})
	return dropped, err
}

// Recap is a draft with the facts of an instant.
type Recap struct {
	Now      time.Time
	Version  int
	Undo     string
	Requests []portal.Request
}

// Recap gives the account's draft with the facts of this instant, cancellations first.
func (s *Store) Recap(ctx context.Context, account portal.AccountID) (recap Recap, err error) {
	recap.Now = s.now()
	err = s.snapshot(ctx, func(r reader) error {
		children, err := childrenOf(r, account, portal.DateOf(recap.Now))
		if err != nil {
			return err
		}
		draft, err := draftOf(r, account)
		if err != nil {
			return err
		}
		recap.Version = draft.Version
		recap.Undo = draft.Undo(recap.Now)
		recap.Requests, err = s.requests(ctx, r, account, children, draft)
		return err
	})
	return recap, err
}

// requests completes a draft with the facts that decide each line. A wish for a child or an activity that the account
// has lost meanwhile is left out.
func (s *Store) requests(ctx context.Context, q querier, account portal.AccountID, children []portal.Child, draft Draft) ([]portal.Request, error) {
	type pair struct {
		child    portal.ChildID
		activity portal.ActivityID
	}
	spans := map[pair][2]portal.Date{}
	for _, w := range draft.Wishes {
		p := pair{w.Child, w.Activity}
		span, known := spans[p]
		if !known {
			span[0] = w.Day
		}
		span[1] = w.Day // wishes come in the order of days
		spans[p] = span
	}
	slots := map[pair][]portal.Slot{}
	kids := map[portal.ChildID]portal.Child{}
	for p, span := range spans {
		child, setup, a, err := s.choose(ctx, children, p.child, p.activity)
		if portal.AsError(err) != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		kids[p.child] = child
		g, err := ownGrid(q, account, setup, []portal.ChildID{p.child}, []*portal.Activity{a}, span[0], span[1], draft.Wishes)
		if err != nil {
			return nil, err
		}
		slots[p] = g.row(0, 0)
	}
	var list []portal.Request
	for _, w := range draft.Wishes {
		p := pair{w.Child, w.Activity}
		if got := slots[p]; got != nil {
			list = append(list, portal.Request{Child: kids[w.Child], Slot: got[w.Day-spans[p][0]]})
		}
	}
	portal.SortRequests(list)
	return list, nil
}
