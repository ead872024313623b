package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"marelle/portal"
)

// FamilyAsk is what somebody looks for among the families of a structure.
type FamilyAsk struct {
	Search   string
	Class    portal.ClassID // of the school year; zero: every class
	Manager  bool           // addresses of e-mail and identifiants are searched too
	Archived bool           // those that left, and no others
}

// FamilyLine is a family as the list shows it.
type FamilyLine struct {
	portal.Family
	Guardians []LineGuardian
	Children  []LineChild
}

// LineGuardian is a guardian in the list of families.
type LineGuardian struct {
	portal.Person
	Phones []string
}

// LineChild is a child in the list of families.
type LineChild struct {
	ID          portal.ChildID
	Name, Class string
}

// Families lists the families of a structure that a search finds, the best found first: those from a rank on, at most n, and
// how many there are. Without a search it lists all of them by name.
func (s *Store) Families(ctx context.Context, structure portal.StructureID, ask FamilyAsk, from, n int) (lines []FamilyLine, total int, err error) {
	if err := s.freshenSearch(ctx); err != nil {
		return nil, 0, err
	}
	q := searchQuery(structure, ask)
	err = s.snapshot(ctx, func(r reader) error {
		if err := r.row(&total, "SELECT count(*) FROM family_search f WHERE "+q.where, q.args[:q.wanted]...); err != nil {
			return err
		}
		k := len(q.args)
		found, err := column[portal.FamilyID](r, fmt.Sprintf("SELECT f.family_id FROM family_search f WHERE %s ORDER BY %sf.name, f.family_id LIMIT ?%d OFFSET ?%d", q.where, q.rank, k+1, k+2),
			append(q.args, n, max(from, 0))...)
		if err != nil {
			return err
		}
		lines, err = s.familyLines(r, found)
		return err
	})
	return lines, total, err
}

// search is a query for families: its condition, which uses the first arguments wanted, and its order.
type search struct {
	where, rank string
	args        []any
	wanted      int
}

// searchQuery writes the query. A word found whole goes before one found at its beginning, which goes before one found
// inside; of two alike, the family of that name goes first. A single letter is only looked for at the beginning of words.
func searchQuery(structure portal.StructureID, ask FamilyAsk) search {
	shelf := " AND f.family_id NOT IN"
	if ask.Archived {
		shelf = " AND f.family_id IN"
	}
	q := search{where: "f.structure_id = ?1" + shelf + " (SELECT id FROM family WHERE archived_at IS NOT NULL)", args: []any{structure}}
	in := func(text string) string {
		q.args = append(q.args, text)
		if !ask.Manager {
			return fmt.Sprintf("instr(f.day, ?%d)", len(q.args))
		}
		return fmt.Sprintf("(instr(f.day, ?%d) OR instr(f.rest, ?%[1]d))", len(q.args))
	}
	if ask.Class != 0 {
		q.args = append(q.args, ask.Class)
		q.where += " AND f.family_id IN (SELECT fc.family_id FROM child_class cc JOIN family_child fc ON fc.child_id = cc.child_id WHERE cc.class_id = ?2)"
	}
	terms := portal.SearchTerms(ask.Search)
	for _, term := range terms {
		if len(term) == 1 {
			term = " " + term
		}
		q.where += " AND " + in(term)
	}
	q.wanted = len(q.args)
	named := ""
	for _, term := range terms {
		q.rank += fmt.Sprintf("CASE WHEN %s THEN 2 WHEN %s THEN 1 ELSE 0 END + ", in(" "+term+" "), in(" "+term))
		named += fmt.Sprintf("(instr(' ' || f.name, ?%d) > 0) + ", len(q.args))
	}
	if q.rank != "" {
		q.rank += "0 DESC, " + named + "0 DESC, "
	}
	return q
}

