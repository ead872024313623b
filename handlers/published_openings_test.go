package handlers

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"marelle/portal"
	"marelle/views"
)

// typing is one form that a person fills in for a published rule, and what the page of the thing says afterwards.
type typing struct {
	part   string // of the activity; « compteur » a counter of its own, « priorites » its criteria
	fields []string
	want   []string
}

// openingsTyped are the rules of docs/regles.md about openings, places and waiting lists, as they are typed: the activities of a
// commune, each from its model, and the forms that follow. « @n » in a field is the number of the n-th activity of the commune.
var openingsTyped = map[string][]struct {
	model string
	forms []typing
}{
	"B01": {{"vacances", []typing{{"periodes", []string{"nom-0", "Toussaint", "du-0", "2025-10-18", "au-0", "2025-11-02", "ouverture-0", "2025-09-13T09:00", "exterieurs-0", "2025-09-27T09:00"},
		[]string{"ouverture le samedi 13 septembre 2025 à 9 h", "pour les familles d’ailleurs le samedi 27 septembre 2025 à 9 h"}}}},
		{"mercredi", []typing{{"periodes", []string{"nom-0", "mercredis de novembre et décembre", "du-0", "2025-11-05", "au-0", "2025-12-17", "ouverture-0", "2025-09-27T09:00", "exterieurs-0", "2025-10-11T09:00"},
			[]string{"ouverture le samedi 27 septembre 2025 à 9 h", "pour les familles d’ailleurs le samedi 11 octobre 2025 à 9 h"}}}}},
	"B02": {{"mercredi", []typing{{"periodes", []string{"nom-0", "mercredis", "du-0", "2023-09-06", "au-0", "2024-07-03", "ouverture-0", "2023-08-21T07:00", "exterieurs-0", "2023-08-28T07:00"},
		[]string{"ouverture le lundi 21 août 2023 à 7 h", "pour les familles d’ailleurs le lundi 28 août 2023 à 7 h"}},
		{"reservation", nil, []string{"le portail, dans l’ordre des demandes"}}}}},
	"B04": {{"vacances", []typing{{"periodes", []string{"nom-0", "séjour de juillet", "du-0", "2024-07-08", "au-0", "2024-07-12", "ouverture-0", "2024-05-13T20:00", "fermeture-0", "2024-05-17T23:59"},
		[]string{"ouverture le lundi 13 mai 2024 à 20 h", "fermeture le vendredi 17 mai 2024"}},
		{"reservation", []string{"decision", "oui"}, []string{"la mairie, demande par demande"}}}}},
	"B05": {{"vacances", []typing{{"reservation", []string{"decision", "oui"}, []string{"la mairie, demande par demande"}},
		{"priorites", []string{"vient régulièrement depuis des années", "les deux parents travaillent", "famille accompagnée par le CCAS"}, nil}}}},
	"B07": {{"vacances", []typing{{"priorites", []string{"les deux parents, ou le parent isolé, travaillent pendant les vacances"}, nil}}}},
	"B08": {{"vacances", []typing{{"enfants", []string{"age_min", "12", "age_max", "17"}, []string{"de 12 à 17 ans"}},
		{"reservation", []string{"semaine", "oui", "jours_max", "10", "par", "periode"}, []string{"par semaine entière", "10 jours au plus par période"}},
		{"places", []string{"attente", "1"}, []string{"oui"}}}}},
	"B10": {{"vacances", []typing{{"horaires", []string{"debut", "08:15", "fin", "17:30"}, []string{"8 h 15", "17 h 30"}},
		{"reservation", []string{"jours_min", "3"}, []string{"3 jours au moins par semaine"}},
		{"periodes", []string{"nom-0", "hiver", "du-0", "2026-02-16", "au-0", "2026-02-27", "ouverture-0", "2026-01-20T00:00", "fermeture-0", "2026-01-29T23:59"},
			[]string{"16/02/2026", "27/02/2026", "ouverture le mardi 20 janvier 2026", "fermeture le jeudi 29 janvier 2026"}}}}},
	"B11": {{"cantine", []typing{{"ouverture", []string{"ecole-lundi", "", "ecole-mardi", "", "ecole-jeudi", "", "ecole-vendredi", "", "vacances-lundi", "1", "vacances-mardi", "1", "vacances-mercredi", "1", "vacances-jeudi", "1", "vacances-vendredi", "1"},
		[]string{"lundi, mardi, mercredi, jeudi et vendredi"}}}},
		{"vacances", []typing{{"horaires", []string{"debut", "08:00", "fin", "12:00"}, nil}, {"reservation", []string{"semaine", "oui"}, []string{"par semaine entière"}}}},
		{"vacances", []typing{{"reservation", []string{"semaine", "oui"}, []string{"par semaine entière"}}, {"liens", []string{"lien-@0", "exige", "lien-@1", "incompatible"}, []string{"obligatoire : elle est réservée avec celle-ci", "jamais les deux le même jour"}}}}},
	"B13": {{"cantine", []typing{{"compteur", []string{"nom", "Cantine, B13", "places", "70", "places-lundi", "60", "places-vendredi", "60", "activite-@0", "1"}, []string{"70 places", "d’autres"}}}},
		{"matin", []typing{{"compteur", []string{"nom", "Matin, B13", "places", "24", "activite-@1", "1"}, []string{"24 places"}}}},
		{"soir", []typing{{"compteur", []string{"nom", "Soir, B13", "places", "24", "activite-@2", "1"}, []string{"24 places"}}}}},
	"B14": {{"vacances", []typing{{"compteur", []string{"nom", "3 à 5 ans, B14", "places", "32", "places-lundi", "24", "age_min", "3", "age_max", "5", "activite-@0", "1"}, []string{"De 3 à 5 ans le jour venu"}},
		{"compteur", []string{"nom", "6 à 17 ans, B14", "places", "46", "age_min", "6", "age_max", "17", "activite-@0", "1"}, []string{"De 6 à 17 ans le jour venu"}},
		{"compteur", []string{"nom", "Tous, B14", "places", "70", "activite-@0", "1"}, []string{"70 places"}}}}},
	"B16": {{"mercredi", []typing{{"horaires", []string{"debut", "07:30", "fin", "12:30", "demande_depart", "1", "pas", "30"}, []string{"le départ, de 30 en 30 minutes"}}}},
		{"mercredi", []typing{{"horaires", []string{"debut", "12:00", "fin", "18:00", "demande_arrivee", "1", "pas", "30"}, []string{"l’arrivée, de 30 en 30 minutes"}},
			{"liens", []string{"lien-@0", "incompatible"}, []string{"jamais les deux le même jour"}}}},
		{"vacances", []typing{{"reservation", []string{"semaine", "oui"}, []string{"par semaine entière"}}}}},
	"B20": {{"vacances", []typing{{"periodes", []string{"nom-0", "hiver", "du-0", "2027-02-06", "au-0", "2027-02-21", "ouverture-0", "2027-01-04T09:00", "fermeture-0", "2027-01-22T23:59"}, []string{"fermeture le vendredi 22 janvier 2027"}},
		{"reservation", []string{"justificatif", "7"}, []string{"dans les 7 jours"}}}}},
	"B22": {{"transport", []typing{{"enfants", []string{"niveau-MS", "1", "niveau-GS", "1", "niveau-CP", "1", "niveau-CE1", "1", "inscription", "oui"}, []string{"MS, GS, CP et CE1"}}}},
		{"transport", []typing{{"enfants", []string{"niveau-PS", "1"}, []string{"niveau : PS"}}, {"ouverture", []string{"du", "2027-01-04"}, []string{"lundi 4 janvier 2027"}}}}},
	"B23": {{"cantine", []typing{{"reservation", []string{"horizon", "vacances"}, []string{"jusqu’à la fin des prochaines vacances scolaires"}}}}},
	"B25": {{"soir", nil}, {"autre", []typing{{"horaires", []string{"debut", "17:00", "fin", "17:45"}, []string{"17 h", "17 h 45"}},
		{"enfants", []string{"niveau-CP", "1", "niveau-CE1", "1", "niveau-CE2", "1", "niveau-CM1", "1", "niveau-CM2", "1"}, []string{"CP, CE1, CE2, CM1 et CM2"}},
		{"ouverture", []string{"ecole-lundi", "1", "ecole-mardi", "1", "ecole-jeudi", "1", "ecole-mercredi", "", "ecole-vendredi", ""}, []string{"lundi, mardi et jeudi"}},
		{"liens", []string{"lien-@0", "incompatible"}, []string{"jamais les deux le même jour"}}}},
		{"soir", []typing{{"horaires", []string{"debut", "16:30", "fin", "17:15"}, []string{"17 h 15"}}}},
		{"soir", []typing{{"horaires", []string{"debut", "17:15", "fin", "18:30", "demande_depart", "1", "pas", "15"}, []string{"le départ, de 15 en 15 minutes"}},
			{"liens", []string{"lien-@2", "exige"}, []string{"obligatoire : elle est réservée avec celle-ci"}}}}},
	"B26": {{"cantine", []typing{{"enfants", []string{"inscription", "oui"}, []string{"oui"}}}}},
}

