package handlers

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"marelle/portal"
	"marelle/views"
)

// typedTwice is a world whose DUPONTs were typed a second time by hand: the family, the father, Amalia.
func typedTwice(t *testing.T) (w *world, b *browser, first, second string) {
	t.Helper()
	w = newWorld(t)
	w.roll(twoPupils, twoGuardians)
	b = w.staffed("PUJOL", portal.Manager)
	b.get("/gestion/familles/nouvelle")
	b.fill(url.Values{"nom": {"Dupont"}, "rue": {"9 rue Neuve"}, "resident": {"1"}}).want(303)
	second = strings.TrimSuffix(b.res.Header.Get("Location"), "?fait=creee")
	b.get(second + "/responsables/nouveau")
	b.fill(url.Values{"nom": {"Dupont"}, "prenom": {"Jean Paul"}, "courriel1": {"jp@exemple.fr"}, "courriel2": {"autre@exemple.fr"}}).want(422)
	b.fill(url.Values{"meme": {"autre"}}).want(303)
	b.get(second + "/enfants/nouveau")
	b.fill(url.Values{"nom": {"Dupont"}, "prenom": {"Amalia"}, "naissance": {"2020-09-01"}}).want(422)
	b.fill(url.Values{"meme": {"autre"}}).want(303)
	return w, b, w.familyURL("DUPONT"), second
}

// TestJoinFamiliesJourney: from the family to the other one, side by side, what stays is chosen, one button; the old addresses
// lead to what is there.
func TestJoinFamiliesJourney(t *testing.T) {
	w, b, first, second := typedTwice(t)
	old := strings.TrimPrefix(second, views.FamiliesPath+"/")
	twin := w.scalar("SELECT max(id) FROM child")
	gone := w.scalar("SELECT max(account_id) FROM guardian")
	login := w.scalar("SELECT login FROM account WHERE id = (SELECT min(account_id) FROM guardian g JOIN account a ON a.id = g.account_id WHERE a.first_name = 'Jean-Paul')")
	b.get(second+"/notes").post(second+"/notes", url.Values{"note": {"Emménage en mars."}, "cle": {b.get(second).key()}}).want(303)

	b.get(first).wantText("C’est la même famille qu’une autre ?")
	b.get(first + "/reunir").want(200).wantText("Famille Dupont").wantText("9 rue Neuve")
	if links := b.page.Find("#resultats a").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("href", "") }); len(links) != 1 || links[0] != first+"/reunir/"+old {
		t.Fatalf("found: %v", links)
	}
	b.get(first + "/reunir?q=personne").want(200).wantText("Aucune autre fiche ne correspond.")
	page := first + "/reunir/" + old
	b.get(page).want(200).wantText("1 enfant, 1 responsable et 1 note passent à la famille n°").wantText("M. DUPONT Jean-Paul (" + login + ")").
		wantText("C’est le même enfant : une seule fiche reste").wantText("garder l’identifiant " + login).wantText("On ne peut pas revenir en arrière")
	if got := b.page.Find("input[name^=enfant_][checked]").AttrOr("value", ""); got != "un" {
		t.Errorf("the child is proposed as %q", got)
	}
	// A colleague changes something meanwhile: nothing is joined that was not shown.
	w.raw("UPDATE family SET town = 'FOIX' WHERE id = ?", old)
	b.fill(url.Values{"fait_adresse": {"autre"}}).want(409).wantText("a changé pendant que vous lisiez").wantText("9 rue Neuve, FOIX")
	if got := b.page.Find("input[name=fait_adresse][checked]").AttrOr("value", ""); got != "autre" {
		t.Errorf("what was chosen is lost: %q", got)
	}
	form := b.filled(nil)
	b.post(page, form).wantTo(first + "?fait=reunie")
	b.post(page, form).wantTo(first + "?fait=reunie") // the button pressed twice
	b.follow().wantText("Les deux fiches de cette famille sont réunies.").wantText("9 rue Neuve, FOIX").wantText("Emménage en mars.").wantText("autre@exemple.fr")
	if got := w.scalar("SELECT (SELECT count(*) FROM family) || ' ' || (SELECT count(*) FROM child) || ' ' || (SELECT count(*) FROM account a WHERE EXISTS (SELECT 1 FROM guardian g WHERE g.account_id = a.id))"); got != "1 2 2" {
		t.Errorf("families, children, guardians: %s", got)
	}
	b.get(first + "/historique").wantText("deux fiches réunies, la n° " + old).wantText("Famille Dupont créée").wantText("note écrite").wantText("Adresse : 7 rue Jean-Jaurès 9 rue Neuve").wantText("Identifiant qui n’ouvre plus rien")
	if got := w.scalar("SELECT group_concat(DISTINCT address) FROM outbox WHERE subject LIKE '%réunis%' AND subject LIKE '%' || ? || '%'", login); got != "jp@exemple.fr,autre@exemple.fr" {
		t.Errorf("told: %q", got)
	}

	child := w.childURL("Amalia")
	b.get(second).wantTo(first + "?fait=numero").follow().wantText("a été réunie avec celle-ci")
	b.get(second + "/foyer").wantTo(first + "/foyer?fait=numero")
	b.get("/gestion/enfants/" + twin + "/sante").wantTo(child + "/sante?fait=numero")
	b.get(second + "/responsables/" + gone).want(303)
	b.get("/gestion/guichet/" + old).want(303)
	b.post(second+"/archiver", url.Values{}).want(404)
	w.parentOf("Jean-Paul").get("/reservations/" + twin).wantTo("/reservations/" + strings.TrimPrefix(child, "/gestion/enfants/") + "?fait=numero")
	stranger := w.guardian(w.structure, "INCONNU")
	w.settle(stranger)
	w.browser().signIn(stranger.Login, goodPassword).want(303).get("/reservations/" + twin).want(404)
	other := w.neighbour()
	w.structure = other
	w.staffed("VOISIN", portal.Administrator).get(second).want(404)
}

