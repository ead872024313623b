// Package smtptest runs a real SMTP server for tests: it keeps what it is sent, and is faulty when told to.
package smtptest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Security is how the server protects its connections.
type Security int

// The kinds of protection.
const (
	Clear    Security = iota // neither TLS nor STARTTLS
	StartTLS                 // STARTTLS is offered
	Implicit                 // TLS from the first byte
)

// Options says what kind of server to run; the zero value is a server in clear that takes mail from anybody.
type Options struct {
	Security        Security
	CertName        string // the name on the certificate; 127.0.0.1 when empty
	CertExpired     bool
	MaxTLS          uint16   // tls.VersionTLS11 for an old server; 0: the newest
	Login, Password string   // the account that is required; none when empty
	Mechanisms      []string // of AUTH: PLAIN (when empty), LOGIN; any other is offered but not understood
	AuthInClear     bool     // offer AUTH without TLS too
	PerConnection   int      // answer 421 after so many messages on a connection; 0: never
}

// A Step is a moment at which the server can be told to be faulty.
type Step string

// The steps of a delivery, with what a fault function is given at each.
const (
	Greeting Step = "greeting" // nothing
	Hello    Step = "hello"    // the name the client gives itself
	Auth     Step = "auth"     // the login
	From     Step = "mail"     // the sender's address
	To       Step = "rcpt"     // the recipient's address
	Content  Step = "data"     // the first recipient's address; the content has been read, and is kept if there is no fault
	Answer   Step = "answer"   // the same, after the content has been kept: the client is not told so
)

// Message is a mail that the server has taken.
type Message struct {
	From       string
	To         []string
	Data       []byte // as it came, with CRLF
	Connection int    // 1 for the server's first connection
	Login      string // of the account, if any
}

// Server is an SMTP server on 127.0.0.1.
type Server struct {
	options Options
	smtp    *smtp.Server
	tls     *tls.Config // nil in clear
	pool    *x509.CertPool
	addr    string // the same through Down and Up

	mu          sync.Mutex
	listener    net.Listener
	conns       map[*conn]bool
	connections int
	messages    []Message
	heard       bytes.Buffer
	faults      map[Step]func(arg string) error
	healed      chan struct{} // closed to wake those who stall
}

// Start runs a server until the test ends.
func Start(tb testing.TB, o Options) *Server {
	tb.Helper()
	s := &Server{options: o, addr: "127.0.0.1:0", conns: map[*conn]bool{}, faults: map[Step]func(string) error{}, healed: make(chan struct{})}
	s.smtp = smtp.NewServer(smtp.BackendFunc(s.newSession))
	s.smtp.Domain = "smtp.test"
	s.smtp.ErrorLog = log.New(io.Discard, "", 0)
	s.smtp.AllowInsecureAuth = o.AuthInClear || o.Security == Implicit // go-smtp does not see the TLS below our conn
	if o.Security != Clear {
		s.certify(tb)
	}
	if o.Security == StartTLS {
		s.smtp.TLSConfig = s.tls
	}
	if err := s.listen(); err != nil {
		tb.Fatal(err)
	}
	s.addr = s.listener.Addr().String()
	tb.Cleanup(func() {
		s.Heal()
		_ = s.smtp.Close() // a server told to be down is closed already
	})
	return s
}

func (s *Server) listen() error {
	l, err := net.Listen("tcp", s.addr)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.listener = l
	s.mu.Unlock()
	go func() { _ = s.smtp.Serve(&listener{Listener: l, server: s}) }() // it ends when the listener is closed
	return nil
}

// Addr gives host:port.
func (s *Server) Addr() string { return s.addr }

// URL gives the server's address with its account, as the setting MARELLE_SMTP wants it.
func (s *Server) URL() string {
	u := url.URL{Scheme: "smtp", Host: s.addr}
	if s.options.Security == Implicit {
		u.Scheme = "smtps"
	}
	if s.options.Login != "" {
		u.User = url.UserPassword(s.options.Login, s.options.Password)
	}
	return u.String()
}

// Roots gives the authority that signed the server's certificate, nil in clear.
func (s *Server) Roots() *x509.CertPool { return s.pool }

// Messages gives the mails taken so far, in order.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// Connections says how many connections were accepted so far.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections
}

// Heard gives every byte that clients put on the wire: what a listener in between would have read.
func (s *Server) Heard() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heard.String()
}

