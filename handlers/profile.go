package handlers

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

const profilePath = "/profil"

// profileDone says what was just done, by the word in the address.
var profileDone = map[string]string{
	"adresses":     "Vos adresses sont enregistrées.",
	"telephones":   "Vos téléphones sont enregistrés.",
	"mot-de-passe": "Le mot de passe a bien été enregistré. Vos autres appareils sont déconnectés.",
	"appareil":     "L’appareil est déconnecté.",
	"appareils":    "Tous vos autres appareils sont déconnectés.",
	"agenda":       "L’adresse d’agenda est retirée : elle ne s’ouvre plus.",
}

// profile shows what is known of the person.
func (r *request) profile() error {
	p, err := r.site.store.Profile(r.ctx(), r.session)
	if err != nil {
		return err
	}
	v := views.Profile{Frame: r.frame("Profil utilisateur", profilePath), Done: profileDone[r.Query("fait")], Person: p.Person.Title(), Login: p.Login, Children: r.session.Guardian()}
	v.SetAddresses(p.Addresses)
	v.SetPhones(p.Phones)
	for _, d := range p.Devices {
		v.AddDevice(d.ID, d.Words, d.Seen, r.now, d.Remember, d.This)
	}
	if r.session.Staff() {
		f, err := r.site.store.Factor(r.ctx(), r.session)
		if err != nil {
			return err
		}
		v.SetFactor(f.Since, f.Codes)
	}
	if !p.Calendar.IsZero() {
		v.Calendar, v.Shown = portal.DateOf(p.Calendar).LongYear(), p.Calendar.UnixMilli()
	}
	return r.render(v)
}

// formFaults turns a refusal into sentences beside the fields and sets the status; another error comes back. A refusal
// that names no field is about the password asked again.
func (r *request) formFaults(err error) (views.Faults, error) {
	refusal := portal.AsError(err)
	if refusal == nil || refusal.Kind != portal.KindInvalid && refusal.Kind != portal.KindTooMany {
		return nil, err
	}
	r.retryAfter(err)
	r.Status(int(refusal.Kind))
	faults := views.FaultsOf(refusal)
	if faults == nil {
		faults = views.Faults{{Field: "actuel", Message: refusal.Message}}
	}
	return faults, nil
}

func (r *request) addressesView(list []portal.Address, faults views.Faults) views.ProfileAddresses {
	v := views.ProfileAddresses{Frame: r.frame("Adresses e-mail", profilePath), Faults: faults}
	v.SetLines(list)
	return v
}

// oneMore adds an empty line, which gets everything.
func oneMore(list []portal.Address) []portal.Address {
	return append(list, portal.Address{Reports: true, Reminders: true})
}

func (r *request) addressesPage() error {
	p, err := r.site.store.Profile(r.ctx(), r.session)
	if err != nil {
		return err
	}
	if len(p.Addresses) == 0 {
		p.Addresses = oneMore(nil)
	}
	return r.render(r.addressesView(p.Addresses, nil))
}

// typedAddresses reads the lines of the form, as many as it has.
func (r *request) typedAddresses() (lines []portal.Address) {
	for i := range portal.AddressesMost {
		n := strconv.Itoa(i + 1)
		if r.Request().PostArgs().Has("adresse" + n) {
			lines = append(lines, portal.Address{Email: portal.Clip(r.FormValue("adresse"+n), 1000), Reports: r.FormValue("comptes_rendus"+n) == "1", Reminders: r.FormValue("rappels"+n) == "1"})
		}
	}
	return lines
}

// saveAddresses replaces the addresses, or adds a line to the form and saves nothing yet.
func (r *request) saveAddresses() error {
	lines := r.typedAddresses()
	if r.FormValue("ajouter") != "" {
		if len(lines) < portal.AddressesMost {
			lines = oneMore(lines)
		}
		return r.render(r.addressesView(lines, nil))
	}
	list, err := portal.ReadAddresses(lines)
	if err == nil {
		var told db.Notice
		if told, err = r.noticeOf(views.AddressesNotice); err != nil {
			return err
		}
		err = r.site.store.SaveAddresses(r.ctx(), r.session, r.FormValue("actuel"), r.address(), list, told)
	}
	if err != nil {
		faults, err := r.formFaults(err)
		if err != nil {
			return err
		}
		return r.render(r.addressesView(lines, faults))
	}
	return r.redirect303(profilePath + "?fait=adresses")
}

func (r *request) phonesView(p portal.Phones, faults views.Faults) views.ProfilePhones {
	v := views.ProfilePhones{Frame: r.frame("Téléphones", profilePath), Faults: faults}
	v.SetLines(p)
	return v
}

func (r *request) phonesPage() error {
	p, err := r.site.store.Profile(r.ctx(), r.session)
	if err != nil {
		return err
	}
	return r.render(r.phonesView(p.Phones, nil))
}

