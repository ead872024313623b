package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
)

// errHelp says that --help was asked.
var errHelp = errors.New("help")

const settingsHelp = `Réglages (option, ou variable d’environnement entre parenthèses) :
  --db FICHIER     la base (MARELLE_DB)
  --addr ADRESSE   où écouter, par exemple 127.0.0.1:8080 (MARELLE_ADDR)
  --url ADRESSE    l’adresse publique du portail, https://… (MARELLE_URL)
  --smtp URL       le serveur de courrier, smtps://compte:mot_de_passe@serveur:465 (MARELLE_SMTP, ou MARELLE_SMTP_FILE)
  --expediteur     l’adresse d’où partent les messages (MARELLE_EXPEDITEUR)
  --proxys         les adresses du serveur qui fait le HTTPS, séparées par des virgules (MARELLE_PROXYS) ;
                   sans ce réglage, celui de cette machine
`

// settings are what the program is told from outside: an option, else the environment, else a file named *_FILE for secrets.
type settings struct {
	DB, Addr, URL, SMTP, From, Proxies string
}

// parse reads the options of a command that mix with its words; more adds the command's own options.
func (p *program) parse(name string, args []string, more func(*flag.FlagSet)) (s settings, words []string, err error) {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&s.DB, "db", p.env("MARELLE_DB"), "")
	f.StringVar(&s.Addr, "addr", p.env("MARELLE_ADDR"), "")
	f.StringVar(&s.URL, "url", p.env("MARELLE_URL"), "")
	f.StringVar(&s.SMTP, "smtp", "", "")
	f.StringVar(&s.Proxies, "proxys", p.env("MARELLE_PROXYS"), "")
	f.StringVar(&s.From, "expediteur", p.env("MARELLE_EXPEDITEUR"), "")
	if more != nil {
		more(f)
	}
	for { // options may stand before, between and after the words
		if err := f.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return s, nil, errHelp
			}
			return s, nil, fmt.Errorf("une option n’est pas comprise (%v) ; « marelle %s --help » les donne", err, name)
		}
		if f.NArg() == 0 {
			break
		}
		words, args = append(words, f.Arg(0)), f.Args()[1:]
	}
	if s.SMTP == "" {
		s.SMTP, err = p.secret("MARELLE_SMTP")
	}
	return s, words, err
}

// secret reads a setting from the environment, or from the file that NAME_FILE names.
func (p *program) secret(name string) (string, error) {
	file := p.env(name + "_FILE")
	if file == "" {
		return p.env(name), nil
	}
	if p.env(name) != "" {
		return "", fmt.Errorf("%s et %s_FILE sont donnés tous les deux ; n’en gardez qu’un", name, name)
	}
	info, err := os.Stat(file)
	if err != nil {
		return "", fmt.Errorf("%s_FILE : le fichier ne peut pas être lu : %w", name, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("%s_FILE : d’autres comptes de la machine peuvent lire %s ; protégez-le avec « chmod 600 %s »", name, file, file)
	}
	b, err := os.ReadFile(file)
	return strings.TrimSpace(string(b)), err
}

// checkURL refuses an address of the site that could not work.
func checkURL(s string, demo bool) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case s == "":
		return nil, errors.New("l’adresse publique du portail manque ; donnez-la avec --url ou MARELLE_URL, par exemple https://famille.ma-commune.fr")
	case err != nil || u.Host == "" || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.User != nil:
		return nil, fmt.Errorf("--url (MARELLE_URL) : « %s » n’est pas l’adresse d’un site ; écrivez-la comme https://famille.ma-commune.fr", s)
	case u.Scheme == "https":
	case u.Scheme == "http" && demo && loopback(u.Hostname()):
	default:
		return nil, fmt.Errorf("--url (MARELLE_URL) : « %s » doit commencer par https:// ; les mots de passe des familles passent par là", s)
	}
	u.Path = ""
	return u, nil
}

// proxies lists the addresses that are believed when they say for whom they ask. Whoever listens on this machine only is
// asked by a server of this machine.
func (s settings) proxies() ([]string, error) {
	if s.Proxies == "" {
		if host, _, err := net.SplitHostPort(s.Addr); err == nil && loopback(host) {
			return []string{"127.0.0.1", "::1"}, nil
		}
		return nil, nil
	}
	var list []string
	for part := range strings.SplitSeq(s.Proxies, ",") {
		part = strings.TrimSpace(part)
		if _, _, err := net.ParseCIDR(part); err != nil && net.ParseIP(part) == nil {
			return nil, fmt.Errorf("--proxys (MARELLE_PROXYS) : « %s » n’est pas une adresse ; écrivez par exemple 127.0.0.1 ou 172.17.0.0/16", part)
		}
		list = append(list, part)
	}
	return list, nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
