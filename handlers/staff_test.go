package handlers

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"marelle/db"
	"marelle/portal"
)

const (
	pupilHead    = "Nom élève;Nom d'usage élève;Prénom élève;Date naissance;Sexe;INE;Adresse1;Cp1;Commune1;Niveau;Libellé classe\n"
	guardianHead = "Civilité Responsable;Nom usage responsable;Nom responsable;Prénom responsable;Adresse responsable;CP responsable;Commune responsable;Courriel;Téléphone portable;" +
		"Nom de famille enfant;Prénom enfant;Classes enfants;Nom de famille enfant;Prénom enfant;Classes enfants\n"
	twoPupils = pupilHead +
		"DUPONT;;Amalia;01/09/2020;F;000000001FH;7 rue Jean-Jaurès;09140;CARTEVILLE;CP;CP Mme IZARD\n" +
		"DUPONT;;Paolo;26/01/2018;M;000000002EB;7 rue Jean-Jaurès;09140;CARTEVILLE;CE2;CE1-CE2 M. GALY\n"
	twoGuardians = guardianHead +
		"M.;;DUPONT;Jean-Paul;7 rue Jean-Jaurès;09140;CARTEVILLE;jp@exemple.fr;06 91 67 60 89;DUPONT;Amalia;CP Mme IZARD;DUPONT;Paolo;CE1-CE2 M. GALY\n" +
		"Mme;;D'HAUTPOUL;Élodie;7 rue Jean-Jaurès;09140;CARTEVILLE;;;DUPONT;Amalia;CP Mme IZARD;DUPONT;Paolo;CE1-CE2 M. GALY\n"
)

// staffed signs an agent in.
func (w *world) staffed(last string, role portal.Role) *browser {
	w.t.Helper()
	return w.browser().signIn(w.settle(w.agent(last, role)).Login, goodPassword).want(303)
}

// roll brings children and guardians into the structure.
func (w *world) roll(pupils, guardians string) {
	w.t.Helper()
	roll, faults := portal.ReadRoll("e", pupils, "r", guardians)
	if portal.RollBlocked(faults) {
		w.t.Fatal(faults)
	}
	if _, err := w.store.ImportRoll(context.Background(), w.structure, 0, "École Jean-Jaurès", roll, "", false); err != nil {
		w.t.Fatal(err)
	}
}

