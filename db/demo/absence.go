package demo

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"

	"marelle/db"
	"marelle/portal"
)

// absencesWanted is how many families announced one on the last evening.
const absencesWanted = 4

// absences lets a few families announce, on one evening, that a child does not come on the next days; the first one sent
// its document already. The chance is their own, so that the rest of the town stays what it is.
func (t *town) absences(ctx context.Context, today, evening portal.Date) error {
	if today != evening {
		return nil
	}
	t.clock.Set(today.At(portal.Clock(22, 0)))
	chance := rand.New(rand.NewPCG(2026, 6))
	announced := 0
	for _, i := range chance.Perm(len(t.families)) {
		if i < len(t.families)/2 { // the first families are those of the guides and of the journeys
			continue
		}
		ask := portal.AbsenceAsk{First: today + 1 + portal.Date(announced%2), Reason: portal.Sick}
		ask.Last = ask.First + portal.Date(chance.IntN(3))
		if announced == absencesWanted-1 {
			ask.Reason = portal.Away
		}
		id, err := t.announceOne(ctx, t.families[i], ask)
		if err != nil {
			return err
		}
		if id == 0 {
			continue
		}
		if announced == 0 {
			if err := t.store.SendDocument(ctx, t.families[i].ID, id, "certificat médical.png", certificate()); err != nil {
				return err
			}
		}
		if announced++; announced == absencesWanted {
			break
		}
	}
	return nil
}

// announceOne announces the family's first child who eats at the canteen on the first of these days; zero when none does.
func (t *town) announceOne(ctx context.Context, family db.DemoAccount, ask portal.AbsenceAsk) (portal.SpellID, error) {
	children, err := t.store.Children(ctx, family.ID)
	if err != nil {
		return 0, err
	}
	for _, c := range children {
		sheet, err := t.store.AbsenceSheet(ctx, family.ID, c.ID, ask.First, ask.Last)
		if err != nil {
			return 0, err
		}
		for _, d := range sheet.In(portal.AbsencePossible, t.clock.Now()) {
			if d.Activity.ID == t.canteen && d.Day == ask.First {
				ask.Child = c.ID
				id, _, err := t.store.Announce(ctx, family.ID, ask)
				return id, err
			}
		}
	}
	return 0, nil
}

// certificate draws a sheet of paper with a few lines on it.
func certificate() []byte {
	sheet := image.NewPaletted(image.Rect(0, 0, 105, 148), color.Palette{color.White, color.Gray{Y: 90}})
	for _, y := range []int{18, 22, 50, 60, 70, 80, 120} {
		for x := 12; x < 93-y%3*14; x++ {
			sheet.SetColorIndex(x, y, 1)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, sheet); err != nil {
		panic(err) // a buffer never refuses
	}
	return b.Bytes()
}
