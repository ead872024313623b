// Package dbtest gives each test a real database of its own and a clock that the test sets.
package dbtest

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"marelle/db"
)

// Clock is the time of a test; it stands still until it is moved.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now gives the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves the clock to an instant.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// Add moves the clock by a duration.
func (c *Clock) Add(d time.Duration) { c.Set(c.Now().Add(d)) }

// New opens an empty database, closed at the end of the test, whose clock stands at now.
func New(t testing.TB, now time.Time) (*db.Store, *Clock) {
	t.Helper()
	model, err := template()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "marelle.db")
	if err := os.WriteFile(path, model, 0o600); err != nil {
		t.Fatal(err)
	}
	clock := &Clock{now: now}
	store, err := db.Open(context.Background(), db.Options{Path: path, Now: clock.Now, Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store, clock
}

// template is a freshly migrated database, made once for the whole run and copied for each test.
var template = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "marelle-modele")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "modele.db")
	store, err := db.Open(context.Background(), db.Options{Path: path, Now: time.Now, Random: rand.Reader, Create: true})
	if err != nil {
		return nil, err
	}
	if err := store.Close(); err != nil { // the last connection to close empties the WAL into the file
		return nil, err
	}
	return os.ReadFile(path)
})
