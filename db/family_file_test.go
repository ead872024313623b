package db_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"marelle/portal"
)

// familiesCSV gives the families of the town as the export writes them.
func (w *rollTown) familiesCSV() string {
	w.t.Helper()
	file, err := w.store.FamilyFile(context.Background(), w.structure)
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
