package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"

	"marelle/portal"
)

// Desk is what staff see first of a structure.
type Desk struct {
	Pending       int // movements that the next night transmits
	Registrations int // for the year, that it opens, changes or ends
	Night         *portal.Night
	Mails         map[MailState]int // that have not left
	Newcomers     int               // people who never signed in
	Unwritten     int               // of them, those without a letter they can use
	LetterAt      time.Time         // when the last letter was printed for one of them
}

// guardianOf holds for the guardians of the structure's families; ?1 is the structure.
const guardianOf = "EXISTS (SELECT 1 FROM guardian g JOIN family f ON f.id = g.family_id WHERE g.account_id = a.id AND f.structure_id = ?1)"

// newcomer holds for guardians who never signed in. An agent's letter is the administrator's affair: whoever prints it could sign in as that agent.
const newcomer = "a.first_seen_at IS NULL AND a.temporary = 1 AND " + guardianOf + " AND NOT EXISTS (SELECT 1 FROM staff t WHERE t.account_id = a.id)"

// unwritten holds, of them, for those without a letter that they can use; ?2 is now.
const unwritten = "(a.letter_at IS NULL OR a.temporary_until <= ?2)"

// Desk gives the state of a structure at one moment.
func (s *Store) Desk(ctx context.Context, structure portal.StructureID) (*Desk, error) {
	var d Desk
	err := s.snapshot(ctx, func(r reader) (err error) {
		if d.Pending, err = pendingCount(r, structure); err != nil {
			return err
		}
		if d.Registrations, err = pendingRegistrations(r, structure); err != nil {
			return err
		}
		nights, err := all(r, scanNight, nightColumns+" WHERE structure_id = ? AND done_at IS NOT NULL ORDER BY date DESC LIMIT 1", structure)
		if err != nil {
			return err
		}
		if len(nights) > 0 {
			d.Night = &nights[0]
		}
		_, err = one(r, func(rows *sql.Rows) (struct{}, error) {
			return struct{}{}, rows.Scan(&d.Newcomers, &d.Unwritten, into{&d.LetterAt})
		}, "SELECT count(*), coalesce(sum("+unwritten+"), 0), max(a.letter_at) FROM account a WHERE "+newcomer, structure, at(s.now()))
		if err != nil {
			return err
		}
		d.Mails, err = mailCounts(r, structure, "AND state IN ('pending', 'sending', 'dead')")
		return err
	})
	return &d, err
}

// Unwritten counts the guardians of a structure who never signed in and have no letter that they can use.
func (s *Store) Unwritten(ctx context.Context, structure portal.StructureID) (n int, err error) {
	err = s.read(ctx).row(&n, "SELECT count(*) FROM account a WHERE "+newcomer+" AND "+unwritten, structure, at(s.now()))
	return n, err
}

func pendingCount(r reader, structure portal.StructureID) (n int, err error) {
	err = r.row(&n, "SELECT count(*) FROM movement WHERE structure_id = ? AND night_id IS NULL AND outcome <> 'refused'", structure)
	return n, err
}

// PendingRegistrations counts the registrations for the year that the next night opens, changes or ends. What they come to
// day by day is no movement yet: the trial of the night shows it.
func (s *Store) PendingRegistrations(ctx context.Context, structure portal.StructureID) (int, error) {
	return pendingRegistrations(s.read(ctx), structure)
}

func pendingRegistrations(r reader, structure portal.StructureID) (n int, err error) {
	err = r.row(&n, "SELECT count(*) FROM registration_version v JOIN registration r ON r.id = v.registration_id WHERE v.night_id IS NULL AND r.structure_id = ?", structure)
	return n, err
}

// IssueFamilyLetters gives a letter to the guardians of a structure who never signed in: to those who have none that they can
// use, or to all of them; then the letters printed before are void.
func (s *Store) IssueFamilyLetters(ctx context.Context, structure portal.StructureID, by portal.AccountID, everybody bool, seen time.Time) ([]portal.Letter, error) {
	accounts, err := column[portal.AccountID](s.read(ctx), "SELECT a.id FROM account a WHERE "+newcomer+" AND (?3 OR "+unwritten+`)
		ORDER BY iif(a.used_name <> '', a.used_name, a.last_name) COLLATE francais, a.first_name COLLATE francais, a.id`, structure, at(s.now()), everybody)
	if err != nil {
		return nil, err
	}
	return s.issueLetters(ctx, structure, by, accounts, true, seen)
}

