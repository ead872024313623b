package jobs

import (
	"context"
	"fmt"
	"log/slog"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// answer queues what families are still to be told of the decisions of staff. The decision wrote down, in its own
// transaction, that a mail is owed for it: a tick that was missed is made up for by the next.
func (r *Runner) answer(ctx context.Context, _ portal.Date) error {
	return r.eachStructure(ctx, func(st portal.Structure) error {
		answers, err := r.Store.Answers(ctx, st.ID)
		if err != nil {
			return err
		}
		for i := range answers {
			if err := r.tellAnswer(ctx, &answers[i]); err != nil {
				return err
			}
		}
		if len(answers) > 0 {
			slog.Info("answers told", "structure", st.ID, "accounts", len(answers))
		}
		return nil
	})
}

func (r *Runner) tellAnswer(ctx context.Context, a *portal.Answer) error {
	setup, err := r.Store.Setup(ctx, a.Structure.ID)
	if err != nil {
		return err
	}
	m := views.NewAnswerMail(a, setup.MailText(portal.MailAnswer), r.URL)
	text, html, err := m.Render()
	if err != nil {
		return err
	}
	mails := toEach(db.Mail{
		Structure: a.Structure.ID, Account: a.To.ID, Kind: "reponse", Key: fmt.Sprintf("answer:%d:%d", a.Movements[0].ID, len(a.Movements)),
		Subject: m.Subject(), Text: text, HTML: html,
	}, a.Emails)
	return r.Store.QueueAnswer(ctx, a, mails)
}
