package handlers

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"marelle/portal"
	"marelle/views"
)

func init() {
	gestures[counterPath] = func(w *world, b *browser) {
		w.roll(twoPupils, twoGuardians)
		w.asks(portal.MustDate("2026-11-26"))
		b.get(w.deskURL("DUPONT") + "?mois=2026-12").want(200)
		b.tick(w.deskURL("DUPONT"), "enregistrer", b.box("libre")).want(303)
	}
}

func (w *world) deskURL(family string) string {
	return "/gestion/guichet/" + w.scalar("SELECT id FROM family WHERE name = ?", family)
}

// box gives the first box of the page in a state.
func (b *browser) box(state string) string {
	return b.page.Find("[data-etat="+state+"] input[name=jour], label[data-etat="+state+"] input").First().AttrOr("value", "")
}

// tick sends the form of the counter as it stands, with more days ticked; « -12:2026-12-01 » unticks, « !12:2026-12-01 » passes the limit of a day that is ticked.
func (b *browser) tick(path, do string, days ...string) *browser {
	b.w.t.Helper()
	form := url.Values{"faire": {do}}
	ticked := map[string]bool{}
	b.page.Find("form.guichet input[type=hidden]").Each(func(_ int, s *goquery.Selection) {
		form.Add(s.AttrOr("name", ""), s.AttrOr("value", ""))
	})
	b.page.Find("form.guichet input[name=jour][checked]").Each(func(_ int, s *goquery.Selection) { ticked[s.AttrOr("value", "")] = true })
	form.Del("_csrf")
	form.Set("compte", b.page.Find("#compte option").First().AttrOr("value", ""))
	for _, d := range days {
		switch {
		case strings.HasPrefix(d, "-"):
			delete(ticked, d[1:])
		case strings.HasPrefix(d, "!"):
			form.Add("forcer", d[1:])
		case strings.HasPrefix(d, "motif="):
			form.Set("motif", d[6:])
		default:
			ticked[d] = true
		}
	}
	for d := range ticked {
		form.Add("jour", d)
	}
	return b.post(path, form)
}

func TestCounter(t *testing.T) {
	h := newHousehold(t)
	path := h.deskURL("DUPONT")
	b := h.staffed("PUJOL", portal.Manager)
	b.get(h.familyURL("DUPONT")).wantText("Réserver pour cette famille")
	b.get(path).want(200).wantText("Réserver pour ")
	page := fmt.Sprintf("%s?enfant=%d&mois=2026-11", path, h.amalia)
	late, fine, passed := fmt.Sprintf("%d:2026-11-24", h.canteen), fmt.Sprintf("%d:2026-12-07", h.canteen), fmt.Sprintf("%d:2026-11-20", h.canteen)
	b.get(page).want(200).wantText("Réserver pour Amalia")
	if b.page.Find("input[value='"+late+"']").Length() != 1 || b.page.Find("input[value='"+passed+"']").Length() != 0 {
		t.Error("boxes of days to come, and of them only")
	}
	b.tick(path, "verifier").want(409).wantText("Rien n’a changé")
	b.get(page).tick(path, "verifier", fine, late).want(200).wantText("Ce qui sera fait").wantText("lundi 7 décembre, Cantine").wantText("Ce qui ne peut pas être fait").wantText("Faire quand même")
	if got := h.scalar("SELECT count(*) FROM movement"); got != "0" {
		t.Fatalf("a trial left %s movements", got)
	}
	if b.page.Find("input[value='"+late+"'][name=jour][checked]").Length() != 1 {
		t.Error("what cannot be done is not kept ticked")
	}
	b.tick(path, "enregistrer", fine, late, "!"+late).want(422).wantText("Dites en quelques mots pourquoi le délai est dépassé")
	b.tick(path, "enregistrer", fine, late, "!"+late, "motif=mère hospitalisée hier").want(303)
	b.follow().want(200).wantText("2 demandes enregistrées").wantText("Réservé hors délai").wantText("Reçu n° 2026-0001")
	b.get("/gestion/recus?numero=2026-0001").wantText("Saisi par la mairie").wantText("mère hospitalisée hier")
	b.get("/gestion/mouvements").wantText("saisi par la mairie")
	h.father.get("/suivi").wantText("par la mairie").wantText("Hors délai, accepté par la mairie : mère hospitalisée hier.")
	h.father.get("/recus/2026-0001").wantText("Saisi par la mairie").wantText("Réservé hors délai")
	h.father.get("/suivi/journal").wantText("la mairie")

	b.get(page + "&activite=" + fmt.Sprint(h.canteen)).want(200).wantText("Cantine")
	b.tick(path, "enregistrer", "-"+late).want(409).wantText("Rien n’a été enregistré")
	b.tick(path, "enregistrer", "!"+late, "motif=finalement avec sa tante").want(303)
	b.follow().want(200).wantText("Annulé")
	if got := h.scalar("SELECT count(*) FROM booking"); got != "1" {
		t.Errorf("%s bookings", got)
	}
	b.get(page + "&recu=2026-0099").want(404)
	b.get(page + "&activite=999").want(404)
	b.get(path + "?enfant=999").want(404)
}

