package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"marelle/portal"
)

const versionColumns = `SELECT v.id, v.activity_id, v.first, v.rules, v.edited_at, coalesce(v.edited_by, 0), v.published_at, coalesce(v.published_by, 0),
	v.withdrawn_at, coalesce(v.withdrawn_by, 0) FROM cutoff_version v`

type versionRow struct {
	portal.RulesVersion
	activity portal.ActivityID
}

func scanVersion(r *sql.Rows) (v versionRow, err error) {
	var rules string
	if err := r.Scan(&v.ID, &v.activity, &v.First, &rules, into{&v.Edited}, &v.EditedBy, into{&v.Published}, &v.PublishedBy, into{&v.Withdrawn}, &v.WithdrawnBy); err != nil {
		return v, err
	}
	return v, json.Unmarshal([]byte(rules), &v.Rules)
}

// loadVersions gives each activity of a structure the limits that hold, by day of service.
func loadVersions(q querier, structure portal.StructureID, activities map[portal.ActivityID]*portal.Activity) error {
	list, err := all(q, scanVersion, versionColumns+` JOIN activity a ON a.id = v.activity_id
		WHERE a.structure_id = ? AND v.published_at IS NOT NULL AND v.withdrawn_at IS NULL ORDER BY v.published_at, v.id`, structure)
	if err != nil {
		return err
	}
	byActivity := map[portal.ActivityID][]portal.RulesVersion{}
	for _, v := range list {
		byActivity[v.activity] = append(byActivity[v.activity], v.RulesVersion)
	}
	for id, versions := range byActivity {
		if a := activities[id]; a != nil {
			a.Govern(versions)
		}
	}
	return nil
}

// loadPromises reads the limits that families were shown and that hold.
func loadPromises(q querier, structure portal.StructureID) (map[portal.Promise]time.Time, error) {
	type row struct {
		portal.Promise
		at time.Time
	}
	list, err := all(q, func(r *sql.Rows) (p row, err error) {
		err = r.Scan(&p.Activity, &p.Day, &p.Action, &p.Profile, into{&p.at})
		p.at = p.at.In(portal.Paris)
		return p, err
	}, `SELECT p.activity_id, p.day, p.action, p.profile_id, p.at FROM promised_limit p JOIN activity a ON a.id = p.activity_id WHERE a.structure_id = ?`, structure)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	promises := make(map[portal.Promise]time.Time, len(list))
	for _, p := range list {
		promises[p.Promise] = p.at
	}
	return promises, nil
}

// promisesLast is how long a promise is kept once its instant has passed: pages still say when the limit fell.
const promisesLast = 60 * 24 * time.Hour

// shown runs a change of what a structure decided and keeps the limits that families had before their eyes: those that the
// change would make earlier stay as they were. Whatever limits depend on (rules, openings, windows, closures, holidays) is
// changed inside it. It forgets the setup kept in memory.
func (s *Store) shown(tx *Tx, structure portal.StructureID, change func() error) error {
	before, err := loadSetup(tx, structure)
	if err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	after, err := loadSetup(tx, structure)
	if err != nil {
		return err
	}
	tx.after(s.setups.forget)
	now := s.now()
	if err := tx.exec("DELETE FROM promised_limit WHERE at < ?", at(now.Add(-promisesLast))); err != nil {
		return err
	}
	for p, instant := range before.Shortened(after, now) {
		if err := tx.exec(`INSERT INTO promised_limit (activity_id, day, action, profile_id, at, since) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET at = excluded.at, since = excluded.since WHERE excluded.at > at`,
			p.Activity, p.Day, string(p.Action), int64(p.Profile), at(instant), at(now)); err != nil {
			return err
		}
	}
	return nil
}

// writeShown is a write that is one such change.
func (s *Store) writeShown(ctx context.Context, structure portal.StructureID, change func(*Tx) error) error {
	return s.write(ctx, func(tx *Tx) error {
		return s.shown(tx, structure, func() error { return change(tx) })
	})
}

