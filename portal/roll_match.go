package portal

import (
	"cmp"
	"slices"
)

// RollKnown is what a structure holds before a roll is imported, each list in the order of its numbers.
type RollKnown struct {
	Children  []KnownChild
	Guardians []KnownGuardian
	Families  []KnownFamily
}

// KnownChild is a child of the structure.
type KnownChild struct {
	ID        ChildID
	LastName  string
	UsedName  string
	FirstName string
	Birth     Date
	Sex       string
	INE       string // hash of the national number, or nothing
}

// KnownGuardian is the account of somebody who has a family in the structure; Pupils is not filled.
type KnownGuardian struct {
	ID AccountID
	RollGuardian
}

// KnownFamily is a household of the structure.
type KnownFamily struct {
	ID   FamilyID
	Name string
	RollAddress
	Guardians []AccountID
	Children  []ChildID
}

// RollMatch says who of a roll is known already; zero is somebody new.
type RollMatch struct {
	Children []ChildID   // of each pupil
	Accounts []AccountID // of each guardian
	Families []FamilyID  // of each family
	Apart    []RollBond  // guardians who keep the family they have, although the roll puts them under one roof with the other parent
	Leaving  []RollBond  // guardians who leave a household that has others, because the roll gives them another with the same children
}

// RollBond is a guardian of the roll in a known family.
type RollBond struct {
	Guardian int
	Family   FamilyID
}

// MatchRoll recognises the children, guardians and families of a roll. ine is the hash of each pupil's national number, or
// nothing. It refuses a pupil who may be either of two known children.
func MatchRoll(roll Roll, ine []string, known RollKnown) (RollMatch, error) {
	return matchRoll(roll, ine, known, RollMatch{
		Children: make([]ChildID, len(roll.Pupils)), Accounts: make([]AccountID, len(roll.Guardians)), Families: make([]FamilyID, len(roll.Families)),
	})
}

// matchRoll is MatchRoll when some are known beforehand.
func matchRoll(roll Roll, ine []string, known RollKnown, preset RollMatch) (RollMatch, error) {
	m := rollMatcher{roll: roll, known: known, RollMatch: preset}
	m.index()
	for _, f := range preset.Families {
		m.taken[f] = f != 0
	}
	if err := m.matchChildren(ine); err != nil {
		return RollMatch{}, err
	}
	m.matchGuardians()
	m.matchFamilies()
	m.settleHouseholds()
	return m.RollMatch, nil
}

type rollMatcher struct {
	RollMatch
	roll             Roll
	known            RollKnown
	families         map[FamilyID]*KnownFamily
	familiesOfChild  map[ChildID][]*KnownFamily
	familiesOfPerson map[AccountID][]*KnownFamily
	taken            map[FamilyID]bool
}

func (m *rollMatcher) index() {
	m.families, m.taken = map[FamilyID]*KnownFamily{}, map[FamilyID]bool{}
	m.familiesOfChild, m.familiesOfPerson = map[ChildID][]*KnownFamily{}, map[AccountID][]*KnownFamily{}
	for i := range m.known.Families {
		f := &m.known.Families[i]
		m.families[f.ID] = f
		for _, c := range f.Children {
			m.familiesOfChild[c] = append(m.familiesOfChild[c], f)
		}
		for _, a := range f.Guardians {
			m.familiesOfPerson[a] = append(m.familiesOfPerson[a], f)
		}
	}
}

// matchChildren knows a child by the national number, else by the names and the birth date.
func (m *rollMatcher) matchChildren(ine []string) error {
	type person struct {
		first string
		birth Date
	}
	byINE, byPerson := map[string]ChildID{}, map[person][]*KnownChild{}
	for i := range m.known.Children {
		c := &m.known.Children[i]
		byINE[c.INE] = c.ID
		if c.Birth != 0 {
			who := person{FoldName(c.FirstName), c.Birth}
			byPerson[who] = append(byPerson[who], c)
		}
	}
	taken := map[ChildID]bool{}
	for i := range m.roll.Pupils {
		if m.Children[i] == 0 && ine[i] != "" {
			m.Children[i] = byINE[ine[i]]
		}
		taken[m.Children[i]] = true
	}
	for i, p := range m.roll.Pupils {
		if m.Children[i] != 0 {
			continue
		}
		var found []*KnownChild
		for _, c := range byPerson[person{FoldName(p.FirstName), p.Birth}] {
			two := ine[i] != "" && c.INE != "" // two national numbers are two children, be they twins of name and day
			if !two && !taken[c.ID] && p.names().compatible(newRollNames(c.LastName, c.UsedName, c.FirstName)) {
				found = append(found, c)
			}
		}
		switch len(found) {
		case 0:
		case 1:
			m.Children[i] = found[0].ID
			taken[found[0].ID] = true
		default:
			return Conflict("Deux enfants déjà enregistrés s’appellent %s et sont nés le %s : rien ne dit duquel parle la ligne %d du fichier des élèves. Complétez son numéro INE, puis recommencez l’import.",
				p.DisplayName(), p.Birth.French(), p.Line)
		}
	}
	return nil
}

