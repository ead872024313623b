package db

import (
	"context"
	"strings"
	"time"

	"marelle/portal"
)

// validation settles the requests of a receipt.
type validation struct {
	ctx     context.Context
	store   *Store
	tx      *Tx
	account portal.AccountID
	now     time.Time
	list    []portal.Request
	lines   []portal.Movement // what came of each; one without action has no line
	settled []bool
}

// settle settles a request, with those that go with it.
func (v *validation) settle(i int) error {
	if v.settled[i] {
		return nil
	}
	unit := portal.Unit(v.list, i)
	if v.list[i].Slot.Wish == portal.WishChange && len(unit) > 1 {
		return v.settleChanges(unit)
	}
	for _, k := range unit {
		if v.settled[k] {
			continue
		}
		group := portal.TogetherWith(v.list, k)
		if err := v.refresh(group); err != nil {
			return err
		}
		outcomes, whys := portal.DecideGroup(v.list, group, v.now)
		if err := v.write(group, outcomes, whys); err != nil {
			return err
		}
	}
	return v.loosen(unit)
}

// refresh reads the facts of some requests again.
func (v *validation) refresh(ranks []int) error {
	for _, k := range ranks {
		setup, err := v.store.Setup(v.ctx, v.list[k].Child.StructureID)
		if err != nil {
			return err
		}
		if err := refresh(v.tx, setup, &v.list[k].Slot); err != nil {
			return err
		}
	}
	return nil
}

// write does what was decided of some requests.
func (v *validation) write(ranks []int, outcomes []portal.Outcome, whys []*portal.Error) (err error) {
	for n, k := range ranks {
		if v.lines[k], err = settle(v.tx, v.account, v.list[k], outcomes[n], whys[n], v.now); err != nil {
			return err
		}
		v.settled[k] = true
	}
	return nil
}

// loosen gives up, in a unit that is settled, what only came along with requests that were not booked. With one that waits
// it leaves the receipt: it will be booked with the place, and the line of what waits says so.
func (v *validation) loosen(unit []int) error {
	for n := len(unit) - 1; n >= 0; n-- { // what is needed stands before what needs it
		k := unit[n]
		line, slot := &v.lines[k], &v.list[k].Slot
		by := portal.Bringers(v.list, unit, k)
		if !slot.Along || line.Outcome == portal.OutcomeRefused || line.Idle || len(by) == 0 {
			continue
		}
		kept, waits := false, false
		for _, b := range by {
			kept = kept || v.lines[b].Outcome == portal.OutcomeBooked
			waits = waits || v.lines[b].Outcome == portal.OutcomeWaiting
		}
		if err := v.refresh([]int{k}); err != nil {
			return err
		}
		if kept || slot.RequiredBy() != nil {
			continue
		}
		if err := cancelBooking(v.tx, slot); err != nil {
			return err
		}
		if !waits {
			line.Outcome, line.Rank, line.Reason = portal.OutcomeRefused, 0, slot.RefuseAlong(v.list[by[0]].Slot.Activity).Message
			continue
		}
		*line = portal.Movement{}
		for _, b := range by {
			if v.lines[b].Outcome == portal.OutcomeWaiting {
				v.lines[b].Reason = strings.TrimSpace(v.lines[b].Reason + " " + portal.AlongWords(slot.Activity))
			}
		}
	}
	return nil
}

// settleChanges settles the changes of hours of a child's day: all of them, when they fit together; else each that fits
// with what is booked then.
func (v *validation) settleChanges(unit []int) error {
	if err := v.refresh(unit); err != nil {
		return err
	}
	if outcomes, fit := portal.DecideChanges(v.list, unit, v.now); fit {
		return v.write(unit, outcomes, make([]*portal.Error, len(unit)))
	}
	left := unit
	for {
		var refused []int
		var outcomes []portal.Outcome
		var whys []*portal.Error
		for _, k := range left {
			if err := v.refresh([]int{k}); err != nil {
				return err
			}
			outcome, why := v.list[k].Slot.Decide(v.now)
			if why != nil {
				refused, outcomes, whys = append(refused, k), append(outcomes, outcome), append(whys, why)
				continue
			}
			if err := v.write([]int{k}, []portal.Outcome{outcome}, []*portal.Error{nil}); err != nil {
				return err
			}
		}
		if len(refused) == len(left) {
			return v.write(refused, outcomes, whys)
		}
		left = refused
	}
}
