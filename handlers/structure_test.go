package handlers

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"marelle/db/dbtest"
	"marelle/portal"
)

// filledForm gives the form of the page as a person finds it, to be changed and sent back.
func (b *browser) filledForm(selector string) url.Values {
	b.w.t.Helper()
	form := url.Values{}
	b.page.Find(selector).First().Find("input, select").Each(func(_ int, s *goquery.Selection) {
		name := s.AttrOr("name", "")
		switch {
		case name == "" || slices.Contains([]string{"checkbox", "radio"}, s.AttrOr("type", "")) && s.AttrOr("checked", "no") == "no" || s.AttrOr("type", "") == "file":
		case goquery.NodeName(s) == "select":
			chosen := s.Find("option[selected]")
			if chosen.Length() == 0 {
				chosen = s.Find("option").First()
			}
			form.Set(name, chosen.AttrOr("value", ""))
		default:
			form.Set(name, s.AttrOr("value", ""))
		}
	})
	if len(form) == 0 {
		b.w.t.Fatalf("no form %s:\n%s", selector, b.text())
	}
	return form
}

// attach posts a form with one file.
func (b *browser) attach(path, field, name string, content []byte, fields map[string]string) *browser {
	b.w.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	m.WriteField("_csrf", b.csrf)
	for name, value := range fields {
		m.WriteField(name, value)
	}
	if content != nil {
		f, err := m.CreateFormFile(field, name)
		if err != nil {
			b.w.t.Fatal(err)
		}
		f.Write(content)
	}
	m.Close()
	return b.do(b.request(path, m.FormDataContentType(), &body))
}

func TestStructureSettings(t *testing.T) {
	w := newWorld(t)
	b := w.staffed("ROUCH", portal.Manager)
	b.get("/gestion/reglages").want(200).wantText("Structure").wantText("Calendrier").wantText("Écoles et classes")
	b.get(structurePath).want(200).wantText("À quelle heure les demandes sont-elles transmises ?").wantNoText("Ajouter une autre structure")
	form := b.filledForm("main form")
	other := b.filledForm("main form")
	form.Set("telephone", "05 61 99 99 99")
	form.Set("nuit", "02:30")
	b.post(structurePath, form).want(422).wantText("Il y a 1 point à corriger").wantText("l’heure change deux fois par an")
	if got := b.page.Find("#telephone").AttrOr("value", "") + b.page.Find("#nuit").AttrOr("value", ""); got != "05 61 99 99 9902:30" {
		t.Errorf("what was typed became %q", got)
	}
	form.Set("nuit", "00:45")
	b.post(structurePath, form).follow().wantText("La structure est enregistrée.")
	other.Set("courriel", "autre@carteville.example")
	b.post(structurePath, other).want(409).wantText("a enregistré un changement aujourd’hui à")
	if got := b.page.Find("#courriel").AttrOr("value", ""); got != "autre@carteville.example" {
		t.Errorf("what was typed became %q", got)
	}
	again := b.filledForm("main form")
	b.post(structurePath, again).follow().wantText("La structure est enregistrée.")
	b.get(newStructurePath).want(404)
}

func TestAddStructure(t *testing.T) {
	w := newWorld(t)
	b := w.staffed("ROUCH", portal.Administrator)
	b.get(structurePath).want(200).wantText("Ajouter une autre structure")
	b.get(newStructurePath).want(200).wantText("Ajouter une structure")
	form := b.filledForm("main form")
	form.Set("nom", " ")
	b.post(newStructurePath, form).want(422).wantText("Donnez le nom de la structure")
	form.Set("nom", "SIVOM du Salat")
	b.post(newStructurePath, form).wantTo(structurePath + "?enregistre=1")
	b.post(newStructurePath, form).wantTo(structurePath + "?enregistre=1")
	b.get(structurePath).want(200)
	if got := b.page.Find("#nom").AttrOr("value", ""); got != "SIVOM du Salat" {
		t.Errorf("the page is about %q", got)
	}
	if got := w.scalar("SELECT count(*) FROM structure"); got != "2" {
		t.Errorf("%s structures", got)
	}
	b.wantText("Mairie de CarteVille") // the switcher
}

