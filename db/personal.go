package db

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"marelle/portal"
)

// Export gives everything kept about the account that is signed in and its children, once the password is given again.
func (s *Store) Export(ctx context.Context, session *Session, current, addr string) (*portal.PersonalData, error) {
	if err := s.askAgain(ctx, session, current, addr); err != nil {
		return nil, err
	}
	err := s.write(ctx, func(tx *Tx) error {
		return s.record(tx, session.Account, portal.DataExported, session.Account, Notice{})
	})
	if err != nil {
		return nil, err
	}
	return s.personalData(ctx, session.Account, func(r reader, data *portal.PersonalData) error {
		devices, err := s.devices(r, session)
		for _, d := range devices {
			data.Sessions = append(data.Sessions, portal.PersonalSession{Device: d.Words, Remember: d.Remember, Created: moment(d.Created), Seen: moment(d.Seen)})
		}
		return err
	})
}

// personalData reads all that is kept about an account and its children, and what more adds to it.
func (s *Store) personalData(ctx context.Context, account portal.AccountID, more func(reader, *portal.PersonalData) error) (*portal.PersonalData, error) {
	data := &portal.PersonalData{Written: moment(s.now())}
	err := s.snapshot(ctx, func(r reader) error {
		for _, part := range []func(querier, *portal.PersonalData, portal.AccountID) error{
			personalAccount, personalHousehold, personalNotes, personalChildren, personalCare, personalDays, personalRegistrations, personalExchanges, personalWaits, personalMovements, personalProofs, personalTraces,
		} {
			if err := part(r, data, account); err != nil {
				return err
			}
		}
		return more(r, data)
	})
	return data, err
}

// ExportGuardian gives an administrator everything kept about a guardian of a family of the structure, for somebody who asks
// on paper; it asks the administrator's password again. Whoever is an agent, or has a family elsewhere, does it alone.
func (s *Store) ExportGuardian(ctx context.Context, structure portal.StructureID, by Proof, family portal.FamilyID, account portal.AccountID) (*portal.PersonalData, error) {
	if err := s.prove(ctx, by); err != nil {
		return nil, err
	}
	err := s.write(ctx, func(tx *Tx) error {
		g, err := s.theGuardian(tx, structure, family, account)
		if err != nil {
			return err
		}
		if g.Agent || g.Elsewhere {
			return portal.Conflict("%s est aussi agent, ou a une famille dans une autre structure : ces données se téléchargent depuis son propre profil.", g.DisplayName())
		}
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by.Session.Account, Subject: "compte", SubjectID: int64(account), Words: "Copie des données de " + g.DisplayName() + " téléchargée"})
	})
	if err != nil {
		return nil, err
	}
	return s.personalData(ctx, account, func(reader, *portal.PersonalData) error { return nil })
}

// moment writes an instant as it is read in France and by programs; nothing for the zero time.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(portal.Paris).Format(time.RFC3339)
}

// momentInto scans an instant into its written form.
type momentInto struct{ s *string }

// Scan reads a stored instant.
func (m momentInto) Scan(v any) error {
	var got instant
	err := got.Scan(v)
	*m.s = moment(got.Time)
	return err
}

func personalAccount(q querier, d *portal.PersonalData, account portal.AccountID) (err error) {
	d.Account, err = one(q, func(r *sql.Rows) (a portal.PersonalAccount, err error) {
		err = r.Scan(&a.Login, &a.Civility, &a.LastName, &a.UsedName, &a.FirstName, &a.Home, &a.Work, &a.Mobile,
			momentInto{&a.Created}, momentInto{&a.Letter}, momentInto{&a.FirstSeen}, momentInto{&a.SignedIn}, momentInto{&a.Factor}, &a.Codes, momentInto{&d.Calendar})
		return a, err
	}, `SELECT login, civility, last_name, used_name, first_name, home_phone, work_phone, mobile_phone, created_at, letter_at, first_seen_at, signed_in_at,
		(SELECT since FROM second_factor WHERE account_id = account.id), (SELECT count(*) FROM recovery_code WHERE account_id = account.id AND used_at IS NULL),
		(SELECT created_at FROM calendar_address WHERE account_id = account.id) FROM account WHERE id = ?`, account)
	if err != nil {
		return absent(err, "Ce compte n’existe pas.")
	}
	addresses, err := addressesOf(q, account)
	for _, a := range addresses {
		d.Addresses = append(d.Addresses, portal.PersonalAddress{Address: a.Email, Reports: a.Reports, Reminders: a.Reminders})
	}
	return err
}

