package db

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"marelle/portal"
)

// NewFormKey draws the one-time key of a form.
func (s *Store) NewFormKey() (string, error) {
	key := make([]byte, 16)
	_, err := rand.Read(key)
	return hex.EncodeToString(key), err
}

// AnyVersion validates the draft whatever was shown of it; a page always says which version it showed.
const AnyVersion = -1

// ErrDraftChanged says that the draft is no longer the one that was read.
var ErrDraftChanged = portal.Conflict("Vos demandes ont changé depuis l’affichage de cette page. Relisez-les, puis validez.")

// Confirm validates the account's whole draft in one transaction: each line is checked again at that instant and done if
// it still holds; what no longer does is listed with its reason. The same form sent twice gives the same receipt. A draft
// that is no longer the version shown is refused with ErrDraftChanged: nothing is booked that was not read.
func (s *Store) Confirm(ctx context.Context, account portal.AccountID, formKey string, version int) (*portal.Receipt, error) {
	if len(formKey) < 8 || len(formKey) > 64 {
		return nil, portal.Invalid("Ce formulaire est incomplet. Rouvrez le récapitulatif, puis validez de nouveau.")
	}
	var id portal.ReceiptID
	err := s.write(ctx, func(tx *Tx) error {
		known, err := receiptOfForm(tx, account, formKey)
		if err != nil || known != 0 {
			id = known
			return err
		}
		id, err = s.confirm(ctx, tx, account, formKey, version)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.receipt(s.read(ctx), account, "r.id = ?", id)
}

func receiptOfForm(tx *Tx, account portal.AccountID, formKey string) (portal.ReceiptID, error) {
	var id portal.ReceiptID
	err := tx.row(&id, "SELECT id FROM receipt WHERE form_key = ? AND account_id = ?", formKey, account)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

func (s *Store) confirm(ctx context.Context, tx *Tx, account portal.AccountID, formKey string, version int) (portal.ReceiptID, error) {
	now := s.now()
	children, err := childrenOf(tx, account, portal.DateOf(now))
	if err != nil {
		return 0, err
	}
	draft, err := draftOf(tx, account)
	if err != nil {
		return 0, err
	}
	if version != AnyVersion && version != draft.Version && len(draft.Wishes) > 0 {
		return 0, ErrDraftChanged
	}
	list, err := s.requests(ctx, tx, account, children, draft)
	if err != nil {
		return 0, err
	}
	if len(list) == 0 {
		return 0, portal.Conflict("Il n’y a aucune demande à valider. Choisissez d’abord des jours sur le calendrier.")
	}
	if err := tx.exec("DELETE FROM wish WHERE account_id = ?", account); err != nil {
		return 0, err
	}
	if err := tx.exec("UPDATE draft SET version = version + 1, updated_at = ?, undo = NULL, undo_until = NULL WHERE account_id = ?", at(now), account); err != nil {
		return 0, err
	}
	return s.writeReceipt(ctx, tx, account, formKey, list, now, 0, 0)
}

// writeReceipt settles requests in their order and writes the receipt of what came of them; undoes is the receipt that it
// takes back, or zero; by is the agent who asks for the account, or zero.
func (s *Store) writeReceipt(ctx context.Context, tx *Tx, account portal.AccountID, formKey string, list []portal.Request, now time.Time, undoes portal.ReceiptID, by portal.AccountID) (portal.ReceiptID, error) {
	receipt, err := openReceipt(tx, account, formKey, now, undoes, by)
	if err != nil {
		return 0, err
	}
	v := &validation{ctx: ctx, store: s, tx: tx, account: account, now: now, list: list, lines: make([]portal.Movement, len(list)), settled: make([]bool, len(list))}
	for i := range list {
		if err := v.settle(i); err != nil {
			return 0, err
		}
		if undoes != 0 {
			if err := tellLostAbsence(tx, &v.lines[i]); err != nil {
				return 0, err
			}
		}
	}
	for i := range list {
		if v.lines[i].Action == "" { // it comes with a place that is waited for, whose line says so
			continue
		}
		v.lines[i].Staff = by
		if err := insertMovement(tx, account, receipt.ID, list[i].Child.StructureID, &v.lines[i]); err != nil {
			return 0, err
		}
		receipt.Lines = append(receipt.Lines, v.lines[i])
	}
	if err := s.advanceFreed(ctx, tx, receipt.Lines, now); err != nil {
		return 0, err
	}
	return receipt.ID, tx.exec("UPDATE receipt SET hash = ? WHERE id = ?", receipt.Seal(), receipt.ID)
}

// refresh reads the facts of a line again: an earlier line of the same receipt may have taken the last place, or given one
// back, or have booked what this one needs. What is only wished no longer counts.
func refresh(tx *Tx, account portal.AccountID, setup *portal.Setup, slot *portal.Slot) error {
	fresh, err := ownSlot(tx, account, setup, slot.Activity, slot.Child, slot.Day, Draft{})
	if err != nil {
		return err
	}
	slot.Left, slot.Places, slot.Limited, slot.Counters, slot.Others = fresh.Left, fresh.Places, fresh.Limited, fresh.Counters, fresh.Others
	slot.Status, slot.Hours, slot.Rank, slot.Bar = fresh.Status, fresh.Hours, fresh.Rank, fresh.Bar
	slot.Span, slot.Week = fresh.Span, fresh.Week
	slot.Open, slot.Closed = fresh.Open, fresh.Closed
	return nil
}

// settle does what was decided of one line.
func settle(tx *Tx, account portal.AccountID, asked portal.Request, outcome portal.Outcome, why *portal.Error, now time.Time) (portal.Movement, error) {
	slot := &asked.Slot
	line := portal.Movement{Child: asked.Child, Activity: slot.Activity.Name, ActID: slot.Activity.ID, Day: slot.Day, Action: string(slot.Wish), At: now,
		Hours: slot.WishHours, Outcome: outcome, Idle: slot.Settled(), Together: slot.Together, Late: slot.PastLimit(now)}
	switch slot.Wish {
	case portal.WishRemove:
		line.Hours = slot.Hours
	case portal.WishChange:
		line.Was = slot.Hours
	}
	if why != nil {
		line.Reason = why.Message
		return line, nil
	}
	if !line.Idle {
		line.Reason = slot.WaiverWords(now)
	}
	var err error
	switch {
	case slot.Wish == portal.WishChange && slot.Status == portal.Requested:
		err = tx.exec("UPDATE request SET arrival = ?, departure = ? WHERE child_id = ? AND activity_id = ? AND day = ?",
			hour(slot.WishHours.Arrival), hour(slot.WishHours.Departure), slot.Child, slot.Activity.ID, slot.Day)
	case slot.Wish == portal.WishChange:
		err = tx.exec("UPDATE booking SET arrival = ?, departure = ? WHERE child_id = ? AND activity_id = ? AND day = ?",
			hour(slot.WishHours.Arrival), hour(slot.WishHours.Departure), slot.Child, slot.Activity.ID, slot.Day)
	case outcome == portal.OutcomeCancelled && slot.Status != portal.NotBooked:
		err = cancelBooking(tx, slot)
	case outcome == portal.OutcomeAsked && slot.Status == portal.NotBooked:
		err = askStaff(tx, account, slot, line.Late, now)
	case outcome == portal.OutcomeBooked && slot.Status == portal.NotBooked:
		if err = book(tx, account, slot, now); err == nil && line.Late {
			err = tx.exec("UPDATE booking SET late = 1 WHERE child_id = ? AND activity_id = ? AND day = ?", slot.Child, slot.Activity.ID, slot.Day)
		}
	case outcome == portal.OutcomeWaiting && slot.Status == portal.NotBooked:
		err = wait(tx, account, slot, now)
	}
	if err == nil && outcome == portal.OutcomeWaiting {
		err = tx.row(&line.Rank, rankQuery, slot.Activity.ID, slot.Day, slot.Child)
	}
	return line, err
}

const rankQuery = `SELECT count(*) FROM booking w JOIN booking me ON me.activity_id = w.activity_id AND me.day = w.day
	WHERE w.activity_id = ? AND w.day = ? AND w.status = 'waiting' AND me.child_id = ? AND w.queue <= me.queue`

// book takes a place in each counter of the activity and saves the booking.
func book(tx *Tx, account portal.AccountID, slot *portal.Slot, now time.Time) error {
	taken, err := takePlaces(tx, counterIDs(slot.Counters), slot.Day)
	if err != nil {
		return err
	}
	if !taken {
		return errors.New("db: the slot said free and the counter said full") // Decide read the same rows: never
	}
	groups, err := groupsOf(slot.Counters)
	if err != nil {
		return err
	}
	if err := tx.exec(`INSERT INTO booking (child_id, activity_id, day, status, account_id, since, arrival, departure, together, counters) VALUES (?, ?, ?, 'booked', ?, ?, ?, ?, ?, ?)`,
		slot.Child, slot.Activity.ID, slot.Day, account, at(now), hour(slot.WishHours.Arrival), hour(slot.WishHours.Departure), slot.Together, groups); err != nil {
		return err
	}
	return backToRegistration(tx, slot.Child, slot.Activity.ID, slot.Day)
}

// wait puts the child at the end of the day's waiting list.
func wait(tx *Tx, account portal.AccountID, slot *portal.Slot, now time.Time) error {
	for _, c := range slot.Counters {
		if err := tx.exec(`INSERT INTO counter_day (counter_id, day, waiting) VALUES (?, ?, 1)
			ON CONFLICT DO UPDATE SET waiting = waiting + 1`, c.ID, slot.Day); err != nil {
			return err
		}
	}
	groups, err := groupsOf(slot.Counters)
	if err != nil {
		return err
	}
	return tx.exec(`INSERT INTO booking (child_id, activity_id, day, status, queue, account_id, since, arrival, departure, together, counters)
		VALUES (?1, ?2, ?3, 'waiting', 1 + (SELECT coalesce(max(queue), 0) FROM booking WHERE activity_id = ?2 AND day = ?3 AND status = 'waiting'), ?4, ?5, ?6, ?7, ?8, ?9)`,
		slot.Child, slot.Activity.ID, slot.Day, account, at(now), hour(slot.WishHours.Arrival), hour(slot.WishHours.Departure), slot.Together, groups)
}

// cancelBooking removes what is saved and gives back its place: booked, waiting, or only asked of staff.
func cancelBooking(tx *Tx, slot *portal.Slot) error {
	if slot.Status == portal.Requested {
		return dropRequest(tx, slot)
	}
	counters, err := countedBy(tx, slot.Child, slot.Activity.ID, slot.Day)
	if err != nil {
		return err
	}
	if err := registrationException(tx, slot.Child, slot.Activity.ID, slot.Day); err != nil {
		return err
	}
	if err := tx.exec("DELETE FROM booking WHERE child_id = ? AND activity_id = ? AND day = ?", slot.Child, slot.Activity.ID, slot.Day); err != nil {
		return err
	}
	if slot.Status == portal.Booked {
		return givePlaces(tx, counters, slot.Day)
	}
	return lessWaiting(tx, counters, slot.Day)
}

func openReceipt(tx *Tx, account portal.AccountID, formKey string, now time.Time, undoes portal.ReceiptID, by portal.AccountID) (*portal.Receipt, error) {
	year := portal.DateOf(now).Month().Year
	var seq int
	if err := tx.row(&seq, "SELECT 1 + coalesce(max(seq), 0) FROM receipt WHERE year = ?", year); err != nil {
		return nil, err
	}
	r := &portal.Receipt{Number: portal.ReceiptNumber(year, seq), Account: account, At: now}
	if err := tx.row(&r.Previous, "SELECT coalesce((SELECT hash FROM receipt ORDER BY id DESC LIMIT 1), '')"); err != nil {
		return nil, err
	}
	id, err := tx.insert("INSERT INTO receipt (year, seq, account_id, form_key, at, previous, hash, undoes, staff_id) VALUES (?, ?, ?, ?, ?, ?, '', ?, ?)",
		year, seq, account, formKey, at(now), r.Previous, sql.NullInt64{Int64: int64(undoes), Valid: undoes != 0}, sql.NullInt64{Int64: int64(by), Valid: by != 0})
	r.ID = portal.ReceiptID(id)
	return r, err
}

func insertMovement(tx *Tx, account portal.AccountID, receipt portal.ReceiptID, structure portal.StructureID, m *portal.Movement) error {
	id, err := tx.insert(`INSERT INTO movement (structure_id, receipt_id, account_id, child_id, activity_id, day, action, arrival, departure, was_arrival, was_departure, at, outcome, rank, reason, idle, together, late, staff_id)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		structure, receipt, account, m.Child.ID, m.ActID, m.Day, m.Action, hour(m.Hours.Arrival), hour(m.Hours.Departure), hour(m.Was.Arrival), hour(m.Was.Departure),
		at(m.At), string(m.Outcome), m.Rank, m.Reason, m.Idle, m.Together, m.Late, sql.NullInt64{Int64: int64(m.Staff), Valid: m.Staff != 0})
	m.ID = portal.MovementID(id)
	return err
}

// UndoReceipt takes a validation back within fifteen minutes: what was booked is cancelled, what was cancelled is booked
// again, hours are what they were, each within its limits. It gives the receipt of that; the same form sent twice gives the
// same receipt.
func (s *Store) UndoReceipt(ctx context.Context, account portal.AccountID, number, formKey string) (*portal.Receipt, error) {
	if len(formKey) < 8 || len(formKey) > 64 {
		return nil, portal.Invalid("Ce formulaire est incomplet. Rouvrez le reçu, puis recommencez.")
	}
	year, seq, err := portal.ParseReceiptNumber(number)
	if err != nil {
		return nil, err
	}
	var id portal.ReceiptID
	err = s.write(ctx, func(tx *Tx) (err error) {
		if id, err = receiptOfForm(tx, account, formKey); err != nil || id != 0 {
			return err
		}
		now := s.now()
		r, err := s.receipt(tx, account, "r.year = ? AND r.seq = ?", year, seq)
		if err != nil {
			return err
		}
		if !r.Undoable(now) {
			return portal.Conflict("Le reçu %s ne peut plus être repris : cela se fait une fois, dans les quinze minutes. Changez les jours sur le calendrier, dans leurs délais.", r.Number)
		}
		children, err := childrenOf(tx, account, portal.DateOf(now))
		if err != nil {
			return err
		}
		list, err := s.requests(ctx, tx, account, children, Draft{Wishes: reversed(r.Lines)})
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(asked portal.Request) bool { // booked by the other parent before: it is not this receipt's
			return asked.Slot.Wish == portal.WishRemove && !asked.Slot.Since.Equal(r.At)
		})
		if len(list) == 0 {
			return portal.Conflict("Il n’y a rien à reprendre dans le reçu %s.", r.Number)
		}
		portal.MarkAlong(list)
		id, err = s.writeReceipt(ctx, tx, account, formKey, list, now, r.ID, 0)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.receipt(s.read(ctx), account, "r.id = ?", id)
}

// reversed gives the wishes that take the lines of a receipt back, in the order of days.
func reversed(lines []portal.Movement) []portal.WishLine {
	var wishes []portal.WishLine
	for _, l := range lines {
		w := portal.WishLine{Child: l.Child.ID, Activity: l.ActID, Day: l.Day}
		switch {
		case l.Outcome == portal.OutcomeRefused || l.Idle:
			continue
		case l.Action == string(portal.WishRemove):
			w.Wish, w.Hours, w.Together = portal.WishAdd, l.Hours, l.Together
		case l.Action == string(portal.WishChange):
			w.Wish, w.Hours = portal.WishChange, l.Was
		default:
			w.Wish = portal.WishRemove
		}
		wishes = append(wishes, w)
	}
	slices.SortStableFunc(wishes, func(a, b portal.WishLine) int { return cmp.Compare(a.Day, b.Day) })
	return wishes
}

// tellLostAbsence says on a line that gives a booking back that the absence announced for it does not come back: it left,
// with its documents, when the booking was cancelled.
func tellLostAbsence(tx *Tx, line *portal.Movement) error {
	if line.Action != string(portal.WishAdd) || line.Outcome != portal.OutcomeBooked || line.Idle {
		return nil
	}
	var was bool
	err := tx.row(&was, `SELECT coalesce((SELECT action = 'absent' FROM movement WHERE child_id = ? AND activity_id = ? AND day = ? AND outcome <> 'refused'
		AND action IN ('add', 'promote', 'absent', 'present') ORDER BY id DESC LIMIT 1), 0)`, line.Child.ID, line.ActID, line.Day)
	if was {
		line.Reason = portal.LostAbsence
	}
	return err
}

// Receipt gives a receipt of the account by its number; somebody else's is not found.
func (s *Store) Receipt(ctx context.Context, account portal.AccountID, number string) (*portal.Receipt, error) {
	year, seq, err := portal.ParseReceiptNumber(number)
	if err != nil {
		return nil, err
	}
	return s.receipt(s.read(ctx), account, "r.year = ? AND r.seq = ?", year, seq)
}

// LastReceipt gives the number of the account's last receipt, or nothing.
func (s *Store) LastReceipt(ctx context.Context, account portal.AccountID) (string, error) {
	numbers, err := all(s.read(ctx), func(rows *sql.Rows) (string, error) {
		var year, seq int
		err := rows.Scan(&year, &seq)
		return portal.ReceiptNumber(year, seq), err
	}, "SELECT year, seq FROM receipt WHERE account_id = ? ORDER BY id DESC LIMIT 1", account)
	return strings.Join(numbers, ""), err
}

func (s *Store) receipt(q querier, account portal.AccountID, where string, args ...any) (*portal.Receipt, error) {
	r, err := one(q, func(rows *sql.Rows) (r portal.Receipt, err error) {
		var year, seq int
		err = rows.Scan(&r.ID, &year, &seq, &r.Account, into{&r.At}, &r.Previous, &r.Hash, &r.Undoes, &r.UndoneBy, &r.Sealed)
		r.Number = portal.ReceiptNumber(year, seq)
		return r, err
	}, `SELECT r.id, r.year, r.seq, r.account_id, r.at, r.previous, r.hash,
			coalesce((SELECT printf('%04d-%04d', u.year, u.seq) FROM receipt u WHERE u.id = r.undoes), ''),
			coalesce((SELECT printf('%04d-%04d', u.year, u.seq) FROM receipt u WHERE u.undoes = r.id), ''), coalesce(r.sealed_account, 0)
		FROM receipt r WHERE `+where+" AND r.account_id = ?", append(args, account)...)
	if err != nil {
		return nil, absent(err, "Ce reçu n’existe pas, ou n’est pas le vôtre.")
	}
	r.Lines, err = all(q, scanMovement, movementColumns+" WHERE m.receipt_id = ? ORDER BY m.id", r.ID)
	return &r, err
}

const movementColumns = `SELECT m.id, m.account_id, c.id, c.structure_id, iif(c.used_name <> '', c.used_name, c.last_name), c.first_name, a.name, a.short, a.kind, a.id,
		m.day, m.action, m.arrival, m.departure, m.was_arrival, m.was_departure, m.at, m.outcome, m.rank, m.reason, n.date, coalesce(m.final, ''), m.final_rank,
		coalesce(r.year, 0), coalesce(r.seq, 0), m.idle, m.together, m.late, coalesce(m.staff_id, 0), coalesce(m.sealed_child, 0)
	FROM movement m
	JOIN child c ON c.id = m.child_id
	JOIN activity a ON a.id = m.activity_id
	LEFT JOIN night n ON n.id = m.night_id
	LEFT JOIN receipt r ON r.id = m.receipt_id`

func scanMovement(r *sql.Rows) (m portal.Movement, err error) {
	var year, seq int
	err = r.Scan(&m.ID, &m.Account, &m.Child.ID, &m.Child.StructureID, &m.Child.LastName, &m.Child.FirstName, &m.Activity, &m.Short, &m.Icon, &m.ActID,
		&m.Day, &m.Action, &m.Hours.Arrival, &m.Hours.Departure, &m.Was.Arrival, &m.Was.Departure, into{&m.At}, &m.Outcome, &m.Rank, &m.Reason, &m.Night, &m.Final, &m.FinalRank, &year, &seq, &m.Idle, &m.Together, &m.Late, &m.Staff, &m.Sealed)
	if seq > 0 {
		m.Receipt = portal.ReceiptNumber(year, seq)
	}
	return m, err
}
