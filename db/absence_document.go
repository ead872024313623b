package db

import (
	"context"
	"crypto/sha256"
	"database/sql"

	"marelle/portal"
)

// sameHousehold holds for the documents that a guardian of the account's own families sent: separated parents both see an
// absence, but not the papers of the other home. The ? is the account.
const sameHousehold = `d.account_id IN (SELECT other.account_id FROM sees me JOIN guardian other ON other.family_id = me.family_id
	JOIN family_child fc ON fc.family_id = me.family_id AND fc.child_id = s.child_id WHERE me.account_id = ?)`

const documentTables = " FROM absence_document d JOIN absence_spell s ON s.id = d.spell_id WHERE "

func documentsOf(q querier, where string, args ...any) ([]portal.Document, error) {
	return all(q, func(r *sql.Rows) (d portal.Document, err error) {
		err = r.Scan(&d.ID, &d.Name, &d.Type, &d.Size, into{&d.At}, &d.Late)
		return d, err
	}, "SELECT d.id, d.name, d.type, length(d.body), d.at, d.late"+documentTables+where+" ORDER BY d.at, d.id", args...)
}

// SendDocument keeps a file for an announced absence of one of the account's children; name is what the family's file was
// called. The same file sent twice is kept once; one that comes after the last day is kept, and marked late.
func (s *Store) SendDocument(ctx context.Context, account portal.AccountID, id portal.SpellID, name string, body []byte) error {
	kind, err := portal.CheckDocument(body)
	if err != nil {
		return err
	}
	document, err := s.NewFormKey() // as hard to guess, and as long, as the key of a form
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	return s.write(ctx, func(tx *Tx) error {
		now := s.now()
		spell, err := s.spell(ctx, tx, account, id)
		if err != nil {
			return err
		}
		var known, lately, kept int
		if _, err := one(tx, func(r *sql.Rows) (struct{}, error) { return struct{}{}, r.Scan(&known, &lately, &kept) },
			`SELECT (SELECT count(*) FROM absence_document WHERE spell_id = ?1 AND sum = ?2),
				(SELECT count(*) FROM absence_document WHERE account_id = ?3 AND at > ?4),
				(SELECT count(*) FROM absence_document WHERE spell_id = ?1)`, id, sum[:], account, at(now.AddDate(0, 0, -31))); err != nil {
			return err
		}
		if known > 0 {
			return nil
		}
		if why := spell.RefuseDocument(); why != nil {
			return why
		}
		if kept >= portal.DocumentsMost { // the other home's, which this account does not see
			return portal.Conflict("Le justificatif de cette absence a déjà été envoyé.")
		}
		if lately >= portal.DocumentsMonthMost {
			return portal.TooMany("Vous avez déjà envoyé %d fichiers ce mois-ci. Apportez celui-ci à la mairie.", lately)
		}
		if err := tx.exec(`INSERT INTO absence_document (id, spell_id, account_id, name, type, sum, late, at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			document, id, account, portal.CleanFileName(name), string(kind), sum[:], portal.DateOf(now) > spell.Asked(), at(now), body); err != nil {
			return err
		}
		return tx.exec("UPDATE absence_spell SET document = 'recu' WHERE id = ?", id)
	})
}

// DropDocument takes back a file that a guardian of the account's families sent, as long as staff have not accepted it.
func (s *Store) DropDocument(ctx context.Context, account portal.AccountID, document string) (spell portal.SpellID, err error) {
	err = s.write(ctx, func(tx *Tx) error {
		if err := tx.row(&spell, "SELECT d.spell_id"+documentTables+"d.id = ? AND "+sameHousehold, document, account); err != nil {
			return absent(err, "Ce justificatif n’existe pas, ou n’est pas le vôtre.")
		}
		found, err := s.spell(ctx, tx, account, spell)
		if err != nil {
			return err
		}
		if why := found.RefuseDrop(); why != nil {
			return why
		}
		if err := tx.exec("DELETE FROM absence_document WHERE id = ?", document); err != nil {
			return err
		}
		return tx.exec("UPDATE absence_spell SET document = 'attendu' WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM absence_document WHERE spell_id = ?1)", spell)
	})
	return spell, err
}

// File is a document with its content.
type File struct {
	portal.Document
	Body []byte
}

// FamilyDocument gives a file that a guardian of the account's families sent; any other is not found.
func (s *Store) FamilyDocument(ctx context.Context, account portal.AccountID, document string) (*File, error) {
	return s.document(ctx, "d.id = ? AND "+sameHousehold, document, account)
}

// StaffDocument gives a file that was sent to a structure; another one's is not found.
func (s *Store) StaffDocument(ctx context.Context, structure portal.StructureID, document string) (*File, error) {
	return s.document(ctx, "d.id = ? AND s.structure_id = ?", document, structure)
}

func (s *Store) document(ctx context.Context, where string, args ...any) (*File, error) {
	f, err := one(s.read(ctx), func(r *sql.Rows) (f File, err error) {
		err = r.Scan(&f.ID, &f.Name, &f.Type, &f.Body, into{&f.At}, &f.Late)
		f.Size = len(f.Body)
		return f, err
	}, "SELECT d.id, d.name, d.type, d.body, d.at, d.late"+documentTables+where, args...)
	if err != nil {
		return nil, absent(err, "Ce justificatif n’existe pas, ou n’est pas le vôtre.")
	}
	return &f, nil
}

// PurgeDocuments forgets the documents of absences that are long past.
func (s *Store) PurgeDocuments(ctx context.Context) error {
	before := portal.DocumentsForgottenBefore(s.now())
	return s.write(ctx, func(tx *Tx) error {
		return tx.exec("DELETE FROM absence_document WHERE spell_id IN (SELECT id FROM absence_spell WHERE last < ?)", before)
	})
}
