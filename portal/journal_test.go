package portal

import (
	"slices"
	"testing"
)

func TestDifferences(t *testing.T) {
	before := []Fact{{"Nom", "CANTINE"}, {"Places", "60"}, {"Liste d’attente", "oui"}}
	after := []Fact{{"Places", "70"}, {"Nom", "CANTINE"}, {"Préavis", "2 jours"}}
	want := []Changed{{"Places", "60", "70"}, {"Préavis", "", "2 jours"}, {"Liste d’attente", "oui", ""}}
	if got := Differences(before, after); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := Differences(before, before); got != nil {
		t.Errorf("nothing changed: %v", got)
	}
}
