package handlers

import (
	"marelle/portal"
	"marelle/views"
)

// keepStamp makes a form that is shown again carry what it carried when it was sent: to whoever was not told of a change it is
// still a change not seen.
func (r *request) keepStamp(page views.Form) {
	views.KeepStamp(page, r.FormValue("vu"), r.FormValue("avant"))
}

// renderStale shows a form again when somebody else saved meanwhile: what they changed, what the person typed, and both where
// both did. now is the form as it is kept.
func (r *request) renderStale(page, now views.Form, refusal *portal.Error) error {
	views.Reconcile(page, now, r.FormValue("avant"), refusal.Message)
	r.Status(int(refusal.Kind))
	return r.render(page)
}

// refuseChange is refuseForm for a form that changes a thing: now draws it as it is kept.
func (r *request) refuseChange(page views.StaffForm, err error, now func() (views.StaffForm, error)) error {
	if refusal := portal.AsError(err); refusal != nil && refusal.Kind == portal.KindConflict {
		stands, formErr := now()
		if formErr != nil {
			return formErr
		}
		if stands.Seen != r.FormValue("vu") {
			return r.renderStale(&page, &stands, refusal)
		}
		r.keepStamp(&page)
	}
	return r.refuseForm(page, err)
}