// personalHousehold lists the roles and the families of an account, with its rights in each. Where it does not see the family,
// because it may not or because the family is archived, where the family lives is left out.
func personalHousehold(q querier, d *portal.PersonalData, account portal.AccountID) (err error) {
	d.Roles, err = all(q, func(r *sql.Rows) (p portal.PersonalRole, err error) {
		err = r.Scan(&p.Structure, &p.Role)
		return p, err
	}, "SELECT s.name, t.role FROM staff t JOIN structure s ON s.id = t.structure_id WHERE t.account_id = ? ORDER BY s.id", account)
	if err != nil {
		return err
	}
	d.Families, err = all(q, func(r *sql.Rows) (f portal.PersonalFamily, err error) {
		var rights portal.Rights
		err = r.Scan(&f.Number, &f.Structure, &f.Name, &f.Street, &f.Postcode, &f.Town, &f.Resident, &rights.Legal, &rights.See, &rights.Book, &rights.PickUp)
		f.Rights = rights.Words()
		return f, err
	}, `SELECT f.id, s.name, f.name, iif(v.account_id IS NULL, '', f.street), iif(v.account_id IS NULL, '', f.postcode), iif(v.account_id IS NULL, '', f.town),
			iif(v.account_id IS NULL, NULL, f.resident), g.legal, g.may_see, g.may_book, g.may_pick_up
		FROM guardian g JOIN family f ON f.id = g.family_id JOIN structure s ON s.id = f.structure_id LEFT JOIN sees v ON v.family_id = g.family_id AND v.account_id = g.account_id
		WHERE g.account_id = ? ORDER BY f.id`, account)
	return err
}

// childOfAccount holds for the children whose guardian the account ?1 is.
const childOfAccount = " IN (SELECT fc.child_id FROM sees g JOIN family_child fc ON fc.family_id = g.family_id WHERE g.account_id = ?1)"

func personalChildren(q querier, d *portal.PersonalData, account portal.AccountID) (err error) {
	d.Children, err = all(q, func(r *sql.Rows) (c portal.PersonalChild, err error) {
		err = r.Scan(&c.Number, &c.LastName, &c.UsedName, &c.FirstName, &c.Birth, &c.Sex)
		return c, err
	}, "SELECT id, last_name, used_name, first_name, coalesce(birth, ''), sex FROM child WHERE id"+childOfAccount+" ORDER BY id", account)
	if err != nil {
		return err
	}
	type schooling struct {
		child portal.ChildID
		portal.PersonalClass
	}
	classes, err := all(q, func(r *sql.Rows) (c schooling, err error) {
		err = r.Scan(&c.child, &c.Year, &c.School, &c.Class, &c.Grade)
		return c, err
	}, `SELECT cc.child_id, y.label, s.name, cl.name, cc.grade FROM child_class cc JOIN school_year y ON y.id = cc.school_year_id
		JOIN class cl ON cl.id = cc.class_id JOIN school s ON s.id = cl.school_id WHERE cc.child_id`+childOfAccount+" ORDER BY y.first", account)
	for i := range d.Children {
		for _, c := range classes {
			if c.child == d.Children[i].Number {
				d.Children[i].Classes = append(d.Children[i].Classes, c.PersonalClass)
			}
		}
	}
	return err
}

func personalDays(q querier, d *portal.PersonalData, account portal.AccountID) (err error) {
	d.Bookings, err = all(q, func(r *sql.Rows) (b portal.PersonalBooking, err error) {
		err = r.Scan(&b.Child, &b.Activity, &b.Day, &b.State, &b.Arrival, &b.Departure, momentInto{&b.Since})
		return b, err
	}, `SELECT b.child_id, a.name, b.day, iif(b.status = 'booked', 'réservé', 'en liste d’attente'), coalesce(b.arrival, ''), coalesce(b.departure, ''), b.since
		FROM booking b JOIN activity a ON a.id = b.activity_id WHERE b.child_id`+childOfAccount+" AND"+notOthers("?1", "b.child_id", "b.day")+" ORDER BY b.day, b.child_id, a.id", account)
	if err != nil {
		return err
	}
	d.Wishes, err = all(q, func(r *sql.Rows) (w portal.PersonalWish, err error) {
		err = r.Scan(&w.Child, &w.Activity, &w.Day, &w.Action, &w.Arrival, &w.Departure, momentInto{&w.At})
		return w, err
	}, `SELECT w.child_id, a.name, w.day, CASE w.action WHEN 'add' THEN 'réserver' WHEN 'remove' THEN 'annuler' ELSE 'changer les heures' END,
			coalesce(w.arrival, ''), coalesce(w.departure, ''), w.at
		FROM wish w JOIN activity a ON a.id = w.activity_id WHERE w.account_id = ?1 ORDER BY w.day, w.child_id, a.id`, account)
	return err
}

