package handlers

import (
	"context"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

const (
	consumptionsPath = "/historique/consommations"
	paymentsPath     = "/historique/reglements"
)

// historySections leads from one history to the other.
func historySections(current string) []views.Tab {
	return sections(current, []views.Tab{
		{Label: "Consommations", Path: consumptionsPath, Icon: "historique"},
		{Label: "Règlements", Path: paymentsPath, Icon: "reglement"},
	})
}

// history reads a month, the one wanted or for none the current one.
func (r *request) history(read func(context.Context, portal.AccountID, portal.Month) (*db.History, error)) (h *db.History, err error) {
	var month portal.Month
	if text := r.Query("mois"); text != "" {
		if month, err = portal.ParseMonth(text); err != nil {
			return nil, err
		}
	}
	return read(r.ctx(), r.account(), month)
}

// consumptions shows a month of past days.
func (r *request) consumptions() error {
	h, err := r.history(r.site.store.Consumptions)
	if err != nil {
		return err
	}
	page := views.ConsumptionHistory{Frame: r.frame("Consommations, "+h.Month.Word(), consumptionsPath)}
	page.SetMonth(consumptionsPath, h.First, h.Last, h.Month, r.now)
	page.Sections = historySections(consumptionsPath)
	page.SetConsumptions(h.Lines, h.Month)
	return r.render(page)
}

// consumptionsFile gives the same month as a file of a kind.
func consumptionsFile(kind string) handler {
	return func(r *request) error {
		h, err := r.history(r.site.store.Consumptions)
		if err != nil {
			return err
		}
		return r.sendSheets("consommations-"+h.Month.String(), kind, views.ConsumptionSheets(h.Lines))
	}
}

// payments shows a month of payments: none, as long as nothing is paid here.
func (r *request) payments() error {
	h, err := r.history(r.site.store.HistoryMonth)
	if err != nil {
		return err
	}
	page := views.PaymentHistory{Frame: r.frame("Règlements, "+h.Month.Word(), consumptionsPath)}
	page.SetMonth(paymentsPath, h.First, h.Last, h.Month, r.now)
	page.Sections = historySections(paymentsPath)
	return r.render(page)
}

// paymentsFile gives the same month as a file of a kind.
func paymentsFile(kind string) handler {
	return func(r *request) error {
		h, err := r.history(r.site.store.HistoryMonth)
		if err != nil {
			return err
		}
		return r.sendSheets("reglements-"+h.Month.String(), kind, []views.Sheet{views.PaymentSheet()})
	}
}

// sendSheets gives tables as a file; a CSV holds the first one only.
func (r *request) sendSheets(name, kind string, sheets []views.Sheet) error {
	if kind == "csv" {
		return r.sendFile(name, kind, sheets[0].CSV())
	}
	body, err := views.XLSX(sheets...)
	if err != nil {
		return err
	}
	return r.sendFile(name, kind, body)
}
