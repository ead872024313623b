package handlers

import (
	"marelle/portal"
	"marelle/views"
)

// checkReceipt verifies the receipt whose number is typed.
func (r *request) checkReceipt() error {
	page := views.ReceiptCheck{Frame: r.frame("Vérifier un reçu", settingsPath), Typed: portal.Clip(r.Query("numero"), 40)}
	if page.Typed == "" {
		return r.render(page)
	}
	number, err := portal.TypedReceiptNumber(page.Typed)
	if err == nil {
		page.Shown, err = r.checkedReceipt(number)
	}
	refusal := portal.AsError(err)
	if refusal != nil {
		page.Faults = views.Faults{{Field: "numero", Message: refusal.Message}}
		r.Status(int(refusal.Kind))
		return r.render(page)
	}
	if err != nil {
		return err
	}
	page.Typed = number
	page.Title = "Reçu n° " + number + " vérifié"
	return r.render(page)
}

func (r *request) checkedReceipt(number string) (*views.CheckedReceipt, error) {
	v, err := r.site.store.VerifyReceipt(r.ctx(), r.structure(), number)
	if err != nil {
		return nil, err
	}
	return views.NewCheckedReceipt(v.Receipt, v.Holder, v.Others, v.Faults), nil
}
