package handlers

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// TestHelp: every subject of the guide opens without signing in, in its order, and shows its pictures.
func TestHelp(t *testing.T) {
	b := newWorld(t).browser()
	b.get("/aide").want(200).wantText("Accéder au portail").wantText("Inscriptions à l’année").wantText("05 61 00 00 00")
	var paths []string
	b.page.Find(".sommaire ol a").Each(func(_ int, a *goquery.Selection) { paths = append(paths, a.AttrOr("href", "")) })
	if len(paths) < 14 {
		t.Fatalf("%d subjects", len(paths))
	}
	pictures := 0
	for i, path := range paths {
		b.get(path).want(200)
		if i+1 < len(paths) {
			if got := b.page.Find(`a[rel="next"]`).AttrOr("href", ""); got != paths[i+1] {
				t.Errorf("after %s comes %s", path, got)
			}
		}
		b.page.Find("picture img, picture source").Each(func(_ int, p *goquery.Selection) {
			pictures++
			src := p.AttrOr("src", p.AttrOr("srcset", ""))
			page := b.w.browser().get(src).want(http.StatusOK)
			if kind := page.res.Header.Get("Content-Type"); kind != "image/webp" || len(page.body) < 1000 {
				t.Errorf("%s is %s, %d bytes", src, kind, len(page.body))
			}
			if p.Is("img") && strings.TrimSpace(p.AttrOr("alt", "")) == "" {
				t.Errorf("%s has no words", src)
			}
		})
	}
	if pictures < 20 {
		t.Errorf("%d pictures", pictures)
	}
	b.get("/aide/rien").want(404)
}