// neighbour makes a second structure, with somebody of everything, and leaves the world on the first.
func (w *world) neighbour() portal.StructureID {
	w.t.Helper()
	home := w.structure
	defer func() { w.structure = home }()
	other, err := w.store.CreateStructure(context.Background(), portal.Structure{Name: "Mairie voisine", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		w.t.Fatal(err)
	}
	w.structure = other
	w.roll(strings.ReplaceAll(twoPupils, "DUPONT", "VOISIN"), strings.ReplaceAll(twoGuardians, "DUPONT", "VOISIN"))
	return other
}

// upload posts the form of the import as a browser does; a file that is not given is not chosen.
func (b *browser) upload(fields map[string]string, files map[string][]byte) *browser {
	b.w.t.Helper()
	return b.do(b.uploading(fields, files))
}

func (b *browser) uploading(fields map[string]string, files map[string][]byte) *http.Request {
	return b.uploadingTo(importPath, fields, files)
}

// uploadingTo makes the form of a page that takes files.
func (b *browser) uploadingTo(path string, fields map[string]string, files map[string][]byte) *http.Request {
	b.w.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for name, value := range fields {
		m.WriteField(name, value)
	}
	if token, ok := b.page.Find("input[name=_csrf]").First().Attr("value"); ok && fields["_csrf"] == "" {
		m.WriteField("_csrf", token)
	}
	for name, content := range files {
		f, err := m.CreateFormFile(name, name+".csv")
		if err != nil {
			b.w.t.Fatal(err)
		}
		f.Write(content)
	}
	m.Close()
	return b.request(path, m.FormDataContentType(), &body)
}

// request makes a form with files, sent as a browser does.
func (b *browser) request(path, contentType string, body io.Reader) *http.Request {
	req := httptest.NewRequest("POST", path, body)
	req.Host = b.w.host
	req.Header.Set("Content-Type", contentType)
	for _, c := range b.cookies {
		req.AddCookie(c)
	}
	for name, values := range b.headers {
		req.Header[name] = values
	}
	return req
}

// rollFiles are two files to upload.
func rollFiles(pupils, guardians string) map[string][]byte {
	return map[string][]byte{"eleves": []byte(pupils), "responsables": []byte(guardians)}
}

func TestStaffImportJourney(t *testing.T) {
	w := newWorld(t)
	b := w.staffed("ROUCH", portal.Administrator)
	b.get("/gestion").want(200).wantText("Aucun enfant n’est encore enregistré")
	b.get(importPath).want(200)
	if got := b.page.Find("select[name=annee] option[selected]").Text(); got != "2026-2027" {
		t.Errorf("the school year proposed is %q", got)
	}

	windows := strings.NewReplacer("é", "\xe9", "è", "\xe8", "É", "\xc9").Replace(twoPupils)
	b.upload(map[string]string{"ecole": " École  Jean-Jaurès ", "annee": "2026-2027", "faire": "essayer"}, map[string][]byte{"eleves": []byte(windows), "responsables": []byte("\xef\xbb\xbf" + twoGuardians)})
	b.want(200).wantText("Essai : rien n’a été changé").wantText("École Jean-Jaurès, 2026-2027. 1 école créée, 2 classes créées, 2 enfants créés, 1 famille créée, 2 comptes de parent créés.")
	b.wantText("Les fichiers contiennent 2 élèves, 2 responsables, 1 famille.")
	b.wantText("DUPONT Amalia, née le 01/09/2020, CP Mme IZARD").wantText("Mme D'HAUTPOUL Élodie, sans courriel")
	if got := w.scalar("SELECT count(*) FROM child") + w.scalar("SELECT count(*) FROM school") + w.scalar("SELECT count(*) FROM family"); got != "000" {
		t.Fatalf("a trial left %s behind", got)
	}

	key := b.page.Find("input[name=cle]").AttrOr("value", "")
	b.post(importPath, url.Values{"cle": {key}, "faire": {"importer"}}).want(303)
	report := b.res.Header.Get("Location")
	b.follow().want(200).wantText("L’import est fait. École Jean-Jaurès, 2026-2027. 1 école créée, 2 classes créées, 2 enfants créés")
	b.post(importPath, url.Values{"cle": {key}, "faire": {"importer"}}).wantTo(report) // the button pressed twice
	b.follow().wantText("2 enfants créés")
	if got := w.scalar("SELECT count(*) FROM child"); got != "2" {
		t.Fatalf("%s children", got)
	}

	b.get(importPath)
	if got := b.page.Find("#ecole").AttrOr("value", ""); got != "École Jean-Jaurès" {
		t.Errorf("the only school is not proposed: %q", got)
	}
	b.upload(map[string]string{"ecole": "École Jean-Jaurès", "annee": "2026-2027", "faire": "importer"}, rollFiles(twoPupils, twoGuardians)).follow().wantText("0 changement.")

	b.get("/gestion/lettres").want(200).wantText("2 comptes")
	b.post("/gestion/lettres", url.Values{"vu": {b.page.Find("input[name=vu]").AttrOr("value", "")}, "qui": {"sans"}, "forme": {"csv"}}).want(200)
	if got := b.res.Header.Get("Content-Disposition"); got != `attachment; filename="lettres-2026-11-23.csv"` {
		t.Errorf("got %s", got)
	}
	rows, err := readCSV(b.body)
	if err != nil || len(rows) != 3 || rows[2][1] != "DUPONT" || rows[2][6] != "Paolo et Amalia" || rows[2][7] != baseURL {
		t.Fatalf("%q, %v", rows, err)
	}
	w.browser().signIn(rows[2][8], rows[2][9]).wantTo("/")
}

func readCSV(body string) ([][]string, error) {
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff")))
	r.Comma = ';'
	return r.ReadAll()
}

func TestStaffImportRefusals(t *testing.T) {
	w := newWorld(t)
	b := w.staffed("PUJOL", portal.Manager)
	fields := func(school string) map[string]string {
		return map[string]string{"ecole": school, "annee": "2027-2028", "faire": "importer"}
	}
	for _, c := range []struct {
		name   string
		school string
		files  map[string][]byte
		want   []string
	}{
		{"aucun fichier", "École", nil, []string{"Il y a 2 points à corriger", "Choisissez le fichier des élèves.", "Choisissez le fichier des responsables."}},
		{"pas d’école", "  ", rollFiles(twoPupils, twoGuardians), []string{"Donnez le nom de l’école."}},
		{"une date fausse", "École", rollFiles(strings.Replace(twoPupils, "01/09/2020", "31/02/2020", 1), twoGuardians),
			[]string{"Rien n’a été importé.", "1 point à corriger dans les fichiers", "eleves.csv", "Date naissance", "« 31/02/2020 », n’existe pas"}},
		{"fichiers intervertis", "École", rollFiles(twoGuardians, twoPupils), []string{"intervertis"}},
		{"un classeur", "École", rollFiles("PK\x03\x04\x00\x00", twoGuardians), []string{"Il y a 1 point à corriger", "Ce fichier n’est pas un CSV : c’est un classeur (.xlsx ou .ods). Ouvrez-le dans votre tableur, enregistrez-le au format CSV"}},
		{"un fichier vide", "École", rollFiles("", twoGuardians), []string{"Ce fichier est vide"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			here := *w
			here.t = t
			b := here.browserOf(b)
			b.get(importPath).upload(fields(c.school), c.files).want(422)
			for _, want := range c.want {
				b.wantText(want)
			}
			if got := b.page.Find("#annee option[selected]").AttrOr("value", ""); got != "2027-2028" {
				t.Errorf("the year chosen is lost: %q", got)
			}
		})
	}
	b.get(importPath).upload(map[string]string{"ecole": "École", "annee": "1789", "faire": "essayer"}, rollFiles(twoPupils, twoGuardians)).want(422).wantText("L’année scolaire « 1789 » n’existe pas")
	if got := w.scalar("SELECT count(*) FROM child") + w.scalar("SELECT count(*) FROM school"); got != "00" {
		t.Errorf("a refused import left %s behind", got)
	}
	line := b.get(importPath).upload(fields("École"), rollFiles(strings.Replace(twoPupils, "26/01/2018", "", 1), twoGuardians)).page.Find("table tbody td[data-titre=Ligne]").Text()
	if line != "3" {
		t.Errorf("the fault is said at line %q", line)
	}
}

func TestImportTrialsAreKeptAWhileForTheirAgent(t *testing.T) {
	w := newWorld(t)
	b, other := w.staffed("ROUCH", portal.Administrator), w.staffed("PUJOL", portal.Manager)
	try := func() string {
		b.get(importPath).upload(map[string]string{"ecole": "École", "annee": "2026-2027", "faire": "essayer"}, rollFiles(twoPupils, twoGuardians)).want(200)
		return b.page.Find("input[name=cle]").AttrOr("value", "")
	}
	key := try()
	other.get(importPath).post(importPath, url.Values{"cle": {key}}).want(409).wantText("Les fichiers de cet essai ne sont plus gardés")
	if got := w.site.trials.kept[key].until.Sub(w.clock.Now()); got != trialLife {
		t.Errorf("a trial is kept %s", got)
	}
	w.site.trials.kept[key].until = w.clock.Now()
	b.post(importPath, url.Values{"cle": {key}}).want(409).wantText("Rien n’a été importé")
	if got := w.scalar("SELECT count(*) FROM child"); got != "0" {
		t.Fatalf("%s children", got)
	}
	key = try()
	for range trialsMost {
		w.clock.Add(time.Second)
		try()
	}
	b.post(importPath, url.Values{"cle": {key}}).want(409) // memory is bounded: the oldest is forgotten
	if n := len(w.site.trials.kept); n > trialsMost {
		t.Errorf("%d trials are kept", n)
	}
}

func TestImportTakesLargeFilesFromManagersOnly(t *testing.T) {
	w := newWorld(t)
	large := rollFiles(twoPupils, twoGuardians+strings.Repeat("\n", 2<<20))
	fields := map[string]string{"ecole": "École", "annee": "2026-2027", "faire": "essayer"}
	manager := w.staffed("ROUCH", portal.Manager)
	manager.get(importPath).upload(fields, large).want(200).wantText("2 enfants créés")
	refused := func(b *browser, files map[string][]byte) {
		t.Helper()
		if _, err := w.site.app.Test(b.uploading(fields, files), -1); err == nil || !strings.Contains(err.Error(), "body size exceeds") {
			t.Errorf("not refused: %v", err)
		}
	}
	refused(manager.get(importPath), rollFiles(twoPupils, strings.Repeat("\n", rollRoom)))
	refused(w.staffed("PUJOL", portal.Agent).get("/gestion"), large)
	refused(w.browser().get("/connexion"), large)
}

func TestLetters(t *testing.T) {
	w := newWorld(t)
	w.roll(twoPupils, twoGuardians)
	w.agent("JAMAIS", portal.Administrator) // never signed in: a manager must not print this letter
	b := w.staffed("PUJOL", portal.Manager)

	b.get("/gestion/comptes").want(200).wantText("2 comptes attendent une lettre de premier accès.").wantText("aucune lettre")
	b.get("/gestion/lettres")
	ask := url.Values{"vu": {b.page.Find("input[name=vu]").AttrOr("value", "")}, "qui": {"sans"}, "forme": {"page"}, "_csrf": {b.page.Find("input[name=_csrf]").First().AttrOr("value", "")}}
	b.post("/gestion/lettres", ask).want(200)
	if got := b.res.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("the letters may be kept: %s", got)
	}
	b.wantText("2 lettres à imprimer").wantText("de Paolo et Amalia").wantText(baseURL).wantText("mardi 8 décembre 2026")
	codes := b.page.Find(".lettre .code").Map(func(_ int, s *goquery.Selection) string { return s.Text() })
	if b.page.Find(".lettre").Length() != 2 || len(codes) != 4 {
		t.Fatalf("%d letters, %q", b.page.Find(".lettre").Length(), codes)
	}

	b.post("/gestion/lettres", ask).want(409).wantText("celles qui viennent d’être éditées restent valables") // the page reloaded
	w.browser().signIn(codes[2], codes[3]).wantTo("/")
	b.get("/gestion/comptes").wantText("lettre éditée le 23/11/2026, valable jusqu’au 08/12/2026").wantText("Premier accès le 23/11/2026")

	b.get("/gestion/lettres").want(200).wantText("0 compte").wantText("Tous ceux qui ne se sont jamais connectés : 1 compte")
	ask.Set("vu", b.page.Find("input[name=vu]").AttrOr("value", ""))
	b.post("/gestion/lettres", ask).want(409).wantText("Aucun compte n’attend de lettre.")
	b.post("/gestion/lettres", url.Values{"vu": ask["vu"], "qui": {"voisins"}}).want(422).wantText("Dites pour qui")
	w.clock.Add(16 * 24 * time.Hour)
	b = w.browser().signIn(w.scalar("SELECT login FROM account WHERE last_name = 'PUJOL'"), goodPassword)
	b.get("/gestion/comptes").wantText("périmée depuis le 08/12/2026")
	b.get("/gestion/lettres").wantText("Ceux qui n’ont pas de lettre utilisable : 1 compte")
	b.post("/gestion/lettres", url.Values{"vu": {b.page.Find("input[name=vu]").AttrOr("value", "")}, "qui": {"tous"}}).want(200)
	if b.page.Find(".lettre").Length() != 1 {
		t.Error("« tous » is not whoever never signed in")
	}
}