// matchGuardians knows a guardian among those of the same children first: by the names and the address, e-mail or phone,
// else by the names alone. Elsewhere in the structure the names alone are not enough: there they stay two people.
func (m *rollMatcher) matchGuardians() {
	byID := map[AccountID]*KnownGuardian{}
	var index rollNameIndex
	for i := range m.known.Guardians {
		k := &m.known.Guardians[i]
		byID[k.ID] = k
		index.add(k.names())
	}
	ofChildren := func(g *RollGuardian) []*KnownGuardian {
		var list []*KnownGuardian
		for _, p := range g.Pupils {
			for _, f := range m.familiesOfChild[m.Children[p]] {
				for _, a := range f.Guardians {
					if k := byID[a]; !slices.Contains(list, k) {
						list = append(list, k)
					}
				}
			}
		}
		return list
	}
	everywhere := func(g *RollGuardian) []*KnownGuardian {
		var list []*KnownGuardian
		for _, i := range index.alike(g.names()) {
			list = append(list, &m.known.Guardians[i])
		}
		return list
	}
	named := func(g *RollGuardian, k *KnownGuardian) bool {
		return g.names().compatible(k.names()) && sameCivility(g.Civility, k.Civility)
	}
	sure := func(g *RollGuardian, k *KnownGuardian) bool { return named(g, k) && m.samePersonAnywhere(*g, k) }

	taken := map[AccountID]bool{}
	for _, a := range m.Accounts {
		taken[a] = a != 0
	}
	for _, pass := range []struct {
		among func(*RollGuardian) []*KnownGuardian
		same  func(*RollGuardian, *KnownGuardian) bool
	}{{ofChildren, sure}, {ofChildren, named}, {everywhere, sure}} {
		for i := range m.roll.Guardians {
			g := &m.roll.Guardians[i]
			for _, k := range pass.among(g) {
				if m.Accounts[i] == 0 && !taken[k.ID] && pass.same(g, k) {
					m.Accounts[i] = k.ID
					taken[k.ID] = true
				}
			}
		}
	}
}

// samePersonAnywhere asks samePerson at each address that the known person has.
func (m *rollMatcher) samePersonAnywhere(g RollGuardian, k *KnownGuardian) bool {
	at := k.RollGuardian
	return samePerson(g, at) || slices.ContainsFunc(m.familiesOfPerson[k.ID], func(f *KnownFamily) bool {
		at.RollAddress = f.RollAddress
		return samePerson(g, at)
	})
}

// accounts gives the known guardians of a family of the roll, and whether all are known.
func (m *rollMatcher) accounts(f *RollFamily) (known []AccountID, all bool) {
	for _, g := range f.Guardians {
		if a := m.Accounts[g]; a != 0 {
			known = append(known, a)
		}
	}
	return known, len(known) == len(f.Guardians)
}

func (m *rollMatcher) children(f *RollFamily) (known []ChildID, all bool) {
	for _, p := range f.Pupils {
		if c := m.Children[p]; c != 0 {
			known = append(known, c)
		}
	}
	return known, len(known) == len(f.Pupils)
}

// matchFamilies knows a family by its guardians and its children, at its address first; each known family is one of the
// roll at most. One that has a guardian of whom the roll's family knows nothing may not receive children of hers.
func (m *rollMatcher) matchFamilies() {
	sharesBoth := func(f *RollFamily, k *KnownFamily) bool {
		accounts, _ := m.accounts(f)
		children, _ := m.children(f)
		return shared(accounts, k.Guardians) > 0 && shared(children, k.Children) > 0
	}
	sameHome := func(f *RollFamily, k *KnownFamily) bool { return k.key() == "" || f.key() == "" || k.key() == f.key() }
	for _, same := range []func(*RollFamily, *KnownFamily) bool{
		func(f *RollFamily, k *KnownFamily) bool { return sharesBoth(f, k) && sameHome(f, k) },
		sharesBoth,
		// the elder has left the school, the younger comes
		func(f *RollFamily, k *KnownFamily) bool {
			accounts, all := m.accounts(f)
			n := shared(accounts, k.Guardians)
			return n > 0 && (sameHome(f, k) || all && n == len(accounts) && n == len(k.Guardians))
		},
		// the guardians were missing from the roll until now, or are missing now
		func(f *RollFamily, k *KnownFamily) bool {
			children, _ := m.children(f)
			return (len(k.Guardians) == 0 || len(f.Guardians) == 0) && shared(children, k.Children) > 0
		},
	} {
		for i := range m.roll.Families {
			if f := &m.roll.Families[i]; m.Families[i] == 0 {
				m.take(i, slices.DeleteFunc(m.around(f), func(k *KnownFamily) bool { return m.taken[k.ID] || !m.fits(f, k) || !same(f, k) }))
			}
		}
	}
}

