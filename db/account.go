package db

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"marelle/portal"
)

// Visit is where a sign-in comes from.
type Visit struct {
	Addr     string // network address
	Device   string // « Chrome sur Android », for the list of open sessions
	Remember bool   // « Rester connecté sur cet appareil »
	Before   string // token of the session that the browser had
}

// SignIn verifies an identifiant and a password, begins a session and gives the account with the session's token; the
// session the browser had before ends. Unknown and wrong are refused with one sentence, after the same work; too many
// tries wait. An account that has a second factor gets NeedsCode in place of a session: SignInCode goes on.
func (s *Store) SignIn(ctx context.Context, login, password string, visit Visit) (portal.AccountID, string, error) {
	login = portal.NormaliseLogin(login)
	account, address := s.throttleKey(triesOfAccount, login), s.addressKey(triesOfAddress, visit.Addr)
	if err := s.reserveTry(ctx, account, address); err != nil {
		return 0, "", err
	}
	found, err := s.credentials(ctx, byLogin, login)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, "", err
	}
	right, err := verifyPassword(ctx, found.stored, password)
	if err != nil {
		return 0, "", errors.Join(err, s.forgiveTry(account))
	}
	now := s.now()
	expired := found.temporary && found.until.Before(now)
	var half bool
	fresh := newSession(found.account, visit.Remember)
	fresh.device = visit.Device
	err = s.settleTry(ctx, account, address, right, func(tx *Tx) error {
		if expired {
			return nil
		}
		// While we verified, the town hall may have printed a new letter: then the password verified is worth nothing.
		var stored string
		if err := tx.row(&stored, "SELECT password FROM account WHERE id = ?", found.account); err != nil {
			return err
		}
		if stored != found.stored {
			return portal.Conflict("Ce mot de passe vient d’être remplacé. Connectez-vous avec le nouveau.")
		}
		waits, err := s.halfway(tx, fresh, visit.Before)
		half = waits
		return err
	})
	switch {
	case err != nil:
		return 0, "", err
	case !right:
		return 0, "", portal.Invalid("Identifiant ou mot de passe incorrect. Vérifiez les majuscules.")
	case expired:
		return 0, "", portal.Invalid("Ce mot de passe provisoire n’est plus valable depuis le %s. Demandez-en un nouveau à la mairie.", portal.DateOf(found.until).LongYear())
	case half:
		return 0, "", NeedsCode{fresh.token}
	}
	return found.account, fresh.token, nil
}

// credentials is what is stored of an account's password.
type credentials struct {
	account   portal.AccountID
	stored    string
	temporary bool
	until     time.Time // of a temporary password
}

const (
	byLogin   = " WHERE login = ?"
	byAccount = " WHERE id = ?"
)

func (s *Store) credentials(ctx context.Context, where string, value any) (credentials, error) {
	return one(s.read(ctx), func(r *sql.Rows) (c credentials, err error) {
		err = r.Scan(&c.account, &c.stored, &c.temporary, into{&c.until})
		return c, err
	}, "SELECT id, password, temporary, temporary_until FROM account"+where, value)
}

// PasswordOwner gives what the password of an account must not be made of.
func (s *Store) PasswordOwner(ctx context.Context, account portal.AccountID) (portal.PasswordOwner, error) {
	owner, err := one(s.read(ctx), func(r *sql.Rows) (o portal.PasswordOwner, err error) {
		var last, used, first, towns string
		err = r.Scan(&o.Login, &last, &used, &first, &towns)
		o.Names, o.Towns = []string{last, used, first}, strings.Split(towns, "\n")
		return o, err
	}, `SELECT login, last_name, used_name, first_name,
			(SELECT coalesce(group_concat(name || char(10) || town, char(10)), '') FROM structure)
		FROM account WHERE id = ?`, account)
	return owner, absent(err, "Ce compte n’existe pas.")
}

// refusePassword checks a new password against the rules.
func (s *Store) refusePassword(ctx context.Context, account portal.AccountID, password string) error {
	owner, err := s.PasswordOwner(ctx, account)
	if err != nil {
		return err
	}
	if faults := portal.CheckPassword(password, owner); len(faults) > 0 {
		return portal.Invalid("%s", faults[0].Message)
	}
	return nil
}

// errLetterCode refuses the password of the letter: its paper has been in other hands and must not stay a key.
var errLetterCode = portal.Invalid("C’est le mot de passe de la lettre. Choisissez-en un autre, à vous.")

