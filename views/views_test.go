package views

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jba/templatecheck"
)

func newEngine(t *testing.T) *Engine {
	t.Helper()
	e, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// written gives the templates that say something; a file made of definitions only is none.
func written(e *Engine) []*template.Template {
	return slices.DeleteFunc(e.Templates.Templates(), func(t *template.Template) bool {
		return t.Tree == nil || strings.TrimSpace(t.Tree.Root.String()) == ""
	})
}

func TestEveryTemplateHasItsType(t *testing.T) {
	e := newEngine(t)
	names := map[string]bool{}
	for _, tmpl := range written(e) {
		names[tmpl.Name()] = true
		if _, ok := samples[tmpl.Name()]; !ok {
			t.Errorf("%s: no type; declare it with register or part beside its struct", tmpl.Name())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(samples)) {
		if !names[name] {
			t.Errorf("%s: a type, but no template", name)
		}
	}
}

func TestTemplatesFitTheirTypes(t *testing.T) {
	e := newEngine(t)
	for _, tmpl := range written(e) {
		kind, ok := samples[tmpl.Name()]
		if !ok {
			continue // TestEveryTemplateHasItsType says so
		}
		if err := templatecheck.CheckHTML(tmpl, reflect.Zero(kind).Interface()); err != nil {
			t.Errorf("%s: %v", tmpl.Name(), err)
		}
	}
}

func TestCheckRefusesAMistake(t *testing.T) {
	tmpl := template.Must(template.New("x").Funcs(funcs).Parse("{{.NoSuchField}}"))
	if templatecheck.CheckHTML(tmpl, SignIn{}) == nil {
		t.Error("a field that does not exist passed")
	}
}

// forbidden is what the content policy would block, or what would need it weakened.
var forbidden = regexp.MustCompile(`(?i)\shx-on|\sstyle=|<style|\son(click|change|submit|load|input|error)=|javascript:|js:|<script>|\shx-vals|\shx-trigger="[^"]*\[|\{\{\s*embed`)

func TestNoScriptNorStyleInline(t *testing.T) {
	for _, bad := range []string{`<p style="x">`, `<b onclick="x">`, `<i hx-on:click="x">`, `<script>x</script>`, `{{embed}}`, `<b hx-trigger="click[x]">`} {
		if !forbidden.MatchString(bad) {
			t.Errorf("%s passed", bad)
		}
	}
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".html") || strings.HasPrefix(path, "mail/") { // mails are read without our style sheet
			return err
		}
		text, err := fs.ReadFile(files, path)
		if found := forbidden.Find(text); found != nil {
			t.Errorf("%s: %s", path, found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRenderRefuses(t *testing.T) {
	e := newEngine(t)
	for name, test := range map[string]struct {
		template string
		data     any
		layouts  []string
	}{
		"a layout":            {"account/signin", SignIn{}, []string{"layouts/family"}},
		"an unknown page":     {"account/nothing", SignIn{}, nil},
		"a part of a page":    {"layouts/head", Frame{}, nil},
		"another page's data": {"account/signin", Terms{}, nil},
		"a map":               {"account/signin", map[string]any{}, nil},
		"nothing":             {"account/signin", nil, nil},
	} {
		var out bytes.Buffer
		if err := e.Render(&out, test.template, test.data, test.layouts...); err == nil {
			t.Errorf("%s passed", name)
		}
		if out.Len() > 0 {
			t.Errorf("%s wrote %q", name, out.String())
		}
	}
	var out bytes.Buffer
	if err := e.Render(&out, "account/signin", &SignIn{}, ""); err != nil || !strings.Contains(out.String(), "Se connecter") {
		t.Errorf("a pointer to the right data: %v", err)
	}
}

// A page whose template fails half-way must be an error, not half a page with status 200 (HOUSE §3.1).
func TestErrorsSurface(t *testing.T) {
	e := newEngine(t)
	e.pages["account/signin"] = template.Must(template.New("x").Parse(`<p>début {{.Login}} {{index .Tabs 12}}`))
	var out bytes.Buffer
	if err := e.Render(&out, "account/signin", SignIn{}); err == nil || out.Len() > 0 {
		t.Errorf("error %v, wrote %q", err, out.String())
	}
}

// Run with -race: pages and fragments drawn at once, each must get its own words.
func TestRenderingAtOnce(t *testing.T) {
	e := newEngine(t)
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			var out bytes.Buffer
			word := fmt.Sprintf("mot%d.", i)
			var page Page = FailureFragment{Message: word}
			if i%2 == 0 {
				page = Failure{Message: word, Frame: Frame{Title: word}}
			}
			if err := e.Render(&out, page.Template(), page); err != nil || !strings.Contains(out.String(), word) {
				t.Errorf("%v: %s", err, out.String())
			}
		})
	}
	wg.Wait()
}

func TestHostileNames(t *testing.T) {
	e := newEngine(t)
	hostile := `O'Neil <script>alert(1)</script> "><svg onload=x>`
	for _, page := range []Page{
		SignIn{Login: hostile, Fault: hostile, Return: hostile, Cover: Cover{Frame: Frame{Title: hostile, Place: hostile}}},
		Text{Heading: hostile, Blocks: []Block{{Title: hostile}, {Text: hostile}, {Items: []string{hostile}}}, Frame: Frame{Name: hostile}},
		Failure{Message: hostile},
	} {
		var out bytes.Buffer
		if err := e.Render(&out, page.Template(), page); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), "<script>") || strings.Contains(out.String(), "<svg onload") {
			t.Errorf("%s lets it through", page.Template())
		}
	}
}

func TestUnseen(t *testing.T) {
	Watch()
	t.Cleanup(func() { watching = false; delete(funcs, "executed") })
	e := newEngine(t)
	if err := e.Render(io.Discard, "account/terms", Terms{Texts: []TermsText{{}}}); err != nil {
		t.Fatal(err)
	}
	unseen := Unseen("account")
	for _, name := range []string{"account/terms", "account/terms#blocks"} {
		if slices.Contains(unseen, name) {
			t.Errorf("%s was executed", name)
		}
	}
	if !slices.Contains(unseen, "account/signin") {
		t.Error("account/signin was not executed")
	}
}

func TestBlocks(t *testing.T) {
	got := Blocks("## Un titre\nUne phrase\nqui continue.\n\n- un\n- deux\n  suite\n\nFin <b>.\r\n")
	want := []Block{{Title: "Un titre"}, {Text: "Une phrase qui continue."}, {Items: []string{"un", "deux suite"}}, {Text: "Fin <b>."}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestDraftWords(t *testing.T) {
	for want, f := range map[string]Frame{
		"1 ajout non validé":                 {Adds: 1},
		"1 annulation non validée":           {Removes: 1},
		"2 annulations non validées":         {Removes: 2},
		"3 ajouts, 1 annulation non validés": {Adds: 3, Removes: 1},
		"1 ajout, 1 annulation non validés":  {Adds: 1, Removes: 1},
	} {
		if got := f.DraftWords(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