// splitLines reads what group_concat joined with line feeds.
func splitLines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

func personalRegistrations(q querier, d *portal.PersonalData, account portal.AccountID) (err error) {
	d.Registrations, err = all(q, func(r *sql.Rows) (p portal.PersonalRegistration, err error) {
		var days portal.WeekdaySet
		err = r.Scan(&p.Child, &p.Activity, &p.First, &p.Last, &p.EveryOther, &days, &p.Arrival, &p.Departure, momentInto{&p.At}, &p.Night)
		for _, w := range days.Weekdays() {
			p.Days = append(p.Days, w.String())
		}
		return p, err
	}, `SELECT g.child_id, a.name, v.first, coalesce(v.last, ''), v.every_other, v.weekdays, coalesce(v.arrival, ''), coalesce(v.departure, ''), v.at, coalesce(n.date, '')
		FROM registration_version v JOIN registration g ON g.id = v.registration_id JOIN activity a ON a.id = g.activity_id LEFT JOIN night n ON n.id = v.night_id
		WHERE EXISTS (SELECT 1 FROM registration r WHERE r.id = g.id AND `+ownRegistration("?1")+`) AND g.child_id`+childOfAccount+" ORDER BY v.id", account)
	return err
}

// personalExchanges are the days that the account's households proposed to exchange, or were asked for. What the other parent
// wrote is the other parent's.
func personalExchanges(q querier, d *portal.PersonalData, account portal.AccountID) (err error) {
	now, err := time.Parse(time.RFC3339, d.Written)
	if err != nil {
		return err
	}
	d.Exchanges, err = all(q, func(r *sql.Rows) (p portal.PersonalExchange, err error) {
		var x portal.Exchange
		err = r.Scan(&p.Child, &p.Day, &p.Comes, &p.Back, &p.Mine, &p.Word, momentInto{&p.At}, into{&x.Until}, momentInto{&p.Answered}, &x.State)
		p.Until, p.State = moment(x.Until), x.StateAt(now).Word()
		return p, err
	}, `SELECT x.child_id, x.day, x.takes = (g.family_id = x.family_id), coalesce(x.back, ''), x.account_id = ?1, iif(x.account_id = ?1, x.word, ''), x.made_at, x.until, x.answered_at, x.state
		FROM exchange x JOIN sees g ON g.account_id = ?1 AND g.family_id IN (x.family_id, x.other_id) WHERE x.child_id`+childOfAccount+" ORDER BY x.made_at, x.id, g.family_id", account)
	return err
}

// personalWaits are absences, documents of the person's own, places offered, and reminders that are not wanted.
func personalWaits(q querier, d *portal.PersonalData, account portal.AccountID) (err error) {
	d.Absences, err = all(q, func(r *sql.Rows) (p portal.PersonalAbsence, err error) {
		var documents string
		err = r.Scan(&p.Child, &p.First, &p.Last, &p.Reason, momentInto{&p.At}, &documents)
		p.Documents = splitLines(documents)
		return p, err
	}, `SELECT s.child_id, s.first, s.last, s.reason, s.at,
			coalesce((SELECT group_concat(x.name, char(10)) FROM absence_document x WHERE x.spell_id = s.id AND x.account_id = ?1), '')
		FROM absence_spell s WHERE s.child_id`+childOfAccount+" AND (s.account_id = ?1 OR NOT EXISTS (SELECT 1 FROM absence x JOIN others_day od ON od.account_id = ?1 AND od.child_id = x.child_id AND od.day = x.day WHERE x.spell_id = s.id)) ORDER BY s.first, s.id", account)
	if err != nil {
		return err
	}
	d.Offers, err = all(q, func(r *sql.Rows) (p portal.PersonalOffer, err error) {
		err = r.Scan(&p.Children, &p.Activity, &p.Day, momentInto{&p.At}, momentInto{&p.Until}, &p.State)
		return p, err
	}, `SELECT coalesce((SELECT group_concat(c.first_name, ', ') FROM offer_child x JOIN child c ON c.id = x.child_id WHERE x.offer_id = o.id AND c.id`+childOfAccount+`), ''),
			a.name, o.day, o.created_at, o.until,
			CASE o.state WHEN 'open' THEN 'proposée' WHEN 'given' THEN 'donnée' WHEN 'accepted' THEN 'acceptée' WHEN 'declined' THEN 'refusée' WHEN 'expired' THEN 'sans réponse' ELSE 'retirée' END
		FROM offer o JOIN activity a ON a.id = o.activity_id WHERE o.account_id = ?1 ORDER BY o.id`, account)
	if err != nil {
		return err
	}
	d.Reminders, err = column[string](q, "SELECT kind FROM account_reminder_off WHERE account_id = ? ORDER BY kind", account)
	return err
}

