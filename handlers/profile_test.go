package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	ics "github.com/arran4/golang-ical"

	"marelle/portal"
)

// addresses gives the form of the addresses as the page shows it, all boxes as they are.
func (b *browser) addresses(password string) url.Values {
	form := url.Values{"actuel": {password}}
	b.page.Find("main form [name]").Each(func(_ int, s *goquery.Selection) {
		name, value := s.AttrOr("name", ""), s.AttrOr("value", "")
		_, ticked := s.Attr("checked")
		if strings.HasPrefix(name, "adresse") || s.AttrOr("type", "") == "checkbox" && ticked {
			form.Set(name, value)
		}
	})
	return form
}

// mailsOf lists who was written to, oldest first.
func (w *world) mailsOf(kind string) string {
	return w.scalar("SELECT coalesce(group_concat(address || ' : ' || subject, char(10)), '') FROM (SELECT * FROM outbox WHERE kind = ? ORDER BY id)", kind)
}

func (h *household) addressesOf(name string) string {
	return h.scalar("SELECT coalesce(group_concat(address || ' ' || reports || reminders, ', '), '') FROM (SELECT * FROM account_email WHERE account_id = ? ORDER BY position)", h.accountOf(name))
}

func TestProfileAddresses(t *testing.T) {
	h := newHousehold(t)
	b := h.father
	b.get("/accueil")
	if b.page.Find(`details.menu a[href="/profil"]`).Length() != 2 {
		t.Error("« Profil » is not in both menus")
	}
	b.get("/profil").want(200).wantText("Profil utilisateur").wantText("M. DUPONT Jean-Paul").wantText("comptes rendus, rappels, tickets de paiement")
	b.get("/profil/adresses").want(200).wantText("La première reçoit les tickets de paiement.")

	// One more line, without JavaScript: nothing is saved, everything typed stays.
	form := b.addresses("")
	form.Set("adresse1", "jp@exemple.fr ; jp@travail.example")
	form.Del("rappels1")
	form.Set("ajouter", "1")
	b.post("/profil/adresses", form).want(200)
	if b.page.Find("[name^=adresse]").Length() != 2 || b.page.Find("#adresse1").AttrOr("value", "") != "jp@exemple.fr ; jp@travail.example" || b.page.Find("[name=rappels1][checked]").Length() != 0 {
		t.Fatalf("the form is %s", b.body)
	}
	form = b.addresses("faux")
	form.Set("adresse2", "julie@exemple")
	b.post("/profil/adresses", form).want(422).wantText("« julie@exemple » n’est pas une adresse.")
	if b.page.Find(`.erreurs a[href="#adresse2"]`).Length() != 1 || b.page.Find("#adresse2").AttrOr("aria-describedby", "") != "faute-adresse2" {
		t.Error("the sentence is not beside its field")
	}
	form.Set("adresse2", "julie@exemple.fr")
	b.post("/profil/adresses", form).want(422).wantText("Le mot de passe actuel est incorrect.")
	if h.addressesOf("DUPONT") != "jp@exemple.fr 11" || h.mailsOf("compte") != "" {
		t.Fatal("saved without the password")
	}
	form.Set("actuel", goodPassword)
	b.post("/profil/adresses", form).wantTo("/profil?fait=adresses").follow().wantText("Vos adresses sont enregistrées.")
	if got := h.addressesOf("DUPONT"); got != "jp@exemple.fr 10, jp@travail.example 10, julie@exemple.fr 11" {
		t.Errorf("saved %s", got)
	}
	if got := h.mailsOf("compte"); got != "jp@exemple.fr : Les adresses e-mail de votre compte ont été changées – Mairie de CarteVille" {
		t.Errorf("told %q: the addresses of before, and they only", got)
	}

	// What one gets is no change of addresses; a full list has no more line; all may be removed.
	b.get("/profil/adresses")
	form = b.addresses(goodPassword)
	form.Set("adresse4", "quatre@exemple.fr;cinq@exemple.fr")
	b.post("/profil/adresses", form).want(303)
	b.get("/profil/adresses").wantText("Un compte a 5 adresses au plus.")
	before := h.mailsOf("compte")
	form = b.addresses(goodPassword)
	form.Del("comptes_rendus1")
	b.post("/profil/adresses", form).want(303)
	if h.mailsOf("compte") != before || !strings.HasPrefix(h.addressesOf("DUPONT"), "jp@exemple.fr 00, ") {
		t.Errorf("told %q for %s", h.mailsOf("compte"), h.addressesOf("DUPONT"))
	}
	b.post("/profil/adresses", url.Values{"actuel": {goodPassword}, "adresse1": {""}}).want(303)
	b.get("/profil").wantText("Aucune adresse : vous ne recevez ni compte rendu ni rappel")
	if b.get("/profil/adresses").page.Find("[name^=adresse]").Length() != 1 {
		t.Error("no line to write the first address")
	}
	b.post("/profil/adresses", url.Values{"actuel": {goodPassword}, "adresse1": {"a@b.fr\r\nBcc: c@d.fr"}}).want(422)

	// Guessing at the password is slowed down as at the sign-in.
	for range 5 {
		b.post("/profil/adresses", url.Values{"actuel": {"faux"}, "adresse1": {"jp@exemple.fr"}})
	}
	b.post("/profil/adresses", url.Values{"actuel": {goodPassword}, "adresse1": {"jp@exemple.fr"}}).want(429).wantText("Trop d’essais.")
	if b.res.Header.Get("Retry-After") == "" || b.page.Find("#adresse1").AttrOr("value", "") != "jp@exemple.fr" {
		t.Error("no Retry-After, or what was typed is lost")
	}
	for _, address := range []string{"jp@exemple.fr", "julie@exemple.fr", "travail"} {
		if strings.Contains(h.log.String(), address) {
			t.Errorf("%s is in the log", address)
		}
	}
}

