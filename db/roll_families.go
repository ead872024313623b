package db

import (
	"slices"
	"strings"

	"marelle/portal"
)

// families gives each household of the roll its children and guardians. A household that is known is added to; nobody
// leaves one but a guardian who now has one of his own with the same children.
func (im *rollImport) families() {
	known, housed := map[portal.FamilyID]*portal.KnownFamily{}, map[portal.ChildID]bool{}
	for i := range im.known.Families {
		k := &im.known.Families[i]
		known[k.ID] = k
		for _, c := range k.Children {
			housed[c] = true
		}
	}
	apart := map[int]portal.FamilyID{}
	for _, b := range im.match.Apart {
		apart[b.Guardian] = b.Family
	}
	home := map[int]portal.FamilyID{} // of each guardian
	for i, f := range im.roll.Families {
		k := known[im.match.Families[i]]
		if k == nil {
			if len(f.Guardians) == 0 && im.haveFamily(f, housed) {
				continue // the roll names no guardian any more: the family they have is theirs
			}
			k = im.createFamily(f)
		} else {
			im.moveFamily(f, k)
		}
		for _, g := range f.Guardians {
			home[g] = k.ID
		}
		im.join(f, k, known, apart)
	}
	for _, b := range im.match.Leaving {
		im.leave(b, home[b.Guardian], known[b.Family])
	}
	im.tellUnnamed(known)
}

// leave takes a guardian out of a household for the one he has now; the children of whom the roll does not speak follow him.
func (im *rollImport) leave(b portal.RollBond, home portal.FamilyID, k *portal.KnownFamily) {
	for _, c := range k.Children {
		if slices.Contains(im.match.Children, c) {
			continue
		}
		im.writes.add(bulkFamChild, bulkRef{bulkFamily, int64(home)}, c)
	}
	im.report.Say(portal.RollChangedFamily, "Famille %s : %s a maintenant une famille à part, avec les mêmes enfants", k.Name, guardianName(im.roll.Guardians[b.Guardian]))
	im.writes.do("DELETE FROM guardian WHERE family_id = ? AND account_id = ?", k.ID, im.match.Accounts[b.Guardian])
}

// tellUnnamed says which guardians of the roll's children the roll no longer names: staff decide what that means.
func (im *rollImport) tellUnnamed(known map[portal.FamilyID]*portal.KnownFamily) {
	named, people := map[portal.AccountID]bool{}, map[portal.AccountID]portal.RollGuardian{}
	for _, a := range im.match.Accounts {
		named[a] = true
	}
	for _, g := range im.known.Guardians {
		people[g.ID] = g.RollGuardian
	}
	for i, f := range im.roll.Families {
		k := known[im.match.Families[i]]
		if k == nil || len(f.Guardians) == 0 {
			continue
		}
		for _, a := range k.Guardians {
			if !named[a] {
				im.report.Say(portal.RollNote, "%s n’est plus cité comme responsable de %s. Son compte et ses droits sont gardés : vérifiez-les.",
					guardianName(people[a]), portal.List(im.firstNames(f.Pupils)))
			}
		}
	}
}

// haveFamily says whether each child of a household has a family already.
func (im *rollImport) haveFamily(f portal.RollFamily, housed map[portal.ChildID]bool) bool {
	return !slices.ContainsFunc(f.Pupils, func(p int) bool { return !housed[im.match.Children[p]] })
}

func (im *rollImport) createFamily(f portal.RollFamily) *portal.KnownFamily {
	n := im.writes.add(bulkFamily, im.structure.ID, f.Name, f.Street, f.PostCode, f.Town, true, at(im.s.now()))
	var people []string
	for _, g := range f.Guardians {
		people = append(people, guardianName(im.roll.Guardians[g]))
	}
	who := "sans responsable"
	if len(people) > 0 {
		who = portal.List(people)
	}
	im.report.Say(portal.RollNewFamily, "Famille %s, %s : %s", f.Name, who, portal.List(im.firstNames(f.Pupils)))
	return &portal.KnownFamily{ID: portal.FamilyID(n)}
}

