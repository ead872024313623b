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
	"net/textproto"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"unicode"
)

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

// OfAddress says that the server refused the recipient, and not the message or us.
func (e *SendError) OfAddress() bool { return e.Step == StepRcpt && e.answered() && !e.Setup }

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
