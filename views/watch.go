package views

import (
	"html/template"
	"slices"
	"strings"
	"sync"
	"text/template/parse"
)

// Tests prove that every template was executed: each gets, in front, an action that says its name.

var (
	watching bool
	seenMu   sync.Mutex
	seen     = map[string]bool{}
)

// Watch makes the engines made from now on remember which templates they execute. It is for TestMain.
func Watch() {
	watching = true
	funcs["executed"] = func(name string) string {
		seenMu.Lock()
		defer seenMu.Unlock()
		seen[name] = true
		return ""
	}
}

// Unseen lists the templates of these areas ("account", "family") that no watched engine executed.
func Unseen(areas ...string) []string {
	seenMu.Lock()
	defer seenMu.Unlock()
	var unseen []string
	for name := range samples {
		area, _, _ := strings.Cut(name, "/")
		if slices.Contains(areas, area) && !seen[name] {
			unseen = append(unseen, name)
		}
	}
	slices.Sort(unseen)
	return unseen
}

// watch puts {{$_ := executed "name"}} in front of each template. It declares a variable and so prints nothing,
// wherever the template stands in the page.
func watch(all *template.Template) {
	for _, t := range all.Templates() {
		if t.Tree == nil || t.Tree.Root == nil {
			continue
		}
		trees, err := parse.Parse(t.Name(), `{{$executed := executed "`+t.Name()+`"}}`, "{{", "}}", funcs)
		if err != nil {
			panic(err)
		}
		t.Tree.Root.Nodes = append(slices.Clone(trees[t.Name()].Root.Nodes), t.Tree.Root.Nodes...)
	}
}
