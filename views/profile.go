package views

import (
	"fmt"
	"time"

	"marelle/portal"
)

var _ = register(Profile{}, ProfileAddresses{}, ProfilePhones{}, ProfilePassword{}, ProfileData{}, ProfileCalendar{})

var _ = part("account/profile#current", Faults{})

// Profile is « Profil utilisateur »: what is known of the person, and the way to change it.
type Profile struct {
	Frame
	Done      string // what was just done
	Person    string
	Login     string
	Addresses []ProfileAddress
	Phones    []ProfilePhone
	Devices   []ProfileDevice
	Others    bool   // somebody is signed in elsewhere too
	Calendar  string // when the calendar address was made; nothing when there is none
	Parent    bool   // else what is for families only is left out
	Shown     int64  // the same instant, as the form sends it back
	Agent     bool   // the person may have a second factor
	Factor    string // « depuis le lundi 23 novembre 2026, 9 codes de secours »; nothing when there is none
}

// Template names the page.
func (Profile) Template() string { return "account/profile" }

// ProfileAddress is an e-mail address of the list.
type ProfileAddress struct {
	Email string
	First bool     // it gets the payment tickets
	Dead  bool     // messages no longer arrive there
	Gets  []string // « comptes rendus », « rappels »
}

// ProfilePhone is a number of the list.
type ProfilePhone struct{ Label, Number string }

// ProfileDevice is a session that is open.
type ProfileDevice struct {
	ID     string
	Words  string // « Chrome sur Android »
	Detail string // « utilisé aujourd’hui à 9 h 05 »
	This   bool
}

// SetAddresses lists the addresses with what each gets.
func (v *Profile) SetAddresses(list []portal.Address) {
	for i, a := range list {
		line := ProfileAddress{Email: a.Email, First: i == 0, Dead: a.Dead}
		if a.Reports {
			line.Gets = append(line.Gets, "comptes rendus")
		}
		if a.Reminders {
			line.Gets = append(line.Gets, "rappels")
		}
		v.Addresses = append(v.Addresses, line)
	}
}

// SetPhones lists the numbers that are known.
func (v *Profile) SetPhones(p portal.Phones) {
	for _, n := range []ProfilePhone{{"Portable", p.Mobile}, {"Domicile", p.Home}, {"Travail", p.Work}} {
		if n.Number != "" {
			v.Phones = append(v.Phones, n)
		}
	}
}

// AddDevice lists a session.
func (v *Profile) AddDevice(id, words string, seen, now time.Time, remember, this bool) {
	d := ProfileDevice{ID: id, Words: portal.Capital(words), Detail: "utilisé " + portal.Ago(seen, now), This: this}
	if portal.DateOf(now)-portal.DateOf(seen) > 1 {
		d.Detail = "utilisé le " + portal.Ago(seen, now)
	}
	if remember {
		d.Detail += ", reste connecté"
	}
	v.Devices, v.Others = append(v.Devices, d), v.Others || !this
}

// SetFactor says where the second factor of an agent stands.
func (v *Profile) SetFactor(since time.Time, codes int) {
	v.Agent = true
	if !since.IsZero() {
		v.Factor = "En place depuis le " + portal.DateOf(since).LongYear() + ". " + portal.Count(codes, "code de secours reste", "codes de secours restent") + "."
	}
}

// ProfileAddresses is the form of the e-mail addresses.
type ProfileAddresses struct {
	Frame
	Parent bool // else reports, reminders and payment tickets are nobody's
	Lines  []AddressLine
	More   bool // one more line may be added
	Most   int
	Faults Faults
}

// Template names the page.
func (ProfileAddresses) Template() string { return "account/addresses" }

// AddressLine is one address of the form.
type AddressLine struct {
	Number             int
	Field              string // « adresse1 »
	Email              string
	Reports, Reminders bool
	Fault              string
}

// SetLines fills the form with the addresses as they are, or as they were typed.
func (v *ProfileAddresses) SetLines(list []portal.Address) {
	v.Most, v.More = portal.AddressesMost, len(list) < portal.AddressesMost
	for i, a := range list {
		field := fmt.Sprintf("adresse%d", i+1)
		v.Lines = append(v.Lines, AddressLine{Number: i + 1, Field: field, Email: a.Email, Reports: a.Reports, Reminders: a.Reminders, Fault: v.Faults.On(field)})
	}
}

// ProfilePhones is the form of the telephone numbers.
type ProfilePhones struct {
	Frame
	Lines  []PhoneLine
	Faults Faults
}

// Template names the page.
func (ProfilePhones) Template() string { return "account/phones" }

// PhoneLine is one number of the form.
type PhoneLine struct{ Field, Label, Complete, Number, Fault string }

// SetLines fills the form with the numbers as they are, or as they were typed.
func (v *ProfilePhones) SetLines(p portal.Phones) {
	v.Lines = []PhoneLine{
		{"portable", "Portable", "tel", p.Mobile, v.Faults.On("portable")},
		{"domicile", "Domicile", "home tel", p.Home, v.Faults.On("domicile")},
		{"travail", "Travail", "work tel", p.Work, v.Faults.On("travail")},
	}
}

// ProfilePassword is the form of a new password.
type ProfilePassword struct {
	Frame
	NewPassword
	Login string // for the browser's password keeper
}

// Template names the page.
func (ProfilePassword) Template() string { return "account/change" }

// ProfileData is where a person asks for everything that is kept.
type ProfileData struct {
	Frame
	Parent bool // else there are no children to speak of
	Faults Faults
}

// Template names the page.
func (ProfileData) Template() string { return "account/data" }

// ProfileCalendar shows a calendar address, this once.
type ProfileCalendar struct {
	Frame
	URL string
}

// Template names the page.
func (ProfileCalendar) Template() string { return "account/agenda" }
