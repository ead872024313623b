package db_test

import (
	"context"
	"database/sql"
	"regexp"
	"strings"
	"testing"

	"marelle/db"
	"marelle/portal"
)

// familiesCSV gives the families of the town as the export writes them.
func (w *rollTown) familiesCSV() string {
	w.t.Helper()
	file, err := w.store.FileOfFamilies(context.Background(), w.structure)
	if err != nil {
		w.t.Fatal(err)
	}
	head, rows := file.Rows()
	var b strings.Builder
	for _, row := range append([][]string{head}, rows...) {
		for i, cell := range row {
			if i > 0 {
				b.WriteByte(';')
			}
			b.WriteString(`"` + strings.ReplaceAll(cell, `"`, `""`) + `"`)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

var ownNumbers = regexp.MustCompile(`(?m)^"F(\d+)"((?:;"[^"]*"){5});"[^"]*"((?:;"[^"]*"){8});"[^"]*"((?:;"[^"]*"){8});"[^"]*"`)

// withoutNumbers takes away what only Marelle gives: the file as a secretary would have typed it.
func withoutNumbers(text string) string {
	return ownNumbers.ReplaceAllString(text, `"$1"$2;""$3;""$4;""`)
}

func (w *rollTown) importFamilies(text string, trial bool) portal.RollReport {
	w.t.Helper()
	file, faults := portal.ReadFamilies("familles.csv", text)
	if portal.RollBlocked(faults) {
		w.t.Fatalf("the file is refused: %v", faults)
	}
	report, err := w.store.ImportFamilies(context.Background(), w.structure, 0, "familles.csv", file, "", trial)
	if err != nil {
		w.t.Fatal(err)
	}
	return report
}

func (w *rollTown) loadFamilies(text string) portal.RollReport {
	w.t.Helper()
	report := w.importFamilies(text, false)
	if len(report.Faults) > 0 {
		w.t.Fatalf("refused: %v", report.Faults)
	}
	return report
}

func TestExportedFamiliesComeBackUnchanged(t *testing.T) {
	w := newRollTown(t)
	w.load(w.read(twoHomes()), "")
	_, before := w.picture()
	report := w.loadFamilies(w.familiesCSV())
	if n := report.Changes(); n != 0 || len(report.Lines) != 0 {
		t.Errorf("changes: %s\n%s", report.Summary(), strings.Join(reportLines(report), "\n"))
	}
	if _, after := w.picture(); before != after {
		t.Error("the export, imported again, wrote something")
	}
	report = w.loadFamilies(withoutNumbers(w.familiesCSV()))
	if len(report.Lines) != 0 {
		t.Errorf("without numbers: %s\n%s", report.Summary(), strings.Join(reportLines(report), "\n"))
	}
}

func TestModelFamiliesImportTwice(t *testing.T) {
	w := newRollTown(t)
	model := portal.ModelFamilies()
	head, rows := model.Rows()
	text := strings.Join(head, ";") + "\n"
	for _, row := range rows {
		text += strings.Join(row, ";") + "\n"
	}
	report := w.loadFamilies(text)
	w.want("report", reportLines(report),
		"ecole: École Jean-Jaurès",
		"enfant: EXEMPLE Léa, née le 03/02/2020, CP Mme AUBÉ, École Jean-Jaurès",
		"classe: CP Mme AUBÉ, 2026-2027",
		"enfant: EXEMPLE Théo, né le 14/11/2018, CE1-CE2 M. NOËL, École Jean-Jaurès",
		"classe: CE1-CE2 M. NOËL, 2026-2027",
		"enfant: MODÈLE-ROUX Inès, née le 17/09/2022, PS-MS Mme ROUX, École Jean-Jaurès",
		"classe: PS-MS Mme ROUX, 2026-2027",
		"compte: Mme EXEMPLE Claire, claire@exemple.fr",
		"compte: M. EXEMPLE Paul, paul@exemple.fr, paul.travail@exemple.fr",
		"compte: M. MODÈLE Karim, karim@exemple.fr",
		"famille: Famille EXEMPLE, Mme EXEMPLE Claire et M. EXEMPLE Paul : Léa et Théo",
		"famille: Famille MODÈLE-ROUX, M. MODÈLE Karim : Inès")
	w.want("households", w.households(), "EXEMPLE, 1 rue des Tilleuls : Claire + Paul : Léa, Théo", "MODÈLE-ROUX, 40 route du Col : Karim : Inès")
	w.want("who lives elsewhere", w.list("SELECT name FROM family WHERE NOT resident"), "MODÈLE-ROUX")
	if again := w.loadFamilies(text); len(again.Lines) != 0 {
		t.Errorf("again: %s", strings.Join(reportLines(again), "\n"))
	}
}

func TestFamiliesAreAllOrNothing(t *testing.T) {
	w := newRollTown(t)
	w.load(w.read(twoHomes()), "")
	_, before := w.picture()
	text := w.familiesCSV()
	file, faults := portal.ReadFamilies("familles.csv", text)
	if portal.RollBlocked(faults) {
		t.Fatal(faults)
	}
	for i := range 120 { // more than one statement holds
		file.Children = append(file.Children, portal.FileChild{RollPupil: portal.RollPupil{LastName: "NEUF", FirstName: strings.Repeat("a", i+1), Birth: portal.MustDate("2019-06-05")}})
		file.Families = append(file.Families, portal.FileFamily{Key: "neuve", Name: "NEUF", Children: []int{len(file.Children) - 1}})
	}
	last := &file.Families[len(file.Families)-1]
	last.Guardians = []int{len(file.Guardians)}
	file.Guardians = append(file.Guardians, portal.FileGuardian{RollGuardian: portal.RollGuardian{LastName: "NEUF", Emails: []string{"no address"}}}) // the base refuses the very last line
	_, err := w.store.ImportFamilies(context.Background(), w.structure, 0, "familles.csv", file, "", false)
	if err == nil {
		t.Fatal("imported")
	}
	if _, after := w.picture(); before != after {
		t.Error("a failed import left something behind")
	}
	file.Guardians[len(file.Guardians)-1].Emails = nil
	if report, err := w.store.ImportFamilies(context.Background(), w.structure, 0, "familles.csv", file, "", false); err != nil || len(report.Of(portal.RollNewChild)) != 120 {
		t.Errorf("%s, %v", report.Summary(), err)
	}
	w.want("children in families", w.list("SELECT count(*) FROM family_child WHERE family_id IN (SELECT id FROM family WHERE name = 'NEUF')"), "120")
}

func TestFamiliesTrialWritesNothing(t *testing.T) {
	w := newRollTown(t)
	w.load(w.read(twoHomes()), "")
	text := strings.ReplaceAll(w.familiesCSV(), "2 rue Haute", "3 rue Neuve")
	_, before := w.picture()
	trial := w.importFamilies(text, true)
	if _, after := w.picture(); before != after {
		t.Error("a trial wrote")
	}
	real := w.importFamilies(text, false)
	w.want("the trial's report", reportLines(trial), reportLines(real)...)
	w.want("what changed", reportLines(real), "famille-changee: Famille VIDAL : Adresse : « 2 rue Haute » devient « 3 rue Neuve »")
}

func TestFamiliesChangedLineUpdates(t *testing.T) {
	w := newRollTown(t)
	w.load(w.read(twoHomes()), "")
	w.exec("UPDATE account_email SET reminders = 0 WHERE address = 'paul@exemple.fr'")
	w.exec("INSERT INTO password_reset (token_hash, account_id, asked_at) SELECT zeroblob(32), account_id, 0 FROM account_email WHERE address = 'paul@exemple.fr'")
	text := strings.NewReplacer("paul@exemple.fr", "paul@ailleurs.fr, Paul@exemple.fr", `"CE1";"CE1-CE2 M. NOËL"`, `"CE2";"CE2 Mme AUBÉ"`, "06 00 00 00 05", "06 99 00 00 05").Replace(w.familiesCSV())
	report := w.loadFamilies(text)
	w.want("report", reportLines(report),
		"classe: CE2 Mme AUBÉ, 2026-2027",
		"passage: VIDAL Noé : CE2 Mme AUBÉ, École Jean-Jaurès",
		"compte-complete: M. VIDAL Paul : courriels : « paul@exemple.fr » devient « paul@ailleurs.fr, Paul@exemple.fr » ; portable : « 06 00 00 00 05 » devient « 06 99 00 00 05 »")
	w.want("addresses", w.list("SELECT position, address, reports, reminders FROM account_email JOIN account a ON a.id = account_id WHERE a.first_name = 'Paul' ORDER BY position"), "0|paul@ailleurs.fr|1|1", "1|Paul@exemple.fr|1|0")
	w.want("links", w.list("SELECT count(*) FROM password_reset"), "0")
	w.want("the audit log", w.list("SELECT words, json_array_length(changes) FROM staff_event ORDER BY id DESC LIMIT 1"), "Fichier des familles importé, 2026-2027|3")
	if again := w.loadFamilies(text); len(again.Lines) != 0 {
		t.Errorf("again: %s", strings.Join(reportLines(again), "\n"))
	}
}

func TestFamiliesStayInTheirStructure(t *testing.T) {
	w := newRollTown(t)
	w.load(w.read(twoHomes()), "")
	text := w.familiesCSV()
	other, err := w.store.CreateStructure(context.Background(), portal.Structure{Name: "Mairie voisine", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	w.structure = other
	_, before := w.picture()
	report := w.importFamilies(text, false)
	if len(report.Faults) == 0 || report.Changes() != 0 {
		t.Errorf("the neighbour's numbers are taken: %s", report.Summary())
	}
	if _, after := w.picture(); before != after {
		t.Error("a refused import wrote")
	}
	if got := w.familiesCSV(); strings.Count(got, "\n") != 1 {
		t.Errorf("the neighbour exports %s", got)
	}
}

// TestImportIsMadeUpAnewWhenSomebodyWrites changes a family while an import is being made up from it.
func TestImportIsMadeUpAnewWhenSomebodyWrites(t *testing.T) {
	w := newRollTown(t)
	w.load(w.read(twoHomes()), "")
	text := strings.Replace(w.familiesCSV(), "06 00 00 00 05", "06 99 00 00 05", 2)
	file, _ := portal.ReadFamilies("familles.csv", text)
	times := 0
	ctx := db.WithProgress(context.Background(), func(p portal.Progress) {
		if p.Step == portal.ProgressMatching {
			if times++; times == 1 { // after it was read, before it is written
				w.load(w.read("VIDAL;;Noé;05/06/2019;M;000000004ZZ;2 rue Haute;09999;TILLAC;CE2;CE2\nNEUF;;Alix;01/01/2020;M;;7 rue X;09999;TILLAC;CP;CP\n",
					"M.;;VIDAL;Paul;2 rue Haute;09999;TILLAC;;;VIDAL;Noé;;;;\n"), "")
			}
		}
	})
	report, err := w.store.ImportFamilies(ctx, w.structure, 0, "familles.csv", file, "", false)
	if err != nil || times != 2 {
		t.Fatalf("made up %d times: %v", times, err)
	}
	if len(report.Of(portal.RollMovedChild)) != 1 { // the file says CE1, the school said CE2 meanwhile
		t.Errorf("made up from what was there before: %s", strings.Join(reportLines(report), "\n"))
	}
	w.want("both are there", w.list("SELECT count(*) FROM child WHERE last_name = 'NEUF'"), "1")
}

func TestTwoSchoolsNameOneChild(t *testing.T) {
	w := newRollTown(t)
	const lea = "MARTEL;;Léa;03/02/2020;F;000000001ZZ;1 rue A;09999;TILLAC;CP;CP\n"
	const theo = "MARTEL;;Théo;03/02/2018;M;000000002ZZ;1 rue A;09999;TILLAC;CE2;CE2\n"
	const luc = "M.;;MARTEL;Luc;1 rue A;09999;TILLAC;luc@exemple.fr;;MARTEL;Léa;;MARTEL;Théo;\n"
	year := "2027-2028"
	w.run("École Haute", w.read(lea+theo, luc), year, false)
	report := w.run("École Basse", w.read(lea, luc), year, false)
	if notes := report.Of(portal.RollNote); len(notes) != 1 || !strings.Contains(notes[0], "MARTEL Léa était aussi dans le fichier de École Haute (CP) pour 2027-2028") {
		t.Errorf("%q", notes)
	}
	next := func() *portal.NextYear {
		n, err := w.store.NextYear(context.Background(), w.structure)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := next(); len(n.Twice) != 1 || n.Twice[0].Where != "CP, École Basse" || n.Twice[0].Other != "CP, École Haute" {
		t.Errorf("%+v", n.Twice)
	}
	if again := w.run("École Basse", w.read(lea, luc), year, false); again.Changes() != 0 || len(next().Twice) != 1 {
		t.Errorf("imported again: %s", again.Summary())
	}
	w.run("École Haute", w.read(theo, luc), year, false) // the school took her out
	if n := next(); len(n.Twice) != 0 || n.Schools[0].Next != 1 || n.Schools[1].Next != 1 {
		t.Errorf("%+v %+v", n.Twice, n.Schools)
	}
}

func TestNextYearLists(t *testing.T) {
	w := newRollTown(t)
	w.load(w.read(twoHomes()), "2026-2027")
	n, err := w.store.NextYear(context.Background(), w.structure)
	if err != nil || n.Next.Label != "2027-2028" || len(n.Leaving) != 0 || n.Schools[0].Now != 5 || n.Guardianless != 1 || n.Unwritten != 4 {
		t.Fatalf("%+v, %v", n, err)
	}
	w.load(w.read("VIDAL;;Noé;05/06/2019;M;000000004ZZ;2 rue Haute;09999;TILLAC;CE2;CE2\nNEUF;;Alix;01/01/2024;M;;7 rue X;09999;TILLAC;PS;PS\n",
		"M.;;VIDAL;Paul;2 rue Haute;09999;TILLAC;paul@exemple.fr;06 00 00 00 05;VIDAL;Noé;;;;\n"), "2027-2028")
	before := w.list("SELECT count(*) FROM child_class WHERE school_year_id = (SELECT id FROM school_year WHERE label = '2026-2027')")
	if n, err = w.store.NextYear(context.Background(), w.structure); err != nil || len(n.Leaving) != 4 || len(n.Arriving) != 1 || n.Arriving[0].Name != "NEUF Alix" {
		t.Errorf("%+v, %v", n, err)
	}
	setup, err := w.store.Setup(context.Background(), w.structure)
	if err != nil {
		t.Fatal(err)
	}
	names := len(setup.ClassNames)
	children, err := w.store.RemoveNextYearClasses(context.Background(), w.structure, 0, n.Schools[0].ID, "2027-2028")
	if err != nil || children != 2 {
		t.Errorf("%d, %v", children, err)
	}
	w.want("this year's classes", w.list("SELECT count(*) FROM child_class"), before...)
	if setup, err = w.store.Setup(context.Background(), w.structure); err != nil || len(setup.ClassNames) != names-2 {
		t.Errorf("%d classes have names, of %d before: %v", len(setup.ClassNames), names, err)
	}
	if _, err := w.store.RemoveNextYearClasses(context.Background(), w.structure, 0, 999, "2027-2028"); portal.AsError(err) == nil {
		t.Errorf("a foreign school: %v", err)
	}
}

// exec writes with a connection of its own.
func (w *rollTown) exec(query string) {
	w.t.Helper()
	conn, err := sql.Open("marelle", "file:"+w.store.Path()+"?_busy_timeout=5000&_txlock=immediate")
	if err != nil {
		w.t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Exec(query); err != nil {
		w.t.Fatal(err)
	}
}
