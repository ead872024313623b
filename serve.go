package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"marelle/db"
	"marelle/db/demo"
	"marelle/handlers"
	"marelle/jobs"
	"marelle/portal"
)

// shutdownWithin is how long requests under way may take to finish once the program is told to stop.
const shutdownWithin = 10 * time.Second

// site is a portal being served: what serve and demo have in common.
type site struct {
	store   *db.Store
	runner  *jobs.Runner
	addr    string
	url     string
	demo    *handlers.Demo
	proxies []string
	hello   func(url string)
}

// serve answers until the context ends, then lets requests under way finish.
func (p *program) serveSite(ctx context.Context, s site) error {
	app, err := handlers.New(handlers.Options{Store: s.store, TrustedProxies: s.proxies, BaseURL: s.url, Demo: s.demo, Mailing: s.runner.Mail != nil})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.addr)
	if err != nil {
		return fmt.Errorf("l’adresse %s ne peut pas être écoutée (%v) ; choisissez-en une autre avec --addr", s.addr, err)
	}
	stopJobs, err := s.runner.Start(context.WithoutCancel(ctx))
	if err != nil {
		listener.Close()
		return err
	}
	done := make(chan error, 1)
	go func() { done <- app.Listener(listener) }()
	if s.hello != nil {
		s.hello(s.url)
	}
	if p.ready != nil {
		p.ready(listener.Addr().String())
	}
	select {
	case err = <-done:
	case <-ctx.Done():
		err = errors.Join(app.ShutdownWithTimeout(shutdownWithin), <-done)
	}
	return errors.Join(err, stopJobs())
}

// serve is the command of a real town.
func (p *program) serve(ctx context.Context, args []string) error {
	s, words, err := p.parse("serve", args, nil)
	if err != nil {
		return err
	}
	if len(words) > 0 {
		return fmt.Errorf("« %s » n’est pas attendu ici ; les réglages commencent par --", words[0])
	}
	base, err := checkURL(s.URL, false)
	if err != nil {
		return err
	}
	if s.Addr == "" {
		s.Addr = "127.0.0.1:8080"
	}
	proxies, err := s.proxies()
	if err != nil {
		return err
	}
	slog.SetDefault(slog.New(slog.NewJSONHandler(p.faults, nil)))
	mailer, err := p.mailer(s, base.Hostname())
	if err != nil {
		return err
	}
	store, err := p.open(ctx, s, false)
	if err != nil {
		return err
	}
	defer store.Close()
	if store.Demo() {
		return errors.New("cette base est une démonstration ; elle ne peut pas servir de vrai portail. Créez-en une avec « marelle init »")
	}
	if err := p.showFirstCode(ctx, store, base.String()); err != nil {
		return err
	}
	return p.serveSite(ctx, site{store: store, addr: s.Addr, proxies: proxies, url: strings.TrimSuffix(base.String(), "/"),
		runner: &jobs.Runner{Store: store, Mail: mailer, From: s.From, URL: strings.TrimSuffix(base.String(), "/")},
		hello:  func(url string) { slog.Info("serving", "url", url, "addr", s.Addr, "mail", mailer != nil) }})
}

// showFirstCode prints the code that lets the first administrator in, as long as nobody has an account. It goes to the
// terminal and never to the log.
func (p *program) showFirstCode(ctx context.Context, store *db.Store, url string) error {
	code, err := store.NewFirstCode(ctx)
	if err != nil || code == "" {
		return err
	}
	fmt.Fprintf(p.out, "\nCe portail est vide. Pour y entrer le premier, ouvrez\n\n  %s/premiere-installation\n\net donnez ce code, qui ne sert qu’une fois :\n\n  %s\n\nUn nouveau démarrage en donne un autre.\n\n", strings.TrimSuffix(url, "/"), code)
	return nil
}

// open opens the database of the settings.
func (p *program) open(ctx context.Context, s settings, create bool) (*db.Store, error) {
	if s.DB == "" {
		return nil, errors.New("la base manque ; dites laquelle avec --db FICHIER ou MARELLE_DB")
	}
	return db.Open(ctx, db.Options{Path: s.DB, Now: p.now, Random: rand.Reader, Create: create})
}

// mailer prepares the mail server of the settings; nil when there is none.
func (p *program) mailer(s settings, host string) (*jobs.Mailer, error) {
	if s.SMTP == "" {
		return nil, nil
	}
	if s.From == "" {
		return nil, fmt.Errorf("--smtp est donné sans expéditeur ; ajoutez --expediteur (MARELLE_EXPEDITEUR), par exemple ne-pas-repondre@%s", host)
	}
	return jobs.NewMailer(s.SMTP, p.now)
}

