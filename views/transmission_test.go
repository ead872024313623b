package views

import (
	"os"
	"strings"
	"testing"
	"time"

	"marelle/portal"
)

// TestTransmissionAsDocumented: the two examples of docs/transmission.md are what the program writes.
func TestTransmissionAsDocumented(t *testing.T) {
	day := portal.NewDate(2026, 11, 24)
	due := day.At(portal.Clock(1, 15))
	file := NewTransmission(portal.Structure{ID: 1, Name: "Mairie de CarteVille"}, portal.Night{Date: day, Due: due, Done: due.Add(4 * time.Second), Movements: 1, Promotions: 1})
	father := portal.Person{ID: 3, Civility: "M.", LastName: "DUPONT", FirstName: "Jean-Paul"}
	amalia := portal.Child{ID: 11, LastName: "DUPONT", FirstName: "Amalia"}
	file.Add(&portal.Movement{ID: 41, Receipt: "2026-0042", At: time.Date(2026, 11, 23, 9, 5, 0, 0, portal.Paris), Account: 3, Child: amalia, ActID: 2, Activity: "RESTAURATION", Icon: portal.Canteen,
		Day: portal.NewDate(2026, 11, 30), Action: "add", Outcome: portal.OutcomeBooked}, father)
	file.Add(&portal.Movement{ID: 42, At: due, Account: 3, Child: amalia, ActID: 4, Activity: "ALSH MERCREDI", Icon: portal.WednesdayCamp, Day: portal.NewDate(2026, 12, 2), Action: "promote",
		Outcome: portal.OutcomeBooked}, father)
	doc, err := os.ReadFile("../docs/transmission.md")
	if err != nil {
		t.Fatal(err)
	}
	json, err := file.JSON()
	if err != nil {
		t.Fatal(err)
	}
	csv := strings.ReplaceAll(strings.TrimPrefix(string(file.CSV()), "\ufeff"), "\r\n", "\n")
	for kind, written := range map[string]string{"csv": csv, "json": string(json) + "\n"} {
		if !strings.Contains(string(doc), "```"+kind+"\n"+written+"```") {
			t.Errorf("docs/transmission.md does not show this %s:\n%s", kind, written)
		}
	}
}
