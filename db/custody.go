package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"time"

	"marelle/portal"
)

// CustodySheet is the shared custody of a child as staff read it.
type CustodySheet struct {
	Now      time.Time
	Child    portal.ChildFile
	Families []portal.Family
	Names    map[portal.FamilyID]string // of the families, by their guardians
	Rule     portal.Custody             // zero: none
	By       portal.Person              // who wrote it
	At       time.Time
	Calendar *portal.Calendar
	Taken    map[portal.FamilyID]int // bookings to come on the days of each family

	Exchanges []portal.Exchange                  // what the parents proposed to each other, the newest first
	People    map[portal.AccountID]portal.Person // who did
}

// custodyNames calls each of a child's families by its guardians: separated parents often leave one name to both.
func custodyNames(q querier, families []portal.Family) (map[portal.FamilyID]string, error) {
	names := make(map[portal.FamilyID]string, len(families))
	for _, f := range families {
		people, err := all(q, func(r *sql.Rows) (p portal.Person, err error) {
			return p, r.Scan(&p.Civility, &p.LastName, &p.FirstName)
		}, `SELECT a.civility, iif(a.used_name <> '', a.used_name, a.last_name), a.first_name FROM guardian g JOIN account a ON a.id = g.account_id
			WHERE g.family_id = ? ORDER BY a.id`, f.ID)
		if err != nil {
			return nil, err
		}
		titles := make([]string, len(people))
		for i, p := range people {
			titles[i] = p.Title()
		}
		if names[f.ID] = portal.List(titles); len(people) == 0 {
			names[f.ID] = "la famille " + f.Name
		}
	}
	return names, nil
}

// namedHomes lists a child's families and their guardians, whom the words of a custody name.
func namedHomes(q querier, families []portal.Family) (named []portal.Named, err error) {
	for _, f := range families {
		accounts, err := column[int64](q, "SELECT account_id FROM guardian WHERE family_id = ? ORDER BY 1", f.ID)
		if err != nil {
			return nil, err
		}
		named = append(named, portal.Named{Subject: "famille", ID: int64(f.ID)})
		for _, a := range accounts {
			named = append(named, portal.Named{Subject: "compte", ID: a})
		}
	}
	return named, nil
}

// notOthers keeps what happens on days that are not the other parent's for an account: account, child and day are SQL.
func notOthers(account, child, day string) string {
	return " NOT EXISTS (SELECT 1 FROM others_day od WHERE od.account_id = " + account + " AND od.child_id = " + child + " AND od.day = " + day + ")"
}

// othersDays lists the days of some children that are the other parent's for an account; none for an account that is no
// guardian of theirs.
func othersDays(q querier, account portal.AccountID, children []portal.ChildID, first, last portal.Date) (map[childDay]bool, error) {
	return custodyDaysOf(q, children, `SELECT od.child_id, od.day FROM json_each(?1) c JOIN others_day od ON od.child_id = c.value
		WHERE od.account_id = ?2 AND od.day BETWEEN ?3 AND ?4`, account, first, last)
}

// elsewhere lists the days on which some children are not with a family, but with the other one that shares them.
func elsewhere(q querier, family portal.FamilyID, children []portal.ChildID, first, last portal.Date) (map[childDay]bool, error) {
	return custodyDaysOf(q, children, `SELECT k.child_id, k.day FROM json_each(?1) c JOIN custody_day k ON k.child_id = c.value
		WHERE k.family_id <> ?2 AND k.day BETWEEN ?3 AND ?4`, family, first, last)
}

// custodyDaysOf reads days of some children, which the query has as ?1.
func custodyDaysOf(q querier, children []portal.ChildID, query string, args ...any) (map[childDay]bool, error) {
	ids, err := json.Marshal(children)
	if err != nil {
		return nil, err
	}
	days := map[childDay]bool{}
	_, err = all(q, func(r *sql.Rows) (struct{}, error) {
		var d childDay
		err := r.Scan(&d.child, &d.day)
		days[d] = true
		return struct{}{}, err
	}, query, append([]any{string(ids)}, args...)...)
	return days, err
}

