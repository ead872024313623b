package demo

import (
	"context"

	"marelle/db"
	"marelle/portal"
)

// limits gives CarteVille a version of the limits of the morning that starts after the holidays, with a late lane, and a
// profile that one family has.
func (t *town) limits(ctx context.Context) error {
	staff, err := t.staff(ctx, "PUJOL")
	if err != nil {
		return err
	}
	late := portal.Rule{Action: portal.ActionLate, Channel: portal.Online, Cutoff: portal.DaysBefore(0, portal.Clock(7, 0)), Late: portal.LateSurcharged}
	if err := t.store.EditCutoff(ctx, t.structure, staff, t.morning, late, 0); err != nil {
		return err
	}
	sheet, err := t.store.Cutoffs(ctx, t.structure, t.morning)
	if err != nil {
		return err
	}
	first, ok := sheet.Activity.Opening.NextOpen(portal.DateOf(t.clock.Now()).Month().Add(2).First(), &sheet.Setup.Calendar)
	if !ok {
		return nil
	}
	if err := t.store.PublishCutoffs(ctx, t.structure, staff, t.morning, first, sheet.Seen()); err != nil {
		return err
	}
	profile, err := t.store.SaveLimitProfile(ctx, staff, portal.LimitProfile{StructureID: t.structure, Name: "Horaires de travail variables", Document: "attestation de l’employeur"})
	if err != nil {
		return err
	}
	families, _, err := t.store.Families(ctx, t.structure, db.FamilyAsk{Search: "LABORDE", Manager: true}, 0, 1)
	if err != nil || len(families) == 0 {
		return err
	}
	return t.store.GiveProfile(ctx, t.structure, staff, families[0].ID, profile, portal.DateOf(t.clock.Now())+200)
}

// staff finds an agent by name.
func (t *town) staff(ctx context.Context, name string) (portal.AccountID, error) {
	all, err := t.store.DemoAccounts(ctx, t.structure)
	for _, a := range all {
		if a.Staff && a.LastName == name {
			return a.ID, err
		}
	}
	return 0, err
}
