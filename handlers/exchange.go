package handlers

import (
	"strings"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// exchanges lists what was proposed to the parent, and by the parent.
func (r *request) exchanges() error {
	page := views.Exchanges{Frame: r.frame("Échanges de jours", "/reservations")}
	shared, err := r.site.store.OwnCustody(r.ctx(), r.account())
	if err != nil {
		return err
	}
	children, err := r.site.store.Children(r.ctx(), r.account())
	if err != nil {
		return err
	}
	for _, c := range children {
		if _, ok := shared[c.ID]; ok {
			page.Children = append(page.Children, childChips([]portal.Child{c}, 0, func(id portal.ChildID) string { return views.NewExchangePath(id, "") })...)
		}
	}
	list, err := r.site.store.Exchanges(r.ctx(), r.account())
	if err != nil {
		return err
	}
	for i := range list {
		page.Add(&list[i], r.now)
	}
	return r.render(page)
}

// exchangeForm asks which day changes household.
func (r *request) exchangeForm(child portal.ChildID, day string, takes bool) (views.ExchangeForm, error) {
	var page views.ExchangeForm
	children, err := r.site.store.Children(r.ctx(), r.account())
	if err != nil {
		return page, err
	}
	name := ""
	for _, c := range children {
		if c.ID == child {
			name = c.FirstName
		}
	}
	shared, err := r.site.store.OwnCustody(r.ctx(), r.account())
	if err != nil {
		return page, err
	}
	own, ok := shared[child]
	if !ok {
		return page, portal.NotFound("Cet enfant n’existe pas, ou n’est pas en garde alternée sur le portail.")
	}
	heading := "Échanger un jour de garde " + portal.Of(name)
	page = views.ExchangeForm{Frame: r.frame(heading, "/reservations"), Heading: heading, Action: views.NewExchangePath(child, ""), Key: r.FormValue("cle"), Back: views.CalendarPath(child, 0),
		Lead: "Proposez à l’autre parent qu’un jour change de foyer. Rien ne change tant qu’il n’a pas accepté. Ce qui est réservé suit le jour : pour un jour que vous donnez, l’autre parent le voit dès votre proposition."}
	if page.Key == "" {
		if page.Key, err = r.site.store.NewFormKey(); err != nil {
			return page, err
		}
	}
	if d, err := portal.ParseDate(day); err == nil && r.FormValue("sens") == "" {
		takes = own.Rule.Owner(d, own.Calendar) != own.Mine
	}
	side := "autre"
	if takes {
		side = "moi"
	}
	page.Fields = []views.Field{
		{Kind: "date", ID: "jour", Label: "Quel jour voulez-vous échanger ?", Value: day},
		{Kind: "radio", ID: "sens", Label: "Ce jour-là, " + name + " sera", Options: views.Choose([]views.Choice{{Value: "moi", Label: "chez moi"}, {Value: "autre", Label: "chez l’autre parent"}}, side)},
		{Kind: "date", ID: "contre", Label: "En échange d’un autre jour (facultatif)", Value: r.FormValue("contre"), Hint: "Un jour qui changera de foyer dans l’autre sens."},
		{Kind: "text", ID: "mot", Label: "Un mot pour l’autre parent (facultatif)", Value: r.FormValue("mot"), Most: portal.ExchangeWordMost, Hint: "Il le lira dans le message."},
	}
	drawn := views.NewOwnCustody(&own.Rule, own.Mine, own.Calendar, r.now)
	page.Rule, page.Spans = drawn.Rule, drawn.Spans
	return page, nil
}

// proposeExchangePage asks which day changes household; field jour of the address is the day that was touched.
func (r *request) proposeExchangePage() error {
	child, err := number[portal.ChildID](r.Params("child"))
	if err != nil {
		return err
	}
	day := r.Query("jour")
	if _, err := portal.ParseDate(day); err != nil {
		day = ""
	}
	page, err := r.exchangeForm(child, day, true)
	if err != nil {
		return err
	}
	return r.render(page)
}

// proposeExchange sends a proposal to the other parent.
func (r *request) proposeExchange() error {
	child, err := number[portal.ChildID](r.Params("child"))
	if err != nil {
		return err
	}
	takes := r.FormValue("sens") == "moi"
	faults := portal.Invalid("Cet échange ne peut pas être proposé tel quel.")
	ask := portal.ExchangeAsk{Child: child, Takes: takes, Day: r.typedDay("jour", faults), Back: r.typedDay("contre", faults), Word: strings.Join(strings.Fields(r.typed("mot")), " ")}
	page, err := r.exchangeForm(child, r.FormValue("jour"), takes)
	if err != nil {
		return err
	}
	switch {
	case len(faults.Fields) > 0:
		err = faults
	case !takes && r.FormValue("sens") != "autre":
		faults.Fields = append(faults.Fields, portal.FieldError{Field: "sens", Message: "Dites chez qui sera l’enfant ce jour-là."})
		err = faults
	default:
		err = r.site.store.ProposeExchange(r.ctx(), r.account(), page.Key, ask, r.site.exchangeMail)
	}
	refusal := portal.AsError(err)
	switch {
	case err == nil:
		return r.redirect303(views.ExchangePath(portal.ExchangeID(page.Key)) + "?fait=propose")
	case refusal == nil || refusal.Kind == portal.KindNotFound:
		return err
	case len(refusal.Fields) > 0:
		page.SetFaults(refusal)
	default:
		page.Notice = refusal.Message
	}
	r.Status(int(refusal.Kind))
	return r.render(page)
}

// exchangeMail writes the mail of a piece of news before the operation that queues it.
func (s *Site) exchangeMail(n *portal.ExchangeNews, text portal.MailText) (db.Notice, error) {
	m, err := views.WriteExchange(n, text, s.absolute(""))
	return db.Notice{Kind: "echange", Subject: m.Subject, Text: m.Text, HTML: m.HTML}, err
}

// exchangeDone says what was just done, by the word in the address.
var exchangeDone = map[string]string{
	"propose": "Votre proposition est partie. Rien ne change tant que l’autre parent n’a pas accepté.",
	"accepte": "L’échange est enregistré. L’autre parent en est prévenu par courriel.",
	"refuse":  "Votre refus est enregistré. Rien n’a changé, et l’autre parent en est prévenu.",
	"retiree": "Votre proposition est retirée. L’autre parent en est prévenu.",
}

func (r *request) exchangePage() error {
	return r.showExchange(nil)
}

func (r *request) showExchange(refused *portal.Error) error {
	x, err := r.site.store.ExchangeSheet(r.ctx(), r.account(), portal.ExchangeID(r.Params("exchange")))
	if err != nil {
		return err
	}
	heading := "Échange de jours " + portal.Of(x.Kid.FirstName)
	if x.Back == 0 {
		heading = "Échange d’un jour " + portal.Of(x.Kid.FirstName)
	}
	page := views.ExchangePage{Frame: r.frame(heading, "/reservations"), Heading: heading, Done: exchangeDone[r.Query("fait")]}
	page.SetExchange(x, r.now)
	if refused != nil {
		page.Done, page.Refusal = "", refused.Message
		r.Status(int(refused.Kind))
	}
	return r.render(page)
}

// answerExchange accepts, declines or withdraws a proposal.
func (r *request) answerExchange() error {
	id, said := portal.ExchangeID(r.Params("exchange")), r.FormValue("reponse")
	var err error
	done := ""
	switch said {
	case "oui":
		done, err = "accepte", r.site.store.AnswerExchange(r.ctx(), r.account(), id, true, r.site.exchangeMail)
	case "non":
		done, err = "refuse", r.site.store.AnswerExchange(r.ctx(), r.account(), id, false, r.site.exchangeMail)
	case "retirer":
		done, err = "retiree", r.site.store.WithdrawExchange(r.ctx(), r.account(), id, r.site.exchangeMail)
	default:
		return portal.Invalid("Cette réponse n’est pas comprise. Rouvrez la proposition, puis touchez « Accepter » ou « Refuser ».")
	}
	if refusal := portal.AsError(err); refusal != nil && refusal.Kind != portal.KindNotFound {
		return r.showExchange(refusal)
	}
	if err != nil {
		return err
	}
	return r.redirect303(views.ExchangePath(id) + "?fait=" + done)
}
