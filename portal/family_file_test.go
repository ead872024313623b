package portal

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// familiesText writes a file as a spreadsheet does.
func familiesText(f FamilyFile, separator rune) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Comma = separator
	head, rows := f.Rows()
	w.Write(head)
	w.WriteAll(rows)
	return b.String()
}

// faultWords gives « 3 Enfant : naissance true … » for each fault.
func faultWords(faults []RollFault) []string {
	var list []string
	for _, f := range faults {
		list = append(list, fmt.Sprintf("%d %s %v %s", f.Line, f.Column, f.Blocking, f.Message))
	}
	return list
}

// homes says each household in a line: « 1 EXEMPLE (1 rue A) : Claire, Paul → Léa, Théo ».
func (f FamilyFile) homes() []string {
	var lines []string
	for _, h := range f.Families {
		var who, children []string
		for _, g := range h.Guardians {
			who = append(who, f.Guardians[g].FirstName)
		}
		for _, c := range h.Children {
			children = append(children, f.Children[c].FirstName)
		}
		lines = append(lines, fmt.Sprintf("%s (%s) : %s → %s", h.Key, h.Street, strings.Join(who, ", "), strings.Join(children, ", ")))
	}
	return lines
}

func TestModelFamiliesAreReadAsWritten(t *testing.T) {
	for _, separator := range ";,\t" {
		for name, change := range map[string]func(string) string{
			"tel quel": func(s string) string { return s }, "avec sa marque": func(s string) string { return "\ufeff" + s },
			"fins de ligne de Windows": func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }, "lignes vides": func(s string) string { return strings.ReplaceAll(s, "\n", "\n\n") },
			"lignes de séparateurs": func(s string) string { return s + strings.Repeat(string(separator), 20) + "\n" },
		} {
			t.Run(fmt.Sprintf("%q %s", separator, name), func(t *testing.T) {
				got, faults := ReadFamilies("f.csv", change(familiesText(ModelFamilies(), separator)))
				wantLines(t, "fautes", faultWords(faults), nil)
				wantLines(t, "familles", got.homes(), []string{"1 (1 rue des Tilleuls) : Claire, Paul → Léa, Théo", "2 (40 route du Col) : Karim → Inès"})
				if again := familiesText(got, ';'); again != familiesText(ModelFamilies(), ';') {
					t.Errorf("relu : %s", again)
				}
			})
		}
	}
}

