package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"marelle/portal"
)

// mailTexts lists the texts of mails that the agents of a structure changed.
func mailTexts(q querier, structure portal.StructureID) ([]portal.MailText, error) {
	return all(q, scanMailText, mailTextColumns+" WHERE t.structure_id = ?", structure)
}

const mailTextColumns = `SELECT t.kind, t.subject, t.opening, t.closing, t.updated_at, a.id, a.civility, iif(a.used_name <> '', a.used_name, a.last_name), a.first_name
	FROM mail_text t JOIN account a ON a.id = t.account_id`

func scanMailText(r *sql.Rows) (t portal.MailText, err error) {
	err = r.Scan(&t.Kind, &t.Subject, &t.Opening, &t.Closing, into{&t.At}, &t.By.ID, &t.By.Civility, &t.By.LastName, &t.By.FirstName)
	return t, err
}

// SaveMailText changes the words of a kind of mail of a structure. seen is when the text that the agent was shown had been
// changed, zero for a standard one: somebody else's change is never lost.
func (s *Store) SaveMailText(ctx context.Context, structure portal.StructureID, by portal.AccountID, t portal.MailText, seen time.Time) error {
	if !t.Kind.Valid() {
		return portal.NotFound("Ce message n’existe pas.")
	}
	if err := t.Check(); err != nil {
		return err
	}
	return s.changeMailText(ctx, structure, by, t.Kind, seen, true, "texte changé", func(tx *Tx, before portal.MailText) ([]portal.Changed, error) {
		changes := portal.Differences(before.Facts(), t.Facts())
		if len(changes) == 0 {
			return nil, nil
		}
		return changes, tx.exec(`INSERT INTO mail_text (structure_id, kind, subject, opening, closing, account_id, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET subject = excluded.subject, opening = excluded.opening, closing = excluded.closing, account_id = excluded.account_id, updated_at = excluded.updated_at`,
			structure, string(t.Kind), t.Subject, t.Opening, t.Closing, by, at(s.now()))
	})
}

// ResetMailText gives a kind of mail its standard text back.
func (s *Store) ResetMailText(ctx context.Context, structure portal.StructureID, by portal.AccountID, kind portal.MailKind, seen time.Time) error {
	if !kind.Valid() {
		return portal.NotFound("Ce message n’existe pas.")
	}
	return s.changeMailText(ctx, structure, by, kind, seen, false, "texte d’origine remis", func(tx *Tx, before portal.MailText) ([]portal.Changed, error) {
		return portal.Differences(before.Facts(), portal.StandardMailText(kind).Facts()), tx.exec("DELETE FROM mail_text WHERE structure_id = ? AND kind = ?", structure, string(kind))
	})
}

func (s *Store) changeMailText(ctx context.Context, structure portal.StructureID, by portal.AccountID, kind portal.MailKind, seen time.Time, typed bool, words string,
	change func(*Tx, portal.MailText) ([]portal.Changed, error)) error {
	return s.write(ctx, func(tx *Tx) error {
		before, err := one(tx, scanMailText, mailTextColumns+" WHERE t.structure_id = ? AND t.kind = ?", structure, string(kind))
		if errors.Is(err, sql.ErrNoRows) {
			before, err = portal.StandardMailText(kind), nil
		}
		if err != nil {
			return err
		}
		if before.At.UnixMilli() != seen.UnixMilli() {
			return otherAgent(before.By, before.At, s.now(), typed)
		}
		changes, err := change(tx, before)
		if err != nil || len(changes) == 0 {
			return err
		}
		tx.after(s.setups.forget)
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "texte", Words: "Courriel « " + kind.Title() + " » : " + words, Changes: changes})
	})
}

// otherAgent refuses to write over what somebody else has just saved; the page keeps what the agent typed, where there is any.
func otherAgent(who portal.Person, when, now time.Time, typed bool) error {
	switch {
	case when.IsZero() && typed:
		return portal.Conflict("Ce texte a été remis à l’origine entre-temps. Relisez-le, puis recommencez : ce que vous avez écrit est gardé ci-dessous.")
	case when.IsZero():
		return portal.Conflict("Ce texte a été remis à l’origine entre-temps : il n’y a plus rien à faire.")
	case typed:
		return portal.Conflict("%s a changé ce texte %s. Relisez le sien avant d’enregistrer le vôtre : ce que vous avez écrit est gardé ci-dessous.", who.Title(), portal.Ago(when, now))
	}
	return portal.Conflict("%s a changé ce texte %s. Relisez-le ci-dessous, puis recommencez.", who.Title(), portal.Ago(when, now))
}
