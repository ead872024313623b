package handlers

import (
	"marelle/portal"
	"marelle/views"
)

const (
	staffAbsencesPath  = "/gestion/absences"
	staffDocumentsPath = staffAbsencesPath + "/justificatifs/"
)

// staffAbsences lists the children who do not come, today and on the coming days.
func (r *request) staffAbsences() error {
	from := r.from()
	list, total, err := r.site.store.StaffAbsences(r.ctx(), r.structure(), r.mayManage(), from, linesPerPage)
	if err != nil {
		return err
	}
	page := views.StaffAbsences{Frame: r.frame("Absences", staffAbsencesPath), Manager: r.mayManage(), Total: portal.Count(total, "absence signalée", "absences signalées")}
	page.Pager = pager(staffAbsencesPath, nil, from, total)
	for _, a := range list {
		line := views.NewStaffAbsence(a.Absence, a.Child, a.Activity, a.Icon, a.By, a.At, r.now)
		line.SetDocument(a.DocumentBy, a.State, a.Documents, staffDocumentsPath, r.now)
		page.Lines = append(page.Lines, line)
	}
	return r.render(page)
}
