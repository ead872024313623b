package portal

import (
	"strings"
	"testing"
	"time"
)

// weeks is a rule by weeks from Monday 30 November 2026, the first of family 1.
func weeks() *Custody {
	return &Custody{A: 1, B: 2, Start: MustDate("2026-11-30"), Rhythm: CustodyAnchored, Change: Monday, Hour: Clock(8, 0), Holidays: HolidaysAsWeeks}
}

// TestExchangeUntil: a week, the eve, a limit of the day that is not too near; and no time left.
func TestExchangeUntil(t *testing.T) {
	now := NewDate(2026, 11, 23).At(Clock(9, 0))
	limit := func(day Date, hour TimeOfDay) []Limit { return []Limit{{At: day.At(hour), Possible: true}} }
	for _, c := range []struct {
		name   string
		now    time.Time
		first  Date
		limits []Limit
		want   string
		fails  bool
	}{
		{"a far day", now, NewDate(2027, 1, 5), nil, "2026-11-30 20:00", false},
		{"the eve", now, NewDate(2026, 11, 26), nil, "2026-11-25 20:00", false},
		{"a limit before", now, NewDate(2026, 12, 1), limit(NewDate(2026, 11, 26), Clock(9, 0)), "2026-11-26 09:00", false},
		{"a limit in some hours hurries nobody", now, NewDate(2026, 11, 26), limit(NewDate(2026, 11, 23), Clock(18, 0)), "2026-11-25 20:00", false},
		{"a limit that is past", now, NewDate(2026, 11, 26), limit(NewDate(2026, 11, 19), Clock(9, 0)), "2026-11-25 20:00", false},
		{"a limit that never was", now, NewDate(2026, 12, 1), []Limit{{At: NewDate(2026, 11, 26).At(Clock(9, 0))}}, "2026-11-30 20:00", false},
		{"tomorrow, in the morning", now, NewDate(2026, 11, 24), nil, "2026-11-23 20:00", false},
		{"tomorrow, an hour before the end", NewDate(2026, 11, 23).At(Clock(19, 0)), NewDate(2026, 11, 24), nil, "2026-11-23 20:00", false},
		{"tomorrow, too late", NewDate(2026, 11, 23).At(Clock(19, 1)), NewDate(2026, 11, 24), nil, "", true},
	} {
		until, possible := ExchangeUntil(c.now, c.first, c.limits)
		if possible == c.fails || possible && until.In(Paris).Format("2006-01-02 15:04") != c.want {
			t.Errorf("%s: %s %v", c.name, until.In(Paris), possible)
		}
	}
}

// TestCheckExchange: each day that cannot be proposed says why, beside its field.
func TestCheckExchange(t *testing.T) {
	cal, today := &Calendar{}, MustDate("2026-12-01")
	for _, c := range []struct {
		name      string
		ask       ExchangeAsk
		field     string
		says      string
		household FamilyID
	}{
		{"no day", ExchangeAsk{}, "jour", "Choisissez le jour à échanger.", 1},
		{"past", ExchangeAsk{Day: MustDate("2026-11-30")}, "jour", "est passé", 1},
		{"today", ExchangeAsk{Day: today}, "jour", "C’est aujourd’hui", 1},
		{"too far", ExchangeAsk{Day: today + 400}, "jour", "trop loin", 1},
		{"mine already", ExchangeAsk{Day: MustDate("2026-12-03"), Takes: true}, "jour", "c’est déjà un de vos jours", 1},
		{"the other's already", ExchangeAsk{Day: MustDate("2026-12-08")}, "jour", "c’est déjà un jour de l’autre parent", 1},
		{"the same for the other household", ExchangeAsk{Day: MustDate("2026-12-08"), Takes: true}, "jour", "c’est déjà un de vos jours", 2},
		{"in return, the same day", ExchangeAsk{Day: MustDate("2026-12-03"), Back: MustDate("2026-12-03")}, "contre", "un autre jour que le premier", 1},
		{"in return, the wrong side", ExchangeAsk{Day: MustDate("2026-12-03"), Back: MustDate("2026-12-04")}, "contre", "c’est déjà un de vos jours", 1},
		{"too many words", ExchangeAsk{Day: MustDate("2026-12-03"), Word: strings.Repeat("é", ExchangeWordMost+1)}, "mot", "il en faut 200 au plus", 1},
	} {
		if got := AsError(weeks().CheckExchange(c.ask, c.household, "Léo", cal, today)).Field(c.field); !strings.Contains(got, c.says) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
	later := weeks()
	later.Start = MustDate("2027-01-04")
	if got := AsError(later.CheckExchange(ExchangeAsk{Day: MustDate("2026-12-08")}, 1, "Léo", cal, today)).Field("jour"); !strings.Contains(got, "La garde alternée de Léo commence le lundi 4 janvier 2027") {
		t.Errorf("before the rule: %q", got)
	}
	for _, ask := range []ExchangeAsk{{Day: MustDate("2026-12-03")}, {Day: MustDate("2026-12-08"), Takes: true, Back: MustDate("2026-12-03")}, {Day: MustDate("2026-12-03"), Back: MustDate("2026-12-10"), Word: "Merci"}} {
		if err := weeks().CheckExchange(ask, 1, "Léo", cal, today); err != nil {
			t.Errorf("%+v: %v", ask, err)
		}
	}
}

// TestExchangeSettles: both days change household, the rest stays; exchanged back, the first exchange is forgotten.
func TestExchangeSettles(t *testing.T) {
	rule, cal, now := weeks(), &Calendar{}, NewDate(2026, 12, 1).At(Clock(9, 0))
	x := Exchange{ExchangeAsk: ExchangeAsk{Day: MustDate("2026-12-10"), Takes: true, Back: MustDate("2026-12-03")}, From: 1, To: 2, State: ExchangeOpen, Until: now}
	if !x.Held(rule, cal) {
		t.Fatal("the days are not of whom the proposal says")
	}
	x.Settle(rule, now)
	for day, want := range map[string]FamilyID{"2026-12-02": 1, "2026-12-03": 2, "2026-12-04": 1, "2026-12-09": 2, "2026-12-10": 1, "2026-12-11": 2} {
		if got := rule.Owner(MustDate(day), cal); got != want {
			t.Errorf("%s is of family %d, want %d", day, got, want)
		}
	}
	if x.Held(rule, cal) {
		t.Error("exchanged, the proposal still holds")
	}
	if rule.Special[0].Why != "échange convenu le mardi 1er décembre 2026" {
		t.Errorf("%+v", rule.Special)
	}
	back := Exchange{ExchangeAsk: ExchangeAsk{Day: MustDate("2026-12-10")}, From: 1, To: 2}
	if back.Settle(rule, now); len(rule.Special) != 2 || rule.Owner(MustDate("2026-12-10"), cal) != 2 {
		t.Errorf("%+v", rule.Special)
	}
	if x.StateAt(now) != ExchangeOpen || x.StateAt(now.Add(time.Second)) != ExchangeExpired {
		t.Error("the end of a proposal")
	}
}
