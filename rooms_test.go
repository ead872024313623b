package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestWhoImportsWhom holds the directions of the rooms (docs/architecture.md).
func TestWhoImportsWhom(t *testing.T) {
	const us = "marelle/"
	allowed := map[string][]string{
		"portal":        {},
		"static":        {},
		"db":            {"marelle/portal", "github.com/mattn/go-sqlite3", "github.com/pressly/goose/v3", "golang.org/x/crypto/", "golang.org/x/text/", "github.com/pquerna/otp", "github.com/pquerna/otp/hotp"},
		"db/demo":       {"marelle/db", "marelle/portal"},
		"db/dbtest":     {"marelle/db", "marelle/portal"},
		"views":         {"marelle/portal", "marelle/static", "github.com/gofiber/template/", "github.com/valyala/bytebufferpool", "github.com/gofiber/fiber/v2/utils", "github.com/arran4/golang-ical", "github.com/xuri/excelize/v2", "github.com/boombuler/barcode/qr"},
		"handlers":      {"marelle/db", "marelle/views", "marelle/static", "marelle/portal", "github.com/", "golang.org/x/"},
		"jobs":          {"marelle/db", "marelle/views", "marelle/portal", "github.com/"},
		"jobs/smtptest": {"github.com/emersion/"},
	}
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}: {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		path, imports, _ := strings.Cut(strings.TrimSpace(line), ": ")
		room, ours := strings.CutPrefix(path, us)
		if !ours {
			continue // main wires everything
		}
		list, known := allowed[room]
		if !known {
			t.Errorf("the package %s has no place in docs/architecture.md", path)
			continue
		}
		for _, imported := range strings.Fields(imports) {
			first, _, _ := strings.Cut(imported, "/")
			if !strings.Contains(first, ".") && first != "marelle" || imported == "C" {
				continue // the standard library
			}
			if !slices.ContainsFunc(list, func(a string) bool {
				return imported == a || strings.HasSuffix(a, "/") && strings.HasPrefix(imported, a)
			}) {
				t.Errorf("%s imports %s", path, imported)
			}
		}
	}
}

// TestTimeIsInjected: the real clock stands in main only; rules and stores are given theirs.
func TestTimeIsInjected(t *testing.T) {
	out, _ := exec.Command("grep", "-rnE", `time\.Now\(`, "--include=*.go", ".").Output()
	for line := range strings.Lines(string(out)) {
		file, _, _ := strings.Cut(line, ":")
		if file == "./main.go" || strings.HasSuffix(file, "_test.go") || strings.HasPrefix(file, "./jobs/smtptest/") {
			continue
		}
		t.Errorf("the real clock is read in %s", strings.TrimSpace(line))
	}
}

// TestNothingUnsafeInPages: what would open the pages to injection, or need an exception in the CSP. views/kept.go is the
// one file that gives back HTML as it is: html/template drew it.
func TestNothingUnsafeInPages(t *testing.T) {
	out, _ := exec.Command("grep", "-rnE", `template\.(HTML|JS|JSStr|URL|CSS|HTMLAttr|Srcset)\b|hx-on|style="|hx-vals|unsafe-|javascript:| on(click|change|submit|load)=`,
		"--include=*.go", "--include=*.html", "--exclude=*_test.go", "--exclude=kept.go", "views", "handlers", "static", "db", "jobs", "portal").Output()
	for line := range strings.Lines(string(out)) {
		t.Errorf("not allowed: %s", strings.TrimSpace(line))
	}
}
