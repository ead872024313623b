package portal

import "regexp"

// ReceiptFault is something that no longer fits in a receipt or in the chain around it.
type ReceiptFault string

// What can be wrong with a receipt.
const (
	ReceiptChanged       ReceiptFault = "L’empreinte ne correspond pas au contenu : la date, le titulaire ou une ligne a été changé après coup."
	ReceiptBeforeChanged ReceiptFault = "Le reçu précédent n’est plus celui qui avait été donné : son empreinte ne correspond pas à son contenu."
	ReceiptUnlinked      ReceiptFault = "Ce reçu ne porte pas l’empreinte du reçu précédent : un reçu a été changé, ajouté ou retiré juste avant lui."
	ReceiptNotFollowed   ReceiptFault = "Le reçu suivant ne porte pas l’empreinte de celui-ci : ce reçu, ou le suivant, a été changé après coup."
)

var typedNumber = regexp.MustCompile(`^\D*(\d{4})\D+0*(\d{1,9})\s*$`)

// TypedReceiptNumber reads a receipt's number as people type it: « 2026-42 », « n° 2026 0042 ».
func TypedReceiptNumber(s string) (string, error) {
	m := typedNumber.FindStringSubmatch(s)
	if m == nil {
		return "", Invalid("Écrivez le numéro comme sur le reçu, par exemple 2026-0042.")
	}
	for len(m[2]) < 4 {
		m[2] = "0" + m[2]
	}
	return m[1] + "-" + m[2], nil
}
