package handlers

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// key gives the one-time key of the form on the page.
func (b *browser) key() string {
	return b.page.Find("main input[name=cle]").First().AttrOr("value", "")
}

// filled gives the form on the page as the browser would send it, with some fields changed.
func (b *browser) filled(changes url.Values) url.Values {
	form := url.Values{}
	main := b.page.Find("main form.formulaire").First()
	main.Find("input[name], textarea[name], select[name]").Each(func(_ int, s *goquery.Selection) {
		name := s.AttrOr("name", "")
		switch kind := s.AttrOr("type", ""); {
		case (kind == "checkbox" || kind == "radio") && s.AttrOr("checked", "absent") == "absent", kind == "file":
		case goquery.NodeName(s) == "textarea":
			form.Set(name, s.Text())
		case goquery.NodeName(s) == "select":
			form.Set(name, s.Find("option[selected]").AttrOr("value", ""))
		default:
			form.Set(name, s.AttrOr("value", ""))
		}
	})
	for name, values := range changes {
		if len(values) == 0 {
			form.Del(name)
			continue
		}
		form[name] = values
	}
	return form
}

// fill sends the form on the page where it says, with some fields changed.
func (b *browser) fill(changes url.Values) *browser {
	b.w.t.Helper()
	action := b.page.Find("main form.formulaire").First().AttrOr("action", "")
	return b.post(action, b.filled(changes))
}

func (w *world) familyURL(name string) string {
	return "/gestion/familles/" + w.scalar("SELECT id FROM family WHERE name = ?", name)
}

func (w *world) childURL(first string) string {
	return "/gestion/enfants/" + w.scalar("SELECT id FROM child WHERE first_name = ? ORDER BY id LIMIT 1", first)
}

func TestSearchFamilies(t *testing.T) {
	w := newWorld(t)
	w.roll(twoPupils, twoGuardians)
	w.neighbour()
	b := w.staffed("PUJOL", portal.Manager)
	login := w.scalar("SELECT login FROM account WHERE first_name = 'Jean-Paul'")
	for _, typed := range []string{"", "dupont", "DUPONT amalia", "hautpoul", "d'hautpoul elodie", "Élo", "pont", "06 91 67", "0691676089", "+33 6 91.67.60.89", "jp@exemple.fr", "JP@EXEMPLE", login, strings.ToLower(strings.ReplaceAll(login, "-", ""))} {
		b.get("/gestion/familles?q=" + url.QueryEscape(typed)).want(200).wantText("1 famille").wantText("DUPONT Amalia").wantText("06 91 67 60 89").wantNoText("VOISIN")
		if got := b.page.Find("#q").AttrOr("value", ""); got != typed {
			t.Errorf("what was typed is lost: %q", got)
		}
	}
	b.get("/gestion/familles?q=" + url.QueryEscape("<b>personne</b>")).want(200).wantText("0 famille").wantText("Aucune famille ne correspond.")
	class := w.scalar("SELECT id FROM class WHERE name = 'CP Mme IZARD'")
	b.get("/gestion/familles?classe=" + class).wantText("1 famille")
	b.get("/gestion/familles?classe=9999").wantText("0 famille")
	b.get("/gestion/familles?classe=abc&a_partir=-4").want(200).wantText("1 famille")

	// Agents find names and telephones, and neither addresses nor identifiants.
	agent := w.staffed("SERRES", portal.Agent)
	agent.get("/gestion/familles?q=amalia").wantText("1 famille").wantText("06 91 67 60 89").wantNoText("7 rue").wantNoText("Créer une famille")
	for _, hidden := range []string{"jp@exemple.fr", login} {
		agent.get("/gestion/familles?q=" + url.QueryEscape(hidden)).wantText("0 famille")
	}
}

