package db

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"marelle/portal"
)

// RegistrationPreview is what a request would bring, as things stand.
type RegistrationPreview struct {
	Next    portal.Registration
	Horizon portal.Date   // bookings are made up to this day for now
	Weeks   []portal.Date // one week in two: the Mondays of the first weeks of attendance
	Steps   []portal.RegistrationStep
}

// PreviewRegistration says, day by day, what a request would bring beside what waits for the same night; nothing is recorded. What cannot be asked is refused
// with the sentences of AskRegistration.
func (s *Store) PreviewRegistration(ctx context.Context, account portal.AccountID, w RegistrationWish) (*RegistrationPreview, error) {
	reg, err := s.registrationFor(ctx, account, w.Registration)
	if err != nil {
		return nil, err
	}
	p := &RegistrationPreview{}
	if p.Next, err = reg.prepare(w, s.now()); err != nil {
		return nil, err
	}
	night := &portal.Night{Date: lastNight(reg.Setup, s.now()) + 1}
	night.Due = night.Date.At(reg.Setup.Structure.NightAt)
	p.Horizon = bookedTo(reg.Setup, reg.Activity, reg.through, night.Date)
	if p.Next.First > p.Horizon {
		return p, nil
	}
	if p.Next.EveryOther {
		p.Weeks = p.Next.FirstWeeks(3, p.Horizon, &reg.Activity.Opening, &reg.Setup.Calendar)
	}
	err = s.snapshot(ctx, func(r reader) error {
		days, err := registrationDays(r, account, reg.Setup, reg.Activity, p.Next, p.Next.First, p.Horizon, night.Due)
		if err != nil {
			return err
		}
		list := []portal.NightRegistration{{Activity: reg.Activity, Course: reg.Course, Next: &p.Next, Through: reg.through, Days: days}}
		others, err := othersTonight(r, reg, night)
		if err == nil {
			p.Steps = portal.PlanNight(append(list, others...))[0]
		}
		return err
	})
	return p, err
}

// othersTonight gives what the night has to do for the child's other registrations.
func othersTonight(q querier, reg *Registration, night *portal.Night) ([]portal.NightRegistration, error) {
	rows, err := registrationRows(q, "r.child_id = ? AND r.id <> ?", reg.Child.ID, reg.Course.ID)
	if err != nil {
		return nil, err
	}
	var list []portal.NightRegistration
	for i := range rows {
		row := &rows[i]
		t := row.tonight(reg.Setup, night)
		if t == nil || t.first > t.last {
			continue
		}
		a := reg.Setup.Activity(row.activity)
		days, err := registrationDays(q, row.asker(), reg.Setup, a, portal.Registration{ID: row.course.ID, Child: row.child}, t.first, t.last, night.Due)
		if err != nil {
			return nil, err
		}
		list = append(list, portal.NightRegistration{Activity: a, Course: row.course, Next: t.next, Through: row.through, Days: days})
	}
	return list, nil
}

// bookedTo gives the last day that a night looks at for a registration that nights looked at up to through.
func bookedTo(setup *portal.Setup, a *portal.Activity, through, night portal.Date) portal.Date {
	return max(through, setup.BookingHorizon(a, night))
}

