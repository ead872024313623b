package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"marelle/portal"
	"marelle/views"
)

// TestSetUpGuideIsTrue: what docs/mise-en-place.md puts between quotation marks is written so on a page of staff, but for what
// a règlement says; and its steps are those of « Réglages », in the same order.
func TestSetUpGuideIsTrue(t *testing.T) {
	text, err := os.ReadFile("docs/mise-en-place.md")
	if err != nil {
		t.Fatal(err)
	}
	guide := string(text)
	var pages strings.Builder
	for _, pattern := range []string{"views/*.go", "views/*/*.html", "handlers/*.go", "portal/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			body, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			pages.Write(body)
		}
	}
	said, quoted := strings.ReplaceAll(pages.String(), "\u00a0", " "), 0
	ofRules := []string{"de 3 à 11 ans", "les CP", "sur inscription", "la mairie décide"}
	for _, m := range regexp.MustCompile(`«\s([^»]+)\s»`).FindAllStringSubmatch(guide, -1) {
		quoted++
		words := strings.ReplaceAll(m[1], "\u00a0", " ")
		own := false
		for _, rule := range ofRules {
			own = own || words == rule
		}
		if !own && !strings.Contains(said, words) {
			t.Errorf("no page says « %s »", words)
		}
	}
	if quoted < 40 {
		t.Errorf("only %d words of the pages are quoted", quoted)
	}
	at := 0
	for _, step := range views.NewFirstSteps(portal.Begun{}, func(string) bool { return true }).Steps {
		i := strings.Index(guide[at:], ". "+step.Title+"\n")
		if i < 0 {
			t.Fatalf("the step « %s » is not in its place", step.Title)
		}
		at += i
	}
}
