package views

import "marelle/portal"

// WrittenMail is a mail as it would leave.
type WrittenMail struct{ Subject, Text, HTML string }

// SampleMail writes a kind of mail with the words of a structure and data of an example, the family DUPONT of the guide.
func SampleMail(kind portal.MailKind, st portal.Structure, text portal.MailText, url string) (WrittenMail, error) {
	var m interface {
		Subject() string
		Render() (text, html string, err error)
	}
	words := text.Words(sampleValues(kind), portal.StructureValues(st))
	const to, until = "M. DUPONT Jean-Paul", "jusqu’au jeudi 26 novembre à 9 h"
	monday := portal.NewDate(2026, 11, 30)
	switch kind {
	case portal.MailReport:
		m = ReportMail{Words: words, To: to, URL: url + "/suivi", Count: "3 mouvements sur vos demandes de réservations ont été reçus",
			Adds: "2 nouvelles demandes de réservation", Removes: "1 demande d’annulation",
			Requests:      []portal.ReportGroup{{Activity: "RESTAURATION", Child: "DUPONT Amalia", Days: []portal.ReportDay{{Day: monday}, {Day: monday + 1}}}},
			Cancellations: []portal.ReportGroup{{Activity: "APS MATIN", Child: "DUPONT Paolo", Days: []portal.ReportDay{{Day: monday + 3}}}}}
	case portal.MailDeadline:
		m = DeadlineMail{Words: words, To: to, URL: url + "/reservations", Lines: []DeadlineMailLine{{What: "Cantine, du 30 novembre au 4 décembre", Until: until, Children: "Amalia et Paolo", URL: url + "/reservations"}},
			End: mailEnd("Vous recevez ce rappel parce que vous réservez d’habitude ces activités, et que rien n’est réservé cette fois.", url)}
	case portal.MailDraft:
		m = DraftMail{Words: words, To: to, URL: url + "/recapitulatif", Count: "2 demandes ne sont pas validées", Until: until,
			Adds:    []DraftMailLine{{monday.Numeric(), "Amalia", "Cantine", until}},
			Removes: []DraftMailLine{{(monday + 1).Numeric(), "Paolo", "Matin", until}},
			End:     mailEnd("Vous recevez ce rappel parce que des demandes attendent sur le portail, et qu’elles ne comptent pas tant que vous ne les avez pas validées.", url)}
	case portal.MailOpening:
		m = OpeningMail{Words: words, To: to, URL: url + "/reservations", Name: "vacances de Noël", Span: "du 19 décembre au 3 janvier", Activities: "le repas du centre et le centre de loisirs",
			Children: "Amalia et Paolo", Until: "jusqu’au dimanche 13 décembre à minuit", End: mailEnd("Vous recevez ce message parce que vos enfants fréquentent une école ou une activité de la commune.", url)}
	case portal.MailAnswer:
		m = AnswerMail{Words: words, To: to, URL: url + "/suivi", Lines: []AnswerLine{{"Vacances", "mardi 22 décembre 2026, pour Amalia : acceptée"}, {"Vacances", "mercredi 23 décembre 2026, pour Amalia : refusée : Le groupe de ce jour est complet."}}}
	case portal.MailExchange:
		m = ExchangeMail{Words: words, To: to, Lines: []string{"Mardi 8 décembre 2026 : chez l’autre parent, au lieu de chez vous.", "Jeudi 10 décembre 2026 : chez vous, au lieu de chez l’autre parent."},
			Word: "Sa grand-mère est là mardi.", Until: "lundi 30 novembre 2026 à 20 h", URL: url + "/echanges/exemple"}
	case portal.MailExchanged:
		m = ExchangedMail{Words: words, To: to, Said: "L’autre parent a accepté votre proposition. L’échange est enregistré.", Lines: []string{"Mardi 8 décembre 2026 : chez vous, au lieu de chez l’autre parent."}, URL: url + "/echanges/exemple"}
	case portal.MailReset:
		m = ResetMail{Words: words, URL: url + "/mot-de-passe/exemple"}
	case portal.MailNotice:
		m = NoticeMail{Words: words, Place: st.Name, Phone: st.Phone, What: PasswordNotice, When: "lundi 23 novembre 2026 à 9 h 05"}
	default:
		m = samplePlace(kind, st, words, url)
	}
	plain, html, err := m.Render()
	return WrittenMail{m.Subject(), plain, html}, err
}

func samplePlace(kind portal.MailKind, st portal.Structure, words portal.MailWords, url string) PlaceMail {
	m := PlaceMail{Words: words, To: "M. DUPONT Jean-Paul", Structure: st.Name, What: "Le centre de loisirs, mardi 22 décembre 2026, pour Amalia", URL: url + "/attente"}
	switch kind {
	case portal.MailOffered:
		m.Until, m.Accept, m.Decline = "mercredi 25 novembre 2026 à 9 h", url+"/places/exemple?reponse=oui", url+"/places/exemple?reponse=non"
	case portal.MailGiven:
		m.Given, m.URL = true, url+"/suivi"
	case portal.MailExpired:
		m.Expired, m.Until = true, "mercredi 25 novembre 2026 à 9 h"
	}
	return m
}

// sampleValues gives the examples of the words in braces, but for those of the structure, which are its own.
func sampleValues(kind portal.MailKind) []portal.MailValue {
	var values []portal.MailValue
	for _, p := range kind.Placeholders() {
		if p.Name != "structure" && p.Name != "telephone" && p.Name != "courriel" {
			values = append(values, portal.MailValue{Name: p.Name, Value: p.Example})
		}
	}
	return values
}
