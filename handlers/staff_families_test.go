package handlers

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"

	"marelle/portal"
)

const familiesHead = "Famille;Adresse;Code postal;Commune;Résident;Responsable 1 : civilité;Responsable 1 : nom;Responsable 1 : prénom;Responsable 1 : courriels;" +
	"Enfant : nom;Enfant : prénom;Enfant : naissance;Enfant : école;Enfant : classe\n"

const twoFamilies = familiesHead +
	"1;1 rue A;9140;CARTEVILLE;oui;Mme;EXEMPLE;Claire;claire@exemple.fr;EXEMPLE;Léa;03/02/2020;École Jean-Jaurès;CP\n" +
	"2;2 rue B;09140;CARTEVILLE;non;M.;MODÈLE;Karim;karim@exemple.fr;MODÈLE;Inès;17/09/2022;École Jean-Jaurès;PS\n"

func (b *browser) sendFamilies(fields map[string]string, text string) *browser {
	b.w.t.Helper()
	files := map[string][]byte{}
	if text != "" {
		files["familles"] = []byte(text)
	}
	return b.do(b.uploadingTo(familiesPath, fields, files))
}

func TestFamiliesImportJourney(t *testing.T) {
	w := newWorld(t)
	b := w.staffed("PUJOL", portal.Manager)
	b.get(settingsPath).wantText("Tout exporter").wantText("Préparer l’année suivante")
	b.get(familiesPath).want(200).wantText("Partez du modèle")
	b.sendFamilies(map[string]string{"annee": "2026-2027", "faire": "essayer"}, twoFamilies).want(200)
	b.wantText("Essai : rien n’a été changé").wantText("2026-2027. 1 école créée, 2 classes créées, 2 enfants créés, 2 familles créées, 2 comptes de parent créés.")
	b.wantText("Le fichier contient 2 enfants, 2 responsables, 2 familles.")
	if got := w.scalar("SELECT count(*) FROM child"); got != "0" {
		t.Fatalf("a trial left %s children", got)
	}
	key := b.page.Find("input[name=cle]").AttrOr("value", "")
	b.post(importPath, url.Values{"cle": {key}}).want(409) // the key of another form
	b.get(familiesPath + "?suivi=" + key).want(200).wantText("Essai : rien n’a été changé")
	b.post(familiesPath, url.Values{"cle": {key}, "faire": {"importer"}}).want(303)
	b.follow().want(200).wantText("L’import est fait. 2026-2027. 1 école créée")
	b.post(familiesPath, url.Values{"cle": {key}}).want(303) // the button pressed twice
	if got := w.scalar("SELECT count(*) FROM child"); got != "2" {
		t.Fatalf("%s children", got)
	}
	if got := w.scalar("SELECT group_concat(words, ' ; ') FROM staff_event WHERE subject = 'import'"); got != "Fichier des familles importé, 2026-2027" {
		t.Errorf("the audit log says %q", got)
	}
	b.get(familiesPath).sendFamilies(map[string]string{"faire": "importer"}, twoFamilies).want(303)
	b.follow().wantText("0 changement")
	b.get(familiesPath).sendFamilies(map[string]string{"faire": "importer"}, strings.Replace(twoFamilies, "1 rue A", "8 place Neuve", 1)).want(303)
	b.follow().wantText("Adresse : « 1 rue A » devient « 8 place Neuve »")
}

func TestFamiliesImportRefusals(t *testing.T) {
	w := newWorld(t)
	b := w.staffed("PUJOL", portal.Manager)
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"aucun fichier":   {"", []string{"Choisissez le fichier des familles."}},
		"une date fausse": {strings.Replace(twoFamilies, "03/02/2020", "31/02/2020", 1), []string{"Rien n’a été importé.", "1 point à corriger", "Enfant : naissance", "« 31/02/2020 » n’est pas une date qui existe"}},
		"numéro inconnu":  {strings.Replace(twoFamilies, "\n1;", "\nF99;", 1), []string{"Rien n’a été importé.", "Aucune famille de cette structure n’a le numéro F99"}},
	} {
		t.Run(name, func(t *testing.T) {
			here := *w
			here.t = t
			b := here.browserOf(b)
			b.get(familiesPath).sendFamilies(map[string]string{"faire": "importer", "annee": "2027-2028"}, c.text).want(422)
			for _, want := range c.want {
				b.wantText(want)
			}
			if got := b.page.Find("#annee option[selected]").AttrOr("value", ""); got != "2027-2028" {
				t.Errorf("the year chosen is lost: %q", got)
			}
		})
	}
	if got := w.scalar("SELECT count(*) FROM child") + w.scalar("SELECT count(*) FROM staff_event WHERE subject = 'import'"); got != "00" {
		t.Errorf("a refused import left %s behind", got)
	}
	w.staffed("ROUCH", portal.Agent).get(familiesPath).want(404)
}

func TestLongImportTellsHowFarItIs(t *testing.T) {
	w := newWorld(t)
	b := w.staffed("PUJOL", portal.Manager)
	b.get(familiesPath)
	release, told := make(chan struct{}), make(chan struct{})
	account := w.scalar("SELECT id FROM account WHERE last_name = 'PUJOL'")
	var owner portal.AccountID
	fmt.Sscan(account, &owner)
	trial := &importTrial{owner: owner, structure: w.structure, path: familiesPath, until: w.clock.Now().Add(trialLife)}
	trial.run = func(context.Context, bool) (portal.RollReport, error) {
		trial.told(portal.Progress{Step: portal.ProgressWriting, Done: 4000, Total: 20_000})
		close(told)
		<-release
		return portal.RollReport{Year: "2026-2027"}, nil
	}
	w.site.trials.keep("abc", trial, w.clock.Now())
	trial.start(context.Background(), false)
	<-told
	b.get(familiesPath + "?suivi=abc").want(200).wantText("L’import est en cours").wantText("Enregistrement : 4 000 sur 20 000.").wantText("Actualiser")
	if got := b.page.Find("progress").AttrOr("value", ""); got != "88" {
		t.Errorf("%s per cent", got)
	}
	if !strings.Contains(b.body, `<noscript><meta http-equiv="refresh" content="2"></noscript>`) {
		t.Error("a browser without scripts does not look again")
	}
	b.headers.Set("HX-Request", "true")
	b.get(familiesPath + "?suivi=abc").want(200).wantText("en cours")
	close(release)
	trial.wait(importPatience)
	if got := b.get(familiesPath + "?suivi=abc").res.Header.Get("HX-Redirect"); got != familiesPath+"?suivi=abc" {
		t.Errorf("the page that looks is led to %q", got)
	}
	b.headers.Del("HX-Request")
	b.get(familiesPath + "?suivi=abc").want(200).wantText("L’import est fait. 2026-2027.")
	w.staffed("ROUCH", portal.Manager).get(familiesPath + "?suivi=abc").want(409)
}

func TestPanicOfAnImportStaysItsOwn(t *testing.T) {
	trial := &importTrial{run: func(context.Context, bool) (portal.RollReport, error) { panic("oups") }}
	trial.start(context.Background(), true)
	if !trial.wait(importPatience) || trial.err == nil {
		t.Errorf("the panic is lost: %v", trial.err)
	}
}

