package handlers

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"marelle/db"
	"marelle/portal"
)

// queue is a household whose centre of one place offers what is given back: ORTET has it, both DUPONT children wait.
type queue struct {
	*household
	camp      portal.ActivityID
	neighbour *browser
}

const campDay = "2026-12-09"

func newQueue(t *testing.T, mode portal.WaitMode) *queue {
	t.Helper()
	h := newHousehold(t)
	q := &queue{household: h}
	friday := portal.WeekdayBefore(portal.Friday, 1, portal.Clock(12, 0))
	var err error
	q.camp, err = h.store.SaveActivity(context.Background(), portal.Activity{StructureID: h.structure, Name: "ALSH VACANCES", Short: "Vacances", Spoken: "le centre de loisirs",
		Kind: portal.HolidayCamp, Starts: portal.Clock(7, 30), Ends: portal.Clock(18, 30), Opening: portal.Opening{School: portal.EveryDay}, Book: friday, Cancel: friday,
		Waitlist: true, WaitMode: mode, OfferHours: 24, Counters: []portal.Counter{{Name: "Vacances", Limited: true, Capacity: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	q.neighbour = h.parent("ORTET")
	q.do("ORTET", q.childOf("ORTET", "Ambre"), true)
	q.do("DUPONT", q.childOf("DUPONT", "Amalia"), true)
	q.do("DUPONT", q.childOf("DUPONT", "Paolo"), true)
	return q
}

func (q *queue) childOf(last, first string) portal.ChildID {
	q.t.Helper()
	return portal.ChildID(q.id("SELECT id FROM child WHERE last_name = ? AND first_name = ?", last, first))
}

// do books or cancels the day for a child, validated.
func (q *queue) do(family string, child portal.ChildID, present bool) {
	q.t.Helper()
	account := q.accountOf(family)
	if _, err := q.store.Ask(context.Background(), account, db.Want{Child: child, Activity: q.camp, Day: portal.MustDate(campDay), Present: present}); err != nil {
		q.t.Fatal(err)
	}
	if _, err := q.store.Confirm(context.Background(), account, fmt.Sprintf("formulaire-%s-%d-%v", family, child, present), db.AnyVersion); err != nil {
		q.t.Fatal(err)
	}
}

// link queues the mail of the open offer, and gives the address in it.
func (q *queue) link() string {
	q.t.Helper()
	news, err := q.store.PlaceNews(context.Background(), q.structure)
	if err != nil || len(news) != 1 {
		q.t.Fatal(news, err)
	}
	token := q.store.NewOfferToken()
	if err := q.store.QueuePlaceNews(context.Background(), &news[0].Offer, token, nil); err != nil {
		q.t.Fatal(err)
	}
	return "/places/" + token
}

func (q *queue) bookings() string {
	return q.scalar("SELECT group_concat(x, ' ') FROM (SELECT c.first_name || ':' || b.status AS x FROM booking b JOIN child c ON c.id = b.child_id WHERE b.activity_id = ? ORDER BY c.first_name)", q.camp)
}

func (q *queue) wantBookings(want string) {
	q.t.Helper()
	if got := q.bookings(); got != want {
		q.t.Errorf("bookings: %s, want %s", got, want)
	}
	if faults, err := q.store.Audit(context.Background()); err != nil || len(faults) > 0 {
		q.t.Errorf("%v %v", faults, err)
	}
}

// TestWaitlistPage: the days waited for, with their rank and how a place comes, and the way out.
func TestWaitlistPage(t *testing.T) {
	q := newQueue(t, portal.WaitNight)
	b := q.father
	q.neighbour.get("/attente").want(200).wantText("Vos enfants n’attendent de place pour aucun jour.")
	b.get("/attente").want(200).wantText("mercredi 9 décembre 2026").wantText("1re").wantText("personne avant").wantText("2e").wantText("1 enfant avant").
		wantText("donnée au premier de la liste la nuit suivante").wantText("Jusqu’au vendredi 4 décembre à 12 h").wantNoText("Ambre")
	leave := fmt.Sprintf("/attente/quitter/%d/%d/%s", q.childOf("DUPONT", "Amalia"), q.camp, campDay)
	if b.page.Find(fmt.Sprintf("main a[href=%q]", leave)).Length() != 1 {
		t.Errorf("no way out for Amalia at %s", leave)
	}
	b.get(leave).want(200).wantText("Amalia, centre de loisirs, mercredi 9 décembre 2026").wantText("Le rang actuel (1re) sera perdu")
	q.wantBookings("Amalia:waiting Ambre:booked Paolo:waiting")
	b.post(leave, url.Values{}).follow().want(200).wantText("La demande a quitté la liste d’attente.").wantText("personne avant").wantNoText("Amalia")
	b.post(leave, url.Values{}).wantTo("/attente?quittee=1") // twice is harmless
	q.wantBookings("Ambre:booked Paolo:waiting")
	b.get(leave).want(404)
	b.get("/suivi").wantText("Annulation").wantText("Annulée")
	for _, foreign := range []string{fmt.Sprintf("/attente/quitter/%d/%d/%s", q.childOf("ORTET", "Ambre"), q.camp, campDay), "/attente/quitter/1/1/demain", "/attente/quitter/x/1/" + campDay} {
		b.get(foreign).want(404)
		b.post(foreign, url.Values{}).want(404)
	}
	paolo := fmt.Sprintf("/attente/quitter/%d/%d/%s", q.childOf("DUPONT", "Paolo"), q.camp, campDay)
	b.get("/attente")
	q.clock.Set(time.Date(2026, 12, 4, 12, 0, 1, 0, portal.Paris)) // past the limit
	b = q.browser().signIn(q.scalar("SELECT login FROM account WHERE last_name = 'DUPONT'"), goodPassword)
	b.get("/attente").want(200).wantText("Plus modifiable depuis aujourd’hui 12 h.")
	if b.page.Find(`a[href^="/attente/quitter/"]`).Length() > 0 {
		t.Error("a list that can no longer be left shows a way out")
	}
	b.post(paolo, url.Values{}).want(409).wantText("Le délai pour annuler")
	q.wantBookings("Ambre:booked Paolo:waiting")
}

// TestOfferBySession: seen on the home page, answered from « Liste d’attente »; the other family sees nothing of it.
func TestOfferBySession(t *testing.T) {
	q := newQueue(t, portal.WaitOffer)
	q.do("ORTET", q.childOf("ORTET", "Ambre"), false)
	q.wantBookings("Amalia:waiting Paolo:waiting")
	b := q.father
	b.get("/accueil").want(200).wantText("pour Amalia : une place vous est proposée. Jusqu’à demain 9 h 05.")
	b.get("/suivi").want(200).wantText("Liste d’attente")
	b.get("/attente").want(200).wantText("Une place pour Amalia").wantText("À accepter jusqu’à demain 9 h 05").wantText("une place est proposée")
	action := b.page.Find("section.offre form").AttrOr("action", "")
	q.neighbour.get("/attente").wantNoText("Une place pour")
	q.neighbour.get(action).want(404)
	q.neighbour.post(action, url.Values{"reponse": {"oui"}}).want(404)
	b.get(action).want(200).wantText("Rien n’est fait tant que vous n’avez pas touché l’un des boutons.")
	b.send("POST", action, url.Values{"reponse": {"oui"}, "_csrf": {"faux"}}).want(403)
	for _, bad := range []string{"", "peut-être"} {
		b.post(action, url.Values{"reponse": {bad}}).want(422)
	}
	q.wantBookings("Amalia:waiting Paolo:waiting")
	b.get(action).post(action, url.Values{"reponse": {"oui"}}).wantTo(action)
	b.get(action).want(200).wantText("C’est réservé").wantText("Le centre de loisirs, mercredi 9 décembre 2026, pour Amalia")
	b.post(action, url.Values{"reponse": {"oui"}}).wantTo(action) // a second press
	b.post(action, url.Values{"reponse": {"non"}}).want(409).wantText("Vous avez déjà accepté cette place.")
	q.wantBookings("Amalia:booked Paolo:waiting")
	b.get("/suivi").wantText("Place obtenue").wantText("Non transmise")
	for _, missing := range []string{"/attente/offres/999", "/attente/offres/x"} {
		b.get(missing).want(404)
		b.post(missing, url.Values{"reponse": {"oui"}}).want(404)
	}
}

// TestOfferByLink: the link of the mail works without signing in; following it changes nothing, the buttons do.
func TestOfferByLink(t *testing.T) {
	q := newQueue(t, portal.WaitOffer)
	q.do("ORTET", q.childOf("ORTET", "Ambre"), false)
	link := q.link()
	b := q.browser()
	for range 3 { // a program that looks at the links of mails
		b.get(link + "?reponse=oui").want(200).wantText("Une place vous est proposée").wantText("Amalia")
		b.get(link + "?reponse=non").want(200)
		b.send("HEAD", link+"?reponse=oui", nil).want(200)
	}
	q.wantBookings("Amalia:waiting Paolo:waiting")
	if first := b.get(link+"?reponse=non").page.Find("section.offre button").First().AttrOr("value", ""); first != "non" {
		t.Errorf("the link « refuser » puts %q first", first)
	}
	b.headers.Set("Sec-Fetch-Site", "cross-site")
	b.send("POST", link, url.Values{"reponse": {"oui"}}).want(403)
	b.headers.Set("Sec-Fetch-Site", "same-origin")
	for _, foreign := range []string{"/places/424242", "/places/" + strings.Repeat("A", 43), link + "x"} {
		b.get(foreign).want(404)
		b.send("POST", foreign, url.Values{"reponse": {"oui"}}).want(404)
	}
	q.wantBookings("Amalia:waiting Paolo:waiting")
	form := b.get(link).page.Find("section.offre form")
	if got := form.AttrOr("action", ""); got != link || form.Find(`[name="_csrf"]`).Length() != 0 {
		t.Errorf("the form goes to %q", got)
	}
	b.send("POST", link, url.Values{"reponse": {"oui"}}).wantTo(link)
	b.send("POST", link, url.Values{"reponse": {"oui"}}).wantTo(link)
	b.get(link).want(200).wantText("C’est réservé")
	b.send("POST", link, url.Values{"reponse": {"non"}}).want(409).wantText("Vous avez déjà accepté cette place.")
	q.wantBookings("Amalia:booked Paolo:waiting")
	if n := q.scalar("SELECT count(*) FROM movement WHERE action = 'promote'"); n != "1" {
		t.Errorf("%s places obtained, want 1", n)
	}
	q.raw("UPDATE offer SET account_id = ?", q.accountOf("ORTET")) // sent to somebody who is no guardian any more
	b.get(link).want(404)
	b.send("POST", link, url.Values{"reponse": {"non"}}).want(404)
	q.raw("UPDATE offer SET account_id = ?", q.accountOf("DUPONT"))
	b.get(link).want(200)
	q.clock.Set(time.Date(2026, 12, 10, 8, 0, 0, 0, portal.Paris)) // the day is over, the link is dead
	b.get(link).want(404)
}

// TestOfferDeclinedAndLate: « non » passes the place on; an answer after the end is told so and changes nothing.
func TestOfferDeclinedAndLate(t *testing.T) {
	q := newQueue(t, portal.WaitOffer)
	q.do("ORTET", q.childOf("ORTET", "Ambre"), false)
	first := q.link()
	b := q.father // signed in, and yet by the link
	b.get(first).want(200)
	b.send("POST", first, url.Values{"reponse": {"non"}}).wantTo(first)
	b.get(first).want(200).wantText("Place refusée")
	b.send("POST", first, url.Values{"reponse": {"non"}}).wantTo(first)
	b.send("POST", first, url.Values{"reponse": {"oui"}}).want(409).wantText("Cette place a déjà été refusée")
	q.wantBookings("Paolo:waiting")
	second := q.link() // Paolo's turn
	b.get(second).wantText("Paolo").wantText("jusqu’à demain 9 h 05")
	q.clock.Set(time.Date(2026, 11, 24, 9, 5, 1, 0, portal.Paris))
	b.send("POST", second, url.Values{"reponse": {"oui"}}).want(http.StatusConflict).wantText("Cette proposition s’est terminée le mardi 24 novembre 2026 à 9 h 05.")
	q.wantBookings("Paolo:waiting")
	if err := q.store.AdvanceLists(context.Background(), q.structure); err != nil {
		t.Fatal(err)
	}
	b.send("POST", second, url.Values{"reponse": {"oui"}}).want(409).wantText("sans réponse : la place est allée à la famille suivante")
	if n := b.page.Find("main .note").Length(); n != 1 {
		t.Errorf("the reason is said %d times", n)
	}
	if got := q.bookings(); got != "" {
		t.Errorf("still there: %s", got)
	}
	q.browser().get(second).want(200).wantText("Cette proposition est terminée")
	father := q.browser().signIn(q.scalar("SELECT login FROM account WHERE last_name = 'DUPONT'"), goodPassword)
	father.get("/suivi").wantText(portal.ReasonUnanswered).wantText(portal.ReasonDeclined)
}

// TestSiblingsTogetherAreSaid: brothers and sisters who want all or none are offered both places in one answer.
func TestSiblingsTogetherAreSaid(t *testing.T) {
	q := newQueue(t, portal.WaitOffer)
	q.raw("UPDATE booking SET together = 1 WHERE status = 'waiting'")
	q.do("ORTET", q.childOf("ORTET", "Ambre"), false)
	q.father.get("/attente").wantText("avec ses frères et sœurs, tous ou aucun").wantNoText("Une place pour") // one place is not enough
	setup, err := q.store.Setup(context.Background(), q.structure)
	if err != nil {
		t.Fatal(err)
	}
	camp := *setup.Activity(q.camp)
	camp.Counters = []portal.Counter{{ID: camp.Counters[0].ID, Name: "Vacances", Limited: true, Capacity: 2}}
	if _, err := q.store.SaveActivity(context.Background(), camp); err != nil {
		t.Fatal(err)
	}
	q.father.get("/attente").wantText("Une place pour Paolo et Amalia").wantText("Tous ou aucun : la réponse vaut pour chacun.")
	action := q.father.page.Find("section.offre form").AttrOr("action", "")
	q.father.post(action, url.Values{"reponse": {"oui"}}).wantTo(action)
	q.wantBookings("Amalia:booked Paolo:booked")
}
