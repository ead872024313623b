package db

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"marelle/portal"
)

// childRules say what becomes of the rows about a child whose file goes.
var childRules = []joinRule{
	{"absence", "child_id", joinOwn}, {"absence_spell", "child_id", joinMoves}, {"booking", "child_id", joinOwn}, {"child_class", "child_id", joinUnites},
	{"child_document", "child_id", joinMoves}, {"child_elsewhere", "child_id", joinUnites}, {"child_priority", "child_id", joinUnites}, {"custody", "child_id", joinUnites},
	{"custody_day", "child_id", joinUnites}, {"enrolment", "child_id", joinUnites}, {"exchange", "child_id", joinMoves}, {"family_child", "child_id", joinUnites}, {"movement", "child_id", joinMoves},
	{"offer_child", "child_id", joinUnites}, {"pickup_person", "child_id", joinMoves}, {"registration", "child_id", joinMoves}, {"request", "child_id", joinUnites},
	{"wish", "child_id", joinUnites},
}

// ChildJoin is what joining two files of one child would do, as staff read it first.
type ChildJoin struct {
	Kept, Gone *ChildPage
	Facts      []portal.JoinFact
	Care       portal.Care // of the child afterwards
	Reread     []string    // what both files say differently and a person reads again
	Days       []portal.JoinedDay
	Figures    []portal.JoinFigure
	Registered []string               // the activities that both files are registered for all year
	Asked      []portal.JoinedRequest // the requests that end, because the other file has the day or asks for it too
	TwoINE     bool                   // the school roll has a number for each
	Refused    string                 // why it cannot be done, and what to do; nothing: it can
	Version    string
}

var childFigures = []joinCount{
	{"réservation", "réservations", "SELECT count(*) FROM booking WHERE child_id = ?1 AND status = 'booked'"},
	{"place en liste d’attente", "places en liste d’attente", "SELECT count(*) FROM booking WHERE child_id = ?1 AND status = 'waiting'"},
	{"demande à décider", "demandes à décider", "SELECT count(*) FROM request WHERE child_id = ?1"},
	{"jour non validé", "jours non validés", "SELECT count(*) FROM wish WHERE child_id = ?1"},
	{"inscription à l’année", "inscriptions à l’année", "SELECT count(*) FROM registration WHERE child_id = ?1"},
	{"inscription à une activité", "inscriptions à des activités", "SELECT count(*) FROM enrolment WHERE child_id = ?1"},
	{"document", "documents", "SELECT count(*) FROM child_document WHERE child_id = ?1"},
	{"absence signalée", "absences signalées", "SELECT count(*) FROM absence_spell WHERE child_id = ?1"},
	{"personne notée pour la sortie", "personnes notées pour la sortie", "SELECT count(*) FROM pickup_person WHERE child_id = ?1"},
	{"ligne d’historique", "lignes d’historique", "SELECT count(*) FROM movement WHERE child_id = ?1"},
}

// JoiningChildren says what joining the file of a child of a structure into another one would do.
func (s *Store) JoiningChildren(ctx context.Context, structure portal.StructureID, kept, gone portal.ChildID) (j *ChildJoin, err error) {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return nil, err
	}
	err = s.snapshot(ctx, func(r reader) error {
		j, err = s.childJoin(r, setup, kept, gone)
		return err
	})
	return j, err
}

// childJoin plans a join of two children. Families that become one before it, if any, count as one.
func (s *Store) childJoin(q querier, setup *portal.Setup, kept, gone portal.ChildID, household ...portal.FamilyID) (*ChildJoin, error) {
	j := &ChildJoin{}
	for _, side := range []struct {
		page **ChildPage
		id   portal.ChildID
	}{{&j.Kept, kept}, {&j.Gone, gone}} {
		gone, err := erased(q, "enfant", int64(side.id))
		if err != nil {
			return nil, err
		}
		if gone {
			return nil, portal.NotFound(noChild)
		}
		if *side.page, err = s.childPage(q, setup.Structure.ID, side.id, true); err != nil {
			return nil, err
		}
	}
	j.Facts = j.Kept.JoinFacts(j.Gone.ChildFile)
	j.Care, j.Reread = portal.JoinCare(j.Kept.Care, j.Gone.Care)
	j.Version = portal.Version(append(j.Kept.joinFacts(), j.Gone.joinFacts()...))
	var err error
	if j.Figures, err = figures(q, int64(gone), childFigures); err != nil {
		return nil, err
	}
	if j.Days, err = s.joinDays(q, setup, kept, gone); err != nil {
		return nil, err
	}
	if j.Registered, err = column[string](q, `SELECT DISTINCT a.name FROM registration k JOIN registration g ON g.activity_id = k.activity_id AND g.child_id = ?2 JOIN activity a ON a.id = k.activity_id
		WHERE k.child_id = ?1 ORDER BY 1`, kept, gone); err != nil {
		return nil, err
	}
	if err := oneRow(q, &j.TwoINE, "SELECT count(DISTINCT ine_hash) > 1 FROM child WHERE id IN (?, ?)", []any{kept, gone}); err != nil {
		return nil, err
	}
	if j.Asked, err = joinRequests(q, setup, j); err != nil {
		return nil, err
	}
	if j.Refused, err = refusedChildren(q, j); err == nil && j.Refused == "" {
		j.Refused, err = s.refusedRights(q, setup.Structure.ID, j, household)
	}
	return j, err
}