// savePhones replaces the telephone numbers.
func (r *request) savePhones() error {
	field := func(name string) string { return portal.Clip(r.FormValue(name), 60) }
	p := portal.Phones{Home: field("domicile"), Work: field("travail"), Mobile: field("portable")}
	if err := r.site.store.SavePhones(r.ctx(), r.session, p); err != nil {
		faults, err := r.formFaults(err)
		if err != nil {
			return err
		}
		return r.render(r.phonesView(p, faults))
	}
	return r.redirect303(profilePath + "?fait=telephones")
}

func (r *request) passwordView() views.ProfilePassword {
	return views.ProfilePassword{Frame: r.frame("Changer le mot de passe", profilePath), Login: r.session.Login, NewPassword: views.NewPassword{Least: portal.PasswordLeast}}
}

func (r *request) passwordPage() error {
	v := r.passwordView()
	v.SetRules(portal.PasswordRules(), nil, false)
	return r.render(v)
}

// changePassword replaces the personal password; this browser stays signed in.
func (r *request) changePassword() error {
	owner, err := r.site.store.PasswordOwner(r.ctx(), r.account())
	if err != nil {
		return err
	}
	v := r.passwordView()
	password := r.chosenPassword(&v.NewPassword, owner)
	if len(v.Faults) > 0 {
		return r.renderInvalid(v)
	}
	told, err := r.noticeOf(views.PasswordNotice)
	if err != nil {
		return err
	}
	token, err := r.site.store.ChangePassword(r.ctx(), r.session, r.FormValue("actuel"), password, r.address(), told)
	if err != nil {
		if v.Faults, err = r.formFaults(err); err != nil {
			return err
		}
		return r.render(v)
	}
	r.setCookie(token, r.session.Remember)
	return r.redirect303(profilePath + "?fait=mot-de-passe")
}

// closeDevices signs one device out, or all the others.
func (r *request) closeDevices() error {
	which, done := r.FormValue("appareil"), "appareil"
	var err error
	if which == "autres" {
		done = "appareils"
		err = r.site.store.CloseOtherDevices(r.ctx(), r.session)
	} else {
		err = r.site.store.CloseDevice(r.ctx(), r.session, which)
	}
	if err != nil {
		return err
	}
	return r.redirect303(profilePath + "?fait=" + done)
}

// changeAgenda makes a new calendar address and shows it, this once, or removes the one there is.
func (r *request) changeAgenda() error {
	if r.FormValue("action") == "retirer" {
		if err := r.site.store.RemoveCalendar(r.ctx(), r.session); err != nil {
			return err
		}
		return r.redirect303(profilePath + "?fait=agenda")
	}
	shown, err := strconv.ParseInt(r.FormValue("vu"), 10, 64)
	if err != nil {
		return db.ErrCalendarMade
	}
	var seen time.Time
	if shown != 0 {
		seen = time.UnixMilli(shown)
	}
	token, err := r.site.store.MakeCalendar(r.ctx(), r.session, seen)
	if err != nil {
		return err
	}
	return r.render(views.ProfileCalendar{Frame: r.frame("Votre adresse d’agenda", profilePath), URL: r.site.absolute("/ical/" + token)})
}

// agenda answers a calendar program that knows a secret address.
func (r *request) agenda() error {
	list, err := r.site.store.CalendarDays(r.ctx(), r.Params("token"))
	if refusal := portal.AsError(err); refusal != nil {
		return fiber.ErrNotFound
	}
	if err != nil {
		return err
	}
	r.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
	r.Set(fiber.HeaderContentDisposition, `inline; filename="reservations.ics"`)
	return r.Send(views.ICS("Portail famille", views.BookingEvents(list, r.site.name(r.ctx()), r.site.base.Hostname())))
}

func (r *request) dataPage() error {
	return r.render(views.ProfileData{Frame: r.frame("Télécharger mes données", profilePath)})
}

// exportData gives everything kept about the person in one file.
func (r *request) exportData() error {
	data, err := r.site.store.Export(r.ctx(), r.session, r.FormValue("actuel"), r.address())
	if err != nil {
		faults, err := r.formFaults(err)
		if err != nil {
			return err
		}
		return r.render(views.ProfileData{Frame: r.frame("Télécharger mes données", profilePath), Faults: faults})
	}
	return r.sendPersonal(data, "mes-donnees.json")
}

// sendPersonal sends everything kept about a person as one file.
func (r *request) sendPersonal(data *portal.PersonalData, name string) error {
	var body strings.Builder
	out := json.NewEncoder(&body)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	if err := out.Encode(data); err != nil {
		return err
	}
	r.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
	r.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return r.SendString(body.String())
}
