package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"marelle/portal"
)

// DeskMonth is a month of a child as staff see it at the counter, with the counter's own limits.
type DeskMonth struct {
	Several
	Family    portal.Family
	Guardians []portal.Person // those in whose name days can be asked
	All       bool            // its children together, for one activity
	Homes     []ChildHome     // the other families that share one of the children shown
}

// ChildHome is a family that shares a child, called by its guardians.
type ChildHome struct {
	Child  portal.Child
	Family portal.FamilyID
	Name   string
}

// DeskView is what of a family is looked at; its zero value is the first child, every activity, and the first month that has
// a day to book.
type DeskView struct {
	Child    portal.ChildID
	All      bool              // the children together
	Activity portal.ActivityID // with All; zero: the canteen, else the first that one of them chooses from
	Month    portal.Month
}

// DeskMonth gives a month of a child of a family of a structure, for every activity that it chooses from, or of all its
// children for one.
func (s *Store) DeskMonth(ctx context.Context, structure portal.StructureID, family portal.FamilyID, view DeskView) (*DeskMonth, error) {
	setup, err := s.deskSetup(ctx, structure)
	if err != nil {
		return nil, err
	}
	m := &DeskMonth{Several: Several{Now: s.now(), Setup: setup}, All: view.All}
	err = s.snapshot(ctx, func(r reader) error {
		if err := m.family(r, structure, family); err != nil {
			return err
		}
		if len(m.Children) == 0 {
			m.span(view.Month)
			return nil
		}
		m.Shown = m.Children
		if !view.All {
			child := m.Children[0]
			if view.Child != 0 {
				if child, err = deskChild(m.Children, view.Child); err != nil {
					return err
				}
			}
			m.Shown = []portal.Child{child}
		}
		if err := s.deskDays(r, &m.Several, family, view); err != nil {
			return err
		}
		homes, err := homesOf(r, m.Shown, m.First, m.Last, portal.DateOf(m.Now))
		for _, h := range homes {
			if h.Family != family {
				m.Homes = append(m.Homes, h)
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// homesOf lists the two homes of each of some children that two families share from a first day on, or from today on when the
// last one is still to come: a custody that has ended since is over for the days that are left.
func homesOf(q querier, children []portal.Child, first, last, today portal.Date) (homes []ChildHome, err error) {
	if today <= last {
		first = max(first, today)
	}
	shared, err := sharedBy(q, childIDs(children), first)
	if err != nil {
		return nil, err
	}
	for _, c := range children {
		names, err := custodyNames(q, shared[c.ID])
		if err != nil {
			return nil, err
		}
		for _, f := range shared[c.ID] {
			homes = append(homes, ChildHome{c, f.ID, names[f.ID]})
		}
	}
	return homes, nil
}

// deskSetup gives the setup of a structure with the limits of its counter.
func (s *Store) deskSetup(ctx context.Context, structure portal.StructureID) (*portal.Setup, error) {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return nil, err
	}
	return setup.For(portal.Visitor{Channel: portal.AtDesk}), nil
}

// family reads a family, its children and the guardians who may book for them.
func (m *DeskMonth) family(q querier, structure portal.StructureID, family portal.FamilyID) (err error) {
	if m.Family, _, err = theFamily(q, structure, family); err != nil {
		return err
	}
	if m.Children, err = deskChildren(q, structure, family, 0, portal.DateOf(m.Now)); err != nil {
		return err
	}
	m.Guardians, err = all(q, func(r *sql.Rows) (p portal.Person, err error) {
		err = r.Scan(&p.ID, &p.Civility, &p.LastName, &p.FirstName)
		return p, err
	}, `SELECT a.id, a.civility, iif(a.used_name <> '', a.used_name, a.last_name), a.first_name
		FROM sees g JOIN account a ON a.id = g.account_id WHERE g.family_id = ? AND g.may_book = 1 ORDER BY a.id`, family)
	return err
}

// deskDays reads the days of a month of the children shown: one, for the activities that it chooses from and those it is
// booked for, or all who choose from the same activity. Days on which a child is with another family than this one are said to
// be, and nothing more.
func (s *Store) deskDays(r reader, v *Several, family portal.FamilyID, view DeskView) error {
	ids := childIDs(v.Shown)
	list, err := s.offeredTo(r, v.Setup, ids)
	if err != nil {
		return err
	}
	v.Offered = list.any(v.Setup)
	v.Activities = v.Offered
	if view.All && len(v.Offered) > 0 {
		chosen := max(0, slices.IndexFunc(v.Offered, func(a *portal.Activity) bool { return a.Kind == portal.Canteen }))
		if view.Activity != 0 {
			if chosen = slices.IndexFunc(v.Offered, func(a *portal.Activity) bool { return a.ID == view.Activity }); chosen < 0 {
				return portal.NotFound("Cette activité n’existe pas, ou n’est ouverte à aucun de ces enfants.")
			}
		}
		v.Activities = v.Offered[chosen : chosen+1]
		v.Shown = slices.DeleteFunc(slices.Clone(v.Shown), func(c portal.Child) bool { return !slices.Contains(list[c.ID], v.Activities[0]) })
		ids = childIDs(v.Shown)
	}
	v.span(view.Month, v.Activities...)
	v.grid, err = familyGrid(r, family, v.Setup, ids, v.Activities, v.First, v.Last, nil)
	return err
}

func childIDs(children []portal.Child) []portal.ChildID {
	ids := make([]portal.ChildID, len(children))
	for i, c := range children {
		ids[i] = c.ID
	}
	return ids
}

func deskChild(children []portal.Child, child portal.ChildID) (portal.Child, error) {
	i := slices.IndexFunc(children, func(c portal.Child) bool { return c.ID == child })
	if i < 0 {
		return portal.Child{}, portal.NotFound("Cet enfant n’est pas dans cette famille.")
	}
	return children[i], nil
}

// deskChildren lists the children of a family of a structure, or those of a class (the other is zero), with that class or
// theirs of the school year.
func deskChildren(q querier, structure portal.StructureID, family portal.FamilyID, class portal.ClassID, today portal.Date) ([]portal.Child, error) {
	return all(q, func(r *sql.Rows) (c portal.Child, err error) {
		err = r.Scan(&c.ID, &c.StructureID, &c.LastName, &c.FirstName, &c.Grade, &c.Class)
		return c, err
	}, `SELECT c.id, c.structure_id, iif(c.used_name <> '', c.used_name, c.last_name) AS name, c.first_name, coalesce(cc.grade, ''), coalesce(cl.name, '')
		FROM child c LEFT JOIN child_class cc ON cc.child_id = c.id AND cc.school_year_id =
			coalesce((SELECT k.school_year_id FROM class k WHERE k.id = ?3), (SELECT y.id FROM school_year y WHERE y.structure_id = c.structure_id AND y.last >= ?4 ORDER BY y.first LIMIT 1))
		LEFT JOIN class cl ON cl.id = cc.class_id
		WHERE c.structure_id = ?1 AND (?2 = 0 OR c.id IN (SELECT child_id FROM family_child WHERE family_id = ?2)) AND (?3 = 0 OR cl.id = ?3)
		ORDER BY iif(?2 = 0, name, '') COLLATE francais, c.birth, c.id`, structure, family, class, today)
}

// ClassPupils lists the children of a class of a structure whose days can be typed, with the family for which they are, in the
// order of its paper forms: a child that two families share has a form for each, and only then is the home named.
func (s *Store) ClassPupils(ctx context.Context, structure portal.StructureID, class portal.ClassID, month portal.Month) (list []ChildHome, err error) {
	err = s.snapshot(ctx, func(r reader) error {
		list = nil
		children, err := deskChildren(r, structure, 0, class, portal.DateOf(s.now()))
		if err != nil {
			return err
		}
		ids, err := json.Marshal(childIDs(children))
		if err != nil {
			return err
		}
		families := map[portal.ChildID][]portal.FamilyID{}
		if _, err := all(r, func(r *sql.Rows) (struct{}, error) {
			var child portal.ChildID
			var family portal.FamilyID
			err := r.Scan(&child, &family)
			families[child] = append(families[child], family)
			return struct{}{}, err
		}, `SELECT DISTINCT fc.child_id, fc.family_id FROM json_each(?) j JOIN family_child fc ON fc.child_id = j.value
			JOIN sees g ON g.family_id = fc.family_id AND g.may_book = 1 ORDER BY 1, 2`, string(ids)); err != nil {
			return err
		}
		homes, err := paperHomes(r, children, 0, month, portal.DateOf(s.now()))
		if err != nil {
			return err
		}
		for _, h := range homes {
			switch known := families[h.Child.ID]; {
			case len(known) == 0 || h.Family != 0 && !slices.Contains(known, h.Family): // nobody to type it for
				continue
			case h.Family == 0:
				h.Family = known[0]
			}
			list = append(list, h)
		}
		return nil
	})
	return list, err
}

// paperHomes lists the forms of some children: one each, without a name, and one for each home of those that two families share.
// Those of a family are its own: as a home, or as another family of the child, which finds the days that are nobody's.
func paperHomes(q querier, children []portal.Child, family portal.FamilyID, month portal.Month, today portal.Date) (list []ChildHome, err error) {
	shared, err := homesOf(q, children, month.First(), month.Last(), today)
	if err != nil {
		return nil, err
	}
	for _, c := range children {
		of := slices.DeleteFunc(slices.Clone(shared), func(h ChildHome) bool { return h.Child.ID != c.ID || family != 0 && h.Family != family })
		if len(of) == 0 {
			of = []ChildHome{{Child: c, Family: family}}
		}
		list = append(list, of...)
	}
	return list, nil
}

// errNothingDone says that nothing of what was typed at the counter can be done.
var errNothingDone = portal.Conflict("Rien n’a été enregistré : aucun de ces jours ne peut être changé. Les raisons sont ci-dessous.")

// DeskTrial is what an ask at the counter comes to: a receipt that was not given, and the refused days whose limit may be passed.
type DeskTrial struct {
	Receipt  *portal.Receipt
	Waivable []portal.WishLine
}

// TryAtDesk tells what an ask at the counter would come to, and undoes all of it.
func (s *Store) TryAtDesk(ctx context.Context, structure portal.StructureID, by portal.AccountID, ask portal.DeskAsk) (*DeskTrial, error) {
	trial := &DeskTrial{}
	err := s.write(ctx, func(tx *Tx) error {
		*trial = DeskTrial{}
		list, err := s.deskRequests(ctx, tx, structure, by, ask)
		if err != nil {
			return err
		}
		now := s.now()
		for i := range list {
			if slot := &list[i].Slot; slot.Waiver.Reason == "" && slot.Waivable(now) {
				trial.Waivable = append(trial.Waivable, portal.WishLine{Child: slot.Child, Activity: slot.Activity.ID, Day: slot.Day, Wish: slot.Wish})
			}
		}
		id, err := s.writeReceipt(ctx, tx, ask.For, "essai", list, now, 0, by)
		if err != nil {
			return err
		}
		if trial.Receipt, err = s.receipt(tx, ask.For, "r.id = ?", id); err != nil {
			return err
		}
		return errDryRun
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return nil, err
	}
	return trial, nil
}

// BookAtDesk does at once what a family asks at the counter, in the name of one of its guardians: each day is checked by the
// same rules as the family's own, with the limits of the counter; where one is waived, a manager passes it, for a reason. The
// draft of the family stays as it is. The same form sent twice gives the same receipt; an ask of which nothing can be done
// writes nothing.
func (s *Store) BookAtDesk(ctx context.Context, structure portal.StructureID, by portal.AccountID, ask portal.DeskAsk) (*portal.Receipt, error) {
	if len(ask.Key) < 8 || len(ask.Key) > 64 {
		return nil, portal.Invalid("Ce formulaire est incomplet. Rouvrez le calendrier de la famille, puis recommencez.")
	}
	if err := ask.Check(); err != nil {
		return nil, err
	}
	var receipt *portal.Receipt
	err := s.write(ctx, func(tx *Tx) error {
		list, err := s.deskRequests(ctx, tx, structure, by, ask)
		if err != nil {
			return err
		}
		id, err := receiptOfForm(tx, ask.For, ask.Key)
		if err != nil {
			return err
		}
		if id != 0 {
			if receipt, err = s.receipt(tx, ask.For, "r.id = ?", id); err == nil && !answers(receipt, ask) {
				err = portal.Conflict("Ce formulaire a déjà été enregistré (reçu n° %s), avec d’autres jours. Rien de plus n’a été fait : relisez ce qui suit, puis enregistrez.", receipt.Number)
			}
			return err
		}
		if id, err = s.writeReceipt(ctx, tx, ask.For, ask.Key, list, s.now(), 0, by); err != nil {
			return err
		}
		if receipt, err = s.receipt(tx, ask.For, "r.id = ?", id); err != nil {
			return err
		}
		if receipt.Count().Done() == 0 {
			return errNothingDone
		}
		return s.noteAtDesk(tx, structure, by, ask, receipt)
	})
	if err != nil {
		return nil, err
	}
	return receipt, nil
}

// answers says whether a receipt holds all that an ask wishes: a page that is sent again with other boxes is another ask.
func answers(receipt *portal.Receipt, ask portal.DeskAsk) bool {
	for _, w := range ask.Wishes {
		if !slices.ContainsFunc(receipt.Lines, func(l portal.Movement) bool {
			return l.Child.ID == w.Child && l.ActID == w.Activity && l.Day == w.Day && l.Action == string(w.Wish) && (w.Hours.IsZero() || l.Hours == w.Hours)
		}) {
			return false
		}
	}
	return true
}

// noteAtDesk writes what was typed for a family into the audit log: how much, never which child.
func (s *Store) noteAtDesk(tx *Tx, structure portal.StructureID, by portal.AccountID, ask portal.DeskAsk, receipt *portal.Receipt) error {
	f, _, err := theFamily(tx, structure, ask.Family)
	if err != nil {
		return err
	}
	var changes []portal.Changed
	c := receipt.Count()
	for _, n := range []struct {
		what string
		n    int
	}{{"Jours réservés", c.Added}, {"Horaires changés", c.Changed}, {"Jours en liste d’attente", c.Waiting}, {"Demandes à décider", c.Asked}, {"Jours annulés", c.Removed}, {"Impossibles", c.Refused}} {
		if n.n > 0 {
			changes = append(changes, portal.Changed{What: n.what, After: fmt.Sprint(n.n)})
		}
	}
	waived, late := map[childDay]bool{}, 0 // what is brought along is waived with it
	for _, w := range ask.Wishes {
		if w.Waive {
			waived[childDay{child: w.Child, day: w.Day}] = true
		}
	}
	for _, l := range receipt.Lines {
		if l.Late && l.Outcome != portal.OutcomeRefused && waived[childDay{child: l.Child.ID, day: l.Day}] {
			late++
		}
	}
	if late > 0 {
		changes = append(changes, portal.Changed{What: "Jours hors délai", After: fmt.Sprint(late)}, portal.Changed{What: "Motif hors délai", After: ask.Reason})
	}
	names := []portal.Named{{Subject: "compte", ID: int64(ask.For)}} // whom the reason may be about
	for _, w := range ask.Wishes {
		names = append(names, portal.Named{Subject: "enfant", ID: int64(w.Child)})
	}
	return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "famille", SubjectID: int64(ask.Family), Names: names,
		Words: fmt.Sprintf("Famille %s : demandes saisies au guichet, reçu %s", f.Name, receipt.Number), Changes: changes})
}

// deskRequests prepares the requests of an ask at the counter, with what they need; who asks must be a guardian of the
// family who may book for the child, and only managers pass limits.
func (s *Store) deskRequests(ctx context.Context, tx *Tx, structure portal.StructureID, by portal.AccountID, ask portal.DeskAsk) ([]portal.Request, error) {
	m := &DeskMonth{Several: Several{Now: s.now()}}
	if err := m.family(tx, structure, ask.Family); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(m.Guardians, func(p portal.Person) bool { return p.ID == ask.For }) {
		return nil, portal.NotFound("Ce responsable n’est pas de cette famille, ou ne peut pas réserver.")
	}
	if len(ask.Wishes) == 0 {
		return nil, portal.Conflict("Rien n’a changé : cochez des jours à réserver, ou décochez des jours réservés.")
	}
	if ask.Waives() {
		if err := mustManage(tx, structure, by); err != nil {
			return nil, err
		}
	}
	setup, err := s.deskSetup(ctx, structure)
	if err != nil {
		return nil, err
	}
	var list []portal.Request
	for _, child := range m.Children {
		if err := mustBeGuardianIfAsked(tx, ask, child.ID); err != nil {
			return nil, err
		}
		more, err := deskChildRequests(tx, setup, child, ask)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	for _, w := range ask.Wishes {
		if _, err := deskChild(m.Children, w.Child); err != nil {
			return nil, err
		}
	}
	portal.SortRequests(list)
	portal.MarkAlong(list)
	return list, nil
}

// mustManage refuses an agent who is no manager of a structure.
func mustManage(tx *Tx, structure portal.StructureID, by portal.AccountID) error {
	var may bool
	err := tx.row(&may, "SELECT EXISTS (SELECT 1 FROM staff WHERE account_id = ? AND structure_id = ? AND role IN (?, ?))", by, structure, string(portal.Manager), string(portal.Administrator))
	if err == nil && !may {
		return portal.NotFound("Cette page n’existe pas.") // as every refusal by role
	}
	return err
}

func mustBeGuardianIfAsked(tx *Tx, ask portal.DeskAsk, child portal.ChildID) error {
	if !slices.ContainsFunc(ask.Wishes, func(w portal.DeskWish) bool { return w.Child == child }) {
		return nil
	}
	return mustBeGuardian(tx, ask.For, child)
}

// deskKey names a day of an activity in an ask about one child.
type deskKey struct {
	activity portal.ActivityID
	day      portal.Date
}

// deskWishes are what an ask wishes for one child, with what that needs.
type deskWishes struct {
	lines       []portal.WishLine
	asked       map[deskKey]portal.DeskWish
	brought     map[deskKey]bool // not asked, but needed by what is
	first, last portal.Date
}

func (d *deskWishes) add(w portal.DeskWish) {
	k := deskKey{w.Activity, w.Day}
	if _, known := d.asked[k]; known {
		return
	}
	if d.first == 0 || w.Day < d.first {
		d.first = w.Day
	}
	d.asked[k], d.last = w, max(d.last, w.Day)
	d.lines = append(d.lines, w.WishLine)
}

// wishesAtDesk reads what an ask wishes for a child: the meal of a full day comes with it.
func wishesAtDesk(setup *portal.Setup, child portal.ChildID, ask portal.DeskAsk) (*deskWishes, error) {
	d := &deskWishes{asked: map[deskKey]portal.DeskWish{}, brought: map[deskKey]bool{}}
	for _, w := range ask.Wishes {
		a := setup.Activity(w.Activity)
		switch {
		case w.Child != child:
			continue
		case a == nil:
			return nil, portal.NotFound("Cette activité n’existe pas.")
		case w.Wish == portal.WishAdd && w.Hours.IsZero():
			w.Hours = a.DefaultHours()
		}
		d.add(w)
	}
	for _, w := range slices.Clone(d.lines) {
		if w.Wish != portal.WishAdd {
			continue
		}
		for _, needed := range setup.Activity(w.Activity).Needs() {
			k := deskKey{needed.ID, w.Day}
			if _, known := d.asked[k]; !known {
				d.brought[k] = true
				d.add(portal.DeskWish{WishLine: portal.WishLine{Child: child, Activity: needed.ID, Day: w.Day, Wish: portal.WishAdd, Hours: needed.DefaultHours(), Along: true},
					Waive: d.asked[deskKey{w.Activity, w.Day}].Waive})
			}
		}
	}
	if d.last-d.first > deskSpan {
		return nil, portal.Invalid("Ces jours sont trop éloignés les uns des autres. Saisissez un mois à la fois.")
	}
	return d, nil
}

// deskChildRequests prepares the requests of an ask that are about one child.
func deskChildRequests(q querier, setup *portal.Setup, child portal.Child, ask portal.DeskAsk) ([]portal.Request, error) {
	d, err := wishesAtDesk(setup, child.ID, ask)
	if err != nil || len(d.lines) == 0 {
		return nil, err
	}
	var activities []*portal.Activity
	for _, w := range d.lines {
		if a := setup.Activity(w.Activity); !slices.Contains(activities, a) {
			activities = append(activities, a)
		}
	}
	g, err := familyGrid(q, ask.Family, setup, []portal.ChildID{child.ID}, activities, d.first, d.last, d.lines)
	if err != nil {
		return nil, err
	}
	var list []portal.Request
	for _, w := range d.lines {
		slot := g.row(0, slices.Index(activities, setup.Activity(w.Activity)))[w.Day-d.first]
		k := deskKey{w.Activity, w.Day}
		if d.brought[k] && slot.Status != portal.NotBooked { // it is there already
			continue
		}
		if d.asked[k].Waive {
			slot.Waive(ask.Reason)
		}
		list = append(list, portal.Request{Child: child, Slot: slot})
	}
	return list, nil
}

// deskSpan bounds how far apart the days of one ask may be.
const deskSpan = 62

// PaperChild is a child with its month, to be printed; where two families share it, the month is that of one home.
type PaperChild struct {
	Several
	ChildHome
}

// PaperMonths gives a month of each child of a family of a structure, or of a class of it (the other is zero), to be printed: a
// home finds only its own days on its form.
func (s *Store) PaperMonths(ctx context.Context, structure portal.StructureID, family portal.FamilyID, class portal.ClassID, month portal.Month) (list []PaperChild, err error) {
	setup, err := s.deskSetup(ctx, structure)
	if err != nil {
		return nil, err
	}
	setup = setup.For(portal.Visitor{}) // what families are told: their own limits
	err = s.snapshot(ctx, func(r reader) error {
		list = nil
		if family != 0 {
			if _, _, err := theFamily(r, structure, family); err != nil {
				return err
			}
		}
		now := s.now()
		children, err := deskChildren(r, structure, family, class, portal.DateOf(now))
		if err != nil {
			return err
		}
		homes, err := paperHomes(r, children, family, month, portal.DateOf(now))
		if err != nil {
			return err
		}
		for _, h := range homes {
			p := PaperChild{Several{Now: now, Setup: setup, Shown: []portal.Child{h.Child}}, h}
			if err := s.deskDays(r, &p.Several, h.Family, DeskView{Month: month}); err != nil {
				return err
			}
			list = append(list, p)
		}
		return nil
	})
	return list, err
}

// PaperBlank gives a month without a name, for a child who has just come to a class: what is open to the class, and which days
// are full.
func (s *Store) PaperBlank(ctx context.Context, structure portal.StructureID, class portal.ClassID, month portal.Month) (*PaperChild, error) {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return nil, err
	}
	now := s.now()
	p := &PaperChild{Several: Several{Now: now, Setup: setup}}
	err = s.snapshot(ctx, func(r reader) error {
		c, err := one(r, scanClass, classColumns+" AND c.id = ?", structure, class)
		if err != nil {
			return absent(err, "Cette classe n’existe pas.")
		}
		p.Child, p.Activities = portal.Child{StructureID: structure, Class: c.Name}, nil
		grades := c.Levels()
		if len(grades) == 0 {
			grades = []string{""}
		}
		for i := range setup.Activities {
			a := &setup.Activities[i]
			fits := func(grade string) bool {
				return setup.Offered(a, &portal.Pupil{Resident: true, Years: []portal.PupilYear{{Year: c.Year, School: c.School, Class: c.ID, Grade: grade}}}, now)
			}
			if slices.ContainsFunc(grades, fits) {
				p.Activities = append(p.Activities, a)
			}
		}
		p.span(month, p.Activities...)
		p.grid, err = loadGrid(r, setup, []portal.ChildID{0}, p.Activities, p.First, p.Last, nil)
		return err
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}
