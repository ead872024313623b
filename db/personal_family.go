package db

import (
	"context"
	"database/sql"
	"slices"

	"marelle/portal"
)

// personalNotes are what the town hall wrote down about the households that the person sees, without who wrote it.
func personalNotes(q querier, d *portal.PersonalData, account portal.AccountID) error {
	seen, err := column[portal.FamilyID](q, "SELECT family_id FROM sees WHERE account_id = ?", account)
	if err != nil {
		return err
	}
	for i := range d.Families {
		if !slices.Contains(seen, d.Families[i].Number) {
			continue
		}
		notes, err := familyNotes(q, d.Families[i].Number)
		if err != nil {
			return err
		}
		for _, n := range notes {
			d.Families[i].Notes = append(d.Families[i].Notes, portal.PersonalNote{At: moment(n.At), Text: n.Body})
		}
	}
	return nil
}

// ownFamilies holds for the families whose children the account finds on the portal.
const ownFamilies = "(SELECT family_id FROM sees WHERE account_id = ?2)"

// personalCare completes the children with what those who look after them know. What the child's other household brought or
// said is left out where it is that household's own affair.
func personalCare(q querier, d *portal.PersonalData, account portal.AccountID) error {
	for i := range d.Children {
		if err := personalChild(q, &d.Children[i], account); err != nil {
			return err
		}
	}
	return nil
}

func personalChild(q querier, c *portal.PersonalChild, account portal.AccountID) error {
	var care portal.Care
	if _, err := one(q, func(r *sql.Rows) (struct{}, error) {
		return struct{}{}, r.Scan(&care.Diet, &care.DietWords, &care.Allergies, &c.PlanFirst, &c.PlanLast, &c.PlanWords, &c.LeavesAlone)
	}, "SELECT diet, diet_words, allergies, coalesce(pai_first, ''), coalesce(pai_last, ''), pai_words, leaves_alone FROM child WHERE id = ?", c.Number); err != nil {
		return err
	}
	c.Diet, c.Allergies = care.DietLine(), care.Allergies
	pickups, err := pickupsOf(q, "p.child_id = ?1 AND p.family_id IN "+ownFamilies, c.Number, account)
	if err != nil {
		return err
	}
	for _, p := range pickups {
		c.Pickups = append(c.Pickups, portal.PersonalPickup{Barred: p.Barred, Name: p.Name, Phone: p.Phone, Link: p.Link, First: p.First.String(), Last: p.Last.String(),
			Note: p.Note, Judged: p.JudgedOn.String(), Judge: p.JudgedBy})
	}
	papers, err := parentPapers(q, c.Number, account)
	if err != nil {
		return err
	}
	for _, p := range papers {
		c.Papers = append(c.Papers, portal.PersonalPaper{Kind: p.Kind.Words(), Expires: p.Expires.String(), At: moment(p.At), Name: p.Name})
	}
	held, err := heldLabels(q, []portal.ChildID{c.Number})
	if err != nil {
		return err
	}
	for _, h := range held[c.Number] {
		c.Priorities = append(c.Priorities, portal.PersonalPriority{Name: h.Name, Dated: h.Dated.String(), Last: h.Last.String()})
	}
	enrolments, err := enrolmentsOf(q, c.Number)
	for _, e := range enrolments {
		c.Enrolments = append(c.Enrolments, portal.PersonalEnrolment{Activity: e.Name, First: e.First.String(), Last: e.Last.String()})
	}
	return err
}

// parentPapers lists the documents of a child that a parent may know of: those that its own household brought, and of the
// other one's what concerns the child, without the file.
func parentPapers(q querier, child portal.ChildID, account portal.AccountID) ([]portal.Paper, error) {
	own, err := papersOf(q, "d.child_id = ?1 AND d.family_id IN "+ownFamilies, child, account)
	if err != nil {
		return nil, err
	}
	others, err := papersOf(q, "d.child_id = ?1 AND d.family_id NOT IN "+ownFamilies, child, account)
	for _, p := range others {
		if !p.Kind.Private() {
			own = append(own, portal.Paper{Kind: p.Kind, Expires: p.Expires, At: p.At})
		}
	}
	return own, err
}

// OwnChild is a child as its parent reads what the town hall keeps of it.
type OwnChild struct {
	portal.ChildFile
	Care       portal.Care
	Pickups    []portal.PickupPerson
	Papers     []portal.Paper
	Enrolments []portal.Enrolment
}

// OwnChildren gives what the town hall keeps of the account's children, but for what is the affair of their other family.
func (s *Store) OwnChildren(ctx context.Context, account portal.AccountID) (list []OwnChild, err error) {
	err = s.snapshot(ctx, func(r reader) error {
		if list, err = all(r, func(rows *sql.Rows) (c OwnChild, err error) {
			var others string
			err = scanChild(rows, &c.ChildFile, &c.Care, &others)
			return c, err
		}, childColumns+` WHERE c.id IN (SELECT fc.child_id FROM sees g JOIN family_child fc ON fc.family_id = g.family_id WHERE g.account_id = ?3) ORDER BY c.birth, c.id`, 0, portal.DateOf(s.now()), account); err != nil {
			return err
		}
		for i := range list {
			c := &list[i]
			if c.Pickups, err = pickupsOf(r, "p.child_id = ?1 AND p.family_id IN "+ownFamilies, c.ID, account); err != nil {
				return err
			}
			if c.Papers, err = parentPapers(r, c.ID, account); err != nil {
				return err
			}
			if c.Enrolments, err = enrolmentsOf(r, c.ID); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}
