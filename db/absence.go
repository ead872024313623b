package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"marelle/portal"
)

// absencesOf gives the announced absences of some children between two days, both included.
func absencesOf(q querier, children []portal.ChildID, first, last portal.Date) ([]portal.Absence, error) {
	wanted, err := json.Marshal(children)
	if err != nil {
		return nil, err
	}
	return all(q, func(r *sql.Rows) (a portal.Absence, err error) {
		err = r.Scan(&a.Spell, &a.Child, &a.Activity, &a.Day, &a.Reason, &a.DocumentBy)
		return a, err
	}, `SELECT a.spell_id, a.child_id, a.activity_id, a.day, s.reason, a.document_by
		FROM absence a JOIN absence_spell s ON s.id = a.spell_id
		WHERE a.child_id IN (SELECT value FROM json_each(?)) AND a.day BETWEEN ? AND ? ORDER BY a.day, a.activity_id, a.child_id`, string(wanted), first, last)
}

// absenceFacts is what is booked and announced for some children.
type absenceFacts struct {
	booked   []portal.BookedDay
	absences []portal.Absence
}

// loadAbsenceFacts reads them in two queries, however many the children.
func loadAbsenceFacts(q querier, children []portal.ChildID, first, last portal.Date) (f absenceFacts, err error) {
	wanted, err := json.Marshal(children)
	if err != nil {
		return f, err
	}
	f.booked, err = all(q, func(r *sql.Rows) (b portal.BookedDay, err error) {
		err = r.Scan(&b.Child, &b.ActID, &b.Day, &b.Status)
		return b, err
	}, `SELECT b.child_id, b.activity_id, b.day, b.status FROM booking b JOIN activity a ON a.id = b.activity_id
		WHERE b.child_id IN (SELECT value FROM json_each(?)) AND b.day BETWEEN ? AND ? ORDER BY b.day, a.starts, a.position, a.id`, string(wanted), first, last)
	if err != nil {
		return f, err
	}
	f.absences, err = absencesOf(q, children, first, last)
	return f, err
}

// sheet gives a child's run of days; what is booked afterwards says when the child is back.
func (f *absenceFacts) sheet(setup *portal.Setup, child portal.Child, first, last portal.Date) *portal.AbsenceSheet {
	sheet := &portal.AbsenceSheet{Child: child, Call: setup.Structure.Call(), First: first, Last: last}
	for _, b := range f.booked {
		a := setup.Activity(b.ActID)
		if b.Child != child.ID || b.Day < first || a == nil {
			continue
		}
		d := setup.NewAbsenceDay(a, b.Day)
		d.Status, d.Absence = b.Status, f.absence(child.ID, b.ActID, b.Day)
		switch {
		case b.Day <= last:
			sheet.Days = append(sheet.Days, d)
		case sheet.Back == nil && d.Open && d.Status == portal.Booked && d.Absence == nil:
			sheet.Back = &d
		}
	}
	sheet.FillEmpty(setup)
	return sheet
}

func (f *absenceFacts) absence(child portal.ChildID, activity portal.ActivityID, day portal.Date) *portal.Absence {
	for i := range f.absences {
		if a := &f.absences[i]; a.Child == child && a.Activity == activity && a.Day == day {
			return a
		}
	}
	return nil
}

// bookedOn lists what a child is booked for on a day.
func (f *absenceFacts) bookedOn(child portal.ChildID, day portal.Date) (list []portal.ActivityID) {
	for _, b := range f.booked {
		if b.Child == child && b.Day == day && b.Status == portal.Booked {
			list = append(list, b.ActID)
		}
	}
	return list
}

// childOf finds a child among those of an account.
func childOf(children []portal.Child, id portal.ChildID) (portal.Child, error) {
	for _, c := range children {
		if c.ID == id {
			return c, nil
		}
	}
	return portal.Child{}, portal.NotFound("Cet enfant n’existe pas, ou n’est pas rattaché à votre compte.")
}

// AbsenceSheet gives what is booked for one of the account's children from a day to another, as an absence sees it.
func (s *Store) AbsenceSheet(ctx context.Context, account portal.AccountID, child portal.ChildID, first, last portal.Date) (sheet *portal.AbsenceSheet, err error) {
	err = s.snapshot(ctx, func(r reader) error {
		sheet, err = s.sheetOf(ctx, r, account, child, first, last)
		return err
	})
	return sheet, err
}

// backWithin is how far the next thing booked after an absence is looked for.
const backWithin = 60

