package handlers

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"marelle/db"
	"marelle/portal"
)

// newSickbed is a household whose canteen is told before 9:30 on the day itself and asks for a document within three days;
// Amalia eats there on Monday 30 November, Tuesday and Thursday. It is Monday, 9:00.
func newSickbed(t *testing.T) *household {
	t.Helper()
	h := newHousehold(t)
	setup, err := h.store.Setup(context.Background(), h.structure)
	if err != nil {
		t.Fatal(err)
	}
	canteen := *setup.Activity(h.canteen)
	canteen.Absence, canteen.DocumentDays = portal.DaysBefore(0, portal.Clock(9, 30)), 3
	now := h.clock.Now()
	h.clock.Set(portal.NewDate(2026, 9, 15).At(portal.Clock(9, 0))) // long before: families were shown no other limit for these days
	if _, err := h.store.SaveActivity(context.Background(), canteen); err != nil {
		t.Fatal(err)
	}
	h.clock.Set(now)
	var wants []db.Want
	for _, day := range []string{"2026-11-30", "2026-12-01", "2026-12-03"} {
		wants = append(wants, db.Want{Child: h.amalia, Activity: h.canteen, Day: portal.MustDate(day), Present: true})
	}
	if left, err := h.store.AskMany(context.Background(), h.accountOf("DUPONT"), wants); err != nil || len(left) > 0 {
		t.Fatal(left, err)
	}
	if _, err := h.store.Confirm(context.Background(), h.accountOf("DUPONT"), "formulaire-cantine", db.AnyVersion); err != nil {
		t.Fatal(err)
	}
	h.fatherAt(portal.NewDate(2026, 11, 30), portal.Clock(9, 0))
	return h
}

// fatherAt moves the clock; the father signs in again, his session being over by then.
func (h *household) fatherAt(day portal.Date, at portal.TimeOfDay) *browser {
	h.t.Helper()
	h.clock.Set(day.At(at))
	return h.father.signIn(h.scalar("SELECT login FROM account WHERE last_name = 'DUPONT'"), goodPassword).want(303).get("/absences").want(200)
}

// ask gives the fields of an absence of Amalia.
func (h *household) ask(first, last string) url.Values {
	return url.Values{"enfant": {fmt.Sprint(h.amalia)}, "du": {first}, "au": {last}, "motif": {"malade"}}
}

// hiddenOf gives what a form of the page sends by itself, with its button.
func (b *browser) hiddenOf(form *goquery.Selection) url.Values {
	b.w.t.Helper()
	if form.Length() != 1 {
		b.w.t.Fatalf("%d forms\n%s", form.Length(), b.text())
	}
	fields := url.Values{}
	form.Find("input, button[name]").Each(func(_ int, i *goquery.Selection) { fields.Set(i.AttrOr("name", ""), i.AttrOr("value", "")) })
	return fields
}

