package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"marelle/portal"
)

// NightAsked gives a night of a structure and what it transmitted, in the order received: of the lines that the filter
// keeps, those from a rank on, at most n, and how many there are.
func (s *Store) NightAsked(ctx context.Context, structure portal.StructureID, date portal.Date, f portal.NightFilter, from, n int) (night *portal.Night, list []Asked, total int, err error) {
	err = s.snapshot(ctx, func(r reader) error {
		if night, err = findNight(r, structure, date); err != nil {
			return err
		}
		list, total, err = nightLines(r, night, f, from, n)
		return err
	})
	return night, list, total, err
}

// nightWhere keeps the lines of a filter: ?1 is the night, ?2 the activity, ?3 the outcome and ?4 whether of a waiting
// list, ?5 the children in JSON; 0, ” and NULL leave nothing out.
const nightWhere = `m.night_id = ?1 AND (?2 = 0 OR m.activity_id = ?2)
	AND (?3 = '' OR coalesce(m.final, m.outcome) = ?3 AND (m.action = 'promote') = ?4)
	AND (?5 IS NULL OR m.child_id IN (SELECT value FROM json_each(?5)))`

func nightLines(q querier, night *portal.Night, f portal.NightFilter, from, n int) (list []Asked, total int, err error) {
	wanted, _ := f.Wanted()
	children := sql.NullString{Valid: len(foldedWords(f.Search)) > 0}
	if children.Valid {
		known, err := childrenNamed(q, night.Structure, f.Search)
		if err != nil {
			return nil, 0, err
		}
		ids, err := json.Marshal(known)
		if err != nil {
			return nil, 0, err
		}
		children.String = string(ids)
	}
	args := []any{night.ID, f.Activity, string(wanted.Outcome), wanted.Promoted, children}
	if err := oneRow(q, &total, "SELECT count(*) FROM movement m WHERE "+nightWhere, args); err != nil {
		return nil, 0, err
	}
	list, err = asked(q, nightWhere, args, from, n)
	return list, total, err
}

// foldedWords gives the words of a search as names are folded.
func foldedWords(search string) []string { return strings.Fields(portal.FoldName(search)) }

// childrenNamed finds the children of a structure whose names hold every word of a search.
func childrenNamed(q querier, structure portal.StructureID, search string) ([]portal.ChildID, error) {
	words := foldedWords(search)
	known := []portal.ChildID{}
	args, maybe := []any{structure}, "1" // folding a name is dear: the lines of the search say in which families it may be
	for i, word := range words {
		args = append(args, word)
		maybe += fmt.Sprintf(" AND instr(f.children, ?%d)", i+2)
	}
	_, err := all(q, func(r *sql.Rows) (struct{}, error) {
		var id portal.ChildID
		var names string
		err := r.Scan(&id, &names)
		names = portal.FoldName(names)
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(names, w) }) {
			known = append(known, id)
		}
		return struct{}{}, err
	}, `SELECT id, last_name || ' ' || used_name || ' ' || first_name FROM child WHERE id IN (SELECT fc.child_id FROM family_search f
		JOIN family_child fc ON fc.family_id = f.family_id WHERE f.structure_id = ?1 AND (f.stale OR `+maybe+`))`, args...)
	return known, err
}

// NightTrial is what the coming night would do if it ran at this moment.
type NightTrial struct {
	Night         portal.Night
	Lines         []Asked
	Total         int
	Registrations int // for the year, that it would open, change or end
	Offers        int // places that it would offer, to be answered by families
}

// TryNight runs the coming night with the requests received so far, as Transmit will, and undoes all of it.
func (s *Store) TryNight(ctx context.Context, structure portal.StructureID, f portal.NightFilter, from, n int) (*NightTrial, error) {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return nil, err
	}
	date := lastNight(setup, s.now()) + 1
	due := date.At(setup.Structure.NightAt)
	trial := &NightTrial{}
	err = s.write(ctx, func(tx *Tx) error {
		run := steps{tx, func(do func(*Tx) error) error { return do(tx) }, func() time.Time { return due }}
		night, err := openNight(run, structure, date, due)
		if err != nil {
			return err
		}
		if err := transmit(run, setup, night); err != nil {
			return err
		}
		if night, err = findNight(tx, structure, date); err != nil {
			return err
		}
		trial.Night = *night
		if trial.Lines, trial.Total, err = nightLines(tx, night, f, from, n); err != nil {
			return err
		}
		if err := tx.row(&trial.Registrations, "SELECT count(*) FROM registration_version WHERE night_id = ?", night.ID); err != nil {
			return err
		}
		if err := tx.row(&trial.Offers, `SELECT count(*) FROM offer o JOIN offer_child oc ON oc.offer_id = o.id
			WHERE o.structure_id = ? AND o.state = 'open' AND o.created_at = ?`, structure, at(due)); err != nil {
			return err
		}
		return errDryRun
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return nil, err
	}
	return trial, nil
}

// LateNights lists the nights of a structure whose hour has come and that are not done, oldest first; one that never began
// has no Started.
func (s *Store) LateNights(ctx context.Context, structure portal.StructureID) ([]portal.Night, error) {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return nil, err
	}
	due, err := s.DueNights(ctx, structure)
	if err != nil {
		return nil, err
	}
	list, err := all(s.read(ctx), scanNight, nightColumns+" WHERE structure_id = ? AND done_at IS NULL", structure)
	if err != nil {
		return nil, err
	}
	for _, d := range due {
		if !slices.ContainsFunc(list, func(n portal.Night) bool { return n.Date == d }) {
			list = append(list, portal.Night{Structure: structure, Date: d, Due: d.At(setup.Structure.NightAt)})
		}
	}
	slices.SortFunc(list, func(a, b portal.Night) int { return int(a.Date - b.Date) })
	return list, nil
}

// RerunNight runs a night that failed, was cut or never ran, after those before it that are due, and keeps who asked for
// it. A night that is done stays as it is.
func (s *Store) RerunNight(ctx context.Context, structure portal.StructureID, by portal.AccountID, date portal.Date) (*portal.Night, error) {
	late, err := s.LateNights(ctx, structure)
	if err != nil {
		return nil, err
	}
	last := slices.IndexFunc(late, func(n portal.Night) bool { return n.Date == date })
	if last < 0 {
		return findNight(s.read(ctx), structure, date) // done, or none of ours
	}
	if err := s.noteRerun(ctx, structure, by, &late[last]); err != nil {
		return nil, err
	}
	var night *portal.Night
	for _, n := range late[:last+1] {
		if night, err = s.Transmit(ctx, structure, n.Date); err != nil {
			return nil, err
		}
	}
	return night, nil
}

// noteRerun writes who asked for a night again.
func (s *Store) noteRerun(ctx context.Context, structure portal.StructureID, by portal.AccountID, n *portal.Night) error {
	before := n.State(s.now()).Words()
	return s.write(ctx, func(tx *Tx) error {
		opened, err := openNight(steps{tx, func(do func(*Tx) error) error { return do(tx) }, s.now}, structure, n.Date, n.Due)
		if err != nil {
			return err
		}
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "nuit", SubjectID: int64(opened.ID),
			Words: "Nuit du " + n.Date.LongYear() + " : relancée", Changes: []portal.Changed{{What: "État", Before: before, After: "relancée"}}})
	})
}
