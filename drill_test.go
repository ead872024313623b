package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"marelle/db"
	"marelle/db/demo"
	"marelle/handlers"
	"marelle/portal"
)

// times reads how often a drill is repeated: few times here, many in its make target.
func times(t testing.TB, name string, usual int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q is no number", name, text)
	}
	return n
}

// acknowledged is a receipt that a parent was told of.
type acknowledged struct {
	who  int
	path string
	days []string
}

// TestKilledWhileParentsValidate kills the real program (-9) at any instant while eight parents validate, starts it
// again, and reads every receipt it had acknowledged. At the end the counters and the chain of receipts are checked.
func TestKilledWhileParentsValidate(t *testing.T) {
	kills := times(t, "MARELLE_KILLS", 200)
	dir := t.TempDir()
	binary := filepath.Join(dir, "marelle")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	addr, file, logins := freeAddr(t), filepath.Join(dir, "carteville.db"), filepath.Join(dir, "identifiants.json")
	start := func() *exec.Cmd {
		t.Helper()
		cmd := exec.Command(binary, "demo", "--addr", addr, "--url", "http://"+addr, "--db", file, "--identifiants", logins)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		var faults strings.Builder
		cmd.Stderr = &faults
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if strings.Contains(lines.Text(), "Ctrl+C") {
				go io.Copy(io.Discard, out)
				return cmd
			}
		}
		cmd.Wait()
		t.Fatalf("the program does not start: %s", faults.String())
		return nil
	}
	cmd := start()
	d := &demonstration{url: "http://" + addr}
	readLogins(t, logins, &d.logins)
	const clients = 8
	families, paths := make([]*family, 0, clients), make([]string, 0, clients)
	for _, l := range d.logins {
		if l.Role == "parent" && l.Password == demo.Password && len(families) < clients {
			f := d.family(t, l)
			if path := f.activityOfFirstChild(t, "cantine"); path != "" {
				families, paths = append(families, f), append(paths, path)
			}
		}
	}
	days := canteenDays()
	var mu sync.Mutex
	var told, fresh []acknowledged
	checked := 0
	for kill := range kills {
		ctx, cancel := context.WithCancel(context.Background())
		one := make(chan struct{}, 1) // a receipt is acknowledged
		var wg sync.WaitGroup
		for i, f := range families {
			wg.Go(func() {
				for n := kill; ctx.Err() == nil; n++ {
					a, err := validateSomething(f, paths[i], days[(n*clients+i)%len(days)])
					if err != nil {
						return // the program is dead
					}
					if a.path != "" {
						a.who = i
						mu.Lock()
						fresh = append(fresh, a)
						mu.Unlock()
						select {
						case one <- struct{}{}:
						default:
						}
					}
				}
			})
		}
		if kill%2 == 1 { // every other time once a receipt is out, however slow the machine: there is something to lose
			select {
			case <-one:
			case <-time.After(10 * time.Second):
			}
		}
		time.Sleep(time.Duration(5+rand.IntN(116)) * time.Millisecond)
		if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		cancel()
		cmd.Wait()
		wg.Wait()
		for _, f := range families {
			f.client.CloseIdleConnections()
		}
		cmd = start()
		for _, a := range fresh {
			checked++
			wantReceipt(t, families[a.who], a)
		}
		told, fresh = append(told, fresh...), nil
	}
	for _, a := range told { // nothing that was there after one kill is gone after another
		wantReceipt(t, families[a.who], a)
	}
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Errorf("stopped politely, the program ends with %v", err)
	}
	store, err := db.Open(context.Background(), db.Options{Path: file, Now: time.Now, Random: demo.Random()})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if faults, err := store.Audit(context.Background()); err != nil || len(faults) > 0 {
		t.Errorf("after %d kills: %v %v", kills, faults, err)
	}
	if len(told) < kills/2 {
		t.Errorf("only %d receipts were acknowledged in %d rounds: the drill proves little", len(told), kills)
	}
	t.Logf("%d kills, %d receipts acknowledged, all found again (%d readings)", kills, len(told), checked+len(told))
}

func readLogins(t testing.TB, file string, into *[]demo.Login) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatal(err)
	}
}

