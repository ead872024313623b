package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/chromedp"
)

// screens lists every screen with who looks at it.
type screen struct {
	name, path string
	who        *http.Cookie // nil: nobody is signed in
}

// moreScreens are the screens of one subject each, in a file of its own; they come after the first ones.
var moreScreens []func(testing.TB, *demonstration) []screen

// cookieOf takes the session of somebody who signed in without a browser.
func (f *family) cookieOf() *http.Cookie {
	base, _ := url.Parse(f.base)
	for _, c := range f.client.Jar.Cookies(base) {
		return c
	}
	return nil
}

// allScreens prepares a demonstration in which every screen has something to show.
func allScreens(t testing.TB, d *demonstration) []screen {
	t.Helper()
	list := []screen{{"connexion", "/connexion", nil}, {"rgpd", "/rgpd", nil}, {"cgu", "/cgu", nil}, {"accessibilite", "/accessibilite", nil}, {"introuvable", "/nulle-part", nil}}
	// A family that validated yesterday: a night with lines, a report in the outbox.
	neighbour := d.family(t, d.login(t, "parent", "ORTET Xavier"))
	neighbour.get(t, "/accueil")
	neighbour.post(t, neighbour.activityOfFirstChild(t, "cantine"), url.Values{"jour": {"2027-01-08:1"}}, http.StatusSeeOther)
	neighbour.validate(t)
	neighbour.post(t, "/demo/demain", url.Values{}, http.StatusSeeOther)

	newcomer := d.family(t, d.login(t, "parent", "DUPONT Jean-Paul"))
	list = append(list, screen{"premiere-connexion", "/premiere-connexion", newcomer.cookieOf()})

	// Somebody who chose a password and has the texts still to accept.
	clerk := d.family(t, d.login(t, "gestionnaire", ""))
	sheet := clerk.letter(t, "BOYER")
	reader := newFamily(d.url)
	reader.post(t, "/connexion", url.Values{"identifiant": {sheet[0]}, "mot_de_passe": {sheet[1]}}, http.StatusSeeOther)
	reader.get(t, "/premiere-connexion")
	reader.post(t, "/premiere-connexion", url.Values{"mot_de_passe": {"le chat dort sous 3 tilleuls"}, "confirmation": {"le chat dort sous 3 tilleuls"}}, http.StatusSeeOther)
	list = append(list, screen{"mot-de-passe-enregistre", "/mot-de-passe-enregistre", reader.cookieOf()}, screen{"conditions", "/conditions", reader.cookieOf()})

	mother := d.family(t, d.login(t, "parent", "D'HAUTPOUL Delphine"))
	canteen, camp := mother.activityOfFirstChild(t, "cantine"), mother.activityOfFirstChild(t, "mercredi")
	list = append(list, screen{"recapitulatif-vide", "/recapitulatif", neighbour.cookieOf()})
	mother.get(t, "/accueil")
	for path, days := range map[string][]string{canteen: {"2026-12-04:1", "2026-12-07:1"}, camp: {"2026-12-02:1"}} {
		for _, day := range days {
			mother.post(t, path, url.Values{"jour": {day}}, http.StatusSeeOther)
		}
	}
	receipt := mother.validate(t)
	for _, day := range []string{"2026-12-11:1", "2026-12-08:0"} {
		mother.post(t, canteen, url.Values{"jour": {day}}, http.StatusSeeOther)
	}
	cookie := mother.cookieOf()
	child := canteen[:strings.LastIndex(canteen, "/")]
	list = append(list, screen{"accueil", "/accueil", cookie}, screen{"enfant", child, cookie}, screen{"calendrier", canteen + "?mois=2026-12", cookie},
		screen{"calendrier-places", camp + "?mois=2026-12", cookie}, screen{"calendrier-ferme", canteen + "?mois=2026-08", cookie},
		screen{"recapitulatif", "/recapitulatif", cookie}, screen{"recu", receipt, cookie}, screen{"suivi", "/suivi", cookie}, screen{"suivi-non-transmise", "/suivi?filtre=1", cookie})

	mail, _ := clerk.get(t, "/gestion/courriels").Find(`main table a[href^="/gestion/courriels/"]`).Attr("href")
	list = append(list, screen{"gestion-courriel", mail, clerk.cookieOf()})
	for _, path := range []string{"/gestion", "/gestion/import", "/gestion/comptes", "/gestion/comptes?q=dupont", "/gestion/lettres", "/gestion/mouvements", "/gestion/nuits", "/gestion/nuits/2026-11-24", "/gestion/courriels"} {
		list = append(list, screen{strings.Trim(strings.NewReplacer("/", "-", "?", "-", "=", "-").Replace(path), "-"), path, clerk.cookieOf()})
	}
	for _, more := range moreScreens {
		list = append(list, more(t, d)...)
	}
	return list
}

