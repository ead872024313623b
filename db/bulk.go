package db

import (
	"context"
	"errors"
	"reflect"
	"strings"

	"github.com/mattn/go-sqlite3"

	"marelle/portal"
)

// bulk is a list of writes that is made up outside of the writer and carried out in it at once, many rows a statement: an
// import of twenty thousand children takes its time without holding up the parents, and still comes all or nothing.
// A new row has a number below zero until then: the third child is -3.
type bulk struct {
	rows    map[*bulkTable][][]any
	changes []bulkChange
}

type bulkChange struct {
	query string
	args  []any
}

// bulkTable is a table to which imports add rows.
type bulkTable struct {
	name     string
	columns  string
	numbered bool   // rows have a number of their own
	conflict string // what happens to a row that is there already
}

// The tables of imports, in the order in which they are written.
var (
	bulkSchool    = &bulkTable{"school", "structure_id, name", true, ""}
	bulkClass     = &bulkTable{"class", "school_id, school_year_id, name", true, ""}
	bulkAccount   = &bulkTable{"account", "login, civility, last_name, used_name, first_name, home_phone, work_phone, mobile_phone, created_at", true, ""}
	bulkEmail     = &bulkTable{"account_email", "account_id, position, address", false, ""}
	bulkFamily    = &bulkTable{"family", "structure_id, name, street, postcode, town, resident, created_at", true, ""}
	bulkChild     = &bulkTable{"child", "structure_id, ine_hash, created_at, " + fileColumns, true, ""}
	bulkPlace     = &bulkTable{"child_class", "child_id, school_year_id, class_id, grade", false, " ON CONFLICT DO UPDATE SET class_id = excluded.class_id, grade = excluded.grade"}
	bulkElsewhere = &bulkTable{"child_elsewhere", "child_id, school_year_id, school_id, class", false, " ON CONFLICT DO UPDATE SET class = excluded.class"}
	bulkFamChild  = &bulkTable{"family_child", "family_id, child_id", false, " ON CONFLICT DO NOTHING"}
	bulkGuardian  = &bulkTable{"guardian", "family_id, account_id", false, " ON CONFLICT DO NOTHING"}

	bulkTables = []*bulkTable{bulkSchool, bulkClass, bulkAccount, bulkEmail, bulkFamily, bulkChild, bulkPlace, bulkElsewhere, bulkFamChild, bulkGuardian}
)

// bulkRef is the number of a row that may not be there yet.
type bulkRef struct {
	table *bulkTable
	id    int64
}

// add adds a row and gives its number until it is written.
func (b *bulk) add(t *bulkTable, values ...any) int64 {
	if b.rows == nil {
		b.rows = map[*bulkTable][][]any{}
	}
	b.rows[t] = append(b.rows[t], values)
	return -int64(len(b.rows[t]))
}

// do adds a statement, run once all rows are there.
func (b *bulk) do(query string, args ...any) {
	b.changes = append(b.changes, bulkChange{query, args})
}

func (b *bulk) size() int {
	n := len(b.changes)
	for _, rows := range b.rows {
		n += len(rows)
	}
	return n
}

// bulkRows is how many rows one statement adds.
const bulkRows = 50

// carryOut writes everything; told hears how much is written.
func (b *bulk) carryOut(tx *Tx, told func(done, total int)) error {
	last := map[*bulkTable]int64{}
	settle := func(values []any) {
		for i, v := range values {
			if ref, ok := v.(bulkRef); ok {
				if values[i] = ref.id; ref.id < 0 {
					values[i] = last[ref.table] - ref.id
				}
			}
		}
	}
	done, total := 0, b.size()
	for _, t := range bulkTables {
		rows := b.rows[t]
		if t.numbered && len(rows) > 0 {
			var n int64
			if err := tx.row(&n, lastNumber(t.name)); err != nil {
				return err
			}
			last[t] = n
		}
		for i := 0; i < len(rows); {
			n := bulkRows
			if i+n > len(rows) {
				n = 1
			}
			var values []any
			for j := range n {
				if t.numbered {
					values = append(values, last[t]+int64(i+j)+1)
				}
				values = append(values, rows[i+j]...)
			}
			settle(values)
			if err := tx.exec(t.insert(n), values...); err != nil {
				return err
			}
			i, done = i+n, done+n
			told(done, total)
		}
	}
	for _, c := range b.changes {
		args := append([]any(nil), c.args...)
		settle(args)
		if err := tx.exec(c.query, args...); err != nil {
			return err
		}
		done++
		told(done, total)
	}
	return nil
}

// insert gives the statement that adds n rows.
func (t *bulkTable) insert(n int) string {
	columns := t.columns
	if t.numbered {
		columns = "id, " + columns
	}
	row := "(?" + strings.Repeat(", ?", strings.Count(columns, ",")) + ")"
	return "INSERT INTO " + t.name + " (" + columns + ") VALUES " + row + strings.Repeat(", "+row, n-1) + t.conflict
}

// errStale says that what an import was made up from changed before it was written.
var errStale = errors.New("db: what was read has changed")

// plansMost is how often an import is made up anew when somebody else writes meanwhile.
const plansMost = 4

// carryOut reads what is there, makes up the writes from it and carries them out, all of it or nothing. Reading and
// making up leave the writer to everybody else; when what was read changed meanwhile, it starts again. A trial ends before
// the first write. finish runs in the same transaction.
func carryOut[S any](ctx context.Context, s *Store, read func(querier) (S, error), plan func(S) (*bulk, error), finish func(*Tx) error, trial bool) error {
	for range plansMost {
		var mark int64
		if !trial {
			if err := s.write(ctx, func(tx *Tx) (err error) { mark, err = tx.mark(); return err }); err != nil {
				return err
			}
		}
		var state S
		if err := s.snapshot(ctx, func(r reader) (err error) { state, err = read(r); return err }); err != nil {
			return err
		}
		b, err := plan(state)
		if err != nil || trial || b.size() == 0 {
			return err
		}
		err = s.write(ctx, func(tx *Tx) error {
			now, err := tx.mark()
			if err != nil {
				return err
			}
			if now != mark { // somebody wrote: was it about this?
				again, err := read(tx)
				if err != nil {
					return err
				}
				if !reflect.DeepEqual(again, state) {
					return errStale
				}
			}
			if err := b.carryOut(tx, func(done, total int) { progress(ctx, portal.ProgressWriting, done, total) }); err != nil {
				return takenMeanwhile(err)
			}
			tx.after(s.setups.forget) // it knows how schools and classes are called
			return finish(tx)
		})
		if !errors.Is(err, errStale) {
			return err
		}
	}
	return portal.Conflict("Les familles changent sans cesse en ce moment, et rien n’a été importé. Recommencez dans quelques minutes.")
}

// mark counts what the writer has changed since the base was opened.
func (tx *Tx) mark() (n int64, err error) {
	err = tx.row(&n, "SELECT total_changes()")
	return n, err
}

// takenMeanwhile tells an identifiant drawn at the same time by somebody else, who gets another.
func takenMeanwhile(err error) error {
	var e sqlite3.Error
	if errors.As(err, &e) && (e.ExtendedCode == sqlite3.ErrConstraintUnique || e.ExtendedCode == sqlite3.ErrConstraintPrimaryKey) {
		return errors.Join(errStale, err)
	}
	return err
}

// progressKey is the key under which a context carries who is told how far a long work is.
type progressKey struct{}

// WithProgress gives a context whose long operations tell how far they are.
func WithProgress(ctx context.Context, told func(portal.Progress)) context.Context {
	return context.WithValue(ctx, progressKey{}, told)
}

func progress(ctx context.Context, step portal.ProgressStep, done, total int) {
	if told, ok := ctx.Value(progressKey{}).(func(portal.Progress)); ok {
		told(portal.Progress{Step: step, Done: done, Total: total})
	}
}
