package demo

import (
	"context"
	"math/rand/v2"
	"slices"

	"marelle/db"
	"marelle/portal"
)

// home gives the first page something to say: messages of the town hall, a family that forgets the canteen, and one that
// leaves its clicks unvalidated.
func (t *town) home(ctx context.Context) error {
	if err := t.announcements(ctx); err != nil {
		return err
	}
	today := portal.DateOf(t.clock.Now())
	families := slices.Clone(t.families)
	chance := rand.New(rand.NewPCG(2026, 7))
	chance.Shuffle(len(families), func(i, j int) { families[i], families[j] = families[j], families[i] })
	forgets, err := t.strangers(ctx, families, 2)
	if err != nil {
		return err
	}
	for i, s := range forgets {
		if i == 0 {
			err = t.store.DemoAttended(ctx, s.account, s.child, t.canteen, habitBefore(today))
		} else {
			err = t.leaveDraft(ctx, s, today)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// announcements writes one message for everybody, one for the canteen, and one still to come.
func (t *town) announcements(ctx context.Context) error {
	today := portal.DateOf(t.clock.Now())
	for i, a := range []portal.Announcement{
		{Title: "Le portail remplace les fiches en papier", First: today - 7, Last: today + 25,
			Body: "Depuis le 9 novembre, les réservations se font ici, et nulle part ailleurs.\n\n- Choisissez les jours sur le calendrier.\n- Relisez, puis validez.\n- Le lendemain matin, un compte rendu arrive par courriel.\n\nBesoin d’aide ? La mairie répond au 05\u00a061\u00a000\u00a000\u00a000, du lundi au vendredi de 9\u00a0h à 12\u00a0h."},
		{Title: "Repas de Noël le jeudi 17 décembre", First: min(today-3, portal.NewDate(2026, 12, 17)), Last: portal.NewDate(2026, 12, 17), Activity: t.canteen,
			Body: "Le repas de Noël de la cantine est servi le jeudi 17 décembre. Réservez-le comme un jour ordinaire, jusqu’au jeudi 10 décembre à 9\u00a0h."},
		{Title: "Pause du portail pendant les vacances", First: portal.NewDate(2026, 12, 14), Last: portal.NewDate(2027, 1, 3),
			Body: "La mairie est fermée du 24 décembre au 1er janvier. Le portail reste ouvert : vos demandes sont transmises chaque nuit."},
	} {
		a.Structure = t.structure
		if _, err := t.store.WriteAnnouncement(ctx, t.manager, a, "demonstration-"+string(rune('a'+i))); err != nil {
			return err
		}
	}
	return nil
}

// stranger is a child that has nothing booked at the canteen, with its guardian.
type stranger struct {
	account portal.AccountID
	child   portal.ChildID
}

// strangers finds n children of different families with nothing booked at the canteen.
func (t *town) strangers(ctx context.Context, families []db.DemoAccount, n int) ([]stranger, error) {
	var list []stranger
	for _, a := range families {
		h, err := t.store.Home(ctx, a.ID)
		if err != nil {
			return nil, err
		}
		eats := slices.ContainsFunc(h.Booked, func(b portal.SavedDay) bool { return b.ActID == t.canteen })
		if eats || len(h.Children) != 1 || slices.ContainsFunc(list, func(s stranger) bool { return s.child == h.Children[0].ID }) {
			continue
		}
		if list = append(list, stranger{a.ID, h.Children[0].ID}); len(list) == n {
			break
		}
	}
	return list, nil
}

// habitBefore gives the Mondays, Tuesdays and Thursdays of three weeks and of this one.
func habitBefore(today portal.Date) (days []portal.Date) {
	weekdays := portal.Days(portal.Monday, portal.Tuesday, portal.Thursday)
	for day := today.Monday() - 21; day < today.Monday()+7; day++ {
		if weekdays.Has(day.Weekday()) {
			days = append(days, day)
		}
	}
	return days
}

// leaveDraft clicks two days of the next week and does not validate them.
func (t *town) leaveDraft(ctx context.Context, s stranger, today portal.Date) error {
	monday := today.Monday() + 7
	_, err := t.store.AskMany(ctx, s.account, []db.Want{{Child: s.child, Activity: t.canteen, Day: monday, Present: true}, {Child: s.child, Activity: t.canteen, Day: monday + 1, Present: true}})
	return err
}