func TestProfilePhones(t *testing.T) {
	h := newHousehold(t)
	b := h.father
	b.get("/profil/telephones").want(200)
	b.post("/profil/telephones", url.Values{"portable": {"06 12"}, "travail": {"0561000000"}}).want(422).wantText("Ce numéro n’est pas complet.")
	if b.page.Find("#portable").AttrOr("value", "") != "06 12" || b.page.Find("#travail").AttrOr("value", "") != "0561000000" {
		t.Error("what was typed is lost")
	}
	b.post("/profil/telephones", url.Values{"portable": {"+33 6.12.34.56.78"}, "travail": {""}}).wantTo("/profil?fait=telephones").follow().wantText("06 12 34 56 78").wantText("Vos téléphones sont enregistrés.")
}

func TestProfilePassword(t *testing.T) {
	h := newHousehold(t)
	b, login := h.father, h.scalar("SELECT login FROM account WHERE last_name = 'DUPONT'")
	elsewhere := h.browser().signIn(login, goodPassword).get("/accueil").want(200)
	h.browser().post("/mot-de-passe-oublie", asked(login, "jp@exemple.fr")).want(303)
	link := h.lastLink()
	b.get("/profil/mot-de-passe").want(200)
	form := passwords(otherPassword, otherPassword)
	form.Set("actuel", "faux")
	b.post("/profil/mot-de-passe", form).want(422).wantText("Le mot de passe actuel est incorrect.")
	short := passwords("court", "autre")
	short.Set("actuel", goodPassword)
	b.post("/profil/mot-de-passe", short).want(422).wantText("Il manque 7 caractères").wantText("Les deux mots de passe sont différents")
	form.Set("actuel", goodPassword)
	before := b.token()
	b.post("/profil/mot-de-passe", form).wantTo("/profil?fait=mot-de-passe").follow().wantText("Le mot de passe a bien été enregistré.")
	if b.token() == before || b.token() == "" {
		t.Error("the session keeps its number")
	}
	elsewhere.get("/accueil").want(303)
	h.browser().get(link).want(404) // a link asked for before is worth nothing any more
	if got := h.mailsOf("compte"); got != "jp@exemple.fr : Votre mot de passe a été changé – Mairie de CarteVille" {
		t.Errorf("told %q", got)
	}
}

