package jobs

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/textproto"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"marelle/jobs/smtptest"
)

// mailerNow is when the tests of the mailer happen.
func mailerNow() time.Time { return time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC) }

// mailerFor makes a mailer that talks to a test server and trusts its authority.
func mailerFor(tb testing.TB, s *smtptest.Server, setting string) *Mailer {
	tb.Helper()
	m, err := NewMailer(setting, mailerNow)
	if err != nil {
		tb.Fatal(err)
	}
	m.roots = s.Roots()
	m.timeout = 5 * time.Second // no test needs the whole minute, a broken one should not take it
	tb.Cleanup(m.Close)
	return m
}

func mailTo(to string) Mail {
	return Mail{
		MessageID: "5a1f0c2e9b@portail.carteville.fr",
		From:      "ne-pas-repondre@carteville.fr", FromName: "Mairie de CarteVille – Pôle « Enfance »",
		ReplyTo: "enfance@carteville.fr", To: to,
		Subject: "Compte rendu de vos réservations du lundi 23 novembre : Élodie, Anaïs et François à la cantine",
		Text:    "Bonjour,\n\nÉlodie : cantine le lun. 23/11.\n.\nCordialement\n",
		HTML:    "<p>Bonjour,</p><p>Élodie : cantine le <b>lun. 23/11</b>.</p>",
		Date:    time.Date(2026, 7, 14, 7, 0, 0, 0, time.FixedZone("CEST", 2*3600)),
	}
}

const family = "famille@exemple.fr"

func mustSend(tb testing.TB, m *Mailer, msg Mail) {
	tb.Helper()
	if err := m.Send(context.Background(), msg); err != nil {
		tb.Fatalf("not sent: %v", err)
	}
}

// mustFail sends and gives the refusal.
func mustFail(tb testing.TB, m *Mailer, msg Mail) *SendError {
	tb.Helper()
	err := m.Send(context.Background(), msg)
	fault, ok := errors.AsType[*SendError](err)
	if !ok {
		tb.Fatalf("got %v, want a *SendError", err)
	}
	return fault
}

// partText reads a MIME part as a person would see it.
func partText(tb testing.TB, p *multipart.Part) string {
	tb.Helper()
	b, err := io.ReadAll(p) // multipart decodes quoted-printable
	if err != nil {
		tb.Fatal(err)
	}
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}

var accounts = smtptest.Options{Security: smtptest.Implicit, Login: "mairie@carteville.fr", Password: "s3cret/é?#"}

func TestMailIsTakenWithBothPartsAndOneMessageID(t *testing.T) {
	s := smtptest.Start(t, accounts)
	m := mailerFor(t, s, s.URL())
	msg := mailTo(family)
	mustSend(t, m, msg)

	got := s.Messages()
	if len(got) != 1 || got[0].From != msg.From || len(got[0].To) != 1 || got[0].To[0] != family || got[0].Login != accounts.Login {
		t.Fatalf("got %+v", got)
	}
	for i, l := range strings.Split(string(got[0].Data), "\r\n") {
		if len(l) > 78 || strings.ContainsFunc(l, func(r rune) bool { return r > 126 || r < ' ' && r != '\t' }) {
			t.Errorf("line %d is too long or not plain: %q", i+1, l)
		}
	}
	read, err := mail.ReadMessage(bytes.NewReader(got[0].Data))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Message-Id": "<" + msg.MessageID + ">", "Auto-Submitted": "auto-generated", "Mime-Version": "1.0",
		"To": "<" + family + ">", "Reply-To": "<" + msg.ReplyTo + ">", "Date": "Tue, 14 Jul 2026 05:00:00 +0000",
	} {
		if v := read.Header[name]; len(v) != 1 || v[0] != want {
			t.Errorf("%s is %q, want once %q", name, v, want)
		}
	}
	for _, name := range []string{"Bcc", "Cc", "Sender", "Return-Path"} {
		if v := read.Header[name]; v != nil {
			t.Errorf("%s is %q, want none", name, v)
		}
	}
	if subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject")); err != nil || subject != msg.Subject {
		t.Errorf("subject reads %q (%v)", subject, err)
	}
	from, err := mail.ParseAddress(read.Header.Get("From"))
	if err != nil || from.Name != msg.FromName || from.Address != msg.From {
		t.Errorf("from reads %v (%v)", from, err)
	}

	kind, options, err := mime.ParseMediaType(read.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("content is %q (%v)", kind, err)
	}
	parts := multipart.NewReader(read.Body, options["boundary"])
	for _, want := range []struct{ kind, text string }{{"text/plain; charset=UTF-8", msg.Text}, {"text/html; charset=UTF-8", msg.HTML}} {
		p, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		if k, text := p.Header.Get("Content-Type"), partText(t, p); k != want.kind || text != want.text {
			t.Errorf("part %q reads %q, want %q %q", k, text, want.kind, want.text)
		}
	}
	if _, err := parts.NextPart(); err != io.EOF {
		t.Errorf("after both parts: %v", err)
	}
}

func TestTextOnlyMail(t *testing.T) {
	s := smtptest.Start(t, smtptest.Options{})
	msg := mailTo(family)
	msg.HTML, msg.ReplyTo, msg.Date = "", "", time.Time{}
	mustSend(t, mailerFor(t, s, s.URL()), msg)
	read, err := mail.ReadMessage(bytes.NewReader(s.Messages()[0].Data))
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(quotedprintable.NewReader(read.Body))
	if got := strings.ReplaceAll(string(text), "\r\n", "\n"); strings.TrimRight(got, "\n") != strings.TrimRight(msg.Text, "\n") {
		t.Errorf("text reads %q", got)
	}
	if k := read.Header.Get("Content-Type"); k != "text/plain; charset=UTF-8" {
		t.Errorf("content is %q", k)
	}
	if d := read.Header.Get("Date"); d != "Mon, 23 Nov 2026 08:00:00 +0000" {
		t.Errorf("a mail without a date says %q, want the mailer's clock", d)
	}
	if _, there := read.Header["Reply-To"]; there {
		t.Error("there is a Reply-To")
	}
}