func TestReadFamiliesUglyFiles(t *testing.T) {
	const head = "Famille;Adresse;Responsable 1 : nom;Responsable 1 : prénom;Responsable 1 : courriels;Enfant : nom;Enfant : prénom;Enfant : naissance;Enfant : classe\n"
	const again = ", puis recommencez l’import."
	for _, c := range []struct {
		name   string
		text   string
		faults []string
		homes  []string
	}{
		{"point-virgule et guillemets dans un nom", head + "1;\"1; rue \"\"A\"\"\";\"DU;PONT\";Luc;luc@exemple.fr;DUPONT;Léa;03/02/2020;\n", nil, []string{"1 (1; rue \"A\") : Luc → Léa"}},
		{"saut de ligne dans une case", head + "1;\"1 rue A\nBâtiment B\";DUPONT;Luc;;DUPONT;Léa;03/02/2020;\n2;;BRUN;Eva;eva@exemple.fr;BRUN;Zoé;31/02/2020;\n",
			[]string{"4 Enfant : naissance true « 31/02/2020 » n’est pas une date qui existe. Écrivez-la sous la forme 01/09/2020 ou 2020-09-01" + again}, []string{"1 (1 rue A Bâtiment B) : Luc → Léa", "2 () : Eva → "}},
		{"enfant deux fois", head + "1;1 rue A;DUPONT;Luc;;DUPONT;Léa;03/02/2020;\n1;;;;;Dupont;LÉA;2020-02-03;\n",
			[]string{"3 Enfant : nom false Léa DUPONT figure déjà à la ligne 2 pour cette famille : rien n’est ajouté. Pour ne plus lire ce message, retirez cette ligne."},
			[]string{"1 (1 rue A) : Luc → Léa"}},
		{"parents séparés, un enfant", head + "1;1 rue A;DUPONT;Luc;;DUPONT;Léa;03/02/2020;CP\n2;9 rue B;ROCHE;Anne;;DUPONT;Léa;03/02/2020;CP\n", nil, []string{"1 (1 rue A) : Luc → Léa", "2 (9 rue B) : Anne → Léa"}},
		{"deux adresses pour une famille", head + "1;1 rue A;DUPONT;Luc;;DUPONT;Léa;03/02/2020;\n1;2 rue B;DUPONT;Luc;;DUPONT;Théo;03/02/2018;\n",
			[]string{"3 Adresse true Famille 1 : « 2 rue B » ici, mais « 1 rue A » à la ligne 2. Écrivez partout la même chose, ou videz cette case" + again}, []string{"1 (1 rue A) : Luc → Léa, Théo"}},
		{"une personne dans deux familles", head + "1;1 rue A;DUPONT;Luc;luc@exemple.fr;DUPONT;Léa;03/02/2020;\n2;9 rue B;DUPONT;Luc;luc@exemple.fr;BRUN;Zoé;03/02/2018;\n", nil, []string{"1 (1 rue A) : Luc → Léa", "2 (9 rue B) : Luc → Zoé"}},
		{"cases qui manquent", head + ";1 rue A;DUPONT;Luc;;;;;\n2;2 rue B;;Luc;;;Léa;;\n3;;DUPONT;Luc;;;;;\n4;4 rue D;;;;;;;\n",
			[]string{"2 Famille true Rien ne dit à quelle famille appartient cette ligne. Écrivez dans cette case le même repère sur toutes les lignes de la famille, par exemple 1" + again,
				"3 Responsable 1 : nom true Ce responsable n’a pas de nom de famille. Complétez cette case, ou videz les autres cases de ce responsable" + again,
				"3 Enfant : nom true Léa n’a pas de nom de famille. Complétez cette case" + again,
				"3 Enfant : naissance true Léa n’a pas de date de naissance. Écrivez-la sous la forme 01/09/2020" + again,
				"4 Famille true Rien ne permettra de reconnaître Luc DUPONT à l’import suivant. Donnez l’adresse, un courriel ou un téléphone" + again}, nil},
		{"courriel faux", head + "1;1 rue A;DUPONT;Luc;luc.exemple.fr;DUPONT;Léa;03/02/2020;\n",
			[]string{"2 Responsable 1 : courriels true « luc.exemple.fr » n’est pas une adresse de courriel. Corrigez-la, par exemple prenom.nom@exemple.fr" + again}, nil},
		{"ni responsable ni enfant", head + "1;1 rue A;;;;;;;\n", []string{"2 Famille true La famille 1 n’a ni responsable ni enfant. Complétez la ligne, ou retirez-la" + again}, nil},
		{"formule écrite par un export", head + "1;'-1 rue A;'=DUPONT;Luc;;'+DUPONT;'@Léa;03/02/2020;\n", nil, []string{"1 (-1 rue A) : Luc → @Léa"}},
		{"colonne inconnue, colonne deux fois", "Famille;Adresse;Adresse;Couleur;Enfant : nom;Enfant : prénom;Enfant : naissance\n1;a;b;c;DUPONT;Léa;03/02/2020\n",
			[]string{"1 Adresse true La colonne « Adresse » est là deux fois. Retirez-en une" + again,
				"1 Couleur false Cette colonne n’est pas connue : elle n’est pas lue. Si elle compte, donnez-lui le nom qu’elle a dans le modèle" + again}, nil},
		{"pas la bonne en-tête", "Nom;Prénom\nDUPONT;Léa\n", nil, nil},
		{"guillemet perdu", head + "1;\"1 rue A;DUPONT\n", nil, nil},
		{"classeur", "PK\x03\x04", nil, nil},
		{"vide", "", nil, nil},
		{"niveau sans classe", "Famille;Enfant : nom;Enfant : prénom;Enfant : naissance;Enfant : niveau;Enfant : sexe;Enfant : INE;Enfant : numéro;Résident\n1;DUPONT;Léa;03/02/2020;CP;X;12;zéro;peut-être\n",
			[]string{"2 Résident true « peut-être » ne dit pas si la famille habite la commune. Écrivez oui ou non" + again,
				"2 Enfant : numéro true « zéro » n’est pas un numéro que Marelle a donné. Laissez cette case vide pour un nouvel enfant" + again,
				"2 Enfant : sexe true « X » ne se lit pas. Écrivez F ou M, ou videz cette case" + again,
				"2 Enfant : INE true Le numéro INE « 12 » n’a pas ses 11 chiffres et lettres. Recopiez-le, ou videz cette case" + again}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, faults := ReadFamilies("f.csv", c.text)
			if c.faults != nil {
				wantLines(t, "fautes", faultWords(faults), c.faults)
			} else if (c.homes == nil) != RollBlocked(faults) {
				t.Errorf("fautes : %q", faultWords(faults))
			}
			if c.homes != nil {
				wantLines(t, "familles", got.homes(), c.homes)
			}
			for _, f := range faults {
				if !remedies.MatchString(f.Message) && !strings.Contains(f.Message, "videz") && !strings.Contains(f.Message, "Laissez") && !strings.Contains(f.Message, "Recopiez") {
					t.Errorf("que faire ? %s", f.Message)
				}
			}
		})
	}
}

