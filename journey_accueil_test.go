package main

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/chromedp"
	"github.com/valyala/fasthttp"
)

// TestHomeQueries: at most twelve queries for the first page of a family.
func TestHomeQueries(t *testing.T) {
	var queries int64
	handler, prepare := calendarRequest(t, slog.New(queriesLogged{slog.DiscardHandler, &queries}))
	for range 2 { // the first request also reads the setup, which is then kept
		var c fasthttp.RequestCtx
		prepare(&c)
		c.Request.SetRequestURI("/accueil")
		handler(&c)
		if c.Response.StatusCode() != http.StatusOK || !strings.Contains(string(c.Response.Header.ContentType()), "html") {
			t.Fatalf("status %d", c.Response.StatusCode())
		}
	}
	if queries < 1 || queries > 12 {
		t.Errorf("%d queries, want 1 to 12", queries)
	}
	t.Logf("%d queries", queries)
}

// TestHomeOfAFamily: what waits, what closes next, the way to it and to the validation; the same without JavaScript.
func TestHomeOfAFamily(t *testing.T) {
	d := startDemo(t)
	for _, scripts := range []bool{true, false} {
		v := d.visit(t, 390, 844)
		if !scripts {
			v.withoutScripts()
		}
		v.signIn(d.login(t, "parent", "DIALLO Céline"))
		if got := v.path(); got != "/accueil" {
			t.Fatalf("signing in leads to %s", got)
		}
		v.wantText("main", "Le portail remplace les fiches en papier")
		if text := v.text("main"); strings.Contains(text, "Repas de Noël") || strings.Contains(text, "Pause du portail") {
			t.Error("a message for the canteen's children, or of another day, is shown")
		}
		v.wantText("main", "Vous avez 2 demandes à valider. Délai le plus proche : jeudi 26 novembre à 9 h.")
		v.wantText("main", "Cantine, du 30 novembre au 4 décembre : jusqu’au jeudi 26 novembre à 9 h")
		v.wantText("main", "2 jours à valider")
		if scripts { // axe-core is a script itself
			v.wantAccessible("accueil")
		}
		month := read(v, chromedp.AttributeValue(chromedp.CSS(`.delais a[href$="mois=2026-11"]`), "href"))
		if month.Value == "" {
			t.Fatal("no way to the month")
		}
		v.clickTo(`main a[href="/recapitulatif"]`)
		v.wantText("h1", "Vérifiez vos demandes")
	}
	for _, scripts := range []bool{true, false} {
		v := d.visit(t, 1280, 900)
		if !scripts {
			v.withoutScripts()
		}
		v.signIn(d.login(t, "gestionnaire", ""))
		v.open("/gestion/messages")
		v.clickTo(`a[href="/gestion/messages/nouveau"]`)
		v.fill("#titre", "Piscine fermée")
		v.fill("#texte", "Pas de piscine lundi.")
		v.clickTo(`button[value="apercu"]`)
		v.wantText(".message", "Pas de piscine lundi.")
		v.wantText("main", "rien n’est encore enregistré")
		v.clickTo(`main form button.principal`)
		v.wantText("main", "Le message est enregistré.")
		v.wantText("table", "Piscine fermée")
	}
	// Two parents read it, once for each of the two that were written.
	page := d.family(t, d.login(t, "parent", "BENALI Samira")).get(t, "/accueil")
	if n := page.Find(".message h2").FilterFunction(func(_ int, s *goquery.Selection) bool { return s.Text() == "Piscine fermée" }).Length(); n != 2 {
		t.Errorf("%d messages about the swimming pool", n)
	}
}

// TestRemindersInTheMailbox: after three mornings of the demonstration the town hall's mailbox holds a reminder of each kind.
func TestRemindersInTheMailbox(t *testing.T) {
	d := startDemo(t)
	clerk := d.family(t, d.login(t, "gestionnaire", ""))
	clerk.get(t, "/gestion")
	subjects := func() string {
		page := clerk.get(t, "/gestion/courriels")
		text := page.Find("main").Text()
		for older, ok := page.Find(`a[rel="next"]`).Attr("href"); ok; older, ok = page.Find(`a[rel="next"]`).Attr("href") {
			page = clerk.get(t, older)
			text += page.Find("main").Text()
		}
		return strings.Join(strings.Fields(text), " ")
	}
	for range 2 {
		clerk.post(t, "/demo/demain", url.Values{}, 303)
	}
	if got := subjects(); strings.Contains(got, "Rappel :") || strings.Contains(got, "Réservations ouvertes") {
		t.Errorf("reminders already:\n%.3000s", got)
	}
	clerk.post(t, "/demo/demain", url.Values{}, 303)
	got := subjects()
	for _, want := range []string{
		"Rappel : rien n’est réservé, Cantine, du 30 novembre au 4 décembre", "Rappel : 2 demandes ne sont pas validées", "Réservations ouvertes : vacances d’hiver",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in the mailbox:\n%.3000s", want, got)
		}
	}
}
