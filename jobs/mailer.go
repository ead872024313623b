package jobs

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"sync"
	"time"

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