// saveVersion publishes rules, or keeps them as the draft of the activity.
func saveVersion(tx *Tx, activity portal.ActivityID, v portal.RulesVersion) error {
	rules, err := json.Marshal(v.Rules)
	if err != nil {
		return err
	}
	return tx.exec(`INSERT INTO cutoff_version (activity_id, first, rules, edited_at, edited_by, published_at, published_by) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (activity_id) WHERE published_at IS NULL DO UPDATE SET rules = excluded.rules, edited_at = excluded.edited_at, edited_by = excluded.edited_by`,
		activity, v.First, string(rules), at(v.Edited), nullID(v.EditedBy), at(v.Published), nullID(v.PublishedBy))
}

func nullID(id portal.AccountID) sql.NullInt64 {
	return sql.NullInt64{Int64: int64(id), Valid: id != 0}
}

// savePlainRules writes the limits of an activity that is saved as a whole: those of a new one govern every day; others than
// those it had take their place at once, versions to come included.
func (s *Store) savePlainRules(tx *Tx, a *portal.Activity) error {
	now := s.now()
	v := portal.RulesVersion{Edited: now, Published: now}
	versions, err := all(tx, scanVersion, versionColumns+" WHERE v.activity_id = ? AND v.published_at IS NOT NULL AND v.withdrawn_at IS NULL ORDER BY v.published_at, v.id", a.ID)
	if err != nil {
		return err
	}
	if len(versions) > 0 {
		had := portal.Activity{}
		list := make([]portal.RulesVersion, len(versions))
		for i, version := range versions {
			list[i] = version.RulesVersion
		}
		had.Govern(list)
		last := had.Versions[len(had.Versions)-1].Rules
		v.Rules, v.First = a.Plain(last), portal.DateOf(now)
		if len(portal.Differences(last.Facts(nil), v.Rules.Facts(nil))) == 0 {
			return nil
		}
		if err := tx.exec("UPDATE cutoff_version SET withdrawn_at = ? WHERE activity_id = ? AND published_at IS NOT NULL AND withdrawn_at IS NULL AND first > ?",
			at(now), a.ID, v.First); err != nil {
			return err
		}
	} else {
		v.Rules = a.Plain(nil)
	}
	return saveVersion(tx, a.ID, v)
}

// CutoffSheet is everything about the limits of an activity.
type CutoffSheet struct {
	Now      time.Time
	Setup    *portal.Setup
	Activity *portal.Activity
	Versions []portal.RulesVersion // published ever, the last first
	Draft    *portal.RulesVersion  // nil: none
	Profiles []portal.LimitProfile
	People   map[portal.AccountID]portal.Person // who edited, published, withdrew
}

// Names gives the names of the profiles.
func (c *CutoffSheet) Names() map[portal.ProfileID]string {
	names := map[portal.ProfileID]string{}
	for _, p := range c.Profiles {
		names[p.ID] = p.Name
	}
	return names
}

// Rules gives what the editor shows: the draft, else the rules that hold last.
func (c *CutoffSheet) Rules() portal.Rules {
	if c.Draft != nil {
		return c.Draft.Rules
	}
	return lastRules(c.Activity)
}

// Seen says which state of the draft is shown: 0 when there is none.
func (c *CutoffSheet) Seen() int64 {
	if c.Draft == nil {
		return 0
	}
	return c.Draft.Edited.UnixMilli()
}

func lastRules(a *portal.Activity) portal.Rules {
	if n := len(a.Versions); n > 0 {
		return a.Versions[n-1].Rules
	}
	return a.Plain(nil)
}

