package handlers

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"marelle/portal"
)

// separated is a child, Amalia, of two families, with a manager signed in and the letters of both parents.
func separated(t *testing.T) (w *world, manager *browser, mother, father portal.Letter, child string) {
	w = newWorld(t)
	mother, father = w.settle(w.guardian(w.structure, "DUPONT")), w.settle(w.guardian(w.structure, "GALY"))
	w.raw("UPDATE family SET street = '9 rue Cachée' WHERE name = 'GALY'")
	w.raw("INSERT INTO family_child (family_id, child_id) VALUES (?, ?)", father.Person.ID, mother.Person.ID)
	return w, w.staffed("PUJOL", portal.Manager), mother, father, fmt.Sprintf("%s%d", childrenPath, mother.Person.ID)
}

func custodyTyped(b *browser, mother portal.Letter) url.Values {
	return url.Values{"debut": {"2026-11-30"}, "rythme": {"ancre"}, "premiere": {fmt.Sprint(mother.Person.ID)}, "jour": {"0"}, "heure": {"08:00"}, "vacances": {"moities"},
		"annees_paires": {fmt.Sprint(mother.Person.ID)}, "vu": {b.page.Find("input[name=vu]").AttrOr("value", "")}}
}

// TestCustodyJourney: a manager writes the rule, corrects it, adds a day with a reason, takes it away; parents read it.
func TestCustodyJourney(t *testing.T) {
	w, b, mother, father, child := separated(t)
	b.get(child).want(200).wantText("Garde alternée")
	b.get(child + custodyPath).want(200).wantText("Pas de garde alternée")
	b.get(child + custodyPath + "/modifier").want(200)
	form := custodyTyped(b, mother)
	form.Set("debut", "")
	b.post(child+custodyPath, form).want(422).wantText("Écrivez le premier jour où cette organisation s’applique.")
	form.Set("debut", "2026-11-30")
	b.post(child+custodyPath, form).want(303)
	b.follow().want(200).wantText("La garde alternée est enregistrée.").wantText("Une semaine sur deux à partir du lundi 30 novembre 2026 : d’abord M. DUPONT Jean-Paul, puis M. GALY Jean-Paul.").wantText("Du lundi 7 décembre au dimanche 13 décembre")

	b.post(child+custodyPath, form).want(409).wantText("a enregistré un changement") // the form of before
	b.get(child + custodyPath + "/modifier")
	form = custodyTyped(b, mother)
	form.Set("exception_du", "2026-12-09")
	form.Set("exception_famille", fmt.Sprint(mother.Person.ID))
	b.post(child+custodyPath, form).want(422).wantText("Écrivez le motif")
	form.Set("exception_motif", "Spectacle de Noël")
	b.post(child+custodyPath, form).want(303)
	b.follow().wantText("Spectacle de Noël")
	for who, letter := range map[string]portal.Letter{"mother": mother, "father": father} {
		p := w.browser().signIn(letter.Login, goodPassword).want(303)
		p.get("/profil/enfants").want(200).wantText("Garde alternée").wantText("chez l’autre parent").wantNoText("rue Cachée")
		if who == "mother" {
			p.wantNoText("GALY")
		}
		p.get(child + custodyPath).want(404)
	}
	b.get(child + custodyPath + "/modifier")
	form = custodyTyped(b, mother)
	form.Set("rythme", "paire")
	form.Set("retirer-2026-12-09-2026-12-09", "1")
	b.post(child+custodyPath, form).want(303)
	b.follow().wantText("les semaines paires M. DUPONT").wantNoText("Spectacle").wantText("deux semaines de suite")
	b.post(child+custodyPath+"/retirer", url.Values{"vu": {b.page.Find("input[name=vu]").AttrOr("value", "")}}).want(303)
	b.follow().wantText("Les deux familles voient de nouveau tous les jours").wantText("Pas de garde alternée")
	agent := w.staffed("AGENT", portal.Agent)
	agent.get(child + custodyPath).want(404)
	alone := fmt.Sprintf("%s%d", childrenPath, father.Person.ID)
	b.get(alone + custodyPath).want(200).wantText("Cet enfant n’a qu’une famille.")
	b.get(alone + custodyPath + "/modifier").want(303)
}

