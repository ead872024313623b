package views

import "marelle/portal"

// ResetMail holds the link of a forgotten password. It names nobody: it is written before anybody is looked for.
type ResetMail struct {
	Place string // « Mairie de CarteVille »
	URL   string // the link
}

// Subject gives the subject of the mail.
func (m ResetMail) Subject() string { return "Choisir un nouveau mot de passe – " + m.Place }

// Render writes both parts of the mail.
func (m ResetMail) Render() (text, html string, err error) { return renderMail("reset", m) }

// NoticeMail tells the holder of an account that something important was changed, in case somebody else did it.
type NoticeMail struct {
	Place string
	Phone string // of the town hall
	What  string // « Votre mot de passe a été changé »
	When  string // « lundi 23 novembre 2026 à 9 h 05 »
}

// What a NoticeMail tells.
const (
	PasswordNotice  = "Votre mot de passe a été changé"
	AddressesNotice = "Les adresses e-mail de votre compte ont été changées"
	FactorOnNotice  = "Un second facteur a été mis en place pour votre compte"
	FactorOffNotice = "Le second facteur de votre compte a été retiré"
	RecoveryNotice  = "De nouveaux codes de secours ont été donnés pour votre compte"
)

// NewNoticeMail chooses the words; st is whose portal it is.
func NewNoticeMail(what, when string, st portal.Structure) NoticeMail {
	return NoticeMail{Place: st.Name, Phone: st.Phone, What: what, When: when}
}

// Subject gives the subject of the mail.
func (m NoticeMail) Subject() string { return m.What + " – " + m.Place }

// Render writes both parts of the mail.
func (m NoticeMail) Render() (text, html string, err error) { return renderMail("notice", m) }
