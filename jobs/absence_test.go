package jobs

import (
	"strings"
	"testing"

	"marelle/portal"
)

// TestAbsencesInTheReport: absences announced and taken back stand in groups of their own, and nowhere does the mail say why.
func TestAbsencesInTheReport(t *testing.T) {
	h := newHousehold(t, "2023-04-28 10:00", "jean.paul@exemple.fr")
	h.ask(t, h.father, h.paolo, h.canteen, true, "05-09 05-10 05-11")
	h.confirm(t, h.father, "avril")
	sick := func(first, last string) {
		t.Helper()
		ask := portal.AbsenceAsk{Child: h.paolo, First: portal.MustDate("2023-" + first), Last: portal.MustDate("2023-" + last), Reason: portal.Sick}
		if _, _, err := h.Announce(background, h.father, ask); err != nil {
			t.Fatal(err)
		}
	}
	back := func(day string) {
		t.Helper()
		if n, err := h.TakeBackAbsence(background, h.father, h.paolo, portal.MustDate("2023-"+day)); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	sick("05-09", "05-11")
	back("05-10") // the same evening: the last word counts
	tick := func(at string) (text, html string) {
		t.Helper()
		h.clock.Set(paris(at))
		if err := (&Runner{Store: h.Store, URL: "https://famille.carteville.exemple"}).Tick(background); err != nil {
			t.Fatal(err)
		}
		m := h.newest(t)[0]
		return m.Text, m.HTML
	}
	text, html := tick("2023-04-29 07:00")
	for _, want := range []string{
		"3 mouvements sur vos demandes de réservations ont été reçus",
		"ABSENCES SIGNALÉES : LA RÉSERVATION RESTE, VOTRE ENFANT N'EST PAS ATTENDU\n\n--> Activité : RESTAURATION :\nDUPONT Paolo : mar. 09/05, jeu. 11/05",
		"ABSENCES RETIRÉES : VOTRE ENFANT EST ATTENDU\n\n--> Activité : RESTAURATION :\nDUPONT Paolo : mer. 10/05",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	if !strings.Contains(html, "Absences signalées") || !strings.Contains(html, "<dd>mar. 09/05, jeu. 11/05</dd>") || strings.Contains(text+html, "alade") {
		t.Errorf("the HTML is\n%s", html)
	}

	back("05-11")
	text, _ = tick("2023-04-30 07:00")
	if strings.Contains(text, "SIGNALÉES") || strings.Contains(text, "dont :") || !strings.Contains(text, "RETIRÉES") || !strings.Contains(text, "jeu. 11/05") {
		t.Errorf("the next morning says\n%s", text)
	}
}
