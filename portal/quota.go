package portal

import (
	"fmt"
	"slices"
	"time"
)

// Quota is what a child has of an activity over the week, or the period, that a least or a most of days is counted over.
type Quota struct {
	First, Last Date
	From, To    Date // the first and the last day on which the activity is open
	Open        int  // days on which the activity is open
	Before      int  // days that are saved: booked, waited for or asked of staff
	Besides     int  // days other than this one, once the draft is validated
	Elsewhere   int  // days that are saved on days of the other parent, which none of the others counts
}

// Words gives « du 7 au 11 décembre ».
func (q *Quota) Words() string {
	if q.Open == 0 {
		return SpanWords(q.First, q.Last)
	}
	return SpanWords(q.From, q.To)
}

// CountsDays says that the days of a child are counted: a least, a most, or whole weeks.
func (a *Activity) CountsDays() bool { return a.LeastDays > 0 || a.MostDays > 0 || a.WholeWeek }

// SpanOf gives the days over which the least and the most of an activity are counted: the week, the school holidays, or the
// weeks of school between two of them.
func (s *Setup) SpanOf(a *Activity, day Date) (first, last Date) {
	if a.DaysPer != PerPeriod {
		return day.Monday(), day.Monday() + 6
	}
	first, last = 0, 0
	for _, p := range s.Calendar.Holidays {
		switch {
		case p.Holds(day):
			return p.From, p.To
		case p.To < day:
			first = max(first, p.To+1)
		case last == 0 || p.From-1 < last:
			last = p.From - 1
		}
	}
	if y := s.yearHolding(day); y != nil && y.First <= day {
		first = max(first, y.First)
	}
	if first == 0 {
		first = day.Month().First()
	}
	if last == 0 {
		last = day.Month().Last()
	}
	return first, last
}

// NewQuota prepares the count of a span: how many of its days the activity is open. Days that are the other parent's are left
// out: a parent is asked for a least, or a whole week, of own days only.
func (s *Setup) NewQuota(a *Activity, first, last Date, others func(Date) bool) Quota {
	q := Quota{First: first, Last: last}
	for d := first; d <= last; d++ {
		if others(d) {
			continue
		}
		if why, _ := a.Opening.judge(d, &s.Calendar); why == notClosed {
			if q.Open++; q.Open == 1 {
				q.From = d
			}
			q.To = d
		}
	}
	return q
}

// least is how many days of the span a child has at least, once it has any.
func (s *Slot) least() int { return min(s.Activity.LeastDays, s.Span.Open) }

// refuseMost refuses a day more than the most; more is how many days were added meanwhile. The most is the child's, with both
// of its parents; which days are the other parent's is not said.
func (s *Slot) refuseMost(more int) *Error {
	most := s.Activity.MostDays
	if most == 0 || s.Span.Besides+s.Span.Elsewhere+more < most {
		return nil
	}
	if s.Span.Besides+more < most {
		return Conflict("%s se réserve %s pour un enfant, les jours de ses deux parents ensemble, et il n’en reste pas %s. Choisissez une autre période, ou voyez avec l’autre parent.",
			Capital(s.Activity.Spoken), s.Activity.mostWords(), SpanWords(s.Span.First, s.Span.Last))
	}
	return Conflict("%s se réserve %s, et votre enfant les a déjà %s. Retirez un de ces jours, ou choisissez-en un autre.", Capital(s.Activity.Spoken), s.Activity.mostWords(), s.Span.Words())
}

func (a *Activity) mostWords() string {
	return Count(a.MostDays, "jour") + " au plus " + a.DaysPer.words()
}

func (a *Activity) leastWords() string {
	return Count(a.LeastDays, "jour") + " au moins " + a.DaysPer.words()
}

// words gives « par semaine ».
func (p Span) words() string {
	if p == PerPeriod {
		return "par période"
	}
	return "par semaine"
}

// QuotaWords says the rules about how many days are booked, or nothing: « 2 jours au moins par semaine. »
func (a *Activity) QuotaWords() string {
	var words []string
	if a.WholeWeek {
		words = append(words, "à la semaine entière")
	}
	if a.LeastDays > 0 {
		words = append(words, a.leastWords())
	}
	if a.MostDays > 0 {
		words = append(words, a.mostWords())
	}
	if len(words) == 0 {
		return ""
	}
	return "Réserver " + List(words) + "."
}

// tooFew refuses a request that would leave a child with too few days of the span, or with a part of a whole week; nothing
// when it would not. To give up one of the days of a span that had too few already is allowed.
func (s *Slot) tooFew() *Error {
	if !s.Activity.CountsDays() || s.Wish != WishAdd && s.Wish != WishRemove {
		return nil
	}
	adds := 0
	if s.Wish == WishAdd {
		adds = 1
	}
	left := s.Span.Besides + adds
	if least := s.least(); left > 0 && left < least && (adds > 0 || s.Span.Before >= least) {
		return Conflict("%s se réserve %s : %s n’y seraient que pour %s. Ajoutez des jours, ou retirez tous ceux de cette période.",
			Capital(s.Activity.Spoken), s.Activity.leastWords(), s.Span.Words(), Count(left, "jour"))
	}
	if week := s.Week.Besides + adds; s.Activity.WholeWeek && week > 0 && week < s.Week.Open && (adds > 0 || s.Week.Before >= s.Week.Open) {
		return Conflict("%s se réserve et s’annule à la semaine entière : tous les jours %s, ou aucun.", Capital(s.Activity.Spoken), s.Week.Words())
	}
	return nil
}

