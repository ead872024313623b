package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"marelle/portal"
)

// nightChunk bounds how many movements one transaction closes, so that parents are served in between.
const nightChunk = 1000

// DueNights lists, for a structure, the nights that should have run by now and have not, oldest first.
func (s *Store) DueNights(ctx context.Context, structure portal.StructureID) ([]portal.Date, error) {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return nil, err
	}
	var last portal.Date
	r := s.read(ctx)
	err = r.row(&last, "SELECT max(date) FROM night WHERE structure_id = ? AND done_at IS NOT NULL", structure)
	if err != nil {
		return nil, err
	}
	if last == 0 {
		var created time.Time
		if err := r.row(into{&created}, "SELECT created_at FROM structure WHERE id = ?", structure); err != nil {
			return nil, err
		}
		last = firstLedgerDay(created, setup.Structure.NightAt)
	}
	return portal.DueNights(last, setup.Structure.NightAt, s.now()), nil
}

// firstLedgerDay is the day before the first night of a structure: the night of its day of creation counts when its hour
// was still to come.
func firstLedgerDay(created time.Time, nightAt portal.TimeOfDay) portal.Date {
	day := portal.DateOf(created)
	if created.Before(day.At(nightAt)) {
		return day - 1
	}
	return day
}

// Transmit runs the night of a date: it turns registrations into bookings, gives freed places to those who wait, settles
// every request received before the night's hour, and writes the night in the ledger. Run again, it changes nothing;
// interrupted, it goes on where it was. What stops it is kept beside it, for staff to read.
func (s *Store) Transmit(ctx context.Context, structure portal.StructureID, date portal.Date) (*portal.Night, error) {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return nil, err
	}
	due := date.At(setup.Structure.NightAt)
	if s.now().Before(due) {
		return nil, portal.Conflict("La nuit du %s n’est pas encore venue : elle est prévue %s.", date.LongYear(), portal.Instant(due))
	}
	run := s.steps(ctx)
	night, err := openNight(run, structure, date, due)
	if err != nil || !night.Done.IsZero() {
		return night, err
	}
	if err := transmit(run, setup, night); err != nil {
		return nil, errors.Join(err, s.nightFailed(context.WithoutCancel(ctx), night, err))
	}
	return findNight(s.read(ctx), structure, date)
}

// steps is how a night is run: for good, each step in a transaction of its own so that parents are served in between; on
// trial, all of them in one that is undone.
type steps struct {
	q     querier
	write func(func(*Tx) error) error
	now   func() time.Time
}

func (s *Store) steps(ctx context.Context) steps {
	return steps{s.read(ctx), func(do func(*Tx) error) error { return s.write(ctx, do) }, s.now}
}

// transmit does the steps of a night.
func transmit(run steps, setup *portal.Setup, night *portal.Night) error {
	follow := func(tx *Tx) error { return followCalendar(tx, setup.Structure.ID, portal.DateOf(run.now()), true) }
	if err := run.write(follow); err != nil {
		return err
	}
	if err := applyRegistrations(run, setup, night); err != nil {
		return err
	}
	if err := endRequests(run, setup, night); err != nil {
		return err
	}
	if err := advanceAll(run, setup, night.Date, night); err != nil {
		return err
	}
	for closed := nightChunk; closed == nightChunk; {
		err := run.write(func(tx *Tx) (err error) {
			closed, err = closeMovements(tx, night)
			return err
		})
		if err != nil {
			return err
		}
	}
	return run.write(func(tx *Tx) error {
		return tx.exec(`UPDATE night SET done_at = ?2, failed_at = NULL, fault = '',
			movements = (SELECT count(*) FROM movement WHERE night_id = ?1 AND action <> 'promote'),
			promotions = (SELECT count(*) FROM movement WHERE night_id = ?1 AND action = 'promote')
			WHERE id = ?1 AND done_at IS NULL`, night.ID, at(run.now()))
	})
}

// faultMost is how much of what stopped a night is kept.
const faultMost = 300