// TestPublishedOpeningsAreTyped: each rule of docs/regles.md about openings, places and waiting lists is typed by a manager in
// the forms of the settings, and read again on the page of the activity, of its counters or of its priorities.
func TestPublishedOpeningsAreTyped(t *testing.T) {
	text, err := os.ReadFile("../docs/regles.md")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, m := range regexp.MustCompile(`(?m)^### (B\d\d)`).FindAllStringSubmatch(string(text), -1) {
		ids = append(ids, m[1])
	}
	w := newWorld(t)
	b := w.staffed("PUJOL", portal.Manager)
	for id := range openingsTyped {
		if !slices.Contains(ids, id) {
			t.Errorf("%s is not in docs/regles.md", id)
		}
	}
	for _, id := range ids {
		activities := openingsTyped[id]
		if activities == nil && id != "B19" { // a late lane: TestEveryPublishedRuleIsTyped
			t.Errorf("nobody types %s", id)
		}
		var made []string
		for n, a := range activities {
			name := id + " " + string(rune('a'+n))
			path := b.model(a.model, "nom", name, "court", name, "parle", "l’activité "+name)
			made = append(made, path)
			numbered := func(fields []string) []string {
				out := slices.Clone(fields)
				for i := range out {
					for n, path := range made {
						out[i] = strings.ReplaceAll(out[i], "@"+string(rune('0'+n)), path[strings.LastIndex(path, "/")+1:])
					}
				}
				return out
			}
			for _, f := range a.forms {
				b.typeOpening(id, path, f, numbered(f.fields))
			}
		}
	}
}

