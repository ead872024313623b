package handlers

import (
	"net/url"
	"strconv"
	"strings"

	"marelle/portal"
	"marelle/views"
)

var errSet = portal.Invalid("Cet ensemble de jours n’est pas compris. Rouvrez le calendrier, puis recommencez.")

// sweep runs a quick tool: field ensemble, « 2026-11/semaine/2026-11-30:1 », « 2026-11/colonne/4:0 », « 2026-11/mois/:1 ».
func (r *request) sweep(child portal.ChildID, activity portal.ActivityID, set string) error {
	month, days, present, err := parseSet(set)
	if err != nil {
		return err
	}
	swept, err := r.site.store.Sweep(r.ctx(), r.account(), child, activity, month, days, present)
	if err != nil {
		return err
	}
	plan := swept.Plan
	if r.isHTMX() {
		return r.render(views.SweepAnswer{Calendar: *r.drawCalendar(swept.Calendar), Said: views.SweptWords(len(plan.Days), present, plan.Full, plan.Late)})
	}
	query := url.Values{"mois": {month.String()}, "change": {strconv.Itoa(len(plan.Days))}}
	if present {
		query.Set("sens", "1")
	}
	for name, list := range map[string][]portal.Date{"complets": plan.Full, "tard": plan.Late} {
		if len(list) > 0 {
			query.Set(name, joinDates(list))
		}
	}
	return r.redirect303(views.CalendarPath(child, activity) + "?" + query.Encode() + "#mois")
}

// parseSet reads which days a tool is about, and the wished end.
func parseSet(set string) (month portal.Month, days []portal.Date, present bool, err error) {
	what, wish, _ := strings.Cut(set, ":")
	parts := strings.Split(what, "/")
	if wish != "0" && wish != "1" || len(parts) != 3 {
		return month, nil, false, errSet
	}
	if month, err = portal.ParseMonth(parts[0]); err != nil {
		return month, nil, false, errSet
	}
	for d := month.First(); d <= month.Last(); d++ {
		switch parts[1] {
		case "mois":
			days = append(days, d)
		case "semaine":
			if d.Monday().String() == parts[2] {
				days = append(days, d)
			}
		case "colonne":
			if strconv.Itoa(int(d.Weekday())+1) == parts[2] {
				days = append(days, d)
			}
		}
	}
	if len(days) == 0 {
		return month, nil, false, errSet
	}
	return month, days, wish == "1", nil
}

func joinDates(list []portal.Date) string {
	words := make([]string, len(list))
	for i, d := range list {
		words[i] = d.String()
	}
	return strings.Join(words, ",")
}

// dates reads what joinDates wrote; whatever is no date is left out.
func dates(s string) (list []portal.Date) {
	for part := range strings.SplitSeq(s, ",") {
		if d, err := portal.ParseDate(part); err == nil && len(list) < 31 {
			list = append(list, d)
		}
	}
	return list
}
