package db

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"marelle/portal"
)

// familyRules say what becomes of the rows about a family that goes.
var familyRules = []joinRule{
	{"child_document", "family_id", joinMoves}, {"custody_day", "family_id", joinMoves}, {"exchange", "family_id", joinMoves},
	{"exchange", "other_id", joinMoves}, {"family_child", "family_id", joinUnites}, {"family_note", "family_id", joinMoves},
	{"family_profile", "family_id", joinUnites}, {"family_search", "family_id", joinEnds}, {"guardian", "family_id", joinUnites}, {"pickup_person", "family_id", joinMoves},
}

// FamilyJoin is what joining two files of one household would do, as staff read it first.
type FamilyJoin struct {
	Kept, Gone *FamilyFile
	Facts      []portal.JoinFact
	Figures    []portal.JoinFigure
	Lessened   []string // guardians of both whose rights differ: the least of each stays
	Strangers  []string // children of both families, whose guardians are not the same people
	Children   []ChildTwin
	People     []GuardianTwin
	Unequal    []GuardianTwin // those of them who do not have the same rights in both
	Refused    string         // why it cannot be done, and what to do; nothing: it can
	Version    string
}

// ChildTwin is a child of each of two families that seems to be one child.
type ChildTwin struct {
	*ChildJoin
	Surely bool // the same birth too
}

// GuardianTwin is a guardian of each of two families who seems to be one person.
type GuardianTwin struct {
	*AccountJoin
	Surely bool // an address or a telephone too
	OneWay bool // the other account cannot go
}

var familyFigures = []joinCount{
	{"enfant", "enfants", "SELECT count(*) FROM family_child WHERE family_id = ?1"},
	{"responsable", "responsables", "SELECT count(*) FROM guardian WHERE family_id = ?1"},
	{"note", "notes", "SELECT count(*) FROM family_note WHERE family_id = ?1"},
	{"document", "documents", "SELECT count(*) FROM child_document WHERE family_id = ?1"},
	{"personne notée pour la sortie", "personnes notées pour la sortie", "SELECT count(*) FROM pickup_person WHERE family_id = ?1"},
	{"profil de délais", "profils de délais", "SELECT count(*) FROM family_profile WHERE family_id = ?1"},
}

// JoiningFamilies says what joining a family of a structure into another one would do.
func (s *Store) JoiningFamilies(ctx context.Context, structure portal.StructureID, kept, gone portal.FamilyID) (j *FamilyJoin, err error) {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return nil, err
	}
	err = s.snapshot(ctx, func(r reader) error {
		j, err = s.familyJoin(r, setup, kept, gone)
		return err
	})
	return j, err
}

func (s *Store) familyJoin(q querier, setup *portal.Setup, kept, gone portal.FamilyID) (*FamilyJoin, error) {
	j := &FamilyJoin{}
	var err error
	if j.Kept, err = s.familyFile(q, setup.Structure.ID, kept); err != nil {
		return nil, err
	}
	if j.Gone, err = s.familyFile(q, setup.Structure.ID, gone); err != nil {
		return nil, err
	}
	j.Facts, j.Version = j.Kept.JoinFacts(j.Gone.Family), portal.Version(append(j.Kept.joinFacts(), j.Gone.joinFacts()...))
	if j.Figures, err = figures(q, int64(gone), familyFigures); err != nil {
		return nil, err
	}
	if j.Refused, err = refusedFamilies(q, j); err != nil || j.Refused != "" {
		return j, err
	}
	j.compare()
	if err := s.childTwins(q, setup, j); err != nil {
		return nil, err
	}
	return j, s.guardianTwins(q, setup.Structure.ID, j)
}

