package portal

import (
	"strings"
	"testing"
	"time"
)

const mum, dad FamilyID = 1, 2

func custodyOn(c Custody) Custody {
	if c.A == 0 {
		c.A, c.B = mum, dad
	}
	if c.Rhythm == "" {
		c.Rhythm = CustodyAnchored
	}
	if c.Holidays == "" {
		c.Holidays = HolidaysAsWeeks
	}
	return c
}

func TestCustodyOwner(t *testing.T) {
	at := MustDate
	school := Clock(16, 30)
	cal := &Calendar{Holidays: []Period{
		{"vacances de Noël", at("2026-12-19"), at("2027-01-03")},      // 16 days, 25 December and 1 January among them
		{"vacances d’hiver", at("2027-02-13"), at("2027-02-27")},      // 15 days: an odd length
		{"vacances de printemps", at("2028-04-08"), at("2028-04-23")}, // an even year, Easter Monday among them
		{"pont de l’Ascension", at("2027-05-06"), at("2027-05-09")},   // too short to be shared
	}}
	friday := Custody{Start: at("2026-09-07"), Change: Friday, Hour: school}
	monday := Custody{Start: at("2026-09-07"), Change: Monday, Hour: Clock(8, 0)}
	parity := Custody{Start: at("2026-09-01"), Rhythm: CustodyParity, Change: Monday, Hour: Clock(8, 0)}
	parityFriday := Custody{Start: at("2026-09-01"), Rhythm: CustodyParity, Change: Friday, Hour: school}
	paritySunday := Custody{Start: at("2026-09-01"), Rhythm: CustodyParity, Change: Sunday, Hour: Clock(18, 0)}
	halves := monday
	halves.Holidays, halves.Even = HolidaysHalves, mum
	whole := monday
	whole.Holidays, whole.Even = HolidaysWhole, dad
	special := halves
	special.Special = []CustodyException{{at("2026-12-24"), at("2026-12-25"), dad, "Noël", false}, {at("2026-12-25"), at("2026-12-25"), mum, "", true}}
	for _, test := range []struct {
		name string
		rule Custody
		day  string
		want FamilyID
	}{
		{"before it begins", friday, "2026-09-06", 0},
		{"the first day", friday, "2026-09-07", mum},
		{"the Friday of the change is of who brought the child", friday, "2026-09-11", mum},
		{"the day after it is the other's", friday, "2026-09-12", dad},
		{"a whole week", friday, "2026-09-18", dad},
		{"and back", friday, "2026-09-19", mum},
		{"changed in the morning, the day is of who it comes to", monday, "2026-09-14", dad},
		{"the Sunday before is not", monday, "2026-09-13", mum},
		{"counted over week 53: last week of 2026", monday, "2026-12-28", mum},
		{"counted over week 53: first week of 2027", monday, "2027-01-04", dad},
		{"parity: week 52 is even", parity, "2026-12-21", mum},
		{"parity: week 53 is odd", parity, "2026-12-28", dad},
		{"parity: week 1 is odd too", parity, "2027-01-04", dad},
		{"parity: 1 January is of week 53", parity, "2027-01-01", dad},
		{"parity from Friday: the week of the change counts", parityFriday, "2026-09-14", dad}, // since Friday of week 37
		{"parity from Friday: the Friday itself", parityFriday, "2026-09-11", mum},
		{"parity from Sunday evening: the week that follows counts", paritySunday, "2026-09-07", dad}, // week 37
		{"parity from Sunday evening: next week", paritySunday, "2026-09-14", mum},
		{"halves: an even year gives the first half", halves, "2026-12-19", mum},
		{"halves: the last day of the first half of 16 is 26 December", halves, "2026-12-26", mum},
		{"halves: the second one, the public holiday in it", halves, "2027-01-01", dad},
		{"halves: the year in which they begin counts", halves, "2027-01-03", dad},
		{"halves: an odd year swaps", halves, "2027-02-13", dad},
		{"halves: the middle day of 15 is of the first half", halves, "2027-02-20", dad},
		{"halves: the day after it is not", halves, "2027-02-21", mum},
		{"halves: an even year with Easter Monday in the second half", halves, "2028-04-17", dad},
		{"halves: a bridge follows the weeks", halves, "2027-05-07", halves.byWeeksOf(at("2027-05-07"))},
		{"whole: an even year", whole, "2026-12-31", dad},
		{"whole: an odd year", whole, "2027-02-27", mum},
		{"an exception", special, "2026-12-24", dad},
		{"the last exception decides", special, "2026-12-25", mum},
		{"a day beside it", special, "2026-12-26", mum},
	} {
		t.Run(test.name, func(t *testing.T) {
			rule := custodyOn(test.rule)
			if got := rule.Owner(at(test.day), cal); got != test.want {
				t.Errorf("%s is of family %d, not %d", test.day, got, test.want)
			}
		})
	}
}