// sharedBy lists, of some children, those that two of their families share from a day on, with these families.
func sharedBy(q querier, children []portal.ChildID, from portal.Date) (map[portal.ChildID][]portal.Family, error) {
	ids, err := json.Marshal(children)
	if err != nil {
		return nil, err
	}
	shared := map[portal.ChildID][]portal.Family{}
	_, err = all(q, func(r *sql.Rows) (struct{}, error) {
		var child portal.ChildID
		var f portal.Family
		err := r.Scan(&child, &f.ID, &f.Name)
		shared[child] = append(shared[child], f)
		return struct{}{}, err
	}, `SELECT k.child_id, f.id, f.name FROM json_each(?1) c JOIN custody_day k ON k.child_id = c.value AND k.day >= ?2
		JOIN family_child fc ON fc.family_id = k.family_id AND fc.child_id = k.child_id JOIN family f ON f.id = k.family_id
		GROUP BY 1, 2 ORDER BY 1, 2`, string(ids), from)
	maps.DeleteFunc(shared, func(_ portal.ChildID, homes []portal.Family) bool { return len(homes) < 2 })
	return shared, err
}

// ownGrid is loadGrid as a parent may see it: of the other parent's days it says only that they are.
func ownGrid(q querier, account portal.AccountID, setup *portal.Setup, children []portal.ChildID, activities []*portal.Activity, first, last portal.Date, wishes []portal.WishLine) (grid, error) {
	from, to := countedDays(setup, activities, first, last)
	others, err := othersDays(q, account, children, from, to)
	if err != nil {
		return grid{}, err
	}
	return gridWithout(q, setup, children, activities, first, last, wishes, others)
}

// familyGrid is loadGrid as it is for a family, whoever looks at it.
func familyGrid(q querier, family portal.FamilyID, setup *portal.Setup, children []portal.ChildID, activities []*portal.Activity, first, last portal.Date, wishes []portal.WishLine) (grid, error) {
	from, to := countedDays(setup, activities, first, last)
	others, err := elsewhere(q, family, children, from, to)
	if err != nil {
		return grid{}, err
	}
	return gridWithout(q, setup, children, activities, first, last, wishes, others)
}

// gridWithout is loadGrid with nothing of the days that are the other parent's.
func gridWithout(q querier, setup *portal.Setup, children []portal.ChildID, activities []*portal.Activity, first, last portal.Date, wishes []portal.WishLine, others map[childDay]bool) (grid, error) {
	g, err := loadGridBeside(q, setup, children, activities, first, last, wishes, others)
	if err != nil || len(others) == 0 {
		return g, err
	}
	for i := range g.slots {
		if slot := &g.slots[i]; others[childDay{child: slot.Child, day: slot.Day}] {
			slot.Withhold()
		}
	}
	return g, nil
}

// ownSlot is slotOf as a parent may see it.
func ownSlot(q querier, account portal.AccountID, setup *portal.Setup, a *portal.Activity, child portal.ChildID, day portal.Date, draft Draft) (portal.Slot, error) {
	g, err := ownGrid(q, account, setup, []portal.ChildID{child}, []*portal.Activity{a}, day, day, draft.Wishes)
	if err != nil {
		return portal.Slot{}, err
	}
	return g.slots[0], nil
}

// custodyOf reads the rule of a child; zero when there is none.
func custodyOf(q querier, child portal.ChildID) (portal.Custody, error) {
	rule, err := one(q, func(r *sql.Rows) (c portal.Custody, err error) {
		var text string
		if err := r.Scan(&text); err != nil {
			return c, err
		}
		return c, json.Unmarshal([]byte(text), &c)
	}, "SELECT rule FROM custody WHERE child_id = ?", child)
	if errors.Is(err, sql.ErrNoRows) {
		return portal.Custody{}, nil
	}
	return rule, err
}

// CustodySheet gives the shared custody of a child of a structure, or that there is none yet.
func (s *Store) CustodySheet(ctx context.Context, structure portal.StructureID, child portal.ChildID) (*CustodySheet, error) {
	sheet := &CustodySheet{Now: s.now(), Taken: map[portal.FamilyID]int{}}
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return nil, err
	}
	sheet.Calendar = &setup.Calendar
	err = s.snapshot(ctx, func(r reader) error {
		c, err := s.theChild(r, structure, child)
		if err != nil {
			return err
		}
		sheet.Child = c.ChildFile
		if sheet.Families, err = familiesOfChild(r, child); err != nil {
			return err
		}
		if sheet.Names, err = custodyNames(r, sheet.Families); err != nil {
			return err
		}
		if sheet.Exchanges, sheet.People, err = childExchanges(r, child); err != nil {
			return err
		}
		if sheet.Rule, err = custodyOf(r, child); err != nil || sheet.Rule.IsZero() {
			return err
		}
		_, err = all(r, func(rows *sql.Rows) (struct{}, error) {
			return struct{}{}, rows.Scan(&sheet.By.Civility, &sheet.By.LastName, &sheet.By.FirstName, into{&sheet.At})
		}, `SELECT a.civility, iif(a.used_name <> '', a.used_name, a.last_name), a.first_name, k.updated_at
			FROM custody k JOIN account a ON a.id = k.account_id WHERE k.child_id = ?`, child)
		if err != nil {
			return err
		}
		_, err = all(r, func(rows *sql.Rows) (struct{}, error) {
			var f portal.FamilyID
			var n int
			err := rows.Scan(&f, &n)
			sheet.Taken[f] = n
			return struct{}{}, err
		}, `SELECT k.family_id, count(*) FROM booking b JOIN custody_day k ON k.child_id = b.child_id AND k.day = b.day
			WHERE b.child_id = ? AND b.day >= ? GROUP BY 1`, child, portal.DateOf(sheet.Now))
		return err
	})
	return sheet, err
}

