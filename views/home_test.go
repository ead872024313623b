package views

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"marelle/portal"
)

// TestHomeOfEverything: the page of a family of five with seven activities says each thing once, what waits first.
func TestHomeOfEverything(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, portal.Paris)
	var children []portal.ChildSpan
	for i, name := range []string{"Yanis", "Lina", "Sofia", "Adam", "Inès"} {
		children = append(children, portal.ChildSpan{Child: portal.Child{ID: portal.ChildID(i + 1), FirstName: name}})
	}
	children[1].Booked = 2
	var limits []portal.NextLimit
	for i := range 7 {
		a := &portal.Activity{ID: portal.ActivityID(i + 1), Short: "Activité", Kind: portal.Canteen}
		limits = append(limits, portal.NextLimit{Closing: portal.Closing{Activity: a, At: now.Add(time.Hour), Days: []portal.Date{portal.NewDate(2026, 11, 30)}}, Used: i < 2, Children: children})
	}
	page := Home{Hello: "Bonjour", Announcements: []HomeAnnouncement{NewHomeAnnouncement(portal.Announcement{ID: 1, Title: "Message", Body: "Texte"})},
		Offers: []OfferNote{{Words: "Lina, mercredi 2 décembre : une place vous est proposée.", Until: "Jusqu’à demain 12 h.", URL: "/offres/1"}}}
	page.SetPending(2, []portal.Limit{{At: now.Add(time.Hour), Possible: true}}, now)
	page.SetLimits(limits, now)
	var out bytes.Buffer
	if err := newEngine(t).Render(&out, "family/home", page); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(doc.Find("main").Text()), " ")
	at := -1
	for _, want := range []string{"Vous avez 2 demandes à valider.", "une place vous est proposée. Jusqu’à demain 12 h. Accepter ou refuser", "Message", "Prochains délais",
		"le lundi 30 novembre : jusqu’à aujourd’hui 10 h Yanis, Sofia, Adam et Inès : rien de réservéLina : 2 jours réservés", "Délais de 5 autres activités"} {
		next := strings.Index(text, want)
		if next <= at {
			t.Errorf("%q is missing, or before what matters more:\n%s", want, text)
		}
		at = next
	}
	if n := doc.Find(".delais").First().Find("li").Length(); n != 2 {
		t.Errorf("%d deadlines in sight, want the 2 of the activities used", n)
	}
	if page.Limits[0].Groups[0].Children[0].URL != "/reservations/1/1?mois=2026-11" {
		t.Errorf("Yanis leads to %s", page.Limits[0].Groups[0].Children[0].URL)
	}
}

// TestHomeOfAFamilyWithoutHabits: nothing is folded away when nothing is used.
func TestHomeOfAFamilyWithoutHabits(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, portal.Paris)
	var page Home
	page.SetLimits([]portal.NextLimit{{Closing: portal.Closing{Activity: &portal.Activity{}, At: now, Days: []portal.Date{1}}}}, now)
	if len(page.Limits) != 1 || len(page.OtherLimits) != 0 {
		t.Errorf("%d in sight, %d folded", len(page.Limits), len(page.OtherLimits))
	}
	page = Home{}
	page.SetPending(0, nil, now)
	if page.Pending != "" {
		t.Error(page.Pending)
	}
	page.SetPending(1, []portal.Limit{{At: now.Add(-time.Hour), Possible: true}}, now)
	if page.Pending != "Vous avez 1 demande à valider." || page.Nearest != "" {
		t.Errorf("%s %s", page.Pending, page.Nearest)
	}
}