func (c Custody) byWeeksOf(day Date) FamilyID {
	rule := custodyOn(c)
	return rule.byWeeks(day)
}

func TestWeek53IsTold(t *testing.T) {
	rule := custodyOn(Custody{Start: MustDate("2026-09-01"), Rhythm: CustodyParity, Change: Monday})
	got := rule.TwiceRunning(MustDate("2026-09-01"), MustDate("2027-08-31"))
	if len(got) != 1 || got[0] != NewDate(2027, time.January, 4) {
		t.Errorf("twice running: %v", got)
	}
	rule.Rhythm = CustodyAnchored
	if got := rule.TwiceRunning(MustDate("2026-09-01"), MustDate("2027-08-31")); got != nil {
		t.Errorf("counted weeks never come twice: %v", got)
	}
}

func TestEachDayOfHalvesIsOfOneFamily(t *testing.T) {
	for length := Date(custodyHolidayLeast); length < 70; length++ {
		from := MustDate("2027-07-03")
		cal := &Calendar{Holidays: []Period{{"vacances", from, from + length - 1}}}
		rule := custodyOn(Custody{Start: MustDate("2026-09-01"), Holidays: HolidaysHalves, Even: mum})
		days := map[FamilyID]Date{}
		for d := from; d < from+length; d++ {
			days[rule.Owner(d, cal)]++
		}
		if days[dad]-days[mum] != length%2 || days[dad]+days[mum] != length {
			t.Errorf("%d days of holidays are shared %v", length, days)
		}
	}
}

func TestCustodyCheck(t *testing.T) {
	err := AsError((&Custody{Holidays: HolidaysHalves, Special: []CustodyException{{First: 20, Last: 10}}}).Check())
	var fields []string
	for _, f := range err.Fields {
		fields = append(fields, f.Field)
	}
	if got := strings.Join(fields, " "); got != "debut rythme premiere annees_paires exception_du" {
		t.Errorf("faults on %s", got)
	}
	good := custodyOn(Custody{Start: MustDate("2026-09-07")})
	if err := good.Check(); err != nil {
		t.Error(err)
	}
}

func TestWithheldSlotTellsNothing(t *testing.T) {
	s := Slot{Activity: &Activity{Spoken: "la cantine"}, Open: true, Status: Booked, Rank: 3, Hours: Hours{Arrival: 1}, Others: []Other{{}}, Absent: true}
	s.Withhold()
	if s.State(time.Time{}) != StateClosed || s.Status != NotBooked || s.Rank != 0 || s.Others != nil || s.Absent || !s.Hours.IsZero() {
		t.Errorf("it tells %+v", s)
	}
	if _, _, err := s.Ask(true, Hours{}, time.Time{}); AsError(err) == nil || !strings.HasPrefix(err.Error(), "C’est un jour de l’autre parent.") {
		t.Errorf("asked all the same: %v", err)
	}
}

// TestNothingIsDecidedOfTheOtherParentsDay: whatever was wished of a day before it became the other parent's is refused, never
// told as done.
func TestNothingIsDecidedOfTheOtherParentsDay(t *testing.T) {
	for _, wish := range []Wish{WishAdd, WishRemove, WishChange} {
		s := Slot{Activity: &Activity{Name: "CANTINE"}, Status: Booked, Open: true, Wish: wish}
		s.Withhold()
		if outcome, why := s.Decide(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)); outcome != OutcomeRefused || why == nil || why.Message != "C’est un jour de l’autre parent." {
			t.Errorf("%s: %s %v", wish, outcome, why)
		}
	}
}