// FewWords says how many days are still to choose before the draft can be validated, or nothing.
func (s *Slot) FewWords(now time.Time) string {
	if !s.Expected(now) || s.Activity.LeastDays == 0 {
		return ""
	}
	n := s.least() - s.Span.Besides - 1
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf("Encore %s à choisir %s : %s se réserve %s.", Count(n, "jour"), s.Span.Words(), s.Activity.Spoken, s.Activity.leastWords())
}

// SpanMates gives the ranks of the requests that stand or fall with one of them because days are counted: those of the same
// child and activity over the same week or period, and brothers and sisters who have a place all or none with these.
func SpanMates(list []Request, i int) []int {
	inside := map[int]bool{i: true}
	ranks := []int{i}
	for next := 0; next < len(ranks); next++ {
		me := &list[ranks[next]].Slot
		for k := range list {
			other := &list[k].Slot
			mates := me.Activity.CountsDays() && me.Child == other.Child && me.Activity.ID == other.Activity.ID &&
				(other.Wish == WishAdd || other.Wish == WishRemove) && me.sameSpan(other)
			mates = mates || me.Together && other.Together && me.Wish == WishAdd && other.Wish == WishAdd && me.Activity.ID == other.Activity.ID && me.Day == other.Day
			if mates && !inside[k] {
				inside[k] = true
				ranks = append(ranks, k)
			}
		}
	}
	return ranks
}

// Bound gives the ranks of the requests that have to be settled at once with one of them because days are counted, in the
// order of the list; nothing when none of them counts days.
func Bound(list []Request, i int) []int {
	ranks, inside := []int{i}, map[int]bool{i: true}
	counts := false
	for next := 0; next < len(ranks); next++ {
		counts = counts || list[ranks[next]].Slot.Activity.CountsDays()
		for _, k := range append(Unit(list, ranks[next]), SpanMates(list, ranks[next])...) {
			if !inside[k] {
				inside[k] = true
				ranks = append(ranks, k)
			}
		}
	}
	if !counts {
		return nil
	}
	slices.Sort(ranks)
	return ranks
}

func (s *Slot) sameSpan(other *Slot) bool {
	return s.Activity.LeastDays > 0 && s.Span.First == other.Span.First ||
		s.Activity.WholeWeek && s.Week.First == other.Week.First
}

// Spoilt says why what was settled of a span cannot stand: one of its requests was refused, or too few days are left.
func (s *Slot) Spoilt(refused *Error) *Error {
	what := "se réserve " + s.Activity.leastWords()
	if s.Activity.WholeWeek {
		what = "se réserve et s’annule à la semaine entière"
	}
	if refused == nil {
		return Conflict("%s %s, et ce ne serait pas le cas %s. Rien n’a été changé pour ces jours.", Capital(s.Activity.Spoken), what, s.Span.Words())
	}
	return Conflict("%s %s, et un des jours n’a pas pu l’être : %s", Capital(s.Activity.Spoken), what, refused.Message)
}

// Short says whether a child is left with too few days: of a whole week, or of the least. before is what it had.
func (s *Slot) Short(week, span, weekBefore, spanBefore int) bool {
	least := s.least()
	return span > 0 && span < least && (span > spanBefore || spanBefore >= least) ||
		s.Activity.WholeWeek && week > 0 && week < s.Week.Open && (week > weekBefore || weekBefore >= s.Week.Open)
}

// Foresee gives what a validation would make of each request of a draft, as things stand.
func Foresee(list []Request, now time.Time) ([]Outcome, []*Error) {
	outcomes, whys := make([]Outcome, len(list)), make([]*Error, len(list))
	for i := range list {
		group := TogetherWith(list, i)
		o, w := DecideGroup(list, group, now)
		for n, k := range group {
			if k == i {
				outcomes[i], whys[i] = o[n], w[n]
			}
		}
		if why := list[i].Slot.tooFew(); whys[i] == nil && why != nil {
			outcomes[i], whys[i] = OutcomeRefused, why
		}
	}
	for i := range list {
		s := &list[i].Slot
		if whys[i] != nil || !s.Activity.WholeWeek {
			continue
		}
		for _, k := range SpanMates(list, i) {
			other := &list[k].Slot
			if s.Wish != other.Wish || s.Child != other.Child {
				continue
			}
			switch {
			case whys[k] != nil && whys[i] == nil && s.Week.First == other.Week.First:
				outcomes[i], whys[i] = OutcomeRefused, s.Spoilt(whys[k])
			case outcomes[k] == OutcomeWaiting && whys[i] == nil && outcomes[i] == OutcomeBooked && s.Week.First == other.Week.First:
				outcomes[i] = OutcomeWaiting
			}
		}
	}
	return outcomes, whys
}
