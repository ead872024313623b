package views

import (
	"strings"
	"testing"
	"time"

	"marelle/portal"
)

// TestPreviewOfDaysToCome: what is not booked yet says truly what it waits for: the school year, or the opening of its period.
func TestPreviewOfDaysToCome(t *testing.T) {
	day := portal.MustDate("2027-01-04")
	later := func(d portal.Date, book portal.Limit) portal.RegistrationStep {
		return portal.RegistrationStep{Slot: &portal.Slot{Day: d, Open: true, Book: book}, Act: portal.RegistrationLater}
	}
	opening := portal.Limit{Possible: true, From: time.Date(2026, 12, 10, 7, 0, 0, 0, time.UTC)}
	horizon := portal.MustDate("2027-07-02")
	for _, c := range []struct {
		name  string
		first string
		steps []portal.RegistrationStep
		until string
		notes string
	}{
		{"tout est ouvert", "2026-12-07", nil, "Les jours sont réservés jusqu’au vendredi 2 juillet 2027 pour le moment ; ceux d’après suivront d’eux-mêmes.", ""},
		{"l’année scolaire suivante", "2027-09-06", nil, "Ces jours seront réservés quand leur année scolaire approchera et que ses réservations seront ouvertes.", ""},
		{"une période annoncée", "2026-12-07", []portal.RegistrationStep{later(day, opening)},
			"Les jours ouverts aux réservations sont réservés jusqu’au vendredi 2 juillet 2027 pour le moment ; ceux d’après suivront d’eux-mêmes.",
			"1 jour attend l’ouverture des réservations de sa période : il sera réservé de lui-même la nuit suivante.|Ouverture le jeudi 10 décembre 2026 à 8 h : lun. 4 janv."},
		{"une période annoncée, une autre non", "2026-12-07", []portal.RegistrationStep{later(day, opening), later(day+7, opening), later(day+70, portal.Limit{Unannounced: true})},
			"Les jours ouverts aux réservations sont réservés jusqu’au vendredi 2 juillet 2027 pour le moment ; ceux d’après suivront d’eux-mêmes.",
			"3 jours attendent l’ouverture des réservations de leur période : ils seront réservés d’eux-mêmes la nuit suivante.|Ouverture le jeudi 10 décembre 2026 à 8 h : lun. 4 janv. et lun. 11 janv.|Ouverture pas encore annoncée : lun. 15 mars."},
	} {
		var v RegistrationPreview
		v.SetSteps(portal.Registration{First: portal.MustDate(c.first), Weekdays: portal.Days(portal.Monday)}, horizon, c.steps)
		var notes []string
		for _, n := range v.Notes {
			notes = append(notes, append([]string{n.Text}, n.Items...)...)
		}
		if got := plain(strings.Join(notes, "|")); got != c.notes {
			t.Errorf("%s: %s", c.name, got)
		}
		if got := plain(v.Until); got != c.until {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

func plain(s string) string { return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s) }
