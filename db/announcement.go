package db

import (
	"context"
	"database/sql"

	"marelle/portal"
)

const announcementColumns = `SELECT n.id, n.structure_id, n.title, n.body, n.first, n.last, coalesce(n.activity_id, 0), coalesce(n.school_id, 0), n.written_at FROM announcement n`

func scanAnnouncement(r *sql.Rows) (a portal.Announcement, err error) {
	err = r.Scan(&a.ID, &a.Structure, &a.Title, &a.Body, &a.First, &a.Last, &a.Activity, &a.School, into{&a.Written})
	return a, err
}

// announcementsFor lists the messages shown to an account on a day, the latest first: those of its children's structures
// that are for everybody, for an activity that one of them is booked for around that day, or for a school of theirs.
func announcementsFor(q querier, account portal.AccountID, today portal.Date) ([]portal.Announcement, error) {
	return all(q, scanAnnouncement, `WITH mine AS MATERIALIZED (SELECT DISTINCT c.id, c.structure_id FROM sees g
			JOIN family_child fc ON fc.family_id = g.family_id JOIN child c ON c.id = fc.child_id WHERE g.account_id = ?1) `+announcementColumns+`
		WHERE n.structure_id IN (SELECT structure_id FROM mine) AND n.removed_at IS NULL AND ?2 BETWEEN n.first AND n.last
		AND (n.activity_id IS NULL OR EXISTS (SELECT 1 FROM mine JOIN booking b ON b.child_id = mine.id
			WHERE b.activity_id = n.activity_id AND b.day BETWEEN ?3 AND ?4))
		AND (n.school_id IS NULL OR EXISTS (SELECT 1 FROM mine JOIN child_class cc ON cc.child_id = mine.id JOIN class cl ON cl.id = cc.class_id
			WHERE cl.school_id = n.school_id AND cc.school_year_id =
				(SELECT y.id FROM school_year y WHERE y.structure_id = mine.structure_id AND y.last >= ?2 ORDER BY y.first LIMIT 1)))
		ORDER BY n.first DESC, n.id DESC`, account, today, today-portal.AudienceDays, today+portal.AudienceDays)
}

// Announcements lists a structure's messages, the last to be shown first; those that were taken off are left out.
func (s *Store) Announcements(ctx context.Context, structure portal.StructureID) ([]portal.Announcement, error) {
	return all(s.read(ctx), scanAnnouncement, announcementColumns+" WHERE n.structure_id = ? AND n.removed_at IS NULL ORDER BY n.last DESC, n.id DESC", structure)
}

// Announcement gives one message of a structure, taken off or not; another structure's is not found.
func (s *Store) Announcement(ctx context.Context, structure portal.StructureID, id portal.AnnouncementID) (*portal.Announcement, error) {
	a, err := one(s.read(ctx), scanAnnouncement, announcementColumns+" WHERE n.structure_id = ? AND n.id = ?", structure, id)
	if err != nil {
		return nil, absent(err, "Ce message n’existe pas.")
	}
	return &a, nil
}

// SchoolsOf lists a structure's schools with their numbers, in their order of creation.
func (s *Store) SchoolsOf(ctx context.Context, structure portal.StructureID) ([]School, error) {
	return schoolsOf(s.read(ctx), structure)
}

// School is a school of a structure.
type School struct {
	ID      portal.SchoolID
	Name    string
	Classes int // of all the years
}

