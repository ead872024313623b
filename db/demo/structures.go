package demo

import (
	"context"

	"marelle/portal"
)

// closures are what CarteVille decided of its own calendar: a bridge day and an inventory, both in the summer to come.
func (t *town) closures(ctx context.Context) error {
	accounts, err := t.store.DemoAccounts(ctx, t.structure)
	if err != nil {
		return err
	}
	setup, err := t.store.Setup(ctx, t.structure)
	if err != nil {
		return err
	}
	year := setup.YearOf(portal.NewDate(2027, 1, 4))
	list := []portal.DaysOff{
		{Kind: portal.OffBridge, Period: portal.Period{Name: "pont du 14 juillet", From: portal.NewDate(2027, 7, 15), To: portal.NewDate(2027, 7, 16)}},
		{Kind: portal.OffClosure, Period: portal.Period{Name: "préparation de la rentrée", From: portal.NewDate(2027, 8, 30), To: portal.NewDate(2027, 8, 31)}},
	}
	for _, a := range accounts {
		if a.Staff { // the first is the administrator
			_, err := t.store.SaveDaysOff(ctx, a.ID, t.structure, year.ID, false, list, portal.Version(nil), "")
			return err
		}
	}
	return nil
}
