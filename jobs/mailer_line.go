package jobs

import (
	"context"
	"crypto/tls"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"time"

	simplemail "github.com/xhit/go-simple-mail/v2"
)

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