// SetFirstPassword replaces the temporary password of a session's account by a personal one. Every session of the
// account ends and a new one begins, whose token it gives.
func (s *Store) SetFirstPassword(ctx context.Context, session *Session, password string) (token string, err error) {
	if !session.MustChange {
		return "", portal.Conflict("Votre mot de passe est déjà enregistré.")
	}
	found, err := s.credentials(ctx, byAccount, session.Account)
	if err != nil {
		return "", absent(err, "Ce compte n’existe pas.")
	}
	if sameCode(found.stored, password) {
		return "", errLetterCode
	}
	return s.replacePassword(ctx, session, password, Notice{})
}

// ChangePassword replaces a personal password, once the current one is given again. Every other session ends, every link
// that was asked for too, and the notice goes to all the addresses.
func (s *Store) ChangePassword(ctx context.Context, session *Session, current, password, addr string, notice Notice) (token string, err error) {
	if err := s.askAgain(ctx, session, current, addr); err != nil {
		return "", err
	}
	return s.replacePassword(ctx, session, password, notice)
}

// askAgain verifies the current password of whoever is signed in, before what matters most; the field is « actuel ».
func (s *Store) askAgain(ctx context.Context, session *Session, current, addr string) error {
	account, address := s.throttleKey(triesOfAccount, session.Login), s.addressKey(triesOfAddress, addr)
	if err := s.reserveTry(ctx, account, address); err != nil {
		return err
	}
	found, err := s.credentials(ctx, byAccount, session.Account)
	if err != nil {
		return absent(err, "Ce compte n’existe pas.")
	}
	right, err := verifyPassword(ctx, found.stored, current)
	if err != nil {
		return errors.Join(err, s.forgiveTry(account))
	}
	if err := s.settleTry(ctx, account, address, right, func(*Tx) error { return nil }); err != nil {
		return err
	}
	if !right {
		return portal.Wrong("actuel", "Le mot de passe actuel est incorrect. Vérifiez les majuscules.")
	}
	return nil
}

// replacePassword makes a personal password the only way in: sessions and links end, and one session begins.
func (s *Store) replacePassword(ctx context.Context, session *Session, password string, notice Notice) (token string, err error) {
	if err := s.refusePassword(ctx, session.Account, password); err != nil {
		return "", err
	}
	stored, err := hashPassword(ctx, password)
	if err != nil {
		return "", err
	}
	fresh := newSession(session.Account, session.Remember)
	fresh.structure = session.structure
	return fresh.token, s.write(ctx, func(tx *Tx) error {
		// While we hashed, the town hall may have printed a new letter, which ended the session: then that one counts.
		ended, err := column[string](tx, "DELETE FROM session WHERE id_hash = ? RETURNING device", session.hash)
		if err != nil {
			return err
		}
		if len(ended) == 0 {
			return portal.Conflict("Votre mot de passe a changé entre-temps. Connectez-vous à nouveau.")
		}
		fresh.device = ended[0]
		if err := storePassword(tx, session.Account, stored); err != nil {
			return err
		}
		if err := s.record(tx, session.Account, portal.PasswordChanged, session.Account, notice); err != nil {
			return err
		}
		return fresh.insert(tx, s.now())
	})
}

// storePassword writes a personal password; every session and every link of the account ends.
func storePassword(tx *Tx, account portal.AccountID, stored string) error {
	if err := tx.exec("UPDATE account SET password = ?, temporary = 0, temporary_until = NULL WHERE id = ?", stored, account); err != nil {
		return err
	}
	if err := endSessions(tx, account); err != nil {
		return err
	}
	return closeLinks(tx, account)
}

// createAccount makes an account nobody can sign in to until a letter is issued.
func (s *Store) createAccount(tx *Tx, who portal.Identity) (portal.AccountID, error) {
	login, err := s.freeLogin(tx)
	if err != nil {
		return 0, err
	}
	n, err := tx.insert("INSERT INTO account (id, login, civility, last_name, used_name, first_name, home_phone, work_phone, mobile_phone, created_at) VALUES ("+nextNumber("account")+", ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		login, who.Civility, who.LastName, who.UsedName, who.FirstName, who.HomePhone, who.WorkPhone, who.MobilePhone, at(s.now()))
	if err != nil {
		return 0, err
	}
	account := portal.AccountID(n)
	return account, setEmails(tx, account, who.Emails)
}

// freeLogin draws an identifiant that nobody has.
func (s *Store) freeLogin(tx *Tx) (string, error) {
	for {
		login, err := s.newLogin()
		if err != nil {
			return "", err
		}
		var taken bool
		if err := tx.row(&taken, "SELECT EXISTS (SELECT 1 FROM account WHERE login = ?)", login); err != nil || !taken {
			return login, err
		}
	}
}

// setEmails gives an account addresses that get everything.
func setEmails(tx *Tx, account portal.AccountID, emails []string) error {
	list := make([]portal.Address, len(emails))
	for i, email := range emails {
		list[i] = portal.Address{Email: email, Reports: true, Reminders: true}
	}
	return setAddresses(tx, account, list)
}
