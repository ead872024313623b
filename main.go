// Marelle is the family portal that a town hall runs itself: one program, one SQLite file.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata"

	"marelle/portal"
)

// program is the whole of Marelle but for the operating system, so that tests can run it.
type program struct {
	args        []string
	env         func(string) string
	out, faults io.Writer
	now         func() time.Time
	ready       func(addr string) // called when a server answers; nil outside tests
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := program{args: os.Args[1:], env: os.Getenv, out: os.Stdout, faults: os.Stderr, now: time.Now}
	os.Exit(p.run(ctx))
}

// command is one word after « marelle ».
type command struct {
	name, usage, sentence string
	run                   func(p *program, ctx context.Context, args []string) error
}

func commands() []command {
	return []command{
		{"demo", "demo [--addr ADRESSE] [--db FICHIER] [--maintenant 2026-11-23T09:00] [--smtp URL] [--identifiants FICHIER]", "ouvre CarteVille, une commune d’essai, dans votre navigateur", (*program).demo},
		{"init", "init --db FICHIER [--nom \"Mairie de …\" --zone A|B|C --administrateur \"NOM Prénom\"]", "crée la base d’une commune, avec sa structure et son premier administrateur, ou vide, à régler dans le navigateur", (*program).init},
		{"serve", "serve --db FICHIER --url https://… [--addr ADRESSE] [--smtp URL]", "sert le portail", (*program).serve},
		{"import", "import onde ELEVES.csv RESPONSABLES.csv --db FICHIER [--ecole NOM] [--essai]", "importe les deux exports de l’école (ONDE)", (*program).importCommand},
		{"second-facteur", "second-facteur --retirer IDENTIFIANT --db FICHIER", "retire le second facteur d’un agent qui a perdu téléphone et codes de secours", (*program).factor},
		{"job", "job NOM [--nuit 2026-11-24] --db FICHIER", "fait tout de suite un travail de nuit", (*program).job},
		{"healthcheck", "healthcheck [--addr ADRESSE]", "dit si le portail répond", (*program).healthcheck},
		{"version", "version", "dit quelle version est installée", (*program).version},
	}
}

// run runs the command named first and gives the exit status: 0 only when the thing asked was done.
func (p *program) run(ctx context.Context) int {
	if len(p.args) == 0 {
		p.help(p.faults)
		return 2
	}
	name := p.args[0]
	if name == "--help" || name == "-h" || name == "help" || name == "aide" {
		p.help(p.out)
		return 0
	}
	for _, c := range commands() {
		if c.name != name {
			continue
		}
		err := c.run(p, ctx, p.args[1:])
		switch {
		case err == nil:
			return 0
		case errors.Is(err, errHelp):
			fmt.Fprintf(p.out, "marelle %s : %s.\n\n  marelle %s\n\n%s", c.name, c.sentence, c.usage, settingsHelp)
			return 0
		}
		fmt.Fprintf(p.faults, "marelle %s : %s\n", c.name, sentence(err))
		return 1
	}
	fmt.Fprintf(p.faults, "marelle : la commande « %s » n’existe pas.\n\n", portal.Clip(name, 40))
	p.help(p.faults)
	return 2
}

func (p *program) help(w io.Writer) {
	fmt.Fprint(w, "Marelle, le portail famille de votre commune.\n\nCommandes :\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-14s %s\n", c.name, c.sentence)
	}
	fmt.Fprint(w, "\n« marelle COMMANDE --help » dit comment l’employer.\n")
}

// sentence gives what a person at the console reads of an error.
func sentence(err error) string {
	e := portal.AsError(err)
	if e == nil {
		return err.Error()
	}
	text := e.Message
	for _, f := range e.Fields {
		text += "\n  " + f.Field + " : " + f.Message
	}
	return text
}