func TestProfileDevices(t *testing.T) {
	h := newHousehold(t)
	login := h.scalar("SELECT login FROM account WHERE last_name = 'DUPONT'")
	enter := func(agent string) *browser {
		b := h.browser()
		b.headers.Set("User-Agent", agent)
		return b.signIn(login, goodPassword).want(303)
	}
	phone := enter("Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36")
	tablet := enter("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1")
	stranger := h.parent("ORTET")
	phone.get("/profil").want(200).wantText("Chrome sur Android cet appareil").wantText("Safari sur iPad").wantText("utilisé aujourd’hui à 9 h 05")
	list := phone.page.Find(`[name=appareil]`)
	if list.Length() != 4 || phone.page.Find(".badge.reserve").Length() != 1 { // settle() left a session, father another
		t.Fatalf("%d buttons", list.Length())
	}
	if strings.Contains(phone.body, phone.token()) || strings.Contains(phone.body, tablet.token()) {
		t.Fatal("a token is in the page")
	}
	ipad := phone.page.Find(`li:contains("Safari sur iPad") [name=appareil]`).AttrOr("value", "")
	// Nobody else's: a number of another account ends nothing.
	stranger.get("/profil").post("/profil/appareils", url.Values{"appareil": {ipad}}).want(303)
	tablet.get("/accueil").want(200)
	phone.post("/profil/appareils", url.Values{"appareil": {ipad}}).wantTo("/profil?fait=appareil").follow().wantText("L’appareil est déconnecté.").wantNoText("iPad")
	tablet.get("/accueil").want(303)
	phone.post("/profil/appareils", url.Values{"appareil": {"autres"}}).follow().wantText("Tous vos autres appareils sont déconnectés.")
	if phone.page.Find(`[name=appareil]`).Length() != 0 {
		t.Error("there is still something to close")
	}
	h.father.get("/accueil").want(303)
	stranger.get("/accueil").want(200)
	// What is over is not listed.
	phone.post("/deconnexion", url.Values{})
	enter("")
	h.clock.Add(2*time.Hour + time.Minute)
	again := enter("").get("/profil").want(200).wantText("Un navigateur cet appareil")
	if again.page.Find(`[name=appareil]`).Length() != 0 {
		t.Error("a session that is over is listed")
	}
}

func TestAgenda(t *testing.T) {
	h := newHousehold(t)
	b := h.father
	b.get(h.path(h.canteen)).post(h.path(h.canteen), url.Values{"jour": {"2026-12-07:1"}}).want(303)
	key := b.get("/recapitulatif").page.Find("#valider input[name=cle]").AttrOr("value", "")
	b.post("/recapitulatif", url.Values{"cle": {key}, "version": {b.page.Find("#valider input[name=version]").AttrOr("value", "")}}).want(303)
	account := h.accountOf("DUPONT")
	h.raw("INSERT INTO booking (child_id, activity_id, day, status, queue, account_id, since) VALUES (?, ?, '2026-12-09', 'waiting', 1, ?, 0)", h.amalia, h.alsh, account)
	h.raw("INSERT INTO booking (child_id, activity_id, day, status, account_id, since) VALUES (?, ?, '2026-10-24', 'booked', ?, 0), (?, ?, '2026-10-23', 'booked', ?, 0)", h.amalia, h.canteen, account, h.amalia, h.canteen, account)
	h.raw("INSERT INTO booking (child_id, activity_id, day, status, account_id, since) SELECT id, ?, '2026-12-07', 'booked', ?, 0 FROM child WHERE last_name = 'ORTET'", h.canteen, h.accountOf("ORTET"))

	create := func() string {
		b.get("/profil")
		b.post("/profil/agenda", url.Values{"action": {"creer"}, "vu": {b.page.Find("[name=vu]").AttrOr("value", "")}}).want(200).wantText("le portail ne peut pas la montrer une seconde fois")
		path, ours := strings.CutPrefix(b.page.Find("#agenda").Text(), baseURL)
		if !ours || !strings.HasPrefix(path, "/ical/") {
			t.Fatalf("the address is %q", path)
		}
		return path
	}
	first := create()
	// The same form again would make void what was just shown.
	b.post("/profil/agenda", url.Values{"action": {"creer"}, "vu": {"0"}}).want(409).wantText("la dernière adresse montrée reste valable")
	b.post("/profil/agenda", url.Values{"action": {"creer"}, "vu": {"x"}}).want(409)
	program := h.browser()
	program.get(first).want(200)
	if program.res.Header.Get("Content-Type") != "text/calendar; charset=utf-8" || program.res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", program.res.Header)
	}
	cal, err := ics.ParseCalendar(strings.NewReader(program.body))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range cal.Events() {
		start, err := e.GetStartAt()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e.GetProperty(ics.ComponentPropertySummary).Value+" "+e.GetProperty(ics.ComponentPropertyStatus).Value+" "+start.In(portal.Paris).Format("2006-01-02 15:04"))
	}
	if said := strings.Join(got, "\n"); said != "Cantine – Amalia CONFIRMED 2026-10-24 11:45\nCantine – Amalia CONFIRMED 2026-12-07 11:45\nMercredi – Amalia (liste d’attente) TENTATIVE 2026-12-09 07:30" {
		t.Errorf("the calendar holds\n%s", said)
	}
	for _, personal := range []string{"DUPONT", "exemple.fr", "CP ", "Jean"} {
		if strings.Contains(program.body, personal) {
			t.Errorf("%q is in the calendar", personal)
		}
	}
	again := program.get(first).body
	if again != program.get(first).body {
		t.Error("read twice, the calendar differs")
	}

	missing := h.browser().get("/nulle-part").want(404)
	closed := func(path string) {
		t.Helper()
		if got := h.browser().get(path).want(404); got.body != missing.body {
			t.Errorf("%s is told apart from an address that does not exist", path)
		}
	}
	closed("/ical/" + strings.Repeat("A", 43))
	h.clock.Add(time.Minute)
	second := create()
	closed(first)
	program.get(second).want(200)
	b.get("/profil").wantText("Votre adresse d’agenda existe depuis le lundi 23 novembre 2026.")
	if strings.Contains(b.body, second) {
		t.Error("the address is shown a second time")
	}
	b.post("/profil/agenda", url.Values{"action": {"retirer"}}).wantTo("/profil?fait=agenda").follow().wantText("elle ne s’ouvre plus")
	closed(second)
	for _, path := range []string{first, second} {
		token := strings.TrimPrefix(path, "/ical/")
		if strings.Contains(h.log.String(), token) || h.scalar("SELECT count(*) FROM calendar_address WHERE instr(token_hash, ?)", token) != "0" {
			t.Error("a token is in the log or in the base")
		}
	}
}

