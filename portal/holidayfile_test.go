package portal

import (
	"strings"
	"testing"
)

const icsZoneC = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//education.gouv.fr//FR\r\n" +
	"BEGIN:VEVENT\r\nUID:1@education.gouv.fr\r\nDTSTART;VALUE=DATE:20260901\r\nSUMMARY:Rentrée scolaire des élèves - Zones A, B et C\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261017\r\nDTEND;VALUE=DATE:20261102\r\nSUMMARY:Vacances de la Toussaint - Zones A\\, B et C\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nDTSTART:20270206T000001\r\nDTEND:20270221T235959\r\nSUMMARY:Vacances\r\n  d'Hiver - Zone C\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270213\r\nDTEND;VALUE=DATE:20270301\r\nSUMMARY:Vacances d'Hiver - Zone A\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270703\r\nSUMMARY:Début des Vacances d'Été - Zones A B C\r\nEND:VEVENT\r\n" +
	"END:VCALENDAR\r\n"

const recordsV2 = `[
 {"description":"Vacances de la Toussaint","population":"-","start_date":"2026-10-16T22:00:00+00:00","end_date":"2026-11-01T23:00:00+00:00","location":"Toulouse","zones":"Zone C","annee_scolaire":"2026-2027"},
 {"description":"Vacances de la Toussaint","population":"-","start_date":"2026-10-16T22:00:00+00:00","end_date":"2026-11-01T23:00:00+00:00","location":"Paris","zones":"Zone C","annee_scolaire":"2026-2027"},
 {"description":"Vacances d'Hiver","population":"Élèves","start_date":"2027-02-05T23:00:00+00:00","end_date":"2027-02-21T23:00:00+00:00","zones":"Zone C"},
 {"description":"Prérentrée","population":"Enseignants","start_date":"2026-08-30T22:00:00+00:00","end_date":"2026-08-31T22:00:00+00:00","zones":"Zone C"},
 {"description":"Vacances d'Octobre","population":"-","start_date":"2026-10-09T20:00:00+00:00","end_date":"2026-10-25T20:00:00+00:00","zones":"Réunion"},
 {"description":"Début des Vacances d'Été","population":"-","start_date":"2027-07-02T22:00:00+00:00","end_date":"2027-07-02T22:00:00+00:00","zones":"Zone C"}
]`

func periodsIn(list []Period) string {
	var words []string
	for _, p := range list {
		words = append(words, p.Name+" "+p.From.String()+" "+p.To.String())
	}
	return strings.Join(words, "; ")
}

func TestReadHolidayFile(t *testing.T) {
	zoneC := "vacances de la Toussaint 2026-10-17 2026-11-01; vacances d’hiver 2027-02-06 2027-02-21; vacances d’été 2027-07-03 2027-08-31"
	for _, c := range []struct{ name, text, zone, want string }{
		{"iCal, zone C", icsZoneC, "C", zoneC},
		{"iCal, zone A", icsZoneC, "A", "vacances de la Toussaint 2026-10-17 2026-11-01; vacances d’hiver 2027-02-13 2027-02-28; vacances d’été 2027-07-03 2027-08-31"},
		{"iCal, lignes d’Unix", strings.ReplaceAll(icsZoneC, "\r\n", "\n"), "C", zoneC},
		{"JSON", recordsV2, "C", zoneC},
		{"JSON, La Réunion", recordsV2, "Réunion", "vacances d’Octobre 2026-10-10 2026-10-25"},
		{"JSON, réponse de l’interface", `{"total_count":1,"results":` + recordsV2 + `}`, "C", zoneC},
		{"JSON, première interface", `{"nhits":1,"records":[{"recordid":"x","fields":{"description":"Vacances de Noël","start_date":"2026-12-18T23:00:00+00:00","end_date":"2027-01-03T23:00:00+00:00","zones":"Zone C"}}]}`, "C", "vacances de Noël 2026-12-19 2027-01-03"},
		{"JSON, dates seules, sans zone", `[{"description":"Pont de l'Ascension","start_date":"2027-05-07","end_date":"2027-05-09"}]`, "B", "pont de l’Ascension 2027-05-07 2027-05-08"},
	} {
		f := ReadHolidayFile(c.text, c.zone)
		if got := periodsIn(f.Holidays); got != c.want || len(f.Faults) > 0 {
			t.Errorf("%s: %v\ngot  %s\nwant %s", c.name, f.Faults, got, c.want)
		}
	}
}

