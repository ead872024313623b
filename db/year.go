package db

import (
	"context"
	"database/sql"
	"strings"

	"marelle/portal"
)

// insertYear writes a school year beside those that are known, with its holidays but for those that overlap some that are
// there already, written by hand; it gives the holidays that were written. Every school year is made by it.
func insertYear(tx *Tx, structure portal.StructureID, y portal.SchoolYear, known []portal.SchoolYearRef) (ref portal.SchoolYearRef, holidays []portal.Period, err error) {
	ref = portal.SchoolYearRef{Label: y.Label, First: y.First, Last: y.Last}
	if err := portal.CheckYear(ref, known); err != nil {
		return ref, nil, err
	}
	if ref.ID, err = tx.insert("INSERT INTO school_year (structure_id, label, first, last) VALUES (?, ?, ?, ?)", structure, y.Label, y.First, y.Last); err != nil {
		return ref, nil, err
	}
	for _, p := range y.Holidays {
		n, err := tx.change(`INSERT INTO school_holiday (structure_id, name, first, last) SELECT ?1, ?2, ?3, ?4
			WHERE NOT EXISTS (SELECT 1 FROM school_holiday WHERE structure_id = ?1 AND first <= ?4 AND last >= ?3)`, structure, p.Name, p.From, p.To)
		if err != nil {
			return ref, nil, err
		}
		if n > 0 {
			holidays = append(holidays, p)
		}
	}
	return ref, holidays, nil
}

// addYear adds a school year to a structure that works already: limits that families were shown stay, and shared custody
// follows the new holidays.
func (s *Store) addYear(tx *Tx, by portal.AccountID, setup *portal.Setup, y portal.SchoolYear) (int64, error) {
	structure := setup.Structure.ID
	ref, holidays, err := insertYear(tx, structure, y, setup.Years)
	if err != nil {
		return 0, err
	}
	if err := followCalendar(tx, structure, portal.DateOf(s.now()), false); err != nil {
		return 0, err
	}
	facts := portal.YearFacts(ref)
	for _, p := range holidays {
		facts = append(facts, portal.OffFacts([]portal.DaysOff{{Kind: portal.OffHolidays, Period: p}})...)
	}
	return ref.ID, s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "calendrier", SubjectID: ref.ID, Words: "Année scolaire " + y.Label + " créée", Changes: portal.Differences(nil, facts)})
}

// NextOfficialYear gives the first official school year after those of a structure, or nil: with its holidays, but for a
// structure that has a calendar of its own.
func NextOfficialYear(setup *portal.Setup) (*portal.SchoolYear, error) {
	years, err := OfficialYears(setup.Structure.Zone)
	if err != nil {
		return nil, err
	}
	for i := range years {
		if n := len(setup.Years); n == 0 || years[i].First > setup.Years[n-1].Last {
			return &years[i], nil
		}
	}
	return nil, nil
}

// CreateYear opens a school year of a structure: with its holidays when they are official, else with its two days alone.
func (s *Store) CreateYear(ctx context.Context, by portal.AccountID, structure portal.StructureID, y portal.SchoolYear) (id int64, err error) {
	y.Label = strings.TrimSpace(y.Label)
	err = s.writeShown(ctx, structure, func(tx *Tx) error {
		setup, err := loadSetup(tx, structure)
		if err != nil {
			return err
		}
		id, err = s.addYear(tx, by, setup, y)
		return err
	})
	return id, err
}

// ChangeYear gives a school year other first and last days; seen is the stamp of those that the form showed. What is booked and
// would fall outside of it comes back until it is agreed to.
func (s *Store) ChangeYear(ctx context.Context, by portal.AccountID, structure portal.StructureID, year int64, first, last portal.Date, seen, agreed string) ([]portal.Touch, error) {
	outside := func(before, after *portal.Setup, booked []portal.BookedCount, today portal.Date) []portal.Touch {
		was, _, _ := before.YearSpan(year)
		is, _, _ := after.YearSpan(year)
		return before.TouchedByYear(was, is, booked, today)
	}
	return s.changeCalendar(ctx, structure, agreed, outside, func(tx *Tx, setup *portal.Setup) error {
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
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "calendrier", SubjectID: year, Words: "Année scolaire " + was.Label + " changée", Changes: changes})
	})
}

// RemoveYear takes back a school year in which there is no class, nothing booked or asked, and no registration that begins or
// ends; its holidays stay in the calendar.
func (s *Store) RemoveYear(ctx context.Context, by portal.AccountID, structure portal.StructureID, year int64) error {
	return s.writeShown(ctx, structure, func(tx *Tx) error {
		setup, err := loadSetup(tx, structure)
		if err != nil {
			return err
		}
		y, _, ok := setup.YearSpan(year)
		if !ok {
			return portal.NotFound("Cette année scolaire n’existe pas.")
		}
		var u portal.YearUse
		_, err = one(tx, func(r *sql.Rows) (struct{}, error) { return struct{}{}, r.Scan(&u.Classes, &u.Days, &u.Registrations) },
			`SELECT (SELECT count(*) FROM class WHERE school_year_id = ?2),
				(SELECT count(*) FROM activity a JOIN booking b ON b.activity_id = a.id AND b.day BETWEEN ?3 AND ?4 WHERE a.structure_id = ?1)
					+ (SELECT count(*) FROM activity a JOIN request q ON q.activity_id = a.id AND q.day BETWEEN ?3 AND ?4 WHERE a.structure_id = ?1),
				(SELECT count(DISTINCT v.registration_id) FROM registration r JOIN registration_version v ON v.registration_id = r.id
					WHERE r.structure_id = ?1 AND (v.first BETWEEN ?3 AND ?4 OR v.last BETWEEN ?3 AND ?4))`, structure, year, y.First, y.Last)
		if err != nil {
			return err
		}
		if why := u.Refuse(y.Label); why != nil {
			return why
		}
		if err := tx.exec("DELETE FROM school_year WHERE id = ? AND structure_id = ?", year, structure); err != nil {
			return err
		}
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "calendrier", SubjectID: year, Words: "Année scolaire " + y.Label + " retirée", Changes: portal.Differences(portal.YearFacts(y), nil)})
	})
}
