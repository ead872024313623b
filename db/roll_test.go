package db_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"marelle/db"
	"marelle/db/dbtest"
	"marelle/portal"
)

// rollTown is a structure into which rolls are imported.
type rollTown struct {
	t         testing.TB
	store     *db.Store
	clock     *dbtest.Clock
	structure portal.StructureID
}

func newRollTown(t testing.TB) *rollTown {
	t.Helper()
	store, clock := dbtest.New(t, time.Date(2026, 11, 23, 9, 0, 0, 0, portal.Paris))
	structure, err := store.CreateStructure(context.Background(), portal.Structure{Name: "Mairie de Tillac", Town: "TILLAC", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	return &rollTown{t, store, clock, structure}
}

const (
	pupilHead    = "Nom élève;Nom d'usage élève;Prénom élève;Date naissance;Sexe;INE;Adresse1;Cp1;Commune1;Niveau;Libellé classe\n"
	guardianHead = "Civilité Responsable;Nom usage responsable;Nom responsable;Prénom responsable;Adresse responsable;CP responsable;Commune responsable;Courriel;Téléphone portable;" +
		"Nom de famille enfant;Prénom enfant;Classes enfants;Nom de famille enfant;Prénom enfant;Classes enfants\n"
)

// read makes a roll of lines; a pupil is « DUPONT;;Amalia;01/09/2020;F;000000001FH;7 rue X;09140;TILLAC;CP;CP Mme IZARD ».
func (w *rollTown) read(pupils, guardians string) portal.Roll {
	w.t.Helper()
	roll, faults := portal.ReadRoll("eleves.csv", pupilHead+pupils, "responsables.csv", guardianHead+guardians)
	if portal.RollBlocked(faults) {
		w.t.Fatalf("the roll is refused: %v", faults)
	}
	return roll
}

func (w *rollTown) load(roll portal.Roll, year string) portal.RollReport {
	w.t.Helper()
	return w.run("École Jean-Jaurès", roll, year, false)
}

func (w *rollTown) run(school string, roll portal.Roll, year string, dryRun bool) portal.RollReport {
	w.t.Helper()
	report, err := w.store.ImportRoll(context.Background(), w.structure, 0, school, roll, year, dryRun)
	if err != nil {
		w.t.Fatal(err)
	}
	return report
}

// peek reads a live database with a connection of its own.
func (w *rollTown) peek() *sql.DB {
	w.t.Helper()
	look, err := sql.Open("marelle", "file:"+w.store.Path()+"?mode=ro&_query_only=1")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { look.Close() })
	return look
}

// picture gives every row of every table, so that two states can be compared.
func (w *rollTown) picture() (rows map[string]int, hash string) {
	w.t.Helper()
	look := w.peek()
	rows, sum := map[string]int{}, sha256.New()
	for _, table := range w.list("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name") {
		found, err := look.Query("SELECT * FROM " + table + " ORDER BY 1, 2")
		if err != nil {
			w.t.Fatal(err)
		}
		columns, _ := found.Columns()
		for found.Next() {
			cells := make([]any, len(columns))
			for i := range cells {
				cells[i] = new(any)
			}
			if err := found.Scan(cells...); err != nil {
				w.t.Fatal(err)
			}
			fmt.Fprint(sum, table)
			for _, c := range cells {
				fmt.Fprintf(sum, "|%v", *c.(*any))
			}
			rows[table]++
		}
		found.Close()
	}
	return rows, fmt.Sprintf("%x", sum.Sum(nil))
}

// list gives the rows of a query, their cells joined by « | ».
func (w *rollTown) list(query string, args ...any) []string {
	w.t.Helper()
	rows, err := w.peek().Query(query, args...)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	columns, _ := rows.Columns()
	var list []string
	for rows.Next() {
		cells := make([]sql.NullString, len(columns))
		into := make([]any, len(cells))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			w.t.Fatal(err)
		}
		var words []string
		for _, c := range cells {
			words = append(words, c.String)
		}
		list = append(list, strings.Join(words, "|"))
	}
	return list
}

