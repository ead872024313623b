package jobs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/mail"
	"net/textproto"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode"

	simplemail "github.com/xhit/go-simple-mail/v2"
)

const (
	dialTimeout = 10 * time.Second // to reach the server
	sendTimeout = 60 * time.Second // for one message, from the dial to the last answer
	quitTimeout = 2 * time.Second  // to say goodbye; nobody waits for a server that does not answer QUIT
	idleLimit   = 30 * time.Second // servers and firewalls forget a silent connection, sometimes without a word
)

// Mail is one message ready to leave, for one address.
type Mail struct {
	MessageID      string // without < >; the same at every try, so that a copy is recognised as one
	From, FromName string
	ReplyTo        string // may be empty
	To             string
	Subject        string
	Text           string
	HTML           string    // may be empty
	Date           time.Time // zero: the moment of the try
}

// Mailer sends mails through one SMTP server, one after the other, on a connection that it keeps.
//
// The connection is opened at the first mail and again whenever the server has closed it. Several goroutines may
// share a Mailer and take turns; for more than one connection, have more than one Mailer.
type Mailer struct {
	host, port      string
	security        security
	clear           bool // ?tls=aucun was written: a private network will do, and an account on this very machine
	login, password string
	helo            string
	now             func() time.Time

	timeout time.Duration  // for one message
	roots   *x509.CertPool // nil: the authorities this machine trusts

	mu     sync.Mutex
	line   *line // nil: not connected
	client *simplemail.SMTPClient
	used   time.Time // when the connection last served
}

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

// String describes the server without the account and its password, also to %v and %+v.
func (m *Mailer) String() string {
	account := "sans compte"
	if m.login != "" {
		account = "avec un compte"
	}
	return fmt.Sprintf("%s (%s, %s)", net.JoinHostPort(m.host, m.port), m.security, account)
}

// GoString keeps %#v from showing the password.
func (m *Mailer) GoString() string { return m.String() }

// Send hands one message to the server; any error is a *SendError.
//
// It returns within sendTimeout whatever the server does, and sooner when ctx ends. After nil the server has taken
// the message; after an error it may still have taken it, when its last answer was lost.
func (m *Mailer) Send(ctx context.Context, msg Mail) error {
	email, fault := compose(msg, m.now())
	if fault != nil {
		return fault
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, m.timeout)
	defer cancel()

	if m.now().Sub(m.used) > idleLimit {
		m.hangUp(ctx)
	}
	kept := m.client != nil
	fault = m.deliver(ctx, email, msg)
	if kept && fault != nil && fault.staleLine() {
		m.hangUp(ctx)
		fault = m.deliver(ctx, email, msg)
	}
	if fault != nil {
		return fault
	}
	return nil
}

// Check connects and signs in without sending anything, for people who want to know whether the settings are right.
func (m *Mailer) Check(ctx context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, m.timeout)
	defer cancel()
	m.hangUp(ctx)
	if fault := m.connect(ctx); fault != nil {
		return fault
	}
	m.hangUp(ctx)
	return nil
}

// Close says goodbye to the server; the next Send would connect again.
func (m *Mailer) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hangUp(context.Background())
}

func (m *Mailer) hangUp(ctx context.Context) {
	if m.client == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, quitTimeout)
	defer cancel()
	stop := m.line.limit(ctx)
	_ = m.client.Quit() // a server that left first is not our concern
	stop()
	m.drop()
}

func (m *Mailer) drop() {
	_ = m.line.Close()
	m.line, m.client = nil, nil
}

// deliver sends a message, connecting first when there is no connection.
func (m *Mailer) deliver(ctx context.Context, email *simplemail.Email, msg Mail) *SendError {
	if m.client == nil {
		if fault := m.connect(ctx); fault != nil {
			return fault
		}
	}
	stop := m.line.limit(ctx)
	m.line.step = StepMail
	err := email.Send(m.client)
	fault := m.judge(ctx, m.line.step, err, append(email.GetRecipients(), msg.Subject)...)
	m.used = m.now()

	// A refusal of this one message leaves a good line behind, once the server has forgotten the message.
	keep := fault == nil || fault.answered() && !fault.Setup && m.client.Reset() == nil
	if !stop() || !keep {
		m.drop()
	}
	return fault
}