func (s *Store) sheetOf(ctx context.Context, q querier, account portal.AccountID, child portal.ChildID, first, last portal.Date) (*portal.AbsenceSheet, error) {
	children, err := childrenOf(q, account, portal.DateOf(s.now()))
	if err != nil {
		return nil, err
	}
	who, err := childOf(children, child)
	if err != nil {
		return nil, err
	}
	setup, err := s.Setup(ctx, who.StructureID)
	if err != nil {
		return nil, err
	}
	facts, err := loadAbsenceFacts(q, []portal.ChildID{child}, first, last+backWithin)
	if err != nil {
		return nil, err
	}
	return facts.sheet(setup, who, first, last), nil
}

// AbsenceToday gives, for each of the account's children with something booked on the day that one tap is about (today,
// or tomorrow once today's services have ended), that day.
func (s *Store) AbsenceToday(ctx context.Context, account portal.AccountID) (list []portal.AbsenceSheet, err error) {
	now := s.now()
	today := portal.DateOf(now)
	err = s.snapshot(ctx, func(r reader) error {
		children, err := childrenOf(r, account, today)
		if err != nil {
			return err
		}
		var ids []portal.ChildID
		for _, c := range children {
			ids = append(ids, c.ID)
		}
		facts, err := loadAbsenceFacts(r, ids, today, today+1)
		if err != nil {
			return err
		}
		for _, c := range children {
			setup, err := s.Setup(ctx, c.StructureID)
			if err != nil {
				return err
			}
			day := setup.AbsenceTapDay(facts.bookedOn(c.ID, today), now)
			if sheet := facts.sheet(setup, c, day, day); len(sheet.Days) > len(sheet.In(portal.AbsenceNoBooking, now)) {
				list = append(list, *sheet)
			}
		}
		return nil
	})
	return list, err
}

// Announce records that one of the account's children does not come: every booked day of the run that is still in time
// becomes an absence, at once; the bookings stay. It gives the announcement and the days as they were found. Announced
// twice, it is announced once. When nothing can be, it is refused with the reasons in the sheet.
func (s *Store) Announce(ctx context.Context, account portal.AccountID, ask portal.AbsenceAsk) (id portal.SpellID, sheet *portal.AbsenceSheet, err error) {
	if err := ask.Check(s.now()); err != nil {
		return 0, nil, err
	}
	err = s.write(ctx, func(tx *Tx) error {
		now := s.now()
		if sheet, err = s.sheetOf(ctx, tx, account, ask.Child, ask.First, ask.Last); err != nil {
			return err
		}
		days := sheet.In(portal.AbsencePossible, now)
		if len(days) == 0 {
			if known := sheet.In(portal.AbsenceAnnounced, now); len(known) > 0 {
				id = known[0].Absence.Spell
				return nil
			}
			return portal.Conflict("Rien n’a été enregistré : aucune réservation de ces jours ne peut être signalée.")
		}
		id, err = insertSpell(tx, account, sheet.Child, ask, days, now)
		return err
	})
	return id, sheet, err
}

