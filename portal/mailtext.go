package portal

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// MailKind is a kind of mail whose words staff may change, under the word that addresses use.
type MailKind string

// The kinds of mail.
const (
	MailReport    MailKind = "compte-rendu"
	MailDeadline  MailKind = "rappel-delai"
	MailDraft     MailKind = "rappel-brouillon"
	MailOpening   MailKind = "ouverture"
	MailAnswer    MailKind = "reponse"
	MailOffered   MailKind = "place-proposee"
	MailGiven     MailKind = "place-obtenue"
	MailExpired   MailKind = "place-sans-reponse"
	MailWithdrawn MailKind = "place-disparue"
	MailReset     MailKind = "mot-de-passe"
	MailNotice    MailKind = "avis-de-securite"
)

// MailKinds lists them in the order in which staff read them.
var MailKinds = []MailKind{MailReport, MailDeadline, MailDraft, MailOpening, MailAnswer, MailOffered, MailGiven, MailExpired, MailWithdrawn, MailReset, MailNotice}

// Valid says whether the kind exists.
func (k MailKind) Valid() bool { return slices.Contains(MailKinds, k) }

// MailText is the words of a kind of mail around its data: a subject, what stands before the data and what stands after it.
// Words in braces ({structure}) are replaced when the mail is written.
type MailText struct {
	Kind    MailKind
	Subject string
	Opening string // paragraphs, with an empty line between two of them
	Closing string // may be empty
	By      Person // who changed it last; nobody for a standard text
	At      time.Time
}

// Standard says that nobody has changed the text.
func (t MailText) Standard() bool { return t.At.IsZero() }

// Facts says the text as the audit log keeps it.
func (t MailText) Facts() []Fact {
	return []Fact{{"Objet", t.Subject}, {"Début", t.Opening}, {"Fin", t.Closing}}
}

// mailKindFacts is what is known of a kind of mail.
type mailKindFacts struct {
	title, when string
	text        MailText
	own         []Placeholder
	nobody      bool // it is written before it is known to whom it goes
}

