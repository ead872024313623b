package handlers

import (
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"marelle/portal"
)

// typedRules are the rules of docs/regles.md as a person fills the form in, by commune and label: the shape, then the fields.
// A box is ticked by « 1 ».
var typedRules = map[string][]string{
	"A01 Réserver":                           {"jour-de-semaine", "jour", "mercredi", "semaines", "1", "heure", "minuit"},
	"A02 Réserver et annuler":                {"jour-de-semaine", "jour", "mardi", "semaines", "1", "heure", "23h59"},
	"A03 Réserver et annuler":                {"jours-avant", "jours", "1", "heure", "18h00"},
	"A04 Réserver":                           {"dates", "nom-0", "1er trimestre", "du-0", "2026-09-01", "au-0", "2026-12-18", "limite-0", "2026-08-17", "heure", "minuit"},
	"A04 Annuler":                            {"jours-avant", "jours", "1", "heure", "17h"},
	"A06 Réserver et annuler":                {"jours-avant", "jours", "2", "heure", "12h", "sauf-weekend", "1"},
	"A06 Réserver et annuler (mercredi)":     {"jour-de-semaine", "jour", "jeudi", "semaines", "1", "heure", "12h"},
	"A07 Réserver (activité « avec repas »)": {"jours-avant", "jours", "3", "heure", "minuit", "sauf-weekend", "1", "sauf-feries", "1"},
	"A07 Réserver (activité « sans repas »)": {"jours-avant", "jours", "1", "heure", "minuit"},
	"A07 Annuler":                            {"jamais"},
	"A09 Réserver et annuler": {"tableau", "pour-0-lundi", "1", "pour-0-mardi", "1", "jour-0", "jeudi", "semaines-0", "1", "heure-0", "10h",
		"pour-1-jeudi", "1", "pour-1-vendredi", "1", "jour-1", "mardi", "semaines-1", "0", "heure-1", "10h"},
	"A10 Réserver":                           {"jour-de-semaine", "jour", "lundi", "semaines", "1", "heure", "minuit"},
	"A11 Réserver":                           {"jour-de-semaine", "jour", "mardi", "semaines", "1", "heure", "12h"},
	"A11 Annuler":                            {"jour-de-semaine", "jour", "lundi", "semaines", "1", "heure", "12h"},
	"A11 Réserver et annuler, au guichet":    {"jamais"},
	"A12 Réserver":                           {"jour-de-semaine", "jour", "mardi", "semaines", "1", "heure", "10h"},
	"A12 Annuler":                            {"jours-avant", "jours", "2", "heure", "minuit"},
	"A12 Réserver hors délai":                {"jours-avant", "tardive", "majore", "jours", "2", "heure", "minuit"},
	"A13 Réserver":                           {"jours-avant", "jours", "4", "heure", "minuit"},
	"A13 Annuler":                            {"jours-avant", "jours", "1", "heure", "midi", "sauf-service", "1"},
	"A15 Réserver et annuler":                {"jour-de-semaine", "jour", "jeudi", "semaines", "1", "heure", "minuit"},
	"A16 Réserver et annuler":                {"jour-de-semaine", "jour", "jeudi", "semaines", "1", "heure", "9h"},
	"A16 Signaler une absence":               {"jours-avant", "jours", "0", "heure", "10h"},
	"A17 Annuler":                            {"jours-avant", "jours", "1", "heure", "11h", "sauf-feries", "1", "sauf-service", "1", "sauf-vacances", "1"},
	"A18 Réserver":                           {"jour-de-semaine", "jour", "vendredi", "semaines", "1", "heure", "midi"},
	"A18 Réserver hors délai":                {"jours-avant", "tardive", "accord", "jours", "0", "heure", "10h30"},
	"A20 Réserver et annuler":                {"jour-de-semaine", "jour", "mardi", "semaines", "1", "heure", "23h"},
	"A20 Réserver et annuler (périscolaire)": {"jours-avant", "jours", "1", "heure", "minuit"},
	"A21 Réserver":                           {"heures-avant", "heures", "72"},
	"A21 Annuler":                            {"jours-avant", "jours", "0", "heure", "8h30"},
	"A22 Réserver":                           {"heures-avant", "heures", "72"},
	"A22 Réserver (vacances)":                {"avant-periode", "jours", "15", "francs", "1", "heure", "minuit"},
	"A23 Réserver":                           {"jours-avant", "jours", "2", "heure", "minuit", "sauf-weekend", "1", "sauf-feries", "1"},
	"A23 Réserver (mercredi)":                {"jours-avant", "jours", "7", "heure", "minuit"},
	"A23 Réserver (vacances)":                {"jours-avant", "jours", "7", "heure", "minuit"},
	"A25 Réserver (mercredi)":                {"jour-de-semaine", "jour", "dimanche", "semaines", "1", "heure", "minuit"},
	"A25 Annuler (mercredi)":                 {"heures-avant", "heures", "72"},
	"A28 Réserver":                           {"jour-de-semaine", "jour", "dimanche", "semaines", "2", "heure", "minuit"},
	"A28 Réserver, au guichet":               {"jour-de-semaine", "jour", "vendredi", "semaines", "2", "heure", "17h"},
	"A28 Réserver, profil « Horaires de travail variables »": {"jours-avant", "jours", "1", "heure", "12h"},
	"A29 Réserver": {"dates", "du-0", "2024-09-01", "au-0", "2024-09-30", "limite-0", "2024-08-27",
		"du-1", "2024-10-01", "au-1", "2024-10-31", "limite-1", "2024-09-24", "heure", "minuit"},
	"A29 Réserver hors délai":            {"jours-avant", "tardive", "majore", "jours", "1", "heure", "minuit"},
	"A29 Signaler une absence":           {"jours-avant", "jours", "0", "heure", "8h30"},
	"A30 Réserver":                       {"semaine-pleine", "jour", "dimanche", "heure", "minuit"},
	"A30 Réserver hors délai":            {"jour-de-semaine", "tardive", "accord", "jour", "vendredi", "semaines", "1", "heure", "minuit"},
	"A30 Signaler une absence":           {"jours-avant", "jours", "1", "heure", "minuit"},
	"A34 Réserver (mercredi)":            {"jours-avant", "jours", "1", "heure", "9h"},
	"A34 Annuler (mercredi)":             {"jours-avant", "jours", "7", "heure", "minuit"},
	"A34 Réserver et annuler":            {"jours-avant", "jours", "1", "heure", "9h", "sauf-weekend", "1"},
	"A34 Réserver (vacances)":            {"avant-periode", "jours", "21", "heure", "minuit"},
	"A35 Réserver et annuler":            {"jours-avant", "jours", "1", "heure", "9h30", "sauf-service", "1"},
	"A37 Réserver":                       {"jours-avant", "jours", "1", "heure", "17h"},
	"B08 Réserver":                       {"jour-de-semaine", "jour", "vendredi", "semaines", "2", "heure", "16h"},
	"B08 Annuler":                        {"jamais"},
	"B11 Annuler (vacances)":             {"avant-periode", "jours", "8", "heure", "minuit"},
	"B11 Réserver hors délai (vacances)": {"jours-avant", "tardive", "majore", "jours", "1", "heure", "minuit"},
	"B19 Réserver hors délai":            {"jours-avant", "tardive", "majore", "jours", "1", "heure", "minuit"},
	"B20 Réserver hors délai":            {"heures-avant", "tardive", "accord", "heures", "48"},
}

