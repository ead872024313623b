package portal

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMailTextCheck: which words may be replaced, kind by kind, and what is said of the others.
func TestMailTextCheck(t *testing.T) {
	for _, c := range []struct {
		name                      string
		kind                      MailKind
		subject, opening, closing string
		want                      string // « champ : phrase », or nothing
	}{
		{"le texte d’origine", MailReport, "Compte rendu – {structure}", "Bonjour {prenom} {nom},", "", ""},
		{"sans mot à remplacer", MailReport, "Compte rendu", "Bonjour,", "La mairie", ""},
		{"un mot inconnu", MailReport, "Compte rendu", "Bonjour {enfant},", "", "debut : « {enfant} » n’est pas un mot à remplacer. Ce message connaît {nuit}, {civilite}, {prenom}, {nom}, {structure}, {telephone} et {courriel}."},
		{"un mot d’un autre message", MailReport, "Ouverture : {periode}", "Bonjour,", "", "objet : « {periode} » n’est pas"},
		{"ce mot dans le sien", MailOpening, "Ouverture : {periode}", "Bonjour,", "", ""},
		{"personne n’est nommé dans un lien de mot de passe", MailReset, "Lien", "Bonjour {prenom},", "", "debut : « {prenom} » n’est pas un mot à remplacer. Ce message connaît {structure}, {telephone} et {courriel}."},
		{"une accolade seule", MailReport, "Compte rendu", "Bonjour {prenom,", "", "debut : « { » n’est pas"},
		{"des accolades vides", MailReport, "Compte rendu", "Bonjour {},", "", "debut : « {} » n’est pas"},
		{"une majuscule", MailReport, "Compte rendu", "Bonjour {Prenom},", "", "debut : « {Prenom} » n’est pas"},
		{"un mot très long", MailReport, "Compte rendu", "{" + strings.Repeat("x", 200) + "}", "", "debut : « {" + strings.Repeat("x", 38) + "… »"},
		{"sans objet", MailReport, " ", "Bonjour,", "", "objet : Donnez un objet"},
		{"sans début", MailReport, "Compte rendu", "\n", "", "debut : Donnez au moins une phrase"},
		{"un objet de deux lignes", MailReport, "Compte\nrendu", "Bonjour,", "", "objet : L’objet tient sur une ligne."},
		{"un objet trop long", MailReport, strings.Repeat("é", 151), "Bonjour,", "", "objet : Le texte a 151 caractères : il en faut 150 au plus."},
		{"une fin trop longue", MailReport, "Compte rendu", "Bonjour,", strings.Repeat("é", 2001), "fin : Le texte a 2001 caractères"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			if err := (MailText{Kind: c.kind, Subject: c.subject, Opening: c.opening, Closing: c.closing}).Check(); err != nil {
				for _, f := range AsError(err).Fields {
					got = append(got, f.Field+" : "+f.Message)
				}
			}
			if (c.want == "") != (len(got) == 0) || c.want != "" && !strings.HasPrefix(got[0], c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestStandardMailTexts: each kind has a name, a moment and a text that passes its own check.
func TestStandardMailTexts(t *testing.T) {
	if len(MailKinds) != len(mailKinds) {
		t.Errorf("%d kinds listed, %d known", len(MailKinds), len(mailKinds))
	}
	for _, k := range MailKinds {
		text := StandardMailText(k)
		if err := text.Check(); err != nil || k.Title() == "" || k.When() == "" || !text.Standard() || text.Kind != k {
			t.Errorf("%s: %v %+v", k, err, text)
		}
	}
	setup := Setup{MailTexts: []MailText{{Kind: MailReport, Subject: "À nous", Opening: "x", At: time.Unix(1, 0)}}}
	if setup.MailText(MailReport).Subject != "À nous" || setup.MailText(MailDraft) != StandardMailText(MailDraft) {
		t.Error("the town hall's text, else the standard one")
	}
}

// TestMailTextWords: what is replaced, and what a value that is missing or hostile leaves.
func TestMailTextWords(t *testing.T) {
	text := MailText{Subject: "Bonjour {civilite} {prenom} {nom}", Opening: "Un {prenom}.\r\n\r\n\n  Deux\nsuite   \n\n", Closing: ""}
	w := text.Words(PersonValues(Person{FirstName: "Luc\r\nBcc: x@y.fr", LastName: "{prenom}"}))
	if w.Subject != "Bonjour Luc Bcc: x@y.fr {prenom}" || !slices.Equal(w.Opening, []string{"Un Luc Bcc: x@y.fr.", "Deux suite"}) || w.Closing != nil {
		t.Errorf("%+v", w)
	}
}

func TestNightState(t *testing.T) {
	due := time.Date(2026, 11, 24, 0, 15, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		n     Night
		after time.Duration
		want  NightState
		stuck bool
	}{
		{"transmise", Night{Started: due, Done: due}, time.Hour, NightDone, false},
		{"transmise après un échec", Night{Started: due, Failed: due, Done: due}, time.Hour, NightDone, false},
		{"l’heure vient de sonner", Night{}, time.Minute, NightRunning, false},
		{"en cours", Night{Started: due}, 29 * time.Minute, NightRunning, false},
		{"interrompue", Night{Started: due}, 30 * time.Minute, NightCut, true},
		{"échec", Night{Started: due, Failed: due}, time.Minute, NightFailed, true},
		{"jamais commencée", Night{}, 30 * time.Minute, NightMissed, true},
	} {
		c.n.Due = due
		if got := c.n.State(due.Add(c.after)); got != c.want || c.n.Stuck(due.Add(c.after)) != c.stuck {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

// TestTransmissionCodes: each result that a filter can ask for is the one that files write.
func TestTransmissionCodes(t *testing.T) {
	for _, o := range NightOutcomes {
		m := Movement{Action: "add", Final: o.Outcome}
		if o.Promoted {
			m.Action = "promote"
		}
		if got := m.ResultCode(); got != o.Code {
			t.Errorf("%s is written %s", o.Code, got)
		}
		if found, ok := (NightFilter{Outcome: o.Code}).Wanted(); !ok || found != o {
			t.Errorf("%s is not found", o.Code)
		}
	}
	for action, want := range map[string]string{"add": "reserver", "remove": "annuler", "change": "changer", "promote": "place", "absent": "absence", "present": "presence", "decide": "decision"} {
		if got := (Movement{Action: action}).AskedCode(); got != want {
			t.Errorf("%s: %s", action, got)
		}
	}
}
