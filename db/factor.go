package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base32"
	"errors"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"marelle/portal"
)

// Proof is whoever acts, with the password given again (SAFETY D13).
type Proof struct {
	Session  *Session
	Password string
	Addr     string // network address
}

// prove verifies the password of whoever acts.
func (s *Store) prove(ctx context.Context, by Proof) error {
	return s.askAgain(ctx, by.Session, by.Password, by.Addr)
}

// Factor is where the second factor of an account stands.
type Factor struct {
	Since    time.Time // zero: there is none
	Codes    int       // recovery codes left
	Required bool      // by a structure, for the role that the person has there
}

// Factor gives the second factor of whoever is signed in.
func (s *Store) Factor(ctx context.Context, session *Session) (Factor, error) {
	return factorOf(s.read(ctx), session.Account)
}

func factorOf(q querier, account portal.AccountID) (Factor, error) {
	return one(q, func(r *sql.Rows) (f Factor, err error) {
		err = r.Scan(into{&f.Since}, &f.Codes, &f.Required)
		return f, err
	}, `SELECT (SELECT since FROM second_factor WHERE account_id = ?1), (SELECT count(*) FROM recovery_code WHERE account_id = ?1 AND used_at IS NULL),
		EXISTS (SELECT 1 FROM staff w JOIN structure st ON st.id = w.structure_id WHERE w.account_id = ?1 AND `+mustHaveFactor+` AND st.factor_since IS NOT NULL)`, account)
}

// mustHaveFactor holds for the roles of portal.Role.MustHaveFactor.
const mustHaveFactor = "w.role IN ('gestionnaire', 'administrateur')"

// BeginFactor draws a secret for the telephone of whoever is signed in. Until its first code came, whatever was asked before
// is still asked.
func (s *Store) BeginFactor(ctx context.Context, by Proof) error {
	if err := s.prove(ctx, by); err != nil {
		return err
	}
	raw := make([]byte, 20)
	rand.Read(raw)
	account := by.Session.Account
	sealed, err := s.sealSecret(account, base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw))
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *Tx) error {
		return tx.exec(`INSERT INTO second_factor (account_id, pending, pending_at) VALUES (?, ?, ?)
			ON CONFLICT DO UPDATE SET pending = excluded.pending, pending_at = excluded.pending_at`, account, sealed, at(s.now()))
	})
}

// errNothingPending says that no secret waits for its first code.
var errNothingPending = portal.Conflict("Cette page a attendu trop longtemps. Recommencez : un nouveau code à photographier sera préparé.")

// PendingFactor gives the secret that waits for its first code.
func (s *Store) PendingFactor(ctx context.Context, session *Session) (secret string, err error) {
	secret, _, err = s.pendingFactor(ctx, session.Account)
	return secret, err
}

func (s *Store) pendingFactor(ctx context.Context, account portal.AccountID) (secret string, sealed []byte, err error) {
	err = s.read(ctx).row(&sealed, "SELECT pending FROM second_factor WHERE account_id = ? AND pending_at > ?", account, at(s.now().Add(-portal.FactorPendingLife)))
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil, errNothingPending
	}
	if err != nil {
		return "", nil, err
	}
	secret, err = s.openSecret(account, sealed)
	return secret, sealed, err
}

// errWrongCode refuses a code.
var errWrongCode = func() *portal.Error {
	return portal.Wrong("code", "Ce code n’est pas le bon, ou il a déjà servi. Attendez que votre téléphone montre le suivant, puis tapez-le.")
}()

// matchStep finds the step whose code was typed among those that are taken now.
func matchStep(secret, typed string, now time.Time, last int64) (step int64, right bool) {
	code, ok := portal.FactorCode(typed)
	if !ok {
		return 0, false
	}
	for _, step := range portal.FactorSteps(now, last) {
		if right, err := hotp.ValidateCustom(code, uint64(step), secret, hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}); err == nil && right {
			return step, true
		}
	}
	return 0, false
}

// ConfirmFactor makes the telephone that shows the right code the second factor of whoever is signed in. It gives the
// recovery codes, which nothing else holds, and the token of a new session: all the others of the account end, they were
// opened without it.
func (s *Store) ConfirmFactor(ctx context.Context, session *Session, typed, addr string, notice Notice) (codes []string, token string, err error) {
	secret, sealed, err := s.pendingFactor(ctx, session.Account)
	if err != nil {
		return nil, "", err
	}
	account, address := s.throttleKey(triesOfCode, session.Login), s.addressKey(triesOfCodeAddress, addr)
	if err := s.reserveTry(ctx, account, address); err != nil {
		return nil, "", err
	}
	step, right := matchStep(secret, typed, s.real(), 0)
	codes, stored, err := newRecoveryCodes()
	if err != nil {
		return nil, "", err
	}
	fresh := newSession(session.Account, session.Remember)
	fresh.structure = session.structure
	err = s.settleTry(ctx, account, address, right, func(tx *Tx) error {
		n, err := tx.change("UPDATE second_factor SET secret = pending, since = ?, last_step = ?, pending = NULL, pending_at = NULL WHERE account_id = ? AND pending = ?",
			at(s.now()), step, session.Account, sealed)
		if err != nil {
			return err
		}
		ended, err := column[string](tx, "DELETE FROM session WHERE id_hash = ? RETURNING device", session.hash)
		if err != nil {
			return err
		}
		if n == 0 || len(ended) == 0 { // prepared anew in another window, or signed out meanwhile
			return errNothingPending
		}
		fresh.device = ended[0]
		if err := endSessions(tx, session.Account); err != nil {
			return err
		}
		if err := storeRecoveryCodes(tx, session.Account, stored); err != nil {
			return err
		}
		if err := s.factorChanged(tx, session.Account, session.Account, portal.FactorSet, notice); err != nil {
			return err
		}
		return fresh.insert(tx, s.now())
	})
	switch {
	case err != nil:
		return nil, "", err
	case !right:
		return nil, "", errWrongCode
	}
	return codes, fresh.token, nil
}

