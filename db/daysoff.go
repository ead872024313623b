package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"reflect"
	"slices"

	"marelle/portal"
)

// touching says what a change does to what is booked from today on.
type touching func(before, after *portal.Setup, booked []portal.BookedCount, today portal.Date) []portal.Touch

// byCalendar is what other days off do.
func byCalendar(before, after *portal.Setup, booked []portal.BookedCount, today portal.Date) []portal.Touch {
	return before.Touched(&after.Calendar, booked, today)
}

// changeCalendar runs a change of what decides on which days activities are open. One that closes days on which something is
// booked is undone, and comes back, until the person has agreed to exactly that (portal.TouchKey). Bookings are kept, and are
// shown as locked.
func (s *Store) changeCalendar(ctx context.Context, structure portal.StructureID, agreed string, touched touching, change func(*Tx, *portal.Setup) error) (touches []portal.Touch, err error) {
	err = s.writeShown(ctx, structure, func(tx *Tx) error {
		before, err := loadSetup(tx, structure)
		if err != nil {
			return err
		}
		if err := change(tx, before); err != nil {
			return err
		}
		after, err := loadSetup(tx, structure)
		if err != nil {
			return err
		}
		if touches, err = touchedBy(tx, before, after, touched, portal.DateOf(s.now())); err != nil {
			return err
		}
		if key := portal.TouchKey(touches); key != "" && key != agreed {
			return errUnagreed
		}
		return nil
	})
	if errors.Is(err, errUnagreed) {
		return touches, nil
	}
	return nil, err
}

// touchedBy reads what is booked from a day on, and counts the registrations behind what a change touches.
func touchedBy(q querier, before, after *portal.Setup, touched touching, today portal.Date) ([]portal.Touch, error) {
	if reflect.DeepEqual(before.Calendar, after.Calendar) && slices.Equal(before.Years, after.Years) {
		return nil, nil
	}
	booked, err := all(q, func(rows *sql.Rows) (b portal.BookedCount, err error) {
		err = rows.Scan(&b.Activity, &b.Day, &b.Booked, &b.Waiting)
		return b, err
	}, `SELECT b.activity_id, b.day, sum(b.status = 'booked'), sum(b.status = 'waiting') FROM activity a JOIN booking b ON b.activity_id = a.id
		WHERE a.structure_id = ? AND b.day >= ? GROUP BY 1, 2 ORDER BY 1, 2`, before.Structure.ID, today)
	if err != nil {
		return nil, err
	}
	list := touched(before, after, booked, today)
	for i := range list {
		days, err := json.Marshal(list[i].Days)
		if err != nil {
			return nil, err
		}
		if err := oneRow(q, &list[i].Registrations, "SELECT count(DISTINCT registration_id) FROM booking WHERE activity_id = ? AND day IN (SELECT value FROM json_each(?))",
			[]any{list[i].Activity.ID, string(days)}); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// SaveDaysOff replaces the school holidays of a school year, or its closures and bridge days; seen is the stamp of those that
// the form showed. What it closes comes back until it is agreed to.
func (s *Store) SaveDaysOff(ctx context.Context, by portal.AccountID, structure portal.StructureID, year int64, holidays bool, list []portal.DaysOff, seen, agreed string) ([]portal.Touch, error) {
	return s.changeCalendar(ctx, structure, agreed, byCalendar, func(tx *Tx, setup *portal.Setup) error {
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
			var err error
			if holidays {
				err = tx.exec("INSERT INTO school_holiday (structure_id, name, first, last) VALUES (?, ?, ?, ?)", structure, d.Name, d.From, d.To)
			} else {
				err = tx.exec("INSERT INTO closure (structure_id, kind, name, first, last) VALUES (?, ?, ?, ?, ?)", structure, string(d.Kind), d.Name, d.From, d.To)
			}
			if err != nil {
				return err
			}
		}
		if err := followCalendar(tx, structure, portal.DateOf(s.now()), false); err != nil {
			return err
		}
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "calendrier", SubjectID: year, Words: words + " de l’année " + y.Label, Changes: changes})
	})
}

// SaveTerritory chooses whose public holidays a structure keeps; seen is the territory that the form showed. What it closes
// comes back until it is agreed to.
func (s *Store) SaveTerritory(ctx context.Context, by portal.AccountID, structure portal.StructureID, territory, seen portal.Territory, agreed string) ([]portal.Touch, error) {
	return s.changeCalendar(ctx, structure, agreed, byCalendar, func(tx *Tx, before *portal.Setup) error {
		st := before.Structure
		st.Territory = territory
		if err := st.Check(); err != nil {
			return err
		}
		if was := before.Structure.Territory; was != seen && was != territory {
			return s.changedMeanwhile(tx, structure, "structure", int64(structure))
		}
		return s.saveStructure(tx, by, st, before.Structure, "Jours fériés changés")
	})
}