// TestDeparture: a family is archived and comes back, a child leaves one of its families, an administrator erases.
func TestDeparture(t *testing.T) {
	w, b, mother, father, child := separated(t)
	his := fmt.Sprintf("%s/%d", "/gestion/familles", father.Person.ID)
	p := w.browser().signIn(father.Login, goodPassword).want(303)
	p.get("/profil/enfants").want(200).wantText("DUPONT Amalia")
	w.raw("INSERT INTO activity (id, structure_id, position, name, short, spoken, kind, starts, ends, opening) VALUES (1, ?, 1, 'X', 'X', 'x', 'cantine', '12:00', '13:00', '{}')", w.structure)
	w.raw("INSERT INTO booking (child_id, activity_id, day, status, account_id, since) VALUES (?, 1, '2027-01-05', 'booked', ?, 0)", father.Person.ID, father.Person.ID)
	b.get(his).want(200).wantText("Archiver la famille").wantNoText("Effacer la famille")
	b.post(his+"/archiver", url.Values{}).want(409).wantText("que personne d’autre ne suit")
	w.raw("DELETE FROM booking")
	b.post(his+"/archiver", url.Values{}).want(303)
	b.follow().want(200).wantText("La famille est archivée").wantText("Cette famille est archivée depuis le")
	p.get("/profil/enfants").want(303).wantTo("/connexion?retour=%2Fprofil%2Fenfants")
	b.get("/gestion/familles").want(200).wantNoText("GALY")
	b.get("/gestion/familles?archives=1").want(200).wantText("GALY").wantText("Familles archivées").wantNoText("M. DUPONT")
	b.get(his).post(his+"/desarchiver", url.Values{}).want(303)
	b.follow().wantText("La famille est sortie des archives.")
	b.post(fmt.Sprintf("%s/enfants/%d/retirer", his, mother.Person.ID), url.Values{}).want(303)
	b.follow().wantText("L’enfant ne fait plus partie de cette famille.").wantNoText("DUPONT Amalia")
	b.post(fmt.Sprintf("%s/enfants/%d/retirer", his, father.Person.ID), url.Values{}).want(409).wantText("est la seule de Amalia")
	b.get(his + "/effacer").want(404)

	admin := w.staffed("DURAND", portal.Administrator)
	admin.get(his).wantText("Effacer la famille (RGPD)")
	data := fmt.Sprintf("%s/responsables/%d/donnees", his, father.Person.ID)
	admin.get(data).want(200).wantText("Vérifiez son identité")
	admin.post(data, url.Values{"actuel": {"mauvais"}}).want(422)
	admin.post(data, url.Values{"actuel": {goodPassword}}).want(200)
	if !strings.Contains(admin.body, "GALY") || strings.Contains(admin.body, "DUPONT") {
		t.Errorf("the copy says %s", admin.body)
	}
	admin.get(his + "/effacer").want(200).wantText("Effacés maintenant.").wantText("GALY Amalia").wantText("RGPD, article 17")
	admin.post(his+"/effacer", url.Values{"actuel": {"mauvais"}}).want(422).wantText("Le mot de passe actuel est incorrect.")
	admin.post(his+"/effacer", url.Values{"actuel": {goodPassword}}).want(303)
	admin.follow().want(200).wantText("L’effacement est fait.").wantNoText("GALY")
	admin.get(child).want(200).wantText("Effacer l’enfant (RGPD)")
	admin.get(child + "/effacer").want(200)
	w.raw("INSERT INTO booking (child_id, activity_id, day, status, account_id, since) VALUES (?, 1, '2027-01-05', 'booked', ?, 0)", mother.Person.ID, mother.Person.ID)
	admin.post(child+"/effacer", url.Values{"actuel": {goodPassword}}).want(409).wantText("Annulez-les d’abord")
	w.raw("DELETE FROM booking")
	admin.get(child + "/effacer")
	admin.post(child+"/effacer", url.Values{"actuel": {goodPassword}}).want(303)
	if got := w.scalar("SELECT count(*) FROM child WHERE first_name = 'Amalia'"); got != "0" {
		t.Errorf("%s children keep their name", got)
	}
}