func (im *rollImport) firstNames(pupils []int) []string {
	var names []string
	for _, p := range pupils {
		names = append(names, im.roll.Pupils[p].FirstName)
	}
	return names
}

// moveFamily writes a new address, unless a guardian whom the roll does not place there shares the family.
func (im *rollImport) moveFamily(f portal.RollFamily, k *portal.KnownFamily) {
	if k.Street == "" && f.Street == "" || k.Street != "" && k.SameHome(f.RollAddress) {
		return
	}
	for _, a := range k.Guardians {
		here := slices.ContainsFunc(f.Guardians, func(g int) bool { return im.match.Accounts[g] == a })
		leaves := slices.ContainsFunc(im.match.Leaving, func(b portal.RollBond) bool { return b.Family == k.ID && im.match.Accounts[b.Guardian] == a })
		if !here && !leaves {
			im.report.Say(portal.RollNote, "Famille %s : le fichier donne l’adresse %s, mais pas pour tous ses responsables. L’adresse du portail est gardée.", k.Name, f.RollAddress)
			return
		}
	}
	im.report.Say(portal.RollChangedFamily, "Famille %s : nouvelle adresse, %s", k.Name, f.RollAddress)
	im.writes.do("UPDATE family SET street = ?, postcode = ?, town = ? WHERE id = ?", f.Street, f.PostCode, f.Town, k.ID)
}

// join adds to a family the children and guardians of the roll's that it does not have.
func (im *rollImport) join(f portal.RollFamily, k *portal.KnownFamily, known map[portal.FamilyID]*portal.KnownFamily, apart map[int]portal.FamilyID) {
	var children, guardians []string
	for _, p := range f.Pupils {
		if im.addChild(k, p) {
			children = append(children, im.roll.Pupils[p].FirstName)
		}
	}
	for _, g := range f.Guardians {
		if own := apart[g]; own != 0 {
			im.keepApart(f, g, known[own])
			continue
		}
		if a := im.match.Accounts[g]; !slices.Contains(k.Guardians, a) {
			im.writes.add(bulkGuardian, bulkRef{bulkFamily, int64(k.ID)}, bulkRef{bulkAccount, int64(a)})
			guardians = append(guardians, guardianName(im.roll.Guardians[g]))
		}
	}
	if added := append(guardians, children...); k.Name != "" && len(added) > 0 { // a new family has been told already
		im.report.Say(portal.RollChangedFamily, "Famille %s : s’y ajoutent %s", k.Name, portal.List(added))
	}
}

func (im *rollImport) addChild(k *portal.KnownFamily, pupil int) (added bool) {
	c := im.match.Children[pupil]
	link := familyLink{k.ID, int64(c)}
	if im.added[link] || slices.Contains(k.Children, c) {
		return false
	}
	im.added[link] = true
	im.writes.add(bulkFamChild, bulkRef{bulkFamily, int64(k.ID)}, bulkRef{bulkChild, int64(c)})
	return true
}

// keepApart leaves a guardian in the family he has, with the children that the roll gives him.
func (im *rollImport) keepApart(f portal.RollFamily, g int, own *portal.KnownFamily) {
	var added []string
	for _, p := range im.roll.Guardians[g].Pupils {
		if im.addChild(own, p) {
			added = append(added, im.roll.Pupils[p].FirstName)
		}
	}
	if len(added) > 0 {
		im.report.Say(portal.RollChangedFamily, "Famille %s : s’y ajoutent %s", own.Name, strings.Join(added, ", "))
	}
	im.report.Say(portal.RollNote, "%s habite d’après le fichier avec l’autre responsable de %s, mais a sa propre famille dans le portail. Les deux familles sont gardées.",
		guardianName(im.roll.Guardians[g]), portal.List(im.firstNames(f.Pupils)))
}
