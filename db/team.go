package db

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"marelle/portal"
)

const teamColumns = `SELECT a.id, a.login, a.civility, iif(a.used_name <> '', a.used_name, a.last_name), a.first_name, w.role, a.signed_in_at, a.letter_at, a.temporary_until,
	(SELECT f.since FROM second_factor f WHERE f.account_id = a.id), (SELECT count(*) FROM recovery_code c WHERE c.account_id = a.id AND c.used_at IS NULL),
	(SELECT count(*) FROM account_email e WHERE e.account_id = a.id),
	EXISTS (SELECT 1 FROM guardian g JOIN family f ON f.id = g.family_id WHERE g.account_id = a.id AND f.structure_id = w.structure_id)
	FROM staff w JOIN account a ON a.id = w.account_id WHERE w.structure_id = ?1`

func scanTeammate(r *sql.Rows) (t portal.Teammate, err error) {
	err = r.Scan(&t.ID, &t.Login, &t.Civility, &t.LastName, &t.FirstName, &t.Role, into{&t.SignedIn}, into{&t.Letter}, into{&t.Until},
		into{&t.Factor}, &t.Codes, &t.Emails, &t.Guardian)
	return t, err
}

// Team lists the agents of a structure by name, and says whether it requires a second factor.
func (s *Store) Team(ctx context.Context, structure portal.StructureID) (team []portal.Teammate, required bool, err error) {
	err = s.snapshot(ctx, func(r reader) error {
		if err := r.row(&required, "SELECT factor_since IS NOT NULL FROM structure WHERE id = ?", structure); err != nil {
			return absent(err, "Cette structure n’existe pas.")
		}
		team, err = all(r, scanTeammate, teamColumns+" ORDER BY iif(a.used_name <> '', a.used_name, a.last_name) COLLATE francais, a.first_name COLLATE francais, a.id", structure)
		return err
	})
	return team, required, err
}

// Teammate gives an agent of a structure with the sessions that are open; another structure's is not found.
func (s *Store) Teammate(ctx context.Context, structure portal.StructureID, account portal.AccountID) (*portal.Teammate, error) {
	var t portal.Teammate
	err := s.snapshot(ctx, func(r reader) (err error) {
		if t, err = teammate(r, structure, account); err != nil {
			return err
		}
		now := s.now()
		t.Sessions, err = all(r, func(r *sql.Rows) (o portal.OpenSession, err error) {
			err = r.Scan(&o.Device, into{&o.Seen})
			o.Device = portal.DeviceWords(o.Device)
			return o, err
		}, "SELECT device, seen_at FROM session WHERE account_id = ? AND seen_at > ? AND created_at > ? ORDER BY seen_at DESC", account, at(now.Add(-staffIdle)), at(now.Add(-staffLife)))
		return err
	})
	return &t, err
}

// errNoTeammate says that somebody is no agent of the structure.
var errNoTeammate = portal.NotFound("Cet agent n’existe pas.")

func teammate(q querier, structure portal.StructureID, account portal.AccountID) (portal.Teammate, error) {
	t, err := one(q, scanTeammate, teamColumns+" AND a.id = ?2", structure, account)
	if errors.Is(err, sql.ErrNoRows) {
		err = errNoTeammate
	}
	return t, err
}

// CreateStaff makes the account of an agent of a structure and its letter, at the console.
func (s *Store) CreateStaff(ctx context.Context, structure portal.StructureID, who portal.Identity, role portal.Role) (portal.Letter, error) {
	return s.addAgent(ctx, structure, 0, who, role, "")
}

// AddAgent makes the account of an agent of a structure and its letter, once the administrator's password is given again. The
// same form sent twice makes one agent, and shows no second letter.
func (s *Store) AddAgent(ctx context.Context, structure portal.StructureID, by Proof, who portal.Identity, role portal.Role, formKey string) (portal.Letter, error) {
	if len(formKey) < 8 || len(formKey) > 64 {
		return portal.Letter{}, portal.Conflict("Ce formulaire est incomplet. Rouvrez la page, puis recommencez.")
	}
	who, err := portal.CheckAgent(who, role)
	if err != nil {
		return portal.Letter{}, err
	}
	if err := s.prove(ctx, by); err != nil {
		return portal.Letter{}, err
	}
	return s.addAgent(ctx, structure, by.Session.Account, who, role, formKey)
}