func (f *FamilyFile) joinFacts() []portal.Fact {
	facts := append([]portal.Fact{{What: "Numéro", Value: fmt.Sprint(f.ID)}}, f.Family.Facts()...)
	for _, g := range f.Guardians {
		facts = append(facts, g.joinFacts()...)
	}
	for _, c := range f.Children {
		facts = append(append(append(facts, portal.Fact{What: "Enfant", Value: fmt.Sprint(c.ID)}), c.ChildFile.Facts()...), c.Care.Facts()...)
	}
	return facts
}

// refusedFamilies says why two families cannot be joined, and what to do. Two homes that share a child are no duplicate.
func refusedFamilies(q querier, j *FamilyJoin) (string, error) {
	if j.Kept.ID == j.Gone.ID {
		return "C’est la même famille. Choisissez l’autre fiche de cette famille.", nil
	}
	for _, f := range []*FamilyFile{j.Kept, j.Gone} {
		when, err := archivedAt(q, f.ID)
		if err != nil {
			return "", err
		}
		if !when.IsZero() {
			return fmt.Sprintf("La famille %s (n° %d) est archivée. Sortez-la d’abord des archives, puis revenez ici.", f.Name, f.ID), nil
		}
	}
	for _, c := range j.Gone.Children {
		rule, err := custodyOf(q, c.ID)
		if err != nil {
			return "", err
		}
		if rule.Has(j.Kept.ID) && rule.Has(j.Gone.ID) {
			return fmt.Sprintf("Ces deux familles se partagent la garde %s : ce sont deux foyers, pas un doublon. Si c’est une erreur, retirez d’abord la garde alternée, sur la fiche de l’enfant.", portal.Of(c.DisplayName())), nil
		}
	}
	return "", nil
}

// compare finds who is in both families already.
func (j *FamilyJoin) compare() {
	together := false
	for _, g := range j.Gone.Guardians {
		if i := slices.IndexFunc(j.Kept.Guardians, func(k FamilyGuardian) bool { return k.ID == g.ID }); i >= 0 {
			together = true
			if k := j.Kept.Guardians[i]; k.Rights != g.Rights {
				j.Lessened = append(j.Lessened, k.DisplayName())
			}
		}
	}
	for _, c := range j.Gone.Children {
		if !together && slices.ContainsFunc(j.Kept.Children, func(k FamilyChild) bool { return k.ID == c.ID }) {
			j.Strangers = append(j.Strangers, c.FirstName)
		}
	}
}

// childTwins finds the children whom both families have, each with a file of its own.
func (s *Store) childTwins(q querier, setup *portal.Setup, j *FamilyJoin) error {
	var taken []portal.ChildID
	for _, c := range j.Gone.Children {
		i := slices.IndexFunc(j.Kept.Children, func(k FamilyChild) bool {
			return k.ID != c.ID && !slices.Contains(taken, k.ID) && k.SameChild(c.ChildFile) &&
				!slices.ContainsFunc(j.Kept.Children, func(o FamilyChild) bool { return o.ID == c.ID }) && !slices.ContainsFunc(j.Gone.Children, func(o FamilyChild) bool { return o.ID == k.ID })
		})
		if i < 0 {
			continue
		}
		k := j.Kept.Children[i]
		plan, err := s.childJoin(q, setup, k.ID, c.ID, j.Kept.ID, j.Gone.ID)
		if err != nil {
			return err
		}
		taken = append(taken, k.ID)
		j.Children = append(j.Children, ChildTwin{plan, k.Birth != 0 && k.Birth == c.Birth && !plan.TwoINE})
	}
	return nil
}

