package portal

import (
	"bytes"
	"slices"
)

// notText are how files begin that people send where a CSV is asked for, with what they are.
var notText = []struct{ begins, what string }{
	{"PK\x03\x04", "un classeur (.xlsx ou .ods)"}, {"\xd0\xcf\x11\xe0", "un classeur (.xls)"}, {"%PDF-", "un PDF"}, {"\x89PNG", "une image"}, {"\xff\xd8\xff", "une image"}, {"{\\rtf", "un document de traitement de texte"},
}

// CheckCSV refuses a file that is no text at all where a CSV is asked for, and says how to make one.
func CheckCSV(body []byte) error {
	const remedy = "Ouvrez-le dans votre tableur, enregistrez-le au format CSV (« Fichier », « Enregistrer sous »), puis choisissez le nouveau fichier."
	for _, kind := range notText {
		if bytes.HasPrefix(body, []byte(kind.begins)) {
			return Invalid("Ce fichier n’est pas un CSV : c’est %s. %s", kind.what, remedy)
		}
	}
	marked := bytes.HasPrefix(body, []byte{0xff, 0xfe}) || bytes.HasPrefix(body, []byte{0xfe, 0xff}) // UTF-16, where every other byte may be zero
	if !marked && slices.Contains(body, 0) {
		return Invalid("Ce fichier n’est pas un CSV. %s", remedy)
	}
	return nil
}
