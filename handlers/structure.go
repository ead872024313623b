package handlers

import (
	"context"
	"io"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"marelle/portal"
	"marelle/views"
)

// Where the structure is set up.
const (
	structurePath    = settingsPath + "/structure"
	newStructurePath = structurePath + "/nouvelle"
	lookSettingsPath = settingsPath + "/apparence"
)

// dress gives a page the colours and the logo of a structure.
func dress(f *views.Frame, st portal.Structure) {
	f.Style, f.Logo = views.StylePath(st), views.LogoPath(st)
}

// dressAs dresses a page as the structure looked at; a page is better plain than missing.
func (s *Site) dressAs(ctx context.Context, f *views.Frame, structure portal.StructureID) {
	if setup, err := s.store.Setup(ctx, structure); err == nil {
		dress(f, setup.Structure)
	}
}

// appearance serves the style sheets and the logos of structures: their addresses change with their content.
func (r *request) appearance() error {
	r.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	if sheet, ok := views.StyleAt(r.Path()); ok {
		r.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
		r.Set(fiber.HeaderContentType, "text/css; charset=utf-8")
		return r.SendString(sheet)
	}
	logo, err := r.site.store.LogoNamed(r.ctx(), r.Params("name"))
	if err != nil {
		return err
	}
	r.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	r.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; sandbox")
	r.Set(fiber.HeaderContentType, logo.Type)
	return r.Send(logo.Body)
}

// theStructure gives the structure that the agent looks at.
func (r *request) theStructure() (portal.Structure, error) {
	setup, err := r.site.store.Setup(r.ctx(), r.structure())
	if err != nil {
		return portal.Structure{}, err
	}
	return setup.Structure, nil
}

func (r *request) structureForm(st portal.Structure, night, report string, faults views.Faults) views.StructureForm {
	page := views.StructureForm{Frame: r.frame("La structure", settingsPath), Heading: "La structure", Action: structurePath, Back: settingsPath,
		Stamp: views.Stamp{Seen: portal.Version(st.Facts())}, Saved: r.Query("enregistre") == "1", Faults: faults, Fields: views.NewStructureFields(st, night, report, faults)}
	if r.site.opens(newStructurePath, r.session) {
		page.NewURL = newStructurePath
	}
	return page
}

// structurePage shows what is said of the structure.
func (r *request) structurePage() error {
	st, err := r.theStructure()
	if err != nil {
		return err
	}
	return r.render(r.structureForm(st, st.NightAt.String(), st.ReportAt.String(), nil))
}

// readStructure reads the form of a structure over what it was. An hour that cannot be read stays what it was, and is a fault.
func (r *request) readStructure(st portal.Structure) (portal.Structure, *portal.Error) {
	for name, text := range map[string]*string{"nom": &st.Name, "rue": &st.Street, "code_postal": &st.Postcode, "commune": &st.Town, "telephone": &st.Phone,
		"courriel": &st.Email, "expediteur": &st.SenderName, "reponse": &st.ReplyTo, "zone": &st.Zone} {
		*text = portal.Clip(strings.TrimSpace(r.FormValue(name)), 300)
	}
	st.Territory = portal.Territory(r.FormValue("territoire"))
	faults := portal.Invalid("Cette structure ne peut pas être enregistrée telle quelle.")
	r.typedHour("nuit", &st.NightAt, faults)
	r.typedHour("matin", &st.ReportAt, faults)
	return st, faults
}

// typedHour reads a time of day of the form; one that cannot be read is a fault beside its field.
func (r *request) typedHour(name string, into *portal.TimeOfDay, faults *portal.Error) {
	t, err := portal.ParseTimeOfDay(r.FormValue(name))
	if err != nil {
		faults.Fault(name, "Écrivez une heure comme 1:15.")
		return
	}
	*into = t
}

// saveStructure changes what is said of the structure.
func (r *request) saveStructure() error {
	was, err := r.theStructure()
	if err != nil {
		return err
	}
	st, faults := r.readStructure(was)
	if len(faults.Fields) > 0 {
		err = both(faults, st.Check())
	} else {
		err = r.site.store.SaveStructure(r.ctx(), r.account(), st, r.FormValue("vu"))
	}
	if err == nil {
		return r.redirect303(structurePath + "?enregistre=1")
	}
	refusal := portal.AsError(err)
	if refusal == nil || refusal.Kind == portal.KindNotFound {
		return err
	}
	page := r.structureForm(st, r.FormValue("nuit"), r.FormValue("matin"), views.FaultsOf(refusal))
	r.keepStamp(&page)
	if refusal.Kind == portal.KindConflict {
		now := r.structureForm(was, was.NightAt.String(), was.ReportAt.String(), nil)
		return r.renderStale(&page, &now, refusal)
	}
	r.Status(int(refusal.Kind))
	return r.render(page)
}

func (r *request) newStructureForm(st portal.Structure, night, report, key string, faults views.Faults) views.StructureForm {
	page := r.structureForm(st, night, report, faults)
	page.Title, page.Heading, page.Action, page.Back = "Ajouter une structure", "Ajouter une structure", newStructurePath, structurePath
	page.Seen, page.NewURL, page.Saved, page.Key = "", "", false, key
	return page
}

// newStructurePage asks for another structure, as its neighbour is.
func (r *request) newStructurePage() error {
	here, err := r.theStructure()
	if err != nil {
		return err
	}
	key, err := r.site.store.NewFormKey()
	if err != nil {
		return err
	}
	st := portal.Structure{Zone: here.Zone, Territory: here.Territory, Postcode: here.Postcode, Town: here.Town}
	return r.render(r.newStructureForm(st, here.NightAt.String(), here.ReportAt.String(), key, nil))
}

// foundStructure adds a structure and shows it.
func (r *request) foundStructure() error {
	st, faults := r.readStructure(portal.Structure{})
	var id portal.StructureID
	var err error
	if len(faults.Fields) > 0 {
		err = both(faults, st.Check())
	} else {
		id, err = r.site.store.FoundStructure(r.ctx(), r.account(), st, r.FormValue("cle"))
	}
	if refusal := portal.AsError(err); refusal != nil && len(refusal.Fields) > 0 {
		return r.renderInvalid(r.newStructureForm(st, r.FormValue("nuit"), r.FormValue("matin"), r.FormValue("cle"), views.FaultsOf(refusal)))
	}
	if err != nil {
		return err
	}
	fresh, err := r.site.store.Session(r.ctx(), r.Cookies(r.site.cookieName())) // who sees the new structure as well
	if err != nil {
		return err
	}
	if err := r.site.store.LookAt(r.ctx(), fresh, id); err != nil {
		return err
	}
	return r.redirect303(structurePath + "?enregistre=1")
}

// lookForm shows how the structure looks; typed is a colour that is not saved.
func (r *request) lookForm(typed string, faults views.Faults) (views.LookForm, error) {
	st, err := r.theStructure()
	if err != nil {
		return views.LookForm{}, err
	}
	page := views.LookForm{Frame: r.frame("Apparence", settingsPath), Own: st.Colour != "", Faults: faults}
	page.Colour = views.Entry{ID: "couleur", Label: "Quelle est votre couleur ?", Hint: "Celle des boutons et des liens. Les autres teintes en sont calculées, pour le thème clair et le thème sombre.",
		Type: "color", Value: st.Colour, Required: true, Fault: faults.On("couleur")}
	if page.Colour.Value == "" {
		page.Colour.Value = "#26397f"
	}
	if typed != "" {
		page.Colour.Value = typed
	}
	if look, ok := (&portal.Structure{Colour: page.Colour.Value}).Look(); ok {
		page.Pairs = views.ContrastLines(look)
	}
	page.File = views.Entry{ID: "logo", Label: "Quelle image ?", Hint: "PNG ou JPEG, 300 ko au plus. Elle remplace le blason en haut de chaque page.", Type: "file", Required: true,
		Accept: "image/png,image/jpeg", Fault: faults.On("logo")}
	switch r.Query("enregistre") {
	case "couleur":
		page.Notice = "La couleur est enregistrée."
	case "logo":
		page.Notice = "Le logo est enregistré."
	case "retrait":
		page.Notice = "Le logo est retiré."
	}
	return page, nil
}

// lookPage shows the colour and the logo.
func (r *request) lookPage() error {
	page, err := r.lookForm("", nil)
	if err != nil {
		return err
	}
	return r.render(page)
}

// saveColour saves the colour, or shows the page in it.
func (r *request) saveColour() error {
	typed := portal.Clip(r.FormValue("couleur"), 20)
	if r.FormValue("faire") == "defaut" {
		typed = ""
	}
	if r.FormValue("faire") == "apercu" {
		return r.previewColour(typed)
	}
	return r.lookSaved(r.site.store.SaveColour(r.ctx(), r.account(), r.structure(), typed), typed, "couleur")
}

func (r *request) previewColour(typed string) error {
	c, err := portal.ParseColour(typed)
	if err == nil {
		_, err = portal.NewLook(c)
	}
	if err != nil {
		return r.lookSaved(err, typed, "")
	}
	page, err := r.lookForm(c.String(), nil)
	if err != nil {
		return err
	}
	page.Preview, page.Style = true, views.StylePath(portal.Structure{Colour: c.String()})
	return r.render(page)
}

// lookSaved shows the page anew, or the form with what is wrong.
func (r *request) lookSaved(err error, typed, what string) error {
	if err == nil {
		return r.redirect303(lookSettingsPath + "?enregistre=" + url.QueryEscape(what))
	}
	refusal := portal.AsError(err)
	if refusal == nil || len(refusal.Fields) == 0 {
		return err
	}
	page, formErr := r.lookForm(typed, views.FaultsOf(refusal))
	if formErr != nil {
		return formErr
	}
	return r.renderInvalid(page)
}

// saveLogo keeps the picture of the form.
func (r *request) saveLogo() error {
	_, body, err := r.upload("logo")
	if err != nil {
		return err
	}
	return r.lookSaved(r.site.store.SaveLogo(r.ctx(), r.account(), r.structure(), body), "", "logo")
}

// removeLogo takes the picture off.
func (r *request) removeLogo() error {
	return r.lookSaved(r.site.store.RemoveLogo(r.ctx(), r.account(), r.structure()), "", "retrait")
}

// upload reads a file of the form; nil when none was chosen.
func (r *request) upload(field string) (name string, body []byte, err error) {
	head, err := r.FormFile(field)
	if err != nil || head.Filename == "" {
		return "", nil, nil
	}
	f, err := head.Open()
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	body, err = io.ReadAll(f)
	if body == nil {
		body = []byte{}
	}
	return head.Filename, body, err
}