func TestAccountsAndTheirLetters(t *testing.T) {
	w := newWorld(t)
	w.roll(twoPupils, twoGuardians)
	other := w.neighbour()
	b := w.staffed("PUJOL", portal.Manager)

	b.get("/gestion/comptes").wantText("2 comptes").wantText("M. DUPONT Jean-Paul").wantText("DUPONT Paolo, DUPONT Amalia").wantNoText("VOISIN")
	b.get("/gestion/comptes?q=" + url.QueryEscape("elodie HAUTPOUL")).wantText("1 compte").wantText("Mme D'HAUTPOUL Élodie").wantNoText("Jean-Paul")
	b.get("/gestion/comptes?q=amalia").wantText("2 comptes") // by the child
	b.get("/gestion/comptes?q=" + url.QueryEscape("<b>personne</b>")).wantText("Personne ne correspond à « <b>personne</b> »")
	if got := b.page.Find("#q").AttrOr("value", ""); got != "<b>personne</b>" {
		t.Errorf("what was typed is lost: %q", got)
	}

	b.get("/gestion/comptes?q=DUPONT+Jean-Paul")
	form := b.page.Find("form[action$='/lettre']").First()
	action, seen := form.AttrOr("action", ""), form.Find("input[name=vu]").AttrOr("value", "")
	csrf := form.Find("input[name=_csrf]").AttrOr("value", "")
	b.post(action, url.Values{"vu": {seen}, "_csrf": {csrf}}).want(200).wantText("1 lettre à imprimer")
	codes := b.page.Find(".code").Map(func(_ int, s *goquery.Selection) string { return s.Text() })
	b.post(action, url.Values{"vu": {seen}, "_csrf": {csrf}}).want(409)
	w.browser().signIn(codes[0], codes[1]).wantTo("/")

	foreign := w.scalar("SELECT g.account_id FROM guardian g JOIN family f ON f.id = g.family_id WHERE f.structure_id = ?", other)
	b.post("/gestion/comptes/"+foreign+"/lettre", url.Values{"vu": {"0"}, "_csrf": {csrf}}).want(404)
	b.post("/gestion/comptes/abc/lettre", url.Values{"vu": {"0"}, "_csrf": {csrf}}).want(404)

	// The mother is an agent too: only an administrator may give her a new password.
	mother := w.scalar("SELECT id FROM account WHERE first_name = 'Élodie' ORDER BY id LIMIT 1")
	w.raw("INSERT INTO staff (account_id, structure_id, role) VALUES (?, ?, 'administrateur')", mother, w.structure)
	b.get("/gestion/comptes").wantText("agent")
	b.post("/gestion/comptes/"+mother+"/lettre", url.Values{"vu": {"0"}}).want(403).wantText("seul un administrateur")
	admin := w.staffed("ROUCH", portal.Administrator)
	admin.get("/gestion/comptes").post("/gestion/comptes/"+mother+"/lettre", url.Values{"vu": {"0"}}).want(200).wantText("Mme D'HAUTPOUL Élodie")
}