// familyLines reads families in the order of their numbers given.
func (s *Store) familyLines(q querier, found []portal.FamilyID) ([]FamilyLine, error) {
	wanted, err := json.Marshal(found)
	if err != nil {
		return nil, err
	}
	lines, err := all(q, func(r *sql.Rows) (l FamilyLine, err error) {
		err = r.Scan(&l.ID, &l.Name, &l.Street, &l.Postcode, &l.Town, &l.Resident)
		return l, err
	}, "SELECT f.id, f.name, f.street, f.postcode, f.town, f.resident FROM json_each(?) k JOIN family f ON f.id = k.value ORDER BY k.key", string(wanted))
	if err != nil {
		return nil, err
	}
	byID := map[portal.FamilyID]*FamilyLine{}
	for i := range lines {
		byID[lines[i].ID] = &lines[i]
	}
	if _, err := all(q, func(r *sql.Rows) (struct{}, error) {
		var family portal.FamilyID
		var g LineGuardian
		var phones [3]string
		err := r.Scan(&family, &g.ID, &g.Civility, &g.LastName, &g.FirstName, &phones[0], &phones[1], &phones[2])
		for _, p := range phones {
			if p != "" {
				g.Phones = append(g.Phones, p)
			}
		}
		byID[family].Guardians = append(byID[family].Guardians, g)
		return struct{}{}, err
	}, `SELECT g.family_id, a.id, a.civility, iif(a.used_name <> '', a.used_name, a.last_name), a.first_name, a.mobile_phone, a.home_phone, a.work_phone
		FROM json_each(?) k JOIN guardian g ON g.family_id = k.value JOIN account a ON a.id = g.account_id ORDER BY g.family_id, a.id`, string(wanted)); err != nil {
		return nil, err
	}
	_, err = all(q, func(r *sql.Rows) (struct{}, error) {
		var family portal.FamilyID
		var c LineChild
		err := r.Scan(&family, &c.ID, &c.Name, &c.Class)
		byID[family].Children = append(byID[family].Children, c)
		return struct{}{}, err
	}, `SELECT fc.family_id, c.id, iif(c.used_name <> '', c.used_name, c.last_name) || ' ' || c.first_name, coalesce(cl.name, '')
		FROM json_each(?1) k JOIN family_child fc ON fc.family_id = k.value JOIN child c ON c.id = fc.child_id`+classThisYear+`
		ORDER BY fc.family_id, c.birth, c.id`, string(wanted), portal.DateOf(s.now()))
	return lines, err
}

// classThisYear joins the class cl of a child c in the school year of the day ?2, or in the next one to come.
const classThisYear = ` LEFT JOIN child_class cc ON cc.child_id = c.id AND cc.school_year_id =
		(SELECT y.id FROM school_year y WHERE y.structure_id = c.structure_id AND y.last >= ?2 ORDER BY y.first LIMIT 1)
	LEFT JOIN class cl ON cl.id = cc.class_id`

// staleAtOnce is how many families are written anew in one transaction, so that nobody waits long behind it.
const staleAtOnce = 500

// freshenSearch writes anew what is searched of the families that changed; most often there is none.
func (s *Store) freshenSearch(ctx context.Context) error {
	for {
		var stale bool
		if err := s.read(ctx).row(&stale, "SELECT EXISTS (SELECT 1 FROM family_search WHERE stale = 1)"); err != nil || !stale {
			return err
		}
		if err := s.write(ctx, freshenSome); err != nil {
			return err
		}
	}
}

func freshenSome(tx *Tx) error {
	stale, err := column[portal.FamilyID](tx, "SELECT family_id FROM family_search WHERE stale = 1 LIMIT ?", staleAtOnce)
	if err != nil {
		return err
	}
	wanted, err := json.Marshal(stale)
	if err != nil {
		return err
	}
	found, children := map[portal.FamilyID]*portal.Searched{}, map[portal.FamilyID]string{}
	if _, err := all(tx, func(r *sql.Rows) (struct{}, error) {
		var id portal.FamilyID
		var l portal.Searched
		err := r.Scan(&id, &l.Name)
		found[id] = &l
		return struct{}{}, err
	}, "SELECT f.id, f.name FROM json_each(?) k JOIN family f ON f.id = k.value", string(wanted)); err != nil {
		return err
	}
	if _, err := all(tx, func(r *sql.Rows) (struct{}, error) {
		var id portal.FamilyID
		var last, used, first, login, home, work, mobile, emails string
		err := r.Scan(&id, &last, &used, &first, &login, &home, &work, &mobile, &emails)
		l := found[id]
		l.Names, l.Phones = append(l.Names, last, used, first), append(l.Phones, home, work, mobile)
		l.Logins, l.Emails = append(l.Logins, login), append(l.Emails, strings.Fields(emails)...)
		return struct{}{}, err
	}, `SELECT g.family_id, a.last_name, a.used_name, a.first_name, a.login, a.home_phone, a.work_phone, a.mobile_phone,
			coalesce((SELECT group_concat(e.address, ' ') FROM account_email e WHERE e.account_id = a.id), '')
		FROM json_each(?) k JOIN guardian g ON g.family_id = k.value JOIN account a ON a.id = g.account_id ORDER BY a.id`, string(wanted)); err != nil {
		return err
	}
	if _, err := all(tx, func(r *sql.Rows) (struct{}, error) {
		var id portal.FamilyID
		var last, used, first string
		err := r.Scan(&id, &last, &used, &first)
		found[id].Names = append(found[id].Names, last, used, first)
		children[id] += " " + last + " " + used + " " + first
		return struct{}{}, err
	}, "SELECT fc.family_id, c.last_name, c.used_name, c.first_name FROM json_each(?) k JOIN family_child fc ON fc.family_id = k.value JOIN child c ON c.id = fc.child_id ORDER BY c.id", string(wanted)); err != nil {
		return err
	}
	for id, l := range found {
		if err := tx.exec("UPDATE family_search SET name = ?, day = ?, rest = ?, children = ?, stale = 0 WHERE family_id = ?", portal.FoldName(l.Name), l.Day(), l.Rest(), portal.FoldName(l.Name+children[id]), id); err != nil {
			return err
		}
	}
	return nil
}
