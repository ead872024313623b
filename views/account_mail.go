package views

import "marelle/portal"

// ResetMail holds the link of a forgotten password. It names nobody: it is written before anybody is looked for.
type ResetMail struct {
	Words portal.MailWords
	URL   string // the link
}

// NewResetMail fills the mail of a link; text is that of the structure whose portal it is.
func NewResetMail(st portal.Structure, text portal.MailText, link string) ResetMail {
	return ResetMail{Words: text.Words(portal.StructureValues(st)), URL: link}
}

// Subject gives the subject of the mail.
func (m ResetMail) Subject() string { return m.Words.Subject }

// Render writes both parts of the mail.
func (m ResetMail) Render() (text, html string, err error) { return renderMail("reset", m) }

// NoticeMail tells the holder of an account that something important was changed, in case somebody else did it.
type NoticeMail struct {
	Words portal.MailWords
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
	JoinedNotice    = "Vos deux comptes ont été réunis en un seul, d’identifiant " // and the one that stays
	RecoveryNotice  = "De nouveaux codes de secours ont été donnés pour votre compte"
)

// NewNoticeMail fills a notice; st is whose portal it is, text its words.
func NewNoticeMail(what, when string, st portal.Structure, text portal.MailText) NoticeMail {
	return NoticeMail{Words: text.Words([]portal.MailValue{{Name: "changement", Value: what}}, portal.StructureValues(st)), Place: st.Name, Phone: st.Phone, What: what, When: when}
}

// Subject gives the subject of the mail.
func (m NoticeMail) Subject() string { return m.Words.Subject }

// Render writes both parts of the mail.
func (m NoticeMail) Render() (text, html string, err error) { return renderMail("notice", m) }
