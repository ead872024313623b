package handlers

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"marelle/db"
	"marelle/portal"
)

// household is a world with the DUPONT family, a canteen, and a Wednesday centre of one place.
type household struct {
	*world
	father        *browser
	amalia        portal.ChildID
	canteen, alsh portal.ActivityID
}

func newHousehold(t *testing.T) *household {
	t.Helper()
	w := newWorld(t)
	w.roll(twoPupils+"ORTET;;Ambre;28/01/2018;F;000000003JE;9 rue Jean-Jaurès;09140;CARTEVILLE;CP;CP Mme IZARD\n",
		twoGuardians+"M.;;ORTET;Xavier;9 rue Jean-Jaurès;09140;CARTEVILLE;x@exemple.fr;;ORTET;Ambre;CP Mme IZARD;;;\n")
	h := &household{world: w}
	save := func(a portal.Activity) portal.ActivityID {
		t.Helper()
		a.StructureID = w.structure
		id, err := w.store.SaveActivity(context.Background(), a)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	thursday := portal.WeekdayBefore(portal.Thursday, 1, portal.Clock(9, 0))
	opening := func(days ...portal.Weekday) portal.Opening {
		return portal.Opening{First: portal.NewDate(2026, 9, 1), Last: portal.NewDate(2027, 7, 2), School: portal.Days(days...)}
	}
	h.canteen = save(portal.Activity{Name: "RESTAURATION", Short: "Cantine", Spoken: "la cantine", Kind: portal.Canteen, Starts: portal.Clock(11, 45), Ends: portal.Clock(13, 30),
		Opening: opening(portal.Monday, portal.Tuesday, portal.Thursday, portal.Friday), Book: thursday, Cancel: thursday})
	h.alsh = save(portal.Activity{Name: "ALSH MERCREDI", Short: "Mercredi", Spoken: "le centre", Kind: portal.WednesdayCamp, Starts: portal.Clock(7, 30), Ends: portal.Clock(18, 30),
		Opening: opening(portal.Wednesday), Book: thursday, Cancel: thursday, Counters: []portal.Counter{{Name: "Centre", Limited: true, Capacity: 1}}})
	h.father = h.parent("DUPONT")
	children, err := w.store.Children(context.Background(), h.accountOf("DUPONT"))
	if err != nil || len(children) != 2 {
		t.Fatal(children, err)
	}
	h.amalia = children[1].ID
	return h
}

// letterOf finds the letter of a guardian by family name.
func (h *household) letterOf(name string) portal.Letter {
	h.t.Helper()
	letters, err := h.store.IssueFamilyLetters(context.Background(), h.structure, 0, true, db.AnyLetter)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, l := range letters {
		if l.Person.LastName == name {
			return l
		}
	}
	h.t.Fatalf("no letter for %s", name)
	return portal.Letter{}
}

func (h *household) parent(name string) *browser {
	h.t.Helper()
	return h.browser().signIn(h.settle(h.letterOf(name)).Login, goodPassword).want(303)
}

func (h *household) accountOf(name string) portal.AccountID {
	h.t.Helper()
	return portal.AccountID(h.id("SELECT id FROM account WHERE last_name = ?", name))
}

// id reads a number of the base.
func (h *household) id(query string, args ...any) int64 {
	h.t.Helper()
	n, err := strconv.ParseInt(h.scalar(query, args...), 10, 64)
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

func (h *household) path(a portal.ActivityID) string {
	return fmt.Sprintf("/reservations/%d/%d", h.amalia, a)
}

// state reads a day on the page.
func (b *browser) state(day string) string {
	got, _ := b.page.Find(fmt.Sprintf(`[data-jour=%q]`, day)).Attr("data-etat")
	return got
}

func (b *browser) wantState(day, want string) *browser {
	b.w.t.Helper()
	if got := b.state(day); got != want {
		b.w.t.Fatalf("%s is %q, want %q\n%s", day, got, want, b.text())
	}
	return b
}

// wantBody looks into a fragment as it travels: a cell alone is no page for a parser.
func (b *browser) wantBody(part string) *browser {
	b.w.t.Helper()
	if !strings.Contains(b.body, part) {
		b.w.t.Fatalf("%s is not in the answer:\n%s", part, b.body)
	}
	return b
}

// htmx sends the next requests as htmx does.
func (b *browser) htmx(on bool) *browser {
	b.headers.Del("Hx-Request")
	if on {
		b.headers.Set("Hx-Request", "true")
	}
	return b
}

func TestFamilyJourney(t *testing.T) {
	h := newHousehold(t)
	b := h.father
	b.get("/accueil").want(200).wantText("Bonjour Jean-Paul").wantText("rien de réservé")
	b.get("/reservations").follow().want(200).wantText("Touchez un jour pour choisir ses activités.").wantState("2026-11-30", "libre").wantState("2026-11-11", "ferme")
	b.get(h.path(h.canteen)).want(200).wantText("Réserver la cantine d’Amalia").wantText("Novembre 2026").wantState("2026-11-30", "libre").wantState("2026-11-24", "clos").wantState("2026-11-25", "ferme")
	b.wantText("Modifiable jusqu’au jeudi 26 novembre à 9 h.")

	// A click with htmx: the cell, the basket, the sentence.
	b.htmx(true).post(h.path(h.canteen), url.Values{"jour": {"2026-11-30:1"}}).want(200).wantBody(`data-jour="2026-11-30" data-etat="ajout" data-v="1"`)
	b.wantText("Lundi 30 novembre ajouté. 1 demande à valider.").wantText("Récapitulatif (1 ajout)")
	if !strings.HasPrefix(strings.TrimSpace(b.body), "<td") || strings.Contains(b.body, "<html") {
		t.Errorf("the answer is no fragment:\n%s", b.body)
	}
	b.htmx(false).get(h.path(h.canteen)).wantState("2026-11-30", "ajout")
	// The same without.
	b.post(h.path(h.canteen), url.Values{"jour": {"2026-11-30:0"}}).follow().want(200).wantState("2026-11-30", "libre")
	b.post(h.path(h.canteen), url.Values{"jour": {"2026-12-07:1"}}).wantTo(h.path(h.canteen) + "?mois=2026-12#j-2026-12-07")

	b.get("/accueil").want(200).wantText("Vous avez 1 demande à valider.").wantText("Délai le plus proche : jeudi 3 décembre à 9 h.")
	b.get("/recapitulatif").want(200).wantText("Rien n’est encore enregistré").wantText("jp@exemple.fr")
	key, _ := b.page.Find("#valider input[name=cle]").Attr("value")
	version, _ := b.page.Find("#valider input[name=version]").Attr("value")
	form := url.Values{"cle": {key}, "version": {version}}
	b.post("/recapitulatif", form).want(303)
	receipt := b.res.Header.Get("Location")
	b.get(receipt).want(200).wantText("1 demande enregistrée").wantText("n° 2026-0001").wantText("lundi 23 novembre 2026 à 9 h 05 min 00 s")
	b.post("/recapitulatif", form).wantTo(receipt) // the same form again
	b.get("/recapitulatif").want(200).wantText("Aucune demande en cours").wantText("Dernière validation : reçu n° 2026-0001")
	b.get("/suivi").want(200).wantText("Non transmise").wantText("Acceptée")
	b.get("/suivi?filtre=1").want(200).wantText("1 demande")

	// The other parent sees the booking, not the receipt.
	mother := h.parent("D'HAUTPOUL")
	mother.get(h.path(h.canteen)+"?mois=2026-12").want(200).wantState("2026-12-07", "reserve")
	mother.get("/suivi").want(200).wantNoText("2026-0001")
	mother.get(receipt).want(404)
}

func TestRefusedClick(t *testing.T) {
	h := newHousehold(t)
	neighbour := h.parent("ORTET")
	neighbour.get("/reservations").follow()
	child := h.id("SELECT id FROM child WHERE last_name = ?", "ORTET")
	path := fmt.Sprintf("/reservations/%d/%d", child, h.alsh)
	neighbour.get(path).post(path, url.Values{"jour": {"2026-12-02:1"}}).want(303)
	neighbour.get("/recapitulatif").wantText("dernière place")
	key, _ := neighbour.page.Find("#valider input[name=cle]").Attr("value")
	version, _ := neighbour.page.Find("#valider input[name=version]").Attr("value")

	b := h.father
	b.get(h.path(h.alsh)+"?mois=2026-12").want(200).wantState("2026-12-02", "libre").wantText("1 place")
	neighbour.post("/recapitulatif", url.Values{"cle": {key}, "version": {version}}).want(303)
	b.htmx(true).post(h.path(h.alsh), url.Values{"jour": {"2026-12-02:1"}}).want(409).wantBody(`data-jour="2026-12-02" data-etat="complet"`).wantText("Il n’y a plus de place le mercredi 2 décembre.")
	b.htmx(false).get(h.path(h.alsh))
	b.post(h.path(h.alsh), url.Values{"jour": {"2026-12-02:1"}}).want(409).wantText("Il n’y a plus de place le mercredi 2 décembre.").wantText("Décembre 2026").wantState("2026-12-02", "complet")
	b.post(h.path(h.canteen), url.Values{"jour": {"2026-11-24:1"}}).want(409).wantText("Le délai pour réserver le mardi 24 novembre est passé depuis le jeudi 19 novembre à 9 h.")
	h.clock.Set(time.Date(2026, 11, 23, 9, 10, 0, 0, portal.Paris))
	for _, bad := range []string{"", "2026-11-30", "2026-11-30:2", "2026-02-30:1", "demain:1", "2026-11-30:1:1", strings.Repeat("9", 5000)} {
		b.post(h.path(h.canteen), url.Values{"jour": {bad}}).want(422).wantText("Ce jour n’est pas compris.")
	}
	for _, bad := range []string{"novembre", "2026-13", "9999-01", "0000-00"} {
		b.get(h.path(h.canteen) + "?mois=" + bad).want(422).wantText("n’est pas un mois")
	}
	b.get(h.path(h.canteen) + "?mois=2026-08").want(200).wantText("La cantine n’ouvre pas en août 2026. Prochain jour")
	for _, foreign := range []string{path, fmt.Sprintf("/reservations/%d/999", h.amalia), "/reservations/x/1", "/reservations/0/0"} {
		b.get(foreign).want(404)
		b.post(foreign, url.Values{"jour": {"2026-11-30:1"}}).want(404)
	}
}

// TestTwoWindows: a recap that shows an old draft validates nothing, and shows the new one.
func TestTwoWindows(t *testing.T) {
	h := newHousehold(t)
	b := h.father
	b.get(h.path(h.canteen)).post(h.path(h.canteen), url.Values{"jour": {"2026-12-07:1"}}).follow()
	b.get("/recapitulatif").wantText("Valider ma demande")
	form := url.Values{}
	b.page.Find("#valider input").Each(func(_ int, i *goquery.Selection) {
		name, _ := i.Attr("name")
		value, _ := i.Attr("value")
		form.Set(name, value)
	})
	b.post(h.path(h.canteen), url.Values{"jour": {"2026-12-08:1"}}).want(303) // the other window
	b.post("/recapitulatif", form).want(409).wantText("Vos demandes ont changé depuis l’affichage de cette page.").wantText("Valider mes 2 demandes")
	b.get(h.path(h.canteen)+"?mois=2026-12").wantState("2026-12-07", "ajout").wantState("2026-12-08", "ajout")
	b.get("/recapitulatif")
	b.post(h.path(h.canteen), url.Values{"jour": {"2026-12-08:0"}, "depuis": {"recapitulatif"}, "suivante": {"l-1-1-2026-12-07"}}).wantTo("/recapitulatif?retiree=1#l-1-1-2026-12-07")
	b.post(h.path(h.canteen), url.Values{"jour": {"2026-12-07:0"}, "depuis": {"recapitulatif"}, "suivante": {"//ailleurs"}}).wantTo("/recapitulatif?retiree=1")
}

// TestTakeBackFromTheBasket: the button of the basket answers with the cell only where that cell is on the page.
func TestTakeBackFromTheBasket(t *testing.T) {
	h := newHousehold(t)
	b := h.father
	b.get(h.path(h.canteen)).post(h.path(h.canteen), url.Values{"jour": {"2026-12-07:1"}}).follow()
	b.htmx(true)
	b.headers.Set("Hx-Current-Url", baseURL+h.path(h.canteen)+"?mois=2026-12")
	b.post(h.path(h.canteen), url.Values{"jour": {"2026-12-07:0"}, "depuis": {"panier"}}).want(200)
	if !strings.Contains(b.body, `hx-target="#c-2026-12-07"`) {
		t.Errorf("the cell is not in the answer:\n%s", b.body)
	}
	b.htmx(false).get(h.path(h.canteen)).htmx(true).post(h.path(h.canteen), url.Values{"jour": {"2026-12-07:1"}}).want(200)
	b.headers.Set("Hx-Current-Url", baseURL+h.path(h.alsh)+"?mois=2026-12")
	b.post(h.path(h.canteen), url.Values{"jour": {"2026-12-07:0"}, "depuis": {"panier"}}).want(200)
	if strings.Contains(b.body, `hx-target="#c-2026-12-07"`) {
		t.Errorf("the cell of another activity is in the answer:\n%s", b.body)
	}
	b.htmx(false).get(h.path(h.canteen)).post(h.path(h.canteen), url.Values{"jour": {"2026-12-07:1"}}).want(303)
	b.headers.Del("Hx-Current-Url")
	b.headers.Set("Referer", baseURL+h.path(h.canteen)+"?mois=2026-12")
	b.post("/recapitulatif/abandonner", url.Values{}).wantTo(h.path(h.canteen) + "?abandonnees=1&mois=2026-12")
	b.get(b.res.Header.Get("Location")).wantText("1 demande abandonnée. Vos réservations n’ont pas changé.")
	b.get("/recapitulatif").wantText("Aucune demande en cours")
	b.post("/recapitulatif", url.Values{"cle": {"une-cle-inventee"}, "version": {"3"}}).want(409).wantText("aucune demande à valider")
	b.post("/recapitulatif", url.Values{}).want(422)
}

// TestHostileChild: names from a school file are shown exactly and never run.
func TestHostileChild(t *testing.T) {
	w := newWorld(t)
	const first = `<script>alert(1)</script>"><svg onload=alert(2)>`
	w.roll(pupilHead+`O'NEIL;;"`+strings.ReplaceAll(first, `"`, `""`)+`";01/09/2018;F;000000009ZZ;7 rue;09140;CARTEVILLE;CP;CP`+"\n",
		guardianHead+`M.;;O'NEIL;Sean;7 rue;09140;CARTEVILLE;;;O'NEIL;"`+strings.ReplaceAll(first, `"`, `""`)+`";CP;;;`+"\n")
	h := &household{world: w}
	if _, err := w.store.SaveActivity(context.Background(), portal.Activity{StructureID: w.structure, Name: "1&enfant=99", Short: "A&B", Spoken: `l’"accueil"`, Kind: portal.OtherKind,
		Starts: portal.Clock(8, 0), Ends: portal.Clock(9, 0), Opening: portal.Opening{School: portal.EveryDay}, Book: portal.NoLimit(), Cancel: portal.NoLimit()}); err != nil {
		t.Fatal(err)
	}
	b := h.parent("O'NEIL")
	b.get("/reservations").follow().want(200).wantText(first)
	link, _ := b.page.Find(`nav[aria-label="Activité"] a`).Last().Attr("href")
	b.get(link).want(200).wantText(first)
	b.post(link, url.Values{"jour": {"2026-11-30:1"}}).follow().want(200)
	b.get("/recapitulatif").want(200).wantText(first)
	b.get("/accueil").want(200).wantText(first)
	if n := b.page.Find("main script, main svg[onload]").Length(); n > 0 {
		t.Errorf("%d hostile elements on the page", n)
	}
}

// TestNobodysChild: an account without children is told what to do.
func TestNobodysChild(t *testing.T) {
	h := newHousehold(t)
	h.raw("DELETE FROM family_child WHERE family_id IN (SELECT family_id FROM guardian WHERE account_id = ?)", h.accountOf("ORTET"))
	b := h.parent("ORTET")
	b.get("/accueil").want(200).wantText("Aucun enfant n’est rattaché à votre compte. Appelez la mairie au 05 61 00 00 00.")
	b.get("/reservations").want(200).wantText("Aucun enfant n’est rattaché à votre compte.")
}
