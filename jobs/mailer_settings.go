package jobs

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// security is how the connection to the server is protected.
type security string

const (
	implicitTLS security = "TLS"
	startTLS    security = "STARTTLS"
	noTLS       security = "sans TLS"
)

const settingForms = "smtps://compte:motdepasse@serveur:465, smtp://compte:motdepasse@serveur:587 ou smtp://localhost:25"

func settingError(format string, args ...any) error {
	return fmt.Errorf("MARELLE_SMTP : "+format, args...)
}

// NewMailer reads the setting MARELLE_SMTP; nothing is dialled before the first mail.
//
// smtps:// speaks TLS from the first byte. smtp:// requires STARTTLS, except towards this machine without an account.
// ?tls=starttls requires it there too. ?tls=aucun gives it up, for a relay on this machine or on a private network, and
// with an account on this machine only. ?helo=NOM says under what name to introduce ourselves.
// The setting holds a password: no error quotes any part of it that could be one.
func NewMailer(setting string, now func() time.Time) (*Mailer, error) {
	u, err := url.Parse(strings.TrimSpace(setting))
	switch {
	case err != nil:
		return nil, settingError("adresse de serveur illisible ; écrire %s. Dans le mot de passe, / s'écrit %%2F, ? %%3F, # %%23, @ %%40 et %% %%25.", settingForms)
	case u.Scheme != "smtp" && u.Scheme != "smtps":
		return nil, settingError("l'adresse doit commencer par smtps:// ou smtp:// ; écrire %s.", settingForms)
	case u.Hostname() == "":
		return nil, settingError("il manque le nom du serveur ; écrire %s.", settingForms)
	case strings.Trim(u.Path, "/") != "" || u.Fragment != "":
		return nil, settingError("rien ne doit suivre le port, sauf ?tls= et ?helo= ; dans le mot de passe, / s'écrit %%2F et # %%23.")
	}
	m := &Mailer{host: u.Hostname(), port: u.Port(), login: u.User.Username(), now: now, timeout: sendTimeout}
	m.password, _ = u.User.Password()
	if (m.login == "") != (m.password == "") {
		return nil, settingError("il faut le compte et le mot de passe, ou aucun des deux ; écrire %s.", settingForms)
	}
	if strings.ContainsFunc(m.login+m.password, unicode.IsControl) {
		return nil, settingError("le compte ou le mot de passe contient un caractère invisible (%%00, %%0A…) ; le retirer.")
	}
	options, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, settingError("ce qui suit ? est illisible ; seuls tls= et helo= y ont leur place. Dans le mot de passe, ? s'écrit %%3F.")
	}
	for name, values := range options {
		if name != "tls" && name != "helo" || len(values) != 1 {
			return nil, settingError("après ?, seuls tls= et helo= ont leur place, une fois chacun. Dans le mot de passe, ? s'écrit %%3F.")
		}
	}
	if err := m.chooseSecurity(u.Scheme, options.Get("tls")); err != nil {
		return nil, err
	}
	if err := m.choosePort(); err != nil {
		return nil, err
	}
	if err := m.chooseHelo(options.Get("helo")); err != nil {
		return nil, err
	}
	return m, nil
}

func (m *Mailer) chooseSecurity(scheme, option string) error {
	here := m.host == "localhost"
	ip := net.ParseIP(m.host)
	here = here || ip.IsLoopback()
	account := m.login != ""
	switch {
	case option != "" && option != "aucun" && option != "starttls":
		return settingError("?tls= vaut aucun ou starttls ; le retirer pour la protection habituelle.")
	case scheme == "smtps" && option != "":
		return settingError("smtps:// veut dire TLS dès le début, ?tls=%s le contredit ; retirer ?tls=%[1]s, ou écrire smtp://.", option)
	case option == "aucun" && account && !here:
		return settingError("un mot de passe ne part jamais sans TLS ; retirer ?tls=aucun, ou le compte si ce serveur n'en demande pas.")
	case option == "aucun" && ip != nil && !private(ip):
		return settingError("?tls=aucun n'est permis que vers cette machine ou un réseau privé ; retirer ?tls=aucun.")
	case scheme == "smtps":
		m.security = implicitTLS
	case option == "aucun", option == "" && here && !account:
		m.security, m.clear = noTLS, option == "aucun"
	default:
		m.security = startTLS
	}
	return nil
}

// private says that an address is on this machine or on a private network.
func private(ip net.IP) bool { return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() }

func (m *Mailer) choosePort() error {
	switch {
	case m.port != "":
	case m.security == implicitTLS:
		m.port = "465"
	case m.login != "":
		m.port = "587"
	default:
		m.port = "25"
	}
	n, err := strconv.Atoi(m.port)
	switch {
	case err != nil || n < 1 || n > 65535:
		return settingError("le port est un nombre de 1 à 65535, d'habitude 465, 587 ou 25.")
	case m.security == implicitTLS && (n == 25 || n == 587):
		return settingError("le port %d ne parle pas TLS dès le début ; écrire smtp://…:%[1]d, ou smtps://…:465.", n)
	case m.security != implicitTLS && n == 465:
		return settingError("le port 465 parle TLS dès le début ; écrire smtps://…:465, ou smtp://…:587.")
	}
	return nil
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$`)

func (m *Mailer) chooseHelo(option string) error {
	m.helo = option
	if option == "" {
		m.helo, _ = os.Hostname()
		if !hostName.MatchString(m.helo) {
			m.helo = "localhost"
		}
	}
	if !hostName.MatchString(m.helo) {
		return settingError("?helo= attend le nom de cette machine, par exemple portail.commune.fr.")
	}
	return nil
}