// nightFailed keeps what stopped a night; one that goes on meanwhile is left alone.
func (s *Store) nightFailed(ctx context.Context, night *portal.Night, why error) error {
	return s.write(ctx, func(tx *Tx) error {
		return tx.exec("UPDATE night SET failed_at = ?, fault = ? WHERE id = ? AND done_at IS NULL", at(s.now()), portal.Clip(why.Error(), faultMost), night.ID)
	})
}

func openNight(run steps, structure portal.StructureID, date portal.Date, due time.Time) (night *portal.Night, err error) {
	err = run.write(func(tx *Tx) error {
		if err := tx.exec("INSERT INTO night (structure_id, date, due_at, started_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
			structure, date, at(due), at(run.now())); err != nil {
			return err
		}
		night, err = findNight(tx, structure, date)
		return err
	})
	return night, err
}

const nightColumns = "SELECT id, structure_id, date, due_at, started_at, done_at, movements, promotions, reported_at, failed_at, fault FROM night"

func scanNight(r *sql.Rows) (n portal.Night, err error) {
	err = r.Scan(&n.ID, &n.Structure, &n.Date, into{&n.Due}, into{&n.Started}, into{&n.Done}, &n.Movements, &n.Promotions, into{&n.Reported}, into{&n.Failed}, &n.Fault)
	return n, err
}

func findNight(q querier, structure portal.StructureID, date portal.Date) (*portal.Night, error) {
	n, err := one(q, scanNight, nightColumns+" WHERE structure_id = ? AND date = ?", structure, date)
	if err != nil {
		return nil, absent(err, "La nuit du %s n’a pas été transmise.", date.LongYear())
	}
	return &n, nil
}

// Nights lists a structure's nights, newest first, at most n.
func (s *Store) Nights(ctx context.Context, structure portal.StructureID, n int) ([]portal.Night, error) {
	return all(s.read(ctx), scanNight, nightColumns+" WHERE structure_id = ? ORDER BY date DESC LIMIT ?", structure, n)
}

// closeMovements settles at most nightChunk pending requests: what the parent was told holds, except that a child who
// waited may have got a place, or have been taken off the list, and that staff may have answered since.
func closeMovements(tx *Tx, night *portal.Night) (int, error) {
	n, err := tx.change(`UPDATE movement SET night_id = ?1,
		final = CASE WHEN outcome NOT IN ('waiting', 'asked') THEN outcome
			WHEN EXISTS (SELECT 1 FROM request q WHERE q.child_id = movement.child_id AND q.activity_id = movement.activity_id AND q.day = movement.day) THEN 'asked'
			WHEN outcome = 'asked' THEN coalesce((SELECT b.status FROM booking b WHERE b.child_id = movement.child_id AND b.activity_id = movement.activity_id AND b.day = movement.day),
				(SELECT d.outcome FROM movement d WHERE d.child_id = movement.child_id AND d.activity_id = movement.activity_id AND d.day = movement.day
					AND d.action = 'decide' AND d.id > movement.id ORDER BY d.id DESC LIMIT 1), 'cancelled')
			ELSE coalesce((SELECT b.status FROM booking b WHERE b.child_id = movement.child_id AND b.activity_id = movement.activity_id AND b.day = movement.day), 'cancelled') END,
		final_rank = CASE WHEN outcome <> 'waiting' THEN 0 ELSE coalesce((SELECT count(*) FROM booking me JOIN booking w
			ON w.activity_id = me.activity_id AND w.day = me.day AND w.status = 'waiting' AND w.queue <= me.queue
			WHERE me.child_id = movement.child_id AND me.activity_id = movement.activity_id AND me.day = movement.day), 0) END
		WHERE id IN (SELECT id FROM movement WHERE structure_id = ?2 AND night_id IS NULL AND outcome <> 'refused' AND at < ?3
			ORDER BY id LIMIT ?4)`, night.ID, night.Structure, at(night.Due), nightChunk)
	return int(n), err
}

