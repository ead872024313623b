package db

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"marelle/portal"
)

// insertOffer writes that a place went, or may go, to the children of a turn.
func insertOffer(tx *Tx, structure portal.StructureID, turn portal.Turn, day portal.Date, state portal.OfferState, until, now time.Time) (portal.OfferID, error) {
	id, err := tx.insert("INSERT INTO offer (structure_id, account_id, activity_id, day, state, until, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
		structure, turn.Account, turn.Activity.ID, day, string(state), at(until), at(now))
	if err != nil {
		return 0, err
	}
	for _, child := range turn.Children {
		if err := tx.exec("INSERT INTO offer_child (offer_id, child_id) VALUES (?, ?)", id, child); err != nil {
			return 0, err
		}
	}
	return portal.OfferID(id), nil
}

// offer keeps the places of a turn for the family, which has to answer.
func (r *round) offer(turn portal.Turn, day portal.Date) error {
	slot := r.setup.NewSlot(0, turn.Activity, day)
	until, possible := portal.OfferUntil(r.now, turn.Activity.OfferHours, slot.Book.At)
	if !possible {
		return nil
	}
	_, err := insertOffer(r.tx, r.setup.Structure.ID, turn, day, portal.OfferOpen, until, r.now)
	return err
}

// settleOffers ends the open offers of an activity's day that no longer stand: nobody waits any more, nobody answered,
// or the place is gone. The newest go first when several must.
func (r *round) settleOffers(a *portal.Activity, day portal.Date) error {
	if err := r.tx.exec(`DELETE FROM offer_child WHERE offer_id IN (SELECT id FROM offer WHERE activity_id = ?1 AND day = ?2 AND state = 'open')
		AND NOT EXISTS (SELECT 1 FROM booking b WHERE b.child_id = offer_child.child_id AND b.activity_id = ?1 AND b.day = ?2 AND b.status = 'waiting')`, a.ID, day); err != nil {
		return err
	}
	if err := r.tx.exec(`UPDATE offer SET state = 'declined', answered_at = ?3 WHERE activity_id = ?1 AND day = ?2 AND state = 'open'
		AND NOT EXISTS (SELECT 1 FROM offer_child WHERE offer_id = offer.id)`, a.ID, day, at(r.now)); err != nil {
		return err
	}
	type open struct {
		id    portal.OfferID
		until time.Time
		told  bool
	}
	offers, err := all(r.tx, func(rows *sql.Rows) (o open, err error) {
		err = rows.Scan(&o.id, into{&o.until}, &o.told)
		return o, err
	}, "SELECT id, until, told IS NOT NULL FROM offer WHERE activity_id = ? AND day = ? AND state = 'open' ORDER BY id DESC", a.ID, day)
	if err != nil {
		return err
	}
	slot := r.setup.NewSlot(0, a, day)
	for _, o := range offers {
		oversold, err := r.oversold(a, day)
		if err != nil {
			return err
		}
		_, children, err := offerChildren(r.tx, o.id)
		if err != nil {
			return err
		}
		_, lacks, err := alongOf(r.tx, r.setup, a, children, day, r.now)
		if err != nil {
			return err
		}
		over := r.now.After(o.until)
		switch gone := oversold || lacks != nil; {
		case !over && !gone:
		case over && !gone && o.told && slot.Open:
			err = r.expire(o.id, a, day)
		default: // the place is gone, or what goes with it; nobody knew of it, or the day is closed by now: it costs nobody a rank
			err = r.withdraw(o.id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// oversold says that more places are offered than a counter of the activity has.
func (r *round) oversold(a *portal.Activity, day portal.Date) (bool, error) {
	free := map[portal.CounterID]int{}
	if err := r.fillFree(free, a, day); err != nil {
		return false, err
	}
	for _, left := range free {
		if left < 0 {
			return true, nil
		}
	}
	return false, nil
}

func (r *round) withdraw(id portal.OfferID) error {
	return r.tx.exec("UPDATE offer SET state = ?, answered_at = ? WHERE id = ?", string(portal.OfferWithdrawn), at(r.now), id)
}

// expire takes the children of an unanswered offer off the list; when another activity of the day needs the place by now
// they keep their rank instead, and are given the place that is left, which is what they are told.
func (r *round) expire(id portal.OfferID, a *portal.Activity, day portal.Date) error {
	_, children, err := offerChildren(r.tx, id)
	if err != nil {
		return err
	}
	why, err := refuseNeeded(r.tx, r.setup, a, children, day)
	if err != nil {
		return err
	}
	if why != nil {
		return r.tx.exec("UPDATE offer SET state = ?1, told = ?1, answered_at = ?2 WHERE id = ?3", string(portal.OfferWithdrawn), at(r.now), id)
	}
	return closeOffer(r.tx, r.setup.Structure.ID, id, a, day, portal.OfferExpired, portal.ReasonUnanswered, 0, r.now)
}

// closeOffer ends an offer without booking: its children leave the list. by is who said so, 0 for whoever asked.
func closeOffer(tx *Tx, structure portal.StructureID, id portal.OfferID, a *portal.Activity, day portal.Date, state portal.OfferState, reason string, by portal.AccountID, now time.Time) error {
	account, children, err := offerChildren(tx, id)
	if err != nil {
		return err
	}
	if by != 0 {
		account = by
	}
	for _, child := range children {
		if err := leaveList(tx, structure, a, listMovement{account: account, child: child, day: day, reason: reason, at: now}); err != nil {
			return err
		}
	}
	return tx.exec("UPDATE offer SET state = ?, answered_at = ? WHERE id = ?", string(state), at(now), id)
}

func offerChildren(tx *Tx, id portal.OfferID) (account portal.AccountID, children []portal.ChildID, err error) {
	if err := tx.row(&account, "SELECT account_id FROM offer WHERE id = ?", id); err != nil {
		return 0, nil, err
	}
	children, err = column[portal.ChildID](tx, "SELECT child_id FROM offer_child WHERE offer_id = ? ORDER BY child_id", id)
	return account, children, err
}

const offerColumns = `SELECT o.id, o.structure_id, o.account_id, o.activity_id, a.short, a.spoken, a.kind, o.day, o.state, o.until, o.created_at, o.answered_at
	FROM offer o JOIN activity a ON a.id = o.activity_id`

// guardedBy keeps the offers of children whose guardian an account is, all of them.
func guardedBy(account string) string {
	return ` AND NOT EXISTS (SELECT 1 FROM offer_child oc WHERE oc.offer_id = o.id AND oc.child_id NOT IN
		(SELECT fc.child_id FROM sees g JOIN family_child fc ON fc.family_id = g.family_id WHERE g.account_id = ` + account + `))
		AND EXISTS (SELECT 1 FROM offer_child oc WHERE oc.offer_id = o.id)
		AND NOT EXISTS (SELECT 1 FROM offer_child oc JOIN others_day od ON od.child_id = oc.child_id AND od.day = o.day AND od.account_id = ` + account + ` WHERE oc.offer_id = o.id)`
}

var (
	openOffers = "o.state = 'open' AND o.until >= ?2" + guardedBy("?1")
	byNumber   = "o.id = ?2 AND o.state <> 'given'" + guardedBy("?1")
	// byToken finds an offer by the link of its mail: until its day is over, while whoever it was sent to is a guardian.
	byToken = "o.token_hash = ?1 AND o.day >= ?2" + guardedBy("o.account_id")
)

func offers(q querier, where string, args ...any) ([]portal.Offer, error) {
	list, err := all(q, func(r *sql.Rows) (o portal.Offer, err error) {
		err = r.Scan(&o.ID, &o.Structure, &o.Account, &o.ActID, &o.Short, &o.Spoken, &o.Icon, &o.Day, &o.State, into{&o.Until}, into{&o.Made}, into{&o.Answered})
		return o, err
	}, offerColumns+" WHERE "+where+" ORDER BY o.day, o.id", args...)
	for i := range list {
		if err != nil {
			break
		}
		list[i].Children, err = all(q, func(r *sql.Rows) (c portal.Child, err error) {
			err = r.Scan(&c.ID, &c.StructureID, &c.LastName, &c.FirstName)
			return c, err
		}, `SELECT c.id, c.structure_id, iif(c.used_name <> '', c.used_name, c.last_name), c.first_name
			FROM offer_child oc JOIN child c ON c.id = oc.child_id WHERE oc.offer_id = ? ORDER BY c.birth, c.id`, list[i].ID)
	}
	return list, err
}

func oneOffer(q querier, where string, args ...any) (*portal.Offer, error) {
	list, err := offers(q, where, args...)
	if err == nil && len(list) == 0 {
		err = portal.NotFound("Cette proposition n’existe pas, ou n’existe plus.")
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// OpenOffers lists the places that are offered at this moment to the account's children, the nearest day first.
func (s *Store) OpenOffers(ctx context.Context, account portal.AccountID) ([]portal.Offer, error) {
	return offers(s.read(ctx), openOffers, account, at(s.now()))
}

// Offer gives an offer made to the account's children; somebody else's is not found.
func (s *Store) Offer(ctx context.Context, account portal.AccountID, id portal.OfferID) (*portal.Offer, error) {
	return oneOffer(s.read(ctx), byNumber, account, id)
}

// OfferByToken gives the offer of a mail's link: whoever holds it may answer.
func (s *Store) OfferByToken(ctx context.Context, token string) (*portal.Offer, error) {
	return oneOffer(s.read(ctx), byToken, tokenHash(token), portal.DateOf(s.now()))
}

// AnswerOffer accepts or declines a place that is offered to the account's children. A refusal changes nothing, and comes
// with the offer as it stands.
func (s *Store) AnswerOffer(ctx context.Context, account portal.AccountID, id portal.OfferID, accept bool) (*portal.Offer, error) {
	find := func(q querier) (*portal.Offer, error) {
		return oneOffer(q, byNumber, account, id)
	}
	return s.answer(ctx, find, account, accept)
}

// AnswerOfferByToken accepts or declines with the link of the mail, signed in or not.
func (s *Store) AnswerOfferByToken(ctx context.Context, token string, accept bool) (*portal.Offer, error) {
	find := func(q querier) (*portal.Offer, error) {
		return oneOffer(q, byToken, tokenHash(token), portal.DateOf(s.now()))
	}
	return s.answer(ctx, find, 0, accept)
}

func (s *Store) answer(ctx context.Context, find func(querier) (*portal.Offer, error), by portal.AccountID, accept bool) (*portal.Offer, error) {
	err := s.write(ctx, func(tx *Tx) error {
		o, err := find(tx)
		if err != nil {
			return err
		}
		if by == 0 {
			by = o.Account
		}
		now := s.now()
		done, refused := o.Answer(accept, now)
		if done || refused != nil {
			return asErr(refused)
		}
		for _, c := range o.Children {
			if err := mayBook(tx, by, c.ID); err != nil {
				return err
			}
		}
		setup, err := s.Setup(ctx, o.Structure)
		if err != nil {
			return err
		}
		a := setup.Activity(o.ActID)
		if !accept {
			if err := mayDecline(tx, setup, a, o); err != nil {
				return err
			}
			if err := closeOffer(tx, o.Structure, o.ID, a, o.Day, portal.OfferDeclined, portal.ReasonDeclined, by, now); err != nil {
				return err
			}
			return advance(tx, setup, a, o.Day, now)
		}
		return acceptOffer(tx, setup, a, o, by, now)
	})
	if err != nil && portal.AsError(err) == nil {
		return nil, err
	}
	shown, missing := find(s.read(ctx))
	return shown, cmp.Or(err, missing)
}

// refuseNeeded says why some children cannot give up an activity of a day, or nothing: another one that they are expected
// for needs it.
func refuseNeeded(tx *Tx, setup *portal.Setup, a *portal.Activity, children []portal.ChildID, day portal.Date) (*portal.Error, error) {
	for _, child := range children {
		slot, err := slotOf(tx, setup, a, child, day, Draft{})
		if err != nil {
			return nil, err
		}
		if why := slot.RefuseNeeded(); why != nil {
			return why, nil
		}
	}
	return nil, nil
}

// mayDecline refuses to decline a place that another activity of the day needs.
func mayDecline(tx *Tx, setup *portal.Setup, a *portal.Activity, o *portal.Offer) error {
	_, children, err := offerChildren(tx, o.ID)
	if err != nil {
		return err
	}
	why, err := refuseNeeded(tx, setup, a, children, o.Day)
	return cmp.Or(err, asErr(why))
}

// asErr keeps a refusal that is nil from becoming an error that is not.
func asErr(refused *portal.Error) error {
	if refused == nil {
		return nil
	}
	return refused
}

// acceptOffer books the children of an open offer, all or none: a refusal undoes the whole answer.
func acceptOffer(tx *Tx, setup *portal.Setup, a *portal.Activity, o *portal.Offer, by portal.AccountID, now time.Time) error {
	if slot := setup.NewSlot(0, a, o.Day); !slot.Open || slot.Book.Passed(now) {
		return portal.Conflict("%s ne se réserve plus pour le %s. Rien n’a été enregistré. Appelez la mairie.", portal.Capital(o.Spoken), o.Day.Long())
	}
	_, children, err := offerChildren(tx, o.ID)
	if err != nil {
		return err
	}
	why, err := refuseBarred(tx, setup, a, children, o.Day, now)
	if err != nil {
		return err
	}
	var along []portal.Along
	if why == nil {
		along, why, err = alongOf(tx, setup, a, children, o.Day, now)
	}
	if err != nil {
		return err
	}
	if why != nil {
		return portal.Conflict("%s Rien n’a été enregistré ; votre demande garde son rang.", why.Message)
	}
	if err := bookAlong(tx, setup, along, o.Day, listMovement{account: by, at: now}); err != nil {
		return err
	}
	for _, child := range children {
		var waits bool
		if err := tx.row(&waits, "SELECT EXISTS (SELECT 1 FROM booking WHERE child_id = ? AND activity_id = ? AND day = ? AND status = 'waiting')", child, a.ID, o.Day); err != nil {
			return err
		}
		taken := false
		if waits {
			if taken, err = takeWaiting(tx, a, child, o.Day); err != nil {
				return err
			}
		}
		if !taken {
			return portal.Conflict("Cette place n’est plus disponible. Rien n’a été enregistré. Rouvrez « Liste d’attente » pour voir où vous en êtes.")
		}
		m := listMovement{account: by, child: child, activity: a.ID, day: o.Day, action: "promote", outcome: portal.OutcomeBooked, at: now}
		if err := m.insert(tx, o.Structure); err != nil {
			return err
		}
	}
	return tx.exec("UPDATE offer SET state = 'accepted', answered_at = ? WHERE id = ?", at(now), o.ID)
}

// WaitingDays lists the days for which the account's children wait, the nearest first.
func (s *Store) WaitingDays(ctx context.Context, account portal.AccountID) (list []portal.WaitingDay, err error) {
	today := portal.DateOf(s.now())
	err = s.snapshot(ctx, func(r reader) error {
		children, err := childrenOf(r, account, today)
		if err != nil {
			return err
		}
		for _, c := range children {
			setup, err := s.Setup(ctx, c.StructureID)
			if err != nil {
				return err
			}
			days, err := waitingOf(r, account, setup, c, today)
			if err != nil {
				return err
			}
			list = append(list, days...)
		}
		return nil
	})
	slices.SortStableFunc(list, func(a, b portal.WaitingDay) int { return cmp.Compare(a.Day, b.Day) })
	return list, err
}

func waitingOf(q querier, account portal.AccountID, setup *portal.Setup, c portal.Child, today portal.Date) ([]portal.WaitingDay, error) {
	return all(q, func(r *sql.Rows) (w portal.WaitingDay, err error) {
		var activity portal.ActivityID
		if err := r.Scan(&activity, &w.Day, &w.Rank, &w.Together, &w.Offered); err != nil {
			return w, err
		}
		w.Child, w.Activity = c, setup.Activity(activity)
		w.Slot = setup.NewSlot(c.ID, w.Activity, w.Day)
		w.Slot.Status, w.Slot.Rank = portal.Waiting, w.Rank
		return w, nil
	}, `SELECT b.activity_id, b.day, 1 + (SELECT count(*) FROM booking w WHERE w.activity_id = b.activity_id AND w.day = b.day AND w.status = 'waiting' AND w.queue < b.queue),
			b.together, EXISTS (SELECT 1 FROM offer o JOIN offer_child oc ON oc.offer_id = o.id
				WHERE o.state = 'open' AND o.activity_id = b.activity_id AND o.day = b.day AND oc.child_id = b.child_id)
		FROM booking b WHERE b.child_id = ? AND b.status = 'waiting' AND b.day >= ? AND`+notOthers("?", "b.child_id", "b.day"), c.ID, today, account)
}

// LeaveList takes one of the account's children off the waiting list of a day, while a request can still be cancelled.
// Left already, it stays left.
func (s *Store) LeaveList(ctx context.Context, account portal.AccountID, child portal.ChildID, activity portal.ActivityID, day portal.Date) error {
	children, err := s.Children(ctx, account)
	if err != nil {
		return err
	}
	kid, setup, a, err := s.choose(ctx, children, child, activity)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *Tx) error {
		if err := mustBeGuardian(tx, account, child); err != nil {
			return err
		}
		now := s.now()
		slot, err := ownSlot(tx, account, setup, a, child, day, Draft{})
		switch {
		case err != nil || slot.Status == portal.NotBooked:
			return err
		case slot.Status == portal.Booked:
			return portal.Conflict("%s a obtenu une place le %s : la réservation s’annule sur le calendrier.", kid.FirstName, day.Long())
		}
		if _, _, why := slot.Ask(false, portal.Hours{}, now); why != nil {
			return why
		}
		days := []weekDay{{day, account}}
		if a.WholeWeek { // the week is left as it was asked: as a whole
			if days, err = waitingWeek(tx, a, account, child, day); err != nil {
				return err
			}
		}
		for _, d := range days {
			if err := leaveList(tx, kid.StructureID, a, listMovement{account: account, child: child, day: d.day, at: now}); err != nil {
				return err
			}
			if err := advance(tx, setup, a, d.day, now); err != nil {
				return err
			}
		}
		return nil
	})
}

const owedNews = "o.structure_id = ? AND (o.state IN ('open', 'given') AND o.told IS NULL OR o.state IN ('expired', 'withdrawn') AND o.told = 'open')"

// PlaceNews lists what families are still to be told about places: offered, given, lost for want of an answer, gone. Those of
// a child whom the account sees no more are told to nobody. An open one stays untold, so that its end costs nobody a rank.
func (s *Store) PlaceNews(ctx context.Context, structure portal.StructureID) ([]portal.PlaceNews, error) {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return nil, err
	}
	if err := s.settle(ctx, "SELECT o.id FROM offer o WHERE o.state <> 'open' AND "+owedNews+" AND NOT (TRUE"+guardedBy("o.account_id")+")",
		"UPDATE offer SET told = state WHERE state <> 'open' AND id IN (SELECT value FROM json_each(?1)) AND ?2 = ?2", structure); err != nil {
		return nil, err
	}
	var news []portal.PlaceNews
	err = s.snapshot(ctx, func(r reader) error {
		list, err := offers(r, owedNews+guardedBy("o.account_id"), structure)
		if err != nil {
			return err
		}
		for _, o := range list {
			n := portal.PlaceNews{Offer: o, Structure: setup.Structure}
			if n.To, n.Emails, err = addressee(r, o.Account, everyAddress); err != nil {
				return err
			}
			news = append(news, n)
		}
		return nil
	})
	return news, err
}

// NewOfferToken draws the secret of a mail's link.
func (s *Store) NewOfferToken() string { return newToken() }

// QueuePlaceNews puts the mails of a piece of news into the outbox and writes that it is told, at once. News that has
// changed meanwhile, or is told already, queues nothing. token is the secret of the links, or nothing when there are none.
func (s *Store) QueuePlaceNews(ctx context.Context, o *portal.Offer, token string, mails []Mail) error {
	var hash []byte
	if token != "" {
		hash = tokenHash(token)
	}
	return s.write(ctx, func(tx *Tx) error {
		n, err := tx.change("UPDATE offer SET told = ?2, token_hash = coalesce(?3, token_hash) WHERE id = ?1 AND state = ?2 AND told IS NOT ?2", o.ID, string(o.State), hash)
		if err != nil || n == 0 {
			return err
		}
		for _, m := range mails {
			if err := s.queueMail(tx, m); err != nil {
				return err
			}
		}
		return nil
	})
}

// auditOffers looks for offers that promise a place that is not there, or to a child who does not wait.
func auditOffers(q querier) ([]string, error) {
	return column[string](q, `SELECT printf('offer %d: a child does not wait', o.id) FROM offer o JOIN offer_child oc ON oc.offer_id = o.id
		WHERE o.state = 'open' AND NOT EXISTS (SELECT 1 FROM booking b WHERE b.child_id = oc.child_id AND b.activity_id = o.activity_id AND b.day = o.day AND b.status = 'waiting')
		UNION ALL SELECT printf('counter %d on %s: %d places taken and %d offered for %d', c.id, o.day,
				coalesce((SELECT taken FROM counter_day d WHERE d.counter_id = c.id AND d.day = o.day), 0), count(*), `+placesOn("c.id", "o.day")+`)
			FROM offer o JOIN offer_child oc ON oc.offer_id = o.id JOIN booking b ON b.child_id = oc.child_id AND b.activity_id = o.activity_id AND b.day = o.day
			JOIN counter_activity ca ON ca.activity_id = o.activity_id JOIN counter c ON c.id = ca.counter_id
			WHERE o.state = 'open' AND `+counts+` GROUP BY c.id, o.day
			HAVING count(*) + coalesce((SELECT taken FROM counter_day d WHERE d.counter_id = c.id AND d.day = o.day), 0) > `+placesOn("c.id", "o.day"))
}
