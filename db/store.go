// Package db remembers: one exported method is one complete operation and its transaction.
package db

import (
	"context"
	"crypto/cipher"
	"database/sql"
	"database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"marelle/portal"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks a SQLite file as Marelle's ("MREL").
const applicationID = 0x4d52454c

// oldestSQLite is the first version without the WAL-reset fault (SAFETY, fact 9).
const oldestSQLite = 3_051_003

// Store is one open database: one writer, a pool of readers, and the setup kept in memory.
type Store struct {
	path      string
	now       func() time.Time
	real      func() time.Time // what telephones show
	random    io.Reader
	lock      *os.File
	writeDB   *sql.DB
	readDB    *sql.DB
	writer    *writer
	demo      bool
	salt      []byte
	setups    setupCache
	peopled   atomic.Bool   // somebody has an account
	readStmts sync.Map      // by their text
	snapshots chan struct{} // one place for each that may run at once
	sealing   sync.Mutex
	seal      cipher.AEAD // of the second factors; nil until one is asked for
	closing   sync.Once
	closed    error
}

// Options says how a database is opened.
type Options struct {
	Path   string           // the file
	Now    func() time.Time // the clock; tests and the demo bring their own
	Real   func() time.Time // the clock of telephones, where the demonstration's own differs; Now when nil
	Random io.Reader        // crypto/rand, or a seeded source in the demo
	Create bool             // make the file; without it a missing file is refused
	Demo   bool             // the mode written into a new file
}

var registerDriver = sync.OnceFunc(func() {
	sql.Register("marelle", &sqlite3.SQLiteDriver{ConnectHook: func(c *sqlite3.SQLiteConn) error {
		for _, pragma := range []string{"trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0", "journal_size_limit=67108864", "temp_store=MEMORY"} {
			if _, err := c.Exec("PRAGMA "+pragma, nil); err != nil {
				return err
			}
		}
		// A collator may not be shared; each connection is used by one goroutine at a time.
		return c.RegisterCollation("francais", frenchOrder().CompareString)
	}})
})

// frenchOrder is the order of names.
func frenchOrder() *collate.Collator { return collate.New(language.French, collate.IgnoreCase) }

const pragmas = "_journal_mode=WAL&_synchronous=FULL&_busy_timeout=5000&_foreign_keys=on&_secure_delete=on"

// Open opens a database, brings its schema up to date and takes the lock that keeps every other process out.
// A missing, foreign, damaged or newer file is refused with a sentence for the person at the console.
func Open(ctx context.Context, o Options) (_ *Store, err error) {
	registerDriver()
	if _, v, _ := sqlite3.Version(); v < oldestSQLite {
		return nil, fmt.Errorf("la bibliothèque SQLite compilée dans ce programme est trop ancienne (%d) ; recompilez Marelle", v)
	}
	fresh, err := checkFile(o)
	if err != nil {
		return nil, err
	}
	s := &Store{path: o.Path, now: o.Now, random: o.Random, snapshots: make(chan struct{}, readers-1)}
	if s.real = o.Real; s.real == nil {
		s.real = o.Now
	}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	if s.lock, err = takeLock(o.Path); err != nil {
		return nil, err
	}
	if s.writeDB, err = sql.Open("marelle", "file:"+o.Path+"?mode=rwc&_txlock=immediate&"+pragmas); err != nil {
		return nil, err
	}
	s.writeDB.SetMaxOpenConns(1)
	if err = s.prepareFile(ctx, fresh); err != nil {
		return nil, err
	}
	if s.readDB, err = sql.Open("marelle", "file:"+o.Path+"?mode=ro&_query_only=1&"+pragmas); err != nil {
		return nil, err
	}
	s.readDB.SetMaxOpenConns(readers)
	s.readDB.SetMaxIdleConns(readers)
	if s.writer, err = startWriter(ctx, s.writeDB); err != nil {
		return nil, err
	}
	if err = s.checkPragmas(ctx); err != nil {
		return nil, err
	}
	if err = s.settleInstance(ctx, fresh, o.Demo); err != nil {
		return nil, err
	}
	return s, nil
}

// checkFile says whether the file must be made, and refuses one that is no SQLite database.
func checkFile(o Options) (fresh bool, err error) {
	info, err := os.Stat(o.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0:
		if !o.Create {
			return false, fmt.Errorf("la base %s n’existe pas ; créez-la avec « marelle init --db %s », ou indiquez la bonne avec --db ou MARELLE_DB", o.Path, o.Path)
		}
		if err := os.MkdirAll(filepath.Dir(o.Path), 0o700); err != nil {
			return false, fmt.Errorf("le dossier de la base ne peut pas être créé : %w", err)
		}
		f, err := os.OpenFile(o.Path, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return false, fmt.Errorf("la base ne peut pas être créée : %w", err)
		}
		return true, f.Close()
	case err != nil:
		return false, fmt.Errorf("la base ne peut pas être lue : %w", err)
	}
	head := make([]byte, 16)
	f, err := os.Open(o.Path)
	if err != nil {
		return false, fmt.Errorf("la base ne peut pas être lue : %w", err)
	}
	defer f.Close()
	if _, err := io.ReadFull(f, head); err != nil || string(head) != "SQLite format 3\x00" {
		return false, fmt.Errorf("%s n’est pas une base de Marelle, ou elle est abîmée ; remettez en place la dernière sauvegarde", o.Path)
	}
	return false, nil
}

// takeLock keeps a second process out of the same database.
func takeLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("le verrou de la base ne peut pas être posé : %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("la base %s est déjà ouverte par un autre Marelle ; arrêtez-le d’abord, ou faites cette opération dans ses pages de gestion", path)
	}
	return f, nil
}