// TestLook: the colour is served from an address of its own, refused when it cannot be read; the logo is an image or nothing.
func TestLook(t *testing.T) {
	w := newWorld(t)
	b := w.staffed("ROUCH", portal.Manager)
	b.get(lookSettingsPath).want(200).wantText("Quelle est votre couleur ?")
	if b.page.Find(`link[href^="/apparence/"]`).Length() != 0 {
		t.Error("a structure without a colour has a style sheet")
	}
	b.post(lookSettingsPath, url.Values{"couleur": {"#ffee00"}, "faire": {"enregistrer"}}).want(422).wantText("Cette couleur est trop claire pour être lue. Essayez plus foncé.")
	b.post(lookSettingsPath, url.Values{"couleur": {"#ffee00"}, "faire": {"apercu"}}).want(422).wantText("Essayez plus foncé.")
	b.post(lookSettingsPath, url.Values{"couleur": {"#135231"}, "faire": {"apercu"}}).want(200).wantText("rien n’est encore enregistré")
	preview := b.page.Find(`link[href^="/apparence/"]`).AttrOr("href", "")
	b.get(lookSettingsPath)
	b.post(lookSettingsPath, url.Values{"couleur": {"#135231"}, "faire": {"enregistrer"}}).follow().wantText("La couleur est enregistrée.")
	sheet := b.page.Find(`link[href^="/apparence/"]`).AttrOr("href", "")
	if sheet == "" || sheet != preview {
		t.Fatalf("the style sheet is %q, the preview was %q", sheet, preview)
	}
	visitor := w.browser().get(sheet).want(200)
	if !strings.Contains(visitor.body, "--bleu:#135231") || !strings.HasPrefix(visitor.res.Header.Get("Content-Type"), "text/css") || !strings.Contains(visitor.res.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("%s %v", visitor.body, visitor.res.Header)
	}
	if w.browser().get("/connexion").want(200).page.Find(fmt.Sprintf(`link[href="%s"]`, sheet)).Length() != 1 {
		t.Error("the sign-in page has another colour")
	}
	for _, wrong := range []string{"/apparence/135231-0000000000.css", "/apparence/ffee00-0000000000.css", "/apparence/x.css", "/apparence/x.png"} {
		w.browser().get(wrong).want(404)
	}
	b.get(lookSettingsPath)
	b.attach(lookSettingsPath+"/logo", "logo", "logo.png", []byte("<svg/>"), nil).want(422).wantText("n’est pas une image PNG ou JPEG")
	b.attach(lookSettingsPath+"/logo", "logo", "", nil, nil).want(422).wantText("Choisissez un fichier.")
	var logo bytes.Buffer
	if err := png.Encode(&logo, image.NewRGBA(image.Rect(0, 0, 80, 40))); err != nil {
		t.Fatal(err)
	}
	b.attach(lookSettingsPath+"/logo", "logo", "logo.png", logo.Bytes(), nil).follow().wantText("Le logo est enregistré.")
	src := b.page.Find("header img.blason").AttrOr("src", "")
	picture := w.browser().get(src).want(200)
	if picture.body != logo.String() || picture.res.Header.Get("Content-Type") != "image/png" || !strings.Contains(picture.res.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%v", picture.res.Header)
	}
	b.post(lookSettingsPath+"/logo/retirer", url.Values{}).follow().wantText("Le logo est retiré.")
	b.post(lookSettingsPath, url.Values{"couleur": {"#135231"}, "faire": {"defaut"}}).follow()
	if b.page.Find(`link[href^="/apparence/"]`).Length()+b.page.Find("header img").Length() != 0 {
		t.Error("the look of the portal is not back")
	}
}