// TestLostAnswer is the one case where a family may get two copies: only the outbox may try again, and with the same Message-ID.
func TestLostAnswer(t *testing.T) {
	s := smtptest.Start(t, smtptest.Options{})
	m := mailerFor(t, s, s.URL())
	mustSend(t, m, mailTo("autre@exemple.fr"))
	s.LoseAnswer()
	if fault := mustFail(t, m, mailTo(family)); fault.Permanent || fault.Setup || fault.Step != StepData {
		t.Errorf("a lost answer is not final: %+v", fault)
	}
	if n := len(s.Messages()); n != 2 {
		t.Fatalf("%d mails taken, want the mailer not to try again by itself", n)
	}
	s.Heal()
	mustSend(t, m, mailTo(family))
	var ids []string
	for _, g := range s.Messages()[1:] {
		read, err := mail.ReadMessage(bytes.NewReader(g.Data))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, read.Header["Message-Id"]...)
	}
	if len(ids) != 2 || ids[0] != ids[1] {
		t.Errorf("Message-ID of the copies: %q", ids)
	}
}

func TestFiftyMailsOnOneConnection(t *testing.T) {
	s := smtptest.Start(t, accounts)
	m := mailerFor(t, s, s.URL())
	for i := range 50 {
		mustSend(t, m, mailTo(fmt.Sprintf("famille%d@exemple.fr", i)))
	}
	if len(s.Messages()) != 50 || s.Connections() != 1 {
		t.Errorf("%d mails on %d connections", len(s.Messages()), s.Connections())
	}
}

func TestSeveralSendersTakeTurns(t *testing.T) {
	s := smtptest.Start(t, smtptest.Options{})
	m := mailerFor(t, s, s.URL())
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if err := m.Send(context.Background(), mailTo(fmt.Sprintf("famille%d@exemple.fr", i))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(s.Messages()) != 20 || s.Connections() != 1 {
		t.Errorf("%d mails on %d connections", len(s.Messages()), s.Connections())
	}
}

func TestServerClosesBetweenMails(t *testing.T) {
	for name, goodbye := range map[string]string{"without a word": "", "saying 421": "421 4.4.2 Idle timeout, closing"} {
		for _, o := range []smtptest.Options{{}, accounts} {
			t.Run(fmt.Sprintf("%s, TLS %v", name, o.Security == smtptest.Implicit), func(t *testing.T) {
				s := smtptest.Start(t, o)
				m := mailerFor(t, s, s.URL())
				for range 3 {
					mustSend(t, m, mailTo(family))
					s.HangUp(goodbye)
				}
				if len(s.Messages()) != 3 || s.Connections() != 3 {
					t.Errorf("%d mails on %d connections, want each once", len(s.Messages()), s.Connections())
				}
			})
		}
	}
	t.Run("after STARTTLS", func(t *testing.T) {
		o := accounts
		o.Security = smtptest.StartTLS
		s := smtptest.Start(t, o)
		m := mailerFor(t, s, s.URL())
		mustSend(t, m, mailTo(family))
		s.HangUp("")
		mustSend(t, m, mailTo(family))
		if len(s.Messages()) != 2 || s.Connections() != 2 {
			t.Errorf("%d mails on %d connections", len(s.Messages()), s.Connections())
		}
	})
	t.Run("so many mails on a connection", func(t *testing.T) {
		s := smtptest.Start(t, smtptest.Options{PerConnection: 10})
		m := mailerFor(t, s, s.URL())
		for range 35 {
			mustSend(t, m, mailTo(family))
		}
		if len(s.Messages()) != 35 || s.Connections() != 4 {
			t.Errorf("%d mails on %d connections", len(s.Messages()), s.Connections())
		}
	})
	t.Run("hangs up at the recipient", func(t *testing.T) {
		s := smtptest.Start(t, smtptest.Options{})
		m := mailerFor(t, s, s.URL())
		mustSend(t, m, mailTo(family))
		s.Fault(smtptest.To, func(string) error { s.Heal(); s.HangUp(""); return nil })
		mustSend(t, m, mailTo(family))
		if len(s.Messages()) != 2 {
			t.Errorf("%d mails", len(s.Messages()))
		}
	})
}

func TestSilentConnectionIsNotTrusted(t *testing.T) {
	s := smtptest.Start(t, smtptest.Options{})
	m := mailerFor(t, s, s.URL())
	now := mailerNow()
	m.now = func() time.Time { return now }
	mustSend(t, m, mailTo(family))
	now = now.Add(idleLimit)
	mustSend(t, m, mailTo(family))
	if s.Connections() != 1 {
		t.Errorf("%d connections after %s", s.Connections(), idleLimit)
	}
	now = now.Add(idleLimit + time.Second)
	mustSend(t, m, mailTo(family))
	if s.Connections() != 2 {
		t.Errorf("%d connections after a long silence", s.Connections())
	}
}

func TestServerSwitchedOffAndOn(t *testing.T) {
	s := smtptest.Start(t, accounts)
	m := mailerFor(t, s, s.URL())
	mustSend(t, m, mailTo(family))
	s.Down()
	for range 2 {
		fault := mustFail(t, m, mailTo(family))
		if fault.Permanent || fault.Setup || !fault.Unavailable() {
			t.Errorf("got %+v, want a server that is away", fault)
		}
	}
	s.Up(t)
	mustSend(t, m, mailTo(family))
}

// TestWhoseFaultItIs is the table that decides whether a mail dies, waits, or waits for the settings.
func TestWhoseFaultItIs(t *testing.T) {
	const (
		permanent = "permanent"
		temporary = "temporary"
		setup     = "set-up"
	)
	for _, c := range []struct {
		name        string
		step        smtptest.Step
		code        int
		enhanced    string
		text        string
		want        string
		unavailable bool
	}{
		{"unknown address", smtptest.To, 550, "5.1.1", "User unknown", permanent, false},
		{"unknown address, old server", smtptest.To, 550, "", "No such user here", permanent, false},
		{"unknown address named relay", smtptest.To, 550, "5.1.1", "<relay@exemple.fr>: unknown on relay3.exemple.fr", permanent, false},
		{"malformed address", smtptest.To, 501, "5.1.3", "Bad recipient address syntax", permanent, false},
		{"mailbox closed", smtptest.To, 551, "5.2.1", "Mailbox disabled", permanent, false},
		{"mailbox full for good", smtptest.To, 552, "5.2.2", "Over quota", permanent, false},
		{"mailbox full today", smtptest.To, 452, "4.2.2", "Over quota", temporary, false},
		{"greylisted", smtptest.To, 451, "4.7.1", "Greylisted", temporary, false},
		{"greylisted, old server", smtptest.To, 450, "", "Try again", temporary, false},
		{"too many today", smtptest.To, 421, "4.7.0", "Too many, closing", temporary, true},
		{"this relay does not know us", smtptest.To, 554, "5.7.1", "<famille@exemple.fr>: Relay access denied", setup, false},
		{"this relay does not know us, Exim", smtptest.To, 550, "", "relay not permitted", setup, false},
		{"sender not ours, said at the recipient", smtptest.To, 553, "5.7.1", "Sender address rejected: not owned by user", setup, false},
		{"wants a password, said at the recipient", smtptest.To, 530, "", "Authentication required", setup, false},
		{"sender unknown", smtptest.From, 550, "5.1.8", "Sender unknown", setup, false},
		{"sender malformed for them", smtptest.From, 501, "", "Syntax error", setup, false},
		{"wants a password", smtptest.From, 530, "5.7.0", "Authentication required", setup, false},
		{"too many connections", smtptest.From, 450, "4.7.1", "Rate limited", temporary, false},
		{"message too large", smtptest.From, 552, "5.3.4", "Too large", permanent, false},
		{"message refused", smtptest.Content, 554, "5.6.0", "Message refused", permanent, false},
		{"message refused, old server", smtptest.Content, 554, "", "Transaction failed", permanent, false},
		{"not allowed to send under this name, Exchange", smtptest.Content, 550, "5.7.60", "Client does not have permissions to send as this sender", setup, false},
		{"disk full", smtptest.Content, 452, "4.3.1", "Insufficient system storage", temporary, false},
		{"no service", smtptest.Greeting, 554, "", "No SMTP service here", setup, true},
		{"busy", smtptest.Greeting, 421, "", "Too busy", temporary, true},
		{"our name is refused", smtptest.Hello, 550, "5.7.1", "Helo command rejected", setup, true},
		{"password refused", smtptest.Auth, 535, "5.7.8", "Authentication failed", setup, true},
		{"password check out of order", smtptest.Auth, 454, "4.7.0", "Temporary authentication failure", temporary, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := smtptest.Start(t, accounts)
			m := mailerFor(t, s, s.URL())
			s.Refuse(c.step, c.code, c.enhanced, c.text)
			fault := mustFail(t, m, mailTo(family))
			got := temporary
			switch {
			case fault.Permanent && fault.Setup:
				got = "both"
			case fault.Permanent:
				got = permanent
			case fault.Setup:
				got = setup
			}
			if got != c.want || fault.Code != c.code || fault.Unavailable() != c.unavailable {
				t.Errorf("got %s, code %d, unavailable %v: %v", got, fault.Code, fault.Unavailable(), fault)
			}
			if len(s.Messages()) != 0 {
				t.Error("the server has taken it all the same")
			}
			s.Heal()
			mustSend(t, m, mailTo(family))
		})
	}
}