func TestAccountsInPages(t *testing.T) {
	w := newWorld(t)
	var pupils, guardians strings.Builder
	for i := range 250 {
		fmt.Fprintf(&pupils, "NOM%03d;;Léa;03/02/2020;F;;%d rue A;09999;TILLAC;CP;CP\n", i, i)
		fmt.Fprintf(&guardians, "M.;;NOM%03d;Luc;%d rue A;09999;TILLAC;;;NOM%03d;Léa;;;;\n", i, i, i)
	}
	w.roll(pupilHead+pupils.String(), guardianHead+guardians.String())
	b := w.staffed("PUJOL", portal.Manager)
	b.get("/gestion/comptes?q=nom").wantText("1 à 100 sur 250").wantText("NOM099").wantNoText("NOM100")
	if b.page.Find("a[rel=prev]").Length() != 0 {
		t.Error("the first page has one before")
	}
	b.get(b.page.Find("a[rel=next]").AttrOr("href", "")).wantText("101 à 200 sur 250").wantText("NOM100").wantNoText("NOM099")
	b.get(b.page.Find("a[rel=next]").AttrOr("href", "")).wantText("201 à 250 sur 250")
	if b.page.Find("a[rel=next]").Length() != 0 {
		t.Error("the last page has one after")
	}
	b.get("/gestion/comptes?a_partir=99999").want(200)
	b.get("/gestion/comptes?a_partir=-3").want(200).wantText("1 à 100 sur 250")
}

