package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"marelle/portal"
	"marelle/views"
)

// limits gives a manager on the limits of a canteen, with a family that has a booking to come.
func (w *world) limits() (b *browser, path string) {
	w.t.Helper()
	w.roll(twoPupils, twoGuardians)
	w.asks(portal.NewDate(2026, 11, 30))
	b = w.staffed("PUJOL", portal.Manager)
	b.get(cutoffsPath).want(200).wantText("RESTAURATION").wantText("Réserver et annuler : jusqu’à la veille à 18 h.")
	path = b.page.Find("main h2 a").AttrOr("href", "")
	b.get(path).want(200)
	return b, path
}

// rule gives the hidden fields of the form of a rule with some others.
func (b *browser) rule(fields ...string) url.Values {
	form := url.Values{}
	for _, name := range []string{"cas", "forme", "vu"} {
		form.Set(name, b.page.Find(`form.regle [name="`+name+`"]`).AttrOr("value", ""))
	}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return form
}

func TestLimitsPages(t *testing.T) {
	w := newWorld(t)
	b, path := w.limits()
	b.wantText("Délais : la cantine").wantText("Jusqu’à la veille à 18 h.").wantText("rentrée après les vacances de Noël").wantText("Depuis toujours").wantNoText("Brouillon")
	b.get(path + "/modifier?cas=annuler-internet-0").want(200).wantText("Jusqu’à quand peut-on annuler ?").wantText("jours avant").wantText("« Voir les exemples » montre")
	b.post(path+"/modifier", b.rule("jours", "2", "heure", "10 h", "sauf-weekend", "1", "sauf-feries", "1", "faire", "exemples")).want(200).
		wantText("Annuler : jusqu’à 2 jours ouvrés avant à 10 h.").wantText("jeu. 26 nov. 2026, 10").wantText("mais dim. 29 nov. 2026, 18 h pour ce jour, déjà montré aux familles").wantText("Depuis le samedi 24 octobre, aucune famille")
	if b.page.Find(`[name="sauf-weekend"][checked]`).Length() != 1 || b.page.Find("#jours").AttrOr("value", "") != "2" {
		t.Error("what was typed is lost in the preview")
	}
	b.get(path).wantNoText("Brouillon")
	b.get(path + "/modifier?cas=annuler-internet-0")
	old := b.rule("jours", "2", "heure", "10 h", "sauf-weekend", "1", "sauf-feries", "1")
	b.post(path+"/modifier", old).wantTo(path + "?fait=brouillon#annuler-internet-0")
	b.get(path + "?fait=brouillon").wantText("C’est dans le brouillon.").wantText("Brouillon : rien n’est encore publié.").wantText("Publié : jusqu’à la veille à 18 h.").wantText("Si ce brouillon était publié maintenant")
	b.get(cutoffsPath).wantText("Brouillon à publier")

	// Somebody else edited meanwhile: nothing is lost, and it is said.
	b.post(path+"/modifier", old).want(http.StatusConflict).wantText("PUJOL Agnès a changé ce brouillon").wantText("Jusqu’à quand peut-on annuler ?")
	if b.page.Find("#jours").AttrOr("value", "") != "2" {
		t.Error("what was typed is lost in the conflict")
	}
	b.post(path+"/modifier", b.rule("jours", "2", "heure", "10 h", "sauf-weekend", "1", "sauf-feries", "1")).wantTo(path + "?fait=brouillon#annuler-internet-0") // who was told replaces knowingly

	// A late lane, taken away again.
	b.get(path + "/modifier?action=tardive&canal=guichet&profil=0").want(200).wantText("La cantine, au guichet")
	b.post(path+"/modifier", b.rule("jours", "0", "heure", "8 h")).want(422).wantText("Choisissez comment une réservation hors délai est prise.")
	b.post(path+"/modifier", b.rule("jours", "0", "heure", "8 h", "tardive", "accord")).want(303)
	b.get(path).wantText("Réserver hors délai, au guichet").wantText("Sur accord de la mairie, jusqu’au jour même à 8 h.").wantText("Nouveau.")
	seen := b.page.Find(`form[action$="/retirer"] [name="vu"]`).First().AttrOr("value", "")
	b.post(path+"/retirer", url.Values{"vu": {seen}, "cas": {"reserver-internet-0"}}).want(http.StatusConflict).wantText("Ce délai est nécessaire.")
	b.post(path+"/retirer", url.Values{"vu": {seen}, "cas": {"tardive-guichet-0"}}).want(303)
	b.get(path).wantNoText("Réserver hors délai, au guichet")

	seen = b.page.Find(`#publier [name="vu"]`).First().AttrOr("value", "")
	b.post(path+"/publier", url.Values{"vu": {seen}, "a_partir": {"hier"}}).want(422).wantText("« hier » n’est pas une date.")
	if got := b.page.Find("#a_partir").AttrOr("value", ""); got != "hier" {
		t.Errorf("what was typed became %q", got)
	}
	b.post(path+"/publier", url.Values{"vu": {"12"}, "a_partir": {"2027-01-04"}}).want(http.StatusConflict)
	b.post(path+"/publier", url.Values{"vu": {seen}, "a_partir": {"2027-01-04"}, "faire": {"essai"}}).want(200).wantText("Brouillon : rien n’est encore publié.")
	b.post(path+"/publier", url.Values{"vu": {seen}, "a_partir": {"2027-01-04"}}).wantTo(path + "?fait=publie")
	b.get(path + "?fait=publie").wantText("Les délais sont publiés.").wantText("À partir du lundi 4 janvier 2027").wantText("À venir").wantText("par PUJOL Agnès")
	withdraw := b.page.Find(`form[action*="/versions/"]`).AttrOr("action", "")
	b.post(withdraw, url.Values{}).wantTo(path + "?fait=retire")
	b.get(path + "?fait=retire").wantText("La version à venir est retirée.").wantText("Retirée le lundi 23 novembre 2026")
	b.post(path+"/versions/1/retirer", url.Values{}).want(http.StatusConflict).wantText("Cette version vaut déjà")

	b.get(path + "/modifier?cas=reserver-internet-0&forme=jamais").wantText("Impossible dans le portail")
	b.post(path+"/modifier", b.rule()).want(303)
	seen = b.get(path).page.Find(`#publier [name="vu"]`).First().AttrOr("value", "")
	b.wantText("impossible en toute circonstance")
	b.post(path+"/abandonner", url.Values{"vu": {seen}}).wantTo(path + "?fait=abandonne")
	b.get(path + "?fait=abandonne").wantText("Le brouillon est abandonné.").wantNoText("Brouillon : rien")
}

