package handlers

import (
	"errors"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

const (
	codePath        = "/connexion/code"
	factorPath      = "/profil/second-facteur"
	factorPhonePath = factorPath + "/telephone"
)

// halfCookieName names the cookie of a sign-in that waits for its code.
func (s *Site) halfCookieName() string {
	if s.secure {
		return "__Host-etape"
	}
	return "etape"
}

// setHalfCookie gives the browser what the page of the code knows it by; nothing takes it back.
func (r *request) setHalfCookie(token string) {
	cookie := &fiber.Cookie{Name: r.site.halfCookieName(), Value: token, Path: "/", Secure: r.site.secure, HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode,
		MaxAge: int(portal.HalfSessionLife.Seconds())}
	if token == "" {
		cookie.MaxAge = -1
	}
	r.Cookie(cookie)
}

// askCode leads to the page of the code.
func (r *request) askCode(token, back string) error {
	r.setHalfCookie(token)
	path := codePath
	if back != "" {
		path += "?" + url.Values{"retour": {back}}.Encode()
	}
	return r.redirect303(path)
}

func (r *request) codeView(back string) views.SignInCode {
	v := views.SignInCode{Cover: r.cover("Code de connexion", "Encore un code", "Le mot de passe est juste. Votre téléphone donne la suite."), Return: back}
	if st := r.site.firstStructure(r.ctx()); st != nil {
		v.Phone = st.Phone
	}
	return v
}

// codePage asks for the code, if a sign-in waits for it.
func (r *request) codePage() error {
	err := r.site.store.WaitsForCode(r.ctx(), r.Cookies(r.site.halfCookieName()))
	if errors.Is(err, db.ErrNoHalfSession) {
		return r.redirect303("/connexion?motif=code")
	}
	if err != nil {
		return err
	}
	return r.render(r.codeView(localPath(r.Query("retour"))))
}

// signInCode ends a sign-in that waits for its code.
func (r *request) signInCode() error {
	back := localPath(r.FormValue("retour"))
	token, remember, err := r.site.store.SignInCode(r.ctx(), r.Cookies(r.site.halfCookieName()), r.FormValue("code"), db.Visit{
		Addr: r.address(), Before: r.Cookies(r.site.cookieName()),
	})
	if errors.Is(err, db.ErrNoHalfSession) {
		return r.redirect303("/connexion?motif=code")
	}
	if refusal := portal.AsError(err); refusal != nil {
		v := r.codeView(back)
		v.Fault = refusal.Message
		r.retryAfter(err)
		r.Status(int(refusal.Kind))
		return r.render(v)
	}
	if err != nil {
		return err
	}
	r.setHalfCookie("")
	return r.entered(token, remember, back)
}

// factorDone says what was just done, by the word in the address.
var factorDone = map[string]string{"retire": "Le second facteur est retiré. Le mot de passe suffit de nouveau."}

func (r *request) factorView(faults views.Faults) (views.ProfileFactor, error) {
	f, err := r.site.store.Factor(r.ctx(), r.session)
	v := views.ProfileFactor{Frame: r.frame("Second facteur", profilePath), Required: f.Required, Due: r.session.FactorDue, Faults: faults}
	v.Codes, v.Few = portal.Count(f.Codes, "code de secours", "codes de secours"), f.Codes <= 3
	if !f.Since.IsZero() {
		v.Since = portal.DateOf(f.Since).LongYear()
	}
	return v, err
}

// factorPage shows where the second factor stands.
func (r *request) factorPage() error {
	v, err := r.factorView(nil)
	if err != nil {
		return err
	}
	v.Done = factorDone[r.Query("fait")]
	return r.render(v)
}

// proof is whoever acts, with the password that the form asked again.
func (r *request) proof() db.Proof {
	return db.Proof{Session: r.session, Password: r.FormValue("actuel"), Addr: r.address()}
}

// changeFactor prepares a telephone, draws recovery codes, or gives the second factor up.
func (r *request) changeFactor() error {
	done, err := r.doFactor(r.FormValue("faire"))
	if err == nil {
		return done()
	}
	faults, err := r.formFaults(err)
	if err != nil {
		return err
	}
	v, err := r.factorView(faults)
	if err != nil {
		return err
	}
	return r.render(v)
}

// doFactor does one of the things of the page, and gives the answer to it.
func (r *request) doFactor(what string) (answer func() error, err error) {
	switch what {
	case "codes":
		told, err := r.noticeOf(views.RecoveryNotice)
		if err != nil {
			return nil, err
		}
		codes, err := r.site.store.RenewRecoveryCodes(r.ctx(), r.proof(), told)
		return func() error { return r.showCodes(codes, false) }, err
	case "retirer":
		told, err := r.noticeOf(views.FactorOffNotice)
		if err != nil {
			return nil, err
		}
		return func() error { return r.redirect303(factorPath + "?fait=retire") }, r.site.store.GiveUpFactor(r.ctx(), r.proof(), told)
	}
	return func() error { return r.redirect303(factorPhonePath) }, r.site.store.BeginFactor(r.ctx(), r.proof())
}

// showCodes shows the recovery codes, this once.
func (r *request) showCodes(codes []string, first bool) error {
	return r.render(views.FactorCodes{Frame: r.frame("Vos codes de secours", profilePath), First: first, Place: r.site.name(r.ctx()), Login: r.session.Login, Codes: codes})
}

func (r *request) factorPhoneView(faults views.Faults) (views.FactorPhone, error) {
	v := views.FactorPhone{Frame: r.frame("Préparer le téléphone", profilePath), Faults: faults}
	secret, err := r.site.store.PendingFactor(r.ctx(), r.session)
	if err != nil {
		return v, err
	}
	v.Secret = views.SecretGroups(secret)
	v.QR, err = views.NewQRCode(views.FactorURL(r.site.name(r.ctx()), r.session.Login, secret))
	return v, err
}

// factorPhonePage shows the secret to the telephone.
func (r *request) factorPhonePage() error {
	v, err := r.factorPhoneView(nil)
	if refusal := portal.AsError(err); refusal != nil && refusal.Kind == portal.KindConflict {
		return r.redirect303(factorPath)
	}
	if err != nil {
		return err
	}
	return r.render(v)
}

// confirmFactor takes the first code of the telephone, and shows the recovery codes.
func (r *request) confirmFactor() error {
	told, err := r.noticeOf(views.FactorOnNotice)
	if err != nil {
		return err
	}
	codes, token, err := r.site.store.ConfirmFactor(r.ctx(), r.session, r.FormValue("code"), r.address(), told)
	if err != nil {
		faults, err := r.formFaults(err)
		if err != nil {
			return err
		}
		for i := range faults {
			faults[i].Field = "code"
		}
		v, err := r.factorPhoneView(faults)
		if err != nil {
			return err
		}
		return r.render(v)
	}
	r.setCookie(token, r.session.Remember)
	if r.session, err = r.site.store.Session(r.ctx(), token); err != nil { // the page carries the token of the new session
		return err
	}
	return r.showCodes(codes, true)
}
