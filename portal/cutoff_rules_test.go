package portal

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

// ruledSetup is a canteen with limits by action, channel and profile, in the calendar of zone C.
func ruledSetup(versions ...RulesVersion) *Setup {
	s := &Setup{Calendar: *zoneC(), Activities: []Activity{{ID: 1, Short: "Cantine", Spoken: "la cantine", Starts: Clock(12, 0), Ends: Clock(13, 30), Opening: *canteen()}}}
	s.Activities[0].Govern(versions)
	return s
}

func rules(list ...Rule) Rules { return list }

func online(action Action, c Cutoff) Rule { return Rule{Action: action, Channel: Online, Cutoff: c} }

func TestRulesByActionChannelAndProfile(t *testing.T) {
	eve := DaysBefore(1, Clock(18, 0))
	all := rules(
		online(ActionBook, WeekdayBefore(Sunday, 2, EndOfDay)), online(ActionCancel, WeekdayBefore(Thursday, 1, Clock(9, 0))),
		Rule{Action: ActionBook, Channel: AtDesk, Cutoff: WeekdayBefore(Friday, 2, Clock(17, 0))},
		Rule{Action: ActionCancel, Channel: Online, Profile: 7, Cutoff: eve},
		Rule{Action: ActionLate, Channel: Online, Cutoff: eve, Late: LateApproved})
	s := ruledSetup(RulesVersion{Rules: all})
	a, day := &s.Activities[0], MustDate("2026-12-01")
	variable := []Held{{7, MustDate("2027-06-30")}}
	for _, c := range []struct {
		name   string
		who    Visitor
		action Action
		want   string
	}{
		{"A28 Sète, en ligne", Visitor{}, ActionBook, "2026-11-22 24:00"},
		{"A28 Sète, au guichet", Visitor{Channel: AtDesk}, ActionBook, "2026-11-20 17:00"},
		{"annuler", Visitor{}, ActionCancel, "2026-11-26 09:00"},
		{"le guichet suit internet", Visitor{Channel: AtDesk}, ActionCancel, "2026-11-26 09:00"},
		{"les horaires suivent l’annulation", Visitor{}, ActionChange, "2026-11-26 09:00"},
		{"une absence, jusqu’à la fin du jour", Visitor{}, ActionAbsence, "2026-12-01 24:00"},
		{"hors délai", Visitor{}, ActionLate, "2026-11-30 18:00"},
		{"horaires variables : annuler", Visitor{Profiles: variable}, ActionCancel, "2026-11-30 18:00"},
		{"horaires variables : les horaires aussi", Visitor{Profiles: variable}, ActionChange, "2026-11-30 18:00"},
		{"horaires variables : réserver comme tous", Visitor{Profiles: variable}, ActionBook, "2026-11-22 24:00"},
		{"horaires variables, au guichet", Visitor{Channel: AtDesk, Profiles: variable}, ActionCancel, "2026-11-30 18:00"},
		{"le document expire avant la limite", Visitor{Profiles: []Held{{7, MustDate("2026-11-28")}}}, ActionCancel, "2026-11-28 24:00"},
		{"le document a expiré", Visitor{Profiles: []Held{{7, MustDate("2026-11-20")}}}, ActionCancel, "2026-11-26 09:00"},
		{"un autre profil", Visitor{Profiles: []Held{{8, MustDate("2027-06-30")}}}, ActionCancel, "2026-11-26 09:00"},
		{"le meilleur de deux profils", Visitor{Profiles: []Held{{8, MustDate("2027-06-30")}, {7, MustDate("2027-06-30")}}}, ActionCancel, "2026-11-30 18:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if l := s.For(c.who).LimitOf(a, c.action, day); !l.Possible || said(l.At) != c.want {
				t.Errorf("%s, possible %t; want %s", said(l.At), l.Possible, c.want)
			}
		})
	}
	plain := ruledSetup(RulesVersion{Rules: rules(online(ActionBook, eve), online(ActionCancel, eve))})
	if l := plain.LimitOf(&plain.Activities[0], ActionLate, day); l.Possible {
		t.Error("a late lane that nobody wrote")
	}
	b, err := json.Marshal(all)
	var back Rules
	if err != nil || json.Unmarshal(b, &back) != nil || !reflect.DeepEqual(back, all) {
		t.Errorf("%s is read %+v (%v)", b, back, err)
	}
}