// TestLimitsBadInput: whatever is typed comes back with a sentence, never an error of ours.
func TestLimitsBadInput(t *testing.T) {
	w := newWorld(t)
	b, path := w.limits()
	for _, c := range []struct {
		shape, want string
		fields      []string
	}{
		{"jours-avant", "Écrivez un nombre entier", []string{"jours", "deux", "heure", "9 h"}},
		{"jours-avant", "« 25 h » n’est pas une heure", []string{"jours", "2", "heure", "25 h"}},
		{"jours-avant", "de 0 à 366", []string{"jours", "400", "heure", "9 h"}},
		{"jours-avant", "aucun jour n’est compté", []string{"jours", "0", "heure", "9 h", "sauf-feries", "1"}},
		{"jours-avant", "sont exclus", []string{"jours", "1", "heure", "9 h", "sauf-weekend", "1", "sauf-lundi", "1", "sauf-mardi", "1", "sauf-mercredi", "1", "sauf-jeudi", "1", "sauf-vendredi", "1"}},
		{"jour-de-semaine", "Choisissez le jour limite", []string{"jour", "lune", "semaines", "1", "heure", "9 h"}},
		{"jour-de-semaine", "Précisez l’heure limite", []string{"jour", "jeudi", "semaines", "1"}},
		{"tableau", "Le tableau est vide", nil},
		{"tableau", "ne concerne aucun jour", []string{"jour-0", "jeudi", "semaines-0", "1", "heure-0", "9 h"}},
		{"tableau", "deux limites pour lundi", []string{"pour-0-lundi", "1", "jour-0", "jeudi", "semaines-0", "1", "heure-0", "9 h", "pour-1-lundi", "1", "jour-1", "mardi", "semaines-1", "1", "heure-1", "9 h"}},
		{"jour-du-mois", "de 1 à 31", []string{"quantieme", "32", "heure", "9 h"}},
		{"semaine-pleine", "Choisissez le jour limite", []string{"heure", "9 h"}},
		{"dates", "Aucune date limite", []string{"heure", "minuit"}},
		{"dates", "La ligne 1 n’a pas de période", []string{"limite-0", "2026-11-24", "heure", "minuit"}},
		{"dates", "doit tomber au plus tard", []string{"du-0", "2026-12-01", "au-0", "2026-12-31", "limite-0", "2026-12-24", "heure", "minuit"}},
		{"dates", "Le 31 février 2026 n’existe pas.", []string{"du-0", "2026-02-31", "au-0", "2026-12-31", "limite-0", "2026-11-24", "heure", "minuit"}},
		{"avant-periode", "au moins 1", []string{"jours", "0", "heure", "minuit"}},
		{"heures-avant", "de 1 à 2160", []string{"heures", "0"}},
		{"lune", "Choisissez comment la limite se compte", []string{"jours", "1", "heure", "9 h"}},
	} {
		form := url.Values{"cas": {"reserver-internet-0"}, "forme": {c.shape}, "vu": {"0"}}
		for i := 0; i+1 < len(c.fields); i += 2 {
			form.Set(c.fields[i], c.fields[i+1])
		}
		b.post(path+"/modifier", form).want(422).wantText(c.want)
		for _, link := range b.page.Find(".erreurs a").EachIter() {
			if target := link.AttrOr("href", "#"); b.page.Find(target).Length() != 1 {
				t.Errorf("%s: the summary leads to %s, which is not in the form", c.shape, target)
			}
		}
		b.htmx(true).post(path+"/modifier", form).want(200).wantText(c.want)
		b.htmx(false)
	}
	b.post(path+"/modifier", url.Values{"cas": {"reserver-internet-0"}, "forme": {"tableau"}, "vu": {"0"}, "pour-0-lundi": {"1"}, "jour-0": {"jeudi"}, "semaines-0": {"1"}, "heure-0": {"9 h"}, "faire": {"ligne"}}).want(200)
	if n := b.page.Find("#tableau fieldset").Length(); n != 3 {
		t.Errorf("%d lines", n)
	}
	b.htmx(true).post(path+"/modifier", url.Values{"cas": {"reserver-internet-0"}, "forme": {"heures-avant"}, "vu": {"0"}, "heures": {"72"}}).want(200).wantText("Réserver : jusqu’à 72 heures avant.").wantBody("<hx-partial")
	b.htmx(false)
	for _, bad := range []string{"/modifier", "/modifier?cas=voler-internet-0", "/modifier?cas=reserver-internet-99", "/modifier?action=reserver&canal=pigeon&profil=0"} {
		b.get(path + bad).want(404)
	}
}

