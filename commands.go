package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"marelle/db"
	"marelle/jobs"
	"marelle/portal"
)

// init creates a commune: its database, its structure, its first administrator; or the database alone, for a commune that is
// set up in the browser.
func (p *program) init(ctx context.Context, args []string) error {
	var name, zone, admin string
	s, words, err := p.parse("init", args, func(f *flag.FlagSet) {
		f.StringVar(&name, "nom", "", "")
		f.StringVar(&zone, "zone", "", "")
		f.StringVar(&admin, "administrateur", "", "")
	})
	bare := name == "" && zone == "" && admin == ""
	switch last, first, _ := strings.Cut(strings.TrimSpace(admin), " "); {
	case err != nil:
		return err
	case len(words) > 0:
		return fmt.Errorf("« %s » n’est pas attendu ici ; les réglages commencent par --", words[0])
	case bare:
	case strings.TrimSpace(name) == "":
		return errors.New("le nom de la structure manque ; donnez-le avec --nom \"Mairie de …\"")
	case zone != "A" && zone != "B" && zone != "C":
		return errors.New("la zone des vacances scolaires manque ; donnez-la avec --zone A, B ou C")
	case last == "" || first == "":
		return errors.New("l’administrateur manque ; donnez son nom et son prénom avec --administrateur \"DURAND Anne\"")
	}
	if _, err := os.Stat(s.DB); s.DB != "" && err == nil {
		return fmt.Errorf("%s existe déjà ; « init » ne touche jamais à une base existante. Choisissez un autre nom de fichier", s.DB)
	}
	store, err := p.open(ctx, s, true)
	if err != nil {
		return err
	}
	defer store.Close()
	if bare {
		fmt.Fprintf(p.out, "La base vide %s est créée.\n\nLancez maintenant « marelle serve » : il affichera un code, et la première page du portail vous laissera entrer avec lui.\n", s.DB)
		return nil
	}
	structure, err := store.CreateStructure(ctx, portal.Structure{
		Name: strings.TrimSpace(name), Zone: zone, Territory: portal.Metropole, NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0),
	})
	if err != nil {
		return err
	}
	last, first, _ := strings.Cut(strings.TrimSpace(admin), " ")
	letter, err := store.CreateStaff(ctx, structure, portal.Identity{LastName: last, FirstName: strings.TrimSpace(first)}, portal.Administrator)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "La base %s est créée pour %s.\n\nPremier administrateur : %s %s\n  identifiant            %s\n  mot de passe provisoire %s  (valable jusqu’au %s)\n\nNotez-les maintenant : le mot de passe n’est écrit nulle part ailleurs.\n",
		s.DB, name, last, first, letter.Login, letter.Password, portal.DateOf(letter.Until).LongYear())
	return nil
}

// importCommand imports the two exports of the school roll.
func (p *program) importCommand(ctx context.Context, args []string) error {
	var school string
	var dry bool
	s, words, err := p.parse("import", args, func(f *flag.FlagSet) {
		f.StringVar(&school, "ecole", "", "")
		f.BoolVar(&dry, "essai", false, "")
	})
	if err != nil {
		return err
	}
	if len(words) != 3 || words[0] != "onde" {
		return errors.New("écrivez « marelle import onde ELEVES.csv RESPONSABLES.csv », avec les deux exports de l’école")
	}
	pupils, err := readText(words[1])
	if err != nil {
		return err
	}
	guardians, err := readText(words[2])
	if err != nil {
		return err
	}
	store, err := p.open(ctx, s, false)
	if err != nil {
		return err
	}
	defer store.Close()
	structures, err := store.Structures(ctx)
	if err != nil {
		return err
	}
	if len(structures) != 1 {
		return fmt.Errorf("cette base a %d structures ; importez dans la bonne depuis les pages de gestion", len(structures))
	}
	roll, faults := portal.ReadRoll(words[1], pupils, words[2], guardians)
	for _, f := range faults {
		where := fmt.Sprintf("%s, ligne %d", f.File, f.Line)
		if f.Column != "" {
			where += ", colonne « " + f.Column + " »"
		}
		fmt.Fprintf(p.out, "%s : %s\n", where, f.Message)
	}
	if portal.RollBlocked(faults) {
		return errors.New("rien n’a été importé : corrigez d’abord les points ci-dessus")
	}
	report, err := store.ImportRoll(ctx, structures[0].ID, 0, school, roll, "", dry)
	if err != nil {
		return err
	}
	for _, l := range report.Lines {
		fmt.Fprintf(p.out, "%s\n", l.Text)
	}
	fmt.Fprintln(p.out, report.Summary())
	if dry {
		fmt.Fprintln(p.out, "C’était un essai : rien n’a été changé. Sans --essai, l’import se fait.")
		return nil
	}
	fmt.Fprintln(p.out, "Les lettres de premier accès s’impriment depuis les pages de gestion : Comptes, puis Lettres.")
	return nil
}