func TestSchoolsSettings(t *testing.T) {
	w := newWorld(t)
	b := w.staffed("ROUCH", portal.Manager)
	b.get(schoolsPath).want(200).wantText("Aucune école.")
	b.post(schoolsPath, url.Values{"nom": {" "}}).want(422).wantText("Donnez le nom de l’école.")
	w.roll(twoPupils, twoGuardians)
	b.get(schoolsPath).want(200).wantText("2 classes, 2 enfants")
	b.post(schoolsPath, url.Values{"nom": {"École Jean Jaurès (bis)"}}).follow().wantText("L’école est enregistrée.").wantText("Aucune classe cette année.")
	bis := b.res.Request.URL.Path
	year := b.page.Find("input[name=annee]").AttrOr("value", "")
	b.post(bis+"/classes", url.Values{"annee": {year}, "classe": {""}}).want(422).wantText("Donnez le nom de la classe")
	b.post(bis+"/classes", url.Values{"annee": {year}, "classe": {"CP Mme Izard"}, "niveau-CP": {"1"}}).follow().wantText("La classe est enregistrée.").wantText("0 enfant · CP")
	class := b.page.Find(`main dl a`).AttrOr("href", "")
	b.get(class).want(200).wantText("Retirer cette classe")
	b.post(class, url.Values{"classe": {""}}).want(422)
	b.post(class, with(b.stampedForm(), "classe", "CP Mme IZARD", "niveau-CP", "1", "niveau-CE1", "1")).follow().wantText("0 enfant · CP, CE1")
	b.post(bis, url.Values{"nom": {""}}).want(422).wantText("Donnez le nom de l’école.")
	b.post(bis, with(b.get(bis).stampedForm(), "nom", "École Jaurès")).follow().wantText("L’école est enregistrée.")
	b.post(bis+"/retirer", url.Values{}).want(409).wantText("réunissez les deux")
	b.get(bis + "/reunir").want(200).wantText("Quelle école garder ?")
	into := b.page.Find("select[name=dans] option").AttrOr("value", "")
	b.post(bis+"/reunir", url.Values{"dans": {"x"}}).want(422).wantText("Choisissez l’école à garder.")
	b.post(bis+"/reunir", url.Values{"dans": {into}, "faire": {"voir"}}).want(200).wantText("Rien n’est encore changé").wantText("« École Jaurès » disparaît").wantText("1 classe du même nom réunie")
	b.post(bis+"/reunir", url.Values{"dans": {into}, "faire": {"reunir"}}).follow().wantText("Les deux écoles sont réunies.").wantText("2 classes, 2 enfants").wantNoText("École Jaurès")
	full := b.page.Find(`main dl a`).AttrOr("href", "")
	b.post(full+"/retirer", url.Values{}).want(409).wantText("a 1 enfant")
	b.post(schoolsPath, url.Values{"nom": {"École vide"}}).follow()
	void := b.res.Request.URL.Path
	b.post(void+"/classes", url.Values{"annee": {year}, "classe": {"CM2"}}).follow()
	b.post(b.page.Find(`main dl a`).AttrOr("href", "")+"/retirer", url.Values{}).follow().wantText("La classe est retirée.")
	b.get(void)
	b.post(b.res.Request.URL.Path+"/retirer", url.Values{}).follow().wantText("L’école est retirée.")
	other := w.neighbour()
	w.structure = other
	neighbour := w.staffed("VOISINE", portal.Administrator)
	missing := neighbour.get(schoolsPath + "/424242").want(404).body
	for _, path := range []string{full, schoolsPath + "/" + into} {
		if neighbour.get(path).want(404).body != missing {
			t.Errorf("%s is told apart from a page that does not exist", path)
		}
	}
}

func TestYearsSettings(t *testing.T) {
	w := newWorld(t)
	b := w.staffed("ROUCH", portal.Manager)
	b.get(yearsPath).want(200).wantText("En cours")
	w.raw("DELETE FROM school_year WHERE label = '2027-2028' AND structure_id = ?", w.structure)
	if _, err := w.site.store.Setup(context.Background(), w.structure); err != nil {
		t.Fatal(err)
	}
	b.post(yearsPath, url.Values{"annee": {"2031"}, "premier": {"2031-09-01"}, "faire": {"main"}}).want(422).wantText("Écrivez-la sous la forme 2026-2027").wantText("Donnez le dernier jour de classe.")
	b.post(yearsPath, url.Values{"annee": {"2031-2032"}, "premier": {"2031-09-01"}, "dernier": {"2032-07-02"}, "faire": {"main"}}).follow().wantText("L’année scolaire est enregistrée.").wantText("2031-2032")
	b.page.Find("main dl a").Each(func(_ int, a *goquery.Selection) {
		if a.Text() == "2031-2032" {
			b.get(a.AttrOr("href", ""))
		}
	})
	path := b.res.Request.URL.Path
	b.want(200).wantText("Premier jour de classe")
	form, other := b.filledForm("main form"), b.filledForm("main form")
	form.Set("premier", "2031-09-02")
	b.post(path, form).follow().wantText("du 2 septembre 2031 au 2 juillet 2032")
	other.Set("premier", "2031-09-03")
	b.post(path, other).want(409).wantText("pendant que vous aviez cette page ouverte")
	again := b.filledForm("main form")
	again.Set("dernier", "2031-09-30")
	b.post(path, again).want(422).wantText("de trois mois à un an")
	b.post(path+"/retirer", url.Values{}).follow().wantText("L’année scolaire est retirée.").wantNoText("2031-2032")
	b.get(path).want(404)
}