// publishedRule is a setting of docs/regles.md with its dated examples.
type publishedRule struct {
	key, label, sentence string
	dates                [][2]string // a day of service and its last instant
}

// publishedRules reads docs/regles.md.
func publishedRules(t *testing.T) (list []publishedRule) {
	t.Helper()
	text, err := os.ReadFile("../docs/regles.md")
	if err != nil {
		t.Fatal(err)
	}
	title := regexp.MustCompile(`^### ([AB]\d\d)`)
	setting := regexp.MustCompile(`^- ((?:Réserver|Annuler|Signaler)[^:]*) : (.+)$`)
	dated := regexp.MustCompile(`^  - (\S+) → (.+)$`)
	id := ""
	for line := range strings.SplitSeq(string(text), "\n") {
		if m := title.FindStringSubmatch(line); m != nil {
			id = m[1]
		} else if m := setting.FindStringSubmatch(line); m != nil {
			list = append(list, publishedRule{key: id + " " + m[1], label: m[1], sentence: m[2]})
		} else if m := dated.FindStringSubmatch(line); m != nil && len(list) > 0 {
			last := &list[len(list)-1]
			last.dates = append(last.dates, [2]string{m[1], m[2]})
		}
	}
	return list
}

// cases gives the addresses of the forms in which the rule is typed, with the label that the simulator gives to each.
func (p publishedRule) cases() map[string]string {
	channel, profile, more := "internet", "0", ""
	switch {
	case strings.Contains(p.label, "au guichet"):
		channel, more = "guichet", ", au guichet"
	case strings.Contains(p.label, "profil « Horaires de travail variables »"):
		profile, more = "1", ", profil « Horaires de travail variables »"
	}
	at := func(action, label string) map[string]string {
		return map[string]string{"?action=" + action + "&canal=" + channel + "&profil=" + profile: label + more}
	}
	switch {
	case strings.HasPrefix(p.label, "Réserver hors délai"):
		return at("tardive", "Réserver hors délai")
	case strings.HasPrefix(p.label, "Réserver et annuler"):
		both := at("reserver", "Réserver")
		for where, label := range at("annuler", "Annuler") {
			both[where] = label
		}
		return both
	case strings.HasPrefix(p.label, "Annuler"):
		return at("annuler", "Annuler")
	case strings.HasPrefix(p.label, "Signaler une absence"):
		return at("absence", "Signaler une absence")
	}
	return at("reserver", "Réserver")
}