// SaveCustody says whose days are whose for a child of a structure that two families share, from today on; what was booked
// stays, and is of the family whose day it is. seen is the version of the rule that the form showed.
func (s *Store) SaveCustody(ctx context.Context, structure portal.StructureID, by portal.AccountID, child portal.ChildID, rule portal.Custody, seen string) error {
	if err := rule.Check(); err != nil {
		return err
	}
	return s.changeCustody(ctx, structure, by, child, seen, "garde alternée", func(tx *Tx, _ portal.Custody) (portal.Custody, error) {
		for _, f := range []portal.FamilyID{rule.A, rule.B} {
			if err := childInFamily(tx, child, f); err != nil {
				return rule, err
			}
		}
		return rule, nil
	})
}

// RemoveCustody ends the shared custody of a child of a structure: from today on both families see all of its days again.
func (s *Store) RemoveCustody(ctx context.Context, structure portal.StructureID, by portal.AccountID, child portal.ChildID, seen string) error {
	return s.changeCustody(ctx, structure, by, child, seen, "fin de la garde alternée", func(*Tx, portal.Custody) (portal.Custody, error) {
		return portal.Custody{}, nil
	})
}

func (s *Store) changeCustody(ctx context.Context, structure portal.StructureID, by portal.AccountID, child portal.ChildID, seen, words string, change func(*Tx, portal.Custody) (portal.Custody, error)) error {
	return s.write(ctx, func(tx *Tx) error {
		c, err := s.theChild(tx, structure, child)
		if err != nil {
			return err
		}
		families, err := familiesOfChild(tx, child)
		if err != nil {
			return err
		}
		names, err := custodyNames(tx, families)
		if err != nil {
			return err
		}
		before, err := custodyOf(tx, child)
		if err != nil {
			return err
		}
		if portal.Version(before.Facts(names)) != seen {
			return s.changedMeanwhile(tx, structure, "enfant", int64(child))
		}
		after, err := change(tx, before)
		if err != nil {
			return err
		}
		homes, err := namedHomes(tx, families)
		if err != nil {
			return err
		}
		if err := s.writeCustody(tx, structure, by, child, after); err != nil {
			return err
		}
		return s.noteChanges(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "enfant", SubjectID: int64(child), Words: c.DisplayName() + " : " + words,
			Changes: portal.Differences(before.Facts(names), after.Facts(names)), Names: homes})
	})
}

// writeCustody keeps the rule of a child, or forgets it, and its days from today on. Those before are over.
func (s *Store) writeCustody(tx *Tx, structure portal.StructureID, by portal.AccountID, child portal.ChildID, rule portal.Custody) error {
	today := portal.DateOf(s.now())
	if rule.IsZero() {
		if err := tx.exec("DELETE FROM custody_day WHERE child_id = ? AND day >= ?", child, today); err != nil {
			return err
		}
		return tx.exec("DELETE FROM custody WHERE child_id = ?", child)
	}
	text, err := json.Marshal(rule)
	if err != nil {
		return err
	}
	if err := tx.exec(`INSERT INTO custody (child_id, structure_id, rule, account_id, updated_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET rule = excluded.rule, account_id = excluded.account_id, updated_at = excluded.updated_at`,
		child, structure, string(text), by, at(s.now())); err != nil {
		return err
	}
	setup, err := loadSetup(tx, structure)
	if err != nil {
		return err
	}
	return custodyDays(tx, child, &rule, &setup.Calendar, today)
}

