package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"marelle/portal"
)

// console runs one command and gives what it printed and its exit status.
func console(t testing.TB, env map[string]string, args ...string) (out, faults string, status int) {
	t.Helper()
	var o, f strings.Builder
	p := program{args: args, env: func(name string) string { return env[name] }, out: &o, faults: &f,
		now: func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, portal.Paris) }}
	status = p.run(context.Background())
	return o.String(), f.String(), status
}

const (
	pupilsFile = "Nom élève;Nom d'usage élève;Prénom élève;Date naissance;Sexe;INE;Adresse1;Cp1;Commune1;Niveau;Libellé classe\n" +
		"DUPONT;;Amalia;01/09/2020;F;000000001FH;7 rue Jean-Jaurès;09140;CARTEVILLE;CP;CP Mme IZARD\n"
	guardiansFile = "Civilité Responsable;Nom usage responsable;Nom responsable;Prénom responsable;Adresse responsable;CP responsable;Commune responsable;Courriel;Téléphone portable;Nom de famille enfant;Prénom enfant;Classes enfants\n" +
		"M.;;DUPONT;Jean-Paul;7 rue Jean-Jaurès;09140;CARTEVILLE;jp@exemple.fr;06 91 67 60 89;DUPONT;Amalia;CP Mme IZARD\n"
)

// TestACommuneAtTheConsole: created, imported on trial and for good, its night run; twice changes nothing.
func TestACommuneAtTheConsole(t *testing.T) {
	dir := t.TempDir()
	base := filepath.Join(dir, "marelle.db")
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	pupils, guardians := file("eleves.csv", pupilsFile), file("responsables.csv", guardiansFile)
	broken := file("abimes.csv", strings.Replace(pupilsFile, "01/09/2020", "31/02/2020", 1))
	env := map[string]string{"MARELLE_DB": base}
	for _, c := range []struct {
		name   string
		args   []string
		status int
		want   string
	}{
		{"sans base", []string{"job", "transmission"}, 1, "n’existe pas ; créez-la avec « marelle init"},
		{"init sans zone", []string{"init", "--nom", "Mairie de CarteVille"}, 1, "zone des vacances"},
		{"init", []string{"init", "--nom", "Mairie de CarteVille", "--zone", "C", "--administrateur", "ROUCH Mireille"}, 0, "mot de passe provisoire"},
		{"init sur une base qui existe", []string{"init", "--nom", "X", "--zone", "C", "--administrateur", "ROUCH Mireille"}, 1, "ne touche jamais à une base existante"},
		{"init d’une base vide", []string{"init", "--db", filepath.Join(dir, "vide.db")}, 0, "La base vide"},
		{"import à l’essai", []string{"import", "onde", pupils, guardians, "--essai"}, 0, "C’était un essai : rien n’a été changé."},
		{"import d’un fichier fautif", []string{"import", "onde", broken, guardians}, 1, "ligne 2, colonne « Date naissance »"},
		{"import", []string{"import", "onde", pupils, guardians, "--ecole", "École du Bourg"}, 0, "1 enfant créé"},
		{"le même import", []string{"import", "onde", pupils, guardians, "--ecole", "École du Bourg"}, 0, "0 changement"},
		{"fichiers échangés", []string{"import", "onde", guardians, pupils}, 1, "rien n’a été importé"},
		{"fichier absent", []string{"import", "onde", "rien.csv", guardians}, 1, "rien.csv ne peut pas être lu"},
		{"la nuit", []string{"job", "transmission"}, 0, ""},
		{"une nuit à venir", []string{"job", "transmission", "--nuit", "2026-12-24"}, 1, "n’est pas encore venue"},
		{"une nuit mal écrite", []string{"job", "transmission", "--nuit", "24/12"}, 1, "n’est pas une date"},
		{"courriels sans serveur", []string{"job", "courriels"}, 1, "aucun serveur de courrier"},
		{"travail inconnu", []string{"job", "ménage"}, 1, "Choisissez parmi : transmission"},
		{"serve sans adresse", []string{"serve"}, 1, "l’adresse publique du portail manque"},
		{"serve sans chiffrement", []string{"serve", "--url", "http://famille.fr"}, 1, "doit commencer par https://"},
		{"courrier sans expéditeur", []string{"serve", "--url", "https://famille.fr", "--smtp", "smtps://a:b@c:465"}, 1, "sans expéditeur"},
		{"second facteur de personne", []string{"second-facteur"}, 1, "--retirer IDENTIFIANT"},
		{"second facteur d’un inconnu", []string{"second-facteur", "--retirer", "ZZZZ-ZZZZ"}, 1, "n’existe pas. Il est écrit sur la lettre"},
		{"second facteur, aide", []string{"second-facteur", "--help"}, 0, "perdu téléphone et codes de secours"},
		{"la démonstration ne touche pas une vraie base", []string{"demo", "--db", base}, 1, "est la base d’un vrai portail"},
		{"la démonstration reste sur cette machine", []string{"demo", "--addr", "0.0.0.0:8080"}, 1, "n’écoute que sur cette machine"},
		{"moment mal écrit", []string{"demo", "--maintenant", "demain"}, 1, "n’est pas un moment"},
		{"option inconnue", []string{"serve", "--couleur", "bleu"}, 1, "une option n’est pas comprise"},
		{"commande inconnue", []string{"danser"}, 2, "n’existe pas"},
		{"aide", []string{"import", "--help"}, 0, "marelle import onde ELEVES.csv"},
		{"version", []string{"version"}, 0, "Marelle"},
	} {
		out, faults, status := console(t, env, c.args...)
		if status != c.status || !strings.Contains(out+faults, c.want) {
			t.Errorf("%s: status %d, want %d and %q; printed:\n%s%s", c.name, status, c.status, c.want, out, faults)
		}
		if c.status != 0 && out != "" && !strings.Contains(c.name, "import") && !strings.Contains(c.name, "fichier") {
			t.Errorf("%s: a failure printed on the ordinary output: %s", c.name, out)
		}
	}
}

// TestSecretsInFiles: a password may stand in a file, that nobody else can read.
func TestSecretsInFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "smtp")
	if err := os.WriteFile(file, []byte("smtps://compte:secret@serveur:465\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	p := program{env: func(name string) string { return map[string]string{"MARELLE_SMTP_FILE": file}[name] }}
	if _, err := p.secret("MARELLE_SMTP"); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file that others can read: %v", err)
	}
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := p.secret("MARELLE_SMTP"); err != nil || got != "smtps://compte:secret@serveur:465" {
		t.Errorf("%q %v", got, err)
	}
	p.env = func(name string) string {
		return map[string]string{"MARELLE_SMTP_FILE": file, "MARELLE_SMTP": "smtp://autre:25"}[name]
	}
	if _, err := p.secret("MARELLE_SMTP"); err == nil {
		t.Error("two contradictory settings were accepted")
	}
}
