package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"marelle/portal"
)

// errUnagreed undoes a change that touches bookings until the person who asks for it has seen which ones.
var errUnagreed = errors.New("db: the person has not agreed to what this does to bookings")

// ActivityEdit is one part of an activity as staff typed it.
type ActivityEdit struct {
	Part   portal.ActivityPart
	To     portal.Activity // its ID, and what the part holds
	Seen   string          // the version that the form showed
	Agreed string          // the key of the impact that was shown and accepted
}

// ChangeActivity changes one part of an activity of the structure. A change that touches bookings to come is not made
// before the person agreed to it: the impact comes back, and nothing is written. Bookings are kept whatever happens.
func (s *Store) ChangeActivity(ctx context.Context, structure portal.StructureID, by portal.AccountID, e ActivityEdit) (portal.Touches, error) {
	return s.editActivity(ctx, structure, by, e.To.ID, e.Agreed, ": "+e.Part.Title(), func(tx *Tx, before *portal.Setup, a *portal.Activity, names portal.Names) error {
		if a.Version(e.Part) != e.Seen {
			return s.changedMeanwhile(tx, structure, "activite", int64(a.ID))
		}
		a.Take(e.Part, &e.To)
		if err := before.CheckChange(e.Part, a, names); err != nil {
			return err
		}
		if err := freeActivityName(tx, a); err != nil {
			return err
		}
		return savePart(tx, e.Part, a)
	})
}

// CloseActivity stops offering an activity to families, or offers it again. Its bookings to come are kept, and are said
// before it is closed, as ChangeActivity does.
func (s *Store) CloseActivity(ctx context.Context, structure portal.StructureID, by portal.AccountID, id portal.ActivityID, closed bool, agreed string) (portal.Touches, error) {
	words := "de nouveau proposée aux familles"
	if closed {
		words = "plus proposée aux familles"
	}
	return s.editActivity(ctx, structure, by, id, agreed, words, func(tx *Tx, _ *portal.Setup, a *portal.Activity, _ portal.Names) error {
		if closed == !a.ClosedAt.IsZero() {
			return nil // twice
		}
		var when instant
		if closed {
			when = at(s.now())
		}
		return tx.exec("UPDATE activity SET closed_at = ? WHERE id = ? AND structure_id = ?", when, id, structure)
	})
}

// editActivity makes a change of one activity with all that goes with one: what it does to bookings, the audit log, the
// waiting lists that may move on.
func (s *Store) editActivity(ctx context.Context, structure portal.StructureID, by portal.AccountID, id portal.ActivityID, agreed, words string,
	change func(*Tx, *portal.Setup, *portal.Activity, portal.Names) error) (impact portal.Touches, err error) {
	err = s.writeShown(ctx, structure, func(tx *Tx) error {
		today := portal.DateOf(s.now())
		before, err := loadSetup(tx, structure)
		if err != nil {
			return err
		}
		was, err := ofSetup(before, id)
		if err != nil {
			return err
		}
		names, err := namesOf(tx, before)
		if err != nil {
			return err
		}
		loads, err := loadsOf(tx, structure, today)
		if err != nil {
			return err
		}
		a := was
		if err := change(tx, before, &a, names); err != nil {
			return err
		}
		after, err := loadSetup(tx, structure)
		if err != nil {
			return err
		}
		is, err := ofSetup(after, id)
		if err != nil {
			return err
		}
		if impact, err = impactOf(tx, before, after, id, today, loads); err != nil {
			return err
		}
		if key := impact.Key(); key != "" && key != agreed {
			return errUnagreed
		}
		names.Activities[id] = is.Name
		changes := portal.Differences(was.Facts(names), is.Facts(names))
		if len(changes) == 0 {
			return nil
		}
		tx.after(s.setups.forget)
		if err := s.noteActivity(tx, &is, by, words, changes, impact); err != nil {
			return err
		}
		return advanceAfterSave(tx, &is, s.now())
	})
	if errors.Is(err, errUnagreed) {
		return impact, nil
	}
	if err != nil {
		return nil, err
	}
	return nil, nil
}

func (s *Store) noteActivity(tx *Tx, a *portal.Activity, by portal.AccountID, words string, changes []portal.Changed, impact portal.Touches) error {
	if len(impact) > 0 {
		changes = append(changes, portal.Changed{What: "Réservations touchées", After: impact.Short()})
	}
	return s.note(tx, portal.StaffEvent{Structure: a.StructureID, By: by, Subject: "activite", SubjectID: int64(a.ID),
		Words: "Activité « " + a.Name + " » " + words, Changes: changes})
}

// ofSetup gives an activity as its pages show it: with the links of others that hold both ways.
func ofSetup(setup *portal.Setup, id portal.ActivityID) (portal.Activity, error) {
	a := setup.Activity(id)
	if a == nil {
		return portal.Activity{}, portal.NotFound("Cette activité n’existe pas.")
	}
	own := *a
	own.Links = setup.LinksOf(a)
	return own, nil
}