// TestRulesByDayOfService: the version that starts last among those that have started governs a day; of two that start
// together, the one published last.
func TestRulesByDayOfService(t *testing.T) {
	version := func(first string, published int, hour int) RulesVersion {
		v := RulesVersion{ID: int64(published), Published: time.Unix(int64(published), 0), Rules: rules(online(ActionBook, DaysBefore(1, Clock(hour, 0))), online(ActionCancel, NoLimit()))}
		if first != "" {
			v.First = MustDate(first)
		}
		return v
	}
	s := ruledSetup(version("2027-01-04", 2, 10), version("", 1, 9), version("2026-12-07", 3, 11), version("2026-12-07", 4, 12))
	a := &s.Activities[0]
	for day, want := range map[string]string{"2026-12-04": "2026-12-03 09:00", "2026-12-07": "2026-12-06 12:00", "2026-12-18": "2026-12-17 12:00", "2027-01-04": "2027-01-03 10:00"} {
		if l := s.LimitOf(a, ActionBook, MustDate(day)); said(l.At) != want {
			t.Errorf("%s: %s, want %s", day, said(l.At), want)
		}
	}
	if a.Book.At != Clock(10, 0) {
		t.Errorf("the plain rule is %s", a.Book.Sentence())
	}
	now := MustDate("2026-11-23").At(Clock(9, 0))
	words := s.RuleWords(a, Month{2026, 12}, now)
	for _, want := range []string{"Réserver : jusqu’à la veille à 9 h.", "À partir du lundi 7 décembre 2026 : réserver : jusqu’à la veille à 12 h.", "À partir du lundi 4 janvier 2027 : réserver : jusqu’à la veille à 10 h."} {
		if !strings.Contains(words, want) {
			t.Errorf("%q does not say %q", words, want)
		}
	}
	if strings.Contains(words, "11 h") {
		t.Errorf("%q says a version that governs nothing", words)
	}
}

func TestRulesCheck(t *testing.T) {
	s := ruledSetup()
	a := &s.Activities[0]
	eve := DaysBefore(1, Clock(18, 0))
	plain := rules(online(ActionBook, eve), online(ActionCancel, eve))
	for _, c := range []struct {
		name        string
		rules       Rules
		field, want string
	}{
		{"tout va", plain, "", ""},
		{"rien", nil, "reserver-internet-0", "Jusqu’à quand peut-on réserver ?"},
		{"sans annulation", plain.Without(ActionCancel, Online, 0), "annuler-internet-0", "Jusqu’à quand peut-on annuler ?"},
		{"hors délai sans dire comment", plain.Set(online(ActionLate, eve)), "tardive-internet-0", "majorée, ou sur accord"},
		{"un délai impossible", plain.Set(Rule{Action: ActionCancel, Channel: AtDesk, Cutoff: DaysBefore(1, 0)}), "annuler-guichet-0", "Précisez l’heure"},
		{"deux fois le même", append(plain, plain[0]), "reserver-internet-0", "deux fois"},
		{"un canal inconnu", append(plain, Rule{Action: ActionBook, Channel: "pigeon", Cutoff: eve}), "reserver-pigeon-0", "n’a pas de sens"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := AsError(c.rules.CheckFor(a))
			if (e == nil) != (c.want == "") || e != nil && !strings.Contains(e.Field(c.field), c.want) {
				t.Errorf("got %+v", e)
			}
		})
	}
	for _, at := range []Case{{ActionBook, Online, 0}, {ActionLate, AtDesk, 12}} {
		if got, err := ParseCase(at.Key()); err != nil || got != at {
			t.Errorf("%s is read %+v (%v)", at.Key(), got, err)
		}
	}
	for _, bad := range []string{"", "reserver", "reserver-internet", "voler-internet-0", "reserver-pigeon-0", "reserver-internet--1", "reserver-internet-x"} {
		if _, err := ParseCase(bad); AsError(err) == nil || AsError(err).Kind != KindNotFound {
			t.Errorf("%q is a case (%v)", bad, err)
		}
	}
}

