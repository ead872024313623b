package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"

	"marelle/portal"
)

// SaveDaysOff replaces the school holidays of a school year, or its closures and bridge days; seen is the stamp of those that
// the form showed. Whatever is booked on a day that closes stays booked, and is shown as locked.
func (s *Store) SaveDaysOff(ctx context.Context, by portal.AccountID, structure portal.StructureID, year int64, holidays bool, list []portal.DaysOff, seen string) error {
	return s.writeShown(ctx, structure, func(tx *Tx) error {
		setup, err := loadSetup(tx, structure)
		if err != nil {
			return err
		}
		y, span, ok := setup.YearSpan(year)
		if !ok {
			return portal.NotFound("Cette année scolaire n’existe pas.")
		}
		was := setup.Calendar.DaysOff(holidays, span)
		if portal.Version(portal.OffFacts(was)) != seen {
			return s.changedMeanwhile(tx, structure, "calendrier", year)
		}
		changes := portal.Differences(portal.OffFacts(was), portal.OffFacts(list))
		if len(changes) == 0 {
			return nil
		}
		table, words := "closure", "Fermetures et ponts"
		if holidays {
			table, words = "school_holiday", "Vacances scolaires"
		}
		if err := tx.exec("DELETE FROM "+table+" WHERE structure_id = ? AND first BETWEEN ? AND ?", structure, span.From, span.To); err != nil {
			return err
		}
		for _, d := range list {
			if holidays {
				err = tx.exec("INSERT INTO school_holiday (structure_id, name, first, last) VALUES (?, ?, ?, ?)", structure, d.Name, d.From, d.To)
			} else {
				err = tx.exec("INSERT INTO closure (structure_id, kind, name, first, last) VALUES (?, ?, ?, ?, ?)", structure, string(d.Kind), d.Name, d.From, d.To)
			}
			if err != nil {
				return err
			}
		}
		tx.after(s.setups.forget)
		if err := followCalendar(tx, structure, portal.DateOf(s.now()), false); err != nil {
			return err
		}
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "calendrier", SubjectID: year, Words: words + " de l’année " + y.Label, Changes: changes})
	})
}

// SaveTerritory chooses whose public holidays a structure keeps.
func (s *Store) SaveTerritory(ctx context.Context, by portal.AccountID, structure portal.StructureID, territory portal.Territory) error {
	return s.writeShown(ctx, structure, func(tx *Tx) error {
		st, err := one(tx, scanStructure, structureColumns+" WHERE s.id = ?", structure)
		if err != nil {
			return absent(err, "Cette structure n’existe pas.")
		}
		was := st.Facts()
		st.Territory = territory
		if err := st.Check(); err != nil {
			return err
		}
		changes := portal.Differences(was, st.Facts())
		if len(changes) == 0 {
			return nil
		}
		if err := tx.exec("UPDATE structure SET territory = ? WHERE id = ?", string(territory), structure); err != nil {
			return err
		}
		tx.after(s.setups.forget)
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "structure", SubjectID: int64(structure), Words: "Jours fériés changés", Changes: changes})
	})
}

// Touched says what another calendar would change from today on, with how many bookings and registrations it touches.
// Nothing is written.
func (s *Store) Touched(ctx context.Context, structure portal.StructureID, after portal.Calendar) ([]portal.Touch, error) {
	return s.touching(ctx, structure, func(setup *portal.Setup, booked []portal.BookedCount, today portal.Date) []portal.Touch {
		return setup.Touched(&after, booked, today)
	})
}

// TouchedByYear says what is booked from today on and would fall outside of a school year whose two days change. Nothing is
// written.
func (s *Store) TouchedByYear(ctx context.Context, structure portal.StructureID, was, is portal.SchoolYearRef) ([]portal.Touch, error) {
	return s.touching(ctx, structure, func(setup *portal.Setup, booked []portal.BookedCount, today portal.Date) []portal.Touch {
		return setup.TouchedByYear(was, is, booked, today)
	})
}

