package portal

import (
	"strings"
	"time"
)

// Announcement is a message of the town hall on the home page of families.
type Announcement struct {
	ID          AnnouncementID
	Structure   StructureID
	Title, Body string // the body in the format of the town hall's texts
	First, Last Date   // it is shown from one to the other, both included
	Activity    ActivityID
	School      SchoolID // with neither, it is for everybody
	Written     time.Time
}

// How long the words of an announcement may be, in characters.
const (
	AnnouncementTitleMost = 120
	AnnouncementBodyMost  = 4000
)

// AudienceDays is how far from today a booking makes a child one of an activity's, for an announcement.
const AudienceDays = 60

const announcementRefused = "Le message ne peut pas être enregistré tel quel."

// Facts says the message as the audit log compares it; audience is who it is for, in words.
func (a *Announcement) Facts(audience string) []Fact {
	return []Fact{{"Titre", a.Title}, {"Texte", a.Body}, {"Affichage", SpanWords(a.First, a.Last)}, {"Pour", audience}}
}

// UnknownAudience adds to a refusal, or to none, that the message is for nobody that exists.
func UnknownAudience(err error) error {
	e := AsError(err)
	if e == nil {
		e = Invalid(announcementRefused)
	}
	e.Fault("pour", "Choisissez dans la liste à qui le message s’adresse.")
	return e
}

// Check refuses an announcement that could not be shown, with a sentence per field.
func (a *Announcement) Check() error {
	e := Invalid(announcementRefused)
	fault := e.Fault
	switch n := len([]rune(a.Title)); {
	case strings.TrimSpace(a.Title) == "":
		fault("titre", "Donnez un titre au message.")
	case n > AnnouncementTitleMost:
		fault("titre", "Le titre fait %d caractères. Raccourcissez-le à %d.", n, AnnouncementTitleMost)
	}
	switch n := len([]rune(a.Body)); {
	case strings.TrimSpace(a.Body) == "":
		fault("texte", "Écrivez le texte du message.")
	case n > AnnouncementBodyMost:
		fault("texte", "Le texte fait %d caractères. Raccourcissez-le à %d.", n, AnnouncementBodyMost)
	}
	if a.First == 0 {
		fault("du", "Donnez le premier jour d’affichage.")
	}
	switch {
	case a.Last == 0:
		fault("au", "Donnez le dernier jour d’affichage.")
	case a.Last < a.First:
		fault("au", "Le dernier jour doit être le premier jour d’affichage, ou après.")
	}
	if a.Activity != 0 && a.School != 0 {
		fault("pour", "Choisissez une seule réponse.")
	}
	if len(e.Fields) == 0 {
		return nil
	}
	return e
}