func TestDeadAddressStopsNothingElse(t *testing.T) {
	s := smtptest.Start(t, smtptest.Options{})
	m := mailerFor(t, s, s.URL())
	s.RefuseAddress("perdu@exemple.fr", 550, "5.1.1", "User unknown")
	for i := range 20 {
		if i%2 == 0 {
			mustFail(t, m, mailTo("perdu@exemple.fr"))
			continue
		}
		mustSend(t, m, mailTo(family))
	}
	if len(s.Messages()) != 10 || s.Connections() != 1 {
		t.Errorf("%d mails on %d connections", len(s.Messages()), s.Connections())
	}
}

func TestGreylistedMailPassesTheSecondTime(t *testing.T) {
	s := smtptest.Start(t, smtptest.Options{})
	m := mailerFor(t, s, s.URL())
	s.Greylist()
	if fault := mustFail(t, m, mailTo(family)); fault.Permanent || fault.Setup || fault.Code != 451 {
		t.Errorf("got %+v", fault)
	}
	mustSend(t, m, mailTo(family))
}

func TestWrongPasswordIsAFaultOfTheSettings(t *testing.T) {
	for _, mechanism := range []string{"PLAIN", "LOGIN"} {
		t.Run(mechanism, func(t *testing.T) {
			o := accounts
			o.Mechanisms = []string{mechanism}
			s := smtptest.Start(t, o)
			mustSend(t, mailerFor(t, s, s.URL()), mailTo(family))
			m := mailerFor(t, s, strings.Replace(s.URL(), "s3cret", "faux", 1))
			for range 2 {
				fault := mustFail(t, m, mailTo(family))
				if !fault.Setup || fault.Permanent || fault.Code != 535 || fault.Step != StepAuth {
					t.Errorf("got %+v", fault)
				}
			}
			if err := m.Check(context.Background()); err == nil {
				t.Error("the check is content with a wrong password")
			}
		})
	}
}