// touching reads what is booked from today on, and counts the registrations behind what a change touches.
func (s *Store) touching(ctx context.Context, structure portal.StructureID, touched func(*portal.Setup, []portal.BookedCount, portal.Date) []portal.Touch) ([]portal.Touch, error) {
	var list []portal.Touch
	err := s.snapshot(ctx, func(r reader) error {
		setup, err := loadSetup(r, structure)
		if err != nil {
			return err
		}
		today := portal.DateOf(s.now())
		booked, err := all(r, func(rows *sql.Rows) (b portal.BookedCount, err error) {
			err = rows.Scan(&b.Activity, &b.Day, &b.Booked, &b.Waiting)
			return b, err
		}, `SELECT b.activity_id, b.day, sum(b.status = 'booked'), sum(b.status = 'waiting') FROM activity a JOIN booking b ON b.activity_id = a.id
			WHERE a.structure_id = ? AND b.day >= ? GROUP BY 1, 2 ORDER BY 1, 2`, structure, today)
		if err != nil {
			return err
		}
		list = touched(setup, booked, today)
		for i := range list {
			days, err := json.Marshal(list[i].Days)
			if err != nil {
				return err
			}
			if err := r.row(&list[i].Registrations, `SELECT count(DISTINCT registration_id) FROM booking WHERE activity_id = ? AND day IN (SELECT value FROM json_each(?))`,
				list[i].Activity.ID, string(days)); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

// CreateYear opens a school year of a structure: with its holidays when they are official, else with its two days alone.
func (s *Store) CreateYear(ctx context.Context, by portal.AccountID, structure portal.StructureID, y portal.SchoolYear) (int64, error) {
	y.Label = strings.TrimSpace(y.Label)
	var id int64
	err := s.write(ctx, func(tx *Tx) error {
		setup, err := loadSetup(tx, structure)
		if err != nil {
			return err
		}
		ref := portal.SchoolYearRef{Label: y.Label, First: y.First, Last: y.Last}
		if err := portal.CheckYear(ref, setup.Years); err != nil {
			return err
		}
		var fresh []portal.Period
		for _, p := range y.Holidays { // those written by hand already are kept as they are
			if setup.Calendar.SchoolHoliday(p.From) == "" && setup.Calendar.SchoolHoliday(p.To) == "" {
				fresh = append(fresh, p)
			}
		}
		y.Holidays = fresh
		if err := insertYear(tx, structure, y); err != nil {
			return err
		}
		if err := tx.row(&id, "SELECT id FROM school_year WHERE structure_id = ? AND label = ?", structure, y.Label); err != nil {
			return err
		}
		tx.after(s.setups.forget)
		facts := portal.YearFacts(ref)
		for _, p := range y.Holidays {
			facts = append(facts, portal.OffFacts([]portal.DaysOff{{Kind: portal.OffHolidays, Period: p}})...)
		}
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "calendrier", SubjectID: id, Words: "Année scolaire " + y.Label + " créée", Changes: portal.Differences(nil, facts)})
	})
	return id, err
}

// ChangeYear gives a school year other first and last days; seen is the stamp of those that the form showed.
func (s *Store) ChangeYear(ctx context.Context, by portal.AccountID, structure portal.StructureID, year int64, first, last portal.Date, seen string) error {
	return s.write(ctx, func(tx *Tx) error {
		setup, err := loadSetup(tx, structure)
		if err != nil {
			return err
		}
		was, _, ok := setup.YearSpan(year)
		if !ok {
			return portal.NotFound("Cette année scolaire n’existe pas.")
		}
		if portal.Version(portal.YearFacts(was)) != seen {
			return s.changedMeanwhile(tx, structure, "calendrier", year)
		}
		is := was
		is.First, is.Last = first, last
		if err := portal.CheckYear(is, setup.Years); err != nil {
			return err
		}
		changes := portal.Differences(portal.YearFacts(was), portal.YearFacts(is))
		if len(changes) == 0 {
			return nil
		}
		if err := tx.exec("UPDATE school_year SET first = ?, last = ? WHERE id = ? AND structure_id = ?", first, last, year, structure); err != nil {
			return err
		}
		tx.after(s.setups.forget)
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "calendrier", SubjectID: year, Words: "Année scolaire " + was.Label + " changée", Changes: changes})
	})
}

// RemoveYear takes back a school year in which there is no class yet; its holidays stay in the calendar.
func (s *Store) RemoveYear(ctx context.Context, by portal.AccountID, structure portal.StructureID, year int64) error {
	return s.write(ctx, func(tx *Tx) error {
		setup, err := loadSetup(tx, structure)
		if err != nil {
			return err
		}
		y, _, ok := setup.YearSpan(year)
		if !ok {
			return portal.NotFound("Cette année scolaire n’existe pas.")
		}
		var used bool
		if err := tx.row(&used, "SELECT EXISTS (SELECT 1 FROM class WHERE school_year_id = ?1) OR EXISTS (SELECT 1 FROM child_class WHERE school_year_id = ?1)", year); err != nil {
			return err
		}
		if used {
			return portal.Conflict("L’année %s a des classes : elle ne peut pas être retirée.", y.Label)
		}
		if err := tx.exec("DELETE FROM school_year WHERE id = ? AND structure_id = ?", year, structure); err != nil {
			return err
		}
		tx.after(s.setups.forget)
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "calendrier", SubjectID: year, Words: "Année scolaire " + y.Label + " retirée", Changes: portal.Differences(portal.YearFacts(y), nil)})
	})
}