// shownLimits reads the first column of the simulator: a day of service, and its last instant.
func (b *browser) shownLimits() map[string]string {
	shown := map[string]string{}
	b.page.Find("#exemples tbody tr").Each(func(_ int, row *goquery.Selection) {
		shown[row.Find("th").Contents().First().Text()] = row.Find("td span").First().Contents().First().Text()
	})
	return shown
}

// typeRule fills the form of a rule in as a person does: the shape is chosen, then the fields, with one more line as long as
// one is missing.
func (b *browser) typeRule(path, where string, typed []string) url.Values {
	b.w.t.Helper()
	b.get(path + "/modifier" + where + "&forme=" + typed[0]).want(200)
	for {
		form, missing := b.filledForm("form.regle"), ""
		for i := 1; i < len(typed); i += 2 {
			field := b.page.Find(`form.regle [name="` + typed[i] + `"]`)
			if field.Length() == 0 {
				missing = typed[i]
				continue
			}
			if goquery.NodeName(field) == "select" && field.Find(`option[value="`+typed[i+1]+`"]`).Length() != 1 {
				b.w.t.Fatalf("%s%s: %s has no choice %q", path, where, typed[i], typed[i+1])
			}
			form.Set(typed[i], typed[i+1])
		}
		if missing == "" {
			return form
		}
		if b.page.Find(`form.regle button[value="ligne"]`).Length() == 0 {
			b.w.t.Fatalf("%s%s: the form has no field %q", path, where, missing)
		}
		lines := b.page.Find("form.regle fieldset.carte").Length()
		form.Set("faire", "ligne")
		if b.post(path+"/modifier", form).want(200); b.page.Find("form.regle fieldset.carte").Length() <= lines {
			b.w.t.Fatalf("%s%s: no line more, and no field %q", path, where, missing)
		}
	}
}

// ruleTown is a town whose activities open as docs/regles.md says, seen by its manager at a moment.
type ruleTown struct {
	*browser
	school, withWednesday, wednesday, holidays string
}

func newRuleTown(t *testing.T, now time.Time) *ruleTown {
	t.Helper()
	w := newWorld(t)
	w.clock.Set(now)
	r := &ruleTown{browser: w.staffed("PUJOL", portal.Manager)}
	noon := []string{"debut", "12:00", "fin", "13:30"}
	r.school = r.model("cantine", append(noon, "nom", "Cantine", "parle", "la cantine")...) + "/delais"
	r.withWednesday = r.model("cantine", append(noon, "nom", "Cantine du mercredi aussi", "parle", "la cantine", "ecole-mercredi", "1")...) + "/delais"
	r.wednesday = r.model("mercredi", noon...) + "/delais"
	r.holidays = r.model("vacances", noon...) + "/delais"
	r.get(limitProfilesPath).post(limitProfilesPath, url.Values{"nom": {"Horaires de travail variables"}}).want(303)
	return r
}

// activityOf gives the limits of the activity that a rule is of.
func (r *ruleTown) activityOf(p publishedRule) string {
	switch {
	case strings.HasSuffix(p.label, "(mercredi)"):
		return r.wednesday
	case strings.HasSuffix(p.label, "(vacances)"):
		return r.holidays
	case slices.ContainsFunc(p.dates, func(d [2]string) bool { return portal.MustDate(d[0]).Weekday() == portal.Wednesday }):
		return r.withWednesday
	}
	return r.school
}

