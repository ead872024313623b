package db_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"marelle/db"
	"marelle/portal"
)

// rollOf gives the two files of a school of n pupils, each with a parent.
func rollOf(n int) (pupils, guardians string) {
	var c, g strings.Builder
	for i := range n {
		fmt.Fprintf(&c, "NOM%d;;Léa;03/02/2020;F;%011d;%d rue A;09999;TILLAC;CP;Classe %d\n", i, i, i, i/25)
		fmt.Fprintf(&g, "M.;;NOM%d;Luc;%d rue A;09999;TILLAC;luc%d@exemple.fr;06%08d;NOM%d;Léa;;;;\n", i, i, i, i, i)
	}
	return c.String(), g.String()
}

// longestWait writes as a parent does, again and again, until stop is called, and gives the longest that one waited.
func (w *rollTown) longestWait() (stop func() time.Duration) {
	done, told := make(chan struct{}), make(chan time.Duration)
	go func() {
		var longest time.Duration
		for {
			select {
			case <-done:
				told <- longest
				return
			default:
			}
			began := time.Now()
			w.store.PurgeAccess(context.Background())
			longest = max(longest, time.Since(began))
			time.Sleep(time.Millisecond)
		}
	}()
	return func() time.Duration { close(done); return <-told }
}

// confirming has a parent book and cancel a day, again and again, until stop is called: it gives how often that was confirmed,
// the longest that one confirmation took, and the first error.
func (tn *town) confirming(parent int, day string) (stop func() (confirmed int, longest time.Duration, err error)) {
	done, told := make(chan struct{}), make(chan func() (int, time.Duration, error))
	go func() {
		var longest time.Duration
		var err error
		n := 0
		for ; err == nil; n++ {
			select {
			case <-done:
				told <- func() (int, time.Duration, error) { return n, longest, nil }
				return
			default:
			}
			began := time.Now()
			_, err = tn.Ask(ctx, tn.parents[parent], db.Want{Child: tn.children[parent][0], Activity: tn.canteen, Day: portal.MustDate(day), Present: n%2 == 0})
			if err == nil {
				longest = max(longest, time.Since(began))
				began = time.Now()
				_, err = tn.Confirm(ctx, tn.parents[parent], fmt.Sprint(day, "-", n), db.AnyVersion)
				longest = max(longest, time.Since(began))
			}
			time.Sleep(time.Millisecond)
		}
		<-done
		told <- func() (int, time.Duration, error) { return n, longest, err }
	}()
	return func() (int, time.Duration, error) { close(done); return (<-told)() }
}

// importBeside imports a school of n pupils while a parent confirms: everything new, then the same once more with another
// class for everybody. Nobody gets an error, and what was confirmed is there.
func importBeside(t testing.TB, n int) (longest []time.Duration) {
	t.Helper()
	tn := newTown(t, 1, 1)
	w := &rollTown{t, tn.Store, tn.clock, tn.structure}
	pupils, guardians := rollOf(n)
	for round, pupils := range []string{pupils, strings.ReplaceAll(pupils, ";Classe ", ";Groupe ")} {
		roll := w.read(pupils, guardians)
		before := tn.text(t, "SELECT count(*) FROM receipt")
		stop := tn.confirming(0, []string{"2026-12-07", "2026-12-08"}[round])
		report := w.load(roll, "")
		confirmed, wait, err := stop()
		if err != nil {
			t.Fatalf("a parent got %v after %d confirmations", err, confirmed)
		}
		if report.Pupils != n || confirmed == 0 {
			t.Fatalf("%d pupils of %d, %d confirmations", report.Pupils, n, confirmed)
		}
		if got := tn.text(t, "SELECT count(*) - ? FROM receipt", before); got != fmt.Sprint(confirmed) {
			t.Errorf("%s receipts for %d confirmations", got, confirmed)
		}
		longest = append(longest, wait)
	}
	tn.sound(t)
	return longest
}

// TestParentsDuringAnImport: an import holds the writer for a moment; a parent who validates meanwhile waits, and gets a
// receipt, never an error.
func TestParentsDuringAnImport(t *testing.T) {
	importBeside(t, 1500)
}

// BenchmarkParentsDuringAnImport measures the longest that a parent waits for an answer while 20,000 pupils are imported,
// everything new and then with another class for everybody.
func BenchmarkParentsDuringAnImport(b *testing.B) {
	for b.Loop() {
		longest := importBeside(b, 20_000)
		b.ReportMetric(float64(longest[0].Milliseconds()), "nouveaux-ms")
		b.ReportMetric(float64(longest[1].Milliseconds()), "connus-ms")
	}
}

// BenchmarkImport measures an import of a school from its two files, and of families from Marelle's file: the whole, and the
// longest that somebody else's write waited meanwhile.
func BenchmarkImport(b *testing.B) {
	for _, n := range []int{237, 20_000} {
		b.Run(fmt.Sprintf("ecole-%d", n), func(b *testing.B) {
			pupils, guardians := rollOf(n)
			var longest time.Duration
			for b.Loop() {
				b.StopTimer()
				w := newRollTown(b)
				stop := w.longestWait()
				b.StartTimer()
				w.load(w.read(pupils, guardians), "")
				b.StopTimer()
				longest = max(longest, stop())
				b.StartTimer()
			}
			b.ReportMetric(float64(longest.Milliseconds()), "attente-ms")
		})
		b.Run(fmt.Sprintf("familles-%d", n), func(b *testing.B) {
			pupils, guardians := rollOf(n)
			w := newRollTown(b)
			w.load(w.read(pupils, guardians), "")
			text := w.familiesCSV()
			var longest time.Duration
			for b.Loop() {
				b.StopTimer()
				w := newRollTown(b)
				stop := w.longestWait()
				b.StartTimer()
				w.loadFamilies(withoutNumbers(text))
				b.StopTimer()
				longest = max(longest, stop())
				b.StartTimer()
			}
			b.ReportMetric(float64(longest.Milliseconds()), "attente-ms")
		})
	}
	b.Run("etalon", func(b *testing.B) { // as many rows as 20,000 children make, one by one into a bare table
		for b.Loop() {
			b.StopTimer()
			bare, err := sql.Open("marelle", "file:"+filepath.Join(b.TempDir(), "etalon.db")+"?_journal_mode=WAL&_synchronous=FULL")
			if err != nil {
				b.Fatal(err)
			}
			bare.SetMaxOpenConns(1)
			b.StartTimer()
			for _, q := range []string{"CREATE TABLE t (a INTEGER, b TEXT)", "BEGIN"} {
				if _, err := bare.Exec(q); err != nil {
					b.Fatal(err)
				}
			}
			insert, err := bare.Prepare("INSERT INTO t VALUES (?, ?)")
			if err != nil {
				b.Fatal(err)
			}
			for i := range 140_000 {
				if _, err := insert.Exec(i, "CARTEVILLE"); err != nil {
					b.Fatal(err)
				}
			}
			if _, err := bare.Exec("COMMIT"); err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			insert.Close()
			bare.Close()
			b.StartTimer()
		}
	})
}