var mailKinds = map[MailKind]mailKindFacts{
	MailReport: {"Compte rendu du matin", "Le matin qui suit une nuit, à chaque compte dont des demandes ont été transmises.", MailText{
		Subject: "Compte rendu de vos demandes de réservation – {structure}",
		Opening: "Veuillez trouver ci-dessous un compte rendu des modifications apportées à vos demandes de réservation sur la structure : {structure}.",
		Closing: "Vous pouvez consulter l’état de vos réservations sur notre site Internet.",
	}, []Placeholder{{"nuit", "la nuit qui a transmis", "mardi 24 novembre 2026"}}, false},
	MailDeadline: {"Rappel avant un délai", "La veille d’un délai, aux familles qui réservent d’habitude et n’ont rien réservé.", MailText{
		Subject: "Rappel : rien n’est réservé, {activites} – {structure}",
		Opening: "Rien n’est réservé pour ces jours, et le délai approche.",
		Closing: "Si c’est voulu, vous n’avez rien à faire.",
	}, []Placeholder{{"activites", "ce qui n’est pas réservé", "Cantine, du 30 novembre au 4 décembre"}}, false},
	MailDraft: {"Rappel des demandes non validées", "Le soir avant le délai, aux familles dont des demandes attendent leur validation.", MailText{
		Subject: "Rappel : {demandes} – {structure}",
		Opening: "Tant que vous ne validez pas, rien n’est enregistré.",
	}, []Placeholder{{"demandes", "combien de demandes attendent", "4 demandes ne sont pas validées"}, {"delai", "le délai le plus proche", "jusqu’au jeudi 26 novembre à 9 h"}}, false},
	MailOpening: {"Ouverture d’une période", "Le jour où une période de vacances s’ouvre aux réservations.", MailText{
		Subject: "Réservations ouvertes : {periode} – {structure}",
		Opening: "Les réservations sont ouvertes.",
	}, []Placeholder{{"periode", "le nom de la période", "vacances de Noël"}, {"dates", "ses jours", "du 19 décembre au 3 janvier"}}, false},
	MailAnswer: {"Réponse de la mairie", "Quand la mairie a accepté ou refusé des demandes.", MailText{
		Subject: "Réponse à vos demandes de réservation – {structure}",
		Opening: "{structure} a répondu à vos demandes de réservation :",
		Closing: "Ce qui est accepté est réservé : vous n'avez rien d'autre à faire. Retrouvez vos demandes sur notre site Internet :",
	}, nil, false},
	MailOffered: {"Place proposée", "Quand une place libérée est proposée à une famille qui attend.", MailText{
		Subject: "Une place vous est proposée – {structure}",
		Opening: "Une place s’est libérée.",
	}, placeWords, false},
	MailGiven: {"Place obtenue", "Quand une place libérée est donnée à une famille qui attend.", MailText{
		Subject: "Une place s’est libérée – {structure}",
		Opening: "Une place s’est libérée.",
		Closing: "Si vous n’en avez plus besoin, annulez la réservation sur le calendrier, dans les délais habituels.",
	}, placeWords, false},
	MailExpired: {"Place restée sans réponse", "Quand une famille n’a pas répondu à temps.", MailText{
		Subject: "Une place proposée est restée sans réponse – {structure}",
		Opening: "Une place vous était proposée.",
		Closing: "Vous pouvez demander de nouveau la liste d’attente sur le calendrier.",
	}, placeWords, false},
	MailWithdrawn: {"Place qui n’est plus disponible", "Quand une place proposée disparaît, parce que les places ou les jours ont changé.", MailText{
		Subject: "Une place proposée n’est plus disponible – {structure}",
		Opening: "Une place vous était proposée.",
	}, placeWords, false},
	MailReset: {"Mot de passe oublié", "Quand quelqu’un demande un nouveau mot de passe.", MailText{
		Subject: "Choisir un nouveau mot de passe – {structure}",
		Opening: "Bonjour,\n\nUn nouveau mot de passe a été demandé pour votre compte du portail famille, {structure}.",
		Closing: "Vous n’avez rien demandé ? Ne faites rien : votre mot de passe reste le même.",
	}, nil, true},
	MailNotice: {"Avis de sécurité", "Quand le mot de passe ou les adresses d’un compte changent.", MailText{
		Subject: "{changement} – {structure}",
		Opening: "Bonjour,",
	}, []Placeholder{{"changement", "ce qui a changé", "Votre mot de passe a été changé"}}, true},
}

var placeWords = []Placeholder{{"place", "la place dont il s’agit", "le centre de loisirs, mardi 22 décembre 2026, pour Amalia"}}

// Title gives the name of the kind of mail.
func (k MailKind) Title() string { return mailKinds[k].title }

// When says when such a mail leaves.
func (k MailKind) When() string { return mailKinds[k].when }

// StandardMailText gives the text that a kind of mail has until staff change it.
func StandardMailText(k MailKind) MailText {
	t := mailKinds[k].text
	t.Kind = k
	return t
}

// Placeholder is a word in braces that is replaced when a mail is written.
type Placeholder struct {
	Name    string // without its braces
	Means   string
	Example string
}

// Placeholders lists the words in braces that a kind of mail knows.
func (k MailKind) Placeholders() []Placeholder {
	facts := mailKinds[k]
	list := slices.Clone(facts.own)
	if !facts.nobody {
		list = append(list, Placeholder{"civilite", "la civilité du parent", "M."}, Placeholder{"prenom", "son prénom", "Jean-Paul"}, Placeholder{"nom", "son nom", "DUPONT"})
	}
	return append(list, Placeholder{"structure", "le nom de la structure", "Mairie de CarteVille"}, Placeholder{"telephone", "son téléphone", "05 61 00 00 00"},
		Placeholder{"courriel", "son adresse e-mail", "mairie@carteville.exemple"})
}

