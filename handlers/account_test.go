package handlers

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"marelle/portal"
)

func passwords(first, second string) url.Values {
	return url.Values{"mot_de_passe": {first}, "confirmation": {second}}
}

func TestFirstSignIn(t *testing.T) {
	w := newWorld(t)
	letter := w.guardian(w.structure, "DUPONT")
	b := w.browser()
	b.get("/").wantTo("/connexion")
	b.signIn(letter.Login, letter.Password).wantTo("/").follow().wantTo("/premiere-connexion")
	b.follow().want(200).wantText("Choisissez votre mot de passe").wantText("Au moins 12 caractères")
	for _, r := range portal.PasswordRules() {
		b.wantText(strings.ReplaceAll(r.Sentence, "\u00a0", " "))
	}
	if n := b.page.Find("#regles .tenue, #regles .faute").Length(); n != 0 {
		t.Errorf("%d rules are judged before anything is typed", n)
	}

	// Nothing else opens before.
	for _, path := range []string{"/accueil", "/reservations", "/conditions"} {
		b.get(path).wantTo("/premiere-connexion")
	}
	b.get("/premiere-connexion")

	b.post("/premiere-connexion", passwords("dupont", "dupond")).want(422).wantText("Il y a 3 points à corriger").
		wantText("Il manque 6 caractères").wantText("Il contient votre nom").wantText("Les deux mots de passe sont différents")
	if strings.Contains(b.body, `value="dup`) {
		t.Error("a password is sent back")
	}
	if b.page.Find("#regles .tenue").Length() != 2 || b.page.Find("#regles .faute").Length() != 2 {
		t.Errorf("rules are not ticked: %s", b.page.Find("#regles").Text())
	}
	b.post("/premiere-connexion", passwords("anticonstitution", "anticonstitution")).want(422).wantText("deviné trop vite")
	b.post("/premiere-connexion", passwords("motdepasse2026", "motdepasse2026")).want(422).wantText("trop courant")
	before := b.token()
	b.post("/premiere-connexion", passwords(goodPassword, goodPassword)).follow().wantText("Le mot de passe a bien été enregistré.")
	if b.token() == before || b.token() == "" {
		t.Error("the session has the same number as before the password")
	}
	next := b.page.Find("main a.principal")
	if next.Text() != "Continuer" {
		t.Errorf("no « Continuer »: %s", b.text())
	}

	// The texts.
	b.get(next.AttrOr("href", "")).wantTo("/conditions").follow().wantText("RGPD").wantText("Conditions générales d’utilisation du portail")
	for _, path := range []string{"/accueil", "/reservations", "/premiere-connexion"} {
		b.get(path).wantTo("/conditions")
	}
	b.get("/rgpd").want(200).wantText("Mairie de CarteVille").get("/cgu").want(200)
	b.get("/conditions")
	boxes := b.boxes()
	if len(boxes) != 2 {
		t.Fatalf("boxes %v", boxes)
	}
	b.post("/conditions", url.Values{}).want(422).wantText("Il y a 2 points à corriger")
	b.post("/conditions", url.Values{"rgpd": boxes["rgpd"]}).want(422).wantText("Il y a 1 point à corriger")
	if _, ticked := b.page.Find("#rgpd").Attr("checked"); !ticked {
		t.Error("the box that was ticked is not any more")
	}
	b.post("/conditions", url.Values{"rgpd": boxes["rgpd"], "cgu": {"999"}}).want(422)
	b.post("/conditions", boxes).wantTo("/").follow().wantTo("/accueil").follow().want(200)
	for _, who := range []string{"Jean-Paul DUPONT", "Mairie de CarteVille", "Se déconnecter"} {
		b.wantText(who)
	}

	// Once done, done.
	b.get("/premiere-connexion").wantTo("/")
	b.get("/conditions").wantTo("/")
	b.get("/connexion").wantTo("/accueil")
}

func TestSignInRefused(t *testing.T) {
	w := newWorld(t)
	letter := w.guardian(w.structure, "DUPONT")
	b := w.browser().signIn(letter.Login, "faux").want(422).wantText("Identifiant ou mot de passe incorrect. Vérifiez les majuscules.")
	if b.page.Find("#id").AttrOr("value", "") != letter.Login || b.token() != "" || strings.Contains(b.body, "faux") {
		t.Error("what was typed must stay, the password not, and no session begin")
	}
	unknown := w.browser().signIn("ZZZZ-ZZZZ", "faux").want(422)
	if strings.ReplaceAll(unknown.body, "ZZZZ-ZZZZ", letter.Login) != b.body {
		t.Error("an unknown login is told apart")
	}
	for range 4 {
		b.signIn(letter.Login, "faux")
	}
	b.signIn(letter.Login, letter.Password).want(429).wantText("Trop d’essais. Réessayez dans 2 secondes")
	if b.res.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	w.clock.Add(3 * time.Second)
	b.signIn(letter.Login, letter.Password).want(303)
}