func (m *Mailer) connect(ctx context.Context) *SendError {
	dialer := net.Dialer{Timeout: dialTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(m.host, m.port))
	if err != nil {
		return m.judge(ctx, StepConnect, err)
	}
	l := &line{Conn: conn, raw: conn, step: StepConnect, clear: m.security == noTLS, account: m.login != ""}
	stop := l.limit(ctx)
	client, err := m.open(ctx, l)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = l.Close()
		return m.judge(ctx, l.step, err)
	}
	m.line, m.client = l, client
	return nil
}

// open protects a fresh line, then has the library introduce us and sign in.
func (m *Mailer) open(ctx context.Context, l *line) (client *simplemail.SMTPClient, err error) {
	settings := &tls.Config{ServerName: m.host, RootCAs: m.roots, MinVersion: tls.VersionTLS12}
	switch m.security {
	case implicitTLS:
		err = l.handshake(ctx, settings)
	case startTLS:
		err = l.startTLS(ctx, m.helo, settings)
	case noTLS:
		err = m.nearEnough(l.RemoteAddr())
	}
	if err != nil {
		return nil, err
	}
	server := simplemail.NewSMTPClient()
	server.Host, server.Helo = m.host, m.helo
	server.Username, server.Password = m.login, m.password
	server.CustomConn = l
	server.Encryption = simplemail.EncryptionNone    // ours is already below
	server.ConnectTimeout, server.SendTimeout = 0, 0 // theirs leave the call behind in a goroutine; the line has its own limit
	return server.Connect()
}

// nearEnough refuses to speak in clear with a server that turns out to be further away than the setting says.
func (m *Mailer) nearEnough(addr net.Addr) error {
	host, _, _ := net.SplitHostPort(addr.String())
	ip := net.ParseIP(host)
	if ip.IsLoopback() || m.clear && m.login == "" && private(ip) {
		return nil
	}
	return setupFault(StepConnect, "ce serveur n'est ni sur cette machine ni sur un réseau privé, rien ne lui a été envoyé en clair ; retirer ?tls=aucun de MARELLE_SMTP")
}

// line is the connection as go-simple-mail sees it, always on the readable side of TLS.
//
// The library silently goes on without TLS or without signing in when the server offers neither, and its errors do not
// say what they answer. So TLS is made here, before the library is called, and the line reads along: it refuses what
// must not be sent and remembers the step that was reached.
type line struct {
	net.Conn
	raw      net.Conn // below TLS
	greeting string   // still to be read by the library
	secure   bool     // TLS stands
	clear    bool     // the settings do without TLS
	account  bool     // the settings name an account
	signedIn bool     // AUTH was sent, and the library gives up when it is refused
	step     string
}

// limit ends every wait on the line when ctx ends; the function returned lifts the limit and says whether it was kept.
func (l *line) limit(ctx context.Context) (stop func() bool) {
	end, _ := ctx.Deadline()
	_ = l.raw.SetDeadline(end)
	return context.AfterFunc(ctx, func() { _ = l.raw.SetDeadline(time.Unix(1, 0)) })
}

// Close does without the last word of TLS, for which crypto/tls would wait up to 5 s on a server that stopped reading.
func (l *line) Close() error { return l.raw.Close() }

func (l *line) handshake(ctx context.Context, settings *tls.Config) error {
	l.step = StepTLS
	conn := tls.Client(l.Conn, settings)
	if err := conn.HandshakeContext(ctx); err != nil {
		return err
	}
	l.Conn, l.secure, l.step = conn, true, StepConnect
	return nil
}

// startTLS goes from the greeting to TLS, or fails having said nothing but EHLO and STARTTLS.
func (l *line) startTLS(ctx context.Context, helo string, settings *tls.Config) error {
	text := textproto.NewConn(l.Conn)
	if _, _, err := text.ReadResponse(220); err != nil {
		return err
	}
	offers, err := l.ask(text, 250, "EHLO "+helo)
	if err != nil {
		return err
	}
	l.step = StepTLS
	offered := slices.ContainsFunc(strings.Split(offers, "\n"), func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), "STARTTLS") })
	if !offered {
		return setupFault(StepTLS, "le serveur ne propose pas STARTTLS, rien ne lui a été envoyé en clair ; écrire smtps:// avec le port 465 dans MARELLE_SMTP s'il l'accepte")
	}
	if _, err := l.ask(text, 220, "STARTTLS"); err != nil {
		return err
	}
	if text.R.Buffered() > 0 {
		return setupFault(StepTLS, "le serveur a parlé avant la fin de STARTTLS, la connexion n'est pas sûre")
	}
	if err := l.handshake(ctx, settings); err != nil {
		return err
	}
	l.greeting = "220 \r\n" // after STARTTLS a server does not greet again, but the library waits for it
	return nil
}