// asks books days of the canteen for the first child of an account, and validates.
func (w *world) asks(days ...portal.Date) (receipt *portal.Receipt) {
	w.t.Helper()
	ctx := context.Background()
	schooldays := portal.Days(portal.Monday, portal.Tuesday, portal.Thursday, portal.Friday)
	activity := portal.Activity{StructureID: w.structure, Name: "RESTAURATION", Short: "Cantine", Spoken: "la cantine", Kind: portal.Canteen, Starts: portal.Clock(12, 0), Ends: portal.Clock(13, 30),
		Opening: portal.Opening{First: portal.NewDate(2026, 9, 1), Last: portal.NewDate(2027, 7, 2), School: schooldays}, Book: portal.DaysBefore(1, portal.Clock(18, 0)), Cancel: portal.DaysBefore(1, portal.Clock(18, 0))}
	id, err := w.store.SaveActivity(ctx, activity)
	if err != nil {
		w.t.Fatal(err)
	}
	var account portal.AccountID
	fmt.Sscan(w.scalar("SELECT g.account_id FROM guardian g JOIN family f ON f.id = g.family_id WHERE f.structure_id = ? ORDER BY 1 LIMIT 1", w.structure), &account)
	children, err := w.store.Children(ctx, account)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, day := range days {
		if _, err := w.store.Ask(ctx, account, db.Want{Child: children[0].ID, Activity: id, Day: day, Present: true}); err != nil {
			w.t.Fatal(err)
		}
	}
	if receipt, err = w.store.Confirm(ctx, account, fmt.Sprintf("formulaire-%d-%d", w.structure, w.store.Now().UnixNano()), db.AnyVersion); err != nil {
		w.t.Fatal(err)
	}
	return receipt
}