// TestLimitsAreTheManagers: an agent finds nothing, another structure's activity and version are not found.
func TestLimitsAreTheManagers(t *testing.T) {
	w := newWorld(t)
	b, path := w.limits()
	other := w.neighbour()
	home := w.structure
	w.structure = other
	w.asks(portal.NewDate(2026, 12, 3))
	w.structure = home
	foreign := strings.Replace(path, "/1/", "/2/", 1)
	if path != views.CutoffsPath(1) {
		t.Fatal(path)
	}
	for _, p := range []string{foreign, foreign + "/modifier?cas=reserver-internet-0", views.CutoffsPath(99), "/gestion/reglages/activites/lune/delais"} {
		b.get(p).want(404)
	}
	for _, p := range []string{"/modifier", "/retirer", "/abandonner", "/publier", "/versions/2/retirer"} {
		b.post(foreign+p, url.Values{"cas": {"reserver-internet-0"}, "forme": {"jamais"}, "vu": {"0"}, "a_partir": {"2027-01-04"}}).want(404)
	}
	b.post(path+"/versions/2/retirer", url.Values{}).want(404)
	agent := w.staffed("SERRES", portal.Agent)
	for _, p := range []string{cutoffsPath, path, path + "/modifier?cas=reserver-internet-0", limitProfilesPath} {
		agent.get(p).want(404)
	}
	agent.get("/gestion").want(200)
	agent.post(path+"/publier", url.Values{"a_partir": {"2027-01-04"}}).want(404)
}

