package db

import (
	"context"
	"database/sql"
	"time"

	"marelle/portal"
)

// deadMailsShown is how long a message that was given up is still somebody's task.
const deadMailsShown = 14 * 24 * time.Hour

// DeskFacts gathers what the first page of a structure's staff is drawn from.
func (s *Store) DeskFacts(ctx context.Context, structure portal.StructureID) (*portal.DeskFacts, error) {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return nil, err
	}
	f := &portal.DeskFacts{Now: s.now(), Openings: setup.OpeningsSoon(s.now())}
	today := portal.DateOf(f.Now)
	f.NextDay = setup.NextOpenDay(today)
	if f.Late, err = s.LateNights(ctx, structure); err != nil {
		return nil, err
	}
	err = s.snapshot(ctx, func(r reader) error {
		if err := deskCounts(r, structure, f); err != nil {
			return err
		}
		if err := yearToPrepare(r, setup, f); err != nil {
			return err
		}
		if f.Drafts, err = column[portal.TermsKind](r, "SELECT kind FROM terms_draft ORDER BY kind = 'cgu'"); err != nil {
			return err
		}
		return dayFigures(r, setup, f)
	})
	return f, err
}

func deskCounts(r reader, structure portal.StructureID, f *portal.DeskFacts) error {
	_, err := one(r, func(rows *sql.Rows) (struct{}, error) {
		return struct{}{}, rows.Scan(&f.Children, &f.Decide, &f.DecideFirst, &f.Absent, &f.Documents, &f.MailsDead, &f.MailsWaiting, &f.DeadAddresses)
	}, `SELECT EXISTS (SELECT 1 FROM child WHERE structure_id = ?1),
			(SELECT count(*) FROM request q JOIN activity t ON t.id = q.activity_id WHERE t.structure_id = ?1 AND q.day >= ?2),
			(SELECT min(q.day) FROM request q JOIN activity t ON t.id = q.activity_id WHERE t.structure_id = ?1 AND q.day >= ?2),
			(SELECT count(DISTINCT x.child_id) FROM absence x JOIN absence_spell p ON p.id = x.spell_id WHERE x.day = ?2 AND p.structure_id = ?1),
			(SELECT count(*) FROM absence_spell p WHERE p.structure_id = ?1 AND p.last >= ?2 AND p.document = 'recu'),
			(SELECT count(*) FROM outbox o WHERE o.structure_id = ?1 AND o.state = 'dead' AND o.created_at >= ?3),
			(SELECT count(*) FROM outbox o WHERE o.structure_id = ?1 AND o.state IN ('pending', 'sending')),
			(SELECT count(*) FROM account_email e JOIN account a ON a.id = e.account_id WHERE e.dead_at IS NOT NULL AND `+accountOfStructure+")",
		structure, portal.DateOf(f.Now), at(f.Now.Add(-deadMailsShown)))
	return err
}

// yearToPrepare says whether the school year to come has no class yet.
func yearToPrepare(r reader, setup *portal.Setup, f *portal.DeskFacts) error {
	year, missing := setup.YearToPrepare(portal.DateOf(f.Now))
	f.YearMissing = missing
	if year == nil {
		return nil
	}
	var ready bool
	if err := r.row(&ready, "SELECT EXISTS (SELECT 1 FROM class WHERE school_year_id = ?)", year.ID); err != nil || ready {
		return err
	}
	f.Year = year.Label
	return nil
}

// dayFigures counts who is expected today and on the next day on which something is open.
func dayFigures(r reader, setup *portal.Setup, f *portal.DeskFacts) error {
	type key struct {
		id  int64 // of an activity, or of a counter
		day portal.Date
	}
	today := portal.DateOf(f.Now)
	counts := func(query string) (map[key][2]int, error) {
		found := map[key][2]int{}
		_, err := all(r, func(rows *sql.Rows) (struct{}, error) {
			var k key
			var n [2]int
			err := rows.Scan(&k.id, &k.day, &n[0], &n[1])
			found[k] = n
			return struct{}{}, err
		}, query, setup.Structure.ID, today, f.NextDay)
		return found, err
	}
	booked, err := counts(`SELECT activity_id, day, sum(status = 'booked'), sum(status = 'waiting') FROM booking
		WHERE activity_id IN (SELECT id FROM activity WHERE structure_id = ?1) AND day IN (?2, ?3) GROUP BY 1, 2`)
	if err != nil {
		return err
	}
	absent, err := counts(`SELECT x.activity_id, x.day, count(*), 0 FROM absence x JOIN absence_spell p ON p.id = x.spell_id
		WHERE x.day IN (?2, ?3) AND p.structure_id = ?1 GROUP BY 1, 2`)
	if err != nil {
		return err
	}
	taken, err := counts("SELECT counter_id, day, taken, waiting FROM counter_day WHERE counter_id IN (SELECT id FROM counter WHERE structure_id = ?1) AND day IN (?2, ?3)")
	if err != nil {
		return err
	}
	figures := func(day portal.Date) (list []portal.DayFigure) {
		for _, a := range setup.OpenOn(day) {
			k := key{int64(a.ID), day}
			fig := portal.DayFigure{Activity: a, Day: day, Booked: booked[k][0], Waiting: booked[k][1], Absent: absent[k][0]}
			for i := range a.Counters {
				c := &a.Counters[i]
				places, limited := c.On(day)
				left := places - taken[key{int64(c.ID), day}][0]
				if limited && (!fig.Limited || left < fig.Left) {
					fig.Limited, fig.Places, fig.Left = true, places, left
				}
			}
			list = append(list, fig)
		}
		return list
	}
	f.Today, f.Next = figures(today), figures(f.NextDay)
	return nil
}
