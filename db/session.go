package db

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"

	"marelle/portal"
)

// How long a session lives (SAFETY D11): without a click, and at most.
const (
	parentIdle, parentLife = 2 * time.Hour, 12 * time.Hour
	staffIdle, staffLife   = 15 * time.Minute, 8 * time.Hour
	// RememberedLife is the life of a session on a device where « Rester connecté sur cet appareil » was ticked.
	RememberedLife = 30 * 24 * time.Hour
)

// seenEvery is how precisely the last click is remembered.
const seenEvery = time.Minute

// ErrNoSession says that nobody is signed in.
var ErrNoSession = errors.New("db: no such session")

// ErrSessionExpired says that somebody was signed in, too long ago.
var ErrSessionExpired = errors.New("db: the session expired")

// Session is who is signed in and all that the head of a page and the guard of a route need to know.
type Session struct {
	Account    portal.AccountID
	Login      string
	Person     portal.Person
	CSRF       string // the token that every form carries
	Remember   bool
	MustChange bool    // the password is still the temporary one
	TermsDue   bool    // a text in force is not accepted yet
	Factor     bool    // there is a second factor
	FactorDue  bool    // there is none, and a structure requires it
	Places     []Place // the structures the person has to do with, in their order
	Adds       int     // clicks not validated: to book
	Removes    int     // and to cancel
	Version    int64   // of the draft

	structure portal.StructureID // chosen in the list, or zero
	hash      []byte
}

// Place is a structure as one person sees it.
type Place struct {
	Structure portal.StructureID
	Name      string
	Guardian  bool        // of a family there
	Role      portal.Role // of the agent, if the person is one
	Updated   time.Time   // end of the last night done
}

// Guardian says whether the person has a family somewhere.
func (s *Session) Guardian() bool { return s.Family() != nil }

// Staff says whether the person is an agent somewhere.
func (s *Session) Staff() bool { return s.Desk() != nil }

// Family gives the structure looked at as a parent, or nil.
func (s *Session) Family() *Place { return s.place(func(p *Place) bool { return p.Guardian }) }

// Desk gives the structure looked at as an agent, or nil.
func (s *Session) Desk() *Place { return s.place(func(p *Place) bool { return p.Role != "" }) }

// place gives the chosen structure if it is one of those wanted, else the first of them.
func (s *Session) place(wanted func(*Place) bool) *Place {
	var first *Place
	for i := range s.Places {
		p := &s.Places[i]
		switch {
		case !wanted(p):
		case p.Structure == s.structure:
			return p
		case first == nil:
			first = p
		}
	}
	return first
}

func (s *Session) life() (idle, whole time.Duration) { return s.lifeOf(s.Remember) }

// lifeOf gives how long a session of the same person lives, remembered or not.
func (s *Session) lifeOf(remember bool) (idle, whole time.Duration) {
	switch {
	case s.Staff():
		return staffIdle, staffLife
	case remember:
		return RememberedLife, RememberedLife
	}
	return parentIdle, parentLife
}

// tokenHash is what is stored of a cookie: a stolen database opens no session.
func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// draft of a session to insert.
type freshSession struct {
	token     string
	csrf      string
	account   portal.AccountID
	remember  bool
	structure portal.StructureID
	device    string
}

func newSession(account portal.AccountID, remember bool) freshSession {
	return freshSession{token: newToken(), csrf: newToken(), account: account, remember: remember}
}

// newToken draws 256 bits, always from the system: sessions of the demonstration are no more guessable than others.
func newToken() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

func (f freshSession) insert(tx *Tx, now time.Time) error {
	return tx.exec("INSERT INTO session (id_hash, account_id, csrf, remember, structure_id, device, created_at, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?7, ?7)",
		tokenHash(f.token), f.account, f.csrf, f.remember, sql.NullInt64{Int64: int64(f.structure), Valid: f.structure != 0}, f.device, at(now))
}

// OpenSession begins the session of an account that has just signed in, and gives its token; the session the browser
// had before ends.
func (s *Store) OpenSession(ctx context.Context, account portal.AccountID, remember bool, before string) (token string, err error) {
	fresh := newSession(account, remember)
	return fresh.token, s.write(ctx, func(tx *Tx) error { return fresh.replace(tx, before, s.now()) })
}

// replace begins the session and ends the one that the browser had before.
func (f freshSession) replace(tx *Tx, before string, now time.Time) error {
	if err := tx.exec("DELETE FROM session WHERE id_hash = ?", tokenHash(before)); err != nil {
		return err
	}
	return f.insert(tx, now)
}

// CloseSession ends a session.
func (s *Store) CloseSession(ctx context.Context, session *Session) error {
	return s.write(ctx, func(tx *Tx) error { return tx.exec("DELETE FROM session WHERE id_hash = ?", session.hash) })
}

// LookAt makes a structure the one that a session shows; it must be one of the person's.
func (s *Store) LookAt(ctx context.Context, session *Session, structure portal.StructureID) error {
	for _, p := range session.Places {
		if p.Structure == structure {
			return s.write(ctx, func(tx *Tx) error {
				return tx.exec("UPDATE session SET structure_id = ? WHERE id_hash = ?", structure, session.hash)
			})
		}
	}
	return portal.NotFound("Cette structure n’existe pas.")
}