func (l *line) ask(text *textproto.Conn, want int, command string) (string, error) {
	l.follow([]byte(command + "\r\n"))
	if err := text.PrintfLine("%s", command); err != nil {
		return "", err
	}
	_, answer, err := text.ReadResponse(want)
	return answer, err
}

func (l *line) Read(p []byte) (int, error) {
	if l.greeting != "" {
		n := copy(p, l.greeting)
		l.greeting = l.greeting[n:]
		return n, nil
	}
	return l.Conn.Read(p)
}

// Write lets a command through unless it would tell a secret or a mail to the wrong ears.
// The library writes each command whole; what follows DATA is the message and is not looked at.
func (l *line) Write(p []byte) (int, error) {
	l.follow(p)
	exposed := !l.secure && !l.clear
	switch {
	case l.step == StepAuth && exposed, l.step == StepMail && exposed:
		return 0, setupFault(l.step, "la connexion n'est pas protégée par TLS, rien n'a été envoyé en clair")
	case l.step == StepMail && l.account && !l.signedIn:
		return 0, setupFault(StepAuth, "le serveur ne propose pas d'identification ; vérifier le serveur et le port de MARELLE_SMTP, ou retirer le compte s'il n'en demande pas")
	}
	l.signedIn = l.signedIn || l.step == StepAuth
	return l.Conn.Write(p)
}

// follow remembers the step that a command begins. The answers to AUTH are base64: without a space, never a command.
func (l *line) follow(p []byte) {
	if l.step == StepData {
		return
	}
	verb, _, _ := strings.Cut(strings.TrimRight(string(p[:min(len(p), 8)]), "\r\n"), " ")
	switch verb {
	case "EHLO", "HELO":
		l.step = StepHello
	case "AUTH":
		l.step = StepAuth
	case "MAIL":
		l.step = StepMail
	case "RCPT":
		l.step = StepRcpt
	case "DATA":
		l.step = StepData
	}
}

// compose builds the message, or says why it cannot leave.
func compose(msg Mail, now time.Time) (*simplemail.Email, *SendError) {
	to, ok := plainAddress(msg.To)
	if !ok {
		return nil, &SendError{Permanent: true, Step: StepCompose, Text: "ce n'est pas une adresse de courriel, ou elle contient des accents ou des guillemets"}
	}
	from, ok := plainAddress(msg.From)
	if !ok {
		return nil, setupFault(StepCompose, "l'adresse d'expédition n'est pas une adresse de courriel")
	}
	if !messageID.MatchString(msg.MessageID) || strings.TrimSpace(msg.Text) == "" {
		return nil, setupFault(StepCompose, "courriel sans identifiant ou sans texte")
	}
	date := msg.Date
	if date.IsZero() {
		date = now
	}
	sender := mail.Address{Name: oneLine(msg.FromName), Address: from}
	email := simplemail.NewMSG().
		SetFrom(sender.String()).
		AddTo(to).
		SetSubject(oneLine(msg.Subject)).
		SetDate(date.UTC().Format("2006-01-02 15:04:05 MST")). // in UTC: the library forgets the offset of CEST
		AddHeader("Message-ID", "<"+msg.MessageID+">").
		AddHeader("Auto-Submitted", "auto-generated"). // so that an absence does not answer the town hall
		SetBody(simplemail.TextPlain, msg.Text)
	if msg.HTML != "" {
		email.AddAlternative(simplemail.TextHTML, msg.HTML)
	}
	if msg.ReplyTo != "" {
		replyTo, ok := plainAddress(msg.ReplyTo)
		if !ok {
			return nil, setupFault(StepCompose, "l'adresse de réponse n'est pas une adresse de courriel")
		}
		email.SetReplyTo(replyTo)
	}
	if email.GetError() != nil { // it quotes addresses
		return nil, setupFault(StepCompose, "courriel mal formé")
	}
	return email, nil
}

var messageID = regexp.MustCompile(`^[A-Za-z0-9._+=-]+@[A-Za-z0-9.-]+$`)

