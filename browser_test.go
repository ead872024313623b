package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"marelle/db"
	"marelle/db/demo"
	"marelle/portal"
)

// demonstration is the real program, serving CarteVille.
type demonstration struct {
	url    string
	logins []demo.Login
	out    *strings.Builder
	stop   func() int // ends it and gives its exit status
}

// freeAddr finds a port that nobody uses.
func freeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// demoMorning is when a demonstration begins.
var demoMorning = time.Date(2026, 11, 23, 9, 0, 0, 0, portal.Paris)

// carteVilleOnce builds CarteVille once for all the journeys of a run: each opens a copy.
var carteVilleOnce = sync.OnceValues(func() (files map[string][]byte, err error) {
	dir, err := os.MkdirTemp("", "carteville-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ctx, clock := context.Background(), demo.NewClock(demoMorning, time.Now)
	store, err := db.Open(ctx, db.Options{Path: filepath.Join(dir, "carteville.db"), Now: clock.Now, Real: time.Now, Random: demo.Random(), Create: true, Demo: true})
	if err != nil {
		return nil, err
	}
	_, err = demo.Open(ctx, store, clock)
	if err := errors.Join(err, store.Close()); err != nil {
		return nil, err
	}
	names, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	files = map[string][]byte{}
	for _, n := range names {
		if files[n.Name()], err = os.ReadFile(filepath.Join(dir, n.Name())); err != nil {
			return nil, err
		}
	}
	return files, nil
})

// carteVille gives a copy of CarteVille, on the morning of its first day.
func carteVille(t testing.TB) string {
	t.Helper()
	files, err := carteVilleOnce()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path, ctx := filepath.Join(dir, "carteville.db"), context.Background()
	store, err := db.Open(ctx, db.Options{Path: path, Now: time.Now, Real: time.Now, Random: demo.Random(), Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(store.SetDemoClock(ctx, time.Until(demoMorning), 0), store.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// startDemo runs « marelle demo » with these options until the test ends, on a CarteVille of its own.
func startDemo(t testing.TB, options ...string) *demonstration {
	t.Helper()
	addr, file := freeAddr(t), filepath.Join(t.TempDir(), "identifiants.json")
	d := &demonstration{url: "http://" + addr, out: &strings.Builder{}}
	ctx, cancel := context.WithCancel(context.Background())
	ready, status := make(chan string, 1), make(chan int, 1)
	p := program{
		args: append([]string{"demo", "--addr", addr, "--url", d.url, "--identifiants", file, "--db", carteVille(t)}, options...),
		env:  func(string) string { return "" }, out: d.out, faults: testWriter{t}, now: time.Now, ready: func(a string) { ready <- a },
	}
	go func() { status <- p.run(ctx) }()
	select {
	case <-ready:
	case s := <-status:
		cancel()
		t.Fatalf("the demonstration ended with status %d", s)
	case <-time.After(2 * time.Minute):
		cancel()
		t.Fatal("the demonstration does not start")
	}
	d.stop = sync.OnceValue(func() int { cancel(); return <-status })
	t.Cleanup(func() {
		if s := d.stop(); s != 0 {
			t.Errorf("the demonstration ended with status %d", s)
		}
	})
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &d.logins); err != nil {
		t.Fatal(err)
	}
	return d
}

// testWriter sends what a program prints to the test's log.
type testWriter struct{ t testing.TB }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// login finds a way in by role, and by name when one is given.
func (d *demonstration) login(t testing.TB, role, name string) demo.Login {
	t.Helper()
	for _, l := range d.logins {
		if l.Role == role && (name == "" || l.LastName+" "+l.FirstName == name) {
			return l
		}
	}
	t.Fatalf("nobody is %s %s", role, name)
	return demo.Login{}
}

// chromiumOnce starts one browser for all the journeys of a run; each visitor gets a profile of its own in it.
var chromiumOnce = sync.OnceValues(func() (context.Context, error) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return nil, fmt.Errorf("the journeys need Chromium: install the package « chromium » (%w)", err)
	}
	allocator, _ := chromedp.NewExecAllocator(context.Background(), chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("lang", "fr-FR"), chromedp.Env("LANGUAGE=fr"))
	ctx, _ := chromedp.NewContext(allocator)
	return ctx, chromedp.Do(ctx, chromedp.Navigate("about:blank"))
})

// visitor is one person in front of a browser.
type visitor struct {
	t    testing.TB
	ctx  context.Context
	base string

	expect404 bool // the page of a missing address is one of the screens looked at

	mu     sync.Mutex
	faults []string // what the browser complained of: scripts, CSP, lost files
}

// visit opens a browser window of that size for a new person.
func (d *demonstration) visit(t testing.TB, width, height int64) *visitor {
	t.Helper()
	parent, err := chromiumOnce()
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{t: t, base: d.url}
	ctx, cancel := chromedp.NewContext(parent, chromedp.WithNewBrowserContext(), chromedp.WithListener(v.listen))
	v.ctx = ctx
	t.Cleanup(func() {
		cancel()
		v.mu.Lock()
		defer v.mu.Unlock()
		for _, f := range v.faults {
			t.Errorf("the browser complains: %s", f)
		}
	})
	// The first run opens the window, which lives as long as the context of that run: no timeout here.
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, height)); err != nil {
		t.Fatal(err)
	}
	return v
}

