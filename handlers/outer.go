package handlers

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"marelle/db"
	"marelle/portal"
)

// What a request leaves for the log.
const (
	requestKey = "request"
	accountKey = "account"
)

// outer surrounds every request: number, host check, headers, recovery from a panic, compression, one line of log.
func (s *Site) outer(c *fiber.Ctx) error {
	ctx, queries := db.CountQueries(c.UserContext())
	c.SetUserContext(ctx)
	c.Locals(requestKey, newRequestID())
	s.headers(c)
	err := s.recovered(c)
	if err != nil {
		if err := s.fail(c, err); err != nil {
			return err
		}
	}
	compress(c)
	attrs := []any{
		slog.String("request", requestID(c)), slog.String("method", c.Method()), slog.String("route", c.Route().Path),
		slog.Int("status", c.Response().StatusCode()), slog.Duration("duration", time.Since(c.Context().Time())), slog.Int64("queries", queries.Load()),
	}
	if account, ok := c.Locals(accountKey).(portal.AccountID); ok {
		attrs = append(attrs, slog.Int64("account", int64(account)))
	}
	s.log.Info("request", attrs...)
	return nil
}

// recovered turns a panic into an error: without it one bad request would stop the whole site.
func (s *Site) recovered(c *fiber.Ctx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if c.Path() == "/healthz" { // a watcher on this machine knows no name; it learns nothing either
		return c.Next()
	}
	// An address in the request line overrides Host: both must be ours.
	for _, host := range [][]byte{c.Context().Host(), c.Request().Header.Host()} {
		if !s.hosts[strings.ToLower(string(host))] {
			return fiber.ErrMisdirectedRequest
		}
	}
	return c.Next()
}

func newRequestID() string {
	b := make([]byte, 6)
	rand.Read(b)
	return hex.EncodeToString(b)
}

func requestID(c *fiber.Ctx) string {
	id, _ := c.Locals(requestKey).(string)
	return id
}

const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
	"manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const permissions = "accelerometer=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), " +
	"magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), usb=(), xr-spatial-tracking=()"

// headers are those of every answer, errors and files included.
func (s *Site) headers(c *fiber.Ctx) {
	if s.secure {
		c.Set("Strict-Transport-Security", "max-age=63072000")
	}
	c.Set("Content-Security-Policy", contentPolicy)
	c.Set("X-Content-Type-Options", "nosniff")
	c.Set("X-Frame-Options", "DENY")
	c.Set("Referrer-Policy", "same-origin")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set("Cross-Origin-Embedder-Policy", "require-corp")
	c.Set("Permissions-Policy", permissions)
	c.Set("Cache-Control", "no-store")
	c.Set("Vary", "HX-Request, Accept-Encoding")
}

// compressFrom is the size under which compressing costs more than it spares.
const compressFrom = 1 << 10

// compress shrinks pages at the fastest level; files are compressed beforehand.
func compress(c *fiber.Ctx) {
	res := c.Response()
	if len(res.Body()) < compressFrom || len(res.Header.ContentEncoding()) > 0 || !compressible(string(res.Header.ContentType())) || !c.Context().Request.Header.HasAcceptEncoding("gzip") {
		return
	}
	res.SetBodyRaw(fasthttp.AppendGzipBytesLevel(nil, res.Body(), fasthttp.CompressBestSpeed))
	res.Header.SetContentEncoding("gzip")
}

func compressible(contentType string) bool {
	return strings.HasPrefix(contentType, "text/") || strings.HasPrefix(contentType, "application/json")
}