func TestMovementsAndNights(t *testing.T) {
	w := newWorld(t)
	w.roll(twoPupils, twoGuardians)
	b := w.staffed("PUJOL", portal.Manager)
	b.get("/gestion/mouvements").want(200).wantText("Aucune demande n’attend").wantText("cette nuit à 1 h 15")
	b.get("/gestion/nuits").want(200).wantText("Aucune nuit n’a encore été transmise")

	receipt := w.asks(portal.NewDate(2026, 11, 30), portal.NewDate(2026, 12, 1))
	b.get("/gestion/mouvements").wantText("2 demandes, cette nuit à 1 h 15").wantText("DUPONT Paolo").wantText("RESTAURATION").wantText("lun. 30 nov.").
		wantText("Réservation").wantText("M. DUPONT Jean-Paul, aujourd’hui à 9 h 05").wantText("n° " + receipt.Number)
	b.get("/gestion").wantText("Demandes 2 à transmettre").wantText("Voir les 2 demandes")

	other := w.neighbour()
	home := w.structure
	w.structure = other
	w.asks(portal.NewDate(2026, 12, 3))
	w.structure = home
	b.get("/gestion/mouvements").wantText("2 demandes").wantNoText("VOISIN")

	w.clock.Set(time.Date(2026, 11, 24, 1, 16, 0, 0, portal.Paris))
	night := portal.NewDate(2026, 11, 24)
	for _, structure := range []portal.StructureID{home, other} {
		if _, err := w.store.Transmit(context.Background(), structure, night); err != nil {
			t.Fatal(err)
		}
	}
	b = w.browser().signIn(w.scalar("SELECT login FROM account WHERE last_name = 'PUJOL'"), goodPassword)
	b.get("/gestion/nuits").wantText("Mardi 24 novembre 2026").wantText("à 1 h 16").wantText("à préparer à 7 h")
	if n := b.page.Find("tbody tr").Length(); n != 1 {
		t.Errorf("%d nights", n)
	}
	b.get(b.page.Find("tbody a").AttrOr("href", "")).want(200).wantText("Nuit du mardi 24 novembre 2026").wantText("DUPONT Paolo").wantNoText("VOISIN")
	b.get("/gestion").wantText("Dernière nuit 2 transmises")
	w.raw("DELETE FROM movement WHERE structure_id = ?", home)
	w.raw("DELETE FROM night WHERE structure_id = ?", home)
	w.clock.Add(29 * time.Minute)
	b = w.browser().signIn(w.scalar("SELECT login FROM account WHERE last_name = 'PUJOL'"), goodPassword)
	b.get("/gestion/nuits/2026-11-24").want(200).wantText("Cette nuit n’a pas eu lieu.").wantNoText("VOISIN") // the neighbour's night is not ours
	b.get("/gestion/nuits/2026-11-23").want(404)
	b.get("/gestion/nuits/hier").want(404)
}

// mailed queues a message of a structure.
func (w *world) mailed(structure portal.StructureID, address, subject, text, html string) string {
	w.t.Helper()
	w.raw(`INSERT INTO outbox (structure_id, key, kind, address, subject, body_text, body_html, message_id, created_at, next_at)
		VALUES (?, ?, 'compte-rendu', ?, ?, ?, ?, 'abc@famille', ?, ?)`, structure, address+subject, address, subject, text, html, w.clock.Now().UnixMilli(), w.clock.Now().UnixMilli())
	return w.scalar("SELECT max(id) FROM outbox")
}

func TestMails(t *testing.T) {
	w := newWorld(t)
	b := w.staffed("PUJOL", portal.Manager)
	b.get("/gestion/courriels").want(200).wantText("Aucun message pour le moment")
	id := w.mailed(w.structure, "jp@exemple.fr", "Compte rendu", "Bonjour,\n  lun. 30/11 <script>alert(1)</script>", "<p>Bonjour</p><script>alert(1)</script>")
	foreign := w.mailed(w.neighbour(), "voisin@exemple.fr", "Secret", "x", "<p>x</p>")

	b.get("/gestion/courriels").wantText("Aucun serveur de courrier n’est réglé : ces messages ne sont pas partis.").wantText("1 pas encore envoyé").wantText("jp@exemple.fr").wantNoText("Secret")
	b.get("/gestion").wantText("Aucun serveur de courrier n’est réglé : 1 message attend.")
	b.get("/gestion/courriels/" + id).want(200).wantText("pas encore envoyé").wantText("jp@exemple.fr").wantText("abc@famille")
	if got := b.page.Find(".texte").Text(); got != "Bonjour,\n  lun. 30/11 <script>alert(1)</script>" {
		t.Errorf("the text is changed: %q", got)
	}
	if b.page.Find("form[action$=renvoyer]").Length() != 0 {
		t.Error("a message cannot be sent again without a server")
	}

	b.get("/gestion/courriels/" + id + "/html").want(200)
	if got := b.res.Header.Get("Content-Security-Policy"); got != "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'" {
		t.Errorf("policy: %s", got)
	}
	if !strings.Contains(b.body, "<p>Bonjour</p>") || b.res.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("%s: %s", b.res.Header.Get("Content-Type"), b.body)
	}
	for _, path := range []string{"/" + foreign, "/" + foreign + "/html", "/abc", "/999"} {
		b.get("/gestion/courriels" + path).want(404)
	}

	w.site.mailing = true
	b.get("/gestion/courriels").wantNoText("Aucun serveur de courrier")
	w.raw("UPDATE outbox SET state = 'dead', attempts = 3, fault = 'boîte pleine'")
	b.get("/gestion/courriels").wantText("1 abandonné").wantText("boîte pleine")
	b.get("/gestion").wantText("1 message n’a pas pu partir.")
	b.get("/gestion/courriels/"+id).post("/gestion/courriels/"+id+"/renvoyer", url.Values{}).follow().want(200).wantText("Ce message repart dans la minute.")
	b.post("/gestion/courriels/"+foreign+"/renvoyer", url.Values{}).want(404)
	if got := w.scalar("SELECT group_concat(state) FROM (SELECT state FROM outbox ORDER BY id)"); got != "pending,dead" {
		t.Errorf("states: %s", got)
	}
	w.raw("UPDATE outbox SET state = 'sent', sent_at = ?", w.clock.Now().UnixMilli())
	b.get("/gestion/courriels/" + id).wantText("envoyé le lundi 23 novembre 2026 à 9 h 05")
	b.post("/gestion/courriels/"+id+"/renvoyer", url.Values{}).want(303) // once more
	b.get("/gestion/courriels").wantText("1 pas encore envoyé, 1 envoyé")
	w.raw("UPDATE outbox SET state = 'sending'")
	b.post("/gestion/courriels/"+id+"/renvoyer", url.Values{}).want(409)
}