func TestExport(t *testing.T) {
	h := newHousehold(t)
	b := h.father
	b.get("/profil").post("/profil/agenda", url.Values{"action": {"creer"}, "vu": {"0"}}).want(200)
	secret := strings.TrimPrefix(b.page.Find("#agenda").Text(), baseURL+"/ical/")
	for _, day := range []string{"2026-12-07:1", "2026-12-08:1"} {
		b.get(h.path(h.canteen)).post(h.path(h.canteen), url.Values{"jour": {day}}).want(303)
	}
	b.get("/recapitulatif")
	b.post("/recapitulatif", url.Values{"cle": {b.page.Find("#valider input[name=cle]").AttrOr("value", "")}, "version": {b.page.Find("#valider input[name=version]").AttrOr("value", "")}}).want(303)
	b.get(h.path(h.canteen)).post(h.path(h.canteen), url.Values{"jour": {"2026-12-08:0"}}).want(303)
	mother := h.parent("D'HAUTPOUL")
	mother.get(h.path(h.canteen)).post(h.path(h.canteen), url.Values{"jour": {"2026-12-11:1"}}).want(303)

	b.get("/profil/donnees").want(200).wantText("mes-donnees.json")
	b.post("/profil/donnees", url.Values{"actuel": {"faux"}}).want(422).wantText("Le mot de passe actuel est incorrect.")
	b.post("/profil/donnees", url.Values{"actuel": {goodPassword}}).want(200)
	if b.res.Header.Get("Content-Disposition") != `attachment; filename="mes-donnees.json"` || !strings.HasPrefix(b.res.Header.Get("Content-Type"), "application/json") {
		t.Errorf("headers %v", b.res.Header)
	}
	var d portal.PersonalData
	if err := json.Unmarshal([]byte(b.body), &d); err != nil {
		t.Fatal(err)
	}
	if d.Account.LastName != "DUPONT" || len(d.Addresses) != 1 || d.Addresses[0].Address != "jp@exemple.fr" || len(d.Families) == 0 || len(d.Children) != 2 || len(d.Children[0].Classes) != 1 ||
		len(d.Bookings) != 2 || d.Bookings[0].State != "réservé" || len(d.Wishes) != 1 || d.Wishes[0].Action != "annuler" ||
		len(d.Movements) != 2 || !d.Movements[0].Mine || d.Movements[0].Receipt != "2026-0001" || len(d.Receipts) != 1 || d.Receipts[0].At != "2026-11-23T09:05:00+01:00" ||
		len(d.Terms) != 2 || d.Terms[0].Version != 1 || len(d.Sessions) == 0 || d.Calendar == "" {
		t.Errorf("the file holds %s", b.body)
	}
	what := []string{}
	for _, e := range d.Events {
		what = append(what, e.What)
	}
	if said := strings.Join(what, ", "); said != "Données du compte téléchargées, Adresse d’agenda créée, Textes du portail acceptés, Mot de passe changé" {
		t.Errorf("the journal says %s", said)
	}
	for name, hidden := range map[string]string{
		"the password": h.scalar("SELECT password FROM account WHERE last_name = 'DUPONT'"), "the token": b.token(), "the calendar's token": secret, "an argon2 hash": "argon2id",
		"the other family": "ORTET", "the other parent": "HAUTPOUL", "the token of forms": h.scalar("SELECT csrf FROM session WHERE id_hash = ?", hash(b.token())),
	} {
		if strings.Contains(b.body, hidden) {
			t.Errorf("%s is in the file", name)
		}
	}
}