// joinFacts says what was shown of a file, so that a change meanwhile is seen.
func (p *ChildPage) joinFacts() []portal.Fact {
	facts := append([]portal.Fact{{What: "Numéro", Value: fmt.Sprint(p.ID)}}, p.ChildFile.Facts()...)
	facts = append(facts, p.Care.Facts()...)
	for _, f := range p.Families {
		facts = append(facts, portal.Fact{What: "Famille", Value: fmt.Sprint(f.ID)})
	}
	for _, person := range p.Pickups {
		facts = append(facts, person.Facts()...)
	}
	return facts
}

// refusedChildren says why two files of children cannot be joined, and what to do.
func refusedChildren(q querier, j *ChildJoin) (string, error) {
	if j.Kept.ID == j.Gone.ID {
		return "C’est la même fiche. Choisissez l’autre fiche de cet enfant.", nil
	}
	for _, p := range []*ChildPage{j.Kept, j.Gone} {
		var away bool
		if err := oneRow(q, &away, `SELECT count(*) > 0 AND count(*) = count(f.archived_at) FROM family_child fc JOIN family f ON f.id = fc.family_id WHERE fc.child_id = ?`, []any{p.ID}); err != nil {
			return "", err
		}
		if away {
			return fmt.Sprintf("La famille de %s est archivée. Sortez-la d’abord des archives, puis revenez ici.", p.DisplayName()), nil
		}
	}
	kept, err := custodyOf(q, j.Kept.ID)
	if err != nil {
		return "", err
	}
	gone, err := custodyOf(q, j.Gone.ID)
	if err != nil || kept.IsZero() || gone.IsZero() {
		return "", err
	}
	return fmt.Sprintf("Les deux fiches ont une garde alternée, et une seule peut rester. Retirez d’abord celle qui n’est pas la bonne, sur la fiche de l’enfant, page « Garde alternée ». (Fiches n° %d et n° %d.)", j.Kept.ID, j.Gone.ID), nil
}

// refusedRights refuses to give back by a join what a family takes away from a guardian: the child would be in both families.
// Two accounts that look like one person's count as one.
func (s *Store) refusedRights(q querier, structure portal.StructureID, j *ChildJoin, household []portal.FamilyID) (string, error) {
	type row struct {
		FamilyGuardian
		family portal.FamilyID
	}
	var sides [2][]row
	for i, p := range []*ChildPage{j.Kept, j.Gone} {
		var families []portal.FamilyID
		for _, f := range p.Families {
			if slices.Contains(household, f.ID) {
				families = append(families, household...)
			} else {
				families = append(families, f.ID)
			}
		}
		slices.Sort(families)
		for _, f := range slices.Compact(families) {
			list, err := familyGuardians(q, structure, f)
			if err != nil {
				return "", err
			}
			if slices.Contains(household, f) {
				f = household[0]
			}
			for _, g := range list {
				k := slices.IndexFunc(sides[i], func(o row) bool { return o.ID == g.ID && o.family == f })
				if k >= 0 { // in both families that become one
					sides[i][k].Rights = sides[i][k].Rights.Least(g.Rights)
				} else {
					sides[i] = append(sides[i], row{g, f})
				}
			}
		}
	}
	for i, here := range sides {
		for _, g := range here {
			var has, gets portal.Rights
			for _, o := range here {
				if o.ID == g.ID {
					has = has.Most(o.Rights)
				}
			}
			for _, o := range sides[1-i] {
				same, _ := o.SameGuardian(g.GuardianFile)
				if (same || o.ID == g.ID) && !slices.ContainsFunc(here, func(h row) bool { return h.family == o.family }) {
					gets = gets.Most(o.Rights)
				}
			}
			if gets.See && !has.See || gets.Book && !has.Book || gets.PickUp && !has.PickUp {
				return fmt.Sprintf("%s n’a pas les mêmes droits dans les familles des deux fiches : les réunir lui rendrait, pour cet enfant, ce qu’une famille lui retire. Si c’est la même famille saisie deux fois, réunissez d’abord les familles ; sinon, donnez-lui d’abord les mêmes droits des deux côtés, sur sa fiche de responsable.", g.DisplayName()), nil
			}
		}
	}
	return "", nil
}

