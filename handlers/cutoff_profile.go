package handlers

import (
	"fmt"
	"strconv"
	"strings"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

const limitProfilesPath = settingsPath + "/profils"

// foundMost is how many families a search shows.
const foundMost = 20

// limitProfiles shows the profiles, the families that have one, and a search to give one.
func (r *request) limitProfiles() error {
	page, err := r.limitProfilesPage(strings.TrimSpace(r.Query("q")))
	if err != nil {
		return err
	}
	page.Notice = map[string]string{"cree": "Le profil est créé.", "change": "Le profil est enregistré.", "retire": "Le profil est retiré.", "donne": "La famille a ce profil.", "repris": "La famille n’a plus ce profil."}[r.Query("fait")]
	return r.render(page)
}

func (r *request) limitProfilesPage(typed string) (views.LimitProfiles, error) {
	today := portal.DateOf(r.now)
	page := views.LimitProfiles{Frame: r.frame("Profils de familles", settingsPath), Typed: portal.Clip(typed, 80), Earliest: today.String(), New: profileFields(0, "", "", nil)}
	profiles, err := r.site.store.LimitProfiles(r.ctx(), r.structure())
	if err != nil {
		return page, err
	}
	holders, err := r.site.store.ProfileHolders(r.ctx(), r.structure())
	if err != nil {
		return page, err
	}
	for _, p := range profiles {
		shown := views.LimitProfile{ID: p.ID, Name: p.Name, Document: p.Document, Fields: profileFields(p.ID, p.Name, p.Document, nil)}
		for _, h := range holders {
			if h.Profile == p.ID {
				shown.Families = append(shown.Families, views.NewProfileHolder(h.Family, h.Name, h.Until, today))
			}
		}
		page.Profiles = append(page.Profiles, shown)
		page.Choices = append(page.Choices, views.CutoffOption{Value: strconv.FormatInt(int64(p.ID), 10), Label: p.Name})
	}
	if typed == "" {
		return page, nil
	}
	found, _, err := r.site.store.Families(r.ctx(), r.structure(), db.FamilyAsk{Search: typed, Manager: true}, 0, foundMost)
	for _, f := range found {
		var names []string
		for _, c := range f.Children {
			names = append(names, c.Name)
		}
		page.Found = append(page.Found, views.ProfileFamily{ID: f.ID, Name: f.Name, Children: strings.Join(names, ", ")})
	}
	page.Nobody = len(found) == 0
	return page, err
}

// refusedProfile shows the page of profiles again with what was refused; what is no refusal of what was typed is given back.
func (r *request) refusedProfile(err error, typed string, keep func(*views.LimitProfiles)) error {
	refusal := portal.AsError(err)
	if refusal == nil || refusal.Kind != portal.KindConflict && len(refusal.Fields) == 0 {
		return err
	}
	page, err := r.limitProfilesPage(typed)
	if err != nil {
		return err
	}
	page.Faults = views.FaultsOf(refusal)
	keep(&page)
	if len(refusal.Fields) == 0 {
		page.Conflict = refusal.Message
		r.Status(int(refusal.Kind))
		return r.render(page)
	}
	return r.renderInvalid(page)
}

// profileFields asks for the name and the document of a profile, as they are typed; zero is a new one.
func profileFields(id portal.ProfileID, name, document string, faults views.Faults) views.NamedDocument {
	if id != 0 {
		return views.NewNamedDocument(fmt.Sprint(id), "Nom", name, document, portal.ProfileNameMost, faults)
	}
	f := views.NewNamedDocument("", "Nom du profil", name, document, portal.ProfileNameMost, faults)
	f.Name.Example = "Horaires de travail variables"
	return f
}

// createLimitProfile creates a profile.
func (r *request) createLimitProfile() error {
	p := portal.LimitProfile{StructureID: r.structure(), Name: r.FormValue("nom"), Document: r.FormValue("document")}
	if _, err := r.site.store.SaveLimitProfile(r.ctx(), r.account(), p); err != nil {
		return r.refusedProfile(err, "", func(page *views.LimitProfiles) { page.New = profileFields(0, p.Name, p.Document, page.Faults) })
	}
	return r.redirect303(limitProfilesPath + "?fait=cree")
}

// changeLimitProfile renames a profile, or takes it away.
func (r *request) changeLimitProfile() error {
	id, err := number[portal.ProfileID](r.Params("profile"))
	if err != nil {
		return err
	}
	done := "change"
	if r.FormValue("faire") == "retirer" {
		done, err = "retire", r.site.store.RemoveLimitProfile(r.ctx(), r.structure(), r.account(), id)
	} else {
		_, err = r.site.store.SaveLimitProfile(r.ctx(), r.account(), portal.LimitProfile{ID: id, StructureID: r.structure(), Name: r.FormValue("nom"), Document: r.FormValue("document")})
	}
	if err != nil {
		return r.refusedProfile(err, "", func(page *views.LimitProfiles) {
			page.Faults = page.Faults.OfForm(fmt.Sprint(id))
			for i := range page.Profiles {
				if p := &page.Profiles[i]; p.ID == id && done == "change" {
					p.Fields = profileFields(id, r.FormValue("nom"), r.FormValue("document"), page.Faults)
				}
			}
		})
	}
	return r.redirect303(limitProfilesPath + "?fait=" + done)
}

// holderOfForm reads the family and the profile of a form.
func (r *request) holderOfForm() (portal.FamilyID, portal.ProfileID, error) {
	profile, err := number[portal.ProfileID](r.FormValue("profil"))
	if err != nil {
		return 0, 0, err
	}
	if r.FormValue("famille") == "" {
		return 0, profile, portal.Wrong("famille", "Choisissez la famille.")
	}
	family, err := number[portal.FamilyID](r.FormValue("famille"))
	return family, profile, err
}

// giveProfile gives a family a profile until the last day of its document.
func (r *request) giveProfile() error {
	family, profile, err := r.holderOfForm()
	if err == nil {
		faults := portal.Invalid("Ce profil ne peut pas être donné tel quel.")
		until := r.typedDay("jusqu_au", faults)
		if err = both(faults, nil); err == nil {
			err = r.site.store.GiveProfile(r.ctx(), r.structure(), r.account(), family, profile, until)
		}
	}
	if err != nil {
		return r.refusedProfile(err, strings.TrimSpace(r.FormValue("q")), func(page *views.LimitProfiles) {
			page.Until = portal.Clip(r.FormValue("jusqu_au"), 20)
			for i := range page.Found {
				page.Found[i].Chosen = page.Found[i].ID == family
			}
			for i := range page.Choices {
				page.Choices[i].Chosen = page.Choices[i].Value == r.FormValue("profil")
			}
		})
	}
	return r.redirect303(limitProfilesPath + "?fait=donne")
}

// takeProfile takes a profile back from a family.
func (r *request) takeProfile() error {
	family, profile, err := r.holderOfForm()
	if err == nil {
		err = r.site.store.TakeProfile(r.ctx(), r.structure(), r.account(), family, profile)
	}
	if err != nil {
		return err
	}
	return r.redirect303(limitProfilesPath + "?fait=repris")
}