// AccountLine is the account of a guardian as staff list it.
type AccountLine struct {
	portal.Person
	UsedName  string // the name in Person is the used one then; this is the other
	Login     string
	Agent     bool      // somewhere
	Letter    time.Time // when its last letter was printed
	Until     time.Time // until when the password of the letter can be used
	FirstSeen time.Time
	Emails    int
	Families  []string
	Children  []string
}

// Account gives one account of a structure.
func (s *Store) Account(ctx context.Context, structure portal.StructureID, id portal.AccountID) (*AccountLine, error) {
	l, err := one(s.read(ctx), scanAccountLine, accountLines+" AND a.id = ?2", structure, id)
	if err != nil {
		return nil, absent(err, "Ce compte n’existe pas.")
	}
	return &l, nil
}

const accountLines = `SELECT a.id, a.login, a.civility, a.last_name, a.used_name, a.first_name, a.letter_at, a.temporary_until, a.first_seen_at,
	EXISTS (SELECT 1 FROM staff t WHERE t.account_id = a.id),
	(SELECT count(*) FROM account_email e WHERE e.account_id = a.id),
	(SELECT coalesce(group_concat(name, char(10)), '') FROM (SELECT f.name FROM guardian g JOIN family f ON f.id = g.family_id
		WHERE g.account_id = a.id AND f.structure_id = ?1 ORDER BY f.id)),
	(SELECT coalesce(group_concat(name, char(10)), '') FROM (SELECT DISTINCT c.id, iif(c.used_name <> '', c.used_name, c.last_name) || ' ' || c.first_name AS name
		FROM guardian g JOIN family_child fc ON fc.family_id = g.family_id JOIN child c ON c.id = fc.child_id
		WHERE g.account_id = a.id AND c.structure_id = ?1 ORDER BY c.birth, c.id))
	FROM account a WHERE ` + guardianOf

func scanAccountLine(r *sql.Rows) (l AccountLine, err error) {
	var families, children string
	err = r.Scan(&l.ID, &l.Login, &l.Civility, &l.LastName, &l.UsedName, &l.FirstName, into{&l.Letter}, into{&l.Until}, into{&l.FirstSeen},
		&l.Agent, &l.Emails, &families, &children)
	if l.UsedName != "" {
		l.LastName, l.UsedName = l.UsedName, l.LastName
	}
	if families != "" {
		l.Families = strings.Split(families, "\n")
	}
	if children != "" {
		l.Children = strings.Split(children, "\n")
	}
	return l, err
}

// Asked is a movement with the person who asked it.
type Asked struct {
	portal.Movement
	By portal.Person
}

// PendingAsked lists movements that the next night will transmit, oldest first: those from a rank on, at most n, and how
// many there are.
func (s *Store) PendingAsked(ctx context.Context, structure portal.StructureID, from, n int) (list []Asked, total int, err error) {
	err = s.snapshot(ctx, func(r reader) error {
		if total, err = pendingCount(r, structure); err != nil {
			return err
		}
		list, err = asked(r, "m.structure_id = ? AND m.night_id IS NULL AND m.outcome <> 'refused'", []any{structure}, from, n)
		return err
	})
	return list, total, err
}

func asked(q querier, where string, args []any, from, n int) ([]Asked, error) {
	// The page is found first: what stands beside each line is not read for the lines before it.
	page := " WHERE m.id IN (SELECT m.id FROM movement m WHERE " + where + " ORDER BY m.id LIMIT ? OFFSET ?) ORDER BY m.id"
	movements, err := all(q, scanMovement, movementColumns+page, append(args, n, max(from, 0))...)
	if err != nil {
		return nil, err
	}
	var ids []portal.AccountID
	for _, m := range movements {
		ids = append(ids, m.Account)
	}
	people, err := peopleOf(q, ids)
	list := make([]Asked, len(movements))
	for i, m := range movements {
		list[i] = Asked{m, people[m.Account]}
	}
	return list, err
}

// peopleOf reads how some accounts are called.
func peopleOf(q querier, ids []portal.AccountID) (map[portal.AccountID]portal.Person, error) {
	wanted, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	people := map[portal.AccountID]portal.Person{}
	_, err = all(q, func(rows *sql.Rows) (struct{}, error) {
		var p portal.Person
		err := rows.Scan(&p.ID, &p.Civility, &p.LastName, &p.FirstName)
		people[p.ID] = p
		return struct{}{}, err
	}, "SELECT id, civility, iif(used_name <> '', used_name, last_name), first_name FROM account WHERE id IN (SELECT value FROM json_each(?))", string(wanted))
	return people, err
}