// guardianTwins finds the people who have an account in each family.
func (s *Store) guardianTwins(q querier, structure portal.StructureID, j *FamilyJoin) error {
	var taken []portal.AccountID
	for _, g := range j.Gone.Guardians {
		i := slices.IndexFunc(j.Kept.Guardians, func(k FamilyGuardian) bool {
			same, _ := k.SameGuardian(g.GuardianFile)
			return same && k.ID != g.ID && !slices.Contains(taken, k.ID) && !slices.ContainsFunc(j.Kept.Guardians, func(o FamilyGuardian) bool { return o.ID == g.ID }) &&
				!slices.ContainsFunc(j.Gone.Guardians, func(o FamilyGuardian) bool { return o.ID == k.ID })
		})
		if i < 0 {
			continue
		}
		k := j.Kept.Guardians[i]
		plan, err := s.accountJoin(q, structure, k.ID, g.ID)
		if err != nil {
			return err
		}
		oneWay := false
		if plan.Refused != "" { // perhaps only the other account can stay
			other, err := s.accountJoin(q, structure, g.ID, k.ID)
			if err != nil {
				return err
			}
			if oneWay = other.Refused == ""; oneWay {
				plan = other
			}
		}
		taken = append(taken, k.ID)
		_, surely := k.SameGuardian(g.GuardianFile)
		twin := GuardianTwin{plan, surely && plan.Refused == "", oneWay}
		j.People = append(j.People, twin)
		if k.Rights != g.Rights {
			j.Unequal = append(j.Unequal, twin)
		}
	}
	return nil
}

// FamilyJoinAsk is what staff ask when they join two families.
type FamilyJoinAsk struct {
	JoinAsk
	Children []portal.ChildID            // of the family that goes, which are one child with the twin found
	People   []portal.AccountID          // for each person with two accounts that become one, the account that stays
	Notices  map[portal.AccountID]Notice // to those whose accounts become one, by the account that stays
}

// JoinFamilies makes two files of one household of a structure one: guardians, children, notes and all that was brought are
// the other one's. Of the twins that were found, those that are named become one too. reread says that a person has to read
// the health of a child again.
func (s *Store) JoinFamilies(ctx context.Context, ask FamilyJoinAsk) (reread bool, err error) {
	setup, err := s.Setup(ctx, ask.Structure)
	if err != nil {
		return false, err
	}
	err = s.write(ctx, func(tx *Tx) error {
		j, err := s.familyJoin(tx, setup, portal.FamilyID(ask.Kept), portal.FamilyID(ask.Gone))
		if err != nil {
			return err
		}
		if err := refuseJoin(j.Refused, j.Version, ask.Seen); err != nil {
			return err
		}
		if err := s.joinFamily(tx, setup.Structure.ID, ask, j); err != nil {
			return err
		}
		reread, err = s.joinTwins(tx, setup, ask, j)
		return err
	})
	return reread, err
}

func (s *Store) joinFamily(tx *Tx, structure portal.StructureID, ask FamilyJoinAsk, j *FamilyJoin) error {
	kept, gone := j.Kept.ID, j.Gone.ID
	if err := renameInCustody(tx, j.Gone.Children, gone, kept); err != nil {
		return err
	}
	for _, q := range []string{
		leastRights("family_id", "account_id"),
		"DELETE FROM exchange WHERE ?1 IN (family_id, other_id) AND ?2 IN (family_id, other_id)", // of a custody that is over: one household proposes nothing to itself
		"UPDATE family_profile SET until = max(until, o.u) FROM (SELECT profile_id AS p, until AS u FROM family_profile WHERE family_id = ?2) o WHERE family_id = ?1 AND profile_id = o.p",
	} {
		if err := tx.exec(q, kept, gone); err != nil {
			return err
		}
	}
	if err := follow(tx, familyRules, int64(kept), int64(gone)); err != nil {
		return err
	}
	after := j.Kept.Family.Join(j.Gone.Family, ask.Chosen)
	if err := tx.exec("UPDATE family SET name = ?, street = ?, postcode = ?, town = ?, resident = ? WHERE id = ?", after.Name, after.Street, after.Postcode, after.Town, after.Resident, kept); err != nil {
		return err
	}
	if err := tx.exec("DELETE FROM family WHERE id = ?", gone); err != nil {
		return err
	}
	if err := s.markJoined(tx, structure, "famille", int64(kept), int64(gone)); err != nil {
		return err
	}
	accounts, err := guardiansIn(tx, kept)
	if err != nil {
		return err
	}
	if err := signOut(tx, accounts); err != nil { // of lesser rights, only
		return err
	}
	changes := append(joinChanges("Famille "+j.Gone.Name, int64(gone), j.Figures), portal.Differences(j.Kept.Family.Facts(), after.Facts())...)
	changes = append(changes, lost(j.Gone.Family.Facts(), after.Facts(), int64(gone))...)
	var named []portal.Named
	for _, name := range j.Lessened {
		changes = append(changes, portal.Changed{What: "Droits, les moindres des deux fiches", After: name})
	}
	if len(j.Lessened) > 0 {
		for _, a := range accounts {
			named = append(named, portal.Named{Subject: "compte", ID: int64(a)})
		}
	}
	return s.note(tx, portal.StaffEvent{Structure: structure, By: ask.By, Subject: "famille", SubjectID: int64(kept), Names: named,
		Words: fmt.Sprintf("Famille %s : deux fiches réunies, la n° %d dans la n° %d", after.Name, gone, kept), Changes: changes})
}