func (s *Store) addAgent(ctx context.Context, structure portal.StructureID, by portal.AccountID, who portal.Identity, role portal.Role, formKey string) (portal.Letter, error) {
	if strings.TrimSpace(who.LastName) == "" {
		return portal.Letter{}, portal.Invalid("Donnez le nom de l’agent.")
	}
	if !role.Valid() {
		return portal.Letter{}, portal.Invalid("« %s » n’est pas un rôle. Choisissez agent, gestionnaire, régisseur ou administrateur.", portal.Clip(string(role), 40))
	}
	code, stored, err := s.newTemporaryPassword()
	if err != nil {
		return portal.Letter{}, err
	}
	var letter portal.Letter
	err = s.write(ctx, func(tx *Tx) error {
		if err := structureExists(tx, structure); err != nil {
			return err
		}
		var made bool
		if err := tx.row(&made, "SELECT EXISTS (SELECT 1 FROM staff WHERE structure_id = ? AND form_key = ?)", structure, formKey); err != nil {
			return err
		}
		if made {
			return errAgentMade
		}
		account, err := s.createAccount(tx, who)
		if err != nil {
			return err
		}
		if err := s.appoint(tx, structure, by, account, role, formKey); err != nil {
			return err
		}
		if err := s.storeLetter(tx, account, stored); err != nil {
			return err
		}
		letter, err = one(tx, scanLetter, letterColumns+" AND a.id = ?2", structure, account)
		return err
	})
	letter.Password = code
	return letter, err
}

// errAgentMade refuses the same form sent twice: the letter of the first was shown once.
var errAgentMade = portal.Conflict("Cet agent vient d’être ajouté, et sa lettre a été montrée. Si vous ne l’avez pas imprimée, demandez-en une nouvelle depuis sa fiche.")

func structureExists(tx *Tx, structure portal.StructureID) error {
	var exists bool
	err := tx.row(&exists, "SELECT EXISTS (SELECT 1 FROM structure WHERE id = ?)", structure)
	if err == nil && !exists {
		err = portal.NotFound("Cette structure n’existe pas.")
	}
	return err
}

// appoint makes somebody an agent.
func (s *Store) appoint(tx *Tx, structure portal.StructureID, by, account portal.AccountID, role portal.Role, formKey string) error {
	if err := tx.exec("INSERT INTO staff (account_id, structure_id, role, form_key) VALUES (?, ?, ?, nullif(?, ''))", account, structure, string(role), formKey); err != nil {
		return err
	}
	who, err := personOf(tx, account)
	if err != nil {
		return err
	}
	return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "equipe", SubjectID: int64(account), Words: "Agent ajouté : " + who.Title(),
		Changes: []portal.Changed{{What: "Rôle", After: role.Word()}}})
}

// GiveRole makes an agent of somebody who has an account already, a parent or an agent of another structure, known by the
// identifiant; it gives who that is.
func (s *Store) GiveRole(ctx context.Context, structure portal.StructureID, by Proof, login string, role portal.Role) (who portal.Person, err error) {
	fault := func(field, message string) error { return portal.Wrong(field, "%s", message) }
	if !role.Valid() {
		return who, fault("role", "Choisissez un rôle.")
	}
	if err := s.prove(ctx, by); err != nil {
		return who, err
	}
	err = s.write(ctx, func(tx *Tx) error {
		var account portal.AccountID
		err := tx.row(&account, "SELECT id FROM account WHERE login = ?", portal.NormaliseLogin(login))
		if errors.Is(err, sql.ErrNoRows) {
			return fault("identifiant", "Personne n’a cet identifiant. La personne le lit sur sa lettre, ou dans son profil.")
		}
		if err != nil {
			return err
		}
		if who, err = personOf(tx, account); err != nil {
			return err
		}
		switch t, err := teammate(tx, structure, account); {
		case err == nil:
			return fault("identifiant", who.Title()+" fait déjà partie de l’équipe, comme "+t.Role.Word()+".")
		case err != errNoTeammate:
			return err
		}
		return s.appoint(tx, structure, by.Session.Account, account, role, "")
	})
	return who, err
}