func TestMailsInPages(t *testing.T) {
	w := newWorld(t)
	b := w.staffed("PUJOL", portal.Manager)
	for i := range linesPerPage + 2 {
		w.mailed(w.structure, fmt.Sprintf("a%d@exemple.fr", i), "Sujet", "x", "")
	}
	b.get("/gestion/courriels")
	if n := b.page.Find("tbody tr").Length(); n != linesPerPage {
		t.Errorf("%d messages", n)
	}
	b.get(b.page.Find("a[rel=next]").AttrOr("href", "")).want(200).wantText("a0@exemple.fr").wantText("a1@exemple.fr").wantNoText("a2@exemple.fr")
	b.get("/gestion/courriels?avant=abc").want(404)
}

func TestDeskOfAnAgent(t *testing.T) {
	w := newWorld(t)
	w.roll(twoPupils, twoGuardians)
	b := w.staffed("SERRES", portal.Agent)
	b.get("/gestion").want(200).wantText("Lundi 23 novembre").wantText("Demandes").wantNoText("Éditer les lettres").wantNoText("Courriels")
	b.page.Find("main a, nav a").Each(func(_ int, a *goquery.Selection) {
		if href := a.AttrOr("href", ""); strings.HasPrefix(href, "/") {
			if w.browserOf(b).get(href).res.StatusCode != http.StatusOK {
				t.Errorf("%s leads nowhere for an agent", href)
			}
		}
	})
	b.get("/gestion").wantText("Rien n’attend : tout est à jour.").wantText("Aucune activité n’est ouverte aujourd’hui.")
	manager := w.staffed("PUJOL", portal.Manager)
	manager.get("/gestion").wantText("2 parents attendent leur lettre de premier accès.").wantText("Premiers accès 2 à venir")
}

// browserOf opens another tab of a browser.
func (w *world) browserOf(b *browser) *browser {
	return &browser{w: w, cookies: b.cookies, headers: b.headers}
}

func TestHostileNamesForStaff(t *testing.T) {
	w := newWorld(t)
	const hostile = `O'NEIL <script>alert(1)</script> "><svg onload=x>`
	w.roll(pupilHead+`"`+strings.ReplaceAll(hostile, `"`, `""`)+`";;"=Léa";03/02/2020;F;;1 rue A;09999;TILLAC;CP;"<b>CP</b>"`+"\n",
		guardianHead+`M.;;"`+strings.ReplaceAll(hostile, `"`, `""`)+`";"@Luc";1 rue A;09999;"<i>TILLAC</i>";;;"`+strings.ReplaceAll(hostile, `"`, `""`)+`";"=Léa";;;;`+"\n")
	w.asks(portal.NewDate(2026, 11, 30))
	b := w.staffed("PUJOL", portal.Manager)
	for _, path := range []string{"/gestion", "/gestion/comptes", "/gestion/mouvements"} {
		b.get(path).want(200).wantText(hostile)
		if strings.Contains(b.body, "<script>alert") || b.page.Find("svg[onload]").Length() > 0 {
			t.Errorf("%s lets it through", path)
		}
	}
	b.get("/gestion/lettres")
	form := url.Values{"vu": {b.page.Find("input[name=vu]").AttrOr("value", "")}, "qui": {"tous"}, "forme": {"csv"}}
	b.post("/gestion/lettres", form).want(200)
	rows, err := readCSV(b.body)
	if err != nil || rows[1][1] != hostile || rows[1][2] != "'@Luc" || rows[1][5] != "<i>TILLAC</i>" || rows[1][6] != "'=Léa" {
		t.Errorf("%q, %v", rows, err)
	}
	b.get("/gestion/lettres")
	b.post("/gestion/lettres", url.Values{"vu": {b.page.Find("input[name=vu]").AttrOr("value", "")}, "qui": {"tous"}}).want(200).wantText("M. " + hostile + " @Luc")
}