// leastRights leaves a guardian who is so twice, because two families or two accounts (joined) become one, the rights that both
// give: what one of them took away, perhaps by a judgment, stays taken away. ?1 stays, ?2 goes.
func leastRights(joined, same string) string {
	return "UPDATE guardian SET legal = min(legal, o.l), may_see = min(may_see, o.s), may_book = min(may_book, o.b), may_pick_up = min(may_pick_up, o.p) FROM (SELECT " + same +
		" AS k, legal AS l, may_see AS s, may_book AS b, may_pick_up AS p FROM guardian WHERE " + joined + " = ?2) o WHERE " + joined + " = ?1 AND " + same + " = o.k"
}

// renameInCustody writes the number of the family that stays into the rules of shared custody.
func renameInCustody(tx *Tx, children []FamilyChild, gone, kept portal.FamilyID) error {
	for _, c := range children {
		rule, err := custodyOf(tx, c.ID)
		if err != nil {
			return err
		}
		if rule.IsZero() {
			continue
		}
		rule.Rename(gone, kept)
		text, err := json.Marshal(rule)
		if err != nil {
			return err
		}
		if err := tx.exec("UPDATE custody SET rule = ? WHERE child_id = ?", string(text), c.ID); err != nil {
			return err
		}
	}
	return nil
}

// joinTwins makes the children and the accounts that were named one each.
func (s *Store) joinTwins(tx *Tx, setup *portal.Setup, ask FamilyJoinAsk, j *FamilyJoin) (reread bool, err error) {
	var freed []waitedDay
	for _, t := range j.Children {
		if !slices.Contains(ask.Children, t.Gone.ID) {
			continue
		}
		if t.Refused != "" {
			return false, portal.Conflict("%s", t.Refused)
		}
		days, err := s.joinChild(tx, setup, ask.By, t.ChildJoin, nil)
		if err != nil {
			return false, err
		}
		freed, reread = append(freed, days...), reread || len(t.Reread) > 0
	}
	for _, t := range j.People {
		kept, gone := t.Kept.ID, t.Gone.ID
		if slices.Contains(ask.People, gone) {
			kept, gone = gone, kept
		} else if !slices.Contains(ask.People, kept) {
			continue
		}
		plan, err := s.accountJoin(tx, setup.Structure.ID, kept, gone) // both are of one family by now
		if err != nil {
			return false, err
		}
		for _, why := range []string{t.Refused, plan.Refused} {
			if why != "" {
				return false, portal.Conflict("%s", why)
			}
		}
		if err := s.joinAccount(tx, setup.Structure.ID, ask.By, plan, nil, ask.Notices[plan.Kept.ID]); err != nil {
			return false, err
		}
	}
	return reread, advanceDays(tx, setup, freed, s)
}