// TestProfileOfAnAgent: who has no family has a profile too, and a way back to work.
func TestProfileOfAnAgent(t *testing.T) {
	w := newWorld(t)
	b := w.browser().signIn(w.settle(w.agent("ROUCH", portal.Agent)).Login, goodPassword)
	if b.get("/gestion").want(200).page.Find(`details.menu a[href="/profil"]`).Length() != 2 {
		t.Error("« Profil » is not in the menu of agents")
	}
	b.get("/profil").want(200).wantText("ROUCH Agnès").wantText("Mairie de CarteVille")
	if b.page.Find(`nav a[href="/gestion"]`).Length() != 1 || b.page.Find(`nav a[href="/accueil"]`).Length() != 0 {
		t.Errorf("the tabs are %s", b.page.Find("nav").Text())
	}
}

// TestNewTermsKeepTheDraft: a text that changes stops the next click at the page of the texts; nothing asked before is lost.
func TestNewTermsKeepTheDraft(t *testing.T) {
	h := newHousehold(t)
	b := h.father
	b.get(h.path(h.canteen)).post(h.path(h.canteen), url.Values{"jour": {"2026-12-07:1"}}).want(303)
	h.clock.Add(time.Minute)
	h.publish(portal.Privacy, "## Ce qui change\nLes photos ne sont plus gardées.")
	b.post(h.path(h.canteen), url.Values{"jour": {"2026-12-08:1"}}).wantTo("/conditions").follow().want(200).
		wantText("Un texte à lire").wantText("Les photos ne sont plus gardées.").wantText("Version 2, du lundi 23 novembre 2026").wantNoText("Conditions générales d’utilisation du portail et je les accepte")
	boxes := b.boxes()
	if len(boxes) != 1 || boxes.Get("rgpd") == "" {
		t.Fatalf("boxes %v", boxes)
	}
	h.clock.Add(time.Minute)
	b.post("/conditions", boxes).want(303)
	b.get(h.path(h.canteen)+"?mois=2026-12").want(200).wantState("2026-12-07", "ajout").wantState("2026-12-08", "libre")
	got := h.scalar("SELECT group_concat(t.kind || t.version || ' ' || x.at, ', ') FROM (SELECT * FROM terms_acceptance WHERE account_id = ? ORDER BY at, terms_id) x JOIN terms t ON t.id = x.terms_id", h.accountOf("DUPONT"))
	if want := fmt.Sprint("rgpd2 ", h.clock.Now().UnixMilli()); !strings.HasSuffix(got, want) || strings.Count(got, "rgpd") != 2 {
		t.Errorf("accepted %s, want the last %s", got, want)
	}
}