func TestOneTap(t *testing.T) {
	h := newSickbed(t)
	b := h.father
	b.get("/absences").want(200).wantText("Malade aujourd’hui").wantText("Prévient tout de suite la mairie pour : cantine.")
	tap := b.hiddenOf(b.page.Find(".malade form"))
	b.post("/absences", tap).wantTo(fmt.Sprintf("/absences#absence-%d", h.amalia))
	b.post("/absences", tap).wantTo(fmt.Sprintf("/absences#absence-%d", h.amalia)) // a second tap changes nothing
	if got := h.scalar("SELECT count(*) FROM movement WHERE action = 'absent'"); got != "1" {
		t.Fatalf("%s movements", got)
	}
	b.get("/absences").wantText("La mairie est prévenue : Amalia, malade, ne vient pas aujourd’hui (cantine).").wantNoText("Malade aujourd’hui")
	b.wantText("Un justificatif est demandé dans les 3 jours, au plus tard le jeudi 3 décembre.")
	b.get("/suivi").wantText("Absence").wantText("Non transmise").wantText("Absence signalée")

	undo := b.get("/absences").hiddenOf(b.page.Find(".malade form"))
	b.post("/absences/present", undo).wantTo("/absences?presents=1")
	b.get("/absences?presents=1").wantText("1 absence retirée. La mairie est prévenue : votre enfant est attendu.").wantText("Malade aujourd’hui")
	b.post("/absences/present", undo).wantTo("/absences?presents=0")
	b.get("/absences?presents=0").wantText("rien n’a changé")
	b.get("/suivi").wantText("Finalement présent")

	// From another page of ours, and nowhere else.
	tap.Set("depuis", "/accueil")
	b.post("/absences", tap).wantTo(fmt.Sprintf("/accueil#absence-%d", h.amalia))
	undo.Set("depuis", "/accueil")
	b.post("/absences/present", undo).wantTo("/accueil?presents=1")
	b.get("/accueil?presents=1").wantText("1 absence retirée. La mairie est prévenue : votre enfant est attendu.")
	tap.Set("depuis", "https://evil.example/")
	b.post("/absences", tap).wantTo(fmt.Sprintf("/absences#absence-%d", h.amalia))

	// After the limit.
	h.clock.Set(portal.NewDate(2026, 11, 30).At(portal.Clock(9, 31)))
	b.get("/absences").want(200).wantText("Cantine : plus modifiable depuis aujourd’hui 9 h 30. Appelez la mairie au 05 61 00 00 00.").wantNoText("Malade aujourd’hui")
	b.post("/absences/present", undo).want(409).wantText("Plus modifiable depuis aujourd’hui 9 h 30.")
	h.fatherAt(portal.NewDate(2026, 12, 1), portal.Clock(9, 31)).wantText("Cantine : trop tard depuis aujourd’hui 9 h 30. Règle : jusqu’au jour même à 9 h 30. Appelez la mairie au 05 61 00 00 00.")
	h.fatherAt(portal.NewDate(2026, 12, 2), portal.Clock(19, 0)).wantText("Malade demain") // Wednesday evening
}

func TestSeveralDays(t *testing.T) {
	h := newSickbed(t)
	b := h.father
	h.clock.Set(portal.NewDate(2026, 11, 30).At(portal.Clock(10, 0)))
	b.get("/absences?" + h.ask("2026-11-30", "2026-12-02").Encode()).want(200).wantText("Amalia, du lundi 30 novembre au mercredi 2 décembre (malade)")
	b.wantText("Trop tard depuis aujourd’hui 9 h 30.").wantText("Possible jusqu’à demain 9 h 30.").wantText("Rien de réservé").wantText("De retour le jeudi 3 décembre (cantine).")
	form := b.hiddenOf(b.page.Find(`form[action="/absences"][method=post]`))
	edit := b.page.Find(`main a[href^="/absences?"]`).AttrOr("href", "")
	b.get(edit).want(200).wantText("Premier jour d’absence")
	if got := b.page.Find("#au").AttrOr("value", ""); got != "2026-12-02" {
		t.Errorf("the last day is now %q", got)
	}
	b.post("/absences", form).want(303)
	path, _, _ := strings.Cut(b.res.Header.Get("Location"), "?")
	b.follow().want(200).wantText("La mairie est prévenue.").wantText("Mardi 1er décembre").wantText("Laissé de côté").wantText("Trop tard depuis aujourd’hui 9 h 30.")
	b.post("/absences", form).wantTo(path + "?signalee=1")
	b.get("/absences").wantText("Absences signalées").wantText("Justificatif attendu jusqu’au ven. 4 déc.")
	b.get(path + "?envoye=1").wantText("La mairie a reçu votre fichier.")

	// What cannot be is refused with its reason, and what was typed stays.
	b.post("/absences", h.ask("2026-11-30", "2026-11-30")).want(409).wantText("Rien n’a été enregistré").wantText("Trop tard depuis aujourd’hui 9 h 30.")
	b.post("/absences", h.ask("2026-12-03", "2026-12-01")).want(422).wantText("Le dernier jour d’absence doit être le premier, ou après.")
	if got := b.page.Find("#du").AttrOr("value", ""); got != "2026-12-03" {
		t.Errorf("the first day is now %q", got)
	}
	b.get("/absences?" + h.ask("2026-11-29", "n’importe quoi").Encode()).want(422).wantText("aujourd’hui ou après").wantText("« n’importe quoi » n’est pas une date.")
	b.get("/absences?" + h.ask("2026-12-12", "2026-12-13").Encode()).want(200).wantText("Rien n’est ouvert ces jours-là")
	b.get("/absences?du=2026-12-01&au=2026-12-01&motif=malade").want(422).wantText("Choisissez l’enfant absent.")
	b.post("/absences/present", url.Values{"enfant": {fmt.Sprint(h.amalia)}, "jour": {"hier"}}).want(422)
}