func TestFamiliesAreMergedFieldByField(t *testing.T) {
	known := FileChild{ID: 3, School: "École", RollPupil: RollPupil{LastName: "DUPONT", FirstName: "Léa", Birth: MustDate("2020-02-03"), Class: "CP"}}
	after, changes := known.With(FileChild{RollPupil: RollPupil{FirstName: "Lea", Sex: "F", Grade: "CP"}})
	if after.LastName != "DUPONT" || after.Class != "CP" || fmt.Sprint(changes) != "[{prénom Léa Lea} {sexe  F}]" {
		t.Errorf("%+v %v", after, changes)
	}
	if _, none := known.With(FileChild{}); len(none) != 0 {
		t.Errorf("une ligne vide change %v", none)
	}
}

func TestMatchFamiliesRefusesNumbersOfOthers(t *testing.T) {
	read := FamilyFile{
		Families:  []FileFamily{{ID: 9, Key: "F9", Line: 2, Guardians: []int{0}, Children: []int{0}}},
		Guardians: []FileGuardian{{Login: "AAAA-AAAA", Line: 2, loginColumn: "Responsable 1 : identifiant", RollGuardian: RollGuardian{LastName: "X", Pupils: []int{0}}}},
		Children:  []FileChild{{ID: 7, RollPupil: RollPupil{Line: 2, LastName: "X", FirstName: "Y"}}},
	}
	_, faults := MatchFamilies("f.csv", &read, &FamilyFile{}, []string{""})
	var columns []string
	for _, f := range faults {
		columns = append(columns, f.Column)
	}
	wantLines(t, "colonnes", columns, []string{"Enfant : numéro", "Responsable 1 : identifiant", "Famille"})
}

func TestDocumentedColumns(t *testing.T) {
	text, err := os.ReadFile("../docs/import.md")
	if err != nil {
		t.Fatal(err)
	}
	model := ModelFamilies()
	head, _ := model.Rows()
	for _, column := range head {
		if strings.HasPrefix(column, "Responsable 2") {
			continue
		}
		if !strings.Contains(string(text), "`"+column+"`") {
			t.Errorf("docs/import.md ne dit rien de la colonne %s", column)
		}
	}
}

