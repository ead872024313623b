package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
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
		if l.LastName == "D'HAUTPOUL" {
			if mother, token, err = store.SignIn(ctx, l.Login, l.Password, "127.0.0.1", false, ""); err != nil {
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
	path := fmt.Sprintf("/reservations/%d/%d?mois=2026-12", children[0].ID, camp)
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
	var c fasthttp.RequestCtx
	b.ReportAllocs()
	for b.Loop() {
		c.Request.Reset()
		c.Response.Reset()
		prepare(&c)
		handler(&c)
		if c.Response.StatusCode() != http.StatusOK {
			b.Fatalf("status %d", c.Response.StatusCode())
		}
	}
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

// TestMonthCalendarQueries: at most six queries for the month calendar.
func TestMonthCalendarQueries(t *testing.T) {
	var queries int64
	handler, prepare := calendarRequest(t, slog.New(queriesLogged{slog.DiscardHandler, &queries}))
	for range 2 { // the first request also reads the setup, which is then kept
		var c fasthttp.RequestCtx
		prepare(&c)
		handler(&c)
		if c.Response.StatusCode() != http.StatusOK {
			t.Fatalf("status %d", c.Response.StatusCode())
		}
	}
	if queries < 1 || queries > 6 {
		t.Errorf("%d queries, want 1 to 6", queries)
	}
	t.Logf("%d queries", queries)
}