// TestForeignChild: somebody else's child, absence and papers are not found, whatever the way in.
func TestForeignChild(t *testing.T) {
	h := newSickbed(t)
	b := h.father
	b.post("/absences", h.ask("2026-12-01", "2026-12-01")).want(303)
	path, _, _ := strings.Cut(b.res.Header.Get("Location"), "?")
	b.get(path).sendFile(path+"/justificatif", "c.pdf", []byte("%PDF-1.4")).want(303)
	document := h.scalar("SELECT id FROM absence_document")
	x := h.parent("ORTET")
	x.get("/absences").want(200).wantText("Absences")
	x.get(path).want(404)
	x.get("/absences?" + h.ask("2026-12-03", "2026-12-03").Encode()).want(404)
	x.get("/absences/justificatifs/" + document).want(404)
	x.get("/absences")
	x.post("/absences", h.ask("2026-12-03", "2026-12-03")).want(404)
	x.get("/absences")
	x.post("/absences/present", url.Values{"enfant": {fmt.Sprint(h.amalia)}, "jour": {"2026-12-01"}}).want(404)
	x.get("/absences").sendFile(path+"/justificatif", "c.pdf", []byte("%PDF-1.5")).want(404)
	x.get("/absences")
	x.post("/absences/justificatifs/"+document+"/retirer", url.Values{}).want(404)
	if got := h.scalar("SELECT count(*) FROM absence") + h.scalar("SELECT count(*) FROM absence_document"); got != "11" {
		t.Errorf("%s rows", got)
	}
	// The other parent of the household shares all of it.
	mother := h.parent("D'HAUTPOUL")
	mother.get("/absences/justificatifs/" + document).want(200)
	mother.get(path).want(200).wantText("c.pdf")
	// A home of its own: the absence, not the paper.
	account := h.accountOf("D'HAUTPOUL")
	h.raw("INSERT INTO family (id, structure_id, name, created_at) VALUES (900, ?, 'AUTRE', 0)", h.structure)
	h.raw("UPDATE guardian SET family_id = 900 WHERE account_id = ?", account)
	h.raw("INSERT INTO family_child (family_id, child_id) VALUES (900, ?)", h.amalia)
	mother.get(path).want(200).wantText("Justificatif reçu").wantNoText("c.pdf")
	mother.get("/absences/justificatifs/" + document).want(404)
}

// sendFile posts a document as a browser does; the name is written as it is, however hostile.
func (b *browser) sendFile(path, name string, content []byte) *browser {
	b.w.t.Helper()
	return b.do(b.sendingFile(path, name, content))
}

func (b *browser) sendingFile(path, name string, content []byte) *http.Request {
	b.w.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	m.WriteField("_csrf", b.csrf)
	part, err := m.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="fichier"; filename="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`},
		"Content-Type":        {"application/pdf"}, // browsers believe the name; we do not
	})
	if err != nil {
		b.w.t.Fatal(err)
	}
	part.Write(content)
	m.Close()
	return b.request(path, m.FormDataContentType(), &body)
}