// TestOfficialYear: an empty calendar takes the official years one by one.
func TestOfficialYear(t *testing.T) {
	w := newWorld(t)
	w.raw("DELETE FROM school_holiday")
	w.raw("DELETE FROM school_year")
	b := w.staffed("ROUCH", portal.Manager)
	b.get(calendarPath).want(200).wantText("Aucune année scolaire. Créez-la d’abord.")
	b.get(yearsPath).want(200).wantText("avec les vacances officielles de la zone C")
	label := b.page.Find(`form input[name=annee][type=hidden]`).AttrOr("value", "")
	b.post(yearsPath, url.Values{"annee": {label}, "faire": {"officielle"}}).follow().wantText(label)
	b.post(yearsPath, url.Values{"annee": {label}, "faire": {"officielle"}}).wantTo(yearsPath + "?enregistre=1")
	b.get(calendarPath).want(200).wantText("Vacances de Noël")
}

func TestCalendarSettings(t *testing.T) {
	h := newHousehold(t)
	h.validated(h.accountOf("DUPONT"), h.amalia, h.canteen, true, "2026-12-07", "2026-12-08")
	b := h.staffed("ROUCH", portal.Manager)
	b.get(calendarPath).want(200).wantText("Vacances de Noël").wantText("du 19 décembre 2026 au 3 janvier 2027").wantText("Armistice 1918").wantText("Aucune fermeture de toute la structure")
	base := b.page.Find(`main a[href$="/fermetures"]`).AttrOr("href", "")
	base = strings.TrimSuffix(base, "/fermetures")

	// A bridge day over bookings: told before it is saved.
	b.get(base + "/fermetures").want(200).wantText("Raison que les familles lisent")
	form := b.filledForm("main form")
	form.Set("quoi-0", "pont")
	form.Set("nom-0", "pont de décembre")
	form.Set("du-0", "2026-12-07")
	form.Set("au-0", "2026-12-06")
	b.post(base+"/fermetures", form).want(422).wantText("Échangez les deux dates.")
	form.Set("au-0", "")
	form.Set("faire", "ligne")
	b.post(base+"/fermetures", form).want(200)
	if n := b.page.Find("main tbody tr").Length(); n != 4 {
		t.Errorf("%d lines", n)
	}
	form.Set("faire", "enregistrer")
	b.post(base+"/fermetures", form).want(200).wantText("Des réservations tombent sur des jours qui ferment").wantText("RESTAURATION : 1 jour ferme").wantText("1 réservation : lun. 7 déc.")
	if got := h.scalar("SELECT count(*) FROM closure"); got != "0" {
		t.Fatalf("%s closures before anybody agreed", got)
	}
	b.post(base+"/fermetures", b.filledForm("main form")).follow().wantText("Le calendrier est enregistré.").wantText("Pont de décembre").wantText("le lundi 7 décembre 2026")
	h.father.get(h.path(h.canteen) + "?mois=2026-12").want(200).wantText("lundi 7 décembre : Réservé, modification close.")
	h.father.get(h.path(h.canteen) + "?jour=2026-12-07").want(200).wantText("Fermeture générale : pont de décembre")

	// Somebody else's old form.
	b.get(base + "/fermetures")
	form.Del("accord")
	b.post(base+"/fermetures", form).want(409).wantText("pendant que vous aviez cette page ouverte")

	// Holidays: the official ones, then a file.
	b.get(base + "/vacances?depuis=officielles").want(200).wantText("Ces dates sont déjà celles du portail.")
	form = b.filledForm("main form")
	form.Set("retirer-0", "1")
	b.post(base+"/vacances", form).follow().wantText("Le calendrier est enregistré.").wantNoText("Vacances de la Toussaint")
	b.get(base + "/vacances?depuis=officielles").want(200).wantText("Ajouté : Vacances de la Toussaint")
	b.get(base + "/import").want(200).wantText("Où trouver ce fichier ?")
	b.attach(base+"/import", "fichier", "x.ics", nil, map[string]string{"zone": "C"}).want(422).wantText("Choisissez un fichier.")
	b.attach(base+"/import", "fichier", "x.ics", []byte("bonjour"), map[string]string{"zone": "C"}).want(422).wantText("Ligne 1 : Ce fichier n’est ni un calendrier iCal")
	ics := "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:%s\r\nDTEND;VALUE=DATE:%s\r\nSUMMARY:Vacances d'Hiver - Zone C\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	b.attach(base+"/import", "fichier", "x.ics", fmt.Appendf(nil, ics, "20160206", "20160222"), map[string]string{"zone": "C"}).want(422).wantText("Ce fichier n’a aucune date de l’année 2026-2027 : il va du 6 au 21 février 2016")
	b.attach(base+"/import", "fichier", "x.ics", fmt.Appendf(nil, ics, "20270213", "20270301"), map[string]string{"zone": "C"}).want(200).wantText("Rien n’est encore enregistré.")
	b.wantText("Déplacé : Vacances d’hiver, du 13 au 28 février 2027").wantText("Retiré : Vacances de Noël")
	b.post(base+"/vacances", b.filledForm("main form")).follow().wantText("du 13 au 28 février 2027").wantNoText("Vacances de Noël")

	// Public holidays, and the year on one sheet.
	b.post(calendarPath+"/feries", url.Values{"territoire": {"alsace-moselle"}}).follow().wantText("Les jours fériés sont enregistrés.").wantText("Vendredi saint")
	b.post(calendarPath+"/feries", url.Values{"territoire": {"bretagne"}}).want(422)
	b.get(base).want(200).wantText("L’année 2026-2027 d’un coup d’œil").wantText("Pont de décembre : le lundi 7 décembre 2026").wantText("Saint-Étienne")
	if n := b.page.Find(".annee table").Length(); n != 12 {
		t.Errorf("%d months", n)
	}
	if got := b.page.Find(`td[data-marque=pont]`).Text(); got != "7 P" {
		t.Errorf("the bridge day is %q", got)
	}
	b.get(calendarPath + "/424242").want(404)
}

