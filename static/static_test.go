package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func served(t *testing.T, name string) File {
	t.Helper()
	f, ok := Lookup(Path(name))
	if !ok {
		t.Fatalf("%s: its own path is not served", name)
	}
	return f
}

// The vendored files are the published ones, byte for byte, and htmx is the version that was studied.
func TestVendoredFilesAreUnmodified(t *testing.T) {
	sums, err := os.ReadFile("vendor/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for line := range strings.Lines(string(sums)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		want, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(body)
		if got := hex.EncodeToString(sum[:]); got != want {
			t.Errorf("%s: checksum %s, want %s", name, got, want)
		}
		if !bytes.Equal(served(t, name).Body, body) {
			t.Errorf("%s: served otherwise than it was published", name)
		}
		listed[name] = true
	}
	for name := range paths {
		vendored := strings.HasPrefix(name, "vendor/") || strings.HasPrefix(name, "fonts/")
		if vendored && !listed[name] {
			t.Errorf("%s is not in vendor/SHA256SUMS", name)
		}
	}
	if !bytes.Contains(served(t, HTMX).Body, []byte(`this.version="4.0.1"`)) {
		t.Error("htmx is not 4.0.1")
	}
	if got, want := Path(HTMX), "/static/vendor/htmx-4.0.1.min.a0abb04f2f.js"; got != want {
		t.Errorf("Path(HTMX) = %s, want %s", got, want)
	}
}

func TestPathsAndFiles(t *testing.T) {
	form := regexp.MustCompile(`^/static/(.+)\.([0-9a-f]{10})(\.[a-z0-9]+)$`)
	for name, public := range paths {
		m := form.FindStringSubmatch(public)
		if m == nil || m[1]+m[3] != name {
			t.Errorf("%s is served as %s", name, public)
			continue
		}
		f := served(t, name)
		sum := sha256.Sum256(f.Body)
		if hash := hex.EncodeToString(sum[:])[:10]; m[2] != hash || f.ETag != `W/"`+hash+`"` {
			t.Errorf("%s: path %s and ETag %s do not follow the content (%s)", name, public, f.ETag, hash)
		}
		if f.Type == "" || len(f.Body) == 0 {
			t.Errorf("%s: type %q, %d bytes", name, f.Type, len(f.Body))
		}
		if strings.HasSuffix(name, ".woff2") || strings.HasSuffix(name, ".webp") {
			if f.Gzip != nil {
				t.Errorf("%s is compressed twice", name)
			}
			continue
		}
		r, err := gzip.NewReader(bytes.NewReader(f.Gzip))
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := io.ReadAll(r); err != nil || !bytes.Equal(plain, f.Body) {
			t.Errorf("%s: the compressed form is another file (%v)", name, err)
		}
	}
	if len(files) != len(paths) {
		t.Errorf("%d names, %d files", len(paths), len(files))
	}
	for _, wrong := range []string{"/static/app.js", "/static/app.0000000000.js", "/static/", "", "/static/../static.go"} {
		if _, ok := Lookup(wrong); ok {
			t.Errorf("Lookup(%q) finds a file", wrong)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("Path of an unknown name does not panic")
		}
	}()
	Path("nothing.css")
}

// What a family downloads the first time: 115 kB with the page itself (UX, part 2 §7).
func TestFirstLoadBudget(t *testing.T) {
	total := 0
	for _, c := range []struct {
		name   string
		budget int
	}{
		{CSS, 12_000}, // grown with the whole parents’ portal; what counts is the total
		{JS, 2_600},   // and the counter’s keyboard
		{HTMX, 13_500},
		{Icons, 3_600},
		{Font, 29_000},
		{"fonts/bricolage-grotesque-latin-wght-normal.woff2", 42_000},
	} {
		f := served(t, c.name)
		size := len(f.Gzip)
		if f.Gzip == nil {
			size = len(f.Body)
		}
		total += size
		t.Logf("%6d of %6d  %s", size, c.budget, c.name)
		if size > c.budget {
			t.Errorf("%s weighs %d bytes, budget %d", c.name, size, c.budget)
		}
	}
	if total > 105_000 {
		t.Errorf("the first load weighs %d bytes without its page, budget 105000", total)
	}
}

// The content security policy has no exception: nothing embedded, nothing from elsewhere, nothing evaluated.
func TestNothingThePolicyForbids(t *testing.T) {
	harmless := regexp.MustCompile(`xmlns="http://www.w3.org/2000/svg"|(?s)<!--.*?-->`)
	for name := range paths {
		if strings.HasSuffix(name, ".woff2") || strings.HasSuffix(name, ".txt") {
			continue
		}
		text := harmless.ReplaceAllString(string(served(t, name).Body), "")
		for _, word := range []string{"data:", "http://", "https://", "sourceMappingURL", "@import", "<script", "<style", "style=", "onload="} {
			if word == "style=" && name == HTMX { // it reads style attributes; our pages have none
				continue
			}
			if strings.Contains(text, word) {
				t.Errorf("%s contains %q", name, word)
			}
		}
	}
	script := string(served(t, JS).Body)
	for _, word := range []string{"eval(", "Function(", "innerHTML", "localStorage", "sessionStorage", "document.cookie", "setTimeout('", `setTimeout("`} {
		if strings.Contains(script, word) {
			t.Errorf("app.js contains %q", word)
		}
	}
}

