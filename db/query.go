package db

import (
	"context"
	"database/sql"
	"sync/atomic"

	"marelle/portal"
)

// querier reads: a reader of the pool, or the writer's transaction.
type querier interface {
	query(query string, args ...any) (*sql.Rows, error)
}

// reader reads through the pool; inside a snapshot all its queries see one state.
type reader struct {
	ctx context.Context
	s   *Store
	tx  *sql.Tx
}

func (s *Store) read(ctx context.Context) reader { return reader{ctx: ctx, s: s} }

func (r reader) query(query string, args ...any) (*sql.Rows, error) {
	if n, counted := r.ctx.Value(queryCount{}).(*atomic.Int64); counted {
		n.Add(1)
	}
	stmt, err := r.s.readStmt(r.ctx, query)
	if err != nil {
		return nil, err
	}
	if r.tx != nil {
		stmt = r.tx.StmtContext(r.ctx, stmt) // prepares on the snapshot's own connection
	}
	return stmt.QueryContext(r.ctx, args...)
}

// readStmt keeps the readers' statements prepared: preparing costs more than most of them. The program has a fixed
// number of them.
func (s *Store) readStmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if kept, ok := s.readStmts.Load(query); ok {
		return kept.(*sql.Stmt), nil
	}
	stmt, err := s.readDB.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if kept, raced := s.readStmts.LoadOrStore(query, stmt); raced {
		stmt.Close()
		return kept.(*sql.Stmt), nil
	}
	return stmt, nil
}

// queryCount is the key under which a context carries its count.
type queryCount struct{}

// CountQueries gives a context that counts the queries run for it.
func CountQueries(ctx context.Context) (context.Context, *atomic.Int64) {
	n := new(atomic.Int64)
	return context.WithValue(ctx, queryCount{}, n), n
}

func (r reader) row(dest any, query string, args ...any) error { return oneRow(r, dest, query, args) }

// readers is the size of the pool. A snapshot holds one of its connections and may need another for a moment, to prepare
// a statement or to read a setup: one is always left for that, else four snapshots at once wait for each other for ever.
const readers = 4

// snapshot runs several reads on one state of the database. A snapshot never opens another.
func (s *Store) snapshot(ctx context.Context, f func(reader) error) error {
	select {
	case s.snapshots <- struct{}{}:
		defer func() { <-s.snapshots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	tx, err := s.readDB.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return f(reader{ctx: ctx, s: s, tx: tx})
}

// oneRow scans a single column of the first row.
func oneRow(q querier, dest any, query string, args []any) error {
	_, err := one(q, func(r *sql.Rows) (struct{}, error) { return struct{}{}, r.Scan(dest) }, query, args...)
	return err
}

// one scans the first row; sql.ErrNoRows when there is none.
func one[T any](q querier, scan func(*sql.Rows) (T, error), query string, args ...any) (T, error) {
	var zero T
	rows, err := q.query(query, args...)
	if err != nil {
		return zero, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return zero, err
		}
		return zero, sql.ErrNoRows
	}
	got, err := scan(rows)
	if err != nil {
		return zero, err
	}
	return got, rows.Close()
}

// all scans every row.
func all[T any](q querier, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		got, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, got)
	}
	return list, rows.Err()
}

// column scans one column of every row.
func column[T any](q querier, query string, args ...any) ([]T, error) {
	return all(q, func(r *sql.Rows) (T, error) {
		var v T
		err := r.Scan(&v)
		return v, err
	}, query, args...)
}

func isRefusal(err error) bool { return portal.AsError(err) != nil }