// canteenDays are days that can be booked all through the demonstration's first day.
func canteenDays() (days []string) {
	for d := portal.NewDate(2027, 1, 4); d <= portal.NewDate(2027, 6, 25); d++ {
		if w := d.Weekday(); w == portal.Monday || w == portal.Tuesday || w == portal.Thursday || w == portal.Friday {
			days = append(days, d.String())
		}
	}
	return days
}

var errDead = errors.New("no answer")

// validateSomething turns a day over and validates. It gives a receipt only when the program acknowledged one.
func validateSomething(f *family, path, day string) (acknowledged, error) {
	page, err := f.look(path + "?mois=" + day[:7])
	if err != nil {
		return acknowledged{}, err
	}
	value, can := page.Find("#j-" + day).Attr("value")
	if !can {
		return acknowledged{}, nil
	}
	if _, err := f.submit(path, url.Values{"jour": {value}}); err != nil {
		return acknowledged{}, err
	}
	recap, err := f.look("/recapitulatif")
	if err != nil {
		return acknowledged{}, err
	}
	var asked []string
	recap.Find(".liste tbody th").Each(func(_ int, s *goquery.Selection) { asked = append(asked, s.Text()) })
	form := hidden(recap)
	if len(form) == 0 {
		return acknowledged{}, nil
	}
	to, err := f.submit("/recapitulatif", form)
	if err != nil || !strings.HasPrefix(to, "/recus/") {
		return acknowledged{}, err
	}
	return acknowledged{path: to, days: asked}, nil
}

// look reads a page of a program that may die meanwhile.
func (f *family) look(path string) (*goquery.Document, error) {
	res, err := f.client.Get(f.base + path)
	if err != nil {
		return nil, errDead
	}
	defer res.Body.Close()
	doc, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return nil, errDead
	}
	if token, ok := doc.Find(`input[name="_csrf"]`).Attr("value"); ok {
		f.csrf = token
	}
	return doc, nil
}

func (f *family) submit(path string, form url.Values) (location string, err error) {
	res, err := f.send(path, form)
	if err != nil {
		return "", errDead
	}
	io.Copy(io.Discard, res.Body)
	res.Body.Close()
	return res.Header.Get("Location"), nil
}

// wantReceipt reads a receipt that was acknowledged: it must be there, with its lines.
func wantReceipt(t testing.TB, f *family, a acknowledged) {
	t.Helper()
	doc, err := f.look(a.path)
	if err != nil {
		t.Errorf("LOST: the acknowledged receipt %s is not there: %v", a.path, err)
		return
	}
	if n := doc.Find(".recu .liste tbody tr").Length(); n != len(a.days) {
		t.Errorf("LOST: the receipt %s has %d lines, %d were validated", a.path, n, len(a.days))
	}
}

// TestLastTenPlaces: a thousand families validate at the same instant for the last ten places, over HTTP.
func TestLastTenPlaces(t *testing.T) {
	for range times(t, "MARELLE_RUSHES", 1) {
		rush(t, 1000, 10)
	}
}