// TestUglyHolidayFiles: each wrong file is told with its line and what to do, and gives no date.
func TestUglyHolidayFiles(t *testing.T) {
	for _, c := range []struct{ name, text, zone, want string }{
		{"vide", "  \n", "C", "Le fichier est vide"},
		{"page web", "<!doctype html>\n<html>", "C", "Ligne 1 : Ce fichier est une page web"},
		{"CSV", "description;population\nVacances;-\n", "C", "Ligne 1 : Ce fichier n’est ni un calendrier iCal"},
		{"calendrier sans événement", "BEGIN:VCALENDAR\nEND:VCALENDAR\n", "C", "aucun événement"},
		{"calendrier coupé", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261017\n", "C", "Ligne 2 : Cet événement n’a pas de fin"},
		{"événement dans un événement", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nBEGIN:VEVENT\n", "C", "Ligne 3 : Un événement commence avant la fin du précédent (ligne 2)"},
		{"ligne étrangère", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nbonjour\nEND:VEVENT\n", "C", "Ligne 3 : « bonjour »"},
		{"jour qui n’existe pas", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20270229\nSUMMARY:Vacances\nEND:VEVENT\n", "C", "Ligne 2 : « 20270229 » n’est pas une date"},
		{"sans premier jour", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Vacances d'Hiver\nEND:VEVENT\n", "C", "Ligne 2 : « Vacances d'Hiver » n’a pas de premier jour"},
		{"à l’envers", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270301\nDTEND:20270213\nSUMMARY:Vacances d'Hiver\nEND:VEVENT\n", "C", "Ligne 2 : « Vacances d'Hiver » finit (13/02/2027) avant de commencer (01/03/2027). Échangez"},
		{"une année de trop", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270213\nDTEND:20280301\nSUMMARY:Vacances d'Hiver\nEND:VEVENT\n", "C", "dure 382 jours"},
		{"autre zone", icsZoneC, "Corse", "ne parle pas de la zone « Corse » : il donne A, B et C"},
		{"zone à choisir", icsZoneC, "", "plusieurs zones : A, B et C"},
		{"JSON coupé", recordsV2[:len(recordsV2)-40], "C", "Ligne 7 : Le fichier est abîmé ou coupé"},
		{"JSON sans fin", recordsV2[:len(recordsV2)-2], "C", "coupé à cet endroit"},
		{"JSON d’autre chose", `{"bonjour": 3}`, "C", "n’est pas une liste de vacances"},
		{"JSON vide", `[]`, "C", "aucun enregistrement"},
		{"enregistrement d’autre chose", "[\n{\"nom\":\"x\"}]", "C", "Ligne 2 : Cet enregistrement n’a pas de « description »"},
		{"nombre", "[\n{\"description\":3}]", "C", "Ligne 2 : Cet enregistrement n’a pas la forme attendue"},
		{"date en toutes lettres", "[\n\n{\"description\":\"Vacances d'Hiver\",\"start_date\":\"le 6 février\"}]", "C", "Ligne 3 : « le 6 février » n’est pas une date"},
		{"rien que des rentrées", `[{"description":"Rentrée","start_date":"2026-09-01","end_date":"2026-09-01"}]`, "C", "aucune vacance"},
		{"deux dates pour les mêmes", `[{"description":"Vacances d'Hiver","start_date":"2027-02-06","end_date":"2027-02-22"},
{"description":"Vacances d'Hiver","start_date":"2027-02-13","end_date":"2027-03-01"}]`, "C", "Ligne 2 : « vacances d’hiver »"},
	} {
		f := ReadHolidayFile(c.text, c.zone)
		var told []string
		for _, fault := range f.Faults {
			told = append(told, fault.String())
		}
		if !strings.Contains(strings.Join(told, "\n"), c.want) {
			t.Errorf("%s: %q does not say %q (%s)", c.name, told, c.want, periodsIn(f.Holidays))
		}
	}
	if f := ReadHolidayFile("["+strings.Repeat(`{"x":1},`, 200)+`{"x":1}]`, "C"); len(f.Faults) != fileFaultsMost {
		t.Errorf("%d faults told", len(f.Faults))
	}
}
