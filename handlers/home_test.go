package handlers

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"marelle/portal"
)

// hasText finds an element by the whole of what it says.
func hasText(want string) func(int, *goquery.Selection) bool {
	return func(_ int, s *goquery.Selection) bool { return strings.TrimSpace(s.Text()) == want }
}

func paris(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, portal.Paris)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// announced is the form of an announcement, shown now.
func announced(title, body string) url.Values {
	return url.Values{"titre": {title}, "texte": {body}, "du": {"2026-11-20"}, "au": {"2026-12-04"}, "pour": {"tous"}, "cle": {"cle-0123456789"}}
}

// manager gives a browser in which a manager is signed in.
func (w *world) manager() *browser {
	w.t.Helper()
	return w.browser().signIn(w.settle(w.agent("ROUCH", portal.Manager)).Login, goodPassword).want(http.StatusSeeOther)
}

// TestAnnouncements: written with a preview, corrected, shown to whom it is for, changed, taken off, put back.
func TestAnnouncements(t *testing.T) {
	h := newHousehold(t)
	agent := h.manager()
	agent.get("/gestion/messages").want(200).wantText("Aucun message.").wantText("0 message")
	agent.get("/gestion/messages/nouveau").want(200).wantText("Les familles qui réservent la cantine").wantText("Toutes les familles")
	if first, _ := agent.page.Find("#du").Attr("value"); first != "2026-11-23" {
		t.Errorf("a new message is shown from %s", first)
	}
	form := announced("Cantine fermée", "Pas de cantine vendredi.\n\n- Prévoyez un pique-nique.\n\n## Pourquoi\n\nUne panne.")
	form.Set("faire", "apercu")
	agent.post("/gestion/messages", form).want(200).wantText("Aperçu : rien n’est encore enregistré. Affiché du 20 novembre au 4 décembre, pour toutes les familles.")
	if got := agent.page.Find(".message li").Text(); got != "Prévoyez un pique-nique." {
		t.Errorf("the list of the preview: %q", got)
	}
	if typed := agent.page.Find("#texte").Text(); !strings.Contains(typed, "Une panne.") {
		t.Errorf("the preview lost what was typed: %q", typed)
	}
	h.father.get("/accueil").want(200).wantNoText("Cantine fermée")
	form.Del("faire")
	agent.post("/gestion/messages", form).follow().want(200).wantText("Le message est enregistré.").wantText("1 message").wantText("Affiché")
	agent.post("/gestion/messages", form).follow().want(200).wantText("1 message") // sent twice
	h.father.get("/accueil").want(200).wantText("Cantine fermée").wantText("Prévoyez un pique-nique.")

	path, _ := agent.page.Find("main table a").Attr("href")
	changed := announced("Cantine ouverte", "La panne est réparée.")
	changed.Set("pour", fmt.Sprintf("activite-%d", h.canteen))
	agent.get(path).want(200).wantText("Changer un message").post(path, changed).wantTo("/gestion/messages?enregistre=1")
	agent.get("/gestion/messages").wantText("Les familles qui réservent la cantine").wantNoText("Cantine fermée")
	h.father.get("/accueil").wantNoText("Cantine ouverte") // nothing booked yet
	h.father.get(h.path(h.canteen)).post(h.path(h.canteen), url.Values{"jour": {"2026-12-07:1"}}).follow()
	h.father.get("/recapitulatif")
	key, _ := h.father.page.Find("#valider input[name=cle]").Attr("value")
	version, _ := h.father.page.Find("#valider input[name=version]").Attr("value")
	h.father.post("/recapitulatif", url.Values{"cle": {key}, "version": {version}}).want(303)
	h.father.get("/accueil").wantText("Cantine ouverte")
	h.parent("ORTET").get("/accueil").wantNoText("Cantine ouverte")

	agent.post(path+"/retirer", url.Values{}).follow().want(200).wantText("Le message « Cantine ouverte » est retiré.").wantText("Aucun message.")
	h.father.get("/accueil").wantNoText("Cantine ouverte")
	undo, _ := agent.page.Find(".note form").Attr("action")
	agent.post(undo, url.Values{}).follow().want(200).wantText("Cantine ouverte")
	h.father.get("/accueil").wantText("Cantine ouverte")
}

