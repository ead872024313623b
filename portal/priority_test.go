package portal

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestPriorities: each criterion, by itself, then their order, then who asked first.
func TestPriorities(t *testing.T) {
	s := &Setup{Years: []SchoolYearRef{{ID: 1, Label: "2025-2026", First: MustDate("2025-09-01"), Last: MustDate("2026-07-03")}, {ID: 2, Label: "2026-2027", First: MustDate("2026-09-01"), Last: MustDate("2027-07-03")}}}
	labels := []PriorityLabel{{ID: 7, Name: "les deux parents travaillent"}}
	day := MustDate("2026-12-22")
	pupil := func(resident bool, grade string) *Pupil {
		p := &Pupil{Resident: resident}
		if grade != "" {
			p.Years = []PupilYear{{Year: 2, School: 3, Grade: grade}}
		}
		return p
	}
	works := []HeldLabel{{Label: 7, Dated: MustDate("2026-09-03"), Last: MustDate("2026-12-22")}}
	for _, c := range []struct {
		name   string
		by     Criterion
		claims Claims
		day    Date
		want   bool
	}{
		{"lives here", ByTown, Claims{Pupil: pupil(true, "")}, day, true},
		{"lives elsewhere", ByTown, Claims{Pupil: pupil(false, "")}, day, false},
		{"nobody known", ByTown, Claims{}, day, false},
		{"goes to school here", BySchool, Claims{Pupil: pupil(false, "CP")}, day, true},
		{"went to school here the other year", BySchool, Claims{Pupil: pupil(false, "CP")}, MustDate("2026-02-10"), false},
		{"a brother has a place", BySibling, Claims{Before: true}, day, true},
		{"no brother has", BySibling, Claims{}, day, false},
		{"came last year", ByHabit, Claims{Came: true}, day, true},
		{"in CP", ByGrade("CP"), Claims{Pupil: pupil(true, "CP")}, day, true},
		{"in CE1", ByGrade("CP"), Claims{Pupil: pupil(true, "CE1")}, day, false},
		{"in no grade", ByGrade(""), Claims{Pupil: pupil(true, "")}, day, false},
		{"ticked, its last day", ByLabel(7), Claims{Labels: works}, day, true},
		{"ticked, the day after", ByLabel(7), Claims{Labels: works}, day + 1, false},
		{"another label", ByLabel(8), Claims{Labels: works}, day, false},
	} {
		if got := s.meets(c.by, c.claims, c.day); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}

	a := &Activity{Kind: HolidayCamp, Spoken: "le centre"}
	for _, c := range []Criterion{ByTown, ByLabel(7), ByLabel(9), ByGrade("CP")} {
		if p, known := PriorityOf(c, labels); known {
			a.Priorities = append(a.Priorities, p)
		}
	}
	if got := a.PriorityWords(); got != "Priorités, dans cet ordre : 1. habite la commune ; 2. les deux parents travaillent ; 3. est en CP. À égalité, la demande la plus ancienne passe d’abord. La mairie décide." {
		t.Error(got)
	}
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, Paris)
	type child struct {
		name string
		Standing
	}
	stand := func(name string, k Claims, minutes int) child {
		return child{name, s.Stand(a, k, day, at.Add(time.Duration(minutes)*time.Minute))}
	}
	list := []child{
		stand("elsewhere, works, CP", Claims{Pupil: pupil(false, "CP"), Labels: works}, 0),
		stand("here", Claims{Pupil: pupil(true, "")}, 1),
		stand("here, CP", Claims{Pupil: pupil(true, "CP")}, 3),
		stand("here, CP, first", Claims{Pupil: pupil(true, "CP")}, 2),
		stand("here, works", Claims{Pupil: pupil(true, ""), Labels: works}, 9),
		stand("elsewhere", Claims{Pupil: pupil(false, "")}, -60),
	}
	slices.SortFunc(list, func(x, y child) int { return x.Compare(y.Standing) })
	var names []string
	for _, c := range list {
		names = append(names, c.name)
	}
	if got := strings.Join(names, " | "); got != "here, works | here, CP, first | here, CP | here | elsewhere, works, CP | elsewhere" {
		t.Error(got)
	}
	if got := a.StandingWords(list[0].Standing); got != "1. habite la commune ; 2. les deux parents travaillent" {
		t.Error(got)
	}
	if got := a.StandingWords(list[5].Standing); got != "aucun critère : à son tour" {
		t.Error(got)
	}
	slot := Slot{Activity: a, Day: day, Open: true, Status: Waiting, Rank: 2}
	if why := slot.Explain(at); !slices.Contains(why.Facts, a.PriorityWords()) {
		t.Errorf("« Pourquoi ? » does not say them: %v", why.Facts)
	}
}