func (m *rollMatcher) take(i int, candidates []*KnownFamily) {
	if len(candidates) == 0 {
		return
	}
	accounts, _ := m.accounts(&m.roll.Families[i])
	children, _ := m.children(&m.roll.Families[i])
	best := slices.MinFunc(candidates, func(a, b *KnownFamily) int {
		return cmp.Or(
			cmp.Compare(shared(accounts, b.Guardians), shared(accounts, a.Guardians)),
			cmp.Compare(shared(children, b.Children), shared(children, a.Children)),
			cmp.Compare(a.ID, b.ID))
	})
	m.Families[i] = best.ID
	m.taken[best.ID] = true
}

// around gives the known families of the guardians and children of one of the roll.
func (m *rollMatcher) around(f *RollFamily) []*KnownFamily {
	var list []*KnownFamily
	add := func(families []*KnownFamily) {
		for _, k := range families {
			if !slices.Contains(list, k) {
				list = append(list, k)
			}
		}
	}
	accounts, _ := m.accounts(f)
	children, _ := m.children(f)
	for _, a := range accounts {
		add(m.familiesOfPerson[a])
	}
	for _, c := range children {
		add(m.familiesOfChild[c])
	}
	return list
}

// fits says that joining a known family shows nobody a child that the roll does not give him.
func (m *rollMatcher) fits(f *RollFamily, k *KnownFamily) bool {
	accounts, _ := m.accounts(f)
	children, all := m.children(f)
	return all && shared(children, k.Children) == len(children) || shared(accounts, k.Guardians) == len(k.Guardians)
}

// settleHouseholds says who, of the guardians whose family of the roll is another than the one they have, keeps it and who leaves it.
func (m *rollMatcher) settleHouseholds() {
	for i := range m.roll.Families {
		f := &m.roll.Families[i]
		children, _ := m.children(f)
		for _, g := range f.Guardians {
			for _, k := range m.familiesOfPerson[m.Accounts[g]] {
				if k.ID == m.Families[i] || shared(children, k.Children) == 0 {
					continue
				}
				accounts, _ := m.accounts(f)
				alone := shared(accounts, k.Guardians) == len(k.Guardians)
				switch {
				case alone && !m.taken[k.ID] && !m.inFamily(m.Accounts[g], m.Families[i]):
					m.Apart = append(m.Apart, RollBond{g, k.ID})
				case !alone && m.coversAll(f, k):
					m.Leaving = append(m.Leaving, RollBond{g, k.ID})
				}
			}
		}
	}
}

func (m *rollMatcher) inFamily(a AccountID, family FamilyID) bool {
	return family != 0 && slices.Contains(m.families[family].Guardians, a)
}

// coversAll says that the roll's family has all the children of another one of whom the roll speaks.
func (m *rollMatcher) coversAll(f *RollFamily, other *KnownFamily) bool {
	children, _ := m.children(f)
	return shared(other.Children, children) == shared(other.Children, m.Children)
}

// shared counts the members of a that are in b.
func shared[T comparable](a, b []T) int {
	n := 0
	for _, x := range a {
		if slices.Contains(b, x) {
			n++
		}
	}
	return n
}

// KeepNames decides what a known person is called once a roll was read: what is written is kept, and completed by a used
// name that the roll adds; names that cannot be the same person's are replaced.
func KeepNames(last, used, first string, rollLast, rollUsed, rollFirst string) (string, string, string) {
	known, read := newRollNames(last, used, first), newRollNames(rollLast, rollUsed, rollFirst)
	switch {
	case !known.compatible(read):
		return rollLast, rollUsed, rollFirst
	case known.used == "" && read.used != "":
		return rollLast, rollUsed, first
	}
	return last, used, first
}

// SameHome says whether two addresses are one, written perhaps in two ways; an empty one is like any other.
func (a RollAddress) SameHome(b RollAddress) bool {
	return a.key() == "" || b.key() == "" || a.key() == b.key()
}

// String gives « 7 rue Jean-Jaurès, 09140 CARTEVILLE ».
func (a RollAddress) String() string {
	return rollClean(a.Street + ", " + a.PostCode + " " + a.Town)
}