// saveRule changes the rule of a child, and not who wrote it.
func saveRule(tx *Tx, child portal.ChildID, rule *portal.Custody) error {
	text, err := json.Marshal(rule)
	if err != nil {
		return err
	}
	return tx.exec("UPDATE custody SET rule = ? WHERE child_id = ?", string(text), child)
}

// custodyAhead is how far ahead days are written: further than any family can book.
const custodyAhead = 800

// custodyDays writes whose the days of a child are from a day on.
func custodyDays(tx *Tx, child portal.ChildID, rule *portal.Custody, cal *portal.Calendar, today portal.Date) error {
	if err := tx.exec("DELETE FROM custody_day WHERE child_id = ? AND day >= ?", child, today); err != nil {
		return err
	}
	type line struct {
		Day    portal.Date     `json:"d"`
		Family portal.FamilyID `json:"f"`
	}
	var lines []line
	for day := max(today, rule.Start); day <= today+custodyAhead; day++ {
		lines = append(lines, line{day, rule.Owner(day, cal)})
	}
	text, err := json.Marshal(lines)
	if err != nil {
		return err
	}
	return tx.exec("INSERT INTO custody_day (child_id, day, family_id) SELECT ?, value ->> 'd', value ->> 'f' FROM json_each(?)", child, string(text))
}

// followCalendar writes the days of shared custody of a structure anew, after its school holidays have changed or, in a
// night, when those written end too soon.
func followCalendar(tx *Tx, structure portal.StructureID, today portal.Date, onlyShort bool) error {
	children, err := column[portal.ChildID](tx, `SELECT child_id FROM custody k WHERE structure_id = ?1
		AND (NOT ?2 OR coalesce((SELECT max(day) FROM custody_day d WHERE d.child_id = k.child_id), '') < ?3)`, structure, onlyShort, today+custodyAhead-60)
	if err != nil || len(children) == 0 {
		return err
	}
	setup, err := loadSetup(tx, structure)
	if err != nil {
		return err
	}
	for _, child := range children {
		rule, err := custodyOf(tx, child)
		if err != nil {
			return err
		}
		if err := custodyDays(tx, child, &rule, &setup.Calendar, today); err != nil {
			return err
		}
	}
	return nil
}

// OwnCustody is the shared custody of a child as one of its parents reads it.
type OwnCustody struct {
	Rule     portal.Custody
	Mine     portal.FamilyID
	Calendar *portal.Calendar
}

// OwnCustody gives the shared custody of the account's children, those that have one.
func (s *Store) OwnCustody(ctx context.Context, account portal.AccountID) (map[portal.ChildID]OwnCustody, error) {
	list := map[portal.ChildID]OwnCustody{}
	err := s.snapshot(ctx, func(r reader) error {
		children, err := childrenOf(r, account, portal.DateOf(s.now()))
		if err != nil {
			return err
		}
		for _, c := range children {
			own := OwnCustody{}
			if own.Rule, err = custodyOf(r, c.ID); err != nil {
				return err
			}
			if own.Rule.IsZero() {
				continue
			}
			if err := r.row(&own.Mine, "SELECT coalesce(min(family_id), 0) FROM sees WHERE account_id = ? AND family_id IN (?, ?)", account, own.Rule.A, own.Rule.B); err != nil {
				return err
			}
			setup, err := s.Setup(ctx, c.StructureID)
			if err != nil {
				return err
			}
			if own.Calendar = &setup.Calendar; own.Mine != 0 {
				list[c.ID] = own
			}
		}
		return nil
	})
	return list, err
}

// ownRegistration keeps the registrations r that an account sees: where custody is shared, those of its own household.
// account is SQL.
func ownRegistration(account string) string {
	const askers = "SELECT 1 FROM registration_version v JOIN guardian o ON o.account_id = v.account_id JOIN family_child fc ON fc.family_id = o.family_id AND fc.child_id = r.child_id"
	return "(NOT EXISTS (SELECT 1 FROM custody k WHERE k.child_id = r.child_id) OR EXISTS (" + askers + " JOIN sees me ON me.family_id = o.family_id WHERE v.registration_id = r.id AND me.account_id = " + account +
		") OR NOT EXISTS (" + askers + " WHERE v.registration_id = r.id))"
}

// asker is who asked last for the registration: it is on the days of that parent.
func (row *registrationRow) asker() portal.AccountID {
	if n := len(row.asked); n > 0 {
		return row.asked[n-1].account
	}
	return 0
}