// letter prints a new letter for a guardian, and reads identifiant and password on it.
func (f *family) letter(t testing.TB, name string) (codes []string) {
	t.Helper()
	form := f.get(t, "/gestion/comptes?q="+name).Find(`form[action$="/lettre"]`).First()
	action, _ := form.Attr("action")
	seen, _ := form.Find(`[name="vu"]`).Attr("value")
	res, err := f.send(action, url.Values{"vu": {seen}})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	doc, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	doc.Find(".lettre .code").Each(func(_ int, s *goquery.Selection) { codes = append(codes, strings.TrimSpace(s.Text())) })
	if len(codes) < 2 {
		t.Fatalf("%s: no letter (%s)", action, res.Status)
	}
	return codes
}

// look shows a screen to a visitor with the session it needs.
func (v *visitor) look(s screen) {
	v.t.Helper()
	v.do(chromedp.Navigate(v.base + "/robots.txt")) // a page of the site, to change cookies
	v.clearCookies()
	if s.who != nil {
		v.setCookie(s.who)
	}
	v.open(s.path)
}

// TestEveryScreenIsAccessible runs axe-core on every screen, on a phone and a computer; in the dark, its rules about colours,
// on the phone, for nothing else differs. At the width of the narrowest telephone, nothing scrolls sideways. The two look at
// the same demonstration, each in a browser of its own, at the same time.
func TestEveryScreenIsAccessible(t *testing.T) {
	d := startDemo(t)
	list := allScreens(t, d)
	for _, size := range [][2]int64{{390, 844}, {1280, 900}} {
		t.Run(fmt.Sprint(size[0]), func(t *testing.T) {
			t.Parallel()
			v := d.visit(t, size[0], size[1])
			v.expect404 = true
			v.theme("light")
			for _, s := range list {
				v.look(s)
				v.wantAccessible(s.name)
				if size[0] == 390 {
					v.theme("dark")
					v.wantColours(s.name + ", en sombre")
					v.theme("light")
					continue
				}
				v.resize(320, 640)
				v.wantNarrow(s.name + ", à 320 px")
				v.resize(size[0], size[1])
			}
		})
	}
}

// TestPictures writes a picture of every screen into MARELLE_PICTURES (make screenshots takes those of the documentation).
func TestPictures(t *testing.T) {
	dir := os.Getenv("MARELLE_PICTURES")
	if dir == "" {
		t.Skip("MARELLE_PICTURES names no folder: no pictures are taken")
	}
	d := startDemo(t)
	list := allScreens(t, d)
	for _, size := range [][2]int64{{390, 844}, {1280, 900}} {
		for _, theme := range []string{"light", "dark"} {
			v := d.visit(t, size[0], size[1])
			v.expect404 = true
			v.theme(theme)
			for _, s := range list {
				v.look(s)
				picture := read(v, chromedp.CaptureScreenshot())
				if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d-%s.png", s.name, size[0], theme)), picture, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// TestWeight: the month calendar stays under 30 kB (8 kB compressed) and the first load of the site under 115 kB.
func TestWeight(t *testing.T) {
	d := startDemo(t)
	f := d.family(t, d.login(t, "parent", "D'HAUTPOUL Delphine"))
	path := f.activityOfFirstChild(t, "mercredi")
	plain, packed := f.weigh(t, path+"?mois=2026-12")
	if plain > 30_000 || packed > 8_000 {
		t.Errorf("the month calendar weighs %d bytes, %d compressed", plain, packed)
	}
	t.Logf("month calendar: %d bytes, %d compressed", plain, packed)
	visitor := newFamily(d.url)
	_, total := visitor.weigh(t, "/connexion")
	page := visitor.get(t, "/connexion")
	html, err := page.Html()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(`/static/[a-zA-Z0-9./_-]+`).FindAllString(html, -1) {
		if !seen[m] && !strings.Contains(m, "favicon") {
			seen[m] = true
			_, n := visitor.weigh(t, m)
			total += n
		}
	}
	css := ""
	for m := range seen {
		if strings.HasSuffix(m, ".css") {
			css = m
		}
	}
	res, err := visitor.client.Get(d.url + css)
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := io.ReadAll(res.Body)
	res.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`/static/fonts/[a-zA-Z0-9./_-]+latin-wght[a-zA-Z0-9./_-]+`).FindAllString(string(sheet), -1) {
		if !seen[m] {
			seen[m] = true
			_, n := visitor.weigh(t, m)
			total += n
		}
	}
	if total > 115_000 || len(seen) < 6 {
		t.Errorf("the first load weighs %d bytes over %d files", total, len(seen))
	}
	t.Logf("first load: %d bytes (%d files and the page)", total, len(seen))
}

// weigh gives the size of an answer as it is and as it travels.
func (f *family) weigh(t testing.TB, path string) (plain, packed int) {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, f.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := f.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", path, res.Status, err)
	}
	if res.Header.Get("Content-Encoding") != "gzip" {
		return len(b), len(b)
	}
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, r)
	if err != nil {
		t.Fatal(err)
	}
	return int(n), len(b)
}