func TestLimitProfiles(t *testing.T) {
	w := newWorld(t)
	b, path := w.limits()
	b.get(limitProfilesPath).want(200).wantText("Aucun profil")
	b.post(limitProfilesPath, url.Values{"nom": {" "}}).want(422).wantText("Donnez un nom au profil")
	b.post(limitProfilesPath, url.Values{"nom": {"Horaires variables"}, "document": {"attestation de l’employeur"}}).wantTo(limitProfilesPath + "?fait=cree")
	b.get(limitProfilesPath + "?fait=cree").wantText("Le profil est créé.").wantText("Sur présentation de : attestation de l’employeur.").wantText("Aucune famille n’a ce profil.")
	b.post(limitProfilesPath, url.Values{"nom": {"HORAIRES variables"}}).want(422).wantText("Un autre profil s’appelle déjà « Horaires variables ». Choisissez un autre nom.")
	b.post(limitProfilesPath+"/1", url.Values{"nom": {" "}}).want(422)
	if b.page.Find("details[open] #faute-nom-1").Text() == "" || b.page.Find(`.erreurs a[href="#nom-1"]`).Length() != 1 {
		t.Error("the fault of a profile is not beside its field")
	}
	b.get(limitProfilesPath + "?q=personne").wantText("Aucune famille ne porte ce nom.")
	b.get(limitProfilesPath + "?q=dup").wantText("DUPONT")
	family := b.page.Find(`[name="famille"]`).First().AttrOr("value", "")
	give := func(family, until string) *browser {
		return b.post(limitProfilesPath+"/familles", url.Values{"q": {"dup"}, "famille": {family}, "profil": {"1"}, "jusqu_au": {until}})
	}
	give("", "2027-06-30").want(422).wantText("Choisissez la famille.")
	give(family, "").want(422).wantText("Donnez le dernier jour de validité")
	give(family, "2026-01-01").want(422).wantText("doit être valable aujourd’hui")
	if b.page.Find(`[name="famille"][checked]`).Length() != 1 || b.page.Find("#jusqu_au").AttrOr("value", "") != "2026-01-01" {
		t.Error("what was chosen is lost")
	}
	give("9999", "2027-06-30").want(404)
	give(family, "2027-06-30").wantTo(limitProfilesPath + "?fait=donne")
	b.get(limitProfilesPath).wantText("jusqu’au 30/06/2027")

	b.get(path + "/modifier?action=annuler&canal=internet&profil=1").want(200).wantText("profil « Horaires variables »")
	b.post(path+"/modifier", b.rule("jours", "0", "heure", "8 h")).want(303)
	seen := b.get(path).wantText("Annuler, profil « Horaires variables »").page.Find(`#publier [name="vu"]`).First().AttrOr("value", "")
	b.post(path+"/publier", url.Values{"vu": {seen}, "a_partir": {"2026-11-23"}}).want(303)
	b.post(limitProfilesPath+"/1", url.Values{"faire": {"retirer"}}).want(http.StatusConflict).wantText("Retirez-les d’abord")
	b.post(limitProfilesPath+"/1", url.Values{"nom": {""}}).want(422)
	b.post(limitProfilesPath+"/1", url.Values{"nom": {"Horaires décalés"}}).wantTo(limitProfilesPath + "?fait=change")
	b.post(limitProfilesPath+"/7", url.Values{"nom": {"Rien"}}).want(404)
	b.post(limitProfilesPath+"/familles/retirer", url.Values{"famille": {family}, "profil": {"1"}}).wantTo(limitProfilesPath + "?fait=repris")
	b.get(limitProfilesPath).wantText("Horaires décalés").wantText("Aucune famille n’a ce profil.")
}
