package handlers

import (
	"context"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/gofiber/fiber/v2"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// request is one request as a handler sees it: Fiber's context, who is signed in, and the time.
type request struct {
	*fiber.Ctx
	site    *Site
	session *db.Session // nil when nobody is signed in
	now     time.Time
	area    area
}

// ctx is what operations are called with.
func (r *request) ctx() context.Context { return r.UserContext() }

// isHTMX says that htmx asks: the answer is a fragment, never a page.
func (r *request) isHTMX() bool { return r.Get("HX-Request") == "true" }

// render answers with a page or a fragment.
func (r *request) render(page views.Page) error { return r.site.draw(r.Ctx, page) }

// renderInvalid answers 422: the same form, with what was typed and what is to be corrected.
func (r *request) renderInvalid(page views.Page) error {
	r.Status(fiber.StatusUnprocessableEntity)
	return r.render(page)
}

// FormValue gives a field of the form that was sent, without what pasted text carries along and nobody sees. Fiber's own looks
// into the address first, where another site can write what it likes.
func (r *request) FormValue(name string, _ ...string) string {
	return strings.Map(seenOrSpace, r.sentValue(name))
}

// seenOrSpace drops control characters, but for the ends of lines and tabs, and the marks of no width that documents put in.
func seenOrSpace(c rune) rune {
	if c != '\n' && c != '\r' && c != '\t' && unicode.IsControl(c) || c == '\u200b' || c == '\ufeff' {
		return -1
	}
	return c
}

func (r *request) sentValue(name string) string {
	if value := r.Request().PostArgs().Peek(name); value != nil {
		return string(value)
	}
	if form, err := r.MultipartForm(); err == nil && len(form.Value[name]) > 0 {
		return form.Value[name][0]
	}
	return ""
}

// redirect303 sends the browser on after a change, so that reloading the page changes nothing again.
func (r *request) redirect303(path string) error {
	if r.isHTMX() {
		r.Set("HX-Redirect", path)
		return r.SendStatus(fiber.StatusOK)
	}
	return r.Redirect(path, fiber.StatusSeeOther)
}

// account gives who is signed in; routes that are not public always have somebody.
func (r *request) account() portal.AccountID { return r.session.Account }

// structure gives the structure that the page is about: the agent's on the staff's pages, else the family's.
func (r *request) structure() portal.StructureID {
	if p := r.place(); p != nil {
		return p.Structure
	}
	return 0
}

func (r *request) place() *db.Place {
	switch {
	case r.session == nil:
		return nil
	case r.area == staffArea || r.session.Family() == nil:
		return r.session.Desk()
	}
	return r.session.Family()
}

// frame prepares what surrounds a page; tab is the path of the entry of the navigation that the page belongs to.
func (r *request) frame(title, tab string) views.Frame {
	f := views.Frame{Title: title}
	if r.site.demo != nil {
		f.Demo = portal.Instant(r.now)
	}
	if p := r.place(); p != nil {
		f.Place = p.Name
		if !p.Updated.IsZero() {
			f.Updated = portal.Ago(p.Updated, r.now)
		}
		r.site.dressAs(r.ctx(), &f, p.Structure)
	} else if st := r.site.firstStructure(r.ctx()); st != nil {
		f.Place = st.Name
		dress(&f, *st)
	}
	if r.session == nil {
		return f
	}
	f.CSRF = r.session.CSRF
	f.Name = strings.TrimSpace(r.session.Person.FirstName + " " + r.session.Person.LastName)
	if r.session.MustChange || r.session.TermsDue || r.session.FactorDue {
		return f // no tab leads anywhere yet
	}
	f.Profile = profilePath
	f.Tabs = r.tabs(tab)
	if r.area != staffArea {
		f.Adds, f.Removes = r.session.Adds, r.session.Removes
	}
	for _, p := range r.session.Places {
		if r.area == staffArea && p.Role != "" || r.area != staffArea && p.Guardian {
			f.Places = append(f.Places, views.PlaceLink{ID: p.Structure, Name: p.Name, Current: p.Structure == r.structure()})
		}
	}
	if len(f.Places) < 2 {
		f.Places = nil
	}
	return f
}

// tabs lists the navigation of the area, and the way to the other area for whom is at home in both.
func (r *request) tabs(current string) []views.Tab {
	tabs := familyTabs
	if r.area == staffArea {
		tabs = staffTabs
	}
	var list []views.Tab
	for _, t := range tabs {
		if r.site.opens(t.Path, r.session) {
			t.Current = t.Path == current
			list = append(list, t)
		}
	}
	switch {
	case r.area != staffArea && r.session.Staff():
		list = append(list, views.Tab{Label: "Espace agents", Path: "/gestion", Icon: "echange"})
	case r.area == staffArea && r.session.Guardian():
		list = append(list, views.Tab{Label: "Espace famille", Path: "/accueil", Icon: "echange"})
	}
	return list
}

// name says whose portal it is where no structure is chosen yet.
func (s *Site) name(ctx context.Context) string {
	if st := s.firstStructure(ctx); st != nil {
		return st.Name
	}
	return ""
}

// firstStructure gives the structure that public pages speak for, or nil on an empty site.
func (s *Site) firstStructure(ctx context.Context) *portal.Structure {
	list, err := s.store.Structures(ctx)
	if err != nil || len(list) == 0 {
		return nil
	}
	return &list[0]
}

// localPath accepts a path of this site to go back to, and refuses every other address.
func localPath(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") || len(path) > 500 {
		return ""
	}
	return path
}

// cameFrom gives the path of the page that the browser shows, from what it says of it, or nothing.
func (r *request) cameFrom() string {
	from := r.Get("HX-Current-URL")
	if from == "" {
		from = r.Get(fiber.HeaderReferer)
	}
	u, err := url.Parse(from)
	if err != nil || !r.site.hosts[strings.ToLower(u.Host)] {
		return ""
	}
	return localPath(u.RequestURI())
}
