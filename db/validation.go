package db

import (
	"context"
	"slices"
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
	inSpan  bool // a span is being settled: its own requests are settled one by one
}

// settle settles a request, with those that go with it.
func (v *validation) settle(i int) error {
	if v.settled[i] {
		return nil
	}
	if !v.inSpan {
		if bound := portal.Bound(v.list, i); bound != nil {
			return v.settleSpan(bound)
		}
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
		if err := refresh(v.tx, v.account, setup, &v.list[k].Slot); err != nil {
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
			waits = waits || v.waits(b)
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
			if v.waits(b) {
				v.lines[b].Reason = strings.TrimSpace(v.lines[b].Reason + " " + portal.AlongWords(slot.Activity))
			}
		}
	}
	return nil
}

// waits says that a request has to wait for a place, or for the answer of staff.
func (v *validation) waits(k int) bool {
	return v.lines[k].Outcome == portal.OutcomeWaiting || v.lines[k].Outcome == portal.OutcomeAsked
}

// settleSpan settles requests that are bound together because days are counted: all of them; but of a span that would be left
// with too few days, or with a part of a whole week, none. A whole week of which one day is full waits as a whole.
func (v *validation) settleSpan(bound []int) error {
	before := v.snapshot()
	counts, err := v.spanCounts(bound)
	if err != nil {
		return err
	}
	if err := v.tx.exec("SAVEPOINT span"); err != nil {
		return err
	}
	refused, waiting := map[int]*portal.Error{}, map[int]bool{}
	for {
		short, why, err := v.trySpan(bound, counts, refused, waiting)
		if err != nil {
			return err
		}
		split := v.splitWeek(bound)
		if short < 0 && split < 0 {
			break
		}
		if err := v.back(before); err != nil {
			return err
		}
		if short >= 0 {
			for _, k := range portal.SpanMates(v.list, short) {
				refused[k] = why
			}
			continue
		}
		for _, k := range portal.SpanMates(v.list, split) {
			if v.list[k].Slot.Week.First == v.list[split].Slot.Week.First {
				waiting[k] = true
			}
		}
	}
	return v.tx.exec("RELEASE span")
}

// validationState is what of a validation is undone with the base.
type validationState struct {
	lines   []portal.Movement
	settled []bool
}

func (v *validation) snapshot() validationState {
	return validationState{slices.Clone(v.lines), slices.Clone(v.settled)}
}

// back undoes what was done since the savepoint.
func (v *validation) back(to validationState) error {
	copy(v.lines, to.lines)
	copy(v.settled, to.settled)
	return v.tx.exec("ROLLBACK TO span")
}

// spanCount is how many days a child has over a week and over a span.
type spanCount struct{ week, span int }

// spanCounts reads how many days are saved over the week and the span of each of some requests.
func (v *validation) spanCounts(ranks []int) (map[int]spanCount, error) {
	counts := map[int]spanCount{}
	for _, k := range ranks {
		if err := v.refresh([]int{k}); err != nil {
			return nil, err
		}
		slot := &v.list[k].Slot
		counts[k] = spanCount{slot.Week.Before, slot.Span.Before}
	}
	return counts, nil
}

// trySpan settles bound requests, some of which are known to be refused and others to wait. It gives one whose span is left
// with too few days, and why it cannot stand, or -1.
func (v *validation) trySpan(bound []int, before map[int]spanCount, refused map[int]*portal.Error, waiting map[int]bool) (short int, why *portal.Error, err error) {
	v.inSpan = true
	defer func() { v.inSpan = false }()
	for _, k := range bound {
		if why := refused[k]; why != nil {
			if err := v.refresh([]int{k}); err != nil {
				return -1, nil, err
			}
			if err := v.write([]int{k}, []portal.Outcome{portal.OutcomeRefused}, []*portal.Error{why}); err != nil {
				return -1, nil, err
			}
		}
	}
	for _, k := range bound {
		settle := v.settle
		if waiting[k] && v.list[k].Slot.Wish == portal.WishAdd {
			settle = v.waitFor
		}
		if err := settle(k); err != nil {
			return -1, nil, err
		}
	}
	outcomes := slices.Clone(v.lines)
	after, err := v.spanCounts(bound)
	if err != nil {
		return -1, nil, err
	}
	for _, k := range bound {
		slot := &v.list[k].Slot
		if refused[k] != nil || !slot.Short(after[k].week, after[k].span, before[k].week, before[k].span) {
			continue
		}
		var first *portal.Error
		for _, mate := range portal.SpanMates(v.list, k) {
			if line := &outcomes[mate]; line.Outcome == portal.OutcomeRefused && first == nil {
				first = portal.Conflict("%s", line.Reason)
			}
		}
		return k, slot.Spoilt(first), nil
	}
	return -1, nil, nil
}

// waitFor puts a child on the waiting list of a day of a whole week, if it can be booked at all.
func (v *validation) waitFor(k int) error {
	if v.settled[k] {
		return nil
	}
	if err := v.refresh([]int{k}); err != nil {
		return err
	}
	outcome, why := v.list[k].Slot.Decide(v.now)
	if why == nil && outcome == portal.OutcomeBooked && v.list[k].Slot.Status == portal.NotBooked {
		outcome = portal.OutcomeWaiting
	}
	return v.write([]int{k}, []portal.Outcome{outcome}, []*portal.Error{why})
}

// splitWeek gives one of the requests of a whole week of which some days were booked and others have to wait, or -1.
func (v *validation) splitWeek(bound []int) int {
	for _, k := range bound {
		if slot := &v.list[k].Slot; !slot.Activity.WholeWeek || v.lines[k].Outcome != portal.OutcomeBooked || v.lines[k].Idle {
			continue
		}
		for _, mate := range portal.SpanMates(v.list, k) {
			other := &v.list[mate].Slot
			if v.lines[mate].Outcome == portal.OutcomeWaiting && other.Child == v.list[k].Slot.Child && other.Week.First == v.list[k].Slot.Week.First {
				return k
			}
		}
	}
	return -1
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