func TestAccountThatTheServerCannotUse(t *testing.T) {
	t.Run("the server offers no AUTH", func(t *testing.T) { // and takes mail from anybody: the library would go on
		s := smtptest.Start(t, smtptest.Options{Security: smtptest.Implicit})
		m := mailerFor(t, s, strings.Replace(s.URL(), "smtps://", "smtps://mairie:secret@", 1))
		if fault := mustFail(t, m, mailTo(family)); !fault.Setup || fault.Step != StepAuth {
			t.Errorf("got %+v", fault)
		}
		if len(s.Messages()) != 0 {
			t.Error("sent without signing in")
		}
	})
	t.Run("the server offers nothing we know", func(t *testing.T) {
		o := accounts
		o.Mechanisms = []string{"XOAUTH2"}
		s := smtptest.Start(t, o)
		fault := mustFail(t, mailerFor(t, s, s.URL()), mailTo(family))
		if !fault.Setup || !strings.Contains(fault.Text, "identification") {
			t.Errorf("got %+v", fault)
		}
	})
}

func TestServerThatStalls(t *testing.T) {
	for _, o := range []smtptest.Options{{}, accounts} {
		for _, step := range []smtptest.Step{smtptest.Greeting, smtptest.Hello, smtptest.Auth, smtptest.From, smtptest.To, smtptest.Content, smtptest.Answer} {
			if step == smtptest.Auth && o.Login == "" {
				continue
			}
			t.Run(fmt.Sprintf("at %s, TLS %v", step, o.Security == smtptest.Implicit), func(t *testing.T) {
				s := smtptest.Start(t, o)
				m := mailerFor(t, s, s.URL())
				m.timeout = 300 * time.Millisecond
				s.Stall(step)
				start := time.Now()
				fault := mustFail(t, m, mailTo(family))
				if took := time.Since(start); took < m.timeout || took > m.timeout+2*time.Second {
					t.Errorf("took %s", took)
				}
				if fault.Permanent || fault.Setup || !errors.Is(fault, context.DeadlineExceeded) {
					t.Errorf("got %v", fault)
				}
				s.Heal()
				m.timeout = 5 * time.Second
				mustSend(t, m, mailTo(family))
			})
		}
	}
}

// TestServerThatStopsReading fills the sockets: writes block, and so would the goodbye of TLS.
func TestServerThatStopsReading(t *testing.T) {
	s := smtptest.Start(t, smtptest.Options{Security: smtptest.Implicit})
	m := mailerFor(t, s, s.URL())
	var stopped atomic.Bool
	m.host, m.port, _ = net.SplitHostPort(relayUntil(t, s.Addr(), &stopped))
	mustSend(t, m, mailTo(family))
	_ = m.line.raw.(*net.TCPConn).SetWriteBuffer(4 << 10)

	stopped.Store(true)
	m.timeout = time.Second
	msg := mailTo(family)
	msg.Text = strings.Repeat("Bonjour, voici une ligne de plus.\n", 1<<13)
	s.Fault(smtptest.Content, func(string) error { t.Error("the whole message went through"); return nil })
	start := time.Now()
	fault := mustFail(t, m, msg)
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("took %s", took)
	}
	if fault.Permanent || fault.Setup {
		t.Errorf("got %v", fault)
	}
}

// relayUntil runs a relay before a server, that stops reading from the client after the first message's worth.
func relayUntil(t *testing.T, to string, stopped *atomic.Bool) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { close(done); _ = l.Close() })
	go func() {
		client, err := l.Accept()
		if err != nil {
			return
		}
		defer client.Close()
		_ = client.(*net.TCPConn).SetReadBuffer(4 << 10)
		server, err := net.Dial("tcp", to)
		if err != nil {
			return
		}
		defer server.Close()
		go func() { _, _ = io.Copy(client, server) }()
		buf := make([]byte, 4<<10)
		for after := 0; after < 4<<10; { // the commands up to DATA still pass
			n, err := client.Read(buf)
			if err != nil {
				return
			}
			_, _ = server.Write(buf[:n])
			if stopped.Load() {
				after += n
			}
		}
		<-done
	}()
	return l.Addr().String()
}

func TestCancelledSendEndsAtOnce(t *testing.T) {
	s := smtptest.Start(t, accounts)
	m := mailerFor(t, s, s.URL())
	mustSend(t, m, mailTo(family))
	s.Stall(smtptest.Content)
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(100*time.Millisecond, cancel)
	start := time.Now()
	err := m.Send(ctx, mailTo(family))
	if !errors.Is(err, context.Canceled) || time.Since(start) > time.Second {
		t.Errorf("got %v after %s", err, time.Since(start))
	}
	s.Heal()
	mustSend(t, m, mailTo(family))
	if err := m.Send(ctx, mailTo(family)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled beforehand: %v", err)
	}
	mustSend(t, m, mailTo(family))
}