func (w *rollTown) want(what string, got []string, want ...string) {
	w.t.Helper()
	if !slices.Equal(got, want) {
		w.t.Errorf("%s:\n got %s\nwant %s", what, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

// households gives « DUPONT, 7 rue X : Jean + Anne : Amalia, Paolo » for each family.
func (w *rollTown) households() []string {
	return w.list(`SELECT f.name || ', ' || f.street || ' : ' ||
		coalesce((SELECT group_concat(first_name, ' + ') FROM (SELECT a.first_name FROM guardian g JOIN account a ON a.id = g.account_id WHERE g.family_id = f.id ORDER BY a.id)), '') || ' : ' ||
		coalesce((SELECT group_concat(first_name, ', ') FROM (SELECT c.first_name FROM family_child x JOIN child c ON c.id = x.child_id WHERE x.family_id = f.id ORDER BY c.id)), '')
		FROM family f ORDER BY f.id`)
}

func (w *rollTown) classes(year string) []string {
	return w.list(`SELECT c.last_name || ' ' || c.first_name, x.grade, k.name FROM child_class x JOIN child c ON c.id = x.child_id JOIN class k ON k.id = x.class_id
		JOIN school_year y ON y.id = x.school_year_id WHERE y.label = ? ORDER BY c.id`, year)
}

func TestImportRollOfASmallSchool(t *testing.T) {
	w := newRollTown(t)
	roll := w.read(
		"MARTEL;;Léa;03/02/2020;F;000000001ZZ;1 rue des Tilleuls;09999;TILLAC;CP;CP Mme AUBÉ\n"+
			"MARTEL;;Théo;14/11/2018;M;000000002ZZ;1 rue des Tilleuls;09999;TILLAC;CE2;CE1-CE2 M. NOËL\n",
		"M.;;MARTEL;Luc;1 rue des Tilleuls;09999;TILLAC;luc@exemple.fr;06 00 00 00 01;MARTEL;Léa;CP Mme AUBÉ;MARTEL;Théo;CE1-CE2 M. NOËL\n"+
			"Mme;;ROCHE;Anne;1 rue des Tilleuls;09999;TILLAC;;;MARTEL;Léa;CP Mme AUBÉ;MARTEL;Théo;CE1-CE2 M. NOËL\n")
	report := w.load(roll, "")

	w.want("report", reportLines(report),
		"ecole: École Jean-Jaurès",
		"classe: CP Mme AUBÉ, 2026-2027",
		"enfant: MARTEL Léa, née le 03/02/2020, CP Mme AUBÉ",
		"classe: CE1-CE2 M. NOËL, 2026-2027",
		"enfant: MARTEL Théo, né le 14/11/2018, CE1-CE2 M. NOËL",
		"compte: M. MARTEL Luc, luc@exemple.fr",
		"compte: Mme ROCHE Anne, sans courriel",
		"famille: Famille MARTEL, M. MARTEL Luc et Mme ROCHE Anne : Léa et Théo")
	if got, want := report.Summary(), "1 école créée, 2 classes créées, 2 enfants créés, 1 famille créée, 2 comptes de parent créés"; got != want {
		t.Errorf("summary: got %s, want %s", got, want)
	}
	w.want("households", w.households(), "MARTEL, 1 rue des Tilleuls : Luc + Anne : Léa, Théo")
	w.want("classes", w.classes("2026-2027"), "MARTEL Léa|CP|CP Mme AUBÉ", "MARTEL Théo|CE2|CE1-CE2 M. NOËL")
	w.want("nobody can sign in before the letter", w.list("SELECT count(*) FROM account WHERE password = '' AND temporary = 1 AND letter_at IS NULL AND first_seen_at IS NULL"), "2")
	w.want("no national number is kept", w.list("SELECT count(*) FROM child WHERE instr(CAST(ine_hash AS BLOB), CAST('000000001ZZ' AS BLOB)) > 0 OR length(ine_hash) <> 32"), "0")

	children, err := w.store.Children(context.Background(), 1)
	if err != nil || len(children) != 2 || children[1].Grade != "CP" {
		t.Errorf("the father sees %v, %v", children, err)
	}
}

func reportLines(r portal.RollReport) []string {
	var lines []string
	for _, l := range r.Lines {
		lines = append(lines, string(l.Kind)+": "+l.Text)
	}
	return lines
}

func TestImportRollTwiceChangesNothing(t *testing.T) {
	w := newRollTown(t)
	roll := w.read(twoHomes())
	w.load(roll, "")
	rows, before := w.picture()
	w.clock.Add(48 * time.Hour)
	report := w.load(w.read(twoHomes()), "")
	if n := report.Changes(); n != 0 || len(report.Lines) != 0 || report.Summary() != "0 changement" {
		t.Errorf("the second import changes: %s\n%s", report.Summary(), strings.Join(reportLines(report), "\n"))
	}
	again, after := w.picture()
	if before != after {
		t.Errorf("the second import wrote: %v then %v", rows, again)
	}
}

// twoHomes is a roll of separated parents, homonyms, a child without guardian and one without INE.
func twoHomes() (pupils, guardians string) {
	return "VIDAL;;Noé;05/06/2019;M;000000004ZZ;2 rue Haute;09999;TILLAC;CE1;CE1-CE2 M. NOËL\n" +
			"VIDAL;;Inès;17/09/2022;F;;2 rue Haute;09999;TILLAC;PS;PS-MS Mme ROUX\n" +
			"PETIT;;Luc;01/02/2020;M;000000006ZZ;5 chemin Vert;09999;TILLAC;CP;CP Mme AUBÉ\n" +
			"PETIT;;Luc;11/12/2018;M;000000007ZZ;9 rue Basse;09999;TILLAC;CE2;CE1-CE2 M. NOËL\n" +
			"SEUL;;Adam;01/03/2020;M;000000008ZZ;4 place du Marché;09999;TILLAC;CP;CP Mme AUBÉ\n",
		"M.;;VIDAL;Paul;2 rue Haute;09999;TILLAC;paul@exemple.fr;06 00 00 00 05;VIDAL;Noé;CE1-CE2 M. NOËL;VIDAL;Inès;PS-MS Mme ROUX\n" +
			"Mme;;BLANC;Maud;40 route du Col;09998;VALCOL;maud@exemple.fr;06 00 00 00 06;VIDAL;Noé;CE1-CE2 M. NOËL;VIDAL;Inès;PS-MS Mme ROUX\n" +
			"M.;;PETIT;Jean;5 chemin Vert;09999;TILLAC;jean5@exemple.fr;;PETIT;Luc;CP Mme AUBÉ;;;\n" +
			"M.;;PETIT;Jean;9 rue Basse;09999;TILLAC;jean9@exemple.fr;;PETIT;Luc;CE1-CE2 M. NOËL;;;\n"
}

func TestImportSeparatedParentsAndHomonyms(t *testing.T) {
	w := newRollTown(t)
	w.load(w.read(twoHomes()), "")
	w.want("households", w.households(),
		"VIDAL, 2 rue Haute : Paul : Noé, Inès",
		"VIDAL, 40 route du Col : Maud : Noé, Inès",
		"PETIT, 5 chemin Vert : Jean : Luc",
		"PETIT, 9 rue Basse : Jean : Luc",
		"SEUL, 4 place du Marché :  : Adam")
	w.want("each Jean PETIT has one Luc", w.list(`SELECT a.id, count(*) FROM account a JOIN guardian g ON g.account_id = a.id JOIN family_child f ON f.family_id = g.family_id
		WHERE a.last_name = 'PETIT' GROUP BY a.id`), "3|1", "4|1")
}

func TestImportNextYear(t *testing.T) {
	w := newRollTown(t)
	w.load(w.read(
		"MARTEL;;Léa;03/02/2020;F;000000001ZZ;1 rue des Tilleuls;09999;TILLAC;CP;CP Mme AUBÉ\n"+
			"MARTEL;;Théo;14/11/2016;M;000000002ZZ;1 rue des Tilleuls;09999;TILLAC;CM2;CM2 M. NOËL\n"+
			"BRUN;;Zoé;05/05/2020;F;;3 rue Haute;09999;TILLAC;CP;CP Mme AUBÉ\n",
		"M.;;MARTEL;Luc;1 rue des Tilleuls;09999;TILLAC;luc@exemple.fr;06 00 00 00 01;MARTEL;Léa;;MARTEL;Théo;\n"+
			"Mme;;BRUN;Eva;3 rue Haute;09999;TILLAC;;;BRUN;Zoé;;;;\n"), "2026-2027")

	report := w.load(w.read(
		"MARTEL;;Léa;03/02/2020;F;000000001ZZ;8 place Neuve;09999;TILLAC;CE1;CE1-CE2 M. NOËL\n"+
			"MARTEL;;Nina;01/01/2024;F;000000009ZZ;8 place Neuve;09999;TILLAC;PS;PS Mme ROUX\n"+
			"BRUN;;Zoé;05/05/2020;F;000000003ZZ;3 rue Haute;09999;TILLAC;CE1;CE1-CE2 M. NOËL\n",
		"M.;;MARTEL;Luc;8 place Neuve;09999;TILLAC;nouveau@exemple.fr;06 00 00 00 01;MARTEL;Léa;;MARTEL;Nina;\n"+
			"Mme;;ROCHE;Anne;8 place Neuve;09999;TILLAC;anne@exemple.fr;;MARTEL;Léa;;MARTEL;Nina;\n"+
			"Mme;;BRUN;Eva;3 rue Haute;09999;TILLAC;eva@exemple.fr;;BRUN;Zoé;;;;\n"), "2027-2028")

	w.want("report", reportLines(report),
		"classe: CE1-CE2 M. NOËL, 2027-2028",
		"passage: MARTEL Léa passe de « CP Mme AUBÉ » à « CE1-CE2 M. NOËL »",
		"classe: PS Mme ROUX, 2027-2028",
		"enfant: MARTEL Nina, née le 01/01/2024, PS Mme ROUX",
		"enfant-corrige: BRUN Zoé : numéro INE reconnu désormais",
		"passage: BRUN Zoé passe de « CP Mme AUBÉ » à « CE1-CE2 M. NOËL »",
		"absent: MARTEL Théo, CM2 M. NOËL en 2026-2027, n’est plus dans le fichier. Rien n’est supprimé.",
		"note: M. MARTEL Luc : le fichier donne autre chose (courriel nouveau@exemple.fr) ; ce qui est dans le portail est gardé.",
		"compte: Mme ROCHE Anne, anne@exemple.fr",
		"compte-complete: Mme BRUN Eva : courriel eva@exemple.fr",
		"famille-changee: Famille MARTEL : nouvelle adresse, 8 place Neuve, 09999 TILLAC",
		"famille-changee: Famille MARTEL : s’y ajoutent Mme ROCHE Anne et Nina")
	w.want("households", w.households(), "MARTEL, 8 place Neuve : Luc + Anne : Léa, Théo, Nina", "BRUN, 3 rue Haute : Eva : Zoé")
	w.want("this year's classes stay", w.classes("2026-2027"), "MARTEL Léa|CP|CP Mme AUBÉ", "MARTEL Théo|CM2|CM2 M. NOËL", "BRUN Zoé|CP|CP Mme AUBÉ")
	w.want("next year's", w.classes("2027-2028"), "MARTEL Léa|CE1|CE1-CE2 M. NOËL", "BRUN Zoé|CE1|CE1-CE2 M. NOËL", "MARTEL Nina|PS|PS Mme ROUX")
	w.want("what the parent wrote stays", w.list("SELECT address FROM account_email WHERE account_id = 1"), "luc@exemple.fr")
}

func TestImportWhenFamiliesChange(t *testing.T) {
	const (
		lea       = "MARTEL;;Léa;03/02/2020;F;000000001ZZ;1 rue A;09999;TILLAC;CP;CP\n"
		theo      = "MARTEL;;Théo;14/11/2016;M;000000002ZZ;1 rue A;09999;TILLAC;CM2;CM2\n"
		nina      = "MARTEL;;Nina;01/01/2024;F;000000003ZZ;1 rue A;09999;TILLAC;PS;PS\n"
		ofLea     = ";MARTEL;Léa;;;;\n"
		ofBoth    = ";MARTEL;Léa;;MARTEL;Théo;\n"
		ofNina    = ";MARTEL;Nina;;;;\n"
		ofLeaNina = ";MARTEL;Léa;;MARTEL;Nina;\n"
		luc       = "M.;;MARTEL;Luc;1 rue A;09999;TILLAC;luc@exemple.fr;0600000001"
		anne      = "Mme;;ROCHE;Anne;1 rue A;09999;TILLAC;anne@exemple.fr;0600000002"
		anneB     = "Mme;;ROCHE;Anne;2 rue B;09999;TILLAC;anne@exemple.fr;0600000002"
	)
	for _, c := range []struct {
		name                                   string
		pupils, guardians, pupils2, guardians2 string
		households                             []string
		kinds                                  string // of the second report, each once
	}{
		{"les parents se séparent : deux familles, les enfants dans les deux, même ceux qui ont quitté l’école",
			lea + theo, luc + ofBoth + anne + ofBoth, lea, luc + ofLea + anneB + ofLea,
			[]string{"MARTEL, 1 rue A : Luc : Léa, Théo", "MARTEL, 2 rue B : Anne : Léa, Théo"}, "absent famille famille-changee"},
		{"des parents séparés donnent la même adresse : les deux familles sont gardées",
			lea, luc + ofLea + anneB + ofLea, lea, luc + ofLea + anne + ofLea,
			[]string{"MARTEL, 1 rue A : Luc : Léa", "MARTEL, 2 rue B : Anne : Léa"}, "note"},
		{"la petite arrive quand le grand est parti : même famille",
			theo, luc + ";MARTEL;Théo;;;;\n", nina, luc + ofNina,
			[]string{"MARTEL, 1 rue A : Luc : Théo, Nina"}, "classe enfant absent famille-changee"},
		{"un parent que le fichier ne nomme plus ne reçoit pas l’enfant du nouveau couple",
			lea, luc + ofLea + anne + ofLea, lea + nina, luc + ofLeaNina,
			[]string{"MARTEL, 1 rue A : Anne : Léa", "MARTEL, 1 rue A : Luc : Léa, Nina"}, "classe enfant famille famille-changee"},
		{"un parent que le fichier ne nomme plus garde son compte, et c’est dit",
			lea, luc + ofLea + anne + ofLea, lea, luc + ofLea,
			[]string{"MARTEL, 1 rue A : Luc + Anne : Léa"}, "note"},
		{"un responsable apparaît pour un enfant qui n’en avait pas",
			lea, "M.;;AUTRE;Jo;5 rue C;09999;TILLAC;;;MARTEL;Nina;;;;\n" + "", lea, luc + ofLea,
			[]string{"MARTEL, 1 rue A : Luc : Léa"}, "compte famille-changee"},
		{"même nom, autre adresse, autre courriel, autres enfants : deux comptes",
			lea, luc + ofLea, lea + "MARTEL;;Hugo;05/05/2019;M;000000008ZZ;9 rue Z;09999;TILLAC;CE1;CE1\n",
			luc + ofLea + "M.;;MARTEL;Luc;9 rue Z;09999;TILLAC;autre@exemple.fr;0600000009;MARTEL;Hugo;;;;\n",
			[]string{"MARTEL, 1 rue A : Luc : Léa", "MARTEL, 9 rue Z : Luc : Hugo"}, "classe enfant compte note famille"},
		{"même nom et même courriel, autre adresse : un compte",
			lea, luc + ofLea, lea + "MARTEL;;Hugo;05/05/2019;M;000000008ZZ;9 rue Z;09999;TILLAC;CE1;CE1\n",
			luc + ofLea + "M.;;MARTEL;Luc;9 rue Z;09999;TILLAC;luc@exemple.fr;;MARTEL;Hugo;;;;\n",
			[]string{"MARTEL, 1 rue A : Luc : Léa, Hugo"}, "classe enfant famille-changee"},
		{"le nom de famille de l’enfant est corrigé : reconnu par l’INE",
			lea, luc + ofLea, "MARTEL-ROCHE;;Léa;04/02/2020;F;000000001ZZ;1 rue A;09999;TILLAC;CP;CP\n", luc + ";MARTEL-ROCHE;Léa;;;;\n",
			[]string{"MARTEL, 1 rue A : Luc : Léa"}, "enfant-corrige"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newRollTown(t)
			first, faults := portal.ReadRoll("e", pupilHead+c.pupils, "r", guardianHead+c.guardians)
			if c.name == "un responsable apparaît pour un enfant qui n’en avait pas" { // a guardian's file that speaks of nobody is refused
				first, faults = portal.Roll{Pupils: first.Pupils, Families: []portal.RollFamily{{Name: "MARTEL", Pupils: []int{0}, RollAddress: first.Pupils[0].RollAddress}}}, nil
			}
			if portal.RollBlocked(faults) {
				t.Fatal(faults)
			}
			w.load(first, "")
			report := w.load(w.read(c.pupils2, c.guardians2), "")
			w.want("households", w.households(), c.households...)
			var kinds []string
			for _, l := range report.Lines {
				if !slices.Contains(kinds, string(l.Kind)) {
					kinds = append(kinds, string(l.Kind))
				}
			}
			if got := strings.Join(kinds, " "); got != c.kinds {
				t.Errorf("kinds: got %s, want %s\n%s", got, c.kinds, strings.Join(reportLines(report), "\n"))
			}
			_, before := w.picture()
			if again := w.load(w.read(c.pupils2, c.guardians2), ""); again.Changes() != 0 {
				t.Errorf("a third import changes again: %s", strings.Join(reportLines(again), "\n"))
			}
			if _, after := w.picture(); before != after {
				t.Error("a third import writes again")
			}
		})
	}
}

func TestImportTrialTellsWhatTheImportDoes(t *testing.T) {
	w := newRollTown(t)
	for _, files := range [][2]string{pair(twoHomes()), {"VIDAL;;Noé;05/06/2019;M;000000004ZZ;2 rue Haute;09999;TILLAC;CE2;CE1-CE2 M. NOËL\n", "M.;;VIDAL;Paul;3 rue Neuve;09999;TILLAC;;;VIDAL;Noé;;;;\n"}} {
		roll := w.read(files[0], files[1])
		_, before := w.picture()
		trial := w.run("École", roll, "", true)
		if _, after := w.picture(); before != after {
			t.Fatal("a trial changed the database")
		}
		real := w.run("École", roll, "", false)
		w.want("the trial's report", reportLines(trial), reportLines(real)...)
		if trial.Changes() == 0 {
			t.Error("nothing to try")
		}
	}
}

func pair(a, b string) [2]string { return [2]string{a, b} }

func TestImportIsAllOrNothing(t *testing.T) {
	w := newRollTown(t)
	w.load(w.read(twoHomes()), "")
	_, before := w.picture()
	roll := w.read("NEUF;;Alix;05/06/2019;M;;2 rue Haute;09999;TILLAC;CE2;CE2\n", "M.;;NEUF;Paul;3 rue Neuve;09999;TILLAC;;;NEUF;Alix;;;;\n")
	roll.Guardians[0].Emails = []string{"no address at all"} // the base refuses it in the middle of the import
	if report, err := w.store.ImportRoll(context.Background(), w.structure, 0, "École Jean-Jaurès", roll, "", false); err == nil {
		t.Fatalf("imported: %s", report.Summary())
	}
	if _, after := w.picture(); before != after {
		t.Error("a failed import left something behind")
	}
}

func TestImportRefusals(t *testing.T) {
	w := newRollTown(t)
	roll := w.read(twoHomes())
	refused := func(structure portal.StructureID, school, year, want string) {
		t.Helper()
		_, err := w.store.ImportRoll(context.Background(), structure, 0, school, roll, year, false)
		if e := portal.AsError(err); e == nil || !strings.Contains(e.Message, want) {
			t.Errorf("got %v, want « %s »", err, want)
		}
	}
	refused(99, "", "", "Cette structure n’existe pas")
	refused(w.structure, "", "2026", "L’année scolaire « 2026 » n’existe pas. Choisissez parmi : ")
	w.run("École Haute", roll, "", false)
	w.run("École Basse", roll, "", false)
	refused(w.structure, "", "", "plusieurs écoles : École Haute et École Basse")
}

func TestImportSchoolNames(t *testing.T) {
	w := newRollTown(t)
	roll := w.read(twoHomes())
	if r := w.run("", roll, "", false); r.School != "École de TILLAC" {
		t.Errorf("without a name the school is called %s", r.School)
	}
	if r := w.run("  ecole  de tillac ", roll, "", false); r.School != "École de TILLAC" || r.Changes() != 0 {
		t.Errorf("a school written otherwise: %s, %s", r.School, r.Summary())
	}
	if r := w.run("", roll, "", false); r.Changes() != 0 {
		t.Errorf("without a name it is the only school: %s", r.Summary())
	}
}

func TestImportStaysInItsStructure(t *testing.T) {
	w := newRollTown(t)
	roll := w.read(twoHomes())
	w.load(roll, "")
	other, err := w.store.CreateStructure(context.Background(), portal.Structure{Name: "Mairie voisine", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	w.structure = other
	if report := w.load(roll, ""); len(report.Of(portal.RollNewChild)) != 5 || len(report.Of(portal.RollNewAccount)) != 4 {
		t.Errorf("the neighbour's children were taken for its own: %s", report.Summary())
	}
}

func TestDecodeText(t *testing.T) {
	const text = "Prénom;Œuvre\nÉloïse;1 €\n"
	for name, b := range map[string][]byte{
		"UTF-8":          []byte(text),
		"UTF-8, BOM":     []byte("\xef\xbb\xbf" + text),
		"Windows-1252":   []byte("Pr\xe9nom;\x8cuvre\n\xc9lo\xefse;1 \x80\n"),
		"UTF-16 LE, BOM": utf16Bytes(text, false),
		"UTF-16 BE, BOM": utf16Bytes(text, true),
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := db.DecodeText(b); err != nil || got != text {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func utf16Bytes(s string, big bool) []byte {
	var b []byte
	for _, r := range "\ufeff" + s {
		hi, lo := byte(r>>8), byte(r)
		if big {
			b = append(b, hi, lo)
		} else {
			b = append(b, lo, hi)
		}
	}
	return b
}

func TestImportRollOfCarteVille(t *testing.T) {
	dir := os.Getenv("MARELLE_DONNEES")
	if dir == "" {
		t.Skip("set MARELLE_DONNEES to the folder of onde-eleves.csv and onde-responsables.csv")
	}
	w := newRollTown(t)
	var texts [2]string
	for i, name := range []string{"onde-eleves.csv", "onde-responsables.csv"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if texts[i], err = db.DecodeText(b); err != nil {
			t.Fatal(err)
		}
	}
	roll, faults := portal.ReadRoll("onde-eleves.csv", texts[0], "onde-responsables.csv", texts[1])
	if portal.RollBlocked(faults) {
		t.Fatal(faults)
	}
	began := time.Now()
	report := w.load(roll, "")
	took := time.Since(began)
	t.Logf("%s in %s", report.Summary(), took)
	if took > 500*time.Millisecond && !testing.Short() {
		t.Errorf("the import took %s", took)
	}
	for kind, want := range map[portal.RollKind]int{portal.RollNewChild: 237, portal.RollNewAccount: 292, portal.RollNewSchool: 1} {
		if got := len(report.Of(kind)); got != want {
			t.Errorf("%s: got %d, want %d", kind, got, want)
		}
	}
	_, before := w.picture()
	again := w.load(roll, "")
	if _, after := w.picture(); before != after || again.Changes() != 0 {
		t.Errorf("the second import changes: %s\n%s", again.Summary(), strings.Join(reportLines(again), "\n"))
	}
}