// outcomeCase writes an outcome for people.
func outcomeCase(column string) string {
	return "CASE " + column + " WHEN 'booked' THEN 'acceptée' WHEN 'waiting' THEN 'liste d’attente' WHEN 'cancelled' THEN 'annulée' WHEN 'refused' THEN 'refusée' ELSE coalesce(" + column + ", '') END"
}

var personalMovementsQuery = `SELECT m.child_id, a.name, m.day, CASE m.action WHEN 'add' THEN 'réserver' WHEN 'remove' THEN 'annuler' WHEN 'change' THEN 'changer les heures'
		WHEN 'promote' THEN 'place obtenue' WHEN 'absent' THEN 'absence' WHEN 'present' THEN 'finalement présent' ELSE m.action END,
		coalesce(m.arrival, ''), coalesce(m.departure, ''), m.at, m.account_id = ?1, ` + outcomeCase("m.outcome") + `, m.reason, coalesce(n.date, ''), ` + outcomeCase("m.final") + `,
		coalesce((SELECT printf('%04d-%04d', r.year, r.seq) FROM receipt r WHERE r.id = m.receipt_id AND r.account_id = ?1), '')
	FROM movement m JOIN activity a ON a.id = m.activity_id LEFT JOIN night n ON n.id = m.night_id
	WHERE m.account_id = ?1 AND ` + cameToOwn("?1") + ` OR m.child_id` + childOfAccount + " AND" + notOthers("?1", "m.child_id", "m.day") + " ORDER BY m.id"

func personalMovements(q querier, d *portal.PersonalData, account portal.AccountID) (err error) {
	d.Movements, err = all(q, func(r *sql.Rows) (m portal.PersonalMovement, err error) {
		err = r.Scan(&m.Child, &m.Activity, &m.Day, &m.Action, &m.Arrival, &m.Departure, momentInto{&m.At}, &m.Mine, &m.Outcome, &m.Reason, &m.Night, &m.Final, &m.Receipt)
		return m, err
	}, personalMovementsQuery, account)
	return err
}

func personalProofs(q querier, d *portal.PersonalData, account portal.AccountID) (err error) {
	d.Receipts, err = all(q, func(r *sql.Rows) (p portal.PersonalReceipt, err error) {
		var year, seq int
		err = r.Scan(&year, &seq, momentInto{&p.At}, &p.Hash)
		p.Number = portal.ReceiptNumber(year, seq)
		return p, err
	}, "SELECT year, seq, at, hash FROM receipt WHERE account_id = ? ORDER BY id", account)
	if err != nil {
		return err
	}
	d.Terms, err = all(q, func(r *sql.Rows) (t portal.PersonalTerms, err error) {
		var kind portal.TermsKind
		err = r.Scan(&kind, &t.Version, momentInto{&t.At})
		t.Text = kind.Title()
		return t, err
	}, "SELECT t.kind, t.version, x.at FROM terms_acceptance x JOIN terms t ON t.id = x.terms_id WHERE x.account_id = ? ORDER BY x.at, t.id", account)
	return err
}

// eventsMost bounds the journal of an export far above what an account can gather.
const eventsMost = 100_000

func personalTraces(q querier, d *portal.PersonalData, account portal.AccountID) error {
	events, err := accountEvents(q, account, eventsMost)
	if err != nil {
		return err
	}
	for _, e := range events {
		d.Events = append(d.Events, portal.PersonalEvent{At: moment(e.At), What: e.Kind.Words()})
	}
	d.Mails, err = all(q, func(r *sql.Rows) (m portal.PersonalMail, err error) {
		err = r.Scan(momentInto{&m.At}, &m.Address, &m.Kind, &m.Subject, &m.State, momentInto{&m.Sent})
		return m, err
	}, `SELECT created_at, address, kind, subject, CASE state WHEN 'sent' THEN 'parti' WHEN 'dead' THEN 'abandonné' ELSE 'en attente' END, sent_at
		FROM outbox WHERE account_id = ? ORDER BY id`, account)
	return err
}
