package handlers

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// newStaffForm prepares a page with one form, and gives it a one-time key when it makes something.
func (r *request) newStaffForm(heading, action string, makes bool) (views.StaffForm, error) {
	page := views.StaffForm{Frame: r.frame(heading, views.FamiliesPath), Heading: heading, Action: action, Button: "Enregistrer"}
	if !makes {
		return page, nil
	}
	key := r.FormValue("cle")
	if key == "" {
		var err error
		if key, err = r.site.store.NewFormKey(); err != nil {
			return page, err
		}
	}
	page.Carried = append(page.Carried, views.CarriedValue{Name: "cle", Value: key})
	return page, nil
}

// refuseForm shows a form again with what was typed: what is to be corrected, or what cannot be done. An error that says
// neither comes back.
func (r *request) refuseForm(page views.StaffForm, err error) error {
	refusal := portal.AsError(err)
	switch {
	case refusal == nil:
		return err
	case refusal.Kind == portal.KindConflict:
		page.Notice = refusal.Message
	case len(refusal.Fields) > 0:
		r.keepStamp(&page)
		page.SetFaults(refusal)
	default:
		return err
	}
	r.Status(int(refusal.Kind))
	return r.render(page)
}

// typed gives a field of the form, cut far above what any field takes.
func (r *request) typed(name string) string { return portal.Clip(r.FormValue(name), 5000) }

// ticked says whether a box of the form is.
func (r *request) ticked(name string) bool { return r.FormValue(name) == "1" }

// typedDay reads a day of the form; one that cannot be read is a fault beside its field.
func (r *request) typedDay(name string, faults *portal.Error) portal.Date {
	return readDay(r.FormValue(name), name, faults)
}

// readDay reads a day that was typed; nothing is no day, and what cannot be read is a fault of the field.
func readDay(text, field string, faults *portal.Error) portal.Date {
	if strings.TrimSpace(text) == "" {
		return 0
	}
	day, err := portal.ReadDay(text)
	if err != nil {
		faults.Fault(field, "%s", err.Error())
	}
	return day
}

// both joins the faults of reading a form to those of its check; what could not be read is not judged as well.
func both(read *portal.Error, checked error) error {
	if len(read.Fields) == 0 {
		return checked
	}
	if refusal := portal.AsError(checked); refusal != nil {
		unread := len(read.Fields)
		for _, f := range refusal.Fields {
			if !slices.ContainsFunc(read.Fields[:unread], func(e portal.FieldError) bool { return e.Field == f.Field }) {
				read.Fields = append(read.Fields, f)
			}
		}
	}
	return read
}

func textField(id, label, value string, most int) views.Field {
	return views.Field{Kind: "text", ID: id, Label: label, Value: value, Most: most}
}

func boxField(id, label string, ticked bool) views.Field {
	return views.Field{Kind: "box", ID: id, Label: label, Checked: ticked}
}

func (f fieldMaker) with(hint string) views.Field {
	field := views.Field(f)
	field.Hint = hint
	return field
}

// fieldMaker adds to a field what few have.
type fieldMaker views.Field

// householdForm is the form of a household.
func (r *request) householdForm(f portal.Family, version string) (views.StaffForm, error) {
	heading, action, back, to := "Créer une famille", views.FamiliesPath, views.FamiliesPath, "Revenir aux familles"
	if f.ID != 0 {
		heading, action, back, to = "Changer le foyer", views.FamilyPath(f.ID)+"/foyer", views.FamilyPath(f.ID), "Revenir à la famille"
	}
	page, err := r.newStaffForm(heading, action, f.ID == 0)
	page.Back, page.BackTo = back, to
	if f.ID != 0 {
		page.Seen = version
	}
	page.Groups = []views.FieldGroup{{Fields: []views.Field{
		fieldMaker(textField("nom", "Nom de la famille", f.Name, 100)).with("Comme sur l’enveloppe : DUPONT, ou DUPONT / MARTIN. Des parents séparés ont une famille chacun."),
		textField("rue", "Numéro et rue", f.Street, 200), textField("code_postal", "Code postal", f.Postcode, 5), textField("commune", "Commune", f.Town, 100),
		fieldMaker(boxField("resident", "Cette famille habite la commune", f.Resident)).with("Les autres réservent plus tard quand une période a deux dates d’ouverture."),
	}}}
	return page, err
}

