package db_test

import (
	"context"
	"database/sql"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"marelle/db"
	"marelle/portal"
)

// staffed makes an agent who is signed in, with the proof of the password.
func (h *hall) staffed(last string, role portal.Role) (portal.Letter, db.Proof) {
	h.t.Helper()
	letter, err := h.CreateStaff(ctx, h.structure, portal.Identity{Civility: "Mme", LastName: last, FirstName: "Agnès", Emails: []string{strings.ToLower(last) + "@exemple.fr"}}, role)
	if err != nil {
		h.t.Fatal(err)
	}
	session, _ := h.enter(letter.Login, letter.Password)
	token, err := h.SetFirstPassword(ctx, session, goodPassword)
	if err != nil {
		h.t.Fatal(err)
	}
	return letter, h.proof(token)
}

func (h *hall) proof(token string) db.Proof {
	h.t.Helper()
	session, err := h.Session(ctx, token)
	if err != nil {
		h.t.Fatal(err)
	}
	return db.Proof{Session: session, Password: goodPassword, Addr: "192.0.2.1"}
}

// tryRaw runs SQL beside the store that the base should refuse.
func (h *hall) tryRaw(query string) error {
	h.t.Helper()
	conn, err := sql.Open("marelle", "file:"+h.Path()+"?_busy_timeout=5000&_txlock=immediate&_foreign_keys=on")
	if err != nil {
		h.t.Fatal(err)
	}
	defer conn.Close()
	_, err = conn.Exec(query)
	return err
}

// code computes what a telephone shows.
func (h *hall) code(secret string, late time.Duration) string {
	h.t.Helper()
	code, err := totp.GenerateCode(secret, h.clock.Now().Add(late))
	if err != nil {
		h.t.Fatal(err)
	}
	return code
}

// factored sets up the second factor of an agent: its secret, its recovery codes, and the new session.
func (h *hall) factored(by db.Proof) (secret string, codes []string, after db.Proof) {
	h.t.Helper()
	if err := h.BeginFactor(ctx, by); err != nil {
		h.t.Fatal(err)
	}
	secret, err := h.PendingFactor(ctx, by.Session)
	if err != nil {
		h.t.Fatal(err)
	}
	codes, token, err := h.ConfirmFactor(ctx, by.Session, h.code(secret, 0), by.Addr, told)
	if err != nil {
		h.t.Fatal(err)
	}
	return secret, codes, h.proof(token)
}

// half signs in up to the code.
func (h *hall) half(login string) string {
	h.t.Helper()
	_, token, err := h.SignIn(ctx, login, goodPassword, db.Visit{Addr: "192.0.2.1", Device: "Chrome"})
	waits, ok := err.(db.NeedsCode)
	if !ok || token != "" {
		h.t.Fatalf("no code is asked: %q %v", token, err)
	}
	return waits.Token
}

func (h *hall) withCode(half, code string) (string, error) {
	token, _, err := h.SignInCode(ctx, half, code, db.Visit{Addr: "192.0.2.1"})
	return token, err
}

