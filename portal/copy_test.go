package portal

import (
	"fmt"
	"strings"
	"testing"
)

// TestPlanCopy: « si certaines réservations ne peuvent pas être recopiées (plus de place, horaires incompatibles, …) un écran
// vous affiche la liste ». The source is there from Monday 30 November to Wednesday 9 December.
func TestPlanCopy(t *testing.T) {
	now := at("2026-11-23 09:00:00")
	source, target, other := afternoon()
	target.Opening = Opening{School: EveryDay &^ Days(Tuesday)}
	var from, to []Slot
	for day := NewDate(2026, 11, 30); day <= NewDate(2026, 12, 9); day++ {
		s, d := (&Setup{}).NewSlot(1, source, day), (&Setup{}).NewSlot(2, target, day)
		s.Status = Booked
		switch day.Day() {
		case 2: // full
			d.Limited = true
		case 3: // late
			d.Book.At = now.Add(-1)
		case 4: // another activity overlaps
			busy := *other
			busy.Starts = Clock(17, 0)
			d.Others = []Other{{Activity: &busy}}
		case 5: // there already
			d.Status = Booked
		case 6: // the source gives it up, the target has it
			s.Wish = WishRemove
			d.Status = Booked
		case 7: // the source is not there
			s.Status = NotBooked
		}
		from, to = append(from, s), append(to, d)
	}
	plan := PlanCopy(from, to, now)
	var done, left []string
	for _, d := range plan.Days {
		done = append(done, fmt.Sprintf("%d:%t", d.Slot.Day.Day(), d.Present))
	}
	for _, l := range plan.Left {
		left = append(left, fmt.Sprintf("%d:%d", l.Slot.Day.Day(), l.Reason))
	}
	if got := strings.Join(done, " "); got != "30:true 6:false 9:true" {
		t.Errorf("copied %s", got)
	}
	want := fmt.Sprintf("1:%d 2:%d 3:%d 4:%d 5:%d 8:%d", LeftClosed, LeftFull, LeftLate, LeftClash, LeftAlready, LeftClosed)
	if got := strings.Join(left, " "); got != want {
		t.Errorf("left out %s, want %s", got, want)
	}
	for _, l := range plan.Left {
		if l.Why == "" {
			t.Errorf("no reason for %s", l.Slot.Day)
		}
	}
}
