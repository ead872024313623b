package db

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"marelle/portal"
)

// Registration is a registration for the year of one of the account's children, as nights have left it.
type Registration struct {
	Child    portal.Child
	Setup    *portal.Setup
	Activity *portal.Activity
	Course   portal.Course        // zero when it is a new one
	Pending  *portal.Registration // asked, for the coming night; nil when nothing is
	Leaving  bool                 // the night of what is asked has come: it can no longer be dropped
	Night    time.Time            // the hour of that night
	through  portal.Date
}

// Registrations is what an account sees of its children's registrations.
type Registrations struct {
	Now      time.Time
	Children []portal.Child
	Setups   map[portal.StructureID]*portal.Setup
	Offered  map[portal.ChildID][]*portal.Activity // to choose from
	List     []Registration                        // by child, in the order of their creation
}

// Registrations lists the registrations of the account's children.
func (s *Store) Registrations(ctx context.Context, account portal.AccountID) (*Registrations, error) {
	l := &Registrations{Now: s.now(), Setups: map[portal.StructureID]*portal.Setup{}}
	err := s.snapshot(ctx, func(r reader) (err error) {
		if l.Children, err = childrenOf(r, account, portal.DateOf(l.Now)); err != nil {
			return err
		}
		if l.Offered, err = s.offeredToAll(ctx, r, l.Children); err != nil {
			return err
		}
		rows, err := registrationRows(r, "r.child_id IN (SELECT fc.child_id FROM sees g JOIN family_child fc ON fc.family_id = g.family_id WHERE g.account_id = ?1) AND "+ownRegistration("?1"), account)
		if err != nil {
			return err
		}
		for _, c := range l.Children {
			if l.Setups[c.StructureID], err = s.Setup(ctx, c.StructureID); err != nil {
				return err
			}
			for i := range rows {
				if reg := rows[i].seen(c, l.Setups[c.StructureID], l.Now); rows[i].child == c.ID && reg.Activity != nil {
					l.List = append(l.List, reg)
				}
			}
		}
		return nil
	})
	return l, err
}

// NewRegistration gives what a form for a new registration needs: one of the account's children, and an activity that
// allows registrations for the year.
func (s *Store) NewRegistration(ctx context.Context, account portal.AccountID, child portal.ChildID, activity portal.ActivityID) (*Registration, error) {
	children, err := s.Children(ctx, account)
	if err != nil {
		return nil, err
	}
	reg := &Registration{}
	if reg.Child, reg.Setup, reg.Activity, err = s.choose(ctx, children, child, activity); err != nil {
		return nil, err
	}
	list, err := s.offeredToAll(ctx, s.read(ctx), children)
	if err != nil {
		return nil, err
	}
	if err := s.refuseOffered(s.read(ctx), reg.Setup, reg.Activity, child, list); err != nil {
		return nil, err
	}
	if !reg.Activity.Annual {
		return nil, portal.NotFound("%s ne se réserve pas à l’année. Choisissez les jours sur le calendrier.", portal.Capital(reg.Activity.Spoken))
	}
	return reg, nil
}

// Registration gives one registration of the account's children; somebody else's is not found.
func (s *Store) Registration(ctx context.Context, account portal.AccountID, id portal.RegistrationID) (*Registration, error) {
	l, err := s.Registrations(ctx, account)
	if err != nil {
		return nil, err
	}
	for i := range l.List {
		if l.List[i].Course.ID == id {
			return &l.List[i], nil
		}
	}
	return nil, noRegistration
}

var noRegistration = portal.NotFound("Cette inscription n’existe pas, ou n’est pas pour l’un de vos enfants.")

// RegistrationWish is what a family asks: a new registration, or a change or an end of the one that has the ID.
type RegistrationWish struct {
	portal.Registration
	Stop bool // nothing is attended any more from First on
	Swap bool // one week in two: the weeks of attendance become those of absence
}

// prepare completes a wish with what stays of the registration, and checks it.
func (reg *Registration) prepare(w RegistrationWish, now time.Time) (portal.Registration, error) {
	next := w.Registration
	if w.Stop {
		next = portal.Stop(w.First)
	}
	next.ID, next.Child, next.Activity = reg.Course.ID, reg.Child.ID, reg.Activity.ID
	switch {
	case reg.Course.ID == 0:
		return next, next.CheckStart(reg.Setup, reg.Activity, now)
	case w.Stop:
		return next, reg.Course.CheckStop(w.First, reg.Setup, reg.Activity, now)
	}
	next = reg.Course.Change(next, w.Swap)
	return next, reg.Course.CheckChange(next, reg.Setup, reg.Activity, now)
}

