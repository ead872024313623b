package handlers

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

const installPath = "/premiere-installation"

// deserted says whether the site waits for its first administrator.
func (r *request) deserted() bool {
	deserted, err := r.site.store.Deserted(r.ctx())
	return err == nil && deserted
}

func (r *request) installForm(st portal.Structure, who portal.Identity, code string, faults views.Faults) views.Install {
	v := views.Install{Cover: r.cover("Première installation", "Bienvenue dans Marelle", "Ce portail vient d’être installé : personne n’y est encore entré."),
		Structure: views.NewStructureFields(st, "", "", faults)}
	v.NewPassword = views.NewPassword{Least: portal.PasswordLeast, Faults: faults}
	v.Code = views.Entry{ID: "code", Label: "Code de première installation", Hint: "Le programme l’a affiché à son démarrage, là où il a été lancé.", Type: "text", Value: code, Most: 60, Required: true, Fault: faults.On("code")}
	v.Last = views.Entry{ID: "votre_nom", Label: "Votre nom", Type: "text", Value: who.LastName, Most: 60, Required: true, Complete: "family-name", Fault: faults.On("votre_nom")}
	v.First = views.Entry{ID: "votre_prenom", Label: "Votre prénom", Type: "text", Value: who.FirstName, Most: 60, Required: true, Complete: "given-name", Fault: faults.On("votre_prenom")}
	v.Mail = views.Entry{ID: "votre_courriel", Label: "Votre adresse de courriel", Hint: "Pour retrouver un mot de passe oublié.", Type: "email", Most: 254, Complete: "email", Fault: faults.On("votre_courriel")}
	if len(who.Emails) > 0 {
		v.Mail.Value = who.Emails[0]
	}
	return v
}

// installPage lets the first administrator in; once somebody is there, it does not exist.
func (r *request) installPage() error {
	if !r.deserted() {
		return fiber.ErrNotFound
	}
	v := r.installForm(portal.Structure{Zone: "A"}, portal.Identity{}, "", nil)
	v.SetRules(portal.PasswordRules(), nil, false)
	return r.render(v)
}

// install makes the first structure and the first administrator's account.
func (r *request) install() error {
	if !r.deserted() {
		return fiber.ErrNotFound
	}
	typed := func(name string) string {
		return portal.Clip(strings.Join(strings.Fields(r.FormValue(name)), " "), 254)
	}
	st := portal.Structure{Name: typed("nom"), Town: typed("commune"), Email: typed("courriel"), Zone: typed("zone"), Territory: portal.Metropole,
		NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)}
	who := portal.Identity{LastName: typed("votre_nom"), FirstName: typed("votre_prenom")}
	if mail := typed("votre_courriel"); mail != "" {
		who.Emails = []string{mail}
	}
	var faults views.Faults
	checked := st
	if refusal := portal.AsError(checked.Check()); refusal != nil {
		faults = views.FaultsOf(refusal)
	}
	if who.LastName == "" {
		faults = append(faults, views.Fault{Field: "votre_nom", Message: "Donnez votre nom."})
	}
	if who.FirstName == "" {
		faults = append(faults, views.Fault{Field: "votre_prenom", Message: "Donnez votre prénom."})
	}
	if len(who.Emails) > 0 && !portal.PlainEmail(who.Emails[0]) {
		faults = append(faults, views.Fault{Field: "votre_courriel", Message: "Écrivez une adresse de courriel, ou laissez vide."})
	}
	v := r.installForm(st, who, typed("code"), faults)
	password := r.chosenPassword(&v.NewPassword, portal.PasswordOwner{Names: []string{who.LastName, who.FirstName}, Towns: []string{st.Name, st.Town}})
	if len(v.Faults) > 0 {
		return r.renderInvalid(v)
	}
	token, err := r.site.store.Install(r.ctx(), db.Installation{Code: r.FormValue("code"), Structure: st, Admin: who, Password: password,
		Visit: db.Visit{Addr: r.address(), Device: portal.Device(r.Get(fiber.HeaderUserAgent)), Before: r.Cookies(r.site.cookieName())}})
	refusal := portal.AsError(err)
	switch {
	case err == nil:
		r.setCookie(token, false)
		return r.redirect303(installPath + "/fait")
	case refusal == nil || len(refusal.Fields) == 0:
		return err
	}
	v = r.installForm(st, who, typed("code"), views.FaultsOf(refusal))
	v.SetRules(portal.PasswordRules(), nil, false)
	return r.renderInvalid(v)
}

// installed shows the identifiant that the program drew.
func (r *request) installed() error {
	return r.render(views.Installed{Cover: r.cover("Portail créé", "Le portail est à vous", "Encore deux textes à lire, et vous pourrez tout régler."), Login: r.session.Login})
}
