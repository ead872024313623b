package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"marelle/db"
	"marelle/db/demo"
	"marelle/handlers"
	"marelle/portal"
)

// calendarRequest prepares the month calendar of a family of CarteVille, behind the real handlers: session, ownership,
// queries, rendering. It gives the handler and the request.
func calendarRequest(tb testing.TB, log *slog.Logger) (fasthttp.RequestHandler, func(*fasthttp.RequestCtx)) {
	tb.Helper()
	return carteville(tb, log, "D'HAUTPOUL", func(child portal.ChildID, camp portal.ActivityID) string {
		return fmt.Sprintf("/reservations/%d/%d?mois=2026-12", child, camp)
	})
}

// carteville serves a page of CarteVille to the first parent of a name; path gives its address from the first child and
// the Wednesday camp.
func carteville(tb testing.TB, log *slog.Logger, name string, page func(portal.ChildID, portal.ActivityID) string) (fasthttp.RequestHandler, func(*fasthttp.RequestCtx)) {
	tb.Helper()
	ctx := context.Background()
	clock := demo.NewClock(portal.NewDate(2026, 11, 23).At(portal.Clock(9, 0)), time.Now)
	store, err := db.Open(ctx, db.Options{Path: filepath.Join(tb.TempDir(), "carteville.db"), Now: clock.Now, Random: demo.Random(), Create: true, Demo: true})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { store.Close() })
	logins, err := demo.Open(ctx, store, clock)
	if err != nil {
		tb.Fatal(err)
	}
	app, err := handlers.New(handlers.Options{Store: store, BaseURL: "http://localhost:8080", Log: log, Demo: &handlers.Demo{}})
	if err != nil {
		tb.Fatal(err)
	}
	var mother portal.AccountID
	var token string
	for _, l := range logins {
		if l.LastName == name && token == "" {
			if mother, token, err = store.SignIn(ctx, l.Login, l.Password, db.Visit{Addr: "127.0.0.1"}); err != nil {
				tb.Fatal(err)
			}
		}
	}
	children, err := store.Children(ctx, mother)
	if err != nil {
		tb.Fatal(err)
	}
	setup, err := store.Setup(ctx, children[0].StructureID)
	if err != nil {
		tb.Fatal(err)
	}
	var camp portal.ActivityID
	for _, a := range setup.Activities {
		if a.Kind == portal.WednesdayCamp { // with limited places, the heaviest
			camp = a.ID
		}
	}
	path := page(children[0].ID, camp)
	return app.Handler(), func(c *fasthttp.RequestCtx) {
		c.Request.Header.SetMethod(http.MethodGet)
		c.Request.SetRequestURI(path)
		c.Request.Header.SetHost("localhost:8080")
		c.Request.Header.SetCookie("sid", token)
		c.Request.Header.Set("Accept-Encoding", "gzip")
	}
}

// BenchmarkMonthCalendar is the CPU of one month calendar, all included; BenchmarkHello is the yardstick beside it.
func BenchmarkMonthCalendar(b *testing.B) {
	handler, prepare := calendarRequest(b, slog.New(slog.DiscardHandler))
	benchmarkPage(b, handler, prepare)
}

// BenchmarkSeveralActivities is the CPU of the month of seven activities of a child of a family of five.
func BenchmarkSeveralActivities(b *testing.B) {
	handler, prepare := carteville(b, slog.New(slog.DiscardHandler), "BENALI", sevenActivities)
	benchmarkPage(b, handler, prepare)
}

// BenchmarkAllChildren is the CPU of the month of an activity for the five children of a family.
func BenchmarkAllChildren(b *testing.B) {
	handler, prepare := carteville(b, slog.New(slog.DiscardHandler), "BENALI", fiveChildren)
	benchmarkPage(b, handler, prepare)
}

func sevenActivities(child portal.ChildID, _ portal.ActivityID) string {
	return fmt.Sprintf("/reservations/%d?mois=2026-12", child)
}

func fiveChildren(_ portal.ChildID, camp portal.ActivityID) string {
	return fmt.Sprintf("/reservations/tous/%d?mois=2026-12", camp)
}

func benchmarkPage(b *testing.B, handler fasthttp.RequestHandler, prepare func(*fasthttp.RequestCtx)) {
	b.Helper()
	var c fasthttp.RequestCtx
	b.ReportAllocs()
	before := cpuTime(b)
	for b.Loop() {
		c.Request.Reset()
		c.Response.Reset()
		prepare(&c)
		handler(&c)
		if c.Response.StatusCode() != http.StatusOK {
			b.Fatalf("status %d", c.Response.StatusCode())
		}
	}
	b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N)/1e6, "cpu-ms/op")
}

// cpuTime is what the process has used of the processors, which does not grow while others use them: the clock on the wall
// says little on a machine that is shared.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// BenchmarkHello is a bare Fiber answer.
func BenchmarkHello(b *testing.B) {
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/", func(c *fiber.Ctx) error { return c.SendString("bonjour") })
	handler := app.Handler()
	var c fasthttp.RequestCtx
	for b.Loop() {
		c.Request.Reset()
		c.Response.Reset()
		c.Request.Header.SetMethod(http.MethodGet)
		c.Request.SetRequestURI("/")
		handler(&c)
	}
}

// queriesLogged keeps what the site's own log says of the queries of each request.
type queriesLogged struct {
	slog.Handler
	last *int64
}

func (queriesLogged) Enabled(context.Context, slog.Level) bool { return true }

func (h queriesLogged) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "queries" {
			*h.last = a.Value.Int64()
		}
		return true
	})
	return nil
}

// TestQueries: at most six queries for the month of one child and one activity; under ten for all the activities of a
// child, and for all the children of a family of five.
func TestQueries(t *testing.T) {
	for name, c := range map[string]struct {
		who  string
		page func(portal.ChildID, portal.ActivityID) string
		most int64
	}{
		"une activité": {"D'HAUTPOUL", func(child portal.ChildID, camp portal.ActivityID) string {
			return fmt.Sprintf("/reservations/%d/%d?mois=2026-12", child, camp)
		}, 6},
		"toutes les activités": {"BENALI", sevenActivities, 9},
		"tous les enfants":     {"BENALI", fiveChildren, 9},
		"un jour, tout compris": {"BENALI", func(child portal.ChildID, _ portal.ActivityID) string {
			return fmt.Sprintf("/reservations/%d?jour=2026-12-03", child)
		}, 9},
		"le récapitulatif, vide": {"BENALI", func(portal.ChildID, portal.ActivityID) string { return "/recapitulatif" }, 9},
	} {
		t.Run(name, func(t *testing.T) {
			var queries int64
			handler, prepare := carteville(t, slog.New(queriesLogged{slog.DiscardHandler, &queries}), c.who, c.page)
			for range 2 { // the first request also reads the setup, which is then kept
				var r fasthttp.RequestCtx
				prepare(&r)
				handler(&r)
				if r.Response.StatusCode() != http.StatusOK {
					t.Fatalf("status %d", r.Response.StatusCode())
				}
			}
			if queries < 1 || queries > c.most {
				t.Errorf("%d queries, want 1 to %d", queries, c.most)
			}
			t.Logf("%d queries", queries)
		})
	}
}