// joinRequests lists what was asked of staff under one of two files and is booked, waited for or asked under the other one.
// Of two requests for one day that of the file that stays is left.
func joinRequests(q querier, setup *portal.Setup, j *ChildJoin) ([]portal.JoinedRequest, error) {
	list, err := all(q, func(r *sql.Rows) (x portal.JoinedRequest, err error) {
		var activity portal.ActivityID
		err = r.Scan(&x.Child, &activity, &x.Day, &x.Account, &x.Late, &x.Hours.Arrival, &x.Hours.Departure, &x.Booked)
		x.Activity = setup.Activity(activity)
		return x, err
	}, `SELECT r.child_id, r.activity_id, r.day, r.account_id, r.late, r.arrival, r.departure, b.child_id IS NOT NULL
		FROM request r LEFT JOIN booking b ON b.child_id IN (?1, ?2) AND b.child_id <> r.child_id AND b.activity_id = r.activity_id AND b.day = r.day
		LEFT JOIN request k ON r.child_id = ?2 AND k.child_id = ?1 AND k.activity_id = r.activity_id AND k.day = r.day
		WHERE r.child_id IN (?1, ?2) AND (b.child_id IS NOT NULL OR k.child_id IS NOT NULL) ORDER BY r.day, r.activity_id, r.child_id`, j.Kept.ID, j.Gone.ID)
	// A booking that does not go with the file that stays is cancelled: what is asked there is not settled by it.
	return slices.DeleteFunc(list, func(x portal.JoinedRequest) bool {
		return x.Activity == nil || x.Child == j.Kept.ID && slices.ContainsFunc(j.Days, func(d portal.JoinedDay) bool {
			return d.Fate == portal.JoinClashes && d.Activity == x.Activity && d.Day == x.Day
		})
	}), err
}

// endJoinedRequests answers the requests that a join ends: the reason is in the history of the child, and told by mail.
func (s *Store) endJoinedRequests(tx *Tx, structure portal.StructureID, by portal.AccountID, j *ChildJoin) error {
	for _, x := range j.Asked {
		if err := tx.exec("DELETE FROM request WHERE child_id = ? AND activity_id = ? AND day = ?", x.Child, x.Activity.ID, x.Day); err != nil {
			return err
		}
		reason := "deux fiches de l’enfant ont été réunies, et ce jour est déjà demandé sur l’autre"
		if x.Booked {
			reason = "deux fiches de l’enfant ont été réunies, et ce jour est déjà réservé, ou en liste d’attente, sur l’autre"
		}
		m := decided{listMovement{account: x.Account, child: x.Child, activity: x.Activity.ID, day: x.Day, outcome: portal.OutcomeRefused, reason: reason, at: s.now()}, by, x.Hours, x.Late}
		if err := m.tell(tx, structure); err != nil {
			return err
		}
	}
	return nil
}

// joinDays says what becomes of each booking of the file that goes.
func (s *Store) joinDays(q querier, setup *portal.Setup, kept, gone portal.ChildID) ([]portal.JoinedDay, error) {
	var lists [2][]portal.JoinBooking
	for i, child := range []portal.ChildID{kept, gone} {
		list, err := all(q, func(r *sql.Rows) (b portal.JoinBooking, err error) {
			var activity portal.ActivityID
			err = r.Scan(&activity, &b.Day, &b.Status, &b.Queue, &b.Hours.Arrival, &b.Hours.Departure)
			b.Activity = setup.Activity(activity)
			return b, err
		}, "SELECT activity_id, day, status, coalesce(queue, 0), arrival, departure FROM booking WHERE child_id = ? ORDER BY day, activity_id", child)
		if err != nil {
			return nil, err
		}
		lists[i] = slices.DeleteFunc(list, func(b portal.JoinBooking) bool { return b.Activity == nil })
	}
	return portal.JoinDays(lists[0], lists[1], portal.DateOf(s.now())), nil
}

// JoinChildren makes two files of a child of a structure one: all that was under the one that goes is the other one's, days
// booked twice give a place back, and what must be known of the child is that of both. reread says that a person has to read
// some of it again.
func (s *Store) JoinChildren(ctx context.Context, ask JoinAsk) (reread bool, err error) {
	setup, err := s.Setup(ctx, ask.Structure)
	if err != nil {
		return false, err
	}
	err = s.write(ctx, func(tx *Tx) error {
		j, err := s.childJoin(tx, setup, portal.ChildID(ask.Kept), portal.ChildID(ask.Gone))
		if err != nil {
			return err
		}
		if err := refuseJoin(j.Refused, j.Version, ask.Seen); err != nil {
			return err
		}
		freed, err := s.joinChild(tx, setup, ask.By, j, ask.Chosen)
		if err != nil {
			return err
		}
		reread = len(j.Reread) > 0
		return advanceDays(tx, setup, freed, s)
	})
	return reread, err
}

// joinChild does what a plan says, and gives the days on which a place came free.
func (s *Store) joinChild(tx *Tx, setup *portal.Setup, by portal.AccountID, j *ChildJoin, chosen portal.JoinChosen) (freed []waitedDay, err error) {
	kept, gone := j.Kept.ID, j.Gone.ID
	if err := s.endJoinedRequests(tx, setup.Structure.ID, by, j); err != nil {
		return nil, err
	}
	for _, d := range j.Days {
		freedOne, err := s.joinDay(tx, setup, by, j, d)
		if err != nil {
			return nil, err
		}
		if freedOne {
			freed = append(freed, waitedDay{d.Activity.ID, d.Day})
		}
	}
	if err := moveBookings(tx, kept, gone); err != nil {
		return nil, err
	}
	for _, q := range uniteChild {
		if err := tx.exec(q, kept, gone); err != nil {
			return nil, fmt.Errorf("%s: %w", q, err)
		}
	}
	if chosen["classe"] {
		if err := tx.exec("DELETE FROM child_class WHERE child_id = ?1 AND school_year_id IN (SELECT school_year_id FROM child_class WHERE child_id = ?2)", kept, gone); err != nil {
			return nil, err
		}
	}
	if err := follow(tx, childRules, int64(kept), int64(gone)); err != nil {
		return nil, err
	}
	if err := dropSettledRequests(tx, kept); err != nil {
		return nil, err
	}
	if err := s.joinChildRow(tx, j, chosen); err != nil {
		return nil, err
	}
	if err := s.markJoined(tx, setup.Structure.ID, "enfant", int64(kept), int64(gone)); err != nil {
		return nil, err
	}
	return freed, s.noteChildJoin(tx, setup, by, j)
}

// uniteChild keeps the best of what both files have, before the rows are handed over: ?1 stays, ?2 goes. A line of history
// keeps the number that its receipt was sealed with. Whoever clicked something cannot take back what was clicked before.
var uniteChild = []string{
	"UPDATE movement SET sealed_child = child_id WHERE child_id = ?2 AND sealed_child IS NULL AND ?1 = ?1",
	`UPDATE enrolment SET first = min(first, o.f), last = iif(last IS NULL OR o.l IS NULL, NULL, max(last, o.l))
		FROM (SELECT activity_id AS a, first AS f, last AS l FROM enrolment WHERE child_id = ?2) o WHERE child_id = ?1 AND activity_id = o.a`,
	`UPDATE child_priority SET dated = iif(o.l IS NULL OR o.l > last, o.d, dated), last = iif(last IS NULL OR o.l IS NULL, NULL, max(last, o.l))
		FROM (SELECT label_id AS k, dated AS d, last AS l FROM child_priority WHERE child_id = ?2) o WHERE child_id = ?1 AND label_id = o.k`,
	`DELETE FROM pickup_person WHERE child_id = ?2 AND EXISTS (SELECT 1 FROM pickup_person k WHERE k.child_id = ?1 AND k.family_id = pickup_person.family_id AND k.barred = pickup_person.barred
		AND k.name = pickup_person.name AND k.phone = pickup_person.phone AND k.link = pickup_person.link AND k.first IS pickup_person.first AND k.last IS pickup_person.last
		AND k.note = pickup_person.note AND k.judged_on IS pickup_person.judged_on AND k.judged_by = pickup_person.judged_by)`,
	`UPDATE draft SET version = version + 1, undo = NULL, undo_words = '', undo_until = NULL WHERE account_id IN
		(SELECT g.account_id FROM guardian g JOIN family_child fc ON fc.family_id = g.family_id WHERE fc.child_id IN (?1, ?2))`,
}

// dropSettledRequests forgets what is asked of staff for a day that is booked, or waited for, by now.
func dropSettledRequests(tx *Tx, child portal.ChildID) error {
	return tx.exec(`DELETE FROM request WHERE child_id = ?1 AND EXISTS (SELECT 1 FROM booking b WHERE b.child_id = ?1 AND b.activity_id = request.activity_id AND b.day = request.day)`, child)
}

// joinDay settles a day of the file that goes, and says whether a place, or a rank, came free. What simply moves is left.
func (s *Store) joinDay(tx *Tx, setup *portal.Setup, by portal.AccountID, j *ChildJoin, d portal.JoinedDay) (freed bool, err error) {
	kept, gone := j.Kept.ID, j.Gone.ID
	switch {
	case d.Fate == portal.JoinClashes:
		reason := fmt.Sprintf("Deux fiches de l’enfant ont été réunies, et cette réservation ne va pas avec « %s ».", d.With) // no name: an erasure leaves the history
		if err := tx.exec(`INSERT INTO movement (structure_id, account_id, child_id, activity_id, day, action, arrival, departure, at, outcome, reason, staff_id)
			SELECT ?1, account_id, child_id, activity_id, day, 'remove', arrival, departure, ?5, 'cancelled', ?6, ?7 FROM booking WHERE child_id = ?2 AND activity_id = ?3 AND day = ?4`,
			setup.Structure.ID, gone, d.Activity.ID, d.Day, at(s.now()), reason, by); err != nil {
			return false, err
		}
		return true, cancelBooking(tx, &portal.Slot{Child: gone, Activity: d.Activity, Day: d.Day, Status: d.Status})
	case d.Fate == portal.JoinDoubles && d.Keeps: // the other one only waits, or later on the list
		return true, dropDouble(tx, kept, d.Activity.ID, d.Day)
	case d.Fate == portal.JoinDoubles:
		if err := joinAbsence(tx, kept, gone, d.Activity.ID, d.Day); err != nil {
			return false, err
		}
		return true, dropDouble(tx, gone, d.Activity.ID, d.Day)
	}
	return false, nil
}

// dropDouble takes away one of two bookings of one child, and gives back the place, or the rank, that it took.
func dropDouble(tx *Tx, child portal.ChildID, activity portal.ActivityID, day portal.Date) error {
	counters, err := countedBy(tx, child, activity, day)
	if err != nil {
		return err
	}
	var status portal.Status
	if err := tx.row(&status, "DELETE FROM booking WHERE child_id = ? AND activity_id = ? AND day = ? RETURNING status", child, activity, day); err != nil {
		return err
	}
	if status == portal.Booked {
		return givePlaces(tx, counters, day)
	}
	return lessWaiting(tx, counters, day)
}

// joinAbsence keeps an absence that was announced on the booking that goes: the child is one, and does not come. Of two
// announcements of one day the documents are kept together.
func joinAbsence(tx *Tx, kept, gone portal.ChildID, activity portal.ActivityID, day portal.Date) error {
	if err := tx.exec(`UPDATE OR IGNORE absence SET child_id = ?1 WHERE child_id = ?2 AND activity_id = ?3 AND day = ?4
		AND EXISTS (SELECT 1 FROM booking b WHERE b.child_id = ?1 AND b.activity_id = ?3 AND b.day = ?4 AND b.status = 'booked')`, kept, gone, activity, day); err != nil {
		return err
	}
	const other = "(SELECT k.spell_id FROM absence k WHERE k.child_id = ?1 AND k.activity_id = ?3 AND k.day = ?4)"
	const spell = "(SELECT g.spell_id FROM absence g WHERE g.child_id = ?2 AND g.activity_id = ?3 AND g.day = ?4 AND (SELECT count(*) FROM absence a WHERE a.spell_id = g.spell_id) = 1)"
	for _, q := range []string{
		"UPDATE absence_spell SET document = (SELECT document FROM absence_spell WHERE id = " + spell + ") WHERE id = " + other + " AND document IN ('aucun', 'attendu') AND EXISTS (SELECT 1 FROM absence_document WHERE spell_id = " + spell + ")",
		"UPDATE OR IGNORE absence_document SET spell_id = " + other + " WHERE spell_id = " + spell + " AND " + other + " IS NOT NULL",
	} {
		if err := tx.exec(q, kept, gone, activity, day); err != nil {
			return err
		}
	}
	return nil
}

