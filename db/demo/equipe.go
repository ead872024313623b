package demo

import (
	"context"

	"marelle/portal"
)

// team completes the town hall once everybody else is there: a régisseur who is ready, and an agent whose letter still waits.
func (t *town) team(ctx context.Context) error {
	cashier := portal.Identity{Civility: "M.", LastName: "GASC", FirstName: "Laurent", Emails: []string{"laurent.gasc@carteville.exemple"}}
	letter, err := t.store.CreateStaff(ctx, t.structure, cashier, portal.Cashier)
	if err != nil {
		return err
	}
	t.logins = append(t.logins, Login{string(portal.Cashier), letter.Login, Password, cashier.LastName, cashier.FirstName})
	if _, err := t.store.CreateStaff(ctx, t.structure, portal.Identity{Civility: "Mme", LastName: "MARTY", FirstName: "Sylvie"}, portal.Agent); err != nil {
		return err
	}
	return t.store.DemoReady(ctx, []portal.AccountID{letter.Person.ID}, Password)
}