func TestFamilyListInPages(t *testing.T) {
	w := newWorld(t)
	var pupils, guardians strings.Builder
	for i := range 120 {
		fmt.Fprintf(&pupils, "NOM%03d;;Léa;03/02/2020;F;;%d rue A;09999;TILLAC;CP;CP\n", i, i)
		fmt.Fprintf(&guardians, "M.;;NOM%03d;Luc;%d rue A;09999;TILLAC;;;NOM%03d;Léa;;;;\n", i, i, i)
	}
	w.roll(pupilHead+pupils.String(), guardianHead+guardians.String())
	b := w.staffed("PUJOL", portal.Manager)
	class := w.scalar("SELECT id FROM class")
	b.get("/gestion/familles?q=nom&classe=" + class).wantText("1 à 50 sur 120").wantText("NOM049").wantNoText("NOM050")
	next := b.page.Find("a[rel=next]").AttrOr("href", "")
	if !strings.Contains(next, "q=nom") || !strings.Contains(next, "classe="+class) {
		t.Errorf("the filters are lost: %s", next)
	}
	b.get(next).wantText("51 à 100 sur 120").wantText("NOM050").wantNoText("NOM049")
}

func TestSetUpAFamily(t *testing.T) {
	w := newWorld(t)
	w.roll(twoPupils, twoGuardians)
	b := w.staffed("PUJOL", portal.Manager)

	b.get("/gestion/familles/nouvelle").want(200)
	b.fill(url.Values{"nom": {" "}, "code_postal": {"9140"}}).want(422).wantText("Il y a 2 points à corriger").wantText("Donnez le nom de la famille").wantText("cinq chiffres")
	if got := b.page.Find("#code_postal").AttrOr("value", ""); got != "9140" {
		t.Errorf("what was typed is lost: %q", got)
	}
	twice := b.filled(url.Values{"nom": {"MARTIN"}, "rue": {"2 rue Neuve"}, "code_postal": {"09140"}, "commune": {"CarteVille"}, "resident": nil})
	b.post("/gestion/familles", twice).want(303)
	at := b.res.Header.Get("Location")
	b.post("/gestion/familles", twice).wantTo(at) // the button pressed twice
	if n := w.scalar("SELECT count(*) FROM family WHERE name = 'MARTIN'"); n != "1" {
		t.Fatalf("%s families", n)
	}
	b.get(at).want(200).wantText("La famille est créée.").wantText("Hors commune").wantText("2 rue Neuve, 09140 CarteVille").wantText("Aucun responsable")
	family := w.familyURL("MARTIN")

	// A guardian with an account and a letter.
	b.get(family + "/responsables/nouveau").want(200)
	b.fill(url.Values{"prenom": {""}, "portable": {"06 12"}, "courriel1": {"pas une adresse"}, "consulter": nil}).want(422).
		wantText("Donnez le prénom.").wantText("Ce numéro n’est pas complet.").wantText("n’est pas une adresse").wantText("Pour réserver, il faut pouvoir consulter.")
	b.fill(url.Values{"civilite": {"Mme"}, "nom": {"MARTIN"}, "prenom": {"Zoé"}, "portable": {"0612345678"}, "courriel1": {"zoe@exemple.fr"}, "consulter": {"1"}}).want(303)
	b.follow().wantText("Le responsable est ajouté.").wantText("Mme MARTIN Zoé").wantText("06 12 34 56 78").wantText("Responsable légal, consulte et réserve, peut venir chercher les enfants").wantText("Jamais connecté")
	letter := b.page.Find("form[action$='/lettre']").First()
	b.post(letter.AttrOr("action", ""), url.Values{"vu": {letter.Find("[name=vu]").AttrOr("value", "")}}).want(200).wantText("1 lettre à imprimer")
	codes := b.page.Find(".lettre .code").Map(func(_ int, s *goquery.Selection) string { return s.Text() })
	w.browser().signIn(codes[0], codes[1]).wantTo("/")

	// Somebody whom the portal knows: asked before a second account is made.
	b.get(family + "/responsables/nouveau")
	b.fill(url.Values{"nom": {"dupont"}, "prenom": {"jean paul"}}).want(422).wantText("Ce nom ou cette adresse est déjà dans le portail.").wantText("Oui : M. DUPONT Jean-Paul, famille DUPONT")
	same := w.scalar("SELECT id FROM account WHERE first_name = 'Jean-Paul'")
	b.fill(url.Values{"meme": {same}, "reserver": nil}).want(303)
	b.follow().wantText("rattaché à cette famille").wantText("M. DUPONT Jean-Paul").wantText("consulte, sans réserver")
	if n := w.scalar("SELECT count(*) FROM account WHERE last_name = 'DUPONT'"); n != "1" {
		t.Errorf("%s accounts", n)
	}

	// A child: a new one, and one of the other parent's.
	b.get(family + "/enfants/nouveau").want(200)
	b.fill(url.Values{"prenom": {"Nino"}, "naissance": {"2027-01-01"}, "sexe": {"X"}, "classe": {"9999"}}).want(422).wantText("La date de naissance est dans le futur.").wantText("non précisé")
	b.fill(url.Values{"naissance": {"31/31/2018"}, "sexe": {""}, "classe": {""}}).want(422).wantText("Il n’y a pas de mois 31.")
	class := w.scalar("SELECT id FROM class WHERE name = 'CP Mme IZARD'")
	b.fill(url.Values{"naissance": {"2020-05-04"}, "classe": {class}, "niveau": {"CP"}}).want(303)
	b.follow().wantText("MARTIN Nino").wantText("6 ans").wantText("CP Mme IZARD, École Jean-Jaurès")
	b.get(family + "/enfants/nouveau")
	b.fill(url.Values{"nom": {"DUPONT"}, "prenom": {"Amalia"}}).want(422).wantText("Un enfant porte déjà ce nom").wantText("Oui : DUPONT Amalia, né(e) le 01/09/2020, famille DUPONT")
	b.fill(url.Values{"meme": {w.scalar("SELECT id FROM child WHERE first_name = 'Amalia'")}}).want(303)
	b.follow().wantText("Aussi dans la famille DUPONT")

	// The household, and two agents at once.
	other := w.staffed("ROUCH", portal.Manager)
	other.get(family + "/foyer")
	b.get(family + "/foyer")
	b.fill(url.Values{"rue": {"3 rue Neuve"}}).want(303)
	other.fill(url.Values{"rue": {"4 rue Neuve"}}).want(409).wantText("PUJOL Agnès a enregistré un changement").wantText("Numéro et rue : avant « 2 rue Neuve », maintenant « 3 rue Neuve ». Vous l’avez changé aussi")
	if got := other.page.Find("#rue").AttrOr("value", ""); got != "4 rue Neuve" {
		t.Errorf("what was typed is lost: %q", got)
	}
	other.fill(nil).want(303)

	// Notes.
	b.get(family)
	b.fill(url.Values{"note": {"  "}}).want(422).wantText("Écrivez la note avant de l’enregistrer.")
	note := b.filled(url.Values{"note": {"A appelé le 23 novembre."}})
	b.post(family+"/notes", note).want(303)
	b.post(family+"/notes", note).want(303)
	b.follow().wantText("A appelé le 23 novembre.").wantText("PUJOL Agnès")
	if n := w.scalar("SELECT count(*) FROM family_note"); n != "1" {
		t.Errorf("%s notes", n)
	}
	b.post(b.page.Find("form[action$='/retirer']").First().AttrOr("action", ""), url.Values{}).want(303)
	b.follow().wantText("La note est retirée.").wantNoText("A appelé")
	b.get(family + "/historique").want(200).wantText("Famille MARTIN créée").wantText("note écrite").wantText("Adresse : 3 rue Neuve 4 rue Neuve").wantText("MARTIN Nino ajouté").wantNoText("A appelé")
}

