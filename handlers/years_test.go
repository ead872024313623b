package handlers

import (
	"net/http"
	"testing"
)

// TestYearThatLosesBookings: a school year is shortened only once the person has read which bookings fall outside of it, and
// what the holidays still say.
func TestYearThatLosesBookings(t *testing.T) {
	h := newBusyHousehold(t)
	b := h.clerk("PUJOL", "administrateur")
	h.raw("INSERT INTO booking (child_id, activity_id, day, status, account_id, since) VALUES (?, ?, '2027-07-01', 'booked', ?, 0)", h.amalia, h.study, h.accountOf("DUPONT"))
	path := yearsPath + "/" + h.scalar("SELECT id FROM school_year WHERE label = '2026-2027'")
	b.get(path).want(http.StatusOK).wantNoText("après le dernier jour de classe")
	b.post(path, with(b.stampedForm(), "dernier", "25/06/2027")).want(http.StatusOK).wantText("Rien n’est encore enregistré").wantText("Dernier jour de classe : le vendredi 25 juin 2027 au lieu du").
		wantText("ÉTUDE : hors de l’année scolaire").wantText("1 réservation : jeu. 1er juil.").wantText("il n’y a pas encore de vacances").wantText("Enregistrer quand même")
	if got := h.scalar("SELECT last FROM school_year WHERE label = '2026-2027'"); got == "2027-06-25" {
		t.Fatal("the year changed before anybody agreed")
	}
	b.post(path, b.stampedForm()).follow().wantText("L’année scolaire est enregistrée.").wantText("il n’y a pas encore de vacances")
	if got := h.scalar("SELECT last || (SELECT count(*) FROM booking WHERE day = '2027-07-01') FROM school_year WHERE label = '2026-2027'"); got != "2027-06-251" {
		t.Errorf("the year and the booking: %s", got)
	}
}