func TestFactorAtSignIn(t *testing.T) {
	h := newHall(t)
	letter, by := h.staffed("ROUCH", portal.Administrator)
	_, other := h.enter(letter.Login, goodPassword)
	secret, codes, after := h.factored(by)
	if _, err := h.Session(ctx, other); err != db.ErrNoSession {
		t.Errorf("a session without the factor goes on: %v", err)
	}
	if !after.Session.Factor || after.Session.CSRF == by.Session.CSRF {
		t.Error("the session is not a new one")
	}
	if got := h.scalar("SELECT group_concat(subject) FROM outbox"); got != "Changé" {
		t.Errorf("mails: %s", got)
	}

	data, err := h.Export(ctx, after.Session, goodPassword, "192.0.2.1")
	if err != nil || data.Account.Factor == "" || data.Account.Codes != portal.RecoveryCodes || data.Account.SignedIn == "" {
		t.Errorf("the export: %+v %v", data.Account, err)
	}
	half := h.half(letter.Login)
	if _, err := h.Session(ctx, half); err != db.ErrNoSession {
		t.Errorf("a half session opens pages: %v", err)
	}
	_, err = h.withCode(half, h.code(secret, 0)) // the code that set it up
	refused(t, err, portal.KindInvalid, "a déjà servi")
	h.clock.Add(portal.FactorStep)
	code := h.code(secret, 0)
	token, err := h.withCode(half, code[:3]+" "+code[3:])
	if err != nil {
		t.Fatal(err)
	}
	if s, err := h.Session(ctx, token); err != nil || s.Account != letter.Person.ID {
		t.Fatalf("%v %v", s, err)
	}
	if _, err := h.withCode(half, code); err != db.ErrNoHalfSession {
		t.Errorf("the same form twice: %v", err)
	}
	again := h.half(letter.Login)
	_, err = h.withCode(again, code)
	refused(t, err, portal.KindInvalid, "a déjà servi")

	if _, err := h.withCode(again, strings.ToLower(strings.ReplaceAll(codes[3], "-", " "))); err != nil {
		t.Errorf("a recovery code typed carelessly: %v", err)
	}
	again = h.half(letter.Login)
	_, err = h.withCode(again, codes[3])
	refused(t, err, portal.KindInvalid, "a déjà servi")
	if f, err := h.Factor(ctx, after.Session); err != nil || f.Codes != portal.RecoveryCodes-1 {
		t.Errorf("%+v %v", f, err)
	}
	h.clock.Add(portal.HalfSessionLife)
	if _, err := h.withCode(again, codes[4]); err != db.ErrNoHalfSession {
		t.Errorf("after ten minutes: %v", err)
	}
	if err := h.WaitsForCode(ctx, again); err != db.ErrNoHalfSession {
		t.Errorf("after ten minutes: %v", err)
	}
	if err := h.PurgeAccess(ctx); err != nil || h.scalar("SELECT count(*) FROM half_session") != "0" {
		t.Errorf("half sessions stay: %v", err)
	}
}