func TestGuardianOfAFamily(t *testing.T) {
	w := newWorld(t)
	w.roll(twoPupils, twoGuardians)
	w.asks(portal.NewDate(2026, 11, 30))
	b := w.staffed("PUJOL", portal.Manager)
	family := w.familyURL("DUPONT")
	id := func(first string) string { return w.scalar("SELECT id FROM account WHERE first_name = ?", first) }
	father, mother := family+"/responsables/"+id("Jean-Paul"), family+"/responsables/"+id("Élodie")

	b.get(father).want(200)
	b.fill(url.Values{"portable": {"0700000000"}, "courriel1": {"nouvelle@exemple.fr"}}).want(303)
	b.follow().wantText("07 00 00 00 00").wantText("nouvelle@exemple.fr")
	if got := w.scalar("SELECT group_concat(address) FROM outbox WHERE kind = 'compte'"); got != "jp@exemple.fr" {
		t.Errorf("the change is told to %q", got)
	}
	stale := b.get(father).filled(url.Values{"prenom": {"Jean"}})
	w.raw("UPDATE account SET mobile_phone = '06 00 00 00 00' WHERE first_name = 'Jean-Paul'") // the father himself, meanwhile
	b.post(father, stale).want(409).wantText("Portable : avant « 07 00 00 00 00 », maintenant « 06 00 00 00 00 ». C’est repris ci-dessous.")

	// One leaves, the last one cannot while a meal is booked.
	b.get(mother).post(mother+"/retirer", url.Values{}).want(303)
	b.follow().wantText("n’est plus dans cette famille").wantNoText("HAUTPOUL")
	b.get(father).post(father+"/retirer", url.Values{}).want(409).wantText("M. DUPONT Jean-Paul est le seul responsable qui suit Paolo sur le portail").wantText("Ajoutez d’abord un autre responsable")
	b.get(father)
	b.fill(url.Values{"consulter": nil, "reserver": nil}).want(409).wantText("le seul responsable")

	// Addresses that are not ours to move.
	w.raw("INSERT INTO staff (account_id, structure_id, role) VALUES (?, ?, 'agent')", id("Jean-Paul"), w.structure)
	b.get(father)
	b.fill(url.Values{"courriel1": {"pirate@exemple.fr"}}).want(422).wantText("seul un administrateur peut changer ses adresses")
	admin := w.staffed("ROUCH", portal.Administrator)
	admin.get(father)
	admin.fill(url.Values{"courriel1": {"voulue@exemple.fr"}}).want(303)
	other := w.neighbour()
	w.raw("INSERT INTO guardian (family_id, account_id) VALUES ((SELECT id FROM family WHERE structure_id = ?), ?)", other, id("Jean-Paul"))
	admin.get(father)
	admin.fill(url.Values{"courriel1": {"pirate@exemple.fr"}}).want(422).wantText("sert aussi à une autre structure")
}

