package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"marelle/db"
	"marelle/db/dbtest"
	"marelle/portal"
)

var ctx = context.Background()

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, portal.Paris)

const goodPassword = "girafe tournevis brouillard"

// hall is a town hall with nobody in it yet.
type hall struct {
	*db.Store
	t         *testing.T
	clock     *dbtest.Clock
	structure portal.StructureID
}

func newHall(t *testing.T) *hall {
	t.Helper()
	store, clock := dbtest.New(t, monday)
	structure, err := store.CreateStructure(ctx, portal.Structure{Name: "Mairie de CarteVille", Town: "CarteVille", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	return &hall{store, t, clock, structure}
}

// agent makes an account with its letter.
func (h *hall) agent(last string) portal.Letter {
	h.t.Helper()
	letter, err := h.CreateStaff(ctx, h.structure, portal.Identity{Civility: "Mme", LastName: last, FirstName: "Agnès"}, portal.Manager)
	if err != nil {
		h.t.Fatal(err)
	}
	return letter
}

// settled makes an account with a personal password.
func (h *hall) settled(last string) (portal.Letter, string) {
	h.t.Helper()
	letter := h.agent(last)
	session, _ := h.enter(letter.Login, letter.Password)
	token, err := h.SetFirstPassword(ctx, session, goodPassword)
	if err != nil {
		h.t.Fatal(err)
	}
	return letter, token
}

func (h *hall) enter(login, password string) (*db.Session, string) {
	h.t.Helper()
	account, _, err := h.SignIn(ctx, login, password, db.Visit{Addr: "192.0.2.1"})
	if err != nil {
		h.t.Fatal(err)
	}
	token, err := h.OpenSession(ctx, account, false, "")
	if err != nil {
		h.t.Fatal(err)
	}
	session, err := h.Session(ctx, token)
	if err != nil {
		h.t.Fatal(err)
	}
	return session, token
}

// raw runs SQL beside the store, for what no operation makes yet.
func (h *hall) raw(query string, args ...any) {
	h.t.Helper()
	conn, err := sql.Open("marelle", "file:"+h.Path()+"?_busy_timeout=5000&_txlock=immediate&_foreign_keys=on")
	if err != nil {
		h.t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Exec(query, args...); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hall) scalar(query string, args ...any) string {
	h.t.Helper()
	conn, err := sql.Open("marelle", "file:"+h.Path()+"?_busy_timeout=5000")
	if err != nil {
		h.t.Fatal(err)
	}
	defer conn.Close()
	var value sql.NullString
	if err := conn.QueryRow(query, args...).Scan(&value); err != nil {
		h.t.Fatal(err)
	}
	return value.String
}

// refused checks that an error is a refusal of a kind, with these words.
func refused(t *testing.T, err error, kind portal.Kind, words string) {
	t.Helper()
	refusal := portal.AsError(err)
	if refusal == nil || refusal.Kind != kind || !strings.Contains(refusal.Message, words) {
		t.Fatalf("got %v, want %d « %s »", err, kind, words)
	}
}

func TestSignIn(t *testing.T) {
	h := newHall(t)
	letter := h.agent("ROUCH")
	typed := " " + strings.ToLower(strings.ReplaceAll(letter.Login, "-", " "))
	if account, _, err := h.SignIn(ctx, typed, strings.ToLower(strings.ReplaceAll(letter.Password, "-", "")), db.Visit{Addr: "192.0.2.1"}); err != nil || account != letter.Person.ID {
		t.Fatalf("typed carelessly: %d, %v", account, err)
	}
	_, _, wrong := h.SignIn(ctx, letter.Login, "AAAA-AAAA-AAAA", db.Visit{Addr: "192.0.2.1"})
	_, _, unknown := h.SignIn(ctx, "ZZZZ-ZZZZ", letter.Password, db.Visit{Addr: "192.0.2.1"})
	refused(t, wrong, portal.KindInvalid, "Identifiant ou mot de passe incorrect. Vérifiez les majuscules.")
	if unknown.Error() != wrong.Error() {
		t.Errorf("an unknown login is told apart: %v", unknown)
	}
	_, _, empty := h.SignIn(ctx, letter.Login, "", db.Visit{Addr: "192.0.2.1"})
	refused(t, empty, portal.KindInvalid, "Identifiant ou mot de passe incorrect")
}

func TestPersonalPasswordReplacesTheLetter(t *testing.T) {
	h := newHall(t)
	letter, _ := h.settled("ROUCH")
	if _, _, err := h.SignIn(ctx, letter.Login, goodPassword, db.Visit{Addr: "192.0.2.1"}); err != nil {
		t.Fatal(err)
	}
	_, _, err := h.SignIn(ctx, letter.Login, letter.Password, db.Visit{Addr: "192.0.2.1"})
	refused(t, err, portal.KindInvalid, "incorrect")
	_, _, err = h.SignIn(ctx, letter.Login, strings.ToUpper(goodPassword), db.Visit{Addr: "192.0.2.1"})
	refused(t, err, portal.KindInvalid, "incorrect")
	stored := h.scalar("SELECT password FROM account WHERE login = ?", letter.Login)
	if !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("stored as %s", stored)
	}
}

func TestTemporaryPasswordExpires(t *testing.T) {
	h := newHall(t)
	letter := h.agent("ROUCH")
	h.clock.Add(15 * 24 * time.Hour)
	if _, _, err := h.SignIn(ctx, letter.Login, letter.Password, db.Visit{Addr: "192.0.2.1"}); err != nil {
		t.Fatalf("on the last day: %v", err)
	}
	h.clock.Add(time.Second)
	_, _, err := h.SignIn(ctx, letter.Login, letter.Password, db.Visit{Addr: "192.0.2.1"})
	refused(t, err, portal.KindInvalid, "n’est plus valable depuis le mardi 8 décembre 2026")
	_, _, err = h.SignIn(ctx, letter.Login, "AAAA-AAAA-AAAA", db.Visit{Addr: "192.0.2.1"})
	refused(t, err, portal.KindInvalid, "Identifiant ou mot de passe incorrect") // only who has the letter learns that it expired
}

func TestFirstPasswordIsChecked(t *testing.T) {
	h := newHall(t)
	letter := h.agent("ROUCH")
	session, _ := h.enter(letter.Login, letter.Password)
	for _, bad := range []string{"court", "motdepasse2026", "girafe rouch tournevis"} {
		if _, err := h.SetFirstPassword(ctx, session, bad); portal.AsError(err) == nil {
			t.Errorf("%q passed: %v", bad, err)
		}
	}
	if _, err := h.SetFirstPassword(ctx, session, goodPassword); err != nil {
		t.Fatal(err)
	}
	_, err := h.SetFirstPassword(ctx, session, goodPassword+"!")
	refused(t, err, portal.KindConflict, "a changé entre-temps") // two first-password pages at once: the first one counts
}

// A letter printed while the old one is being used wins: whoever holds the old one must not keep the account.
func TestNewLetterDuringFirstSignIn(t *testing.T) {
	h := newHall(t)
	letter := h.agent("ROUCH")
	session, token := h.enter(letter.Login, letter.Password)
	fresh, err := h.IssueLetters(ctx, h.structure, 0, []portal.AccountID{letter.Person.ID}, db.AnyLetter)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Session(ctx, token); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("the session goes on: %v", err)
	}
	if _, _, err := h.SignIn(ctx, letter.Login, letter.Password, db.Visit{Addr: "192.0.2.1"}); portal.AsError(err) == nil {
		t.Error("the old letter still opens")
	}
	if fresh[0].Password == letter.Password {
		t.Error("the same password again")
	}
	if _, _, err := h.SignIn(ctx, letter.Login, fresh[0].Password, db.Visit{Addr: "192.0.2.1"}); err != nil {
		t.Error(err)
	}
	_, err = h.SetFirstPassword(ctx, session, goodPassword) // a page still open on the old letter
	refused(t, err, portal.KindConflict, "a changé entre-temps")
}

func TestChangePassword(t *testing.T) {
	h := newHall(t)
	letter, token := h.settled("ROUCH")
	other, otherToken := h.enter(letter.Login, goodPassword)
	session, err := h.Session(ctx, token)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.ChangePassword(ctx, session, "faux", "hérisson parapluie canapé", "192.0.2.1", db.Notice{})
	refused(t, err, portal.KindInvalid, "Le mot de passe actuel est incorrect")
	_, err = h.ChangePassword(ctx, session, goodPassword, "court", "192.0.2.1", db.Notice{})
	refused(t, err, portal.KindInvalid, "Il manque 7 caractères")
	fresh, err := h.ChangePassword(ctx, session, goodPassword, "hérisson parapluie canapé", "192.0.2.1", db.Notice{})
	if err != nil {
		t.Fatal(err)
	}
	for _, old := range []string{token, otherToken} {
		if _, err := h.Session(ctx, old); !errors.Is(err, db.ErrNoSession) {
			t.Errorf("an old session goes on: %v", err)
		}
	}
	if got, err := h.Session(ctx, fresh); err != nil || got.CSRF == session.CSRF || got.CSRF == other.CSRF {
		t.Errorf("the new session: %v", err)
	}
}

func TestThrottle(t *testing.T) {
	h := newHall(t)
	letter := h.agent("ROUCH")
	for _, login := range []string{letter.Login, "ZZZZ-ZZZZ"} {
		var waits []time.Duration
		for range 30 {
			_, _, err := h.SignIn(ctx, login, "faux", db.Visit{Addr: "192.0.2.1"})
			if refusal := portal.AsError(err); refusal != nil && refusal.Kind == portal.KindTooMany {
				wait := err.(interface{ RetryAfter() time.Duration }).RetryAfter()
				waits = append(waits, wait)
				if !strings.HasPrefix(refusal.Message, "Trop d’essais. Réessayez dans ") {
					t.Errorf("%s: %s", login, refusal.Message)
				}
				h.clock.Add(wait)
				continue
			}
			refused(t, err, portal.KindInvalid, "Identifiant ou mot de passe incorrect. Vérifiez les majuscules.")
		}
		want := []time.Duration{2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900}
		for i, w := range want {
			if i >= len(waits) || waits[i] != w*time.Second {
				t.Fatalf("%s: waits %v", login, waits)
			}
		}
	}
}

func TestThrottleDayAndReset(t *testing.T) {
	h := newHall(t)
	letter, _ := h.settled("ROUCH")
	tries := 0
	for start := h.clock.Now(); h.clock.Now().Sub(start) < 23*time.Hour; h.clock.Add(15 * time.Minute) {
		if _, _, err := h.SignIn(ctx, letter.Login, "faux", db.Visit{Addr: "192.0.2.1"}); portal.AsError(err).Kind == portal.KindInvalid {
			tries++
		}
	}
	if tries != 25 {
		t.Errorf("%d tries in a day, want 25", tries)
	}
	_, _, err := h.SignIn(ctx, letter.Login, goodPassword, db.Visit{Addr: "192.0.2.1"})
	refused(t, err, portal.KindTooMany, "Réessayez dans 60 minutes")
	h.clock.Add(2 * time.Hour)
	if _, _, err := h.SignIn(ctx, letter.Login, goodPassword, db.Visit{Addr: "192.0.2.1"}); err != nil {
		t.Fatalf("a day later: %v", err)
	}
	for range 4 { // a success forgets the failures
		if _, _, err := h.SignIn(ctx, letter.Login, "faux", db.Visit{Addr: "192.0.2.1"}); portal.AsError(err).Kind != portal.KindInvalid {
			t.Fatal(err)
		}
	}
	if _, _, err := h.SignIn(ctx, letter.Login, goodPassword, db.Visit{Addr: "192.0.2.1"}); err != nil {
		t.Fatalf("after four mistakes: %v", err)
	}
}

func TestThrottleAddress(t *testing.T) {
	h := newHall(t)
	try := func(i int, addr string) error {
		_, _, err := h.SignIn(ctx, fmt.Sprintf("AAAA-%04d", i), "faux", db.Visit{Addr: addr})
		return err
	}
	for i := range 100 {
		refused(t, try(i, "2001:db8:0:1::"+fmt.Sprint(i+1)), portal.KindInvalid, "incorrect")
	}
	refused(t, try(100, "2001:db8:0:1:ffff::9"), portal.KindTooMany, "Trop d’essais")
	refused(t, try(100, "2001:db8:0:2::1"), portal.KindInvalid, "incorrect")
	refused(t, try(101, "192.0.2.7"), portal.KindInvalid, "incorrect")
	h.clock.Add(time.Hour)
	refused(t, try(102, "2001:db8:0:1::1"), portal.KindInvalid, "incorrect")
}

// Forty tries at once are forty tries: the count is taken before the password is verified.
func TestThrottleInParallel(t *testing.T) {
	h := newHall(t)
	letter := h.agent("ROUCH")
	var wg sync.WaitGroup
	verified := make(chan bool, 40)
	for range 40 {
		wg.Go(func() {
			_, _, err := h.SignIn(ctx, letter.Login, "faux", db.Visit{Addr: "192.0.2.1"})
			if refusal := portal.AsError(err); refusal == nil {
				t.Error(err)
			} else if refusal.Kind == portal.KindInvalid {
				verified <- true
			}
		})
	}
	wg.Wait()
	if n := len(verified); n != 5 {
		t.Errorf("%d passwords were verified, want 5", n)
	}
}

func TestNothingTypedIsStored(t *testing.T) {
	h := newHall(t)
	if _, _, err := h.SignIn(ctx, "mon secret tapé ici", "et là", db.Visit{Addr: "192.0.2.1"}); portal.AsError(err) == nil {
		t.Fatal(err)
	}
	if got := h.scalar("SELECT group_concat(key) FROM sign_in_failure"); strings.Contains(strings.ToLower(got), "secret") || strings.Contains(got, "192.0.2") || got == "" {
		t.Errorf("stored %q", got)
	}
	h.clock.Add(25 * time.Hour)
	if err := h.PurgeAccess(ctx); err != nil {
		t.Fatal(err)
	}
	if got := h.scalar("SELECT count(*) FROM sign_in_failure"); got != "0" {
		t.Errorf("%s failures are kept for ever", got)
	}
}

// guardian makes a family with a guardian, as the import does.
func (h *hall) guardian(structure portal.StructureID, last string) portal.AccountID {
	h.t.Helper()
	id := portal.AccountID(1000 + len(last))
	h.raw("INSERT INTO account (id, login, last_name, first_name, created_at) VALUES (?, ?, ?, 'Jean-Paul', 0)", id, fmt.Sprintf("AAAA-%04d", id), last)
	h.raw("INSERT INTO family (id, structure_id, name, street, postcode, town, created_at) VALUES (?, ?, ?, '2 rue du Lac', '09140', 'OUST', 0)", id, structure, last)
	h.raw("INSERT INTO guardian (family_id, account_id) VALUES (?, ?)", id, id)
	for i, first := range []string{"Amalia", "Paolo"} {
		child := int(id)*10 + i
		h.raw("INSERT INTO child (id, structure_id, last_name, first_name, birth, created_at) VALUES (?, ?, ?, ?, ?, 0)", child, structure, last, first, fmt.Sprintf("201%d-01-01", 8+i))
		h.raw("INSERT INTO family_child (family_id, child_id) VALUES (?, ?)", id, child)
	}
	return id
}

func TestLetters(t *testing.T) {
	h := newHall(t)
	dupont, galy := h.guardian(h.structure, "DUPONT"), h.guardian(h.structure, "GALY")
	_, _, err := h.SignIn(ctx, fmt.Sprintf("AAAA-%04d", dupont), "", db.Visit{Addr: "192.0.2.1"})
	refused(t, err, portal.KindInvalid, "incorrect") // no letter yet, no way in

	letters, err := h.IssueFamilyLetters(ctx, h.structure, 0, true, db.AnyLetter)
	if err != nil {
		t.Fatal(err)
	}
	if len(letters) != 2 || letters[0].Person.ID != dupont || letters[1].Person.ID != galy {
		t.Fatalf("got %+v", letters)
	}
	l := letters[0]
	if l.Street != "2 rue du Lac" || l.Town != "OUST" || strings.Join(l.Children, ",") != "Amalia,Paolo" || !l.Until.Equal(monday.Add(15*24*time.Hour)) || l.Person.FirstName != "Jean-Paul" {
		t.Errorf("got %+v", l)
	}
	if _, _, err := h.SignIn(ctx, l.Login, l.Password, db.Visit{Addr: "192.0.2.1"}); err != nil {
		t.Fatal(err)
	}
	if letters, err = h.IssueFamilyLetters(ctx, h.structure, 0, true, db.AnyLetter); err != nil || len(letters) != 1 || letters[0].Person.ID != galy {
		t.Errorf("who signed in gets no first letter: %+v, %v", letters, err)
	}

	other, err := h.CreateStructure(ctx, portal.Structure{Name: "Syndicat du Salat", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	before := h.scalar("SELECT password FROM account WHERE id = ?", galy)
	_, err = h.IssueLetters(ctx, other, 0, []portal.AccountID{galy}, db.AnyLetter)
	refused(t, err, portal.KindNotFound, "Ce compte n’existe pas")
	_, err = h.IssueLetters(ctx, h.structure, 0, []portal.AccountID{galy, 999_999}, db.AnyLetter)
	refused(t, err, portal.KindNotFound, "Ce compte n’existe pas")
	if h.scalar("SELECT password FROM account WHERE id = ?", galy) != before {
		t.Error("a refused order of letters changed a password")
	}
}

func TestStaffIsChecked(t *testing.T) {
	h := newHall(t)
	_, err := h.CreateStaff(ctx, h.structure, portal.Identity{LastName: " "}, portal.Agent)
	refused(t, err, portal.KindInvalid, "nom")
	_, err = h.CreateStaff(ctx, h.structure, portal.Identity{LastName: "ROUCH"}, "chef")
	refused(t, err, portal.KindInvalid, "« chef » n’est pas un rôle")
	_, err = h.CreateStaff(ctx, 99, portal.Identity{LastName: "ROUCH"}, portal.Agent)
	refused(t, err, portal.KindNotFound, "structure")
	letter, err := h.CreateStaff(ctx, h.structure, portal.Identity{LastName: "ROUCH", Emails: []string{"a@b.fr", "c@d.fr"}}, portal.Agent)
	if err != nil || letter.Login == "" || letter.Password == "" || letter.Until.IsZero() {
		t.Fatalf("got %+v, %v", letter, err)
	}
	if got := h.scalar("SELECT group_concat(address) FROM (SELECT address FROM account_email ORDER BY position)"); got != "a@b.fr,c@d.fr" {
		t.Errorf("addresses %q", got)
	}
}

func TestTerms(t *testing.T) {
	h := newHall(t)
	letter, token := h.settled("ROUCH")
	account := letter.Person.ID
	due, err := h.TermsDue(ctx, account)
	if err != nil || len(due) != 2 || due[0].Kind != portal.Privacy || due[1].Kind != portal.Conditions {
		t.Fatalf("due %+v, %v", due, err)
	}
	for _, text := range due {
		if !strings.Contains(text.Body, "Mairie de CarteVille") || strings.Contains(text.Body, "{{") || strings.Contains(text.Body, " ,") {
			t.Errorf("%s: %s", text.Kind, text.Body)
		}
	}
	refused(t, h.AcceptTerms(ctx, account, []portal.TermsID{due[0].ID}), portal.KindInvalid, "Conditions générales")
	if left, _ := h.TermsDue(ctx, account); len(left) != 2 {
		t.Error("half an acceptance was kept")
	}
	if err := h.AcceptTerms(ctx, account, []portal.TermsID{due[0].ID, due[1].ID}); err != nil {
		t.Fatal(err)
	}
	if session, err := h.Session(ctx, token); err != nil || session.TermsDue {
		t.Errorf("still due: %+v, %v", session, err)
	}
	refused(t, h.SaveTermsDraft(ctx, account, portal.Conditions, " \n", time.Time{}), portal.KindInvalid, "enregistré tel quel")
	if err := h.SaveTermsDraft(ctx, account, portal.Conditions, "Nouvelle version.", time.Time{}); err != nil {
		t.Fatal(err)
	}
	if session, err := h.Session(ctx, token); err != nil || session.TermsDue {
		t.Errorf("a draft asks nobody: %+v, %v", session, err)
	}
	book, err := h.TermsBook(ctx, portal.Conditions)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.PublishTerms(ctx, account, portal.Conditions, book.Draft.At); err != nil {
		t.Fatal(err)
	}
	if session, err := h.Session(ctx, token); err != nil || !session.TermsDue {
		t.Errorf("a new version asks again: %+v, %v", session, err)
	}
	again, err := h.TermsDue(ctx, account)
	if err != nil || len(again) != 1 || again[0].Version != 2 || again[0].Body != "Nouvelle version." {
		t.Errorf("due %+v, %v", again, err)
	}
	refused(t, h.AcceptTerms(ctx, account, []portal.TermsID{due[1].ID}), portal.KindInvalid, "texte en vigueur")
	if got, err := h.Terms(ctx, portal.Conditions); err != nil || got.Version != 2 {
		t.Errorf("in force: %+v, %v", got, err)
	}
}

func TestAccessibilityText(t *testing.T) {
	full := db.AccessibilityText(portal.Structure{Name: "Mairie d’Oust", Phone: "05 61 00 00 00", Email: "mairie@oust.example"})
	for _, want := range []string{"Mairie d’Oust", "05 61 00 00 00", "mairie@oust.example", "Défenseur des droits"} {
		if !strings.Contains(full, want) {
			t.Errorf("no %q", want)
		}
	}
}

// TestLetterCodeIsNoPersonalPassword: the paper has been in other hands; written any way, its code is refused.
func TestLetterCodeIsNoPersonalPassword(t *testing.T) {
	h := newHall(t)
	h.guardian(h.structure, "DUPONT")
	letters, err := h.IssueFamilyLetters(ctx, h.structure, 0, true, db.AnyLetter)
	if err != nil {
		t.Fatal(err)
	}
	_, token, err := h.SignIn(ctx, letters[0].Login, letters[0].Password, db.Visit{Addr: "192.0.2.1"})
	if err != nil {
		t.Fatal(err)
	}
	session, err := h.Session(ctx, token)
	if err != nil {
		t.Fatal(err)
	}
	for _, same := range []string{letters[0].Password, strings.ToLower(letters[0].Password), strings.ReplaceAll(letters[0].Password, "-", "")} {
		_, err := h.SetFirstPassword(ctx, session, same)
		refused(t, err, portal.KindInvalid, "mot de passe de la lettre")
	}
}

// TestSignInDuringANewLetter: whoever was verifying the old password while the new letter was printed does not get in.
func TestSignInDuringANewLetter(t *testing.T) {
	h := newHall(t)
	dupont := h.guardian(h.structure, "DUPONT")
	letters, err := h.IssueFamilyLetters(ctx, h.structure, 0, true, db.AnyLetter)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 { // both orders happen
		before := letters[0]
		in := make(chan string, 1)
		go func() {
			_, token, _ := h.SignIn(ctx, before.Login, before.Password, db.Visit{Addr: "192.0.2.1"})
			in <- token
		}()
		time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
		if letters, err = h.IssueLetters(ctx, h.structure, 0, []portal.AccountID{dupont}, db.AnyLetter); err != nil {
			t.Fatal(err)
		}
		if token := <-in; token != "" {
			if _, err := h.Session(ctx, token); err == nil {
				t.Fatal("the old letter opened a session that outlives the new one")
			}
		}
	}
}