func TestFactorClockDrift(t *testing.T) {
	h := newHall(t)
	letter, by := h.staffed("ROUCH", portal.Manager)
	secret, _, _ := h.factored(by)
	for _, c := range []struct {
		name  string
		late  time.Duration
		taken bool
	}{{"à l’heure", 0, true}, {"30 s de retard", -portal.FactorStep, true}, {"30 s d’avance", portal.FactorStep, true}, {"1 min de retard", -2 * portal.FactorStep, false}, {"1 min d’avance", 2 * portal.FactorStep, false}} {
		h.clock.Add(time.Hour)
		half := h.half(letter.Login)
		if _, err := h.withCode(half, h.code(secret, c.late)); (err == nil) != c.taken {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestOneCodeOneSession: the same code sent by two browsers at once opens one session.
func TestOneCodeOneSession(t *testing.T) {
	h := newHall(t)
	letter, by := h.staffed("ROUCH", portal.Manager)
	secret, codes, _ := h.factored(by)
	for name, code := range map[string]func() string{"téléphone": func() string { return h.code(secret, 0) }, "secours": func() string { return codes[0] }} {
		h.clock.Add(time.Hour)
		halves := []string{h.half(letter.Login), h.half(letter.Login), h.half(letter.Login)}
		typed := code()
		var wg sync.WaitGroup
		var mu sync.Mutex
		entered := 0
		for _, half := range halves {
			wg.Go(func() {
				if _, err := h.withCode(half, typed); err == nil {
					mu.Lock()
					entered++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if entered != 1 {
			t.Errorf("%s: %d sessions with one code", name, entered)
		}
	}
}

func TestWrongCodesAreSlowedDown(t *testing.T) {
	h := newHall(t)
	letter, by := h.staffed("ROUCH", portal.Manager)
	secret, _, _ := h.factored(by)
	h.clock.Add(time.Hour)
	half := h.half(letter.Login)
	for range 5 {
		_, err := h.withCode(half, "000000")
		refused(t, err, portal.KindInvalid, "n’est pas le bon")
	}
	_, err := h.withCode(half, h.code(secret, 0))
	refused(t, err, portal.KindTooMany, "Trop d’essais")
	h.clock.Add(2 * time.Second)
	h.half(letter.Login) // the right password does not forget wrong codes
	if n := h.scalar("SELECT max(failures) FROM sign_in_failure WHERE key LIKE 'code-compte:%'"); n != "5" {
		t.Errorf("%s wrong codes are remembered", n)
	}
	if _, err := h.withCode(half, h.code(secret, 0)); err != nil {
		t.Errorf("the right code after the delay: %v", err)
	}
}

// TestNewLetterEndsHalfSessions: a password replaced meanwhile leaves no half of a door open.
func TestNewLetterEndsHalfSessions(t *testing.T) {
	h := newHall(t)
	letter, by := h.staffed("ROUCH", portal.Manager)
	secret, _, _ := h.factored(by)
	h.clock.Add(time.Minute)
	half := h.half(letter.Login)
	if _, err := h.IssueLetters(ctx, h.structure, 0, []portal.AccountID{letter.Person.ID}, db.AnyLetter); err != nil {
		t.Fatal(err)
	}
	if _, err := h.withCode(half, h.code(secret, 0)); err != db.ErrNoHalfSession {
		t.Errorf("got %v", err)
	}
}

// TestSecretIsNotInTheBase: a copy of the base alone gives no secret; with another key, recovery codes still open.
func TestSecretIsNotInTheBase(t *testing.T) {
	h := newHall(t)
	letter, by := h.staffed("ROUCH", portal.Administrator)
	secret, codes, _ := h.factored(by)
	key := h.Path() + ".cle"
	info, err := os.Stat(key)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the key: %v %v", info, err)
	}
	for _, file := range []string{h.Path(), h.Path() + "-wal"} {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, clear := range append(codes, secret) {
			if strings.Contains(string(raw), clear) {
				t.Errorf("%s holds a secret", file)
			}
		}
	}
	h.clock.Add(time.Minute)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	reopen := func() *db.Store {
		s, err := db.Open(ctx, db.Options{Path: h.Path(), Now: h.clock.Now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	h.Store = reopen()
	if _, err := h.withCode(h.half(letter.Login), h.code(secret, 0)); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key that others can read: %v", err)
	}
	h.Close()
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	h.Store = reopen()
	_, err = h.withCode(h.half(letter.Login), h.code(secret, 0))
	refused(t, err, portal.KindConflict, "perdu la clé")
	if _, err := h.withCode(h.half(letter.Login), codes[0]); err != nil {
		t.Errorf("a recovery code without the key: %v", err)
	}
}

func TestFactorRequired(t *testing.T) {
	h := newHall(t)
	chief, by := h.staffed("ROUCH", portal.Administrator)
	clerk, _ := h.staffed("PUJOL", portal.Agent)
	_, atWork := h.enter(chief.Login, goodPassword)
	h.clock.Add(time.Minute)
	if err := h.RequireFactor(ctx, h.structure, by, true); err != nil {
		t.Fatal(err)
	}
	h.clock.Add(time.Minute)
	for _, c := range []struct {
		login string
		due   bool
	}{{chief.Login, true}, {clerk.Login, false}} {
		if s, _ := h.enter(c.login, goodPassword); s.FactorDue != c.due {
			t.Errorf("%s: due %t", c.login, s.FactorDue)
		}
	}
	if s, err := h.Session(ctx, atWork); err != nil || s.FactorDue {
		t.Errorf("somebody who is at work is interrupted: %v", err)
	}
	_, codes, after := h.factored(by)
	if after.Session.FactorDue {
		t.Error("still due")
	}
	refused(t, h.GiveUpFactor(ctx, after, told), portal.KindConflict, "exige un second facteur")
	fresh, err := h.RenewRecoveryCodes(ctx, after, told)
	if err != nil || fresh[0] == codes[0] {
		t.Fatal(err)
	}
	h.clock.Add(time.Minute)
	half := h.half(chief.Login)
	_, err = h.withCode(half, codes[0])
	refused(t, err, portal.KindInvalid, "n’est pas le bon")
	if _, err := h.withCode(half, fresh[0]); err != nil {
		t.Error(err)
	}
	if err := h.RequireFactor(ctx, h.structure, after, false); err != nil {
		t.Fatal(err)
	}
	if err := h.RequireFactor(ctx, h.structure, after, false); err != nil { // twice is harmless, and is said once
		t.Fatal(err)
	}
	if n := h.scalar("SELECT count(*) FROM staff_event WHERE words LIKE 'Second facteur des gestionnaires%'"); n != "2" {
		t.Errorf("%s lines", n)
	}
	if err := h.GiveUpFactor(ctx, after, told); err != nil {
		t.Fatal(err)
	}
	h.enter(chief.Login, goodPassword)
	wrong := after
	wrong.Password = "autre chose entièrement"
	refused(t, h.BeginFactor(ctx, wrong), portal.KindInvalid, "mot de passe actuel")
}

func TestTeam(t *testing.T) {
	h := newHall(t)
	chief, by := h.staffed("ROUCH", portal.Administrator)
	letter, err := h.AddAgent(ctx, h.structure, by, portal.Identity{Civility: "M.", LastName: "pujol", FirstName: "Étienne"}, portal.Agent, "formulaire-1")
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.AddAgent(ctx, h.structure, by, portal.Identity{LastName: "PUJOL", FirstName: "Étienne"}, portal.Agent, "formulaire-1")
	refused(t, err, portal.KindConflict, "vient d’être ajouté")
	h.enter(letter.Login, letter.Password)
	team, required, err := h.Team(ctx, h.structure)
	if err != nil || required || len(team) != 2 || team[0].Title() != "M. PUJOL Étienne" || team[0].SignedIn.IsZero() || team[0].Until.IsZero() || !team[1].Until.IsZero() {
		t.Fatalf("%+v %t %v", team, required, err)
	}
	if one, err := h.Teammate(ctx, h.structure, letter.Person.ID); err != nil || len(one.Sessions) == 0 {
		t.Errorf("%+v %v", one, err)
	}
	h.clock.Add(16 * time.Minute)
	if one, err := h.Teammate(ctx, h.structure, letter.Person.ID); err != nil || len(one.Sessions) != 0 {
		t.Errorf("sessions that are over: %+v %v", one, err)
	}
	_, token := h.enter(chief.Login, goodPassword)
	by = h.proof(token)

	// The role that the page showed, and the last administrator.
	refused(t, h.ChangeRole(ctx, h.structure, by, letter.Person.ID, portal.Manager, portal.Cashier), portal.KindConflict, "est devenu agent")
	if err := h.ChangeRole(ctx, h.structure, by, letter.Person.ID, portal.Agent, portal.Manager); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"rôle": h.ChangeRole(ctx, h.structure, by, chief.Person.ID, portal.Administrator, portal.Manager), "retrait": h.Withdraw(ctx, h.structure, by, chief.Person.ID, told),
	} {
		if err != portal.ErrLastAdministrator {
			t.Errorf("%s of the last administrator: %v", name, err)
		}
	}
	refused(t, h.ChangeRole(ctx, h.structure, by, letter.Person.ID, portal.Manager, "chef"), portal.KindInvalid, "Choisissez un rôle")

	// A parent becomes an agent, and no longer is.
	mother := h.parent("DUPONT", "d@exemple.fr")
	who, err := h.GiveRole(ctx, h.structure, by, strings.ToLower(mother.Login), portal.Administrator)
	if err != nil || who.LastName != "DUPONT" {
		t.Fatalf("%v %v", who, err)
	}
	_, err = h.GiveRole(ctx, h.structure, by, mother.Login, portal.Agent)
	refused(t, err, portal.KindInvalid, "fait déjà partie de l’équipe")
	_, err = h.GiveRole(ctx, h.structure, by, "ZZZZ-ZZZZ", portal.Agent)
	refused(t, err, portal.KindInvalid, "Personne n’a cet identifiant")
	_, motherToken := h.enter(mother.Login, goodPassword)
	if s, err := h.Session(ctx, motherToken); err != nil || s.Desk() == nil || s.Desk().Role != portal.Administrator {
		t.Fatalf("%v %v", s, err)
	}
	h.factored(h.proof(motherToken))
	if err := h.Withdraw(ctx, h.structure, by, mother.Account, told); err != nil {
		t.Fatal(err)
	}
	if got := h.scalar("SELECT (SELECT count(*) FROM session WHERE account_id = ?1) || (SELECT count(*) FROM second_factor) || (SELECT count(*) FROM recovery_code)", mother.Account); got != "000" {
		t.Errorf("after the withdrawal: %s", got)
	}
	if s, _ := h.enter(mother.Login, goodPassword); s.Staff() || !s.Guardian() {
		t.Error("the parent lost the account, or kept the role")
	}

	// An agent who lost the telephone, and one whose machine stays open.
	_, clerkToken := h.enter(letter.Login, letter.Password)
	session, _ := h.Session(ctx, clerkToken)
	clerkToken, err = h.SetFirstPassword(ctx, session, goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	refused(t, h.ResetFactor(ctx, h.structure, by, letter.Person.ID, told), portal.KindConflict, "n’a pas de second facteur")
	h.factored(h.proof(clerkToken))
	wrong := by
	wrong.Password = "x"
	refused(t, h.ResetFactor(ctx, h.structure, wrong, letter.Person.ID, told), portal.KindInvalid, "mot de passe actuel")
	if err := h.ResetFactor(ctx, h.structure, by, letter.Person.ID, told); err != nil {
		t.Fatal(err)
	}
	h.enter(letter.Login, goodPassword)
	if err := h.EndAgentSessions(ctx, h.structure, by.Session.Account, letter.Person.ID); err != nil || h.scalar("SELECT count(*) FROM session WHERE account_id = ?", letter.Person.ID) != "0" {
		t.Error(err)
	}
	letters, err := h.NewAgentLetter(ctx, h.structure, by, letter.Person.ID, db.AnyLetter)
	if err != nil || letters[0].Password == letter.Password {
		t.Fatal(err)
	}
	for _, words := range []string{"Agent ajouté : M. PUJOL Étienne", "Rôle changé : M. PUJOL Étienne", "Agent retiré de l’équipe : ", "Second facteur retiré : M. PUJOL Étienne",
		"Agent déconnecté de tous ses appareils : M. PUJOL Étienne", "Lettre d’accès éditée : M. PUJOL Étienne"} {
		if n := h.scalar("SELECT count(*) FROM staff_event WHERE account_id = ? AND words LIKE ? || '%'", chief.Person.ID, words); n != "1" {
			t.Errorf("« %s » is written %s times", words, n)
		}
	}
	if faults, err := h.Audit(ctx); err != nil || len(faults) > 0 {
		t.Errorf("%v %v", faults, err)
	}
}

// TestTeamOfAnotherStructure: nothing of it is found, and nobody gets in through an agent who works in both.
func TestTeamOfAnotherStructure(t *testing.T) {
	h := newHall(t)
	home := h.structure
	chief, by := h.staffed("ROUCH", portal.Administrator)
	other, err := h.CreateStructure(ctx, portal.Structure{Name: "Syndicat", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	h.structure = other
	foreign, theirs := h.staffed("VOISIN", portal.Administrator)
	h.structure = home
	id := foreign.Person.ID
	_, missing := h.Teammate(ctx, home, 999_999)
	_, err = h.Teammate(ctx, home, id)
	_, letter := h.NewAgentLetter(ctx, home, by, id, db.AnyLetter)
	for name, err := range map[string]error{
		"fiche": err, "lettre": letter, "rôle": h.ChangeRole(ctx, home, by, id, portal.Administrator, portal.Agent), "retrait": h.Withdraw(ctx, home, by, id, told),
		"facteur": h.ResetFactor(ctx, home, by, id, told), "sessions": h.EndAgentSessions(ctx, home, by.Session.Account, id),
	} {
		if err == nil || err.Error() != missing.Error() {
			t.Errorf("%s: %v, want %v", name, err, missing)
		}
	}
	// The chief of the syndicate gives the chief of the town hall a role: that opens no way into the town hall.
	if _, err := h.GiveRole(ctx, other, theirs, chief.Login, portal.Agent); err != nil {
		t.Fatal(err)
	}
	h.factored(by)
	_, err = h.NewAgentLetter(ctx, other, theirs, chief.Person.ID, db.AnyLetter)
	refused(t, err, portal.KindConflict, "où vous n’êtes pas administrateur")
	refused(t, h.ResetFactor(ctx, other, theirs, chief.Person.ID, told), portal.KindConflict, "où vous n’êtes pas administrateur")
	if err := h.Withdraw(ctx, other, theirs, chief.Person.ID, told); err != nil {
		t.Fatal(err)
	}
	if n := h.scalar("SELECT count(*) FROM second_factor WHERE account_id = ?", chief.Person.ID); n != "1" {
		t.Error("the factor is gone although the person still works elsewhere")
	}
	if list, total, err := h.SearchJournal(ctx, other, db.JournalFilter{}, 0, 100); err != nil || total == 0 {
		t.Errorf("%v %v", list, err)
	} else {
		for _, e := range list {
			if e.Structure != other {
				t.Errorf("a line of another structure: %+v", e)
			}
		}
	}
}

func TestDropFactorAtTheConsole(t *testing.T) {
	h := newHall(t)
	letter, by := h.staffed("ROUCH", portal.Administrator)
	_, err := h.DropFactor(ctx, "ZZZZ-ZZZZ")
	refused(t, err, portal.KindNotFound, "n’existe pas")
	_, err = h.DropFactor(ctx, letter.Login)
	refused(t, err, portal.KindConflict, "rien n’est à retirer")
	h.factored(by)
	if who, err := h.DropFactor(ctx, strings.ToLower(letter.Login)); err != nil || who.LastName != "ROUCH" {
		t.Fatal(err)
	}
	h.enter(letter.Login, goodPassword)
	list, total, err := h.SearchJournal(ctx, h.structure, db.JournalFilter{Program: true, Subject: "equipe"}, 0, 1)
	if err != nil || total != 2 || list[0].By != 0 || list[0].Words != "Second facteur retiré : Mme ROUCH Agnès" {
		t.Errorf("%+v %d %v", list, total, err)
	}
}

func TestSearchJournal(t *testing.T) {
	h := newHall(t)
	_, by := h.staffed("ROUCH", portal.Administrator)
	first, err := h.AddAgent(ctx, h.structure, by, portal.Identity{LastName: "PUJOL", FirstName: "Étienne"}, portal.Agent, "formulaire-1")
	if err != nil {
		t.Fatal(err)
	}
	h.clock.Add(5 * time.Minute)
	a := portal.Announcement{Structure: h.structure, Title: "Fermeture", Body: "Texte.", First: portal.DateOf(monday), Last: portal.DateOf(monday) + 3}
	if a.ID, err = h.WriteAnnouncement(ctx, by.Session.Account, a, "formulaire-1"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.WriteAnnouncement(ctx, by.Session.Account, a, "formulaire-1"); err != nil { // sent twice
		t.Fatal(err)
	}
	h.clock.Add(24 * time.Hour)
	for _, body := range []string{"Texte.", "Autre texte."} { // the first changes nothing
		a.Body = body
		if err := h.ChangeAnnouncement(ctx, by.Session.Account, a); err != nil {
			t.Fatal(err)
		}
	}
	for _, removed := range []bool{true, true, false} {
		if err := h.RemoveAnnouncement(ctx, h.structure, by.Session.Account, a.ID, removed); err != nil {
			t.Fatal(err)
		}
	}
	tuesday := portal.DateOf(monday) + 1
	for _, c := range []struct {
		name   string
		filter db.JournalFilter
		want   []string
	}{
		{"tout", db.JournalFilter{}, []string{"Message remis", "Message retiré", "Message changé", "Message écrit", "Agent ajouté", "Agent ajouté"}},
		{"un sujet", db.JournalFilter{Subject: "texte"}, []string{"Message remis", "Message retiré", "Message changé", "Message écrit"}},
		{"une chose", db.JournalFilter{Subject: "equipe", ID: int64(first.Person.ID)}, []string{"Agent ajouté"}},
		{"le programme", db.JournalFilter{Program: true}, []string{"Agent ajouté"}},
		{"quelqu’un qui n’a rien fait", db.JournalFilter{By: first.Person.ID}, nil},
		{"depuis mardi", db.JournalFilter{First: tuesday}, []string{"Message remis", "Message retiré", "Message changé"}},
		{"jusqu’à lundi", db.JournalFilter{Last: tuesday - 1}, []string{"Message écrit", "Agent ajouté", "Agent ajouté"}},
		{"mardi, l’équipe", db.JournalFilter{Subject: "equipe", First: tuesday, Last: tuesday}, nil},
	} {
		list, total, err := h.SearchJournal(ctx, h.structure, c.filter, 0, 50)
		var got []string
		for _, e := range list {
			head, _, _ := strings.Cut(e.Words, " :")
			got = append(got, head)
		}
		if err != nil || total != len(c.want) || strings.Join(got, ", ") != strings.Join(c.want, ", ") {
			t.Errorf("%s: %q (%d), %v", c.name, got, total, err)
		}
	}
	list, _, err := h.SearchJournal(ctx, h.structure, db.JournalFilter{Subject: "texte"}, 2, 1)
	if err != nil || len(list[0].Changes) != 1 || list[0].Changes[0] != (portal.Changed{What: "Texte", Before: "Texte.", After: "Autre texte."}) {
		t.Errorf("%+v %v", list, err)
	}
	people, err := h.JournalPeople(ctx, h.structure)
	if err != nil || len(people) != 1 || people[0].LastName != "ROUCH" {
		t.Errorf("%v %v", people, err)
	}
}

// TestJournalIsForEver: nobody rewrites a line, and what somebody did beside the program is seen.
func TestJournalIsForEver(t *testing.T) {
	h := newHall(t)
	h.staffed("ROUCH", portal.Administrator)
	h.staffed("PUJOL", portal.Manager)
	h.staffed("SERRES", portal.Agent)
	for _, query := range []string{"DELETE FROM staff_event", "UPDATE staff_event SET account_id = 7", "UPDATE staff_event SET hash = ''", "UPDATE staff_event SET digest = ''", "UPDATE staff_event SET at = 0"} {
		if err := h.tryRaw(query); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", query, err)
		}
	}
	wants := func(words string) {
		t.Helper()
		faults, err := h.Audit(context.Background())
		if err != nil || strings.Join(faults, "; ") != words {
			t.Errorf("%q, want %q (%v)", faults, words, err)
		}
	}
	wants("")
	h.raw("UPDATE staff_event SET words = ?, changes = '[]' WHERE id = 1", portal.Blanked)
	wants("")
	h.raw("UPDATE staff_event SET words = 'Rien' WHERE id = 2")
	wants("audit log: line 2 was rewritten")
	h.raw("DROP TRIGGER staff_event_stays")
	h.raw("DELETE FROM staff_event WHERE id = 2")
	wants("audit log: line 3 does not follow the one before")
}
