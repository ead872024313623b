package handlers

import (
	"crypto/subtle"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"marelle/db"
	"marelle/portal"
)

// policy says who may ask for a route. Its zero value is none, and no route can be registered without one.
type policy struct {
	name  string
	blind bool                   // who asks is not even looked up
	admit func(*db.Session) bool // nil: anybody, signed in or not
	state state
	area  area
	roles []portal.Role
}

// state is how far the person must have come.
type state int

const (
	ready     state = iota // own password, texts accepted
	anyState               // signed in is enough
	newcomer               // the temporary password is to be changed
	reader                 // texts are to be accepted
	enrolling              // the second factor is to be set up; its pages are open to who is ready too
)

// area is the part of the site that a page belongs to.
type area int

const (
	commonArea area = iota
	familyArea
	staffArea
)

// The policies. A person who is not admitted gets the page of an address that does not exist.
var (
	public        = policy{name: "public", blind: true}
	visitor       = policy{name: "connecté ou non"}
	signedIn      = policy{name: "connecté", admit: func(*db.Session) bool { return true }}
	firstPassword = policy{name: "premier mot de passe", admit: signedIn.admit, state: newcomer}
	acceptTerms   = policy{name: "textes à accepter", admit: signedIn.admit, state: reader}
	leaving       = policy{name: "connecté, dans tout état", admit: signedIn.admit, state: anyState}
	ownFactor     = policy{name: "agent, son second facteur", admit: (*db.Session).Staff, state: enrolling}
	parent        = policy{name: "responsable", admit: (*db.Session).Guardian, area: familyArea}
	staff         = policy{name: "agent", admit: (*db.Session).Staff, area: staffArea}
)

// staffWith admits the agents that have one of these roles in the structure looked at.
func staffWith(roles ...portal.Role) policy {
	return policy{name: "agent avec rôle", area: staffArea, roles: roles, admit: func(s *db.Session) bool {
		desk := s.Desk()
		return desk != nil && slices.Contains(roles, desk.Role)
	}}
}

// handler answers one request.
type handler func(*request) error

// route is a line of the table that the access and forgery tests walk through.
type route struct {
	method, path string
	policy       policy
}

// Route registers a route. There is no other way to register one, so that each has its policy.
func (s *Site) Route(method, path string, p policy, h handler) {
	if p.name == "" {
		panic("handlers: a route needs a policy: " + path)
	}
	s.table = append(s.table, route{method, path, p})
	s.app.Add(method, path, s.guarded(p, h))
	if method == fiber.MethodGet {
		s.app.Add(fiber.MethodHead, path, s.guarded(p, h))
	}
}

// opens says whether a page exists and admits a person, so that no link leads nowhere.
func (s *Site) opens(path string, who *db.Session) bool {
	i := slices.IndexFunc(s.table, func(r route) bool { return r.method == fiber.MethodGet && r.matches(path) })
	return i >= 0 && (s.table[i].policy.admit == nil || s.table[i].policy.admit(who))
}

// matches says whether an address is one of a route's.
func (r route) matches(path string) bool {
	path, _, _ = strings.Cut(path, "?")
	is, want := strings.Split(path, "/"), strings.Split(r.path, "/")
	if len(is) != len(want) {
		return false
	}
	for i, s := range want {
		if s != is[i] && !strings.HasPrefix(s, ":") {
			return false
		}
	}
	return true
}

// guarded wraps a handler in its policy.
func (s *Site) guarded(p policy, h handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		r := &request{Ctx: c, site: s, now: s.store.Now(), area: p.area}
		unsafe := c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead
		if unsafe && !s.sameOrigin(c) {
			return errForged
		}
		if p.blind {
			return h(r)
		}
		find := s.store.Session
		if c.Query("sonde") != "" { // a page that looks by itself whether places are left
			find = s.store.PeekSession
		}
		session, err := find(r.ctx(), c.Cookies(s.cookieName()))
		switch {
		case err == nil:
			r.session = session
			c.Locals(accountKey, session.Account)
		case !errors.Is(err, db.ErrNoSession) && !errors.Is(err, db.ErrSessionExpired):
			return err
		}
		if p.admit == nil {
			return h(r)
		}
		if r.session == nil {
			return r.askSignIn(errors.Is(err, db.ErrSessionExpired))
		}
		if unsafe && !validToken(r) {
			return errForged
		}
		if elsewhere := r.mustFirst(p.state); elsewhere != "" {
			return r.redirect303(elsewhere)
		}
		if !p.admit(r.session) {
			return fiber.ErrNotFound
		}
		err = h(r)
		if to := r.moved(err); to != "" {
			return r.redirect303(to)
		}
		return err
	}
}

