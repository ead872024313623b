package views

import "marelle/portal"

// AnswerMail tells a family what staff decided of its requests.
type AnswerMail struct {
	Words portal.MailWords
	To    string
	Lines []AnswerLine
	URL   string // « Suivi réservations »
}

// AnswerLine is one request: « Vacances : mardi 22 décembre 2026, pour Amalia : acceptée ».
type AnswerLine struct{ Activity, Words string }

// NewAnswerMail writes it with the text of the structure; url is the address of the site, without a slash at the end.
func NewAnswerMail(a *portal.Answer, text portal.MailText, url string) AnswerMail {
	m := AnswerMail{Words: text.Words(portal.PersonValues(a.To), portal.StructureValues(a.Structure)), To: a.To.Title(), URL: url + "/suivi"}
	for _, answered := range a.Movements {
		m.Lines = append(m.Lines, AnswerLine{answered.Short, answered.AnswerWords()})
	}
	return m
}

// Subject gives the subject of the mail.
func (m AnswerMail) Subject() string { return m.Words.Subject }

// Render writes both parts of the mail.
func (m AnswerMail) Render() (text, html string, err error) { return renderMail("answer", m) }
