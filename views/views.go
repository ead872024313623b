// Package views says: all that people read on the site, as templates and the typed pages that fill them.
package views

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/gofiber/template/html/v2"
	"github.com/valyala/bytebufferpool"

	"marelle/portal"
	"marelle/static"
)

//go:embed layouts components account family staff
var files embed.FS

// Page is what fills a template: a whole page, or a fragment rendered alone under its name « family/calendar#day ».
type Page interface {
	Template() string // the name of the template, without .html
}

// samples holds the type of data of every template, by name; a template that is not here fails a test.
var samples = map[string]reflect.Type{}

// renderable are the templates that a handler may ask for; the others are parts of them.
var renderable = map[string]bool{}

// register declares pages and fragments. Each file of pages does it for its own: var _ = register(SignIn{}, Terms{}).
func register(pages ...Page) struct{} {
	for _, p := range pages {
		part(p.Template(), p)
		renderable[p.Template()] = true
	}
	return struct{}{}
}

// part declares a piece of template that is only ever included, with the data it is given.
func part(name string, sample any) struct{} {
	if _, twice := samples[name]; twice {
		panic("views: two types for the template " + name)
	}
	samples[name] = reflect.TypeOf(sample)
	return struct{}{}
}

// Engine draws typed pages. It keeps Fiber's html engine for parsing and replaces its Render, which hides errors of a
// page inside a layout and races when two requests render at once.
type Engine struct {
	*html.Engine
	pages map[string]*template.Template
	cells keptCells
}

// New parses every template.
func New() (*Engine, error) {
	e := &Engine{Engine: html.NewFileSystem(http.FS(files), ".html"), pages: map[string]*template.Template{}}
	e.AddFuncMap(funcs)
	e.AddFunc("cell", e.cells.cell)
	e.AddFunc("legend", e.cells.legend)
	if err := e.Engine.Load(); err != nil {
		return nil, fmt.Errorf("views: %w", err)
	}
	if watching {
		watch(e.Templates)
	}
	e.cells.draw = e.Templates
	for name := range renderable {
		t := e.Templates.Lookup(name)
		if t == nil || t.Tree == nil {
			return nil, fmt.Errorf("views: no template for %s", name)
		}
		e.pages[name] = t
	}
	return e, nil
}

// Load has nothing left to do: New parsed everything, and reported its errors.
func (e *Engine) Load() error { return nil }

// Render draws a page that is known, filled by its own type. A layout is refused: pages include theirs
// ({{template "layouts/family#top" .Frame}}). Nothing is written before the whole page is drawn without error.
func (e *Engine) Render(out io.Writer, name string, data any, layouts ...string) error {
	if slices.ContainsFunc(layouts, func(l string) bool { return l != "" }) {
		return errors.New("views: layouts are included by the pages, not given to Render")
	}
	t := e.pages[name]
	if t == nil {
		return fmt.Errorf("views: the template %q is not a page", name)
	}
	given := reflect.TypeOf(data)
	if given != nil && given.Kind() == reflect.Pointer {
		given = given.Elem()
	}
	if given != samples[name] {
		return fmt.Errorf("views: %s is filled by %v, not by %v", name, samples[name], given)
	}
	buf := bytebufferpool.Get()
	defer bytebufferpool.Put(buf)
	if err := t.Execute(buf, data); err != nil {
		return fmt.Errorf("views: %w", err)
	}
	if strings.HasPrefix(name, "mail/") {
		_, err := out.Write(buf.B)
		return err
	}
	typeset := bytebufferpool.Get()
	defer bytebufferpool.Put(typeset)
	typeset.B = unbreakable(typeset.B, buf.B)
	_, err := out.Write(typeset.B)
	return err
}

// funcs are the few words that templates may use.
var funcs = map[string]any{
	"static":  static.Path,
	"count":   portal.Count,
	"instant": portal.Instant,
	"ordinal": portal.Ordinal,
	"list":    portal.List,
	"of":      portal.Of,
	"capital": portal.Capital,
}
