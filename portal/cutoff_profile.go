package portal

import "strings"

// LimitProfile is a kind of family that has limits of its own: « horaires de travail variables ».
type LimitProfile struct {
	ID          ProfileID
	StructureID StructureID
	Name        string
	Document    string // what a family brings to have it: « attestation de l’employeur »
	Removed     bool   // no longer given; past rules still name it
}

// ProfileNameMost bounds the name of a profile and that of its document.
const ProfileNameMost = 80

// Check refuses a profile that could not be read; the fields are nom and document.
func (p LimitProfile) Check() error {
	e := Invalid("Le profil ne peut pas être enregistré tel quel.")
	if strings.TrimSpace(p.Name) == "" {
		e.Fault("nom", "Donnez un nom au profil, par exemple « Horaires de travail variables ».")
	}
	for _, f := range []struct{ field, text string }{{"nom", p.Name}, {"document", p.Document}} {
		if len([]rune(f.text)) > ProfileNameMost {
			e.Fault(f.field, "%d caractères au plus.", ProfileNameMost)
		}
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

// Facts says the profile as a person reads it.
func (p LimitProfile) Facts() []Fact { return []Fact{{"Nom", p.Name}, {"Document", p.Document}} }

// CheckHeld refuses a profile given until a day that makes no sense; the field is jusqu_au.
func CheckHeld(until, today Date) error {
	switch {
	case until == 0:
		return Wrong("jusqu_au", "Donnez le dernier jour de validité du document.")
	case until < today:
		return Wrong("jusqu_au", "Le document doit être valable aujourd’hui. Donnez un jour à venir.")
	case until > today+1100:
		return Wrong("jusqu_au", "Ce jour est trop lointain : trois ans au plus. Vérifiez l’année.")
	}
	return nil
}
