package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"regexp"

	"marelle/portal"
)

// erasedTables says what an erasure does in each table that speaks of a child, a family or an account. A test reads the schema
// and fails on a table that is not here.
var erasedTables = map[string]string{
	"child": "sans nom", "family": "effacé", "account": "sans nom", // the rows that figures refer to stay, without anything personal
	"family_child": "effacé", "guardian": "effacé", "child_class": "effacé", "child_elsewhere": "effacé", "enrolment": "effacé",
	"account_email": "effacé", "session": "effacé", "half_session": "effacé", "second_factor": "effacé", "recovery_code": "effacé",
	"terms_acceptance": "effacé", "password_reset": "effacé", "calendar_address": "effacé", "account_event": "effacé", "account_reminder_off": "effacé",
	"outbox": "effacé", "draft": "effacé", "wish": "effacé", "form_sent": "effacé",
	"pickup_person": "effacé", "child_document": "effacé", "family_note": "effacé", "family_profile": "effacé", "family_search": "effacé", "child_priority": "effacé",
	"absence_document": "effacé", "custody": "effacé", "custody_day": "effacé", "exchange": "effacé", "request": "effacé",
	"booking": "sans nom", "movement": "sans nom", "receipt": "sans nom", "registration": "sans nom", "registration_version": "sans nom",
	"offer": "sans nom", "offer_child": "sans nom", "absence_spell": "sans nom", "absence": "sans nom", "staff_event": "mots effacés",
	"staff": "agents", "cutoff_version": "agents", "terms_draft": "agents", "terms": "agents", "mail_text": "agents", // agents are never erased here
}

// Erasing is what an erasure would do, as staff read it first.
type Erasing struct {
	Name     string
	Children []string // whose names go
	People   []string // whose accounts go
	Stay     []string // who stays, and why
	Refused  string   // what has to be done first; nothing: it can be done
}

// erasing is an Erasing with who it is about.
type erasing struct {
	Erasing
	family   portal.FamilyID
	children []portal.ChildID
	accounts []portal.AccountID
}

// ErasingFamily says what the erasure of a family of a structure would do.
func (s *Store) ErasingFamily(ctx context.Context, structure portal.StructureID, family portal.FamilyID) (*Erasing, error) {
	e := &erasing{}
	err := s.snapshot(ctx, func(r reader) (err error) {
		e, err = s.erasingFamily(r, structure, family)
		return err
	})
	return &e.Erasing, err
}

func (s *Store) erasingFamily(q querier, structure portal.StructureID, family portal.FamilyID) (*erasing, error) {
	e := &erasing{family: family}
	f, _, err := theFamily(q, structure, family)
	if err != nil {
		return e, err
	}
	e.Name = "la famille " + f.Name
	children, err := s.familyChildren(q, family)
	if err != nil {
		return e, err
	}
	var due []string
	for _, c := range children {
		if len(c.Others) > 0 {
			e.Stay = append(e.Stay, fmt.Sprintf("%s, qui a une autre famille : l’enfant quitte seulement celle-ci.", c.DisplayName()))
			continue
		}
		e.children, e.Children = append(e.children, c.ID), append(e.Children, c.DisplayName())
		soon, err := s.due(q, c.ID)
		if err != nil {
			return e, err
		}
		if soon {
			due = append(due, c.FirstName)
		}
	}
	if alone, err := s.leftAlone(q, family, 0); err != nil {
		return e, err
	} else if len(due) == 0 {
		due = alone
	}
	guardians, err := familyGuardians(q, structure, family)
	if err != nil {
		return e, err
	}
	for _, g := range guardians {
		var elsewhere bool
		if err := oneRow(q, &elsewhere, "SELECT EXISTS (SELECT 1 FROM guardian WHERE account_id = ? AND family_id <> ?)", []any{g.ID, family}); err != nil {
			return e, err
		}
		switch {
		case g.Agent:
			e.Stay = append(e.Stay, fmt.Sprintf("%s, qui est agent : son compte reste, sans lien avec cette famille.", g.DisplayName()))
		case elsewhere:
			e.Stay = append(e.Stay, fmt.Sprintf("%s, qui a une autre famille : son compte reste.", g.DisplayName()))
		default:
			e.accounts, e.People = append(e.accounts, g.ID), append(e.People, g.DisplayName())
		}
	}
	if refusal := portal.AsError(refuseAlone(due, "revenez ici")); refusal != nil {
		e.Refused = refusal.Message
	}
	return e, nil
}