func TestLetterExpired(t *testing.T) {
	w := newWorld(t)
	letter := w.guardian(w.structure, "DUPONT")
	w.clock.Add(15*24*time.Hour + time.Minute)
	w.browser().signIn(letter.Login, letter.Password).want(422).wantText("n’est plus valable depuis le mardi 8 décembre 2026").wantText("à la mairie")
}

func TestReturnAfterSignIn(t *testing.T) {
	w := newWorld(t)
	letter := w.settle(w.guardian(w.structure, "DUPONT"))
	b := w.browser().get("/suivi?filtre=1").wantTo("/connexion?retour=%2Fsuivi%3Ffiltre%3D1").follow()
	form := url.Values{"identifiant": {letter.Login}, "mot_de_passe": {goodPassword}, "retour": {b.page.Find("input[name=retour]").AttrOr("value", "")}}
	b.send("POST", "/connexion", form).wantTo("/suivi?filtre=1")
	b.get("/connexion?retour=%2Fsuivi").wantTo("/suivi")
	for _, evil := range []string{"https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "javascript:alert(1)", "suivi", "/x\r\nSet-Cookie: a=b", "/\t/evil.example"} {
		form.Set("retour", evil)
		w.browser().send("POST", "/connexion", form).wantTo("/")
		page := w.browser().get("/connexion?retour=" + url.QueryEscape(evil)).want(200)
		if page.page.Find("input[name=retour]").Length() != 0 {
			t.Errorf("%q is kept", evil)
		}
	}
}

func TestCookie(t *testing.T) {
	w := newWorld(t)
	letter := w.settle(w.guardian(w.structure, "DUPONT"))
	b := w.browser().signIn(letter.Login, goodPassword)
	c := b.cookies["__Host-sid"]
	if c == nil || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || !strings.Contains(b.res.Header.Get("Set-Cookie"), "SameSite=Lax") || c.MaxAge != 0 || !c.Expires.IsZero() {
		t.Errorf("cookie %q", b.res.Header["Set-Cookie"])
	}
	b = w.browser()
	b.send("POST", "/connexion", url.Values{"identifiant": {letter.Login}, "mot_de_passe": {goodPassword}, "rester": {"1"}})
	if c = b.cookies["__Host-sid"]; c == nil || c.MaxAge != 30*24*3600 {
		t.Errorf("cookie %q", b.res.Header["Set-Cookie"])
	}
	if !strings.Contains(w.scalar("SELECT typeof(id_hash) || length(id_hash) FROM session LIMIT 1"), "blob32") {
		t.Error("the session is not stored as a hash")
	}
}

// Session fixation: a number known before the sign-in opens nothing after it.
func TestNewSessionAtSignIn(t *testing.T) {
	w := newWorld(t)
	dupont, galy := w.settle(w.guardian(w.structure, "DUPONT")), w.settle(w.guardian(w.structure, "GALY"))
	b := w.browser().signIn(dupont.Login, goodPassword)
	known := b.cookies["__Host-sid"]
	b.send("POST", "/connexion", url.Values{"identifiant": {galy.Login}, "mot_de_passe": {goodPassword}}).want(303)
	if b.token() == known.Value {
		t.Fatal("the same session")
	}
	b.follow().follow().wantText("GALY")
	thief := w.browser()
	thief.cookies["__Host-sid"] = known
	thief.get("/accueil").wantTo("/connexion?retour=%2Faccueil")
}

func TestSignOut(t *testing.T) {
	w := newWorld(t)
	letter := w.settle(w.guardian(w.structure, "DUPONT"))
	b := w.browser().signIn(letter.Login, goodPassword).get("/accueil")
	old := b.cookies["__Host-sid"]
	form := b.page.Find("form[action='/deconnexion']").First()
	if form.AttrOr("method", "") != "post" || !strings.Contains(form.Text(), "Se déconnecter") {
		t.Fatal("no button to sign out")
	}
	b.post("/deconnexion", url.Values{}).wantTo("/connexion?motif=sortie")
	if b.res.Header.Get("Clear-Site-Data") != `"cache"` || b.token() != "" {
		t.Errorf("headers %v", b.res.Header)
	}
	b.follow().wantText("Vous êtes déconnecté.")
	b.cookies["__Host-sid"] = old
	b.get("/accueil").wantTo("/connexion?retour=%2Faccueil")
}

