package db

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"marelle/portal"
)

// ErrLettersMade refuses the same form sent twice: it would make void what has just been printed.
var ErrLettersMade = portal.Conflict("Des lettres ont été éditées depuis que cette page est ouverte. Rien n’a été refait : celles qui viennent d’être éditées restent valables. Rouvrez la page pour en éditer d’autres.")

// AnyLetter is the instant for whoever has no page that shows the last letters.
var AnyLetter = time.UnixMilli(1 << 52)

// IssueLetters gives each of these accounts of a structure a new temporary password, valid 15 days, and the letter that
// carries it. The old password no longer works and open sessions end. Nothing but the letter holds the new one.
// It is refused with ErrLettersMade when one of them got a letter after the instant seen, the last that the page showed.
func (s *Store) IssueLetters(ctx context.Context, structure portal.StructureID, by portal.AccountID, accounts []portal.AccountID, seen time.Time) ([]portal.Letter, error) {
	return s.issueLetters(ctx, structure, by, accounts, false, seen)
}

// accountOfStructure holds for the guardians of the structure's families and for its agents; ?1 is the structure.
const accountOfStructure = `(EXISTS (SELECT 1 FROM guardian g JOIN family f ON f.id = g.family_id WHERE g.account_id = a.id AND f.structure_id = ?1)
	OR EXISTS (SELECT 1 FROM staff t WHERE t.account_id = a.id AND t.structure_id = ?1))`

const letterColumns = `SELECT a.id, a.login, a.civility, iif(a.used_name <> '', a.used_name, a.last_name), a.first_name, a.temporary_until,
	coalesce(f.street, ''), coalesce(f.postcode, ''), coalesce(f.town, ''),
	(SELECT coalesce(group_concat(first_name, char(10)), '') FROM (SELECT DISTINCT c.id, c.first_name FROM guardian g
		JOIN family_child fc ON fc.family_id = g.family_id JOIN child c ON c.id = fc.child_id
		WHERE g.account_id = a.id AND c.structure_id = ?1 ORDER BY c.birth, c.id)), f.id IS NULL
	FROM account a LEFT JOIN family f ON f.id = (SELECT min(f2.id) FROM guardian g2 JOIN family f2 ON f2.id = g2.family_id WHERE g2.account_id = a.id AND f2.structure_id = ?1)
	WHERE ` + accountOfStructure

func scanLetter(r *sql.Rows) (l portal.Letter, err error) {
	var children string
	err = r.Scan(&l.Person.ID, &l.Login, &l.Person.Civility, &l.Person.LastName, &l.Person.FirstName, into{&l.Until}, &l.Street, &l.Postcode, &l.Town, &children, &l.Agent)
	if children != "" {
		l.Children = strings.Split(children, "\n")
	}
	return l, err
}

func (s *Store) issueLetters(ctx context.Context, structure portal.StructureID, by portal.AccountID, accounts []portal.AccountID, first bool, seen time.Time) ([]portal.Letter, error) {
	codes, stored := make([]string, len(accounts)), make([]string, len(accounts))
	for i := range accounts {
		var err error
		if codes[i], stored[i], err = s.newTemporaryPassword(); err != nil {
			return nil, err
		}
	}
	letters := make([]portal.Letter, 0, len(accounts))
	err := s.write(ctx, func(tx *Tx) error {
		letters = letters[:0]
		for i, account := range accounts {
			var newer int
			if err := tx.row(&newer, "SELECT count(*) FROM account WHERE id = ? AND letter_at > ?", account, at(seen)); err != nil {
				return err
			}
			if newer > 0 {
				return ErrLettersMade
			}
			if first { // somebody may have signed in since the list was made
				var seen bool
				if err := tx.row(&seen, "SELECT first_seen_at IS NOT NULL FROM account WHERE id = ?", account); err != nil {
					return err
				}
				if seen {
					continue
				}
			}
			if err := mayOpen(tx, by, account); err != nil {
				return err
			}
			if err := s.storeLetter(tx, account, stored[i]); err != nil {
				return err
			}
			letter, err := one(tx, scanLetter, letterColumns+" AND a.id = ?2", structure, account)
			if err != nil {
				return absent(err, "Ce compte n’existe pas.")
			}
			letter.Password = codes[i]
			letters = append(letters, letter)
		}
		return s.noteLetters(tx, structure, by, letters)
	})
	if err != nil {
		return nil, err
	}
	return letters, nil
}

// noteLetters says in the audit log for whom letters were made: each replaces a password.
func (s *Store) noteLetters(tx *Tx, structure portal.StructureID, by portal.AccountID, letters []portal.Letter) error {
	switch len(letters) {
	case 0:
		return nil
	case 1:
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "compte", SubjectID: int64(letters[0].Person.ID), Words: "Lettre d’accès éditée : " + letters[0].Person.Title()})
	}
	return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "compte", Words: portal.Count(len(letters), "lettre") + " de premier accès éditées"})
}

// storeLetter makes a temporary password the only way into an account: its sessions and links end.
func (s *Store) storeLetter(tx *Tx, account portal.AccountID, stored string) error {
	now := s.now()
	if err := tx.exec("UPDATE account SET password = ?, temporary = 1, temporary_until = ?, letter_at = ? WHERE id = ?",
		stored, at(now.Add(portal.TemporaryLife)), at(now), account); err != nil {
		return err
	}
	if err := endSessions(tx, account); err != nil {
		return err
	}
	return closeLinks(tx, account)
}