// registrationDays reads what stands on the days of a registration, as the night whose hour is due finds it.
func registrationDays(q querier, account portal.AccountID, setup *portal.Setup, a *portal.Activity, r portal.Registration, first, last portal.Date, due time.Time) ([]portal.RegistrationDay, error) {
	from, to := countedDays(setup, []*portal.Activity{a}, first, last)
	others, err := othersDays(q, account, []portal.ChildID{r.Child}, from, to)
	if err != nil {
		return nil, err
	}
	g, err := loadGridBeside(q, setup, []portal.ChildID{r.Child}, []*portal.Activity{a}, first, last, nil, others)
	if err != nil {
		return nil, err
	}
	slots := g.row(0, 0)
	for i := range slots { // what is booked there already is left to the other parent, whoever booked it
		if others[childDay{child: r.Child, day: slots[i].Day}] {
			slots[i].Withhold()
		}
	}
	days := make([]portal.RegistrationDay, len(slots))
	for i := range slots {
		days[i].Slot, days[i].Unopened, days[i].Bar = &slots[i], slots[i].Unopened(due), slots[i].Barred(due)
	}
	_, err = all(q, func(rows *sql.Rows) (struct{}, error) {
		var day portal.Date
		var hours portal.Hours
		var own bool
		err := rows.Scan(&day, &own, &hours.Arrival, &hours.Departure)
		if err == nil {
			days[day-first].Own, days[day-first].Hours = own, hours
		}
		return struct{}{}, err
	}, `SELECT day, coalesce(registration_id = ?, 0), arrival, departure FROM booking WHERE child_id = ? AND activity_id = ? AND day BETWEEN ? AND ?`,
		r.ID, r.Child, a.ID, first, last)
	if err != nil {
		return nil, err
	}
	_, err = all(q, func(rows *sql.Rows) (struct{}, error) {
		var day portal.Date
		var given portal.Hours
		err := rows.Scan(&day, &given.Arrival, &given.Departure)
		if err == nil {
			days[day-first].Given = given
		}
		return struct{}{}, err
	}, `SELECT day, arrival, departure FROM movement WHERE child_id = ?2 AND activity_id = ?3 AND registration_id = ?1 AND day BETWEEN ?4 AND ?5
		AND action IN ('add', 'change') AND outcome <> 'refused' ORDER BY id`, r.ID, r.Child, a.ID, first, last)
	if err != nil {
		return nil, err
	}
	exceptions, err := column[portal.Date](q, "SELECT day FROM registration_exception WHERE registration_id = ? AND day BETWEEN ? AND ?", r.ID, first, last)
	if err != nil {
		return nil, err
	}
	for _, day := range exceptions {
		days[day-first].Exception = true
	}
	later, err := column[portal.Date](q, "SELECT day FROM registration_unopened WHERE registration_id = ? AND day BETWEEN ? AND ?", r.ID, first, last)
	if err != nil {
		return nil, err
	}
	for _, day := range later {
		days[day-first].Later = true
	}
	return days, alsoRegistered(q, a, r, days)
}

// alsoRegistered marks the days that another registration of the child for the activity has too: two files that are one now, or
// two homes, may have one each.
func alsoRegistered(q querier, a *portal.Activity, r portal.Registration, days []portal.RegistrationDay) error {
	if r.ID == 0 || len(days) == 0 {
		return nil
	}
	rows, err := registrationRows(q, "r.child_id = ?1 AND r.activity_id = ?2 AND r.id <> ?3", r.Child, a.ID, r.ID)
	if err != nil {
		return err
	}
	first, last := days[0].Slot.Day, days[len(days)-1].Slot.Day
	for i := range rows {
		row := &rows[i]
		withheld, err := othersDays(q, row.asker(), []portal.ChildID{r.Child}, first, last)
		if err != nil {
			return err
		}
		without, err := column[portal.Date](q, "SELECT day FROM registration_exception WHERE registration_id = ? AND day BETWEEN ? AND ?", row.course.ID, first, last)
		if err != nil {
			return err
		}
		for k := range days {
			day := days[k].Slot.Day
			if _, attends := row.course.Attends(day); attends && day <= row.through && !withheld[childDay{child: r.Child, day: day}] && !slices.Contains(without, day) && !slices.Contains(row.unopened, day) {
				days[k].Also = row.course.ID
			}
		}
	}
	return nil
}

// applyRegistrations turns what families asked of their registrations before the night's hour into bookings, and goes on
// with those that reach further than what is booked. All that is given up goes first: a meal and the centre that needs it
// may have moved to another day together. Then each registration is applied whole or not at all, and marked as done in the
// same transaction: interrupted, the night goes on with the others; run again, it finds nothing to do.
func applyRegistrations(run steps, setup *portal.Setup, night *portal.Night) error {
	rows, err := registrationRows(run.q, "r.structure_id = ?", setup.Structure.ID)
	if err != nil {
		return err
	}
	due, changed := dueRegistrations(rows, setup, night)
	slices.Reverse(changed)
	if err := applyEach(run, setup, night, changed, giveBack); err != nil {
		return err
	}
	return applyEach(run, setup, night, due, applyWhole)
}