func (r *request) typedFamily() portal.Family {
	return portal.Family{Name: r.typed("nom"), Street: r.typed("rue"), Postcode: r.typed("code_postal"), Town: r.typed("commune"), Resident: r.ticked("resident")}
}

// newFamily asks for a household.
func (r *request) newFamily() error {
	page, err := r.householdForm(portal.Family{Resident: true}, "")
	if err != nil {
		return err
	}
	return r.render(page)
}

// createFamily makes a household.
func (r *request) createFamily() error {
	f := r.typedFamily()
	if asked, err := r.askSameFamily(f); asked || err != nil {
		return err
	}
	id, err := r.site.store.CreateFamily(r.ctx(), r.structure(), r.account(), f, r.FormValue("cle"))
	if err != nil {
		page, formErr := r.householdForm(f, "")
		if formErr != nil {
			return formErr
		}
		return r.refuseForm(page, err)
	}
	return r.redirect303(views.FamilyPath(id) + "?fait=creee")
}

// askSameFamily shows the form again when a family of that name lives there already, with a button that saves all the same, and
// says whether it did. What cannot be saved, and what was saved a moment ago, is not asked about.
func (r *request) askSameFamily(f portal.Family) (asked bool, err error) {
	checked := f
	if checked.Check() != nil || r.FormValue("quand_meme") == "1" {
		return false, nil
	}
	sent, err := r.site.store.FormSent(r.ctx(), r.account(), r.FormValue("cle"))
	if err != nil || sent {
		return false, err
	}
	known, err := r.site.store.FamilyNamesakes(r.ctx(), r.structure(), checked)
	if err != nil || len(known) == 0 {
		return false, err
	}
	page, err := r.householdForm(f, "")
	if err != nil {
		return false, err
	}
	page.Notice, page.Button = "Une famille de ce nom est déjà à cette adresse. Rien n’a été enregistré : ouvrez-la, ou enregistrez quand même si c’est un autre foyer.", "Enregistrer quand même"
	page.Carried = append(page.Carried, views.CarriedValue{Name: "quand_meme", Value: "1"})
	for _, k := range known {
		page.Known = append(page.Known, views.JoinFound{URL: views.FamilyPath(k.Home), Name: k.Name, Detail: k.Detail})
	}
	return true, r.renderInvalid(page)
}

// theFamily finds the family of the address; another structure's is not found.
func (r *request) theFamily() (*db.FamilyFile, error) {
	id, err := number[portal.FamilyID](r.Params("family"))
	if err != nil {
		return nil, err
	}
	return r.site.store.FamilyFile(r.ctx(), r.structure(), id, true)
}

// householdPage shows a household to change it.
func (r *request) householdPage() error {
	f, err := r.theFamily()
	if err != nil {
		return err
	}
	page, err := r.householdForm(f.Family, portal.Version(f.Family.Facts()))
	if err != nil {
		return err
	}
	return r.render(page)
}

// saveHousehold changes a household.
func (r *request) saveHousehold() error {
	now, err := r.theFamily()
	if err != nil {
		return err
	}
	f := r.typedFamily()
	f.ID = now.ID
	if err := r.site.store.SaveFamily(r.ctx(), r.structure(), r.account(), f, r.FormValue("vu")); err != nil {
		page, formErr := r.householdForm(f, "")
		if formErr != nil {
			return formErr
		}
		return r.refuseChange(page, err, func() (views.StaffForm, error) {
			return r.householdForm(now.Family, portal.Version(now.Family.Facts()))
		})
	}
	return r.redirect303(views.FamilyPath(f.ID) + "?fait=foyer")
}

