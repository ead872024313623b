package jobs

import (
	"context"
	"log/slog"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// exchanges ends the exchanges of days that nobody answered in time, and queues what both parents are told of it.
func (r *Runner) exchanges(ctx context.Context, _ portal.Date) error {
	return r.eachStructure(ctx, func(st portal.Structure) error {
		n, err := r.Store.ExpireExchanges(ctx, st.ID, func(n *portal.ExchangeNews, text portal.MailText) (db.Notice, error) {
			m, err := views.WriteExchange(n, text, r.URL)
			return db.Notice{Kind: "echange", Subject: m.Subject, Text: m.Text, HTML: m.HTML}, err
		})
		if n > 0 {
			slog.Info("exchanges expired", "structure", st.ID, "exchanges", n)
		}
		return err
	})
}