// TestEveryPublishedRuleIsTyped: each limit of docs/regles.md, of each commune, is typed in the editor, whose sentence is the
// one written there; the simulator shows each of its dated examples with the last instant written there; and the rule comes
// back from the draft as it was typed. Days that are far away are looked at the week before them.
func TestEveryPublishedRuleIsTyped(t *testing.T) {
	now := portal.MustDate("2026-11-23").At(portal.Clock(9, 5))
	towns := map[portal.Date]*ruleTown{0: newRuleTown(t, now)}
	dates, rules := 0, 0
	for _, p := range publishedRules(t) {
		typed := typedRules[p.key]
		if typed == nil {
			t.Errorf("%s: nobody types it", p.key)
			continue
		}
		for where, label := range p.cases() {
			rules++
			left := slices.Clone(p.dates)
			for _, from := range append([]portal.Date{0}, weeksBefore(p.dates)...) {
				if len(left) == 0 {
					break
				}
				if towns[from] == nil {
					towns[from] = newRuleTown(t, from.At(portal.Clock(9, 5)))
				}
				r := towns[from]
				form := r.typeRule(r.activityOf(p), where, typed)
				left = r.tryRule(p, label, r.activityOf(p), form, left, &dates)
				r.keepRule(p, label, r.activityOf(p), where, form)
			}
			for _, d := range left {
				t.Errorf("%s: the simulator never shows %s", p.key, d[0])
			}
		}
	}
	for key := range typedRules {
		if !slices.ContainsFunc(publishedRules(t), func(p publishedRule) bool { return p.key == key }) {
			t.Errorf("%s is not in docs/regles.md", key)
		}
	}
	if rules < 65 || dates < 100 {
		t.Errorf("%d rules typed, %d dated examples read", rules, dates)
	}
	t.Logf("%d rules typed, %d dated examples read", rules, dates)
}

// weeksBefore gives the Mondays of the weeks before some days of service.
func weeksBefore(dates [][2]string) (list []portal.Date) {
	for _, d := range dates {
		if m := portal.MustDate(d[0]).Monday() - 7; !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	return list
}

// tryRule presses « Voir les exemples », and gives the dated examples that are not among those shown.
func (r *ruleTown) tryRule(p publishedRule, label, path string, form url.Values, wanted [][2]string, read *int) (left [][2]string) {
	t := r.w.t
	t.Helper()
	preview := url.Values{"faire": {"exemples"}}
	for name, values := range form {
		preview[name] = values
	}
	r.post(path+"/modifier", preview).want(200)
	if got, want := plain(r.page.Find("#exemples strong").Text()), label+" : "+p.sentence+"."; got != want {
		t.Errorf("%s reads %q, want %q", p.key, got, want)
	}
	shown := r.shownLimits()
	for _, d := range wanted {
		got, is := shown[portal.Capital(portal.MustDate(d[0]).LongYear())]
		want := "jamais"
		if day, hour, found := strings.Cut(d[1], " "); found {
			var h, m int
			if _, err := fmt.Sscanf(hour, "%d:%d", &h, &m); err != nil {
				t.Fatal(err)
			}
			want = portal.LimitWords(portal.Limit{Possible: true, At: portal.MustDate(day).At(portal.Clock(h, m))})
		}
		switch {
		case !is:
			left = append(left, d)
		case got != want:
			t.Errorf("%s: %s is shown as %q, want %q", p.key, d[0], got, want)
		default:
			*read++
		}
	}
	return left
}

// keepRule puts the rule into the draft, finds it again as it was typed, and gives the draft up.
func (r *ruleTown) keepRule(p publishedRule, label, path, where string, form url.Values) {
	t := r.w.t
	t.Helper()
	r.post(path+"/modifier", form).want(303)
	r.get(path).want(200)
	sentence := r.page.Find("dl.delais-regles dt").FilterFunction(func(_ int, dt *goquery.Selection) bool { return plain(dt.Text()) == label }).Next().Contents().First().Text()
	if got, want := plain(sentence), portal.Capital(p.sentence)+"."; got != want {
		t.Errorf("%s: the draft says %q, want %q", p.key, got, want)
	}
	seen := r.page.Find(`#publier [name="vu"]`).First().AttrOr("value", "")
	again := r.get(path + "/modifier" + where).want(200).filledForm("form.regle")
	for name := range form {
		if name != "vu" && name != "_csrf" && name != "heure" && !strings.HasPrefix(name, "heure-") && again.Get(name) != form.Get(name) {
			t.Errorf("%s: %s was typed %q and comes back %q", p.key, name, form.Get(name), again.Get(name))
		}
	}
	if seen != "" {
		r.post(path+"/abandonner", url.Values{"vu": {seen}}).want(303)
	}
}

// plain gives a text with ordinary spaces.
func plain(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }
