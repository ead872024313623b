package main

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestGuideIsKept: every line of docs/guide-parite.md names a test that exists, and no promise of the guide is left
// without one.
func TestGuideIsKept(t *testing.T) {
	text, err := os.ReadFile("docs/guide-parite.md")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("grep", "-rhoE", `^func Test[A-Za-z0-9]+\(`, "--include=*_test.go", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		known[strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "func "), "(")] = true
	}
	row := regexp.MustCompile(`^\| (.+) \| (.+) \| (Test\w+)( \((\w+)\))? \|$`)
	promises := 0
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "| ---") || strings.HasPrefix(line, "| le guide dit") {
			continue
		}
		m := row.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("no test on this line: %s", line)
			continue
		}
		promises++
		if !known[m[3]] {
			t.Errorf("%s does not exist: %s", m[3], line)
		}
	}
	if promises < 55 {
		t.Errorf("%d promises only", promises)
	}
	t.Logf("%d promises", promises)
}