// withTeammate does something with an agent of a structure, once the password of whoever acts is given again.
func (s *Store) withTeammate(ctx context.Context, structure portal.StructureID, by Proof, account portal.AccountID, do func(*Tx, portal.Teammate) error) error {
	if err := s.prove(ctx, by); err != nil {
		return err
	}
	return s.write(ctx, func(tx *Tx) error {
		t, err := teammate(tx, structure, account)
		if err != nil {
			return err
		}
		return do(tx, t)
	})
}

// ChangeRole gives an agent another role than the one the page showed. The structure keeps an administrator.
func (s *Store) ChangeRole(ctx context.Context, structure portal.StructureID, by Proof, account portal.AccountID, shown, role portal.Role) error {
	if !role.Valid() {
		return portal.Wrong("role", "Choisissez un rôle.")
	}
	return s.withTeammate(ctx, structure, by, account, func(tx *Tx, t portal.Teammate) error {
		switch {
		case t.Role == role:
			return nil
		case t.Role != shown:
			return portal.Conflict("Entre-temps, %s est devenu %s. Rien n’a été changé : rouvrez la fiche avant de choisir.", t.Title(), t.Role.Word())
		}
		if err := keepAnAdministrator(tx, structure, t); err != nil {
			return err
		}
		if err := tx.exec("UPDATE staff SET role = ? WHERE account_id = ? AND structure_id = ?", string(role), account, structure); err != nil {
			return err
		}
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by.Session.Account, Subject: "equipe", SubjectID: int64(account), Words: "Rôle changé : " + t.Title(),
			Changes: []portal.Changed{{What: "Rôle", Before: t.Role.Word(), After: role.Word()}}})
	})
}

// keepAnAdministrator refuses to take away the last one.
func keepAnAdministrator(tx *Tx, structure portal.StructureID, leaving portal.Teammate) error {
	if leaving.Role != portal.Administrator {
		return nil
	}
	var others int
	err := tx.row(&others, "SELECT count(*) FROM staff WHERE structure_id = ? AND role = ? AND account_id <> ?", structure, string(portal.Administrator), leaving.ID)
	if err == nil && others == 0 {
		err = portal.ErrLastAdministrator
	}
	return err
}

// Withdraw takes the role of an agent of a structure away: the sessions end at once. Who is an agent nowhere any more loses
// the second factor too, which only agents have; a parent keeps the account.
func (s *Store) Withdraw(ctx context.Context, structure portal.StructureID, by Proof, account portal.AccountID, notice Notice) error {
	return s.withTeammate(ctx, structure, by, account, func(tx *Tx, t portal.Teammate) error {
		if err := keepAnAdministrator(tx, structure, t); err != nil {
			return err
		}
		e := portal.StaffEvent{Structure: structure, By: by.Session.Account, Subject: "equipe", SubjectID: int64(account), Words: "Agent retiré de l’équipe : " + t.Title(),
			Changes: []portal.Changed{{What: "Rôle", Before: t.Role.Word()}}}
		if err := s.note(tx, e); err != nil {
			return err
		}
		var elsewhere bool
		if err := tx.row(&elsewhere, "SELECT EXISTS (SELECT 1 FROM staff WHERE account_id = ? AND structure_id <> ?)", account, structure); err != nil {
			return err
		}
		if !elsewhere && !t.Factor.IsZero() {
			if err := s.takeFactorAway(tx, account, by.Session.Account, notice); err != nil {
				return err
			}
		}
		if err := tx.exec("DELETE FROM staff WHERE account_id = ? AND structure_id = ?", account, structure); err != nil {
			return err
		}
		return endSessions(tx, account)
	})
}