// guardianForm is the form of a guardian; emails are as typed.
func (r *request) guardianForm(family portal.FamilyID, g portal.GuardianFile, emails []string, version string) (views.StaffForm, error) {
	heading, action := "Ajouter un responsable", fmt.Sprintf("%s/responsables", views.FamilyPath(family))
	if g.ID != 0 {
		heading, action = "Changer la fiche de "+g.DisplayName(), fmt.Sprintf("%s/responsables/%d", views.FamilyPath(family), g.ID)
	}
	page, err := r.newStaffForm(heading, action, g.ID == 0)
	page.Back, page.BackTo = views.FamilyPath(family), "Revenir à la famille"
	if g.ID != 0 {
		page.Seen = version
		page.Remove, page.RemoveWords = action+"/retirer", "Retirer de cette famille"
	}
	civility := []views.Choice{{Label: "Non précisée"}, {Value: "Mme", Label: "Mme"}, {Value: "M.", Label: "M."}}
	addresses := views.FieldGroup{Whole: true, Legend: "Adresses e-mail", Hint: "La première reçoit les tickets de paiement. Videz une ligne pour retirer son adresse. Si elles changent, les anciennes reçoivent un message qui le dit."}
	for i := range min(portal.AddressesMost, len(emails)+1) {
		value := ""
		if i < len(emails) {
			value = emails[i]
		}
		addresses.Fields = append(addresses.Fields, views.Field{Kind: "email", ID: fmt.Sprintf("courriel%d", i+1), Label: fmt.Sprintf("Adresse %d", i+1), Value: value, Most: 254})
	}
	page.Groups = []views.FieldGroup{
		{Fields: []views.Field{{Kind: "list", ID: "civilite", Label: "Civilité", Options: views.Choose(civility, g.Civility)}, textField("nom", "Nom de famille", g.LastName, 100),
			textField("nom_usage", "Nom d’usage, s’il est différent", g.UsedName, 100), textField("prenom", "Prénom", g.FirstName, 100)}},
		{Legend: "Téléphones", Fields: []views.Field{{Kind: "tel", ID: "portable", Label: "Portable", Value: g.Phones.Mobile, Most: 40}, {Kind: "tel", ID: "domicile", Label: "Domicile", Value: g.Phones.Home, Most: 40},
			{Kind: "tel", ID: "travail", Label: "Travail", Value: g.Phones.Work, Most: 40}}},
		addresses, rightsGroup(g.Rights),
	}
	if g.ID == 0 {
		page.Lead = "Un compte est créé avec cette fiche. Sa lettre, à éditer ensuite, donne l’identifiant et un mot de passe provisoire."
	}
	return page, err
}

func rightsGroup(rights portal.Rights) views.FieldGroup {
	return views.FieldGroup{Legend: "Droits dans cette famille", Fields: []views.Field{
		boxField("legal", "Responsable légal", rights.Legal),
		fieldMaker(boxField("consulter", "Peut consulter les enfants sur le portail", rights.See)).with("Décoché, cette personne ne trouve plus ces enfants sur le portail."),
		boxField("reserver", "Peut réserver, annuler et signaler une absence", rights.Book),
		boxField("chercher", "Peut venir chercher les enfants", rights.PickUp),
	}}
}

// typedGuardian reads the form of a guardian, and its addresses as they were typed.
func (r *request) typedGuardian() (g portal.GuardianFile, emails []string) {
	g = portal.GuardianFile{Civility: r.typed("civilite"), LastName: r.typed("nom"), UsedName: r.typed("nom_usage"), FirstName: r.typed("prenom"),
		Phones: portal.Phones{Mobile: portal.Clip(r.FormValue("portable"), 60), Home: portal.Clip(r.FormValue("domicile"), 60), Work: portal.Clip(r.FormValue("travail"), 60)},
		Rights: portal.Rights{Legal: r.ticked("legal"), See: r.ticked("consulter"), Book: r.ticked("reserver"), PickUp: r.ticked("chercher")}}
	for i := range portal.AddressesMost {
		if e := strings.TrimSpace(portal.Clip(r.FormValue("courriel"+strconv.Itoa(i+1)), 1000)); e != "" {
			emails = append(emails, e)
		}
	}
	return g, emails
}