func TestStartTLS(t *testing.T) {
	o := accounts
	o.Security = smtptest.StartTLS
	t.Run("all that matters is encrypted", func(t *testing.T) {
		s := smtptest.Start(t, o)
		m := mailerFor(t, s, s.URL())
		mustSend(t, m, mailTo(family))
		mustSend(t, m, mailTo(family))
		if len(s.Messages()) != 2 || s.Connections() != 1 || s.Messages()[0].Login != o.Login {
			t.Errorf("got %+v", s.Messages())
		}
		heardNothing(t, s, true)
	})
	t.Run("not offered: refused, and nothing sent in clear", func(t *testing.T) {
		bare := o
		bare.Security, bare.AuthInClear = smtptest.Clear, true // a server stripped of STARTTLS that asks for the password
		s := smtptest.Start(t, bare)
		m := mailerFor(t, s, s.URL())
		fault := mustFail(t, m, mailTo(family))
		if !fault.Setup || fault.Step != StepTLS || !strings.Contains(fault.Text, "STARTTLS") {
			t.Errorf("got %+v", fault)
		}
		heardNothing(t, s, false)
	})
	t.Run("not offered, and no account: refused all the same", func(t *testing.T) {
		s := smtptest.Start(t, smtptest.Options{})
		fault := mustFail(t, mailerFor(t, s, s.URL()+"?tls=starttls"), mailTo(family))
		if !fault.Setup || len(s.Messages()) != 0 {
			t.Errorf("got %+v", fault)
		}
		heardNothing(t, s, false)
	})
	t.Run("certificate of another name", func(t *testing.T) {
		other := o
		other.CertName = "smtp.autre.fr"
		s := smtptest.Start(t, other)
		fault := mustFail(t, mailerFor(t, s, s.URL()), mailTo(family))
		if !fault.Setup || fault.Step != StepTLS {
			t.Errorf("got %+v", fault)
		}
		heardNothing(t, s, true)
	})
	t.Run("words slipped in before TLS are not believed", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		go func() {
			c, err := l.Accept()
			if err != nil {
				return
			}
			defer c.Close()
			text := textproto.NewConn(c)
			_ = text.PrintfLine("220 smtp.test")
			_, _ = text.ReadLine()
			_, _ = io.WriteString(c, "250-smtp.test\r\n250 STARTTLS\r\n")
			_, _ = text.ReadLine()
			_, _ = io.WriteString(c, "220 go\r\n250 slipped in\r\n")
			_, _ = text.ReadLine()
		}()
		s := smtptest.Start(t, smtptest.Options{})
		fault := mustFail(t, mailerFor(t, s, "smtp://"+l.Addr().String()+"?tls=starttls"), mailTo(family))
		if !fault.Setup || !strings.Contains(fault.Text, "avant la fin") {
			t.Errorf("got %+v", fault)
		}
	})
}

// heardNothing fails when anything but a polite EHLO and STARTTLS went over the wire in clear.
func heardNothing(t *testing.T, s *smtptest.Server, wantTLS bool) {
	t.Helper()
	heard := s.Heard()
	if hello := strings.Contains(heard, "EHLO"); !hello {
		t.Errorf("the listener heard nothing at all: %q", heard)
	}
	if clientHello := strings.Contains(heard, "\r\n\x16\x03"); clientHello != wantTLS {
		t.Errorf("TLS began: %v, want %v", clientHello, wantTLS)
	}
	plain := base64.StdEncoding.EncodeToString([]byte("\x00" + accounts.Login + "\x00" + accounts.Password))
	for _, secret := range []string{"AUTH", "MAIL", "RCPT", "DATA", family, "carteville", plain, accounts.Password} {
		if strings.Contains(heard, secret) {
			t.Errorf("%q went over the wire in clear", secret)
		}
	}
}

// TestLineHoldsTheLibraryBack is the last lock: it refuses even if the connection was wrongly prepared.
func TestLineHoldsTheLibraryBack(t *testing.T) {
	for _, c := range []struct {
		name    string
		line    line
		command string
		passes  bool
	}{
		{"introduction in clear", line{}, "EHLO portail\r\n", true},
		{"password in clear", line{}, "AUTH PLAIN AGEAYg==\r\n", false},
		{"mail in clear", line{}, "MAIL FROM:<a@b.fr>\r\n", false},
		{"mail in clear as the settings say", line{clear: true}, "MAIL FROM:<a@b.fr>\r\n", true},
		{"password in clear as the settings say", line{clear: true, account: true}, "AUTH LOGIN YQ==\r\n", true},
		{"password over TLS", line{secure: true, account: true}, "AUTH PLAIN AGEAYg==\r\n", true},
		{"mail over TLS", line{secure: true}, "MAIL FROM:<a@b.fr>\r\n", true},
		{"mail over TLS before signing in", line{secure: true, account: true}, "MAIL FROM:<a@b.fr>\r\n", false},
		{"mail over TLS after signing in", line{secure: true, account: true, signedIn: true}, "MAIL FROM:<a@b.fr>\r\n", true},
		{"a message that looks like a command", line{secure: true, account: true, signedIn: true, step: StepData}, "AUTH me\r\n", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			here, there := net.Pipe()
			var heard bytes.Buffer
			done := make(chan struct{})
			go func() { defer close(done); _, _ = io.Copy(&heard, there) }()
			c.line.Conn = here
			_, err := c.line.Write([]byte(c.command))
			_ = here.Close()
			<-done
			if passed := heard.String() == c.command; passed != c.passes || (err == nil) != c.passes || !passed && heard.Len() > 0 {
				t.Errorf("heard %q, error %v", heard.String(), err)
			}
		})
	}
}

func TestCertificates(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*smtptest.Options)
		setup  func(*Mailer)
		text   string
	}{
		{"of another name", func(o *smtptest.Options) { o.CertName = "smtp.autre.fr" }, nil, "autre nom"},
		{"out of date", func(o *smtptest.Options) { o.CertExpired = true }, nil, "périmé"},
		{"signed by nobody we know", nil, func(m *Mailer) { m.roots = nil }, "autorité"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := accounts
			if c.change != nil {
				c.change(&o)
			}
			s := smtptest.Start(t, o)
			m := mailerFor(t, s, s.URL())
			if c.setup != nil {
				c.setup(m)
			}
			fault := mustFail(t, m, mailTo(family))
			if !fault.Setup || fault.Permanent || fault.Step != StepTLS || !strings.Contains(fault.Text, c.text) {
				t.Errorf("got %v", fault)
			}
			if len(s.Messages()) != 0 {
				t.Error("sent")
			}
		})
	}
	t.Run("of a server from before TLS 1.2", func(t *testing.T) {
		o := accounts
		o.MaxTLS = tls.VersionTLS11
		s := smtptest.Start(t, o)
		if fault := mustFail(t, mailerFor(t, s, s.URL()), mailTo(family)); !fault.Setup || fault.Step != StepTLS {
			t.Errorf("got %v", fault)
		}
	})
	t.Run("smtps towards a port without TLS", func(t *testing.T) {
		s := smtptest.Start(t, smtptest.Options{})
		if fault := mustFail(t, mailerFor(t, s, "smtps://"+s.Addr()), mailTo(family)); !fault.Setup || fault.Step != StepTLS {
			t.Errorf("got %v", fault)
		}
	})
	t.Run("a port that is not a mail server", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				_, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n")
			}
		}()
		s := smtptest.Start(t, smtptest.Options{})
		if fault := mustFail(t, mailerFor(t, s, "smtp://"+l.Addr().String()), mailTo(family)); !fault.Setup || fault.Step != StepConnect {
			t.Errorf("got %v", fault)
		}
	})
}

