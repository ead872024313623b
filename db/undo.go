package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"marelle/portal"
)

// undoLife is how long the last action on a draft can be taken back.
const undoLife = 10 * time.Minute

// changeDraft runs an action on an account's draft and remembers what it changed, so that it can be taken back. The
// version grows when something changed. words names the action in a sentence; an action without words is taken back by
// the click that made it and only makes the one before forgotten.
func changeDraft(tx *Tx, account portal.AccountID, words string, now time.Time, action func() (refused, err error)) (refused, err error) {
	if err := tx.exec("INSERT INTO draft (account_id, version, updated_at) VALUES (?, 0, ?) ON CONFLICT DO NOTHING", account, at(now)); err != nil {
		return nil, err
	}
	before, err := draftOf(tx, account)
	if err != nil {
		return nil, err
	}
	if refused, err = action(); err != nil {
		return nil, err
	}
	after, err := draftOf(tx, account)
	if err != nil {
		return nil, err
	}
	changed := undoLines(before.Wishes, after.Wishes)
	if len(changed) == 0 {
		if words == "" || refused != nil {
			return refused, nil
		}
		return nil, tx.exec("UPDATE draft SET undo = NULL, undo_until = NULL WHERE account_id = ?", account) // what is told next is not what could be undone
	}
	undo := sql.NullString{}
	if words != "" {
		text, err := json.Marshal(changed)
		if err != nil {
			return nil, err
		}
		undo = sql.NullString{String: string(text), Valid: true}
	}
	return refused, tx.exec("UPDATE draft SET version = version + 1, updated_at = ?, undo = ?, undo_words = ?, undo_until = ?, said = '' WHERE account_id = ?",
		at(now), undo, words, at(now.Add(undoLife)), account)
}

// undoLines lists the wishes as they were before, for each day that changed.
func undoLines(before, after []portal.WishLine) []portal.WishLine {
	type key struct {
		child    portal.ChildID
		activity portal.ActivityID
		day      portal.Date
	}
	was := map[key]portal.WishLine{}
	for _, w := range before {
		was[key{w.Child, w.Activity, w.Day}] = w
	}
	var lines []portal.WishLine
	for _, w := range after {
		k := key{w.Child, w.Activity, w.Day}
		old, known := was[k]
		delete(was, k)
		switch {
		case known && old != w:
			lines = append(lines, old)
		case !known:
			lines = append(lines, portal.WishLine{Child: w.Child, Activity: w.Activity, Day: w.Day})
		}
	}
	for _, w := range before { // in the order of days
		if old, gone := was[key{w.Child, w.Activity, w.Day}]; gone {
			lines = append(lines, old)
		}
	}
	return lines
}

// UndoDraft takes the last action on the account's draft back, within ten minutes, and says how many days changed. Taken
// back twice, the action is done again.
func (s *Store) UndoDraft(ctx context.Context, account portal.AccountID) (changed int, err error) {
	err = s.write(ctx, func(tx *Tx) error {
		now := s.now()
		type kept struct{ text, words string }
		k, err := one(tx, func(r *sql.Rows) (k kept, err error) {
			err = r.Scan(&k.text, &k.words)
			return k, err
		}, "SELECT undo, undo_words FROM draft WHERE account_id = ? AND undo IS NOT NULL AND undo_until >= ?", account, at(now))
		if errors.Is(err, sql.ErrNoRows) {
			return portal.Conflict("Il n’y a plus rien à rétablir : une action se reprend pendant dix minutes, et seulement la dernière. Vos demandes n’ont pas changé.")
		}
		if err != nil {
			return err
		}
		var lines []portal.WishLine
		if err := json.Unmarshal([]byte(k.text), &lines); err != nil {
			return err
		}
		changed = len(lines)
		_, err = changeDraft(tx, account, k.words, now, func() (error, error) {
			for _, w := range lines {
				if err := mustBeGuardian(tx, account, w.Child); err != nil {
					return nil, err
				}
				if err := saveWish(tx, account, w, now); err != nil {
					return nil, err
				}
			}
			return nil, nil
		})
		return err
	})
	return changed, err
}