// TestShortened: what families were shown for this month and the next stays, whatever makes it earlier: other rules, a
// closure, an opening; what had passed already, or was not open, does not come back.
func TestShortened(t *testing.T) {
	now := MustDate("2026-11-23").At(Clock(9, 0))
	eve, service := DaysBefore(1, Clock(18, 0)), ServiceDaysBefore(1, Clock(12, 0))
	base := func(c Cutoff) *Setup {
		return ruledSetup(RulesVersion{Rules: rules(online(ActionBook, c), online(ActionCancel, eve))})
	}
	keys := func(kept map[Promise]time.Time) map[string]string {
		m := map[string]string{}
		for p, at := range kept {
			m[string(p.Action)+" "+p.Day.String()] = said(at)
		}
		return m
	}
	s := base(eve)
	kept := keys(s.Shortened(s.Publishing(&s.Activities[0], rules(online(ActionBook, WeekdayBefore(Thursday, 1, Clock(9, 0))), online(ActionCancel, eve)), 0, now), now))
	if len(kept) != 0 {
		t.Errorf("Publishing forgets what was shown: %v", kept)
	}
	next := base(WeekdayBefore(Thursday, 1, Clock(9, 0)))
	kept = keys(s.Shortened(next, now))
	if kept["reserver 2026-11-24"] != "2026-11-23 18:00" || kept["reserver 2026-12-31"] != "" || kept["reserver 2026-12-18"] != "2026-12-17 18:00" || kept["annuler 2026-12-18"] != "" || kept["reserver 2027-01-04"] != "" {
		t.Errorf("a stricter rule: %v", kept)
	}
	if len(keys(next.Shortened(s, now))) != 0 {
		t.Error("a looser rule keeps the stricter one")
	}
	before, after := base(service), base(service)
	after.Calendar.Closures = []Period{{"pont", MustDate("2026-12-03"), MustDate("2026-12-03")}}
	kept = keys(before.Shortened(after, now))
	if len(kept) != 1 || kept["reserver 2026-12-04"] != "2026-12-03 12:00" {
		t.Errorf("a closure: %v", kept)
	}
	after.Promises = before.Shortened(after, now)
	if l := after.LimitOf(&after.Activities[0], ActionBook, MustDate("2026-12-04")); said(l.At) != "2026-12-03 12:00" {
		t.Errorf("the limit became %s", said(l.At))
	}
	if l := after.For(Visitor{Channel: AtDesk}).LimitOf(&after.Activities[0], ActionBook, MustDate("2026-12-04")); said(l.At) != "2026-12-01 12:00" {
		t.Errorf("the counter was promised something: %s", said(l.At))
	}
	if !strings.Contains(after.RuleWords(&after.Activities[0], Month{2026, 12}, now), "ils gardent l’ancien quand il est plus tard") {
		t.Error("the page does not say that limits are kept")
	}
	if kept := keys(before.Shortened(base(Never()), MustDate("2026-12-03").At(Clock(13, 0)))); kept["reserver 2026-12-04"] != "" || kept["reserver 2026-12-07"] == "" {
		t.Errorf("after the limit: %v", kept)
	}
}

