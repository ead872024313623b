package portal

import (
	"strings"
	"testing"
)

// TestCheckCSV: a workbook or a PDF is told as such; text is left to its reader, whatever its encoding.
func TestCheckCSV(t *testing.T) {
	for body, want := range map[string]string{
		"PK\x03\x04\x14\x00": "c’est un classeur (.xlsx ou .ods)", "\xd0\xcf\x11\xe0\xa1": "c’est un classeur (.xls)", "%PDF-1.7": "c’est un PDF", "Nom;\x00\x01": "Ce fichier n’est pas un CSV. Ouvrez-le dans votre tableur",
		"Nom;Prénom\r\n": "", "Nom;Pr\xe9nom\n": "", "\xff\xfeN\x00o\x00": "", "": "",
	} {
		err := CheckCSV([]byte(body))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "enregistrez-le au format CSV")) {
			t.Errorf("%q: %v", body, err)
		}
	}
}
