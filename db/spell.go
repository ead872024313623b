package db

import (
	"context"
	"database/sql"
	"fmt"

	"marelle/portal"
)

// SpellsShown lists the absences announced for the account's children that a family still has to do with, in the order of
// days: those to come, and for two months those whose document is expected.
func (s *Store) SpellsShown(ctx context.Context, account portal.AccountID) (list []portal.Spell, err error) {
	today := portal.DateOf(s.now())
	err = s.snapshot(ctx, func(r reader) error {
		list, err = s.spells(ctx, r, account, `(EXISTS (SELECT 1 FROM absence a WHERE a.spell_id = s.id AND a.day >= ?)
			OR s.document IN ('attendu', 'refuse') AND s.last >= ?)`, today, today-backWithin)
		return err
	})
	return list, err
}

// Spell gives an announced absence of one of the account's children, with its run of days as it is now.
func (s *Store) Spell(ctx context.Context, account portal.AccountID, id portal.SpellID) (spell *portal.Spell, sheet *portal.AbsenceSheet, err error) {
	err = s.snapshot(ctx, func(r reader) error {
		if spell, err = s.spell(ctx, r, account, id); err != nil {
			return err
		}
		sheet, err = s.sheetOf(ctx, r, account, spell.Child.ID, spell.First, spell.Last)
		return err
	})
	return spell, sheet, err
}

func (s *Store) spell(ctx context.Context, q querier, account portal.AccountID, id portal.SpellID) (*portal.Spell, error) {
	list, err := s.spells(ctx, q, account, "s.id = ?", id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, portal.NotFound("Cette absence n’existe pas, ou n’est pas celle d’un de vos enfants.")
	}
	return &list[0], nil
}

// spells loads announcements of the account's children with their days and the documents that the account may see.
func (s *Store) spells(ctx context.Context, q querier, account portal.AccountID, where string, args ...any) ([]portal.Spell, error) {
	children, err := childrenOf(q, account, portal.DateOf(s.now()))
	if err != nil {
		return nil, err
	}
	list, err := all(q, func(r *sql.Rows) (p portal.Spell, err error) {
		err = r.Scan(&p.ID, &p.Child.ID, &p.By, &p.First, &p.Last, &p.Reason, &p.Document, into{&p.At})
		return p, err
	}, `SELECT s.id, s.child_id, s.account_id, s.first, s.last, s.reason, s.document, s.at FROM absence_spell s
		WHERE s.child_id IN (SELECT fc.child_id FROM sees g JOIN family_child fc ON fc.family_id = g.family_id WHERE g.account_id = ?)
		AND (s.account_id = ? OR NOT EXISTS (SELECT 1 FROM absence x JOIN others_day od ON od.account_id = ? AND od.child_id = x.child_id AND od.day = x.day WHERE x.spell_id = s.id)
			OR EXISTS (SELECT 1 FROM sees me JOIN guardian mate ON mate.family_id = me.family_id WHERE me.account_id = ? AND mate.account_id = s.account_id))
		AND `+where+" ORDER BY s.first, s.id", append([]any{account, account, account, account}, args...)...)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].Child, err = childOf(children, list[i].Child.ID); err != nil {
			return nil, err
		}
		if err := s.fillSpell(ctx, q, account, &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (s *Store) fillSpell(ctx context.Context, q querier, account portal.AccountID, p *portal.Spell) error {
	setup, err := s.Setup(ctx, p.Child.StructureID)
	if err != nil {
		return err
	}
	if setup, err = setupOf(q, setup, p.Child.ID); err != nil {
		return err
	}
	absences, err := all(q, func(r *sql.Rows) (a portal.Absence, err error) {
		a.Spell, a.Child, a.Reason = p.ID, p.Child.ID, p.Reason
		err = r.Scan(&a.Activity, &a.Day, &a.DocumentBy)
		return a, err
	}, `SELECT x.activity_id, x.day, x.document_by FROM absence x JOIN activity a ON a.id = x.activity_id
		WHERE x.spell_id = ?1 AND`+notOthers("?2", "x.child_id", "x.day")+` ORDER BY x.day, a.starts, a.position, a.id`, p.ID, account)
	if err != nil {
		return err
	}
	for _, absence := range absences {
		a := setup.Activity(absence.Activity)
		if a == nil {
			return fmt.Errorf("db: activity %d of an absence is not the structure's", absence.Activity)
		}
		d := setup.NewAbsenceDay(a, absence.Day)
		d.Status, d.Absence = portal.Booked, &absence
		p.Days = append(p.Days, d)
	}
	p.Documents, err = documentsOf(q, "d.spell_id = ? AND "+sameHousehold, p.ID, account)
	return err
}
