package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"marelle/portal"
)

// TermsDraft is a text of RGPD or CGU that is being written.
type TermsDraft struct {
	Kind portal.TermsKind
	Body string
	By   portal.Person
	At   time.Time
}

// TermsVersion is a version that was published, with how many accounts accepted it.
type TermsVersion struct {
	portal.Terms
	By       portal.Person // nobody for the first, which comes with the program
	Accepted int
}

// TermsBook is everything about one of the two texts.
type TermsBook struct {
	Kind     portal.TermsKind
	Versions []TermsVersion // newest first: the first is in force
	Draft    *TermsDraft    // nil when nobody writes
	Readers  int            // accounts that signed in once: they are those who accept
}

func knownTerms(kind portal.TermsKind) error {
	if !kind.Valid() {
		return portal.NotFound("Ce texte n’existe pas.")
	}
	return nil
}

// TermsBook gives one of the two texts: its versions, who accepted them, and the draft.
func (s *Store) TermsBook(ctx context.Context, kind portal.TermsKind) (*TermsBook, error) {
	if err := knownTerms(kind); err != nil {
		return nil, err
	}
	book := &TermsBook{Kind: kind}
	err := s.snapshot(ctx, func(r reader) (err error) {
		book.Versions, err = all(r, func(rows *sql.Rows) (v TermsVersion, err error) {
			err = rows.Scan(&v.ID, &v.Kind, &v.Version, &v.Body, into{&v.Published}, &v.By.ID, &v.By.Civility, &v.By.LastName, &v.By.FirstName, &v.Accepted)
			return v, err
		}, `SELECT t.id, t.kind, t.version, t.body, t.published_at, coalesce(a.id, 0), coalesce(a.civility, ''), coalesce(iif(a.used_name <> '', a.used_name, a.last_name), ''), coalesce(a.first_name, ''),
				(SELECT count(*) FROM terms_acceptance x WHERE x.terms_id = t.id)
			FROM terms t LEFT JOIN account a ON a.id = t.account_id WHERE t.kind = ? ORDER BY t.version DESC`, string(kind))
		if err != nil {
			return err
		}
		if book.Draft, err = termsDraft(r, kind); err != nil {
			return err
		}
		return r.row(&book.Readers, "SELECT count(*) FROM account WHERE first_seen_at IS NOT NULL")
	})
	return book, err
}

func termsDraft(q querier, kind portal.TermsKind) (*TermsDraft, error) {
	d, err := one(q, func(r *sql.Rows) (d TermsDraft, err error) {
		err = r.Scan(&d.Kind, &d.Body, into{&d.At}, &d.By.ID, &d.By.Civility, &d.By.LastName, &d.By.FirstName)
		return d, err
	}, `SELECT d.kind, d.body, d.updated_at, a.id, a.civility, iif(a.used_name <> '', a.used_name, a.last_name), a.first_name
		FROM terms_draft d JOIN account a ON a.id = d.account_id WHERE d.kind = ?`, string(kind))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &d, nil
}

// seenDraft gives the draft of a text, when it is the one that the agent was shown: seen is when that one was saved, zero
// for none. What the refusal says of a text that was typed is said when there is one.
func (s *Store) seenDraft(tx *Tx, kind portal.TermsKind, seen time.Time, typed bool) (*TermsDraft, error) {
	d, err := termsDraft(tx, kind)
	if err != nil {
		return nil, err
	}
	var at time.Time
	if d != nil {
		at = d.At
	}
	switch {
	case at.UnixMilli() == seen.UnixMilli():
		return d, nil
	case d == nil && !typed:
		return nil, portal.Conflict("Ce brouillon a été publié ou abandonné entre-temps. Relisez le texte en vigueur.")
	case d == nil:
		return nil, portal.Conflict("Ce brouillon a été publié ou abandonné entre-temps. Ce que vous avez écrit est gardé ci-dessous : relisez le texte en vigueur avant d’enregistrer.")
	}
	return nil, otherAgent(d.By, d.At, s.now(), typed)
}