// prepareFile verifies that the file is ours and whole, and migrates its schema.
func (s *Store) prepareFile(ctx context.Context, fresh bool) error {
	damaged := func(err error) error {
		return fmt.Errorf("la base %s est illisible ou abîmée (%w) ; remettez en place la dernière sauvegarde", s.path, err)
	}
	if fresh {
		if _, err := s.writeDB.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id=%d", applicationID)); err != nil {
			return damaged(err)
		}
	}
	var id int
	if err := s.writeDB.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return damaged(err)
	}
	if id != applicationID {
		return fmt.Errorf("%s est une base SQLite, mais pas celle de Marelle ; vérifiez le nom du fichier", s.path)
	}
	var whole string
	if err := s.writeDB.QueryRowContext(ctx, "PRAGMA quick_check").Scan(&whole); err != nil {
		return damaged(err)
	}
	if whole != "ok" {
		return damaged(errors.New(whole))
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, s.writeDB, files)
	if err != nil {
		return err
	}
	sources := provider.ListSources()
	newest := sources[len(sources)-1].Version
	has, err := provider.GetDBVersion(ctx)
	if err != nil {
		return damaged(err)
	}
	if has > newest {
		return fmt.Errorf("la base %s vient d’une version plus récente de Marelle (schéma %d, ce programme connaît %d) ; installez la nouvelle version, ou remettez en place une sauvegarde d’avant la mise à jour", s.path, has, newest)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("la mise à jour de la base a échoué, rien n’a été changé : %w", err)
	}
	return nil
}

// checkPragmas reads back, on every connection, what durability depends on.
func (s *Store) checkPragmas(ctx context.Context) error {
	check := func(c interface {
		QueryRowContext(context.Context, string, ...any) *sql.Row
	}) error {
		for name, want := range map[string]string{"synchronous": "2", "foreign_keys": "1", "journal_mode": "wal"} {
			var got string
			if err := c.QueryRowContext(ctx, "PRAGMA "+name).Scan(&got); err != nil {
				return err
			}
			if got != want {
				return fmt.Errorf("la base %s ne peut pas être ouverte sûrement : %s vaut %s au lieu de %s ; placez-la sur un disque local", s.path, name, got, want)
			}
		}
		return nil
	}
	if err := check(s.writer.conn); err != nil {
		return err
	}
	return check(s.readDB)
}

// settleInstance writes mode and salt into a new database, and reads them from an old one.
func (s *Store) settleInstance(ctx context.Context, fresh, demo bool) error {
	if fresh {
		salt := make([]byte, 16)
		if _, err := io.ReadFull(s.random, salt); err != nil {
			return err
		}
		mode := "production"
		if demo {
			mode = "demo"
		}
		err := s.write(ctx, func(tx *Tx) error {
			for name, value := range map[string]string{"mode": mode, "salt": fmt.Sprintf("%x", salt)} {
				if err := tx.exec("INSERT INTO instance (name, value) VALUES (?, ?)", name, value); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	mode, err := s.instance(ctx, "mode")
	if err != nil {
		return err
	}
	s.demo = mode == "demo"
	salt, err := s.instance(ctx, "salt")
	s.salt = []byte(salt)
	return err
}

func (s *Store) instance(ctx context.Context, name string) (string, error) {
	var value string
	err := s.read(ctx).row(&value, "SELECT value FROM instance WHERE name = ?", name)
	return value, err
}

// Demo says whether this is a throw-away demonstration database; a database is one or the other for life.
func (s *Store) Demo() bool { return s.demo }

// Now gives the store's clock.
func (s *Store) Now() time.Time { return s.now() }

// Path gives the file of the database.
func (s *Store) Path() string { return s.path }

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	_, err := s.instance(ctx, "mode")
	return err
}

// Close lets requests under way finish, then closes the database and gives the lock back. Closing twice is harmless.
func (s *Store) Close() error {
	s.closing.Do(func() { s.closed = s.close() })
	return s.closed
}

func (s *Store) close() error {
	var errs []error
	if s.writer != nil {
		errs = append(errs, s.writer.stop())
	}
	if s.readDB != nil {
		for _, stmt := range s.readStmts.Range {
			errs = append(errs, stmt.(*sql.Stmt).Close())
		}
		errs = append(errs, s.readDB.Close())
	}
	if s.writeDB != nil {
		errs = append(errs, s.writeDB.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

// instant is how moments are stored: whole milliseconds in UTC, NULL for the zero time.
type instant struct{ time.Time }

// Value stores the milliseconds.
func (i instant) Value() (driver.Value, error) {
	if i.IsZero() {
		return nil, nil
	}
	return i.UnixMilli(), nil
}

// Scan reads what Value stored.
func (i *instant) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		i.Time = time.Time{}
		return nil
	case int64:
		i.Time = time.UnixMilli(v).UTC()
		return nil
	}
	return fmt.Errorf("db: %T is no instant", v)
}

// into scans an instant straight into a time.
type into struct{ t *time.Time }

// Scan reads a stored instant.
func (i into) Scan(v any) error {
	var got instant
	err := got.Scan(v)
	*i.t = got.Time
	return err
}

// at stores a time.
func at(t time.Time) instant { return instant{t} }

// absent turns an empty result into the refusal that a person reads.
func absent(err error, format string, args ...any) error {
	if errors.Is(err, sql.ErrNoRows) {
		return portal.NotFound(format, args...)
	}
	return err
}
