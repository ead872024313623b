package db

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"golang.org/x/text/collate"

	"marelle/portal"
)

// Accounts lists the guardians of a structure whose names, or whose family's or children's names, hold every word of a search,
// in the order of names: those from a rank on, at most n, and how many there are.
func (s *Store) Accounts(ctx context.Context, structure portal.StructureID, search string, from, n int) (lines []AccountLine, total int, err error) {
	if err := s.freshenSearch(ctx); err != nil {
		return nil, 0, err
	}
	if err := s.sortAccounts(ctx); err != nil {
		return nil, 0, err
	}
	where, args := "g.account_id = a.id AND f.structure_id = ?1", []any{structure}
	for _, word := range foldedWords(search) {
		args = append(args, word)
		where += fmt.Sprintf(" AND (instr(a.searched, ?%d) OR instr(f.children, ?%[1]d))", len(args))
	}
	err = s.snapshot(ctx, func(r reader) error {
		found := " FROM account a WHERE EXISTS (SELECT 1 FROM guardian g JOIN family_search f ON f.family_id = g.family_id WHERE " + where + ")"
		if err := r.row(&total, "SELECT count(*)"+found, args...); err != nil {
			return err
		}
		ids, err := column[portal.AccountID](r, fmt.Sprintf("SELECT a.id%s ORDER BY a.sorted, a.id LIMIT ?%d OFFSET ?%d", found, len(args)+1, len(args)+2), append(args, n, min(max(from, 0), total))...)
		if err != nil {
			return err
		}
		page, err := json.Marshal(ids)
		if err != nil {
			return err
		}
		lines, err = all(r, scanAccountLine, accountLines+" AND a.id IN (SELECT value FROM json_each(?2)) ORDER BY a.sorted, a.id", structure, string(page))
		return err
	})
	return lines, total, err
}

// sortAccounts writes the place of those whose names changed in the order of names; most often there is none.
func (s *Store) sortAccounts(ctx context.Context) error {
	for {
		var stale bool
		if err := s.read(ctx).row(&stale, "SELECT EXISTS (SELECT 1 FROM account WHERE sorted IS NULL)"); err != nil || !stale {
			return err
		}
		if err := s.write(ctx, sortSome); err != nil {
			return err
		}
	}
}

func sortSome(tx *Tx) error {
	french, keys := frenchOrder(), collate.Buffer{}
	type named struct {
		id                       portal.AccountID
		last, used, first, login string
	}
	list, err := all(tx, func(r *sql.Rows) (a named, err error) {
		err = r.Scan(&a.id, &a.last, &a.used, &a.first, &a.login)
		return a, err
	}, "SELECT id, last_name, used_name, first_name, login FROM account WHERE sorted IS NULL LIMIT ?", staleAtOnce)
	if err != nil {
		return err
	}
	for _, a := range list {
		key := slices.Concat(french.KeyFromString(&keys, cmp.Or(a.used, a.last)), []byte{0, 0}, french.KeyFromString(&keys, a.first))
		if err := tx.exec("UPDATE account SET sorted = ?, searched = ? WHERE id = ?", key, portal.FoldName(a.last+" "+a.used+" "+a.first+" "+a.login), a.id); err != nil {
			return err
		}
		keys.Reset()
	}
	return nil
}
