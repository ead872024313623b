package portal

import (
	"fmt"
	"strings"
	"testing"
)

func TestReadAddresses(t *testing.T) {
	six := []Address{{Email: "a@a.fr;b@a.fr;c@a.fr;d@a.fr;e@a.fr;f@a.fr"}}
	for _, test := range []struct {
		name  string
		lines []Address
		want  string // the addresses, or the sentence beside the field
	}{
		{"rien", nil, ""},
		{"des lignes vides", []Address{{}, {Email: "  "}}, ""},
		{"une", []Address{{Email: " luc@exemple.fr "}}, "luc@exemple.fr"},
		{"deux dans une ligne", []Address{{Email: "luc@exemple.fr; luc@travail.exemple"}, {Email: "x@y.fr"}}, "luc@exemple.fr luc@travail.exemple x@y.fr"},
		{"une virgule", []Address{{Email: "luc@exemple.fr,luc@travail.exemple,"}}, "luc@exemple.fr luc@travail.exemple"},
		{"la même, autrement écrite", []Address{{Email: "luc@exemple.fr"}, {Email: "LUC@exemple.fr"}}, "adresse2 « LUC@exemple.fr » est écrite deux fois"},
		{"sans arobase", []Address{{}, {Email: "luc.exemple.fr"}}, "adresse2 « luc.exemple.fr » n’est pas une adresse"},
		{"sans point", []Address{{Email: "luc@exemple"}}, "adresse1 « luc@exemple » n’est pas"},
		{"un nom autour", []Address{{Email: "Luc <luc@exemple.fr>"}}, "adresse1 « Luc <luc@exemple.fr> » n’est pas"},
		{"un en-tête glissé", []Address{{Email: "luc@exemple.fr\r\nBcc: x@y.fr"}}, "n’est pas une adresse"},
		{"un accent", []Address{{Email: "hélène@exemple.fr"}}, "n’est pas une adresse"},
		{"trop longue", []Address{{Email: "luc@" + strings.Repeat(strings.Repeat("a", 60)+".", 5) + "fr"}}, "n’est pas une adresse"},
		{"six", six, "adresse1 Il y a trop d’adresses : 5 au plus."},
	} {
		list, err := ReadAddresses(test.lines)
		var got []string
		for _, a := range list {
			got = append(got, a.Email)
		}
		if err != nil {
			got = nil
			for _, f := range AsError(err).Fields {
				got = append(got, f.Field, f.Message)
			}
		}
		said := strings.Join(got, " ")
		if err == nil && said != test.want || err != nil && (test.want == "" || !strings.Contains(said, test.want)) {
			t.Errorf("%s: %q, want %q", test.name, said, test.want)
		}
	}
	list, err := ReadAddresses([]Address{{Email: "a@b.fr;c@d.fr", Reports: true}, {Email: "e@f.fr", Reminders: true}})
	if err != nil || fmt.Sprint(list) != "[{a@b.fr true false false} {c@d.fr true false false} {e@f.fr false true false}]" {
		t.Errorf("who gets what: %v %v", list, err)
	}
}

func TestPhones(t *testing.T) {
	for number, want := range map[string]string{
		"": "", "  ": "", "0612345678": "06 12 34 56 78", "06.12.34.56.78": "06 12 34 56 78", "+33 6 12 34 56 78": "06 12 34 56 78", "0033612345678": "06 12 34 56 78",
		"612345678": "06 12 34 56 78", "+34 612 345 678": "+34 612 345 678", "06 12 34 56": "non", "06 12 34 56 7x": "non", "+34 6": "non", "+34 x12345678": "non",
		"bonjour": "non", "112": "non", "0612345678 le soir": "non",
	} {
		for _, field := range []string{"domicile", "travail", "portable"} {
			p := Phones{}
			at := map[string]*string{"domicile": &p.Home, "travail": &p.Work, "portable": &p.Mobile}[field]
			*at = number
			checked, err := p.Check()
			got := checked.Home + checked.Work + checked.Mobile
			if err != nil {
				got = "non"
				if AsError(err).Field(field) == "" {
					t.Errorf("%q: no sentence beside %s", number, field)
				}
			}
			if got != want {
				t.Errorf("%s %q: %q, want %q", field, number, got, want)
			}
		}
	}
}

func TestDevice(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36":                              "Chrome sur Android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1":            "Safari sur iPhone",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0 Mobile/15E148 Safari/604.1":             "Chrome sur iPhone",
		"Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/130.0 Mobile/15E148 Safari/605.1.15":                   "Firefox sur iPad",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0":                      "Edge sur Windows",
		"Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36": "Samsung Internet sur Android",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15":                              "Safari sur Mac",
		"Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0":                                                                             "Firefox sur Linux",
		"Mozilla/5.0 Firefox/1":     "Firefox",
		"":                          "un navigateur",
		"curl/8.5.0":                "un navigateur",
		"<script>alert(1)</script>": "un navigateur",
	} {
		if got := Device(agent); got != want {
			t.Errorf("%s: %q, want %q", agent, got, want)
		}
	}
}

func TestEventsHaveWords(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range []AccountEventKind{PasswordChanged, ResetAsked, ResetUsed, AddressesChanged, PhonesChanged, SessionClosed, OthersClosed, AccountsJoined,
		CalendarCreated, CalendarRenewed, CalendarRemoved, DataExported, TermsAccepted} {
		words := k.Words()
		if words == string(k) || seen[words] {
			t.Errorf("%s says %q", k, words)
		}
		seen[words] = true
	}
}
