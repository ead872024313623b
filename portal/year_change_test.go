package portal

import (
	"strings"
	"testing"
)

// TestYearSeam: the last day of class and the summer are two settings; when they do not follow each other, somebody is told.
func TestYearSeam(t *testing.T) {
	summer := func(from string) *Calendar {
		return &Calendar{Holidays: []Period{{Name: "vacances d’été", From: MustDate(from), To: MustDate("2027-08-31")}}}
	}
	for name, c := range map[string]struct {
		last string
		cal  *Calendar
		want string
	}{
		"the day before":       {"2027-07-02", summer("2027-07-03"), ""},
		"a week-end between":   {"2027-07-02", summer("2027-07-05"), ""},
		"a week of nothing":    {"2027-07-02", summer("2027-07-10"), "juillet 2027, après le dernier jour de classe, il n’y a pas encore de vacances"},
		"in the holidays":      {"2027-07-05", summer("2027-07-03"), "Le dernier jour de classe, le lundi 5 juillet 2027, tombe pendant les vacances d’été."},
		"nothing is known yet": {"2027-07-02", &Calendar{}, "Aucunes vacances ne suivent"},
	} {
		got := c.cal.YearSeam(SchoolYearRef{First: MustDate("2026-09-01"), Last: MustDate(c.last)})
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestTouchedByYear: what is booked on days that a school year loses is counted, and nothing else.
func TestTouchedByYear(t *testing.T) {
	was := SchoolYearRef{ID: 1, First: MustDate("2026-09-01"), Last: MustDate("2027-07-02")}
	is := SchoolYearRef{ID: 1, First: MustDate("2026-09-03"), Last: MustDate("2027-06-30")}
	s := &Setup{Activities: []Activity{{ID: 3, Name: "CANTINE"}, {ID: 4, Name: "ALSH"}}}
	booked := []BookedCount{{3, MustDate("2026-09-02"), 2, 0}, {3, MustDate("2027-06-30"), 5, 0}, {3, MustDate("2027-07-01"), 7, 1}, {4, MustDate("2027-07-05"), 9, 0}}
	list := s.TouchedByYear(was, is, booked, MustDate("2026-11-23"))
	if len(list) != 1 || list[0].Activity.ID != 3 || list[0].Booked != 7 || list[0].Waiting != 1 || len(list[0].Days) != 1 {
		t.Errorf("%+v", list)
	}
	if list := s.TouchedByYear(was, is, booked, MustDate("2026-08-23")); len(list) != 1 || list[0].Booked != 9 {
		t.Errorf("from before the year: %+v", list)
	}
	if list := s.TouchedByYear(is, was, booked, 0); len(list) != 0 {
		t.Errorf("a longer year leaves nothing out: %+v", list)
	}
}