// moveBookings hands over the bookings that are left. An absence stands on its booking: the new one is written before the old
// one goes, with every column that a booking has.
func moveBookings(tx *Tx, kept, gone portal.ChildID) error {
	var columns string
	if err := tx.row(&columns, "SELECT group_concat(name, ', ') FROM pragma_table_info('booking') WHERE name <> 'child_id'"); err != nil {
		return err
	}
	for _, q := range []string{
		"INSERT INTO booking (child_id, " + columns + ") SELECT ?1, " + columns + " FROM booking WHERE child_id = ?2",
		"UPDATE absence SET child_id = ?1 WHERE child_id = ?2",
		"DELETE FROM booking WHERE child_id = ?2 AND ?1 = ?1",
	} {
		if err := tx.exec(q, kept, gone); err != nil {
			return err
		}
	}
	return nil
}

// joinChildRow takes the file that goes away and writes who the child is.
func (s *Store) joinChildRow(tx *Tx, j *ChildJoin, chosen portal.JoinChosen) error {
	ine, err := column[[]byte](tx, "DELETE FROM child WHERE id = ? RETURNING ine_hash", j.Gone.ID)
	if err != nil {
		return err
	}
	c, care := j.Kept.ChildFile.Join(j.Gone.ChildFile, chosen), j.Care
	return tx.exec(`UPDATE child SET last_name = ?, used_name = ?, first_name = ?, birth = ?, sex = ?, diet = ?, diet_words = ?, allergies = ?, pai_first = ?, pai_last = ?, pai_words = ?,
		leaves_alone = ?, ine_hash = coalesce(ine_hash, ?) WHERE id = ?`,
		c.LastName, c.UsedName, c.FirstName, c.Birth, c.Sex, string(care.Diet), care.DietWords, care.Allergies, care.Plan.First, care.Plan.Last, care.Plan.Words, care.LeavesAlone,
		blobOrNothing(bytes.Join(ine, nil)), j.Kept.ID)
}

func blobOrNothing(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

// noteChildJoin writes the join into the audit log: what went over, what is no longer said, and what changed of health without
// its words.
func (s *Store) noteChildJoin(tx *Tx, setup *portal.Setup, by portal.AccountID, j *ChildJoin) error {
	after, err := s.theChild(tx, setup.Structure.ID, j.Kept.ID)
	if err != nil {
		return err
	}
	changes := joinChanges(j.Gone.DisplayName(), int64(j.Gone.ID), j.Figures)
	changes = append(changes, portal.Differences(j.Kept.ChildFile.Facts(), after.ChildFile.Facts())...)
	changes = append(changes, lost(j.Gone.ChildFile.Facts(), after.ChildFile.Facts(), int64(j.Gone.ID))...)
	changes = append(changes, portal.CareChanges(j.Kept.Care, j.Care)...)
	if doubles, clashes := countFates(j.Days); doubles+clashes > 0 {
		changes = append(changes, portal.Changed{What: "Jours en double", Before: fmt.Sprint(doubles)}, portal.Changed{What: "Jours annulés, qui n’allaient pas ensemble", Before: fmt.Sprint(clashes)})
	}
	if n := len(j.Asked); n > 0 {
		changes = append(changes, portal.Changed{What: "Demandes closes, l’autre fiche ayant le jour", Before: fmt.Sprint(n)})
	}
	return s.note(tx, portal.StaffEvent{Structure: setup.Structure.ID, By: by, Subject: "enfant", SubjectID: int64(j.Kept.ID),
		Words: fmt.Sprintf("%s : deux fiches réunies, la n° %d dans la n° %d", after.DisplayName(), j.Gone.ID, j.Kept.ID), Changes: changes})
}

func countFates(days []portal.JoinedDay) (doubles, clashes int) {
	for _, d := range days {
		switch d.Fate {
		case portal.JoinDoubles:
			doubles++
		case portal.JoinClashes:
			clashes++
		}
	}
	return doubles, clashes
}

// joinChanges says for the audit log which file went, and what went over.
func joinChanges(name string, number int64, counted []portal.JoinFigure) []portal.Changed {
	list := []portal.Changed{{What: "Fiche réunie", Before: fmt.Sprintf("%s, n° %d", name, number)}}
	for _, f := range counted {
		if f.N > 0 {
			list = append(list, portal.Changed{What: "Repris de l’autre fiche", After: portal.Count(f.N, f.One, f.Many)})
		}
	}
	return list
}
