package portal

import (
	"testing"
	"time"
)

// TestReadDay: a day is read as people write it, and what is no day is told why.
func TestReadDay(t *testing.T) {
	for typed, want := range map[string]string{
		"2026-12-01": "2026-12-01", "01/12/2026": "2026-12-01", "1/12/26": "2026-12-01", " 1.12.2026 ": "2026-12-01", "1 12 2026": "2026-12-01", "01-12-2026": "2026-12-01",
		"1er décembre 2026": "2026-12-01", "lundi 30 novembre 2026": "2026-11-30", "29 FÉVRIER 2028": "2028-02-29", "3/2/85": "1985-02-03", "2026/2/3": "2026-02-03", "01\u00a0août 2026": "2026-08-01",
	} {
		if d, err := ReadDay(typed); err != nil || d.String() != want {
			t.Errorf("%q is read %s, %v; want %s", typed, d, err, want)
		}
	}
	for typed, want := range map[string]string{
		"31/02/2026": "Le 31 février 2026 n’existe pas. Corrigez le jour ou le mois.", "2026-02-31": "Le 31 février 2026 n’existe pas. Corrigez le jour ou le mois.",
		"29/02/2027": "Le 29 février 2027 n’existe pas. Corrigez le jour ou le mois.", "0/3/2026": "Le 0 mars 2026 n’existe pas. Corrigez le jour ou le mois.",
		"12/13/2026": "Il n’y a pas de mois 13. Écrivez d’abord le jour, puis le mois : 01/12/2026.",
		"01/12/0026": "L’année 26 ne peut pas être la bonne. Écrivez la date comme 01/12/2026.",
		"demain":     "« demain » n’est pas une date. Choisissez-la dans le calendrier, ou écrivez-la comme 01/12/2026.",
		"12/2026":    "« 12/2026 » n’est pas une date. Choisissez-la dans le calendrier, ou écrivez-la comme 01/12/2026.",
		"1/12/202":   "« 1/12/202 » n’est pas une date. Choisissez-la dans le calendrier, ou écrivez-la comme 01/12/2026.",
		"1/12/20266": "« 1/12/20266 » n’est pas une date. Choisissez-la dans le calendrier, ou écrivez-la comme 01/12/2026.",
		"":           "«  » n’est pas une date. Choisissez-la dans le calendrier, ou écrivez-la comme 01/12/2026.",
	} {
		if d, err := ReadDay(typed); err == nil || err.Error() != want {
			t.Errorf("%q is read %s, %v; want %s", typed, d, err, want)
		}
	}
	if at, err := ParseMoment("1/12/26 9:30"); err != nil || !at.Equal(time.Date(2026, 12, 1, 9, 30, 0, 0, Paris)) {
		t.Errorf("%v %v", at, err)
	}
}