func TestHeaderInjection(t *testing.T) {
	attacks := []string{
		"Bonjour\r\nBcc: pirate@exemple.fr", "Bonjour\nBcc: pirate@exemple.fr", "Bonjour\rBcc: pirate@exemple.fr",
		"Bonjour\r\n\r\n<script>alert(1)</script>", "Été\r\nBcc: pirate@exemple.fr", "Bonjour\x00\u2028\u0085Bcc: pirate@exemple.fr",
		"\r\n.\r\nMAIL FROM:<pirate@exemple.fr>", "é\xff\r\nBcc: pirate@exemple.fr", strings.Repeat("très long ", 40) + "\r\nBcc: pirate@exemple.fr",
		"\"\\\r\nBcc: pirate@exemple.fr",
	}
	s := smtptest.Start(t, smtptest.Options{})
	m := mailerFor(t, s, s.URL())
	reference := func() map[string][]string {
		mustSend(t, m, mailTo(family))
		got := s.Messages()
		read, err := mail.ReadMessage(bytes.NewReader(got[len(got)-1].Data))
		if err != nil {
			t.Fatal(err)
		}
		return read.Header
	}()
	for _, attack := range attacks {
		for _, where := range []string{"subject", "name", "text"} {
			t.Run(fmt.Sprintf("%s in the %s", clipped(attack), where), func(t *testing.T) {
				msg := mailTo(family)
				switch where {
				case "subject":
					msg.Subject = attack
				case "name":
					msg.FromName = attack
				case "text":
					msg.Text = attack
				}
				before := len(s.Messages())
				mustSend(t, m, msg)
				got := s.Messages()
				if len(got) != before+1 || len(got[before].To) != 1 || got[before].To[0] != family {
					t.Fatalf("got %d mails more", len(got)-before)
				}
				read, err := mail.ReadMessage(bytes.NewReader(got[before].Data))
				if err != nil {
					t.Fatal(err)
				}
				if len(read.Header) != len(reference) {
					t.Errorf("headers are %v", read.Header)
				}
				for name, v := range read.Header {
					if len(v) != 1 || reference[name] == nil {
						t.Errorf("%s: %q", name, v)
					}
				}
				subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
				if err != nil || strings.ContainsAny(subject, "\r\n\x00") {
					t.Errorf("subject reads %q (%v)", subject, err)
				}
				from, err := mail.ParseAddress(read.Header.Get("From"))
				if err != nil || from.Address != msg.From || strings.ContainsAny(from.Name, "\r\n\x00") {
					t.Errorf("from reads %v (%v)", from, err)
				}
			})
		}
	}
}

func clipped(s string) string { return fmt.Sprintf("%.30q", s) }

func TestAddresses(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"famille@exemple.fr", "famille@exemple.fr"},
		{"prenom.nom+cantine@exemple.co.uk", "prenom.nom+cantine@exemple.co.uk"},
		{"o'neil@exemple.fr", "o'neil@exemple.fr"},
		{"famille@xn--socit-esab.fr", "famille@xn--socit-esab.fr"},
		{"famille@société.fr", ""},
		{"", ""},
		{"famille", ""},
		{"famille@", ""},
		{"a@b.fr; c@d.fr", ""},
		{"a@b.fr, c@d.fr", ""},
		{"a@b.fr\r\nBcc: pirate@exemple.fr", ""},
		{"a@b.fr>\r\nRCPT TO:<pirate@exemple.fr", ""},
		{`"a> NOTIFY=NEVER <b"@exemple.fr`, ""},
		{`"a b"@exemple.fr`, ""},
		{"élodie@exemple.fr", ""},
		{"Jeanne Petit <jeanne@exemple.fr>", "jeanne@exemple.fr"},
	} {
		got, ok := plainAddress(c.typed)
		if ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%q gives %q, %v", c.typed, got, ok)
		}
	}
	s := smtptest.Start(t, smtptest.Options{})
	m := mailerFor(t, s, s.URL())
	if fault := mustFail(t, m, mailTo("a@b.fr; c@d.fr")); !fault.Permanent || fault.Unavailable() {
		t.Errorf("a wrong address: %+v", fault)
	}
	for name, spoil := range map[string]func(*Mail){
		"sender":      func(m *Mail) { m.From = "mairie" },
		"reply":       func(m *Mail) { m.ReplyTo = "mairie\r\nBcc: a@b.fr" },
		"no id":       func(m *Mail) { m.MessageID = "" },
		"forged id":   func(m *Mail) { m.MessageID = "a@b>\r\nBcc: <a@b.fr" },
		"no text":     func(m *Mail) { m.Text = " \n" },
		"spaced id":   func(m *Mail) { m.MessageID = "a b@c" },
		"no from":     func(m *Mail) { m.From = "" },
		"two senders": func(m *Mail) { m.From = "a@b.fr, c@d.fr" },
	} {
		msg := mailTo(family)
		spoil(&msg)
		if fault := mustFail(t, m, msg); !fault.Setup || fault.Permanent || fault.Step != StepCompose {
			t.Errorf("%s: %+v", name, fault)
		}
	}
	if s.Connections() != 0 {
		t.Error("connected for nothing")
	}
}