// mustFirst gives where the person must go before, or instead of, a page for that state.
func (r *request) mustFirst(wanted state) string {
	now := ready
	switch {
	case r.session.MustChange:
		now = newcomer
	case r.session.TermsDue:
		now = reader
	case r.session.FactorDue:
		now = enrolling
	}
	switch {
	case wanted == anyState || wanted == now || wanted == enrolling && now == ready:
		return ""
	case now == newcomer:
		return "/premiere-connexion"
	case now == reader:
		return "/conditions"
	case now == enrolling:
		return factorPath
	}
	return "/"
}

// askSignIn leads to the sign-in page, and back afterwards. htmx gets a redirection of the whole page: a plain one
// would paste the sign-in page into a day of the calendar.
func (r *request) askSignIn(expired bool) error {
	back := r.cameFrom()
	if r.Method() == fiber.MethodGet && !r.isHTMX() {
		back = localPath(r.OriginalURL())
	}
	query := url.Values{}
	if back != "" && back != "/" {
		query.Set("retour", back)
	}
	if expired || r.isHTMX() || r.Method() != fiber.MethodGet { // somebody was in the middle of something
		query.Set("motif", "delai")
	}
	path := "/connexion"
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	if r.isHTMX() {
		r.Set("HX-Redirect", path)
		return r.SendStatus(fiber.StatusUnauthorized)
	}
	return r.Redirect(path, fiber.StatusSeeOther)
}

var errForged = portal.Forbidden("Cette demande ne vient pas d’une page du portail ouverte par vous. Rien n’a été enregistré. Rechargez la page et recommencez.")

// sameOrigin refuses what another site sends in the visitor's name. It follows Go's http.CrossOriginProtection: every
// browser since 2020 says where a request comes from in Sec-Fetch-Site, older ones in Origin; a request with neither is no
// browser's, and cannot be forged through one. Signed in, the session's token is asked as well (validToken). The sign-in
// form needs no token of its own: before a session there is nothing to protect but the sign-in itself, and that is here.
func (s *Site) sameOrigin(c *fiber.Ctx) bool {
	switch site := c.Get("Sec-Fetch-Site"); site {
	case "same-origin", "none":
		return true
	case "":
	default:
		return false
	}
	origin := c.Get(fiber.HeaderOrigin)
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Scheme == s.base.Scheme && s.hosts[u.Host]
}

// validToken compares the token of the form, or of htmx's header, with the session's.
func validToken(r *request) bool {
	token := r.FormValue("_csrf")
	if token == "" {
		token = r.Get("X-Csrf-Token")
	}
	return subtle.ConstantTimeCompare([]byte(token), []byte(r.session.CSRF)) == 1
}

// cookieName is __Host-sid; the plain name serves only on this very machine, without TLS.
func (s *Site) cookieName() string {
	if s.secure {
		return "__Host-sid"
	}
	return "sid"
}

// setCookie gives the browser its session.
func (r *request) setCookie(token string, remember bool) {
	cookie := &fiber.Cookie{Name: r.site.cookieName(), Value: token, Path: "/", Secure: r.site.secure, HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode, SessionOnly: true}
	if remember {
		cookie.SessionOnly = false
		cookie.MaxAge = int(db.RememberedLife.Seconds())
	}
	r.Cookie(cookie)
}

// dropCookie takes it back.
func (r *request) dropCookie() {
	r.Cookie(&fiber.Cookie{Name: r.site.cookieName(), Path: "/", Secure: r.site.secure, HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode, MaxAge: -1})
}
