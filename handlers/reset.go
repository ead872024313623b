package handlers

import (
	"errors"
	"net/mail"
	"strings"

	"github.com/gofiber/fiber/v2"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// resetPath is where the links of forgotten passwords lead; the token follows.
const resetPath = "/mot-de-passe/"

func (r *request) forgottenView() views.Forgotten {
	v := views.Forgotten{Cover: r.cover("Mot de passe oublié", "Réinitialiser votre mot de passe", "Un lien vous est envoyé par courriel. Il vous laisse en choisir un autre.")}
	if st := r.site.firstStructure(r.ctx()); st != nil {
		v.Phone = st.Phone
	}
	return v
}

func (r *request) forgottenPage() error {
	v := r.forgottenView()
	v.Sent = r.Query("demande") == "1"
	return r.render(v)
}

// askReset has a link sent when the identifiant and the address go together. The answer is the same when they do not.
func (r *request) askReset() error {
	v := r.forgottenView()
	v.Login, v.Email = portal.Clip(strings.TrimSpace(r.FormValue("identifiant")), 100), portal.Clip(strings.TrimSpace(r.FormValue("courriel")), 254)
	if v.Login == "" {
		v.Faults = append(v.Faults, views.Fault{Field: "id", Message: "Donnez votre identifiant. Il est sur la lettre de la mairie."})
	}
	if parsed, err := mail.ParseAddress(v.Email); err != nil || parsed.Address != v.Email {
		v.Faults = append(v.Faults, views.Fault{Field: "courriel", Message: "Donnez votre adresse, comme prenom.nom@exemple.fr."})
	}
	if len(v.Faults) > 0 {
		return r.renderInvalid(v)
	}
	token := db.NewResetToken()
	st, words, err := r.mailWords(portal.MailReset)
	if err != nil {
		return err
	}
	letter, err := notice(db.KindReset, views.NewResetMail(st, words, r.site.absolute(resetPath+token)))
	if err != nil {
		return err
	}
	err = r.site.store.AskReset(r.ctx(), db.ResetRequest{Login: v.Login, Email: v.Email, Addr: r.address(), Token: token, Mail: letter})
	if refusal := portal.AsError(err); refusal != nil {
		v.Refused = refusal.Message
		r.retryAfter(err)
		r.Status(int(refusal.Kind))
		return r.render(v)
	}
	if err != nil {
		return err
	}
	return r.redirect303("/mot-de-passe-oublie?demande=1")
}

// absolute gives an address of the site as a mail must write it: from the settings, for the request may say anything.
func (s *Site) absolute(path string) string { return strings.TrimSuffix(s.base.String(), "/") + path }

// message is a mail of package views.
type message interface {
	Subject() string
	Render() (text, html string, err error)
}

// notice writes a mail before the operation that queues it.
func notice(kind string, m message) (db.Notice, error) {
	text, html, err := m.Render()
	return db.Notice{Kind: kind, Subject: m.Subject(), Text: text, HTML: html}, err
}

// noticeOf writes the mail that tells what was changed in an account.
func (r *request) noticeOf(what string) (db.Notice, error) {
	st, words, err := r.mailWords(portal.MailNotice)
	if err != nil {
		return db.Notice{}, err
	}
	return notice("compte", views.NewNoticeMail(what, portal.Instant(r.now), st, words))
}

// mailWords gives whose portal a mail speaks for, the structure looked at or the first of the site, and its words.
func (r *request) mailWords(kind portal.MailKind) (portal.Structure, portal.MailText, error) {
	id := r.structure()
	if id == 0 {
		first := r.site.firstStructure(r.ctx())
		if first == nil {
			return portal.Structure{}, portal.StandardMailText(kind), nil
		}
		id = first.ID
	}
	setup, err := r.site.store.Setup(r.ctx(), id)
	if err != nil {
		return portal.Structure{}, portal.MailText{}, err
	}
	return setup.Structure, setup.MailText(kind), nil
}

func (r *request) resetView() views.ResetPassword {
	return views.ResetPassword{
		Cover:       r.cover("Nouveau mot de passe", "Choisissez votre mot de passe", "Il remplace l’ancien. Personne d’autre que vous ne pourra le lire, pas même la mairie."),
		NewPassword: views.NewPassword{Least: portal.PasswordLeast}, Action: resetPath + r.Params("token"),
	}
}

// resetPage shows the form of a link. A mail reader that opens links beforehand consumes nothing.
func (r *request) resetPage() error {
	if _, err := r.site.store.ResetOwner(r.ctx(), r.Params("token")); err != nil {
		return r.resetGone(err)
	}
	v := r.resetView()
	v.SetRules(portal.PasswordRules(), nil, false)
	return r.render(v)
}

// resetGone says that the link no longer serves, and how to get another.
func (r *request) resetGone(err error) error {
	if !errors.Is(err, db.ErrNoReset) {
		return err
	}
	r.Status(fiber.StatusNotFound)
	return r.render(views.ResetGone{Cover: r.cover("Lien dépassé", "Ce lien ne sert plus", "Un autre arrive en une minute."), Message: err.Error()})
}

// reset sets the password chosen on the page of a link.
func (r *request) reset() error {
	token := r.Params("token")
	owner, err := r.site.store.ResetOwner(r.ctx(), token)
	if err != nil {
		return r.resetGone(err)
	}
	v := r.resetView()
	password := r.chosenPassword(&v.NewPassword, owner)
	if len(v.Faults) > 0 {
		return r.renderInvalid(v)
	}
	told, err := r.noticeOf(views.PasswordNotice)
	if err != nil {
		return err
	}
	err = r.site.store.Reset(r.ctx(), token, password, told)
	if refusal := portal.AsError(err); refusal != nil && refusal.Kind == portal.KindInvalid {
		v.Faults = views.Faults{{Field: "mdp", Message: refusal.Message}}
		return r.renderInvalid(v)
	}
	if err != nil {
		return r.resetGone(err)
	}
	r.dropCookie()
	return r.redirect303("/connexion?motif=mot-de-passe")
}