// TestTerritoryOverBookings: other public holidays say what they close before they are saved.
func TestTerritoryOverBookings(t *testing.T) {
	h := newHousehold(t)
	h.validated(h.accountOf("DUPONT"), h.amalia, h.canteen, true, "2027-05-27")
	b := h.staffed("ROUCH", portal.Manager)
	b.get(calendarPath)
	b.post(calendarPath+"/feries", url.Values{"territoire": {"guadeloupe"}}).want(200).wantText("RESTAURATION : 1 jour ferme").wantText("Abolition de l’esclavage")
	b.post(calendarPath+"/feries", b.filledForm("main form")).follow().wantText("Les jours fériés sont enregistrés.")
}

// TestInstallation: an empty site opens on the page of its first administrator, once.
func TestInstallation(t *testing.T) {
	store, clock := dbtest.New(t, time.Date(2026, 11, 23, 9, 5, 0, 0, portal.Paris))
	code, err := store.NewFirstCode(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	site, err := newSite(Options{Store: store, BaseURL: baseURL})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, site: site, store: store, clock: clock, host: strings.TrimPrefix(baseURL, "https://")}
	b := w.browser()
	b.get("/").wantTo(installPath)
	b.get("/connexion").wantTo("/premiere-installation")
	b.get(installPath).want(200).wantText("Code de première installation")
	form := b.filledForm("main form")
	b.post(installPath, form).want(422).wantText("Donnez votre nom.")
	for name, value := range map[string]string{"code": "ABCD-EFGH", "nom": "Mairie de CarteVille", "commune": "CarteVille", "zone": "C", "votre_nom": "DURAND", "votre_prenom": "Anne", "votre_courriel": "a@b", "mot_de_passe": goodPassword, "confirmation": goodPassword} {
		form.Set(name, value)
	}
	form.Set("votre_courriel", "anne")
	b.post(installPath, form).want(422).wantText("Écrivez une adresse de courriel, ou laissez vide.")
	form.Set("votre_courriel", "anne@carteville.example")
	b.post(installPath, form).want(422).wantText("Ce code n’est pas celui que le programme a affiché.")
	if got := b.page.Find("#votre_nom").AttrOr("value", ""); got != "DURAND" {
		t.Errorf("what was typed became %q", got)
	}
	form.Set("code", code)
	b.post(installPath, form).follow().want(200).wantText("Votre identifiant")
	login := b.page.Find(".code").Text()
	b.get("/").follow().want(200)
	b.post("/conditions", b.boxes()).want(http.StatusSeeOther)
	b.get("/gestion").want(200).wantText("Mairie de CarteVille")
	b.get(structurePath).want(200).wantText("Ajouter une autre structure")
	missing := w.browser().get("/nulle-part").want(404).body
	if w.browser().get(installPath).want(404).body != missing || w.browser().post(installPath, form).want(404).body != missing {
		t.Error("the page of the first installation is still there")
	}
	w.browser().signIn(login, goodPassword).want(http.StatusSeeOther)
}