// How long the words of a mail may be, in characters.
const (
	MailSubjectMost = 150
	MailWordsMost   = 2000
)

// inBraces is anything that looks like a word to replace; a brace alone is refused, it would be a slip.
var inBraces = regexp.MustCompile(`\{[^{}]*\}|[{}]`)

// Check refuses a text that could not be sent, with a sentence per field: objet, debut and fin.
func (t MailText) Check() error {
	e := Invalid("Le texte ne peut pas être enregistré tel quel.")
	for _, part := range []struct {
		field, text, missing string
		most                 int
	}{
		{"objet", t.Subject, "Donnez un objet au message.", MailSubjectMost},
		{"debut", t.Opening, "Donnez au moins une phrase de début.", MailWordsMost},
		{"fin", t.Closing, "", MailWordsMost},
	} {
		if message := t.Kind.checkWords(part.text, part.missing, part.most); message != "" {
			e.Fault(part.field, "%s", message)
		}
	}
	if strings.ContainsAny(t.Subject, "\r\n") {
		e.Fault("objet", "L’objet tient sur une ligne.")
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

// checkWords gives what is wrong with a part of a text, or nothing.
func (k MailKind) checkWords(text, missing string, most int) string {
	if strings.TrimSpace(text) == "" {
		return missing
	}
	if n := len([]rune(text)); n > most {
		return Invalid("Le texte a %d caractères : il en faut %d au plus.", n, most).Message
	}
	known := k.Placeholders()
	for _, word := range inBraces.FindAllString(text, -1) {
		if len(word) > 2 && slices.ContainsFunc(known, func(p Placeholder) bool { return "{"+p.Name+"}" == word }) {
			continue
		}
		var names []string
		for _, p := range known {
			names = append(names, "{"+p.Name+"}")
		}
		return Invalid("« %s » n’est pas un mot à remplacer. Ce message connaît %s.", Clip(word, 40), List(names)).Message
	}
	return ""
}

// MailValue is what replaces a word in braces.
type MailValue struct{ Name, Value string }

// StructureValues gives what replaces the words in braces about a structure.
func StructureValues(st Structure) []MailValue {
	return []MailValue{{"structure", st.Name}, {"telephone", st.Phone}, {"courriel", st.Email}}
}

// PersonValues gives what replaces the words in braces about whom a mail is for.
func PersonValues(p Person) []MailValue {
	return []MailValue{{"civilite", p.Civility}, {"prenom", p.FirstName}, {"nom", p.LastName}}
}

// fill replaces the words in braces; one that has no value leaves nothing behind, not even a second space.
func fill(text string, values []MailValue) string {
	pairs := make([]string, 0, 2*len(values))
	for _, v := range values {
		pairs = append(pairs, "{"+v.Name+"}", strings.Join(strings.Fields(v.Value), " "))
	}
	filled := strings.NewReplacer(pairs...).Replace(text)
	for strings.Contains(filled, "  ") {
		filled = strings.ReplaceAll(filled, "  ", " ")
	}
	return strings.TrimSpace(filled)
}

// MailWords is a text with its words in braces replaced.
type MailWords struct {
	Subject          string
	Opening, Closing []string // paragraphs
}

// Words replaces the words in braces of a text.
func (t MailText) Words(values ...[]MailValue) MailWords {
	all := slices.Concat(values...)
	return MailWords{Subject: fill(t.Subject, all), Opening: paragraphs(t.Opening, all), Closing: paragraphs(t.Closing, all)}
}

func paragraphs(text string, values []MailValue) []string {
	var list []string
	for p := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if p = fill(strings.Join(strings.Fields(p), " "), values); p != "" {
			list = append(list, p)
		}
	}
	return list
}

// MailText gives the words of a kind of mail: those of the town hall, else the standard ones.
func (s *Setup) MailText(k MailKind) MailText {
	for _, t := range s.MailTexts {
		if t.Kind == k {
			return t
		}
	}
	return StandardMailText(k)
}
