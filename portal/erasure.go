package portal

// ErasedWords is the line of the audit log about an erasure: it names nobody.
const ErasedWords = "Effacement demandé (RGPD)"

// RetentionRule says what becomes of one kind of data when a person is erased.
type RetentionRule struct{ What, Fate, Law string }

// RetentionRules lists them as they are shown before an erasure.
func RetentionRules() []RetentionRule {
	return []RetentionRule{
		{"Noms, adresses, téléphones, courriels, identifiant, mot de passe, sessions", "Effacés maintenant.", "RGPD, article 17"},
		{"Santé, régimes, personnes autorisées, documents, notes, justificatifs d’absence", "Effacés maintenant.", "RGPD, articles 9 et 17"},
		{"Messages envoyés à la famille", "Effacés maintenant ; quand un enfant seul est effacé, le texte des messages où il peut être nommé.", "RGPD, article 17"},
		{"Réservations passées, absences, demandes, reçus", "Gardés sans nom, pour les comptes et les chiffres de fréquentation.", "RGPD, articles 5 et 89"},
		{"Journal des gestes des agents", "La date, l’agent et le numéro de la fiche restent ; les mots et les valeurs sont effacés.", "RGPD, articles 5 et 32"},
		{"Factures et règlements", "Rien à garder : le portail n’en contient pas encore. Les pièces comptables tenues ailleurs suivent leurs propres règles.", "Code général des collectivités territoriales"},
		{"Sauvegardes", "Les copies de secours gardent ces données jusqu’à leur destruction, au plus tard sous 60 jours. Rien n’efface de nouveau tout seul : si une copie d’avant l’effacement est remise en place, refaites-le.", "RGPD, article 32"},
	}
}
