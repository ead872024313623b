package db

import (
	"context"
	"database/sql"
	"time"

	"marelle/portal"
)

// Draft is what an account clicked and did not validate. Version grows with each change, so that an old answer that
// arrives late is known as old.
type Draft struct {
	Version int
	Wishes  []portal.WishLine // in the order of days
}

// Counts says how many bookings and cancellations the draft asks for.
func (d Draft) Counts() (adds, removes int) {
	for _, w := range d.Wishes {
		if w.Wish == portal.WishAdd {
			adds++
		} else {
			removes++
		}
	}
	return adds, removes
}

func draftOf(q querier, account portal.AccountID) (d Draft, err error) {
	rows, err := q.query(`SELECT d.version, w.child_id, w.activity_id, w.day, w.action
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
		if err := rows.Scan(&d.Version, &child, &activity, &w.Day, &action); err != nil {
			return d, err
		}
		if action.Valid {
			w.Child, w.Activity, w.Wish = portal.ChildID(child.Int64), portal.ActivityID(activity.Int64), portal.Wish(action.String)
			d.Wishes = append(d.Wishes, w)
		}
	}
	return d, rows.Err()
}

// Day is one day after a click: its true state, and the draft as it is now.
type Day struct {
	Now      time.Time
	Children []portal.Child
	Child    portal.Child
	Setup    *portal.Setup
	Activity *portal.Activity
	Slot     portal.Slot
	Draft    Draft
}

// Ask writes into the account's draft that the child should be present, or not, on a day; nothing is booked yet.
// What cannot be asked is refused by a conflict, and the Day returned with it shows the true state.
func (s *Store) Ask(ctx context.Context, account portal.AccountID, child portal.ChildID, activity portal.ActivityID, day portal.Date, present bool) (*Day, error) {
	children, err := s.Children(ctx, account)
	if err != nil {
		return nil, err
	}
	d := &Day{Children: children}
	if d.Child, d.Setup, d.Activity, err = s.choose(ctx, children, child, activity); err != nil {
		return nil, err
	}
	var refused error
	err = s.write(ctx, func(tx *Tx) (err error) {
		d.Now = s.now()
		if err := mustBeGuardian(tx, account, child); err != nil {
			return err
		}
		if d.Draft, err = draftOf(tx, account); err != nil {
			return err
		}
		d.Slot, refused, err = ask(tx, account, d.Setup, d.Activity, Want{child, activity, day, present}, d.Draft, d.Now)
		if err != nil || refused != nil {
			return err
		}
		d.Draft, err = draftOf(tx, account)
		return err
	})
	if err != nil {
		return nil, err
	}
	return d, refused
}

// Swept is what a quick tool did.
type Swept struct {
	Calendar *Calendar // the month as it is now
	Plan     portal.Sweep
}

// Sweep brings every day of a set that can be changed to the wished end, in the account's draft. The end comes from the
// button, so that twice does the same; a set whose rule has changed meanwhile is done as the button said.
func (s *Store) Sweep(ctx context.Context, account portal.AccountID, child portal.ChildID, activity portal.ActivityID, month portal.Month, days []portal.Date, present bool) (*Swept, error) {
	before, err := s.Calendar(ctx, account, child, activity, month)
	if err != nil {
		return nil, err
	}
	swept := &Swept{}
	err = s.write(ctx, func(tx *Tx) error {
		now := s.now()
		if err := mustBeGuardian(tx, account, child); err != nil {
			return err
		}
		draft, err := draftOf(tx, account)
		if err != nil {
			return err
		}
		slots, err := slotsBetween(tx, before.Setup, before.Activity, child, month.First(), month.Last(), draft.Wishes)
		if err != nil {
			return err
		}
		var set []*portal.Slot
		for _, d := range days {
			if d.Month() == month {
				set = append(set, &slots[d-month.First()])
			}
		}
		swept.Plan = portal.PlanTo(set, present, now)
		for _, d := range swept.Plan.Days {
			_, refused, err := ask(tx, account, before.Setup, before.Activity, Want{child, activity, d, present}, draft, now)
			if err != nil {
				return err
			}
			if refused != nil { // the plan asked only what can be asked
				return refused
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	swept.Calendar, err = s.Calendar(ctx, account, child, activity, month)
	return swept, err
}

// Want is one day a family wants changed: the child there, or not.
type Want struct {
	Child    portal.ChildID
	Activity portal.ActivityID
	Day      portal.Date
	Present  bool
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
		draft, err := draftOf(tx, account)
		if err != nil {
			return err
		}
		for _, w := range wants {
			_, setup, a, err := s.choose(ctx, children, w.Child, w.Activity)
			if err != nil {
				return err
			}
			_, refused, err := ask(tx, account, setup, a, w, draft, now)
			if err != nil {
				return err
			}
			if refused != nil {
				left = append(left, LeftOut{w, refused})
			}
		}
		return nil
	})
	return left, err
}

// ask writes one wish; refused is why it cannot be asked, the slot then shows the true state.
func ask(tx *Tx, account portal.AccountID, setup *portal.Setup, a *portal.Activity, w Want, draft Draft, now time.Time) (slot portal.Slot, refused, err error) {
	slots, err := slotsBetween(tx, setup, a, w.Child, w.Day, w.Day, draft.Wishes)
	if err != nil {
		return slot, nil, err
	}
	slot = slots[0]
	wish, refused := slot.Ask(w.Present, now)
	if refused != nil || wish == slot.Wish {
		return slot, refused, nil
	}
	slot.Wish = wish
	return slot, nil, saveWish(tx, account, w.Child, w.Activity, w.Day, wish, now)
}

func mustBeGuardian(tx *Tx, account portal.AccountID, child portal.ChildID) error {
	var n int
	if err := tx.row(&n, `SELECT count(*) FROM guardian g JOIN family_child fc ON fc.family_id = g.family_id
		WHERE g.account_id = ? AND fc.child_id = ?`, account, child); err != nil {
		return err
	}
	if n == 0 {
		return portal.NotFound("Cet enfant n’existe pas, ou n’est pas rattaché à votre compte.")
	}
	return nil
}

// draftMost bounds a draft: more than a family of five can click in a year.
const draftMost = 3000

func saveWish(tx *Tx, account portal.AccountID, child portal.ChildID, activity portal.ActivityID, day portal.Date, wish portal.Wish, now time.Time) error {
	if wish == portal.WishNone {
		if err := tx.exec("DELETE FROM wish WHERE account_id = ? AND child_id = ? AND activity_id = ? AND day = ?", account, child, activity, day); err != nil {
			return err
		}
		return touchDraft(tx, account, now)
	}
	var n int
	if err := tx.row(&n, "SELECT count(*) FROM wish WHERE account_id = ?", account); err != nil {
		return err
	}
	if n >= draftMost {
		return portal.Conflict("Vous avez déjà %d demandes en attente. Validez-les, puis continuez.", n)
	}
	if err := tx.exec(`INSERT INTO wish (account_id, child_id, activity_id, day, action, at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET action = excluded.action, at = excluded.at`, account, child, activity, day, string(wish), at(now)); err != nil {
		return err
	}
	return touchDraft(tx, account, now)
}

func touchDraft(tx *Tx, account portal.AccountID, now time.Time) error {
	return tx.exec(`INSERT INTO draft (account_id, version, updated_at) VALUES (?, 1, ?)
		ON CONFLICT DO UPDATE SET version = version + 1, updated_at = excluded.updated_at`, account, at(now))
}

// DropDraft forgets everything the account clicked and did not validate; what is booked does not change.
func (s *Store) DropDraft(ctx context.Context, account portal.AccountID) (dropped int, err error) {
	err = s.write(ctx, func(tx *Tx) error {
		n, err := tx.change("DELETE FROM wish WHERE account_id = ?", account)
		dropped = int(n)
		if err != nil || n == 0 {
			return err
		}
		return touchDraft(tx, account, s.now())
	})
	return dropped, err
}

// Recap is a draft with the facts of an instant.
type Recap struct {
	Now      time.Time
	Version  int
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
		recap.Requests, err = s.requests(ctx, r, children, draft)
		return err
	})
	return recap, err
}

// requests completes a draft with the facts that decide each line. A wish for a child or an activity that the account
// has lost meanwhile is left out.
func (s *Store) requests(ctx context.Context, q querier, children []portal.Child, draft Draft) ([]portal.Request, error) {
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
		if slots[p], err = slotsBetween(q, setup, a, p.child, span[0], span[1], draft.Wishes); err != nil {
			return nil, err
		}
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