// Cutoffs gives the limits of an activity of a structure, past and to come, and its draft.
func (s *Store) Cutoffs(ctx context.Context, structure portal.StructureID, activity portal.ActivityID) (*CutoffSheet, error) {
	c := &CutoffSheet{Now: s.now(), People: map[portal.AccountID]portal.Person{}}
	var err error
	if c.Setup, err = s.Setup(ctx, structure); err != nil {
		return nil, err
	}
	if c.Activity = c.Setup.Activity(activity); c.Activity == nil {
		return nil, errNoActivity
	}
	err = s.snapshot(ctx, func(r reader) error {
		versions, err := all(r, scanVersion, versionColumns+" WHERE v.activity_id = ? ORDER BY v.published_at DESC, v.id DESC", activity)
		if err != nil {
			return err
		}
		for _, v := range versions {
			if v.Published.IsZero() {
				draft := v.RulesVersion
				c.Draft = &draft
				continue
			}
			c.Versions = append(c.Versions, v.RulesVersion)
		}
		if c.Profiles, err = profilesOf(r, structure, true); err != nil {
			return err
		}
		people, err := all(r, func(rows *sql.Rows) (p portal.Person, err error) {
			err = rows.Scan(&p.ID, &p.Civility, &p.LastName, &p.FirstName)
			return p, err
		}, `SELECT a.id, a.civility, iif(a.used_name <> '', a.used_name, a.last_name), a.first_name FROM account a
			WHERE a.id IN (SELECT edited_by FROM cutoff_version WHERE activity_id = ?1 UNION SELECT published_by FROM cutoff_version WHERE activity_id = ?1
				UNION SELECT withdrawn_by FROM cutoff_version WHERE activity_id = ?1)`, activity)
		for _, p := range people {
			c.People[p.ID] = p
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// CutoffDrafts says which activities of a structure have limits that are not published.
func (s *Store) CutoffDrafts(ctx context.Context, structure portal.StructureID) (map[portal.ActivityID]bool, error) {
	list, err := column[portal.ActivityID](s.read(ctx), "SELECT v.activity_id FROM cutoff_version v JOIN activity a ON a.id = v.activity_id WHERE a.structure_id = ? AND v.published_at IS NULL", structure)
	drafts := map[portal.ActivityID]bool{}
	for _, id := range list {
		drafts[id] = true
	}
	return drafts, err
}

var errNoActivity = portal.NotFound("Cette activité n’existe pas.")

// EditCutoff writes a rule into the draft of an activity, which starts from the rules that hold; nothing is published. seen is
// what CutoffSheet.Seen was on the page: another state means that somebody else edits meanwhile, which is refused.
func (s *Store) EditCutoff(ctx context.Context, structure portal.StructureID, by portal.AccountID, activity portal.ActivityID, rule portal.Rule, seen int64) error {
	return s.editDraft(ctx, structure, by, activity, seen, func(a *portal.Activity, rules portal.Rules) (portal.Rules, error) {
		if err := rule.Cutoff.CheckFor(&a.Opening); err != nil {
			return nil, err
		}
		return rules.Set(rule), nil
	})
}

// RemoveCutoff takes a rule out of the draft of an activity: its case follows another rule again.
func (s *Store) RemoveCutoff(ctx context.Context, structure portal.StructureID, by portal.AccountID, activity portal.ActivityID, c portal.Case, seen int64) error {
	return s.editDraft(ctx, structure, by, activity, seen, func(_ *portal.Activity, rules portal.Rules) (portal.Rules, error) {
		if c.Channel == portal.Online && c.Profile == 0 && (c.Action == portal.ActionBook || c.Action == portal.ActionCancel) {
			return nil, portal.Conflict("Ce délai est nécessaire. Changez-le, ou choisissez « jamais » ou « sans limite ».")
		}
		return rules.Without(c.Action, c.Channel, c.Profile), nil
	})
}

func (s *Store) editDraft(ctx context.Context, structure portal.StructureID, by portal.AccountID, activity portal.ActivityID, seen int64, edit func(*portal.Activity, portal.Rules) (portal.Rules, error)) error {
	return s.write(ctx, func(tx *Tx) error {
		a, draft, err := draftFor(tx, structure, activity, seen)
		if err != nil {
			return err
		}
		rules := lastRules(a)
		if draft != nil {
			rules = draft.Rules
		}
		if rules, err = edit(a, rules); err != nil {
			return err
		}
		for _, rule := range rules {
			if rule.Profile != 0 {
				if err := ownProfile(tx, structure, rule.Profile); err != nil {
					return err
				}
			}
		}
		return saveVersion(tx, activity, portal.RulesVersion{Rules: rules, Edited: s.now(), EditedBy: by})
	})
}

// draftFor finds an activity of a structure with its draft, and refuses when it is no longer the one that was shown.
func draftFor(tx *Tx, structure portal.StructureID, activity portal.ActivityID, seen int64) (*portal.Activity, *portal.RulesVersion, error) {
	setup, err := loadSetup(tx, structure)
	if err != nil {
		return nil, nil, err
	}
	a := setup.Activity(activity)
	if a == nil {
		return nil, nil, errNoActivity
	}
	v, err := one(tx, scanVersion, versionColumns+" WHERE v.activity_id = ? AND v.published_at IS NULL", activity)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		if seen != 0 {
			return nil, nil, portal.Conflict("Le brouillon de ces délais a été publié ou abandonné par quelqu’un d’autre depuis l’affichage de cette page. Rien n’a été changé : relisez les délais, puis recommencez.")
		}
		return a, nil, nil
	case err != nil:
		return nil, nil, err
	case v.Edited.UnixMilli() != seen:
		who, err := personWords(tx, v.EditedBy)
		if err != nil {
			return nil, nil, err
		}
		return nil, nil, portal.Conflict("%s a changé ce brouillon le %s, depuis l’affichage de cette page. Rien n’a été changé : relisez-le, puis recommencez.", who, portal.Instant(v.Edited))
	}
	return a, &v.RulesVersion, nil
}

func personWords(q querier, id portal.AccountID) (string, error) {
	p, err := one(q, func(r *sql.Rows) (p portal.Person, err error) {
		err = r.Scan(&p.Civility, &p.LastName, &p.FirstName)
		return p, err
	}, "SELECT civility, iif(used_name <> '', used_name, last_name), first_name FROM account WHERE id = ?", id)
	if errors.Is(err, sql.ErrNoRows) {
		return "Quelqu’un d’autre", nil
	}
	return p.Title(), err
}

// DropCutoffDraft forgets the draft of an activity; the rules that hold do not change.
func (s *Store) DropCutoffDraft(ctx context.Context, structure portal.StructureID, activity portal.ActivityID, seen int64) error {
	return s.write(ctx, func(tx *Tx) error {
		if _, draft, err := draftFor(tx, structure, activity, seen); err != nil || draft == nil {
			return err
		}
		return tx.exec("DELETE FROM cutoff_version WHERE activity_id = ? AND published_at IS NULL", activity)
	})
}

// PublishCutoffs makes the draft of an activity the rules of its days of service from a day on, today at the earliest. What
// families were shown for the days before their eyes stays open to them as long as they were told.
func (s *Store) PublishCutoffs(ctx context.Context, structure portal.StructureID, by portal.AccountID, activity portal.ActivityID, first portal.Date, seen int64) error {
	return s.write(ctx, func(tx *Tx) error {
		a, draft, err := draftFor(tx, structure, activity, seen)
		if err != nil {
			return err
		}
		if draft == nil {
			return portal.Conflict("Il n’y a pas de brouillon à publier. Changez d’abord un délai.")
		}
		now := s.now()
		if first < portal.DateOf(now) || first > portal.DateOf(now)+portal.FirstDayMost {
			return firstDayFault(first, portal.DateOf(now))
		}
		if err := draft.Rules.CheckFor(a); err != nil {
			return err
		}
		return s.shown(tx, structure, func() error {
			if err := tx.exec("UPDATE cutoff_version SET published_at = ?, published_by = ?, first = ? WHERE id = ?", at(now), by, first, draft.ID); err != nil {
				return err
			}
			names, err := profileNames(tx, structure)
			if err != nil {
				return err
			}
			before := portal.Rules{}
			if v := a.VersionOn(first); v != nil {
				before = v.Rules
			}
			return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "delai", SubjectID: int64(activity),
				Words:   "Délais de « " + a.Name + " » publiés, à partir du " + first.LongYear(),
				Changes: portal.Differences(before.Facts(names), draft.Rules.Facts(names))})
		})
	})
}

func firstDayFault(first, today portal.Date) error {
	if first > today {
		return portal.Wrong("a_partir", "Ce jour est trop lointain. Vérifiez l’année.")
	}
	return portal.Wrong("a_partir", "Les délais publiés valent à partir d’un jour de service à venir. Donnez un jour, aujourd’hui au plus tôt.")
}

// WithdrawCutoffs takes back a version of the limits of an activity before its first day of service has come.
func (s *Store) WithdrawCutoffs(ctx context.Context, structure portal.StructureID, by portal.AccountID, activity portal.ActivityID, version int64) error {
	return s.write(ctx, func(tx *Tx) error {
		v, err := one(tx, scanVersion, versionColumns+` JOIN activity a ON a.id = v.activity_id
			WHERE a.structure_id = ? AND v.activity_id = ? AND v.id = ? AND v.published_at IS NOT NULL`, structure, activity, version)
		if err != nil {
			return absent(err, "Cette version des délais n’existe pas.")
		}
		now := s.now()
		switch {
		case !v.Withdrawn.IsZero():
			return nil
		case v.First <= portal.DateOf(now):
			return portal.Conflict("Cette version vaut déjà : elle ne peut plus être retirée. Publiez-en une autre.")
		}
		return s.shown(tx, structure, func() error {
			if err := tx.exec("UPDATE cutoff_version SET withdrawn_at = ?, withdrawn_by = ? WHERE id = ?", at(now), by, version); err != nil {
				return err
			}
			var name string
			if err := tx.row(&name, "SELECT name FROM activity WHERE id = ?", activity); err != nil {
				return err
			}
			return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "delai", SubjectID: int64(activity),
				Words: "Délais de « " + name + " » retirés avant le " + v.First.LongYear()})
		})
	})
}