// registrationPass is how much of a registration is done.
type registrationPass int

const (
	giveBack   registrationPass = iota // only what is cancelled; the registration stays due
	applyWhole                         // all that is left, and the registration is marked as done
)

// applyEach does one pass over registrations, in as many transactions as it takes.
func applyEach(run steps, setup *portal.Setup, night *portal.Night, due []portal.RegistrationID, pass registrationPass) error {
	for len(due) > 0 {
		taken := 0
		err := run.write(func(tx *Tx) (err error) {
			taken, err = applySome(tx, setup, night, due, pass)
			return err
		})
		if err != nil {
			return err
		}
		due = due[taken:]
	}
	return nil
}

// dueRegistrations lists the registrations that the night has something to do for, what is needed before what needs it; and
// those of them that may give days up, in the same order.
func dueRegistrations(rows []registrationRow, setup *portal.Setup, night *portal.Night) (due, changed []portal.RegistrationID) {
	depth := map[portal.RegistrationID]int{}
	for i := range rows {
		t := rows[i].tonight(setup, night)
		if t == nil {
			continue
		}
		id := rows[i].course.ID
		depth[id] = setup.Activity(rows[i].activity).Depth()
		due = append(due, id)
		if t.next != nil && rows[i].through != 0 {
			changed = append(changed, id)
		}
	}
	needed := func(x, y portal.RegistrationID) int { return depth[x] - depth[y] }
	slices.SortStableFunc(due, needed)
	slices.SortStableFunc(changed, needed)
	return due, changed
}

// applySome applies registrations until the next one would make too many movements for one transaction, at least one.
func applySome(tx *Tx, setup *portal.Setup, night *portal.Night, due []portal.RegistrationID, pass registrationPass) (taken int, err error) {
	movements := 0
	for _, id := range due {
		rows, err := registrationRows(tx, "r.id = ?", id)
		if err != nil {
			return 0, err
		}
		if len(rows) == 1 { // else it was dropped meanwhile
			n, err := applyOne(tx, setup, night, &rows[0], pass, nightChunk-movements, taken == 0)
			if err != nil {
				return 0, err
			}
			if n < 0 {
				return taken, nil
			}
			movements += n
		}
		taken++
	}
	return taken, nil
}

// registrationTonight is what a night has to do for a registration.
type registrationTonight struct {
	next        *portal.Registration // asked before the night's hour, or nil
	first, last portal.Date          // the days to look at; none when last is before first
}

// tonight says what the night has to do for a registration; nil: nothing. Everything follows from the night's date, so
// that a night that runs late gives the same result. What goes on by itself keeps the notice, as the family has to.
func (row *registrationRow) tonight(setup *portal.Setup, night *portal.Night) *registrationTonight {
	a := setup.Activity(row.activity)
	if a == nil {
		return nil
	}
	t := &registrationTonight{last: bookedTo(setup, a, row.through, night.Date)}
	from := func(day portal.Date) {
		if t.first == 0 || day < t.first {
			t.first = day
		}
	}
	if row.pending != nil && row.asked[len(row.asked)-1].at.Before(night.Due) {
		t.next = row.pending
		from(t.next.First)
	}
	earliest := portal.EarliestStart(night.Due, a.NoticeDays)
	if row.through != 0 && row.through < t.last {
		from(max(row.through+1, earliest))
	}
	for _, day := range row.unopened {
		slot := setup.NewSlot(row.child, a, day)
		setup.Admit(&slot, row.pupil)
		if day >= earliest && !slot.Unopened(night.Due) {
			from(day)
			break // they are in order
		}
	}
	if t.first == 0 {
		return nil
	}
	return t
}