// impactOf says what a change does to the bookings to come; loads are the counters' before it.
func impactOf(tx *Tx, before, after *portal.Setup, id portal.ActivityID, today portal.Date, loads []portal.Load) (portal.Touches, error) {
	held, err := heldOf(tx, id, today)
	if err != nil {
		return nil, err
	}
	impact := portal.TouchedBy(before, after, id, held)
	if before.Activity(id).ClosedAt.IsZero() && !after.Activity(id).ClosedAt.IsZero() {
		impact = portal.StillHeld(held, id)
	}
	now, err := loadsOf(tx, after.Structure.ID, today)
	return append(impact, portal.Overfull(loads, now)...), err
}

// heldOf reads the bookings to come of the children who are booked in an activity, on the days on which they are.
func heldOf(q querier, id portal.ActivityID, today portal.Date) ([]portal.HeldDay, error) {
	return all(q, func(r *sql.Rows) (h portal.HeldDay, err error) {
		err = r.Scan(&h.Child, &h.Activity, &h.Day, &h.Hours.Arrival, &h.Hours.Departure, &h.Waiting, &h.Enrolled, &h.School, &h.Class, &h.Grade, &h.Birth)
		return h, err
	}, `SELECT b.child_id, b.activity_id, b.day, b.arrival, b.departure, b.status = 'waiting',
			EXISTS (SELECT 1 FROM enrolment e WHERE e.child_id = b.child_id AND e.activity_id = m.activity_id AND m.day >= e.first AND (e.last IS NULL OR m.day <= e.last)),
			coalesce(cl.school_id, 0), coalesce(cc.class_id, 0), coalesce(cc.grade, ''), c.birth
		FROM booking m JOIN booking b ON b.child_id = m.child_id AND b.day = m.day JOIN child c ON c.id = b.child_id
			LEFT JOIN school_year y ON y.id = (SELECT id FROM school_year WHERE structure_id = c.structure_id AND last >= b.day ORDER BY first LIMIT 1)
			LEFT JOIN child_class cc ON cc.child_id = c.id AND cc.school_year_id = y.id LEFT JOIN class cl ON cl.id = cc.class_id
		WHERE m.activity_id = ? AND m.day >= ? ORDER BY b.child_id, b.day, b.activity_id`, id, today)
}

// loadsOf lists the days to come on which a counter of the structure holds more than its places.
func loadsOf(q querier, structure portal.StructureID, today portal.Date) ([]portal.Load, error) {
	counters, err := countersOf(q, structure)
	if err != nil {
		return nil, err
	}
	byID := map[portal.CounterID]*portal.Counter{}
	for i := range counters {
		byID[counters[i].ID] = &counters[i]
	}
	var list []portal.Load
	_, err = all(q, func(r *sql.Rows) (struct{}, error) {
		var id portal.CounterID
		var l portal.Load
		err := r.Scan(&id, &l.Day, &l.Taken)
		if c := byID[id]; c != nil {
			if places, limited := c.On(l.Day); limited && l.Taken > places {
				l.Counter, l.Places = c.Name, places
				list = append(list, l)
			}
		}
		return struct{}{}, err
	}, "SELECT d.counter_id, d.day, d.taken FROM counter_day d JOIN counter c ON c.id = d.counter_id WHERE c.structure_id = ? AND d.day >= ? AND d.taken > 0 ORDER BY d.day, d.counter_id", structure, today)
	return list, err
}

// freeActivityName refuses the name of another activity of the structure.
func freeActivityName(tx *Tx, a *portal.Activity) error {
	var taken bool
	err := tx.row(&taken, "SELECT EXISTS (SELECT 1 FROM activity WHERE structure_id = ? AND name = ? AND id <> ?)", a.StructureID, a.Name, a.ID)
	if err == nil && taken {
		return portal.NameTaken("Une autre activité", a.Name)
	}
	return err
}

// savePart writes one part of an activity; the limits are left as they are.
func savePart(tx *Tx, part portal.ActivityPart, a *portal.Activity) error {
	set := func(columns string, values ...any) error {
		return tx.exec("UPDATE activity SET "+columns+" WHERE id = ? AND structure_id = ?", append(values, a.ID, a.StructureID)...)
	}
	switch part {
	case portal.PartIdentity:
		return set("name = ?, short = ?, spoken = ?, kind = ?", a.Name, a.Short, a.Spoken, string(a.Kind))
	case portal.PartHours:
		return set("starts = ?, ends = ?, asks_arrival = ?, asks_departure = ?, hour_step = ?", a.Starts, a.Ends, a.AsksArrival, a.AsksDeparture, a.HourStep)
	case portal.PartAudience:
		audience, err := json.Marshal(a.Audience)
		if err != nil {
			return err
		}
		return set("audience = ?, enrolment = ?", string(audience), a.Enrolment)
	case portal.PartOpening:
		opening, err := json.Marshal(a.Opening)
		if err != nil {
			return err
		}
		return set("opening = ?", string(opening))
	case portal.PartBooking:
		document := sql.NullInt64{Int64: int64(a.DocumentDays), Valid: a.DocumentDays > 0}
		return set("decided = ?, whole_week = ?, least_days = ?, most_days = ?, days_per = ?, horizon = ?, horizon_days = ?, annual = ?, notice_days = ?, document_days = ?",
			a.Decided, a.WholeWeek, a.LeastDays, a.MostDays, string(a.DaysPer), string(a.Horizon), a.HorizonDays, a.Annual, a.NoticeDays, document)
	case portal.PartWindows:
		return saveWindows(tx, a)
	case portal.PartPlaces:
		if err := set("waitlist = ?, waitlist_mode = ?, offer_hours = ?", a.Waitlist, string(a.WaitMode), a.OfferHours); err != nil {
			return err
		}
		return saveUses(tx, a)
	case portal.PartLinks:
		// Links that hold both ways are written once, from this side.
		if err := tx.exec("DELETE FROM activity_link WHERE other_id = ? AND kind <> 'exige'", a.ID); err != nil {
			return err
		}
		return saveLinks(tx, a)
	}
	return fmt.Errorf("db: %q is no part of an activity", part)
}