func TestMailCountsWords(t *testing.T) {
	if got := mailCounts(map[db.MailState]int{db.MailPending: 1, db.MailSending: 1, db.MailDead: 1, db.MailSent: 3}); got != "2 pas encore envoyés, 1 abandonné, 3 envoyés" {
		t.Errorf("got %s", got)
	}
}

// TestWhatNeedsSomeoneToday: figures of the day, and each task with the button that leads to it, the most urgent first.
func TestWhatNeedsSomeoneToday(t *testing.T) {
	w := newWorld(t)
	w.roll(twoPupils, twoGuardians)
	w.asks(portal.NewDate(2026, 11, 24))
	b := w.staffed("ROUCH", portal.Administrator)
	b.get("/gestion").want(200).wantText("Attendus aujourd’hui").wantText("Demain, mardi 24 novembre").wantText("Cantine 1")
	child, activity := w.scalar("SELECT min(child_id) FROM booking"), w.scalar("SELECT id FROM activity")
	account := w.scalar("SELECT min(account_id) FROM booking")
	w.raw("INSERT INTO request (child_id, activity_id, day, account_id, since) VALUES (?, ?, '2026-12-03', ?, 1)", child, activity, account)
	w.raw("INSERT INTO counter (id, structure_id, name, capacity) VALUES (1, ?, 'Cantine', 1)", w.structure)
	w.raw("INSERT INTO counter_activity (counter_id, activity_id) VALUES (1, ?)", activity)
	w.raw("INSERT INTO counter_day (counter_id, day, taken, waiting) VALUES (1, '2026-11-24', 1, 1)")
	w.raw("INSERT INTO booking (child_id, activity_id, day, status, queue, account_id, since) VALUES ((SELECT min(id) FROM child), ?, '2026-11-24', 'waiting', 1, ?, 1)", activity, account)
	w.raw("UPDATE account_email SET dead_at = 1 WHERE account_id = ?", account)
	w.raw("INSERT INTO terms_draft (kind, body, account_id, updated_at) VALUES ('cgu', 'x', ?, 1)", account)
	id := w.mailed(w.structure, "jp@exemple.fr", "Compte rendu", "x", "")
	w.raw("UPDATE outbox SET state = 'dead' WHERE id = ?", id)
	w.site.mailing = true
	if _, err := w.store.SaveActivity(context.Background(), w.theActivity()); err != nil { // the setup in memory knows nothing of what was written beside it
		t.Fatal(err)
	}
	var said []string
	b.get("/gestion").page.Find("section[aria-labelledby=t-faire] li").Each(func(_ int, li *goquery.Selection) {
		said = append(said, strings.Join(strings.Fields(li.Text()), " ")+" → "+li.Find("a").AttrOr("href", "rien"))
	})
	want := []string{
		"La cantine, demain : complet, 1 enfant attend. Voir les places → /gestion/reglages/places",
		"1 demande attend votre décision, la première pour le jeudi 3 décembre. Décider → /gestion/demandes-a-decider",
		"1 message n’a pas pu partir. Voir → /gestion/courriels?etat=dead",
		"1 adresse de courriel ne reçoit plus rien. Corriger → /gestion/courriels/adresses",
		"2 parents attendent leur lettre de premier accès. Éditer les lettres → /gestion/lettres",
		"Un brouillon attend d’être publié : « Conditions générales d’utilisation du portail ». Relire → /gestion/textes/cgu",
	}
	if strings.Join(said, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(said, "\n"), strings.Join(want, "\n"))
	}
	b.get("/gestion").wantText("Cantine 1 / 1 1 en attente · complet")
}

// theActivity gives the only activity of the structure as the base holds it, with a counter of one place.
func (w *world) theActivity() portal.Activity {
	w.t.Helper()
	setup, err := w.store.Setup(context.Background(), w.structure)
	if err != nil {
		w.t.Fatal(err)
	}
	a := setup.Activities[0]
	a.Counters = []portal.Counter{{ID: 1, Name: "Cantine", Limited: true, Capacity: 1}}
	return a
}
