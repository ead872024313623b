package db

import (
	"context"
	"database/sql"

	"marelle/portal"
)

// Begun says which of the first steps a structure has done.
func (s *Store) Begun(ctx context.Context, structure portal.StructureID) (portal.Begun, error) {
	begun := portal.Begun{}
	_, err := one(s.read(ctx), func(r *sql.Rows) (struct{}, error) {
		done := make([]bool, len(portal.FirstSteps))
		into := make([]any, len(done))
		for i := range done {
			into[i] = &done[i]
		}
		err := r.Scan(into...)
		for i, step := range portal.FirstSteps {
			begun[step] = done[i]
		}
		return struct{}{}, err
	}, `SELECT EXISTS (SELECT 1 FROM structure WHERE id = ?1 AND street <> '' AND phone <> ''),
		EXISTS (SELECT 1 FROM school_holiday WHERE structure_id = ?1 AND last >= ?2),
		EXISTS (SELECT 1 FROM child WHERE structure_id = ?1),
		EXISTS (SELECT 1 FROM activity WHERE structure_id = ?1),
		EXISTS (SELECT 1 FROM counter WHERE structure_id = ?1),
		EXISTS (SELECT 1 FROM staff_event WHERE structure_id = ?1 AND subject = 'delai'),
		EXISTS (SELECT 1 FROM staff_event WHERE structure_id = ?1 AND subject = 'texte'),
		(SELECT count(*) > 1 FROM staff WHERE structure_id = ?1),
		EXISTS (SELECT 1 FROM account a WHERE a.letter_at IS NOT NULL AND EXISTS (SELECT 1 FROM guardian g JOIN family f ON f.id = g.family_id WHERE g.account_id = a.id AND f.structure_id = ?1))`,
		structure, portal.DateOf(s.now()))
	return begun, err
}
