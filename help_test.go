package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// helpScene is a picture of the help pages: what is shown, and what is pressed before it is taken.
type helpScene struct {
	name, path string
	who        *http.Cookie
	presses    []string
	top        string // the element that the picture begins with
	height     float64
}

// helpScenes prepares a demonstration whose screens are worth a picture.
func helpScenes(t testing.TB, d *demonstration) []helpScene {
	t.Helper()
	newcomer := d.family(t, d.login(t, "parent", "DUPONT Jean-Paul"))
	mother := d.family(t, d.login(t, "parent", "D'HAUTPOUL Delphine"))
	canteen := mother.activityOfFirstChild(t, "cantine")
	child := canteen[:strings.LastIndex(canteen, "/")]
	mother.get(t, "/accueil")
	for _, day := range []string{"2026-12-04:1", "2026-12-07:1", "2026-12-08:0"} {
		mother.post(t, canteen, url.Values{"jour": {day}}, http.StatusSeeOther)
	}
	source := strings.ReplaceAll(strings.TrimPrefix(canteen, "/reservations/"), "/", "-")
	evening := mother.activityOfFirstChild(t, "soir")
	target := strings.ReplaceAll(strings.TrimPrefix(evening, "/reservations/"), "/", "-")
	me := mother.cookieOf()
	offered := d.family(t, d.login(t, "parent", "DARDENNE Cédric")).cookieOf()
	regular := d.family(t, d.login(t, "parent", "ROGALLE Nathalie"))
	annual := regular.get(t, "/inscriptions").Find(`a[href$="/modifier"]`).First().AttrOr("href", "/inscriptions")
	return []helpScene{
		{"connexion", "/connexion", nil, nil, "main", 620},
		{"premiere-connexion", "/premiere-connexion", newcomer.cookieOf(), nil, "main", 560},
		{"accueil", "/accueil", me, nil, "body", 780},
		{"profil", "/profil", me, nil, "main", 620},
		{"historique", "/historique/consommations", me, nil, "main", 620},
		{"calendrier", canteen + "?mois=2026-12", me, nil, ".mois", 700},
		{"copie", "/copier?apercu=1&de=" + source + "&vers=" + target + "&du=2026-12-01&au=2026-12-18", me, nil, "main", 560},
		{"jour", child + "?mois=2026-12", me, []string{"#j-2026-12-03"}, "#volet", 0},
		{"recapitulatif", "/recapitulatif", me, nil, "main", 700},
		{"attente", "/attente", offered, nil, "main", 620},
		{"inscription", annual, regular.cookieOf(), nil, "main", 700},
		{"suivi", "/suivi?filtre=1", me, nil, "main", 620},
		{"absence", "/absences", me, nil, "main", 620},
	}
}

// TestHelpPictures writes the pictures of the help pages into MARELLE_AIDE, light and dark (make help-pictures).
func TestHelpPictures(t *testing.T) {
	dir := os.Getenv("MARELLE_AIDE")
	if dir == "" {
		t.Skip("MARELLE_AIDE names no folder: no pictures are taken")
	}
	d := startDemo(t)
	scenes := helpScenes(t, d)
	for _, theme := range []string{"light", "dark"} {
		v := d.visit(t, 390, 844)
		v.theme(theme)
		for _, s := range scenes {
			v.look(screen{s.name, s.path, s.who})
			for _, selector := range s.presses {
				v.click(selector)
				v.do(chromedp.WaitReady(chromedp.CSS("#volet[open] #volet-corps")))
			}
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%s.webp", s.name, theme)), v.clip(s.top, s.height), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// clip takes a picture from the top of an element on, as high as asked, or as the element is.
func (v *visitor) clip(selector string, height float64) []byte {
	v.t.Helper()
	box := read(v, chromedp.Evaluate[[]float64](fmt.Sprintf(`(() => { scrollTo(0, 0); const r = document.querySelector(%q).getBoundingClientRect(); return [r.top, r.height] })()`, selector)))
	if height == 0 || height > box[1] && selector != "body" {
		height = box[1]
	}
	if _, err := chromedp.Call(v.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 390, Height: 844, DeviceScaleFactor: 1.5, Mobile: true}); err != nil {
		v.t.Fatal(err)
	}
	beyond, quality := true, int64(60)
	got, err := chromedp.Call(context.WithoutCancel(v.ctx), page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatWebp, Quality: &quality, CaptureBeyondViewport: &beyond,
		Clip: &page.Viewport{Y: max(0, box[0]), Width: 390, Height: height, Scale: 1}})
	if err != nil {
		v.t.Fatal(err)
	}
	return got.Data
}