// Fault has f called at a step, with what Step says, from now on; its error is the answer. Errors made by Reply keep
// their code. f may also sleep. Another fault of the same step is forgotten.
func (s *Server) Fault(step Step, f func(arg string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[step] = f
}

// Reply makes an answer of the server: a code, an enhanced code like "5.1.1" or nothing, and a text.
func Reply(code int, enhanced, text string) error {
	e := &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: text}
	if _, err := fmt.Sscanf(enhanced, "%d.%d.%d", &e.EnhancedCode[0], &e.EnhancedCode[1], &e.EnhancedCode[2]); err != nil {
		e.EnhancedCode = smtp.NoEnhancedCode
	}
	return e
}

// Refuse answers everything at a step in this way.
func (s *Server) Refuse(step Step, code int, enhanced, text string) {
	s.Fault(step, func(string) error { return Reply(code, enhanced, text) })
}

// RefuseAddress answers RCPT in this way for one address.
func (s *Server) RefuseAddress(address string, code int, enhanced, text string) {
	s.Fault(To, func(arg string) error {
		if arg == address {
			return Reply(code, enhanced, text)
		}
		return nil
	})
}

// Greylist sends every recipient away the first time.
func (s *Server) Greylist() {
	var mu sync.Mutex
	met := map[string]bool{}
	s.Fault(To, func(arg string) error {
		mu.Lock()
		defer mu.Unlock()
		if met[arg] {
			return nil
		}
		met[arg] = true
		return Reply(451, "4.7.1", "Greylisted, try again later")
	})
}

// Slow makes a step take its time.
func (s *Server) Slow(step Step, d time.Duration) {
	s.Fault(step, func(string) error { time.Sleep(d); return nil })
}

// Stall never answers at a step, until Heal.
func (s *Server) Stall(step Step) {
	s.mu.Lock()
	healed := s.healed
	s.mu.Unlock()
	s.Fault(step, func(string) error { <-healed; return errHangUp })
}

// LoseAnswer takes mails and hangs up without saying so.
func (s *Server) LoseAnswer() {
	s.Fault(Answer, func(string) error { return errHangUp })
}

// Heal forgets all faults.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.faults)
	close(s.healed)
	s.healed = make(chan struct{})
}

// HangUp closes all connections, saying goodbye first unless the line is empty ("421 4.4.2 Idle timeout");
// with StartTLS it must be empty.
func (s *Server) HangUp(goodbye string) {
	s.mu.Lock()
	conns := s.conns
	s.conns = map[*conn]bool{}
	s.mu.Unlock()
	for c := range conns {
		if goodbye != "" {
			_, _ = io.WriteString(c.Conn, goodbye+"\r\n")
		}
		_ = c.Close()
	}
}

// Down closes the port and all connections, as if the server were switched off.
func (s *Server) Down() {
	s.mu.Lock()
	l := s.listener
	s.mu.Unlock()
	_ = l.Close()
	s.HangUp("")
}

// Up opens the same port again.
func (s *Server) Up(tb testing.TB) {
	tb.Helper()
	if err := s.listen(); err != nil {
		tb.Fatal(err)
	}
}

var errHangUp = errors.New("smtptest: hang up")

func (s *Server) fault(step Step, arg string) error {
	s.mu.Lock()
	f := s.faults[step]
	s.mu.Unlock()
	if f == nil {
		return nil
	}
	return f(arg)
}

// listener keeps an account of connections and of all that is heard on them.
type listener struct {
	net.Listener
	server *Server
}

func (l *listener) Accept() (net.Conn, error) {
	raw, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	s := l.server
	s.mu.Lock()
	defer s.mu.Unlock()
	s.connections++
	c := &conn{Conn: &tap{Conn: raw, server: s}, server: s, number: s.connections}
	if s.options.Security == Implicit {
		c.Conn = tls.Server(c.Conn, s.tls)
	}
	s.conns[c] = true
	return c, nil
}

// tap records what the client puts on the wire.
type tap struct {
	net.Conn
	server *Server
}

func (t *tap) Read(p []byte) (int, error) {
	n, err := t.Conn.Read(p)
	t.server.mu.Lock()
	t.server.heard.Write(p[:n])
	t.server.mu.Unlock()
	return n, err
}

// conn is a connection as go-smtp sees it; its first words are the greeting.
type conn struct {
	net.Conn
	server  *Server
	number  int
	taken   int // messages
	greeted bool
}

func (c *conn) Write(p []byte) (int, error) {
	if !c.greeted {
		c.greeted = true
		if err := c.server.fault(Greeting, ""); err != nil {
			if reply, ok := errors.AsType[*smtp.SMTPError](err); ok {
				_, _ = fmt.Fprintf(c.Conn, "%d %s\r\n", reply.Code, reply.Message)
			}
			_ = c.Close()
			return 0, err
		}
	}
	return c.Conn.Write(p)
}

