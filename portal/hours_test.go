package portal

import "testing"

func TestHours(t *testing.T) {
	camp := &Activity{Spoken: "le centre de loisirs", Starts: Clock(7, 30), Ends: Clock(18, 30), AsksArrival: true, AsksDeparture: true, HourStep: 30}
	evening := &Activity{Spoken: "l’accueil du soir", Starts: Clock(16, 30), Ends: Clock(18, 20), AsksDeparture: true, HourStep: 15}
	canteen := &Activity{Spoken: "la cantine", Starts: Clock(11, 45), Ends: Clock(13, 30)}
	for name, c := range map[string]struct {
		a    *Activity
		h    Hours
		want string
	}{
		"journée entière":                   {camp, Hours{Clock(7, 30), Clock(18, 30)}, ""},
		"de 9 h à 17 h":                     {camp, Hours{Clock(9, 0), Clock(17, 0)}, ""},
		"arrivée avant l’ouverture":         {camp, Hours{Clock(7, 0), Clock(17, 0)}, "L’heure d’arrivée doit aller de 7 h 30 à 18 h 30."},
		"départ avant l’arrivée":            {camp, Hours{Clock(17, 0), Clock(9, 0)}, "Le départ doit être après l’arrivée."},
		"hors du pas":                       {camp, Hours{Clock(9, 10), Clock(17, 0)}, "L’heure d’arrivée se choisit dans la liste, de 30 en 30 minutes."},
		"sans départ":                       {camp, Hours{Clock(9, 0), 0}, "Choisissez l’heure de départ."},
		"la fin de l’activité, hors du pas": {evening, Hours{0, Clock(18, 20)}, ""},
		"la cantine ne demande rien":        {canteen, Hours{}, ""},
		"des heures pour la cantine":        {canteen, Hours{Clock(12, 0), 0}, "La cantine ne demande pas d’heure d’arrivée."},
	} {
		got := ""
		if err := c.h.Check(c.a); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got := evening.Choices(); len(got) != 9 || got[0] != Clock(16, 30) || got[8] != Clock(18, 20) {
		t.Errorf("choices: %v", got)
	}
	for want, h := range map[string]Hours{"": {}, "arrivée\u00a08\u00a0h\u00a030": {Arrival: Clock(8, 30)}, "8\u00a0h\u00a030\u00a0–\u00a017\u00a0h": {Clock(8, 30), Clock(17, 0)}} {
		if got := h.Words(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if from, to := (Hours{Departure: Clock(17, 0)}).Within(camp); from != Clock(7, 30) || to != Clock(17, 0) {
		t.Error(from, to)
	}
}
