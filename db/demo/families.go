package demo

import (
	"context"
	"fmt"
	"math/rand/v2"

	"marelle/db"
	"marelle/portal"
)

// familyFiles fills the files of children: what they eat, allergies and care plans, who fetches them, insurance. The chance is its own, so that the rest of the town stays what it is.
func (t *town) familyFiles(ctx context.Context) error {
	by, err := t.clerk(ctx)
	if err != nil {
		return err
	}
	if err := t.store.AskPapers(ctx, t.structure, by, []portal.PaperKind{portal.Insurance, portal.Vaccination}); err != nil {
		return err
	}
	chance := rand.New(rand.NewPCG(2026, 15))
	list, _, err := t.store.Families(ctx, t.structure, db.FamilyAsk{Manager: true}, 0, 1000)
	if err != nil {
		return err
	}
	for _, f := range list {
		for _, c := range f.Children {
			if err := t.childFile(ctx, by, f.ID, c.ID, chance); err != nil {
				return err
			}
		}
	}
	return t.store.WriteNote(ctx, t.structure, by, list[0].ID, "Venue à la mairie le 20 novembre : demande comment signaler une absence.", "demonstration-note")
}

// clerk gives the account of the town's manager.
func (t *town) clerk(ctx context.Context) (portal.AccountID, error) {
	all, err := t.store.DemoAccounts(ctx, t.structure)
	for _, a := range all {
		if a.Staff && a.LastName == "PUJOL" {
			return a.ID, err
		}
	}
	return 0, fmt.Errorf("demo: the manager is missing (%w)", err)
}

// childFile draws what is known of a child. Every child has a number of its own in the keys: it may be in two families.
func (t *town) childFile(ctx context.Context, by portal.AccountID, family portal.FamilyID, child portal.ChildID, chance *rand.Rand) error {
	draw, end := chance.IntN(100), chance.IntN(100)
	key := func(what string) string { return fmt.Sprintf("demonstration-%s-%d-%d", what, child, family) }
	care := portal.Care{}
	switch {
	case draw < 4:
		care.Allergies, care.Plan = "Arachide et fruits à coque", portal.CarePlan{First: portal.NewDate(2026, 9, 1), Last: portal.NewDate(2027, 8, 31), Words: "Trousse rouge dans le bureau de la direction. Au moindre gonflement : stylo d’adrénaline, puis le 15."}
	case draw < 7:
		care.Allergies = "Œuf"
	case draw < 16:
		care.Diet = portal.NoPork
	case draw < 20:
		care.Diet = portal.VegetarianDiet
	case draw < 21:
		care.Diet, care.DietWords = portal.OtherDiet, "sans lactose"
	}
	page, err := t.store.ChildPage(ctx, t.structure, child, true)
	if err != nil {
		return err
	}
	if care != (portal.Care{}) && page.Care == (portal.Care{}) {
		if err := t.store.SaveCare(ctx, t.structure, by, child, care, portal.Version(page.Care.Facts())); err != nil {
			return err
		}
	}
	if draw%5 == 0 {
		p := portal.PickupPerson{Family: family, Name: "Rose MARTY", Phone: "05 61 00 00 21", Link: "grand-mère"}
		if draw%10 == 0 {
			p = portal.PickupPerson{Family: family, Name: "Enzo FABRE", Phone: "06 00 00 00 22", Link: "voisin", Note: "17 ans, vient avec sa carte d’identité"}
		}
		if err := t.store.SavePickup(ctx, t.structure, by, child, p, key("personne"), ""); err != nil {
			return err
		}
	}
	if end < 15 {
		return nil
	}
	expires := portal.NewDate(2027, 8, 31)
	if end < 25 {
		expires = portal.NewDate(2026, 12, 31)
	}
	if err := t.store.AddPaper(ctx, t.structure, by, child, portal.Paper{Kind: portal.Insurance, Family: family, Expires: expires}, nil, key("assurance")); err != nil || end < 20 {
		return err
	}
	return t.store.AddPaper(ctx, t.structure, by, child, portal.Paper{Kind: portal.Vaccination, Family: family}, nil, key("vaccins"))
}