func TestErrorsNameNobody(t *testing.T) {
	o := smtptest.Options{Security: smtptest.Implicit, Login: "compte-mairie", Password: "Tr0ub4dor&3"}
	const to = "jeanne.petit@famille-petit.fr"
	base := base64.StdEncoding.EncodeToString
	for _, text := range []string{
		"<jeanne.petit@famille-petit.fr>: Recipient address rejected: User unknown",
		"Jeanne.Petit@Famille-Petit.FR unknown", "jeanne.petit%40famille-petit.fr see https://x.test/?a=jeanne.petit%40famille-petit.fr",
		"bounces+jeanne.petit=famille-petit.fr@srs.test rejected", "user jeanne.petit has no mailbox at famille-petit.fr",
		`"jeanne petit"@famille-petit.fr rejected`, "\"Jeanne PETIT\" <jeanne.petit@famille-petit.fr>", "rfc822;jeanne.petit+40famille-petit.fr",
		"auth failed for compte-mairie with Tr0ub4dor&3", "AUTH PLAIN " + base([]byte("\x00compte-mairie\x00Tr0ub4dor&3")),
		base([]byte("compte-mairie")) + " " + base([]byte("Tr0ub4dor&3")), "autre.personne@exemple.fr and troisieme@exemple.fr",
		"Jeanne Petit has left, ask Mme PETIT", "two lines\njeanne.petit@famille-petit.fr", "Subject: " + mailTo("").Subject, strings.Repeat("x", 150) + " jeanne.petit@famille-petit.fr",
	} {
		for _, step := range []smtptest.Step{smtptest.Auth, smtptest.From, smtptest.To, smtptest.Content} {
			s := smtptest.Start(t, o)
			m := mailerFor(t, s, s.URL())
			s.Refuse(step, 550, "5.1.1", text)
			fault := mustFail(t, m, mailTo(to))
			said := strings.ToLower(fmt.Sprintf("%v %+v %#v %s", fault, fault, *fault, m))
			secrets := []string{"jeanne", "petit", "@", "%40", "tr0ub", "personne", "troisieme", "\n", base([]byte("Tr0ub4dor&3")), base([]byte("\x00compte-mairie\x00Tr0ub4dor&3"))}
			if step == smtptest.Auth { // the recipient is not known yet when signing in, and servers do not know it either
				secrets = []string{"tr0ub", "compte-mairie", "@", "\n"}
			}
			if step == smtptest.Content {
				secrets = append(secrets, "élodie")
			}
			for _, secret := range secrets {
				if strings.Contains(said, strings.ToLower(secret)) {
					t.Errorf("%s: %q is in %s", step, secret, said)
				}
			}
			if len(fault.Text) > 2*maxServerText {
				t.Errorf("text of %d bytes", len(fault.Text))
			}
		}
	}
	t.Run("what helps is kept", func(t *testing.T) {
		s := smtptest.Start(t, o)
		m := mailerFor(t, s, s.URL())
		s.Refuse(smtptest.To, 550, "5.1.1", "<"+to+">: Recipient address rejected: User unknown in virtual mailbox table")
		want := "courriel refusé (RCPT, code 550) : 5.1.1 <[…]>: Recipient address rejected: User unknown in virtual mailbox table"
		if got := mustFail(t, m, mailTo(to)).Error(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}

func TestSettings(t *testing.T) {
	for _, c := range []struct{ setting, want string }{
		{"smtps://compte:secret@ssl0.ovh.net:465", "ssl0.ovh.net:465 (TLS, avec un compte)"},
		{"smtps://compte:secret@ssl0.ovh.net", "ssl0.ovh.net:465 (TLS, avec un compte)"},
		{" smtp://compte:secret@smtp.office365.com:587\n", "smtp.office365.com:587 (STARTTLS, avec un compte)"},
		{"smtp://compte:secret@smtp.office365.com", "smtp.office365.com:587 (STARTTLS, avec un compte)"},
		{"smtp://compte:secret@localhost:587", "localhost:587 (STARTTLS, avec un compte)"},
		{"smtp://compte:secret@localhost:25?tls=aucun", "localhost:25 (sans TLS, avec un compte)"},
		{"smtp://relais.mairie.fr:25", "relais.mairie.fr:25 (STARTTLS, sans compte)"},
		{"smtp://relais.mairie.fr:25?tls=aucun", "relais.mairie.fr:25 (sans TLS, sans compte)"},
		{"smtp://192.168.1.10?tls=aucun", "192.168.1.10:25 (sans TLS, sans compte)"},
		{"smtp://localhost", "localhost:25 (sans TLS, sans compte)"},
		{"smtp://127.0.0.1:1025", "127.0.0.1:1025 (sans TLS, sans compte)"},
		{"smtp://[::1]:1025?helo=portail.mairie.fr", "[::1]:1025 (sans TLS, sans compte)"},
		{"smtp://localhost?tls=starttls", "localhost:25 (STARTTLS, sans compte)"},
		{"smtps://moi%40mairie.fr:a%2Fb%3Fc%23d@smtp.mairie.fr", "smtp.mairie.fr:465 (TLS, avec un compte)"},
		{"smtps://moi@mairie.fr:a@b@smtp.mairie.fr", "smtp.mairie.fr:465 (TLS, avec un compte)"},
	} {
		m, err := NewMailer(c.setting, mailerNow)
		if err != nil {
			t.Errorf("%s: %v", c.setting, err)
			continue
		}
		if m.String() != c.want {
			t.Errorf("%s gives %s", c.setting, m)
		}
		if said := fmt.Sprintf("%v %+v %#v %s", m, m, m, m); strings.Contains(said, "secret") || strings.Contains(said, "compte:") {
			t.Errorf("%s", said)
		}
	}
	for _, c := range []struct{ setting, remedy string }{
		{"", "smtps://"},
		{"ssl0.ovh.net:465", "smtps://"},
		{"moi:SECRET@ssl0.ovh.net:465", "smtps://"},
		{"https://moi:SECRET@ssl0.ovh.net", "smtps://"},
		{"smtps://", "nom du serveur"},
		{"smtps://moi:SECRET@", "nom du serveur"},
		{"smtps://moi@ssl0.ovh.net", "mot de passe"},
		{"smtps://:SECRET@ssl0.ovh.net", "compte"},
		{"smtps://moi:SEC/RET@ssl0.ovh.net", "%2F"},
		{"smtps://moi:12/SECRET@ssl0.ovh.net", "%2F"},
		{"smtps://moi:SEC#RET@ssl0.ovh.net", "%23"},
		{"smtps://moi:12#SECRET@ssl0.ovh.net", "%23"},
		{"smtps://moi:12?SECRET@ssl0.ovh.net", "%3F"},
		{"smtps://moi:12?SEC;RET@ssl0.ovh.net", "%3F"},
		{"smtps://moi:SECRET%zz@ssl0.ovh.net", "%25"},
		{"smtps://moi:SE CRET\x7f@ssl0.ovh.net", "illisible"},
		{"smtps://moi:SECRET%0A@ssl0.ovh.net", "invisible"},
		{"smtps://moi:SECRET@ssl0.ovh.net/chemin", "%2F"},
		{"smtps://moi:SECRET@ssl0.ovh.net:70000", "65535"},
		{"smtps://moi:SECRET@ssl0.ovh.net:587", "smtp://"},
		{"smtp://moi:SECRET@ssl0.ovh.net:465", "smtps://"},
		{"smtps://moi:SECRET@ssl0.ovh.net?tls=aucun", "retirer ?tls=aucun"},
		{"smtps://moi:SECRET@ssl0.ovh.net?tls=starttls", "retirer ?tls=starttls"},
		{"smtp://moi:SECRET@ssl0.ovh.net?tls=aucun", "jamais sans TLS"},
		{"smtp://8.8.8.8?tls=aucun", "réseau privé"},
		{"smtp://localhost?tls=peut-etre", "aucun ou starttls"},
		{"smtp://localhost?tls=aucun&tls=starttls", "une fois"},
		{"smtp://localhost?TLS=aucun", "tls="},
		{"smtp://localhost?helo=mairie%0D%0Afoo", "portail.commune.fr"},
	} {
		m, err := NewMailer(c.setting, mailerNow)
		if err == nil {
			t.Errorf("%q is accepted: %s", c.setting, m)
			continue
		}
		said := err.Error()
		if !strings.HasPrefix(said, "MARELLE_SMTP : ") || !strings.Contains(said, c.remedy) {
			t.Errorf("%q: %s", c.setting, said)
		}
		for _, secret := range []string{"SEC", "RET", "moi"} {
			if strings.Contains(said, secret) {
				t.Errorf("%q is quoted: %s", c.setting, said)
			}
		}
	}
}

func TestInClearOnlyNearby(t *testing.T) {
	addr := func(s string) net.Addr { return &net.TCPAddr{IP: net.ParseIP(s), Port: 25} }
	mailer := func(setting string) *Mailer {
		m, err := NewMailer(setting, mailerNow)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for _, c := range []struct {
		setting, ip string
		ok          bool
	}{
		{"smtp://localhost", "127.0.0.1", true},
		{"smtp://localhost", "::1", true},
		{"smtp://localhost", "192.168.1.10", false}, // a strange /etc/hosts
		{"smtp://localhost?tls=aucun", "192.168.1.10", true},
		{"smtp://relais?tls=aucun", "172.18.0.3", true},
		{"smtp://relais?tls=aucun", "fd00::3", true},
		{"smtp://relais?tls=aucun", "203.0.113.9", false},
		{"smtp://a:b@localhost?tls=aucun", "127.0.0.1", true},
		{"smtp://a:b@localhost?tls=aucun", "192.168.1.10", false},
	} {
		if err := mailer(c.setting).nearEnough(addr(c.ip)); (err == nil) != c.ok {
			t.Errorf("%s at %s: %v", c.setting, c.ip, err)
		}
	}
	s := smtptest.Start(t, smtptest.Options{Login: "mairie", Password: "secret", AuthInClear: true})
	mustSend(t, mailerFor(t, s, s.URL()+"?tls=aucun"), mailTo(family))
	if s.Messages()[0].Login != "mairie" {
		t.Error("not signed in")
	}
}

func TestCheckSendsNothing(t *testing.T) {
	s := smtptest.Start(t, accounts)
	m := mailerFor(t, s, s.URL())
	for range 2 {
		if err := m.Check(context.Background()); err != nil {
			t.Error(err)
		}
	}
	mustSend(t, m, mailTo(family))
	if len(s.Messages()) != 1 {
		t.Errorf("%d mails", len(s.Messages()))
	}
	s.Down()
	if fault, ok := errors.AsType[*SendError](m.Check(context.Background())); !ok || fault.Setup || !fault.Unavailable() {
		t.Errorf("got %v", fault)
	}
}

func TestUnknownServerName(t *testing.T) {
	m, err := NewMailer("smtps://smtp.invalid", mailerNow)
	if err != nil {
		t.Fatal(err)
	}
	m.timeout = 5 * time.Second
	if fault := mustFail(t, m, mailTo(family)); fault.Permanent || fault.Step != StepConnect {
		t.Errorf("got %+v", fault)
	}
}

// BenchmarkSend compares a kept connection with one connection for each mail, over TLS with an account.
func BenchmarkSend(b *testing.B) {
	for _, c := range []struct {
		name  string
		close bool
	}{{"one connection kept", false}, {"one connection each", true}} {
		b.Run(c.name, func(b *testing.B) {
			s := smtptest.Start(b, accounts)
			m := mailerFor(b, s, s.URL())
			for b.Loop() {
				mustSend(b, m, mailTo(family))
				if c.close {
					m.Close()
				}
			}
		})
	}
}
