package demo

import (
	"context"
	"fmt"

	"marelle/db"
	"marelle/portal"
)

// habits are the families that register for the year in the autumn: the nights turn their registrations into bookings.
func (t *town) habits(ctx context.Context) error {
	for _, h := range []struct {
		last, first string
		activity    portal.ActivityID
		portal.Registration
	}{
		{"MAURY", "Mathieu", t.canteen, portal.Registration{EveryOther: true, Weekdays: portal.Days(portal.Monday, portal.Thursday)}},
		{"ROGALLE", "Nathalie", t.canteen, portal.Registration{Weekdays: portal.Days(portal.Monday, portal.Tuesday, portal.Thursday, portal.Friday)}},
		{"COUSTET", "Céline", t.morning, portal.Registration{Weekdays: portal.Days(portal.Tuesday, portal.Friday), Last: portal.NewDate(2027, 7, 2)}},
	} {
		account, child, err := t.firstChild(ctx, h.last, h.first)
		if err != nil {
			return err
		}
		w := db.RegistrationWish{Registration: h.Registration}
		w.Child, w.Activity, w.First = child, h.activity, portal.NewDate(2026, 11, 2)
		if _, err := t.store.AskRegistration(ctx, account, fmt.Sprintf("demo-inscription-%d", account), w); err != nil {
			return err
		}
	}
	return nil
}

// changeOfHabit is what one of them asks on the last day: it waits for the coming night. That family gave no address, so
// that the first mail of the demonstration stays that of whoever tries it.
func (t *town) changeOfHabit(ctx context.Context) error {
	account, _, err := t.firstChild(ctx, "ROGALLE", "Nathalie")
	if err != nil {
		return err
	}
	l, err := t.store.Registrations(ctx, account)
	if err != nil {
		return err
	}
	w := db.RegistrationWish{Registration: portal.Registration{ID: l.List[0].Course.ID, First: portal.NewDate(2026, 11, 30), Weekdays: portal.Days(portal.Monday, portal.Tuesday)}}
	_, err = t.store.AskRegistration(ctx, account, "demo-changement", w)
	return err
}

func (t *town) firstChild(ctx context.Context, last, first string) (portal.AccountID, portal.ChildID, error) {
	for _, a := range t.families {
		if a.LastName != last || a.FirstName != first {
			continue
		}
		children, err := t.store.Children(ctx, a.ID)
		if err != nil || len(children) == 0 {
			return 0, 0, fmt.Errorf("demo: %s %s has no child: %w", last, first, err)
		}
		return a.ID, children[0].ID, nil
	}
	return 0, 0, fmt.Errorf("demo: nobody is called %s %s", last, first)
}