func TestLateLane(t *testing.T) {
	late := func(mode LateMode) *Setup {
		return ruledSetup(RulesVersion{Rules: rules(online(ActionBook, DaysBefore(2, Clock(12, 0))), online(ActionCancel, DaysBefore(2, Clock(12, 0))),
			Rule{Action: ActionLate, Channel: Online, Cutoff: DaysBefore(0, Clock(8, 0)), Late: mode})})
	}
	day := MustDate("2026-12-03")
	for _, c := range []struct {
		name, now string
		mode      LateMode
		change    func(*Slot)
		state     State
		outcome   Outcome
		words     string
	}{
		{"dans le délai", "2026-12-01 12:00", LateSurcharged, nil, StateFree, OutcomeBooked, "Modifiable jusqu’à aujourd’hui 12 h."},
		{"hors délai, majoré", "2026-12-01 12:01", LateSurcharged, nil, StateFree, OutcomeBooked, "Hors délai : possible jusqu’au jeudi 3 décembre à 8 h, majoré."},
		{"hors délai, sur accord", "2026-12-02 20:00", LateApproved, nil, StateFree, OutcomeAsked, "Hors délai : possible jusqu’à demain 8 h, sur accord de la mairie."},
		{"à l’instant de la limite", "2026-12-03 08:00", LateApproved, nil, StateFree, OutcomeAsked, "Hors délai : possible jusqu’à aujourd’hui 8 h, sur accord de la mairie."},
		{"après la limite hors délai", "2026-12-03 08:01", LateApproved, nil, StateTooLate, OutcomeRefused, "Délai dépassé depuis le mardi 1er décembre à 12 h."},
		{"réservé : plus annulable", "2026-12-02 20:00", LateSurcharged, func(s *Slot) { s.Status = Booked }, StateLocked, OutcomeBooked, "Plus modifiable depuis hier 12 h."},
		{"complet hors délai", "2026-12-02 20:00", LateSurcharged, func(s *Slot) { s.Limited = true }, StateFull, OutcomeRefused, "Hors délai : possible jusqu’à demain 8 h, majoré."},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := late(c.mode)
			s.Activities[0].Waitlist = true
			slot := s.NewSlot(1, &s.Activities[0], day)
			if c.change != nil {
				c.change(&slot)
			}
			at, hour, _ := strings.Cut(c.now, " ")
			clock, err := ParseTimeOfDay(hour)
			must(t, err)
			now := MustDate(at).At(clock)
			if got := slot.State(now); got != c.state {
				t.Errorf("state %s, want %s", got, c.state)
			}
			if got := slot.LimitWords(now); got != c.words {
				t.Errorf("words %q, want %q", got, c.words)
			}
			slot.Wish = WishAdd
			if got, _ := slot.Decide(now); got != c.outcome {
				t.Errorf("outcome %s, want %s", got, c.outcome)
			}
		})
	}
	s := late(LateSurcharged)
	slot := s.NewSlot(1, &s.Activities[0], day)
	if sweep := PlanTo([]*Slot{&slot}, true, day.At(Clock(7, 0))); sweep.Possible() || len(sweep.Left) != 1 || sweep.Left[0].Reason != LeftLate {
		t.Errorf("a quick tool books late: %+v", sweep)
	}
}

func TestReadHour(t *testing.T) {
	for typed, want := range map[string]TimeOfDay{"9 h": 540, "9h30": 570, "09:30": 570, "9": 540, "minuit": EndOfDay, " Midi ": 720, "24:00": EndOfDay, "18\u00a0h\u00a030": 1110, "23 h 59": 1439} {
		if got, err := ReadHour(typed); err != nil || got != want {
			t.Errorf("%q is read %v (%v)", typed, got, err)
		}
	}
	for _, typed := range []string{"", "0 h", "25 h", "9 h 60", "neuf heures", "-1 h", "24:01", "9:5:3"} {
		if got, err := ReadHour(typed); AsError(err) == nil || AsError(err).Field("heure") == "" {
			t.Errorf("%q is read %v (%v)", typed, got, err)
		}
	}
	for _, s := range Shapes {
		c := StartCutoff(s)
		if ShapeWords(s) == "" || c.Shape != s {
			t.Errorf("%s starts from %+v, « %s »", s, c, ShapeWords(s))
		}
		if s != ShapeTable && s != ShapeDates {
			must(t, c.Check())
		}
	}
}

// TestTellingDays: twenty days at most, around the next holidays, a public holiday, the returns, a bridge day, a month's end.
func TestTellingDays(t *testing.T) {
	s := ruledSetup()
	s.Activities[0].Opening.Last = 0
	days := s.TellingDays(&s.Activities[0], MustDate("2026-09-21"))
	why := map[string]string{}
	for i, d := range days {
		why[d.Day.String()] = d.Why
		if i > 0 && d.Day <= days[i-1].Day {
			t.Errorf("%s is not after %s", d.Day, days[i-1].Day)
		}
		if !s.opensOn(&s.Activities[0], d.Day) {
			t.Errorf("%s has no service", d.Day)
		}
	}
	if len(days) != 20 {
		t.Errorf("%d days", len(days))
	}
	for day, want := range map[string]string{
		"2026-09-28": "semaine ordinaire", "2026-10-16": "dernier jour avant les vacances de la Toussaint", "2026-11-02": "rentrée après les vacances de la Toussaint",
		"2026-12-18": "dernier jour avant les vacances de Noël", "2027-01-04": "rentrée après les vacances de Noël", "2027-01-05": "lendemain de la rentrée après les vacances de Noël",
		"2026-11-10": "veille de jour férié (Armistice 1918)", "2026-11-12": "après un jour férié (Armistice 1918)", "2026-09-29": "semaine ordinaire",
	} {
		if why[day] != want {
			t.Errorf("%s: %q, want %q\n%v", day, why[day], want, days)
		}
	}
	never := Activity{ID: 2, Opening: Opening{Last: MustDate("2026-09-01"), School: EveryDay}}
	if days := s.TellingDays(&never, MustDate("2026-09-21")); len(days) != 0 {
		t.Errorf("an activity that is over has days: %v", days)
	}
}