// TestAnnouncementFaults: what cannot be shown is said beside its field, and everything typed is kept.
func TestAnnouncementFaults(t *testing.T) {
	w := newWorld(t)
	agent := w.manager()
	agent.get("/gestion/messages/nouveau")
	for _, c := range []struct {
		name, field, value, sentence string
	}{
		{"sans titre", "titre", " ", "Donnez un titre au message."},
		{"titre trop long", "titre", strings.Repeat("é", 121), "Le titre fait 121 caractères. Raccourcissez-le à 120."},
		{"sans texte", "texte", "\n", "Écrivez le texte du message."},
		{"texte trop long", "texte", strings.Repeat("a", 4001), "Le texte fait 4001 caractères. Raccourcissez-le à 4000."},
		{"sans premier jour", "du", "", "Donnez le premier jour d’affichage."},
		{"un jour qui n’existe pas", "du", "2026-02-30", "Le 30 février 2026 n’existe pas. Corrigez le jour ou le mois."},
		{"sans dernier jour", "au", "31/11/2026", "Le 31 novembre 2026 n’existe pas. Corrigez le jour ou le mois."},
		{"à l’envers", "au", "2026-11-19", "Le dernier jour doit être le premier jour d’affichage, ou après."},
		{"une activité qui n’existe pas", "pour", "activite-99", "Choisissez dans la liste à qui le message s’adresse."},
		{"une école qui n’existe pas", "pour", "ecole-99", "Choisissez dans la liste à qui le message s’adresse."},
		{"n’importe qui", "pour", "activite-1-2", "Choisissez dans la liste à qui le message s’adresse."},
		{"personne", "pour", "", "Choisissez dans la liste à qui le message s’adresse."},
	} {
		form := announced("Titre gardé", "Texte gardé")
		form.Set(c.field, c.value)
		agent.post("/gestion/messages", form).want(422).wantText("Il y a 1 point à corriger").wantText(c.sentence)
		if got := agent.page.Find("#faute-" + c.field).Text(); got != c.sentence {
			t.Errorf("%s: beside the field %q", c.name, got)
		}
		if kept, _ := agent.page.Find("#titre").Attr("value"); c.field != "titre" && kept != "Titre gardé" {
			t.Errorf("%s: the title was lost", c.name)
		}
	}
	agent.post("/gestion/messages", url.Values{"cle": {"x"}}).want(422).wantText("Il y a 5 points à corriger")
	short := announced("Sans clé", "Texte")
	short.Set("cle", "x")
	agent.post("/gestion/messages", short).want(422).wantText("Ce formulaire est incomplet.")
	agent.get("/gestion/messages").wantText("Aucun message.")
	for _, path := range []string{"/gestion/messages/99", "/gestion/messages/x", "/gestion/messages/0"} {
		agent.get(path).want(404)
		agent.get("/gestion/messages").post(path, announced("a", "b")).want(404)
		agent.post(path+"/retirer", url.Values{}).want(404)
		agent.post(path+"/remettre", url.Values{}).want(404)
	}
	agent.get("/gestion/messages?retire=99").want(404)
}

// TestHostileAnnouncement: what a message holds is shown as it was typed, and never runs.
func TestHostileAnnouncement(t *testing.T) {
	h := newHousehold(t)
	agent := h.manager()
	const hostile = `<script>alert(1)</script><img src=x onerror=alert(2)>{{.CSRF}}`
	agent.get("/gestion/messages/nouveau").post("/gestion/messages", announced(hostile, "## "+hostile+"\n\n- "+hostile+"\n\n"+hostile)).follow().want(200).wantText(hostile)
	h.father.get("/accueil").want(200)
	for _, part := range []string{".message h2", ".message h3", ".message li", ".message .prose>p"} {
		if got := h.father.page.Find(part).Text(); got != hostile {
			t.Errorf("%s shows %q", part, got)
		}
	}
	if n := h.father.page.Find("main script, main img").Length(); n > 0 {
		t.Errorf("%d hostile elements", n)
	}
}

