package portal

import (
	"strings"
	"testing"
)

// weekOf makes a draft for one child over the week of 7 December 2026: « a » adds a day, « r » cancels one that is booked,
// « b » keeps one, « - » leaves a free one. It counts as the base does.
func weekOf(a *Activity, days string) []Request {
	setup := ruled()
	monday := MustDate("2026-12-07")
	var list []Request
	before, after := 0, 0
	for _, c := range days {
		if c == 'r' || c == 'b' {
			before++
		}
		if c == 'a' || c == 'b' {
			after++
		}
	}
	for i, c := range days {
		slot := setup.NewSlot(1, a, monday+Date(i))
		slot.Span = setup.NewQuota(a, monday, monday+6, func(Date) bool { return false })
		slot.Span.Before, slot.Span.Besides = before, after
		if c == 'a' || c == 'b' {
			slot.Span.Besides--
		}
		slot.Week = slot.Span
		switch c {
		case 'a':
			slot.Wish = WishAdd
		case 'r':
			slot.Status, slot.Wish = Booked, WishRemove
		default:
			continue
		}
		list = append(list, Request{Child: Child{ID: 1}, Slot: slot})
	}
	return list
}

// TestDaysCounted: « 3 jours par semaine au moins », « 2 au plus », « à la semaine entière », read again before validating.
func TestDaysCounted(t *testing.T) {
	now := at("2026-11-23 09:00:00")
	centre := func(change func(*Activity)) *Activity {
		a := &Activity{ID: 4, Spoken: "le centre", Opening: Opening{School: WeekdaySet(0b11111)}, Book: DaysBefore(1, Clock(18, 0)), Cancel: DaysBefore(1, Clock(18, 0)), DaysPer: PerWeek}
		change(a)
		return a
	}
	least := centre(func(a *Activity) { a.LeastDays = 3 })
	most := centre(func(a *Activity) { a.MostDays = 2 })
	whole := centre(func(a *Activity) { a.WholeWeek = true })
	short := centre(func(a *Activity) { a.LeastDays, a.Opening.School = 3, Days(Monday, Tuesday) })
	for _, c := range []struct {
		name    string
		a       *Activity
		days    string
		refusal string // of each line; nothing when it passes
	}{
		{"trois jours", least, "aaa--", ""},
		{"deux seulement", least, "aa---", "Le centre se réserve 3 jours au moins par semaine : du 7 au 11 décembre"},
		{"deux de plus que celui qui est réservé", least, "baa--", ""},
		{"en annuler un sur trois", least, "bbr--", "au moins par semaine"},
		{"tout annuler", least, "rrr--", ""},
		{"en déplacer un", least, "bbra-", ""},
		{"la semaine n’a que deux jours", short, "aa---", ""},
		{"il n’en avait que deux, il en rend un", least, "br---", ""},
		{"deux jours au plus", most, "aa---", ""},
		{"un troisième", most, "bba--", "Le centre se réserve 2 jours au plus par semaine, et votre enfant les a déjà du 7 au 11 décembre."},
		{"la semaine entière", whole, "aaaaa", ""},
		{"la semaine sans le vendredi", whole, "aaaa-", "se réserve et s’annule à la semaine entière : tous les jours du 7 au 11 décembre, ou aucun."},
		{"annuler la semaine", whole, "rrrrr", ""},
		{"n’annuler que le lundi", whole, "rbbbb", "à la semaine entière"},
	} {
		t.Run(c.name, func(t *testing.T) {
			list := weekOf(c.a, c.days)
			_, whys := Foresee(list, now)
			for i, why := range whys {
				if (why != nil) != (c.refusal != "") || why != nil && !strings.Contains(why.Message, c.refusal) {
					t.Errorf("%s: %v, want « %s »", list[i].Slot.Day, why, c.refusal)
				}
			}
		})
	}
	full := weekOf(whole, "aaaaa")
	whole.Waitlist = true
	full[2].Slot.Limited = true
	outcomes, whys := Foresee(full, now)
	for i := range outcomes {
		if outcomes[i] != OutcomeWaiting || whys[i] != nil {
			t.Errorf("the whole week should wait: %s %v", outcomes[i], whys[i])
		}
	}
	list := weekOf(most, "bb---")
	if len(list) != 0 {
		t.Fatal(list)
	}
	slot := (&Setup{}).NewSlot(1, most, MustDate("2026-12-09"))
	slot.Span = Quota{First: MustDate("2026-12-07"), Last: MustDate("2026-12-13"), Open: 5, Before: 2, Besides: 2}
	if _, _, err := slot.Ask(true, Hours{}, now); err == nil || !strings.Contains(err.Error(), "2 jours au plus par semaine") {
		t.Error(err)
	}
	if why := slot.Explain(now); !strings.Contains(why.Answer, "2 jours au plus") {
		t.Errorf("%+v", why)
	}
	if plan := PlanTo([]*Slot{&slot}, true, now); len(plan.Slots) != 0 || len(plan.Left) != 1 || plan.Left[0].Reason != LeftMost {
		t.Errorf("%+v", plan)
	}
}

// TestSpans: the week runs from Monday to Sunday; a period is the holidays, or the weeks of school between two of them.
func TestSpans(t *testing.T) {
	setup := ruled()
	for _, c := range []struct {
		per              Span
		day, first, last string
	}{
		{PerWeek, "2026-12-09", "2026-12-07", "2026-12-13"},
		{PerWeek, "2027-01-31", "2027-01-25", "2027-01-31"},
		{PerPeriod, "2026-12-09", "2026-11-02", "2026-12-18"},
		{PerPeriod, "2026-12-24", "2026-12-19", "2027-01-03"},
		{PerPeriod, "2026-09-10", "2026-09-01", "2026-10-16"},
	} {
		first, last := setup.SpanOf(&Activity{DaysPer: c.per}, MustDate(c.day))
		if first.String() != c.first || last.String() != c.last {
			t.Errorf("%s of %s: %s to %s, want %s to %s", c.per, c.day, first, last, c.first, c.last)
		}
	}
}

// TestRegistrationDays: a registration for the year has as many days a week as the town hall asks.
func TestRegistrationDays(t *testing.T) {
	a := &Activity{Spoken: "le centre", Annual: true, Opening: Opening{School: WeekdaySet(0b11111)}, LeastDays: 2, MostDays: 3}
	for days, want := range map[WeekdaySet]string{Days(Monday): "2 jours au moins", Days(Monday, Friday): "", Days(Monday, Tuesday, Thursday, Friday): "3 jours au plus"} {
		if got := a.refuseWeekdays(days); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: « %s », want « %s »", days, got, want)
		}
	}
	a.WholeWeek = true
	if got := a.refuseWeekdays(Days(Monday, Friday)); !strings.Contains(got, "cochez tous ses jours") {
		t.Error(got)
	}
}