// ErasingChild says what the erasure of a child of a structure would do.
func (s *Store) ErasingChild(ctx context.Context, structure portal.StructureID, child portal.ChildID) (*Erasing, error) {
	e := &erasing{}
	err := s.snapshot(ctx, func(r reader) (err error) {
		e, err = s.erasingChild(r, structure, child)
		return err
	})
	return &e.Erasing, err
}

func (s *Store) erasingChild(q querier, structure portal.StructureID, child portal.ChildID) (*erasing, error) {
	c, err := s.theChild(q, structure, child)
	if err != nil {
		return &erasing{}, err
	}
	e := &erasing{Erasing: Erasing{Name: c.DisplayName(), Children: []string{c.DisplayName()}}, children: []portal.ChildID{child}}
	soon, err := s.due(q, child)
	if soon {
		e.Refused = portal.AsError(refuseAlone([]string{c.FirstName}, "revenez ici")).Message
	}
	return e, err
}

// due says whether a child is still expected.
func (s *Store) due(q querier, child portal.ChildID) (due bool, err error) {
	err = oneRow(q, &due, "SELECT "+expected+" FROM child c WHERE c.id = ?1 AND ?2 = ?2", []any{child, 0, portal.DateOf(s.now())})
	return due, err
}

// EraseFamily erases a family of a structure, its children and its guardians who have no other, in one transaction: what is
// personal goes, figures stay without a name. It asks the administrator's password again.
func (s *Store) EraseFamily(ctx context.Context, structure portal.StructureID, by Proof, family portal.FamilyID) error {
	return s.erase(ctx, structure, by, "famille", int64(family), func(q querier) (*erasing, error) { return s.erasingFamily(q, structure, family) })
}

// EraseChild erases a child of a structure likewise.
func (s *Store) EraseChild(ctx context.Context, structure portal.StructureID, by Proof, child portal.ChildID) error {
	return s.erase(ctx, structure, by, "enfant", int64(child), func(q querier) (*erasing, error) { return s.erasingChild(q, structure, child) })
}

func (s *Store) erase(ctx context.Context, structure portal.StructureID, by Proof, subject string, id int64, plan func(querier) (*erasing, error)) error {
	if err := s.prove(ctx, by); err != nil {
		return err
	}
	return s.write(ctx, func(tx *Tx) error {
		e, err := plan(tx)
		if err != nil {
			return err
		}
		if e.Refused != "" {
			return portal.Conflict("%s", e.Refused)
		}
		if e.family != 0 {
			if err := s.endCustodyWith(tx, structure, by.Session.Account, e.family, 0); err != nil {
				return err
			}
		}
		for _, run := range []func() error{
			func() error { return s.forgetChildren(tx, structure, e.children) },
			func() error { return s.forgetAccounts(tx, structure, e.accounts) },
			func() error { return s.forgetFamily(tx, structure, e.family) },
		} {
			if err := run(); err != nil {
				return err
			}
		}
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by.Session.Account, Subject: subject, SubjectID: id, Words: portal.ErasedWords})
	})
}