// rollMost bounds the size of an export, in bytes: 20,000 pupils fit.
const rollMost = 32 << 20

func readText(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("le fichier %s ne peut pas être lu ; vérifiez son nom", path)
	}
	if info.Size() > rollMost {
		return "", fmt.Errorf("le fichier %s est trop gros (%d Mo) pour un export d’école ; vérifiez que c’est le bon", path, info.Size()>>20)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("le fichier %s ne peut pas être lu : %w", path, err)
	}
	return db.DecodeText(b)
}

// factor takes a second factor away, for the day when every administrator lost the telephone and the codes.
func (p *program) factor(ctx context.Context, args []string) error {
	var login string
	s, words, err := p.parse("second-facteur", args, func(f *flag.FlagSet) { f.StringVar(&login, "retirer", "", "") })
	switch {
	case err != nil:
		return err
	case len(words) > 0:
		return fmt.Errorf("« %s » n’est pas attendu ici ; les réglages commencent par --", words[0])
	case strings.TrimSpace(login) == "":
		return errors.New("dites de qui retirer le second facteur, avec --retirer IDENTIFIANT ; l’identifiant est sur la lettre de l’agent")
	}
	store, err := p.open(ctx, s, false)
	if err != nil {
		return err
	}
	defer store.Close()
	who, err := store.DropFactor(ctx, login)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "Le second facteur de %s est retiré : son mot de passe suffit. Le journal des agents le dit.\n", who.Title())
	return nil
}

// job does a night's work now.
func (p *program) job(ctx context.Context, args []string) error {
	var night string
	s, words, err := p.parse("job", args, func(f *flag.FlagSet) { f.StringVar(&night, "nuit", "", "") })
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return fmt.Errorf("dites quel travail faire : %s", jobs.Names())
	}
	var date portal.Date
	if night != "" {
		if date, err = portal.ParseDate(night); err != nil {
			return err
		}
		if words[0] != "transmission" {
			return fmt.Errorf("--nuit ne vaut que pour « transmission »")
		}
	}
	base, err := checkURL(s.URL, false)
	if err != nil && (words[0] == "comptes-rendus" || words[0] == "rappels" || words[0] == "reponses") { // their mails carry links to the site
		return err
	}
	var host, url string
	if base != nil {
		host, url = base.Hostname(), strings.TrimSuffix(base.String(), "/")
	}
	mailer, err := p.mailer(s, host)
	if err != nil {
		return err
	}
	if words[0] == "courriels" && mailer == nil {
		return errors.New("aucun serveur de courrier n’est réglé ; donnez-le avec --smtp ou MARELLE_SMTP")
	}
	store, err := p.open(ctx, s, false)
	if err != nil {
		return err
	}
	defer store.Close()
	runner := &jobs.Runner{Store: store, Mail: mailer, From: s.From, URL: url}
	return runner.Run(ctx, words[0], date)
}
