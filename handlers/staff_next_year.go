package handlers

import (
	"net/url"

	"marelle/portal"
	"marelle/views"
)

const nextYearPath = settingsPath + "/annee-suivante"

// nextYearPage says what is done and what remains for the school year to come.
func (r *request) nextYearPage() error {
	v, err := r.nextYearView()
	if err != nil {
		return err
	}
	switch label := r.Query("ajoutee"); {
	case label != "" && label == v.Year && v.AddYear == "": // an address made by hand confirms nothing
		v.Notice = "L’année " + label + " est ajoutée."
	case r.Query("retirees") != "":
		v.Notice = "Les classes sont retirées. Importez de nouveau les fichiers de l’école pour les remettre."
	}
	return r.render(v)
}

func (r *request) nextYearView() (*views.NextYear, error) {
	n, err := r.site.store.NextYear(r.ctx(), r.structure())
	if err != nil {
		return nil, err
	}
	v := views.NewNextYear(r.frame("Préparer l’année suivante", settingsPath), nextYearPath, n)
	return &v, nil
}

// changeNextYear adds the year to come, or takes back what was imported for it.
func (r *request) changeNextYear() error {
	label := r.FormValue("annee")
	var err error
	to := ""
	switch r.FormValue("faire") {
	case "ajouter":
		err = r.site.store.AddNextYear(r.ctx(), r.structure(), r.account(), label)
		to = "?ajoutee=" + url.QueryEscape(label)
	case "retirer":
		var school portal.SchoolID
		if school, err = number[portal.SchoolID](r.FormValue("ecole")); err == nil {
			_, err = r.site.store.RemoveNextYearClasses(r.ctx(), r.structure(), r.account(), school, label)
		}
		to = "?retirees=1"
	default:
		err = portal.Invalid("Ce bouton n’est pas connu. Rien n’a été changé. Rechargez la page.")
	}
	refusal := portal.AsError(err)
	switch {
	case err == nil:
		return r.redirect303(nextYearPath + to)
	case refusal == nil || refusal.Kind == portal.KindNotFound:
		return err
	}
	v, err := r.nextYearView()
	if err != nil {
		return err
	}
	v.Fault = refusal.Message
	r.Status(int(refusal.Kind))
	return r.render(v)
}