// AskRegistration records what a family asks of a registration; the coming night applies it. The same form sent twice is
// one request. A child has one registration at a time for an activity.
func (s *Store) AskRegistration(ctx context.Context, account portal.AccountID, formKey string, w RegistrationWish) (portal.RegistrationID, error) {
	if len(formKey) < 8 || len(formKey) > 64 {
		return 0, portal.Invalid("Ce formulaire est incomplet. Rouvrez les inscriptions à l’année, puis recommencez.")
	}
	reg, err := s.registrationFor(ctx, account, w.Registration)
	if err != nil {
		return 0, err
	}
	var id portal.RegistrationID
	err = s.write(ctx, func(tx *Tx) error {
		err := tx.row(&id, "SELECT registration_id FROM registration_version WHERE form_key = ? AND account_id = ?", formKey, account)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err := mustBeGuardian(tx, account, reg.Child.ID); err != nil {
			return err
		}
		now := s.now()
		rows, err := registrationRows(tx, "r.child_id = ?1 AND "+ownRegistration("?2"), reg.Child.ID, account)
		if err != nil {
			return err
		}
		if err := reg.freshen(rows, now); err != nil {
			return err
		}
		next, err := reg.prepare(w, now)
		if err != nil {
			return err
		}
		if id = w.ID; id == 0 {
			if id, err = openRegistration(tx, reg, rows, next); err != nil {
				return err
			}
		}
		return tx.exec(`INSERT INTO registration_version (registration_id, account_id, form_key, at, first, last, every_other, anchor, weekdays, arrival, departure)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, id, account, formKey, at(now), next.First, next.Last, next.EveryOther, next.Anchor,
			int(next.Weekdays), hour(next.Hours.Arrival), hour(next.Hours.Departure))
	})
	return id, err
}

// registrationFor finds what a wish is about, among the account's own.
func (s *Store) registrationFor(ctx context.Context, account portal.AccountID, r portal.Registration) (*Registration, error) {
	if r.ID == 0 {
		return s.NewRegistration(ctx, account, r.Child, r.Activity)
	}
	return s.Registration(ctx, account, r.ID)
}

// freshen reads again, in the transaction, the registration that is to change. What waits for the night is not changed a
// second time.
func (reg *Registration) freshen(rows []registrationRow, now time.Time) error {
	if reg.Course.ID == 0 {
		return nil
	}
	i := slices.IndexFunc(rows, func(row registrationRow) bool { return row.course.ID == reg.Course.ID })
	if i < 0 {
		return noRegistration
	}
	if *reg = rows[i].seen(reg.Child, reg.Setup, now); reg.Pending != nil {
		return portal.Conflict("%s", portal.HeldWords(reg.Night, now))
	}
	return nil
}

// openRegistration makes a new registration; a child has one at a time for an activity.
func openRegistration(tx *Tx, reg *Registration, rows []registrationRow, next portal.Registration) (portal.RegistrationID, error) {
	for i := range rows {
		if row := &rows[i]; row.activity == next.Activity && row.overlaps(next.First, next.Last) {
			return 0, portal.Conflict("%s a déjà une inscription à l’année à ces dates pour %s. Modifiez-la au lieu d’en faire une autre.", reg.Child.FirstName, reg.Activity.Spoken)
		}
	}
	id, err := tx.insert("INSERT INTO registration (structure_id, child_id, activity_id) VALUES (?, ?, ?)", reg.Child.StructureID, next.Child, next.Activity)
	return portal.RegistrationID(id), err
}

// DropRegistrationRequest forgets what was asked of a registration of the account's children, as long as its night has
// not come.
func (s *Store) DropRegistrationRequest(ctx context.Context, account portal.AccountID, id portal.RegistrationID) error {
	reg, err := s.Registration(ctx, account, id)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *Tx) error {
		if err := mustBeGuardian(tx, account, reg.Child.ID); err != nil {
			return err
		}
		rows, err := registrationRows(tx, "r.id = ?", id)
		if err != nil || len(rows) == 0 || rows[0].pending == nil {
			return err // dropped already
		}
		if rows[0].leaving(reg.Setup, s.now()) {
			return portal.Conflict("Cette demande est en cours de transmission : elle ne peut plus être abandonnée. Attendez quelques minutes, puis modifiez l’inscription.")
		}
		if err := tx.exec("DELETE FROM registration_version WHERE registration_id = ? AND night_id IS NULL", id); err != nil || len(rows[0].course.Versions) > 0 {
			return err
		}
		return tx.exec("DELETE FROM registration WHERE id = ?", id)
	})
}

// registrationRow is a registration as it is stored.
type registrationRow struct {
	course   portal.Course // what nights have applied
	activity portal.ActivityID
	child    portal.ChildID
	through  portal.Date
	unopened []portal.Date       // days up to through that wait for the town to open them to bookings, ascending
	asked    []registrationAsked // by whom and when, version by version; the pending one comes last
	pending  *portal.Registration
	pupil    *portal.Pupil // what rules look at of the child; nil when no day waits to be opened
}

type registrationAsked struct {
	account portal.AccountID
	at      time.Time
}

// registrationRows reads registrations with all their versions.
func registrationRows(q querier, where string, args ...any) ([]registrationRow, error) {
	var list []registrationRow
	_, err := all(q, func(rows *sql.Rows) (struct{}, error) {
		var row registrationRow
		var v portal.Registration
		var asked registrationAsked
		var night sql.NullInt64
		err := rows.Scan(&v.ID, &v.Child, &v.Activity, &row.through, &asked.account, into{&asked.at}, &v.First, &v.Last, &v.EveryOther, &v.Anchor,
			&v.Weekdays, &v.Hours.Arrival, &v.Hours.Departure, &night)
		if err != nil {
			return struct{}{}, err
		}
		if n := len(list); n == 0 || list[n-1].course.ID != v.ID {
			row.course.ID, row.child, row.activity = v.ID, v.Child, v.Activity
			list = append(list, row)
		}
		last := &list[len(list)-1]
		last.asked = append(last.asked, asked)
		if night.Valid {
			last.course.Versions = append(last.course.Versions, v)
		} else {
			last.pending = &v
		}
		return struct{}{}, nil
	}, `SELECT r.id, r.child_id, r.activity_id, r.through, v.account_id, v.at, v.first, v.last, v.every_other, v.anchor, v.weekdays, v.arrival, v.departure, v.night_id
		FROM registration r JOIN registration_version v ON v.registration_id = r.id WHERE `+where+` ORDER BY r.id, v.id`, args...)
	if err != nil {
		return nil, err
	}
	if err := unopenedDays(q, list, where, args...); err != nil {
		return nil, err
	}
	return list, registrationPupils(q, list)
}

// registrationPupils adds the children whose days wait for the town to open them: who may book them, and when, may depend
// on the child.
func registrationPupils(q querier, list []registrationRow) error {
	var children []portal.ChildID
	for i := range list {
		if len(list[i].unopened) > 0 {
			children = append(children, list[i].child)
		}
	}
	if len(children) == 0 {
		return nil
	}
	pupils, err := pupilsOf(q, children)
	for i := range list {
		list[i].pupil = pupils[list[i].child]
	}
	return err
}

// unopenedDays adds to registrations, which are in the order of their IDs, the days that wait for the town to open them.
func unopenedDays(q querier, list []registrationRow, where string, args ...any) error {
	_, err := all(q, func(rows *sql.Rows) (struct{}, error) {
		var id portal.RegistrationID
		var day portal.Date
		if err := rows.Scan(&id, &day); err != nil {
			return struct{}{}, err
		}
		i, found := slices.BinarySearchFunc(list, id, func(row registrationRow, id portal.RegistrationID) int { return int(row.course.ID - id) })
		if found {
			list[i].unopened = append(list[i].unopened, day)
		}
		return struct{}{}, nil
	}, `SELECT u.registration_id, u.day FROM registration r JOIN registration_unopened u ON u.registration_id = r.id WHERE `+where+` ORDER BY u.registration_id, u.day`, args...)
	return err
}

// seen shows a stored registration to a family.
func (row *registrationRow) seen(c portal.Child, setup *portal.Setup, now time.Time) Registration {
	reg := Registration{Child: c, Setup: setup, Activity: setup.Activity(row.activity), Course: row.course, Pending: row.pending, through: row.through}
	if row.pending != nil {
		night := lastNight(setup, now)
		if reg.Leaving = row.leaving(setup, now); !reg.Leaving {
			night++
		}
		reg.Night = night.At(setup.Structure.NightAt)
	}
	return reg
}

// overlaps counts what waits for the night as well as what it would replace: either may come.
func (row *registrationRow) overlaps(first, last portal.Date) bool {
	return row.course.Overlaps(first, last) || row.pending != nil && row.course.With(*row.pending).Overlaps(first, last)
}

// leaving says that the night of what is asked has come, even if it is late.
func (row *registrationRow) leaving(setup *portal.Setup, now time.Time) bool {
	return row.asked[len(row.asked)-1].at.Before(lastNight(setup, now).At(setup.Structure.NightAt))
}

// lastNight is the night whose hour came last.
func lastNight(setup *portal.Setup, now time.Time) portal.Date {
	today := portal.DateOf(now)
	if now.Before(today.At(setup.Structure.NightAt)) {
		return today - 1
	}
	return today
}
