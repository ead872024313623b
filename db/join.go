package db

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"marelle/portal"
)

// peopleSubjects are the tables whose numbers stand in old addresses, in the audit log and in what was transmitted, with the
// word for their rows there.
var peopleSubjects = map[string]string{"family": "famille", "child": "enfant", "account": "compte"}

// nextNumber gives, as SQL, the number of a new row of such a table: one that nobody had before, were the row gone since.
func nextNumber(table string) string {
	subject := peopleSubjects[table]
	return "(SELECT max(n) + 1 FROM (SELECT max(id) AS n FROM " + table + " UNION ALL SELECT max(gone) FROM joined WHERE subject = '" + subject +
		"' UNION ALL SELECT max(subject_id) FROM erasure WHERE subject = '" + subject + "'))"
}

// lastNumber gives, as a query, the number before that of the next new row of a table.
func lastNumber(table string) string {
	if peopleSubjects[table] == "" {
		return "SELECT coalesce(max(id), 0) FROM " + table
	}
	return "SELECT coalesce(" + nextNumber(table) + " - 1, 0)"
}

// JoinedInto gives the number of the file that a family, a child or an account (« famille », « enfant », « compte ») of a
// structure has become, or zero.
func (s *Store) JoinedInto(ctx context.Context, structure portal.StructureID, subject string, gone int64) (kept int64, err error) {
	err = s.read(ctx).row(&kept, "SELECT coalesce((SELECT kept FROM joined WHERE subject = ? AND gone = ? AND structure_id = ?), 0)", subject, gone, structure)
	return kept, err
}

// JoinAsk is what staff ask when they join two files: which one goes, and for which facts it is right.
type JoinAsk struct {
	Structure portal.StructureID
	By        portal.AccountID
	Kept      int64
	Gone      int64
	Chosen    portal.JoinChosen
	Seen      string // the version of what was shown
}

// How a join treats the rows about a file that goes.
const (
	joinMoves  = "suit"                          // they are about the other file now
	joinUnites = "suit, sauf ce qui y est déjà"  // likewise, but where the other file has the same row
	joinEnds   = "fini"                          // they opened or prepared something for the one that goes
	joinOwn    = "à part"                        // code of their own, below
	joinStaff  = "agents, dont rien n’est réuni" // they make the account one of staff, which is refused
)

// joinRule says what a join does with the rows of a table that name who goes.
type joinRule struct{ table, column, how string }

// JoinRules lists what a join of two families, children or accounts does with each column that names one. A test reads the
// schema and fails on a column that is not here.
func JoinRules() map[string]string {
	rules := map[string]string{}
	for _, list := range [][]joinRule{familyRules, childRules, accountRules} {
		for _, r := range list {
			rules[r.table+"."+r.column] = r.how
		}
	}
	return rules
}

// follow hands the rows of a list of rules over.
func follow(tx *Tx, rules []joinRule, kept, gone int64) error {
	for _, r := range rules {
		var statements []string
		take, drop := "UPDATE "+r.table+" SET "+r.column+" = ?1 WHERE "+r.column+" = ?2", "DELETE FROM "+r.table+" WHERE "+r.column+" = ?2 AND ?1 = ?1"
		switch r.how {
		case joinMoves:
			statements = []string{take}
		case joinUnites:
			statements = []string{strings.Replace(take, "UPDATE", "UPDATE OR IGNORE", 1), drop}
		case joinEnds:
			statements = []string{drop}
		}
		for _, q := range statements {
			if err := tx.exec(q, kept, gone); err != nil {
				return fmt.Errorf("%s.%s: %w", r.table, r.column, err)
			}
		}
	}
	return nil
}

// markJoined remembers which file has become which, those that had become the one that goes among them.
func (s *Store) markJoined(tx *Tx, structure portal.StructureID, subject string, kept, gone int64) error {
	if err := tx.exec("UPDATE joined SET kept = ? WHERE subject = ? AND kept = ?", kept, subject, gone); err != nil {
		return err
	}
	return tx.exec("INSERT INTO joined (subject, gone, kept, structure_id, at) VALUES (?, ?, ?, ?, ?)", subject, gone, kept, structure, at(s.now()))
}

// figures counts what goes from one file to the other; each query has the number of the one that goes as ?1.
func figures(q querier, gone int64, list []joinCount) ([]portal.JoinFigure, error) {
	var found []portal.JoinFigure
	for _, c := range list {
		f := portal.JoinFigure{One: c.one, Many: c.many}
		if err := oneRow(q, &f.N, c.query, []any{gone}); err != nil {
			return nil, err
		}
		found = append(found, f)
	}
	return found, nil
}

type joinCount struct{ one, many, query string }

// errJoinChanged says that what was shown of two files is no longer so.
var errJoinChanged = portal.Conflict("Une de ces fiches a changé pendant que vous lisiez. Rien n’a été fait : relisez cette page, puis recommencez.")

// refuseJoin gives the refusal of a join, if there is one.
func refuseJoin(refused, version, seen string) error {
	switch {
	case refused != "":
		return portal.Conflict("%s", refused)
	case version != seen:
		return errJoinChanged
	}
	return nil
}

// lost lists, for the audit log, what the file that goes said and nobody says any more.
func lost(gone, after []portal.Fact, number int64) (list []portal.Changed) {
	for _, c := range portal.Differences(gone, after) {
		if c.Before != "" {
			list = append(list, portal.Changed{What: fmt.Sprintf("%s (fiche n° %d)", c.What, number), Before: c.Before, After: c.After})
		}
	}
	return list
}

// erased says that a person was erased: there is nothing to join.
func erased(q querier, subject string, id int64) (is bool, err error) {
	err = oneRow(q, &is, "SELECT EXISTS (SELECT 1 FROM erasure WHERE subject = ? AND subject_id = ?)", []any{subject, id})
	return is, err
}

// advanceDays gives the places that came free on some days to those who wait.
func advanceDays(tx *Tx, setup *portal.Setup, days []waitedDay, s *Store) error {
	now := s.now()
	slices.SortFunc(days, func(a, b waitedDay) int { return int(a.day-b.day)<<20 + int(a.activity-b.activity) })
	for _, w := range slices.Compact(days) {
		a := setup.Activity(w.activity)
		if a == nil || w.day < portal.DateOf(now) {
			continue
		}
		if err := advance(tx, setup, a, w.day, now); err != nil {
			return err
		}
	}
	return nil
}
