package demo

import (
	"context"

	"marelle/portal"
)

// priorities publishes who goes first for the holidays, with a criterion that two children have.
func (t *town) priorities(ctx context.Context) error {
	staff, err := t.staff(ctx, "PUJOL")
	if err != nil {
		return err
	}
	if err := t.store.SavePriorityLabel(ctx, t.structure, staff, portal.PriorityLabel{Name: "les deux parents travaillent", Document: "attestation de l’employeur"}); err != nil {
		return err
	}
	labels, err := t.store.PriorityLabels(ctx, t.structure)
	if err != nil || len(labels) == 0 {
		return err
	}
	works := labels[0].ID
	if err := t.store.SavePriorities(ctx, t.structure, staff, t.holidays, portal.Version((&portal.Activity{}).PriorityFacts()), []portal.Criterion{portal.ByLabel(works), portal.ByTown, portal.BySibling}); err != nil {
		return err
	}
	list, err := t.store.WaitList(ctx, t.structure, t.holidays, fullHolidays)
	if err != nil {
		return err
	}
	for i, w := range list.Lines {
		if i%2 == 0 {
			continue
		}
		held := []portal.HeldLabel{{Label: works, Dated: portal.NewDate(2026, 9, 3), Last: portal.NewDate(2027, 8, 31)}}
		if err := t.store.SaveChildPriorities(ctx, t.structure, staff, w.Child.ID, portal.Version(nil), held); err != nil {
			return err
		}
	}
	if err := t.tripPriorities(ctx, staff, works); err != nil {
		return err
	}
	return t.movedUp(ctx, staff)
}