// TestFamiliesInTwoStructures: switcher, last update, tabs and phone menu follow the structure looked at.
func TestFamiliesInTwoStructures(t *testing.T) {
	h := newHousehold(t)
	second, err := h.store.CreateStructure(context.Background(), portal.Structure{Name: "Syndicat du Salat", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	h.raw("INSERT INTO family (id, structure_id, name, created_at) VALUES (977, ?, 'DUPONT', 0)", second)
	h.raw("INSERT INTO guardian (family_id, account_id) VALUES (977, ?)", h.accountOf("DUPONT"))
	for i, st := range []portal.StructureID{h.structure, second} {
		h.raw("INSERT INTO night (structure_id, date, due_at, started_at, done_at) VALUES (?, '2026-11-23', 1, 1, ?)", st, time.Date(2026, 11, 23, 6, i+1, 0, 0, portal.Paris).UnixMilli())
	}
	b := h.father
	for _, path := range []string{"/accueil", "/suivi", "/profil", "/profil/adresses"} {
		for i, name := range []string{"Mairie de CarteVille", "Syndicat du Salat"} {
			b.get(path).post("/structure", url.Values{"structure": {fmt.Sprint([]portal.StructureID{h.structure, second}[i])}}).wantTo("/")
			b.get(path).want(200).wantText(fmt.Sprintf("Mise à jour des données : aujourd’hui à 6 h 0%d", i+1))
			if got := b.page.Find(".marque").First().Text(); !strings.Contains(got, name) {
				t.Errorf("%s: the head says %q", path, got)
			}
			menus := b.page.Find("details.menu")
			if menus.Length() != 2 || menus.Find(`form[action="/structure"]`).Length() != 4 || menus.Find(`[aria-current=true]`).Length() != 2 {
				t.Errorf("%s: the switcher is not in both menus", path)
			}
			if phone := menus.Last(); phone.Find(`a[href="/suivi"]`).Length() != 1 || phone.Find(`a[href="/profil"]`).Length() != 1 || phone.Find(`form[action="/deconnexion"]`).Length() != 1 {
				t.Errorf("%s: the phone's menu is %s", path, phone.Text())
			}
		}
	}
}

// TestNothingOfFamiliesForAgents: who has no family is offered nothing of families, and every link of the page opens; what its addresses
// get stays as it was, should it have children one day.
func TestNothingOfFamiliesForAgents(t *testing.T) {
	h := newHousehold(t)
	b := h.staffed("ROUCH", portal.Manager)
	for _, path := range []string{"/profil", "/profil/adresses", "/profil/donnees"} {
		b.get(path).want(200)
		for _, word := range []string{"rappel", "compte rendu", "Comptes rendus", "ticket", "genda", "enfants", "Vos réservations"} {
			if strings.Contains(b.page.Find("main").Text(), word) {
				t.Errorf("%s speaks of « %s » to an agent", path, word)
			}
		}
	}
	b.get("/profil").wantText("Second facteur").wantText("un mot de passe oublié ne peut être refait que par un administrateur du portail")
	var links []string
	b.page.Find("main a[href]").Each(func(_ int, s *goquery.Selection) { links = append(links, s.AttrOr("href", "")) })
	if len(links) < 4 {
		t.Errorf("only %q", links)
	}
	for _, link := range links {
		b.get(link).want(200)
	}
	b.get("/profil/adresses")
	form := url.Values{"actuel": {goodPassword}}
	b.page.Find("main form fieldset [name]").Each(func(_ int, s *goquery.Selection) { form.Set(s.AttrOr("name", ""), s.AttrOr("value", "")) })
	form.Set("adresse1", "rouch@mairie.fr")
	b.post("/profil/adresses", form).wantTo("/profil?fait=adresses").follow().wantText("rouch@mairie.fr").wantNoText("comptes rendus")
	if got := h.addressesOf("ROUCH"); got != "rouch@mairie.fr 11" {
		t.Errorf("saved %s", got)
	}
	b.post("/profil/agenda", url.Values{"action": {"creer"}, "vu": {"0"}}).want(404)
	h.raw("INSERT INTO calendar_address (account_id, token_hash, created_at) VALUES (?, zeroblob(32), ?)", h.accountOf("ROUCH"), h.clock.Now().UnixMilli())
	b.get("/profil").wantText("ne montre plus rien").wantNoText("Nouvelle adresse")
	b.post("/profil/agenda", url.Values{"action": {"retirer"}}).follow().want(200).wantNoText("ne montre plus rien")
}