func TestFileOfAChild(t *testing.T) {
	w := newWorld(t)
	w.roll(twoPupils, twoGuardians)
	w.asks(portal.NewDate(2026, 11, 30))
	b := w.staffed("PUJOL", portal.Manager)
	child := w.childURL("Amalia")
	b.get(child).want(200).wantText("mardi 1er septembre 2020").wantText("DUPONT Paolo").wantText("aucune connue").wantText("M. DUPONT Jean-Paul, responsable")

	b.get(child + "/fiche").want(200)
	b.fill(url.Values{"prenom": {"Amalia Rose"}, "classe": {""}}).want(303)
	b.follow().wantText("sans classe cette année").wantText("DUPONT Amalia Rose")
	b.get(child + "/fiche")
	b.fill(url.Values{"nom": {""}}).want(422).wantText("Donnez le nom de famille.")

	b.get(child + "/sante").want(200)
	b.fill(url.Values{"regime": {"autre"}, "regime_autre": {"Halal"}, "pai_au": {"2026-01-01"}}).want(422).wantText("jamais la religion").wantText("Donnez la date de début du PAI.")
	b.fill(url.Values{"regime": {"sans-porc"}, "regime_autre": {""}, "allergies": {"Arachide, œuf"}, "pai_du": {"2026-09-01"}, "pai_au": {"2027-08-31"}, "pai_consigne": {"Trousse rouge.\nAppeler le 15."}, "seul": {"1"}}).want(303)
	b.follow().wantText("Sans porc").wantText("Arachide, œuf").wantText("PAI du mardi 1er septembre 2026 au mardi 31 août 2027").wantText("Trousse rouge. Appeler le 15.").wantText("autorisé").wantText("Il manque : PAI signé.")

	b.get(child + "/personnes/nouvelle").want(200)
	b.fill(url.Values{"personne": {""}, "telephone": {"12"}, "ecartee": {"oui"}}).want(422).wantText("Donnez le nom et le prénom de la personne.").wantText("Ce numéro n’est pas complet.").wantText("que par une décision de justice")
	b.fill(url.Values{"ecartee": {"non"}, "personne": {"Rose MARTY"}, "telephone": {"0561000001"}, "lien": {"grand-mère"}, "precision": {"vient à pied"}}).want(303)
	b.follow().wantText("Rose MARTY, grand-mère").wantText("05 61 00 00 01").wantText("Vient à pied")
	b.get(child + "/personnes/nouvelle")
	b.fill(url.Values{"ecartee": {"oui"}, "personne": {"Luc NOIR"}, "decision": {"2026-03-02"}, "juge": {"JAF Foix"}}).want(303)
	b.follow().wantText("Ne doit pas venir chercher l’enfant : Luc NOIR. Décision du lundi 2 mars 2026, JAF Foix.")
	marty := b.page.Find("a[href*='/personnes/']").FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.Contains(s.Text(), "MARTY") }).AttrOr("href", "")
	b.get(marty).want(200)
	b.fill(url.Values{"jusqu_au": {"2026-11-20"}}).want(303)
	b.follow().wantText("pas aujourd’hui")
	b.post(marty+"/retirer", url.Values{}).want(303)
	b.follow().wantNoText("MARTY")
	b.get(marty).want(404)

	// Enrolments.
	canteen := w.scalar("SELECT id FROM activity")
	b.get(child + "/inscriptions").want(200)
	b.fill(url.Values{"activite": {canteen}, "inscrit_du": {"2027-01-04"}, "inscrit_au": {"2026-01-04"}}).want(422).wantText("Le dernier jour doit être le premier, ou après.")
	b.fill(url.Values{"inscrit_au": {""}}).want(303)
	b.follow().wantText("À partir du lundi 4 janvier 2027")
	b.get(child + "/inscriptions?activite=" + canteen).wantText("Retirer l’inscription")
	b.fill(url.Values{"inscrit_du": {"04/01/2016"}}).want(422).wantText("Le lundi 4 janvier 2016 est passé depuis plus d’un an. Corrigez la date, ou cochez « C’est bien cette date ».")
	b.fill(url.Values{"sure-2016-01-04": {"1"}}).want(303)
	b.follow().wantText("À partir du lundi 4 janvier 2016")
	b.get(child + "/inscriptions?activite=" + canteen).fill(url.Values{"inscrit_au": {"2027-07-02"}}).want(303) // what was agreed to is not asked again
	b.post(child+"/inscriptions/"+canteen+"/retirer", url.Values{}).want(303)
	b.follow().wantText("L’inscription est retirée.")
	b.get(child+"/inscriptions").post(child+"/inscriptions", url.Values{"activite": {"9999"}, "inscrit_du": {"2027-01-04"}}).want(404)

	// What the day needs, and no more.
	agent := w.staffed("SERRES", portal.Agent)
	agent.get(child).want(200).wantText("Arachide, œuf").wantText("Trousse rouge.").wantText("Luc NOIR").wantText("06 91 67 60 89").wantNoText("7 rue").wantNoText("Documents").wantNoText("Changer")
	agent.get(w.familyURL("DUPONT")).want(200).wantText("Arachide").wantText("06 91 67 60 89").wantNoText("7 rue").wantNoText("jp@exemple.fr").wantNoText("AAAA").wantNoText("Notes").wantNoText("Lettre")
	for _, path := range []string{child + "/sante", child + "/documents", w.familyURL("DUPONT") + "/foyer", w.familyURL("DUPONT") + "/historique", "/gestion/documents", "/gestion/reglages/documents", "/gestion/familles/nouvelle"} {
		agent.get(path).want(404)
	}
	for _, secret := range []string{"Arachide", "Trousse"} {
		if strings.Contains(w.log.String()+w.scalar("SELECT group_concat(words || changes) FROM staff_event"), secret) {
			t.Errorf("« %s » is in the log", secret)
		}
	}
}