// WriteAnnouncement keeps a new message, once per form: sent twice, it is one message.
func (s *Store) WriteAnnouncement(ctx context.Context, by portal.AccountID, a portal.Announcement, formKey string) (portal.AnnouncementID, error) {
	if len(formKey) < 8 || len(formKey) > 64 {
		return 0, portal.Invalid("Ce formulaire est incomplet. Rouvrez la page, puis recommencez.")
	}
	if err := a.Check(); err != nil {
		return 0, err
	}
	err := s.write(ctx, func(tx *Tx) error {
		if err := ownAudience(tx, a); err != nil {
			return err
		}
		activity, school := audience(a)
		n, err := tx.change(`INSERT INTO announcement (structure_id, form_key, title, body, first, last, activity_id, school_id, written_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, a.Structure, formKey, a.Title, a.Body, a.First, a.Last, activity, school, at(s.now()))
		if err != nil {
			return err
		}
		if err := tx.row(&a.ID, "SELECT id FROM announcement WHERE structure_id = ? AND form_key = ?", a.Structure, formKey); err != nil || n == 0 {
			return err
		}
		return s.noteAnnouncement(tx, by, "Message écrit", nil, &a)
	})
	return a.ID, err
}

// ChangeAnnouncement replaces a message of its structure.
func (s *Store) ChangeAnnouncement(ctx context.Context, by portal.AccountID, a portal.Announcement) error {
	if err := a.Check(); err != nil {
		return err
	}
	return s.write(ctx, func(tx *Tx) error {
		if err := ownAudience(tx, a); err != nil {
			return err
		}
		before, err := one(tx, scanAnnouncement, announcementColumns+" WHERE n.structure_id = ? AND n.id = ? AND n.removed_at IS NULL", a.Structure, a.ID)
		if err != nil {
			return absent(err, "Ce message n’existe pas, ou a été retiré.")
		}
		activity, school := audience(a)
		if err := tx.exec(`UPDATE announcement SET title = ?, body = ?, first = ?, last = ?, activity_id = ?, school_id = ?, written_at = ?
			WHERE id = ? AND structure_id = ?`, a.Title, a.Body, a.First, a.Last, activity, school, at(s.now()), a.ID, a.Structure); err != nil {
			return err
		}
		return s.noteAnnouncement(tx, by, "Message changé", &before, &a)
	})
}

// RemoveAnnouncement takes a message of a structure off, or puts it back; doing it twice is harmless.
func (s *Store) RemoveAnnouncement(ctx context.Context, structure portal.StructureID, by portal.AccountID, id portal.AnnouncementID, removed bool) error {
	return s.write(ctx, func(tx *Tx) error {
		a, err := one(tx, scanAnnouncement, announcementColumns+" WHERE n.structure_id = ? AND n.id = ?", structure, id)
		if err != nil {
			return absent(err, "Ce message n’existe pas.")
		}
		var when instant
		words := "Message remis"
		if removed {
			when, words = at(s.now()), "Message retiré"
		}
		n, err := tx.change("UPDATE announcement SET removed_at = ?1 WHERE id = ?2 AND (removed_at IS NULL) <> (?1 IS NULL)", when, id)
		if err != nil || n == 0 {
			return err
		}
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "texte", SubjectID: int64(id), Words: words + " : « " + a.Title + " »"})
	})
}

// noteAnnouncement writes into the audit log what a message has become; before is nil for a new one. Nothing changed,
// nothing is written.
func (s *Store) noteAnnouncement(tx *Tx, by portal.AccountID, words string, before, after *portal.Announcement) error {
	facts := func(a *portal.Announcement) ([]portal.Fact, error) {
		if a == nil {
			return nil, nil
		}
		who := "toutes les familles"
		err := tx.row(&who, "SELECT coalesce((SELECT name FROM activity WHERE id = ?), (SELECT name FROM school WHERE id = ?), ?)", a.Activity, a.School, who)
		return a.Facts(who), err
	}
	was, err := facts(before)
	if err != nil {
		return err
	}
	is, err := facts(after)
	changes := portal.Differences(was, is)
	if err != nil || len(changes) == 0 {
		return err
	}
	return s.note(tx, portal.StaffEvent{Structure: after.Structure, By: by, Subject: "texte", SubjectID: int64(after.ID), Words: words + " : « " + after.Title + " »", Changes: changes})
}

func audience(a portal.Announcement) (activity, school sql.NullInt64) {
	return sql.NullInt64{Int64: int64(a.Activity), Valid: a.Activity != 0}, sql.NullInt64{Int64: int64(a.School), Valid: a.School != 0}
}

// ownAudience refuses another structure's activity or school.
func ownAudience(tx *Tx, a portal.Announcement) error {
	var own bool
	err := tx.row(&own, `SELECT (?2 = 0 OR EXISTS (SELECT 1 FROM activity WHERE id = ?2 AND structure_id = ?1))
		AND (?3 = 0 OR EXISTS (SELECT 1 FROM school WHERE id = ?3 AND structure_id = ?1))`, a.Structure, a.Activity, a.School)
	if err == nil && !own {
		return portal.UnknownAudience(nil)
	}
	return err
}