// applyOne does a registration's steps of the night, or of one pass; it gives -1, and does nothing, when there are more than room and it
// is not the first of its transaction.
func applyOne(tx *Tx, setup *portal.Setup, night *portal.Night, row *registrationRow, pass registrationPass, room int, alone bool) (movements int, err error) {
	t := row.tonight(setup, night)
	if t == nil {
		return 0, nil
	}
	a := setup.Activity(row.activity)
	who := portal.Registration{ID: row.course.ID, Child: row.child}
	var steps []portal.RegistrationStep
	if t.first <= t.last {
		days, err := registrationDays(tx, row.asker(), setup, a, who, t.first, t.last, night.Due)
		if err != nil {
			return 0, err
		}
		steps = row.course.Plan(t.next, row.through, days)
	}
	if pass == giveBack {
		steps = portal.GivenBack(steps)
	}
	if len(steps) > room && !alone {
		return -1, nil
	}
	for i := range steps {
		n, err := applyStep(tx, setup, night, row, &steps[i])
		if err != nil {
			return 0, err
		}
		movements += n
	}
	if pass == giveBack {
		return movements, nil
	}
	if err := keepUnopened(tx, night, row.course.ID, t, steps); err != nil {
		return 0, err
	}
	if t.next != nil {
		if err := tx.exec("UPDATE registration_version SET night_id = ? WHERE registration_id = ? AND night_id IS NULL", night.ID, row.course.ID); err != nil {
			return 0, err
		}
	}
	return movements, tx.exec("UPDATE registration SET through = ? WHERE id = ?", t.last, row.course.ID)
}

// keepUnopened remembers which of the days that were looked at the town has not opened to bookings yet, and forgets those
// that passed without being opened.
func keepUnopened(tx *Tx, night *portal.Night, id portal.RegistrationID, t *registrationTonight, steps []portal.RegistrationStep) error {
	err := tx.exec("DELETE FROM registration_unopened WHERE registration_id = ? AND (day < ? OR day BETWEEN ? AND ?)", id, night.Date, t.first, t.last)
	for i := 0; i < len(steps) && err == nil; i++ {
		if steps[i].Act == portal.RegistrationLater {
			err = tx.exec("INSERT INTO registration_unopened (registration_id, day) VALUES (?, ?)", id, steps[i].Slot.Day)
		}
	}
	return err
}

// registrationWords stands beside each day that a registration changed.
const registrationWords = "Inscription à l’année"

// applyStep does one day, and writes the movement that « Suivi » and the report tell.
func applyStep(tx *Tx, setup *portal.Setup, night *portal.Night, row *registrationRow, step *portal.RegistrationStep) (movements int, err error) {
	slot, asked := step.Slot, row.askedBy(step.By)
	m := portal.Movement{Account: asked.account, Child: portal.Child{ID: row.child, StructureID: setup.Structure.ID}, ActID: slot.Activity.ID, Day: slot.Day,
		At: asked.at, Reason: registrationWords + "."}
	switch step.Act {
	case portal.RegistrationAdds:
		m.Action, m.Outcome = string(portal.WishAdd), portal.OutcomeBooked
		if err = book(tx, asked.account, slot, night.Due); err == nil {
			err = ownBooking(tx, row.course.ID, slot, step.Hours)
		}
	case portal.RegistrationWaits:
		m.Action, m.Outcome = string(portal.WishAdd), portal.OutcomeWaiting
		if err = wait(tx, asked.account, slot, night.Due); err == nil {
			err = ownBooking(tx, row.course.ID, slot, step.Hours)
		}
		if err == nil {
			err = tx.row(&m.Rank, rankQuery, slot.Activity.ID, slot.Day, slot.Child)
		}
	case portal.RegistrationFull:
		m.Action, m.Outcome = string(portal.WishAdd), portal.OutcomeRefused
		m.Reason = registrationWords + " : il n’y avait plus de place."
	case portal.RegistrationClash:
		m.Action, m.Outcome = string(portal.WishAdd), portal.OutcomeRefused
		if slot.Status != portal.NotBooked {
			m.Action = string(portal.WishChange)
		}
		m.Reason = registrationWords + " : " + step.Why
	case portal.RegistrationBarred:
		m.Action, m.Outcome = string(portal.WishAdd), portal.OutcomeRefused
		m.Reason = registrationWords + " : " + step.Why
	case portal.RegistrationNeeded:
		m.Action, m.Outcome = string(portal.WishRemove), portal.OutcomeRefused
		m.Reason = registrationWords + " : " + step.Why
	case portal.RegistrationRemoves:
		m.Action, m.Outcome = string(portal.WishRemove), portal.OutcomeCancelled
		if err = letGo(tx, slot); err == nil { // else it would be taken for a day changed by hand
			err = cancelBooking(tx, slot)
		}
	case portal.RegistrationHands: // nothing changes for the family
		return 0, tx.exec("UPDATE booking SET registration_id = ? WHERE child_id = ? AND activity_id = ? AND day = ?", step.To, slot.Child, slot.Activity.ID, slot.Day)
	case portal.RegistrationChanges:
		m.Action, m.Outcome = "change", portal.OutcomeBooked
		if slot.Status == portal.Waiting {
			m.Outcome, m.Rank = portal.OutcomeWaiting, slot.Rank
		}
		err = ownBooking(tx, row.course.ID, slot, step.Hours)
	default:
		return 0, nil // a day that is left as it is
	}
	if err != nil {
		return 0, err
	}
	return 1, insertRegistrationMovement(tx, night, row.course.ID, &m, step.Hours)
}