func TestProgressOnlyGrows(t *testing.T) {
	last := -1
	for _, w := range progressWeights {
		for _, done := range []int{0, 50, 100} {
			n := Progress{w.step, done, 100}.Percent()
			if n < last || n > 99 {
				t.Errorf("%s %d : %d %% après %d %%", w.step, done, n, last)
			}
			last = n
		}
	}
	if got := (Progress{ProgressWriting, 1, 1_234_567}).Words(); got != "Enregistrement : 1 sur 1\u202f234\u202f567" {
		t.Error(got)
	}
}

// BenchmarkReadFamilies reads 20,000 lines; the yardstick is encoding/csv alone on the same text.
func BenchmarkReadFamilies(b *testing.B) {
	var f FamilyFile
	for i := range 20_000 {
		f.Guardians = append(f.Guardians, FileGuardian{RollGuardian: RollGuardian{LastName: fmt.Sprint("NOM", i), FirstName: "Luc", Emails: []string{fmt.Sprintf("luc%d@exemple.fr", i)}}})
		f.Children = append(f.Children, FileChild{RollPupil: RollPupil{LastName: fmt.Sprint("NOM", i), FirstName: "Léa", Birth: MustDate("2020-02-03") + Date(rand.IntN(900)), Class: "CP"}})
		f.Families = append(f.Families, FileFamily{Key: fmt.Sprint(i), RollAddress: RollAddress{fmt.Sprint(i, " rue A"), "09140", "TILLAC"}, Guardians: []int{i}, Children: []int{i}})
	}
	text := familiesText(f, ';')
	b.Run("familles", func(b *testing.B) {
		for b.Loop() {
			if _, faults := ReadFamilies("f.csv", text); len(faults) > 0 {
				b.Fatal(faults[0])
			}
		}
	})
	b.Run("etalon", func(b *testing.B) {
		for b.Loop() {
			r := csv.NewReader(strings.NewReader(text))
			r.Comma = ';'
			if _, err := r.ReadAll(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func FuzzReadFamilies(f *testing.F) {
	f.Add(familiesText(ModelFamilies(), ';'))
	f.Add(familiesText(ModelFamilies(), '\t'))
	f.Add("Famille,Enfant : nom,Enfant : prénom,Enfant : naissance\r\n\"1\n\",A,B,2020-01-01\r1,A,B,1/1/2020")
	f.Add("Famille;Responsable 1 : nom;Responsable 1 : courriels;Responsable 3 : nom\nF1;A;a@b.fr;\"\nF1;A;;B")
	f.Add("\ufeff\xff\x00")
	f.Fuzz(func(t *testing.T, text string) {
		got, faults := ReadFamilies("f.csv", text)
		for _, fault := range faults {
			if fault.Line < 1 || fault.Line > 1+strings.Count(text, "\n")+strings.Count(text, "\r") || fault.Message == "" || fault.File != "f.csv" {
				t.Errorf("%+v", fault)
			}
		}
		if RollBlocked(faults) {
			return
		}
		for _, h := range got.Families {
			if h.Key == "" || h.ID == 0 && len(h.Guardians)+len(h.Children) == 0 {
				t.Errorf("%+v", h)
			}
		}
		for _, g := range got.Guardians {
			if g.LastName == "" || slices.Contains(g.Emails, "") {
				t.Errorf("%+v", g)
			}
		}
		for _, c := range got.Children {
			if c.LastName == "" || c.FirstName == "" || c.Birth == 0 && c.ID == 0 {
				t.Errorf("%+v", c)
			}
		}
		again, faults := ReadFamilies("f.csv", familiesText(got, ';'))
		if RollBlocked(faults) || len(again.Children) > len(got.Children) || len(again.Families) > len(got.Families) {
			t.Errorf("ce qui est lu ne se relit pas : %q", faultWords(faults))
		}
	})
}
