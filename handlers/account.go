package handlers

import (
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

func (r *request) signInView() views.SignIn {
	v := views.SignIn{Cover: r.cover("Connexion", "La cantine et l’accueil de vos enfants", "Choisissez les jours, vérifiez, validez.")}
	v.Preview, v.Indexed = true, true
	if st := r.site.firstStructure(r.ctx()); st != nil {
		v.Phone = st.Phone
	}
	return v
}

func (r *request) cover(title, heading, lead string) views.Cover {
	return views.Cover{Frame: r.frame(title, ""), Heading: heading, Lead: lead}
}

func (r *request) signInPage() error {
	back := localPath(r.Query("retour"))
	switch {
	case r.session != nil && back != "":
		return r.redirect303(back)
	case r.session != nil || r.deserted():
		return r.root()
	}
	v := r.signInView()
	v.Return = back
	switch r.Query("motif") {
	case "delai":
		v.Notice = "Vous avez été déconnecté après un moment sans activité. Vos demandes sont conservées."
	case "sortie":
		v.Notice, v.Good = "Vous êtes déconnecté.", true
	case "code":
		v.Notice = "La connexion a attendu son code trop longtemps. Recommencez depuis le mot de passe."
	case "mot-de-passe":
		v.Notice, v.Good = "Le mot de passe a bien été enregistré. Connectez-vous avec lui.", true
	}
	return r.render(v)
}

// signIn verifies who comes, and gives a new session.
func (r *request) signIn() error {
	v := r.signInView()
	v.Login, v.Remember, v.Return = portal.Clip(r.FormValue("identifiant"), 100), r.FormValue("rester") == "1", localPath(r.FormValue("retour"))
	_, token, err := r.site.store.SignIn(r.ctx(), r.FormValue("identifiant"), r.FormValue("mot_de_passe"), db.Visit{
		Addr: r.address(), Device: portal.Device(r.Get(fiber.HeaderUserAgent)), Remember: v.Remember, Before: r.Cookies(r.site.cookieName()),
	})
	if half, waits := errors.AsType[db.NeedsCode](err); waits {
		return r.askCode(half.Token, v.Return)
	}
	if refusal := portal.AsError(err); refusal != nil {
		v.Fault = refusal.Message
		r.retryAfter(err)
		r.Status(int(refusal.Kind))
		return r.render(v)
	}
	if err != nil {
		return err
	}
	return r.entered(token, v.Remember, v.Return)
}

// entered gives the browser its session, and leads to where the person wanted to go.
func (r *request) entered(token string, remember bool, back string) error {
	r.setCookie(token, remember)
	if back == "" {
		back = "/"
	}
	return r.redirect303(back)
}

// signOut ends the session here and forgets what the browser kept of it.
func (r *request) signOut() error {
	if err := r.site.store.CloseSession(r.ctx(), r.session); err != nil {
		return err
	}
	r.dropCookie()
	r.Set("Clear-Site-Data", `"cache"`)
	return r.redirect303("/connexion?motif=sortie")
}

func (r *request) firstPasswordView() views.FirstPassword {
	return views.FirstPassword{
		Cover: r.cover("Choisir votre mot de passe", "Choisissez votre mot de passe", "Il remplace celui de la lettre. Personne d’autre que vous ne pourra le lire, pas même la mairie."),
		Login: r.session.Login, NewPassword: views.NewPassword{Least: portal.PasswordLeast},
	}
}

func (r *request) firstPasswordPage() error {
	v := r.firstPasswordView()
	v.SetRules(portal.PasswordRules(), nil, false)
	return r.render(v)
}

// chosenPassword reads a password typed twice, and says in the form what is wrong with it.
func (r *request) chosenPassword(form *views.NewPassword, owner portal.PasswordOwner) string {
	password, again := r.FormValue("mot_de_passe"), r.FormValue("confirmation")
	form.Least = portal.PasswordLeast
	form.SetRules(portal.PasswordRules(), checkPassword(password, owner), password != "")
	if password != again {
		form.Faults = append(form.Faults, views.Fault{Field: "mdp2", Message: "Les deux mots de passe sont différents. Écrivez deux fois le même."})
	}
	return password
}

// setFirstPassword replaces the password of the letter.
func (r *request) setFirstPassword() error {
	owner, err := r.site.store.PasswordOwner(r.ctx(), r.account())
	if err != nil {
		return err
	}
	v := r.firstPasswordView()
	password := r.chosenPassword(&v.NewPassword, owner)
	if len(v.Faults) > 0 {
		return r.renderInvalid(v)
	}
	token, err := r.site.store.SetFirstPassword(r.ctx(), r.session, password)
	if err != nil {
		return err
	}
	r.setCookie(token, r.session.Remember)
	return r.redirect303("/mot-de-passe-enregistre")
}

func (r *request) passwordSaved() error {
	if r.session.MustChange {
		return r.redirect303("/premiere-connexion")
	}
	return r.render(views.PasswordSaved{Cover: r.cover("Mot de passe enregistré", "Votre mot de passe est enregistré", "Gardez-le pour vous."), Next: "/"})
}

func (r *request) termsView() (views.Terms, error) {
	v := views.Terms{Cover: r.cover("Textes à lire", "Avant de commencer", "Lisez ces textes, puis cochez les cases pour dire que vous en avez pris connaissance.")}
	due, err := r.site.store.TermsDue(r.ctx(), r.account())
	for _, t := range due {
		v.Texts = append(v.Texts, views.NewTermsText(t))
	}
	return v, err
}

func (r *request) termsPage() error {
	v, err := r.termsView()
	if err != nil {
		return err
	}
	return r.render(v)
}

// acceptTerms remembers that the texts shown were read; a box left empty keeps the others ticked.
func (r *request) acceptTerms() error {
	v, err := r.termsView()
	if err != nil {
		return err
	}
	var read []portal.TermsID
	for i := range v.Texts {
		t := &v.Texts[i]
		// The value is the version that was shown: a newer one published meanwhile is not accepted unread.
		if r.FormValue(string(t.Kind)) == strconv.FormatInt(int64(t.ID), 10) {
			t.Checked = true
			read = append(read, t.ID)
			continue
		}
		t.Fault = "Lisez ce texte, puis cochez la case."
		v.Faults = append(v.Faults, views.Fault{Field: string(t.Kind), Message: t.Title + " : lisez ce texte, puis cochez la case."})
	}
	if len(v.Faults) > 0 {
		return r.renderInvalid(v)
	}
	if err := r.site.store.AcceptTerms(r.ctx(), r.account(), read); err != nil {
		return err
	}
	return r.redirect303("/")
}

// lookAt shows another structure of the person's.
func (r *request) lookAt() error {
	id, err := strconv.ParseInt(r.FormValue("structure"), 10, 64)
	if err != nil {
		return portal.NotFound("Cette structure n’existe pas.")
	}
	if err := r.site.store.LookAt(r.ctx(), r.session, portal.StructureID(id)); err != nil {
		return err
	}
	return r.redirect303("/")
}