// TestFewLargeDocumentsAtOnce: one parent, or a crowd of them, cannot fill the memory with documents under way.
func TestFewLargeDocumentsAtOnce(t *testing.T) {
	now := time.Date(2026, 12, 1, 7, 0, 0, 0, time.UTC)
	var s senders
	for n := range documentsOfOne + 1 {
		if s.admit(1, now) != (n < documentsOfOne) {
			t.Fatal(n)
		}
	}
	for account := portal.AccountID(2); len(s.given) < documentsAtOnce; account++ {
		if !s.admit(account, now) {
			t.Fatal(account)
		}
	}
	if s.admit(99, now.Add(documentTime-1)) || !s.admit(99, now.Add(documentTime)) {
		t.Error("room comes back when it should not, or does not when it should")
	}
}

// TestLargeDocumentsFromParentsOnly: nobody else can fill the memory with what the rest of the site refuses.
func TestLargeDocumentsFromParentsOnly(t *testing.T) {
	h := newSickbed(t)
	b := h.father
	b.post("/absences", h.ask("2026-12-01", "2026-12-01")).want(303)
	path, _, _ := strings.Cut(b.res.Header.Get("Location"), "?")
	send, large := path+"/justificatif", append([]byte("%PDF-"), make([]byte, 4<<20)...)
	b.get(path).sendFile(send, "scan.pdf", large).want(303)
	refused := func(b *browser, path string, content []byte) {
		t.Helper()
		if _, err := h.site.app.Test(b.sendingFile(path, "scan.pdf", content), -1); err == nil || !strings.Contains(err.Error(), "body size exceeds") {
			t.Errorf("not refused: %v", err)
		}
	}
	refused(b.get(path), send, make([]byte, documentRoom))
	refused(b.get(path), "/absences", large)
	refused(h.staffed("ROUCH", portal.Agent), send, large)
	refused(h.browser().get("/connexion"), send, large)
}