// plainAddress reads one address, without its name, in the letters that every server knows.
//
// A quoted part before the @ is refused: the library would write it bare into RCPT TO, where it could pass for an option.
// So are accents: the library would encode the whole address in the header, and hardly a server takes them.
func plainAddress(s string) (string, bool) {
	a, err := mail.ParseAddress(s)
	if err != nil {
		return "", false
	}
	bare := mail.Address{Address: a.Address}
	accents := strings.ContainsFunc(a.Address, func(r rune) bool { return r > unicode.MaxASCII })
	return a.Address, !accents && bare.String() == "<"+a.Address+">"
}

// oneLine keeps a text from ending its header: line breaks and other control characters become spaces.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.Fields(s), " ")
}

// The steps of a delivery, as SendError names them.
const (
	StepCompose = "préparation"
	StepConnect = "connexion"
	StepTLS     = "TLS"
	StepHello   = "EHLO"
	StepAuth    = "AUTH"
	StepMail    = "MAIL" // the sender
	StepRcpt    = "RCPT" // the recipient
	StepData    = "DATA" // the message itself
)

// SendError says why a mail did not leave and whether trying again may help.
//
// Neither Permanent nor Setup: the server is away or asks for patience. It holds no name, address or password.
type SendError struct {
	Permanent bool   // this address or this message will never be taken
	Setup     bool   // our settings are at fault, not the address: try again once they are right
	Code      int    // the server's reply code; 0 when it did not answer
	Step      string // what was refused
	Text      string // in French when ours, otherwise the server's text without addresses
	cause     error  // only the end of a context
}

func setupFault(step, text string) *SendError {
	return &SendError{Setup: true, Step: step, Text: text}
}

// Error gives a sentence that may be logged and shown to staff.
func (e *SendError) Error() string {
	what := "courriel remis à plus tard"
	switch {
	case e.Permanent:
		what = "courriel refusé"
	case e.Setup:
		what = "courriel non envoyé, réglage à revoir"
	}
	if e.Code != 0 {
		return fmt.Sprintf("%s (%s, code %d) : %s", what, e.Step, e.Code, e.Text)
	}
	return fmt.Sprintf("%s (%s) : %s", what, e.Step, e.Text)
}

// Unwrap gives context.Canceled or context.DeadlineExceeded when that is what ended the try.
func (e *SendError) Unwrap() error { return e.cause }

// Unavailable says that the server takes nothing from anybody just now: the next mail need not be tried.
func (e *SendError) Unavailable() bool {
	switch e.Step {
	case StepConnect, StepTLS, StepHello, StepAuth:
		return true
	case StepMail:
		return e.Code == 0 || e.Code == 421
	}
	return e.Code == 421
}

// answered says that the server refused politely and still listens.
func (e *SendError) answered() bool { return e.Code != 0 && e.Code != 421 }

// staleLine says that a line kept from an earlier mail was worn out, so that a new one may do better.
// Nothing has been taken before DATA: trying again cannot make a second copy.
func (e *SendError) staleLine() bool {
	if e.Setup || e.Permanent || e.cause != nil || e.Step != StepMail && e.Step != StepRcpt {
		return false
	}
	return !e.answered() || e.Step == StepMail // some servers answer 4xx to MAIL after so many messages on one line
}

// judge turns an error into a SendError: who is at fault, and in words that may be logged.
func (m *Mailer) judge(ctx context.Context, step string, err error, hidden ...string) *SendError {
	if err == nil {
		return nil
	}
	if known, ok := errors.AsType[*SendError](err); ok {
		return known
	}
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		return judgeReply(step, reply, m.scrub(reply.Msg, hidden))
	}
	e := &SendError{Step: step}
	_, badCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	dns, badName := errors.AsType[*net.DNSError](err)
	netErr, network := errors.AsType[net.Error](err)
	_, broken := errors.AsType[syscall.Errno](err)
	switch {
	case badCertificate:
		e.Setup, e.Text = true, certificateText(err)
	case badName && dns.IsNotFound:
		e.Setup, e.Text = true, "aucun serveur ne porte ce nom ; vérifier MARELLE_SMTP"
	case errors.Is(ctx.Err(), context.Canceled):
		e.cause, e.Text = context.Canceled, "envoi interrompu"
	case ctx.Err() != nil, network && netErr.Timeout():
		e.cause, e.Text = context.DeadlineExceeded, "le serveur n'a pas répondu à temps"
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Text = "le serveur n'accepte pas la connexion"
	case broken, errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), badName:
		e.Text = "la connexion au serveur est coupée"
	case step == StepTLS:
		e.Setup, e.Text = true, "le serveur et nous ne trouvons pas de TLS commun (1.2 au moins) ; vérifier le port de MARELLE_SMTP"
	case step == StepHello && m.login != "", step == StepAuth:
		e.Setup, e.Text = true, "aucune identification commune avec le serveur (PLAIN, LOGIN ou CRAM-MD5) ; demander à l'hébergeur un compte SMTP ordinaire"
	case step == StepConnect || step == StepHello:
		e.Setup, e.Text = true, "la réponse n'est pas celle d'un serveur SMTP ; vérifier le serveur et le port de MARELLE_SMTP"
	default:
		e.Text = "réponse inattendue du serveur"
	}
	return e
}

