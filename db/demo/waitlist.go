package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"marelle/db"
	"marelle/portal"
)

// The days of CarteVille that are full with a waiting list.
var (
	fullHolidays = portal.NewDate(2026, 12, 22) // ALSH VACANCES: the place that was given back is offered
	fullStudy    = portal.NewDate(2026, 12, 3)  // ÉTUDE SURVEILLÉE: places go at once to who waits
)

// waitlists fills two days beyond their places on the eve of the demonstration, when nobody else validates, and gives one
// place of each back: one is offered to the first family that waits, the other goes to it at once.
func (t *town) waitlists(ctx context.Context, eve, today portal.Date) error {
	if today != eve {
		return nil
	}
	chance := rand.New(rand.NewPCG(2026, 5))
	families := slices.DeleteFunc(slices.Clone(t.families), func(a db.DemoAccount) bool {
		return slices.Contains([]string{"DUPONT", "D'HAUTPOUL", "ORTET", "BOYER"}, a.LastName) // others tell their story
	})
	chance.Shuffle(len(families), func(i, j int) { families[i], families[j] = families[j], families[i] })
	t.clock.Set(eve.At(portal.Clock(18, 0)))
	holidays, err := t.fill(ctx, families, fullHolidays, 16+4, t.holidays, t.lunch)
	if err != nil {
		return err
	}
	slices.Reverse(families) // other children
	study, err := t.fill(ctx, families, fullStudy, 12+4, t.study)
	if err != nil {
		return err
	}
	if err := t.validate(ctx, holidays[3], fullHolidays, false, t.holidays, t.lunch); err != nil {
		return err
	}
	return t.validate(ctx, study[5], fullStudy, false, t.study)
}

// pupil is a child with the parent who books.
type pupil struct {
	parent db.DemoAccount
	child  portal.ChildID
}

// fill lets families book a day for their youngest, one after the other, until so many children have it or wait for it.
func (t *town) fill(ctx context.Context, families []db.DemoAccount, day portal.Date, wanted int, activities ...portal.ActivityID) ([]pupil, error) {
	var list []pupil
	seen := map[portal.ChildID]bool{}
	for _, a := range families {
		children, err := t.store.Children(ctx, a.ID)
		if err != nil {
			return nil, err
		}
		if len(children) == 0 || len(list) == wanted {
			continue
		}
		p := pupil{a, children[len(children)-1].ID}
		free, err := t.free(ctx, p, day)
		if err != nil {
			return nil, err
		}
		if seen[p.child] || !free { // the other parent has booked, or the child is elsewhere at that hour
			continue
		}
		seen[p.child] = true
		t.clock.Set(t.clock.Now().Add(2 * time.Minute))
		if err := t.validate(ctx, p, day, true, activities...); err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	if len(list) < wanted {
		return nil, fmt.Errorf("demo: only %d children for %s", len(list), day)
	}
	return list, nil
}

// free says whether the child is not expected in the evening of a day.
func (t *town) free(ctx context.Context, p pupil, day portal.Date) (bool, error) {
	c, err := t.store.Calendar(ctx, p.parent.ID, p.child, t.evening, day.Month())
	if err != nil {
		return false, err
	}
	return c.Slots[day-day.Month().First()].Status == portal.NotBooked, nil
}

// validate books or cancels a day for a child.
func (t *town) validate(ctx context.Context, p pupil, day portal.Date, present bool, activities ...portal.ActivityID) error {
	var wants []db.Want
	for _, a := range activities {
		wants = append(wants, db.Want{Child: p.child, Activity: a, Day: day, Present: present})
	}
	if left, err := t.store.AskMany(ctx, p.parent.ID, wants); err != nil || len(left) > 0 {
		return fmt.Errorf("demo: %v left out (%w)", left, err)
	}
	_, err := t.store.Confirm(ctx, p.parent.ID, fmt.Sprintf("demo-attente-%d-%s-%v", p.child, day, present), db.AnyVersion)
	return err
}