func rush(t *testing.T, families, places int) {
	ctx := context.Background()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, portal.Paris)
	store, err := db.Open(ctx, db.Options{Path: filepath.Join(t.TempDir(), "ruee.db"), Now: func() time.Time { return now }, Random: demo.Random(), Create: true, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	day := portal.NewDate(2026, 12, 2)
	accounts, children, activity := crowd(t, store, families, places, day)
	addr := freeAddr(t)
	app, err := handlers.New(handlers.Options{Store: store, BaseURL: "http://" + addr, Demo: &handlers.Demo{Tomorrow: func(context.Context) error { return nil }},
		TrustedProxies: []string{"127.0.0.1"}}) // as behind a proxy: else one address may not open a thousand connections
	if err != nil {
		t.Fatal(err)
	}
	go app.Listen(addr)
	defer app.Shutdown()
	people := make([]*family, families)
	forms := make([]url.Values, families)
	for i, account := range accounts {
		token, err := store.OpenSession(ctx, account, false, "")
		if err != nil {
			t.Fatal(err)
		}
		f := newFamily("http://" + addr)
		base, _ := url.Parse(f.base)
		f.client.Jar.SetCookies(base, []*http.Cookie{{Name: "sid", Value: token, Path: "/"}})
		people[i] = f
		if _, err := store.Ask(ctx, account, db.Want{Child: children[i], Activity: activity, Day: day, Present: true}); err != nil {
			t.Fatal(err)
		}
		forms[i] = hidden(f.get(t, "/recapitulatif"))
	}
	gate := make(chan struct{})
	var wg sync.WaitGroup
	var mu sync.Mutex
	results := map[string]int{}
	for i, f := range people {
		wg.Go(func() {
			<-gate
			to, err := f.submit("/recapitulatif", forms[i])
			if err != nil {
				t.Errorf("family %d got no answer", i)
				return
			}
			doc, err := f.look(to)
			if err != nil {
				t.Errorf("family %d has no receipt at %q", i, to)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			results[strings.TrimSpace(doc.Find(".recu .liste .badge").Text())]++
		})
	}
	close(gate)
	wg.Wait()
	if results["Réservé"] != places {
		t.Errorf("%d families booked, want %d", results["Réservé"], places)
	}
	for rank := 1; rank <= families-places; rank++ {
		if n := results["Liste d’attente, "+portal.Ordinal(rank)]; n != 1 {
			t.Errorf("rank %d on the waiting list was given %d times", rank, n)
		}
	}
	if faults, err := store.Audit(ctx); err != nil || len(faults) > 0 {
		t.Errorf("%v %v", faults, err)
	}
}

// crowd makes families of one child each, and a Wednesday with that many places left.
func crowd(t testing.TB, store *db.Store, families, places int, day portal.Date) ([]portal.AccountID, []portal.ChildID, portal.ActivityID) {
	t.Helper()
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	structure, err := store.CreateStructure(ctx, portal.Structure{Name: "Mairie de Foulonville", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	must(err)
	var roll portal.Roll
	for i := range families {
		address := portal.RollAddress{Street: fmt.Sprintf("%d rue Longue", i+1), PostCode: "09140", Town: "FOULONVILLE"}
		name := fmt.Sprintf("NOM%05d", i)
		roll.Pupils = append(roll.Pupils, portal.RollPupil{Line: i + 2, LastName: name, FirstName: "Lou", Birth: portal.NewDate(2018, 1, 1) + portal.Date(i), INE: fmt.Sprintf("%09dAB", i),
			Grade: "CP", Class: "CP", RollAddress: address})
		roll.Guardians = append(roll.Guardians, portal.RollGuardian{Lines: []int{i + 2}, LastName: name, FirstName: "Camille", RollAddress: address, Pupils: []int{i}})
		roll.Families = append(roll.Families, portal.RollFamily{Name: name, Guardians: []int{i}, Pupils: []int{i}, RollAddress: address})
	}
	_, err = store.ImportRoll(ctx, structure, 0, "École", roll, "", false)
	must(err)
	friday := portal.WeekdayBefore(portal.Friday, 1, portal.Clock(12, 0))
	activity, err := store.SaveActivity(ctx, portal.Activity{StructureID: structure, Name: "ALSH MERCREDI", Short: "Mercredi", Spoken: "le centre", Kind: portal.WednesdayCamp,
		Starts: portal.Clock(7, 30), Ends: portal.Clock(18, 30), Opening: portal.Opening{First: day, Last: day, School: portal.Days(portal.Wednesday)}, Book: friday, Cancel: friday,
		Waitlist: true, Counters: []portal.Counter{{Name: "Centre", Limited: true, Capacity: places}}})
	must(err)
	list, err := store.DemoAccounts(ctx, structure)
	must(err)
	var accounts []portal.AccountID
	var ids []portal.AccountID
	var children []portal.ChildID
	for _, a := range list {
		ids = append(ids, a.ID)
		kids, err := store.Children(ctx, a.ID)
		must(err)
		accounts, children = append(accounts, a.ID), append(children, kids[0].ID)
	}
	must(store.DemoReady(ctx, ids, demo.Password))
	return accounts, children, activity
}