// TestAnnouncementsElsewhere: a manager touches the messages of the structure looked at only; parents and simple agents none.
func TestAnnouncementsElsewhere(t *testing.T) {
	h := newHousehold(t)
	other, err := h.store.CreateStructure(context.Background(), portal.Structure{Name: "Syndicat", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	id, err := h.store.WriteAnnouncement(context.Background(), 0, portal.Announcement{Structure: other, Title: "Du syndicat", Body: "Texte.",
		First: portal.MustDate("2026-11-20"), Last: portal.MustDate("2026-12-04")}, "formulaire-syndicat")
	if err != nil {
		t.Fatal(err)
	}
	agent := h.manager()
	path := fmt.Sprintf("/gestion/messages/%d", id)
	agent.get("/gestion/messages").want(200).wantNoText("Du syndicat")
	agent.get(path).want(404)
	agent.get("/gestion/messages").post(path, announced("Volé", "Texte")).want(404)
	agent.post(path+"/retirer", url.Values{}).want(404)
	h.father.get("/accueil").wantNoText("Du syndicat")
	h.father.get("/gestion/messages").want(404)
	simple := h.browser().signIn(h.settle(h.agent("SERRES", portal.Agent)).Login, goodPassword).want(303)
	simple.get("/gestion/messages").want(404)

	// A family of both structures reads both, and whose each is.
	h.raw("INSERT INTO child (id, structure_id, last_name, first_name, created_at) VALUES (900, ?, 'DUPONT', 'Zoé', 0)", other)
	h.raw("INSERT INTO family (id, structure_id, name, created_at) VALUES (900, ?, 'DUPONT', 0)", other)
	h.raw("INSERT INTO family_child (family_id, child_id) VALUES (900, 900)")
	h.raw("INSERT INTO guardian (family_id, account_id) VALUES (900, ?)", h.accountOf("DUPONT"))
	agent.get("/gestion/messages").post("/gestion/messages", announced("De la mairie", "Texte.")).want(303)
	h.father.get("/accueil").want(200).wantText("Du syndicatSyndicatTexte.").wantText("De la mairieMairie de CarteVilleTexte.").wantText("Zoé")
}

// TestHomeDeadlines: what closes next, in words, with what each child has and the way to its month.
func TestHomeDeadlines(t *testing.T) {
	h := newHousehold(t)
	b := h.father
	b.get("/accueil").want(200).wantText("Prochains délais").wantText("Cantine, du 30 novembre au 4 décembre : jusqu’au jeudi 26 novembre à 9 h").wantText("Paolo et Amalia : rien de réservé")
	b.wantText("Amalia n’a rien de réservé cette semaine.")
	b.get(h.path(h.canteen)).post(h.path(h.canteen), url.Values{"jour": {"2026-11-30:1"}}).want(303)
	b.post(h.path(h.canteen), url.Values{"jour": {"2026-12-01:1"}}).want(303)
	b.get("/accueil").wantText("Amalia : 2 jours à valider").wantText("Vous avez 2 demandes à valider. Délai le plus proche : jeudi 26 novembre à 9 h.")
	if href, _ := b.page.Find(".delais a").FilterFunction(hasText("Amalia")).First().Attr("href"); href != h.path(h.canteen)+"?mois=2026-11" {
		t.Errorf("Amalia leads to %s", href)
	}
	b.get("/recapitulatif")
	key, _ := b.page.Find("#valider input[name=cle]").Attr("value")
	version, _ := b.page.Find("#valider input[name=version]").Attr("value")
	b.post("/recapitulatif", url.Values{"cle": {key}, "version": {version}}).want(303)
	b.get("/accueil").wantText("Amalia : 2 jours réservés").wantText("Paolo : rien de réservé").wantText("Délais de 1 autre activité")
	again := func() *browser {
		return h.browser().signIn(h.scalar("SELECT login FROM account WHERE id = ?", h.accountOf("DUPONT")), goodPassword).want(303)
	}
	// On the Thursday itself, then after it; on Monday the week has its hours, and today is marked.
	h.clock.Set(paris(t, "2026-11-26 08:00"))
	b = again()
	b.get("/accueil").wantText("jusqu’à aujourd’hui 9 h")
	h.clock.Set(paris(t, "2026-11-30 08:00"))
	b = again()
	b.get("/accueil").wantText("lun. 30, aujourd’hui cantine 11 h 45 – 13 h 30").wantText("Cantine, du 7 au 11 décembre : jusqu’au jeudi 3 décembre à 9 h")
	h.clock.Set(paris(t, "2026-11-28 08:00")) // a Saturday
	again().get("/accueil").wantText("La semaine prochaine").wantText("lun. 30 cantine")
}

// TestHomeRefusals: what was refused or could not come any more is said, with the reason and the way on.
func TestHomeRefusals(t *testing.T) {
	h := newHousehold(t)
	h.raw("UPDATE activity SET waitlist = 1 WHERE id = ?", h.alsh)
	account := h.accountOf("DUPONT")
	movement := func(id int, a portal.ActivityID, day, action, outcome, final, reason string) {
		h.raw(`INSERT INTO movement (id, structure_id, account_id, child_id, activity_id, day, action, at, outcome, final, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, ''), ?)`,
			id, h.structure, account, h.amalia, a, day, action, h.clock.Now().UnixMilli(), outcome, final, reason)
	}
	movement(900, h.canteen, "2026-12-07", "add", "refused", "", "Il n’y a plus de place le lundi 7 décembre.")
	movement(901, h.canteen, "2026-12-08", "remove", "refused", "", "Le délai est passé.")
	movement(902, h.alsh, "2026-12-09", "add", "waiting", "refused", "")
	h.raw("INSERT INTO booking (child_id, activity_id, day, status, queue, account_id, since) VALUES (?, ?, '2026-11-25', 'waiting', 1, ?, 0)", h.amalia, h.alsh, account)
	b := h.father
	b.get("/accueil").want(200).wantText("Cantine, lundi 7 décembre, Amalia Réservation refuséeIl n’y a plus de place le lundi 7 décembre.")
	b.wantText("Cantine, mardi 8 décembre, Amalia Annulation refuséeLe délai est passé.")
	b.wantText("Mercredi, mercredi 9 décembre, Amalia Pas de placeChoisissez un autre jour, ou appelez la mairie.")
	b.wantText("Mercredi, mercredi 25 novembre, Amalia Pas de placeAucune place ne s’est libérée avant la fin du délai.")
	b.wantText("mer. 25 mercredi (en attente)")
	h.parent("ORTET").get("/accueil").wantNoText("Réservation refusée")
}

// TestReminderSettings: three boxes, ticked at first; what is unticked stays so, for this account.
func TestReminderSettings(t *testing.T) {
	h := newHousehold(t)
	b := h.father
	b.get("/profil/rappels").want(200).wantText("Je n’ai rien réservé alors que je réserve d’habitude").wantNoText("aucun rappel ne peut partir")
	if n := b.page.Find("input[type=checkbox][checked]").Length(); n != 3 {
		t.Errorf("%d boxes ticked", n)
	}
	b.post("/profil/rappels", url.Values{"delai": {"1"}, "ouverture": {"1"}}).follow().want(200).wantText("Vos choix sont enregistrés.")
	if name, _ := b.page.Find("input[type=checkbox]").Not("[checked]").Attr("name"); name != "brouillon" || b.page.Find("[checked]").Length() != 2 {
		t.Errorf("unticked: %s", name)
	}
	if off, err := h.store.RemindersOff(context.Background(), h.accountOf("DUPONT")); err != nil || len(off) != 1 || off[0] != portal.RemindDraft {
		t.Errorf("%v %v", off, err)
	}
	other := h.parent("ORTET")
	if n := other.get("/profil/rappels").page.Find("[checked]").Length(); n != 3 {
		t.Errorf("the neighbour has %d boxes ticked", n)
	}
	h.raw("DELETE FROM account_email")
	other.get("/profil/rappels").wantText("aucun rappel ne peut partir")
}
