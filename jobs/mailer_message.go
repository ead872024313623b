package jobs

import (
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode"

	simplemail "github.com/xhit/go-simple-mail/v2"
)

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