// sessionQuery is the one query that every request makes.
const sessionQuery = `SELECT s.account_id, s.csrf, s.remember, coalesce(s.structure_id, 0), s.created_at, s.seen_at,
	a.login, a.civility, iif(a.used_name <> '', a.used_name, a.last_name), a.first_name, a.temporary,
	EXISTS (SELECT 1 FROM terms t WHERE ` + newestTerms + `
		AND NOT EXISTS (SELECT 1 FROM terms_acceptance x WHERE x.account_id = a.id AND x.terms_id = t.id)),
	EXISTS (SELECT 1 FROM second_factor f WHERE f.account_id = a.id AND f.secret IS NOT NULL),
	EXISTS (SELECT 1 FROM staff w JOIN structure st ON st.id = w.structure_id WHERE w.account_id = a.id AND ` + mustHaveFactor + ` AND st.factor_since <= s.created_at),
	(SELECT json_group_array(json_object('id', p.id, 'name', p.name, 'guardian', p.guardian, 'role', p.role, 'done', p.done_at)) FROM (
		SELECT st.id, st.name, coalesce(w.role, '') AS role,
			EXISTS (SELECT 1 FROM sees g JOIN family f ON f.id = g.family_id WHERE g.account_id = a.id AND f.structure_id = st.id) AS guardian,
			(SELECT n.done_at FROM night n WHERE n.structure_id = st.id AND n.done_at IS NOT NULL ORDER BY n.date DESC LIMIT 1) AS done_at
		FROM structure st LEFT JOIN staff w ON w.structure_id = st.id AND w.account_id = a.id ORDER BY st.id) p
		WHERE p.guardian OR p.role <> ''),
	(SELECT count(*) FROM wish w WHERE w.account_id = a.id AND w.action = 'add'),
	(SELECT count(*) FROM wish w WHERE w.account_id = a.id AND w.action = 'remove'),
	coalesce((SELECT version FROM draft d WHERE d.account_id = a.id), 0)
	FROM session s JOIN account a ON a.id = s.account_id WHERE s.id_hash = ?`

// Session finds who a cookie belongs to, in one query; ErrNoSession or ErrSessionExpired when nobody. It counts as a click.
func (s *Store) Session(ctx context.Context, token string) (*Session, error) {
	return s.session(ctx, token, true)
}

// PeekSession is Session for what a page asks by itself: it does not make the session last.
func (s *Store) PeekSession(ctx context.Context, token string) (*Session, error) {
	return s.session(ctx, token, false)
}

func (s *Store) session(ctx context.Context, token string, click bool) (*Session, error) {
	if token == "" {
		return nil, ErrNoSession
	}
	session := &Session{hash: tokenHash(token)}
	var created, seen time.Time
	_, err := one(s.read(ctx), func(r *sql.Rows) (struct{}, error) {
		var places string
		if err := r.Scan(&session.Account, &session.CSRF, &session.Remember, &session.structure, into{&created}, into{&seen},
			&session.Login, &session.Person.Civility, &session.Person.LastName, &session.Person.FirstName, &session.MustChange,
			&session.TermsDue, &session.Factor, &session.FactorDue, &places, &session.Adds, &session.Removes, &session.Version); err != nil {
			return struct{}{}, err
		}
		session.Person.ID = session.Account
		session.FactorDue = session.FactorDue && !session.Factor
		return struct{}{}, json.Unmarshal([]byte(places), &session.Places)
	}, sessionQuery, session.hash)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNoSession
	}
	if err != nil {
		return nil, err
	}
	now := s.now()
	if idle, whole := session.life(); now.Sub(seen) >= idle || now.Sub(created) >= whole {
		return nil, ErrSessionExpired
	}
	if click && now.Sub(seen) >= seenEvery {
		go s.markSession(session.hash, now) // the answer does not wait for it
	}
	return session, nil
}

// markSession remembers the last click. A failure costs at most an early end of the session.
func (s *Store) markSession(hash []byte, now time.Time) {
	_ = s.write(context.Background(), func(tx *Tx) error {
		return tx.exec("UPDATE session SET seen_at = ? WHERE id_hash = ? AND seen_at < ?1", at(now), hash)
	})
}

// UnmarshalJSON reads a place as the session query writes it.
func (p *Place) UnmarshalJSON(b []byte) error {
	var row struct {
		ID       portal.StructureID
		Name     string
		Guardian int
		Role     portal.Role
		Done     int64
	}
	if err := json.Unmarshal(b, &row); err != nil {
		return err
	}
	*p = Place{Structure: row.ID, Name: row.Name, Guardian: row.Guardian == 1, Role: row.Role}
	if row.Done != 0 {
		p.Updated = time.UnixMilli(row.Done).UTC()
	}
	return nil
}

// PurgeAccess forgets the sessions and the links that can no longer be used, and the failed sign-ins that no longer count.
func (s *Store) PurgeAccess(ctx context.Context) error {
	now := s.now()
	return s.write(ctx, func(tx *Tx) error {
		if err := tx.exec("DELETE FROM session WHERE created_at < ? OR remember = 0 AND created_at < ?", at(now.Add(-RememberedLife)), at(now.Add(-parentLife))); err != nil {
			return err
		}
		if err := tx.exec("DELETE FROM sign_in_failure WHERE last_at < ?", at(now.Add(-24*time.Hour))); err != nil {
			return err
		}
		if err := purgeHalves(tx, now); err != nil {
			return err
		}
		return s.purgeLinks(tx, now)
	})
}
