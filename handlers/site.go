// Package handlers listens: it reads a request, runs one operation, and renders.
package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"marelle/db"
	"marelle/views"
)

// Options says what a site is made of.
type Options struct {
	Store          *db.Store
	BaseURL        string       // « https://famille.oust.fr »: every link and every check of origin comes from it
	TrustedProxies []string     // addresses whose X-Forwarded-For is believed; none by default
	Log            *slog.Logger // slog.Default() when nil
	Demo           *Demo        // nil on a real portal
	Mailing        bool         // a mail server is set: messages leave
}

// Demo is what a demonstration lets anybody do.
type Demo struct {
	Tomorrow func(context.Context) error // runs the night and the morning, and moves the clock there
}

// Site answers every request.
type Site struct {
	store   *db.Store
	log     *slog.Logger
	base    *url.URL
	demo    *Demo
	secure  bool            // the site is served over HTTPS
	hosts   map[string]bool // the values of Host that are ours
	proxies []netip.Prefix  // believed about where a request comes from
	table   []route
	app     *fiber.App
	mailing bool         // messages leave
	trials  importTrials // files tried and not imported yet
	senders senders      // of documents under way
	engine  *views.Engine
}

// draw answers with a page or a fragment. It goes to the engine itself: Fiber's own Render lists its mounted
// applications at the first page, while a broken connection may be reading that list (a data race in v2.52.15).
func (s *Site) draw(c *fiber.Ctx, page views.Page) error {
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Response().ResetBody()
	return s.engine.Render(c.Response().BodyWriter(), page.Template(), page)
}

// New prepares the site: its configuration, its middleware, its routes.
func New(o Options) (*fiber.App, error) {
	s, err := newSite(o)
	if err != nil {
		return nil, err
	}
	return s.app, nil
}

func newSite(o Options) (*Site, error) {
	engine, err := views.New()
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(o.BaseURL)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" || strings.Trim(base.Path, "/") != "" {
		return nil, fmt.Errorf("l’adresse du site « %s » n’est pas valable ; écrivez par exemple https://famille.exemple.fr", o.BaseURL)
	}
	if (o.Demo != nil) != o.Store.Demo() {
		return nil, errors.New("une base de démonstration ne se sert qu’avec « marelle demo », et une vraie base qu’avec « marelle serve »")
	}
	s := &Site{store: o.Store, log: o.Log, base: base, demo: o.Demo, engine: engine, secure: base.Scheme == "https", mailing: o.Mailing}
	if s.log == nil {
		s.log = slog.Default()
	}
	if !s.secure && !loopback(base.Hostname()) {
		return nil, fmt.Errorf("l’adresse du site « %s » doit commencer par https:// : sans chiffrement, les mots de passe passeraient en clair", o.BaseURL)
	}
	s.hosts = ourHosts(base)
	if s.proxies, err = parseProxies(o.TrustedProxies); err != nil {
		return nil, err
	}
	s.app = fiber.New(fiber.Config{
		Views:                   engine,
		ErrorHandler:            s.fail,
		Immutable:               true, // without it the strings of a request change under our feet
		StrictRouting:           true,
		CaseSensitive:           true,
		ReadTimeout:             10 * time.Second,
		WriteTimeout:            30 * time.Second,
		IdleTimeout:             60 * time.Second,
		BodyLimit:               bodyRoom,
		ReadBufferSize:          8 << 10,
		Concurrency:             20_000,
		DisableStartupMessage:   true,
		EnableTrustedProxyCheck: true, // always: else anybody's X-Forwarded-For is believed
		TrustedProxies:          o.TrustedProxies,
		EnableIPValidation:      true,
	})
	if s.secure && len(o.TrustedProxies) == 0 { // on this very machine everybody has one address
		s.app.Server().MaxConnsPerIP = 100
	}
	s.app.Server().HeaderReceived = s.roomForFiles
	s.app.Use(s.outer)
	s.routes()
	return s, nil
}

// bodyRoom is the most that what is sent to the site may weigh, but for the forms of roomForFiles.
const bodyRoom = 1 << 20

// ourHosts lists the values of Host that are ours; on this very machine its names are one another's.
func ourHosts(base *url.URL) map[string]bool {
	hosts := map[string]bool{strings.ToLower(base.Host): true}
	if base.Scheme == "http" && loopback(base.Hostname()) {
		for _, name := range []string{"localhost", "127.0.0.1", "::1"} {
			host := name
			if strings.Contains(name, ":") {
				host = "[" + name + "]"
			}
			if port := base.Port(); port != "" {
				host = net.JoinHostPort(name, port)
			}
			hosts[host] = true
		}
	}
	return hosts
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