// typeOpening fills one form in, and reads what it gave.
func (b *browser) typeOpening(id, path string, f typing, fields []string) {
	t := b.w.t
	t.Helper()
	page := path
	switch f.part {
	case "compteur":
		page = views.PlacesPath
		b.setUp(views.PlacesPath+"/nouveau", fields...)
	case "priorites":
		page = views.PrioritiesPath
		var order []string
		for n, words := range fields {
			b.get(page).want(200)
			if !strings.Contains(b.text(), words) {
				b.post(page+"/criteres", map[string][]string{"nom": {words}, "document": {"attestation"}}).want(303)
			}
			b.get(page + path[strings.LastIndex(path, "/"):]).want(200)
			for _, option := range b.page.Find("#critere-1 option").EachIter() {
				if strings.EqualFold(option.Text(), words) {
					order = append(order, "critere-"+string(rune('1'+n)), option.AttrOr("value", ""))
				}
			}
		}
		if len(order) != 2*len(fields) {
			t.Fatalf("%s: the criteria are not offered: %q", id, order)
		}
		b.post(page+path[strings.LastIndex(path, "/"):], with(b.untouched(), order...))
		f.want = fields
	default:
		b.setUp(path+"/"+f.part, fields...)
	}
	if b.res.StatusCode != 303 {
		t.Errorf("%s, %s: %d %s", id, f.part, b.res.StatusCode, b.page.Find(".erreurs").Text())
		return
	}
	b.get(page).want(200)
	said := plain(b.text())
	for _, want := range f.want {
		if !strings.Contains(strings.ToLower(said), strings.ToLower(want)) {
			t.Errorf("%s, %s: « %s » is not said of it:\n%s", id, f.part, want, said)
		}
	}
}