func TestDocumentJourney(t *testing.T) {
	h := newSickbed(t)
	b := h.father
	b.post("/absences", h.ask("2026-12-01", "2026-12-01")).want(303)
	path, _, _ := strings.Cut(b.res.Header.Get("Location"), "?")
	send := path + "/justificatif"
	b.get(path).want(200).wantText("Un justificatif est demandé dans les 3 jours, au plus tard le vendredi 4 décembre.")
	b.get(path).sendFile(send, "certificat.pdf", []byte("<html><script>alert(1)</script>")).want(422).wantText("ni un PDF, ni une photo JPEG ou PNG")
	if b.page.Find(`#fichier[aria-invalid="true"]`).Length() != 1 || b.page.Find("#titre-erreurs").Length() != 1 {
		t.Error("the form does not say where the fault is")
	}
	b.get(path).sendFile(send, "", nil).want(422).wantText("Choisissez un fichier.")
	b.get(path).sendFile(send, "vide.pdf", nil).want(422).wantText("Ce fichier est vide.")
	b.get(path).sendFile(send, "gros.pdf", append([]byte("%PDF-"), make([]byte, portal.DocumentBytesMost)...)).want(413).wantText("le plus lourd accepté est de 5")
	if got := h.scalar("SELECT count(*) FROM absence_document"); got != "0" {
		t.Fatalf("%s documents", got)
	}
	b.get(path).sendFile(send, "../../etc/certificat\"><b>\u202e.exe", []byte("\x89PNG\r\n\x1a\n…")).wantTo(path + "?envoye=1#justificatif")
	b.get(path + "?envoye=1").wantText("La mairie a reçu votre fichier.").wantText("Justificatif reçu")
	link := b.page.Find(`a[href^="/absences/justificatifs/"]`)
	if name := link.Text(); strings.ContainsAny(name, `/\<>"`) || !strings.HasPrefix(name, "certificat") {
		t.Errorf("the file is shown as %q", name)
	}
	address := link.AttrOr("href", "")
	b.get(address).want(200)
	for header, want := range map[string]string{
		"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
		"Content-Disposition": `attachment; filename="justificatif-` + strings.TrimPrefix(address, "/absences/justificatifs/")[:8] + `.png"`,
	} {
		if got := b.res.Header.Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	if got := b.res.Header.Get("Content-Security-Policy"); !strings.HasPrefix(got, "sandbox; default-src 'none'") || b.body != "\x89PNG\r\n\x1a\n…" {
		t.Errorf("%s, %q", got, b.body)
	}
	for _, hostile := range []string{"/absences/justificatifs/..%2f..%2fetc%2fpasswd", "/absences/justificatifs/%00", "/absences/justificatifs/' OR 1=1", "/absences/-1", "/absences/1%3B"} {
		b.get(strings.ReplaceAll(hostile, " ", "%20")).want(404)
	}

	// Late: taken, and marked.
	h.fatherAt(portal.NewDate(2026, 12, 5), portal.Clock(8, 0)).sendFile(send, "suite.pdf", []byte("%PDF-1.4")).want(303)
	b.get(path).wantText("en retard").wantText("Vous avez déjà envoyé 2 fichiers")
	b.sendFile(send, "trois.pdf", []byte("%PDF-1.7")).want(409)
	b.get(path).post(address+"/retirer", url.Values{}).wantTo(path + "?retire=1#justificatif")
	b.get(path + "?retire=1").wantText("Le fichier est retiré").wantText("Justificatif reçu en retard")
}

// TestStaffAbsencesPage: an agent learns who does not come; a manager learns why and opens the document.
func TestStaffAbsencesPage(t *testing.T) {
	h := newSickbed(t)
	b := h.father
	agent, manager := h.staffed("ROUCH", portal.Agent), h.staffed("PUJOL", portal.Manager)
	agent.get("/gestion/absences").want(200).wantText("Aucune absence n’est signalée")
	b.get("/absences")
	b.post("/absences", h.ask("2026-12-01", "2026-12-01")).want(303)
	path, _, _ := strings.Cut(b.res.Header.Get("Location"), "?")
	b.get(path).sendFile(path+"/justificatif", "c.pdf", []byte("%PDF-1.4")).want(303)
	document := "/gestion/absences/justificatifs/" + h.scalar("SELECT id FROM absence_document")

	agent.get("/gestion/absences").want(200).wantText("DUPONT Amalia").wantText("Absent")
	for _, secret := range []string{"Malade", "malade", "c.pdf", "ustificatif"} {
		if strings.Contains(agent.body, secret) {
			t.Errorf("the agent reads %q", secret)
		}
	}
	agent.get(document).want(404)
	agent.get("/gestion/mouvements").wantText("Absence signalée").wantNoText("alade")
	manager.get("/gestion/absences").want(200).wantText("Malade").wantText("c.pdf")
	manager.get(document).want(200)
	if got := manager.res.Header.Get("Content-Disposition"); !strings.HasPrefix(got, `attachment; filename="justificatif-`) {
		t.Error(got)
	}
	home := h.structure
	h.structure = h.neighbour()
	other := h.staffed("VOISINE", portal.Manager)
	h.structure = home
	other.get(document).want(404)
	other.get("/gestion/absences").wantText("Aucune absence")
	for _, secret := range []string{"DUPONT", "Amalia", "malade", "c.pdf"} {
		if strings.Contains(h.log.String(), secret) {
			t.Errorf("the log says %q", secret)
		}
	}
}

// TestNobodyIsAbsent: an account without children is told what to do.
func TestNobodyIsAbsent(t *testing.T) {
	h := newHousehold(t)
	h.raw("DELETE FROM family_child WHERE family_id IN (SELECT family_id FROM guardian WHERE account_id = ?)", h.accountOf("ORTET"))
	h.parent("ORTET").get("/absences").want(200).wantText("Aucun enfant n’est rattaché à votre compte.")
}
