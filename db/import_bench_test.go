package db_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
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
