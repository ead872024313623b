package demo

import (
	"context"
	"fmt"
	"strings"

	"marelle/db"
	"marelle/portal"
)

// custody shares Gaël BERNADAC between his father, BERNADAC Olivier, and his mother, SALVAING Julie, one week in two; she proposes to
// exchange a day of each, and he has not answered yet.
func (t *town) custody(ctx context.Context) error {
	staff, err := t.staff(ctx, "PUJOL")
	if err != nil {
		return err
	}
	var father, mother portal.AccountID
	for _, f := range t.families {
		switch f.LastName + " " + f.FirstName {
		case "BERNADAC Olivier":
			father = f.ID
		case "SALVAING Julie":
			mother = f.ID
		}
	}
	children, err := t.store.Children(ctx, mother)
	if err != nil {
		return err
	}
	if len(children) != 1 {
		return fmt.Errorf("demo: SALVAING Julie has %d children", len(children))
	}
	page, err := t.store.ChildPage(ctx, t.structure, children[0].ID, true)
	if err != nil {
		return err
	}
	if len(page.Families) != 2 {
		return fmt.Errorf("demo: Gaël has %d families", len(page.Families))
	}
	his, hers := page.Families[0].ID, page.Families[1].ID // in the order of the roll: the father first
	rule := portal.Custody{A: his, B: hers, Start: portal.NewDate(2026, 11, 2), Rhythm: portal.CustodyAnchored, Change: portal.Friday, Hour: portal.Clock(16, 30),
		Holidays: portal.HolidaysHalves, Even: hers}
	if err := t.store.SaveCustody(ctx, t.structure, staff, children[0].ID, rule, portal.Version((&portal.Custody{}).Facts(nil))); err != nil {
		return err
	}
	ask := portal.ExchangeAsk{Child: children[0].ID, Day: portal.NewDate(2026, 12, 3), Takes: true, Back: portal.NewDate(2026, 12, 8), Word: "Sa grand-mère est là jeudi."}
	write := func(n *portal.ExchangeNews, text portal.MailText) (db.Notice, error) {
		if n.To.ID != father {
			return db.Notice{}, fmt.Errorf("demo: the proposal is for account %d", n.To.ID)
		}
		words := text.Words([]portal.MailValue{{Name: "enfant", Value: n.Exchange.Kid.FirstName}}, portal.PersonValues(n.To), portal.StructureValues(n.Structure))
		lines := append(words.Opening, "Répondez sur le portail, dans « Échanges de jours ».")
		return db.Notice{Kind: "echange", Subject: words.Subject, Text: strings.Join(lines, "\n\n") + "\n",
			HTML: `<!doctype html><html lang="fr"><body><p>` + strings.Join(lines, "</p><p>") + "</p></body></html>"}, nil
	}
	return t.store.ProposeExchange(ctx, mother, "00000000000000000000000000001e00", ask, write)
}
