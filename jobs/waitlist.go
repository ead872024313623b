package jobs

import (
	"context"
	"fmt"
	"log/slog"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// waitlists advances the lists that do not wait for the night and queues what families are still to be told. The place
// was given or offered in the transaction that freed it, and that row is what the mail is owed for: a tick that was
// missed, or stopped half-way, is made up for by the next.
func (r *Runner) waitlists(ctx context.Context, _ portal.Date) error {
	return r.eachStructure(ctx, func(st portal.Structure) error {
		if err := r.Store.AdvanceLists(ctx, st.ID); err != nil {
			return err
		}
		news, err := r.Store.PlaceNews(ctx, st.ID)
		if err != nil {
			return err
		}
		for i := range news {
			if err := r.tellPlace(ctx, &news[i]); err != nil {
				return err
			}
		}
		if len(news) > 0 {
			slog.Info("places told", "structure", st.ID, "places", len(news))
		}
		return nil
	})
}

// tellPlace writes a piece of news to each address of the account. The secret of an offer's link is drawn here: only its
// hash is kept beside the mail.
func (r *Runner) tellPlace(ctx context.Context, n *portal.PlaceNews) error {
	token, link := "", ""
	if n.Offer.State == portal.OfferOpen {
		token = r.Store.NewOfferToken()
		link = r.URL + "/places/" + token
	}
	setup, err := r.Store.Setup(ctx, n.Structure.ID)
	if err != nil {
		return err
	}
	m := views.NewPlaceMail(n, setup.MailText(views.PlaceMailKind(n.Offer.State)), r.URL, link)
	text, html, err := m.Render()
	if err != nil {
		return err
	}
	mails := toEach(db.Mail{
		Structure: n.Structure.ID, Account: n.To.ID, Kind: "place", Key: fmt.Sprintf("place:%d:%s", n.Offer.ID, n.Offer.State),
		Subject: m.Subject(), Text: text, HTML: html,
	}, n.Emails)
	return r.Store.QueuePlaceNews(ctx, &n.Offer, token, mails)
}