// TestJoinChildrenJourney: what two files say of the child's health is shown, kept, and to be read again.
func TestJoinChildrenJourney(t *testing.T) {
	w, b, _, _ := typedTwice(t)
	child, twin := w.childURL("Amalia"), w.scalar("SELECT max(id) FROM child")
	for path, allergies := range map[string]string{child: "Arachide", "/gestion/enfants/" + twin: "Œufs"} {
		b.get(path + "/sante")
		b.fill(url.Values{"allergies": {allergies}}).want(303)
	}
	b.get(child).wantText("C’est le même enfant qu’un autre ?")
	b.get(child + "/reunir").want(200)
	if got := b.page.Find("#resultats a").First().AttrOr("href", ""); got != child+"/reunir/"+twin {
		t.Errorf("first found: %s", got)
	}
	b.get(child + "/reunir/" + twin).want(200).wantText("Arachide").wantText("Œufs").wantText("À relire ensuite").wantText("les allergies").wantText("Allergies, régime et PAI des deux fiches sont gardés.").
		wantText("L’enfant sera dans 2 familles")
	b.fill(nil).wantTo(child + "?fait=reuni-relire")
	b.follow().wantText("Relisez-les avec la famille").wantText("Arachide Autre fiche : Œufs")
	b.get(child + "/reunir/" + strings.TrimPrefix(child, "/gestion/enfants/")).want(200).wantText("C’est la même fiche.")
	if b.page.Find("main form[method=post]").Length() != 0 {
		t.Error("what is refused has a button")
	}
}

// TestJoinWarnings: before a join staff read which rights would come back, or go, and which requests end; what would give a
// right back has no button.
func TestJoinWarnings(t *testing.T) {
	w, b, first, second := typedTwice(t)
	child, twin := w.childURL("Amalia"), w.scalar("SELECT max(id) FROM child")
	kept, gone := w.scalar("SELECT id FROM account WHERE first_name = 'Jean-Paul'"), w.scalar("SELECT max(account_id) FROM guardian")
	families := first + "/reunir/" + strings.TrimPrefix(second, views.FamiliesPath+"/")
	activity, err := w.store.SaveActivity(context.Background(), portal.Activity{StructureID: w.structure, Name: "RESTAURATION", Short: "Cantine", Spoken: "la cantine", Kind: portal.Canteen, Starts: portal.Clock(12, 0), Ends: portal.Clock(13, 0),
		Opening: portal.Opening{School: 0b11111}, Book: portal.DaysBefore(1, portal.Clock(18, 0)), Cancel: portal.DaysBefore(1, portal.Clock(18, 0))})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{twin, strings.TrimPrefix(child, "/gestion/enfants/")} {
		w.raw("INSERT INTO request (child_id, activity_id, day, account_id, since) VALUES (?, ?, '2027-03-02', ?, 1)", id, activity, kept)
	}
	b.get(child + "/reunir/" + twin).want(200).wantText("Le mardi 2 mars 2027").wantText("est demandé à la mairie dans les deux fiches").wantNoText("n’a pas les mêmes droits")
	b.get(families).want(200).wantText("est demandé à la mairie dans les deux fiches").wantNoText("pas les mêmes droits")
	w.raw("UPDATE guardian SET may_see = 0 WHERE account_id = ?", kept)
	b.get(child + "/reunir/" + twin).want(200).wantText("n’a pas les mêmes droits dans les familles des deux fiches").wantText("réunissez d’abord les familles")
	if b.page.Find("main form[method=post]").Length() != 0 {
		t.Error("what is refused has a button")
	}
	b.get(families).want(200).wantText("n’ont pas les mêmes droits").wantText("un droit retiré d’un côté reviendrait").wantText("C’est le même enfant : une seule fiche reste")
	w.raw("INSERT INTO guardian (family_id, account_id, legal, may_see, may_book, may_pick_up) SELECT family_id, ?, 1, 1, 1, 1 FROM guardian WHERE account_id = ?", gone, kept)
	b.get(first + "/responsables/" + kept + "/reunir/" + gone).want(200).wantText("les deux comptes n’y ont pas les mêmes droits, et seuls restent ceux que les deux ont")
}