func newRecoveryCodes() (codes, stored []string, err error) {
	if codes, err = portal.NewRecoveryCodes(rand.Reader); err != nil {
		return nil, nil, err
	}
	for _, code := range codes {
		hash, err := hashCode(code)
		if err != nil {
			return nil, nil, err
		}
		stored = append(stored, hash)
	}
	return codes, stored, nil
}

// storeRecoveryCodes makes these codes the only ones.
func storeRecoveryCodes(tx *Tx, account portal.AccountID, stored []string) error {
	if err := tx.exec("DELETE FROM recovery_code WHERE account_id = ?", account); err != nil {
		return err
	}
	for i, hash := range stored {
		if err := tx.exec("INSERT INTO recovery_code (account_id, position, hash) VALUES (?, ?, ?)", account, i, hash); err != nil {
			return err
		}
	}
	return nil
}

// RenewRecoveryCodes draws new recovery codes for whoever is signed in; the old ones open nothing any more.
func (s *Store) RenewRecoveryCodes(ctx context.Context, by Proof, notice Notice) ([]string, error) {
	if err := s.prove(ctx, by); err != nil {
		return nil, err
	}
	codes, stored, err := newRecoveryCodes()
	if err != nil {
		return nil, err
	}
	account := by.Session.Account
	return codes, s.write(ctx, func(tx *Tx) error {
		if f, err := factorOf(tx, account); err != nil || f.Since.IsZero() {
			return errors.Join(err, portal.Conflict("Vous n’avez pas de second facteur. Mettez-le d’abord en place."))
		}
		if err := storeRecoveryCodes(tx, account, stored); err != nil {
			return err
		}
		return s.factorChanged(tx, account, account, portal.RecoveryDrawn, notice)
	})
}

// GiveUpFactor takes the second factor of whoever is signed in away, unless a structure requires it.
func (s *Store) GiveUpFactor(ctx context.Context, by Proof, notice Notice) error {
	if err := s.prove(ctx, by); err != nil {
		return err
	}
	account := by.Session.Account
	return s.write(ctx, func(tx *Tx) error {
		f, err := factorOf(tx, account)
		switch {
		case err != nil:
			return err
		case f.Required:
			return portal.ErrFactorRequired
		case f.Since.IsZero():
			return nil
		}
		return s.takeFactorAway(tx, account, account, notice)
	})
}

// takeFactorAway forgets the second factor of an account and its recovery codes.
func (s *Store) takeFactorAway(tx *Tx, account, by portal.AccountID, notice Notice) error {
	for _, query := range []string{"DELETE FROM recovery_code WHERE account_id = ?", "DELETE FROM second_factor WHERE account_id = ?", "DELETE FROM half_session WHERE account_id = ?"} {
		if err := tx.exec(query, account); err != nil {
			return err
		}
	}
	return s.factorChanged(tx, account, by, portal.FactorRemoved, notice)
}

// factorChanged writes it into the journal of the account, and into the audit log of every structure where the person works.
func (s *Store) factorChanged(tx *Tx, account, by portal.AccountID, kind portal.AccountEventKind, notice Notice) error {
	if err := s.record(tx, account, kind, by, notice); err != nil {
		return err
	}
	who, err := personOf(tx, account)
	if err != nil {
		return err
	}
	structures, err := column[portal.StructureID](tx, "SELECT structure_id FROM staff WHERE account_id = ? ORDER BY structure_id", account)
	if err != nil {
		return err
	}
	var changes []portal.Changed
	switch kind {
	case portal.FactorSet:
		changes = []portal.Changed{{What: "Second facteur", Before: "non", After: "oui"}}
	case portal.FactorRemoved:
		changes = []portal.Changed{{What: "Second facteur", Before: "oui", After: "non"}}
	}
	for _, structure := range structures {
		e := portal.StaffEvent{Structure: structure, By: by, Subject: "equipe", SubjectID: int64(account), Words: kind.Words() + " : " + who.Title(), Changes: changes}
		if err := s.note(tx, e); err != nil {
			return err
		}
	}
	return nil
}

func personOf(q querier, account portal.AccountID) (portal.Person, error) {
	p, err := one(q, func(r *sql.Rows) (p portal.Person, err error) {
		err = r.Scan(&p.ID, &p.Civility, &p.LastName, &p.FirstName)
		return p, err
	}, "SELECT id, civility, iif(used_name <> '', used_name, last_name), first_name FROM account WHERE id = ?", account)
	return p, absent(err, "Ce compte n’existe pas.")
}

// DropFactor takes the second factor of an account away at the console, for the day when every administrator lost the telephone
// and the codes.
func (s *Store) DropFactor(ctx context.Context, login string) (portal.Person, error) {
	var who portal.Person
	err := s.write(ctx, func(tx *Tx) error {
		var account portal.AccountID
		if err := tx.row(&account, "SELECT id FROM account WHERE login = ?", portal.NormaliseLogin(login)); err != nil {
			return absent(err, "L’identifiant « %s » n’existe pas. Il est écrit sur la lettre de l’agent.", portal.Clip(login, 40))
		}
		var err error
		if who, err = personOf(tx, account); err != nil {
			return err
		}
		f, err := factorOf(tx, account)
		if err != nil {
			return err
		}
		if f.Since.IsZero() {
			return portal.Conflict("%s n’a pas de second facteur : rien n’est à retirer.", who.Title())
		}
		return s.takeFactorAway(tx, account, 0, Notice{})
	})
	return who, err
}