// resize changes the window of the page shown.
func (v *visitor) resize(width, height int64) {
	v.t.Helper()
	v.do(chromedp.EmulateViewport(width, height))
}

// listen keeps what a browser says when a page is at fault. A refused click (409), a file too big (413) and a form sent back
// (422) are answers.
func (v *visitor) listen(event any) {
	var fault string
	switch e := event.(type) {
	case *cdplog.EventEntryAdded:
		if e.Entry.Level == cdplog.EntryLevelError && !strings.Contains(e.Entry.Text, "status of 409") && !strings.Contains(e.Entry.Text, "status of 413") && !strings.Contains(e.Entry.Text, "status of 422") &&
			!(v.expect404 && strings.Contains(e.Entry.Text, "status of 404")) {
			fault = e.Entry.Text
		}
	case *runtime.EventExceptionThrown:
		fault = e.ExceptionDetails.Text
	}
	if fault != "" {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.faults = append(v.faults, fault)
	}
}

const patience = time.Minute

func (v *visitor) do(steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		v.t.Fatalf("%v\n%s", err, v.where())
	}
}

// where says what the browser shows, for a journey that failed.
func (v *visitor) where() string {
	ctx, cancel := context.WithTimeout(v.ctx, 5*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.pathname + "\n" + document.body.innerText.slice(0, 1500)`))
	if err != nil {
		return err.Error()
	}
	return text
}

func read[T any](v *visitor, a chromedp.Action[T]) T {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	got, err := chromedp.Run(ctx, a)
	if err != nil {
		v.t.Fatalf("%v\n%s", err, v.where())
	}
	return got
}

// open goes to an address of the site.
func (v *visitor) open(path string) {
	v.t.Helper()
	v.do(chromedp.Navigate(v.base + path))
}

// click presses with the mouse, and waits for the page that follows when one does.
func (v *visitor) click(selector string) {
	v.t.Helper()
	v.do(chromedp.Click(chromedp.CSS(selector)))
}

// clickTo presses what leads to another page.
func (v *visitor) clickTo(selector string) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		v.t.Fatalf("%s: %v\n%s", selector, err, v.where())
	}
}

func (v *visitor) fill(selector, text string) {
	v.t.Helper()
	v.do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

func (v *visitor) text(selector string) string {
	v.t.Helper()
	return strings.Join(strings.Fields(read(v, chromedp.TextContent(chromedp.CSS(selector)))), " ")
}

// wantText waits until an element says something.
func (v *visitor) wantText(selector, want string) {
	v.t.Helper()
	v.until(fmt.Sprintf("%s says %q", selector, want), func() bool {
		ctx, cancel := context.WithTimeout(v.ctx, time.Second)
		defer cancel()
		got, err := chromedp.Run(ctx, chromedp.TextContent(chromedp.CSS(selector)))
		return err == nil && strings.Contains(strings.Join(strings.Fields(got), " "), want)
	})
}

// wantDay waits until a day of the calendar shows a state.
func (v *visitor) wantDay(day, state string) {
	v.t.Helper()
	v.do(chromedp.WaitReady(chromedp.CSS(fmt.Sprintf(`[data-jour="%s"][data-etat="%s"]`, day, state))))
}

func (v *visitor) until(what string, done func() bool) {
	v.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if done() {
			return
		}
	}
	v.t.Fatalf("never came: %s\n%s", what, v.where())
}

// path is the address shown, with its query.
func (v *visitor) path() string {
	v.t.Helper()
	return read(v, chromedp.Evaluate[string]("location.pathname + location.search"))
}

// signIn goes through the sign-in page.
func (v *visitor) signIn(l demo.Login) {
	v.t.Helper()
	v.open("/connexion")
	v.fill(`input[name="identifiant"]`, l.Login)
	v.fill(`input[name="mot_de_passe"]`, l.Password)
	v.clickTo(`main button[type="submit"]`)
}

// withoutScripts turns JavaScript off, as on an old phone or behind a strict network.
func (v *visitor) withoutScripts() {
	v.t.Helper()
	if _, err := chromedp.Call(v.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		v.t.Fatal(err)
	}
}

// theme asks for light or dark pages.
func (v *visitor) theme(name string) {
	v.t.Helper()
	if _, err := chromedp.Call(v.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	}); err != nil {
		v.t.Fatal(err)
	}
}

func (v *visitor) clearCookies() {
	v.t.Helper()
	if _, err := chromedp.Call(v.ctx, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
		v.t.Fatal(err)
	}
}

func (v *visitor) setCookie(c *http.Cookie) {
	v.t.Helper()
	if _, err := chromedp.Call(v.ctx, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: v.base}); err != nil {
		v.t.Fatal(err)
	}
}

// axe is the accessibility checker that .ci/tools fetched.
var axe = sync.OnceValues(func() (string, error) {
	files, _ := filepath.Glob(".cache/axe/axe-*.min.js")
	if len(files) == 0 {
		return "", fmt.Errorf("axe-core is missing: run « make tools »")
	}
	b, err := os.ReadFile(files[len(files)-1])
	return string(b), err
})

// wantAccessible runs axe-core on the page shown, and checks that nothing scrolls sideways.
func (v *visitor) wantAccessible(what string) {
	v.t.Helper()
	script, err := axe()
	if err != nil {
		v.t.Fatal(err)
	}
	read(v, chromedp.Evaluate[bool](script+";true"))
	v.runAxe(what, "{resultTypes: ['violations']}")
	v.wantNarrow(what)
}

// wantColours runs the rules of axe-core about colours on the page shown, on which wantAccessible ran before.
func (v *visitor) wantColours(what string) {
	v.t.Helper()
	v.runAxe(what, "{resultTypes: ['violations'], runOnly: ['color-contrast', 'link-in-text-block']}")
}

func (v *visitor) runAxe(what, options string) {
	v.t.Helper()
	found := read(v, chromedp.Evaluate[[]string](`axe.run(document, `+options+`).then(r => r.violations.map(
		x => x.id + ': ' + x.help + ' — ' + x.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + n.failureSummary.slice(0, 200)).join(' | ')))`, chromedp.EvalAwaitPromise))
	slices.Sort(found)
	for _, f := range found {
		v.t.Errorf("%s: %s", what, f)
	}
}

// wantNarrow checks that nothing scrolls sideways, with the text of everybody and with one twice as large.
func (v *visitor) wantNarrow(what string) {
	v.t.Helper()
	v.wantNoSideways(what)
	// Text enlarged to 200 %: nothing is cut, nothing scrolls sideways.
	v.enlarge("200%")
	v.wantNoSideways(what + ", text at 200 %")
	v.enlarge("")
}

func (v *visitor) wantNoSideways(what string) {
	v.t.Helper()
	if wide := read(v, chromedp.Evaluate[int]("document.documentElement.scrollWidth - document.documentElement.clientWidth")); wide > 0 {
		v.t.Errorf("%s: the page scrolls sideways by %d px", what, wide)
	}
}

// enlarge changes the size of the text, as a browser's setting does.
func (v *visitor) enlarge(size string) {
	v.t.Helper()
	read(v, chromedp.Evaluate[bool](fmt.Sprintf("document.documentElement.style.fontSize = %q, true", size)))
}