// TestJoinAccountsJourney: two accounts of one person; the one that goes is signed out and opens nothing any more.
func TestJoinAccountsJourney(t *testing.T) {
	w, b, first, _ := typedTwice(t)
	kept, gone := w.scalar("SELECT id FROM account WHERE first_name = 'Jean-Paul'"), w.scalar("SELECT max(account_id) FROM guardian")
	parent := w.parentOf("Jean Paul")
	login := w.scalar("SELECT login FROM account WHERE id = ?", gone)
	parent.get("/accueil").want(200)
	page := first + "/responsables/" + kept + "/reunir"
	b.get(first).wantText("Deux comptes ?")
	b.get(page).want(200).wantText("famille Dupont")
	mother := w.scalar("SELECT id FROM account WHERE first_name = 'Élodie'")
	b.get(page + "/" + mother).want(200).wantText("n’ont pas le même prénom, « Jean-Paul » et « Élodie »").wantText("si ce sont les deux parents, ne réunissez pas leurs comptes")
	b.get(page + "/" + gone).want(200).wantText("L’identifiant " + login + " n’ouvre plus rien").wantText("gardez plutôt l’autre")
	swap := b.page.Find("main p.suites a").First().AttrOr("href", "")
	b.get(swap).want(200).wantText("passe à l’identifiant " + login).get(page + "/" + gone)
	b.fill(nil).wantTo(first + "?fait=comptes#t-parents")
	b.follow().wantText("Les deux comptes sont réunis.")
	parent.get("/accueil").want(303)
	w.browser().signIn(login, goodPassword).want(422)
	w.raw("INSERT INTO staff (account_id, structure_id, role) VALUES (?, ?, 'agent')", kept, w.structure)
	b.get(page + "/" + mother).want(200).wantText("est ou a été un agent de la mairie")
	b.post(page+"/"+mother, url.Values{}).want(409).wantText("Ajoutez-le plutôt comme responsable")
	b.get(page + "/999999").want(404)
}

// TestExistsAlready: what was typed a second time is told, with a link to what is there, and can be saved all the same.
func TestExistsAlready(t *testing.T) {
	w := newWorld(t)
	w.roll(twoPupils, twoGuardians)
	b := w.staffed("PUJOL", portal.Manager)
	family, child := w.familyURL("DUPONT"), w.childURL("Amalia")
	street := w.scalar("SELECT street FROM family")

	b.get("/gestion/familles/nouvelle")
	b.fill(url.Values{"nom": {"dupont"}, "rue": {strings.ToUpper(street)}, "commune": {"Ailleurs"}}).want(422).wantText("Existe déjà").wantText("Rien n’a été enregistré")
	if got := b.page.Find("main section a").AttrOr("href", ""); got != family {
		t.Errorf("leads to %q", got)
	}
	if got := b.page.Find("#commune").AttrOr("value", ""); got != "Ailleurs" {
		t.Errorf("what was typed is lost: %q", got)
	}
	if got := w.scalar("SELECT count(*) FROM family"); got != "1" {
		t.Fatalf("%s families", got)
	}
	twice := b.wantText("Enregistrer quand même").filled(nil)
	b.post("/gestion/familles", twice).want(303)
	at := b.res.Header.Get("Location")
	b.post("/gestion/familles", twice).wantTo(at)
	b.get("/gestion/familles/nouvelle")
	b.fill(url.Values{"nom": {"DUPONT"}, "rue": {"une autre rue"}}).want(303) // another address is another household

	// The same child in the same family.
	b.get(family + "/enfants/nouveau")
	b.fill(url.Values{"nom": {"Dupont"}, "prenom": {"amalia"}, "naissance": {"2020-09-01"}, "niveau": {"CE1"}}).want(422).wantText("Existe déjà").wantText("DUPONT Amalia est déjà dans cette famille")
	if got := b.page.Find("#niveau").AttrOr("value", ""); got != "CE1" {
		t.Errorf("what was typed is lost: %q", got)
	}
	b.fill(url.Values{"meme": {strings.TrimPrefix(child, "/gestion/enfants/")}}).wantTo(child + "?fait=connu")
	b.follow().wantText("rien n’a été ajouté")
	b.get(family + "/enfants/nouveau")
	b.fill(url.Values{"nom": {"Dupont"}, "prenom": {"amalia"}, "naissance": {"2020-09-01"}}).want(422)
	again := b.filled(url.Values{"meme": {"autre"}})
	b.post(family+"/enfants", again).want(303)
	b.post(family+"/enfants", again).want(303)
	if got := w.scalar("SELECT count(*) FROM child WHERE first_name LIKE 'amalia'"); got != "2" {
		t.Errorf("%s children", got)
	}

	// The same e-mail in the same family, and in another one.
	b.get(family + "/responsables/nouveau")
	b.fill(url.Values{"nom": {"AUTRE"}, "prenom": {"Nom"}, "courriel1": {"JP@exemple.fr"}}).want(422).wantText("M. DUPONT Jean-Paul est déjà dans cette famille")
	b.fill(url.Values{"meme": {w.scalar("SELECT id FROM account WHERE first_name = 'Jean-Paul'")}}).wantTo(family + "?fait=connu#t-parents")
	b.follow().wantText("rien n’a été ajouté")
}
