package views

import (
	"strings"
	"testing"
)

// TestChangeWords: whoever reads what a colleague changed sees what differs, however long both answers are.
func TestChangeWords(t *testing.T) {
	long := strings.Repeat("mot ", 200)
	for _, c := range []struct {
		change MeanwhileChange
		want   string
	}{
		{MeanwhileChange{Before: "Arachide", After: "Arachide, lait", Known: true}, "avant « Arachide », maintenant « Arachide, lait ». C’est repris ci-dessous."},
		{MeanwhileChange{After: "Lait", Known: true}, "avant rien, maintenant « Lait ». C’est repris ci-dessous."},
		{MeanwhileChange{After: "Lait"}, "maintenant « Lait ». C’est repris ci-dessous."},
		{MeanwhileChange{Before: long, After: long + "et du lait", Known: true, Both: true},
			"avant « … mot mot mot mot mot », maintenant « … mot mot mot mot mot et du lait ». Vous l’avez changé aussi : votre réponse est gardée."},
		{MeanwhileChange{Before: long + "fin", After: "Lait " + long + "fin", Known: true}, "avant « mot mot mot mot mot … », maintenant « Lait mot mot mot mot mot … ». C’est repris ci-dessous."},
		{MeanwhileChange{Before: long, After: "", Known: true}, "avant « " + strings.TrimSpace(long) + " », maintenant rien. C’est repris ci-dessous."},
	} {
		if got := c.change.Words(); got != c.want {
			t.Errorf("%s\nwant %s", got, c.want)
		}
	}
	if got := quoted(long); !strings.Contains(got, strings.TrimSpace(long)) {
		t.Error("the answer to compare with is cut")
	}
}

// TestRemovedLineIsAChange: a line of a calendar that is ticked to go is an answer that the person changed.
func TestRemovedLineIsAChange(t *testing.T) {
	line := OffLine{Name: "Pont", From: "2027-05-07", To: "2027-05-07"}
	kept := offLines{&DaysOffForm{Rows: []OffLine{line}}}
	line.Removed = true
	gone := offLines{&DaysOffForm{Rows: []OffLine{line}}}
	before, _ := kept.answer()
	if after, _ := gone.answer(); after == before {
		t.Error("nothing seems to have changed")
	}
}
