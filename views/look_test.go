package views

import (
	"regexp"
	"strings"
	"testing"

	"marelle/portal"
	"marelle/static"
)

// TestStyleSheetOfAStructure: the five colours and nothing else, in both themes, at an address that only this sheet has.
func TestStyleSheetOfAStructure(t *testing.T) {
	st := portal.Structure{Colour: "#135231"}
	path := StylePath(st)
	if !regexp.MustCompile(`^/apparence/135231-[0-9a-f]{10}\.css$`).MatchString(path) {
		t.Fatal(path)
	}
	sheet, ok := StyleAt(path)
	if !ok || strings.Count(sheet, "--") != 10 || strings.Count(sheet, "{") != strings.Count(sheet, "}") || !strings.Contains(sheet, "@media (prefers-color-scheme:dark){:root{--bleu:") {
		t.Errorf("%v %s", ok, sheet)
	}
	for _, wrong := range []string{"/apparence/135231-0123456789.css", "/apparence/135231.css", "/apparence/", strings.Replace(path, "135231", "135232", 1), "/static/" + path} {
		if _, ok := StyleAt(wrong); ok {
			t.Errorf("%s is served", wrong)
		}
	}
	if StylePath(portal.Structure{}) != "" || StylePath(portal.Structure{Colour: "#ffee00"}) != "" {
		t.Error("no colour, or one that cannot be read, has a sheet")
	}
}

// TestGroundsOfTheSheet: the grounds that the guard of contrast counts with are those of the style sheet.
func TestGroundsOfTheSheet(t *testing.T) {
	f, ok := static.Lookup(static.Path(static.CSS))
	if !ok {
		t.Fatal("no style sheet")
	}
	light, dark, found := strings.Cut(string(f.Body), "@media (prefers-color-scheme:dark)")
	if !found {
		t.Fatal("no dark theme")
	}
	for name, colour := range portal.Grounds() {
		theme, part := light, "--"+strings.TrimPrefix(name, "sombre ")+":"+colour.String()
		if strings.HasPrefix(name, "sombre ") {
			theme = dark
		}
		if !strings.Contains(theme, part+";") {
			t.Errorf("%s: the sheet has no %s", name, part)
		}
	}
}
