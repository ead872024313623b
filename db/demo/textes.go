package demo

import (
	"context"
	"math/rand/v2"
	"slices"

	"marelle/db"
	"marelle/portal"
)

// texts shows what staff write and what does not arrive: a report in the town hall's words, a draft of the conditions, and
// an address that refuses everything.
func (t *town) texts(ctx context.Context) error {
	agents, err := t.store.DemoAccounts(ctx, t.structure)
	if err != nil {
		return err
	}
	by := agents[slices.IndexFunc(agents, func(a db.DemoAccount) bool { return a.Staff && a.LastName == "ROUCH" })].ID
	words := portal.StandardMailText(portal.MailOpening)
	words.Opening = "Bonjour {civilite} {nom},\n\nles réservations des {periode} sont ouvertes."
	words.Closing = "Une question ? La mairie répond au {telephone}."
	book, err := t.store.TermsBook(ctx, portal.Conditions)
	if err != nil {
		return err
	}
	for _, do := range []func() error{
		func() error { return t.store.SaveMailText(ctx, t.structure, by, words, words.At) },
		func() error {
			return t.store.SaveTermsDraft(ctx, by, portal.Conditions, book.Versions[0].Body+"\n\n## Les absences\n\nUne absence se signale sur le portail, jusqu’à 9\u00a0h\u00a030 pour la cantine.", words.At)
		},
		func() error { return t.loseAddress(ctx) },
	} {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

// loseAddress makes a message to one family come back.
func (t *town) loseAddress(ctx context.Context) error {
	families := slices.Clone(t.families)
	chance := rand.New(rand.NewPCG(2026, 19))
	chance.Shuffle(len(families), func(i, j int) { families[i], families[j] = families[j], families[i] })
	for _, f := range families {
		addresses, err := t.store.Emails(ctx, f.ID)
		if err != nil {
			return err
		}
		if len(addresses) != 1 {
			continue
		}
		return t.store.DemoUndelivered(ctx, db.Mail{Structure: t.structure, Account: f.ID, Key: "demonstration-perdue", Kind: "compte-rendu", Address: addresses[0],
			Subject: "Compte rendu de vos demandes de réservation – Mairie de CarteVille", Text: "Ce message est revenu : la boîte n’existe plus."}, "courriel refusé (RCPT, code 550) : boîte inconnue")
	}
	return nil
}