// demo opens CarteVille.
func (p *program) demo(ctx context.Context, args []string) error {
	var start, logins string
	s, words, err := p.parse("demo", args, func(f *flag.FlagSet) {
		f.StringVar(&start, "maintenant", "2026-11-23T09:00", "")
		f.StringVar(&logins, "identifiants", "", "")
	})
	if err != nil {
		return err
	}
	if len(words) > 0 {
		return fmt.Errorf("« %s » n’est pas attendu ici ; les réglages commencent par --", words[0])
	}
	begin, err := time.ParseInLocation("2006-01-02T15:04", start, portal.Paris)
	if err != nil {
		return fmt.Errorf("--maintenant : « %s » n’est pas un moment ; écrivez-le comme 2026-11-23T09:00", portal.Clip(start, 40))
	}
	if s.Addr == "" {
		s.Addr = "127.0.0.1:8080"
	}
	host, port, err := net.SplitHostPort(s.Addr)
	if err != nil || !loopback(host) && host != "" {
		return fmt.Errorf("--addr : la démonstration n’écoute que sur cette machine ; écrivez par exemple 127.0.0.1:8080")
	}
	s.Addr = net.JoinHostPort("127.0.0.1", port)
	if s.URL == "" {
		s.URL = "http://localhost:" + port
	}
	base, err := checkURL(s.URL, true)
	if err != nil {
		return err
	}
	if s.From == "" {
		s.From = "portail@carteville.exemple"
	}
	mailer, err := p.mailer(s, base.Hostname())
	if err != nil {
		return err
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(p.faults, &slog.HandlerOptions{Level: slog.LevelWarn})))

	if s.DB == "" {
		dir, err := os.MkdirTemp("", "marelle-demo-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		s.DB = filepath.Join(dir, "carteville.db")
	}
	clock := demo.NewClock(begin, p.now)
	store, err := db.Open(ctx, db.Options{Path: s.DB, Now: clock.Now, Real: p.now, Random: demo.Random(), Create: true, Demo: true})
	if err != nil {
		return err
	}
	defer store.Close()
	if !store.Demo() {
		return fmt.Errorf("%s est la base d’un vrai portail ; la démonstration n’y touche pas", s.DB)
	}
	list, err := demo.Open(ctx, store, clock)
	if err != nil {
		return err
	}
	if logins != "" {
		if err := writeLogins(logins, list); err != nil {
			return err
		}
	}
	runner := &jobs.Runner{Store: store, Mail: mailer, From: s.From, URL: strings.TrimSuffix(base.String(), "/")}
	return p.serveSite(ctx, site{store: store, addr: s.Addr, url: runner.URL, runner: runner,
		demo:  &handlers.Demo{Tomorrow: func(ctx context.Context) error { return demo.Tomorrow(ctx, store, clock, runner.Tick) }},
		hello: func(url string) { p.welcome(url, list, mailer != nil) }})
}

// welcome prints the way into the demonstration.
func (p *program) welcome(url string, list []demo.Login, mail bool) {
	fmt.Fprintf(p.out, "\nMarelle, démonstration : la commune de CarteVille.\n\n  %s\n\n", url)
	fmt.Fprintf(p.out, "  %-15s %-26s %-12s %s\n", "rôle", "qui", "identifiant", "mot de passe")
	parents := 0
	for _, l := range list {
		if l.Role == "parent" {
			if parents++; parents > 4 {
				continue
			}
		}
		note := ""
		if l.Password != demo.Password {
			note = "  (provisoire : première connexion)"
		}
		fmt.Fprintf(p.out, "  %-15s %-26s %-12s %s%s\n", l.Role, l.LastName+" "+l.FirstName, l.Login, l.Password, note)
	}
	fmt.Fprintf(p.out, "\n  Toutes les autres familles ont le même mot de passe ; --identifiants FICHIER les écrit toutes.\n")
	if !mail {
		fmt.Fprintf(p.out, "  Les messages ne partent pas : lisez-les sur %s/gestion/courriels\n", url)
	}
	fmt.Fprint(p.out, "  Ctrl+C arrête et efface tout.\n\n")
}

func writeLogins(path string, list []demo.Login) error {
	b, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o600)
}

// healthcheck asks the portal whether it answers.
func (p *program) healthcheck(ctx context.Context, args []string) error {
	s, _, err := p.parse("healthcheck", args, nil)
	if err != nil {
		return err
	}
	if s.Addr == "" {
		s.Addr = "127.0.0.1:8080"
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.Addr+"/healthz", nil)
	if err != nil {
		return fmt.Errorf("--addr : « %s » n’est pas une adresse", s.Addr)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("le portail ne répond pas à %s", s.Addr)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("le portail répond, mais va mal (%d)", res.StatusCode)
	}
	fmt.Fprintln(p.out, "Le portail répond.")
	return nil
}

// release is the version written by the linker at a release.
var release = "développement"

func (p *program) version(context.Context, []string) error {
	info, _ := debug.ReadBuildInfo()
	goVersion := ""
	if info != nil {
		goVersion = info.GoVersion
	}
	fmt.Fprintf(p.out, "Marelle %s (%s)\n", release, goVersion)
	return nil
}