// CutoffImpact says whom the rules of a draft would touch if they were published now for the days from a day on.
func (s *Store) CutoffImpact(ctx context.Context, structure portal.StructureID, activity portal.ActivityID, rules portal.Rules, first portal.Date) (portal.Impact, error) {
	setup, err := s.Setup(ctx, structure)
	if err != nil {
		return portal.Impact{}, err
	}
	a := setup.Activity(activity)
	if a == nil {
		return portal.Impact{}, errNoActivity
	}
	now := s.now()
	today := portal.DateOf(now)
	next := setup.Publishing(a, rules, first, now)
	const family = "coalesce((SELECT min(fc.family_id) FROM family_child fc WHERE fc.child_id = x.child_id), 0)"
	var booked, wishes, acts []portal.Acted
	err = s.snapshot(ctx, func(r reader) error {
		if booked, err = all(r, scanActed, "SELECT "+family+", x.day, x.since, 0 FROM booking x WHERE x.activity_id = ? AND x.day >= ?", activity, today); err != nil {
			return err
		}
		if wishes, err = all(r, scanActed, "SELECT "+family+", x.day, x.at, x.action = 'remove' FROM wish x WHERE x.activity_id = ? AND x.day >= ? AND x.action IN ('add', 'remove')", activity, today); err != nil {
			return err
		}
		acts, err = all(r, scanActed, "SELECT "+family+`, x.day, x.at, x.action = 'remove' FROM movement x
			WHERE x.activity_id = ? AND x.at >= ? AND (x.action = 'add' AND x.outcome IN ('booked', 'waiting') OR x.action = 'remove' AND x.outcome = 'cancelled')
			AND x.idle = 0 AND x.registration_id IS NULL AND x.staff_id IS NULL`, activity, at((today - portal.ImpactDays).At(0)))
		return err
	})
	if err != nil {
		return portal.Impact{}, err
	}
	return setup.Impact(next, activity, booked, wishes, acts, now), nil
}

func scanActed(r *sql.Rows) (a portal.Acted, err error) {
	err = r.Scan(&a.Family, &a.Day, into{&a.At}, &a.Cancel)
	return a, err
}