var (
	// 5.7 is about rights, 5.1.7 and 5.1.8 about the sender's address (RFC 3463): the recipient can do nothing about them.
	oursByText = regexp.MustCompile(`(?i)^5\.7\.\d|^5\.1\.[78]\b|\brelay(ing)?( access)? (denied|not|prohibited)|\b(to|not|cannot) relay\b`)
	// Commands refused as such, or for want of an account.
	oursByCode = []int{500, 502, 503, 504, 530, 534, 535, 538}
)

// judgeReply decides whose fault a refusal is. Only a 5xx about the recipient or the message itself is final:
// a wrong password or a relay that does not know us must never kill a mail.
func judgeReply(step string, reply *textproto.Error, text string) *SendError {
	e := &SendError{Code: reply.Code, Step: step, Text: text}
	switch {
	case reply.Code < 500:
	case reply.Code == 552: // too large, or the mailbox is full
		e.Permanent = true
	case step != StepRcpt && step != StepData, slices.Contains(oursByCode, reply.Code), oursByText.MatchString(text):
		e.Setup = true
	default:
		e.Permanent = true
	}
	return e
}

func certificateText(err error) string {
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "le certificat du serveur est à un autre nom ; écrire dans MARELLE_SMTP le nom qu'il porte"
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "le certificat du serveur n'est signé par aucune autorité connue de cette machine ; y installer cette autorité"
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return "le certificat du serveur est périmé, ou l'horloge de cette machine est fausse"
	}
	return "le certificat du serveur n'est pas valable"
}

// anAddress is anything that looks like an address, with a name in quotes before it, or with its @ disguised as in web links.
var anAddress = regexp.MustCompile(`(?:"[^"]*"\s*<?)?(?:[^\s<>()\[\]",;:]*)(?:@|＠|%40|=40|\+40|&#64;)[^\s<>()\[\]",;:]+`)

const maxServerText = 160 // characters of the server's text that are kept

// scrub takes out of a server's text all that could name somebody: addresses, our account and what else is told to it.
func (m *Mailer) scrub(text string, hidden []string) string {
	encode := base64.StdEncoding.EncodeToString
	hidden = append(hidden, m.login, m.password, // servers may also repeat them as AUTH wrote them
		encode([]byte(m.login)), encode([]byte(m.password)), encode([]byte("\x00"+m.login+"\x00"+m.password)))
	for _, s := range hidden {
		if local, domain, ok := strings.Cut(s, "@"); ok {
			hidden = append(hidden, local, domain)
			hidden = append(hidden, strings.FieldsFunc(local, func(r rune) bool { return !unicode.IsLetter(r) })...) // first name, surname
		}
	}
	slices.SortFunc(hidden, func(a, b string) int { return len(b) - len(a) }) // the whole before its parts
	text = anAddress.ReplaceAllString(oneLine(text), "[…]")
	for _, s := range hidden {
		s = oneLine(s)
		if s == "" {
			continue
		}
		word := regexp.QuoteMeta(s)
		if len(s) < 6 { // inside other words it means nothing
			word = `\b` + word + `\b`
		}
		text = regexp.MustCompile(`(?i)`+word).ReplaceAllLiteralString(text, "[…]")
	}
	if r := []rune(text); len(r) > maxServerText {
		text = string(r[:maxServerText-1]) + "…"
	}
	return text
}
