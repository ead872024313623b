package demo

import (
	"context"

	"marelle/portal"
)

// nextYear brings the file of the small school for the year to come: the eldest leaves it, the others go up. The large school
// has not sent its file yet.
func (t *town) nextYear(ctx context.Context) error {
	roll := largeFamily()
	up := []portal.RollPupil{{Grade: "CM1", Class: "CM1-CM2 Mme ROY"}, {Grade: "CE1", Class: "CE1 M. FAUR"}, {Grade: "CP", Class: "CP Mme LABAT"}, {Grade: "MS", Class: "MS-GS Mme PONS"}}
	roll.Pupils = roll.Pupils[1:]
	roll.Guardians[0].Pupils, roll.Families[0].Pupils = nil, nil
	for i := range roll.Pupils {
		roll.Pupils[i].Grade, roll.Pupils[i].Class = up[i].Grade, up[i].Class
		roll.Guardians[0].Pupils = append(roll.Guardians[0].Pupils, i)
		roll.Families[0].Pupils = append(roll.Families[0].Pupils, i)
	}
	_, err := t.store.ImportRoll(ctx, t.structure, 0, "École Marie-Curie", roll, "2027-2028", false)
	return err
}