func (c *conn) Close() error {
	c.server.mu.Lock()
	delete(c.server.conns, c)
	c.server.mu.Unlock()
	return c.Conn.Close()
}

type session struct {
	server *Server
	smtp   *smtp.Conn
	conn   *conn
	login  string
	from   string
	to     []string
}

func (s *Server) newSession(c *smtp.Conn) (smtp.Session, error) {
	below := c.Conn()
	if t, ok := below.(*tls.Conn); ok { // made by STARTTLS
		below = t.NetConn()
	}
	se := &session{server: s, smtp: c, conn: below.(*conn)}
	if err := se.fault(Hello, c.Hostname()); err != nil {
		return nil, err
	}
	return se, nil
}

// fault hangs up when the fault is to say nothing.
func (se *session) fault(step Step, arg string) error {
	err := se.server.fault(step, arg)
	if errors.Is(err, errHangUp) {
		_ = se.conn.Close()
	}
	return err
}

// AuthMechanisms offers AUTH when an account is required.
func (se *session) AuthMechanisms() []string {
	o := se.server.options
	if o.Login == "" {
		return nil
	}
	if len(o.Mechanisms) == 0 {
		return []string{sasl.Plain}
	}
	return o.Mechanisms
}

// Auth lets the one account in.
func (se *session) Auth(mechanism string) (sasl.Server, error) {
	check := func(login, password string) error {
		o := se.server.options
		if err := se.fault(Auth, login); err != nil {
			return err
		}
		if login != o.Login || password != o.Password {
			return smtp.ErrAuthFailed
		}
		se.login = login
		return nil
	}
	switch mechanism {
	case sasl.Plain:
		return sasl.NewPlainServer(func(_, login, password string) error { return check(login, password) }), nil
	case sasl.Login:
		return &loginServer{check: check}, nil
	}
	return nil, smtp.ErrAuthUnknownMechanism
}

// Mail takes a sender.
func (se *session) Mail(from string, _ *smtp.MailOptions) error {
	o := se.server.options
	if o.Login != "" && se.login == "" {
		return Reply(530, "5.7.0", "Authentication required")
	}
	if o.PerConnection > 0 && se.conn.taken >= o.PerConnection {
		return Reply(421, "4.7.0", "Too many messages on this connection")
	}
	if se.from != "" {
		return Reply(503, "5.5.1", "Nested MAIL command")
	}
	if err := se.fault(From, from); err != nil {
		return err
	}
	se.from = from
	return nil
}

// Rcpt takes a recipient.
func (se *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := se.fault(To, to); err != nil {
		return err
	}
	se.to = append(se.to, to)
	return nil
}

// Data takes the message.
func (se *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := se.fault(Content, se.to[0]); err != nil {
		return err
	}
	s := se.server
	s.mu.Lock()
	s.messages = append(s.messages, Message{From: se.from, To: slices.Clone(se.to), Data: data, Connection: se.conn.number, Login: se.login})
	s.mu.Unlock()
	se.conn.taken++
	return se.fault(Answer, se.to[0])
}

// Reset forgets the message under way.
func (se *session) Reset() { se.from, se.to = "", nil }

// Logout ends the session.
func (se *session) Logout() error { return nil }

// loginServer speaks AUTH LOGIN, which go-sasl only speaks as a client.
type loginServer struct {
	check func(login, password string) error
	login *string
}

func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	switch {
	case response == nil:
		return []byte("Username:"), false, nil
	case l.login == nil:
		login := string(response)
		l.login = &login
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(*l.login, string(response))
}

// certify makes an authority and a certificate signed by it.
func (s *Server) certify(tb testing.TB) {
	tb.Helper()
	must := func(err error) {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	date := func(year int) time.Time { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC) }
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "smtptest"},
		NotBefore: date(2020), NotAfter: date(2120),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, authority, authority, &key.PublicKey, key)
	must(err)
	authority, err = x509.ParseCertificate(der)
	must(err)

	name := s.options.CertName
	if name == "" {
		name = "127.0.0.1"
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name},
		NotBefore: date(2020), NotAfter: date(2120),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if s.options.CertExpired {
		leaf.NotAfter = date(2021)
	}
	if ip := net.ParseIP(name); ip != nil {
		leaf.IPAddresses = []net.IP{ip}
	} else {
		leaf.DNSNames = []string{name}
	}
	der, err = x509.CreateCertificate(rand.Reader, leaf, authority, &key.PublicKey, key)
	must(err)
	s.pool = x509.NewCertPool()
	s.pool.AddCert(authority)
	s.tls = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: s.options.MaxTLS, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}