// mayOpen refuses to let an administrator into an account that is at home in a structure where that administrator is none:
// a new password, or no second factor any more, would open the other structure too. by zero is the program itself.
func mayOpen(tx *Tx, by, account portal.AccountID) error {
	if by == 0 {
		return nil
	}
	var foreign bool
	err := tx.row(&foreign, `SELECT EXISTS (SELECT 1 FROM staff WHERE account_id = ?1) AND EXISTS (SELECT 1 FROM (
			SELECT structure_id FROM staff WHERE account_id = ?1
			UNION SELECT f.structure_id FROM guardian g JOIN family f ON f.id = g.family_id WHERE g.account_id = ?1) x
		WHERE NOT EXISTS (SELECT 1 FROM staff w WHERE w.account_id = ?2 AND w.structure_id = x.structure_id AND w.role = ?3))`, account, by, string(portal.Administrator))
	if err != nil || !foreign {
		return err
	}
	return portal.Conflict("Cette personne est un agent, et son compte sert aussi là où vous n’êtes pas administrateur : vous ne pouvez pas y faire entrer quelqu’un. Elle peut demander un lien par « Mot de passe oublié ».")
}

// NewAgentLetter gives an agent a new temporary password and its letter. seen is the instant of the last letter shown.
func (s *Store) NewAgentLetter(ctx context.Context, structure portal.StructureID, by Proof, account portal.AccountID, seen time.Time) ([]portal.Letter, error) {
	if _, err := teammate(s.read(ctx), structure, account); err != nil {
		return nil, err
	}
	if err := s.prove(ctx, by); err != nil {
		return nil, err
	}
	return s.IssueLetters(ctx, structure, by.Session.Account, []portal.AccountID{account}, seen)
}

// ResetFactor takes away the second factor of an agent who lost the telephone; the sessions end, and the agent is told.
func (s *Store) ResetFactor(ctx context.Context, structure portal.StructureID, by Proof, account portal.AccountID, notice Notice) error {
	return s.withTeammate(ctx, structure, by, account, func(tx *Tx, t portal.Teammate) error {
		if err := mayOpen(tx, by.Session.Account, account); err != nil {
			return err
		}
		if t.Factor.IsZero() {
			return portal.Conflict("%s n’a pas de second facteur : rien n’est à retirer.", t.Title())
		}
		if err := s.takeFactorAway(tx, account, by.Session.Account, notice); err != nil {
			return err
		}
		return endSessions(tx, account)
	})
}

// EndAgentSessions signs an agent of a structure out everywhere.
func (s *Store) EndAgentSessions(ctx context.Context, structure portal.StructureID, by portal.AccountID, account portal.AccountID) error {
	return s.write(ctx, func(tx *Tx) error {
		t, err := teammate(tx, structure, account)
		if err != nil {
			return err
		}
		if err := endSessions(tx, account); err != nil {
			return err
		}
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "equipe", SubjectID: int64(account), Words: "Agent déconnecté de tous ses appareils : " + t.Title()})
	})
}

// RequireFactor says that a structure requires a second factor of its gestionnaires and administrateurs, or no longer does.
func (s *Store) RequireFactor(ctx context.Context, structure portal.StructureID, by Proof, required bool) error {
	if err := s.prove(ctx, by); err != nil {
		return err
	}
	return s.write(ctx, func(tx *Tx) error {
		var since instant
		words := []portal.Changed{{What: "Second facteur exigé", Before: "oui", After: "non"}}
		if required {
			since = at(s.now())
			words[0].Before, words[0].After = words[0].After, words[0].Before
		}
		n, err := tx.change("UPDATE structure SET factor_since = ?1 WHERE id = ?2 AND (factor_since IS NULL) <> (?1 IS NULL)", since, structure)
		if err != nil || n == 0 {
			return err
		}
		return s.note(tx, portal.StaffEvent{Structure: structure, By: by.Session.Account, Subject: "equipe", SubjectID: int64(structure),
			Words: "Second facteur des gestionnaires et des administrateurs", Changes: words})
	})
}
