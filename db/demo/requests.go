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

// tripDay is the day of CarteVille's trip to the snow: more children are asked for than the bus takes.
var tripDay = portal.NewDate(2027, 2, 10)

const (
	tripPlaces = 5
	tripAsked  = 8
)

// trip offers, on the eve of the demonstration, a day in the snow to the children that the town hall enrolled; their families
// ask for it one after the other, and nobody has answered yet.
func (t *town) trip(ctx context.Context, eve, today portal.Date) error {
	if today != eve {
		return nil
	}
	t.clock.Set(eve.At(portal.Clock(19, 30)))
	dayOff := portal.DaysBefore(21, portal.EndOfDay)
	id, err := t.store.SaveActivity(ctx, portal.Activity{StructureID: t.structure, Name: "SORTIE À LA NEIGE", Short: "Neige", Spoken: "la sortie à la neige", Kind: portal.HolidayCamp,
		Starts: portal.Clock(8, 0), Ends: portal.Clock(18, 0), Opening: portal.Opening{First: tripDay, Last: tripDay, Holidays: portal.Days(tripDay.Weekday())}, Book: dayOff, Cancel: dayOff,
		Decided: true, Enrolment: true, Waitlist: true,
		Windows: []portal.Window{{Name: "sortie du 10 février", First: tripDay, Last: tripDay,
			Opens: portal.NewDate(2026, 11, 16).At(portal.Clock(9, 0)), Closes: portal.NewDate(2027, 1, 15).At(portal.EndOfDay)}},
		Counters: []portal.Counter{{Name: "Car de la sortie à la neige", Limited: true, Capacity: tripPlaces}}})
	if err != nil {
		return err
	}
	t.snow = id
	chance := rand.New(rand.NewPCG(2026, 20))
	families := slices.DeleteFunc(slices.Clone(t.families), func(a db.DemoAccount) bool {
		return slices.Contains([]string{"DUPONT", "D'HAUTPOUL", "ORTET", "BOYER"}, a.LastName) // others tell their story
	})
	chance.Shuffle(len(families), func(i, j int) { families[i], families[j] = families[j], families[i] })
	asked := map[portal.ChildID]bool{}
	for _, a := range families {
		if len(asked) == tripAsked {
			return nil
		}
		children, err := t.store.Children(ctx, a.ID)
		if err != nil {
			return err
		}
		if len(children) == 0 || asked[children[0].ID] { // the other parent has asked
			continue
		}
		eldest := children[0].ID
		if err := t.store.SaveEnrolment(ctx, t.structure, t.manager, eldest, portal.Enrolment{Activity: t.snow, First: portal.DateOf(t.clock.Now()), Last: tripDay}); err != nil {
			return err
		}
		t.clock.Set(t.clock.Now().Add(3 * time.Minute))
		if err := t.validate(ctx, pupil{a, eldest}, tripDay, true, t.snow); err != nil {
			return err
		}
		asked[eldest] = true
	}
	return fmt.Errorf("demo: only %d children ask for the trip", len(asked))
}

// tripPriorities publishes who goes to the snow first, with a label that three of the children hold.
func (t *town) tripPriorities(ctx context.Context, staff portal.AccountID, works portal.LabelID) error {
	if err := t.store.SavePriorityLabel(ctx, t.structure, staff, portal.PriorityLabel{Name: "n’est encore jamais parti", Document: "fiche de la directrice"}); err != nil {
		return err
	}
	labels, err := t.store.PriorityLabels(ctx, t.structure)
	if err != nil {
		return err
	}
	first := labels[slices.IndexFunc(labels, func(l portal.PriorityLabel) bool { return l.ID != works })].ID
	if err := t.store.SavePriorities(ctx, t.structure, staff, t.snow, portal.Version((&portal.Activity{}).PriorityFacts()), []portal.Criterion{portal.ByLabel(first), portal.ByLabel(works), portal.BySibling}); err != nil {
		return err
	}
	list, err := t.store.Requests(ctx, t.structure, db.RequestFilter{Activity: t.snow})
	if err != nil {
		return err
	}
	dated, last := portal.NewDate(2026, 9, 3), portal.NewDate(2027, 8, 31)
	for i, asked := range list {
		var held []portal.HeldLabel
		if i%3 == 2 || i == len(list)-1 { // who asked last goes first
			held = append(held, portal.HeldLabel{Label: first, Dated: dated, Last: last})
		}
		if i%2 == 1 {
			held = append(held, portal.HeldLabel{Label: works, Dated: dated, Last: last})
		}
		if len(held) == 0 {
			continue
		}
		known, err := t.store.ChildPriorities(ctx, t.structure, asked.Child.ID)
		if err != nil {
			return err
		}
		if len(known) > 0 { // holds one for the holidays already
			continue
		}
		if err := t.store.SaveChildPriorities(ctx, t.structure, staff, asked.Child.ID, portal.Version(nil), held); err != nil {
			return err
		}
	}
	return nil
}

// movedUp puts the last child of a Wednesday's waiting list forward, with the reason that the audit log and the family read.
func (t *town) movedUp(ctx context.Context, staff portal.AccountID) error {
	lists, err := t.store.WaitLists(ctx, t.structure, db.RequestFilter{Activity: t.wednesday})
	if err != nil {
		return err
	}
	for _, l := range slices.Backward(lists) {
		if l.N < 3 {
			continue
		}
		whole, err := t.store.WaitList(ctx, t.structure, t.wednesday, l.Day)
		if err != nil {
			return err
		}
		return t.store.MoveWaiting(ctx, db.WaitAct{Structure: t.structure, By: staff, Activity: t.wednesday, Day: l.Day, Child: whole.Lines[l.N-1].Child.ID, Seen: whole.Seen(),
			Reason: "suivi par l’assistante sociale, courrier du 20 novembre"}, 2)
	}
	return fmt.Errorf("demo: no Wednesday with three who wait")
}