// Pending lists the movements that the next night will transmit, oldest first.
func (s *Store) Pending(ctx context.Context, structure portal.StructureID) ([]portal.Movement, error) {
	return all(s.read(ctx), scanMovement, movementColumns+" WHERE m.structure_id = ? AND m.night_id IS NULL AND m.outcome <> 'refused' ORDER BY m.id", structure)
}

// askerSees holds for the movements m of a child whom the account that asked still sees: a mail names no child to anybody else.
// What came afterwards for a day that is the other parent's by now is not told either.
var askerSees = "(EXISTS (SELECT 1 FROM sees v JOIN family_child vc ON vc.family_id = v.family_id WHERE v.account_id = m.account_id AND vc.child_id = m.child_id) AND " + cameToOwn("m.account_id") + ")"

// cameToOwn holds for the movements m that the account asked for itself, and for those that came to it (a place, an answer)
// for days that are not the other parent's by now. account is SQL.
func cameToOwn(account string) string {
	return "(m.action NOT IN ('promote', 'decide') OR" + notOthers(account, "m.child_id", "m.day") + ")"
}

// Reports gives, account by account, what the oldest night not yet reported has to tell, once the structure's hour for
// reports has come. It gives nil when nothing is due. Whatever is about a child whom its asker sees no more is left out.
func (s *Store) Reports(ctx context.Context, structure portal.StructureID) (*portal.Night, []portal.Report, error) {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return nil, nil, err
	}
	r := s.read(ctx)
	night, err := one(r, scanNight, nightColumns+" WHERE structure_id = ? AND done_at IS NOT NULL AND reported_at IS NULL ORDER BY date LIMIT 1", structure)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if s.now().Before(night.Date.At(setup.Structure.ReportAt)) {
		return nil, nil, nil
	}
	movements, err := all(r, scanMovement, movementColumns+" WHERE m.night_id = ? AND "+askerSees+" ORDER BY m.account_id, m.id", night.ID)
	if err != nil {
		return nil, nil, err
	}
	reports := []portal.Report{}
	for i, m := range movements {
		if i == 0 || m.Account != movements[i-1].Account {
			to, emails, err := addressee(r, m.Account, reportAddresses)
			if err != nil {
				return nil, nil, err
			}
			reports = append(reports, portal.Report{Night: night, Structure: setup.Structure, To: to, Emails: emails})
		}
		last := &reports[len(reports)-1]
		last.Movements = append(last.Movements, m)
	}
	return &night, reports, nil
}

// The addresses of an account that a mail goes to: not those that take nothing any more.
const (
	reportAddresses = "SELECT address FROM account_email WHERE account_id = ? AND reports = 1 AND dead_at IS NULL ORDER BY position"
	everyAddress    = "SELECT address FROM account_email WHERE account_id = ? AND dead_at IS NULL ORDER BY position"
)

// addressee gives whom a mail is for, and where.
func addressee(q querier, account portal.AccountID, addresses string) (to portal.Person, emails []string, err error) {
	if to, err = person(q, account); err != nil {
		return to, nil, err
	}
	emails, err = column[string](q, addresses, account)
	return to, emails, err
}

func person(q querier, id portal.AccountID) (portal.Person, error) {
	p, err := one(q, func(r *sql.Rows) (p portal.Person, err error) {
		err = r.Scan(&p.ID, &p.Civility, &p.LastName, &p.FirstName)
		return p, err
	}, "SELECT id, civility, iif(used_name <> '', used_name, last_name), first_name FROM account WHERE id = ?", id)
	return p, absent(err, "Ce compte n’existe pas.")
}

// QueueReports puts the reports of a night into the outbox and writes in the ledger that they are queued, at once.
func (s *Store) QueueReports(ctx context.Context, night portal.NightID, mails []Mail) error {
	return s.write(ctx, func(tx *Tx) error {
		n, err := tx.change("UPDATE night SET reported_at = ? WHERE id = ? AND reported_at IS NULL", at(s.now()), night)
		if err != nil || n == 0 {
			return err
		}
		return s.queueMails(tx, mails)
	})
}