// TestPrioritiesRefused: never for a canteen, in the words of the law; no criterion twice, none that is not known.
func TestPrioritiesRefused(t *testing.T) {
	known := Criteria([]string{"CP"}, nil)
	for _, c := range []struct {
		kind ActivityKind
		list []Criterion
		want string
	}{
		{Canteen, []Criterion{ByTown}, CanteenLaw},
		{Canteen, nil, ""},
		{HolidayCamp, []Criterion{ByTown, ByGrade("CP")}, ""},
		{HolidayCamp, []Criterion{ByTown, ByTown}, "critere-2"},
		{HolidayCamp, []Criterion{ByLabel(3)}, "critere-1"},
		{HolidayCamp, []Criterion{ByGrade("CE1")}, "critere-1"},
	} {
		err := CheckPriorities(&Activity{Kind: c.kind}, c.list, known)
		got := ""
		if refusal := AsError(err); refusal != nil {
			got = refusal.Message
			if len(refusal.Fields) > 0 {
				got = refusal.Fields[0].Field
			}
		}
		if got != c.want {
			t.Errorf("%s %v: %q, want %q", c.kind, c.list, got, c.want)
		}
	}
	if !strings.Contains(CanteenLaw, "L131-13 du Code de l’éducation") {
		t.Error(CanteenLaw)
	}
}

// TestPlacesOfThoseThatCount: a line that is not counted takes nothing from the next ones; one that counts if it fits takes a
// place only when there is one.
func TestPlacesOfThoseThatCount(t *testing.T) {
	day := MustDate("2026-12-22")
	big := Counter{ID: 1, Capacity: 2, Limited: true}
	count := func(lines ...AskedDay) (left []int) {
		for i := range lines {
			lines[i].Day = day
		}
		CountAsked(lines, func(int) []Counter { return []Counter{big} }, func(CounterID, Date) Places { return Places{} })
		for _, l := range lines {
			left = append(left, l.Left)
		}
		return left
	}
	if got := count(AskedDay{}, AskedDay{}, AskedDay{}); !slices.Equal(got, []int{1, 0, -1}) {
		t.Error("all", got)
	}
	if got := count(AskedDay{}, AskedDay{Skipped: true}, AskedDay{}, AskedDay{}); !slices.Equal(got, []int{1, 0, 0, -1}) {
		t.Error("one left out", got)
	}
	if got := count(AskedDay{IfFits: true}, AskedDay{IfFits: true}, AskedDay{IfFits: true}, AskedDay{IfFits: true}); !slices.Equal(got, []int{1, 0, -1, -1}) {
		t.Error("while they fit", got)
	}
}

// TestStandsStill: a list says why nobody is served by itself.
func TestStandsStill(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, Paris)
	limit := func(h int) Limit { return Limit{Possible: true, At: now.Add(time.Duration(h) * time.Hour)} }
	for _, c := range []struct {
		name         string
		mode         WaitMode
		book, cancel Limit
		want         string
	}{
		{"in time", WaitNight, limit(48), limit(48), ""},
		{"too late to cancel", WaitNow, limit(48), limit(-1), "Passé : la famille n’aurait plus pu annuler"},
		{"too late to book", WaitNow, limit(-1), limit(48), "Passé : le délai pour réserver est dépassé"},
		{"too late to answer", WaitOffer, limit(1), limit(48), "n’aurait plus le temps de répondre"},
	} {
		s := Slot{Activity: &Activity{WaitMode: c.mode, OfferHours: 24}, Open: true, Book: c.book, Cancel: c.cancel}
		if got := s.StandsStill(now); !strings.Contains(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}
