package views

import "marelle/portal"

// AnswerMail tells a family what staff decided of its requests.
type AnswerMail struct {
	To, Structure string
	Lines         []AnswerLine
	URL           string // « Suivi réservations »
}

// AnswerLine is one request: « Vacances : mardi 22 décembre 2026, pour Amalia : acceptée ».
type AnswerLine struct{ Activity, Words string }

// NewAnswerMail chooses the words; url is the address of the site, without a slash at the end.
func NewAnswerMail(a *portal.Answer, url string) AnswerMail {
	m := AnswerMail{To: a.To.Title(), Structure: a.Structure.Name, URL: url + "/suivi"}
	for _, answered := range a.Movements {
		m.Lines = append(m.Lines, AnswerLine{answered.Short, answered.AnswerWords()})
	}
	return m
}

// Subject gives the subject of the mail.
func (m AnswerMail) Subject() string {
	return "Réponse à vos demandes de réservation – " + m.Structure
}

// Render writes both parts of the mail.
func (m AnswerMail) Render() (text, html string, err error) { return renderMail("answer", m) }