// TestTryRules: the simulator shows the last instants, warns of those that nobody can meet, and tells what was shown.
func TestTryRules(t *testing.T) {
	now := MustDate("2026-11-23").At(Clock(9, 0))
	eve := DaysBefore(1, Clock(18, 0))
	s := ruledSetup(RulesVersion{Rules: rules(online(ActionBook, eve), online(ActionCancel, eve))})
	a := &s.Activities[0]
	trial := s.TryRules(a, rules(online(ActionBook, DaysBefore(14, EndOfDay)), online(ActionCancel, DaysBefore(14, EndOfDay)), Rule{Action: ActionLate, Channel: Online, Cutoff: DaysBefore(20, Clock(9, 0)), Late: LateSurcharged}), 0, now)
	if len(trial.Columns) != 2 || trial.Columns[0].Label(nil) != "Réserver et annuler" {
		t.Fatalf("columns %+v", trial.Columns)
	}
	var seen bool
	for _, d := range trial.Days {
		if d.Day == MustDate("2026-12-04") {
			seen = true
			l := d.Limits[0]
			if said(l.At) != "2026-11-20 24:00" || said(l.Was.At) != "2026-12-03 18:00" || said(l.Kept.At) != "2026-12-03 18:00" || !l.Changes || strings.Join(l.Notes, ";") != "déjà passé" {
				t.Errorf("%+v", l)
			}
		}
	}
	if !seen {
		t.Error("an ordinary Friday is missing")
	}
	notes := strings.Join(trial.Notes, "\n")
	for _, want := range []string{"ont leur limite déjà passée", "ont leur limite un jour où la mairie ou l’école est fermée", "Réserver hors délai", "elle n’y sert pas"} {
		if !strings.Contains(notes, want) {
			t.Errorf("nothing says %q:\n%s", want, notes)
		}
	}
	mondays := ByWeekday(TableRow{For: Days(Monday), Weekday: Friday, Weeks: 1, At: Clock(9, 0)})
	if notes := strings.Join(s.TryRules(a, rules(online(ActionBook, mondays), online(ActionCancel, Never())), 0, now).Notes, "\n"); !strings.Contains(notes, "ont un délai impossible à tenir") || !strings.Contains(notes, "Annuler : impossible en toute circonstance") {
		t.Errorf("limits that do not exist: %s", notes)
	}
}

// TestImpact counts days and families: what is booked, what is asked, and what was done too late for a new rule.
func TestImpact(t *testing.T) {
	now := MustDate("2026-11-23").At(Clock(9, 0))
	eve := DaysBefore(1, Clock(18, 0))
	s := ruledSetup(RulesVersion{Rules: rules(online(ActionBook, eve), online(ActionCancel, eve))})
	next := s.Publishing(&s.Activities[0], rules(online(ActionBook, DaysBefore(7, EndOfDay)), online(ActionCancel, DaysBefore(60, EndOfDay))), 0, now)
	day := func(family FamilyID, d, at string, cancel bool) Acted {
		return Acted{Family: family, Day: MustDate(d), At: MustDate(at).At(Clock(10, 0)), Cancel: cancel}
	}
	got := s.Impact(next, 1, []Acted{day(1, "2026-12-04", "2026-11-01", false), day(1, "2027-01-05", "2026-11-01", false), day(2, "2027-01-08", "2026-11-01", false), day(2, "2027-03-04", "2026-11-01", false)},
		[]Acted{day(3, "2026-12-03", "2026-11-22", false), day(3, "2027-01-05", "2026-11-22", true)},
		[]Acted{day(1, "2026-11-20", "2026-11-19", false), day(2, "2026-11-20", "2026-11-19", false), day(2, "2026-12-18", "2026-11-19", false), day(4, "2026-11-20", "2026-11-10", true)}, now)
	want := Impact{Moved: Counted{3, 2}, Locked: Counted{2, 2}, Wishes: Counted{1, 1}, LateBooked: Counted{2, 2}, LateGiven: Counted{1, 1}, Since: MustDate("2026-10-24")}
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}
