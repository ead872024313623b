package views

import (
	"bytes"
	"testing"

	"marelle/portal"
)

// TestKeptCellsAreWhatTheTemplateDraws: a cell kept is, byte for byte, the cell that html/template draws, and hostile
// words stay words.
func TestKeptCellsAreWhatTheTemplateDraws(t *testing.T) {
	e, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []DayCell{
		{},
		{Day: "2026-11-30", Number: 30, Weekday: "lundi", Month: "novembre", State: portal.StateFree, Aim: portal.StateAdd, Value: "2026-11-30:1", Word: "12 places", Icon: "rond"},
		{Day: "2026-11-30", Number: 30, State: portal.StateAdd, Aim: portal.StateFree, Value: "2026-11-30:0", Pressed: true, Today: true, Icon: "plus", Version: 41},
		{Day: "2026-12-01", Number: 1, State: portal.StateWaiting, Rank: "2e", Word: "Attente", Icon: "sablier"},
		{Day: "2026-12-01", Number: 1, State: portal.StateClosed, Word: `<script>alert(1)</script>"><svg onload=alert(2)>`, Spoken: `'"&`},
		{Day: "2026-12-01", Number: 1, State: portal.StateFree, Last: true, Word: "1 place"},
	} {
		var want bytes.Buffer
		if err := e.Templates.ExecuteTemplate(&want, "family/calendar#cell", c); err != nil {
			t.Fatal(err)
		}
		for range 2 { // drawn, then kept
			got, err := e.cells.cell(c)
			if err != nil || string(got) != want.String() {
				t.Errorf("%+v: %v\n%s\n%s", c, err, got, want.String())
			}
		}
	}
	if len(e.cells.drawn) != 6 {
		t.Errorf("%d cells kept", len(e.cells.drawn))
	}
}
