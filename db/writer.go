package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
)

// groupMost bounds how many requests share one commit, so that the first of them does not wait long.
const groupMost = 256

// errClosed is what a write gets once the store is closing.
var errClosed = errors.New("db: the store is closed")

// writer is the one goroutine that writes. It takes the requests that wait, runs each inside its own savepoint of one
// transaction, commits once (synchronous=FULL), and only then answers them all: a request told « done » is on the disk.
// A request that fails is undone alone; if the commit fails, all of them are told so.
type writer struct {
	conn    *sql.Conn
	queue   chan *request
	done    chan struct{}
	closing chan struct{}
	stmts   map[string]*sql.Stmt
}

type request struct {
	ctx   context.Context
	run   func(*Tx) error
	reply chan error
	after []func()
}

func startWriter(ctx context.Context, pool *sql.DB) (*writer, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{conn: conn, queue: make(chan *request, 4*groupMost), done: make(chan struct{}), closing: make(chan struct{}), stmts: map[string]*sql.Stmt{}}
	go w.loop()
	return w, nil
}

// write runs one operation through the writer and returns once it is durable, or refused.
// Nothing slow belongs in run: no hashing, no rendering, no network.
func (s *Store) write(ctx context.Context, run func(*Tx) error) error {
	r := &request{ctx: ctx, run: run, reply: make(chan error, 1)}
	select {
	case <-s.writer.closing:
		return errClosed
	default:
	}
	select {
	case s.writer.queue <- r:
	case <-s.writer.done:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	// Once queued, the answer is awaited whatever happens to the client: it may already be on the disk.
	select {
	case err := <-r.reply:
		return err
	case <-s.writer.done:
		select {
		case err := <-r.reply:
			return err
		default:
			return errClosed
		}
	}
}

func (w *writer) loop() {
	defer close(w.done)
	group := make([]*request, 0, groupMost)
	for {
		select {
		case r := <-w.queue:
			w.commit(w.gather(append(group[:0], r)))
		case <-w.closing:
			for len(w.queue) > 0 {
				w.commit(w.gather(group[:0]))
			}
			return
		}
	}
}

// gather adds the requests that wait already.
func (w *writer) gather(group []*request) []*request {
	for len(group) < groupMost {
		select {
		case r := <-w.queue:
			group = append(group, r)
		default:
			return group
		}
	}
	return group
}

// commit runs a group in one transaction and answers each of its requests.
func (w *writer) commit(group []*request) {
	results := make([]error, len(group))
	err := w.begin()
	if err == nil {
		for i, r := range group {
			if results[i], err = w.runOne(r); err != nil {
				break // the transaction itself is lost (disk full, I/O error)
			}
		}
	}
	if err == nil {
		_, err = w.conn.ExecContext(context.Background(), "COMMIT")
	}
	if err != nil {
		_, rollback := w.conn.ExecContext(context.Background(), "ROLLBACK")
		slog.Error("write transaction lost", "error", err, "rollback", rollback, "requests", len(group))
	}
	for i, r := range group {
		switch {
		case err != nil && (results[i] == nil || !isRefusal(results[i])):
			r.reply <- fmt.Errorf("db: nothing was written: %w", err)
		default:
			if results[i] == nil {
				for _, f := range r.after {
					f()
				}
			}
			r.reply <- results[i]
		}
	}
}

func (w *writer) begin() error {
	_, err := w.conn.ExecContext(context.Background(), "BEGIN IMMEDIATE")
	return err
}

// runOne runs one request inside a savepoint. The first error is the request's own; the second means that the
// whole transaction is lost.
func (w *writer) runOne(r *request) (own, lost error) {
	tx := &Tx{w: w, r: r}
	if own = tx.exec("SAVEPOINT request"); own != nil {
		return own, own
	}
	own = guarded(tx, r.run)
	if own != nil {
		r.after = nil
		if lost = tx.exec("ROLLBACK TO request"); lost != nil {
			return own, lost
		}
	}
	lost = tx.exec("RELEASE request")
	return own, lost
}

// guarded turns a panic of one operation into its error: the other requests of the group must not pay for it.
func guarded(tx *Tx, run func(*Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("db: panic in a write: %v\n%s", p, debug.Stack())
		}
	}()
	return run(tx)
}

func (w *writer) stop() error {
	close(w.closing)
	<-w.done
	for _, s := range w.stmts {
		s.Close()
	}
	return w.conn.Close()
}

// Tx is the writer's transaction as one operation sees it.
type Tx struct {
	w *writer
	r *request
}

// after runs f once the operation is on the disk.
func (tx *Tx) after(f func()) { tx.r.after = append(tx.r.after, f) }

// stmt keeps each statement prepared: the program has a fixed number of them.
func (tx *Tx) stmt(query string) (*sql.Stmt, error) {
	if s := tx.w.stmts[query]; s != nil {
		return s, nil
	}
	s, err := tx.w.conn.PrepareContext(context.Background(), query)
	if err == nil {
		tx.w.stmts[query] = s
	}
	return s, err
}

func (tx *Tx) exec(query string, args ...any) error {
	_, err := tx.change(query, args...)
	return err
}

// change runs a statement and counts the rows it touched.
func (tx *Tx) change(query string, args ...any) (int64, error) {
	res, err := tx.result(query, args)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// insert runs an INSERT and gives the new row's number.
func (tx *Tx) insert(query string, args ...any) (int64, error) {
	res, err := tx.result(query, args)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

func (tx *Tx) result(query string, args []any) (sql.Result, error) {
	s, err := tx.stmt(query)
	if err != nil {
		return nil, err
	}
	return s.Exec(args...)
}

func (tx *Tx) query(query string, args ...any) (*sql.Rows, error) {
	s, err := tx.stmt(query)
	if err != nil {
		return nil, err
	}
	return s.Query(args...)
}

func (tx *Tx) row(dest any, query string, args ...any) error { return oneRow(tx, dest, query, args) }