// readEmails checks typed addresses; a fault stands beside the line « courriel1 ».
func readEmails(g *portal.GuardianFile, emails []string) *portal.Error {
	faults := portal.Invalid("Ce responsable ne peut pas être enregistré tel quel.")
	var lines []portal.Address
	for _, e := range emails {
		lines = append(lines, portal.Address{Email: e})
	}
	list, err := portal.ReadAddresses(lines)
	if refusal := portal.AsError(err); refusal != nil {
		for _, f := range refusal.Fields {
			faults.Fault(strings.Replace(f.Field, "adresse", "courriel", 1), "%s", f.Message)
		}
	}
	for _, a := range list {
		g.Emails = append(g.Emails, a.Email)
	}
	return faults
}

// newGuardian asks for a guardian.
func (r *request) newGuardian() error {
	f, err := r.theFamily()
	if err != nil {
		return err
	}
	page, err := r.guardianForm(f.ID, portal.GuardianFile{LastName: f.Name, Rights: portal.AllRights()}, nil, "")
	if err != nil {
		return err
	}
	return r.render(page)
}

// addGuardian makes an account for a guardian, or ties one that exists to the family.
func (r *request) addGuardian() error {
	f, err := r.theFamily()
	if err != nil {
		return err
	}
	g, emails := r.typedGuardian()
	faults := readEmails(&g, emails)
	page, err := r.guardianForm(f.ID, g, emails, "")
	if err != nil {
		return err
	}
	checked := g
	if err := both(faults, checked.Check()); err != nil {
		return r.refuseForm(page, err)
	}
	known, err := r.unlessSent(func() ([]db.Namesake, error) {
		return r.site.store.GuardianNamesakes(r.ctx(), r.structure(), f.ID, g)
	})
	if err != nil {
		return err
	}
	same, decided := r.sameAs(&page, known, "Ce nom ou cette adresse est déjà dans le portail.", func(k db.Namesake) string { return guardianPath(k.Home, portal.AccountID(k.ID)) })
	switch {
	case !decided:
		return r.renderInvalid(page)
	case hasHere(known, same):
		return r.redirect303(views.FamilyPath(f.ID) + "?fait=connu#t-parents")
	}
	done := "responsable"
	if same != 0 {
		done = "rattache"
		_, err = r.site.store.LinkGuardian(r.ctx(), r.structure(), r.account(), f.ID, portal.AccountID(same), g.Rights, r.FormValue("cle"))
	} else {
		_, err = r.site.store.AddGuardian(r.ctx(), r.structure(), r.account(), f.ID, g, r.FormValue("cle"))
	}
	if err != nil {
		return r.refuseForm(page, err)
	}
	return r.redirect303(views.FamilyPath(f.ID) + "?fait=" + done + "#t-parents")
}

// unlessSent looks for namesakes, but not for a form that was sent and taken already: it would find what it made.
func (r *request) unlessSent(find func() ([]db.Namesake, error)) ([]db.Namesake, error) {
	sent, err := r.site.store.FormSent(r.ctx(), r.account(), r.FormValue("cle"))
	if err != nil || sent {
		return nil, err
	}
	return find()
}

// hasHere says that the one who was chosen is in the family already.
func hasHere(known []db.Namesake, chosen int64) bool {
	return slices.ContainsFunc(known, func(k db.Namesake) bool { return k.Here && k.ID == chosen })
}