// forgetting runs statements about the people of a list, their numbers being ?1 as JSON.
func forgetting[T ~int64](tx *Tx, ids []T, statements ...string) error {
	if len(ids) == 0 {
		return nil
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	for _, s := range statements {
		if err := tx.exec(s, string(list)); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

const these = " IN (SELECT value FROM json_each(?1))"

// blankEvents takes the words out of the lines of the audit log that are about some people or name them, under the numbers that
// they had before two files were joined too.
func blankEvents(kind, subjects string) string {
	them := "(SELECT value FROM json_each(?1) UNION ALL SELECT gone FROM joined WHERE subject = '" + kind + "' AND kept" + these + ")"
	return "UPDATE staff_event SET words = '" + portal.Blanked + "', changes = '[]' WHERE subject IN (" + subjects + ") AND subject_id IN " + them +
		" OR id IN (SELECT event_id FROM staff_event_name WHERE subject = '" + kind + "' AND subject_id IN " + them + ")"
}

func (s *Store) logErasure(tx *Tx, structure portal.StructureID, subject string, id int64) error {
	return tx.exec("INSERT INTO erasure (structure_id, subject, subject_id, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", structure, subject, id, at(s.now()))
}

// homesEver lists the families that some children are in, and those whose log names them: they have left these.
const homesEver = `(SELECT family_id FROM family_child WHERE child_id` + these + `
	UNION SELECT coalesce(j.kept, e.subject_id) FROM staff_event_name n JOIN staff_event e ON e.id = n.event_id AND e.subject = 'famille'
		LEFT JOIN joined j ON j.subject = 'famille' AND j.gone = e.subject_id
		WHERE n.subject = 'enfant' AND (n.subject_id` + these + ` OR n.subject_id IN (SELECT gone FROM joined WHERE subject = 'enfant' AND kept` + these + `)))`

// unwriteMails takes the words out of the mails that may name some children, and keeps them from leaving: those of the
// guardians of today, of whoever did something for one of them or belongs to a family that its days or papers speak of, and
// those that say its name to somebody who is no guardian of the structure any more, or was one of a family that the child was in.
// Mails about an account name no child.
const unwriteMails = `UPDATE outbox SET subject = '` + portal.Blanked + `', body_text = '', body_html = '', state = iif(state = 'sent', 'sent', 'dead'), fault = iif(state = 'sent', fault, 'un enfant nommé ici a été effacé')
	WHERE kind NOT IN ('` + KindReset + `', 'compte') AND structure_id IN (SELECT structure_id FROM child WHERE id` + these + `) AND (account_id IN (
			SELECT g.account_id FROM guardian g JOIN family_child fc ON fc.family_id = g.family_id WHERE fc.child_id` + these + `
			UNION SELECT g.account_id FROM guardian g JOIN custody_day k ON k.family_id = g.family_id WHERE k.child_id` + these + `
			UNION SELECT g.account_id FROM guardian g JOIN exchange x ON g.family_id IN (x.family_id, x.other_id) WHERE x.child_id` + these + `
			UNION SELECT g.account_id FROM guardian g JOIN pickup_person p ON p.family_id = g.family_id WHERE p.child_id` + these + `
			UNION SELECT g.account_id FROM guardian g JOIN child_document d ON d.family_id = g.family_id WHERE d.child_id` + these + `
			UNION SELECT account_id FROM booking WHERE child_id` + these + `
			UNION SELECT account_id FROM movement WHERE child_id` + these + `
			UNION SELECT account_id FROM request WHERE child_id` + these + `
			UNION SELECT account_id FROM absence_spell WHERE child_id` + these + `
			UNION SELECT v.account_id FROM registration_version v JOIN registration r ON r.id = v.registration_id WHERE r.child_id` + these + `
			UNION SELECT o.account_id FROM offer o JOIN offer_child oc ON oc.offer_id = o.id WHERE oc.child_id` + these + `)
		OR (coalesce(account_id, 0) NOT IN (SELECT g.account_id FROM guardian g JOIN family f ON f.id = g.family_id WHERE f.structure_id = outbox.structure_id)
			OR account_id IN (SELECT account_id FROM guardian WHERE family_id IN ` + homesEver + `
				UNION SELECT n.subject_id FROM staff_event e JOIN staff_event_name n ON n.event_id = e.id AND n.subject = 'compte' WHERE e.subject = 'famille' AND e.subject_id IN ` + homesEver + `))
			AND EXISTS (SELECT 1 FROM child c WHERE c.id` + these + ` AND instr(outbox.subject || ' ' || outbox.body_text || ' ' || outbox.body_html, c.first_name)))`

// unwriteNotes takes the first name of some children out of the notes about families that they are or were in: what else a note
// says of the household stays.
func unwriteNotes(tx *Tx, children []portal.ChildID) error {
	for _, child := range children {
		var name string
		if err := tx.row(&name, "SELECT first_name FROM child WHERE id = ?", child); err != nil {
			return err
		}
		type note struct {
			id   int64
			body string
		}
		notes, err := all(tx, func(r *sql.Rows) (n note, err error) {
			err = r.Scan(&n.id, &n.body)
			return n, err
		}, "SELECT id, body FROM family_note WHERE family_id IN "+homesEver, fmt.Sprintf("[%d]", child))
		if err != nil {
			return err
		}
		word := regexp.MustCompile(`(?i)(^|[^\pL])` + regexp.QuoteMeta(name) + `($|[^\pL])`)
		for _, n := range notes {
			body := n.body
			for range 2 { // two names may share the space between them
				body = word.ReplaceAllString(body, "${1}(effacé)${2}")
			}
			if name == "" || body == n.body {
				continue
			}
			if err := tx.exec("UPDATE family_note SET body = ? WHERE id = ?", body, n.id); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Store) forgetChildren(tx *Tx, structure portal.StructureID, children []portal.ChildID) error {
	for _, c := range children {
		if err := s.logErasure(tx, structure, "enfant", int64(c)); err != nil {
			return err
		}
	}
	if err := unwriteNotes(tx, children); err != nil {
		return err
	}
	statements := []string{unwriteMails}
	for _, table := range []string{"pickup_person", "child_document", "enrolment", "child_class", "child_elsewhere", "request", "wish", "custody", "custody_day", "exchange", "child_priority", "family_child"} {
		statements = append(statements, "DELETE FROM "+table+" WHERE child_id"+these)
	}
	statements = append(statements,
		"DELETE FROM absence_document WHERE spell_id IN (SELECT id FROM absence_spell WHERE child_id"+these+")",
		"UPDATE absence_spell SET reason = 'absent' WHERE child_id"+these,                              // why a child was away is nobody's any more
		"UPDATE movement SET reason = '' WHERE receipt_id IS NULL AND reason <> '' AND child_id"+these, // the others are sealed, and name nobody
		`UPDATE child SET last_name = 'EFFACÉ', used_name = '', first_name = 'Enfant', birth = NULL, sex = '', ine_hash = NULL, diet = '', diet_words = '', allergies = '',
			pai_words = '', pai_first = NULL, pai_last = NULL, leaves_alone = 0 WHERE id`+these,
		blankEvents("enfant", "'enfant', 'inscription', 'demande'"))
	return forgetting(tx, children, statements...)
}

func (s *Store) forgetAccounts(tx *Tx, structure portal.StructureID, accounts []portal.AccountID) error {
	for _, a := range accounts {
		if err := s.logErasure(tx, structure, "compte", int64(a)); err != nil {
			return err
		}
		var login string
		if err := tx.row(&login, "SELECT login FROM account WHERE id = ?", a); err != nil {
			return err
		}
		if err := tx.exec("DELETE FROM sign_in_failure WHERE key = ?", s.throttleKey(triesOfAccount, login)); err != nil {
			return err
		}
	}
	statements := []string{"DELETE FROM outbox WHERE account_id" + these,
		"DELETE FROM outbox WHERE address COLLATE NOCASE IN (SELECT e.address FROM account_email e WHERE e.account_id" + these +
			" AND NOT EXISTS (SELECT 1 FROM account_email o WHERE o.address = e.address COLLATE NOCASE AND o.account_id NOT" + these + "))"}
	for _, table := range []string{"account_email", "session", "half_session", "second_factor", "recovery_code", "terms_acceptance", "password_reset", "calendar_address", "account_event",
		"account_reminder_off", "wish", "draft", "form_sent", "guardian"} {
		statements = append(statements, "DELETE FROM "+table+" WHERE account_id"+these)
	}
	statements = append(statements,
		"UPDATE offer SET token_hash = NULL WHERE account_id"+these,
		"DELETE FROM absence_document WHERE account_id"+these,
		`UPDATE account SET login = 'efface-' || id, civility = '', last_name = 'EFFACÉ', used_name = '', first_name = '', home_phone = '', work_phone = '', mobile_phone = '',
			password = '', temporary = 0, temporary_until = NULL, letter_at = NULL, first_seen_at = NULL, signed_in_at = NULL,
			sorted = NULL, searched = NULL WHERE id`+these,
		blankEvents("compte", "'compte'"))
	return forgetting(tx, accounts, statements...)
}

func (s *Store) forgetFamily(tx *Tx, structure portal.StructureID, family portal.FamilyID) error {
	if family == 0 {
		return nil
	}
	if err := s.logErasure(tx, structure, "famille", int64(family)); err != nil {
		return err
	}
	lost, err := guardiansIn(tx, family)
	if err != nil {
		return err
	}
	var statements []string
	for _, table := range []string{"pickup_person", "child_document", "family_note", "family_profile", "custody_day", "family_child", "guardian"} {
		statements = append(statements, "DELETE FROM "+table+" WHERE family_id"+these)
	}
	statements = append(statements, "DELETE FROM exchange WHERE family_id"+these+" OR other_id"+these, "DELETE FROM family WHERE id"+these, blankEvents("famille", "'famille'"))
	if err := forgetting(tx, []portal.FamilyID{family}, statements...); err != nil {
		return err
	}
	return signOut(tx, lost)
}
