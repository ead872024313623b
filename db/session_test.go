package db_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"marelle/db"
	"marelle/db/dbtest"
	"marelle/portal"
)

func TestSessionTellsEverythingInOneQuery(t *testing.T) {
	h := newHall(t)
	dupont := h.guardian(h.structure, "DUPONT")
	other, err := h.CreateStructure(ctx, portal.Structure{Name: "Syndicat du Salat", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	h.raw("INSERT INTO staff (account_id, structure_id, role) VALUES (?, ?, 'regisseur')", dupont, other)
	h.raw("INSERT INTO night (structure_id, date, due_at, started_at, done_at) VALUES (?, '2026-11-23', 1, 1, ?)", h.structure, monday.Add(-8*time.Hour).UnixMilli())
	h.raw("INSERT INTO night (structure_id, date, due_at, started_at) VALUES (?, '2026-11-24', 1, 1)", h.structure)
	activity, err := h.SaveActivity(ctx, portal.Activity{StructureID: h.structure, Name: "RESTAURATION", Short: "Cantine", Spoken: "la cantine", Kind: portal.Canteen, Starts: portal.Clock(12, 0), Ends: portal.Clock(13, 30),
		Book: portal.DaysBefore(1, portal.Clock(18, 0)), Cancel: portal.DaysBefore(1, portal.Clock(18, 0))})
	if err != nil {
		t.Fatal(err)
	}
	for day, action := range map[string]string{"2026-11-30": "add", "2026-12-01": "add", "2026-12-03": "remove"} {
		h.raw("INSERT INTO wish (account_id, child_id, activity_id, day, action, at) VALUES (?, ?, ?, ?, ?, 0)", dupont, int(dupont)*10, activity, day, action)
	}
	h.raw("INSERT INTO draft (account_id, version, updated_at) VALUES (?, 7, 0)", dupont)

	token, err := h.OpenSession(ctx, dupont, false, "")
	if err != nil {
		t.Fatal(err)
	}
	counting, n := db.CountQueries(ctx)
	s, err := h.Session(counting, token)
	if err != nil {
		t.Fatal(err)
	}
	if n.Load() != 1 {
		t.Errorf("%d queries", n.Load())
	}
	if s.Account != dupont || s.Person.FirstName != "Jean-Paul" || !s.MustChange || !s.TermsDue || s.Adds != 2 || s.Removes != 1 || s.Version != 7 || len(s.CSRF) < 40 {
		t.Errorf("got %+v", s)
	}
	if len(s.Places) != 2 || !s.Guardian() || !s.Staff() || s.Family().Structure != h.structure || s.Desk().Structure != other || s.Desk().Role != portal.Cashier || s.Desk().Guardian {
		t.Errorf("places %+v", s.Places)
	}
	if !s.Family().Updated.Equal(monday.Add(-8*time.Hour)) || !s.Desk().Updated.IsZero() {
		t.Errorf("last nights %+v", s.Places)
	}
	if h.scalar("SELECT count(*) FROM session WHERE instr(id_hash, ?) OR csrf = ?", token, token) != "0" {
		t.Error("the token itself is stored")
	}
}

func TestStructureLookedAt(t *testing.T) {
	h := newHall(t)
	dupont := h.guardian(h.structure, "DUPONT")
	second, err := h.CreateStructure(ctx, portal.Structure{Name: "Syndicat du Salat", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	h.raw("INSERT INTO family (id, structure_id, name, created_at) VALUES (77, ?, 'DUPONT', 0)", second)
	h.raw("INSERT INTO guardian (family_id, account_id) VALUES (77, ?)", dupont)
	third, err := h.CreateStructure(ctx, portal.Structure{Name: "Mairie d’Ailleurs", Zone: "A", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	token, err := h.OpenSession(ctx, dupont, false, "")
	if err != nil {
		t.Fatal(err)
	}
	s, _ := h.Session(ctx, token)
	if s.Family().Structure != h.structure {
		t.Errorf("first %+v", s.Family())
	}
	refused(t, h.LookAt(ctx, s, third), portal.KindNotFound, "structure")
	if err := h.LookAt(ctx, s, second); err != nil {
		t.Fatal(err)
	}
	if s, _ = h.Session(ctx, token); s.Family().Structure != second {
		t.Errorf("then %+v", s.Family())
	}
}

func TestSessionEnds(t *testing.T) {
	for name, test := range map[string]struct {
		staff, remember bool
		step, whole     time.Duration // clicks every step go on until whole
		idle            time.Duration // without a click it ends here
	}{
		"parent":                 {step: 110 * time.Minute, whole: 12 * time.Hour, idle: 2 * time.Hour},
		"parent, appareil gardé": {remember: true, step: 29 * 24 * time.Hour, whole: 30 * 24 * time.Hour, idle: 30 * 24 * time.Hour},
		"agent":                  {staff: true, step: 14 * time.Minute, whole: 8 * time.Hour, idle: 15 * time.Minute},
		"agent, appareil gardé":  {staff: true, remember: true, step: 14 * time.Minute, whole: 8 * time.Hour, idle: 15 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHall(t)
			account := h.guardian(h.structure, "DUPONT")
			if test.staff {
				account = h.agent("ROUCH").Person.ID
			}
			open := func() string {
				token, err := h.OpenSession(ctx, account, test.remember, "")
				if err != nil {
					t.Fatal(err)
				}
				return token
			}
			idle := open()
			h.clock.Add(test.idle - time.Second)
			if _, err := h.Session(ctx, idle); err != nil {
				t.Errorf("just before: %v", err)
			}
			idle = open()
			h.clock.Add(test.idle)
			if _, err := h.Session(ctx, idle); !errors.Is(err, db.ErrSessionExpired) {
				t.Errorf("idle: %v", err)
			}
			busy, opened := open(), h.clock.Now()
			for h.clock.Now().Sub(opened) < test.whole {
				if _, err := h.Session(ctx, busy); err != nil {
					t.Fatalf("after %v of clicks: %v", h.clock.Now().Sub(opened), err)
				}
				h.waitSeen(busy)
				h.clock.Add(test.step)
			}
			if _, err := h.Session(ctx, busy); !errors.Is(err, db.ErrSessionExpired) {
				t.Errorf("at most: %v", err)
			}
		})
	}
}

// waitSeen waits for the click to be remembered: it is written behind the answer.
func (h *hall) waitSeen(token string) {
	h.t.Helper()
	want := h.clock.Now().Add(-time.Minute).UnixMilli()
	for range 200 {
		if h.scalar("SELECT count(*) FROM session WHERE seen_at > ?", want) != "0" {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	h.t.Fatal("the click was not remembered")
}

func TestNewSessionReplacesTheOneBefore(t *testing.T) {
	h := newHall(t)
	letter, _ := h.settled("ROUCH")
	_, first := h.enter(letter.Login, goodPassword)
	second, err := h.OpenSession(ctx, letter.Person.ID, false, first)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Session(ctx, first); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("the one before: %v", err)
	}
	s, err := h.Session(ctx, second)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.CloseSession(ctx, s); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Session(ctx, second); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("after sign-out: %v", err)
	}
	for _, token := range []string{"", "x", strings.Repeat("a", 100_000)} {
		if _, err := h.Session(ctx, token); !errors.Is(err, db.ErrNoSession) {
			t.Errorf("a made-up token: %v", err)
		}
	}
}

func TestPurgeAccess(t *testing.T) {
	h := newHall(t)
	account := h.guardian(h.structure, "DUPONT")
	for _, remember := range []bool{false, true} {
		if _, err := h.OpenSession(ctx, account, remember, ""); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		later time.Duration
		left  string
	}{{11 * time.Hour, "2"}, {2 * time.Hour, "1"}, {29 * 24 * time.Hour, "1"}, {24 * time.Hour, "0"}} {
		h.clock.Add(test.later)
		if err := h.PurgeAccess(ctx); err != nil {
			t.Fatal(err)
		}
		if got := h.scalar("SELECT count(*) FROM session"); got != test.left {
			t.Errorf("%s sessions left, want %s", got, test.left)
		}
	}
}

// BenchmarkSession is what every request of somebody signed in pays first.
func BenchmarkSession(b *testing.B) {
	store, _ := dbtest.New(b, monday)
	structure, err := store.CreateStructure(ctx, portal.Structure{Name: "Mairie de CarteVille", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		b.Fatal(err)
	}
	letter, err := store.CreateStaff(ctx, structure, portal.Identity{LastName: "ROUCH"}, portal.Agent)
	if err != nil {
		b.Fatal(err)
	}
	token, err := store.OpenSession(ctx, letter.Person.ID, false, "")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := store.Session(ctx, token); err != nil {
			b.Fatal(err)
		}
	}
}

// TestALookByItselfIsNoClick: a page that looks by itself whether places are left does not make the session last.
func TestALookByItselfIsNoClick(t *testing.T) {
	tn := newTown(t, 1, 1)
	token, err := tn.OpenSession(ctx, tn.parents[0], false, "")
	if err != nil {
		t.Fatal(err)
	}
	for range 8 {
		tn.clock.Add(15 * time.Minute)
		if _, err = tn.PeekSession(ctx, token); err != nil {
			break
		}
	}
	if !errors.Is(err, db.ErrSessionExpired) {
		t.Errorf("after two hours of looks: %v", err)
	}
}