func TestExports(t *testing.T) {
	w := newWorld(t)
	w.roll(strings.ReplaceAll(twoPupils, "Paolo", "=Paolo"), strings.ReplaceAll(twoGuardians, "Paolo", "=Paolo"))
	w.neighbour()
	b := w.staffed("PUJOL", portal.Manager)
	b.get(importPath + "/modele.csv").want(200)
	if !strings.HasPrefix(b.body, "\ufeffFamille;") || !strings.Contains(b.body, "EXEMPLE;;Léa;03/02/2020") {
		t.Errorf("the model: %s", b.body)
	}
	file := b.get(exportPath + "/familles.csv").want(200).body
	if !strings.Contains(file, "F1;DUPONT;7 rue Jean-Jaurès") || strings.Contains(file, "VOISIN") || !strings.Contains(file, ";'=Paolo;") {
		t.Errorf("the families: %s", file)
	}
	before := w.scalar("SELECT group_concat(first_name) FROM child")
	b.get(familiesPath).sendFamilies(map[string]string{"faire": "importer"}, file).want(303)
	b.follow().wantText("0 changement")
	if got := w.scalar("SELECT group_concat(first_name) FROM child"); got != before {
		t.Errorf("%s became %s", before, got)
	}

	b.get(exportPath).want(200).wantText("reservations.csv")
	res := b.post(exportPath, url.Values{}).want(200).res
	if got := res.Header.Get("Content-Disposition"); got != `attachment; filename="marelle-2026-11-23.zip"` {
		t.Error(got)
	}
	archive, err := zip.NewReader(bytes.NewReader([]byte(b.body)), int64(len(b.body)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range archive.File {
		names = append(names, f.Name)
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil || !bytes.HasPrefix(text, []byte("\ufeff")) || bytes.Contains(text, []byte("VOISIN")) {
			t.Errorf("%s: %v, %s", f.Name, err, text)
		}
	}
	if got := strings.Join(names, " "); got != "familles.csv structure.csv calendrier.csv classes.csv activites.csv compteurs.csv reservations.csv droits.csv personnes.csv garde.csv documents.csv notes.csv inscriptions.csv inscriptions-annee.csv demandes.csv mouvements.csv" {
		t.Error(got)
	}
	if got := w.scalar("SELECT count(*) FROM staff_event WHERE words = 'Toutes les données de la structure exportées'"); got != "1" {
		t.Errorf("the audit log has %s lines of the export", got)
	}
}

func TestNextYearPage(t *testing.T) {
	w := newWorld(t)
	w.roll(twoPupils, twoGuardians)
	b := w.staffed("PUJOL", portal.Manager)
	b.get(nextYearPath).want(200).wantText("Préparer 2027-2028").wantText("Aucun fichier de 2027-2028 n’est encore importé")
	b.get(importPath + "?annee=2027-2028")
	if got := b.page.Find("#annee option[selected]").AttrOr("value", ""); got != "2027-2028" {
		t.Errorf("the year proposed is %q", got)
	}
	next := pupilHead + "DUPONT;;Amalia;01/09/2020;F;000000001FH;7 rue Jean-Jaurès;09140;CARTEVILLE;CE1;CE1 M. GALY\n" +
		"NEUF;;Nina;01/01/2024;F;000000003ZZ;2 rue Haute;09140;CARTEVILLE;PS;PS Mme ROUX\n"
	b.upload(map[string]string{"ecole": "École Jean-Jaurès", "annee": "2027-2028", "faire": "importer"}, rollFiles(next, twoGuardians)).want(303)
	b.get(nextYearPath).wantText("2 enfants ont une classe en 2027-2028.").wantText("1 enfant part, 1 enfant arrive.")
	b.wantText("DUPONT Paolo, CE1-CE2 M. GALY, École Jean-Jaurès").wantText("NEUF Nina, PS Mme ROUX, École Jean-Jaurès")

	school := b.page.Find("form input[name=ecole]").AttrOr("value", "")
	b.post(nextYearPath, url.Values{"faire": {"retirer"}, "annee": {"2027-2028"}, "ecole": {"999"}}).want(404)
	b.get(nextYearPath).post(nextYearPath, url.Values{"faire": {"retirer"}, "annee": {"2026-2027"}, "ecole": {school}}).want(409).wantText("a commencé")
	b.post(nextYearPath, url.Values{"faire": {"autre"}}).want(422)
	b.post(nextYearPath, url.Values{"faire": {"retirer"}, "annee": {"2027-2028"}, "ecole": {school}}).want(303)
	b.follow().want(200).wantText("Les classes sont retirées").wantText("Aucun fichier de 2027-2028")
	if got := w.scalar("SELECT count(*) FROM child_class") + w.scalar("SELECT count(*) FROM child"); got != "23" {
		t.Errorf("classes and children: %s", got)
	}
	b.post(nextYearPath, url.Values{"faire": {"ajouter"}, "annee": {"2027-2028"}}).want(409).wantText("est déjà là")
	w.staffed("ROUCH", portal.Agent).get(nextYearPath).want(404)
}

func TestNextYearIsAdded(t *testing.T) {
	w := newWorld(t)
	w.raw("DELETE FROM school_holiday WHERE first > '2027-08-25'")
	w.raw("DELETE FROM class WHERE school_year_id IN (SELECT id FROM school_year WHERE first > '2027-08-25')")
	w.raw("DELETE FROM school_year WHERE first > '2027-08-25'")
	b := w.staffed("PUJOL", portal.Manager)
	b.get(nextYearPath).wantText("L’année 2027-2028 n’est pas encore là")
	b.get(nextYearPath + "?ajoutee=2027-2028").wantNoText("est ajoutée").get(nextYearPath + "?ajoutee=Bravo").wantNoText("Bravo")
	b.post(nextYearPath, url.Values{"faire": {"ajouter"}, "annee": {"2027-2028"}}).want(303)
	b.follow().wantText("L’année 2027-2028 est ajoutée.").wantText("périodes de vacances")
	if got := w.scalar("SELECT words FROM staff_event WHERE subject = 'calendrier'"); got != "Année scolaire 2027-2028 créée" {
		t.Errorf("the audit log says %q", got)
	}
}

// TestExportedTables: each table of CarteVille's export has its columns, and what is there is in it.
func TestExportedTables(t *testing.T) {
	w, _ := twoTowns(t)
	letter, err := w.store.CreateStaff(context.Background(), 1, portal.Identity{LastName: "ZCHEF", FirstName: "Agnès"}, portal.Manager)
	if err != nil {
		t.Fatal(err)
	}
	w.raw("INSERT INTO request (child_id, activity_id, day, account_id, since, late) SELECT (SELECT min(id) FROM child WHERE structure_id = 1), 1, '2026-12-03', (SELECT min(id) FROM account), 1795510800000, 1")
	b := w.enter(letter)
	b.get(exportPath).post(exportPath, url.Values{}).want(200)
	archive, err := zip.NewReader(bytes.NewReader([]byte(b.body)), int64(len(b.body)))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		read := csv.NewReader(r)
		read.Comma = ';'
		rows, err := read.ReadAll() // each row has as many cells as the first
		if err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		for _, row := range rows {
			got[f.Name] += strings.Join(row, "|") + "\n"
		}
	}
	for name, want := range map[string]string{
		"droits.csv": "|oui|oui|oui|oui|\n", "personnes.csv": "Personne|Téléphone|Lien|Ne doit pas venir", "garde.csv": "Jour|Famille", "documents.csv": "|assurance|",
		"notes.csv": "Une note de CarteVille", "inscriptions.csv": "|2026-09-01|\n", "inscriptions-annee.csv": "|lundi", "demandes.csv": "|2026-12-03|oui|",
	} {
		if !strings.Contains(got[name], want) {
			t.Errorf("%s lacks %q:\n%.400s", name, want, got[name])
		}
	}
}