// SaveTermsDraft keeps a text that is being written; families see nothing of it.
func (s *Store) SaveTermsDraft(ctx context.Context, by portal.AccountID, kind portal.TermsKind, body string, seen time.Time) error {
	if err := knownTerms(kind); err != nil {
		return err
	}
	fault := ""
	switch n := len([]rune(body)); {
	case strings.TrimSpace(body) == "":
		fault = "Le texte est vide. Écrivez-le avant de l’enregistrer."
	case n > portal.TermsMost:
		fault = fmt.Sprintf("Le texte a %d caractères : il en faut %d au plus.", n, portal.TermsMost)
	}
	if fault != "" {
		e := portal.Invalid("Le texte ne peut pas être enregistré tel quel.")
		e.Fault("texte", "%s", fault)
		return e
	}
	return s.write(ctx, func(tx *Tx) error {
		before, err := s.seenDraft(tx, kind, seen, true)
		if err != nil || before != nil && before.Body == body {
			return err
		}
		if err := tx.exec(`INSERT INTO terms_draft (kind, body, account_id, updated_at) VALUES (?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET body = excluded.body, account_id = excluded.account_id, updated_at = excluded.updated_at`, string(kind), body, by, at(s.now())); err != nil {
			return err
		}
		return s.note(tx, portal.StaffEvent{By: by, Subject: "texte", Words: "« " + kind.Title() + " » : brouillon enregistré"})
	})
}

// DropTermsDraft gives up the draft of a text.
func (s *Store) DropTermsDraft(ctx context.Context, by portal.AccountID, kind portal.TermsKind, seen time.Time) error {
	if err := knownTerms(kind); err != nil {
		return err
	}
	return s.write(ctx, func(tx *Tx) error {
		d, err := s.seenDraft(tx, kind, seen, false)
		if err != nil || d == nil {
			return err
		}
		if err := tx.exec("DELETE FROM terms_draft WHERE kind = ?", string(kind)); err != nil {
			return err
		}
		return s.note(tx, portal.StaffEvent{By: by, Subject: "texte", Words: "« " + kind.Title() + " » : brouillon abandonné"})
	})
}

// PublishTerms makes the draft that the agent was shown the version in force; every account is asked to accept it at its
// next sign-in. The versions before stay.
func (s *Store) PublishTerms(ctx context.Context, by portal.AccountID, kind portal.TermsKind, seen time.Time) (version int, err error) {
	if err := knownTerms(kind); err != nil {
		return 0, err
	}
	err = s.write(ctx, func(tx *Tx) error {
		d, err := s.seenDraft(tx, kind, seen, false)
		if err != nil {
			return err
		}
		if d == nil {
			return portal.Conflict("Il n’y a pas de brouillon à publier.")
		}
		var same bool
		if err := tx.row(&same, "SELECT EXISTS (SELECT 1 FROM terms t WHERE t.kind = ? AND "+newestTerms+" AND t.body = ?)", string(kind), d.Body); err != nil {
			return err
		}
		if same {
			return portal.Conflict("Ce brouillon est le texte en vigueur, mot pour mot : il n’y a rien à publier.")
		}
		if err := tx.exec(`INSERT INTO terms (kind, version, body, published_at, account_id)
			VALUES (?1, (SELECT coalesce(max(version), 0) + 1 FROM terms WHERE kind = ?1), ?2, ?3, ?4)`, string(kind), d.Body, at(s.now()), by); err != nil {
			return err
		}
		if err := tx.exec("DELETE FROM terms_draft WHERE kind = ?", string(kind)); err != nil {
			return err
		}
		if err := tx.row(&version, "SELECT max(version) FROM terms WHERE kind = ?", string(kind)); err != nil {
			return err
		}
		return s.note(tx, portal.StaffEvent{By: by, Subject: "texte", SubjectID: int64(version), Words: fmt.Sprintf("« %s » : version %d publiée", kind.Title(), version),
			Changes: []portal.Changed{{What: "Version en vigueur", Before: versionWord(version - 1), After: versionWord(version)}}})
	})
	return version, err
}

func versionWord(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}