// saveUses writes which counters an activity takes its places from; the counters themselves are left as they are.
func saveUses(tx *Tx, a *portal.Activity) error {
	ids, err := column[portal.CounterID](tx, "SELECT counter_id FROM counter_activity WHERE activity_id = ?", a.ID)
	if err != nil {
		return err
	}
	if err := tx.exec("DELETE FROM counter_activity WHERE activity_id = ?", a.ID); err != nil {
		return err
	}
	for _, c := range a.Counters {
		n, err := tx.change("INSERT INTO counter_activity (counter_id, activity_id) SELECT id, ? FROM counter WHERE id = ? AND structure_id = ?", a.ID, c.ID, a.StructureID)
		if err != nil {
			return err
		}
		if n == 0 {
			return portal.NotFound("Ce compteur de places n’existe pas.")
		}
		if !slices.Contains(ids, c.ID) {
			ids = append(ids, c.ID)
		}
	}
	if err := regroup(tx, a.StructureID, ids); err != nil {
		return err
	}
	for _, id := range ids {
		if err := recount(tx, id); err != nil {
			return err
		}
	}
	return nil
}

// CreateActivity adds an activity at the end of the list of the structure, with its limits; counters without number are
// created with it. Sent twice, it is one activity.
func (s *Store) CreateActivity(ctx context.Context, structure portal.StructureID, by portal.AccountID, a portal.Activity) (portal.ActivityID, error) {
	a.ID, a.StructureID = 0, structure
	if err := a.Check(); err != nil {
		return 0, err
	}
	err := s.write(ctx, func(tx *Tx) error {
		setup, err := loadSetup(tx, structure)
		if err != nil {
			return err
		}
		if same := setup.SameActivity(&a); same != nil {
			a.ID = same.ID
			return nil
		}
		if err := freeActivityName(tx, &a); err != nil {
			return err
		}
		names, err := namesOf(tx, setup)
		if err != nil {
			return err
		}
		if err := setup.CheckChange(portal.PartAudience, &a, names); err != nil {
			return err
		}
		n, err := tx.insert(`INSERT INTO activity (structure_id, position, name, short, spoken, kind, starts, ends, opening)
			VALUES (?1, (SELECT coalesce(max(position) + 1, 0) FROM activity WHERE structure_id = ?1), ?2, ?3, ?4, ?5, ?6, ?7, '{}')`,
			structure, a.Name, a.Short, a.Spoken, string(a.Kind), a.Starts, a.Ends)
		if err != nil {
			return err
		}
		a.ID = portal.ActivityID(n)
		if err := saveCounters(tx, &a); err != nil {
			return err
		}
		for _, part := range portal.ActivityParts {
			if err := savePart(tx, part, &a); err != nil {
				return err
			}
		}
		if err := s.savePlainRules(tx, &a); err != nil {
			return err
		}
		tx.after(s.setups.forget)
		return s.noteActivity(tx, &a, by, "créée", portal.Differences(nil, a.Facts(names)), nil)
	})
	return a.ID, err
}

// MoveActivity gives an activity its rank, from 1, in the order that families see; asked twice, it is the same order.
func (s *Store) MoveActivity(ctx context.Context, structure portal.StructureID, by portal.AccountID, id portal.ActivityID, rank int) error {
	return s.write(ctx, func(tx *Tx) error {
		setup, err := loadSetup(tx, structure)
		if err != nil {
			return err
		}
		a, err := ofSetup(setup, id)
		if err != nil {
			return err
		}
		var order []portal.ActivityID
		was := 0
		for i, other := range setup.Activities {
			if other.ID == id {
				was = i + 1
				continue
			}
			order = append(order, other.ID)
		}
		rank = min(max(rank, 1), len(setup.Activities))
		if rank == was {
			return nil
		}
		for i, other := range slices.Insert(order, rank-1, id) {
			if err := tx.exec("UPDATE activity SET position = ? WHERE id = ? AND structure_id = ?", i, other, structure); err != nil {
				return err
			}
		}
		tx.after(s.setups.forget)
		return s.noteActivity(tx, &a, by, "changée de place dans la liste", []portal.Changed{{What: "Rang", Before: fmt.Sprint(was), After: fmt.Sprint(rank)}}, nil)
	})
}