// askedBy says who asked for what is done, and when.
func (row *registrationRow) askedBy(by portal.Registration) registrationAsked {
	for i := len(row.course.Versions) - 1; i >= 0; i-- {
		if row.course.Versions[i] == by {
			return row.asked[i]
		}
	}
	return row.asked[len(row.asked)-1]
}

// ownBooking marks a day as the registration's, with its hours.
func ownBooking(tx *Tx, id portal.RegistrationID, slot *portal.Slot, h portal.Hours) error {
	return tx.exec("UPDATE booking SET registration_id = ?, arrival = ?, departure = ? WHERE child_id = ? AND activity_id = ? AND day = ?",
		id, hour(h.Arrival), hour(h.Departure), slot.Child, slot.Activity.ID, slot.Day)
}

// letGo makes a day one that no registration made.
func letGo(tx *Tx, slot *portal.Slot) error {
	return tx.exec("UPDATE booking SET registration_id = NULL WHERE child_id = ? AND activity_id = ? AND day = ?", slot.Child, slot.Activity.ID, slot.Day)
}

// insertRegistrationMovement leaves the movement to be closed with the night's other requests, but for a refusal, which
// nothing closes.
func insertRegistrationMovement(tx *Tx, night *portal.Night, id portal.RegistrationID, m *portal.Movement, h portal.Hours) error {
	closed := m.Outcome == portal.OutcomeRefused
	return tx.exec(`INSERT INTO movement (structure_id, account_id, child_id, activity_id, day, action, arrival, departure, at, outcome, rank, reason, registration_id, night_id, final)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, m.Child.StructureID, m.Account, m.Child.ID, m.ActID, m.Day, m.Action,
		hour(h.Arrival), hour(h.Departure), at(m.At), string(m.Outcome), m.Rank, m.Reason, id,
		sql.NullInt64{Int64: int64(night.ID), Valid: closed}, sql.NullString{String: string(m.Outcome), Valid: closed})
}

// registrationException remembers that the family cancels by hand a day that a registration had booked; called before the
// booking leaves.
func registrationException(tx *Tx, child portal.ChildID, activity portal.ActivityID, day portal.Date) error {
	return tx.exec(`INSERT INTO registration_exception (registration_id, day)
		SELECT registration_id, day FROM booking WHERE child_id = ? AND activity_id = ? AND day = ? AND registration_id IS NOT NULL
		ON CONFLICT DO NOTHING`, child, activity, day)
}

// backToRegistration gives back to its registration a day that the family had cancelled by hand and books again.
func backToRegistration(tx *Tx, child portal.ChildID, activity portal.ActivityID, day portal.Date) error {
	var id portal.RegistrationID
	err := tx.row(&id, `SELECT coalesce(max(r.id), 0) FROM registration r JOIN registration_exception e ON e.registration_id = r.id
		WHERE r.child_id = ? AND r.activity_id = ? AND e.day = ?`, child, activity, day)
	if err != nil || id == 0 {
		return err
	}
	if err := tx.exec("DELETE FROM registration_exception WHERE registration_id = ? AND day = ?", id, day); err != nil {
		return err
	}
	return tx.exec("UPDATE booking SET registration_id = ? WHERE child_id = ? AND activity_id = ? AND day = ?", id, child, activity, day)
}