func TestCounterOfAgents(t *testing.T) {
	h := newHousehold(t)
	path := h.deskURL("DUPONT")
	late := fmt.Sprintf("%d:2026-11-24", h.canteen)
	b := h.staffed("SERRES", portal.Agent)
	b.get(path+"?mois=2026-11").want(200).tick(path, "verifier", late).want(200).wantText("Un gestionnaire peut passer outre").wantNoText("quand même")
	b.tick(path, "enregistrer", "!"+late, "motif=mère hospitalisée hier").want(404)
	b.get(path+"?mois=2026-12").tick(path, "enregistrer", fmt.Sprintf("%d:2026-12-07", h.canteen)).want(303)
	b.follow().want(200).wantText("1 demande enregistrée").wantNoText("Voir le reçu")

	neighbour := h.neighbour()
	home := h.structure
	h.structure = neighbour
	stranger := h.staffed("LOPEZ", portal.Manager)
	h.structure = home
	stranger.get(path).want(404)
	stranger.get(path + "/papier").want(404)
	stranger.get("/gestion")
	stranger.post(path, url.Values{"compte": {"1"}, "jour": {late}}).want(404)
	h.father.get(path).want(404)
}

func TestPaperForms(t *testing.T) {
	h := newHousehold(t)
	b := h.staffed("SERRES", portal.Agent)
	b.get(h.deskURL("DUPONT") + "/papier?mois=2026-12").want(200).wantText("DUPONT Amalia").wantText("DUPONT Paolo").wantText(fmt.Sprintf("%s/reservations/%d?mois=2026-12", baseURL, h.amalia)).wantText("mar. 1")
	if got := b.page.Find("article.lettre svg.carre-code").Length(); got != 2 {
		t.Errorf("%d squares", got)
	}
	b.get(h.deskURL("DUPONT") + "/papier?mois=2027-08").want(200).wantText("Aucune activité n’est ouverte")
	b.get(views.PaperPath).want(200).wantText("Choisissez une classe et un mois")
	class := b.page.Find("#classe option").Eq(1).AttrOr("value", "")
	b.get(views.PaperPath + "?mois=2026-12&classe=" + class).want(200)
	if b.page.Find("article.lettre").Length() == 0 {
		t.Error("no page for the class")
	}
	b.get(views.PaperPath + "?classe=999").want(404)
}

// TestCounterHours: an activity that asks hours asks them at the counter too, for the days that are added.
func TestCounterHours(t *testing.T) {
	h := newHousehold(t)
	setup, err := h.store.Setup(context.Background(), h.structure)
	if err != nil {
		t.Fatal(err)
	}
	centre := *setup.Activity(h.alsh)
	centre.AsksArrival, centre.AsksDeparture, centre.HourStep = true, true, 30
	if _, err := h.store.SaveActivity(context.Background(), centre); err != nil {
		t.Fatal(err)
	}
	b, path, id := h.staffed("SERRES", portal.Agent), h.deskURL("DUPONT"), fmt.Sprint(h.alsh)
	b.get(path + "?mois=2026-12").want(200).wantText("Mercredi : horaires des jours ajoutés")
	if got := b.page.Find("select[name=arrivee-" + id + "], select[name=depart-" + id + "]").Length(); got != 2 {
		t.Errorf("%d choices of hours", got)
	}
	b.tick(path, "enregistrer", id+":2026-12-09").want(303)
	if got := h.scalar("SELECT arrival || ' ' || departure FROM booking"); got != "07:30 18:30" {
		t.Errorf("booked from %s", got)
	}
}