// sameAs asks whether somebody is one of those who have the same name, and reads the answer: the number of the one, or zero
// for somebody else. Nothing is decided while nothing was answered. path is where one of them is read.
func (r *request) sameAs(page *views.StaffForm, known []db.Namesake, why string, path func(db.Namesake) string) (same int64, decided bool) {
	if len(known) == 0 {
		return 0, true
	}
	answer := r.FormValue("meme")
	if answer == "autre" {
		return 0, true
	}
	var options []views.Choice
	for _, k := range known {
		value := fmt.Sprint(k.ID)
		if value == answer {
			return k.ID, true
		}
		label := "Oui : " + k.Name + ", " + k.Detail + " : l’ajouter à cette famille"
		if k.Here {
			label = "Oui : " + k.Name + " est déjà dans cette famille, ne rien ajouter"
		}
		options = append(options, views.Choice{Value: value, Label: label})
		page.Known = append(page.Known, views.JoinFound{URL: path(k), Name: k.Name, Detail: k.Detail})
	}
	options = append(options, views.Choice{Value: "autre", Label: "Non, c’est une autre personne : enregistrer quand même"})
	page.Groups = append([]views.FieldGroup{{Fields: []views.Field{{Kind: "radio", ID: "meme", Label: "Est-ce la même personne ?", Options: options}}}}, page.Groups...)
	refusal := portal.Invalid("%s", why)
	refusal.Fields = []portal.FieldError{{Field: "meme", Message: why + " Dites si c’est la même personne."}}
	page.SetFaults(refusal)
	return 0, false
}

// theGuardian finds the guardian of the address.
func (r *request) theGuardian() (portal.FamilyID, *db.FamilyGuardian, error) {
	family, err := number[portal.FamilyID](r.Params("family"))
	if err != nil {
		return 0, nil, err
	}
	account, err := number[portal.AccountID](r.Params("account"))
	if err != nil {
		return 0, nil, err
	}
	g, err := r.site.store.Guardian(r.ctx(), r.structure(), family, account)
	return family, g, err
}

// guardianPage shows a guardian to change the file.
func (r *request) guardianPage() error {
	family, g, err := r.theGuardian()
	if err != nil {
		return err
	}
	page, err := r.guardianForm(family, g.GuardianFile, g.Emails, portal.Version(g.GuardianFile.Facts()))
	if err != nil {
		return err
	}
	return r.render(page)
}

// saveGuardian changes a guardian and the guardian's rights.
func (r *request) saveGuardian() error {
	family, now, err := r.theGuardian()
	if err != nil {
		return err
	}
	g, emails := r.typedGuardian()
	g.ID = now.ID
	faults := readEmails(&g, emails)
	page, err := r.guardianForm(family, g, emails, portal.Version(now.GuardianFile.Facts()))
	if err != nil {
		return err
	}
	if len(faults.Fields) > 0 {
		checked := g
		return r.refuseForm(page, both(faults, checked.Check()))
	}
	told, err := r.noticeOf(views.AddressesNotice)
	if err != nil {
		return err
	}
	admin := r.session.Desk().Role == portal.Administrator
	if err := r.site.store.SaveGuardian(r.ctx(), r.structure(), r.account(), family, g, r.FormValue("vu"), admin, told); err != nil {
		return r.refuseChange(page, err, func() (views.StaffForm, error) {
			return r.guardianForm(family, now.GuardianFile, now.Emails, portal.Version(now.GuardianFile.Facts()))
		})
	}
	return r.redirect303(views.FamilyPath(family) + "?fait=fiche#t-parents")
}

// removeGuardian takes a guardian out of a family.
func (r *request) removeGuardian() error {
	family, now, err := r.theGuardian()
	if err != nil {
		return err
	}
	if err := r.site.store.RemoveGuardian(r.ctx(), r.structure(), r.account(), family, now.ID); err != nil {
		page, formErr := r.guardianForm(family, now.GuardianFile, now.Emails, portal.Version(now.GuardianFile.Facts()))
		if formErr != nil {
			return formErr
		}
		return r.refuseForm(page, err)
	}
	return r.redirect303(views.FamilyPath(family) + "?fait=retire#t-parents")
}
