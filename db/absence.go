package db

import (
	"context"
	"database/sql"
	"encoding/json"
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
func loadAbsenceFacts(q querier, account portal.AccountID, children []portal.ChildID, first, last portal.Date) (f absenceFacts, err error) {
	wanted, err := json.Marshal(children)
	if err != nil {
		return f, err
	}
	f.booked, err = all(q, func(r *sql.Rows) (b portal.BookedDay, err error) {
		err = r.Scan(&b.Child, &b.ActID, &b.Day, &b.Status)
		return b, err
	}, `SELECT b.child_id, b.activity_id, b.day, b.status FROM booking b JOIN activity a ON a.id = b.activity_id
		WHERE b.child_id IN (SELECT value FROM json_each(?)) AND b.day BETWEEN ? AND ? AND`+notOthers("?4", "b.child_id", "b.day")+` ORDER BY b.day, a.starts, a.position, a.id`, string(wanted), first, last, account)
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
	if setup, err = setupOf(q, setup, child); err != nil {
		return nil, err
	}
	facts, err := loadAbsenceFacts(q, account, []portal.ChildID{child}, first, last+backWithin)
	if err != nil {
		return nil, err
	}
	return facts.sheet(setup, who, first, last), nil
}

// documentSent says whether the document of a child's absence on a day has come and was not refused, to a parent of the household that sent it.
func documentSent(q querier, account portal.AccountID, child portal.ChildID, day portal.Date) (bool, error) {
	return one(q, func(r *sql.Rows) (sent bool, err error) {
		err = r.Scan(&sent)
		return sent, err
	}, `SELECT EXISTS (SELECT 1 FROM absence x JOIN absence_spell s ON s.id = x.spell_id JOIN absence_document d ON d.spell_id = s.id
		WHERE x.child_id = ? AND x.day = ? AND s.document IN ('recu', 'accepte') AND `+sameHousehold+`)`, child, day, account)
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
		facts, err := loadAbsenceFacts(r, account, ids, today, today+1)
		if err != nil {
			return err
		}
		for _, c := range children {
			setup, err := s.Setup(ctx, c.StructureID)
			if err != nil {
				return err
			}
			if setup, err = setupOf(r, setup, c.ID); err != nil {
				return err
			}
			day := setup.AbsenceTapDay(facts.bookedOn(c.ID, today), now)
			if sheet := facts.sheet(setup, c, day, day); len(sheet.Days) > len(sheet.In(portal.AbsenceNoBooking, now)) {
				if sheet.DocumentSent, err = documentSent(r, account, c.ID, day); err != nil {
					return err
				}
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
		if err := mayBook(tx, account, ask.Child); err != nil {
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
		if err := mayBook(tx, account, child); err != nil {
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