func TestCompactingChangesNoMeaning(t *testing.T) {
	source, err := os.ReadFile(JS)
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for line := range strings.Lines(string(source)) {
		if strings.Count(line, "`")%2 != 0 {
			t.Errorf("app.js: a template string over several lines would lose its indentation: %s", line)
		}
		if line = strings.TrimLeft(line, " \t"); line != "\n" && !strings.HasPrefix(line, "//") {
			want.WriteString(line)
		}
	}
	if got := string(served(t, JS).Body); got != want.String() {
		t.Error("app.js is served with more changed than whole-line comments and indentation")
	}

	for _, c := range []struct{ in, out string }{
		{"a { color : red;\n b:c }\n/* x */ d>e , f{g:h}", "a {color : red;b:c }d>e ,f{g:h}"},
		{"a b{margin:0 auto}", "a b{margin:0 auto}"},
		{"a{width:calc(1px + 2px)}/* {;} */", "a{width:calc(1px + 2px)}"},
	} {
		if got := string(compactCSS([]byte(c.in))); got != c.out {
			t.Errorf("compactCSS(%q) = %q, want %q", c.in, got, c.out)
		}
	}
}

func TestStyleSheet(t *testing.T) {
	source, err := os.ReadFile(CSS)
	if err != nil {
		t.Fatal(err)
	}
	sheet := string(served(t, CSS).Body)
	if strings.Contains(sheet, "/*") {
		t.Error("comments are served")
	}
	if strings.Count(sheet, "{") != strings.Count(sheet, "}") {
		t.Error("braces do not match")
	}
	found := cssURL.FindAllStringSubmatch(sheet, -1)
	if len(found) != 4 || strings.Count(sheet, "url(") != len(found) {
		t.Errorf("%d urls, of which %d are quoted: want 4 fonts", strings.Count(sheet, "url("), len(found))
	}
	for _, u := range found {
		if _, ok := Lookup(u[1]); !ok {
			t.Errorf("url(%s) leads nowhere", u[1])
		}
	}
	for _, c := range []struct{ what, pattern string }{
		{"nesting (iOS 15 does not know it)", `&`},
		{"a physical side, where a logical one exists", `(margin|padding|border)-(left|right)|[;{](left|right):|text-align:(left|right)`},
		{"text under 13 px", `font-size:(\.[0-7]\d*|\.80?|\.81[01]\d*)rem`},
	} {
		if m := regexp.MustCompile(c.pattern).FindString(sheet); m != "" {
			t.Errorf("%s: %s", c.what, m)
		}
	}
	used, known := map[string]bool{}, map[string]bool{}
	for _, m := range regexp.MustCompile(`var\((--[a-z0-9-]+)`).FindAllStringSubmatch(string(source), -1) {
		used[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`(--[a-z0-9-]+):`).FindAllStringSubmatch(string(source), -1) {
		known[m[1]] = true
	}
	for name := range used {
		if !known[name] {
			t.Errorf("var(%s) is defined nowhere", name)
		}
	}
	for name := range known {
		if !used[name] {
			t.Errorf("%s is used nowhere", name)
		}
	}
}

func TestIcons(t *testing.T) {
	sprite := string(served(t, Icons).Body)
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(`<symbol id="([^"]+)" viewBox="0 0 (24 24|36 40)">`).FindAllStringSubmatch(sprite, -1) {
		if ids[m[1]] {
			t.Errorf("%s is drawn twice", m[1])
		}
		ids[m[1]] = true
	}
	if n := strings.Count(sprite, "<symbol"); n != len(ids) {
		t.Errorf("%d symbols, %d well formed", n, len(ids))
	}
	// every sign of the reading rule, and the crest
	for _, id := range []string{"i-coche", "i-plus", "i-moins", "i-sablier", "i-croix", "i-rond", "i-verrou", "i-blason"} {
		if !ids[id] {
			t.Errorf("%s is missing", id)
		}
	}
	for _, name := range []string{CSS, JS} {
		for _, id := range regexp.MustCompile(`\bi-[a-z]+(?:-[a-z]+)*\b`).FindAllString(string(served(t, name).Body), -1) {
			if !ids[id] {
				t.Errorf("%s quotes the icon %s, which does not exist", name, id)
			}
		}
	}
}

// The pairs of UX part 1 §1–2, computed by the formula of WCAG 2.2: text ≥ 4.5, borders and signs ≥ 3.
func TestContrast(t *testing.T) {
	source, err := os.ReadFile(CSS)
	if err != nil {
		t.Fatal(err)
	}
	css := cssComment.ReplaceAllString(string(source), "")
	const darkQuery = "@media (prefers-color-scheme:dark){:root{"
	light := tokens(t, css, ":root{")
	dark := map[string]string{}
	for name, value := range light {
		dark[name] = value
	}
	for name, value := range tokens(t, css, darkQuery) {
		dark[name] = value
	}

	text := []string{ // ink on ground
		"libre-t libre-f", "libre-t2 libre-f", "reserve-t reserve-f", "verrou-t verrou-f", "ajout-t ajout-f",
		"retrait-t retrait-f", "attente-t attente-f", "attente-t feuille", "complet-t complet-f", "clos-t clos-f",
		"ferme-t ferme-f", "ferme-t ferme-h", "encre feuille", "feuille encre",
		"encre papier", "encre feuille-2", "encre bleu-pale", "encre-2 papier", "encre-2 feuille", "encre-2 feuille-2", "encre-2 bleu-pale",
		"sur-bleu bleu", "sur-bleu bleu-fonce", "bleu feuille", "bleu-fonce bleu-pale", "bleu papier",
		"lien papier", "lien feuille", "lien feuille-2", "lien bleu-pale",
		"erreur-t erreur-f", "erreur-t feuille", "erreur-t papier", "succes-t succes-f", "succes-t papier", "succes-t feuille", "alerte-t alerte-f",
		"demo-t demo-f",
	}
	lines := []string{ // border or sign on what surrounds it
		"libre-b feuille", "reserve-f feuille", "ajout-b feuille", "retrait-b feuille", "attente-b feuille",
		"ajout-b ajout-f", "retrait-b retrait-f", "attente-b attente-f", "ajout-b papier", "retrait-b papier",
		"bord-controle papier", "bord-controle feuille", "bleu papier", "bleu feuille", "bleu bleu-pale",
		"erreur-b feuille", "erreur-b papier", "erreur-b erreur-f",
		"focus papier", "focus feuille", "focus bleu-pale",
	}
	for theme, set := range map[string]map[string]string{"light": light, "dark": dark} {
		check := func(pairs []string, least float64) {
			worst, which := math.Inf(1), ""
			for _, pair := range pairs {
				front, back, _ := strings.Cut(pair, " ")
				r := ratio(colour(t, set, front), colour(t, set, back))
				if r < least {
					t.Errorf("%s: --%s on --%s is %.2f, want %.1f", theme, front, back, r, least)
				}
				if r < worst {
					worst, which = r, pair
				}
			}
			t.Logf("%s: least of %d pairs %.2f (%s)", theme, len(pairs), worst, which)
		}
		check(text, 4.5)
		check(lines, 3)
	}

	// the computation itself
	if r := ratio([3]float64{0, 0, 0}, [3]float64{255, 255, 255}); math.Abs(r-21) > 0.001 {
		t.Errorf("black on white is %.3f, want 21", r)
	}
	if r := ratio([3]float64{119, 119, 119}, [3]float64{255, 255, 255}); fmt.Sprintf("%.2f", r) != "4.48" {
		t.Errorf("#777 on white is %.2f, want 4.48", r)
	}
}

// tokens reads the custom properties of the block that begins with start.
func tokens(t *testing.T, css, start string) map[string]string {
	t.Helper()
	_, block, ok := strings.Cut(css, start)
	if !ok {
		t.Fatalf("no block %s", start)
	}
	block, _, _ = strings.Cut(block, "}")
	found := map[string]string{}
	for _, m := range regexp.MustCompile(`--([a-z0-9-]+):([^;]+);`).FindAllStringSubmatch(block, -1) {
		found[m[1]] = strings.TrimSpace(m[2])
	}
	if len(found) < 30 {
		t.Fatalf("only %d tokens in %s", len(found), start)
	}
	return found
}

var alias = regexp.MustCompile(`^var\(--([a-z0-9-]+)\)$`)

func colour(t *testing.T, set map[string]string, name string) (rgb [3]float64) {
	t.Helper()
	value := set[name]
	for m := alias.FindStringSubmatch(value); m != nil; m = alias.FindStringSubmatch(value) {
		value = set[m[1]]
	}
	hex := strings.TrimPrefix(value, "#")
	if len(hex) == 3 {
		hex = hex[:1] + hex[:1] + hex[1:2] + hex[1:2] + hex[2:] + hex[2:]
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || len(hex) != 6 {
		t.Fatalf("--%s is %q, want a colour", name, value)
	}
	return [3]float64{float64(n >> 16), float64(n >> 8 & 255), float64(n & 255)}
}

func ratio(a, b [3]float64) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

func luminance(rgb [3]float64) float64 {
	var l float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		c := rgb[i] / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		l += weight * c
	}
	return l
}