func TestPapersOfAChild(t *testing.T) {
	w := newWorld(t)
	w.roll(twoPupils, twoGuardians)
	b := w.staffed("PUJOL", portal.Manager)
	child := w.childURL("Amalia")
	b.get("/gestion/documents").want(200).wantText("Rien à demander")
	b.get("/gestion/reglages/documents").want(200)
	b.fill(url.Values{"assurance": {"1"}, "vaccins": {"1"}}).wantTo(views.PapersPath)
	b.follow().wantText("2 manquants").wantText("DUPONT Amalia").wantText("Manquant")
	b.get("/gestion/documents?nature=inventee").want(404)
	b.get("/gestion/reglages").wantText("Documents demandés")

	pdf := []byte("%PDF-1.7 attestation")
	b.get(child + "/documents").want(200)
	send := func(kind, expires string, body []byte) *browser {
		files := map[string][]byte{}
		if body != nil {
			files["fichier"] = body
		}
		b.get(child + "/documents")
		return b.do(b.uploadingTo(child+"/documents", map[string]string{"_csrf": b.csrf, "cle": b.key(), "nature": kind, "expire": expires}, files))
	}
	send("", "2026-01-01", []byte("texte")).want(422).wantText("Choisissez de quel document il s’agit.").wantText("Ce document n’est plus valable.")
	send("assurance", "2027-08-31", []byte("texte")).want(422).wantText("ni un PDF, ni une photo")
	send("assurance", "demain", nil).want(422).wantText("« demain » n’est pas une date.")
	send("assurance", "2026-12-31", pdf).want(303)
	send("vaccins", "", nil).want(303)
	b.follow().wantText("Valable jusqu’au jeudi 31 décembre 2026").wantText("Sans date de fin").wantText("Vu sur papier").wantNoText("Il manque")
	file := b.page.Find("a[download]").AttrOr("href", "")
	b.get(file).want(200)
	if b.body != string(pdf) || !strings.HasPrefix(b.res.Header.Get("Content-Disposition"), "attachment") || !strings.Contains(b.res.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("got %q, %v", b.body, b.res.Header)
	}
	b.get("/gestion/documents?nature=assurance").wantText("1 manquant et 1 à renouveler bientôt").wantText("Valable jusqu’au jeudi 31 décembre 2026")

	// A large photo reads why it is refused, beside the field.
	send("pai", "", bytes.Repeat([]byte("x"), 6<<20)).want(422).wantText("le plus lourd accepté est de 5 Mo")

	// The parent reads the file and opens what the family brought; a stranger does not.
	father := w.parentOf("Jean-Paul")
	father.get("/profil").wantText("Voir leurs fiches")
	father.get("/profil/enfants").want(200).wantText("DUPONT Amalia").wantText("Attestation d’assurance scolaire").wantText("Appelez la mairie au 05 61 00 00 00.")
	father.get(father.page.Find("a[download]").AttrOr("href", "")).want(200)
	if father.body != string(pdf) {
		t.Errorf("got %q", father.body)
	}
	father.get(file).want(404)
	stranger := w.browser().signIn(w.settle(w.guardian(w.structure, "ETRANGER")).Login, goodPassword)
	stranger.get(strings.Replace(file, "/gestion/documents/", "/profil/enfants/documents/", 1)).want(404)
	stranger.get("/profil/enfants").wantNoText("Amalia Rose").wantNoText("assurance")

	remove := b.get(child).page.Find("form[action*='/documents/']").First().AttrOr("action", "")
	b.post(remove, url.Values{}).want(303)
	b.post(remove, url.Values{}).want(404)
}