func insertSpell(tx *Tx, account portal.AccountID, child portal.Child, ask portal.AbsenceAsk, days []portal.AbsenceDay, now time.Time) (portal.SpellID, error) {
	state := portal.DocumentNone
	for _, d := range days {
		if d.Activity.DocumentBy(d.Day) != 0 {
			state = portal.DocumentExpected
		}
	}
	n, err := tx.insert("INSERT INTO absence_spell (structure_id, child_id, account_id, first, last, reason, document, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		child.StructureID, child.ID, account, ask.First, ask.Last, string(ask.Reason), string(state), at(now))
	if err != nil {
		return 0, err
	}
	for _, d := range days {
		if err := tx.exec("INSERT INTO absence (child_id, activity_id, day, spell_id, document_by) VALUES (?, ?, ?, ?, ?)",
			child.ID, d.Activity.ID, d.Day, n, d.Activity.DocumentBy(d.Day)); err != nil {
			return 0, err
		}
		if err := moveAbsence(tx, account, child, &d, "absent", portal.OutcomeAbsent, now); err != nil {
			return 0, err
		}
	}
	return portal.SpellID(n), nil
}

// moveAbsence writes the movement that the next night transmits. It never says why: agents and the mail need not know.
func moveAbsence(tx *Tx, account portal.AccountID, child portal.Child, d *portal.AbsenceDay, action string, outcome portal.Outcome, now time.Time) error {
	return tx.exec("INSERT INTO movement (structure_id, account_id, child_id, activity_id, day, action, at, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		child.StructureID, account, child.ID, d.Activity.ID, d.Day, action, at(now), string(outcome))
}

// TakeBackAbsence records that one of the account's children comes after all on a day, for all that is still in time.
// Taken back twice, it is taken back once. It says how many absences it ended.
func (s *Store) TakeBackAbsence(ctx context.Context, account portal.AccountID, child portal.ChildID, day portal.Date) (ended int, err error) {
	err = s.write(ctx, func(tx *Tx) error {
		now := s.now()
		sheet, err := s.sheetOf(ctx, tx, account, child, day, day)
		if err != nil {
			return err
		}
		var refused *portal.Error
		for _, d := range sheet.In(portal.AbsenceAnnounced, now) {
			if why := d.RefusePresent(now); why != nil {
				refused = portal.Conflict("%s : %s", portal.Capital(d.Activity.Spoken), why.Message)
				continue
			}
			if err := tx.exec("DELETE FROM absence WHERE child_id = ? AND activity_id = ? AND day = ?", child, d.Activity.ID, day); err != nil {
				return err
			}
			if err := moveAbsence(tx, account, sheet.Child, &d, "present", portal.OutcomeBooked, now); err != nil {
				return err
			}
			ended++
		}
		if ended == 0 && refused != nil {
			return refused
		}
		return nil
	})
	return ended, err
}

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
		WHERE s.child_id IN (SELECT fc.child_id FROM guardian g JOIN family_child fc ON fc.family_id = g.family_id WHERE g.account_id = ?)
		AND `+where+" ORDER BY s.first, s.id", append([]any{account}, args...)...)
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
	absences, err := all(q, func(r *sql.Rows) (a portal.Absence, err error) {
		a.Spell, a.Child, a.Reason = p.ID, p.Child.ID, p.Reason
		err = r.Scan(&a.Activity, &a.Day, &a.DocumentBy)
		return a, err
	}, `SELECT x.activity_id, x.day, x.document_by FROM absence x JOIN activity a ON a.id = x.activity_id
		WHERE x.spell_id = ? ORDER BY x.day, a.starts, a.position, a.id`, p.ID)
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

// StaffAbsence is an announced absence of one day as staff read it.
type StaffAbsence struct {
	portal.Absence
	Child     portal.Child
	Activity  string
	Icon      portal.ActivityKind
	At        time.Time
	By        portal.Person
	State     portal.DocumentState // what only managers may know: else none
	Documents []portal.Document
}

// StaffAbsences lists the absences of a structure from today on, in the order of days: those from a rank on, at most n,
// and how many there are. Whoever is no manager learns neither why nor anything of a document.
func (s *Store) StaffAbsences(ctx context.Context, structure portal.StructureID, manager bool, from, n int) (list []StaffAbsence, total int, err error) {
	today := portal.DateOf(s.now())
	err = s.snapshot(ctx, func(r reader) error {
		if err := r.row(&total, "SELECT count(*) FROM absence a JOIN absence_spell s ON s.id = a.spell_id WHERE s.structure_id = ? AND a.day >= ?", structure, today); err != nil {
			return err
		}
		list, err = all(r, func(rows *sql.Rows) (a StaffAbsence, err error) {
			err = rows.Scan(&a.Spell, &a.Child.ID, &a.Child.LastName, &a.Child.FirstName, &a.Child.Class, &a.Activity, &a.Icon, &a.Day, &a.Reason, &a.DocumentBy,
				&a.State, into{&a.At}, &a.By.ID, &a.By.Civility, &a.By.LastName, &a.By.FirstName)
			return a, err
		}, `SELECT s.id, c.id, iif(c.used_name <> '', c.used_name, c.last_name), c.first_name, coalesce(cl.name, ''), t.name, t.kind, a.day,
				iif(?3, s.reason, 'absent'),
				iif(?3 AND a.document_by IS NOT NULL, (SELECT min(x.document_by) FROM absence x WHERE x.spell_id = s.id), NULL), iif(?3, s.document, 'aucun'), s.at,
				p.id, p.civility, iif(p.used_name <> '', p.used_name, p.last_name), p.first_name
			FROM absence a JOIN absence_spell s ON s.id = a.spell_id JOIN child c ON c.id = a.child_id JOIN activity t ON t.id = a.activity_id
			JOIN account p ON p.id = s.account_id
			LEFT JOIN child_class cc ON cc.child_id = c.id AND cc.school_year_id =
				(SELECT y.id FROM school_year y WHERE y.structure_id = c.structure_id AND y.last >= ?2 ORDER BY y.first LIMIT 1)
			LEFT JOIN class cl ON cl.id = cc.class_id
			WHERE s.structure_id = ?1 AND a.day >= ?2
			ORDER BY a.day, t.starts, t.position, t.id, 3 COLLATE francais, 4 COLLATE francais, c.id LIMIT ?4 OFFSET ?5`,
			structure, today, manager, n, max(from, 0))
		if err != nil || !manager {
			return err
		}
		for i := range list {
			if list[i].DocumentBy == 0 {
				continue
			}
			if list[i].Documents, err = documentsOf(r, "d.spell_id = ? AND s.structure_id = ?", list[i].Spell, structure); err != nil {
				return err
			}
		}
		return nil
	})
	return list, total, err
}
