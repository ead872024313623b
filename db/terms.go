package db

import (
	"context"
	"database/sql"
	"embed"
	"slices"
	"strings"
	"text/template"

	"marelle/portal"
)

//go:embed texts/*.txt
var texts embed.FS

var defaultTexts = template.Must(template.ParseFS(texts, "texts/*.txt"))

// DefaultTerms gives the texts that a new site starts with, with the structure's name and contact in them.
func DefaultTerms(st portal.Structure) (privacy, conditions string) {
	return defaultText("rgpd.txt", st), defaultText("cgu.txt", st)
}

// AccessibilityText gives the declaration of accessibility of a structure.
func AccessibilityText(st portal.Structure) string { return defaultText("accessibilite.txt", st) }

func defaultText(name string, st portal.Structure) string {
	var b strings.Builder
	if err := defaultTexts.ExecuteTemplate(&b, name, st); err != nil {
		panic(err) // the texts are embedded, and a test writes each of them
	}
	return b.String()
}

// defaultTerms publishes the first texts of a site; a second structure finds them there.
func (s *Store) defaultTerms(tx *Tx, st portal.Structure) error {
	privacy, conditions := DefaultTerms(st)
	for _, t := range []portal.Terms{{Kind: portal.Privacy, Body: privacy}, {Kind: portal.Conditions, Body: conditions}} {
		if err := tx.exec("INSERT INTO terms (kind, version, body, published_at) VALUES (?, 1, ?, ?) ON CONFLICT DO NOTHING", string(t.Kind), t.Body, at(s.now())); err != nil {
			return err
		}
	}
	return nil
}

// newestTerms holds for the version in force of each text.
const newestTerms = "t.version = (SELECT max(n.version) FROM terms n WHERE n.kind = t.kind)"

const termsColumns = "SELECT t.id, t.kind, t.version, t.body, t.published_at FROM terms t WHERE " + newestTerms

// privacyFirst is the order in which the texts are read.
const privacyFirst = " ORDER BY t.kind = 'cgu'"

func scanTerms(r *sql.Rows) (t portal.Terms, err error) {
	err = r.Scan(&t.ID, &t.Kind, &t.Version, &t.Body, into{&t.Published})
	return t, err
}

// Terms gives the version in force of a text.
func (s *Store) Terms(ctx context.Context, kind portal.TermsKind) (portal.Terms, error) {
	t, err := one(s.read(ctx), scanTerms, termsColumns+" AND t.kind = ?", string(kind))
	return t, absent(err, "Ce texte n’est pas encore publié. Demandez-le à la mairie.")
}

// TermsDue lists the texts in force that an account has not accepted.
func (s *Store) TermsDue(ctx context.Context, account portal.AccountID) ([]portal.Terms, error) {
	return termsDue(s.read(ctx), account)
}

func termsDue(q querier, account portal.AccountID) ([]portal.Terms, error) {
	return all(q, scanTerms, termsColumns+" AND NOT EXISTS (SELECT 1 FROM terms_acceptance a WHERE a.account_id = ? AND a.terms_id = t.id)"+privacyFirst, account)
}

// AcceptTerms remembers that an account accepts these versions of the texts; all that are due must be there.
func (s *Store) AcceptTerms(ctx context.Context, account portal.AccountID, read []portal.TermsID) error {
	return s.write(ctx, func(tx *Tx) error {
		due, err := termsDue(tx, account)
		if err != nil {
			return err
		}
		for _, t := range due {
			if !slices.Contains(read, t.ID) {
				return portal.Invalid("Cochez la case « %s » après avoir lu le texte en vigueur.", t.Kind.Title())
			}
			if err := tx.exec("INSERT INTO terms_acceptance (account_id, terms_id, at) VALUES (?, ?, ?)", account, t.ID, at(s.now())); err != nil {
				return err
			}
		}
		if len(due) == 0 {
			return nil
		}
		return s.record(tx, account, portal.TermsAccepted, account, Notice{})
	})
}