// parentOf signs in a guardian that a roll brought.
func (w *world) parentOf(first string) *browser {
	w.t.Helper()
	var id int64
	fmt.Sscan(w.scalar("SELECT id FROM account WHERE first_name = ?", first), &id)
	return w.browser().signIn(w.settle(w.letterFor(portal.AccountID(id))).Login, goodPassword).want(303)
}

// letterFor prints the letter of an account of the structure.
func (w *world) letterFor(id portal.AccountID) portal.Letter {
	w.t.Helper()
	letters, err := w.store.IssueLetters(context.Background(), w.structure, 0, []portal.AccountID{id}, db.AnyLetter)
	if err != nil {
		w.t.Fatal(err)
	}
	return letters[0]
}

// TestOtherStructuresFamilies: whatever is asked of another structure's family answers as if there were none.
func TestOtherStructuresFamilies(t *testing.T) {
	w := newWorld(t)
	w.roll(twoPupils, twoGuardians)
	other := w.neighbour()
	b := w.staffed("PUJOL", portal.Manager)
	missing := b.get("/gestion/familles/424242").want(404).body
	family := w.scalar("SELECT id FROM family WHERE structure_id = ?", other)
	child := w.scalar("SELECT id FROM child WHERE structure_id = ?", other)
	account := w.scalar("SELECT account_id FROM guardian WHERE family_id = ?", family)
	own := w.familyURL("DUPONT")
	b.get(own)
	before := w.scalar("SELECT count(*) FROM staff_event")
	for _, path := range []string{"/gestion/familles/" + family, "/gestion/familles/" + family + "/foyer", "/gestion/familles/" + family + "/historique", "/gestion/familles/" + family + "/responsables/nouveau",
		"/gestion/familles/" + family + "/responsables/" + account, own + "/responsables/" + account, "/gestion/familles/" + family + "/enfants/nouveau",
		"/gestion/enfants/" + child, "/gestion/enfants/" + child + "/sante", "/gestion/enfants/" + child + "/fiche", "/gestion/enfants/" + child + "/documents", "/gestion/enfants/" + child + "/personnes/nouvelle", "/gestion/enfants/" + child + "/inscriptions"} {
		b.get(path).want(404)
		if strings.Contains(b.body, "VOISIN") {
			t.Errorf("%s tells a name", path)
		}
	}
	b.get("/gestion/familles/" + family)
	if b.body != missing {
		t.Error("another structure's family is told apart from one that does not exist")
	}
	b.get(own)
	for path, form := range map[string]url.Values{
		"/gestion/familles/" + family + "/foyer":                                {"nom": {"X"}},
		"/gestion/familles/" + family + "/notes":                                {"note": {"X"}, "cle": {"cle-de-test-1"}},
		"/gestion/familles/" + family + "/responsables":                         {"nom": {"X"}, "prenom": {"Y"}},
		"/gestion/familles/" + family + "/enfants":                              {"nom": {"X"}, "prenom": {"Y"}},
		"/gestion/familles/" + family + "/responsables/" + account + "/retirer": {},
		"/gestion/enfants/" + child + "/sante":                                  {"regime": {"sans-porc"}},
		"/gestion/enfants/" + child + "/fiche":                                  {"nom": {"X"}, "prenom": {"Y"}},
		"/gestion/enfants/" + child + "/personnes":                              {"personne": {"X"}, "cle": {"cle-de-test-2"}},
		"/gestion/enfants/" + child + "/documents":                              {"nature": {"assurance"}, "cle": {"cle-de-test-3"}},
	} {
		b.post(path, form).want(404)
	}
	if got := w.scalar("SELECT count(*) FROM staff_event"); got != before {
		t.Errorf("%s lines in the audit log, there were %s", got, before)
	}
	// A guardian or a child of another structure is tied to no family here.
	b.get(own + "/responsables/nouveau")
	b.fill(url.Values{"nom": {"VOISIN"}, "prenom": {"Jean-Paul"}, "meme": {account}}).want(303)
	if got := w.scalar("SELECT count(*) FROM guardian WHERE account_id = ?", account); got != "1" {
		t.Errorf("the neighbour's account is in %s families", got)
	}
}
