package db

import (
	"context"
	"errors"
	"slices"

	"marelle/portal"
)

// errDryRun undoes a trial once it is complete.
var errDryRun = errors.New("db: a trial changes nothing")

// CopyTarget is a child and an activity that a copy writes to.
type CopyTarget struct {
	Child    portal.Child
	Activity *portal.Activity
	Plan     portal.CopyPlan
}

// Copy is a copy of what is expected of one child and activity, for some days.
type Copy struct {
	Child       portal.ChildID
	Activity    portal.ActivityID
	First, Last portal.Date
	To          []CopyTo
	Said        func([]CopyTarget) string // what is told of it on the calendar
}

// CopyTo names a target.
type CopyTo struct {
	Child    portal.ChildID
	Activity portal.ActivityID
}

// copyMost bounds a copy, in days: a school year.
const copyMost = 400

// copyTargets bounds a copy, in targets: no family has as many children and activities.
const copyTargets = 100

// distinct keeps each target once, in their order: everybody waits for the write that copies.
func distinct(list []CopyTo) []CopyTo {
	seen := make(map[CopyTo]bool, len(list))
	return slices.DeleteFunc(slices.Clone(list), func(to CopyTo) bool {
		known := seen[to]
		seen[to] = true
		return known
	})
}

// CopyDays copies days into the account's draft, or, on trial, does the same work and undoes it. Each target comes back
// with what was copied and what could not be, day by day, with the reason; a day refused never spoils the rest.
func (s *Store) CopyDays(ctx context.Context, account portal.AccountID, c Copy, trial bool) (targets []CopyTarget, version int, err error) {
	if c.First == 0 || c.Last < c.First || c.Last-c.First > copyMost {
		return nil, 0, portal.Invalid("La période à copier doit avoir un premier et un dernier jour, dans l’ordre, et tenir dans une année.")
	}
	children, err := s.Children(ctx, account)
	if err != nil {
		return nil, 0, err
	}
	_, setup, source, err := s.choose(ctx, children, c.Child, c.Activity)
	if err != nil {
		return nil, 0, err
	}
	if len(c.To) == 0 {
		return nil, 0, portal.Invalid("Cochez au moins un enfant et une activité où copier.")
	}
	if c.To = distinct(c.To); len(c.To) > copyTargets {
		return nil, 0, portal.Invalid("Une copie va vers %d cases au plus. Décochez-en, puis recommencez pour les autres.", copyTargets)
	}
	err = s.write(ctx, func(tx *Tx) error {
		now := s.now()
		targets = nil
		if err := mustBeGuardian(tx, account, c.Child); err != nil {
			return err
		}
		refused, err := changeDraft(tx, account, "la copie", now, func() (error, error) {
			draft, err := draftOf(tx, account)
			if err != nil {
				return nil, err
			}
			from, err := ownGrid(tx, account, setup, []portal.ChildID{c.Child}, []*portal.Activity{source}, c.First, c.Last, draft.Wishes)
			if err != nil {
				return nil, err
			}
			for _, to := range c.To {
				if to == (CopyTo{c.Child, c.Activity}) {
					return portal.Invalid("Choisissez un autre enfant, ou une autre activité : on ne copie pas des jours sur eux-mêmes."), nil
				}
				child, theirs, a, err := s.choose(ctx, children, to.Child, to.Activity)
				if err != nil {
					return nil, err
				}
				t := CopyTarget{Child: child, Activity: a}
				if t.Plan, err = copyTo(tx, account, from.slots, theirs, a, child.ID, c, s); err != nil {
					return nil, err
				}
				targets = append(targets, t)
			}
			return nil, nil
		})
		if err != nil {
			return err
		}
		if refused != nil {
			return refused
		}
		if trial {
			return errDryRun
		}
		if err := tx.exec("UPDATE draft SET said = ? WHERE account_id = ?", c.Said(targets), account); err != nil {
			return err
		}
		return tx.row(&version, "SELECT version FROM draft WHERE account_id = ?", account)
	})
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return targets, version, err
}

// copyTo copies the days onto one target. Its facts are read again: an earlier target of the same copy may have asked for
// what this one needs, or for what cannot go with it.
func copyTo(tx *Tx, account portal.AccountID, from []portal.Slot, setup *portal.Setup, a *portal.Activity, child portal.ChildID, c Copy, s *Store) (portal.CopyPlan, error) {
	draft, err := draftOf(tx, account)
	if err != nil {
		return portal.CopyPlan{}, err
	}
	g, err := ownGrid(tx, account, setup, []portal.ChildID{child}, []*portal.Activity{a}, c.First, c.Last, draft.Wishes)
	if err != nil {
		return portal.CopyPlan{}, err
	}
	plan := portal.PlanCopy(from, g.slots, s.now())
	done := plan.Days[:0]
	for _, d := range plan.Days {
		today, err := draftOfDay(tx, account, setup, child, d.Slot.Day)
		if err != nil {
			return plan, err
		}
		_, refused, err := ask(tx, account, setup, a, Want{Child: child, Activity: a.ID, Day: d.Slot.Day, Present: d.Present, Hours: d.Hours}, today, s.now())
		if err != nil {
			return plan, err
		}
		if refused != nil { // what the activity needs cannot be had that day
			plan.Left = append(plan.Left, portal.LeftOut{Slot: d.Slot, Reason: portal.LeftOther, Why: refused.Error()})
			continue
		}
		done = append(done, d)
	}
	plan.Days = done
	slices.SortStableFunc(plan.Left, func(x, y portal.LeftOut) int { return int(x.Slot.Day - y.Slot.Day) })
	return plan, nil
}