func TestSessionEnds(t *testing.T) {
	w := newWorld(t)
	letter := w.settle(w.guardian(w.structure, "DUPONT"))
	b := w.browser().signIn(letter.Login, goodPassword).get("/accueil").want(200)
	w.clock.Add(2 * time.Hour)
	b.get("/accueil").wantTo("/connexion?motif=delai&retour=%2Faccueil").follow().
		wantText("Vous avez été déconnecté après un moment sans activité. Vos demandes sont conservées.")

	// htmx: the whole page goes to the sign-in, and comes back where it was; nothing is pasted into a day.
	b.headers.Set("HX-Request", "true")
	b.headers.Set("HX-Current-URL", baseURL+"/reservations/12/3?mois=2026-11")
	b.send("POST", "/reservations/12/3", url.Values{"jour": {"2026-11-30:1"}}).want(401)
	if got := b.res.Header.Get("HX-Redirect"); got != "/connexion?motif=delai&retour=%2Freservations%2F12%2F3%3Fmois%3D2026-11" {
		t.Errorf("HX-Redirect %q", got)
	}
	if strings.Contains(b.body, "<form") {
		t.Error("the sign-in page is pasted")
	}
	b.headers.Set("HX-Current-URL", "https://evil.example/x")
	b.send("POST", "/reservations/12/3", url.Values{}).want(401)
	if got := b.res.Header.Get("HX-Redirect"); got != "/connexion?motif=delai" {
		t.Errorf("HX-Redirect %q", got)
	}
}

func TestNewVersionOfTheTextsAsksAgain(t *testing.T) {
	w := newWorld(t)
	letter := w.settle(w.guardian(w.structure, "DUPONT"))
	b := w.browser().signIn(letter.Login, goodPassword).get("/accueil").want(200)
	w.publish(portal.Conditions, "## Du neuf\nUne phrase <b>.\n\n- un point")
	b.get("/accueil").wantTo("/conditions").follow().wantText("Un texte à lire").wantText("Une phrase <b>.")
	if b.page.Find("input[type=checkbox]").Length() != 1 {
		t.Error("the text already accepted is asked again")
	}
	b.post("/conditions", b.boxes()).want(303)
	b.get("/accueil").want(200)
}

func TestStructureSwitch(t *testing.T) {
	w := newWorld(t)
	letter := w.guardian(w.structure, "DUPONT")
	second, err := w.store.CreateStructure(context.Background(), portal.Structure{Name: "Syndicat du Salat", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	w.raw("INSERT INTO family (id, structure_id, name, created_at) VALUES (77, ?, 'DUPONT', 0)", second)
	w.raw("INSERT INTO guardian (family_id, account_id) VALUES (77, ?)", letter.Person.ID)
	w.raw("INSERT INTO night (structure_id, date, due_at, started_at, done_at) VALUES (?, '2026-11-23', 1, 1, ?)", second, time.Date(2026, 11, 23, 6, 2, 0, 0, portal.Paris).UnixMilli())
	w.settle(letter)
	b := w.browser().signIn(letter.Login, goodPassword).get("/accueil").want(200)
	if got := b.page.Find(".menu [aria-current=true]").Text(); !strings.Contains(got, "Mairie de CarteVille") {
		t.Errorf("structure %q", got)
	}
	b.post("/structure", url.Values{"structure": {"2"}}).want(303)
	b.get("/accueil").wantText("Mise à jour des données : aujourd’hui à 6 h 02")
	if got := b.page.Find(".menu [aria-current=true]").Text(); !strings.Contains(got, "Syndicat du Salat") {
		t.Errorf("structure %q", got)
	}
	for _, bad := range []string{"3", "x", ""} {
		b.get("/accueil").post("/structure", url.Values{"structure": {bad}}).want(404)
	}
}

func TestDraftStrip(t *testing.T) {
	w := newWorld(t)
	letter := w.settle(w.guardian(w.structure, "DUPONT"))
	activity, err := w.store.SaveActivity(context.Background(), portal.Activity{StructureID: w.structure, Name: "RESTAURATION", Short: "Cantine", Spoken: "la cantine", Kind: portal.Canteen, Starts: portal.Clock(12, 0), Ends: portal.Clock(13, 30),
		Book: portal.DaysBefore(1, portal.Clock(18, 0)), Cancel: portal.DaysBefore(1, portal.Clock(18, 0))})
	if err != nil {
		t.Fatal(err)
	}
	b := w.browser().signIn(letter.Login, goodPassword).get("/suivi").want(200).wantNoText("non validé")
	for day, action := range map[string]string{"2026-11-30": "add", "2026-12-01": "add", "2026-12-03": "remove"} {
		w.raw("INSERT INTO wish (account_id, child_id, activity_id, day, action, at) VALUES (?, ?, ?, ?, ?, 0)", letter.Person.ID, letter.Person.ID, activity, day, action)
	}
	strip := b.get("/suivi").page.Find("#brouillon")
	if !strings.Contains(strip.Text(), "2 ajouts, 1 annulation non validés") || strip.Find("a").AttrOr("href", "") != "/recapitulatif" {
		t.Errorf("strip %q", strip.Text())
	}
}

// publish writes a new version of a text.
func (w *world) publish(kind portal.TermsKind, body string) {
	w.t.Helper()
	ctx, by := context.Background(), w.agent("MAIRIE", portal.Administrator).Person.ID
	if err := w.store.SaveTermsDraft(ctx, by, kind, body, time.Time{}); err != nil {
		w.t.Fatal(err)
	}
	book, err := w.store.TermsBook(ctx, kind)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.store.PublishTerms(ctx, by, kind, book.Draft.At); err != nil {
		w.t.Fatal(err)
	}
}
